/* SPDX-License-Identifier: MIT
 *
 * Launches through the HIP calls: what a kernel is told about its launch in each code-object version, LDS, scratch,
 * device variables, workgroups that wait for each other, faults.
 */
#include "hip_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static hipModule_t load(int device, int version) {
    hipModule_t module;
    char path[4096];
    snprintf(path, sizeof path, "%s/launch_probe_%s_v%d.co", PLANTED_DIR, device ? "gfx942" : "gfx950", version);
    assert_int_equal(hipSetDevice(device), hipSuccess);
    assert_int_equal(hipModuleLoad(&module, path), hipSuccess);
    return module;
}

static hipFunction_t get(hipModule_t module, const char *name) {
    hipFunction_t function;
    assert_int_equal(hipModuleGetFunction(&function, module, name), hipSuccess);
    return function;
}

static uint32_t *device_words(size_t count) {
    void *address;
    assert_int_equal(hipMalloc(&address, 4 * count), hipSuccess);
    return address;
}

static void check_records(const uint32_t *out, const uint32_t items[3], const uint32_t block[3]) {
    uint32_t *host = malloc(32ul * items[0] * items[1] * items[2]);
    assert_int_equal(hipMemcpy(host, out, 32ul * items[0] * items[1] * items[2], 2), hipSuccess);
    for (uint32_t z = 0; z < items[2]; z++)
        for (uint32_t y = 0; y < items[1]; y++)
            for (uint32_t x = 0; x < items[0]; x++) {
                const uint32_t *record = host + 8 * (x + items[0] * (y + items[1] * z));
                /* the last workgroup of a dimension may be partial: it reports its own size */
                uint32_t bx = items[0] - x / block[0] * block[0], by = items[1] - y / block[1] * block[1];
                bx = bx < block[0] ? bx : block[0];
                by = by < block[1] ? by : block[1];
                if (bx == block[0] && by == block[1])
                    assert_int_equal(record[0], x | y << 10 | z << 20);
                assert_int_equal(record[1], bx | by << 10);
                assert_int_equal(record[2], items[0]);
                assert_int_equal(record[3], items[1] * 1000 + items[2]);
                assert_int_equal(record[4], 'p');
                assert_int_equal(record[5], 10);
            }
    free(host);
}

static void ids_and_sizes(void **state) {
    (void)state;
    for (int device = 0; device < 2; device++)
        for (int version = 4; version <= 6; version++) {
            hipModule_t module = load(device, version);
            const uint32_t block[3] = {24, 3, 2}, items[3] = {72, 6, 4};
            uint32_t width = items[0], height = items[1], *out = device_words(8ul * 72 * 6 * 4);
            char letter = 'p';
            double value = 2.5;
            void *params[] = {&out, &width, &height, &letter, &value};
            assert_int_equal(hipModuleLaunchKernel(get(module, "probe"), 3, 2, 2, 24, 3, 2, 0, NULL, params, NULL),
                             hipSuccess);
            check_records(out, items, block);
            struct {
                uint32_t *out;
                uint32_t width, height;
                char letter, padding[7];
                double value;
            } buffer = {out, width, height, letter, {0}, value};
            size_t size = sizeof buffer;
            void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, &buffer, HIP_LAUNCH_PARAM_BUFFER_SIZE, &size,
                             HIP_LAUNCH_PARAM_END};
            assert_int_equal(hipMemset(out, 0, 32ul * 72 * 6 * 4), hipSuccess);
            assert_int_equal(hipModuleLaunchKernel(get(module, "probe"), 3, 2, 2, 24, 3, 2, 0, NULL, NULL, extra),
                             hipSuccess);
            check_records(out, items, block);
            assert_int_equal(hipModuleLaunchKernel(get(module, "probe"), 3, 2, 2, 24, 3, 2, 0, NULL, params, extra),
                             hipErrorInvalidValue);
            assert_int_equal(hipFree(out), hipSuccess);
            assert_int_equal(hipModuleUnload(module), hipSuccess);
        }
}

