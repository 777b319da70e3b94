/* SPDX-License-Identifier: MIT
 *
 * Streams and events. Work runs when it is submitted, so every stream is always idle; a stream that captures collects
 * its work in a graph instead. A stream's clock is the sum of its work's times: modelled in timing mode, wall
 * otherwise.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEGACY_STREAM ((hipStream_t)1)
#define PER_THREAD_STREAM ((hipStream_t)2)

struct hip_stream {
    int device, priority;
    unsigned flags;
    double clock;
    struct hip_graph *capture; /* being captured, or NULL */
    struct hip_node **tail;    /* what the next node of the capture follows */
    size_t num_tail;
    bool capture_forked; /* joined the capture of another stream through an event */
    struct hip_stream *next;
};

struct hip_event {
    unsigned flags;
    bool recorded;
    double time;
    struct hip_graph *capture; /* the capture it was recorded in */
    struct hip_node **tail;
    size_t num_tail;
};

static struct hip_stream default_streams[HIP_MAX_DEVICES];
static struct hip_stream *streams;
static unsigned num_capturing;

static struct hip_stream *resolve(hipStream_t stream) {
    if (!stream || stream == LEGACY_STREAM || stream == PER_THREAD_STREAM) {
        struct hip_stream *found = &default_streams[hip_current_device()];
        found->device = hip_current_device();
        return found;
    }
    struct hip_state *hip = hip_state();
    pthread_mutex_lock(&hip->lock);
    struct hip_stream *found = streams;
    while (found && found != stream)
        found = found->next;
    pthread_mutex_unlock(&hip->lock);
    return found;
}

int hip_stream_device(hipStream_t stream, hipError_t *error) {
    struct hip_stream *found = resolve(stream);
    *error = found ? hipSuccess : hipErrorInvalidHandle;
    return found ? found->device : 0;
}

bool hip_stream_is_capturing(hipStream_t stream) {
    struct hip_stream *found = resolve(stream);
    return found && found->capture;
}

static bool set_tail(struct hip_node ***tail, size_t *count, struct hip_node *const *nodes, size_t num_nodes) {
    struct hip_node **copy = malloc((num_nodes + 1) * sizeof *copy);
    if (!copy)
        return false;
    if (num_nodes)
        memcpy(copy, nodes, num_nodes * sizeof *copy);
    free(*tail);
    *tail = copy;
    *count = num_nodes;
    return true;
}

