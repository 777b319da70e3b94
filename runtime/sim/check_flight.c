/* SPDX-License-Identifier: MIT
 *
 * Memory operations in flight: which s_waitcnt covers them, and the seeded moment at which each takes effect.
 *
 * Between its issue and the wait that guarantees it, an operation may reach memory or LDS and write its registers at
 * any moment that the hardware's order allows. Its operands are kept as they were at issue; when the moment comes they
 * are put back for the length of one execution. What the hardware orders:
 * - loads of vmcnt return in order, whether to registers or to LDS; LDS operations of a wave take effect in order;
 * - vector memory operations of a workgroup that touch the same addresses, one of them writing, take effect in the
 *   order of issue: its waves share a CU, and compilers rely on that where a barrier has no wait for stores;
 * - nothing else: scalar loads among themselves, flat loads with the others, stores to different addresses.
 * A load may also read memory at its issue and still return late.
 */
#include "check_state.h"

#include <stdlib.h>
#include <string.h>

#define VMCNT(imm) (((unsigned)(imm) & 15u) | ((unsigned)(imm) >> 14 & 3u) << 4)
#define LGKMCNT(imm) ((unsigned)(imm) >> 8 & 15u)
#define BOTH (CHECK_VMCNT | CHECK_LGKMCNT)
#define SLOT_ROWS 12u
#define SLOT_SGPRS 32u
#define FIXED_SGPRS 4u
#define LONGEST_MOOD 48u /* operations */
/* Instructions of the workgroup after which an operation takes effect although nothing waits for it. Workgroups that
 * wait for each other make progress when stores do. */
#define LATEST_WRITE 4096u
#define LATEST_READ 65536u

/* What an operation needs when its moment comes. */
struct check_slot {
    _Alignas(64) sim_row rows[SLOT_ROWS]; /* operands as they were at issue; or the result of an early read */
    uint32_t sgprs[SLOT_SGPRS];           /* EXEC, M0, MODE, then operands */
    struct check_slot *next;
};

/* ---- operands ---- */

static void swap_row(sim_row a, sim_row b) {
    sim_row old;
    memcpy(old, a, sizeof old);
    memcpy(a, b, sizeof old);
    memcpy(b, old, sizeof old);
}

static void swap_dword(uint32_t *a, uint32_t *b) {
    uint32_t old = *a;
    *a = *b;
    *b = old;
}

static bool capture(struct sim_wave *wave, struct check_pending *pending) {
    struct check_workgroup *group = check_group(wave);
    const struct check_inst *what = pending->what;
    unsigned rows = 0, sgprs = FIXED_SGPRS;
    for (unsigned i = 0; i < what->num_vread; i++)
        rows += what->vread[i].count;
    for (unsigned i = 0; i < what->num_sread; i++)
        sgprs += what->sread[i].count;
    if (rows > SLOT_ROWS || sgprs > SLOT_SGPRS || pending->rows.count > SLOT_ROWS)
        return false;
    struct check_slot *slot = group->free_slots;
    if (slot)
        group->free_slots = slot->next;
    else if (!(slot = aligned_alloc(64, (sizeof *slot + 63) / 64 * 64)))
        abort();
    pending->slot = slot;
    slot->sgprs[0] = wave->sgpr[SIM_SGPR_EXEC];
    slot->sgprs[1] = wave->sgpr[SIM_SGPR_EXEC + 1];
    slot->sgprs[2] = wave->sgpr[SIM_SGPR_M0];
    slot->sgprs[3] = wave->mode;
    sgprs = FIXED_SGPRS;
    for (unsigned i = 0; i < what->num_sread; i++)
        for (unsigned j = 0; j < what->sread[i].count; j++)
            slot->sgprs[sgprs++] = wave->sgpr[what->sread[i].first + j];
    return true;
}

static void capture_rows(const struct sim_wave *wave, struct check_pending *pending) {
    unsigned row = 0;
    for (unsigned i = 0; i < pending->what->num_vread; i++) {
        struct check_range range = pending->what->vread[i];
        memcpy(pending->slot->rows[row], wave->vgpr[range.first], range.count * sizeof(sim_row));
        row += range.count;
    }
}

static void release(struct check_workgroup *group, struct check_pending *pending) {
    pending->slot->next = group->free_slots;
    group->free_slots = pending->slot;
    pending->slot = NULL;
}

static bool in_range(struct check_range range, unsigned reg) {
    return reg - range.first < range.count;
}

static void keep_inactive(uint32_t *row, const uint32_t *old, uint64_t written) {
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        row[lane] = written >> lane & 1 ? row[lane] : old[lane];
}

static bool is_recorded_store(const struct sim_inst *inst) {
    return inst->cls != SIM_CLASS_SMEM && inst->cls != SIM_CLASS_LDS && inst->op->flags & SIM_OP_STORE;
}

