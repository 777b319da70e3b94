/* SPDX-License-Identifier: MIT */
#include "timing_table.h"

#include "exec_mfma.h"

#include <stddef.h>

/* Columns: gfx942, gfx950. TIMING.md repeats this table; a test keeps the two equal. */
const struct timing_constant_row timing_constants[TIMING_CONSTANT_COUNT] = {
    [TIMING_CLOCK_MHZ] = {"clock", {2100, 2400}, "MHz", 'S', "product pages (peak engine clock)"},
    [TIMING_CUS] = {"compute units", {304, 256}, "", 'S', "product pages"},
    [TIMING_SIMDS] = {"SIMDs per CU", {4, 4}, "", 'S', "CDNA3/CDNA4 ISA documents"},
    [TIMING_WAVES_PER_SIMD] = {"waves per SIMD", {8, 8}, "", 'S', "CDNA3 ISA document"},
    [TIMING_VGPRS] = {"VGPRs per lane and SIMD", {512, 512}, "", 'V', "compiler occupancy remarks"},
    [TIMING_LDS_BYTES] = {"LDS per CU", {65536, 163840}, "bytes", 'S', "ISA documents"},
    [TIMING_SLOT] = {"issue slot of a wave", {4, 4}, "clk", 'S', "16 lanes per clk, one issue per SIMD every 4 clk"},
    [TIMING_PASS] = {"MFMA pass", {4, 4}, "clk", 'S', "CDNA4 ISA document"},
    [TIMING_MFMA_HOLD] =
        {"VALU port held by an MFMA of 8 or more passes",
         {8, 8},
         "clk",
         'S',
         "instruction traces on MI355X show a window of 24 of 32 clk; the matrix instruction calculator "
         "gives 4 clk for gfx942, the LLVM discussion 2 passes"},
    [TIMING_MFMA_HOLD_SHORT] =
        {"VALU port held by a shorter MFMA", {4, 4}, "clk", 'S', "matrix instruction calculator"},
    [TIMING_MFMA_READ_EXTRA] = {"MFMA result to VALU or memory read, beyond the passes",
                                {3, 4},
                                "wait states",
                                'V',
                                "LLVM hazard recognizer (8 passes: 11 and 12)"},
    [TIMING_MFMA_AB_EXTRA] = {"MFMA result to MFMA A or B, beyond the passes",
                              {3, 3},
                              "wait states",
                              'V',
                              "LLVM hazard recognizer (16 passes: 19)"},
    [TIMING_MFMA_C_EXTRA] = {"MFMA result to MFMA C in other registers, beyond the passes",
                             {1, 2},
                             "wait states",
                             'R',
                             "LLVM hazard recognizer; the same registers follow back to back"},
    [TIMING_F32_MFMA_EXTRA] = {"the same three for fp32 MFMA", {2, 2}, "wait states", 'R', "LLVM hazard recognizer"},
    [TIMING_TRANS] = {"transcendental (exp, log, rcp, rsq, sqrt, sin, cos)",
                      {16, 8},
                      "clk",
                      'S',
                      "quarter rate in LLVM for gfx942; 8 clk in traces on MI355X"},
    [TIMING_TRANS_F64] = {"fp64 rcp, rsq, sqrt", {16, 16}, "clk", 'R', "LLVM scheduling model: quarter rate"},
    [TIMING_TRANS_EXTRA] = {"transcendental result to its reader", {4, 4}, "clk", 'S', "LLVM: one wait state"},
    [TIMING_PERMLANE_SWAP] =
        {"v_permlane16_swap, v_permlane32_swap", {8, 8}, "clk", 'V', "llvm-mca; a public trace study states 20 clk"},
    [TIMING_VALU_TO_SCALAR] = {"VALU result in an SGPR to a scalar reader", {8, 8}, "clk", 'A', "assumed"},
    [TIMING_BRANCH_TAKEN] = {"taken branch to the next issue", {16, 16}, "clk", 'R', "GCN documents"},
    [TIMING_BARRIER] = {"last arrival to release", {8, 8}, "clk", 'A', "assumed"},
    [TIMING_SLEEP_UNIT] = {"s_sleep unit", {64, 64}, "clk", 'S', "ISA documents"},
    [TIMING_LDS_READ_BYTES] = {"LDS reads", {128, 128}, "bytes/clk/CU", 'S', "ISA documents, 32 banks"},
    [TIMING_LDS_WIDE_READ_BYTES] = {"LDS reads of 8 and 16 bytes per lane",
                                    {128, 256},
                                    "bytes/clk/CU",
                                    'S',
                                    "traces on MI355X: one conflict-free ds_read_b128 per 16 clk and SIMD"},
    [TIMING_LDS_WRITE_BYTES] = {"LDS writes", {128, 128}, "bytes/clk/CU", 'S', "ISA documents"},
    [TIMING_LDS_BANKS] =
        {"LDS banks", {32, 32}, "", 'S', "ISA documents (gfx950: what narrow accesses and writes see)"},
    [TIMING_LDS_WIDE_BANKS] = {"LDS banks for 8- and 16-byte reads", {32, 64}, "", 'S', "ISA documents"},
    [TIMING_LDS_LATENCY] =
        {"LDS read, from the end of its bank cycles", {64, 64}, "clk", 'R', "published GCN/CDNA latency tests"},
    [TIMING_LDS_QUEUE] = {"LDS requests queued per pair of SIMDs", {8, 8}, "", 'S', "public profiler constants"},
    [TIMING_VMEM_LANES] = {"addresses processed", {16, 16}, "lanes/clk/CU", 'S', "ROCm profiler documentation"},
    [TIMING_L1_BYTES] = {"vector L1", {64, 64}, "bytes/clk/CU", 'S', "CDNA3 white paper"},
    [TIMING_L1_SIZE] = {"vector L1", {32768, 32768}, "bytes", 'S', "CDNA3 white paper; 128-byte lines"},
    [TIMING_L1_LATENCY] = {"vector L1 hit", {120, 120}, "clk", 'R', "published latency tests"},
    [TIMING_L2_BYTES] =
        {"L2, one CU's share", {54, 64}, "bytes/clk/CU", 'D', "2048 bytes/clk per XCD over 38 and 32 CUs"},
    [TIMING_L2_SIZE] = {"L2 per XCD", {4194304, 4194304}, "bytes", 'S', "CDNA3 white paper"},
    [TIMING_L2_LATENCY] = {"L2 hit", {250, 280}, "clk", 'R', "published latency tests (about 120 ns)"},
    [TIMING_MALL_BYTES] = {"Infinity Cache, one CU's share", {27, 28}, "bytes/clk/CU", 'D', "17.2 TB/s over all CUs"},
    [TIMING_MALL_LATENCY] =
        {"first touch of a line (Infinity Cache)", {480, 550}, "clk", 'R', "published latency tests (about 230 ns)"},
    [TIMING_MALL_SIZE] = {"Infinity Cache", {268435456, 268435456}, "bytes", 'S', "CDNA3 white paper"},
    [TIMING_HBM_BYTES] =
        {"HBM, one CU's share", {8.3, 13}, "bytes/clk/CU", 'D', "5.3 and 8 TB/s (product pages) over all CUs"},
    [TIMING_HBM_LATENCY] = {"line from HBM", {740, 840}, "clk", 'R', "published latency tests (about 350 ns)"},
    [TIMING_VMEM_QUEUE] = {"vector memory requests queued per SIMD", {16, 16}, "", 'A', "assumed"},
    [TIMING_SCALAR_LATENCY] = {"scalar load, cached", {64, 64}, "clk", 'R', "published latency tests"},
    [TIMING_SCALAR_MISS_LATENCY] = {"scalar load, first touch", {300, 330}, "clk", 'R', "scalar cache plus L2"},
    [TIMING_LAUNCH_US] =
        {"fixed cost of a launch", {4, 4}, "us", 'D', "published attention tables for short sequences"},
    [TIMING_WORKGROUP_START] = {"start of a workgroup on a CU", {200, 200}, "clk", 'A', "assumed"},
};

