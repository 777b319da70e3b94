/* SPDX-License-Identifier: MIT
 *
 * Scalar instructions against results computed bit by bit or in wider arithmetic.
 */
#include "sim_asm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct sim_asm *test;
static uint64_t random_state = 1;

static uint64_t next_random(void) {
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    uint64_t value = random_state ^ random_state >> 29;
    switch (random_state >> 61) { /* values near the edges */
    case 0:
        return 0;
    case 1:
        return ~0ull;
    case 2:
        return 0x8000000080000000ull;
    case 3:
        return value & 0x3f0000003full;
    default:
        return value;
    }
}

struct result {
    uint64_t value;
    int scc; /* -1: unchanged */
};
typedef struct result (*reference)(uint64_t a, uint64_t b, unsigned scc);

#define LOW(x) ((x) & 0xffffffffull)
#define S32(x) ((int64_t)(int32_t)(x))
#define REF(name, value_, scc_)                                           \
    static struct result ref_##name(uint64_t a, uint64_t b, unsigned c) { \
        (void)a, (void)b, (void)c;                                        \
        uint64_t r = (uint64_t)(value_);                                  \
        (void)r;                                                          \
        return (struct result){r, scc_};                                  \
    }
REF(add_u32, LOW(a) + LOW(b), LOW(a) + LOW(b) > 0xffffffffull)
REF(sub_u32, LOW(a) - LOW(b), LOW(a) < LOW(b))
REF(add_i32, a + b, S32(a) + S32(b) != S32(a + b))
REF(sub_i32, a - b, S32(a) - S32(b) != S32(a - b))
REF(addc_u32, LOW(a) + LOW(b) + c, LOW(a) + LOW(b) + c > 0xffffffffull)
REF(subb_u32, LOW(a) - LOW(b) - c, LOW(a) < LOW(b) + c)
REF(min_i32, S32(a) < S32(b) ? a : b, S32(a) < S32(b))
REF(max_u32, LOW(a) > LOW(b) ? a : b, LOW(a) > LOW(b))
REF(mul_i32, S32(a) * S32(b), -1)
REF(mul_hi_u32, LOW(a) * LOW(b) >> 32, -1)
REF(mul_hi_i32, (uint64_t)(S32(a) * S32(b)) >> 32, -1)
REF(cselect_b32, c ? a : b, -1)
REF(and_b32, a &b, LOW(r) != 0)
REF(andn2_b32, a & ~b, LOW(r) != 0)
REF(orn2_b32, a | ~b, LOW(r) != 0)
REF(nand_b32, ~(a &b), LOW(r) != 0)
REF(nor_b32, ~(a | b), LOW(r) != 0)
REF(xnor_b32, ~(a ^ b), LOW(r) != 0)
REF(lshl_b32, a << (b & 31), LOW(r) != 0)
REF(lshr_b32, LOW(a) >> (b & 31), LOW(r) != 0)
REF(ashr_i32, S32(a) >> (b & 31), LOW(r) != 0)
REF(bfm_b32, ((1ull << (a & 31)) - 1) << (b & 31), -1)
REF(lshl3_add_u32, (LOW(a) << 3) + LOW(b), (LOW(a) << 3) + LOW(b) > 0xffffffffull)
REF(pack_lh_b32_b16, (a & 0xffff) | (b & 0xffff0000), -1)
REF(pack_hh_b32_b16, (LOW(a) >> 16) | (b & 0xffff0000), -1)
static struct result ref_absdiff_i32(uint64_t a, uint64_t b, unsigned c) {
    (void)c;
    int64_t difference = S32(a - b);
    uint64_t r = (uint64_t)(difference < 0 ? -difference : difference);
    return (struct result){r, LOW(r) != 0};
}
static uint64_t field(uint64_t value, unsigned offset, unsigned width, unsigned bits, bool is_signed) {
    uint64_t r = 0;
    bool sign = false;
    for (unsigned i = 0; i < width && i < bits; i++) { /* bits beyond the value repeat its sign, or are 0 */
        unsigned at = offset + i;
        bool bit = at < bits ? value >> at & 1 : is_signed && value >> (bits - 1) & 1;
        r |= (uint64_t)bit << i;
        sign = bit;
    }
    for (unsigned i = width; i < bits && is_signed && sign && width; i++)
        r |= 1ull << i;
    return r;
}
REF(bfe_u32, field(LOW(a), b & 31, b >> 16 & 0x7f, 32, false), LOW(r) != 0)
REF(bfe_i32, field(LOW(a), b & 31, b >> 16 & 0x7f, 32, true), LOW(r) != 0)

