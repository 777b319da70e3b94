/* SPDX-License-Identifier: MIT
 *
 * How much memory a launch works on, from what its recorded workgroups touched: decides whether the Infinity Cache
 * holds it.
 */
#ifndef PAGODA_SIM_TIMING_WORKING_SET_H
#define PAGODA_SIM_TIMING_WORKING_SET_H

#include "memory.h"
#include "timing.h"

/* The number of the 128-byte line at `address` of an allocation; does not depend on where the host put it. */
static inline uint32_t timing_line(const struct sim_allocation *allocation, uint64_t address) {
    return (uint32_t)((address - allocation->base) / TIMING_LINE_BYTES) + (uint32_t)allocation->serial * 2654435761u;
}

/* Bytes that a grid of `workgroups` touches, at most: of each allocation the lines that `count` recorded workgroups
 * touch, times the number of workgroups that each of them stands for, but not more than the allocation has. The caller
 * holds the lock of `memory`. Negative when memory runs out. */
double timing_working_set(const struct sim_memory *memory, const struct timing_workgroup_trace *recorded,
                          unsigned count, uint64_t workgroups);

#endif
