/* SPDX-License-Identifier: MIT
 *
 * What a plan is: the instance taken, its launch, and the explanation of both. Plans need no device, so every arch of
 * the catalogue is planned for here. Which instances are built must not matter: those that a test names are looked up
 * in the dispatch table, and a plan for one that was left out says NOT_BUILT and is complete all the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dispatch_table.h"
#include "request.h"
#include "request_under_test.h"

static pagoda_context *context_for(const char *arch) {
    const pagoda_context_options options = {
        .struct_size = sizeof options, .runtime = PAGODA_RUNTIME_NONE, .arch = arch};
    pagoda_context *context;
    assert_int_equal(pagoda_context_create(&options, &context), PAGODA_OK);
    return context;
}

static pagoda_dtype native_fp8(const char *arch) {
    return strcmp(arch, "gfx942") == 0 ? PAGODA_DTYPE_FP8_E4M3FNUZ : PAGODA_DTYPE_FP8_E4M3FN;
}

/* Plans; the status is OK, or NOT_BUILT when this build lacks the instance. */
static pagoda_plan plan_for(const char *arch, pagoda_batch_prefill_args args) {
    pagoda_context *context = context_for(arch);
    pagoda_plan plan = {.struct_size = sizeof plan};
    char message[1024];
    args.message = message;
    args.message_size = sizeof message;
    const pagoda_status status = pagoda_batch_prefill_plan(context, &args, &plan);
    if (status != PAGODA_OK && status != PAGODA_ERROR_NOT_BUILT)
        fail_msg("%s: %s", pagoda_status_string(status), message);
    assert_int_equal(plan.instance_is_built, status == PAGODA_OK);
    if (status == PAGODA_ERROR_NOT_BUILT) {
        assert_non_null(strstr(message, plan.instance));
        assert_non_null(strstr(message, "configure with -Darchs="));
    }
    pagoda_context_destroy(context);
    return plan;
}

static void test_plan_only_context(void **state) {
    (void)state;
    pagoda_context *context = context_for("gfx942");
    pagoda_context_info info = {.struct_size = sizeof info};
    assert_int_equal(pagoda_context_get_info(context, &info), PAGODA_OK);
    assert_string_equal(info.arch, "gfx942");
    assert_string_equal(info.hip_library, "none");
    assert_string_equal(info.device_name, "none");
    assert_int_equal(info.compute_units, 304);
    assert_int_equal(info.device, -1);
    assert_true(info.is_plan_only);
    assert_false(info.is_simulated);
    pagoda_context_destroy(context);
}

