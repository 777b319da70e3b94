/* SPDX-License-Identifier: MIT
 *
 * fp16 arithmetic, single and packed, and conversions between integers, fp16, bf16, fp32 and fp64. The reference forms
 * exact results in long double and rounds them with the host's rintl().
 */
#include "valu_check.h"

#include <fenv.h>
#include <math.h>

#if defined(__clang__)
#pragma STDC FENV_ACCESS ON
#else
#pragma GCC optimize("rounding-math")
#endif

static uint32_t test_mode;

static int host_round(unsigned mode) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    return modes[mode];
}

static bool nan16(uint64_t x) {
    return (x & 0x7fff) > 0x7c00;
}
static long double half(uint64_t bits) {
    unsigned m = bits & 0x3ff, e = bits >> 10 & 31;
    long double value = e == 31 ? (m ? NAN : INFINITY) : e ? ldexpl(1024 + m, (int)e - 25) : ldexpl(m, -24);
    return bits & 0x8000 ? -value : value;
}
static long double flushed(uint64_t bits) {
    return !(test_mode >> 6 & 1) && !(bits & 0x7c00) ? (bits & 0x8000 ? -0.0L : 0.0L) : half(bits);
}

/* x as a float format of `mantissa` bits whose smallest exponent is `least` and largest value `largest`. */
static long double rounded(long double x, int mantissa, int least, long double largest, unsigned mode) {
    if (x == 0 || !isfinite(x)) {
        return x;
    }
    int exponent;
    frexpl(x, &exponent);
    int last = (exponent - 1 < least ? least : exponent - 1) - mantissa;
    fesetround(host_round(mode));
    volatile long double scaled = ldexpl(x, -last);
    volatile long double whole = rintl(scaled);
    fesetround(FE_TONEAREST);
    long double result = copysignl(ldexpl(whole, last), x);
    if (fabsl(result) > largest) {
        bool away = mode == 0 || (mode == 1 && x > 0) || (mode == 2 && x < 0);
        result = copysignl(away ? INFINITY : largest, x);
    }
    return result;
}
static uint64_t half_bits(long double x) { /* of a representable value */
    uint64_t sign = signbit(x) ? 0x8000 : 0;
    long double m = fabsl(x);
    if (isinf(x)) {
        return sign | 0x7c00;
    }
    int exponent;
    frexpl(m, &exponent);
    if (m < 0x1p-14L) {
        return sign | (uint64_t)ldexpl(m, 24);
    }
    return sign | (uint64_t)(exponent + 14) << 10 | ((uint64_t)ldexpl(m, 11 - exponent) & 0x3ff);
}
static uint64_t round_half(long double x) {
    unsigned mode = test_mode >> 2 & 3;
    long double result = rounded(x, 10, -14, 65504, mode);
    if (isinf(result) && isfinite(x) && test_mode & SIM_MODE_FP16_OVFL) {
        result = copysignl(65504, x);
    }
    uint64_t bits = half_bits(result);
    return !(test_mode >> 7 & 1) && !(bits & 0x7c00) ? bits & 0x8000 : bits;
}

/* Result of an operation whose exact value is x; the sign of an exact zero sum comes from a double sum in that mode. */
static uint64_t finish(long double x, const uint64_t *sources, int count) {
    if (!isnan(x)) {
        return round_half(x);
    }
    for (int k = 0; k < count; k++) {
        if (nan16(sources[k])) {
            return (sources[k] & 0xffff) | 0x200;
        }
    }
    return 0xfe00;
}
static long double signed_sum(long double x, long double y) {
    fesetround(host_round(test_mode >> 2 & 3));
    volatile double zero = (double)x + (double)y;
    fesetround(FE_TONEAREST);
    long double sum = x + y;
    return sum == 0 ? (long double)zero : sum;
}

#define REF(name, count, expr)                                               \
    static uint64_t name(const struct valu_lane *l) {                        \
        const uint64_t sources[3] = {l->a, l->b, l->c};                      \
        long double a = flushed(l->a), b = flushed(l->b), c = flushed(l->c); \
        (void)b, (void)c;                                                    \
        return finish(expr, sources, count);                                 \
    }
