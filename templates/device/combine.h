/* SPDX-License-Identifier: MIT
 *
 * Split keys: several workgroups attend to parts of the keys of one query tile, each as if its part were all there is,
 * and a second kernel combines their results in the order of the parts, so that equal input gives equal bits.
 *
 * A part's output is normalised and in fp32, its LSE natural and without the sink:
 *   split_out [num_splits, total_q, num_q_heads, HEAD_DIM], split_lse [num_splits, total_q, num_q_heads]
 * A part without a visible key holds zeros and -infinity. The includer defines TILE_M, WAVES and COMBINE_NAME.
 */
#ifndef PAGODA_DEVICE_COMBINE_H
#define PAGODA_DEVICE_COMBINE_H

#include "epilogue.h"
#include "mask.h"
#include "softmax.h"

CONSTANT LANE_COLUMNS = HEAD_DIM / WAVE_LANES;

/* Row of split_lse, and of split_out in units of HEAD_DIM, where a part of a query's result lies. */
DEVICE i64 part_row(const struct pagoda_batch_prefill_kernargs *args, int part, i64 token, int head) {
    return (part * (i64)args->total_q + token) * args->num_q_heads + head;
}

/* out and lse like the epilogue's, of one row of one wave. */
DEVICE void store_part(const struct pagoda_batch_prefill_kernargs *args, int part, i64 token, int head,
                       const accumulator out[OUT_BLOCKS], struct softmax_result result, int lane) {
    i64 row = part_row(args, part, token, head);
    GLOBAL_SPACE float *to = (GLOBAL_SPACE float *)args->split_out + row * HEAD_DIM + lane / MFMA_ROWS * 4;
    UNROLL for (int block = 0; block < OUT_BLOCKS; ++block) {
        UNROLL for (int r = 0; r < ACC_REGISTERS; r += 4) {
            f32x4 four = {out[block][r], out[block][r + 1], out[block][r + 2], out[block][r + 3]};
            *(GLOBAL_SPACE f32x4 *)(to + block * MFMA_ROWS + r * LANE_GROUPS) = four * result.out_factor;
        }
    }
    if (lane < MFMA_ROWS)
        ((GLOBAL_SPACE float *)args->split_lse)[row] = result.lse;
}

/* One row of the result by one wave: lane l holds part l's weight and columns l * LANE_COLUMNS and on. */
DEVICE void combine_row(const struct pagoda_batch_prefill_kernargs *args, i64 token, int head, int is_fp16, int lane) {
    const GLOBAL_SPACE float *lses = (const GLOBAL_SPACE float *)args->split_lse;
    int last = args->num_splits - 1;
    float part_lse = lses[part_row(args, min_int(lane, last), token, head)] * LOG2_E;
    float sink = args->sink_logits ? ((constant_floats)args->sink_logits)[head] * LOG2_E : NO_MAX;
    float max = __builtin_fmaxf(wave_max(__builtin_fmaxf(part_lse, NO_MAX)), sink);
    float weight = exp2_fast(part_lse - max);
    float sum = args->sink_logits ? exp2_fast(sink - max) : 0.0f;
    float out[LANE_COLUMNS];
    UNROLL for (int c = 0; c < LANE_COLUMNS; ++c)
        out[c] = 0.0f;
    for (int part = 0; part <= last; ++part) {
        const GLOBAL_SPACE float *from =
            (const GLOBAL_SPACE float *)args->split_out + part_row(args, part, token, head) * HEAD_DIM + lane * LANE_COLUMNS;
        float part_weight = bits_float(__builtin_amdgcn_readlane(float_bits(weight), part));
        sum += part_weight;
        UNROLL for (int c = 0; c < LANE_COLUMNS; ++c)
            out[c] += part_weight * from[c];
    }
    float factor = sum == 0.0f ? 0.0f : __builtin_amdgcn_rcpf(sum);
    GLOBAL_SPACE u16 *to = (GLOBAL_SPACE u16 *)args->out + token * args->out_stride_token + head * args->out_stride_head +
                           lane * LANE_COLUMNS;
    float second = LANE_COLUMNS > 1 ? out[LANE_COLUMNS - 1] * factor : 0.0f;
    int words = is_fp16 ? pack_fp16(out[0] * factor, second) : pack_bf16(out[0] * factor, second);
    if (LANE_COLUMNS > 1)
        *(GLOBAL_SPACE int *)to = words;
    else
        *to = (u16)words;
    if (args->lse && lane == 0)
        ((GLOBAL_SPACE float *)args->lse)[head * args->lse_stride_head + token] = (max + log2_fast(sum)) * LN_2;
}

/* The rows of one query tile, which the workgroups of all its parts have written. Same ids as without parts. */
DEVICE void combine_tile(const struct pagoda_batch_prefill_kernargs *args, int is_fp16) {
    int id = (int)__builtin_amdgcn_workgroup_id_x();
    int head = id % args->num_q_heads;
    int q_tile = args->num_q_tiles - 1 - id / args->num_q_heads % args->num_q_tiles;
    int sequence_index = id / args->num_q_heads / args->num_q_tiles;
    if (sequence_index >= args->batch)
        return;
    struct sequence seq = find_sequence(args, sequence_index);
    int end = min_int((q_tile + 1) * TILE_M, seq.num_queries);
    for (int query = q_tile * TILE_M + wave_id(); query < end; query += WAVES)
        combine_row(args, seq.first_query + query, head, is_fp16, lane_id());
}

#endif
