/* SPDX-License-Identifier: MIT
 *
 * Shapes and arguments at their edges, for one arch and every data type, with whatever instance the library chooses.
 */
#include "kernel_case.h"

#include <stdio.h>

static const struct {
    const char *name, *flags;
} shapes[] = {
    {"one query, one key", "--q-len 1 --kv-len 1"},
    {"one query, many keys", "--q-len 1 --kv-len 1000 --mask causal --q-heads 4"},
    {"sequences without keys", "--q-len 5,7,3 --kv-len 0,40,0"},
    {"sequences without queries", "--q-len 0,9,0 --kv-len 12,30,0"},
    {"only empty sequences", "--q-len 4,2 --kv-len 0,0 --sinks"},
    {"no queries at all", "--q-len 0,0 --kv-len 5,0"},
    {"empty batch", "--batch 0"},
    {"keys around a tile", "--q-len 33 --kv-len 63,64,65,127,129 --q-heads 2"},
    {"queries around a tile", "--q-len 63,64,65,127,129 --kv-len 70 --q-heads 2"},
    {"causal, square", "--q-len 130 --kv-len 130 --mask causal --q-heads 2"},
    {"causal, more queries than keys", "--q-len 70,130 --kv-len 40,65 --mask causal --q-heads 2"},
    {"causal, one key more or less", "--q-len 128,127 --kv-len 127,128 --mask causal --q-heads 2"},
    {"chunked prefill", "--q-len 64,128,17 --kv-len 300,128,531 --mask causal --q-heads 4"},
    {"no grouping", "--q-len 20 --kv-len 90 --q-heads 3 --kv-heads 3"},
    {"groups of 3", "--q-len 20 --kv-len 90 --q-heads 6 --kv-heads 2 --mask causal"},
    {"groups of 16", "--q-len 20 --kv-len 90 --q-heads 16 --kv-heads 1 --mask causal"},
    {"groups of 5", "--q-len 3,40 --kv-len 90 --q-heads 5 --kv-heads 1"},
    {"page size 1", "--q-len 40 --kv-len 203 --page-size 1 --mask causal --q-heads 2"},
    {"page size 2", "--q-len 40 --kv-len 203 --page-size 2 --q-heads 2"},
    {"page size 64", "--q-len 40 --kv-len 203 --page-size 64 --mask causal --q-heads 2"},
    {"page size 256", "--q-len 40 --kv-len 513 --page-size 256 --q-heads 2"},
    {"page size 1024", "--q-len 40 --kv-len 1031 --page-size 1024 --mask causal --q-heads 2"},
    {"last page full", "--q-len 9 --kv-len 64,128 --page-size 64 --q-heads 2"},
    {"head dim 64", "--q-len 70 --kv-len 150 --head-dim 64 --mask causal --q-heads 2"},
    {"strided", "--q-len 70 --kv-len 150 --strided --mask causal --q-heads 4 --kv-heads 2"},
    {"uniform data", "--q-len 70 --kv-len 350 --values uniform --q-heads 2"},
    {"dominated rows", "--q-len 70 --kv-len 350 --dominated --mask causal --q-heads 2"},
    {"sinks", "--q-len 70 --kv-len 150 --sinks --mask causal --q-heads 4"},
    {"softmax scale", "--q-len 20 --kv-len 150 --softmax-scale 0.7 --q-heads 2"},
    {"tiny softmax scale", "--q-len 20 --kv-len 150 --softmax-scale 1e-6 --q-heads 2"},
    {"long row of keys", "--q-len 4 --kv-len 3001 --q-heads 1"},
    {"without lse", "--q-len 20 --kv-len 100 --q-heads 2"},
};

int main(int argc, char **argv) {
    static const char *const types[] = {"--dtype bf16", "--dtype fp16", "--dtype fp8 --quant per_tensor",
                                        "--dtype fp8 --quant per_tensor --device-descales --out-dtype fp16",
                                        "--dtype fp8"};
    struct kernel_cases cases = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: %s ARCH\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; ++i) {
        for (size_t t = 0; t < sizeof types / sizeof types[0]; ++t) {
            if (t > 2 && (i + t) % 8 != 0) {
                continue; /* variants of FP8: a few shapes each */
            }
            char name[160];
            snprintf(name, sizeof name, "%s, %s", shapes[i].name, types[t] + 8);
            kernel_cases_add(&cases, NULL, name, "--arch %s %s %s%s --seed %zu", argv[1], types[t], shapes[i].flags,
                             i + 1 == sizeof shapes / sizeof shapes[0] ? "" : " --lse", 100 + i);
        }
    }
    return kernel_cases_run("shapes", &cases);
}
