/* SPDX-License-Identifier: MIT
 *
 * The timing model against the machine facts that it claims to follow: streams of a few instructions whose modelled
 * rate or latency has one right answer.
 */
#include "../../runtime/sim/exec_mfma.h"
#include "../../runtime/sim/timing.h"
#include "../../runtime/sim/timing_grid.h"
#include "sim_asm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_STATICS 256

/* A workgroup whose waves run given instruction streams. */
struct stream {
    enum sim_arch arch;
    struct sim_program *program;
    struct timing_code code;
    struct timing_static statics[MAX_STATICS];
    struct timing_workgroup_trace workgroup;
    unsigned lds_clk; /* of each LDS access */
    unsigned lines_per_access;
    bool same_lines;    /* every access touches the same lines */
    double working_set; /* bytes */
    uint32_t next_line;
};

static struct stream *stream_create(enum sim_arch arch, const char *text) {
    struct stream *s = calloc(1, sizeof *s);
    size_t size;
    uint8_t *code = sim_assemble(arch, text, &size);
    assert_non_null(s);
    assert_non_null(code);
    s->arch = arch;
    s->program = sim_program_acquire(arch, code, size);
    free(code);
    assert_non_null(s->program);
    s->code = (struct timing_code){.arch = arch, .statics = s->statics};
    for (uint64_t offset = 0; offset < size && s->code.count < MAX_STATICS;) {
        const struct sim_inst *inst = sim_program_at(s->program, offset);
        timing_describe(&s->statics[s->code.count++], inst, arch);
        offset += inst->size;
    }
    s->lds_clk = 4;
    return s;
}

static void stream_destroy(struct stream *s) {
    for (unsigned w = 0; w < s->workgroup.num_waves; w++) {
        free(s->workgroup.waves[w].events);
        free(s->workgroup.waves[w].lines);
    }
    sim_program_release(s->program);
    free(s);
}

/* Appends instructions [first, first + count) of the text, `times` over, to wave `w`. */
static void add(struct stream *s, unsigned w, unsigned first, unsigned count, unsigned times) {
    struct timing_wave_trace *trace = &s->workgroup.waves[w];
    if (w >= s->workgroup.num_waves)
        s->workgroup.num_waves = w + 1;
    size_t total = trace->num_events + (size_t)count * times;
    trace->events = realloc(trace->events, total * sizeof *trace->events);
    trace->lines = realloc(trace->lines, (total * (s->lines_per_access + 1)) * sizeof *trace->lines);
    assert_non_null(trace->events);
    for (unsigned i = 0; i < times; i++)
        for (unsigned j = first; j < first + count; j++) {
            assert_true(j < s->code.count);
            struct timing_event event = {.code = j, .first_line = (uint32_t)trace->num_lines};
            if (s->statics[j].port == TIMING_PORT_LDS)
                event.clk = (uint16_t)s->lds_clk;
            if (s->statics[j].port == TIMING_PORT_VMEM) {
                event.lines = (uint16_t)s->lines_per_access;
                for (unsigned l = 0; l < s->lines_per_access; l++)
                    trace->lines[trace->num_lines++] = s->same_lines ? l : s->next_line++;
            }
            trace->events[trace->num_events++] = event;
        }
}

static struct timing_result replay(struct stream *s, unsigned coissue) {
    const struct timing_workgroup_trace *workgroups[1] = {&s->workgroup};
    struct timing_caches *caches = timing_caches_create(s->arch);
    struct timing_result result;
    assert_non_null(caches);
    timing_caches_set_working_set(caches, s->working_set);
    assert_true(timing_replay(&s->code, caches, coissue, workgroups, 1, 1, NULL, &result));
    timing_caches_destroy(caches);
    return result;
}

/* clk per repetition of the whole text in steady state, `waves` waves running it. */
static double rate(enum sim_arch arch, const char *text, unsigned instructions, unsigned waves, unsigned coissue,
                   unsigned lds_clk) {
    int64_t clk[2];
    for (unsigned i = 0; i < 2; i++) {
        struct stream *s = stream_create(arch, text);
        s->lds_clk = lds_clk;
        for (unsigned w = 0; w < waves; w++)
            add(s, w, 0, instructions, i ? 300 : 100);
        clk[i] = replay(s, coissue).clk;
        stream_destroy(s);
    }
    return (double)(clk[1] - clk[0]) / 200;
}

