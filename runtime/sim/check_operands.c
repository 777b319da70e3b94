/* SPDX-License-Identifier: MIT
 *
 * What an instruction reads and writes and how undefined bits travel through it.
 */
#include "check_state.h"

#include <stdlib.h>
#include <string.h>

static bool starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static struct check_range rows_of(const struct sim_operand *operand) {
    return (struct check_range){(uint16_t)row_of(operand), operand->dwords};
}

static void add(struct check_range *list, uint8_t *count, unsigned limit, struct check_range range) {
    if (*count < limit && range.count)
        list[(*count)++] = range;
}

static void add_read(struct check_inst *what, const struct sim_operand *operand) {
    if (operand->kind == SIM_OPERAND_VGPR || operand->kind == SIM_OPERAND_AGPR)
        add(what->vread, &what->num_vread, CHECK_MAX_RANGES, rows_of(operand));
    else if (operand->kind == SIM_OPERAND_SGPR)
        add(what->sread, &what->num_sread, CHECK_MAX_RANGES, (struct check_range){operand->reg, operand->dwords});
    else if (operand->kind == SIM_OPERAND_VCCZ)
        add(what->sread, &what->num_sread, CHECK_MAX_RANGES, (struct check_range){SIM_SGPR_VCC, 2});
    else if (operand->kind == SIM_OPERAND_SCC)
        what->scc_source = true;
}

static void add_write(struct check_inst *what, const struct sim_operand *operand) {
    if (operand->kind == SIM_OPERAND_VGPR || operand->kind == SIM_OPERAND_AGPR)
        add(what->vwrite, &what->num_vwrite, 3, rows_of(operand));
    else if (operand->kind == SIM_OPERAND_SGPR)
        add(what->swrite, &what->num_swrite, 3, (struct check_range){operand->reg, operand->dwords});
}

static uint8_t vector_flow(const struct sim_inst *inst) {
    const char *name = inst->op->name;
    if (starts(name, "v_cmp"))
        return FLOW_COMPARE;
    if (starts(name, "v_cndmask"))
        return FLOW_SELECT;
    if (strcmp(name, "v_perm_b32") == 0 && inst->src[2].kind == SIM_OPERAND_CONST)
        return FLOW_PERM;
    if (strcmp(name, "v_mov_b64") == 0)
        return FLOW_PAIRS;
    if (starts(name, "v_mad_u64_u32") || starts(name, "v_mad_i64_i32") || starts(name, "v_lshl_add_u64") ||
        starts(name, "v_lshlrev_b64"))
        return FLOW_LOW_UP;
    if (starts(name, "v_lshrrev_b64") || starts(name, "v_ashrrev_i64"))
        return FLOW_HIGH_DOWN;
    if (strcmp(name, "v_pk_mov_b32") == 0 ||
        (starts(name, "v_pk_") && strlen(name) > 4 && strcmp(name + strlen(name) - 4, "_f32") == 0))
        return FLOW_PACKED;
    if (starts(name, "v_readlane") || starts(name, "v_readfirstlane"))
        return FLOW_READ_LANE;
    if (starts(name, "v_writelane"))
        return FLOW_WRITE_LANE;
    if (starts(name, "v_permlane32_swap"))
        return FLOW_SWAP32;
    if (starts(name, "v_permlane16_swap"))
        return FLOW_SWAP16;
    if (inst->op->flags & SIM_OP_SWAPS)
        return FLOW_SWAP;
    return FLOW_LANES;
}

