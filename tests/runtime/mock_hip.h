/* SPDX-License-Identifier: MIT
 *
 * A HIP runtime library that runs nothing: it records the calls made to it and fails where it is told to. Its devices
 * are the archs listed in the environment variable MOCK_HIP_DEVICES (MOCK_SIMULATOR_DEVICES where it plays the
 * simulator), separated by commas.
 */
#ifndef PAGODA_MOCK_HIP_H
#define PAGODA_MOCK_HIP_H

#include <stddef.h>

enum mock_call {
    MOCK_GET_DEVICE_COUNT,
    MOCK_GET_DEVICE,
    MOCK_SET_DEVICE,
    MOCK_DEVICE_GET_ATTRIBUTE,
    MOCK_GET_DEVICE_PROPERTIES,
    MOCK_GET_DEVICE_PROPERTIES_R0600,
    MOCK_DEVICE_GET_NAME,
    MOCK_MODULE_LOAD_DATA,
    MOCK_MODULE_UNLOAD,
    MOCK_MODULE_GET_FUNCTION,
    MOCK_MODULE_LAUNCH_KERNEL,
    MOCK_NUM_CALLS
};

struct mock_launch {
    void *function, *stream;
    unsigned grid[3], block[3], dynamic_lds;
    unsigned char kernargs[4096];
    size_t kernarg_bytes;
    int device; /* current on the launching thread */
};

struct mock_state {
    int calls[MOCK_NUM_CALLS];
    int fail[MOCK_NUM_CALLS]; /* HIP error to return; 0: succeed */
    int compute_units;
    int loaded_modules;
    int load_device;             /* current when the last module was loaded */
    char function_names[4][256]; /* asked for, in order */
    int num_functions;
    unsigned char image_magic[4];
    struct mock_launch launch, before; /* the last one, and the one before it */
};

/* The library's state, through dlsym. */
typedef struct mock_state *mock_state_fn(void);
struct mock_state *mock_hip_state(void);

#endif
