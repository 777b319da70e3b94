/* SPDX-License-Identifier: MIT
 *
 * LDS: reads, writes, atomics, transposing reads, and the cross-lane operations that the LDS unit performs.
 */
#include "access.h"
#include "atomics.h"

#include <stdlib.h>

/* arg0 = bytes per lane and address; arg1 = enum shape | form << 8 | atomic << 16 */
enum shape {
    SHAPE_SINGLE,
    SHAPE_TWO,      /* second address: offset1, in units of the element */
    SHAPE_TWO_ST64, /* both offsets in units of 64 elements */
    SHAPE_TRANSPOSE,
    SHAPE_ADDTID, /* address = M0 + offset + lane * 4 */
    SHAPE_NONE    /* touches no LDS memory */
};
enum form {
    FORM_DWORDS,
    FORM_U8,
    FORM_I8,
    FORM_U16,
    FORM_I16,
    FORM_D16_U8,
    FORM_D16_I8,
    FORM_D16,
    FORM_D16_HI_U8,
    FORM_D16_HI_I8,
    FORM_D16_HI
};
#define SHAPE(op) ((op)->arg1 & 0xffu)
#define FORM(op) ((op)->arg1 >> 8 & 0xffu)
#define ATOMIC(op) ((op)->arg1 >> 16)
void sim_lds_footprint(const struct sim_wave *wave, const struct sim_inst *inst, struct sim_footprint *fp) {
    const struct sim_opcode *op = inst->op;
    unsigned shape = SHAPE(op);
    fp->lanes = op->arg0 ? sim_exec(wave) : 0;
    fp->bytes = op->arg0;
    fp->partial = fp->mixed = false;
    fp->two = shape == SHAPE_TWO || shape == SHAPE_TWO_ST64;
    fp->space = SIM_SPACE_LDS;
    if (!fp->lanes)
        return;
    uint32_t unit = shape == SHAPE_TWO_ST64 ? 64 * fp->bytes : fp->two ? fp->bytes : 1;
    uint32_t first = (uint32_t)inst->mem_offset * unit;
    if (shape == SHAPE_ADDTID) {
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            fp->address[lane] = (wave->sgpr[SIM_SGPR_M0] & 0xffffu) + first + 4 * lane;
        return;
    }
    const uint32_t *base = wave->vgpr[row_of(&inst->src[0])];
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        fp->address[lane] = (uint64_t)base[lane] + first;
    if (fp->two) {
        uint32_t second = (uint32_t)inst->ds_offset1 * unit;
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            fp->second[lane] = (uint64_t)base[lane] + second;
    }
}

static bool in_lds(struct sim_wave *wave, const struct sim_inst *inst, uint64_t lanes, const uint64_t *address,
                   unsigned bytes) {
    uint64_t limit = wave->wg->lds_size, highest = 0;
    if (lanes == ~0ull) {
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            highest = address[lane] > highest ? address[lane] : highest;
    } else {
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            uint64_t at = lanes >> lane & 1 ? address[lane] : 0;
            highest = at > highest ? at : highest;
        }
    }
    if (highest + bytes <= limit)
        return true;
    unsigned lane = 0;
    FOR_LANES(lanes, lane) {
        if (address[lane] + bytes > limit)
            break;
    }
    sim_wave_fault(wave, inst, "LDS access of %u bytes at byte 0x%llx, lane %u: the workgroup has %u bytes", bytes,
                   (unsigned long long)address[lane], lane, wave->wg->lds_size);
    return false;
}

static bool footprint_in_lds(struct sim_wave *wave, const struct sim_inst *inst, struct sim_footprint *fp) {
    sim_lds_footprint(wave, inst, fp);
    return fp->lanes && in_lds(wave, inst, fp->lanes, fp->address, fp->bytes) &&
           (!fp->two || in_lds(wave, inst, fp->lanes, fp->second, fp->bytes));
}

/* ---- reads ---- */

