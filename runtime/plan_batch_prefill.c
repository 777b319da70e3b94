/* SPDX-License-Identifier: MIT */
#include "plan_batch_prefill.h"

#include <inttypes.h>
#include <string.h>

#include "context.h"
#include "select.h"
#include "validate_batch_prefill.h"

#define TABLE pagoda_batch_prefill_table

/* What can stand in the way of a request beyond the rules of the catalogue, which see only the axes. */
enum obstacle {
    MIXED_DTYPES,
    FP8_ENCODING,
    OUT_DTYPE,
    HEAD_DIM,
    PAGE_SIZE,
    STRIDE_LIMIT,
    PAGE_TABLE_LIMIT,
    GRID_LIMIT,
    NUM_OBSTACLES
};

static pagoda_dtype native_fp8(uint8_t arch) {
    return pagoda_arch_facts[arch].fp8_is_fnuz ? PAGODA_DTYPE_FP8_E4M3FNUZ : PAGODA_DTYPE_FP8_E4M3FN;
}

static void add_numbers(struct pagoda_text *text, const struct pagoda_axis *axis) {
    for (uint32_t i = 0; i < axis->num_values; i++)
        pagoda_text_add(text, "%s%s", i > 0 ? ", " : "", axis->values[i].name);
}

static const char *obstacle(const struct pagoda_request *request, uint32_t index, struct pagoda_text *reason,
                            struct pagoda_text *instead) {
    const bool is_fp8 = pagoda_dtype_size(request->kv_dtype) == 1;
    const char *q = pagoda_dtype_string(request->q_dtype), *kv = pagoda_dtype_string(request->kv_dtype);
    const char *native = pagoda_dtype_string(native_fp8(request->arch));
    switch ((enum obstacle)index) {
    case MIXED_DTYPES:
        pagoda_text_add(reason, "q is %s and the cache %s; the matrix unit multiplies equal types", q, kv);
        pagoda_text_add(instead, "q_dtype %s", kv);
        return "q_and_kv_dtype_are_equal";
    case FP8_ENCODING:
        pagoda_text_add(reason, "the matrix unit of %s reads %s; a cache written as %s is not reinterpreted",
                        pagoda_arch_facts[request->arch].name, native, kv);
        pagoda_text_add(instead, "kv_dtype %s", native);
        return "fp8_encoding_is_native";
    case OUT_DTYPE:
        pagoda_text_add(reason, "out is %s; expected %s for a cache in %s", pagoda_dtype_string(request->out_dtype),
                        is_fp8 ? "bf16 or fp16" : kv, kv);
        pagoda_text_add(instead, "out_dtype %s", is_fp8 ? "bf16" : kv);
        return "out_dtype_follows_kv";
    case HEAD_DIM:
        pagoda_text_add(reason, "head_dim is %" PRId32 "; the catalogue has ",
                        request->number[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM]);
        add_numbers(reason, &TABLE.axes[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM]);
        return "head_dim_is_in_catalogue";
    case PAGE_SIZE:
        pagoda_text_add(reason, "page_size is %" PRId32 "; pages hold a power of two of keys",
                        request->number[PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE]);
        return "page_size_is_power_of_two";
    case STRIDE_LIMIT:
        pagoda_text_add(reason, "a page of the cache, or the distance to the next, is 2^32 bytes or more");
        pagoda_text_add(instead, "smaller pages or strides");
        return "pages_fit_32_bits";
    case PAGE_TABLE_LIMIT:
        pagoda_text_add(reason, "batch * page_table_stride is 2^31 or more");
        pagoda_text_add(instead, "a smaller batch");
        return "page_table_fits_31_bits";
    case GRID_LIMIT:
        pagoda_text_add(reason, "the grid has 2^32 work-items or more");
        pagoda_text_add(instead, "a smaller batch");
        return "grid_fits_32_bits";
    case NUM_OBSTACLES:
        break;
    }
    return "unknown";
}

/* ---- the request ---- */

static uint32_t bit(uint32_t index) {
    return UINT32_C(1) << index;
}

static void note(struct pagoda_request *request, enum obstacle index, bool stands) {
    if (stands)
        request->obstacles |= bit(index);
}

