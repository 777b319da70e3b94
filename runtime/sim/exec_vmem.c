/* SPDX-License-Identifier: MIT
 *
 * Vector memory: global, flat, scratch and buffer loads, stores and atomics, and loads whose destination is LDS.
 */
#include "access.h"
#include "atomics.h"

/* arg0 = bytes per lane in memory; arg1 = addressing | form << 8 | atomic << 16 */
enum form {
    FORM_DWORDS,
    FORM_U8, /* zero- or sign-extended to a dword */
    FORM_I8,
    FORM_U16,
    FORM_I16,
    FORM_D16_U8, /* into the low half, the other half is kept */
    FORM_D16_I8,
    FORM_D16,
    FORM_D16_HI_U8, /* into the high half; for stores: from bits 23:16 or 31:16 */
    FORM_D16_HI_I8,
    FORM_D16_HI
};
#define ADDRESSING(op) ((op)->arg1 & 0xffu)
#define FORM(op) ((op)->arg1 >> 8 & 0xffu)
#define ATOMIC(op) ((op)->arg1 >> 16)

static inline bool has_data_source(const struct sim_inst *inst) {
    return (inst->op->flags & (SIM_OP_STORE | SIM_OP_ATOMIC)) != 0;
}

static bool to_lds(const struct sim_inst *inst) {
    return inst->lds || inst->op->flags & SIM_OP_TO_LDS;
}

/* ---- addresses ---- */

/* Of `bytes` bytes, `left` of which lie in the buffer, those that are accessed. */
static uint8_t in_range(uint64_t left, unsigned bytes, bool whole) {
    if (left >= bytes)
        return (uint8_t)bytes;
    return whole ? 0 : (uint8_t)(left & ~3ull);
}

static void buffer_addresses(const struct sim_wave *wave, const struct sim_inst *inst, struct sim_footprint *fp) {
    unsigned first = has_data_source(inst) ? 1 : 0;
    const uint32_t *resource = &wave->sgpr[inst->src[first + 1].reg];
    uint64_t base = resource[0] | (uint64_t)(resource[1] & 0xffff) << 32;
    uint64_t stride = resource[1] >> 16 & 0x3fff;
    bool swizzle = resource[1] >> 31;
    uint64_t records = resource[2];
    bool add_lane = resource[3] >> 23 & 1;
    if (add_lane)
        stride |= (uint64_t)(resource[3] >> 15 & 15) << 14; /* the data format's bits extend the stride */
    uint64_t scalar = sim_read_s32(wave, &inst->src[first + 2]);
    uint64_t immediate = (uint32_t)inst->mem_offset;
    const uint32_t *vector = inst->src[first].kind ? wave->vgpr[row_of(&inst->src[first])] : NULL;
    const uint32_t *index = inst->idxen ? vector : NULL;
    const uint32_t *offset = !inst->offen ? NULL : inst->idxen ? vector + SIM_LANES : vector;
    uint64_t largest = 0;
    bool whole = fp->bytes < 4 || inst->op->flags & SIM_OP_TYPED; /* else each dword is in range or not */

    if (!index && !add_lane) { /* raw: the common case */
        uint64_t start = base + scalar;
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            uint64_t at = immediate + (offset ? offset[lane] : 0);
            fp->address[lane] = at;
        }
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            uint64_t at = fp->lanes >> lane & 1 ? fp->address[lane] : 0;
            largest = at > largest ? at : largest;
        }
        if (largest + fp->bytes > records) { /* bytes without an index, else rows */
            fp->partial = true;
            for (unsigned lane = 0; lane < SIM_LANES; lane++) {
                uint64_t left = records > fp->address[lane] ? records - fp->address[lane] : 0;
                fp->valid[lane] = in_range(left, fp->bytes, whole);
            }
        }
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            fp->address[lane] += start;
        return;
    }
    const unsigned element = 4, group = 8u << (resource[3] >> 21 & 3);
    fp->partial = true;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        uint64_t row = (index ? index[lane] : 0) + (add_lane ? lane : 0u);
        uint64_t column = immediate + (offset ? offset[lane] : 0);
        uint64_t at, left;
        if (swizzle && stride) {
            at = (row / group * stride + column / element * element) * group + row % group * element + column % element;
            left = row < records && column < stride ? fp->bytes : 0;
        } else {
            at = row * stride + column;
            left = stride ? (row < records ? fp->bytes : 0) : records > at ? records - at : 0;
        }
        fp->valid[lane] = in_range(left, fp->bytes, whole);
        fp->address[lane] = base + scalar + at;
    }
}

