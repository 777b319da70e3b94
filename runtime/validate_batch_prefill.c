/* SPDX-License-Identifier: MIT */
#include "validate_batch_prefill.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>

/* Each check returns true when the argument is good, else it writes the message. They are chained with &&, so the first
 * bad argument, in the order of the struct, is the one that is named. */

static bool refuse_int(struct pagoda_text *message, const char *name, int64_t value, const char *expected) {
    pagoda_text_add(message, "%s is %" PRId64 "; expected %s", name, value, expected);
    return false;
}

static bool int_in(struct pagoda_text *message, const char *name, int64_t value, int64_t low, int64_t high,
                   const char *expected) {
    return (value >= low && value <= high) || refuse_int(message, name, value, expected);
}

static bool is_set(struct pagoda_text *message, const char *name, const void *pointer, const char *when) {
    if (pointer != NULL)
        return true;
    pagoda_text_add(message, "%s is NULL; expected a pointer%s", name, when);
    return false;
}

static bool is_aligned(struct pagoda_text *message, const char *name, const void *pointer, unsigned alignment) {
    if ((uintptr_t)pointer % alignment == 0)
        return true;
    pagoda_text_add(message, "%s is %p; expected an address aligned to %u bytes", name, pointer, alignment);
    return false;
}

static bool is_tensor(struct pagoda_text *message, const char *name, const void *pointer, unsigned alignment) {
    return is_set(message, name, pointer, "") && is_aligned(message, name, pointer, alignment);
}

static bool check_sizes(const pagoda_batch_prefill_args *a, struct pagoda_text *m) {
    if (!int_in(m, "batch", a->batch, 0, INT32_MAX, "0 or more sequences") ||
        !int_in(m, "total_q", a->total_q, 0, INT32_MAX, "0 or more rows") ||
        !int_in(m, "max_seqlen_q", a->max_seqlen_q, 0, INT32_MAX, "0 or more tokens") ||
        !int_in(m, "max_seqlen_k", a->max_seqlen_k, 0, INT32_MAX, "0 (unknown) or more keys") ||
        !int_in(m, "num_q_heads", a->num_q_heads, 1, INT32_MAX, "at least 1") ||
        !int_in(m, "num_kv_heads", a->num_kv_heads, 1, INT32_MAX, "at least 1") ||
        !int_in(m, "head_dim", a->head_dim, 1, INT32_MAX, "at least 1") ||
        !int_in(m, "page_size", a->page_size, 1, INT32_MAX, "at least 1 key per page"))
        return false;
    if (a->num_q_heads % a->num_kv_heads != 0) {
        pagoda_text_add(m, "num_q_heads is %" PRId32 "; expected a multiple of num_kv_heads, which is %" PRId32,
                        a->num_q_heads, a->num_kv_heads);
        return false;
    }
    if (a->max_seqlen_q > a->total_q) {
        pagoda_text_add(m, "max_seqlen_q is %" PRId32 "; expected at most total_q, which is %" PRId32, a->max_seqlen_q,
                        a->total_q);
        return false;
    }
    if (a->total_q > (int64_t)a->batch * a->max_seqlen_q) {
        pagoda_text_add(m,
                        "total_q is %" PRId32 "; expected at most batch * max_seqlen_q = %" PRId64
                        " (otherwise some sequence is longer than max_seqlen_q)",
                        a->total_q, (int64_t)a->batch * a->max_seqlen_q);
        return false;
    }
    return pagoda_batch_prefill_is_empty(a) ||
           int_in(m, "num_pages", a->num_pages, 1, INT32_MAX, "at least 1 page in the pool");
}

