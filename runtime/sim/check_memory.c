/* SPDX-License-Identifier: MIT
 *
 * Shadow of LDS and device memory: what was written, who touched it last.
 */
#include "check_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Access records of memory: launch << 44 | workgroup << 4 | bytes of the dword */
#define SERIAL_BITS 20
#define GROUP_BITS 40
#define MANY_GROUPS ((1ull << GROUP_BITS) - 1)
#define RECORD(serial, group, bytes) ((uint64_t)(serial) << (GROUP_BITS + 4) | (uint64_t)(group) << 4 | (bytes))
#define RECORD_SERIAL(record) ((record) >> (GROUP_BITS + 4))
#define RECORD_GROUP(record) ((record) >> 4 & MANY_GROUPS)

/* ---- LDS ---- */

static uint32_t completed_epoch(const struct check_wave *check, uint32_t op) {
    return check->next_op - op >= CHECK_OPS ? 0 : check->completed[op % CHECK_OPS];
}

static bool is_lds_load(const struct sim_inst *inst) {
    return inst->cls != SIM_CLASS_LDS && (inst->lds || inst->op->flags & SIM_OP_TO_LDS);
}

struct lds_access {
    struct sim_wave *wave;
    const struct sim_inst *inst;
    uint32_t op;
    unsigned lane;
};

static void lds_conflict(const struct lds_access *access, uint32_t address, const char *here, const char *there,
                         unsigned other, uint32_t other_op, bool outstanding) {
    struct sim_wave *wave = access->wave;
    const struct check_wave *party = &check_group(wave)->waves[other];
    enum check_kind kind = outstanding ? CHECK_LDS_PENDING : CHECK_LDS_RACE;
    char text[240];
    if (check_already_reported(wave, access->inst, kind))
        return;
    if (other_op)
        check_text(wave, party->op_inst[other_op % CHECK_OPS], text, sizeof text);
    else
        snprintf(text, sizeof text, "an earlier instruction");
    if (outstanding)
        check_report(
            wave, access->inst, kind,
            "LDS byte 0x%x, lane %u, %s while it may still have to be %s by wave %u: no s_waitcnt, or one too weak, "
            "after %s",
            address, access->lane, here, there, other, text);
    else
        check_report(wave, access->inst, kind,
                     "LDS race: byte 0x%x, lane %u, %s, and %s by wave %u with no barrier between: %s", address,
                     access->lane, here, there, other, text);
}

/* Against the last write of the dword. */
static void against_write(const struct lds_access *access, const struct check_lds *entry, uint32_t address,
                          unsigned bytes, const char *here) {
    if (!entry->write_op || !(entry->written & bytes))
        return;
    const struct check_workgroup *group = check_group(access->wave);
    const struct check_wave *writer = &group->waves[entry->write_wave];
    uint32_t done = completed_epoch(writer, entry->write_op), now = check_of(access->wave)->epoch;
    if (entry->write_wave == access->wave->index) {
        if (done == CHECK_NEVER && entry->write_op != access->op &&
            is_lds_load(writer->op_inst[entry->write_op % CHECK_OPS]))
            lds_conflict(access, address, here, "written", entry->write_wave, entry->write_op, true);
    } else if (done >=
               now) { /* a barrier lies between if the write was issued before this epoch: then a wait is missing */
        bool outstanding = writer->op_epoch[entry->write_op % CHECK_OPS] < now;
        lds_conflict(access, address, here, "written", entry->write_wave, entry->write_op, outstanding);
    }
}

/* Bit 0 of each 16-bit group whose byte is in the mask. */
static const uint64_t spread_bytes[16] = {
    0x0000000000000000, 0x0000000000000001, 0x0000000000010000, 0x0000000000010001,
    0x0000000100000000, 0x0000000100000001, 0x0000000100010000, 0x0000000100010001,
    0x0001000000000000, 0x0001000000000001, 0x0001000000010000, 0x0001000000010001,
    0x0001000100000000, 0x0001000100000001, 0x0001000100010000, 0x0001000100010001};

