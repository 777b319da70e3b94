/* SPDX-License-Identifier: MIT
 *
 * What reaches the HIP runtime, seen by a mock of it: the exact launch, and nothing else once a kernel is loaded.
 * This program wraps the C library's allocator and getenv for the library under test, which is linked statically.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch_prefill_kernargs.h"
#include "mock_hip.h"
#include "request_under_test.h"

static atomic_int allocations, environment_reads;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
char *__real_getenv(const char *name);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
char *__wrap_getenv(const char *name);

void *__wrap_malloc(size_t size) {
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size) {
    allocations++;
    return __real_realloc(pointer, size);
}

char *__wrap_getenv(const char *name) {
    environment_reads++;
    return __real_getenv(name);
}

static char message[2048];

/* The state of a mock; dlopen of a library that is open yields the same one. */
static struct mock_state *state_of(const char *library) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(handle);
    mock_state_fn *get;
    void *symbol = dlsym(handle, "mock_hip_state");
    memcpy(&get, &symbol, sizeof get);
    return get();
}

static struct mock_state *reset(const char *library, const char *devices) {
    struct mock_state *mock = state_of(library);
    *mock = (struct mock_state){.compute_units = 256};
    setenv("MOCK_HIP_DEVICES", devices, 1);
    message[0] = '\0';
    return mock;
}

static pagoda_context_options options_for(const char *library) {
    return (pagoda_context_options){.struct_size = sizeof(pagoda_context_options),
                                    .hip_library = library,
                                    .message = message,
                                    .message_size = sizeof message};
}

static pagoda_context *create(const pagoda_context_options *options) {
    pagoda_context *context;
    const pagoda_status status = pagoda_context_create(options, &context);
    if (status != PAGODA_OK)
        fail_msg("%s: %s", pagoda_status_string(status), message);
    return context;
}

/* A request that the smallest profile serves: see BUILT_* in meson.build. */
static pagoda_batch_prefill_args built_request(void) {
    pagoda_batch_prefill_args args = request_under_test();
    args.instance = BUILT_INSTANCE;
    args.message = message;
    args.message_size = sizeof message;
    return args;
}

static void check_kernargs(const struct mock_state *mock, const pagoda_batch_prefill_args *a) {
    struct pagoda_batch_prefill_kernargs k;
    assert_int_equal(mock->launch.kernarg_bytes, sizeof k);
    memcpy(&k, mock->launch.kernargs, sizeof k);
    assert_ptr_equal(k.q, a->q);
    assert_ptr_equal(k.k_cache, a->k_cache);
    assert_ptr_equal(k.v_cache, a->v_cache);
    assert_ptr_equal(k.out, a->out);
    assert_ptr_equal(k.lse, a->lse);
    assert_ptr_equal(k.cu_seqlens_q, a->cu_seqlens_q);
    assert_ptr_equal(k.kv_indptr, a->kv_indptr);
    assert_ptr_equal(k.page_ids, a->page_ids);
    assert_ptr_equal(k.kv_lens, a->kv_lens);
    assert_ptr_equal(k.sink_logits, a->sink_logits);
    assert_ptr_equal(k.q_descale_ptr, a->q_descale_device);
    assert_ptr_equal(k.k_descale_ptr, a->k_descale_device);
    assert_ptr_equal(k.v_descale_ptr, a->v_descale_device);
    assert_null(k.k_page_descale);
    assert_null(k.v_page_descale);
    assert_int_equal(k.q_stride_token, a->q_stride_token);
    assert_int_equal(k.q_stride_head, a->q_stride_head);
    assert_int_equal(k.out_stride_token, a->out_stride_token);
    assert_int_equal(k.out_stride_head, a->out_stride_head);
    assert_int_equal(k.k_stride_page, a->k_stride_page);
    assert_int_equal(k.k_stride_token, a->k_stride_token);
    assert_int_equal(k.k_stride_head, a->k_stride_head);
    assert_int_equal(k.v_stride_page, a->v_stride_page);
    assert_int_equal(k.v_stride_token, a->v_stride_token);
    assert_int_equal(k.v_stride_head, a->v_stride_head);
    assert_int_equal(k.lse_stride_head, a->lse_stride_head);
    assert_int_equal(k.batch, 3);
    assert_int_equal(k.total_q, 300);
    assert_int_equal(k.num_q_heads, 8);
    assert_int_equal(k.num_kv_heads, 2);
    assert_int_equal(k.gqa_ratio, 4);
    assert_int_equal(k.num_pages, 500);
    assert_int_equal(k.page_size_log2, 4);
    assert_int_equal(k.num_q_tiles, 2);
    assert_int_equal(k.window_left, -1);
    assert_int_equal(k.window_right, -1);
    assert_int_equal(k.window_sink_tokens, 0);
    assert_int_equal(k.out_is_fp16, a->out_dtype == PAGODA_DTYPE_FP16);
    assert_int_equal(k.num_splits, 1);
    assert_null(k.split_out);
    assert_null(k.split_lse);
    assert_true(k.softmax_scale == a->softmax_scale);
    assert_true(k.logits_soft_cap == 0);
    assert_true(k.q_descale == (a->q_descale_device != NULL || a->quant == PAGODA_QUANT_NONE ? 1 : a->q_descale));
    assert_true(k.k_descale == (a->quant == PAGODA_QUANT_NONE ? 1 : a->k_descale));
    assert_true(k.v_descale == (a->quant == PAGODA_QUANT_NONE ? 1 : a->v_descale));
    if (a->page_table_style == PAGODA_PAGE_TABLE_VLLM) {
        assert_int_equal(k.num_page_ids, 3 * 70);
        assert_int_equal(k.page_table_stride, 70);
    } else {
        assert_int_equal(k.num_page_ids, 200);
        assert_int_equal(k.page_table_stride, 0);
    }
}

