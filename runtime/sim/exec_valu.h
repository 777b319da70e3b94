/* SPDX-License-Identifier: MIT
 *
 * Vector ALU instructions: how a table row describes one, and how its operands reach the lane kernel.
 *
 * A lane kernel is a loop over 64 lanes that knows nothing of operand kinds, modifiers, EXEC or MODE: it reads source
 * rows and writes destination rows. One generic executor puts operands, modifiers (DPP, SDWA, op_sel, neg, abs),
 * flushed denormals, rounding, NaN propagation, omod, clamp and EXEC around it. The files exec_valu_*.c are compiled
 * once per host instruction-set level (SIM_HOST_VARIANT); every level gives the same bits.
 */
#ifndef PAGODA_SIM_EXEC_VALU_H
#define PAGODA_SIM_EXEC_VALU_H

#include "engine.h"
#include "float_formats.h"

#include <string.h>

#ifndef SIM_HOST_VARIANT
#define SIM_HOST_VARIANT base
#endif
#define VALU_PASTE2(a, b) a##_##b
#define VALU_PASTE(a, b) VALU_PASTE2(a, b)
#define VALU_NAME(name) VALU_PASTE(name, SIM_HOST_VARIANT)

/* Lanes do not depend on each other, even when a destination row is a source row. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed" /* unoptimised and sanitized builds do not vectorise */
#define VALU_LANES _Pragma("clang loop vectorize(assume_safety)") for (int i = 0; i < SIM_LANES; i++)
#else
#define VALU_LANES _Pragma("GCC ivdep") for (int i = 0; i < SIM_LANES; i++)
#endif

/* What an operand is. It decides its width, the pattern of inline constants, what neg and abs mean and which denormal
 * and rounding mode applies. */
enum valu_type {
    VALU_NONE,
    VALU_B32,
    VALU_F32,
    VALU_B16,
    VALU_F16,
    VALU_BF16,
    VALU_B64,
    VALU_F64,
    VALU_PK_B16, /* two 16-bit integers, selected and negated by halves */
    VALU_PK_F16,
    VALU_PK_BF16,
    VALU_PK_F32, /* two fp32 in a register pair, selected by op_sel */
    VALU_MASK,   /* one bit per lane in an SGPR pair */
    VALU_WIDE    /* many registers: the kernel reads the rows itself */
};

struct valu_call {
    uint32_t *d;          /* destination rows */
    const uint32_t *s[3]; /* source rows; a 64-bit source has its high row behind the low one */
    const uint32_t *h[3]; /* VALU_PK_F32: the row that the high result takes, as op_sel_hi says */
    uint64_t exec;
    uint64_t mask_in;  /* lane bits of the VALU_MASK source, of VCC for instructions that read it implicitly */
    uint64_t mask_out; /* lane bits to write to dst[1], or to dst[0] of a comparison */
    uint32_t mode;
    const struct sim_inst *inst;
    struct sim_wave *wave;
};

typedef void (*valu_kernel)(struct valu_call *call);

#define KERNEL(name) static void name(struct valu_call *c)

/* Lane kernels of an expression in the sources a and b, as 32-bit patterns. */
#define UNARY_B32(name, expr)         \
    KERNEL(name) {                    \
        uint32_t *d = c->d;           \
        const uint32_t *s0 = c->s[0]; \
        VALU_LANES {                  \
            uint32_t a = s0[i];       \
            d[i] = (uint32_t)(expr);  \
        }                             \
    }
#define BINARY_B32(name, expr)                       \
    KERNEL(name) {                                   \
        uint32_t *d = c->d;                          \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1]; \
        VALU_LANES {                                 \
            uint32_t a = s0[i], b = s1[i];           \
            d[i] = (uint32_t)(expr);                 \
        }                                            \
    }

