/* SPDX-License-Identifier: MIT
 *
 * One problem run on a device and held against the float64 reference, as a cmocka test.
 */
#ifndef PAGODA_TESTS_KERNEL_CASE_H
#define PAGODA_TESTS_KERNEL_CASE_H

#include <setjmp.h>
#include <stdarg.h>

#include "device_session.h"

#include <cmocka.h>

struct kernel_case {
    char name[160];
    char flags[512];      /* of the problem, as on the command line, "--arch" included */
    const char *instance; /* forced, or NULL */
};

/* A list of cases that becomes a group of tests. */
struct kernel_cases {
    struct kernel_case *items;
    size_t count;
};

void kernel_cases_add(struct kernel_cases *cases, const char *instance, const char *name, const char *flags, ...)
    __attribute__((format(printf, 4, 5)));

/* Runs every case as a test: the result is within tolerance, a second run gives the same bits, and the other page-table
 * style gives the same bits too. A case whose instance this build leaves out is skipped; one that the library refuses
 * fails. Returns the number of failures. */
int kernel_cases_run(const char *group, struct kernel_cases *cases);

#endif
