/* SPDX-License-Identifier: MIT
 *
 * What the atomic instructions compute, for memory and LDS alike.
 */
#ifndef PAGODA_SIM_ATOMICS_H
#define PAGODA_SIM_ATOMICS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum sim_atomic {
    SIM_ATOMIC_SWAP,
    SIM_ATOMIC_CMPSWAP,
    SIM_ATOMIC_ADD,
    SIM_ATOMIC_SUB,
    SIM_ATOMIC_RSUB,
    SIM_ATOMIC_SMIN,
    SIM_ATOMIC_UMIN,
    SIM_ATOMIC_SMAX,
    SIM_ATOMIC_UMAX,
    SIM_ATOMIC_AND,
    SIM_ATOMIC_OR,
    SIM_ATOMIC_XOR,
    SIM_ATOMIC_MSKOR, /* (old & ~data) | data2 */
    SIM_ATOMIC_INC,
    SIM_ATOMIC_DEC,
    SIM_ATOMIC_WRAP, /* old >= data ? old - data : old + data2 */
    SIM_ATOMIC_ADD_F,
    SIM_ATOMIC_MIN_F,
    SIM_ATOMIC_MAX_F,
    SIM_ATOMIC_CMPSWAP_F,
    SIM_ATOMIC_PK_ADD_F16,
    SIM_ATOMIC_PK_ADD_BF16
};

static inline float sim_f32_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}
static inline uint32_t sim_f32_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}
static inline double sim_f64_from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}
static inline uint64_t sim_f64_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

static inline uint32_t sim_add_f16_bits(uint32_t a, uint32_t b) {
    uint16_t left = (uint16_t)a, right = (uint16_t)b, bits;
    _Float16 x, y;
    memcpy(&x, &left, 2);
    memcpy(&y, &right, 2);
    _Float16 sum = (_Float16)((float)x + (float)y); /* the fp32 sum of two fp16 is exact enough to round once */
    memcpy(&bits, &sum, 2);
    return bits;
}
static inline uint32_t sim_add_bf16_bits(uint32_t a, uint32_t b) {
    uint32_t bits = sim_f32_bits(sim_f32_from_bits(a << 16) + sim_f32_from_bits(b << 16));
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return (bits >> 16) | 0x40u;
    return (bits + 0x7fffu + (bits >> 16 & 1)) >> 16;
}

/* min and max of the memory atomics: a NaN loses against a number */
#define SIM_DEFINE_FLOAT_SELECT(name, type)                                      \
    static inline type name(type old, type data, bool want_max) {                \
        if (old != old)                                                          \
            return data;                                                         \
        if (data != data)                                                        \
            return old;                                                          \
        return want_max ? (data > old ? data : old) : (data < old ? data : old); \
    }
SIM_DEFINE_FLOAT_SELECT(sim_select_f32, float)
SIM_DEFINE_FLOAT_SELECT(sim_select_f64, double)
#undef SIM_DEFINE_FLOAT_SELECT

/* The integer operations, and what floating point adds to them. For compare and swap `data` is the new value and
 * `data2` the one compared with. */
#define SIM_DEFINE_ATOMIC(name, word, signed_word, from_bits, to_bits, select, other)        \
    static inline word name(unsigned op, word old, word data, word data2) {                  \
        switch (op) {                                                                        \
        case SIM_ATOMIC_SWAP:                                                                \
            return data;                                                                     \
        case SIM_ATOMIC_CMPSWAP:                                                             \
            return old == data2 ? data : old;                                                \
        case SIM_ATOMIC_ADD:                                                                 \
            return old + data;                                                               \
        case SIM_ATOMIC_SUB:                                                                 \
            return old - data;                                                               \
        case SIM_ATOMIC_RSUB:                                                                \
            return data - old;                                                               \
        case SIM_ATOMIC_SMIN:                                                                \
            return (signed_word)data < (signed_word)old ? data : old;                        \
        case SIM_ATOMIC_UMIN:                                                                \
            return data < old ? data : old;                                                  \
        case SIM_ATOMIC_SMAX:                                                                \
            return (signed_word)data > (signed_word)old ? data : old;                        \
        case SIM_ATOMIC_UMAX:                                                                \
            return data > old ? data : old;                                                  \
        case SIM_ATOMIC_AND:                                                                 \
            return old & data;                                                               \
        case SIM_ATOMIC_OR:                                                                  \
            return old | data;                                                               \
        case SIM_ATOMIC_XOR:                                                                 \
            return old ^ data;                                                               \
        case SIM_ATOMIC_MSKOR:                                                               \
            return (old & ~data) | data2;                                                    \
        case SIM_ATOMIC_INC:                                                                 \
            return old >= data ? 0 : old + 1;                                                \
        case SIM_ATOMIC_DEC:                                                                 \
            return old == 0 || old > data ? data : old - 1;                                  \
        case SIM_ATOMIC_WRAP:                                                                \
            return old >= data ? old - data : old + data2;                                   \
        case SIM_ATOMIC_ADD_F:                                                               \
            return to_bits(from_bits(old) + from_bits(data));                                \
        case SIM_ATOMIC_MIN_F:                                                               \
        case SIM_ATOMIC_MAX_F:                                                               \
            return to_bits(select(from_bits(old), from_bits(data), op == SIM_ATOMIC_MAX_F)); \
        case SIM_ATOMIC_CMPSWAP_F:                                                           \
            return from_bits(old) == from_bits(data2) ? data : old;                          \
        default:                                                                             \
            return other;                                                                    \
        }                                                                                    \
    }
static inline uint32_t sim_atomic_packed(unsigned op, uint32_t old, uint32_t data) {
    if (op == SIM_ATOMIC_PK_ADD_F16)
        return sim_add_f16_bits(old, data) | sim_add_f16_bits(old >> 16, data >> 16) << 16;
    if (op == SIM_ATOMIC_PK_ADD_BF16)
        return sim_add_bf16_bits(old & 0xffff, data & 0xffff) | sim_add_bf16_bits(old >> 16, data >> 16) << 16;
    return old;
}
SIM_DEFINE_ATOMIC(sim_atomic_result32, uint32_t, int32_t, sim_f32_from_bits, sim_f32_bits, sim_select_f32,
                  sim_atomic_packed(op, old, data))
SIM_DEFINE_ATOMIC(sim_atomic_result64, uint64_t, int64_t, sim_f64_from_bits, sim_f64_bits, sim_select_f64, old)
#undef SIM_DEFINE_ATOMIC

/* The same on naturally aligned memory that other threads may use; returns the old value. */
#define SIM_DEFINE_ATOMIC_MEMORY(bits)                                                                       \
    static inline uint##bits##_t sim_atomic_memory##bits(void *at, unsigned op, uint##bits##_t data,         \
                                                         uint##bits##_t data2) {                             \
        uint##bits##_t *word = at, old = __atomic_load_n(word, __ATOMIC_RELAXED), wanted;                    \
        do                                                                                                   \
            wanted = sim_atomic_result##bits(op, old, data, data2);                                          \
        while (!__atomic_compare_exchange_n(word, &old, wanted, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)); \
        return old;                                                                                          \
    }
SIM_DEFINE_ATOMIC_MEMORY(32)
SIM_DEFINE_ATOMIC_MEMORY(64)
#undef SIM_DEFINE_ATOMIC_MEMORY

#endif
