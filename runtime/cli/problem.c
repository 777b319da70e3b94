/* SPDX-License-Identifier: MIT */
#include "problem.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../generated/dispatch_table.h"

const char problem_flags_help[] =
    "  --arch gfx950|gfx942        device to run on or to plan for (gfx950)\n"
    "  --dtype fp16|bf16|fp8       q, K and V; fp8 is the arch's native encoding, fp8_e4m3fn and fp8_e4m3fnuz name one "
    "(bf16)\n"
    "  --out-dtype fp16|bf16       of the result (the dtype; bf16 for fp8)\n"
    "  --batch N                   sequences (the length of the longest list below, or 1)\n"
    "  --q-len N[,N...]            queries of each sequence: one value, or one per sequence (128)\n"
    "  --kv-len N[,N...]           cached keys of each sequence, likewise (1024)\n"
    "  --ragged                    draw each length at random, up to the one given\n"
    "  --q-heads N --kv-heads N    (8, 1)\n"
    "  --head-dim N                (128)\n"
    "  --page-size N               keys per page (16)\n"
    "  --layout linear|vectorized  of the KV cache (linear)\n"
    "  --table sglang|vllm         style of the page table (vllm)\n"
    "  --mask none|causal|window:LEFT,RIGHT[,SINKS]   (none); -1 leaves a side of the window open\n"
    "  --quant none|per_tensor|kv_block               (none)\n"
    "  --soft-cap X                s = X tanh(s / X); 0 is off (0)\n"
    "  --softmax-scale X           (head_dim^-0.5)\n"
    "  --splits N                  parts that the keys are split into, 1: none (chosen by the library)\n"
    "  --lse                       also compute the log-sum-exp of each row\n"
    "  --sinks                     give each head an attention-sink logit\n"
    "  --pipeline v2|v3            force a pipeline\n"
    "  --instance NAME             force an instance of the catalogue\n"
    "  --values signed|uniform     test data: normal-like around 0, or uniform in [0, 1) (signed)\n"
    "  --dominated                 every fifth query is 8 times as long: one key dominates its row\n"
    "  --strided                   gaps between rows, heads and pages\n"
    "  --device-descales           per-tensor descales in device memory instead of in the arguments\n"
    "  --pool-pages N              pages in the pool (those in use and a few more)\n"
    "  --pages N[,N...]            page ids in the order of use (random)\n"
    "  --sorted-pages              page ids in ascending order\n"
    "  --seed N                    of all test data (1)\n";

void problem_init(struct problem *p) {
    *p = (struct problem){
        .arch = "gfx950",
        .dtype = PAGODA_DTYPE_BF16,
        .q_heads = 8,
        .kv_heads = 1,
        .head_dim = 128,
        .page_size = 16,
        .table = PAGODA_PAGE_TABLE_VLLM,
        .window_left = -1,
        .window_right = -1,
        .seed = 1,
        .q_len_text = "128",
        .kv_len_text = "1024",
        .dtype_text = "bf16",
    };
}

void problem_destroy(struct problem *p) {
    free(p->q_lens);
    free(p->kv_lens);
    free(p->pages);
    *p = (struct problem){0};
}

const char *problem_mask_name(pagoda_mask mask) {
    return mask == PAGODA_MASK_NONE ? "none" : mask == PAGODA_MASK_CAUSAL ? "causal" : "window";
}

const char *problem_quant_name(pagoda_quant_mode quant) {
    return quant == PAGODA_QUANT_NONE ? "none" : quant == PAGODA_QUANT_PER_TENSOR ? "per_tensor" : "kv_block";
}

uint64_t problem_random(uint64_t seed, uint64_t stream, uint64_t index) {
    uint64_t x = seed * 0x9e3779b97f4a7c15u + stream * 0xd1b54a32d192ed03u + index * 0x8cb92ba72f3d8dd7u;
    for (int round = 0; round < 2; ++round) { /* finaliser of MurmurHash3, twice */
        x ^= x >> 33;
        x *= 0xff51afd7ed558ccdu;
        x ^= x >> 33;
        x *= 0xc4ceb9fe1a85ec53u;
        x ^= x >> 33;
    }
    return x;
}