REF(and_b64, a &b, r != 0)
REF(orn2_b64, a | ~b, r != 0)
REF(xnor_b64, ~(a ^ b), r != 0)
REF(cselect_b64, c ? a : b, -1)
REF(lshl_b64, a << (b & 63), r != 0)
REF(ashr_i64, (int64_t)a >> (b & 63), r != 0)
REF(bfe_u64, field(a, b & 63, b >> 16 & 0x7f, 64, false), r != 0)
REF(bfe_i64, field(a, b & 63, b >> 16 & 0x7f, 64, true), r != 0)

REF(not_b32, ~a, LOW(r) != 0)
REF(abs_i32, S32(a) < 0 ? -S32(a) : S32(a), LOW(r) != 0)
REF(sext_i32_i8, (int8_t)a, -1)
static uint64_t count_bits(uint64_t value, unsigned bits, unsigned wanted) {
    uint64_t count = 0;
    for (unsigned i = 0; i < bits; i++)
        count += (value >> i & 1) == wanted;
    return count;
}
static uint64_t first_bit(uint64_t value, unsigned bits, unsigned wanted) {
    for (unsigned i = 0; i < bits; i++)
        if ((value >> i & 1) == wanted)
            return i;
    return ~0ull;
}
static uint64_t last_bit_from_top(uint64_t value, unsigned bits, bool signs) {
    unsigned top = value >> (bits - 1) & 1;
    for (unsigned i = 0; i < bits; i++)
        if ((value >> (bits - 1 - i) & 1) != (signs ? top : 0))
            return i;
    return ~0ull;
}
static uint64_t mirrored(uint64_t value, unsigned bits) {
    uint64_t r = 0;
    for (unsigned i = 0; i < bits; i++)
        r = r << 1 | (value >> i & 1);
    return r;
}
REF(bcnt0_i32_b32, count_bits(a, 32, 0), r != 0)
REF(bcnt1_i32_b32, count_bits(a, 32, 1), r != 0)
REF(ff0_i32_b32, first_bit(a, 32, 0), -1)
REF(ff1_i32_b32, first_bit(a, 32, 1), -1)
REF(flbit_i32_b32, last_bit_from_top(a, 32, false), -1)
REF(flbit_i32, last_bit_from_top(a, 32, true), -1)
REF(brev_b32, mirrored(a, 32), -1)
REF(bcnt1_i32_b64, count_bits(a, 64, 1), r != 0)
REF(ff1_i32_b64, first_bit(a, 64, 1), -1)
REF(flbit_i32_b64, last_bit_from_top(a, 64, false), -1)
REF(flbit_i32_i64, last_bit_from_top(a, 64, true), -1)
REF(brev_b64, mirrored(a, 64), -1)
static struct result ref_wqm_b64(uint64_t a, uint64_t b, unsigned c) {
    (void)b, (void)c;
    uint64_t r = 0;
    for (unsigned i = 0; i < 64; i++)
        if (a >> (i & ~3u) & 15)
            r |= 1ull << i;
    return (struct result){r, r != 0};
}
static struct result ref_bitreplicate(uint64_t a, uint64_t b, unsigned c) {
    (void)b, (void)c;
    uint64_t r = 0;
    for (unsigned i = 0; i < 64; i++)
        r |= (a >> i / 2 & 1) << i;
    return (struct result){r, -1};
}

