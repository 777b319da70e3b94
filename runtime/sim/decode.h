/* SPDX-License-Identifier: MIT
 *
 * From machine code to struct sim_inst, through LLVM's disassembler. A program is the executable segment of one code
 * object; instructions are decoded the first time a wave reaches them. Programs with the same bytes share one decoding.
 */
#ifndef PAGODA_SIM_DECODE_H
#define PAGODA_SIM_DECODE_H

#include "inst.h"

#include <stdatomic.h>
#include <stddef.h>

struct sim_program {
    enum sim_arch arch;
    uint8_t *code; /* private copy */
    size_t size;
    _Atomic(const struct sim_inst *) *at; /* by dword; NULL until decoded */
    struct sim_decoder *decoder;
};

/* Returns NULL only when LLVM lacks the target. Release once per acquire. */
struct sim_program *sim_program_acquire(enum sim_arch arch, const void *code, size_t size);
void sim_program_release(struct sim_program *program);

/* Decodes from `offset` to the end of its basic block; returns the instruction at `offset`. */
const struct sim_inst *sim_program_decode(struct sim_program *program, uint64_t offset);

static inline const struct sim_inst *sim_program_at(struct sim_program *program, uint64_t offset) {
    const struct sim_inst *inst = atomic_load_explicit(&program->at[offset >> 2], memory_order_acquire);
    return inst ? inst : sim_program_decode(program, offset);
}

/* Writes the disassembled text, e.g. "v_add_f32_e32 v1, 1.0, v2"; returns the instruction's size in bytes, 0 if the
 * bytes are no instruction. */
unsigned sim_program_text(struct sim_program *program, uint64_t offset, char *text, size_t size);

/* Parses one line of LLVM's text. `code` holds the instruction's bytes. Never fails: an unknown mnemonic yields an
 * instruction that faults when executed. */
void sim_decode_text(struct sim_inst *inst, enum sim_arch arch, const char *text, const uint8_t *code, unsigned size);

const struct sim_opcode *sim_find_opcode(const char *name, size_t length);

#endif
