/* SPDX-License-Identifier: MIT
 *
 * Parses the text of LLVM's AMDGPU disassembler. Fields whose text form is symbolic (wait counts, hardware registers,
 * swizzles, packed operand selects) are taken from the encoding instead.
 */
#include "decode.h"
#include "engine.h"

#include <ctype.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 256
#define TEXT_SIZE 256

struct chunk {
    struct chunk *next;
    unsigned used;
    struct sim_inst inst[CHUNK];
};

struct sim_decoder {
    pthread_mutex_t lock;
    LLVMDisasmContextRef llvm;
    struct chunk *chunks;
    uint64_t hash;
    unsigned references;
    struct sim_program *next;
};

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sim_program *cache;

/* ---- opcode lookup ---- */

#define OPCODE_BUCKETS 8192u
static const struct sim_opcode *opcode_table[OPCODE_BUCKETS];
static pthread_once_t opcode_once = PTHREAD_ONCE_INIT;

static uint64_t hash_bytes(const void *data, size_t size, uint64_t hash) {
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3ull;
    return hash;
}

static void insert_opcodes(const struct sim_opcode *table) {
    for (; table->name; table++) {
        unsigned slot = (unsigned)hash_bytes(table->name, strlen(table->name), 0xcbf29ce484222325ull) % OPCODE_BUCKETS;
        while (opcode_table[slot])
            slot = (slot + 1) % OPCODE_BUCKETS;
        opcode_table[slot] = table;
    }
}

static void init_opcodes(void) {
    insert_opcodes(sim_salu_opcodes);
    insert_opcodes(sim_smem_opcodes);
    insert_opcodes(sim_vmem_opcodes);
    insert_opcodes(sim_typed_opcodes);
    insert_opcodes(sim_lds_opcodes);
    insert_opcodes(sim_gws_opcodes);
    insert_opcodes(sim_valu_opcode_table());
    insert_opcodes(sim_mfma_opcodes);
}

const struct sim_opcode *sim_find_opcode(const char *name, size_t length) {
    pthread_once(&opcode_once, init_opcodes);
    unsigned slot = (unsigned)hash_bytes(name, length, 0xcbf29ce484222325ull) % OPCODE_BUCKETS;
    for (; opcode_table[slot]; slot = (slot + 1) % OPCODE_BUCKETS) {
        const char *found = opcode_table[slot]->name;
        if (strncmp(found, name, length) == 0 && found[length] == 0)
            return opcode_table[slot];
    }
    return NULL;
}

static void exec_unsupported(struct sim_wave *wave, const struct sim_inst *inst) {
    sim_wave_fault(wave, inst, "instruction not supported by the simulator");
}

static void exec_illegal(struct sim_wave *wave, const struct sim_inst *inst) {
    sim_wave_fault(wave, inst, "not an instruction of this architecture");
}

static const struct sim_opcode unsupported_opcode = {
    .name = "unsupported", .exec = exec_unsupported, .cls = SIM_CLASS_SYS};
static const struct sim_opcode illegal_opcode = {.name = "illegal", .exec = exec_illegal, .cls = SIM_CLASS_SYS};

/* ---- text ---- */

static bool starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static uint32_t encoding_dword(const uint8_t *code, unsigned size, unsigned index) {
    uint32_t value = 0;
    if (size >= 4 * (index + 1))
        memcpy(&value, code + 4 * index, 4);
    return value;
}

struct special_register {
    const char *name;
    uint16_t reg;
    uint8_t dwords;
};

