/* SPDX-License-Identifier: MIT
 *
 * Launching a planned batch prefill.
 */
#include <pagoda/batch_prefill.h>

#include "batch_prefill_kernargs.h"
#include "context.h"
#include "plan_batch_prefill.h"

static void fill_scalar_descales(const pagoda_batch_prefill_args *args, struct pagoda_batch_prefill_kernargs *k) {
    k->q_descale = k->k_descale = k->v_descale = 1;
    if (args->quant == PAGODA_QUANT_NONE)
        return;
    k->q_descale_ptr = args->q_descale_device;
    if (args->q_descale_device == NULL)
        k->q_descale = args->q_descale;
    if (args->quant != PAGODA_QUANT_PER_TENSOR)
        return;
    k->k_descale_ptr = args->k_descale_device;
    if (args->k_descale_device == NULL)
        k->k_descale = args->k_descale;
    k->v_descale_ptr = args->v_descale_device;
    if (args->v_descale_device == NULL)
        k->v_descale = args->v_descale;
}

static struct pagoda_batch_prefill_kernargs make_kernargs(const pagoda_batch_prefill_args *args,
                                                          const pagoda_plan *plan, int32_t part_keys) {
    const bool is_vllm = args->page_table_style == PAGODA_PAGE_TABLE_VLLM;
    const bool has_window = args->mask == PAGODA_MASK_SLIDING_WINDOW;
    const bool has_pages = args->quant == PAGODA_QUANT_KV_BLOCK;
    struct pagoda_batch_prefill_kernargs k = {
        .q = args->q,
        .k_cache = args->k_cache,
        .v_cache = args->v_cache,
        .out = args->out,
        .lse = args->lse,
        .cu_seqlens_q = args->cu_seqlens_q,
        .kv_indptr = is_vllm ? NULL : args->kv_indptr,
        .page_ids = args->page_ids,
        /* Pages of one key are always full. */
        .kv_lens = !is_vllm && args->page_size == 1 ? NULL : args->kv_lens,
        .sink_logits = args->sink_logits,
        .k_page_descale = has_pages ? args->k_page_descale : NULL,
        .v_page_descale = has_pages ? args->v_page_descale : NULL,
        .split_out = plan->num_splits > 1 ? args->workspace : NULL,
        .q_stride_token = args->q_stride_token,
        .q_stride_head = args->q_stride_head,
        .out_stride_token = args->out_stride_token,
        .out_stride_head = args->out_stride_head,
        .k_stride_page = args->k_stride_page,
        .k_stride_token = args->k_stride_token,
        .k_stride_head = args->k_stride_head,
        .v_stride_page = args->v_stride_page,
        .v_stride_token = args->v_stride_token,
        .v_stride_head = args->v_stride_head,
        .kv_descale_stride_page = args->kv_descale_stride_page,
        .kv_descale_stride_head = args->kv_descale_stride_head,
        .lse_stride_head = args->lse_stride_head,
        .batch = args->batch,
        .total_q = args->total_q,
        .num_q_heads = args->num_q_heads,
        .num_kv_heads = args->num_kv_heads,
        .gqa_ratio = args->num_q_heads / args->num_kv_heads,
        .num_pages = args->num_pages,
        .num_page_ids = is_vllm ? args->batch * args->page_table_stride : args->num_page_ids,
        .page_table_stride = is_vllm ? args->page_table_stride : 0,
        .page_size_log2 = __builtin_ctz((unsigned)args->page_size),
        .num_q_tiles = (int)(plan->grid[0] / plan->num_splits / (unsigned)args->batch / (unsigned)args->num_q_heads),
        .window_left = has_window ? args->window_left : -1,
        .window_right = has_window ? args->window_right : -1,
        .window_sink_tokens = has_window ? args->window_sink_tokens : 0,
        .out_is_fp16 = args->out_dtype == PAGODA_DTYPE_FP16,
        .num_splits = (int)plan->num_splits,
        .part_keys = part_keys,
        .softmax_scale = args->softmax_scale,
        .logits_soft_cap = args->logits_soft_cap,
    };
    if (k.split_out != NULL)
        k.split_lse = k.split_out + (int64_t)plan->num_splits * args->total_q * args->num_q_heads * args->head_dim;
    fill_scalar_descales(args, &k);
    return k;
}

