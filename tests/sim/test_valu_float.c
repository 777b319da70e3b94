/* SPDX-License-Identifier: MIT
 *
 * fp32 and fp64 arithmetic: against the host's arithmetic under the same rounding mode, fused operations against exact
 * 128-bit or long double sums, and the rules for NaN, denormals, clamp and output modifiers case by case.
 */
#include "valu_check.h"

#include <fenv.h>
#include <math.h>

#if defined(__clang__)
#pragma STDC FENV_ACCESS ON
#else
#pragma GCC optimize("rounding-math")
#endif

#define QUIET32 0x00400000u
#define NAN32 0xffc00000u
#define QUIET64 (1ull << 51)
#define NAN64 0xfff8000000000000ull

static bool nan32(uint64_t x) {
    return (x & 0x7fffffff) > 0x7f800000;
}
static bool snan32(uint64_t x) {
    return nan32(x) && !(x & QUIET32);
}
static bool nan64(uint64_t x) {
    return (x << 1) > 0xffe0000000000000ull;
}
static bool snan64(uint64_t x) {
    return nan64(x) && !(x & QUIET64);
}

/* MODE of the running test; references obey it. */
static uint32_t test_mode;

static int host_round(unsigned mode) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    return modes[mode];
}
static uint32_t flush_in(uint64_t x) {
    return !(test_mode >> 4 & 1) && !(x & 0x7f800000) ? (uint32_t)x & 0x80000000u : (uint32_t)x;
}
static uint32_t flush_out(uint64_t x) {
    return !(test_mode >> 5 & 1) && !(x & 0x7f800000) ? (uint32_t)x & 0x80000000u : (uint32_t)x;
}

/* The NaN that an operation on these sources yields, else the rounded result. */
static uint64_t finish32(float result, const uint32_t *sources, int count) {
    if (!isnan(result)) {
        return flush_out(check_float_bits(result));
    }
    for (int k = 0; k < count; k++) {
        if (nan32(sources[k])) {
            return sources[k] | QUIET32;
        }
    }
    return NAN32;
}

/* Volatile operands keep the operation where the rounding mode is set. */
#define REF32(name, expr)                                                                                     \
    static uint64_t name(const struct valu_lane *l) {                                                         \
        const uint32_t sources[3] = {flush_in(l->a), flush_in(l->b), flush_in(l->c)};                         \
        volatile float a = check_float(sources[0]), b = check_float(sources[1]), c = check_float(sources[2]); \
        (void)a, (void)b, (void)c;                                                                            \
        fesetround(host_round(test_mode & 3));                                                                \
        volatile float result = (expr);                                                                       \
        fesetround(FE_TONEAREST);                                                                             \
        return finish32(result, sources, SOURCES);                                                            \
    }

/* An fp32 fused multiply-add: the product is exact in double; the sum's error, found by subtracting back, makes its
 * last bit odd, so that the rounding to fp32 is the only one. Volatile keeps each step in the rounding mode it was
 * written in. */
static float fused(float a, float b, float c) {
    int round = fegetround();
    fesetround(FE_TONEAREST);
    volatile double product = (double)a * (double)b, sum = product + (double)c;
    volatile double part = sum - product, rest = product - (sum - part), error = rest + ((double)c - part);
    fesetround(round);
    if (error == 0 || !isfinite(sum)) { /* exact; the sign of a zero depends on the rounding mode */
        sum = product + (double)c;
        return (float)sum;
    }
    uint64_t bits = check_double_bits(sum);
    if (!(bits & 1)) {
        bits += (error > 0) == (sum > 0) ? 1 : ~0ull;
    }
    volatile double odd = check_double(bits);
    return (float)odd;
}

#define SOURCES 2
REF32(r_add, a + b)
REF32(r_sub, a - b)
REF32(r_subrev, b - a)
REF32(r_mul, a *b)
REF32(r_mul_legacy, a == 0 || b == 0 ? 0.0f : a * b)
#undef SOURCES
#define SOURCES 3
REF32(r_fma, fused(a, b, c))
#undef SOURCES
#define SOURCES 1
REF32(r_trunc, truncf(a))
REF32(r_ceil, ceilf(a))
REF32(r_floor, floorf(a))
static float to_even(float x) {
    if (fabsf(x) >= 8388608.0f || x != x) {
        return x;
    }
    float low = floorf(x), rest = x - low;
    float result = rest > 0.5f || (rest == 0.5f && fmodf(low, 2.0f) != 0) ? low + 1 : low;
    return copysignf(result, x);
}
REF32(r_rndne, to_even(a))
REF32(r_fract, a - floorf(a) >= 1 ? nextafterf(1, 0) : a - floorf(a))
#undef SOURCES

