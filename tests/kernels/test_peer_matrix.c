/* SPDX-License-Identifier: MIT
 *
 * The matrix that comparable libraries test batch prefill with, its lengths scaled down to what a simulator bears: head
 * counts, page sizes, layouts and soft cap in full product; batch, lengths, head dim, mask and data take turns.
 */
#include "kernel_case.h"

#include <stdio.h>

int main(int argc, char **argv) {
    static const struct {
        int q, kv;
    } heads[] = {{6, 1}, {3, 1}, {8, 1}, {16, 1}, {32, 8}, {16, 16}, {8, 8}, {16, 8}};
    static const char *const lengths[] = {"--q-len 32 --kv-len 32", "--q-len 47 --kv-len 48", "--q-len 48 --kv-len 47",
                                          "--q-len 64 --kv-len 64", "--q-len 16 --kv-len 130"};
    static const char *const types[] = {"bf16", "fp8 --quant per_tensor", "fp16"};
    static const int page_sizes[] = {1, 16, 1024}, batches[] = {1, 3, 2};
    struct kernel_cases cases = {0};
    unsigned index = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: %s ARCH\n", argv[0]);
        return 2;
    }
    for (int layout = 0; layout < 2; ++layout) {
        for (int cap = 0; cap < 2; ++cap) {
            for (int page = 0; page < 3; ++page) {
                if (layout == 1 && page_sizes[page] == 1) {
                    continue; /* a vectorized page holds at least x keys */
                }
                for (size_t h = 0; h < sizeof heads / sizeof heads[0]; ++h, ++index) {
                    char name[160];
                    const char *type = types[(index + h / 3) % 3], *length = lengths[(index + 2 * h) % 5];
                    int batch = heads[h].q > 8 ? 1 : batches[index % 3];
                    snprintf(name, sizeof name, "%s %d/%d page %d %s%s %s", type, heads[h].q, heads[h].kv,
                             page_sizes[page], layout ? "vectorized " : "", cap ? "cap" : "", length);
                    kernel_cases_add(
                        &cases, NULL, name,
                        "--arch %s --dtype %s --layout %s --soft-cap %d --page-size %d --q-heads %d --kv-heads %d "
                        "--batch %d %s --head-dim %d --mask %s --values %s --seed %u%s",
                        argv[1], type, layout ? "vectorized" : "linear", cap * 30, page_sizes[page], heads[h].q,
                        heads[h].kv, batch, length, index % 4 == 3 ? 64 : 128, index % 2 ? "causal" : "none",
                        index % 5 == 1 ? "uniform" : "signed", index + 1, index % 2 ? " --lse" : "");
                }
            }
        }
    }
    return kernel_cases_run("peer matrix", &cases);
}
