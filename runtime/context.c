/* SPDX-License-Identifier: MIT */
#include "context.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int find_arch(const char *name) {
    for (int i = 0; i < PAGODA_NUM_ARCHS; i++) {
        if (strcmp(pagoda_arch_facts[i].name, name) == 0)
            return i;
    }
    return -1;
}

static bool is_arch(const char *name) {
    return find_arch(name) >= 0;
}

static void add_arch_names(struct pagoda_text *text) {
    for (int i = 0; i < PAGODA_NUM_ARCHS; i++)
        pagoda_text_add(text, "%s%s", i > 0 ? ", " : "", pagoda_arch_facts[i].name);
}

static pagoda_status check_options(const pagoda_context_options *options, struct pagoda_text *message) {
    const bool plan_only = options->runtime == PAGODA_RUNTIME_NONE;
    if (options->runtime < PAGODA_RUNTIME_AUTO || options->runtime > PAGODA_RUNTIME_NONE) {
        pagoda_text_add(message, "runtime is %d; expected a pagoda_runtime_choice (0 auto, 1 hip, 2 simulator, 3 none)",
                        (int)options->runtime);
    } else if (options->arch != NULL && !is_arch(options->arch)) {
        pagoda_text_add(message, "arch is \"%s\"; expected one of ", options->arch);
        add_arch_names(message);
    } else if (plan_only && options->arch == NULL) {
        pagoda_text_add(message, "arch is NULL; expected, for a context that only plans, one of ");
        add_arch_names(message);
    } else if (plan_only && options->hip_library != NULL) {
        pagoda_text_add(message, "hip_library is \"%s\"; expected NULL for a context that only plans",
                        options->hip_library);
    } else if (options->has_device && options->device < 0) {
        pagoda_text_add(message, "device is %d; expected a HIP device ordinal, 0 or above", options->device);
    } else if (!options->has_device && options->device != 0) {
        pagoda_text_add(message, "device is %d but has_device is 0; expected has_device 1 to choose a device",
                        options->device);
    } else if (options->has_device && plan_only) {
        pagoda_text_add(message, "has_device is 1; expected 0 for a context that only plans");
    } else {
        return PAGODA_OK;
    }
    return PAGODA_ERROR_INVALID_ARGUMENT;
}

/* Opens the device and reads what planning needs of it. */
static pagoda_status open_device(pagoda_context *context, const pagoda_context_options *options,
                                 struct pagoda_text *message) {
    const struct pagoda_hip_wish wish = {.runtime = options->runtime,
                                         .library = options->hip_library,
                                         .arch = options->arch,
                                         .has_device = options->has_device != 0,
                                         .device = options->device,
                                         .is_arch = is_arch};
    struct pagoda_hip *hip = &context->hip;
    char arch[PAGODA_HIP_ARCH_NAME_SIZE];
    const pagoda_status status = pagoda_hip_open(hip, &wish, &context->device, arch, sizeof arch, message);
    if (status != PAGODA_OK)
        return status;
    context->arch = (uint8_t)find_arch(arch);
    const int error =
        hip->DeviceGetAttribute(&context->compute_units, PAGODA_HIP_ATTRIBUTE_COMPUTE_UNITS, context->device);
    if (error != PAGODA_HIP_SUCCESS) {
        pagoda_text_add(message, "%s: hipDeviceGetAttribute failed: %s (%d)", hip->path, hip->GetErrorString(error),
                        error);
        return PAGODA_ERROR_HIP;
    }
    if (hip->DeviceGetName == NULL || hip->DeviceGetName(context->device_name, (int)sizeof context->device_name,
                                                         context->device) != PAGODA_HIP_SUCCESS)
        snprintf(context->device_name, sizeof context->device_name, "%s", arch);
    return PAGODA_OK;
}

static pagoda_status create(pagoda_context *context, const pagoda_context_options *options,
                            struct pagoda_text *message) {
    if (options->runtime == PAGODA_RUNTIME_NONE) {
        context->is_plan_only = true;
        context->device = -1;
        context->arch = (uint8_t)find_arch(options->arch);
        context->compute_units = (int)pagoda_arch_facts[context->arch].num_cus;
        snprintf(context->device_name, sizeof context->device_name, "none");
        snprintf(context->hip.path, sizeof context->hip.path, "none");
    } else {
        const pagoda_status status = open_device(context, options, message);
        if (status != PAGODA_OK)
            return status;
    }
    for (int op = 0; op < PAGODA_NUM_OPS; op++) {
        context->kernels[op] = calloc(pagoda_ops[op]->table->num_instances, sizeof *context->kernels[op]);
        if (context->kernels[op] == NULL) {
            pagoda_text_add(message, "out of memory");
            return PAGODA_ERROR_OUT_OF_MEMORY;
        }
    }
    return PAGODA_OK;
}

pagoda_status pagoda_context_create(const pagoda_context_options *options, pagoda_context **context) {
    static const pagoda_context_options defaults = {.struct_size = sizeof defaults};
    if (options == NULL)
        options = &defaults;
    if (context == NULL)
        return PAGODA_ERROR_INVALID_ARGUMENT;
    *context = NULL;
    if (options->struct_size != sizeof *options)
        return PAGODA_ERROR_VERSION;
    struct pagoda_text message = pagoda_text_over(options->message, options->message_size);
    pagoda_status status = check_options(options, &message);
    if (status != PAGODA_OK)
        return status;
    pagoda_context *created = calloc(1, sizeof *created);
    if (created == NULL || pthread_mutex_init(&created->loading, NULL) != 0) {
        free(created);
        pagoda_text_add(&message, "out of memory");
        return PAGODA_ERROR_OUT_OF_MEMORY;
    }
    status = create(created, options, &message);
    if (status != PAGODA_OK) {
        pagoda_context_destroy(created);
        return status;
    }
    /* What was wrong with the libraries passed over is no news when one was found. */
    (void)pagoda_text_over(options->message, options->message_size);
    *context = created;
    return PAGODA_OK;
}

void pagoda_context_destroy(pagoda_context *context) {
    if (context == NULL)
        return;
    for (int op = 0; op < PAGODA_NUM_OPS; op++) {
        if (context->kernels[op] == NULL)
            continue;
        for (uint32_t i = 0; i < pagoda_ops[op]->table->num_instances; i++) {
            struct pagoda_kernel *kernel = &context->kernels[op][i];
            if (kernel->module != NULL)
                context->hip.ModuleUnload(kernel->module);
            free(kernel->code_object);
        }
        free(context->kernels[op]);
    }
    pagoda_hip_close(&context->hip);
    pthread_mutex_destroy(&context->loading);
    free(context);
}

pagoda_status pagoda_context_get_info(const pagoda_context *context, pagoda_context_info *info) {
    if (context == NULL || info == NULL)
        return PAGODA_ERROR_INVALID_ARGUMENT;
    if (info->struct_size != sizeof *info)
        return PAGODA_ERROR_VERSION;
    *info = (pagoda_context_info){.struct_size = sizeof *info,
                                  .arch = pagoda_arch_facts[context->arch].name,
                                  .device_name = context->device_name,
                                  .hip_library = context->hip.path,
                                  .device = context->device,
                                  .compute_units = context->compute_units,
                                  .is_simulated = context->hip.is_simulator,
                                  .is_plan_only = context->is_plan_only};
    return PAGODA_OK;
}
