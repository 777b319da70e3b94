/* SPDX-License-Identifier: MIT
 *
 * Online softmax in base 2 with a lazy maximum.
 *
 * p = 2^x, x = score * scale + bias, bias = shift - maximum. The maximum stays as it is until some probability of a tile
 * does not fit.
 *
 * FP8 ends at 448 = 2^8.807; beyond, the conversion gives NaN. Nobody looks for the largest exponent: the row sum, which
 * the matrix unit takes of the rounded probabilities, is NaN then, and is looked at before the tile's output is accumulated.
 * Only then is
 * the maximum found and raised, what was accumulated scaled down, and the probabilities of the tile taken anew. The test is
 * exact, since it is the conversion itself, and costs most tiles one comparison.
 * Small probabilities underflow the later, the higher the shift; the maximum is raised the more rarely, the lower it is.
 * Between the first tile's maximum and the row's there is some way to go, so the first shift is lower. 2^shift is a value
 * of FP8 (128 and 36, gfx942: 32 and 8): the largest probability, which may dominate its row, then carries no rounding error.
 *
 * 16 bit: there is time to find the largest exponent of each tile before its probabilities are taken, and to add these
 * before they are rounded, as LSE deserves. fp16 holds less than 2^16 and underflows below 2^-24, hence positive shifts.
 *
 * The first tile sets the bias. It holds a key that the query sees if there is one at all, with both masks.
 *
 * The includer defines SOFT_CAP (0 or 1) and what kv_tile.h needs. A lane holds the exponents of one query, which it shares
 * with the lane 32 away.
 */
#ifndef PAGODA_DEVICE_LAZY_SOFTMAX_H
#define PAGODA_DEVICE_LAZY_SOFTMAX_H

#include "convert.h"
#include "kv_tile.h"
#include "lanes.h"
#include "softmax_result.h"

#if !defined(DTYPE_FP8)
#define LARGEST_EXPONENT 15.0f /* of what fits fp16; bf16 would hold more */
#define RAISED_SHIFT 10.0f
#define FIRST_SHIFT 6.0f
#elif defined(ARCH_GFX942) /* e4m3fnuz ends at 240 = 2^7.907 */
#define RAISED_SHIFT 5.0f
#define FIRST_SHIFT 3.0f
#elif defined(QUANT_KV_BLOCK) /* pages with descales of their own: rows that few keys dominate, where rounding those shows */
#define RAISED_SHIFT 7.0f
#define FIRST_SHIFT 5.169925f
#else
#define RAISED_SHIFT 6.0f
#define FIRST_SHIFT 4.0f
#endif

#if !defined(DTYPE_FP8)
typedef f32x2 row_sum; /* of the lane's own keys, in two parts */
DEVICE float value_of_sum(row_sum sum) { return group_sum(sum[0] + sum[1]); }
#elif defined(QUANT_KV_BLOCK)
typedef float row_sum; /* of tiles that come with factors of their own */
DEVICE float value_of_sum(row_sum sum) { return sum; }
#else
typedef f32x4 row_sum; /* four copies: the matrix instruction adds them up */
DEVICE float value_of_sum(row_sum sum) { return sum[0]; }
#endif

struct lazy_softmax {
    float bias;
    row_sum sum; /* of the lane's query */
};

DEVICE float exp2_exact(float x) { return __builtin_amdgcn_exp2f(x); }

/* 2^x on the fused multiply-add path, for when the transcendental unit is the bottleneck; relative error 1e-4, a hundredth
 * of FP8's. Outside -126 .. 127 the result is that of the end, and rounds to FP8 as it should: to zero or NaN. */
DEVICE float exp2_polynomial(float x) {
    x = __builtin_amdgcn_fmed3f(x, -126.0f, 127.0f);
    float shifted = x + 12582912.0f; /* 1.5 * 2^23: the sum's low bits are x to the nearest integer */
    float rest = x - (shifted - 12582912.0f);
    float y = __builtin_fmaf(__builtin_fmaf(__builtin_fmaf(0.05550411f, rest, 0.24022651f), rest, 0.69314718f), rest, 1.0f);
    return bits_float((int)((u32)float_bits(y) + ((u32)float_bits(shifted) << 23)));
}