static void classify_flat(struct sim_footprint *fp) {
    uint64_t high = 0;
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        high |= fp->lanes >> lane & 1 ? fp->address[lane] >> 48 : 0;
    fp->space = SIM_SPACE_GLOBAL;
    if (high == 0)
        return;
    fp->mixed = true;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        uint64_t top = fp->address[lane] >> 32;
        fp->lane_space[lane] = top == SIM_SHARED_APERTURE >> 32    ? SIM_SPACE_LDS
                               : top == SIM_PRIVATE_APERTURE >> 32 ? SIM_SPACE_SCRATCH
                                                                   : SIM_SPACE_GLOBAL;
        if (fp->lane_space[lane] != SIM_SPACE_GLOBAL)
            fp->address[lane] &= 0xffffffffu;
    }
}

void sim_vector_footprint(const struct sim_wave *wave, const struct sim_inst *inst, struct sim_footprint *fp) {
    const struct sim_opcode *op = inst->op;
    fp->lanes = sim_exec(wave);
    fp->bytes = op->flags & SIM_OP_TYPED ? sim_typed_bytes(wave, inst) : op->arg0;
    fp->partial = fp->mixed = fp->two = false;
    fp->space = SIM_SPACE_GLOBAL;
    if (to_lds(inst)) {
        fp->lds_base = (wave->sgpr[SIM_SGPR_M0] & (wave->wg->launch->arch == SIM_GFX942 ? 0xffffu : 0x3ffffu)) +
                       (uint32_t)inst->mem_offset;
        fp->lds_stride = op->arg0 < 4 ? 4 : op->arg0;
    }
    if (fp->bytes == 0) {
        fp->lanes = 0;
        return;
    }
    unsigned addressing = ADDRESSING(op);
    if (addressing == SIM_ADDRESS_BUFFER) {
        buffer_addresses(wave, inst, fp);
        return;
    }
    const struct sim_operand *vector = &inst->src[0];
    const struct sim_operand *scalar = &inst->src[has_data_source(inst) ? 2 : 1];
    const uint32_t *low = wave->vgpr[row_of(vector)];
    uint64_t offset = (uint64_t)(int64_t)inst->mem_offset;
    if (addressing == SIM_ADDRESS_SCRATCH) {
        uint32_t base = (uint32_t)inst->mem_offset;
        if (scalar->kind)
            base += sim_read_s32(wave, scalar);
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            fp->address[lane] = base + (vector->kind ? low[lane] : 0);
        fp->space = SIM_SPACE_SCRATCH;
    } else if (addressing == SIM_ADDRESS_GLOBAL && scalar->kind) {
        uint64_t base = sim_read_s64(wave, scalar) + offset;
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            fp->address[lane] = base + low[lane];
    } else {
        const uint32_t *high = low + SIM_LANES;
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            fp->address[lane] = (low[lane] | (uint64_t)high[lane] << 32) + offset;
        if (addressing == SIM_ADDRESS_FLAT)
            classify_flat(fp);
    }
}

/* True when every addressed byte lies in one allocation, so that lanes need no checks of their own. */
static bool all_in_one(struct sim_wave *wave, const struct sim_footprint *fp) {
    if (fp->partial || fp->mixed || fp->space != SIM_SPACE_GLOBAL)
        return false;
    uint64_t lowest = ~0ull, highest = 0;
    if (fp->lanes == ~0ull) {
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            lowest = fp->address[lane] < lowest ? fp->address[lane] : lowest;
            highest = fp->address[lane] > highest ? fp->address[lane] : highest;
        }
    } else {
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            bool active = fp->lanes >> lane & 1;
            uint64_t low = active ? fp->address[lane] : ~0ull, high = active ? fp->address[lane] : 0;
            lowest = low < lowest ? low : lowest;
            highest = high > highest ? high : highest;
        }
    }
    return sim_access_ok(wave, lowest, highest - lowest + fp->bytes);
}

