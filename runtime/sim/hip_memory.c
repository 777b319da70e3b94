/* SPDX-License-Identifier: MIT
 *
 * Allocation, copies and fills.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>

hipError_t hip_allocate(void **address, size_t size, uint8_t kind) {
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
    if (!sim_memory_free(&hip_state()->memory, address))
        return hipErrorInvalidValue;
    hip_pool_forget(address);
    return hipSuccess;
}

HIP_API(hipMalloc, void **address, size_t size) {
    return hip_return(hip_allocate(address, size, SIM_MEMORY_DEVICE));
}
HIP_API(hipFree, void *address) {
    return hip_return(release(address));
}
HIP_API(hipExtMallocWithFlags, void **address, size_t size, unsigned flags) {
    (void)flags;
    return hip_return(hip_allocate(address, size, SIM_MEMORY_DEVICE));
}
HIP_API(hipMallocManaged, void **address, size_t size, unsigned flags) {
    (void)flags;
    return hip_return(hip_allocate(address, size, SIM_MEMORY_MANAGED));
}
HIP_API(hipHostMalloc, void **address, size_t size, unsigned flags) {
    (void)flags;
    return hip_return(hip_allocate(address, size, SIM_MEMORY_HOST));
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

HIP_API(hipMallocPitch, void **address, size_t *pitch, size_t width, size_t height) {
    if (!pitch)
        return hip_return(hipErrorInvalidValue);
    *pitch = (width + 255) & ~(size_t)255;
    return hip_return(hip_allocate(address, *pitch * height, SIM_MEMORY_DEVICE));
}

HIP_API(hipMemAllocPitch, hipDeviceptr_t *address, size_t *pitch, size_t width, size_t height, unsigned element) {
    (void)element;
    return hipMallocPitch(address, pitch, width, height);
}

HIP_API(hipHostRegister, void *address, size_t size, unsigned flags) {
    (void)flags;
    if (!address || !size)
        return hip_return(hipErrorInvalidValue);
    bool done = sim_memory_register(&hip_state()->memory, address, size, SIM_MEMORY_REGISTERED, -1) != NULL;
    return hip_return(done ? hipSuccess : hipErrorHostMemoryAlreadyRegistered);
}
HIP_API(hipHostUnregister, void *address) {
    return hip_return(sim_memory_free(&hip_state()->memory, address) ? hipSuccess : hipErrorHostMemoryNotRegistered);
}

bool hip_find_allocation(const void *address, struct sim_allocation *found) {
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
    if (!device || !hip_find_allocation(host, &found))
        return hip_return(hipErrorInvalidValue);
    *device = host;
    return hipSuccess;
}
HIP_API(hipHostGetFlags, unsigned *flags, void *host) {
    struct sim_allocation found;
    if (!flags || !hip_find_allocation(host, &found))
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
    if (!hip_find_allocation(address, &found))
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

static bool is_device_memory(const struct sim_allocation *found) {
    return found->kind == SIM_MEMORY_DEVICE || found->kind == SIM_MEMORY_CODE || found->kind == SIM_MEMORY_MAPPED;
}

HIP_API(hipPointerGetAttributes, struct hip_pointer_attributes *attributes, const void *address) {
    struct sim_allocation found;
    if (!attributes)
        return hip_return(hipErrorInvalidValue);
    if (!hip_find_allocation(address, &found))
        return hip_return(hipErrorInvalidValue);
    bool device = is_device_memory(&found);
    memset(attributes, 0, sizeof *attributes);
    attributes->type = device ? 2 : found.kind == SIM_MEMORY_MANAGED ? 3 : 1;
    attributes->device = found.device < 0 ? 0 : found.device;
    memcpy(&attributes->devicePointer, &address, sizeof address);
    if (!device)
        attributes->hostPointer = attributes->devicePointer;
    attributes->isManaged = found.kind == SIM_MEMORY_MANAGED;
    return hipSuccess;
}

/* hipPointer_attribute */
enum {
    POINTER_CONTEXT = 1,
    POINTER_MEMORY_TYPE,
    POINTER_DEVICE_POINTER,
    POINTER_HOST_POINTER,
    POINTER_P2P_TOKENS,
    POINTER_SYNC_MEMOPS,
    POINTER_BUFFER_ID,
    POINTER_IS_MANAGED,
    POINTER_DEVICE_ORDINAL,
    POINTER_IPC,
    POINTER_RANGE_START,
    POINTER_RANGE_SIZE,
    POINTER_MAPPED,
    POINTER_HANDLE_TYPES,
    POINTER_RDMA,
    POINTER_ACCESS_FLAGS,
    POINTER_POOL
};

