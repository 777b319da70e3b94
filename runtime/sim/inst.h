/* SPDX-License-Identifier: MIT
 *
 * A decoded instruction: what the decoder makes of LLVM's text once per address, and what every executor, the
 * fault checker and the timing model read. One mnemonic has one row in one opcode table (see struct sim_opcode).
 */
#ifndef PAGODA_SIM_INST_H
#define PAGODA_SIM_INST_H

#include <stdbool.h>
#include <stdint.h>

struct sim_wave;
struct sim_inst;

enum sim_arch { SIM_GFX942, SIM_GFX950 };

/* Executes one instruction for a whole wave. Leaves pc alone unless the instruction is a branch: the caller has already
 * advanced it past the instruction. Reports faults through sim_wave_fault(). */
typedef void (*sim_exec_fn)(struct sim_wave *wave, const struct sim_inst *inst);
typedef void (*sim_prepare_fn)(struct sim_inst *inst, enum sim_arch arch);

enum sim_operand_kind {
    SIM_OPERAND_NONE,
    SIM_OPERAND_VGPR,  /* reg = 0..255 */
    SIM_OPERAND_AGPR,  /* reg = 0..255; stored at row 256 + reg */
    SIM_OPERAND_SGPR,  /* reg = hardware encoding: s0..s101 = 0.., flat_scratch 102, xnack_mask 104, vcc 106,
                          ttmp0..15 = 108.., m0 124, exec 126; 64-bit pairs start at the low half */
    SIM_OPERAND_CONST, /* inline constant or literal: `value` holds the 64-bit pattern for the operand's type */
    SIM_OPERAND_SCC,
    SIM_OPERAND_VCCZ,
    SIM_OPERAND_EXECZ,
    SIM_OPERAND_APERTURE, /* src_shared_base, src_private_base, ...: value = enum sim_aperture */
    SIM_OPERAND_LDS_DIRECT
};

enum sim_aperture { SIM_SHARED_BASE, SIM_SHARED_LIMIT, SIM_PRIVATE_BASE, SIM_PRIVATE_LIMIT, SIM_POPS_EXITING_WAVE_ID };

struct sim_operand {
    uint8_t kind;   /* enum sim_operand_kind */
    uint8_t dwords; /* registers spanned: 1, 2, 3, 4, 8, 16, 32 ... */
    uint16_t reg;
    bool neg, abs, sext; /* source modifiers as written on the operand: -v0, |v0|, sext(v0) */
    /* For CONST: is_float_inline when the text was a float such as 1.0 or 0.15915494 (the pattern depends on the
     * operand width: fp16, fp32 or fp64); is_literal when it was a 32-bit literal dword. `value` holds the fp32
     * pattern for floats, the sign-extended integer otherwise, the zero-extended dword for literals. */
    bool is_float_inline, is_literal;
    uint64_t value;
};

enum sim_dpp_kind {
    SIM_DPP_NONE,
    SIM_DPP_QUAD_PERM, /* dpp_arg = 8-bit selector */
    SIM_DPP_ROW_SHL,   /* dpp_arg = 1..15 */
    SIM_DPP_ROW_SHR,
    SIM_DPP_ROW_ROR,
    SIM_DPP_WAVE_SHL,
    SIM_DPP_WAVE_ROL,
    SIM_DPP_WAVE_SHR,
    SIM_DPP_WAVE_ROR,
    SIM_DPP_ROW_MIRROR,
    SIM_DPP_ROW_HALF_MIRROR,
    SIM_DPP_ROW_BCAST15,
    SIM_DPP_ROW_BCAST31,
    SIM_DPP_ROW_NEWBCAST /* dpp_arg = lane 0..15 */
};

enum sim_sdwa_sel {
    SIM_SDWA_BYTE_0,
    SIM_SDWA_BYTE_1,
    SIM_SDWA_BYTE_2,
    SIM_SDWA_BYTE_3,
    SIM_SDWA_WORD_0,
    SIM_SDWA_WORD_1,
    SIM_SDWA_DWORD
};
enum sim_sdwa_unused { SIM_SDWA_UNUSED_PAD, SIM_SDWA_UNUSED_SEXT, SIM_SDWA_UNUSED_PRESERVE };

/* Instruction classes: which unit issues it, for the scheduler, the checker and the timing model. */
enum sim_class {
    SIM_CLASS_SALU,
    SIM_CLASS_BRANCH,
    SIM_CLASS_WAITCNT,
    SIM_CLASS_BARRIER,
    SIM_CLASS_SYS, /* s_nop, s_sleep, s_setprio, s_endpgm, s_trap, cache control, messages */
    SIM_CLASS_SMEM,
    SIM_CLASS_VALU,  /* full-rate VALU unless op->rate says otherwise */
    SIM_CLASS_TRANS, /* exp, log, rcp, rsq, sqrt, sin, cos */
    SIM_CLASS_MFMA,
    SIM_CLASS_LDS,  /* ds_* */
    SIM_CLASS_VMEM, /* global, buffer */
    SIM_CLASS_FLAT  /* flat, scratch */
};

