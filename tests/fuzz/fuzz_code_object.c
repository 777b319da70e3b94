/* SPDX-License-Identifier: MIT
 *
 * A damaged code object is refused with a message or loads, never a fault of the simulator. Whatever loads is asked for
 * its kernels, and unloads.
 */
#include <stdlib.h>
#include <string.h>

#include "code_object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY_LIMIT = 1 << 26 }; /* what a damaged size may make the simulator allocate */

static void load(struct sim_memory *memory, enum sim_arch arch, const uint8_t *data, size_t size) {
    struct sim_code_object *object = NULL;
    char message[512] = "";
    const enum sim_load_status status =
        sim_code_object_load(memory, arch, data, size, &object, message, sizeof message);
    if (status != SIM_LOAD_OK) {
        if ((status != SIM_LOAD_NO_MEMORY && message[0] == '\0') || strnlen(message, sizeof message) == sizeof message)
            abort();
        return;
    }
    for (uint32_t i = 0; i < object->num_kernels; i++) {
        if (sim_code_object_kernel(object, object->kernels[i].name) == NULL)
            abort();
    }
    for (uint32_t i = 0; i < object->num_globals; i++) {
        if (sim_code_object_global(object, object->globals[i].name) == NULL)
            abort();
    }
    sim_code_object_unload(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct sim_memory memory;
    static bool is_ready;
    if (!is_ready)
        sim_memory_init(&memory, MEMORY_LIMIT);
    is_ready = true;
    /* A copy of the exact size, so that reading past its end is seen. A size of 0 would mean that it is not known. */
    if (size == 0)
        return 0;
    uint8_t *copy = malloc(size);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    load(&memory, SIM_GFX942, copy, size);
    load(&memory, SIM_GFX950, copy, size);
    free(copy);
    return 0;
}
