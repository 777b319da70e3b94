/* SPDX-License-Identifier: MIT
 *
 * Built several ways: with both properties calls (HIP 6 and later), with the old one alone (MOCK_HIP_5), without
 * hipModuleLaunchKernel (MOCK_INCOMPLETE), as the simulator (MOCK_SIMULATOR).
 */
#include "mock_hip.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_VALUE = 1 };

static struct mock_state state = {.compute_units = 256};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int current_device;

EXPORT struct mock_state *mock_hip_state(void) {
    return &state;
}

/* Counts the call; its result. */
static int enter(enum mock_call call) {
    pthread_mutex_lock(&lock);
    state.calls[call]++;
    const int error = state.fail[call];
    pthread_mutex_unlock(&lock);
    return error;
}

/* The arch of a device; false past the last one. */
static int arch_of(int device, char arch[64]) {
#ifdef MOCK_SIMULATOR
    const char *list = getenv("MOCK_SIMULATOR_DEVICES");
#else
    const char *list = getenv("MOCK_HIP_DEVICES");
#endif
    if (list == NULL || list[0] == '\0')
        return 0;
    for (; device > 0; device--) {
        list = strchr(list, ',');
        if (list == NULL)
            return 0;
        list++;
    }
    snprintf(arch, 64, "%.*s", (int)strcspn(list, ","), list);
    return 1;
}

EXPORT int hipGetDeviceCount(int *count);
EXPORT int hipGetDeviceCount(int *count) {
    const int error = enter(MOCK_GET_DEVICE_COUNT);
    char arch[64];
    *count = 0;
    while (arch_of(*count, arch))
        ++*count;
    return error != 0 ? error : *count == 0 ? NO_DEVICE : 0;
}

EXPORT int hipGetDevice(int *device);
EXPORT int hipGetDevice(int *device) {
    *device = current_device;
    return enter(MOCK_GET_DEVICE);
}

EXPORT int hipSetDevice(int device);
EXPORT int hipSetDevice(int device) {
    const int error = enter(MOCK_SET_DEVICE);
    char arch[64];
    if (error == 0 && !arch_of(device, arch))
        return INVALID_DEVICE;
    if (error == 0)
        current_device = device;
    return error;
}

EXPORT int hipDeviceGetAttribute(int *value, int attribute, int device);
EXPORT int hipDeviceGetAttribute(int *value, int attribute, int device) {
    (void)device;
    *value = state.compute_units;
    const int error = enter(MOCK_DEVICE_GET_ATTRIBUTE);
    return error != 0 ? error : attribute == 63 ? 0 : INVALID_VALUE;
}

EXPORT const char *hipGetErrorString(int error);
EXPORT const char *hipGetErrorString(int error) {
    return error == NO_DEVICE ? "no ROCm device" : "mock error";
}

EXPORT int hipDeviceGetName(char *name, int size, int device);
EXPORT int hipDeviceGetName(char *name, int size, int device) {
    snprintf(name, (size_t)size, "Mock %d", device);
    return enter(MOCK_DEVICE_GET_NAME);
}

/* What the old call writes under the new library must not look like an arch to a caller that mixes up the two. */
EXPORT int hipGetDeviceProperties(void *properties, int device);
EXPORT int hipGetDeviceProperties(void *properties, int device) {
    const int error = enter(MOCK_GET_DEVICE_PROPERTIES);
    char arch[64];
    memset(properties, '?', 792);
    if (!arch_of(device, arch))
        return INVALID_DEVICE;
    snprintf((char *)properties + 396, 256, "%s:sramecc+:xnack-", arch);
    return error;
}

#ifndef MOCK_HIP_5
EXPORT int hipGetDevicePropertiesR0600(void *properties, int device);
EXPORT int hipGetDevicePropertiesR0600(void *properties, int device) {
    const int error = enter(MOCK_GET_DEVICE_PROPERTIES_R0600);
    char arch[64];
    memset(properties, '?', 1472);
    if (!arch_of(device, arch))
        return INVALID_DEVICE;
    snprintf((char *)properties + 1160, 256, "%s", arch);
    return error;
}
#endif

EXPORT int hipModuleLoadData(void **module, const void *image);
EXPORT int hipModuleLoadData(void **module, const void *image) {
    const int error = enter(MOCK_MODULE_LOAD_DATA);
    if (error != 0)
        return error;
    pthread_mutex_lock(&lock);
    memcpy(state.image_magic, image, sizeof state.image_magic);
    state.load_device = current_device;
    state.loaded_modules++;
    pthread_mutex_unlock(&lock);
    *module = malloc(256);
    return 0;
}

EXPORT int hipModuleUnload(void *module);
EXPORT int hipModuleUnload(void *module) {
    free(module);
    const int error = enter(MOCK_MODULE_UNLOAD);
    pthread_mutex_lock(&lock);
    state.loaded_modules--;
    pthread_mutex_unlock(&lock);
    return error;
}

EXPORT int hipModuleGetFunction(void **function, void *module, const char *name);
EXPORT int hipModuleGetFunction(void **function, void *module, const char *name) {
    const int error = enter(MOCK_MODULE_GET_FUNCTION);
    pthread_mutex_lock(&lock);
    snprintf(state.function_names[state.num_functions % 4], sizeof state.function_names[0], "%s", name);
    /* Distinct for each name of a module. */
    *function = (char *)module + strlen(name);
    state.num_functions++;
    pthread_mutex_unlock(&lock);
    return error;
}

#ifndef MOCK_INCOMPLETE
EXPORT int hipModuleLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                                 unsigned block_y, unsigned block_z, unsigned dynamic_lds, void *stream,
                                 void **parameters, void **extra);
EXPORT int hipModuleLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                                 unsigned block_y, unsigned block_z, unsigned dynamic_lds, void *stream,
                                 void **parameters, void **extra) {
    const int error = enter(MOCK_MODULE_LAUNCH_KERNEL);
    if (error != 0 || parameters != NULL)
        return error != 0 ? error : INVALID_VALUE;
    pthread_mutex_lock(&lock);
    struct mock_launch *launch = &state.launch;
    state.before = *launch;
    *launch = (struct mock_launch){.function = function,
                                   .stream = stream,
                                   .grid = {grid_x, grid_y, grid_z},
                                   .block = {block_x, block_y, block_z},
                                   .dynamic_lds = dynamic_lds,
                                   .device = current_device};
    const void *kernargs = NULL;
    for (; extra[0] != (void *)3; extra += 2) {
        if (extra[0] == (void *)1)
            kernargs = extra[1];
        else if (extra[0] == (void *)2)
            launch->kernarg_bytes = *(const size_t *)extra[1];
    }
    memcpy(launch->kernargs, kernargs, launch->kernarg_bytes);
    pthread_mutex_unlock(&lock);
    return 0;
}
#endif

#ifdef MOCK_SIMULATOR
EXPORT const char *pagoda_sim_version(void);
EXPORT const char *pagoda_sim_version(void) {
    return "mock";
}
#endif
