/* SPDX-License-Identifier: MIT
 *
 * Conversions to and from FP8, BF8, FP6, BF6 and FP4: every code of both encodings, and encoding by search for the
 * nearest code, so that nothing here knows how the simulator rounds.
 */
#include "valu_check.h"

#include <math.h>
#include <stdlib.h>

/* A format by its definition: value of a code from its fields. */
struct format {
    int exponent_bits, mantissa_bits, bias;
    enum { IEEE, FN, FNUZ, FINITE } kind;
};
static const struct format e4m3fn = {4, 3, 7, FN}, e4m3fnuz = {4, 3, 8, FNUZ}, e5m2 = {5, 2, 15, IEEE},
                           e5m2fnuz = {5, 2, 16, FNUZ}, e2m3 = {2, 3, 1, FINITE}, e3m2 = {3, 2, 3, FINITE},
                           e2m1 = {2, 1, 1, FINITE};

static double decode(const struct format *f, unsigned code) {
    unsigned m = code & ((1u << f->mantissa_bits) - 1), ones = (1u << f->exponent_bits) - 1;
    unsigned e = code >> f->mantissa_bits & ones, sign = code >> (f->mantissa_bits + f->exponent_bits) & 1;
    if (f->kind == FNUZ && code == 0x80) {
        return NAN;
    }
    if (f->kind == FN && e == ones && m == 7) {
        return NAN;
    }
    if (f->kind == IEEE && e == ones) {
        return m ? NAN : sign ? -INFINITY : INFINITY;
    }
    double value = e ? (1 + m * exp2(-f->mantissa_bits)) * exp2((int)e - f->bias)
                     : m * exp2(-f->mantissa_bits) * exp2(1 - f->bias);
    return sign ? -value : value;
}
static unsigned width(const struct format *f) {
    return 1u + (unsigned)f->exponent_bits + (unsigned)f->mantissa_bits;
}

/* Nearest finite code; of two equally near ones the even. What is at least half a step beyond the largest code, or on
 * that tie when the largest is odd, overflows. `*over` tells. */
static unsigned nearest(const struct format *f, double x, bool *over) {
    unsigned half = 1u << (width(f) - 1), best = 0, last = 0;
    double magnitude = fabs(x);
    for (unsigned code = 0; code < half; code++) {
        double value = decode(f, code);
        if (!isfinite(value)) {
            continue;
        }
        last = code;
        double error = fabs(value - magnitude), least = fabs(decode(f, best) - magnitude);
        if (error < least || (error == least && (code & 1) == 0)) {
            best = code;
        }
    }
    double step = decode(f, last) - decode(f, last - 1), beyond = decode(f, last) + step / 2;
    *over = magnitude > beyond || (magnitude == beyond && (last & 1));
    bool negative = signbit(x);
    if (f->kind == FNUZ && best == 0) {
        negative = false;
    }
    return best | (negative ? half : 0);
}

static unsigned encode(const struct format *f, double x, bool saturate) {
    unsigned half = 1u << (width(f) - 1), sign = signbit(x) ? half : 0;
    unsigned largest = f->kind == FN ? 0x7e : f->kind == IEEE ? 0x7b : half - 1;
    bool over;
    if (isnan(x)) {
        return f->kind == FNUZ ? 0x80 : f->kind == FINITE ? sign | largest : sign | 0x7f;
    }
    unsigned code = isinf(x) ? 0 : nearest(f, x, &over);
    if (isinf(x) || over) {
        bool infinite = isinf(x);
        if ((saturate && !infinite) || f->kind == FINITE) {
            return sign | largest;
        }
        return f->kind == FNUZ ? 0x80 : f->kind == IEEE ? sign | 0x7c : sign | 0x7f;
    }
    return code;
}

/* Values around every decision: each code, the ties between neighbours, and one step to either side; every exponent;
 * random ones. */