static void execute(struct sim_wave *wave, const struct sim_inst *inst) {
    if (!is_recorded_store(inst)) {
        inst->exec(wave, inst);
        return;
    }
    struct check_launch *launch = check_launch_of(wave);
    pthread_mutex_lock(&launch->stores);
    check_store_effect(wave, inst);
    inst->exec(wave, inst);
    pthread_mutex_unlock(&launch->stores);
}

/* Executes with the operands of the issue. A register that is both operand and result keeps the result. */
static void execute_late(struct sim_wave *wave, struct check_pending *pending) {
    const struct check_inst *what = pending->what;
    struct check_slot *slot = pending->slot;
    uint64_t exec = slot->sgprs[0] | (uint64_t)slot->sgprs[1] << 32;
    unsigned row = 0, sgpr = FIXED_SGPRS;
    for (unsigned i = 0; i < what->num_vread; i++)
        for (unsigned j = 0; j < what->vread[i].count; j++)
            swap_row(slot->rows[row++], wave->vgpr[what->vread[i].first + j]);
    for (unsigned i = 0; i < what->num_sread; i++)
        for (unsigned j = 0; j < what->sread[i].count; j++)
            swap_dword(&slot->sgprs[sgpr++], &wave->sgpr[what->sread[i].first + j]);
    swap_dword(&slot->sgprs[0], &wave->sgpr[SIM_SGPR_EXEC]);
    swap_dword(&slot->sgprs[1], &wave->sgpr[SIM_SGPR_EXEC + 1]);
    swap_dword(&slot->sgprs[2], &wave->sgpr[SIM_SGPR_M0]);
    swap_dword(&slot->sgprs[3], &wave->mode);
    execute(wave, pending->inst);
    /* in the reverse order: a register may be an operand twice, the first slot holds its value of now */
    wave->mode = slot->sgprs[3];
    wave->sgpr[SIM_SGPR_M0] = slot->sgprs[2];
    wave->sgpr[SIM_SGPR_EXEC + 1] = slot->sgprs[1];
    wave->sgpr[SIM_SGPR_EXEC] = slot->sgprs[0];
    for (unsigned i = what->num_sread; i-- > 0;)
        for (unsigned j = what->sread[i].count; j-- > 0;) {
            sgpr--;
            if (!in_range(pending->sgprs, what->sread[i].first + j))
                wave->sgpr[what->sread[i].first + j] = slot->sgprs[sgpr];
        }
    for (unsigned i = what->num_vread; i-- > 0;)
        for (unsigned j = what->vread[i].count; j-- > 0;) {
            unsigned reg = what->vread[i].first + j;
            row--;
            if (in_range(pending->rows, reg))
                keep_inactive(wave->vgpr[reg], slot->rows[row], exec);
            else
                memcpy(wave->vgpr[reg], slot->rows[row], sizeof(sim_row));
        }
}

/* ---- taking effect ---- */

static bool conflict(const struct check_pending *a, const struct check_pending *b) {
    if (!a->writes && !b->writes)
        return false;
    if (a->box.space == CHECK_ANY_SPACE || b->box.space == CHECK_ANY_SPACE)
        return true;
    return a->box.space == b->box.space && a->box.low < b->box.high && b->box.low < a->box.high;
}

/* Whether the hardware keeps two operations of a wave in order. */
static bool ordered(const struct check_pending *first, const struct check_pending *second) {
    if (first->scalar || second->scalar || !(first->counters & second->counters))
        return false;
    if (first->counters == CHECK_LGKMCNT || second->counters == CHECK_LGKMCNT)
        return first->counters == second->counters || first->writes || second->writes;
    if (first->counters == CHECK_VMCNT && second->counters == CHECK_VMCNT && first->returns && second->returns)
        return true;
    return !first->performed && !second->performed && conflict(first, second);
}

static void land(struct sim_wave *wave, struct check_pending *pending);

/* What other waves of the workgroup sent to the same addresses earlier takes effect earlier. */
static void land_earlier_conflicts(struct sim_wave *wave, const struct check_pending *pending) {
    struct sim_workgroup *wg = wave->wg;
    const struct check_workgroup *group = wg->check;
    if (!(pending->counters & CHECK_VMCNT) || (!pending->writes && !group->writes_in_flight) ||
        pending->box.space == SIM_SPACE_SCRATCH)
        return;
    for (unsigned i = 0; i < wg->num_waves; i++) {
        struct check_wave *other = &group->waves[i];
        if (i == wave->index || !other->in_flight)
            continue;
        for (unsigned j = 0; j < other->num_pending; j++) {
            struct check_pending *earlier = &other->pending[j];
            if (!earlier->performed && earlier->counters & CHECK_VMCNT && earlier->sequence < pending->sequence &&
                earlier->box.space != SIM_SPACE_SCRATCH && conflict(earlier, pending))
                land(&wg->waves[i], earlier);
        }
    }
}