static void check_options(pagoda_context_options options, pagoda_status status, const char *words) {
    char message[1024] = "";
    pagoda_context *context = (pagoda_context *)&options;
    options.message = message;
    options.message_size = sizeof message;
    assert_int_equal(pagoda_context_create(&options, &context), status);
    assert_null(context);
    if (strstr(message, words) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", message, words);
}

static void test_context_options(void **state) {
    (void)state;
    const pagoda_context_options none = {.struct_size = sizeof none, .runtime = PAGODA_RUNTIME_NONE, .arch = "gfx950"};
    pagoda_context_options o = none;
    o.struct_size = 8;
    check_options(o, PAGODA_ERROR_VERSION, "");
    o = none, o.runtime = 4;
    check_options(o, PAGODA_ERROR_INVALID_ARGUMENT, "runtime is 4; expected");
    o = none, o.arch = "gfx90a";
    check_options(o, PAGODA_ERROR_INVALID_ARGUMENT, "arch is \"gfx90a\"; expected one of gfx942, gfx950");
    o = none, o.arch = NULL;
    check_options(o, PAGODA_ERROR_INVALID_ARGUMENT, "arch is NULL; expected");
    o = none, o.hip_library = "libamdhip64.so";
    check_options(o, PAGODA_ERROR_INVALID_ARGUMENT, "hip_library is \"libamdhip64.so\"; expected NULL");
    o = none, o.runtime = PAGODA_RUNTIME_AUTO, o.has_device = 1, o.device = -1;
    check_options(o, PAGODA_ERROR_INVALID_ARGUMENT, "device is -1; expected");
    o = none, o.device = 1;
    check_options(o, PAGODA_ERROR_INVALID_ARGUMENT, "device is 1 but has_device is 0");
}

/* Asks for exactly what one instance serves. */
static pagoda_batch_prefill_args request_for(const struct pagoda_instance *instance) {
    const struct pagoda_axis *axes = pagoda_batch_prefill_table.axes;
    const uint8_t *value = instance->value;
    pagoda_batch_prefill_args args = request_under_test();
    const int dtype = value[PAGODA_BATCH_PREFILL_AXIS_DTYPE];
    args.q_dtype = dtype == PAGODA_BATCH_PREFILL_DTYPE_FP16   ? PAGODA_DTYPE_FP16
                   : dtype == PAGODA_BATCH_PREFILL_DTYPE_BF16 ? PAGODA_DTYPE_BF16
                                                              : native_fp8(axes[0].values[value[0]].name);
    args.kv_dtype = args.q_dtype;
    args.out_dtype = dtype == PAGODA_BATCH_PREFILL_DTYPE_FP8 ? PAGODA_DTYPE_BF16 : args.q_dtype;
    args.head_dim =
        (int32_t)axes[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM].values[value[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM]].number;
    args.page_size =
        (int32_t)axes[PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE].values[value[PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE]].number;
    if (args.page_size == 0)
        args.page_size = 512;
    const int mask = value[PAGODA_BATCH_PREFILL_AXIS_MASK];
    args.mask = mask == PAGODA_BATCH_PREFILL_MASK_NONE     ? PAGODA_MASK_NONE
                : mask == PAGODA_BATCH_PREFILL_MASK_CAUSAL ? PAGODA_MASK_CAUSAL
                                                           : PAGODA_MASK_SLIDING_WINDOW;
    args.window_left = args.window_right = 100;
    args.quant = (pagoda_quant_mode)value[PAGODA_BATCH_PREFILL_AXIS_QUANT];
    args.k_page_descale = args.v_page_descale = DEVICE_ADDRESS(12);
    args.kv_descale_stride_page = 2 * args.num_kv_heads;
    args.kv_descale_stride_head = 2;
    args.logits_soft_cap = value[PAGODA_BATCH_PREFILL_AXIS_SOFT_CAP] == PAGODA_BATCH_PREFILL_SOFT_CAP_ON ? 30 : 0;
    if (value[PAGODA_BATCH_PREFILL_AXIS_LAYOUT] == PAGODA_BATCH_PREFILL_LAYOUT_VECTORIZED) {
        args.kv_layout = PAGODA_KV_LAYOUT_VECTORIZED;
        args.k_stride_head = args.v_stride_head = (int64_t)args.page_size * args.head_dim;
        args.k_stride_page = args.v_stride_page = args.num_kv_heads * args.k_stride_head;
    }
    return args;
}

/* The whole catalogue can be reached: by name, and each request by what the library chooses itself. */
static void test_every_instance(void **state) {
    (void)state;
    const struct pagoda_op_table *table = &pagoda_batch_prefill_table;
    for (uint32_t i = 0; i < table->num_instances; i++) {
        const struct pagoda_instance *instance = &table->instances[i];
        const char *arch = table->axes[0].values[instance->value[0]].name;
        pagoda_batch_prefill_args args = request_for(instance);
        pagoda_plan chosen = plan_for(arch, args);
        args.instance = instance->name;
        pagoda_plan forced = plan_for(arch, args);
        assert_string_equal(forced.instance, instance->name);
        assert_string_equal(forced.arch, arch);
        assert_string_equal(forced.op, "batch_prefill");
        assert_int_equal(forced.block[0], instance->threads);
        assert_int_equal(forced.grid[0], 3 * 8 * ((130 + instance->tile_m - 1) / instance->tile_m));
        assert_int_equal(forced.grid[1] * forced.grid[2] * forced.block[1] * forced.block[2], 1);
        /* The library's own choice differs at most in what it may choose. */
        struct pagoda_request request;
        assert_true(pagoda_read_request(&chosen, &request));
        const struct pagoda_instance *other = &table->instances[request.chosen];
        assert_string_equal(other->name, chosen.instance);
        for (uint32_t a = 0; a < table->num_axes; a++) {
            if (table->axes[a].is_request && a != PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE)
                assert_int_equal(other->value[a], instance->value[a]);
        }
    }
}

/* Selection ignoring what was built, through the op's own function: the policy, whatever the build. */
static const struct pagoda_instance *choose(const char *arch, pagoda_batch_prefill_args args) {
    const pagoda_plan plan = plan_for(arch, args);
    struct pagoda_request request;
    assert_true(pagoda_read_request(&plan, &request));
    return pagoda_batch_prefill_op.choose(&request, false);
}

/* A single chunk of `queries` over `keys` for `heads` heads. */
static pagoda_batch_prefill_args one_chunk(int32_t queries, int32_t keys, int32_t heads) {
    pagoda_batch_prefill_args args = request_under_test();
    args.batch = 1;
    args.total_q = args.max_seqlen_q = queries;
    args.max_seqlen_k = keys;
    args.num_q_heads = heads;
    args.num_kv_heads = 1;
    args.q_stride_token = args.out_stride_token = heads * 128;
    args.lse = NULL;
    return args;
}

static int tile_rows(const char *arch, pagoda_batch_prefill_args args) {
    return choose(arch, args)->tile_m;
}

static void test_tile_choice(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = one_chunk(128, 4096, 128); /* 128 workgroups of 128 rows for 256 compute units */
    args.pipeline = "v2";
    assert_int_equal(tile_rows("gfx950", args), 64);
    args = one_chunk(4096, 4096, 128);
    args.pipeline = "v2";
    assert_int_equal(tile_rows("gfx950", args), 128);
    /* Between the two, the number of compute units decides: 288 workgroups of 64 rows, 144 of 128. */
    args = one_chunk(128, 4096, 144);
    args.pipeline = "v2";
    assert_int_equal(tile_rows("gfx950", args), 128);
    args.q_dtype = args.kv_dtype = PAGODA_DTYPE_FP8_E4M3FNUZ;
    assert_int_equal(tile_rows("gfx942", args), 64);
    /* Chunks that fit in the smaller tile take it, however many there are. */
    args = one_chunk(64, 4096, 8192);
    args.pipeline = "v2";
    assert_int_equal(tile_rows("gfx950", args), 64);
    /* The length of the keys is a hint that may be missing. */
    args.max_seqlen_k = 0;
    assert_int_equal(tile_rows("gfx950", args), 64);
}

/* Its larger tiles and longer start make V3 the slower one for little work, and the faster one for much. */
static void test_pipeline_choice(void **state) {
    (void)state;
    assert_non_null(strstr(choose("gfx950", one_chunk(256, 1024, 8))->name, "_v2_"));
    assert_non_null(strstr(choose("gfx950", one_chunk(16, 256, 8))->name, "_v2_"));
    assert_non_null(strstr(choose("gfx950", one_chunk(8192, 8192, 16))->name, "_v3_"));
    assert_non_null(strstr(choose("gfx950", one_chunk(65536, 65536, 6))->name, "_v3_"));
}

/* Few queries over many keys: the plan splits the keys when the workspace for that is there, and says how much it is.
 */
static void test_split_keys(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = one_chunk(16, 32768, 8);
    args.pipeline = "v2";
    pagoda_context *context = context_for("gfx950");
    pagoda_plan plan = {.struct_size = sizeof plan};
    const pagoda_status planned = pagoda_batch_prefill_plan(context, &args, &plan);
    assert_int_equal(plan.num_splits, 1);
    assert_int_equal(plan.workspace_bytes, 0);
    const size_t part = 16 * 8 * (128 + 1) * 4;
    size_t wanted = 32 * part;
    if (planned == PAGODA_OK) {
        assert_int_equal(plan.wanted_workspace_bytes % part, 0);
        wanted = plan.wanted_workspace_bytes;
        assert_true(wanted / part >= 8 && wanted / part <= 64);
    }
    args.workspace = DEVICE_ADDRESS(20);
    args.workspace_bytes = wanted;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), planned);
    assert_int_equal(plan.workspace_bytes, wanted);
    assert_int_equal(plan.num_splits, wanted / part);
    assert_int_equal(plan.grid[0], 8 * plan.num_splits);
    char text[4096];
    assert_int_equal(pagoda_plan_explain(&plan, text, sizeof text), PAGODA_OK);
    assert_non_null(strstr(text, "parts, combined by a second launch"));
    /* One byte less, and there are fewer parts or none. */
    args.workspace_bytes = wanted - 1;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), planned);
    assert_true(plan.workspace_bytes < wanted);
    /* The call can forbid it, and much work is not split. */
    args.workspace_bytes = wanted;
    args.num_splits = 1;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), planned);
    assert_int_equal(plan.num_splits, 1);
    assert_int_equal(plan.wanted_workspace_bytes, 0);
    args = one_chunk(16384, 16384, 32);
    args.pipeline = "v2";
    (void)pagoda_batch_prefill_plan(context, &args, &plan);
    assert_int_equal(plan.wanted_workspace_bytes, 0);
    pagoda_context_destroy(context);
}

