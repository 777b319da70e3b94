/* SPDX-License-Identifier: MIT
 *
 * fp16 arithmetic, one value per lane.
 */
#include "exec_valu_half.h"

#define EACH(expr)                                         \
    if (half_is_special(c)) {                              \
        const uint32_t mode = c->mode;                     \
        (void)mode;                                        \
        for (int i = 0; i < SIM_LANES; i++) {              \
            LOAD d[i] = half_round_special(expr, c->mode); \
        }                                                  \
        return;                                            \
    }                                                      \
    const uint32_t mode = 0;                               \
    (void)mode;                                            \
    VALU_LANES {                                           \
        LOAD d[i] = sim_f32_to_f16(expr);                  \
    }

#define UNARY(name, expr)             \
    KERNEL(name) {                    \
        uint32_t *d = c->d;           \
        const uint32_t *s0 = c->s[0]; \
        EACH(expr)                    \
    }
#define BINARY(name, expr)                           \
    KERNEL(name) {                                   \
        uint32_t *d = c->d;                          \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1]; \
        EACH(expr)                                   \
    }
#define TERNARY(name, expr)                                         \
    KERNEL(name) {                                                  \
        uint32_t *d = c->d;                                         \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2]; \
        EACH(expr)                                                  \
    }
#define BITS(name, expr)                                                                \
    KERNEL(name) {                                                                      \
        uint32_t *d = c->d;                                                             \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2] ? c->s[2] : c->s[0]; \
        const bool ieee = VALU_IEEE(c);                                                 \
        VALU_LANES {                                                                    \
            uint16_t a = (uint16_t)s0[i], b = (uint16_t)s1[i], e = (uint16_t)s2[i];     \
            (void)e;                                                                    \
            d[i] = (expr);                                                              \
        }                                                                               \
    }

#define LOAD float a = half_value(s0[i]);
UNARY(trunc_f16, __builtin_truncf(a))
UNARY(ceil_f16, __builtin_ceilf(a))
UNARY(floor_f16, __builtin_floorf(a))
UNARY(rndne_f16, __builtin_roundevenf(a))
UNARY(fract_f16, half_fract(a))
#undef LOAD
#define LOAD float a = half_value(s0[i]), b = half_value(s1[i]);
BINARY(add_f16, a + b)
BINARY(sub_f16, a - b)
BINARY(subrev_f16, b - a)
BINARY(mul_f16, a *b)
#undef LOAD
#define LOAD float a = half_value(s0[i]);
BINARY(ldexp_f16, half_ldexp(a, (int16_t)s1[i]))
#undef LOAD
#define LOAD float a = half_value(s0[i]), b = half_value(s1[i]), e = half_value(s2[i]);
TERNARY(fma_f16, half_fma(a, b, e, SIM_MODE_ROUND_F16_F64(mode)))
TERNARY(mad_f16, half_mad(a, b, e, mode))
#undef LOAD

BITS(min_f16, valu_min_f16(a, b, ieee))
BITS(max_f16, valu_max_f16(a, b, ieee))
BITS(min3_f16, valu_min_f16(valu_min_f16(a, b, ieee), e, ieee))
BITS(max3_f16, valu_max_f16(valu_max_f16(a, b, ieee), e, ieee))
BITS(med3_f16, valu_med3_f16(a, b, e, ieee))

KERNEL(frexp_mant_f16) {
    for (int i = 0; i < SIM_LANES; i++) {
        int exponent;
        float a = half_value(c->s[0][i]);
        c->d[i] = isfinite(a) ? sim_f32_to_f16(frexpf(a, &exponent)) : c->s[0][i] & 0xffffu;
    }
}
KERNEL(frexp_exp_i16_f16) {
    for (int i = 0; i < SIM_LANES; i++) {
        int exponent = 0;
        float a = half_value(c->s[0][i]);
        if (isfinite(a)) {
            frexpf(a, &exponent);
        }
        c->d[i] = (uint16_t)exponent;
    }
}
KERNEL(div_fixup_f16) {
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t quotient = c->s[0][i], denominator = c->s[1][i] & 0xffffu, numerator = c->s[2][i] & 0xffffu;
        uint32_t sign = (denominator ^ numerator) & 0x8000u, result;
        uint32_t dm = denominator & 0x7fffu, nm = numerator & 0x7fffu;
        if (nm > 0x7c00u) {
            result = numerator | 0x200u;
        } else if (dm > 0x7c00u) {
            result = denominator | 0x200u;
        } else if ((dm == 0 && nm == 0) || (dm == 0x7c00u && nm == 0x7c00u)) {
            result = VALU_NAN16;
        } else if (dm == 0 || nm == 0x7c00u) {
            result = sign | 0x7c00u;
        } else if (dm == 0x7c00u || nm == 0) {
            result = sign;
        } else {
            result = sign | (quotient & 0x7fffu);
        }
        c->d[i] = result;
    }
}

#define F16 VALU_F16
#define ROW1(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F16, {F16}, 0, VALU_ARITH, 0}
#define ROW2(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F16, {F16, F16}, 0, VALU_ARITH, 0}
#define PICK2(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F16, {F16, F16}, 0, VALU_ARITH | VALU_NO_NAN, 0}
/* GFX9's own three-source instructions keep the half that they do not write; the older ones zero it. */
#define ROW3(mnemonic, fn, more) {"v_" #mnemonic, fn, NULL, F16, {F16, F16, F16}, 0, VALU_ARITH | (more), 0}

const struct valu_op valu_half_ops[] = {
    ROW2(add_f16),
    ROW2(sub_f16),
    ROW2(subrev_f16),
    ROW2(mul_f16),
    ROW3(mac_f16, mad_f16, VALU_ACC),
    ROW3(madak_f16, mad_f16, 0),
    ROW3(madmk_f16, mad_f16, 0),
    ROW3(mad_f16, mad_f16, VALU_KEEPS_HIGH),
    ROW3(mad_legacy_f16, mad_f16, 0),
    ROW3(fma_f16, fma_f16, VALU_KEEPS_HIGH),
    ROW3(fma_legacy_f16, fma_f16, 0),
    PICK2(min_f16),
    PICK2(max_f16),
    ROW3(min3_f16, min3_f16, VALU_NO_NAN | VALU_KEEPS_HIGH),
    ROW3(max3_f16, max3_f16, VALU_NO_NAN | VALU_KEEPS_HIGH),
    ROW3(med3_f16, med3_f16, VALU_NO_NAN | VALU_KEEPS_HIGH),
    ROW1(trunc_f16),
    ROW1(ceil_f16),
    ROW1(floor_f16),
    ROW1(rndne_f16),
    ROW1(fract_f16),
    {"v_ldexp_f16", ldexp_f16, NULL, F16, {F16, VALU_B16}, 0, VALU_ARITH, 0},
    ROW1(frexp_mant_f16),
    {"v_frexp_exp_i16_f16", frexp_exp_i16_f16, NULL, VALU_B16, {F16}, 0, 0, 0},
    ROW3(div_fixup_f16, div_fixup_f16, VALU_NO_NAN | VALU_KEEPS_HIGH),
    ROW3(div_fixup_legacy_f16, div_fixup_f16, VALU_NO_NAN),
    VALU_END,
};
