/* SPDX-License-Identifier: MIT
 *
 * Exchanges between the lanes that hold the same column of an MFMA result: lanes that differ in lane / MFMA_ROWS only.
 * gfx950 swaps register rows in the VALU; gfx942 goes through the LDS crossbar.
 */
#ifndef PAGODA_DEVICE_LANES_H
#define PAGODA_DEVICE_LANES_H

#include "builtins.h"

typedef unsigned int u32x2 __attribute__((ext_vector_type(2)));

struct float_pair {
    float a, b;
};

/* The values of a lane and of the lane whose number differs in bit 5 (distance 32) or bit 4 (16), in either order. */
DEVICE struct float_pair lane_pair(float value, int distance) {
    struct float_pair pair;
#if defined(ARCH_GFX950)
    u32 bits = (u32)float_bits(value);
    u32x2 swapped = distance == 32 ? __builtin_amdgcn_permlane32_swap(bits, bits, false, false)
                                   : __builtin_amdgcn_permlane16_swap(bits, bits, false, false);
    u32 first = swapped[0], second = swapped[1];
    pair.a = bits_float((int)first);
    pair.b = bits_float((int)second);
#else
    pair.a = value;
    pair.b = bits_float(__builtin_amdgcn_ds_bpermute((lane_id() ^ distance) * 4, float_bits(value)));
#endif
    return pair;
}

/* Largest value, or sum of the values, over the lane groups; every lane gets it. */
DEVICE float group_max(float value) {
    UNROLL for (int distance = 32; distance >= MFMA_ROWS; distance /= 2) {
        struct float_pair pair = lane_pair(value, distance);
        value = __builtin_fmaxf(pair.a, pair.b);
    }
    return value;
}

DEVICE float group_sum(float value) {
    UNROLL for (int distance = 32; distance >= MFMA_ROWS; distance /= 2) {
        struct float_pair pair = lane_pair(value, distance);
        value = pair.a + pair.b;
    }
    return value;
}

/* Largest value of the wave; every lane gets it. */
#define rotated_max(value, by) /* within rows of 16 lanes */                                                               \
    __builtin_fmaxf(value, bits_float(__builtin_amdgcn_update_dpp(0, float_bits(value), 0x120 + (by), 0xf, 0xf, false)))
DEVICE float wave_max(float value) {
    value = rotated_max(value, 8);
    value = rotated_max(value, 4);
    value = rotated_max(value, 2);
    value = rotated_max(value, 1);
    UNROLL for (int distance = 16; distance <= 32; distance *= 2) {
        struct float_pair pair = lane_pair(value, distance);
        value = __builtin_fmaxf(pair.a, pair.b);
    }
    return value;
}

#endif
