/* SPDX-License-Identifier: MIT
 *
 * From the arguments of a batch prefill to its plan.
 */
#ifndef PAGODA_PLAN_BATCH_PREFILL_H
#define PAGODA_PLAN_BATCH_PREFILL_H

#include <pagoda/batch_prefill.h>

#include "request.h"

/* Query rows, and work-items, of a workgroup of the kernel that combines split keys: combine.h. */
enum { PAGODA_COMBINE_ROWS = 16, PAGODA_COMBINE_THREADS = 256 };

/* Validates, normalises, selects and sizes the launch. The statuses of pagoda_batch_prefill_plan. */
pagoda_status pagoda_make_batch_prefill_plan(const pagoda_context *context, const pagoda_batch_prefill_args *args,
                                             pagoda_plan *plan, struct pagoda_request *request,
                                             struct pagoda_text *message);

#endif
