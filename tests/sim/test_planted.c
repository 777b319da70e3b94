/* SPDX-License-Identifier: MIT
 *
 * Faults planted in a correct kernel (planted.hip): each is named by its report and by no other; the correct kernel has
 * none, whatever the seed.
 */
#include "../../runtime/sim/decode.h"
#include "hip_calls.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE 1024
#define THREADS 256
#define GROUPS 3
#define ENTRIES 6
#define PAGES 20
#define SEEDS 20

struct data {
    float *pool, *descale, *out;
    int *table;
    float host_pool[PAGES * PAGE], host_descale[PAGES], want[GROUPS * THREADS];
    int host_table[GROUPS * ENTRIES];
};

struct options {       /* how a run departs from the correct one */
    int bad_page;      /* a page id beyond the pool */
    bool free_pool;    /* the pool is freed before the launch */
    bool short_output; /* the output is one element short */
};

static uint8_t *read_code_object(int plant, size_t *size) {
    char path[4096];
    snprintf(path, sizeof path, "%s/planted_%d.co", PLANTED_DIR, plant);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void set_up(struct data *data, const struct options *options) {
    unsigned state = 7;
    for (int i = 0; i < PAGES * PAGE; i++)
        data->host_pool[i] = (float)((state = state * 1664525u + 1013904223u) >> 28) - 8;
    for (int i = 0; i < PAGES; i++)
        data->host_descale[i] = (float)(1 + i % 4);
    for (int i = 0; i < GROUPS * ENTRIES; i++)
        data->host_table[i] = (i * 7 + 3) % PAGES;
    if (options->bad_page)
        data->host_table[GROUPS * ENTRIES - 2] = options->bad_page;
    for (int group = 0; group < GROUPS; group++)
        for (int thread = 0; thread < THREADS; thread++) {
            float sum = 0;
            for (int i = 0; i < ENTRIES; i++) {
                int page = data->host_table[group * ENTRIES + i] % PAGES, at = (4 * thread + 256) % PAGE;
                const float *from = &data->host_pool[page * PAGE + at];
                sum += data->host_descale[page] * ((from[0] + from[1]) + (from[2] + from[3]));
            }
            data->want[group * THREADS + thread] = sum; /* small integers: exact in any order */
        }
    size_t out_bytes = sizeof data->want - (options->short_output ? sizeof(float) : 0);
    assert_int_equal(hipMalloc((void **)&data->pool, sizeof data->host_pool), hipSuccess);
    assert_int_equal(hipMalloc((void **)&data->descale, sizeof data->host_descale), hipSuccess);
    assert_int_equal(hipMalloc((void **)&data->table, sizeof data->host_table), hipSuccess);
    assert_int_equal(hipMalloc((void **)&data->out, out_bytes), hipSuccess);
    assert_int_equal(hipMemcpy(data->pool, data->host_pool, sizeof data->host_pool, 1), hipSuccess);
    assert_int_equal(hipMemcpy(data->descale, data->host_descale, sizeof data->host_descale, 1), hipSuccess);
    assert_int_equal(hipMemcpy(data->table, data->host_table, sizeof data->host_table, 1), hipSuccess);
    if (options->free_pool)
        assert_int_equal(hipFree(data->pool), hipSuccess);
}

static void tear_down(struct data *data, const struct options *options) {
    if (!options->free_pool)
        assert_int_equal(hipFree(data->pool), hipSuccess);
    assert_int_equal(hipFree(data->descale), hipSuccess);
    assert_int_equal(hipFree(data->table), hipSuccess);
    assert_int_equal(hipFree(data->out), hipSuccess);
}

/* Launches; returns the error and whether the output is right. */
static hipError_t run(const uint8_t *code, const struct options *options, bool *right) {
    static struct data data;
    hipModule_t module;
    hipFunction_t function;
    int entries = ENTRIES;
    float got[GROUPS * THREADS];
    set_up(&data, options);
    assert_int_equal(hipModuleLoadData(&module, code), hipSuccess);
    assert_int_equal(hipModuleGetFunction(&function, module, "planted"), hipSuccess);
    void *params[] = {&data.pool, &data.table, &data.descale, &data.out, &entries};
    hipError_t error = hipModuleLaunchKernel(function, GROUPS, 1, 1, THREADS, 1, 1, 0, NULL, params, NULL);
    *right = false;
    if (!options->short_output) {
        assert_int_equal(hipMemcpy(got, data.out, sizeof got, 2), hipSuccess);
        *right = memcmp(got, data.want, sizeof got) == 0;
    }
    assert_int_equal(hipModuleUnload(module), hipSuccess);
    tear_down(&data, options);
    return error;
}

static void set_seed(unsigned seed) {
    char text[16];
    snprintf(text, sizeof text, "%u", seed);
    assert_int_equal(pagoda_sim_set_option("seed", text), 0);
}

/* All reports in one text, without the addresses of allocations, which change from run to run. */
static void collect_reports(char *text, size_t size) {
    size_t used = 0;
    for (unsigned i = 0; i < pagoda_sim_report_count(); i++)
        for (const char *at = pagoda_sim_report(i); *at && used + 1 < size; at++) {
            size_t digits = at[0] == '0' && at[1] == 'x' ? strspn(at + 2, "0123456789abcdef") : 0;
            if (digits > 8)
                at += 1 + digits;
            else if (strncmp(at, "(number ", 8) == 0) /* which allocation of the process it was */
                at += strcspn(at, ")");
            else
                text[used++] = *at;
        }
    text[used] = 0;
}

/* Every report of every seed contains `what`, there is at least one, and they and the result are the same on one and on
 * four threads. Returns for how many seeds the result was wrong. */
static unsigned expect(const uint8_t *code, const struct options *options, const char *what) {
    static char texts[2][1 << 16];
    unsigned wrong = 0;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        bool right[2];
        set_seed(seed);
        for (unsigned threads = 0; threads < 2; threads++) {
            assert_int_equal(pagoda_sim_set_option("threads", threads ? "4" : "1"), 0);
            assert_int_equal(run(code, options, &right[threads]), hipErrorLaunchFailure);
            assert_true(pagoda_sim_report_count() > 0);
            for (unsigned i = 0; i < pagoda_sim_report_count(); i++) {
                const char *report = pagoda_sim_report(i);
                if (!strstr(report, what))
                    fail_msg("seed %u: expected \"%s\", got: %s", seed, what, report);
                assert_non_null(strstr(report, "kernel planted, instruction "));
                assert_non_null(strstr(report, "workgroup ("));
            }
            collect_reports(texts[threads], sizeof texts[threads]);
        }
        assert_string_equal(texts[0], texts[1]);
        assert_int_equal(right[0], right[1]);
        wrong += !right[0];
    }
    return wrong;
}

