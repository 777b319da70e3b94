/* SPDX-License-Identifier: MIT
 *
 * Integer and bit vector instructions: 16, 32 and 64 bits, carries, bit fields, sums of absolute differences.
 */
#include "exec_valu.h"

#define TERNARY(name, expr)                                         \
    KERNEL(name) {                                                  \
        uint32_t *d = c->d;                                         \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2]; \
        VALU_LANES {                                                \
            uint32_t a = s0[i], b = s1[i], e = s2[i];               \
            d[i] = (uint32_t)(expr);                                \
        }                                                           \
    }
/* The wrapped result, or with the clamp bit the exact 64-bit one limited to low..high. */
#define CLAMPED(name, wrapped, exact, low, high)                                                        \
    KERNEL(name) {                                                                                      \
        uint32_t *d = c->d;                                                                             \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2] ? c->s[2] : s0;                      \
        if (c->inst->clamp) {                                                                           \
            for (int i = 0; i < SIM_LANES; i++) {                                                       \
                uint32_t a = s0[i], b = s1[i], e = s2[i];                                               \
                int64_t value = (exact);                                                                \
                (void)e;                                                                                \
                d[i] = (uint32_t)(value<(low) ? (low) : value>(high) ? (high) : value) & MASK_OF(high); \
            }                                                                                           \
            return;                                                                                     \
        }                                                                                               \
        VALU_LANES {                                                                                    \
            uint32_t a = s0[i], b = s1[i], e = s2[i];                                                   \
            (void)e;                                                                                    \
            d[i] = (uint32_t)(wrapped);                                                                 \
        }                                                                                               \
    }
#define MASK_OF(high) ((high) <= 0xffff ? 0xffffu : 0xffffffffu)
#define U64(x) ((int64_t)(uint64_t)(x))
#define I32(x) ((int32_t)(x))
#define I16(x) ((int16_t)(x))
#define U16(x) ((uint16_t)(x))
#define I24(x) ((int32_t)((x) << 8) >> 8)
#define U24(x) ((x) & 0xffffffu)

/* ---- moves and bits ---- */

#ifdef __clang__
__attribute__((no_builtin("memcpy", "memmove"))) /* the most frequent instruction should not call memmove() */
#endif
KERNEL(mov_b32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0];
    VALU_LANES {
        d[i] = s0[i];
    }
}
UNARY_B32(not_b32, ~a)
BINARY_B32(and_b32, a &b)
BINARY_B32(or_b32, a | b)
BINARY_B32(xor_b32, a ^ b)
BINARY_B32(xnor_b32, ~(a ^ b))
TERNARY(and_or_b32, (a & b) | e)
TERNARY(or3_b32, a | b | e)
TERNARY(bfi_b32, (a & b) | (~a & e))
BINARY_B32(bfm_b32, ((1u << (a & 31)) - 1u) << (b & 31))
TERNARY(bfe_u32, a >> (b & 31) & ((1u << (e & 31)) - 1u))
TERNARY(alignbit_b32, ((uint64_t)a << 32 | b) >> (e & 31))
TERNARY(alignbyte_b32, ((uint64_t)a << 32 | b) >> 8 * (e & 3))
BINARY_B32(lshlrev_b32, b << (a & 31))
BINARY_B32(lshrrev_b32, b >> (a & 31))
BINARY_B32(ashrrev_i32, I32(b) >> (a & 31))
BINARY_B32(lshlrev_b16, U16(b << (a & 15)))
BINARY_B32(lshrrev_b16, U16(b) >> (a & 15))
BINARY_B32(ashrrev_i16, U16(I16(b) >> (a & 15)))
TERNARY(lshl_add_u32, (a << (b & 31)) + e)
TERNARY(add_lshl_u32, (a + b) << (e & 31))
TERNARY(lshl_or_b32, (a << (b & 31)) | e)
TERNARY(xad_u32, (a ^ b) + e)
TERNARY(add3_u32, a + b + e)

static inline uint32_t bfe_i32_lane(uint32_t a, uint32_t offset, uint32_t width) {
    uint32_t field = (uint32_t)(I32(a) >> offset);
    uint32_t up = 32 - width;
    return width ? (uint32_t)(I32(field << (up & 31)) >> (up & 31)) : 0u;
}
TERNARY(bfe_i32, bfe_i32_lane(a, b & 31, e & 31))

