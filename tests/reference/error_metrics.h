/* SPDX-License-Identifier: MIT
 *
 * How far a result is from its float64 reference.
 */
#ifndef PAGODA_TESTS_ERROR_METRICS_H
#define PAGODA_TESTS_ERROR_METRICS_H

#include <stddef.h>
#include <stdint.h>

struct error_metrics {
    double rel_frobenius; /* |x - ref| / |ref| over everything */
    double max_abs;       /* largest |x - ref| of an element */
    double max_row_rel;   /* largest |x_row - ref_row| / |ref_row| of a row */
    size_t non_finite;    /* elements of x that are not finite where the reference is; the errors are then infinite */
    size_t worst_row;     /* where max_row_rel is */
};

/* Rows of `cols` elements. A row whose reference is zero must be exactly zero, else its relative error is infinite. */
struct error_metrics error_metrics_of(const double *x, const double *ref, size_t rows, size_t cols);

/* Largest |x - ref|, where infinities must be equal (else the result is infinite). */
double max_abs_difference(const double *x, const double *ref, size_t count);

#endif