REF(h_add, 2, signed_sum(a, b))
REF(h_sub, 2, signed_sum(a, -b))
REF(h_mul, 2, a *b)
REF(h_fma, 3, signed_sum(a *b, c))
REF(h_trunc, 1, truncl(a))
REF(h_floor, 1, floorl(a))
REF(h_ceil, 1, ceill(a))
REF(h_rndne, 1, rintl(a))
static uint64_t h_subrev(const struct valu_lane *l) {
    struct valu_lane with = {l->b, l->a, 0, 0};
    uint64_t result = h_sub(&with);
    return nan16(l->a) ? (l->a & 0xffff) | 0x200 : result;
}
static uint64_t h_mad(const struct valu_lane *l) { /* the product is rounded first */
    const uint64_t sources[3] = {l->a, l->b, l->c};
    long double product = flushed(l->a) * flushed(l->b);
    uint64_t bits = isnan(product) ? 0x7e00 : round_half(product);
    return finish(signed_sum(half(bits), flushed(l->c)), sources, 3);
}
static uint64_t h_ldexp(const struct valu_lane *l) {
    const uint64_t sources[1] = {l->a};
    int exponent = (int16_t)l->b;
    return finish(ldexpl(flushed(l->a), exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent), sources, 1);
}
static uint64_t keep_high(uint64_t result, const struct valu_lane *l) {
    return result | (l->old & 0xffff0000);
}
static uint64_t h_fma_keep(const struct valu_lane *l) {
    return keep_high(h_fma(l), l);
}
static uint64_t h_mad_keep(const struct valu_lane *l) {
    return keep_high(h_mad(l), l);
}
static uint64_t h_mac(const struct valu_lane *l) {
    struct valu_lane with = {l->a, l->b, l->old, 0};
    return h_mad(&with);
}
static uint64_t h_fma_selected(const struct valu_lane *l) { /* op_sel:[1,0,1,1] */
    struct valu_lane with = {l->a >> 16, l->b, l->c >> 16, 0};
    return h_fma(&with) << 16 | (l->old & 0xffff);
}

static uint64_t pick(uint64_t a, uint64_t b, bool want_max) {
    bool ieee = test_mode & SIM_MODE_IEEE;
    a &= 0xffff, b &= 0xffff;
    if (ieee && nan16(a) && !(a & 0x200)) {
        return a | 0x200;
    }
    if (ieee && nan16(b) && !(b & 0x200)) {
        return b | 0x200;
    }
    if (nan16(a) || nan16(b)) {
        return nan16(a) ? b : a;
    }
    long double x = half(a), y = half(b);
    if (x == y) {
        return !signbit(x) == !want_max ? b : a;
    }
    return (x < y) != want_max ? a : b;
}
static uint64_t h_min(const struct valu_lane *l) {
    return pick(l->a, l->b, false);
}
static uint64_t h_max(const struct valu_lane *l) {
    return pick(l->a, l->b, true);
}
static uint64_t h_max3(const struct valu_lane *l) {
    return keep_high(pick(pick(l->a, l->b, true), l->c, true), l);
}
static uint64_t h_med3(const struct valu_lane *l) {
    if (nan16(l->a) || nan16(l->b) || nan16(l->c)) {
        return keep_high(pick(pick(l->a, l->b, false), l->c, false), l);
    }
    uint64_t low = pick(l->a, l->b, false), high = pick(l->a, l->b, true);
    return keep_high(pick(low, pick(high, l->c, false), true), l);
}
static uint64_t strict(uint64_t a, uint64_t b, bool want_max) {
    a &= 0xffff, b &= 0xffff;
    return nan16(a) ? a | 0x200 : nan16(b) ? b | 0x200 : pick(a, b, want_max);
}
static uint64_t h_minimum3(const struct valu_lane *l) {
    return strict(strict(l->a, l->b, false), l->c, false);
}
static uint64_t h_maximum3(const struct valu_lane *l) {
    return strict(strict(l->a, l->b, true), l->c, true);
}

