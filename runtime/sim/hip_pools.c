/* SPDX-License-Identifier: MIT
 *
 * Stream-ordered allocation. Streams are always idle, so a pool is a name under which memory is counted: allocating and
 * freeing happen at once.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>

/* hipMemPoolAttr */
enum {
    POOL_REUSE_FIRST = 1, /* the three policies of reuse */
    POOL_REUSE_LAST = 3,
    POOL_RELEASE_THRESHOLD,
    POOL_RESERVED,
    POOL_RESERVED_HIGH,
    POOL_USED,
    POOL_USED_HIGH
};

struct pooled {
    void *address;
    size_t size;
    struct pooled *next;
};

struct hip_pool {
    int device;
    int reuse[POOL_REUSE_LAST];
    uint64_t threshold, used, high, limit;
    struct pooled *list;
    struct hip_pool *next; /* of those that programs made */
};

static struct hip_pool defaults[HIP_MAX_DEVICES];
static struct hip_pool *current[HIP_MAX_DEVICES]; /* NULL: the default */
static struct hip_pool *created;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_device(int device) {
    return device >= 0 && (unsigned)device < hip_state()->num_devices;
}

static struct hip_pool *default_pool(int device) {
    struct hip_pool *pool = &defaults[device];
    pool->device = device;
    return pool;
}

static bool is_pool(const struct hip_pool *pool) {
    for (unsigned i = 0; i < HIP_MAX_DEVICES; i++)
        if (pool == &defaults[i])
            return true;
    pthread_mutex_lock(&lock);
    const struct hip_pool *found = created;
    while (found && found != pool)
        found = found->next;
    pthread_mutex_unlock(&lock);
    return found != NULL;
}

HIP_API(hipDeviceGetDefaultMemPool, hipMemPool_t *pool, int device) {
    if (!pool || !is_device(device))
        return hip_return(pool ? hipErrorInvalidDevice : hipErrorInvalidValue);
    *pool = default_pool(device);
    return hipSuccess;
}
HIP_API(hipDeviceGetMemPool, hipMemPool_t *pool, int device) {
    if (!pool || !is_device(device))
        return hip_return(pool ? hipErrorInvalidDevice : hipErrorInvalidValue);
    *pool = current[device] ? current[device] : default_pool(device);
    return hipSuccess;
}
HIP_API(hipDeviceSetMemPool, int device, hipMemPool_t pool) {
    if (!is_device(device) || !is_pool(pool))
        return hip_return(is_device(device) ? hipErrorInvalidValue : hipErrorInvalidDevice);
    current[device] = pool;
    return hipSuccess;
}

HIP_API(hipMemPoolCreate, hipMemPool_t *pool, const struct hip_pool_props *props) {
    if (!pool || !props || props->type != 1 || props->location.type != 1 || !is_device(props->location.id))
        return hip_return(hipErrorInvalidValue);
    if (props->handle_types)
        return hip_return(hip_not_supported("hipMemPoolCreate with shareable handles"));
    struct hip_pool *fresh = calloc(1, sizeof *fresh);
    if (!fresh)
        return hip_return(hipErrorOutOfMemory);
    fresh->device = props->location.id;
    memcpy(&fresh->limit, props->reserved, sizeof fresh->limit);
    pthread_mutex_lock(&lock);
    fresh->next = created;
    created = fresh;
    pthread_mutex_unlock(&lock);
    *pool = fresh;
    return hipSuccess;
}
/* What is still allocated stays usable and is only no longer counted. */
HIP_API(hipMemPoolDestroy, hipMemPool_t pool) {
    pthread_mutex_lock(&lock);
    struct hip_pool **link = &created;
    while (*link && *link != pool)
        link = &(*link)->next;
    bool found = *link != NULL;
    if (found)
        *link = pool->next;
    for (unsigned i = 0; i < HIP_MAX_DEVICES; i++)
        if (current[i] == pool)
            current[i] = NULL;
    pthread_mutex_unlock(&lock);
    if (!found)
        return hip_return(hipErrorInvalidValue);
    while (pool->list) {
        struct pooled *next = pool->list->next;
        free(pool->list);
        pool->list = next;
    }
    free(pool);
    return hipSuccess;
}