#define NO_SCORE (-__builtin_inff())

#if !SOFT_CAP
/* Turns scores `first` .. `first + count - 1` to exponents. */
DEVICE void take_exponents(accumulator scores[SCORE_BLOCKS], int first, int count, float scale, float bias) {
    UNROLL for (int s = first; s < first + count; ++s)
        scores[s / 16][s % 16] = __builtin_fmaf(scores[s / 16][s % 16], scale, bias);
}
#endif

/* Largest of a tile's scores or exponents. */
DEVICE float largest_of(const accumulator scores[SCORE_BLOCKS]) {
    float largest = NO_SCORE;
    UNROLL for (int s = 0; s < SCORES_PER_LANE; s += 2)
        largest = __builtin_fmaxf(__builtin_fmaxf(largest, scores[s / 16][s % 16]), scores[s / 16][s % 16 + 1]);
    return largest;
}

/* Lowers the bias, and the exponents of the tile at hand, to what the largest exponent asks for, and scales what was
 * accumulated. */
DEVICE void raise_max(struct lazy_softmax *row, accumulator out[OUT_BLOCKS], accumulator exponents[SCORE_BLOCKS]) {
    float excess = __builtin_fmaxf(group_max(largest_of(exponents)) - RAISED_SHIFT, 0.0f);
    float factor = exp2_exact(-excess);
    row->bias -= excess;
    row->sum *= factor;
    UNROLL for (int block = 0; block < OUT_BLOCKS; ++block)
        out[block] *= factor;
    exponents[0] -= excess;
    exponents[1] -= excess;
}

/* The bias that a first tile asks for: its largest score, in base 2, or NO_SCORE. */
DEVICE float first_bias(float largest) {
    largest = group_max(largest);
    return largest == NO_SCORE ? 0.0f : FIRST_SHIFT - largest;
}

#if defined(DTYPE_FP8)
/* The A operand of a product of 16-wide matrix instructions with P that gives every lane the sum over its own query: lanes l
 * and l + 32 hold the keys of query l % 32, which the instruction sees as column l % 16, groups 0 and 2 or 1 and 3 of the
 * keys. FP8 ones, or zeros. */
#if defined(ARCH_GFX942)
typedef i64 row_sum_operand;

DEVICE row_sum_operand row_sum_ones(int lane) { return ((lane & 15) >> 2 & 1) == (lane >> 4 & 1) ? 0x4040404040404040 : 0; }

DEVICE f32x4 add_row_sum(row_sum_operand ones, const i32x4 p[P_UNITS], f32x4 sum) {
    UNROLL for (int half = 0; half < 2 * P_UNITS; ++half)
        sum = __builtin_amdgcn_mfma_f32_16x16x32_fp8_fp8(ones, unit_half(p[half / 2], half % 2), sum, 0, 0, 0);
    return sum;
}
#else
typedef i32x8 row_sum_operand;

DEVICE row_sum_operand row_sum_ones(int lane) { return (i32x8)(((lane & 15) >> 2 & 1) == (lane >> 4 & 1) ? 0x38383838 : 0); }

DEVICE f32x4 add_row_sum(row_sum_operand ones, i32x8 p, f32x4 sum) {
    return __builtin_amdgcn_mfma_scale_f32_16x16x128_f8f6f4(ones, p, sum, 0, 0, 0, 0, 0, 0);
}
#endif

/* Whether some lane's probabilities did not fit. Needs code compiled for arithmetic that makes NaN. */
DEVICE int overflowed(f32x4 sum) {
    float value = sum[0];
    return __builtin_amdgcn_ballot_w64(__builtin_isnan(value)) != 0;
}

#endif

/* sink_logit: logit of a virtual key that adds to the sum only; NULL for none. A row that saw no key gives 0 and -inf. */
DEVICE struct softmax_result lazy_softmax_finish(const struct lazy_softmax *row, const float *sink_logit) {
    float sum = value_of_sum(row->sum), bias = row->bias, out_factor = 1.0f;
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