static uint64_t packed(const struct valu_lane *l, valu_reference one) {
    struct valu_lane low = {l->a & 0xffff, l->b & 0xffff, l->c & 0xffff, l->old & 0xffff};
    struct valu_lane high = {l->a >> 16 & 0xffff, l->b >> 16 & 0xffff, l->c >> 16 & 0xffff, l->old >> 16 & 0xffff};
    return (one(&low) & 0xffff) | (one(&high) & 0xffff) << 16;
}
static uint64_t p_add(const struct valu_lane *l) {
    return packed(l, h_add);
}
static uint64_t p_mul(const struct valu_lane *l) {
    return packed(l, h_mul);
}
static uint64_t p_fma(const struct valu_lane *l) {
    return packed(l, h_fma);
}
static uint64_t p_min(const struct valu_lane *l) {
    return packed(l, h_min);
}
static uint64_t p_max(const struct valu_lane *l) {
    return packed(l, h_max);
}
static uint64_t p_minimum3(const struct valu_lane *l) {
    return packed(l, h_minimum3);
}
static uint64_t p_maximum3(const struct valu_lane *l) {
    return packed(l, h_maximum3);
}
static uint64_t p_fmac(const struct valu_lane *l) {
    struct valu_lane with = {l->a, l->b, l->old, 0};
    return packed(&with, h_fma);
}
/* op_sel:[1,0] op_sel_hi:[1,0] neg_lo:[1,0] neg_hi:[0,1] */
static uint64_t p_add_selected(const struct valu_lane *l) {
    uint64_t a = l->a >> 16 & 0xffff, b = l->b & 0xffff;
    struct valu_lane with = {(a ^ 0x8000) | a << 16, b | (b ^ 0x8000) << 16, 0, 0};
    return packed(&with, h_add);
}

#define H3 VALUES_F16, VALUES_F16, VALUES_F16
#define P3 VALUES_PK_F16, VALUES_PK_F16, VALUES_PK_F16
static const struct valu_check arithmetic[] = {
    {"v_add_f16 v0, v2, v4", h_add, 32, H3},
    {"v_sub_f16 v0, v2, v4", h_sub, 32, H3},
    {"v_subrev_f16 v0, v2, v4", h_subrev, 32, H3},
    {"v_mul_f16 v0, v2, v4", h_mul, 32, H3},
    {"v_fma_f16 v0, v2, v4, v6", h_fma_keep, 32, H3},
    {"v_fma_f16 v0, v2, v4, v6 op_sel:[1,0,1,1]", h_fma_selected, 32, P3},
    {"v_fma_legacy_f16 v0, v2, v4, v6", h_fma, 32, H3},
    {"v_mad_f16 v0, v2, v4, v6", h_mad_keep, 32, H3},
    {"v_mad_legacy_f16 v0, v2, v4, v6", h_mad, 32, H3},
    {"v_mac_f16 v0, v2, v4", h_mac, 32, H3},
    {"v_trunc_f16 v0, v2", h_trunc, 32, H3},
    {"v_floor_f16 v0, v2", h_floor, 32, H3},
    {"v_ceil_f16 v0, v2", h_ceil, 32, H3},
    {"v_rndne_f16 v0, v2", h_rndne, 32, H3},
    {"v_ldexp_f16 v0, v2, v4", h_ldexp, 32, VALUES_F16, VALUES_INT, VALUES_F16},
    {"v_pk_add_f16 v0, v2, v4", p_add, 32, P3},
    {"v_pk_mul_f16 v0, v2, v4", p_mul, 32, P3},
    {"v_pk_fma_f16 v0, v2, v4, v6", p_fma, 32, P3},
    {"v_pk_fmac_f16 v0, v2, v4", p_fmac, 32, P3},
    {"v_pk_add_f16 v0, v2, v4 op_sel:[1,0] op_sel_hi:[1,0] neg_lo:[1,0] neg_hi:[0,1]", p_add_selected, 32, P3},
};
/* Compared with denormals kept: flushing before comparing is the same code for all. */
static const struct valu_check choices[] = {
    {"v_min_f16 v0, v2, v4", h_min, 32, H3},
    {"v_max_f16 v0, v2, v4", h_max, 32, H3},
    {"v_max3_f16 v0, v2, v4, v6", h_max3, 32, H3},
    {"v_med3_f16 v0, v2, v4, v6", h_med3, 32, H3},
    {"v_pk_min_f16 v0, v2, v4", p_min, 32, P3},
    {"v_pk_max_f16 v0, v2, v4", p_max, 32, P3},
    {"v_pk_minimum3_f16 v0, v2, v4, v6", p_minimum3, 32, P3},
    {"v_pk_maximum3_f16 v0, v2, v4, v6", p_maximum3, 32, P3},
};

/* ---- conversions ---- */