#define assert_clk(got, expected)                                               \
    do {                                                                        \
        double got_ = (got), expected_ = (expected);                            \
        if (!(fabs(got_ - expected_) <= 0.01 * expected_))                      \
            fail_msg("%s: modelled %.2f clk, not %.2f", #got, got_, expected_); \
    } while (0)

struct mfma_case {
    const char *text;      /* back to back: independent of its own result */
    double gfx942, gfx950; /* clk */
};

static const struct mfma_case mfma_cases[] = {
    {"v_mfma_f32_32x32x1_2b_f32 v[0:31], v64, v65, v[32:63]", 64, 64},
    {"v_mfma_f32_16x16x1_4b_f32 v[0:15], v64, v65, v[16:31]", 32, 32},
    {"v_mfma_f32_4x4x1_16b_f32 v[0:3], v64, v65, v[4:7]", 8, 8},
    {"v_mfma_f32_32x32x2_f32 v[0:15], v64, v65, v[16:31]", 64, 64},
    {"v_mfma_f32_16x16x4_f32 v[0:3], v64, v65, v[16:19]", 32, 32},
    {"v_mfma_f32_32x32x4_xf32 v[0:15], v[64:65], v[66:67], v[16:31]", 32, 0},
    {"v_mfma_f32_16x16x8_xf32 v[0:3], v[64:65], v[66:67], v[16:19]", 16, 0},
    {"v_mfma_f32_32x32x4_2b_f16 v[0:31], v[64:65], v[66:67], v[32:63]", 64, 64},
    {"v_mfma_f32_16x16x4_4b_bf16 v[0:15], v[64:65], v[66:67], v[16:31]", 32, 32},
    {"v_mfma_f32_4x4x4_16b_f16 v[0:3], v[64:65], v[66:67], v[4:7]", 8, 8},
    {"v_mfma_f32_32x32x8_bf16 v[0:15], v[64:65], v[66:67], v[16:31]", 32, 32},
    {"v_mfma_f32_16x16x16_f16 v[0:3], v[64:65], v[66:67], v[16:19]", 16, 16},
    {"v_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[16:31]", 0, 32},
    {"v_mfma_f32_16x16x32_f16 v[0:3], v[64:67], v[68:71], v[16:19]", 0, 16},
    {"v_mfma_i32_32x32x16_i8 v[0:15], v[64:65], v[66:67], v[16:31]", 32, 32},
    {"v_mfma_i32_16x16x32_i8 v[0:3], v[64:65], v[66:67], v[16:19]", 16, 16},
    {"v_mfma_i32_32x32x32_i8 v[0:15], v[64:67], v[68:71], v[16:31]", 0, 32},
    {"v_mfma_i32_16x16x64_i8 v[0:3], v[64:67], v[68:71], v[16:19]", 0, 16},
    {"v_mfma_f64_16x16x4_f64 v[0:7], v[64:65], v[66:67], v[16:23]", 32, 64},
    {"v_mfma_f64_4x4x4_4b_f64 v[0:1], v[64:65], v[66:67], v[16:17]", 16, 16},
    {"v_mfma_f32_32x32x16_fp8_fp8 v[0:15], v[64:65], v[66:67], v[16:31]", 32, 32},
    {"v_mfma_f32_16x16x32_bf8_fp8 v[0:3], v[64:65], v[66:67], v[16:19]", 16, 16},
    {"v_mfma_f32_32x32x64_f8f6f4 v[0:15], v[64:71], v[72:79], v[16:31]", 0, 64},
    {"v_mfma_f32_32x32x64_f8f6f4 v[0:15], v[64:71], v[72:77], v[16:31] blgp:2", 0, 64},
    {"v_mfma_f32_32x32x64_f8f6f4 v[0:15], v[64:67], v[72:75], v[16:31] cbsz:4 blgp:4", 0, 32},
    {"v_mfma_f32_16x16x128_f8f6f4 v[0:3], v[64:71], v[72:79], v[16:19]", 0, 32},
    {"v_mfma_scale_f32_16x16x128_f8f6f4 v[0:3], v[64:67], v[72:77], v[16:19], v80, v81 cbsz:4 blgp:3", 0, 16},
    {"v_mfma_scale_f32_32x32x64_f8f6f4 v[0:15], v[64:71], v[72:79], v[16:31], v80, v81", 0, 64},
    {"v_smfmac_f32_16x16x32_f16 v[0:3], v[64:65], v[66:69], v70", 16, 16},
    {"v_smfmac_f32_32x32x32_fp8_fp8 v[0:15], v[64:65], v[66:69], v70", 32, 32},
    {"v_smfmac_f32_16x16x64_bf16 v[0:3], v[64:67], v[72:79], v70", 0, 16},
};
#define NUM_MFMA_CASES (sizeof mfma_cases / sizeof *mfma_cases)

static void mfma_rates(void **state) {
    (void)state;
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++)
        for (size_t i = 0; i < NUM_MFMA_CASES; i++) {
            double expected = arch == SIM_GFX942 ? mfma_cases[i].gfx942 : mfma_cases[i].gfx950;
            if (expected == 0)
                continue;
            /* one wave alone keeps the pipe full; two on one SIMD share it */
            assert_clk(rate((enum sim_arch)arch, mfma_cases[i].text, 1, 1, TIMING_STRICT, 0), expected);
            assert_clk(rate((enum sim_arch)arch, mfma_cases[i].text, 1, 8, TIMING_STRICT, 0), 2 * expected);
        }
}

