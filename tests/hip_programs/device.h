/* SPDX-License-Identifier: MIT
 *
 * What these programs take from HIP: the API header, and the few device-side names that its runtime header would define
 * with AMD's device library, which is not needed here.
 */
#ifndef PAGODA_TESTS_HIP_PROGRAMS_DEVICE_H
#define PAGODA_TESTS_HIP_PROGRAMS_DEVICE_H

#include <hip/hip_runtime_api.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))

__device__ static inline unsigned thread_x() {
    return __builtin_amdgcn_workitem_id_x();
}
__device__ static inline unsigned thread_y() {
    return __builtin_amdgcn_workitem_id_y();
}
__device__ static inline unsigned thread_z() {
    return __builtin_amdgcn_workitem_id_z();
}
__device__ static inline unsigned block_x() {
    return __builtin_amdgcn_workgroup_id_x();
}
__device__ static inline unsigned block_y() {
    return __builtin_amdgcn_workgroup_id_y();
}
__device__ static inline unsigned block_z() {
    return __builtin_amdgcn_workgroup_id_z();
}
__device__ static inline unsigned block_size_x() {
    return __builtin_amdgcn_workgroup_size_x();
}
__device__ static inline unsigned block_size_y() {
    return __builtin_amdgcn_workgroup_size_y();
}
__device__ static inline unsigned grid_items_x() {
    return __builtin_amdgcn_grid_size_x();
}
__device__ static inline void barrier() {
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

#define HIP(call)                                                                                         \
    do {                                                                                                  \
        hipError_t hip_result = (call);                                                                   \
        if (hip_result != hipSuccess) {                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, hipGetErrorString(hip_result)); \
            exit(1);                                                                                      \
        }                                                                                                 \
    } while (0)
#define EXPECT(condition)                                                            \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                 \
        }                                                                            \
    } while (0)

#endif
