/* SPDX-License-Identifier: MIT
 *
 * Brings K and V tiles from pages into LDS, one tile ahead of the products.
 *
 * Four waves share the work: of every 64 keys, wave w brings in keys 16 w .. 16 w + 15, so that with pages of 16 keys or
 * more each wave reads one page. Per group of 16 keys a lane moves GROUP_LOADS pieces of 16 bytes of K, and of V.
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
#include "kv_tile.h"
#include "paging.h"
#if defined(QUANT_KV_BLOCK)
#include "kv_descale.h"
#endif

CONSTANT TILE_GROUPS = TILE_N / (4 * KEY_GROUP); /* groups of 16 keys per wave and tile */
CONSTANT GROUP_BYTES = KEY_GROUP * ROW_BYTES;
CONSTANT GROUP_LOADS = GROUP_BYTES / 1024;
CONSTANT UNIT_SHIFT = ELEMENT_BYTES == 1 ? 4 : 3;

#if defined(ARCH_GFX950)
#define STAGE_SLOTS 2
#define STAGE_IN_REGISTERS 0
#else
#define STAGE_SLOTS 1
#define STAGE_IN_REGISTERS 1
#endif

/* A tile that can be read. */
struct kv_slot {
    lds_bytes k, v;
#if defined(QUANT_KV_BLOCK) && DESCALE_PER_TILE
    struct tile_descales descales;
#elif defined(QUANT_KV_BLOCK)
    lds_bytes descales;
#endif
};

struct kv_source {
    struct page_walk k, v;
    struct page_bounds bounds;
#if defined(QUANT_KV_BLOCK)
    struct page_descales descales;
#endif
    int wave, lane;
};

/* Page ids of this wave's groups of one tile: fetched a tile ahead of the tile's own loads. */
struct tile_pages {
    int group[TILE_GROUPS];
};

struct kv_stage {
#if STAGE_IN_REGISTERS
    i32x4 k[TILE_GROUPS * GROUP_LOADS];
    i32x4 v[TILE_GROUPS * GROUP_LOADS];
#endif
#if defined(QUANT_KV_BLOCK) && DESCALE_PER_TILE
    struct tile_descales descales;
#elif defined(QUANT_KV_BLOCK)
    float key_descales[TILE_GROUPS];
#endif
    int valid_keys; /* of the tile being staged, counted from its first key */
};

/* First row in the tile of a wave's group. */
DEVICE int group_first_row(const struct kv_source *source, int group) { return (group * 4 + source->wave) * KEY_GROUP; }

DEVICE struct tile_pages fetch_tile_pages(const struct kv_source *source, int tile) {
    struct tile_pages pages;
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g)
        pages.group[g] = fetch_group_page(&source->bounds, tile * TILE_N + group_first_row(source, g));
    return pages;
}

/* ---- which 16 bytes of a group of keys lane l moves in load i: row of the group, byte offset behind the row's or unit's
 * start. In LDS, load i of the wave fills the 1024 bytes from group start + 1024 i, lane after lane. ---- */

struct piece {
    int row;
    u32 offset;
};

DEVICE struct piece row_piece(int first_row, int load, int lane) {
    struct piece piece;
    piece.row = load * (WAVE_LANES / ROW_CHUNKS) + lane / ROW_CHUNKS;
    piece.offset = (u32)(lane % ROW_CHUNKS ^ row_swizzle(first_row + piece.row)) * 16;
    return piece;
}

/* Vectorized K: four chunks of the head dimension times 16 rows. A chunk is page_size * 16 bytes behind the one before. */
DEVICE struct piece chunk_piece(int first_row, int load, int lane, int log2) {
    struct piece piece;
    piece.row = chunk_row_slot(first_row + lane % KEY_GROUP);
    piece.offset = (u32)(load * 4 + lane / KEY_GROUP) << (log2 + 4);
    return piece;
}

/* Vectorized V: units as they are stored. */
DEVICE struct piece unit_piece(int load, int lane) {
    struct piece piece;
    int unit = load * WAVE_LANES + lane;
    piece.row = unit / HEAD_DIM * UNIT_ELEMENTS;
    piece.offset = (u32)unit_slot(unit % HEAD_DIM) * 16;
    return piece;
}