enum shape { B32, B64, B64_32, U32, U64, U64_32, U32_64 }; /* operand widths: binary, unary; result after the last _ */
static const struct {
    const char *name;
    reference expected;
    enum shape shape;
} cases[] = {
    {"s_add_u32", ref_add_u32, B32},
    {"s_sub_u32", ref_sub_u32, B32},
    {"s_add_i32", ref_add_i32, B32},
    {"s_sub_i32", ref_sub_i32, B32},
    {"s_addc_u32", ref_addc_u32, B32},
    {"s_subb_u32", ref_subb_u32, B32},
    {"s_min_i32", ref_min_i32, B32},
    {"s_max_u32", ref_max_u32, B32},
    {"s_mul_i32", ref_mul_i32, B32},
    {"s_mul_hi_u32", ref_mul_hi_u32, B32},
    {"s_mul_hi_i32", ref_mul_hi_i32, B32},
    {"s_cselect_b32", ref_cselect_b32, B32},
    {"s_and_b32", ref_and_b32, B32},
    {"s_andn2_b32", ref_andn2_b32, B32},
    {"s_orn2_b32", ref_orn2_b32, B32},
    {"s_nand_b32", ref_nand_b32, B32},
    {"s_nor_b32", ref_nor_b32, B32},
    {"s_xnor_b32", ref_xnor_b32, B32},
    {"s_lshl_b32", ref_lshl_b32, B32},
    {"s_lshr_b32", ref_lshr_b32, B32},
    {"s_ashr_i32", ref_ashr_i32, B32},
    {"s_bfm_b32", ref_bfm_b32, B32},
    {"s_lshl3_add_u32", ref_lshl3_add_u32, B32},
    {"s_pack_lh_b32_b16", ref_pack_lh_b32_b16, B32},
    {"s_pack_hh_b32_b16", ref_pack_hh_b32_b16, B32},
    {"s_absdiff_i32", ref_absdiff_i32, B32},
    {"s_bfe_u32", ref_bfe_u32, B32},
    {"s_bfe_i32", ref_bfe_i32, B32},
    {"s_and_b64", ref_and_b64, B64},
    {"s_orn2_b64", ref_orn2_b64, B64},
    {"s_xnor_b64", ref_xnor_b64, B64},
    {"s_cselect_b64", ref_cselect_b64, B64},
    {"s_lshl_b64", ref_lshl_b64, B64_32},
    {"s_ashr_i64", ref_ashr_i64, B64_32},
    {"s_bfe_u64", ref_bfe_u64, B64_32},
    {"s_bfe_i64", ref_bfe_i64, B64_32},
    {"s_not_b32", ref_not_b32, U32},
    {"s_abs_i32", ref_abs_i32, U32},
    {"s_sext_i32_i8", ref_sext_i32_i8, U32},
    {"s_bcnt0_i32_b32", ref_bcnt0_i32_b32, U32},
    {"s_bcnt1_i32_b32", ref_bcnt1_i32_b32, U32},
    {"s_ff0_i32_b32", ref_ff0_i32_b32, U32},
    {"s_ff1_i32_b32", ref_ff1_i32_b32, U32},
    {"s_flbit_i32_b32", ref_flbit_i32_b32, U32},
    {"s_flbit_i32", ref_flbit_i32, U32},
    {"s_brev_b32", ref_brev_b32, U32},
    {"s_bcnt1_i32_b64", ref_bcnt1_i32_b64, U64_32},
    {"s_ff1_i32_b64", ref_ff1_i32_b64, U64_32},
    {"s_flbit_i32_b64", ref_flbit_i32_b64, U64_32},
    {"s_flbit_i32_i64", ref_flbit_i32_i64, U64_32},
    {"s_brev_b64", ref_brev_b64, U64},
    {"s_wqm_b64", ref_wqm_b64, U64},
    {"s_bitreplicate_b64_b32", ref_bitreplicate, U32_64},
};

static void arithmetic(void **state) {
    (void)state;
    static const char *const operands[] = {"s0, s2, s4", "s[0:1], s[2:3], s[4:5]", "s[0:1], s[2:3], s4",
                                           "s0, s2",     "s[0:1], s[2:3]",         "s0, s[2:3]",
                                           "s[0:1], s2"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned round = 0; round < 24; round++) {
            uint64_t a = next_random(), b = next_random();
            unsigned scc = round & 1;
            sim_set_sgpr64(test->wave, 0, 0x5555555555555555ull);
            sim_set_sgpr64(test->wave, 2, a);
            sim_set_sgpr64(test->wave, 4, b);
            test->wave->scc = scc;
            assert_true(sim_asm_runf(test, "%s %s", cases[i].name, operands[cases[i].shape]));
            struct result want = cases[i].expected(a, b, scc);
            enum shape shape = cases[i].shape;
            bool wide = shape == B64 || shape == B64_32 || shape == U64 || shape == U32_64;
            uint64_t got = sim_sgpr64(test->wave, 0);
            if (!wide)
                want.value = LOW(want.value) | 0x5555555500000000ull;
            if (got != want.value || test->wave->scc != (want.scc < 0 ? scc : (unsigned)want.scc))
                fail_msg("%s 0x%llx 0x%llx scc %u: 0x%llx scc %u, expected 0x%llx scc %d", cases[i].name,
                         (unsigned long long)a, (unsigned long long)b, scc, (unsigned long long)got, test->wave->scc,
                         (unsigned long long)want.value, want.scc);
        }
}

