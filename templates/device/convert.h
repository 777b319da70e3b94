/* SPDX-License-Identifier: MIT
 *
 * Conversions of fp32 results to the 16-bit and FP8 operand and output types, round to nearest.
 */
#ifndef PAGODA_DEVICE_CONVERT_H
#define PAGODA_DEVICE_CONVERT_H

#include "builtins.h"

DEVICE int pack_fp16(float low, float high) {
    f16x2 pair = __builtin_convertvector(((f32x2){low, high}), f16x2);
    return __builtin_bit_cast(int, pair);
}

/* Ties go to even on gfx950. gfx942 has no conversion: there the output rounds ties to even in integer arithmetic, and
 * probabilities, which are finite and not negative, round ties up at a third of the cost. */
DEVICE int pack_bf16(float low, float high) {
    bf16x2 pair = __builtin_convertvector(((f32x2){low, high}), bf16x2);
    return __builtin_bit_cast(int, pair);
}

DEVICE int pack_bf16_probability(float low, float high) {
#if defined(ARCH_GFX950)
    return pack_bf16(low, high);
#else
    return (int)__builtin_amdgcn_perm((u32)float_bits(high) + 0x8000u, (u32)float_bits(low) + 0x8000u, 0x07060302u);
#endif
}

/* Four consecutive elements as FP8 in the arch's own encoding (gfx942: e4m3fnuz, gfx950: e4m3fn); values in range. */
DEVICE int pack_fp8(float a, float b, float c, float d) {
    /* The conversion keeps the other half of its destination: start from a register that is dying anyway. */
    int word = __builtin_amdgcn_cvt_pk_fp8_f32(a, b, float_bits(a), false);
    return __builtin_amdgcn_cvt_pk_fp8_f32(c, d, word, true);
}

#endif