/* ---- flags ---- */

int flag_with_value(const char *name, int argc, char **argv, int *at, const char **value, struct pagoda_text *message) {
    const char *argument = argv[*at];
    size_t length = strlen(name);
    if (strncmp(argument, name, length) != 0 || (argument[length] != 0 && argument[length] != '=')) {
        return 0;
    }
    if (argument[length] == '=') {
        *value = argument + length + 1;
    } else if (*at + 1 < argc) {
        *value = argv[++*at];
    } else {
        pagoda_text_add(message, "%s needs a value", name);
        return -1;
    }
    ++*at;
    return 1;
}

int parse_integer(const char *flag, const char *text, long long low, long long high, long long *value,
                  struct pagoda_text *message) {
    char *end;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    if (end == text || *end != 0 || errno != 0 || parsed < low || parsed > high) {
        pagoda_text_add(message, "%s: '%s' is not a whole number from %lld to %lld", flag, text, low, high);
        return -1;
    }
    *value = parsed;
    return 0;
}

static int parse_int(const char *flag, const char *text, int low, int high, int *value, struct pagoda_text *message) {
    long long parsed;
    if (parse_integer(flag, text, low, high, &parsed, message) != 0) {
        return -1;
    }
    *value = (int)parsed;
    return 0;
}

static int parse_float(const char *flag, const char *text, double *value, struct pagoda_text *message) {
    char *end;
    *value = strtod(text, &end);
    if (end == text || *end != 0) {
        pagoda_text_add(message, "%s: '%s' is not a number", flag, text);
        return -1;
    }
    return 0;
}

/* Index of `text` in a NULL-terminated list of names, or -1 with a message that lists them. */
static int parse_choice(const char *flag, const char *text, const char *const *names, struct pagoda_text *message) {
    for (int i = 0; names[i]; ++i) {
        if (strcmp(text, names[i]) == 0) {
            return i;
        }
    }
    pagoda_text_add(message, "%s: '%s' is not one of", flag, text);
    for (int i = 0; names[i]; ++i) {
        pagoda_text_add(message, "%s %s", i ? "," : "", names[i]);
    }
    return -1;
}

static int parse_mask(struct problem *p, const char *text, struct pagoda_text *message) {
    if (strcmp(text, "none") == 0) {
        p->mask = PAGODA_MASK_NONE;
        return 0;
    }
    if (strcmp(text, "causal") == 0) {
        p->mask = PAGODA_MASK_CAUSAL;
        return 0;
    }
    int sides = 0, all = 0;
    p->window_sink_tokens = 0;
    if (sscanf(text, "window:%d,%d%n,%d%n", &p->window_left, &p->window_right, &sides, &p->window_sink_tokens, &all) >=
            2 &&
        text[all ? all : sides] == 0) {
        p->mask = PAGODA_MASK_SLIDING_WINDOW;
        return 0;
    }
    pagoda_text_add(message, "--mask: '%s' is not one of none, causal, window:LEFT,RIGHT, window:LEFT,RIGHT,SINKS",
                    text);
    return -1;
}

/* Flags that are on when present. */
static bool *switch_of(struct problem *p, const char *name) {
    const struct {
        const char *name;
        bool *value;
    } switches[] = {{"--ragged", &p->ragged},
                    {"--lse", &p->lse},
                    {"--sinks", &p->sinks},
                    {"--dominated", &p->dominated},
                    {"--strided", &p->strided},
                    {"--sorted-pages", &p->sorted_pages},
                    {"--device-descales", &p->device_descales}};
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; ++i) {
        if (strcmp(name, switches[i].name) == 0) {
            return switches[i].value;
        }
    }
    return NULL;
}

