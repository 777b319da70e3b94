/* SPDX-License-Identifier: MIT
 *
 * LDS instructions against the documented layouts.
 */
#include "sim_asm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sim_asm *test;
static uint64_t random_state = 3;

static uint32_t next_random(void) {
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(random_state >> 32);
}

static void fill_lds(void) {
    for (unsigned i = 0; i < 65536; i++)
        test->wg.lds[i] = (uint8_t)next_random();
}

static void fill_row(unsigned row) {
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[row][lane] = next_random();
}

static void addresses(unsigned row, unsigned align) { /* distinct, scattered */
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[row][lane] = (lane * 37 % 64) * 64 + next_random() % (16 / align) * align;
}

static uint64_t lds_value(uint64_t at, unsigned bytes) {
    uint64_t value = 0;
    memcpy(&value, test->wg.lds + at, bytes);
    return value;
}

static void set_exec(uint64_t exec) {
    sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, exec);
}

static void reads(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned bytes;
        bool is_signed;
    } cases[] = {{"u8", 1, false},  {"i8", 1, true},   {"u16", 2, false},  {"i16", 2, true},
                 {"b32", 4, false}, {"b64", 8, false}, {"b96", 12, false}, {"b128", 16, false}};
    fill_lds();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned full = 0; full < 2; full++) {
            unsigned dwords = (cases[i].bytes + 3) / 4;
            addresses(9, cases[i].bytes < 4 ? cases[i].bytes : 4);
            for (unsigned row = 0; row < 4; row++)
                fill_row(row);
            sim_row before[4];
            memcpy(before, test->wave->vgpr, sizeof before);
            uint64_t exec = full ? ~0ull : 0x8000f0f012345671ull;
            set_exec(exec);
            char registers[16] = "v0";
            if (dwords > 1)
                snprintf(registers, sizeof registers, "v[0:%u]", dwords - 1);
            assert_true(sim_asm_runf(test, "ds_read_%s %s, v9 offset:260", cases[i].name, registers));
            for (unsigned lane = 0; lane < SIM_LANES; lane++)
                for (unsigned d = 0; d < dwords; d++) {
                    uint64_t at = test->wave->vgpr[9][lane] + 260 + 4 * d;
                    uint32_t want = (uint32_t)lds_value(at, cases[i].bytes < 4 ? cases[i].bytes : 4);
                    if (cases[i].is_signed)
                        want = cases[i].bytes == 1 ? (uint32_t)(int8_t)want : (uint32_t)(int16_t)want;
                    if (!(exec >> lane & 1))
                        want = before[d][lane];
                    assert_int_equal(test->wave->vgpr[d][lane], want);
                }
        }
    set_exec(~0ull);
}

static void reads_of_halves(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned bytes;
        bool is_signed, high;
    } cases[] = {{"u8_d16", 1, false, false},  {"u8_d16_hi", 1, false, true}, {"i8_d16", 1, true, false},
                 {"i8_d16_hi", 1, true, true}, {"u16_d16", 2, false, false},  {"u16_d16_hi", 2, false, true}};
    fill_lds();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        addresses(9, 2);
        fill_row(0);
        sim_row before;
        memcpy(before, test->wave->vgpr[0], sizeof before);
        assert_true(sim_asm_runf(test, "ds_read_%s v0, v9", cases[i].name));
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            uint32_t half = (uint32_t)lds_value(test->wave->vgpr[9][lane], cases[i].bytes);
            if (cases[i].is_signed)
                half = (uint16_t)(int8_t)half;
            uint32_t want = cases[i].high ? (before[lane] & 0xffff) | half << 16 : (before[lane] & 0xffff0000) | half;
            assert_int_equal(test->wave->vgpr[0][lane], want);
        }
    }
}

