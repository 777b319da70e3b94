/* SPDX-License-Identifier: MIT
 *
 * Typed buffer access: loads and stores that convert between registers and the format that the resource descriptor
 * (MUBUF) or the instruction (MTBUF) names.
 */
#include "access.h"
#include "buffer_formats.h"
#include "float_formats.h"

/* arg0 = 0; arg1 = SIM_ADDRESS_BUFFER | form << 8 | components << 16 */
enum form { FORM_32, FORM_D16, FORM_D16_HI };
#define FORM(op) ((op)->arg1 >> 8 & 0xffu)
#define COMPONENTS(op) ((op)->arg1 >> 16)

/* What a descriptor may select for a component of a load; from SELECT_X on, a component of the element. */
enum { SELECT_0, SELECT_1, SELECT_X = 4 };
#define SELECT_IDENTITY (4u | 5u << 3 | 6u << 6 | 7u << 9)

static const uint32_t *resource_of(const struct sim_wave *wave, const struct sim_inst *inst) {
    return &wave->sgpr[inst->src[inst->op->flags & SIM_OP_STORE ? 2 : 1].reg];
}

static bool in_instruction(const struct sim_inst *inst) {
    return inst->op->name[0] == 't';
}

static bool format_of(const struct sim_wave *wave, const struct sim_inst *inst, struct sim_buffer_format *format) {
    uint32_t word = resource_of(wave, inst)[3];
    if (in_instruction(inst))
        return sim_buffer_format((unsigned)inst->imm & 15, (unsigned)inst->imm >> 4 & 7, format);
    bool stride_in_format = word >> 23 & 1; /* ADD_TID_ENABLE */
    return sim_buffer_format(word >> 15 & 15, word >> 12 & 7, format) && !stride_in_format;
}

unsigned sim_typed_bytes(const struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_buffer_format format;
    return format_of(wave, inst, &format) ? format.bytes : 0;
}

/* What a typed access works on. */
struct typed_access {
    struct sim_buffer_format format;
    struct sim_footprint fp;
    uint32_t selects; /* three bits for each component */
};

static bool prepare(struct sim_wave *wave, const struct sim_inst *inst, struct typed_access *access) {
    uint32_t word = resource_of(wave, inst)[3];
    if (!format_of(wave, inst, &access->format)) {
        sim_wave_fault(wave, inst, "typed buffer access with a format that does not exist: resource word 3 is 0x%08x",
                       word);
        return false;
    }
    sim_vector_footprint(wave, inst, &access->fp);
    access->selects = in_instruction(inst) ? SELECT_IDENTITY : word;
    return true;
}

/* The lane's bytes in memory: 0 outside the buffer's range, NULL after a fault. */
static uint8_t *element_at(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_footprint *fp,
                           unsigned lane, uint8_t *outside) {
    unsigned bytes = fp->partial ? fp->valid[lane] : fp->bytes;
    uint64_t address = fp->address[lane];
    bool store = inst->op->flags & SIM_OP_STORE;
    if (!bytes)
        return outside;
    if (sim_access_ok(wave, address, bytes))
        return (uint8_t *)(uintptr_t)address;
    if (!store && sim_access_slack(wave, address, bytes)) {
        memset(outside, SIM_SLACK_BYTE, 16);
        return outside;
    }
    sim_access_fault(wave, inst, store ? "store" : "load", lane, address, bytes);
    return NULL;
}

static uint32_t selected(const struct sim_buffer_format *format, const uint8_t *element, unsigned select) {
    bool integer = sim_number_is_integer(format->number);
    if (select == SELECT_1 || (select == SELECT_X + 3 && format->components < 4))
        return integer ? 1u : sim_float_to_bits(1);
    if (select < SELECT_X || select - SELECT_X >= format->components)
        return 0;
    return sim_component_load(format, element, select - SELECT_X);
}