static inline uint32_t reverse_bits(uint32_t a) {
    a = (a >> 1 & 0x55555555u) | (a & 0x55555555u) << 1;
    a = (a >> 2 & 0x33333333u) | (a & 0x33333333u) << 2;
    a = (a >> 4 & 0x0f0f0f0fu) | (a & 0x0f0f0f0fu) << 4;
    return __builtin_bswap32(a);
}
UNARY_B32(bfrev_b32, reverse_bits(a))
UNARY_B32(ffbh_u32, a ? (uint32_t)__builtin_clz(a) : ~0u)
UNARY_B32(ffbl_b32, a ? (uint32_t)__builtin_ctz(a) : ~0u)
static inline uint32_t first_unlike_sign(uint32_t a) {
    uint32_t b = a ^ (uint32_t)(I32(a) >> 31);
    return b ? (uint32_t)__builtin_clz(b) : ~0u;
}
UNARY_B32(ffbh_i32, first_unlike_sign(a))
static inline uint32_t count_bits(uint32_t a) {
    a -= a >> 1 & 0x55555555u;
    a = (a & 0x33333333u) + (a >> 2 & 0x33333333u);
    return ((a + (a >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}
BINARY_B32(bcnt_u32_b32, count_bits(a) + b)
BINARY_B32(mbcnt_lo_u32_b32, count_bits(a &(i < 32 ? (1u << (i & 31)) - 1u : ~0u)) + b)
BINARY_B32(mbcnt_hi_u32_b32, count_bits(a &(i < 32 ? 0u : (1u << (i & 31)) - 1u)) + b)
UNARY_B32(prng_b32, a << 1 ^ (a >> 31 ? 197u : 0u))

static inline uint32_t perm_byte(uint32_t a, uint32_t b, uint32_t sel) {
    uint32_t byte = (sel & 4 ? a : b) >> 8 * (sel & 3) & 0xffu;
    uint32_t sign = 0u - ((sel & 2 ? a : b) >> (sel & 1 ? 31 : 15) & 1u);
    uint32_t special = sel == 12 ? 0u : sel > 12 ? 0xffu : sign & 0xffu;
    return sel >= 8 ? special : byte;
}
static inline uint32_t perm_lane(uint32_t a, uint32_t b, uint32_t sel) {
    return perm_byte(a, b, sel & 0xff) | perm_byte(a, b, sel >> 8 & 0xff) << 8 |
           perm_byte(a, b, sel >> 16 & 0xff) << 16 | perm_byte(a, b, sel >> 24) << 24;
}
TERNARY(perm_b32, perm_lane(a, b, e))

/* The truth table's index is {a, b, e}, a the high bit. */
static inline uint32_t bitop3_lane(uint32_t table, uint32_t a, uint32_t b, uint32_t e) {
    uint32_t result = 0;
    for (uint32_t k = 0; k < 8; k++) {
        uint32_t term = (k & 4 ? a : ~a) & (k & 2 ? b : ~b) & (k & 1 ? e : ~e);
        result |= term & (0u - (table >> k & 1u));
    }
    return result;
}
TERNARY(bitop3_b32, bitop3_lane((uint32_t)c->inst->imm, a, b, e))
TERNARY(bitop3_b16, U16(bitop3_lane((uint32_t)c->inst->imm, a, b, e)))

KERNEL(cndmask_b32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1];
    uint32_t lanes[SIM_LANES];
    valu_expand_mask(lanes, c->mask_in);
    VALU_LANES {
        d[i] = (s1[i] & lanes[i]) | (s0[i] & ~lanes[i]);
    }
}

/* ---- 32 bits ---- */

CLAMPED(add_u32, a + b, U64(a) + U64(b), 0, 0xffffffffll)
CLAMPED(sub_u32, a - b, U64(a) - U64(b), 0, 0xffffffffll)
CLAMPED(subrev_u32, b - a, U64(b) - U64(a), 0, 0xffffffffll)
CLAMPED(add_i32, a + b, (int64_t)I32(a) + I32(b), -0x80000000ll, 0x7fffffffll)
CLAMPED(sub_i32, a - b, (int64_t)I32(a) - I32(b), -0x80000000ll, 0x7fffffffll)
BINARY_B32(mul_lo_u32, a *b)
BINARY_B32(mul_hi_u32, (uint64_t)a *b >> 32)
BINARY_B32(mul_hi_i32, (uint64_t)((int64_t)I32(a) * I32(b)) >> 32)
CLAMPED(mul_i32_i24, I24(a) * (int64_t)I24(b), (int64_t)I24(a) * I24(b), -0x80000000ll, 0x7fffffffll)
BINARY_B32(mul_hi_i32_i24, (uint64_t)((int64_t)I24(a) * I24(b)) >> 32)
CLAMPED(mul_u32_u24, U24(a) * U24(b), U64((uint64_t)U24(a) * U24(b)), 0, 0xffffffffll)
BINARY_B32(mul_hi_u32_u24, (uint64_t)U24(a) * U24(b) >> 32)
CLAMPED(mad_i32_i24, (uint32_t)((int64_t)I24(a) * I24(b)) + e, (int64_t)I24(a) * I24(b) + I32(e), -0x80000000ll,
        0x7fffffffll)
CLAMPED(mad_u32_u24, U24(a) * U24(b) + e, U64((uint64_t)U24(a) * U24(b) + e), 0, 0xffffffffll)
CLAMPED(mad_u32_u16, (uint32_t)U16(a) * U16(b) + e, U64((uint64_t)U16(a) * U16(b) + e), 0, 0xffffffffll)
CLAMPED(mad_i32_i16, (uint32_t)(I16(a) * I16(b)) + e, (int64_t)I16(a) * I16(b) + I32(e), -0x80000000ll, 0x7fffffffll)

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MED(a, b, e) MAX(MIN(a, b), MIN(MAX(a, b), e))
BINARY_B32(min_i32, MIN(I32(a), I32(b)))
BINARY_B32(max_i32, MAX(I32(a), I32(b)))
BINARY_B32(min_u32, MIN(a, b))
BINARY_B32(max_u32, MAX(a, b))
TERNARY(min3_i32, MIN(MIN(I32(a), I32(b)), I32(e)))
TERNARY(max3_i32, MAX(MAX(I32(a), I32(b)), I32(e)))
TERNARY(med3_i32, MED(I32(a), I32(b), I32(e)))
TERNARY(min3_u32, MIN(MIN(a, b), e))
TERNARY(max3_u32, MAX(MAX(a, b), e))
TERNARY(med3_u32, MED(a, b, e))

/* ---- 16 bits: results are zero-extended ---- */

CLAMPED(add_u16, U16(a + b), (int64_t)U16(a) + U16(b), 0, 0xffff)
CLAMPED(sub_u16, U16(a - b), (int64_t)U16(a) - U16(b), 0, 0xffff)
CLAMPED(subrev_u16, U16(b - a), (int64_t)U16(b) - U16(a), 0, 0xffff)
CLAMPED(add_i16, U16(a + b), (int64_t)I16(a) + I16(b), -0x8000, 0x7fff)
CLAMPED(sub_i16, U16(a - b), (int64_t)I16(a) - I16(b), -0x8000, 0x7fff)
CLAMPED(mul_lo_u16, U16((uint32_t)U16(a) * U16(b)), (int64_t)U16(a) * U16(b), 0, 0xffff)
CLAMPED(mad_u16, U16((uint32_t)U16(a) * U16(b) + U16(e)), (int64_t)U16(a) * U16(b) + U16(e), 0, 0xffff)
CLAMPED(mad_i16, U16(I16(a) * I16(b) + I16(e)), (int64_t)I16(a) * I16(b) + I16(e), -0x8000, 0x7fff)
BINARY_B32(min_i16, U16(MIN(I16(a), I16(b))))
BINARY_B32(max_i16, U16(MAX(I16(a), I16(b))))
BINARY_B32(min_u16, MIN(U16(a), U16(b)))
BINARY_B32(max_u16, MAX(U16(a), U16(b)))
TERNARY(min3_i16, U16(MIN(MIN(I16(a), I16(b)), I16(e))))
TERNARY(max3_i16, U16(MAX(MAX(I16(a), I16(b)), I16(e))))
TERNARY(med3_i16, U16(MED(I16(a), I16(b), I16(e))))
TERNARY(min3_u16, MIN(MIN(U16(a), U16(b)), U16(e)))
TERNARY(max3_u16, MAX(MAX(U16(a), U16(b)), U16(e)))
TERNARY(med3_u16, MED(U16(a), U16(b), U16(e)))

/* ---- narrowing ---- */

#define LIMIT(x, low, high) ((x) < (low) ? (low) : (x) > (high) ? (high) : (x))
BINARY_B32(cvt_pk_u16_u32, MIN(a, 0xffffu) | MIN(b, 0xffffu) << 16)
BINARY_B32(cvt_pk_i16_i32, U16(LIMIT(I32(a), -32768, 32767)) | (uint32_t)U16(LIMIT(I32(b), -32768, 32767)) << 16)
UNARY_B32(sat_pk_u8_i16, (uint32_t)LIMIT(I16(a), 0, 255) | (uint32_t)LIMIT(I16(a >> 16), 0, 255) << 8)
#define SHIFTED(x) (I32(x) >> (e & 31))
TERNARY(ashr_pk_i8_i32,
        ((uint32_t)LIMIT(SHIFTED(a), -128, 127) & 0xffu) | ((uint32_t)LIMIT(SHIFTED(b), -128, 127) & 0xffu) << 8)
TERNARY(ashr_pk_u8_i32, (uint32_t)LIMIT(SHIFTED(a), 0, 255) | (uint32_t)LIMIT(SHIFTED(b), 0, 255) << 8)

/* ---- carries ---- */

#define CARRY(name, sum, carry)                                \
    KERNEL(name) {                                             \
        uint32_t *d = c->d;                                    \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1];           \
        uint32_t lanes[SIM_LANES];                             \
        uint8_t out[SIM_LANES];                                \
        valu_expand_mask(lanes, c->mask_in);                   \
        bool clamp = c->inst->clamp;                           \
        VALU_LANES {                                           \
            uint32_t a = s0[i], b = s1[i], in = lanes[i] & 1;  \
            uint32_t result = (sum), over = (carry);           \
            (void)in;                                          \
            out[i] = (uint8_t)over;                            \
            d[i] = clamp && over ? CARRY_LIMIT(name) : result; \
        }                                                      \
        c->mask_out = valu_pack_mask(out);                     \
    }
#define CARRY_LIMIT(name) CARRY_LIMIT_##name
#define CARRY_LIMIT_add_co_u32 ~0u
#define CARRY_LIMIT_addc_co_u32 ~0u
#define CARRY_LIMIT_sub_co_u32 0u
#define CARRY_LIMIT_subrev_co_u32 0u
#define CARRY_LIMIT_subb_co_u32 0u
#define CARRY_LIMIT_subbrev_co_u32 0u
CARRY(add_co_u32, a + b, result < a)
CARRY(sub_co_u32, a - b, a < b)
CARRY(subrev_co_u32, b - a, b < a)
CARRY(addc_co_u32, a + b + in, (result < a) | (in & (result == a)))
CARRY(subb_co_u32, a - b - in, (a < b) | (in & (a == b)))
CARRY(subbrev_co_u32, b - a - in, (b < a) | (in & (a == b)))

/* ---- 64 bits ---- */

#define BINARY64(name, expr)                         \
    KERNEL(name) {                                   \
        uint32_t *d = c->d;                          \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1]; \
        VALU_LANES {                                 \
            uint32_t a = s0[i];                      \
            uint64_t b = valu_get64(s1, i);          \
            valu_put64(d, i, (uint64_t)(expr));      \
        }                                            \
    }
