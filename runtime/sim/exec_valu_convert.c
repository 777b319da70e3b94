/* SPDX-License-Identifier: MIT
 *
 * Conversions between integers, fp16, bf16, fp32 and fp64. Those to and from FP8 and smaller are in exec_valu_small.c.
 */
#include "exec_valu_half.h"

#define F(bits) valu_float(bits)

/* ---- integers: toward zero, limited to the range, NaN gives 0 ---- */

static inline uint32_t to_i32(float x) {
    float bounded = x >= -0x1p31f && x < 0x1p31f ? x : 0.0f;
    uint32_t result = (uint32_t)(int32_t)bounded;
    result = x >= 0x1p31f ? 0x7fffffffu : result;
    return x < -0x1p31f ? 0x80000000u : result;
}
static inline uint32_t to_u32(float x) {
    float bounded = x > 0.0f && x < 0x1p32f ? x : 0.0f;
    bool upper = bounded >= 0x1p31f;
    uint32_t result = (uint32_t)(int32_t)(upper ? bounded - 0x1p31f : bounded) ^ (upper ? 0x80000000u : 0u);
    return x >= 0x1p32f ? UINT32_MAX : result;
}
static inline uint32_t to_i16(float x) {
    float bounded = x >= -32768.0f ? x : -32768.0f;
    bounded = bounded <= 32767.0f ? bounded : 32767.0f;
    return (uint16_t)(int32_t)(x == x ? bounded : 0.0f);
}
static inline uint32_t to_u16(float x) {
    float bounded = x >= 0.0f ? x : 0.0f;
    return (uint16_t)(int32_t)(bounded <= 65535.0f ? bounded : 65535.0f);
}
static inline uint32_t to_u8(float x) {
    float bounded = x >= 0.0f ? x : 0.0f;
    return (uint32_t)(int32_t)(bounded <= 255.0f ? bounded : 255.0f);
}
/* Exact in fp64, so that one rounding, in MODE's direction, gives fp32. Through a signed conversion: hosts without an
 * unsigned one make it with a subtraction, and the sign of its zero would depend on the rounding mode. */
static inline double from_u32(uint32_t a) {
    return (double)(int32_t)a + (a >> 31 ? 0x1p32 : 0.0);
}

UNARY_B32(cvt_i32_f32, to_i32(F(a)))
UNARY_B32(cvt_u32_f32, to_u32(F(a)))
UNARY_B32(cvt_rpi_i32_f32, to_i32(__builtin_floorf(F(a) + 0.5f)))
UNARY_B32(cvt_flr_i32_f32, to_i32(__builtin_floorf(F(a))))
UNARY_B32(cvt_f32_i32, valu_bits((float)(int32_t)a))
UNARY_B32(cvt_f32_u32, valu_bits((float)from_u32(a)))
UNARY_B32(cvt_f32_ubyte0, valu_bits((float)(int32_t)(a & 0xff)))
UNARY_B32(cvt_f32_ubyte1, valu_bits((float)(int32_t)(a >> 8 & 0xff)))
UNARY_B32(cvt_f32_ubyte2, valu_bits((float)(int32_t)(a >> 16 & 0xff)))
UNARY_B32(cvt_f32_ubyte3, valu_bits((float)(int32_t)(a >> 24)))
UNARY_B32(cvt_off_f32_i4, valu_bits((float)((int32_t)(a << 28) >> 28) * 0.0625f))
UNARY_B32(cvt_i16_f16, to_i16(half_value(a)))
UNARY_B32(cvt_u16_f16, to_u16(half_value(a)))

KERNEL(cvt_pk_u8_f32) { /* into byte s1 of s2 */
    for (int i = 0; i < SIM_LANES; i++) {
        unsigned shift = 8 * (c->s[1][i] & 3);
        c->d[i] = (c->s[2][i] & ~(0xffu << shift)) | to_u8(F(c->s[0][i])) << shift;
    }
}
KERNEL(cvt_pkaccum_u8_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        unsigned shift = 8 * (c->s[1][i] & 3);
        c->d[i] = (c->d[i] & ~(0xffu << shift)) | to_u8(F(c->s[0][i])) << shift;
    }
}

/* ---- normalised integers: to nearest even ---- */

static inline uint32_t to_snorm(float x) {
    float bounded = x >= -1.0f ? x : -1.0f;
    bounded = bounded <= 1.0f ? bounded : 1.0f;
    return (uint16_t)(int32_t)__builtin_roundevenf((x == x ? bounded : 0.0f) * 32767.0f);
}
static inline uint32_t to_unorm(float x) {
    float bounded = x >= 0.0f ? x : 0.0f;
    return (uint16_t)(int32_t)__builtin_roundevenf((bounded <= 1.0f ? bounded : 1.0f) * 65535.0f);
}
UNARY_B32(cvt_norm_i16_f16, to_snorm(half_value(a)))
UNARY_B32(cvt_norm_u16_f16, to_unorm(half_value(a)))
BINARY_B32(cvt_pknorm_i16_f32, to_snorm(F(a)) | to_snorm(F(b)) << 16)
BINARY_B32(cvt_pknorm_u16_f32, to_unorm(F(a)) | to_unorm(F(b)) << 16)
BINARY_B32(cvt_pknorm_i16_f16, to_snorm(half_value(a)) | to_snorm(half_value(b)) << 16)
BINARY_B32(cvt_pknorm_u16_f16, to_unorm(half_value(a)) | to_unorm(half_value(b)) << 16)

