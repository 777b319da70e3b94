/* SPDX-License-Identifier: MIT
 *
 * The part of the HIP runtime's binary interface that the simulator offers: types, constants and struct layouts as
 * AMD's public headers fix them, for HIP 5 and for HIP 6 and later.
 */
#ifndef PAGODA_SIM_HIP_ABI_H
#define PAGODA_SIM_HIP_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HIP_EXPORT __attribute__((visibility("default")))

typedef int hipError_t;

/* Defines an exported function that returns an error code, after declaring it. */
#define HIP_API(name, ...)                   \
    HIP_EXPORT hipError_t name(__VA_ARGS__); \
    HIP_EXPORT hipError_t name(__VA_ARGS__)

/* A second name of a call of the same file: the one that default streams per thread use. */
#define HIP_SPT(name) HIP_EXPORT __typeof__(name) name##_spt __attribute__((alias(#name)));

enum {
    hipSuccess = 0,
    hipErrorInvalidValue = 1,
    hipErrorOutOfMemory = 2,
    hipErrorNotInitialized = 3,
    hipErrorInvalidConfiguration = 9,
    hipErrorInvalidPitchValue = 12,
    hipErrorInvalidSymbol = 13,
    hipErrorInvalidDevicePointer = 17,
    hipErrorInvalidMemcpyDirection = 21,
    hipErrorInvalidDeviceFunction = 98,
    hipErrorNoDevice = 100,
    hipErrorInvalidDevice = 101,
    hipErrorInvalidImage = 200,
    hipErrorInvalidContext = 201,
    hipErrorNoBinaryForGpu = 209,
    hipErrorFileNotFound = 301,
    hipErrorInvalidHandle = 400,
    hipErrorIllegalState = 401,
    hipErrorNotFound = 500,
    hipErrorNotReady = 600,
    hipErrorIllegalAddress = 700,
    hipErrorLaunchOutOfResources = 701,
    hipErrorPeerAccessAlreadyEnabled = 704,
    hipErrorPeerAccessNotEnabled = 705,
    hipErrorHostMemoryAlreadyRegistered = 712,
    hipErrorHostMemoryNotRegistered = 713,
    hipErrorLaunchFailure = 719,
    hipErrorCooperativeLaunchTooLarge = 720,
    hipErrorNotSupported = 801,
    hipErrorStreamCaptureUnsupported = 900,
    hipErrorStreamCaptureUnmatched = 903,
    hipErrorStreamCaptureImplicit = 906,
    hipErrorGraphExecUpdateFailure = 910,
    hipErrorUnknown = 999
};

enum hip_memcpy_kind {
    hipMemcpyHostToHost,
    hipMemcpyHostToDevice,
    hipMemcpyDeviceToHost,
    hipMemcpyDeviceToDevice,
    hipMemcpyDefault,
    hipMemcpyDeviceToDeviceNoCU = 1024
};

typedef struct {
    uint32_t x, y, z;
} dim3;

typedef struct hip_stream *hipStream_t;
typedef struct hip_event *hipEvent_t;
typedef struct hip_module *hipModule_t;
typedef struct hip_function *hipFunction_t;
typedef struct hip_graph *hipGraph_t;
typedef struct hip_graph *hipGraphExec_t;
typedef struct hip_node *hipGraphNode_t;
typedef void *hipDeviceptr_t;
typedef void *hipCtx_t;
typedef int hipDevice_t;
typedef struct hip_array *hipArray_t;
typedef struct hip_pool *hipMemPool_t;
typedef struct hip_physical *hipMemGenericAllocationHandle_t;

/* `extra` of hipModuleLaunchKernel */
#define HIP_LAUNCH_PARAM_BUFFER_POINTER ((void *)1)
#define HIP_LAUNCH_PARAM_BUFFER_SIZE ((void *)2)
#define HIP_LAUNCH_PARAM_END ((void *)3)

/* bits of hipDeviceArch_t: everything but surfaces and dynamic parallelism */
#define HIP_ARCH_FEATURES 0x0bfffu

