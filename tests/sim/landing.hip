/* SPDX-License-Identifier: MIT
 *
 * Kernels of workgroups of two waves that load, wait and use, rightly or wrongly. Each workgroup leaves in[i] + 1 in its
 * out[i] if nothing goes wrong. The bodies are assembly, for which the compiler inserts no waits.
 */
#define SHARED __attribute__((shared))
#define LDS __attribute__((address_space(3)))

/* %0 result; %1 in[i], %2 lds[i], and %3, %4 those of the work-item opposite, in the other wave; %5 and %6 two words of
 * scratch memory likewise; %7 in; %8 the wave's first word of LDS. */
#define CASE(name, text)                                                                                          \
    extern "C" __attribute__((global)) void __attribute__((amdgpu_flat_work_group_size(128, 128)))                \
    name(const unsigned *in, unsigned *out, unsigned *spare) {                                                    \
        SHARED static unsigned words[128];                                                                        \
        LDS unsigned *lds = (LDS unsigned *)words;                                                                \
        const int i = __builtin_amdgcn_workitem_id_x(), opposite = i ^ 64;                                        \
        const int wave = __builtin_amdgcn_readfirstlane(i & 64);                                                  \
        unsigned result;                                                                                          \
        asm volatile(text "s_waitcnt vmcnt(0) lgkmcnt(0)\n"                                                       \
                     : "=&v"(result)                                                                              \
                     : "v"(in + i), "v"(lds + i), "v"(in + opposite), "v"(lds + opposite), "v"(spare + i),        \
                       "v"(spare + opposite), "s"(in), "s"(lds + wave)                                            \
                     : "v40", "v41", "v42", "s40", "s41", "s42", "s43", "memory");                                \
        out[i] = result;                                                                                          \
    }

CASE(load_waits, "global_load_dword v40, %1, off\n"
                 "s_waitcnt vmcnt(0)\n"
                 "v_add_u32 %0, 1, v40\n")
CASE(load_hurries, "v_mov_b32 v40, 0\n"
                   "global_load_dword v40, %1, off\n"
                   "v_add_u32 %0, 1, v40\n")
CASE(first_of_two_waits, "global_load_dword v40, %1, off\n"
                         "global_load_dword v41, %3, off\n"
                         "s_waitcnt vmcnt(1)\n"
                         "v_add_u32 %0, 1, v40\n")
CASE(second_of_two_hurries, "v_mov_b32 v40, 0\n"
                            "global_load_dword v41, %3, off\n"
                            "global_load_dword v40, %1, off\n"
                            "s_waitcnt vmcnt(1)\n"
                            "v_add_u32 %0, 1, v40\n")
CASE(destination_overwritten, "global_load_dword v40, %1, off\n"
                              "v_mov_b32 v40, 5\n"
                              "s_waitcnt vmcnt(0)\n"
                              "v_add_u32 %0, 1, v40\n")
/* The address and the data of a store, the address of a load may change once they are issued. */
CASE(operands_change, "global_load_dword v40, %1, off\n"
                      "s_waitcnt vmcnt(0)\n"
                      "v_mov_b32 v41, v40\n"
                      "global_store_dword %5, v41, off\n"
                      "v_mov_b32 v41, 0\n"
                      "s_mov_b64 s[40:41], exec\n"
                      "global_load_dword v40, %5, off\n"
                      "s_mov_b64 exec, 1\n"
                      "v_mov_b32 v42, 0\n"
                      "s_mov_b64 exec, s[40:41]\n"
                      "s_waitcnt vmcnt(0)\n"
                      "v_add_u32 %0, 1, v40\n")

#define TWO_SCALARS(wait)                         \
    "s_mov_b32 s40, 0\n"                          \
    "s_load_dword s40, %7, 0x10\n"                \
    "s_load_dword s41, %7, 0x20\n" wait           \
    "v_mov_b32 v41, s40\n"                        \
    "s_waitcnt lgkmcnt(0)\n"                      \
    "s_load_dword s42, %7, 0x10\n"                \
    "global_load_dword v40, %1, off\n"            \
    "s_waitcnt vmcnt(0) lgkmcnt(0)\n"             \
    "v_subrev_u32 v41, s42, v41\n"                \
    "v_add3_u32 %0, v40, v41, 1\n"
