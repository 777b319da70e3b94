/* SPDX-License-Identifier: MIT
 *
 * Code objects: ELF files of code-object version 4 to 6, alone or in an offload bundle, loaded into simulated memory.
 */
#ifndef PAGODA_SIM_CODE_OBJECT_H
#define PAGODA_SIM_CODE_OBJECT_H

#include "decode.h"
#include "memory.h"

enum sim_arg_kind {
    SIM_ARG_VALUE, /* by_value, pointers and every other kind whose bytes the caller supplies */
    SIM_ARG_DYNAMIC_LDS_POINTER,
    SIM_ARG_BLOCK_COUNT_X,
    SIM_ARG_BLOCK_COUNT_Y,
    SIM_ARG_BLOCK_COUNT_Z,
    SIM_ARG_GROUP_SIZE_X,
    SIM_ARG_GROUP_SIZE_Y,
    SIM_ARG_GROUP_SIZE_Z,
    SIM_ARG_REMAINDER_X,
    SIM_ARG_REMAINDER_Y,
    SIM_ARG_REMAINDER_Z,
    SIM_ARG_GRID_DIMS,
    SIM_ARG_PRIVATE_BASE,
    SIM_ARG_SHARED_BASE,
    SIM_ARG_DYNAMIC_LDS_SIZE,
    SIM_ARG_HOSTCALL,
    SIM_ARG_PRINTF,
    SIM_ARG_HEAP,
    SIM_ARG_ZERO /* other hidden arguments: queue, global offset */
};

struct sim_kernel_arg {
    uint32_t offset, size;
    uint8_t kind; /* enum sim_arg_kind */
};

struct sim_kernel {
    char *name;
    struct sim_code_object *object;
    uint64_t descriptor;                              /* address of the 64-byte kernel descriptor */
    uint64_t entry;                                   /* byte offset in the program, from where the hardware starts */
    uint32_t lds_bytes, scratch_bytes, kernarg_bytes; /* static */
    uint32_t rsrc1, rsrc2, rsrc3, properties, preload;
    uint32_t vgprs; /* allocated, arch + accumulation: what limits waves per SIMD */
    uint32_t sgprs, agprs, arch_vgprs;
    uint32_t max_workgroup; /* work-items */
    bool dynamic_stack;
    uint32_t num_args, num_explicit_args;
    struct sim_kernel_arg *args;
};

struct sim_global {
    char *name;
    uint64_t address, size;
};

struct sim_format { /* of a buffered printf; kernels name it by its hash */
    uint64_t hash;
    char *text;
};

struct sim_code_object {
    enum sim_arch arch;
    struct sim_memory *memory;
    struct sim_allocation *image;
    uint64_t load_bias;    /* address = virtual address of the ELF + load_bias */
    uint64_t code_address; /* of the program's first byte */
    struct sim_program *program;
    struct sim_kernel *kernels;
    uint32_t num_kernels;
    struct sim_global *globals;
    uint32_t num_globals;
    struct sim_format *formats;
    uint32_t num_formats;
    uint8_t *file; /* private copy: debug information is read from it when a fault is reported */
    size_t file_size;
};

enum sim_load_status { SIM_LOAD_OK, SIM_LOAD_INVALID, SIM_LOAD_WRONG_ARCH, SIM_LOAD_NO_MEMORY };

/* `data` is an ELF file or a bundle; `size` may be 0 when unknown. On failure `message` says why. */
enum sim_load_status sim_code_object_load(struct sim_memory *memory, enum sim_arch arch, const void *data, size_t size,
                                          struct sim_code_object **object, char *message, size_t message_size);
void sim_code_object_unload(struct sim_code_object *object);

const struct sim_kernel *sim_code_object_kernel(const struct sim_code_object *object, const char *name);
const struct sim_global *sim_code_object_global(const struct sim_code_object *object, const char *name);

#endif
