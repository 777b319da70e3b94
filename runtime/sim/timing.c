/* SPDX-License-Identifier: MIT */
#include "timing.h"

#include "exec_mfma.h"
#include "wave.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCALAR_ROW 512
#define SCC_ROW (SCALAR_ROW + SIM_SGPR_COUNT)
#define NUM_ROWS (SCC_ROW + 1)
#define MAX_SIMDS 4
#define MAX_WAVES 64 /* on the CU */
#define MAX_WORKGROUPS TIMING_MAX_WORKGROUPS
#define VMEM_RING 64
#define LGKM_RING 64

const char *const timing_stall_names[TIMING_STALL_COUNT] = {"issue",  "dependency", "port", "lds",
                                                            "memory", "barrier",    "other"};

static int max_int(int a, int b) {
    return a > b ? a : b;
}
static int64_t max64(int64_t a, int64_t b) {
    return a > b ? a : b;
}
static unsigned clk_of(enum timing_constant constant, enum sim_arch arch) {
    return (unsigned)timing_value(constant, arch);
}

/* ---- what an instruction does ---- */

static bool starts(const char *name, const char *prefix) {
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static void add_registers(struct timing_registers *list, uint8_t *count, unsigned max, const struct sim_operand *op) {
    unsigned first;
    switch (op->kind) {
    case SIM_OPERAND_VGPR:
        first = op->reg;
        break;
    case SIM_OPERAND_AGPR:
        first = op->reg + 256u;
        break;
    case SIM_OPERAND_SGPR:
        first = op->reg + SCALAR_ROW;
        break;
    case SIM_OPERAND_SCC:
        first = SCC_ROW;
        break;
    default:
        return;
    }
    if (*count < max) {
        list[(*count)++] = (struct timing_registers){(uint16_t)first, (uint16_t)max_int(op->dwords, 1)};
    }
}

static void add_scalar(struct timing_registers *list, uint8_t *count, unsigned max, unsigned row, unsigned rows) {
    if (*count < max) {
        list[(*count)++] = (struct timing_registers){(uint16_t)row, (uint16_t)rows};
    }
}

static void describe_mfma(struct timing_static *code, enum sim_arch arch) {
    const struct sim_mfma_shape *shape = code->inst->op->data;
    unsigned passes = timing_passes(code->inst, arch), slot = clk_of(TIMING_SLOT, arch);
    if (!shape || !passes) {
        passes = 16;
    }
    bool fp32 = shape && shape->a == SIM_MFMA_F32, fp64 = shape && shape->a == SIM_MFMA_F64;
    unsigned read = fp32 ? clk_of(TIMING_F32_MFMA_EXTRA, arch) : passes == 2 ? 3 : clk_of(TIMING_MFMA_READ_EXTRA, arch);
    unsigned ab = fp32 ? clk_of(TIMING_F32_MFMA_EXTRA, arch) : clk_of(TIMING_MFMA_AB_EXTRA, arch);
    unsigned c = fp32 ? clk_of(TIMING_F32_MFMA_EXTRA, arch) : clk_of(TIMING_MFMA_C_EXTRA, arch);
    code->port = TIMING_PORT_MFMA;
    code->occupancy = (uint16_t)(passes * clk_of(TIMING_PASS, arch));
    /* fp32 and fp64 forms leave the VALU no room at all */
    code->valu_hold = fp32 || fp64 ? code->occupancy
                                   : (uint16_t)clk_of(passes >= 8 ? TIMING_MFMA_HOLD : TIMING_MFMA_HOLD_SHORT, arch);
    code->ready = (uint16_t)((passes + read + 1) * slot);
    code->ready_ab = (uint16_t)((passes + ab + 1) * slot);
    code->ready_c = (uint16_t)((passes + c + 1) * slot);
    if (shape) {
        code->mfma_flops = 2ull * shape->size * shape->size * shape->k * shape->blocks;
        code->c_read = shape->sparse ? 255 : 2;
    }
}

static bool is_packed_f32(const char *name) {
    return starts(name, "v_pk_") && strstr(name, "_f32") && !starts(name, "v_pk_mov");
}

static void describe_valu(struct timing_static *code, enum sim_arch arch, bool trans) {
    const char *name = code->inst->op->name;
    unsigned slot = clk_of(TIMING_SLOT, arch);
    bool fp64 = strstr(name, "f64") != NULL;
    code->port = TIMING_PORT_VALU;
    code->occupancy = (uint16_t)slot;
    if (trans) {
        code->occupancy = (uint16_t)clk_of(fp64 ? TIMING_TRANS_F64 : TIMING_TRANS, arch);
        code->coissue = TIMING_COISSUE_TRANS;
    } else if (starts(name, "v_permlane16_swap") || starts(name, "v_permlane32_swap")) {
        code->occupancy = (uint16_t)clk_of(TIMING_PERMLANE_SWAP, arch);
    } else if (is_packed_f32(name)) {
        code->coissue = TIMING_COISSUE_PACKED;
    } else if (starts(name, "v_cvt_pk") || starts(name, "v_cvt_scalef32_pk") || starts(name, "v_cvt_scalef32_2xpk")) {
        code->coissue = TIMING_COISSUE_CVT_PK;
    }
    code->ready = (uint16_t)(code->occupancy + (trans ? clk_of(TIMING_TRANS_EXTRA, arch) : 0));
    code->ready_ab = code->ready_c = code->ready;
}

void timing_describe(struct timing_static *code, const struct sim_inst *inst, enum sim_arch arch) {
    const struct sim_opcode *op = inst->op;
    unsigned slot = clk_of(TIMING_SLOT, arch);
    *code = (struct timing_static){.inst = inst, .offset = inst->offset, .size = inst->size, .c_read = 255};
    code->occupancy = (uint16_t)slot;
    bool writes = true;
    switch (op->cls) {
    case SIM_CLASS_SALU:
        code->port = TIMING_PORT_SALU;
        code->ready = (uint16_t)slot;
        break;
    case SIM_CLASS_BRANCH:
        code->port = TIMING_PORT_BRANCH;
        code->ready = (uint16_t)slot;
        break;
    case SIM_CLASS_WAITCNT:
        code->action = TIMING_WAITCNT;
        break;
    case SIM_CLASS_BARRIER:
        code->action = TIMING_BARRIER_ARRIVE;
        break;
    case SIM_CLASS_SYS:
        code->action = strcmp(op->name, "s_nop") == 0       ? TIMING_NOP
                       : strcmp(op->name, "s_sleep") == 0   ? TIMING_SLEEP
                       : strcmp(op->name, "s_setprio") == 0 ? TIMING_SETPRIO
                       : starts(op->name, "s_endpgm")       ? TIMING_END
                                                            : TIMING_ISSUE;
        break;
    case SIM_CLASS_SMEM:
        code->port = TIMING_PORT_SMEM;
        writes = false; /* covered by s_waitcnt */
        break;
    case SIM_CLASS_VALU:
    case SIM_CLASS_TRANS:
        describe_valu(code, arch, op->cls == SIM_CLASS_TRANS);
        break;
    case SIM_CLASS_MFMA:
        describe_mfma(code, arch);
        break;
    case SIM_CLASS_LDS:
        code->port = TIMING_PORT_LDS;
        writes = false;
        break;
    default:
        code->port = TIMING_PORT_VMEM;
        code->flat = starts(op->name, "flat_");
        code->lds_load_from_memory = (op->flags & SIM_OP_TO_LDS) || inst->lds;
        writes = false;
        break;
    }
    for (unsigned i = 0; i < inst->num_src; i++) {
        add_registers(code->reads, &code->num_reads, 8, &inst->src[i]);
        if (i == 2 && code->c_read == 2) {
            code->c_read = inst->src[2].kind == SIM_OPERAND_CONST ? 255 : (uint8_t)(code->num_reads - 1);
        }
    }
    if (op->flags & SIM_OP_READS_DST) {
        add_registers(code->reads, &code->num_reads, 8, &inst->dst[0]);
        if (op->cls == SIM_CLASS_MFMA) {
            code->c_read = (uint8_t)(code->num_reads - 1);
        }
    }
    if (op->flags & SIM_OP_READS_VCC) {
        add_scalar(code->reads, &code->num_reads, 8, SCALAR_ROW + SIM_SGPR_VCC, 2);
    }
    if (op->flags & SIM_OP_READS_SCC) {
        add_scalar(code->reads, &code->num_reads, 8, SCC_ROW, 1);
    }
    if (op->cls == SIM_CLASS_VMEM || op->cls == SIM_CLASS_LDS || op->cls == SIM_CLASS_FLAT) {
        if (op->flags & SIM_OP_READS_M0) {
            add_scalar(code->reads, &code->num_reads, 8, SCALAR_ROW + SIM_SGPR_M0, 1);
        }
    }
    if (writes) {
        for (unsigned i = 0; i < inst->num_dst; i++) {
            add_registers(code->writes, &code->num_writes, 3, &inst->dst[i]);
        }
        if (op->flags & SIM_OP_SWAPS) {
            add_registers(code->writes, &code->num_writes, 3, &inst->src[0]);
        }
        if (op->flags & SIM_OP_WRITES_VCC) {
            add_scalar(code->writes, &code->num_writes, 3, SCALAR_ROW + SIM_SGPR_VCC, 2);
        }
        if (op->flags & SIM_OP_WRITES_SCC) {
            add_scalar(code->writes, &code->num_writes, 3, SCC_ROW, 1);
        }
    }
}

/* ---- caches ---- */

struct cache {
    uint32_t *tag; /* line + 1; 0 empty */
    uint32_t *age;
    uint32_t sets, ways, clock;
};

struct timing_caches {
    struct cache l2;
    double mall_size;
    uint32_t hbm_lines; /* of 2^32 lines, how many the Infinity Cache does not hold */
};

static bool cache_create(struct cache *cache, unsigned bytes, unsigned ways) {
    cache->ways = ways;
    cache->sets = bytes / TIMING_LINE_BYTES / ways;
    cache->tag = calloc((size_t)cache->sets * ways, sizeof *cache->tag);
    cache->age = calloc((size_t)cache->sets * ways, sizeof *cache->age);
    return cache->tag && cache->age;
}

static void cache_destroy(struct cache *cache) {
    free(cache->tag);
    free(cache->age);
}

/* True on a hit; the line is in the cache afterwards. */
static bool cache_touch(struct cache *cache, uint32_t line) {
    size_t base = (size_t)(line % cache->sets) * cache->ways, oldest = base;
    cache->clock++;
    for (size_t i = base; i < base + cache->ways; i++) {
        if (cache->tag[i] == line + 1) {
            cache->age[i] = cache->clock;
            return true;
        }
        if (cache->age[i] < cache->age[oldest]) {
            oldest = i;
        }
    }
    cache->tag[oldest] = line + 1;
    cache->age[oldest] = cache->clock;
    return false;
}

struct timing_caches *timing_caches_create(enum sim_arch arch) {
    struct timing_caches *caches = calloc(1, sizeof *caches);
    if (caches && !cache_create(&caches->l2, clk_of(TIMING_L2_SIZE, arch), 16)) {
        timing_caches_destroy(caches);
        return NULL;
    }
    if (caches) {
        caches->mall_size = timing_value(TIMING_MALL_SIZE, arch);
    }
    return caches;
}

void timing_caches_set_working_set(struct timing_caches *caches, double bytes) {
    double missing = bytes > caches->mall_size ? 1 - caches->mall_size / bytes : 0;
    caches->hbm_lines = (uint32_t)(missing * UINT32_MAX);
}

/* Which lines those are: the same ones each time, spread evenly. */
static bool is_in_hbm(const struct timing_caches *caches, uint32_t line) {
    line = (line ^ line >> 16) * 0x85ebca6bu;
    line = (line ^ line >> 13) * 0xc2b2ae35u;
    return (line ^ line >> 16) < caches->hbm_lines;
}

void timing_caches_destroy(struct timing_caches *caches) {
    if (caches) {
        cache_destroy(&caches->l2);
        free(caches);
    }
}

/* ---- one CU ---- */

struct loop_record {
    uint32_t offset;
    uint64_t flops; /* between its branches */
    struct loop_point {
        int64_t time;   /* a backward branch issued */
        uint64_t flops; /* matrix work of the wave until then */
    } *points;
    size_t count, capacity;
};

#define MAX_LOOPS 32

struct wave_state {
    const struct timing_wave_trace *trace;
    size_t next;
    unsigned workgroup, index, simd, age;
    int priority;
    bool at_barrier, done;
    int64_t slot;         /* earliest next issue */
    int64_t arrived;      /* at the barrier */
    int64_t barrier_wait; /* of the barrier just left */
    int64_t other_until;  /* part of `slot` that is nop, sleep or branch time: from here */
    int64_t ready[NUM_ROWS];
    /* MFMA results: when A/B may read, when C in other registers may read, and which MFMA wrote the row */
    int64_t ready_ab[512], ready_c[512];
    uint16_t mfma_first[512], mfma_count[512];
    int64_t vmem_done[VMEM_RING], lgkm_done[LGKM_RING];
    uint8_t lgkm_is_memory[LGKM_RING];
    uint64_t vmem_issued, lgkm_issued;
    int64_t last_vmem;
    int64_t stall[TIMING_STALL_COUNT];
    uint64_t flops;
    struct loop_record loops[MAX_LOOPS];
    unsigned num_loops;
    uint64_t flops_at_branch;
    int64_t start, end;
};

struct cu {
    enum sim_arch arch;
    const struct timing_code *code;
    struct timing_caches *caches;
    struct cache l1, scalar;
    unsigned coissue, slot;
    int64_t port_free[MAX_SIMDS][TIMING_PORT_COUNT];
    int64_t mfma_until[MAX_SIMDS];
    int64_t lds_free, address_free;
    double l1_free, l2_free, mall_free, hbm_free; /* a line takes a fraction of a clk */
    int64_t *lds_queue[MAX_SIMDS / 2];            /* start times of the last requests of a SIMD pair */
    int64_t *vmem_queue[MAX_SIMDS];
    unsigned lds_queue_at[MAX_SIMDS / 2], vmem_queue_at[MAX_SIMDS];
    int64_t mfma_busy, valu_busy, lds_busy;
    struct wave_state *waves; /* of all workgroups, in their order */
    unsigned num_waves;
    unsigned active[MAX_WAVES], num_active;                        /* waves of the workgroups that are on the CU */
    unsigned first_wave[MAX_WORKGROUPS + 1], left[MAX_WORKGROUPS]; /* per workgroup; waves that have not ended */
    unsigned num_workgroups, next_workgroup, started_waves;
};

static int64_t align_slot(const struct cu *cu, int64_t time) {
    return (time + cu->slot - 1) / cu->slot * cu->slot;
}

/* When the registers that the instruction touches allow it to issue. */
static int64_t registers_ready(const struct wave_state *wave, const struct timing_static *code) {
    int64_t time = 0;
    bool mfma = code->port == TIMING_PORT_MFMA;
    for (unsigned i = 0; i < code->num_reads; i++) {
        struct timing_registers read = code->reads[i];
        if (read.first >= 512 || !mfma) {
            for (unsigned r = read.first; r < read.first + read.count && r < NUM_ROWS; r++) {
                time = max64(time, wave->ready[r]);
            }
        } else if (i != code->c_read) {
            for (unsigned r = read.first; r < read.first + read.count && r < 512; r++) {
                time = max64(time, wave->mfma_count[r] ? wave->ready_ab[r] : wave->ready[r]);
            }
        } else {
            for (unsigned r = read.first; r < read.first + read.count && r < 512; r++) {
                if (!wave->mfma_count[r]) {
                    time = max64(time, wave->ready[r]);
                } else if (wave->mfma_first[r] != read.first || wave->mfma_count[r] != read.count) {
                    time = max64(time, wave->ready_c[r]);
                } /* else the same accumulator: the matrix pipe itself keeps the order */
            }
        }
    }
    for (unsigned i = 0; i < code->num_writes; i++) {
        struct timing_registers write = code->writes[i];
        if (!mfma && write.first < 512) {
            for (unsigned r = write.first; r < write.first + write.count && r < 512; r++) {
                time = max64(time, wave->mfma_count[r] ? wave->ready[r] : 0);
            }
        }
    }
    return time;
}

static void write_registers(const struct cu *cu, struct wave_state *wave, const struct timing_static *code,
                            int64_t issue) {
    bool mfma = code->port == TIMING_PORT_MFMA, valu = mfma || code->port == TIMING_PORT_VALU;
    for (unsigned i = 0; i < code->num_writes; i++) {
        struct timing_registers write = code->writes[i];
        int64_t ready = issue + code->ready;
        if (valu && write.first >= 512) {
            ready = issue + code->occupancy + clk_of(TIMING_VALU_TO_SCALAR, cu->arch) - cu->slot;
        }
        for (unsigned r = write.first; r < write.first + write.count && r < NUM_ROWS; r++) {
            wave->ready[r] = ready;
            if (r < 512) {
                wave->mfma_count[r] = mfma ? write.count : 0;
                wave->mfma_first[r] = write.first;
                wave->ready_ab[r] = issue + code->ready_ab;
                wave->ready_c[r] = issue + code->ready_c;
            }
        }
    }
}

/* When all but the newest `left` of the counted operations are done; *cause: the stall of the one that decides. */
static int64_t counter_ready(const int64_t *done, uint64_t issued, unsigned ring, unsigned left) {
    int64_t time = 0;
    uint64_t first = issued > ring ? issued - ring : 0;
    for (uint64_t i = first; i + left < issued; i++) {
        time = max64(time, done[i % ring]);
    }
    return time;
}

static unsigned wait_vmcnt(const struct sim_inst *inst) {
    return (unsigned)((inst->imm & 15) | (inst->imm >> 14 & 3) << 4);
}

static unsigned wait_lgkmcnt(const struct sim_inst *inst) {
    return (unsigned)(inst->imm >> 8 & 15);
}

struct issue_time {
    int64_t base;  /* the wave's slot */
    int64_t ready; /* operands or waited-for counters */
    int64_t issue;
    enum timing_stall cause; /* of ready > base */
};

static const struct timing_static *next_code(const struct cu *cu, const struct wave_state *wave) {
    return &cu->code->statics[wave->trace->events[wave->next].code];
}

static struct issue_time earliest(const struct cu *cu, const struct wave_state *wave) {
    const struct timing_static *code = next_code(cu, wave);
    struct issue_time t = {.base = wave->slot, .ready = wave->slot, .cause = TIMING_STALL_DEPENDENCY};
    if (code->action == TIMING_WAITCNT) {
        int64_t vm = counter_ready(wave->vmem_done, wave->vmem_issued, VMEM_RING, wait_vmcnt(code->inst));
        unsigned left = wait_lgkmcnt(code->inst);
        int64_t lgkm = left == 15 ? 0 : counter_ready(wave->lgkm_done, wave->lgkm_issued, LGKM_RING, left);
        t.ready = max64(t.base, max64(vm, lgkm));
        t.cause = TIMING_STALL_MEMORY;
        if (lgkm > vm && wave->lgkm_issued) {
            /* which kind finished last among those waited for */
            for (uint64_t i = wave->lgkm_issued > LGKM_RING ? wave->lgkm_issued - LGKM_RING : 0;
                 i + left < wave->lgkm_issued; i++) {
                if (wave->lgkm_done[i % LGKM_RING] == lgkm) {
                    t.cause = wave->lgkm_is_memory[i % LGKM_RING] ? TIMING_STALL_MEMORY : TIMING_STALL_LDS;
                }
            }
        }
        t.issue = align_slot(cu, t.ready);
        return t;
    }
    t.ready = max64(t.base, registers_ready(wave, code));
    int64_t time = t.ready;
    unsigned simd = wave->simd;
    if (code->port != TIMING_PORT_NONE) {
        time = max64(time, cu->port_free[simd][code->port]);
    }
    switch (code->port) {
    case TIMING_PORT_VALU:
        if (code->coissue & ~cu->coissue) {
            time = max64(time, cu->mfma_until[simd]);
        }
        break;
    case TIMING_PORT_MFMA:
        time = max64(time, max64(cu->port_free[simd][TIMING_PORT_VALU], cu->mfma_until[simd]));
        break;
    case TIMING_PORT_LDS:
        time = max64(time, cu->lds_queue[simd / 2][cu->lds_queue_at[simd / 2]]);
        break;
    case TIMING_PORT_VMEM:
        time = max64(time, cu->vmem_queue[simd][cu->vmem_queue_at[simd]]);
        break;
    default:
        break;
    }
    t.issue = align_slot(cu, time);
    return t;
}

static void count_lgkm(struct wave_state *wave, int64_t done, bool memory) {
    wave->lgkm_done[wave->lgkm_issued % LGKM_RING] = done;
    wave->lgkm_is_memory[wave->lgkm_issued++ % LGKM_RING] = memory;
}

static void issue_lds(struct cu *cu, struct wave_state *wave, const struct timing_event *event, int64_t issue) {
    unsigned pair = wave->simd / 2, depth = clk_of(TIMING_LDS_QUEUE, cu->arch);
    int64_t start = max64(issue, cu->lds_free);
    cu->lds_free = start + event->clk;
    cu->lds_busy += event->clk;
    cu->lds_queue[pair][cu->lds_queue_at[pair]] = start;
    cu->lds_queue_at[pair] = (cu->lds_queue_at[pair] + 1) % depth;
    count_lgkm(wave, cu->lds_free + clk_of(TIMING_LDS_LATENCY, cu->arch), false);
}

/* Serves the lines of one access through L1, L2, the Infinity Cache and HBM, each with its bandwidth; returns the time
 * at which the last one is back. */
static int64_t serve_lines(struct cu *cu, const struct wave_state *wave, const struct timing_event *event,
                           int64_t start) {
    const double l1 = timing_value(TIMING_L1_BYTES, cu->arch), l2 = timing_value(TIMING_L2_BYTES, cu->arch),
                 mall = timing_value(TIMING_MALL_BYTES, cu->arch), hbm = timing_value(TIMING_HBM_BYTES, cu->arch);
    double done = (double)start + timing_value(TIMING_L1_LATENCY, cu->arch);
    for (unsigned i = 0; i < event->lines; i++) {
        uint32_t line = wave->trace->lines[event->first_line + i];
        cu->l1_free = fmax(cu->l1_free, (double)start) + TIMING_LINE_BYTES / l1;
        double back = cu->l1_free + timing_value(TIMING_L1_LATENCY, cu->arch);
        if (!cache_touch(&cu->l1, line)) {
            cu->l2_free = fmax(cu->l2_free, cu->l1_free) + TIMING_LINE_BYTES / l2;
            back = cu->l2_free + timing_value(TIMING_L2_LATENCY, cu->arch);
            if (!cache_touch(&cu->caches->l2, line)) {
                cu->mall_free = fmax(cu->mall_free, cu->l2_free) + TIMING_LINE_BYTES / mall;
                back = cu->mall_free + timing_value(TIMING_MALL_LATENCY, cu->arch);
                if (is_in_hbm(cu->caches, line)) {
                    cu->hbm_free = fmax(cu->hbm_free, cu->mall_free) + TIMING_LINE_BYTES / hbm;
                    back = cu->hbm_free + timing_value(TIMING_HBM_LATENCY, cu->arch);
                }
            }
        }
        done = fmax(done, back);
    }
    return (int64_t)ceil(done);
}

static void issue_vmem(struct cu *cu, struct wave_state *wave, const struct timing_static *code,
                       const struct timing_event *event, int64_t issue) {
    unsigned depth = clk_of(TIMING_VMEM_QUEUE, cu->arch);
    int64_t start = max64(issue, cu->address_free);
    cu->address_free = start + SIM_LANES / clk_of(TIMING_VMEM_LANES, cu->arch);
    int64_t done = serve_lines(cu, wave, event, cu->address_free);
    if (code->lds_load_from_memory || (code->flat && event->clk)) {
        /* The data crosses the LDS write port; charged now, although it arrives later. */
        cu->lds_free = max64(cu->lds_free, issue) + event->clk;
        cu->lds_busy += event->clk;
    }
    cu->vmem_queue[wave->simd][cu->vmem_queue_at[wave->simd]] = start;
    cu->vmem_queue_at[wave->simd] = (cu->vmem_queue_at[wave->simd] + 1) % depth;
    wave->last_vmem = max64(wave->last_vmem, done); /* returns are in order */
    wave->vmem_done[wave->vmem_issued++ % VMEM_RING] = wave->last_vmem;
    if (code->flat) {
        count_lgkm(wave, wave->last_vmem, true);
    }
}

static void issue_smem(struct cu *cu, struct wave_state *wave, const struct timing_event *event, int64_t issue) {
    int64_t done = issue + clk_of(TIMING_SCALAR_LATENCY, cu->arch);
    for (unsigned i = 0; i < event->lines; i++) {
        if (!cache_touch(&cu->scalar, wave->trace->lines[event->first_line + i])) {
            done = issue + clk_of(TIMING_SCALAR_MISS_LATENCY, cu->arch);
        }
    }
    count_lgkm(wave, done, true);
}

/* Remembers when backward branches issue, and the matrix work between two of them. */
static bool note_branch(struct wave_state *wave, uint32_t offset, int64_t issue) {
    struct loop_record *loop = wave->loops;
    for (; loop < wave->loops + wave->num_loops && loop->offset != offset; loop++) {
    }
    if (loop == wave->loops + wave->num_loops) {
        if (wave->num_loops == MAX_LOOPS) {
            return true;
        }
        *loop = (struct loop_record){.offset = offset};
        wave->num_loops++;
    } else {
        loop->flops += wave->flops - wave->flops_at_branch;
    }
    wave->flops_at_branch = wave->flops;
    if (loop->count == loop->capacity) {
        size_t capacity = loop->capacity ? 2 * loop->capacity : 64;
        struct loop_point *points = realloc(loop->points, capacity * sizeof *points);
        if (!points) {
            return false;
        }
        loop->points = points;
        loop->capacity = capacity;
    }
    loop->points[loop->count++] = (struct loop_point){issue, wave->flops};
    return true;
}

static void release_barrier(struct cu *cu, unsigned workgroup) {
    int64_t last = 0;
    for (unsigned i = cu->first_wave[workgroup]; i < cu->first_wave[workgroup + 1]; i++) {
        const struct wave_state *wave = &cu->waves[i];
        if (!wave->done) {
            if (!wave->at_barrier) {
                return;
            }
            last = max64(last, wave->arrived);
        }
    }
    int64_t release = last + clk_of(TIMING_BARRIER, cu->arch);
    for (unsigned i = cu->first_wave[workgroup]; i < cu->first_wave[workgroup + 1]; i++) {
        struct wave_state *wave = &cu->waves[i];
        if (wave->at_barrier) {
            wave->at_barrier = false;
            wave->barrier_wait = max64(0, release - (wave->arrived + cu->slot));
            wave->slot = wave->other_until = max64(wave->slot, release);
        }
    }
}

/* Puts the next workgroup on the CU at `time`. Its first wave goes to SIMD `simd`. False: it does not fit. */
static bool start_workgroup(struct cu *cu, int64_t time, unsigned simd) {
    unsigned workgroup = cu->next_workgroup++, simds = clk_of(TIMING_SIMDS, cu->arch);
    for (unsigned i = cu->first_wave[workgroup]; i < cu->first_wave[workgroup + 1]; i++) {
        struct wave_state *wave = &cu->waves[i];
        if (cu->num_active == MAX_WAVES) {
            return false;
        }
        wave->simd = (simd + wave->index) % simds;
        wave->age = cu->started_waves++;
        wave->slot = wave->other_until = wave->start = wave->end = time;
        wave->done = wave->trace->num_events == 0;
        cu->left[workgroup] += !wave->done;
        cu->active[cu->num_active++] = i;
    }
    return true;
}

/* Takes an ended workgroup off the CU and starts the next one in its place. */
static bool replace_workgroup(struct cu *cu, unsigned workgroup) {
    const struct wave_state *first = &cu->waves[cu->first_wave[workgroup]];
    int64_t end = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < cu->num_active; i++) {
        const struct wave_state *wave = &cu->waves[cu->active[i]];
        if (wave->workgroup == workgroup) {
            end = max64(end, wave->end);
        } else {
            cu->active[kept++] = cu->active[i];
        }
    }
    cu->num_active = kept;
    return cu->next_workgroup == cu->num_workgroups ||
           start_workgroup(cu, end + clk_of(TIMING_WORKGROUP_START, cu->arch), first->simd);
}

