/* SPDX-License-Identifier: MIT
 *
 * Typed buffer access: every format of memory, converted here from its name with exact arithmetic.
 */
#include "../../runtime/sim/memory.h"
#include "sim_asm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIZE 8192u
#define IDENTITY (4u | 5u << 3 | 6u << 6 | 7u << 9)

static struct sim_asm *test;
static struct sim_memory memory;
static uint8_t *data;
static uint64_t random_state = 11;

static uint32_t next_random(void) {
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(random_state >> 32);
}

/* The names of the data formats list the widths of their components from the highest bit down; X is the lowest. */
static const char *const data_formats[] = {NULL,      "8",        "16",          "8_8",        "32",
                                           "16_16",   "10_11_11", "11_11_10",    "10_10_10_2", "2_10_10_10",
                                           "8_8_8_8", "32_32",    "16_16_16_16", "32_32_32",   "32_32_32_32"};
enum { UNORM, SNORM, USCALED, SSCALED, UINT, SINT, FLOAT = 7 };

struct layout {
    unsigned count, bytes, width[4], shift[4];
};

static struct layout layout_of(unsigned format) {
    struct layout layout = {0};
    unsigned widths[4];
    layout.count = (unsigned)sscanf(data_formats[format], "%u_%u_%u_%u", widths, widths + 1, widths + 2, widths + 3);
    unsigned at = 0;
    for (unsigned i = 0; i < layout.count; i++) {
        layout.width[i] = widths[layout.count - 1 - i];
        layout.shift[i] = at;
        at += layout.width[i];
    }
    layout.bytes = at / 8;
    return layout;
}

static bool exists(unsigned format, unsigned number) {
    unsigned width = layout_of(format).width[0];
    if (number == 6)
        return false;
    if (number == FLOAT)
        return width == 16 || width == 32 || format == 6 || format == 7;
    return width != 32 || number == UINT || number == SINT;
}

static uint32_t bits_at(const uint8_t *from, unsigned shift, unsigned width) {
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint32_t)(from[(shift + i) / 8] >> (shift + i) % 8 & 1) << i;
    return value;
}

static uint32_t float_bits(long double value) {
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, 4);
    return bits;
}

/* A float with `exponent` bits of exponent and the rest of `width` below it; the sign bit, if any, is above. */
static long double decode_float(uint32_t raw, unsigned width, bool has_sign) {
    unsigned mantissa = width - has_sign - 5;
    uint32_t exponent = raw >> mantissa & 31, fraction = raw & ((1u << mantissa) - 1);
    long double sign = has_sign && raw >> (width - 1) ? -1 : 1;
    if (exponent == 31)
        return fraction ? (long double)NAN : sign * INFINITY;
    return sign * (exponent ? ldexpl((long double)(fraction | 1u << mantissa), (int)exponent - 15 - (int)mantissa)
                            : ldexpl((long double)fraction, -14 - (int)mantissa));
}

/* What a register holds for component `i` of an element: `is_nan` when any NaN will do. */
static uint32_t expected(const struct layout *layout, unsigned number, const uint8_t *from, unsigned i, bool *is_nan) {
    *is_nan = false;
    if (i >= layout->count)
        return i < 3 ? 0 : number == UINT || number == SINT ? 1 : float_bits(1);
    unsigned width = layout->width[i];
    uint32_t raw = bits_at(from, layout->shift[i], width);
    int64_t integer = raw >> (width - 1) ? (int64_t)raw - ((int64_t)1 << width) : (int64_t)raw;
    long double value, positive = (long double)(((int64_t)1 << (width - 1)) - 1);
    switch (number) {
    case UNORM:
        return float_bits((long double)raw / (long double)(((int64_t)1 << width) - 1));
    case SNORM:
        value = (long double)integer / positive;
        return float_bits(value < -1 ? -1 : value);
    case USCALED:
        return float_bits(raw);
    case SSCALED:
        return float_bits((long double)integer);
    case UINT:
        return raw;
    case SINT:
        return (uint32_t)integer;
    default:
        if (width == 32)
            return raw;
        value = decode_float(raw, width, width == 16);
        *is_nan = isnan((double)value);
        return float_bits(value);
    }
}

static void make_buffer(uint32_t records, unsigned stride, unsigned format, unsigned number, unsigned selects) {
    uint64_t base = (uint64_t)(uintptr_t)data;
    uint32_t *resource = &test->wave->sgpr[8];
    resource[0] = (uint32_t)base;
    resource[1] = (uint32_t)(base >> 32) | stride << 16;
    resource[2] = records;
    resource[3] = selects | number << 12 | format << 15;
}