static void comparisons(void **state) {
    (void)state;
    static const char *const names[] = {"eq", "lg", "gt", "ge", "lt", "le"};
    for (unsigned i = 0; i < 6; i++)
        for (unsigned round = 0; round < 12; round++) {
            int64_t a = S32(next_random()), b = round % 3 ? S32(next_random()) : a;
            for (unsigned is_unsigned = 0; is_unsigned < 2; is_unsigned++) {
                int64_t x = is_unsigned ? (int64_t)LOW((uint64_t)a) : a,
                        y = is_unsigned ? (int64_t)LOW((uint64_t)b) : b;
                const bool want[] = {x == y, x != y, x > y, x >= y, x < y, x <= y};
                test->wave->sgpr[2] = (uint32_t)a;
                test->wave->sgpr[3] = (uint32_t)b;
                assert_true(sim_asm_runf(test, "s_cmp_%s_%c32 s2, s3", names[i], is_unsigned ? 'u' : 'i'));
                assert_int_equal(test->wave->scc, want[i]);
                int64_t k = is_unsigned ? (int64_t)(uint16_t)b : (int64_t)(int16_t)b;
                const bool want_k[] = {x == k, x != k, x > k, x >= k, x < k, x <= k};
                assert_true(
                    sim_asm_runf(test, "s_cmpk_%s_%c32 s2, %lld", names[i], is_unsigned ? 'u' : 'i', (long long)k));
                assert_int_equal(test->wave->scc, want_k[i]);
            }
        }
    sim_set_sgpr64(test->wave, 2, 0x100000000ull);
    assert_true(sim_asm_run(test, "s_cmp_eq_u64 s[2:3], 0"));
    assert_int_equal(test->wave->scc, 0);
    assert_true(sim_asm_run(test, "s_bitcmp1_b64 s[2:3], 32"));
    assert_int_equal(test->wave->scc, 1);
    assert_true(sim_asm_run(test, "s_bitcmp0_b32 s2, 5"));
    assert_int_equal(test->wave->scc, 1);
}

static void exec_masks(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned table; /* bit 2 * mask + exec of the result */
    } forms[] = {{"and", 8},  {"or", 14}, {"xor", 6},  {"andn2", 4}, {"orn2", 13},
                 {"nand", 7}, {"nor", 1}, {"xnor", 9}, {"andn1", 2}, {"orn1", 11}};
    const uint64_t mask = 0xff00ff0012345678ull, exec = 0xf0f0f0f0aaaa5555ull;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        uint64_t want = 0;
        for (unsigned bit = 0; bit < 64; bit++)
            want |= (uint64_t)(forms[i].table >> (2 * (mask >> bit & 1) + (exec >> bit & 1)) & 1) << bit;
        sim_set_sgpr64(test->wave, 2, mask);
        sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, exec);
        assert_true(sim_asm_runf(test, "s_%s_saveexec_b64 s[0:1], s[2:3]", forms[i].name));
        assert_true(sim_sgpr64(test->wave, 0) == exec);
        assert_true(sim_exec(test->wave) == want);
        assert_int_equal(test->wave->scc, want != 0);
    }
    sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, exec);
    assert_true(sim_asm_run(test, "s_andn2_wrexec_b64 s[0:1], s[2:3]"));
    assert_true(sim_sgpr64(test->wave, 0) == (mask & ~exec));
    assert_true(sim_exec(test->wave) == (mask & ~exec));
    sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, ~0ull);
}

