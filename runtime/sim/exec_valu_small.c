/* SPDX-License-Identifier: MIT
 *
 * Conversions to and from FP8, BF8, FP6, BF6 and FP4. gfx942 has the FNUZ encodings of FP8 and BF8, gfx950 the OCP
 * ones and the scaled conversions. Whether an overflow saturates is MODE.FP16_OVFL; FP6, BF6 and FP4 always do.
 */
#include "exec_valu.h"

#include <math.h>

#define F(bits) valu_float(bits)

static bool saturates(const struct valu_call *c) {
    return c->mode & SIM_MODE_FP16_OVFL;
}
static bool is_gfx942(const struct valu_call *c) {
    return c->wave->wg->launch->arch == SIM_GFX942;
}
static enum sim_small_float fp8_of(const struct valu_call *c) {
    return is_gfx942(c) ? SIM_FP8_FNUZ : SIM_FP8_FN;
}
static enum sim_small_float bf8_of(const struct valu_call *c) {
    return is_gfx942(c) ? SIM_BF8_FNUZ : SIM_BF8_OCP;
}

/* ---- unscaled ---- */

static inline void encode_pairs(struct valu_call *c, enum sim_small_float format, bool saturate) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1];
    VALU_LANES {
        d[i] = sim_f32_to_fp8(format, F(s0[i]), saturate) | sim_f32_to_fp8(format, F(s1[i]), saturate) << 8;
    }
}
KERNEL(cvt_pk_fp8_f32) {
    if (is_gfx942(c)) {
        encode_pairs(c, SIM_FP8_FNUZ, saturates(c));
    } else {
        encode_pairs(c, SIM_FP8_FN, saturates(c));
    }
}
KERNEL(cvt_pk_bf8_f32) {
    if (is_gfx942(c)) {
        encode_pairs(c, SIM_BF8_FNUZ, saturates(c));
    } else {
        encode_pairs(c, SIM_BF8_OCP, saturates(c));
    }
}

/* Exact through fp32: the code's bits read as fp32, times a power of two that makes up for the bias. */
static inline uint32_t decode_lane(enum sim_small_float format, uint32_t code) {
    const bool e4m3 = format == SIM_FP8_FN || format == SIM_FP8_FNUZ;
    const bool fnuz = format == SIM_FP8_FNUZ || format == SIM_BF8_FNUZ;
    const float scale = format == SIM_FP8_FN     ? 0x1p120f
                        : format == SIM_FP8_FNUZ ? 0x1p119f
                        : format == SIM_BF8_OCP  ? 0x1p112f
                                                 : 0x1p111f;
    uint32_t sign = (code & 0x80u) << 24, magnitude = code & 0x7fu;
    uint32_t bits = valu_bits(F(magnitude << (e4m3 ? 20 : 21)) * scale);
    if (fnuz) {
        return code == 0x80u ? 0x7fc00000u : sign | bits;
    }
    if (e4m3) {
        return magnitude == 0x7fu ? 0x7fc00000u : sign | bits;
    }
    bits = magnitude == 0x7cu ? 0x7f800000u : bits;
    return magnitude > 0x7cu ? 0x7fc00000u : sign | bits;
}
#define DECODE(name, ocp, fnuz)                                                       \
    static inline void name##_one(struct valu_call *c, enum sim_small_float format) { \
        uint32_t *d = c->d;                                                           \
        const uint32_t *s0 = c->s[0];                                                 \
        VALU_LANES {                                                                  \
            d[i] = decode_lane(format, s0[i] & 0xffu);                                \
        }                                                                             \
    }                                                                                 \
    static inline void name##_two(struct valu_call *c, enum sim_small_float format) { \
        uint32_t *d = c->d;                                                           \
        const uint32_t *s0 = c->s[0];                                                 \
        VALU_LANES {                                                                  \
            uint32_t a = s0[i];                                                       \
            d[i] = decode_lane(format, a & 0xffu);                                    \
            d[i + SIM_LANES] = decode_lane(format, a >> 8 & 0xffu);                   \
        }                                                                             \
    }                                                                                 \
    KERNEL(cvt_f32_##name) {                                                          \
        if (is_gfx942(c)) {                                                           \
            name##_one(c, fnuz);                                                      \
        } else {                                                                      \
            name##_one(c, ocp);                                                       \
        }                                                                             \
    }                                                                                 \
    KERNEL(cvt_pk_f32_##name) {                                                       \
        if (is_gfx942(c)) {                                                           \
            name##_two(c, fnuz);                                                      \
        } else {                                                                      \
            name##_two(c, ocp);                                                       \
        }                                                                             \
    }