static void fill(void) {
    for (unsigned i = 0; i < SIZE; i++)
        data[i] = (uint8_t)next_random();
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[10][lane] = lane;
}

static bool is_nan_bits(uint32_t bits) {
    return (bits & 0x7fffffffu) > 0x7f800000u;
}

static const char *const suffixes[] = {"", "x", "xy", "xyz", "xyzw"};

static void every_format_loads(void **state) {
    (void)state;
    unsigned cases = 0;
    for (unsigned format = 1; format < 15; format++)
        for (unsigned number = 0; number < 8; number++)
            for (unsigned typed = 0; typed < 2; typed++) {
                struct layout layout = layout_of(format);
                unsigned count = 1 + next_random() % 4;
                fill();
                make_buffer(SIM_LANES, layout.bytes, typed ? 4 : format, typed ? 7 : number, IDENTITY);
                bool ran =
                    typed
                        ? sim_asm_runf(test, "tbuffer_load_format_%s v[0:%u], v10, s[8:11], dfmt:%u, nfmt:%u, 0 idxen",
                                       suffixes[4], 3u, format, number)
                        : sim_asm_runf(test, "buffer_load_format_%s %s%u%s, v10, s[8:11], 0 idxen", suffixes[count],
                                       count > 1 ? "v[0:" : "v", count - 1, count > 1 ? "]" : "");
                if (!exists(format, number)) {
                    assert_false(ran);
                    assert_non_null(strstr(test->launch.report, "format that does not exist"));
                    continue;
                }
                if (!ran)
                    fail_msg("format %s, %u: %s", data_formats[format], number, test->launch.report);
                cases++;
                for (unsigned lane = 0; lane < SIM_LANES; lane++)
                    for (unsigned i = 0; i < (typed ? 4 : count); i++) {
                        bool any_nan;
                        uint32_t want = expected(&layout, number, data + lane * layout.bytes, i, &any_nan);
                        uint32_t got = test->wave->vgpr[i][lane];
                        if (any_nan ? !is_nan_bits(got) : got != want)
                            fail_msg("format %s, %u, component %u: 0x%x, expected 0x%x", data_formats[format], number,
                                     i, got, want);
                    }
            }
    assert_int_equal(cases, 2 * (10 * 6 + 4 * 2 + 9)); /* ten formats below 32 bits; nine formats have floats */
}

/* What a load gave, a store puts back. */
static void stores_invert_loads(void **state) {
    (void)state;
    for (unsigned format = 1; format < 15; format++)
        for (unsigned number = 0; number < 8; number++)
            for (unsigned typed = 0; typed < 2; typed++) {
                struct layout layout = layout_of(format);
                uint8_t before[SIM_LANES * 16];
                if (!exists(format, number))
                    continue;
                fill();
                if (number == FLOAT) /* no NaNs: their payloads may change */
                    for (unsigned i = 0; i < SIZE; i++)
                        data[i] &= layout.width[0] == 16 || layout.width[0] == 32 ? 0xbb : 0x6d;
                memcpy(before, data, sizeof before);
                make_buffer(SIM_LANES, layout.bytes, format, number, IDENTITY);
                assert_true(sim_asm_run(test, "buffer_load_format_xyzw v[0:3], v10, s[8:11], 0 idxen"));
                memset(data, 0x5a, SIM_LANES * layout.bytes);
                assert_true(
                    typed ? sim_asm_runf(test,
                                         "tbuffer_store_format_xyzw v[0:3], v10, s[8:11], dfmt:%u, nfmt:%u, 0 idxen",
                                         format, number)
                          : sim_asm_run(test, "buffer_store_format_xyzw v[0:3], v10, s[8:11], 0 idxen"));
                for (unsigned lane = 0; lane < SIM_LANES; lane++)
                    for (unsigned i = 0; i < layout.count; i++) {
                        const uint8_t *from = before + lane * layout.bytes, *to = data + lane * layout.bytes;
                        unsigned width = layout.width[i];
                        uint32_t raw = bits_at(from, layout.shift[i], width);
                        if (number == SNORM && raw == 1u << (width - 1)) /* both lowest codes are -1 */
                            raw++;
                        if (bits_at(to, layout.shift[i], width) != raw)
                            fail_msg("format %s, %u, component %u: 0x%x became 0x%x", data_formats[format], number, i,
                                     raw, bits_at(to, layout.shift[i], width));
                    }
            }
}

