/* SPDX-License-Identifier: MIT
 *
 * Check mode where the planted faults do not reach: races between workgroups, and code that looks wrong but is not.
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

static hipModule_t module;

static void *device_bytes(size_t size, bool written) {
    void *address;
    assert_int_equal(hipMalloc(&address, size), hipSuccess);
    if (written)
        assert_int_equal(hipMemset(address, 0, size), hipSuccess);
    return address;
}

static hipError_t launch(const char *name, unsigned groups, unsigned items, void *buffer, void *other) {
    hipFunction_t function;
    void *params[] = {&buffer, &other};
    assert_int_equal(hipModuleGetFunction(&function, module, name), hipSuccess);
    return hipModuleLaunchKernel(function, groups, 1, 1, items, 1, 1, 0, NULL, params, NULL);
}

static void expect_clean(const char *name, bool input_written) {
    for (unsigned seed = 0; seed < 8; seed++) {
        char text[8];
        snprintf(text, sizeof text, "%u", seed);
        assert_int_equal(pagoda_sim_set_option("seed", text), 0);
        void *buffer = device_bytes(65536, input_written), *other = device_bytes(65536, true);
        if (launch(name, 4, 256, buffer, other) != hipSuccess)
            fail_msg("%s: %s", name, pagoda_sim_report(0));
        assert_int_equal(pagoda_sim_report_count(), 0);
        assert_int_equal(hipFree(buffer), hipSuccess);
        assert_int_equal(hipFree(other), hipSuccess);
    }
}

static void expect_report(const char *name, bool input_written, const char *what) {
    void *buffer = device_bytes(65536, input_written), *other = device_bytes(65536, true);
    assert_int_equal(launch(name, 4, 256, buffer, other), hipErrorLaunchFailure);
    assert_true(pagoda_sim_report_count() > 0);
    for (unsigned i = 0; i < pagoda_sim_report_count(); i++)
        if (!strstr(pagoda_sim_report(i), what))
            fail_msg("%s: expected \"%s\", got %s", name, what, pagoda_sim_report(i));
    assert_int_equal(hipFree(buffer), hipSuccess);
    assert_int_equal(hipFree(other), hipSuccess);
}

static void races_between_workgroups(void **state) {
    (void)state;
    expect_report("write_write_race", true, "race between workgroups: ");
    expect_report("read_write_race", true, "race between workgroups: ");
    expect_clean("neighbouring_bytes", true);
    expect_clean("atomics_order", true);
    expect_clean("same_value", true);
}

static void undefined_values(void **state) {
    (void)state;
    expect_report("stores_input", false, "uninitialised memory at 0x");
    expect_report("branches_on_input", false, "the branch depends on an undefined value");
    expect_report("indexes_by_input", false, "the address depends on an undefined value");
    expect_clean("stores_input", true);
    expect_clean("selects_away", false);
    expect_clean("masks_away", false);
    expect_clean("partial_registers", true);
    expect_clean("wide_halves", true);
}

static void halves_of_registers(void **state) {
    (void)state;
    expect_clean("halves_low_of_high", false); /* `in` is not written, `out` is */
    expect_clean("halves_high_of_low", false);
    expect_report("halves_high_of_high", false, "uninitialised memory at 0x");
    expect_report("halves_low_of_low", false, "uninitialised memory at 0x");
}

static void scratch(void **state) {
    (void)state;
    expect_clean("scratch_written", true);
    expect_clean("scratch_holes", true);
    expect_clean("scratch_keeps_undefined", true);
    expect_report("scratch_unwritten", true,
                  "the stored value depends on an undefined value, lane 0: uninitialised scratch");
}

static void lds_bytes_of_different_waves(void **state) {
    (void)state;
    expect_clean("byte_counters", true);
}

static void free_launch_and_reuse(void **state) {
    (void)state;
    expect_clean("stores_input", true); /* eight times: a freed shadow must not leak into the next allocation */
    expect_report("stores_input", false, "uninitialised memory");
}

static void typed_buffers_and_scalar_atomics(void **state) {
    (void)state;
    expect_clean("typed_copy", true);
    expect_report("typed_copy", false, "uninitialised memory at 0x");
    expect_report("typed_copy_too_early", true, "read while a load into it is outstanding");
    expect_clean("scalar_count", true);
    expect_report("scalar_count_too_early", true, "read while a load into it is outstanding");
}

static void global_wave_sync(void **state) {
    (void)state;
    uint32_t *out = device_bytes(65536, true), back[2048];
    assert_int_equal(launch("gws_init", 4, 256, out, out), hipSuccess);
    for (unsigned round = 0; round < 3; round++) {
        assert_int_equal(hipMemset(out, 0, 65536), hipSuccess);
        if (launch("gws_exchange", 4, 256, out, out) != hipSuccess)
            fail_msg("%s", pagoda_sim_report(0));
        assert_int_equal(hipMemcpy(back, out, sizeof back, 2), hipSuccess);
        for (unsigned i = 0; i < 1024; i++)
            assert_int_equal(back[1024 + i], (i + 256) % 1024 + 1);
    }
    assert_int_equal(hipFree(out), hipSuccess);
    expect_report("exchange_without_gws", true, "race between workgroups: ");
}

static int set_up(void **state) {
    (void)state;
    return hipModuleLoad(&module, PLANTED_DIR "/check_cases.co") != hipSuccess;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(races_between_workgroups),
        cmocka_unit_test(undefined_values),
        cmocka_unit_test(halves_of_registers),
        cmocka_unit_test(scratch),
        cmocka_unit_test(lds_bytes_of_different_waves),
        cmocka_unit_test(typed_buffers_and_scalar_atomics),
        cmocka_unit_test(global_wave_sync),
        cmocka_unit_test(free_launch_and_reuse),
    };
    if (pagoda_sim_set_option("arch", "gfx950") || pagoda_sim_set_option("mode", "check") ||
        pagoda_sim_set_option("quiet", "1"))
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