HIP_API(hipMemPoolSetAttribute, hipMemPool_t pool, int attribute, void *value) {
    if (!is_pool(pool) || !value)
        return hip_return(hipErrorInvalidValue);
    if (attribute >= POOL_REUSE_FIRST && attribute <= POOL_REUSE_LAST)
        pool->reuse[attribute - POOL_REUSE_FIRST] = *(const int *)value ? -1 : 1;
    else if (attribute == POOL_RELEASE_THRESHOLD)
        pool->threshold = *(const uint64_t *)value;
    else if ((attribute == POOL_RESERVED_HIGH || attribute == POOL_USED_HIGH) && *(const uint64_t *)value == 0)
        pool->high = pool->used;
    else
        return hip_return(hipErrorInvalidValue);
    return hipSuccess;
}
HIP_API(hipMemPoolGetAttribute, hipMemPool_t pool, int attribute, void *value) {
    if (!is_pool(pool) || !value)
        return hip_return(hipErrorInvalidValue);
    if (attribute >= POOL_REUSE_FIRST && attribute <= POOL_REUSE_LAST)
        *(int *)value = pool->reuse[attribute - POOL_REUSE_FIRST] != 1; /* on unless turned off */
    else if (attribute == POOL_RELEASE_THRESHOLD)
        *(uint64_t *)value = pool->threshold;
    else if (attribute == POOL_RESERVED || attribute == POOL_USED)
        *(uint64_t *)value = pool->used;
    else if (attribute == POOL_RESERVED_HIGH || attribute == POOL_USED_HIGH)
        *(uint64_t *)value = pool->high;
    else
        return hip_return(hipErrorInvalidValue);
    return hipSuccess;
}
HIP_API(hipMemPoolTrimTo, hipMemPool_t pool, size_t keep) {
    (void)keep; /* a pool keeps nothing that is freed */
    return hip_return(is_pool(pool) ? hipSuccess : hipErrorInvalidValue);
}
/* All devices share one memory. */
HIP_API(hipMemPoolSetAccess, hipMemPool_t pool, const struct hip_access *list, size_t count) {
    if (!is_pool(pool) || !list || !count)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < count; i++)
        if (list[i].location.type != 1 || !is_device(list[i].location.id))
            return hip_return(hipErrorInvalidValue);
    return hipSuccess;
}
HIP_API(hipMemPoolGetAccess, int *flags, hipMemPool_t pool, const struct hip_location *location) {
    if (!flags || !is_pool(pool) || !location || location->type != 1 || !is_device(location->id))
        return hip_return(hipErrorInvalidValue);
    *flags = 3;
    return hipSuccess;
}

static hipError_t allocate(void **address, size_t size, struct hip_pool *pool, hipStream_t stream) {
    if (!address)
        return hipErrorInvalidValue;
    if (hip_stream_is_capturing(stream))
        return hipErrorStreamCaptureUnsupported;
    if (pool->limit && size > pool->limit - pool->used)
        return hipErrorOutOfMemory;
    struct pooled *entry = malloc(sizeof *entry);
    hipError_t error = entry ? hip_allocate(address, size, SIM_MEMORY_DEVICE) : hipErrorOutOfMemory;
    if (error != hipSuccess || !*address) {
        free(entry);
        return error;
    }
    pthread_mutex_lock(&lock);
    *entry = (struct pooled){*address, size, pool->list};
    pool->list = entry;
    pool->used += size;
    if (pool->used > pool->high)
        pool->high = pool->used;
    pthread_mutex_unlock(&lock);
    return hipSuccess;
}

static bool forget_in(struct hip_pool *pool, const void *address) {
    for (struct pooled **link = &pool->list; *link; link = &(*link)->next)
        if ((*link)->address == address) {
            struct pooled *entry = *link;
            *link = entry->next;
            pool->used -= entry->size;
            free(entry);
            return true;
        }
    return false;
}

HIP_API(hipMallocAsync, void **address, size_t size, hipStream_t stream) {
    hipError_t error;
    int device = hip_stream_device(stream, &error);
    if (error == hipSuccess)
        error = allocate(address, size, current[device] ? current[device] : default_pool(device), stream);
    return hip_return(error);
}
HIP_API(hipMallocFromPoolAsync, void **address, size_t size, hipMemPool_t pool, hipStream_t stream) {
    return hip_return(is_pool(pool) ? allocate(address, size, pool, stream) : hipErrorInvalidValue);
}

void hip_pool_forget(const void *address) {
    bool found = false;
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; !found && i < HIP_MAX_DEVICES; i++)
        found = forget_in(&defaults[i], address);
    for (struct hip_pool *pool = created; !found && pool; pool = pool->next)
        found = forget_in(pool, address);
    pthread_mutex_unlock(&lock);
}

HIP_EXPORT hipError_t hipFree(void *address);

HIP_API(hipFreeAsync, void *address, hipStream_t stream) {
    if (hip_stream_is_capturing(stream))
        return hip_return(hipErrorStreamCaptureUnsupported);
    return hipFree(address);
}
