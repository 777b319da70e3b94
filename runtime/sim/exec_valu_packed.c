/* SPDX-License-Identifier: MIT
 *
 * Packed 16-bit instructions: two fp16 values or integers per lane. op_sel, op_sel_hi and the negations are already
 * applied to the source rows.
 */
#include "exec_valu_half.h"

/* ---- fp16 ---- */

#define EACH(expr)                                                                             \
    uint32_t *d = c->d;                                                                        \
    const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2] ? c->s[2] : c->s[0];            \
    if (half_is_special(c)) {                                                                  \
        const uint32_t round = SIM_MODE_ROUND_F16_F64(c->mode);                                \
        (void)round;                                                                           \
        for (int i = 0; i < SIM_LANES; i++) {                                                  \
            uint32_t halves[2];                                                                \
            for (int h = 0; h < 2; h++) {                                                      \
                float a = half_value(s0[i] >> 16 * h), b = half_value(s1[i] >> 16 * h);        \
                float e = half_value(s2[i] >> 16 * h);                                         \
                (void)e;                                                                       \
                halves[h] = half_round_special(expr, c->mode);                                 \
            }                                                                                  \
            d[i] = halves[0] | halves[1] << 16;                                                \
        }                                                                                      \
        return;                                                                                \
    }                                                                                          \
    const uint32_t round = 0;                                                                  \
    (void)round;                                                                               \
    VALU_LANES {                                                                               \
        float a = half_value(s0[i]), b = half_value(s1[i]), e = half_value(s2[i]);             \
        (void)e;                                                                               \
        uint32_t low = sim_f32_to_f16(expr);                                                   \
        a = half_value(s0[i] >> 16), b = half_value(s1[i] >> 16), e = half_value(s2[i] >> 16); \
        uint32_t high = sim_f32_to_f16(expr);                                                  \
        d[i] = low | high << 16;                                                               \
    }
/* clang-format off */
KERNEL(pk_add_f16) { EACH(a + b) }
KERNEL(pk_mul_f16) { EACH(a * b) }
KERNEL(pk_fma_f16) { EACH(half_fma(a, b, e, round)) }
/* clang-format on */

/* Both halves of an expression on 16-bit patterns a, b, e. */
#define HALVES(name, type, expr)                                                        \
    KERNEL(name) {                                                                      \
        uint32_t *d = c->d;                                                             \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2] ? c->s[2] : c->s[0]; \
        const bool ieee = VALU_IEEE(c);                                                 \
        (void)ieee;                                                                     \
        VALU_LANES {                                                                    \
            type a = (type)s0[i], b = (type)s1[i], e = (type)s2[i];                     \
            (void)e;                                                                    \
            uint32_t low = (uint16_t)(expr);                                            \
            a = (type)(s0[i] >> 16), b = (type)(s1[i] >> 16), e = (type)(s2[i] >> 16);  \
            uint32_t high = (uint16_t)(expr);                                           \
            d[i] = low | high << 16;                                                    \
        }                                                                               \
    }
/* clang-format off */
HALVES(pk_min_f16, uint16_t, valu_min_f16(a, b, ieee))
HALVES(pk_max_f16, uint16_t, valu_max_f16(a, b, ieee))
HALVES(pk_minimum3_f16, uint16_t, valu_minimum_f16(valu_minimum_f16(a, b), e))
HALVES(pk_maximum3_f16, uint16_t, valu_maximum_f16(valu_maximum_f16(a, b), e))

/* ---- integers ---- */

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define LIMIT(x, low, high) MIN(MAX(x, low), high)
#define SIGNED(x) LIMIT(x, -32768, 32767)
#define UNSIGNED(x) LIMIT(x, 0, 65535)
#define SATURATING(name, type, expr, limit) \
    HALVES(name##_wrap, type, expr)         \
    HALVES(name##_clamp, type, limit(expr)) \
    KERNEL(name) {                          \
        if (c->inst->clamp) {               \
            name##_clamp(c);                \
        } else {                            \
            name##_wrap(c);                 \
        }                                   \
    }
SATURATING(pk_add_i16, int16_t, a + b, SIGNED)
SATURATING(pk_sub_i16, int16_t, a - b, SIGNED)
SATURATING(pk_mad_i16, int16_t, a * b + e, SIGNED)
SATURATING(pk_add_u16, uint16_t, a + b, UNSIGNED)
SATURATING(pk_sub_u16, uint16_t, a - b, UNSIGNED)
SATURATING(pk_mad_u16, uint16_t, (int64_t)a * b + e, UNSIGNED)
SATURATING(pk_mul_lo_u16, uint16_t, (int64_t)a * b, UNSIGNED)
HALVES(pk_min_i16, int16_t, MIN(a, b))
HALVES(pk_max_i16, int16_t, MAX(a, b))
HALVES(pk_min_u16, uint16_t, MIN(a, b))
HALVES(pk_max_u16, uint16_t, MAX(a, b))
HALVES(pk_lshlrev_b16, uint16_t, (uint32_t)b << (a & 15))
HALVES(pk_lshrrev_b16, uint16_t, b >> (a & 15))
HALVES(pk_ashrrev_i16, int16_t, b >> (a & 15))
/* clang-format on */

#define PF VALU_PK_F16
#define PI VALU_PK_B16
#define INT2(mnemonic) {"v_" #mnemonic, mnemonic, NULL, PI, {PI, PI}, 0, VALU_INT_CLAMP, 0}
#define INT3(mnemonic) {"v_" #mnemonic, mnemonic, NULL, PI, {PI, PI, PI}, 0, VALU_INT_CLAMP, 0}

                                        const
    struct valu_op valu_packed_ops[] = {
        {"v_pk_add_f16", pk_add_f16, NULL, PF, {PF, PF}, 0, VALU_ARITH, 0},
        {"v_pk_mul_f16", pk_mul_f16, NULL, PF, {PF, PF}, 0, VALU_ARITH, 0},
        {"v_pk_fma_f16", pk_fma_f16, NULL, PF, {PF, PF, PF}, 0, VALU_ARITH, 0},
        {"v_pk_fmac_f16", pk_fma_f16, NULL, PF, {PF, PF, PF}, 0, VALU_ARITH | VALU_ACC, 0},
        {"v_pk_min_f16", pk_min_f16, NULL, PF, {PF, PF}, 0, VALU_ARITH | VALU_NO_NAN, 0},
        {"v_pk_max_f16", pk_max_f16, NULL, PF, {PF, PF}, 0, VALU_ARITH | VALU_NO_NAN, 0},
        {"v_pk_minimum3_f16", pk_minimum3_f16, NULL, PF, {PF, PF, PF}, 0, VALU_ARITH | VALU_NO_NAN | VALU_GFX950, 0},
        {"v_pk_maximum3_f16", pk_maximum3_f16, NULL, PF, {PF, PF, PF}, 0, VALU_ARITH | VALU_NO_NAN | VALU_GFX950, 0},
        INT2(pk_add_i16),
        INT2(pk_sub_i16),
        INT3(pk_mad_i16),
        INT2(pk_add_u16),
        INT2(pk_sub_u16),
        INT3(pk_mad_u16),
        INT2(pk_mul_lo_u16),
        INT2(pk_min_i16),
        INT2(pk_max_i16),
        INT2(pk_min_u16),
        INT2(pk_max_u16),
        INT2(pk_lshlrev_b16),
        INT2(pk_lshrrev_b16),
        INT2(pk_ashrrev_i16),
        VALU_END,
};
