/* SPDX-License-Identifier: MIT
 *
 * fp32 arithmetic, scalar per lane and packed in register pairs. Transcendental functions are in exec_valu_trans.c.
 */
#include "exec_valu.h"
#include "exec_valu_minmax.h"

#include <math.h>

#define F(bits) valu_float(bits)

#define UNARY(name, expr)             \
    KERNEL(name) {                    \
        uint32_t *d = c->d;           \
        const uint32_t *s0 = c->s[0]; \
        VALU_LANES {                  \
            float a = F(s0[i]);       \
            d[i] = valu_bits(expr);   \
        }                             \
    }
#define BINARY(name, expr)                           \
    KERNEL(name) {                                   \
        uint32_t *d = c->d;                          \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1]; \
        VALU_LANES {                                 \
            float a = F(s0[i]), b = F(s1[i]);        \
            d[i] = valu_bits(expr);                  \
        }                                            \
    }
#define TERNARY(name, expr)                                         \
    KERNEL(name) {                                                  \
        uint32_t *d = c->d;                                         \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2]; \
        VALU_LANES {                                                \
            float a = F(s0[i]), b = F(s1[i]), e = F(s2[i]);         \
            d[i] = valu_bits(expr);                                 \
        }                                                           \
    }
#define BITS2(name, expr)                            \
    KERNEL(name) {                                   \
        uint32_t *d = c->d;                          \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1]; \
        const bool ieee = VALU_IEEE(c);              \
        VALU_LANES {                                 \
            uint32_t a = s0[i], b = s1[i];           \
            d[i] = (expr);                           \
        }                                            \
    }
#define BITS3(name, expr)                                           \
    KERNEL(name) {                                                  \
        uint32_t *d = c->d;                                         \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2]; \
        const bool ieee = VALU_IEEE(c);                             \
        (void)ieee;                                                 \
        VALU_LANES {                                                \
            uint32_t a = s0[i], b = s1[i], e = s2[i];               \
            d[i] = (expr);                                          \
        }                                                           \
    }

BINARY(add_f32, a + b)
BINARY(sub_f32, a - b)
BINARY(subrev_f32, b - a)
BINARY(mul_f32, a *b)
BINARY(mul_legacy_f32, a == 0.0f || b == 0.0f ? 0.0f : a * b)
TERNARY(fma_f32, __builtin_fmaf(a, b, e))
TERNARY(fmamk_f32, __builtin_fmaf(a, b, e))

