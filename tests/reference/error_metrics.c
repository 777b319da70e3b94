/* SPDX-License-Identifier: MIT */
#include "error_metrics.h"

#include <math.h>

struct error_metrics error_metrics_of(const double *x, const double *ref, size_t rows, size_t cols) {
    struct error_metrics m = {0};
    double error2 = 0, ref2 = 0;
    for (size_t r = 0; r < rows; ++r) {
        double row_error2 = 0, row_ref2 = 0;
        for (size_t c = 0; c < cols; ++c) {
            double want = ref[r * cols + c], difference = fabs(x[r * cols + c] - want);
            if (!isfinite(difference)) {
                ++m.non_finite;
                difference = INFINITY;
            }
            m.max_abs = fmax(m.max_abs, difference);
            row_error2 += difference * difference;
            row_ref2 += want * want;
        }
        double row = row_error2 == 0 ? 0 : row_ref2 == 0 ? INFINITY : sqrt(row_error2 / row_ref2);
        if (row > m.max_row_rel) {
            m.max_row_rel = row;
            m.worst_row = r;
        }
        error2 += row_error2;
        ref2 += row_ref2;
    }
    m.rel_frobenius = error2 == 0 ? 0 : ref2 == 0 ? INFINITY : sqrt(error2 / ref2);
    return m;
}

double max_abs_difference(const double *x, const double *ref, size_t count) {
    double worst = 0;
    for (size_t i = 0; i < count; ++i) {
        if (isinf(ref[i]) && x[i] == ref[i]) {
            continue;
        }
        double difference = fabs(x[i] - ref[i]);
        worst = isnan(difference) ? INFINITY : fmax(worst, difference);
    }
    return worst;
}