static size_t make_values(const struct format *f, float *values, size_t limit) {
    size_t count = 0;
    uint64_t random = 3;
    for (unsigned code = 0; code < 1u << (width(f) - 1); code++) {
        double low = decode(f, code), high = decode(f, code + 1);
        if (!isfinite(low)) {
            continue;
        }
        if (!isfinite(high) || high < low) {
            high = low + (low - decode(f, code - 1));
        }
        const float about[] = {(float)low, (float)((low + high) / 2), (float)high};
        for (int k = 0; k < 3 && count + 6 < limit; k++) {
            for (int s = -1; s <= 1; s += 2) {
                values[count++] = (float)s * about[k];
                values[count++] = (float)s * nextafterf(about[k], 0);
                values[count++] = (float)s * nextafterf(about[k], INFINITY);
            }
        }
    }
    for (uint32_t e = 0; e < 256 && count + 6 < limit; e++) {
        for (uint32_t k = 0; k < 3; k++) {
            uint32_t mantissa = k == 0 ? 0 : k == 1 ? 0x7fffff : (uint32_t)check_random(&random) & 0x7fffff;
            values[count++] = check_float(e << 23 | mantissa);
            values[count++] = check_float(1u << 31 | e << 23 | mantissa);
        }
    }
    while (count < limit) {
        values[count++] = check_float((uint32_t)check_value(VALUES_F32, &random));
    }
    return count;
}
#define VALUES 8192

static bool same_value(uint32_t found, double expected) {
    float value = check_float(found);
    return isnan(expected) ? isnan(value) : (double)value == expected && !signbit(value) == !signbit(expected);
}

static void decode_every_code(enum sim_arch arch, const char *name, const struct format *f) {
    struct sim_asm *t = sim_asm_create(arch);
    char text[256];
    static const char *const sels[] = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3"};
    for (unsigned at = 0; at < 4; at++) {
        for (unsigned base = 0; base < 256; base += SIM_LANES) {
            for (unsigned i = 0; i < SIM_LANES; i++) {
                t->wave->vgpr[2][i] = ((base + i) << 8 * at) | (0xa5c3a5c3u & ~(0xffu << 8 * at));
            }
            snprintf(text, sizeof text, "v_cvt_f32_%s_sdwa v0, v2 src0_sel:%s", name, sels[at]);
            assert_true(sim_asm_run(t, text));
            for (unsigned i = 0; i < SIM_LANES; i++) {
                assert_true(same_value(t->wave->vgpr[0][i], decode(f, base + i)));
            }
        }
    }
    for (unsigned word = 0; word < 2; word++) {
        for (unsigned base = 0; base < 256; base += SIM_LANES) {
            for (unsigned i = 0; i < SIM_LANES; i++) {
                t->wave->vgpr[2][i] = ((base + i) | (255 - base - i) << 8) << 16 * word | 0x5a5au << 16 * (1 - word);
            }
            snprintf(text, sizeof text, "v_cvt_pk_f32_%s_sdwa v[0:1], v2 src0_sel:WORD_%u", name, word);
            assert_true(sim_asm_run(t, text));
            for (unsigned i = 0; i < SIM_LANES; i++) {
                assert_true(same_value(t->wave->vgpr[0][i], decode(f, base + i)));
                assert_true(same_value(t->wave->vgpr[1][i], decode(f, 255 - base - i)));
            }
        }
    }
    sim_asm_destroy(t);
}

static void decode_8_bit(void **state) {
    (void)state;
    decode_every_code(SIM_GFX942, "fp8", &e4m3fnuz);
    decode_every_code(SIM_GFX942, "bf8", &e5m2fnuz);
    decode_every_code(SIM_GFX950, "fp8", &e4m3fn);
    decode_every_code(SIM_GFX950, "bf8", &e5m2);
}

static void expect(const char *text, float x, unsigned found, unsigned expected) {
    if (found != expected) {
        print_error("%s of %a: expected %#x, found %#x\n", text, (double)x, expected, found);
        fail();
    }
}