static void expect_plant(int plant, const char *what) {
    const struct options none = {0};
    size_t size;
    uint8_t *code = read_code_object(plant, &size);
    expect(code, &none, what);
    free(code);
}

static void expect_option(struct options options, const char *what) {
    size_t size;
    uint8_t *code = read_code_object(0, &size);
    expect(code, &options, what);
    free(code);
}

static void the_correct_kernel_has_no_reports(void **state) {
    (void)state;
    const struct options none = {0};
    size_t size;
    uint8_t *code = read_code_object(0, &size);
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        bool right;
        set_seed(seed);
        assert_int_equal(run(code, &none, &right), hipSuccess);
        assert_int_equal(pagoda_sim_report_count(), 0);
        assert_true(right);
    }
    free(code);
}

/* Replaces the dword of the last s_waitcnt that stands right before an instruction whose text starts with `next`. */
static void patch_wait(uint8_t *code, size_t size, const char *next, uint32_t replacement) {
    const Elf64_Ehdr *header = (const void *)code;
    const Elf64_Phdr *segments = (const void *)(code + header->e_phoff);
    uint8_t *text = NULL;
    size_t bytes = 0;
    assert_true(size > sizeof *header);
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && segments[i].p_flags & PF_X) {
            text = code + segments[i].p_offset;
            bytes = segments[i].p_filesz;
        }
    assert_non_null(text);
    struct sim_program *program = sim_program_acquire(SIM_GFX950, text, bytes);
    char line[256], previous[256] = "";
    uint64_t at = 0, wait = 0, found = UINT64_MAX;
    while (at < bytes) {
        unsigned used = sim_program_text(program, at, line, sizeof line);
        if (!used)
            break;
        if (strncmp(line, next, strlen(next)) == 0 && strncmp(previous, "s_waitcnt", 9) == 0)
            found = wait;
        wait = at;
        memcpy(previous, line, sizeof previous);
        at += used;
        if (strcmp(line, "s_endpgm") == 0)
            break;
    }
    sim_program_release(program);
    assert_true(found != UINT64_MAX);
    memcpy(text + found, &replacement, 4);
}

