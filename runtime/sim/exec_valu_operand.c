/* SPDX-License-Identifier: MIT
 *
 * The generic vector ALU executor: everything around a lane kernel.
 */
#include "exec_valu.h"

#include <fenv.h>
#include <stdlib.h>

enum source_kind { SOURCE_NONE, SOURCE_ROW, SOURCE_CONST, SOURCE_SCALAR, SOURCE_MASK };

struct source_plan {
    uint8_t kind;         /* enum source_kind */
    uint8_t type;         /* enum valu_type */
    uint8_t operand;      /* index in inst->src, or 3: the destination */
    bool modified;        /* op_sel, neg, abs or half selection: needs a copy */
    uint16_t row, high;   /* SOURCE_ROW: first row; VALU_PK_F32: rows of the low and the high result */
    const uint32_t *rows; /* SOURCE_CONST: rows of the constant */
};

/* What stays the same every time an instruction executes. Its constants follow it, 64-byte aligned. */
struct valu_plan {
    const struct valu_op *op;
    struct source_plan source[3];
    uint8_t count;
    uint8_t rows; /* destination rows */
    uint16_t row; /* first destination row */
    bool has_row; /* the destination is VGPRs */
    bool direct;  /* the kernel may write the destination itself when all lanes are active */
    bool checks_nan;
    bool plain; /* no DPP, SDWA, omod, clamp or destination half */
    uint16_t flags;
    /* DPP: the lane that each lane reads, the lanes that have one, the lanes in the row and bank masks */
    uint8_t dpp_from[SIM_LANES];
    uint64_t dpp_has_source, dpp_enabled;
};

static bool is_float(enum valu_type type) {
    return type == VALU_F32 || type == VALU_F16 || type == VALU_F64 || type == VALU_PK_F16 || type == VALU_PK_F32 ||
           type == VALU_BF16 || type == VALU_PK_BF16;
}
static bool is_half(enum valu_type type) {
    return type == VALU_B16 || type == VALU_F16 || type == VALU_BF16;
}
static bool is_packed_half(enum valu_type type) {
    return type == VALU_PK_B16 || type == VALU_PK_F16 || type == VALU_PK_BF16;
}
static unsigned type_rows(enum valu_type type) {
    return type == VALU_B64 || type == VALU_F64 || type == VALU_PK_F32 ? 2 : 1;
}

/* ---- scalars ---- */

static uint64_t constant_pattern(const struct sim_operand *operand, enum valu_type type) {
    const uint32_t inverse_two_pi = 0x3e22f983u; /* the one inline float that is not a power of two */
    uint64_t value = operand->value;
    if (operand->is_float_inline) {
        float number = valu_float((uint32_t)value);
        switch (type) {
        case VALU_F16:
        case VALU_B16:
        case VALU_PK_F16:
            return (uint32_t)value == inverse_two_pi ? 0x3118u : sim_f32_to_f16(number);
        case VALU_BF16:
        case VALU_PK_BF16:
            return sim_f32_to_bf16(number);
        case VALU_F64:
        case VALU_B64:
            return (uint32_t)value == inverse_two_pi ? 0x3fc45f306dc9c882ull : valu_bits64((double)number);
        default:
            return value;
        }
    }
    if (operand->is_literal) {
        return type == VALU_F64 && value <= UINT32_MAX ? value << 32 : value;
    }
    return type_rows(type) == 2 && type != VALU_PK_F32 ? value : (uint32_t)value;
}

