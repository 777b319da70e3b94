/* SPDX-License-Identifier: MIT
 *
 * Virtual memory: addresses are reserved, memory is created, and pieces of it are mapped where the program wants them.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GRANULARITY ((size_t)2 << 20)

struct hip_physical {
    int file; /* pages that can be mapped several times */
    size_t size;
    unsigned references;
    unsigned char props[40];
    struct hip_physical *next;
};

struct mapping {
    void *address;
    struct hip_physical *physical;
    struct mapping *next;
};

static struct hip_physical *all;
static struct mapping *mappings;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct allocation_props { /* hipMemAllocationProp of HIP 6: type, handle type, location, ... */
    int type, handle_type;
    struct hip_location location;
};

HIP_API(hipMemGetAllocationGranularity, size_t *granularity, const void *props, int option) {
    if (!granularity || !props || option < 0 || option > 1)
        return hip_return(hipErrorInvalidValue);
    *granularity = GRANULARITY;
    return hipSuccess;
}

HIP_API(hipMemAddressReserve, void **address, size_t size, size_t alignment, void *wanted, unsigned long long flags) {
    (void)wanted;
    hip_state();
    if (!address || !size || size % GRANULARITY || flags || alignment & (alignment - 1))
        return hip_return(hipErrorInvalidValue);
    size_t align = alignment > GRANULARITY ? alignment : GRANULARITY;
    char *base = mmap(NULL, size + align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return hip_return(hipErrorOutOfMemory);
    size_t before = (align - (uintptr_t)base % align) % align;
    if (before)
        munmap(base, before);
    munmap(base + before + size, align - before);
    *address = base + before;
    return hipSuccess;
}
HIP_API(hipMemAddressFree, void *address, size_t size) {
    if (!address || !size || size % GRANULARITY || (uintptr_t)address % GRANULARITY)
        return hip_return(hipErrorInvalidValue);
    for (size_t at = 0; at < size; at += GRANULARITY) {
        struct sim_allocation found;
        if (hip_find_allocation((char *)address + at, &found)) /* still mapped */
            return hip_return(hipErrorInvalidValue);
    }
    return hip_return(munmap(address, size) ? hipErrorInvalidValue : hipSuccess);
}

HIP_API(hipMemCreate, hipMemGenericAllocationHandle_t *handle, size_t size, const void *props,
        unsigned long long flags) {
    struct sim_memory *memory = &hip_state()->memory;
    if (!handle || !size || size % GRANULARITY || !props || flags)
        return hip_return(hipErrorInvalidValue);
    if (size > memory->limit - memory->used)
        return hip_return(hipErrorOutOfMemory);
    struct hip_physical *physical = calloc(1, sizeof *physical);
    if (!physical)
        return hip_return(hipErrorOutOfMemory);
    physical->file = memfd_create("pagoda-sim", MFD_CLOEXEC);
    if (physical->file < 0 || ftruncate(physical->file, (off_t)size)) {
        if (physical->file >= 0)
            close(physical->file);
        free(physical);
        return hip_return(hipErrorOutOfMemory);
    }
    physical->size = size;
    physical->references = 1;
    memcpy(physical->props, props, sizeof(struct allocation_props));
    pthread_rwlock_wrlock(&memory->lock);
    memory->used += size;
    pthread_rwlock_unlock(&memory->lock);
    pthread_mutex_lock(&lock);
    physical->next = all;
    all = physical;
    pthread_mutex_unlock(&lock);
    *handle = physical;
    return hipSuccess;
}

static bool is_physical(const struct hip_physical *physical) {
    const struct hip_physical *found = all;
    while (found && found != physical)
        found = found->next;
    return found != NULL;
}

/* Under lock. */
static void release(struct hip_physical *physical) {
    struct sim_memory *memory = &hip_state()->memory;
    if (--physical->references)
        return;
    struct hip_physical **link = &all;
    while (*link != physical)
        link = &(*link)->next;
    *link = physical->next;
    pthread_rwlock_wrlock(&memory->lock);
    memory->used -= physical->size;
    pthread_rwlock_unlock(&memory->lock);
    close(physical->file);
    free(physical);
}

HIP_API(hipMemRelease, hipMemGenericAllocationHandle_t handle) {
    pthread_mutex_lock(&lock);
    bool found = is_physical(handle);
    if (found)
        release(handle);
    pthread_mutex_unlock(&lock);
    return hip_return(found ? hipSuccess : hipErrorInvalidValue);
}

HIP_API(hipMemMap, void *address, size_t size, size_t offset, hipMemGenericAllocationHandle_t handle,
        unsigned long long flags) {
    if (!address || !size || size % GRANULARITY || offset % GRANULARITY || flags || (uintptr_t)address % GRANULARITY)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hipErrorInvalidValue;
    struct mapping *mapping = calloc(1, sizeof *mapping);
    pthread_mutex_lock(&lock);
    if (mapping && is_physical(handle) && offset <= handle->size && size <= handle->size - offset) {
        int device = hip_current_device();
        struct sim_memory *memory = &hip_state()->memory;
        if (sim_memory_register(memory, address, size, SIM_MEMORY_MAPPED, device)) {
            void *at = mmap(address, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, handle->file, (off_t)offset);
            if (at == address) {
                handle->references++;
                *mapping = (struct mapping){address, handle, mappings};
                mappings = mapping;
                mapping = NULL;
                error = hipSuccess;
            } else {
                sim_memory_free(memory, address);
                error = hipErrorOutOfMemory;
            }
        }
    }
    pthread_mutex_unlock(&lock);
    free(mapping);
    return hip_return(error);
}

/* The range must consist of whole mappings. */
HIP_API(hipMemUnmap, void *address, size_t size) {
    hipError_t error = address && size ? hipSuccess : hipErrorInvalidValue;
    pthread_mutex_lock(&lock);
    for (size_t done = 0; error == hipSuccess && done < size;) {
        char *at = (char *)address + done;
        struct sim_allocation found;
        struct mapping **link = &mappings;
        while (*link && (*link)->address != at)
            link = &(*link)->next;
        if (!*link || !hip_find_allocation(at, &found) || found.size > size - done) {
            error = hipErrorInvalidValue;
            break;
        }
        struct mapping *mapping = *link;
        *link = mapping->next;
        sim_memory_free(&hip_state()->memory, at);
        mmap(at, found.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        release(mapping->physical);
        free(mapping);
        done += found.size;
    }
    pthread_mutex_unlock(&lock);
    return hip_return(error);
}

/* Every device may access what is mapped. */
HIP_API(hipMemSetAccess, void *address, size_t size, const struct hip_access *list, size_t count) {
    struct sim_allocation found;
    if (!size || !list || !count || !hip_find_allocation(address, &found))
        return hip_return(hipErrorInvalidValue);
    return hipSuccess;
}
HIP_API(hipMemGetAccess, unsigned long long *flags, const struct hip_location *location, void *address) {
    struct sim_allocation found;
    if (!flags || !location || !hip_find_allocation(address, &found))
        return hip_return(hipErrorInvalidValue);
    *flags = 3;
    return hipSuccess;
}

HIP_API(hipMemRetainAllocationHandle, hipMemGenericAllocationHandle_t *handle, void *address) {
    struct sim_allocation found;
    if (!handle || !hip_find_allocation(address, &found))
        return hip_return(hipErrorInvalidValue);
    pthread_mutex_lock(&lock);
    const struct mapping *mapping = mappings;
    while (mapping && mapping->address != (void *)(uintptr_t)found.base)
        mapping = mapping->next;
    if (mapping) {
        mapping->physical->references++;
        *handle = mapping->physical;
    }
    pthread_mutex_unlock(&lock);
    return hip_return(mapping ? hipSuccess : hipErrorInvalidValue);
}
HIP_API(hipMemGetAllocationPropertiesFromHandle, void *props, hipMemGenericAllocationHandle_t handle) {
    pthread_mutex_lock(&lock);
    bool found = props && is_physical(handle);
    if (found)
        memcpy(props, handle->props, sizeof(struct allocation_props));
    pthread_mutex_unlock(&lock);
    return hip_return(found ? hipSuccess : hipErrorInvalidValue);
}
