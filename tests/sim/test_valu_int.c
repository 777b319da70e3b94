/* SPDX-License-Identifier: MIT
 *
 * Integer and bit instructions against arithmetic in wider integers, bit by bit where that says more.
 */
#include "valu_check.h"

typedef __int128 wide;

#define REF(name, expr)                                                      \
    static uint64_t name(const struct valu_lane *l) {                        \
        uint32_t a = (uint32_t)l->a, b = (uint32_t)l->b, c = (uint32_t)l->c; \
        (void)a, (void)b, (void)c;                                           \
        return (uint64_t)(expr);                                             \
    }
static int64_t s32(uint64_t x) {
    return (int32_t)x;
}
static int64_t s16(uint64_t x) {
    return (int16_t)x;
}
static int64_t s24(uint64_t x) {
    return (int64_t)((x & 0xffffff) ^ 0x800000) - 0x800000;
}
static int64_t field(uint64_t x, unsigned bits, unsigned at, bool is_signed) {
    uint64_t value = 0;
    for (unsigned k = 0; k < bits; k++) {
        value |= (x >> (at + k) & 1) << k;
    }
    return is_signed && bits && value >> (bits - 1) & 1 ? (int64_t)(value - (1ull << bits)) : (int64_t)value;
}
static int64_t limit(wide x, wide low, wide high) {
    return (int64_t)(x < low ? low : x > high ? high : x);
}
static wide min2(wide a, wide b) {
    return a < b ? a : b;
}
static wide max2(wide a, wide b) {
    return a < b ? b : a;
}
static wide med3(wide a, wide b, wide c) {
    return a + b + c - min2(min2(a, b), c) - max2(max2(a, b), c);
}

