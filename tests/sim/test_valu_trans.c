/* SPDX-License-Identifier: MIT
 *
 * Transcendental functions: within 1 ulp of the host's long double functions over all exponents, and the special values
 * that the instruction set manual lists.
 */
#include "valu_check.h"

#include <math.h>

struct function {
    const char *name;
    long double (*exact)(long double x);
};

static long double reciprocal(long double x) {
    return 1 / x;
}
static long double inverse_root(long double x) {
    return 1 / sqrtl(x);
}
/* Arguments are turns; outside of 256 turns the functions give sin 0. */
static long double turns_sine(long double x) {
    return fabsl(x) > 256 ? 0 : sinl((x - roundl(x)) * 6.283185307179586476925286766559005768L);
}
static long double turns_cosine(long double x) {
    if (fabsl(x) > 256) {
        return 1;
    }
    /* through the sine, so that the zeros at quarter turns are exact */
    return sinl((0.25L - fabsl(x - roundl(x))) * 6.283185307179586476925286766559005768L);
}

static const struct function functions[] = {
    {"v_exp_f32", exp2l},        {"v_log_f32", log2l},
    {"v_rcp_f32", reciprocal},   {"v_rcp_iflag_f32", reciprocal},
    {"v_rsq_f32", inverse_root}, {"v_sqrt_f32", sqrtl},
    {"v_sin_f32", turns_sine},   {"v_cos_f32", turns_cosine},
    {"v_exp_legacy_f32", exp2l}, {"v_log_legacy_f32", log2l},
};

static long double ulps_off(float found, long double exact) {
    int exponent;
    frexpl(exact, &exponent);
    long double ulp = ldexpl(1, exponent - 24 < -149 ? -149 : exponent - 24);
    return fabsl((long double)found - exact) / ulp;
}

static void accuracy(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        char text[64];
        uint64_t random = 31;
        long double worst = 0;
        snprintf(text, sizeof text, "%s v0, v2", functions[k].name);
        const struct sim_inst *inst = sim_asm_decode(t, text);
        for (int round = 0; round < 400; round++) {
            for (unsigned i = 0; i < SIM_LANES; i++) {
                uint32_t bits = (uint32_t)check_random(&random);
                if (round & 1) { /* the range where most of them vary */
                    bits = (bits & 0x807fffffu) | (118u + (uint32_t)(check_random(&random) % 18)) << 23;
                }
                t->wave->vgpr[2][i] = bits;
            }
            inst->exec(t->wave, inst);
            for (unsigned i = 0; i < SIM_LANES; i++) {
                float x = check_float(t->wave->vgpr[2][i]), found = check_float(t->wave->vgpr[0][i]);
                if (!isnormal(x)) {
                    continue;
                }
                long double exact = functions[k].exact((long double)x);
                if (isnan(exact)) {
                    assert_int_equal(t->wave->vgpr[0][i], 0xffc00000);
                } else if (fabsl(exact) < 0x1p-126L) {
                    assert_true(fabsf(found) == 0 || fabsl(exact) > 0x1p-126L * (1 - 0x1p-23L));
                } else if (fabsl(exact) >= 0x1.ffffffp127L) {
                    assert_true(isinf(found) && !signbit(found) == !signbit(exact));
                } else {
                    long double off = ulps_off(found, exact);
                    worst = off > worst ? off : worst;
                }
            }
        }
        print_message("%s: %.4Lf ulp\n", functions[k].name, worst);
        assert_true(worst <= 0.52L);
    }
    sim_asm_destroy(t);
}

