/* SPDX-License-Identifier: MIT */
#include "mfma_kernels.h"

#include <string.h>

#if defined(__clang__)
#define FUSE _Pragma("STDC FP_CONTRACT ON")
#else
#define FUSE
#endif
#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef double vec8 __attribute__((vector_size(64)));
typedef float float8 __attribute__((vector_size(32)));
typedef int32_t int8 __attribute__((vector_size(32)));
typedef uint32_t uint16 __attribute__((vector_size(64)));

ALWAYS_INLINE float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

ALWAYS_INLINE uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Adds C and rounds; NaNs become the default quiet NaN. */
ALWAYS_INLINE void finish(const vec8 *sum, const uint32_t *c, uint32_t *d) {
    float8 in;
    memcpy(&in, c, sizeof in);
    float8 out = __builtin_convertvector(*sum + __builtin_convertvector(in, vec8), float8);
    int8 bits, is_nan = out != out;
    memcpy(&bits, &out, sizeof bits);
    bits = (bits & ~is_nan) | (is_nan & 0x7fc00000);
    memcpy(d, &bits, sizeof bits);
}

/* Eight accumulators, in registers throughout, keep a vector unit busy. */
ALWAYS_INLINE void multiply_4x16(const struct mfma_product *p) {
    FUSE const double *a = p->a, *b = p->b;
    vec8 s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
    for (unsigned k = 0; k < p->k; k++, a += p->width, b += p->width) {
        vec8 b0, b1;
        memcpy(&b0, b, sizeof b0);
        memcpy(&b1, b + 8, sizeof b1);
        s00 += a[0] * b0;
        s01 += a[0] * b1;
        s10 += a[1] * b0;
        s11 += a[1] * b1;
        s20 += a[2] * b0;
        s21 += a[2] * b1;
        s30 += a[3] * b0;
        s31 += a[3] * b1;
    }
    finish(&s00, p->c[0], p->d[0]);
    finish(&s01, p->c[0] + 8, p->d[0] + 8);
    finish(&s10, p->c[1], p->d[1]);
    finish(&s11, p->c[1] + 8, p->d[1] + 8);
    finish(&s20, p->c[2], p->d[2]);
    finish(&s21, p->c[2] + 8, p->d[2] + 8);
    finish(&s30, p->c[3], p->d[3]);
    finish(&s31, p->c[3] + 8, p->d[3] + 8);
}

ALWAYS_INLINE void multiply_int_4x16(const struct mfma_int_product *p) {
    const int32_t *a = p->a, *b = p->b;
    uint16 s0, s1, s2, s3;
    memcpy(&s0, p->c[0], sizeof s0);
    memcpy(&s1, p->c[1], sizeof s1);
    memcpy(&s2, p->c[2], sizeof s2);
    memcpy(&s3, p->c[3], sizeof s3);
    for (unsigned k = 0; k < p->k; k++, a += p->width, b += p->width) {
        uint16 column;
        memcpy(&column, b, sizeof column);
        s0 += (uint32_t)a[0] * column;
        s1 += (uint32_t)a[1] * column;
        s2 += (uint32_t)a[2] * column;
        s3 += (uint32_t)a[3] * column;
    }
    memcpy(p->d[0], &s0, sizeof s0);
    memcpy(p->d[1], &s1, sizeof s1);
    memcpy(p->d[2], &s2, sizeof s2);
    memcpy(p->d[3], &s3, sizeof s3);
}

ALWAYS_INLINE void fma_row_f64(double a, const double *b, double *out, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        out[i] = __builtin_fma(a, b[i], out[i]);
    }
}

ALWAYS_INLINE void fma_row(float a, const float *b, float *out, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        out[i] = __builtin_fmaf(a, b[i], out[i]);
    }
}

/* exponent << mantissa_bits | mantissa without sign, to fp32: normal values by shifting, denormals by conversion (host
 * denormals would be slow). `bias` is the fp32 exponent bias less the format's. */
ALWAYS_INLINE uint32_t widen(uint32_t magnitude, unsigned mantissa_bits, uint32_t bias, float denormal_unit) {
    uint32_t normal = (magnitude << (23 - mantissa_bits)) + (bias << 23);
    uint32_t denormal = bits_of((float)(int32_t)magnitude * denormal_unit);
    return magnitude >> mantissa_bits ? normal : denormal;
}

