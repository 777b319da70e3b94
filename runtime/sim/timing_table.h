/* SPDX-License-Identifier: MIT
 *
 * The constants of the timing model, per arch, each with its unit, its mark and where it comes from.
 */
#ifndef PAGODA_SIM_TIMING_TABLE_H
#define PAGODA_SIM_TIMING_TABLE_H

#include "inst.h"

enum timing_constant {
    TIMING_CLOCK_MHZ,
    TIMING_CUS,
    TIMING_SIMDS,
    TIMING_WAVES_PER_SIMD,
    TIMING_VGPRS,
    TIMING_LDS_BYTES,
    TIMING_SLOT,
    TIMING_PASS,
    TIMING_MFMA_HOLD,
    TIMING_MFMA_HOLD_SHORT,
    TIMING_MFMA_READ_EXTRA,
    TIMING_MFMA_AB_EXTRA,
    TIMING_MFMA_C_EXTRA,
    TIMING_F32_MFMA_EXTRA,
    TIMING_TRANS,
    TIMING_TRANS_F64,
    TIMING_TRANS_EXTRA,
    TIMING_PERMLANE_SWAP,
    TIMING_VALU_TO_SCALAR,
    TIMING_BRANCH_TAKEN,
    TIMING_BARRIER,
    TIMING_SLEEP_UNIT,
    TIMING_LDS_READ_BYTES,
    TIMING_LDS_WIDE_READ_BYTES,
    TIMING_LDS_WRITE_BYTES,
    TIMING_LDS_BANKS,
    TIMING_LDS_WIDE_BANKS,
    TIMING_LDS_LATENCY,
    TIMING_LDS_QUEUE,
    TIMING_VMEM_LANES,
    TIMING_L1_BYTES,
    TIMING_L1_SIZE,
    TIMING_L1_LATENCY,
    TIMING_L2_BYTES,
    TIMING_L2_SIZE,
    TIMING_L2_LATENCY,
    TIMING_MALL_BYTES,
    TIMING_MALL_SIZE,
    TIMING_MALL_LATENCY,
    TIMING_HBM_BYTES,
    TIMING_HBM_LATENCY,
    TIMING_VMEM_QUEUE,
    TIMING_SCALAR_LATENCY,
    TIMING_SCALAR_MISS_LATENCY,
    TIMING_LAUNCH_US,
    TIMING_WORKGROUP_START,
    TIMING_CONSTANT_COUNT
};

struct timing_constant_row {
    const char *name;
    double value[2]; /* by enum sim_arch */
    const char *unit;
    /* V checked with a tool, S read in a public source, R recalled, D derived, A assumed */
    char mark;
    const char *source;
};

extern const struct timing_constant_row timing_constants[TIMING_CONSTANT_COUNT];

static inline double timing_value(enum timing_constant constant, enum sim_arch arch) {
    return timing_constants[constant].value[arch];
}

/* Passes of a matrix instruction. Rows match by operand types, shape and blocks; f8f6f4 has one row per format case. */
struct timing_passes_row {
    const char *mnemonics; /* what the row covers, for people */
    uint8_t type;          /* enum sim_mfma_type of A */
    uint8_t size, k, blocks;
    bool sparse;
    uint8_t passes[2]; /* by enum sim_arch; 0: the arch has no such instruction */
    char mark;
    const char *source;
};

extern const struct timing_passes_row timing_passes_rows[]; /* ends with mnemonics NULL */

/* 0 when the instruction is not in the table. */
unsigned timing_passes(const struct sim_inst *inst, enum sim_arch arch);

#endif
