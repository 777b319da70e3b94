/* SPDX-License-Identifier: MIT
 *
 * Planning a problem as a caller with memory to spare does, and the plan as JSON: which instance serves the problem and
 * which rules refused the others.
 */
#ifndef PAGODA_PROBLEM_EXPLAIN_H
#define PAGODA_PROBLEM_EXPLAIN_H

#include "problem.h"

/* Plans, and plans again with the workspace that the plan wants. Leaves that size in args. */
pagoda_status problem_plan(const pagoda_context *context, pagoda_batch_prefill_args *args, pagoda_plan *plan);

/* Plans the problem with a context; `text` receives the library's explanation and, on failure, its message first.
 * Returns the plan's status; *json is always set. */
pagoda_status problem_explain(const pagoda_context *context, const struct problem *problem, struct pagoda_text *text,
                              json_t **json);

#endif