static void exec_load(struct sim_wave *wave, const struct sim_inst *inst) {
    struct typed_access access;
    if (!prepare(wave, inst, &access))
        return;
    uint64_t lanes = sim_exec(wave);
    sim_row *rows = &wave->vgpr[row_of(&inst->dst[0])];
    unsigned form = FORM(inst->op), lane;
    FOR_LANES(lanes, lane) {
        uint8_t outside[16] = {0};
        const uint8_t *element = access.fp.lanes ? element_at(wave, inst, &access.fp, lane, outside) : outside;
        if (!element)
            return;
        for (unsigned i = 0; i < COMPONENTS(inst->op); i++) {
            uint32_t value = access.format.bytes ? selected(&access.format, element, access.selects >> 3 * i & 7) : 0;
            if (form == FORM_32) {
                rows[i][lane] = value;
                continue;
            }
            uint32_t half = sim_number_is_integer(access.format.number) ? value & 0xffff
                                                                        : sim_f32_to_f16(sim_float_from_bits(value));
            unsigned high = form == FORM_D16_HI ? 1 : i % 2;
            uint32_t *to = &rows[form == FORM_D16_HI ? 0 : i / 2][lane];
            *to = high ? (*to & 0xffffu) | half << 16 : (*to & 0xffff0000u) | half;
        }
    }
}

static uint32_t register_component(const struct sim_inst *inst, const sim_row *rows, unsigned lane, unsigned index,
                                   bool integer, bool is_signed) {
    unsigned form = FORM(inst->op);
    if (index >= COMPONENTS(inst->op))
        return 0;
    if (form == FORM_32)
        return rows[index][lane];
    uint32_t word = rows[form == FORM_D16_HI ? 0 : index / 2][lane];
    uint32_t half = form == FORM_D16_HI || index % 2 ? word >> 16 : word & 0xffff;
    if (integer)
        return is_signed ? (uint32_t)(int16_t)half : half;
    return sim_float_to_bits(sim_f16_to_f32(half));
}

/* Writes whole elements; components that the instruction does not have are 0. */
static void exec_store(struct sim_wave *wave, const struct sim_inst *inst) {
    struct typed_access access;
    if (!prepare(wave, inst, &access))
        return;
    const sim_row *rows = &wave->vgpr[row_of(&inst->src[0])];
    unsigned lane;
    FOR_LANES(access.fp.lanes, lane) {
        uint8_t outside[16], element[16] = {0};
        uint8_t *to = element_at(wave, inst, &access.fp, lane, outside);
        if (!to)
            return;
        for (unsigned c = 0; c < access.format.components; c++)
            for (unsigned i = 0; i < 4; i++)
                if ((access.selects >> 3 * i & 7) == SELECT_X + c) { /* the inverse of what a load selects */
                    uint32_t value =
                        register_component(inst, rows, lane, i, sim_number_is_integer(access.format.number),
                                           access.format.number == SIM_NUMBER_SINT);
                    sim_component_store(&access.format, element, c, value);
                    break;
                }
        if (to != outside)
            memcpy(to, element, access.format.bytes);
    }
}

#define ENTRY(text, fn, op_flags, form, components) \
    {.name = text,                                  \
     .exec = fn,                                    \
     .cls = SIM_CLASS_VMEM,                         \
     .flags = (op_flags) | SIM_OP_TYPED,            \
     .arg1 = SIM_ADDRESS_BUFFER | (unsigned)(form) << 8 | (unsigned)(components) << 16}
#define COMPONENT_ROWS(text, fn, flags, partial_flags, form)                           \
    ENTRY(text "x", fn, partial_flags, form, 1), ENTRY(text "xy", fn, flags, form, 2), \
        ENTRY(text "xyz", fn, partial_flags, form, 3), ENTRY(text "xyzw", fn, flags, form, 4)
#define D16_LOAD (SIM_OP_LOAD | SIM_OP_READS_DST)
#define FAMILY(prefix)                                                                            \
    COMPONENT_ROWS(prefix "_load_format_", exec_load, SIM_OP_LOAD, SIM_OP_LOAD, FORM_32),         \
        COMPONENT_ROWS(prefix "_load_format_d16_", exec_load, SIM_OP_LOAD, D16_LOAD, FORM_D16),   \
        COMPONENT_ROWS(prefix "_store_format_", exec_store, SIM_OP_STORE, SIM_OP_STORE, FORM_32), \
        COMPONENT_ROWS(prefix "_store_format_d16_", exec_store, SIM_OP_STORE, SIM_OP_STORE, FORM_D16)

const struct sim_opcode sim_typed_opcodes[] = {
    FAMILY("buffer"),
    FAMILY("tbuffer"),
    ENTRY("buffer_load_format_d16_hi_x", exec_load, D16_LOAD, FORM_D16_HI, 1),
    ENTRY("buffer_store_format_d16_hi_x", exec_store, SIM_OP_STORE, FORM_D16_HI, 1),
    {.name = NULL},
};