REF(r_mov, a)
REF(r_not, 0xffffffffu - a)
REF(r_and, a &b)
REF(r_or, a | b)
REF(r_xor, a ^ b)
REF(r_xnor, ~(a ^ b))
REF(r_and_or, (a & b) | c)
REF(r_or3, a | b | c)
REF(r_add3, a + b + c)
static uint64_t r_bfi(const struct valu_lane *l) {
    uint64_t result = 0;
    for (unsigned k = 0; k < 32; k++) {
        result |= ((l->a >> k & 1 ? l->b : l->c) >> k & 1) << k;
    }
    return result;
}
REF(r_bfm, ((1ull << (a % 32)) - 1) << (b % 32))
REF(r_bfe_u, field(a, c % 32 + b % 32 > 32 ? 32 - b % 32 : c % 32, b % 32, false))
static uint64_t r_bfe_i(const struct valu_lane *l) {
    unsigned at = l->b & 31, bits = l->c & 31;
    uint64_t extended = (uint64_t)s32(l->a); /* beyond bit 31 come copies of it */
    return (uint64_t)field(extended, bits, at, true);
}
REF(r_alignbit, (((uint64_t)a << 32) + b) / (1ull << (c % 32)))
REF(r_alignbyte, (((uint64_t)a << 32) + b) / (1ull << (8 * (c % 4))))
static uint64_t r_perm(const struct valu_lane *l) {
    uint8_t in[8];
    uint32_t a = (uint32_t)l->a, b = (uint32_t)l->b;
    memcpy(in, &b, 4);
    memcpy(in + 4, &a, 4);
    uint64_t result = 0;
    for (unsigned k = 0; k < 4; k++) {
        unsigned sel = l->c >> 8 * k & 255;
        uint8_t byte = sel < 8 ? in[sel] : sel < 12 ? (in[2 * (sel - 8) + 1] & 0x80 ? 0xff : 0) : sel == 12 ? 0 : 0xff;
        result |= (uint64_t)byte << 8 * k;
    }
    return result;
}
static uint64_t bit_table(const struct valu_lane *l, unsigned table) {
    uint64_t result = 0;
    for (unsigned k = 0; k < 32; k++) {
        unsigned index = (unsigned)((l->a >> k & 1) * 4 + (l->b >> k & 1) * 2 + (l->c >> k & 1));
        result |= (uint64_t)(table >> index & 1) << k;
    }
    return result;
}
static uint64_t r_bitop3_c9(const struct valu_lane *l) {
    return bit_table(l, 0xc9);
}
static uint64_t r_bitop3_36(const struct valu_lane *l) {
    return bit_table(l, 0x36);
}
static uint64_t r_bitop3_b16(const struct valu_lane *l) {
    return (bit_table(l, 0x36) & 0xffff) | (l->old & 0xffff0000);
}
static uint64_t r_bfrev(const struct valu_lane *l) {
    uint64_t result = 0;
    for (unsigned k = 0; k < 32; k++) {
        result |= (l->a >> k & 1) << (31 - k);
    }
    return result;
}
static uint64_t r_ffbh_u(const struct valu_lane *l) {
    for (int k = 0; k < 32; k++) {
        if (l->a >> (31 - k) & 1) {
            return (uint64_t)k;
        }
    }
    return ~0ull;
}
static uint64_t r_ffbl(const struct valu_lane *l) {
    for (int k = 0; k < 32; k++) {
        if (l->a >> k & 1) {
            return (uint64_t)k;
        }
    }
    return ~0ull;
}
static uint64_t r_ffbh_i(const struct valu_lane *l) {
    for (int k = 1; k < 32; k++) {
        if ((l->a >> (31 - k) & 1) != (l->a >> 31 & 1)) {
            return (uint64_t)k;
        }
    }
    return ~0ull;
}
REF(r_bcnt, b + (unsigned)__builtin_popcount(a))
REF(r_lshl, (uint64_t)b << (a % 32))
REF(r_lshr, (uint64_t)b >> (a % 32))
REF(r_ashr, s32(b) >> (a % 32))
REF(r_lshl16, ((uint64_t)b << (a % 16)) & 0xffff)
REF(r_lshr16, (b & 0xffffull) >> (a % 16))
REF(r_ashr16, (s16(b) >> (a % 16)) & 0xffff)
REF(r_lshl_add, ((uint64_t)a << (b % 32)) + c)
REF(r_add_lshl, ((uint64_t)a + b) << (c % 32))
REF(r_lshl_or, ((uint64_t)a << (b % 32)) | c)
REF(r_xad, (uint64_t)(a ^ b) + c)
REF(r_prng, (a & 0x80000000u ? (a << 1) ^ 0xc5u : a << 1))
REF(r_add, (uint64_t)a + b)
REF(r_add_sat, limit((wide)a + b, 0, 0xffffffffll))
REF(r_sub, (uint64_t)a - b)
REF(r_sub_sat, limit((wide)a - b, 0, 0xffffffffll))
REF(r_subrev, (uint64_t)b - a)
REF(r_addi_sat, limit((wide)s32(a) + s32(b), INT32_MIN, INT32_MAX))
REF(r_subi_sat, limit((wide)s32(a) - s32(b), INT32_MIN, INT32_MAX))
REF(r_mul_lo, (uint64_t)a *b)
REF(r_mul_hi_u, (uint64_t)a *b >> 32)
REF(r_mul_hi_i, (uint64_t)(s32(a) * s32(b)) >> 32)
REF(r_mul_i24, s24(a) * s24(b))
REF(r_mul_hi_i24, (uint64_t)(s24(a) * s24(b)) >> 32)
REF(r_mul_u24, (uint64_t)(a % 0x1000000) * (b % 0x1000000))
REF(r_mul_hi_u24, (uint64_t)(a % 0x1000000) * (b % 0x1000000) >> 32)
REF(r_mad_i24, s24(a) * s24(b) + c)
REF(r_mad_i24_sat, limit((wide)s24(a) * s24(b) + s32(c), INT32_MIN, INT32_MAX))
REF(r_mad_u24, (uint64_t)(a % 0x1000000) * (b % 0x1000000) + c)
REF(r_mad_u32_u16, (uint64_t)(a & 0xffff) * (b & 0xffff) + c)
REF(r_mad_i32_i16, s16(a) * s16(b) + c)
REF(r_mad_u32_u16_hi, (uint64_t)(a >> 16) * (b & 0xffff) + c)
REF(r_min_i, min2(s32(a), s32(b)))
REF(r_max_i, max2(s32(a), s32(b)))
REF(r_min_u, min2(a, b))
REF(r_max_u, max2(a, b))
REF(r_min3_i, min2(min2(s32(a), s32(b)), s32(c)))
REF(r_max3_i, max2(max2(s32(a), s32(b)), s32(c)))
REF(r_med3_i, med3(s32(a), s32(b), s32(c)))
REF(r_min3_u, min2(min2(a, b), c))
REF(r_max3_u, max2(max2(a, b), c))
REF(r_med3_u, med3(a, b, c))
REF(r_add16, ((uint64_t)a + b) & 0xffff)
REF(r_add16_sat, limit((wide)(a & 0xffff) + (b & 0xffff), 0, 0xffff))
REF(r_sub16, ((uint64_t)a - b) & 0xffff)
REF(r_subrev16, ((uint64_t)b - a) & 0xffff)
REF(r_mul16, ((uint64_t)a * b) & 0xffff)
#define HIGH(value) (((uint64_t)(value) & 0xffff) | (l->old & 0xffff0000))
REF(r_addi16, HIGH(s16(a) + s16(b)))
REF(r_addi16_sat, HIGH(limit(s16(a) + s16(b), -32768, 32767)))
REF(r_addi16_sel, (((uint64_t)(s16(a >> 16) + s16(b)) & 0xffff) << 16) | (l->old & 0xffff))
REF(r_mad16, HIGH((uint64_t)a *b + c))
REF(r_madi16_sat, HIGH(limit((wide)s16(a) * s16(b) + s16(c), -32768, 32767)))
REF(r_mad16_legacy, ((uint64_t)a * b + c) & 0xffff)
REF(r_min_i16, min2(s16(a), s16(b)) & 0xffff)
REF(r_max_u16, max2(a & 0xffff, b & 0xffff))
REF(r_med3_i16, HIGH(med3(s16(a), s16(b), s16(c))))
REF(r_max3_u16, HIGH(max2(max2(a & 0xffff, b & 0xffff), c & 0xffff)))
REF(r_pk_u16, min2(a, 0xffff) | min2(b, 0xffff) << 16)
REF(r_pk_i16, (limit(s32(a), -32768, 32767) & 0xffff) | (limit(s32(b), -32768, 32767) & 0xffff) << 16)
REF(r_sat_pk, limit(s16(a), 0, 255) | limit(s16(a >> 16), 0, 255) << 8)
REF(r_ashr_pk_i8,
    HIGH((limit(s32(a) >> (c % 32), -128, 127) & 0xff) | (limit(s32(b) >> (c % 32), -128, 127) & 0xff) << 8))
