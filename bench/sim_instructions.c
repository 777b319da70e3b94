/* SPDX-License-Identifier: MIT
 *
 * How many instructions per second the simulator executes, by class: a loop of 64 copies of one instruction on one wave
 * with all lanes active. Prints CSV; `sim_instructions [--seconds S] [--filter TEXT]`.
 */
#include "../runtime/sim/memory.h"
#include "../tests/sim/sim_asm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COPIES 64
#define LOOPS 2000

static const struct {
    const char *class_name, *text;
} rows[] = {
    {"salu", "s_add_u32 s20, s20, s21"},
    {"salu", "s_nop 0"},
    {"valu_move", "v_mov_b32 v0, v1"},
    {"valu_move", "v_mov_b32 v0, s20"},
    {"valu_move", "v_accvgpr_read_b32 v0, a1"},
    {"valu_int", "v_add_u32 v0, v1, v2"},
    {"valu_int", "v_add_u32 v0, v0, v2"},
    {"valu_int", "v_lshl_add_u32 v0, v1, 3, v2"},
    {"valu_int", "v_and_or_b32 v0, v1, v2, v3"},
    {"valu_int", "v_mad_u64_u32 v[0:1], vcc, v2, v3, v[4:5]"},
    {"valu_int", "v_lshl_add_u64 v[0:1], v[2:3], 2, v[4:5]"},
    {"valu_int", "v_perm_b32 v0, v1, v2, v3"},
    {"valu_carry", "v_add_co_u32 v0, vcc, v1, v2"},
    {"valu_carry", "v_addc_co_u32 v0, vcc, v1, v2, vcc"},
    {"valu_compare", "v_cmp_lt_f32 vcc, v1, v2"},
    {"valu_compare", "v_cmp_gt_i32 vcc, v1, v2"},
    {"valu_select", "v_cndmask_b32 v0, v1, v2, vcc"},
    {"valu_f32", "v_add_f32 v0, v1, v2"},
    {"valu_f32", "v_mul_f32 v0, s20, v2"},
    {"valu_f32", "v_fma_f32 v0, v1, v2, v3"},
    {"valu_f32", "v_fmac_f32 v0, v1, v2"},
    {"valu_f32", "v_fma_f32 v0, v1, s20, -v3"},
    {"valu_f32", "v_max_f32 v0, v1, v2"},
    {"valu_f32", "v_max3_f32 v0, v1, v2, v3"},
    {"valu_pk_f32", "v_pk_mul_f32 v[0:1], v[2:3], v[4:5]"},
    {"valu_pk_f32", "v_pk_fma_f32 v[0:1], v[2:3], v[4:5], v[6:7]"},
    {"valu_pk_f32", "v_pk_fma_f32 v[0:1], v[2:3], s[20:21], v[6:7] op_sel_hi:[1,0,1]"},
    {"valu_f16", "v_add_f16 v0, v1, v2"},
    {"valu_f16", "v_pk_fma_f16 v0, v1, v2, v3"},
    {"valu_f64", "v_fma_f64 v[0:1], v[2:3], v[4:5], v[6:7]"},
    {"valu_trans", "v_exp_f32 v0, v1"},
    {"valu_trans", "v_log_f32 v0, v1"},
    {"valu_trans", "v_rcp_f32 v0, v1"},
    {"valu_trans", "v_rsq_f32 v0, v1"},
    {"valu_trans", "v_sin_f32 v0, v1"},
    {"valu_convert", "v_cvt_f32_u32 v0, v1"},
    {"valu_convert", "v_cvt_u32_f32 v0, v1"},
    {"valu_convert", "v_cvt_f16_f32 v0, v1"},
    {"valu_convert", "v_cvt_pk_bf16_f32 v0, v1, v2"},
    {"valu_convert", "v_cvt_pk_fp8_f32 v0, v1, v2"},
    {"valu_convert", "v_cvt_pk_f32_fp8 v[0:1], v2"},
    {"valu_convert", "v_cvt_scalef32_pk_fp8_f32 v0, v1, v2, v3"},
    {"valu_dot", "v_dot4_i32_i8 v0, v1, v2, v3"},
    {"valu_dot", "v_dot2_f32_f16 v0, v1, v2, v3"},
    {"valu_dpp", "v_add_f32_dpp v0, v1, v2 row_shr:1 row_mask:0xf bank_mask:0xf"},
    {"valu_dpp", "v_mov_b32_dpp v0, v1 quad_perm:[1,0,3,2] row_mask:0xf bank_mask:0xf"},
    {"valu_sdwa", "v_add_u32_sdwa v0, v1, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1 src1_sel:DWORD"},
    {"valu_lane", "v_permlane32_swap_b32 v0, v1"},
    {"valu_lane", "v_readfirstlane_b32 s20, v1"},
    {"valu_lane", "v_readlane_b32 s20, v1, 5"},
    {"lds", "ds_read_b128 v[0:3], v8"},
    {"lds", "ds_write_b64 v8, v[0:1]"},
    {"lds", "ds_bpermute_b32 v0, v8, v1"},
    {"smem", "s_load_dwordx4 s[12:15], s[30:31], 0x0"},
    {"vmem", "global_load_dwordx4 v[0:3], v8, s[30:31]"},
    {"vmem", "global_store_dwordx4 v8, v[0:3], s[30:31]"},
    {"vmem", "buffer_load_dwordx4 v[0:3], v8, s[24:27], 0 offen"},
    {"vmem", "buffer_load_dwordx4 v8, s[24:27], 0 offen lds"},
    {"vmem", "global_atomic_add v8, v1, s[30:31]"},
    {"mfma", "v_mfma_f32_32x32x16_fp8_fp8 a[0:15], v[0:1], v[2:3], a[0:15]"},
    {"mfma", "v_mfma_f32_32x32x8_f16 a[0:15], v[0:1], v[2:3], a[0:15]"},
    {"mfma", "v_mfma_f32_16x16x16_bf16 a[0:3], v[0:1], v[2:3], a[0:3]"},
    {"mfma", "v_mfma_f32_32x32x64_f8f6f4 a[0:15], v[0:7], v[8:15], a[0:15]"},
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Ordinary values: no NaN, no denormals. */
static void fill(struct sim_wave *wave) {
    for (unsigned r = 0; r < SIM_VGPR_ROWS; r++) {
        for (unsigned i = 0; i < SIM_LANES; i++) {
            float x = 1.0f + (float)((r * 7 + i) % 61) / 64.0f;
            memcpy(&wave->vgpr[r][i], &x, 4);
        }
    }
    for (unsigned i = 0; i < SIM_LANES; i++) {
        wave->vgpr[8][i] = 16 * i; /* LDS addresses, offsets in memory */
    }
    wave->sgpr[20] = wave->sgpr[21] = 0x3f800000;
}

/* An allocation at s[30:31], and a buffer descriptor of it in s[24:27]. */
static void give_memory(struct sim_asm *test, struct sim_memory *memory) {
    const struct sim_allocation *allocation = memory->num_live ? memory->live[0] : NULL;
    if (!allocation && !(allocation = sim_memory_allocate(memory, 65536, SIM_MEMORY_DEVICE, 0))) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    uint32_t *sgpr = test->wave->sgpr;
    test->launch.memory = memory;
    sgpr[30] = sgpr[24] = (uint32_t)allocation->base;
    sgpr[31] = sgpr[25] = (uint32_t)(allocation->base >> 32);
    sgpr[26] = 65536;
    sgpr[27] = 0x00020000;
}

int main(int argc, char **argv) {
    double seconds = 0.1;
    const char *filter = "";
    static struct sim_memory memory;
    sim_memory_init(&memory, 1 << 20);
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seconds") == 0) {
            seconds = atof(argv[i + 1]);
        } else if (strcmp(argv[i], "--filter") == 0) {
            filter = argv[i + 1];
        }
    }
    printf("class,instruction,million_per_second,ns\n");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (!strstr(rows[k].text, filter) && !strstr(rows[k].class_name, filter)) {
            continue;
        }
        char text[16384];
        int used = snprintf(text, sizeof text, "s_movk_i32 s10, %d\nloop:\n", LOOPS);
        for (int c = 0; c < COPIES; c++) {
            used += snprintf(text + used, sizeof text - (size_t)used, "%s\n", rows[k].text);
        }
        snprintf(text + used, sizeof text - (size_t)used,
                 "s_sub_u32 s10, s10, 1\ns_cmp_lg_u32 s10, 0\ns_cbranch_scc1 loop\ns_endpgm\n");
        struct sim_asm *test = sim_asm_create(SIM_GFX950);
        fill(test->wave);
        give_memory(test, &memory);
        if (!sim_asm_run(test, text)) { /* also warms up and decodes */
            fprintf(stderr, "%s\n", test->launch.report);
            return 1;
        }
        uint64_t count = 0;
        double start = now(), elapsed;
        do {
            test->wave->pc = 0;
            test->wave->status = SIM_WAVE_RUNNING;
            uint64_t before = test->wave->instructions;
            sim_run_wave(test->wave, UINT64_MAX);
            count += test->wave->instructions - before;
            elapsed = now() - start;
        } while (elapsed < seconds);
        printf("%s,\"%s\",%.1f,%.1f\n", rows[k].class_name, rows[k].text, (double)count / elapsed * 1e-6,
               elapsed / (double)count * 1e9);
        fflush(stdout);
        sim_asm_destroy(test);
    }
    return 0;
}
