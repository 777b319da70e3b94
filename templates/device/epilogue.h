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
DEVICE void store_row(void *row, const accumulator out[OUT_BLOCKS], float factor, int lane, int is_fp16) {
    GLOBAL_SPACE u16 *to = (GLOBAL_SPACE u16 *)row + lane / MFMA_ROWS * 4;
    UNROLL for (int block = 0; block < OUT_BLOCKS; ++block) {
        UNROLL for (int r = 0; r < ACC_REGISTERS; r += 4) {
            float a = out[block][r] * factor, b = out[block][r + 1] * factor;
            float c = out[block][r + 2] * factor, d = out[block][r + 3] * factor;
            i32x2 words = is_fp16 ? (i32x2){pack_fp16(a, b), pack_fp16(c, d)} : (i32x2){pack_bf16(a, b), pack_bf16(c, d)};
            *(GLOBAL_SPACE i32x2 *)(to + block * MFMA_ROWS + r * LANE_GROUPS) = words;
        }
    }
}

#endif
