/* SPDX-License-Identifier: MIT
 *
 * Transcendental functions in fp32 and fp16.
 *
 * The hardware is accurate to 1 ulp and its exact bits are not public. Here every result is the exact value computed in
 * double precision to better than 2^-30 and rounded once, so it is within 0.51 ulp and does not depend on the host.
 * Like the hardware, the fp32 functions take denormal inputs as zero and give zero for denormal results whatever MODE
 * says; the fp16 ones follow MODE.
 */
#include "exec_valu.h"

/* Without fused operations, so that hosts with and without them agree. */

/* 2^x for |x| < 1022 */
static inline double exp2_double(double x) {
    const double magic = 0x1.8p52;
    double shifted = x + magic;
    double f = x - (shifted - magic);
    double p = 0x1.62c0223a5c824p-20; /* ln(2)^8 / 8! and so on down to 1 */
    p = p * f + 0x1.ffcbfc588b0c7p-17;
    p = p * f + 0x1.430912f86c787p-13;
    p = p * f + 0x1.5d87fe78a6731p-10;
    p = p * f + 0x1.3b2ab6fba4e77p-7;
    p = p * f + 0x1.c6b08d704a0c0p-5;
    p = p * f + 0x1.ebfbdff82c58fp-3;
    p = p * f + 0x1.62e42fefa39efp-1;
    p = p * f + 1.0;
    return valu_double(valu_bits64(p) + (valu_bits64(shifted) << 52));
}

static inline uint32_t flush32(uint32_t bits) {
    return bits & 0x7f800000u ? bits : bits & 0x80000000u;
}

static inline uint32_t exp_lane(uint32_t bits) {
    float x = valu_float(bits);
    float bounded = x < -160.0f ? -160.0f : x > 160.0f ? 160.0f : x;
    uint32_t result = flush32(valu_bits((float)exp2_double((double)bounded)));
    return x != x ? bits | 0x400000u : result;
}

/* log2 of a positive normal number */
static inline double log2_double(uint32_t bits) {
    int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23; /* mantissa in [sqrt(1/2), sqrt(2)) */
    double m = (double)valu_float(bits - ((uint32_t)exponent << 23));
    double s = (m - 1.0) / (m + 1.0), q = s * s;
    double p = 0x1.0c9a84994022dp-2; /* (2 / ln 2) / 11 */
    p = p * q + 0x1.484b13d7c02a9p-2;
    p = p * q + 0x1.a61762a7aded9p-2;
    p = p * q + 0x1.2776c50ef9bfep-1;
    p = p * q + 0x1.ec709dc3a03fdp-1;
    p = p * q + 0x1.71547652b82fep+1;
    return (double)exponent + p * s;
}
static inline uint32_t log_lane(uint32_t raw) {
    uint32_t bits = flush32(raw);
    bool ordinary = bits - 0x00800000u < 0x7f800000u - 0x00800000u;
    uint32_t result = valu_bits((float)log2_double(ordinary ? bits : 0x3f800000u));
    uint32_t special = (bits & 0x7fffffffu) == 0            ? 0xff800000u
                       : bits == 0x7f800000u                ? bits
                       : (bits & 0x7fffffffu) > 0x7f800000u ? raw | 0x400000u
                                                            : VALU_NAN32;
    return ordinary ? result : special;
}