/* Returns the bytes that are undefined. */
static unsigned lds_read(const struct lds_access *access, uint32_t address, unsigned bytes) {
    struct check_lds *entry = &check_group(access->wave)->lds[address >> 2];
    const struct check_wave *check = check_of(access->wave);
    against_write(access, entry, address, bytes, "read");
    if (entry->read_epoch != check->epoch) {
        entry->read_epoch = check->epoch;
        entry->read_waves = 0;
    }
    entry->read_waves |= spread_bytes[bytes & 15] << access->wave->index;
    entry->read_op = access->op;
    entry->read_wave = (uint8_t)access->wave->index;
    return bytes & ~(entry->defined & ~(unsigned)entry->undefined_data);
}

/* Against the last read of the dword, which may not have happened yet: only a wait of its wave tells. */
static void against_last_read(const struct lds_access *access, const struct check_lds *entry, uint32_t address,
                              unsigned bytes) {
    const struct check_workgroup *group = check_group(access->wave);
    const struct check_wave *reader = &group->waves[entry->read_wave];
    if (!entry->read_op || !(entry->read_waves >> entry->read_wave & spread_bytes[bytes & 15]))
        return;
    uint32_t done = completed_epoch(reader, entry->read_op), now = check_of(access->wave)->epoch;
    bool pending;
    if (entry->read_wave == access->wave->index) /* its LDS operations are in order, loads to LDS are none */
        pending = done == CHECK_NEVER && is_lds_load(access->inst);
    else
        pending = done >= now && access->wave->wg->waves[entry->read_wave].status != SIM_WAVE_DONE;
    if (pending)
        lds_conflict(access, address, "written", "read", entry->read_wave, entry->read_op, true);
}

static void lds_write(const struct lds_access *access, uint32_t address, unsigned bytes, bool same_value,
                      bool undefined) {
    struct check_lds *entry = &check_group(access->wave)->lds[address >> 2];
    const struct check_wave *check = check_of(access->wave);
    if (!same_value || entry->write_wave == access->wave->index)
        against_write(access, entry, address, bytes, "written");
    uint64_t mine = 0x0001000100010001ull << access->wave->index;
    uint64_t others =
        entry->read_epoch == check->epoch ? entry->read_waves & spread_bytes[bytes & 15] * 0xffff & ~mine : 0;
    if (others && !same_value) {
        unsigned reader = (unsigned)__builtin_ctzll(others) % 16;
        uint32_t op = reader == entry->read_wave ? entry->read_op : 0;
        lds_conflict(access, address, "written", "read", reader, op, false);
    } else if (!same_value) {
        against_last_read(access, entry, address, bytes);
    }
    entry->value_known = false;
    entry->write_op = access->op;
    entry->write_wave = (uint8_t)access->wave->index;
    entry->written = bytes & 15;
    entry->defined |= bytes & 15;
    entry->undefined_data =
        (uint8_t)((undefined ? entry->undefined_data | bytes : entry->undefined_data & ~bytes) & 15);
}

/* Calls for each dword of [address, address + bytes); `dword` counts from 0. */
#define FOR_DWORDS(address, bytes, at, mask, dword)                                                      \
    for (uint32_t at = (uint32_t)(address) & ~3u, dword = 0, mask = 0;                                   \
         at < (uint32_t)(address) + (bytes) && (mask = dword_mask((uint32_t)(address), (bytes), at), 1); \
         at += 4, dword++)

static uint32_t dword_mask(uint32_t address, uint32_t bytes, uint32_t at) {
    uint32_t first = address > at ? address - at : 0;
    uint32_t last = address + bytes < at + 4 ? address + bytes - at : 4;
    return ((1u << last) - 1) & ~((1u << first) - 1);
}