static bool issue(struct cu *cu, struct wave_state *wave, struct issue_time t, const struct timing_observer *observer) {
    const struct timing_event *event = &wave->trace->events[wave->next];
    const struct timing_static *code = next_code(cu, wave);
    unsigned simd = wave->simd;
    int64_t waited[TIMING_STALL_COUNT] = {0};
    waited[TIMING_STALL_BARRIER] = wave->barrier_wait;
    waited[TIMING_STALL_OTHER] = max64(0, t.base - wave->other_until);
    wave->barrier_wait = 0;
    waited[t.cause] += t.ready - t.base;
    waited[TIMING_STALL_PORT] += t.issue - t.ready;
    for (unsigned i = 0; i < TIMING_STALL_COUNT; i++) {
        wave->stall[i] += waited[i];
    }
    wave->stall[TIMING_STALL_ISSUE] += cu->slot;
    wave->slot = wave->other_until = t.issue + cu->slot;
    wave->end = t.issue + cu->slot;
    if (code->port != TIMING_PORT_NONE) {
        cu->port_free[simd][code->port] = t.issue + cu->slot;
    }
    unsigned shown = cu->slot;
    switch (code->port) {
    case TIMING_PORT_VALU:
        cu->port_free[simd][TIMING_PORT_VALU] = t.issue + code->occupancy;
        cu->valu_busy += code->occupancy;
        shown = code->occupancy;
        break;
    case TIMING_PORT_MFMA:
        cu->port_free[simd][TIMING_PORT_VALU] = t.issue + code->valu_hold;
        cu->mfma_until[simd] = t.issue + code->occupancy;
        cu->mfma_busy += code->occupancy;
        wave->flops += code->mfma_flops;
        shown = code->occupancy;
        break;
    case TIMING_PORT_LDS:
        if (event->clk) {
            issue_lds(cu, wave, event, t.issue);
        }
        break;
    case TIMING_PORT_VMEM:
        issue_vmem(cu, wave, code, event, t.issue);
        break;
    case TIMING_PORT_SMEM:
        issue_smem(cu, wave, event, t.issue);
        break;
    default:
        break;
    }
    if (observer) {
        observer->issued(observer->context, wave->workgroup, wave->index, simd, code, t.issue, shown, waited);
    }
    write_registers(cu, wave, code, t.issue);
    wave->next++;
    bool last = wave->next == wave->trace->num_events;
    bool ok = true;
    switch (code->action) {
    case TIMING_NOP:
        wave->slot += (code->inst->imm & 15) * (int64_t)cu->slot;
        break;
    case TIMING_SLEEP:
        wave->slot += (code->inst->imm & 127) * (int64_t)clk_of(TIMING_SLEEP_UNIT, cu->arch);
        break;
    case TIMING_SETPRIO:
        wave->priority = (int)(code->inst->imm & 3);
        break;
    case TIMING_BARRIER_ARRIVE:
        wave->at_barrier = !last;
        wave->arrived = t.issue;
        break;
    default:
        break;
    }
    if (code->port == TIMING_PORT_BRANCH && !last) {
        const struct timing_static *target = next_code(cu, wave);
        if (target->offset != code->offset + code->size) {
            wave->slot = t.issue + clk_of(TIMING_BRANCH_TAKEN, cu->arch);
            if (target->offset <= code->offset) {
                ok = note_branch(wave, code->offset, t.issue);
            }
        }
    }
    wave->done = last;
    if (wave->at_barrier || wave->done) {
        release_barrier(cu, wave->workgroup);
    }
    if (wave->done && --cu->left[wave->workgroup] == 0) {
        ok = replace_workgroup(cu, wave->workgroup) && ok;
    }
    return ok;
}