struct hip_properties { /* hipDeviceProp_t of HIP 5 */
    char name[256];
    size_t totalGlobalMem, sharedMemPerBlock;
    int regsPerBlock, warpSize, maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3], clockRate, memoryClockRate,
        memoryBusWidth;
    size_t totalConstMem;
    int major, minor, multiProcessorCount, l2CacheSize, maxThreadsPerMultiProcessor, computeMode, clockInstructionRate;
    unsigned arch;
    int concurrentKernels, pciDomainID, pciBusID, pciDeviceID;
    size_t maxSharedMemoryPerMultiProcessor;
    int isMultiGpuBoard, canMapHostMemory, gcnArch;
    char gcnArchName[256];
    int integrated, cooperativeLaunch, cooperativeMultiDeviceLaunch, maxTexture1DLinear, maxTexture1D, maxTexture2D[2],
        maxTexture3D[3];
    unsigned *hdpMemFlushCntl, *hdpRegFlushCntl;
    size_t memPitch, textureAlignment, texturePitchAlignment;
    int kernelExecTimeoutEnabled, ECCEnabled, tccDriver, unmatched[4], isLargeBar, asicRevision, managedMemory,
        directManagedMemAccessFromHost, concurrentManagedAccess, pageableMemoryAccess,
        pageableMemoryAccessUsesHostPageTables;
};

struct hip_properties_r0600 { /* hipDeviceProp_tR0600 of HIP 6 and later */
    char name[256], uuid[16], luid[8];
    unsigned luidDeviceNodeMask;
    size_t totalGlobalMem, sharedMemPerBlock;
    int regsPerBlock, warpSize;
    size_t memPitch;
    int maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3], clockRate;
    size_t totalConstMem;
    int major, minor;
    size_t textureAlignment, texturePitchAlignment;
    int deviceOverlap, multiProcessorCount, kernelExecTimeoutEnabled, integrated, canMapHostMemory, computeMode;
    int textures[40]; /* limits of textures and surfaces: none */
    size_t surfaceAlignment;
    int concurrentKernels, ECCEnabled, pciBusID, pciDeviceID, pciDomainID, tccDriver, asyncEngineCount,
        unifiedAddressing, memoryClockRate, memoryBusWidth, l2CacheSize, persistingL2CacheMaxSize,
        maxThreadsPerMultiProcessor, streamPrioritiesSupported, globalL1CacheSupported, localL1CacheSupported;
    size_t sharedMemPerMultiprocessor;
    int regsPerMultiprocessor, managedMemory, isMultiGpuBoard, multiGpuBoardGroupID, hostNativeAtomicSupported,
        singleToDoublePrecisionPerfRatio, pageableMemoryAccess, concurrentManagedAccess, computePreemptionSupported,
        canUseHostPointerForRegisteredMem, cooperativeLaunch, cooperativeMultiDeviceLaunch;
    size_t sharedMemPerBlockOptin;
    int pageableMemoryAccessUsesHostPageTables, directManagedMemAccessFromHost, maxBlocksPerMultiProcessor,
        accessPolicyMaxWindowSize;
    size_t reservedSharedMemPerBlock;
    int hostRegisterSupported, sparse, hostRegisterReadOnlySupported, timeline, memoryPoolsSupported, rdma[4], deferred,
        ipcEventSupported, clusterLaunch, unifiedFunctionPointers, reserved[63], hipReserved[32];
    char gcnArchName[256];
    size_t maxSharedMemoryPerMultiProcessor;
    int clockInstructionRate;
    unsigned arch;
    unsigned *hdpMemFlushCntl, *hdpRegFlushCntl;
    int unmatched[4], isLargeBar, asicRevision;
};
_Static_assert(sizeof(struct hip_properties_r0600) == 1472, "layout of hipDeviceProp_tR0600");
_Static_assert(offsetof(struct hip_properties_r0600, gcnArchName) == 1160, "layout of hipDeviceProp_tR0600");
_Static_assert(offsetof(struct hip_properties, gcnArchName) == 396, "layout of hipDeviceProp_t");