static void lds_load_lanes(struct sim_wave *wave, const struct sim_inst *inst, uint32_t op, uint64_t lanes,
                           const uint64_t *address, unsigned bytes, unsigned first_dword) {
    struct check_wave *check = check_of(wave);
    struct lds_access access = {wave, inst, op, 0};
    bool transposes = strstr(inst->op->name, "_tr_") != NULL;
    uint32_t limit = wave->wg->lds_used;
    FOR_LANES(lanes, access.lane) {
        uint32_t base = (uint32_t)address[access.lane];
        if (base + (uint64_t)bytes > limit) {
            if (base + (uint64_t)bytes <= wave->wg->lds_size)
                sim_wave_fault(wave, inst, "LDS read of %u bytes at byte 0x%x, lane %u: the workgroup has %u bytes",
                               bytes, base, access.lane, limit);
            return; /* the executor reports the rest */
        }
        FOR_DWORDS(base, bytes, at, mask, dword) {
            unsigned undefined = lds_read(&access, at, mask);
            if (!undefined)
                continue;
            uint64_t bits = 1ull << access.lane;
            unsigned column = first_dword + dword;
            if (transposes) /* the bytes spread over the 16 lanes of the group */
                bits = 0xffffull << (access.lane & ~15u);
            check->load_undefined[column & 15] |= bits;
            if (transposes)
                for (unsigned i = 0; i < bytes / 4; i++)
                    check->load_undefined[i] |= bits;
            check->load_origin = (uint16_t)(check_new_origin(check, inst, 1, at, 0) + 1);
        }
    }
}

static enum check_half stored_half(const struct sim_inst *inst, unsigned bytes) {
    return bytes >= 4 || inst->op->flags & SIM_OP_TYPED ? CHECK_WHOLE
           : strstr(inst->op->name, "_d16_hi")          ? CHECK_HIGH
                                                        : CHECK_LOW;
}

static void lds_store_lanes(struct sim_wave *wave, const struct sim_inst *inst, uint32_t op, uint64_t lanes,
                            const uint64_t *address, unsigned bytes, unsigned row) {
    const struct check_wave *check = check_of(wave);
    struct lds_access access = {wave, inst, op, 0};
    enum check_half half = stored_half(inst, bytes);
    uint32_t limit = wave->wg->lds_used;
    FOR_LANES(lanes, access.lane) {
        uint32_t base = (uint32_t)address[access.lane];
        if (base + (uint64_t)bytes > limit) {
            if (base + (uint64_t)bytes <= wave->wg->lds_size)
                sim_wave_fault(wave, inst, "LDS write of %u bytes at byte 0x%x, lane %u: the workgroup has %u bytes",
                               bytes, base, access.lane, limit);
            return;
        }
        FOR_DWORDS(base, bytes, at, mask, dword) {
            bool undefined = check_undefined_part(check, row + (bytes >= 4 ? dword : 0), half) >> access.lane & 1;
            bool whole = bytes >= 4 && mask == 15 && (base & 3) == 0;
            struct check_lds *entry = &check_group(wave)->lds[at >> 2];
            uint32_t value = wave->vgpr[row + (whole ? dword : 0)][access.lane], old = entry->value;
            if (!entry->value_known)
                memcpy(&old, wave->wg->lds + at, 4);
            lds_write(&access, at, mask, whole && value == old, undefined);
            entry->value_known = whole;
            entry->value = value;
        }
    }
}

static void note_synchronises(const struct sim_wave *wave) {
    uint64_t me = wave->wg->linear_id;
    __atomic_fetch_or(&check_launch_of(wave)->synchronises[me / 8], (uint8_t)(1u << me % 8), __ATOMIC_RELAXED);
}

