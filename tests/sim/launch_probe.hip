/* SPDX-License-Identifier: MIT
 *
 * Kernels that write down what they were launched with.
 */
#define KERNEL extern "C" __attribute__((global))

/* Fields of a record that each work-item writes. */
KERNEL void probe(unsigned *out, unsigned width, unsigned height, char letter, double value) {
    unsigned x = __builtin_amdgcn_workgroup_id_x() * __builtin_amdgcn_workgroup_size_x() + __builtin_amdgcn_workitem_id_x();
    unsigned y = __builtin_amdgcn_workgroup_id_y() * __builtin_amdgcn_workgroup_size_y() + __builtin_amdgcn_workitem_id_y();
    unsigned z = __builtin_amdgcn_workgroup_id_z() * __builtin_amdgcn_workgroup_size_z() + __builtin_amdgcn_workitem_id_z();
    unsigned *record = out + 8ul * (x + (unsigned long)width * (y + (unsigned long)height * z));
    record[0] = x | y << 10 | z << 20;
    record[1] = __builtin_amdgcn_workgroup_size_x() | __builtin_amdgcn_workgroup_size_y() << 10;
    record[2] = __builtin_amdgcn_grid_size_x();
    record[3] = __builtin_amdgcn_grid_size_y() * 1000 + __builtin_amdgcn_grid_size_z();
    record[4] = letter;
    record[5] = (unsigned)(value * 4);
}

extern __attribute__((shared)) unsigned dynamic_lds[];
__attribute__((device)) unsigned total = 5;
__attribute__((constant)) unsigned weights[3] = {1, 2, 4};

/* Reverses each workgroup's part of the input through dynamic LDS and counts the work-items. */
KERNEL void reverse(const unsigned *in, unsigned *out) {
    unsigned thread = __builtin_amdgcn_workitem_id_x(), size = __builtin_amdgcn_workgroup_size_x();
    unsigned base = __builtin_amdgcn_workgroup_id_x() * size;
    dynamic_lds[thread] = in[base + thread];
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
    out[base + thread] = dynamic_lds[size - 1 - thread] * weights[thread % 3];
    __hip_atomic_fetch_add(&total, 1u, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
}

/* An array indexed at run time lives in scratch. */
KERNEL void scratch(const unsigned *order, unsigned *out, unsigned count) {
    unsigned thread = __builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x();
    volatile unsigned local[64];
    for (unsigned i = 0; i < count; i++)
        local[order[i]] = thread * 100 + i;
    unsigned sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum = sum * 3 + local[i];
    out[thread] = sum;
}

/* Each workgroup waits for all of them: needs workgroups that advance together. */
KERNEL void rendezvous(unsigned *arrived, unsigned *out) {
    unsigned groups = __builtin_amdgcn_grid_size_x() / __builtin_amdgcn_workgroup_size_x();
    if (__builtin_amdgcn_workitem_id_x() == 0) {
        __hip_atomic_fetch_add(arrived, 1u, __ATOMIC_ACQ_REL, __HIP_MEMORY_SCOPE_AGENT);
        while (__hip_atomic_load(arrived, __ATOMIC_ACQUIRE, __HIP_MEMORY_SCOPE_AGENT) < groups)
            __builtin_amdgcn_s_sleep(1);
        out[__builtin_amdgcn_workgroup_id_x()] = 1;
    }
}

KERNEL void forever(unsigned *out) {
    while (*(volatile unsigned *)out != 1)
        ;
}

KERNEL void aborts() { __builtin_trap(); }
