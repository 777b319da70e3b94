/* SPDX-License-Identifier: MIT
 *
 * The matrix instructions of gfx942 and gfx950.
 *
 * Numerics. Integer, fp32 and fp64 forms are exact models: wrapping 32-bit sums, and one fused multiply-add per k in
 * ascending order. All other forms sum the exact products in fp64 in ascending k, add C, and round once to fp32 (to
 * nearest even). Public bit-level studies of CDNA3 describe a sum in groups of 8 or 16 products that drops bits below
 * the largest term's 24th fraction bit, so hardware may differ from this in the last place; nothing comparable is
 * public for CDNA4. Denormals are kept in and out, whatever MODE says. XF32 drops the 13 low mantissa bits of its
 * inputs. A NaN result is the default quiet NaN 0x7fc00000. EXEC is ignored.
 *
 * Layout. With G = 64 / (size * blocks) lane groups, lane l holds row (A) or column (B) l % size of block
 * (l / size) % blocks, and K / G consecutive elements k of it from (l / (size * blocks)) * K / G on. The exception
 * are operands of 32 bytes per lane, the 8-bit ones of f8f6f4 and B of the double-rate SMFMAC forms: they interleave
 * the groups in runs of 16 bytes. (For f8f6f4 documented; for SMFMAC the way in which production kernels sum rows with
 * v_smfmac_f32_16x16x128_fp8_fp8 leaves no other reading; for its 16-bit and i8 forms it is inferred from that.) fp32
 * and int32 results lie in segments of 4 rows (4 registers) by `size` lanes; fp64 results in segments of one row.
 */
#include "exec_mfma.h"

#include "engine.h"
#include "float_formats.h"
#include "mfma_kernels.h"

#include <pthread.h>
#include <string.h>

#define MAX_ELEMENTS 2048 /* of one operand: 32 x 64 or 16 x 128 */

/* One operand, decoded: value(k, c) at [k * width + c], c = block * size + row or column. */
struct panel {
    _Alignas(64) double value[MAX_ELEMENTS];
};

static double small_float_value[SIM_SMALL_FLOAT_COUNT][256];
static struct mfma_kernels kernels;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void) {
    for (unsigned format = 0; format < SIM_SMALL_FLOAT_COUNT; format++) {
        for (unsigned bits = 0; bits < 256; bits++) {
            small_float_value[format][bits] = (double)sim_small_float_decode((enum sim_small_float)format, bits);
        }
    }
    kernels = mfma_choose_kernels();
}

static float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits == 0 || value == value ? bits : 0x7fc00000u;
}

static double double_of(uint32_t low, uint32_t high) {
    uint64_t bits = (uint64_t)low | (uint64_t)high << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static unsigned operand_row(const struct sim_operand *operand) {
    return operand->reg + (operand->kind == SIM_OPERAND_AGPR ? 256u : 0u);
}

/* Lane that feeds lane `lane` of B under the lane-group pattern of blgp. */
static unsigned blgp_lane(unsigned blgp, unsigned lane) {
    switch (blgp) {
    case 1: /* the first 32 lanes, twice */
        return lane % 32;
    case 2: /* the last 32 lanes, twice */
        return 32 + lane % 32;
    case 3: /* all rotated down by 16 */
        return (lane + 16) % 64;
    case 4: /* one group of 16, four times */
    case 5:
    case 6:
    case 7:
        return (blgp - 4) * 16 + lane % 16;
    default:
        return lane;
    }
}

/* Points at the operand's registers; a lane pattern needs a permuted copy, made in `copy`. */
static const sim_row *operand_rows(const struct sim_wave *wave, const struct sim_operand *operand, unsigned blgp,
                                   sim_row *copy) {
    const sim_row *rows = &wave->vgpr[operand_row(operand)];
    if (!blgp) {
        return rows;
    }
    for (unsigned r = 0; r < operand->dwords; r++) {
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            copy[r][lane] = rows[r][blgp_lane(blgp, lane)];
        }
    }
    return copy;
}