REF(r_ashr_pk_u8, HIGH(limit(s32(a) >> (c % 32), 0, 255) | limit(s32(b) >> (c % 32), 0, 255) << 8))
static uint64_t r_lshl64(const struct valu_lane *l) {
    return l->b << (l->a & 63);
}
static uint64_t r_lshr64(const struct valu_lane *l) {
    return l->b >> (l->a & 63);
}
static uint64_t r_ashr64(const struct valu_lane *l) {
    return (uint64_t)((int64_t)l->b >> (l->a & 63));
}
static uint64_t r_mov64(const struct valu_lane *l) {
    return l->a;
}
static uint64_t r_lshl_add64(const struct valu_lane *l) {
    return (l->a << (l->b & 7)) + l->c;
}
static uint64_t r_mad64_u(const struct valu_lane *l) {
    return (l->a & 0xffffffff) * (l->b & 0xffffffff) + l->c;
}
static uint64_t r_mad64_i(const struct valu_lane *l) {
    return (uint64_t)(s32(l->a) * s32(l->b)) + l->c;
}
static uint64_t byte_sad(uint64_t a, uint64_t b, bool masked) {
    uint64_t sum = 0;
    for (int k = 0; k < 4; k++) {
        int x = a >> 8 * k & 255, y = b >> 8 * k & 255;
        sum += masked && y == 0 ? 0u : (unsigned)(x > y ? x - y : y - x);
    }
    return sum;
}
REF(r_sad8, byte_sad(a, b, false) + c)
REF(r_sad8_sat, limit((wide)byte_sad(a, b, false) + c, 0, 0xffffffffll))
REF(r_sad_hi8, (byte_sad(a, b, false) << 16) + c)
REF(r_msad8, byte_sad(a, b, true) + c)
REF(r_sad16,
    max2(a & 0xffff, b & 0xffff) - min2(a & 0xffff, b & 0xffff) + max2(a >> 16, b >> 16) - min2(a >> 16, b >> 16) + c)
REF(r_sad32, max2(a, b) - min2(a, b) + c)
static uint64_t r_lerp(const struct valu_lane *l) {
    uint64_t result = 0;
    for (int k = 0; k < 32; k += 8) {
        result |= (((l->a >> k & 255) + (l->b >> k & 255) + (l->c >> k & 1)) / 2) << k;
    }
    return result;
}
static uint64_t quads(const struct valu_lane *l, bool masked) {
    uint64_t result = 0;
    for (int k = 0; k < 4; k++) {
        result |= ((byte_sad(l->a >> 8 * k, l->b, masked) + (l->c >> 16 * k & 0xffff)) & 0xffff) << 16 * k;
    }
    return result;
}
static uint64_t r_qsad(const struct valu_lane *l) {
    return quads(l, false);
}
static uint64_t r_mqsad(const struct valu_lane *l) {
    return quads(l, true);
}
static wide dot(const struct valu_lane *l, unsigned bits, bool is_signed) {
    wide sum = is_signed ? (wide)s32(l->c) : (wide)(uint32_t)l->c;
    for (unsigned at = 0; at < 32; at += bits) {
        sum += (wide)field(l->a, bits, at, is_signed) * field(l->b, bits, at, is_signed);
    }
    return sum;
}
#define DOTS(bits)                                                        \
    static uint64_t r_dot_i##bits(const struct valu_lane *l) {            \
        return (uint64_t)dot(l, bits, true);                              \
    }                                                                     \
    static uint64_t r_dot_u##bits(const struct valu_lane *l) {            \
        return (uint64_t)dot(l, bits, false);                             \
    }                                                                     \
    static uint64_t r_dot_i##bits##_sat(const struct valu_lane *l) {      \
        return (uint64_t)limit(dot(l, bits, true), INT32_MIN, INT32_MAX); \
    }                                                                     \
    static uint64_t r_dot_u##bits##_sat(const struct valu_lane *l) {      \
        return (uint64_t)limit(dot(l, bits, false), 0, UINT32_MAX);       \
    }                                                                     \
    static uint64_t r_dotc_i##bits(const struct valu_lane *l) {           \
        struct valu_lane with = *l;                                       \
        with.c = l->old;                                                  \
        return (uint64_t)dot(&with, bits, true);                          \
    }
DOTS(16)
DOTS(8)
DOTS(4)
/* Packed: an operation on the low and on the high halves. */
#define PACKED(name, expr)                                                                   \
    static uint64_t name(const struct valu_lane *l) {                                        \
        uint64_t result = 0;                                                                 \
        for (int h = 0; h < 32; h += 16) {                                                   \
            uint64_t a = l->a >> h & 0xffff, b = l->b >> h & 0xffff, c = l->c >> h & 0xffff; \
            (void)c;                                                                         \
            result |= ((uint64_t)(expr) & 0xffff) << h;                                      \
        }                                                                                    \
        return result;                                                                       \
    }