/* Host address of one lane's access, checked; NULL after a fault. */
static const uint8_t *locate(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_footprint *fp,
                             unsigned lane, unsigned bytes) {
    uint64_t address = fp->address[lane];
    unsigned space = fp->mixed ? fp->lane_space[lane] : fp->space;
    struct sim_workgroup *wg = wave->wg;
    if (space == SIM_SPACE_LDS) {
        if (address + bytes <= wg->lds_size)
            return wg->lds + address;
        sim_wave_fault(wave, inst, "flat access to LDS byte 0x%llx, lane %u: the workgroup has %u bytes",
                       (unsigned long long)address, lane, wg->lds_size);
        return NULL;
    }
    if (space == SIM_SPACE_SCRATCH) {
        if (address + bytes <= wg->scratch_bytes)
            return wg->scratch + (size_t)(wave->index * SIM_LANES + lane) * wg->scratch_bytes + address;
        sim_wave_fault(wave, inst, "access to scratch byte 0x%llx, lane %u: a lane has %u bytes",
                       (unsigned long long)address, lane, wg->scratch_bytes);
        return NULL;
    }
    if (sim_access_ok(wave, address, bytes))
        return (const uint8_t *)(uintptr_t)address;
    static const uint8_t poison[16] = {SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE,
                                       SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE,
                                       SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE,
                                       SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE, SIM_SLACK_BYTE};
    if (!(inst->op->flags & (SIM_OP_ATOMIC | SIM_OP_STORE)) && sim_access_slack(wave, address, bytes))
        return poison;
    const char *what = inst->op->flags & SIM_OP_ATOMIC ? "atomic" : inst->op->flags & SIM_OP_STORE ? "store" : "load";
    sim_access_fault(wave, inst, what, lane, address, bytes);
    return NULL;
}

/* ---- loads ---- */

static void place(sim_row *rows, unsigned lane, unsigned form, const uint8_t *data, unsigned dwords) {
    uint32_t *to = &rows[0][lane];
    uint16_t half;
    memcpy(&half, data, 2);
    switch (form) {
    case FORM_DWORDS:
        for (unsigned i = 0; i < dwords; i++)
            memcpy(&rows[i][lane], data + 4 * i, 4);
        break;
    case FORM_U8:
        *to = data[0];
        break;
    case FORM_I8:
        *to = (uint32_t)(int8_t)data[0];
        break;
    case FORM_U16:
        *to = half;
        break;
    case FORM_I16:
        *to = (uint32_t)(int16_t)half;
        break;
    case FORM_D16_U8:
        *to = (*to & 0xffff0000u) | data[0];
        break;
    case FORM_D16_I8:
        *to = (*to & 0xffff0000u) | (uint16_t)(int8_t)data[0];
        break;
    case FORM_D16:
        *to = (*to & 0xffff0000u) | half;
        break;
    case FORM_D16_HI_U8:
        *to = (*to & 0xffffu) | (uint32_t)data[0] << 16;
        break;
    case FORM_D16_HI_I8:
        *to = (*to & 0xffffu) | (uint32_t)(uint16_t)(int8_t)data[0] << 16;
        break;
    default:
        *to = (*to & 0xffffu) | (uint32_t)half << 16;
    }
}

static inline __attribute__((always_inline)) void load_rows(sim_row *rows, const struct sim_footprint *fp,
                                                            unsigned bytes) {
    if (fp->lanes == ~0ull) {
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            sim_load_lane(rows, lane, (const uint8_t *)(uintptr_t)fp->address[lane], bytes);
    } else {
        unsigned lane;
        FOR_LANES(fp->lanes, lane)
        sim_load_lane(rows, lane, (const uint8_t *)(uintptr_t)fp->address[lane], bytes);
    }
}

