/* SPDX-License-Identifier: MIT
 *
 * How lanes and parts of registers reach vector instructions: DPP, SDWA, comparisons and lane masks, readlane, swaps.
 */
#include "valu_check.h"

#include <math.h>
#include <stdlib.h>

/* ---- DPP ---- */

/* Where lane i reads from, -1: nowhere. Written from the manual's pictures: rows of 16 lanes, banks of 4. */
typedef int (*dpp_lane)(int i);
static int quad_reversed(int i) {
    return i / 4 * 4 + 3 - i % 4;
}
static int quad_2031(int i) {
    static const int order[] = {2, 0, 3, 1};
    return i / 4 * 4 + order[i % 4];
}
static int row_shl1(int i) {
    return i % 16 + 1 < 16 ? i + 1 : -1;
}
static int row_shl15(int i) {
    return i % 16 == 0 ? i + 15 : -1;
}
static int row_shr3(int i) {
    return i % 16 >= 3 ? i - 3 : -1;
}
static int row_ror5(int i) {
    return i / 16 * 16 + (i % 16 + 11) % 16;
}
static int wave_shl(int i) {
    return i == 63 ? -1 : i + 1;
}
static int wave_shr(int i) {
    return i - 1;
}
static int wave_rol(int i) {
    return (i + 1) % 64;
}
static int wave_ror(int i) {
    return (i + 63) % 64;
}
static int row_mirror(int i) {
    return i / 16 * 16 + 15 - i % 16;
}
static int row_half_mirror(int i) {
    return i / 8 * 8 + 7 - i % 8;
}
static int row_bcast15(int i) {
    return i < 16 ? -1 : i / 16 * 16 - 1;
}
static int row_bcast31(int i) {
    return i < 32 ? -1 : 31;
}
static int row_newbcast6(int i) {
    return i / 16 * 16 + 6;
}

static const struct {
    const char *text;
    dpp_lane from;
} patterns[] = {
    {"quad_perm:[3,2,1,0]", quad_reversed},
    {"quad_perm:[2,0,3,1]", quad_2031},
    {"row_shl:1", row_shl1},
    {"row_shl:15", row_shl15},
    {"row_shr:3", row_shr3},
    {"row_ror:5", row_ror5},
    {"wave_shl:1", wave_shl},
    {"wave_shr:1", wave_shr},
    {"wave_rol:1", wave_rol},
    {"wave_ror:1", wave_ror},
    {"row_mirror", row_mirror},
    {"row_half_mirror", row_half_mirror},
    {"row_bcast:15", row_bcast15},
    {"row_bcast:31", row_bcast31},
    {"row_newbcast:6", row_newbcast6},
};

static void dpp_patterns(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 41;
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
        for (int variant = 0; variant < 16; variant++) {
            bool in_place = variant & 1, bound = variant & 2;
            unsigned rows = variant & 4 ? 0xa : 0xf, banks = variant & 4 ? 0x6 : 0xf;
            uint64_t exec = variant & 8 ? check_random(&random) : ~0ull;
            uint32_t before[SIM_LANES], old[SIM_LANES];
            char text[160];
            snprintf(text, sizeof text, "v_mov_b32_dpp v%d, v2 %s row_mask:%#x bank_mask:%#x%s", in_place ? 2 : 0,
                     patterns[k].text, rows, banks, bound ? " bound_ctrl:0" : "");
            for (unsigned i = 0; i < SIM_LANES; i++) {
                before[i] = t->wave->vgpr[2][i] = 100 + i;
                old[i] = t->wave->vgpr[0][i] = 1000 + i;
            }
            const struct sim_inst *inst = sim_asm_decode(t, text);
            sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, exec);
            inst->exec(t->wave, inst);
            for (int i = 0; i < SIM_LANES; i++) {
                int from = patterns[k].from(i);
                bool enabled = exec >> i & 1 && rows >> i / 16 & 1 && banks >> i % 16 / 4 & 1;
                bool valid = from >= 0 && exec >> from & 1;
                uint32_t kept = in_place ? before[i] : old[i];
                uint32_t expected = !enabled ? kept : valid ? before[from] : bound ? 0 : kept;
                uint32_t found = t->wave->vgpr[in_place ? 2 : 0][i];
                if (found != expected) {
                    print_error("%s lane %d: expected %u, found %u\n", text, i, expected, found);
                    fail();
                }
            }
        }
    }
    sim_asm_destroy(t);
}

