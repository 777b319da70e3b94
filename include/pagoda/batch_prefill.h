/* SPDX-License-Identifier: MIT
 *
 * Batch prefill: attention of ragged query chunks over a paged KV cache.
 *
 * For sequence b with queries q[cu_seqlens_q[b] .. cu_seqlens_q[b+1]) and seqlen_k(b) cached keys, for query i and head
 * h:
 *
 *   s_j = softmax_scale * q_descale * k_descale * <q_i, k_j>,  soft-capped to c * tanh(s_j / c) when c > 0
 *   out_i = v_descale * sum_j exp(s_j) v_j / (sum_j exp(s_j) + exp(sink_logit_h)),   lse_i = ln(sum_j exp(s_j) +
 * exp(sink_logit_h))
 *
 * over the keys j that the mask lets query i see. A row that sees no key gives out = 0 and lse = -infinity (the sink
 * logit alone if there is one). KV head of query head h: h / (num_q_heads / num_kv_heads).
 */
#ifndef PAGODA_BATCH_PREFILL_H
#define PAGODA_BATCH_PREFILL_H

#include <pagoda/pagoda.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pagoda_kv_layout {
    /* K and V [num_pages, page_size, num_kv_heads, head_dim]. Strides are given; head_dim is contiguous. */
    PAGODA_KV_LAYOUT_LINEAR = 0,
    /* K [num_pages, num_kv_heads, head_dim / x, page_size, x], V [num_pages, num_kv_heads, page_size / x, head_dim, x],
     * x = 16 / element bytes; page_size % x == 0. Only page and head strides are read; the rest is contiguous. */
    PAGODA_KV_LAYOUT_VECTORIZED = 1
} pagoda_kv_layout;

typedef enum pagoda_page_table_style {
    /* CSR: kv_indptr [batch + 1] (prefix sums of page counts), page_ids [num_page_ids], and kv_lens [batch] holding the
     * number of keys in each sequence's last page, 1 .. page_size (NULL allowed when page_size == 1).
     * seqlen_k = (pages - 1) * page_size + last_page_len; 0 when a sequence has no page. */
    PAGODA_PAGE_TABLE_SGLANG = 0,
    /* Block table: page_ids [batch, page_table_stride], kv_lens [batch] = seqlen_k. */
    PAGODA_PAGE_TABLE_VLLM = 1
} pagoda_page_table_style;

typedef enum pagoda_mask {
    PAGODA_MASK_NONE = 0,
    /* Bottom-right aligned: query i of n sees keys j <= i + seqlen_k - n. */
    PAGODA_MASK_CAUSAL = 1,
    /* Bottom-right aligned window: with p = i + seqlen_k - n, keys p - window_left <= j <= p + window_right
     * (a side of -1 is unbounded), and the first window_sink_tokens keys whatever the left side says. */
    PAGODA_MASK_SLIDING_WINDOW = 2
} pagoda_mask;

typedef enum pagoda_quant_mode {
    /* Stored values are the values. With FP8 this is per_tensor with every descale 1. */
    PAGODA_QUANT_NONE = 0,
    /* One factor each for q, k and v: value = stored * descale. FP8 only. */
    PAGODA_QUANT_PER_TENSOR = 1,
    /* q_descale as above; one factor per page and KV head for K and one for V. FP8 only. */
    PAGODA_QUANT_KV_BLOCK = 2
} pagoda_quant_mode;