static inline __attribute__((always_inline)) void read_rows(const uint8_t *lds, sim_row *rows, uint64_t lanes,
                                                            const uint64_t *address, unsigned bytes) {
    unsigned lane;
    if (lanes == ~0ull) {
        for (lane = 0; lane < SIM_LANES; lane++)
            sim_load_lane(rows, lane, lds + address[lane], bytes);
    } else {
        FOR_LANES(lanes, lane)
        sim_load_lane(rows, lane, lds + address[lane], bytes);
    }
}

static void read_dwords(struct sim_wave *wave, sim_row *rows, uint64_t lanes, const uint64_t *address, unsigned bytes) {
    const uint8_t *lds = wave->wg->lds;
    switch (bytes) {
    case 16:
        read_rows(lds, rows, lanes, address, 16);
        break;
    case 12:
        read_rows(lds, rows, lanes, address, 12);
        break;
    case 8:
        read_rows(lds, rows, lanes, address, 8);
        break;
    default:
        read_rows(lds, rows, lanes, address, 4);
    }
}

static void exec_read(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    if (!footprint_in_lds(wave, inst, &fp))
        return;
    sim_row *rows = &wave->vgpr[row_of(&inst->dst[0])];
    unsigned form = FORM(inst->op), lane;
    if (form == FORM_DWORDS) {
        read_dwords(wave, rows, fp.lanes, fp.address, fp.bytes);
        if (fp.two)
            read_dwords(wave, rows + fp.bytes / 4, fp.lanes, fp.second, fp.bytes);
        return;
    }
    FOR_LANES(fp.lanes, lane) {
        const uint8_t *from = wave->wg->lds + fp.address[lane];
        uint32_t *to = &rows[0][lane], low = *to & 0xffffu, high = *to & 0xffff0000u;
        uint32_t byte = from[0], half = byte;
        if (fp.bytes == 2)
            half |= (uint32_t)from[1] << 8;
        switch (form) {
        case FORM_U8:
        case FORM_U16:
            *to = half;
            break;
        case FORM_I8:
            *to = (uint32_t)(int8_t)byte;
            break;
        case FORM_I16:
            *to = (uint32_t)(int16_t)half;
            break;
        case FORM_D16_U8:
        case FORM_D16:
            *to = high | half;
            break;
        case FORM_D16_I8:
            *to = high | (uint16_t)(int8_t)byte;
            break;
        case FORM_D16_HI_I8:
            *to = low | (uint32_t)(uint16_t)(int8_t)byte << 16;
            break;
        default:
            *to = low | half << 16;
        }
    }
}

/* Transposes an 8x8 matrix of bytes: rows are the eight values. */
static void transpose8(uint64_t *row) {
    for (unsigned i = 0; i < 4; i++) {
        uint64_t a = row[i], b = row[i + 4];
        row[i] = (a & 0xffffffffull) | b << 32;
        row[i + 4] = a >> 32 | (b & 0xffffffff00000000ull);
    }
    for (unsigned i = 0; i < 8; i += 4)
        for (unsigned j = i; j < i + 2; j++) {
            uint64_t a = row[j], b = row[j + 2];
            row[j] = (a & 0x0000ffff0000ffffull) | (b & 0x0000ffff0000ffffull) << 16;
            row[j + 2] = (a >> 16 & 0x0000ffff0000ffffull) | (b & 0xffff0000ffff0000ull);
        }
    for (unsigned j = 0; j < 8; j += 2) {
        uint64_t a = row[j], b = row[j + 1];
        row[j] = (a & 0x00ff00ff00ff00ffull) | (b & 0x00ff00ff00ff00ffull) << 8;
        row[j + 1] = (a >> 8 & 0x00ff00ff00ff00ffull) | (b & 0xff00ff00ff00ff00ull);
    }
}

/* Within 16 lanes, element j of lane i is element i % n of what lane j * (16 / n) + i / n addresses; arg0 bytes hold n
 * elements of bytes * 8 / n bits. */