BINARY64(lshlrev_b64, b << (a & 63))
BINARY64(lshrrev_b64, b >> (a & 63))
BINARY64(ashrrev_i64, (int64_t)b >> (a & 63))

KERNEL(mov_b64) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0];
    VALU_LANES {
        uint32_t low = s0[i], high = s0[i + SIM_LANES];
        d[i] = low;
        d[i + SIM_LANES] = high;
    }
}

KERNEL(lshl_add_u64) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2];
    VALU_LANES {
        uint64_t a = valu_get64(s0, i), e = valu_get64(s2, i);
        valu_put64(d, i, (a << (s1[i] & 7)) + e);
    }
}

KERNEL(mad_u64_u32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2];
    uint8_t out[SIM_LANES];
    VALU_LANES {
        uint64_t product = (uint64_t)s0[i] * s1[i], sum = product + valu_get64(s2, i);
        out[i] = sum < product;
        valu_put64(d, i, sum);
    }
    c->mask_out = valu_pack_mask(out);
}

KERNEL(mad_i64_i32) {
    uint32_t *d = c->d;
    const uint32_t *s0 = c->s[0], *s1 = c->s[1], *s2 = c->s[2];
    uint8_t out[SIM_LANES];
    VALU_LANES { /* bit 64 of the 65-bit signed sum */
        uint64_t product = (uint64_t)((int64_t)I32(s0[i]) * I32(s1[i])), e = valu_get64(s2, i), sum = product + e;
        out[i] = (uint8_t)(((product >> 63) + (e >> 63) + (sum < product)) & 1);
        valu_put64(d, i, sum);
    }
    c->mask_out = valu_pack_mask(out);
}