int problem_parse_flag(struct problem *p, int argc, char **argv, int *at, struct pagoda_text *message) {
    static const char *const layouts[] = {"linear", "vectorized", NULL}, *const tables[] = {"sglang", "vllm", NULL},
                             *const quants[] = {"none", "per_tensor", "kv_block", NULL},
                             *const pipelines[] = {"v2", "v3", NULL}, *const values[] = {"signed", "uniform", NULL};
    bool *on = switch_of(p, argv[*at]);
    if (on) {
        *on = true;
        ++*at;
        return 1;
    }
    const struct {
        const char *name;
        const char **value;
    } texts[] = {{"--arch", &p->arch},         {"--dtype", &p->dtype_text},   {"--out-dtype", &p->out_dtype_text},
                 {"--q-len", &p->q_len_text},  {"--kv-len", &p->kv_len_text}, {"--pages", &p->pages_text},
                 {"--instance", &p->instance}, {"--label", &p->label}};
    const char *text = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
        int found = flag_with_value(texts[i].name, argc, argv, at, texts[i].value, message);
        if (found != 0) {
            return found;
        }
    }
    const struct {
        const char *name;
        int low, high, *value;
    } integers[] = {{"--batch", 0, 1 << 20, &p->batch},         {"--q-heads", 1, 1 << 16, &p->q_heads},
                    {"--kv-heads", 1, 1 << 16, &p->kv_heads},   {"--head-dim", 1, 1 << 16, &p->head_dim},
                    {"--page-size", 1, 1 << 24, &p->page_size}, {"--pool-pages", 1, INT_MAX, &p->pool_pages},
                    {"--splits", 1, 64, &p->num_splits}};
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; ++i) {
        int found = flag_with_value(integers[i].name, argc, argv, at, &text, message);
        if (found == 1 &&
            parse_int(integers[i].name, text, integers[i].low, integers[i].high, integers[i].value, message)) {
            return -1;
        }
        if (found == 1 && integers[i].value == &p->batch) {
            p->batch = p->batch ? p->batch : -1; /* an explicit 0: no sequences */
        }
        if (found != 0) {
            return found;
        }
    }
    const struct {
        const char *name;
        double *as_double;
        float *as_float;
    } floats[] = {{"--soft-cap", NULL, &p->soft_cap},
                  {"--softmax-scale", NULL, &p->softmax_scale},
                  {"--published-v2", &p->published_v2, NULL},
                  {"--published-v3", &p->published_v3, NULL}};
    for (size_t i = 0; i < sizeof floats / sizeof floats[0]; ++i) {
        double value;
        int found = flag_with_value(floats[i].name, argc, argv, at, &text, message);
        if (found == 1 && parse_float(floats[i].name, text, &value, message)) {
            return -1;
        }
        if (found == 1 && floats[i].as_float) {
            *floats[i].as_float = (float)value;
        } else if (found == 1) {
            *floats[i].as_double = value;
        }
        if (found != 0) {
            return found;
        }
    }
    const struct {
        const char *name;
        const char *const *names;
    } choices[] = {{"--layout", layouts},
                   {"--table", tables},
                   {"--quant", quants},
                   {"--pipeline", pipelines},
                   {"--values", values}};
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; ++i) {
        int found = flag_with_value(choices[i].name, argc, argv, at, &text, message);
        int choice = found == 1 ? parse_choice(choices[i].name, text, choices[i].names, message) : 0;
        if (choice < 0) {
            return -1;
        }
        if (found == 1) {
            switch (i) {
            case 0:
                p->layout = (pagoda_kv_layout)choice;
                break;
            case 1:
                p->table = (pagoda_page_table_style)choice;
                break;
            case 2:
                p->quant = (pagoda_quant_mode)choice;
                break;
            case 3:
                p->pipeline = pipelines[choice];
                break;
            default:
                p->values = (enum problem_values)choice;
                break;
            }
        }
        if (found != 0) {
            return found;
        }
    }
    int found = flag_with_value("--mask", argc, argv, at, &text, message);
    if (found == 1) {
        return parse_mask(p, text, message) ? -1 : 1;
    }
    if (found == 0 && (found = flag_with_value("--seed", argc, argv, at, &text, message)) == 1) {
        long long seed;
        if (parse_integer("--seed", text, 0, LLONG_MAX, &seed, message)) {
            return -1;
        }
        p->seed = (uint64_t)seed;
    }
    return found;
}

