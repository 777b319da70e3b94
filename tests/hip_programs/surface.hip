/* SPDX-License-Identifier: MIT
 *
 * The rest of the runtime that ordinary programs use: streams, events, graphs, 2-D copies, memsets, host memory,
 * properties, occupancy and errors.
 */
#include "device.h"

#include <string.h>
#include <vector>

__global__ void increment(int *data, int count, int by) {
    int i = (int)(block_x() * block_size_x() + thread_x());
    if (i < count) {
        data[i] += by;
    }
}
__global__ void wait_a_while(int *data, int turns) {
    int x = data[0];
    for (int i = 0; i < turns; i++) {
        x = x * 1664525 + 1013904223;
    }
    data[thread_x() + 1] = x;
}

static void device_properties() {
    int count;
    HIP(hipGetDeviceCount(&count));
    for (int device = 0; device < count; device++) {
        hipDeviceProp_t prop;
        HIP(hipGetDeviceProperties(&prop, device));
        EXPECT(prop.warpSize == 64 && prop.maxThreadsPerBlock == 1024);
        EXPECT(strncmp(prop.gcnArchName, "gfx942", 6) == 0 || strncmp(prop.gcnArchName, "gfx950", 6) == 0);
        bool gfx950 = strncmp(prop.gcnArchName, "gfx950", 6) == 0;
        EXPECT(prop.sharedMemPerBlock == (gfx950 ? 160u : 64u) * 1024u);
        EXPECT(prop.multiProcessorCount > 0 && prop.totalGlobalMem > 0);
        int value = 0;
        HIP(hipDeviceGetAttribute(&value, hipDeviceAttributeMultiprocessorCount, device));
        EXPECT(value == prop.multiProcessorCount);
        HIP(hipDeviceGetAttribute(&value, hipDeviceAttributeWarpSize, device));
        EXPECT(value == 64);
    }
    size_t free_bytes, total;
    HIP(hipMemGetInfo(&free_bytes, &total));
    EXPECT(free_bytes <= total && total > 0);
}

static void errors() {
    EXPECT(hipSetDevice(1000) == hipErrorInvalidDevice);
    EXPECT(hipGetLastError() == hipErrorInvalidDevice);
    EXPECT(hipGetLastError() == hipSuccess);
    EXPECT(strcmp(hipGetErrorName(hipErrorOutOfMemory), "hipErrorOutOfMemory") == 0);
    EXPECT(strlen(hipGetErrorString(hipErrorInvalidValue)) > 0);
    void *pointer = nullptr;
    EXPECT(hipMalloc(&pointer, (size_t)1 << 60) == hipErrorOutOfMemory);
    (void)hipGetLastError();
    increment<<<1, 2048>>>(nullptr, 0, 0); /* too many work-items */
    EXPECT(hipGetLastError() != hipSuccess);
}

/* A program that launches with <<<>>> learns of a fault where it waits. */
static void faults() {
    int *data;
    HIP(hipMalloc((void **)&data, 64 * sizeof(int)));
    increment<<<1, 64>>>(data + 1, 64, 1);
    EXPECT(hipStreamSynchronize(nullptr) == hipErrorLaunchFailure);
    EXPECT(hipDeviceSynchronize() == hipErrorLaunchFailure);
    EXPECT(hipGetLastError() == hipErrorLaunchFailure);
    HIP(hipDeviceSynchronize());
    HIP(hipFree(data));
}

