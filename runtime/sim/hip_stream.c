/* SPDX-License-Identifier: MIT
 *
 * Streams and events. Work runs when it is submitted, so every stream is always idle; a stream that captures collects
 * its work in a graph instead. A stream's clock is the sum of its work's times: modelled in timing mode, wall
 * otherwise.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>

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

static void record(hipEvent_t event, const struct hip_stream *stream) {
    event->recorded = true;
    event->time = stream->clock;
}
static void wait_for(struct hip_stream *stream, const struct hip_event *event) {
    if (event->recorded && event->time > stream->clock)
        stream->clock = event->time;
}

hipError_t hip_submit(hipStream_t handle, struct hip_work *work) {
    struct hip_stream *stream = resolve(handle);
    if (!stream) {
        hip_work_release(work);
        return hipErrorInvalidHandle;
    }
    if (!stream->capture) {
        double seconds = 0;
        hipError_t error = hipSuccess;
        if (work->kind == HIP_WORK_GRAPH)
            error = hip_graph_run(work->graph, handle);
        else if (work->kind == HIP_WORK_RECORD)
            record(work->event, stream);
        else if (work->kind == HIP_WORK_WAIT)
            wait_for(stream, work->event);
        else
            error = hip_execute(work, stream->device, &seconds);
        stream->clock += seconds;
        hip_work_release(work);
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

HIP_API(hipExtStreamGetCUMask, hipStream_t stream, uint32_t words, uint32_t *mask) {
    struct hip_stream *found = resolve(stream);
    if (!found || !mask || !words)
        return hip_return(found ? hipErrorInvalidValue : hipErrorInvalidHandle);
    unsigned cus = hip_state()->devices[found->device].num_cus; /* masks of streams are not kept: all run */
    for (uint32_t i = 0; i < words; i++)
        mask[i] = cus >= 32 * (i + 1) ? ~0u : cus > 32 * i ? (1u << (cus - 32 * i)) - 1 : 0;
    return hipSuccess;
}
HIP_EXPORT int hipGetStreamDeviceId(hipStream_t stream);
HIP_EXPORT int hipGetStreamDeviceId(hipStream_t stream) {
    const struct hip_stream *found = resolve(stream);
    return found ? found->device : -1;
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
    hipError_t error = check_stream(stream);
    return hip_return(error == hipSuccess ? hip_pending_fault() : error);
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

/* ---- values in memory ---- */

static hipError_t write_value(hipStream_t stream, void *to, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i += 4) {
        struct hip_work work;
        hipError_t error =
            hip_set_work(&work, (char *)to + i, 4, 0, (uint32_t)(value >> 8 * i), 4, &(struct hip_extent){1, 1, 1});
        if (error == hipSuccess)
            error = hip_submit(stream, &work);
        if (error != hipSuccess)
            return error;
    }
    return hipSuccess;
}
HIP_API(hipStreamWriteValue32, hipStream_t stream, void *to, uint32_t value, unsigned flags) {
    (void)flags;
    return hip_return(write_value(stream, to, value, 4));
}
HIP_API(hipStreamWriteValue64, hipStream_t stream, void *to, uint64_t value, unsigned flags) {
    (void)flags;
    return hip_return(write_value(stream, to, value, 8));
}

