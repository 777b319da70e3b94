/* SPDX-License-Identifier: MIT */
#include "timing_grid.h"

#include <stdlib.h>

unsigned timing_residency(enum sim_arch arch, unsigned vgprs, unsigned lds_bytes, unsigned waves) {
    unsigned simds = (unsigned)timing_value(TIMING_SIMDS, arch);
    unsigned limit = (unsigned)timing_value(TIMING_WAVES_PER_SIMD, arch);
    unsigned allocated = vgprs ? (vgprs + 7) / 8 * 8 : 8;
    unsigned by_registers = (unsigned)timing_value(TIMING_VGPRS, arch) / allocated;
    unsigned per_simd = by_registers < limit ? by_registers : limit;
    unsigned resident = per_simd * simds / (waves ? waves : 1);
    if (lds_bytes) {
        unsigned by_lds = (unsigned)timing_value(TIMING_LDS_BYTES, arch) / lds_bytes;
        resident = by_lds < resident ? by_lds : resident;
    }
    return resident ? resident : 1;
}

/* Least squares clk = a + b * instructions; through the mean when the samples do not differ. */
static void fit(const struct timing_sample *samples, size_t count, double *a, double *b) {
    double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
    for (size_t i = 0; i < count; i++) {
        mean_x += samples[i].instructions / (double)count;
        mean_y += samples[i].clk / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        double x = samples[i].instructions - mean_x;
        xx += x * x;
        xy += x * (samples[i].clk - mean_y);
    }
    *b = xx > 1e-6 * mean_x * mean_x ? xy / xx : mean_x > 0 ? mean_y / mean_x : 0;
    if (*b < 0) {
        *b = 0;
    }
    *a = mean_y - *b * mean_x;
}

static void sift_down(double *heap, uint64_t count, uint64_t i) {
    for (;;) {
        uint64_t child = 2 * i + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && heap[child + 1] < heap[child]) {
            child++;
        }
        if (heap[i] <= heap[child]) {
            return;
        }
        double swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
        i = child;
    }
}

/* Between the samples before and after workgroup `id`, of which `next` is the latter. */
static double between(const struct timing_sample *samples, size_t num_samples, size_t next, uint64_t id) {
    if (next == 0 || next == num_samples) {
        return samples[next ? num_samples - 1 : 0].clk;
    }
    const struct timing_sample *low = &samples[next - 1], *high = &samples[next];
    double share = (double)(id - low->id) / (double)(high->id - low->id);
    return low->clk + share * (high->clk - low->clk);
}

double timing_makespan(enum sim_arch arch, const struct timing_sample *samples, size_t num_samples,
                       const uint32_t *instructions, uint64_t count, uint64_t slots) {
    double a, b, end = 0, start = timing_value(TIMING_WORKGROUP_START, arch);
    if (num_samples == 0 || slots == 0) {
        return 0;
    }
    if (slots > count) {
        slots = count;
    }
    double *heap = calloc(slots ? slots : 1, sizeof *heap); /* when each slot is free; the earliest first */
    if (!heap) {
        return 0;
    }
    fit(samples, num_samples, &a, &b);
    size_t known = 0;
    for (uint64_t i = 0; i < count; i++) {
        double clk;
        while (known < num_samples && samples[known].id < i) {
            known++;
        }
        if (known < num_samples && samples[known].id == i) {
            clk = samples[known].clk;
        } else if (instructions && instructions[i]) {
            clk = a + b * instructions[i];
        } else {
            clk = between(samples, num_samples, known, i);
        }
        heap[0] += start + (clk > 0 ? clk : 0);
        end = heap[0] > end ? heap[0] : end;
        sift_down(heap, slots, 0);
    }
    free(heap);
    return end;
}
