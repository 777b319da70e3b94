/* SPDX-License-Identifier: MIT
 *
 * Matrix instructions against a float64 product. The register layouts below are written from the public instruction
 * documentation, in the direction "where does element (i, k) lie?", independently of the executor.
 */
#include "sim_asm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define A_REG 0
#define B_REG 16
#define C_REG 64
#define D_REG 128
#define INDEX_REG 48
#define SCALE_REG 50

enum type { F16, BF16, F32, XF32, F64, I8, FP8, BF8, FP6, BF6, FP4 };

static unsigned width_of(enum type type) {
    static const unsigned bits[] = {16, 16, 32, 32, 64, 8, 8, 8, 6, 6, 4};
    return bits[type];
}

struct shape {
    const char *name;
    enum type a, b;
    unsigned n, k, blocks;
    bool gfx942, gfx950, sparse, f8f6f4;
};

#define BOTH true, true
#define OLD true, false
#define NEW false, true
#define FP8_ROWS(prefix, n, k, archs, sparse)                           \
    {prefix "_fp8_fp8", FP8, FP8, n, k, 1, archs, sparse, false},       \
        {prefix "_fp8_bf8", FP8, BF8, n, k, 1, archs, sparse, false},   \
        {prefix "_bf8_fp8", BF8, FP8, n, k, 1, archs, sparse, false}, { \
        prefix "_bf8_bf8", BF8, BF8, n, k, 1, archs, sparse, false      \
    }

static const struct shape shapes[] = {
    {"v_mfma_f32_32x32x1_2b_f32", F32, F32, 32, 1, 2, BOTH, false, false},
    {"v_mfma_f32_16x16x1_4b_f32", F32, F32, 16, 1, 4, BOTH, false, false},
    {"v_mfma_f32_4x4x1_16b_f32", F32, F32, 4, 1, 16, BOTH, false, false},
    {"v_mfma_f32_32x32x2_f32", F32, F32, 32, 2, 1, BOTH, false, false},
    {"v_mfma_f32_16x16x4_f32", F32, F32, 16, 4, 1, BOTH, false, false},
    {"v_mfma_f32_32x32x4_2b_f16", F16, F16, 32, 4, 2, BOTH, false, false},
    {"v_mfma_f32_16x16x4_4b_f16", F16, F16, 16, 4, 4, BOTH, false, false},
    {"v_mfma_f32_4x4x4_16b_f16", F16, F16, 4, 4, 16, BOTH, false, false},
    {"v_mfma_f32_32x32x8_f16", F16, F16, 32, 8, 1, BOTH, false, false},
    {"v_mfma_f32_16x16x16_f16", F16, F16, 16, 16, 1, BOTH, false, false},
    {"v_mfma_f32_32x32x4_2b_bf16", BF16, BF16, 32, 4, 2, BOTH, false, false},
    {"v_mfma_f32_16x16x4_4b_bf16", BF16, BF16, 16, 4, 4, BOTH, false, false},
    {"v_mfma_f32_4x4x4_16b_bf16", BF16, BF16, 4, 4, 16, BOTH, false, false},
    {"v_mfma_f32_32x32x8_bf16", BF16, BF16, 32, 8, 1, BOTH, false, false},
    {"v_mfma_f32_16x16x16_bf16", BF16, BF16, 16, 16, 1, BOTH, false, false},
    {"v_mfma_f32_32x32x16_f16", F16, F16, 32, 16, 1, NEW, false, false},
    {"v_mfma_f32_16x16x32_f16", F16, F16, 16, 32, 1, NEW, false, false},
    {"v_mfma_f32_32x32x16_bf16", BF16, BF16, 32, 16, 1, NEW, false, false},
    {"v_mfma_f32_16x16x32_bf16", BF16, BF16, 16, 32, 1, NEW, false, false},
    {"v_mfma_i32_32x32x4_2b_i8", I8, I8, 32, 4, 2, BOTH, false, false},
    {"v_mfma_i32_16x16x4_4b_i8", I8, I8, 16, 4, 4, BOTH, false, false},
    {"v_mfma_i32_4x4x4_16b_i8", I8, I8, 4, 4, 16, BOTH, false, false},
    {"v_mfma_i32_32x32x16_i8", I8, I8, 32, 16, 1, BOTH, false, false},
    {"v_mfma_i32_16x16x32_i8", I8, I8, 16, 32, 1, BOTH, false, false},
    {"v_mfma_i32_32x32x32_i8", I8, I8, 32, 32, 1, NEW, false, false},
    {"v_mfma_i32_16x16x64_i8", I8, I8, 16, 64, 1, NEW, false, false},
    {"v_mfma_f64_16x16x4_f64", F64, F64, 16, 4, 1, BOTH, false, false},
    {"v_mfma_f64_4x4x4_4b_f64", F64, F64, 4, 4, 4, BOTH, false, false},
    {"v_mfma_f32_32x32x4_xf32", XF32, XF32, 32, 4, 1, OLD, false, false},
    {"v_mfma_f32_16x16x8_xf32", XF32, XF32, 16, 8, 1, OLD, false, false},
    FP8_ROWS("v_mfma_f32_32x32x16", 32, 16, BOTH, false),
    FP8_ROWS("v_mfma_f32_16x16x32", 16, 32, BOTH, false),
    {"v_mfma_f32_32x32x64_f8f6f4", FP8, FP8, 32, 64, 1, NEW, false, true},
    {"v_mfma_f32_16x16x128_f8f6f4", FP8, FP8, 16, 128, 1, NEW, false, true},
    {"v_smfmac_f32_16x16x32_f16", F16, F16, 16, 32, 1, BOTH, true, false},
    {"v_smfmac_f32_32x32x16_f16", F16, F16, 32, 16, 1, BOTH, true, false},
    {"v_smfmac_f32_16x16x32_bf16", BF16, BF16, 16, 32, 1, BOTH, true, false},
    {"v_smfmac_f32_32x32x16_bf16", BF16, BF16, 32, 16, 1, BOTH, true, false},
    {"v_smfmac_i32_16x16x64_i8", I8, I8, 16, 64, 1, BOTH, true, false},
    {"v_smfmac_i32_32x32x32_i8", I8, I8, 32, 32, 1, BOTH, true, false},
    FP8_ROWS("v_smfmac_f32_16x16x64", 16, 64, BOTH, true),
    FP8_ROWS("v_smfmac_f32_32x32x32", 32, 32, BOTH, true),
    {"v_smfmac_f32_16x16x64_f16", F16, F16, 16, 64, 1, NEW, true, false},
    {"v_smfmac_f32_32x32x32_f16", F16, F16, 32, 32, 1, NEW, true, false},
    {"v_smfmac_f32_16x16x64_bf16", BF16, BF16, 16, 64, 1, NEW, true, false},
    {"v_smfmac_f32_32x32x32_bf16", BF16, BF16, 32, 32, 1, NEW, true, false},
    {"v_smfmac_i32_16x16x128_i8", I8, I8, 16, 128, 1, NEW, true, false},
    {"v_smfmac_i32_32x32x64_i8", I8, I8, 32, 64, 1, NEW, true, false},
    FP8_ROWS("v_smfmac_f32_16x16x128", 16, 128, NEW, true),
    FP8_ROWS("v_smfmac_f32_32x32x64", 32, 64, NEW, true),
};
#define NUM_SHAPES (sizeof shapes / sizeof *shapes)