/* Work has run when it was submitted: a value that is not there yet would never come. */
static hipError_t wait_value(hipStream_t stream, const void *at, uint64_t wanted, unsigned flags, uint64_t mask,
                             unsigned bytes) {
    struct sim_allocation found;
    uint64_t value = 0;
    if (check_stream(stream) != hipSuccess)
        return hipErrorInvalidHandle;
    if (!hip_find_allocation(at, &found) || flags > 3)
        return hipErrorInvalidValue;
    if (hip_stream_is_capturing(stream))
        return hipErrorStreamCaptureUnsupported;
    memcpy(&value, at, bytes);
    value &= mask;
    bool reached = flags == 0   ? (int64_t)((value - wanted) << (64 - 8 * bytes)) >= 0
                   : flags == 1 ? value == wanted
                   : flags == 2 ? (value & wanted) != 0
                                : (~(value | wanted) & mask) != 0;
    return reached ? hipSuccess : hip_not_supported("hipStreamWaitValue for a value that only later work writes");
}
HIP_API(hipStreamWaitValue32, hipStream_t stream, void *at, uint32_t value, unsigned flags, uint32_t mask) {
    return hip_return(wait_value(stream, at, value, flags, mask, 4));
}
HIP_API(hipStreamWaitValue64, hipStream_t stream, void *at, uint64_t value, unsigned flags, uint64_t mask) {
    return hip_return(wait_value(stream, at, value, flags, mask, 8));
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

/* Adds to a graph that exists already. */
HIP_API(hipStreamBeginCaptureToGraph, hipStream_t stream, hipGraph_t graph, const hipGraphNode_t *after,
        const void *edges, size_t num_after, int mode) {
    struct hip_stream *found = resolve(stream);
    if (!found || !graph || edges || (num_after && !after))
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hipStreamBeginCapture(stream, mode);
    if (error != hipSuccess)
        return error;
    hip_graph_destroy(found->capture);
    found->capture = graph;
    return hip_return(set_tail(&found->tail, &found->num_tail, after, num_after) ? hipSuccess : hipErrorOutOfMemory);
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

HIP_API(hipStreamGetCaptureInfo_v2, hipStream_t stream, int *status, unsigned long long *id, hipGraph_t *graph,
        const hipGraphNode_t **after, size_t *num_after) {
    struct hip_stream *found = resolve(stream);
    hipError_t error = hipStreamGetCaptureInfo(stream, status, id);
    if (error != hipSuccess || !found->capture)
        return error;
    if (graph)
        *graph = found->capture;
    if (after)
        *after = found->tail;
    if (num_after)
        *num_after = found->num_tail;
    return hipSuccess;
}
HIP_API(hipStreamUpdateCaptureDependencies, hipStream_t stream, hipGraphNode_t *after, size_t num_after,
        unsigned flags) {
    struct hip_stream *found = resolve(stream);
    if (!found || flags > 1 || (num_after && !after))
        return hip_return(hipErrorInvalidValue);
    if (!found->capture)
        return hip_return(hipErrorIllegalState);
    bool done = flags ? set_tail(&found->tail, &found->num_tail, after, num_after) : add_tail(found, after, num_after);
    return hip_return(done ? hipSuccess : hipErrorOutOfMemory);
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
    record(event, found);
    return hipSuccess;
}
#define EXTERNAL 1u /* in a capture: the event itself at the graph's run, not an edge of the graph */

HIP_API(hipEventRecordWithFlags, hipEvent_t event, hipStream_t stream, unsigned flags) {
    if (!event || !(flags & EXTERNAL) || !hip_stream_is_capturing(stream))
        return hipEventRecord(event, stream);
    struct hip_work work = {.kind = HIP_WORK_RECORD, .event = event};
    return hip_return(hip_submit(stream, &work));
}

HIP_API(hipEventSynchronize, hipEvent_t event) {
    return hip_return(event ? hip_pending_fault() : hipErrorInvalidHandle);
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
    if (!found || !event)
        return hip_return(hipErrorInvalidHandle);
    if (flags & EXTERNAL && found->capture) {
        struct hip_work work = {.kind = HIP_WORK_WAIT, .event = event};
        return hip_return(hip_submit(stream, &work));
    }
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
    wait_for(found, event);
    return hipSuccess;
}

HIP_SPT(hipStreamQuery)
HIP_SPT(hipStreamSynchronize)
HIP_SPT(hipStreamGetPriority)
HIP_SPT(hipStreamGetFlags)
HIP_SPT(hipStreamWaitEvent)
HIP_SPT(hipStreamAddCallback)
HIP_SPT(hipEventRecord)
HIP_SPT(hipLaunchHostFunc)
HIP_SPT(hipStreamBeginCapture)
HIP_SPT(hipStreamEndCapture)
HIP_SPT(hipStreamIsCapturing)
HIP_SPT(hipStreamGetCaptureInfo)
HIP_SPT(hipStreamGetCaptureInfo_v2)
