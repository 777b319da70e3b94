/* SPDX-License-Identifier: MIT
 *
 * Which register bits hold values that something wrote, and how that travels through instructions.
 */
#include "check_state.h"
#include "exec_mfma.h"

#include <stdio.h>
#include <string.h>

#define SCC_INDEX SIM_SGPR_COUNT

uint16_t check_new_origin(struct check_wave *check, const struct sim_inst *inst, uint8_t what, uint64_t address,
                          uint32_t reg) {
    if (check->num_origins) { /* the same instruction over and over, e.g. in a loop, is one origin */
        struct check_origin *last = &check->origins[(check->num_origins - 1) % CHECK_ORIGINS];
        if (last->inst == inst && last->what == what && last->reg == reg)
            return (uint16_t)(check->num_origins - 1);
    }
    unsigned index = check->num_origins++ % CHECK_ORIGINS;
    check->origins[index] = (struct check_origin){.inst = inst, .what = what, .address = address, .reg = reg};
    return (uint16_t)index;
}

/* Values that were never written have origin 0 until the first instruction that reads them gives them one. */
static uint16_t name_origin(struct check_wave *check, const struct sim_inst *inst, uint16_t *slot, uint32_t reg) {
    if (!*slot)
        *slot = (uint16_t)(check_new_origin(check, inst, 0, 0, reg) + 1);
    return *slot;
}

uint64_t check_undefined_rows(const struct check_wave *check, struct check_range range, uint16_t *origin) {
    uint64_t undefined = 0;
    for (unsigned i = 0; i < range.count; i++) {
        uint64_t row = check->undefined[range.first + i];
        if (row)
            *origin = check->origin[range.first + i];
        undefined |= row;
    }
    return undefined;
}

bool check_undefined_sgprs(const struct check_wave *check, struct check_range range, uint16_t *origin) {
    if (!check->any_undefined_sgpr)
        return false;
    for (unsigned i = 0; i < range.count; i++)
        if (check->sgpr_undefined[range.first + i]) {
            *origin = check->sgpr_origin[range.first + i];
            return true;
        }
    return false;
}

void check_report_undefined(struct sim_wave *wave, const struct sim_inst *inst, unsigned origin, const char *what,
                            int lane) {
    char from[480], where[32] = "";
    if (check_already_reported(wave, inst, CHECK_UNDEFINED))
        return;
    check_describe_origin(wave, origin ? origin - 1 : 0, from, sizeof from);
    if (lane >= 0)
        snprintf(where, sizeof where, ", lane %d", lane);
    check_report(wave, inst, CHECK_UNDEFINED, "%s depends on an undefined value%s: %s", what, where, from);
}

static void set_rows(struct check_wave *check, struct check_range range, uint64_t lanes, uint64_t undefined,
                     uint16_t origin) {
    for (unsigned i = 0; i < range.count; i++) {
        unsigned row = range.first + i;
        check->undefined[row] = (check->undefined[row] & ~lanes) | (undefined & lanes);
        for (unsigned half = 0; half < 2 && check->halves_differ; half++)
            check->half_undefined[half][row] = (check->half_undefined[half][row] & ~lanes) | (undefined & lanes);
        if (undefined & lanes)
            check->origin[row] = origin;
    }
}

static void set_half(struct check_wave *check, unsigned row, enum check_half half, uint64_t lanes, uint64_t undefined,
                     uint16_t origin) {
    if (undefined & lanes)
        check->origin[row] = origin;
    if (!check->halves_differ) {
        if (!((check->undefined[row] ^ undefined) & lanes))
            return;
        check->halves_differ = true;
        memcpy(check->half_undefined[0], check->undefined, sizeof check->undefined);
        memcpy(check->half_undefined[1], check->undefined, sizeof check->undefined);
    }
    uint64_t *mask = &check->half_undefined[half - 1][row];
    *mask = (*mask & ~lanes) | (undefined & lanes);
    check->undefined[row] = check->half_undefined[0][row] & check->half_undefined[1][row];
}

static void set_sgpr(struct check_wave *check, unsigned reg, uint32_t undefined, uint16_t origin) {
    check->sgpr_undefined[reg] = undefined;
    if (undefined) {
        check->sgpr_origin[reg] = origin;
        check->any_undefined_sgpr = true;
    }
}