static void copies() {
    const size_t width = 60, height = 7, host_pitch = 64;
    std::vector<uint8_t> from(host_pitch * height), to(host_pitch * height, 0xee);
    for (size_t i = 0; i < from.size(); i++) {
        from[i] = (uint8_t)(i * 31);
    }
    void *device;
    size_t pitch;
    HIP(hipMallocPitch(&device, &pitch, width, height));
    EXPECT(pitch >= width);
    HIP(hipMemset2D(device, pitch, 0x11, width, height));
    HIP(hipMemcpy2D(device, pitch, from.data(), host_pitch, width, height - 1, hipMemcpyHostToDevice));
    HIP(hipMemcpy2DAsync(to.data(), host_pitch, device, pitch, width, height, hipMemcpyDeviceToHost, nullptr));
    HIP(hipDeviceSynchronize());
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < host_pitch; x++) {
            uint8_t expected = x >= width ? 0xee : y == height - 1 ? 0x11 : from[y * host_pitch + x];
            EXPECT(to[y * host_pitch + x] == expected);
        }
    }
    HIP(hipFree(device));

    uint32_t *words, host[8];
    HIP(hipMalloc((void **)&words, sizeof host));
    HIP(hipMemsetD32((hipDeviceptr_t)words, 0x12345678, 8));
    HIP(hipMemsetD16((hipDeviceptr_t)(words + 2), 0xabcd, 2));
    HIP(hipMemsetD8((hipDeviceptr_t)(words + 4), 0x7f, 3));
    HIP(hipMemcpyDtoH(host, (hipDeviceptr_t)words, sizeof host));
    EXPECT(host[1] == 0x12345678 && host[2] == 0xabcdabcd && host[4] == 0x127f7f7f && host[7] == 0x12345678);
    uint32_t *copy;
    HIP(hipMalloc((void **)&copy, sizeof host));
    HIP(hipMemcpy(copy, words, sizeof host, hipMemcpyDeviceToDevice));
    uint32_t again[8];
    HIP(hipMemcpy(again, copy, sizeof again, hipMemcpyDefault));
    EXPECT(memcmp(host, again, sizeof host) == 0);
    HIP(hipFree(copy));
    HIP(hipFree(words));
}

static void host_memory() {
    int *pinned, *managed;
    HIP(hipHostMalloc((void **)&pinned, 64 * sizeof(int), 0));
    HIP(hipMallocManaged((void **)&managed, 64 * sizeof(int), hipMemAttachGlobal));
    for (int i = 0; i < 64; i++) {
        pinned[i] = i;
        managed[i] = 2 * i;
    }
    void *mapped;
    HIP(hipHostGetDevicePointer(&mapped, pinned, 0));
    increment<<<1, 64>>>((int *)mapped, 64, 100);
    increment<<<1, 64>>>(managed, 64, 100);
    HIP(hipDeviceSynchronize());
    for (int i = 0; i < 64; i++) {
        EXPECT(pinned[i] == i + 100 && managed[i] == 2 * i + 100);
    }
    hipPointerAttribute_t attributes;
    HIP(hipPointerGetAttributes(&attributes, managed));
    HIP(hipHostFree(pinned));
    HIP(hipFree(managed));
}

static void streams_and_events() {
    int *data, host[65];
    HIP(hipMalloc((void **)&data, sizeof host));
    HIP(hipMemset(data, 0, sizeof host));
    hipStream_t first, second;
    hipEvent_t begin, middle, end;
    HIP(hipStreamCreate(&first));
    HIP(hipStreamCreateWithFlags(&second, hipStreamNonBlocking));
    HIP(hipEventCreate(&begin));
    HIP(hipEventCreate(&middle));
    HIP(hipEventCreateWithFlags(&end, hipEventDefault));
    HIP(hipEventRecord(begin, first));
    increment<<<1, 64, 0, first>>>(data, 64, 1);
    HIP(hipEventRecord(middle, first));
    HIP(hipStreamWaitEvent(second, middle, 0)); /* orders the second stream behind the first */
    increment<<<1, 64, 0, second>>>(data, 64, 10);
    wait_a_while<<<1, 64, 0, second>>>(data, 20000);
    HIP(hipEventRecord(end, second));
    HIP(hipStreamSynchronize(second));
    HIP(hipEventSynchronize(end));
    EXPECT(hipEventQuery(end) == hipSuccess && hipStreamQuery(first) == hipSuccess);
    float short_time, long_time;
    HIP(hipEventElapsedTime(&short_time, begin, middle));
    HIP(hipEventElapsedTime(&long_time, begin, end));
    EXPECT(short_time > 0.0f && long_time > short_time); /* modelled */
    HIP(hipMemcpy(host, data, sizeof host, hipMemcpyDeviceToHost));
    EXPECT(host[0] == 11);
    HIP(hipEventDestroy(begin));
    HIP(hipEventDestroy(middle));
    HIP(hipEventDestroy(end));
    HIP(hipStreamDestroy(first));
    HIP(hipStreamDestroy(second));
    HIP(hipFree(data));
}