static void decode_xf32(const sim_row *rows, unsigned per_lane, unsigned width, double *out) {
    for (unsigned e = 0; e < per_lane; e++) {
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            uint32_t bits = rows[e][lane];
            /* A NaN whose payload lies in the dropped bits stays a NaN. */
            bits = (bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc00000u : bits & 0xffffe000u;
            out[(lane / width * per_lane + e) * width + lane % width] = (double)float_of(bits);
        }
    }
}

static enum sim_small_float format_of(unsigned field) {
    static const uint8_t formats[8] = {SIM_FP8_FN, SIM_BF8_OCP, SIM_FP6, SIM_BF6, SIM_FP4, SIM_FP4, SIM_FP4, SIM_FP4};
    return (enum sim_small_float)formats[field & 7];
}

/* An f8f6f4 operand: 32 elements of 8, 6 or 4 bits per lane. */
static void decode_f8f6f4(const sim_row *rows, unsigned size, unsigned field, double *out) {
    enum sim_small_float format = format_of(field);
    const double *value = small_float_value[format];
    unsigned groups = SIM_LANES / size;
    unsigned bits = format == SIM_FP4 ? 4 : 6;
    if (format == SIM_FP8_FN || format == SIM_BF8_OCP) {
        kernels.decode_bytes(rows, 32, size, format, out);
        return;
    }
    uint32_t mask = (1u << bits) - 1;
    for (unsigned e = 0; e < 32; e++) {
        unsigned first = e * bits, shift = first % 32;
        const uint32_t *low = rows[first / 32], *high = rows[(first + bits - 1) / 32];
        for (unsigned g = 0; g < groups; g++) {
            double *to = out + (g * 32 + e) * size;
            if (shift + bits <= 32) {
                for (unsigned c = 0; c < size; c++) {
                    to[c] = value[low[g * size + c] >> shift & mask];
                }
            } else {
                for (unsigned c = 0; c < size; c++) {
                    to[c] = value[(low[g * size + c] >> shift | high[g * size + c] << (32 - shift)) & mask];
                }
            }
        }
    }
}

/* Multiplies each run of 32 k by its E8M0 scale: that of lane c + size * run, byte `select`. */
static void apply_scales(const struct sim_wave *wave, const struct sim_operand *scale, unsigned select, unsigned size,
                         unsigned k, double *out) {
    for (unsigned run = 0; run < k / 32; run++) {
        double factor[32];
        for (unsigned c = 0; c < size; c++) {
            uint32_t word = scale->kind == SIM_OPERAND_CONST  ? (uint32_t)scale->value
                            : scale->kind == SIM_OPERAND_SGPR ? wave->sgpr[scale->reg]
                                                              : wave->vgpr[operand_row(scale)][c + size * run];
            factor[c] = (double)sim_e8m0_decode((uint8_t)(word >> (8 * select)));
        }
        for (unsigned i = 0; i < 32; i++) {
            double *to = out + (run * 32 + i) * size;
            for (unsigned c = 0; c < size; c++) {
                to[c] *= factor[c];
            }
        }
    }
}

static void decode_operand(const struct sim_wave *wave, const sim_row *rows, enum sim_mfma_type type, unsigned field,
                           unsigned size, unsigned width, unsigned k, struct panel *panel) {
    unsigned per_lane = k * width / SIM_LANES;
    bool fnuz = wave->wg->launch->arch == SIM_GFX942;
    switch (type) {
    case SIM_MFMA_F16:
    case SIM_MFMA_BF16:
        kernels.decode_halves(rows, per_lane, width, type == SIM_MFMA_BF16, panel->value);
        break;
    case SIM_MFMA_FP8:
        kernels.decode_bytes(rows, per_lane, width, fnuz ? SIM_FP8_FNUZ : SIM_FP8_FN, panel->value);
        break;
    case SIM_MFMA_BF8:
        kernels.decode_bytes(rows, per_lane, width, fnuz ? SIM_BF8_FNUZ : SIM_BF8_OCP, panel->value);
        break;
    case SIM_MFMA_F8F6F4:
        decode_f8f6f4(rows, size, field, panel->value);
        break;
    default:
        decode_xf32(rows, per_lane, width, panel->value);
        break;
    }
}

