/* SPDX-License-Identifier: MIT
 *
 * The integration example that README quotes, between the two marks, and what it needs around it to run: one sequence
 * of 40 queries that follow 60 cached keys. Every value of V is the same, so that attention must give it back.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pagoda/batch_prefill.h>

enum { NUM_Q = 40, NUM_KEYS = 100, NUM_HEADS = 8, NUM_KV_HEADS = 1, HEAD_DIM = 128, PAGE_SIZE = 16, NUM_PAGES = 7 };
enum { NO_DEVICE_EXIT = 77 }; /* Meson's status of a test that could not run */

/* An engine has these from the HIP runtime that it links; here they come from the one that the context opened. */
static int (*hip_malloc)(void **pointer, size_t bytes);
static int (*hip_memcpy)(void *to, const void *from, size_t bytes, int kind);
static int (*hip_synchronize)(void);

static void bind(void *function, void *library, const char *name) {
    void *symbol = dlsym(library, name);
    if (symbol == NULL) {
        fprintf(stderr, "no %s: %s\n", name, dlerror());
        exit(1);
    }
    memcpy(function, &symbol, sizeof symbol);
}

static void *to_device(const void *data, size_t bytes) {
    void *pointer = NULL;
    if (hip_malloc(&pointer, bytes) != 0 || hip_memcpy(pointer, data, bytes, 1) != 0) {
        fprintf(stderr, "no device memory\n");
        exit(1);
    }
    return pointer;
}

static void fill(unsigned char *bytes, size_t count, unsigned char value) {
    memset(bytes, value, count);
}

int main(void) {
    /* ---- README: begin ---- */
    char message[1024];
    pagoda_context_options options = {
        .struct_size = sizeof options, .arch = "gfx950", .message = message, .message_size = sizeof message};
    pagoda_context *context;
    if (pagoda_context_create(&options, &context) != PAGODA_OK)
        return fprintf(stderr, "%s\n", message), NO_DEVICE_EXIT;
    /* ---- README: end ---- */

    pagoda_context_info info = {.struct_size = sizeof info};
    if (pagoda_context_get_info(context, &info) != PAGODA_OK)
        return 1;
    void *hip = dlopen(info.hip_library, RTLD_NOW);
    int (*hip_set_device)(int device);
    bind(&hip_malloc, hip, "hipMalloc");
    bind(&hip_memcpy, hip, "hipMemcpy");
    bind(&hip_synchronize, hip, "hipDeviceSynchronize");
    bind(&hip_set_device, hip, "hipSetDevice");
    if (hip_set_device(info.device) != 0)
        return 1;

    static unsigned char q_data[NUM_Q * NUM_HEADS * HEAD_DIM];
    static unsigned char cache_data[NUM_PAGES * PAGE_SIZE * NUM_KV_HEADS * HEAD_DIM];
    static uint16_t out_data[NUM_Q * NUM_HEADS * HEAD_DIM];
    const int32_t cu_seqlens_data[2] = {0, NUM_Q}, page_ids_data[NUM_PAGES] = {3, 0, 6, 1, 5, 2, 4};
    const int32_t kv_lens_data[1] = {NUM_KEYS};
    fill(q_data, sizeof q_data, 0x30); /* 0.5 in e4m3fn */
    fill(cache_data, sizeof cache_data, 0x38);
    const void *q = to_device(q_data, sizeof q_data), *k_cache = to_device(cache_data, sizeof cache_data);
    fill(cache_data, sizeof cache_data, 0x44); /* 3 in e4m3fn */
    const void *v_cache = to_device(cache_data, sizeof cache_data);
    const int32_t *cu_seqlens_q = to_device(cu_seqlens_data, sizeof cu_seqlens_data);
    const int32_t *block_table = to_device(page_ids_data, sizeof page_ids_data);
    const int32_t *seqlens_k = to_device(kv_lens_data, sizeof kv_lens_data);
    void *out = to_device(out_data, sizeof out_data), *stream = NULL;

    /* clang-format off */
    /* ---- README: begin ---- */
    pagoda_batch_prefill_args args = {
        .struct_size = sizeof args, .message = message, .message_size = sizeof message,
        .batch = 1, .total_q = NUM_Q, .max_seqlen_q = NUM_Q, .num_q_heads = NUM_HEADS, .num_kv_heads = NUM_KV_HEADS,
        .head_dim = HEAD_DIM, .page_size = PAGE_SIZE, .num_pages = NUM_PAGES, .mask = PAGODA_MASK_CAUSAL,
        .q_dtype = PAGODA_DTYPE_FP8_E4M3FN, .kv_dtype = PAGODA_DTYPE_FP8_E4M3FN, .out_dtype = PAGODA_DTYPE_BF16,
        .q = q, .q_stride_token = NUM_HEADS * HEAD_DIM, .q_stride_head = HEAD_DIM,
        .k_cache = k_cache, .k_stride_page = PAGE_SIZE * HEAD_DIM, .k_stride_token = HEAD_DIM,
        .v_cache = v_cache, .v_stride_page = PAGE_SIZE * HEAD_DIM, .v_stride_token = HEAD_DIM,
        .out = out, .out_stride_token = NUM_HEADS * HEAD_DIM, .out_stride_head = HEAD_DIM,
        .cu_seqlens_q = cu_seqlens_q, .page_table_style = PAGODA_PAGE_TABLE_VLLM, .page_ids = block_table,
        .page_table_stride = NUM_PAGES, .kv_lens = seqlens_k, .softmax_scale = 0.08838835f,
        .quant = PAGODA_QUANT_PER_TENSOR, .q_descale = 1, .k_descale = 1, .v_descale = 0.5f};
    if (pagoda_batch_prefill(context, &args, stream) != PAGODA_OK)
        return fprintf(stderr, "%s\n", message), 1;
    /* ---- README: end ---- */
    /* clang-format on */

    if (hip_synchronize() != 0 || hip_memcpy(out_data, out, sizeof out_data, 2) != 0)
        return fprintf(stderr, "the kernel failed\n"), 1;
    int wrong = 0;
    for (size_t i = 0; i < sizeof out_data / sizeof out_data[0]; i++)
        wrong += out_data[i] != 0x3fc0; /* 3 * 0.5 in bf16 */
    printf("%s on %s%s: %d of %zu values wrong\n", "batch_prefill", info.is_simulated ? "simulated " : "", info.arch,
           wrong, sizeof out_data / sizeof out_data[0]);
    pagoda_context_destroy(context);
    return wrong != 0;
}