static void check_lds(struct sim_wave *wave, const struct sim_inst *inst, uint32_t op) {
    struct check_wave *check = check_of(wave);
    struct sim_footprint fp;
    if (inst->op->flags & SIM_OP_ORDERS_GROUPS) {
        note_synchronises(wave);
        return;
    }
    sim_lds_footprint(wave, inst, &fp);
    if (!fp.lanes)
        return;
    unsigned flags = inst->op->flags, dwords = (fp.bytes + 3) / 4;
    if (flags & SIM_OP_LOAD) {
        lds_load_lanes(wave, inst, op, fp.lanes, fp.address, fp.bytes, 0);
        if (fp.two)
            lds_load_lanes(wave, inst, op, fp.lanes, fp.second, fp.bytes, dwords);
    } else if (flags & SIM_OP_STORE) {
        unsigned data = strstr(inst->op->name, "addtid") ? 0 : 1;
        lds_store_lanes(wave, inst, op, fp.lanes, fp.address, fp.bytes, row_of(&inst->src[data]));
        if (fp.two)
            lds_store_lanes(wave, inst, op, fp.lanes, fp.second, fp.bytes, row_of(&inst->src[data + 1]));
    } else if (flags & SIM_OP_ATOMIC) { /* atomics order themselves */
        unsigned lane;
        FOR_LANES(fp.lanes, lane) {
            if (fp.address[lane] + fp.bytes > wave->wg->lds_used)
                return;
            FOR_DWORDS(fp.address[lane], fp.bytes, at, mask, dword) {
                struct check_lds *entry = &check_group(wave)->lds[at >> 2];
                if (mask & ~(unsigned)entry->defined) {
                    check->load_undefined[dword] |= 1ull << lane;
                    check->load_origin = (uint16_t)(check_new_origin(check, inst, 1, at, 0) + 1);
                }
                entry->defined |= mask & 15;
                entry->value_known = false;
                entry->write_op = 0;
                entry->read_waves = 0;
            }
        }
    }
}

/* ---- memory ---- */