static void encode_pairs(enum sim_arch arch, const char *name, const struct format *f, bool saturate, bool high) {
    static float values[VALUES];
    size_t count = make_values(f, values, VALUES);
    struct sim_asm *t = sim_asm_create(arch);
    char text[256];
    snprintf(text, sizeof text, "v_cvt_pk_%s_f32 v0, v2, v4%s", name, high ? " op_sel:[0,0,1]" : "");
    const struct sim_inst *inst = sim_asm_decode(t, text);
    t->wave->mode |= saturate ? SIM_MODE_FP16_OVFL : 0;
    for (size_t at = 0; at + SIM_LANES <= count; at += SIM_LANES) {
        for (unsigned i = 0; i < SIM_LANES; i++) {
            t->wave->vgpr[0][i] = 0x12345678;
            t->wave->vgpr[2][i] = (uint32_t)check_float_bits(values[at + i]);
            t->wave->vgpr[4][i] = (uint32_t)check_float_bits(values[count - 1 - at - i]);
        }
        inst->exec(t->wave, inst);
        for (unsigned i = 0; i < SIM_LANES; i++) {
            uint32_t found = t->wave->vgpr[0][i], shift = high ? 16 : 0;
            assert_int_equal(found >> (16 - shift) & 0xffff, 0x12345678u >> (16 - shift) & 0xffff);
            expect(text, values[at + i], found >> shift & 0xff, encode(f, (double)values[at + i], saturate));
            expect(text, values[count - 1 - at - i], found >> (shift + 8) & 0xff,
                   encode(f, (double)values[count - 1 - at - i], saturate));
        }
    }
    sim_asm_destroy(t);
}

static void encode_8_bit(void **state) {
    (void)state;
    for (int k = 0; k < 4; k++) {
        encode_pairs(SIM_GFX942, "fp8", &e4m3fnuz, k & 1, k & 2);
        encode_pairs(SIM_GFX942, "bf8", &e5m2fnuz, k & 1, k & 2);
        encode_pairs(SIM_GFX950, "fp8", &e4m3fn, k & 1, k & 2);
        encode_pairs(SIM_GFX950, "bf8", &e5m2, k & 1, k & 2);
    }
}

/* Every finite code survives decoding and encoding. */
static void round_trip(void **state) {
    (void)state;
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++) {
        struct sim_asm *t = sim_asm_create((enum sim_arch)arch);
        for (unsigned base = 0; base < 256; base += SIM_LANES) {
            for (unsigned i = 0; i < SIM_LANES; i++) {
                t->wave->vgpr[2][i] = base + i;
            }
            assert_true(sim_asm_run(t, "v_cvt_f32_fp8 v4, v2\nv_cvt_pk_fp8_f32 v0, v4, v4\n"
                                       "v_cvt_f32_bf8 v4, v2\nv_cvt_pk_bf8_f32 v1, v4, v4\n"));
            for (unsigned i = 0; i < SIM_LANES; i++) {
                const struct format *fp8 = arch == SIM_GFX942 ? &e4m3fnuz : &e4m3fn;
                const struct format *bf8 = arch == SIM_GFX942 ? &e5m2fnuz : &e5m2;
                if (isfinite(decode(fp8, base + i))) {
                    assert_int_equal(t->wave->vgpr[0][i] & 0xff, base + i);
                }
                if (isfinite(decode(bf8, base + i))) {
                    assert_int_equal(t->wave->vgpr[1][i] & 0xff, base + i);
                }
            }
        }
        sim_asm_destroy(t);
    }
}

/* ---- scaled ---- */

struct scaled_format {
    const char *name;
    const struct format *format;
};

/* The fp32 value of an fp16 or bf16 pattern, from the definition. */
static double wide_value(const char *type, uint32_t bits) {
    static const struct format f16 = {5, 10, 15, IEEE}, bf16 = {8, 7, 127, IEEE};
    return strcmp(type, "f32") == 0 ? (double)check_float(bits)
                                    : decode(strcmp(type, "f16") == 0 ? &f16 : &bf16, bits & 0xffff);
}
static uint32_t wide_pattern(const char *type, float value, uint64_t *random) {
    uint32_t bits = (uint32_t)check_float_bits(value);
    if (strcmp(type, "f32") == 0) {
        return bits;
    }
    return strcmp(type, "bf16") == 0 ? bits >> 16 : (uint32_t)check_value(VALUES_F16, random) & 0xffff;
}

