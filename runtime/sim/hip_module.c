/* SPDX-License-Identifier: MIT
 *
 * Modules, functions and launches, and what compiled host programs register at start-up.
 */
#include "hip_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAT_BINARY_MAGIC 0x48495046u
#define WAVES_PER_SIMD 8
#define SIMDS 4

struct hip_module {
    struct sim_code_object *object;
    struct hip_function *functions; /* one per kernel */
};

static hipError_t load_module(const void *image, size_t size, int device, struct hip_module **result) {
    struct hip_state *hip = hip_state();
    char message[512] = "";
    struct hip_module *module = calloc(1, sizeof *module);
    if (!module)
        return hipErrorOutOfMemory;
    enum sim_load_status status = sim_code_object_load(&hip->memory, hip->devices[device].arch, image, size,
                                                       &module->object, message, sizeof message);
    if (status == SIM_LOAD_OK) {
        module->functions = calloc(module->object->num_kernels + 1, sizeof *module->functions);
        if (!module->functions)
            status = SIM_LOAD_NO_MEMORY;
    }
    if (status != SIM_LOAD_OK) {
        if (!hip->quiet && message[0])
            fprintf(stderr, "pagoda-sim: %s\n", message);
        sim_code_object_unload(module->object);
        free(module);
        return status == SIM_LOAD_NO_MEMORY    ? hipErrorOutOfMemory
               : status == SIM_LOAD_WRONG_ARCH ? hipErrorNoBinaryForGpu
                                               : hipErrorInvalidImage;
    }
    for (unsigned i = 0; i < module->object->num_kernels; i++)
        module->functions[i] = (struct hip_function){.kernel = &module->object->kernels[i], .module = module};
    *result = module;
    return hipSuccess;
}

HIP_API(hipModuleLoadData, hipModule_t *module, const void *image) {
    if (!module || !image)
        return hip_return(hipErrorInvalidValue);
    hip_state();
    return hip_return(load_module(image, 0, hip_current_device(), module));
}
HIP_API(hipModuleLoadDataEx, hipModule_t *module, const void *image, unsigned num_options, int *options,
        void **values) {
    (void)num_options, (void)options, (void)values;
    return hipModuleLoadData(module, image);
}
HIP_API(hipModuleLoad, hipModule_t *module, const char *path) {
    if (!module || !path)
        return hip_return(hipErrorInvalidValue);
    hip_state();
    FILE *file = fopen(path, "rb");
    if (!file)
        return hip_return(hipErrorFileNotFound);
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *data = size > 0 ? malloc((size_t)size) : NULL;
    rewind(file);
    hipError_t error = hipErrorInvalidImage;
    if (data && fread(data, 1, (size_t)size, file) == (size_t)size && size > 64)
        error = load_module(data, (size_t)size, hip_current_device(), module);
    free(data);
    fclose(file);
    return hip_return(error);
}
HIP_API(hipModuleUnload, hipModule_t module) {
    if (!module)
        return hip_return(hipErrorInvalidHandle);
    sim_code_object_unload(module->object);
    free(module->functions);
    free(module);
    return hipSuccess;
}
HIP_API(hipModuleGetFunction, hipFunction_t *function, hipModule_t module, const char *name) {
    if (!function || !module || !name)
        return hip_return(hipErrorInvalidValue);
    for (unsigned i = 0; i < module->object->num_kernels; i++)
        if (strcmp(module->object->kernels[i].name, name) == 0) {
            *function = &module->functions[i];
            return hipSuccess;
        }
    return hip_return(hipErrorNotFound);
}
HIP_API(hipModuleGetGlobal, hipDeviceptr_t *address, size_t *size, hipModule_t module, const char *name) {
    const struct sim_global *global = module && name ? sim_code_object_global(module->object, name) : NULL;
    if (!global)
        return hip_return(module && name ? hipErrorNotFound : hipErrorInvalidValue);
    if (address)
        *address = (void *)(uintptr_t)global->address;
    if (size)
        *size = global->size;
    return hipSuccess;
}

HIP_API(hipModuleGetFunctionCount, unsigned *count, hipModule_t module) {
    if (!count || !module)
        return hip_return(hipErrorInvalidValue);
    *count = module->object->num_kernels;
    return hipSuccess;
}
HIP_API(hipModuleLoadFatBinary, hipModule_t *module, const void *image) {
    return hipModuleLoadData(module, image);
}