/* The wave that can issue first; among equals on one SIMD the higher priority, then the older wave. */
static struct wave_state *choose(const struct cu *cu, struct issue_time *time) {
    struct wave_state *best = NULL;
    for (unsigned i = 0; i < cu->num_active; i++) {
        struct wave_state *wave = &cu->waves[cu->active[i]];
        if (wave->done || wave->at_barrier) {
            continue;
        }
        if (best && wave->slot > time->issue) {
            continue;
        }
        struct issue_time t = earliest(cu, wave);
        if (!best || t.issue < time->issue ||
            (t.issue == time->issue &&
             (wave->priority > best->priority || (wave->priority == best->priority && wave->age < best->age)))) {
            best = wave;
            *time = t;
        }
    }
    return best;
}

/* ---- results ---- */

/* Matrix work that a wave's loop had done at `time`, between its branches in proportion. */
static double flops_at(const struct loop_record *loop, double time) {
    size_t low = 0, high = loop->count - 1;
    time = fmin(fmax(time, (double)loop->points[low].time), (double)loop->points[high].time);
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if ((double)loop->points[middle].time <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const struct loop_point *a = &loop->points[low], *b = &loop->points[high];
    return (double)a->flops + (double)(b->flops - a->flops) * (time - (double)a->time) / (double)(b->time - a->time);
}

/* Each wave has its own hottest loop: wave groups may run different code. Steady state ends when the first wave of the
 * workgroups that started together leaves its loop, and begins after a quarter of its time in it. */
static void find_loop(const struct cu *cu, unsigned waves, struct timing_loop *result) {
    const struct loop_record *hottest[MAX_WAVES] = {NULL};
    unsigned found = 0;
    double start = 0, end = INFINITY, periods = 0;
    *result = (struct timing_loop){0};
    for (unsigned i = 0; i < waves && i < MAX_WAVES; i++) {
        const struct wave_state *wave = &cu->waves[i];
        for (unsigned j = 0; j < wave->num_loops; j++) {
            const struct loop_record *loop = &wave->loops[j];
            if (loop->count >= 3 && loop->flops && (!hottest[i] || loop->flops > hottest[i]->flops)) {
                hottest[i] = loop;
            }
        }
        if (hottest[i]) {
            const struct loop_record *loop = hottest[i];
            result->branch_offset = found ? result->branch_offset : loop->offset;
            result->iterations += (double)loop->count;
            periods += (double)(loop->points[loop->count - 1].time - loop->points[0].time) / (double)(loop->count - 1);
            if ((double)loop->points[loop->count - 1].time < end) {
                end = (double)loop->points[loop->count - 1].time;
                start = (double)loop->points[0].time;
            }
            found++;
        }
    }
    start += (end - start) / 4;
    if (!found || !(end > start)) {
        result->iterations = 0;
        return;
    }
    result->iterations /= found;
    result->clk = periods / found;
    for (unsigned i = 0; i < waves && i < MAX_WAVES; i++) {
        if (hottest[i]) {
            result->mfma_flops +=
                (flops_at(hottest[i], end) - flops_at(hottest[i], start)) * result->clk / (end - start);
        }
    }
}

static void summarise(const struct cu *cu, unsigned slots, struct timing_result *result) {
    for (unsigned i = 0; i < cu->num_waves; i++) {
        const struct wave_state *wave = &cu->waves[i];
        int64_t *workgroup_clk = &result->workgroup_clk[wave->workgroup];
        result->clk = max64(result->clk, wave->end);
        *workgroup_clk = max64(*workgroup_clk, wave->end - wave->start);
        if (*workgroup_clk > result->workgroup_clk[result->longest]) {
            result->longest = wave->workgroup;
        }
        result->wave_clk += (double)(wave->end - wave->start) / cu->num_waves;
        result->instructions += wave->trace->num_events;
        result->mfma_flops += wave->flops;
        for (unsigned s = 0; s < TIMING_STALL_COUNT; s++) {
            result->stall[s] += (double)wave->stall[s] / cu->num_waves;
        }
    }
    for (unsigned i = cu->first_wave[result->longest]; i < cu->first_wave[result->longest + 1]; i++) {
        const struct wave_state *wave = &cu->waves[i];
        result->waves[wave->index].clk = wave->end - wave->start;
        memcpy(result->waves[wave->index].stall, wave->stall, sizeof wave->stall);
    }
    unsigned simds = clk_of(TIMING_SIMDS, cu->arch);
    result->mfma_busy = (double)cu->mfma_busy / simds;
    result->valu_busy = (double)cu->valu_busy / simds;
    result->lds_busy = (double)cu->lds_busy;
    find_loop(cu, cu->first_wave[slots < cu->num_workgroups ? slots : cu->num_workgroups], &result->loop);
}

static bool prepare(struct cu *cu, const struct timing_workgroup_trace *const *workgroups, unsigned count,
                    unsigned slots) {
    unsigned place = 0, simds = clk_of(TIMING_SIMDS, cu->arch);
    bool ok = cache_create(&cu->l1, clk_of(TIMING_L1_SIZE, cu->arch), 4) && cache_create(&cu->scalar, 16384, 4);
    for (unsigned i = 0; i < MAX_SIMDS / 2; i++) {
        ok = (cu->lds_queue[i] = calloc(clk_of(TIMING_LDS_QUEUE, cu->arch), sizeof(int64_t))) && ok;
    }
    for (unsigned i = 0; i < MAX_SIMDS; i++) {
        ok = (cu->vmem_queue[i] = calloc(clk_of(TIMING_VMEM_QUEUE, cu->arch), sizeof(int64_t))) && ok;
    }
    for (unsigned i = 0; i < count; i++) {
        cu->first_wave[i] = cu->num_waves;
        cu->num_waves += workgroups[i]->num_waves;
    }
    cu->first_wave[count] = cu->num_waves;
    cu->num_workgroups = count;
    cu->waves = calloc(cu->num_waves ? cu->num_waves : 1, sizeof *cu->waves);
    if (!ok || !cu->waves) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        for (unsigned w = 0; w < workgroups[i]->num_waves; w++, place++) {
            cu->waves[place] = (struct wave_state){.trace = &workgroups[i]->waves[w], .workgroup = i, .index = w};
        }
    }
    for (unsigned i = 0; ok && i < count && i < slots; i++) {
        ok = start_workgroup(cu, 0, cu->first_wave[i] % simds);
    }
    return ok;
}