DECODE(fp8, SIM_FP8_FN, SIM_FP8_FNUZ)
DECODE(bf8, SIM_BF8_OCP, SIM_BF8_FNUZ)

/* ---- scaled: the scale is the exponent field of an fp32 ---- */

enum wide_type { WIDE_F32, WIDE_F16, WIDE_BF16 };

static const unsigned wide_mantissa[] = {[WIDE_F32] = 23, [WIDE_F16] = 10, [WIDE_BF16] = 7};

static int scale_of(uint32_t bits) {
    return (int)(bits >> 23 & 0xff) - 127;
}
#define SCALE_NAN 128

static inline float widen(enum wide_type type, uint32_t bits) {
    return type == WIDE_F32   ? F(bits)
           : type == WIDE_F16 ? sim_f16_to_f32(bits & 0xffffu)
                              : sim_bf16_to_f32(bits & 0xffffu);
}

static uint32_t encode_scaled(const struct valu_call *c, enum sim_small_float format, float value, int scale) {
    return sim_small_float_encode_scaled(format, scale == SCALE_NAN ? NAN : value, scale, saturates(c));
}
static uint32_t encode_random(const struct valu_call *c, enum sim_small_float format, enum wide_type type, float value,
                              int scale, uint32_t random) {
    return sim_small_float_encode_stochastic(format, scale == SCALE_NAN ? NAN : value, scale, random,
                                             wide_mantissa[type], saturates(c));
}
static uint32_t decode_scaled(enum sim_small_float format, uint32_t code, int scale, enum wide_type type) {
    float value = scale == SCALE_NAN ? NAN : sim_small_float_decode(format, code);
    if (type == WIDE_F32) {
        return valu_bits(ldexpf(value, scale));
    }
    /* At most 4 significant bits: the intermediate fp32 is exact wherever the result is not zero or infinite. */
    value = ldexpf(value, scale);
    return type == WIDE_F16 ? sim_f32_to_f16(value) : sim_f32_to_bf16(value);
}
static uint32_t next_random(uint32_t random) {
    return random << 1 ^ (random >> 31 ? 197u : 0u);
}

/* An unscaled stochastic conversion of one value into the byte that op_sel names. */
static void sr_byte(struct valu_call *c, enum sim_small_float format, enum wide_type type, const uint32_t *scales) {
    unsigned shift = 8 * (c->inst->op_sel >> 2 & 3);
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t code =
            encode_random(c, format, type, widen(type, c->s[0][i]), scales ? scale_of(scales[i]) : 0, c->s[1][i]);
        c->d[i] = (c->d[i] & ~(0xffu << shift)) | code << shift;
    }
}
KERNEL(cvt_sr_fp8_f32) {
    sr_byte(c, fp8_of(c), WIDE_F32, NULL);
}
KERNEL(cvt_sr_bf8_f32) {
    sr_byte(c, bf8_of(c), WIDE_F32, NULL);
}
KERNEL(scaled_sr_fp8_f32) {
    sr_byte(c, SIM_FP8_FN, WIDE_F32, c->s[2]);
}
KERNEL(scaled_sr_bf8_f32) {
    sr_byte(c, SIM_BF8_OCP, WIDE_F32, c->s[2]);
}
KERNEL(scaled_sr_fp8_f16) {
    sr_byte(c, SIM_FP8_FN, WIDE_F16, c->s[2]);
}
KERNEL(scaled_sr_bf8_f16) {
    sr_byte(c, SIM_BF8_OCP, WIDE_F16, c->s[2]);
}
KERNEL(scaled_sr_fp8_bf16) {
    sr_byte(c, SIM_FP8_FN, WIDE_BF16, c->s[2]);
}
KERNEL(scaled_sr_bf8_bf16) {
    sr_byte(c, SIM_BF8_OCP, WIDE_BF16, c->s[2]);
}

