/* SPDX-License-Identifier: MIT
 *
 * A request: what a call asks for, normalised. Lies in pagoda_plan.request, so that a plan can be explained later.
 */
#ifndef PAGODA_REQUEST_H
#define PAGODA_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <pagoda/pagoda.h>

#include "dispatch_table.h"
#include "text.h"

struct pagoda_request {
    uint32_t accept[PAGODA_MAX_AXES]; /* per axis, a bit for each value that serves the call; choice axes: all, unless
                                         the call forces one */
    int32_t number[PAGODA_MAX_AXES];  /* per axis whose values are numbers, the one asked for */
    uint32_t obstacles;               /* bit i: the op's obstacle i, which no axis expresses, stands in the way */
    int32_t chosen;                   /* index of the planned instance; -1: none */
    uint8_t is_forced;                /* 1: the call forces the candidate `forced`, which need not be an instance */
    uint8_t forced[PAGODA_MAX_AXES];
    int32_t compute_units;
    /* What the op's cost model and messages need of the arguments. */
    int64_t rows; /* batch * num_q_heads: workgroups per query tile */
    int32_t max_seqlen_q, max_seqlen_k;
    int32_t num_splits;       /* that the call asks for; 0: any */
    int32_t part_keys;        /* that the plan cuts keys after */
    uint64_t part_bytes;      /* of workspace, for each part that keys are split into */
    uint64_t workspace_bytes; /* that the call has */
    uint8_t op;               /* index in pagoda_ops */
    uint8_t arch;
    uint8_t q_dtype, kv_dtype, out_dtype;
};

_Static_assert(sizeof(struct pagoda_request) <= sizeof(((pagoda_plan *)0)->request), "a plan must hold its request");

/* What differs between operations, for the parts that serve them all. */
struct pagoda_op {
    const struct pagoda_op_table *table;
    /* The instance that the plan takes of those accepted, or of those accepted and built; NULL when there is none. */
    const struct pagoda_instance *(*choose)(const struct pagoda_request *request, bool only_built);
    /* Whether the plan passes over an instance that could serve, because another one is expected to be faster. Then
     * `rule` is the name of the consideration and `reason` receives it in words. */
    bool (*passes_over)(const struct pagoda_request *request, const struct pagoda_instance *instance, bool only_built,
                        const char **rule, struct pagoda_text *reason);
    /* Symbol suffix of the second kernel that every code object of the operation holds. */
    const char *second_kernel;
    uint32_t num_obstacles;
    /* Name of an obstacle, its reason in words, and what a request would need to have instead (may add nothing). */
    const char *(*obstacle)(const struct pagoda_request *request, uint32_t index, struct pagoda_text *reason,
                            struct pagoda_text *instead);
};

enum { PAGODA_OP_BATCH_PREFILL, PAGODA_NUM_OPS };
extern const struct pagoda_op *const pagoda_ops[PAGODA_NUM_OPS];
extern const struct pagoda_op pagoda_batch_prefill_op;

/* The request that a plan holds; false when it holds none. */
bool pagoda_read_request(const pagoda_plan *plan, struct pagoda_request *request);

/* The text that refuses a request which nothing serves: every refusing rule once, and the nearest supported request. */
void pagoda_explain_unsupported(const struct pagoda_request *request, struct pagoda_text *text);
/* Whether this build holds the code object of an instance. */
bool pagoda_is_built(const struct pagoda_request *request, const struct pagoda_instance *instance);
/* The text that says how to build an instance which the catalogue has and this build has not. */
void pagoda_explain_not_built(const struct pagoda_request *request, const struct pagoda_instance *instance,
                              struct pagoda_text *text);

#endif
