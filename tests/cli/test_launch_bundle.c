/* SPDX-License-Identifier: MIT
 *
 * Launch bundles: what is written reads back the same, and each way of being malformed is named.
 */
#include "launch_bundle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/pagoda-bundle-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void write_text(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

static void test_round_trip(void **state) {
    (void)state;
    char arch[] = "gfx950", kernel[] = "some_kernel", in[] = "in", out[] = "out", code[] = "code object";
    unsigned char kernarg[24] = {1, 2, 0xff}, before[8] = "abcdefg", after[16] = "0123456789abcde";
    struct bundle_buffer buffers[] = {
        {.name = in, .bytes = 8, .before = before},
        {.name = out, .bytes = 16, .after = after, .compare = BUNDLE_BF16, .rel_frobenius = 0.25}};
    struct bundle_pointer pointers[] = {{8, 1, 4}};
    struct launch_bundle written = {.arch = arch,
                                    .kernel = kernel,
                                    .code_object = code,
                                    .code_object_bytes = sizeof code,
                                    .grid = {7, 2, 1},
                                    .block = {256, 1, 1},
                                    .dynamic_lds = 4096,
                                    .kernarg = kernarg,
                                    .kernarg_bytes = sizeof kernarg,
                                    .buffers = buffers,
                                    .num_buffers = 2,
                                    .pointers = pointers,
                                    .num_pointers = 1};
    char why[512];
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    assert_int_equal(launch_bundle_write(folder, &written, &message), 0);

    struct launch_bundle read;
    assert_int_equal(launch_bundle_read(folder, &read, &message), 0);
    assert_string_equal(read.arch, arch);
    assert_string_equal(read.kernel, kernel);
    assert_int_equal(read.code_object_bytes, sizeof code);
    assert_memory_equal(read.code_object, code, sizeof code);
    assert_memory_equal(read.grid, written.grid, sizeof read.grid);
    assert_memory_equal(read.block, written.block, sizeof read.block);
    assert_int_equal(read.dynamic_lds, 4096);
    assert_int_equal(read.kernarg_bytes, sizeof kernarg);
    assert_memory_equal(read.kernarg, kernarg, sizeof kernarg);
    assert_int_equal(read.num_buffers, 2);
    assert_memory_equal(read.buffers[0].before, before, 8);
    assert_null(read.buffers[0].after);
    assert_int_equal(read.buffers[0].compare, BUNDLE_EQUAL_BYTES);
    assert_null(read.buffers[1].before);
    assert_memory_equal(read.buffers[1].after, after, 16);
    assert_int_equal(read.buffers[1].compare, BUNDLE_BF16);
    assert_true(read.buffers[1].rel_frobenius == 0.25);
    assert_int_equal(read.num_pointers, 1);
    assert_memory_equal(read.pointers, pointers, sizeof pointers);
    launch_bundle_free(&read);
}

#define HEAD "{\"format\": \"pagoda-launch-1\", \"arch\": \"gfx942\", \"code_object\": \"k.co\", \"kernel\": \"k\", "
#define SIZES "\"grid\": [1, 1, 1], \"block\": [64, 1, 1], "