#define LLVM_MODEL "LLVM scheduling model and hazard tables"
#define ISA4 "CDNA4 ISA document"

const struct timing_passes_row timing_passes_rows[] = {
    {"v_mfma_f32_32x32x1_2b_f32", SIM_MFMA_F32, 32, 1, 2, false, {16, 16}, 'V', LLVM_MODEL},
    {"v_mfma_f32_16x16x1_4b_f32", SIM_MFMA_F32, 16, 1, 4, false, {8, 8}, 'V', LLVM_MODEL},
    {"v_mfma_f32_4x4x1_16b_f32", SIM_MFMA_F32, 4, 1, 16, false, {2, 2}, 'V', LLVM_MODEL},
    {"v_mfma_f32_32x32x2_f32", SIM_MFMA_F32, 32, 2, 1, false, {16, 16}, 'V', LLVM_MODEL},
    {"v_mfma_f32_16x16x4_f32", SIM_MFMA_F32, 16, 4, 1, false, {8, 8}, 'V', LLVM_MODEL},
    {"v_mfma_f32_32x32x4_xf32", SIM_MFMA_XF32, 32, 4, 1, false, {8, 0}, 'V', LLVM_MODEL},
    {"v_mfma_f32_16x16x8_xf32", SIM_MFMA_XF32, 16, 8, 1, false, {4, 0}, 'V', LLVM_MODEL},
    {"v_mfma_f32_32x32x4_2b_{f16,bf16}", SIM_MFMA_F16, 32, 4, 2, false, {16, 16}, 'V', LLVM_MODEL},
    {"v_mfma_f32_16x16x4_4b_{f16,bf16}", SIM_MFMA_F16, 16, 4, 4, false, {8, 8}, 'V', LLVM_MODEL},
    {"v_mfma_f32_4x4x4_16b_{f16,bf16}", SIM_MFMA_F16, 4, 4, 16, false, {2, 2}, 'V', LLVM_MODEL},
    {"v_mfma_f32_32x32x8_{f16,bf16}", SIM_MFMA_F16, 32, 8, 1, false, {8, 8}, 'V', LLVM_MODEL},
    {"v_mfma_f32_16x16x16_{f16,bf16}", SIM_MFMA_F16, 16, 16, 1, false, {4, 4}, 'V', LLVM_MODEL},
    {"v_mfma_f32_32x32x16_{f16,bf16}", SIM_MFMA_F16, 32, 16, 1, false, {0, 8}, 'V', LLVM_MODEL},
    {"v_mfma_f32_16x16x32_{f16,bf16}", SIM_MFMA_F16, 16, 32, 1, false, {0, 4}, 'V', LLVM_MODEL},
    {"v_mfma_i32_32x32x4_2b_i8", SIM_MFMA_I8, 32, 4, 2, false, {16, 16}, 'V', LLVM_MODEL},
    {"v_mfma_i32_16x16x4_4b_i8", SIM_MFMA_I8, 16, 4, 4, false, {8, 8}, 'V', LLVM_MODEL},
    {"v_mfma_i32_4x4x4_16b_i8", SIM_MFMA_I8, 4, 4, 16, false, {2, 2}, 'V', LLVM_MODEL},
    {"v_mfma_i32_32x32x16_i8", SIM_MFMA_I8, 32, 16, 1, false, {8, 8}, 'V', LLVM_MODEL},
    {"v_mfma_i32_16x16x32_i8", SIM_MFMA_I8, 16, 32, 1, false, {4, 4}, 'V', LLVM_MODEL},
    {"v_mfma_i32_32x32x32_i8", SIM_MFMA_I8, 32, 32, 1, false, {0, 8}, 'V', LLVM_MODEL},
    {"v_mfma_i32_16x16x64_i8", SIM_MFMA_I8, 16, 64, 1, false, {0, 4}, 'V', LLVM_MODEL},
    {"v_mfma_f64_16x16x4_f64", SIM_MFMA_F64, 16, 4, 1, false, {8, 16}, 'V', LLVM_MODEL},
    {"v_mfma_f64_4x4x4_4b_f64", SIM_MFMA_F64, 4, 4, 4, false, {4, 4}, 'V', LLVM_MODEL},
    {"v_mfma_f32_32x32x16_{fp8,bf8}_{fp8,bf8}", SIM_MFMA_FP8, 32, 16, 1, false, {8, 8}, 'V', LLVM_MODEL},
    {"v_mfma_f32_16x16x32_{fp8,bf8}_{fp8,bf8}", SIM_MFMA_FP8, 16, 32, 1, false, {4, 4}, 'V', LLVM_MODEL},
    {"v_mfma_[scale_]f32_32x32x64_f8f6f4 (8 when neither side is FP8/BF8)",
     SIM_MFMA_F8F6F4,
     32,
     64,
     1,
     false,
     {0, 16},
     'S',
     ISA4},
    {"v_mfma_[scale_]f32_16x16x128_f8f6f4 (4 when neither side is FP8/BF8)",
     SIM_MFMA_F8F6F4,
     16,
     128,
     1,
     false,
     {0, 8},
     'S',
     ISA4},
    {"v_smfmac_*_16x16x{32,64} (16-bit, 8-bit inputs)", SIM_MFMA_F16, 16, 0, 1, true, {4, 4}, 'V', LLVM_MODEL},
    {"v_smfmac_*_32x32x{16,32}", SIM_MFMA_F16, 32, 0, 1, true, {8, 8}, 'V', LLVM_MODEL},
    {.mnemonics = NULL},
};

/* bf16 runs at fp16's rate, bf8 at fp8's; sparse rows cover all types. */
static bool same_rate(uint8_t row, uint8_t type, bool sparse) {
    return sparse || row == type || (row == SIM_MFMA_F16 && type == SIM_MFMA_BF16) ||
           (row == SIM_MFMA_FP8 && type == SIM_MFMA_BF8);
}

unsigned timing_passes(const struct sim_inst *inst, enum sim_arch arch) {
    const struct sim_mfma_shape *shape = inst->op->data;
    if (!shape) {
        return 0;
    }
    for (const struct timing_passes_row *row = timing_passes_rows; row->mnemonics; row++) {
        if (row->sparse == shape->sparse && row->size == shape->size && (row->k == shape->k || row->sparse) &&
            row->blocks == shape->blocks && same_rate(row->type, shape->a, shape->sparse)) {
            bool narrow =
                shape->a == SIM_MFMA_F8F6F4 && inst->cbsz >= SIM_MFMA_FMT_FP6 && inst->blgp >= SIM_MFMA_FMT_FP6;
            return narrow ? row->passes[arch] / 2u : row->passes[arch];
        }
    }
    return 0;
}