/* ---- bytes ---- */

static inline uint32_t byte_of(uint32_t a, int k) {
    return a >> 8 * k & 0xffu;
}
static inline uint32_t difference(uint32_t a, uint32_t b) {
    return a > b ? a - b : b - a;
}
static inline uint32_t sad_bytes(uint32_t a, uint32_t b, bool masked) {
    uint32_t sum = 0;
    for (int k = 0; k < 4; k++) {
        sum += masked && byte_of(b, k) == 0 ? 0 : difference(byte_of(a, k), byte_of(b, k));
    }
    return sum;
}
CLAMPED(sad_u8, sad_bytes(a, b, false) + e, U64((uint64_t)sad_bytes(a, b, false) + e), 0, 0xffffffffll)
CLAMPED(sad_hi_u8, (sad_bytes(a, b, false) << 16) + e, U64(((uint64_t)sad_bytes(a, b, false) << 16) + e), 0,
        0xffffffffll)
CLAMPED(msad_u8, sad_bytes(a, b, true) + e, U64((uint64_t)sad_bytes(a, b, true) + e), 0, 0xffffffffll)
CLAMPED(sad_u16, difference(a & 0xffff, b & 0xffff) + difference(a >> 16, b >> 16) + e,
        U64((uint64_t)difference(a & 0xffff, b & 0xffff) + difference(a >> 16, b >> 16) + e), 0, 0xffffffffll)
