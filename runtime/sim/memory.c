/* SPDX-License-Identifier: MIT */
#include "memory.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 256u
#define MAP_THRESHOLD 65536u
#define PAGE 4096u
#define MAX_REMEMBERED 4096u /* freed allocations that reports can still name */

void sim_memory_init(struct sim_memory *memory, uint64_t limit) {
    memset(memory, 0, sizeof *memory);
    pthread_rwlock_init(&memory->lock, NULL);
    memory->limit = limit;
}

/* Index of the first live allocation whose base lies above `address`. */
static size_t upper_bound(const struct sim_memory *memory, uint64_t address) {
    size_t low = 0, high = memory->num_live;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (memory->live[middle]->base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct sim_allocation *sim_memory_below(const struct sim_memory *memory, uint64_t address) {
    size_t index = upper_bound(memory, address);
    return index ? memory->live[index - 1] : NULL;
}

struct sim_allocation *sim_memory_find(const struct sim_memory *memory, uint64_t address) {
    size_t index = upper_bound(memory, address);
    if (index == 0)
        return NULL;
    struct sim_allocation *found = memory->live[index - 1];
    return address - found->base < found->size ? found : NULL;
}

static bool grow(struct sim_allocation ***list, size_t *capacity, size_t needed) {
    if (needed <= *capacity)
        return true;
    size_t larger = *capacity ? *capacity * 2 : 64;
    void *moved = realloc(*list, larger * sizeof **list);
    if (!moved)
        return false;
    *list = moved;
    *capacity = larger;
    return true;
}

static void insert(struct sim_memory *memory, struct sim_allocation *allocation) {
    size_t index = upper_bound(memory, allocation->base);
    memmove(&memory->live[index + 1], &memory->live[index], (memory->num_live - index) * sizeof *memory->live);
    memory->live[index] = allocation;
    memory->num_live++;
}

struct sim_allocation *sim_memory_allocate(struct sim_memory *memory, uint64_t size, uint8_t kind, int device) {
    struct sim_allocation *allocation = calloc(1, sizeof *allocation);
    if (!allocation)
        return NULL;
    void *base = NULL;
    pthread_rwlock_wrlock(&memory->lock);
    uint64_t left = memory->limit - memory->used;
    if (size <= left && grow(&memory->live, &memory->capacity, memory->num_live + 1)) {
        if (size >= MAP_THRESHOLD || (memory->quarantine && kind != SIM_MEMORY_KERNARG)) {
            /* a page on either side stays unmapped, so that neighbours never touch */
            allocation->mapped = ((size + PAGE - 1) & ~(uint64_t)(PAGE - 1)) + 2 * PAGE;
            base = mmap(NULL, allocation->mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            if (base == MAP_FAILED) {
                base = NULL;
            } else if (mprotect((char *)base + PAGE, allocation->mapped - 2 * PAGE, PROT_READ | PROT_WRITE)) {
                munmap(base, allocation->mapped);
                base = NULL;
            } else {
                base = (char *)base + PAGE;
            }
        } else {
            size_t rounded = (size + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
            base = aligned_alloc(ALIGNMENT, rounded + ALIGNMENT);
            if (base)
                memset(base, 0, rounded + ALIGNMENT);
        }
    }
    if (base) {
        allocation->base = (uint64_t)base;
        allocation->size = size;
        allocation->kind = kind;
        allocation->device = device;
        allocation->serial = ++memory->serial;
        memory->used += size;
        if (memory->quarantine)
            sim_check_attach(allocation);
        insert(memory, allocation);
    }
    pthread_rwlock_unlock(&memory->lock);
    if (!base) {
        free(allocation);
        return NULL;
    }
    return allocation;
}

struct sim_allocation *sim_memory_register(struct sim_memory *memory, void *address, uint64_t size, uint8_t kind,
                                           int device) {
    struct sim_allocation *allocation = calloc(1, sizeof *allocation);
    if (!allocation)
        return NULL;
    pthread_rwlock_wrlock(&memory->lock);
    uint64_t base = (uint64_t)address;
    size_t index = upper_bound(memory, base);
    bool overlaps = (index && base - memory->live[index - 1]->base < memory->live[index - 1]->size) ||
                    (index < memory->num_live && memory->live[index]->base - base < size);
    if (!overlaps && size && grow(&memory->live, &memory->capacity, memory->num_live + 1)) {
        *allocation = (struct sim_allocation){
            .base = base, .size = size, .kind = kind, .device = device, .serial = ++memory->serial};
        insert(memory, allocation);
    } else {
        free(allocation);
        allocation = NULL;
    }
    pthread_rwlock_unlock(&memory->lock);
    return allocation;
}

static void remember_freed(struct sim_memory *memory, struct sim_allocation *allocation) {
    if (memory->num_freed == MAX_REMEMBERED) {
        struct sim_allocation *oldest = memory->freed[0];
        if (oldest->mapped)
            munmap((char *)(uintptr_t)oldest->base - PAGE, oldest->mapped);
        free(oldest);
        memmove(memory->freed, memory->freed + 1, --memory->num_freed * sizeof *memory->freed);
    }
    if (!grow(&memory->freed, &memory->freed_capacity, memory->num_freed + 1)) {
        free(allocation);
        return;
    }
    memory->freed[memory->num_freed++] = allocation;
}

bool sim_memory_free(struct sim_memory *memory, void *address) {
    pthread_rwlock_wrlock(&memory->lock);
    size_t index = upper_bound(memory, (uint64_t)address);
    struct sim_allocation *allocation = index ? memory->live[index - 1] : NULL;
    bool found = allocation && allocation->base == (uint64_t)address;
    if (found) {
        bool foreign = allocation->kind == SIM_MEMORY_REGISTERED || allocation->kind == SIM_MEMORY_MAPPED;
        memmove(&memory->live[index - 1], &memory->live[index], (memory->num_live - index) * sizeof *memory->live);
        memory->num_live--;
        if (!foreign)
            memory->used -= allocation->size;
        allocation->freed = true;
        sim_check_detach(allocation);
        if (allocation->mapped && memory->quarantine) {
            /* gives the pages back but keeps the addresses from being used again */
            mmap((char *)address - PAGE, allocation->mapped, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        } else if (allocation->mapped) {
            munmap((char *)address - PAGE, allocation->mapped);
            allocation->mapped = 0;
        } else if (!foreign) {
            free(address);
        }
        if (allocation->kind == SIM_MEMORY_KERNARG)
            free(allocation);
        else
            remember_freed(memory, allocation);
    }
    pthread_rwlock_unlock(&memory->lock);
    return found;
}

static const char *kind_name(uint8_t kind) {
    static const char *const names[] = {"device",      "host",          "managed",        "registered host",
                                        "code object", "mapped device", "kernel argument"};
    return names[kind];
}

void sim_memory_describe(const struct sim_memory *memory, uint64_t address, char *text, size_t size) {
    const struct sim_allocation *inside = sim_memory_find(memory, address);
    if (inside) {
        snprintf(text, size, "at byte %llu of the %llu-byte %s allocation at 0x%llx (number %llu)",
                 (unsigned long long)(address - inside->base), (unsigned long long)inside->size,
                 kind_name(inside->kind), (unsigned long long)inside->base, (unsigned long long)inside->serial);
        return;
    }
    for (size_t i = memory->num_freed; i-- > 0;) {
        const struct sim_allocation *old = memory->freed[i];
        if (address - old->base < old->size) {
            snprintf(text, size, "at byte %llu of the %llu-byte %s allocation at 0x%llx (number %llu), which was freed",
                     (unsigned long long)(address - old->base), (unsigned long long)old->size, kind_name(old->kind),
                     (unsigned long long)old->base, (unsigned long long)old->serial);
            return;
        }
    }
    size_t index = upper_bound(memory, address);
    const struct sim_allocation *below = index ? memory->live[index - 1] : NULL;
    const struct sim_allocation *above = index < memory->num_live ? memory->live[index] : NULL;
    uint64_t past = below ? address - (below->base + below->size) : UINT64_MAX;
    uint64_t before = above ? above->base - address : UINT64_MAX;
    if (below && past <= before)
        snprintf(text, size, "%llu bytes past the end of the %llu-byte %s allocation at 0x%llx (number %llu)",
                 (unsigned long long)past, (unsigned long long)below->size, kind_name(below->kind),
                 (unsigned long long)below->base, (unsigned long long)below->serial);
    else if (above)
        snprintf(text, size, "%llu bytes before the %llu-byte %s allocation at 0x%llx (number %llu)",
                 (unsigned long long)before, (unsigned long long)above->size, kind_name(above->kind),
                 (unsigned long long)above->base, (unsigned long long)above->serial);
    else
        snprintf(text, size, "no allocation exists");
}
