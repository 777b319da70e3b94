/* SPDX-License-Identifier: MIT */
#include "problem_verify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "number_formats.h"

/* Largest relative error of rounding to three mantissa bits. */
static const double FP8_HALF_ULP = 0.0625;

/* What rounding the reference itself to the output type costs: no kernel can do better. */
static struct error_metrics rounding_error(pagoda_dtype dtype, const double *ref, double *scratch, size_t rows,
                                           size_t cols) {
    for (size_t i = 0; i < rows * cols; ++i) {
        scratch[i] = number_format_round(dtype, ref[i]);
    }
    return error_metrics_of(scratch, ref, rows, cols);
}

static void set_tolerances(const pagoda_batch_prefill_args *a, const struct error_metrics *rounding,
                           struct problem_verdict *v) {
    if (v->has_ideal) {
        /* 1.2 times the ideal, on top of what the output type loses: with smooth positive data P's errors average out
         * and the latter is all that is left. */
        v->tolerance = 1.2 * hypot(v->ideal_fp8_p.rel_frobenius, rounding->rel_frobenius);
        /* Another scale of P rounds other values luckily. Over few rows that does not average out: */
        double rows = (double)a->total_q * a->num_q_heads;
        if (rows < 256) {
            v->tolerance += FP8_HALF_ULP / sqrt(rows);
        }
        /* and in a row that sees two or three keys not at all. */
        v->row_tolerance = fmax(1.5 * hypot(v->ideal_fp8_p.max_row_rel, rounding->max_row_rel), 1.25 * FP8_HALF_ULP);
        v->lse_tolerance =
            1.1 * FP8_HALF_ULP; /* a pipeline may sum the rounded P: consistent with what it multiplies */
    } else if (a->q_dtype == PAGODA_DTYPE_FP16) {
        v->tolerance = 1e-3;
        v->row_tolerance = 4e-3;
        v->lse_tolerance = 1e-3;
    } else {
        v->tolerance = 5e-3;
        v->row_tolerance = 2e-2;
        v->lse_tolerance = 1e-3;
    }
}

static void judge(struct problem_verdict *v, size_t heads) {
    v->verified = false;
    if (v->out.non_finite > 0) {
        snprintf(v->why_not, sizeof v->why_not,
                 "%zu elements of out are not finite, first bad row: query %zu, head %zu", v->out.non_finite,
                 v->out.worst_row / heads, v->out.worst_row % heads);
    } else if (!(v->out.rel_frobenius <= v->tolerance)) {
        snprintf(v->why_not, sizeof v->why_not,
                 "relative Frobenius error %.3g is above %.3g, worst row: query %zu, head %zu", v->out.rel_frobenius,
                 v->tolerance, v->out.worst_row / heads, v->out.worst_row % heads);
    } else if (!(v->out.max_row_rel <= v->row_tolerance)) {
        snprintf(v->why_not, sizeof v->why_not, "relative error %.3g of query %zu, head %zu is above %.3g",
                 v->out.max_row_rel, v->out.worst_row / heads, v->out.worst_row % heads, v->row_tolerance);
    } else if (v->has_lse && !(v->lse_max_abs <= v->lse_tolerance)) {
        snprintf(v->why_not, sizeof v->why_not, "largest error of lse, %.3g, is above %.3g", v->lse_max_abs,
                 v->lse_tolerance);
    } else {
        v->verified = true;
    }
}

int problem_verify(const struct problem_data *data, const struct attention_reference *reference,
                   struct problem_verdict *verdict) {
    const pagoda_batch_prefill_args *a = &data->host;
    size_t heads = (size_t)a->num_q_heads, cols = (size_t)a->head_dim, rows = (size_t)a->total_q * heads;
    *verdict = (struct problem_verdict){0};
    double *x = calloc(rows * cols + 1, sizeof *x);
    if (!x) {
        return -1;
    }
    struct error_metrics rounding = rounding_error(a->out_dtype, reference->out, x, rows, cols);
    verdict->has_ideal = reference->ideal_fp8_p_out != NULL;
    if (verdict->has_ideal) {
        verdict->ideal_fp8_p = error_metrics_of(reference->ideal_fp8_p_out, reference->out, rows, cols);
    }
    set_tolerances(a, &rounding, verdict);

    for (size_t row = 0; row < rows; ++row) {
        size_t at = row / heads * (size_t)a->out_stride_token + row % heads * (size_t)a->out_stride_head;
        for (size_t d = 0; d < cols; ++d) {
            x[row * cols + d] = number_format_load(a->out_dtype, a->out, at + d);
        }
    }
    verdict->out = error_metrics_of(x, reference->out, rows, cols);
    verdict->has_lse = a->lse != NULL;
    for (size_t head = 0; a->lse && head < heads; ++head) {
        for (size_t i = 0; i < (size_t)a->total_q; ++i) {
            x[i] = (double)a->lse[head * (size_t)a->lse_stride_head + i];
        }
        verdict->lse_max_abs =
            fmax(verdict->lse_max_abs,
                 max_abs_difference(x, reference->lse + head * (size_t)a->total_q, (size_t)a->total_q));
    }
    free(x);
    judge(verdict, heads);
    return 0;
}