uint64_t valu_scalar(const struct sim_wave *wave, const struct sim_operand *operand, enum valu_type type) {
    static const uint64_t apertures[] = {
        [SIM_SHARED_BASE] = SIM_SHARED_APERTURE,
        [SIM_SHARED_LIMIT] = SIM_SHARED_APERTURE + SIM_APERTURE_SIZE - 1,
        [SIM_PRIVATE_BASE] = SIM_PRIVATE_APERTURE,
        [SIM_PRIVATE_LIMIT] = SIM_PRIVATE_APERTURE + SIM_APERTURE_SIZE - 1,
        [SIM_POPS_EXITING_WAVE_ID] = 0,
    };
    bool wide = type_rows(type) == 2 || type == VALU_MASK;
    switch (operand->kind) {
    case SIM_OPERAND_SGPR:
        return wide ? sim_sgpr64(wave, operand->reg) : wave->sgpr[operand->reg];
    case SIM_OPERAND_CONST:
        return constant_pattern(operand, type);
    case SIM_OPERAND_SCC:
        return wave->scc;
    case SIM_OPERAND_VCCZ:
        return sim_vcc(wave) == 0;
    case SIM_OPERAND_EXECZ:
        return sim_exec(wave) == 0;
    case SIM_OPERAND_APERTURE:
        return wide ? apertures[operand->value] : (uint32_t)apertures[operand->value];
    case SIM_OPERAND_LDS_DIRECT: {
        uint32_t value = 0, address = wave->sgpr[SIM_SGPR_M0] & 0xffffu;
        if (wave->wg && wave->wg->lds && address + 4 <= wave->wg->lds_size) {
            memcpy(&value, wave->wg->lds + address, 4);
        }
        return value;
    }
    default:
        return 0;
    }
}

static void broadcast(uint32_t *row, uint32_t value) {
    for (int i = 0; i < SIM_LANES; i++) {
        row[i] = value;
    }
}

/* ---- preparing ---- */

static uint64_t row_bank_mask(const struct sim_inst *inst) {
    uint64_t mask = 0;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        bool row = inst->dpp_row_mask >> (lane / 16) & 1, bank = inst->dpp_bank_mask >> (lane % 16 / 4) & 1;
        mask |= (uint64_t)(row && bank) << lane;
    }
    return mask;
}

/* The lane that `lane` reads under DPP, -1 where there is none. */
static int dpp_source(const struct sim_inst *inst, int lane) {
    int row = lane & ~15, in_row = lane & 15, arg = inst->dpp_arg, from;
    switch (inst->dpp) {
    case SIM_DPP_QUAD_PERM:
        return (lane & ~3) | (arg >> 2 * (lane & 3) & 3);
    case SIM_DPP_ROW_SHL:
        from = in_row + arg;
        return from < 16 ? row + from : -1;
    case SIM_DPP_ROW_SHR:
        from = in_row - arg;
        return from >= 0 ? row + from : -1;
    case SIM_DPP_ROW_ROR:
        return row + ((in_row - arg) & 15);
    case SIM_DPP_WAVE_SHL:
        return lane + 1 < SIM_LANES ? lane + 1 : -1;
    case SIM_DPP_WAVE_ROL:
        return (lane + 1) & 63;
    case SIM_DPP_WAVE_SHR:
        return lane - 1;
    case SIM_DPP_WAVE_ROR:
        return (lane - 1) & 63;
    case SIM_DPP_ROW_MIRROR:
        return row + 15 - in_row;
    case SIM_DPP_ROW_HALF_MIRROR:
        return (lane & ~7) + 7 - (lane & 7);
    case SIM_DPP_ROW_BCAST15:
        return lane >= 16 ? row - 1 : -1;
    case SIM_DPP_ROW_BCAST31:
        return lane >= 32 ? 31 : -1;
    case SIM_DPP_ROW_NEWBCAST:
        return row + arg;
    default:
        return lane;
    }
}

static void plan_dpp(struct valu_plan *plan, const struct sim_inst *inst) {
    plan->dpp_enabled = row_bank_mask(inst);
    for (int lane = 0; lane < SIM_LANES; lane++) {
        int from = dpp_source(inst, lane);
        plan->dpp_from[lane] = (uint8_t)(from < 0 ? 0 : from);
        plan->dpp_has_source |= (uint64_t)(from >= 0) << lane;
    }
}