static bool check_enums(const pagoda_batch_prefill_args *a, struct pagoda_text *m) {
    static const char dtypes[] = "a pagoda_dtype (1 fp16, 2 bf16, 3 fp8_e4m3fn, 4 fp8_e4m3fnuz)";
    return int_in(m, "q_dtype", a->q_dtype, PAGODA_DTYPE_FP16, PAGODA_DTYPE_FP8_E4M3FNUZ, dtypes) &&
           int_in(m, "kv_dtype", a->kv_dtype, PAGODA_DTYPE_FP16, PAGODA_DTYPE_FP8_E4M3FNUZ, dtypes) &&
           int_in(m, "out_dtype", a->out_dtype, PAGODA_DTYPE_FP16, PAGODA_DTYPE_FP8_E4M3FNUZ, dtypes) &&
           int_in(m, "kv_layout", a->kv_layout, PAGODA_KV_LAYOUT_LINEAR, PAGODA_KV_LAYOUT_VECTORIZED,
                  "a pagoda_kv_layout (0 linear, 1 vectorized)") &&
           int_in(m, "page_table_style", a->page_table_style, PAGODA_PAGE_TABLE_SGLANG, PAGODA_PAGE_TABLE_VLLM,
                  "a pagoda_page_table_style (0 sglang, 1 vllm)") &&
           int_in(m, "mask", a->mask, PAGODA_MASK_NONE, PAGODA_MASK_SLIDING_WINDOW,
                  "a pagoda_mask (0 none, 1 causal, 2 sliding window)") &&
           int_in(m, "quant", a->quant, PAGODA_QUANT_NONE, PAGODA_QUANT_KV_BLOCK,
                  "a pagoda_quant_mode (0 none, 1 per_tensor, 2 kv_block)");
}

/* One dimension of a tensor. */
struct dimension {
    const char *name; /* of its stride argument */
    int64_t extent, stride;
};

/* Strides are at least `least` and multiples of `multiple`, and the last element's address fits in 63 bits.
 * `row` is the number of contiguous elements that each index reaches. */
static bool check_strides(struct pagoda_text *m, const struct dimension *dimensions, int count, int64_t least,
                          int64_t multiple, int64_t row, int64_t element_bytes) {
    int64_t elements = row;
    for (int i = 0; i < count; i++) {
        const struct dimension *d = &dimensions[i];
        int64_t reach;
        if (d->extent <= 1)
            continue;
        if (d->stride < least || d->stride % multiple != 0) {
            pagoda_text_add(m, "%s is %" PRId64 "; expected at least %" PRId64 " elements and a multiple of %" PRId64,
                            d->name, d->stride, least, multiple);
            return false;
        }
        if (__builtin_mul_overflow(d->extent - 1, d->stride, &reach) ||
            __builtin_add_overflow(elements, reach, &elements) ||
            __builtin_mul_overflow(elements, element_bytes, &reach)) {
            pagoda_text_add(m, "%s is %" PRId64 "; with %" PRId64 " indices the tensor passes 2^63 bytes", d->name,
                            d->stride, d->extent);
            return false;
        }
    }
    return true;
}

static bool check_cache(const pagoda_batch_prefill_args *a, struct pagoda_text *m, const char *name, const void *cache,
                        const struct dimension strides[3]) {
    const int64_t bytes = (int64_t)pagoda_dtype_size(a->kv_dtype), x = 16 / bytes;
    if (!is_tensor(m, name, cache, 16))
        return false;
    if (a->kv_layout == PAGODA_KV_LAYOUT_LINEAR)
        return check_strides(m, strides, 3, a->head_dim, x, a->head_dim, bytes);
    /* Pages of one key are refused by a rule, with advice. */
    if (a->page_size > 1 && a->page_size % x != 0) {
        pagoda_text_add(m,
                        "page_size is %" PRId32 "; expected a multiple of %" PRId64
                        " for the vectorized layout of %s (16 bytes)",
                        a->page_size, x, pagoda_dtype_string(a->kv_dtype));
        return false;
    }
    /* One head of one page is contiguous. */
    const int64_t block = (int64_t)a->page_size * a->head_dim;
    const struct dimension outer[2] = {strides[0], strides[2]};
    return check_strides(m, outer, 2, block, x, block, bytes);
}