static int64_t bounded(long double x, int64_t low, int64_t high) {
    return isnan(x) ? 0 : x <= low ? low : x >= high ? high : (int64_t)x;
}
static long double single(uint64_t bits) {
    return (long double)check_float(bits);
}
static uint64_t round_single(long double x) {
    long double result = rounded(x, 23, -126, 0x1.fffffep127L, test_mode & 3);
    return check_float_bits((float)result);
}
#define CVT(name, expr)                               \
    static uint64_t name(const struct valu_lane *l) { \
        return (uint64_t)(expr);                      \
    }
CVT(c_i32_f32, bounded(single(l->a), INT32_MIN, INT32_MAX))
CVT(c_u32_f32, bounded(single(l->a), 0, UINT32_MAX))
CVT(c_flr, bounded(floorl(single(l->a)), INT32_MIN, INT32_MAX))
CVT(c_rpi, bounded(floorl((long double)(check_float(l->a) + 0.5f)), INT32_MIN, INT32_MAX))
CVT(c_f32_i32, round_single((long double)(int32_t)l->a))
CVT(c_f32_u32, round_single((long double)(uint32_t)l->a))
CVT(c_byte0, check_float_bits((float)(l->a & 255)))
CVT(c_byte3, check_float_bits((float)(l->a >> 24 & 255)))
CVT(c_off, check_float_bits((float)((int)(l->a & 15) - ((l->a & 8) ? 16 : 0)) / 16.0f))
CVT(c_i16_f16, bounded(half(l->a), -32768, 32767) & 0xffff)
CVT(c_u16_f16, bounded(half(l->a), 0, 65535) & 0xffff)
CVT(c_f16_i16, round_half((int16_t)l->a))
CVT(c_f16_u16, round_half((uint16_t)l->a))
CVT(c_i32_f64, bounded((long double)check_double(l->a), INT32_MIN, INT32_MAX))
CVT(c_u32_f64, bounded((long double)check_double(l->a), 0, UINT32_MAX))
CVT(c_f64_i32, check_double_bits((double)(int32_t)l->a))
CVT(c_f64_u32, check_double_bits((double)(uint32_t)l->a))
static uint64_t c_f16_f32(const struct valu_lane *l) {
    long double x = single(l->a);
    return isnan(x) ? (l->a >> 16 & 0x8000) | 0x7e00 | (l->a >> 13 & 0x3ff) : round_half(x);
}
static uint64_t c_f32_f16(const struct valu_lane *l) {
    return nan16(l->a) ? (l->a & 0x8000) << 16 | 0x7fc00000 | (l->a & 0x3ff) << 13
                       : check_float_bits((float)half(l->a));
}
static uint64_t c_f32_f64(const struct valu_lane *l) {
    double x = check_double(l->a);
    if (isnan(x)) {
        return (l->a >> 32 & 0x80000000) | 0x7fc00000 | (l->a >> 29 & 0x3fffff);
    }
    return round_single((long double)x);
}
static uint64_t c_f64_f32(const struct valu_lane *l) {
    if ((l->a & 0x7fffffff) > 0x7f800000) {
        return (l->a & 0x80000000) << 32 | 0x7ff8000000000000 | (l->a & 0x3fffff) << 29;
    }
    return check_double_bits((double)check_float(l->a));
}
static uint64_t one_rtz(uint64_t bits) {
    long double x = single(bits);
    if (isnan(x)) {
        return (bits >> 16 & 0x8000) | 0x7e00 | (bits >> 13 & 0x3ff);
    }
    return half_bits(rounded(x, 10, -14, 65504, 3));
}
CVT(c_pkrtz, one_rtz(l->a) | one_rtz(l->b) << 16)
static uint64_t one_bf16(uint64_t bits) {
    long double x = single(bits);
    if (isnan(x)) {
        return (bits >> 16 & 0xffff) | 0x40;
    }
    return check_float_bits((float)rounded(x, 7, -126, 0x1.fep127L, 0)) >> 16;
}
CVT(c_pk_bf16, one_bf16(l->a) | one_bf16(l->b) << 16)
static uint64_t c_pk_f16(const struct valu_lane *l) {
    struct valu_lane second = {l->b, 0, 0, 0};
    return c_f16_f32(l) | c_f16_f32(&second) << 16;
}
CVT(c_f32_bf16, (l->a & 0xffff) << 16 | ((l->a & 0x7fff) > 0x7f80 ? 0x400000 : 0))
static int64_t norm(long double x, long double low, long double scale) {
    x = isnan(x) ? 0 : x < low ? low : x > 1 ? 1 : x;
    return (int64_t)rintl((long double)(float)(x * scale)) & 0xffff;
}
CVT(c_pknorm_i16, norm(single(l->a), -1, 32767) | norm(single(l->b), -1, 32767) << 16)
CVT(c_pknorm_u16, norm(single(l->a), 0, 65535) | norm(single(l->b), 0, 65535) << 16)
CVT(c_norm_i16_f16, norm(half(l->a), -1, 32767))
CVT(c_norm_u16_f16, norm(half(l->a), 0, 65535))
CVT(c_pknorm_i16_f16, norm(half(l->a), -1, 32767) | norm(half(l->b), -1, 32767) << 16)
CVT(c_pk_u8, (l->c & 0xffffffff & ~(255ull << 8 * (l->b & 3))) | (uint64_t)bounded(single(l->a), 0, 255)
                                                                     << 8 * (l->b & 3))
