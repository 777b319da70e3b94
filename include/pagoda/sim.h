/* SPDX-License-Identifier: MIT
 *
 * The simulator's own entry points. libpagoda_sim.so exports the HIP runtime API (use it as libamdhip64.so) and these,
 * for tools that want to know more than HIP can say. What it computes is *simulated*, its times are *modelled*.
 *
 * Environment, read once when the first HIP call is made; pagoda_sim_set_option() overrides it:
 * - PAGODA_SIM_ARCH: the simulated devices in order, e.g. gfx942 or gfx942,gfx950; default gfx950,gfx942
 * - PAGODA_SIM_CUS: compute units per device; default 256 (gfx950), 304 (gfx942)
 * - PAGODA_SIM_MODE: fast (default), check, timing
 * - PAGODA_SIM_SEED: check mode: decides how waves interleave and when, between its issue and the wait that guarantees
 *   it, each memory operation takes effect; results of a program without faults do not depend on it; default 0
 * - PAGODA_SIM_THREADS: host threads that run workgroups; default: the host's cores
 * - PAGODA_SIM_MEMORY: device memory in MiB; default 3/4 of the host's
 * - PAGODA_SIM_MAX_INSTRUCTIONS: per wave, beyond which a kernel counts as runaway; default 0 = unlimited in fast and
 *   timing mode, 2^32 in check mode
 * - PAGODA_SIM_SLACK: bytes behind the end of an allocation that loads may touch (they read 0xff bytes) instead of
 *   faulting, as a GPU that maps large pages lets them; default 0
 * - PAGODA_SIM_LDS_LOADS: vm (default) or both: whether global_load_lds_* counts in vmcnt alone, as the hardware does,
 *   or holds a place in lgkmcnt too, as LLVM before its fix of 2026 assumed when it placed waits
 * - PAGODA_SIM_QUIET: 1: fault reports are not printed to standard error
 * - PAGODA_SIM_HOST_ISA: base, v3 or v4: which x86-64 level's code executes vector instructions, with the same results;
 *   default: the best that the host has. Environment only
 * - PAGODA_SIM_TIMING_WORKGROUPS: timing mode: workgroups whose instruction streams are recorded and modelled, spread
 *   over the grid; default 8, at most 64
 * - PAGODA_SIM_SAMPLE: timing mode: 1 executes only those workgroups (the results are then incomplete); default 0
 * - PAGODA_SIM_TRACE: timing mode: file for the modelled schedule of the first of them, in Chrome's trace format
 *
 * mode, seed, threads, max_instructions, slack, lds_loads, quiet and the timing options may change between launches;
 * arch, cus and memory only before the first HIP call.
 */
#ifndef PAGODA_SIM_H
#define PAGODA_SIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PAGODA_SIM_API __attribute__((visibility("default")))
#else
#define PAGODA_SIM_API
#endif

/* Instruction classes, in the order of pagoda_sim_statistics.by_class. */
enum {
    PAGODA_SIM_SALU,
    PAGODA_SIM_BRANCH,
    PAGODA_SIM_WAITCNT,
    PAGODA_SIM_BARRIER,
    PAGODA_SIM_SYS,
    PAGODA_SIM_SMEM,
    PAGODA_SIM_VALU,
    PAGODA_SIM_TRANS,
    PAGODA_SIM_MFMA,
    PAGODA_SIM_LDS,
    PAGODA_SIM_VMEM,
    PAGODA_SIM_FLAT,
    PAGODA_SIM_NUM_CLASSES
};

struct pagoda_sim_statistics {
    size_t struct_size; /* set by the caller to sizeof(struct pagoda_sim_statistics) */
    uint64_t launches;
    uint64_t workgroups, waves;
    uint64_t instructions; /* wave instructions executed */
    uint64_t by_class[PAGODA_SIM_NUM_CLASSES];
    double seconds;   /* wall time spent simulating */
    uint64_t reports; /* faults found */
};

/* "pagoda-sim MAJOR.MINOR.PATCH"; its presence tells this library from a real HIP runtime. */
PAGODA_SIM_API const char *pagoda_sim_version(void);

/* `name` as in the environment without the prefix, in lower case ("mode", "seed", ...). Returns 0, or -1 when the
 * option or the value is unknown, or when it can no longer change. */
PAGODA_SIM_API int pagoda_sim_set_option(const char *name, const char *value);

/* Sums over the launches since the last reset; `last` is the most recent launch alone. Either may be NULL. Returns 0,
 * or -1 when a struct_size is wrong. */
PAGODA_SIM_API int pagoda_sim_get_statistics(struct pagoda_sim_statistics *sum, struct pagoda_sim_statistics *last);
PAGODA_SIM_API void pagoda_sim_reset_statistics(void);

