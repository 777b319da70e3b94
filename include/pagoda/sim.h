/* SPDX-License-Identifier: MIT
 *
 * The simulator's own entry points. libpagoda_sim.so exports the HIP runtime API (use it as libamdhip64.so) and these,
 * for tools that want to know more than HIP can say. What it computes is *simulated*, its times are *modelled*.
 *
 * Environment, read once when the first HIP call is made; pagoda_sim_set_option() overrides it:
 *   PAGODA_SIM_ARCH      the simulated devices in order, e.g. gfx942 or gfx942,gfx950; default gfx950,gfx942
 *   PAGODA_SIM_CUS       compute units per device; default 256 (gfx950), 304 (gfx942)
 *   PAGODA_SIM_MODE      fast (default), check, timing
 *   PAGODA_SIM_SEED      seeds the schedule and the landing order of loads in check mode; default 0
 *   PAGODA_SIM_THREADS   host threads that run workgroups; default: the host's cores
 *   PAGODA_SIM_MEMORY    device memory in MiB; default 3/4 of the host's
 *   PAGODA_SIM_MAX_INSTRUCTIONS  per wave, beyond which a kernel counts as runaway; default 0 = unlimited in fast and
 *                        timing mode, 2^32 in check mode
 *   PAGODA_SIM_QUIET     1: fault reports are not printed to standard error
 * mode, seed, threads, max_instructions and quiet may change between launches; arch, cus and memory only before the
 * first HIP call.
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

/* `name` as in the environment without the prefix, in lower case ("mode", "seed", ...). Returns 0, or -1 when the option
 * or the value is unknown, or when it can no longer change. */
PAGODA_SIM_API int pagoda_sim_set_option(const char *name, const char *value);

/* Sums over the launches since the last reset; `last` is the most recent launch alone. Either may be NULL. Returns 0, or
 * -1 when a struct_size is wrong. */
PAGODA_SIM_API int pagoda_sim_get_statistics(struct pagoda_sim_statistics *sum, struct pagoda_sim_statistics *last);
PAGODA_SIM_API void pagoda_sim_reset_statistics(void);

/* The name of an instruction class, e.g. "mfma"; NULL beyond the last. */
PAGODA_SIM_API const char *pagoda_sim_class_name(unsigned index);

/* The faults found by the most recent launch: 0 when it was clean. Each report names what happened, the kernel, the
 * disassembled instruction and its address, the workgroup, wave and lane, and the other party of races and hazards.
 * Pointers stay valid until the next launch. */
PAGODA_SIM_API unsigned pagoda_sim_report_count(void);
PAGODA_SIM_API const char *pagoda_sim_report(unsigned index);

#ifdef __cplusplus
}
#endif

#endif
