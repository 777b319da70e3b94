/* SPDX-License-Identifier: MIT
 *
 * fp16 arithmetic of one lane, shared by the scalar and the packed instructions. Sums and products are formed in fp32,
 * which rounds innocuously; fused ones too, with what the sum loses collected in its last bit.
 */
#ifndef PAGODA_SIM_EXEC_VALU_HALF_H
#define PAGODA_SIM_EXEC_VALU_HALF_H

#include "exec_valu.h"
#include "exec_valu_minmax.h"

#include <math.h>

static inline float half_value(uint32_t bits) {
    return sim_f16_to_f32(bits & 0xffffu);
}

/* Whether MODE asks for more than rounding to nearest. */
static inline bool half_is_special(const struct valu_call *c) {
    return SIM_MODE_ROUND_F16_F64(c->mode) || c->mode & SIM_MODE_FP16_OVFL;
}

static inline uint32_t half_round_special(float value, uint32_t mode) {
    uint32_t result = sim_f16_encode(value, (enum sim_round)SIM_MODE_ROUND_F16_F64(mode));
    bool overflowed = (result & 0x7fffu) == 0x7c00u && isfinite(value);
    return overflowed && mode & SIM_MODE_FP16_OVFL ? (result & 0x8000u) | 0x7bffu : result;
}

/* The exact product plus e, rounded to odd: a later rounding to fp16 then gives what one rounding would. Needs the
 * host's rounding mode at nearest; in a directed mode the plain sum already is right, because both roundings go the
 * same way. */
static inline float half_fma(float a, float b, float e, uint32_t mode) {
    float product = a * b, sum = product + e;
    if (mode) {
        return sum;
    }
    float part = sum - product, rest = (product - (sum - part)) + (e - part);
    uint32_t bits = valu_bits(sum), odd = (rest > 0.0f) == (sum > 0.0f) ? bits + 1 : bits - 1;
    bool inexact = (rest > 0.0f) | (rest < 0.0f);
    return valu_float((inexact & !(bits & 1)) ? odd : bits);
}

/* The unfused multiply-add rounds its product; `mode` 0 means to nearest. */
static inline float half_mad(float a, float b, float e, uint32_t mode) {
    uint32_t product = mode ? half_round_special(a * b, mode) : sim_f32_to_f16(a * b);
    return half_value(product) + e;
}

static inline float half_fract(float a) {
    float fraction = a - __builtin_floorf(a);
    return fraction > 0x1.ffcp-1f ? 0x1.ffcp-1f : fraction;
}

static inline float half_ldexp(float a, int32_t exponent) {
    exponent = exponent < -60 ? -60 : exponent > 60 ? 60 : exponent;
    return a * valu_float((uint32_t)(127 + exponent) << 23);
}

#endif