PACKED(p_add, a + b)
PACKED(p_add_sat, limit((wide)a + b, 0, 65535))
PACKED(p_addi_sat, limit((wide)s16(a) + s16(b), -32768, 32767))
PACKED(p_sub, a - b)
PACKED(p_sub_sat, limit((wide)a - b, 0, 65535))
PACKED(p_subi_sat, limit((wide)s16(a) - s16(b), -32768, 32767))
PACKED(p_mul, a *b)
PACKED(p_mad, a *b + c)
PACKED(p_madi_sat, limit((wide)s16(a) * s16(b) + s16(c), -32768, 32767))
PACKED(p_madu_sat, limit((wide)a *b + c, 0, 65535))
PACKED(p_mini, min2(s16(a), s16(b)))
PACKED(p_maxi, max2(s16(a), s16(b)))
PACKED(p_minu, min2(a, b))
PACKED(p_maxu, max2(a, b))
PACKED(p_lshl, b << (a & 15))
PACKED(p_lshr, b >> (a & 15))
PACKED(p_ashr, s16(b) >> (a & 15))
/* op_sel:[1,0] op_sel_hi:[0,1]: the first source's halves crossed */
static uint64_t p_add_crossed(const struct valu_lane *l) {
    return (((l->a >> 16) + l->b) & 0xffff) | ((l->a + (l->b >> 16)) & 0xffff) << 16;
}