/* A comma-separated list of integers >= 0; the caller frees it. */
static int *parse_list(const char *flag, const char *text, int *count, struct pagoda_text *message) {
    int capacity = 1;
    for (const char *c = text; *c; ++c) {
        capacity += *c == ',';
    }
    int *values = calloc((size_t)capacity, sizeof *values);
    *count = 0;
    for (const char *c = text; values; ++c) {
        char *end;
        errno = 0;
        long value = strtol(c, &end, 10);
        if (end == c || errno != 0 || value < 0 || value > INT_MAX || (*end != ',' && *end != 0)) {
            pagoda_text_add(message, "%s: '%s' is not a comma-separated list of whole numbers", flag, text);
            free(values);
            return NULL;
        }
        values[(*count)++] = (int)value;
        c = end;
        if (*c == 0) {
            return values;
        }
    }
    pagoda_text_add(message, "out of memory");
    return NULL;
}

/* One value stands for all `batch` sequences. */
static int *broadcast(const char *flag, int *values, int count, int batch, struct pagoda_text *message) {
    if (count == batch || values == NULL) {
        return values;
    }
    int *all = count == 1 ? calloc((size_t)batch + 1, sizeof *all) : NULL;
    for (int i = 0; all && i < batch; ++i) {
        all[i] = values[0];
    }
    if (!all) {
        pagoda_text_add(message, "%s has %d values for a batch of %d", flag, count, batch);
    }
    free(values);
    return all;
}

static int parse_dtype(const char *flag, const char *text, const char *arch, pagoda_dtype *dtype,
                       struct pagoda_text *message) {
    static const char *const names[] = {"fp16", "bf16", "fp8_e4m3fn", "fp8_e4m3fnuz", "fp8", NULL};
    int choice = parse_choice(flag, text, names, message);
    if (choice < 0) {
        return -1;
    }
    if (choice == 4) {
        *dtype = PAGODA_DTYPE_FP8_E4M3FN;
        for (int i = 0; i < PAGODA_NUM_ARCHS; ++i) {
            if (strcmp(pagoda_arch_facts[i].name, arch) == 0 && pagoda_arch_facts[i].fp8_is_fnuz) {
                *dtype = PAGODA_DTYPE_FP8_E4M3FNUZ;
            }
        }
        return 0;
    }
    *dtype = (pagoda_dtype)(choice + 1);
    return 0;
}

