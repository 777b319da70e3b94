/* SPDX-License-Identifier: MIT
 *
 * Small kernels for check mode: some wrong, some that only look wrong. Each gets an input and an output of 64 KiB.
 */
#define KERNEL extern "C" __attribute__((global)) void __attribute__((amdgpu_flat_work_group_size(256, 256)))
#define THREAD __builtin_amdgcn_workitem_id_x()
#define GROUP __builtin_amdgcn_workgroup_id_x()
#define ITEM (GROUP * 256 + THREAD)

KERNEL write_write_race(unsigned *in, unsigned *out) { out[THREAD] = ITEM; }
KERNEL read_write_race(unsigned *in, unsigned *out) { in[ITEM] = in[(ITEM + 256) % 1024] + THREAD + 1; }
/* Different workgroups own different bytes of a dword. */
KERNEL neighbouring_bytes(unsigned *in, unsigned char *out) { out[4 * THREAD + GROUP] = (unsigned char)(ITEM + 1); }
KERNEL atomics_order(unsigned *in, unsigned *out) {
    out[1024 + ITEM] = ITEM;
    __hip_atomic_fetch_add(&out[0], 1u, __ATOMIC_ACQ_REL, __HIP_MEMORY_SCOPE_AGENT);
    if (__hip_atomic_load(&out[0], __ATOMIC_ACQUIRE, __HIP_MEMORY_SCOPE_AGENT) == 1024)
        out[8192 + ITEM] = out[1024 + (ITEM + 256) % 1024];
}
KERNEL same_value(unsigned *in, unsigned *out) { out[THREAD] = THREAD + 7; }

KERNEL stores_input(unsigned *in, unsigned *out) { out[ITEM] = in[ITEM] * 3; }
KERNEL branches_on_input(unsigned *in, unsigned *out) {
    unsigned value = __builtin_amdgcn_readfirstlane(in[0]);
    if (value == 5)
        __builtin_amdgcn_s_sleep(1);
    out[ITEM] = 1;
}
KERNEL indexes_by_input(unsigned *in, unsigned *out) { out[ITEM] = out[2048 + in[ITEM] % 64] > 1000000; }
/* The undefined value is read but never chosen. */
KERNEL selects_away(unsigned *in, unsigned *out) {
    unsigned value = in[ITEM];
    out[ITEM] = THREAD < 1000 ? ITEM : value;
}
KERNEL masks_away(unsigned *in, unsigned *out) {
    unsigned value = in[ITEM];
    bool wanted = (value & 1) != 0;
    unsigned long votes = __builtin_amdgcn_ballot_w64(wanted) & __builtin_amdgcn_read_exec() & 0;
    out[ITEM] = (unsigned)votes;
}
/* 16-bit results are written into halves of registers. */
KERNEL partial_registers(const _Float16 *in, _Float16 *out) {
    _Float16 low = in[2 * ITEM], high = in[2 * ITEM + 1];
    out[2 * ITEM] = high + low;
    out[2 * ITEM + 1] = high * low;
}
/* One half of a register from `in`, the other, and both in turn, from `out`; %0 is a float. */
#define HALVES(name, low, high, use)                                             \
    KERNEL name(const unsigned *in, unsigned *out) {                             \
        unsigned result;                                                         \
        asm volatile("global_load_short_d16 v40, %" low ", off\n"                \
                     "global_load_short_d16_hi v40, %" high ", off\n"            \
                     "s_waitcnt vmcnt(0)\n" use                                  \
                     : "=&v"(result)                                             \
                     : "v"(in), "v"(out)                                         \
                     : "v40", "memory");                                         \
        out[1024 + ITEM] = result;                                               \
    }
HALVES(halves_low_of_high, "2", "1", "v_cvt_f32_f16 %0, v40\n")
HALVES(halves_high_of_low, "1", "2", "v_cvt_f32_f16_sdwa %0, v40 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1\n")
HALVES(halves_high_of_high, "2", "1",
       "v_cvt_f32_f16_sdwa %0, v40 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1\n")
