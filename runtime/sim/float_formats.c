/* SPDX-License-Identifier: MIT */
#include "float_formats.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

struct format {
    uint8_t exponent_bits, mantissa_bits, bias;
};

static const struct format formats[SIM_SMALL_FLOAT_COUNT] = {
    [SIM_FP8_FN] = {4, 3, 7}, [SIM_BF8_OCP] = {5, 2, 15}, [SIM_FP8_FNUZ] = {4, 3, 8}, [SIM_BF8_FNUZ] = {5, 2, 16},
    [SIM_FP6] = {2, 3, 1},    [SIM_BF6] = {3, 2, 3},      [SIM_FP4] = {2, 1, 1},
};

static float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

float sim_small_float_decode(enum sim_small_float format, uint32_t bits) {
    const struct format *f = &formats[format];
    uint32_t mantissa = bits & ((1u << f->mantissa_bits) - 1);
    uint32_t exponent = bits >> f->mantissa_bits & ((1u << f->exponent_bits) - 1);
    bool negative = bits >> (f->mantissa_bits + f->exponent_bits) & 1;
    const float nan = float_from_bits(0x7fc00000u);
    float magnitude;
    switch (format) {
    case SIM_FP8_FN:
        if ((bits & 0x7f) == 0x7f) {
            return nan;
        }
        break;
    case SIM_BF8_OCP:
        if (exponent == 31) {
            return mantissa ? nan : float_from_bits(negative ? 0xff800000u : 0x7f800000u);
        }
        break;
    case SIM_FP8_FNUZ:
    case SIM_BF8_FNUZ:
        if ((bits & 0xff) == 0x80) {
            return nan;
        }
        break;
    default:
        break;
    }
    if (exponent) {
        magnitude = ldexpf((float)(mantissa | 1u << f->mantissa_bits), (int)exponent - f->bias - f->mantissa_bits);
    } else {
        magnitude = ldexpf((float)mantissa, 1 - f->bias - f->mantissa_bits);
    }
    return negative ? -magnitude : magnitude;
}

float sim_e8m0_decode(uint8_t bits) {
    return bits == 0xff ? float_from_bits(0x7fc00000u)
           : bits       ? float_from_bits((uint32_t)bits << 23)
                        : float_from_bits(0x00400000u);
}

/* Largest finite code, the code for what lies beyond, and NaN; sign excluded. */
static const struct {
    uint8_t largest, infinity, nan;
    bool fnuz;
} limits[SIM_SMALL_FLOAT_COUNT] = {
    [SIM_FP8_FN] = {0x7e, 0x7f, 0x7f, false},  [SIM_BF8_OCP] = {0x7b, 0x7c, 0x7f, false},
    [SIM_FP8_FNUZ] = {0x7f, 0x80, 0x80, true}, [SIM_BF8_FNUZ] = {0x7f, 0x80, 0x80, true},
    [SIM_FP6] = {0x1f, 0x1f, 0x1f, false},     [SIM_BF6] = {0x1f, 0x1f, 0x1f, false},
    [SIM_FP4] = {0x7, 0x7, 0x7, false},
};

/* Splits a finite non-zero value into significand * 2^exponent with a 24-bit significand. */
static uint32_t split(float value, int *exponent) {
    uint32_t bits = sim_float_to_bits(value), fraction = bits & 0x7fffffu, field = bits >> 23 & 0xffu;
    int e = (int)field - 150;
    if (field == 0) {
        e = -149;
        while (!(fraction & 0x800000u)) {
            fraction <<= 1;
            e--;
        }
    }
    *exponent = e;
    return fraction | 0x800000u;
}

static uint32_t with_sign(enum sim_small_float format, uint32_t code, bool negative) {
    const struct format *f = &formats[format];
    if (!negative || (limits[format].fnuz && (code == 0 || code == 0x80))) {
        return code;
    }
    return code | 1u << (f->exponent_bits + f->mantissa_bits);
}

/* Infinity, NaN and zero; true when `value` was one of them. */
static bool encode_special(enum sim_small_float format, float value, uint32_t *code) {
    uint32_t bits = sim_float_to_bits(value), magnitude = bits & 0x7fffffffu;
    bool negative = bits >> 31;
    if (magnitude > 0x7f800000u) {
        *code = with_sign(format, limits[format].nan, negative);
    } else if (magnitude == 0x7f800000u) {
        *code = with_sign(format, limits[format].infinity, negative);
    } else if (magnitude == 0) {
        *code = with_sign(format, 0, negative);
    } else {
        return false;
    }
    return true;
}

