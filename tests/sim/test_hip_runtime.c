/* SPDX-License-Identifier: MIT
 *
 * The HIP runtime calls around launches: memory, streams, events, graphs, registered fat binaries, properties.
 */
#include "hip_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

static void devices(void **state) {
    (void)state;
    int count, value;
    struct hip_properties old;
    struct hip_properties_r0600 new;
    assert_int_equal(hipGetDeviceCount(&count), hipSuccess);
    assert_int_equal(count, 2);
    for (int device = 0; device < 2; device++) {
        const char *arch = device ? "gfx942" : "gfx950";
        assert_int_equal(hipGetDeviceProperties(&old, device), hipSuccess);
        assert_int_equal(hipGetDevicePropertiesR0600(&new, device), hipSuccess);
        assert_int_equal(strncmp(old.gcnArchName, arch, 6), 0);
        assert_string_equal(old.gcnArchName, new.gcnArchName);
        assert_int_equal(old.multiProcessorCount, device ? 304 : 256);
        assert_int_equal(new.multiProcessorCount, old.multiProcessorCount);
        assert_int_equal(old.sharedMemPerBlock, device ? 65536 : 163840);
        assert_int_equal(new.warpSize, 64);
        assert_int_equal(hipDeviceGetAttribute(&value, 63, device), hipSuccess);
        assert_int_equal(value, old.multiProcessorCount);
        assert_int_equal(hipDeviceGetAttribute(&value, 87, device), hipSuccess);
        assert_int_equal(value, 64);
    }
    assert_int_equal(hipGetDeviceProperties(&old, 2), hipErrorInvalidDevice);
    assert_int_equal(hipSetDevice(7), hipErrorInvalidDevice);
    assert_int_equal(hipDeviceGetAttribute(&value, 5000, 0), hipErrorInvalidValue);
    assert_string_equal(hipGetErrorName(hipErrorInvalidDevice), "hipErrorInvalidDevice");
    (void)hipGetLastError();
}

static void memory(void **state) {
    (void)state;
    uint8_t host[4096], back[4096];
    void *device, *pinned;
    struct hip_pointer_attributes attributes;
    for (unsigned i = 0; i < sizeof host; i++)
        host[i] = (uint8_t)(i * 7);
    assert_int_equal(hipMalloc(&device, sizeof host), hipSuccess);
    assert_int_equal((uintptr_t)device % 256, 0);
    assert_int_equal(hipMemcpy(device, host, sizeof host, 1), hipSuccess);
    assert_int_equal(hipMemcpy(back, device, sizeof host, 4), hipSuccess);
    assert_memory_equal(host, back, sizeof host);
    assert_int_equal(hipMemcpy2D(back, 100, device, 256, 50, 8, 2), hipSuccess);
    for (unsigned row = 0; row < 8; row++)
        assert_memory_equal(back + 100 * row, host + 256 * row, 50);
    assert_int_equal(hipMemcpy(device, host, sizeof host + 1, 1), hipErrorInvalidValue); /* past the end */
    assert_int_equal(hipMemcpy((char *)device + 4000, host, 97, 1), hipErrorInvalidValue);
    assert_int_equal(hipMemcpy(device, host, 4, 9), hipErrorInvalidMemcpyDirection);
    assert_int_equal(hipMemset(device, 0xab, 100), hipSuccess);
    assert_int_equal(hipMemsetD32Async((char *)device + 128, 0x01020304, 4, NULL), hipSuccess);
    assert_int_equal(hipMemcpy(back, device, 160, 2), hipSuccess);
    assert_int_equal(back[99], 0xab);
    assert_int_equal(back[100], host[100]);
    assert_int_equal(back[128], 4);
    assert_int_equal(back[143], 1);
    assert_int_equal(back[144], host[144]);
    assert_int_equal(hipHostMalloc(&pinned, 64, 0), hipSuccess);
    assert_int_equal(hipPointerGetAttributes(&attributes, (char *)device + 10), hipSuccess);
    assert_int_equal(attributes.type, 2);
    assert_int_equal(hipPointerGetAttributes(&attributes, pinned), hipSuccess);
    assert_int_equal(attributes.type, 1);
    assert_int_equal(hipPointerGetAttributes(&attributes, host), hipErrorInvalidValue);
    assert_int_equal(hipHostRegister(host, sizeof host, 0), hipSuccess);
    assert_int_equal(hipHostRegister(host + 8, 8, 0), hipErrorHostMemoryAlreadyRegistered);
    assert_int_equal(hipHostUnregister(host), hipSuccess);
    assert_int_equal(hipHostUnregister(host), hipErrorHostMemoryNotRegistered);
    assert_int_equal(hipHostFree(pinned), hipSuccess);
    assert_int_equal(hipFree(device), hipSuccess);
    assert_int_equal(hipFree(device), hipErrorInvalidValue); /* twice */
    assert_int_equal(hipMemcpy(device, host, 4, 1), hipErrorInvalidValue);
    assert_int_equal(hipFree(NULL), hipSuccess);
    assert_int_equal(hipMalloc(&device, (size_t)1 << 60), hipErrorOutOfMemory);
    (void)hipGetLastError();
}