static uint32_t dtype_value(pagoda_dtype dtype) {
    return dtype == PAGODA_DTYPE_FP16   ? PAGODA_BATCH_PREFILL_DTYPE_FP16
           : dtype == PAGODA_DTYPE_BF16 ? PAGODA_BATCH_PREFILL_DTYPE_BF16
                                        : PAGODA_BATCH_PREFILL_DTYPE_FP8;
}

/* An unbounded window is no mask, and one that only ends at the diagonal is the causal mask. */
static uint32_t mask_value(const pagoda_batch_prefill_args *args) {
    if (args->mask != PAGODA_MASK_SLIDING_WINDOW)
        return args->mask == PAGODA_MASK_CAUSAL ? PAGODA_BATCH_PREFILL_MASK_CAUSAL : PAGODA_BATCH_PREFILL_MASK_NONE;
    if (args->window_left == -1 && args->window_right == -1)
        return PAGODA_BATCH_PREFILL_MASK_NONE;
    if (args->window_left == -1 && args->window_right == 0)
        return PAGODA_BATCH_PREFILL_MASK_CAUSAL;
    return PAGODA_BATCH_PREFILL_MASK_SLIDING_WINDOW;
}

static uint32_t quant_value(const pagoda_batch_prefill_args *args) {
    if (args->quant == PAGODA_QUANT_KV_BLOCK)
        return PAGODA_BATCH_PREFILL_QUANT_KV_BLOCK;
    /* FP8 values that are what they store have descales of 1. */
    if (args->quant == PAGODA_QUANT_PER_TENSOR || pagoda_dtype_size(args->kv_dtype) == 1)
        return PAGODA_BATCH_PREFILL_QUANT_PER_TENSOR;
    return PAGODA_BATCH_PREFILL_QUANT_NONE;
}

/* The kernels multiply the page by a stride of 32 bits, in bytes, and have 32 bits for an offset within a page. */
static bool strides_exceed_limit(const pagoda_batch_prefill_args *args) {
    const int64_t limit = (INT64_C(1) << 32) / (int64_t)pagoda_dtype_size(args->kv_dtype);
    const bool is_linear = args->kv_layout == PAGODA_KV_LAYOUT_LINEAR;
    /* One key of one head to the next. */
    const int64_t k_token = is_linear ? args->k_stride_token : args->head_dim;
    const int64_t v_token = is_linear ? args->v_stride_token : args->head_dim;
    return (args->num_pages > 1 && (args->k_stride_page >= limit || args->v_stride_page >= limit)) ||
           (args->page_size > 1 && (k_token >= limit / args->page_size || v_token >= limit / args->page_size));
}

/* Output and LSE of a part in fp32. Arguments that validation has passed cannot overflow this. */
static uint64_t part_bytes(const pagoda_batch_prefill_args *args) {
    return (uint64_t)args->total_q * (uint64_t)args->num_q_heads * ((uint64_t)args->head_dim + 1) * sizeof(float);
}

