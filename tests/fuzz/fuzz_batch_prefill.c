/* SPDX-License-Identifier: MIT
 *
 * Any arguments of a batch prefill are refused or planned, and every plan can be explained, without a fault. The input
 * is a list of changes to a good request: an offset in the struct, and bytes to put there. Pointers to host memory stay
 * good, except that the forced names are taken from the input; device pointers are never followed, so they may be
 * anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../runtime/request_under_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "violated: %s\n", what);
        abort();
    }
}

struct input {
    const uint8_t *data;
    size_t size;
};

/* The next `count` bytes, or zeroes behind the end. */
static void take(struct input *input, void *bytes, size_t count) {
    const size_t taken = count < input->size ? count : input->size;
    memset(bytes, 0, count);
    memcpy(bytes, input->data, taken);
    input->data += taken;
    input->size -= taken;
}

static uint8_t take_byte(struct input *input) {
    uint8_t byte;
    take(input, &byte, 1);
    return byte;
}

static void spoil(struct input *input, void *object, size_t size) {
    for (int changes = take_byte(input) % 8; changes > 0; changes--) {
        uint16_t offset;
        take(input, &offset, sizeof offset);
        const size_t width = (size_t)1 << take_byte(input) % 4;
        const size_t at = offset % size / width * width;
        take(input, (char *)object + at, at + width <= size ? width : size - at);
    }
}

static int check_refusal(const pagoda_refusal *refusal, void *user) {
    const int *stop = user;
    require(refusal->instance[0] != '\0' && refusal->rule[0] != '\0' && refusal->reason[0] != '\0',
            "a refusal names candidate, rule and reason");
    return *stop;
}

static void check_plan(const pagoda_plan *plan, size_t text_size) {
    char text[4096];
    int stop = text_size % 2 == 0;
    pagoda_status status = pagoda_plan_explain(plan, text, text_size % sizeof text);
    require(status == PAGODA_OK || status == PAGODA_ERROR_TRUNCATED || status == PAGODA_ERROR_INVALID_ARGUMENT,
            "a plan explains itself");
    status = pagoda_plan_visit_refusals(plan, check_refusal, &stop);
    require(status == PAGODA_OK || status == PAGODA_ERROR_INVALID_ARGUMENT, "a plan lists its refusals");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static pagoda_context *contexts[2];
    static const char *const archs[2] = {"gfx942", "gfx950"};
    for (int i = 0; i < 2; i++) {
        const pagoda_context_options options = {
            .struct_size = sizeof options, .runtime = PAGODA_RUNTIME_NONE, .arch = archs[i]};
        if (contexts[i] == NULL)
            require(pagoda_context_create(&options, &contexts[i]) == PAGODA_OK, "a context for planning");
    }
    struct input input = {data, size};
    const uint8_t choice = take_byte(&input);
    pagoda_batch_prefill_args args = (choice & 1) != 0 ? request_under_test() : sglang_request_under_test();
    spoil(&input, &args, sizeof args);
    char message[1024] = "stale", name[128];
    take(&input, name, (choice & 2) != 0 ? sizeof name - 1 : 0);
    name[sizeof name - 1] = '\0';
    args.instance = (choice & 2) != 0 ? name : NULL;
    args.pipeline = (choice & 4) != 0 ? name : (choice & 8) != 0 ? "v2" : NULL;
    args.message = message;
    args.message_size = sizeof message;
    pagoda_plan plan = {.struct_size = sizeof plan};
    const pagoda_status status = pagoda_batch_prefill_plan(contexts[choice >> 4 & 1], &args, &plan);
    require(status == PAGODA_OK || status == PAGODA_ERROR_INVALID_ARGUMENT || status == PAGODA_ERROR_UNSUPPORTED ||
                status == PAGODA_ERROR_NOT_BUILT || status == PAGODA_ERROR_VERSION,
            "a status that planning may have");
    if (status != PAGODA_ERROR_VERSION)
        require((message[0] == '\0') == (status == PAGODA_OK), "a message exactly when the call fails");
    if (status == PAGODA_OK || status == PAGODA_ERROR_NOT_BUILT) {
        require(plan.instance != NULL && plan.pipeline != NULL, "a plan names its instance");
        require((uint64_t)plan.grid[0] * plan.block[0] <= UINT32_MAX, "a grid that HIP takes");
        require((plan.grid[0] == 0) == (args.batch == 0 || args.total_q == 0), "a grid for what there is to compute");
    }
    if (status != PAGODA_ERROR_INVALID_ARGUMENT && status != PAGODA_ERROR_VERSION)
        check_plan(&plan, (size_t)choice << 5);
    /* A plan that was damaged is refused or explained, too. */
    spoil(&input, plan.request, sizeof plan.request);
    check_plan(&plan, (size_t)choice << 4);
    return 0;
}
