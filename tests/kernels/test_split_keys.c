/* SPDX-License-Identifier: MIT
 *
 * Keys split over workgroups, and their parts combined: more parts than keys, parts without a visible key, empty
 * sequences, sinks and LSE, every number of parts that a tile boundary can fall between.
 */
#include "kernel_case.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    struct kernel_cases cases = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: %s ARCH\n", argv[0]);
        return 2;
    }
    static const struct {
        const char *name, *flags;
    } list[] = {
        {"one query, even parts", "--dtype bf16 --q-heads 4 --q-len 1 --kv-len 1024 --splits 8"},
        {"uneven parts", "--dtype fp16 --q-heads 4 --q-len 5 --kv-len 1031 --splits 7 --lse"},
        {"two parts", "--dtype fp8 --quant per_tensor --q-heads 2 --q-len 70 --kv-len 300 --splits 2 --lse"},
        {"more parts than tiles", "--dtype bf16 --q-heads 2 --q-len 3 --kv-len 100 --splits 64 --lse"},
        {"causal: parts that the first rows do not see",
         "--dtype bf16 --q-heads 2 --q-len 200 --kv-len 260 --mask causal --splits 4 --lse"},
        {"ragged batch with empty and short sequences",
         "--dtype fp8 --quant per_tensor --q-heads 8 --q-len 1,0,65,17,3 --kv-len 513,40,65,0,2 --splits 3 --lse "
         "--mask causal --dominated"},
        {"sinks enter once", "--dtype bf16 --q-heads 4 --q-len 9 --kv-len 700 --splits 5 --sinks --lse"},
        {"head dim 64", "--dtype fp16 --head-dim 64 --q-heads 4 --q-len 33 --kv-len 640 --splits 6 --lse --sinks"},
        {"fp16 out of fp8", "--dtype fp8 --quant per_tensor --out-dtype fp16 --q-len 20 --kv-len 450 --splits 4"},
        {"strided rows", "--dtype bf16 --q-heads 4 --kv-heads 2 --q-len 40 --kv-len 333 --splits 3 --strided --lse"},
        {"pages of one key",
         "--dtype fp8 --quant per_tensor --page-size 1 --q-len 4 --kv-len 517 --splits 5 --device-descales"},
        {"descales per page", "--dtype fp8 --quant kv_block --page-size 1024 --q-len 4 --kv-len 3000 --splits 9 --lse"},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; ++i)
        kernel_cases_add(&cases, NULL, list[i].name, "--arch %s %s --seed %zu", argv[1], list[i].flags, i + 1);
    /* Parts of V3, whose query tiles are long and whose ring starts anywhere in the keys. */
    static const char *const schedules[] = {"overlap", "burst"};
    static const struct {
        const char *name;
        int num_schedules;
        const char *instance, *flags;
    } v3[] = {
        {"one tile each", 2, "d128_t256x64_p16_nomask_per_tensor",
         "--page-size 16 --q-len 300 --kv-len 128 --splits 2 --lse"},
        {"uneven parts", 2, "d128_t256x64_p16_nomask_per_tensor",
         "--page-size 16 --q-len 70 --kv-len 1031 --splits 3 --lse --sinks"},
        {"more parts than tiles", 2, "d128_t256x64_p16_nomask_per_tensor",
         "--page-size 16 --q-len 3 --kv-len 100 --splits 64 --lse"},
        {"many parts of many rows", 2, "d128_t256x64_p16_nomask_per_tensor",
         "--page-size 16 --q-len 257 --kv-len 2900 --splits 23"},
        {"causal: as many parts as a tile sees", 2, "d128_t256x64_p1_causal_per_tensor",
         "--page-size 1 --mask causal --q-heads 4 --kv-heads 2 --q-len 1300 --kv-len 1300 --splits 7 --lse"},
        {"causal: parts that the first rows do not see", 2, "d128_t256x64_p1_causal_per_tensor",
         "--page-size 1 --mask causal --q-len 512 --kv-len 600 --splits 3 --lse --dominated"},
        {"causal: queries that see no key", 2, "d128_t256x64_p1_causal_per_tensor",
         "--page-size 1 --mask causal --q-len 700 --kv-len 250 --splits 2 --lse --sinks"},
        {"ragged batch with empty and short sequences", 2, "d128_t256x64_p1_causal_per_tensor",
         "--page-size 1 --mask causal --q-heads 2 --q-len 1,0,565,17,300 --kv-len 513,40,865,0,2 --splits 7 --lse "
         "--dominated --strided"},
        {"kv_block", 2, "d128_t256x64_p1024_causal_kv_block",
         "--page-size 1024 --mask causal --q-len 300 --kv-len 3000 --splits 7 --lse --sinks"},
        {"kv_block, ragged", 2, "d128_t256x64_p1024_causal_kv_block",
         "--page-size 1024 --mask causal --q-len 70,600,1 --kv-len 1100,2100,900 --splits 3 --out-dtype fp16"},
        {"head dim 64", 1, "d64_t256x64_p16_causal_per_tensor",
         "--head-dim 64 --page-size 16 --mask causal --q-len 30,600 --kv-len 1300,601 --splits 3 --lse --sinks"},
    };
    enum { NUM_V3 = sizeof v3 / sizeof v3[0] };
    static char instances[NUM_V3][2][128];
    for (size_t i = 0; i < NUM_V3 && strcmp(argv[1], "gfx950") == 0; ++i) {
        const char *quant = strstr(v3[i].instance, "kv_block") ? "kv_block" : "per_tensor";
        for (int s = 0; s < v3[i].num_schedules; ++s) {
            char *instance = instances[i][s], name[128];
            snprintf(instance, sizeof instances[i][s], "batch_prefill_v3_gfx950_fp8_%s_linear_%s", v3[i].instance,
                     schedules[s]);
            snprintf(name, sizeof name, "v3 %s: %s", schedules[s], v3[i].name);
            kernel_cases_add(&cases, instance, name, "--arch gfx950 --dtype fp8 --quant %s %s --seed %zu", quant,
                             v3[i].flags, i + 1);
        }
    }
    static const struct {
        const char *name, *instance, *flags;
    } v3_16bit[] = {
        {"bf16, uneven parts", "bf16_d128_t256x64_p16_nomask",
         "--dtype bf16 --page-size 16 --q-len 70 --kv-len 1031 --splits 3 --lse --sinks"},
        {"bf16, one tile each", "bf16_d128_t256x64_p16_nomask",
         "--dtype bf16 --page-size 16 --q-len 300 --kv-len 128 --splits 2 --lse"},
        {"fp16, causal, ragged", "fp16_d128_t256x64_p1_causal",
         "--dtype fp16 --page-size 1 --mask causal --q-heads 2 --q-len 1,0,565,17,300 --kv-len 513,40,865,0,2 "
         "--splits 7 --lse --dominated --strided"},
    };
    enum { NUM_V3_16BIT = sizeof v3_16bit / sizeof v3_16bit[0] };
    static char instances_16bit[NUM_V3_16BIT][128];
    for (size_t i = 0; i < NUM_V3_16BIT && strcmp(argv[1], "gfx950") == 0; ++i) {
        char *instance = instances_16bit[i], name[128];
        snprintf(instance, sizeof instances_16bit[i], "batch_prefill_v3_gfx950_%s_linear_overlap",
                 v3_16bit[i].instance);
        snprintf(name, sizeof name, "v3 %s", v3_16bit[i].name);
        kernel_cases_add(&cases, instance, name, "--arch gfx950 %s --seed %zu", v3_16bit[i].flags, i + 1);
    }
    return kernel_cases_run("split keys", &cases);
}