/* With modifiers, a second source, an accumulator and 64-bit operands. */
static void dpp_operands(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[2][i] = (uint32_t)check_float_bits((float)i);
        t->wave->vgpr[4][i] = (uint32_t)check_float_bits(100.0f);
        t->wave->vgpr[0][i] = t->wave->vgpr[1][i] = (uint32_t)check_float_bits(1000.0f);
        check_put(t, 6, i, 0x100000000ull * i + 7 * i);
        check_put(t, 10, i, check_double_bits((double)i));
    }
    assert_true(sim_asm_run(t,
                            "v_add_f32_dpp v0, -v2, v4 quad_perm:[1,0,3,2] row_mask:0xf bank_mask:0xf\n"
                            "v_fmac_f32_dpp v1, |v2|, v4 row_ror:1 row_mask:0xf bank_mask:0xf\n"
                            "v_mov_b64_dpp v[8:9], v[6:7] row_newbcast:5 row_mask:0xf bank_mask:0xf\n"
                            "v_fmac_f64_dpp v[10:11], v[10:11], v[10:11] row_newbcast:2 row_mask:0xf bank_mask:0xf\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) {
        assert_true(check_float(t->wave->vgpr[0][i]) == 100.0f - (float)(i ^ 1));
        assert_true(check_float(t->wave->vgpr[1][i]) == 1000.0f + 100.0f * (float)(i / 16 * 16 + (i + 15) % 16));
        assert_true(check_get(t, 8, i, 64) == 0x100000007ull * (i / 16 * 16 + 5));
        assert_true(check_double(check_get(t, 10, i, 64)) == (double)i + (double)(i / 16 * 16 + 2) * i);
    }
    sim_asm_destroy(t);
}

/* A sum over the wave as compilers write it. */
static void dpp_reduction(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[0][i] = i * i + 1;
    }
    assert_true(sim_asm_run(t, "v_add_u32_dpp v0, v0, v0 row_shr:1 row_mask:0xf bank_mask:0xf\n"
                               "v_add_u32_dpp v0, v0, v0 row_shr:2 row_mask:0xf bank_mask:0xf\n"
                               "v_add_u32_dpp v0, v0, v0 row_shr:4 row_mask:0xf bank_mask:0xe\n"
                               "v_add_u32_dpp v0, v0, v0 row_shr:8 row_mask:0xf bank_mask:0xc\n"
                               "v_add_u32_dpp v0, v0, v0 row_bcast:15 row_mask:0xa bank_mask:0xf\n"
                               "v_add_u32_dpp v0, v0, v0 row_bcast:31 row_mask:0xc bank_mask:0xf\n"
                               "v_readlane_b32 s10, v0, 63\n"));
    assert_int_equal(t->wave->sgpr[10], 64 + 63 * 64 * 127 / 6);
    sim_asm_destroy(t);
}

/* ---- SDWA ---- */

static const char *const sel_names[] = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3", "WORD_0", "WORD_1", "DWORD"};
static unsigned sel_shift(unsigned sel) {
    return sel < 4 ? 8 * sel : sel == 5 ? 16 : 0;
}
static unsigned sel_bits(unsigned sel) {
    return sel < 4 ? 8 : sel < 6 ? 16 : 32;
}
static uint64_t select_part(uint64_t value, unsigned sel, bool sext) {
    unsigned bits = sel_bits(sel);
    uint64_t part = value >> sel_shift(sel) & (bits == 32 ? 0xffffffff : (1ull << bits) - 1);
    return sext && part >> (bits - 1) ? part | ~0ull << bits : part;
}