/* Rows without a NaN, which is nearly all of them, need only compare; of equal values +0 and -0 differ. */
static bool any_nan(const uint32_t *row) {
    uint32_t any = 0;
    VALU_LANES {
        any |= (row[i] & 0x7fffffffu) > 0x7f800000u;
    }
    return any;
}
static inline uint32_t less_of(uint32_t a, uint32_t b) {
    uint32_t r = F(a) < F(b) ? a : b;
    return F(a) == F(b) ? a | b : r;
}
static inline uint32_t greater_of(uint32_t a, uint32_t b) {
    uint32_t r = F(a) > F(b) ? a : b;
    return F(a) == F(b) ? a & b : r;
}
#define CHOICE2(name, plain, any)                   \
    BITS2(name##_any, any)                          \
    BITS2(name##_plain, ((void)ieee, plain))        \
    KERNEL(name) {                                  \
        if (any_nan(c->s[0]) || any_nan(c->s[1])) { \
            name##_any(c);                          \
        } else {                                    \
            name##_plain(c);                        \
        }                                           \
    }
#define CHOICE3(name, plain, any)                                       \
    BITS3(name##_any, any)                                              \
    BITS3(name##_plain, plain)                                          \
    KERNEL(name) {                                                      \
        if (any_nan(c->s[0]) || any_nan(c->s[1]) || any_nan(c->s[2])) { \
            name##_any(c);                                              \
        } else {                                                        \
            name##_plain(c);                                            \
        }                                                               \
    }
/* clang-format off */
CHOICE2(min_f32, less_of(a, b), valu_min_f32(a, b, ieee))
CHOICE2(max_f32, greater_of(a, b), valu_max_f32(a, b, ieee))
CHOICE3(min3_f32, less_of(less_of(a, b), e), valu_min_f32(valu_min_f32(a, b, ieee), e, ieee))
CHOICE3(max3_f32, greater_of(greater_of(a, b), e), valu_max_f32(valu_max_f32(a, b, ieee), e, ieee))
CHOICE3(med3_f32, greater_of(less_of(a, b), less_of(greater_of(a, b), e)), valu_med3_f32(a, b, e, ieee))
/* clang-format on */
BITS3(minimum3_f32, valu_minimum_f32(valu_minimum_f32(a, b), e))
BITS3(maximum3_f32, valu_maximum_f32(valu_maximum_f32(a, b), e))

UNARY(trunc_f32, __builtin_truncf(a))
UNARY(ceil_f32, __builtin_ceilf(a))
UNARY(floor_f32, __builtin_floorf(a))
UNARY(rndne_f32, __builtin_roundevenf(a))
/* Never 1: the hardware limits the fraction of a tiny negative number to the largest value below 1. */
static inline float fract_lane(float a) {
    float fraction = a - __builtin_floorf(a);
    return fraction >= 1.0f ? 0x1.fffffep-1f : fraction;
}
UNARY(fract_f32, fract_lane(a))

static inline float ldexp_lane(float value, int32_t exponent) {
    /* Two exact steps and a rounded one: the scale of each stays in range. */
    exponent = exponent < -400 ? -400 : exponent > 400 ? 400 : exponent;
    double scaled = (double)value * valu_double((uint64_t)(1023 + exponent) << 52);
    return (float)scaled;
}
KERNEL(ldexp_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        c->d[i] = valu_bits(ldexp_lane(F(c->s[0][i]), (int32_t)c->s[1][i]));
    }
}
KERNEL(frexp_mant_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        int exponent;
        float a = F(c->s[0][i]);
        c->d[i] = valu_bits(isfinite(a) ? frexpf(a, &exponent) : a);
    }
}
KERNEL(frexp_exp_i32_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        int exponent = 0;
        float a = F(c->s[0][i]);
        if (isfinite(a)) {
            frexpf(a, &exponent);
        }
        c->d[i] = (uint32_t)exponent;
    }
}

/* ---- division helpers ---- */

static bool denormal_f32(float x) {
    return x != 0 && fabsf(x) < 0x1p-126f;
}
static int exponent_f32(uint32_t bits) {
    return (int)(bits >> 23 & 0xff);
}

/* Scales the operand that a (numerator or denominator, whichever equals it) stands for, so that the Newton iteration
 * between scale and fixup neither overflows nor loses bits; the mask tells div_fmas to undo it. */
KERNEL(div_scale_f32) {
    uint64_t mask = 0;
    for (int i = 0; i < SIM_LANES; i++) {
        float a = F(c->s[0][i]), denominator = F(c->s[1][i]), numerator = F(c->s[2][i]), result = a;
        int difference = exponent_f32(c->s[2][i]) - exponent_f32(c->s[1][i]);
        bool scaled = false;
        bool small_inverse = denominator != 0 && denormal_f32(1.0f / denominator);
        bool small_quotient = denominator != 0 && denormal_f32(numerator / denominator);
        if (numerator == 0.0f || denominator == 0.0f) {
            result = F(VALU_NAN32);
        } else if (difference >= 96) {
            scaled = true;
            result = a == denominator ? ldexpf(a, 64) : a;
        } else if (denormal_f32(denominator)) {
            result = ldexpf(a, 64);
        } else if (small_inverse && small_quotient) {
            scaled = true;
            result = a == denominator ? ldexpf(a, -64) : a;
        } else if (small_inverse) {
            result = ldexpf(a, -64);
        } else if (small_quotient) {
            scaled = true;
            result = a == numerator ? ldexpf(a, 64) : a;
        } else if (exponent_f32(c->s[2][i]) <= 23) {
            result = ldexpf(a, 64);
        }
        c->d[i] = valu_bits(result);
        mask |= (uint64_t)scaled << i;
    }
    c->mask_out = mask;
}
/* The sum of an exact product and c, rounded to odd, so that a later rounding is the only one. */
static double sum_to_odd(double product, double e) {
    double sum = product + e, part = sum - product;
    double rest = (product - (sum - part)) + (e - part);
    uint64_t bits = valu_bits64(sum);
    if (rest != 0.0 && isfinite(sum) && !(bits & 1)) {
        bits = (rest > 0) == (sum > 0) ? bits + 1 : bits - 1;
    }
    return valu_double(bits);
}
/* Undoes the scale, rounding once: the third source, the quotient so far, says in which direction it went. */
KERNEL(div_fmas_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        double value = sum_to_odd((double)F(c->s[0][i]) * (double)F(c->s[1][i]), (double)F(c->s[2][i]));
        double factor = exponent_f32(c->s[2][i]) > 127 ? 0x1p64 : 0x1p-64;
        c->d[i] = valu_bits((float)(c->mask_in >> i & 1 ? value * factor : value));
    }
}
KERNEL(div_fixup_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t quotient = c->s[0][i], denominator = c->s[1][i], numerator = c->s[2][i];
        uint32_t sign = (denominator ^ numerator) & 0x80000000u, result;
        uint32_t dm = denominator & 0x7fffffffu, nm = numerator & 0x7fffffffu;
        if (nm > 0x7f800000u) {
            result = numerator | 0x400000u;
        } else if (dm > 0x7f800000u) {
            result = denominator | 0x400000u;
        } else if ((dm == 0 && nm == 0) || (dm == 0x7f800000u && nm == 0x7f800000u)) {
            result = 0xffc00000u;
        } else if (dm == 0 || nm == 0x7f800000u) {
            result = sign | 0x7f800000u;
        } else if (dm == 0x7f800000u || nm == 0) {
            result = sign;
        } else if (exponent_f32(nm) - exponent_f32(dm) < -150) {
            result = sign; /* underflow */
        } else if ((quotient & 0x7fffffffu) > 0x7f800000u) {
            result = sign | 0x7f800000u; /* the quotient overflowed and the iteration subtracted infinities */
        } else {
            result = sign | (quotient & 0x7fffffffu);
        }
        c->d[i] = result;
    }
}