static void exec_read_transpose(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    if (!footprint_in_lds(wave, inst, &fp))
        return;
    unsigned bits = FORM(inst->op), elements = fp.bytes * 8 / bits, lanes_per = 16 / elements;
    sim_row *rows = &wave->vgpr[row_of(&inst->dst[0])];
    for (unsigned group = 0; group < SIM_LANES; group += 16) {
        uint8_t in[16][16] = {{0}}, out[16][16] = {{0}};
        for (unsigned lane = 0; lane < 16; lane++)
            if (fp.lanes >> (group + lane) & 1)
                memcpy(in[lane], wave->wg->lds + fp.address[group + lane], fp.bytes);
        if (bits == 8) {
            for (unsigned half = 0; half < 2; half++) {
                uint64_t matrix[8];
                for (unsigned i = 0; i < 8; i++)
                    memcpy(&matrix[i], in[2 * i + half], 8);
                transpose8(matrix);
                for (unsigned i = 0; i < 8; i++)
                    memcpy(out[8 * half + i], &matrix[i], 8);
            }
        } else if (bits == 16) {
            for (unsigned i = 0; i < 16; i++)
                for (unsigned j = 0; j < 4; j++)
                    memcpy(&out[i][2 * j], &in[4 * j + i / 4][2 * (i % 4)], 2);
        } else {
            for (unsigned i = 0; i < 16; i++)
                for (unsigned j = 0; j < elements; j++)
                    for (unsigned bit = 0; bit < bits; bit++) {
                        unsigned from = i % elements * bits + bit, to = j * bits + bit;
                        unsigned value = in[j * lanes_per + i / elements][from / 8] >> from % 8 & 1;
                        out[i][to / 8] |= (uint8_t)(value << to % 8);
                    }
        }
        for (unsigned lane = 0; lane < 16; lane++)
            if (fp.lanes >> (group + lane) & 1)
                for (unsigned i = 0; i < fp.bytes / 4; i++)
                    memcpy(&rows[i][group + lane], &out[lane][4 * i], 4);
    }
}

/* ---- writes ---- */

static void write_dwords(struct sim_wave *wave, const sim_row *rows, uint64_t lanes, const uint64_t *address,
                         unsigned bytes) {
    uint8_t *lds = wave->wg->lds;
    unsigned lane;
    if (bytes == 4) {
        FOR_LANES(lanes, lane)
        *(dword *)(lds + address[lane]) = rows[0][lane];
    } else if (bytes == 16) {
        FOR_LANES(lanes, lane) {
            dwords4 value = {rows[0][lane], rows[1][lane], rows[2][lane], rows[3][lane]};
            *(dwords4 *)(lds + address[lane]) = value;
        }
    } else {
        FOR_LANES(lanes, lane)
        for (unsigned i = 0; i < bytes / 4; i++)
            *(dword *)(lds + address[lane] + 4 * i) = rows[i][lane];
    }
}

static void exec_write(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    if (!footprint_in_lds(wave, inst, &fp))
        return;
    unsigned data = SHAPE(inst->op) == SHAPE_ADDTID ? 0 : 1;
    const sim_row *rows = &wave->vgpr[row_of(&inst->src[data])];
    unsigned form = FORM(inst->op), lane;
    if (form == FORM_DWORDS) {
        write_dwords(wave, rows, fp.lanes, fp.address, fp.bytes);
        if (fp.two)
            write_dwords(wave, &wave->vgpr[row_of(&inst->src[data + 1])], fp.lanes, fp.second, fp.bytes);
        return;
    }
    unsigned shift = form >= FORM_D16_HI_U8 ? 16 : 0;
    FOR_LANES(fp.lanes, lane) {
        uint32_t value = rows[0][lane] >> shift;
        memcpy(wave->wg->lds + fp.address[lane], &value, fp.bytes);
    }
}

/* ---- atomics ---- */

static uint64_t fetch(const uint8_t *at, unsigned bytes) {
    uint64_t value = 0;
    memcpy(&value, at, bytes);
    return value;
}

static uint64_t data_of(const struct sim_wave *wave, const struct sim_inst *inst, unsigned source, unsigned lane,
                        unsigned bytes) {
    if (inst->num_src <= source)
        return 0;
    const sim_row *rows = &wave->vgpr[row_of(&inst->src[source])];
    return bytes == 8 ? rows[0][lane] | (uint64_t)rows[1][lane] << 32 : rows[0][lane];
}

