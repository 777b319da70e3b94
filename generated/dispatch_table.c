/* SPDX-License-Identifier: MIT
 *
 * Generated from codegen/ by templates/dispatch_table.c.j2; `meson compile regenerate` rewrites it.
 */
#include "dispatch_table.h"

const struct pagoda_arch_facts pagoda_arch_facts[PAGODA_NUM_ARCHS] = {
    {"gfx942", "MI300X", 304, 2100, 64, 65536, 1},
    {"gfx950", "MI355X", 256, 2400, 64, 163840, 0},
};

/* ---- batch_prefill ---- */

static const struct pagoda_axis_value batch_prefill_arch_values[] = {
    {"gfx942", "gfx942", 0, 0},
    {"gfx950", "gfx950", 0, 0},
};

static const struct pagoda_axis_value batch_prefill_dtype_values[] = {
    {"fp16", "fp16", 0, 0},
    {"bf16", "bf16", 0, 0},
    {"fp8", "fp8", 0, 0},
};

static const struct pagoda_axis_value batch_prefill_head_dim_values[] = {
    {"64", "d64", 64, 0},
    {"128", "d128", 128, 0},
};

static const struct pagoda_axis_value batch_prefill_page_size_values[] = {
    {"1", "p1", 1, 0},
    {"16", "p16", 16, 0},
    {"1024", "p1024", 1024, 0},
    {"pow2", "ppow2", 0, 2},
};

static const struct pagoda_axis_value batch_prefill_mask_values[] = {
    {"none", "nomask", 0, 0},
    {"causal", "causal", 0, 0},
    {"sliding_window", "sliding_window", 0, 0},
};

static const struct pagoda_axis_value batch_prefill_quant_values[] = {
    {"none", "", 0, 0},
    {"per_tensor", "per_tensor", 0, 0},
    {"kv_block", "kv_block", 0, 0},
};

static const struct pagoda_axis_value batch_prefill_layout_values[] = {
    {"linear", "linear", 0, 0},
    {"vectorized", "vectorized", 0, 0},
};

static const struct pagoda_axis_value batch_prefill_soft_cap_values[] = {
    {"off", "", 0, 0},
    {"on", "softcap", 0, 0},
};

static const struct pagoda_axis_value batch_prefill_pipeline_values[] = {
    {"v2", "v2", 0, 0},
};

static const struct pagoda_axis_value batch_prefill_tile_values[] = {
    {"128x64", "t128x64", 0, 0},
    {"64x64", "t64x64", 0, 1},
};

static const struct pagoda_axis batch_prefill_axes[] = {
    {"arch", 1, 0, -1, 2, batch_prefill_arch_values},
    {"dtype", 1, 1, -1, 3, batch_prefill_dtype_values},
    {"head_dim", 1, 3, -1, 2, batch_prefill_head_dim_values},
    {"page_size", 1, 4, 3, 4, batch_prefill_page_size_values},
    {"mask", 1, 6, -1, 3, batch_prefill_mask_values},
    {"quant", 1, 8, -1, 3, batch_prefill_quant_values},
    {"layout", 1, 10, -1, 2, batch_prefill_layout_values},
    {"soft_cap", 1, 11, -1, 2, batch_prefill_soft_cap_values},
    {"pipeline", 0, 0, -1, 1, batch_prefill_pipeline_values},
    {"tile", 0, 0, -1, 2, batch_prefill_tile_values},
};

static const uint8_t batch_prefill_name_order[] = {8, 0, 1, 2, 9, 3, 4, 5, 6, 7};