/* Opcode flags */
#define SIM_OP_LOAD 0x01u   /* memory read that returns data */
#define SIM_OP_STORE 0x02u  /* memory write */
#define SIM_OP_ATOMIC 0x04u /* read-modify-write; returns data when the instruction says so */
#define SIM_OP_TO_LDS 0x08u /* load whose destination is LDS */
#define SIM_OP_IGNORES_EXEC 0x10u
#define SIM_OP_READS_VCC 0x20u /* implicit operands that the text does not name */
#define SIM_OP_WRITES_VCC 0x40u
#define SIM_OP_READS_SCC 0x80u
#define SIM_OP_WRITES_SCC 0x100u
/* accumulates into or partially preserves its destination (fmac, SDWA preserve, d16) */
#define SIM_OP_READS_DST 0x200u
#define SIM_OP_DPP_OK 0x400u
#define SIM_OP_GFX950 0x800u /* exists on gfx950 only */
#define SIM_OP_READS_M0 0x1000u
#define SIM_OP_SWAPS 0x2000u /* also writes its first source (v_swap, permlane swaps) */
#define SIM_OP_WRITES_EXEC 0x4000u
#define SIM_OP_TYPED 0x8000u          /* converts between registers and the format of a buffer */
#define SIM_OP_ORDERS_GROUPS 0x10000u /* synchronises workgroups without an address */

struct sim_opcode {
    const char *name; /* mnemonic as LLVM prints it, without _e32, _e64, _dpp, _sdwa suffixes */
    sim_exec_fn exec;
    uint8_t cls; /* enum sim_class */
    uint32_t flags;
    /* Meaning belongs to the table's own file: e.g. element counts, source types, comparison kind, memory width. */
    uint32_t arg0, arg1;
    const void *data;
    sim_prepare_fn prepare; /* NULL, or called once per decoded instruction: may choose inst->exec and set
                               inst->prepared to memory from malloc(), which the decoded program frees */
};

struct sim_inst {
    const struct sim_opcode *op;
    sim_exec_fn exec; /* op->exec, or a specialisation that the table's prepare hook chose */
    uint32_t offset;  /* bytes from the start of the code object's executable segment */
    uint8_t size;     /* bytes */
    uint8_t cls;      /* op->cls */
    uint8_t num_src, num_dst;
    uint8_t encoding_suffix;   /* 0 none, 32 _e32, 64 _e64 */
    struct sim_operand dst[2]; /* in text order; carry-out or sdst is dst[1] */
    struct sim_operand src[5]; /* in text order; memory: address, data, base/resource, soffset */
    int64_t imm;               /* simm16 of SOPK/SOPP, branch displacement in dwords, waitcnt field, hwreg field, ... */
    int32_t mem_offset;        /* offset: of memory instructions (ds offset0 in the low half) */
    int32_t ds_offset1;        /* ds_*2 */
    /* modifiers */
    uint8_t op_sel, op_sel_hi, neg_lo, neg_hi; /* one bit per source; op_sel bit 3 = destination half */
    bool clamp;
    uint8_t omod; /* 0 none, 1 *2, 2 *4, 3 /2 */
    uint8_t dpp;  /* enum sim_dpp_kind */
    uint8_t dpp_arg, dpp_row_mask, dpp_bank_mask;
    bool dpp_bound_ctrl, dpp_fi;
    bool sdwa;
    uint8_t sdwa_dst_sel, sdwa_dst_unused, sdwa_src_sel[2];
    uint8_t cbsz, abid, blgp; /* MFMA */
    bool offen, idxen, glc, slc, scc_bit, sc0, sc1, nt, lds, tfe, gds, addr64;
    void *prepared; /* owned by the decoded program: what a prepare hook precomputed; NULL if nothing */
};

/* Opcode tables, one per file that implements them, each ended by a row with name NULL. */
extern const struct sim_opcode sim_salu_opcodes[];
extern const struct sim_opcode sim_smem_opcodes[];
extern const struct sim_opcode sim_vmem_opcodes[];
extern const struct sim_opcode sim_typed_opcodes[];
extern const struct sim_opcode sim_lds_opcodes[];
extern const struct sim_opcode sim_gws_opcodes[];
const struct sim_opcode *sim_valu_opcode_table(void); /* depends on the host's instruction set */
extern const struct sim_opcode sim_mfma_opcodes[];

#endif
