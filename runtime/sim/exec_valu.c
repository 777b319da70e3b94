/* SPDX-License-Identifier: MIT
 *
 * The table of vector ALU instructions: rows of every subject, bound to the executors for this host.
 */
#include "exec_valu.h"

#include <pthread.h>
#include <stdlib.h>

#define MAX_OPS 1024

/* Host variants, best first. The build defines SIM_HOST_X86_VARIANTS when it has compiled them. */
#ifdef SIM_HOST_X86_VARIANTS
#define SIM_VALU_VARIANTS(X) X(v4) X(v3) X(base)
#else
#define SIM_VALU_VARIANTS(X) X(base)
#endif
#define HOST_HAS_base 1
#define HOST_HAS_v3 (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
#define HOST_HAS_v4                                                                                                   \
    (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && \
     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))

struct variant {
    const struct valu_op *const *groups;
    void (*prepare)(struct sim_inst *inst, const struct valu_op *op);
    sim_exec_fn execute;
};

#define GROUPS(isa)                                                                                        \
    extern const struct valu_op valu_int_ops_##isa[], valu_float_ops_##isa[], valu_trans_ops_##isa[],      \
        valu_half_ops_##isa[], valu_double_ops_##isa[], valu_packed_ops_##isa[], valu_compare_ops_##isa[], \
        valu_convert_ops_##isa[], valu_small_ops_##isa[], valu_lane_ops_##isa[];                           \
    void valu_prepare_##isa(struct sim_inst *inst, const struct valu_op *op);                              \
    void valu_execute_##isa(struct sim_wave *wave, const struct sim_inst *inst);                           \
    static const struct valu_op *const groups_##isa[] = {valu_int_ops_##isa,                               \
                                                         valu_float_ops_##isa,                             \
                                                         valu_trans_ops_##isa,                             \
                                                         valu_half_ops_##isa,                              \
                                                         valu_double_ops_##isa,                            \
                                                         valu_packed_ops_##isa,                            \
                                                         valu_compare_ops_##isa,                           \
                                                         valu_convert_ops_##isa,                           \
                                                         valu_small_ops_##isa,                             \
                                                         valu_lane_ops_##isa,                              \
                                                         NULL};                                            \
    static const struct variant variant_##isa = {groups_##isa, valu_prepare_##isa, valu_execute_##isa};

/* clang-format off */
SIM_VALU_VARIANTS(GROUPS)
/* clang-format on */

static struct sim_opcode table[MAX_OPS];
static const struct variant *chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(struct sim_inst *inst, enum sim_arch arch) {
    (void)arch; /* the disassembler only yields instructions of the architecture */
    chosen->prepare(inst, inst->op->data);
}

static uint32_t public_flags(const struct valu_op *op) {
    uint32_t flags = op->sim_flags;
    flags |= op->flags & VALU_GFX950 ? SIM_OP_GFX950 : 0;
    flags |= op->flags & (VALU_ACC | VALU_KEEPS_HIGH | VALU_DST_READ) ? SIM_OP_READS_DST : 0;
    flags |= op->flags & VALU_COMPAREX ? SIM_OP_WRITES_EXEC : 0;
    return flags;
}

/* PAGODA_SIM_HOST_ISA=base|v3|v4 forces one, for tests that compare them. */
static const struct variant *choose(void) {
    const char *wanted = getenv("PAGODA_SIM_HOST_ISA");
#ifdef SIM_HOST_X86_VARIANTS
    __builtin_cpu_init();
#endif
#define CHOOSE(isa)                                                 \
    if ((!wanted || strcmp(wanted, #isa) == 0) && HOST_HAS_##isa) { \
        return &variant_##isa;                                      \
    }
    SIM_VALU_VARIANTS(CHOOSE)
    return &variant_base;
}

static void build(void) {
    chosen = choose();
    size_t count = 0;
    for (const struct valu_op *const *group = chosen->groups; *group; group++) {
        for (const struct valu_op *op = *group; op->name; op++) {
            if (count + 1 == MAX_OPS) {
                abort();
            }
            table[count++] = (struct sim_opcode){
                .name = op->name,
                .exec = op->exec ? op->exec : chosen->execute,
                .cls = op->flags & VALU_TRANS ? SIM_CLASS_TRANS : SIM_CLASS_VALU,
                .flags = public_flags(op),
                .data = op,
                .prepare = prepare,
            };
        }
    }
}

const struct sim_opcode *sim_valu_opcode_table(void) {
    pthread_once(&once, build);
    return table;
}