#define S_NOP 0xbf800000u
#define S_WAITCNT_VMCNT_1 0xbf8c0001u /* expcnt(0) lgkmcnt(0) as in the original */

static void expect_patch(const char *next, uint32_t replacement, const char *what) {
    const struct options none = {0};
    size_t size;
    uint8_t *code = read_code_object(0, &size);
    patch_wait(code, size, next, replacement);
    assert_true(expect(code, &none, what) > 0); /* what is used too early is really not there yet */
    free(code);
}

static void a_removed_wait(void **state) {
    (void)state;
    expect_patch("s_barrier", S_NOP, "may still have to be written by wave");
}
static void a_wait_one_too_weak(void **state) {
    (void)state;
    expect_patch("s_barrier", S_WAITCNT_VMCNT_1, "may still have to be written by wave");
}
static void a_register_read_before_its_load_landed(void **state) {
    (void)state;
    expect_patch("ds_write_b32", S_NOP, "is read while a load into it is outstanding");
}
static void an_lds_write_after_read_without_barrier(void **state) {
    (void)state;
    expect_plant(1, "LDS race: byte");
}
static void a_descale_slot_in_use(void **state) {
    (void)state;
    expect_plant(2, "LDS race: byte");
}
static void a_page_id_past_the_end_of_the_table(void **state) {
    (void)state;
    expect_plant(3, "0 bytes past the end of the 72-byte device allocation");
}
static void an_lds_load_of_8_bytes(void **state) {
    (void)state;
    expect_plant(4, "depends on an undefined value");
}
static void a_barrier_missing_in_a_branch(void **state) {
    (void)state;
    expect_plant(5, "barrier divergence");
}
static void an_uninitialised_row(void **state) {
    (void)state;
    expect_plant(6, "uninitialised LDS, byte");
}
static void a_page_id_beyond_the_pool(void **state) {
    (void)state;
    expect_option((struct options){.bad_page = PAGES}, "outside every allocation");
}
static void use_after_free(void **state) {
    (void)state;
    expect_option((struct options){.free_pool = true}, "device allocation at 0x");
}
static void a_store_out_of_range_by_one_element(void **state) {
    (void)state;
    expect_option((struct options){.short_output = true}, "store of 4 bytes at 0x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_correct_kernel_has_no_reports),
        cmocka_unit_test(a_removed_wait),
        cmocka_unit_test(a_wait_one_too_weak),
        cmocka_unit_test(a_register_read_before_its_load_landed),
        cmocka_unit_test(an_lds_write_after_read_without_barrier),
        cmocka_unit_test(a_descale_slot_in_use),
        cmocka_unit_test(a_page_id_past_the_end_of_the_table),
        cmocka_unit_test(an_lds_load_of_8_bytes),
        cmocka_unit_test(a_barrier_missing_in_a_branch),
        cmocka_unit_test(an_uninitialised_row),
        cmocka_unit_test(a_page_id_beyond_the_pool),
        cmocka_unit_test(use_after_free),
        cmocka_unit_test(a_store_out_of_range_by_one_element),
    };
    if (pagoda_sim_set_option("arch", "gfx950") || pagoda_sim_set_option("mode", "check") ||
        pagoda_sim_set_option("quiet", "1"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