/* The name of an instruction class, e.g. "mfma"; NULL beyond the last. */
PAGODA_SIM_API const char *pagoda_sim_class_name(unsigned index);

/* The faults found by the most recent launch: 0 when it was clean. Each report names what happened, the kernel, the
 * disassembled instruction and its address, the workgroup, wave and lane, and the other party of races and hazards.
 * Pointers stay valid until the next launch. */
PAGODA_SIM_API unsigned pagoda_sim_report_count(void);
PAGODA_SIM_API const char *pagoda_sim_report(unsigned index);

/* What a wave's modelled time went to. */
enum {
    PAGODA_SIM_TIME_ISSUE,      /* its own issue slots */
    PAGODA_SIM_TIME_DEPENDENCY, /* results that were not ready */
    PAGODA_SIM_TIME_PORT,       /* VALU, matrix pipe or a queue was busy */
    PAGODA_SIM_TIME_LDS,        /* s_waitcnt on LDS */
    PAGODA_SIM_TIME_MEMORY,     /* s_waitcnt on memory */
    PAGODA_SIM_TIME_BARRIER,
    PAGODA_SIM_TIME_OTHER, /* s_nop, s_sleep, taken branches */
    PAGODA_SIM_NUM_TIMES
};
#define PAGODA_SIM_MAX_WAVES 16 /* of a workgroup */

struct pagoda_sim_wave_time {
    double clk;                         /* from its start to its end ... */
    double times[PAGODA_SIM_NUM_TIMES]; /* ... and its parts */
};

/* The model under one assumption about which instructions run beside a busy matrix pipe. */
struct pagoda_sim_modelled {
    double clk;                         /* from the first workgroup's start to the last one's end */
    double us;                          /* clk at the peak clock plus the fixed cost of a launch */
    double loop_clk;                    /* per iteration of the loop with the most matrix work; 0: no such loop */
    double wave_clk;                    /* of the modelled workgroups, mean over waves ... */
    double times[PAGODA_SIM_NUM_TIMES]; /* ... and its parts */
    double matrix_busy, valu_busy,
        lds_busy;               /* fractions of the modelled time that the unit of a SIMD (LDS: of the CU) is busy */
    uint64_t longest_workgroup; /* of the modelled ones: linear id */
    unsigned num_waves;
    struct pagoda_sim_wave_time waves[PAGODA_SIM_MAX_WAVES]; /* of that workgroup */
};

struct pagoda_sim_timing {
    size_t struct_size; /* set by the caller to sizeof(struct pagoda_sim_timing) */
    unsigned
        launches; /* clk, us and matrix_flops are sums over them, the rest is of the one with the most matrix work */
    double clock_mhz, launch_us;
    uint64_t workgroups, executed_workgroups; /* fewer executed: only a sample, see PAGODA_SIM_SAMPLE */
    unsigned modelled_workgroups;             /* the rest of the grid is extrapolated from these */
    unsigned resident_workgroups;             /* that share a CU */
    unsigned cus;
    int truncated;                      /* a stream was too long to record to its end */
    double matrix_flops;                /* executed by matrix instructions, whole grid (extrapolated like the time) */
    double loop_matrix_flops;           /* per iteration, all waves of one CU */
    double working_set_bytes;           /* that the grid touches, at most: beyond the Infinity Cache it is in HBM */
    double loop_iterations;             /* per wave, mean over the modelled workgroups */
    struct pagoda_sim_modelled strict;  /* no transcendental, packed fp32 or cvt_pk instruction overlaps an MFMA */
    struct pagoda_sim_modelled lenient; /* all of them do */
    struct pagoda_sim_modelled traced;  /* transcendental and cvt_pk do, packed fp32 does not: see TIMING.md */
};

/* The model's result for the launches in timing mode since pagoda_sim_reset_statistics(). Returns 0, or -1 when there
 * is none, one of them failed, or struct_size is wrong. */
PAGODA_SIM_API int pagoda_sim_get_timing(struct pagoda_sim_timing *timing);

/* clk per KV tile of 256 queries by 64 keys at head dim 128 (8388608 FLOP) in steady state, for `problem_flops`, the
 * FLOPs that the problem defines (not the matrix instructions': those include masked and auxiliary products). 0 when
 * there is no loop with matrix work. */
PAGODA_SIM_API double pagoda_sim_clk_per_tile(const struct pagoda_sim_timing *timing,
                                              const struct pagoda_sim_modelled *modelled, double problem_flops);

PAGODA_SIM_API const char *pagoda_sim_time_name(unsigned index);

#ifdef __cplusplus
}
#endif

#endif
