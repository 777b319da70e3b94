/* SPDX-License-Identifier: MIT
 *
 * Judges a result against the float64 reference.
 */
#ifndef PAGODA_PROBLEM_VERIFY_H
#define PAGODA_PROBLEM_VERIFY_H

#include "attention_reference.h"
#include "error_metrics.h"
#include "problem_data.h"

struct problem_verdict {
    struct error_metrics out;
    double tolerance;     /* for out.rel_frobenius */
    double row_tolerance; /* for out.max_row_rel */
    bool has_ideal;       /* FP8 only: the error of float64 attention whose P is rounded to FP8 the ideal way */
    struct error_metrics ideal_fp8_p;
    bool has_lse;
    double lse_max_abs, lse_tolerance;
    bool verified;
    char why_not[256];
};

/* Compares data->host.out and .lse. Returns 0, or -1 when memory ran out. */
int problem_verify(const struct problem_data *data, const struct attention_reference *reference,
                   struct problem_verdict *verdict);

#endif