uint32_t sim_small_float_encode_scaled(enum sim_small_float format, float value, int scale, bool saturate) {
    const struct format *f = &formats[format];
    uint32_t code;
    if (encode_special(format, value, &code)) {
        return code;
    }
    int exponent;
    uint64_t significand = split(value, &exponent);
    exponent -= scale;
    int top = exponent + 23, lowest = 1 - f->bias; /* exponents of the leading bit */
    int last = (top > lowest ? top : lowest) - f->mantissa_bits;
    int shift = last - exponent;
    uint64_t kept = 0;
    if (shift < 40) {
        uint64_t half = 1ull << (shift - 1);
        kept = significand >> shift;
        uint64_t rest = significand & (2 * half - 1);
        kept += rest > half || (rest == half && (kept & 1));
    }
    /* A carry out of the mantissa lands in the exponent field, as it should. */
    uint64_t field = top > lowest ? (uint64_t)(top - lowest) : 0;
    uint64_t magnitude = kept + (field << f->mantissa_bits);
    if (magnitude > limits[format].largest) {
        magnitude = saturate ? limits[format].largest : limits[format].infinity;
    }
    return with_sign(format, (uint32_t)magnitude, sim_float_to_bits(value) >> 31);
}

uint32_t sim_small_float_encode(enum sim_small_float format, float value, bool saturate) {
    return sim_small_float_encode_scaled(format, value, 0, saturate);
}

uint32_t sim_small_float_encode_stochastic(enum sim_small_float format, float value, int scale, uint32_t random,
                                           unsigned source_bits, bool saturate) {
    const struct format *f = &formats[format];
    uint32_t code;
    if (encode_special(format, value, &code)) {
        return code;
    }
    int exponent;
    uint32_t significand = split(value, &exponent) >> (23 - source_bits);
    int top = exponent + 23 - scale, lowest = 1 - f->bias;
    if (top < lowest) { /* the significand is aligned to the smallest exponent before the random bits are added */
        significand = lowest - top < 32 ? significand >> (lowest - top) : 0;
    }
    unsigned drop = source_bits - f->mantissa_bits;
    uint64_t magnitude = ((uint64_t)significand + (random >> (32 - drop))) >> drop;
    magnitude += top > lowest ? (uint64_t)(top - lowest) << f->mantissa_bits : 0;
    if (magnitude > limits[format].largest) {
        magnitude = saturate ? limits[format].largest : limits[format].infinity;
    }
    return with_sign(format, (uint32_t)magnitude, sim_float_to_bits(value) >> 31);
}

uint32_t sim_f16_encode(float value, enum sim_round round) {
    uint32_t bits = sim_float_to_bits(value), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude >= 0x7f800000u) {
        return sign | 0x7c00u | (magnitude > 0x7f800000u ? 0x200u | (magnitude >> 13 & 0x3ffu) : 0u);
    }
    if (magnitude == 0) {
        return sign;
    }
    int exponent;
    uint64_t significand = split(value, &exponent);
    int top = exponent + 23, last = (top > -14 ? top : -14) - 10, shift = last - exponent;
    uint64_t kept = shift < 40 ? significand >> shift : 0;
    uint64_t rest = shift < 40 ? significand & ((1ull << shift) - 1) : 1, half = shift < 40 ? 1ull << (shift - 1) : 2;
    switch (round) {
    case SIM_ROUND_NEAREST_EVEN:
        kept += rest > half || (rest == half && (kept & 1));
        break;
    case SIM_ROUND_UP:
        kept += rest && !sign;
        break;
    case SIM_ROUND_DOWN:
        kept += rest && sign;
        break;
    case SIM_ROUND_ZERO:
        break;
    }
    uint64_t result = kept + (top > -14 ? (uint64_t)(top + 14) << 10 : 0);
    if (result >= 0x7c00u) {
        bool away =
            round == SIM_ROUND_NEAREST_EVEN || (round == SIM_ROUND_UP && !sign) || (round == SIM_ROUND_DOWN && sign);
        result = away ? 0x7c00u : 0x7bffu;
    }
    return sign | (uint32_t)result;
}