static uint8_t scalar_flow(struct check_inst *what, const char *name) {
    static const struct {
        const char *name;
        uint8_t operation;
    } bitwise[] = {
        {"s_and_b", '&'},       {"s_or_b", '|'},         {"s_xor_b", '^'},          {"s_andn2_b", 'n'},
        {"s_orn2_b", 'o'},      {"s_nand_b", '&'},       {"s_nor_b", '|'},          {"s_xnor_b", '^'},
        {"s_not_b", '^'},       {"s_mov_b", '^'},        {"s_movk_i32", '^'},       {"s_and_saveexec", '&'},
        {"s_or_saveexec", '|'}, {"s_xor_saveexec", '^'}, {"s_andn2_saveexec", 'n'}, {"s_orn2_saveexec", 'o'}};
    for (size_t i = 0; i < sizeof bitwise / sizeof *bitwise; i++)
        if (starts(name, bitwise[i].name)) {
            what->bitwise = bitwise[i].operation;
            return FLOW_BITWISE;
        }
    if (starts(name, "s_cselect"))
        return FLOW_CSELECT;
    if (strcmp(name, "s_lshl_b64") == 0)
        what->bitwise = '<';
    if (strcmp(name, "s_lshr_b64") == 0 || strcmp(name, "s_ashr_i64") == 0)
        what->bitwise = '>';
    return FLOW_SCALAR;
}