/* ---- values ---- */

static uint64_t random_state = 1;
static uint32_t random_bits(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 32);
}

/* sign | exponent | mantissa with the given bias, no special values */
static double plain_value(uint32_t bits, int exponent_bits, int mantissa_bits, int bias) {
    int exponent = (int)(bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
    double fraction = (double)(bits & ((1u << mantissa_bits) - 1)) / (1 << mantissa_bits);
    double magnitude = exponent ? ldexp(1 + fraction, exponent - bias) : ldexp(fraction, 1 - bias);
    return bits >> (exponent_bits + mantissa_bits) & 1 ? -magnitude : magnitude;
}

static double value_of(enum type type, enum sim_arch arch, uint64_t bits) {
    bool fnuz = arch == SIM_GFX942;
    switch (type) {
    case F16:
        if ((bits & 0x7c00) == 0x7c00)
            return bits & 0x3ff ? NAN : bits & 0x8000 ? -INFINITY : INFINITY;
        return plain_value((uint32_t)bits, 5, 10, 15);
    case BF16:
        bits <<= 16;
        /* fall through */
    case F32:
    case XF32: {
        uint32_t word = (uint32_t)bits;
        float value;
        memcpy(&value, &word, 4);
        if (type == XF32) { /* 10 mantissa bits */
            word &= ~0x1fffu;
            memcpy(&value, &word, 4);
        }
        return (double)value;
    }
    case F64: {
        double value;
        memcpy(&value, &bits, 8);
        return value;
    }
    case I8:
        return (double)(int8_t)bits;
    case FP8:
        if (fnuz)
            return bits == 0x80 ? NAN : plain_value((uint32_t)bits, 4, 3, 8);
        return (bits & 0x7f) == 0x7f ? NAN : plain_value((uint32_t)bits, 4, 3, 7);
    case BF8:
        if (fnuz)
            return bits == 0x80 ? NAN : plain_value((uint32_t)bits, 5, 2, 16);
        if ((bits & 0x7c) == 0x7c)
            return bits & 3 ? NAN : bits & 0x80 ? -INFINITY : INFINITY;
        return plain_value((uint32_t)bits, 5, 2, 15);
    case FP6:
        return plain_value((uint32_t)bits, 2, 3, 1);
    case BF6:
        return plain_value((uint32_t)bits, 3, 2, 3);
    case FP4:
        return plain_value((uint32_t)bits, 2, 1, 1);
    }
    return NAN;
}

/* Random finite values whose products neither overflow nor vanish in fp32 */
static uint64_t random_value(enum type type, enum sim_arch arch) {
    for (;;) {
        uint64_t bits = random_bits();
        switch (type) {
        case F64: {
            double value = ((double)random_bits() - 0x1p31) * 0x1p-30;
            memcpy(&bits, &value, 8);
            return bits;
        }
        case F32:
        case XF32: {
            float value = ((float)random_bits() - 0x1p31f) * 0x1p-30f;
            uint32_t word;
            memcpy(&word, &value, 4);
            return word;
        }
        case BF16: {
            float value = ((float)random_bits() - 0x1p31f) * 0x1p-30f;
            uint32_t word;
            memcpy(&word, &value, 4);
            return word >> 16;
        }
        default:
            bits &= (1u << width_of(type)) - 1;
            if (isfinite(value_of(type, arch, bits)))
                return bits;
        }
    }
}

/* ---- layouts ---- */

struct place {
    unsigned lane, bit; /* bit counts through the operand's registers */
};

/* Where element k of row (or column) c of block `block` lies; K elements in all. */
static struct place input_place(const struct shape *shape, enum type type, unsigned K, unsigned c, unsigned k,
                                unsigned block) {
    unsigned per_lane = K * shape->n * shape->blocks / 64;
    struct place place;
    if (per_lane * width_of(type) == 256) {
        /* 32 bytes per lane: 16 bytes of each lane group in turn, then the next 16 */
        unsigned groups = 64 / shape->n, run = 128 / width_of(type);
        unsigned half = k / (run * groups);
        place.lane = k / run % groups * shape->n + c;
        place.bit = (half * run + k % run) * width_of(type);
        return place;
    }
    place.lane = k / per_lane * shape->n * shape->blocks + block * shape->n + c;
    place.bit = k % per_lane * width_of(type);
    return place;
}

/* Register (of 32 or 64 bits) and lane of result element (i, j) of block `block`. */
static void result_place(const struct shape *shape, unsigned i, unsigned j, unsigned block, unsigned *reg,
                         unsigned *lane) {
    if (shape->a == F64) {
        if (shape->n == 16) {
            *reg = i / 4;
            *lane = i % 4 * 16 + j;
        } else {
            *reg = 0;
            *lane = i * 16 + block * 4 + j;
        }
    } else if (shape->n == 32) {
        *reg = block * 16 + i / 8 * 4 + i % 4;
        *lane = i / 4 % 2 * 32 + j;
    } else if (shape->n == 16) {
        *reg = block * 4 + i % 4;
        *lane = i / 4 * 16 + j;
    } else {
        *reg = i;
        *lane = block * 4 + j;
    }
}

/* ---- one problem ---- */

#define MAX_K 128
#define MAX_BLOCKS 16

struct problem {
    const struct shape *shape;
    enum type a_type, b_type;
    enum sim_arch arch;
    uint64_t a[MAX_BLOCKS][32][MAX_K], b[MAX_BLOCKS][MAX_K][32]; /* patterns; sparse A holds K / 2 */
    uint64_t c[MAX_BLOCKS][32][32];
    uint8_t index[32][MAX_K]; /* sparse: position 0..3 within the group of four, per stored element */
    uint8_t a_scale[32][4], b_scale[32][4];
    double d[MAX_BLOCKS][32][32];
};

static void put_bits(struct sim_wave *wave, unsigned reg, struct place place, unsigned width, uint64_t bits) {
    for (unsigned i = 0; i < width; i++) {
        unsigned bit = place.bit + i;
        uint32_t *word = &wave->vgpr[reg + bit / 32][place.lane];
        *word = (*word & ~(1u << bit % 32)) | (uint32_t)(bits >> i & 1) << bit % 32;
    }
}

static bool is_integer(const struct problem *p) {
    return p->a_type == I8;
}
static bool is_double(const struct problem *p) {
    return p->a_type == F64;
}

static double c_value(const struct problem *p, unsigned block, unsigned i, unsigned j) {
    uint64_t bits = p->c[block][i][j];
    return is_integer(p) ? (double)(int32_t)bits : value_of(is_double(p) ? F64 : F32, p->arch, bits);
}

static void random_problem(struct problem *p, const struct shape *shape, enum sim_arch arch, enum type a, enum type b) {
    memset(p, 0, sizeof *p);
    p->shape = shape;
    p->arch = arch;
    p->a_type = a;
    p->b_type = b;
    for (unsigned block = 0; block < shape->blocks; block++)
        for (unsigned c = 0; c < shape->n; c++) {
            for (unsigned k = 0; k < shape->k; k++) {
                p->a[block][c][k] = random_value(a, arch);
                p->b[block][k][c] = random_value(b, arch);
            }
            for (unsigned j = 0; j < shape->n; j++)
                p->c[block][c][j] = a == I8 ? (uint32_t)(int32_t)(random_bits() % 20001 - 10000)
                                            : random_value(a == F64 ? F64 : F32, arch);
        }
    for (unsigned c = 0; c < 32; c++)
        for (unsigned s = 0; s < 4; s++) {
            p->a_scale[c][s] = (uint8_t)(120 + random_bits() % 15);
            p->b_scale[c][s] = (uint8_t)(120 + random_bits() % 15);
        }
    for (unsigned c = 0; c < shape->n; c++)
        for (unsigned k = 0; k < shape->k / 2; k += 2) {
            unsigned first = random_bits() % 3;
            p->index[c][k] = (uint8_t)first;
            p->index[c][k + 1] = (uint8_t)(first + 1 + random_bits() % (3 - first));
        }
}

static void load_operands(struct sim_wave *wave, const struct problem *p) {
    const struct shape *s = p->shape;
    unsigned a_k = s->sparse ? s->k / 2 : s->k;
    for (unsigned block = 0; block < s->blocks; block++)
        for (unsigned c = 0; c < s->n; c++) {
            for (unsigned k = 0; k < a_k; k++)
                put_bits(wave, A_REG, input_place(s, p->a_type, a_k, c, k, block), width_of(p->a_type),
                         p->a[block][c][k]);
            for (unsigned k = 0; k < s->k; k++)
                put_bits(wave, B_REG, input_place(s, p->b_type, s->k, c, k, block), width_of(p->b_type),
                         p->b[block][k][c]);
            for (unsigned j = 0; j < s->n; j++) {
                unsigned reg, lane;
                result_place(s, c, j, block, &reg, &lane);
                uint64_t bits = p->c[block][c][j];
                if (is_double(p)) {
                    wave->vgpr[C_REG + 2 * reg][lane] = (uint32_t)bits;
                    wave->vgpr[C_REG + 2 * reg + 1][lane] = (uint32_t)(bits >> 32);
                } else {
                    wave->vgpr[C_REG + reg][lane] = (uint32_t)bits;
                }
            }
        }
}

static double read_result(const struct sim_wave *wave, unsigned base, const struct problem *p, unsigned i, unsigned j,
                          unsigned block) {
    unsigned reg, lane;
    result_place(p->shape, i, j, block, &reg, &lane);
    if (is_double(p))
        return value_of(F64, p->arch,
                        wave->vgpr[base + 2 * reg][lane] | (uint64_t)wave->vgpr[base + 2 * reg + 1][lane] << 32);
    uint32_t bits = wave->vgpr[base + reg][lane];
    return is_integer(p) ? (double)(int32_t)bits : value_of(F32, p->arch, bits);
}

/* Compares every element with the float64 product; a_block(block) is the block of A in effect. */
static void check_result(const struct sim_wave *wave, unsigned base, const struct problem *p, const char *what,
                         const unsigned *a_block, bool with_c, bool scaled) {
    const struct shape *s = p->shape;
    unsigned terms = s->sparse ? s->k / 2 : s->k;
    for (unsigned block = 0; block < s->blocks; block++)
        for (unsigned i = 0; i < s->n; i++)
            for (unsigned j = 0; j < s->n; j++) {
                double sum = with_c ? c_value(p, block, i, j) : 0, bound = fabs(sum);
                for (unsigned t = 0; t < terms; t++) {
                    unsigned k = s->sparse ? t / 2 * 4 + p->index[i][t] : t;
                    double x = value_of(p->a_type, p->arch, p->a[a_block ? a_block[block] : block][i][t]);
                    double y = value_of(p->b_type, p->arch, p->b[block][k][j]);
                    if (scaled) {
                        x *= ldexp(1, p->a_scale[i][k / 32] - 127);
                        y *= ldexp(1, p->b_scale[j][k / 32] - 127);
                    }
                    sum += x * y;
                    bound += fabs(x * y);
                }
                double got = read_result(wave, base, p, i, j, block);
                double tolerance = is_integer(p) ? 0 : bound * (is_double(p) ? 0x1p-50 : 0x1p-22);
                if (!(fabs(got - sum) <= tolerance))
                    fail_msg("%s: block %u element (%u, %u) is %.9g, not %.9g", what, block, i, j, got, sum);
            }
}

static const char *reg_name(char *text, char file, unsigned first, unsigned count) {
    if (count == 1)
        sprintf(text, "%c%u", file, first);
    else
        sprintf(text, "%c[%u:%u]", file, first, first + count - 1);
    return text;
}

struct operand_counts {
    unsigned a, b, d;
};

static struct operand_counts count_registers(const struct problem *p) {
    const struct shape *s = p->shape;
    unsigned elements = s->n * s->k * s->blocks / 64;
    return (struct operand_counts){
        (s->sparse ? elements / 2 : elements) * width_of(p->a_type) / 32,
        elements * width_of(p->b_type) / 32,
        s->n * s->n * s->blocks / 64 * (is_double(p) ? 2 : 1),
    };
}

static void run(struct sim_asm *t, const struct problem *p, const char *name, char file, const char *c,
                const char *modifiers) {
    char a[16], b[16], d[16];
    struct operand_counts n = count_registers(p);
    if (!sim_asm_runf(t, "%s %s, %s, %s, %s %s", name, reg_name(d, file, D_REG, n.d), reg_name(a, file, A_REG, n.a),
                      reg_name(b, file, B_REG, n.b), c, modifiers))
        fail_msg("%s: %s", name, t->launch.report);
}

static void move_to_agprs(struct sim_wave *wave) {
    memcpy(wave->vgpr[256], wave->vgpr[0], 256 * sizeof(sim_row));
    memset(wave->vgpr[0], 0x5a, 256 * sizeof(sim_row));
}

static struct problem *new_problem(void) {
    struct problem *p = malloc(sizeof *p);
    assert_non_null(p);
    return p;
}

static struct sim_asm *new_machine(enum sim_arch arch) {
    struct sim_asm *t = sim_asm_create(arch);
    sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, 0); /* matrix instructions ignore EXEC */
    return t;
}

