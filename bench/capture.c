/* SPDX-License-Identifier: MIT */
#include "capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch_prefill_kernargs.h"
#include "code_archive.h"
#include "launch_bundle.h"

enum { COPY_TO_HOST = 2 };

/* hipModuleLaunchKernel has no room for a user pointer, so the capture in progress is here. */
static struct {
    struct device_session *session;
    struct problem_data *data;
    int (*launch)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **,
                  void **);
    const char *folder;
    int launches; /* of the process */
    int in_this;  /* since capture_begin */
    char why[1024];
    struct pagoda_text text;
} capture;

/* The instance whose code object holds a kernel, and the kernel's symbol. */
static const char *instance_of(const void *function, char *symbol, size_t size) {
    for (int op = 0; op < PAGODA_NUM_OPS; ++op) {
        const struct pagoda_op_table *table = pagoda_op_tables[op];
        for (uint32_t i = 0; i < table->num_instances; ++i) {
            struct pagoda_kernel *kernel = &capture.session->context->kernels[op][i];
            bool is_main = atomic_load(&kernel->function) == function;
            if (is_main || (function && kernel->second == function)) {
                snprintf(symbol, size, "%s%s", table->instances[i].name, is_main ? "" : "_combine");
                return table->instances[i].name;
            }
        }
    }
    return NULL;
}

/* How a buffer may differ on another device. Instructions such as v_exp_f32 are approximations that a device and the
 * simulator may round differently, which FP8's coarse P can carry on. */
static void set_compare(struct bundle_buffer *buffer, const char *name) {
    const pagoda_batch_prefill_args *a = &capture.data->host;
    bool is_fp8 = pagoda_dtype_size(a->q_dtype) == 1;
    if (strcmp(name, "out") == 0) {
        buffer->compare = a->out_dtype == PAGODA_DTYPE_FP16 ? BUNDLE_F16 : BUNDLE_BF16;
        buffer->rel_frobenius = is_fp8 ? 1e-2 : a->out_dtype == PAGODA_DTYPE_FP16 ? 5e-4 : 4e-3;
    } else {
        buffer->compare = BUNDLE_F32;
        buffer->rel_frobenius = is_fp8 ? 1e-3 : 1e-5;
    }
}

static int copy_out(void *to, const struct problem_buffer *from) {
    struct pagoda_hip *hip = &capture.session->context->hip;
    int error = to ? hip->Memcpy(to, from->device, from->bytes, COPY_TO_HOST) : PAGODA_HIP_SUCCESS;
    if (!to || error != PAGODA_HIP_SUCCESS) {
        pagoda_text_add(&capture.text, "cannot copy %s: %s", from->name,
                        to ? hip->GetErrorString(error) : "out of memory");
        return -1;
    }
    return 0;
}

/* The buffers of the problem as they are before the launch. */
static int add_buffers(struct launch_bundle *bundle) {
    for (int i = 0; i < capture.data->num_buffers; ++i) {
        const struct problem_buffer *from = &capture.data->buffers[i];
        struct bundle_buffer *to = &bundle->buffers[bundle->num_buffers++];
        if (from->is_sparse) {
            pagoda_text_add(&capture.text, "%s is too large to capture (%zu bytes)", from->name, from->bytes);
            return -1;
        }
        *to = (struct bundle_buffer){.name = strdup(from->name), .bytes = from->bytes, .before = malloc(from->bytes)};
        if (!to->name || copy_out(to->before, from)) {
            return -1;
        }
        if (from->is_output) {
            const unsigned char *bytes = to->before;
            size_t poison = 0;
            while (poison < to->bytes && bytes[poison] == BUNDLE_POISON) {
                ++poison;
            }
            if (poison == to->bytes) {
                free(to->before);
                to->before = NULL;
            }
            set_compare(to, from->name);
        }
    }
    return 0;
}

/* All pointers lie in front of the first stride; behind them a 64-bit word may look like one by chance. */
static int add_pointers(struct launch_bundle *bundle) {
    size_t end = offsetof(struct pagoda_batch_prefill_kernargs, q_stride_token);
    for (size_t at = 0; at < end && at + 8 <= bundle->kernarg_bytes; at += 8) {
        uint64_t address;
        memcpy(&address, bundle->kernarg + at, sizeof address);
        const struct problem_buffer *buffer = problem_data_find(capture.data, (const void *)(uintptr_t)address);
        if (address != 0 && !buffer) {
            pagoda_text_add(&capture.text, "the pointer at byte %zu of the kernel's arguments is in no buffer", at);
            return -1;
        }
        if (buffer) {
            bundle->pointers[bundle->num_pointers++] =
                (struct bundle_pointer){.kernarg_offset = at,
                                        .buffer = (size_t)(buffer - capture.data->buffers),
                                        .offset = (size_t)((uintptr_t)address - (uintptr_t)buffer->device)};
            memset(bundle->kernarg + at, 0, 8); /* so that the same launch gives the same bundle */
        }
    }
    return 0;
}

