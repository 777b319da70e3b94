/* SPDX-License-Identifier: MIT
 *
 * Allocation, copies and fills.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>

static hipError_t allocate(void **address, size_t size, uint8_t kind) {
    if (!address)
        return hipErrorInvalidValue;
    *address = NULL;
    if (size == 0)
        return hipSuccess;
    struct sim_allocation *allocation = sim_memory_allocate(&hip_state()->memory, size, kind, hip_current_device());
    if (!allocation)
        return hipErrorOutOfMemory;
    *address = (void *)(uintptr_t)allocation->base;
    return hipSuccess;
}

static hipError_t release(void *address) {
    if (!address)
        return hipSuccess;
    return sim_memory_free(&hip_state()->memory, address) ? hipSuccess : hipErrorInvalidValue;
}

HIP_API(hipMalloc, void **address, size_t size) {
    return hip_return(allocate(address, size, SIM_MEMORY_DEVICE));
}
HIP_API(hipFree, void *address) {
    return hip_return(release(address));
}
HIP_API(hipExtMallocWithFlags, void **address, size_t size, unsigned flags) {
    (void)flags;
    return hip_return(allocate(address, size, SIM_MEMORY_DEVICE));
}
HIP_API(hipMallocManaged, void **address, size_t size, unsigned flags) {
    (void)flags;
    return hip_return(allocate(address, size, SIM_MEMORY_MANAGED));
}
HIP_API(hipHostMalloc, void **address, size_t size, unsigned flags) {
    (void)flags;
    return hip_return(allocate(address, size, SIM_MEMORY_HOST));
}
HIP_API(hipHostAlloc, void **address, size_t size, unsigned flags) {
    return hipHostMalloc(address, size, flags);
}
HIP_API(hipMallocHost, void **address, size_t size) {
    return hipHostMalloc(address, size, 0);
}
HIP_API(hipMemAllocHost, void **address, size_t size) {
    return hipHostMalloc(address, size, 0);
}
HIP_API(hipHostFree, void *address) {
    return hip_return(release(address));
}
HIP_API(hipFreeHost, void *address) {
    return hip_return(release(address));
}

HIP_API(hipMallocAsync, void **address, size_t size, hipStream_t stream) {
    if (hip_stream_is_capturing(stream))
        return hip_return(hipErrorStreamCaptureUnsupported);
    return hip_return(allocate(address, size, SIM_MEMORY_DEVICE));
}
HIP_API(hipFreeAsync, void *address, hipStream_t stream) {
    if (hip_stream_is_capturing(stream))
        return hip_return(hipErrorStreamCaptureUnsupported);
    return hip_return(release(address));
}

HIP_API(hipMallocPitch, void **address, size_t *pitch, size_t width, size_t height) {
    if (!pitch)
        return hip_return(hipErrorInvalidValue);
    *pitch = (width + 255) & ~(size_t)255;
    return hip_return(allocate(address, *pitch * height, SIM_MEMORY_DEVICE));
}

HIP_API(hipMemAllocPitch, hipDeviceptr_t *address, size_t *pitch, size_t width, size_t height, unsigned element) {
    (void)element;
    return hipMallocPitch(address, pitch, width, height);
}

HIP_API(hipHostRegister, void *address, size_t size, unsigned flags) {
    (void)flags;
    if (!address || !size)
        return hip_return(hipErrorInvalidValue);
    return hip_return(sim_memory_register(&hip_state()->memory, address, size) ? hipSuccess
                                                                               : hipErrorHostMemoryAlreadyRegistered);
}
HIP_API(hipHostUnregister, void *address) {
    return hip_return(sim_memory_free(&hip_state()->memory, address) ? hipSuccess : hipErrorHostMemoryNotRegistered);
}

static bool lookup(const void *address, struct sim_allocation *found) {
    struct sim_memory *memory = &hip_state()->memory;
    pthread_rwlock_rdlock(&memory->lock);
    struct sim_allocation *allocation = sim_memory_find(memory, (uint64_t)(uintptr_t)address);
    if (allocation)
        *found = *allocation;
    pthread_rwlock_unlock(&memory->lock);
    return allocation != NULL;
}

HIP_API(hipHostGetDevicePointer, void **device, void *host, unsigned flags) {
    struct sim_allocation found;
    (void)flags;
    if (!device || !lookup(host, &found))
        return hip_return(hipErrorInvalidValue);
    *device = host;
    return hipSuccess;
}
HIP_API(hipHostGetFlags, unsigned *flags, void *host) {
    struct sim_allocation found;
    if (!flags || !lookup(host, &found))
        return hip_return(hipErrorInvalidValue);
    *flags = 0;
    return hipSuccess;
}

HIP_API(hipMemGetInfo, size_t *left, size_t *total) {
    struct sim_memory *memory = &hip_state()->memory;
    if (left)
        *left = memory->limit - memory->used;
    if (total)
        *total = memory->limit;
    return hipSuccess;
}

HIP_API(hipMemGetAddressRange, hipDeviceptr_t *base, size_t *size, hipDeviceptr_t address) {
    struct sim_allocation found;
    if (!lookup(address, &found))
        return hip_return(hipErrorNotFound);
    if (base)
        *base = (void *)(uintptr_t)found.base;
    if (size)
        *size = found.size;
    return hipSuccess;
}

HIP_API(hipMemPtrGetInfo, void *address, size_t *size) {
    return hipMemGetAddressRange(NULL, size, address);
}

HIP_API(hipPointerGetAttributes, struct hip_pointer_attributes *attributes, const void *address) {
    struct sim_allocation found;
    if (!attributes)
        return hip_return(hipErrorInvalidValue);
    if (!lookup(address, &found))
        return hip_return(hipErrorInvalidValue);
    bool device = found.kind == SIM_MEMORY_DEVICE || found.kind == SIM_MEMORY_CODE;
    memset(attributes, 0, sizeof *attributes);
    attributes->type = device ? 2 : found.kind == SIM_MEMORY_MANAGED ? 3 : 1;
    attributes->device = found.device < 0 ? 0 : found.device;
    memcpy(&attributes->devicePointer, &address, sizeof address);
    if (!device)
        attributes->hostPointer = attributes->devicePointer;
    attributes->isManaged = found.kind == SIM_MEMORY_MANAGED;
    return hipSuccess;
}

HIP_API(hipMemPrefetchAsync, const void *address, size_t size, int device, hipStream_t stream) {
    (void)address, (void)size, (void)device, (void)stream;
    return hipSuccess;
}
HIP_API(hipMemAdvise, const void *address, size_t size, int advice, int device) {
    (void)address, (void)size, (void)advice, (void)device;
    return hipSuccess;
}

/* ---- copies ---- */

