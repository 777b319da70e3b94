/* SPDX-License-Identifier: MIT
 *
 * Brings K and V tiles from pages into LDS, one tile ahead of the products.
 *
 *  - gfx950: loads write LDS directly, 16 bytes per lane, into the other of two slots. One barrier per tile.
 *  - gfx942: loads go to registers while the previous tile is worked on, then to the only slot, between two barriers; row
 *    major V is transposed on the way. Two workgroups fit a CU and cover each other's barriers.
 *
 * stage_load() starts the loads of a tile; stage_commit() returns when that tile can be read by every wave. Between the
 * two the workgroup reads the tile before it.
 */
#ifndef PAGODA_DEVICE_KV_STAGE_H
#define PAGODA_DEVICE_KV_STAGE_H

#include "builtins.h"
#include "kv_pieces.h"
#include "kv_tile.h"

/* A tile that can be read. */
struct kv_slot {
    lds_bytes k, v;
#if defined(QUANT_KV_BLOCK) && DESCALE_PER_TILE
    struct tile_descales descales;
#elif defined(QUANT_KV_BLOCK)
    lds_bytes descales;
#endif
};

/* A tile that is on its way. */
struct kv_stage {
#if !LOADS_TO_LDS
    i32x4 k[TILE_GROUPS][GROUP_LOADS];
#if V_IN_QUADS
    struct v_quad v[TILE_GROUPS];
#else
    i32x4 v[TILE_GROUPS][GROUP_LOADS];
#endif
#endif
#if defined(QUANT_KV_BLOCK) && DESCALE_PER_TILE
    struct tile_descales descales;
#elif defined(QUANT_KV_BLOCK)
    float key_descales[TILE_GROUPS];
#endif
    int valid_keys; /* counted from its first key */
};

/* Byte offset in a slot of the first 1024 bytes that this wave fills for a group; load i follows i * the step. */
#if defined(LAYOUT_LINEAR)
DEVICE int k_group_offset(const struct kv_source *source, int group) { return group_first_row(source, group) * ROW_BYTES; }
CONSTANT K_LOAD_STEP = 1024;
#else
DEVICE int k_group_offset(const struct kv_source *source, int group) { return group_first_row(source, group) / KEY_GROUP * 1024; }
CONSTANT K_LOAD_STEP = TILE_N / KEY_GROUP * 1024;
#endif
DEVICE int v_group_offset(const struct kv_source *source, int group) { return group_first_row(source, group) * ROW_BYTES; }

DEVICE void stage_descales(struct kv_stage *stage, const struct kv_source *source, const struct tile_pages *pages) {
#if defined(QUANT_KV_BLOCK) && DESCALE_PER_TILE
    stage->descales = fetch_descales(&source->descales, pages->group[0]);
#elif defined(QUANT_KV_BLOCK)
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g)
        stage->key_descales[g] = fetch_key_descale(&source->descales, pages->group[g], source->lane);
#else
    (void)stage;
    (void)source;
    (void)pages;
#endif
}

#if !LOADS_TO_LDS

DEVICE void load_group(struct kv_stage *stage, struct kv_slot slot, const struct kv_source *source, int group, int first_key,
                       int page) {
    (void)slot; /* not before the commit */
    group_origin k = find_group(source, &source->k, first_key, page), v = find_group(source, &source->v, first_key, page);
    UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
        stage->k[group][i] = load_16(find_piece(source, &source->k, k, k_piece(source, group, i)));
#if V_IN_QUADS
    UNROLL for (int row = 0; row < 4; ++row)
        load_words(find_piece(source, &source->v, v, v_piece(source, group, row)), stage->v[group].rows[row], QUAD_WORDS);
#else
    UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
        stage->v[group][i] = load_16(find_piece(source, &source->v, v, v_piece(source, group, i)));
#endif
}

DEVICE void write_16(lds_bytes to, int lane, i32x4 value) { *(LDS_SPACE i32x4 *)(to + lane * 16) = value; }

