/* SPDX-License-Identifier: MIT
 *
 * From the modelled times of some workgroups to the time of a grid.
 */
#ifndef PAGODA_SIM_TIMING_GRID_H
#define PAGODA_SIM_TIMING_GRID_H

#include "timing_table.h"

#include <stddef.h>

/* How many workgroups share a CU. */
unsigned timing_residency(enum sim_arch arch, unsigned vgprs, unsigned lds_bytes, unsigned waves);

struct timing_sample {
    uint64_t id;
    double clk;
    double instructions; /* of all its waves */
};

/* Time until the last of `count` workgroups ends, when `slots` of them run at a time and each free slot takes the next
 * one in order. instructions[i]: executed by workgroup i, 0 when it was not executed; NULL: none is known. A workgroup
 * that was not modelled takes the time that a line through the samples gives for its instructions; for one that was
 * not executed it lies on the line between the samples before and after it. */
double timing_makespan(enum sim_arch arch, const struct timing_sample *samples, size_t num_samples,
                       const uint32_t *instructions, uint64_t count, uint64_t slots);

#endif