CASE(scalar_waits, TWO_SCALARS("s_waitcnt lgkmcnt(0)\n"))
CASE(first_scalar_hurries, TWO_SCALARS("s_waitcnt lgkmcnt(1)\n"))

#define FLAT_AND_GLOBAL(wait)            \
    "v_mov_b32 v40, 0\n"                 \
    "flat_load_dword v40, %1\n"          \
    "global_load_dword v41, %3, off\n" wait \
    "v_add_u32 %0, 1, v40\n"
CASE(flat_waits, FLAT_AND_GLOBAL("s_waitcnt vmcnt(0) lgkmcnt(0)\n"))
CASE(flat_hurries, FLAT_AND_GLOBAL("s_waitcnt vmcnt(1)\n"))

#define THROUGH_LDS(wait)            \
    "v_mov_b32 v41, 0\n"             \
    "global_load_dword v40, %1, off\n" \
    "s_waitcnt vmcnt(0)\n"           \
    "ds_write_b32 %2, v40\n"         \
    "ds_read_b32 v41, %2\n" wait     \
    "v_add_u32 %0, 1, v41\n"
CASE(lds_operations_are_in_order, THROUGH_LDS("s_waitcnt lgkmcnt(0)\n"))
CASE(lds_read_hurries, THROUGH_LDS("s_waitcnt lgkmcnt(1)\n"))

#define LOAD_TO_LDS(wait)                        \
    "v_mov_b32 v40, 0\n"                         \
    "ds_write_b32 %2, v40\n"                     \
    "s_waitcnt lgkmcnt(0)\n"                     \
    "s_mov_b32 m0, %8\n"                         \
    "s_nop 0\n"                                  \
    "global_load_lds_dword %1, off\n" wait       \
    "ds_read_b32 v41, %2\n"                      \
    "s_waitcnt lgkmcnt(0)\n"                     \
    "v_add_u32 %0, 1, v41\n"
CASE(load_to_lds_waits, LOAD_TO_LDS("s_waitcnt vmcnt(0)\n"))
CASE(load_to_lds_hurries, LOAD_TO_LDS(""))

#define WRITE_BARRIER_READ(wait)       \
    "v_mov_b32 v41, 0\n"               \
    "ds_write_b32 %2, v41\n"           \
    "global_load_dword v40, %3, off\n" \
    "s_waitcnt vmcnt(0) lgkmcnt(0)\n"  \
    "s_barrier\n"                      \
    "ds_write_b32 %2, v40\n" wait      \
    "s_barrier\n"                      \
    "ds_read_b32 v41, %4\n"            \
    "s_waitcnt lgkmcnt(0)\n"           \
    "v_add_u32 %0, 1, v41\n"
CASE(lds_write_waits, WRITE_BARRIER_READ("s_waitcnt lgkmcnt(0)\n"))
CASE(lds_write_hurries, WRITE_BARRIER_READ(""))

/* What another wave reads is overwritten behind the barrier. */
#define READ_BARRIER_WRITE(wait)     \
    "global_load_dword v40, %1, off\n" \
    "s_waitcnt vmcnt(0)\n"           \
    "ds_write_b32 %2, v40\n"         \
    "s_waitcnt lgkmcnt(0)\n"         \
    "s_barrier\n"                    \
    "ds_read_b32 v41, %2\n" wait     \
    "s_barrier\n"                    \
    "v_mov_b32 v42, 0\n"             \
    "ds_write_b32 %4, v42\n"         \
    "s_waitcnt lgkmcnt(0)\n"         \
    "v_add_u32 %0, 1, v41\n"
CASE(lds_read_before_barrier_waits, READ_BARRIER_WRITE("s_waitcnt lgkmcnt(0)\n"))
CASE(lds_read_before_barrier_hurries, READ_BARRIER_WRITE(""))