static void short_immediates(void **state) {
    (void)state;
    test->wave->sgpr[0] = 100;
    assert_true(sim_asm_run(test, "s_addk_i32 s0, -101"));
    assert_int_equal((int32_t)test->wave->sgpr[0], -1);
    assert_int_equal(test->wave->scc, 0);
    test->wave->sgpr[0] = 0x7fffffff;
    assert_true(sim_asm_run(test, "s_addk_i32 s0, 1"));
    assert_int_equal(test->wave->scc, 1);
    test->wave->sgpr[0] = 7;
    assert_true(sim_asm_run(test, "s_mulk_i32 s0, -3"));
    assert_int_equal((int32_t)test->wave->sgpr[0], -21);
    test->wave->scc = 0;
    assert_true(sim_asm_run(test, "s_cmovk_i32 s0, 5"));
    assert_int_equal((int32_t)test->wave->sgpr[0], -21);
    test->wave->scc = 1;
    assert_true(sim_asm_run(test, "s_cmovk_i32 s0, 5"));
    assert_int_equal(test->wave->sgpr[0], 5);
    assert_true(sim_asm_run(test, "s_mov_b64 s[0:1], 0xffffffff"));
    assert_true(sim_sgpr64(test->wave, 0) == 0xffffffffull);
    assert_true(sim_asm_run(test, "s_mov_b64 s[0:1], -1"));
    assert_true(sim_sgpr64(test->wave, 0) == ~0ull);
}

static void branches(void **state) {
    (void)state;
    test->wave->sgpr[0] = 0;
    assert_true(sim_asm_run(test,
                            "s_mov_b32 s1, 10\nloop: s_add_u32 s0, s0, s1\ns_sub_u32 s1, s1, 1\n"
                            "s_cmp_lg_u32 s1, 0\ns_cbranch_scc1 loop\ns_branch end\ns_mov_b32 s0, 0\nend: s_nop 0"));
    assert_int_equal(test->wave->sgpr[0], 55);
    assert_true(sim_asm_run(test, "s_mov_b64 vcc, 0\ns_mov_b32 s0, 1\ns_cbranch_vccz a\ns_mov_b32 s0, 2\n"
                                  "a: s_cbranch_execz b\ns_add_u32 s0, s0, 10\nb: s_nop 0"));
    assert_int_equal(test->wave->sgpr[0], 11);
    test->launch.code_address = 0x123456000ull;
    assert_true(sim_asm_run(test, "s_getpc_b64 s[2:3]\nhere: s_add_u32 s2, s2, f-here\ns_addc_u32 s3, s3, 0\n"
                                  "s_swappc_b64 s[4:5], s[2:3]\ns_mov_b32 s1, 7\ns_branch e\n"
                                  "f: s_mov_b32 s0, 42\ns_setpc_b64 s[4:5]\ne: s_nop 0"));
    assert_int_equal(test->wave->sgpr[0], 42);
    assert_int_equal(test->wave->sgpr[1], 7);
    sim_set_sgpr64(test->wave, 2, 16);
    assert_false(sim_asm_run(test, "s_setpc_b64 s[2:3]"));
    assert_non_null(strstr(test->launch.report, "outside the code object"));
    test->launch.code_address = 0;
}

static void vgpr_index_mode(void **state) {
    (void)state;
    for (unsigned i = 0; i < 4; i++)
        test->wave->vgpr[10 + i][5] = 100 + i;
    test->wave->sgpr[0] = 3;
    assert_true(sim_asm_run(test, "s_set_gpr_idx_on s0, gpr_idx(SRC0)\nv_mov_b32 v1, v10\ns_set_gpr_idx_off\n"
                                  "v_mov_b32 v2, v10"));
    assert_int_equal(test->wave->vgpr[1][5], 103);
    assert_int_equal(test->wave->vgpr[2][5], 100);
    assert_true(sim_asm_run(test, "s_set_gpr_idx_on s0, gpr_idx(DST)\nv_mov_b32 v20, v11\ns_set_gpr_idx_off"));
    assert_int_equal(test->wave->vgpr[23][5], 101);
}

static void hardware_registers(void **state) {
    (void)state;
    uint32_t mode = test->wave->mode;
    assert_true(
        sim_asm_run(test, "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 1\ns_getreg_b32 s0, hwreg(HW_REG_MODE, 4, 4)"));
    assert_int_equal(test->wave->sgpr[0], 0xd);
    assert_int_equal(test->wave->mode, (mode & ~0x30u) | 0x10u);
    test->wave->mode = mode;
    assert_false(sim_asm_run(test, "s_trap 2"));
    assert_non_null(strstr(test->launch.report, "trap 2"));
}

