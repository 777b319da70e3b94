/* SPDX-License-Identifier: MIT
 *
 * Global, flat, scratch, buffer and scalar memory instructions against plain loads and stores of the same bytes.
 */
#include "../../runtime/sim/memory.h"
#include "sim_asm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIZE 65536u

static struct sim_asm *test;
static struct sim_memory memory;
static uint8_t *data;
static uint64_t base;
static uint64_t random_state = 5;

static uint32_t next_random(void) {
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(random_state >> 32);
}
static void fill(void) {
    for (unsigned i = 0; i < SIZE; i++)
        data[i] = (uint8_t)next_random();
}
static void fill_row(unsigned row) {
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[row][lane] = next_random();
}
static void set_exec(uint64_t exec) {
    sim_set_sgpr64(test->wave, SIM_SGPR_EXEC, exec);
}
static void set_pointer(unsigned row, unsigned lane, uint64_t address) {
    test->wave->vgpr[row][lane] = (uint32_t)address;
    test->wave->vgpr[row + 1][lane] = (uint32_t)(address >> 32);
}
static uint64_t value_at(uint64_t offset, unsigned bytes) {
    uint64_t value = 0;
    memcpy(&value, data + offset, bytes);
    return value;
}
static bool reported(const char *text) {
    return strstr(test->launch.report, text) != NULL;
}

static const struct {
    const char *name;
    unsigned bytes;
    char kind; /* u, i: extended; d: dwords; l, L, h, H: 16-bit halves, unsigned or signed byte for L and H */
} loads[] = {{"ubyte", 1, 'u'},     {"sbyte", 1, 'i'},        {"ushort", 2, 'u'},    {"sshort", 2, 'i'},
             {"dword", 4, 'd'},     {"dwordx2", 8, 'd'},      {"dwordx3", 12, 'd'},  {"dwordx4", 16, 'd'},
             {"ubyte_d16", 1, 'l'}, {"ubyte_d16_hi", 1, 'h'}, {"sbyte_d16", 1, 'L'}, {"sbyte_d16_hi", 1, 'H'},
             {"short_d16", 2, 'l'}, {"short_d16_hi", 2, 'h'}};

static uint32_t loaded(size_t which, uint64_t offset, unsigned dword, uint32_t old) {
    unsigned bytes = loads[which].bytes;
    uint32_t raw = (uint32_t)value_at(offset + 4 * dword, bytes < 4 ? bytes : 4);
    switch (loads[which].kind) {
    case 'i':
        return bytes == 1 ? (uint32_t)(int8_t)raw : (uint32_t)(int16_t)raw;
    case 'l':
        return (old & 0xffff0000u) | raw;
    case 'L':
        return (old & 0xffff0000u) | (uint16_t)(int8_t)raw;
    case 'h':
        return (old & 0xffffu) | raw << 16;
    case 'H':
        return (old & 0xffffu) | (uint32_t)(uint16_t)(int8_t)raw << 16;
    default:
        return raw;
    }
}

/* `form` is a format of the instruction after its name and registers; offsets[] where each lane must read. */
static void check_loads(const char *family, const char *form, const uint64_t *offsets, uint64_t exec) {
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        unsigned dwords = (loads[i].bytes + 3) / 4;
        sim_row before[4];
        for (unsigned row = 0; row < 4; row++)
            fill_row(row);
        memcpy(before, test->wave->vgpr, sizeof before);
        char registers[16] = "v0";
        if (dwords > 1)
            snprintf(registers, sizeof registers, "v[0:%u]", dwords - 1);
        set_exec(exec);
        if (!sim_asm_runf(test, "%s_load_%s %s, %s", family, loads[i].name, registers, form))
            fail_msg("%s", test->launch.report);
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            for (unsigned d = 0; d < dwords; d++) {
                uint32_t want = exec >> lane & 1 ? loaded(i, offsets[lane], d, before[d][lane]) : before[d][lane];
                if (test->wave->vgpr[d][lane] != want)
                    fail_msg("%s_load_%s lane %u dword %u: 0x%x, expected 0x%x", family, loads[i].name, lane, d,
                             test->wave->vgpr[d][lane], want);
            }
    }
    set_exec(~0ull);
}

static void scatter(uint64_t *offsets) {
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        offsets[lane] = 1024 + next_random() % (SIZE / 2);
}

