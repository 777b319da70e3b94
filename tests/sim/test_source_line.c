/* SPDX-License-Identifier: MIT
 *
 * Lines of source from debug information: DWARF 4 and 5, code objects without it, damaged tables.
 */
#include "../../runtime/sim/source_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sim_memory memory;

static struct sim_code_object *load(const char *name) {
    static uint8_t bytes[1 << 18];
    char path[512], message[512];
    struct sim_code_object *object;
    snprintf(path, sizeof path, "%s/%s", PLANTED_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_int_equal(sim_code_object_load(&memory, SIM_GFX950, bytes, size, &object, message, sizeof message),
                     SIM_LOAD_OK);
    return object;
}

/* The number of the line of timed.hip that contains `what`. */
static int line_with(const char *what) {
    char text[512];
    int line = 0;
    FILE *file = fopen(TIMED_HIP, "r");
    assert_non_null(file);
    while (fgets(text, sizeof text, file)) {
        line++;
        if (strstr(text, what)) {
            fclose(file);
            return line;
        }
    }
    fail_msg("%s has no line with %s", TIMED_HIP, what);
    return 0;
}

static void matrix_instructions_have_their_line(void **state) {
    (void)state;
    static const char *const names[] = {"timed_dwarf4.co", "timed_dwarf5.co"};
    int c = line_with("c = __builtin_amdgcn_mfma"), d = line_with("d = __builtin_amdgcn_mfma");
    assert_int_not_equal(c, d);
    for (unsigned n = 0; n < 2; n++) {
        struct sim_code_object *object = load(names[n]);
        unsigned at_c = 0, at_d = 0;
        for (uint64_t offset = object->kernels[0].entry; offset < object->program->size;) {
            char text[200], source[200], expected[2][200];
            unsigned size = sim_program_text(object->program, offset, text, sizeof text);
            if (!size || strncmp(text, "s_endpgm", 8) == 0)
                break;
            if (strncmp(text, "v_mfma", 6) == 0) {
                assert_true(sim_source_line(object, offset, source, sizeof source));
                const char *name = strrchr(source, '/') ? strrchr(source, '/') + 1 : source;
                snprintf(expected[0], sizeof expected[0], "timed.hip:%d", c);
                snprintf(expected[1], sizeof expected[1], "timed.hip:%d", d);
                at_c += strcmp(name, expected[0]) == 0;
                at_d += strcmp(name, expected[1]) == 0;
                assert_true(strcmp(name, expected[0]) == 0 || strcmp(name, expected[1]) == 0);
            }
            offset += size;
        }
        assert_true(at_c > 0 && at_c == at_d);
        char source[8] = "x";
        assert_false(sim_source_line(object, object->program->size + 4096, source, sizeof source));
        assert_string_equal(source, "");
        sim_code_object_unload(object);
    }
}

static void without_debug_information(void **state) {
    (void)state;
    struct sim_code_object *object = load("timed.co");
    char source[64];
    assert_false(sim_source_line(object, object->kernels[0].entry, source, sizeof source));
    assert_string_equal(source, "");
    assert_false(sim_source_line(NULL, 0, source, sizeof source));
    sim_code_object_unload(object);
}

/* Whatever the tables say, reading them ends within the file. */
static void damaged_tables_are_survived(void **state) {
    (void)state;
    struct sim_code_object *object = load("timed_dwarf5.co");
    char source[64];
    uint32_t random = 1;
    uint8_t *copy = malloc(object->file_size);
    assert_non_null(copy);
    memcpy(copy, object->file, object->file_size);
    const char *producer = "timed.hip";
    size_t first = 0; /* the string tables and the line table are behind the code */
    while (first + strlen(producer) < object->file_size && memcmp(copy + first, producer, strlen(producer)) != 0)
        first++;
    size_t headers = object->file_size - 64 * 32; /* the section headers at the end were checked on loading */
    assert_true(first < headers);
    for (unsigned run = 0; run < 2000; run++) {
        for (unsigned i = 0; i < 4; i++) {
            random = random * 1664525u + 1013904223u;
            object->file[0x400 + random / 7 % (headers - 0x400)] = (uint8_t)(random >> 24);
        }
        sim_source_line(object, object->kernels[0].entry + 64, source, sizeof source);
        assert_true(strlen(source) < sizeof source);
        memcpy(object->file, copy, object->file_size);
    }
    free(copy);
    sim_code_object_unload(object);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrix_instructions_have_their_line),
        cmocka_unit_test(without_debug_information),
        cmocka_unit_test(damaged_tables_are_survived),
    };
    sim_memory_init(&memory, 1 << 24);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
