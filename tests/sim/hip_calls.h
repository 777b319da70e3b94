/* SPDX-License-Identifier: MIT
 *
 * The HIP calls that the simulator's tests make.
 */
#ifndef PAGODA_TESTS_SIM_HIP_CALLS_H
#define PAGODA_TESTS_SIM_HIP_CALLS_H

#include "../../runtime/sim/hip_abi.h"
#include "pagoda/sim.h"

hipError_t hipSetDevice(int device);
hipError_t hipGetDeviceCount(int *count);
hipError_t hipGetDeviceProperties(struct hip_properties *properties, int device);
hipError_t hipGetDevicePropertiesR0600(struct hip_properties_r0600 *properties, int device);
hipError_t hipDeviceGetAttribute(int *value, int attribute, int device);
hipError_t hipMalloc(void **address, size_t size);
hipError_t hipFree(void *address);
hipError_t hipHostMalloc(void **address, size_t size, unsigned flags);
hipError_t hipHostFree(void *address);
hipError_t hipHostRegister(void *address, size_t size, unsigned flags);
hipError_t hipHostUnregister(void *address);
hipError_t hipPointerGetAttributes(struct hip_pointer_attributes *attributes, const void *address);
hipError_t hipMemcpy(void *to, const void *from, size_t size, int kind);
hipError_t hipMemcpyAsync(void *to, const void *from, size_t size, int kind, hipStream_t stream);
hipError_t hipMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
                       int kind);
hipError_t hipMemset(void *to, int value, size_t size);
hipError_t hipMemsetD32Async(hipDeviceptr_t to, int value, size_t count, hipStream_t stream);
hipError_t hipModuleLoad(hipModule_t *module, const char *path);
hipError_t hipModuleLoadData(hipModule_t *module, const void *image);
hipError_t hipModuleUnload(hipModule_t module);
hipError_t hipModuleGetFunction(hipFunction_t *function, hipModule_t module, const char *name);
hipError_t hipModuleGetGlobal(hipDeviceptr_t *address, size_t *size, hipModule_t module, const char *name);
hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                 unsigned block_x, unsigned block_y, unsigned block_z, unsigned dynamic_lds,
                                 hipStream_t stream, void **params, void **extra);
hipError_t hipExtModuleLaunchKernel(hipFunction_t function, uint32_t items_x, uint32_t items_y, uint32_t items_z,
                                    uint32_t block_x, uint32_t block_y, uint32_t block_z, size_t dynamic_lds,
                                    hipStream_t stream, void **params, void **extra, hipEvent_t begin, hipEvent_t end,
                                    uint32_t flags);
hipError_t hipStreamCreate(hipStream_t *stream);
hipError_t hipStreamDestroy(hipStream_t stream);
hipError_t hipStreamSynchronize(hipStream_t stream);
hipError_t hipStreamBeginCapture(hipStream_t stream, int mode);
hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t *graph);
hipError_t hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned flags);
hipError_t hipEventCreate(hipEvent_t *event);
hipError_t hipEventDestroy(hipEvent_t event);
hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream);
hipError_t hipEventElapsedTime(float *milliseconds, hipEvent_t begin, hipEvent_t end);
hipError_t hipGraphInstantiate(hipGraphExec_t *executable, hipGraph_t graph, hipGraphNode_t *error_node, char *log,
                               size_t log_size);
hipError_t hipGraphLaunch(hipGraphExec_t executable, hipStream_t stream);
hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *count);
hipError_t hipGraphDestroy(hipGraph_t graph);
hipError_t hipGraphExecDestroy(hipGraphExec_t executable);
hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, hipFunction_t function, int items,
                                                              size_t dynamic_lds);
hipError_t hipFuncGetAttribute(int *value, int attribute, hipFunction_t function);
hipError_t hipGetLastError(void);
const char *hipGetErrorName(hipError_t error);
void **__hipRegisterFatBinary(const void *data);
void __hipUnregisterFatBinary(void **handle);
void __hipRegisterFunction(void **handle, const void *host, char *device, const char *name, unsigned limit,
                           void *thread, void *block, dim3 *block_dim, dim3 *grid_dim, int *wave);
hipError_t hipLaunchKernel(const void *host, dim3 grid, dim3 block, void **params, size_t lds, hipStream_t stream);

#endif
