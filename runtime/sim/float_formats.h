/* SPDX-License-Identifier: MIT
 *
 * The floating-point formats below fp32: fp16, bf16, and those of the matrix and conversion instructions, FP8, BF8,
 * FP6, BF6, FP4 and E8M0. Functions on bit patterns, so that a loop over lanes vectorises.
 */
#ifndef PAGODA_SIM_FLOAT_FORMATS_H
#define PAGODA_SIM_FLOAT_FORMATS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum sim_small_float {
    SIM_FP8_FN,   /* e4m3, OCP: no infinity, NaN 0x7f and 0xff, max 448 */
    SIM_BF8_OCP,  /* e5m2, OCP: IEEE-like infinity and NaN, max 57344 */
    SIM_FP8_FNUZ, /* e4m3, bias 8: no infinity, no -0, NaN 0x80, max 240 */
    SIM_BF8_FNUZ, /* e5m2, bias 16: no infinity, no -0, NaN 0x80, max 57344 */
    SIM_FP6,      /* e2m3, bias 1: finite, max 7.5 */
    SIM_BF6,      /* e3m2, bias 3: finite, max 28 */
    SIM_FP4,      /* e2m1, bias 1: finite, max 6 */
    SIM_SMALL_FLOAT_COUNT
};

/* Every value of these formats is exact in fp32. NaNs decode to the default quiet NaN. Bits above the format's width
 * are ignored. */
float sim_small_float_decode(enum sim_small_float format, uint32_t bits);

/* The power of two that a scale byte stands for; 0 gives the fp32 denormal 2^-127, 255 NaN. */
float sim_e8m0_decode(uint8_t bits);

/* Rounding modes, numbered as in the MODE register. */
enum sim_round { SIM_ROUND_NEAREST_EVEN, SIM_ROUND_UP, SIM_ROUND_DOWN, SIM_ROUND_ZERO };

/* From fp32 to a small format. Values beyond the format's range become its largest value when `saturate` is set or the
 * format has nothing else, else infinity, or NaN where the format has none. Infinity and NaN stay what they are as far
 * as the format can say so; FP6, BF6 and FP4 take their largest value instead. */
uint32_t sim_small_float_encode(enum sim_small_float format, float value, bool saturate);

/* The same for value * 2^-scale, rounded once. Formats that have no NaN take their largest value for it. */
uint32_t sim_small_float_encode_scaled(enum sim_small_float format, float value, int scale, bool saturate);

/* Stochastic rounding: the top bits of `random` are added below the last kept bit of value * 2^-scale, and the rest is
 * dropped. `source_bits` is the number of mantissa bits of the source format (23, 10 or 7). */
uint32_t sim_small_float_encode_stochastic(enum sim_small_float format, float value, int scale, uint32_t random,
                                           unsigned source_bits, bool saturate);

/* fp16 in any rounding mode; a NaN stays a NaN, quieted. */
uint32_t sim_f16_encode(float value, enum sim_round round);

static inline float sim_float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline uint32_t sim_float_to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Between fp16 and fp32: the first is exact and quiets a signalling NaN; the second rounds to nearest even and needs
 * the host's rounding mode at its default. With F16C they are the host's instructions, which give the same bits. */
#if defined(__F16C__) && defined(__clang__)
static inline float sim_f16_to_f32(uint32_t half) {
    uint16_t bits = (uint16_t)half;
    _Float16 value;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
}
static inline uint32_t sim_f32_to_f16(float value) {
    _Float16 half = (_Float16)value;
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}
#else
static inline float sim_f16_to_f32(uint32_t half) {
    uint32_t sign = (half & 0x8000u) << 16, magnitude = half & 0x7fffu;
    uint32_t finite = sim_float_to_bits(sim_float_from_bits(magnitude << 13) * 0x1p112f);
    uint32_t special = 0x7f800000u | (magnitude & 0x3ffu) << 13 | (magnitude > 0x7c00u ? 0x400000u : 0u);
    return sim_float_from_bits(sign | (magnitude >= 0x7c00u ? special : finite));
}

static inline uint32_t sim_f32_to_f16(float value) {
    uint32_t bits = sim_float_to_bits(value), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    uint32_t normal = (magnitude - 0x38000000u + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
    uint32_t tiny = sim_float_to_bits(sim_float_from_bits(magnitude) + 0.5f) - 0x3f000000u;
    uint32_t nan = 0x7e00u | (magnitude >> 13 & 0x3ffu);
    uint32_t result = magnitude < 0x38800000u ? tiny : magnitude >= 0x477ff000u ? 0x7c00u : normal;
    return sign | (magnitude > 0x7f800000u ? nan : result);
}
#endif

static inline float sim_bf16_to_f32(uint32_t bits) {
    return sim_float_from_bits(bits << 16);
}

static inline uint32_t sim_f32_to_bf16(float value) {
    uint32_t bits = sim_float_to_bits(value);
    uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    return (bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16 | 0x40u) : rounded;
}

/* Round to nearest even for FP8 and BF8, in the form that vectorises when `format` is a constant. */
static inline uint32_t sim_f32_to_fp8(enum sim_small_float format, float value, bool saturate) {
    const bool e4m3 = format == SIM_FP8_FN || format == SIM_FP8_FNUZ;
    const bool fnuz = format == SIM_FP8_FNUZ || format == SIM_BF8_FNUZ;
    const uint32_t mantissa = e4m3 ? 3 : 2, bias = format == SIM_FP8_FN     ? 7u
                                                   : format == SIM_FP8_FNUZ ? 8u
                                                   : format == SIM_BF8_OCP  ? 15u
                                                                            : 16u;
    const uint32_t largest = format == SIM_FP8_FN ? 0x7eu : format == SIM_BF8_OCP ? 0x7bu : 0x7fu;
    const uint32_t nan = fnuz ? 0x80u : 0x7fu, infinity = format == SIM_BF8_OCP ? 0x7cu : nan;
    const uint32_t drop = 23u - mantissa, rebias = (127u - bias) << 23;
    const uint32_t magic = (127u + 1u - bias + drop)
                           << 23; /* its unit in the last place is the format's smallest value */
    uint32_t bits = sim_float_to_bits(value), sign = bits >> 24 & 0x80u, magnitude = bits & 0x7fffffffu;
    uint32_t normal = (magnitude - rebias + (1u << (drop - 1)) - 1u + (magnitude >> drop & 1u)) >> drop;
    uint32_t tiny = sim_float_to_bits(sim_float_from_bits(magnitude) + sim_float_from_bits(magic)) - magic;
    uint32_t code = magnitude < rebias + (1u << 23) ? tiny : normal;
    uint32_t over = magnitude < 0x7f800000u && saturate ? largest : infinity;
    code = code > largest || magnitude >= 0x7f800000u ? over : code;
    code = magnitude > 0x7f800000u ? nan : code;
    sign = fnuz && (code == 0u || code == 0x80u) ? 0u : sign;
    return sign | code;
}

#endif