/* A load to LDS may overtake the wave's own read. */
#define READ_LOAD_TO_LDS(wait)         \
    "global_load_dword v40, %1, off\n" \
    "s_waitcnt vmcnt(0)\n"             \
    "ds_write_b32 %2, v40\n"           \
    "s_waitcnt lgkmcnt(0)\n"           \
    "s_mov_b32 m0, %8\n"               \
    "ds_read_b32 v41, %2\n" wait       \
    "global_load_lds_dword %3, off\n"  \
    "s_waitcnt vmcnt(0) lgkmcnt(0)\n"  \
    "v_add_u32 %0, 1, v41\n"
CASE(lds_read_before_load_waits, READ_LOAD_TO_LDS("s_waitcnt lgkmcnt(0)\n"))
CASE(lds_read_before_load_hurries, READ_LOAD_TO_LDS(""))

/* The waves of a workgroup share a CU, which sees their accesses to an address in order: no wait is needed. */
CASE(store_barrier_load, "global_load_dword v40, %3, off\n"
                         "s_waitcnt vmcnt(0)\n"
                         "global_store_dword %5, v40, off\n"
                         "s_barrier\n"
                         "global_load_dword v41, %6, off\n"
                         "s_waitcnt vmcnt(0)\n"
                         "v_add_u32 %0, 1, v41\n")
CASE(load_barrier_store, "global_load_dword v40, %1, off\n"
                         "s_waitcnt vmcnt(0)\n"
                         "global_store_dword %5, v40, off\n"
                         "global_load_dword v41, %5, off\n"
                         "s_barrier\n"
                         "v_mov_b32 v40, 0\n"
                         "global_store_dword %6, v40, off\n"
                         "s_waitcnt vmcnt(0)\n"
                         "v_add_u32 %0, 1, v41\n")

/* The waves of workgroup 0 store messages and count up a flag each, for which those of workgroup 1 wait before they load.
 * The flags are spare[0] and spare[64], the messages lie behind the first 128 words. */
#define MESSAGE(name, wait)                                                                           \
    extern "C" __attribute__((global)) void __attribute__((amdgpu_flat_work_group_size(128, 128)))    \
    name(const unsigned *in, unsigned *out, unsigned *spare) {                                        \
        const int i = __builtin_amdgcn_workitem_id_x(), group = __builtin_amdgcn_workgroup_id_x();    \
        unsigned value = in[i], *flag = spare + (i & 64);                                             \
        for (int message = 1; message <= 16; message++) {                                             \
            unsigned *slot = spare + 128 * message + i;                                               \
            if (group == 0) {                                                                         \
                asm volatile("global_store_dword %0, %1, off\n" wait                                  \
                             "global_atomic_add %2, %3, off\n"                                        \
                             "s_movk_i32 s40, 0x80\n"                                                 \
                             "1: s_sub_u32 s40, s40, 1\n"                                             \
                             "s_cmp_lg_u32 s40, 0\n"                                                  \
                             "s_cbranch_scc1 1b\n"                                                    \
                             :: "v"(slot), "v"(value), "v"(flag), "v"(1) : "s40", "scc", "memory");   \
            } else {                                                                                  \
                unsigned received;                                                                    \
                asm volatile("1: global_atomic_add v40, %2, %3, off sc0\n"                            \
                             "s_waitcnt vmcnt(0)\n"                                                   \
                             "v_readfirstlane_b32 s40, v40\n"                                         \
                             "s_cmp_ge_u32 s40, %4\n"                                                 \
                             "s_cbranch_scc0 1b\n"                                                    \
                             "global_load_dword %0, %1, off\n"                                        \
                             "s_waitcnt vmcnt(0)\n"                                                   \
                             : "=&v"(received)                                                        \
                             : "v"(slot), "v"(flag), "v"(0), "s"(64 * message)                        \
                             : "v40", "s40", "scc", "memory");                                        \
                value += received - in[i];                                                            \
            }                                                                                         \
        }                                                                                             \
        out[128 * group + i] = value + 1;                                                             \
    }
MESSAGE(message_waits, "s_waitcnt vmcnt(0)\n")
MESSAGE(flag_overtakes_message, "")