static void land_what_must_precede(struct sim_wave *wave, struct check_pending *pending) {
    struct check_wave *check = check_of(wave);
    if (check->in_flight)
        for (struct check_pending *older = check->pending; older < pending; older++)
            if (!older->landed && ordered(older, pending))
                land(wave, older);
    if (!pending->performed)
        land_earlier_conflicts(wave, pending);
}

static void mark_performed(struct sim_wave *wave, struct check_pending *pending) {
    if (!pending->performed && pending->writes)
        check_group(wave)->writes_in_flight--;
    pending->performed = true;
}

static void land(struct sim_wave *wave, struct check_pending *pending) {
    if (pending->landed)
        return;
    land_what_must_precede(wave, pending);
    bool early = pending->performed;
    mark_performed(wave, pending);
    pending->landed = true;
    check_of(wave)->in_flight--;
    if (early) {
        struct check_slot *slot = pending->slot;
        uint64_t exec = slot->sgprs[0] | (uint64_t)slot->sgprs[1] << 32;
        for (unsigned i = 0; i < pending->rows.count; i++) {
            keep_inactive(slot->rows[i], wave->vgpr[pending->rows.first + i], exec);
            memcpy(wave->vgpr[pending->rows.first + i], slot->rows[i], sizeof(sim_row));
        }
    } else {
        execute_late(wave, pending);
    }
    release(check_group(wave), pending);
}

/* Reads memory now, for registers that are written later. */
static void read_early(struct sim_wave *wave, struct check_pending *pending) {
    land_earlier_conflicts(wave, pending);
    for (struct check_pending *older = check_of(wave)->pending; older < pending; older++)
        if (!older->performed && conflict(older, pending))
            land(wave, older);
    sim_row *registers = &wave->vgpr[pending->rows.first], *rows = pending->slot->rows;
    size_t bytes = pending->rows.count * sizeof *rows;
    memcpy(rows, registers, bytes);
    execute(wave, pending->inst);
    for (unsigned i = 0; i < pending->rows.count; i++)
        swap_row(rows[i], registers[i]);
    mark_performed(wave, pending);
}

void check_flight_advance(struct sim_wave *wave) {
    struct check_wave *check = check_of(wave);
    uint64_t now = check_group(wave)->clock;
    check->next_due = UINT64_MAX;
    for (unsigned i = 0; i < check->num_pending && check->in_flight; i++) {
        struct check_pending *pending = &check->pending[i];
        if (pending->landed)
            continue;
        if (pending->due <= now)
            land(wave, pending);
        else if (pending->due < check->next_due)
            check->next_due = pending->due;
    }
}

void check_flight_drain(struct sim_wave *wave) {
    struct check_wave *check = check_of(wave);
    for (unsigned i = 0; i < check->num_pending; i++)
        land(wave, &check->pending[i]);
}

void check_flight_free(struct check_workgroup *group, unsigned num_waves) {
    for (unsigned i = 0; i < num_waves; i++)
        for (unsigned j = 0; j < group->waves[i].num_pending; j++)
            free(group->waves[i].pending[j].slot);
    while (group->free_slots) {
        struct check_slot *next = group->free_slots->next;
        free(group->free_slots);
        group->free_slots = next;
    }
}

/* ---- counters ---- */

static void forget_registers(struct check_wave *check, const struct check_pending *pending) {
    for (unsigned i = 0; i < pending->rows.count; i++)
        if (check->row_op[pending->rows.first + i] == pending->op)
            check->row_op[pending->rows.first + i] = 0;
    for (unsigned i = 0; i < pending->sgprs.count; i++)
        if (check->sgpr_op[pending->sgprs.first + i] == pending->op)
            check->sgpr_op[pending->sgprs.first + i] = 0;
}

static void complete(struct sim_wave *wave, unsigned index) {
    struct check_wave *check = check_of(wave);
    struct check_pending *pending = &check->pending[index];
    land(wave, pending);
    forget_registers(check, pending);
    check->completed[pending->op % CHECK_OPS] = check->epoch;
    memmove(pending, pending + 1, (--check->num_pending - index) * sizeof *pending);
}

/* Operations that a wait for `left` outstanding ones guarantees to be done. Scalar loads return out of order and flat
 * ones in no order with the others, so that only a wait for 0 covers them. */
