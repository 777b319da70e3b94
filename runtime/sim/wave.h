/* SPDX-License-Identifier: MIT
 *
 * State of a wave, its workgroup and its launch while a kernel executes.
 */
#ifndef PAGODA_SIM_WAVE_H
#define PAGODA_SIM_WAVE_H

#include "inst.h"

#include <stddef.h>

#define SIM_LANES 64
#define SIM_VGPR_ROWS 512 /* 256 arch VGPRs, then 256 accumulation VGPRs */
#define SIM_SGPR_COUNT 128
#define SIM_SGPR_FLAT_SCRATCH 102
#define SIM_SGPR_XNACK_MASK 104
#define SIM_SGPR_VCC 106
#define SIM_SGPR_TTMP 108
#define SIM_SGPR_M0 124
#define SIM_SGPR_EXEC 126

/* MODE register fields */
#define SIM_MODE_ROUND_F32(mode) ((mode) & 3u) /* 0 nearest even, 1 +inf, 2 -inf, 3 zero */
#define SIM_MODE_ROUND_F16_F64(mode) (((mode) >> 2) & 3u)
#define SIM_MODE_DENORM_F32(mode) (((mode) >> 4) & 3u) /* bit 0: keep input denormals, bit 1: keep output denormals */
#define SIM_MODE_DENORM_F16_F64(mode) (((mode) >> 6) & 3u)
#define SIM_MODE_DX10_CLAMP (1u << 8) /* clamp turns NaN into 0 */
#define SIM_MODE_IEEE (1u << 9)
#define SIM_MODE_FP16_OVFL (1u << 23)          /* conversions to FP8/FP16 saturate instead of overflowing */
#define SIM_MODE_GPR_IDX_EN (1u << 27)         /* VGPR operands are relative to M0 */
#define SIM_MODE_VSKIP (1u << 28)              /* vector instructions are skipped */
#define SIM_MODE_CSP(mode) ((mode) >> 29 & 7u) /* entries on the branch stack of s_cbranch_*_fork */

enum sim_wave_status {
    SIM_WAVE_RUNNING,
    SIM_WAVE_AT_BARRIER,
    SIM_WAVE_SLEEPING,
    SIM_WAVE_STEERED, /* runs with MODE bits that change what its instructions do: see sim_wave_resume() */
    SIM_WAVE_AT_GWS,
    SIM_WAVE_DONE,
    SIM_WAVE_FAULTED
};

struct sim_workgroup;
struct sim_launch;
struct sim_allocation;

struct sim_gws_wait {
    uint8_t resource;
    bool barrier; /* until the resource's phase is no longer `phase`; else until it can take a count */
    uint32_t phase;
};

/* A register row is 64 lanes of one VGPR, 256-byte aligned, so that executors vectorise over lanes. */
typedef uint32_t sim_row[SIM_LANES];

struct sim_wave {
    _Alignas(256) sim_row vgpr[SIM_VGPR_ROWS];
    uint32_t sgpr[SIM_SGPR_COUNT]; /* by hardware encoding; exec and vcc live here */
    uint32_t mode;
    uint32_t scc; /* 0 or 1 */
    uint64_t pc;  /* byte offset into the executable segment, of the next instruction */
    uint32_t status;
    uint32_t priority;
    uint32_t index;          /* wave in workgroup */
    struct sim_gws_wait gws; /* what a wave at a global wave sync instruction waits for */
    uint32_t hw_id;
    uint64_t instructions;               /* executed so far */
    uint64_t counts[SIM_CLASS_FLAT + 1]; /* executed so far, by enum sim_class */
    uint64_t clock;                      /* what s_memtime returned last */
    struct sim_workgroup *wg;
    const struct sim_allocation *recent[4]; /* allocations found last, newest first */
    void *check;                            /* shadow state of check mode; NULL otherwise */
    void *timing;                           /* state of timing mode; NULL otherwise */
};

static inline uint64_t sim_sgpr64(const struct sim_wave *wave, unsigned reg) {
    return (uint64_t)wave->sgpr[reg] | (uint64_t)wave->sgpr[reg + 1] << 32;
}
static inline void sim_set_sgpr64(struct sim_wave *wave, unsigned reg, uint64_t value) {
    wave->sgpr[reg] = (uint32_t)value;
    wave->sgpr[reg + 1] = (uint32_t)(value >> 32);
}
static inline uint64_t sim_exec(const struct sim_wave *wave) {
    return sim_sgpr64(wave, SIM_SGPR_EXEC);
}
static inline uint64_t sim_vcc(const struct sim_wave *wave) {
    return sim_sgpr64(wave, SIM_SGPR_VCC);
}

/* The status of a wave that goes on after an instruction that stopped it or changed MODE. */
static inline void sim_wave_resume(struct sim_wave *wave) {
    wave->status = wave->mode & (SIM_MODE_GPR_IDX_EN | SIM_MODE_VSKIP) ? SIM_WAVE_STEERED : SIM_WAVE_RUNNING;
}
static inline bool sim_wave_runs(const struct sim_wave *wave) {
    return wave->status == SIM_WAVE_RUNNING || wave->status == SIM_WAVE_STEERED;
}

/* Stops the wave and the launch with a report: what went wrong at `inst`; printf-style detail. */
void sim_wave_fault(struct sim_wave *wave, const struct sim_inst *inst, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

#endif
