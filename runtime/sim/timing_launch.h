/* SPDX-License-Identifier: MIT
 *
 * Timing mode of a launch: which workgroups are recorded, and what their modelled times say about the whole grid.
 */
#ifndef PAGODA_SIM_TIMING_LAUNCH_H
#define PAGODA_SIM_TIMING_LAUNCH_H

#include "engine.h"
#include "pagoda/sim.h"

extern const struct sim_mode_ops sim_timing_mode;

/* "timing_workgroups", "sample", "trace": false when the name or the value is not one of timing mode's. */
bool sim_timing_set_option(const char *name, const char *value);

/* Forgets the launches modelled so far. */
void sim_timing_reset(void);

/* Modelled duration of the last launch in timing mode, in microseconds; 0 when there is none. */
double sim_timing_last_us(void);

#endif