ALWAYS_INLINE void halves(const sim_row *rows, unsigned per_lane, unsigned width, bool bf16, double *out) {
    for (unsigned e = 0; e < per_lane; e++) {
        unsigned shift = e % 2 * 16;
        for (unsigned g = 0; g < SIM_LANES / width; g++) {
            double *to = out + mfma_element_k(e, g, SIM_LANES / width, per_lane, 2) * width;
            const uint32_t *from = rows[e / 2] + g * width;
            if (bf16) {
                for (unsigned c = 0; c < width; c++) {
                    to[c] = (double)float_of(from[c] >> shift << 16);
                }
            } else {
                for (unsigned c = 0; c < width; c++) {
                    uint32_t half = from[c] >> shift & 0xffffu, magnitude = half & 0x7fffu;
                    uint32_t bits = widen(magnitude, 10, 112, 0x1p-24f);
                    bits = magnitude > 0x7c00u ? 0x7fc00000u : magnitude == 0x7c00u ? 0x7f800000u : bits;
                    to[c] = (double)float_of(bits | (half & 0x8000u) << 16);
                }
            }
        }
    }
}

ALWAYS_INLINE void bytes(const sim_row *rows, unsigned per_lane, unsigned width, enum sim_small_float format,
                         double *out) {
    const bool bf8 = format == SIM_BF8_OCP || format == SIM_BF8_FNUZ;
    const bool fnuz = format == SIM_FP8_FNUZ || format == SIM_BF8_FNUZ;
    const unsigned mantissa = bf8 ? 2 : 3;
    const uint32_t bias = bf8 ? (fnuz ? 111 : 112) : (fnuz ? 119 : 120);
    const float unit = bf8 ? (fnuz ? 0x1p-17f : 0x1p-16f) : (fnuz ? 0x1p-10f : 0x1p-9f);
    /* Magnitudes above `last` are NaN, `infinity` is infinite; FNUZ has only the NaN 0x80. */
    const uint32_t last = fnuz ? 0x7f : bf8 ? 0x7c : 0x7e, infinity = format == SIM_BF8_OCP ? 0x7c : 0x100;
    const uint32_t nan = fnuz ? 0x80 : 0x100;
    for (unsigned e = 0; e < per_lane; e++) {
        unsigned shift = e % 4 * 8;
        for (unsigned g = 0; g < SIM_LANES / width; g++) {
            double *to = out + mfma_element_k(e, g, SIM_LANES / width, per_lane, 1) * width;
            const uint32_t *from = rows[e / 4] + g * width;
            for (unsigned c = 0; c < width; c++) {
                uint32_t byte = from[c] >> shift & 0xffu, magnitude = byte & 0x7fu;
                uint32_t bits = widen(magnitude, mantissa, bias, unit);
                bits = magnitude > last || byte == nan ? 0x7fc00000u : magnitude == infinity ? 0x7f800000u : bits;
                to[c] = (double)float_of(bits | (byte & 0x80u) << 24);
            }
        }
    }
}

#define VARIANT(name, attribute)                                                                                \
    attribute static void multiply_##name(const struct mfma_product *product) {                                 \
        multiply_4x16(product);                                                                                 \
    }                                                                                                           \
    attribute static void multiply_int_##name(const struct mfma_int_product *product) {                         \
        multiply_int_4x16(product);                                                                             \
    }                                                                                                           \
    attribute static void fma_row_##name(float a, const float *b, float *out, unsigned n) {                     \
        fma_row(a, b, out, n);                                                                                  \
    }                                                                                                           \
    attribute static void fma_row_f64_##name(double a, const double *b, double *out, unsigned n) {              \
        fma_row_f64(a, b, out, n);                                                                              \
    }                                                                                                           \
    attribute static void halves_##name(const sim_row *rows, unsigned per_lane, unsigned width, bool bf16,      \
                                        double *out) {                                                          \
        halves(rows, per_lane, width, bf16, out);                                                               \
    }                                                                                                           \
    attribute static void bytes_##name(const sim_row *rows, unsigned per_lane, unsigned width,                  \
                                       enum sim_small_float format, double *out) {                              \
        bytes(rows, per_lane, width, format, out);                                                              \
    }                                                                                                           \
    static const struct mfma_kernels kernels_##name = {multiply_##name,    multiply_int_##name, fma_row_##name, \
                                                       fma_row_f64_##name, halves_##name,       bytes_##name};

VARIANT(base, )

#if defined(__x86_64__)
VARIANT(avx2, __attribute__((target("avx2,fma"))))
VARIANT(avx512, __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))))

struct mfma_kernels mfma_choose_kernels(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        return kernels_base;
    }
    bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    return wide ? kernels_avx512 : kernels_avx2;
}
#else
struct mfma_kernels mfma_choose_kernels(void) {
    return kernels_base;
}
#endif