void valu_prepare(struct sim_inst *inst, const struct valu_op *op) {
    struct valu_plan plan = {.op = op, .flags = op->flags};
    unsigned constant_rows = 0;
    for (unsigned k = 0; k < 3; k++) {
        struct source_plan *source = &plan.source[k];
        source->type = op->src[k];
        if (source->type == VALU_NONE) {
            break;
        }
        plan.count = (uint8_t)(k + 1);
        source->operand = (uint8_t)k;
        const struct sim_operand *operand = &inst->src[k];
        if (op->flags & VALU_ACC && k >= inst->num_src) {
            operand = &inst->dst[0];
            source->operand = 3;
        } else if (k >= inst->num_src) {
            operand = NULL;
            source->kind = SOURCE_MASK; /* VCC, implicitly */
        }
        enum valu_type type = source->type;
        if (!operand) {
            continue;
        }
        switch (operand->kind) {
        case SIM_OPERAND_VGPR:
        case SIM_OPERAND_AGPR:
            source->kind = SOURCE_ROW;
            source->row = source->high = (uint16_t)valu_row(operand);
            break;
        case SIM_OPERAND_CONST:
            source->kind = SOURCE_CONST;
            constant_rows += 2;
            break;
        default:
            source->kind = SOURCE_SCALAR;
        }
        if (type == VALU_MASK) {
            source->kind = SOURCE_MASK;
            continue;
        }
        bool from_dst = source->operand == 3;
        source->modified = operand->neg || operand->abs;
        if (is_half(type)) {
            source->modified |= !from_dst && (inst->op_sel >> k & 1);
        } else if (is_packed_half(type)) {
            bool standard = op->flags & VALU_ACC; /* v_pk_fmac_f16 is the one that is not VOP3P */
            source->modified |= !standard && ((inst->op_sel >> k & 1) || !(inst->op_sel_hi >> k & 1) ||
                                              (inst->neg_lo >> k & 1) || (inst->neg_hi >> k & 1));
        } else if (type == VALU_PK_F32) {
            source->modified |= (inst->neg_lo >> k & 1) || (inst->neg_hi >> k & 1);
            source->row = (uint16_t)(source->row + (inst->op_sel >> k & 1));
            source->high = (uint16_t)(source->high + (inst->op_sel_hi >> k & 1));
        }
    }
    if (inst->dpp) {
        plan_dpp(&plan, inst);
    }
    plan.rows = op->dst_rows ? op->dst_rows : (uint8_t)type_rows(op->dst);
    plan.has_row = inst->dst[0].kind == SIM_OPERAND_VGPR || inst->dst[0].kind == SIM_OPERAND_AGPR;
    plan.row = plan.has_row ? (uint16_t)valu_row(&inst->dst[0]) : 0;
    plan.checks_nan = (op->flags & VALU_ARITH) && !(op->flags & VALU_NO_NAN);
    plan.plain = !inst->dpp && !inst->sdwa && !inst->omod && (!inst->clamp || (op->flags & VALU_INT_CLAMP)) &&
                 !(op->flags & VALU_KEEPS_HIGH) && !(is_half(op->dst) && inst->op_sel & 8);
    plan.direct = plan.has_row;
    for (unsigned k = 0; k < plan.count; k++) {
        const struct source_plan *source = &plan.source[k];
        bool overlaps = source->kind == SOURCE_ROW && source->row < plan.row + plan.rows && plan.row < source->row + 2;
        plan.direct &= !(overlaps && plan.checks_nan);
    }

    size_t header = (sizeof plan + 63) & ~(size_t)63;
    size_t bytes = header + constant_rows * sizeof(sim_row);
    struct valu_plan *kept = aligned_alloc(64, bytes);
    if (!kept) {
        abort();
    }
    *kept = plan;
    uint32_t *rows = (uint32_t *)((char *)kept + header);
    for (unsigned k = 0; k < plan.count; k++) {
        if (plan.source[k].kind == SOURCE_CONST) {
            uint64_t value = constant_pattern(&inst->src[k], plan.source[k].type);
            broadcast(rows, (uint32_t)value);
            broadcast(rows + SIM_LANES, (uint32_t)(value >> 32));
            kept->source[k].rows = rows;
            rows += 2 * SIM_LANES;
        }
    }
    inst->prepared = kept;
    inst->exec = op->exec ? op->exec : valu_execute;
}

/* ---- sources ---- */

/* Returns the lanes that may be written. A lane without a source, or whose source lane is inactive, reads 0 with
 * bound_ctrl and is not written without it. */