static void wait_for(struct sim_wave *wave, unsigned counter, unsigned left) {
    struct check_wave *check = check_of(wave);
    unsigned newer = 0;
    for (unsigned i = check->num_pending; i-- > 0;) {
        const struct check_pending *pending = &check->pending[i];
        if (!(pending->counters & counter)) {
            newer += counter == CHECK_LGKMCNT && pending->also_lgkm;
            continue;
        }
        bool unordered = pending->scalar || pending->counters == BOTH;
        if (unordered ? left == 0 : newer >= left) {
            if (pending->counters == counter || left == 0) {
                complete(wave, i);
                continue;
            }
        }
        newer += !pending->scalar;
    }
}

void check_flight_wait(struct sim_wave *wave, const struct sim_inst *inst) {
    unsigned vm = VMCNT(inst->imm), lgkm = LGKMCNT(inst->imm);
    if (vm < 63)
        wait_for(wave, CHECK_VMCNT, vm);
    if (lgkm < 15)
        wait_for(wave, CHECK_LGKMCNT, lgkm);
}

void check_flight_excuse(struct check_wave *check, uint32_t op) {
    for (unsigned i = 0; i < check->num_pending; i++)
        if (check->pending[i].op == op)
            forget_registers(check, &check->pending[i]);
}

bool check_flight_same_queue(const struct check_wave *check, uint32_t op, const struct check_inst *what) {
    for (unsigned i = 0; i < check->num_pending; i++)
        if (check->pending[i].op == op)
            return check->pending[i].counters == what->counters && !check->pending[i].scalar;
    return true;
}

/* ---- issue ---- */

enum { MOOD_EARLY, MOOD_LATE, MOOD_TORN, MOOD_MIXED, NUM_MOODS };

/* Moods last for several operations, so that whole sequences land early, or late, or each either way, or anyhow. */
static uint64_t draw_delay(struct check_wave *check, bool writes) {
    uint64_t random = check_random(&check->random);
    if (check->mood_left-- == 0) {
        check->mood = (uint8_t)(random % NUM_MOODS);
        check->mood_left = (unsigned)(random >> 8) % LONGEST_MOOD;
    }
    random >>= 16;
    if (check->mood == MOOD_EARLY || (check->mood == MOOD_TORN && !(random & 1)))
        return 0;
    if (check->mood == MOOD_LATE || (check->mood == MOOD_TORN && random & 1))
        return writes ? LATEST_WRITE : LATEST_READ;
    static const unsigned spread[4] = {1, 16, 256, LATEST_WRITE};
    return (random >> 2) % spread[random % 4];
}

bool check_flight_issue(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what, uint32_t op,
                        const struct check_box *box) {
    struct check_wave *check = check_of(wave);
    struct check_workgroup *group = check_group(wave);
    unsigned flags = inst->op->flags;
    if (check->num_pending == CHECK_PENDING) /* the hardware's counters would have made it wait */
        complete(wave, 0);
    struct check_pending *pending = &check->pending[check->num_pending++];
    *pending = (struct check_pending){.inst = inst,
                                      .what = what,
                                      .op = op,
                                      .counters = what->counters,
                                      .scalar = inst->cls == SIM_CLASS_SMEM,
                                      .writes = (flags & (SIM_OP_STORE | SIM_OP_ATOMIC)) != 0,
                                      .box = *box,
                                      .sequence = group->sequence++};
    pending->also_lgkm = what->flat_lds_load && wave->wg->launch->lds_loads_count_both;
    if (what->num_vwrite)
        pending->rows = what->vwrite[0];
    if (what->num_swrite && inst->cls == SIM_CLASS_SMEM)
        pending->sgprs = what->swrite[0];
    pending->returns = pending->rows.count || inst->lds || flags & SIM_OP_TO_LDS;
    for (unsigned i = 0; i < pending->rows.count; i++)
        check->row_op[pending->rows.first + i] = op;
    for (unsigned i = 0; i < pending->sgprs.count; i++)
        check->sgpr_op[pending->sgprs.first + i] = op;

    bool no_data = !(flags & (SIM_OP_LOAD | SIM_OP_STORE | SIM_OP_ATOMIC)) &&
                   (inst->cls == SIM_CLASS_SMEM || !pending->rows.count); /* cache control, clocks */
    uint64_t delay = no_data ? 0 : draw_delay(check, pending->writes);
    if (!delay || !capture(wave, pending)) {
        pending->landed = true;
        if (!no_data)
            land_what_must_precede(wave, pending);
        pending->performed = true;
        if (!is_recorded_store(inst))
            return true;
        execute(wave, inst);
        return false;
    }
    check->in_flight++;
    group->writes_in_flight += pending->writes;
    pending->due = group->clock + delay;
    if (pending->due < check->next_due)
        check->next_due = pending->due;
    bool may_read_early = what->counters == CHECK_VMCNT && pending->rows.count && !(flags & SIM_OP_READS_DST);
    if (may_read_early && check_random(&check->random) % 4 == 0)
        read_early(wave, pending);
    else
        capture_rows(wave, pending);
    return false;
}
