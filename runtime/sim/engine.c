/* SPDX-License-Identifier: MIT
 *
 * The execution loop of one wave, and faults.
 */
#include "engine.h"

#include "source_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keeps the report of the lowest workgroup, its first. */
static void record(struct sim_launch *launch, uint64_t workgroup, const char *text) {
    pthread_mutex_lock(&launch->lock);
    if (!launch->report || workgroup < atomic_load(&launch->faulted_at)) {
        free(launch->report);
        launch->report = strdup(text);
        atomic_store(&launch->faulted_at, workgroup);
    }
    pthread_mutex_unlock(&launch->lock);
}

void sim_launch_fail(struct sim_launch *launch, const char *format, ...) {
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    record(launch, 0, text);
}

void sim_wave_fault(struct sim_wave *wave, const struct sim_inst *inst, const char *what, ...) {
    struct sim_launch *launch = wave->wg->launch;
    wave->status = SIM_WAVE_FAULTED;
    char detail[512], text[256] = "(none)", source[120] = "", report[1024];
    bool known = false;
    va_list list;
    va_start(list, what);
    vsnprintf(detail, sizeof detail, what, list);
    va_end(list);
    if (inst) {
        sim_program_text(launch->program, inst->offset, text, sizeof text);
        known = sim_source_line(launch->kernel ? launch->kernel->object : NULL, inst->offset, source, sizeof source);
    }
    snprintf(report, sizeof report,
             "%s\n  kernel %s, instruction %s, at +0x%llx%s%s%s\n  workgroup (%u, %u, %u), wave %u of %u\n", detail,
             launch->kernel_name ? launch->kernel_name : "?", text, inst ? (unsigned long long)inst->offset : 0ull,
             known ? " (" : "", source, known ? ")" : "", wave->wg->id[0], wave->wg->id[1], wave->wg->id[2],
             wave->index, wave->wg->num_waves);
    record(launch, wave->wg->linear_id, report);
}

static const struct sim_inst *fetch(struct sim_wave *wave, struct sim_program *program) {
    if (__builtin_expect(wave->pc + 4 > program->size || wave->pc & 3, 0)) {
        sim_wave_fault(wave, NULL, "the program counter left the code object: +0x%llx", (unsigned long long)wave->pc);
        return NULL;
    }
    const struct sim_inst *inst = sim_program_at(program, wave->pc);
    wave->pc += inst->size;
    wave->counts[inst->cls]++;
    return inst;
}

/* Executes with M0's index added to the VGPR operands that M0's mode bits select. */
static void execute_indexed(struct sim_wave *wave, const struct sim_inst *inst) {
    uint32_t m0 = wave->sgpr[SIM_SGPR_M0], index = m0 & 0xff, mode = m0 >> 12 & 15;
    struct sim_inst moved = *inst;
    moved.prepared = NULL;
    bool vector = inst->cls == SIM_CLASS_VALU || inst->cls == SIM_CLASS_TRANS;
    for (unsigned i = 0; vector && i < 4; i++) {
        struct sim_operand *operand = i == 3 ? &moved.dst[0] : &moved.src[i];
        bool present = i == 3 ? moved.num_dst > 0 : i < moved.num_src;
        if (!present || !(mode >> i & 1) || operand->kind != SIM_OPERAND_VGPR)
            continue;
        if (operand->reg + index + operand->dwords > 256) {
            sim_wave_fault(wave, inst, "VGPR index %u beyond v255", index);
            return;
        }
        operand->reg = (uint16_t)(operand->reg + index);
    }
    moved.exec = moved.op->exec;
    if (vector && moved.op->prepare)
        moved.op->prepare(&moved, wave->wg->launch->arch);
    moved.exec(wave, &moved);
    free(moved.prepared);
}

/* Executes under MODE's GPR_IDX_EN or VSKIP. */
static void execute_steered(struct sim_wave *wave, const struct sim_inst *inst) {
    if (wave->mode & SIM_MODE_GPR_IDX_EN)
        execute_indexed(wave, inst);
    else
        inst->exec(wave, inst);
}

static bool skipped(const struct sim_wave *wave, const struct sim_inst *inst) {
    return wave->mode & SIM_MODE_VSKIP && inst->cls >= SIM_CLASS_VALU;
}

static uint64_t run_hooked(struct sim_wave *wave, uint64_t left) {
    struct sim_program *program = wave->wg->launch->program;
    const struct sim_mode_ops *mode = wave->wg->launch->mode;
    while (left && sim_wave_runs(wave)) {
        const struct sim_inst *inst = fetch(wave, program);
        if (!inst)
            break;
        if (wave->status == SIM_WAVE_STEERED && skipped(wave, inst)) {
            left--;
            continue;
        }
        if (!mode || !mode->before || mode->before(wave, inst)) {
            if (wave->status == SIM_WAVE_STEERED)
                execute_steered(wave, inst);
            else
                inst->exec(wave, inst);
        }
        if (mode && mode->after && wave->status != SIM_WAVE_FAULTED)
            mode->after(wave, inst);
        wave->instructions++;
        left--;
        if (!mode && wave->status != SIM_WAVE_STEERED)
            break;
    }
    return left;
}

static uint64_t run_plain(struct sim_wave *wave, uint64_t quantum) {
    struct sim_program *program = wave->wg->launch->program;
    uint64_t left = quantum;
    while (left && wave->status == SIM_WAVE_RUNNING) {
        const struct sim_inst *inst = fetch(wave, program);
        if (!inst)
            break;
        inst->exec(wave, inst);
        left--;
    }
    wave->instructions += quantum - left;
    return left;
}

void sim_run_wave(struct sim_wave *wave, uint64_t quantum) {
    bool hooked = wave->wg->launch->mode != NULL;
    while (quantum && sim_wave_runs(wave))
        quantum = hooked || wave->status == SIM_WAVE_STEERED ? run_hooked(wave, quantum) : run_plain(wave, quantum);
}
