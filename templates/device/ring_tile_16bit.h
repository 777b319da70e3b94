/* SPDX-License-Identifier: MIT
 *
 * What ring_tile.h is to FP8, for 16-bit elements: the operands of both products, read from one tile of 64 keys in a slot of
 * the V3 ring, unit by unit of 16 bytes.
 */
#ifndef PAGODA_DEVICE_RING_TILE_16BIT_H
#define PAGODA_DEVICE_RING_TILE_16BIT_H

#include "kv_tile.h"

static_assert(TILE_N == 64 && ELEMENT_BYTES == 2 && MFMA_ROWS == 32, "the offsets below are worked out for this");

/* Byte offsets of the lane's first unit of K and of V. */
struct tile_reader {
    int k, v;
};

DEVICE void tile_reader_init(struct tile_reader *reader, int lane) {
    int half = lane / MFMA_ROWS, row = block_row_key(0, lane % MFMA_ROWS);
    reader->k = row * ROW_BYTES + (half ^ row_swizzle(row)) * 16;
#if defined(LAYOUT_LINEAR)
    reader->v = v_lane_part(lane);
#else
    reader->v = (half * HEAD_DIM + lane % MFMA_ROWS) * 16;
#endif
}

#if defined(LAYOUT_LINEAR)
CONSTANT V_TURNS = 2; /* keys 0..3 and 4..7 of a unit lie in rows whose slots differ in the lowest bit */
#else
CONSTANT V_TURNS = 1;
#endif

/* Addresses in one slot. They are many: worked out for each tile, shortly before they are used, in time that the matrix unit
 * takes anyway, instead of occupying registers for the loop's whole duration. An instruction adds less than 64 KiB: what
 * lies behind is read from a base that far ahead. */
struct slot_reader {
    lds_bytes slot; /* less `ahead` */
    int ahead;
    int k[K_UNITS], v[OUT_BLOCKS][V_TURNS];
};

DEVICE void find_k(struct slot_reader *of_slot, const struct tile_reader *reader, lds_bytes slot, int ahead) {
    of_slot->slot = slot - ahead;
    of_slot->ahead = ahead;
    int k = opaque(reader->k) + ahead;
    PIN(k);
    UNROLL for (int unit = 0; unit < K_UNITS; ++unit)
        of_slot->k[unit] = k ^ unit * LANE_GROUPS * 16;
}

DEVICE void find_v(struct slot_reader *of_slot, const struct tile_reader *reader) {
    int v = opaque(reader->v) + of_slot->ahead;
    PIN(v);
    UNROLL for (int block = 0; block < OUT_BLOCKS; ++block) {
        UNROLL for (int turn = 0; turn < V_TURNS; ++turn)
            of_slot->v[block][turn] = V_TURNS == 1 ? v : v ^ (block * MFMA_ROWS / UNIT_ELEMENTS ^ turn) * 16;
    }
}

/* The lane's chunk 2 unit + half of the row of block 0; block 1 is 32 rows on. */
DEVICE i32x4 read_k_unit(const struct slot_reader *reader, int block, int unit) {
    return lds_read_16(reader->slot + reader->k[unit] + block * 32 * ROW_BYTES);
}

/* Eight keys of the lane's column of V: those of the unit of P. */
DEVICE i32x4 read_v_unit(const struct slot_reader *reader, int block, int unit) {
    lds_bytes tile = reader->slot + TILE_BYTES;
#if defined(LAYOUT_LINEAR)
    i32x2 halves[2];
    UNROLL for (int half = 0; half < 2; ++half) {
        int row = unit * LANE_GROUPS * UNIT_ELEMENTS + half * UNIT_ELEMENTS / 2;
        lds_bytes address = tile + reader->v[block][row_swizzle(row)] + row * ROW_BYTES;
        halves[half] = __builtin_bit_cast(i32x2, __builtin_amdgcn_ds_read_tr16_b64_v4i16((LDS_SPACE i16x4 *)address));
    }
    return __builtin_shufflevector(halves[0], halves[1], 0, 1, 2, 3);
#else
    return lds_read_16(tile + reader->v[0][0] + (unit * LANE_GROUPS * HEAD_DIM + block * MFMA_ROWS) * 16);
#endif
}

#endif
