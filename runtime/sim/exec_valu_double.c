/* SPDX-License-Identifier: MIT
 *
 * fp64 arithmetic. Reciprocal and square root, which the hardware approximates, are correctly rounded here.
 */
#include "exec_valu.h"
#include "exec_valu_minmax.h"

#include <math.h>

#define D(row, lane) valu_double(valu_get64(row, lane))

#define UNARY(name, expr)                        \
    KERNEL(name) {                               \
        uint32_t *d = c->d;                      \
        const uint32_t *s0 = c->s[0];            \
        VALU_LANES {                             \
            double a = D(s0, i);                 \
            valu_put64(d, i, valu_bits64(expr)); \
        }                                        \
    }
#define BINARY(name, expr)                           \
    KERNEL(name) {                                   \
        uint32_t *d = c->d;                          \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1]; \
        VALU_LANES {                                 \
            double a = D(s0, i), b = D(s1, i);       \
            valu_put64(d, i, valu_bits64(expr));     \
        }                                            \
    }
#define TERNARY(name, expr)                                         \
    KERNEL(name) {                                                  \
        uint32_t *d = c->d;                                         \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2]; \
        VALU_LANES {                                                \
            double a = D(s0, i), b = D(s1, i), e = D(s2, i);        \
            valu_put64(d, i, valu_bits64(expr));                    \
        }                                                           \
    }
#define PICK(name, expr)                                           \
    KERNEL(name) {                                                 \
        uint32_t *d = c->d;                                        \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1];               \
        const bool ieee = VALU_IEEE(c);                            \
        VALU_LANES {                                               \
            uint64_t a = valu_get64(s0, i), b = valu_get64(s1, i); \
            valu_put64(d, i, (expr));                              \
        }                                                          \
    }

BINARY(add_f64, a + b)
BINARY(mul_f64, a *b)
TERNARY(fma_f64, __builtin_fma(a, b, e))
PICK(min_f64, valu_min_f64(a, b, ieee))
PICK(max_f64, valu_max_f64(a, b, ieee))
UNARY(trunc_f64, __builtin_trunc(a))
UNARY(ceil_f64, __builtin_ceil(a))
UNARY(floor_f64, __builtin_floor(a))
UNARY(rndne_f64, __builtin_roundeven(a))
static inline double fract_lane(double a) {
    double fraction = a - __builtin_floor(a);
    return fraction >= 1.0 ? 0x1.fffffffffffffp-1 : fraction;
}
UNARY(fract_f64, fract_lane(a))
UNARY(rcp_f64, 1.0 / a)
UNARY(sqrt_f64, __builtin_sqrt(a))
UNARY(rsq_f64, 1.0 / __builtin_sqrt(a))

KERNEL(ldexp_f64) {
    for (int i = 0; i < SIM_LANES; i++) {
        valu_put64(c->d, i, valu_bits64(ldexp(D(c->s[0], i), (int32_t)c->s[1][i])));
    }
}
KERNEL(frexp_mant_f64) {
    for (int i = 0; i < SIM_LANES; i++) {
        int exponent;
        double a = D(c->s[0], i);
        valu_put64(c->d, i, valu_bits64(isfinite(a) ? frexp(a, &exponent) : a));
    }
}
KERNEL(frexp_exp_i32_f64) {
    for (int i = 0; i < SIM_LANES; i++) {
        int exponent = 0;
        double a = D(c->s[0], i);
        if (isfinite(a)) {
            frexp(a, &exponent);
        }
        c->d[i] = (uint32_t)exponent;
    }
}

static bool denormal(double x) {
    return x != 0 && fabs(x) < 0x1p-1022;
}
static int exponent_of(uint64_t bits) {
    return (int)(bits >> 52 & 0x7ff);
}

/* See div_scale_f32. */
KERNEL(div_scale_f64) {
    uint64_t mask = 0;
    for (int i = 0; i < SIM_LANES; i++) {
        double a = D(c->s[0], i), denominator = D(c->s[1], i), numerator = D(c->s[2], i), result = a;
        int difference = exponent_of(valu_get64(c->s[2], i)) - exponent_of(valu_get64(c->s[1], i));
        bool scaled = false;
        bool small_inverse = denominator != 0 && denormal(1.0 / denominator);
        bool small_quotient = denominator != 0 && denormal(numerator / denominator);
        if (numerator == 0.0 || denominator == 0.0) {
            result = valu_double(VALU_NAN64);
        } else if (difference >= 768) {
            scaled = true;
            result = a == denominator ? ldexp(a, 128) : a;
        } else if (denormal(denominator)) {
            result = ldexp(a, 128);
        } else if (small_inverse && small_quotient) {
            scaled = true;
            result = a == denominator ? ldexp(a, -128) : a;
        } else if (small_inverse) {
            result = ldexp(a, -128);
        } else if (small_quotient) {
            scaled = true;
            result = a == numerator ? ldexp(a, 128) : a;
        } else if (exponent_of(valu_get64(c->s[2], i)) <= 53) {
            result = ldexp(a, 128);
        }
        valu_put64(c->d, i, valu_bits64(result));
        mask |= (uint64_t)scaled << i;
    }
    c->mask_out = mask;
}
/* Undoes the scale. Where that makes a denormal, what the sum lost is kept in its last bit, so that it rounds once; the
 * third source is the quotient so far, close to the sum, which makes its difference to it exact. */