/* ---- fp16 and bf16 ---- */

UNARY_B32(cvt_f32_f16, valu_bits(half_value(a)))
UNARY_B32(cvt_f32_bf16, ((a & 0x7fffu) > 0x7f80u ? a | 0x40u : a) << 16)
BINARY_B32(cvt_pk_bf16_f32, sim_f32_to_bf16(F(a)) | sim_f32_to_bf16(F(b)) << 16)
BINARY_B32(pack_b32_f16, (a & 0xffffu) | b << 16)

#define TO_HALF(name, value)                               \
    KERNEL(name) {                                         \
        uint32_t *d = c->d;                                \
        const uint32_t *s0 = c->s[0];                      \
        if (half_is_special(c)) {                          \
            for (int i = 0; i < SIM_LANES; i++) {          \
                uint32_t a = s0[i];                        \
                d[i] = half_round_special(value, c->mode); \
            }                                              \
            return;                                        \
        }                                                  \
        VALU_LANES {                                       \
            uint32_t a = s0[i];                            \
            d[i] = sim_f32_to_f16(value);                  \
        }                                                  \
    }
TO_HALF(cvt_f16_f32, F(a))
TO_HALF(cvt_f16_u16, (float)(int32_t)(a & 0xffffu))
TO_HALF(cvt_f16_i16, (float)(int16_t)a)

static uint32_t to_half(float x, enum sim_round round, uint32_t mode) {
    uint32_t result = sim_f16_encode(x, round);
    bool overflowed = (result & 0x7fffu) == 0x7c00u && isfinite(x);
    return overflowed && mode & SIM_MODE_FP16_OVFL ? (result & 0x8000u) | 0x7bffu : result;
}
KERNEL(cvt_pkrtz_f16_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        c->d[i] = to_half(F(c->s[0][i]), SIM_ROUND_ZERO, c->mode) | to_half(F(c->s[1][i]), SIM_ROUND_ZERO, c->mode)
                                                                        << 16;
    }
}
KERNEL(cvt_pk_f16_f32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1];
    if (c->mode & SIM_MODE_FP16_OVFL) {
        for (int i = 0; i < SIM_LANES; i++) {
            d[i] = to_half(F(s0[i]), SIM_ROUND_NEAREST_EVEN, c->mode) |
                   to_half(F(s1[i]), SIM_ROUND_NEAREST_EVEN, c->mode) << 16;
        }
        return;
    }
    VALU_LANES {
        d[i] = sim_f32_to_f16(F(s0[i])) | sim_f32_to_f16(F(s1[i])) << 16;
    }
}

/* Stochastic rounding: the random word's top bits are added below the last kept bit. */
KERNEL(cvt_sr_bf16_f32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1];
    VALU_LANES {
        uint32_t a = s0[i];
        uint32_t special = (a & 0x7fffffffu) > 0x7f800000u ? a >> 16 | 0x40u : a >> 16;
        d[i] = (a & 0x7f800000u) == 0x7f800000u ? special : (a + (s1[i] >> 16)) >> 16;
    }
}
KERNEL(cvt_sr_f16_f32) {
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t a = c->s[0][i], sign = a >> 16 & 0x8000u, magnitude = a & 0x7fffffffu, random = c->s[1][i] >> 19;
        uint32_t result;
        if (magnitude >= 0x7f800000u) {
            result = magnitude > 0x7f800000u ? 0x7e00u | (magnitude >> 13 & 0x3ffu) : 0x7c00u;
        } else if (magnitude >= 0x38800000u) {
            result = (magnitude - 0x38000000u + random) >> 13;
        } else { /* aligned to the smallest exponent before the random bits are added */
            uint32_t shift = 113u - (magnitude >> 23);
            uint32_t significand = shift < 32 && magnitude >> 23 ? ((magnitude & 0x7fffffu) | 0x800000u) >> shift : 0;
            result = (significand + random) >> 13;
        }
        if (result > 0x7c00u && magnitude < 0x7f800000u) {
            result = 0x7c00u;
        }
        if (result == 0x7c00u && magnitude < 0x7f800000u && c->mode & SIM_MODE_FP16_OVFL) {
            result = 0x7bffu;
        }
        c->d[i] = sign | result;
    }
}

/* ---- fp64 ---- */

