/* SPDX-License-Identifier: MIT
 *
 * Calls of kernels to the host, in the protocol of AMD's device library: a wave takes a packet from a list, fills it,
 * puts it on another list, raises an interrupt and waits until the host has answered in the packet.
 */
#ifndef PAGODA_SIM_HOSTCALL_H
#define PAGODA_SIM_HOSTCALL_H

#include "engine.h"

struct sim_hostcall;

/* Packets for `waves` waves at a time (the device's library does not expect to run out); NULL when memory is short. */
struct sim_hostcall *sim_hostcall_create(struct sim_memory *memory, uint64_t waves);
void sim_hostcall_destroy(struct sim_hostcall *calls, struct sim_memory *memory);

/* What the kernel gets as its hidden argument. */
uint64_t sim_hostcall_address(const struct sim_hostcall *calls);

/* Answers every packet that waits. `inst` is the interrupt. */
void sim_hostcall_serve(struct sim_wave *wave, const struct sim_inst *inst);

#endif
