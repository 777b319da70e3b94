/* SPDX-License-Identifier: MIT
 *
 * Keys split over workgroups, and their parts combined: more parts than keys, parts without a visible key, empty
 * sequences, sinks and LSE, every number of parts that a tile boundary can fall between.
 */
#include "kernel_case.h"

#include <stdio.h>

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
    return kernel_cases_run("split keys", &cases);
}
