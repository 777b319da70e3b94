/* SPDX-License-Identifier: MIT
 *
 * Every instruction outside the vector ALU that LLVM's disassembler knows for an architecture is implemented. The
 * instructions are found by disassembling every opcode of every encoding.
 */
#include "sim_asm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void encode_smem(uint32_t d[2], unsigned op, unsigned form) {
    d[0] = 0x30u << 26 | op << 18 | 1u << 17 | form << 16 | 8u << 6 | 2;
    d[1] = 0x10;
}
static void encode_sop1(uint32_t d[2], unsigned op, unsigned form) {
    (void)form;
    d[0] = 0x17du << 23 | 20u << 16 | op << 8 | 12;
}
static void encode_sop2(uint32_t d[2], unsigned op, unsigned form) {
    (void)form;
    d[0] = 2u << 30 | op << 23 | 20u << 16 | 16u << 8 | 12;
}
static void encode_sopc(uint32_t d[2], unsigned op, unsigned form) {
    (void)form;
    d[0] = 0x17eu << 23 | op << 16 | 16u << 8 | 12;
}
static void encode_sopk(uint32_t d[2], unsigned op, unsigned form) {
    (void)form;
    d[0] = 11u << 28 | op << 23 | 20u << 16 | 1;
}
static void encode_sopp(uint32_t d[2], unsigned op, unsigned form) {
    (void)form;
    d[0] = 0x17fu << 23 | op << 16 | 1;
}
static void encode_ds(uint32_t d[2], unsigned op, unsigned form) {
    d[0] = 0x36u << 26 | op << 17 | (form & 1u) << 16;
    d[1] = 4u | 8u << 8 | (form & 2 ? 0u : 12u << 16 | 16u << 24);
}
static void encode_mubuf(uint32_t d[2], unsigned op, unsigned form) {
    d[0] = 0x38u << 26 | op << 18 | (form & 1u) << 16 | 1u << 13 | (form >> 1) << 14;
    d[1] = 4u | 8u << 8 | 2u << 16 | 128u << 24;
}
static void encode_mtbuf(uint32_t d[2], unsigned op, unsigned form) {
    (void)form;
    d[0] = 0x3au << 26 | 0x74u << 19 | op << 15 | 1u << 13;
    d[1] = 4u | 8u << 8 | 2u << 16 | 128u << 24;
}
static void encode_flat(uint32_t d[2], unsigned op, unsigned form) {
    d[0] = 0x37u << 26 | op << 18 | form % 3 << 14 | form / 3 << 16;
    d[1] = 4u | 8u << 8 | 0x7fu << 16 | 20u << 24;
}

static const struct {
    const char *name;
    unsigned opcodes, forms;
    void (*encode)(uint32_t d[2], unsigned op, unsigned form);
} encodings[] = {
    {"SMEM", 256, 2, encode_smem}, {"SOP1", 256, 1, encode_sop1},   {"SOP2", 96, 1, encode_sop2},
    {"SOPC", 128, 1, encode_sopc}, {"SOPK", 27, 1, encode_sopk},    {"SOPP", 128, 1, encode_sopp},
    {"DS", 256, 4, encode_ds},     {"MUBUF", 128, 4, encode_mubuf}, {"MTBUF", 16, 1, encode_mtbuf},
    {"FLAT", 128, 6, encode_flat},
};

static void check_arch(enum sim_arch arch, unsigned least) {
    unsigned found = 0, missing = 0;
    for (size_t e = 0; e < sizeof encodings / sizeof *encodings; e++)
        for (unsigned op = 0; op < encodings[e].opcodes; op++)
            for (unsigned form = 0; form < encodings[e].forms; form++) {
                uint32_t dwords[4] = {0, 0xbf810000u, 0xbf810000u, 0xbf810000u};
                char text[256];
                encodings[e].encode(dwords, op, form);
                struct sim_program *program = sim_program_acquire(arch, dwords, sizeof dwords);
                assert_non_null(program);
                unsigned used = sim_program_text(program, 0, text, sizeof text);
                if (used && !strstr(text, "/*")) { /* LLVM's note that an operand does not fit the instruction */
                    const char *name = sim_program_at(program, 0)->op->name;
                    found++;
                    if (strncmp(text, name, strlen(name)) != 0) {
                        print_error("%s opcode %#x: not implemented: %s\n", encodings[e].name, op, text);
                        missing++;
                    }
                }
                sim_program_release(program);
            }
    print_message("%u encodings\n", found);
    assert_int_equal(missing, 0);
    assert_true(found >= least); /* the enumeration itself works */
}

static void every_gfx942_instruction(void **state) {
    (void)state;
    check_arch(SIM_GFX942, 880);
}
static void every_gfx950_instruction(void **state) {
    (void)state;
    check_arch(SIM_GFX950, 890);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_gfx942_instruction),
        cmocka_unit_test(every_gfx950_instruction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