static void two_addresses(void **state) {
    (void)state;
    fill_lds();
    addresses(9, 4);
    static const struct {
        const char *name, *registers;
        unsigned bytes, unit;
    } cases[] = {{"ds_read2_b32", "v[0:1]", 4, 4},
                 {"ds_read2_b64", "v[0:3]", 8, 8},
                 {"ds_read2st64_b32", "v[0:1]", 4, 256},
                 {"ds_read2st64_b64", "v[0:3]", 8, 512}};
    for (size_t i = 0; i < 4; i++) {
        assert_true(sim_asm_runf(test, "%s %s, v9 offset0:3 offset1:17", cases[i].name, cases[i].registers));
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            for (unsigned d = 0; d < cases[i].bytes / 2; d += 1) {
                unsigned per = cases[i].bytes / 4;
                if (d >= 2 * per)
                    break;
                uint64_t at = test->wave->vgpr[9][lane] + (d < per ? 3 : 17) * cases[i].unit + 4 * (d % per);
                assert_int_equal(test->wave->vgpr[d][lane], lds_value(at, 4));
            }
    }
    fill_row(1);
    fill_row(2);
    assert_true(sim_asm_run(test, "ds_write2st64_b32 v9, v1, v2 offset0:1 offset1:20"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        assert_int_equal(lds_value(test->wave->vgpr[9][lane] + 256, 4), test->wave->vgpr[1][lane]);
        assert_int_equal(lds_value(test->wave->vgpr[9][lane] + 20 * 256, 4), test->wave->vgpr[2][lane]);
    }
}

static void writes(void **state) {
    (void)state;
    static const struct {
        const char *name, *registers;
        unsigned bytes, shift;
    } cases[] = {{"b8", "v1", 1, 0},  {"b8_d16_hi", "v1", 1, 16}, {"b16", "v1", 2, 0},      {"b16_d16_hi", "v1", 2, 16},
                 {"b32", "v1", 4, 0}, {"b64", "v[2:3]", 8, 0},    {"b96", "v[2:4]", 12, 0}, {"b128", "v[2:5]", 16, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint64_t exec = 0x00ff00ff12345677ull;
        fill_lds();
        uint8_t *before = malloc(65536);
        memcpy(before, test->wg.lds, 65536);
        for (unsigned row = 1; row < 6; row++)
            fill_row(row);
        addresses(9, cases[i].bytes < 4 ? cases[i].bytes : 4);
        set_exec(exec);
        assert_true(sim_asm_runf(test, "ds_write_%s v9, %s offset:1028", cases[i].name, cases[i].registers));
        unsigned first = cases[i].bytes > 4 ? 2 : 1;
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            for (unsigned b = 0; exec >> lane & 1 && b < cases[i].bytes; b++)
                before[test->wave->vgpr[9][lane] + 1028 + b] =
                    (uint8_t)(test->wave->vgpr[first + b / 4][lane] >> (8 * (b % 4) + cases[i].shift));
        assert_memory_equal(before, test->wg.lds, 65536);
        free(before);
    }
    set_exec(~0ull);
}

/* Within 16 lanes: element j of lane i is element i % n of what lane j * (16 / n) + i / n addresses. */
static void transposing_reads(void **state) {
    (void)state;
    static const struct {
        const char *name, *registers;
        unsigned bits, bytes;
    } cases[] = {{"b64_tr_b4", "v[0:1]", 4, 8},
                 {"b64_tr_b8", "v[0:1]", 8, 8},
                 {"b64_tr_b16", "v[0:1]", 16, 8},
                 {"b96_tr_b6", "v[0:2]", 6, 12}};
    fill_lds();
    for (size_t c = 0; c < 4; c++) {
        unsigned bits = cases[c].bits, n = cases[c].bytes * 8 / bits;
        addresses(9, 4);
        assert_true(sim_asm_runf(test, "ds_read_%s %s, v9 offset:16", cases[c].name, cases[c].registers));
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            for (unsigned j = 0; j < n; j++) {
                unsigned i = lane % 16, from = (lane & ~15u) + j * (16 / n) + i / n;
                uint64_t base = test->wave->vgpr[9][from] + 16;
                for (unsigned bit = 0; bit < bits; bit++) {
                    unsigned at = i % n * bits + bit, to = j * bits + bit;
                    unsigned want = test->wg.lds[base + at / 8] >> at % 8 & 1;
                    unsigned got = test->wave->vgpr[to / 32][lane] >> to % 32 & 1;
                    if (want != got)
                        fail_msg("%s: lane %u element %u", cases[c].name, lane, j);
                }
            }
    }
}

static void atomics(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint32_t old, data, data2, want;
        bool two;
    } cases[] = {{"add_rtn_u32", 0xffffffff, 2, 0, 1, false},
                 {"sub_rtn_u32", 1, 2, 0, 0xffffffff, false},
                 {"rsub_rtn_u32", 1, 5, 0, 4, false},
                 {"inc_rtn_u32", 5, 5, 0, 0, false},
                 {"inc_rtn_u32", 4, 5, 0, 5, false},
                 {"dec_rtn_u32", 0, 5, 0, 5, false},
                 {"dec_rtn_u32", 6, 5, 0, 5, false},
                 {"dec_rtn_u32", 3, 5, 0, 2, false},
                 {"min_rtn_i32", 1, 0xffffffff, 0, 0xffffffff, false},
                 {"min_rtn_u32", 1, 0xffffffff, 0, 1, false},
                 {"max_rtn_i32", 1, 0xffffffff, 0, 1, false},
                 {"max_rtn_u32", 1, 0xffffffff, 0, 0xffffffff, false},
                 {"and_rtn_b32", 0xff00ff00, 0x0ff00ff0, 0, 0x0f000f00, false},
                 {"or_rtn_b32", 0xff00ff00, 0x0ff00ff0, 0, 0xfff0fff0, false},
                 {"xor_rtn_b32", 0xff00ff00, 0x0ff00ff0, 0, 0xf0f0f0f0, false},
                 {"mskor_rtn_b32", 0xffffffff, 0xff, 0x12, 0xffffff12, true},
                 {"wrxchg_rtn_b32", 1, 9, 0, 9, false},
                 {"cmpst_rtn_b32", 7, 7, 9, 9, true},
                 {"cmpst_rtn_b32", 8, 7, 9, 8, true},
                 {"add_rtn_f32", 0x3fc00000, 0x40100000, 0, 0x40700000, false}, /* 1.5 + 2.25 */
                 {"max_rtn_f32", 0x3fc00000, 0xc0100000, 0, 0x3fc00000, false},
                 {"min_rtn_f32", 0x3fc00000, 0x7fc00000, 0, 0x3fc00000, false},    /* a NaN loses */
                 {"pk_add_rtn_f16", 0x3c004000, 0x3c003800, 0, 0x40004100, false}, /* 1+1, 2+0.5 */
                 {"pk_add_rtn_bf16", 0x3f804000, 0x3f803f00, 0, 0x40004020, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned lane = 0; lane < SIM_LANES; lane++) {
            test->wave->vgpr[9][lane] = 4 * lane;
            memcpy(test->wg.lds + 4 * lane, &cases[i].old, 4);
            test->wave->vgpr[1][lane] = cases[i].data;
            test->wave->vgpr[2][lane] = cases[i].data2;
        }
        assert_true(sim_asm_runf(test, "ds_%s v0, v9, v1%s", cases[i].name, cases[i].two ? ", v2" : ""));
        if (lds_value(4 * 13, 4) != cases[i].want)
            fail_msg("%s: 0x%llx, expected 0x%x", cases[i].name, (unsigned long long)lds_value(52, 4), cases[i].want);
        assert_int_equal(test->wave->vgpr[0][13], cases[i].old);
    }
    /* lanes that hit one address take turns, each sees the sum of those before it */
    memset(test->wave->vgpr[9], 0, sizeof(sim_row));
    memset(test->wg.lds, 0, 8);
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        test->wave->vgpr[2][lane] = lane;
        test->wave->vgpr[3][lane] = 1;
    }
    assert_true(sim_asm_run(test, "ds_add_rtn_u64 v[0:1], v9, v[2:3]"));
    assert_true(lds_value(0, 8) == 2016 + (64ull << 32));
    assert_int_equal(test->wave->vgpr[0][10], 45);
    assert_int_equal(test->wave->vgpr[1][10], 10);
    assert_true(sim_asm_run(test, "ds_add_u32 v9, v3"));
    assert_int_equal(lds_value(0, 4), 2080);
}

