/* SPDX-License-Identifier: MIT
 *
 * Scalar ALU, branches and the instructions that only steer a wave.
 */
#include "hostcall.h"
#include "scalar.h"

#include <stdlib.h>

#define EXEC_FN(name) static void name(struct sim_wave *wave, const struct sim_inst *inst)
#define S0_32 sim_read_s32(wave, &inst->src[0])
#define S1_32 sim_read_s32(wave, &inst->src[1])
#define S0_64 sim_read_s64(wave, &inst->src[0])
#define S1_64 sim_read_s64(wave, &inst->src[1])
#define D_32 wave->sgpr[inst->dst[0].reg]
#define D_64 sim_sgpr64(wave, inst->dst[0].reg)

/* Result r of a and b; SCC from an expression over them, or kept. */
#define BINARY32(name, expression, scc_expression)    \
    EXEC_FN(name) {                                   \
        uint32_t a = S0_32, b = S1_32, c = wave->scc; \
        uint32_t r = (uint32_t)(expression);          \
        (void)a, (void)b, (void)c;                    \
        wave->scc = (uint32_t)(scc_expression);       \
        sim_write_s32(wave, &inst->dst[0], r);        \
    }
#define BINARY64(name, expression, scc_expression) \
    EXEC_FN(name) {                                \
        uint64_t a = S0_64, b = S1_64;             \
        uint32_t c = wave->scc;                    \
        uint64_t r = (uint64_t)(expression);       \
        (void)a, (void)b, (void)c;                 \
        wave->scc = (uint32_t)(scc_expression);    \
        sim_write_s64(wave, &inst->dst[0], r);     \
    }
/* 64-bit value, 32-bit second operand */
#define BINARY64_32(name, expression, scc_expression) \
    EXEC_FN(name) {                                   \
        uint64_t a = S0_64;                           \
        uint32_t b = S1_32, c = wave->scc;            \
        uint64_t r = (uint64_t)(expression);          \
        (void)a, (void)b, (void)c;                    \
        wave->scc = (uint32_t)(scc_expression);       \
        sim_write_s64(wave, &inst->dst[0], r);        \
    }
#define UNARY(name, in, out, read, write, expression, scc_expression) \
    EXEC_FN(name) {                                                   \
        in a = read;                                                  \
        uint32_t c = wave->scc;                                       \
        out r = (out)(expression);                                    \
        (void)a, (void)c;                                             \
        wave->scc = (uint32_t)(scc_expression);                       \
        write(wave, &inst->dst[0], r);                                \
    }
#define UNARY32(name, e, s) UNARY(name, uint32_t, uint32_t, S0_32, sim_write_s32, e, s)
#define UNARY64(name, e, s) UNARY(name, uint64_t, uint64_t, S0_64, sim_write_s64, e, s)
#define UNARY64_32(name, e, s) UNARY(name, uint64_t, uint32_t, S0_64, sim_write_s32, e, s)
#define UNARY32_64(name, e, s) UNARY(name, uint32_t, uint64_t, S0_32, sim_write_s64, e, s)

#define KEEP c
#define NONZERO (r != 0)

static bool add_overflows(uint32_t a, uint32_t b) {
    return (~(a ^ b) & (a ^ (a + b))) >> 31;
}
static bool sub_overflows(uint32_t a, uint32_t b) {
    return ((a ^ b) & (a ^ (a - b))) >> 31;
}