struct prepared {
    pagoda_plan plan;
    const struct pagoda_kernel *kernel; /* NULL: there is nothing to launch */
    int32_t part_keys;
    uint32_t combine_workgroups;
};

/* Plans, and gets the kernel: what a launch and its preparation have in common. */
static pagoda_status prepare(pagoda_context *context, const pagoda_batch_prefill_args *args, struct prepared *prepared,
                             struct pagoda_text *message) {
    struct pagoda_request request;
    const pagoda_plan *plan = &prepared->plan;
    prepared->kernel = NULL;
    pagoda_status status = pagoda_make_batch_prefill_plan(context, args, &prepared->plan, &request, message);
    if (status != PAGODA_OK)
        return status;
    if (context->is_plan_only) {
        pagoda_text_add(message, "the context was created with PAGODA_RUNTIME_NONE: it plans and launches nothing");
        return PAGODA_ERROR_NO_DEVICE;
    }
    if (plan->grid[0] == 0)
        return PAGODA_OK;
    const struct pagoda_instance *instance = &pagoda_batch_prefill_table.instances[request.chosen];
    prepared->part_keys = request.part_keys;
    prepared->combine_workgroups = plan->grid[0] / plan->num_splits * (instance->tile_m / PAGODA_COMBINE_ROWS);
    return pagoda_context_kernel(context, PAGODA_OP_BATCH_PREFILL, instance, &prepared->kernel, message);
}

pagoda_status pagoda_batch_prefill_prepare(pagoda_context *context, const pagoda_batch_prefill_args *args) {
    if (context == NULL || args == NULL)
        return PAGODA_ERROR_INVALID_ARGUMENT;
    if (args->struct_size != sizeof *args)
        return PAGODA_ERROR_VERSION;
    struct pagoda_text message = pagoda_text_over(args->message, args->message_size);
    struct prepared prepared;
    return prepare(context, args, &prepared, &message);
}

static int launch(const struct pagoda_hip *hip, void *function, const pagoda_plan *plan, uint32_t workgroups,
                  uint32_t threads, struct pagoda_batch_prefill_kernargs *kernargs, void *stream) {
    size_t bytes = sizeof *kernargs;
    void *extra[] = {PAGODA_HIP_LAUNCH_BUFFER_POINTER, kernargs, PAGODA_HIP_LAUNCH_BUFFER_SIZE, &bytes,
                     PAGODA_HIP_LAUNCH_END};
    return hip->ModuleLaunchKernel(function, workgroups, 1, 1, threads, 1, 1, plan->dynamic_lds, stream, NULL, extra);
}

pagoda_status pagoda_batch_prefill(pagoda_context *context, const pagoda_batch_prefill_args *args, void *stream) {
    if (context == NULL || args == NULL)
        return PAGODA_ERROR_INVALID_ARGUMENT;
    if (args->struct_size != sizeof *args)
        return PAGODA_ERROR_VERSION;
    struct pagoda_text message = pagoda_text_over(args->message, args->message_size);
    struct prepared prepared;
    const pagoda_status status = prepare(context, args, &prepared, &message);
    if (status != PAGODA_OK || prepared.kernel == NULL)
        return status;
    const pagoda_plan *plan = &prepared.plan;
    const struct pagoda_hip *hip = &context->hip;
    if (args->workspace_bytes < plan->workspace_bytes) {
        pagoda_text_add(&message, "workspace_bytes is %zu; expected at least %zu for %s in %u parts",
                        args->workspace_bytes, plan->workspace_bytes, plan->instance, plan->num_splits);
        return PAGODA_ERROR_WORKSPACE;
    }
    struct pagoda_batch_prefill_kernargs kernargs = make_kernargs(args, plan, prepared.part_keys);
    void *function = atomic_load_explicit(&prepared.kernel->function, memory_order_relaxed);
    int error = launch(hip, function, plan, plan->grid[0], plan->block[0], &kernargs, stream);
    if (error == PAGODA_HIP_SUCCESS && plan->num_splits > 1)
        error = launch(hip, prepared.kernel->second, plan, prepared.combine_workgroups, PAGODA_COMBINE_THREADS,
                       &kernargs, stream);
    if (error == PAGODA_HIP_SUCCESS)
        return PAGODA_OK;
    pagoda_text_add(&message, "hipModuleLaunchKernel failed for %s: %s (%d)", plan->instance,
                    hip->GetErrorString(error), error);
    return PAGODA_ERROR_HIP;
}