struct hip_pointer_attributes {
    int type; /* HIP 6: 1 host, 2 device, 3 managed */
    int device;
    void *devicePointer, *hostPointer;
    int isManaged;
    unsigned allocationFlags;
};

struct hip_function_attributes {
    int binaryVersion, cacheModeCA;
    size_t constSizeBytes, localSizeBytes;
    int maxDynamicSharedSizeBytes, maxThreadsPerBlock, numRegs, preferredShmemCarveout, ptxVersion;
    size_t sharedSizeBytes;
};

struct hip_channel_desc { /* hipChannelFormatDesc */
    int x, y, z, w;       /* bits */
    int kind;             /* 0 signed, 1 unsigned, 2 float */
};

struct hip_array { /* hipArray of HIP 5; a handle later */
    void *data;
    struct hip_channel_desc desc;
    unsigned type, width, height, depth;
    int format;
    unsigned channels;
    bool driver;
    unsigned texture;
};

struct hip_array_descriptor { /* HIP_ARRAY_DESCRIPTOR */
    size_t width, height;
    int format;
    unsigned channels;
};

struct hip_array3d_descriptor { /* HIP_ARRAY3D_DESCRIPTOR */
    size_t width, height, depth;
    int format;
    unsigned channels, flags;
};

struct hip_extent {
    size_t width, height, depth;
};
struct hip_position {
    size_t x, y, z;
};
struct hip_pitched {
    void *data;
    size_t pitch, width, height;
};

struct hip_copy3d { /* hipMemcpy3DParms */
    hipArray_t from_array;
    struct hip_position from_at;
    struct hip_pitched from;
    hipArray_t to_array;
    struct hip_position to_at;
    struct hip_pitched to;
    struct hip_extent extent;
    int kind;
};

struct hip_copy2d_end {
    size_t x, y;
    int type; /* hipMemoryType: numbered differently by HIP 5 and later */
    void *host;
    hipDeviceptr_t device;
    hipArray_t array;
    size_t pitch;
};
struct hip_driver_copy2d { /* hip_Memcpy2D */
    struct hip_copy2d_end from, to;
    size_t width, height;
};

struct hip_copy3d_end {
    size_t x, y, z, level;
    int type;
    void *host;
    hipDeviceptr_t device;
    hipArray_t array;
    size_t pitch, height;
};
struct hip_driver_copy3d { /* HIP_MEMCPY3D as of HIP 6 */
    struct hip_copy3d_end from, to;
    size_t width, height, depth;
};

struct hip_memset_params { /* hipMemsetParams */
    void *to;
    unsigned element;
    size_t height, pitch;
    unsigned value;
    size_t width;
};

struct hip_host_node_params { /* hipHostNodeParams */
    void (*function)(void *);
    void *data;
};

struct hip_location { /* hipMemLocation */
    int type, id;
};

struct hip_access { /* hipMemAccessDesc */
    struct hip_location location;
    int flags; /* 0 none, 1 read, 3 read and write */
};

struct hip_pool_props { /* hipMemPoolProps */
    int type, handle_types;
    struct hip_location location;
    void *security;
    unsigned char reserved[64]; /* the first 8: the most that the pool may hold, in HIP 6 */
};

struct hip_launch_params { /* hipLaunchParams */
    void *function;
    dim3 grid, block;
    void **params;
    size_t lds;
    hipStream_t stream;
};

struct hip_launch_config { /* hipLaunchConfig_t */
    dim3 grid, block;
    size_t lds;
    hipStream_t stream;
    void *attributes;
    unsigned num_attributes;
};

struct hip_driver_launch_config { /* HIP_LAUNCH_CONFIG */
    unsigned grid[3], block[3], lds;
    hipStream_t stream;
    void *attributes;
    unsigned num_attributes;
};

struct hip_kernel_node_params { /* hipKernelNodeParams */
    dim3 blockDim;
    void **extra;
    void *func;
    dim3 gridDim;
    void **kernelParams;
    unsigned sharedMemBytes;
};

#endif