/* Every matrix instruction has passes on the archs that have it. */
static void every_mfma_is_in_the_table(void **state) {
    (void)state;
    for (const struct sim_opcode *op = sim_mfma_opcodes; op->name; op++)
        if (op->data) {
            struct sim_inst inst = {.op = op};
            assert_true(timing_passes(&inst, SIM_GFX950) != 0 || strstr(op->name, "xf32"));
            assert_true(timing_passes(&inst, SIM_GFX942) != 0 || op->flags & SIM_OP_GFX950);
        }
}

static void dependent_mfma(void **state) {
    (void)state;
    /* The same accumulator: back to back. */
    assert_clk(rate(SIM_GFX950, "v_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[0:15]", 1, 1, 0, 0), 32);
    assert_clk(rate(SIM_GFX950, "v_mfma_f32_32x32x64_f8f6f4 v[0:15], v[64:71], v[72:79], v[0:15]", 1, 1, 0, 0), 64);
    /* A result as B of the next: 19 wait states after 16 passes, 11 after 8. */
    assert_clk(rate(SIM_GFX950, "v_mfma_f32_32x32x64_f8f6f4 v[0:15], v[64:71], v[0:7], v[16:31]", 1, 1, 0, 0), 4 * 20);
    assert_clk(rate(SIM_GFX942, "v_mfma_f32_32x32x8_bf16 v[0:15], v[64:65], v[0:1], v[16:31]", 1, 1, 0, 0), 4 * 12);
    /* A result read by the VALU: 12 wait states (8 passes) and 20 (16) on gfx950, 11 (8) on gfx942; then the MFMA waits
     * for the VALU's result. */
    assert_clk(rate(SIM_GFX950, "v_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[16:31]\nv_mov_b32 v64, v0", 2,
                    1, 0, 0),
               4 * 13 + 4);
    assert_clk(rate(SIM_GFX950, "v_mfma_f32_32x32x64_f8f6f4 v[0:15], v[64:71], v[72:79], v[16:31]\nv_mov_b32 v64, v0",
                    2, 1, 0, 0),
               4 * 21 + 4);
    assert_clk(rate(SIM_GFX942, "v_mfma_f32_32x32x8_bf16 v[0:15], v[64:65], v[68:69], v[16:31]\nv_mov_b32 v64, v0", 2,
                    1, 0, 0),
               4 * 12 + 4);
    /* The compiler's s_nop fills the same time, it does not add to it. */
    assert_clk(rate(SIM_GFX950,
                    "v_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[16:31]\ns_nop 11\nv_mov_b32 v64, v0", 3, 1,
                    0, 0),
               4 * 13 + 4);
}