static const struct special_register special_registers[] = {
    {"vcc", SIM_SGPR_VCC, 2},
    {"vcc_lo", SIM_SGPR_VCC, 1},
    {"vcc_hi", SIM_SGPR_VCC + 1, 1},
    {"exec", SIM_SGPR_EXEC, 2},
    {"exec_lo", SIM_SGPR_EXEC, 1},
    {"exec_hi", SIM_SGPR_EXEC + 1, 1},
    {"m0", SIM_SGPR_M0, 1},
    {"flat_scratch", SIM_SGPR_FLAT_SCRATCH, 2},
    {"flat_scratch_lo", SIM_SGPR_FLAT_SCRATCH, 1},
    {"flat_scratch_hi", SIM_SGPR_FLAT_SCRATCH + 1, 1},
    {"xnack_mask", SIM_SGPR_XNACK_MASK, 2},
    {"xnack_mask_lo", SIM_SGPR_XNACK_MASK, 1},
    {"xnack_mask_hi", SIM_SGPR_XNACK_MASK + 1, 1},
};

struct named_source {
    const char *name;
    uint8_t kind;
    uint8_t value;
};

static const struct named_source named_sources[] = {
    {"src_shared_base", SIM_OPERAND_APERTURE, SIM_SHARED_BASE},
    {"src_shared_limit", SIM_OPERAND_APERTURE, SIM_SHARED_LIMIT},
    {"src_private_base", SIM_OPERAND_APERTURE, SIM_PRIVATE_BASE},
    {"src_private_limit", SIM_OPERAND_APERTURE, SIM_PRIVATE_LIMIT},
    {"src_pops_exiting_wave_id", SIM_OPERAND_APERTURE, SIM_POPS_EXITING_WAVE_ID},
    {"src_scc", SIM_OPERAND_SCC, 0},
    {"scc", SIM_OPERAND_SCC, 0},
    {"src_vccz", SIM_OPERAND_VCCZ, 0},
    {"vccz", SIM_OPERAND_VCCZ, 0},
    {"src_execz", SIM_OPERAND_EXECZ, 0},
    {"execz", SIM_OPERAND_EXECZ, 0},
    {"src_lds_direct", SIM_OPERAND_LDS_DIRECT, 0},
    {"lds_direct", SIM_OPERAND_LDS_DIRECT, 0},
};

/* v12, v[12:15], a3, s[0:1], ttmp4 */
static bool parse_register(struct sim_operand *operand, const char *text) {
    unsigned base = 0;
    uint8_t kind;
    if (starts(text, "ttmp")) {
        kind = SIM_OPERAND_SGPR;
        base = SIM_SGPR_TTMP;
        text += 4;
    } else if (*text == 'v' || *text == 'a' || *text == 's') {
        kind = *text == 'v' ? SIM_OPERAND_VGPR : *text == 'a' ? SIM_OPERAND_AGPR : SIM_OPERAND_SGPR;
        text++;
    } else {
        return false;
    }
    unsigned first = 0, last = 0;
    int used = 0;
    if (*text == '[') {
        if (sscanf(text, "[%u:%u]%n", &first, &last, &used) != 2) {
            if (sscanf(text, "[%u]%n", &first, &used) != 1)
                return false;
            last = first;
        }
    } else {
        if (!isdigit((unsigned char)*text) || sscanf(text, "%u%n", &first, &used) != 1)
            return false;
        last = first;
    }
    if (used == 0 || text[used])
        return false;
    operand->kind = kind;
    operand->reg = (uint16_t)(base + first);
    operand->dwords = (uint8_t)(last - first + 1);
    return true;
}

static bool parse_number(struct sim_operand *operand, const char *text) {
    char *end;
    bool negative = *text == '-';
    const char *digits = text + negative;
    if (!isdigit((unsigned char)*digits))
        return false;
    operand->kind = SIM_OPERAND_CONST;
    operand->dwords = 1;
    if (digits[0] == '0' && digits[1] == 'x') {
        uint64_t value = strtoull(digits, &end, 16);
        operand->value = negative ? (uint64_t)-(int64_t)value : value;
        operand->is_literal = true;
    } else if (strpbrk(digits, ".e")) {
        float value = strtof(text, &end);
        uint32_t bits;
        memcpy(&bits, &value, 4);
        operand->value = bits;
        operand->is_float_inline = true;
    } else {
        operand->value = (uint64_t)strtoll(text, &end, 10);
    }
    return *end == 0;
}