/* A library is a module under another name. */
HIP_API(hipLibraryLoadData, hipModule_t *library, const void *code, int *jit_options, void **jit_values,
        unsigned num_jit, int *options, void **values, unsigned num_options) {
    (void)jit_options, (void)jit_values, (void)num_jit, (void)options, (void)values, (void)num_options;
    return hipModuleLoadData(library, code);
}
HIP_API(hipLibraryLoadFromFile, hipModule_t *library, const char *path, int *jit_options, void **jit_values,
        unsigned num_jit, int *options, void **values, unsigned num_options) {
    (void)jit_options, (void)jit_values, (void)num_jit, (void)options, (void)values, (void)num_options;
    return hipModuleLoad(library, path);
}
HIP_API(hipLibraryUnload, hipModule_t library) {
    return hipModuleUnload(library);
}
HIP_API(hipLibraryGetKernel, hipFunction_t *function, hipModule_t library, const char *name) {
    return hipModuleGetFunction(function, library, name);
}
HIP_API(hipLibraryGetKernelCount, unsigned *count, hipModule_t library) {
    return hipModuleGetFunctionCount(count, library);
}

/* ---- launches ---- */

static hipError_t pack_arguments(const struct sim_kernel *kernel, void **params, void **extra, struct hip_work *work) {
    const void *buffer = NULL;
    size_t size = kernel->kernarg_bytes;
    if (params && extra)
        return hipErrorInvalidValue;
    if (extra) {
        size_t given = 0;
        for (unsigned i = 0; extra[i] != HIP_LAUNCH_PARAM_END; i += 2) {
            if (extra[i] == HIP_LAUNCH_PARAM_BUFFER_POINTER)
                buffer = extra[i + 1];
            else if (extra[i] == HIP_LAUNCH_PARAM_BUFFER_SIZE)
                given = *(const size_t *)extra[i + 1];
            else
                return hipErrorInvalidValue;
        }
        if (given && !buffer)
            return hipErrorInvalidValue;
        if (given > size)
            size = given;
        work->kernarg = calloc(1, size + 1);
        if (work->kernarg && given)
            memcpy(work->kernarg, buffer, given);
    } else {
        work->kernarg = calloc(1, size + 1);
        unsigned next = 0;
        for (unsigned i = 0; work->kernarg && i < kernel->num_args; i++) {
            const struct sim_kernel_arg *arg = &kernel->args[i];
            if (arg->kind != SIM_ARG_VALUE)
                continue;
            if (!params || !params[next]) {
                free(work->kernarg);
                work->kernarg = NULL;
                return hipErrorInvalidValue;
            }
            if (arg->offset + arg->size <= size)
                memcpy((char *)work->kernarg + arg->offset, params[next], arg->size);
            next++;
        }
    }
    work->kernarg_size = size;
    return work->kernarg ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t make_work(const struct sim_kernel *kernel, const uint64_t items[3], dim3 block, uint32_t dynamic_lds,
                            void **params, void **extra, struct hip_work *work) {
    memset(work, 0, sizeof *work);
    work->kind = HIP_WORK_KERNEL;
    work->kernel = kernel;
    work->block[0] = block.x;
    work->block[1] = block.y;
    work->block[2] = block.z;
    work->dynamic_lds = dynamic_lds;
    for (unsigned d = 0; d < 3; d++) {
        if (!work->block[d] || !items[d] || items[d] > UINT32_MAX)
            return hipErrorInvalidConfiguration;
        work->items[d] = (uint32_t)items[d];
        work->grid[d] = (uint32_t)((items[d] + work->block[d] - 1) / work->block[d]);
    }
    return pack_arguments(kernel, params, extra, work);
}

hipError_t hip_kernel_work(const struct sim_kernel *kernel, dim3 grid, dim3 block, uint32_t dynamic_lds, void **params,
                           void **extra, struct hip_work *work) {
    uint64_t items[3] = {(uint64_t)grid.x * block.x, (uint64_t)grid.y * block.y, (uint64_t)grid.z * block.z};
    return make_work(kernel, items, block, dynamic_lds, params, extra, work);
}

/* `handle` is what named the kernel. */
static hipError_t launch(const struct sim_kernel *kernel, const void *handle, dim3 grid, dim3 block,
                         uint32_t dynamic_lds, hipStream_t stream, void **params, void **extra) {
    struct hip_work work;
    hipError_t error = hip_kernel_work(kernel, grid, block, dynamic_lds, params, extra, &work);
    if (error != hipSuccess)
        return error;
    work.function_handle = handle;
    return hip_submit(stream, &work);
}

HIP_API(hipModuleLaunchKernel, hipFunction_t function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
        unsigned block_x, unsigned block_y, unsigned block_z, unsigned dynamic_lds, hipStream_t stream, void **params,
        void **extra) {
    if (!function)
        return hip_return(hipErrorInvalidHandle);
    return hip_return(launch(function->kernel, function, (dim3){grid_x, grid_y, grid_z},
                             (dim3){block_x, block_y, block_z}, dynamic_lds, stream, params, extra));
}

HIP_API(hipModuleLaunchCooperativeKernel, hipFunction_t function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
        unsigned block_x, unsigned block_y, unsigned block_z, unsigned dynamic_lds, hipStream_t stream, void **params) {
    return hipModuleLaunchKernel(function, grid_x, grid_y, grid_z, block_x, block_y, block_z, dynamic_lds, stream,
                                 params, NULL);
}

/* Attributes of a launch (cooperation, clusters, priorities) change nothing here. */
HIP_API(hipDrvLaunchKernelEx, const struct hip_driver_launch_config *config, hipFunction_t function, void **params,
        void **extra) {
    if (!config)
        return hip_return(hipErrorInvalidValue);
    return hipModuleLaunchKernel(function, config->grid[0], config->grid[1], config->grid[2], config->block[0],
                                 config->block[1], config->block[2], config->lds, config->stream, params, extra);
}

struct function_launch { /* hipFunctionLaunchParams */
    hipFunction_t function;
    unsigned grid[3], block[3], lds;
    hipStream_t stream;
    void **params;
};
HIP_API(hipModuleLaunchCooperativeKernelMultiDevice, struct function_launch *list, unsigned count, unsigned flags) {
    (void)flags;
    hipError_t error = list && count ? hipSuccess : hipErrorInvalidValue;
    for (unsigned i = 0; error == hipSuccess && i < count; i++)
        error = hipModuleLaunchKernel(list[i].function, list[i].grid[0], list[i].grid[1], list[i].grid[2],
                                      list[i].block[0], list[i].block[1], list[i].block[2], list[i].lds, list[i].stream,
                                      list[i].params, NULL);
    return hip_return(error);
}

HIP_EXPORT hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream);

