/* SPDX-License-Identifier: MIT
 *
 * A well-formed batch prefill for tests to spoil: ragged causal FP8 chunks over a vLLM page table, as gfx950 serves it.
 * Device pointers are addresses that nobody may follow.
 */
#ifndef PAGODA_REQUEST_UNDER_TEST_H
#define PAGODA_REQUEST_UNDER_TEST_H

#include <pagoda/batch_prefill.h>

#define DEVICE_ADDRESS(n) ((void *)(uintptr_t)(0x100000u * (n)))

static inline pagoda_batch_prefill_args request_under_test(void) {
    return (pagoda_batch_prefill_args){
        .struct_size = sizeof(pagoda_batch_prefill_args),
        .batch = 3,
        .total_q = 300,
        .max_seqlen_q = 130,
        .max_seqlen_k = 1000,
        .num_q_heads = 8,
        .num_kv_heads = 2,
        .head_dim = 128,
        .page_size = 16,
        .num_pages = 500,
        .q_dtype = PAGODA_DTYPE_FP8_E4M3FN,
        .kv_dtype = PAGODA_DTYPE_FP8_E4M3FN,
        .out_dtype = PAGODA_DTYPE_BF16,
        .q = DEVICE_ADDRESS(1),
        .q_stride_token = 8 * 128,
        .q_stride_head = 128,
        .k_cache = DEVICE_ADDRESS(2),
        .v_cache = DEVICE_ADDRESS(3),
        .kv_layout = PAGODA_KV_LAYOUT_LINEAR,
        .k_stride_page = 16 * 2 * 128,
        .k_stride_token = 2 * 128,
        .k_stride_head = 128,
        .v_stride_page = 16 * 2 * 128 + 32,
        .v_stride_token = 2 * 128,
        .v_stride_head = 128,
        .out = DEVICE_ADDRESS(4),
        .out_stride_token = 8 * 128 + 8,
        .out_stride_head = 128,
        .lse = DEVICE_ADDRESS(5),
        .lse_stride_head = 301,
        .cu_seqlens_q = DEVICE_ADDRESS(6),
        .page_table_style = PAGODA_PAGE_TABLE_VLLM,
        .page_ids = DEVICE_ADDRESS(7),
        .page_table_stride = 70,
        .kv_lens = DEVICE_ADDRESS(8),
        .softmax_scale = 0.0883883f,
        .mask = PAGODA_MASK_CAUSAL,
        .quant = PAGODA_QUANT_PER_TENSOR,
        .q_descale = 0.5f,
        .k_descale = 0.25f,
        .v_descale = 2.0f,
    };
}

/* The same with a SGLang page table. */
static inline pagoda_batch_prefill_args sglang_request_under_test(void) {
    pagoda_batch_prefill_args args = request_under_test();
    args.page_table_style = PAGODA_PAGE_TABLE_SGLANG;
    args.kv_indptr = DEVICE_ADDRESS(9);
    args.num_page_ids = 200;
    args.page_table_stride = 0;
    return args;
}

#endif