BINARY32(s_add_u32, a + b, r < a)
BINARY32(s_sub_u32, a - b, a < b)
BINARY32(s_add_i32, a + b, add_overflows(a, b))
BINARY32(s_sub_i32, a - b, sub_overflows(a, b))
BINARY32(s_addc_u32, a + b + c, ((uint64_t)a + b + c) >> 32)
BINARY32(s_subb_u32, a - b - c, (uint64_t)b + c > a)
BINARY32(s_min_i32, (int32_t)a < (int32_t)b ? a : b, (int32_t)a < (int32_t)b)
BINARY32(s_min_u32, a < b ? a : b, a < b)
BINARY32(s_max_i32, (int32_t)a > (int32_t)b ? a : b, (int32_t)a > (int32_t)b)
BINARY32(s_max_u32, a > b ? a : b, a > b)
BINARY32(s_cselect_b32, c ? a : b, KEEP)
BINARY64(s_cselect_b64, c ? a : b, KEEP)
BINARY32(s_and_b32, a &b, NONZERO)
BINARY64(s_and_b64, a &b, NONZERO)
BINARY32(s_or_b32, a | b, NONZERO)
BINARY64(s_or_b64, a | b, NONZERO)
BINARY32(s_xor_b32, a ^ b, NONZERO)
BINARY64(s_xor_b64, a ^ b, NONZERO)
BINARY32(s_andn2_b32, a & ~b, NONZERO)
BINARY64(s_andn2_b64, a & ~b, NONZERO)
BINARY32(s_orn2_b32, a | ~b, NONZERO)
BINARY64(s_orn2_b64, a | ~b, NONZERO)
BINARY32(s_nand_b32, ~(a &b), NONZERO)
BINARY64(s_nand_b64, ~(a &b), NONZERO)
BINARY32(s_nor_b32, ~(a | b), NONZERO)
BINARY64(s_nor_b64, ~(a | b), NONZERO)
BINARY32(s_xnor_b32, ~(a ^ b), NONZERO)
BINARY64(s_xnor_b64, ~(a ^ b), NONZERO)
BINARY32(s_lshl_b32, a << (b & 31), NONZERO)
BINARY64_32(s_lshl_b64, a << (b & 63), NONZERO)
BINARY32(s_lshr_b32, a >> (b & 31), NONZERO)
BINARY64_32(s_lshr_b64, a >> (b & 63), NONZERO)
BINARY32(s_ashr_i32, (int32_t)a >> (b & 31), NONZERO)
BINARY64_32(s_ashr_i64, (int64_t)a >> (b & 63), NONZERO)
BINARY32(s_bfm_b32, ((1u << (a & 31)) - 1) << (b & 31), KEEP)
BINARY32(s_mul_i32, a *b, KEEP)
BINARY32(s_mul_hi_u32, (uint64_t)a *b >> 32, KEEP)
BINARY32(s_mul_hi_i32, ((int64_t)(int32_t)a * (int32_t)b) >> 32, KEEP)
BINARY32(s_absdiff_i32, (int32_t)(a - b) < 0 ? b - a : a - b, NONZERO)
BINARY32(s_lshl1_add_u32, (a << 1) + b, (((uint64_t)a << 1) + b) >> 32 != 0)
BINARY32(s_lshl2_add_u32, (a << 2) + b, (((uint64_t)a << 2) + b) >> 32 != 0)
BINARY32(s_lshl3_add_u32, (a << 3) + b, (((uint64_t)a << 3) + b) >> 32 != 0)
BINARY32(s_lshl4_add_u32, (a << 4) + b, (((uint64_t)a << 4) + b) >> 32 != 0)
BINARY32(s_pack_ll_b32_b16, (a & 0xffff) | b << 16, KEEP)
BINARY32(s_pack_lh_b32_b16, (a & 0xffff) | (b & 0xffff0000u), KEEP)
BINARY32(s_pack_hh_b32_b16, a >> 16 | (b & 0xffff0000u), KEEP)

EXEC_FN(s_bfm_b64) {
    uint64_t r = ((1ull << (S0_32 & 63)) - 1) << (S1_32 & 63);
    sim_write_s64(wave, &inst->dst[0], r);
}

/* Bit field of `width` bits from `offset`; fields that reach past the value read as if it had sign or zero above it. */
static uint64_t extract(uint64_t value, unsigned offset, unsigned width, unsigned bits, bool is_signed) {
    if (width == 0)
        return 0;
    uint64_t field;
    if (is_signed)
        field = (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits) >> offset);
    else
        field = value >> offset;
    if (width < 64) {
        field &= (1ull << width) - 1;
        if (is_signed && width < bits && field >> (width - 1) & 1)
            field |= ~0ull << width;
    }
    return field;
}
BINARY32(s_bfe_u32, extract(a, b & 31, b >> 16 & 0x7f, 32, false), NONZERO)
BINARY32(s_bfe_i32, extract(a, b & 31, b >> 16 & 0x7f, 32, true), NONZERO)
BINARY64_32(s_bfe_u64, extract(a, b & 63, b >> 16 & 0x7f, 64, false), NONZERO)
BINARY64_32(s_bfe_i64, extract(a, b & 63, b >> 16 & 0x7f, 64, true), NONZERO)

static uint64_t reverse_bits(uint64_t value, unsigned bits) {
    uint64_t result = 0;
    for (unsigned i = 0; i < bits; i++)
        result |= (value >> i & 1) << (bits - 1 - i);
    return result;
}
static uint64_t whole_quads(uint64_t value) {
    uint64_t result = 0;
    for (unsigned i = 0; i < 64; i += 4)
        if (value >> i & 15)
            result |= 15ull << i;
    return result;
}
static uint64_t quad_mask(uint64_t value) {
    uint64_t result = 0;
    for (unsigned i = 0; i < 16; i++)
        if (value >> 4 * i & 15)
            result |= 1ull << i;
    return result;
}
static uint64_t replicate_bits(uint32_t value) {
    uint64_t result = 0;
    for (unsigned i = 0; i < 32; i++)
        if (value >> i & 1)
            result |= 3ull << 2 * i;
    return result;
}
static uint32_t first_one(uint64_t value) {
    return value ? (uint32_t)__builtin_ctzll(value) : ~0u;
}
static uint32_t leading_zeros(uint64_t value, unsigned bits) {
    return value ? (uint32_t)__builtin_clzll(value) - (64 - bits) : ~0u;
}
static uint32_t leading_signs(int64_t value, unsigned bits) {
    uint64_t pattern = (uint64_t)(value < 0 ? ~value : value);
    return pattern ? (uint32_t)__builtin_clzll(pattern) - (64 - bits) : ~0u;
}

