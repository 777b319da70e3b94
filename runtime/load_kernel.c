/* SPDX-License-Identifier: MIT
 *
 * Loading the code object of an instance on a context's device, once.
 */
#include <stdlib.h>

#include "code_archive.h"
#include "context.h"

static pagoda_status hip_failed(const struct pagoda_hip *hip, const char *call, const char *name, int error,
                                struct pagoda_text *message) {
    pagoda_text_add(message, "%s failed for %s: %s (%d)", call, name, hip->GetErrorString(error), error);
    return PAGODA_ERROR_HIP;
}

/* The functions of a loaded module: the instance's own, and its second one if there is one. */
static int get_functions(const struct pagoda_hip *hip, struct pagoda_kernel *kernel, const char *name,
                         const char *second_suffix, void **function) {
    int error = hip->ModuleGetFunction(function, kernel->module, name);
    if (error == PAGODA_HIP_SUCCESS && second_suffix != NULL) {
        char second_data[256];
        struct pagoda_text second = pagoda_text_over(second_data, sizeof second_data);
        pagoda_text_add(&second, "%s%s", name, second_suffix);
        error = hip->ModuleGetFunction(&kernel->second, kernel->module, second_data);
    }
    return error;
}

static pagoda_status load_module(const pagoda_context *context, struct pagoda_kernel *kernel, const char *name,
                                 const char *second_suffix, void **function, struct pagoda_text *message) {
    const struct pagoda_hip *hip = &context->hip;
    int error = hip->ModuleLoadData(&kernel->module, kernel->code_object);
    if (error != PAGODA_HIP_SUCCESS)
        return hip_failed(hip, "hipModuleLoadData", name, error, message);
    error = get_functions(hip, kernel, name, second_suffix, function);
    if (error == PAGODA_HIP_SUCCESS)
        return PAGODA_OK;
    hip->ModuleUnload(kernel->module);
    return hip_failed(hip, "hipModuleGetFunction", name, error, message);
}

/* Modules load on the calling thread's current device: makes that the context's for the time being. */
static pagoda_status load_on_device(const pagoda_context *context, struct pagoda_kernel *kernel, const char *name,
                                    const char *second_suffix, void **function, struct pagoda_text *message) {
    const struct pagoda_hip *hip = &context->hip;
    int previous;
    int error = hip->GetDevice(&previous);
    if (error != PAGODA_HIP_SUCCESS)
        return hip_failed(hip, "hipGetDevice", name, error, message);
    if (previous != context->device && (error = hip->SetDevice(context->device)) != PAGODA_HIP_SUCCESS)
        return hip_failed(hip, "hipSetDevice", name, error, message);
    pagoda_status status = load_module(context, kernel, name, second_suffix, function, message);
    if (previous != context->device && (error = hip->SetDevice(previous)) != PAGODA_HIP_SUCCESS &&
        status == PAGODA_OK) {
        hip->ModuleUnload(kernel->module);
        status = hip_failed(hip, "hipSetDevice", name, error, message);
    }
    return status;
}

static pagoda_status load(const pagoda_context *context, struct pagoda_kernel *kernel, const char *name,
                          const char *second_suffix, void **function, struct pagoda_text *message) {
    struct pagoda_code_entry entry;
    if (!pagoda_code_find(pagoda_arch_facts[context->arch].name, name, &entry)) {
        pagoda_text_add(message, "%s was not built", name);
        return PAGODA_ERROR_NOT_BUILT;
    }
    kernel->code_object = malloc(entry.code_bytes);
    if (kernel->code_object == NULL) {
        pagoda_text_add(message, "out of memory for the code object of %s", name);
        return PAGODA_ERROR_OUT_OF_MEMORY;
    }
    pagoda_status status = PAGODA_ERROR_NOT_BUILT;
    if (pagoda_code_read(&entry, kernel->code_object))
        status = load_on_device(context, kernel, name, second_suffix, function, message);
    else
        pagoda_text_add(message, "the code object of %s in the library is damaged", name);
    if (status != PAGODA_OK) {
        free(kernel->code_object);
        kernel->code_object = NULL;
        kernel->module = NULL;
    }
    return status;
}

pagoda_status pagoda_context_kernel(pagoda_context *context, uint8_t op, const struct pagoda_instance *instance,
                                    const struct pagoda_kernel **loaded, struct pagoda_text *message) {
    struct pagoda_kernel *kernel = &context->kernels[op][instance - pagoda_ops[op]->table->instances];
    *loaded = kernel;
    if (atomic_load_explicit(&kernel->function, memory_order_acquire) != NULL)
        return PAGODA_OK;
    pthread_mutex_lock(&context->loading);
    pagoda_status status = PAGODA_OK;
    if (atomic_load_explicit(&kernel->function, memory_order_relaxed) == NULL) {
        void *function = NULL;
        status = load(context, kernel, instance->name, pagoda_ops[op]->second_kernel, &function, message);
        if (status == PAGODA_OK)
            atomic_store_explicit(&kernel->function, function, memory_order_release);
    }
    pthread_mutex_unlock(&context->loading);
    return status;
}