/* value * 2^-scale in fp32 for FP8 and BF8: what underflows here is far below their smallest values, and what overflows
 * stays finite, because whether an infinity saturates differs. */
static inline float unscale(float value, uint32_t scale_bits) {
    uint32_t field = scale_bits >> 23 & 0xffu, sign = valu_bits(value) & 0x80000000u;
    uint32_t factor = field >= 254u ? 0x00400000u : (254u - field) << 23;
    uint32_t bits = valu_bits(value * F(factor));
    bool overflowed = (bits & 0x7fffffffu) == 0x7f800000u && (valu_bits(value) & 0x7f800000u) != 0x7f800000u;
    bits = overflowed ? sign | 0x7f7fffffu : bits;
    return F(field == 255u ? sign | 0x7fc00000u : bits);
}
/* Two values become a word: of two fp32 sources, or of the halves of one. */
static inline void scaled_pair(struct valu_call *c, enum sim_small_float format, enum wide_type type) {
    const uint32_t *s0 = c->s[0], *s1 = c->s[1], *scales = type == WIDE_F32 ? c->s[2] : c->s[1];
    const bool saturate = saturates(c);
    uint32_t *d = c->d;
    VALU_LANES {
        uint32_t low = s0[i], high = type == WIDE_F32 ? s1[i] : low >> 16, scale = scales[i];
        d[i] = sim_f32_to_fp8(format, unscale(widen(type, low), scale), saturate) |
               sim_f32_to_fp8(format, unscale(widen(type, high), scale), saturate) << 8;
    }
}
KERNEL(scaled_pk_fp8_f32) {
    scaled_pair(c, SIM_FP8_FN, WIDE_F32);
}
KERNEL(scaled_pk_bf8_f32) {
    scaled_pair(c, SIM_BF8_OCP, WIDE_F32);
}
KERNEL(scaled_pk_fp8_f16) {
    scaled_pair(c, SIM_FP8_FN, WIDE_F16);
}
KERNEL(scaled_pk_bf8_f16) {
    scaled_pair(c, SIM_BF8_OCP, WIDE_F16);
}
KERNEL(scaled_pk_fp8_bf16) {
    scaled_pair(c, SIM_FP8_FN, WIDE_BF16);
}
KERNEL(scaled_pk_bf8_bf16) {
    scaled_pair(c, SIM_BF8_OCP, WIDE_BF16);
}

