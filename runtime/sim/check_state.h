/* SPDX-License-Identifier: MIT
 *
 * Shadow state of check mode.
 *
 * Definedness: one bit per lane and VGPR half, per bit of an SGPR, per byte of LDS, of scratch and of device memory.
 * Undefined values travel through arithmetic unreported (compilers copy them harmlessly) and are reported where they
 * decide something: an address, a branch, EXEC, data stored to memory. Outstanding operations: each memory instruction
 * is pending until an s_waitcnt covers it; touching its registers before that, or its LDS bytes from another wave, is a
 * hazard, and until it takes effect (see check_flight.c) they hold what they held. Races: accesses of two waves to the
 * same LDS bytes, at least one a write, with no barrier between them; the same for workgroups and memory within a
 * launch.
 */
#ifndef PAGODA_SIM_CHECK_STATE_H
#define PAGODA_SIM_CHECK_STATE_H

#include "access.h"
#include "check.h"
#include "code_object.h"

#define CHECK_ROWS SIM_VGPR_ROWS
#define CHECK_OPS 4096u /* memory operations of a wave that are remembered; far more than the counters hold */
#define CHECK_PENDING 256u
#define CHECK_MAX_RANGES 8u
#define CHECK_NEVER UINT32_MAX
#define CHECK_MAX_FINDINGS 64u

enum check_kind {
    CHECK_REGISTER_PENDING,
    CHECK_LDS_PENDING,
    CHECK_LDS_RACE,
    CHECK_MEMORY_RACE,
    CHECK_UNDEFINED,
    CHECK_DIVERGENCE
};

/* Which counter an operation counts in */
#define CHECK_VMCNT 1u
#define CHECK_LGKMCNT 2u

struct check_range {
    uint16_t first, count;
};

enum check_flow {              /* how undefined bits travel */
                  FLOW_NONE,   /* no result, or one that is always defined */
                  FLOW_LANES,  /* lane l of every result dword depends on lane l of every source dword */
                  FLOW_PAIRS,  /* 64-bit move: dword i on dword i */
                  FLOW_LOW_UP, /* 64-bit shifts left, additions, multiplications: low dwords do not depend on high ones
                                */
                  FLOW_HIGH_DOWN, /* 64-bit shifts right: the high dword does not depend on low ones */
                  FLOW_PACKED,    /* packed fp32: op_sel and op_sel_hi choose the source dwords of each half */
                  FLOW_SELECT,    /* v_cndmask */
                  FLOW_PERM,      /* v_perm with a constant selector: only the operands that it picks from */
                  FLOW_COMPARE,   /* lane bits into an SGPR pair */
                  FLOW_READ_LANE,
                  FLOW_WRITE_LANE,
                  FLOW_SWAP,
                  FLOW_SWAP16,
                  FLOW_SWAP32,
                  FLOW_SHUFFLE, /* ds_bpermute, ds_permute, ds_swizzle */
                  FLOW_MATRIX,
                  FLOW_MEMORY,  /* loads: from the shadow of what they read */
                  FLOW_BITWISE, /* scalar and, or, xor, ... */
                  FLOW_SCALAR,  /* any undefined bit of a source makes the whole result undefined */
                  FLOW_CSELECT
};

enum check_half { CHECK_WHOLE, CHECK_LOW, CHECK_HIGH };

/* What an instruction reads and writes, worked out once per instruction. */
struct check_inst {
    struct check_range vread[CHECK_MAX_RANGES], vwrite[3], sread[CHECK_MAX_RANGES], swrite[3];
    uint8_t num_vread, num_vwrite, num_sread, num_swrite;
    uint8_t flow;                       /* enum check_flow */
    uint8_t counters;                   /* what it increments */
    uint8_t bitwise;                    /* '&', '|', '^', 'n' (and not), 'o' (or not) */
    uint8_t writes_half, reads_half[3]; /* of the destination and of each source: enum check_half */
    bool reads_dst;                     /* accumulates: the old destination matters */
    bool keeps_order; /* a load into registers that a load of the same counter is still to write: fine, they are in
                         order */
    bool scc_result, scc_source, branches_on_scc, branches_on_vcc, branches_on_exec, ignores_exec, flat_lds_load;
};

/* Which addresses an operation touches, at most. */
struct check_box {
    uint64_t low, high;
    uint8_t space; /* enum sim_space or CHECK_ANY_SPACE */
};
#define CHECK_ANY_SPACE 0xff