static void load_to_lds(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_footprint *fp) {
    struct sim_workgroup *wg = wave->wg;
    unsigned form = FORM(inst->op), stride = fp->lds_stride, lane;
    uint64_t last = 63u - (unsigned)__builtin_clzll(fp->lanes);
    if (fp->lds_base + last * stride + stride > wg->lds_size) {
        sim_wave_fault(wave, inst, "load to LDS bytes 0x%x to 0x%llx: the workgroup has %u bytes", fp->lds_base,
                       (unsigned long long)(fp->lds_base + last * stride + stride), wg->lds_size);
        return;
    }
    if (form == FORM_DWORDS && stride == 16 && all_in_one(wave, fp)) {
        FOR_LANES(fp->lanes, lane)
        memcpy(wg->lds + fp->lds_base + 16 * lane, (const void *)(uintptr_t)fp->address[lane], 16);
        return;
    }
    FOR_LANES(fp->lanes, lane) {
        uint8_t data[16] = {0};
        unsigned bytes = fp->partial ? fp->valid[lane] : fp->bytes;
        if (bytes) {
            const uint8_t *from = locate(wave, inst, fp, lane, bytes);
            if (!from)
                return;
            memcpy(data, from, bytes);
        }
        sim_row word[4];
        word[0][0] = word[1][0] = word[2][0] = word[3][0] = 0;
        place(word, 0, form, data, stride / 4);
        for (unsigned i = 0; i < stride / 4; i++)
            memcpy(wg->lds + fp->lds_base + lane * stride + 4 * i, &word[i][0], 4);
    }
}

static void exec_load(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    sim_vector_footprint(wave, inst, &fp);
    if (!fp.lanes)
        return;
    if (to_lds(inst)) {
        load_to_lds(wave, inst, &fp);
        return;
    }
    sim_row *rows = &wave->vgpr[row_of(&inst->dst[0])];
    unsigned form = FORM(inst->op);
    if (form == FORM_DWORDS && all_in_one(wave, &fp)) {
        switch (fp.bytes) {
        case 16:
            load_rows(rows, &fp, 16);
            return;
        case 12:
            load_rows(rows, &fp, 12);
            return;
        case 8:
            load_rows(rows, &fp, 8);
            return;
        default:
            load_rows(rows, &fp, 4);
            return;
        }
    }
    unsigned lane;
    FOR_LANES(fp.lanes, lane) {
        uint8_t data[16] = {0};
        unsigned bytes = fp.partial ? fp.valid[lane] : fp.bytes;
        if (bytes) {
            const uint8_t *from = locate(wave, inst, &fp, lane, bytes);
            if (!from)
                return;
            memcpy(data, from, bytes);
        }
        place(rows, lane, form, data, fp.bytes / 4);
    }
}

/* ---- stores ---- */

static inline void store_lane(const sim_row *rows, unsigned lane, uint8_t *to, unsigned form, unsigned bytes) {
    if (form == FORM_DWORDS) {
        for (unsigned i = 0; i < bytes / 4; i++)
            memcpy(to + 4 * i, &rows[i][lane], 4);
    } else {
        uint32_t value = rows[0][lane] >> (form >= FORM_D16_HI_U8 ? 16 : 0);
        memcpy(to, &value, bytes);
    }
}

static void exec_store(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    sim_vector_footprint(wave, inst, &fp);
    if (!fp.lanes)
        return;
    const struct sim_operand *data = &inst->src[ADDRESSING(inst->op) == SIM_ADDRESS_BUFFER ? 0 : 1];
    const sim_row *rows = &wave->vgpr[row_of(data)];
    unsigned form = FORM(inst->op), lane;
    if (all_in_one(wave, &fp)) {
        if (form == FORM_DWORDS && fp.bytes == 16) {
            FOR_LANES(fp.lanes, lane) {
                dwords4 value = {rows[0][lane], rows[1][lane], rows[2][lane], rows[3][lane]};
                *(dwords4 *)(uintptr_t)fp.address[lane] = value;
            }
        } else {
            FOR_LANES(fp.lanes, lane)
            store_lane(rows, lane, (uint8_t *)(uintptr_t)fp.address[lane], form, fp.bytes);
        }
        return;
    }
    FOR_LANES(fp.lanes, lane) {
        unsigned bytes = fp.partial ? fp.valid[lane] : fp.bytes;
        if (!bytes)
            continue;
        uint8_t *to = (uint8_t *)(uintptr_t)locate(wave, inst, &fp, lane, bytes);
        if (!to)
            return;
        store_lane(rows, lane, to, form, bytes);
    }
}

