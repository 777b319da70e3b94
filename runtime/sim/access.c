/* SPDX-License-Identifier: MIT */
#include "access.h"

#include <stdio.h>

#define RECENT (sizeof((struct sim_wave *)0)->recent / sizeof *((struct sim_wave *)0)->recent)

bool sim_access_slow(struct sim_wave *wave, uint64_t address, uint64_t bytes) {
    const struct sim_allocation *found = NULL;
    unsigned index = 0;
    for (; index < RECENT; index++) {
        const struct sim_allocation *recent = wave->recent[index];
        if (!recent || address - recent->base < recent->size) {
            found = recent;
            break;
        }
    }
    if (!found)
        found = wave->wg->launch->memory ? sim_memory_find(wave->wg->launch->memory, address) : NULL;
    if (!found)
        return false;
    if (index == RECENT)
        index--;
    for (; index > 0; index--)
        wave->recent[index] = wave->recent[index - 1];
    wave->recent[0] = found;
    return bytes <= found->size - (address - found->base);
}

bool sim_access_slack(const struct sim_wave *wave, uint64_t address, uint64_t bytes) {
    const struct sim_launch *launch = wave->wg->launch;
    if (!launch->slack || !launch->memory)
        return false;
    uint64_t low = address > launch->slack ? address - launch->slack : 0;
    const struct sim_allocation *below = sim_memory_below(launch->memory, address);
    return below && below->base + below->size >= low && address + bytes <= below->base + below->size + launch->slack;
}

void sim_access_fault(struct sim_wave *wave, const struct sim_inst *inst, const char *what, unsigned lane,
                      uint64_t address, unsigned bytes) {
    char where[256] = "no memory map";
    if (address >> 32 == SIM_HEAP_ADDRESS >> 32) {
        sim_wave_fault(wave, inst, "malloc and free in kernels are not supported by the simulator (lane %u)", lane);
        return;
    }
    if (wave->wg->launch->memory)
        sim_memory_describe(wave->wg->launch->memory, address, where, sizeof where);
    sim_wave_fault(wave, inst, "%s of %u bytes at 0x%llx outside every allocation, lane %u: %s", what, bytes,
                   (unsigned long long)address, lane, where);
}
