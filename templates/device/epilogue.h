/* SPDX-License-Identifier: MIT
 *
 * Writes a wave's output rows and their LSE.
 */
#ifndef PAGODA_DEVICE_EPILOGUE_H
#define PAGODA_DEVICE_EPILOGUE_H

#include "convert.h"
#include "kv_tile.h"

/* out[block][r] of lane group g is column block * MFMA_ROWS + 4 * LANE_GROUPS * (r / 4) + 4 * g + r % 4 of the lane's
 * row: four consecutive elements of 16 bits at a time. */
DEVICE void store_row_as(void *row, const accumulator out[OUT_BLOCKS], float factor, int lane, int (*pack)(float, float)) {
    GLOBAL_SPACE u16 *to = (GLOBAL_SPACE u16 *)row + lane / MFMA_ROWS * 4;
    UNROLL for (int block = 0; block < OUT_BLOCKS; ++block) {
        UNROLL for (int r = 0; r < ACC_REGISTERS; r += 4) {
            i32x2 words = {pack(out[block][r] * factor, out[block][r + 1] * factor),
                           pack(out[block][r + 2] * factor, out[block][r + 3] * factor)};
            *(GLOBAL_SPACE i32x2 *)(to + block * MFMA_ROWS + r * LANE_GROUPS) = words;
        }
    }
}

DEVICE void store_row(void *row, const accumulator out[OUT_BLOCKS], float factor, int lane, int is_fp16) {
    if (is_fp16)
        store_row_as(row, out, factor, lane, pack_fp16);
    else
        store_row_as(row, out, factor, lane, pack_bf16);
}

#endif
