/* SPDX-License-Identifier: MIT
 *
 * Runs a grid: sets up waves as the kernel descriptor asks, schedules the waves of a workgroup, and spreads workgroups
 * over the host's cores.
 */
#include "code_object.h"
#include "device_printf.h"
#include "engine.h"
#include "gws.h"
#include "hostcall.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Instructions that a wave runs before the next wave's turn: few, because production kernels lean on waves advancing
 * together. */
#define QUANTUM 8
#define WORKGROUP_TURN \
    20000000            /* instructions after which another workgroup gets a turn: waiting on each other works */
#define MAX_RESIDENT 64 /* unfinished workgroups per host thread */
#define FEW_RESIDENT 3u /* where turns are short, as long as they get on: their state is large */
#define DYNAMIC_STACK_BYTES 16384u
#define POISON 0xff /* what registers and LDS hold before the kernel writes them: NaN in every float format */
#define MODE_INIT_BITS 0xffu

struct resident {
    struct sim_workgroup wg;
    struct sim_wave *waves;
    unsigned capacity;
    uint8_t *lds;
    uint8_t *scratch;
    size_t scratch_size;
};

static uint32_t round_up(uint32_t value, uint32_t granule) {
    return (value + granule - 1) / granule * granule;
}

/* ---- kernel arguments ---- */

static void put(uint8_t *to, uint32_t size, uint64_t value) {
    memcpy(to, &value, size < 8 ? size : 8);
}

static void fill_hidden(const struct sim_launch *launch, uint8_t *kernarg) {
    const struct sim_kernel *kernel = launch->kernel;
    unsigned dims = launch->items[2] > 1 ? 3 : launch->items[1] > 1 ? 2 : 1;
    for (unsigned i = 0; i < kernel->num_args; i++) {
        const struct sim_kernel_arg *arg = &kernel->args[i];
        uint8_t *to = kernarg + arg->offset;
        if (arg->offset + arg->size > kernel->kernarg_bytes)
            continue;
        switch (arg->kind) {
        case SIM_ARG_VALUE:
            break;
        case SIM_ARG_DYNAMIC_LDS_POINTER:
            put(to, arg->size, kernel->lds_bytes);
            break;
        case SIM_ARG_BLOCK_COUNT_X:
        case SIM_ARG_BLOCK_COUNT_Y:
        case SIM_ARG_BLOCK_COUNT_Z: {
            unsigned d = arg->kind - SIM_ARG_BLOCK_COUNT_X; /* whole workgroups only */
            put(to, arg->size, launch->items[d] / launch->block[d]);
            break;
        }
        case SIM_ARG_GROUP_SIZE_X:
        case SIM_ARG_GROUP_SIZE_Y:
        case SIM_ARG_GROUP_SIZE_Z:
            put(to, arg->size, launch->block[arg->kind - SIM_ARG_GROUP_SIZE_X]);
            break;
        case SIM_ARG_REMAINDER_X:
        case SIM_ARG_REMAINDER_Y:
        case SIM_ARG_REMAINDER_Z: {
            unsigned d = arg->kind - SIM_ARG_REMAINDER_X;
            put(to, arg->size, launch->items[d] % launch->block[d]);
            break;
        }
        case SIM_ARG_GRID_DIMS:
            put(to, arg->size, dims);
            break;
        case SIM_ARG_PRIVATE_BASE:
            put(to, arg->size, SIM_PRIVATE_APERTURE >> 32);
            break;
        case SIM_ARG_SHARED_BASE:
            put(to, arg->size, SIM_SHARED_APERTURE >> 32);
            break;
        case SIM_ARG_DYNAMIC_LDS_SIZE:
            put(to, arg->size, launch->dynamic_lds);
            break;
        case SIM_ARG_HOSTCALL:
            put(to, arg->size, sim_hostcall_address(launch->hostcall));
            break;
        case SIM_ARG_HEAP:
            put(to, arg->size, SIM_HEAP_ADDRESS);
            break;
        case SIM_ARG_PRINTF:
            put(to, arg->size, launch->printf_buffer->base);
            break;
        default:
            memset(to, 0, arg->size);
        }
    }
}

static bool wants(const struct sim_kernel *kernel, unsigned kind) {
    for (unsigned i = 0; i < kernel->num_args; i++)
        if (kernel->args[i].kind == kind)
            return true;
    return false;
}

