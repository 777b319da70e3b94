/* SPDX-License-Identifier: MIT
 *
 * A launch, its workgroups and what executors ask of them. Fast mode runs the plain loop; check and timing mode run
 * their own loop around the same executors (struct sim_mode_ops), so that fast mode pays nothing for them.
 */
#ifndef PAGODA_SIM_ENGINE_H
#define PAGODA_SIM_ENGINE_H

#include "decode.h"
#include "wave.h"

#include <pthread.h>

#define SIM_SHARED_APERTURE 0x0001000000000000ull  /* flat addresses of LDS: above every host address */
#define SIM_PRIVATE_APERTURE 0x0002000000000000ull /* flat addresses of scratch */
#define SIM_APERTURE_SIZE 0x100000000ull
#define SIM_HEAP_ADDRESS 0x0000cafe00000000ull /* no memory: what the kernel gets for the heap of its malloc */
#define SIM_MAX_WAVES 16
#define SIM_LDS_BYTES(arch) ((arch) == SIM_GFX942 ? 65536u : 163840u)

struct sim_memory;
struct sim_gws;
struct sim_hostcall;
struct sim_kernel;
struct sim_allocation;

/* What a mode other than fast adds. Any member may be NULL. Workgroups may run on several threads at once. */
struct sim_mode_ops {
    void (*launch_begin)(struct sim_launch *launch); /* may set launch->mode_state */
    void (*launch_end)(struct sim_launch *launch);
    bool (*wants_workgroup)(struct sim_launch *launch, uint64_t linear_id); /* false: the workgroup is not run */
    void (*workgroup_begin)(struct sim_workgroup *wg);
    void (*workgroup_end)(struct sim_workgroup *wg);
    /* Around each instruction: wave->pc already points behind it in both. `before` returning false skips execution. */
    bool (*before)(struct sim_wave *wave, const struct sim_inst *inst);
    void (*after)(struct sim_wave *wave, const struct sim_inst *inst);
    void (*barrier_released)(struct sim_workgroup *wg);
    void (*stands_still)(struct sim_workgroup *wg); /* every wave waits, some of them for another workgroup */
    /* Picks one of the waves that can run (bit mask) and for how many instructions; NULL: round robin. */
    unsigned (*schedule)(struct sim_workgroup *wg, uint32_t runnable, uint64_t *quantum);
    /* Instructions, at most `longest`, after which another workgroup of the host thread gets a turn; NULL: the longest.
     */
    uint64_t (*turn)(struct sim_workgroup *wg, uint64_t longest);
};

struct sim_stats {
    uint64_t instructions;
    uint64_t by_class[SIM_CLASS_FLAT + 1];
    uint64_t waves, workgroups;
    double seconds;
};

struct sim_launch {
    /* set by the caller */
    enum sim_arch arch;
    struct sim_memory *memory;
    struct sim_gws *gws; /* the device's */
    const struct sim_kernel *kernel;
    const char *kernel_name;
    struct sim_program *program;
    uint64_t code_address; /* where the program is loaded: what s_getpc returns for offset 0 */
    uint32_t grid[3];      /* workgroups */
    uint32_t block[3];     /* work-items */
    uint32_t items[3];     /* work-items of the whole grid (the last workgroup of a dimension may be partial) */
    uint32_t dynamic_lds;
    const void *kernarg; /* explicit arguments as laid out by the caller */
    size_t kernarg_size;
    unsigned num_cus, threads;
    bool lds_loads_count_both; /* check mode: see PAGODA_SIM_LDS_LOADS */
    uint64_t max_instructions; /* per wave; 0: no limit */
    uint64_t seed;
    uint64_t slack;                  /* bytes behind an allocation that loads may touch; they read as poison */
    const struct sim_mode_ops *mode; /* NULL in fast mode */
    /* while it runs */
    void *mode_state;
    uint64_t kernarg_address, dispatch_address, queue_address;
    struct sim_hostcall *hostcall;        /* NULL when the kernel does not ask for it, ... */
    struct sim_allocation *printf_buffer; /* ... and for this */
    uint64_t num_workgroups;
    atomic_ullong next_workgroup;
    /* Lowest workgroup that faulted; those before it run on, so that the report does not depend on host threads. */
    atomic_ullong faulted_at;
    pthread_mutex_t lock;
    /* results */
    char *report;    /* the first fault that ended the launch, under lock; the caller frees it */
    char **findings; /* what check mode found without ending the launch, likewise */
    unsigned num_findings;
    struct sim_stats stats;
};

struct sim_workgroup {
    struct sim_launch *launch;
    uint32_t id[3];
    uint32_t items[3]; /* work-items: fewer than launch->block at a partial end */
    uint64_t linear_id;
    uint8_t *lds;
    uint32_t lds_size;      /* allocated: as asked for, rounded up to the hardware's granule */
    uint32_t lds_used;      /* as asked for */
    uint8_t *scratch;       /* num_waves * 64 * scratch_bytes, each lane's bytes contiguous */
    uint32_t scratch_bytes; /* per lane */
    unsigned num_waves;
    struct sim_wave *waves;
    void *check, *timing;
    uint64_t quantum_left; /* of the wave that ran when its turn ended */
    unsigned interrupted;
};

/* Runs the whole grid and returns when it has ended. False: the launch cannot be run, `report` says why. True with a
 * report: a fault happened while it ran. */
bool sim_launch_run(struct sim_launch *launch);

/* Runs `wave` for at most `quantum` instructions. */
void sim_run_wave(struct sim_wave *wave, uint64_t quantum);

/* Records a report and stops the launch. */
void sim_launch_fail(struct sim_launch *launch, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
