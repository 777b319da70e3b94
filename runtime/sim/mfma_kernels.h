/* SPDX-License-Identifier: MIT
 *
 * The inner loops of the matrix instructions, for the host's vector instructions. Every variant gives the same bits:
 * products are exact in fp64, so that fused and separate multiply-adds sum alike.
 */
#ifndef PAGODA_SIM_MFMA_KERNELS_H
#define PAGODA_SIM_MFMA_KERNELS_H

#include "float_formats.h"
#include "wave.h"

/* D = round(sum over k of A * B + C) for 4 rows by 16 columns. Element (k, row) of A lies at a[k * width + row],
 * element (k, column) of B at b[k * width + column]. */
struct mfma_product {
    const double *a, *b;
    unsigned width, k;
    const uint32_t *c[4]; /* fp32 rows */
    uint32_t *d[4];
};

/* The same over 32-bit integers, wrapping. */
struct mfma_int_product {
    const int32_t *a, *b;
    unsigned width, k;
    const uint32_t *c[4];
    uint32_t *d[4];
};

struct mfma_kernels {
    void (*multiply)(const struct mfma_product *product);
    void (*multiply_int)(const struct mfma_int_product *product);
    /* out[i] = fma(a, b[i], out[i]) */
    void (*fma_row)(float a, const float *b, float *out, unsigned n);
    void (*fma_row_f64)(double a, const double *b, double *out, unsigned n);
    /* Decode `per_lane` elements of each lane to out[k * width + lane % width]; `width` lanes hold one lane group. */
    void (*decode_halves)(const sim_row *rows, unsigned per_lane, unsigned width, bool bf16, double *out);
    /* One of the four 8-bit formats */
    void (*decode_bytes)(const sim_row *rows, unsigned per_lane, unsigned width, enum sim_small_float format,
                         double *out);
};

struct mfma_kernels mfma_choose_kernels(void);

/* The k of element e of a lane in group `group` of `groups`. */
static inline unsigned mfma_element_k(unsigned e, unsigned group, unsigned groups, unsigned per_lane, unsigned bytes) {
    unsigned run = 16 / bytes;
    return per_lane > run ? e / run * run * groups + group * run + e % run : group * per_lane + e;
}

#endif