static bool add_tail(struct hip_stream *stream, struct hip_node *const *nodes, size_t num_nodes) {
    struct hip_node **larger = realloc(stream->tail, (stream->num_tail + num_nodes + 1) * sizeof *larger);
    if (!larger)
        return false;
    if (num_nodes)
        memcpy(larger + stream->num_tail, nodes, num_nodes * sizeof *larger);
    stream->tail = larger;
    stream->num_tail += num_nodes;
    return true;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

hipError_t hip_execute(const struct hip_work *work, int device, double *seconds) {
    double begin = now();
    hipError_t error = hipSuccess;
    switch (work->kind) {
    case HIP_WORK_KERNEL:
        return hip_run_kernel(work->kernel, device, work->grid, work->block, work->items, work->dynamic_lds,
                              work->kernarg, work->kernarg_size, seconds);
    case HIP_WORK_COPY:
        for (size_t row = 0; row < work->height; row++) {
            char *to = (char *)work->to + row * work->to_pitch;
            memmove(to, (const char *)work->from + row * work->from_pitch, work->width);
            hip_note_written(to, work->width);
        }
        break;
    case HIP_WORK_SET:
        for (size_t row = 0; row < work->height; row++) {
            char *to = (char *)work->to + row * work->to_pitch;
            if (work->element_size == 1)
                memset(to, (int)work->value, work->width);
            else
                for (size_t i = 0; i < work->width; i += work->element_size)
                    memcpy(to + i, &work->value, work->element_size);
            hip_note_written(to, work->width);
        }
        break;
    case HIP_WORK_HOST:
        work->function(work->data);
        break;
    case HIP_WORK_EMPTY:
        break;
    }
    *seconds = now() - begin;
    return error;
}

hipError_t hip_submit(hipStream_t handle, struct hip_work *work) {
    struct hip_stream *stream = resolve(handle);
    if (!stream) {
        free(work->kernarg);
        return hipErrorInvalidHandle;
    }
    if (!stream->capture) {
        double seconds = 0;
        hipError_t error = hip_execute(work, stream->device, &seconds);
        stream->clock += seconds;
        free(work->kernarg);
        return error;
    }
    struct hip_node *node = hip_graph_add(stream->capture, stream->tail, stream->num_tail, work);
    if (!node || !set_tail(&stream->tail, &stream->num_tail, &node, 1))
        return hipErrorOutOfMemory;
    return hipSuccess;
}

/* ---- streams ---- */

HIP_API(hipStreamCreateWithPriority, hipStream_t *stream, unsigned flags, int priority) {
    struct hip_state *hip = hip_state();
    if (!stream || flags > 1)
        return hip_return(hipErrorInvalidValue);
    struct hip_stream *fresh = calloc(1, sizeof *fresh);
    if (!fresh)
        return hip_return(hipErrorOutOfMemory);
    fresh->device = hip_current_device();
    fresh->flags = flags;
    fresh->priority = priority;
    pthread_mutex_lock(&hip->lock);
    fresh->next = streams;
    streams = fresh;
    pthread_mutex_unlock(&hip->lock);
    *stream = fresh;
    return hipSuccess;
}
HIP_API(hipStreamCreate, hipStream_t *stream) {
    return hipStreamCreateWithPriority(stream, 0, 0);
}
HIP_API(hipStreamCreateWithFlags, hipStream_t *stream, unsigned flags) {
    return hipStreamCreateWithPriority(stream, flags, 0);
}
HIP_API(hipExtStreamCreateWithCUMask, hipStream_t *stream, uint32_t words, const uint32_t *mask) {
    (void)words, (void)mask;
    return hipStreamCreateWithPriority(stream, 0, 0);
}

HIP_API(hipStreamDestroy, hipStream_t stream) {
    struct hip_state *hip = hip_state();
    pthread_mutex_lock(&hip->lock);
    struct hip_stream **link = &streams;
    while (*link && *link != stream)
        link = &(*link)->next;
    struct hip_stream *found = *link;
    if (found)
        *link = found->next;
    pthread_mutex_unlock(&hip->lock);
    if (!found)
        return hip_return(hipErrorInvalidHandle);
    free(found->tail);
    free(found);
    return hipSuccess;
}

static hipError_t check_stream(hipStream_t stream) {
    return resolve(stream) ? hipSuccess : hipErrorInvalidHandle;
}

HIP_API(hipStreamSynchronize, hipStream_t stream) {
    if (hip_stream_is_capturing(stream))
        return hip_return(hipErrorStreamCaptureUnsupported);
    return hip_return(check_stream(stream));
}
HIP_API(hipStreamQuery, hipStream_t stream) {
    if (hip_stream_is_capturing(stream))
        return hip_return(hipErrorStreamCaptureUnsupported);
    return hip_return(check_stream(stream));
}
HIP_API(hipStreamGetFlags, hipStream_t stream, unsigned *flags) {
    struct hip_stream *found = resolve(stream);
    if (!found || !flags)
        return hip_return(hipErrorInvalidHandle);
    *flags = found->flags;
    return hipSuccess;
}
HIP_API(hipStreamGetPriority, hipStream_t stream, int *priority) {
    struct hip_stream *found = resolve(stream);
    if (!found || !priority)
        return hip_return(hipErrorInvalidHandle);
    *priority = found->priority;
    return hipSuccess;
}
HIP_API(hipStreamGetDevice, hipStream_t stream, hipDevice_t *device) {
    struct hip_stream *found = resolve(stream);
    if (!found || !device)
        return hip_return(hipErrorInvalidHandle);
    *device = found->device;
    return hipSuccess;
}

HIP_API(hipLaunchHostFunc, hipStream_t stream, void (*function)(void *), void *data) {
    if (!function)
        return hip_return(hipErrorInvalidValue);
    struct hip_work work = {.kind = HIP_WORK_HOST, .function = function, .data = data};
    return hip_return(hip_submit(stream, &work));
}
HIP_API(hipStreamAddCallback, hipStream_t stream, void (*callback)(hipStream_t, hipError_t, void *), void *data,
        unsigned flags) {
    if (!callback || flags)
        return hip_return(hipErrorInvalidValue);
    if (hip_stream_is_capturing(stream))
        return hip_return(hipErrorStreamCaptureUnsupported);
    callback(stream, hipSuccess, data);
    return hipSuccess;
}

/* ---- capture ---- */

HIP_API(hipStreamBeginCapture, hipStream_t stream, int mode) {
    struct hip_stream *found = resolve(stream);
    if (!found)
        return hip_return(hipErrorInvalidHandle);
    if (mode < 0 || mode > 2)
        return hip_return(hipErrorInvalidValue);
    if (found->capture)
        return hip_return(hipErrorIllegalState);
    if (!stream || stream == LEGACY_STREAM)
        return hip_return(hipErrorStreamCaptureUnsupported);
    found->capture = hip_graph_create();
    if (!found->capture || !set_tail(&found->tail, &found->num_tail, NULL, 0))
        return hip_return(hipErrorOutOfMemory);
    found->capture_forked = false;
    num_capturing++;
    return hipSuccess;
}

HIP_API(hipStreamEndCapture, hipStream_t stream, hipGraph_t *graph) {
    struct hip_state *hip = hip_state();
    struct hip_stream *found = resolve(stream);
    if (!found || !graph)
        return hip_return(hipErrorInvalidValue);
    if (!found->capture || found->capture_forked)
        return hip_return(hipErrorStreamCaptureUnmatched);
    *graph = found->capture;
    pthread_mutex_lock(&hip->lock);
    for (struct hip_stream *other = streams; other; other = other->next)
        if (other->capture == *graph)
            other->capture = NULL;
    pthread_mutex_unlock(&hip->lock);
    found->capture = NULL;
    num_capturing--;
    return hipSuccess;
}

HIP_API(hipStreamIsCapturing, hipStream_t stream, int *status) {
    struct hip_stream *found = resolve(stream);
    if (!found || !status)
        return hip_return(hipErrorInvalidValue);
    *status = found->capture != NULL;
    return hipSuccess;
}

HIP_API(hipStreamGetCaptureInfo, hipStream_t stream, int *status, unsigned long long *id) {
    struct hip_stream *found = resolve(stream);
    if (!found || !status)
        return hip_return(hipErrorInvalidValue);
    *status = found->capture != NULL;
    if (id)
        *id = (unsigned long long)(uintptr_t)found->capture;
    return hipSuccess;
}

HIP_API(hipThreadExchangeStreamCaptureMode, int *mode) {
    static _Thread_local int current;
    if (!mode || *mode < 0 || *mode > 2)
        return hip_return(hipErrorInvalidValue);
    int previous = current;
    current = *mode;
    *mode = previous;
    return hipSuccess;
}

/* ---- events ---- */

HIP_API(hipEventCreateWithFlags, hipEvent_t *event, unsigned flags) {
    hip_state();
    if (!event)
        return hip_return(hipErrorInvalidValue);
    *event = calloc(1, sizeof **event);
    if (!*event)
        return hip_return(hipErrorOutOfMemory);
    (*event)->flags = flags;
    return hipSuccess;
}
HIP_API(hipEventCreate, hipEvent_t *event) {
    return hipEventCreateWithFlags(event, 0);
}
HIP_API(hipEventDestroy, hipEvent_t event) {
    if (!event)
        return hip_return(hipErrorInvalidHandle);
    free(event->tail);
    free(event);
    return hipSuccess;
}

HIP_API(hipEventRecord, hipEvent_t event, hipStream_t stream) {
    struct hip_stream *found = resolve(stream);
    if (!event || !found)
        return hip_return(hipErrorInvalidHandle);
    event->capture = found->capture;
    if (found->capture)
        return hip_return(set_tail(&event->tail, &event->num_tail, found->tail, found->num_tail) ? hipSuccess
                                                                                                 : hipErrorOutOfMemory);
    event->recorded = true;
    event->time = found->clock;
    return hipSuccess;
}
HIP_API(hipEventRecordWithFlags, hipEvent_t event, hipStream_t stream, unsigned flags) {
    (void)flags;
    return hipEventRecord(event, stream);
}

HIP_API(hipEventSynchronize, hipEvent_t event) {
    return hip_return(event ? hipSuccess : hipErrorInvalidHandle);
}
HIP_API(hipEventQuery, hipEvent_t event) {
    return hip_return(event ? hipSuccess : hipErrorInvalidHandle);
}

HIP_API(hipEventElapsedTime, float *milliseconds, hipEvent_t begin, hipEvent_t end) {
    if (!milliseconds)
        return hip_return(hipErrorInvalidValue);
    if (!begin || !end || !begin->recorded || !end->recorded)
        return hip_return(hipErrorInvalidHandle);
    *milliseconds = (float)((end->time - begin->time) * 1e3);
    return hipSuccess;
}

HIP_API(hipStreamWaitEvent, hipStream_t stream, hipEvent_t event, unsigned flags) {
    struct hip_stream *found = resolve(stream);
    (void)flags;
    if (!found || !event)
        return hip_return(hipErrorInvalidHandle);
    if (event->capture) {
        if (!found->capture) { /* the stream joins the capture */
            found->capture = event->capture;
            found->capture_forked = true;
            return hip_return(set_tail(&found->tail, &found->num_tail, event->tail, event->num_tail)
                                  ? hipSuccess
                                  : hipErrorOutOfMemory);
        }
        if (found->capture != event->capture)
            return hip_return(hipErrorStreamCaptureImplicit);
        return hip_return(add_tail(found, event->tail, event->num_tail) ? hipSuccess : hipErrorOutOfMemory);
    }
    if (event->recorded && event->time > found->clock)
        found->clock = event->time;
    return hipSuccess;
}