static void special_values(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t in, out;
    } cases[] = {
        {"v_exp_f32 v0, v2", 0xff800000, 0},           {"v_exp_f32 v0, v2", 0x80000000, 0x3f800000},
        {"v_exp_f32 v0, v2", 0x7f800000, 0x7f800000},  {"v_exp_f32 v0, v2", 0x00000001, 0x3f800000},
        {"v_exp_f32 v0, v2", 0x7f800001, 0x7fc00001},  {"v_exp_f32 v0, v2", 0xc2fc0000, 0x00800000}, /* 2^-126 */
        {"v_exp_f32 v0, v2", 0xc2fc8000, 0},           {"v_exp_f32 v0, v2", 0x42fe0000, 0x7f000000}, /* 2^127 */
        {"v_exp_f32 v0, v2", 0x43000000, 0x7f800000},  {"v_exp_f32 v0, v2", 0x40400000, 0x41000000}, /* 2^3 */
        {"v_log_f32 v0, v2", 0xff800000, 0xffc00000},  {"v_log_f32 v0, v2", 0xbf800000, 0xffc00000},
        {"v_log_f32 v0, v2", 0x80000000, 0xff800000},  {"v_log_f32 v0, v2", 0x00000000, 0xff800000},
        {"v_log_f32 v0, v2", 0x00000001, 0xff800000},  {"v_log_f32 v0, v2", 0x3f800000, 0x00000000},
        {"v_log_f32 v0, v2", 0x7f800000, 0x7f800000},  {"v_log_f32 v0, v2", 0x41000000, 0x40400000},
        {"v_log_f32 v0, v2", 0xffc00123, 0xffc00123},  {"v_rcp_f32 v0, v2", 0xff800000, 0x80000000},
        {"v_rcp_f32 v0, v2", 0xc0000000, 0xbf000000},  {"v_rcp_f32 v0, v2", 0x80000000, 0xff800000},
        {"v_rcp_f32 v0, v2", 0x00000000, 0x7f800000},  {"v_rcp_f32 v0, v2", 0x7f800000, 0x00000000},
        {"v_rcp_f32 v0, v2", 0x00400000, 0x7f800000},  {"v_rcp_f32 v0, v2", 0x7f000000, 0x00000000}, /* flushed */
        {"v_rsq_f32 v0, v2", 0xff800000, 0xffc00000},  {"v_rsq_f32 v0, v2", 0x80000000, 0xff800000},
        {"v_rsq_f32 v0, v2", 0x00000000, 0x7f800000},  {"v_rsq_f32 v0, v2", 0x40800000, 0x3f000000},
        {"v_rsq_f32 v0, v2", 0x7f800000, 0x00000000},  {"v_sqrt_f32 v0, v2", 0xff800000, 0xffc00000},
        {"v_sqrt_f32 v0, v2", 0x80000000, 0x80000000}, {"v_sqrt_f32 v0, v2", 0x00000000, 0x00000000},
        {"v_sqrt_f32 v0, v2", 0x40800000, 0x40000000}, {"v_sqrt_f32 v0, v2", 0x7f800000, 0x7f800000},
        {"v_sin_f32 v0, v2", 0xff800000, 0xffc00000},  {"v_sin_f32 v0, v2", 0xff7fffff, 0x00000000},
        {"v_sin_f32 v0, v2", 0x80000000, 0x80000000},  {"v_sin_f32 v0, v2", 0x3e800000, 0x3f800000},
        {"v_sin_f32 v0, v2", 0x7f800000, 0xffc00000},  {"v_cos_f32 v0, v2", 0xff800000, 0xffc00000},
        {"v_cos_f32 v0, v2", 0xff7fffff, 0x3f800000},  {"v_cos_f32 v0, v2", 0x80000000, 0x3f800000},
        {"v_cos_f32 v0, v2", 0x3e800000, 0x00000000},  {"v_cos_f32 v0, v2", 0x7f800000, 0xffc00000},
        {"v_rcp_f16 v0, v2", 0xfc00, 0x8000},          {"v_rcp_f16 v0, v2", 0xc000, 0xb800},
        {"v_rcp_f16 v0, v2", 0x8000, 0xfc00},          {"v_rcp_f16 v0, v2", 0x7c00, 0x0000},
        {"v_sqrt_f16 v0, v2", 0xfc00, 0xfe00},         {"v_sqrt_f16 v0, v2", 0x8000, 0x8000},
        {"v_sqrt_f16 v0, v2", 0x4400, 0x4000},         {"v_rsq_f16 v0, v2", 0xfc00, 0xfe00},
        {"v_rsq_f16 v0, v2", 0x8000, 0xfc00},          {"v_rsq_f16 v0, v2", 0x4400, 0x3800},
        {"v_log_f16 v0, v2", 0xbc00, 0xfe00},          {"v_log_f16 v0, v2", 0x0000, 0xfc00},
        {"v_log_f16 v0, v2", 0x3c00, 0x0000},          {"v_exp_f16 v0, v2", 0xfc00, 0x0000},
        {"v_exp_f16 v0, v2", 0x8000, 0x3c00},          {"v_exp_f16 v0, v2", 0x7c00, 0x7c00},
        {"v_sin_f16 v0, v2", 0xfbff, 0x0000},          {"v_sin_f16 v0, v2", 0x8000, 0x8000},
        {"v_sin_f16 v0, v2", 0x3400, 0x3c00},          {"v_sin_f16 v0, v2", 0x7c00, 0xfe00},
        {"v_cos_f16 v0, v2", 0x7bff, 0x3c00},          {"v_cos_f16 v0, v2", 0x3400, 0x0000},
    };
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        for (unsigned i = 0; i < SIM_LANES; i++) {
            t->wave->vgpr[2][i] = cases[k].in;
        }
        const struct sim_inst *inst = sim_asm_decode(t, cases[k].text);
        inst->exec(t->wave, inst);
        for (unsigned i = 0; i < SIM_LANES; i++) {
            if (t->wave->vgpr[0][i] != cases[k].out) {
                print_error("%s of %#x: expected %#x, found %#x\n", cases[k].text, cases[k].in, cases[k].out,
                            t->wave->vgpr[0][i]);
                fail();
            }
        }
    }
    sim_asm_destroy(t);
}

