/* SPDX-License-Identifier: MIT
 *
 * Every vector ALU instruction that LLVM's disassembler knows for an architecture is implemented, or is listed here
 * with the reason why not. The instructions are found by disassembling every opcode of every vector encoding.
 */
#include "sim_asm.h"

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

struct encoding {
    const char *name;
    unsigned opcodes;
    void (*encode)(uint32_t dwords[2], unsigned opcode);
};

/* Operands are even, far apart and inside the register file for every operand width. */
enum { DST = 0, SRC0 = 64, SRC1 = 128, SRC2 = 192 };

static void encode_vop1(uint32_t d[2], unsigned op) {
    d[0] = 0x3fu << 25 | DST << 17 | op << 9 | (256 + SRC0);
}
static void encode_vop2(uint32_t d[2], unsigned op) {
    d[0] = op << 25 | DST << 17 | SRC1 << 9 | (256 + SRC0);
}
static void encode_vopc(uint32_t d[2], unsigned op) {
    d[0] = 0x3eu << 25 | op << 17 | SRC1 << 9 | (256 + SRC0);
}
static void encode_vop3(uint32_t d[2], unsigned op) {
    d[0] = 0x34u << 26 | op << 16 | DST;
    d[1] = (256 + SRC0) | (256 + SRC1) << 9 | (256u + SRC2) << 18;
}
/* The third source as an SGPR pair: carries and select masks. */
static void encode_vop3_mask(uint32_t d[2], unsigned op) {
    d[0] = 0x34u << 26 | op << 16 | DST;
    d[1] = (256 + SRC0) | (256 + SRC1) << 9 | 10u << 18;
}
/* Carry-out in s[20:21]. */
static void encode_vop3b(uint32_t d[2], unsigned op) {
    encode_vop3(d, op);
    d[0] |= 20u << 8;
}
/* The second source as an SGPR: lane selects. */
static void encode_vop3_lane(uint32_t d[2], unsigned op) {
    d[0] = 0x34u << 26 | op << 16 | DST;
    d[1] = (256 + SRC0) | 10u << 9 | 0u << 18;
}
static void encode_vop3_scalars(uint32_t d[2], unsigned op) {
    d[0] = 0x34u << 26 | op << 16 | DST;
    d[1] = 12u | 12u << 9;
}
static void encode_vop3p(uint32_t d[2], unsigned op) {
    d[0] = 0x1a7u << 23 | op << 16 | 1u << 14 | DST;
    d[1] = (256 + SRC0) | (256 + SRC1) << 9 | (256u + SRC2) << 18 | 3u << 27;
}
/* The last bit of the upper half selects an accumulation register as source. */
static void encode_vop3p_acc(uint32_t d[2], unsigned op) {
    d[0] = 0x1a7u << 23 | op << 16 | 1u << 14 | DST;
    d[1] = (256 + SRC0) | 3u << 27;
}
static void encode_vop1_sdwa(uint32_t d[2], unsigned op) {
    d[0] = 0x3fu << 25 | DST << 17 | op << 9 | 0xf9u;
    d[1] = SRC0 | 1u << 8 | 4u << 16; /* dst_sel BYTE_1, src0_sel WORD_0 */
}
static void encode_vop2_sdwa(uint32_t d[2], unsigned op) {
    d[0] = op << 25 | DST << 17 | SRC1 << 9 | 0xf9u;
    d[1] = SRC0 | 5u << 8 | 2u << 11 | 5u << 16 | 3u << 24;
}
static void encode_vopc_sdwa(uint32_t d[2], unsigned op) {
    d[0] = 0x3eu << 25 | op << 17 | SRC1 << 9 | 0xf9u;
    d[1] = SRC0 | 4u << 16 | 5u << 24;
}
static void encode_vop1_dpp(uint32_t d[2], unsigned op) {
    d[0] = 0x3fu << 25 | DST << 17 | op << 9 | 0xfau;
    d[1] = SRC0 | 0x111u << 8 | 0xffu << 24; /* row_shr:1 */
}
static void encode_vop2_dpp(uint32_t d[2], unsigned op) {
    d[0] = op << 25 | DST << 17 | SRC1 << 9 | 0xfau;
    d[1] = SRC0 | 0x152u << 8 | 0xffu << 24; /* row_newbcast:2, which 64-bit operands allow too */
}
static void encode_vop1_newbcast(uint32_t d[2], unsigned op) {
    d[0] = 0x3fu << 25 | DST << 17 | op << 9 | 0xfau;
    d[1] = SRC0 | 0x152u << 8 | 0xffu << 24;
}

static const struct encoding encodings[] = {
    {"VOP1", 256, encode_vop1},
    {"VOP2", 62, encode_vop2},
    {"VOPC", 256, encode_vopc},
    {"VOP3", 1024, encode_vop3},
    {"VOP3 with a mask source", 1024, encode_vop3_mask},
    {"VOP3 with a carry", 1024, encode_vop3b},
    {"VOP3 with a lane source", 1024, encode_vop3_lane},
    {"VOP3 of scalars", 1024, encode_vop3_scalars},
    {"VOP3P", 128, encode_vop3p},
    {"VOP3P of one source", 128, encode_vop3p_acc},
    {"VOP1 SDWA", 256, encode_vop1_sdwa},
    {"VOP2 SDWA", 62, encode_vop2_sdwa},
    {"VOPC SDWA", 256, encode_vopc_sdwa},
    {"VOP1 DPP", 256, encode_vop1_dpp},
    {"VOP1 DPP newbcast", 256, encode_vop1_newbcast},
    {"VOP2 DPP", 62, encode_vop2_dpp},
};

static void check_arch(enum sim_arch arch, unsigned least) {
    struct sim_asm *test = sim_asm_create(arch);
    unsigned instructions = 0, missing = 0, mnemonics = 0;
    char *seen = calloc(1, 1 << 20);
    assert_non_null(seen);
    for (size_t e = 0; e < sizeof encodings / sizeof *encodings; e++) {
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