/* Two values become two FP4 codes in the byte that op_sel names. */
static void place_fp4(struct valu_call *c, int i, uint32_t low, uint32_t high) {
    unsigned shift = 8 * (c->inst->op_sel >> 2 & 3);
    c->d[i] = (c->d[i] & ~(0xffu << shift)) | (low | high << 4) << shift;
}
static void scaled_fp4(struct valu_call *c, enum wide_type type) {
    for (int i = 0; i < SIM_LANES; i++) {
        int scale = scale_of(type == WIDE_F32 ? c->s[2][i] : c->s[1][i]);
        uint32_t low = c->s[0][i], high = type == WIDE_F32 ? c->s[1][i] : low >> 16;
        place_fp4(c, i, encode_scaled(c, SIM_FP4, widen(type, low), scale),
                  encode_scaled(c, SIM_FP4, widen(type, high), scale));
    }
}
KERNEL(scaled_pk_fp4_f32) {
    scaled_fp4(c, WIDE_F32);
}
KERNEL(scaled_pk_fp4_f16) {
    scaled_fp4(c, WIDE_F16);
}
KERNEL(scaled_pk_fp4_bf16) {
    scaled_fp4(c, WIDE_BF16);
}
static void scaled_sr_fp4(struct valu_call *c, enum wide_type type) {
    for (int i = 0; i < SIM_LANES; i++) {
        int scale = scale_of(c->s[2][i]);
        uint32_t low = c->s[0][i], high = type == WIDE_F32 ? c->s[0][i + SIM_LANES] : low >> 16, random = c->s[1][i];
        place_fp4(c, i, encode_random(c, SIM_FP4, type, widen(type, low), scale, random),
                  encode_random(c, SIM_FP4, type, widen(type, high), scale, next_random(random)));
    }
}
KERNEL(scaled_sr_pk_fp4_f32) {
    scaled_sr_fp4(c, WIDE_F32);
}
KERNEL(scaled_sr_pk_fp4_f16) {
    scaled_sr_fp4(c, WIDE_F16);
}
KERNEL(scaled_sr_pk_fp4_bf16) {
    scaled_sr_fp4(c, WIDE_BF16);
}

/* One code, in the byte that op_sel names, to one value. */
static void scaled_decode_byte(struct valu_call *c, enum sim_small_float format, enum wide_type type) {
    unsigned shift = 8 * (c->inst->op_sel & 3);
    for (int i = 0; i < SIM_LANES; i++) {
        c->d[i] = decode_scaled(format, c->s[0][i] >> shift & 0xffu, scale_of(c->s[1][i]), type);
    }
}
KERNEL(scaled_f32_fp8) {
    scaled_decode_byte(c, SIM_FP8_FN, WIDE_F32);
}
KERNEL(scaled_f32_bf8) {
    scaled_decode_byte(c, SIM_BF8_OCP, WIDE_F32);
}
KERNEL(scaled_f16_fp8) {
    scaled_decode_byte(c, SIM_FP8_FN, WIDE_F16);
}
KERNEL(scaled_f16_bf8) {
    scaled_decode_byte(c, SIM_BF8_OCP, WIDE_F16);
}

/* A word of two 8-bit codes, or a byte of two FP4 codes, to two values. */
static void scaled_decode_pair(struct valu_call *c, enum sim_small_float format, enum wide_type type) {
    const bool fp4 = format == SIM_FP4;
    const unsigned shift = fp4 ? 8 * (c->inst->op_sel & 3) : 16 * (c->inst->op_sel & 1), bits = fp4 ? 4 : 8;
    for (int i = 0; i < SIM_LANES; i++) {
        uint32_t codes = c->s[0][i] >> shift, mask = (1u << bits) - 1;
        int scale = scale_of(c->s[1][i]);
        uint32_t low = decode_scaled(format, codes & mask, scale, type);
        uint32_t high = decode_scaled(format, codes >> bits & mask, scale, type);
        if (type == WIDE_F32) {
            c->d[i] = low;
            c->d[i + SIM_LANES] = high;
        } else {
            c->d[i] = low | high << 16;
        }
    }
}
#define DECODE_PAIR(suffix, type)                 \
    KERNEL(scaled_pk_##suffix##_fp8) {            \
        scaled_decode_pair(c, SIM_FP8_FN, type);  \
    }                                             \
    KERNEL(scaled_pk_##suffix##_bf8) {            \
        scaled_decode_pair(c, SIM_BF8_OCP, type); \
    }                                             \
    KERNEL(scaled_pk_##suffix##_fp4) {            \
        scaled_decode_pair(c, SIM_FP4, type);     \
    }
DECODE_PAIR(f32, WIDE_F32)
DECODE_PAIR(f16, WIDE_F16)
DECODE_PAIR(bf16, WIDE_BF16)

/* ---- 32 values at a time ---- */