CLAMPED(sad_u32, difference(a, b) + e, U64((uint64_t)difference(a, b) + e), 0, 0xffffffffll)
static inline uint32_t lerp_bytes(uint32_t a, uint32_t b, uint32_t e) {
    uint32_t result = 0;
    for (int k = 0; k < 4; k++) {
        result |= (byte_of(a, k) + byte_of(b, k) + (e >> 8 * k & 1)) >> 1 << 8 * k;
    }
    return result;
}
TERNARY(lerp_u8, lerp_bytes(a, b, e))

static void quad_sad(struct valu_call *c, bool masked) {
    const bool clamp = c->inst->clamp;
    for (int i = 0; i < SIM_LANES; i++) {
        uint64_t a = valu_get64(c->s[0], i), e = valu_get64(c->s[2], i), result = 0;
        for (int k = 0; k < 4; k++) {
            uint32_t sum = sad_bytes((uint32_t)(a >> 8 * k), c->s[1][i], masked) + (uint32_t)(e >> 16 * k & 0xffff);
            result |= (uint64_t)(clamp && sum > 0xffff ? 0xffff : sum & 0xffff) << 16 * k;
        }
        valu_put64(c->d, i, result);
    }
}
KERNEL(qsad_pk_u16_u8) {
    quad_sad(c, false);
}
KERNEL(mqsad_pk_u16_u8) {
    quad_sad(c, true);
}
KERNEL(mqsad_u32_u8) {
    for (int i = 0; i < SIM_LANES; i++) {
        uint64_t a = valu_get64(c->s[0], i);
        uint32_t b = c->s[1][i], result[4];
        for (int k = 0; k < 4; k++) {
            uint64_t sum = (uint64_t)sad_bytes((uint32_t)(a >> 8 * k), b, true) + c->s[2][i + k * SIM_LANES];
            result[k] = c->inst->clamp && sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
        }
        for (int k = 0; k < 4; k++) {
            c->d[i + k * SIM_LANES] = result[k];
        }
    }
}