static bool strip_call(char *text, const char *name) {
    size_t length = strlen(name), total = strlen(text);
    if (total < length + 2 || strncmp(text, name, length) != 0 || text[length] != '(' || text[total - 1] != ')')
        return false;
    memmove(text, text + length + 1, total - length - 2);
    text[total - length - 2] = 0;
    return true;
}

static bool parse_operand(struct sim_operand *operand, char *text) {
    memset(operand, 0, sizeof *operand);
    size_t length = strlen(text);
    if (*text == '-' && length > 1 && !isdigit((unsigned char)text[1])) {
        operand->neg = true;
        memmove(text, text + 1, length--);
    }
    if (strip_call(text, "neg"))
        operand->neg = true;
    if (strip_call(text, "abs"))
        operand->abs = true;
    if (strip_call(text, "sext"))
        operand->sext = true;
    length = strlen(text);
    if (length > 2 && text[0] == '|' && text[length - 1] == '|') {
        operand->abs = true;
        memmove(text, text + 1, length - 2);
        text[length - 2] = 0;
    }
    if (strcmp(text, "off") == 0)
        return true;
    bool literal = strip_call(text, "lit") || strip_call(text, "lit64");
    if (parse_number(operand, text)) {
        operand->is_literal |= literal;
        return true;
    }
    if (parse_register(operand, text))
        return true;
    for (size_t i = 0; i < sizeof special_registers / sizeof *special_registers; i++)
        if (strcmp(text, special_registers[i].name) == 0) {
            operand->kind = SIM_OPERAND_SGPR;
            operand->reg = special_registers[i].reg;
            operand->dwords = special_registers[i].dwords;
            return true;
        }
    for (size_t i = 0; i < sizeof named_sources / sizeof *named_sources; i++)
        if (strcmp(text, named_sources[i].name) == 0) {
            operand->kind = named_sources[i].kind;
            operand->dwords = 1;
            operand->value = named_sources[i].value;
            return true;
        }
    return false;
}

/* ---- modifiers ---- */

static unsigned parse_bits(const char *list) { /* "[0,1,1]" -> 0b110 */
    unsigned bits = 0, index = 0;
    for (; *list; list++)
        if (*list == '0' || *list == '1')
            bits |= (unsigned)(*list - '0') << index++;
    return bits;
}

static uint8_t parse_sdwa_sel(const char *text) {
    static const char *const names[] = {"BYTE_0", "BYTE_1", "BYTE_2", "BYTE_3", "WORD_0", "WORD_1", "DWORD"};
    for (unsigned i = 0; i < 7; i++)
        if (strcmp(text, names[i]) == 0)
            return (uint8_t)i;
    return SIM_SDWA_DWORD;
}

static void set_dpp(struct sim_inst *inst, enum sim_dpp_kind kind, long arg) {
    inst->dpp = (uint8_t)kind;
    inst->dpp_arg = (uint8_t)arg;
}

static bool parse_flag(struct sim_inst *inst, const char *word) {
    static const struct {
        const char *name;
        size_t offset;
    } flags[] = {
        {"clamp", offsetof(struct sim_inst, clamp)},   {"offen", offsetof(struct sim_inst, offen)},
        {"idxen", offsetof(struct sim_inst, idxen)},   {"glc", offsetof(struct sim_inst, glc)},
        {"slc", offsetof(struct sim_inst, slc)},       {"scc", offsetof(struct sim_inst, scc_bit)},
        {"sc0", offsetof(struct sim_inst, sc0)},       {"sc1", offsetof(struct sim_inst, sc1)},
        {"nt", offsetof(struct sim_inst, nt)},         {"lds", offsetof(struct sim_inst, lds)},
        {"tfe", offsetof(struct sim_inst, tfe)},       {"gds", offsetof(struct sim_inst, gds)},
        {"addr64", offsetof(struct sim_inst, addr64)},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(word, flags[i].name) == 0) {
            *(bool *)((char *)inst + flags[i].offset) = true;
            return true;
        }
    if (strcmp(word, "row_mirror") == 0)
        set_dpp(inst, SIM_DPP_ROW_MIRROR, 0);
    else if (strcmp(word, "row_half_mirror") == 0)
        set_dpp(inst, SIM_DPP_ROW_HALF_MIRROR, 0);
    else
        return false;
    return true;
}