static void valu_rates(void **state) {
    (void)state;
    for (int i = SIM_GFX942; i <= SIM_GFX950; i++) {
        enum sim_arch arch = (enum sim_arch)i;
        double trans = arch == SIM_GFX942 ? 16 : 8;
        assert_clk(rate(arch, "v_fma_f32 v0, v1, v2, v3", 1, 1, 0, 0), 4);
        assert_clk(rate(arch, "v_fma_f32 v0, v0, v2, v3", 1, 1, 0, 0), 4); /* dependent */
        assert_clk(rate(arch, "v_pk_fma_f32 v[0:1], v[2:3], v[4:5], v[6:7]", 1, 1, 0, 0), 4);
        assert_clk(rate(arch, "v_exp_f32 v0, v1", 1, 1, 0, 0), trans);
        assert_clk(rate(arch, "v_exp_f32 v0, v0", 1, 1, 0, 0), trans + 4); /* a chain */
        /* Two waves per SIMD share the port; four waves have a SIMD each. */
        assert_clk(rate(arch, "v_exp_f32 v0, v1", 1, 8, 0, 0), 2 * trans);
        assert_clk(rate(arch, "v_exp_f32 v0, v1", 1, 4, 0, 0), trans);
        assert_clk(rate(arch, "v_fma_f32 v0, v1, v2, v3", 1, 8, 0, 0), 8);
        assert_clk(rate(arch, "s_add_u32 s0, s1, s2", 1, 1, 0, 0), 4);
    }
    assert_clk(rate(SIM_GFX950, "v_permlane32_swap_b32 v0, v1", 1, 1, 0, 0), 8);
}

/* What runs under an MFMA: 24 of 32 clk take plain VALU; the rest depends on the switch. */
static void coissue_with_mfma(void **state) {
    (void)state;
    const char mfma[] = "v_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[0:15]\n";
    char text[512];
    snprintf(text, sizeof text, "%s%s", mfma,
             "v_fma_f32 v80, v81, v82, v83\nv_fma_f32 v84, v81, v82, v83\nv_fma_f32 v85, v81, v82, v83\n"
             "v_max3_f32 v86, v81, v82, v83\nv_max3_f32 v87, v81, v82, v83\nv_max3_f32 v88, v81, v82, v83");
    assert_clk(rate(SIM_GFX950, text, 7, 1, TIMING_STRICT, 0), 32);
    snprintf(text + strlen(text), sizeof text - strlen(text), "\nv_fma_f32 v89, v81, v82, v83");
    assert_clk(rate(SIM_GFX950, text, 8, 1, TIMING_STRICT, 0), 36); /* the seventh does not fit */
    snprintf(text, sizeof text, "%sv_exp_f32 v80, v81\nv_exp_f32 v82, v83", mfma);
    assert_clk(rate(SIM_GFX950, text, 3, 1, TIMING_STRICT, 0), 32 + 16);
    assert_clk(rate(SIM_GFX950, text, 3, 1, TIMING_LENIENT, 0), 32);
    assert_clk(rate(SIM_GFX950, text, 3, 1, TIMING_TRACED, 0), 32);
    snprintf(text, sizeof text, "%sv_pk_fma_f32 v[80:81], v[82:83], v[84:85], v[86:87]", mfma);
    assert_clk(rate(SIM_GFX950, text, 2, 1, TIMING_STRICT, 0), 32 + 4);
    assert_clk(rate(SIM_GFX950, text, 2, 1, TIMING_TRACED, 0), 32 + 4);
    assert_clk(rate(SIM_GFX950, text, 2, 1, TIMING_LENIENT, 0), 32);
    snprintf(text, sizeof text, "%sv_cvt_pk_fp8_f32 v80, v81, v82", mfma);
    assert_clk(rate(SIM_GFX950, text, 2, 1, TIMING_STRICT, 0), 32 + 4);
    assert_clk(rate(SIM_GFX950, text, 2, 1, TIMING_LENIENT, 0), 32);
    /* fp32 matrix instructions leave the VALU no room */
    assert_clk(rate(SIM_GFX950, "v_mfma_f32_32x32x2_f32 v[0:15], v64, v65, v[0:15]\nv_fma_f32 v80, v81, v82, v83", 2, 1,
                    TIMING_LENIENT, 0),
               64 + 4);
}

