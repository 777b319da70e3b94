/* SPDX-License-Identifier: MIT
 *
 * Simulated device memory. A device address is the host address of the same byte, so kernels and the host share
 * pointers; the map of allocations says which addresses exist.
 */
#ifndef PAGODA_SIM_MEMORY_H
#define PAGODA_SIM_MEMORY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_memory_kind {
    SIM_MEMORY_DEVICE,
    SIM_MEMORY_HOST,
    SIM_MEMORY_MANAGED,
    SIM_MEMORY_REGISTERED,
    SIM_MEMORY_CODE,
    SIM_MEMORY_MAPPED, /* device memory that the program maps into addresses it has reserved */
    SIM_MEMORY_KERNARG /* lives as long as a launch */
};

struct sim_allocation {
    uint64_t base, size;
    uint8_t kind; /* enum sim_memory_kind */
    bool freed;
    int device;
    uint64_t serial; /* nth allocation of the process */
    size_t mapped;   /* bytes obtained from mmap, 0: from malloc */
    void *shadow;    /* check mode: who wrote which bytes; NULL otherwise */
};

struct sim_memory {
    pthread_rwlock_t lock;        /* launches hold it for reading */
    struct sim_allocation **live; /* sorted by base */
    size_t num_live, capacity;
    struct sim_allocation **freed; /* kept so that a use after free can be named; their addresses are not reused */
    size_t num_freed, freed_capacity;
    uint64_t used, limit, serial;
    bool quarantine; /* keep the addresses of freed memory reserved (check mode) */
};

void sim_memory_init(struct sim_memory *memory, uint64_t limit);

/* Returns NULL when the limit or the host's memory is exhausted. `align` is a power of two. */
struct sim_allocation *sim_memory_allocate(struct sim_memory *memory, uint64_t size, uint8_t kind, int device);

/* Makes memory known that the caller owns (of kind SIM_MEMORY_REGISTERED or SIM_MEMORY_MAPPED). NULL if it overlaps a
 * live allocation. */
struct sim_allocation *sim_memory_register(struct sim_memory *memory, void *address, uint64_t size, uint8_t kind,
                                           int device);

/* False when `address` is not the base of a live allocation. */
bool sim_memory_free(struct sim_memory *memory, void *address);

/* The live allocation that holds `address`, or NULL. The caller holds the lock or knows that nothing changes. */
struct sim_allocation *sim_memory_find(const struct sim_memory *memory, uint64_t address);

/* The live allocation with the highest base that is not above `address`, or NULL. */
struct sim_allocation *sim_memory_below(const struct sim_memory *memory, uint64_t address);

/* Describes where `address` lies relative to what exists or existed: for fault reports. */
void sim_memory_describe(const struct sim_memory *memory, uint64_t address, char *text, size_t size);

#endif
