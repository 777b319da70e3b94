/* SPDX-License-Identifier: MIT
 *
 * The timing model of one CU: replays the recorded instruction streams of the workgroups that share it. Waves issue in
 * order, one instruction per slot; each SIMD has one VALU port and one matrix pipe, the CU one LDS and one path to
 * memory. TIMING.md states the rules and the limits.
 */
#ifndef PAGODA_SIM_TIMING_H
#define PAGODA_SIM_TIMING_H

#include "timing_table.h"

#include <stddef.h>

/* Which instructions may issue to the VALU while the SIMD's matrix pipe is busy. */
#define TIMING_COISSUE_TRANS 1u  /* transcendentals */
#define TIMING_COISSUE_PACKED 2u /* packed fp32 */
#define TIMING_COISSUE_CVT_PK 4u /* packing conversions */
#define TIMING_STRICT 0u
#define TIMING_LENIENT (TIMING_COISSUE_TRANS | TIMING_COISSUE_PACKED | TIMING_COISSUE_CVT_PK)
#define TIMING_TRACED (TIMING_COISSUE_TRANS | TIMING_COISSUE_CVT_PK)

#define TIMING_MAX_WORKGROUPS 64
#define TIMING_MAX_WAVES 16 /* of a workgroup */
#define TIMING_LINE_BYTES 128

enum timing_port {
    TIMING_PORT_NONE, /* waits, nops, priorities: issue without a unit */
    TIMING_PORT_SALU,
    TIMING_PORT_SMEM,
    TIMING_PORT_VALU,
    TIMING_PORT_MFMA,
    TIMING_PORT_LDS,
    TIMING_PORT_VMEM,
    TIMING_PORT_BRANCH,
    TIMING_PORT_COUNT
};

enum timing_action {
    TIMING_ISSUE,
    TIMING_WAITCNT,
    TIMING_BARRIER_ARRIVE,
    TIMING_NOP,
    TIMING_SLEEP,
    TIMING_SETPRIO,
    TIMING_END
};

enum timing_stall {
    TIMING_STALL_ISSUE, /* not a stall: the wave's own issue slots */
    TIMING_STALL_DEPENDENCY,
    TIMING_STALL_PORT,
    TIMING_STALL_LDS,
    TIMING_STALL_MEMORY,
    TIMING_STALL_BARRIER,
    TIMING_STALL_OTHER, /* nops, sleeps, taken branches */
    TIMING_STALL_COUNT
};

extern const char *const timing_stall_names[TIMING_STALL_COUNT];

struct timing_registers {
    uint16_t first, count; /* vector rows 0..511, or 512 + scalar register */
};

/* What the model needs to know of an instruction, worked out once. */
struct timing_static {
    const struct sim_inst *inst;
    uint32_t offset, size;
    uint8_t port, action;
    uint8_t coissue;                   /* TIMING_COISSUE_* it needs to overlap a running MFMA; 0: always may */
    bool lds_load_from_memory;         /* load to LDS */
    bool flat;                         /* counts in vmcnt and lgkmcnt */
    uint16_t occupancy;                /* clk its port is held */
    uint16_t valu_hold;                /* MFMA: clk the VALU port is held */
    uint16_t ready, ready_ab, ready_c; /* clk from issue until its result may be read */
    uint8_t num_reads, num_writes;
    uint8_t c_read; /* MFMA: index in reads of C, 255 if none */
    struct timing_registers reads[8], writes[3];
    uint64_t mfma_flops;
};

struct timing_event {
    uint32_t code;       /* index of the timing_static */
    uint32_t first_line; /* memory: index of its cache lines in the wave's list */
    uint16_t lines;
    uint16_t clk; /* LDS: bank cycles */
};

struct timing_wave_trace {
    struct timing_event *events;
    uint32_t *lines; /* 128-byte line numbers */
    size_t num_events, event_capacity, num_lines, line_capacity;
};

struct timing_workgroup_trace {
    uint64_t id;
    uint64_t instructions; /* executed, by all waves; more than recorded when truncated */
    unsigned num_waves;
    bool truncated;
    struct timing_wave_trace waves[TIMING_MAX_WAVES];
};

struct timing_code {
    enum sim_arch arch;
    struct timing_static *statics;
    size_t count, capacity;
};

/* The loop whose backward branch closes the most matrix work, of each wave. */
struct timing_loop {
    uint32_t branch_offset; /* of the first wave that has one */
    double iterations;      /* per wave */
    double clk;             /* per iteration, in steady state, mean over waves */
    double mfma_flops;      /* of all waves of the CU, per iteration */
};

struct timing_wave_result {
    int64_t clk; /* from its start to its end */
    int64_t stall[TIMING_STALL_COUNT];
};

struct timing_result {
    int64_t clk;                                       /* until the last wave ends */
    int64_t workgroup_clk[TIMING_MAX_WORKGROUPS];      /* from its start to its end */
    double wave_clk;                                   /* mean over waves */
    double stall[TIMING_STALL_COUNT];                  /* clk, mean over waves */
    unsigned longest;                                  /* workgroup, by its time */
    struct timing_wave_result waves[TIMING_MAX_WAVES]; /* of that workgroup */
    double mfma_busy, valu_busy, lds_busy;             /* clk, mean over SIMDs; LDS: of the CU */
    struct timing_loop loop;
    uint64_t instructions, mfma_flops;
};

/* Called for each instruction when a trace is wanted; stall_clk lists what the wave waited for before `issue`. */
struct timing_observer {
    void (*issued)(void *context, unsigned workgroup, unsigned wave, unsigned simd, const struct timing_static *code,
                   int64_t issue, unsigned clk, const int64_t stall_clk[TIMING_STALL_COUNT]);
    void *context;
};

/* Caches that outlive one replay, so that later workgroups find what earlier ones brought to L2. */
struct timing_caches;
struct timing_caches *timing_caches_create(enum sim_arch arch);
void timing_caches_destroy(struct timing_caches *caches);
/* A launch that works on more than the Infinity Cache holds finds the rest of its lines in HBM. */
void timing_caches_set_working_set(struct timing_caches *caches, double bytes);

void timing_describe(struct timing_static *code, const struct sim_inst *inst, enum sim_arch arch);

/* Bank cycles of an LDS access. address: byte offset per lane (`second`: of read2/write2, or NULL). */
unsigned timing_lds_clk(enum sim_arch arch, const uint64_t *address, const uint64_t *second, uint64_t lanes,
                        unsigned bytes, bool write);

/* Replays `count` workgroups (at most TIMING_MAX_WORKGROUPS) on one CU that holds `slots` of them at a time: that many
 * start together, and each that ends makes room for the next. False when memory runs out or they do not fit. */
bool timing_replay(const struct timing_code *code, struct timing_caches *caches, unsigned coissue,
                   const struct timing_workgroup_trace *const *workgroups, unsigned count, unsigned slots,
                   const struct timing_observer *observer, struct timing_result *result);

#endif