/* ---- atomics ---- */

static uint64_t lane64(const sim_row *rows, unsigned lane) {
    return rows[0][lane] | (uint64_t)rows[1][lane] << 32;
}

static void exec_atomic(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    sim_vector_footprint(wave, inst, &fp);
    const struct sim_operand *data = &inst->src[ADDRESSING(inst->op) == SIM_ADDRESS_BUFFER ? 0 : 1];
    const sim_row *rows = &wave->vgpr[row_of(data)];
    sim_row *old_rows = inst->num_dst ? &wave->vgpr[row_of(&inst->dst[0])] : NULL;
    unsigned op = ATOMIC(inst->op), lane;
    bool compares = op == SIM_ATOMIC_CMPSWAP;
    FOR_LANES(fp.lanes, lane) {
        bool in_range = !fp.partial || fp.valid[lane] == fp.bytes;
        uint64_t old = 0;
        if (in_range) {
            uint8_t *at = (uint8_t *)(uintptr_t)locate(wave, inst, &fp, lane, fp.bytes);
            if (!at)
                return;
            if ((uintptr_t)at & (fp.bytes - 1)) {
                sim_wave_fault(wave, inst, "atomic at the misaligned address 0x%llx, lane %u",
                               (unsigned long long)fp.address[lane], lane);
                return;
            }
            if (fp.bytes == 4)
                old = sim_atomic_memory32(at, op, rows[0][lane], compares ? rows[1][lane] : 0);
            else
                old = sim_atomic_memory64(at, op, lane64(rows, lane), compares ? lane64(rows + 2, lane) : 0);
        }
        if (old_rows) {
            old_rows[0][lane] = (uint32_t)old;
            if (fp.bytes == 8)
                old_rows[1][lane] = (uint32_t)(old >> 32);
        }
    }
}

static void exec_cache_control(struct sim_wave *wave, const struct sim_inst *inst) {
    (void)wave, (void)inst;
}

/* ---- table ---- */

#define ENTRY(text, fn, op_class, op_flags, bytes, addressing, form, atomic) \
    {.name = text,                                                           \
     .exec = fn,                                                             \
     .cls = op_class,                                                        \
     .flags = op_flags,                                                      \
     .arg0 = bytes,                                                          \
     .arg1 = (unsigned)(addressing) | (unsigned)(form) << 8 | (unsigned)(atomic) << 16}
#define D16_FLAGS (SIM_OP_LOAD | SIM_OP_READS_DST)
#define PLAIN_LOADS(prefix, c, a, byte_u, byte_i, short_u, short_i)                           \
    ENTRY(prefix "_load_" byte_u, exec_load, c, SIM_OP_LOAD, 1, a, FORM_U8, 0),               \
        ENTRY(prefix "_load_" byte_i, exec_load, c, SIM_OP_LOAD, 1, a, FORM_I8, 0),           \
        ENTRY(prefix "_load_" short_u, exec_load, c, SIM_OP_LOAD, 2, a, FORM_U16, 0),         \
        ENTRY(prefix "_load_" short_i, exec_load, c, SIM_OP_LOAD, 2, a, FORM_I16, 0),         \
        ENTRY(prefix "_load_dword", exec_load, c, SIM_OP_LOAD, 4, a, FORM_DWORDS, 0),         \
        ENTRY(prefix "_load_dwordx2", exec_load, c, SIM_OP_LOAD, 8, a, FORM_DWORDS, 0),       \
        ENTRY(prefix "_load_dwordx3", exec_load, c, SIM_OP_LOAD, 12, a, FORM_DWORDS, 0),      \
        ENTRY(prefix "_load_dwordx4", exec_load, c, SIM_OP_LOAD, 16, a, FORM_DWORDS, 0),      \
        ENTRY(prefix "_load_ubyte_d16", exec_load, c, D16_FLAGS, 1, a, FORM_D16_U8, 0),       \
        ENTRY(prefix "_load_ubyte_d16_hi", exec_load, c, D16_FLAGS, 1, a, FORM_D16_HI_U8, 0), \
        ENTRY(prefix "_load_sbyte_d16", exec_load, c, D16_FLAGS, 1, a, FORM_D16_I8, 0),       \
        ENTRY(prefix "_load_sbyte_d16_hi", exec_load, c, D16_FLAGS, 1, a, FORM_D16_HI_I8, 0), \
        ENTRY(prefix "_load_short_d16", exec_load, c, D16_FLAGS, 2, a, FORM_D16, 0),          \
        ENTRY(prefix "_load_short_d16_hi", exec_load, c, D16_FLAGS, 2, a, FORM_D16_HI, 0)