static void fill_request(const pagoda_context *context, const pagoda_batch_prefill_args *args,
                         struct pagoda_request *request) {
    *request = (struct pagoda_request){.chosen = -1,
                                       .compute_units = context->compute_units,
                                       .rows = (int64_t)args->batch * args->num_q_heads,
                                       .max_seqlen_q = args->max_seqlen_q,
                                       .max_seqlen_k = args->max_seqlen_k,
                                       .num_splits = args->num_splits,
                                       .part_bytes = part_bytes(args),
                                       .workspace_bytes = args->workspace_bytes,
                                       .op = PAGODA_OP_BATCH_PREFILL,
                                       .arch = context->arch,
                                       .q_dtype = (uint8_t)args->q_dtype,
                                       .kv_dtype = (uint8_t)args->kv_dtype,
                                       .out_dtype = (uint8_t)args->out_dtype};
    const struct pagoda_axis *axes = TABLE.axes;
    const bool is_fp8 = pagoda_dtype_size(args->kv_dtype) == 1;
    const bool is_power_of_two = (args->page_size & (args->page_size - 1)) == 0;
    for (uint32_t a = 0; a < TABLE.num_axes; a++)
        request->accept[a] = pagoda_axis_all(&axes[a]);
    uint32_t *accept = request->accept;
    /* The arch axis lists the archs in the order of pagoda_arch_facts. */
    accept[PAGODA_BATCH_PREFILL_AXIS_ARCH] = bit(context->arch);
    accept[PAGODA_BATCH_PREFILL_AXIS_DTYPE] = bit(dtype_value(args->kv_dtype));
    accept[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM] =
        pagoda_axis_accept_number(&axes[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM], args->head_dim);
    accept[PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE] =
        is_power_of_two ? pagoda_axis_accept_number(&axes[PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE], args->page_size) : 0;
    accept[PAGODA_BATCH_PREFILL_AXIS_MASK] = bit(mask_value(args));
    accept[PAGODA_BATCH_PREFILL_AXIS_QUANT] = bit(quant_value(args));
    accept[PAGODA_BATCH_PREFILL_AXIS_LAYOUT] =
        bit(args->kv_layout == PAGODA_KV_LAYOUT_VECTORIZED ? PAGODA_BATCH_PREFILL_LAYOUT_VECTORIZED
                                                           : PAGODA_BATCH_PREFILL_LAYOUT_LINEAR);
    accept[PAGODA_BATCH_PREFILL_AXIS_SOFT_CAP] =
        bit(args->logits_soft_cap > 0 ? PAGODA_BATCH_PREFILL_SOFT_CAP_ON : PAGODA_BATCH_PREFILL_SOFT_CAP_OFF);
    request->number[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM] = args->head_dim;
    request->number[PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE] = args->page_size;

    note(request, MIXED_DTYPES, args->q_dtype != args->kv_dtype);
    note(request, FP8_ENCODING, is_fp8 && args->kv_dtype != native_fp8(context->arch));
    note(request, OUT_DTYPE, is_fp8 ? pagoda_dtype_size(args->out_dtype) != 2 : args->out_dtype != args->kv_dtype);
    note(request, HEAD_DIM, accept[PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM] == 0);
    note(request, PAGE_SIZE, !is_power_of_two);
    if (!pagoda_batch_prefill_is_empty(args)) {
        note(request, STRIDE_LIMIT, strides_exceed_limit(args));
        note(request, PAGE_TABLE_LIMIT,
             args->page_table_style == PAGODA_PAGE_TABLE_VLLM &&
                 (int64_t)args->batch * args->page_table_stride > INT32_MAX);
    }
}

/* ---- the choice ---- */

static int64_t num_workgroups(const struct pagoda_request *request, const struct pagoda_instance *instance) {
    return request->rows * ((request->max_seqlen_q + instance->tile_m - 1) / instance->tile_m);
}

/* What a workgroup costs, in clocks, as constant + factor * rows of the tile: once, and for each step of 64 keys; alone
 * on its compute unit, where latency counts, and as its share of a full one, where throughput does. From the
 * simulator's timing model (strict) of gfx950 at head dim 128; what other archs and head dims differ by matters less to
 * the choice. */
struct line {
    double constant, factor;
};

struct pipeline_cost {
    const char *name;
    bool is_fp8;
    struct line together; /* workgroups that a compute unit holds at a time */
    struct line alone, alone_step, shared, shared_step;
};

static const struct pipeline_cost pipeline_costs[] = {
    {"v2", true, {4, -1.0 / 64}, {3350, 9.7}, {1400, 1.34}, {0, 35}, {376, 7.05}},
    {"v2", false, {4, -1.0 / 64}, {2890, 26.7}, {2004, 4.27}, {686, 21.5}, {1091, 6.06}},
    {"v3", true, {1, 0}, {12000, 0}, {0, 6.84}, {12000, 0}, {0, 6.84}},
    {"v3", false, {1, 0}, {12460, 0}, {0, 11.02}, {11480, 0}, {0, 11.02}},
};
enum {
    NUM_PIPELINE_COSTS = sizeof pipeline_costs / sizeof pipeline_costs[0],
    STEP_KEYS = 64,
    LIKELY_KEYS = 4096,        /* when the call does not say */
    LEAST_PART_STEPS = 4,      /* of keys: shorter parts are all overhead */
    MOST_ROUNDS = 8,           /* of unsplit workgroups; with more, few compute units wait for the last ones */
    COMBINE_CLOCKS = 12500,    /* a launch and the first loads */
    COMBINE_PART_CLOCKS = 350, /* each further 16 rows of a part per compute unit */
};