static uint64_t apply_dpp(const struct valu_plan *plan, const struct sim_inst *inst, uint64_t exec, uint32_t *to,
                          const uint32_t *from, unsigned rows) {
    uint64_t valid = plan->dpp_has_source, written = exec & plan->dpp_enabled;
    if (exec != UINT64_MAX && !inst->dpp_fi) {
        uint64_t active = 0;
        for (int lane = 0; lane < SIM_LANES; lane++) {
            active |= (exec >> plan->dpp_from[lane] & 1) << lane;
        }
        valid &= active;
    }
    for (unsigned r = 0; r < rows; r++) {
        for (int lane = 0; lane < SIM_LANES; lane++) {
            to[r * SIM_LANES + (unsigned)lane] = from[r * SIM_LANES + plan->dpp_from[lane]];
        }
    }
    if (valid == UINT64_MAX) {
        return written;
    }
    uint32_t keep[SIM_LANES];
    valu_expand_mask(keep, valid);
    for (unsigned r = 0; r < rows; r++) {
        for (int lane = 0; lane < SIM_LANES; lane++) {
            to[r * SIM_LANES + (unsigned)lane] &= keep[lane];
        }
    }
    return inst->dpp_bound_ctrl ? written : written & valid;
}

static void select_sdwa(uint32_t *row, unsigned sel, bool sext) {
    unsigned shift = sel <= SIM_SDWA_BYTE_3 ? 8 * (sel - SIM_SDWA_BYTE_0) : sel == SIM_SDWA_WORD_1 ? 16 : 0;
    unsigned bits = sel <= SIM_SDWA_BYTE_3 ? 8 : sel == SIM_SDWA_DWORD ? 32 : 16;
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t value = row[i] >> shift << (32 - bits);
        row[i] = sext ? (uint32_t)((int32_t)value >> (32 - bits)) : value >> (32 - bits);
    }
}

static void negate(uint32_t *row, uint32_t sign, bool abs, bool neg) {
    uint32_t clear = abs ? ~sign : ~0u, flip = neg ? sign : 0u;
    for (int i = 0; i < SIM_LANES; i++) {
        row[i] = (row[i] & clear) ^ flip;
    }
}

/* neg, abs, op_sel and the half selection of packed operands, in place. */
static void apply_modifiers(const struct sim_inst *inst, const struct source_plan *source, unsigned k, uint32_t *row) {
    const struct sim_operand *operand = source->operand == 3 ? &inst->dst[0] : &inst->src[k];
    enum valu_type type = source->type;
    if (is_half(type)) {
        if (inst->op_sel >> k & 1 && !inst->sdwa) {
            for (int i = 0; i < SIM_LANES; i++) {
                row[i] >>= 16;
            }
        }
        negate(row, 0x8000u, operand->abs, operand->neg);
    } else if (is_packed_half(type)) {
        unsigned low = inst->op_sel >> k & 1 ? 16 : 0, high = inst->op_sel_hi >> k & 1 ? 16 : 0;
        uint32_t flip =
            !is_float(type) ? 0u : (inst->neg_lo >> k & 1 ? 0x8000u : 0u) | (inst->neg_hi >> k & 1 ? 0x80000000u : 0u);
        for (int i = 0; i < SIM_LANES; i++) {
            uint32_t value = row[i];
            row[i] = ((value >> low & 0xffffu) | value >> high << 16) ^ flip;
        }
    } else if (type == VALU_PK_F32) {
        negate(row, 0x80000000u, false, inst->neg_lo >> k & 1);
        negate(row + SIM_LANES, 0x80000000u, false, inst->neg_hi >> k & 1);
    } else {
        negate(type_rows(type) == 2 ? row + SIM_LANES : row, 0x80000000u, operand->abs, operand->neg);
    }
}

/* ---- denormals, rounding, NaN ---- */

static void flush_denormals(uint32_t *row, enum valu_type type, const struct sim_inst *inst) {
    (void)inst;
    switch (type) {
    case VALU_F32:
    case VALU_PK_F32:
        for (int i = 0; i < SIM_LANES * (int)type_rows(type); i++) {
            row[i] = row[i] & 0x7f800000u ? row[i] : row[i] & 0x80000000u;
        }
        break;
    case VALU_F16:
    case VALU_PK_F16:
        for (int i = 0; i < SIM_LANES; i++) {
            uint32_t low = row[i] & 0xffffu, high = row[i] >> 16;
            low = low & 0x7c00u ? low : low & 0x8000u;
            high = high & 0x7c00u ? high : high & 0x8000u;
            row[i] = low | high << 16;
        }
        break;
    case VALU_F64:
        for (int i = 0; i < SIM_LANES; i++) {
            if (!(row[i + SIM_LANES] & 0x7ff00000u)) {
                row[i] = 0;
                row[i + SIM_LANES] &= 0x80000000u;
            }
        }
        break;
    default:
        break;
    }
}

