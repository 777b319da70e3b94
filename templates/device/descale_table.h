/* SPDX-License-Identifier: MIT
 *
 * One descale of K and one of V per page and KV head (quant mode kv_block) in V3, whose pages hold whole tiles.
 *
 * Every TABLE_TILES tiles each lane of a wave looks up the descales of one tile, works out what the wave needs of them, and
 * leaves it in a table of the wave's own in LDS. A tile then costs one read, which all lanes share, next to the reads of K.
 * Nothing is indexed by the ring: what is read for a tile is what was written for that tile, however pages and slots fall.
 *
 * K's descale is part of the scale of the scores. V's is 2^e * m, 1 <= m < 2. The matrix instruction multiplies V by 2^e:
 * it takes a scale in the form of an exponent of fp32. The probabilities carry m, as log2 m beside the bias of their
 * exponents, and the row sum of the tile, which is taken from the same rounded probabilities, is divided by m. So every tile
 * adds to the same output and the same sum in the same units, nothing is rescaled when a page ends, and rounding to FP8
 * costs what it costs without descales: the steps of e4m3 are relative, only its ends move by up to one bit.
 *
 * A tile's scores are worked on a tile earlier than its output, so one read covers the scores of the next tile and the
 * output of this one: [scale, log2 m] of tile t are in entry t, [1 / m, exponents] in entry t + 1.
 */
#ifndef PAGODA_DEVICE_DESCALE_TABLE_H
#define PAGODA_DEVICE_DESCALE_TABLE_H

#include "batch_prefill_kernargs.h"
#include "builtins.h"
#include "ring_load.h"

CONSTANT TABLE_ENTRY_BYTES = 16;
CONSTANT TABLE_ENTRIES = 63; /* of one wave: all tables are smaller than a ring slot, so that the ring comes first in LDS */
CONSTANT TABLE_BYTES = TABLE_ENTRIES * TABLE_ENTRY_BYTES;
CONSTANT TABLE_BIAS = 16384; /* added to offsets kept in registers: what is left of the address goes into the instruction */
CONSTANT TABLE_TILES = 56; /* after which it is written anew; what follows the last turn of the loop needs a few tiles more */

struct descale_source {
    const float *k, *v; /* page 0 of the KV head */
    u32 page_stride;    /* bytes */
};

DEVICE void descale_source_init(struct descale_source *from, const struct pagoda_batch_prefill_kernargs *args, int kv_head) {
    from->k = args->k_page_descale + kv_head * args->kv_descale_stride_head;
    from->v = args->v_page_descale + kv_head * args->kv_descale_stride_head;
    from->page_stride = (u32)args->kv_descale_stride_page * 4;
}

/* The tile of the table that a lane looks up. The last two lanes repeat a tile: entry t + 1 must be in the table as well. */
DEVICE int table_tile(void) { return min_int(lane_id(), TABLE_ENTRIES - 2); }

/* Starts the load of the lane's page id, in the table that starts with the tile at `first_key`. */
DEVICE int load_table_page(const struct ring_source *source, int first_key) {
    int offset = min_int(first_key + table_tile() * TILE_N, source->bounds.last_key) >> source->bounds.log2 << 2;
    return __builtin_amdgcn_raw_buffer_load_b32(page_table(source), offset, 0, 0);
}

struct page_descale {
    float k, v;
};

DEVICE struct page_descale load_descale(const struct descale_source *from, const struct ring_source *source, int loaded_id) {
    u32 id = (u32)safe_page(&source->bounds, loaded_id);
    struct page_descale descale;
    descale.k = *(const GLOBAL_SPACE float *)mad_u64(id, from->page_stride, (u64)from->k);
    descale.v = *(const GLOBAL_SPACE float *)mad_u64(id, from->page_stride, (u64)from->v);
    return descale;
}

/* scale: takes a product of stored q and k to a base-2 score, but for K's descale. */
DEVICE void write_descale_table(lds_bytes table, const struct page_descale *descale, float scale) {
    int bits = float_bits(descale->v);
    float m = bits_float((bits & 0x7fffff) | 0x3f800000);
    f32x2 for_scores = {scale * descale->k, __builtin_amdgcn_logf(m)};
    f32x2 for_output = {__builtin_amdgcn_rcpf(m), bits_float((int)((u32)bits << 1 & 0xff000000u) | 0x7f)};
    lds_bytes entry = table + table_tile() * TABLE_ENTRY_BYTES;
    *(LDS_SPACE f32x2 *)entry = for_scores;
    *(LDS_SPACE f32x2 *)(entry + TABLE_ENTRY_BYTES + 8) = for_output;
}

/* What a wave needs of the descales at one time. */
struct tile_factors {
    float scale, log2_m; /* for the scores of the next tile */
    float one_by_m;      /* for the row sum and the output of this one */
    int v_scales;        /* exponents as fp32 has them. Byte 3: V's; byte 0: that of 1 */
};

DEVICE struct tile_factors read_tile_factors(lds_bytes entry) {
    f32x4 words = *(const LDS_SPACE f32x4 *)entry;
    float v_scales = words[3];
    struct tile_factors factors = {words[0], words[1], words[2], float_bits(v_scales)};
    return factors;
}

#endif