DEVICE void write_group(const struct kv_stage *stage, struct kv_slot slot, const struct kv_source *source, int group) {
    int lane = opaque(source->lane);
    UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
        write_16(slot.k + k_group_offset(source, group) + i * K_LOAD_STEP, lane, stage->k[group][i]);
#if V_IN_QUADS
    transpose_quad(&stage->v[group], slot.v, group_first_row(source, group), lane);
#else
    UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
        write_16(slot.v + v_group_offset(source, group) + i * 1024, lane, stage->v[group][i]);
#endif
}

#else

/* The fences keep LDS reads that a wave still waits for out of the loads' way: clang before 23 takes global loads that write
 * LDS for LDS operations, which the hardware does not, and would wait for too little if any came behind such a read. Buffer
 * loads are counted right. */
DEVICE void fence_lds_reads(void) {
    if (!PAGE_HOLDS_GROUP)
        schedule_fence();
}

DEVICE void load_group(struct kv_stage *stage, struct kv_slot slot, const struct kv_source *source, int group, int first_key,
                       int page) {
    (void)stage;
    group_origin k_origin = find_group(source, &source->k, first_key, page);
    group_origin v_origin = find_group(source, &source->v, first_key, page);
    struct piece_source k[GROUP_LOADS], v[GROUP_LOADS];
    UNROLL for (int i = 0; i < GROUP_LOADS; ++i) {
        k[i] = find_piece(source, &source->k, k_origin, k_piece(source, group, i));
        v[i] = find_piece(source, &source->v, v_origin, v_piece(source, group, i));
    }
    fence_lds_reads();
    UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
        load_16_to_lds(k[i], slot.k + k_group_offset(source, group) + i * K_LOAD_STEP);
    UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
        load_16_to_lds(v[i], slot.v + v_group_offset(source, group) + i * 1024);
    fence_lds_reads();
}

#endif

DEVICE void stage_load(struct kv_stage *stage, struct kv_slot slot, const struct kv_source *source,
                       const struct tile_pages *pages, int tile) {
    stage->valid_keys = source->bounds.last_key + 1 - tile * TILE_N;
    stage_descales(stage, source, pages);
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g)
        load_group(stage, slot, source, g, tile * TILE_N + group_first_row(source, g), pages->group[g]);
}

#if defined(LAYOUT_VECTORIZED)
/* Transposed units hold keys of several rows, so rows behind the last key cannot repeat it: their bytes are whatever the
 * page holds, NaN perhaps. Each lane zeroes them in the units that it brought in itself. */
DEVICE void zero_invalid_v(struct kv_slot slot, const struct kv_source *source, int valid_keys) {
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g) {
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i) {
            int first_key = group_first_row(source, g) + v_piece(source, g, i).row;
            int keys = clamp_int(valid_keys - first_key, 0, UNIT_ELEMENTS);
            LDS_SPACE i32x4 *unit = (LDS_SPACE i32x4 *)(slot.v + v_group_offset(source, g) + i * 1024 + source->lane * 16);
            i32x4 value = *unit;
            UNROLL for (int w = 0; w < 4; ++w) {
                int bytes = clamp_int(keys * ELEMENT_BYTES - w * 4, 0, 4);
                int word = value[w];
                value[w] = bytes == 4 ? word : word & ((1 << bytes * 8) - 1);
            }
            *unit = value;
        }
    }
}
#endif

/* Makes the staged tile readable by every wave. The tile read so far is given up: no wave reads it after this. */
DEVICE void stage_commit(const struct kv_stage *stage, struct kv_slot *slot, const struct kv_source *source) {
    (void)stage;
    (void)slot;
    (void)source;
#if !LOADS_TO_LDS
    lds_barrier();
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g)
        write_group(stage, *slot, source, g);
#else
    wait_vector_memory(0);
#endif
#if defined(LAYOUT_VECTORIZED)
    if (stage->valid_keys < TILE_N)
        zero_invalid_v(*slot, source, stage->valid_keys);
#endif
#if defined(QUANT_KV_BLOCK) && DESCALE_PER_TILE
    slot->descales = stage->descales;
#elif defined(QUANT_KV_BLOCK)
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g)
        write_key_descale(slot->descales, group_first_row(source, g), source->lane, stage->key_descales[g]);
#endif
    lds_barrier();
}

#endif