static void global_and_flat_loads(void **state) {
    (void)state;
    uint64_t offsets[SIM_LANES];
    fill();
    for (unsigned round = 0; round < 3; round++) {
        const uint64_t exec = round ? 0x8421fedc01234567ull : ~0ull;
        scatter(offsets);
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            set_pointer(8, lane, base + offsets[lane] + (round == 2 ? 40 : 0));
        check_loads("global", round == 2 ? "v[8:9], off offset:-40" : "v[8:9], off", offsets, exec);
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            set_pointer(8, lane, base + offsets[lane] - 100);
        check_loads("flat", "v[8:9] offset:100", offsets, exec);
        sim_set_sgpr64(test->wave, 4, base + 512);
        for (unsigned lane = 0; lane < SIM_LANES; lane++)
            test->wave->vgpr[10][lane] = (uint32_t)offsets[lane] - 512 - 16;
        check_loads("global", "v10, s[4:5] offset:16", offsets, exec);
    }
}

static void make_buffer(uint32_t records, unsigned stride) {
    uint32_t *resource = &test->wave->sgpr[8];
    resource[0] = (uint32_t)base;
    resource[1] = (uint32_t)(base >> 32) | stride << 16;
    resource[2] = records;
    resource[3] = 0x00027000;
}

static void buffer_loads(void **state) {
    (void)state;
    uint64_t offsets[SIM_LANES];
    fill();
    make_buffer(SIZE, 0);
    scatter(offsets);
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[10][lane] = (uint32_t)offsets[lane] - 64 - 256;
    test->wave->sgpr[6] = 256;
    check_loads("buffer", "v10, s[8:11], s6 offen offset:64", offsets, 0xffff0000ffff0001ull);
    make_buffer(SIZE / 48, 48); /* records of 48 bytes */
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        test->wave->vgpr[10][lane] = (lane * 11 + 3) % 600;
        test->wave->vgpr[11][lane] = lane % 8 * 4;
        offsets[lane] = test->wave->vgpr[10][lane] * 48ull + test->wave->vgpr[11][lane];
    }
    check_loads("buffer", "v[10:11], s[8:11], 0 idxen offen", offsets, ~0ull);
}