int problem_finish(struct problem *p, struct pagoda_text *message) {
    if (parse_dtype("--dtype", p->dtype_text, p->arch, &p->dtype, message)) {
        return -1;
    }
    p->out_dtype = pagoda_dtype_size(p->dtype) == 1 ? PAGODA_DTYPE_BF16 : p->dtype;
    if (p->out_dtype_text && parse_dtype("--out-dtype", p->out_dtype_text, p->arch, &p->out_dtype, message)) {
        return -1;
    }
    if (p->softmax_scale == 0) {
        p->softmax_scale = 1.0f / sqrtf((float)p->head_dim);
    }
    int num_q, num_kv;
    p->q_lens = parse_list("--q-len", p->q_len_text, &num_q, message);
    p->kv_lens = p->q_lens ? parse_list("--kv-len", p->kv_len_text, &num_kv, message) : NULL;
    if (!p->q_lens || !p->kv_lens) {
        return -1;
    }
    if (p->batch == 0) {
        p->batch = num_q > num_kv ? num_q : num_kv;
    } else if (p->batch < 0) {
        p->batch = 0;
    }
    p->q_lens = broadcast("--q-len", p->q_lens, num_q, p->batch, message);
    p->kv_lens = broadcast("--kv-len", p->kv_lens, num_kv, p->batch, message);
    if (!p->q_lens || !p->kv_lens) {
        return -1;
    }
    for (int b = 0; p->ragged && b < p->batch; ++b) {
        p->q_lens[b] = (int)(problem_random(p->seed, 101, (uint64_t)b) % ((uint64_t)p->q_lens[b] + 1));
        p->kv_lens[b] = (int)(problem_random(p->seed, 102, (uint64_t)b) % ((uint64_t)p->kv_lens[b] + 1));
    }
    if (p->pages_text && !(p->pages = parse_list("--pages", p->pages_text, &p->num_pages, message))) {
        return -1;
    }
    int64_t total_q = 0, used = 0;
    for (int b = 0; b < p->batch; ++b) {
        total_q += p->q_lens[b];
        used += ((int64_t)p->kv_lens[b] + p->page_size - 1) / p->page_size;
    }
    if (total_q > INT_MAX || used > INT_MAX / 2) {
        pagoda_text_add(message, "%lld queries and %lld pages are more than the library's int32 counts hold",
                        (long long)total_q, (long long)used);
        return -1;
    }
    if (p->pages && p->num_pages != used) {
        pagoda_text_add(message, "--pages lists %d pages, but the sequences use %lld", p->num_pages, (long long)used);
        return -1;
    }
    int highest = -1;
    for (int i = 0; i < p->num_pages; ++i) {
        highest = p->pages[i] > highest ? p->pages[i] : highest;
    }
    if (p->pool_pages == 0) {
        p->pool_pages = (int)(used + used / 4 + 3);
        p->pool_pages = highest >= p->pool_pages ? highest + 2 : p->pool_pages;
    } else if (p->pool_pages < used || p->pool_pages <= highest) {
        pagoda_text_add(message, "--pool-pages %d is too small: %lld pages are in use, the highest id is %d",
                        p->pool_pages, (long long)used, highest);
        return -1;
    }
    return 0;
}

/* ---- call arguments ---- */