/* ---- cube maps ---- */

struct cube {
    float id, ma, sc, tc;
};
static struct cube cube_lane(float x, float y, float z) {
    float ax = fabsf(x), ay = fabsf(y), az = fabsf(z);
    if (az >= ax && az >= ay) {
        return (struct cube){z < 0 ? 5.0f : 4.0f, 2.0f * z, z < 0 ? -x : x, -y};
    }
    if (ay >= ax) {
        return (struct cube){y < 0 ? 3.0f : 2.0f, 2.0f * y, x, y < 0 ? -z : z};
    }
    return (struct cube){x < 0 ? 1.0f : 0.0f, 2.0f * x, x < 0 ? z : -z, -y};
}
#define CUBE(name, field)                                                                      \
    KERNEL(name) {                                                                             \
        for (int i = 0; i < SIM_LANES; i++) {                                                  \
            c->d[i] = valu_bits(cube_lane(F(c->s[0][i]), F(c->s[1][i]), F(c->s[2][i])).field); \
        }                                                                                      \
    }
CUBE(cubeid_f32, id)
CUBE(cubema_f32, ma)
CUBE(cubesc_f32, sc)
CUBE(cubetc_f32, tc)

/* ---- packed fp32 ---- */

#define PACKED2(name, expr)                                                        \
    KERNEL(name) {                                                                 \
        uint32_t *d = c->d;                                                        \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *h0 = c->h[0], *h1 = c->h[1]; \
        VALU_LANES {                                                               \
            float a = F(s0[i]), b = F(s1[i]);                                      \
            uint32_t low = valu_bits(expr);                                        \
            a = F(h0[i]), b = F(h1[i]);                                            \
            uint32_t high = valu_bits(expr);                                       \
            d[i] = low;                                                            \
            d[i + SIM_LANES] = high;                                               \
        }                                                                          \
    }
PACKED2(pk_add_f32, a + b)
PACKED2(pk_mul_f32, a *b)
KERNEL(pk_fma_f32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2], *h0 = c->h[0], *h1 = c->h[1], *h2 = c->h[2];
    VALU_LANES {
        uint32_t low = valu_bits(__builtin_fmaf(F(s0[i]), F(s1[i]), F(s2[i])));
        uint32_t high = valu_bits(__builtin_fmaf(F(h0[i]), F(h1[i]), F(h2[i])));
        d[i] = low;
        d[i + SIM_LANES] = high;
    }
}
/* op_sel alone selects: the first source gives the low result, the second the high one. */
KERNEL(pk_mov_b32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1];
    VALU_LANES {
        uint32_t low = s0[i], high = s1[i];
        d[i] = low;
        d[i + SIM_LANES] = high;
    }
}

/* ---- half-precision sources, fp32 result ---- */

static inline uint32_t pick_nan(uint32_t result, const uint32_t *values, int count) {
    if (!valu_is_nan_f32(result)) {
        return result;
    }
    for (int k = 0; k < count; k++) {
        if (valu_is_nan_f32(values[k])) {
            return values[k] | 0x400000u;
        }
    }
    return VALU_NAN32;
}