/* Under the causal mask the last query tiles have much more to do than the first: V3 splits, and says in how many
 * parts. */
static void test_split_causal_keys(void **state) {
    (void)state;
    pagoda_context *context = context_for("gfx950");
    pagoda_plan plan = {.struct_size = sizeof plan};
    pagoda_batch_prefill_args args = one_chunk(4096, 4096, 6);
    args.pipeline = "v3";
    const pagoda_status planned = pagoda_batch_prefill_plan(context, &args, &plan);
    const size_t part = 4096 * 6 * (128 + 1) * 4;
    assert_int_equal(plan.num_splits, 1);
    if (planned == PAGODA_OK)
        assert_int_equal(plan.wanted_workspace_bytes, 4 * part); /* 16 q tiles, 40 parts of 16 steps for each head */
    args.workspace = DEVICE_ADDRESS(20);
    args.workspace_bytes = 4 * part;
    (void)pagoda_batch_prefill_plan(context, &args, &plan);
    assert_int_equal(plan.num_splits, 4);
    assert_int_equal(plan.workspace_bytes, 4 * part);
    assert_int_equal(plan.grid[0], 4 * 16 * 6);
    struct pagoda_request request;
    assert_true(pagoda_read_request(&plan, &request));
    assert_int_equal(request.part_keys, 1024);
    /* More than it would choose, and with no word about the number of keys: then the kernel cuts what it finds. */
    args.num_splits = 16;
    args.max_seqlen_k = 0;
    (void)pagoda_batch_prefill_plan(context, &args, &plan);
    assert_int_equal(plan.num_splits, 16);
    assert_int_equal(plan.workspace_bytes, 16 * part);
    assert_true(pagoda_read_request(&plan, &request));
    assert_int_equal(request.part_keys, 64);
    /* What fills the device in many rounds is not split. */
    args = one_chunk(65536, 65536, 16);
    args.pipeline = "v3";
    (void)pagoda_batch_prefill_plan(context, &args, &plan);
    assert_int_equal(plan.wanted_workspace_bytes, 0);
    pagoda_context_destroy(context);
}