static double at(struct line line, double x) {
    return line.constant + line.factor * x;
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

static const struct pipeline_cost *cost_of(const struct pagoda_instance *instance) {
    const struct pagoda_axis *pipelines = &TABLE.axes[PAGODA_BATCH_PREFILL_AXIS_PIPELINE];
    const char *name = pipelines->values[instance->value[PAGODA_BATCH_PREFILL_AXIS_PIPELINE]].name;
    const bool is_fp8 = instance->value[PAGODA_BATCH_PREFILL_AXIS_DTYPE] == PAGODA_BATCH_PREFILL_DTYPE_FP8;
    for (int i = 0; i < NUM_PIPELINE_COSTS; i++) {
        if (pipeline_costs[i].is_fp8 == is_fp8 && strcmp(pipeline_costs[i].name, name) == 0)
            return &pipeline_costs[i];
    }
    return NULL;
}

static int64_t num_keys(const struct pagoda_request *request) {
    const int64_t likely = request->max_seqlen_q > LIKELY_KEYS ? request->max_seqlen_q : LIKELY_KEYS;
    return request->max_seqlen_k > 0 ? request->max_seqlen_k : likely;
}

static int64_t steps_of(int64_t keys) {
    return (keys + STEP_KEYS - 1) / STEP_KEYS;
}

/* The workgroups of a launch, as if all sequences were the longest one. */
struct shape {
    double full, full_steps;              /* those of a part's full length, which is not the last of its query tile */
    double last, most_steps, least_steps; /* those of last parts, of which the lengths are spread evenly */
};

static bool is_causal(const struct pagoda_request *request) {
    return request->accept[PAGODA_BATCH_PREFILL_AXIS_MASK] == bit(PAGODA_BATCH_PREFILL_MASK_CAUSAL);
}

static struct shape shape_of(const struct pagoda_request *request, const struct pagoda_instance *instance,
                             int64_t part_steps) {
    const double tiles = (double)num_workgroups(request, instance) / (double)request->rows;
    const double steps = (double)steps_of(num_keys(request)), part = (double)part_steps;
    /* From one query tile to the next under the causal mask; the first one sees `first` steps. */
    const double slope = is_causal(request) ? (double)instance->tile_m / STEP_KEYS : 0;
    const double first = larger(steps - slope * (tiles - 1), 1);
    const double parts = (double)((int64_t)(steps - 1) / part_steps + 1); /* of the last query tile */
    struct shape shape = {.full_steps = part, .last = tiles * (double)request->rows};
    /* Places where keys are cut: those that all tiles see, and those that ever fewer do. */
    const double before = (double)(int64_t)((first - 1) / part), all = before < parts - 1 ? before : parts - 1;
    const double rest = parts - 1 - all;
    shape.full = tiles * all;
    if (slope > 0)
        shape.full += rest * ((steps - part * (all + parts) / 2) / slope + 1);
    shape.full *= (double)request->rows;
    if (parts < 2) {
        shape.most_steps = steps;
        shape.least_steps = first;
    } else {
        const double last = steps - part * (parts - 1);
        shape.most_steps = steps - first > last ? part : last;
        shape.least_steps = larger(shape.most_steps - (steps - first), 1);
    }
    return shape;
}

/* Length of a workgroup when the longest come first. */
static double steps_at(const struct shape *shape, double index) {
    if (index < shape->full)
        return shape->full_steps;
    const double share = (index - shape->full) / shape->last;
    return share < 1 ? shape->most_steps - share * (shape->most_steps - shape->least_steps) : 0;
}

/* The time that an instance is modelled to take, in clocks, with its keys in parts of so many steps: that of the
 * longest workgroup beside its neighbours, or of what a compute unit has to do, whichever is longer. Of the
 * k * units + 1 longest workgroups some unit does k + 1. */
static double clocks_of_parts(const struct pagoda_request *request, const struct pagoda_instance *instance,
                              const struct pipeline_cost *cost, int64_t part_steps) {
    const double rows = instance->tile_m, units = request->compute_units;
    const struct shape shape = shape_of(request, instance, part_steps);
    const double longest = shape.full > 0 ? shape.full_steps : shape.most_steps, all = shape.full + shape.last;
    const double once = at(cost->shared, rows), step = at(cost->shared_step, rows);
    const double steps = shape.full * shape.full_steps + shape.last * (shape.most_steps + shape.least_steps) / 2;
    double clocks = at(cost->alone, rows) + longest * at(cost->alone_step, rows);
    clocks = larger(clocks, (all * once + steps * step) / units);
    for (int k = 1; k * units < all && k <= MOST_ROUNDS; k++) {
        const double least = k < at(cost->together, rows) ? longest : steps_at(&shape, k * units);
        clocks = larger(clocks, (k + 1) * (once + least * step));
    }
    if (shape.full > 0)
        clocks += COMBINE_CLOCKS + COMBINE_PART_CLOCKS * all * rows / 16 / units;
    return clocks;
}

/* An instance as it would be launched. */
struct choice {
    const struct pagoda_instance *instance; /* NULL: none */
    uint32_t num_splits;                    /* most parts of a query tile */
    int64_t part_steps;
    double clocks;
};

/* With the keys of the longest sequence in parts of so many steps. */
static struct choice with_parts(const struct pagoda_request *request, const struct pagoda_instance *instance,
                                const struct pipeline_cost *cost, int64_t part_steps) {
    const int64_t parts = (steps_of(num_keys(request)) + part_steps - 1) / part_steps;
    return (struct choice){instance, (uint32_t)parts, part_steps, clocks_of_parts(request, instance, cost, part_steps)};
}

static int64_t rounded_up(int64_t number, int64_t unit) {
    return (number + unit - 1) / unit * unit;
}

/* With as many parts as the call asks for, or as many as are fastest. */
static struct choice with_best_parts(const struct pagoda_request *request, const struct pagoda_instance *instance) {
    const struct pipeline_cost *cost = cost_of(instance);
    if (cost == NULL || request->compute_units <= 0 || num_workgroups(request, instance) == 0)
        return (struct choice){instance, 1, 0, 0};
    const int64_t steps = steps_of(num_keys(request)), tile = (instance->tile_n + STEP_KEYS - 1) / STEP_KEYS;
    const int64_t asked = request->num_splits;
    if (asked > 0) {
        struct choice choice = with_parts(request, instance, cost, rounded_up((steps + asked - 1) / asked, tile));
        choice.num_splits = (uint32_t)asked;
        if (request->max_seqlen_k == 0)
            choice.part_steps = tile; /* told how many parts but not how many keys, the kernel finds out */
        return choice;
    }
    struct choice best = with_parts(request, instance, cost, rounded_up(steps, tile));
    uint64_t most = request->part_bytes > 0 ? request->workspace_bytes / request->part_bytes : PAGODA_MAX_SPLITS;
    most = most < PAGODA_MAX_SPLITS ? most : PAGODA_MAX_SPLITS;
    if (num_workgroups(request, instance) > (int64_t)request->compute_units * MOST_ROUNDS)
        most = 1;
    /* Under the causal mask the number of steps grows by this from one query tile to the next. */
    const int64_t unit =
        is_causal(request) && instance->tile_m / STEP_KEYS > tile ? instance->tile_m / STEP_KEYS : tile;
    int64_t last = best.part_steps;
    for (int64_t quarters = 5; quarters < 5 * PAGODA_MAX_SPLITS; quarters += quarters < 16 ? 1 : quarters / 8) {
        const int64_t part_steps = rounded_up((4 * steps + quarters - 1) / quarters, unit);
        if (part_steps < LEAST_PART_STEPS || (uint64_t)((steps + part_steps - 1) / part_steps) > most)
            break;
        if (part_steps == last)
            continue;
        const struct choice choice = with_parts(request, instance, cost, part_steps);
        best = choice.clocks < best.clocks ? choice : best;
        last = part_steps;
    }
    return best;
}

/* The fastest by the model; of equals, the best-ranked. */
static struct choice choose_with_parts(const struct pagoda_request *request, bool only_built) {
    const struct pagoda_instance *instance = NULL, *before = NULL;
    struct choice best = {NULL, 0, 0, 0};
    while ((instance = pagoda_next_instance(&TABLE, request->accept, instance)) != NULL) {
        if (only_built && !pagoda_is_built(request, instance))
            continue;
        /* Schedules cost the same: the best-ranked is taken. */
        if (before != NULL && before->tile_m == instance->tile_m && before->tile_n == instance->tile_n &&
            cost_of(before) == cost_of(instance))
            continue;
        before = instance;
        const struct choice choice = with_best_parts(request, instance);
        if (best.instance == NULL || choice.clocks < best.clocks)
            best = choice;
    }
    return best;
}

static const struct pagoda_instance *choose(const struct pagoda_request *request, bool only_built) {
    return choose_with_parts(request, only_built).instance;
}

static void add_modelled(struct pagoda_text *text, const struct pagoda_request *request, struct choice choice) {
    pagoda_text_add(text, "%" PRId64 " workgroups of %u rows",
                    num_workgroups(request, choice.instance) * choice.num_splits, choice.instance->tile_m);
    if (choice.num_splits > 1)
        pagoda_text_add(text, " and at most %" PRId64 " keys", choice.part_steps * STEP_KEYS);
    pagoda_text_add(text, " are modelled to take %.1f us", choice.clocks / pagoda_arch_facts[request->arch].clock_mhz);
}

static bool passes_over(const struct pagoda_request *request, const struct pagoda_instance *instance, bool only_built,
                        const char **rule, struct pagoda_text *reason) {
    const struct choice chosen = choose_with_parts(request, only_built);
    if (chosen.instance == NULL || chosen.instance == instance)
        return false;
    const struct choice passed = with_best_parts(request, instance);
    *rule = "modelled_slower";
    pagoda_text_add(reason, "its ");
    add_modelled(reason, request, passed);
    pagoda_text_add(reason, " on %" PRId32 " compute units, ", request->compute_units);
    add_modelled(reason, request, chosen);
    return true;
}

/* What the call forces narrows what the request accepts. */
static pagoda_status apply_forced(const pagoda_batch_prefill_args *args, struct pagoda_request *request,
                                  struct pagoda_text *message) {
    if (args->pipeline != NULL) {
        const struct pagoda_axis *axis = &TABLE.axes[PAGODA_BATCH_PREFILL_AXIS_PIPELINE];
        const int value = pagoda_axis_find(axis, args->pipeline);
        if (value < 0) {
            pagoda_text_add(message, "pipeline is \"%s\"; expected NULL or one of ", args->pipeline);
            add_numbers(message, axis);
            return PAGODA_ERROR_INVALID_ARGUMENT;
        }
        request->accept[PAGODA_BATCH_PREFILL_AXIS_PIPELINE] = bit((uint32_t)value);
    }
    if (args->instance == NULL)
        return PAGODA_OK;
    struct pagoda_candidate candidate;
    if (!pagoda_find_candidate(&TABLE, args->instance, &candidate)) {
        pagoda_text_add(message, "instance is \"%s\"; expected a name in the catalogue", args->instance);
        return PAGODA_ERROR_INVALID_ARGUMENT;
    }
    request->is_forced = 1;
    memcpy(request->forced, candidate.value, sizeof request->forced);
    return PAGODA_OK;
}

/* Workgroups of the larger of the launches. */
static int64_t largest_grid(const struct pagoda_request *request, const struct choice *choice) {
    const uint32_t blocks = choice->instance->tile_m / PAGODA_COMBINE_ROWS;
    const uint32_t larger = choice->num_splits > 1 && blocks > choice->num_splits ? blocks : choice->num_splits;
    return num_workgroups(request, choice->instance) * larger;
}

static pagoda_status select_instance(struct pagoda_request *request, struct choice *choice,
                                     struct pagoda_text *message) {
    bool is_built = true;
    *choice = (struct choice){NULL, 0, 0, 0};
    if (request->obstacles == 0 && request->is_forced) {
        uint32_t axis;
        const struct pagoda_instance *forced = pagoda_make_candidate(&TABLE, request->forced).instance;
        if (forced != NULL && pagoda_is_accepted(&TABLE, request->accept, request->forced, &axis)) {
            *choice = with_best_parts(request, forced);
            is_built = pagoda_is_built(request, forced);
        }
    } else if (request->obstacles == 0) {
        *choice = choose_with_parts(request, true);
        is_built = choice->instance != NULL;
        if (!is_built)
            *choice = choose_with_parts(request, false);
    }
    const struct pagoda_instance *instance = choice->instance;
    if (instance != NULL && largest_grid(request, choice) * instance->threads > UINT32_MAX) {
        note(request, GRID_LIMIT, true);
        instance = NULL;
    }
    if (instance == NULL) {
        pagoda_explain_unsupported(request, message);
        return PAGODA_ERROR_UNSUPPORTED;
    }
    request->chosen = (int32_t)(instance - TABLE.instances);
    request->part_keys =
        (int32_t)(choice->part_steps * STEP_KEYS < INT32_MAX / 2 ? choice->part_steps * STEP_KEYS : 1 << 30);
    if (!is_built) {
        pagoda_explain_not_built(request, instance, message);
        return PAGODA_ERROR_NOT_BUILT;
    }
    return PAGODA_OK;
}

pagoda_status pagoda_make_batch_prefill_plan(const pagoda_context *context, const pagoda_batch_prefill_args *args,
                                             pagoda_plan *plan, struct pagoda_request *request,
                                             struct pagoda_text *message) {
    pagoda_status status = pagoda_validate_batch_prefill(args, message);
    if (status != PAGODA_OK)
        return status;
    fill_request(context, args, request);
    status = apply_forced(args, request, message);
    if (status != PAGODA_OK)
        return status;
    struct choice choice;
    status = select_instance(request, &choice, message);
    *plan = (pagoda_plan){
        .struct_size = sizeof *plan, .op = TABLE.name, .arch = pagoda_arch_facts[context->arch].name, .num_splits = 1};
    memcpy(plan->request, request, sizeof *request);
    if (request->chosen < 0)
        return status;
    const struct pagoda_instance *instance = &TABLE.instances[request->chosen];
    const struct pagoda_axis *pipeline = &TABLE.axes[PAGODA_BATCH_PREFILL_AXIS_PIPELINE];
    plan->instance = instance->name;
    plan->pipeline = pipeline->values[instance->value[PAGODA_BATCH_PREFILL_AXIS_PIPELINE]].name;
    plan->instance_is_built = status == PAGODA_OK;
    plan->num_splits = choice.num_splits;
    plan->workspace_bytes = choice.num_splits > 1 ? (size_t)(choice.num_splits * request->part_bytes) : 0;
    plan->grid[0] = (uint32_t)num_workgroups(request, instance) * choice.num_splits;
    plan->grid[1] = plan->grid[2] = 1;
    plan->block[0] = instance->threads;
    plan->block[1] = plan->block[2] = 1;
    return status;
}

pagoda_status pagoda_batch_prefill_plan(const pagoda_context *context, const pagoda_batch_prefill_args *args,
                                        pagoda_plan *plan) {
    if (context == NULL || args == NULL || plan == NULL)
        return PAGODA_ERROR_INVALID_ARGUMENT;
    if (args->struct_size != sizeof *args || plan->struct_size != sizeof *plan)
        return PAGODA_ERROR_VERSION;
    struct pagoda_text message = pagoda_text_over(args->message, args->message_size);
    struct pagoda_request request;
    const pagoda_status status = pagoda_make_batch_prefill_plan(context, args, plan, &request, &message);
    if (status == PAGODA_OK && args->num_splits == 0) {
        request.workspace_bytes = UINT64_MAX;
        const struct choice wanted = request.is_forced ? with_best_parts(&request, &TABLE.instances[request.chosen])
                                                       : choose_with_parts(&request, true);
        plan->wanted_workspace_bytes = wanted.num_splits > 1 ? (size_t)(wanted.num_splits * request.part_bytes) : 0;
    }
    return status;
}

const struct pagoda_op pagoda_batch_prefill_op = {.table = &TABLE,
                                                  .choose = choose,
                                                  .passes_over = passes_over,
                                                  .second_kernel = "_combine",
                                                  .num_obstacles = NUM_OBSTACLES,
                                                  .obstacle = obstacle};