/* A simulated range must lie in one allocation; memory the simulator does not know must be plain host memory. */
static bool valid_range(const void *address, size_t size, bool must_be_known) {
    struct sim_allocation found;
    uint64_t at = (uint64_t)(uintptr_t)address;
    if (!lookup(address, &found))
        return !must_be_known && address;
    return size <= found.size - (at - found.base);
}

static bool to_device(int kind) {
    return kind == hipMemcpyHostToDevice || kind == hipMemcpyDeviceToDevice || kind == hipMemcpyDeviceToDeviceNoCU;
}
static bool from_device(int kind) {
    return kind == hipMemcpyDeviceToHost || kind == hipMemcpyDeviceToDevice || kind == hipMemcpyDeviceToDeviceNoCU;
}

static hipError_t copy(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
                       int kind, hipStream_t stream) {
    if ((kind < hipMemcpyHostToHost || kind > hipMemcpyDefault) && kind != hipMemcpyDeviceToDeviceNoCU)
        return hipErrorInvalidMemcpyDirection;
    if (width == 0 || height == 0)
        return hipSuccess;
    if (!to || !from)
        return hipErrorInvalidValue;
    if (height > 1 && (to_pitch < width || from_pitch < width))
        return hipErrorInvalidPitchValue;
    if (!valid_range(to, to_pitch * (height - 1) + width, to_device(kind)) ||
        !valid_range(from, from_pitch * (height - 1) + width, from_device(kind)))
        return hipErrorInvalidValue;
    struct hip_work work = {.kind = HIP_WORK_COPY,
                            .to = to,
                            .from = from,
                            .width = width,
                            .height = height,
                            .to_pitch = to_pitch,
                            .from_pitch = from_pitch};
    return hip_submit(stream, &work);
}

