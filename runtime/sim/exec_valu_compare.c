/* SPDX-License-Identifier: MIT
 *
 * Comparisons: v_cmp and v_cmpx of every type, and the class tests.
 */
#include "exec_valu.h"

#define COMPARE(name, type, load, expr)              \
    static void name(struct valu_call *c) {          \
        const uint32_t *s0 = c->s[0], *s1 = c->s[1]; \
        uint8_t out[SIM_LANES];                      \
        VALU_LANES {                                 \
            type a = load(s0, i), b = load(s1, i);   \
            (void)a;                                 \
            (void)b;                                 \
            out[i] = (expr);                         \
        }                                            \
        c->mask_out = valu_pack_mask(out);           \
    }

#define LOAD_F16(row, lane) sim_f16_to_f32((row)[lane] & 0xffffu)
#define LOAD_F32(row, lane) valu_float((row)[lane])
#define LOAD_F64(row, lane) valu_double(valu_get64(row, lane))
#define LOAD_I16(row, lane) ((int16_t)(row)[lane])
#define LOAD_U16(row, lane) ((uint16_t)(row)[lane])
#define LOAD_I32(row, lane) ((int32_t)(row)[lane])
#define LOAD_U32(row, lane) ((row)[lane])
#define LOAD_I64(row, lane) ((int64_t)valu_get64(row, lane))
#define LOAD_U64(row, lane) valu_get64(row, lane)

/* X(condition, expression): the unordered forms are true when either operand is a NaN. */
#define FLOAT_CONDITIONS(X, suffix, type, load)   \
    X(f, suffix, type, load, 0)                   \
    X(lt, suffix, type, load, a < b)              \
    X(eq, suffix, type, load, a == b)             \
    X(le, suffix, type, load, a <= b)             \
    X(gt, suffix, type, load, a > b)              \
    X(lg, suffix, type, load, a<b || a> b)        \
    X(ge, suffix, type, load, a >= b)             \
    X(o, suffix, type, load, a == a && b == b)    \
    X(u, suffix, type, load, a != a || b != b)    \
    X(nge, suffix, type, load, !(a >= b))         \
    X(nlg, suffix, type, load, !(a < b || a > b)) \
    X(ngt, suffix, type, load, !(a > b))          \
    X(nle, suffix, type, load, !(a <= b))         \
    X(neq, suffix, type, load, a != b)            \
    X(nlt, suffix, type, load, !(a < b))          \
    X(tru, suffix, type, load, 1)
#define INT_CONDITIONS(X, suffix, type, load) \
    X(f, suffix, type, load, 0)               \
    X(lt, suffix, type, load, a < b)          \
    X(eq, suffix, type, load, a == b)         \
    X(le, suffix, type, load, a <= b)         \
    X(gt, suffix, type, load, a > b)          \
    X(ne, suffix, type, load, a != b)         \
    X(ge, suffix, type, load, a >= b)         \
    X(t, suffix, type, load, 1)

#define DEFINE(condition, suffix, type, load, expr) COMPARE(cmp_##condition##_##suffix, type, load, expr)
FLOAT_CONDITIONS(DEFINE, f16, float, LOAD_F16)
FLOAT_CONDITIONS(DEFINE, f32, float, LOAD_F32)
FLOAT_CONDITIONS(DEFINE, f64, double, LOAD_F64)
INT_CONDITIONS(DEFINE, i16, int16_t, LOAD_I16)
INT_CONDITIONS(DEFINE, u16, uint16_t, LOAD_U16)
INT_CONDITIONS(DEFINE, i32, int32_t, LOAD_I32)
INT_CONDITIONS(DEFINE, u32, uint32_t, LOAD_U32)
INT_CONDITIONS(DEFINE, i64, int64_t, LOAD_I64)
INT_CONDITIONS(DEFINE, u64, uint64_t, LOAD_U64)

