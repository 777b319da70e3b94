/* SPDX-License-Identifier: MIT
 *
 * The decoder against what the assembler was told.
 */
#include "sim_asm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sim_asm *test;

static const struct sim_inst *decode(const char *text) {
    return sim_asm_decode(test, text);
}

static void expect_register(const struct sim_operand *operand, unsigned kind, unsigned reg, unsigned dwords) {
    assert_int_equal(operand->kind, kind);
    assert_int_equal(operand->reg, reg);
    assert_int_equal(operand->dwords, dwords);
}

static void registers(void **state) {
    (void)state;
    const struct sim_inst *inst = decode("v_add_f64 v[254:255], v[0:1], s[100:101]");
    assert_string_equal(inst->op->name, "v_add_f64");
    assert_int_equal(inst->num_dst, 1);
    assert_int_equal(inst->num_src, 2);
    expect_register(&inst->dst[0], SIM_OPERAND_VGPR, 254, 2);
    expect_register(&inst->src[1], SIM_OPERAND_SGPR, 100, 2);
    inst = decode("v_mfma_f32_32x32x16_bf16 a[16:31], v[4:7], a[8:11], a[16:31]");
    expect_register(&inst->dst[0], SIM_OPERAND_AGPR, 16, 16);
    expect_register(&inst->src[1], SIM_OPERAND_AGPR, 8, 4);
    inst = decode("s_and_b64 exec, vcc, ttmp[2:3]");
    expect_register(&inst->dst[0], SIM_OPERAND_SGPR, 126, 2);
    expect_register(&inst->src[0], SIM_OPERAND_SGPR, 106, 2);
    expect_register(&inst->src[1], SIM_OPERAND_SGPR, 110, 2);
    inst = decode("s_add_u32 m0, vcc_hi, exec_lo");
    expect_register(&inst->dst[0], SIM_OPERAND_SGPR, 124, 1);
    expect_register(&inst->src[0], SIM_OPERAND_SGPR, 107, 1);
    expect_register(&inst->src[1], SIM_OPERAND_SGPR, 126, 1);
    inst = decode("v_mov_b32 v0, src_shared_base");
    assert_int_equal(inst->src[0].kind, SIM_OPERAND_APERTURE);
    assert_int_equal(inst->src[0].value, SIM_SHARED_BASE);
}

static void constants(void **state) {
    (void)state;
    const struct sim_inst *inst = decode("v_add_f32 v0, 0.15915494, v1");
    assert_true(inst->src[0].is_float_inline);
    assert_int_equal(inst->src[0].value, 0x3e22f983);
    inst = decode("v_add_f32 v0, -4.0, v1");
    assert_int_equal(inst->src[0].value, 0xc0800000);
    inst = decode("v_add_u32 v0, -16, v1");
    assert_false(inst->src[0].is_literal);
    assert_true(inst->src[0].value == (uint64_t)-16);
    inst = decode("v_add_u32 v0, 0xdeadbeef, v1");
    assert_true(inst->src[0].is_literal);
    assert_int_equal(inst->src[0].value, 0xdeadbeef);
    assert_int_equal(inst->size, 8);
    inst = decode("s_movk_i32 s3, 0x8000");
    assert_int_equal(inst->imm, -32768);
    assert_int_equal(inst->num_src, 0);
}