static const struct valu_check common[] = {
    {"v_mov_b32 v0, v2", r_mov, 32, 0, 0, 0},
    {"v_not_b32 v0, v2", r_not, 32, 0, 0, 0},
    {"v_and_b32 v0, v2, v4", r_and, 32, 0, 0, 0},
    {"v_or_b32 v0, v2, v4", r_or, 32, 0, 0, 0},
    {"v_xor_b32 v0, v2, v4", r_xor, 32, 0, 0, 0},
    {"v_xnor_b32 v0, v2, v4", r_xnor, 32, 0, 0, 0},
    {"v_and_or_b32 v0, v2, v4, v6", r_and_or, 32, 0, 0, 0},
    {"v_or3_b32 v0, v2, v4, v6", r_or3, 32, 0, 0, 0},
    {"v_add3_u32 v0, v2, v4, v6", r_add3, 32, 0, 0, 0},
    {"v_bfi_b32 v0, v2, v4, v6", r_bfi, 32, 0, 0, 0},
    {"v_bfm_b32 v0, v2, v4", r_bfm, 32, 0, 0, 0},
    {"v_bfe_u32 v0, v2, v4, v6", r_bfe_u, 32, 0, 0, 0},
    {"v_bfe_i32 v0, v2, v4, v6", r_bfe_i, 32, 0, 0, 0},
    {"v_alignbit_b32 v0, v2, v4, v6", r_alignbit, 32, 0, 0, 0},
    {"v_alignbyte_b32 v0, v2, v4, v6", r_alignbyte, 32, 0, 0, 0},
    {"v_perm_b32 v0, v2, v4, v6", r_perm, 32, 0, 0, 0},
    {"v_bfrev_b32 v0, v2", r_bfrev, 32, 0, 0, 0},
    {"v_ffbh_u32 v0, v2", r_ffbh_u, 32, 0, 0, 0},
    {"v_ffbl_b32 v0, v2", r_ffbl, 32, 0, 0, 0},
    {"v_ffbh_i32 v0, v2", r_ffbh_i, 32, 0, 0, 0},
    {"v_bcnt_u32_b32 v0, v2, v4", r_bcnt, 32, 0, 0, 0},
    {"v_lshlrev_b32 v0, v2, v4", r_lshl, 32, 0, 0, 0},
    {"v_lshrrev_b32 v0, v2, v4", r_lshr, 32, 0, 0, 0},
    {"v_ashrrev_i32 v0, v2, v4", r_ashr, 32, 0, 0, 0},
    {"v_lshlrev_b16 v0, v2, v4", r_lshl16, 32, 0, 0, 0},
    {"v_lshrrev_b16 v0, v2, v4", r_lshr16, 32, 0, 0, 0},
    {"v_ashrrev_i16 v0, v2, v4", r_ashr16, 32, 0, 0, 0},
    {"v_lshl_add_u32 v0, v2, v4, v6", r_lshl_add, 32, 0, 0, 0},
    {"v_add_lshl_u32 v0, v2, v4, v6", r_add_lshl, 32, 0, 0, 0},
    {"v_lshl_or_b32 v0, v2, v4, v6", r_lshl_or, 32, 0, 0, 0},
    {"v_xad_u32 v0, v2, v4, v6", r_xad, 32, 0, 0, 0},
    {"v_add_u32 v0, v2, v4", r_add, 32, 0, 0, 0},
    {"v_add_u32_e64 v0, v2, v4 clamp", r_add_sat, 32, 0, 0, 0},
    {"v_sub_u32 v0, v2, v4", r_sub, 32, 0, 0, 0},
    {"v_sub_u32_e64 v0, v2, v4 clamp", r_sub_sat, 32, 0, 0, 0},
    {"v_subrev_u32 v0, v2, v4", r_subrev, 32, 0, 0, 0},
    {"v_add_i32 v0, v2, v4", r_add, 32, 0, 0, 0},
    {"v_add_i32 v0, v2, v4 clamp", r_addi_sat, 32, 0, 0, 0},
    {"v_sub_i32 v0, v2, v4 clamp", r_subi_sat, 32, 0, 0, 0},
    {"v_mul_lo_u32 v0, v2, v4", r_mul_lo, 32, 0, 0, 0},
    {"v_mul_hi_u32 v0, v2, v4", r_mul_hi_u, 32, 0, 0, 0},
    {"v_mul_hi_i32 v0, v2, v4", r_mul_hi_i, 32, 0, 0, 0},
    {"v_mul_i32_i24 v0, v2, v4", r_mul_i24, 32, 0, 0, 0},
    {"v_mul_hi_i32_i24 v0, v2, v4", r_mul_hi_i24, 32, 0, 0, 0},
    {"v_mul_u32_u24 v0, v2, v4", r_mul_u24, 32, 0, 0, 0},
    {"v_mul_hi_u32_u24 v0, v2, v4", r_mul_hi_u24, 32, 0, 0, 0},
    {"v_mad_i32_i24 v0, v2, v4, v6", r_mad_i24, 32, 0, 0, 0},
    {"v_mad_i32_i24 v0, v2, v4, v6 clamp", r_mad_i24_sat, 32, 0, 0, 0},
    {"v_mad_u32_u24 v0, v2, v4, v6", r_mad_u24, 32, 0, 0, 0},
    {"v_mad_u32_u16 v0, v2, v4, v6", r_mad_u32_u16, 32, 0, 0, 0},
    {"v_mad_i32_i16 v0, v2, v4, v6", r_mad_i32_i16, 32, 0, 0, 0},
    {"v_mad_u32_u16 v0, v2, v4, v6 op_sel:[1,0,0,0]", r_mad_u32_u16_hi, 32, 0, 0, 0},
    {"v_min_i32 v0, v2, v4", r_min_i, 32, 0, 0, 0},
    {"v_max_i32 v0, v2, v4", r_max_i, 32, 0, 0, 0},
    {"v_min_u32 v0, v2, v4", r_min_u, 32, 0, 0, 0},
    {"v_max_u32 v0, v2, v4", r_max_u, 32, 0, 0, 0},
    {"v_min3_i32 v0, v2, v4, v6", r_min3_i, 32, 0, 0, 0},
    {"v_max3_i32 v0, v2, v4, v6", r_max3_i, 32, 0, 0, 0},
    {"v_med3_i32 v0, v2, v4, v6", r_med3_i, 32, 0, 0, 0},
    {"v_min3_u32 v0, v2, v4, v6", r_min3_u, 32, 0, 0, 0},
    {"v_max3_u32 v0, v2, v4, v6", r_max3_u, 32, 0, 0, 0},
    {"v_med3_u32 v0, v2, v4, v6", r_med3_u, 32, 0, 0, 0},
    {"v_add_u16 v0, v2, v4", r_add16, 32, 0, 0, 0},
    {"v_add_u16_e64 v0, v2, v4 clamp", r_add16_sat, 32, 0, 0, 0},
    {"v_sub_u16 v0, v2, v4", r_sub16, 32, 0, 0, 0},
    {"v_subrev_u16 v0, v2, v4", r_subrev16, 32, 0, 0, 0},
    {"v_mul_lo_u16 v0, v2, v4", r_mul16, 32, 0, 0, 0},
    {"v_add_i16 v0, v2, v4", r_addi16, 32, 0, 0, 0},
    {"v_add_i16 v0, v2, v4 clamp", r_addi16_sat, 32, 0, 0, 0},
    {"v_add_i16 v0, v2, v4 op_sel:[1,0,1]", r_addi16_sel, 32, 0, 0, 0},
    {"v_mad_u16 v0, v2, v4, v6", r_mad16, 32, 0, 0, 0},
    {"v_mad_i16 v0, v2, v4, v6 clamp", r_madi16_sat, 32, 0, 0, 0},
    {"v_mad_legacy_u16 v0, v2, v4, v6", r_mad16_legacy, 32, 0, 0, 0},
    {"v_min_i16 v0, v2, v4", r_min_i16, 32, 0, 0, 0},
    {"v_max_u16 v0, v2, v4", r_max_u16, 32, 0, 0, 0},
    {"v_med3_i16 v0, v2, v4, v6", r_med3_i16, 32, 0, 0, 0},
    {"v_max3_u16 v0, v2, v4, v6", r_max3_u16, 32, 0, 0, 0},
    {"v_cvt_pk_u16_u32 v0, v2, v4", r_pk_u16, 32, 0, 0, 0},
    {"v_cvt_pk_i16_i32 v0, v2, v4", r_pk_i16, 32, 0, 0, 0},
    {"v_sat_pk_u8_i16 v0, v2", r_sat_pk, 32, 0, 0, 0},
    {"v_lshlrev_b64 v[0:1], v2, v[4:5]", r_lshl64, 64, 0, 0, 0},
    {"v_lshrrev_b64 v[0:1], v2, v[4:5]", r_lshr64, 64, 0, 0, 0},
    {"v_ashrrev_i64 v[0:1], v2, v[4:5]", r_ashr64, 64, 0, 0, 0},
    {"v_mov_b64 v[0:1], v[2:3]", r_mov64, 64, 0, 0, 0},
    {"v_lshl_add_u64 v[0:1], v[2:3], v4, v[6:7]", r_lshl_add64, 64, 0, 0, 0},
    {"v_mad_u64_u32 v[0:1], vcc, v2, v4, v[6:7]", r_mad64_u, 64, 0, 0, 0},
    {"v_mad_i64_i32 v[0:1], s[10:11], v2, v4, v[6:7]", r_mad64_i, 64, 0, 0, 0},
    {"v_sad_u8 v0, v2, v4, v6", r_sad8, 32, 0, 0, 0},
    {"v_sad_u8 v0, v2, v4, v6 clamp", r_sad8_sat, 32, 0, 0, 0},
    {"v_sad_hi_u8 v0, v2, v4, v6", r_sad_hi8, 32, 0, 0, 0},
    {"v_msad_u8 v0, v2, v4, v6", r_msad8, 32, 0, 0, 0},
    {"v_sad_u16 v0, v2, v4, v6", r_sad16, 32, 0, 0, 0},
    {"v_sad_u32 v0, v2, v4, v6", r_sad32, 32, 0, 0, 0},
    {"v_lerp_u8 v0, v2, v4, v6", r_lerp, 32, 0, 0, 0},
    {"v_qsad_pk_u16_u8 v[0:1], v[2:3], v4, v[6:7]", r_qsad, 64, 0, 0, 0},
    {"v_mqsad_pk_u16_u8 v[0:1], v[2:3], v4, v[6:7]", r_mqsad, 64, 0, 0, 0},
    {"v_dot2_i32_i16 v0, v2, v4, v6", r_dot_i16, 32, 0, 0, 0},
    {"v_dot2_i32_i16 v0, v2, v4, v6 clamp", r_dot_i16_sat, 32, 0, 0, 0},
    {"v_dot2_u32_u16 v0, v2, v4, v6", r_dot_u16, 32, 0, 0, 0},
    {"v_dot2_u32_u16 v0, v2, v4, v6 clamp", r_dot_u16_sat, 32, 0, 0, 0},
    {"v_dot4_i32_i8 v0, v2, v4, v6", r_dot_i8, 32, 0, 0, 0},
    {"v_dot4_i32_i8 v0, v2, v4, v6 clamp", r_dot_i8_sat, 32, 0, 0, 0},
    {"v_dot4_u32_u8 v0, v2, v4, v6", r_dot_u8, 32, 0, 0, 0},
    {"v_dot4_u32_u8 v0, v2, v4, v6 clamp", r_dot_u8_sat, 32, 0, 0, 0},
    {"v_dot8_i32_i4 v0, v2, v4, v6", r_dot_i4, 32, 0, 0, 0},
    {"v_dot8_i32_i4 v0, v2, v4, v6 clamp", r_dot_i4_sat, 32, 0, 0, 0},
    {"v_dot8_u32_u4 v0, v2, v4, v6", r_dot_u4, 32, 0, 0, 0},
    {"v_dot8_u32_u4 v0, v2, v4, v6 clamp", r_dot_u4_sat, 32, 0, 0, 0},
    {"v_dot2c_i32_i16 v0, v2, v4", r_dotc_i16, 32, 0, 0, 0},
    {"v_dot4c_i32_i8 v0, v2, v4", r_dotc_i8, 32, 0, 0, 0},
    {"v_dot8c_i32_i4 v0, v2, v4", r_dotc_i4, 32, 0, 0, 0},
    {"v_pk_add_u16 v0, v2, v4", p_add, 32, 0, 0, 0},
    {"v_pk_add_u16 v0, v2, v4 clamp", p_add_sat, 32, 0, 0, 0},
    {"v_pk_add_i16 v0, v2, v4 clamp", p_addi_sat, 32, 0, 0, 0},
    {"v_pk_sub_u16 v0, v2, v4", p_sub, 32, 0, 0, 0},
    {"v_pk_sub_u16 v0, v2, v4 clamp", p_sub_sat, 32, 0, 0, 0},
    {"v_pk_sub_i16 v0, v2, v4 clamp", p_subi_sat, 32, 0, 0, 0},
    {"v_pk_mul_lo_u16 v0, v2, v4", p_mul, 32, 0, 0, 0},
    {"v_pk_mad_i16 v0, v2, v4, v6", p_mad, 32, 0, 0, 0},
    {"v_pk_mad_u16 v0, v2, v4, v6", p_mad, 32, 0, 0, 0},
    {"v_pk_mad_i16 v0, v2, v4, v6 clamp", p_madi_sat, 32, 0, 0, 0},
    {"v_pk_mad_u16 v0, v2, v4, v6 clamp", p_madu_sat, 32, 0, 0, 0},
    {"v_pk_min_i16 v0, v2, v4", p_mini, 32, 0, 0, 0},
    {"v_pk_max_i16 v0, v2, v4", p_maxi, 32, 0, 0, 0},
    {"v_pk_min_u16 v0, v2, v4", p_minu, 32, 0, 0, 0},
    {"v_pk_max_u16 v0, v2, v4", p_maxu, 32, 0, 0, 0},
    {"v_pk_lshlrev_b16 v0, v2, v4", p_lshl, 32, 0, 0, 0},
    {"v_pk_lshrrev_b16 v0, v2, v4", p_lshr, 32, 0, 0, 0},
    {"v_pk_ashrrev_i16 v0, v2, v4", p_ashr, 32, 0, 0, 0},
    {"v_pk_add_u16 v0, v2, v4 op_sel:[1,0] op_sel_hi:[0,1]", p_add_crossed, 32, 0, 0, 0},
};
static const struct valu_check only_gfx950[] = {
    {"v_bitop3_b32 v0, v2, v4, v6 bitop3:0xc9", r_bitop3_c9, 32, 0, 0, 0},
    {"v_bitop3_b32 v0, v2, v4, v6 bitop3:0x36", r_bitop3_36, 32, 0, 0, 0},
    {"v_bitop3_b16 v0, v2, v4, v6 bitop3:0x36", r_bitop3_b16, 32, 0, 0, 0},
    {"v_prng_b32 v0, v2", r_prng, 32, 0, 0, 0},
    {"v_ashr_pk_i8_i32 v0, v2, v4, v6", r_ashr_pk_i8, 32, 0, 0, 0},
    {"v_ashr_pk_u8_i32 v0, v2, v4, v6", r_ashr_pk_u8, 32, 0, 0, 0},
};