static unsigned denormal_mode(uint32_t mode, enum valu_type type) {
    return type == VALU_F32 || type == VALU_PK_F32                       ? SIM_MODE_DENORM_F32(mode)
           : type == VALU_F16 || type == VALU_PK_F16 || type == VALU_F64 ? SIM_MODE_DENORM_F16_F64(mode)
                                                                         : 3;
}

static unsigned round_mode(uint32_t mode, enum valu_type type) {
    return type == VALU_F32 || type == VALU_PK_F32 ? SIM_MODE_ROUND_F32(mode) : SIM_MODE_ROUND_F16_F64(mode);
}

static bool row_has_nan(const uint32_t *row, enum valu_type type) {
    uint32_t any = 0;
    switch (type) {
    case VALU_F32:
        for (int i = 0; i < SIM_LANES; i++) {
            any |= (row[i] & 0x7fffffffu) > 0x7f800000u;
        }
        break;
    case VALU_PK_F32:
        for (int i = 0; i < 2 * SIM_LANES; i++) {
            any |= (row[i] & 0x7fffffffu) > 0x7f800000u;
        }
        break;
    case VALU_F16:
    case VALU_PK_F16:
        for (int i = 0; i < SIM_LANES; i++) {
            any |= (row[i] & 0x7fffu) > 0x7c00u;
            any |= (row[i] & 0x7fff0000u) > 0x7c000000u;
        }
        break;
    case VALU_F64:
        for (int i = 0; i < SIM_LANES; i++) {
            any |= ((row[i + SIM_LANES] & 0x7fffffffu) | (row[i] != 0)) > 0x7ff00000u;
        }
        break;
    default:
        break;
    }
    return any;
}

static bool is_nan16(uint32_t bits) {
    return (bits & 0x7fffu) > 0x7c00u;
}
static bool is_nan32(uint32_t bits) {
    return (bits & 0x7fffffffu) > 0x7f800000u;
}
static bool is_nan64(uint64_t bits) {
    return (bits & INT64_MAX) > 0x7ff0000000000000ull;
}

/* A NaN result is the first source that is a NaN, quieted; when none is, the default NaN. Host instructions differ in
 * which operand they take, so the choice is made here. */
static void propagate_nan(const struct valu_op *op, const struct valu_call *call, unsigned count) {
    uint32_t *d = call->d;
    for (int i = 0; i < SIM_LANES; i++) {
        switch (op->dst) {
        case VALU_F32:
            if (is_nan32(d[i])) {
                d[i] = VALU_NAN32;
                for (unsigned k = count; k-- > 0;) {
                    if (op->src[k] == VALU_F32 && is_nan32(call->s[k][i])) {
                        d[i] = call->s[k][i] | 0x400000u;
                    }
                }
            }
            break;
        case VALU_PK_F32:
            for (int half = 0; half < 2; half++) {
                uint32_t *to = d + half * SIM_LANES + i;
                if (is_nan32(*to)) {
                    *to = VALU_NAN32;
                    for (unsigned k = count; k-- > 0;) {
                        uint32_t from = half ? call->h[k][i] : call->s[k][i];
                        *to = is_nan32(from) ? from | 0x400000u : *to;
                    }
                }
            }
            break;
        case VALU_F16:
        case VALU_PK_F16:
            for (int half = 0; half < (op->dst == VALU_F16 ? 1 : 2); half++) {
                uint32_t old = d[i] >> 16 * half & 0xffffu;
                if (is_nan16(old)) {
                    uint32_t nan = VALU_NAN16;
                    for (unsigned k = count; k-- > 0;) {
                        uint32_t from = call->s[k][i] >> 16 * half & 0xffffu;
                        nan = op->src[k] == op->dst && is_nan16(from) ? from | 0x200u : nan;
                    }
                    d[i] = (d[i] & ~(0xffffu << 16 * half)) | nan << 16 * half;
                }
            }
            break;
        case VALU_F64:
            if (is_nan64(valu_get64(d, i))) {
                uint64_t nan = VALU_NAN64;
                for (unsigned k = count; k-- > 0;) {
                    if (op->src[k] == VALU_F64) {
                        uint64_t from = valu_get64(call->s[k], i);
                        nan = is_nan64(from) ? from | 1ull << 51 : nan;
                    }
                }
                valu_put64(d, i, nan);
            }
            break;
        default:
            return;
        }
    }
}

