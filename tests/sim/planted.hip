/* SPDX-License-Identifier: MIT
 *
 * A kernel with the habits of the attention kernels: a page table, LDS-direct loads into two slots, a descale per page,
 * one barrier per tile. PLANT selects a fault; 0 is the correct kernel.
 */
#define DEVICE __attribute__((device)) inline
#define KERNEL extern "C" __attribute__((global))
#define SHARED __attribute__((shared))
#define LDS __attribute__((address_space(3)))

#ifndef PLANT
#define PLANT 0
#endif
enum {
    CORRECT,
    ONE_TILE_SLOT,      /* the next tile overwrites the one that other waves still read */
    ONE_FACTOR_SLOT,    /* the next tile's descale overwrites the one in use */
    READ_AHEAD,         /* the page id one past the table's end is read */
    NARROW_LDS_LOAD,    /* a load to LDS of a width that does not exist loads nothing */
    BARRIER_IN_A_BRANCH,
    UNINITIALISED_ROW,  /* one row of a tile is never loaded */
};

enum { THREADS = 256, PAGE = 1024 /* floats */, ROW = 64 };

typedef __attribute__((address_space(3))) void *lds_pointer;
typedef __attribute__((address_space(1))) void *global_pointer;

DEVICE void async_load(const float *from, LDS float *to, int bytes) {
    if (bytes == 16)
        __builtin_amdgcn_global_load_lds((global_pointer)(void *)from, (lds_pointer)to, 16, 0, 0);
    else if (bytes == 4)
        __builtin_amdgcn_global_load_lds((global_pointer)(void *)from, (lds_pointer)to, 4, 0, 0);
}

struct position { /* of a work-item in the loop over pages */
    const float *pool, *descale;
    const int *ids;
    int thread, wave, entries, page;
    float sum;
};

DEVICE void request(const position &at, int page, LDS float *tile, LDS float *factor) {
    const bool loads = PLANT != UNINITIALISED_ROW || at.thread / (ROW / 4) != 5;
    if (loads)
        async_load(at.pool + (long)page * PAGE + 4 * at.thread, tile + at.wave * 256, PLANT == NARROW_LDS_LOAD ? 8 : 16);
    if (at.thread == 0)
        *factor = at.descale[page];
}

/* Consumes entry i while the next one is on its way. */
DEVICE void step(position &at, int i, LDS float *tile, LDS float *factor, LDS float *next_tile, LDS float *next_factor) {
    int next_page = at.page;
    if (PLANT == READ_AHEAD || i + 1 < at.entries)
        next_page = at.ids[i + 1];
    __builtin_amdgcn_s_waitcnt(0);
    asm volatile("" ::: "memory");
    if (PLANT != BARRIER_IN_A_BRANCH || at.wave != 2 || i != 1)
        __builtin_amdgcn_s_barrier();
    asm volatile("" ::: "memory");
    if (i + 1 < at.entries)
        request(at, next_page, next_tile, next_factor);
    const LDS float *from = tile + (4 * at.thread + 256) % PAGE; /* what another wave loaded */
    at.sum += *factor * ((from[0] + from[1]) + (from[2] + from[3]));
    at.page = next_page;
}

KERNEL void __attribute__((amdgpu_flat_work_group_size(THREADS, THREADS)))
planted(const float *pool, const int *table, const float *descale, float *out, int entries) {
    /* one array per slot, so that the compiler sees which loads a read need not wait for */
    SHARED static float tiles0[PAGE], tiles1[PAGE], factors0[1], factors1[1];
    LDS float *tile0 = (LDS float *)tiles0, *tile1 = (LDS float *)tiles1;
    LDS float *factor0 = (LDS float *)factors0, *factor1 = (LDS float *)factors1;
    const int thread = __builtin_amdgcn_workitem_id_x(), group = __builtin_amdgcn_workgroup_id_x();
    position at = {pool, descale, table + group * entries, thread, __builtin_amdgcn_readfirstlane(thread >> 6), entries,
                   0, 0};
    LDS float *other_tile = PLANT == ONE_TILE_SLOT ? tile0 : tile1;
    LDS float *other_factor = PLANT == ONE_FACTOR_SLOT ? factor0 : factor1;
    asm volatile("" ::"v"(tile0), "v"(tile1) : "memory"); /* for the compiler, something may have filled them */
    at.page = at.ids[0];
    request(at, at.page, tile0, factor0);
    for (int i = 0; i < entries; i += 2) {
        step(at, i, tile0, factor0, other_tile, other_factor);
        if (i + 1 < entries)
            step(at, i + 1, other_tile, other_factor, tile0, factor0);
    }
    out[group * THREADS + thread] = at.sum;
}