typedef struct pagoda_batch_prefill_args {
    size_t struct_size; /* sizeof(pagoda_batch_prefill_args) */

    /* ---- sizes ---- */
    int32_t batch;        /* number of sequences, >= 0; 0 launches nothing */
    int32_t total_q;      /* rows of q and out = cu_seqlens_q[batch], >= 0; 0 launches nothing */
    int32_t max_seqlen_q; /* upper bound of the longest query chunk, in tokens, <= total_q <= batch * max_seqlen_q:
                             sizes the grid. Queries beyond it are not computed. */
    int32_t max_seqlen_k; /* upper bound of the longest seqlen_k in keys, or 0 if unknown: only guides the choice of
                             instance, never the result */
    int32_t num_q_heads;  /* >= 1, a multiple of num_kv_heads */
    int32_t num_kv_heads; /* >= 1 */
    int32_t head_dim;     /* elements of one head of q, k, v and out */
    int32_t page_size;    /* keys per page: 1 or another power of two */
    int32_t num_pages;    /* pages in the pool, >= 1; a page id outside [0, num_pages) is clamped, never followed */

    /* ---- types ---- */
    pagoda_dtype q_dtype;   /* FP16, BF16 or an FP8 encoding */
    pagoda_dtype kv_dtype;  /* equal to q_dtype */
    pagoda_dtype out_dtype; /* q_dtype for 16-bit; BF16 or FP16 when q is FP8 */

    /* ---- tensors (device); base addresses 16-byte aligned; strides in elements, >= head_dim, last dimension
     * contiguous. The stride of a dimension of size 1 is not read. Pointers may be NULL when nothing is launched. ----
     */
    const void *q;                         /* [total_q, num_q_heads, head_dim] */
    int64_t q_stride_token, q_stride_head; /* multiples of x = 16 / element bytes */
    const void *k_cache;                   /* see pagoda_kv_layout */
    const void *v_cache;
    pagoda_kv_layout kv_layout;
    int64_t k_stride_page, k_stride_token, k_stride_head; /* multiples of x; token stride is ignored when vectorized */
    int64_t v_stride_page, v_stride_token, v_stride_head;
    void *out;                                 /* [total_q, num_q_heads, head_dim], written */
    int64_t out_stride_token, out_stride_head; /* multiples of 8; rows must not overlap */
    float *lse;              /* [num_q_heads, total_q] natural log, written; NULL: not wanted. 4-byte aligned */
    int64_t lse_stride_head; /* elements between heads, >= total_q */

    /* ---- ragged batch and page table (device, int32, 4-byte aligned) ---- */
    const int32_t *cu_seqlens_q; /* [batch + 1], prefix sums of query lengths, starting at 0 */
    pagoda_page_table_style page_table_style;
    const int32_t *kv_indptr;  /* SGLANG: [batch + 1]; VLLM: NULL */
    const int32_t *page_ids;   /* SGLANG: [num_page_ids]; VLLM: [batch, page_table_stride] */
    int32_t num_page_ids;      /* SGLANG: length of page_ids, >= 0, which bounds every read; VLLM: ignored */
    int32_t page_table_stride; /* VLLM: row length of page_ids in elements, >= 1; SGLANG: ignored */
    const int32_t *kv_lens;    /* [batch]; SGLANG: last page lengths; VLLM: seqlen_k, which is clamped to
                                  page_table_stride * page_size */

    /* ---- attention ---- */
    float softmax_scale;   /* finite, > 0; usually head_dim^-0.5 */
    float logits_soft_cap; /* finite, >= 0; 0 = off */
    pagoda_mask mask;
    int32_t window_left, window_right; /* SLIDING_WINDOW only: keys to each side, -1 = unbounded */
    int32_t window_sink_tokens;        /* SLIDING_WINDOW only: >= 0 */
    const float *sink_logits;          /* device [num_q_heads], a virtual key's logit per head; NULL: none */

    /* ---- quantisation ---- */
    pagoda_quant_mode quant;
    /* Scalar descales. A non-NULL device pointer ([1] fp32, 4-byte aligned) wins over the host value, and is read by
     * the kernel: its value cannot be checked before launch. Host values must be finite and > 0 where the mode reads
     * them. */
    float q_descale, k_descale, v_descale;
    const float *q_descale_device, *k_descale_device, *v_descale_device;
    /* KV_BLOCK: device fp32, factor of page p and KV head h at [p * kv_descale_stride_page + h *
     * kv_descale_stride_head] (elements); for one tensor [num_pages, num_kv_heads, 2] pass v_page_descale =
     * k_page_descale + 1. */
    const float *k_page_descale, *v_page_descale;
    int64_t kv_descale_stride_page, kv_descale_stride_head;

    /* ---- this call ---- */
    const char *instance; /* force this instance of the catalogue by name; NULL: the library chooses */
    const char *pipeline; /* force "v2" or "v3"; NULL: the library chooses */
    /* Parts to cut the keys of a sequence into, for as many workgroups, which helps when there are few queries and
     * heads for the device or, under the causal mask, much more to do for the last queries than for the first. What the
     * parts give is combined in a fixed order by a second launch. 0: the library chooses, within workspace_bytes; 1: do
     * not split; 2 .. 64: that many, of max_seqlen_k keys if given (shorter sequences then have fewer). */
    int32_t num_splits;
    void *workspace;        /* device, 256-byte aligned; uninitialised memory will do; NULL: none */
    size_t workspace_bytes; /* bytes at workspace, see plan.workspace_bytes and plan.wanted_workspace_bytes */
    char *message;          /* optional host buffer: receives a NUL-terminated message when the call fails */
    size_t message_size;
} pagoda_batch_prefill_args;

/* Host only: validates, normalises and selects; reads no device memory and needs no device. Device pointers are only
 * checked for presence and alignment. On PAGODA_ERROR_UNSUPPORTED and NOT_BUILT the plan is filled in as far as it
 * goes, so that pagoda_plan_explain can say why. Errors: INVALID_ARGUMENT, UNSUPPORTED, NOT_BUILT, VERSION. */
PAGODA_API pagoda_status pagoda_batch_prefill_plan(const pagoda_context *context, const pagoda_batch_prefill_args *args,
                                                   pagoda_plan *plan);

/* Plans as above and launches on `stream`, a hipStream_t of the context's device; NULL is the default stream of the
 * calling thread's current HIP device, which must then be the context's. Asynchronous; allocates nothing and
 * synchronises nothing, except that the first use of an instance on a context loads its code object (do one call, or
 * pagoda_batch_prefill_prepare, before capturing a graph). On any error nothing is launched and nothing is written.
 * Errors: those of the plan, and WORKSPACE, NO_DEVICE (plan-only context), HIP, OUT_OF_MEMORY. */
PAGODA_API pagoda_status pagoda_batch_prefill(pagoda_context *context, const pagoda_batch_prefill_args *args,
                                              void *stream);

/* Loads the code object that the request needs, so that a following pagoda_batch_prefill can be captured. */
PAGODA_API pagoda_status pagoda_batch_prefill_prepare(pagoda_context *context, const pagoda_batch_prefill_args *args);

#ifdef __cplusplus
}
#endif
#endif
