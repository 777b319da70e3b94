/* SPDX-License-Identifier: MIT
 *
 * One tile of TILE_N keys in LDS: where its elements lie, and how the operands of both products are read from it.
 *
 * The data flow needs no exchange of probabilities between lanes. S^T = K * Q^T leaves each lane the scores of one query
 * (its column); O^T = V^T * P^T wants P back in just that form. Which key stands in which row of S^T is ours to choose:
 * score register R (0 .. TILE_N / LANE_GROUPS - 1, over all blocks) of lane group g belongs to key
 *     score_key(R) + g * UNIT_ELEMENTS,   score_key(R) = R / x * (x * LANE_GROUPS) + R % x,   x = UNIT_ELEMENTS.
 * So x consecutive registers hold x consecutive keys, which pack into one 16-byte unit of P, and the matching unit of V^T
 * is x consecutive keys of one column of V: what the vectorized layout stores.
 *
 * K lies in rows of ROW_BYTES (linear layout) or in 16-byte chunks of 16 rows (vectorized). V lies in rows if the arch
 * reads them transposed (gfx950, linear layout), else in transposed units. The 16-byte slots of a row are permuted so that
 * the lanes that the LDS serves together touch different banks; the table of conflicts is in the comments below.
 *
 * The includer defines TILE_N, HEAD_DIM, ELEMENT_BYTES, LAYOUT_LINEAR or LAYOUT_VECTORIZED, and what mfma.h needs.
 */
#ifndef PAGODA_DEVICE_KV_TILE_H
#define PAGODA_DEVICE_KV_TILE_H

#include "builtins.h"
#include "mfma.h"
#include "paging.h"

#if defined(ARCH_GFX950) && defined(LAYOUT_LINEAR)
#define V_IN_ROWS 1 /* read by ds_read_b64_tr */
#else
#define V_IN_ROWS 0 /* units: [key / x][slot of column][x keys] */
#endif

CONSTANT TILE_BYTES = TILE_N * ROW_BYTES;              /* K or V */
CONSTANT ROW_CHUNKS = ROW_BYTES / 16;                  /* 16-byte chunks of a row */
CONSTANT K_UNITS = ROW_CHUNKS / LANE_GROUPS;           /* units of K and Q per lane and block: all of head_dim */
CONSTANT SCORE_BLOCKS = TILE_N / MFMA_ROWS;            /* accumulators of S^T */
CONSTANT P_UNITS = TILE_N / UNIT_ELEMENTS / LANE_GROUPS; /* units of P per lane: all keys of the tile */
CONSTANT OUT_BLOCKS = HEAD_DIM / MFMA_ROWS;            /* accumulators of O^T */
CONSTANT SCORES_PER_LANE = TILE_N / LANE_GROUPS;

/* Key in the tile of score register `score` of lane group 0; group g adds g * UNIT_ELEMENTS. */
DEVICE int score_key(int score) {
    return score / UNIT_ELEMENTS * (UNIT_ELEMENTS * LANE_GROUPS) + score % UNIT_ELEMENTS;
}

/* Key in the tile that row `row` (0 .. MFMA_ROWS - 1) of score block `block` stands for: the inverse of the D layout. */
DEVICE int block_row_key(int block, int row) {
    int group = row / 4 % LANE_GROUPS, score = block * ACC_REGISTERS + row / (4 * LANE_GROUPS) * 4 + row % 4;
    return score_key(score) + group * UNIT_ELEMENTS;
}

DEVICE int bit_of(int value, int bit) { return (value >> bit) & 1; }

/* The 16-byte slot of a row that holds chunk c is c ^ row_swizzle(row). gfx950 serves 16 lanes of a b128 read or 32 lanes
 * of a b64 transpose read at once from 64 banks, gfx942 8 lanes of a b128 read from 32 banks. The row bits that differ
 * among those lanes, and are not already told apart by the row pitch, select the slot:
 *   gfx950 K: MFMA_ROWS 32: bits 0..3 (16-bit), 0, 1, 2, 4 (FP8);  16: 0, 1, 3, 4 (16-bit), 0, 1, 4, 5 (FP8)
 *   gfx950 V: MFMA_ROWS 32: bits 0, 1 (16-bit), 0..2 (FP8);        16: 0, 1, 3 (16-bit), 0, 1, 2, 4 (FP8)
 *   gfx942 K: bits 0, 1, log2 x. */
DEVICE int row_swizzle(int row) {
#if defined(ARCH_GFX942)
    int far = bit_of(row, ELEMENT_BYTES == 1 ? 4 : 3);
    return ROW_BYTES == 64 ? bit_of(row, 1) | far << 1 : (row & 3) | far << 2;
#elif HEAD_DIM * ELEMENT_BYTES >= 256
    return (row & 3) << 2 | bit_of(row, 3) << 1 | (bit_of(row, 2) ^ bit_of(row, 4));
#elif HEAD_DIM * ELEMENT_BYTES == 128 && ELEMENT_BYTES == 2
    return bit_of(row, 1) << 2 | bit_of(row, 3) << 1 | (bit_of(row, 2) ^ bit_of(row, 4));
#elif HEAD_DIM * ELEMENT_BYTES == 128 && MFMA_ROWS == 32
    return bit_of(row, 2) << 2 | bit_of(row, 1) << 1 | bit_of(row, 4);
#elif HEAD_DIM * ELEMENT_BYTES == 128
    return (bit_of(row, 2) ^ bit_of(row, 5)) << 2 | bit_of(row, 1) << 1 | bit_of(row, 4);
#elif MFMA_ROWS == 32
    return bit_of(row, 2) << 1 | bit_of(row, 4);
#else
    return (bit_of(row, 2) ^ bit_of(row, 5)) << 1 | bit_of(row, 4);
#endif
}