static void sdwa_selects(void **state) {
    (void)state;
    static const char *const unused_names[] = {"UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE"};
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 43;
    for (unsigned k = 0; k < 400; k++) {
        unsigned dst = (unsigned)(check_random(&random) % 7), unused = (unsigned)(check_random(&random) % 3);
        unsigned s0 = (unsigned)(check_random(&random) % 7), s1 = (unsigned)(check_random(&random) % 7);
        bool sext0 = check_random(&random) & 1, sext1 = check_random(&random) & 1;
        uint64_t exec = check_random(&random) | check_random(&random);
        char text[200];
        snprintf(text, sizeof text,
                 "v_add_u32_sdwa v0, %sv2%s, %sv4%s dst_sel:%s dst_unused:%s src0_sel:%s src1_sel:%s",
                 sext0 ? "sext(" : "", sext0 ? ")" : "", sext1 ? "sext(" : "", sext1 ? ")" : "", sel_names[dst],
                 unused_names[unused], sel_names[s0], sel_names[s1]);
        uint32_t a[SIM_LANES], b[SIM_LANES], old[SIM_LANES];
        for (unsigned i = 0; i < SIM_LANES; i++) {
            a[i] = t->wave->vgpr[2][i] = (uint32_t)check_random(&random);
            b[i] = t->wave->vgpr[4][i] = (uint32_t)check_random(&random);
            old[i] = t->wave->vgpr[0][i] = (uint32_t)check_random(&random);
        }
        const struct sim_inst *inst = sim_asm_decode(t, text);
        sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, exec);
        inst->exec(t->wave, inst);
        for (unsigned i = 0; i < SIM_LANES; i++) {
            uint64_t sum = select_part(a[i], s0, sext0) + select_part(b[i], s1, sext1);
            unsigned bits = sel_bits(dst), shift = sel_shift(dst);
            uint64_t field = bits == 32 ? 0xffffffff : (1ull << bits) - 1, value = (sum & field) << shift;
            if (unused == 1) {
                value = sum >> (bits - 1) & 1 ? value | ~0ull << (bits - 1 + shift) : value;
            } else if (unused == 2) {
                value |= old[i] & ~(field << shift);
            }
            uint32_t expected = exec >> i & 1 ? (uint32_t)value : old[i];
            if (t->wave->vgpr[0][i] != expected) {
                print_error("%s lane %u: a=%#x b=%#x old=%#x expected %#x, found %#x\n", text, i, a[i], b[i], old[i],
                            expected, t->wave->vgpr[0][i]);
                fail();
            }
        }
    }
    sim_asm_destroy(t);
}

static void sdwa_floats(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[2][i] = 0x4500c200;  /* fp16 5, -3 */
        t->wave->vgpr[4][i] = 0xc0a00000u; /* fp32 -5 */
        t->wave->vgpr[6][i] = 0x3c004000;  /* fp16 1, 2 */
        t->wave->vgpr[0][i] = t->wave->vgpr[8][i] = 0x99999999;
    }
    assert_true(sim_asm_run(t, "v_mul_f32_sdwa v1, -|v4|, v4 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD "
                               "src1_sel:DWORD\n"
                               "v_cvt_f32_f16_sdwa v3, -v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1\n"
                               "v_add_f16_sdwa v0, v2, |v2| dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:WORD_1 "
                               "src1_sel:WORD_0\n"
                               "v_cmp_lt_f16_sdwa s[10:11], v2, v6 src0_sel:WORD_0 src1_sel:WORD_1\n"
                               "v_cmp_lt_f16_sdwa s[12:13], v2, v6 src0_sel:WORD_1 src1_sel:WORD_1\n"
                               "v_cndmask_b32_sdwa v8, v2, v6, vcc dst_sel:BYTE_3 dst_unused:UNUSED_PAD "
                               "src0_sel:BYTE_1 src1_sel:BYTE_0\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) {
        assert_true(check_float(t->wave->vgpr[1][i]) == 25.0f);
        assert_true(check_float(t->wave->vgpr[3][i]) == -5.0f);
        assert_int_equal(t->wave->vgpr[0][i], 0x48009999); /* 8 */
        assert_int_equal(t->wave->vgpr[8][i], 0xc2000000);
    }
    assert_true(sim_sgpr64(t->wave, 10) == ~0ull && sim_sgpr64(t->wave, 12) == 0);
    sim_asm_destroy(t);
}

/* ---- comparisons ---- */

static bool relation(const char *name, int order) { /* -1, 0, 1, or 2: unordered */
    bool negated = name[0] == 'n' && strcmp(name, "ne") != 0;
    const char *plain = negated ? name + 1 : name;
    bool result = false;
    if (strcmp(plain, "lt") == 0) {
        result = order == -1;
    } else if (strcmp(plain, "le") == 0) {
        result = order == -1 || order == 0;
    } else if (strcmp(plain, "gt") == 0) {
        result = order == 1;
    } else if (strcmp(plain, "ge") == 0) {
        result = order == 1 || order == 0;
    } else if (strcmp(plain, "eq") == 0) {
        result = order == 0;
    } else if (strcmp(plain, "lg") == 0) {
        result = order == 1 || order == -1;
    } else if (strcmp(plain, "ne") == 0) {
        result = order != 0;
    } else if (strcmp(plain, "o") == 0) {
        result = order != 2;
    } else if (strcmp(plain, "u") == 0) {
        result = order == 2;
    } else if (strcmp(plain, "t") == 0 || strcmp(plain, "tru") == 0) {
        result = true;
    }
    return result != negated;
}
static int order_of(long double a, long double b) {
    return isnan(a) || isnan(b) ? 2 : a < b ? -1 : a > b;
}
static long double half(uint64_t bits) {
    unsigned m = bits & 0x3ff, e = bits >> 10 & 31;
    long double value = e == 31 ? (m ? NAN : INFINITY) : e ? ldexpl(1024 + m, (int)e - 25) : ldexpl(m, -24);
    return bits & 0x8000 ? -value : value;
}
static int compare_order(const char *type, uint64_t a, uint64_t b) {
    switch (type[0]) {
    case 'f':
        return type[1] == '1'   ? order_of(half(a), half(b))
               : type[1] == '3' ? order_of((long double)check_float(a), (long double)check_float(b))
                                : order_of((long double)check_double(a), (long double)check_double(b));
    case 'i':
        return type[1] == '1'   ? order_of((int16_t)a, (int16_t)b)
               : type[1] == '3' ? order_of((int32_t)a, (int32_t)b)
                                : order_of((long double)(int64_t)a, (long double)(int64_t)b);
    default:
        return type[1] == '1'   ? order_of((uint16_t)a, (uint16_t)b)
               : type[1] == '3' ? order_of((uint32_t)a, (uint32_t)b)
                                : order_of((long double)a, (long double)b);
    }
}