/* Every fp16 value. */
static void halves(void **state) {
    (void)state;
    static const struct function half_functions[] = {
        {"v_exp_f16", exp2l},  {"v_log_f16", log2l},      {"v_rcp_f16", reciprocal},   {"v_rsq_f16", inverse_root},
        {"v_sqrt_f16", sqrtl}, {"v_sin_f16", turns_sine}, {"v_cos_f16", turns_cosine},
    };
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    for (size_t k = 0; k < sizeof half_functions / sizeof *half_functions; k++) {
        char text[64];
        snprintf(text, sizeof text, "%s v0, v2\nv_cvt_f32_f16 v4, v2\nv_cvt_f32_f16 v5, v0\n", half_functions[k].name);
        long double worst = 0;
        for (unsigned base = 0; base < 0x10000; base += SIM_LANES * 16) { /* every 16th wave of values */
            for (unsigned i = 0; i < SIM_LANES; i++) {
                t->wave->vgpr[2][i] = base + i * 16 + (base >> 10) % 16;
            }
            assert_true(sim_asm_run(t, text));
            for (unsigned i = 0; i < SIM_LANES; i++) {
                float x = check_float(t->wave->vgpr[4][i]), found = check_float(t->wave->vgpr[5][i]);
                long double exact = half_functions[k].exact((long double)x);
                if (!isfinite(x) || isnan(exact)) {
                    continue;
                }
                if (fabsl(exact) >= 65520) {
                    assert_true(isinf(found));
                    continue;
                }
                int exponent;
                frexpl(exact, &exponent);
                long double ulp = ldexpl(1, exponent - 11 < -24 ? -24 : exponent - 11);
                long double off = fabsl((long double)found - exact) / ulp;
                worst = off > worst ? off : worst;
            }
        }
        print_message("%s: %.4Lf ulp\n", half_functions[k].name, worst);
        assert_true(worst <= 0.51L);
    }
    sim_asm_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accuracy),
        cmocka_unit_test(special_values),
        cmocka_unit_test(halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