static void note_last_mfma(void *context, unsigned workgroup, unsigned wave, unsigned simd,
                           const struct timing_static *code, int64_t issue, unsigned clk,
                           const int64_t stall_clk[TIMING_STALL_COUNT]) {
    (void)workgroup, (void)wave, (void)simd, (void)clk, (void)stall_clk;
    if (code->port == TIMING_PORT_MFMA)
        *(int64_t *)context = issue;
}

/* Two waves of one SIMD, one with matrix work and one with exponentials that may not overlap it: s_setprio decides who
 * yields. */
static void priority_decides(void **state) {
    (void)state;
    const char text[] =
        "s_setprio 3\nv_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[0:15]\nv_exp_f32 v80, v81";
    for (unsigned raised = 0; raised < 2; raised++) {
        struct stream *s = stream_create(SIM_GFX950, text);
        int64_t last_mfma = 0;
        struct timing_observer observer = {note_last_mfma, &last_mfma};
        add(s, 0, 2, 1, 64); /* the older wave */
        for (unsigned w = 1; w < 4; w++)
            add(s, w, 0, 1, 1);
        add(s, 4, 0, raised, 1);
        add(s, 4, 1, 1, 64);
        const struct timing_workgroup_trace *workgroups[1] = {&s->workgroup};
        struct timing_caches *caches = timing_caches_create(s->arch);
        struct timing_result result;
        assert_true(timing_replay(&s->code, caches, TIMING_STRICT, workgroups, 1, 1, &observer, &result));
        if (raised)
            assert_true(last_mfma < 63 * 32 + 32); /* as if alone */
        else
            assert_true(last_mfma >= 63 * 32 + 64 * 8); /* after the older wave's work */
        timing_caches_destroy(caches);
        stream_destroy(s);
    }
}

static unsigned conflict_clk(enum sim_arch arch, unsigned stride, unsigned bytes, bool write) {
    uint64_t address[64];
    for (unsigned lane = 0; lane < 64; lane++)
        address[lane] = (uint64_t)lane * stride;
    return timing_lds_clk(arch, address, NULL, ~0ull, bytes, write);
}

static void lds_bank_cycles(void **state) {
    (void)state;
    /* 256 bytes/clk for 8- and 16-byte reads on gfx950, 128 otherwise */
    assert_int_equal(conflict_clk(SIM_GFX950, 16, 16, false), 4);
    assert_int_equal(conflict_clk(SIM_GFX942, 16, 16, false), 8);
    assert_int_equal(conflict_clk(SIM_GFX950, 8, 8, false), 2);
    assert_int_equal(conflict_clk(SIM_GFX942, 8, 8, false), 4);
    assert_int_equal(conflict_clk(SIM_GFX950, 4, 4, false), 2);
    assert_int_equal(conflict_clk(SIM_GFX950, 16, 16, true), 8);
    assert_int_equal(conflict_clk(SIM_GFX950, 8, 8, true), 4);
    /* every lane in the same bank; every lane the same word */
    assert_int_equal(conflict_clk(SIM_GFX942, 128, 4, false), 64);
    assert_int_equal(conflict_clk(SIM_GFX942, 0, 4, false), 2);
    /* rows of 128 bytes read by column: 16 bytes of each of 8 or 16 rows in the same banks */
    assert_int_equal(conflict_clk(SIM_GFX942, 128, 16, false), 64);
    assert_int_equal(conflict_clk(SIM_GFX950, 128, 16, false), 32);
    /* 8-way padded rows: the usual cure */
    assert_int_equal(conflict_clk(SIM_GFX942, 144, 16, false), 8);
    /* inactive lanes cost nothing */
    uint64_t address[64] = {0};
    assert_int_equal(timing_lds_clk(SIM_GFX950, address, NULL, 0xffffull, 16, true), 2);
}