/* The bit of the class mask that a value tests. */
static unsigned value_class(bool negative, bool exponent_ones, bool exponent_zero, bool mantissa_zero, bool quiet) {
    if (exponent_ones && !mantissa_zero) {
        return quiet ? 1 : 0;
    }
    unsigned kind = exponent_ones ? 0 : !exponent_zero ? 1 : !mantissa_zero ? 2 : 3; /* infinity, normal, denormal, 0 */
    return negative ? 2 + kind : 9 - kind;
}
#define CLASS(name, value, exponent_mask, mantissa_mask, sign_mask, quiet_mask)                               \
    static void name(struct valu_call *c) {                                                                   \
        uint64_t mask = 0;                                                                                    \
        for (int i = 0; i < SIM_LANES; i++) {                                                                 \
            uint64_t a = (value);                                                                             \
            unsigned bit =                                                                                    \
                value_class((a & (sign_mask)) != 0, (a & (exponent_mask)) == (exponent_mask),                 \
                            (a & (exponent_mask)) == 0, (a & (mantissa_mask)) == 0, (a & (quiet_mask)) != 0); \
            mask |= (uint64_t)(c->s[1][i] >> bit & 1) << i;                                                   \
        }                                                                                                     \
        c->mask_out = mask;                                                                                   \
    }
CLASS(cmp_class_f16, c->s[0][i], 0x7c00u, 0x3ffu, 0x8000u, 0x200u)
CLASS(cmp_class_f32, c->s[0][i], 0x7f800000u, 0x7fffffu, 0x80000000u, 0x400000u)
CLASS(cmp_class_f64, valu_get64(c->s[0], i), 0x7ff0000000000000ull, 0xfffffffffffffull, 1ull << 63, 1ull << 51)

#define ROWS(condition, suffix, type, load, flags) \
    {"v_cmp_" #condition "_" #suffix,              \
     cmp_##condition##_##suffix,                   \
     NULL,                                         \
     VALU_NONE,                                    \
     {type, type},                                 \
     0,                                            \
     VALU_COMPARE | (flags),                       \
     0},                                           \
        {"v_cmpx_" #condition "_" #suffix,         \
         cmp_##condition##_##suffix,               \
         NULL,                                     \
         VALU_NONE,                                \
         {type, type},                             \
         0,                                        \
         VALU_COMPAREX | (flags),                  \
         0},
#define FLOAT_ROWS(condition, suffix, type, load, expr) ROWS(condition, suffix, type, load, VALU_ARITH | VALU_NO_NAN)
#define INT_ROWS(condition, suffix, type, load, expr) ROWS(condition, suffix, type, load, 0)
#define CLASS_ROWS(suffix, type)                                                                         \
    {"v_cmp_class_" #suffix, cmp_class_##suffix, NULL, VALU_NONE, {type, VALU_B32}, 0, VALU_COMPARE, 0}, \
        {"v_cmpx_class_" #suffix, cmp_class_##suffix, NULL, VALU_NONE, {type, VALU_B32}, 0, VALU_COMPAREX, 0},

/* clang-format off */
const struct valu_op valu_compare_ops[] = {
    FLOAT_CONDITIONS(FLOAT_ROWS, f16, VALU_F16, 0)
    FLOAT_CONDITIONS(FLOAT_ROWS, f32, VALU_F32, 0)
    FLOAT_CONDITIONS(FLOAT_ROWS, f64, VALU_F64, 0)
    INT_CONDITIONS(INT_ROWS, i16, VALU_B16, 0)
    INT_CONDITIONS(INT_ROWS, u16, VALU_B16, 0)
    INT_CONDITIONS(INT_ROWS, i32, VALU_B32, 0)
    INT_CONDITIONS(INT_ROWS, u32, VALU_B32, 0)
    INT_CONDITIONS(INT_ROWS, i64, VALU_B64, 0)
    INT_CONDITIONS(INT_ROWS, u64, VALU_B64, 0)
    CLASS_ROWS(f16, VALU_F16)
    CLASS_ROWS(f32, VALU_F32)
    CLASS_ROWS(f64, VALU_F64)
    VALU_END,
};
/* clang-format on */