static void run_rounded(valu_kernel fn, struct valu_call *call, unsigned round) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    fesetround(modes[round]);
    fn(call);
    fesetround(FE_TONEAREST);
}

/* ---- results ---- */

static uint32_t clamp_f32(uint32_t bits, bool nan_to_zero) {
    if (is_nan32(bits)) {
        return nan_to_zero ? 0u : bits;
    }
    float value = valu_float(bits);
    return value > 0.0f ? value < 1.0f ? bits : 0x3f800000u : 0u;
}
static uint32_t clamp_f16(uint32_t bits, bool nan_to_zero) {
    if (is_nan16(bits)) {
        return nan_to_zero ? 0u : bits;
    }
    return bits & 0x8000u ? 0u : bits > 0x3c00u ? 0x3c00u : bits;
}
static uint64_t clamp_f64(uint64_t bits, bool nan_to_zero) {
    if (is_nan64(bits)) {
        return nan_to_zero ? 0u : bits;
    }
    double value = valu_double(bits);
    return value > 0.0 ? value < 1.0 ? bits : 0x3ff0000000000000ull : 0u;
}

static void apply_clamp(uint32_t *d, enum valu_type type, uint32_t mode) {
    bool nan_to_zero = mode & SIM_MODE_DX10_CLAMP;
    for (int i = 0; i < SIM_LANES; i++) {
        switch (type) {
        case VALU_PK_F32:
            d[i + SIM_LANES] = clamp_f32(d[i + SIM_LANES], nan_to_zero);
            d[i] = clamp_f32(d[i], nan_to_zero);
            break;
        case VALU_F32:
            d[i] = clamp_f32(d[i], nan_to_zero);
            break;
        case VALU_F16:
            d[i] = clamp_f16(d[i], nan_to_zero);
            break;
        case VALU_PK_F16:
            d[i] = clamp_f16(d[i] & 0xffffu, nan_to_zero) | clamp_f16(d[i] >> 16, nan_to_zero) << 16;
            break;
        case VALU_F64:
            valu_put64(d, i, clamp_f64(valu_get64(d, i), nan_to_zero));
            break;
        default:
            return;
        }
    }
}

/* The hardware ignores output modifiers in IEEE mode and where output denormals are kept. */
static void apply_omod(uint32_t *d, enum valu_type type, uint32_t mode, unsigned omod) {
    static const float factors[] = {1.0f, 2.0f, 4.0f, 0.5f};
    if (mode & SIM_MODE_IEEE || denormal_mode(mode, type) & 2) {
        return;
    }
    for (int i = 0; i < SIM_LANES; i++) {
        switch (type) {
        case VALU_F32:
            d[i] = valu_bits(valu_float(d[i]) * factors[omod]);
            break;
        case VALU_F16:
            d[i] = sim_f32_to_f16(sim_f16_to_f32(d[i]) * factors[omod]);
            break;
        case VALU_F64:
            valu_put64(d, i, valu_bits64(valu_double(valu_get64(d, i)) * (double)factors[omod]));
            break;
        default:
            return;
        }
    }
    flush_denormals(d, type, NULL);
}

static void place_sdwa(uint32_t *d, const uint32_t *old, const struct sim_inst *inst) {
    unsigned sel = inst->sdwa_dst_sel;
    if (sel == SIM_SDWA_DWORD) {
        return;
    }
    unsigned shift = sel <= SIM_SDWA_BYTE_3 ? 8 * (sel - SIM_SDWA_BYTE_0) : sel == SIM_SDWA_WORD_1 ? 16 : 0;
    unsigned bits = sel <= SIM_SDWA_BYTE_3 ? 8 : 16;
    uint32_t mask = ((1u << bits) - 1u) << shift;
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t value = d[i] << shift & mask;
        if (inst->sdwa_dst_unused == SIM_SDWA_UNUSED_PRESERVE) {
            value |= old[i] & ~mask;
        } else if (inst->sdwa_dst_unused == SIM_SDWA_UNUSED_SEXT) {
            unsigned top = 32 - bits - shift;
            value = (uint32_t)((int32_t)(value << top) >> top);
        }
        d[i] = value;
    }
}