KERNEL(div_fmas_f64) {
    for (int i = 0; i < SIM_LANES; i++) {
        double a = D(c->s[0], i), b = D(c->s[1], i), e = D(c->s[2], i), value = __builtin_fma(a, b, e);
        if (c->mask_in >> i & 1) {
            double factor = exponent_of(valu_get64(c->s[2], i)) > 1023 ? 0x1p128 : 0x1p-128;
            double rest = __builtin_fma(a, b, e - value);
            uint64_t bits = valu_bits64(value);
            if (denormal(value * factor) && rest != 0.0 && !(bits & 1)) {
                bits = (rest > 0) == (value > 0) ? bits + 1 : bits - 1;
            }
            value = valu_double(bits) * factor;
        }
        valu_put64(c->d, i, valu_bits64(value));
    }
}
KERNEL(div_fixup_f64) {
    const uint64_t infinity = 0x7ff0000000000000ull, quiet = 1ull << 51;
    for (int i = 0; i < SIM_LANES; i++) {
        uint64_t quotient = valu_get64(c->s[0], i), denominator = valu_get64(c->s[1], i);
        uint64_t numerator = valu_get64(c->s[2], i), sign = (denominator ^ numerator) & (uint64_t)INT64_MIN, result;
        uint64_t dm = denominator & (uint64_t)INT64_MAX, nm = numerator & (uint64_t)INT64_MAX;
        if (nm > infinity) {
            result = numerator | quiet;
        } else if (dm > infinity) {
            result = denominator | quiet;
        } else if ((dm == 0 && nm == 0) || (dm == infinity && nm == infinity)) {
            result = VALU_NAN64;
        } else if (dm == 0 || nm == infinity) {
            result = sign | infinity;
        } else if (dm == infinity || nm == 0) {
            result = sign;
        } else if (exponent_of(nm) - exponent_of(dm) < -1075) {
            result = sign; /* underflow */
        } else if ((quotient & (uint64_t)INT64_MAX) > infinity) {
            result = sign | infinity; /* see div_fixup_f32 */
        } else {
            result = sign | (quotient & (uint64_t)INT64_MAX);
        }
        valu_put64(c->d, i, result);
    }
}

/* The first 1201 bits of the fraction of 2 / pi, from the most significant. */
static const uint32_t two_over_pi[] = {
    0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
    0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484,
    0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f,
    0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b,
    0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab,
};

/* 53 of those bits from `shift` on, as an integer; beyond the table come zeros. */
static uint64_t two_over_pi_bits(unsigned shift) {
    uint64_t result = 0;
    for (unsigned k = 0; k < 53; k++) {
        unsigned bit = shift + k;
        bool one = bit < 1201 && two_over_pi[bit / 32] >> (31 - bit % 32) & 1;
        result = result << 1 | one;
    }
    return result;
}
KERNEL(trig_preop_f64) {
    for (int i = 0; i < SIM_LANES; i++) {
        int exponent = exponent_of(valu_get64(c->s[0], i));
        int shift = (int)(c->s[1][i] & 31) * 53 + (exponent > 1077 ? exponent - 1077 : 0);
        int scale = -53 - shift + (exponent >= 1968 ? 128 : 0);
        uint64_t bits = two_over_pi_bits((unsigned)shift);
        valu_put64(c->d, i, valu_bits64(bits ? ldexp((double)(int64_t)bits, scale) : 0.0));
    }
}

#define F64 VALU_F64
#define B32 VALU_B32
#define ROW1(mnemonic, more) {"v_" #mnemonic, mnemonic, NULL, F64, {F64}, 0, VALU_ARITH | (more), 0}
#define ROW2(mnemonic, more) {"v_" #mnemonic, mnemonic, NULL, F64, {F64, F64}, 0, VALU_ARITH | (more), 0}
#define ROW3(mnemonic, more) {"v_" #mnemonic, mnemonic, NULL, F64, {F64, F64, F64}, 0, VALU_ARITH | (more), 0}

const struct valu_op valu_double_ops[] = {
    ROW2(add_f64, 0),
    ROW2(mul_f64, 0),
    ROW3(fma_f64, 0),
    {"v_fmac_f64", fma_f64, NULL, F64, {F64, F64, F64}, 0, VALU_ARITH | VALU_ACC, 0},
    ROW2(min_f64, VALU_NO_NAN),
    ROW2(max_f64, VALU_NO_NAN),
    ROW1(trunc_f64, 0),
    ROW1(ceil_f64, 0),
    ROW1(floor_f64, 0),
    ROW1(rndne_f64, 0),
    ROW1(fract_f64, 0),
    ROW1(rcp_f64, VALU_TRANS),
    ROW1(sqrt_f64, VALU_TRANS),
    ROW1(rsq_f64, VALU_TRANS),
    {"v_ldexp_f64", ldexp_f64, NULL, F64, {F64, B32}, 0, VALU_ARITH, 0},
    ROW1(frexp_mant_f64, 0),
    {"v_frexp_exp_i32_f64", frexp_exp_i32_f64, NULL, B32, {F64}, 0, 0, 0},
    ROW3(div_scale_f64, VALU_NO_NAN | VALU_NO_FLUSH),
    {"v_div_fmas_f64", div_fmas_f64, NULL, F64, {F64, F64, F64}, 0, VALU_ARITH | VALU_VCC_IN, SIM_OP_READS_VCC},
    ROW3(div_fixup_f64, VALU_NO_NAN),
    {"v_trig_preop_f64", trig_preop_f64, NULL, F64, {F64, B32}, 0, VALU_ARITH | VALU_NO_NAN, 0},
    VALU_END,
};
