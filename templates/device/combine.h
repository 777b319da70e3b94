/* SPDX-License-Identifier: MIT
 *
 * Split keys: several workgroups attend to parts of the keys of one query tile, each as if its part were all there is,
 * and a second kernel combines their results in the order of the parts, so that equal input gives equal bits. A query tile
 * whose keys are one part is complete as it is.
 *
 * A part's output is normalised and in fp32, its LSE natural and without the sink:
 *   split_out [num_splits, total_q, num_q_heads, HEAD_DIM], split_lse [num_splits, total_q, num_q_heads]
 * For a query that sees no key of a part it holds zeros and -infinity.
 */
#ifndef PAGODA_DEVICE_COMBINE_H
#define PAGODA_DEVICE_COMBINE_H

#include "epilogue.h"
#include "key_parts.h"
#include "softmax_result.h"

CONSTANT COMBINE_THREADS = 256, COMBINE_ROWS = 16; /* of a workgroup of the second kernel; the host knows */
CONSTANT COMBINE_LANES = HEAD_DIM / 4;             /* of a row, each with 16 bytes of a part */
CONSTANT ROWS_PER_LANE = COMBINE_ROWS * COMBINE_LANES / COMBINE_THREADS;
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

/* Lower than any logit of a sink, and finite: differences of maxima are never NaN. */
#define NO_SINK -1e30f

/* What the parts of one row have come to so far, in four columns of it. */
struct combined {
    float max, sum; /* base 2 */
    f32x4 out;
};

/* Takes in PARTS_AHEAD parts of which `valid` or more exist. */
DEVICE void combine_parts(struct combined *row, const float lse[PARTS_AHEAD], const f32x4 out[PARTS_AHEAD], int valid) {
    float before = row->max;
    UNROLL for (int i = 0; i < PARTS_AHEAD; ++i)
        row->max = __builtin_fmaxf(row->max, lse[i] * LOG2_E);
    float factor = __builtin_amdgcn_exp2f(before - row->max);
    row->sum *= factor;
    row->out *= factor;
    UNROLL for (int i = 0; i < PARTS_AHEAD; ++i) {
        float weight = i < valid ? __builtin_amdgcn_exp2f(lse[i] * LOG2_E - row->max) : 0.0f;
        row->sum += weight;
        row->out += out[i] * weight;
    }
}

DEVICE void store_combined(const struct pagoda_batch_prefill_kernargs *args, i64 token, int head, int column,
                           const struct combined *row, int is_fp16) {
    f32x4 out = row->out * (row->sum == 0.0f ? 0.0f : __builtin_amdgcn_rcpf(row->sum));
    i32x2 words = {pack_bf16(out[0], out[1]), pack_bf16(out[2], out[3])};
    if (is_fp16)
        words = (i32x2){pack_fp16(out[0], out[1]), pack_fp16(out[2], out[3])};
    GLOBAL_SPACE u16 *to = (GLOBAL_SPACE u16 *)args->out + token * args->out_stride_token + head * args->out_stride_head;
    *(GLOBAL_SPACE i32x2 *)(to + column) = words;
    if (args->lse && column == 0)
        ((GLOBAL_SPACE float *)args->lse)[head * args->lse_stride_head + token] =
            (row->max + __builtin_amdgcn_logf(row->sum)) * LN_2;
}

/* COMBINE_ROWS rows of one query tile, whose parts other workgroups have written. */
DEVICE void combine_rows(const struct pagoda_batch_prefill_kernargs *args, int is_fp16) {
    int id = (int)__builtin_amdgcn_workgroup_id_x();
    int blocks = args->num_q_tiles * (TILE_M / COMBINE_ROWS), row_index = uniform_quotient(id, blocks);
    int sequence_index = uniform_quotient(row_index, args->num_q_heads);
    if (sequence_index >= args->batch)
        return;
    struct sequence seq = find_sequence(args, sequence_index);
    /* In turn from the end, where queries see many parts, and from the start: neighbours may share a compute unit. */
    int head = row_index - sequence_index * args->num_q_heads, rank = id - row_index * blocks;
    int first = (rank & 1 ? rank / 2 : blocks - 1 - rank / 2) * COMBINE_ROWS;
    int end = min_int(first + COMBINE_ROWS, seq.num_queries);
    if (first >= end)
        return;
    int parts = parts_of_query_tile(keys_of_query_tile(&seq, first & -TILE_M), tiles_of_part(args, &seq));
    if (parts == 1)
        return;
    /* A base for all rows, which moves on from part to part, and 32 bits for a row and column in it. */
    i64 base = part_row(args, 0, seq.first_query + first, head), part_rows = (i64)args->total_q * args->num_q_heads;
    global_bytes lse_base = (global_bytes)(args->split_lse + base), out_base = (global_bytes)(args->split_out + base * HEAD_DIM);
    int column = (int)__builtin_amdgcn_workitem_id_x() % COMBINE_LANES * 4;
    int row[ROWS_PER_LANE];
    u32 lse_offset[ROWS_PER_LANE], out_offset[ROWS_PER_LANE];
    struct combined combined[ROWS_PER_LANE];
    float sink = args->sink_logits ? __builtin_fmaxf(((constant_floats)args->sink_logits)[head] * LOG2_E, NO_SINK) : NO_SINK;
    UNROLL for (int r = 0; r < ROWS_PER_LANE; ++r) {
        row[r] = (int)__builtin_amdgcn_workitem_id_x() / COMBINE_LANES + r * (COMBINE_THREADS / COMBINE_LANES);
        lse_offset[r] = (u32)row[r] * (u32)args->num_q_heads * 4u;
        out_offset[r] = lse_offset[r] * HEAD_DIM + (u32)column * 4u;
        combined[r].max = sink;
        combined[r].sum = sink > NO_SINK ? 1.0f : 0.0f;
        combined[r].out = (f32x4)(0.0f);
    }
    for (int part = 0; part < parts; part += PARTS_AHEAD) {
        float lse[ROWS_PER_LANE][PARTS_AHEAD];
        f32x4 out[ROWS_PER_LANE][PARTS_AHEAD];
        UNROLL for (int i = 0; i < PARTS_AHEAD; ++i) {
            UNROLL for (int r = 0; r < ROWS_PER_LANE; ++r) {
                if (row[r] >= end - first)
                    continue;
                lse[r][i] = *(const GLOBAL_SPACE float *)(lse_base + lse_offset[r]);
                out[r][i] = *(const GLOBAL_SPACE f32x4 *)(out_base + out_offset[r]);
            }
            i64 rows = part + i + 1 < parts ? part_rows : 0; /* behind the last part it stands for what is missing */
            lse_base += rows * 4;
            out_base += rows * (HEAD_DIM * 4);
        }
        UNROLL for (int r = 0; r < ROWS_PER_LANE; ++r)
            combine_parts(&combined[r], lse[r], out[r], parts - part);
    }
    UNROLL for (int r = 0; r < ROWS_PER_LANE; ++r) {
        if (first + row[r] < end)
            store_combined(args, seq.first_query + first + row[r], head, column, &combined[r], is_fp16);
    }
}

#endif