static void arithmetic(void **state) {
    (void)state;
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++) {
        struct sim_asm *t = sim_asm_create((enum sim_arch)arch);
        for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
            check_run(t, &common[i], 24);
        }
        for (size_t i = 0; arch == SIM_GFX950 && i < sizeof only_gfx950 / sizeof *only_gfx950; i++) {
            check_run(t, &only_gfx950[i], 24);
        }
        sim_asm_destroy(t);
    }
}

/* Carries in and out through VCC and through an SGPR pair. */
static void carries(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int sign_a, sign_b, in; /* result = sign_a * a + sign_b * b + in * carry-in */
        unsigned out;
    } cases[] = {
        {"v_add_co_u32 v0, vcc, v2, v4", 1, 1, 0, SIM_SGPR_VCC},
        {"v_add_co_u32_e64 v0, s[10:11], v2, v4", 1, 1, 0, 10},
        {"v_sub_co_u32 v0, vcc, v2, v4", 1, -1, 0, SIM_SGPR_VCC},
        {"v_subrev_co_u32 v0, vcc, v2, v4", -1, 1, 0, SIM_SGPR_VCC},
        {"v_addc_co_u32 v0, vcc, v2, v4, vcc", 1, 1, 1, SIM_SGPR_VCC},
        {"v_addc_co_u32_e64 v0, s[10:11], v2, v4, s[12:13]", 1, 1, 1, 10},
        {"v_subb_co_u32 v0, vcc, v2, v4, vcc", 1, -1, -1, SIM_SGPR_VCC},
        {"v_subbrev_co_u32 v0, vcc, v2, v4, vcc", -1, 1, -1, SIM_SGPR_VCC},
    };
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t random = 7;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct sim_inst *inst = sim_asm_decode(t, cases[k].text);
        for (int round = 0; round < 20; round++) {
            uint64_t exec = check_random(&random), in = check_random(&random), expected = 0;
            uint32_t a[SIM_LANES], b[SIM_LANES];
            for (unsigned i = 0; i < SIM_LANES; i++) {
                a[i] = t->wave->vgpr[2][i] = (uint32_t)check_value(VALUES_INT, &random);
                b[i] = t->wave->vgpr[4][i] = (uint32_t)check_value(VALUES_INT, &random);
                t->wave->vgpr[0][i] = 0x1234;
            }
            sim_set_sgpr64(t->wave, SIM_SGPR_VCC, in);
            sim_set_sgpr64(t->wave, 12, in);
            sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, exec);
            inst->exec(t->wave, inst);
            for (unsigned i = 0; i < SIM_LANES; i++) {
                int64_t sum = cases[k].sign_a * (int64_t)a[i] + cases[k].sign_b * (int64_t)b[i] +
                              cases[k].in * (int64_t)(in >> i & 1);
                if (exec >> i & 1) {
                    expected |= (uint64_t)(sum < 0 || sum > UINT32_MAX) << i;
                }
                assert_int_equal(t->wave->vgpr[0][i], exec >> i & 1 ? (uint32_t)sum : 0x1234);
            }
            assert_true(sim_sgpr64(t->wave, cases[k].out) == expected);
        }
    }
    sim_asm_destroy(t);
}

