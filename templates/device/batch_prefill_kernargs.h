/* SPDX-License-Identifier: MIT
 *
 * The one argument block of every batch_prefill kernel, V2 and V3: written by runtime/launch.c, read by
 * templates/batch_prefill_*.hip.j2. Plain C for host and device; 8-byte members first so that both lay it out alike.
 * Host-side checks have made every stride and count consistent; page ids, cu_seqlens and lengths live in device memory
 * and are not to be trusted: clamp them.
 */
#ifndef PAGODA_BATCH_PREFILL_KERNARGS_H
#define PAGODA_BATCH_PREFILL_KERNARGS_H

struct pagoda_batch_prefill_kernargs {
    const void *q;
    const void *k_cache;
    const void *v_cache;
    void *out;
    float *lse;                /* NULL: not wanted */
    const int *cu_seqlens_q;   /* [batch + 1] */
    const int *kv_indptr;      /* SGLang [batch + 1]; NULL selects the vLLM reading of page_ids and kv_lens */
    const int *page_ids;       /* SGLang [num_page_ids]; vLLM [batch, page_table_stride] */
    const int *kv_lens;        /* SGLang last page lengths (NULL: page size 1); vLLM seqlen_k */
    const float *sink_logits;  /* [num_q_heads] or NULL */
    const float *q_descale_ptr; /* [1] or NULL: then the host value below */
    const float *k_descale_ptr;
    const float *v_descale_ptr;
    const float *k_page_descale; /* kv_block only */
    const float *v_page_descale;
    float *split_out;          /* num_splits > 1 only: partial results, [num_splits, total_q, num_q_heads, head_dim] */
    float *split_lse;          /* and the natural LSE of each part, [num_splits, total_q, num_q_heads] */
    /* strides in elements */
    long long q_stride_token, q_stride_head;
    long long out_stride_token, out_stride_head;
    long long k_stride_page, k_stride_token, k_stride_head;
    long long v_stride_page, v_stride_token, v_stride_head;
    long long kv_descale_stride_page, kv_descale_stride_head;
    long long lse_stride_head;
    int batch;
    int total_q;
    int num_q_heads;
    int num_kv_heads;
    int gqa_ratio;             /* num_q_heads / num_kv_heads */
    int num_pages;             /* > 0 */
    int num_page_ids;          /* SGLang: length of page_ids; vLLM: batch * page_table_stride */
    int page_table_stride;     /* vLLM row length */
    int page_size_log2;
    int num_q_tiles;           /* ceil(max_seqlen_q / tile_m) */
    int window_left, window_right, window_sink_tokens;
    int out_is_fp16;           /* FP8 input only: 1 = fp16 out, 0 = bf16 out */
    int num_splits;            /* most parts that the keys of a query tile are cut into, see key_parts.h; 1: not cut */
    int part_keys;             /* num_splits > 1: keys of a part, unless there are more keys than that; a multiple of TILE_N */
    float softmax_scale;
    float logits_soft_cap;
    float q_descale, k_descale, v_descale; /* 1 when the mode does not read them */
};

#endif