/* Grid in work-items, so that the last workgroup may be partial. */
HIP_API(hipExtModuleLaunchKernel, hipFunction_t function, uint32_t items_x, uint32_t items_y, uint32_t items_z,
        uint32_t block_x, uint32_t block_y, uint32_t block_z, size_t dynamic_lds, hipStream_t stream, void **params,
        void **extra, hipEvent_t begin, hipEvent_t end, uint32_t flags) {
    (void)flags;
    if (!function)
        return hip_return(hipErrorInvalidHandle);
    uint64_t items[3] = {items_x, items_y, items_z};
    struct hip_work work;
    hipError_t error = make_work(function->kernel, items, (dim3){block_x, block_y, block_z}, (uint32_t)dynamic_lds,
                                 params, extra, &work);
    if (error == hipSuccess && begin)
        error = hipEventRecord(begin, stream);
    if (error == hipSuccess)
        error = hip_submit(stream, &work);
    if (error == hipSuccess && end)
        error = hipEventRecord(end, stream);
    return hip_return(error);
}
HIP_API(hipHccModuleLaunchKernel, hipFunction_t function, uint32_t items_x, uint32_t items_y, uint32_t items_z,
        uint32_t block_x, uint32_t block_y, uint32_t block_z, size_t dynamic_lds, hipStream_t stream, void **params,
        void **extra, hipEvent_t begin, hipEvent_t end) {
    return hipExtModuleLaunchKernel(function, items_x, items_y, items_z, block_x, block_y, block_z, dynamic_lds, stream,
                                    params, extra, begin, end, 0);
}

/* ---- occupancy ---- */

/* Workgroups of `items` work-items that fit on a compute unit. */
static int residency(const struct sim_kernel *kernel, int items, size_t dynamic_lds) {
    int waves = (items + SIM_LANES - 1) / SIM_LANES;
    if (waves < 1)
        return 0;
    int per_simd = kernel->vgprs ? (int)(512 / kernel->vgprs) : WAVES_PER_SIMD;
    if (per_simd > WAVES_PER_SIMD)
        per_simd = WAVES_PER_SIMD;
    int by_waves = per_simd * SIMDS / waves;
    size_t lds = kernel->lds_bytes + dynamic_lds;
    int by_lds = lds ? (int)(SIM_LDS_BYTES(kernel->object->arch) / lds) : by_waves;
    return by_waves < by_lds ? by_waves : by_lds;
}