struct check_pending { /* an operation that no wait has covered yet */
    const struct sim_inst *inst;
    const struct check_inst *what;
    struct check_slot *slot; /* until it has landed */
    uint64_t due;            /* by the workgroup's clock */
    uint64_t sequence;       /* nth of the workgroup */
    struct check_box box;    /* of memory operations */
    uint32_t op;
    struct check_range rows, sgprs; /* results */
    uint8_t counters;
    bool scalar;    /* SMEM: returns out of order */
    bool also_lgkm; /* global load to LDS: holds a place in lgkmcnt's order too */
    bool writes;    /* memory or LDS, by a store or an atomic */
    bool returns;   /* data, to registers or to LDS */
    bool performed; /* it has read and written memory */
    bool landed;    /* and its registers */
};

struct check_origin { /* where an undefined value came from */
    const struct sim_inst *inst;
    uint64_t address;
    uint32_t reg;
    uint8_t what; /* 0 register, 1 LDS, 2 memory, 3 scratch */
};
#define CHECK_ORIGINS 256u

struct check_wave {
    uint64_t undefined[CHECK_ROWS]; /* lanes of which nothing is defined */
    uint16_t origin[CHECK_ROWS];
    uint64_t half_undefined[2][CHECK_ROWS]; /* of the low and the high 16 bits; kept once halves differ somewhere */
    bool halves_differ;
    uint32_t sgpr_undefined[SIM_SGPR_COUNT + 1]; /* the last is SCC's */
    uint16_t sgpr_origin[SIM_SGPR_COUNT + 1];
    uint32_t row_op[CHECK_ROWS]; /* pending operation that will write the row, 0: none */
    uint32_t sgpr_op[SIM_SGPR_COUNT];
    struct check_pending pending[CHECK_PENDING]; /* oldest first */
    unsigned num_pending, in_flight;             /* of these, not landed */
    uint64_t next_due;                           /* when the first of them lands */
    uint64_t random;
    unsigned mood_left;
    uint8_t mood;
    uint32_t next_op;
    uint32_t epoch;                /* barriers passed */
    uint32_t completed[CHECK_OPS]; /* epoch in which the wave knew the operation to be done; CHECK_NEVER: not yet */
    const struct sim_inst *op_inst[CHECK_OPS];
    uint32_t op_epoch[CHECK_OPS];
    struct check_origin origins[CHECK_ORIGINS];
    unsigned num_origins;
    bool any_undefined_sgpr;
    uint64_t load_undefined[16]; /* of the current load, per result dword */
    uint16_t load_origin;
};

struct check_lds {       /* of one dword */
    uint64_t read_waves; /* four times 16 bits: waves that read each byte in read_epoch */
    uint32_t write_op;   /* 0: not written by the kernel */
    uint32_t read_op;    /* the last read's, by read_wave */
    uint32_t read_epoch;
    uint8_t write_wave, read_wave;
    uint8_t defined : 4, written : 4; /* bytes ever written; bytes of the last write */
    uint8_t undefined_data : 4;       /* written, but with undefined data */
    uint8_t value_known : 1;
    uint32_t value; /* if known: what it will hold once everything issued so far has landed */
};

struct check_finding {
    uint8_t kind;
    uint32_t offset;
    uint64_t workgroup;
    uint32_t sequence;
    char *text;
};

struct check_workgroup {
    struct check_lds *lds;
    uint8_t *scratch_defined; /* one bit per byte of sim_workgroup.scratch */
    struct check_wave *waves;
    struct check_slot *free_slots;
    uint64_t clock;            /* instructions of all its waves */
    uint64_t sequence;         /* memory operations of all its waves */
    unsigned writes_in_flight; /* stores and atomics */
    struct check_finding findings[CHECK_MAX_FINDINGS];
    unsigned num_findings;
    uint64_t random, turn_random;
    const struct sim_inst *split_here, *split_there; /* first release at which waves stood at different barriers */
    unsigned split_wave, split_other;
    const struct sim_inst *at_barrier[SIM_MAX_WAVES], *last_barrier[SIM_MAX_WAVES];
    uint32_t barriers[SIM_MAX_WAVES];
};