static void put(sim_row *rows, unsigned lane, uint64_t value, unsigned bytes) {
    rows[0][lane] = (uint32_t)value;
    if (bytes == 8)
        rows[1][lane] = (uint32_t)(value >> 32);
}

static void exec_atomic(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    if (!footprint_in_lds(wave, inst, &fp))
        return;
    unsigned op = ATOMIC(inst->op), lane;
    bool compares = op == SIM_ATOMIC_CMPSWAP || op == SIM_ATOMIC_CMPSWAP_F;
    sim_row *old_rows = inst->num_dst ? &wave->vgpr[row_of(&inst->dst[0])] : NULL;
    FOR_LANES(fp.lanes, lane) {
        uint8_t *at = wave->wg->lds + fp.address[lane];
        uint64_t old = fetch(at, fp.bytes);
        uint64_t data = data_of(wave, inst, 1, lane, fp.bytes), data2 = data_of(wave, inst, 2, lane, fp.bytes);
        if (compares) { /* LDS names the compared value first, the new value second */
            uint64_t compared = data;
            data = data2;
            data2 = compared;
        }
        uint64_t value = fp.bytes == 4 ? sim_atomic_result32(op, (uint32_t)old, (uint32_t)data, (uint32_t)data2)
                                       : sim_atomic_result64(op, old, data, data2);
        memcpy(at, &value, fp.bytes);
        if (old_rows)
            put(old_rows, lane, old, fp.bytes);
    }
}

static void exec_exchange_two(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    if (!footprint_in_lds(wave, inst, &fp))
        return;
    sim_row *rows = &wave->vgpr[row_of(&inst->dst[0])];
    unsigned lane;
    FOR_LANES(fp.lanes, lane) {
        uint64_t data = data_of(wave, inst, 1, lane, fp.bytes), data2 = data_of(wave, inst, 2, lane, fp.bytes);
        uint64_t old = fetch(wave->wg->lds + fp.address[lane], fp.bytes);
        uint64_t old2 = fetch(wave->wg->lds + fp.second[lane], fp.bytes);
        memcpy(wave->wg->lds + fp.address[lane], &data, fp.bytes);
        memcpy(wave->wg->lds + fp.second[lane], &data2, fp.bytes);
        put(rows, lane, old, fp.bytes);
        put(rows + fp.bytes / 4, lane, old2, fp.bytes);
    }
}

/* Low dword written when bit 31 of the high dword's address word is set; returns the old 64-bit value. */
static void exec_conditional_exchange(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    if (!footprint_in_lds(wave, inst, &fp))
        return;
    sim_row *rows = &wave->vgpr[row_of(&inst->dst[0])];
    unsigned lane;
    FOR_LANES(fp.lanes, lane) {
        uint8_t *at = wave->wg->lds + (fp.address[lane] & ~7ull);
        uint64_t old = fetch(at, 8), data = data_of(wave, inst, 1, lane, 8), value = old;
        if (data >> 31 & 1)
            value = (value & 0xffffffff00000000ull) | (data & 0x7fffffff);
        if (data >> 63)
            value = (value & 0xffffffffull) | (data & 0x7fffffff00000000ull);
        memcpy(at, &value, 8);
        put(rows, lane, old, 8);
    }
}

/* Wave-wide counter: adds or subtracts the number of active lanes at M0's base plus the offset. */
static void exec_append(struct sim_wave *wave, const struct sim_inst *inst) {
    uint64_t exec = sim_exec(wave);
    uint64_t at = (wave->sgpr[SIM_SGPR_M0] >> 16) + (uint32_t)inst->mem_offset;
    if (!exec || !in_lds(wave, inst, 1, &at, 4))
        return;
    uint32_t old = (uint32_t)fetch(wave->wg->lds + at, 4), count = (uint32_t)__builtin_popcountll(exec);
    uint32_t value = ATOMIC(inst->op) == SIM_ATOMIC_ADD ? old + count : old - count;
    memcpy(wave->wg->lds + at, &value, 4);
    unsigned lane;
    FOR_LANES(exec, lane)
    wave->vgpr[row_of(&inst->dst[0])][lane] = old;
}