static bool ends(const char *text, const char *suffix) {
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

static uint8_t selected_half(unsigned select) {
    switch (select) {
    case SIM_SDWA_BYTE_0:
    case SIM_SDWA_BYTE_1:
    case SIM_SDWA_WORD_0:
        return CHECK_LOW;
    case SIM_SDWA_DWORD:
        return CHECK_WHOLE;
    default:
        return CHECK_HIGH;
    }
}

/* Which halves of registers an instruction is about, as far as its name and modifiers tell; the rest counts as whole.
 */
static void describe_halves(struct check_inst *what, const struct sim_inst *inst, bool vector) {
    const char *name = inst->op->name;
    if (what->num_vwrite && what->vwrite[0].count == 1 && !what->reads_dst) {
        if (vector && inst->sdwa) {
            if (inst->sdwa_dst_unused == SIM_SDWA_UNUSED_PRESERVE &&
                (inst->sdwa_dst_sel == SIM_SDWA_WORD_0 || inst->sdwa_dst_sel == SIM_SDWA_WORD_1))
                what->writes_half = inst->sdwa_dst_sel == SIM_SDWA_WORD_1 ? CHECK_HIGH : CHECK_LOW;
        } else if (vector && inst->op->flags & SIM_OP_READS_DST && what->flow == FLOW_LANES &&
                   !starts(name, "v_cvt_pkaccum")) {
            what->writes_half = inst->op_sel & 8 || strstr(name, "mixhi") ? CHECK_HIGH : CHECK_LOW;
        } else if (what->flow == FLOW_MEMORY && inst->op->flags & SIM_OP_LOAD && !strstr(name, "format")) {
            what->writes_half = ends(name, "_d16_hi") ? CHECK_HIGH : ends(name, "_d16") ? CHECK_LOW : CHECK_WHOLE;
        }
    }
    bool sixteen =
        ends(name, "_f16") || ends(name, "_bf16") || ends(name, "_u16") || ends(name, "_i16") || ends(name, "_b16");
    bool other = strstr(name, "_pk") || strstr(name, "dot") || strstr(name, "mix") || strstr(name, "scalef32") ||
                 strstr(name, "class") || what->flow == FLOW_MATRIX;
    for (unsigned i = 0; vector && i < 3 && i < inst->num_src; i++) {
        bool wide = i == 2 && (starts(name, "v_mad_u32") || starts(name, "v_mad_i32"));
        if (inst->src[i].dwords != 1)
            continue;
        if (inst->sdwa && i < 2)
            what->reads_half[i] = selected_half(inst->sdwa_src_sel[i]);
        if (sixteen && !other && !wide && !what->reads_half[i])
            what->reads_half[i] = inst->op_sel >> i & 1 ? CHECK_HIGH : CHECK_LOW;
    }
}

struct check_inst *check_describe(const struct sim_inst *inst) {
    struct check_inst *what = calloc(1, sizeof *what);
    if (!what)
        abort();
    const struct sim_opcode *op = inst->op;
    const char *name = op->name;
    bool vector = false;
    for (unsigned i = 0; i < inst->num_src; i++)
        add_read(what, &inst->src[i]);
    for (unsigned i = 0; i < inst->num_dst; i++)
        add_write(what, &inst->dst[i]);
    what->ignores_exec = op->flags & SIM_OP_IGNORES_EXEC;
    if (op->flags & SIM_OP_READS_VCC)
        add(what->sread, &what->num_sread, CHECK_MAX_RANGES, (struct check_range){SIM_SGPR_VCC, 2});
    if (op->flags & SIM_OP_WRITES_VCC)
        add(what->swrite, &what->num_swrite, 3, (struct check_range){SIM_SGPR_VCC, 2});
    if (op->flags & SIM_OP_READS_M0 || inst->lds)
        add(what->sread, &what->num_sread, CHECK_MAX_RANGES, (struct check_range){SIM_SGPR_M0, 1});
    what->scc_source |= (op->flags & SIM_OP_READS_SCC) != 0;
    what->scc_result = (op->flags & SIM_OP_WRITES_SCC) != 0;
    switch (inst->cls) {
    case SIM_CLASS_VALU:
    case SIM_CLASS_TRANS:
        vector = true;
        what->flow = vector_flow(inst);
        break;
    case SIM_CLASS_MFMA:
        vector = true;
        what->flow = FLOW_MATRIX;
        what->ignores_exec = true;
        break;
    case SIM_CLASS_SALU:
        what->flow = scalar_flow(what, name);
        break;
    case SIM_CLASS_BRANCH:
        what->branches_on_scc = starts(name, "s_cbranch_scc");
        what->branches_on_vcc = starts(name, "s_cbranch_vcc");
        if (op->flags & SIM_OP_WRITES_EXEC) { /* fork and join */
            what->flow = FLOW_SCALAR;
            add(what->swrite, &what->num_swrite, 3, (struct check_range){SIM_SGPR_EXEC, 2});
        }
        break;
    case SIM_CLASS_SMEM:
        what->flow = FLOW_MEMORY;
        what->counters = CHECK_LGKMCNT;
        break;
    case SIM_CLASS_LDS:
        what->flow = FLOW_MEMORY;
        what->counters = CHECK_LGKMCNT;
        if (!(op->flags & (SIM_OP_LOAD | SIM_OP_STORE | SIM_OP_ATOMIC)) && inst->num_dst)
            what->flow = FLOW_SHUFFLE;
        break;
    case SIM_CLASS_VMEM:
    case SIM_CLASS_FLAT:
        what->flat_lds_load = (op->flags & SIM_OP_TO_LDS) != 0; /* buffer loads to LDS carry inst->lds instead */
        what->flow = FLOW_MEMORY;
        what->counters = CHECK_VMCNT;
        if (starts(name, "flat_"))
            what->counters |= CHECK_LGKMCNT;
        break;
    default:
        break;
    }
    what->keeps_order = what->flow == FLOW_MEMORY && inst->cls != SIM_CLASS_SMEM;
    /* Instructions that write a part of their destination keep the rest; only accumulation makes the rest matter. */
    if (vector && inst->num_dst && op->flags & SIM_OP_READS_DST &&
        (strstr(name, "mac") || strstr(name, "dot") || what->flow == FLOW_WRITE_LANE)) {
        what->reads_dst = true;
        add_read(what, &inst->dst[0]);
    }
    describe_halves(what, inst, vector);
    if (inst->cls == SIM_CLASS_SALU && op->flags & SIM_OP_READS_DST && inst->num_dst)
        add_read(what, &inst->dst[0]);
    if (op->flags & SIM_OP_SWAPS && inst->num_dst) {
        add_read(what, &inst->dst[0]);
        add_write(what, &inst->src[0]);
    }
    if (strstr(name, "saveexec") || strstr(name, "wrexec")) {
        add(what->sread, &what->num_sread, CHECK_MAX_RANGES, (struct check_range){SIM_SGPR_EXEC, 2});
        add(what->swrite, &what->num_swrite, 3, (struct check_range){SIM_SGPR_EXEC, 2});
    }
    if (inst->cls == SIM_CLASS_SALU && !inst->num_dst && what->flow != FLOW_NONE && !what->scc_result)
        what->flow = FLOW_NONE; /* s_setreg and the like */
    return what;
}
