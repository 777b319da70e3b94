/* SPDX-License-Identifier: MIT
 *
 * The element types of the library as exact doubles. Written from the formats' definitions alone and shared with
 * nothing that runs in the simulator, so that the two can disagree.
 */
#ifndef PAGODA_TESTS_NUMBER_FORMATS_H
#define PAGODA_TESTS_NUMBER_FORMATS_H

#include <pagoda/pagoda.h>

/* Every code of `dtype` as a double, indexed by its bits: 256 entries for FP8, 65536 for 16-bit types. Built once,
 * thread-safe, never freed. */
const double *number_format_values(pagoda_dtype dtype);

/* Bits of the value of `dtype` nearest to x, ties to even. FP8 saturates at the largest finite value; 16-bit types
 * overflow to infinity. NaN gives a NaN. */
uint16_t number_format_encode(pagoda_dtype dtype, double x);

/* The value that x becomes when stored as `dtype`. */
double number_format_round(pagoda_dtype dtype, double x);

/* Largest finite value. */
double number_format_max(pagoda_dtype dtype);

/* Bits of a NaN of `dtype`. */
uint16_t number_format_nan(pagoda_dtype dtype);

/* Bytes per element. The library has the same function; this one keeps the reference free of it. */
static inline size_t number_format_size(pagoda_dtype dtype) {
    return dtype == PAGODA_DTYPE_FP16 || dtype == PAGODA_DTYPE_BF16 ? 2 : 1;
}

/* Element `index` of an array of `dtype`. */
static inline double number_format_load(pagoda_dtype dtype, const void *array, size_t index) {
    const double *values = number_format_values(dtype);
    return number_format_size(dtype) == 1 ? values[((const uint8_t *)array)[index]]
                                          : values[((const uint16_t *)array)[index]];
}

#endif