/* The block of A that block `block` multiplies, under cbsz and abid. */
static unsigned broadcast_block(const struct sim_inst *inst, unsigned blocks, unsigned block) {
    unsigned group = 1u << inst->cbsz;
    return inst->cbsz == 0 || group > blocks ? block : (block & ~(group - 1)) + (inst->abid & (group - 1));
}

/* C's fp32 or int32 pattern when it is a constant. */
static uint32_t constant_c(const struct sim_operand *c) {
    return (uint32_t)c->value;
}

/* Register and first lane of 4 rows of a 32-bit result, from row `row` of block `block`. */
static void result_segment(const struct sim_mfma_shape *shape, unsigned block, unsigned row, unsigned *reg,
                           unsigned *lane) {
    unsigned size = shape->size;
    unsigned segments = SIM_LANES / size; /* per register */
    unsigned blocks_per_register = size == 4 ? 16 : 1;
    unsigned segment = row / 4;
    *reg = block * (size * size / SIM_LANES) + segment / segments * 4;
    *lane = block % blocks_per_register * size + segment % segments * blocks_per_register * size;
}

static unsigned result_registers(const struct sim_mfma_shape *shape) {
    return (unsigned)shape->size * shape->size * shape->blocks / SIM_LANES;
}

struct result {
    sim_row rows[32];
};

/* D is written only when it is complete, so that it may overlap any source. */
static void write_result(struct sim_wave *wave, const struct sim_inst *inst, const struct result *result,
                         unsigned registers) {
    memcpy(wave->vgpr[operand_row(&inst->dst[0])], result->rows, registers * sizeof(sim_row));
}

static void multiply_4x4(const struct mfma_product *p) {
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned j = 0; j < 4; j++) {
            double sum = 0;
            for (unsigned k = 0; k < p->k; k++) {
                sum += p->a[k * p->width + i] * p->b[k * p->width + j];
            }
            p->d[i][j] = bits_of((float)(sum + (double)float_of(p->c[i][j])));
        }
    }
}

static void exec_float(struct sim_wave *wave, const struct sim_inst *inst) {
    const struct sim_mfma_shape *shape = inst->op->data;
    unsigned size = shape->size, width = size * shape->blocks;
    struct panel a, b;
    struct result result;
    sim_row permuted[8];
    bool f8f6f4 = shape->a == SIM_MFMA_F8F6F4;
    pthread_once(&once, initialise);
    decode_operand(wave, operand_rows(wave, &inst->src[0], 0, NULL), shape->a, inst->cbsz, size, width, shape->k, &a);
    decode_operand(wave, operand_rows(wave, &inst->src[1], f8f6f4 ? 0 : inst->blgp, permuted), shape->b, inst->blgp,
                   size, width, shape->k, &b);
    if (shape->scaled) {
        apply_scales(wave, &inst->src[3], (inst->op_sel & 1u) + 2 * (inst->op_sel_hi & 1u), size, shape->k, a.value);
        apply_scales(wave, &inst->src[4], (inst->op_sel >> 1 & 1u) + 2 * (inst->op_sel_hi >> 1 & 1u), size, shape->k,
                     b.value);
    }
    const struct sim_operand *c = &inst->src[2];
    const sim_row *c_rows = c->kind == SIM_OPERAND_CONST ? NULL : &wave->vgpr[operand_row(c)];
    uint32_t constant[16];
    for (unsigned i = 0; i < 16; i++) {
        constant[i] = constant_c(c);
    }
    for (unsigned block = 0; block < shape->blocks; block++) {
        unsigned a_block = broadcast_block(inst, shape->blocks, block);
        for (unsigned row = 0; row < size; row += 4) {
            unsigned reg, lane;
            result_segment(shape, block, row, &reg, &lane);
            unsigned columns = size < 16 ? size : 16;
            for (unsigned column = 0; column < size; column += columns) {
                struct mfma_product product = {.a = a.value + a_block * size + row,
                                               .b = b.value + block * size + column,
                                               .width = width,
                                               .k = shape->k};
                for (unsigned i = 0; i < 4; i++) {
                    product.c[i] = c_rows ? c_rows[reg + i] + lane + column : constant;
                    product.d[i] = result.rows[reg + i] + lane + column;
                }
                if (columns == 16) {
                    kernels.multiply(&product);
                } else {
                    multiply_4x4(&product);
                }
            }
        }
    }
    write_result(wave, inst, &result, result_registers(shape));
}