static void lds_throughput_is_shared_by_the_cu(void **state) {
    (void)state;
    /* One SIMD issues a read per 4 clk and a conflict-free ds_read_b128 takes 4 clk of the CU's LDS: four SIMDs get one
     * per 16 clk each; conflicts multiply. */
    const char text[] = "ds_read_b128 v[0:3], v64";
    assert_clk(rate(SIM_GFX950, text, 1, 1, 0, 4), 4);
    assert_clk(rate(SIM_GFX950, text, 1, 4, 0, 4), 16);
    assert_clk(rate(SIM_GFX942, text, 1, 4, 0, 8), 32);
    assert_clk(rate(SIM_GFX942, text, 1, 4, 0, 64), 256);
}

static void waits_cover_the_latency(void **state) {
    (void)state;
    struct stream *s = stream_create(SIM_GFX950, "ds_read_b128 v[0:3], v64\ns_waitcnt lgkmcnt(0)\nv_mov_b32 v5, v0");
    add(s, 0, 0, 3, 1);
    struct timing_result result = replay(s, 0);
    /* bank cycles, latency, then the slots of s_waitcnt and v_mov */
    assert_int_equal(result.clk, 4 + 64 + 4 + 4);
    assert_true(result.stall[TIMING_STALL_LDS] == 64);
    assert_true(result.stall[TIMING_STALL_MEMORY] == 0);
    stream_destroy(s);

    s = stream_create(SIM_GFX950, "global_load_dwordx4 v[0:3], v64, s[0:1]\ns_waitcnt vmcnt(1)\ns_waitcnt vmcnt(0)");
    s->lines_per_access = 8;
    add(s, 0, 0, 1, 2);
    add(s, 0, 1, 1, 1);
    int64_t older = replay(s, 0).clk;
    add(s, 0, 2, 1, 1);
    result = replay(s, 0);
    assert_true(older >= 550 && older < result.clk); /* the first load is waited for alone */
    assert_true(result.stall[TIMING_STALL_MEMORY] > 500);
    stream_destroy(s);
}

static double load_rate(enum sim_arch arch, bool same_lines, double working_set) {
    int64_t clk[2];
    for (unsigned i = 0; i < 2; i++) {
        struct stream *s = stream_create(arch, "global_load_dwordx4 v[0:3], v64, s[0:1]\ns_waitcnt vmcnt(8)");
        s->lines_per_access = 8;
        s->working_set = working_set;
        s->same_lines = same_lines;
        for (unsigned w = 0; w < 4; w++)
            add(s, w, 0, 2, i ? 300 : 100);
        clk[i] = replay(s, 0).clk;
        stream_destroy(s);
    }
    return 200 * 4 * 8 * 128.0 / (double)(clk[1] - clk[0]);
}

static void streaming_loads_reach_the_bandwidth(void **state) {
    (void)state;
    double cold = load_rate(SIM_GFX950, false, 256e6), hot = load_rate(SIM_GFX950, true, 256e6);
    /* bytes/clk: the Infinity Cache's share of one CU, the vector L1 */
    assert_clk(cold, timing_value(TIMING_MALL_BYTES, SIM_GFX950));
    assert_clk(hot, timing_value(TIMING_L1_BYTES, SIM_GFX950));
}

static void what_the_infinity_cache_lacks_comes_from_hbm(void **state) {
    (void)state;
    for (enum sim_arch arch = SIM_GFX942; arch <= SIM_GFX950; arch++) {
        double size = timing_value(TIMING_MALL_SIZE, arch), hbm = timing_value(TIMING_HBM_BYTES, arch);
        /* three quarters of the lines, and nearly all of them */
        double some = load_rate(arch, false, 4 * size), all = load_rate(arch, false, 1000 * size);
        assert_true(fabs(some - hbm / 0.75) < 0.05 * some);
        assert_true(fabs(all - hbm) < 0.02 * all);
        assert_true(load_rate(arch, true, 1000 * size) > 60); /* L1 still holds its lines */
    }
    struct stream *s = stream_create(SIM_GFX950, "global_load_dword v0, v64, s[0:1]\ns_waitcnt vmcnt(0)");
    s->lines_per_access = 1;
    add(s, 0, 0, 2, 1);
    int64_t mall = replay(s, 0).clk;
    s->working_set = 1e15;
    int64_t hbm = replay(s, 0).clk;
    assert_true(hbm - mall >= 840 - 550 && hbm - mall <= 840 - 550 + 16);
    stream_destroy(s);
}