static void scaled_encodings(void **state) {
    (void)state;
    static const struct scaled_format formats[] = {{"fp8", &e4m3fn}, {"bf8", &e5m2}, {"fp4", &e2m1}};
    static const char *const types[] = {"f32", "f16", "bf16"};
    static const uint32_t scales[] = {0x3f800000, 0x3fffffff, 0x40000000, 0x3f000000, 0x41800000,
                                      0x38000000, 0x7f000000, 0x00800000, 0x00000000, 0x7f800000};
    static float values[VALUES];
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 5;
    for (size_t k = 0; k < 3; k++) {
        const struct format *f = formats[k].format;
        size_t count = make_values(f, values, VALUES);
        for (size_t type = 0; type < 3; type++) {
            for (unsigned place = 0; place < (k == 2 ? 4 : 2); place++) {
                char text[256], sel[32];
                unsigned sources = type == 0 ? 3 : 2;
                /* The word is op_sel's destination bit; the byte of an FP4 pair the two last bits. */
                if (k == 2) {
                    snprintf(sel, sizeof sel, "op_sel:[0,0,%u,%u]", place & 1, place >> 1);
                } else {
                    snprintf(sel, sizeof sel, sources == 3 ? "op_sel:[0,0,0,%u]" : "op_sel:[0,0,%u]", place);
                }
                snprintf(text, sizeof text, "v_cvt_scalef32_pk_%s_%s v0, v2, v4%s %s", formats[k].name, types[type],
                         sources == 3 ? ", v6" : "", sel);
                const struct sim_inst *inst = sim_asm_decode(t, text);
                for (size_t at = 0; at + SIM_LANES <= count; at += SIM_LANES) {
                    uint32_t low[SIM_LANES], high[SIM_LANES], scale[SIM_LANES];
                    for (unsigned i = 0; i < SIM_LANES; i++) {
                        low[i] = wide_pattern(types[type], values[at + i], &random);
                        high[i] = wide_pattern(types[type], values[check_random(&random) % count], &random);
                        scale[i] = CHECK_PICK(scales, &random);
                        t->wave->vgpr[0][i] = 0x12345678;
                        t->wave->vgpr[2][i] = type == 0 ? low[i] : low[i] | high[i] << 16;
                        t->wave->vgpr[4][i] = type == 0 ? high[i] : scale[i];
                        t->wave->vgpr[6][i] = scale[i];
                    }
                    inst->exec(t->wave, inst);
                    for (unsigned i = 0; i < SIM_LANES; i++) {
                        int e = (int)(scale[i] >> 23 & 255);
                        double factor = e == 255 ? NAN : exp2(127 - e);
                        unsigned bits = k == 2 ? 4 : 8, mask = (1u << bits) - 1, shift = 2 * bits * place;
                        double x = wide_value(types[type], low[i]), y = wide_value(types[type], high[i]);
                        uint32_t found = t->wave->vgpr[0][i], whole = ((1u << 2 * bits) - 1) << shift;
                        assert_int_equal(found & ~whole, 0x12345678u & ~whole);
                        unsigned expected_low = encode(f, e == 255 ? copysign(NAN, x) : x * factor, false);
                        unsigned expected_high = encode(f, e == 255 ? copysign(NAN, y) : y * factor, false);
                        /* the sign of a NaN is not defined, of an e5m2 NaN not the mantissa either */
                        unsigned nan_mask = f->kind == IEEE ? 0x7c : mask >> 1;
                        unsigned low_mask = e == 255 || isnan(x) ? nan_mask : mask;
                        unsigned high_mask = e == 255 || isnan(y) ? nan_mask : mask;
                        expect(text, (float)x, found >> shift & low_mask, expected_low & low_mask);
                        expect(text, (float)y, found >> (shift + bits) & high_mask, expected_high & high_mask);
                    }
                }
            }
        }
    }
    sim_asm_destroy(t);
}