static void exec_f32(struct sim_wave *wave, const struct sim_inst *inst) {
    const struct sim_mfma_shape *shape = inst->op->data;
    unsigned size = shape->size, width = size * shape->blocks;
    sim_row permuted[8];
    struct result result;
    pthread_once(&once, initialise);
    /* One element per lane: the registers are the panels. */
    const float *a = (const float *)operand_rows(wave, &inst->src[0], 0, NULL)[0];
    const float *b = (const float *)operand_rows(wave, &inst->src[1], inst->blgp, permuted)[0];
    const struct sim_operand *c = &inst->src[2];
    const sim_row *c_rows = c->kind == SIM_OPERAND_CONST ? NULL : &wave->vgpr[operand_row(c)];
    for (unsigned block = 0; block < shape->blocks; block++) {
        unsigned a_block = broadcast_block(inst, shape->blocks, block);
        for (unsigned row = 0; row < size; row++) {
            unsigned reg, lane;
            float sum[32];
            result_segment(shape, block, row, &reg, &lane);
            reg += row % 4;
            for (unsigned j = 0; j < size; j++) {
                sum[j] = float_of(c_rows ? c_rows[reg][lane + j] : constant_c(c));
            }
            for (unsigned k = 0; k < shape->k; k++) {
                kernels.fma_row(a[k * width + a_block * size + row], b + k * width + block * size, sum, size);
            }
            for (unsigned j = 0; j < size; j++) {
                result.rows[reg][lane + j] = bits_of(sum[j]);
            }
        }
    }
    write_result(wave, inst, &result, result_registers(shape));
}

static void exec_f64(struct sim_wave *wave, const struct sim_inst *inst) {
    const struct sim_mfma_shape *shape = inst->op->data;
    unsigned size = shape->size, width = size * shape->blocks;
    struct result result;
    const sim_row *a = operand_rows(wave, &inst->src[0], 0, NULL), *b = operand_rows(wave, &inst->src[1], 0, NULL);
    const struct sim_operand *c = &inst->src[2];
    const sim_row *c_rows = c->kind == SIM_OPERAND_CONST ? NULL : &wave->vgpr[operand_row(c)];
    /* blgp holds the negation bits of these instructions; the assembler writes them as neg:[a,b,c]. */
    unsigned negate = inst->blgp | inst->neg_lo;
    double constant = 0;
    if (!c_rows) {
        /* 1/(2 pi) is the one inline constant whose fp64 value is not its fp32 value. */
        constant = !c->is_float_inline                 ? double_of((uint32_t)c->value, (uint32_t)(c->value >> 32))
                   : (uint32_t)c->value == 0x3e22f983u ? double_of(0x6dc9c882u, 0x3fc45f30u)
                                                       : (double)float_of((uint32_t)c->value);
    }
    pthread_once(&once, initialise);
    double x[SIM_LANES], y[SIM_LANES]; /* one element per lane: the registers are the panels */
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        x[lane] = double_of(a[0][lane], a[1][lane]);
        y[lane] = double_of(b[0][lane], b[1][lane]);
        x[lane] = negate & 1 ? -x[lane] : x[lane];
        y[lane] = negate & 2 ? -y[lane] : y[lane];
    }
    for (unsigned block = 0; block < shape->blocks; block++) {
        unsigned a_block = broadcast_block(inst, shape->blocks, block);
        for (unsigned row = 0; row < size; row++) {
            unsigned element = size == 4 ? 0 : row / 4;
            unsigned lane = size == 4 ? row * 16 + block * 4 : row % 4 * 16;
            double sum[16];
            for (unsigned j = 0; j < size; j++) {
                sum[j] =
                    c_rows ? double_of(c_rows[2 * element][lane + j], c_rows[2 * element + 1][lane + j]) : constant;
                sum[j] = negate & 4 ? -sum[j] : sum[j];
            }
            for (unsigned k = 0; k < shape->k; k++) {
                kernels.fma_row_f64(x[k * width + a_block * size + row], y + k * width + block * size, sum, size);
            }
            for (unsigned j = 0; j < size; j++) {
                uint64_t bits;
                memcpy(&bits, &sum[j], sizeof bits);
                bits = sum[j] == sum[j] ? bits : 0x7ff8000000000000u;
                result.rows[2 * element][lane + j] = (uint32_t)bits;
                result.rows[2 * element + 1][lane + j] = (uint32_t)(bits >> 32);
            }
        }
    }
    write_result(wave, inst, &result, size == 4 ? 2 : 8);
}

