/* SPDX-License-Identifier: MIT */
#include "sim_asm.h"

#include <llvm-c/Core.h>
#include <llvm-c/Object.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LDS_BYTES (160u * 1024u)
#define MAX_INSTRUCTIONS 1000000u /* a test that runs longer is wrong */

static void note_diagnostic(LLVMDiagnosticInfoRef info, void *failed) {
    char *text = LLVMGetDiagInfoDescription(info);
    if (LLVMGetDiagInfoSeverity(info) == LLVMDSError) {
        fprintf(stderr, "assembler: %s\n", text);
        *(bool *)failed = true;
    }
    LLVMDisposeMessage(text);
}

static LLVMTargetMachineRef create_machine(enum sim_arch arch) {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmPrinter();
    LLVMInitializeAMDGPUAsmParser();
    LLVMTargetRef target;
    char *message = NULL;
    if (LLVMGetTargetFromTriple("amdgcn-amd-amdhsa", &target, &message)) {
        fprintf(stderr, "assembler: %s\n", message);
        abort();
    }
    return LLVMCreateTargetMachine(target, "amdgcn-amd-amdhsa", arch == SIM_GFX942 ? "gfx942" : "gfx950", "",
                                   LLVMCodeGenLevelDefault, LLVMRelocPIC, LLVMCodeModelDefault);
}

uint8_t *sim_assemble(enum sim_arch arch, const char *text, size_t *size) {
    bool failed = false;
    uint8_t *result = NULL;
    char *message = NULL;
    LLVMMemoryBufferRef buffer = NULL;
    LLVMContextRef context = LLVMContextCreate();
    LLVMContextSetDiagnosticHandler(context, note_diagnostic, &failed);
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("asm", context);
    LLVMTargetMachineRef machine = create_machine(arch);
    LLVMTargetDataRef data = LLVMCreateTargetDataLayout(machine);
    char *layout = LLVMCopyStringRepOfTargetData(data);
    LLVMDisposeTargetData(data);
    LLVMSetTarget(module, "amdgcn-amd-amdhsa");
    LLVMSetDataLayout(module, layout);
    LLVMDisposeMessage(layout);
    LLVMSetModuleInlineAsm2(module, text, strlen(text));
    if (LLVMTargetMachineEmitToMemoryBuffer(machine, module, LLVMObjectFile, &message, &buffer) || failed) {
        fprintf(stderr, "cannot assemble: %s\n%s\n", text, message ? message : "");
    } else {
        LLVMBinaryRef binary = LLVMCreateBinary(buffer, NULL, &message);
        LLVMSectionIteratorRef section = LLVMObjectFileCopySectionIterator(binary);
        for (; !LLVMObjectFileIsSectionIteratorAtEnd(binary, section); LLVMMoveToNextSection(section)) {
            const char *name = LLVMGetSectionName(section); /* NULL for the first section */
            if (name && strcmp(name, ".text") == 0) {
                *size = LLVMGetSectionSize(section);
                result = malloc(*size + 8);
                memcpy(result, LLVMGetSectionContents(section), *size);
                break;
            }
        }
        LLVMDisposeSectionIterator(section);
        LLVMDisposeBinary(binary);
    }
    if (buffer)
        LLVMDisposeMemoryBuffer(buffer);
    LLVMDisposeTargetMachine(machine);
    LLVMDisposeModule(module);
    LLVMContextDispose(context);
    return result;
}

struct sim_asm *sim_asm_create(enum sim_arch arch) {
    struct sim_asm *test = calloc(1, sizeof *test);
    test->wave = aligned_alloc(256, sizeof *test->wave);
    memset(test->wave, 0, sizeof *test->wave);
    test->launch.arch = arch;
    test->launch.kernel_name = "test";
    test->launch.grid[0] = test->launch.grid[1] = test->launch.grid[2] = 1;
    test->launch.block[0] = SIM_LANES;
    test->launch.block[1] = test->launch.block[2] = 1;
    pthread_mutex_init(&test->launch.lock, NULL);
    test->wg.launch = &test->launch;
    test->wg.num_waves = 1;
    test->wg.waves = test->wave;
    test->wg.lds_size = arch == SIM_GFX942 ? 64u * 1024u : LDS_BYTES;
    test->wg.lds = calloc(1, LDS_BYTES);
    test->wave->wg = &test->wg;
    test->wave->mode = 0xf0u | SIM_MODE_DX10_CLAMP | SIM_MODE_IEEE;
    sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, ~0ull);
    return test;
}

void sim_asm_destroy(struct sim_asm *test) {
    sim_program_release(test->launch.program);
    pthread_mutex_destroy(&test->launch.lock);
    free(test->launch.report);
    free(test->wg.lds);
    free(test->wave);
    free(test);
}

static void load(struct sim_asm *test, const char *text) {
    size_t size;
    uint8_t *code = sim_assemble(test->launch.arch, text, &size);
    if (!code)
        abort();
    sim_program_release(test->launch.program);
    test->launch.program = sim_program_acquire(test->launch.arch, code, size);
    free(code);
    if (!test->launch.program)
        abort();
}

bool sim_asm_run(struct sim_asm *test, const char *text) {
    load(test, text);
    free(test->launch.report);
    test->launch.report = NULL;
    atomic_store(&test->launch.faulted_at, UINT64_MAX);
    test->wave->pc = 0;
    test->wave->status = SIM_WAVE_RUNNING;
    unsigned left = MAX_INSTRUCTIONS;
    while (sim_wave_runs(test->wave) && test->wave->pc != test->launch.program->size) {
        sim_run_wave(test->wave, 1);
        if (--left == 0)
            abort();
    }
    return test->wave->status != SIM_WAVE_FAULTED;
}

bool sim_asm_runf(struct sim_asm *test, const char *format, ...) {
    char text[4096];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= sizeof text)
        abort();
    return sim_asm_run(test, text);
}

const struct sim_inst *sim_asm_decode(struct sim_asm *test, const char *text) {
    load(test, text);
    return sim_program_at(test->launch.program, 0);
}