static void place_half(uint32_t *d, const uint32_t *old, const struct sim_inst *inst) {
    bool high = inst->op_sel & 8;
    for (int i = 0; i < SIM_LANES; i++) {
        d[i] = high ? d[i] << 16 | (old[i] & 0xffffu) : (d[i] & 0xffffu) | (old[i] & 0xffff0000u);
    }
}

void valu_store(uint32_t *to, const uint32_t *from, unsigned rows, uint64_t exec) {
    if (exec == UINT64_MAX) {
        memcpy(to, from, rows * sizeof(sim_row));
        return;
    }
    uint32_t lanes[SIM_LANES];
    valu_expand_mask(lanes, exec);
    for (unsigned r = 0; r < rows; r++) {
        uint32_t *t = to + r * SIM_LANES;
        const uint32_t *f = from + r * SIM_LANES;
        VALU_LANES {
            t[i] = (f[i] & lanes[i]) | (t[i] & ~lanes[i]);
        }
    }
}

/* ---- execution ---- */

struct buffers {
    _Alignas(64) uint32_t source[3][2 * SIM_LANES];
    uint32_t result[4 * SIM_LANES];
};

static const uint32_t *own_copy(uint32_t *buffer, const struct source_plan *source, const struct valu_call *call,
                                unsigned k) {
    if (call->s[k] != buffer) {
        memcpy(buffer, call->s[k], sizeof(sim_row));
        if (source->type == VALU_PK_F32) {
            memcpy(buffer + SIM_LANES, call->h[k], sizeof(sim_row));
        } else if (type_rows(source->type) == 2) {
            memcpy(buffer + SIM_LANES, call->s[k] + SIM_LANES, sizeof(sim_row));
        }
    }
    return buffer;
}

static void set_rows(struct valu_call *call, unsigned k, const uint32_t *rows) {
    call->s[k] = rows;
    call->h[k] = rows + SIM_LANES;
}

static void fetch(struct sim_wave *wave, const struct sim_inst *inst, const struct valu_plan *plan,
                  struct valu_call *call, struct buffers *buffers) {
    for (unsigned k = 0; k < plan->count; k++) {
        const struct source_plan *source = &plan->source[k];
        uint32_t *buffer = buffers->source[k];
        switch (source->kind) {
        case SOURCE_ROW:
            call->s[k] = wave->vgpr[source->row];
            call->h[k] = wave->vgpr[source->high];
            break;
        case SOURCE_CONST:
            call->s[k] = source->rows;
            call->h[k] = source->rows + SIM_LANES;
            if (source->type == VALU_PK_F32) {
                call->s[k] = source->rows + (inst->op_sel >> k & 1) * SIM_LANES;
                call->h[k] = source->rows + (inst->op_sel_hi >> k & 1) * SIM_LANES;
            }
            break;
        case SOURCE_SCALAR: {
            uint64_t value = valu_scalar(wave, &inst->src[k], source->type);
            if (source->type == VALU_PK_F32) {
                broadcast(buffer, (uint32_t)(value >> 32 * (inst->op_sel >> k & 1)));
                broadcast(buffer + SIM_LANES, (uint32_t)(value >> 32 * (inst->op_sel_hi >> k & 1)));
            } else {
                broadcast(buffer, (uint32_t)value);
                if (type_rows(source->type) == 2) {
                    broadcast(buffer + SIM_LANES, (uint32_t)(value >> 32));
                }
            }
            set_rows(call, k, buffer);
            break;
        }
        case SOURCE_MASK:
            call->mask_in =
                source->operand < inst->num_src ? valu_scalar(wave, &inst->src[k], VALU_MASK) : sim_vcc(wave);
            call->s[k] = call->h[k] = NULL;
            break;
        default:
            break;
        }
        if (inst->dpp && k == 0) {
            uint32_t moved[2 * SIM_LANES];
            own_copy(moved, source, call, k);
            call->exec = apply_dpp(plan, inst, call->exec, buffer, moved, type_rows(source->type));
            set_rows(call, k, buffer);
        }
        if (inst->sdwa && k < 2 && source->kind != SOURCE_MASK && source->operand != 3) {
            set_rows(call, k, own_copy(buffer, source, call, k));
            select_sdwa(buffer, inst->sdwa_src_sel[k], inst->src[k].sext);
        }
        if (source->modified) {
            set_rows(call, k, own_copy(buffer, source, call, k));
            apply_modifiers(inst, source, k, buffer);
        }
        if (plan->flags & VALU_ARITH && !(plan->flags & VALU_NO_FLUSH) && source->kind != SOURCE_MASK &&
            !(denormal_mode(call->mode, source->type) & 1)) {
            set_rows(call, k, own_copy(buffer, source, call, k));
            flush_denormals(buffer, source->type, inst);
        }
    }
}