static void barriers_wait_for_the_slowest(void **state) {
    (void)state;
    struct stream *s = stream_create(SIM_GFX950, "v_exp_f32 v0, v1\ns_barrier\nv_mov_b32 v2, v3");
    for (unsigned w = 0; w < 4; w++) {
        add(s, w, 0, 1, w == 2 ? 100 : 1);
        add(s, w, 1, 2, 1);
    }
    struct timing_result result = replay(s, 0);
    assert_true(result.clk >= 800 && result.clk < 830);
    assert_true(result.stall[TIMING_STALL_BARRIER] > 0.7 * 800);
    stream_destroy(s);
}

static void sleeps_and_nops_pass_time(void **state) {
    (void)state;
    assert_clk(rate(SIM_GFX950, "s_nop 7", 1, 1, 0, 0), 32);
    assert_clk(rate(SIM_GFX950, "s_sleep 2", 1, 1, 0, 0), 4 + 128);
}

/* The parts of a wave's time add up to the whole. */
static void the_breakdown_is_complete(void **state) {
    (void)state;
    struct stream *s =
        stream_create(SIM_GFX950, "v_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[0:15]\n"
                                  "v_exp_f32 v80, v81\nds_read_b128 v[84:87], v83\n"
                                  "s_waitcnt lgkmcnt(0)\nv_fma_f32 v81, v80, v84, v85\ns_nop 3\ns_barrier");
    for (unsigned w = 0; w < 8; w++)
        add(s, w, 0, 7, 50);
    struct timing_result result = replay(s, TIMING_STRICT);
    double sum = 0;
    for (unsigned i = 0; i < TIMING_STALL_COUNT; i++)
        sum += result.stall[i];
    assert_true(sum > 0.97 * (double)result.clk && sum < 1.001 * (double)result.clk);
    double mean = 0;
    for (unsigned w = 0; w < 8; w++)
        for (unsigned i = 0; i < TIMING_STALL_COUNT; i++)
            mean += (double)result.waves[w].stall[i] / 8;
    assert_true(fabs(mean - sum) < 1e-6 * sum);
    assert_int_equal(result.waves[8].clk, 0);
    stream_destroy(s);
}

static void loops_are_found(void **state) {
    (void)state;
    struct stream *s = stream_create(SIM_GFX950, "v_mfma_f32_32x32x16_bf16 v[0:15], v[64:67], v[68:71], v[0:15]\n"
                                                 "v_mfma_f32_32x32x16_bf16 v[16:31], v[64:67], v[68:71], v[16:31]\n"
                                                 "s_cbranch_scc1 65533\ns_endpgm");
    for (unsigned w = 0; w < 4; w++) {
        add(s, w, 0, 3, 40);
        add(s, w, 3, 1, 1);
    }
    struct timing_result result = replay(s, TIMING_STRICT);
    assert_int_equal(result.loop.branch_offset, 16);
    assert_clk(result.loop.clk, 64);
    assert_clk(result.loop.mfma_flops, 4.0 * 2 * 2 * 32 * 32 * 16);
    assert_true(result.loop.iterations == 39);
    stream_destroy(s);
}

