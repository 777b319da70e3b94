/* SPDX-License-Identifier: MIT
 *
 * Brings K and V tiles of 64 keys from pages to LDS through registers, for eight waves on an arch whose loads to LDS are
 * narrow: a load is started a tile before its data are written to LDS.
 *
 * Of a tile's keys, wave w looks after group w / 2 of 16 keys, whose page id it reads with the scalar unit; of the group it
 * brings in eight rows of K and one half of V's columns. Row-major V is transposed on the way, see v_transpose.h.
 * Buffers end behind the last valid key (see group_buffer()): what lies behind reads as zeros and costs no traffic.
 */
#ifndef PAGODA_DEVICE_STAGED_LOAD_H
#define PAGODA_DEVICE_STAGED_LOAD_H

#include "kv_tile.h"
#include "paging.h"
#include "staged_tile.h"
#if defined(LAYOUT_LINEAR)
#define QUAD_BYTES 4
#include "v_transpose.h"
#define V_LOADS 4
#else
#define V_LOADS 1
#endif

struct stage_source {
    struct page_walk k, v;
    struct page_bounds bounds;
    int row;               /* of the tile: the first of the wave's group */
    u32 k_offset;          /* of the lane's 16 bytes of K in the group's buffer */
    u32 v_offset[V_LOADS]; /* and of its 16 bytes of V, in so many loads */
    int k_to;              /* where the lane writes in a slot */
    int v_to;
};

/* A lane's share of a tile of K and of a tile of V, in registers. */
struct stage {
    i32x4 k, v;
};

DEVICE void stage_source_init(struct stage_source *source, const struct pagoda_batch_prefill_kernargs *args,
                              const struct sequence *seq, int num_keys, int kv_head) {
    int lane = lane_id(), wave = wave_id();
    source->k.cache = (global_bytes)args->k_cache + kv_head * args->k_stride_head;
    source->v.cache = (global_bytes)args->v_cache + kv_head * args->v_stride_head;
    source->k.page_stride = (u64)args->k_stride_page;
    source->v.page_stride = (u64)args->v_stride_page;
    source->k.token_shift = 0;
    source->bounds.page_ids = seq->page_ids;
    source->bounds.last_key = num_keys - 1;
    source->bounds.last_page = args->num_pages - 1;
    source->bounds.log2 = page_size_log2(args);
    source->row = wave / 2 * KEY_GROUP;
    int row = wave * 8 + lane / ROW_CHUNKS;
    u32 chunk = (u32)(lane % ROW_CHUNKS ^ row_swizzle(row));
    source->k_to = wave * 1024 + lane * 16;
#if defined(LAYOUT_LINEAR)
    source->k.token_stride = (u32)args->k_stride_token;
    source->v.token_stride = (u32)args->v_stride_token;
    source->k.token_extent = source->v.token_extent = ROW_BYTES;
    source->v.token_shift = 0;
    source->k_offset = (u32)(row % KEY_GROUP) * source->k.token_stride + chunk * 16;
    u32 first_column = (u32)(wave % 2 * (HEAD_DIM / 2) + quad_part(lane) * QUAD_BYTES);
    UNROLL for (int i = 0; i < V_LOADS; ++i) {
        source->v_offset[i] = (u32)(quad_row(lane) + i) * source->v.token_stride + first_column;
        PIN(source->v_offset[i]);
    }
    source->v_to = v_unit_offset(wave / 2, (int)first_column) + quad_row(lane);
#else
    source->k.token_stride = 16; /* of one chunk; the last chunk of a token is this far behind the first: */
    source->k.token_extent = ((ROW_CHUNKS - 1u) << (source->bounds.log2 + 4)) + 16u;
    source->v.token_stride = source->v.token_extent = HEAD_DIM * 16;
    source->v.token_shift = 4;
    source->k_offset = (u32)(row % KEY_GROUP) * 16 + (chunk << source->bounds.log2) * 16;
    source->v_offset[0] = (u32)unit_slot(wave % 2 * WAVE_LANES + lane) * 16;
    source->v_to = source->k_to;
    PIN(source->v_offset[0]);
#endif
    PIN(source->k_offset);
    PIN(source->k_to);
    PIN(source->v_to);
}

/* Page id of this wave's part of the tile at `key`. */
DEVICE int stage_page(const struct stage_source *source, int key) { return page_of_key(&source->bounds, key + source->row); }

/* Where a wave's share of K, or of V, of one tile is loaded from. Worked out in another phase than the load is issued in. */
struct stage_origin {
    u64 address;
    int bytes;
};

DEVICE struct stage_origin stage_locate(const struct stage_source *source, const struct page_walk *walk, int key, int page) {
    struct stage_origin origin;
    origin.address = group_address(walk, &source->bounds, key + source->row, page);
    origin.bytes = (int)group_bytes(walk, &source->bounds, key + source->row);
    PIN_SCALAR(origin.address);
    PIN_SCALAR(origin.bytes);
    return origin;
}

DEVICE buffer stage_buffer(struct stage_origin origin) {
    return __builtin_amdgcn_make_buffer_rsrc((void *)origin.address, 0, origin.bytes, 0x27000);
}

DEVICE i32x4 stage_load_k(const struct stage_source *source, struct stage_origin from) {
    return __builtin_bit_cast(i32x4, __builtin_amdgcn_raw_buffer_load_b128(stage_buffer(from), (int)source->k_offset, 0, 0));
}

DEVICE i32x4 stage_load_v(const struct stage_source *source, struct stage_origin from) {
#if defined(LAYOUT_LINEAR)
    i32x4 rows;
    UNROLL for (int i = 0; i < V_LOADS; ++i)
        rows[i] = (int)__builtin_amdgcn_raw_buffer_load_b32(stage_buffer(from), (int)source->v_offset[i], 0, 0);
    return rows;
#else
    return __builtin_bit_cast(i32x4, __builtin_amdgcn_raw_buffer_load_b128(stage_buffer(from), (int)source->v_offset[0], 0, 0));
#endif
}

DEVICE void stage_write_k(const struct stage_source *source, i32x4 k, lds_bytes slot) {
    *(LDS_SPACE i32x4 *)(slot + source->k_to) = k;
}

/* Vectorized V comes in units of 16 keys: zeroes what they hold behind the last key, bytes of the last page that nobody wrote,
 * NaN perhaps. */
DEVICE void stage_zero_invalid(const struct stage_source *source, i32x4 *v, int key) {
#if defined(LAYOUT_VECTORIZED)
    int valid = source->bounds.last_key + 1 - key - source->row;
    if (__builtin_expect(valid < KEY_GROUP, 0)) {
        UNROLL for (int word = 0; word < 4; ++word) {
            int keys = clamp_int(valid - word * 4, 0, 4);
            (*v)[word] &= keys == 4 ? -1 : (1 << keys * 8) - 1;
        }
    }
#else
    (void)source;
    (void)v;
    (void)key;
#endif
}

DEVICE void stage_write_v(const struct stage_source *source, i32x4 v, lds_bytes slot) {
#if defined(LAYOUT_LINEAR)
    struct v_quad quad;
    UNROLL for (int i = 0; i < 4; ++i)
        quad.rows[i][0] = (u32)v[i];
    write_quad(&quad, slot, source->v_to);
#else
    *(LDS_SPACE i32x4 *)(slot + source->v_to) = v;
#endif
}

#endif