static const struct shape *find_shape(const char *name) {
    for (size_t i = 0; i < NUM_SHAPES; i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    fail_msg("no shape %s", name);
    return NULL;
}

/* ---- tests ---- */

static void dense_shapes_match_float64(void **state) {
    (void)state;
    struct problem *p = new_problem();
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++)
        for (size_t i = 0; i < NUM_SHAPES; i++) {
            const struct shape *s = &shapes[i];
            if (s->sparse || !(arch == SIM_GFX942 ? s->gfx942 : s->gfx950))
                continue;
            char c[16];
            struct sim_asm *t = new_machine((enum sim_arch)arch);
            random_problem(p, s, (enum sim_arch)arch, s->a, s->b);
            load_operands(t->wave, p);
            unsigned count = count_registers(p).d;
            run(t, p, s->name, 'v', reg_name(c, 'v', C_REG, count), "");
            check_result(t->wave, D_REG, p, s->name, NULL, true, false);
            /* everything in accumulation registers, D in place of C */
            move_to_agprs(t->wave);
            memcpy(t->wave->vgpr[256 + D_REG], t->wave->vgpr[256 + C_REG], count * sizeof(sim_row));
            run(t, p, s->name, 'a', reg_name(c, 'a', D_REG, count), "");
            check_result(t->wave, 256 + D_REG, p, s->name, NULL, true, false);
            sim_asm_destroy(t);
        }
    free(p);
}