/* ---- across lanes ---- */

static void exec_bpermute(struct sim_wave *wave, const struct sim_inst *inst) {
    const uint32_t *address = wave->vgpr[row_of(&inst->src[0])], *data = wave->vgpr[row_of(&inst->src[1])];
    uint32_t *to = wave->vgpr[row_of(&inst->dst[0])], offset = (uint32_t)inst->mem_offset;
    uint64_t exec = sim_exec(wave);
    sim_row result;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        unsigned from = (address[lane] + offset) >> 2 & 63;
        result[lane] = exec >> from & 1 ? data[from] : 0;
    }
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        to[lane] = exec >> lane & 1 ? result[lane] : to[lane];
}

static void exec_permute(struct sim_wave *wave, const struct sim_inst *inst) {
    const uint32_t *address = wave->vgpr[row_of(&inst->src[0])], *data = wave->vgpr[row_of(&inst->src[1])];
    uint32_t *to = wave->vgpr[row_of(&inst->dst[0])], offset = (uint32_t)inst->mem_offset;
    uint64_t exec = sim_exec(wave);
    sim_row result;
    memset(result, 0, sizeof result);
    unsigned lane;
    FOR_LANES(exec, lane) /* the highest of several senders wins */
    result[(address[lane] + offset) >> 2 & 63] = data[lane];
    for (lane = 0; lane < SIM_LANES; lane++)
        to[lane] = exec >> lane & 1 ? result[lane] : to[lane];
}

static void exec_swizzle(struct sim_wave *wave, const struct sim_inst *inst) {
    const uint32_t *data = wave->vgpr[row_of(&inst->src[0])];
    uint32_t *to = wave->vgpr[row_of(&inst->dst[0])];
    unsigned pattern = (unsigned)inst->mem_offset & 0xffff;
    uint64_t exec = sim_exec(wave);
    sim_row result;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        unsigned row = lane & 32, in = lane & 31, from;
        if (pattern >= 0xe000) { /* FFT: bit-reversed lane order under a mask */
            unsigned mask = pattern & 31, reversed = 0;
            for (unsigned bit = 0; bit < 5; bit++)
                reversed |= (in >> bit & 1) << (4 - bit);
            from = (in & mask) | (reversed & ~mask & 31);
        } else if (pattern >= 0xc000) { /* rotate */
            unsigned mask = pattern & 31, amount = pattern >> 5 & 31;
            unsigned turned = pattern >> 10 & 1 ? in - amount : in + amount;
            from = (in & mask) | (turned & ~mask & 31);
        } else if (pattern & 0x8000) {
            from = (in & ~3u) | (pattern >> 2 * (in & 3) & 3);
        } else {
            from = ((in & (pattern & 31)) | (pattern >> 5 & 31)) ^ (pattern >> 10 & 31);
        }
        from |= row;
        result[lane] = exec >> from & 1 ? data[from] : 0;
    }
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        to[lane] = exec >> lane & 1 ? result[lane] : to[lane];
}

static void exec_nothing(struct sim_wave *wave, const struct sim_inst *inst) {
    (void)wave, (void)inst;
}

/* ---- table ---- */

#define ENTRY(text, fn, op_flags, bytes, shape, form, atomic) \
    {.name = text,                                            \
     .exec = fn,                                              \
     .cls = SIM_CLASS_LDS,                                    \
     .flags = op_flags,                                       \
     .arg0 = bytes,                                           \
     .arg1 = (unsigned)(shape) | (unsigned)(form) << 8 | (unsigned)(atomic) << 16}
#define READ(text, bytes, shape, form) ENTRY(text, exec_read, SIM_OP_LOAD, bytes, shape, form, 0)
#define READ_D16(text, bytes, form) ENTRY(text, exec_read, SIM_OP_LOAD | SIM_OP_READS_DST, bytes, SHAPE_SINGLE, form, 0)
#define TRANSPOSE(text, bytes, bits) \
    ENTRY(text, exec_read_transpose, SIM_OP_LOAD | SIM_OP_GFX950, bytes, SHAPE_TRANSPOSE, bits, 0)