static int callbacks;
static void count_callback(hipStream_t, hipError_t status, void *user) {
    callbacks += status == hipSuccess ? *(int *)user : 0;
}

static void graphs() {
    const int count = 256;
    std::vector<int> from(count, 3), to(count);
    int *data;
    hipStream_t stream;
    hipGraph_t graph;
    hipGraphExec_t executable;
    hipStreamCaptureStatus status;
    HIP(hipMalloc((void **)&data, count * sizeof(int)));
    HIP(hipStreamCreate(&stream));
    HIP(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    HIP(hipStreamIsCapturing(stream, &status));
    EXPECT(status == hipStreamCaptureStatusActive);
    HIP(hipMemcpyAsync(data, from.data(), count * sizeof(int), hipMemcpyHostToDevice, stream));
    increment<<<(count + 63) / 64, 64, 0, stream>>>(data, count, 4);
    increment<<<(count + 63) / 64, 64, 0, stream>>>(data, count, 10);
    HIP(hipMemcpyAsync(to.data(), data, count * sizeof(int), hipMemcpyDeviceToHost, stream));
    HIP(hipStreamEndCapture(stream, &graph));
    EXPECT(to[0] == 0); /* nothing ran yet */
    size_t nodes = 0;
    HIP(hipGraphGetNodes(graph, nullptr, &nodes));
    EXPECT(nodes == 4);
    HIP(hipGraphInstantiate(&executable, graph, nullptr, nullptr, 0));
    for (int round = 0; round < 3; round++) {
        from.assign(count, round);
        HIP(hipGraphLaunch(executable, stream));
        HIP(hipStreamSynchronize(stream));
        for (int i = 0; i < count; i++) {
            EXPECT(to[i] == round + 14);
        }
    }
    HIP(hipGraphExecDestroy(executable));
    HIP(hipGraphDestroy(graph));
    int one = 1;
    HIP(hipStreamAddCallback(stream, count_callback, &one, 0));
    HIP(hipStreamSynchronize(stream));
    EXPECT(callbacks == 1);
    HIP(hipStreamDestroy(stream));
    HIP(hipFree(data));
}

static void occupancy() {
    int blocks = 0, grid = 0, block = 0;
    HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, (const void *)increment, 256, 0));
    EXPECT(blocks >= 1 && blocks <= 8);
    int with_lds = 0;
    HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor(&with_lds, (const void *)increment, 256, 48 * 1024));
    EXPECT(with_lds >= 1 && with_lds < blocks);
    HIP(hipOccupancyMaxPotentialBlockSize(&grid, &block, (const void *)increment, 0, 0));
    EXPECT(grid > 0 && block > 0 && block <= 1024);
    hipFuncAttributes attributes;
    HIP(hipFuncGetAttributes(&attributes, (const void *)wait_a_while));
    EXPECT(attributes.numRegs > 0 && attributes.maxThreadsPerBlock > 0);
}

int main() {
    device_properties();
    errors();
    faults();
    copies();
    host_memory();
    streams_and_events();
    graphs();
    occupancy();
    int version = 0;
    HIP(hipRuntimeGetVersion(&version));
    HIP(hipDriverGetVersion(&version));
    puts("surface: ok");
    return 0;
}
