/* SPDX-License-Identifier: MIT
 *
 * Online softmax in base 2 for FP8 probabilities, with a lazy maximum and the row sum taken by the matrix unit.
 *
 * p = 2^(score * scale + bias), bias = PROBABILITY_SHIFT - maximum. The maximum stays as it is until some probability of
 * the tile would pass 2^LARGEST_EXPONENT; the test evaluates the same expression that the probability is made of, so the
 * bound is exact, and FP8's 448 = 2^8.807 is never passed. Then bias is lowered and what was accumulated is scaled down.
 * Most tiles raise no maximum, and pay one comparison.
 * A probability is at its best when the row's largest is at the top of the format: the smaller the shift, the rarer the
 * rescaling and the sooner small probabilities underflow.
 *
 * The row sum adds the *rounded* probabilities, those that weigh V. A lane holds the scores of one query and shares it with
 * the lane 32 away.
 */
#ifndef PAGODA_DEVICE_LAZY_SOFTMAX_H
#define PAGODA_DEVICE_LAZY_SOFTMAX_H

#include "convert.h"
#include "kv_tile.h"
#include "lanes.h"
#include "ring_tile.h"

#define LOG2_E 1.44269504088896340736f
#define LN_2 0.69314718055994530942f
#define PROBABILITY_SHIFT 6.0f
#define LARGEST_EXPONENT 8.75f
/* The bias before any key was seen: finite, so that it never meets an infinity of the other sign, and above every other. */
#define NO_KEY_BIAS 1e30f

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

/* Largest of a block's first 15 scores; the last is left for whoever combines the blocks, who has an operand to spare. */
DEVICE float block_max(const accumulator *scores) {
    float largest = __builtin_fmaxf(__builtin_fmaxf((*scores)[0], (*scores)[1]), (*scores)[2]);
    UNROLL for (int r = 3; r < 15; r += 2)
        largest = __builtin_fmaxf(__builtin_fmaxf(largest, (*scores)[r]), (*scores)[r + 1]);
    return largest;
}

DEVICE float both_max(float first, float second, const accumulator scores[2]) {
    return __builtin_fmaxf(first, __builtin_fmaxf(__builtin_fmaxf(second, scores[0][15]), scores[1][15]));
}

/* Lowers the bias to what the tile's largest score (base 2) asks for, and scales what was accumulated; out_factor scales
 * the output alone. Rare, and pinned at both ends: else the compiler keeps copies of the accumulators for the common path. */
DEVICE void raise_max(struct lazy_softmax *row, accumulator out[OUT_BLOCKS], float largest, float out_factor) {
    PIN(row->sum);
    PIN4(out[0], out[1], out[2], out[3]);
    float bias = __builtin_fminf(row->bias, PROBABILITY_SHIFT - group_max(largest));
    float factor = exp2_exact(bias - row->bias);
    row->bias = bias;
    row->sum *= factor;
    factor *= out_factor;
    UNROLL for (int block = 0; block < OUT_BLOCKS; ++block)
        out[block] *= factor;
    PIN(row->sum);
    PIN4(out[0], out[1], out[2], out[3]);
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
    float sum = row->sum[0], bias = sum == 0.0f ? 0.0f : row->bias, out_factor = 1.0f;
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