HIP_API(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor, int *blocks, hipFunction_t function, int items,
        size_t dynamic_lds) {
    if (!blocks || !function)
        return hip_return(hipErrorInvalidValue);
    *blocks = residency(function->kernel, items, dynamic_lds);
    return hipSuccess;
}
HIP_API(hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags, int *blocks, hipFunction_t function, int items,
        size_t dynamic_lds, unsigned flags) {
    (void)flags;
    return hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, items, dynamic_lds);
}

static void best_block(const struct sim_kernel *kernel, size_t dynamic_lds, int limit, int *grid, int *block) {
    int best = 0, most = 0, top = kernel->max_workgroup ? (int)kernel->max_workgroup : 1024;
    if (limit > 0 && limit < top)
        top = limit;
    for (int items = SIM_LANES; items <= top; items += SIM_LANES) {
        int resident = residency(kernel, items, dynamic_lds) * items;
        if (resident >= most) {
            most = resident;
            best = items;
        }
    }
    *block = best;
    *grid = best ? most / best * (int)hip_state()->devices[hip_current_device()].num_cus : 0;
}

HIP_API(hipModuleOccupancyMaxPotentialBlockSize, int *grid, int *block, hipFunction_t function, size_t dynamic_lds,
        int limit) {
    if (!grid || !block || !function)
        return hip_return(hipErrorInvalidValue);
    best_block(function->kernel, dynamic_lds, limit, grid, block);
    return hipSuccess;
}

HIP_API(hipModuleOccupancyMaxPotentialBlockSizeWithFlags, int *grid, int *block, hipFunction_t function,
        size_t dynamic_lds, int limit, unsigned flags) {
    (void)flags;
    return hipModuleOccupancyMaxPotentialBlockSize(grid, block, function, dynamic_lds, limit);
}

/* ---- attributes ---- */

HIP_API(hipFuncGetAttribute, int *value, int attribute, hipFunction_t function) {
    if (!value || !function)
        return hip_return(hipErrorInvalidValue);
    const struct sim_kernel *kernel = function->kernel;
    const uint32_t values[] = {kernel->max_workgroup ? kernel->max_workgroup : 1024,
                               kernel->lds_bytes,
                               0,
                               kernel->scratch_bytes,
                               kernel->vgprs,
                               0,
                               90,
                               0,
                               SIM_LDS_BYTES(kernel->object->arch) - kernel->lds_bytes};
    if (attribute < 0 || (size_t)attribute >= sizeof values / sizeof *values)
        return hip_return(hipErrorInvalidValue);
    *value = (int)values[attribute];
    return hipSuccess;
}

/* ---- what compiled host programs register ---- */

struct fat_binary {
    uint32_t magic, version;
    const void *binary;
    void *unused;
};

struct registered_binary {
    const struct fat_binary *source;
    struct hip_module *modules[HIP_MAX_DEVICES]; /* loaded on first use */
    struct registered_binary *next;
};

struct registered_symbol { /* a kernel's host function or a device variable's host shadow */
    const void *host;
    char *name;
    size_t size;
    struct registered_binary *binary;
    struct registered_symbol *next;
};

static struct registered_binary *binaries;
static struct registered_symbol *functions, *variables;
static pthread_mutex_t register_lock = PTHREAD_MUTEX_INITIALIZER;

HIP_EXPORT void **__hipRegisterFatBinary(const void *data);
HIP_EXPORT void **__hipRegisterFatBinary(const void *data) {
    const struct fat_binary *source = data;
    if (!source || source->magic != FAT_BINARY_MAGIC)
        return NULL;
    struct registered_binary *binary = calloc(1, sizeof *binary);
    if (!binary)
        return NULL;
    binary->source = source;
    pthread_mutex_lock(&register_lock);
    binary->next = binaries;
    binaries = binary;
    pthread_mutex_unlock(&register_lock);
    return (void **)(void *)binary;
}

static void remove_symbols(struct registered_symbol **list, const struct registered_binary *binary) {
    while (*list) {
        struct registered_symbol *symbol = *list;
        if (symbol->binary == binary) {
            *list = symbol->next;
            free(symbol->name);
            free(symbol);
        } else {
            list = &symbol->next;
        }
    }
}

