/* SPDX-License-Identifier: MIT
 *
 * Online softmax in base 2 for FP8 probabilities, with a lazy maximum and the row sum taken by the matrix unit.
 *
 * p = 2^x, x = score * scale + bias, bias = shift - maximum. The maximum stays as it is until some exponent x
 * of a tile passes LARGEST_EXPONENT. The test looks at the very exponents that the probabilities are made of, so the bound
 * is exact, and FP8's 448 = 2^8.807 is never passed. Then bias is lowered, and what was accumulated is scaled down. Most
 * tiles raise no maximum, and pay one comparison.
 * Small probabilities underflow the later, the higher the shift; the maximum is raised the more rarely, the lower it is.
 * Between the first tile's maximum and the row's there is some way to go, so the first shift is lower.
 *
 * The first tile sets the bias. It holds a key that the query sees if there is one at all, with both masks.
 *
 * The includer defines SOFT_CAP (0 or 1) and what kv_tile.h needs.
 *
 * The row sum adds the *rounded* probabilities, those that weigh V. A lane holds the exponents of one query and shares it
 * with the lane 32 away.
 */
#ifndef PAGODA_DEVICE_LAZY_SOFTMAX_H
#define PAGODA_DEVICE_LAZY_SOFTMAX_H

#include "convert.h"
#include "kv_tile.h"
#include "lanes.h"
#include "ring_tile.h"

#define LOG2_E 1.44269504088896340736f
#define LN_2 0.69314718055994530942f
#define RAISED_SHIFT 6.0f
#define FIRST_SHIFT 5.0f
#define LARGEST_EXPONENT 8.75f
struct lazy_softmax {
    float bias;
    f32x4 sum; /* four copies of the row sum of the lane's query */
};

DEVICE float exp2_exact(float x) { return __builtin_amdgcn_exp2f(x); }

/* 2^x on the fused multiply-add path, for when the transcendental unit is the bottleneck; relative error 1e-4, a hundredth
 * of FP8's. Below -126 the result is 2^-126 at most: rounded to FP8 it is zero either way. */
DEVICE float exp2_polynomial(float x) {
    x = __builtin_fmaxf(x, -126.0f);
    float shifted = x + 12582912.0f; /* 1.5 * 2^23: the sum's low bits are x to the nearest integer */
    float rest = x - (shifted - 12582912.0f);
    float y = __builtin_fmaf(__builtin_fmaf(__builtin_fmaf(0.05550411f, rest, 0.24022651f), rest, 0.69314718f), rest, 1.0f);
    return bits_float((int)((u32)float_bits(y) + ((u32)float_bits(shifted) << 23)));
}

#define NO_SCORE (-__builtin_inff())

/* Turns scores `first` .. `first + count - 1`, both even, to exponents; returns the largest of them and of `largest`. With
 * the soft cap, which the matrix phase has no time for, they stay scores. */
DEVICE float take_exponents(accumulator scores[SCORE_BLOCKS], int first, int count, float scale, float bias, float largest) {
    UNROLL for (int s = first; s < first + count; s += 2) {
        float a = scores[s / 16][s % 16], b = scores[s / 16][s % 16 + 1];
#if !SOFT_CAP
        a = __builtin_fmaf(a, scale, bias);
        b = __builtin_fmaf(b, scale, bias);
        scores[s / 16][s % 16] = a;
        scores[s / 16][s % 16 + 1] = b;
#else
        (void)scale;
        (void)bias;
#endif
        largest = __builtin_fmaxf(__builtin_fmaxf(largest, a), b);
    }
    return largest;
}

/* Largest of a tile's scores or exponents. */
DEVICE float largest_of(const accumulator scores[SCORE_BLOCKS]) {
    float largest = NO_SCORE;
    UNROLL for (int s = 0; s < SCORES_PER_LANE; s += 2)
        largest = __builtin_fmaxf(__builtin_fmaxf(largest, scores[s / 16][s % 16]), scores[s / 16][s % 16 + 1]);
    return largest;
}

/* Lowers the bias, and the exponents of the tile at hand, to what the largest exponent asks for, and scales what was
 * accumulated; out_factor scales the output alone. Rare, and pinned at both ends: else the compiler keeps copies of the
 * accumulators for the common path. */
DEVICE void raise_max(struct lazy_softmax *row, accumulator out[OUT_BLOCKS], accumulator exponents[SCORE_BLOCKS], float largest,
                      float out_factor) {
    PIN(row->sum);
    PIN4(out[0], out[1], out[2], out[3]);
    PIN2(exponents[0], exponents[1]);
    float excess = __builtin_fmaxf(group_max(largest) - RAISED_SHIFT, 0.0f);
    float factor = exp2_exact(-excess);
    row->bias -= excess;
    row->sum *= factor;
    factor *= out_factor;
    UNROLL for (int block = 0; block < OUT_BLOCKS; ++block)
        out[block] *= factor;
    exponents[0] -= excess;
    exponents[1] -= excess;
    PIN(row->sum);
    PIN4(out[0], out[1], out[2], out[3]);
    PIN2(exponents[0], exponents[1]);
}

/* The bias that a first tile asks for: its largest score, in base 2, or NO_SCORE. */
DEVICE float first_bias(float largest) {
    largest = group_max(largest);
    return largest == NO_SCORE ? 0.0f : FIRST_SHIFT - largest;
}

/* The A operand of a 16x16x128 product with P that gives every lane the sum over its own query: lanes l and l + 32 hold
 * the keys of query l % 32, which the 16-wide instruction sees as column l % 16, groups 0 and 2 or 1 and 3 of the keys. */
DEVICE i32x8 row_sum_operand(int lane) { return (i32x8)(((lane & 15) >> 2 & 1) == (lane >> 4 & 1) ? 0x38383838 : 0); }

DEVICE f32x4 add_row_sum(i32x8 ones, i32x8 p, f32x4 sum) {
    return __builtin_amdgcn_mfma_scale_f32_16x16x128_f8f6f4(ones, p, sum, 0, 0, 0, 0, 0, 0);
}

struct softmax_result {
    float out_factor; /* output = accumulated output * out_factor */
    float lse;        /* natural logarithm of the sum of exponentials */
};

/* sink_logit: logit of a virtual key that adds to the sum only; NULL for none. A row that saw no key gives 0 and -inf. */
DEVICE struct softmax_result lazy_softmax_finish(const struct lazy_softmax *row, const float *sink_logit) {
    float sum = row->sum[0], bias = row->bias, out_factor = 1.0f;
    if (sink_logit) {
        float exponent = *(constant_floats)sink_logit * LOG2_E + bias; /* the sink's, in the sum's units */
        float lower = __builtin_fmaxf(exponent, sum == 0.0f ? -1e30f : 0.0f);
        out_factor = exp2_exact(-lower);
        sum = sum * out_factor + exp2_exact(exponent - lower);
        bias -= lower;
    }
    struct softmax_result result;
    result.out_factor = sum == 0.0f ? 0.0f : out_factor * __builtin_amdgcn_rcpf(sum);
    result.lse = (__builtin_amdgcn_logf(sum) - bias) * LN_2;
    return result;
}

#endif
