/* SPDX-License-Identifier: MIT
 *
 * Check mode's hooks: registers used too early, barriers, the adversarial schedule.
 */
#include "check_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TURN 96          /* instructions that a wave may run before another is chosen */
#define LONG_TURN (1u << 18) /* and a workgroup */

static _Atomic uint64_t launches;

/* ---- registers of operations in flight ---- */

static const struct check_inst *describe(struct check_launch *check, const struct sim_inst *inst) {
    struct check_inst **slot = &check->insts[inst->offset >> 2];
    struct check_inst *what = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (what)
        return what;
    struct check_inst *fresh = check_describe(inst);
    if (__atomic_compare_exchange_n(slot, &what, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return fresh;
    free(fresh);
    return what;
}

static void report_pending(struct sim_wave *wave, const struct sim_inst *inst, char bank, unsigned reg, uint32_t op,
                           bool reads) {
    struct check_wave *check = check_of(wave);
    char text[240];
    if (!check_already_reported(wave, inst, CHECK_REGISTER_PENDING))
        check_report(wave, inst, CHECK_REGISTER_PENDING,
                     "%c%u is %s while a load into it is outstanding: no s_waitcnt, or one too weak, after %s", bank,
                     reg, reads ? "read" : "overwritten",
                     check_text(wave, check->op_inst[op % CHECK_OPS], text, sizeof text));
    check_flight_excuse(check, op); /* one report; the operation lands when it lands */
}

static void check_rows(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what,
                       struct check_range range, bool reads) {
    struct check_wave *check = check_of(wave);
    for (unsigned i = 0; i < range.count; i++) {
        unsigned row = range.first + i;
        uint32_t op = check->row_op[row];
        if (op && !(!reads && what->keeps_order && check_flight_same_queue(check, op, what)))
            report_pending(wave, inst, row < 256 ? 'v' : 'a', row % 256, op, reads);
    }
}

static void check_sgprs(struct sim_wave *wave, const struct sim_inst *inst, struct check_range range, bool reads) {
    struct check_wave *check = check_of(wave);
    for (unsigned i = 0; i < range.count; i++)
        if (check->sgpr_op[range.first + i])
            report_pending(wave, inst, 's', range.first + i, check->sgpr_op[range.first + i], reads);
}

static bool before(struct sim_wave *wave, const struct sim_inst *inst) {
    struct check_wave *check = check_of(wave);
    bool executes = true;
    if (check->next_due <= ++check_group(wave)->clock)
        check_flight_advance(wave);
    if (inst->cls == SIM_CLASS_WAITCNT) {
        check_flight_wait(wave, inst);
        return wave->status != SIM_WAVE_FAULTED;
    }
    const struct check_inst *what = describe(check_launch_of(wave), inst);
    if (check->num_pending) {
        for (unsigned i = 0; i < what->num_vread; i++)
            check_rows(wave, inst, what, what->vread[i], true);
        for (unsigned i = 0; i < what->num_sread; i++)
            check_sgprs(wave, inst, what->sread[i], true);
        for (unsigned i = 0; i < what->num_vwrite; i++)
            check_rows(wave, inst, what, what->vwrite[i], false);
        for (unsigned i = 0; i < what->num_swrite; i++)
            check_sgprs(wave, inst, what->swrite[i], false);
    }
    if (what->counters) {
        uint32_t op = check->next_op++;
        if (!check->next_op)
            check->next_op = 1;
        check->op_inst[op % CHECK_OPS] = inst;
        check->op_epoch[op % CHECK_OPS] = check->epoch;
        check->completed[op % CHECK_OPS] = CHECK_NEVER;
        struct check_box box = {0};
        check_memory(wave, inst, op, &box);
        check_flow(wave, inst, what);
        if (wave->status != SIM_WAVE_FAULTED)
            executes = check_flight_issue(wave, inst, what, op, &box);
    } else {
        check_flow(wave, inst, what);
    }
    if (inst->cls == SIM_CLASS_BARRIER)
        check_group(wave)->at_barrier[wave->index] = inst;
    return executes && wave->status != SIM_WAVE_FAULTED;
}

/* ---- barriers ---- */

static void barrier_released(struct sim_workgroup *wg) {
    struct check_workgroup *group = wg->check;
    unsigned first = SIM_MAX_WAVES;
    for (unsigned i = 0; i < wg->num_waves; i++) {
        if (!sim_wave_runs(&wg->waves[i]) || !group->at_barrier[i])
            continue;
        group->waves[i].epoch++;
        group->barriers[i]++;
        if (first == SIM_MAX_WAVES) {
            first = i;
        } else if (group->at_barrier[i] != group->at_barrier[first] && !group->split_here) {
            group->split_here = group->at_barrier[first];
            group->split_there = group->at_barrier[i];
            group->split_wave = first;
            group->split_other = i;
        }
        group->last_barrier[i] = group->at_barrier[i];
    }
    /* Waves that have ended count as past every barrier. */
    for (unsigned i = 0; i < wg->num_waves; i++)
        group->at_barrier[i] = NULL;
}

/* Waves may stand at different barriers (two groups in ping-pong do), but all must have passed equally many. Waves that
 * passed none ended early, which the hardware allows. */
static void check_divergence(struct sim_workgroup *wg) {
    struct check_workgroup *group = wg->check;
    unsigned most = 0, fewest = 0;
    bool any = false;
    for (unsigned i = 0; i < wg->num_waves; i++) {
        if (!group->barriers[i])
            continue;
        if (!any)
            most = fewest = i;
        any = true;
        if (group->barriers[i] > group->barriers[most])
            most = i;
        if (group->barriers[i] < group->barriers[fewest])
            fewest = i;
    }
    if (!any || group->barriers[most] == group->barriers[fewest])
        return;
    char here[240], there[240];
    struct sim_wave *wave = &wg->waves[most];
    if (group->split_here)
        check_report(
            wave, group->last_barrier[most], CHECK_DIVERGENCE,
            "barrier divergence: wave %u passed %u barriers, wave %u only %u; first apart when wave %u waited at "
            "%s and wave %u at %s",
            most, group->barriers[most], fewest, group->barriers[fewest], group->split_wave,
            check_text(wave, group->split_here, here, sizeof here), group->split_other,
            check_text(wave, group->split_there, there, sizeof there));
    else
        check_report(wave, group->last_barrier[most], CHECK_DIVERGENCE,
                     "barrier divergence: wave %u passed %u barriers, wave %u ended after %u", most,
                     group->barriers[most], fewest, group->barriers[fewest]);
}

/* ---- schedule ---- */

/* Operations land while their wave stands still, too. */
static void land_due(struct sim_workgroup *wg) {
    struct check_workgroup *group = wg->check;
    for (unsigned i = 0; i < wg->num_waves; i++)
        if (group->waves[i].next_due <= group->clock)
            check_flight_advance(&wg->waves[i]);
}

static void stands_still(struct sim_workgroup *wg) {
    struct check_workgroup *group = wg->check;
    group->clock += MAX_TURN;
    land_due(wg);
}

static unsigned schedule(struct sim_workgroup *wg, uint32_t runnable, uint64_t *quantum) {
    struct check_workgroup *group = wg->check;
    land_due(wg);
    uint64_t random = check_random(&group->random);
    unsigned nth = (unsigned)(random % (unsigned)__builtin_popcount(runnable));
    for (; nth; nth--)
        runnable &= runnable - 1;
    random >>= 32; /* mostly short turns, now and then as long as the wave can go */
    *quantum = random % 8 == 0 ? 100000 : 1 + random / 8 % MAX_TURN;
    return (unsigned)__builtin_ctz(runnable);
}

/* Now and then a workgroup is left in the middle of something. */
static uint64_t turn(struct sim_workgroup *wg, uint64_t longest) {
    struct check_workgroup *group = wg->check;
    uint64_t random = check_random(&group->turn_random);
    uint64_t length = random % 2 ? LONG_TURN : 1ull << (random >> 1) % 15;
    return length < longest ? length : longest;
}

/* ---- launches and workgroups ---- */

static void launch_begin(struct sim_launch *launch) {
    struct check_launch *check = calloc(1, sizeof *check);
    if (!check)
        abort();
    check->num_insts = launch->program->size / 4 + 1;
    check->insts = calloc(check->num_insts, sizeof *check->insts);
    check->synchronises = calloc(launch->num_workgroups / 8 + 1, 1);
    if (!check->insts || !check->synchronises)
        abort();
    check->serial = ++launches & ((1u << 20) - 1);
    pthread_mutex_init(&check->lock, NULL);
    pthread_mutex_init(&check->stores, NULL);
    launch->mode_state = check;
}

static void launch_end(struct sim_launch *launch) {
    struct check_launch *check = launch->mode_state;
    check_publish(launch);
    for (size_t i = 0; i < check->num_insts; i++)
        free(check->insts[i]);
    free(check->insts);
    free(check->synchronises);
    pthread_mutex_destroy(&check->lock);
    pthread_mutex_destroy(&check->stores);
    free(check);
    launch->mode_state = NULL;
}

static void begin_wave(struct sim_wave *wave, struct check_wave *check) {
    const struct sim_kernel *kernel = wave->wg->launch->kernel;
    memset(check->undefined, 0xff, sizeof check->undefined);
    check->undefined[0] = 0; /* work-item ids */
    memset(check->sgpr_undefined, 0xff, sizeof check->sgpr_undefined);
    unsigned defined = (kernel->rsrc2 >> 1 & 31) + (kernel->rsrc2 >> 7 & 1) + (kernel->rsrc2 >> 8 & 1) +
                       (kernel->rsrc2 >> 9 & 1) + (kernel->rsrc2 >> 10 & 1);
    memset(check->sgpr_undefined, 0, defined * sizeof *check->sgpr_undefined);
    for (unsigned i = SIM_SGPR_TTMP; i < SIM_SGPR_TTMP + 16; i++)
        check->sgpr_undefined[i] = 0;
    check->sgpr_undefined[SIM_SGPR_EXEC] = check->sgpr_undefined[SIM_SGPR_EXEC + 1] = 0;
    check->sgpr_undefined[SIM_SGPR_FLAT_SCRATCH] = check->sgpr_undefined[SIM_SGPR_FLAT_SCRATCH + 1] = 0;
    check->any_undefined_sgpr = true;
    check->next_op = 1;
    check->next_due = UINT64_MAX;
    check->random = check_random(&check_group(wave)->random);
    wave->check = check;
}

static void workgroup_begin(struct sim_workgroup *wg) {
    struct check_workgroup *group = calloc(1, sizeof *group);
    if (!group)
        abort();
    group->lds = calloc(wg->lds_size / 4 + 4, sizeof *group->lds);
    group->waves = calloc(wg->num_waves, sizeof *group->waves);
    group->scratch_defined = calloc((size_t)wg->num_waves * SIM_LANES * wg->scratch_bytes / 8 + 1, 1);
    if (!group->lds || !group->waves || !group->scratch_defined)
        abort();
    for (unsigned i = 0; i < wg->lds_size / 4; i++)
        group->lds[i].read_epoch = CHECK_NEVER;
    uint64_t seed = wg->launch->seed, stream = wg->linear_id;
    group->random = check_random(&seed) ^ check_random(&stream);
    group->turn_random = check_random(&seed) ^ check_random(&stream);
    wg->check = group;
    for (unsigned i = 0; i < wg->num_waves; i++)
        begin_wave(&wg->waves[i], &group->waves[i]);
}

static void workgroup_end(struct sim_workgroup *wg) {
    struct check_workgroup *group = wg->check;
    for (unsigned i = 0; i < wg->num_waves && wg->linear_id < atomic_load(&wg->launch->faulted_at); i++)
        check_flight_drain(&wg->waves[i]);
    if (wg->linear_id < atomic_load(&wg->launch->faulted_at))
        check_divergence(wg);
    check_collect(wg);
    check_flight_free(group, wg->num_waves);
    free(group->lds);
    free(group->scratch_defined);
    free(group->waves);
    free(group);
    wg->check = NULL;
}

const struct sim_mode_ops sim_check_mode = {
    .launch_begin = launch_begin,
    .launch_end = launch_end,
    .workgroup_begin = workgroup_begin,
    .workgroup_end = workgroup_end,
    .before = before,
    .barrier_released = barrier_released,
    .stands_still = stands_still,
    .schedule = schedule,
    .turn = turn,
};