static void modifiers(void **state) {
    (void)state;
    const struct sim_inst *inst = decode("v_fma_f32 v0, -|v1|, v2, neg(2.0) clamp div:2");
    assert_true(inst->src[0].neg && inst->src[0].abs);
    assert_false(inst->src[1].neg || inst->src[1].abs);
    assert_true(inst->src[2].neg);
    assert_true(inst->clamp);
    assert_int_equal(inst->omod, 3);
    inst = decode(
        "v_pk_fma_f32 v[0:1], v[2:3], s[4:5], v[6:7] op_sel:[0,1,0] op_sel_hi:[1,0,1] neg_lo:[1,0,0] neg_hi:[0,0,1]");
    assert_int_equal(inst->op_sel, 2);
    assert_int_equal(inst->op_sel_hi, 5);
    assert_int_equal(inst->neg_lo, 1);
    assert_int_equal(inst->neg_hi, 4);
    assert_int_equal(decode("v_pk_mul_f32 v[0:1], v[2:3], v[4:5]")->op_sel_hi & 3, 3);
    assert_int_equal(decode("v_cvt_pk_fp8_f32 v0, v1, v2 op_sel:[0,0,1]")->op_sel, 8);
    inst = decode("v_mov_b32_dpp v0, v1 quad_perm:[1,2,3,0] row_mask:0x3 bank_mask:0xe bound_ctrl:0");
    assert_int_equal(inst->dpp, SIM_DPP_QUAD_PERM);
    assert_int_equal(inst->dpp_arg, 0x39);
    assert_int_equal(inst->dpp_row_mask, 3);
    assert_int_equal(inst->dpp_bank_mask, 14);
    assert_true(inst->dpp_bound_ctrl);
    inst = decode("v_mov_b32_dpp v0, v1 row_newbcast:7 row_mask:0xf bank_mask:0xf");
    assert_int_equal(inst->dpp, SIM_DPP_ROW_NEWBCAST);
    assert_int_equal(inst->dpp_arg, 7);
    assert_false(inst->dpp_bound_ctrl);
    inst = decode(
        "v_add_u32_sdwa v1, sext(v2), v3 dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:BYTE_2 src1_sel:DWORD");
    assert_true(inst->sdwa && inst->src[0].sext);
    assert_int_equal(inst->sdwa_dst_sel, SIM_SDWA_WORD_1);
    assert_int_equal(inst->sdwa_dst_unused, SIM_SDWA_UNUSED_PRESERVE);
    assert_int_equal(inst->sdwa_src_sel[0], SIM_SDWA_BYTE_2);
    assert_int_equal(inst->sdwa_src_sel[1], SIM_SDWA_DWORD);
}

static void matrix_instructions(void **state) {
    (void)state;
    const struct sim_inst *inst =
        decode("v_mfma_scale_f32_32x32x64_f8f6f4 v[0:15], v[16:19], v[24:29], v[0:15], v40, v41 "
               "op_sel:[1,0,0] op_sel_hi:[0,1,0] cbsz:4 blgp:2");
    assert_int_equal(inst->size, 16);
    assert_int_equal(inst->num_src, 5);
    assert_int_equal(inst->op_sel, 1);
    assert_int_equal(inst->op_sel_hi, 2);
    assert_int_equal(inst->cbsz, 4);
    assert_int_equal(inst->blgp, 2);
    expect_register(&inst->src[1], SIM_OPERAND_VGPR, 24, 6);
    expect_register(&inst->src[4], SIM_OPERAND_VGPR, 41, 1);
    inst = decode("v_mfma_f32_32x32x64_f8f6f4 v[0:15], v[16:23], v[24:31], 1.0");
    assert_int_equal(inst->size, 8); /* not a scale prefix and half an instruction */
    assert_int_equal(inst->num_src, 3);
    inst = decode("v_mfma_f32_4x4x4_16b_f16 v[0:3], v[4:5], v[6:7], v[0:3] cbsz:1 abid:2 blgp:3");
    assert_int_equal(inst->cbsz, 1);
    assert_int_equal(inst->abid, 2);
    assert_int_equal(inst->blgp, 3);
}

