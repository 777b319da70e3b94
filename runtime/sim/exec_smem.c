/* SPDX-License-Identifier: MIT
 *
 * Scalar memory.
 */
#include "access.h"
#include "atomics.h"

/* arg0 = dwords; arg1 = enum kind | atomic << 8. Stores and atomics name their data first. */
enum kind { KIND_PLAIN, KIND_BUFFER, KIND_SCRATCH };

static uint64_t offset_of(const struct sim_wave *wave, const struct sim_inst *inst, unsigned base_index) {
    uint64_t offset = (uint64_t)(int64_t)inst->mem_offset;
    if (inst->num_src > base_index + 1)
        offset += sim_read_s32(wave, &inst->src[base_index + 1]);
    return offset;
}

unsigned sim_scalar_footprint(const struct sim_wave *wave, const struct sim_inst *inst, uint64_t *address) {
    unsigned dwords = inst->op->arg0, kind = inst->op->arg1 & 0xff;
    if (dwords == 0)
        return 0;
    unsigned base_index = inst->op->flags & (SIM_OP_STORE | SIM_OP_ATOMIC) ? 1 : 0;
    const struct sim_operand *base = &inst->src[base_index];
    uint64_t offset = offset_of(wave, inst, base_index);
    unsigned bytes = 4 * dwords;
    if (kind == KIND_BUFFER) {
        const uint32_t *v = &wave->sgpr[base->reg];
        uint64_t stride = v[1] >> 16 & 0x3fff;
        uint64_t limit = stride ? v[2] * stride : v[2];
        *address = ((v[0] | (uint64_t)(v[1] & 0xffff) << 32) + offset) & ~3ull;
        offset &= ~3ull;
        return offset >= limit ? 0 : limit - offset < bytes ? (unsigned)(limit - offset) & ~3u : bytes;
    }
    if (kind == KIND_SCRATCH)
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

/* Outside a buffer's range nothing happens and 0 is returned. */
static void exec_atomic(struct sim_wave *wave, const struct sim_inst *inst) {
    uint64_t address = 0, old = 0;
    unsigned op = inst->op->arg1 >> 8, whole = 4 * inst->op->arg0;
    const struct sim_operand *data = &inst->src[0];
    if (sim_scalar_footprint(wave, inst, &address) == whole) {
        void *at = (void *)(uintptr_t)address;
        if (!sim_access_ok(wave, address, whole)) {
            sim_access_fault(wave, inst, "scalar atomic", 0, address, whole);
            return;
        }
        if (address & (whole - 1)) {
            sim_wave_fault(wave, inst, "atomic at the misaligned address 0x%llx", (unsigned long long)address);
            return;
        }
        if (whole == 4)
            old = sim_atomic_memory32(at, op, wave->sgpr[data->reg], wave->sgpr[data->reg + 1]);
        else
            old = sim_atomic_memory64(at, op, sim_sgpr64(wave, data->reg), sim_sgpr64(wave, data->reg + 2));
    }
    if (inst->num_dst && whole == 4)
        sim_write_s32(wave, &inst->dst[0], (uint32_t)old);
    else if (inst->num_dst)
        sim_write_s64(wave, &inst->dst[0], old);
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
#define ATOMIC_ENTRY(text, dwords, kind, op) \
    {.name = text,                           \
     .exec = exec_atomic,                    \
     .cls = SIM_CLASS_SMEM,                  \
     .flags = SIM_OP_ATOMIC,                 \
     .arg0 = dwords,                         \
     .arg1 = (unsigned)(kind) | (unsigned)(op) << 8}
#define ATOMIC(name, op)                                                                                        \
    ATOMIC_ENTRY("s_atomic_" name, 1, KIND_PLAIN, op), ATOMIC_ENTRY("s_atomic_" name "_x2", 2, KIND_PLAIN, op), \
        ATOMIC_ENTRY("s_buffer_atomic_" name, 1, KIND_BUFFER, op),                                              \
        ATOMIC_ENTRY("s_buffer_atomic_" name "_x2", 2, KIND_BUFFER, op)
#define OTHER(text, fn) {.name = text, .exec = fn, .cls = SIM_CLASS_SMEM}

const struct sim_opcode sim_smem_opcodes[] = {
    LOAD("s_load_dword", 1, KIND_PLAIN),
    LOAD("s_load_dwordx2", 2, KIND_PLAIN),
    LOAD("s_load_dwordx4", 4, KIND_PLAIN),
    LOAD("s_load_dwordx8", 8, KIND_PLAIN),
    LOAD("s_load_dwordx16", 16, KIND_PLAIN),
    LOAD("s_buffer_load_dword", 1, KIND_BUFFER),
    LOAD("s_buffer_load_dwordx2", 2, KIND_BUFFER),
    LOAD("s_buffer_load_dwordx4", 4, KIND_BUFFER),
    LOAD("s_buffer_load_dwordx8", 8, KIND_BUFFER),
    LOAD("s_buffer_load_dwordx16", 16, KIND_BUFFER),
    LOAD("s_scratch_load_dword", 1, KIND_SCRATCH),
    LOAD("s_scratch_load_dwordx2", 2, KIND_SCRATCH),
    LOAD("s_scratch_load_dwordx4", 4, KIND_SCRATCH),
    STORE("s_store_dword", 1, KIND_PLAIN),
    STORE("s_store_dwordx2", 2, KIND_PLAIN),
    STORE("s_store_dwordx4", 4, KIND_PLAIN),
    STORE("s_buffer_store_dword", 1, KIND_BUFFER),
    STORE("s_buffer_store_dwordx2", 2, KIND_BUFFER),
    STORE("s_buffer_store_dwordx4", 4, KIND_BUFFER),
    STORE("s_scratch_store_dword", 1, KIND_SCRATCH),
    STORE("s_scratch_store_dwordx2", 2, KIND_SCRATCH),
    STORE("s_scratch_store_dwordx4", 4, KIND_SCRATCH),
    ATOMIC("swap", SIM_ATOMIC_SWAP),
    ATOMIC("cmpswap", SIM_ATOMIC_CMPSWAP),
    ATOMIC("add", SIM_ATOMIC_ADD),
    ATOMIC("sub", SIM_ATOMIC_SUB),
    ATOMIC("smin", SIM_ATOMIC_SMIN),
    ATOMIC("umin", SIM_ATOMIC_UMIN),
    ATOMIC("smax", SIM_ATOMIC_SMAX),
    ATOMIC("umax", SIM_ATOMIC_UMAX),
    ATOMIC("and", SIM_ATOMIC_AND),
    ATOMIC("or", SIM_ATOMIC_OR),
    ATOMIC("xor", SIM_ATOMIC_XOR),
    ATOMIC("inc", SIM_ATOMIC_INC),
    ATOMIC("dec", SIM_ATOMIC_DEC),
    OTHER("s_memtime", exec_time),
    OTHER("s_memrealtime", exec_time),
    OTHER("s_dcache_inv", exec_nothing),
    OTHER("s_dcache_wb", exec_nothing),
    OTHER("s_dcache_inv_vol", exec_nothing),
    OTHER("s_dcache_wb_vol", exec_nothing),
    OTHER("s_dcache_discard", exec_nothing),
    OTHER("s_dcache_discard_x2", exec_nothing),
    OTHER("s_atc_probe", exec_nothing), /* only warms the address translation */
    OTHER("s_atc_probe_buffer", exec_nothing),
    {.name = NULL},
};
