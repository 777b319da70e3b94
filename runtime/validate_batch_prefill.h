/* SPDX-License-Identifier: MIT
 *
 * Whether the arguments of a batch prefill are well-formed: present, in range, aligned and consistent with each other.
 * Whether some instance serves them is not asked here.
 */
#ifndef PAGODA_VALIDATE_BATCH_PREFILL_H
#define PAGODA_VALIDATE_BATCH_PREFILL_H

#include <pagoda/batch_prefill.h>

#include "text.h"

enum { PAGODA_MAX_SPLITS = 64 }; /* the combine kernel has a lane for each part */

/* INVALID_ARGUMENT with a message that names the argument, its value and what was expected; else OK. `args` has the
 * right struct_size. */
pagoda_status pagoda_validate_batch_prefill(const pagoda_batch_prefill_args *args, struct pagoda_text *message);

/* Whether the call has anything to compute; when not, device pointers are not read and may be NULL. */
static inline bool pagoda_batch_prefill_is_empty(const pagoda_batch_prefill_args *args) {
    return args->batch == 0 || args->total_q == 0;
}

#endif