static void set_sgprs(struct check_wave *check, struct check_range range, uint32_t undefined, uint16_t origin) {
    for (unsigned i = 0; i < range.count; i++)
        set_sgpr(check, range.first + i, undefined, origin);
}

static uint64_t sgpr_mask(const struct check_wave *check, unsigned reg) {
    return check->sgpr_undefined[reg] | (uint64_t)check->sgpr_undefined[reg + 1] << 32;
}

/* Lane that DPP takes for `lane`, or -1 when it has none. */
static int dpp_source(const struct sim_inst *inst, unsigned lane) {
    unsigned row = lane & ~15u, in = lane & 15, arg = inst->dpp_arg;
    switch (inst->dpp) {
    case SIM_DPP_QUAD_PERM:
        return (int)((lane & ~3u) | (arg >> 2 * (lane & 3) & 3));
    case SIM_DPP_ROW_SHL:
        return in + arg < 16 ? (int)(lane + arg) : -1;
    case SIM_DPP_ROW_SHR:
        return in >= arg ? (int)(lane - arg) : -1;
    case SIM_DPP_ROW_ROR:
        return (int)(row | ((in - arg) & 15));
    case SIM_DPP_WAVE_SHL:
        return lane + 1 < 64 ? (int)lane + 1 : -1;
    case SIM_DPP_WAVE_ROL:
        return (int)((lane + 1) & 63);
    case SIM_DPP_WAVE_SHR:
        return (int)lane - 1;
    case SIM_DPP_WAVE_ROR:
        return (int)((lane - 1) & 63);
    case SIM_DPP_ROW_MIRROR:
        return (int)(row | (15 - in));
    case SIM_DPP_ROW_HALF_MIRROR:
        return (int)((lane & ~7u) | (7 - (lane & 7)));
    case SIM_DPP_ROW_BCAST15:
        return lane >= 16 ? (int)(row - 1) : -1;
    case SIM_DPP_ROW_BCAST31:
        return lane >= 32 ? 31 : -1;
    case SIM_DPP_ROW_NEWBCAST:
        return (int)(row | arg);
    default:
        return (int)lane;
    }
}

static uint64_t source_part(struct sim_wave *wave, const struct sim_inst *inst, unsigned index, enum check_half half,
                            uint16_t *origin) {
    struct check_wave *check = check_of(wave);
    const struct sim_operand *source = &inst->src[index];
    if (source->kind == SIM_OPERAND_SGPR) {
        struct check_range range = {source->reg, source->dwords};
        return check_undefined_sgprs(check, range, origin) ? ~0ull : 0;
    }
    if (source->kind != SIM_OPERAND_VGPR && source->kind != SIM_OPERAND_AGPR)
        return 0;
    unsigned first = source->reg + (source->kind == SIM_OPERAND_AGPR ? 256u : 0u);
    uint64_t undefined = 0;
    for (unsigned i = 0; i < source->dwords; i++) {
        uint64_t row = check_undefined_part(check, first + i, half);
        undefined |= row;
        if (row)
            *origin = name_origin(check, inst, &check->origin[first + i], first + i);
    }
    if (!undefined)
        return 0;
    if (index == 0 && inst->dpp) {
        uint64_t moved = 0, exec = sim_exec(wave);
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            int from = dpp_source(inst, lane);
            bool reads = from >= 0 && (exec >> from & 1 || inst->dpp_fi);
            if (reads && undefined >> from & 1)
                moved |= 1ull << lane;
        }
        undefined = moved;
    }
    return undefined;
}

static uint64_t source_lanes(struct sim_wave *wave, const struct sim_inst *inst, unsigned index, uint16_t *origin) {
    return source_part(wave, inst, index, CHECK_WHOLE, origin);
}