void problem_arguments(const struct problem *p, pagoda_batch_prefill_args *a) {
    int64_t element = (int64_t)pagoda_dtype_size(p->dtype), x = element ? 16 / element : 8, gap = p->strided ? x : 0;
    int64_t dim = p->head_dim;
    *a = (pagoda_batch_prefill_args){
        .struct_size = sizeof *a,
        .batch = p->batch,
        .num_q_heads = p->q_heads,
        .num_kv_heads = p->kv_heads,
        .head_dim = p->head_dim,
        .page_size = p->page_size,
        .num_pages = p->pool_pages,
        .q_dtype = p->dtype,
        .kv_dtype = p->dtype,
        .out_dtype = p->out_dtype,
        .kv_layout = p->layout,
        .page_table_style = p->table,
        .softmax_scale = p->softmax_scale,
        .logits_soft_cap = p->soft_cap,
        .mask = p->mask,
        .window_left = p->window_left,
        .window_right = p->window_right,
        .window_sink_tokens = p->window_sink_tokens,
        .quant = p->quant,
        .q_descale = 1,
        .k_descale = 1,
        .v_descale = 1,
        .instance = p->instance,
        .pipeline = p->pipeline,
        .num_splits = p->num_splits,
    };
    int max_pages = 1;
    for (int b = 0; b < p->batch; ++b) {
        int pages = (int)(((int64_t)p->kv_lens[b] + p->page_size - 1) / p->page_size);
        a->total_q += p->q_lens[b];
        a->max_seqlen_q = p->q_lens[b] > a->max_seqlen_q ? p->q_lens[b] : a->max_seqlen_q;
        a->max_seqlen_k = p->kv_lens[b] > a->max_seqlen_k ? p->kv_lens[b] : a->max_seqlen_k;
        a->num_page_ids += pages;
        max_pages = pages > max_pages ? pages : max_pages;
    }
    a->page_table_stride = max_pages;
    a->q_stride_head = dim + gap;
    a->q_stride_token = p->q_heads * a->q_stride_head + 2 * gap;
    a->out_stride_head = dim + (p->strided ? 8 : 0);
    a->out_stride_token = p->q_heads * a->out_stride_head + (p->strided ? 16 : 0);
    a->lse_stride_head = (a->total_q > 0 ? a->total_q : 1) + (p->strided ? 3 : 0);
    if (p->layout == PAGODA_KV_LAYOUT_LINEAR) {
        a->k_stride_head = dim + gap;
        a->v_stride_head = dim + 2 * gap;
        a->k_stride_token = p->kv_heads * a->k_stride_head;
        a->v_stride_token = p->kv_heads * a->v_stride_head;
        a->k_stride_page = p->page_size * a->k_stride_token + 3 * gap;
        a->v_stride_page = p->page_size * a->v_stride_token + gap;
    } else {
        a->k_stride_head = p->page_size * dim + gap;
        a->v_stride_head = p->page_size * dim + 2 * gap;
        a->k_stride_page = p->kv_heads * a->k_stride_head + 3 * gap;
        a->v_stride_page = p->kv_heads * a->v_stride_head + gap;
    }
    a->kv_descale_stride_page = 2 * (int64_t)p->kv_heads;
    a->kv_descale_stride_head = 2;
}

void problem_placeholder_pointers(const struct problem *p, pagoda_batch_prefill_args *a) {
    static _Alignas(256) char place[256];
    void *any = place;
    a->q = a->k_cache = a->v_cache = a->out = any;
    a->lse = p->lse ? any : NULL;
    a->cu_seqlens_q = a->page_ids = a->kv_lens = any;
    a->kv_indptr = p->table == PAGODA_PAGE_TABLE_SGLANG ? any : NULL;
    a->sink_logits = p->sinks ? any : NULL;
    if (p->quant == PAGODA_QUANT_KV_BLOCK) {
        a->k_page_descale = any;
        a->v_page_descale = a->k_page_descale + 1;
    }
}

/* Keys that query i of n sees among `keys`. */
static int64_t visible_keys(const struct problem *p, int64_t i, int64_t n, int64_t keys) {
    int64_t at = i + keys - n, low = 0, high = keys - 1;
    if (p->mask == PAGODA_MASK_CAUSAL) {
        high = at < high ? at : high;
    } else if (p->mask == PAGODA_MASK_SLIDING_WINDOW) {
        high = p->window_right >= 0 && at + p->window_right < high ? at + p->window_right : high;
        low = p->window_left >= 0 && at - p->window_left > 0 ? at - p->window_left : 0;
    }
    int64_t sinks = p->mask == PAGODA_MASK_SLIDING_WINDOW ? p->window_sink_tokens : 0;
    sinks = sinks > low ? low : sinks;
    sinks = sinks > high + 1 ? high + 1 : sinks;
    int64_t window = high >= low ? high - low + 1 : 0;
    return window + (sinks > 0 ? sinks : 0);
}

double problem_flops(const struct problem *p) {
    double pairs = 0;
    for (int b = 0; b < p->batch; ++b) {
        if (p->mask == PAGODA_MASK_NONE) {
            pairs += (double)p->q_lens[b] * p->kv_lens[b];
            continue;
        }
        for (int64_t i = 0; i < p->q_lens[b]; ++i) {
            pairs += (double)visible_keys(p, i, p->q_lens[b], p->kv_lens[b]);
        }
    }
    return pairs * p->q_heads * p->head_dim * 4;
}