static void inline_constant_is_c(void **state) {
    (void)state;
    static const struct {
        const char *name, *constant;
        double value;
    } cases[] = {
        {"v_mfma_f32_32x32x8_f16", "0", 0},     {"v_mfma_f32_32x32x8_f16", "-4.0", -4},
        {"v_mfma_f32_16x16x4_f32", "0.5", 0.5}, {"v_mfma_f64_16x16x4_f64", "2.0", 2},
        {"v_mfma_f64_4x4x4_4b_f64", "0", 0},    {"v_mfma_f64_4x4x4_4b_f64", "0.15915494309189532", 0.15915494309189532},
        {"v_mfma_i32_32x32x16_i8", "-7", -7},   {"v_mfma_i32_4x4x4_16b_i8", "64", 64},
    };
    struct problem *p = new_problem();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct shape *s = find_shape(cases[i].name);
        struct sim_asm *t = new_machine(SIM_GFX950);
        random_problem(p, s, SIM_GFX950, s->a, s->b);
        for (unsigned block = 0; block < s->blocks; block++)
            for (unsigned r = 0; r < 32; r++)
                for (unsigned c = 0; c < 32; c++) {
                    float single = (float)cases[i].value;
                    if (is_integer(p))
                        p->c[block][r][c] = (uint32_t)(int32_t)cases[i].value;
                    else if (is_double(p))
                        memcpy(&p->c[block][r][c], &cases[i].value, 8);
                    else
                        memcpy(&p->c[block][r][c], &single, 4);
                }
        load_operands(t->wave, p);
        run(t, p, s->name, 'v', cases[i].constant, "");
        check_result(t->wave, D_REG, p, s->name, NULL, true, false);
        sim_asm_destroy(t);
    }
    free(p);
}