/* What kernels reach the host through. */
static bool open_output(struct sim_launch *launch) {
    launch->hostcall = NULL;
    launch->printf_buffer = NULL;
    if (wants(launch->kernel, SIM_ARG_HOSTCALL)) {
        uint64_t items = (uint64_t)launch->block[0] * launch->block[1] * launch->block[2];
        uint64_t waves = launch->num_workgroups * ((items + SIM_LANES - 1) / SIM_LANES);
        uint64_t at_once = (uint64_t)(launch->threads ? launch->threads : 1) * MAX_RESIDENT * SIM_MAX_WAVES;
        launch->hostcall = sim_hostcall_create(launch->memory, waves < at_once ? waves : at_once);
        if (!launch->hostcall)
            return false;
    }
    if (wants(launch->kernel, SIM_ARG_PRINTF)) {
        launch->printf_buffer = sim_memory_allocate(launch->memory, SIM_PRINTF_BUFFER_BYTES, SIM_MEMORY_KERNARG, -1);
        if (!launch->printf_buffer)
            return false;
        const uint32_t head[2] = {0, SIM_PRINTF_BUFFER_BYTES};
        memcpy((void *)(uintptr_t)launch->printf_buffer->base, head, sizeof head);
    }
    return true;
}

static void close_output(struct sim_launch *launch) {
    sim_hostcall_destroy(launch->hostcall, launch->memory);
    if (!launch->printf_buffer)
        return;
    void *buffer = (void *)(uintptr_t)launch->printf_buffer->base;
    if (!sim_print_buffer(launch->kernel->object, buffer))
        sim_launch_fail(launch, "kernel %s: its printf buffer is not understood\n", launch->kernel_name);
    sim_memory_free(launch->memory, buffer);
}

/* One allocation: arguments (padded, because the compiler may widen scalar loads to 64 bytes), dispatch packet, queue.
 */
static struct sim_allocation *write_kernarg(struct sim_launch *launch) {
    const struct sim_kernel *kernel = launch->kernel;
    size_t bytes = kernel->kernarg_bytes > launch->kernarg_size ? kernel->kernarg_bytes : launch->kernarg_size;
    size_t packet = (bytes + 63) & ~(size_t)63, queue = packet + 64;
    struct sim_allocation *allocation = sim_memory_allocate(launch->memory, queue + 256, SIM_MEMORY_KERNARG, -1);
    if (!allocation)
        return NULL;
    uint8_t *base = (uint8_t *)(uintptr_t)allocation->base;
    if (launch->kernarg_size)
        memcpy(base, launch->kernarg, launch->kernarg_size);
    fill_hidden(launch, base);
    uint8_t *aql = base + packet;
    unsigned dims = launch->items[2] > 1 ? 3 : launch->items[1] > 1 ? 2 : 1;
    put(aql, 2, 2 | 1 << 8 | 2 << 9 | 2 << 11); /* kernel dispatch, barrier, system fences */
    put(aql + 2, 2, dims);
    for (unsigned d = 0; d < 3; d++) {
        put(aql + 4 + 2 * d, 2, launch->block[d]);
        put(aql + 12 + 4 * d, 4, launch->items[d]);
    }
    put(aql + 24, 4, kernel->scratch_bytes);
    put(aql + 28, 4, kernel->lds_bytes + launch->dynamic_lds);
    put(aql + 32, 8, kernel->descriptor);
    put(aql + 40, 8, allocation->base);
    put(base + queue + 0x40, 4, SIM_SHARED_APERTURE >> 32);
    put(base + queue + 0x44, 4, SIM_PRIVATE_APERTURE >> 32);
    launch->kernarg_address = allocation->base;
    launch->dispatch_address = allocation->base + packet;
    launch->queue_address = allocation->base + queue;
    return allocation;
}

/* ---- waves ---- */

