/* SPDX-License-Identifier: MIT
 *
 * Pieces of work that streams and graphs hold: what they own, and how they are executed.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void hip_work_release(struct hip_work *work) {
    free(work->kernarg);
    hip_graph_destroy(work->graph);
    work->kernarg = NULL;
    work->graph = NULL;
}

bool hip_work_copy(struct hip_work *copy, const struct hip_work *work) {
    *copy = *work;
    if (work->kernarg) {
        copy->kernarg = malloc(work->kernarg_size + 1);
        if (copy->kernarg)
            memcpy(copy->kernarg, work->kernarg, work->kernarg_size);
    }
    if (work->graph)
        copy->graph = hip_graph_copy(work->graph);
    if (!copy->kernarg == !work->kernarg && !copy->graph == !work->graph)
        return true;
    hip_work_release(copy);
    return false;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void copy_row(const struct hip_work *work, size_t slice, size_t row) {
    char *to = (char *)work->to + slice * work->to_slice + row * work->to_pitch;
    memmove(to, (const char *)work->from + slice * work->from_slice + row * work->from_pitch, work->width);
    hip_note_written(to, work->width);
}

static void set_row(const struct hip_work *work, size_t slice, size_t row) {
    char *to = (char *)work->to + slice * work->to_slice + row * work->to_pitch;
    if (work->element_size == 1)
        memset(to, (int)work->value, work->width);
    else
        for (size_t i = 0; i < work->width; i += work->element_size)
            memcpy(to + i, &work->value, work->element_size);
    hip_note_written(to, work->width);
}

hipError_t hip_execute(const struct hip_work *work, int device, double *seconds) {
    double begin = now();
    size_t slices = work->depth ? work->depth : 1;
    switch (work->kind) {
    case HIP_WORK_KERNEL:
        return hip_run_kernel(work->kernel, device, work->grid, work->block, work->items, work->dynamic_lds,
                              work->kernarg, work->kernarg_size, seconds);
    case HIP_WORK_COPY:
        for (size_t slice = 0; slice < slices; slice++)
            for (size_t row = 0; row < work->height; row++)
                copy_row(work, slice, row);
        break;
    case HIP_WORK_SET:
        for (size_t slice = 0; slice < slices; slice++)
            for (size_t row = 0; row < work->height; row++)
                set_row(work, slice, row);
        break;
    case HIP_WORK_HOST:
        work->function(work->data);
        break;
    default: /* nothing; graphs and events are the stream's business */
        break;
    }
    *seconds = now() - begin;
    return hipSuccess;
}