static void decode_i8(const sim_row *rows, unsigned per_lane, unsigned width, int32_t *out) {
    unsigned groups = SIM_LANES / width;
    for (unsigned e = 0; e < per_lane; e++) {
        unsigned shift = 24 - e % 4 * 8;
        for (unsigned g = 0; g < groups; g++) {
            int32_t *to = out + mfma_element_k(e, g, groups, per_lane, 1) * width;
            const uint32_t *from = rows[e / 4] + g * width;
            for (unsigned c = 0; c < width; c++) {
                to[c] = (int32_t)(from[c] << shift) >> 24;
            }
        }
    }
}

static void multiply_int_4x4(const struct mfma_int_product *p) {
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned j = 0; j < 4; j++) {
            uint32_t sum = p->c[i][j];
            for (unsigned k = 0; k < p->k; k++) {
                sum += (uint32_t)(p->a[k * p->width + i] * p->b[k * p->width + j]);
            }
            p->d[i][j] = sum;
        }
    }
}

static void exec_i8(struct sim_wave *wave, const struct sim_inst *inst) {
    const struct sim_mfma_shape *shape = inst->op->data;
    unsigned size = shape->size, width = size * shape->blocks, per_lane = shape->k * width / SIM_LANES;
    int32_t a[MAX_ELEMENTS], b[MAX_ELEMENTS];
    sim_row permuted[8];
    struct result result;
    decode_i8(operand_rows(wave, &inst->src[0], 0, NULL), per_lane, width, a);
    decode_i8(operand_rows(wave, &inst->src[1], inst->blgp, permuted), per_lane, width, b);
    const struct sim_operand *c = &inst->src[2];
    const sim_row *c_rows = c->kind == SIM_OPERAND_CONST ? NULL : &wave->vgpr[operand_row(c)];
    uint32_t constant[16];
    for (unsigned i = 0; i < 16; i++) {
        constant[i] = constant_c(c);
    }
    pthread_once(&once, initialise);
    for (unsigned block = 0; block < shape->blocks; block++) {
        unsigned a_block = broadcast_block(inst, shape->blocks, block);
        for (unsigned row = 0; row < size; row += 4) {
            unsigned reg, lane;
            result_segment(shape, block, row, &reg, &lane);
            for (unsigned column = 0; column < size; column += 16) {
                struct mfma_int_product product = {
                    .a = a + a_block * size + row, .b = b + block * size + column, .width = width, .k = shape->k};
                for (unsigned i = 0; i < 4; i++) {
                    product.c[i] = c_rows ? c_rows[reg + i] + lane + column : constant;
                    product.d[i] = result.rows[reg + i] + lane + column;
                }
                if (size == 4) {
                    multiply_int_4x4(&product);
                } else {
                    kernels.multiply_int(&product);
                }
            }
        }
    }
    write_result(wave, inst, &result, result_registers(shape));
}

/* The k that each stored element of sparse A stands for: two of every four consecutive k, chosen by 2-bit indices.
 * When the register has room for several sets of indices, abid chooses one, unless cbsz forces the first. */
