/* SPDX-License-Identifier: MIT
 *
 * The context: one device of one HIP runtime library, and the kernels loaded on it so far.
 */
#ifndef PAGODA_CONTEXT_H
#define PAGODA_CONTEXT_H

#include <pthread.h>
#include <stdatomic.h>

#include <pagoda/pagoda.h>

#include "dispatch_table.h"
#include "hip_loader.h"
#include "request.h"

/* The kernel of one instance on the context's device. */
struct pagoda_kernel {
    _Atomic(void *) function; /* hipFunction_t; NULL: not loaded yet */
    void *second;             /* the op's second kernel, when the code object has one; set before `function` */
    void *module;             /* hipModule_t */
    void *code_object;        /* HIP may read it for as long as the module lives */
};

struct pagoda_context {
    struct pagoda_hip hip; /* zeroes for a plan-only context */
    bool is_plan_only;
    int device;
    int compute_units;
    uint8_t arch; /* index in pagoda_arch_facts */
    char device_name[256];
    pthread_mutex_t loading;                       /* held while a kernel is loaded */
    struct pagoda_kernel *kernels[PAGODA_NUM_OPS]; /* per op, one for each instance */
};

/* The instance's kernel, loaded by the first call that needs it. Any thread. Errors: HIP, OUT_OF_MEMORY, NOT_BUILT. */
pagoda_status pagoda_context_kernel(pagoda_context *context, uint8_t op, const struct pagoda_instance *instance,
                                    const struct pagoda_kernel **kernel, struct pagoda_text *message);

#endif