static void stores_round_and_clamp(void **state) {
    (void)state;
    static const struct {
        unsigned format, number;
        uint32_t value, want; /* of X */
    } cases[] = {
        {1, UNORM, 0x3f800000, 255},
        {1, UNORM, 0x40a00000, 255},
        {1, UNORM, 0xbf800000, 0},
        {1, UNORM, 0x3f000000, 128},
        {1, UNORM, 0x7fc00000, 0},
        {1, SNORM, 0xc0000000, 0x81},
        {1, SNORM, 0x3f000000, 64},
        {1, USCALED, 0x43ff0000, 255},
        {1, USCALED, 0x40fccccd, 7},
        {1, SSCALED, 0xc3ff0000, 0x80},
        {1, SSCALED, 0xc0fccccd, 0xf9},
        {1, UINT, 300, 255},
        {1, SINT, 200, 127},
        {1, SINT, (uint32_t)-200, 0x80},
        {2, FLOAT, 0x477fe000, 0x7bff},
        {2, FLOAT, 0x47800000, 0x7c00},
        {2, FLOAT, 0xc0000000, 0xc000},
        {6, FLOAT, 0xc0000000, 0},
        {6, FLOAT, 0x3f800000, 0x3c0},
        {6, FLOAT, 0x47c35000, 0x7bf},
        {6, FLOAT, 0x7f800000, 0x7c0},
        {7, FLOAT, 0x3f800000, 0x1e0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct layout layout = layout_of(cases[i].format);
        fill();
        make_buffer(SIM_LANES, layout.bytes, cases[i].format, cases[i].number, IDENTITY);
        test->wave->vgpr[0][3] = cases[i].value;
        assert_true(sim_asm_run(test, "buffer_store_format_x v0, v10, s[8:11], 0 idxen"));
        uint32_t got = bits_at(data + 3 * layout.bytes, 0, layout.width[0]);
        if (got != cases[i].want)
            fail_msg("0x%x as %s, %u: 0x%x, expected 0x%x", cases[i].value, data_formats[cases[i].format],
                     cases[i].number, got, cases[i].want);
    }
}

static void halves(void **state) {
    (void)state;
    fill();
    make_buffer(SIM_LANES, 4, 10, UINT, IDENTITY);
    assert_true(sim_asm_run(test, "buffer_load_format_d16_xyzw v[0:1], v10, s[8:11], 0 idxen"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        const uint8_t *at = data + 4 * lane;
        assert_int_equal(test->wave->vgpr[0][lane], at[0] | (uint32_t)at[1] << 16);
        assert_int_equal(test->wave->vgpr[1][lane], at[2] | (uint32_t)at[3] << 16);
    }
    memset(test->wave->vgpr[2], 0x77, sizeof(sim_row));
    assert_true(sim_asm_run(test, "buffer_load_format_d16_hi_x v2, v10, s[8:11], 0 idxen"));
    assert_int_equal(test->wave->vgpr[2][9], 0x7777u | (uint32_t)data[36] << 16);
    assert_true(sim_asm_run(test, "buffer_load_format_d16_x v2, v10, s[8:11], 0 idxen"));
    assert_int_equal(test->wave->vgpr[2][9], data[36] | (uint32_t)data[36] << 16);
    make_buffer(SIM_LANES, 4, 10, UNORM, IDENTITY);
    data[36] = 255, data[37] = 0;
    assert_true(sim_asm_run(test, "tbuffer_load_format_d16_xy v2, v10, s[8:11], dfmt:10, nfmt:0, 0 idxen"));
    assert_int_equal(test->wave->vgpr[2][9], 0x3c00);
    test->wave->vgpr[2][9] = 0x3800bc00; /* -1, 0.5 */
    assert_true(sim_asm_run(test, "buffer_store_format_d16_xy v2, v10, s[8:11], 0 idxen"));
    assert_int_equal(data[36], 0);
    assert_int_equal(data[37], 128);
    assert_true(sim_asm_run(test, "buffer_store_format_d16_hi_x v2, v10, s[8:11], 0 idxen"));
    assert_int_equal(data[36], 128);
}

static void component_selects(void **state) {
    (void)state;
    fill();
    make_buffer(SIM_LANES, 4, 10, UINT, 6u | 0u << 3 | 1u << 6 | 4u << 9); /* Z, 0, 1, X */
    assert_true(sim_asm_run(test, "buffer_load_format_xyzw v[0:3], v10, s[8:11], 0 idxen"));
    assert_int_equal(test->wave->vgpr[0][7], data[30]);
    assert_int_equal(test->wave->vgpr[1][7], 0);
    assert_int_equal(test->wave->vgpr[2][7], 1);
    assert_int_equal(test->wave->vgpr[3][7], data[28]);
    make_buffer(SIM_LANES, 4, 10, UINT, 6u | 5u << 3 | 4u << 6 | 7u << 9); /* the order of BGRA */
    for (unsigned i = 0; i < 4; i++)
        test->wave->vgpr[i][7] = 0x10 + i;
    assert_true(sim_asm_run(test, "buffer_store_format_xyzw v[0:3], v10, s[8:11], 0 idxen"));
    assert_memory_equal(data + 28, "\x12\x11\x10\x13", 4);
    make_buffer(SIM_LANES, 4, 0, UINT, IDENTITY); /* no buffer */
    assert_true(sim_asm_run(test, "buffer_load_format_xyzw v[0:3], v10, s[8:11], 0 idxen"));
    assert_int_equal(test->wave->vgpr[3][7], 0);
}

/* An element is in range as a whole; without an index, the size counts bytes. */
static void ranges(void **state) {
    (void)state;
    fill();
    make_buffer(40, 8, 11, UINT, IDENTITY);
    assert_true(sim_asm_run(test, "buffer_load_format_xy v[0:1], v10, s[8:11], 0 idxen"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        assert_int_equal(test->wave->vgpr[0][lane], lane < 40 ? bits_at(data + 8 * lane, 0, 32) : 0);
        test->wave->vgpr[11][lane] = 8 * lane;
    }
    make_buffer(100, 8, 11, UINT, IDENTITY);
    assert_true(sim_asm_run(test, "buffer_load_format_xy v[0:1], v11, s[8:11], 0 offen"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        assert_int_equal(test->wave->vgpr[0][lane], 8 * lane + 8 <= 100 ? bits_at(data + 8 * lane, 0, 32) : 0);
    uint8_t before[SIZE];
    memcpy(before, data, SIZE);
    assert_true(sim_asm_run(test, "buffer_store_format_xy v[0:1], v11, s[8:11], 0 offen"));
    assert_memory_equal(before, data, SIZE);
    make_buffer(SIM_LANES * 1000, 4096, 4, UINT, IDENTITY);
    assert_false(sim_asm_run(test, "buffer_load_format_x v0, v10, s[8:11], 0 idxen"));
    assert_non_null(strstr(test->launch.report, "outside every allocation, lane 2"));
}

/* Rows of 16 bytes, four at a time: their dwords lie next to each other. */
static void swizzled(void **state) {
    (void)state;
    fill();
    make_buffer(SIM_LANES, 16, 4, UINT, IDENTITY);
    test->wave->sgpr[9] |= 1u << 31;
    test->wave->sgpr[11] |= 1u << 21; /* an index stride of 16 rows */
    for (unsigned lane = 0; lane < SIM_LANES; lane++)
        test->wave->vgpr[11][lane] = lane % 4 * 4;
    assert_true(sim_asm_run(test, "buffer_load_format_x v0, v[10:11], s[8:11], 0 idxen offen"));
    assert_true(sim_asm_run(test, "buffer_load_dword v1, v[10:11], s[8:11], 0 idxen offen"));
    for (unsigned lane = 0; lane < SIM_LANES; lane++) {
        unsigned at = lane / 16 * 256 + lane % 4 * 64 + lane % 16 * 4;
        assert_int_equal(test->wave->vgpr[0][lane], bits_at(data + at, 0, 32));
        assert_int_equal(test->wave->vgpr[1][lane], bits_at(data + at, 0, 32));
    }
}

static int set_up(void **state) {
    (void)state;
    sim_memory_init(&memory, 1ull << 30);
    test = sim_asm_create(SIM_GFX942);
    test->launch.memory = &memory;
    data = (uint8_t *)(uintptr_t)sim_memory_allocate(&memory, SIZE, SIM_MEMORY_DEVICE, 0)->base;
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    sim_asm_destroy(test);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_loads),
        cmocka_unit_test(stores_invert_loads),
        cmocka_unit_test(stores_round_and_clamp),
        cmocka_unit_test(halves),
        cmocka_unit_test(component_selects),
        cmocka_unit_test(ranges),
        cmocka_unit_test(swizzled),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