/* Lanes of the destination that a DPP instruction leaves alone. */
static uint64_t dpp_written(const struct sim_inst *inst, uint64_t lanes) {
    if (!inst->dpp)
        return lanes;
    uint64_t written = 0;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        bool enabled = inst->dpp_row_mask >> (lane >> 4) & 1 && inst->dpp_bank_mask >> (lane >> 2 & 3) & 1;
        if (enabled && (inst->dpp_bound_ctrl || dpp_source(inst, lane) >= 0))
            written |= 1ull << lane;
    }
    return lanes & written;
}

static void flow_lanes(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint64_t lanes = what->ignores_exec ? ~0ull : sim_exec(wave), undefined = 0;
    uint16_t origin = 0;
    for (unsigned i = 0; i < inst->num_src; i++) {
        bool carry = i == 2 && inst->num_dst == 2 && inst->src[2].kind == SIM_OPERAND_SGPR && inst->src[2].dwords == 2;
        if (carry && check->any_undefined_sgpr) { /* a mask: one bit per lane */
            uint64_t bits = sgpr_mask(check, inst->src[2].reg);
            if (bits)
                origin = check->sgpr_origin[inst->src[2].reg];
            undefined |= bits;
        } else if (!carry) {
            undefined |= source_part(wave, inst, i, i < 3 ? what->reads_half[i] : CHECK_WHOLE, &origin);
        }
    }
    if (what->reads_dst)
        undefined |= check_undefined_rows(check, what->vwrite[0], &origin);
    lanes = dpp_written(inst, lanes);
    if (what->writes_half)
        set_half(check, what->vwrite[0].first, what->writes_half, lanes, undefined, origin);
    for (unsigned i = 0; i < what->num_vwrite && !what->writes_half; i++)
        set_rows(check, what->vwrite[i], lanes, undefined, origin);
    for (unsigned i = 0; i < what->num_swrite; i++) { /* carry-out */
        set_sgpr(check, what->swrite[i].first, (uint32_t)(undefined & lanes), origin);
        if (what->swrite[i].count > 1)
            set_sgpr(check, what->swrite[i].first + 1, (uint32_t)((undefined & lanes) >> 32), origin);
    }
}

static void flow_pairs(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint64_t undefined[2] = {0, 0}, lanes = dpp_written(inst, sim_exec(wave));
    uint16_t origin = 0;
    for (unsigned half = 0; half < 2; half++)
        for (unsigned i = 0; i < inst->num_src; i++) {
            const struct sim_operand *source = &inst->src[i];
            unsigned pick = half;
            if (what->flow == FLOW_PACKED)
                pick = (half ? inst->op_sel_hi : inst->op_sel) >> i & 1;
            if (what->flow == FLOW_PACKED && strcmp(inst->op->name, "v_pk_mov_b32") == 0) {
                if (i != half) /* low result from the first source, high from the second */
                    continue;
                pick = inst->op_sel >> i & 1;
            }
            if (source->kind == SIM_OPERAND_VGPR || source->kind == SIM_OPERAND_AGPR) {
                unsigned row =
                    source->reg + (source->kind == SIM_OPERAND_AGPR ? 256u : 0u) + (source->dwords > 1 ? pick : 0);
                if (check->undefined[row])
                    origin = name_origin(check, inst, &check->origin[row], row);
                undefined[half] |= check->undefined[row];
            } else if (source->kind == SIM_OPERAND_SGPR) {
                struct check_range one = {(uint16_t)(source->reg + (source->dwords > 1 ? pick : 0)), 1};
                undefined[half] |= check_undefined_sgprs(check, one, &origin) ? ~0ull : 0;
            }
        }
    for (unsigned half = 0; half < 2 && half < what->vwrite[0].count; half++)
        set_rows(check, (struct check_range){(uint16_t)(what->vwrite[0].first + half), 1}, lanes, undefined[half],
                 origin);
}

