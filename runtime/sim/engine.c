/* SPDX-License-Identifier: MIT
 *
 * The execution loop of one wave, and faults.
 */
#include "engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void sim_wave_fault(struct sim_wave *wave, const struct sim_inst *inst, const char *what, ...) {
    struct sim_launch *launch = wave->wg->launch;
    wave->status = SIM_WAVE_FAULTED;
    char detail[512], text[256] = "(none)";
    va_list list;
    va_start(list, what);
    vsnprintf(detail, sizeof detail, what, list);
    va_end(list);
    if (inst)
        sim_program_text(launch->program, inst->offset, text, sizeof text);
    pthread_mutex_lock(&launch->lock);
    if (!launch->report) {
        char line[1024];
        int length = snprintf(line, sizeof line,
                              "%s\n  kernel %s, instruction %s, at +0x%llx\n  workgroup (%u, %u, %u), wave %u\n",
                              detail, launch->kernel_name ? launch->kernel_name : "?", text,
                              inst ? (unsigned long long)inst->offset : 0ull, wave->wg->id[0], wave->wg->id[1],
                              wave->wg->id[2], wave->index);
        launch->report = malloc((size_t)length + 1);
        if (launch->report)
            snprintf(launch->report, (size_t)length + 1, "%s", line);
    }
    pthread_mutex_unlock(&launch->lock);
    atomic_store(&launch->stop, 1);
}

void sim_run_wave(struct sim_wave *wave, uint64_t quantum) {
    struct sim_program *program = wave->wg->launch->program;
    uint64_t size = program->size;
    uint64_t left = quantum;
    while (left && wave->status == SIM_WAVE_RUNNING) {
        if (__builtin_expect(wave->pc + 4 > size || wave->pc & 3, 0)) {
            sim_wave_fault(wave, NULL, "the program counter left the code object: +0x%llx",
                           (unsigned long long)wave->pc);
            break;
        }
        const struct sim_inst *inst = sim_program_at(program, wave->pc);
        wave->pc += inst->size;
        inst->exec(wave, inst);
        left--;
    }
    wave->instructions += quantum - left;
}