static struct check_shadow *attach(struct sim_allocation *allocation, bool undefined) {
    struct check_shadow *shadow = calloc(1, sizeof *shadow);
    if (!shadow)
        return NULL;
    shadow->race_bytes = (allocation->size / 4 + 2) * 16;
    shadow->race =
        mmap(NULL, shadow->race_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shadow->race == MAP_FAILED)
        shadow->race = NULL;
    if (undefined) {
        shadow->defined_bytes = allocation->size / 8 + 8;
        shadow->defined = mmap(NULL, shadow->defined_bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (shadow->defined == MAP_FAILED)
            shadow->defined = NULL;
    }
    allocation->shadow = shadow;
    return shadow;
}

void sim_check_attach(struct sim_allocation *allocation) {
    attach(allocation, allocation->kind == SIM_MEMORY_DEVICE);
}

void sim_check_detach(struct sim_allocation *allocation) {
    struct check_shadow *shadow = allocation->shadow;
    if (!shadow)
        return;
    if (shadow->race)
        munmap(shadow->race, shadow->race_bytes);
    if (shadow->defined)
        munmap(shadow->defined, shadow->defined_bytes);
    free(shadow);
    allocation->shadow = NULL;
}

static void mark_defined(struct check_shadow *shadow, uint64_t offset, uint64_t size) {
    if (!shadow->defined)
        return;
    for (uint64_t at = offset; at < offset + size;) {
        if (at % 8 == 0 && offset + size - at >= 8) {
            uint64_t whole = (offset + size - at) / 8;
            if (whole > 16) {
                memset(shadow->defined + at / 8, 0xff, whole);
            } else {
                for (uint64_t i = 0; i < whole; i++)
                    __atomic_store_n(&shadow->defined[at / 8 + i], 0xff, __ATOMIC_RELAXED);
            }
            at += 8 * whole;
        } else {
            unsigned bits = 0;
            uint8_t *byte = &shadow->defined[at / 8];
            do
                bits |= 1u << at % 8;
            while (++at % 8 && at < offset + size);
            __atomic_fetch_or(byte, (uint8_t)bits, __ATOMIC_RELAXED);
        }
    }
}

void sim_check_host_wrote(struct sim_memory *memory, uint64_t address, uint64_t size) {
    pthread_rwlock_rdlock(&memory->lock);
    struct sim_allocation *allocation = sim_memory_find(memory, address);
    struct check_shadow *shadow = allocation ? allocation->shadow : NULL;
    if (shadow && size <= allocation->size - (address - allocation->base))
        mark_defined(shadow, address - allocation->base, size);
    pthread_rwlock_unlock(&memory->lock);
}

/* Bits of the undefined bytes of up to 32 bytes from `offset`. */
static uint32_t undefined_bytes(const struct check_shadow *shadow, uint64_t offset, unsigned bytes) {
    if (!shadow->defined)
        return 0;
    uint64_t bits = 0;
    memcpy(&bits, shadow->defined + offset / 8, 5);
    uint32_t wanted = bytes >= 32 ? ~0u : (1u << bytes) - 1;
    return ~(uint32_t)(bits >> offset % 8) & wanted;
}

static bool synchronises(const struct check_launch *check, uint64_t group) {
    return group != MANY_GROUPS && check->synchronises[group / 8] >> group % 8 & 1;
}

static void memory_conflict(struct sim_wave *wave, const struct sim_inst *inst, unsigned lane, uint64_t address,
                            const char *here, const char *there, uint64_t other) {
    const struct sim_launch *launch = wave->wg->launch;
    char where[200];
    if (check_already_reported(wave, inst, CHECK_MEMORY_RACE))
        return;
    sim_memory_describe(launch->memory, address, where, sizeof where);
    if (other == MANY_GROUPS)
        check_report(wave, inst, CHECK_MEMORY_RACE,
                     "race between workgroups: 0x%llx (%s), lane %u, %s, and %s by several other workgroups",
                     (unsigned long long)address, where, lane, here, there);
    else
        check_report(wave, inst, CHECK_MEMORY_RACE,
                     "race between workgroups: 0x%llx (%s), lane %u, %s, and %s by workgroup (%llu, %llu, %llu)",
                     (unsigned long long)address, where, lane, here, there,
                     (unsigned long long)(other % launch->grid[0]),
                     (unsigned long long)(other / launch->grid[0] % launch->grid[1]),
                     (unsigned long long)(other / launch->grid[0] / launch->grid[1]));
}

static void memory_race(struct sim_wave *wave, const struct sim_inst *inst, struct check_shadow *shadow,
                        const struct sim_allocation *allocation, unsigned lane, uint64_t offset, unsigned bytes,
                        bool store, const uint32_t *row_lane, unsigned row_stride) {
    const struct check_launch *check = check_launch_of(wave);
    if (!shadow->race)
        return;
    uint64_t me = wave->wg->linear_id;
    bool lenient = synchronises(check, me);
    for (uint64_t at = offset & ~3ull, index = 0; at < offset + bytes; at += 4, index++) {
        unsigned first = at < offset ? (unsigned)(offset - at) : 0;
        unsigned last = offset + bytes < at + 4 ? (unsigned)(offset + bytes - at) : 4;
        unsigned mask = ((1u << last) - 1) & ~((1u << first) - 1);
        uint64_t *writer = &shadow->race[at / 2], *reader = writer + 1;
        uint64_t wrote = __atomic_load_n(writer, __ATOMIC_RELAXED);
        bool foreign = RECORD_SERIAL(wrote) == check->serial && RECORD_GROUP(wrote) != me && wrote & mask &&
                       !(lenient && synchronises(check, RECORD_GROUP(wrote)));
        if (!store) {
            if (foreign)
                memory_conflict(wave, inst, lane, allocation->base + at, "read", "written", RECORD_GROUP(wrote));
            uint64_t read = __atomic_load_n(reader, __ATOMIC_RELAXED), mine = RECORD(check->serial, me, mask);
            if (read != mine) {
                if (RECORD_SERIAL(read) == check->serial && RECORD_GROUP(read) != me)
                    mine = RECORD(check->serial, MANY_GROUPS, (read & 15) | mask);
                if (read != mine)
                    __atomic_store_n(reader, mine, __ATOMIC_RELAXED);
            }
            continue;
        }
        bool same = mask == 15 && row_lane &&
                    memcmp((const void *)(uintptr_t)(allocation->base + at), row_lane + index * row_stride, 4) == 0;
        if (foreign && !same)
            memory_conflict(wave, inst, lane, allocation->base + at, "written", "written", RECORD_GROUP(wrote));
        uint64_t read = __atomic_load_n(reader, __ATOMIC_RELAXED);
        if (RECORD_SERIAL(read) == check->serial && RECORD_GROUP(read) != me && read & mask && !same &&
            !(lenient && (RECORD_GROUP(read) == MANY_GROUPS || synchronises(check, RECORD_GROUP(read)))))
            memory_conflict(wave, inst, lane, allocation->base + at, "written", "read", RECORD_GROUP(read));
        __atomic_store_n(writer, RECORD(check->serial, me, mask), __ATOMIC_RELAXED);
    }
}

static void land_in_lds(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_footprint *fp,
                        unsigned lane, uint32_t op, unsigned undefined_dwords) {
    struct lds_access access = {wave, inst, op, lane};
    uint32_t base = fp->lds_base + lane * fp->lds_stride;
    if (base + (uint64_t)fp->lds_stride > wave->wg->lds_used)
        return;
    for (unsigned i = 0; i < fp->lds_stride / 4; i++)
        lds_write(&access, base + 4 * i, 15, false, undefined_dwords >> i & 1);
}

static void scratch_load_lane(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_footprint *fp,
                              unsigned lane, uint32_t op, bool to_lds) {
    struct check_wave *check = check_of(wave);
    unsigned undefined = check_scratch_load(wave, inst, lane, fp->address[lane], fp->bytes);
    if (to_lds)
        land_in_lds(wave, inst, fp, lane, op, undefined);
    for (unsigned i = 0; !to_lds && undefined >> i; i++)
        check->load_undefined[i] |= (uint64_t)(undefined >> i & 1) << lane;
}

static void load_lane(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_footprint *fp, unsigned lane,
                      uint32_t op, bool to_lds) {
    struct check_wave *check = check_of(wave);
    unsigned bytes = fp->partial ? fp->valid[lane] : fp->bytes, dwords = 0;
    uint32_t undefined = 0;
    if (bytes && sim_access_ok(wave, fp->address[lane], bytes)) {
        const struct sim_allocation *allocation = wave->recent[0];
        struct check_shadow *shadow = allocation->shadow;
        uint64_t offset = fp->address[lane] - allocation->base;
        if (shadow) {
            undefined = undefined_bytes(shadow, offset, bytes);
            memory_race(wave, inst, shadow, allocation, lane, offset, bytes, false, NULL, 0);
        }
    }
    if (undefined)
        check->load_origin =
            (uint16_t)(check_new_origin(check, inst, 2, fp->address[lane] + (unsigned)__builtin_ctz(undefined), 0) + 1);
    if (to_lds) {
        for (unsigned i = 0; i < fp->lds_stride / 4; i++)
            dwords |= undefined >> 4 * i & 15 ? 1u << i : 0;
        land_in_lds(wave, inst, fp, lane, op, dwords);
        return;
    }
    bool typed = inst->op->flags & SIM_OP_TYPED; /* any register may depend on any byte */
    for (unsigned i = 0; undefined && i < (typed ? inst->dst[0].dwords : (fp->bytes + 3) / 4); i++)
        if (typed || undefined >> 4 * i & 15)
            check->load_undefined[i] |= 1ull << lane;
}

static void store_lane(struct sim_wave *wave, const struct sim_inst *inst, const struct sim_footprint *fp,
                       unsigned lane, unsigned row) {
    struct check_wave *check = check_of(wave);
    unsigned bytes = fp->partial ? fp->valid[lane] : fp->bytes;
    if (!bytes || !sim_access_ok(wave, fp->address[lane], bytes))
        return;
    const struct sim_allocation *allocation = wave->recent[0];
    struct check_shadow *shadow = allocation->shadow;
    bool typed = inst->op->flags & SIM_OP_TYPED;
    for (unsigned i = 0; i < (typed ? inst->src[0].dwords : (bytes + 3) / 4); i++)
        if (check_undefined_part(check, row + i, stored_half(inst, fp->bytes)) >> lane & 1)
            check_report_undefined(wave, inst, check->origin[row + i], "the stored value", (int)lane);
    if (!shadow)
        return;
    uint64_t offset = fp->address[lane] - allocation->base;
    mark_defined(shadow, offset, bytes);
}

void check_store_effect(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_footprint fp;
    sim_vector_footprint(wave, inst, &fp);
    unsigned row = row_of(&inst->src[sim_uses_buffer(inst) ? 0 : 1]), lane;
    FOR_LANES(fp.space == SIM_SPACE_SCRATCH ? 0 : fp.lanes, lane) {
        unsigned bytes = fp.partial ? fp.valid[lane] : fp.bytes;
        if ((fp.mixed && fp.lane_space[lane] != SIM_SPACE_GLOBAL) || !bytes ||
            !sim_access_ok(wave, fp.address[lane], bytes))
            continue;
        const struct sim_allocation *allocation = wave->recent[0];
        if (allocation->shadow)
            memory_race(wave, inst, allocation->shadow, allocation, lane, fp.address[lane] - allocation->base, bytes,
                        true, inst->op->flags & SIM_OP_TYPED ? NULL : &wave->vgpr[row][lane], SIM_LANES);
    }
}

static struct check_box box_of(const struct sim_footprint *fp) {
    uint64_t low = UINT64_MAX, high = 0;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        bool active = fp->lanes >> lane & 1;
        uint64_t first = active ? fp->address[lane] : UINT64_MAX, last = active ? fp->address[lane] : 0;
        low = first < low ? first : low;
        high = last > high ? last : high;
    }
    return (struct check_box){low, high + fp->bytes, fp->mixed ? CHECK_ANY_SPACE : fp->space};
}