static void set_up_sgprs(struct sim_wave *wave, const struct sim_launch *launch, const struct sim_workgroup *wg) {
    const struct sim_kernel *kernel = launch->kernel;
    unsigned next = 0, properties = kernel->properties;
    uint64_t values[6];
    static const unsigned bits[6] = {1, 2, 3, 4, 5, 6};
    values[0] = launch->dispatch_address;
    values[1] = launch->queue_address;
    values[2] = launch->kernarg_address;
    values[3] = 1;                     /* dispatch id */
    values[4] = 0;                     /* flat scratch: architected on these GPUs */
    values[5] = kernel->scratch_bytes; /* private segment size */
    if (properties & 1) {              /* private segment buffer: scratch is reached through flat scratch only */
        memset(&wave->sgpr[next], 0, 16);
        next += 4;
    }
    for (unsigned i = 0; i < 6; i++) {
        if (!(properties >> bits[i] & 1))
            continue;
        wave->sgpr[next++] = (uint32_t)values[i];
        if (bits[i] != 6)
            wave->sgpr[next++] = (uint32_t)(values[i] >> 32);
    }
    unsigned preload = kernel->preload & 0x7f, preload_offset = kernel->preload >> 7;
    for (unsigned i = 0; i < preload && next < 16; i++)
        memcpy(&wave->sgpr[next++], (const uint8_t *)(uintptr_t)launch->kernarg_address + 4 * (preload_offset + i), 4);
    next = kernel->rsrc2 >> 1 & 31;
    for (unsigned d = 0; d < 3; d++)
        if (kernel->rsrc2 >> (7 + d) & 1)
            wave->sgpr[next++] = wg->id[d];
    if (kernel->rsrc2 >> 10 & 1)
        wave->sgpr[next++] = (wave->index == 0 ? 1u << 31 : 0) | wg->num_waves;
    wave->sgpr[SIM_SGPR_TTMP + 9] = wg->id[0];
    wave->sgpr[SIM_SGPR_TTMP + 7] = wg->id[1] | wg->id[2] << 16;
    wave->sgpr[SIM_SGPR_M0] = 0;
}

static void start_wave(struct sim_wave *wave, struct sim_workgroup *wg, unsigned index) {
    const struct sim_launch *launch = wg->launch;
    const struct sim_kernel *kernel = launch->kernel;
    memset(wave->vgpr, POISON, kernel->arch_vgprs * sizeof(sim_row));
    memset(wave->vgpr[256], POISON, (kernel->vgprs - kernel->arch_vgprs) * sizeof(sim_row));
    memset(wave->sgpr, POISON, sizeof wave->sgpr);
    memset((char *)wave + offsetof(struct sim_wave, mode), 0, sizeof *wave - offsetof(struct sim_wave, mode));
    wave->wg = wg;
    wave->index = index;
    wave->pc = kernel->entry;
    wave->status = SIM_WAVE_RUNNING;
    wave->mode = (kernel->rsrc1 >> 12 & MODE_INIT_BITS) | (kernel->rsrc1 >> 21 & 1) << 8 |
                 (kernel->rsrc1 >> 23 & 1) << 9 | (kernel->rsrc1 >> 26 & 1) << 23;
    unsigned cu = (unsigned)(wg->linear_id % launch->num_cus);
    wave->hw_id = (index / 4 & 15) | (index & 3) << 4 | (cu & 15) << 8 | (cu >> 4 & 7) << 13;
    set_up_sgprs(wave, launch, wg);
    uint64_t exec = 0;
    uint32_t total = wg->items[0] * wg->items[1] * wg->items[2];
    unsigned ids = kernel->rsrc2 >> 11 & 3;
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        uint32_t item = index * SIM_LANES + lane;
        if (item < total)
            exec |= 1ull << lane;
        uint32_t x = item % wg->items[0], y = item / wg->items[0] % wg->items[1],
                 z = item / (wg->items[0] * wg->items[1]);
        wave->vgpr[0][lane] = x | (ids > 0 ? y << 10 : 0) | (ids > 1 ? (z & 1023) << 20 : 0);
    }
    sim_set_sgpr64(wave, SIM_SGPR_EXEC, exec);
}