static void memory_instructions(void **state) {
    (void)state;
    const struct sim_inst *inst = decode("global_load_dwordx4 v[0:3], v[4:5], off offset:-16 sc0 nt");
    assert_int_equal(inst->num_dst, 1);
    assert_int_equal(inst->mem_offset, -16);
    assert_true(inst->sc0 && inst->nt && !inst->sc1);
    assert_int_equal(inst->src[1].kind, SIM_OPERAND_NONE);
    inst = decode("buffer_load_dwordx4 v4, s[4:7], 0 offen offset:64 lds");
    assert_int_equal(inst->num_dst, 0);
    assert_true(inst->lds && inst->offen && !inst->idxen);
    expect_register(&inst->src[1], SIM_OPERAND_SGPR, 4, 4);
    inst = decode("buffer_atomic_add v1, v2, s[4:7], s3 offen sc0");
    assert_int_equal(inst->num_dst, 1);
    assert_int_equal(inst->num_src, 4);
    expect_register(&inst->dst[0], SIM_OPERAND_VGPR, 1, 1);
    inst = decode("global_atomic_add v[2:3], v4, off");
    assert_int_equal(inst->num_dst, 0);
    inst = decode("ds_write2st64_b32 v2, v3, v4 offset0:3 offset1:9");
    assert_int_equal(inst->num_dst, 0);
    assert_int_equal(inst->mem_offset, 3);
    assert_int_equal(inst->ds_offset1, 9);
    inst = decode("ds_swizzle_b32 v1, v2 offset:swizzle(QUAD_PERM,0,1,2,3)");
    assert_int_equal(inst->mem_offset, 0x80e4);
    inst = decode("s_load_dwordx2 s[0:1], s[8:9], s10 offset:0x10");
    assert_int_equal(inst->mem_offset, 16);
    assert_int_equal(inst->num_src, 2);
    inst = decode("s_load_dword s0, s[8:9], -4");
    assert_int_equal(inst->mem_offset, -4);
    assert_int_equal(inst->num_src, 1);
}

static void immediates(void **state) {
    (void)state;
    assert_int_equal(decode("s_waitcnt vmcnt(3) lgkmcnt(0)")->imm & 0xffff, 0x0073);
    assert_int_equal(decode("s_waitcnt vmcnt(63) expcnt(7) lgkmcnt(5)")->imm & 0xffff, 0xc57f);
    assert_int_equal(decode("s_cbranch_scc0 -4")->imm, -4);
    assert_int_equal(decode("s_getreg_b32 s0, hwreg(HW_REG_MODE, 4, 4)")->imm & 0xffff, 1 | 4 << 6 | 3 << 11);
    const struct sim_inst *inst = decode("s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 4), 0xa");
    assert_int_equal(inst->src[0].value, 10);
    inst = decode("v_bitop3_b32 v0, v1, v2, v3 bitop3:0x36");
    assert_int_equal(inst->imm, 0x36);
    inst = decode("v_addc_co_u32 v0, vcc, v1, v2, vcc");
    assert_int_equal(inst->num_dst, 2);
    assert_int_equal(inst->num_src, 3);
}

static void an_unknown_instruction_is_named(void **state) {
    (void)state;
    assert_false(sim_asm_run(test, "s_nop 0\nv_screen_partition_4se_b32 v0, v1"));
    assert_non_null(strstr(test->launch.report, "not supported by the simulator"));
    assert_non_null(strstr(test->launch.report, "v_screen_partition_4se_b32_e32 v0, v1"));
    assert_non_null(strstr(test->launch.report, "+0x4"));
    assert_false(sim_asm_run(test, ".long 0xffffffff"));
    assert_non_null(strstr(test->launch.report, "not an instruction"));
}

static void programs_are_shared_by_content(void **state) {
    (void)state;
    size_t size;
    uint8_t *code = sim_assemble(SIM_GFX950, "v_mov_b32 v0, v1\ns_endpgm", &size);
    struct sim_program *first = sim_program_acquire(SIM_GFX950, code, size);
    struct sim_program *second = sim_program_acquire(SIM_GFX950, code, size);
    struct sim_program *other = sim_program_acquire(SIM_GFX942, code, size);
    assert_ptr_equal(first, second);
    assert_ptr_not_equal(first, other);
    sim_program_release(first);
    assert_string_equal(sim_program_at(second, 0)->op->name, "v_mov_b32");
    sim_program_release(second);
    sim_program_release(other);
    free(code);
}

static int set_up(void **state) {
    (void)state;
    test = sim_asm_create(SIM_GFX950);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    sim_asm_destroy(test);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers),
        cmocka_unit_test(constants),
        cmocka_unit_test(modifiers),
        cmocka_unit_test(matrix_instructions),
        cmocka_unit_test(memory_instructions),
        cmocka_unit_test(immediates),
        cmocka_unit_test(an_unknown_instruction_is_named),
        cmocka_unit_test(programs_are_shared_by_content),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
