/* SPDX-License-Identifier: MIT
 *
 * A plan as JSON: which instance serves a problem and which rules refused the others.
 */
#ifndef PAGODA_PROBLEM_EXPLAIN_H
#define PAGODA_PROBLEM_EXPLAIN_H

#include "problem.h"

/* Plans the problem with a context; `text` receives the library's explanation and, on failure, its message first.
 * Returns the plan's status; *json is always set. */
pagoda_status problem_explain(const pagoda_context *context, const struct problem *problem, struct pagoda_text *text,
                              json_t **json);

#endif
