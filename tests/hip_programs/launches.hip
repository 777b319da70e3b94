/* SPDX-License-Identifier: MIT
 *
 * Launches as ordinary programs write them: <<<>>> with grids and blocks of every dimension, arguments of every size,
 * dynamic LDS, device globals and constants, templates, and launches by hipLaunchKernel and by module.
 */
#include "device.h"

#include <string.h>
#include <vector>

struct odd_size {
    char letter;
    short numbers[3];
    double value;
};

__device__ int counter = 5;
__constant__ float table[4];

__global__ void identify(uint32_t *out, unsigned width, unsigned height) {
    unsigned x = block_x() * block_size_x() + thread_x(), y = block_y() * block_size_y() + thread_y();
    unsigned z = block_z() * __builtin_amdgcn_workgroup_size_z() + thread_z();
    out[(z * height + y) * width + x] = x | y << 10 | z << 20;
}

__global__ void arguments(double *out, char a, short b, odd_size c, long long d, float e) {
    out[0] = a;
    out[1] = b;
    out[2] = c.letter;
    out[3] = c.numbers[0] + 10.0 * c.numbers[1] + 100.0 * c.numbers[2];
    out[4] = c.value;
    out[5] = (double)d;
    out[6] = (double)e;
}

template <typename T, int Factor> __global__ void scale(T *data, int count) {
    int i = (int)(block_x() * block_size_x() + thread_x());
    if (i < count) {
        data[i] = (T)(data[i] * Factor);
    }
}

__global__ void reverse_block(int *data) {
    extern __shared__ int tile[];
    unsigned i = thread_x(), n = block_size_x();
    tile[i] = data[block_x() * n + i];
    barrier();
    data[block_x() * n + i] = tile[n - 1 - i];
}

__global__ void use_globals(float *out) {
    if (thread_x() == 0 && block_x() == 0) {
        counter += 7;
    }
    out[thread_x()] = table[thread_x() % 4] * 2.0f;
}