#define STORES(prefix, c, a)                                                                      \
    ENTRY(prefix "_store_byte", exec_store, c, SIM_OP_STORE, 1, a, FORM_U8, 0),                   \
        ENTRY(prefix "_store_byte_d16_hi", exec_store, c, SIM_OP_STORE, 1, a, FORM_D16_HI_U8, 0), \
        ENTRY(prefix "_store_short", exec_store, c, SIM_OP_STORE, 2, a, FORM_U16, 0),             \
        ENTRY(prefix "_store_short_d16_hi", exec_store, c, SIM_OP_STORE, 2, a, FORM_D16_HI, 0),   \
        ENTRY(prefix "_store_dword", exec_store, c, SIM_OP_STORE, 4, a, FORM_DWORDS, 0),          \
        ENTRY(prefix "_store_dwordx2", exec_store, c, SIM_OP_STORE, 8, a, FORM_DWORDS, 0),        \
        ENTRY(prefix "_store_dwordx3", exec_store, c, SIM_OP_STORE, 12, a, FORM_DWORDS, 0),       \
        ENTRY(prefix "_store_dwordx4", exec_store, c, SIM_OP_STORE, 16, a, FORM_DWORDS, 0)
#define ATOMIC_PAIR(prefix, c, a, name, op)                                              \
    ENTRY(prefix "_atomic_" name, exec_atomic, c, SIM_OP_ATOMIC, 4, a, FORM_DWORDS, op), \
        ENTRY(prefix "_atomic_" name "_x2", exec_atomic, c, SIM_OP_ATOMIC, 8, a, FORM_DWORDS, op)
#define ATOMICS(prefix, c, a)                                                                                          \
    ATOMIC_PAIR(prefix, c, a, "swap", SIM_ATOMIC_SWAP), ATOMIC_PAIR(prefix, c, a, "cmpswap", SIM_ATOMIC_CMPSWAP),      \
        ATOMIC_PAIR(prefix, c, a, "add", SIM_ATOMIC_ADD), ATOMIC_PAIR(prefix, c, a, "sub", SIM_ATOMIC_SUB),            \
        ATOMIC_PAIR(prefix, c, a, "smin", SIM_ATOMIC_SMIN), ATOMIC_PAIR(prefix, c, a, "umin", SIM_ATOMIC_UMIN),        \
        ATOMIC_PAIR(prefix, c, a, "smax", SIM_ATOMIC_SMAX), ATOMIC_PAIR(prefix, c, a, "umax", SIM_ATOMIC_UMAX),        \
        ATOMIC_PAIR(prefix, c, a, "and", SIM_ATOMIC_AND), ATOMIC_PAIR(prefix, c, a, "or", SIM_ATOMIC_OR),              \
        ATOMIC_PAIR(prefix, c, a, "xor", SIM_ATOMIC_XOR), ATOMIC_PAIR(prefix, c, a, "inc", SIM_ATOMIC_INC),            \
        ATOMIC_PAIR(prefix, c, a, "dec", SIM_ATOMIC_DEC),                                                              \
        ENTRY(prefix "_atomic_add_f32", exec_atomic, c, SIM_OP_ATOMIC, 4, a, FORM_DWORDS, SIM_ATOMIC_ADD_F),           \
        ENTRY(prefix "_atomic_pk_add_f16", exec_atomic, c, SIM_OP_ATOMIC, 4, a, FORM_DWORDS, SIM_ATOMIC_PK_ADD_F16),   \
        ENTRY(prefix "_atomic_pk_add_bf16", exec_atomic, c, SIM_OP_ATOMIC, 4, a, FORM_DWORDS, SIM_ATOMIC_PK_ADD_BF16), \
        ENTRY(prefix "_atomic_add_f64", exec_atomic, c, SIM_OP_ATOMIC, 8, a, FORM_DWORDS, SIM_ATOMIC_ADD_F),           \
        ENTRY(prefix "_atomic_min_f64", exec_atomic, c, SIM_OP_ATOMIC, 8, a, FORM_DWORDS, SIM_ATOMIC_MIN_F),           \
        ENTRY(prefix "_atomic_max_f64", exec_atomic, c, SIM_OP_ATOMIC, 8, a, FORM_DWORDS, SIM_ATOMIC_MAX_F)
