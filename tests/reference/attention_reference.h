/* SPDX-License-Identifier: MIT
 *
 * Float64 attention over the dequantised inputs of a batch prefill call: what every kernel is compared with.
 */
#ifndef PAGODA_TESTS_ATTENTION_REFERENCE_H
#define PAGODA_TESTS_ATTENTION_REFERENCE_H

#include <pagoda/batch_prefill.h>

struct attention_reference {
    double *out; /* [total_q, num_q_heads, head_dim] */
    double *lse; /* [num_q_heads, total_q] */
    /* The same attention with one approximation: each probability, relative to its row's largest, is rounded to the
     * inputs' FP8 encoding after scaling so that the largest becomes the encoding's maximum. The row sum stays exact.
     * With one factor per page of V and pages of fewer than 64 keys, which are less than a tile, the factors of a tile
     * differ, so that they can only be carried by P: then it is their product that is rounded.
     * NULL when the inputs are not FP8. */
    double *ideal_fp8_p_out;
};

/* `args` as for pagoda_batch_prefill, with every pointer a host pointer. Trusts its input except for page ids and
 * lengths, which it clamps as the API documents. threads <= 0: one per processor. The result does not depend on the
 * number of threads. Returns 0, or -1 when memory ran out. */
int attention_reference_compute(const pagoda_batch_prefill_args *args, int threads, struct attention_reference *result);
void attention_reference_free(struct attention_reference *result);

/* Keys of sequence `b`. */
int64_t attention_reference_seqlen_k(const pagoda_batch_prefill_args *args, int b);
/* Whether query i of n sees key j of seqlen_k. */
int attention_reference_visible(const pagoda_batch_prefill_args *args, int64_t i, int64_t n, int64_t j,
                                int64_t seqlen_k);

#endif