static void sparse_positions(const struct sim_wave *wave, const struct sim_inst *inst,
                             const struct sim_mfma_shape *shape, uint8_t *position) {
    unsigned size = shape->size, per_lane = shape->k / 2u * size / SIM_LANES;
    unsigned sets = 32 / (2 * per_lane);
    unsigned shift = inst->cbsz ? 0 : (inst->abid % sets) * 2 * per_lane;
    const uint32_t *index = wave->vgpr[operand_row(&inst->src[2])];
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        for (unsigned e = 0; e < per_lane; e++) {
            unsigned stored = lane / size * per_lane + e;
            position[stored * size + lane % size] = (uint8_t)(stored / 2 * 4 + (index[lane] >> (shift + 2 * e) & 3u));
        }
    }
}

static void exec_sparse_float(struct sim_wave *wave, const struct sim_inst *inst) {
    const struct sim_mfma_shape *shape = inst->op->data;
    unsigned size = shape->size;
    struct panel a, b;
    uint8_t position[MAX_ELEMENTS];
    pthread_once(&once, initialise);
    decode_operand(wave, operand_rows(wave, &inst->src[0], 0, NULL), shape->a, 0, size, size, shape->k / 2, &a);
    decode_operand(wave, operand_rows(wave, &inst->src[1], 0, NULL), shape->b, 0, size, size, shape->k, &b);
    sparse_positions(wave, inst, shape, position);
    sim_row *d = &wave->vgpr[operand_row(&inst->dst[0])];
    for (unsigned row = 0; row < size; row++) {
        double sum[32] = {0};
        unsigned reg, lane;
        result_segment(shape, 0, row, &reg, &lane);
        for (unsigned k = 0; k < shape->k / 2u; k++) {
            double x = a.value[k * size + row];
            const double *y = b.value + position[k * size + row] * size;
            for (unsigned j = 0; j < size; j++) {
                sum[j] += x * y[j];
            }
        }
        uint32_t *to = d[reg + row % 4] + lane;
        for (unsigned j = 0; j < size; j++) {
            to[j] = bits_of((float)(sum[j] + (double)float_of(to[j])));
        }
    }
}

static void exec_sparse_i8(struct sim_wave *wave, const struct sim_inst *inst) {
    const struct sim_mfma_shape *shape = inst->op->data;
    unsigned size = shape->size;
    int32_t a[MAX_ELEMENTS], b[MAX_ELEMENTS];
    uint8_t position[MAX_ELEMENTS];
    decode_i8(operand_rows(wave, &inst->src[0], 0, NULL), shape->k / 2u * size / SIM_LANES, size, a);
    decode_i8(operand_rows(wave, &inst->src[1], 0, NULL), shape->k * size / SIM_LANES, size, b);
    sparse_positions(wave, inst, shape, position);
    sim_row *d = &wave->vgpr[operand_row(&inst->dst[0])];
    for (unsigned row = 0; row < size; row++) {
        unsigned reg, lane;
        result_segment(shape, 0, row, &reg, &lane);
        uint32_t *to = d[reg + row % 4] + lane;
        for (unsigned k = 0; k < shape->k / 2u; k++) {
            int32_t x = a[k * size + row];
            const int32_t *y = b + position[k * size + row] * size;
            for (unsigned j = 0; j < size; j++) {
                to[j] += (uint32_t)(x * y[j]);
            }
        }
    }
}

static void exec_scale_prefix(struct sim_wave *wave, const struct sim_inst *inst) {
    sim_wave_fault(wave, inst, "v_mfma_ld_scale_b32 is supported only as the first half of v_mfma_scale_*");
}

#define MFMA_FLAGS SIM_OP_IGNORES_EXEC
#define ROW(mnemonic, executor, opcode_flags, a, b, size, k, blocks, sparse, scaled)      \
    {                                                                                     \
        .name = mnemonic, .exec = executor, .cls = SIM_CLASS_MFMA, .flags = opcode_flags, \
        .data = &(const struct sim_mfma_shape) {                                          \
            SIM_MFMA_##a, SIM_MFMA_##b, size, k, blocks, sparse, scaled                   \
        }                                                                                 \
    }