CVT(c_pack, (l->a & 0xffff) | (l->b & 0xffff) << 16)
CVT(c_pack_selected, (l->a >> 16 & 0xffff) | (l->b & 0xffff) << 16)

#define I3 VALUES_INT, VALUES_INT, VALUES_INT
#define F3 VALUES_F32, VALUES_F32, VALUES_F32
#define D3 VALUES_F64, VALUES_F64, VALUES_F64
static const struct valu_check conversions[] = {
    {"v_cvt_i32_f32 v0, v2", c_i32_f32, 32, F3},
    {"v_cvt_u32_f32 v0, v2", c_u32_f32, 32, F3},
    {"v_cvt_flr_i32_f32 v0, v2", c_flr, 32, F3},
    {"v_cvt_rpi_i32_f32 v0, v2", c_rpi, 32, F3},
    {"v_cvt_f32_i32 v0, v2", c_f32_i32, 32, I3},
    {"v_cvt_f32_u32 v0, v2", c_f32_u32, 32, I3},
    {"v_cvt_f32_ubyte0 v0, v2", c_byte0, 32, I3},
    {"v_cvt_f32_ubyte3 v0, v2", c_byte3, 32, I3},
    {"v_cvt_off_f32_i4 v0, v2", c_off, 32, I3},
    {"v_cvt_i16_f16 v0, v2", c_i16_f16, 32, H3},
    {"v_cvt_u16_f16 v0, v2", c_u16_f16, 32, H3},
    {"v_cvt_f16_i16 v0, v2", c_f16_i16, 32, I3},
    {"v_cvt_f16_u16 v0, v2", c_f16_u16, 32, I3},
    {"v_cvt_f16_f32 v0, v2", c_f16_f32, 32, F3},
    {"v_cvt_f32_f16 v0, v2", c_f32_f16, 32, H3},
    {"v_cvt_i32_f64 v0, v[2:3]", c_i32_f64, 32, D3},
    {"v_cvt_u32_f64 v0, v[2:3]", c_u32_f64, 32, D3},
    {"v_cvt_f64_i32 v[0:1], v2", c_f64_i32, 64, I3},
    {"v_cvt_f64_u32 v[0:1], v2", c_f64_u32, 64, I3},
    {"v_cvt_f32_f64 v0, v[2:3]", c_f32_f64, 32, D3},
    {"v_cvt_f64_f32 v[0:1], v2", c_f64_f32, 64, F3},
    {"v_cvt_pkrtz_f16_f32 v0, v2, v4", c_pkrtz, 32, F3},
    {"v_cvt_pk_bf16_f32 v0, v2, v4", c_pk_bf16, 32, F3},
    {"v_cvt_f32_bf16 v0, v2", c_f32_bf16, 32, VALUES_BF16, VALUES_BF16, VALUES_BF16},
    {"v_cvt_pknorm_i16_f32 v0, v2, v4", c_pknorm_i16, 32, F3},
    {"v_cvt_pknorm_u16_f32 v0, v2, v4", c_pknorm_u16, 32, F3},
    {"v_cvt_norm_i16_f16 v0, v2", c_norm_i16_f16, 32, H3},
    {"v_cvt_norm_u16_f16 v0, v2", c_norm_u16_f16, 32, H3},
    {"v_cvt_pknorm_i16_f16 v0, v2, v4", c_pknorm_i16_f16, 32, H3},
    {"v_cvt_pk_u8_f32 v0, v2, v4, v6", c_pk_u8, 32, VALUES_F32, VALUES_INT, VALUES_INT},
    {"v_pack_b32_f16 v0, v2, v4", c_pack, 32, P3},
    {"v_pack_b32_f16 v0, v2, v4 op_sel:[1,0,0]", c_pack_selected, 32, P3},
};
static const struct valu_check nearest_only[] = {{"v_cvt_pk_f16_f32 v0, v2, v4", c_pk_f16, 32, F3}};