#define WRITE(text, bytes, shape, form) ENTRY(text, exec_write, SIM_OP_STORE, bytes, shape, form, 0)
#define ATOMIC_ONE(text, bytes, op) ENTRY(text, exec_atomic, SIM_OP_ATOMIC, bytes, SHAPE_SINGLE, FORM_DWORDS, op)
#define ATOMIC_RTN(name, type, bytes, op) \
    ATOMIC_ONE("ds_" name "_" type, bytes, op), ATOMIC_ONE("ds_" name "_rtn_" type, bytes, op)
#define ATOMIC_BOTH(name, kind, op) ATOMIC_RTN(name, kind "32", 4, op), ATOMIC_RTN(name, kind "64", 8, op)
#define EXCHANGE(text, bytes, shape) ENTRY(text, exec_exchange_two, SIM_OP_ATOMIC, bytes, shape, FORM_DWORDS, 0)
#define LANES(text, fn) ENTRY(text, fn, 0, 0, SHAPE_NONE, 0, 0)

const struct sim_opcode sim_lds_opcodes[] = {
    READ("ds_read_u8", 1, SHAPE_SINGLE, FORM_U8),
    READ("ds_read_i8", 1, SHAPE_SINGLE, FORM_I8),
    READ("ds_read_u16", 2, SHAPE_SINGLE, FORM_U16),
    READ("ds_read_i16", 2, SHAPE_SINGLE, FORM_I16),
    READ_D16("ds_read_u8_d16", 1, FORM_D16_U8),
    READ_D16("ds_read_u8_d16_hi", 1, FORM_D16_HI_U8),
    READ_D16("ds_read_i8_d16", 1, FORM_D16_I8),
    READ_D16("ds_read_i8_d16_hi", 1, FORM_D16_HI_I8),
    READ_D16("ds_read_u16_d16", 2, FORM_D16),
    READ_D16("ds_read_u16_d16_hi", 2, FORM_D16_HI),
    READ("ds_read_b32", 4, SHAPE_SINGLE, FORM_DWORDS),
    READ("ds_read_b64", 8, SHAPE_SINGLE, FORM_DWORDS),
    READ("ds_read_b96", 12, SHAPE_SINGLE, FORM_DWORDS),
    READ("ds_read_b128", 16, SHAPE_SINGLE, FORM_DWORDS),
    READ("ds_read2_b32", 4, SHAPE_TWO, FORM_DWORDS),
    READ("ds_read2_b64", 8, SHAPE_TWO, FORM_DWORDS),
    READ("ds_read2st64_b32", 4, SHAPE_TWO_ST64, FORM_DWORDS),
    READ("ds_read2st64_b64", 8, SHAPE_TWO_ST64, FORM_DWORDS),
    READ("ds_read_addtid_b32", 4, SHAPE_ADDTID, FORM_DWORDS),
    TRANSPOSE("ds_read_b64_tr_b4", 8, 4),
    TRANSPOSE("ds_read_b64_tr_b8", 8, 8),
    TRANSPOSE("ds_read_b64_tr_b16", 8, 16),
    TRANSPOSE("ds_read_b96_tr_b6", 12, 6),
    WRITE("ds_write_b8", 1, SHAPE_SINGLE, FORM_U8),
    WRITE("ds_write_b8_d16_hi", 1, SHAPE_SINGLE, FORM_D16_HI_U8),
    WRITE("ds_write_b16", 2, SHAPE_SINGLE, FORM_U16),
    WRITE("ds_write_b16_d16_hi", 2, SHAPE_SINGLE, FORM_D16_HI),
    WRITE("ds_write_b32", 4, SHAPE_SINGLE, FORM_DWORDS),
    WRITE("ds_write_b64", 8, SHAPE_SINGLE, FORM_DWORDS),
    WRITE("ds_write_b96", 12, SHAPE_SINGLE, FORM_DWORDS),
    WRITE("ds_write_b128", 16, SHAPE_SINGLE, FORM_DWORDS),
    WRITE("ds_write2_b32", 4, SHAPE_TWO, FORM_DWORDS),
    WRITE("ds_write2_b64", 8, SHAPE_TWO, FORM_DWORDS),
    WRITE("ds_write2st64_b32", 4, SHAPE_TWO_ST64, FORM_DWORDS),
    WRITE("ds_write2st64_b64", 8, SHAPE_TWO_ST64, FORM_DWORDS),
    WRITE("ds_write_addtid_b32", 4, SHAPE_ADDTID, FORM_DWORDS),
    ATOMIC_BOTH("add", "u", SIM_ATOMIC_ADD),
    ATOMIC_BOTH("sub", "u", SIM_ATOMIC_SUB),
    ATOMIC_BOTH("rsub", "u", SIM_ATOMIC_RSUB),
    ATOMIC_BOTH("inc", "u", SIM_ATOMIC_INC),
    ATOMIC_BOTH("dec", "u", SIM_ATOMIC_DEC),
    ATOMIC_BOTH("min", "i", SIM_ATOMIC_SMIN),
    ATOMIC_BOTH("max", "i", SIM_ATOMIC_SMAX),
    ATOMIC_BOTH("min", "u", SIM_ATOMIC_UMIN),
    ATOMIC_BOTH("max", "u", SIM_ATOMIC_UMAX),
    ATOMIC_BOTH("and", "b", SIM_ATOMIC_AND),
    ATOMIC_BOTH("or", "b", SIM_ATOMIC_OR),
    ATOMIC_BOTH("xor", "b", SIM_ATOMIC_XOR),
    ATOMIC_BOTH("mskor", "b", SIM_ATOMIC_MSKOR),
    ATOMIC_BOTH("cmpst", "b", SIM_ATOMIC_CMPSWAP),
    ATOMIC_BOTH("cmpst", "f", SIM_ATOMIC_CMPSWAP_F),
    ATOMIC_BOTH("min", "f", SIM_ATOMIC_MIN_F),
    ATOMIC_BOTH("max", "f", SIM_ATOMIC_MAX_F),
    ATOMIC_BOTH("add", "f", SIM_ATOMIC_ADD_F),
    ATOMIC_RTN("pk_add", "f16", 4, SIM_ATOMIC_PK_ADD_F16),
    ATOMIC_RTN("pk_add", "bf16", 4, SIM_ATOMIC_PK_ADD_BF16),
    ATOMIC_ONE("ds_wrxchg_rtn_b32", 4, SIM_ATOMIC_SWAP),
    ATOMIC_ONE("ds_wrxchg_rtn_b64", 8, SIM_ATOMIC_SWAP),
    ATOMIC_ONE("ds_wrap_rtn_b32", 4, SIM_ATOMIC_WRAP),
    EXCHANGE("ds_wrxchg2_rtn_b32", 4, SHAPE_TWO),
    EXCHANGE("ds_wrxchg2_rtn_b64", 8, SHAPE_TWO),
    EXCHANGE("ds_wrxchg2st64_rtn_b32", 4, SHAPE_TWO_ST64),
    EXCHANGE("ds_wrxchg2st64_rtn_b64", 8, SHAPE_TWO_ST64),
    ENTRY("ds_condxchg32_rtn_b64", exec_conditional_exchange, SIM_OP_ATOMIC, 8, SHAPE_SINGLE, FORM_DWORDS, 0),
    ENTRY("ds_append", exec_append, SIM_OP_READS_M0, 0, SHAPE_NONE, 0, SIM_ATOMIC_ADD),
    ENTRY("ds_consume", exec_append, SIM_OP_READS_M0, 0, SHAPE_NONE, 0, SIM_ATOMIC_SUB),
    LANES("ds_bpermute_b32", exec_bpermute),
    LANES("ds_permute_b32", exec_permute),
    LANES("ds_swizzle_b32", exec_swizzle),
    LANES("ds_nop", exec_nothing),
    {.name = NULL},
};