static void test_page_size_choice(void **state) {
    (void)state;
    const struct {
        int32_t page_size;
        const char *label;
    } cases[] = {{1, "_p1_"}, {16, "_p16_"}, {1024, "_p1024_"}, {32, "_ppow2_"}, {4096, "_ppow2_"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pagoda_batch_prefill_args args = request_under_test();
        args.page_size = cases[i].page_size;
        assert_non_null(strstr(choose("gfx950", args)->name, cases[i].label));
    }
}

static void test_fp8_without_quantisation(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = request_under_test();
    args.quant = PAGODA_QUANT_NONE;
    assert_non_null(strstr(choose("gfx950", args)->name, "per_tensor"));
}

static void test_nothing_to_compute(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = request_under_test();
    args.batch = args.total_q = args.max_seqlen_q = 0;
    const pagoda_plan plan = plan_for("gfx950", args);
    assert_int_equal(plan.grid[0], 0);
    assert_non_null(plan.instance);
}

struct refusals {
    int count;
    int stop_after;
    char instances[64][128], rules[64][64], reasons[64][256];
};

static int collect(const pagoda_refusal *refusal, void *user) {
    struct refusals *refusals = user;
    const int i = refusals->count++;
    snprintf(refusals->instances[i], sizeof refusals->instances[i], "%s", refusal->instance);
    snprintf(refusals->rules[i], sizeof refusals->rules[i], "%s", refusal->rule);
    snprintf(refusals->reasons[i], sizeof refusals->reasons[i], "%s", refusal->reason);
    return refusals->count == refusals->stop_after;
}

static pagoda_plan unsupported_plan(pagoda_batch_prefill_args args, char *message, size_t size) {
    pagoda_context *context = context_for("gfx950");
    pagoda_plan plan = {.struct_size = sizeof plan};
    args.message = message;
    args.message_size = size;
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), PAGODA_ERROR_UNSUPPORTED);
    assert_null(plan.instance);
    assert_null(plan.pipeline);
    assert_int_equal(plan.instance_is_built, 0);
    pagoda_context_destroy(context);
    return plan;
}

