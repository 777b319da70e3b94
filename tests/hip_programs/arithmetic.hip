/* SPDX-License-Identifier: MIT
 *
 * The same C functions on host and device must give the same bits: integer division, 64-bit arithmetic, bit tricks, fp32
 * and fp64 division, conversions. What the compiler makes of them covers the vector ALU as programs use it.
 */
#include "device.h"

#include <string.h>
#include <vector>

struct values {
    uint64_t a, b;
};
#define RESULTS 26
struct results {
    uint64_t v[RESULTS];
};

template <typename To, typename From> __host__ __device__ static To bits_as(From from) {
    To to;
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}
template <typename T> __host__ __device__ static uint64_t canonical(T x) { /* one NaN for all */
    if (x != x) {
        return 0x7ff8000000000000ull;
    }
    uint64_t out = 0;
    __builtin_memcpy(&out, &x, sizeof x);
    return out;
}

__host__ __device__ static void compute(const values &in, results &out) {
#pragma clang fp contract(off)
    uint64_t a = in.a, b = in.b;
    uint32_t a32 = (uint32_t)a, b32 = (uint32_t)b;
    int32_t sa = (int32_t)a, sb = (int32_t)b;
    float fa = bits_as<float>((a32 & 0x8fffffffu) | 0x30000000u), fb = bits_as<float>((b32 & 0x8fffffffu) | 0x30000000u);
    double da = (double)(int64_t)a, db = (double)(int64_t)b * 1e-3;
    int n = 0;
    out.v[n++] = a32 / (b32 | 1);
    out.v[n++] = a32 % (b32 | 1);
    out.v[n++] = (uint32_t)(sa / ((sb >> 8) | 1));
    out.v[n++] = (uint32_t)(sa % ((sb >> 20) | 1));
    out.v[n++] = a / (b | 1);
    out.v[n++] = a % ((b >> 20) | 1);
    out.v[n++] = a * b;
    out.v[n++] = (uint64_t)(((__int128)(int64_t)a * (int64_t)b) >> 64);
    out.v[n++] = a << (b & 63);
    out.v[n++] = (uint64_t)((int64_t)a >> (b & 63));
    out.v[n++] = (uint64_t)__builtin_popcountll(a) + (uint64_t)__builtin_clz(b32 | 1) + (uint64_t)__builtin_ctz(a32 | 8);
    out.v[n++] = __builtin_bitreverse32(a32) ^ __builtin_bswap32(b32);
    out.v[n++] = canonical(fa / fb);
    out.v[n++] = canonical(fa * fb + fa);
    out.v[n++] = canonical(__builtin_fmaf(fa, fb, -fa));
    out.v[n++] = canonical(__builtin_sqrtf(__builtin_fabsf(fa)));
    out.v[n++] = canonical(da / db);
    out.v[n++] = canonical(__builtin_fma(da, db, da));
    out.v[n++] = canonical(__builtin_sqrt(__builtin_fabs(da)));
    out.v[n++] = canonical((float)a) + canonical((float)(int64_t)b);
    out.v[n++] = canonical((float)da) + canonical((double)fa);
    out.v[n++] = (uint64_t)(int64_t)(da * 1e-6) + (uint64_t)(uint32_t)(int32_t)(fa * 1e3f);
    out.v[n++] = canonical((float)(_Float16)(fa * fb)) + canonical((float)((_Float16)fa + (_Float16)fb));
    out.v[n++] = canonical(__builtin_floorf(fa) + __builtin_ceilf(fb) + __builtin_truncf(fa) + __builtin_rintf(fb));
    out.v[n++] = canonical(__builtin_floor(da * 1e-9) + __builtin_rint(db * 1e-9));
    out.v[n++] = fa < fb ? 1 : da <= db ? 2 : 3;
}

__global__ void run(const values *in, results *out, int count) {
    int i = (int)(block_x() * block_size_x() + thread_x());
    if (i < count) {
        compute(in[i], out[i]);
    }
}

int main() {
    const int count = 20000;
    std::vector<values> in(count);
    std::vector<results> out(count);
    uint64_t state = 1;
    auto random = [&state] {
        uint64_t z = state += 0x9e3779b97f4a7c15ull;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ z >> 27) * 0x94d049bb133111ebull;
        return z ^ z >> 31;
    };
    for (int i = 0; i < count; i++) {
        in[i] = {random() >> (i % 5 * 13), random() >> (i % 7 * 9)};
    }
    int devices;
    HIP(hipGetDeviceCount(&devices));
    for (int device = 0; device < devices; device++) {
        HIP(hipSetDevice(device));
        values *device_in;
        results *device_out;
        HIP(hipMalloc((void **)&device_in, count * sizeof(values)));
        HIP(hipMalloc((void **)&device_out, count * sizeof(results)));
        HIP(hipMemcpy(device_in, in.data(), count * sizeof(values), hipMemcpyHostToDevice));
        run<<<(count + 255) / 256, 256>>>(device_in, device_out, count);
        HIP(hipMemcpy(out.data(), device_out, count * sizeof(results), hipMemcpyDeviceToHost));
        for (int i = 0; i < count; i++) {
            results expected;
            compute(in[i], expected);
            for (int k = 0; k < RESULTS; k++) {
                if (out[i].v[k] != expected.v[k]) {
                    fprintf(stderr, "device %d, result %d of %#llx, %#llx: host %#llx, device %#llx\n", device, k,
                            (unsigned long long)in[i].a, (unsigned long long)in[i].b,
                            (unsigned long long)expected.v[k], (unsigned long long)out[i].v[k]);
                    return 1;
                }
            }
        }
        HIP(hipFree(device_in));
        HIP(hipFree(device_out));
    }
    puts("arithmetic: ok");
    return 0;
}