static bool parse_keyed(struct sim_inst *inst, const char *word) {
    const char *colon = strchr(word, ':');
    const char *bracket = strchr(word, '[');
    if (!colon || (bracket && bracket < colon) || strchr(word, '('))
        return starts(word, "offset:swizzle(") || starts(word, "gpr_idx(");
    size_t length = (size_t)(colon - word);
    const char *text = colon + 1;
    long value = *text == '[' ? 0 : strtol(text, NULL, 0);
#define KEY(name) (length == sizeof name - 1 && memcmp(word, name, length) == 0)
    if (KEY("op_sel"))
        inst->op_sel = (uint8_t)parse_bits(text);
    else if (KEY("op_sel_hi"))
        inst->op_sel_hi = (uint8_t)parse_bits(text);
    else if (KEY("neg_lo") || KEY("neg"))
        inst->neg_lo = (uint8_t)parse_bits(text);
    else if (KEY("neg_hi"))
        inst->neg_hi = (uint8_t)parse_bits(text);
    else if (KEY("mul"))
        inst->omod = value == 4 ? 2 : 1;
    else if (KEY("div"))
        inst->omod = 3;
    else if (KEY("offset") || KEY("offset0"))
        inst->mem_offset = (int32_t)value;
    else if (KEY("offset1"))
        inst->ds_offset1 = (int32_t)value;
    else if (KEY("cbsz"))
        inst->cbsz = (uint8_t)value;
    else if (KEY("abid"))
        inst->abid = (uint8_t)value;
    else if (KEY("blgp"))
        inst->blgp = (uint8_t)value;
    else if (KEY("bitop3") || KEY("byte_sel") || KEY("dim") || KEY("format"))
        inst->imm = value;
    else if (KEY("quad_perm")) {
        unsigned a = 0, b = 0, c = 0, d = 0;
        sscanf(text, "[%u,%u,%u,%u]", &a, &b, &c, &d);
        set_dpp(inst, SIM_DPP_QUAD_PERM, (long)(a | b << 2 | c << 4 | d << 6));
    } else if (KEY("row_shl"))
        set_dpp(inst, SIM_DPP_ROW_SHL, value);
    else if (KEY("row_shr"))
        set_dpp(inst, SIM_DPP_ROW_SHR, value);
    else if (KEY("row_ror"))
        set_dpp(inst, SIM_DPP_ROW_ROR, value);
    else if (KEY("wave_shl"))
        set_dpp(inst, SIM_DPP_WAVE_SHL, value);
    else if (KEY("wave_rol"))
        set_dpp(inst, SIM_DPP_WAVE_ROL, value);
    else if (KEY("wave_shr"))
        set_dpp(inst, SIM_DPP_WAVE_SHR, value);
    else if (KEY("wave_ror"))
        set_dpp(inst, SIM_DPP_WAVE_ROR, value);
    else if (KEY("row_bcast"))
        set_dpp(inst, value == 15 ? SIM_DPP_ROW_BCAST15 : SIM_DPP_ROW_BCAST31, 0);
    else if (KEY("row_newbcast"))
        set_dpp(inst, SIM_DPP_ROW_NEWBCAST, value);
    else if (KEY("row_mask"))
        inst->dpp_row_mask = (uint8_t)value;
    else if (KEY("bank_mask"))
        inst->dpp_bank_mask = (uint8_t)value;
    else if (KEY("bound_ctrl"))
        inst->dpp_bound_ctrl = true; /* printed only when the bit is set, as :0 or :1 by LLVM version */
    else if (KEY("fi"))
        inst->dpp_fi = value != 0;
    else if (KEY("dst_sel"))
        inst->sdwa_dst_sel = parse_sdwa_sel(text);
    else if (KEY("dst_unused"))
        inst->sdwa_dst_unused = strcmp(text, "UNUSED_PAD") == 0    ? SIM_SDWA_UNUSED_PAD
                                : strcmp(text, "UNUSED_SEXT") == 0 ? SIM_SDWA_UNUSED_SEXT
                                                                   : SIM_SDWA_UNUSED_PRESERVE;
    else if (KEY("src0_sel"))
        inst->sdwa_src_sel[0] = parse_sdwa_sel(text);
    else if (KEY("src1_sel"))
        inst->sdwa_src_sel[1] = parse_sdwa_sel(text);
    else
        return false;
#undef KEY
    return true;
}