/* A row of operand k: `row` counts within a VGPR range, scalars are the same in every row. */
static uint32_t operand_lane(const struct sim_wave *wave, const struct sim_inst *inst, unsigned k, unsigned row,
                             int lane) {
    const struct sim_operand *operand = &inst->src[k];
    if (operand->kind == SIM_OPERAND_VGPR || operand->kind == SIM_OPERAND_AGPR) {
        return wave->vgpr[valu_row(operand) + row][lane];
    }
    return (uint32_t)valu_scalar(wave, operand, VALU_B32);
}

static void put_code6(uint32_t rows[6], unsigned index, uint32_t code) {
    unsigned bit = 6 * index, word = bit / 32, shift = bit % 32;
    rows[word] |= code << shift;
    if (shift > 26) {
        rows[word + 1] |= code >> (32 - shift);
    }
}
static uint32_t get_code6(const uint32_t rows[6], unsigned index) {
    unsigned bit = 6 * index, word = bit / 32, shift = bit % 32;
    uint32_t code = rows[word] >> shift;
    if (shift > 26) {
        code |= rows[word + 1] << (32 - shift);
    }
    return code & 0x3fu;
}

/* `paired`: fp32 only, 16 values from each of two sources, alternating. */
static void encode32(struct sim_wave *wave, const struct sim_inst *inst, enum sim_small_float format,
                     enum wide_type type, bool stochastic, bool paired) {
    struct valu_call call = {.mode = wave->mode, .inst = inst, .wave = wave};
    uint64_t exec = sim_exec(wave);
    unsigned scale_at = stochastic || paired ? 2 : 1;
    for (int i = 0; i < SIM_LANES; i++) {
        if (!(exec >> i & 1)) {
            continue;
        }
        int scale = scale_of(operand_lane(wave, inst, scale_at, 0, i));
        uint32_t random = stochastic ? operand_lane(wave, inst, 1, 0, i) : 0, rows[6] = {0};
        for (unsigned k = 0; k < 32; k++) {
            uint32_t bits = paired             ? operand_lane(wave, inst, k & 1, k / 2, i)
                            : type == WIDE_F32 ? operand_lane(wave, inst, 0, k, i)
                                               : operand_lane(wave, inst, 0, k / 2, i) >> 16 * (k & 1);
            float value = widen(type, bits);
            put_code6(rows, k,
                      stochastic ? encode_random(&call, format, type, value, scale, random)
                                 : encode_scaled(&call, format, value, scale));
            random = next_random(random);
        }
        for (unsigned r = 0; r < 6; r++) {
            wave->vgpr[valu_row(&inst->dst[0]) + r][i] = rows[r];
        }
    }
}
static void decode32(struct sim_wave *wave, const struct sim_inst *inst, enum sim_small_float format,
                     enum wide_type type) {
    uint64_t exec = sim_exec(wave);
    for (int i = 0; i < SIM_LANES; i++) {
        if (!(exec >> i & 1)) {
            continue;
        }
        int scale = scale_of(operand_lane(wave, inst, 1, 0, i));
        uint32_t rows[6], values[32];
        for (unsigned r = 0; r < 6; r++) {
            rows[r] = operand_lane(wave, inst, 0, r, i);
        }
        for (unsigned k = 0; k < 32; k++) {
            values[k] = decode_scaled(format, get_code6(rows, k), scale, type);
        }
        uint32_t (*to)[SIM_LANES] = &wave->vgpr[valu_row(&inst->dst[0])];
        for (unsigned k = 0; k < 32; k++) {
            if (type == WIDE_F32) {
                to[k][i] = values[k];
            } else if (k & 1) {
                to[k / 2][i] = values[k - 1] | values[k] << 16;
            }
        }
    }
}
#define EXEC32(name, body)                                                 \
    static void name(struct sim_wave *wave, const struct sim_inst *inst) { \
        body;                                                              \
    }