/* A = identity gives D = B, B = identity gives D = A: exactly, so a transposed or permuted layout cannot pass. */
static void identity_matrices_copy(void **state) {
    (void)state;
    struct problem *p = new_problem();
    for (size_t i = 0; i < NUM_SHAPES; i++) {
        const struct shape *s = &shapes[i];
        if (s->sparse || s->k < s->n || !s->gfx950)
            continue;
        uint64_t one = s->a == F16 ? 0x3c00 : s->a == BF16 ? 0x3f80 : s->a == I8 ? 1 : s->a == FP8 ? 0x38 : 0x3c;
        uint64_t b_one = s->b == FP8 ? 0x38 : s->b == BF8 ? 0x3c : one;
        if (s->a == F64)
            one = b_one = 0x3ff0000000000000u;
        if (s->a == F32)
            one = b_one = 0x3f800000u;
        for (int left = 0; left < 2; left++) {
            struct sim_asm *t = new_machine(SIM_GFX950);
            random_problem(p, s, SIM_GFX950, s->a, s->b);
            for (unsigned block = 0; block < s->blocks; block++)
                for (unsigned r = 0; r < s->n; r++)
                    for (unsigned k = 0; k < s->k; k++) {
                        if (left)
                            p->a[block][r][k] = r == k ? one : 0;
                        else
                            p->b[block][k][r] = r == k ? b_one : 0;
                    }
            load_operands(t->wave, p);
            run(t, p, s->name, 'v', "0", "");
            for (unsigned block = 0; block < s->blocks; block++)
                for (unsigned r = 0; r < s->n; r++)
                    for (unsigned c = 0; c < s->n; c++) {
                        double expected = left ? value_of(s->b, SIM_GFX950, p->b[block][r][c])
                                               : value_of(s->a, SIM_GFX950, p->a[block][r][c]);
                        double got = read_result(t->wave, D_REG, p, r, c, block);
                        if (got != expected)
                            fail_msg("%s, identity %s: (%u, %u) is %g, not %g", s->name, left ? "A" : "B", r, c, got,
                                     expected);
                    }
            sim_asm_destroy(t);
        }
    }
    free(p);
}

static void f8f6f4_formats_and_scales(void **state) {
    (void)state;
    static const enum type formats[] = {FP8, BF8, FP6, BF6, FP4};
    struct problem *p = new_problem();
    for (int wide = 0; wide < 2; wide++)
        for (unsigned fa = 0; fa < 5; fa++)
            for (unsigned fb = 0; fb < 5; fb++)
                for (int scaled = 0; scaled < 2; scaled++) {
                    const struct shape *s =
                        find_shape(wide ? "v_mfma_f32_32x32x64_f8f6f4" : "v_mfma_f32_16x16x128_f8f6f4");
                    char c[64], name[64], modifiers[128];
                    unsigned a_byte = random_bits() % 4, b_byte = random_bits() % 4;
                    struct sim_asm *t = new_machine(SIM_GFX950);
                    random_problem(p, s, SIM_GFX950, formats[fa], formats[fb]);
                    for (unsigned r = 0; r < 8; r++) /* garbage behind 6- and 4-bit operands */
                        for (unsigned lane = 0; lane < 64; lane++) {
                            t->wave->vgpr[A_REG + r][lane] = random_bits();
                            t->wave->vgpr[B_REG + r][lane] = random_bits();
                            t->wave->vgpr[SCALE_REG][lane] = random_bits();
                            t->wave->vgpr[SCALE_REG + 1][lane] = random_bits();
                        }
                    load_operands(t->wave, p);
                    for (unsigned r = 0; r < s->n; r++)
                        for (unsigned run_of_32 = 0; run_of_32 < s->k / 32; run_of_32++) {
                            put_bits(t->wave, SCALE_REG, (struct place){r + s->n * run_of_32, 8 * a_byte}, 8,
                                     p->a_scale[r][run_of_32]);
                            put_bits(t->wave, SCALE_REG + 1, (struct place){r + s->n * run_of_32, 8 * b_byte}, 8,
                                     p->b_scale[r][run_of_32]);
                        }
                    snprintf(name, sizeof name, "v_mfma_%s%s", scaled ? "scale_" : "", s->name + strlen("v_mfma_"));
                    reg_name(c, 'v', C_REG, count_registers(p).d);
                    snprintf(modifiers, sizeof modifiers, "cbsz:%u blgp:%u", fa, fb);
                    if (scaled) {
                        snprintf(modifiers, sizeof modifiers, "op_sel:[%u,%u,0] op_sel_hi:[%u,%u,0] cbsz:%u blgp:%u",
                                 a_byte & 1, b_byte & 1, a_byte >> 1, b_byte >> 1, fa, fb);
                        snprintf(c + strlen(c), sizeof c - strlen(c), ", v%u, v%u", SCALE_REG, SCALE_REG + 1);
                    }
                    run(t, p, name, 'v', c, modifiers);
                    check_result(t->wave, D_REG, p, name, NULL, true, scaled);
                    sim_asm_destroy(t);
                }
    free(p);
}