static void scaled_decodings(void **state) {
    (void)state;
    static const struct scaled_format formats[] = {{"fp8", &e4m3fn}, {"bf8", &e5m2}, {"fp4", &e2m1}};
    static const uint32_t scales[] = {0x3f800000, 0x3fffffff, 0x40000000, 0x3f000000,
                                      0x44800000, 0x30000000, 0x7f800000};
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 6;
    for (size_t k = 0; k < 3; k++) {
        const struct format *f = formats[k].format;
        for (unsigned place = 0; place < (k == 2 ? 4 : 2); place++) {
            for (unsigned base = 0; base < 256; base += SIM_LANES) {
                char text[256];
                unsigned bits = k == 2 ? 4 : 8, mask = (1u << bits) - 1, shift = 2 * bits * place;
                uint32_t scale[SIM_LANES];
                for (unsigned i = 0; i < SIM_LANES; i++) {
                    unsigned pair = k == 2 ? base + i : (base + i) | (255 - base - i) << 8;
                    t->wave->vgpr[2][i] = pair << shift | (0xdeadbeefu & ~(((1u << 2 * bits) - 1) << shift));
                    t->wave->vgpr[4][i] = scale[i] = CHECK_PICK(scales, &random);
                }
                const char *name = formats[k].name;
                snprintf(text, sizeof text,
                         "v_cvt_scalef32_pk_f32_%s v[8:9], v2, v4 op_sel:[%u,%u]\n"
                         "v_cvt_scalef32_pk_f16_%s v10, v2, v4 op_sel:[%u,%u]\n"
                         "v_cvt_scalef32_pk_bf16_%s v11, v2, v4 op_sel:[%u,%u]\n",
                         name, place & 1, place >> 1, name, place & 1, place >> 1, name, place & 1, place >> 1);
                assert_true(sim_asm_run(t, text));
                for (unsigned i = 0; i < SIM_LANES; i++) {
                    unsigned pair = t->wave->vgpr[2][i] >> shift;
                    for (unsigned h = 0; h < 2; h++) {
                        double exact = decode(f, pair >> bits * h & mask);
                        int e = (int)(scale[i] >> 23 & 255);
                        double value = e == 255 ? NAN : exact * exp2(e - 127);
                        assert_true(same_value(t->wave->vgpr[8 + h][i], (double)(float)value));
                        double half = wide_value("f16", t->wave->vgpr[10][i] >> 16 * h);
                        double brain = wide_value("bf16", t->wave->vgpr[11][i] >> 16 * h);
                        if (isnan(value)) {
                            assert_true(isnan(half) && isnan(brain));
                        } else {
                            assert_true(brain == value || fabs(value) < 0x1p-126);
                            assert_true(fabs(value) >= 65520 ? isinf(half) : fabs(half - value) <= 0x1p-25);
                        }
                    }
                }
            }
        }
    }
    sim_asm_destroy(t);
}

static void scaled_single_values(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    for (unsigned byte = 0; byte < 4; byte++) {
        for (unsigned base = 0; base < 256; base += SIM_LANES) {
            char text[256];
            for (unsigned i = 0; i < SIM_LANES; i++) {
                t->wave->vgpr[2][i] = (base + i) << 8 * byte;
                t->wave->vgpr[4][i] = 0x41000000; /* 2^3 */
                t->wave->vgpr[10][i] = t->wave->vgpr[11][i] = 0x77777777;
            }
            snprintf(text, sizeof text,
                     "v_cvt_scalef32_f32_fp8 v8, v2, v4 op_sel:[%u,%u]\n"
                     "v_cvt_scalef32_f32_bf8 v9, v2, v4 op_sel:[%u,%u]\n"
                     "v_cvt_scalef32_f16_fp8 v10, v2, v4 op_sel:[%u,%u,1]\n"
                     "v_cvt_scalef32_f16_bf8 v11, v2, v4 op_sel:[%u,%u,0]\n",
                     byte & 1, byte >> 1, byte & 1, byte >> 1, byte & 1, byte >> 1, byte & 1, byte >> 1);
            assert_true(sim_asm_run(t, text));
            for (unsigned i = 0; i < SIM_LANES; i++) {
                double fp8 = decode(&e4m3fn, base + i) * 8, bf8 = decode(&e5m2, base + i) * 8;
                assert_true(same_value(t->wave->vgpr[8][i], fp8));
                assert_true(same_value(t->wave->vgpr[9][i], bf8));
                double half = wide_value("f16", t->wave->vgpr[10][i] >> 16);
                assert_true(isnan(fp8) ? isnan(half) : half == fp8);
                assert_int_equal(t->wave->vgpr[10][i] & 0xffff, 0x7777);
                half = wide_value("f16", t->wave->vgpr[11][i]);
                assert_true(isnan(bf8) ? isnan(half) : fabs(bf8) >= 65520 ? isinf(half) : half == bf8);
                assert_int_equal(t->wave->vgpr[11][i] >> 16, 0x7777);
            }
        }
    }
    sim_asm_destroy(t);
}