/* No two rows of an output may share memory: one of the two dimensions must enclose the other. */
static bool rows_are_disjoint(const pagoda_batch_prefill_args *a) {
    const int64_t tokens = a->total_q, heads = a->num_q_heads;
    const int64_t token = a->out_stride_token, head = a->out_stride_head;
    return tokens == 1 || heads == 1 || token >= (heads - 1) * head + a->head_dim ||
           head >= (tokens - 1) * token + a->head_dim;
}

static bool check_tensors(const pagoda_batch_prefill_args *a, struct pagoda_text *m) {
    const int64_t q_bytes = (int64_t)pagoda_dtype_size(a->q_dtype);
    const struct dimension q[2] = {{"q_stride_token", a->total_q, a->q_stride_token},
                                   {"q_stride_head", a->num_q_heads, a->q_stride_head}};
    const struct dimension out[2] = {{"out_stride_token", a->total_q, a->out_stride_token},
                                     {"out_stride_head", a->num_q_heads, a->out_stride_head}};
    const struct dimension k[3] = {{"k_stride_page", a->num_pages, a->k_stride_page},
                                   {"k_stride_token", a->page_size, a->k_stride_token},
                                   {"k_stride_head", a->num_kv_heads, a->k_stride_head}};
    const struct dimension v[3] = {{"v_stride_page", a->num_pages, a->v_stride_page},
                                   {"v_stride_token", a->page_size, a->v_stride_token},
                                   {"v_stride_head", a->num_kv_heads, a->v_stride_head}};
    if (!is_tensor(m, "q", a->q, 16) || !check_strides(m, q, 2, a->head_dim, 16 / q_bytes, a->head_dim, q_bytes) ||
        !check_cache(a, m, "k_cache", a->k_cache, k) || !check_cache(a, m, "v_cache", a->v_cache, v) ||
        !is_tensor(m, "out", a->out, 16) || !check_strides(m, out, 2, a->head_dim, 8, a->head_dim, 2))
        return false;
    if (!rows_are_disjoint(a)) {
        pagoda_text_add(m,
                        "out_stride_token is %" PRId64 " and out_stride_head is %" PRId64
                        "; expected one to enclose all of the other (rows of out overlap)",
                        a->out_stride_token, a->out_stride_head);
        return false;
    }
    return a->lse == NULL || (is_aligned(m, "lse", a->lse, 4) &&
                              (a->num_q_heads == 1 || int_in(m, "lse_stride_head", a->lse_stride_head, a->total_q,
                                                             INT64_MAX / 4 / a->num_q_heads,
                                                             "at least total_q and a tensor within 2^63 bytes")));
}

static bool check_page_table(const pagoda_batch_prefill_args *a, struct pagoda_text *m) {
    if (!is_tensor(m, "cu_seqlens_q", a->cu_seqlens_q, 4) || !is_tensor(m, "page_ids", a->page_ids, 4))
        return false;
    if (a->page_table_style == PAGODA_PAGE_TABLE_SGLANG) {
        if (!is_set(m, "kv_indptr", a->kv_indptr, " for a SGLang page table") ||
            !is_aligned(m, "kv_indptr", a->kv_indptr, 4) ||
            !int_in(m, "num_page_ids", a->num_page_ids, 0, INT32_MAX, "the length of page_ids") ||
            (a->page_size > 1 && !is_set(m, "kv_lens", a->kv_lens, " to last page lengths when page_size > 1")))
            return false;
    } else {
        if (a->kv_indptr != NULL) {
            pagoda_text_add(m, "kv_indptr is %p; expected NULL for a vLLM page table", (const void *)a->kv_indptr);
            return false;
        }
        if (!int_in(m, "page_table_stride", a->page_table_stride, 1, INT32_MAX, "at least 1 page id per row") ||
            !is_set(m, "kv_lens", a->kv_lens, " to key counts for a vLLM page table"))
            return false;
    }
    return is_aligned(m, "kv_lens", a->kv_lens, 4);
}

