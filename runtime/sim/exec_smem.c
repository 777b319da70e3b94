/* SPDX-License-Identifier: MIT
 *
 * Scalar memory.
 */
#include "access.h"

/* arg0 = dwords; arg1 = enum kind */
enum kind { KIND_LOAD, KIND_STORE, KIND_BUFFER_LOAD, KIND_BUFFER_STORE, KIND_SCRATCH_LOAD, KIND_SCRATCH_STORE };

static bool is_store(unsigned kind) {
    return kind == KIND_STORE || kind == KIND_BUFFER_STORE || kind == KIND_SCRATCH_STORE;
}

static uint64_t offset_of(const struct sim_wave *wave, const struct sim_inst *inst, unsigned base_index) {
    uint64_t offset = (uint64_t)(int64_t)inst->mem_offset;
    if (inst->num_src > base_index + 1)
        offset += sim_read_s32(wave, &inst->src[base_index + 1]);
    return offset;
}

unsigned sim_scalar_footprint(const struct sim_wave *wave, const struct sim_inst *inst, uint64_t *address) {
    unsigned dwords = inst->op->arg0, kind = inst->op->arg1;
    if (dwords == 0)
        return 0;
    unsigned base_index = is_store(kind) ? 1 : 0;
    const struct sim_operand *base = &inst->src[base_index];
    uint64_t offset = offset_of(wave, inst, base_index);
    unsigned bytes = 4 * dwords;
    if (kind == KIND_BUFFER_LOAD || kind == KIND_BUFFER_STORE) {
        const uint32_t *v = &wave->sgpr[base->reg];
        uint64_t stride = v[1] >> 16 & 0x3fff;
        uint64_t limit = stride ? v[2] * stride : v[2];
        *address = ((v[0] | (uint64_t)(v[1] & 0xffff) << 32) + offset) & ~3ull;
        offset &= ~3ull;
        return offset >= limit ? 0 : limit - offset < bytes ? (unsigned)(limit - offset) & ~3u : bytes;
    }
    if (kind == KIND_SCRATCH_LOAD || kind == KIND_SCRATCH_STORE)
        offset *= 64;
    *address = (sim_sgpr64(wave, base->reg) + offset) & ~3ull;
    return bytes;
}

static void exec_load(struct sim_wave *wave, const struct sim_inst *inst) {
    uint64_t address = 0;
    unsigned bytes = sim_scalar_footprint(wave, inst, &address);
    uint32_t *to = &wave->sgpr[inst->dst[0].reg];
    unsigned total = 4 * inst->op->arg0;
    bool known = !bytes || sim_access_ok(wave, address, bytes);
    if (!known && !sim_access_slack(wave, address, bytes)) {
        sim_access_fault(wave, inst, "scalar load", 0, address, bytes);
        return;
    }
    uint32_t data[16];
    memset(data, known ? 0 : SIM_SLACK_BYTE, sizeof data);
    if (bytes && known)
        memcpy(data, (const void *)(uintptr_t)address, bytes);
    memcpy(to, data, total);
}

static void exec_store(struct sim_wave *wave, const struct sim_inst *inst) {
    uint64_t address = 0;
    unsigned bytes = sim_scalar_footprint(wave, inst, &address);
    if (bytes && !sim_access_ok(wave, address, bytes))
        sim_access_fault(wave, inst, "scalar store", 0, address, bytes);
    else if (bytes)
        memcpy((void *)(uintptr_t)address, &wave->sgpr[inst->src[0].reg], bytes);
}

/* A clock that only has to advance: about four clocks per instruction. */
static void exec_time(struct sim_wave *wave, const struct sim_inst *inst) {
    uint64_t now = 4 * wave->instructions;
    wave->clock = now > wave->clock ? now : wave->clock + 4;
    sim_write_s64(wave, &inst->dst[0], wave->clock);
}

static void exec_nothing(struct sim_wave *wave, const struct sim_inst *inst) {
    (void)wave, (void)inst;
}

#define LOAD(text, dwords, kind) \
    {.name = text, .exec = exec_load, .cls = SIM_CLASS_SMEM, .flags = SIM_OP_LOAD, .arg0 = dwords, .arg1 = kind}
#define STORE(text, dwords, kind) \
    {.name = text, .exec = exec_store, .cls = SIM_CLASS_SMEM, .flags = SIM_OP_STORE, .arg0 = dwords, .arg1 = kind}
#define OTHER(text, fn) {.name = text, .exec = fn, .cls = SIM_CLASS_SMEM}

const struct sim_opcode sim_smem_opcodes[] = {
    LOAD("s_load_dword", 1, KIND_LOAD),
    LOAD("s_load_dwordx2", 2, KIND_LOAD),
    LOAD("s_load_dwordx4", 4, KIND_LOAD),
    LOAD("s_load_dwordx8", 8, KIND_LOAD),
    LOAD("s_load_dwordx16", 16, KIND_LOAD),
    LOAD("s_buffer_load_dword", 1, KIND_BUFFER_LOAD),
    LOAD("s_buffer_load_dwordx2", 2, KIND_BUFFER_LOAD),
    LOAD("s_buffer_load_dwordx4", 4, KIND_BUFFER_LOAD),
    LOAD("s_buffer_load_dwordx8", 8, KIND_BUFFER_LOAD),
    LOAD("s_buffer_load_dwordx16", 16, KIND_BUFFER_LOAD),
    LOAD("s_scratch_load_dword", 1, KIND_SCRATCH_LOAD),
    LOAD("s_scratch_load_dwordx2", 2, KIND_SCRATCH_LOAD),
    LOAD("s_scratch_load_dwordx4", 4, KIND_SCRATCH_LOAD),
    STORE("s_store_dword", 1, KIND_STORE),
    STORE("s_store_dwordx2", 2, KIND_STORE),
    STORE("s_store_dwordx4", 4, KIND_STORE),
    STORE("s_buffer_store_dword", 1, KIND_BUFFER_STORE),
    STORE("s_buffer_store_dwordx2", 2, KIND_BUFFER_STORE),
    STORE("s_buffer_store_dwordx4", 4, KIND_BUFFER_STORE),
    STORE("s_scratch_store_dword", 1, KIND_SCRATCH_STORE),
    STORE("s_scratch_store_dwordx2", 2, KIND_SCRATCH_STORE),
    STORE("s_scratch_store_dwordx4", 4, KIND_SCRATCH_STORE),
    OTHER("s_memtime", exec_time),
    OTHER("s_memrealtime", exec_time),
    OTHER("s_dcache_inv", exec_nothing),
    OTHER("s_dcache_wb", exec_nothing),
    OTHER("s_dcache_inv_vol", exec_nothing),
    OTHER("s_dcache_wb_vol", exec_nothing),
    OTHER("s_dcache_discard", exec_nothing),
    OTHER("s_dcache_discard_x2", exec_nothing),
    {.name = NULL},
};
