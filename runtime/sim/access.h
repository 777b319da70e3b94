/* SPDX-License-Identifier: MIT
 *
 * Where an instruction touches memory: computed once here, for the executors and for check and timing mode alike.
 */
#ifndef PAGODA_SIM_ACCESS_H
#define PAGODA_SIM_ACCESS_H

#include "engine.h"
#include "memory.h"
#include "scalar.h"

enum sim_space { SIM_SPACE_GLOBAL, SIM_SPACE_LDS, SIM_SPACE_SCRATCH };

/* How an opcode forms addresses: the low byte of arg1 in the vector memory table. */
enum sim_addressing { SIM_ADDRESS_GLOBAL, SIM_ADDRESS_FLAT, SIM_ADDRESS_SCRATCH, SIM_ADDRESS_BUFFER };

struct sim_footprint {
    uint64_t lanes;    /* lanes that the instruction addresses */
    uint32_t bytes;    /* per lane */
    uint32_t lds_base; /* loads to LDS: lane l writes bytes lds_base + l * lds_stride */
    uint32_t lds_stride;
    bool partial;                /* some lane is out of a buffer's range: valid[] counts */
    bool mixed;                  /* flat: space[] differs between lanes */
    bool two;                    /* LDS read2/write2: a second address per lane */
    uint8_t space;               /* enum sim_space of all lanes unless mixed */
    uint64_t address[SIM_LANES]; /* LDS and scratch: byte offset in the workgroup's LDS, in the lane's scratch */
    uint64_t second[SIM_LANES];
    uint8_t valid[SIM_LANES]; /* bytes from the start that are in range */
    uint8_t lane_space[SIM_LANES];
};

/* For instructions of class VMEM and FLAT (loads, stores, atomics, loads to LDS); the addresses are not yet checked. */
void sim_vector_footprint(const struct sim_wave *wave, const struct sim_inst *inst, struct sim_footprint *footprint);

/* For instructions of class LDS that read or write LDS memory; lanes is 0 for the others. */
void sim_lds_footprint(const struct sim_wave *wave, const struct sim_inst *inst, struct sim_footprint *footprint);

/* Bytes of an element of typed buffer access; 0 when the format says that there is no buffer, or is not valid. */
unsigned sim_typed_bytes(const struct sim_wave *wave, const struct sim_inst *inst);

/* Whether the operands are those of buffer instructions: data, offset, resource. */
static inline bool sim_uses_buffer(const struct sim_inst *inst) {
    return inst->cls == SIM_CLASS_VMEM && (inst->op->arg1 & 0xff) == SIM_ADDRESS_BUFFER;
}

/* For instructions of class SMEM: returns the bytes accessed from *address on, 0 if none. */
unsigned sim_scalar_footprint(const struct sim_wave *wave, const struct sim_inst *inst, uint64_t *address);

/* ---- lanes ---- */

#define FOR_LANES(mask, lane) \
    for (uint64_t rest_ = (mask); rest_ && ((lane = (unsigned)__builtin_ctzll(rest_)), 1); rest_ &= rest_ - 1)

typedef uint32_t dwords4 __attribute__((vector_size(16), aligned(1)));
typedef uint64_t qword __attribute__((aligned(1)));
typedef uint32_t dword __attribute__((aligned(1)));

static inline unsigned row_of(const struct sim_operand *operand) {
    return operand->reg + (operand->kind == SIM_OPERAND_AGPR ? 256u : 0u);
}

/* Loads 4, 8, 12 or 16 bytes into the lane of as many rows. */
static inline void sim_load_lane(sim_row *rows, unsigned lane, const uint8_t *from, unsigned bytes) {
    if (bytes == 16) {
        dwords4 data = *(const dwords4 *)from;
        rows[0][lane] = data[0];
        rows[1][lane] = data[1];
        rows[2][lane] = data[2];
        rows[3][lane] = data[3];
    } else if (bytes == 12) {
        uint64_t data = *(const qword *)from;
        rows[0][lane] = (uint32_t)data;
        rows[1][lane] = (uint32_t)(data >> 32);
        rows[2][lane] = *(const dword *)(from + 8);
    } else if (bytes == 8) {
        uint64_t data = *(const qword *)from;
        rows[0][lane] = (uint32_t)data;
        rows[1][lane] = (uint32_t)(data >> 32);
    } else {
        rows[0][lane] = *(const dword *)from;
    }
}

/* ---- checks ---- */

/* Whether a load that misses every allocation is let through because it lies within the launch's slack behind one. */
bool sim_access_slack(const struct sim_wave *wave, uint64_t address, uint64_t bytes);
#define SIM_SLACK_BYTE 0xff /* what such loads read */

bool sim_access_slow(struct sim_wave *wave, uint64_t address, uint64_t bytes);
void sim_access_fault(struct sim_wave *wave, const struct sim_inst *inst, const char *what, unsigned lane,
                      uint64_t address, unsigned bytes);

/* Whether [address, address + bytes) lies in one live allocation. */
static inline bool sim_access_ok(struct sim_wave *wave, uint64_t address, uint64_t bytes) {
    const struct sim_allocation *recent = wave->recent[0];
    if (recent && address - recent->base < recent->size && bytes <= recent->size - (address - recent->base))
        return true;
    return sim_access_slow(wave, address, bytes);
}

#endif
