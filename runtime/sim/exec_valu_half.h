/* SPDX-License-Identifier: MIT
 *
 * fp16 arithmetic of one lane, shared by the scalar and the packed instructions. Sums and products are formed in fp32,
 * which rounds innocuously; fused ones in double with the rest collected in the last bit.
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

/* Round to odd: a later rounding to fp16 then gives what one rounding would. */
static inline float half_narrow(double value) {
    uint64_t bits = valu_bits64(value), rest = bits & 0x1fffffffu;
    return (float)valu_double((bits & ~(uint64_t)0x1fffffffu) | (uint64_t)(rest != 0) << 29);
}

static inline float half_fma(float a, float b, float e) {
    return half_narrow((double)a * (double)b + (double)e);
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