static void scale_extremes(void **state) {
    (void)state;
    const struct shape *s = find_shape("v_mfma_f32_32x32x64_f8f6f4");
    struct problem *p = new_problem();
    struct sim_asm *t = new_machine(SIM_GFX950);
    random_problem(p, s, SIM_GFX950, FP8, FP8);
    for (unsigned r = 0; r < 32; r++)
        for (unsigned k = 0; k < 64; k++) {
            p->a[0][r][k] = k == 0 ? 0x38 : 0; /* 1.0 in the first run of 32 */
            p->b[0][k][r] = k == 0 ? 0x38 : 0;
        }
    load_operands(t->wave, p);
    for (unsigned lane = 0; lane < 64; lane++) {
        t->wave->vgpr[SCALE_REG][lane] = lane == 0 ? 0 : lane == 1 ? 254 : lane == 2 ? 255 : 127;
        t->wave->vgpr[SCALE_REG + 1][lane] = 127;
    }
    run(t, p, "v_mfma_scale_f32_32x32x64_f8f6f4", 'v', "0, v50, v51", "op_sel_hi:[0,0,0]");
    for (unsigned j = 0; j < 32; j++) {
        assert_true(read_result(t->wave, D_REG, p, 0, j, 0) == 0x1p-127);
        assert_true(read_result(t->wave, D_REG, p, 1, j, 0) == 0x1p127);
        assert_true(isnan(read_result(t->wave, D_REG, p, 2, j, 0)));
        assert_true(read_result(t->wave, D_REG, p, 3, j, 0) == 1);
    }
    sim_asm_destroy(t);
    free(p);
}

/* Every code of every 8-bit format, through the matrix unit: D = code * 1. */
static void every_fp8_code(void **state) {
    (void)state;
    struct problem *p = new_problem();
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++)
        for (int bf8 = 0; bf8 < 2; bf8++)
            for (unsigned first = 0; first < 256; first += 32) {
                const struct shape *s = find_shape(bf8 ? "v_mfma_f32_32x32x16_bf8_fp8" : "v_mfma_f32_32x32x16_fp8_fp8");
                struct sim_asm *t = new_machine((enum sim_arch)arch);
                random_problem(p, s, (enum sim_arch)arch, s->a, s->b);
                uint64_t one = arch == SIM_GFX942 ? 0x40 : 0x38;
                for (unsigned r = 0; r < 32; r++)
                    for (unsigned k = 0; k < 16; k++) {
                        p->a[0][r][k] = k == 5 ? first + r : 0;
                        p->b[0][k][r] = k == 5 ? one : 0;
                    }
                load_operands(t->wave, p);
                run(t, p, s->name, 'v', "0", "");
                for (unsigned r = 0; r < 32; r++) {
                    double expected = value_of(s->a, (enum sim_arch)arch, first + r);
                    double got = read_result(t->wave, D_REG, p, r, r, 0);
                    if (!(got == expected || (isnan(got) && isnan(expected))))
                        fail_msg("%s: code 0x%02x is %g, not %g", s->name, first + r, got, expected);
                }
                sim_asm_destroy(t);
            }
    assert_true(value_of(FP8, SIM_GFX942, 0x7f) == 240 && value_of(FP8, SIM_GFX950, 0x7e) == 448);
    assert_true(value_of(BF8, SIM_GFX942, 0x7f) == 57344 && value_of(BF8, SIM_GFX950, 0x7b) == 57344);
    free(p);
}

static void nan_inf_overflow_denormals(void **state) {
    (void)state;
    const struct shape *s = find_shape("v_mfma_f32_32x32x8_bf16");
    struct problem *p = new_problem();
    struct sim_asm *t = new_machine(SIM_GFX942);
    random_problem(p, s, SIM_GFX942, BF16, BF16);
    memset(p->a, 0, sizeof p->a);
    memset(p->b, 0, sizeof p->b);
    memset(p->c, 0, sizeof p->c);
    for (unsigned k = 0; k < 8; k++)
        for (unsigned j = 0; j < 32; j++)
            p->b[0][k][j] = 0x3f80;
    p->a[0][0][0] = 0x7f80;                              /* inf */
    p->a[0][1][3] = 0x7fc1;                              /* NaN */
    p->a[0][2][0] = 0x7f80, p->a[0][2][1] = 0xff80;      /* inf - inf */
    p->a[0][3][0] = p->a[0][3][1] = 0x7f7f;              /* overflows to inf */
    p->a[0][4][0] = 0x0001;                              /* denormal */
    p->a[0][5][0] = 0x3f80, p->c[0][5][0] = 0x7f800001u; /* signalling NaN in C */
    p->a[0][6][0] = 0x3f80, p->c[0][6][0] = 0xff800000u;
    p->c[0][7][0] = 0x00000001u; /* denormal in C */
    load_operands(t->wave, p);
    t->wave->mode = 0; /* denormals off: not for matrix instructions */
    run(t, p, s->name, 'v', "v[64:79]", "");
    assert_true(read_result(t->wave, D_REG, p, 0, 4, 0) == INFINITY);
    assert_true(isnan(read_result(t->wave, D_REG, p, 1, 4, 0)));
    assert_true(isnan(read_result(t->wave, D_REG, p, 2, 4, 0)));
    assert_true(read_result(t->wave, D_REG, p, 3, 4, 0) == INFINITY);
    assert_true(read_result(t->wave, D_REG, p, 4, 4, 0) == 0x1p-133);
    assert_true(isnan(read_result(t->wave, D_REG, p, 5, 0, 0)));
    assert_true(read_result(t->wave, D_REG, p, 6, 0, 0) == -INFINITY);
    assert_true(read_result(t->wave, D_REG, p, 7, 0, 0) == 0x1p-149);
    sim_asm_destroy(t);
    free(p);
}