/* 64-bit integer arithmetic: carries go up, shifts right bring bits down. */
static void flow_wide(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint64_t part[2] = {0, 0}, lanes = dpp_written(inst, sim_exec(wave));
    uint16_t origin = 0;
    for (unsigned i = 0; i < inst->num_src; i++) {
        struct sim_operand half = inst->src[i];
        unsigned dwords = half.dwords > 1 ? 2 : 1;
        for (unsigned d = 0; d < dwords; d++) {
            struct sim_inst single = *inst;
            single.src[i].dwords = 1;
            single.src[i].reg = (uint16_t)(half.reg + d);
            uint64_t undefined = source_lanes(wave, &single, i, &origin);
            part[d] |= undefined;
            if (dwords == 1) /* a shift count or a factor: everything depends on it */
                part[1] |= undefined;
        }
    }
    uint64_t low = what->flow == FLOW_LOW_UP ? part[0] : part[0] | part[1];
    uint64_t high = what->flow == FLOW_LOW_UP ? part[0] | part[1] : part[1];
    set_rows(check, (struct check_range){what->vwrite[0].first, 1}, lanes, low, origin);
    set_rows(check, (struct check_range){(uint16_t)(what->vwrite[0].first + 1), 1}, lanes, high, origin);
    for (unsigned i = 0; i < what->num_swrite; i++) /* carry-out */
        for (unsigned d = 0; d < what->swrite[i].count; d++)
            set_sgpr(check, what->swrite[i].first + d, (uint32_t)((high & lanes) >> 32 * d), origin);
}

static void flow_select(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint64_t lanes = sim_exec(wave);
    unsigned reg = inst->num_src > 2 && inst->src[2].kind == SIM_OPERAND_SGPR ? inst->src[2].reg : SIM_SGPR_VCC;
    uint64_t mask = sim_sgpr64(wave, reg), unknown = sgpr_mask(check, reg);
    uint16_t origin = 0;
    uint64_t zero = source_lanes(wave, inst, 0, &origin), one = source_lanes(wave, inst, 1, &origin);
    if (unknown & lanes)
        origin = check->sgpr_origin[check->sgpr_undefined[reg] ? reg : reg + 1];
    set_rows(check, what->vwrite[0], dpp_written(inst, lanes), (mask & one) | (~mask & zero) | unknown, origin);
}

static void flow_perm(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    uint64_t undefined = 0;
    uint16_t origin = 0;
    bool used[2] = {false, false};
    for (unsigned i = 0; i < 4; i++) {
        unsigned select = (unsigned)(inst->src[2].value >> 8 * i & 0xff);
        if (select < 4)
            used[1] = true; /* bytes 0 to 3 are the second source */
        else if (select < 8)
            used[0] = true;
        else if (select < 12)
            used[0] = used[1] = true;
    }
    for (unsigned i = 0; i < 2; i++)
        if (used[i])
            undefined |= source_lanes(wave, inst, i, &origin);
    set_rows(check_of(wave), what->vwrite[0], sim_exec(wave), undefined, origin);
}

static void flow_compare(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint64_t lanes = sim_exec(wave), undefined = 0;
    uint16_t origin = 0;
    for (unsigned i = 0; i < inst->num_src; i++)
        undefined |= source_part(wave, inst, i, i < 3 ? what->reads_half[i] : CHECK_WHOLE, &origin);
    undefined &= lanes;
    set_sgpr(check, what->swrite[0].first, (uint32_t)undefined, origin);
    set_sgpr(check, what->swrite[0].first + 1, (uint32_t)(undefined >> 32), origin);
    if (undefined && inst->op->flags & SIM_OP_WRITES_EXEC)
        check_report_undefined(wave, inst, origin, "EXEC", __builtin_ctzll(undefined));
}

static unsigned selected_lane(struct sim_wave *wave, const struct sim_inst *inst) {
    if (strstr(inst->op->name, "first")) {
        uint64_t exec = sim_exec(wave);
        return exec ? (unsigned)__builtin_ctzll(exec) : 0;
    }
    return sim_read_s32(wave, &inst->src[1]) & 63;
}