#define CODE6(suffix, format)                                                                  \
    EXEC32(exec_2xpk16_##suffix##_f32, encode32(wave, inst, format, WIDE_F32, false, true))    \
    EXEC32(exec_sr_pk32_##suffix##_f32, encode32(wave, inst, format, WIDE_F32, true, false))   \
    EXEC32(exec_pk32_##suffix##_f16, encode32(wave, inst, format, WIDE_F16, false, false))     \
    EXEC32(exec_sr_pk32_##suffix##_f16, encode32(wave, inst, format, WIDE_F16, true, false))   \
    EXEC32(exec_pk32_##suffix##_bf16, encode32(wave, inst, format, WIDE_BF16, false, false))   \
    EXEC32(exec_sr_pk32_##suffix##_bf16, encode32(wave, inst, format, WIDE_BF16, true, false)) \
    EXEC32(exec_pk32_f32_##suffix, decode32(wave, inst, format, WIDE_F32))                     \
    EXEC32(exec_pk32_f16_##suffix, decode32(wave, inst, format, WIDE_F16))                     \
    EXEC32(exec_pk32_bf16_##suffix, decode32(wave, inst, format, WIDE_BF16))
CODE6(fp6, SIM_FP6)
CODE6(bf6, SIM_BF6)

#define B32 VALU_B32
#define F32 VALU_F32
#define SCALED(mnemonic) "v_cvt_scalef32_" #mnemonic, scaled_##mnemonic, NULL
#define ROW6(suffix)                                                                                                  \
    {"v_cvt_scalef32_2xpk16_" #suffix "_f32", NULL, exec_2xpk16_##suffix##_f32, VALU_WIDE, {0}, 6, VALU_GFX950, 0},   \
        {"v_cvt_scalef32_sr_pk32_" #suffix "_f32",                                                                    \
         NULL,                                                                                                        \
         exec_sr_pk32_##suffix##_f32,                                                                                 \
         VALU_WIDE,                                                                                                   \
         {0},                                                                                                         \
         6,                                                                                                           \
         VALU_GFX950,                                                                                                 \
         0},                                                                                                          \
        {"v_cvt_scalef32_pk32_" #suffix "_f16", NULL, exec_pk32_##suffix##_f16, VALU_WIDE, {0}, 6, VALU_GFX950, 0},   \
        {"v_cvt_scalef32_sr_pk32_" #suffix "_f16",                                                                    \
         NULL,                                                                                                        \
         exec_sr_pk32_##suffix##_f16,                                                                                 \
         VALU_WIDE,                                                                                                   \
         {0},                                                                                                         \
         6,                                                                                                           \
         VALU_GFX950,                                                                                                 \
         0},                                                                                                          \
        {"v_cvt_scalef32_pk32_" #suffix "_bf16", NULL, exec_pk32_##suffix##_bf16, VALU_WIDE, {0}, 6, VALU_GFX950, 0}, \
        {"v_cvt_scalef32_sr_pk32_" #suffix "_bf16",                                                                   \
         NULL,                                                                                                        \
         exec_sr_pk32_##suffix##_bf16,                                                                                \
         VALU_WIDE,                                                                                                   \
         {0},                                                                                                         \
         6,                                                                                                           \
         VALU_GFX950,                                                                                                 \
         0},                                                                                                          \
        {"v_cvt_scalef32_pk32_f32_" #suffix, NULL, exec_pk32_f32_##suffix, VALU_WIDE, {0}, 32, VALU_GFX950, 0},       \
        {"v_cvt_scalef32_pk32_f16_" #suffix, NULL, exec_pk32_f16_##suffix, VALU_WIDE, {0}, 16, VALU_GFX950, 0},       \
        {"v_cvt_scalef32_pk32_bf16_" #suffix, NULL, exec_pk32_bf16_##suffix, VALU_WIDE, {0}, 16, VALU_GFX950, 0}
#define WORD (VALU_KEEPS_HIGH | VALU_GFX950)
#define BYTE (VALU_DST_READ | VALU_GFX950)

/* clang-format off */
const struct valu_op valu_small_ops[] = {
    {"v_cvt_pk_fp8_f32", cvt_pk_fp8_f32, NULL, B32, {F32, F32}, 0, VALU_KEEPS_HIGH, 0},
    {"v_cvt_pk_bf8_f32", cvt_pk_bf8_f32, NULL, B32, {F32, F32}, 0, VALU_KEEPS_HIGH, 0},
    {"v_cvt_sr_fp8_f32", cvt_sr_fp8_f32, NULL, B32, {F32, B32}, 0, VALU_DST_READ, 0},
    {"v_cvt_sr_bf8_f32", cvt_sr_bf8_f32, NULL, B32, {F32, B32}, 0, VALU_DST_READ, 0},
    {"v_cvt_f32_fp8", cvt_f32_fp8, NULL, F32, {B32}, 0, 0, 0},
    {"v_cvt_f32_bf8", cvt_f32_bf8, NULL, F32, {B32}, 0, 0, 0},
    {"v_cvt_pk_f32_fp8", cvt_pk_f32_fp8, NULL, VALU_PK_F32, {B32}, 0, 0, 0},
    {"v_cvt_pk_f32_bf8", cvt_pk_f32_bf8, NULL, VALU_PK_F32, {B32}, 0, 0, 0},
    {SCALED(pk_fp8_f32), B32, {F32, F32, F32}, 0, WORD, 0},
    {SCALED(pk_bf8_f32), B32, {F32, F32, F32}, 0, WORD, 0},
    {SCALED(pk_fp8_f16), B32, {B32, F32}, 0, WORD, 0},
    {SCALED(pk_bf8_f16), B32, {B32, F32}, 0, WORD, 0},
    {SCALED(pk_fp8_bf16), B32, {B32, F32}, 0, WORD, 0},
    {SCALED(pk_bf8_bf16), B32, {B32, F32}, 0, WORD, 0},
    {SCALED(sr_fp8_f32), B32, {F32, B32, F32}, 0, BYTE, 0},
    {SCALED(sr_bf8_f32), B32, {F32, B32, F32}, 0, BYTE, 0},
    {SCALED(sr_fp8_f16), B32, {B32, B32, F32}, 0, BYTE, 0},
    {SCALED(sr_bf8_f16), B32, {B32, B32, F32}, 0, BYTE, 0},
    {SCALED(sr_fp8_bf16), B32, {B32, B32, F32}, 0, BYTE, 0},
    {SCALED(sr_bf8_bf16), B32, {B32, B32, F32}, 0, BYTE, 0},
    {SCALED(pk_fp4_f32), B32, {F32, F32, F32}, 0, BYTE, 0},
    {SCALED(pk_fp4_f16), B32, {B32, F32}, 0, BYTE, 0},
    {SCALED(pk_fp4_bf16), B32, {B32, F32}, 0, BYTE, 0},
    {SCALED(sr_pk_fp4_f32), B32, {VALU_B64, B32, F32}, 0, BYTE, 0},
    {SCALED(sr_pk_fp4_f16), B32, {B32, B32, F32}, 0, BYTE, 0},
    {SCALED(sr_pk_fp4_bf16), B32, {B32, B32, F32}, 0, BYTE, 0},
    {SCALED(f32_fp8), F32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(f32_bf8), F32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(f16_fp8), B32, {B32, F32}, 0, WORD, 0},
    {SCALED(f16_bf8), B32, {B32, F32}, 0, WORD, 0},
    {SCALED(pk_f32_fp8), VALU_PK_F32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_f32_bf8), VALU_PK_F32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_f32_fp4), VALU_PK_F32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_f16_fp8), B32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_f16_bf8), B32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_f16_fp4), B32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_bf16_fp8), B32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_bf16_bf8), B32, {B32, F32}, 0, VALU_GFX950, 0},
    {SCALED(pk_bf16_fp4), B32, {B32, F32}, 0, VALU_GFX950, 0},
    ROW6(fp6),
    ROW6(bf6),
    VALU_END,
};
/* clang-format on */