static void wide_carries(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    uint64_t random = 9;
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        const struct sim_inst *inst = sim_asm_decode(t, is_signed ? "v_mad_i64_i32 v[0:1], s[10:11], v2, v4, v[6:7]"
                                                                  : "v_mad_u64_u32 v[0:1], s[10:11], v2, v4, v[6:7]");
        for (int round = 0; round < 20; round++) {
            uint64_t expected = 0;
            for (unsigned i = 0; i < SIM_LANES; i++) {
                uint64_t a = check_value(VALUES_INT, &random), b = check_value(VALUES_INT, &random);
                uint64_t c = check_random(&random) | (i & 1 ? 0xffffffff00000000ull : 0);
                check_put(t, 2, i, a);
                check_put(t, 4, i, b);
                check_put(t, 6, i, c);
                unsigned __int128 sum = is_signed ? (unsigned __int128)((wide)s32(a) * s32(b) + (wide)(int64_t)c)
                                                  : (unsigned __int128)(uint32_t)a * (uint32_t)b + c;
                expected |= (uint64_t)(sum >> 64 & 1) << i;
            }
            inst->exec(t->wave, inst);
            assert_true(sim_sgpr64(t->wave, 10) == expected);
        }
    }
    sim_asm_destroy(t);
}

static void selects_and_counts(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    uint64_t mask = 0x0123456789abcdefull;
    sim_set_sgpr64(t->wave, 10, mask);
    sim_set_sgpr64(t->wave, SIM_SGPR_VCC, ~mask);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[2][i] = 1000 + i;
        t->wave->vgpr[4][i] = 2000 + i;
    }
    assert_true(sim_asm_run(t, "v_cndmask_b32_e64 v0, v2, v4, s[10:11]\n"
                               "v_cndmask_b32_e32 v1, v2, v4, vcc\n"
                               "v_cndmask_b32_e64 v8, -v2, |v4|, s[10:11]\n"
                               "v_mbcnt_lo_u32_b32 v5, s10, 7\n"
                               "v_mbcnt_hi_u32_b32 v5, s11, v5\n"
                               "v_mbcnt_lo_u32_b32 v6, -1, 0\n"
                               "v_mbcnt_hi_u32_b32 v6, -1, v6\n"));
    unsigned before = 7;
    for (unsigned i = 0; i < SIM_LANES; i++) {
        bool bit = mask >> i & 1;
        assert_int_equal(t->wave->vgpr[0][i], (bit ? 2000 : 1000) + i);
        assert_int_equal(t->wave->vgpr[1][i], (bit ? 1000 : 2000) + i);
        assert_int_equal(t->wave->vgpr[8][i], bit ? 2000 + i : (1000 + i) ^ 0x80000000u);
        assert_int_equal(t->wave->vgpr[5][i], before);
        assert_int_equal(t->wave->vgpr[6][i], i);
        before += bit;
    }
    sim_asm_destroy(t);
}