static void test_malformed_bundles_are_named(void **state) {
    (void)state;
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"", "'[' or '{' expected"},
        {"[]", "not an object"},
        {"{}", "format is missing"},
        {"{\"format\": \"pagoda-launch-2\"}", "format 'pagoda-launch-2' is not 'pagoda-launch-1'"},
        {"{\"format\": \"pagoda-launch-1\", \"arch\": 950}", "arch is not a non-empty string"},
        {"{\"format\": \"pagoda-launch-1\", \"format\": \"pagoda-launch-1\"}", "duplicate object key"},
        {"{\"format\": \"pagoda-launch-1\", \"arch\": \"gfx942\", \"kernel\": \"k\", \"code_object\": \"none.co\"}",
         "code_object: cannot read"},
        {"{\"format\": \"pagoda-launch-1\", \"arch\": \"gfx942\", \"kernel\": \"k\", \"code_object\": \"../k.co\"}",
         "does not name a file in the bundle's folder"},
        {"{\"format\": \"pagoda-launch-1\", \"arch\": \"gfx942\", \"kernel\": \"k\", \"code_object\": \"empty\"}",
         "has 0 bytes, expected more than 0"},
        {HEAD "\"grid\": [1, 1], \"block\": [64, 1, 1]}", "grid is not a list of three numbers"},
        {HEAD "\"grid\": [1, 0, 1], \"block\": [64, 1, 1]}", "grid is not a whole number from 1"},
        {HEAD "\"grid\": [1, 1, 1], \"block\": [64, 64, 1], \"kernarg\": \"\"}", "more than 1024 work-items"},
        {HEAD SIZES "\"dynamic_lds\": -1, \"kernarg\": \"\"}", "dynamic_lds is not a whole number"},
        {HEAD SIZES "\"kernarg\": \"abc\"}", "kernarg is not a string of two hex digits per byte"},
        {HEAD SIZES "\"kernarg\": \"00zz\"}", "'zz' at byte 1 is not hex"},
        {HEAD SIZES "\"kernarg\": \"\", \"buffers\": {}}", "buffers is not a list"},
        {HEAD SIZES "\"kernarg\": \"\", \"buffers\": [7]}", "buffers[0] is not an object"},
        {HEAD SIZES "\"kernarg\": \"\", \"buffers\": [{\"name\": \"a\", \"bytes\": 0}]}",
         "buffer 'a': bytes is not a whole number"},
        {HEAD SIZES
         "\"kernarg\": \"\", \"buffers\": [{\"name\": \"a\", \"bytes\": 1}, {\"name\": \"a\", \"bytes\": 1}]}",
         "two buffers are called 'a'"},
        {HEAD SIZES "\"kernarg\": \"\", \"buffers\": [{\"name\": \"a\", \"bytes\": 5, \"before\": \"four\"}]}",
         "has 4 bytes, expected 5"},
        {HEAD SIZES "\"kernarg\": \"\", \"buffers\": [{\"name\": \"a\", \"bytes\": 4, \"compare\": {\"type\": \"f8\", "
                    "\"rel_frobenius\": 1}}]}",
         "compare.type 'f8' is not one of"},
        {HEAD SIZES "\"kernarg\": \"\", \"buffers\": [{\"name\": \"a\", \"bytes\": 3, \"compare\": {\"type\": \"f16\", "
                    "\"rel_frobenius\": 1}}]}",
         "not a whole number of f16 elements"},
        {HEAD SIZES
         "\"kernarg\": \"\", \"buffers\": [{\"name\": \"a\", \"bytes\": 4, \"compare\": {\"type\": \"f16\"}}]}",
         "compare.rel_frobenius is not a number"},
        {HEAD SIZES "\"kernarg\": \"0011\", \"pointers\": [{}]}", "there are pointers, but kernarg has 2 bytes"},
        {HEAD SIZES "\"kernarg\": \"0011223344556677\", \"pointers\": [{\"kernarg_offset\": 0, \"buffer\": \"b\"}]}",
         "there is no buffer 'b'"},
        {HEAD SIZES "\"kernarg\": \"0011223344556677\", \"buffers\": [{\"name\": \"a\", \"bytes\": 4}], "
                    "\"pointers\": [{\"kernarg_offset\": 1, \"buffer\": \"a\"}]}",
         "pointers[0].kernarg_offset is not a whole number from 0 to 0"},
        {HEAD SIZES "\"kernarg\": \"0011223344556677\", \"buffers\": [{\"name\": \"a\", \"bytes\": 4}], "
                    "\"pointers\": [{\"kernarg_offset\": 0, \"buffer\": \"a\", \"offset\": 5}]}",
         "pointers[0].offset is not a whole number from 0 to 4"},
    };
    write_text("k.co", "code");
    write_text("four", "1234");
    write_text("empty", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        char why[1024] = "";
        struct pagoda_text message = pagoda_text_over(why, sizeof why);
        struct launch_bundle bundle;
        write_text("launch.json", cases[i].json);
        assert_int_equal(launch_bundle_read(folder, &bundle, &message), -1);
        if (!strstr(why, cases[i].message)) {
            fail_msg("case %zu says '%s', expected '%s'", i, why, cases[i].message);
        }
        assert_null(bundle.buffers);
    }
}

static void test_foreign_bundles_may_leave_things_out(void **state) {
    (void)state;
    char why[1024] = "";
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    struct launch_bundle bundle;
    write_text("k.co", "code");
    write_text("launch.json",
               "{\"comment\": \"made elsewhere\", \"format\": \"pagoda-launch-1\", "
               "\"arch\": \"gfx942:sramecc+:xnack-\", \"code_object\": \"k.co\", \"kernel\": \"k\", " SIZES
               "\"kernarg\": \"0011223344556677\", \"buffers\": [{\"name\": \"a\", \"bytes\": 4}], "
               "\"pointers\": [{\"kernarg_offset\": 0, \"buffer\": \"a\"}]}");
    assert_int_equal(launch_bundle_read(folder, &bundle, &message), 0);
    assert_string_equal(bundle.arch, "gfx942");
    assert_int_equal(bundle.dynamic_lds, 0);
    assert_int_equal(bundle.pointers[0].offset, 0);
    launch_bundle_free(&bundle);
}

static void test_comparing(void **state) {
    (void)state;
    size_t first;
    const float want[3] = {3, 4, -INFINITY}, near[3] = {3, 4.5f, -INFINITY}, bad[3] = {3, 4, 0},
                nan[3] = {NAN, 4, -INFINITY};
    struct bundle_buffer f32 = {.bytes = 12, .compare = BUNDLE_F32};
    assert_true(bundle_compare_error(&f32, want, want, &first) == 0);
    assert_int_equal(first, 12);
    assert_true(fabs(bundle_compare_error(&f32, near, want, &first) - 0.1) < 1e-12);
    assert_int_equal(first, 4);
    assert_true(isinf(bundle_compare_error(&f32, bad, want, &first)));
    assert_int_equal(first, 8);
    assert_true(isinf(bundle_compare_error(&f32, nan, want, &first)));

    struct bundle_buffer bytes = {.bytes = 12};
    assert_true(bundle_compare_error(&bytes, want, want, &first) == 0);
    assert_true(isinf(bundle_compare_error(&bytes, near, want, &first)));

    const uint16_t bf16_want[2] = {0x4040, 0x4080}, bf16_got[2] = {0x4040, 0x4090}; /* 3, 4 and 3, 4.5 */
    struct bundle_buffer bf16 = {.bytes = 4, .compare = BUNDLE_BF16};
    assert_true(fabs(bundle_compare_error(&bf16, bf16_got, bf16_want, &first) - 0.1) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_malformed_bundles_are_named),
        cmocka_unit_test(test_foreign_bundles_may_leave_things_out),
        cmocka_unit_test(test_comparing),
    };
    return cmocka_run_group_tests_name("launch bundle", tests, make_folder, remove_folder);
}
