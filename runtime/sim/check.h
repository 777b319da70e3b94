/* SPDX-License-Identifier: MIT
 *
 * Check mode: finds faults that fast mode cannot see.
 */
#ifndef PAGODA_SIM_CHECK_H
#define PAGODA_SIM_CHECK_H

#include "engine.h"

extern const struct sim_mode_ops sim_check_mode;

/* The host wrote these bytes of simulated memory through the API. */
void sim_check_host_wrote(struct sim_memory *memory, uint64_t address, uint64_t size);

/* Give an allocation its shadow, and take it away. */
void sim_check_attach(struct sim_allocation *allocation);
void sim_check_detach(struct sim_allocation *allocation);

#endif
