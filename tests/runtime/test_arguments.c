/* SPDX-License-Identifier: MIT
 *
 * Every malformed argument of a batch prefill is refused, with a message that names it, its value and what was
 * expected.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "request_under_test.h"

static pagoda_context *context;

static int create_context(void **state) {
    const pagoda_context_options options = {
        .struct_size = sizeof options, .runtime = PAGODA_RUNTIME_NONE, .arch = "gfx950"};
    (void)state;
    return pagoda_context_create(&options, &context) == PAGODA_OK ? 0 : -1;
}

static int destroy_context(void **state) {
    (void)state;
    pagoda_context_destroy(context);
    return 0;
}

/* A plan that nobody has written to. */
static pagoda_plan untouched_plan(void) {
    pagoda_plan plan;
    memset(&plan, 0xa5, sizeof plan);
    plan.struct_size = sizeof plan;
    return plan;
}

static void check_refused(pagoda_batch_prefill_args args, const char *spoiled, pagoda_status status,
                          const char *first_words) {
    char message[1024] = "stale";
    args.message = message;
    args.message_size = sizeof message;
    pagoda_plan plan = untouched_plan();
    const pagoda_plan before = plan;
    const pagoda_status got = pagoda_batch_prefill_plan(context, &args, &plan);
    if (got != status || strstr(message, first_words) == NULL)
        fail_msg("%s: got %s, \"%s\"; expected %s, \"...%s...\"", spoiled, pagoda_status_string(got), message,
                 pagoda_status_string(status), first_words);
    if (status == PAGODA_ERROR_INVALID_ARGUMENT)
        assert_memory_equal(&plan, &before, sizeof plan);
    /* The launch refuses alike; a context that cannot launch is no excuse to look at the arguments less. */
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), status);
    assert_non_null(strstr(message, first_words));
    /* A short buffer gets the beginning, terminated. */
    char shorter[8];
    memset(shorter, 'x', sizeof shorter);
    args.message = shorter;
    args.message_size = 5;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), status);
    assert_memory_equal(shorter, message, 4);
    assert_memory_equal(shorter + 4, "\0xxx", 4);
}