HALVES(halves_low_of_low, "1", "2", "v_cvt_f32_f16 %0, v40\n")
/* Only the low half of each 64-bit sum is used; its high input is nobody's. */
KERNEL wide_halves(const unsigned *in, unsigned *out) {
    unsigned result = in[ITEM], high;
    asm volatile("v_mad_u64_u32 v[10:11], s[20:21], %1, %1, v[12:13]\n"
                 "v_mov_b32 %0, %1"
                 : "=v"(result)
                 : "v"(result)
                 : "v10", "v11", "s20", "s21");
    asm volatile("v_mov_b32 v12, %1\nv_mad_u64_u32 v[10:11], s[20:21], %1, %1, v[12:13]\nv_mov_b32 %0, v10"
                 : "=v"(high)
                 : "v"(result)
                 : "v10", "v11", "v12", "s20", "s21");
    out[ITEM] = result + high;
}
KERNEL byte_counters(const unsigned char *in, unsigned *out) {
    __attribute__((shared)) static unsigned char counters[4 * 256];
    unsigned sum = 0;
    for (int i = 0; i < 4; i++)
        counters[4 * (THREAD & 63) + (THREAD >> 6) + 256 * i] = 0; /* bytes of one dword belong to four waves */
    for (int i = 0; i < 16; i++)
        counters[4 * (THREAD & 63) + (THREAD >> 6) + 256 * (in[THREAD + 256 * i] & 3)] += i;
    for (int i = 0; i < 4; i++)
        sum += counters[4 * (THREAD & 63) + (THREAD >> 6) + 256 * i];
    out[ITEM] = sum;
}

/* Arrays that are indexed at run time lie in scratch. */
#define THROUGH_SCRATCH(name, type, first, value)                                \
    KERNEL name(const unsigned *in, type *out) {                                 \
        type array[16];                                                          \
        for (unsigned i = first; i < 16; i++)                                    \
            array[(i + in[i]) & 15] = value;                                     \
        asm volatile("" ::"v"(array) : "memory");                                \
        out[ITEM] = array[in[ITEM] & 15];                                        \
    }
struct with_hole {
    unsigned short number; /* and two bytes that nobody writes */
    unsigned word;
};
THROUGH_SCRATCH(scratch_written, unsigned, 0, in[i])
THROUGH_SCRATCH(scratch_unwritten, unsigned, 1, in[i])
THROUGH_SCRATCH(scratch_holes, struct with_hole, 0, ((struct with_hole){(unsigned short)in[i], in[i]}))
/* An undefined value may be spilled, as long as nothing uses it. */
KERNEL scratch_keeps_undefined(const unsigned *in, unsigned *out) {
    unsigned unset, value = in[ITEM];
    asm volatile("" : "=v"(unset));
    unsigned array[16] = {unset, value};
    asm volatile("" ::"v"(array) : "memory");
    out[ITEM] = array[(in[ITEM] & 15) + 1];
}

typedef unsigned resource_t __attribute__((ext_vector_type(4)));
/* 1024 elements of 32 bits, number format UINT; both selects and format in the last word */
#define RESOURCE(pointer)                                                                          \
    ((resource_t){(unsigned)(unsigned long)(pointer),                                              \
                  (unsigned)((unsigned long)(pointer) >> 32) | 4u << 16, 1024u, 4u << 15 | 4u << 12 | 0xfacu})
#define TYPED_COPY(name, wait)                                                                                       \
    KERNEL name(const unsigned *in, unsigned *out) {                                                                 \
        unsigned value;                                                                                              \
        asm volatile("buffer_load_format_x %0, %1, %2, 0 idxen\n" wait                                               \
                     "v_add_u32 %0, 1, %0\n"                                                                         \
                     "tbuffer_store_format_x %0, %1, %3, dfmt:4, nfmt:4, 0 idxen"                                    \
                     : "=&v"(value)                                                                                  \
                     : "v"(ITEM), "s"(RESOURCE(in)), "s"(RESOURCE(out))                                              \
                     : "memory");                                                                                    \
    }
TYPED_COPY(typed_copy, "s_waitcnt vmcnt(0)\n")
TYPED_COPY(typed_copy_too_early, "")

#define SCALAR_COUNT(name, wait)                                                   \
    KERNEL name(const unsigned *in, unsigned *out) {                               \
        unsigned value = 1;                                                        \
        asm volatile("s_atomic_add %0, %1, 0x0 glc\n" wait "s_add_u32 %0, %0, 1"   \
                     : "+s"(value)                                                 \
                     : "s"(out)                                                    \
                     : "memory", "scc");                                           \
        out[1024 + ITEM] = value;                                                  \
    }
SCALAR_COUNT(scalar_count, "s_waitcnt lgkmcnt(0)\n")
SCALAR_COUNT(scalar_count_too_early, "")

KERNEL gws_init(const unsigned *in, unsigned *out) {
    if (ITEM == 0)
        __builtin_amdgcn_ds_gws_init(15, 3); /* 16 waves, less one */
}
#define EXCHANGE(name, meet)                                            \
    KERNEL name(const unsigned *in, unsigned *out) {                    \
        out[ITEM] = ITEM + 1;                                           \
        __builtin_amdgcn_fence(__ATOMIC_RELEASE, "agent");              \
        meet;                                                           \
        __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "agent");              \
        out[1024 + ITEM] = out[(ITEM + 256) % 1024];                    \
    }
EXCHANGE(gws_exchange, __builtin_amdgcn_ds_gws_barrier(15, 3))
EXCHANGE(exchange_without_gws, (void)0)