static uint64_t r_fmac(const struct valu_lane *l) {
    struct valu_lane with = *l;
    with.c = l->old;
    return r_fma(&with);
}
static uint64_t r_fmamk(const struct valu_lane *l) { /* a * 1.5 + b, the constant as a literal 0x3fc00001 */
    struct valu_lane with = {l->a, 0x3fc00001, l->b, l->old};
    return r_fma(&with);
}
static uint64_t r_fmaak(const struct valu_lane *l) {
    struct valu_lane with = {l->a, l->b, 0x3fc00001, l->old};
    return r_fma(&with);
}

/* Minimum and maximum, by cases. */
static uint32_t pick32(uint32_t a, uint32_t b, bool want_max) {
    bool ieee = test_mode & SIM_MODE_IEEE;
    if (ieee && snan32(a)) {
        return a | QUIET32;
    }
    if (ieee && snan32(b)) {
        return b | QUIET32;
    }
    if (nan32(a)) {
        return b;
    }
    if (nan32(b)) {
        return a;
    }
    float x = check_float(a), y = check_float(b);
    if (x == y) {
        return !signbit(x) == !want_max ? b : a;
    }
    return (x < y) != want_max ? a : b;
}
#define PICK32(name, expr)                                                   \
    static uint64_t name(const struct valu_lane *l) {                        \
        uint32_t a = flush_in(l->a), b = flush_in(l->b), c = flush_in(l->c); \
        (void)c;                                                             \
        return flush_out(expr);                                              \
    }
PICK32(r_min, pick32(a, b, false))
PICK32(r_max, pick32(a, b, true))
PICK32(r_min3, pick32(pick32(a, b, false), c, false))
PICK32(r_max3, pick32(pick32(a, b, true), c, true))
static uint32_t median(uint32_t a, uint32_t b, uint32_t c) {
    if (nan32(a) || nan32(b) || nan32(c)) {
        return pick32(pick32(a, b, false), c, false);
    }
    uint32_t low = pick32(a, b, false), high = pick32(a, b, true);
    return pick32(low, pick32(high, c, false), true);
}
static uint64_t r_med3(const struct valu_lane *l) {
    return flush_out(median(flush_in(l->a), flush_in(l->b), flush_in(l->c)));
}
static uint32_t strict32(uint32_t a, uint32_t b, bool want_max) {
    return nan32(a) ? a | QUIET32 : nan32(b) ? b | QUIET32 : pick32(a, b, want_max);
}
PICK32(r_minimum3, strict32(strict32(a, b, false), c, false))
PICK32(r_maximum3, strict32(strict32(a, b, true), c, true))

static uint64_t r_ldexp(const struct valu_lane *l) {
    uint32_t source = flush_in(l->a);
    int32_t exponent = (int32_t)l->b;
    fesetround(host_round(test_mode & 3));
    volatile float result = ldexpf(check_float(source), exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent);
    fesetround(FE_TONEAREST);
    return finish32(result, &source, 1);
}
static uint64_t r_frexp_mant(const struct valu_lane *l) {
    uint32_t source = flush_in(l->a);
    int exponent;
    float x = check_float(source);
    return finish32(isfinite(x) ? frexpf(x, &exponent) : x, &source, 1);
}
static uint64_t r_frexp_exp(const struct valu_lane *l) {
    float x = check_float(l->a);
    int exponent = 0;
    if (isfinite(x) && x != 0) {
        exponent = (int)floor(log2(fabs((double)x))) + 1;
        double mantissa = fabs((double)x) * exp2(-exponent); /* log2 may be off by one near powers of two */
        exponent += mantissa >= 1 ? 1 : mantissa < 0.5 ? -1 : 0;
    }
    return (uint64_t)exponent;
}