HIP_EXPORT void __hipUnregisterFatBinary(void **handle);
HIP_EXPORT void __hipUnregisterFatBinary(void **handle) {
    struct registered_binary *binary = (struct registered_binary *)(void *)handle;
    if (!binary)
        return;
    pthread_mutex_lock(&register_lock);
    struct registered_binary **link = &binaries;
    while (*link && *link != binary)
        link = &(*link)->next;
    if (*link)
        *link = binary->next;
    remove_symbols(&functions, binary);
    remove_symbols(&variables, binary);
    pthread_mutex_unlock(&register_lock);
    for (unsigned i = 0; i < HIP_MAX_DEVICES; i++)
        if (binary->modules[i])
            hipModuleUnload(binary->modules[i]);
    free(binary);
}

static void add_symbol(struct registered_symbol **list, void **handle, const void *host, const char *name,
                       size_t size) {
    struct registered_symbol *symbol = calloc(1, sizeof *symbol);
    if (!symbol || !handle)
        return;
    symbol->host = host;
    symbol->name = strdup(name);
    symbol->size = size;
    symbol->binary = (struct registered_binary *)(void *)handle;
    pthread_mutex_lock(&register_lock);
    symbol->next = *list;
    *list = symbol;
    pthread_mutex_unlock(&register_lock);
}

HIP_EXPORT void __hipRegisterFunction(void **handle, const void *host, char *device, const char *name, unsigned limit,
                                      void *thread, void *block, dim3 *block_dim, dim3 *grid_dim, int *wave);
HIP_EXPORT void __hipRegisterFunction(void **handle, const void *host, char *device, const char *name, unsigned limit,
                                      void *thread, void *block, dim3 *block_dim, dim3 *grid_dim, int *wave) {
    (void)device, (void)limit, (void)thread, (void)block, (void)block_dim, (void)grid_dim, (void)wave;
    add_symbol(&functions, handle, host, name, 0);
}

HIP_EXPORT void __hipRegisterVar(void **handle, void *host, char *host_name, char *name, int external, size_t size,
                                 int constant, int global);
HIP_EXPORT void __hipRegisterVar(void **handle, void *host, char *host_name, char *name, int external, size_t size,
                                 int constant, int global) {
    (void)host_name, (void)external, (void)constant, (void)global;
    add_symbol(&variables, handle, host, name, size);
}

static hipError_t loaded_module(struct registered_binary *binary, int device, struct hip_module **module) {
    hipError_t error = hipSuccess;
    pthread_mutex_lock(&register_lock);
    if (!binary->modules[device])
        error = load_module(binary->source->binary, 0, device, &binary->modules[device]);
    *module = binary->modules[device];
    pthread_mutex_unlock(&register_lock);
    return error;
}

static struct registered_symbol *find_symbol(struct registered_symbol *list, const void *host) {
    pthread_mutex_lock(&register_lock);
    while (list && list->host != host)
        list = list->next;
    pthread_mutex_unlock(&register_lock);
    return list;
}

hipError_t hip_registered_kernel(const void *host, int device, const struct sim_kernel **kernel) {
    struct registered_symbol *symbol = find_symbol(functions, host);
    struct hip_module *module;
    if (!symbol)
        return hipErrorInvalidDeviceFunction;
    hip_state();
    hipError_t error = loaded_module(symbol->binary, device, &module);
    if (error != hipSuccess)
        return error;
    *kernel = sim_code_object_kernel(module->object, symbol->name);
    return *kernel ? hipSuccess : hipErrorNotFound;
}

/* A managed variable's host pointer is set to memory that host and device share; the device's own pointer variable,
 * named NAME.managed without the suffix on the device, is filled when its module loads, which is now. */
HIP_EXPORT void __hipRegisterManagedVar(void *handle, void **pointer, void *initial, const char *name, size_t size,
                                        unsigned align);
HIP_EXPORT void __hipRegisterManagedVar(void *handle, void **pointer, void *initial, const char *name, size_t size,
                                        unsigned align) {
    struct hip_state *hip = hip_state();
    (void)align;
    struct sim_allocation *allocation = sim_memory_allocate(&hip->memory, size, SIM_MEMORY_MANAGED, 0);
    if (!allocation || !handle)
        return;
    *pointer = (void *)(uintptr_t)allocation->base;
    if (initial)
        memcpy(*pointer, initial, size);
    for (unsigned device = 0; device < hip->num_devices; device++) {
        struct hip_module *module;
        if (loaded_module(handle, (int)device, &module) != hipSuccess)
            continue;
        const struct sim_global *global = sim_code_object_global(module->object, name);
        if (global && global->size == sizeof(void *))
            memcpy((void *)(uintptr_t)global->address, pointer, sizeof(void *));
    }
}

