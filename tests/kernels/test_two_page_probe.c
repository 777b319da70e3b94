/* SPDX-License-Identifier: MIT
 *
 * The probe for a descale slot that is written for the tile being loaded and read for the tile being consumed: a short
 * row of keys over exactly two pages with factors of their own leaves nothing to dilute the error. Every permutation of
 * the pages that it was reported with, over many seeds, with the library's choice of kernel and with V2.
 */
#include "kernel_case.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    static const char *const pairs[] = {"4096,4097", "4098,4099", "4097,4098", "4096,4098", "4095,4096"};
    enum { NUM_PAIRS = sizeof pairs / sizeof pairs[0] };
    struct kernel_cases cases = {0};
    const int seeds = argc == 3 ? atoi(argv[2]) : 0;
    if (seeds < 1) {
        fprintf(stderr, "usage: %s ARCH SEEDS\n", argv[0]);
        return 2;
    }
    for (int seed = 1; seed <= seeds; ++seed) {
        for (int pair = 0; pair < NUM_PAIRS; ++pair) {
            char name[160];
            snprintf(name, sizeof name, "pages %s, seed %d", pairs[pair], seed);
            kernel_cases_add(&cases, NULL, name,
                             "--arch %s --dtype fp8 --quant kv_block --q-heads 8 --kv-heads 8 --page-size 1024 "
                             "--pool-pages 5000 --q-len %d --kv-len 2048 --pages %s --splits 1 --seed %d%s",
                             argv[1], seed % 2 ? 4 : 40, pairs[pair], seed, seed % 4 == 3 ? " --pipeline v2" : "");
        }
    }
    return kernel_cases_run("two-page probe", &cases);
}