/* ---- stochastic rounding ---- */

/* The two codes that enclose |x|; the weight of the upper one. */
static double fraction_between(const struct format *f, double x, unsigned *low) {
    double magnitude = fabs(x);
    unsigned code = 0;
    for (unsigned k = 0; k < 1u << (width(f) - 1); k++) {
        if (decode(f, k) <= magnitude) {
            code = k;
        }
    }
    *low = code;
    return (magnitude - decode(f, code)) / (decode(f, code + 1) - decode(f, code));
}

static void stochastic(void **state) {
    (void)state;
    static const struct {
        enum sim_arch arch;
        const char *text;
        const struct format *f;
        double largest;
    } cases[] = {
        {SIM_GFX942, "v_cvt_sr_fp8_f32 v0, v2, v4", &e4m3fnuz, 200},
        {SIM_GFX942, "v_cvt_sr_bf8_f32 v0, v2, v4", &e5m2fnuz, 40000},
        {SIM_GFX950, "v_cvt_sr_fp8_f32 v0, v2, v4", &e4m3fn, 400},
        {SIM_GFX950, "v_cvt_sr_bf8_f32 v0, v2, v4", &e5m2, 40000},
        {SIM_GFX950, "v_cvt_scalef32_sr_fp8_f32 v0, v2, v4, v6", &e4m3fn, 400},
        {SIM_GFX950, "v_cvt_scalef32_sr_bf8_f32 v0, v2, v4, v6", &e5m2, 40000},
    };
    uint64_t random = 8;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct sim_asm *t = sim_asm_create(cases[k].arch);
        const struct sim_inst *inst = sim_asm_decode(t, cases[k].text);
        for (int round = 0; round < 200; round++) {
            float x[SIM_LANES];
            for (unsigned i = 0; i < SIM_LANES; i++) {
                x[i] = (float)(cases[k].largest * exp2(-(double)(check_random(&random) % 24)) *
                               (double)(check_random(&random) >> 40) * 0x1p-24);
                x[i] = i & 1 ? -x[i] : x[i];
                t->wave->vgpr[0][i] = 0xabcdef00;
                t->wave->vgpr[2][i] = (uint32_t)check_float_bits(x[i]);
                t->wave->vgpr[4][i] = (uint32_t)check_random(&random);
                t->wave->vgpr[6][i] = 0x3f800000;
            }
            inst->exec(t->wave, inst);
            for (unsigned i = 0; i < SIM_LANES; i++) {
                unsigned low, sign = x[i] < 0 ? 0x80 : 0, found = t->wave->vgpr[0][i] & 0xff;
                double above = fraction_between(cases[k].f, (double)x[i], &low);
                double threshold = (double)t->wave->vgpr[4][i] * 0x1p-32;
                if (fabs(above + threshold - 1) < 0x1p-18) {
                    continue; /* the hardware adds only the top bits of the random word */
                }
                unsigned code = above + threshold >= 1 ? low + 1 : low;
                unsigned expected = code == 0 && cases[k].f->kind == FNUZ ? 0 : code | sign;
                expect(cases[k].text, x[i], found, expected);
                assert_int_equal(t->wave->vgpr[0][i] >> 8, 0xabcdef);
            }
        }
        sim_asm_destroy(t);
    }
}

static void stochastic_bytes(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[0][i] = 0;
        t->wave->vgpr[2][i] = (uint32_t)check_float_bits(1.0f + 0.125f * (float)(i % 8));
        t->wave->vgpr[4][i] = 0xffffffff;
    }
    assert_true(sim_asm_run(t, "v_cvt_sr_fp8_f32 v0, v2, v4\n"
                               "v_cvt_sr_fp8_f32 v0, v2, v4 op_sel:[0,0,1,0]\n"
                               "v_cvt_sr_fp8_f32 v0, v2, v4 op_sel:[0,0,0,1]\n"
                               "v_cvt_sr_fp8_f32 v0, v2, v4 op_sel:[0,0,1,1]\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) { /* exact values stay, whatever the random word */
        assert_int_equal(t->wave->vgpr[0][i], (0x40 + i % 8) * 0x01010101u);
    }
    sim_asm_destroy(t);
}