/* Products of halves are exact in fp32. The accumulator comes first, except in v_dot2_f32_bf16 where it comes last. */
enum dot2_kind { DOT2_F16, DOT2_BF16, DOT2_BF16_LAST };
static inline float dot2_half(uint32_t bits, enum dot2_kind kind) {
    return kind == DOT2_F16 ? sim_f16_to_f32(bits & 0xffffu) : F(bits << 16);
}
static inline float dot2_sum(uint32_t a, uint32_t b, uint32_t e, enum dot2_kind kind) {
    float low = dot2_half(a, kind) * dot2_half(b, kind), high = dot2_half(a >> 16, kind) * dot2_half(b >> 16, kind);
    return kind == DOT2_BF16_LAST ? (low + high) + F(e) : (F(e) + low) + high;
}
static inline void dot2(struct valu_call *c, enum dot2_kind kind) {
    const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2];
    uint32_t result[SIM_LANES];
    VALU_LANES {
        result[i] = valu_bits(dot2_sum(s0[i], s1[i], s2[i], kind));
    }
    if (any_nan(result)) {
        for (int i = 0; i < SIM_LANES; i++) {
            const uint32_t values[5] = {valu_bits(dot2_half(s0[i], kind)), valu_bits(dot2_half(s1[i], kind)),
                                        valu_bits(dot2_half(s0[i] >> 16, kind)),
                                        valu_bits(dot2_half(s1[i] >> 16, kind)), s2[i]};
            result[i] = pick_nan(result[i], values, 5);
        }
    }
    memcpy(c->d, result, sizeof result);
}
KERNEL(dot2_f32_f16) {
    dot2(c, DOT2_F16);
}
KERNEL(dot2_f32_bf16) {
    dot2(c, DOT2_BF16_LAST);
}
KERNEL(dot2c_f32_bf16) {
    dot2(c, DOT2_BF16);
}

/* Each source is fp32, or with its op_sel_hi bit the half that its op_sel bit names; neg_hi is abs here. */
static float mix_source(const struct valu_call *c, unsigned k, int i) {
    const struct sim_inst *inst = c->inst;
    uint32_t bits = c->s[k][i];
    if (inst->op_sel_hi >> k & 1) {
        bits = valu_bits(sim_f16_to_f32(inst->op_sel >> k & 1 ? bits >> 16 : bits & 0xffffu));
    }
    if (inst->neg_hi >> k & 1) {
        bits &= 0x7fffffffu;
    }
    return F(inst->neg_lo >> k & 1 ? bits ^ 0x80000000u : bits);
}
static uint32_t mix_lane(const struct valu_call *c, int i) {
    float a = mix_source(c, 0, i), b = mix_source(c, 1, i), e = mix_source(c, 2, i);
    const uint32_t values[3] = {valu_bits(a), valu_bits(b), valu_bits(e)};
    return pick_nan(valu_bits(__builtin_fmaf(a, b, e)), values, 3);
}
static uint32_t clamp_unit(uint32_t bits, const struct valu_call *c) {
    if (!c->inst->clamp) {
        return bits;
    }
    if (valu_is_nan_f32(bits)) {
        return c->mode & SIM_MODE_DX10_CLAMP ? 0 : bits;
    }
    return F(bits) > 0.0f ? F(bits) < 1.0f ? bits : 0x3f800000u : 0u;
}
KERNEL(fma_mix_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        c->d[i] = clamp_unit(mix_lane(c, i), c);
    }
}
/* The fp32 result of the fused operation is rounded again to fp16. */
static uint32_t mix_half(const struct valu_call *c, int i) {
    return sim_f16_encode(F(clamp_unit(mix_lane(c, i), c)), (enum sim_round)SIM_MODE_ROUND_F16_F64(c->mode));
}
KERNEL(fma_mixlo_f16) {
    for (int i = 0; i < SIM_LANES; i++) {
        c->d[i] = (c->d[i] & 0xffff0000u) | mix_half(c, i);
    }
}
KERNEL(fma_mixhi_f16) {
    for (int i = 0; i < SIM_LANES; i++) {
        c->d[i] = (c->d[i] & 0xffffu) | mix_half(c, i) << 16;
    }
}