static void check_vector(struct sim_wave *wave, const struct sim_inst *inst, uint32_t op, struct check_box *box) {
    struct sim_footprint fp;
    sim_vector_footprint(wave, inst, &fp);
    if (!fp.lanes)
        return;
    *box = box_of(&fp);
    unsigned flags = inst->op->flags, lane;
    bool to_lds = is_lds_load(inst);
    unsigned row = flags & (SIM_OP_STORE | SIM_OP_ATOMIC) ? row_of(&inst->src[sim_uses_buffer(inst) ? 0 : 1]) : 0;
    if (flags & SIM_OP_ATOMIC)
        note_synchronises(wave);
    FOR_LANES(fp.lanes, lane) {
        unsigned space = fp.mixed ? fp.lane_space[lane] : fp.space;
        if (space == SIM_SPACE_GLOBAL) {
            if (flags & SIM_OP_ATOMIC) {
                if (sim_access_ok(wave, fp.address[lane], fp.bytes) && wave->recent[0]->shadow)
                    mark_defined(wave->recent[0]->shadow, fp.address[lane] - wave->recent[0]->base, fp.bytes);
            } else if (flags & SIM_OP_STORE) {
                store_lane(wave, inst, &fp, lane, row);
            } else {
                load_lane(wave, inst, &fp, lane, op, to_lds);
            }
        } else if (space == SIM_SPACE_SCRATCH) {
            if (flags & (SIM_OP_STORE | SIM_OP_ATOMIC))
                check_scratch_store(wave, lane, fp.address[lane], fp.bytes, flags & SIM_OP_STORE ? row : CHECK_ROWS);
            else
                scratch_load_lane(wave, inst, &fp, lane, op, to_lds);
        } else if (space == SIM_SPACE_LDS && !(flags & SIM_OP_ATOMIC)) {
            if (flags & SIM_OP_STORE)
                lds_store_lanes(wave, inst, op, 1ull << lane, fp.address, fp.bytes, row);
            else
                lds_load_lanes(wave, inst, op, 1ull << lane, fp.address, fp.bytes, 0);
        }
    }
}

