/* SPDX-License-Identifier: MIT
 *
 * The small floating-point formats of the matrix and conversion instructions: FP8, BF8, FP6, BF6, FP4 and E8M0.
 */
#ifndef PAGODA_SIM_FLOAT_FORMATS_H
#define PAGODA_SIM_FLOAT_FORMATS_H

#include <stdint.h>

enum sim_small_float {
    SIM_FP8_FN,   /* e4m3, OCP: no infinity, NaN 0x7f and 0xff, max 448 */
    SIM_BF8_OCP,  /* e5m2, OCP: IEEE-like infinity and NaN, max 57344 */
    SIM_FP8_FNUZ, /* e4m3, bias 8: no infinity, no -0, NaN 0x80, max 240 */
    SIM_BF8_FNUZ, /* e5m2, bias 16: no infinity, no -0, NaN 0x80, max 57344 */
    SIM_FP6,      /* e2m3, bias 1: finite, max 7.5 */
    SIM_BF6,      /* e3m2, bias 3: finite, max 28 */
    SIM_FP4,      /* e2m1, bias 1: finite, max 6 */
    SIM_SMALL_FLOAT_COUNT
};

/* Every value of these formats is exact in fp32. NaNs decode to the default quiet NaN. Bits above the format's width
 * are ignored. */
float sim_small_float_decode(enum sim_small_float format, uint32_t bits);

/* The power of two that a scale byte stands for; 0 gives the fp32 denormal 2^-127, 255 NaN. */
float sim_e8m0_decode(uint8_t bits);

#endif