/* ---- dot products ---- */

static inline int64_t dot_lane(uint32_t a, uint32_t b, int bits, bool is_signed) {
    int64_t sum = 0;
    for (int at = 0; at < 32; at += bits) {
        uint32_t x = a >> at << (32 - bits), y = b >> at << (32 - bits);
        sum += is_signed ? (int64_t)(I32(x) >> (32 - bits)) * (I32(y) >> (32 - bits))
                         : (int64_t)((uint64_t)(x >> (32 - bits)) * (y >> (32 - bits)));
    }
    return sum;
}
#define DOT_SIGNED(name, bits)                                                                                  \
    CLAMPED(name, (uint32_t)dot_lane(a, b, bits, true) + e, dot_lane(a, b, bits, true) + I32(e), -0x80000000ll, \
            0x7fffffffll)
#define DOT_UNSIGNED(name, bits) \
    CLAMPED(name, (uint32_t)dot_lane(a, b, bits, false) + e, dot_lane(a, b, bits, false) + U64(e), 0, 0xffffffffll)
DOT_SIGNED(dot2_i32_i16, 16)
DOT_SIGNED(dot4_i32_i8, 8)
DOT_SIGNED(dot8_i32_i4, 4)
DOT_UNSIGNED(dot2_u32_u16, 16)
DOT_UNSIGNED(dot4_u32_u8, 8)
DOT_UNSIGNED(dot8_u32_u4, 4)

KERNEL(nop) {
    (void)c;
}

#define B32 VALU_B32
#define B16 VALU_B16
#define B64 VALU_B64
#define ROW1(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B32, {B32}, 0, 0, 0}
#define ROW2(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B32, {B32, B32}, 0, 0, 0}
#define ROW2C(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B32, {B32, B32}, 0, VALU_INT_CLAMP, 0}
#define ROW3(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B32, {B32, B32, B32}, 0, 0, 0}
#define ROW3C(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B32, {B32, B32, B32}, 0, VALU_INT_CLAMP, 0}
#define HALF2(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B16, {B16, B16}, 0, VALU_INT_CLAMP, 0}
#define HALF3(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B16, {B16, B16, B16}, 0, VALU_INT_CLAMP, 0}
#define HALF2K(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B16, {B16, B16}, 0, VALU_INT_CLAMP | VALU_KEEPS_HIGH, 0}
#define HALF3K(mnemonic, fn) {"v_" #mnemonic, fn, NULL, B16, {B16, B16, B16}, 0, VALU_INT_CLAMP | VALU_KEEPS_HIGH, 0}