#define DENSE(name, exec, a, b, size, k, blocks) ROW(name, exec, MFMA_FLAGS, a, b, size, k, blocks, false, false)
#define DENSE_950(name, exec, a, b, size, k, blocks) \
    ROW(name, exec, MFMA_FLAGS | SIM_OP_GFX950, a, b, size, k, blocks, false, false)
#define SPARSE(name, exec, a, b, size, k) ROW(name, exec, MFMA_FLAGS | SIM_OP_READS_DST, a, b, size, k, 1, true, false)
#define SPARSE_950(name, exec, a, b, size, k) \
    ROW(name, exec, MFMA_FLAGS | SIM_OP_READS_DST | SIM_OP_GFX950, a, b, size, k, 1, true, false)
#define FP8_PAIRS(macro, prefix, exec, size, k)                                                           \
    macro(prefix "_fp8_fp8", exec, FP8, FP8, size, k), macro(prefix "_fp8_bf8", exec, FP8, BF8, size, k), \
        macro(prefix "_bf8_fp8", exec, BF8, FP8, size, k), macro(prefix "_bf8_bf8", exec, BF8, BF8, size, k)
#define DENSE_1B(name, exec, a, b, size, k) DENSE(name, exec, a, b, size, k, 1)

const struct sim_opcode sim_mfma_opcodes[] = {
    DENSE("v_mfma_f32_32x32x1_2b_f32", exec_f32, F32, F32, 32, 1, 2),
    DENSE("v_mfma_f32_16x16x1_4b_f32", exec_f32, F32, F32, 16, 1, 4),
    DENSE("v_mfma_f32_4x4x1_16b_f32", exec_f32, F32, F32, 4, 1, 16),
    DENSE("v_mfma_f32_32x32x2_f32", exec_f32, F32, F32, 32, 2, 1),
    DENSE("v_mfma_f32_16x16x4_f32", exec_f32, F32, F32, 16, 4, 1),
    DENSE("v_mfma_f32_32x32x4_2b_f16", exec_float, F16, F16, 32, 4, 2),
    DENSE("v_mfma_f32_16x16x4_4b_f16", exec_float, F16, F16, 16, 4, 4),
    DENSE("v_mfma_f32_4x4x4_16b_f16", exec_float, F16, F16, 4, 4, 16),
    DENSE("v_mfma_f32_32x32x8_f16", exec_float, F16, F16, 32, 8, 1),
    DENSE("v_mfma_f32_16x16x16_f16", exec_float, F16, F16, 16, 16, 1),
    DENSE("v_mfma_f32_32x32x4_2b_bf16", exec_float, BF16, BF16, 32, 4, 2),
    DENSE("v_mfma_f32_16x16x4_4b_bf16", exec_float, BF16, BF16, 16, 4, 4),
    DENSE("v_mfma_f32_4x4x4_16b_bf16", exec_float, BF16, BF16, 4, 4, 16),
    DENSE("v_mfma_f32_32x32x8_bf16", exec_float, BF16, BF16, 32, 8, 1),
    DENSE("v_mfma_f32_16x16x16_bf16", exec_float, BF16, BF16, 16, 16, 1),
    DENSE("v_mfma_i32_32x32x4_2b_i8", exec_i8, I8, I8, 32, 4, 2),
    DENSE("v_mfma_i32_16x16x4_4b_i8", exec_i8, I8, I8, 16, 4, 4),
    DENSE("v_mfma_i32_4x4x4_16b_i8", exec_i8, I8, I8, 4, 4, 16),
    DENSE("v_mfma_i32_32x32x16_i8", exec_i8, I8, I8, 32, 16, 1),
    DENSE("v_mfma_i32_16x16x32_i8", exec_i8, I8, I8, 16, 32, 1),
    DENSE("v_mfma_f64_16x16x4_f64", exec_f64, F64, F64, 16, 4, 1),
    DENSE("v_mfma_f64_4x4x4_4b_f64", exec_f64, F64, F64, 4, 4, 4),
    FP8_PAIRS(DENSE_1B, "v_mfma_f32_32x32x16", exec_float, 32, 16),
    FP8_PAIRS(DENSE_1B, "v_mfma_f32_16x16x32", exec_float, 16, 32),
    /* gfx942 only: the decoder never meets them on gfx950, whose disassembler does not know them */
    DENSE("v_mfma_f32_32x32x4_xf32", exec_float, XF32, XF32, 32, 4, 1),
    DENSE("v_mfma_f32_16x16x8_xf32", exec_float, XF32, XF32, 16, 8, 1),
    DENSE_950("v_mfma_f32_32x32x16_f16", exec_float, F16, F16, 32, 16, 1),
    DENSE_950("v_mfma_f32_16x16x32_f16", exec_float, F16, F16, 16, 32, 1),
    DENSE_950("v_mfma_f32_32x32x16_bf16", exec_float, BF16, BF16, 32, 16, 1),
    DENSE_950("v_mfma_f32_16x16x32_bf16", exec_float, BF16, BF16, 16, 32, 1),
    DENSE_950("v_mfma_i32_32x32x32_i8", exec_i8, I8, I8, 32, 32, 1),
    DENSE_950("v_mfma_i32_16x16x64_i8", exec_i8, I8, I8, 16, 64, 1),
    DENSE_950("v_mfma_f32_32x32x64_f8f6f4", exec_float, F8F6F4, F8F6F4, 32, 64, 1),
    DENSE_950("v_mfma_f32_16x16x128_f8f6f4", exec_float, F8F6F4, F8F6F4, 16, 128, 1),
    ROW("v_mfma_scale_f32_32x32x64_f8f6f4", exec_float, MFMA_FLAGS | SIM_OP_GFX950, F8F6F4, F8F6F4, 32, 64, 1, false,
        true),
    ROW("v_mfma_scale_f32_16x16x128_f8f6f4", exec_float, MFMA_FLAGS | SIM_OP_GFX950, F8F6F4, F8F6F4, 16, 128, 1, false,
        true),
    {.name = "v_mfma_ld_scale_b32",
     .exec = exec_scale_prefix,
     .cls = SIM_CLASS_MFMA,
     .flags = MFMA_FLAGS | SIM_OP_GFX950},
    SPARSE("v_smfmac_f32_16x16x32_f16", exec_sparse_float, F16, F16, 16, 32),
    SPARSE("v_smfmac_f32_32x32x16_f16", exec_sparse_float, F16, F16, 32, 16),
    SPARSE("v_smfmac_f32_16x16x32_bf16", exec_sparse_float, BF16, BF16, 16, 32),
    SPARSE("v_smfmac_f32_32x32x16_bf16", exec_sparse_float, BF16, BF16, 32, 16),
    SPARSE("v_smfmac_i32_16x16x64_i8", exec_sparse_i8, I8, I8, 16, 64),
    SPARSE("v_smfmac_i32_32x32x32_i8", exec_sparse_i8, I8, I8, 32, 32),
    FP8_PAIRS(SPARSE, "v_smfmac_f32_16x16x64", exec_sparse_float, 16, 64),
    FP8_PAIRS(SPARSE, "v_smfmac_f32_32x32x32", exec_sparse_float, 32, 32),
    SPARSE_950("v_smfmac_f32_16x16x64_f16", exec_sparse_float, F16, F16, 16, 64),
    SPARSE_950("v_smfmac_f32_32x32x32_f16", exec_sparse_float, F16, F16, 32, 32),
    SPARSE_950("v_smfmac_f32_16x16x64_bf16", exec_sparse_float, BF16, BF16, 16, 64),
    SPARSE_950("v_smfmac_f32_32x32x32_bf16", exec_sparse_float, BF16, BF16, 32, 32),
    SPARSE_950("v_smfmac_i32_16x16x128_i8", exec_sparse_i8, I8, I8, 16, 128),
    SPARSE_950("v_smfmac_i32_32x32x64_i8", exec_sparse_i8, I8, I8, 32, 64),
    FP8_PAIRS(SPARSE_950, "v_smfmac_f32_16x16x128", exec_sparse_float, 16, 128),
    FP8_PAIRS(SPARSE_950, "v_smfmac_f32_32x32x64", exec_sparse_float, 32, 64),
    {.name = NULL},
};
