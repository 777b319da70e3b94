/* SPDX-License-Identifier: MIT
 *
 * Row-major V to the transposed units of kv_tile.h, for archs without transpose reads: in registers, on the way to LDS.
 *
 * Of a group of 16 keys a lane takes a quad, four consecutive keys, and of each of the four rows the same QUAD_BYTES. It
 * hands on, column by column, the quad's four elements. Lanes 0 .. 31 hold all four quads of eight neighbouring parts of
 * the rows, so that what the LDS writes in one cycle goes to different banks.
 */
#ifndef PAGODA_DEVICE_V_TRANSPOSE_H
#define PAGODA_DEVICE_V_TRANSPOSE_H

#include "builtins.h"
#include "kv_tile.h"

#if !defined(QUAD_BYTES)
#define QUAD_BYTES (ROW_BYTES / 16) /* 4, 8 or 16 */
#endif
CONSTANT QUAD_WORDS = QUAD_BYTES / 4;
CONSTANT QUAD_COLUMNS = QUAD_BYTES / ELEMENT_BYTES; /* 4 or 8 */

DEVICE int quad_part(int lane) { return (lane & 7) | lane >> 5 << 3; }
DEVICE int quad_row(int lane) { return (lane >> 3 & 3) * 4; }

struct v_quad {
    u32 rows[4][QUAD_WORDS];
};

DEVICE u32 select_bytes(u32 high, u32 low, u32 selector) { return __builtin_amdgcn_perm(high, low, selector); }

/* `to`: where the elements of the quad's first column go. The slots of the other columns differ from that slot in the low
 * bits only, which are 0 in it: see unit_slot(). */
DEVICE void write_quad(const struct v_quad *quad, lds_bytes v, int to) {
    const u32(*rows)[QUAD_WORDS] = quad->rows;
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

/* Writes a lane's quad of the group of keys from first_row. */
DEVICE void transpose_quad(const struct v_quad *quad, lds_bytes v, int first_row, int lane) {
    int key = first_row + quad_row(lane);
    int unit = v_unit_offset(key / UNIT_ELEMENTS, quad_part(lane) * QUAD_COLUMNS);
    write_quad(quad, v, unit + key % UNIT_ELEMENTS * ELEMENT_BYTES);
}

#endif