static hipError_t pointer_attribute(void *data, int attribute, hipDeviceptr_t address) {
    struct sim_allocation found;
    struct hip_pointer_attributes all;
    if (!data || !hip_find_allocation(address, &found))
        return hipErrorInvalidValue;
    hipPointerGetAttributes(&all, address);
    bool device = is_device_memory(&found);
    switch (attribute) {
    case POINTER_CONTEXT:
        *(void **)data = (void *)(uintptr_t)(all.device + 1);
        break;
    case POINTER_MEMORY_TYPE:
        *(int *)data = all.type;
        break;
    case POINTER_DEVICE_POINTER:
        *(void **)data = address;
        break;
    case POINTER_HOST_POINTER:
        if (device)
            return hipErrorInvalidValue;
        *(void **)data = address;
        break;
    case POINTER_BUFFER_ID:
        *(unsigned long long *)data = found.serial;
        break;
    case POINTER_IS_MANAGED:
        *(bool *)data = all.isManaged;
        break;
    case POINTER_DEVICE_ORDINAL:
        *(int *)data = all.device;
        break;
    case POINTER_SYNC_MEMOPS:
    case POINTER_IPC:
    case POINTER_RDMA:
        *(bool *)data = false;
        break;
    case POINTER_RANGE_START:
        *(void **)data = (void *)(uintptr_t)found.base;
        break;
    case POINTER_RANGE_SIZE:
        *(size_t *)data = found.size;
        break;
    case POINTER_MAPPED:
        *(bool *)data = true;
        break;
    case POINTER_HANDLE_TYPES:
        *(unsigned long long *)data = 0;
        break;
    case POINTER_ACCESS_FLAGS:
        *(int *)data = 3; /* reading and writing */
        break;
    case POINTER_POOL:
        *(void **)data = NULL;
        break;
    default:
        return hipErrorInvalidValue;
    }
    return hipSuccess;
}
HIP_API(hipPointerGetAttribute, void *data, int attribute, hipDeviceptr_t address) {
    return hip_return(pointer_attribute(data, attribute, address));
}
HIP_API(hipDrvPointerGetAttributes, unsigned count, int *attributes, void **data, hipDeviceptr_t address) {
    struct sim_allocation found;
    if (!count || !attributes || !data)
        return hip_return(hipErrorInvalidValue);
    bool known = hip_find_allocation(address, &found);
    for (unsigned i = 0; known && i < count; i++) {
        hipError_t error = pointer_attribute(data[i], attributes[i], address);
        if (error != hipSuccess && attributes[i] != POINTER_HOST_POINTER)
            return hip_return(error);
    }
    return hipSuccess; /* what an unknown pointer has is left as it is */
}
HIP_API(hipPointerSetAttribute, const void *value, int attribute, hipDeviceptr_t address) {
    struct sim_allocation found;
    if (!value || attribute != POINTER_SYNC_MEMOPS || !hip_find_allocation(address, &found))
        return hip_return(hipErrorInvalidValue);
    return hipSuccess; /* every call is synchronous */
}