/* ---- operand roles ---- */

static bool any_prefix(const char *name, const char *const *prefixes) {
    for (; *prefixes; prefixes++)
        if (starts(name, *prefixes))
            return true;
    return false;
}

/* How many of the leading operands are destinations. */
static unsigned count_destinations(const char *name, const struct sim_inst *inst) {
    static const char *const scalar_none[] = {"s_cmp_",     "s_cmpk_",    "s_bitcmp",        "s_setpc",
                                              "s_rfe_",     "s_cbranch_", "s_setreg",        "s_set_gpr",
                                              "s_setvskip", "s_store_",   "s_scratch_store", "s_buffer_store",
                                              "s_dcache",   "s_icache",   "s_atc_probe",     NULL};
    static const char *const scalar_atomics[] = {"s_atomic", "s_buffer_atomic", NULL};
    static const char *const vector_two[] = {
        "v_add_co_u32",     "v_sub_co_u32",  "v_subrev_co_u32", "v_addc_co_u32", "v_subb_co_u32",
        "v_subbrev_co_u32", "v_div_scale_f", "v_mad_u64_u32",   "v_mad_i64_i32", NULL};
    static const char *const lds_one[] = {"ds_read",   "ds_bpermute", "ds_permute",       "ds_swizzle",
                                          "ds_append", "ds_consume",  "ds_ordered_count", NULL};
    if (name[0] == 's' && name[1] == '_')
        return any_prefix(name, scalar_atomics) ? inst->glc : !any_prefix(name, scalar_none);
    if (name[0] == 'v' && name[1] == '_') {
        if (any_prefix(name, vector_two))
            return 2;
        return strcmp(name, "v_nop") != 0 && strcmp(name, "v_clrexcp") != 0;
    }
    if (starts(name, "ds_"))
        return any_prefix(name, lds_one) || strstr(name, "_rtn") != NULL;
    if (strstr(name, "atomic"))
        return inst->sc0 || inst->glc;
    if (strstr(name, "_load_lds_") || inst->lds)
        return 0;
    return strstr(name, "_load_") != NULL;
}