static void check_launch(pagoda_context *context, const pagoda_batch_prefill_args *args, struct mock_state *mock) {
    void *stream = DEVICE_ADDRESS(99);
    mock->launch = (struct mock_launch){.function = NULL};
    assert_int_equal(pagoda_batch_prefill(context, args, stream), PAGODA_OK);
    assert_non_null(mock->launch.function);
    assert_ptr_equal(mock->launch.stream, stream);
    assert_int_equal(mock->launch.grid[0], 3 * 8 * 2);
    assert_int_equal(mock->launch.grid[1], 1);
    assert_int_equal(mock->launch.grid[2], 1);
    assert_int_equal(mock->launch.block[0], 256);
    assert_int_equal(mock->launch.block[1], 1);
    assert_int_equal(mock->launch.block[2], 1);
    assert_int_equal(mock->launch.dynamic_lds, 0);
    check_kernargs(mock, args);
}

static void test_exact_launch(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx950");
    const pagoda_context_options options = options_for(MOCK_HIP);
    pagoda_context *context = create(&options);
    pagoda_batch_prefill_args args = built_request();
    check_launch(context, &args, mock);
    assert_int_equal(mock->num_functions, 2);
    assert_string_equal(mock->function_names[0], BUILT_INSTANCE);
    assert_string_equal(mock->function_names[1], BUILT_INSTANCE "_combine");
    assert_memory_equal(mock->image_magic,
                        "\x7f"
                        "ELF",
                        4);
    args = sglang_request_under_test();
    args.instance = BUILT_INSTANCE;
    args.sink_logits = DEVICE_ADDRESS(10);
    args.q_descale_device = DEVICE_ADDRESS(11);
    args.out_dtype = PAGODA_DTYPE_FP16;
    args.lse = NULL;
    check_launch(context, &args, mock);
    args.quant = PAGODA_QUANT_NONE;
    args.q_descale_device = NULL;
    check_launch(context, &args, mock);
    assert_int_equal(mock->calls[MOCK_MODULE_LOAD_DATA], 1);
    assert_int_equal(mock->loaded_modules, 1);
    pagoda_context_destroy(context);
    assert_int_equal(mock->loaded_modules, 0);
}

