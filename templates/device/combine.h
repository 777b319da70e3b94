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

CONSTANT COMBINE_ROWS = 16;                        /* of a workgroup of the second kernel; the host knows */
CONSTANT COMBINE_LANES = HEAD_DIM / 4;             /* of a row, each with 16 bytes of a part */
CONSTANT PARTS_AHEAD = 4;                          /* loaded before the first is used */

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

/* One row of the result by COMBINE_LANES lanes, each with four columns. Parts behind the last stand for it, without weight. */
DEVICE void combine_row(const struct pagoda_batch_prefill_kernargs *args, i64 token, int head, int is_fp16, int column) {
    const GLOBAL_SPACE float *lses = (const GLOBAL_SPACE float *)args->split_lse;
    const GLOBAL_SPACE float *outs = (const GLOBAL_SPACE float *)args->split_out;
    int last = args->num_splits - 1;
    float sink = args->sink_logits ? ((constant_floats)args->sink_logits)[head] * LOG2_E : NO_MAX;
    float max = sink;
    for (int part = 0; part <= last; part += 2 * PARTS_AHEAD) {
        float lse[2 * PARTS_AHEAD];
        UNROLL for (int i = 0; i < 2 * PARTS_AHEAD; ++i)
            lse[i] = lses[part_row(args, min_int(part + i, last), token, head)];
        UNROLL for (int i = 0; i < 2 * PARTS_AHEAD; ++i)
            max = __builtin_fmaxf(max, lse[i] * LOG2_E);
    }
    float sum = args->sink_logits ? exp2_fast(sink - max) : 0.0f;
    f32x4 out = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int part = 0; part <= last; part += PARTS_AHEAD) {
        float lse[PARTS_AHEAD];
        f32x4 columns[PARTS_AHEAD];
        UNROLL for (int i = 0; i < PARTS_AHEAD; ++i) {
            i64 row = part_row(args, min_int(part + i, last), token, head);
            lse[i] = lses[row];
            columns[i] = *(const GLOBAL_SPACE f32x4 *)(outs + row * HEAD_DIM + column);
        }
        UNROLL for (int i = 0; i < PARTS_AHEAD; ++i) {
            float weight = part + i <= last ? exp2_fast(lse[i] * LOG2_E - max) : 0.0f;
            sum += weight;
            out += columns[i] * weight;
        }
    }
    out *= sum == 0.0f ? 0.0f : __builtin_amdgcn_rcpf(sum);
    i32x2 words = {is_fp16 ? pack_fp16(out[0], out[1]) : pack_bf16(out[0], out[1]),
                   is_fp16 ? pack_fp16(out[2], out[3]) : pack_bf16(out[2], out[3])};
    GLOBAL_SPACE u16 *to = (GLOBAL_SPACE u16 *)args->out + token * args->out_stride_token + head * args->out_stride_head;
    *(GLOBAL_SPACE i32x2 *)(to + column) = words;
    if (args->lse && column == 0)
        ((GLOBAL_SPACE float *)args->lse)[head * args->lse_stride_head + token] = (max + log2_fast(sum)) * LN_2;
}

/* COMBINE_ROWS rows of one query tile, which the workgroups of all its parts have written. */
DEVICE void combine_tile(const struct pagoda_batch_prefill_kernargs *args, int is_fp16) {
    int id = (int)__builtin_amdgcn_workgroup_id_x();
    int head = id % args->num_q_heads;
    id /= args->num_q_heads;
    int block = id % (TILE_M / COMBINE_ROWS);
    id /= TILE_M / COMBINE_ROWS;
    int q_tile = id % args->num_q_tiles, sequence_index = id / args->num_q_tiles;
    if (sequence_index >= args->batch)
        return;
    struct sequence seq = find_sequence(args, sequence_index);
    int query = q_tile * TILE_M + block * COMBINE_ROWS + (int)__builtin_amdgcn_workitem_id_x() / COMBINE_LANES;
    int end = min_int(q_tile * TILE_M + (block + 1) * COMBINE_ROWS, seq.num_queries);
    for (; query < end; query += WAVES * WAVE_LANES / COMBINE_LANES)
        combine_row(args, seq.first_query + query, head, is_fp16, lane_id() % COMBINE_LANES * 4);
}

#endif