struct check_launch {
    struct check_inst **insts; /* by dword */
    size_t num_insts;
    uint64_t serial;
    uint8_t *synchronises; /* one bit per workgroup: it has executed a memory atomic */
    struct check_finding *findings;
    unsigned num_findings, capacity;
    pthread_mutex_t lock;
    pthread_mutex_t stores; /* a store and the record of it are one step for workgroups on other host threads */
};

/* Shadow of an allocation. */
struct check_shadow {
    uint8_t *defined; /* one bit per byte; NULL: everything counts as written */
    size_t defined_bytes;
    uint64_t *race; /* per dword: last writer, last reader */
    size_t race_bytes;
};

static inline struct check_wave *check_of(const struct sim_wave *wave) {
    return wave->check;
}
/* Undefined lanes of a row or of one half of it. Reading the whole of a row of which a half is defined passes for
 * defined: which bits matter is not known. */
static inline uint64_t check_undefined_part(const struct check_wave *check, unsigned row, enum check_half half) {
    return half && check->halves_differ ? check->half_undefined[half - 1][row] : check->undefined[row];
}
static inline struct check_workgroup *check_group(const struct sim_wave *wave) {
    return wave->wg->check;
}
static inline struct check_launch *check_launch_of(const struct sim_wave *wave) {
    return wave->wg->launch->mode_state;
}

static inline uint64_t check_random(uint64_t *state) { /* splitmix64 */
    uint64_t value = *state += 0x9e3779b97f4a7c15ull;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ value >> 27) * 0x94d049bb133111ebull;
    return value ^ value >> 31;
}

/* check_flight.c */

/* Whether the instruction, which counts in a counter, is to be executed now; otherwise it will be when its moment
 * comes.
 */
bool check_flight_issue(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what, uint32_t op,
                        const struct check_box *box);
void check_flight_wait(struct sim_wave *wave, const struct sim_inst *inst);
/* Lands what is due, or everything. */
void check_flight_advance(struct sim_wave *wave);
void check_flight_drain(struct sim_wave *wave);
void check_flight_free(struct check_workgroup *group, unsigned num_waves);
/* The operation's registers have been used too early: no further reports about them. */
void check_flight_excuse(struct check_wave *check, uint32_t op);
bool check_flight_same_queue(const struct check_wave *check, uint32_t op, const struct check_inst *what);

/* check_operands.c */
struct check_inst *check_describe(const struct sim_inst *inst);

/* check_report.c */
void check_report(struct sim_wave *wave, const struct sim_inst *inst, enum check_kind kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool check_already_reported(const struct sim_wave *wave, const struct sim_inst *inst, enum check_kind kind);
const char *check_text(const struct sim_wave *wave, const struct sim_inst *inst, char *text, size_t size);
void check_describe_origin(const struct sim_wave *wave, unsigned origin, char *text, size_t size);
void check_collect(struct sim_workgroup *wg);
void check_publish(struct sim_launch *launch);

/* check_defined.c */
void check_flow(struct sim_wave *wave, const struct sim_inst *inst, const struct check_inst *what);
uint16_t check_new_origin(struct check_wave *check, const struct sim_inst *inst, uint8_t what, uint64_t address,
                          uint32_t reg);
/* Undefined lanes of the registers of a range, and the origin of one of them. */
uint64_t check_undefined_rows(const struct check_wave *check, struct check_range range, uint16_t *origin);
bool check_undefined_sgprs(const struct check_wave *check, struct check_range range, uint16_t *origin);
void check_report_undefined(struct sim_wave *wave, const struct sim_inst *inst, unsigned origin, const char *what,
                            int lane);

/* check_scratch.c: one lane's access. The stored data are in `row` and those behind it; CHECK_ROWS: defined anyway. A
 * loaded dword is undefined, as its bit in the result says, when all its bytes are: structures with holes in them are
 * copied by dwords. */
void check_scratch_store(struct sim_wave *wave, unsigned lane, uint64_t address, unsigned bytes, unsigned row);
unsigned check_scratch_load(struct sim_wave *wave, const struct sim_inst *inst, unsigned lane, uint64_t address,
                            unsigned bytes);

/* check_memory.c */
/* At issue; the box is filled in for operations that count in vmcnt. */
void check_memory(struct sim_wave *wave, const struct sim_inst *inst, uint32_t op, struct check_box *box);
/* When a store to memory takes effect. */
void check_store_effect(struct sim_wave *wave, const struct sim_inst *inst);

#endif