#define COUNT(a) (sizeof(a) / sizeof *(a))
static void run(const struct valu_check *checks, size_t count, uint32_t mode, unsigned rounds) {
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    test_mode = t->wave->mode = mode;
    for (size_t i = 0; i < count; i++) {
        check_run(t, &checks[i], rounds);
    }
    sim_asm_destroy(t);
}
#define DEFAULT_MODE (0xf0u | SIM_MODE_DX10_CLAMP | SIM_MODE_IEEE)

static void default_mode(void **state) {
    (void)state;
    run(arithmetic, COUNT(arithmetic), DEFAULT_MODE, 100);
    run(choices, COUNT(choices), DEFAULT_MODE, 60);
    run(choices, COUNT(choices), DEFAULT_MODE & ~SIM_MODE_IEEE, 30);
}
static void rounding_modes(void **state) {
    (void)state;
    for (uint32_t round = 1; round < 4; round++) {
        run(arithmetic, COUNT(arithmetic), DEFAULT_MODE | round << 2, 40);
    }
}
static void denormal_modes(void **state) {
    (void)state;
    for (uint32_t denormals = 0; denormals < 3; denormals++) {
        /* v_mad rounds its product before the flushed sum, so it is left to the other modes */
        for (size_t i = 0; i < COUNT(arithmetic); i++) {
            if (!strstr(arithmetic[i].text, "_mad_") && !strstr(arithmetic[i].text, "_mac_")) {
                run(&arithmetic[i], 1, (DEFAULT_MODE & ~0xc0u) | denormals << 6, 30);
            }
        }
    }
}
static void overflow_mode(void **state) {
    (void)state;
    run(arithmetic, COUNT(arithmetic), DEFAULT_MODE | SIM_MODE_FP16_OVFL, 40);
}
static void convert(void **state) {
    (void)state;
    run(conversions, COUNT(conversions), DEFAULT_MODE, 80);
    run(nearest_only, COUNT(nearest_only), DEFAULT_MODE, 80);
    for (uint32_t round = 1; round < 4; round++) {
        run(conversions, COUNT(conversions), DEFAULT_MODE | round | round << 2, 30);
    }
}

/* Every fp16 pattern to fp32 and back. */
static void every_half(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    const struct sim_inst *inst = sim_asm_decode(t, "v_cvt_f32_f16 v4, v2");
    for (unsigned base = 0; base < 0x10000; base += SIM_LANES) {
        for (unsigned i = 0; i < SIM_LANES; i++) {
            t->wave->vgpr[2][i] = base + i;
        }
        inst->exec(t->wave, inst);
        for (unsigned i = 0; i < SIM_LANES; i++) {
            long double exact = half(base + i);
            float found = check_float(t->wave->vgpr[4][i]);
            assert_true(isnan(exact) ? isnan(found)
                                     : (long double)found == exact && !signbit(found) == !signbit(exact));
        }
    }
    inst = sim_asm_decode(t, "v_cvt_f16_f32 v0, v4");
    for (unsigned base = 0; base < 0x10000; base += SIM_LANES) {
        for (unsigned i = 0; i < SIM_LANES; i++) {
            t->wave->vgpr[4][i] = (uint32_t)check_float_bits((float)half(base + i));
        }
        inst->exec(t->wave, inst);
        for (unsigned i = 0; i < SIM_LANES; i++) {
            if (!nan16(base + i)) {
                assert_int_equal(t->wave->vgpr[0][i], base + i);
            }
        }
    }
    sim_asm_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_mode),  cmocka_unit_test(rounding_modes), cmocka_unit_test(denormal_modes),
        cmocka_unit_test(overflow_mode), cmocka_unit_test(convert),        cmocka_unit_test(every_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
