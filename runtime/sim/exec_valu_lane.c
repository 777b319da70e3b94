/* SPDX-License-Identifier: MIT
 *
 * Instructions that move data between lanes, or between lanes and SGPRs, without DPP.
 */
#include "exec_valu.h"

#define EXEC(name) static void name(struct sim_wave *wave, const struct sim_inst *inst)

static bool is_row(const struct sim_operand *operand) {
    return operand->kind == SIM_OPERAND_VGPR || operand->kind == SIM_OPERAND_AGPR;
}

EXEC(exec_readfirstlane) {
    uint64_t exec = sim_exec(wave);
    int lane = exec ? __builtin_ctzll(exec) : 0;
    wave->sgpr[inst->dst[0].reg] = is_row(&inst->src[0]) ? wave->vgpr[valu_row(&inst->src[0])][lane]
                                                         : (uint32_t)valu_scalar(wave, &inst->src[0], VALU_B32);
}
EXEC(exec_readlane) {
    unsigned lane = (unsigned)valu_scalar(wave, &inst->src[1], VALU_B32) & 63;
    wave->sgpr[inst->dst[0].reg] = is_row(&inst->src[0]) ? wave->vgpr[valu_row(&inst->src[0])][lane]
                                                         : (uint32_t)valu_scalar(wave, &inst->src[0], VALU_B32);
}
EXEC(exec_writelane) {
    unsigned lane = (unsigned)valu_scalar(wave, &inst->src[1], VALU_B32) & 63;
    wave->vgpr[valu_row(&inst->dst[0])][lane] = (uint32_t)valu_scalar(wave, &inst->src[0], VALU_B32);
}

EXEC(exec_swap) {
    uint32_t *a = wave->vgpr[valu_row(&inst->dst[0])], *b = wave->vgpr[valu_row(&inst->src[0])];
    uint32_t lanes[SIM_LANES];
    valu_expand_mask(lanes, sim_exec(wave));
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t difference = (a[i] ^ b[i]) & lanes[i];
        a[i] ^= difference;
        b[i] ^= difference;
    }
}

/* Exchanges the second half of each group of the destination with the first half of the same group of the source. Only
 * active lanes are written; data of an inactive lane is not fetched unless `fi` says so: bound_ctrl gives 0 for it,
 * without bound_ctrl the lane keeps its value. */
static void permlane_swap(struct sim_wave *wave, const struct sim_inst *inst, int half) {
    uint32_t *vdst = wave->vgpr[valu_row(&inst->dst[0])], *vsrc = wave->vgpr[valu_row(&inst->src[0])];
    uint64_t exec = sim_exec(wave);
    for (int group = 0; group < SIM_LANES; group += 2 * half) {
        for (int i = group; i < group + half; i++) {
            int other = i + half;
            uint32_t low = vsrc[i], high = vdst[other];
            bool low_active = exec >> i & 1, high_active = exec >> other & 1;
            bool low_valid = low_active || inst->dpp_fi, high_valid = high_active || inst->dpp_fi;
            if (low_active && (high_valid || inst->dpp_bound_ctrl)) {
                vsrc[i] = high_valid ? high : 0;
            }
            if (high_active && (low_valid || inst->dpp_bound_ctrl)) {
                vdst[other] = low_valid ? low : 0;
            }
        }
    }
}
EXEC(exec_permlane16_swap) {
    permlane_swap(wave, inst, 16);
}
EXEC(exec_permlane32_swap) {
    permlane_swap(wave, inst, 32);
}

#define ROW(mnemonic, fn, flags, sim_flags) {"v_" #mnemonic, NULL, fn, VALU_NONE, {0}, 0, flags, sim_flags}

const struct valu_op valu_lane_ops[] = {
    ROW(readfirstlane_b32, exec_readfirstlane, 0, 0),
    ROW(readlane_b32, exec_readlane, 0, SIM_OP_IGNORES_EXEC),
    ROW(writelane_b32, exec_writelane, 0, SIM_OP_IGNORES_EXEC | SIM_OP_READS_DST),
    ROW(swap_b32, exec_swap, 0, SIM_OP_SWAPS | SIM_OP_READS_DST),
    ROW(permlane16_swap_b32, exec_permlane16_swap, VALU_GFX950, SIM_OP_SWAPS | SIM_OP_READS_DST),
    ROW(permlane32_swap_b32, exec_permlane32_swap, VALU_GFX950, SIM_OP_SWAPS | SIM_OP_READS_DST),
    VALU_END,
};
