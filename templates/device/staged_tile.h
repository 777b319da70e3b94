/* SPDX-License-Identifier: MIT
 *
 * One tile of 64 keys in LDS as V3 reads it on gfx942: K in rows, in both layouts, V in transposed units; keys, swizzles and
 * slots as kv_tile.h says. Every address is one register of the lane plus a constant, so that the loop computes none.
 */
#ifndef PAGODA_DEVICE_STAGED_TILE_H
#define PAGODA_DEVICE_STAGED_TILE_H

#include "kv_tile.h"

static_assert(HEAD_DIM == 128 && TILE_N == 64 && ELEMENT_BYTES == 1 && MFMA_ROWS == 32, "the offsets below are worked out for this");

struct tile_reader {
    int k[K_UNITS]; /* chunks 2 u + lane group of the lane's row of block 0; block 1 is 32 rows on */
    int v[2];       /* columns of even and of odd blocks: their slots differ in more than an addend */
};

DEVICE void tile_reader_init(struct tile_reader *reader, int lane) {
    int group = lane / MFMA_ROWS, row = block_row_key(0, lane % MFMA_ROWS);
    UNROLL for (int u = 0; u < K_UNITS; ++u) {
        reader->k[u] = row * ROW_BYTES + ((u * LANE_GROUPS + group) ^ row_swizzle(row)) * 16;
        PIN(reader->k[u]);
    }
    UNROLL for (int odd = 0; odd < 2; ++odd) {
        reader->v[odd] = v_unit_offset(group, odd * MFMA_ROWS + lane % MFMA_ROWS);
        PIN(reader->v[odd]);
    }
}

/* Operand A of a score block: this lane's row of K, its units. */
DEVICE i32x4 read_k_unit(const struct tile_reader *reader, lds_bytes slot, int block, int unit) {
    return lds_read_16(slot + reader->k[unit] + block * 32 * ROW_BYTES);
}

/* Operand A of an output block: the lane's column of V, a unit of P's keys. */
DEVICE i32x4 read_v_unit(const struct tile_reader *reader, lds_bytes slot, int block, int unit) {
    return lds_read_16(slot + reader->v[block % 2] + (block & ~1) * MFMA_ROWS * 16 + unit * LANE_GROUPS * HEAD_DIM * 16);
}

#endif
