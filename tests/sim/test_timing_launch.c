/* SPDX-License-Identifier: MIT
 *
 * Timing mode of whole launches through the HIP API: same results as fast mode, modelled times that do not depend on
 * the host's threads, extrapolation from a few workgroups, sampling, the trace file.
 */
#include "hip_calls.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREADS 256
#define GROUPS 700
#define BASE 100

static float results[2][GROUPS * THREADS];

static void set(const char *name, const char *value) {
    assert_int_equal(pagoda_sim_set_option(name, value), 0);
}

static uint8_t *read_code_object(void) {
    FILE *file = fopen(PLANTED_DIR "/timed.co", "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    return bytes;
}

/* Runs the kernel on GROUPS workgroups; the output goes to `out`. */
static void run(int step, float *out) {
    static uint16_t in[64 * 8];
    uint8_t *code = read_code_object();
    hipModule_t module;
    hipFunction_t function;
    void *device_in, *device_out;
    int base = BASE;
    for (unsigned i = 0; i < 64 * 8; i++)
        in[i] = (uint16_t)(0x3c00 + i % 97); /* about 0.01 */
    assert_int_equal(hipMalloc(&device_in, sizeof in), hipSuccess);
    assert_int_equal(hipMalloc(&device_out, sizeof results[0]), hipSuccess);
    assert_int_equal(hipMemcpy(device_in, in, sizeof in, 1), hipSuccess);
    assert_int_equal(hipModuleLoadData(&module, code), hipSuccess);
    assert_int_equal(hipModuleGetFunction(&function, module, "timed"), hipSuccess);
    void *params[] = {&device_out, &device_in, &base, &step};
    assert_int_equal(hipModuleLaunchKernel(function, GROUPS, 1, 1, THREADS, 1, 1, 0, NULL, params, NULL), hipSuccess);
    assert_int_equal(hipMemcpy(out, device_out, sizeof results[0], 2), hipSuccess);
    assert_int_equal(hipModuleUnload(module), hipSuccess);
    assert_int_equal(hipFree(device_in), hipSuccess);
    assert_int_equal(hipFree(device_out), hipSuccess);
    free(code);
}

static struct pagoda_sim_timing timing_of(int step) {
    struct pagoda_sim_timing timing = {.struct_size = sizeof timing};
    pagoda_sim_reset_statistics();
    run(step, results[1]);
    assert_int_equal(pagoda_sim_get_timing(&timing), 0);
    return timing;
}

static void results_do_not_depend_on_the_mode(void **state) {
    (void)state;
    set("mode", "fast");
    run(1, results[0]);
    struct pagoda_sim_timing timing = {.struct_size = sizeof timing};
    assert_int_equal(pagoda_sim_get_timing(&timing), -1); /* nothing was modelled */
    set("mode", "timing");
    run(1, results[1]);
    assert_memory_equal(results[0], results[1], sizeof results[0]);
    assert_true(results[0][5] != 0);
}

static void times_do_not_depend_on_threads(void **state) {
    (void)state;
    set("threads", "1");
    struct pagoda_sim_timing one = timing_of(2);
    set("threads", "4");
    struct pagoda_sim_timing four = timing_of(2);
    assert_memory_equal(&one, &four, sizeof one);
}

static void the_loop_runs_at_the_matrix_rate(void **state) {
    (void)state;
    struct pagoda_sim_timing timing = timing_of(0);
    /* A full CU: matrix_flops / clk of 32x32x16 in 32 clk on each of 4 SIMDs */
    double peak = 4 * 2.0 * 32 * 32 * 16 / 32, rate = timing.loop_matrix_flops / timing.strict.loop_clk;
    assert_true(rate > 0.97 * peak && rate < 1.01 * peak);
    double flops = GROUPS * 4.0 * BASE * 2 * 2 * 32 * 32 * 16;
    assert_true(fabs(timing.matrix_flops - flops) < 1e-3 * flops);
    double tile = pagoda_sim_clk_per_tile(&timing, &timing.strict, timing.matrix_flops);
    assert_true(fabs(tile - 8388608 / rate) < 1e-6 * tile);
    assert_true(timing.workgroups == GROUPS && timing.executed_workgroups == GROUPS);
}

static void launches_add_up(void **state) {
    (void)state;
    struct pagoda_sim_timing one = timing_of(0), other = timing_of(2), sum = {.struct_size = sizeof sum};
    run(0, results[1]); /* `other` was not reset */
    assert_int_equal(pagoda_sim_get_timing(&sum), 0);
    assert_int_equal(one.launches, 1);
    assert_int_equal(sum.launches, 2);
    assert_true(fabs(sum.strict.us - one.strict.us - other.strict.us) < 1e-9 * sum.strict.us);
    assert_true(fabs(sum.traced.clk - one.traced.clk - other.traced.clk) < 1e-9 * sum.traced.clk);
    assert_true(sum.matrix_flops == one.matrix_flops + other.matrix_flops);
    assert_true(sum.loop_iterations == other.loop_iterations); /* the launch with more matrix work */
    pagoda_sim_reset_statistics();
    assert_int_equal(pagoda_sim_get_timing(&sum), -1);
}

static void each_wave_has_its_own_breakdown(void **state) {
    (void)state;
    struct pagoda_sim_timing timing = timing_of(1);
    assert_int_equal(timing.strict.num_waves, THREADS / 64);
    assert_true(timing.strict.longest_workgroup < GROUPS);
    for (unsigned w = 0; w < timing.strict.num_waves; w++) {
        const struct pagoda_sim_wave_time *wave = &timing.strict.waves[w];
        double sum = 0;
        for (unsigned i = 0; i < PAGODA_SIM_NUM_TIMES; i++)
            sum += wave->times[i];
        assert_true(wave->times[PAGODA_SIM_TIME_ISSUE] > 0 && wave->times[PAGODA_SIM_TIME_PORT] > 0);
        assert_true(sum > 0.95 * wave->clk && sum < 1.001 * wave->clk);
    }
}

/* The kernel reads its small input and writes its whole output. */
static void the_working_set_is_counted(void **state) {
    (void)state;
    double bytes = timing_of(0).working_set_bytes;
    assert_true(bytes >= sizeof results[0] && bytes < 1.1 * sizeof results[0]);
}

static void a_few_workgroups_stand_for_all(void **state) {
    (void)state;
    set("timing_workgroups", "8");
    double few = timing_of(3).strict.clk;
    set("timing_workgroups", "64");
    double many = timing_of(3).strict.clk;
    assert_true(fabs(few - many) < 0.03 * many);
    set("timing_workgroups", "8");
}

static void sampling_executes_only_what_is_modelled(void **state) {
    (void)state;
    double all = timing_of(0).strict.clk;
    set("sample", "1");
    struct pagoda_sim_timing timing = timing_of(0);
    set("sample", "0");
    assert_int_equal(timing.executed_workgroups, timing.modelled_workgroups);
    assert_true(timing.executed_workgroups < GROUPS);
    assert_true(fabs(timing.strict.clk - all) < 0.02 * all);
}

static void the_trace_is_written(void **state) {
    (void)state;
    char path[] = "/tmp/pagoda_trace_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    set("trace", path);
    timing_of(0);
    set("trace", "");
    FILE *trace = fdopen(file, "r");
    assert_non_null(trace);
    int depth = 0, c, last = 0;
    unsigned long braces = 0;
    while ((c = fgetc(trace)) != EOF) {
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        braces += c == '{';
        assert_true(depth >= 0);
        last = c == '\n' ? last : c;
    }
    fclose(trace);
    remove(path);
    assert_int_equal(depth, 0);
    assert_int_equal(last, '}');
    assert_true(braces > 1000);
}

static void bad_options_are_refused(void **state) {
    (void)state;
    assert_int_equal(pagoda_sim_set_option("timing_workgroups", "0"), -1);
    assert_int_equal(pagoda_sim_set_option("timing_workgroups", "65"), -1);
    assert_int_equal(pagoda_sim_set_option("timing_workgroups", "many"), -1);
    assert_int_equal(pagoda_sim_set_option("sample", "2"), -1);
    struct pagoda_sim_timing timing = {.struct_size = 3};
    assert_int_equal(pagoda_sim_get_timing(&timing), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_do_not_depend_on_the_mode),
        cmocka_unit_test(times_do_not_depend_on_threads),
        cmocka_unit_test(the_loop_runs_at_the_matrix_rate),
        cmocka_unit_test(launches_add_up),
        cmocka_unit_test(each_wave_has_its_own_breakdown),
        cmocka_unit_test(the_working_set_is_counted),
        cmocka_unit_test(a_few_workgroups_stand_for_all),
        cmocka_unit_test(sampling_executes_only_what_is_modelled),
        cmocka_unit_test(the_trace_is_written),
        cmocka_unit_test(bad_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