HIP_EXPORT void __hipRegisterSurface(void **handle, void *host, char *host_name, char *name, int type, int external);
HIP_EXPORT void __hipRegisterSurface(void **handle, void *host, char *host_name, char *name, int type, int external) {
    (void)handle, (void)host, (void)host_name, (void)name, (void)type, (void)external;
}
HIP_EXPORT void __hipRegisterTexture(void **handle, void *host, char *host_name, char *name, int type, int normalized,
                                     int external);
HIP_EXPORT void __hipRegisterTexture(void **handle, void *host, char *host_name, char *name, int type, int normalized,
                                     int external) {
    (void)handle, (void)host, (void)host_name, (void)name, (void)type, (void)normalized, (void)external;
}

/* <<<grid, block, lds, stream>>> pushes, the stub that it calls pops. */
#define MAX_PUSHED 16
static _Thread_local struct {
    dim3 grid, block;
    size_t lds;
    hipStream_t stream;
} pushed[MAX_PUSHED];
static _Thread_local unsigned num_pushed;

HIP_API(__hipPushCallConfiguration, dim3 grid, dim3 block, size_t lds, hipStream_t stream) {
    if (num_pushed == MAX_PUSHED)
        return hip_return(hipErrorInvalidConfiguration);
    pushed[num_pushed].grid = grid;
    pushed[num_pushed].block = block;
    pushed[num_pushed].lds = lds;
    pushed[num_pushed++].stream = stream;
    return hipSuccess;
}
HIP_API(__hipPopCallConfiguration, dim3 *grid, dim3 *block, size_t *lds, hipStream_t *stream) {
    if (num_pushed == 0)
        return hip_return(hipErrorInvalidConfiguration);
    num_pushed--;
    *grid = pushed[num_pushed].grid;
    *block = pushed[num_pushed].block;
    *lds = pushed[num_pushed].lds;
    *stream = pushed[num_pushed].stream;
    return hipSuccess;
}

HIP_API(hipLaunchKernel, const void *host, dim3 grid, dim3 block, void **params, size_t lds, hipStream_t stream) {
    hipError_t error;
    const struct sim_kernel *kernel;
    hip_state();
    int device = hip_stream_device(stream, &error);
    if (error == hipSuccess)
        error = hip_registered_kernel(host, device, &kernel);
    if (error == hipSuccess)
        error = launch(kernel, host, grid, block, (uint32_t)lds, stream, params, NULL);
    return hip_return(error);
}
HIP_API(hipLaunchCooperativeKernel, const void *host, dim3 grid, dim3 block, void **params, unsigned lds,
        hipStream_t stream) {
    return hipLaunchKernel(host, grid, block, params, lds, stream);
}
HIP_API(hipLaunchKernelExC, const struct hip_launch_config *config, const void *host, void **params) {
    if (!config)
        return hip_return(hipErrorInvalidValue);
    return hipLaunchKernel(host, config->grid, config->block, params, config->lds, config->stream);
}
HIP_API(hipExtLaunchMultiKernelMultiDevice, struct hip_launch_params *list, int count, unsigned flags) {
    (void)flags;
    hipError_t error = list && count > 0 ? hipSuccess : hipErrorInvalidValue;
    for (int i = 0; error == hipSuccess && i < count; i++)
        error =
            hipLaunchKernel(list[i].function, list[i].grid, list[i].block, list[i].params, list[i].lds, list[i].stream);
    return hip_return(error);
}
HIP_API(hipLaunchCooperativeKernelMultiDevice, struct hip_launch_params *list, int count, unsigned flags) {
    return hipExtLaunchMultiKernelMultiDevice(list, count, flags);
}
HIP_API(hipExtLaunchKernel, const void *host, dim3 grid, dim3 block, void **params, size_t lds, hipStream_t stream,
        hipEvent_t begin, hipEvent_t end, int flags) {
    (void)flags;
    hipError_t error = begin ? hipEventRecord(begin, stream) : hipSuccess;
    if (error == hipSuccess)
        error = hipLaunchKernel(host, grid, block, params, lds, stream);
    if (error == hipSuccess && end)
        error = hipEventRecord(end, stream);
    return error;
}