static void partial_workgroups(void **state) {
    (void)state;
    hipModule_t module = load(0, 6);
    uint32_t width = 150, height = 1, *out = device_words(8 * 192);
    char letter = 'p';
    double value = 2.5;
    void *params[] = {&out, &width, &height, &letter, &value};
    assert_int_equal(
        hipExtModuleLaunchKernel(get(module, "probe"), 150, 1, 1, 64, 1, 1, 0, NULL, params, NULL, NULL, NULL, 0),
        hipSuccess);
    struct pagoda_sim_statistics last = {.struct_size = sizeof last};
    assert_int_equal(pagoda_sim_get_statistics(NULL, &last), 0);
    assert_int_equal(last.workgroups, 3);
    uint32_t host[8 * 150];
    assert_int_equal(hipMemcpy(host, out, sizeof host, 2), hipSuccess);
    for (unsigned x = 0; x < 128; x++)
        assert_int_equal(host[8 * x], x);
    assert_int_equal(hipFree(out), hipSuccess);
    assert_int_equal(hipModuleUnload(module), hipSuccess);
}

static void lds_and_variables(void **state) {
    (void)state;
    for (int device = 0; device < 2; device++) {
        hipModule_t module = load(device, 6);
        enum { SIZE = 192, GROUPS = 5 };
        uint32_t host[SIZE * GROUPS], *in = device_words(SIZE * GROUPS), *out = device_words(SIZE * GROUPS), total;
        for (unsigned i = 0; i < SIZE * GROUPS; i++)
            host[i] = i * 11;
        assert_int_equal(hipMemcpy(in, host, sizeof host, 1), hipSuccess);
        void *params[] = {&in, &out};
        assert_int_equal(
            hipModuleLaunchKernel(get(module, "reverse"), GROUPS, 1, 1, SIZE, 1, 1, 4 * SIZE, NULL, params, NULL),
            hipSuccess);
        assert_int_equal(hipMemcpy(host, out, sizeof host, 2), hipSuccess);
        for (unsigned i = 0; i < SIZE * GROUPS; i++)
            assert_int_equal(host[i], (i / SIZE * SIZE + SIZE - 1 - i % SIZE) * 11 * (1u << i % SIZE % 3));
        hipDeviceptr_t address;
        size_t size;
        assert_int_equal(hipModuleGetGlobal(&address, &size, module, "total"), hipSuccess);
        assert_int_equal(size, 4);
        assert_int_equal(hipMemcpy(&total, address, 4, 2), hipSuccess);
        assert_int_equal(total, 5 + SIZE * GROUPS);
        /* more LDS than the device has */
        assert_int_equal(hipModuleLaunchKernel(get(module, "reverse"), 1, 1, 1, SIZE, 1, 1, 200000, NULL, params, NULL),
                         hipErrorInvalidConfiguration);
        assert_int_equal(hipFree(in), hipSuccess);
        assert_int_equal(hipFree(out), hipSuccess);
        assert_int_equal(hipModuleUnload(module), hipSuccess);
    }
}

