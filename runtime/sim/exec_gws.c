/* SPDX-License-Identifier: MIT
 *
 * Global wave sync instructions.
 */
#include "gws.h"

#include "access.h"

/* arg0 = 0; arg1: */
enum { GWS_INIT, GWS_BARRIER, GWS_SEMA_V, GWS_SEMA_P, GWS_SEMA_BR, GWS_SEMA_RELEASE_ALL };

void sim_gws_init(struct sim_gws *gws) {
    memset(gws, 0, sizeof *gws);
    pthread_mutex_init(&gws->lock, NULL);
}

static uint32_t first_lane(const struct sim_wave *wave, const struct sim_inst *inst) {
    uint64_t exec = sim_exec(wave);
    return wave->vgpr[row_of(&inst->src[0])][exec ? __builtin_ctzll(exec) : 0];
}

static void wait_for(struct sim_wave *wave, unsigned resource, bool barrier, uint32_t phase) {
    wave->gws = (struct sim_gws_wait){(uint8_t)resource, barrier, phase};
    wave->status = SIM_WAVE_AT_GWS;
}

static void exec(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_gws *gws = wave->wg->launch->gws;
    if (!gws) {
        sim_wave_fault(wave, inst, "the launch has no global wave sync");
        return;
    }
    unsigned resource = ((wave->sgpr[SIM_SGPR_M0] >> 16) + (uint32_t)inst->mem_offset) % SIM_GWS_RESOURCES;
    uint32_t value = inst->num_src ? first_lane(wave, inst) : 0;
    struct sim_gws_resource *state = &gws->resource[resource];
    pthread_mutex_lock(&gws->lock);
    switch (inst->op->arg1) {
    case GWS_INIT:
        state->counter = value;
        break;
    case GWS_SEMA_V:
        state->counter++;
        break;
    case GWS_SEMA_BR:
        state->counter += value;
        break;
    case GWS_SEMA_RELEASE_ALL:
        state->counter += state->queued;
        break;
    case GWS_BARRIER: /* the value is how many waves come to the next barrier, less one */
        if (state->counter == 0) {
            state->counter = value;
            state->phase++;
        } else {
            state->counter--;
            wait_for(wave, resource, true, state->phase);
        }
        break;
    default:
        if (state->counter > 0) {
            state->counter--;
        } else {
            state->queued++;
            wait_for(wave, resource, false, 0);
        }
    }
    pthread_mutex_unlock(&gws->lock);
}

void sim_gws_poll(struct sim_wave *wave) {
    struct sim_gws *gws = wave->wg->launch->gws;
    const struct sim_gws_wait *wait = &wave->gws;
    struct sim_gws_resource *state = &gws->resource[wait->resource];
    pthread_mutex_lock(&gws->lock);
    bool go = wait->barrier ? state->phase != wait->phase : state->counter > 0;
    if (go && !wait->barrier) {
        state->counter--;
        state->queued--;
    }
    pthread_mutex_unlock(&gws->lock);
    if (go)
        sim_wave_resume(wave);
}

#define GWS(text, operation)                          \
    {.name = text,                                    \
     .exec = exec,                                    \
     .cls = SIM_CLASS_LDS,                            \
     .flags = SIM_OP_READS_M0 | SIM_OP_ORDERS_GROUPS, \
     .arg1 = operation}

const struct sim_opcode sim_gws_opcodes[] = {
    GWS("ds_gws_init", GWS_INIT),
    GWS("ds_gws_barrier", GWS_BARRIER),
    GWS("ds_gws_sema_v", GWS_SEMA_V),
    GWS("ds_gws_sema_p", GWS_SEMA_P),
    GWS("ds_gws_sema_br", GWS_SEMA_BR),
    GWS("ds_gws_sema_release_all", GWS_SEMA_RELEASE_ALL),
    {.name = NULL},
};