HIP_API(hipMemcpy, void *to, const void *from, size_t size, int kind) {
    return hip_return(copy(to, size, from, size, size, 1, kind, NULL));
}
HIP_API(hipMemcpyAsync, void *to, const void *from, size_t size, int kind, hipStream_t stream) {
    return hip_return(copy(to, size, from, size, size, 1, kind, stream));
}
HIP_API(hipMemcpyWithStream, void *to, const void *from, size_t size, int kind, hipStream_t stream) {
    return hip_return(copy(to, size, from, size, size, 1, kind, stream));
}
HIP_API(hipMemcpyHtoD, hipDeviceptr_t to, const void *from, size_t size) {
    return hipMemcpy(to, from, size, hipMemcpyHostToDevice);
}
HIP_API(hipMemcpyDtoH, void *to, hipDeviceptr_t from, size_t size) {
    return hipMemcpy(to, from, size, hipMemcpyDeviceToHost);
}
HIP_API(hipMemcpyDtoD, hipDeviceptr_t to, hipDeviceptr_t from, size_t size) {
    return hipMemcpy(to, from, size, hipMemcpyDeviceToDevice);
}
HIP_API(hipMemcpyHtoDAsync, hipDeviceptr_t to, const void *from, size_t size, hipStream_t stream) {
    return hipMemcpyAsync(to, from, size, hipMemcpyHostToDevice, stream);
}
HIP_API(hipMemcpyDtoHAsync, void *to, hipDeviceptr_t from, size_t size, hipStream_t stream) {
    return hipMemcpyAsync(to, from, size, hipMemcpyDeviceToHost, stream);
}
HIP_API(hipMemcpyDtoDAsync, hipDeviceptr_t to, hipDeviceptr_t from, size_t size, hipStream_t stream) {
    return hipMemcpyAsync(to, from, size, hipMemcpyDeviceToDevice, stream);
}
HIP_API(hipMemcpyPeer, void *to, int to_device_id, const void *from, int from_device_id, size_t size) {
    (void)to_device_id, (void)from_device_id;
    return hipMemcpy(to, from, size, hipMemcpyDeviceToDevice);
}
HIP_API(hipMemcpyPeerAsync, void *to, int to_device_id, const void *from, int from_device_id, size_t size,
        hipStream_t stream) {
    (void)to_device_id, (void)from_device_id;
    return hipMemcpyAsync(to, from, size, hipMemcpyDeviceToDevice, stream);
}
HIP_API(hipMemcpy2D, void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
        int kind) {
    return hip_return(copy(to, to_pitch, from, from_pitch, width, height, kind, NULL));
}
HIP_API(hipMemcpy2DAsync, void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
        int kind, hipStream_t stream) {
    return hip_return(copy(to, to_pitch, from, from_pitch, width, height, kind, stream));
}

/* ---- fills ---- */

static hipError_t fill(void *to, size_t pitch, uint32_t value, uint32_t element, size_t width, size_t height,
                       hipStream_t stream) {
    if (width == 0 || height == 0)
        return hipSuccess;
    if (!valid_range(to, pitch * (height - 1) + width * element, true) || (uintptr_t)to % element)
        return hipErrorInvalidValue;
    struct hip_work work = {.kind = HIP_WORK_SET,
                            .to = to,
                            .width = width * element,
                            .height = height,
                            .to_pitch = pitch,
                            .value = value,
                            .element_size = element};
    return hip_submit(stream, &work);
}

HIP_API(hipMemset, void *to, int value, size_t size) {
    return hip_return(fill(to, size, (uint8_t)value, 1, size, 1, NULL));
}
HIP_API(hipMemsetAsync, void *to, int value, size_t size, hipStream_t stream) {
    return hip_return(fill(to, size, (uint8_t)value, 1, size, 1, stream));
}
HIP_API(hipMemset2D, void *to, size_t pitch, int value, size_t width, size_t height) {
    return hip_return(fill(to, pitch, (uint8_t)value, 1, width, height, NULL));
}
HIP_API(hipMemset2DAsync, void *to, size_t pitch, int value, size_t width, size_t height, hipStream_t stream) {
    return hip_return(fill(to, pitch, (uint8_t)value, 1, width, height, stream));
}
HIP_API(hipMemsetD8, hipDeviceptr_t to, unsigned char value, size_t count) {
    return hip_return(fill(to, count, value, 1, count, 1, NULL));
}
HIP_API(hipMemsetD8Async, hipDeviceptr_t to, unsigned char value, size_t count, hipStream_t stream) {
    return hip_return(fill(to, count, value, 1, count, 1, stream));
}
HIP_API(hipMemsetD16, hipDeviceptr_t to, unsigned short value, size_t count) {
    return hip_return(fill(to, 2 * count, value, 2, count, 1, NULL));
}
HIP_API(hipMemsetD16Async, hipDeviceptr_t to, unsigned short value, size_t count, hipStream_t stream) {
    return hip_return(fill(to, 2 * count, value, 2, count, 1, stream));
}
HIP_API(hipMemsetD32, hipDeviceptr_t to, int value, size_t count) {
    return hip_return(fill(to, 4 * count, (uint32_t)value, 4, count, 1, NULL));
}
HIP_API(hipMemsetD32Async, hipDeviceptr_t to, int value, size_t count, hipStream_t stream) {
    return hip_return(fill(to, 4 * count, (uint32_t)value, 4, count, 1, stream));
}