/* The older way of launching: configure, set each argument, launch by pointer. */
static _Thread_local unsigned char staged_arguments[4096];
static _Thread_local size_t staged_size;
HIP_API(hipConfigureCall, dim3 grid, dim3 block, size_t lds, hipStream_t stream) {
    staged_size = 0;
    return __hipPushCallConfiguration(grid, block, lds, stream);
}
HIP_API(hipSetupArgument, const void *argument, size_t size, size_t offset) {
    if (!argument || offset > sizeof staged_arguments || size > sizeof staged_arguments - offset)
        return hip_return(hipErrorInvalidValue);
    memcpy(staged_arguments + offset, argument, size);
    if (offset + size > staged_size)
        staged_size = offset + size;
    return hipSuccess;
}
HIP_API(hipLaunchByPtr, const void *host) {
    dim3 grid, block;
    size_t lds;
    hipStream_t stream;
    const struct sim_kernel *kernel;
    hipError_t error = __hipPopCallConfiguration(&grid, &block, &lds, &stream);
    if (error == hipSuccess)
        error = hip_registered_kernel(host, hip_stream_device(stream, &error), &kernel);
    if (error != hipSuccess)
        return hip_return(error);
    void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, staged_arguments, HIP_LAUNCH_PARAM_BUFFER_SIZE, &staged_size,
                     HIP_LAUNCH_PARAM_END};
    return hip_return(launch(kernel, host, grid, block, (uint32_t)lds, stream, NULL, extra));
}

HIP_API(hipFuncGetAttributes, struct hip_function_attributes *attributes, const void *host) {
    const struct sim_kernel *kernel;
    if (!attributes)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_registered_kernel(host, hip_current_device(), &kernel);
    if (error != hipSuccess)
        return hip_return(error);
    memset(attributes, 0, sizeof *attributes);
    attributes->binaryVersion = attributes->ptxVersion = 90;
    attributes->localSizeBytes = kernel->scratch_bytes;
    attributes->maxThreadsPerBlock = kernel->max_workgroup ? (int)kernel->max_workgroup : 1024;
    attributes->numRegs = (int)kernel->vgprs;
    attributes->sharedSizeBytes = kernel->lds_bytes;
    attributes->maxDynamicSharedSizeBytes = (int)(SIM_LDS_BYTES(kernel->object->arch) - kernel->lds_bytes);
    return hipSuccess;
}
HIP_API(hipFuncSetAttribute, const void *host, int attribute, int value) {
    (void)host, (void)attribute, (void)value; /* LDS is limited by the device alone */
    return hipSuccess;
}
HIP_API(hipFuncSetCacheConfig, const void *host, int config) {
    (void)host, (void)config;
    return hipSuccess;
}
HIP_API(hipFuncSetSharedMemConfig, const void *host, int config) {
    (void)host, (void)config;
    return hipSuccess;
}
HIP_API(hipGetFuncBySymbol, hipFunction_t *function, const void *host) {
    struct registered_symbol *symbol = find_symbol(functions, host);
    struct hip_module *module;
    hip_state();
    if (!function || !symbol)
        return hip_return(hipErrorInvalidDeviceFunction);
    hipError_t error = loaded_module(symbol->binary, hip_current_device(), &module);
    return error == hipSuccess ? hipModuleGetFunction(function, module, symbol->name) : hip_return(error);
}

HIP_EXPORT const char *hipKernelNameRef(hipFunction_t function);
HIP_EXPORT const char *hipKernelNameRef(hipFunction_t function) {
    return function ? function->kernel->name : NULL;
}
HIP_EXPORT const char *hipKernelNameRefByPtr(const void *host, hipStream_t stream);
HIP_EXPORT const char *hipKernelNameRefByPtr(const void *host, hipStream_t stream) {
    const struct registered_symbol *symbol = find_symbol(functions, host);
    (void)stream;
    return symbol ? symbol->name : NULL;
}