static int describe(struct launch_bundle *bundle, const void *function, const unsigned grid[3], const unsigned block[3],
                    unsigned dynamic_lds, void **extra) {
    char symbol[300];
    const char *instance = instance_of(function, symbol, sizeof symbol);
    struct pagoda_code_entry entry;
    if (!instance || !pagoda_code_find(capture.session->info.arch, instance, &entry)) {
        pagoda_text_add(&capture.text, "a launch of a kernel that the library does not hold");
        return -1;
    }
    if (!extra || extra[0] != PAGODA_HIP_LAUNCH_BUFFER_POINTER || extra[2] != PAGODA_HIP_LAUNCH_BUFFER_SIZE) {
        pagoda_text_add(&capture.text, "a launch whose arguments are not one buffer");
        return -1;
    }
    bundle->arch = strdup(capture.session->info.arch);
    bundle->kernel = strdup(symbol);
    bundle->code_object_bytes = entry.code_bytes;
    bundle->code_object = malloc(entry.code_bytes);
    bundle->kernarg_bytes = *(const size_t *)extra[3];
    bundle->kernarg = malloc(bundle->kernarg_bytes);
    bundle->buffers = calloc(PROBLEM_MAX_BUFFERS, sizeof *bundle->buffers);
    bundle->pointers = calloc(bundle->kernarg_bytes / 8 + 1, sizeof *bundle->pointers);
    if (!bundle->arch || !bundle->kernel || !bundle->code_object || !bundle->kernarg || !bundle->buffers ||
        !bundle->pointers || !pagoda_code_read(&entry, bundle->code_object)) {
        pagoda_text_add(&capture.text, "out of memory");
        return -1;
    }
    memcpy(bundle->kernarg, extra[1], bundle->kernarg_bytes);
    for (int i = 0; i < 3; ++i) {
        bundle->grid[i] = grid[i];
        bundle->block[i] = block[i];
    }
    bundle->dynamic_lds = dynamic_lds;
    return add_buffers(bundle) || add_pointers(bundle) ? -1 : 0;
}

static int add_results(struct launch_bundle *bundle) {
    for (size_t i = 0; i < bundle->num_buffers; ++i) {
        const struct problem_buffer *from = &capture.data->buffers[i];
        bundle->buffers[i].after = from->is_output ? malloc(from->bytes) : NULL;
        if (from->is_output && copy_out(bundle->buffers[i].after, from)) {
            return -1;
        }
    }
    return 0;
}

static void write_bundle(const struct launch_bundle *bundle) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", capture.folder);
    if (capture.launches > 0) {
        snprintf(folder, sizeof folder, "%s/launch-%d", capture.folder, capture.launches);
    }
    if (launch_bundle_write(folder, bundle, &capture.text) == 0) {
        ++capture.launches;
        ++capture.in_this;
    }
}

static int launch_and_capture(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                              unsigned block_y, unsigned block_z, unsigned dynamic_lds, void *stream, void **parameters,
                              void **extra) {
    struct pagoda_hip *hip = &capture.session->context->hip;
    struct launch_bundle bundle = {0};
    bool is_first_trouble = capture.text.length == 0;
    int error = hip->DeviceSynchronize();
    bool is_described = error == PAGODA_HIP_SUCCESS && is_first_trouble &&
                        describe(&bundle, function, (unsigned[]){grid_x, grid_y, grid_z},
                                 (unsigned[]){block_x, block_y, block_z}, dynamic_lds, extra) == 0;
    if (error == PAGODA_HIP_SUCCESS) {
        error = capture.launch(function, grid_x, grid_y, grid_z, block_x, block_y, block_z, dynamic_lds, stream,
                               parameters, extra);
    }
    if (error == PAGODA_HIP_SUCCESS) {
        error = hip->DeviceSynchronize();
    }
    if (error == PAGODA_HIP_SUCCESS && is_described && add_results(&bundle) == 0) {
        write_bundle(&bundle);
    }
    launch_bundle_free(&bundle);
    return error;
}

int capture_begin(const char *folder, struct device_session *session, struct problem_data *data,
                  struct pagoda_text *message) {
    if (capture.launches == 0 && mkdir(folder, 0777) != 0 && errno != EEXIST) {
        pagoda_text_add(message, "--capture: cannot make %s: %s", folder, strerror(errno));
        return -1;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/launch.json", folder);
    if (capture.launches == 0 && access(path, F_OK) == 0) {
        pagoda_text_add(message, "--capture: %s already holds a bundle", folder);
        return -1;
    }
    capture.session = session;
    capture.data = data;
    capture.folder = folder;
    capture.in_this = 0;
    capture.text = pagoda_text_over(capture.why, sizeof capture.why);
    capture.launch = session->context->hip.ModuleLaunchKernel;
    session->context->hip.ModuleLaunchKernel = launch_and_capture;
    return 0;
}

int capture_end(struct device_session *session, struct pagoda_text *message) {
    session->context->hip.ModuleLaunchKernel = capture.launch;
    if (capture.text.length > 0 || capture.in_this == 0) {
        pagoda_text_add(message, "--capture: %s", capture.text.length > 0 ? capture.why : "nothing was launched");
        return -1;
    }
    return 0;
}
