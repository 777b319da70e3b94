/* SPDX-License-Identifier: MIT
 *
 * The reader of code archives against what codegen/pack.py packed: this build's own kernels, and damaged copies of its
 * archives. Arguments: the build's list of instances ("arch name" lines), beside which the code objects lie.
 */
#include "code_archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *build_list;

static unsigned char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long end = ftell(file);
    assert_true(end >= 0);
    rewind(file);
    unsigned char *data = malloc((size_t)end + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)end, file), (size_t)end);
    fclose(file);
    data[end] = 0;
    *size = (size_t)end;
    return data;
}

static void every_kernel_of_the_build_comes_out_as_it_was_compiled(void **state) {
    (void)state;
    size_t size, found = 0;
    char *list = (char *)read_file(build_list, &size), *rest = list;
    const size_t folder = (size_t)(strrchr(build_list, '/') - build_list);
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        char *name = line, *arch = strsep(&name, " ");
        char path[4096];
        assert_true(snprintf(path, sizeof path, "%.*s/%s.co", (int)folder, build_list, name) < (int)sizeof path);
        unsigned char *compiled = read_file(path, &size);
        struct pagoda_code_entry entry;
        assert_true(pagoda_code_find(arch, name, &entry));
        assert_int_equal(entry.code_bytes, size);
        unsigned char *code = malloc(entry.code_bytes);
        assert_non_null(code);
        assert_true(pagoda_code_read(&entry, code));
        assert_memory_equal(code, compiled, size);
        free(code);
        free(compiled);
        found++;
    }
    assert_true(found > 0);
    free(list);
}

static void names_that_are_not_there_are_not_found(void **state) {
    (void)state;
    struct pagoda_code_entry entry;
    for (const struct pagoda_code_archive *archive = pagoda_code_archives; archive->arch; archive++) {
        assert_false(pagoda_code_archive_find(archive, "", &entry));
        assert_false(pagoda_code_archive_find(archive, "a", &entry));
        assert_false(pagoda_code_archive_find(archive, "batch_prefill", &entry));
        assert_false(pagoda_code_archive_find(archive, "z", &entry));
    }
    assert_false(pagoda_code_find("gfx90a", "batch_prefill", &entry));
}

/* Overwrites and cuts a copy of an archive in many places. Reading it may fail, and where it does not must stay inside
 * the copy and the buffer: the sanitizers and the heap's own checks watch. */
static void damage_is_noticed_or_harmless(void **state) {
    (void)state;
    const struct pagoda_code_archive *whole = &pagoda_code_archives[0];
    assert_non_null(whole->arch);
    size_t size;
    char *list = (char *)read_file(build_list, &size);
    char *name = strchr(list, ' ') + 1;
    *strchr(name, '\n') = 0;
    uint32_t random = 1;
    int refused = 0, rounds = 300;
    for (int i = 0; i < rounds; i++) {
        random = random * 1664525u + 1013904223u;
        const size_t cut = i % 3 ? whole->size : random % whole->size;
        unsigned char *data = malloc(cut ? cut : 1);
        assert_non_null(data);
        memcpy(data, whole->data, cut);
        for (int k = 0; k < 8 && cut && i % 3; k++) {
            random = random * 1664525u + 1013904223u;
            data[random % (i % 2 && cut > 64 ? 64 : cut)] = (unsigned char)(random >> 24);
        }
        const struct pagoda_code_archive damaged = {whole->arch, data, cut};
        struct pagoda_code_entry entry;
        if (!pagoda_code_archive_find(&damaged, name, &entry)) {
            refused++;
        } else if (entry.code_bytes < (size_t)1 << 24 && entry.frame_bytes < (size_t)1 << 28) {
            void *code = malloc(entry.code_bytes + 1);
            assert_non_null(code);
            refused += !pagoda_code_read(&entry, code);
            free(code);
        }
        free(data);
    }
    assert_true(refused > rounds / 4);
    free(list);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s INSTANCES\n", argv[0]);
        return 2;
    }
    build_list = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_of_the_build_comes_out_as_it_was_compiled),
        cmocka_unit_test(names_that_are_not_there_are_not_found),
        cmocka_unit_test(damage_is_noticed_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