KERNEL(cvt_f64_f32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0];
    VALU_LANES {
        valu_put64(d, i, valu_bits64((double)F(s0[i])));
    }
}
KERNEL(cvt_f32_f64) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0];
    VALU_LANES {
        d[i] = valu_bits((float)valu_double(valu_get64(s0, i)));
    }
}
KERNEL(cvt_f64_i32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0];
    VALU_LANES {
        valu_put64(d, i, valu_bits64((double)(int32_t)s0[i]));
    }
}
KERNEL(cvt_f64_u32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0];
    VALU_LANES {
        valu_put64(d, i, valu_bits64(from_u32(s0[i])));
    }
}
KERNEL(cvt_i32_f64) {
    for (int i = 0; i < SIM_LANES; i++) {
        double x = valu_double(valu_get64(c->s[0], i));
        c->d[i] = x != x               ? 0u
                  : x >= 2147483647.0  ? 0x7fffffffu
                  : x <= -2147483648.0 ? 0x80000000u
                                       : (uint32_t)(int32_t)x;
    }
}
KERNEL(cvt_u32_f64) {
    for (int i = 0; i < SIM_LANES; i++) {
        double x = valu_double(valu_get64(c->s[0], i));
        c->d[i] = x >= 4294967295.0 ? UINT32_MAX : x > 0.0 ? (uint32_t)x : 0u;
    }
}

#define F32 VALU_F32
#define F16 VALU_F16
#define B32 VALU_B32
#define B16 VALU_B16
#define F64 VALU_F64
/* Conversions decide about NaN themselves. */
#define FLOAT (VALU_ARITH | VALU_NO_NAN)
#define ROW(mnemonic, dst, src, flags) {"v_" #mnemonic, mnemonic, NULL, dst, {src}, 0, flags, 0}
#define ROW2(mnemonic, dst, src, flags) {"v_" #mnemonic, mnemonic, NULL, dst, {src, src}, 0, flags, 0}

const struct valu_op valu_convert_ops[] = {
    ROW(cvt_i32_f32, B32, F32, 0),
    ROW(cvt_u32_f32, B32, F32, 0),
    ROW(cvt_rpi_i32_f32, B32, F32, 0),
    ROW(cvt_flr_i32_f32, B32, F32, 0),
    ROW(cvt_f32_i32, F32, B32, FLOAT),
    ROW(cvt_f32_u32, F32, B32, FLOAT),
    ROW(cvt_f32_ubyte0, F32, B32, 0),
    ROW(cvt_f32_ubyte1, F32, B32, 0),
    ROW(cvt_f32_ubyte2, F32, B32, 0),
    ROW(cvt_f32_ubyte3, F32, B32, 0),
    ROW(cvt_off_f32_i4, F32, B32, 0),
    ROW(cvt_i16_f16, B16, F16, 0),
    ROW(cvt_u16_f16, B16, F16, 0),
    {"v_cvt_pk_u8_f32", cvt_pk_u8_f32, NULL, B32, {F32, B32, B32}, 0, 0, 0},
    {"v_cvt_pkaccum_u8_f32", cvt_pkaccum_u8_f32, NULL, B32, {F32, B32}, 0, VALU_DST_READ, SIM_OP_READS_DST},
    ROW(cvt_norm_i16_f16, B16, F16, 0),
    ROW(cvt_norm_u16_f16, B16, F16, 0),
    ROW2(cvt_pknorm_i16_f32, B32, F32, 0),
    ROW2(cvt_pknorm_u16_f32, B32, F32, 0),
    ROW2(cvt_pknorm_i16_f16, B32, F16, 0),
    ROW2(cvt_pknorm_u16_f16, B32, F16, 0),
    ROW(cvt_f32_f16, F32, F16, FLOAT),
    ROW(cvt_f32_bf16, F32, VALU_BF16, FLOAT | VALU_GFX950),
    ROW2(cvt_pk_bf16_f32, VALU_PK_BF16, F32, VALU_GFX950),
    ROW2(pack_b32_f16, B32, F16, FLOAT),
    ROW(cvt_f16_f32, F16, F32, FLOAT),
    ROW(cvt_f16_u16, F16, B16, FLOAT),
    ROW(cvt_f16_i16, F16, B16, FLOAT),
    ROW2(cvt_pkrtz_f16_f32, VALU_PK_F16, F32, FLOAT | VALU_RTZ),
    ROW2(cvt_pk_f16_f32, VALU_PK_F16, F32, FLOAT | VALU_RNE | VALU_GFX950),
    {"v_cvt_sr_bf16_f32", cvt_sr_bf16_f32, NULL, VALU_BF16, {F32, B32}, 0, VALU_KEEPS_HIGH | VALU_GFX950, 0},
    {"v_cvt_sr_f16_f32", cvt_sr_f16_f32, NULL, F16, {F32, B32}, 0, VALU_KEEPS_HIGH | VALU_GFX950, 0},
    ROW(cvt_f64_f32, F64, F32, FLOAT),
    ROW(cvt_f32_f64, F32, F64, FLOAT),
    ROW(cvt_f64_i32, F64, B32, FLOAT),
    ROW(cvt_f64_u32, F64, B32, FLOAT),
    ROW(cvt_i32_f64, B32, F64, 0),
    ROW(cvt_u32_f64, B32, F64, 0),
    VALU_END,
};