static bool start_workgroup(struct resident *resident, struct sim_launch *launch, uint64_t linear_id) {
    struct sim_workgroup *wg = &resident->wg;
    const struct sim_kernel *kernel = launch->kernel;
    memset(wg, 0, sizeof *wg);
    wg->launch = launch;
    wg->linear_id = linear_id;
    wg->id[0] = (uint32_t)(linear_id % launch->grid[0]);
    wg->id[1] = (uint32_t)(linear_id / launch->grid[0] % launch->grid[1]);
    wg->id[2] = (uint32_t)(linear_id / launch->grid[0] / launch->grid[1]);
    uint32_t total = 1;
    for (unsigned d = 0; d < 3; d++) {
        uint32_t left = launch->items[d] - wg->id[d] * launch->block[d];
        wg->items[d] = left < launch->block[d] ? left : launch->block[d];
        total *= wg->items[d];
    }
    wg->num_waves = (total + SIM_LANES - 1) / SIM_LANES;
    wg->lds_used = kernel->lds_bytes + launch->dynamic_lds;
    wg->lds_size = round_up(wg->lds_used, launch->arch == SIM_GFX942 ? 512 : 1280);
    wg->scratch_bytes = kernel->scratch_bytes + (kernel->dynamic_stack ? DYNAMIC_STACK_BYTES : 0);
    if (resident->capacity < wg->num_waves) {
        free(resident->waves);
        resident->waves = aligned_alloc(256, wg->num_waves * sizeof *resident->waves);
        resident->capacity = resident->waves ? wg->num_waves : 0;
        if (!resident->waves)
            return false;
        memset(resident->waves, 0, wg->num_waves * sizeof *resident->waves);
    }
    if (!resident->lds)
        resident->lds = malloc(SIM_LDS_BYTES(SIM_GFX950));
    size_t scratch = (size_t)wg->num_waves * SIM_LANES * wg->scratch_bytes;
    if (resident->scratch_size < scratch) {
        free(resident->scratch);
        resident->scratch = malloc(scratch);
        resident->scratch_size = resident->scratch ? scratch : 0;
    }
    if (!resident->lds || resident->scratch_size < scratch)
        return false;
    memset(resident->lds, POISON, wg->lds_size);
    if (scratch)
        memset(resident->scratch, POISON, scratch);
    wg->waves = resident->waves;
    wg->lds = resident->lds;
    wg->scratch = resident->scratch;
    for (unsigned i = 0; i < wg->num_waves; i++)
        start_wave(&wg->waves[i], wg, i);
    if (launch->mode && launch->mode->workgroup_begin)
        launch->mode->workgroup_begin(wg);
    return true;
}

/* ---- scheduling within a workgroup ---- */

static uint32_t runnable_waves(struct sim_workgroup *wg, unsigned *at_gws, unsigned *done) {
    uint32_t runnable = 0;
    *at_gws = *done = 0;
    for (unsigned i = 0; i < wg->num_waves; i++) {
        switch (wg->waves[i].status) {
        case SIM_WAVE_AT_BARRIER:
            break;
        case SIM_WAVE_AT_GWS:
            sim_gws_poll(&wg->waves[i]);
            if (sim_wave_runs(&wg->waves[i]))
                runnable |= 1u << i;
            else
                ++*at_gws;
            break;
        case SIM_WAVE_DONE:
        case SIM_WAVE_FAULTED:
            ++*done;
            break;
        default:
            runnable |= 1u << i;
        }
    }
    return runnable;
}

static void release_barrier(struct sim_workgroup *wg) {
    for (unsigned i = 0; i < wg->num_waves; i++)
        if (wg->waves[i].status == SIM_WAVE_AT_BARRIER)
            sim_wave_resume(&wg->waves[i]);
    if (wg->launch->mode && wg->launch->mode->barrier_released)
        wg->launch->mode->barrier_released(wg);
}

static void run_one(struct sim_wave *wave, uint64_t quantum) {
    uint64_t limit = wave->wg->launch->max_instructions;
    if (wave->status == SIM_WAVE_SLEEPING)
        sim_wave_resume(wave);
    sim_run_wave(wave, quantum);
    if (limit && wave->instructions > limit && wave->status != SIM_WAVE_FAULTED)
        sim_wave_fault(wave, NULL, "runaway: the wave has executed %llu instructions, the limit; it is at +0x%llx",
                       (unsigned long long)wave->instructions, (unsigned long long)wave->pc);
}

/* True when the workgroup has ended; false when it used up its turn or can only wait. Adds the turn's length to
 * `total`: the longest if it waits. */