HIP_API(hipOccupancyMaxActiveBlocksPerMultiprocessor, int *blocks, const void *host, int items, size_t dynamic_lds) {
    const struct sim_kernel *kernel;
    if (!blocks)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_registered_kernel(host, hip_current_device(), &kernel);
    if (error == hipSuccess)
        *blocks = residency(kernel, items, dynamic_lds);
    return hip_return(error);
}
HIP_API(hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags, int *blocks, const void *host, int items,
        size_t dynamic_lds, unsigned flags) {
    (void)flags;
    return hipOccupancyMaxActiveBlocksPerMultiprocessor(blocks, host, items, dynamic_lds);
}
HIP_API(hipOccupancyAvailableDynamicSMemPerBlock, size_t *bytes, const void *host, int blocks, int items) {
    const struct sim_kernel *kernel;
    if (!bytes || blocks <= 0 || items <= 0)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_registered_kernel(host, hip_current_device(), &kernel);
    if (error != hipSuccess)
        return hip_return(error);
    size_t share = SIM_LDS_BYTES(kernel->object->arch) / (unsigned)blocks;
    *bytes = share > kernel->lds_bytes ? share - kernel->lds_bytes : 0;
    return hipSuccess;
}
HIP_API(hipOccupancyMaxPotentialBlockSize, int *grid, int *block, const void *host, size_t dynamic_lds, int limit) {
    const struct sim_kernel *kernel;
    if (!grid || !block)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_registered_kernel(host, hip_current_device(), &kernel);
    if (error == hipSuccess)
        best_block(kernel, dynamic_lds, limit, grid, block);
    return hip_return(error);
}

/* ---- device variables ---- */

static hipError_t find_variable(const void *host, const struct sim_global **global) {
    struct registered_symbol *symbol = find_symbol(variables, host);
    struct hip_module *module;
    if (!symbol)
        return hipErrorInvalidSymbol;
    hip_state();
    hipError_t error = loaded_module(symbol->binary, hip_current_device(), &module);
    if (error != hipSuccess)
        return error;
    *global = sim_code_object_global(module->object, symbol->name);
    return *global ? hipSuccess : hipErrorInvalidSymbol;
}

HIP_API(hipGetSymbolAddress, void **address, const void *symbol) {
    const struct sim_global *global;
    hipError_t error = address ? find_variable(symbol, &global) : hipErrorInvalidValue;
    if (error == hipSuccess)
        *address = (void *)(uintptr_t)global->address;
    return hip_return(error);
}
HIP_API(hipGetSymbolSize, size_t *size, const void *symbol) {
    const struct sim_global *global;
    hipError_t error = size ? find_variable(symbol, &global) : hipErrorInvalidValue;
    if (error == hipSuccess)
        *size = global->size;
    return hip_return(error);
}

hipError_t hip_symbol_bytes(const void *symbol, size_t offset, size_t size, void **place) {
    const struct sim_global *global;
    hipError_t error = find_variable(symbol, &global);
    if (error != hipSuccess)
        return error;
    if (offset > global->size || size > global->size - offset)
        return hipErrorInvalidValue;
    *place = (char *)(uintptr_t)global->address + offset;
    return hipSuccess;
}

static hipError_t copy_symbol(const void *symbol, void *to, const void *from, size_t size, size_t offset,
                              hipStream_t stream) {
    void *place;
    hipError_t error = hip_symbol_bytes(symbol, offset, size, &place);
    if (error != hipSuccess)
        return error;
    struct hip_work work = {
        .kind = HIP_WORK_COPY, .to = to ? to : place, .from = to ? place : from, .width = size, .height = 1};
    return hip_submit(stream, &work);
}

HIP_API(hipMemcpyToSymbol, const void *symbol, const void *from, size_t size, size_t offset, int kind) {
    (void)kind;
    return hip_return(from ? copy_symbol(symbol, NULL, from, size, offset, NULL) : hipErrorInvalidValue);
}
HIP_API(hipMemcpyToSymbolAsync, const void *symbol, const void *from, size_t size, size_t offset, int kind,
        hipStream_t stream) {
    (void)kind;
    return hip_return(from ? copy_symbol(symbol, NULL, from, size, offset, stream) : hipErrorInvalidValue);
}
HIP_API(hipMemcpyFromSymbol, void *to, const void *symbol, size_t size, size_t offset, int kind) {
    (void)kind;
    return hip_return(to ? copy_symbol(symbol, to, NULL, size, offset, NULL) : hipErrorInvalidValue);
}
HIP_API(hipMemcpyFromSymbolAsync, void *to, const void *symbol, size_t size, size_t offset, int kind,
        hipStream_t stream) {
    (void)kind;
    return hip_return(to ? copy_symbol(symbol, to, NULL, size, offset, stream) : hipErrorInvalidValue);
}

HIP_SPT(hipLaunchKernel)
HIP_SPT(hipLaunchCooperativeKernel)
HIP_SPT(hipMemcpyToSymbol)
HIP_SPT(hipMemcpyFromSymbol)
HIP_SPT(hipMemcpyToSymbolAsync)
HIP_SPT(hipMemcpyFromSymbolAsync)
