/* SPDX-License-Identifier: MIT
 *
 * What a matrix instruction multiplies: read by its executor and by the timing model.
 */
#ifndef PAGODA_SIM_EXEC_MFMA_H
#define PAGODA_SIM_EXEC_MFMA_H

#include <stdbool.h>
#include <stdint.h>

enum sim_mfma_type {
    SIM_MFMA_F16,
    SIM_MFMA_BF16,
    SIM_MFMA_F32,
    SIM_MFMA_XF32,
    SIM_MFMA_F64,
    SIM_MFMA_I8,
    SIM_MFMA_FP8,
    SIM_MFMA_BF8,
    SIM_MFMA_F8F6F4 /* the format comes from cbsz (A) and blgp (B) */
};

/* Values of cbsz and blgp in the f8f6f4 instructions */
enum sim_mfma_format { SIM_MFMA_FMT_FP8, SIM_MFMA_FMT_BF8, SIM_MFMA_FMT_FP6, SIM_MFMA_FMT_BF6, SIM_MFMA_FMT_FP4 };

/* `blocks` independent products D = A * B + C of size x K and K x size matrices. */
struct sim_mfma_shape {
    uint8_t a, b; /* enum sim_mfma_type */
    uint8_t size; /* rows of A = columns of B: 4, 16 or 32 */
    uint8_t k;
    uint8_t blocks;
    bool sparse; /* A holds k / 2 elements, placed by an index register */
    bool scaled;
};

#endif
