/* SPDX-License-Identifier: MIT
 *
 * Online softmax in base 2. A lane holds the scores of one query, its lane groups share that query.
 *
 * Probabilities are 2^(score + shift - max). The shift moves FP8 probabilities to the top of the format's range; it is
 * part of the running sum as well, so that out / sum needs no correction, and is taken out of LSE and sink terms.
 * The maximum is lazy: it is raised, and what was accumulated rescaled, only when a score exceeds it by more than
 * RESCALE_SLACK. Until then probabilities exceed 2^shift by at most 2^slack, which the operand type still holds.
 */
#ifndef PAGODA_DEVICE_SOFTMAX_H
#define PAGODA_DEVICE_SOFTMAX_H

#include "convert.h"
#include "kv_tile.h"
#include "lanes.h"
#include "softmax_result.h"

#if defined(DTYPE_FP8) && defined(ARCH_GFX950)
#define PROBABILITY_SHIFT 7.0f /* e4m3fn: up to 448 = 2^8.8 */
#define RESCALE_SLACK 1.75f
#elif defined(DTYPE_FP8)
#define PROBABILITY_SHIFT 6.0f /* e4m3fnuz: up to 240 = 2^7.9 */
#define RESCALE_SLACK 1.75f
#else
#define PROBABILITY_SHIFT 0.0f
#define RESCALE_SLACK 8.0f
#endif

/* The maximum before any key was seen: finite, so that differences of maxima are never NaN, and below every score. */
#define NO_MAX -1e30f

struct softmax {
    float max; /* base 2, the same in all lane groups of a query */
    float sum; /* of this lane's own keys */
};

DEVICE float exp2_fast(float x) { return __builtin_amdgcn_exp2f(x); }
DEVICE float log2_fast(float x) { return __builtin_amdgcn_logf(x); }

DEVICE float largest_score(const accumulator scores[SCORE_BLOCKS]) {
    float largest = scores[0][0];
    UNROLL for (int s = 1; s + 1 < SCORES_PER_LANE; s += 2) {
        float a = scores[s / ACC_REGISTERS][s % ACC_REGISTERS];
        float b = scores[(s + 1) / ACC_REGISTERS][(s + 1) % ACC_REGISTERS];
        largest = __builtin_fmaxf(__builtin_fmaxf(largest, a), b);
    }
    return group_max(__builtin_fmaxf(largest, scores[SCORE_BLOCKS - 1][ACC_REGISTERS - 1]));
}

/* Takes in a tile whose largest score is tile_max (base 2): raises the maximum if it must. */
DEVICE void softmax_rescale(struct softmax *row, accumulator out[OUT_BLOCKS], float tile_max) {
    if (__builtin_amdgcn_ballot_w64(tile_max > row->max + RESCALE_SLACK) != 0) {
        float max = __builtin_fmaxf(row->max, tile_max);
        float factor = exp2_fast(row->max - max);
        row->max = max;
        row->sum *= factor;
        UNROLL for (int block = 0; block < OUT_BLOCKS; ++block)
            out[block] *= factor;
    }
}

/* cap * tanh(score / cap) in base 2: scores of stored values become base-2 scores, whose scale is 1. With
 * t = score / cap: tanh(t) = 1 - 2 / (1 + e^2t), which is exact at both ends. */
DEVICE void soft_cap_scores(accumulator scores[SCORE_BLOCKS], float score_scale, float cap) {
    float exponent_scale = 2.0f * score_scale / cap, high = cap * LOG2_E;
    UNROLL for (int s = 0; s < SCORES_PER_LANE; ++s) {
        float score = scores[s / ACC_REGISTERS][s % ACC_REGISTERS];
        float part = __builtin_amdgcn_rcpf(1.0f + exp2_fast(score * exponent_scale));
        scores[s / ACC_REGISTERS][s % ACC_REGISTERS] = __builtin_fmaf(-2.0f * high, part, high);
    }
}

/* Probabilities may come with a factor that the sum does not take: V's descale. */
struct probability_factor {
    float log2;       /* of the factor of all; it is not in the scores */
    float inverse;    /* of the factor of all */
    lds_bytes inverses; /* one per key, from the lane group's first key, of factors that are in the scores; or NULL */
};

/* Turns scores into packed probabilities, units of P, and adds them to the sum. score_scale takes scores to base 2. */
DEVICE void softmax_probabilities(struct softmax *row, const accumulator scores[SCORE_BLOCKS], float score_scale,
                                  struct probability_factor factor, i32x4 units[P_UNITS]) {
    float bias = PROBABILITY_SHIFT - row->max + factor.log2;
    f32x2 sum = {0.0f, 0.0f};
    UNROLL for (int u = 0; u < P_UNITS; ++u) {
        float p[UNIT_ELEMENTS];
        UNROLL for (int e = 0; e < UNIT_ELEMENTS; e += 2) {
            int s = u * UNIT_ELEMENTS + e;
            f32x2 pair = {scores[s / ACC_REGISTERS][s % ACC_REGISTERS], scores[s / ACC_REGISTERS][s % ACC_REGISTERS + 1]};
            pair = __builtin_elementwise_fma(pair, (f32x2){score_scale, score_scale}, (f32x2){bias, bias});
            pair = (f32x2){exp2_fast(pair[0]), exp2_fast(pair[1])};
            p[e] = pair[0];
            p[e + 1] = pair[1];
            if (factor.inverses)
                pair *= *(const LDS_SPACE f32x2 *)(factor.inverses + score_key(s) * 4);
            sum += pair;
        }
        UNROLL for (int word = 0; word < 4; ++word) {
#if defined(DTYPE_FP8)
            units[u][word] = pack_fp8(p[word * 4], p[word * 4 + 1], p[word * 4 + 2], p[word * 4 + 3]);
#elif defined(DTYPE_BF16)
            units[u][word] = pack_bf16_probability(p[word * 2], p[word * 2 + 1]);
#else
            units[u][word] = pack_fp16(p[word * 2], p[word * 2 + 1]);
#endif
        }
    }
    row->sum += (sum[0] + sum[1]) * factor.inverse;
}

/* sink_logit: logit of a virtual key that adds to the sum only; NULL for none. A row that saw no key gives 0 and -inf. */
DEVICE struct softmax_result softmax_finish(const struct softmax *row, const float *sink_logit) {
    float max = row->max, sum = group_sum(row->sum), out_factor = 1.0f;
    if (sink_logit) {
        float sink = *(constant_floats)sink_logit * LOG2_E;
        float raised = __builtin_fmaxf(max, sink);
        out_factor = exp2_fast(max - raised);
        sum = sum * out_factor + exp2_fast(sink - raised + PROBABILITY_SHIFT);
        max = raised;
    }
    struct softmax_result result;
    result.out_factor = sum == 0.0f ? 0.0f : out_factor * __builtin_amdgcn_rcpf(sum);
    result.lse = (max - PROBABILITY_SHIFT + log2_fast(sum)) * LN_2;
    return result;
}

#endif