#define F32 VALU_F32
#define B32 VALU_B32
#define PK VALU_PK_F32
#define ROW1(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F32, {F32}, 0, VALU_ARITH, 0}
#define ROW2(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F32, {F32, F32}, 0, VALU_ARITH, 0}
#define ROW3(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH, 0}
#define PICK2(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F32, {F32, F32}, 0, VALU_ARITH | VALU_NO_NAN, 0}
#define PICK3(mnemonic) {"v_" #mnemonic, mnemonic, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH | VALU_NO_NAN, 0}

const struct valu_op valu_float_ops[] = {
    ROW2(add_f32),
    ROW2(sub_f32),
    ROW2(subrev_f32),
    ROW2(mul_f32),
    ROW2(mul_legacy_f32),
    ROW3(fma_f32),
    {"v_fmac_f32", fma_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH | VALU_ACC, 0},
    {"v_fmamk_f32", fmamk_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH, 0},
    {"v_fmaak_f32", fma_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH, 0},
    PICK2(min_f32),
    PICK2(max_f32),
    PICK3(min3_f32),
    PICK3(max3_f32),
    PICK3(med3_f32),
    {"v_minimum3_f32", minimum3_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH | VALU_NO_NAN | VALU_GFX950, 0},
    {"v_maximum3_f32", maximum3_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH | VALU_NO_NAN | VALU_GFX950, 0},
    ROW1(trunc_f32),
    ROW1(ceil_f32),
    ROW1(floor_f32),
    ROW1(rndne_f32),
    ROW1(fract_f32),
    {"v_ldexp_f32", ldexp_f32, NULL, F32, {F32, B32}, 0, VALU_ARITH, 0},
    ROW1(frexp_mant_f32),
    {"v_frexp_exp_i32_f32", frexp_exp_i32_f32, NULL, B32, {F32}, 0, 0, 0},
    {"v_div_scale_f32", div_scale_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH | VALU_NO_NAN | VALU_NO_FLUSH, 0},
    {"v_div_fmas_f32", div_fmas_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH | VALU_VCC_IN, SIM_OP_READS_VCC},
    {"v_div_fixup_f32", div_fixup_f32, NULL, F32, {F32, F32, F32}, 0, VALU_ARITH | VALU_NO_NAN, 0},
    ROW3(cubeid_f32),
    ROW3(cubema_f32),
    ROW3(cubesc_f32),
    ROW3(cubetc_f32),
    {"v_pk_add_f32", pk_add_f32, NULL, PK, {PK, PK}, 0, VALU_ARITH, 0},
    {"v_pk_mul_f32", pk_mul_f32, NULL, PK, {PK, PK}, 0, VALU_ARITH, 0},
    {"v_pk_fma_f32", pk_fma_f32, NULL, PK, {PK, PK, PK}, 0, VALU_ARITH, 0},
    {"v_pk_mov_b32", pk_mov_b32, NULL, PK, {PK, PK}, 0, 0, 0},
    {"v_dot2_f32_f16", dot2_f32_f16, NULL, F32, {VALU_PK_F16, VALU_PK_F16, F32}, 0, VALU_ARITH | VALU_NO_NAN, 0},
    {"v_dot2_f32_bf16",
     dot2_f32_bf16,
     NULL,
     F32,
     {VALU_PK_BF16, VALU_PK_BF16, F32},
     0,
     VALU_ARITH | VALU_NO_NAN | VALU_GFX950,
     0},
    {"v_dot2c_f32_f16",
     dot2_f32_f16,
     NULL,
     F32,
     {VALU_PK_F16, VALU_PK_F16, F32},
     0,
     VALU_ARITH | VALU_NO_NAN | VALU_ACC,
     0},
    {"v_dot2c_f32_bf16",
     dot2c_f32_bf16,
     NULL,
     F32,
     {VALU_PK_BF16, VALU_PK_BF16, F32},
     0,
     VALU_ARITH | VALU_NO_NAN | VALU_ACC | VALU_GFX950,
     0},
    {"v_fma_mix_f32", fma_mix_f32, NULL, F32, {B32, B32, B32}, 0, VALU_ARITH | VALU_NO_NAN | VALU_INT_CLAMP, 0},
    {"v_fma_mixlo_f16", fma_mixlo_f16, NULL, B32, {B32, B32, B32}, 0, VALU_INT_CLAMP | VALU_DST_READ, SIM_OP_READS_DST},
    {"v_fma_mixhi_f16", fma_mixhi_f16, NULL, B32, {B32, B32, B32}, 0, VALU_INT_CLAMP | VALU_DST_READ, SIM_OP_READS_DST},
    VALU_END,
};
