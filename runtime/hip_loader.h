/* SPDX-License-Identifier: MIT
 *
 * The HIP runtime library, opened at run time: which one, and its entry points. Our own declarations of the few
 * constants and offsets that cross the ABI, so that building the library needs no HIP headers.
 */
#ifndef PAGODA_HIP_LOADER_H
#define PAGODA_HIP_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include <pagoda/pagoda.h>

#include "text.h"

enum {
    PAGODA_HIP_SUCCESS = 0,
    PAGODA_HIP_ERROR_NO_DEVICE = 100,
    /* hipDeviceAttributeMultiprocessorCount: the same number in every ABI */
    PAGODA_HIP_ATTRIBUTE_COMPUTE_UNITS = 63,
    /* hipDeviceProp_t of HIP 5 and before (hipGetDeviceProperties) and of HIP 6 and later (…R0600). */
    PAGODA_HIP_PROPERTIES_SIZE = 792,
    PAGODA_HIP_PROPERTIES_ARCH_OFFSET = 396,
    PAGODA_HIP_PROPERTIES_R0600_SIZE = 1472,
    PAGODA_HIP_PROPERTIES_R0600_ARCH_OFFSET = 1160,
    PAGODA_HIP_ARCH_NAME_SIZE = 256
};

/* Keys of hipModuleLaunchKernel's `extra`. */
#define PAGODA_HIP_LAUNCH_BUFFER_POINTER ((void *)1)
#define PAGODA_HIP_LAUNCH_BUFFER_SIZE ((void *)2)
#define PAGODA_HIP_LAUNCH_END ((void *)3)

/* Entry points without which a library is no HIP runtime to us: X(return type, name without "hip", parameters). */
#define PAGODA_HIP_REQUIRED(X)                                                                                \
    X(int, GetDeviceCount, (int *count))                                                                      \
    X(int, GetDevice, (int *device))                                                                          \
    X(int, SetDevice, (int device))                                                                           \
    X(int, DeviceGetAttribute, (int *value, int attribute, int device))                                       \
    X(const char *, GetErrorString, (int error))                                                              \
    X(int, ModuleLoadData, (void **module, const void *image))                                                \
    X(int, ModuleUnload, (void *module))                                                                      \
    X(int, ModuleGetFunction, (void **function, void *module, const char *name))                              \
    X(int, ModuleLaunchKernel,                                                                                \
      (void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, \
       unsigned block_z, unsigned dynamic_lds, void *stream, void **parameters, void **extra))

/* Entry points that the library can do without; the tools use them. NULL when absent. */
#define PAGODA_HIP_OPTIONAL(X)                                           \
    X(int, GetDeviceProperties, (void *properties, int device))          \
    X(int, GetDevicePropertiesR0600, (void *properties, int device))     \
    X(int, DeviceGetName, (char *name, int size, int device))            \
    X(int, Malloc, (void **pointer, size_t bytes))                       \
    X(int, Free, (void *pointer))                                        \
    X(int, Memcpy, (void *to, const void *from, size_t bytes, int kind)) \
    X(int, Memset, (void *pointer, int value, size_t bytes))             \
    X(int, DeviceSynchronize, (void))                                    \
    X(int, StreamCreate, (void **stream))                                \
    X(int, StreamDestroy, (void *stream))                                \
    X(int, StreamSynchronize, (void *stream))                            \
    X(int, EventCreate, (void **event))                                  \
    X(int, EventDestroy, (void *event))                                  \
    X(int, EventRecord, (void *event, void *stream))                     \
    X(int, EventSynchronize, (void *event))                              \
    X(int, EventElapsedTime, (float *milliseconds, void *start, void *stop))

struct pagoda_hip {
    void *library; /* dlopen handle */
    char path[1024];
    bool is_simulator;
#define X(type, name, parameters) type(*name) parameters;
    PAGODA_HIP_REQUIRED(X)
    PAGODA_HIP_OPTIONAL(X)
#undef X
};

/* What the device must be. */
struct pagoda_hip_wish {
    pagoda_runtime_choice runtime; /* AUTO, HIP or SIMULATOR */
    const char *library;           /* or exactly this one */
    const char *arch;              /* NULL: any that `is_arch` accepts */
    bool has_device;
    int device;
    bool (*is_arch)(const char *name); /* whether we have kernels for an arch */
};

/* Tries the libraries in order (the one named; else a HIP runtime loaded in this process, the system's libamdhip64.so,
 * then the simulator) and takes the first that has the device wished for. `arch` receives that device's arch, without
 * feature suffixes. On failure nothing stays open, and `why` says for each library tried what was wrong.
 * Errors: NO_DEVICE; HIP when a library that was found fails in a call. */
pagoda_status pagoda_hip_open(struct pagoda_hip *hip, const struct pagoda_hip_wish *wish, int *device, char *arch,
                              size_t arch_size, struct pagoda_text *why);
void pagoda_hip_close(struct pagoda_hip *hip);

#endif