static void comparisons(void **state) {
    (void)state;
    static const char *const types[] = {"f16", "f32", "f64", "i16", "u16", "i32", "u32", "i64", "u64"};
    static const enum valu_values values[] = {VALUES_F16, VALUES_F32, VALUES_F64, VALUES_INT, VALUES_INT,
                                              VALUES_INT, VALUES_INT, VALUES_INT, VALUES_INT};
    static const char *const float_names[] = {"f", "lt",  "eq",  "le",  "gt",  "lg",  "ge",  "o",
                                              "u", "nge", "nlg", "ngt", "nle", "neq", "nlt", "tru"};
    static const char *const int_names[] = {"f", "lt", "eq", "le", "gt", "ne", "ge", "t"};
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    uint64_t random = 47;
    for (size_t k = 0; k < 9; k++) {
        bool is_float = types[k][0] == 'f', wide = types[k][1] == '6';
        for (size_t n = 0; n < (is_float ? 16 : 8); n++) {
            const char *name = is_float ? float_names[n] : int_names[n];
            for (int form = 0; form < 4; form++) { /* e32 or e64, with or without EXEC */
                char text[100];
                bool writes_exec = form & 1, e64 = form & 2;
                snprintf(text, sizeof text, "v_cmp%s_%s_%s_%s %s, %s, %s", writes_exec ? "x" : "", name, types[k],
                         e64 ? "e64" : "e32", e64 ? "s[10:11]" : "vcc", wide ? "v[2:3]" : "v2", wide ? "v[4:5]" : "v4");
                const struct sim_inst *inst = sim_asm_decode(t, text);
                for (int round = 0; round < 4; round++) {
                    uint64_t exec = check_random(&random), expected = 0;
                    for (unsigned i = 0; i < SIM_LANES; i++) {
                        uint64_t a = check_value(values[k], &random);
                        uint64_t b = check_random(&random) % 4 ? check_value(values[k], &random) : a;
                        check_put(t, 2, i, a);
                        check_put(t, 4, i, b);
                        bool bit = relation(name, compare_order(types[k], a, b));
                        expected |= (uint64_t)(bit && exec >> i & 1) << i;
                    }
                    sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, exec);
                    sim_set_sgpr64(t->wave, SIM_SGPR_VCC, 0x5555);
                    sim_set_sgpr64(t->wave, 10, 0x5555);
                    inst->exec(t->wave, inst);
                    if (sim_sgpr64(t->wave, e64 ? 10 : SIM_SGPR_VCC) != expected) {
                        print_error("%s\n", text);
                        fail();
                    }
                    assert_true(sim_exec(t->wave) == (writes_exec ? expected : exec));
                }
            }
        }
    }
    sim_asm_destroy(t);
}

