/* SPDX-License-Identifier: MIT
 *
 * Every vector ALU instruction that LLVM's disassembler knows for an architecture is implemented, or is listed here
 * with the reason why not. The instructions are found by disassembling every opcode of every vector encoding.
 */
#include "sim_asm.h"
#include "valu_encodings.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

/* Executed by the simulator's other files, or not at all for the reason given. */
static const struct {
    const char *prefix, *reason;
} not_vector_alu[] = {
    {"v_mfma", "matrix instruction"},
    {"v_smfmac", "matrix instruction"},
    {"v_screen_partition_4se_b32", "reads a fixed rasteriser table that is not public"},
    {"v_interp", "graphics only"},
};

static bool excused(const char *name) {
    for (size_t i = 0; i < sizeof not_vector_alu / sizeof *not_vector_alu; i++) {
        if (strncmp(name, not_vector_alu[i].prefix, strlen(not_vector_alu[i].prefix)) == 0) {
            return true;
        }
    }
    return false;
}

static void check_arch(enum sim_arch arch, unsigned least) {
    struct sim_asm *test = sim_asm_create(arch);
    unsigned instructions = 0, missing = 0, mnemonics = 0;
    char *seen = calloc(1, 1 << 20);
    assert_non_null(seen);
    for (size_t e = 0; e < VALU_ENCODINGS; e++) {
        for (unsigned op = 0; op < encodings[e].opcodes; op++) {
            uint32_t dwords[4] = {0, 0, 0xbf810000u, 0xbf810000u};
            char text[256], name[80];
            encodings[e].encode(dwords, op);
            struct sim_program *program = sim_program_acquire(arch, dwords, sizeof dwords);
            assert_non_null(program);
            unsigned used = sim_program_text(program, 0, text, sizeof text);
            bool valid = !strstr(text, "/*"); /* LLVM's note that an operand does not fit the instruction */
            if (used == 0 || strncmp(text, "v_", 2) != 0 || !valid) {
                sim_program_release(program);
                continue;
            }
            const struct sim_inst *inst = sim_program_at(program, 0);
            instructions++;
            snprintf(name, sizeof name, " %.*s ", (int)strcspn(text, " "), text);
            if (!strstr(seen, name) && strlen(seen) + strlen(name) + 1 < 1 << 20) {
                strcat(seen, name);
                mnemonics++;
            }
            if (excused(text)) {
                sim_program_release(program);
                continue;
            }
            if (strncmp(inst->op->name, "v_", 2) != 0) {
                print_error("%s opcode %#x: not implemented: %s\n", encodings[e].name, op, text);
                missing++;
            } else {
                sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, 0xffffffff0000fffful);
                inst->exec(test->wave, inst);
                if (test->wave->status == SIM_WAVE_FAULTED || test->launch.report) {
                    print_error("%s: %s\n", text, test->launch.report);
                    missing++;
                }
            }
            sim_program_release(program);
        }
    }
    print_message("%u mnemonics in %u encodings\n", mnemonics, instructions);
    assert_int_equal(missing, 0);
    assert_true(mnemonics >= least); /* the enumeration itself works */
    free(seen);
    sim_asm_destroy(test);
}

static void every_gfx942_instruction(void **state) {
    (void)state;
    check_arch(SIM_GFX942, 1000);
}
static void every_gfx950_instruction(void **state) {
    (void)state;
    check_arch(SIM_GFX950, 1100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_gfx942_instruction),
        cmocka_unit_test(every_gfx950_instruction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
