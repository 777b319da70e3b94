/* SPDX-License-Identifier: MIT
 *
 * One batch prefill problem as the tools and tests describe it: the flags that pagoda-bench and pagoda-explain share,
 * their meaning, and the call arguments that follow from them. The data itself is problem_data.h's subject.
 */
#ifndef PAGODA_PROBLEM_H
#define PAGODA_PROBLEM_H

#include <stdbool.h>

#include <jansson.h>
#include <pagoda/batch_prefill.h>

#include "../text.h"

enum problem_values {
    PROBLEM_SIGNED, /* mean 0, standard deviation 1 */
    PROBLEM_UNIFORM /* in [0, 1): large smooth outputs, as the peers test */
};

struct problem {
    const char *arch; /* "gfx950" */
    pagoda_dtype dtype, out_dtype;
    const char *pipeline, *instance; /* forced, or NULL */
    int batch;
    int *q_lens, *kv_lens; /* [batch], owned */
    int q_heads, kv_heads, head_dim, page_size;
    pagoda_kv_layout layout;
    pagoda_page_table_style table;
    pagoda_mask mask;
    int window_left, window_right, window_sink_tokens;
    pagoda_quant_mode quant;
    float soft_cap, softmax_scale; /* scale 0: head_dim^-0.5 */
    int num_splits;                /* parts of the keys; 0: chosen by the library */
    bool lse, sinks;
    /* data */
    enum problem_values values;
    bool dominated; /* every fifth query is 8 times as long, so that one key dominates its row */
    bool strided;   /* gaps between rows, heads and pages */
    uint64_t seed;
    int pool_pages;        /* pages in the pool; 0: those used and a few more */
    int *pages, num_pages; /* page ids in the order of use, owned; none: random */
    bool device_descales;  /* per-tensor descales lie in device memory instead of in the arguments */
    bool sorted_pages;     /* pages in ascending order instead of random */
    /* as written, until problem_finish */
    const char *q_len_text, *kv_len_text, *dtype_text, *out_dtype_text, *pages_text;
    bool ragged;
    /* for suites */
    const char *label;                 /* what a row of a table is called, or NULL */
    double published_v2, published_v3; /* TFLOP/s that others published for the problem on hardware, or 0 */
};

/* Help text of the flags below, one per line. */
extern const char problem_flags_help[];

void problem_init(struct problem *problem);
void problem_destroy(struct problem *problem);

/* If argv[*at] is a problem flag ("--name value" or "--name=value"), stores it, moves *at past it and returns 1.
 * Returns 0 when it is not a problem flag, -1 with a message when its value is missing or malformed. Keeps pointers
 * into argv. */
int problem_parse_flag(struct problem *problem, int argc, char **argv, int *at, struct pagoda_text *message);

/* Resolves what flags left open (lists, FP8 encodings, defaults) and refuses contradictions. Returns 0 or -1. */
int problem_finish(struct problem *problem, struct pagoda_text *message);

/* "--name value" and "--name=value", for the flags that are a tool's own: returns 1 and the value when argv[*at] is
 * `name`, 0 when it is another flag, -1 with a message when the value is missing. */
int flag_with_value(const char *name, int argc, char **argv, int *at, const char **value, struct pagoda_text *message);
/* Whole numbers in [low, high]; 0 or -1 with a message. */
int parse_integer(const char *flag, const char *text, long long low, long long high, long long *value,
                  struct pagoda_text *message);

/* Everything in the call's arguments but the pointers. */
void problem_arguments(const struct problem *problem, pagoda_batch_prefill_args *args);
/* Aligned non-NULL addresses for every tensor that the problem has, so that it can be planned without data. */
void problem_placeholder_pointers(const struct problem *problem, pagoda_batch_prefill_args *args);

/* Multiply-adds that the problem defines count as two: 4 * head_dim for each visible (query, key) pair and head. */
double problem_flops(const struct problem *problem);

json_t *problem_to_json(const struct problem *problem);
void problem_describe(const struct problem *problem, struct pagoda_text *text);

const char *problem_mask_name(pagoda_mask mask);
const char *problem_quant_name(pagoda_quant_mode quant);

/* The seeded random numbers of all test data: a function of (seed, stream, index), so that order does not matter. */
uint64_t problem_random(uint64_t seed, uint64_t stream, uint64_t index);

#endif