/* Split keys: the parts' workgroups, then the kernel that combines them, with the same arguments. */
static void test_split_launch(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx950");
    const pagoda_context_options options = options_for(MOCK_HIP);
    pagoda_context *context = create(&options);
    pagoda_batch_prefill_args args = built_request();
    pagoda_plan plan = {.struct_size = sizeof plan};
    args.num_splits = 5;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), PAGODA_OK);
    assert_int_equal(plan.num_splits, 5);
    assert_int_equal(plan.workspace_bytes, 5 * 300 * 8 * (128 + 1) * 4);
    assert_int_equal(plan.grid[0], 5 * 3 * 8 * 2);
    /* Without the workspace that it needs nothing is launched. */
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_WORKSPACE);
    assert_non_null(strstr(message, "workspace_bytes is 0; expected at least 6192000 for "));
    args.workspace = DEVICE_ADDRESS(20);
    args.workspace_bytes = plan.workspace_bytes - 1;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_WORKSPACE);
    assert_int_equal(mock->calls[MOCK_MODULE_LAUNCH_KERNEL], 0);
    args.workspace_bytes = plan.workspace_bytes;
    assert_int_equal(pagoda_batch_prefill(context, &args, DEVICE_ADDRESS(99)), PAGODA_OK);
    assert_int_equal(mock->calls[MOCK_MODULE_LAUNCH_KERNEL], 2);
    assert_int_equal(mock->before.grid[0], 5 * 3 * 8 * 2);
    assert_int_equal(mock->launch.grid[0], 3 * 8 * 2 * 128 / 16); /* one for each 16 rows */
    assert_int_equal(mock->launch.block[0], 256);
    assert_ptr_equal(mock->launch.stream, DEVICE_ADDRESS(99));
    assert_ptr_not_equal(mock->launch.function, mock->before.function);
    assert_int_equal(mock->launch.kernarg_bytes, mock->before.kernarg_bytes);
    assert_memory_equal(mock->launch.kernargs, mock->before.kernargs, mock->launch.kernarg_bytes);
    struct pagoda_batch_prefill_kernargs k;
    memcpy(&k, mock->launch.kernargs, sizeof k);
    assert_int_equal(k.num_splits, 5);
    assert_int_equal(k.part_keys, 4 * 64); /* of 1000 keys */
    assert_int_equal(k.num_q_tiles, 2);
    assert_ptr_equal(k.split_out, args.workspace);
    assert_ptr_equal(k.split_lse, k.split_out + 5 * 300 * 8 * 128);
    mock->fail[MOCK_MODULE_LAUNCH_KERNEL] = 9;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_HIP);
    pagoda_context_destroy(context);
}

/* Once loaded, a call is one launch: it calls nothing else of HIP, allocates nothing and reads no environment. */
static void test_call_is_one_launch(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx950");
    const pagoda_context_options options = options_for(MOCK_HIP);
    pagoda_context *context = create(&options);
    const pagoda_batch_prefill_args args = built_request();
    pagoda_batch_prefill_args chosen = args;
    chosen.instance = NULL;
    assert_int_equal(pagoda_batch_prefill_prepare(context, &args), PAGODA_OK);
    assert_int_equal(pagoda_batch_prefill_prepare(context, &chosen), PAGODA_OK);
    assert_int_equal(mock->calls[MOCK_MODULE_LAUNCH_KERNEL], 0);
    memset(mock->calls, 0, sizeof mock->calls);
    allocations = environment_reads = 0;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_OK);
        assert_int_equal(pagoda_batch_prefill(context, &chosen, NULL), PAGODA_OK);
    }
    assert_int_equal(allocations, 0);
    assert_int_equal(environment_reads, 0);
    for (int call = 0; call < MOCK_NUM_CALLS; call++)
        assert_int_equal(mock->calls[call], call == MOCK_MODULE_LAUNCH_KERNEL ? 20 : 0);
    pagoda_context_destroy(context);
}

/* A refused call reaches HIP with nothing. */
static void test_refused_calls_launch_nothing(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx950");
    const pagoda_context_options options = options_for(MOCK_HIP);
    pagoda_context *context = create(&options);
    memset(mock->calls, 0, sizeof mock->calls);
    pagoda_batch_prefill_args args = built_request();
    args.q = NULL;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    args = built_request();
    args.k_descale = 0;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_INVALID_ARGUMENT);
    args = built_request();
    args.q_dtype = args.kv_dtype = PAGODA_DTYPE_FP8_E4M3FNUZ;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_UNSUPPORTED);
    args = built_request();
    args.struct_size--;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_VERSION);
    /* Nothing to compute launches nothing either. */
    args = built_request();
    args.batch = args.total_q = args.max_seqlen_q = 0;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_OK);
    for (int call = 0; call < MOCK_NUM_CALLS; call++)
        assert_int_equal(mock->calls[call], 0);
    pagoda_context_destroy(context);
}