static uint8_t *read_file(const char *arch, size_t *size) {
    char path[4096];
    snprintf(path, sizeof path, "%s/launch_probe_%s_v6.co", PLANTED_DIR, arch);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void put64(uint8_t **at, uint64_t value) {
    memcpy(*at, &value, 8);
    *at += 8;
}

/* An offload bundle with an empty host entry and both architectures. */
static uint8_t *make_bundle(size_t *size) {
    static const char *const ids[] = {"host-x86_64-unknown-linux-gnu-", "hipv4-amdgcn-amd-amdhsa--gfx942",
                                      "hipv4-amdgcn-amd-amdhsa--gfx950"};
    size_t sizes[3] = {0}, offset = 4096;
    uint8_t *parts[3] = {NULL, read_file("gfx942", &sizes[1]), read_file("gfx950", &sizes[2])};
    uint8_t *bundle = calloc(1, 3 * 4096 + sizes[1] + sizes[2]), *at = bundle;
    memcpy(at, "__CLANG_OFFLOAD_BUNDLE__", 24);
    at += 24;
    put64(&at, 3);
    for (unsigned i = 0; i < 3; i++) {
        put64(&at, offset);
        put64(&at, sizes[i]);
        put64(&at, strlen(ids[i]));
        memcpy(at, ids[i], strlen(ids[i]));
        at += strlen(ids[i]);
        if (sizes[i])
            memcpy(bundle + offset, parts[i], sizes[i]);
        offset += (sizes[i] + 4095) & ~(size_t)4095;
        free(parts[i]);
    }
    *size = offset;
    return bundle;
}

static void host_stub(void) {}

static void run_reverse(const void *function, bool registered, hipStream_t stream, uint32_t *in, uint32_t *out) {
    void *params[] = {&in, &out};
    if (registered)
        assert_int_equal(hipLaunchKernel(function, (dim3){2, 1, 1}, (dim3){64, 1, 1}, params, 256, stream), hipSuccess);
    else
        assert_int_equal(
            hipModuleLaunchKernel((hipFunction_t)(uintptr_t)function, 2, 1, 1, 64, 1, 1, 256, stream, params, NULL),
            hipSuccess);
}

static void check_reversed(const uint32_t *out) {
    uint32_t host[128];
    assert_int_equal(hipMemcpy(host, out, sizeof host, 2), hipSuccess);
    for (unsigned i = 0; i < 128; i++)
        assert_int_equal(host[i], (i / 64 * 64 + 63 - i % 64) * (1u << i % 64 % 3));
}

static uint32_t *counting(void) {
    uint32_t host[128];
    void *device;
    for (unsigned i = 0; i < 128; i++)
        host[i] = i;
    assert_int_equal(hipMalloc(&device, sizeof host), hipSuccess);
    assert_int_equal(hipMemcpy(device, host, sizeof host, 1), hipSuccess);
    return device;
}

static void registered_fat_binaries(void **state) {
    (void)state;
    size_t size;
    uint8_t *bundle = make_bundle(&size);
    /* compressed as clang does it: version 2, zstd */
    size_t bound = ZSTD_compressBound(size);
    uint8_t *packed = malloc(24 + bound);
    size_t packed_size = ZSTD_compress(packed + 24, bound, bundle, size, 3);
    assert_false(ZSTD_isError(packed_size));
    const uint16_t version = 2, method = 1;
    const uint32_t total = (uint32_t)(24 + packed_size), plain = (uint32_t)size;
    memcpy(packed, "CCOB", 4);
    memcpy(packed + 4, &version, 2);
    memcpy(packed + 6, &method, 2);
    memcpy(packed + 8, &total, 4);
    memcpy(packed + 12, &plain, 4);
    memset(packed + 16, 0, 8);
    for (unsigned compressed = 0; compressed < 2; compressed++) {
        struct {
            uint32_t magic, version;
            const void *binary;
            void *unused;
        } wrapper = {0x48495046u, 1, compressed ? packed : bundle, NULL};
        void **handle = __hipRegisterFatBinary(&wrapper);
        char name[] = "reverse";
        union {
            void (*function)(void);
            const void *pointer;
        } stub = {host_stub};
        assert_non_null(handle);
        __hipRegisterFunction(handle, stub.pointer, name, name, ~0u, NULL, NULL, NULL, NULL, NULL);
        for (int device = 0; device < 2; device++) {
            assert_int_equal(hipSetDevice(device), hipSuccess);
            uint32_t *in = counting(), *out = counting();
            run_reverse(stub.pointer, true, NULL, in, out);
            check_reversed(out);
            assert_int_equal(hipFree(in), hipSuccess);
            assert_int_equal(hipFree(out), hipSuccess);
        }
        assert_int_equal(hipLaunchKernel(&size, (dim3){1, 1, 1}, (dim3){64, 1, 1}, NULL, 0, NULL),
                         hipErrorInvalidDeviceFunction);
        __hipUnregisterFatBinary(handle);
    }
    free(bundle);
    free(packed);
    assert_int_equal(hipSetDevice(0), hipSuccess);
    (void)hipGetLastError();
}

static void streams_events_and_graphs(void **state) {
    (void)state;
    hipModule_t module;
    hipFunction_t function;
    hipStream_t stream, other;
    hipEvent_t begin, end, fork;
    hipGraph_t graph;
    hipGraphExec_t executable;
    float milliseconds = -1;
    size_t size, nodes = 0;
    uint8_t *code = read_file("gfx950", &size);
    uint32_t *in = counting(), *out = counting(), *copy = counting(), *second = counting();
    assert_int_equal(hipModuleLoadData(&module, code), hipSuccess);
    assert_int_equal(hipModuleGetFunction(&function, module, "reverse"), hipSuccess);
    assert_int_equal(hipStreamCreate(&stream), hipSuccess);
    assert_int_equal(hipStreamCreate(&other), hipSuccess);
    assert_int_equal(hipEventCreate(&begin), hipSuccess);
    assert_int_equal(hipEventCreate(&end), hipSuccess);
    assert_int_equal(hipEventCreate(&fork), hipSuccess);
    assert_int_equal(hipEventElapsedTime(&milliseconds, begin, end), hipErrorInvalidHandle);
    assert_int_equal(hipEventRecord(begin, stream), hipSuccess);
    run_reverse(function, false, stream, in, out);
    assert_int_equal(hipEventRecord(end, stream), hipSuccess);
    assert_int_equal(hipEventElapsedTime(&milliseconds, begin, end), hipSuccess);
    assert_true(milliseconds > 0);
    check_reversed(out);

    /* capture with a fork to another stream; nothing runs before the graph is launched */
    assert_int_equal(hipMemset(out, 0, 512), hipSuccess);
    assert_int_equal(hipStreamBeginCapture(stream, 0), hipSuccess);
    run_reverse(function, false, stream, in, out);
    assert_int_equal(hipStreamSynchronize(stream), hipErrorStreamCaptureUnsupported);
    assert_int_equal(hipEventRecord(fork, stream), hipSuccess);
    assert_int_equal(hipStreamWaitEvent(other, fork, 0), hipSuccess);
    run_reverse(function, false, other, in, second);
    assert_int_equal(hipEventRecord(end, other), hipSuccess);
    assert_int_equal(hipMemcpyAsync(copy, out, 512, 3, stream), hipSuccess);
    assert_int_equal(hipStreamWaitEvent(stream, end, 0), hipSuccess);
    assert_int_equal(hipStreamEndCapture(stream, &graph), hipSuccess);
    uint32_t word;
    assert_int_equal(hipMemcpy(&word, (char *)out + 4, 4, 2), hipSuccess);
    assert_int_equal(word, 0);
    assert_int_equal(hipGraphGetNodes(graph, NULL, &nodes), hipSuccess);
    assert_int_equal(nodes, 3);
    assert_int_equal(hipGraphInstantiate(&executable, graph, NULL, NULL, 0), hipSuccess);
    assert_int_equal(hipGraphDestroy(graph), hipSuccess);
    for (unsigned round = 0; round < 2; round++) {
        assert_int_equal(hipMemset(copy, 0, 512), hipSuccess);
        assert_int_equal(hipMemset(second, 0, 512), hipSuccess);
        assert_int_equal(hipGraphLaunch(executable, stream), hipSuccess);
        check_reversed(copy);
        check_reversed(second);
    }
    assert_int_equal(hipGraphExecDestroy(executable), hipSuccess);
    assert_int_equal(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureUnmatched);
    int blocks, value;
    assert_int_equal(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, 256, 0), hipSuccess);
    assert_int_equal(blocks, 8); /* 8 waves per SIMD, 4 SIMDs, 4 waves each */
    assert_int_equal(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, 256, 60000), hipSuccess);
    assert_int_equal(blocks, 2);
    assert_int_equal(hipFuncGetAttribute(&value, 0, function), hipSuccess);
    assert_int_equal(value, 1024);
    assert_int_equal(hipStreamDestroy(stream), hipSuccess);
    assert_int_equal(hipStreamDestroy(stream), hipErrorInvalidHandle);
    assert_int_equal(hipStreamDestroy(other), hipSuccess);
    assert_int_equal(hipEventDestroy(begin), hipSuccess);
    assert_int_equal(hipEventDestroy(end), hipSuccess);
    assert_int_equal(hipEventDestroy(fork), hipSuccess);
    assert_int_equal(hipModuleUnload(module), hipSuccess);
    free(code);
    uint32_t *const all[] = {in, out, copy, second};
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(hipFree(all[i]), hipSuccess);
}

