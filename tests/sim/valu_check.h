/* SPDX-License-Identifier: MIT
 *
 * For the vector ALU tests: run one instruction on many operand values and compare every lane with a reference.
 *
 * The texts name v[0:1] as destination and v[2:3], v[4:5], v[6:7] as sources; 32-bit and narrower operands are the low
 * registers of these pairs.
 */
#ifndef PAGODA_TESTS_VALU_CHECK_H
#define PAGODA_TESTS_VALU_CHECK_H

#include "sim_asm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct valu_lane {
    uint64_t a, b, c, old; /* sources and the destination's previous contents */
};

/* How the operand values are chosen. */
enum valu_values { VALUES_INT, VALUES_F16, VALUES_F32, VALUES_F64, VALUES_BF16, VALUES_PK_F16, VALUES_PK_F32 };

static inline uint64_t check_random(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static const uint32_t check_f32_edges[] = {
    0,          0x80000000, 1,          0x80000001, 0x007fffff, 0x00800000, 0x80800000, 0x00800001,
    0x3f800000, 0xbf800000, 0x3f7fffff, 0x3f800001, 0x40000000, 0x3f000000, 0x3effffff, 0x3fc00000,
    0xbfc00000, 0x40200000, 0xc0200000, 0x4b000000, 0x4b7fffff, 0x4b800000, 0x4effffff, 0x4f000000,
    0xcf000000, 0x4f7fffff, 0x4f800000, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000,
    0xffc12345, 0x7f800001, 0xff812345, 0x33800000, 0x33000000, 0x43800000, 0xc3800000, 0x3e800000,
};
static const uint32_t check_f16_edges[] = {
    0,      0x8000, 1,      0x8001, 0x3ff,  0x400,  0x8400, 0x401,  0x3c00, 0xbc00, 0x3bff, 0x3c01,
    0x4000, 0x3800, 0x37ff, 0x3e00, 0xbe00, 0x4100, 0xc100, 0x6400, 0x67ff, 0x6800, 0x77ff, 0x7800,
    0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e00, 0xfe12, 0x7c01, 0xfc34, 0x7000, 0x5bf8, 0x5c00, 0xf800,
};
static const uint64_t check_f64_edges[] = {
    0,
    1ull << 63,
    1,
    0x000fffffffffffff,
    0x0010000000000000,
    0x3ff0000000000000,
    0xbff0000000000000,
    0x3fefffffffffffff,
    0x3ff8000000000000,
    0xc004000000000000,
    0x4330000000000000,
    0x41dfffffffc00000,
    0x41e0000000000000,
    0xc1e0000000000000,
    0xc1e0000000200000,
    0x41efffffffe00000,
    0x41f0000000000000,
    0x7fefffffffffffff,
    0xffefffffffffffff,
    0x7ff0000000000000,
    0xfff0000000000000,
    0x7ff8000000000000,
    0xfff8000000012345,
    0x7ff0000000000001,
    0x380fffffe0000000,
    0x36a0000000000000,
    0x47efffffe0000000,
    0x47effffff0000000,
};
static const uint32_t check_int_edges[] = {
    0,          1,          2,          31,         32,         33,         63,         0x7f,       0x80,
    0xff,       0x100,      0x7fff,     0x8000,     0xffff,     0x10000,    0x7fffff,   0x800000,   0xffffff,
    0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0x80008000, 0x7fff7fff,
};
#define CHECK_PICK(edges, state) (edges[check_random(state) % (sizeof(edges) / sizeof(*(edges)))])

static inline uint64_t check_value(enum valu_values values, uint64_t *state) {
    uint64_t random = check_random(state);
    bool edge = check_random(state) % 3 == 0;
    switch (values) {
    case VALUES_F32:
        if (!edge && random >> 60 < 10) { /* near each other, so that sums cancel and round */
            return ((uint32_t)random & 0x807fffffu) | (110u + (uint32_t)(random >> 40) % 34u) << 23;
        }
        return edge ? CHECK_PICK(check_f32_edges, state) : (uint32_t)random;
    case VALUES_F16:
        return edge ? CHECK_PICK(check_f16_edges, state) | (random & 0xffff0000u) : (uint32_t)random;
    case VALUES_BF16:
        return edge ? CHECK_PICK(check_f32_edges, state) >> 16 | (random & 0xffff0000u) : (uint32_t)random;
    case VALUES_PK_F16:
        return edge ? CHECK_PICK(check_f16_edges, state) | CHECK_PICK(check_f16_edges, state) << 16 : (uint32_t)random;
    case VALUES_F64:
        if (!edge && random >> 60 < 10) {
            return (random & 0x800fffffffffffffull) | (1000ull + random % 50) << 52;
        }
        return edge ? CHECK_PICK(check_f64_edges, state) : random;
    case VALUES_PK_F32:
        return check_value(VALUES_F32, state) | check_value(VALUES_F32, state) << 32;
    default:
        if (edge) {
            return CHECK_PICK(check_int_edges, state) | (uint64_t)CHECK_PICK(check_int_edges, state) << 32;
        }
        return random;
    }
}

typedef uint64_t (*valu_reference)(const struct valu_lane *lane);

struct valu_check {
    const char *text;
    valu_reference reference;
    unsigned bits; /* of the destination: 32 or 64 */
    enum valu_values a, b, c;
};

static inline void check_put(struct sim_asm *t, unsigned reg, unsigned lane, uint64_t value) {
    t->wave->vgpr[reg][lane] = (uint32_t)value;
    t->wave->vgpr[reg + 1][lane] = (uint32_t)(value >> 32);
}
static inline uint64_t check_get(const struct sim_asm *t, unsigned reg, unsigned lane, unsigned bits) {
    uint64_t low = t->wave->vgpr[reg][lane];
    return bits == 64 ? low | (uint64_t)t->wave->vgpr[reg + 1][lane] << 32 : low;
}

/* Runs `rounds` waves of values; every second one with some lanes inactive, which must keep their contents. */
static inline void check_run(struct sim_asm *t, const struct valu_check *check, unsigned rounds) {
    uint64_t state = 0x5eed;
    const struct sim_inst *inst = sim_asm_decode(t, check->text);
    for (unsigned round = 0; round < rounds; round++) {
        struct valu_lane lanes[SIM_LANES];
        uint64_t exec = round & 1 ? check_random(&state) : ~0ull;
        for (unsigned i = 0; i < SIM_LANES; i++) {
            lanes[i] = (struct valu_lane){check_value(check->a, &state), check_value(check->b, &state),
                                          check_value(check->c, &state), check_random(&state)};
            check_put(t, 0, i, lanes[i].old);
            check_put(t, 2, i, lanes[i].a);
            check_put(t, 4, i, lanes[i].b);
            check_put(t, 6, i, lanes[i].c);
        }
        sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, exec);
        inst->exec(t->wave, inst);
        assert_null(t->launch.report);
        for (unsigned i = 0; i < SIM_LANES; i++) {
            uint64_t mask = check->bits == 64 ? ~0ull : 0xffffffffull;
            uint64_t expected = (exec >> i & 1 ? check->reference(&lanes[i]) : lanes[i].old) & mask;
            uint64_t found = check_get(t, 0, i, check->bits);
            if (expected != found) {
                print_error("%s: lane %u %s: a=%#llx b=%#llx c=%#llx old=%#llx: expected %#llx, found %#llx\n",
                            check->text, i, exec >> i & 1 ? "active" : "inactive", (unsigned long long)lanes[i].a,
                            (unsigned long long)lanes[i].b, (unsigned long long)lanes[i].c,
                            (unsigned long long)lanes[i].old, (unsigned long long)expected, (unsigned long long)found);
                fail();
            }
        }
    }
    sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, ~0ull);
}

static inline float check_float(uint64_t bits) {
    uint32_t low = (uint32_t)bits;
    float value;
    memcpy(&value, &low, sizeof value);
    return value;
}
static inline uint64_t check_float_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
static inline double check_double(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline uint64_t check_double_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

#endif