static void test_context_of_a_device(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx90a,gfx942,gfx950,gfx950");
    mock->compute_units = 77;
    pagoda_context_options options = options_for(MOCK_HIP);
    pagoda_context_info info = {.struct_size = sizeof info};
    pagoda_context *context = create(&options);
    assert_int_equal(pagoda_context_get_info(context, &info), PAGODA_OK);
    assert_int_equal(info.device, 1); /* the first arch that the library knows */
    assert_string_equal(info.arch, "gfx942");
    assert_string_equal(info.device_name, "Mock 1");
    assert_string_equal(info.hip_library, MOCK_HIP);
    assert_int_equal(info.compute_units, 77);
    assert_false(info.is_simulated);
    assert_false(info.is_plan_only);
    pagoda_context_destroy(context);
    options.arch = "gfx950";
    context = create(&options);
    assert_int_equal(pagoda_context_get_info(context, &info), PAGODA_OK);
    assert_int_equal(info.device, 2);
    pagoda_context_destroy(context);
    options.has_device = 1;
    options.device = 3;
    context = create(&options);
    assert_int_equal(pagoda_context_get_info(context, &info), PAGODA_OK);
    assert_int_equal(info.device, 3);
    /* Loading happens on the context's device and leaves the thread's as it was. */
    const pagoda_batch_prefill_args args = built_request();
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_OK);
    assert_int_equal(mock->load_device, 3);
    assert_int_equal(mock->launch.device, 0);
    pagoda_context_destroy(context);
    options.device = 1;
    assert_int_equal(pagoda_context_create(&options, &context), PAGODA_ERROR_NO_DEVICE);
    assert_non_null(strstr(message, "device 1 is gfx942, not gfx950"));
    options.device = 4;
    assert_int_equal(pagoda_context_create(&options, &context), PAGODA_ERROR_NO_DEVICE);
    assert_non_null(strstr(message, "has no device 4, only 0 to 3"));
    assert_null(context);
}

static void check_arch(const char *library, enum mock_call call, enum mock_call other) {
    struct mock_state *mock = reset(library, "gfx950");
    const pagoda_context_options options = options_for(library);
    pagoda_context *context = create(&options);
    pagoda_context_info info = {.struct_size = sizeof info};
    assert_int_equal(pagoda_context_get_info(context, &info), PAGODA_OK);
    assert_string_equal(info.arch, "gfx950");
    assert_int_equal(mock->calls[call], 1);
    assert_int_equal(mock->calls[other], 0);
    pagoda_context_destroy(context);
}

static void test_both_abis(void **state) {
    (void)state;
    check_arch(MOCK_HIP, MOCK_GET_DEVICE_PROPERTIES_R0600, MOCK_GET_DEVICE_PROPERTIES);
    check_arch(MOCK_HIP_5, MOCK_GET_DEVICE_PROPERTIES, MOCK_GET_DEVICE_PROPERTIES_R0600);
}