static void flow_swap(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    unsigned a = what->vwrite[0].first, b = what->num_vwrite > 1 ? what->vwrite[1].first : a;
    uint64_t left = check->undefined[a], right = check->undefined[b], lanes = sim_exec(wave);
    if (!(left | right))
        return;
    uint16_t origin = 0;
    if (left)
        origin = name_origin(check, inst, &check->origin[a], a);
    if (right)
        origin = name_origin(check, inst, &check->origin[b], b);
    uint64_t new_left, new_right;
    if (what->flow == FLOW_SWAP32) { /* upper half of a with lower half of b */
        new_left = (left & 0xffffffffull) | right << 32;
        new_right = left >> 32 | (right & 0xffffffff00000000ull);
    } else if (what->flow == FLOW_SWAP16) { /* odd rows of a with even rows of b */
        const uint64_t even = 0x0000ffff0000ffffull;
        new_left = (left & even) | (right & even) << 16;
        new_right = (left >> 16 & even) | (right & ~even);
    } else {
        new_left = right;
        new_right = left;
    }
    set_rows(check, (struct check_range){(uint16_t)a, 1}, lanes, new_left, origin);
    set_rows(check, (struct check_range){(uint16_t)b, 1}, lanes, new_right, origin);
    check->origin[a] = check->origin[b] = origin;
}

static void flow_shuffle(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint64_t lanes = sim_exec(wave), undefined = 0;
    uint16_t origin = 0;
    unsigned data = inst->num_src > 1 ? 1 : 0;
    uint64_t from = source_lanes(wave, inst, data, &origin);
    if (from & lanes) {
        if (data == 0) { /* swizzle within a row of 32 */
            uint64_t low = from & lanes & 0xffffffffull, high = from & lanes & 0xffffffff00000000ull;
            undefined = (low ? 0xffffffffull : 0) | (high ? 0xffffffff00000000ull : 0);
            undefined = from == ~0ull ? from : undefined;
        } else {
            const uint32_t *address = wave->vgpr[what->vread[0].first];
            bool backward = strstr(inst->op->name, "bpermute") != NULL;
            for (unsigned lane = 0; lane < SIM_LANES; lane++) {
                unsigned other = (address[lane] + (uint32_t)inst->mem_offset) >> 2 & 63;
                if (backward)
                    undefined |= (from & lanes) >> other & 1 ? 1ull << lane : 0;
                else if ((from & lanes) >> lane & 1)
                    undefined |= 1ull << other;
            }
        }
    }
    set_rows(check, what->vwrite[0], lanes, undefined, origin);
}

/* An element of D depends on its row of A and its column of B. */
static void flow_matrix(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint64_t sources[5] = {0}, any = 0;
    uint16_t origin = 0;
    for (unsigned i = 0; i < inst->num_src; i++)
        any |= sources[i] = source_lanes(wave, inst, i, &origin);
    if (what->reads_dst)
        any |= check_undefined_rows(check, what->vwrite[0], &origin);
    struct check_range to = what->vwrite[0];
    const struct sim_mfma_shape *shape = inst->op->data;
    bool known = shape && shape->blocks == 1 && !shape->sparse && shape->size >= 16 &&
                 to.count == shape->size * shape->size / 64;
    if (!any || !known) {
        set_rows(check, to, ~0ull, any ? ~0ull : 0, origin);
        return;
    }
    unsigned size = shape->size;
    uint32_t rows = 0, columns = 0;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        rows |= (uint32_t)((sources[0] | sources[3]) >> lane & 1) << lane % size;
        columns |= (uint32_t)((sources[1] | sources[4]) >> lane & 1) << lane % size;
    }
    unsigned c = what->num_vread > 2 && inst->src[2].kind != SIM_OPERAND_CONST
                     ? inst->src[2].reg + (inst->src[2].kind == SIM_OPERAND_AGPR ? 256u : 0u)
                     : CHECK_ROWS;
    for (unsigned r = 0; r < to.count; r++) {
        uint64_t undefined = 0;
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            unsigned row = size == 32 ? 8 * (r / 4) + 4 * (lane / 32) + r % 4 : 4 * (lane / 16) + r;
            if (rows >> row & 1 || columns >> lane % size & 1)
                undefined |= 1ull << lane;
        }
        if (c < CHECK_ROWS)
            undefined |= check->undefined[c + r];
        set_rows(check, (struct check_range){(uint16_t)(to.first + r), 1}, ~0ull, undefined, origin);
    }
}

/* ---- scalars ---- */