static void permutes(void **state) {
    (void)state;
    const uint64_t exec = ~(1ull << 7);
    fill_row(1);
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        test->wave->vgpr[9][lane] = 4 * ((lane * 5 + 3) % 64);
        test->wave->vgpr[0][lane] = 0xeeeeeeee;
    }
    set_exec(exec);
    assert_true(sim_asm_run(test, "ds_bpermute_b32 v0, v9, v1 offset:8"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        unsigned from = (lane * 5 + 5) % 64;
        uint32_t want = lane == 7 ? 0xeeeeeeee : from == 7 ? 0 : test->wave->vgpr[1][from];
        assert_int_equal(test->wave->vgpr[0][lane], want);
    }
    assert_true(sim_asm_run(test, "ds_permute_b32 v0, v9, v1"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        uint32_t want = 0;
        for (unsigned from = 0; from < SIM_LANES; from++)
            if (from != 7 && (from * 5 + 3) % 64 == lane)
                want = test->wave->vgpr[1][from];
        assert_int_equal(test->wave->vgpr[0][lane], lane == 7 ? 0xeeeeeeee : want);
    }
    set_exec(~0ull);
}

static void swizzles(void **state) {
    (void)state;
    fill_row(1);
    assert_true(sim_asm_run(test, "ds_swizzle_b32 v0, v1 offset:swizzle(QUAD_PERM,2,0,3,1)"));
    static const unsigned quad[4] = {2, 0, 3, 1};
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        assert_int_equal(test->wave->vgpr[0][lane], test->wave->vgpr[1][(lane & ~3u) + quad[lane & 3]]);
    assert_true(sim_asm_run(test, "ds_swizzle_b32 v0, v1 offset:swizzle(SWAP,16)"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        assert_int_equal(test->wave->vgpr[0][lane], test->wave->vgpr[1][lane ^ 16]);
    assert_true(sim_asm_run(test, "ds_swizzle_b32 v0, v1 offset:swizzle(REVERSE,8)"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        assert_int_equal(test->wave->vgpr[0][lane], test->wave->vgpr[1][lane ^ 7]);
    assert_true(sim_asm_run(test, "ds_swizzle_b32 v0, v1 offset:swizzle(BROADCAST,8,3)"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        assert_int_equal(test->wave->vgpr[0][lane], test->wave->vgpr[1][(lane & ~7u) + 3]);
    assert_true(sim_asm_run(test, "ds_swizzle_b32 v0, v1 offset:swizzle(BITMASK_PERM,\"01pip\")"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        unsigned in = ((lane & 7) ^ 2) | 8; /* bits 4 and 3 fixed to 0 and 1, bit 1 inverted */
        assert_int_equal(test->wave->vgpr[0][lane], test->wave->vgpr[1][(lane & 32) + in]);
    }
}

static void bounds(void **state) {
    (void)state;
    memset(test->wave->vgpr[9], 0, sizeof(sim_row));
    test->wave->vgpr[9][33] = 160 * 1024 - 8;
    assert_true(sim_asm_run(test, "ds_read_b64 v[0:1], v9"));
    assert_false(sim_asm_run(test, "ds_read_b64 v[0:1], v9 offset:1"));
    assert_non_null(strstr(test->launch.report, "LDS access of 8 bytes"));
    assert_non_null(strstr(test->launch.report, "lane 33"));
    assert_false(sim_asm_run(test, "ds_write_b128 v9, v[0:3]"));
    set_exec(~(1ull << 33));
    assert_true(sim_asm_run(test, "ds_write_b128 v9, v[0:3]"));
    set_exec(~0ull);
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
        cmocka_unit_test(reads),    cmocka_unit_test(reads_of_halves),   cmocka_unit_test(two_addresses),
        cmocka_unit_test(writes),   cmocka_unit_test(transposing_reads), cmocka_unit_test(atomics),
        cmocka_unit_test(permutes), cmocka_unit_test(swizzles),          cmocka_unit_test(bounds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