DEVICE global_bytes k_piece_address(const struct kv_source *source, const struct key_group *rows, int group, int load) {
#if defined(LAYOUT_LINEAR)
    struct piece piece = row_piece(group_first_row(source, group), load, source->lane);
#else
    struct piece piece = chunk_piece(group_first_row(source, group), load, source->lane, source->bounds.log2);
#endif
    return row_address(&source->k, &source->bounds, rows, piece.row, 0, piece.offset);
}

DEVICE global_bytes v_piece_address(const struct kv_source *source, const struct key_group *rows, int group, int load) {
#if defined(LAYOUT_LINEAR)
    struct piece piece = row_piece(group_first_row(source, group), load, source->lane);
    return row_address(&source->v, &source->bounds, rows, piece.row, 0, piece.offset);
#else
    (void)group; /* units are stored as they lie in LDS */
    struct piece piece = unit_piece(load, source->lane);
    return row_address(&source->v, &source->bounds, rows, piece.row, UNIT_SHIFT, piece.offset);
#endif
}

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

#if !STAGE_IN_REGISTERS

DEVICE void load_to_lds(global_bytes from, lds_bytes to) {
    __builtin_amdgcn_global_load_lds((GLOBAL_SPACE void *)from, (LDS_SPACE void *)to, 16, 0, 0);
}

/* The fences keep LDS reads that a wave still waits for out of the loads' way: clang before 23 takes loads that write LDS
 * for LDS operations, which the hardware does not, and would wait for too little if any came behind such a read. */
DEVICE void stage_load(struct kv_stage *stage, struct kv_slot slot, const struct kv_source *source,
                       const struct tile_pages *pages, int tile) {
    stage->valid_keys = source->bounds.last_key + 1 - tile * TILE_N;
    stage_descales(stage, source, pages);
    global_bytes k[TILE_GROUPS][GROUP_LOADS], v[TILE_GROUPS][GROUP_LOADS];
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g) {
        int first_row = tile * TILE_N + group_first_row(source, g);
        struct key_group rows = locate_group(&source->bounds, first_row, pages->group[g]);
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i) {
            k[g][i] = k_piece_address(source, &rows, g, i);
            v[g][i] = v_piece_address(source, &rows, g, i);
        }
    }
    schedule_fence();
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g) {
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
            load_to_lds(k[g][i], slot.k + k_group_offset(source, g) + i * K_LOAD_STEP);
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
            load_to_lds(v[g][i], slot.v + v_group_offset(source, g) + i * 1024);
    }
    schedule_fence();
}

#else

/* Row-major V to transposed units: lane (column part c, quad q) takes part c of the four rows of quad q, QUAD_BYTES of
 * each, and hands on, column by column, four keys. Lanes 0 .. 31 hold all four quads of eight neighbouring parts, so that
 * the writes of one cycle reach every bank once. */
CONSTANT QUAD_BYTES = ROW_BYTES / 16;
CONSTANT QUAD_WORDS = QUAD_BYTES / 4;
DEVICE int quad_part(int lane) { return (lane & 7) | lane >> 5 << 3; }
DEVICE int quad_row(int lane) { return (lane >> 3 & 3) * 4; }

DEVICE void load_words(global_bytes from, int *words, int count) {
    UNROLL for (int w = 0; w < count; ++w)
        words[w] = ((const GLOBAL_SPACE int *)from)[w];
}

DEVICE i32x4 load_16(global_bytes from) { return *(const GLOBAL_SPACE i32x4 *)from; }

DEVICE u32 select_bytes(u32 high, u32 low, u32 selector) { return __builtin_amdgcn_perm(high, low, selector); }

CONSTANT QUAD_COLUMNS = QUAD_BYTES / ELEMENT_BYTES; /* 4 or 8 */

/* rows[r] = QUAD_WORDS words of row r; writes the four keys of each column. `to`: where those of the first column go. The
 * slots of the others differ from its slot in the low bits only. */