static inline uint32_t rcp_lane(uint32_t raw) {
    uint32_t bits = flush32(raw);
    uint32_t result = flush32(valu_bits(1.0f / valu_float(bits)));
    return (bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x400000u : result;
}
static inline uint32_t sqrt_lane(uint32_t raw) {
    uint32_t bits = flush32(raw), magnitude = bits & 0x7fffffffu;
    uint32_t result = valu_bits(__builtin_sqrtf(valu_float(bits)));
    result = bits > 0x80000000u ? VALU_NAN32 : result;
    return magnitude > 0x7f800000u ? bits | 0x400000u : result;
}
static inline uint32_t rsq_lane(uint32_t raw) {
    uint32_t bits = flush32(raw), magnitude = bits & 0x7fffffffu;
    uint32_t result = valu_bits((float)(1.0 / __builtin_sqrt((double)valu_float(bits))));
    result = bits > 0x80000000u ? VALU_NAN32 : result;
    return magnitude > 0x7f800000u ? bits | 0x400000u : result;
}

/* sin(2 pi r) for |r| <= 1/4 */
static inline double sine_turns(double r) {
    double t = r * 0x1.921fb54442d18p+2, q = t * t;
    double p = -0x1.ae7f3e733b81fp-41;
    p = p * q + 0x1.6124613a86d09p-33;
    p = p * q - 0x1.ae64567f544e4p-26;
    p = p * q + 0x1.71de3a556c734p-19;
    p = p * q - 0x1.a01a01a01a01ap-13;
    p = p * q + 0x1.1111111111111p-7;
    p = p * q - 0x1.5555555555555p-3;
    return t + t * (q * p);
}
/* What is left of x turns after whole ones, exact for |x| <= 256. */
static inline double fraction_of_turn(double x) {
    const double magic = 0x1.8p52;
    return x - ((x + magic) - magic);
}
static inline double magnitude_of(double x) {
    return valu_double(valu_bits64(x) & (uint64_t)INT64_MAX);
}
static inline double bounded_turns(uint32_t bits) {
    double x = (double)valu_float(bits);
    return magnitude_of(x) <= 256.0 ? x : 0.0;
}
static inline uint32_t sin_lane(uint32_t raw) {
    uint32_t bits = flush32(raw), magnitude = bits & 0x7fffffffu;
    double r = fraction_of_turn(bounded_turns(bits));
    double folded = r > 0.25 ? 0.5 - r : r < -0.25 ? -0.5 - r : r;
    uint32_t result = flush32(valu_bits((float)sine_turns(folded)));
    result = magnitude == 0 ? bits : result;
    result = magnitude == 0x7f800000u ? VALU_NAN32 : result;
    return magnitude > 0x7f800000u ? bits | 0x400000u : result;
}
static inline uint32_t cos_lane(uint32_t raw) {
    uint32_t bits = flush32(raw), magnitude = bits & 0x7fffffffu;
    double r = fraction_of_turn(bounded_turns(bits));
    uint32_t result = flush32(valu_bits((float)sine_turns(0.25 - magnitude_of(r))));
    result = magnitude == 0x7f800000u ? VALU_NAN32 : result;
    return magnitude > 0x7f800000u ? bits | 0x400000u : result;
}

#define FUNCTION(name, lane)          \
    KERNEL(name) {                    \
        uint32_t *d = c->d;           \
        const uint32_t *s0 = c->s[0]; \
        VALU_LANES {                  \
            d[i] = lane(s0[i]);       \
        }                             \
    }
FUNCTION(exp_f32, exp_lane)
FUNCTION(log_f32, log_lane)
FUNCTION(rcp_f32, rcp_lane)
FUNCTION(rsq_f32, rsq_lane)
FUNCTION(sqrt_f32, sqrt_lane)
FUNCTION(sin_f32, sin_lane)
FUNCTION(cos_f32, cos_lane)

/* fp16 through the fp32 lanes; every fp16 value and every result that does not underflow is a normal fp32 number. */
#define HALF_FUNCTION(name, lane)                                                                \
    KERNEL(name) {                                                                               \
        uint32_t *d = c->d;                                                                      \
        const uint32_t *s0 = c->s[0];                                                            \
        VALU_LANES {                                                                             \
            d[i] = sim_f32_to_f16(valu_float(lane(valu_bits(sim_f16_to_f32(s0[i] & 0xffffu))))); \
        }                                                                                        \
    }
HALF_FUNCTION(exp_f16, exp_lane)
HALF_FUNCTION(log_f16, log_lane)
HALF_FUNCTION(rcp_f16, rcp_lane)
HALF_FUNCTION(rsq_f16, rsq_lane)
HALF_FUNCTION(sqrt_f16, sqrt_lane)
HALF_FUNCTION(sin_f16, sin_lane)
HALF_FUNCTION(cos_f16, cos_lane)

#define F32ROW(mnemonic, fn) {"v_" #mnemonic, fn, NULL, VALU_F32, {VALU_F32}, 0, VALU_TRANS, 0}
#define F16ROW(mnemonic) \
    {"v_" #mnemonic, mnemonic, NULL, VALU_F16, {VALU_F16}, 0, VALU_TRANS | VALU_ARITH | VALU_NO_NAN | VALU_RNE, 0}

const struct valu_op valu_trans_ops[] = {
    F32ROW(exp_f32, exp_f32), F32ROW(exp_legacy_f32, exp_f32),
    F32ROW(log_f32, log_f32), F32ROW(log_legacy_f32, log_f32),
    F32ROW(rcp_f32, rcp_f32), F32ROW(rcp_iflag_f32, rcp_f32),
    F32ROW(rsq_f32, rsq_f32), F32ROW(sqrt_f32, sqrt_f32),
    F32ROW(sin_f32, sin_f32), F32ROW(cos_f32, cos_f32),
    F16ROW(exp_f16),          F16ROW(log_f16),
    F16ROW(rcp_f16),          F16ROW(rsq_f16),
    F16ROW(sqrt_f16),         F16ROW(sin_f16),
    F16ROW(cos_f16),          VALU_END,
};