static void check_create_fails(const char *library, pagoda_status status, const char *words) {
    const pagoda_context_options options = options_for(library);
    pagoda_context *context;
    assert_int_equal(pagoda_context_create(&options, &context), status);
    assert_null(context);
    if (strstr(message, words) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", message, words);
}

static void test_library_errors(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx950");
    check_create_fails("/nonexistent/libamdhip64.so", PAGODA_ERROR_NO_DEVICE, "/nonexistent/libamdhip64.so");
    check_create_fails(MOCK_INCOMPLETE, PAGODA_ERROR_NO_DEVICE, "has no hipModuleLaunchKernel");
    setenv("MOCK_HIP_DEVICES", "", 1);
    check_create_fails(MOCK_HIP, PAGODA_ERROR_NO_DEVICE, "hipGetDeviceCount failed: no ROCm device (100)");
    setenv("MOCK_HIP_DEVICES", "gfx90a,gfx1100", 1);
    check_create_fails(MOCK_HIP, PAGODA_ERROR_NO_DEVICE, "device 1 is gfx1100, for which there are no kernels");
    setenv("MOCK_HIP_DEVICES", "gfx950", 1);
    mock->fail[MOCK_GET_DEVICE_COUNT] = 3;
    check_create_fails(MOCK_HIP, PAGODA_ERROR_HIP, "hipGetDeviceCount failed: mock error (3)");
    mock->fail[MOCK_GET_DEVICE_COUNT] = 0;
    mock->fail[MOCK_GET_DEVICE_PROPERTIES_R0600] = 4;
    check_create_fails(MOCK_HIP, PAGODA_ERROR_HIP, "hipGetDeviceProperties failed: mock error (4)");
    mock->fail[MOCK_GET_DEVICE_PROPERTIES_R0600] = 0;
    mock->fail[MOCK_DEVICE_GET_ATTRIBUTE] = 5;
    check_create_fails(MOCK_HIP, PAGODA_ERROR_HIP, "hipDeviceGetAttribute failed: mock error (5)");
    mock->fail[MOCK_DEVICE_GET_ATTRIBUTE] = 0;
}

/* Every HIP call that a call makes can fail: the status is HIP, the message names it, and the next try starts anew. */
static void test_launch_errors(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx942,gfx950");
    pagoda_context_options options = options_for(MOCK_HIP);
    options.arch = "gfx950"; /* device 1, so that loading switches devices */
    pagoda_context *context = create(&options);
    const pagoda_batch_prefill_args args = built_request();
    const struct {
        enum mock_call call;
        const char *words;
    } cases[] = {{MOCK_GET_DEVICE, "hipGetDevice failed for "},
                 {MOCK_SET_DEVICE, "hipSetDevice failed for "},
                 {MOCK_MODULE_LOAD_DATA, "hipModuleLoadData failed for "},
                 {MOCK_MODULE_GET_FUNCTION, "hipModuleGetFunction failed for "},
                 {MOCK_MODULE_LAUNCH_KERNEL, "hipModuleLaunchKernel failed for "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mock->fail[cases[i].call] = 999;
        assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_ERROR_HIP);
        assert_non_null(strstr(message, cases[i].words));
        assert_non_null(strstr(message, BUILT_INSTANCE ": mock error (999)"));
        mock->fail[cases[i].call] = 0;
    }
    assert_int_equal(mock->loaded_modules, 1); /* the load before the failed launch */
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), PAGODA_OK);
    assert_string_equal(message, "");
    assert_int_equal(mock->loaded_modules, 1);
    pagoda_context_destroy(context);
    assert_int_equal(mock->loaded_modules, 0);
}

enum { NUM_THREADS = 8, CALLS_PER_THREAD = 200 };

static void *call_often(void *user) {
    pagoda_context *context = user;
    pagoda_batch_prefill_args args = built_request();
    char own_message[256];
    args.message = own_message;
    args.message_size = sizeof own_message;
    intptr_t failures = 0;
    for (int i = 0; i < CALLS_PER_THREAD; i++)
        failures += pagoda_batch_prefill(context, &args, NULL) != PAGODA_OK;
    return (void *)failures;
}

static void test_threads_share_a_context(void **state) {
    (void)state;
    struct mock_state *mock = reset(MOCK_HIP, "gfx950");
    const pagoda_context_options options = options_for(MOCK_HIP);
    pagoda_context *context = create(&options);
    pthread_t threads[NUM_THREADS];
    for (int i = 0; i < NUM_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, context), 0);
    for (int i = 0; i < NUM_THREADS; i++) {
        void *failures;
        assert_int_equal(pthread_join(threads[i], &failures), 0);
        assert_null(failures);
    }
    assert_int_equal(mock->calls[MOCK_MODULE_LAUNCH_KERNEL], NUM_THREADS * CALLS_PER_THREAD);
    assert_int_equal(mock->calls[MOCK_MODULE_LOAD_DATA], 1);
    pagoda_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_launch),
        cmocka_unit_test(test_call_is_one_launch),
        cmocka_unit_test(test_split_launch),
        cmocka_unit_test(test_refused_calls_launch_nothing),
        cmocka_unit_test(test_context_of_a_device),
        cmocka_unit_test(test_both_abis),
        cmocka_unit_test(test_library_errors),
        cmocka_unit_test(test_launch_errors),
        cmocka_unit_test(test_threads_share_a_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