static void clean_up(struct cu *cu) {
    for (unsigned i = 0; cu->waves && i < cu->num_waves; i++) {
        for (unsigned j = 0; j < cu->waves[i].num_loops; j++) {
            free(cu->waves[i].loops[j].points);
        }
    }
    free(cu->waves);
    for (unsigned i = 0; i < MAX_SIMDS / 2; i++) {
        free(cu->lds_queue[i]);
    }
    for (unsigned i = 0; i < MAX_SIMDS; i++) {
        free(cu->vmem_queue[i]);
    }
    cache_destroy(&cu->l1);
    cache_destroy(&cu->scalar);
}

bool timing_replay(const struct timing_code *code, struct timing_caches *caches, unsigned coissue,
                   const struct timing_workgroup_trace *const *workgroups, unsigned count, unsigned slots,
                   const struct timing_observer *observer, struct timing_result *result) {
    struct cu cu = {.arch = code->arch, .code = code, .caches = caches, .coissue = coissue};
    cu.slot = clk_of(TIMING_SLOT, code->arch);
    memset(result, 0, sizeof *result);
    bool ok = count <= MAX_WORKGROUPS && prepare(&cu, workgroups, count, slots);
    while (ok) {
        struct issue_time time = {0};
        struct wave_state *wave = choose(&cu, &time);
        if (!wave) {
            break; /* all done, or the recording ended inside a barrier */
        }
        ok = issue(&cu, wave, time, observer);
    }
    if (ok) {
        summarise(&cu, slots, result);
    }
    clean_up(&cu);
    return ok;
}
