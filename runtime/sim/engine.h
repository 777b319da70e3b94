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
#define SIM_MAX_WAVES 16

struct sim_memory;
struct sim_kernel;
struct sim_allocation;

/* What a mode other than fast adds. Any member may be NULL. */
struct sim_mode_ops {
    void *(*launch_begin)(struct sim_launch *launch);
    void (*launch_end)(struct sim_launch *launch);
    void (*workgroup_begin)(struct sim_workgroup *wg);
    void (*workgroup_end)(struct sim_workgroup *wg);
    /* Around each instruction: wave->pc already points behind it in both. `before` returning false skips execution. */
    bool (*before)(struct sim_wave *wave, const struct sim_inst *inst);
    void (*after)(struct sim_wave *wave, const struct sim_inst *inst);
    void (*barrier_released)(struct sim_workgroup *wg);
    /* Picks the wave to run next and for how many instructions; NULL: round robin with the default quantum. */
    unsigned (*schedule)(struct sim_workgroup *wg, unsigned *quantum);
};

struct sim_stats {
    uint64_t instructions;
    uint64_t by_class[SIM_CLASS_FLAT + 1];
    uint64_t waves, workgroups;
};

struct sim_launch {
    enum sim_arch arch;
    struct sim_program *program;
    uint64_t code_address; /* where the program is loaded: what s_getpc returns for offset 0 */
    struct sim_memory *memory;
    const struct sim_kernel *kernel;
    const char *kernel_name;
    uint32_t grid[3];  /* workgroups */
    uint32_t block[3]; /* work-items */
    uint32_t items[3]; /* work-items of the whole grid (the last workgroup of a dimension may be partial) */
    uint32_t dynamic_lds;
    uint64_t kernarg_address;
    uint64_t entry;                     /* byte offset of the first instruction */
    uint64_t max_instructions_per_wave; /* 0: no limit */
    uint64_t seed;
    const struct sim_mode_ops *mode; /* NULL in fast mode */
    void *mode_state;
    atomic_int stop; /* a fault happened: every wave ends */
    pthread_mutex_t lock;
    char *report; /* the first fault, under lock */
    struct sim_stats stats;
};

struct sim_workgroup {
    struct sim_launch *launch;
    uint32_t id[3];
    uint64_t linear_id;
    uint8_t *lds;
    uint32_t lds_size;
    uint8_t *scratch;       /* num_waves * 64 * scratch_bytes, each lane's bytes contiguous */
    uint32_t scratch_bytes; /* per lane */
    unsigned num_waves, num_done, num_at_barrier;
    struct sim_wave *waves;
    void *check, *timing;
};

/* Runs `wave` for at most `quantum` instructions. */
void sim_run_wave(struct sim_wave *wave, uint64_t quantum);

#endif