/* Range is checked per dword, without soffset; what is out of range reads 0 and is not written. */
static void buffer_ranges(void **state) {
    (void)state;
    fill();
    make_buffer(1000, 0);
    test->wave->sgpr[6] = 5000;
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[10][lane] = 1000 - 32 + lane;
    assert_true(sim_asm_run(test, "buffer_load_dwordx4 v[0:3], v10, s[8:11], s6 offen"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        for (unsigned d = 0; d < 4; d++) {
            uint64_t at = 1000 - 32 + lane + 4 * d;
            assert_int_equal(test->wave->vgpr[d][lane], at + 4 <= 1000 ? value_at(at + 5000, 4) : 0);
        }
    uint8_t *before = malloc(SIZE);
    memcpy(before, data, SIZE);
    for (unsigned d = 0; d < 4; d++)
        fill_row(d);
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[10][lane] = 1000 - 512 + 16 * lane;
    assert_true(sim_asm_run(test, "buffer_store_dwordx4 v[0:3], v10, s[8:11], 0 offen"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        for (unsigned d = 0; d < 4; d++) {
            uint64_t at = 1000 - 512 + 16 * lane + 4 * d;
            if (at + 4 <= 1000)
                memcpy(before + at, &test->wave->vgpr[d][lane], 4);
        }
    assert_memory_equal(before, data, SIZE);
    free(before);
    make_buffer(0x7fffffff, 0); /* a descriptor that promises more than exists does not make it exist */
    test->wave->vgpr[10][3] = SIZE + 16;
    assert_false(sim_asm_run(test, "buffer_load_dword v0, v10, s[8:11], 0 offen"));
    assert_true(reported("outside every allocation, lane 3"));
}

static void stores(void **state) {
    (void)state;
    static const struct {
        const char *name, *registers;
        unsigned bytes, shift;
    } cases[] = {{"byte", "v1", 1, 0},          {"byte_d16_hi", "v1", 1, 16}, {"short", "v1", 2, 0},
                 {"short_d16_hi", "v1", 2, 16}, {"dword", "v1", 4, 0},        {"dwordx2", "v[2:3]", 8, 0},
                 {"dwordx3", "v[2:4]", 12, 0},  {"dwordx4", "v[2:5]", 16, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned family = 0; family < 3; family++) {
            const uint64_t exec = 0x0ff00ff0f00f8001ull;
            uint8_t *before = malloc(SIZE);
            fill();
            memcpy(before, data, SIZE);
            for (unsigned row = 1; row < 6; row++)
                fill_row(row);
            make_buffer(SIZE, 0);
            for (unsigned lane = 0; lane < SIM_LANES; lane++) {
                uint32_t offset = 2048 + lane * 200 + next_random() % 64;
                set_pointer(8, lane, base + offset - 32);
                test->wave->vgpr[10][lane] = offset - 32;
                for (unsigned b = 0; exec >> lane & 1 && b < cases[i].bytes; b++)
                    before[offset + b] = (uint8_t)(test->wave->vgpr[(cases[i].bytes > 4 ? 2 : 1) + b / 4][lane] >>
                                                   (8 * (b % 4) + cases[i].shift));
            }
            set_exec(exec);
            static const char *const forms[] = {"global_store_%s v[8:9], %s, off offset:32",
                                                "flat_store_%s v[8:9], %s offset:32", NULL};
            char text[128];
            if (forms[family]) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                snprintf(text, sizeof text, forms[family], cases[i].name, cases[i].registers);
#pragma GCC diagnostic pop
            } else {
                snprintf(text, sizeof text, "buffer_store_%s %s, v10, s[8:11], 0 offen offset:32", cases[i].name,
                         cases[i].registers);
            }
            assert_true(sim_asm_run(test, text));
            assert_memory_equal(before, data, SIZE);
            free(before);
        }
    set_exec(~0ull);
}

static void loads_to_lds(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned bytes, stride;
    } cases[] = {{"ubyte", 1, 4}, {"ushort", 2, 4}, {"dword", 4, 4}, {"dwordx3", 12, 12}, {"dwordx4", 16, 16}};
    fill();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned buffer = 0; buffer < 2; buffer++) {
            const uint64_t exec = 0xfffffffffffffff7ull;
            static uint8_t want[160 * 1024];
            memset(test->wg.lds, 0xcc, sizeof want);
            memset(want, 0xcc, sizeof want);
            test->wave->sgpr[SIM_SGPR_M0] = 70000; /* beyond 64 KiB: gfx950 has 160 */
            make_buffer(SIZE, 0);
            sim_set_sgpr64(test->wave, 4, base);
            for (unsigned lane = 0; lane < SIM_LANES; lane++) {
                uint32_t offset = next_random() % (SIZE / 2);
                test->wave->vgpr[10][lane] = offset;
                uint32_t to = 70000 + 64 + lane * cases[i].stride; /* M0 + instruction offset + lane * size */
                if (!(exec >> lane & 1))
                    continue;
                memset(want + to, 0, cases[i].stride);
                memcpy(want + to, data + offset + 64, cases[i].bytes);
            }
            set_exec(exec);
            if (buffer)
                assert_true(sim_asm_runf(test, "buffer_load_%s v10, s[8:11], 0 offen offset:64 lds", cases[i].name));
            else
                assert_true(sim_asm_runf(test, "global_load_lds_%s v10, s[4:5] offset:64", cases[i].name));
            assert_memory_equal(want, test->wg.lds, sizeof want);
        }
    set_exec(~0ull);
    test->wave->sgpr[SIM_SGPR_M0] = 160 * 1024 - 128;
    memset(test->wave->vgpr[10], 0, sizeof(sim_row));
    assert_false(sim_asm_run(test, "global_load_lds_dwordx4 v10, s[4:5]"));
    assert_true(reported("load to LDS"));
}

static void atomics(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint64_t old, data, compare, want;
        unsigned bytes;
    } cases[] = {{"swap", 1, 2, 0, 2, 4},
                 {"cmpswap", 7, 9, 7, 9, 4},
                 {"cmpswap", 8, 9, 7, 8, 4},
                 {"add", 0xffffffff, 2, 0, 1, 4},
                 {"sub", 1, 2, 0, 0xffffffff, 4},
                 {"smin", 1, 0xffffffff, 0, 0xffffffff, 4},
                 {"umin", 1, 0xffffffff, 0, 1, 4},
                 {"smax", 1, 0xffffffff, 0, 1, 4},
                 {"umax", 1, 0xffffffff, 0, 0xffffffff, 4},
                 {"and", 0xf0, 0x3c, 0, 0x30, 4},
                 {"or", 0xf0, 0x3c, 0, 0xfc, 4},
                 {"xor", 0xf0, 0x3c, 0, 0xcc, 4},
                 {"inc", 5, 5, 0, 0, 4},
                 {"dec", 0, 5, 0, 5, 4},
                 {"add_f32", 0x3fc00000, 0x40100000, 0, 0x40700000, 4},
                 {"pk_add_f16", 0x3c004000, 0x3c003800, 0, 0x40004100, 4},
                 {"pk_add_bf16", 0x3f804000, 0x3f803f00, 0, 0x40004020, 4},
                 {"add_x2", 0xffffffffull, 1, 0, 0x100000000ull, 8},
                 {"cmpswap_x2", 7ull << 40, 9ull << 40, 7ull << 40, 9ull << 40, 8},
                 {"smax_x2", 1, ~0ull, 0, 1, 8},
                 {"add_f64", 0x3ff8000000000000ull, 0x4002000000000000ull, 0, 0x400e000000000000ull, 8},
                 {"max_f64", 0x3ff8000000000000ull, 0xc002000000000000ull, 0, 0x3ff8000000000000ull, 8}};
    make_buffer(SIZE, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned family = 0; family < 3; family++) {
            unsigned bytes = cases[i].bytes;
            bool compares = strncmp(cases[i].name, "cmpswap", 7) == 0;
            for (unsigned lane = 0; lane < SIM_LANES; lane++) {
                memcpy(data + 4096 + 8 * lane, &cases[i].old, bytes);
                set_pointer(8, lane, base + 4096 + 8 * lane);
                test->wave->vgpr[10][lane] = 4096 + 8 * lane;
                uint64_t first = cases[i].data, second = cases[i].compare;
                test->wave->vgpr[2][lane] = (uint32_t)first;
                test->wave->vgpr[3][lane] = bytes == 8 ? (uint32_t)(first >> 32) : (uint32_t)second;
                test->wave->vgpr[4][lane] = (uint32_t)second;
                test->wave->vgpr[5][lane] = (uint32_t)(second >> 32);
            }
            unsigned dwords = bytes / 4 * (compares ? 2 : 1);
            char operand[16] = "v2";
            const char *result = bytes == 8 ? "v[0:1]" : "v0";
            if (dwords > 1)
                snprintf(operand, sizeof operand, "v[2:%u]", 1 + dwords);
            bool ran =
                family == 0
                    ? sim_asm_runf(test, "global_atomic_%s %s, v[8:9], %s, off sc0", cases[i].name, result, operand)
                : family == 1
                    ? sim_asm_runf(test, "flat_atomic_%s %s, v[8:9], %s sc0", cases[i].name, result, operand)
                    : sim_asm_runf(test, "buffer_atomic_%s %s, v10, s[8:11], 0 offen sc0", cases[i].name, operand);
            assert_true(ran);
            unsigned row = family == 2 ? 2 : 0;
            if (value_at(4096 + 8 * 5, bytes) != cases[i].want)
                fail_msg("%s: 0x%llx", cases[i].name, (unsigned long long)value_at(4096 + 40, bytes));
            assert_int_equal(test->wave->vgpr[row][5], (uint32_t)cases[i].old);
            if (bytes == 8)
                assert_int_equal(test->wave->vgpr[row + 1][5], (uint32_t)(cases[i].old >> 32));
        }
}

static void apertures_and_scratch(void **state) {
    (void)state;
    fill_row(1);
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        set_pointer(8, lane,
                    lane % 3 == 0   ? SIM_SHARED_APERTURE + 128 + 4 * lane
                    : lane % 3 == 1 ? SIM_PRIVATE_APERTURE + 12
                                    : base + 4 * lane);
    assert_true(sim_asm_run(test, "flat_store_dword v[8:9], v1\nflat_load_dword v0, v[8:9]"));
    assert_memory_equal(test->wave->vgpr[0], test->wave->vgpr[1], sizeof(sim_row));
    uint32_t word;
    memcpy(&word, test->wg.lds + 128 + 4 * 9, 4);
    assert_int_equal(word, test->wave->vgpr[1][9]);
    assert_int_equal(value_at(4 * 8, 4), test->wave->vgpr[1][8]);
    fill_row(2);
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[10][lane] = 4 * (lane % 7);
    test->wave->sgpr[6] = 8;
    assert_true(sim_asm_run(
        test, "scratch_store_dword v10, v2, off offset:16\nscratch_load_dword v3, v10, off offset:16\n"
              "scratch_store_dwordx2 off, v[2:3], s6 offset:72\nscratch_load_dword v4, off, off offset:84"));
    assert_memory_equal(test->wave->vgpr[3], test->wave->vgpr[2], sizeof(sim_row));
    assert_memory_equal(test->wave->vgpr[4], test->wave->vgpr[2], sizeof(sim_row));
    assert_false(sim_asm_run(test, "scratch_load_dword v4, off, off offset:128"));
    assert_true(reported("scratch byte 0x80"));
}

static void scalar_loads(void **state) {
    (void)state;
    fill();
    sim_set_sgpr64(test->wave, 30, base + 1000);
    test->wave->sgpr[6] = 24;
    assert_true(sim_asm_run(test, "s_load_dwordx16 s[64:79], s[30:31], 0x40"));
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(test->wave->sgpr[64 + i], value_at(1064 + 4 * i, 4));
    assert_true(sim_asm_run(test, "s_load_dwordx2 s[0:1], s[30:31], s6 offset:-0x20"));
    assert_int_equal(test->wave->sgpr[1], value_at(1000 + 24 - 32 + 4, 4));
    make_buffer(100, 0);
    assert_true(sim_asm_run(test, "s_buffer_load_dwordx4 s[64:67], s[8:11], 0x5c"));
    assert_int_equal(test->wave->sgpr[65], value_at(96, 4));
    assert_int_equal(test->wave->sgpr[66], 0); /* out of range */
    sim_set_sgpr64(test->wave, 30, base + SIZE - 4);
    assert_true(sim_asm_run(test, "s_load_dword s0, s[30:31], 0x0"));
    assert_false(sim_asm_run(test, "s_load_dwordx2 s[0:1], s[30:31], 0x0"));
    assert_true(reported("scalar load of 8 bytes"));
    test->launch.slack = 64;
    assert_true(sim_asm_run(test, "s_load_dwordx2 s[0:1], s[30:31], 0x0"));
    assert_int_equal(test->wave->sgpr[1], 0xffffffff);
    test->launch.slack = 0;
}

static void scalar_atomics(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint64_t old, value, compare, want32, want64;
    } cases[] = {
        {"swap", 5, 9, 0, 9, 9},
        {"cmpswap", 5, 9, 5, 9, 9},
        {"cmpswap", 5, 9, 6, 5, 5},
        {"add", 0xffffffff, 2, 0, 1, 0x100000001},
        {"sub", 1, 2, 0, 0xffffffff, ~0ull},
        {"smin", 0xffffffff, 2, 0, 0xffffffff, 2},
        {"umin", 0xffffffff, 2, 0, 2, 2},
        {"smax", 0xffffffff, 2, 0, 2, 0xffffffff},
        {"umax", 0xffffffff, 2, 0, 0xffffffff, 0xffffffff},
        {"and", 0xff00ff, 0xf0f0f0, 0, 0xf000f0, 0xf000f0},
        {"or", 0xff00ff, 0xf0f0f0, 0, 0xfff0ff, 0xfff0ff},
        {"xor", 0xff00ff, 0xf0f0f0, 0, 0x0ff00f, 0x0ff00f},
        {"inc", 7, 7, 0, 0, 0},
        {"inc", 6, 7, 0, 7, 7},
        {"dec", 0, 7, 0, 7, 7},
        {"dec", 6, 7, 0, 5, 5},
    };
    make_buffer(SIZE, 0);
    sim_set_sgpr64(test->wave, 30, base + 512);
    test->wave->sgpr[6] = 24;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned form = 0; form < 8; form++) {
            bool wide = form & 1, buffer = form & 2, returns = form & 4;
            bool compares = strncmp(cases[i].name, "cmpswap", 7) == 0;
            unsigned bytes = wide ? 8 : 4, dwords = (wide ? 2 : 1) * (compares ? 2 : 1);
            uint64_t at = buffer ? 0x28 : 512 + 24 + 0x10, high = 0x1111111122222222ull;
            memcpy(data + at, &high, 8);
            memcpy(data + at, &cases[i].old, bytes);
            sim_set_sgpr64(test->wave, 64, cases[i].value);
            test->wave->sgpr[wide ? 66 : 65] = (uint32_t)cases[i].compare;
            if (wide)
                test->wave->sgpr[67] = (uint32_t)(cases[i].compare >> 32);
            char registers[16] = "s64";
            if (dwords > 1)
                snprintf(registers, sizeof registers, "s[64:%u]", 63 + dwords);
            if (!sim_asm_runf(test, "s_%satomic_%s%s %s, %s%s", buffer ? "buffer_" : "", cases[i].name,
                              wide ? "_x2" : "", registers, buffer ? "s[8:11], 0x28" : "s[30:31], s6 offset:0x10",
                              returns ? " glc" : ""))
                fail_msg("%s", test->launch.report);
            uint64_t want = wide ? cases[i].want64 : cases[i].want32;
            if (value_at(at, bytes) != want)
                fail_msg("%s form %u: 0x%llx", cases[i].name, form, (unsigned long long)value_at(at, bytes));
            if (!wide)
                assert_int_equal(value_at(at + 4, 4), 0x11111111);
            uint64_t left = returns ? cases[i].old : cases[i].value;
            assert_int_equal(test->wave->sgpr[64], (uint32_t)left);
            if (wide)
                assert_int_equal(test->wave->sgpr[65], left >> 32);
        }
    make_buffer(0x2c, 0); /* half of the operand is in range */
    memcpy(data + 0x28, "12345678", 8);
    assert_true(sim_asm_run(test, "s_buffer_atomic_add_x2 s[64:65], s[8:11], 0x28 glc"));
    assert_memory_equal(data + 0x28, "12345678", 8);
    assert_int_equal(test->wave->sgpr[64], 0);
    sim_set_sgpr64(test->wave, 30, base + SIZE);
    assert_false(sim_asm_run(test, "s_atomic_add s64, s[30:31], 0x0"));
    assert_true(reported("scalar atomic of 4 bytes"));
    sim_set_sgpr64(test->wave, 30, base + 4);
    assert_false(sim_asm_run(test, "s_atomic_add_x2 s[64:65], s[30:31], 0x0"));
    assert_true(reported("misaligned"));
    assert_true(sim_asm_run(test, "s_atc_probe 1, s[30:31], 0x10\ns_atc_probe_buffer 1, s[8:11], 0x10\ns_dcache_wb"));
}

