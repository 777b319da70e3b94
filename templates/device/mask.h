/* SPDX-License-Identifier: MIT
 *
 * Which keys the queries of a tile see, and the masking of the scores of a tile that only some of them see whole.
 *
 * The includer defines MASK_NONE or MASK_CAUSAL (bottom-right aligned: query i of n sees keys j <= i + num_keys - n).
 */
#ifndef PAGODA_DEVICE_MASK_H
#define PAGODA_DEVICE_MASK_H

#include "kv_tile.h"
#include "paging.h"

/* How many keys query `query` sees: keys 0 .. visible_keys - 1. */
DEVICE int visible_keys(const struct sequence *seq, int query) {
#if defined(MASK_CAUSAL)
    return clamp_int(query + 1 + seq->num_keys - seq->num_queries, 0, seq->num_keys);
#else
    (void)query;
    return seq->num_keys;
#endif
}

/* Drops the scores of keys that the lane's query does not see; `visible` counts from the tile's first key. */
DEVICE void mask_scores(accumulator scores[SCORE_BLOCKS], int visible, int lane) {
    int limit = visible - lane / MFMA_ROWS * UNIT_ELEMENTS;
    UNROLL for (int score = 0; score < SCORES_PER_LANE; ++score) {
        float value = scores[score / ACC_REGISTERS][score % ACC_REGISTERS];
        scores[score / ACC_REGISTERS][score % ACC_REGISTERS] = score_key(score) < limit ? value : -__builtin_inff();
    }
}

#endif