/* ---- description ---- */

static json_t *list_to_json(const int *values, int count) {
    bool same = true;
    for (int i = 1; i < count; ++i) {
        same &= values[i] == values[0];
    }
    if (same && count > 0) {
        return json_integer(values[0]);
    }
    json_t *list = json_array();
    for (int i = 0; i < count; ++i) {
        json_array_append_new(list, json_integer(values[i]));
    }
    return list;
}

json_t *problem_to_json(const struct problem *p) {
    char mask[64];
    if (p->mask == PAGODA_MASK_SLIDING_WINDOW) {
        snprintf(mask, sizeof mask, "window:%d,%d,%d", p->window_left, p->window_right, p->window_sink_tokens);
    } else {
        snprintf(mask, sizeof mask, "%s", problem_mask_name(p->mask));
    }
    json_t *json = json_pack(
        "{s:s, s:s, s:i, s:o, s:o, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:f, s:f, s:b, s:b, s:s, s:b, s:b, s:I}",
        "dtype", pagoda_dtype_string(p->dtype), "out_dtype", pagoda_dtype_string(p->out_dtype), "batch", p->batch,
        "q_len", list_to_json(p->q_lens, p->batch), "kv_len", list_to_json(p->kv_lens, p->batch), "q_heads", p->q_heads,
        "kv_heads", p->kv_heads, "head_dim", p->head_dim, "page_size", p->page_size, "layout",
        p->layout == PAGODA_KV_LAYOUT_LINEAR ? "linear" : "vectorized", "table",
        p->table == PAGODA_PAGE_TABLE_SGLANG ? "sglang" : "vllm", "mask", mask, "quant", problem_quant_name(p->quant),
        "soft_cap", (double)p->soft_cap, "softmax_scale", (double)p->softmax_scale, "lse", p->lse, "sinks", p->sinks,
        "values", p->values == PROBLEM_SIGNED ? "signed" : "uniform", "dominated", p->dominated, "strided", p->strided,
        "seed", (json_int_t)p->seed);
    if (p->label) {
        json_object_set_new(json, "label", json_string(p->label));
    }
    return json;
}

static void describe_lengths(const int *values, int count, struct pagoda_text *text) {
    bool same = true;
    for (int i = 1; i < count; ++i) {
        same &= values[i] == values[0];
    }
    for (int i = 0; i < (same && count ? 1 : count); ++i) {
        pagoda_text_add(text, "%s%d", i ? "," : "", values[i]);
    }
}

void problem_describe(const struct problem *p, struct pagoda_text *text) {
    pagoda_text_add(text, "%s %s batch %d, heads %d/%d, head dim %d, q ", p->arch, pagoda_dtype_string(p->dtype),
                    p->batch, p->q_heads, p->kv_heads, p->head_dim);
    describe_lengths(p->q_lens, p->batch, text);
    pagoda_text_add(text, ", kv ");
    describe_lengths(p->kv_lens, p->batch, text);
    pagoda_text_add(text, ", page %d, %s table, %s layout, mask %s", p->page_size,
                    p->table == PAGODA_PAGE_TABLE_SGLANG ? "sglang" : "vllm",
                    p->layout == PAGODA_KV_LAYOUT_LINEAR ? "linear" : "vectorized", problem_mask_name(p->mask));
    if (p->mask == PAGODA_MASK_SLIDING_WINDOW) {
        pagoda_text_add(text, " %d,%d,%d", p->window_left, p->window_right, p->window_sink_tokens);
    }
    pagoda_text_add(text, ", quant %s%s%s", problem_quant_name(p->quant), p->lse ? ", lse" : "",
                    p->sinks ? ", sinks" : "");
    if (p->soft_cap > 0) {
        pagoda_text_add(text, ", soft cap %g", (double)p->soft_cap);
    }
}