static void scratch_memory(void **state) {
    (void)state;
    for (int device = 0; device < 2; device++) {
        hipModule_t module = load(device, 5);
        uint32_t order[64], count = 64, got[128], *out = device_words(128), *list = device_words(64);
        for (unsigned i = 0; i < 64; i++)
            order[i] = i * 37 % 64;
        assert_int_equal(hipMemcpy(list, order, sizeof order, 1), hipSuccess);
        void *params[] = {&list, &out, &count};
        assert_int_equal(hipModuleLaunchKernel(get(module, "scratch"), 2, 1, 1, 64, 1, 1, 0, NULL, params, NULL),
                         hipSuccess);
        assert_int_equal(hipMemcpy(got, out, sizeof got, 2), hipSuccess);
        for (unsigned thread = 0; thread < 128; thread++) {
            uint32_t local[64], sum = 0;
            for (unsigned i = 0; i < 64; i++)
                local[order[i]] = thread * 100 + i;
            for (unsigned i = 0; i < 64; i++)
                sum = sum * 3 + local[i];
            assert_int_equal(got[thread], sum);
        }
        order[5] = 5000; /* beyond the work-item's scratch */
        assert_int_equal(hipMemcpy(list, order, sizeof order, 1), hipSuccess);
        assert_int_equal(hipModuleLaunchKernel(get(module, "scratch"), 1, 1, 1, 64, 1, 1, 0, NULL, params, NULL),
                         hipErrorLaunchFailure);
        assert_non_null(strstr(pagoda_sim_report(0), "scratch byte"));
        assert_int_equal(hipFree(out), hipSuccess);
        assert_int_equal(hipFree(list), hipSuccess);
        assert_int_equal(hipModuleUnload(module), hipSuccess);
    }
}

static void workgroups_that_wait_for_each_other(void **state) {
    (void)state;
    hipModule_t module = load(0, 6);
    uint32_t *arrived = device_words(1), *out = device_words(12), got[12];
    assert_int_equal(hipMemset(arrived, 0, 4), hipSuccess);
    assert_int_equal(hipMemset(out, 0, 48), hipSuccess);
    void *params[] = {&arrived, &out};
    assert_int_equal(hipModuleLaunchKernel(get(module, "rendezvous"), 12, 1, 1, 64, 1, 1, 0, NULL, params, NULL),
                     hipSuccess);
    assert_int_equal(hipMemcpy(got, out, sizeof got, 2), hipSuccess);
    for (unsigned i = 0; i < 12; i++)
        assert_int_equal(got[i], 1);
    assert_int_equal(hipFree(arrived), hipSuccess);
    assert_int_equal(hipFree(out), hipSuccess);
    assert_int_equal(hipModuleUnload(module), hipSuccess);
}

static void faults(void **state) {
    (void)state;
    hipModule_t module = load(0, 6);
    uint32_t *out = device_words(1);
    void *params[] = {&out};
    assert_int_equal(hipModuleLaunchKernel(get(module, "aborts"), 1, 1, 1, 64, 1, 1, 0, NULL, NULL, NULL),
                     hipErrorLaunchFailure);
    assert_int_equal(hipGetLastError(), hipErrorLaunchFailure);
    assert_int_equal(hipGetLastError(), hipSuccess);
    assert_non_null(strstr(pagoda_sim_report(0), "kernel aborts"));
    assert_int_equal(hipMemset(out, 0, 4), hipSuccess);
    assert_int_equal(pagoda_sim_set_option("max_instructions", "100000"), 0);
    assert_int_equal(hipModuleLaunchKernel(get(module, "forever"), 1, 1, 1, 64, 1, 1, 0, NULL, params, NULL),
                     hipErrorLaunchFailure);
    assert_non_null(strstr(pagoda_sim_report(0), "runaway"));
    assert_int_equal(pagoda_sim_set_option("max_instructions", "0"), 0);
    assert_int_equal(hipModuleLaunchKernel(get(module, "aborts"), 1, 1, 1, 2048, 1, 1, 0, NULL, NULL, NULL),
                     hipErrorInvalidConfiguration);
    assert_int_equal(hipModuleLaunchKernel(get(module, "aborts"), 0, 1, 1, 64, 1, 1, 0, NULL, NULL, NULL),
                     hipErrorInvalidConfiguration);
    hipFunction_t function;
    assert_int_equal(hipModuleGetFunction(&function, module, "absent"), hipErrorNotFound);
    assert_int_equal(hipModuleUnload(module), hipSuccess);
    assert_int_equal(hipFree(out), hipSuccess);
    /* gfx942 code on the gfx950 device */
    char path[4096];
    assert_int_equal(hipSetDevice(0), hipSuccess);
    snprintf(path, sizeof path, "%s/launch_probe_gfx942_v6.co", PLANTED_DIR);
    assert_int_equal(hipModuleLoad(&module, path), hipErrorNoBinaryForGpu);
    uint8_t noise[256] = {1, 2, 3};
    assert_int_equal(hipModuleLoadData(&module, noise), hipErrorInvalidImage);
    assert_int_equal(hipModuleLoad(&module, "/nonexistent"), hipErrorFileNotFound);
}

