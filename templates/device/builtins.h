/* SPDX-License-Identifier: MIT
 *
 * What freestanding device code needs of the language: qualifiers, vector types, lane and wave ids, waits and barriers.
 * No HIP header is included; every kernel is compiled for one arch with wave size 64.
 */
#ifndef PAGODA_DEVICE_BUILTINS_H
#define PAGODA_DEVICE_BUILTINS_H

#define DEVICE static inline __attribute__((device, always_inline, unused))
#define KERNEL extern "C" __attribute__((global, visibility("default")))
#define GLOBAL_SPACE __attribute__((address_space(1)))
#define LDS_SPACE __attribute__((address_space(3)))
#define CONSTANT_SPACE __attribute__((address_space(4))) /* never written while a kernel runs: scalar loads */
#define LDS_ARRAY static __attribute__((shared, aligned(16)))

/* A constant that outlives one function, for use in array sizes and #if-free conditions. */
#define CONSTANT static constexpr int
#define UNROLL _Pragma("unroll")

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

typedef int i32x2 __attribute__((ext_vector_type(2)));
typedef int i32x4 __attribute__((ext_vector_type(4)));
typedef int i32x8 __attribute__((ext_vector_type(8)));
typedef float f32x2 __attribute__((ext_vector_type(2)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef _Float16 f16x2 __attribute__((ext_vector_type(2)));
typedef _Float16 f16x4 __attribute__((ext_vector_type(4)));
typedef _Float16 f16x8 __attribute__((ext_vector_type(8)));
typedef __bf16 bf16x2 __attribute__((ext_vector_type(2)));
typedef __bf16 bf16x4 __attribute__((ext_vector_type(4)));
typedef __bf16 bf16x8 __attribute__((ext_vector_type(8)));
typedef short i16x4 __attribute__((ext_vector_type(4)));

typedef const GLOBAL_SPACE u8 *global_bytes;
typedef LDS_SPACE u8 *lds_bytes;
typedef const CONSTANT_SPACE int *constant_ints;
typedef const CONSTANT_SPACE float *constant_floats;

CONSTANT WAVE_LANES = 64;

/* A value that is the same for all lanes, in a scalar register: division, for one, is done in vector registers. */
DEVICE int uniform_int(int value) { return __builtin_amdgcn_readfirstlane(value); }

/* Both not negative, the same for all lanes. */
DEVICE int uniform_quotient(int a, int b) { return uniform_int((int)((u32)a / (u32)b)); }

DEVICE int lane_id(void) { return (int)(__builtin_amdgcn_workitem_id_x() & (WAVE_LANES - 1)); }
/* The wave's index in its workgroup, known to the compiler as the same for all lanes. */
DEVICE int wave_id(void) { return uniform_int((int)(__builtin_amdgcn_workitem_id_x() / WAVE_LANES)); }

DEVICE int min_int(int a, int b) { return a < b ? a : b; }
DEVICE int max_int(int a, int b) { return a > b ? a : b; }
DEVICE int clamp_int(int value, int low, int high) { return min_int(max_int(value, low), high); }

DEVICE int float_bits(float value) { return __builtin_bit_cast(int, value); }
DEVICE float bits_float(int bits) { return __builtin_bit_cast(float, bits); }

/* Nothing is moved across this by the compiler's instruction scheduler. */
DEVICE void schedule_fence(void) { __builtin_amdgcn_sched_barrier(0); }

/* The same value, but computed anew for all the compiler knows: what is derived from it inside a loop stays in the loop,
 * instead of occupying registers for the loop's whole duration. */
DEVICE int opaque(int value) {
    asm volatile("" : "+v"(value));
    return value;
}

/* An empty statement that reads and writes a vector register: its value must be there, in one place, at this point. */
#define PIN(value) asm volatile("" : "+v"(value))
#define PIN2(a, b) asm volatile("" : "+v"(a), "+v"(b))
#define PIN4(a, b, c, d) asm volatile("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d))
/* The same for a scalar register. */
#define PIN_SCALAR(value) asm volatile("" : "+s"(value))

/* Waits until at most `left` vector memory operations of this wave are outstanding (gfx9 encoding of s_waitcnt). */
#define wait_vector_memory(left) __builtin_amdgcn_s_waitcnt(((left) & 15) | (((left) >> 4) << 14) | 0x0f70)
/* Waits for every LDS and scalar memory operation of this wave. */
#define wait_lds() __builtin_amdgcn_s_waitcnt(0xc07f)

/* Workgroup barrier for LDS contents only: waits for this wave's LDS operations, not for its global loads or stores.
 * Loads that write LDS directly count as global loads: wait for them first. */
DEVICE void lds_barrier(void) {
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup", "local");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup", "local");
}

/* 64-bit address from a base and an unsigned 32-bit element count times a 32-bit byte stride: one v_mad_u64_u32. */
DEVICE u64 mad_u64(u32 a, u32 b, u64 c) { return (u64)a * b + c; }

#endif