static uint32_t scalar_dword(struct sim_wave *wave, const struct sim_operand *operand, unsigned index,
                             uint32_t *undefined, uint16_t *origin) {
    struct check_wave *check = check_of(wave);
    if (operand->kind == SIM_OPERAND_SGPR && index < operand->dwords) {
        *undefined = check->sgpr_undefined[operand->reg + index];
        if (*undefined)
            *origin = check->sgpr_origin[operand->reg + index];
        return wave->sgpr[operand->reg + index];
    }
    *undefined = 0;
    return (uint32_t)(sim_read_s64(wave, operand) >> 32 * index);
}

static uint32_t bitwise_undefined(unsigned operation, uint32_t a, uint32_t ua, uint32_t b, uint32_t ub) {
    if (operation == 'n' || operation == 'o')
        b = ~b;
    if (operation == '&' || operation == 'n') /* a defined 0 decides */
        return (ua | ub) & (a | ua) & (b | ub);
    if (operation == '|' || operation == 'o')
        return (ua | ub) & (~a | ua) & (~b | ub);
    return ua | ub;
}

static void flow_scalar(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    if (!check->any_undefined_sgpr)
        return;
    uint16_t origin = 0;
    bool undefined = false;
    for (unsigned i = 0; i < what->num_sread; i++)
        undefined |= check_undefined_sgprs(check, what->sread[i], &origin);
    if (what->scc_source && check->sgpr_undefined[SCC_INDEX]) {
        undefined = true;
        origin = check->sgpr_origin[SCC_INDEX];
    }
    uint32_t result[2] = {undefined ? ~0u : 0, undefined ? ~0u : 0};
    bool wrexec = strstr(inst->op->name, "exec_b") != NULL && inst->num_src == 1;
    if (what->flow == FLOW_BITWISE && undefined) {
        unsigned count = inst->num_dst ? inst->dst[0].dwords : 1;
        static const struct sim_operand exec = {.kind = SIM_OPERAND_SGPR, .reg = SIM_SGPR_EXEC, .dwords = 2};
        for (unsigned i = 0; i < count && i < 2; i++) {
            uint32_t ua = 0, ub = 0, a = 0, b = 0;
            a = inst->num_src ? scalar_dword(wave, &inst->src[0], i, &ua, &origin) : 0;
            const struct sim_operand *second = inst->num_src > 1 ? &inst->src[1] : wrexec ? &exec : NULL;
            b = second ? scalar_dword(wave, second, i, &ub, &origin) : 0;
            result[i] = bitwise_undefined(second ? what->bitwise : '^', a, ua, b, ub);
        }
    } else if (what->flow == FLOW_CSELECT && undefined && !check->sgpr_undefined[SCC_INDEX]) {
        const struct sim_operand *chosen = &inst->src[wave->scc ? 0 : 1];
        for (unsigned i = 0; i < 2; i++)
            scalar_dword(wave, chosen, i, &result[i], &origin);
    }
    if (undefined && (what->bitwise == '<' || what->bitwise == '>') && what->flow == FLOW_SCALAR) {
        uint32_t half[2], count = 0;
        for (unsigned i = 0; i < 2; i++)
            scalar_dword(wave, &inst->src[0], i, &half[i], &origin);
        scalar_dword(wave, &inst->src[1], 0, &count, &origin);
        if (!count)
            result[what->bitwise == '<' ? 0 : 1] = half[what->bitwise == '<' ? 0 : 1] ? ~0u : 0;
    }
    if (undefined && !origin) {
        for (unsigned i = 0; i < what->num_sread; i++)
            for (unsigned j = 0; j < what->sread[i].count; j++)
                if (check->sgpr_undefined[what->sread[i].first + j])
                    origin = name_origin(check, inst, &check->sgpr_origin[what->sread[i].first + j],
                                         CHECK_ROWS + what->sread[i].first + j);
    }
    if (wrexec) { /* the destination takes the old EXEC, EXEC the result */
        for (unsigned i = 0; i < what->num_swrite; i++)
            if (what->swrite[i].first != SIM_SGPR_EXEC)
                set_sgprs(check, what->swrite[i], 0, 0);
        set_sgpr(check, SIM_SGPR_EXEC, result[0], origin);
        set_sgpr(check, SIM_SGPR_EXEC + 1, result[1], origin);
    } else {
        for (unsigned i = 0; i < what->num_swrite; i++)
            for (unsigned j = 0; j < what->swrite[i].count; j++)
                set_sgpr(check, what->swrite[i].first + j, result[j & 1], origin);
    }
    if (what->scc_result)
        set_sgpr(check, SCC_INDEX, result[0] | result[1] ? 1 : 0, origin);
    if (check->sgpr_undefined[SIM_SGPR_EXEC] | check->sgpr_undefined[SIM_SGPR_EXEC + 1]) {
        check_report_undefined(wave, inst, check->sgpr_origin[SIM_SGPR_EXEC] | check->sgpr_origin[SIM_SGPR_EXEC + 1],
                               "EXEC", -1);
        check->sgpr_undefined[SIM_SGPR_EXEC] = check->sgpr_undefined[SIM_SGPR_EXEC + 1] = 0;
    }
}