/* Row flags */
#define VALU_ARITH 0x01u      /* floating point that obeys MODE (denormals, rounding) and propagates NaN */
#define VALU_NO_NAN 0x02u     /* of these, the ones whose kernel decides about NaN itself */
#define VALU_KEEPS_HIGH 0x04u /* writes one half of the destination and preserves the other */
#define VALU_ACC 0x08u        /* the destination is also the last source */
#define VALU_RNE 0x10u        /* rounds to nearest whatever MODE says */
#define VALU_VCC_IN 0x20u     /* reads VCC implicitly */
#define VALU_COMPARE 0x40u    /* writes a lane mask */
#define VALU_COMPAREX 0x80u   /* and EXEC */
#define VALU_INT_CLAMP 0x100u /* the kernel saturates on clamp */
#define VALU_NO_FLUSH 0x200u  /* obeys MODE's rounding but not its denormal bits */
#define VALU_DST_READ 0x400u  /* the kernel wants the destination's old value in d */
#define VALU_GFX950 0x800u
#define VALU_TRANS 0x1000u
#define VALU_RTZ 0x2000u /* rounds toward zero whatever MODE says */

struct valu_op {
    const char *name;
    valu_kernel fn;
    sim_exec_fn exec; /* for instructions that the generic executor does not fit */
    uint8_t dst, src[3];
    uint8_t dst_rows;
    uint16_t flags;
    uint32_t sim_flags;
};

#define VALU_END {.name = NULL}

/* The rows of each file, per host variant. */
#define valu_int_ops VALU_NAME(valu_int_ops)
#define valu_float_ops VALU_NAME(valu_float_ops)
#define valu_trans_ops VALU_NAME(valu_trans_ops)
#define valu_half_ops VALU_NAME(valu_half_ops)
#define valu_double_ops VALU_NAME(valu_double_ops)
#define valu_packed_ops VALU_NAME(valu_packed_ops)
#define valu_compare_ops VALU_NAME(valu_compare_ops)
#define valu_convert_ops VALU_NAME(valu_convert_ops)
#define valu_small_ops VALU_NAME(valu_small_ops)
#define valu_lane_ops VALU_NAME(valu_lane_ops)
extern const struct valu_op valu_int_ops[], valu_float_ops[], valu_trans_ops[], valu_half_ops[], valu_double_ops[],
    valu_packed_ops[], valu_compare_ops[], valu_convert_ops[], valu_small_ops[], valu_lane_ops[];

#define valu_execute VALU_NAME(valu_execute)
void valu_execute(struct sim_wave *wave, const struct sim_inst *inst);
#define valu_prepare VALU_NAME(valu_prepare)
void valu_prepare(struct sim_inst *inst, const struct valu_op *op);

/* The value of a scalar operand as a pattern of `type`. */
#define valu_scalar VALU_NAME(valu_scalar)
uint64_t valu_scalar(const struct sim_wave *wave, const struct sim_operand *operand, enum valu_type type);

static inline unsigned valu_row(const struct sim_operand *operand) {
    return operand->kind == SIM_OPERAND_AGPR ? 256u + operand->reg : operand->reg;
}

/* Writes `rows` rows where `exec` has a bit. */
#define valu_store VALU_NAME(valu_store)
void valu_store(uint32_t *to, const uint32_t *from, unsigned rows, uint64_t exec);

/* All ones where the mask has a bit. */
static inline void valu_expand_mask(uint32_t *lanes, uint64_t mask) {
    for (int half = 0; half < 2; half++) {
        uint32_t word = (uint32_t)(mask >> 32 * half);
        for (int i = 0; i < 32; i++) {
            lanes[32 * half + i] = 0u - (word >> i & 1u);
        }
    }
}

/* One bit per lane from bytes that are 0 or 1. */
static inline uint64_t valu_pack_mask(const uint8_t *bytes) {
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t eight;
        memcpy(&eight, bytes + 8 * i, 8);
        mask |= (eight * 0x0102040810204080ull >> 56) << 8 * i;
    }
    return mask;
}

static inline float valu_float(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline uint32_t valu_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
static inline double valu_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline uint64_t valu_bits64(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
static inline uint64_t valu_get64(const uint32_t *row, int lane) {
    return (uint64_t)row[lane] | (uint64_t)row[lane + SIM_LANES] << 32;
}
static inline void valu_put64(uint32_t *row, int lane, uint64_t value) {
    row[lane] = (uint32_t)value;
    row[lane + SIM_LANES] = (uint32_t)(value >> 32);
}

/* What an invalid operation yields. */
#define VALU_NAN16 0xfe00u
#define VALU_NAN32 0xffc00000u
#define VALU_NAN64 0xfff8000000000000ull
#define VALU_IEEE(call) (((call)->mode & SIM_MODE_IEEE) != 0)

#endif