static void test_explain_unsupported(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = request_under_test();
    char message[2048], text[8192];
    args.mask = PAGODA_MASK_SLIDING_WINDOW; /* of every pipeline so far, none has it */
    args.window_left = 100;
    args.window_right = 0;
    const pagoda_plan plan = unsupported_plan(args, message, sizeof message);
    assert_non_null(strstr(message, "nearest supported request: the same with mask "));
    static struct refusals refusals;
    refusals = (struct refusals){.stop_after = -1};
    assert_int_equal(pagoda_plan_visit_refusals(&plan, collect, &refusals), PAGODA_OK);
    assert_true(refusals.count >= 2);
    assert_int_equal(pagoda_plan_explain(&plan, text, sizeof text), PAGODA_OK);
    for (int i = 0; i < refusals.count; i++) {
        assert_non_null(strstr(refusals.instances[i], "sliding_window"));
        assert_non_null(strstr(text, refusals.instances[i]));
        assert_non_null(strstr(text, refusals.rules[i]));
        assert_non_null(strstr(message, refusals.rules[i]));
        assert_non_null(strstr(message, refusals.reasons[i]));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(refusals.instances[i], refusals.instances[j]);
    }
    refusals = (struct refusals){.stop_after = 2};
    assert_int_equal(pagoda_plan_visit_refusals(&plan, collect, &refusals), PAGODA_OK);
    assert_int_equal(refusals.count, 2);
}

/* What ranks before the choice of a tile is listed with the consideration that passed it over, with its numbers. */
static void test_explain_tile(void **state) {
    (void)state;
    pagoda_batch_prefill_args args = request_under_test();
    args.pipeline = "v2";
    const pagoda_plan plan = plan_for("gfx950", args);
    char text[8192];
    assert_int_equal(pagoda_plan_explain(&plan, text, sizeof text), PAGODA_OK);
    assert_non_null(strstr(text, plan.instance));
    struct pagoda_request request;
    assert_true(pagoda_read_request(&plan, &request));
    const struct pagoda_instance *chosen = &pagoda_batch_prefill_table.instances[request.chosen];
    if (pagoda_batch_prefill_op.choose(&request, false) == chosen) {
        assert_int_equal(chosen->tile_m, 64);
        assert_non_null(strstr(text, "its 48 workgroups of 128 rows are modelled to take "));
        assert_non_null(strstr(text, " us on 256 compute units, 72 workgroups of 64 rows are modelled to take "));
        assert_non_null(strstr(text, "(modelled_slower)"));
    } else {
        assert_non_null(strstr(text, "(not_built)"));
    }
    /* Too small a buffer holds the beginning. */
    char beginning[32];
    assert_int_equal(pagoda_plan_explain(&plan, beginning, sizeof beginning), PAGODA_ERROR_TRUNCATED);
    assert_int_equal(strlen(beginning), sizeof beginning - 1);
    assert_memory_equal(beginning, text, sizeof beginning - 1);
}

static void test_forced(void **state) {
    (void)state;
    pagoda_context *context = context_for("gfx950");
    pagoda_batch_prefill_args args = request_under_test();
    pagoda_plan plan = {.struct_size = sizeof plan};
    char message[2048], text[2048];
    args.message = message;
    args.message_size = sizeof message;
    args.instance = "batch_prefill_v9";
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_string_equal(message, "instance is \"batch_prefill_v9\"; expected a name in the catalogue");
    args.instance = NULL;
    args.pipeline = "v9";
    assert_int_equal(pagoda_batch_prefill_plan(context, &args, &plan), PAGODA_ERROR_INVALID_ARGUMENT);
    assert_non_null(strstr(message, "pipeline is \"v9\"; expected NULL or one of v2"));
    args.pipeline = NULL;
    /* An instance of another request. */
    args.instance = "batch_prefill_v2_gfx950_fp8_d128_t64x64_p16_nomask_per_tensor_linear";
    plan = unsupported_plan(args, message, sizeof message);
    assert_non_null(strstr(message, "its mask is none, the request needs causal (instance_serves_request)"));
    assert_int_equal(pagoda_plan_explain(&plan, text, sizeof text), PAGODA_OK);
    assert_non_null(strstr(text, "its mask is none, the request needs causal"));
    args.instance = "batch_prefill_v2_gfx942_fp8_d128_t64x64_p16_causal_per_tensor_linear";
    plan = unsupported_plan(args, message, sizeof message);
    assert_non_null(strstr(message, "its arch is gfx942, the request needs gfx950"));
    args.instance = "batch_prefill_v2_gfx950_fp8_d64_t64x64_p16_causal_per_tensor_linear";
    args.page_size = 32;
    plan = unsupported_plan(args, message, sizeof message);
    assert_non_null(strstr(message, "its head_dim is 64, the request needs 128"));
    /* A candidate that a rule keeps out of the catalogue. */
    args.page_size = 16;
    args.instance = "batch_prefill_v2_gfx950_bf16_d128_t64x64_p16_causal_per_tensor_linear";
    plan = unsupported_plan(args, message, sizeof message);
    assert_non_null(strstr(message, "(quant_needs_fp8)"));
    assert_int_equal(pagoda_plan_explain(&plan, text, sizeof text), PAGODA_OK);
    assert_non_null(strstr(text, "(quant_needs_fp8)"));
    pagoda_context_destroy(context);
}