static bool run_workgroup(struct sim_workgroup *wg, uint64_t *total) {
    struct sim_launch *launch = wg->launch;
    uint64_t turn = launch->mode && launch->mode->turn ? launch->mode->turn(wg, WORKGROUP_TURN) : WORKGROUP_TURN;
    unsigned (*schedule)(struct sim_workgroup *, uint32_t, uint64_t *) = launch->mode ? launch->mode->schedule : NULL;
    uint64_t spent = 0;
    while (wg->linear_id < atomic_load_explicit(&launch->faulted_at, memory_order_relaxed)) {
        unsigned at_gws, done;
        uint32_t runnable = runnable_waves(wg, &at_gws, &done);
        if (done == wg->num_waves)
            return true;
        if (!runnable && at_gws) {
            if (launch->mode && launch->mode->stands_still)
                launch->mode->stands_still(wg);
            *total += WORKGROUP_TURN + 1;
            return false;
        }
        if (!runnable) {
            release_barrier(wg);
            continue;
        }
        if (spent > turn && turn < WORKGROUP_TURN &&
            atomic_load_explicit(&launch->faulted_at, memory_order_relaxed) != UINT64_MAX)
            turn = WORKGROUP_TURN; /* it may be the last one, see work() */
        if (spent > turn) {
            *total += spent;
            return false;
        }
        uint64_t quantum = QUANTUM;
        if (schedule) { /* where turns end must not change in which order the waves run */
            unsigned chosen = wg->interrupted;
            if (wg->quantum_left)
                quantum = wg->quantum_left;
            else
                chosen = schedule(wg, runnable, &quantum);
            uint64_t part = quantum > turn - spent ? turn - spent + 1 : quantum;
            run_one(&wg->waves[chosen], part);
            wg->interrupted = chosen;
            wg->quantum_left = sim_wave_runs(&wg->waves[chosen]) ? quantum - part : 0;
            spent += part;
            continue;
        }
        for (unsigned i = 0; i < wg->num_waves; i++)
            if (runnable >> i & 1)
                run_one(&wg->waves[i], quantum);
        spent += quantum * wg->num_waves;
    }
    return true;
}

/* ---- threads ---- */

static void finish_workgroup(struct resident *resident, struct sim_stats *stats) {
    struct sim_workgroup *wg = &resident->wg;
    for (unsigned i = 0; i < wg->num_waves; i++) {
        stats->instructions += wg->waves[i].instructions;
        for (unsigned c = 0; c <= SIM_CLASS_FLAT; c++)
            stats->by_class[c] += wg->waves[i].counts[c];
    }
    stats->waves += wg->num_waves;
    stats->workgroups++;
    if (wg->launch->mode && wg->launch->mode->workgroup_end)
        wg->launch->mode->workgroup_end(wg);
}

static struct resident *claim(struct sim_launch *launch, struct resident *reuse) {
    const struct sim_mode_ops *mode = launch->mode;
    for (;;) {
        uint64_t id = atomic_fetch_add(&launch->next_workgroup, 1);
        if (id >= launch->num_workgroups || id >= atomic_load_explicit(&launch->faulted_at, memory_order_relaxed))
            break;
        if (mode && mode->wants_workgroup && !mode->wants_workgroup(launch, id))
            continue;
        struct resident *resident = reuse ? reuse : calloc(1, sizeof *resident);
        if (!resident || !start_workgroup(resident, launch, id)) {
            sim_launch_fail(launch, "no memory for a workgroup's state\n");
            return resident;
        }
        return resident;
    }
    return NULL;
}

static void free_resident(struct resident *resident) {
    if (!resident)
        return;
    free(resident->waves);
    free(resident->lds);
    free(resident->scratch);
    free(resident);
}

/* Keeps up to MAX_RESIDENT unfinished workgroups and gives them turns, so that kernels whose workgroups wait for each
 * other make progress; a workgroup that needs no second turn runs to its end first. */