UNARY32(s_mov_b32, a, KEEP)
UNARY64(s_mov_b64, a, KEEP)
UNARY32(s_cmov_b32, c ? a : D_32, KEEP)
UNARY64(s_cmov_b64, c ? a : D_64, KEEP)
UNARY32(s_not_b32, ~a, NONZERO)
UNARY64(s_not_b64, ~a, NONZERO)
UNARY32(s_wqm_b32, whole_quads(a), NONZERO)
UNARY64(s_wqm_b64, whole_quads(a), NONZERO)
UNARY32(s_quadmask_b32, quad_mask(a), NONZERO)
UNARY64(s_quadmask_b64, quad_mask(a), NONZERO)
UNARY32(s_brev_b32, reverse_bits(a, 32), KEEP)
UNARY64(s_brev_b64, reverse_bits(a, 64), KEEP)
UNARY32(s_bcnt0_i32_b32, 32 - __builtin_popcount(a), NONZERO)
UNARY64_32(s_bcnt0_i32_b64, 64 - __builtin_popcountll(a), NONZERO)
UNARY32(s_bcnt1_i32_b32, __builtin_popcount(a), NONZERO)
UNARY64_32(s_bcnt1_i32_b64, __builtin_popcountll(a), NONZERO)
UNARY32(s_ff0_i32_b32, first_one((uint32_t)~a), KEEP)
UNARY64_32(s_ff0_i32_b64, first_one(~a), KEEP)
UNARY32(s_ff1_i32_b32, first_one(a), KEEP)
UNARY64_32(s_ff1_i32_b64, first_one(a), KEEP)
UNARY32(s_flbit_i32_b32, leading_zeros(a, 32), KEEP)
UNARY64_32(s_flbit_i32_b64, leading_zeros(a, 64), KEEP)
UNARY32(s_flbit_i32, leading_signs((int32_t)a, 32), KEEP)
UNARY64_32(s_flbit_i32_i64, leading_signs((int64_t)a, 64), KEEP)
UNARY32(s_sext_i32_i8, (int8_t)a, KEEP)
UNARY32(s_sext_i32_i16, (int16_t)a, KEEP)
UNARY32(s_bitset0_b32, D_32 & ~(1u << (a & 31)), KEEP)
UNARY32(s_bitset1_b32, D_32 | 1u << (a & 31), KEEP)
UNARY32_64(s_bitset0_b64, D_64 & ~(1ull << (a & 63)), KEEP)
UNARY32_64(s_bitset1_b64, D_64 | 1ull << (a & 63), KEEP)
UNARY32(s_abs_i32, (int32_t)a < 0 ? 0u - a : a, NONZERO)
UNARY32_64(s_bitreplicate_b64_b32, replicate_bits(a), KEEP)

/* D = old EXEC; EXEC = f(S0, EXEC) */
#define SAVEEXEC(name, expression)                                   \
    EXEC_FN(name) {                                                  \
        uint64_t a = S0_64, exec = sim_exec(wave), r = (expression); \
        sim_write_s64(wave, &inst->dst[0], exec);                    \
        sim_set_sgpr64(wave, SIM_SGPR_EXEC, r);                      \
        wave->scc = r != 0;                                          \
    }
SAVEEXEC(s_and_saveexec_b64, a &exec)
SAVEEXEC(s_or_saveexec_b64, a | exec)
SAVEEXEC(s_xor_saveexec_b64, a ^ exec)
SAVEEXEC(s_andn2_saveexec_b64, a & ~exec)
SAVEEXEC(s_orn2_saveexec_b64, a | ~exec)
SAVEEXEC(s_nand_saveexec_b64, ~(a &exec))
SAVEEXEC(s_nor_saveexec_b64, ~(a | exec))
SAVEEXEC(s_xnor_saveexec_b64, ~(a ^ exec))
SAVEEXEC(s_andn1_saveexec_b64, ~a &exec)
SAVEEXEC(s_orn1_saveexec_b64, ~a | exec)
/* D = EXEC = f(S0, EXEC) */
#define WREXEC(name, expression)                                     \
    EXEC_FN(name) {                                                  \
        uint64_t a = S0_64, exec = sim_exec(wave), r = (expression); \
        sim_set_sgpr64(wave, SIM_SGPR_EXEC, r);                      \
        sim_write_s64(wave, &inst->dst[0], r);                       \
        wave->scc = r != 0;                                          \
    }
