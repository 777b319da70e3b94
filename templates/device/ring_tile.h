/* SPDX-License-Identifier: MIT
 *
 * One tile of 64 keys in a slot of the V3 ring: where its bytes lie in LDS, and how the operands of both products are read.
 *
 * Keys are ordered as kv_tile.h says (score register r of block b in lane half h belongs to key 32 b + 16 h + r), rows of K,
 * and of V in the linear layout, are swizzled as it says; both need no exchange between lanes and cause no bank conflicts.
 * What is added here: every address is one register of the lane plus a constant, so that the loop, in which every slot is a
 * constant too, computes none.
 *
 * K lies in rows in both layouts. V lies in rows in the linear layout, and is read transposed; in the vectorized layout it
 * lies as it is stored, [key / 16][column][16 keys], which is the operand's own form.
 */
#ifndef PAGODA_DEVICE_RING_TILE_H
#define PAGODA_DEVICE_RING_TILE_H

#include "kv_tile.h"

static_assert(TILE_N == 64 && ELEMENT_BYTES == 1 && MFMA_ROWS == 32, "the offsets below are worked out for this");

CONSTANT K_STEPS = HEAD_DIM / 64; /* matrix instructions over the head dim */

/* One for all blocks of an output. */
#if HEAD_DIM == 128
#define PIN_OUT(out) PIN4((out)[0], (out)[1], (out)[2], (out)[3])
#else
#define PIN_OUT(out) PIN2((out)[0], (out)[1])
#endif

#if defined(LAYOUT_LINEAR)
CONSTANT V_LANE_OFFSETS = OUT_BLOCKS;
#else
CONSTANT V_LANE_OFFSETS = 1;
#endif

struct tile_reader {
    int k[K_UNITS];        /* chunks 2 u + h of the lane's row of block 0; block 1 is 32 rows on */
    int v[V_LANE_OFFSETS];
};

DEVICE void tile_reader_init(struct tile_reader *reader, int lane) {
    int half = lane / MFMA_ROWS, row = block_row_key(0, lane % MFMA_ROWS);
    UNROLL for (int u = 0; u < K_UNITS; ++u) {
        reader->k[u] = row * ROW_BYTES + ((u * LANE_GROUPS + half) ^ row_swizzle(row)) * 16;
        PIN(reader->k[u]);
    }
    UNROLL for (int block = 0; block < V_LANE_OFFSETS; ++block) {
#if defined(LAYOUT_LINEAR)
        int key = half * UNIT_ELEMENTS + (lane & 15) / 2, chunk = block * 2 + (lane >> 4 & 1);
        reader->v[block] = key * ROW_BYTES + (chunk ^ row_swizzle(key)) * 16 + (lane & 1) * 8;
#else
        reader->v[block] = (half * HEAD_DIM + lane % MFMA_ROWS) * 16;
#endif
        PIN(reader->v[block]);
    }
}

DEVICE i32x8 join(i32x4 low, i32x4 high) { return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7); }

/* Operands A of the k steps of a score block. */
DEVICE void read_k_block(const struct tile_reader *reader, lds_bytes slot, int block, i32x8 operand[K_STEPS]) {
    UNROLL for (int step = 0; step < K_STEPS; ++step)
        operand[step] = join(lds_read_16(slot + reader->k[step * 2] + block * 32 * ROW_BYTES),
                             lds_read_16(slot + reader->k[step * 2 + 1] + block * 32 * ROW_BYTES));
}

#if defined(LAYOUT_LINEAR)
/* Eight consecutive keys of the lane's column, by a transpose read. */
DEVICE i32x2 read_v_keys(const struct tile_reader *reader, lds_bytes slot, int block, int first_key) {
    return __builtin_amdgcn_ds_read_tr8_b64_v2i32((LDS_SPACE i32x2 *)(slot + reader->v[block] + first_key * ROW_BYTES));
}
#endif

/* Operand A of an output block: the lane's column of V, the keys of P. */
DEVICE i32x8 read_v_block(const struct tile_reader *reader, lds_bytes slot, int block) {
#if defined(LAYOUT_LINEAR)
    i32x4 units[2];
    UNROLL for (int u = 0; u < 2; ++u) {
        i32x2 low = read_v_keys(reader, slot, block, u * 32), high = read_v_keys(reader, slot, block, u * 32 + 8);
        units[u] = __builtin_shufflevector(low, high, 0, 1, 2, 3);
    }
    return join(units[0], units[1]);
#else
    lds_bytes column = slot + reader->v[0] + block * MFMA_ROWS * 16;
    return join(lds_read_16(column), lds_read_16(column + 2 * HEAD_DIM * 16));
#endif
}

#endif