#define LDS_LOADS(prefix, c, a)                                                         \
    ENTRY(prefix "_load_lds_ubyte", exec_load, c, TO_LDS, 1, a, FORM_U8, 0),            \
        ENTRY(prefix "_load_lds_sbyte", exec_load, c, TO_LDS, 1, a, FORM_I8, 0),        \
        ENTRY(prefix "_load_lds_ushort", exec_load, c, TO_LDS, 2, a, FORM_U16, 0),      \
        ENTRY(prefix "_load_lds_sshort", exec_load, c, TO_LDS, 2, a, FORM_I16, 0),      \
        ENTRY(prefix "_load_lds_dword", exec_load, c, TO_LDS, 4, a, FORM_DWORDS, 0),    \
        ENTRY(prefix "_load_lds_dwordx3", exec_load, c, TO_LDS, 12, a, FORM_DWORDS, 0), \
        ENTRY(prefix "_load_lds_dwordx4", exec_load, c, TO_LDS, 16, a, FORM_DWORDS, 0)
#define TO_LDS (SIM_OP_LOAD | SIM_OP_TO_LDS | SIM_OP_READS_M0)
#define FAMILY(prefix, c, a) PLAIN_LOADS(prefix, c, a, "ubyte", "sbyte", "ushort", "sshort"), STORES(prefix, c, a)
#define CACHE(text) {.name = text, .exec = exec_cache_control, .cls = SIM_CLASS_SYS}

const struct sim_opcode sim_vmem_opcodes[] = {
    FAMILY("global", SIM_CLASS_VMEM, SIM_ADDRESS_GLOBAL),
    LDS_LOADS("global", SIM_CLASS_VMEM, SIM_ADDRESS_GLOBAL),
    ATOMICS("global", SIM_CLASS_VMEM, SIM_ADDRESS_GLOBAL),
    FAMILY("buffer", SIM_CLASS_VMEM, SIM_ADDRESS_BUFFER),
    ATOMICS("buffer", SIM_CLASS_VMEM, SIM_ADDRESS_BUFFER),
    FAMILY("flat", SIM_CLASS_FLAT, SIM_ADDRESS_FLAT),
    ATOMICS("flat", SIM_CLASS_FLAT, SIM_ADDRESS_FLAT),
    FAMILY("scratch", SIM_CLASS_FLAT, SIM_ADDRESS_SCRATCH),
    LDS_LOADS("scratch", SIM_CLASS_FLAT, SIM_ADDRESS_SCRATCH),
    CACHE("buffer_wbl2"),
    CACHE("buffer_inv"),
    CACHE("buffer_wbinvl1"),
    CACHE("buffer_wbinvl1_vol"),
    CACHE("buffer_invl2"),
    {.name = NULL},
};