WREXEC(s_andn1_wrexec_b64, ~a &exec)
WREXEC(s_andn2_wrexec_b64, a & ~exec)

#define COMPARE(name, type, read0, read1, operation)     \
    EXEC_FN(name) {                                      \
        wave->scc = (type)(read0)operation(type)(read1); \
    }
#define COMPARE_ALL(suffix, operation)                                   \
    COMPARE(s_cmp_##suffix##_i32, int32_t, S0_32, S1_32, operation)      \
    COMPARE(s_cmp_##suffix##_u32, uint32_t, S0_32, S1_32, operation)     \
    COMPARE(s_cmpk_##suffix##_i32, int32_t, S0_32, inst->imm, operation) \
    COMPARE(s_cmpk_##suffix##_u32, uint32_t, S0_32, inst->imm & 0xffff, operation)
COMPARE_ALL(eq, ==)
COMPARE_ALL(lg, !=)
COMPARE_ALL(gt, >)
COMPARE_ALL(ge, >=)
COMPARE_ALL(lt, <)
COMPARE_ALL(le, <=)
COMPARE(s_cmp_eq_u64, uint64_t, S0_64, S1_64, ==)
COMPARE(s_cmp_lg_u64, uint64_t, S0_64, S1_64, !=)
EXEC_FN(s_bitcmp0_b32) {
    wave->scc = !(S0_32 >> (S1_32 & 31) & 1);
}
EXEC_FN(s_bitcmp1_b32) {
    wave->scc = S0_32 >> (S1_32 & 31) & 1;
}
EXEC_FN(s_bitcmp0_b64) {
    wave->scc = !(S0_64 >> (S1_32 & 63) & 1);
}
EXEC_FN(s_bitcmp1_b64) {
    wave->scc = S0_64 >> (S1_32 & 63) & 1;
}

EXEC_FN(s_movk_i32) {
    D_32 = (uint32_t)inst->imm;
}
EXEC_FN(s_cmovk_i32) {
    if (wave->scc)
        D_32 = (uint32_t)inst->imm;
}
EXEC_FN(s_addk_i32) {
    uint32_t a = D_32, b = (uint32_t)inst->imm;
    D_32 = a + b;
    wave->scc = add_overflows(a, b);
}
EXEC_FN(s_mulk_i32) {
    D_32 *= (uint32_t)inst->imm;
}

/* ---- program counter ---- */

static void jump(struct sim_wave *wave, const struct sim_inst *inst, uint64_t address) {
    uint64_t offset = address - wave->wg->launch->code_address;
    if (offset >= wave->wg->launch->program->size || offset & 3)
        sim_wave_fault(wave, inst, "jump to 0x%llx, outside the code object", (unsigned long long)address);
    else
        wave->pc = offset;
}

EXEC_FN(s_getpc_b64) {
    sim_write_s64(wave, &inst->dst[0], wave->wg->launch->code_address + wave->pc);
}
EXEC_FN(s_setpc_b64) {
    jump(wave, inst, S0_64);
}
EXEC_FN(s_swappc_b64) {
    uint64_t target = S0_64;
    sim_write_s64(wave, &inst->dst[0], wave->wg->launch->code_address + wave->pc);
    jump(wave, inst, target);
}
EXEC_FN(s_call_b64) {
    sim_write_s64(wave, &inst->dst[0], wave->wg->launch->code_address + wave->pc);
    wave->pc += (uint64_t)(inst->imm * 4);
}

#define BRANCH(name, condition)                    \
    EXEC_FN(name) {                                \
        if (condition)                             \
            wave->pc += (uint64_t)(inst->imm * 4); \
    }
BRANCH(s_branch, true)
BRANCH(s_cbranch_scc0, !wave->scc)
BRANCH(s_cbranch_scc1, wave->scc)
BRANCH(s_cbranch_vccz, sim_vcc(wave) == 0)
BRANCH(s_cbranch_vccnz, sim_vcc(wave) != 0)
BRANCH(s_cbranch_execz, sim_exec(wave) == 0)
BRANCH(s_cbranch_execnz, sim_exec(wave) != 0)

/* ---- fork and join ---- */

/* Lanes that `pass` take the branch. When both ways have lanes, the wave goes the way of fewer lanes first, and the
 * other way's EXEC and address go onto a stack in SGPRs 4 * CSP and up. */
static void fork(struct sim_wave *wave, const struct sim_inst *inst, uint64_t pass, uint64_t target) {
    uint64_t exec = sim_exec(wave), taken = pass & exec, fallen = ~pass & exec;
    uint64_t next = wave->wg->launch->code_address + wave->pc;
    unsigned top = SIM_MODE_CSP(wave->mode);
    if (taken == exec) {
        jump(wave, inst, target);
        return;
    }
    if (fallen == exec)
        return;
    if (top == 7) {
        sim_wave_fault(wave, inst, "the branch stack is full");
        return;
    }
    bool take_first = __builtin_popcountll(fallen) >= __builtin_popcountll(taken);
    sim_set_sgpr64(wave, 4 * top, take_first ? fallen : taken);
    sim_set_sgpr64(wave, 4 * top + 2, take_first ? next : target);
    wave->mode += 1u << 29;
    sim_set_sgpr64(wave, SIM_SGPR_EXEC, take_first ? taken : fallen);
    if (take_first)
        jump(wave, inst, target);
}
EXEC_FN(s_cbranch_g_fork) {
    fork(wave, inst, S0_64, S1_64);
}
EXEC_FN(s_cbranch_i_fork) {
    fork(wave, inst, S0_64, wave->wg->launch->code_address + wave->pc + (uint64_t)(inst->imm * 4));
}
EXEC_FN(s_cbranch_join) {
    unsigned top = SIM_MODE_CSP(wave->mode);
    if (top == (S0_32 & 7))
        return;
    if (top == 0) {
        sim_wave_fault(wave, inst, "the branch stack is empty");
        return;
    }
    wave->mode -= 1u << 29;
    sim_set_sgpr64(wave, SIM_SGPR_EXEC, sim_sgpr64(wave, 4 * (top - 1)));
    jump(wave, inst, sim_sgpr64(wave, 4 * (top - 1) + 2));
}

EXEC_FN(s_cbranch_never) {
    (void)wave, (void)inst;
} /* debugger branches: never taken without one */

/* ---- relative addressing ---- */

static bool relative(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_operand *base,
                     unsigned *reg) {
    *reg = base->reg + wave->sgpr[SIM_SGPR_M0];
    if (*reg + base->dwords <= SIM_SGPR_FLAT_SCRATCH)
        return true;
    sim_wave_fault(wave, inst, "relative SGPR access out of range: M0 is 0x%x", wave->sgpr[SIM_SGPR_M0]);
    return false;
}
EXEC_FN(s_movrels_b32) {
    unsigned reg;
    if (relative(wave, inst, &inst->src[0], &reg))
        D_32 = wave->sgpr[reg];
}
EXEC_FN(s_movrels_b64) {
    unsigned reg;
    if (relative(wave, inst, &inst->src[0], &reg))
        sim_write_s64(wave, &inst->dst[0], sim_sgpr64(wave, reg));
}
EXEC_FN(s_movreld_b32) {
    unsigned reg;
    if (relative(wave, inst, &inst->dst[0], &reg))
        wave->sgpr[reg] = S0_32;
}
EXEC_FN(s_movreld_b64) {
    unsigned reg;
    if (relative(wave, inst, &inst->dst[0], &reg))
        sim_set_sgpr64(wave, reg, S0_64);
}

static void set_mode(struct sim_wave *wave, uint32_t mode) {
    wave->mode = mode;
    sim_wave_resume(wave);
}

/* VGPR index mode: the loop in engine.c rewrites the registers of the instructions up to s_set_gpr_idx_off. */
EXEC_FN(s_set_gpr_idx_on) {
    uint32_t *m0 = &wave->sgpr[SIM_SGPR_M0];
    *m0 = (*m0 & ~0xf0ffu) | (S0_32 & 0xff) | ((uint32_t)inst->imm & 15) << 12;
    set_mode(wave, wave->mode | SIM_MODE_GPR_IDX_EN);
}
EXEC_FN(s_set_gpr_idx_off) {
    (void)inst;
    set_mode(wave, wave->mode & ~SIM_MODE_GPR_IDX_EN);
}
EXEC_FN(s_set_gpr_idx_idx) {
    uint32_t *m0 = &wave->sgpr[SIM_SGPR_M0];
    *m0 = (*m0 & ~0xffu) | (S0_32 & 0xff);
}
EXEC_FN(s_set_gpr_idx_mode) {
    uint32_t *m0 = &wave->sgpr[SIM_SGPR_M0];
    *m0 = (*m0 & ~0xf000u) | ((uint32_t)inst->imm & 15) << 12;
}

/* The loop in engine.c skips vector instructions. */
EXEC_FN(s_setvskip) {
    set_mode(wave, (wave->mode & ~SIM_MODE_VSKIP) | (S0_32 >> (S1_32 & 31) & 1 ? SIM_MODE_VSKIP : 0));
}

/* ---- hardware registers ---- */

enum { HWREG_MODE = 1, HWREG_STATUS, HWREG_TRAPSTS, HWREG_HW_ID, HWREG_GPR_ALLOC, HWREG_LDS_ALLOC, HWREG_IB_STS };
enum { HWREG_SH_MEM_BASES = 15, HWREG_XCC_ID = 20 };

static bool read_hwreg(struct sim_wave *wave, unsigned id, uint32_t *value) {
    switch (id) {
    case HWREG_MODE:
        *value = wave->mode;
        return true;
    case HWREG_STATUS:
        *value = wave->scc | (sim_exec(wave) == 0) << 9 | (sim_vcc(wave) == 0) << 10 | (wave->wg->num_waves > 1) << 11 |
                 1u << 16;
        return true;
    case HWREG_TRAPSTS:
    case HWREG_IB_STS:
        *value = 0;
        return true;
    case HWREG_HW_ID:
        *value = wave->hw_id;
        return true;
    case HWREG_LDS_ALLOC:
        *value = (wave->wg->lds_size + 511) / 512 << 12;
        return true;
    case HWREG_SH_MEM_BASES:
        *value = (uint32_t)(SIM_SHARED_APERTURE >> 48) << 16 | (uint32_t)(SIM_PRIVATE_APERTURE >> 48);
        return true;
    case HWREG_XCC_ID:
        *value = (uint32_t)(wave->wg->linear_id % 8);
        return true;
    default:
        return false;
    }
}

static uint32_t field_mask(int64_t imm) {
    unsigned width = (imm >> 11 & 31) + 1;
    return width == 32 ? ~0u : (1u << width) - 1;
}

EXEC_FN(s_getreg_b32) {
    uint32_t value;
    if (!read_hwreg(wave, inst->imm & 63, &value))
        sim_wave_fault(wave, inst, "hardware register %u cannot be read in the simulator", (unsigned)(inst->imm & 63));
    else
        D_32 = value >> (inst->imm >> 6 & 31) & field_mask(inst->imm);
}

EXEC_FN(s_setreg_b32) {
    unsigned shift = inst->imm >> 6 & 31, id = inst->imm & 63;
    uint32_t mask = field_mask(inst->imm) << shift;
    if (id == HWREG_MODE)
        set_mode(wave, (wave->mode & ~mask) | (S0_32 << shift & mask));
    else if (id != HWREG_TRAPSTS)
        sim_wave_fault(wave, inst, "hardware register %u cannot be written in the simulator", id);
}

/* ---- steering ---- */

EXEC_FN(s_ignored) {
    (void)wave, (void)inst;
}
EXEC_FN(s_endpgm) {
    (void)inst;
    wave->status = SIM_WAVE_DONE;
}
EXEC_FN(s_barrier) {
    (void)inst;
    if (wave->wg->num_waves > 1) /* the hardware treats it as a no-op for a workgroup of one wave */
        wave->status = SIM_WAVE_AT_BARRIER;
}
EXEC_FN(s_sleep) {
    (void)inst;
    wave->status = SIM_WAVE_SLEEPING;
}
EXEC_FN(s_setprio) {
    wave->priority = (uint32_t)inst->imm & 3;
}
EXEC_FN(s_trap) {
    if ((inst->imm & 0xff) != 3) /* 3 is a debugger breakpoint */
        sim_wave_fault(wave, inst, "trap %u: the kernel aborted", (unsigned)(inst->imm & 0xff));
}
EXEC_FN(s_sendmsg) {
    const unsigned interrupt = 1;
    if ((inst->imm & 15) == interrupt && wave->wg->launch->hostcall)
        sim_hostcall_serve(wave, inst);
}
EXEC_FN(s_setkill) {
    if (inst->imm & 1)
        wave->status = SIM_WAVE_DONE;
}
EXEC_FN(s_rfe) {
    sim_wave_fault(wave, inst, "return from an exception outside a trap handler: the simulator runs none");
}
EXEC_FN(s_sethalt) {
    if (inst->imm & 1)
        sim_wave_fault(wave, inst, "the wave halted itself");
}

#define RC SIM_OP_READS_SCC
#define WC SIM_OP_WRITES_SCC
#define RD SIM_OP_READS_DST
#define FORK SIM_OP_WRITES_EXEC
#define ROW(fn, op_class, op_flags) {.name = #fn, .exec = fn, .cls = op_class, .flags = op_flags}
#define ALU(fn, op_flags) ROW(fn, SIM_CLASS_SALU, op_flags)
#define ROW_AS(text, fn, op_class, op_flags) {.name = text, .exec = fn, .cls = op_class, .flags = op_flags}
#define COMPARE_ROWS(suffix)                                                                      \
    ALU(s_cmp_##suffix##_i32, WC), ALU(s_cmp_##suffix##_u32, WC), ALU(s_cmpk_##suffix##_i32, WC), \
        ALU(s_cmpk_##suffix##_u32, WC)

const struct sim_opcode sim_salu_opcodes[] = {
    ALU(s_add_u32, WC),
    ALU(s_sub_u32, WC),
    ALU(s_add_i32, WC),
    ALU(s_sub_i32, WC),
    ALU(s_addc_u32, RC | WC),
    ALU(s_subb_u32, RC | WC),
    ALU(s_min_i32, WC),
    ALU(s_min_u32, WC),
    ALU(s_max_i32, WC),
    ALU(s_max_u32, WC),
    ALU(s_cselect_b32, RC),
    ALU(s_cselect_b64, RC),
    ALU(s_and_b32, WC),
    ALU(s_and_b64, WC),
    ALU(s_or_b32, WC),
    ALU(s_or_b64, WC),
    ALU(s_xor_b32, WC),
    ALU(s_xor_b64, WC),
    ALU(s_andn2_b32, WC),
    ALU(s_andn2_b64, WC),
    ALU(s_orn2_b32, WC),
    ALU(s_orn2_b64, WC),
    ALU(s_nand_b32, WC),
    ALU(s_nand_b64, WC),
    ALU(s_nor_b32, WC),
    ALU(s_nor_b64, WC),
    ALU(s_xnor_b32, WC),
    ALU(s_xnor_b64, WC),
    ALU(s_lshl_b32, WC),
    ALU(s_lshl_b64, WC),
    ALU(s_lshr_b32, WC),
    ALU(s_lshr_b64, WC),
    ALU(s_ashr_i32, WC),
    ALU(s_ashr_i64, WC),
    ALU(s_bfm_b32, 0),
    ALU(s_bfm_b64, 0),
    ALU(s_mul_i32, 0),
    ALU(s_mul_hi_u32, 0),
    ALU(s_mul_hi_i32, 0),
    ALU(s_bfe_u32, WC),
    ALU(s_bfe_i32, WC),
    ALU(s_bfe_u64, WC),
    ALU(s_bfe_i64, WC),
    ALU(s_absdiff_i32, WC),
    ALU(s_lshl1_add_u32, WC),
    ALU(s_lshl2_add_u32, WC),
    ALU(s_lshl3_add_u32, WC),
    ALU(s_lshl4_add_u32, WC),
    ALU(s_pack_ll_b32_b16, 0),
    ALU(s_pack_lh_b32_b16, 0),
    ALU(s_pack_hh_b32_b16, 0),
    ALU(s_mov_b32, 0),
    ALU(s_mov_b64, 0),
    ALU(s_cmov_b32, RC | RD),
    ALU(s_cmov_b64, RC | RD),
    ALU(s_not_b32, WC),
    ALU(s_not_b64, WC),
    ALU(s_wqm_b32, WC),
    ALU(s_wqm_b64, WC),
    ALU(s_quadmask_b32, WC),
    ALU(s_quadmask_b64, WC),
    ALU(s_brev_b32, 0),
    ALU(s_brev_b64, 0),
    ALU(s_bcnt0_i32_b32, WC),
    ALU(s_bcnt0_i32_b64, WC),
    ALU(s_bcnt1_i32_b32, WC),
    ALU(s_bcnt1_i32_b64, WC),
    ALU(s_ff0_i32_b32, 0),
    ALU(s_ff0_i32_b64, 0),
    ALU(s_ff1_i32_b32, 0),
    ALU(s_ff1_i32_b64, 0),
    ALU(s_flbit_i32_b32, 0),
    ALU(s_flbit_i32_b64, 0),
    ALU(s_flbit_i32, 0),
    ALU(s_flbit_i32_i64, 0),
    ALU(s_sext_i32_i8, 0),
    ALU(s_sext_i32_i16, 0),
    ALU(s_bitset0_b32, RD),
    ALU(s_bitset1_b32, RD),
    ALU(s_bitset0_b64, RD),
    ALU(s_bitset1_b64, RD),
    ALU(s_abs_i32, WC),
    ALU(s_bitreplicate_b64_b32, 0),
    ALU(s_and_saveexec_b64, WC),
    ALU(s_or_saveexec_b64, WC),
    ALU(s_xor_saveexec_b64, WC),
    ALU(s_andn2_saveexec_b64, WC),
    ALU(s_orn2_saveexec_b64, WC),
    ALU(s_nand_saveexec_b64, WC),
    ALU(s_nor_saveexec_b64, WC),
    ALU(s_xnor_saveexec_b64, WC),
    ALU(s_andn1_saveexec_b64, WC),
    ALU(s_orn1_saveexec_b64, WC),
    ALU(s_andn1_wrexec_b64, WC),
    ALU(s_andn2_wrexec_b64, WC),
    COMPARE_ROWS(eq),
    COMPARE_ROWS(lg),
    COMPARE_ROWS(gt),
    COMPARE_ROWS(ge),
    COMPARE_ROWS(lt),
    COMPARE_ROWS(le),
    ALU(s_cmp_eq_u64, WC),
    ALU(s_cmp_lg_u64, WC),
    ALU(s_bitcmp0_b32, WC),
    ALU(s_bitcmp1_b32, WC),
    ALU(s_bitcmp0_b64, WC),
    ALU(s_bitcmp1_b64, WC),
    ALU(s_movk_i32, 0),
    ALU(s_cmovk_i32, RC | RD),
    ALU(s_addk_i32, WC | RD),
    ALU(s_mulk_i32, RD),
    ALU(s_movrels_b32, SIM_OP_READS_M0),
    ALU(s_movrels_b64, SIM_OP_READS_M0),
    ALU(s_movreld_b32, SIM_OP_READS_M0),
    ALU(s_movreld_b64, SIM_OP_READS_M0),
    ALU(s_set_gpr_idx_on, SIM_OP_READS_M0),
    ALU(s_set_gpr_idx_off, 0),
    ALU(s_set_gpr_idx_idx, SIM_OP_READS_M0),
    ALU(s_set_gpr_idx_mode, SIM_OP_READS_M0),
    ALU(s_setvskip, 0),
    ALU(s_getreg_b32, 0),
    ALU(s_setreg_b32, 0),
    ROW_AS("s_setreg_imm32_b32", s_setreg_b32, SIM_CLASS_SALU, 0),
    ALU(s_getpc_b64, 0),
    ROW(s_setpc_b64, SIM_CLASS_BRANCH, 0),
    ROW(s_swappc_b64, SIM_CLASS_BRANCH, 0),
    ROW(s_call_b64, SIM_CLASS_BRANCH, 0),
    ROW(s_branch, SIM_CLASS_BRANCH, 0),
    ROW(s_cbranch_scc0, SIM_CLASS_BRANCH, RC),
    ROW(s_cbranch_scc1, SIM_CLASS_BRANCH, RC),
    ROW(s_cbranch_vccz, SIM_CLASS_BRANCH, SIM_OP_READS_VCC),
    ROW(s_cbranch_vccnz, SIM_CLASS_BRANCH, SIM_OP_READS_VCC),
    ROW(s_cbranch_execz, SIM_CLASS_BRANCH, 0),
    ROW(s_cbranch_execnz, SIM_CLASS_BRANCH, 0),
    ROW(s_cbranch_g_fork, SIM_CLASS_BRANCH, FORK),
    ROW(s_cbranch_i_fork, SIM_CLASS_BRANCH, FORK),
    ROW(s_cbranch_join, SIM_CLASS_BRANCH, FORK),
    ROW_AS("s_cbranch_cdbgsys", s_cbranch_never, SIM_CLASS_BRANCH, 0),
    ROW_AS("s_cbranch_cdbguser", s_cbranch_never, SIM_CLASS_BRANCH, 0),
    ROW_AS("s_cbranch_cdbgsys_or_user", s_cbranch_never, SIM_CLASS_BRANCH, 0),
    ROW_AS("s_cbranch_cdbgsys_and_user", s_cbranch_never, SIM_CLASS_BRANCH, 0),
    ROW(s_endpgm, SIM_CLASS_SYS, 0),
    ROW_AS("s_endpgm_saved", s_endpgm, SIM_CLASS_SYS, 0),
    ROW_AS("s_endpgm_ordered_ps_done", s_endpgm, SIM_CLASS_SYS, 0),
    ROW(s_barrier, SIM_CLASS_BARRIER, 0),
    ROW_AS("s_waitcnt", s_ignored, SIM_CLASS_WAITCNT, 0),
    ROW(s_sleep, SIM_CLASS_SYS, 0),
    ROW(s_setprio, SIM_CLASS_SYS, 0),
    ROW(s_trap, SIM_CLASS_SYS, 0),
    ROW(s_sethalt, SIM_CLASS_SYS, 0),
    ROW(s_setkill, SIM_CLASS_SYS, 0),
    ROW_AS("s_rfe_b64", s_rfe, SIM_CLASS_BRANCH, 0),
    ROW_AS("s_rfe_restore_b64", s_rfe, SIM_CLASS_BRANCH, 0),
    ROW_AS("s_nop", s_ignored, SIM_CLASS_SYS, 0),
    ROW_AS("s_wakeup", s_ignored, SIM_CLASS_SYS, 0),
    ROW(s_sendmsg, SIM_CLASS_SYS, 0),
    ROW_AS("s_sendmsghalt", s_endpgm, SIM_CLASS_SYS, 0),
    ROW_AS("s_icache_inv", s_ignored, SIM_CLASS_SYS, 0),
    ROW_AS("s_incperflevel", s_ignored, SIM_CLASS_SYS, 0),
    ROW_AS("s_decperflevel", s_ignored, SIM_CLASS_SYS, 0),
    ROW_AS("s_ttracedata", s_ignored, SIM_CLASS_SYS, 0),
    {.name = NULL},
};