static bool check_positive(struct pagoda_text *m, const char *name, float value) {
    if (isfinite(value) && value > 0)
        return true;
    pagoda_text_add(m, "%s is %g; expected a finite number above 0", name, (double)value);
    return false;
}

static bool check_attention(const pagoda_batch_prefill_args *a, struct pagoda_text *m) {
    if (!check_positive(m, "softmax_scale", a->softmax_scale))
        return false;
    if (!isfinite(a->logits_soft_cap) || a->logits_soft_cap < 0) {
        pagoda_text_add(m, "logits_soft_cap is %g; expected a finite number, 0 or above", (double)a->logits_soft_cap);
        return false;
    }
    if (a->mask == PAGODA_MASK_SLIDING_WINDOW &&
        (!int_in(m, "window_left", a->window_left, -1, INT32_MAX, "-1 (unbounded) or more keys") ||
         !int_in(m, "window_right", a->window_right, -1, INT32_MAX, "-1 (unbounded) or more keys") ||
         !int_in(m, "window_sink_tokens", a->window_sink_tokens, 0, INT32_MAX, "0 or more keys")))
        return false;
    return is_aligned(m, "sink_logits", a->sink_logits, 4);
}

/* A scalar descale: checked by value only when it is the host's. */
static bool check_descale(struct pagoda_text *m, const char *name, float value, const float *device) {
    return device != NULL ? is_aligned(m, name, device, 4) : check_positive(m, name, value);
}

static bool check_quant(const pagoda_batch_prefill_args *a, struct pagoda_text *m) {
    if (a->quant == PAGODA_QUANT_NONE)
        return true;
    if (!check_descale(m, a->q_descale_device != NULL ? "q_descale_device" : "q_descale", a->q_descale,
                       a->q_descale_device))
        return false;
    float factor = a->softmax_scale * (a->q_descale_device != NULL ? 1 : a->q_descale);
    if (a->quant == PAGODA_QUANT_PER_TENSOR) {
        if (!check_descale(m, a->k_descale_device != NULL ? "k_descale_device" : "k_descale", a->k_descale,
                           a->k_descale_device) ||
            !check_descale(m, a->v_descale_device != NULL ? "v_descale_device" : "v_descale", a->v_descale,
                           a->v_descale_device))
            return false;
        factor *= a->k_descale_device != NULL ? 1 : a->k_descale;
    } else {
        const struct dimension descales[2] = {{"kv_descale_stride_page", a->num_pages, a->kv_descale_stride_page},
                                              {"kv_descale_stride_head", a->num_kv_heads, a->kv_descale_stride_head}};
        if (!is_tensor(m, "k_page_descale", a->k_page_descale, 4) ||
            !is_tensor(m, "v_page_descale", a->v_page_descale, 4) || !check_strides(m, descales, 2, 1, 1, 1, 4))
            return false;
    }
    if (isfinite(factor) && factor > 0)
        return true;
    pagoda_text_add(m, "softmax_scale is %g; expected its product with the descales of q and k within fp32, not %g",
                    (double)a->softmax_scale, (double)factor);
    return false;
}

static bool check_call(const pagoda_batch_prefill_args *a, struct pagoda_text *m) {
    return int_in(m, "num_splits", a->num_splits, 0, PAGODA_MAX_SPLITS, "0 (chosen by the library) to 64 parts") &&
           is_aligned(m, "workspace", a->workspace, 256) &&
           (a->workspace_bytes == 0 || is_set(m, "workspace", a->workspace, " when workspace_bytes is not 0"));
}

pagoda_status pagoda_validate_batch_prefill(const pagoda_batch_prefill_args *args, struct pagoda_text *message) {
    bool good = check_sizes(args, message) && check_enums(args, message) && check_attention(args, message);
    if (good && !pagoda_batch_prefill_is_empty(args))
        good = check_tensors(args, message) && check_page_table(args, message) && check_quant(args, message);
    return good && check_call(args, message) ? PAGODA_OK : PAGODA_ERROR_INVALID_ARGUMENT;
}