/* fp16 and bf16 by stochastic rounding: between the enclosing codes, by the random word's top bits. */
static void stochastic_halves(void **state) {
    (void)state;
    static const struct format f16 = {5, 10, 15, IEEE}, bf16 = {8, 7, 127, IEEE};
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 12;
    for (int brain = 0; brain < 2; brain++) {
        const char *text = brain ? "v_cvt_sr_bf16_f32 v0, v2, v4" : "v_cvt_sr_f16_f32 v0, v2, v4";
        const struct format *f = brain ? &bf16 : &f16;
        const struct sim_inst *inst = sim_asm_decode(t, text);
        for (int round = 0; round < 100; round++) {
            for (unsigned i = 0; i < SIM_LANES; i++) {
                uint32_t exponent =
                    brain ? 20 + (uint32_t)(check_random(&random) % 200) : 104 + (uint32_t)(check_random(&random) % 36);
                t->wave->vgpr[0][i] = 0x55550000;
                t->wave->vgpr[2][i] = ((uint32_t)check_random(&random) & 0x807fffffu) | exponent << 23;
                t->wave->vgpr[4][i] = (uint32_t)check_random(&random);
            }
            inst->exec(t->wave, inst);
            for (unsigned i = 0; i < SIM_LANES; i++) {
                double x = (double)check_float(t->wave->vgpr[2][i]);
                unsigned low = (unsigned)(t->wave->vgpr[0][i] & 0x7fff);
                double threshold = (double)t->wave->vgpr[4][i] * 0x1p-32;
                double value = decode(f, low), step = decode(f, low + 1) - value;
                double below = (fabs(x) - value) / step; /* 0..1: rounded down; -1..0: rounded up */
                assert_true(below > -1 && below < 1);
                double above = below < 0 ? below + 1 : below;
                if (above != 0 && fabs(above + threshold - 1) > 0x1p-10) {
                    assert_int_equal(below < 0, above + threshold >= 1);
                }
                assert_int_equal(t->wave->vgpr[0][i] >> 16, 0x5555);
                assert_int_equal(t->wave->vgpr[0][i] >> 15 & 1, x < 0);
            }
        }
    }
    sim_asm_destroy(t);
}

/* ---- 32 values at a time ---- */

static unsigned code6(const struct sim_asm *t, unsigned reg, unsigned lane, unsigned index) {
    unsigned code = 0;
    for (unsigned k = 0; k < 6; k++) {
        unsigned bit = 6 * index + k;
        code |= (t->wave->vgpr[reg + bit / 32][lane] >> bit % 32 & 1) << k;
    }
    return code;
}