static void write_masks(struct sim_wave *wave, const struct sim_inst *inst, const struct valu_plan *plan,
                        const struct valu_call *call) {
    uint64_t mask = call->mask_out & call->exec;
    if (plan->flags & (VALU_COMPARE | VALU_COMPAREX)) {
        sim_set_sgpr64(wave, inst->dst[0].reg, mask);
        if (plan->flags & VALU_COMPAREX) {
            sim_set_sgpr64(wave, SIM_SGPR_EXEC, mask);
        }
    } else if (inst->num_dst > 1) {
        /* Bits of inactive lanes of a carry or scale mask are written as 0. */
        sim_set_sgpr64(wave, inst->dst[1].reg, mask);
    }
}

void valu_execute(struct sim_wave *wave, const struct sim_inst *inst) {
    const struct valu_plan *plan = inst->prepared;
    const struct valu_op *op = plan->op;
    struct buffers buffers;
    struct valu_call call = {.exec = sim_exec(wave), .mode = wave->mode, .inst = inst, .wave = wave};
    fetch(wave, inst, plan, &call, &buffers);
    if (plan->flags & VALU_VCC_IN) {
        call.mask_in = sim_vcc(wave);
    }

    bool plain = plan->plain;
    unsigned round = 0;
    bool flush = false;
    if (plan->flags & VALU_ARITH && (wave->mode & 0xffu) != 0xf0u) {
        round = plan->flags & (VALU_RNE | VALU_RTZ) ? 0 : round_mode(wave->mode, op->dst);
        flush = !(plan->flags & VALU_NO_FLUSH) && !(denormal_mode(wave->mode, op->dst) & 2);
        plain &= !flush;
    }
    bool direct = plan->direct && plain && call.exec == UINT64_MAX;
    uint32_t *row = plan->has_row ? wave->vgpr[plan->row] : NULL;
    call.d = direct ? row : buffers.result;
    if (plan->flags & VALU_DST_READ && !direct) {
        memcpy(buffers.result, row, plan->rows * sizeof(sim_row));
    }
    if (round) {
        run_rounded(op->fn, &call, round);
    } else {
        op->fn(&call);
    }
    if (plan->flags & (VALU_COMPARE | VALU_COMPAREX)) {
        write_masks(wave, inst, plan, &call);
        return;
    }
    if (plan->checks_nan && row_has_nan(call.d, op->dst)) {
        propagate_nan(op, &call, plan->count);
    }
    if (!plain) {
        if (flush) {
            flush_denormals(call.d, op->dst, inst);
        }
        if (inst->omod) {
            apply_omod(call.d, op->dst, wave->mode, inst->omod);
        }
        if (inst->clamp && !(plan->flags & VALU_INT_CLAMP)) {
            apply_clamp(call.d, op->dst, wave->mode);
        }
        if (inst->sdwa) {
            place_sdwa(call.d, row, inst);
        } else if (plan->flags & VALU_KEEPS_HIGH || (is_half(op->dst) && inst->op_sel & 8)) {
            place_half(call.d, row, inst);
        }
    }
    if (!direct && row) {
        valu_store(row, call.d, plan->rows, call.exec);
    }
    if (inst->num_dst > 1) {
        write_masks(wave, inst, plan, &call);
    }
}
