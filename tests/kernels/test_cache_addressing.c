/* SPDX-License-Identifier: MIT
 *
 * Caches whose pages lie far apart: beyond 4 GiB, beyond 8.4 million pages, and the two-page probe that finds a descale
 * slot used for the wrong tile. The caches are sparse; only pages near those in use are ever touched.
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
    /* 4.5 GiB each for K and V: 36864 pages of 128 KiB. Page 32768 starts at 4 GiB; 16384 at 2 GiB. */
    kernel_cases_add(
        &cases, NULL, "bf16, pages around 4 GiB",
        "--arch %s --dtype bf16 --q-heads 8 --kv-heads 8 --page-size 64 --pool-pages 36864 --q-len 3 --kv-len 250 "
        "--pages 32767,32768,36863,0",
        argv[1]);
    kernel_cases_add(
        &cases, NULL, "fp8, pages around 2 and 4 GiB",
        "--arch %s --dtype fp8 --quant per_tensor --q-heads 8 --kv-heads 8 --page-size 16 --pool-pages 294912 "
        "--q-len 3 --kv-len 75 --pages 262143,262144,131071,131072,294911",
        argv[1]);
    kernel_cases_add(&cases, NULL, "fp8, more than 8.4 million pages",
                     "--arch %s --dtype fp8 --quant per_tensor --q-heads 1 --kv-heads 1 --head-dim 64 --page-size 1 "
                     "--pool-pages 8500000 --q-len 3 --kv-len 6 --pages 8499999,8400000,0,8388608,8388607,4194304",
                     argv[1]);
    if (strcmp(argv[1], "gfx950") == 0) { /* V3's ring, which the library chooses for more queries than these */
        kernel_cases_add(&cases, "batch_prefill_v3_gfx950_bf16_d128_t256x64_p64_nomask_linear_overlap",
                         "v3 bf16, pages around 2 and 4 GiB",
                         "--arch gfx950 --dtype bf16 --q-heads 8 --kv-heads 8 --page-size 64 --pool-pages 36864 "
                         "--q-len 3 --kv-len 250 --pages 32767,16384,36863,32768");
        kernel_cases_add(&cases, "batch_prefill_v3_gfx950_fp16_d128_t256x64_p1_nomask_linear_overlap",
                         "v3 fp16, more than 8.4 million pages",
                         "--arch gfx950 --dtype fp16 --q-heads 1 --kv-heads 1 --page-size 1 --pool-pages 8500000 "
                         "--q-len 3 --kv-len 6 --pages 8499999,8400000,0,8388608,8388607,4194304");
    }
    /* 5000 pages of 1 MiB; a short row over exactly two pages leaves nothing to dilute an error. */
    static const char *const pairs[] = {"4096,4097", "4098,4099", "4097,4098", "4096,4098", "4095,4096"};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; ++i) {
        for (int quant = 0; quant < 2; ++quant) {
            char name[160];
            const char *mode = quant ? "kv_block" : "per_tensor";
            snprintf(name, sizeof name, "two-page probe, %s, pages %s", mode, pairs[i]);
            kernel_cases_add(
                &cases, NULL, name,
                "--arch %s --dtype fp8 --quant %s --q-heads 8 --kv-heads 8 --page-size 1024 --pool-pages 5000 "
                "--q-len 16 --kv-len 2048 --pages %s --seed %zu",
                argv[1], mode, pairs[i], i + 1);
        }
    }
    return kernel_cases_run("cache addressing", &cases);
}
