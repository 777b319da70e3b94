/* SPDX-License-Identifier: MIT
 *
 * FP8 caches with one descale per page and KV head, for K and for V (quant mode kv_block).
 *
 * K's descale scales the scores. V's multiplies the probabilities, as log2 v added to the base-2 scores: the running maximum
 * is that of the products p * v, so the largest product meets the top of the FP8 range exactly, and the sum takes p, each
 * product divided by its v. Output, sum and LSE come out right with no other correction.
 *
 * A descale travels with its tile: it is fetched with the tile's loads, becomes readable when the tile does, and is handed
 * to the products as an argument. There is no slot that a tile being loaded could share with the tile being worked on.
 *  - PAGE_SIZE >= TILE_N: a tile lies in one page, its descales are scalars.
 *  - Smaller and generic pages: one of each per key, in LDS beside the tile.
 */
#ifndef PAGODA_DEVICE_KV_DESCALE_H
#define PAGODA_DEVICE_KV_DESCALE_H

#include "batch_prefill_kernargs.h"
#include "builtins.h"
#include "descale.h"
#include "kv_tile.h"
#include "lanes.h"
#include "paging.h"

#if !defined(DESCALE_PER_TILE)
#define DESCALE_PER_TILE (PAGE_SIZE >= TILE_N)
#endif

/* A V descale of 0 (an empty page's) counts as this, small enough to add nothing, large enough to divide by. */
DEVICE float nonzero_v_descale(float v) { return v == 0.0f ? 0x1p-60f : v; }

struct page_descales {
    const float *k, *v; /* at the KV head */
    i64 page_stride;
};

DEVICE struct page_descales find_page_descales(const struct pagoda_batch_prefill_kernargs *args, int kv_head) {
    struct page_descales descales;
    descales.k = args->k_page_descale + kv_head * args->kv_descale_stride_head;
    descales.v = args->v_page_descale + kv_head * args->kv_descale_stride_head;
    descales.page_stride = args->kv_descale_stride_page;
    return descales;
}

#if DESCALE_PER_TILE

struct tile_descales {
    float k, v;
};

DEVICE struct tile_descales fetch_descales(const struct page_descales *from, int page) {
    struct tile_descales descales;
    descales.k = ((constant_floats)from->k)[page * from->page_stride];
    descales.v = ((constant_floats)from->v)[page * from->page_stride];
    return descales;
}

#else

/* In LDS, for each key of the tile: K's descale; log2 of V's; one divided by V's. */
enum descale_row { DESCALE_K, DESCALE_LOG2_V, DESCALE_ONE_BY_V, DESCALE_ROWS };
CONSTANT DESCALE_BYTES = DESCALE_ROWS * TILE_N * 4;

/* Of a group of 16 keys, 16 lanes of a wave bring in each row; the last 16 repeat the last row. */
DEVICE int descale_row_of(int lane) { return min_int(lane / KEY_GROUP, DESCALE_ONE_BY_V); }

/* page: of key lane % KEY_GROUP of the group. */
DEVICE float fetch_key_descale(const struct page_descales *from, int page, int lane) {
    const float *base = descale_row_of(lane) == DESCALE_K ? from->k : from->v;
    return ((const GLOBAL_SPACE float *)base)[page * from->page_stride];
}

DEVICE void write_key_descale(lds_bytes descales, int first_key, int lane, float descale) {
    int row = descale_row_of(lane);
    float v = nonzero_v_descale(descale);
    float value = row == DESCALE_K ? descale : row == DESCALE_LOG2_V ? __builtin_amdgcn_logf(v) : __builtin_amdgcn_rcpf(v);
    ((LDS_SPACE float *)descales)[row * TILE_N + first_key + lane % KEY_GROUP] = value;
}

/* Of the keys of scores `score` .. `score` + 3; `descales` starts at the lane group's first key. */
DEVICE f32x4 read_key_descales(lds_bytes descales, enum descale_row row, int score) {
    return *(const LDS_SPACE f32x4 *)(descales + (row * TILE_N + score_key(score)) * 4);
}

/* Products of stored values to base-2 scores; score_scale without K's descale. */
DEVICE void apply_k_descales(accumulator scores[SCORE_BLOCKS], lds_bytes descales, float score_scale) {
    UNROLL for (int s = 0; s < SCORES_PER_LANE; s += 4) {
        f32x4 k = read_key_descales(descales, DESCALE_K, s) * score_scale;
        UNROLL for (int i = 0; i < 4; ++i)
            scores[s / ACC_REGISTERS][s % ACC_REGISTERS + i] *= k[i];
    }
}

/* Base-2 scores of p to those of p * v. */
DEVICE void apply_v_descales(accumulator scores[SCORE_BLOCKS], lds_bytes descales) {
    UNROLL for (int s = 0; s < SCORES_PER_LANE; s += 4) {
        f32x4 log2_v = read_key_descales(descales, DESCALE_LOG2_V, s);
        UNROLL for (int i = 0; i < 4; ++i)
            scores[s / ACC_REGISTERS][s % ACC_REGISTERS + i] += log2_v[i];
    }
}

#endif

#endif
