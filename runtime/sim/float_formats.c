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