/* Memory is never anywhere else, so hints are remembered by nobody. */
HIP_API(hipMemRangeGetAttribute, void *data, size_t size, int attribute, const void *address, size_t count) {
    struct sim_allocation found;
    if (!data || size < 4 || size % 4 || !count || !hip_find_allocation(address, &found))
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < size / 4; i++)
        ((int *)data)[i] = attribute == 2 || attribute == 4 ? found.device : attribute == 3 ? -2 : 0;
    return hipSuccess;
}
HIP_API(hipMemRangeGetAttributes, void **data, size_t *sizes, int *attributes, size_t count, const void *address,
        size_t bytes) {
    if (!data || !sizes || !attributes || !count)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < count; i++) {
        hipError_t error = hipMemRangeGetAttribute(data[i], sizes[i], attributes[i], address, bytes);
        if (error != hipSuccess)
            return error;
    }
    return hipSuccess;
}
HIP_API(hipStreamAttachMemAsync, hipStream_t stream, void *address, size_t size, unsigned flags) {
    struct sim_allocation found;
    (void)stream, (void)size, (void)flags;
    return hip_return(hip_find_allocation(address, &found) ? hipSuccess : hipErrorInvalidValue);
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

/* A simulated range must lie in allocations without a gap (several only where memory is mapped piece by piece); memory
 * that the simulator does not know must be plain host memory. */
static bool valid_range(const void *address, size_t size, bool must_be_known) {
    struct sim_allocation found;
    const char *at = address;
    if (!hip_find_allocation(at, &found))
        return !must_be_known && address;
    for (;;) {
        size_t left = (size_t)(found.base + found.size - (uint64_t)(uintptr_t)at);
        if (size <= left)
            return true;
        at += left;
        size -= left;
        if (found.kind != SIM_MEMORY_MAPPED || !hip_find_allocation(at, &found) || found.kind != SIM_MEMORY_MAPPED)
            return false;
    }
}

static bool to_device(int kind) {
    return kind == hipMemcpyHostToDevice || kind == hipMemcpyDeviceToDevice || kind == hipMemcpyDeviceToDeviceNoCU;
}
static bool from_device(int kind) {
    return kind == hipMemcpyDeviceToHost || kind == hipMemcpyDeviceToDevice || kind == hipMemcpyDeviceToDeviceNoCU;
}

static size_t span(const struct hip_extent *bytes, size_t pitch, size_t slice) {
    return slice * (bytes->depth - 1) + pitch * (bytes->height - 1) + bytes->width;
}

hipError_t hip_copy_work(struct hip_work *work, void *to, size_t to_pitch, size_t to_slice, const void *from,
                         size_t from_pitch, size_t from_slice, const struct hip_extent *bytes, int kind) {
    *work = (struct hip_work){.kind = HIP_WORK_EMPTY};
    if ((kind < hipMemcpyHostToHost || kind > hipMemcpyDefault) && kind != hipMemcpyDeviceToDeviceNoCU)
        return hipErrorInvalidMemcpyDirection;
    if (bytes->width == 0 || bytes->height == 0 || bytes->depth == 0)
        return hipSuccess;
    if (!to || !from)
        return hipErrorInvalidValue;
    if ((bytes->height > 1 || bytes->depth > 1) && (to_pitch < bytes->width || from_pitch < bytes->width))
        return hipErrorInvalidPitchValue;
    if (!valid_range(to, span(bytes, to_pitch, to_slice), to_device(kind)) ||
        !valid_range(from, span(bytes, from_pitch, from_slice), from_device(kind)))
        return hipErrorInvalidValue;
    *work = (struct hip_work){.kind = HIP_WORK_COPY,
                              .to = to,
                              .from = from,
                              .width = bytes->width,
                              .height = bytes->height,
                              .depth = bytes->depth,
                              .to_pitch = to_pitch,
                              .from_pitch = from_pitch,
                              .to_slice = to_slice,
                              .from_slice = from_slice};
    return hipSuccess;
}

static hipError_t copy(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
                       int kind, hipStream_t stream) {
    struct hip_work work;
    hipError_t error =
        hip_copy_work(&work, to, to_pitch, 0, from, from_pitch, 0, &(struct hip_extent){width, height, 1}, kind);
    return error != hipSuccess || work.kind == HIP_WORK_EMPTY ? error : hip_submit(stream, &work);
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

hipError_t hip_set_work(struct hip_work *work, void *to, size_t pitch, size_t slice, uint32_t value, uint32_t element,
                        const struct hip_extent *elements) {
    struct hip_extent bytes = {elements->width * element, elements->height, elements->depth};
    *work = (struct hip_work){.kind = HIP_WORK_EMPTY};
    if (bytes.width == 0 || bytes.height == 0 || bytes.depth == 0)
        return hipSuccess;
    if (!valid_range(to, span(&bytes, pitch, slice), true) || (uintptr_t)to % element)
        return hipErrorInvalidValue;
    *work = (struct hip_work){.kind = HIP_WORK_SET,
                              .to = to,
                              .width = bytes.width,
                              .height = bytes.height,
                              .depth = bytes.depth,
                              .to_pitch = pitch,
                              .to_slice = slice,
                              .value = value,
                              .element_size = element};
    return hipSuccess;
}

static hipError_t fill(void *to, size_t pitch, uint32_t value, uint32_t element, size_t width, size_t height,
                       hipStream_t stream) {
    struct hip_work work;
    hipError_t error = hip_set_work(&work, to, pitch, 0, value, element, &(struct hip_extent){width, height, 1});
    return error != hipSuccess || work.kind == HIP_WORK_EMPTY ? error : hip_submit(stream, &work);
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

HIP_API(hipMemsetD2D8, hipDeviceptr_t to, size_t pitch, unsigned char value, size_t width, size_t height) {
    return hip_return(fill(to, pitch, value, 1, width, height, NULL));
}
HIP_API(hipMemsetD2D8Async, hipDeviceptr_t to, size_t pitch, unsigned char value, size_t width, size_t height,
        hipStream_t stream) {
    return hip_return(fill(to, pitch, value, 1, width, height, stream));
}
HIP_API(hipMemsetD2D16, hipDeviceptr_t to, size_t pitch, unsigned short value, size_t width, size_t height) {
    return hip_return(fill(to, pitch, value, 2, width, height, NULL));
}
HIP_API(hipMemsetD2D16Async, hipDeviceptr_t to, size_t pitch, unsigned short value, size_t width, size_t height,
        hipStream_t stream) {
    return hip_return(fill(to, pitch, value, 2, width, height, stream));
}
HIP_API(hipMemsetD2D32, hipDeviceptr_t to, size_t pitch, unsigned value, size_t width, size_t height) {
    return hip_return(fill(to, pitch, value, 4, width, height, NULL));
}
HIP_API(hipMemsetD2D32Async, hipDeviceptr_t to, size_t pitch, unsigned value, size_t width, size_t height,
        hipStream_t stream) {
    return hip_return(fill(to, pitch, value, 4, width, height, stream));
}

HIP_SPT(hipMemcpy)
HIP_SPT(hipMemcpyAsync)
HIP_SPT(hipMemcpy2D)
HIP_SPT(hipMemcpy2DAsync)
HIP_SPT(hipMemset)
HIP_SPT(hipMemsetAsync)
HIP_SPT(hipMemset2D)
HIP_SPT(hipMemset2DAsync)
