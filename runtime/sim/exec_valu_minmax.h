/* SPDX-License-Identifier: MIT
 *
 * Floating-point minimum and maximum on bit patterns, for one lane of any format.
 *
 * min, max: a NaN loses to a number; in IEEE mode a signalling NaN wins, quieted. minimum, maximum: any NaN wins,
 * quieted. -0 is less than +0. Integer arithmetic only, so that the loops vectorise and no host rule about NaN matters.
 */
#ifndef PAGODA_SIM_EXEC_VALU_MINMAX_H
#define PAGODA_SIM_EXEC_VALU_MINMAX_H

#include <stdbool.h>
#include <stdint.h>

#define VALU_MINMAX(suffix, uint, sint, magnitude_mask, infinity, quiet)                          \
    static inline bool valu_is_nan_##suffix(uint x) {                                             \
        return (uint)(x & (magnitude_mask)) > (infinity);                                         \
    }                                                                                             \
    static inline bool valu_is_snan_##suffix(uint x) {                                            \
        return valu_is_nan_##suffix(x) && !(x & (quiet));                                         \
    }                                                                                             \
    /* Maps patterns to integers in the order of their values. */                                 \
    static inline sint valu_order_##suffix(uint x) {                                              \
        return (sint)(x & (uint) ~(magnitude_mask) ? (uint)(x ^ (magnitude_mask)) : x);           \
    }                                                                                             \
    static inline uint valu_min_##suffix(uint a, uint b, bool ieee) {                             \
        uint r = valu_order_##suffix(a) < valu_order_##suffix(b) ? a : b;                         \
        r = valu_is_nan_##suffix(b) ? a : r;                                                      \
        r = valu_is_nan_##suffix(a) ? b : r;                                                      \
        r = ieee && valu_is_snan_##suffix(b) ? (uint)(b | (quiet)) : r;                           \
        return ieee && valu_is_snan_##suffix(a) ? (uint)(a | (quiet)) : r;                        \
    }                                                                                             \
    static inline uint valu_max_##suffix(uint a, uint b, bool ieee) {                             \
        uint r = valu_order_##suffix(a) > valu_order_##suffix(b) ? a : b;                         \
        r = valu_is_nan_##suffix(b) ? a : r;                                                      \
        r = valu_is_nan_##suffix(a) ? b : r;                                                      \
        r = ieee && valu_is_snan_##suffix(b) ? (uint)(b | (quiet)) : r;                           \
        return ieee && valu_is_snan_##suffix(a) ? (uint)(a | (quiet)) : r;                        \
    }                                                                                             \
    static inline uint valu_minimum_##suffix(uint a, uint b) {                                    \
        uint r = valu_order_##suffix(a) < valu_order_##suffix(b) ? a : b;                         \
        r = valu_is_nan_##suffix(b) ? (uint)(b | (quiet)) : r;                                    \
        return valu_is_nan_##suffix(a) ? (uint)(a | (quiet)) : r;                                 \
    }                                                                                             \
    static inline uint valu_maximum_##suffix(uint a, uint b) {                                    \
        uint r = valu_order_##suffix(a) > valu_order_##suffix(b) ? a : b;                         \
        r = valu_is_nan_##suffix(b) ? (uint)(b | (quiet)) : r;                                    \
        return valu_is_nan_##suffix(a) ? (uint)(a | (quiet)) : r;                                 \
    }                                                                                             \
    static inline uint valu_med3_##suffix(uint a, uint b, uint e, bool ieee) {                    \
        uint high = valu_max_##suffix(valu_max_##suffix(a, b, ieee), e, ieee);                    \
        uint r = high == a   ? valu_max_##suffix(b, e, ieee)                                      \
                 : high == b ? valu_max_##suffix(a, e, ieee)                                      \
                             : valu_max_##suffix(a, b, ieee);                                     \
        bool nan = valu_is_nan_##suffix(a) || valu_is_nan_##suffix(b) || valu_is_nan_##suffix(e); \
        return nan ? valu_min_##suffix(valu_min_##suffix(a, b, ieee), e, ieee) : r;               \
    }

VALU_MINMAX(f32, uint32_t, int32_t, 0x7fffffffu, 0x7f800000u, 0x400000u)
VALU_MINMAX(f16, uint16_t, int16_t, 0x7fffu, 0x7c00u, 0x200u)
VALU_MINMAX(f64, uint64_t, int64_t, 0x7fffffffffffffffull, 0x7ff0000000000000ull, 0x8000000000000ull)

#endif
