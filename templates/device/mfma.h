/* SPDX-License-Identifier: MIT
 *
 * Matrix products D = A * B + D of one wave, in the vocabulary of the attention kernels.
 *
 * MFMA_ROWS (32 or 16) is the extent of D; LANE_GROUPS = 64 / MFMA_ROWS is how many lanes share a row of A, a column of
 * B and a column of D. A lane belongs to row or column lane % MFMA_ROWS and to group lane / MFMA_ROWS.
 *  - Operands come in units of 16 bytes per lane, consecutive along the summed dimension. Which part of that dimension
 *    a unit holds is free as long as A and B agree: the sum does not depend on the order.
 *  - D: register r of group g is row 4 * LANE_GROUPS * (r / 4) + 4 * g + r % 4, column lane % MFMA_ROWS.
 *
 * The includer defines ARCH_GFX942 or ARCH_GFX950, DTYPE_FP16, DTYPE_BF16 or DTYPE_FP8, and MFMA_ROWS.
 */
#ifndef PAGODA_DEVICE_MFMA_H
#define PAGODA_DEVICE_MFMA_H

#include "builtins.h"

CONSTANT LANE_GROUPS = WAVE_LANES / MFMA_ROWS;
CONSTANT ACC_REGISTERS = MFMA_ROWS * MFMA_ROWS / WAVE_LANES;

#if MFMA_ROWS == 32
typedef f32x16 accumulator;
#define BY_ROWS(for_32, for_16) for_32
#else
typedef f32x4 accumulator;
#define BY_ROWS(for_32, for_16) for_16
#endif

#if defined(DTYPE_FP8)
typedef i64 half_unit;
#define MFMA_HALF BY_ROWS(__builtin_amdgcn_mfma_f32_32x32x16_fp8_fp8, __builtin_amdgcn_mfma_f32_16x16x32_fp8_fp8)
#define MFMA_PAIR BY_ROWS(__builtin_amdgcn_mfma_scale_f32_32x32x64_f8f6f4, __builtin_amdgcn_mfma_scale_f32_16x16x128_f8f6f4)
#elif defined(ARCH_GFX950) && defined(DTYPE_BF16)
typedef bf16x8 whole_unit;
#define MFMA_WHOLE BY_ROWS(__builtin_amdgcn_mfma_f32_32x32x16_bf16, __builtin_amdgcn_mfma_f32_16x16x32_bf16)
#elif defined(ARCH_GFX950)
typedef f16x8 whole_unit;
#define MFMA_WHOLE BY_ROWS(__builtin_amdgcn_mfma_f32_32x32x16_f16, __builtin_amdgcn_mfma_f32_16x16x32_f16)
#elif defined(DTYPE_BF16)
typedef i16x4 half_unit;
#define MFMA_HALF BY_ROWS(__builtin_amdgcn_mfma_f32_32x32x8bf16_1k, __builtin_amdgcn_mfma_f32_16x16x16bf16_1k)
#else
typedef f16x4 half_unit;
#define MFMA_HALF BY_ROWS(__builtin_amdgcn_mfma_f32_32x32x8f16, __builtin_amdgcn_mfma_f32_16x16x16f16)
#endif

#if defined(MFMA_HALF)
DEVICE half_unit unit_half(i32x4 unit, int half) {
    i32x2 words = half ? (i32x2)unit.zw : (i32x2)unit.xy;
    return __builtin_bit_cast(half_unit, words);
}

/* d += a * b over the lower or the upper half of a unit: one instruction. */
DEVICE accumulator mfma_half(i32x4 a, i32x4 b, int half, accumulator d) {
    return MFMA_HALF(unit_half(a, half), unit_half(b, half), d, 0, 0, 0);
}
#endif

/* d += a * b over one unit of 16 bytes per lane: one instruction, or one for each half. */
DEVICE accumulator mfma_unit(i32x4 a, i32x4 b, accumulator d) {
#if defined(MFMA_WHOLE)
    return MFMA_WHOLE(__builtin_bit_cast(whole_unit, a), __builtin_bit_cast(whole_unit, b), d, 0, 0, 0);
#else
    return mfma_half(a, b, 1, mfma_half(a, b, 0, d));
#endif
}

/* d += a * b over `units` units. gfx950 multiplies FP8 at twice the rate with two units per instruction. */
DEVICE accumulator mfma_units(const i32x4 *a, const i32x4 *b, int units, accumulator d) {
    int unit = 0;
#if defined(ARCH_GFX950) && defined(DTYPE_FP8)
    UNROLL for (; unit + 2 <= units; unit += 2) {
        i32x8 a_pair = __builtin_shufflevector(a[unit], a[unit + 1], 0, 1, 2, 3, 4, 5, 6, 7);
        i32x8 b_pair = __builtin_shufflevector(b[unit], b[unit + 1], 0, 1, 2, 3, 4, 5, 6, 7);
        d = MFMA_PAIR(a_pair, b_pair, d, 0, 0, 0, 0, 0, 0); /* both e4m3, scales of 1 */
    }
#endif
    UNROLL for (; unit < units; ++unit)
        d = mfma_unit(a[unit], b[unit], d);
    return d;
}

#endif