DEVICE void write_transposed(const u32 rows[4][QUAD_WORDS], lds_bytes v, int to) {
    UNROLL for (int w = 0; w < QUAD_WORDS; ++w) {
#if ELEMENT_BYTES == 1
        u32 low01 = select_bytes(rows[1][w], rows[0][w], 0x05010400), high01 = select_bytes(rows[1][w], rows[0][w], 0x07030602);
        u32 low23 = select_bytes(rows[3][w], rows[2][w], 0x05010400), high23 = select_bytes(rows[3][w], rows[2][w], 0x07030602);
        u32 columns[4] = {select_bytes(low23, low01, 0x05040100), select_bytes(low23, low01, 0x07060302),
                          select_bytes(high23, high01, 0x05040100), select_bytes(high23, high01, 0x07060302)};
        UNROLL for (int c = 0; c < 4; ++c)
            *(LDS_SPACE u32 *)(v + (to ^ (w * 4 + c) * 16)) = columns[c];
#else
        UNROLL for (int c = 0; c < 2; ++c) {
            u32 selector = c ? 0x07060302 : 0x05040100;
            i32x2 keys = {(int)select_bytes(rows[1][w], rows[0][w], selector), (int)select_bytes(rows[3][w], rows[2][w], selector)};
            *(LDS_SPACE i32x2 *)(v + (to ^ (w * 2 + c) * 16)) = keys;
        }
#endif
    }
}

DEVICE void stage_load(struct kv_stage *stage, struct kv_slot slot, const struct kv_source *source,
                       const struct tile_pages *pages, int tile) {
    (void)slot; /* not before the commit */
    stage->valid_keys = source->bounds.last_key + 1 - tile * TILE_N;
    stage_descales(stage, source, pages);
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g) {
        struct key_group rows = locate_group(&source->bounds, tile * TILE_N + group_first_row(source, g), pages->group[g]);
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
            stage->k[g * GROUP_LOADS + i] = load_16(k_piece_address(source, &rows, g, i));
#if defined(LAYOUT_LINEAR)
        int *words = (int *)&stage->v[g * GROUP_LOADS];
        UNROLL for (int r = 0; r < 4; ++r) {
            u32 offset = (u32)quad_part(source->lane) * QUAD_BYTES;
            load_words(row_address(&source->v, &source->bounds, &rows, quad_row(source->lane) + r, 0, offset),
                       words + r * QUAD_WORDS, QUAD_WORDS);
        }
#else
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
            stage->v[g * GROUP_LOADS + i] = load_16(v_piece_address(source, &rows, g, i));
#endif
    }
}

DEVICE void stage_write(const struct kv_stage *stage, struct kv_slot slot, const struct kv_source *source) {
    int lane = opaque(source->lane);
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g) {
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
            *(LDS_SPACE i32x4 *)(slot.k + k_group_offset(source, g) + i * K_LOAD_STEP + lane * 16) = stage->k[g * GROUP_LOADS + i];
#if defined(LAYOUT_LINEAR)
        int key = group_first_row(source, g) + quad_row(lane);
        int first_column = v_unit_offset(key / UNIT_ELEMENTS, quad_part(lane) * QUAD_COLUMNS);
        write_transposed((const u32(*)[QUAD_WORDS])&stage->v[g * GROUP_LOADS], slot.v,
                         first_column + key % UNIT_ELEMENTS * ELEMENT_BYTES);
#else
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i)
            *(LDS_SPACE i32x4 *)(slot.v + v_group_offset(source, g) + i * 1024 + lane * 16) = stage->v[g * GROUP_LOADS + i];
#endif
    }
}

#endif

#if defined(LAYOUT_VECTORIZED)
/* Transposed units hold keys of several rows, so rows behind the last key cannot repeat it: their bytes are whatever the
 * page holds, NaN perhaps. Each lane zeroes them in the units that it brought in itself. */
DEVICE void zero_invalid_v(struct kv_slot slot, const struct kv_source *source, int valid_keys) {
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g) {
        UNROLL for (int i = 0; i < GROUP_LOADS; ++i) {
            int first_key = group_first_row(source, g) + unit_piece(i, source->lane).row;
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
#if STAGE_IN_REGISTERS
    lds_barrier();
    stage_write(stage, *slot, source);
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
