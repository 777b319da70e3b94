/* SPDX-License-Identifier: MIT
 *
 * When loads and stores take effect in check mode (landing.hip): right programs give the bits of fast mode for every
 * seed; wrong ones are reported and go wrong, for some seeds and reproducibly.
 */
#include "hip_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ITEMS 128
#define GROUPS 2
#define SEEDS 20
#define BYTES (GROUPS * ITEMS * sizeof(uint32_t))
#define SPARE_BYTES (17 * ITEMS * sizeof(uint32_t))

static hipModule_t module;

static uint32_t input(unsigned i) {
    return 7 * i + 1000;
}

static void set_option(const char *name, unsigned value) {
    char text[16];
    snprintf(text, sizeof text, "%u", value);
    assert_int_equal(pagoda_sim_set_option(name, text), 0);
}

static unsigned groups_of(const char *name) {
    return strstr(name, "message") ? 2 : 1;
}

static void run(const char *name, uint32_t *out) {
    uint32_t in[GROUPS * ITEMS];
    void *buffers[3];
    for (unsigned i = 0; i < GROUPS * ITEMS; i++)
        in[i] = input(i);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(hipMalloc(&buffers[i], SPARE_BYTES), hipSuccess);
        assert_int_equal(hipMemset(buffers[i], 0, SPARE_BYTES), hipSuccess);
    }
    assert_int_equal(hipMemcpy(buffers[0], in, BYTES, 1), hipSuccess);
    hipFunction_t function;
    void *params[] = {&buffers[0], &buffers[1], &buffers[2]};
    assert_int_equal(hipModuleGetFunction(&function, module, name), hipSuccess);
    hipError_t error = hipModuleLaunchKernel(function, groups_of(name), 1, 1, ITEMS, 1, 1, 0, NULL, params, NULL);
    assert_int_equal(error, pagoda_sim_report_count() ? hipErrorLaunchFailure : hipSuccess);
    assert_int_equal(hipMemcpy(out, buffers[1], BYTES, 2), hipSuccess);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(hipFree(buffers[i]), hipSuccess);
}

static bool is_right(const char *name, const uint32_t *out) {
    for (unsigned i = 0; i < groups_of(name) * ITEMS; i++)
        if (out[i] != input(i % ITEMS) + 1)
            return false;
    return true;
}

static void right_programs(void **state) {
    (void)state;
    static const char *const names[] = {"load_waits",
                                        "first_of_two_waits",
                                        "operands_change",
                                        "scalar_waits",
                                        "flat_waits",
                                        "lds_operations_are_in_order",
                                        "load_to_lds_waits",
                                        "lds_write_waits",
                                        "lds_read_before_barrier_waits",
                                        "lds_read_before_load_waits",
                                        "store_barrier_load",
                                        "load_barrier_store",
                                        "message_waits"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        for (unsigned seed = 0; seed < SEEDS; seed++) {
            uint32_t out[GROUPS * ITEMS];
            set_option("seed", seed);
            run(names[i], out);
            if (pagoda_sim_report_count())
                fail_msg("%s, seed %u: %s", names[i], seed, pagoda_sim_report(0));
            if (!is_right(names[i], out))
                fail_msg("%s, seed %u: wrong result", names[i], seed);
        }
}

static void wrong_programs(void **state) {
    (void)state;
    static const struct {
        const char *name, *report; /* NULL: only the result shows it */
    } cases[] = {
        {"load_hurries", "v40 is read while a load into it is outstanding"},
        {"second_of_two_hurries", "v40 is read while a load into it is outstanding"},
        {"destination_overwritten", "v40 is overwritten while a load into it is outstanding"},
        {"first_scalar_hurries", "s40 is read while a load into it is outstanding"},
        {"flat_hurries", "v40 is read while a load into it is outstanding"},
        {"lds_read_hurries", "v41 is read while a load into it is outstanding"},
        {"load_to_lds_hurries", "read while it may still have to be written by wave"},
        {"lds_write_hurries", "read while it may still have to be written by wave"},
        {"lds_read_before_barrier_hurries", "written while it may still have to be read by wave"},
        {"lds_read_before_load_hurries", "written while it may still have to be read by wave"},
        {"flag_overtakes_message", NULL},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned right = 0;
        for (unsigned seed = 0; seed < SEEDS; seed++) {
            uint32_t first[GROUPS * ITEMS], again[GROUPS * ITEMS];
            char report[2048];
            set_option("seed", seed);
            run(cases[i].name, first);
            assert_int_equal(pagoda_sim_report_count(), cases[i].report ? 1 : 0);
            snprintf(report, sizeof report, "%s", cases[i].report ? pagoda_sim_report(0) : "");
            if (cases[i].report && !strstr(report, cases[i].report))
                fail_msg("%s, seed %u: expected \"%s\", got %s", cases[i].name, seed, cases[i].report, report);
            run(cases[i].name, again);
            assert_memory_equal(first, again, BYTES);
            if (cases[i].report)
                assert_string_equal(pagoda_sim_report(0), report);
            right += is_right(cases[i].name, first);
        }
        if (right == 0 || right == SEEDS)
            fail_msg("%s: right for %u of %u seeds", cases[i].name, right, SEEDS);
    }
}

static int set_up(void **state) {
    (void)state;
    return hipModuleLoad(&module, PLANTED_DIR "/landing.co") != hipSuccess;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(right_programs), cmocka_unit_test(wrong_programs)};
    if (pagoda_sim_set_option("arch", "gfx950") || pagoda_sim_set_option("mode", "check") ||
        pagoda_sim_set_option("threads", "1") || pagoda_sim_set_option("quiet", "1"))
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