static void quad_sums(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX942);
    uint64_t random = 11, a[SIM_LANES];
    uint32_t b[SIM_LANES], c[4][SIM_LANES];
    for (unsigned i = 0; i < SIM_LANES; i++) {
        a[i] = check_random(&random);
        b[i] = (uint32_t)check_random(&random) & (i & 1 ? 0xff00ffffu : ~0u);
        check_put(t, 4, i, a[i]);
        t->wave->vgpr[6][i] = b[i];
        for (unsigned k = 0; k < 4; k++) {
            c[k][i] = t->wave->vgpr[8 + k][i] = (uint32_t)check_random(&random);
        }
    }
    assert_true(sim_asm_run(t, "v_mqsad_u32_u8 v[0:3], v[4:5], v6, v[8:11]\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) {
        for (unsigned k = 0; k < 4; k++) {
            assert_int_equal(t->wave->vgpr[k][i], (uint32_t)(byte_sad(a[i] >> 8 * k, b[i], true) + c[k][i]));
        }
    }
    sim_asm_destroy(t);
}

/* Scalars, constants, literals and accumulation registers as operands; destinations that are sources. */
static void operand_kinds(void **state) {
    (void)state;
    struct sim_asm *t = sim_asm_create(SIM_GFX950);
    for (unsigned i = 0; i < SIM_LANES; i++) {
        t->wave->vgpr[2][i] = i;
    }
    t->wave->sgpr[10] = 100;
    sim_set_sgpr64(t->wave, 12, 0x123456789abcdef0ull);
    t->wave->sgpr[SIM_SGPR_M0] = 77;
    t->wave->scc = 1;
    sim_set_sgpr64(t->wave, SIM_SGPR_VCC, 0);
    assert_true(sim_asm_run(t, "v_add_u32 v0, s10, v2\n"
                               "v_add_u32 v1, 0x12345678, v2\n"
                               "v_add_u32 v4, -16, v2\n"
                               "v_accvgpr_write_b32 a3, v2\n"
                               "v_accvgpr_read_b32 v5, a3\n"
                               "v_accvgpr_mov_b32 a4, a3\n"
                               "v_accvgpr_write_b32 a5, 64\n"
                               "v_lshl_add_u64 v[6:7], s[12:13], 3, 5\n"
                               "v_mov_b32 v8, m0\n"
                               "v_mov_b32 v9, src_scc\n"
                               "v_mov_b32 v10, src_vccz\n"
                               "v_mov_b32 v11, src_execz\n"
                               "v_mov_b64 v[12:13], -1\n"
                               "v_mov_b64 v[14:15], v[2:3]\n"
                               "v_lshlrev_b64 v[14:15], 33, v[14:15]\n"
                               "v_add_u32 v2, v2, v2\n"));
    for (unsigned i = 0; i < SIM_LANES; i++) {
        assert_int_equal(t->wave->vgpr[0][i], 100 + i);
        assert_int_equal(t->wave->vgpr[1][i], 0x12345678u + i);
        assert_int_equal(t->wave->vgpr[4][i], i - 16u);
        assert_int_equal(t->wave->vgpr[5][i], i);
        assert_int_equal(t->wave->vgpr[256 + 3][i], i);
        assert_int_equal(t->wave->vgpr[256 + 4][i], i);
        assert_int_equal(t->wave->vgpr[256 + 5][i], 64);
        assert_true(check_get(t, 6, i, 64) == (0x123456789abcdef0ull << 3) + 5);
        assert_int_equal(t->wave->vgpr[8][i], 77);
        assert_int_equal(t->wave->vgpr[9][i], 1);
        assert_int_equal(t->wave->vgpr[10][i], 1);
        assert_int_equal(t->wave->vgpr[11][i], 0);
        assert_true(check_get(t, 12, i, 64) == ~0ull);
        assert_true(check_get(t, 14, i, 64) == (uint64_t)i << 33);
        assert_int_equal(t->wave->vgpr[2][i], 2 * i);
    }
    sim_asm_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic),         cmocka_unit_test(carries),   cmocka_unit_test(wide_carries),
        cmocka_unit_test(selects_and_counts), cmocka_unit_test(quad_sums), cmocka_unit_test(operand_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