static void cbsz_broadcasts_blocks_of_a(void **state) {
    (void)state;
    static const char *const names[] = {"v_mfma_f32_32x32x1_2b_f32",  "v_mfma_f32_16x16x4_4b_f16",
                                        "v_mfma_f32_4x4x4_16b_bf16",  "v_mfma_i32_4x4x4_16b_i8",
                                        "v_mfma_f32_32x32x4_2b_bf16", "v_mfma_i32_16x16x4_4b_i8"};
    struct problem *p = new_problem();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct shape *s = find_shape(names[i]);
        for (unsigned cbsz = 1; 1u << cbsz <= s->blocks; cbsz++) {
            unsigned group = 1u << cbsz, abid = random_bits() % group, a_block[16];
            char c[16], modifiers[32];
            struct sim_asm *t = new_machine(SIM_GFX942);
            random_problem(p, s, SIM_GFX942, s->a, s->b);
            load_operands(t->wave, p);
            for (unsigned block = 0; block < s->blocks; block++)
                a_block[block] = block / group * group + abid;
            snprintf(modifiers, sizeof modifiers, "cbsz:%u abid:%u", cbsz, abid);
            run(t, p, s->name, 'v', reg_name(c, 'v', C_REG, count_registers(p).d), modifiers);
            check_result(t->wave, D_REG, p, s->name, a_block, true, false);
            sim_asm_destroy(t);
        }
    }
    free(p);
}

static void blgp_permutes_lanes_of_b(void **state) {
    (void)state;
    static const char *const names[] = {"v_mfma_f32_32x32x2_f32", "v_mfma_f32_16x16x4_4b_f16",
                                        "v_mfma_i32_32x32x4_2b_i8"};
    /* the 16-lane group that each group of B reads */
    static const unsigned source[8][4] = {{0, 1, 2, 3}, {0, 1, 0, 1}, {2, 3, 2, 3}, {1, 2, 3, 0},
                                          {0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}};
    struct problem *p = new_problem();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (unsigned blgp = 1; blgp < 8; blgp++) {
            const struct shape *s = find_shape(names[i]);
            char c[16], modifiers[32];
            struct sim_asm *t = new_machine(SIM_GFX942);
            random_problem(p, s, SIM_GFX942, s->a, s->b);
            load_operands(t->wave, p);
            /* what B looks like after the permutation */
            for (unsigned block = 0; block < s->blocks; block++)
                for (unsigned k = 0; k < s->k; k++)
                    for (unsigned j = 0; j < s->n; j++) {
                        struct place place = input_place(s, s->b, s->k, j, k, block);
                        unsigned lane = source[blgp][place.lane / 16] * 16 + place.lane % 16;
                        uint32_t word = t->wave->vgpr[B_REG + place.bit / 32][lane] >> place.bit % 32;
                        p->b[block][k][j] = width_of(s->b) == 32 ? word : word & ((1u << width_of(s->b)) - 1);
                    }
            snprintf(modifiers, sizeof modifiers, "blgp:%u", blgp);
            run(t, p, s->name, 'v', reg_name(c, 'v', C_REG, count_registers(p).d), modifiers);
            check_result(t->wave, D_REG, p, s->name, NULL, true, false);
            sim_asm_destroy(t);
        }
    free(p);
}

static void f64_negates(void **state) {
    (void)state;
    const struct shape *s = find_shape("v_mfma_f64_16x16x4_f64");
    struct problem *p = new_problem();
    for (unsigned neg = 1; neg < 8; neg++) {
        char modifiers[32];
        struct sim_asm *t = new_machine(SIM_GFX942);
        random_problem(p, s, SIM_GFX942, F64, F64);
        load_operands(t->wave, p);
        for (unsigned i = 0; i < 16; i++)
            for (unsigned j = 0; j < 16; j++) {
                if (j < 4 && neg & 1)
                    p->a[0][i][j] ^= 1ull << 63;
                if (j < 4 && neg & 2)
                    p->b[0][j][i] ^= 1ull << 63;
                if (neg & 4)
                    p->c[0][i][j] ^= 1ull << 63;
            }
        snprintf(modifiers, sizeof modifiers, "neg:[%u,%u,%u]", neg & 1, neg >> 1 & 1, neg >> 2);
        run(t, p, s->name, 'v', "v[64:71]", modifiers);
        check_result(t->wave, D_REG, p, s->name, NULL, true, false);
        sim_asm_destroy(t);
    }
    free(p);
}

static void sparse_shapes_match_float64(void **state) {
    (void)state;
    struct problem *p = new_problem();
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++)
        for (size_t i = 0; i < NUM_SHAPES; i++) {
            const struct shape *s = &shapes[i];
            if (!s->sparse || !(arch == SIM_GFX942 ? s->gfx942 : s->gfx950))
                continue;
            unsigned per_lane = s->k / 2 * s->n / 64, sets = 32 / (2 * per_lane);
            for (unsigned cbsz = 0; cbsz < 2; cbsz++)
                for (unsigned abid = 0; abid < sets; abid++) {
                    char modifiers[32];
                    struct sim_asm *t = new_machine((enum sim_arch)arch);
                    random_problem(p, s, (enum sim_arch)arch, s->a, s->b);
                    if (s->a != I8) /* B that no index selects takes no part */
                        for (unsigned k = 0; k < s->k; k += 4)
                            for (unsigned r = 0; r < s->n; r++)
                                p->index[r][k / 2] = 0, p->index[r][k / 2 + 1] = (uint8_t)(1 + (r + k / 4) % 2);
                    if (s->a == F16 || s->a == BF16)
                        for (unsigned j = 0; j < s->n; j++)
                            p->b[0][3][j] = 0x7fff; /* NaN in both */
                    load_operands(t->wave, p);
                    for (unsigned lane = 0; lane < 64; lane++)
                        t->wave->vgpr[INDEX_REG][lane] = random_bits();
                    unsigned set = cbsz ? 0 : abid;
                    for (unsigned r = 0; r < s->n; r++)
                        for (unsigned k = 0; k < s->k / 2; k++)
                            put_bits(t->wave, INDEX_REG,
                                     (struct place){k / per_lane * s->n + r, 2 * (set * per_lane + k % per_lane)}, 2,
                                     p->index[r][k]);
                    struct operand_counts n = count_registers(p);
                    memcpy(t->wave->vgpr[D_REG], t->wave->vgpr[C_REG], n.d * sizeof(sim_row));
                    snprintf(modifiers, sizeof modifiers, "cbsz:%u abid:%u", cbsz, abid);
                    run(t, p, s->name, 'v', "v48", modifiers);
                    check_result(t->wave, D_REG, p, s->name, NULL, true, false);
                    sim_asm_destroy(t);
                }
        }
    free(p);
}

