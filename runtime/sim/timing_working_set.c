/* SPDX-License-Identifier: MIT */
#include "timing_working_set.h"

#include <stdlib.h>

struct touched {
    uint32_t first; /* line */
    uint64_t lines; /* of the allocation */
    uint64_t distinct;
    uint8_t *seen; /* a bit per line; NULL until one is touched */
};

static uint64_t lines_of(uint64_t bytes) {
    return (bytes + TIMING_LINE_BYTES - 1) / TIMING_LINE_BYTES;
}

static bool note(struct touched *set, uint32_t line) {
    uint32_t index = line - set->first;
    if (!set->seen && !(set->seen = calloc(set->lines / 8 + 1, 1))) {
        return false;
    }
    uint8_t bit = (uint8_t)(1u << index % 8);
    set->distinct += !(set->seen[index / 8] & bit);
    set->seen[index / 8] |= bit;
    return true;
}

/* Lines follow each other within few allocations, so the ones found last are moved to the front. */
static bool note_lines(struct touched *sets, size_t num_sets, const struct timing_wave_trace *wave) {
    for (size_t i = 0; i < wave->num_lines; i++) {
        uint32_t line = wave->lines[i];
        size_t at = 0;
        while (at < num_sets && line - sets[at].first >= sets[at].lines) {
            at++;
        }
        if (at == num_sets) {
            continue; /* scratch and code, which no allocation holds */
        }
        if (!note(&sets[at], line)) {
            return false;
        }
        if (at > 3) {
            struct touched swap = sets[at];
            sets[at] = sets[at - 1];
            sets[at - 1] = swap;
        }
    }
    return true;
}

double timing_working_set(const struct sim_memory *memory, const struct timing_workgroup_trace *recorded,
                          unsigned count, uint64_t workgroups) {
    struct touched *sets = calloc(memory->num_live + 1, sizeof *sets);
    bool ok = sets != NULL;
    double bytes = 0;
    for (size_t i = 0; ok && i < memory->num_live; i++) {
        const struct sim_allocation *allocation = memory->live[i];
        sets[i].first = timing_line(allocation, allocation->base);
        sets[i].lines = lines_of(allocation->size);
    }
    for (unsigned i = 0; ok && i < count; i++) {
        for (unsigned w = 0; ok && w < recorded[i].num_waves; w++) {
            ok = note_lines(sets, memory->num_live, &recorded[i].waves[w]);
        }
    }
    for (size_t i = 0; ok && i < memory->num_live; i++) {
        double lines = (double)sets[i].distinct * (double)workgroups / (count ? count : 1);
        bytes += (lines < (double)sets[i].lines ? lines : (double)sets[i].lines) * TIMING_LINE_BYTES;
    }
    for (size_t i = 0; sets && i < memory->num_live; i++) {
        free(sets[i].seen);
    }
    free(sets);
    return ok ? bytes : -1;
}