#define REFUSED_OF(base, spoil, status, words)                  \
    do {                                                        \
        pagoda_batch_prefill_args a = base();                   \
        spoil;                                                  \
        check_refused(a, #spoil, PAGODA_ERROR_##status, words); \
    } while (0)
#define INVALID(spoil, words) REFUSED_OF(request_under_test, spoil, INVALID_ARGUMENT, words)
#define INVALID_SGLANG(spoil, words) REFUSED_OF(sglang_request_under_test, spoil, INVALID_ARGUMENT, words)
#define UNSUPPORTED(spoil, words) REFUSED_OF(request_under_test, spoil, UNSUPPORTED, words)

static void check_accepted(pagoda_batch_prefill_args args, const char *changed) {
    char message[1024];
    args.message = message;
    args.message_size = sizeof message;
    pagoda_plan plan = untouched_plan();
    const pagoda_status got = pagoda_batch_prefill_plan(context, &args, &plan);
    /* A build with few instances may lack the one that it takes. */
    if (got != PAGODA_OK && got != PAGODA_ERROR_NOT_BUILT)
        fail_msg("%s: got %s, \"%s\"", changed, pagoda_status_string(got), message);
    if (got == PAGODA_OK)
        assert_string_equal(message, "");
}

#define ACCEPTED_OF(base, change)             \
    do {                                      \
        pagoda_batch_prefill_args a = base(); \
        change;                               \
        check_accepted(a, #change);           \
    } while (0)
#define ACCEPTED(change) ACCEPTED_OF(request_under_test, change)

static void test_good_requests(void **state) {
    (void)state;
    ACCEPTED((void)a);
    ACCEPTED_OF(sglang_request_under_test, (void)a);
    ACCEPTED(a.lse = NULL; a.lse_stride_head = 0);
    ACCEPTED(a.max_seqlen_k = 0);
    ACCEPTED(a.out_dtype = PAGODA_DTYPE_FP16);
    ACCEPTED(a.quant = PAGODA_QUANT_NONE; a.q_descale = a.k_descale = a.v_descale = 0);
    ACCEPTED(a.q_descale = NAN; a.q_descale_device = DEVICE_ADDRESS(10));
    ACCEPTED(a.sink_logits = DEVICE_ADDRESS(10));
    ACCEPTED_OF(sglang_request_under_test, a.page_size = 1; a.kv_lens = NULL);
    /* A window that is unbounded, or ends at the diagonal, is a mask that every pipeline has. */
    ACCEPTED(a.mask = PAGODA_MASK_SLIDING_WINDOW; a.window_left = -1; a.window_right = 0);
    ACCEPTED(a.mask = PAGODA_MASK_SLIDING_WINDOW; a.window_left = -1; a.window_right = -1);
    /* The stride of a dimension of size 1 is not read. */
    ACCEPTED(a.num_kv_heads = 1; a.k_stride_head = -7; a.v_stride_head = 0);
    ACCEPTED(a.num_pages = 1; a.k_stride_page = 3);
    /* Nothing to compute: no pointer is needed. */
    ACCEPTED(a.batch = 0; a.total_q = 0; a.max_seqlen_q = 0; a.q = NULL; a.out = NULL; a.page_ids = NULL);
    ACCEPTED(a.total_q = 0; a.max_seqlen_q = 0; a.k_cache = NULL; a.cu_seqlens_q = NULL);
    /* Head-major outputs. */
    ACCEPTED(a.out_stride_token = 128; a.out_stride_head = 300 * 128);
}

static void test_sizes(void **state) {
    (void)state;
    INVALID(a.batch = -1, "batch is -1; expected 0 or more");
    INVALID(a.total_q = -300, "total_q is -300; expected");
    INVALID(a.max_seqlen_q = -1, "max_seqlen_q is -1; expected");
    INVALID(a.max_seqlen_k = -5, "max_seqlen_k is -5; expected");
    INVALID(a.max_seqlen_q = 301, "max_seqlen_q is 301; expected at most total_q, which is 300");
    INVALID(a.max_seqlen_q = 99, "total_q is 300; expected at most batch * max_seqlen_q = 297");
    INVALID(a.batch = 0, "total_q is 300; expected at most batch * max_seqlen_q = 0");
    INVALID(a.num_q_heads = 0, "num_q_heads is 0; expected at least 1");
    INVALID(a.num_kv_heads = 0, "num_kv_heads is 0; expected at least 1");
    INVALID(a.num_kv_heads = -2, "num_kv_heads is -2; expected");
    INVALID(a.num_kv_heads = 3, "num_q_heads is 8; expected a multiple of num_kv_heads, which is 3");
    INVALID(a.head_dim = 0, "head_dim is 0; expected");
    INVALID(a.head_dim = -128, "head_dim is -128; expected");
    INVALID(a.page_size = 0, "page_size is 0; expected");
    INVALID(a.page_size = -16, "page_size is -16; expected");
    INVALID(a.num_pages = 0, "num_pages is 0; expected at least 1");
    INVALID(a.num_pages = -1, "num_pages is -1; expected");
}

static void test_enums(void **state) {
    (void)state;
    INVALID(a.q_dtype = 0, "q_dtype is 0; expected a pagoda_dtype");
    INVALID(a.kv_dtype = 5, "kv_dtype is 5; expected a pagoda_dtype");
    INVALID(a.out_dtype = 77, "out_dtype is 77; expected a pagoda_dtype");
    INVALID(a.kv_layout = 2, "kv_layout is 2; expected");
    INVALID(a.page_table_style = 9, "page_table_style is 9; expected");
    INVALID(a.mask = 3, "mask is 3; expected");
    INVALID(a.quant = 3, "quant is 3; expected");
}

static void test_tensors(void **state) {
    (void)state;
    INVALID(a.q = NULL, "q is NULL; expected a pointer");
    INVALID(a.q = (const char *)DEVICE_ADDRESS(1) + 8, "q is 0x100008; expected an address aligned to 16 bytes");
    INVALID(a.k_cache = NULL, "k_cache is NULL");
    INVALID(a.v_cache = NULL, "v_cache is NULL");
    INVALID(a.v_cache = (const char *)DEVICE_ADDRESS(1) + 1, "v_cache is 0x100001; expected an address aligned");
    INVALID(a.out = NULL, "out is NULL");
    INVALID(a.out = (char *)DEVICE_ADDRESS(1) + 2, "out is 0x100002; expected an address aligned");
    INVALID(a.lse = (float *)((char *)DEVICE_ADDRESS(1) + 2), "lse is 0x100002; expected an address aligned to 4");
    INVALID(a.q_stride_token = 1032, "q_stride_token is 1032; expected at least 128 elements and a multiple of 16");
    INVALID(a.q_stride_token = 0, "q_stride_token is 0; expected");
    INVALID(a.q_stride_head = -128, "q_stride_head is -128; expected");
    INVALID(a.q_stride_head = 64, "q_stride_head is 64; expected at least 128");
    INVALID(a.k_stride_page = -4096, "k_stride_page is -4096; expected");
    INVALID(a.k_stride_page = 4100, "k_stride_page is 4100; expected");
    INVALID(a.k_stride_token = 0, "k_stride_token is 0; expected");
    INVALID(a.k_stride_head = 127, "k_stride_head is 127; expected");
    INVALID(a.v_stride_page = 0, "v_stride_page is 0; expected");
    INVALID(a.v_stride_token = 129, "v_stride_token is 129; expected");
    INVALID(a.v_stride_head = 0, "v_stride_head is 0; expected");
    INVALID(a.out_stride_token = 1028, "out_stride_token is 1028; expected at least 128 elements and a multiple of 8");
    INVALID(a.out_stride_head = 0, "out_stride_head is 0; expected");
    INVALID(a.out_stride_token = 1024 - 8, "rows of out overlap");
    INVALID(a.lse_stride_head = 299, "lse_stride_head is 299; expected at least total_q");
    INVALID(a.lse_stride_head = -1, "lse_stride_head is -1; expected at least total_q");
    INVALID(a.lse_stride_head = INT64_MAX, "lse_stride_head is 9223372036854775807; expected");
    /* Products that pass 63 bits. */
    INVALID(a.q_stride_token = INT64_MAX & ~INT64_C(15), "q_stride_token is 9223372036854775792; with 300 indices");
    INVALID(a.k_stride_page = INT64_C(1) << 55, "with 500 indices the tensor passes 2^63 bytes");
    INVALID(a.out_stride_token = INT64_C(1) << 54, "with 300 indices the tensor passes 2^63 bytes");
    INVALID(a.kv_layout = PAGODA_KV_LAYOUT_VECTORIZED;
            a.page_size = 8, "page_size is 8; expected a multiple of 16 for the vectorized layout");
    INVALID(a.kv_layout = PAGODA_KV_LAYOUT_VECTORIZED, "k_stride_head is 128; expected at least 2048");
}

static void test_page_table(void **state) {
    (void)state;
    INVALID(a.cu_seqlens_q = NULL, "cu_seqlens_q is NULL");
    INVALID(a.cu_seqlens_q = (const int32_t *)((const char *)DEVICE_ADDRESS(1) + 2), "cu_seqlens_q is 0x100002");
    INVALID(a.page_ids = NULL, "page_ids is NULL");
    INVALID(a.page_ids = (const int32_t *)((const char *)DEVICE_ADDRESS(1) + 1), "page_ids is 0x100001");
    INVALID(a.kv_indptr = DEVICE_ADDRESS(9), "kv_indptr is 0x900000; expected NULL for a vLLM page table");
    INVALID(a.page_table_stride = 0, "page_table_stride is 0; expected at least 1");
    INVALID(a.page_table_stride = -70, "page_table_stride is -70; expected");
    INVALID(a.kv_lens = NULL, "kv_lens is NULL; expected a pointer to key counts");
    INVALID(a.kv_lens = (const int32_t *)((const char *)DEVICE_ADDRESS(1) + 2), "kv_lens is 0x100002");
    INVALID_SGLANG(a.kv_indptr = NULL, "kv_indptr is NULL; expected a pointer for a SGLang page table");
    INVALID_SGLANG(a.kv_indptr = (const int32_t *)((const char *)DEVICE_ADDRESS(1) + 3), "kv_indptr is 0x100003");
    INVALID_SGLANG(a.num_page_ids = -1, "num_page_ids is -1; expected the length of page_ids");
    INVALID_SGLANG(a.kv_lens = NULL, "kv_lens is NULL; expected a pointer to last page lengths when page_size > 1");
}

static void test_attention(void **state) {
    (void)state;
    INVALID(a.softmax_scale = 0, "softmax_scale is 0; expected a finite number above 0");
    INVALID(a.softmax_scale = -1, "softmax_scale is -1; expected");
    INVALID(a.softmax_scale = NAN, "softmax_scale is nan; expected");
    INVALID(a.softmax_scale = INFINITY, "softmax_scale is inf; expected");
    INVALID(a.logits_soft_cap = -30, "logits_soft_cap is -30; expected");
    INVALID(a.logits_soft_cap = NAN, "logits_soft_cap is nan; expected");
    INVALID(a.logits_soft_cap = INFINITY, "logits_soft_cap is inf; expected");
    INVALID(a.sink_logits = (const float *)((const char *)DEVICE_ADDRESS(1) + 2), "sink_logits is 0x100002");
    INVALID(a.mask = PAGODA_MASK_SLIDING_WINDOW; a.window_left = -2, "window_left is -2; expected -1");
    INVALID(a.mask = PAGODA_MASK_SLIDING_WINDOW; a.window_right = -9, "window_right is -9; expected -1");
    INVALID(a.mask = PAGODA_MASK_SLIDING_WINDOW; a.window_sink_tokens = -1, "window_sink_tokens is -1; expected 0");
}

static void test_quantisation(void **state) {
    (void)state;
    INVALID(a.q_descale = 0, "q_descale is 0; expected a finite number above 0");
    INVALID(a.q_descale = -0.5f, "q_descale is -0.5; expected");
    INVALID(a.k_descale = NAN, "k_descale is nan; expected");
    INVALID(a.k_descale = 0, "k_descale is 0; expected");
    INVALID(a.v_descale = INFINITY, "v_descale is inf; expected");
    INVALID(a.v_descale = -INFINITY, "v_descale is -inf; expected");
    INVALID(a.q_descale_device = (const float *)((const char *)DEVICE_ADDRESS(1) + 2), "q_descale_device is 0x100002");
    INVALID(a.q_descale = 1e30f; a.k_descale = 1e30f, "expected its product with the descales of q and k within fp32");
    INVALID(a.q_descale = 1e-30f; a.k_descale = 1e-30f, "expected its product with the descales");
    INVALID(a.quant = PAGODA_QUANT_KV_BLOCK, "k_page_descale is NULL");
    INVALID(a.quant = PAGODA_QUANT_KV_BLOCK; a.k_page_descale = DEVICE_ADDRESS(10), "v_page_descale is NULL");
    INVALID(a.quant = PAGODA_QUANT_KV_BLOCK; a.k_page_descale = DEVICE_ADDRESS(10);
            a.v_page_descale = DEVICE_ADDRESS(11), "kv_descale_stride_page is 0; expected at least 1");
    INVALID(a.quant = PAGODA_QUANT_KV_BLOCK; a.q_descale = 0, "q_descale is 0; expected");
}

static void test_unsupported(void **state) {
    (void)state;
    UNSUPPORTED(a.head_dim = 96, "head_dim is 96; the catalogue has 64, 128");
    UNSUPPORTED(a.head_dim = 96, "nearest supported request: the same with head_dim 128");
    UNSUPPORTED(a.page_size = 48, "page_size is 48; pages hold a power of two of keys");
    UNSUPPORTED(a.q_dtype = a.kv_dtype = PAGODA_DTYPE_FP8_E4M3FNUZ,
                "the matrix unit of gfx950 reads fp8_e4m3fn; a cache written as fp8_e4m3fnuz is not reinterpreted");
    UNSUPPORTED(a.q_dtype = a.kv_dtype = PAGODA_DTYPE_FP8_E4M3FNUZ, "the same with kv_dtype fp8_e4m3fn");
    UNSUPPORTED(a.q_dtype = PAGODA_DTYPE_BF16, "q is bf16 and the cache fp8_e4m3fn");
    UNSUPPORTED(a.out_dtype = PAGODA_DTYPE_FP8_E4M3FN, "out is fp8_e4m3fn; expected bf16 or fp16");
    UNSUPPORTED(a.q_dtype = a.kv_dtype = PAGODA_DTYPE_FP16;
                a.quant = PAGODA_QUANT_NONE, "out is bf16; expected fp16 for a cache in fp16");
    UNSUPPORTED(a.q_dtype = a.kv_dtype = PAGODA_DTYPE_BF16, "descales belong to FP8 caches");
    UNSUPPORTED(a.k_stride_page = INT64_C(1) << 32, "the distance to the next, is 2^32 bytes or more");
    UNSUPPORTED(a.v_stride_token = INT64_C(1) << 28, "a page of the cache, or");
    UNSUPPORTED(a.page_table_stride = 1 << 30, "batch * page_table_stride is 2^31 or more");
    UNSUPPORTED(a.batch = 1 << 20; a.total_q = 1 << 20; a.max_seqlen_q = 1 << 20; a.page_table_stride = 1;
                a.lse = NULL, "the grid has 2^32 work-items or more");
}

static void test_struct_sizes(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = request_under_test();
    pagoda_plan plan = untouched_plan();
    char message[64] = "untouched";
    args.message = message;
    args.message_size = sizeof message;
    args.struct_size = 0;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), PAGODA_ERROR_VERSION);
    args.struct_size = sizeof args + 8;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), PAGODA_ERROR_VERSION);
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_VERSION);
    assert_int_equal(pagoda_batch_prefill_prepare(context, &args), PAGODA_ERROR_VERSION);
    /* Of a struct of another version nothing but its size is known. */
    assert_string_equal(message, "untouched");
    args.struct_size = sizeof args;
    plan.struct_size = sizeof plan - 8;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), PAGODA_ERROR_VERSION);
    char text[64];
    assert_int_equal(pagoda_plan_explain(&plan, text, sizeof text), PAGODA_ERROR_VERSION);
    pagoda_context_info info = {.struct_size = 1};
    assert_int_equal(pagoda_context_get_info(context, &info), PAGODA_ERROR_VERSION);
}