const struct valu_op valu_int_ops[] = {
    {"v_nop", nop, NULL, VALU_NONE, {0}, 0, 0, 0},
    {"v_clrexcp", nop, NULL, VALU_NONE, {0}, 0, 0, 0},
    ROW1(mov_b32, mov_b32),
    ROW1(accvgpr_read_b32, mov_b32),
    ROW1(accvgpr_write_b32, mov_b32),
    ROW1(accvgpr_mov_b32, mov_b32),
    ROW1(not_b32, not_b32),
    ROW1(bfrev_b32, bfrev_b32),
    ROW1(ffbh_u32, ffbh_u32),
    ROW1(ffbl_b32, ffbl_b32),
    ROW1(ffbh_i32, ffbh_i32),
    {"v_prng_b32", prng_b32, NULL, B32, {B32}, 0, VALU_GFX950, 0},
    ROW1(sat_pk_u8_i16, sat_pk_u8_i16),
    ROW2(and_b32, and_b32),
    ROW2(or_b32, or_b32),
    ROW2(xor_b32, xor_b32),
    ROW2(xnor_b32, xnor_b32),
    ROW3(and_or_b32, and_or_b32),
    ROW3(or3_b32, or3_b32),
    ROW3(bfi_b32, bfi_b32),
    ROW2(bfm_b32, bfm_b32),
    ROW3(bfe_u32, bfe_u32),
    ROW3(bfe_i32, bfe_i32),
    ROW3(alignbit_b32, alignbit_b32),
    ROW3(alignbyte_b32, alignbyte_b32),
    ROW3(perm_b32, perm_b32),
    {"v_bitop3_b32", bitop3_b32, NULL, B32, {B32, B32, B32}, 0, VALU_GFX950, 0},
    {"v_bitop3_b16", bitop3_b16, NULL, B16, {B16, B16, B16}, 0, VALU_GFX950 | VALU_KEEPS_HIGH, 0},
    ROW2(lshlrev_b32, lshlrev_b32),
    ROW2(lshrrev_b32, lshrrev_b32),
    ROW2(ashrrev_i32, ashrrev_i32),
    HALF2(lshlrev_b16, lshlrev_b16),
    HALF2(lshrrev_b16, lshrrev_b16),
    HALF2(ashrrev_i16, ashrrev_i16),
    ROW3(lshl_add_u32, lshl_add_u32),
    ROW3(add_lshl_u32, add_lshl_u32),
    ROW3(lshl_or_b32, lshl_or_b32),
    ROW3(xad_u32, xad_u32),
    ROW3(add3_u32, add3_u32),
    ROW2(bcnt_u32_b32, bcnt_u32_b32),
    ROW2(mbcnt_lo_u32_b32, mbcnt_lo_u32_b32),
    ROW2(mbcnt_hi_u32_b32, mbcnt_hi_u32_b32),
    {"v_cndmask_b32", cndmask_b32, NULL, B32, {B32, B32, VALU_MASK}, 0, 0, 0},
    ROW2C(add_u32, add_u32),
    ROW2C(sub_u32, sub_u32),
    ROW2C(subrev_u32, subrev_u32),
    ROW2C(add_i32, add_i32),
    ROW2C(sub_i32, sub_i32),
    ROW2(mul_lo_u32, mul_lo_u32),
    ROW2(mul_lo_i32, mul_lo_u32),
    ROW2(mul_hi_u32, mul_hi_u32),
    ROW2(mul_hi_i32, mul_hi_i32),
    ROW2C(mul_i32_i24, mul_i32_i24),
    ROW2(mul_hi_i32_i24, mul_hi_i32_i24),
    ROW2C(mul_u32_u24, mul_u32_u24),
    ROW2(mul_hi_u32_u24, mul_hi_u32_u24),
    ROW3C(mad_i32_i24, mad_i32_i24),
    ROW3C(mad_u32_u24, mad_u32_u24),
    {"v_mad_u32_u16", mad_u32_u16, NULL, B32, {B16, B16, B32}, 0, VALU_INT_CLAMP, 0},
    {"v_mad_i32_i16", mad_i32_i16, NULL, B32, {B16, B16, B32}, 0, VALU_INT_CLAMP, 0},
    ROW2(min_i32, min_i32),
    ROW2(max_i32, max_i32),
    ROW2(min_u32, min_u32),
    ROW2(max_u32, max_u32),
    ROW3(min3_i32, min3_i32),
    ROW3(max3_i32, max3_i32),
    ROW3(med3_i32, med3_i32),
    ROW3(min3_u32, min3_u32),
    ROW3(max3_u32, max3_u32),
    ROW3(med3_u32, med3_u32),
    HALF2(add_u16, add_u16),
    HALF2(sub_u16, sub_u16),
    HALF2(subrev_u16, subrev_u16),
    HALF2K(add_i16, add_i16),
    HALF2K(sub_i16, sub_i16),
    HALF2(mul_lo_u16, mul_lo_u16),
    HALF3K(mad_u16, mad_u16),
    HALF3K(mad_i16, mad_i16),
    HALF3(mad_legacy_u16, mad_u16),
    HALF3(mad_legacy_i16, mad_i16),
    HALF2(min_i16, min_i16),
    HALF2(max_i16, max_i16),
    HALF2(min_u16, min_u16),
    HALF2(max_u16, max_u16),
    HALF3K(min3_i16, min3_i16),
    HALF3K(max3_i16, max3_i16),
    HALF3K(med3_i16, med3_i16),
    HALF3K(min3_u16, min3_u16),
    HALF3K(max3_u16, max3_u16),
    HALF3K(med3_u16, med3_u16),
    ROW2(cvt_pk_u16_u32, cvt_pk_u16_u32),
    ROW2(cvt_pk_i16_i32, cvt_pk_i16_i32),
    {"v_ashr_pk_i8_i32", ashr_pk_i8_i32, NULL, B32, {B32, B32, B32}, 0, VALU_GFX950 | VALU_KEEPS_HIGH, 0},
    {"v_ashr_pk_u8_i32", ashr_pk_u8_i32, NULL, B32, {B32, B32, B32}, 0, VALU_GFX950 | VALU_KEEPS_HIGH, 0},
    ROW2C(add_co_u32, add_co_u32),
    ROW2C(sub_co_u32, sub_co_u32),
    ROW2C(subrev_co_u32, subrev_co_u32),
    {"v_addc_co_u32", addc_co_u32, NULL, B32, {B32, B32, VALU_MASK}, 0, VALU_INT_CLAMP, 0},
    {"v_subb_co_u32", subb_co_u32, NULL, B32, {B32, B32, VALU_MASK}, 0, VALU_INT_CLAMP, 0},
    {"v_subbrev_co_u32", subbrev_co_u32, NULL, B32, {B32, B32, VALU_MASK}, 0, VALU_INT_CLAMP, 0},
    {"v_lshlrev_b64", lshlrev_b64, NULL, B64, {B32, B64}, 0, 0, 0},
    {"v_lshrrev_b64", lshrrev_b64, NULL, B64, {B32, B64}, 0, 0, 0},
    {"v_ashrrev_i64", ashrrev_i64, NULL, B64, {B32, B64}, 0, 0, 0},
    {"v_mov_b64", mov_b64, NULL, B64, {B64}, 0, 0, 0},
    {"v_lshl_add_u64", lshl_add_u64, NULL, B64, {B64, B32, B64}, 0, 0, 0},
    {"v_mad_u64_u32", mad_u64_u32, NULL, B64, {B32, B32, B64}, 0, VALU_INT_CLAMP, 0},
    {"v_mad_i64_i32", mad_i64_i32, NULL, B64, {B32, B32, B64}, 0, VALU_INT_CLAMP, 0},
    ROW3C(sad_u8, sad_u8),
    ROW3C(sad_hi_u8, sad_hi_u8),
    ROW3C(msad_u8, msad_u8),
    ROW3C(sad_u16, sad_u16),
    ROW3C(sad_u32, sad_u32),
    ROW3(lerp_u8, lerp_u8),
    {"v_qsad_pk_u16_u8", qsad_pk_u16_u8, NULL, B64, {B64, B32, B64}, 0, VALU_INT_CLAMP, 0},
    {"v_mqsad_pk_u16_u8", mqsad_pk_u16_u8, NULL, B64, {B64, B32, B64}, 0, VALU_INT_CLAMP, 0},
    {"v_mqsad_u32_u8", mqsad_u32_u8, NULL, VALU_WIDE, {B64, B32, B64}, 4, VALU_INT_CLAMP, 0},
    {"v_dot2_i32_i16", dot2_i32_i16, NULL, B32, {VALU_PK_B16, VALU_PK_B16, B32}, 0, VALU_INT_CLAMP, 0},
    {"v_dot2_u32_u16", dot2_u32_u16, NULL, B32, {VALU_PK_B16, VALU_PK_B16, B32}, 0, VALU_INT_CLAMP, 0},
    ROW3C(dot4_i32_i8, dot4_i32_i8),
    ROW3C(dot4_u32_u8, dot4_u32_u8),
    ROW3C(dot8_i32_i4, dot8_i32_i4),
    ROW3C(dot8_u32_u4, dot8_u32_u4),
    {"v_dot2c_i32_i16", dot2_i32_i16, NULL, B32, {B32, B32, B32}, 0, VALU_ACC | VALU_INT_CLAMP, 0},
    {"v_dot4c_i32_i8", dot4_i32_i8, NULL, B32, {B32, B32, B32}, 0, VALU_ACC | VALU_INT_CLAMP, 0},
    {"v_dot8c_i32_i4", dot8_i32_i4, NULL, B32, {B32, B32, B32}, 0, VALU_ACC | VALU_INT_CLAMP, 0},
    VALU_END,
};