static const struct valu_check checks32[] = {
    {"v_add_f32 v0, v2, v4", r_add, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_sub_f32 v0, v2, v4", r_sub, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_subrev_f32 v0, v2, v4", r_subrev, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_mul_f32 v0, v2, v4", r_mul, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_mul_legacy_f32 v0, v2, v4", r_mul_legacy, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_fma_f32 v0, v2, v4, v6", r_fma, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_fmac_f32 v0, v2, v4", r_fmac, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_fmamk_f32 v0, v2, 0x3fc00001, v4", r_fmamk, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_fmaak_f32 v0, v2, v4, 0x3fc00001", r_fmaak, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_min_f32 v0, v2, v4", r_min, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_max_f32 v0, v2, v4", r_max, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_min3_f32 v0, v2, v4, v6", r_min3, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_max3_f32 v0, v2, v4, v6", r_max3, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_med3_f32 v0, v2, v4, v6", r_med3, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_minimum3_f32 v0, v2, v4, v6", r_minimum3, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_maximum3_f32 v0, v2, v4, v6", r_maximum3, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_trunc_f32 v0, v2", r_trunc, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_ceil_f32 v0, v2", r_ceil, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_floor_f32 v0, v2", r_floor, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_rndne_f32 v0, v2", r_rndne, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_fract_f32 v0, v2", r_fract, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_ldexp_f32 v0, v2, v4", r_ldexp, 32, VALUES_F32, VALUES_INT, VALUES_F32},
    {"v_frexp_mant_f32 v0, v2", r_frexp_mant, 32, VALUES_F32, VALUES_F32, VALUES_F32},
    {"v_frexp_exp_i32_f32 v0, v2", r_frexp_exp, 32, VALUES_F32, VALUES_F32, VALUES_F32},
};

/* ---- packed ---- */

#define HALF_OF(member, h) (uint32_t)(l->member >> 32 * (h))
static uint64_t both(const struct valu_lane *l, valu_reference one, int a_low, int a_high, int b_low, int b_high,
                     int c_low, int c_high) {
    struct valu_lane low = {HALF_OF(a, a_low), HALF_OF(b, b_low), HALF_OF(c, c_low), 0};
    struct valu_lane high = {HALF_OF(a, a_high), HALF_OF(b, b_high), HALF_OF(c, c_high), 0};
    return one(&low) | one(&high) << 32;
}
static uint64_t r_pk_add(const struct valu_lane *l) {
    return both(l, r_add, 0, 1, 0, 1, 0, 1);
}
static uint64_t r_pk_mul(const struct valu_lane *l) {
    return both(l, r_mul, 0, 1, 0, 1, 0, 1);
}
static uint64_t r_pk_fma(const struct valu_lane *l) {
    return both(l, r_fma, 0, 1, 0, 1, 0, 1);
}
static uint64_t r_pk_fma_sel(const struct valu_lane *l) {
    return both(l, r_fma, 1, 0, 0, 0, 1, 1);
}
static uint64_t r_pk_fma_neg(const struct valu_lane *l) {
    struct valu_lane with = *l;
    with.a ^= 0x80000000ull;         /* neg_lo of the first source */
    with.c ^= 0x8000000000000000ull; /* neg_hi of the third */
    return r_pk_fma(&with);
}
static uint64_t r_pk_mov(const struct valu_lane *l) {
    return HALF_OF(a, 1) | (uint64_t)HALF_OF(b, 0) << 32;
}

static const struct valu_check checks_packed[] = {
    {"v_pk_add_f32 v[0:1], v[2:3], v[4:5]", r_pk_add, 64, VALUES_PK_F32, VALUES_PK_F32, VALUES_PK_F32},
    {"v_pk_mul_f32 v[0:1], v[2:3], v[4:5]", r_pk_mul, 64, VALUES_PK_F32, VALUES_PK_F32, VALUES_PK_F32},
    {"v_pk_fma_f32 v[0:1], v[2:3], v[4:5], v[6:7]", r_pk_fma, 64, VALUES_PK_F32, VALUES_PK_F32, VALUES_PK_F32},
    {"v_pk_fma_f32 v[0:1], v[2:3], v[4:5], v[6:7] op_sel:[1,0,1] op_sel_hi:[0,0,1]", r_pk_fma_sel, 64, VALUES_PK_F32,
     VALUES_PK_F32, VALUES_PK_F32},
    {"v_pk_fma_f32 v[0:1], v[2:3], v[4:5], v[6:7] neg_lo:[1,0,0] neg_hi:[0,0,1]", r_pk_fma_neg, 64, VALUES_PK_F32,
     VALUES_PK_F32, VALUES_PK_F32},
    {"v_pk_mov_b32 v[0:1], v[2:3], v[4:5] op_sel:[1,0]", r_pk_mov, 64, VALUES_PK_F32, VALUES_PK_F32, VALUES_PK_F32},
};

/* ---- fp64 ---- */

static uint64_t flush_in64(uint64_t x) {
    return !(test_mode >> 6 & 1) && !(x & 0x7ff0000000000000ull) ? x & 1ull << 63 : x;
}
static uint64_t flush_out64(uint64_t x) {
    return !(test_mode >> 7 & 1) && !(x & 0x7ff0000000000000ull) ? x & 1ull << 63 : x;
}
static uint64_t finish64(double result, const uint64_t *sources, int count) {
    if (!isnan(result)) {
        return flush_out64(check_double_bits(result));
    }
    for (int k = 0; k < count; k++) {
        if (nan64(sources[k])) {
            return sources[k] | QUIET64;
        }
    }
    return NAN64;
}
#define REF64(name, count, expr)                                                                                  \
    static uint64_t name(const struct valu_lane *l) {                                                             \
        const uint64_t sources[3] = {flush_in64(l->a), flush_in64(l->b), flush_in64(l->c)};                       \
        volatile double a = check_double(sources[0]), b = check_double(sources[1]), c = check_double(sources[2]); \
        (void)a, (void)b, (void)c;                                                                                \
        fesetround(host_round(test_mode >> 2 & 3));                                                               \
        volatile double result = (expr);                                                                          \
        fesetround(FE_TONEAREST);                                                                                 \
        return finish64(result, sources, count);                                                                  \
    }
REF64(r_add64, 2, a + b)
REF64(r_mul64, 2, a *b)
REF64(r_fma64, 3, fma(a, b, c))
REF64(r_trunc64, 1, trunc(a))
REF64(r_ceil64, 1, ceil(a))
REF64(r_floor64, 1, floor(a))
REF64(r_rcp64, 1, 1.0 / a)
REF64(r_sqrt64, 1, sqrt(a))
REF64(r_fract64, 1, a - floor(a) >= 1 ? nextafter(1, 0) : a - floor(a))
static uint64_t r_rndne64(const struct valu_lane *l) {
    uint64_t source = flush_in64(l->a);
    return finish64(nearbyint(check_double(source)), &source, 1);
}
static uint64_t r_rsq64(const struct valu_lane *l) {
    uint64_t source = flush_in64(l->a);
    fesetround(host_round(test_mode >> 2 & 3));
    volatile double root = sqrt(check_double(source));
    volatile double result = 1.0 / root;
    fesetround(FE_TONEAREST);
    return finish64(result, &source, 1);
}
static uint64_t pick64(uint64_t a, uint64_t b, bool want_max) {
    bool ieee = test_mode & SIM_MODE_IEEE;
    if (ieee && (snan64(a) || snan64(b))) {
        return (snan64(a) ? a : b) | QUIET64;
    }
    if (nan64(a) || nan64(b)) {
        return nan64(a) ? b : a;
    }
    double x = check_double(a), y = check_double(b);
    if (x == y) {
        return !signbit(x) == !want_max ? b : a;
    }
    return (x < y) != want_max ? a : b;
}
static uint64_t r_min64(const struct valu_lane *l) {
    return flush_out64(pick64(flush_in64(l->a), flush_in64(l->b), false));
}
static uint64_t r_max64(const struct valu_lane *l) {
    return flush_out64(pick64(flush_in64(l->a), flush_in64(l->b), true));
}
static uint64_t r_ldexp64(const struct valu_lane *l) {
    uint64_t source = flush_in64(l->a);
    fesetround(host_round(test_mode >> 2 & 3));
    volatile double result = ldexp(check_double(source), (int32_t)l->b);
    fesetround(FE_TONEAREST);
    return finish64(result, &source, 1);
}
static uint64_t r_fmac64(const struct valu_lane *l) {
    struct valu_lane with = *l;
    with.c = l->old;
    return r_fma64(&with);
}

#define D3 VALUES_F64, VALUES_F64, VALUES_F64
static const struct valu_check checks64[] = {
    {"v_add_f64 v[0:1], v[2:3], v[4:5]", r_add64, 64, D3},
    {"v_mul_f64 v[0:1], v[2:3], v[4:5]", r_mul64, 64, D3},
    {"v_fma_f64 v[0:1], v[2:3], v[4:5], v[6:7]", r_fma64, 64, D3},
    {"v_fmac_f64 v[0:1], v[2:3], v[4:5]", r_fmac64, 64, D3},
    {"v_min_f64 v[0:1], v[2:3], v[4:5]", r_min64, 64, D3},
    {"v_max_f64 v[0:1], v[2:3], v[4:5]", r_max64, 64, D3},
    {"v_trunc_f64 v[0:1], v[2:3]", r_trunc64, 64, D3},
    {"v_ceil_f64 v[0:1], v[2:3]", r_ceil64, 64, D3},
    {"v_floor_f64 v[0:1], v[2:3]", r_floor64, 64, D3},
    {"v_rndne_f64 v[0:1], v[2:3]", r_rndne64, 64, D3},
    {"v_fract_f64 v[0:1], v[2:3]", r_fract64, 64, D3},
    {"v_rcp_f64 v[0:1], v[2:3]", r_rcp64, 64, D3},
    {"v_sqrt_f64 v[0:1], v[2:3]", r_sqrt64, 64, D3},
    {"v_rsq_f64 v[0:1], v[2:3]", r_rsq64, 64, D3},
    {"v_ldexp_f64 v[0:1], v[2:3], v4", r_ldexp64, 64, VALUES_F64, VALUES_INT, VALUES_F64},
};

static void run_all(uint32_t mode, unsigned rounds) {
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    test_mode = t->wave->mode = mode;
    for (size_t i = 0; i < sizeof checks32 / sizeof *checks32; i++) {
        check_run(t, &checks32[i], rounds);
    }
    for (size_t i = 0; i < sizeof checks_packed / sizeof *checks_packed; i++) {
        check_run(t, &checks_packed[i], rounds);
    }
    for (size_t i = 0; i < sizeof checks64 / sizeof *checks64; i++) {
        check_run(t, &checks64[i], rounds);
    }
    sim_asm_destroy(t);
}
#define DEFAULT_MODE (0xf0u | SIM_MODE_DX10_CLAMP | SIM_MODE_IEEE)

static void default_mode(void **state) {
    (void)state;
    run_all(DEFAULT_MODE, 60);
}
static void rounding_modes(void **state) {
    (void)state;
    for (uint32_t round = 1; round < 4; round++) {
        run_all(DEFAULT_MODE | round | (3 - round) << 2, 30);
    }
}
static void denormal_modes(void **state) {
    (void)state;
    for (uint32_t denormals = 0; denormals < 3; denormals++) {
        run_all((DEFAULT_MODE & ~0xf0u) | denormals << 4 | (2 - denormals) << 6, 30);
    }
}
static void without_ieee(void **state) {
    (void)state;
    run_all(DEFAULT_MODE & ~SIM_MODE_IEEE, 30);
}

/* ---- modifiers ---- */

static void source_modifiers(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[2][i] = (uint32_t)check_float_bits((float)i - 20.5f);
        t->wave->vgpr[4][i] = (uint32_t)check_float_bits(3.0f - (float)i);
        check_put(t, 6, i, check_double_bits((double)i - 10.25));
    }
    t->wave->sgpr[10] = (uint32_t)check_float_bits(-2.5f);
    assert_true(sim_asm_run(t, "v_add_f32_e64 v0, -v2, |v4|\n"
                               "v_fma_f32 v1, -|v2|, v4, |s10|\n"
                               "v_mul_f32_e64 v8, |v2|, 0.5\n"
                               "v_mul_f32 v12, 0.15915494, v4\n"
                               "v_add_f64 v[10:11], -v[6:7], |v[6:7]|\n"
                               "v_mul_f64 v[14:15], v[6:7], 0.5\n"
                               "v_mul_f64 v[16:17], 0.15915494309189532, v[6:7]\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) {
        float a = (float)i - 20.5f, b = 3.0f - (float)i;
        double d = (double)i - 10.25;
        assert_true(check_float(t->wave->vgpr[0][i]) == -a + fabsf(b));
        assert_true(check_float(t->wave->vgpr[1][i]) == -fabsf(a) * b + 2.5f);
        assert_true(check_float(t->wave->vgpr[8][i]) == fabsf(a) * 0.5f);
        assert_true(check_float(t->wave->vgpr[12][i]) == check_float(0x3e22f983) * b);
        assert_true(check_double(check_get(t, 10, i, 64)) == -d + fabs(d));
        assert_true(check_double(check_get(t, 14, i, 64)) == d * 0.5);
        assert_true(check_double(check_get(t, 16, i, 64)) == check_double(0x3fc45f306dc9c882ull) * d);
    }
    sim_asm_destroy(t);
}

static void clamp(void **state) {
    (void)state;
    static const float values[] = {-1.0f, -0.0f, 0.0f, 0.25f, 1.0f, 1.5f, INFINITY, -INFINITY};
    for (int dx10 = 0; dx10 < 2; dx10++) {
        struct sim_asm *t = sim_asm_create(SIM_GFX942);
        t->wave->mode = dx10 ? DEFAULT_MODE : DEFAULT_MODE & ~SIM_MODE_DX10_CLAMP;
        for (unsigned i = 0; i < SIM_LANES; i++) {
            float x = values[i % 8];
            t->wave->vgpr[2][i] = i < 60 ? (uint32_t)check_float_bits(x) : 0x7fc00000;
            t->wave->vgpr[3][i] = i < 60 ? (uint32_t)check_float_bits(x / 2) : 0x3f000000;
            check_put(t, 4, i, i < 60 ? check_double_bits((double)x) : 0x7ff8000000000000);
        }
        assert_true(sim_asm_run(t, "v_mul_f32_e64 v0, v2, 1.0 clamp\n"
                                   "v_mul_f64 v[6:7], v[4:5], 1.0 clamp\n"
                                   "v_pk_mul_f32 v[8:9], v[2:3], 1.0 op_sel_hi:[1,0] clamp\n"));
        for (unsigned i = 0; i < SIM_LANES; i++) {
            float x = values[i % 8];
            float want = x > 1 ? 1.0f : x > 0 ? x : 0.0f, want_half = x / 2 > 1 ? 1.0f : x > 0 ? x / 2 : 0.0f;
            if (i >= 60) {
                assert_int_equal(t->wave->vgpr[0][i], dx10 ? 0 : 0x7fc00000);
                assert_int_equal(t->wave->vgpr[8][i], dx10 ? 0 : 0x7fc00000);
                assert_true(check_get(t, 6, i, 64) == (dx10 ? 0 : 0x7ff8000000000000));
            } else {
                assert_int_equal(t->wave->vgpr[0][i], check_float_bits(want));
                assert_int_equal(t->wave->vgpr[8][i], check_float_bits(want));
                assert_int_equal(t->wave->vgpr[9][i], check_float_bits(want_half));
                assert_true(check_get(t, 6, i, 64) == check_double_bits((double)want));
            }
        }
        sim_asm_destroy(t);
    }
}

static void output_modifiers(void **state) {
    (void)state;
    /* honoured without IEEE and with output denormals flushed, ignored otherwise */
    static const uint32_t modes[] = {SIM_MODE_DX10_CLAMP | 0xc0, DEFAULT_MODE, SIM_MODE_DX10_CLAMP | 0xf0};
    for (int k = 0; k < 3; k++) {
        struct sim_asm *t = sim_asm_create(SIM_GFX942);
        t->wave->mode = modes[k];
        for (unsigned i = 0; i < SIM_LANES; i++) {
            t->wave->vgpr[2][i] = (uint32_t)check_float_bits((float)i);
        }
        assert_true(sim_asm_run(t, "v_add_f32_e64 v0, v2, 1.0 mul:2\n"
                                   "v_add_f32_e64 v1, v2, 1.0 mul:4\n"
                                   "v_add_f32_e64 v4, v2, 1.0 div:2\n"));
        for (unsigned i = 0; i < SIM_LANES; i++) {
            float x = (float)i + 1.0f;
            assert_true(check_float(t->wave->vgpr[0][i]) == (k ? x : x * 2));
            assert_true(check_float(t->wave->vgpr[1][i]) == (k ? x : x * 4));
            assert_true(check_float(t->wave->vgpr[4][i]) == (k ? x : x / 2));
        }
        sim_asm_destroy(t);
    }
}

/* ---- division: the sequence that compilers emit gives correctly rounded quotients ---- */

static void division(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 21;
    for (int round = 0; round < 40; round++) {
        uint32_t x[SIM_LANES], y[SIM_LANES];
        for (unsigned i = 0; i < SIM_LANES; i++) {
            x[i] = t->wave->vgpr[2][i] = (uint32_t)check_value(VALUES_F32, &random);
            y[i] = t->wave->vgpr[4][i] = (uint32_t)check_value(VALUES_F32, &random);
        }
        assert_true(sim_asm_run(t, "v_div_scale_f32 v10, s[10:11], v4, v4, v2\n"
                                   "v_rcp_f32 v12, v10\n"
                                   "v_div_scale_f32 v11, vcc, v2, v4, v2\n"
                                   "v_fma_f32 v13, -v10, v12, 1.0\n"
                                   "v_fmac_f32 v12, v13, v12\n"
                                   "v_mul_f32 v13, v11, v12\n"
                                   "v_fma_f32 v14, -v10, v13, v11\n"
                                   "v_fmac_f32 v13, v14, v12\n"
                                   "v_fma_f32 v10, -v10, v13, v11\n"
                                   "v_div_fmas_f32 v10, v10, v12, v13\n"
                                   "v_div_fixup_f32 v0, v10, v4, v2\n"));
        for (unsigned i = 0; i < SIM_LANES; i++) {
            float quotient = check_float(x[i]) / check_float(y[i]);
            if (isnan(quotient)) {
                assert_true(nan32(t->wave->vgpr[0][i]));
            } else {
                assert_int_equal(t->wave->vgpr[0][i], check_float_bits(quotient));
            }
        }
    }
    for (int round = 0; round < 40; round++) {
        uint64_t x[SIM_LANES], y[SIM_LANES];
        for (unsigned i = 0; i < SIM_LANES; i++) {
            check_put(t, 2, i, x[i] = check_value(VALUES_F64, &random));
            check_put(t, 4, i, y[i] = check_value(VALUES_F64, &random));
        }
        assert_true(sim_asm_run(t, "v_div_scale_f64 v[10:11], s[10:11], v[4:5], v[4:5], v[2:3]\n"
                                   "v_rcp_f64 v[12:13], v[10:11]\n"
                                   "v_fma_f64 v[14:15], -v[10:11], v[12:13], 1.0\n"
                                   "v_fma_f64 v[12:13], v[12:13], v[14:15], v[12:13]\n"
                                   "v_fma_f64 v[14:15], -v[10:11], v[12:13], 1.0\n"
                                   "v_fma_f64 v[12:13], v[12:13], v[14:15], v[12:13]\n"
                                   "v_div_scale_f64 v[14:15], vcc, v[2:3], v[4:5], v[2:3]\n"
                                   "v_mul_f64 v[16:17], v[14:15], v[12:13]\n"
                                   "v_fma_f64 v[10:11], -v[10:11], v[16:17], v[14:15]\n"
                                   "v_div_fmas_f64 v[10:11], v[10:11], v[12:13], v[16:17]\n"
                                   "v_div_fixup_f64 v[0:1], v[10:11], v[4:5], v[2:3]\n"));
        for (unsigned i = 0; i < SIM_LANES; i++) {
            double quotient = check_double(x[i]) / check_double(y[i]);
            if (isnan(quotient)) {
                assert_true(nan64(check_get(t, 0, i, 64)));
            } else {
                /* the sequence itself may miss a tie in a denormal result */
                uint64_t off = check_get(t, 0, i, 64) - check_double_bits(quotient);
                assert_true(off == 0 || (fabs(quotient) < 0x1p-1022 && off + 1 <= 2));
            }
        }
    }
    sim_asm_destroy(t);
}

/* ---- halves into fp32 ---- */

static void mixed_and_dot(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    /* small integers: exact in every order */
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[2][i] = 0x4500c200; /* fp16 5, -3 */
        t->wave->vgpr[3][i] = 0x47004000; /* fp16 7, 2 */
        t->wave->vgpr[4][i] = (uint32_t)check_float_bits((float)i);
        t->wave->vgpr[5][i] = 0x40a0c040; /* bf16 5, -3 */
        t->wave->vgpr[6][i] = 0x40e04000; /* bf16 7, 2 */
        t->wave->vgpr[8][i] = t->wave->vgpr[9][i] = (uint32_t)check_float_bits(1000.0f);
        t->wave->vgpr[16][i] = t->wave->vgpr[17][i] = 0x11112222;
    }
    assert_true(sim_asm_run(t, "v_dot2_f32_f16 v10, v2, v3, v4\n"
                               "v_dot2_f32_f16 v11, v2, v3, v4 neg_lo:[1,0,0]\n"
                               "v_dot2_f32_bf16 v12, v5, v6, v4\n"
                               "v_dot2c_f32_f16 v8, v2, v3\n"
                               "v_dot2c_f32_bf16 v9, v5, v6\n"
                               "v_fma_mix_f32 v13, v2, v3, v4 op_sel_hi:[1,1,0]\n"
                               "v_fma_mix_f32 v14, v2, -v3, |v4| op_sel:[1,0,0] op_sel_hi:[1,1,0]\n"
                               "v_fma_mix_f32 v15, v4, v4, v2 op_sel:[0,0,1] op_sel_hi:[0,0,1]\n"
                               "v_fma_mixlo_f16 v16, v2, v3, v4 op_sel_hi:[1,1,0]\n"
                               "v_fma_mixhi_f16 v17, v2, v3, v4 op_sel_hi:[1,1,0]\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) {
        float x = (float)i;
        assert_true(check_float(t->wave->vgpr[10][i]) == -6 + 35 + x);
        assert_true(check_float(t->wave->vgpr[11][i]) == 6 + 35 + x);
        assert_true(check_float(t->wave->vgpr[12][i]) == -6 + 35 + x);
        assert_true(check_float(t->wave->vgpr[8][i]) == 1029);
        assert_true(check_float(t->wave->vgpr[9][i]) == 1029);
        assert_true(check_float(t->wave->vgpr[13][i]) == -6 + x);
        assert_true(check_float(t->wave->vgpr[14][i]) == -10 + x);
        assert_true(check_float(t->wave->vgpr[15][i]) == x * x + 5);
        assert_int_equal(t->wave->vgpr[16][i] >> 16, 0x1111);
        assert_int_equal(t->wave->vgpr[17][i] & 0xffff, 0x2222);
        assert_int_equal(t->wave->vgpr[16][i] & 0xffff, t->wave->vgpr[17][i] >> 16);
    }
    static const uint16_t expected[] = {0xc600, 0xc500, 0xc400, 0xc200, 0xc000, 0xbc00, 0x0000, 0x3c00}; /* -6 ... 1 */
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(t->wave->vgpr[16][i] & 0xffff, expected[i]);
    }
    sim_asm_destroy(t);
}