static void integer_sums_wrap(void **state) {
    (void)state;
    const struct shape *s = find_shape("v_mfma_i32_32x32x16_i8");
    struct problem *p = new_problem();
    struct sim_asm *t = new_machine(SIM_GFX942);
    random_problem(p, s, SIM_GFX942, I8, I8);
    for (unsigned r = 0; r < 32; r++) {
        for (unsigned k = 0; k < 16; k++)
            p->a[0][r][k] = p->b[0][k][r] = 0x80;
        for (unsigned j = 0; j < 32; j++)
            p->c[0][r][j] = 0x7fffffffu;
    }
    load_operands(t->wave, p);
    run(t, p, s->name, 'v', "v[64:79]", "");
    assert_true(read_result(t->wave, D_REG, p, 3, 9, 0) == (double)(int32_t)(0x7fffffffu + 16u * 16384u));
    sim_asm_destroy(t);
    free(p);
}

/* D may lie over A and B: everything is read first. */
static void destination_over_sources(void **state) {
    (void)state;
    const struct shape *s = find_shape("v_mfma_f32_32x32x8_f16");
    struct problem *p = new_problem();
    struct sim_asm *t = new_machine(SIM_GFX942);
    random_problem(p, s, SIM_GFX942, F16, F16);
    load_operands(t->wave, p);
    assert_true(sim_asm_run(t, "v_mfma_f32_32x32x8_f16 v[0:15], v[0:1], v[16:17], v[64:79]"));
    check_result(t->wave, 0, p, s->name, NULL, true, false);
    sim_asm_destroy(t);
    free(p);
}

/* Walks the encoding space of matrix instructions: every mnemonic that LLVM prints must be in the table. */
static void every_mnemonic_of_llvm_is_known(void **state) {
    (void)state;
    /* gfx950: 66 of 8 bytes and the lone scale prefix; the two scaled forms (16 bytes) are looked up at the end */
    static const unsigned expected[] = {[SIM_GFX942] = 46, [SIM_GFX950] = 67};
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++) {
        unsigned found = 0;
        for (uint32_t op = 0; op < 128; op++) {
            const uint32_t code[4] = {0xd3800000u | op << 16, 256 | 272 << 9 | 320 << 18, 0xbf800000u, 0xbf800000u};
            char text[256];
            struct sim_program *program = sim_program_acquire((enum sim_arch)arch, code, sizeof code);
            assert_non_null(program);
            unsigned size = sim_program_text(program, 0, text, sizeof text);
            const char *name = text + strspn(text, " \t");
            if (size && (strncmp(name, "v_mfma", 6) == 0 || strncmp(name, "v_smfmac", 8) == 0)) {
                const struct sim_opcode *opcode = sim_find_opcode(name, strcspn(name, " \t"));
                if (!opcode)
                    fail_msg("not in the table: %s", name);
                assert_int_equal(opcode->cls, SIM_CLASS_MFMA);
                found++;
            }
            sim_program_release(program);
        }
        assert_int_equal(found, expected[arch]);
    }
    for (size_t i = 0; i < NUM_SHAPES; i++)
        assert_non_null(sim_find_opcode(shapes[i].name, strlen(shapes[i].name)));
    assert_non_null(sim_find_opcode("v_mfma_scale_f32_32x32x64_f8f6f4", strlen("v_mfma_scale_f32_32x32x64_f8f6f4")));
    assert_non_null(sim_find_opcode("v_mfma_scale_f32_16x16x128_f8f6f4", strlen("v_mfma_scale_f32_16x16x128_f8f6f4")));
}

static void lone_scale_prefix_is_refused(void **state) {
    (void)state;
    struct sim_asm *t = new_machine(SIM_GFX950);
    assert_false(sim_asm_run(t, "v_mfma_ld_scale_b32 v0, v1"));
    assert_non_null(strstr(t->launch.report, "v_mfma_ld_scale_b32"));
    sim_asm_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_shapes_match_float64),
        cmocka_unit_test(inline_constant_is_c),
        cmocka_unit_test(identity_matrices_copy),
        cmocka_unit_test(f8f6f4_formats_and_scales),
        cmocka_unit_test(scale_extremes),
        cmocka_unit_test(every_fp8_code),
        cmocka_unit_test(nan_inf_overflow_denormals),
        cmocka_unit_test(cbsz_broadcasts_blocks_of_a),
        cmocka_unit_test(blgp_permutes_lanes_of_b),
        cmocka_unit_test(f64_negates),
        cmocka_unit_test(sparse_shapes_match_float64),
        cmocka_unit_test(integer_sums_wrap),
        cmocka_unit_test(destination_over_sources),
        cmocka_unit_test(every_mnemonic_of_llvm_is_known),
        cmocka_unit_test(lone_scale_prefix_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