static void options(void **state) {
    (void)state;
    assert_non_null(strstr(pagoda_sim_version(), "pagoda-sim "));
    assert_int_equal(pagoda_sim_set_option("mode", "slow"), -1);
    assert_int_equal(pagoda_sim_set_option("nothing", "1"), -1);
    assert_int_equal(pagoda_sim_set_option("arch", "gfx942"), -1); /* too late */
    assert_int_equal(pagoda_sim_set_option("threads", "0"), -1);
    assert_int_equal(pagoda_sim_set_option("seed", "12"), 0);
    struct pagoda_sim_statistics wrong = {.struct_size = 1}, sum = {.struct_size = sizeof sum};
    assert_int_equal(pagoda_sim_get_statistics(&wrong, NULL), -1);
    assert_int_equal(pagoda_sim_get_statistics(&sum, NULL), 0);
    assert_true(sum.launches > 0 && sum.instructions > 0);
    pagoda_sim_reset_statistics();
    assert_int_equal(pagoda_sim_get_statistics(&sum, NULL), 0);
    assert_int_equal(sum.launches, 0);
    assert_string_equal(pagoda_sim_class_name(PAGODA_SIM_MFMA), "mfma");
    assert_null(pagoda_sim_class_name(PAGODA_SIM_NUM_CLASSES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices),
        cmocka_unit_test(memory),
        cmocka_unit_test(registered_fat_binaries),
        cmocka_unit_test(streams_events_and_graphs),
        cmocka_unit_test(options),
    };
    if (pagoda_sim_set_option("quiet", "1"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