__global__ void block_sums(const float *in, float *out, int count) {
    __shared__ float partial[256];
    unsigned t = thread_x();
    float sum = 0.0f;
    for (unsigned i = block_x() * 256 + t; i < (unsigned)count; i += grid_items_x()) {
        sum += in[i];
    }
    partial[t] = sum;
    barrier();
    for (unsigned step = 128; step > 0; step /= 2) {
        if (t < step) {
            partial[t] += partial[t + step];
        }
        barrier();
    }
    if (t == 0) {
        __hip_atomic_fetch_add(out, partial[0], __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
    }
}

static void three_dimensions() {
    const unsigned w = 12, h = 10, d = 6;
    uint32_t *device;
    std::vector<uint32_t> host(w * h * d);
    HIP(hipMalloc((void **)&device, host.size() * 4));
    identify<<<dim3(3, 5, 2), dim3(4, 2, 3)>>>(device, w, h);
    HIP(hipGetLastError());
    HIP(hipMemcpy(host.data(), device, host.size() * 4, hipMemcpyDeviceToHost));
    for (unsigned z = 0; z < d; z++) {
        for (unsigned y = 0; y < h; y++) {
            for (unsigned x = 0; x < w; x++) {
                EXPECT(host[(z * h + y) * w + x] == (x | y << 10 | z << 20));
            }
        }
    }
    HIP(hipFree(device));
}

static void argument_layout() {
    double *device, host[7];
    odd_size c = {'q', {1, -2, 3}, 2.5};
    HIP(hipMalloc((void **)&device, sizeof host));
    arguments<<<1, 1>>>(device, (char)-3, (short)-1234, c, -123456789012345ll, 0.125f);
    HIP(hipMemcpy(host, device, sizeof host, hipMemcpyDeviceToHost));
    EXPECT(host[0] == -3 && host[1] == -1234 && host[2] == 'q' && host[3] == 1 - 20 + 300);
    EXPECT(host[4] == 2.5 && host[5] == -123456789012345.0 && host[6] == 0.125);

    /* the same through hipLaunchKernel's array of pointers */
    char a = 9;
    short b = 8;
    long long d = 7;
    float e = 6.0f;
    void *args[] = {&device, &a, &b, &c, &d, &e};
    HIP(hipLaunchKernel((const void *)arguments, dim3(1), dim3(1), args, 0, nullptr));
    HIP(hipMemcpy(host, device, sizeof host, hipMemcpyDeviceToHost));
    EXPECT(host[0] == 9 && host[1] == 8 && host[5] == 7 && host[6] == 6);
    HIP(hipFree(device));
}

template <typename T, int Factor> static void scaled(int count) {
    std::vector<T> host(count);
    for (int i = 0; i < count; i++) {
        host[i] = (T)(i - 5);
    }
    T *device;
    HIP(hipMalloc((void **)&device, count * sizeof(T)));
    HIP(hipMemcpy(device, host.data(), count * sizeof(T), hipMemcpyHostToDevice));
    scale<T, Factor><<<(count + 63) / 64, 64>>>(device, count);
    std::vector<T> result(count);
    HIP(hipMemcpy(result.data(), device, count * sizeof(T), hipMemcpyDeviceToHost));
    for (int i = 0; i < count; i++) {
        EXPECT(result[i] == (T)(host[i] * Factor));
    }
    HIP(hipFree(device));
}

static void dynamic_lds() {
    const int blocks = 5, n = 96;
    std::vector<int> host(blocks * n);
    for (int i = 0; i < blocks * n; i++) {
        host[i] = i * 3;
    }
    int *device;
    HIP(hipMalloc((void **)&device, host.size() * sizeof(int)));
    HIP(hipMemcpy(device, host.data(), host.size() * sizeof(int), hipMemcpyHostToDevice));
    reverse_block<<<blocks, n, n * sizeof(int)>>>(device);
    HIP(hipMemcpy(host.data(), device, host.size() * sizeof(int), hipMemcpyDeviceToHost));
    for (int b = 0; b < blocks; b++) {
        for (int i = 0; i < n; i++) {
            EXPECT(host[b * n + i] == 3 * (b * n + n - 1 - i));
        }
    }
    HIP(hipFree(device));
}

static void globals() {
    const float values[4] = {1.5f, -2.0f, 0.25f, 8.0f};
    float *device, host[64];
    int value = 0;
    HIP(hipMemcpyToSymbol(table, values, sizeof values, 0, hipMemcpyHostToDevice));
    HIP(hipMalloc((void **)&device, sizeof host));
    use_globals<<<2, 64>>>(device);
    HIP(hipMemcpyFromSymbol(&value, counter, sizeof value, 0, hipMemcpyDeviceToHost));
    EXPECT(value == 12);
    value = 100;
    HIP(hipMemcpyToSymbol(counter, &value, sizeof value, 0, hipMemcpyHostToDevice));
    use_globals<<<1, 64>>>(device);
    void *address;
    size_t size;
    HIP(hipGetSymbolAddress(&address, counter));
    HIP(hipGetSymbolSize(&size, counter));
    EXPECT(size == sizeof value);
    HIP(hipMemcpy(&value, address, sizeof value, hipMemcpyDeviceToHost));
    EXPECT(value == 107);
    HIP(hipMemcpy(host, device, sizeof host, hipMemcpyDeviceToHost));
    for (int i = 0; i < 64; i++) {
        EXPECT(host[i] == values[i % 4] * 2.0f);
    }
    HIP(hipFree(device));
}

static void reduction() {
    const int count = 100000;
    std::vector<float> host(count);
    for (int i = 0; i < count; i++) {
        host[i] = (float)(i % 7);
    }
    float *in, *out, total = 0, expected = 0;
    for (float x : host) {
        expected += x; /* small integers: exact in every order */
    }
    HIP(hipMalloc((void **)&in, count * sizeof(float)));
    HIP(hipMalloc((void **)&out, sizeof(float)));
    HIP(hipMemcpy(in, host.data(), count * sizeof(float), hipMemcpyHostToDevice));
    HIP(hipMemset(out, 0, sizeof(float)));
    block_sums<<<20, 256>>>(in, out, count);
    HIP(hipMemcpy(&total, out, sizeof total, hipMemcpyDeviceToHost));
    EXPECT(total == expected);
    HIP(hipFree(in));
    HIP(hipFree(out));
}

int main() {
    int devices = 0;
    HIP(hipGetDeviceCount(&devices));
    EXPECT(devices >= 1);
    for (int device = 0; device < devices; device++) {
        HIP(hipSetDevice(device));
        three_dimensions();
        argument_layout();
        scaled<float, 3>(1000);
        scaled<double, -2>(77);
        scaled<int16_t, 5>(300);
        scaled<uint8_t, 2>(64);
        scaled<int64_t, 1000003>(200);
        dynamic_lds();
        reduction();
    }
    HIP(hipSetDevice(0));
    globals();
    puts("launches: ok");
    return 0;
}