static void test_plan_only_does_not_launch(void **state) {
    (void)state;
    pagoda_context *context = context_for("gfx950");
    pagoda_batch_prefill_args args = request_under_test();
    char message[1024];
    args.message = message;
    args.message_size = sizeof message;
    const pagoda_status planned =
        plan_for("gfx950", args).instance_is_built ? PAGODA_ERROR_NO_DEVICE : PAGODA_ERROR_NOT_BUILT;
    assert_int_equal(pagoda_batch_prefill(context, &args, NULL), planned);
    assert_int_equal(pagoda_batch_prefill_prepare(context, &args), planned);
    pagoda_context_destroy(context);
}

static void test_strings(void **state) {
    (void)state;
    assert_int_equal(pagoda_version(),
                     PAGODA_VERSION_MAJOR * 10000 + PAGODA_VERSION_MINOR * 100 + PAGODA_VERSION_PATCH);
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", PAGODA_VERSION_MAJOR, PAGODA_VERSION_MINOR, PAGODA_VERSION_PATCH);
    assert_string_equal(pagoda_version_string(), version);
    for (int status = PAGODA_OK; status <= PAGODA_ERROR_TRUNCATED; status++) {
        assert_string_not_equal(pagoda_status_string(status), "unknown status");
        for (int other = PAGODA_OK; other < status; other++)
            assert_string_not_equal(pagoda_status_string(status), pagoda_status_string(other));
    }
    assert_string_equal(pagoda_status_string(-1), "unknown status");
    assert_string_equal(pagoda_status_string(99), "unknown status");
    assert_string_equal(pagoda_dtype_string(PAGODA_DTYPE_FP8_E4M3FNUZ), "fp8_e4m3fnuz");
    assert_string_equal(pagoda_dtype_string(0), "unknown dtype");
    assert_int_equal(pagoda_dtype_size(PAGODA_DTYPE_FP8_E4M3FN), 1);
    assert_int_equal(pagoda_dtype_size(PAGODA_DTYPE_BF16), 2);
    assert_int_equal(pagoda_dtype_size(0), 0);
}

/* The runtime takes the arch axis to list the archs in the order of the arch facts. */
static void test_arch_axis(void **state) {
    (void)state;
    const struct pagoda_axis *axis = &pagoda_batch_prefill_table.axes[PAGODA_BATCH_PREFILL_AXIS_ARCH];
    assert_int_equal(axis->num_values, PAGODA_NUM_ARCHS);
    for (int i = 0; i < PAGODA_NUM_ARCHS; i++)
        assert_string_equal(axis->values[i].name, pagoda_arch_facts[i].name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_only_context),
        cmocka_unit_test(test_context_options),
        cmocka_unit_test(test_every_instance),
        cmocka_unit_test(test_tile_choice),
        cmocka_unit_test(test_pipeline_choice),
        cmocka_unit_test(test_split_keys),
        cmocka_unit_test(test_split_causal_keys),
        cmocka_unit_test(test_page_size_choice),
        cmocka_unit_test(test_fp8_without_quantisation),
        cmocka_unit_test(test_nothing_to_compute),
        cmocka_unit_test(test_explain_unsupported),
        cmocka_unit_test(test_explain_tile),
        cmocka_unit_test(test_forced),
        cmocka_unit_test(test_plan_only_does_not_launch),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_arch_axis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