static void check_scalar(struct sim_wave *wave, const struct sim_inst *inst) {
    struct check_wave *check = check_of(wave);
    uint64_t address;
    unsigned bytes = sim_scalar_footprint(wave, inst, &address);
    if (!bytes || !sim_access_ok(wave, address, bytes) || !wave->recent[0]->shadow)
        return;
    const struct sim_allocation *allocation = wave->recent[0];
    struct check_shadow *shadow = allocation->shadow;
    uint64_t offset = address - allocation->base;
    bool store = inst->op->flags & SIM_OP_STORE, atomic = inst->op->flags & SIM_OP_ATOMIC;
    if (atomic)
        note_synchronises(wave);
    for (unsigned at = 0; !store && at < bytes; at += 4) {
        uint32_t undefined = undefined_bytes(shadow, offset + at, 4);
        if (undefined) {
            check->load_undefined[at / 4 & 15] = ~0ull;
            check->load_origin = (uint16_t)(check_new_origin(check, inst, 2, address + at, 0) + 1);
        }
    }
    if (!atomic)
        memory_race(wave, inst, shadow, allocation, 0, offset, bytes, store, NULL, 0);
    if (store || atomic)
        mark_defined(shadow, offset, bytes);
}

/* Undefined addresses, resources and offsets. */
static void check_address(struct sim_wave *wave, const struct sim_inst *inst) {
    struct check_wave *check = check_of(wave);
    uint16_t origin = 0;
    bool store = inst->op->flags & (SIM_OP_STORE | SIM_OP_ATOMIC);
    bool lds = inst->cls == SIM_CLASS_LDS;
    unsigned data_first = inst->cls == SIM_CLASS_SMEM || sim_uses_buffer(inst) ? 0 : 1;
    for (unsigned i = 0; i < inst->num_src; i++) {
        bool data = store && (lds ? i >= data_first : i == data_first);
        const struct sim_operand *source = &inst->src[i];
        if (data)
            continue;
        if (source->kind == SIM_OPERAND_VGPR) {
            uint64_t undefined =
                check_undefined_rows(check, (struct check_range){source->reg, source->dwords}, &origin) &
                sim_exec(wave);
            if (undefined)
                check_report_undefined(wave, inst, origin, "the address", __builtin_ctzll(undefined));
        } else if (source->kind == SIM_OPERAND_SGPR &&
                   check_undefined_sgprs(check, (struct check_range){source->reg, source->dwords}, &origin)) {
            check_report_undefined(wave, inst, origin, "the address", -1);
        }
    }
    if ((inst->op->flags & SIM_OP_READS_M0 || inst->lds) && check->sgpr_undefined[SIM_SGPR_M0])
        check_report_undefined(wave, inst, check->sgpr_origin[SIM_SGPR_M0], "the LDS address", -1);
}

void check_memory(struct sim_wave *wave, const struct sim_inst *inst, uint32_t op, struct check_box *box) {
    struct check_wave *check = check_of(wave);
    memset(check->load_undefined, 0, sizeof check->load_undefined);
    check_address(wave, inst);
    if (inst->cls == SIM_CLASS_SMEM)
        check_scalar(wave, inst);
    else if (inst->cls == SIM_CLASS_LDS)
        check_lds(wave, inst, op);
    else
        check_vector(wave, inst, op, box);
}