/* The same launch gives the same bits on one thread and on several, and the same instruction count. */
/* Lengths and counts of the metadata that reach behind its end, in every place: refused or read, without a fault. */
static void damaged_metadata_is_survived(void **state) {
    (void)state;
    static const uint8_t lengths[] = {0x8f, 0x9f, 0xbf, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf};
    static uint8_t file[1 << 16];
    FILE *stream = fopen(PLANTED_DIR "/launch_probe_gfx950_v5.co", "rb");
    assert_non_null(stream);
    const size_t size = fread(file, 1, sizeof file, stream);
    fclose(stream);
    assert_true(size > 64 && size < sizeof file);
    const uint8_t *found = memmem(file, size, "amdhsa.kernels", 14);
    assert_non_null(found);
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    assert_int_equal(hipSetDevice(0), hipSuccess);
    size_t refused = 0;
    for (size_t at = (size_t)(found - file) - 1; at < size && at < (size_t)(found - file) + 1500; at++)
        for (size_t i = 0; i < sizeof lengths; i++) {
            hipModule_t module;
            memcpy(copy, file, size);
            copy[at] = lengths[i];
            if (hipModuleLoadData(&module, copy) == hipSuccess)
                assert_int_equal(hipModuleUnload(module), hipSuccess);
            else
                refused++;
        }
    assert_true(refused > 0);
    free(copy);
}

static void threads_do_not_matter(void **state) {
    (void)state;
    hipModule_t module = load(0, 6);
    uint32_t order[64], count = 64, got[2][1024], *out = device_words(1024), *list = device_words(64);
    uint64_t instructions[2];
    for (unsigned i = 0; i < 64; i++)
        order[i] = i * 13 % 64;
    assert_int_equal(hipMemcpy(list, order, sizeof order, 1), hipSuccess);
    for (unsigned round = 0; round < 2; round++) {
        struct pagoda_sim_statistics last = {.struct_size = sizeof last};
        void *params[] = {&list, &out, &count};
        assert_int_equal(pagoda_sim_set_option("threads", round ? "4" : "1"), 0);
        assert_int_equal(hipModuleLaunchKernel(get(module, "scratch"), 16, 1, 1, 64, 1, 1, 0, NULL, params, NULL),
                         hipSuccess);
        assert_int_equal(hipMemcpy(got[round], out, sizeof got[0], 2), hipSuccess);
        assert_int_equal(pagoda_sim_get_statistics(NULL, &last), 0);
        instructions[round] = last.instructions;
        uint64_t sum = 0;
        for (unsigned i = 0; i < PAGODA_SIM_NUM_CLASSES; i++)
            sum += last.by_class[i];
        assert_true(sum == last.instructions);
        assert_int_equal(last.waves, 16);
    }
    assert_memory_equal(got[0], got[1], sizeof got[0]);
    assert_true(instructions[0] == instructions[1]);
    assert_int_equal(hipFree(out), hipSuccess);
    assert_int_equal(hipFree(list), hipSuccess);
    assert_int_equal(hipModuleUnload(module), hipSuccess);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_sizes),
        cmocka_unit_test(partial_workgroups),
        cmocka_unit_test(lds_and_variables),
        cmocka_unit_test(scratch_memory),
        cmocka_unit_test(workgroups_that_wait_for_each_other),
        cmocka_unit_test(faults),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(damaged_metadata_is_survived),
    };
    if (pagoda_sim_set_option("arch", "gfx950,gfx942") || pagoda_sim_set_option("quiet", "1"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