/* Vectorized K: rows of a 16-row chunk column, permuted by the row group so that groups read together differ in banks. */
DEVICE int chunk_row_slot(int row) {
    int group = row / KEY_GROUP;
    int turn = ELEMENT_BYTES == 1 ? (group & 1) << 3 | (group & 2) << 1 : (group & 1) << 2 | (group & 2) << 2;
    return row % KEY_GROUP ^ turn;
}

/* Byte offset of 16-byte chunk `chunk` of K row `row`. */
DEVICE int k_offset(int row, int chunk) {
#if defined(LAYOUT_LINEAR)
    return row * ROW_BYTES + (chunk ^ row_swizzle(row)) * 16;
#else
    return (chunk / 4 * (TILE_N / KEY_GROUP) + row / KEY_GROUP) * 1024 + chunk % 4 * 256 + chunk_row_slot(row) * 16;
#endif
}

/* Slot of a column in a row of transposed units; its own inverse. It spreads the writes that transpose V (gfx942). */
DEVICE int unit_slot(int column) { return column ^ (column / 8 & 7); }

/* Byte offset of the unit of V^T that holds keys unit * x .. unit * x + x - 1 of one column. */
DEVICE int v_unit_offset(int unit, int column) { return (unit * HEAD_DIM + unit_slot(column)) * 16; }

/* ---- Reading operands. An operand's address splits into what depends on the lane, computed once, and what depends on
 * block and unit, known when compiling. The permutations above are linear in the bits of row and column, so the second part
 * enters as an exclusive or and an addend: the addend goes into the instruction. ---- */

struct operand_base {
    int k, v; /* byte offsets in a tile of the lane's first unit */
};

DEVICE i32x4 lds_read_16(lds_bytes address) { return *(const LDS_SPACE i32x4 *)address; }

/* Block and unit part of K's address; the lane part is k_offset() of block 0, unit 0. */
DEVICE lds_bytes k_address(lds_bytes tile, int lane_part, int block, int unit) {
    int row = block_row_key(block, 0), chunk = unit * LANE_GROUPS;
#if defined(LAYOUT_LINEAR)
    return tile + (lane_part ^ (chunk ^ row_swizzle(row)) * 16) + row * ROW_BYTES;
#else
    return tile + (lane_part ^ chunk_row_slot(row) * 16) + k_offset(row, chunk) - chunk_row_slot(row) * 16;
#endif
}

/* This lane's operand of K for one score block: row lane % MFMA_ROWS, chunks LANE_GROUPS * u + group. */
DEVICE void read_k(lds_bytes tile, int lane_part, int block, i32x4 units[K_UNITS]) {
    UNROLL for (int u = 0; u < K_UNITS; ++u)
        units[u] = lds_read_16(k_address(tile, lane_part, block, u));
}

#if V_IN_ROWS
/* A transpose read: within 16 lanes, each lane names 8 bytes of a row and gets a column of four or eight of them. A unit of
 * V takes two, for the lower and the upper half of its keys. */
DEVICE int v_lane_part(int lane) {
    int row = lane / MFMA_ROWS * UNIT_ELEMENTS + (lane & 15) / (ELEMENT_BYTES * 2);
    int byte = (lane % MFMA_ROWS & ~15) * ELEMENT_BYTES + lane % (ELEMENT_BYTES * 2) * 8;
    return row * ROW_BYTES + (byte / 16 ^ row_swizzle(row)) * 16 + byte % 16;
}

DEVICE i32x2 read_v_half(lds_bytes tile, int lane_part, int block, int unit, int half) {
    int row = unit * LANE_GROUPS * UNIT_ELEMENTS + half * UNIT_ELEMENTS / 2;
    int chunk = block * MFMA_ROWS / UNIT_ELEMENTS;
    lds_bytes address = tile + (lane_part ^ (chunk ^ row_swizzle(row)) * 16) + row * ROW_BYTES;
#if ELEMENT_BYTES == 1
    return __builtin_amdgcn_ds_read_tr8_b64_v2i32((LDS_SPACE i32x2 *)address);
#else
    return __builtin_bit_cast(i32x2, __builtin_amdgcn_ds_read_tr16_b64_v4i16((LDS_SPACE i16x4 *)address));
#endif
}
#else
DEVICE int v_lane_part(int lane) { return v_unit_offset(lane / MFMA_ROWS, lane % MFMA_ROWS); }
#endif

/* This lane's operand of V^T for one output block: column lane % MFMA_ROWS, the keys of its P units. */
DEVICE void read_v(lds_bytes tile, int lane_part, int block, i32x4 units[P_UNITS]) {
    UNROLL for (int u = 0; u < P_UNITS; ++u) {
#if V_IN_ROWS
        i32x2 low = read_v_half(tile, lane_part, block, u, 0), high = read_v_half(tile, lane_part, block, u, 1);
        units[u] = __builtin_shufflevector(low, high, 0, 1, 2, 3);
#else
        int column = unit_slot(block * MFMA_ROWS) * 16, unit = u * LANE_GROUPS * HEAD_DIM * 16;
        units[u] = lds_read_16(tile + (lane_part ^ column) + unit);
#endif
    }
}

DEVICE struct operand_base find_operands(int lane) {
    struct operand_base base;
    base.k = k_offset(block_row_key(0, lane % MFMA_ROWS), lane / MFMA_ROWS);
    base.v = v_lane_part(lane);
    return base;
}

/* The same for use in one tile, see opaque(). Long rows have many addresses. */
DEVICE struct operand_base operands_of_tile(struct operand_base base) {
    if (ROW_BYTES >= 256) {
        base.k = opaque(base.k);
        base.v = opaque(base.v);
    }
    return base;
}

#endif
