/* SPDX-License-Identifier: MIT
 *
 * For tests: assemble AMDGPU text, decode it and run it on one wave whose registers the test sets and reads.
 */
#ifndef PAGODA_TESTS_SIM_ASM_H
#define PAGODA_TESTS_SIM_ASM_H

#include "../../runtime/sim/engine.h"

struct sim_asm {
    struct sim_launch launch;
    struct sim_workgroup wg;
    struct sim_wave
        *wave; /* zeroed registers, EXEC all ones, MODE as clang's kernels have it (0xf0 | DX10_CLAMP | IEEE) */
};

struct sim_asm *sim_asm_create(enum sim_arch arch);
void sim_asm_destroy(struct sim_asm *test);

/* Assembles with LLVM; returns the machine code (caller frees), NULL and a message on standard error if it does not. */
uint8_t *sim_assemble(enum sim_arch arch, const char *text, size_t *size);

/* Assembles `text` (one or more lines) and runs it from its first instruction to its end or to a fault. Text that does
 * not assemble aborts the test program. Returns true when nothing faulted. */
bool sim_asm_run(struct sim_asm *test, const char *text);

/* printf-style form */
bool sim_asm_runf(struct sim_asm *test, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Decodes the first instruction of `text`; pointers inside belong to `test` and live until the next call. */
const struct sim_inst *sim_asm_decode(struct sim_asm *test, const char *text);

#endif