/* Fields that the text gives symbolically or by default. */
static void take_encoded_fields(struct sim_inst *inst, const char *name, const uint8_t *code, unsigned size) {
    uint32_t low = encoding_dword(code, size, 0), high = encoding_dword(code, size, 1);
    if (starts(name, "ds_")) {
        bool two = strstr(name, "read2") || strstr(name, "write2") || strstr(name, "wrxchg2");
        inst->mem_offset = two ? (int32_t)(low & 0xff) : (int32_t)(low & 0xffff);
        inst->ds_offset1 = two ? (int32_t)(low >> 8 & 0xff) : 0;
    } else if (low >> 26 == 0x3a) { /* MTBUF: data and number format */
        inst->imm = low >> 19 & 0x7f;
    } else if (low >> 28 == 0xb) { /* SOPP, SOPK; not SOPC and SOP1, which share the prefix */
        if (low >> 23 != 0x17e && low >> 23 != 0x17d)
            inst->imm = (int16_t)(low & 0xffff);
        else if (strcmp(name, "s_set_gpr_idx_on") == 0)
            inst->imm = low >> 8 & 0xff;
    } else if (low >> 23 == 0x1a7) { /* VOP3P */
        bool scaled = starts(name, "v_mfma_scale_");
        bool matrix = starts(name, "v_mfma") || starts(name, "v_smfmac") || starts(name, "v_accvgpr");
        if (scaled || !matrix) {
            inst->op_sel = low >> 11 & 7;
            inst->op_sel_hi = (uint8_t)((high >> 27 & 3) | (low >> 14 & 1) << 2);
        }
        if (!matrix) {
            inst->neg_lo = high >> 29 & 7;
            inst->neg_hi = low >> 8 & 7;
        }
    } else if (low >> 26 == 0x34 && inst->op_sel) { /* VOP3: the text lists sources, then the destination last */
        inst->op_sel = low >> 11 & 15;
    }
}

static void remove_operand(struct sim_operand *operands, unsigned *count, unsigned index) {
    for (unsigned i = index; i + 1 < *count; i++)
        operands[i] = operands[i + 1];
    --*count;
}

static size_t strip_suffixes(const char *name, size_t length, struct sim_inst *inst) {
    for (;;) {
        if (length > 4 && strncmp(name + length - 4, "_e32", 4) == 0) {
            inst->encoding_suffix = 32;
            length -= 4;
        } else if (length > 4 && strncmp(name + length - 4, "_e64", 4) == 0) {
            inst->encoding_suffix = 64;
            length -= 4;
        } else if (length > 4 && strncmp(name + length - 4, "_dpp", 4) == 0) {
            length -= 4;
        } else if (length > 5 && strncmp(name + length - 5, "_sdwa", 5) == 0) {
            inst->sdwa = true;
            length -= 5;
        } else {
            return length;
        }
    }
}