static void classes(void **state) {
    (void)state;
    /* bit: sNaN, qNaN, -inf, -normal, -denormal, -0, +0, +denormal, +normal, +inf */
    static const uint32_t single[] = {0x7f800001, 0xffc00000, 0xff800000, 0xbf800000, 0x80000001,
                                      0x80000000, 0x00000000, 0x007fffff, 0x7f7fffff, 0x7f800000};
    static const uint32_t halves[] = {0x7c01, 0xfe00, 0xfc00, 0xbc00, 0x8001, 0x8000, 0, 0x3ff, 0x7bff, 0x7c00};
    static const uint64_t doubles[] = {0x7ff0000000000001,
                                       0xfff8000000000000,
                                       0xfff0000000000000,
                                       0xbff0000000000000,
                                       0x8000000000000001,
                                       0x8000000000000000,
                                       0,
                                       0x000fffffffffffff,
                                       0x7fefffffffffffff,
                                       0x7ff0000000000000};
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    for (unsigned bit = 0; bit < 10; bit++) {
        uint64_t expected = 0;
        for (unsigned i = 0; i < SIM_LANES; i++) {
            t->wave->vgpr[2][i] = single[i % 10];
            t->wave->vgpr[4][i] = halves[i % 10] | 0xabcd0000;
            check_put(t, 6, i, doubles[i % 10]);
            t->wave->vgpr[8][i] = 1u << bit;
            expected |= (uint64_t)(i % 10 == bit) << i;
        }
        assert_true(sim_asm_run(t, "v_cmp_class_f32 s[10:11], v2, v8\nv_cmp_class_f16 s[12:13], v4, v8\n"
                                   "v_cmp_class_f64 s[14:15], v[6:7], v8\nv_cmp_class_f32 s[16:17], -v2, v8\n"));
        assert_true(sim_sgpr64(t->wave, 10) == expected && sim_sgpr64(t->wave, 12) == expected);
        assert_true(sim_sgpr64(t->wave, 14) == expected);
        unsigned mirrored = bit < 2 ? bit : 11 - bit;
        assert_true((sim_sgpr64(t->wave, 16) >> mirrored & 1) == 1);
    }
    sim_asm_destroy(t);
}

/* ---- between lanes and scalars ---- */

static void lanes_and_scalars(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[2][i] = 500 + i;
        t->wave->vgpr[4][i] = t->wave->vgpr[256 + 7][i] = 900 + i;
    }
    t->wave->sgpr[20] = 64 + 17; /* only six bits count */
    t->wave->sgpr[SIM_SGPR_M0] = 33;
    sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, 0xff00);
    assert_true(sim_asm_run(t, "v_readfirstlane_b32 s10, v2\nv_readlane_b32 s11, v2, 5\nv_readlane_b32 s12, v2, s20\n"
                               "v_readlane_b32 s13, v2, m0\nv_writelane_b32 v4, s20, 3\nv_writelane_b32 v4, -1, m0\n"
                               "s_mov_b64 exec, 0\nv_readfirstlane_b32 s14, v2\n"));
    assert_int_equal(t->wave->sgpr[10], 508);
    assert_int_equal(t->wave->sgpr[11], 505);
    assert_int_equal(t->wave->sgpr[12], 517);
    assert_int_equal(t->wave->sgpr[13], 533);
    assert_int_equal(t->wave->sgpr[14], 500);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        assert_int_equal(t->wave->vgpr[4][i], i == 3 ? 81 : i == 33 ? ~0u : 900 + i);
    }
    sim_asm_destroy(t);
}

static void swaps(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    for (int k = 0; k < 3; k++) {
        static const char *const texts[] = {"v_swap_b32 v0, v2", "v_permlane16_swap_b32 v0, v2",
                                            "v_permlane32_swap_b32 v0, v2"};
        for (unsigned i = 0; i < SIM_LANES; i++) {
            t->wave->vgpr[0][i] = 100 + i;
            t->wave->vgpr[2][i] = 200 + i;
        }
        sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, k ? ~0ull : 0x0ff0);
        const struct sim_inst *inst = sim_asm_decode(t, texts[k]);
        inst->exec(t->wave, inst);
        for (unsigned i = 0; i < SIM_LANES; i++) {
            unsigned half = k == 1 ? 16 : 32;
            uint32_t dst = 100 + i, src = 200 + i;
            if (k == 0 && i >= 4 && i < 12) {
                dst = 200 + i, src = 100 + i;
            } else if (k && i % (2 * half) < half) {
                src = 100 + i + half; /* the first half of the source gets the second half of the destination */
            } else if (k) {
                dst = 200 + i - half;
            }
            assert_int_equal(t->wave->vgpr[0][i], dst);
            assert_int_equal(t->wave->vgpr[2][i], src);
        }
    }
    sim_asm_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dpp_patterns), cmocka_unit_test(dpp_operands),      cmocka_unit_test(dpp_reduction),
        cmocka_unit_test(sdwa_selects), cmocka_unit_test(sdwa_floats),       cmocka_unit_test(comparisons),
        cmocka_unit_test(classes),      cmocka_unit_test(lanes_and_scalars), cmocka_unit_test(swaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
