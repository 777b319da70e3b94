/* SPDX-License-Identifier: MIT
 *
 * Machine code for every opcode of every vector ALU encoding, with operands that most instructions accept. The
 * disassembler says which of them are instructions.
 */
#ifndef PAGODA_TESTS_VALU_ENCODINGS_H
#define PAGODA_TESTS_VALU_ENCODINGS_H

#include <stdint.h>

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
#define VALU_ENCODINGS (sizeof encodings / sizeof *encodings)

#endif