/* name, key, rank, lds_bytes, threads, tile_m, tile_n, value of arch, dtype, head_dim, page_size, mask, quant, layout, soft_cap, pipeline, tile */
static const struct pagoda_instance batch_prefill_instances[] = {
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_p1_nomask_linear", 0, 0, 16384, 256, 128, 64, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_p1_nomask_linear", 0, 1, 16384, 256, 64, 64, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_p1_nomask_linear", 1, 0, 32768, 256, 128, 64, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_p1_nomask_linear", 1, 1, 32768, 256, 64, 64, {1, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_p1_nomask_linear", 2, 0, 16384, 256, 128, 64, {0, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_p1_nomask_linear", 2, 1, 16384, 256, 64, 64, {0, 1, 0, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_p1_nomask_linear", 3, 0, 32768, 256, 128, 64, {1, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_p1_nomask_linear", 3, 1, 32768, 256, 64, 64, {1, 1, 0, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_p1_nomask_linear", 8, 0, 32768, 256, 128, 64, {0, 0, 1, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_p1_nomask_linear", 8, 1, 32768, 256, 64, 64, {0, 0, 1, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_p1_nomask_linear", 9, 0, 65536, 256, 128, 64, {1, 0, 1, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_p1_nomask_linear", 9, 1, 65536, 256, 64, 64, {1, 0, 1, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_p1_nomask_linear", 10, 0, 32768, 256, 128, 64, {0, 1, 1, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_p1_nomask_linear", 10, 1, 32768, 256, 64, 64, {0, 1, 1, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_p1_nomask_linear", 11, 0, 65536, 256, 128, 64, {1, 1, 1, 0, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_p1_nomask_linear", 11, 1, 65536, 256, 64, 64, {1, 1, 1, 0, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_p16_nomask_linear", 16, 0, 16384, 256, 128, 64, {0, 0, 0, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_p16_nomask_linear", 16, 1, 16384, 256, 64, 64, {0, 0, 0, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_p16_nomask_linear", 17, 0, 32768, 256, 128, 64, {1, 0, 0, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_p16_nomask_linear", 17, 1, 32768, 256, 64, 64, {1, 0, 0, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_p16_nomask_linear", 18, 0, 16384, 256, 128, 64, {0, 1, 0, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_p16_nomask_linear", 18, 1, 16384, 256, 64, 64, {0, 1, 0, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_p16_nomask_linear", 19, 0, 32768, 256, 128, 64, {1, 1, 0, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_p16_nomask_linear", 19, 1, 32768, 256, 64, 64, {1, 1, 0, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_p16_nomask_linear", 24, 0, 32768, 256, 128, 64, {0, 0, 1, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_p16_nomask_linear", 24, 1, 32768, 256, 64, 64, {0, 0, 1, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_p16_nomask_linear", 25, 0, 65536, 256, 128, 64, {1, 0, 1, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_p16_nomask_linear", 25, 1, 65536, 256, 64, 64, {1, 0, 1, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_p16_nomask_linear", 26, 0, 32768, 256, 128, 64, {0, 1, 1, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_p16_nomask_linear", 26, 1, 32768, 256, 64, 64, {0, 1, 1, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_p16_nomask_linear", 27, 0, 65536, 256, 128, 64, {1, 1, 1, 1, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_p16_nomask_linear", 27, 1, 65536, 256, 64, 64, {1, 1, 1, 1, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_p1024_nomask_linear", 32, 0, 16384, 256, 128, 64, {0, 0, 0, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_p1024_nomask_linear", 32, 1, 16384, 256, 64, 64, {0, 0, 0, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_p1024_nomask_linear", 33, 0, 32768, 256, 128, 64, {1, 0, 0, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_p1024_nomask_linear", 33, 1, 32768, 256, 64, 64, {1, 0, 0, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_p1024_nomask_linear", 34, 0, 16384, 256, 128, 64, {0, 1, 0, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_p1024_nomask_linear", 34, 1, 16384, 256, 64, 64, {0, 1, 0, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_p1024_nomask_linear", 35, 0, 32768, 256, 128, 64, {1, 1, 0, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_p1024_nomask_linear", 35, 1, 32768, 256, 64, 64, {1, 1, 0, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_p1024_nomask_linear", 40, 0, 32768, 256, 128, 64, {0, 0, 1, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_p1024_nomask_linear", 40, 1, 32768, 256, 64, 64, {0, 0, 1, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_p1024_nomask_linear", 41, 0, 65536, 256, 128, 64, {1, 0, 1, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_p1024_nomask_linear", 41, 1, 65536, 256, 64, 64, {1, 0, 1, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_p1024_nomask_linear", 42, 0, 32768, 256, 128, 64, {0, 1, 1, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_p1024_nomask_linear", 42, 1, 32768, 256, 64, 64, {0, 1, 1, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_p1024_nomask_linear", 43, 0, 65536, 256, 128, 64, {1, 1, 1, 2, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_p1024_nomask_linear", 43, 1, 65536, 256, 64, 64, {1, 1, 1, 2, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_ppow2_nomask_linear", 48, 2, 16384, 256, 128, 64, {0, 0, 0, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_ppow2_nomask_linear", 48, 3, 16384, 256, 64, 64, {0, 0, 0, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_ppow2_nomask_linear", 49, 2, 32768, 256, 128, 64, {1, 0, 0, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_ppow2_nomask_linear", 49, 3, 32768, 256, 64, 64, {1, 0, 0, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_ppow2_nomask_linear", 50, 2, 16384, 256, 128, 64, {0, 1, 0, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_ppow2_nomask_linear", 50, 3, 16384, 256, 64, 64, {0, 1, 0, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_ppow2_nomask_linear", 51, 2, 32768, 256, 128, 64, {1, 1, 0, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_ppow2_nomask_linear", 51, 3, 32768, 256, 64, 64, {1, 1, 0, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_ppow2_nomask_linear", 56, 2, 32768, 256, 128, 64, {0, 0, 1, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_ppow2_nomask_linear", 56, 3, 32768, 256, 64, 64, {0, 0, 1, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_ppow2_nomask_linear", 57, 2, 65536, 256, 128, 64, {1, 0, 1, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_ppow2_nomask_linear", 57, 3, 65536, 256, 64, 64, {1, 0, 1, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_ppow2_nomask_linear", 58, 2, 32768, 256, 128, 64, {0, 1, 1, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_ppow2_nomask_linear", 58, 3, 32768, 256, 64, 64, {0, 1, 1, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_ppow2_nomask_linear", 59, 2, 65536, 256, 128, 64, {1, 1, 1, 3, 0, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_ppow2_nomask_linear", 59, 3, 65536, 256, 64, 64, {1, 1, 1, 3, 0, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_p1_causal_linear", 64, 0, 16384, 256, 128, 64, {0, 0, 0, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_p1_causal_linear", 64, 1, 16384, 256, 64, 64, {0, 0, 0, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_p1_causal_linear", 65, 0, 32768, 256, 128, 64, {1, 0, 0, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_p1_causal_linear", 65, 1, 32768, 256, 64, 64, {1, 0, 0, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_p1_causal_linear", 66, 0, 16384, 256, 128, 64, {0, 1, 0, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_p1_causal_linear", 66, 1, 16384, 256, 64, 64, {0, 1, 0, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_p1_causal_linear", 67, 0, 32768, 256, 128, 64, {1, 1, 0, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_p1_causal_linear", 67, 1, 32768, 256, 64, 64, {1, 1, 0, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_p1_causal_linear", 72, 0, 32768, 256, 128, 64, {0, 0, 1, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_p1_causal_linear", 72, 1, 32768, 256, 64, 64, {0, 0, 1, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_p1_causal_linear", 73, 0, 65536, 256, 128, 64, {1, 0, 1, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_p1_causal_linear", 73, 1, 65536, 256, 64, 64, {1, 0, 1, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_p1_causal_linear", 74, 0, 32768, 256, 128, 64, {0, 1, 1, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_p1_causal_linear", 74, 1, 32768, 256, 64, 64, {0, 1, 1, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_p1_causal_linear", 75, 0, 65536, 256, 128, 64, {1, 1, 1, 0, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_p1_causal_linear", 75, 1, 65536, 256, 64, 64, {1, 1, 1, 0, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_p16_causal_linear", 80, 0, 16384, 256, 128, 64, {0, 0, 0, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_p16_causal_linear", 80, 1, 16384, 256, 64, 64, {0, 0, 0, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_p16_causal_linear", 81, 0, 32768, 256, 128, 64, {1, 0, 0, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_p16_causal_linear", 81, 1, 32768, 256, 64, 64, {1, 0, 0, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_p16_causal_linear", 82, 0, 16384, 256, 128, 64, {0, 1, 0, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_p16_causal_linear", 82, 1, 16384, 256, 64, 64, {0, 1, 0, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_p16_causal_linear", 83, 0, 32768, 256, 128, 64, {1, 1, 0, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_p16_causal_linear", 83, 1, 32768, 256, 64, 64, {1, 1, 0, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_p16_causal_linear", 88, 0, 32768, 256, 128, 64, {0, 0, 1, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_p16_causal_linear", 88, 1, 32768, 256, 64, 64, {0, 0, 1, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_p16_causal_linear", 89, 0, 65536, 256, 128, 64, {1, 0, 1, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_p16_causal_linear", 89, 1, 65536, 256, 64, 64, {1, 0, 1, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_p16_causal_linear", 90, 0, 32768, 256, 128, 64, {0, 1, 1, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_p16_causal_linear", 90, 1, 32768, 256, 64, 64, {0, 1, 1, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_p16_causal_linear", 91, 0, 65536, 256, 128, 64, {1, 1, 1, 1, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_p16_causal_linear", 91, 1, 65536, 256, 64, 64, {1, 1, 1, 1, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_p1024_causal_linear", 96, 0, 16384, 256, 128, 64, {0, 0, 0, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_p1024_causal_linear", 96, 1, 16384, 256, 64, 64, {0, 0, 0, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_p1024_causal_linear", 97, 0, 32768, 256, 128, 64, {1, 0, 0, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_p1024_causal_linear", 97, 1, 32768, 256, 64, 64, {1, 0, 0, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_p1024_causal_linear", 98, 0, 16384, 256, 128, 64, {0, 1, 0, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_p1024_causal_linear", 98, 1, 16384, 256, 64, 64, {0, 1, 0, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_p1024_causal_linear", 99, 0, 32768, 256, 128, 64, {1, 1, 0, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_p1024_causal_linear", 99, 1, 32768, 256, 64, 64, {1, 1, 0, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_p1024_causal_linear", 104, 0, 32768, 256, 128, 64, {0, 0, 1, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_p1024_causal_linear", 104, 1, 32768, 256, 64, 64, {0, 0, 1, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_p1024_causal_linear", 105, 0, 65536, 256, 128, 64, {1, 0, 1, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_p1024_causal_linear", 105, 1, 65536, 256, 64, 64, {1, 0, 1, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_p1024_causal_linear", 106, 0, 32768, 256, 128, 64, {0, 1, 1, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_p1024_causal_linear", 106, 1, 32768, 256, 64, 64, {0, 1, 1, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_p1024_causal_linear", 107, 0, 65536, 256, 128, 64, {1, 1, 1, 2, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_p1024_causal_linear", 107, 1, 65536, 256, 64, 64, {1, 1, 1, 2, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d64_t128x64_ppow2_causal_linear", 112, 2, 16384, 256, 128, 64, {0, 0, 0, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d64_t64x64_ppow2_causal_linear", 112, 3, 16384, 256, 64, 64, {0, 0, 0, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d64_t128x64_ppow2_causal_linear", 113, 2, 32768, 256, 128, 64, {1, 0, 0, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d64_t64x64_ppow2_causal_linear", 113, 3, 32768, 256, 64, 64, {1, 0, 0, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d64_t128x64_ppow2_causal_linear", 114, 2, 16384, 256, 128, 64, {0, 1, 0, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d64_t64x64_ppow2_causal_linear", 114, 3, 16384, 256, 64, 64, {0, 1, 0, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d64_t128x64_ppow2_causal_linear", 115, 2, 32768, 256, 128, 64, {1, 1, 0, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d64_t64x64_ppow2_causal_linear", 115, 3, 32768, 256, 64, 64, {1, 1, 0, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp16_d128_t128x64_ppow2_causal_linear", 120, 2, 32768, 256, 128, 64, {0, 0, 1, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp16_d128_t64x64_ppow2_causal_linear", 120, 3, 32768, 256, 64, 64, {0, 0, 1, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp16_d128_t128x64_ppow2_causal_linear", 121, 2, 65536, 256, 128, 64, {1, 0, 1, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp16_d128_t64x64_ppow2_causal_linear", 121, 3, 65536, 256, 64, 64, {1, 0, 1, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_bf16_d128_t128x64_ppow2_causal_linear", 122, 2, 32768, 256, 128, 64, {0, 1, 1, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_bf16_d128_t64x64_ppow2_causal_linear", 122, 3, 32768, 256, 64, 64, {0, 1, 1, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_bf16_d128_t128x64_ppow2_causal_linear", 123, 2, 65536, 256, 128, 64, {1, 1, 1, 3, 1, 0, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_bf16_d128_t64x64_ppow2_causal_linear", 123, 3, 65536, 256, 64, 64, {1, 1, 1, 3, 1, 0, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_p1_nomask_per_tensor_linear", 260, 0, 8192, 256, 128, 64, {0, 2, 0, 0, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_p1_nomask_per_tensor_linear", 260, 1, 8192, 256, 64, 64, {0, 2, 0, 0, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_p1_nomask_per_tensor_linear", 261, 0, 16384, 256, 128, 64, {1, 2, 0, 0, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_p1_nomask_per_tensor_linear", 261, 1, 16384, 256, 64, 64, {1, 2, 0, 0, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_p1_nomask_per_tensor_linear", 268, 0, 16384, 256, 128, 64, {0, 2, 1, 0, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_p1_nomask_per_tensor_linear", 268, 1, 16384, 256, 64, 64, {0, 2, 1, 0, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_p1_nomask_per_tensor_linear", 269, 0, 32768, 256, 128, 64, {1, 2, 1, 0, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_p1_nomask_per_tensor_linear", 269, 1, 32768, 256, 64, 64, {1, 2, 1, 0, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_p16_nomask_per_tensor_linear", 276, 0, 8192, 256, 128, 64, {0, 2, 0, 1, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_p16_nomask_per_tensor_linear", 276, 1, 8192, 256, 64, 64, {0, 2, 0, 1, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_p16_nomask_per_tensor_linear", 277, 0, 16384, 256, 128, 64, {1, 2, 0, 1, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_p16_nomask_per_tensor_linear", 277, 1, 16384, 256, 64, 64, {1, 2, 0, 1, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_p16_nomask_per_tensor_linear", 284, 0, 16384, 256, 128, 64, {0, 2, 1, 1, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_p16_nomask_per_tensor_linear", 284, 1, 16384, 256, 64, 64, {0, 2, 1, 1, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_p16_nomask_per_tensor_linear", 285, 0, 32768, 256, 128, 64, {1, 2, 1, 1, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_p16_nomask_per_tensor_linear", 285, 1, 32768, 256, 64, 64, {1, 2, 1, 1, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_p1024_nomask_per_tensor_linear", 292, 0, 8192, 256, 128, 64, {0, 2, 0, 2, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_p1024_nomask_per_tensor_linear", 292, 1, 8192, 256, 64, 64, {0, 2, 0, 2, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_p1024_nomask_per_tensor_linear", 293, 0, 16384, 256, 128, 64, {1, 2, 0, 2, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_p1024_nomask_per_tensor_linear", 293, 1, 16384, 256, 64, 64, {1, 2, 0, 2, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_p1024_nomask_per_tensor_linear", 300, 0, 16384, 256, 128, 64, {0, 2, 1, 2, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_p1024_nomask_per_tensor_linear", 300, 1, 16384, 256, 64, 64, {0, 2, 1, 2, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_p1024_nomask_per_tensor_linear", 301, 0, 32768, 256, 128, 64, {1, 2, 1, 2, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_p1024_nomask_per_tensor_linear", 301, 1, 32768, 256, 64, 64, {1, 2, 1, 2, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_ppow2_nomask_per_tensor_linear", 308, 2, 8192, 256, 128, 64, {0, 2, 0, 3, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_ppow2_nomask_per_tensor_linear", 308, 3, 8192, 256, 64, 64, {0, 2, 0, 3, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_ppow2_nomask_per_tensor_linear", 309, 2, 16384, 256, 128, 64, {1, 2, 0, 3, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_ppow2_nomask_per_tensor_linear", 309, 3, 16384, 256, 64, 64, {1, 2, 0, 3, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_ppow2_nomask_per_tensor_linear", 316, 2, 16384, 256, 128, 64, {0, 2, 1, 3, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_ppow2_nomask_per_tensor_linear", 316, 3, 16384, 256, 64, 64, {0, 2, 1, 3, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_ppow2_nomask_per_tensor_linear", 317, 2, 32768, 256, 128, 64, {1, 2, 1, 3, 0, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_ppow2_nomask_per_tensor_linear", 317, 3, 32768, 256, 64, 64, {1, 2, 1, 3, 0, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_p1_causal_per_tensor_linear", 324, 0, 8192, 256, 128, 64, {0, 2, 0, 0, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_p1_causal_per_tensor_linear", 324, 1, 8192, 256, 64, 64, {0, 2, 0, 0, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_p1_causal_per_tensor_linear", 325, 0, 16384, 256, 128, 64, {1, 2, 0, 0, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_p1_causal_per_tensor_linear", 325, 1, 16384, 256, 64, 64, {1, 2, 0, 0, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_p1_causal_per_tensor_linear", 332, 0, 16384, 256, 128, 64, {0, 2, 1, 0, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_p1_causal_per_tensor_linear", 332, 1, 16384, 256, 64, 64, {0, 2, 1, 0, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_p1_causal_per_tensor_linear", 333, 0, 32768, 256, 128, 64, {1, 2, 1, 0, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_p1_causal_per_tensor_linear", 333, 1, 32768, 256, 64, 64, {1, 2, 1, 0, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_p16_causal_per_tensor_linear", 340, 0, 8192, 256, 128, 64, {0, 2, 0, 1, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_p16_causal_per_tensor_linear", 340, 1, 8192, 256, 64, 64, {0, 2, 0, 1, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_p16_causal_per_tensor_linear", 341, 0, 16384, 256, 128, 64, {1, 2, 0, 1, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_p16_causal_per_tensor_linear", 341, 1, 16384, 256, 64, 64, {1, 2, 0, 1, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_p16_causal_per_tensor_linear", 348, 0, 16384, 256, 128, 64, {0, 2, 1, 1, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_p16_causal_per_tensor_linear", 348, 1, 16384, 256, 64, 64, {0, 2, 1, 1, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_p16_causal_per_tensor_linear", 349, 0, 32768, 256, 128, 64, {1, 2, 1, 1, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_p16_causal_per_tensor_linear", 349, 1, 32768, 256, 64, 64, {1, 2, 1, 1, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_p1024_causal_per_tensor_linear", 356, 0, 8192, 256, 128, 64, {0, 2, 0, 2, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_p1024_causal_per_tensor_linear", 356, 1, 8192, 256, 64, 64, {0, 2, 0, 2, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_p1024_causal_per_tensor_linear", 357, 0, 16384, 256, 128, 64, {1, 2, 0, 2, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_p1024_causal_per_tensor_linear", 357, 1, 16384, 256, 64, 64, {1, 2, 0, 2, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_p1024_causal_per_tensor_linear", 364, 0, 16384, 256, 128, 64, {0, 2, 1, 2, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_p1024_causal_per_tensor_linear", 364, 1, 16384, 256, 64, 64, {0, 2, 1, 2, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_p1024_causal_per_tensor_linear", 365, 0, 32768, 256, 128, 64, {1, 2, 1, 2, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_p1024_causal_per_tensor_linear", 365, 1, 32768, 256, 64, 64, {1, 2, 1, 2, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d64_t128x64_ppow2_causal_per_tensor_linear", 372, 2, 8192, 256, 128, 64, {0, 2, 0, 3, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d64_t64x64_ppow2_causal_per_tensor_linear", 372, 3, 8192, 256, 64, 64, {0, 2, 0, 3, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d64_t128x64_ppow2_causal_per_tensor_linear", 373, 2, 16384, 256, 128, 64, {1, 2, 0, 3, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d64_t64x64_ppow2_causal_per_tensor_linear", 373, 3, 16384, 256, 64, 64, {1, 2, 0, 3, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx942_fp8_d128_t128x64_ppow2_causal_per_tensor_linear", 380, 2, 16384, 256, 128, 64, {0, 2, 1, 3, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx942_fp8_d128_t64x64_ppow2_causal_per_tensor_linear", 380, 3, 16384, 256, 64, 64, {0, 2, 1, 3, 1, 1, 0, 0, 0, 1}},
    {"batch_prefill_v2_gfx950_fp8_d128_t128x64_ppow2_causal_per_tensor_linear", 381, 2, 32768, 256, 128, 64, {1, 2, 1, 3, 1, 1, 0, 0, 0, 0}},
    {"batch_prefill_v2_gfx950_fp8_d128_t64x64_ppow2_causal_per_tensor_linear", 381, 3, 32768, 256, 64, 64, {1, 2, 1, 3, 1, 1, 0, 0, 0, 1}},
};

static const uint32_t batch_prefill_quant_needs_fp8_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x3, 0x3, 0xf, 0x7, 0x6, 0x3, 0x3, 0x1, 0x3},
};

static const uint32_t batch_prefill_fp8_none_is_per_tensor_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x4, 0x3, 0xf, 0x7, 0x1, 0x3, 0x3, 0x1, 0x3},
};

static const uint32_t batch_prefill_v2_masks_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x7, 0x3, 0xf, 0x4, 0x7, 0x3, 0x3, 0x1, 0x3},
};

static const uint32_t batch_prefill_v2_no_kv_block_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x7, 0x3, 0xf, 0x7, 0x4, 0x3, 0x3, 0x1, 0x3},
};

static const uint32_t batch_prefill_v2_linear_only_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x7, 0x3, 0xf, 0x7, 0x7, 0x2, 0x3, 0x1, 0x3},
};

static const uint32_t batch_prefill_v2_no_soft_cap_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x7, 0x3, 0xf, 0x7, 0x7, 0x3, 0x2, 0x1, 0x3},
};

static const uint32_t batch_prefill_page_of_one_is_linear_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x7, 0x3, 0x1, 0x7, 0x7, 0x2, 0x3, 0x1, 0x3},
};

static const uint32_t batch_prefill_vectorized_needs_whole_x_boxes[][PAGODA_MAX_AXES] = {
    {0x3, 0x7, 0x3, 0x1, 0x7, 0x7, 0x2, 0x3, 0x1, 0x3},
};

static const struct pagoda_rule batch_prefill_rules[] = {
    {"tile_of_pipeline", "the pipeline has no instance of this tile", 0, 0},
    {"lds_capacity", "K and V of this tile do not fit the LDS of the arch", 0, 0},
    {"matrix_instruction", "the arch lacks the matrix instruction that the pipeline is built on", 0, 0},
    {"quant_needs_fp8", "descales belong to FP8 caches; 16-bit caches hold the values themselves", 1, batch_prefill_quant_needs_fp8_boxes},
    {"fp8_none_is_per_tensor", "FP8 without quantisation is served by per_tensor with unit descales", 1, batch_prefill_fp8_none_is_per_tensor_boxes},
    {"v2_masks", "the V2 pipeline masks by none or causal", 1, batch_prefill_v2_masks_boxes},
    {"v2_no_kv_block", "the V2 pipeline has no descale per page", 1, batch_prefill_v2_no_kv_block_boxes},
    {"v2_linear_only", "the V2 pipeline reads the linear KV layout only", 1, batch_prefill_v2_linear_only_boxes},
    {"v2_no_soft_cap", "the V2 pipeline has no soft cap", 1, batch_prefill_v2_no_soft_cap_boxes},
    {"page_of_one_is_linear", "with one key per page the layouts are the same: pass it as linear", 1, batch_prefill_page_of_one_is_linear_boxes},
    {"vectorized_needs_whole_x", "the vectorized layout packs 16 bytes of keys: its pages hold whole packs", 1, batch_prefill_vectorized_needs_whole_x_boxes},
};

const struct pagoda_op_table pagoda_batch_prefill_table = {
    "batch_prefill", 10, batch_prefill_axes, batch_prefill_name_order, 192, batch_prefill_instances, 11, batch_prefill_rules,
};

const struct pagoda_op_table *const pagoda_op_tables[PAGODA_NUM_OP_TABLES] = {
    &pagoda_batch_prefill_table,
};