static void the_documentation_has_every_constant(void **state) {
    (void)state;
    FILE *file = fopen(PAGODA_TIMING_MD, "r");
    char line[512], *text = calloc(1, 1 << 16);
    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
    fclose(file);
    for (unsigned i = 0; i < TIMING_CONSTANT_COUNT; i++) {
        const struct timing_constant_row *row = &timing_constants[i];
        assert_non_null(row->name);
        snprintf(line, sizeof line, "| %s | %.10g | %.10g | %s | %c | %s |\n", row->name, row->value[0], row->value[1],
                 row->unit, row->mark, row->source);
        if (!strstr(text, line))
            fail_msg("TIMING.md lacks: %s", line);
    }
    for (const struct timing_passes_row *row = timing_passes_rows; row->mnemonics; row++) {
        char passes[2][8];
        for (unsigned arch = 0; arch < 2; arch++)
            snprintf(passes[arch], sizeof passes[arch], row->passes[arch] ? "%u" : "-", row->passes[arch]);
        snprintf(line, sizeof line, "| %s | %s | %s | %c | %s |\n", row->mnemonics, passes[0], passes[1], row->mark,
                 row->source);
        if (!strstr(text, line))
            fail_msg("TIMING.md lacks: %s", line);
    }
    free(text);
}

static void residency_follows_registers_and_lds(void **state) {
    (void)state;
    assert_int_equal(timing_residency(SIM_GFX950, 256, 65536, 8), 1); /* 2 waves per SIMD */
    assert_int_equal(timing_residency(SIM_GFX950, 256, 65536, 4), 2); /* two workgroups of 4 waves, LDS for two */
    assert_int_equal(timing_residency(SIM_GFX950, 128, 65536, 4), 2); /* LDS limits */
    assert_int_equal(timing_residency(SIM_GFX942, 128, 32768, 4), 2);
    assert_int_equal(timing_residency(SIM_GFX942, 129, 0, 4), 3);
    assert_int_equal(timing_residency(SIM_GFX942, 16, 0, 1), 32);
    assert_int_equal(timing_residency(SIM_GFX942, 512, 65536, 16), 1); /* never none */
}

static void grids_are_scheduled_in_order(void **state) {
    (void)state;
    double start = timing_value(TIMING_WORKGROUP_START, SIM_GFX950);
    struct timing_sample same[] = {{0, 1000, 50}, {9, 1000, 50}};
    assert_clk(timing_makespan(SIM_GFX950, same, 2, NULL, 10, 256), 1000 + start);
    assert_clk(timing_makespan(SIM_GFX950, same, 2, NULL, 10, 5), 2 * (1000 + start));
    assert_clk(timing_makespan(SIM_GFX950, same, 2, NULL, 11, 5), 3 * (1000 + start)); /* the tail */
    /* A causal triangle: times are linear in the instructions, the longest first or last. */
    struct timing_sample ends[] = {{0, 100, 10}, {3, 400, 40}};
    const uint32_t rising[] = {10, 20, 30, 40}, falling[] = {40, 30, 20, 10};
    struct timing_sample reversed[] = {{0, 400, 40}, {3, 100, 10}};
    assert_clk(timing_makespan(SIM_GFX950, ends, 2, rising, 4, 2), 600 + 2 * start);
    assert_clk(timing_makespan(SIM_GFX950, reversed, 2, falling, 4, 2), 500 + 2 * start);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mfma_rates),
        cmocka_unit_test(every_mfma_is_in_the_table),
        cmocka_unit_test(dependent_mfma),
        cmocka_unit_test(valu_rates),
        cmocka_unit_test(coissue_with_mfma),
        cmocka_unit_test(priority_decides),
        cmocka_unit_test(lds_bank_cycles),
        cmocka_unit_test(lds_throughput_is_shared_by_the_cu),
        cmocka_unit_test(waits_cover_the_latency),
        cmocka_unit_test(streaming_loads_reach_the_bandwidth),
        cmocka_unit_test(what_the_infinity_cache_lacks_comes_from_hbm),
        cmocka_unit_test(barriers_wait_for_the_slowest),
        cmocka_unit_test(sleeps_and_nops_pass_time),
        cmocka_unit_test(the_breakdown_is_complete),
        cmocka_unit_test(loops_are_found),
        cmocka_unit_test(residency_follows_registers_and_lds),
        cmocka_unit_test(grids_are_scheduled_in_order),
        cmocka_unit_test(the_documentation_has_every_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