static void faults_name_the_place(void **state) {
    (void)state;
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        set_pointer(8, lane, base + 16 * lane);
    set_pointer(8, 41, base + SIZE - 8);
    assert_false(sim_asm_run(test, "s_nop 0\nglobal_load_dwordx4 v[0:3], v[8:9], off"));
    assert_true(reported("load of 16 bytes"));
    assert_true(reported("lane 41"));
    assert_true(reported("global_load_dwordx4 v[0:3], v[8:9], off, at +0x4"));
    set_exec(~(1ull << 41));
    assert_true(sim_asm_run(test, "global_load_dwordx4 v[0:3], v[8:9], off"));
    set_exec(~0ull);
    struct sim_allocation *gone = sim_memory_allocate(&memory, 256, SIM_MEMORY_DEVICE, 0);
    uint64_t address = gone->base;
    assert_true(sim_memory_free(&memory, (void *)(uintptr_t)address));
    memset(test->wave->recent, 0, sizeof test->wave->recent);
    set_pointer(8, 41, address + 12);
    assert_false(sim_asm_run(test, "global_store_dword v[8:9], v0, off"));
    assert_true(reported("byte 12 of the 256-byte device allocation"));
    assert_true(reported("which was freed"));
}

static int set_up(void **state) {
    (void)state;
    sim_memory_init(&memory, 1ull << 30);
    test = sim_asm_create(SIM_GFX950);
    test->launch.memory = &memory;
    struct sim_allocation *allocation = sim_memory_allocate(&memory, SIZE, SIM_MEMORY_DEVICE, 0);
    base = allocation->base;
    data = (uint8_t *)(uintptr_t)base;
    test->wg.scratch_bytes = 128;
    test->wg.scratch = calloc(SIM_LANES, 128);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    free(test->wg.scratch);
    sim_asm_destroy(test);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(global_and_flat_loads), cmocka_unit_test(buffer_loads),
        cmocka_unit_test(buffer_ranges),         cmocka_unit_test(stores),
        cmocka_unit_test(loads_to_lds),          cmocka_unit_test(atomics),
        cmocka_unit_test(apertures_and_scratch), cmocka_unit_test(scalar_loads),
        cmocka_unit_test(scalar_atomics),        cmocka_unit_test(faults_name_the_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
