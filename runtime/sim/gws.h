/* SPDX-License-Identifier: MIT
 *
 * Global wave sync: 64 counters of a device that waves of different workgroups meet at. Their state outlives a launch.
 */
#ifndef PAGODA_SIM_GWS_H
#define PAGODA_SIM_GWS_H

#include "engine.h"

#define SIM_GWS_RESOURCES 64

struct sim_gws_resource {
    uint32_t counter; /* barrier: waves still to come, less one; semaphore: counts to take */
    uint32_t phase;   /* barriers passed */
    uint32_t queued;  /* waves that wait for the semaphore */
};

struct sim_gws {
    pthread_mutex_t lock;
    struct sim_gws_resource resource[SIM_GWS_RESOURCES];
};

void sim_gws_init(struct sim_gws *gws);

/* Lets a wave of status SIM_WAVE_AT_GWS go on if what it waits for has happened. */
void sim_gws_poll(struct sim_wave *wave);

#endif
