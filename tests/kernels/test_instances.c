/* SPDX-License-Identifier: MIT
 *
 * Every instance of one arch that this build holds, on a problem made to cross each boundary that its axes have. The
 * cases come from the dispatch table: a new tile or pipeline is covered without a change here.
 *
 *   test_instances ARCH [FIRST STEP]: every STEP-th instance from FIRST on
 */
#include "kernel_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code_archive.h"

static const struct pagoda_axis_value *value_of(const struct pagoda_instance *instance, int axis) {
    return &pagoda_batch_prefill_table.axes[axis].values[instance->value[axis]];
}

static const char *name_of(const struct pagoda_instance *instance, int axis) {
    return value_of(instance, axis)->name;
}

static void add(struct kernel_cases *cases, const struct pagoda_instance *instance, unsigned index) {
    /* Page sizes that only a generic instance serves: below, at and above a tile of keys. */
    static const int generic[] = {32, 128, 8, 512, 2, 256};
    enum { NUM_GENERIC = sizeof generic / sizeof generic[0] };
    const struct pagoda_axis_value *page_value = value_of(instance, PAGODA_BATCH_PREFILL_AXIS_PAGE_SIZE);
    int64_t page = page_value->number;
    const char *layout = name_of(instance, PAGODA_BATCH_PREFILL_AXIS_LAYOUT);
    int64_t smallest = strcmp(layout, "linear") == 0 ? 1 : 16; /* a vectorized page holds 16 bytes of keys */
    smallest = page_value->serves_from > smallest ? page_value->serves_from : smallest;
    for (unsigned i = index; page == 0; ++i) {
        page = generic[i % NUM_GENERIC] >= smallest ? generic[i % NUM_GENERIC] : 0;
    }
    const char *mask = name_of(instance, PAGODA_BATCH_PREFILL_AXIS_MASK);
    const char *cap = name_of(instance, PAGODA_BATCH_PREFILL_AXIS_SOFT_CAP);
    char flags[512];
    int tile_m = instance->tile_m, tile_n = instance->tile_n;
    /* A chunk of more than one query tile, one query, no query, a chunk longer than its keys, a sequence without keys.
     * The longest row of keys crosses a page. */
    snprintf(flags, sizeof flags,
             "--arch %s --dtype %s --head-dim %s --page-size %d --mask %s --quant %s --layout %s --soft-cap %d "
             "--q-heads 2 --kv-heads 1 --q-len %d,1,0,%d,3 --kv-len %d,%d,%d,%d,0 --lse --seed %u%s%s%s%s%s",
             name_of(instance, PAGODA_BATCH_PREFILL_AXIS_ARCH), name_of(instance, PAGODA_BATCH_PREFILL_AXIS_DTYPE),
             name_of(instance, PAGODA_BATCH_PREFILL_AXIS_HEAD_DIM), (int)page,
             strcmp(mask, "sliding_window") == 0 ? "window:50,2,3" : mask,
             name_of(instance, PAGODA_BATCH_PREFILL_AXIS_QUANT), layout,
             strcmp(cap, "on") == 0 || (strcmp(cap, "any") == 0 && index % 2) ? 5 : 0, tile_m + 3, tile_n / 2 + 7,
             tile_m + 3 + tile_n + 9, (int)page + 2 * tile_n + 7, tile_n, tile_n / 2 - 3, index + 1,
             index % 2 ? " --strided" : "", index % 3 == 1 ? " --dominated" : "",
             index % 4 == 2 ? " --values uniform" : "", index % 5 == 3 ? " --sinks" : "",
             index % 7 == 4 ? " --device-descales" : "");
    kernel_cases_add(cases, instance->name, instance->name, "%s", flags);
}

int main(int argc, char **argv) {
    unsigned first = argc > 3 ? (unsigned)atoi(argv[2]) : 0, step = argc > 3 ? (unsigned)atoi(argv[3]) : 1, index = 0;
    struct kernel_cases cases = {0};
    if (argc < 2 || step == 0) {
        fprintf(stderr, "usage: %s ARCH [FIRST STEP]\n", argv[0]);
        return 2;
    }
    for (uint32_t i = 0; i < pagoda_batch_prefill_table.num_instances; ++i) {
        const struct pagoda_instance *instance = &pagoda_batch_prefill_table.instances[i];
        struct pagoda_code_entry entry;
        if (strcmp(name_of(instance, PAGODA_BATCH_PREFILL_AXIS_ARCH), argv[1]) == 0 &&
            pagoda_code_find(argv[1], instance->name, &entry)) {
            if (index % step == first % step) {
                add(&cases, instance, index);
            }
            ++index;
        }
    }
    if (cases.count == 0) {
        fprintf(stderr, "this build holds no instance of %s\n", argv[1]);
        return 77; /* skipped */
    }
    return kernel_cases_run("instances", &cases);
}
