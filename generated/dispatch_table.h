/* SPDX-License-Identifier: MIT
 *
 * Generated from codegen/ by templates/dispatch_table.h.j2; `meson compile regenerate` rewrites it.
 *
 * The catalogue as data: axes, instances and rules of every operation, and the archs. A candidate is one value index per
 * axis. A request accepts, per request axis, a set of values; per choice axis the library chooses. A smaller rank is
 * preferred; no two instances that serve one request have the same rank.
 */
#ifndef PAGODA_DISPATCH_TABLE_H
#define PAGODA_DISPATCH_TABLE_H

#include <stdint.h>

#define PAGODA_MAX_AXES 16

struct pagoda_arch_facts {
    const char *name;    /* "gfx950" */
    const char *product; /* "MI355X" */
    uint32_t num_cus;
    uint32_t clock_mhz;
    uint32_t wave_size;
    uint32_t lds_bytes;  /* per workgroup and per CU */
    uint8_t fp8_is_fnuz; /* the matrix unit reads e4m3fnuz; otherwise e4m3fn */
};

struct pagoda_axis_value {
    const char *name;
    const char *label; /* its part of an instance's name; empty: it leaves none */
    int64_t number;      /* what the value means as a number; 0: it is a name, or generic */
    int64_t serves_from; /* generic: it serves any number from here on; 0: it is not */
    uint32_t rank;       /* what the value adds to the rank of a candidate */
};

struct pagoda_axis {
    const char *name;
    uint8_t is_request; /* the call decides; otherwise the library chooses */
    uint8_t key_shift;  /* request axes: where the value lies in an instance's key */
    uint8_t num_values; /* <= 32 */
    const struct pagoda_axis_value *values;
};

struct pagoda_instance {
    const char *name; /* also the kernel's symbol */
    uint64_t key;     /* OR over the request axes of value << key_shift */
    uint32_t rank;
    uint32_t lds_bytes; /* static, in the code object */
    uint16_t threads;
    uint16_t tile_m, tile_n; /* query rows, keys */
    uint8_t value[PAGODA_MAX_AXES];
};

/* Refuses the candidates that lie in one of its boxes. A box is one mask of value indices per axis; a candidate lies in
 * it when every axis's value is in that axis's mask. */
struct pagoda_rule {
    const char *name;
    const char *reason;
    uint8_t is_structural; /* only says which values of choice axes go together: not worth telling a caller */
    uint32_t num_boxes;
    const uint32_t (*boxes)[PAGODA_MAX_AXES];
};

struct pagoda_op_table {
    const char *name;
    uint32_t num_axes;
    const struct pagoda_axis *axes;
    const uint8_t *name_order; /* axes in the order in which a name spells them: op_label_label... */
    uint32_t num_instances;
    const struct pagoda_instance *instances; /* sorted by (key, rank) */
    uint32_t num_rules;
    const struct pagoda_rule *rules;
};

#define PAGODA_NUM_ARCHS 2
extern const struct pagoda_arch_facts pagoda_arch_facts[PAGODA_NUM_ARCHS];

#define PAGODA_NUM_OP_TABLES 1
extern const struct pagoda_op_table *const pagoda_op_tables[PAGODA_NUM_OP_TABLES];

/* ---- batch_prefill: 46656 candidates, 612 instances ---- */
extern const struct pagoda_op_table pagoda_batch_prefill_table;

enum pagoda_batch_prefill_axis {
    PAGODA_BATCH_PREFILL_AXIS_ARCH,
    PAGODA_BATCH_PREFILL_AXIS_DTYPE,
    PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM,
    PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE,
    PAGODA_BATCH_PREFILL_AXIS_MASK,
    PAGODA_BATCH_PREFILL_AXIS_QUANT,
    PAGODA_BATCH_PREFILL_AXIS_LAYOUT,
    PAGODA_BATCH_PREFILL_AXIS_SOFT_CAP,
    PAGODA_BATCH_PREFILL_AXIS_PIPELINE,
    PAGODA_BATCH_PREFILL_AXIS_TILE,
    PAGODA_BATCH_PREFILL_AXIS_SCHEDULE,
    PAGODA_BATCH_PREFILL_NUM_AXES
};

enum pagoda_batch_prefill_arch {
    PAGODA_BATCH_PREFILL_ARCH_GFX942,
    PAGODA_BATCH_PREFILL_ARCH_GFX950
};

enum pagoda_batch_prefill_dtype {
    PAGODA_BATCH_PREFILL_DTYPE_FP16,
    PAGODA_BATCH_PREFILL_DTYPE_BF16,
    PAGODA_BATCH_PREFILL_DTYPE_FP8
};

enum pagoda_batch_prefill_head_dim {
    PAGODA_BATCH_PREFILL_HEAD_DIM_64,
    PAGODA_BATCH_PREFILL_HEAD_DIM_128
};

enum pagoda_batch_prefill_page_size {
    PAGODA_BATCH_PREFILL_PAGE_SIZE_1,
    PAGODA_BATCH_PREFILL_PAGE_SIZE_16,
    PAGODA_BATCH_PREFILL_PAGE_SIZE_64,
    PAGODA_BATCH_PREFILL_PAGE_SIZE_1024,
    PAGODA_BATCH_PREFILL_PAGE_SIZE_POW2,
    PAGODA_BATCH_PREFILL_PAGE_SIZE_POW2_64
};

enum pagoda_batch_prefill_mask {
    PAGODA_BATCH_PREFILL_MASK_NONE,
    PAGODA_BATCH_PREFILL_MASK_CAUSAL,
    PAGODA_BATCH_PREFILL_MASK_SLIDING_WINDOW
};

enum pagoda_batch_prefill_quant {
    PAGODA_BATCH_PREFILL_QUANT_NONE,
    PAGODA_BATCH_PREFILL_QUANT_PER_TENSOR,
    PAGODA_BATCH_PREFILL_QUANT_KV_BLOCK
};

enum pagoda_batch_prefill_layout {
    PAGODA_BATCH_PREFILL_LAYOUT_LINEAR,
    PAGODA_BATCH_PREFILL_LAYOUT_VECTORIZED
};

enum pagoda_batch_prefill_soft_cap {
    PAGODA_BATCH_PREFILL_SOFT_CAP_OFF,
    PAGODA_BATCH_PREFILL_SOFT_CAP_ON
};

enum pagoda_batch_prefill_pipeline {
    PAGODA_BATCH_PREFILL_PIPELINE_V2,
    PAGODA_BATCH_PREFILL_PIPELINE_V3
};

enum pagoda_batch_prefill_tile {
    PAGODA_BATCH_PREFILL_TILE_256X64,
    PAGODA_BATCH_PREFILL_TILE_128X64,
    PAGODA_BATCH_PREFILL_TILE_64X64
};

enum pagoda_batch_prefill_schedule {
    PAGODA_BATCH_PREFILL_SCHEDULE_NONE,
    PAGODA_BATCH_PREFILL_SCHEDULE_BURST,
    PAGODA_BATCH_PREFILL_SCHEDULE_OVERLAP
};

#endif