/* ---- cube maps and trigonometric reduction ---- */

static void cube_faces(void **state) {
    (void)state;
    static const float directions[6][3] = {{3, 1, 2}, {-3, 1, 2}, {1, 3, 2}, {1, -3, 2}, {1, 2, 3}, {1, 2, -3}};
    static const float expected[6][4] = {{0, 6, -2, -1}, {1, -6, 2, -1}, {2, 6, 1, 2},
                                         {3, -6, 1, -2}, {4, 6, 1, -2},  {5, -6, -1, -2}}; /* id ma sc tc */
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        for (unsigned k = 0; k < 3; k++) {
            t->wave->vgpr[k + 1][i] = (uint32_t)check_float_bits(directions[i % 6][k]);
        }
    }
    assert_true(sim_asm_run(t, "v_cubeid_f32 v4, v1, v2, v3\nv_cubema_f32 v5, v1, v2, v3\n"
                               "v_cubesc_f32 v6, v1, v2, v3\nv_cubetc_f32 v7, v1, v2, v3\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) {
        for (unsigned k = 0; k < 4; k++) {
            assert_true(check_float(t->wave->vgpr[4 + k][i]) == expected[i % 6][k]);
        }
    }
    sim_asm_destroy(t);
}

/* The parts of 2/pi that v_trig_preop_f64 hands out add up to 2/pi. */
static void trig_preop(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        check_put(t, 2, i, check_double_bits(1.0));
    }
    assert_true(sim_asm_run(t, "v_trig_preop_f64 v[4:5], v[2:3], 0\nv_trig_preop_f64 v[6:7], v[2:3], 1\n"
                               "v_trig_preop_f64 v[8:9], v[2:3], 2\n"));
    long double first = (long double)check_double(check_get(t, 4, 0, 64));
    long double second = (long double)check_double(check_get(t, 6, 0, 64));
    assert_true(first + second == 0.636619772367581343075535053490057448L);
    assert_true(second < 0x1p-52L && check_double(check_get(t, 8, 0, 64)) < 0x1p-105);
    sim_asm_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_mode),     cmocka_unit_test(rounding_modes),   cmocka_unit_test(denormal_modes),
        cmocka_unit_test(without_ieee),     cmocka_unit_test(source_modifiers), cmocka_unit_test(clamp),
        cmocka_unit_test(output_modifiers), cmocka_unit_test(division),         cmocka_unit_test(mixed_and_dot),
        cmocka_unit_test(cube_faces),       cmocka_unit_test(trig_preop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
