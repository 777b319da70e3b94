/* SPDX-License-Identifier: MIT
 *
 * FP8 caches with one descale per page and KV head, for K and for V (quant mode kv_block).
 *
 * A descale travels with its tile: it is fetched with the tile's loads, becomes readable when the tile does, and is handed
 * to the products as an argument. There is no slot that a tile being loaded could share with the tile being worked on.
 *  - PAGE_SIZE >= TILE_N: a tile lies in one page, its descales are two scalars. K's goes into the score scale, V's into
 *    the exponent of the probabilities.
 *  - Smaller and generic pages: one descale per key, in LDS beside the tile.
 *
 * The accumulated output is kept in multiples of a reference, V's descale at some earlier tile; a tile's own V descale,
 * divided by the reference, multiplies its probabilities. That ratio stays within [1/4, 1]: when it would not, the
 * reference moves and the output is rescaled, together with the change of the maximum.
 */
#ifndef PAGODA_DEVICE_KV_DESCALE_H
#define PAGODA_DEVICE_KV_DESCALE_H

#include "batch_prefill_kernargs.h"
#include "builtins.h"
#include "descale.h"
#include "kv_tile.h"
#include "lanes.h"
#include "paging.h"

#define DESCALE_PER_TILE (PAGE_SIZE >= TILE_N)

/* V descales below this (an empty page's 0) count as this: ratios stay finite. */
#define SMALLEST_V_DESCALE 0x1p-60f

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

/* Lanes 0 .. 15 of a wave hold K's descales of the 16 keys of a group, lanes 16 .. 31 V's; the others repeat them. */
DEVICE int descale_is_v(int lane) { return lane / KEY_GROUP & 1; }

/* page: of this lane's key, see struct key_group. */
DEVICE float fetch_key_descale(const struct page_descales *from, int page, int lane) {
    const float *base = descale_is_v(lane) ? from->v : from->k;
    return ((const GLOBAL_SPACE float *)base)[page * from->page_stride];
}

/* LDS: TILE_N descales of K, then as many of V. */
CONSTANT DESCALE_BYTES = 2 * TILE_N * 4;

DEVICE void write_key_descale(lds_bytes descales, int first_key, int lane, float value) {
    ((LDS_SPACE float *)descales)[descale_is_v(lane) * TILE_N + first_key + lane % KEY_GROUP] = value;
}

/* Descales of the keys of scores `score` .. `score` + 3; `descales` is K's or V's, from the lane group's first key. */
DEVICE f32x4 read_key_descales(lds_bytes descales, int score) {
    return *(const LDS_SPACE f32x4 *)(descales + score_key(score) * 4);
}

/* Scores of stored values to scores of values, but for the common scale. */
DEVICE void apply_k_descales(accumulator scores[SCORE_BLOCKS], lds_bytes descales) {
    UNROLL for (int s = 0; s < SCORES_PER_LANE; s += 4) {
        f32x4 k = read_key_descales(descales, s);
        UNROLL for (int i = 0; i < 4; ++i)
            scores[s / ACC_REGISTERS][s % ACC_REGISTERS + i] *= k[i];
    }
}

/* The largest of the TILE_N descales at `descales`. */
DEVICE float largest_descale(lds_bytes descales, int lane) {
    float largest = ((const LDS_SPACE float *)descales)[lane];
    UNROLL for (int key = WAVE_LANES; key < TILE_N; key += WAVE_LANES)
        largest = __builtin_fmaxf(largest, ((const LDS_SPACE float *)descales)[key + lane]);
    return wave_max(largest);
}

#endif

/* Moves the reference if a tile whose (largest) V descale is `descale` needs it; returns what the accumulated output is to
 * be multiplied by. */
DEVICE float move_v_reference(float *reference, float descale) {
    float old = *reference, wanted = __builtin_fmaxf(descale, SMALLEST_V_DESCALE);
    if (wanted <= old && wanted >= old * 0.25f)
        return 1.0f;
    *reference = wanted;
    return old * __builtin_amdgcn_rcpf(wanted);
}

#endif