void sim_decode_text(struct sim_inst *inst, enum sim_arch arch, const char *text, const uint8_t *code, unsigned size) {
    memset(inst, 0, sizeof *inst);
    inst->size = (uint8_t)size;
    inst->sdwa_dst_sel = inst->sdwa_src_sel[0] = inst->sdwa_src_sel[1] = SIM_SDWA_DWORD;
    inst->op = &unsupported_opcode;
    inst->exec = exec_unsupported;
    inst->cls = SIM_CLASS_SYS;

    while (isspace((unsigned char)*text))
        text++;
    char name[64];
    size_t length = strcspn(text, " \t\n");
    const char *rest = text + length;
    length = strip_suffixes(text, length, inst);
    if (length >= sizeof name)
        return;
    memcpy(name, text, length);
    name[length] = 0;

    struct sim_operand operands[8];
    unsigned count = 0;
    bool understood = true;
    bool scalar_immediate = encoding_dword(code, size, 0) >> 23 == 0x17f; /* SOPP */
    while (!scalar_immediate && *rest) {
        while (isspace((unsigned char)*rest) || *rest == ',')
            rest++;
        if (!*rest || starts(rest, "//") || *rest == ';')
            break;
        char word[TEXT_SIZE];
        size_t used = 0;
        int depth = 0;
        for (; *rest && used + 1 < sizeof word; rest++) {
            if (depth == 0 && (*rest == ',' || isspace((unsigned char)*rest)))
                break;
            depth += (*rest == '[' || *rest == '(') - (*rest == ']' || *rest == ')');
            word[used++] = *rest;
        }
        word[used] = 0;
        if (parse_flag(inst, word) || parse_keyed(inst, word))
            continue;
        if (starts(word, "hwreg(") || starts(word, "sendmsg("))
            continue;
        if (count == 8 || !parse_operand(&operands[count], word)) {
            understood = false;
            break;
        }
        count++;
    }
    take_encoded_fields(inst, name, code, size);

    uint32_t low = encoding_dword(code, size, 0);
    if (low >> 28 == 0xb && low >> 23 != 0x17e && low >> 23 != 0x17d && !scalar_immediate) { /* SOPK: imm is taken */
        for (unsigned i = count; i-- > 0;)
            if (operands[i].kind == SIM_OPERAND_CONST && strcmp(name, "s_setreg_imm32_b32") != 0)
                remove_operand(operands, &count, i);
    }
    if (low >> 26 == 0x30 && count && operands[count - 1].kind == SIM_OPERAND_CONST) { /* SMEM: immediate offset */
        inst->mem_offset = (int32_t)(operands[count - 1].value);
        if (low >> 17 & 1) { /* 21-bit signed */
            uint32_t high = encoding_dword(code, size, 1);
            inst->mem_offset = (int32_t)(high << 11) >> 11;
        }
        count--;
    }

    unsigned destinations = count_destinations(name, inst);
    if (destinations > count)
        destinations = count;
    bool in_place = destinations && (starts(name, "buffer_atomic") || name[0] == 's') && strstr(name, "atomic_");
    inst->num_dst = (uint8_t)destinations;
    for (unsigned i = 0; i < destinations; i++)
        inst->dst[i] = operands[i];
    if (in_place && strstr(name, "cmpswap"))
        inst->dst[0].dwords /= 2;                 /* the data are the new value and the one compared with */
    unsigned first = in_place ? 0 : destinations; /* the data operand is also where the old value goes */
    inst->num_src = 0;
    for (unsigned i = first; i < count && inst->num_src < 5; i++)
        inst->src[inst->num_src++] = operands[i];

    const struct sim_opcode *op = understood ? sim_find_opcode(name, length) : NULL;
    if (!op)
        return;
    inst->op = op;
    inst->exec = op->exec;
    inst->cls = op->cls;
    if (op->prepare)
        op->prepare(inst, arch);
}

/* ---- programs ---- */

static const char *cpu_name(enum sim_arch arch) {
    return arch == SIM_GFX942 ? "gfx942" : "gfx950";
}

static void init_llvm(void) {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUDisassembler();
}

struct sim_program *sim_program_acquire(enum sim_arch arch, const void *code, size_t size) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_llvm);
    uint64_t hash = hash_bytes(code, size, 0xcbf29ce484222325ull + (uint64_t)arch);
    pthread_mutex_lock(&cache_lock);
    struct sim_program *program = cache;
    for (; program; program = program->decoder->next)
        if (program->decoder->hash == hash && program->arch == arch && program->size == size &&
            memcmp(program->code, code, size) == 0)
            break;
    if (program) {
        program->decoder->references++;
    } else {
        LLVMDisasmContextRef llvm = LLVMCreateDisasmCPU("amdgcn-amd-amdhsa", cpu_name(arch), NULL, 0, NULL, NULL);
        uint8_t *copy = malloc(size + 32);
        program = calloc(1, sizeof *program);
        struct sim_decoder *decoder = calloc(1, sizeof *decoder);
        void *at = calloc(size / 4 + 1, sizeof *program->at);
        if (!llvm || !copy || !program || !decoder || !at) {
            if (llvm)
                LLVMDisasmDispose(llvm);
            free(copy);
            free(program);
            free(decoder);
            free(at);
            pthread_mutex_unlock(&cache_lock);
            return NULL;
        }
        memcpy(copy, code, size);
        memset(copy + size, 0, 32);
        pthread_mutex_init(&decoder->lock, NULL);
        decoder->llvm = llvm;
        decoder->hash = hash;
        decoder->references = 1;
        decoder->next = cache;
        *program =
            (struct sim_program){.arch = arch, .code = copy, .size = size & ~(size_t)3, .at = at, .decoder = decoder};
        program->size = size;
        cache = program;
    }
    pthread_mutex_unlock(&cache_lock);
    return program;
}