static void blocks_of_32(void **state) {
    (void)state;
    static const struct scaled_format formats[] = {{"fp6", &e2m3}, {"bf6", &e3m2}};
    static const uint32_t scales[] = {0x3f800000, 0x40800000, 0x3e800000, 0x3fc00000};
    static const char *const types[] = {"f32", "f16", "bf16"};
    static float values[2048];
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 10;
    for (int k = 0; k < 2; k++) {
        const struct format *f = formats[k].format;
        size_t count = make_values(f, values, 2048);
        for (int type = 0; type < 3; type++) {
            for (int round = 0; round < 6; round++) {
                char text[512];
                uint64_t exec = round & 1 ? check_random(&random) : ~0ull;
                sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, exec);
                for (unsigned i = 0; i < SIM_LANES; i++) {
                    for (unsigned r = 0; r < 32; r++) {
                        float x = values[check_random(&random) % count], y = values[check_random(&random) % count];
                        t->wave->vgpr[32 + r][i] = wide_pattern(types[type], x, &random) |
                                                   (type ? wide_pattern(types[type], y, &random) << 16 : 0);
                    }
                    for (unsigned r = 0; r < 6; r++) {
                        t->wave->vgpr[r][i] = 0x99999999;
                    }
                    t->wave->vgpr[10][i] = CHECK_PICK(scales, &random);
                    t->wave->vgpr[12][i] = (uint32_t)check_random(&random);
                }
                const char *name = formats[k].name;
                if (type == 0) {
                    snprintf(text, sizeof text, "v_cvt_scalef32_2xpk16_%s_f32 v[0:5], v[32:47], v[48:63], v10\n", name);
                } else {
                    snprintf(text, sizeof text, "v_cvt_scalef32_pk32_%s_%s v[0:5], v[32:47], v10\n", name, types[type]);
                }
                assert_true(sim_asm_run(t, text));
                for (unsigned i = 0; i < SIM_LANES; i++) {
                    if (!(exec >> i & 1)) {
                        assert_int_equal(t->wave->vgpr[0][i], 0x99999999);
                        assert_int_equal(t->wave->vgpr[5][i], 0x99999999);
                        continue;
                    }
                    double factor = exp2(127 - (int)(t->wave->vgpr[10][i] >> 23));
                    for (unsigned n = 0; n < 32; n++) {
                        uint32_t bits = type == 0 ? t->wave->vgpr[32 + 16 * (n & 1) + n / 2][i]
                                                  : t->wave->vgpr[32 + n / 2][i] >> 16 * (n & 1) & 0xffff;
                        double x = wide_value(types[type], bits);
                        if (!isnan(x)) {
                            expect(text, (float)x, code6(t, 0, i, n), encode(f, x * factor, false));
                        }
                    }
                }
                /* and back: 6-bit codes of the result, in every wide type */
                sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, ~0ull);
                snprintf(text, sizeof text,
                         "v_cvt_scalef32_pk32_f32_%s v[64:95], v[0:5], v10\n"
                         "v_cvt_scalef32_pk32_f16_%s v[96:111], v[0:5], v10\n"
                         "v_cvt_scalef32_pk32_bf16_%s v[112:127], v[0:5], v10\n",
                         name, name, name);
                assert_true(sim_asm_run(t, text));
                for (unsigned i = 0; i < SIM_LANES; i++) {
                    double factor = exp2((int)(t->wave->vgpr[10][i] >> 23) - 127);
                    for (unsigned n = 0; n < 32; n++) {
                        double x = decode(f, code6(t, 0, i, n)) * factor;
                        assert_true(same_value(t->wave->vgpr[64 + n][i], x));
                        assert_true(wide_value("f16", t->wave->vgpr[96 + n / 2][i] >> 16 * (n & 1)) == x);
                        assert_true(wide_value("bf16", t->wave->vgpr[112 + n / 2][i] >> 16 * (n & 1)) == x);
                    }
                }
            }
        }
    }
    sim_asm_destroy(t);
}

/* Stochastic blocks: exactly representable values do not depend on the random word; others land on an enclosing code,
 * and over many random words on each as often as its distance says. */
static void stochastic_blocks(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 14;
    unsigned up = 0, total = 0;
    for (int round = 0; round < 40; round++) {
        for (unsigned i = 0; i < SIM_LANES; i++) {
            for (unsigned r = 0; r < 32; r++) {
                t->wave->vgpr[32 + r][i] = (uint32_t)check_float_bits(1.0f + 0.125f * 0.25f * (float)(r & 1));
            }
            t->wave->vgpr[10][i] = 0x3f800000;
            t->wave->vgpr[12][i] = (uint32_t)check_random(&random);
        }
        assert_true(sim_asm_run(t, "v_cvt_scalef32_sr_pk32_fp6_f32 v[0:5], v[32:63], v12, v10\n"));
        for (unsigned i = 0; i < SIM_LANES; i++) {
            for (unsigned n = 0; n < 32; n++) {
                unsigned code = code6(t, 0, i, n);
                if (n & 1) {
                    assert_true(code == 8 || code == 9);
                    up += code == 9;
                    total++;
                } else {
                    assert_int_equal(code, 8);
                }
            }
        }
    }
    double share = (double)up / total;
    assert_true(share > 0.23 && share < 0.27);
    sim_asm_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_8_bit),     cmocka_unit_test(encode_8_bit),      cmocka_unit_test(round_trip),
        cmocka_unit_test(scaled_encodings), cmocka_unit_test(scaled_decodings),  cmocka_unit_test(scaled_single_values),
        cmocka_unit_test(stochastic),       cmocka_unit_test(stochastic_bytes),  cmocka_unit_test(stochastic_halves),
        cmocka_unit_test(blocks_of_32),     cmocka_unit_test(stochastic_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