/* Lanes whose value is odd go one way, the others the other way; each lane must have gone one of them. */
static void fork_and_join(void **state) {
    (void)state;
    static const char *const kernels[] = {
        "s_mov_b32 s40, 0\ns_mov_b64 s[36:37], exec\nv_and_b32 v1, 1, v0\nv_cmp_eq_u32 s[30:31], 1, v1\ns_getpc_b64 "
        "s[34:35]\n"
        "here: s_add_u32 s34, s34, odd-here\ns_addc_u32 s35, s35, 0\ns_cbranch_g_fork s[30:31], s[34:35]\n"
        "v_mov_b32 v2, 100\ns_branch end\nodd: v_mov_b32 v2, 200\ns_branch end\n"
        "end: s_add_u32 s41, s41, 1\ns_cbranch_join s40\ns_mov_b64 exec, s[36:37]",
        "s_mov_b32 s40, 0\ns_mov_b64 s[36:37], exec\nv_and_b32 v1, 1, v0\nv_cmp_eq_u32 s[30:31], 1, v1\n"
        "s_cbranch_i_fork s[30:31], odd\nv_mov_b32 v2, 100\ns_branch end\nodd: v_mov_b32 v2, 200\n"
        "end: s_add_u32 s41, s41, 1\ns_cbranch_join s40\ns_mov_b64 exec, s[36:37]",
    };
    static const uint64_t odd_lanes[] = {0, ~0ull, 0x10ull, ~0x3000ull, 0xffffffff00000000ull};
    for (unsigned k = 0; k < 2; k++)
        for (unsigned i = 0; i < sizeof odd_lanes / sizeof *odd_lanes; i++) {
            uint64_t exec = 0x7ffffffffffffffeull, odd = odd_lanes[i] & exec;
            sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, exec);
            test->wave->sgpr[41] = 0;
            for (unsigned lane = 0; lane < SIM_LANES; lane++) {
                test->wave->vgpr[0][lane] = (uint32_t)(lane * 2 + (odd_lanes[i] >> lane & 1));
                test->wave->vgpr[2][lane] = 0;
            }
            if (!sim_asm_run(test, kernels[k]))
                fail_msg("%s", test->launch.report);
            assert_true(sim_exec(test->wave) == exec);
            assert_int_equal(test->wave->mode >> 29, 0);
            assert_int_equal(test->wave->sgpr[41], odd && odd != exec ? 2 : 1); /* ways that had lanes */
            for (unsigned lane = 0; lane < SIM_LANES; lane++)
                assert_int_equal(test->wave->vgpr[2][lane], !(exec >> lane & 1) ? 0 : odd >> lane & 1 ? 200 : 100);
        }
    sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, ~0ull);
    test->wave->sgpr[40] = 1;
    assert_false(sim_asm_run(test, "s_cbranch_join s40"));
    assert_non_null(strstr(test->launch.report, "branch stack is empty"));
}

static void skipped_vector_instructions(void **state) {
    (void)state;
    test->wave->sgpr[0] = 8;
    assert_true(sim_asm_run(test,
                            "v_mov_b32 v0, 1\ns_setvskip s0, 3\nv_mov_b32 v0, 2\nglobal_load_dword v0, v[2:3], off\n"
                            "s_getreg_b32 s1, hwreg(HW_REG_MODE, 28, 1)\ns_sleep 1\ns_nop 0"));
    assert_int_equal(test->wave->status, SIM_WAVE_SLEEPING);
    sim_wave_resume(test->wave);
    sim_run_wave(test->wave, 1);
    assert_int_equal(test->wave->vgpr[0][0], 1);
    assert_int_equal(test->wave->sgpr[1], 1);
    assert_true(sim_asm_run(test, "v_mov_b32 v0, 3\ns_setvskip 0, 0\nv_mov_b32 v1, 4"));
    assert_int_equal(test->wave->vgpr[0][0], 3); /* the mode ended with the program before */
    assert_int_equal(test->wave->vgpr[1][0], 4);
    assert_false(sim_asm_run(test, "s_rfe_b64 s[2:3]"));
    assert_non_null(strstr(test->launch.report, "trap handler"));
    assert_true(sim_asm_run(test, "s_mov_b32 s0, 5\ns_setkill 0\ns_mov_b32 s0, 6\ns_setkill 1\ns_mov_b32 s0, 7"));
    assert_int_equal(test->wave->sgpr[0], 6);
    assert_int_equal(test->wave->status, SIM_WAVE_DONE);
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
        cmocka_unit_test(arithmetic),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(exec_masks),
        cmocka_unit_test(short_immediates),
        cmocka_unit_test(branches),
        cmocka_unit_test(vgpr_index_mode),
        cmocka_unit_test(hardware_registers),
        cmocka_unit_test(fork_and_join),
        cmocka_unit_test(skipped_vector_instructions),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