static void destroy_program(struct sim_program *program) {
    struct sim_decoder *decoder = program->decoder;
    while (decoder->chunks) {
        struct chunk *next = decoder->chunks->next;
        for (unsigned i = 0; i < decoder->chunks->used; i++)
            free(decoder->chunks->inst[i].prepared);
        free(decoder->chunks);
        decoder->chunks = next;
    }
    LLVMDisasmDispose(decoder->llvm);
    pthread_mutex_destroy(&decoder->lock);
    free(decoder);
    free(program->code);
    free((void *)(uintptr_t)program->at);
    free(program);
}

void sim_program_release(struct sim_program *program) {
    if (!program)
        return;
    pthread_mutex_lock(&cache_lock);
    bool last = --program->decoder->references == 0;
    if (last) {
        struct sim_program **link = &cache;
        while (*link != program)
            link = &(*link)->decoder->next;
        *link = program->decoder->next;
    }
    pthread_mutex_unlock(&cache_lock);
    if (last)
        destroy_program(program);
}

static unsigned disassemble(struct sim_program *program, uint64_t offset, char *text, size_t size) {
    size_t left = offset < program->size ? program->size - offset : 0;
    size_t used = LLVMDisasmInstruction(program->decoder->llvm, program->code + offset, left, offset, text, size);
    if (used == 0)
        snprintf(text, size, "(no instruction)");
    return (unsigned)used;
}

unsigned sim_program_text(struct sim_program *program, uint64_t offset, char *text, size_t size) {
    char line[TEXT_SIZE];
    pthread_mutex_lock(&program->decoder->lock);
    unsigned used = disassemble(program, offset, line, sizeof line);
    pthread_mutex_unlock(&program->decoder->lock);
    const char *begin = line + strspn(line, " \t");
    size_t length = strlen(begin);
    while (length && isspace((unsigned char)begin[length - 1]))
        length--;
    snprintf(text, size, "%.*s", (int)length, begin);
    return used;
}

static struct sim_inst *new_inst(struct sim_decoder *decoder) {
    if (!decoder->chunks || decoder->chunks->used == CHUNK) {
        struct chunk *chunk = malloc(sizeof *chunk);
        if (!chunk)
            abort();
        chunk->used = 0;
        chunk->next = decoder->chunks;
        decoder->chunks = chunk;
    }
    return &decoder->chunks->inst[decoder->chunks->used++];
}

static bool ends_block(const struct sim_inst *inst) {
    return inst->op == &illegal_opcode || inst->op->cls == SIM_CLASS_BRANCH || strcmp(inst->op->name, "s_endpgm") == 0;
}

const struct sim_inst *sim_program_decode(struct sim_program *program, uint64_t offset) {
    struct sim_decoder *decoder = program->decoder;
    pthread_mutex_lock(&decoder->lock);
    for (uint64_t at = offset; at + 4 <= program->size;) {
        if (atomic_load_explicit(&program->at[at >> 2], memory_order_relaxed))
            break;
        struct sim_inst *inst = new_inst(decoder);
        char text[TEXT_SIZE];
        unsigned used = disassemble(program, at, text, sizeof text);
        if (used) {
            sim_decode_text(inst, program->arch, text, program->code + at, used);
        } else {
            memset(inst, 0, sizeof *inst);
            inst->op = &illegal_opcode;
            inst->exec = exec_illegal;
            inst->cls = SIM_CLASS_SYS;
            inst->size = 4;
        }
        inst->offset = (uint32_t)at;
        atomic_store_explicit(&program->at[at >> 2], inst, memory_order_release);
        at += inst->size;
        if (ends_block(inst))
            break;
    }
    const struct sim_inst *result = atomic_load_explicit(&program->at[offset >> 2], memory_order_relaxed);
    pthread_mutex_unlock(&decoder->lock);
    return result;
}