static int count_refusal(const pagoda_refusal *refusal, void *user) {
    (void)refusal;
    ++*(int *)user;
    return 0;
}

static void test_null_pointers(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = request_under_test();
    pagoda_plan plan = untouched_plan();
    char text[64];
    int count = 0;
    assert_int_equal(pagoda_batch_prefill_plan(NULL, &args, &plan), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_batch_prefill_plan(context, NULL, &plan), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_batch_prefill(NULL, &args, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_batch_prefill(context, NULL, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_batch_prefill_prepare(NULL, &args), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_batch_prefill_prepare(context, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_plan_explain(NULL, text, sizeof text), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_plan_explain(&plan, NULL, 1), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_plan_explain(&plan, text, 0), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_plan_visit_refusals(NULL, count_refusal, &count), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_plan_visit_refusals(&plan, NULL, &count), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_context_get_info(NULL, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_context_create(NULL, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    pagoda_context_destroy(NULL);
    /* A plan that this library did not fill in. */
    plan.op = NULL;
    assert_int_equal(pagoda_plan_explain(&plan, text, sizeof text), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(pagoda_plan_visit_refusals(&plan, count_refusal, &count), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(count, 0);
}

static void test_workspace_arguments(void **state) {
    (void)state;
    INVALID(a.workspace = (char *)DEVICE_ADDRESS(1) + 128;
            a.workspace_bytes = 1, "workspace is 0x100080; expected an address aligned to 256 bytes");
    INVALID(a.num_splits = -1, "num_splits is -1; expected");
    INVALID(a.num_splits = 65, "num_splits is 65; expected 0 (chosen by the library) to 64 parts");
    INVALID(a.workspace_bytes = 4096, "workspace is NULL; expected a pointer when workspace_bytes is not 0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_requests),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_tensors),
        cmocka_unit_test(test_page_table),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_quantisation),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_struct_sizes),
        cmocka_unit_test(test_null_pointers),
        cmocka_unit_test(test_workspace_arguments),
    };
    return cmocka_run_group_tests(tests, create_context, destroy_context);
}