static void work(struct sim_launch *launch) {
    struct resident *resident[MAX_RESIDENT], *idle = NULL;
    unsigned count = 0, turn = 0, enough = launch->mode && launch->mode->turn ? FEW_RESIDENT : MAX_RESIDENT;
    uint64_t spent = 0; /* since the last was claimed */
    struct sim_stats stats;
    memset(&stats, 0, sizeof stats);
    for (;;) {
        if (count < MAX_RESIDENT && (count < enough || spent > WORKGROUP_TURN)) {
            struct resident *fresh = claim(launch, idle);
            if (fresh) {
                idle = NULL;
                spent = 0;
                resident[count] = fresh;
                turn = count++;
            }
        }
        if (count == 0)
            break;
        turn %= count;
        bool ended = run_workgroup(&resident[turn]->wg, &spent);
        /* after a fault nobody waits for workgroups that may wait for one that will not come */
        if (ended || atomic_load_explicit(&launch->faulted_at, memory_order_relaxed) != UINT64_MAX) {
            finish_workgroup(resident[turn], &stats);
            free_resident(idle);
            idle = resident[turn];
            resident[turn] = resident[--count];
        } else {
            turn++;
        }
    }
    free_resident(idle);
    pthread_mutex_lock(&launch->lock);
    launch->stats.instructions += stats.instructions;
    launch->stats.waves += stats.waves;
    launch->stats.workgroups += stats.workgroups;
    for (unsigned c = 0; c <= SIM_CLASS_FLAT; c++)
        launch->stats.by_class[c] += stats.by_class[c];
    pthread_mutex_unlock(&launch->lock);
}

static void *work_thread(void *launch) {
    work(launch);
    return NULL;
}

static bool valid(struct sim_launch *launch) {
    const struct sim_kernel *kernel = launch->kernel;
    uint64_t items = (uint64_t)launch->block[0] * launch->block[1] * launch->block[2];
    uint32_t limit = kernel->max_workgroup ? kernel->max_workgroup : 1024;
    if (items == 0 || items > 1024 || items > limit)
        sim_launch_fail(launch, "kernel %s: a workgroup of %llu work-items, the kernel allows 1 to %u\n",
                        launch->kernel_name, (unsigned long long)items, limit < 1024 ? limit : 1024);
    else if (!launch->grid[0] || !launch->grid[1] || !launch->grid[2])
        sim_launch_fail(launch, "kernel %s: the grid is empty\n", launch->kernel_name);
    else if (kernel->lds_bytes + launch->dynamic_lds > SIM_LDS_BYTES(launch->arch))
        sim_launch_fail(launch, "kernel %s: %u bytes of LDS, the device has %u\n", launch->kernel_name,
                        kernel->lds_bytes + launch->dynamic_lds, SIM_LDS_BYTES(launch->arch));
    else
        return true;
    return false;
}

bool sim_launch_run(struct sim_launch *launch) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    pthread_mutex_init(&launch->lock, NULL);
    launch->report = NULL;
    launch->findings = NULL;
    launch->num_findings = 0;
    atomic_store(&launch->faulted_at, UINT64_MAX);
    atomic_store(&launch->next_workgroup, 0);
    memset(&launch->stats, 0, sizeof launch->stats);
    launch->program = launch->kernel->object->program;
    launch->code_address = launch->kernel->object->code_address;
    launch->kernel_name = launch->kernel->name;
    launch->num_workgroups = (uint64_t)launch->grid[0] * launch->grid[1] * launch->grid[2];
    struct sim_allocation *kernarg = NULL;
    bool ran = valid(launch);
    bool output = ran;
    if (ran && !(open_output(launch) && (kernarg = write_kernarg(launch)))) {
        sim_launch_fail(launch, "no memory for kernel arguments\n");
        ran = false;
    }
    if (ran) {
        pthread_rwlock_rdlock(&launch->memory->lock);
        if (launch->mode && launch->mode->launch_begin)
            launch->mode->launch_begin(launch);
        unsigned threads = launch->threads ? launch->threads : 1;
        if (threads > launch->num_workgroups)
            threads = (unsigned)launch->num_workgroups;
        pthread_t handles[256];
        unsigned started = 0;
        for (; started + 1 < threads && started < 256; started++)
            if (pthread_create(&handles[started], NULL, work_thread, launch))
                break;
        work(launch);
        for (unsigned i = 0; i < started; i++)
            pthread_join(handles[i], NULL);
        if (launch->mode && launch->mode->launch_end)
            launch->mode->launch_end(launch);
        pthread_rwlock_unlock(&launch->memory->lock);
    }
    if (kernarg)
        sim_memory_free(launch->memory, (void *)(uintptr_t)kernarg->base);
    if (output)
        close_output(launch);
    pthread_mutex_destroy(&launch->lock);
    clock_gettime(CLOCK_MONOTONIC, &end);
    launch->stats.seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    return ran;
}