static void check_branch(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    if (!check->any_undefined_sgpr)
        return;
    uint16_t origin = 0;
    if (what->branches_on_scc && check->sgpr_undefined[SCC_INDEX])
        check_report_undefined(wave, inst, check->sgpr_origin[SCC_INDEX], "the branch", -1);
    else if (what->branches_on_vcc && check_undefined_sgprs(check, (struct check_range){SIM_SGPR_VCC, 2}, &origin))
        check_report_undefined(wave, inst, origin, "the branch", -1);
}

void check_flow(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what) {
    struct check_wave *check = check_of(wave);
    uint16_t origin = 0;
    switch (what->flow) {
    case FLOW_NONE:
        if (inst->cls == SIM_CLASS_BRANCH)
            check_branch(wave, inst, what);
        for (unsigned i = 0; i < what->num_swrite; i++)
            set_sgprs(check, what->swrite[i], 0, 0);
        break;
    case FLOW_LANES:
        flow_lanes(wave, inst, what);
        break;
    case FLOW_PAIRS:
    case FLOW_PACKED:
        flow_pairs(wave, inst, what);
        break;
    case FLOW_LOW_UP:
    case FLOW_HIGH_DOWN:
        flow_wide(wave, inst, what);
        break;
    case FLOW_SELECT:
        flow_select(wave, inst, what);
        break;
    case FLOW_PERM:
        flow_perm(wave, inst, what);
        break;
    case FLOW_COMPARE:
        flow_compare(wave, inst, what);
        break;
    case FLOW_READ_LANE: {
        uint64_t undefined = source_lanes(wave, inst, 0, &origin);
        set_sgprs(check, what->swrite[0], undefined >> selected_lane(wave, inst) & 1 ? ~0u : 0, origin);
        break;
    }
    case FLOW_WRITE_LANE: {
        unsigned lane = sim_read_s32(wave, &inst->src[1]) & 63;
        uint64_t undefined = source_lanes(wave, inst, 0, &origin);
        set_rows(check, what->vwrite[0], 1ull << lane, undefined, origin);
        break;
    }
    case FLOW_SWAP:
    case FLOW_SWAP16:
    case FLOW_SWAP32:
        flow_swap(wave, inst, what);
        break;
    case FLOW_SHUFFLE:
        flow_shuffle(wave, inst, what);
        break;
    case FLOW_MATRIX:
        flow_matrix(wave, inst, what);
        break;
    case FLOW_MEMORY:
        if (what->writes_half)
            set_half(check, what->vwrite[0].first, what->writes_half, sim_exec(wave), check->load_undefined[0],
                     check->load_origin);
        for (unsigned i = 0; i < what->num_vwrite && !what->writes_half; i++)
            for (unsigned j = 0; j < what->vwrite[i].count; j++)
                set_rows(check, (struct check_range){(uint16_t)(what->vwrite[i].first + j), 1}, sim_exec(wave),
                         check->load_undefined[j & 15], check->load_origin);
        for (unsigned i = 0; i < what->num_swrite; i++)
            for (unsigned j = 0; j < what->swrite[i].count; j++)
                set_sgpr(check, what->swrite[i].first + j, check->load_undefined[j & 15] ? ~0u : 0, check->load_origin);
        break;
    default:
        flow_scalar(wave, inst, what);
    }
}
