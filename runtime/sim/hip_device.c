/* SPDX-License-Identifier: MIT
 *
 * Devices, their properties and attributes, versions, error names.
 */
#include "hip_state.h"

#include <stdio.h>
#include <string.h>

#define MAX_GRID 2147483647
#define CLOCK_KHZ(arch) ((arch) == SIM_GFX942 ? 2100000 : 2400000)
#define MEMORY_KHZ(arch) ((arch) == SIM_GFX942 ? 1300000 : 2000000)
#define COUNTER_KHZ 100000
#define L2_BYTES (4 << 20)
#define WAVES_PER_CU 32

static const char *arch_name(enum sim_arch arch) {
    return arch == SIM_GFX942 ? "gfx942:sramecc+:xnack-" : "gfx950:sramecc+:xnack-";
}

static void device_name(const struct hip_device *device, char *text, size_t size) {
    snprintf(text, size, "Simulated %s (%u CUs)", device->arch == SIM_GFX942 ? "gfx942" : "gfx950", device->num_cus);
}

static const struct hip_device *get_device(int device) {
    struct hip_state *hip = hip_state();
    return device >= 0 && (unsigned)device < hip->num_devices ? &hip->devices[device] : NULL;
}

HIP_API(hipInit, unsigned flags) {
    hip_state();
    return hip_return(flags ? hipErrorInvalidValue : hipSuccess);
}

HIP_API(hipDriverGetVersion, int *version) {
    if (!version)
        return hip_return(hipErrorInvalidValue);
    *version = 60000000;
    return hipSuccess;
}

HIP_API(hipRuntimeGetVersion, int *version) {
    return hipDriverGetVersion(version);
}

HIP_API(hipGetDeviceCount, int *count) {
    if (!count)
        return hip_return(hipErrorInvalidValue);
    *count = (int)hip_state()->num_devices;
    return hipSuccess;
}

HIP_API(hipSetDevice, int device) {
    return hip_return(hip_set_current_device(device));
}

HIP_API(hipGetDevice, int *device) {
    if (!device)
        return hip_return(hipErrorInvalidValue);
    *device = hip_current_device();
    return hipSuccess;
}

HIP_API(hipDeviceGet, hipDevice_t *device, int ordinal) {
    if (!device || !get_device(ordinal))
        return hip_return(hipErrorInvalidDevice);
    *device = ordinal;
    return hipSuccess;
}

HIP_API(hipDeviceGetName, char *name, int length, hipDevice_t device) {
    const struct hip_device *found = get_device(device);
    if (!found || !name || length <= 0)
        return hip_return(found ? hipErrorInvalidValue : hipErrorInvalidDevice);
    device_name(found, name, (size_t)length);
    return hipSuccess;
}

HIP_API(hipDeviceTotalMem, size_t *bytes, hipDevice_t device) {
    if (!bytes || !get_device(device))
        return hip_return(hipErrorInvalidValue);
    *bytes = hip_state()->memory.limit;
    return hipSuccess;
}

HIP_API(hipDeviceComputeCapability, int *major, int *minor, hipDevice_t device) {
    const struct hip_device *found = get_device(device);
    if (!found || !major || !minor)
        return hip_return(hipErrorInvalidValue);
    *major = 9;
    *minor = found->arch == SIM_GFX942 ? 4 : 5;
    return hipSuccess;
}

HIP_API(hipDeviceGetPCIBusId, char *text, int length, int device) {
    if (!text || length <= 0 || !get_device(device))
        return hip_return(hipErrorInvalidValue);
    snprintf(text, (size_t)length, "0000:%02x:00.0", device + 1);
    return hipSuccess;
}

HIP_API(hipDeviceGetByPCIBusId, int *device, const char *text) {
    unsigned bus;
    if (!device || !text || sscanf(text, "%*x:%x:", &bus) != 1 || !get_device((int)bus - 1))
        return hip_return(hipErrorInvalidValue);
    *device = (int)bus - 1;
    return hipSuccess;
}

HIP_API(hipGetDeviceProperties, struct hip_properties *p, int device) {
    const struct hip_device *found = get_device(device);
    if (!p || !found)
        return hip_return(p ? hipErrorInvalidDevice : hipErrorInvalidValue);
    memset(p, 0, sizeof *p);
    device_name(found, p->name, sizeof p->name);
    p->totalGlobalMem = hip_state()->memory.limit;
    p->sharedMemPerBlock = p->maxSharedMemoryPerMultiProcessor = SIM_LDS_BYTES(found->arch);
    p->regsPerBlock = 65536;
    p->warpSize = SIM_LANES;
    p->maxThreadsPerBlock = 1024;
    for (unsigned d = 0; d < 3; d++) {
        p->maxThreadsDim[d] = 1024;
        p->maxGridSize[d] = d == 0 ? MAX_GRID : 65535;
    }
    p->clockRate = CLOCK_KHZ(found->arch);
    p->memoryClockRate = MEMORY_KHZ(found->arch);
    p->memoryBusWidth = 8192;
    p->totalConstMem = MAX_GRID;
    p->major = 9;
    p->minor = found->arch == SIM_GFX942 ? 4 : 5;
    p->multiProcessorCount = (int)found->num_cus;
    p->l2CacheSize = L2_BYTES;
    p->maxThreadsPerMultiProcessor = WAVES_PER_CU * SIM_LANES;
    p->clockInstructionRate = COUNTER_KHZ;
    p->arch = HIP_ARCH_FEATURES;
    p->concurrentKernels = 1;
    p->pciBusID = device + 1;
    p->canMapHostMemory = 1;
    p->gcnArch = found->arch == SIM_GFX942 ? 942 : 950;
    snprintf(p->gcnArchName, sizeof p->gcnArchName, "%s", arch_name(found->arch));
    p->cooperativeLaunch = 1;
    p->memPitch = MAX_GRID;
    p->textureAlignment = p->texturePitchAlignment = 256;
    p->isLargeBar = p->managedMemory = p->directManagedMemAccessFromHost = p->concurrentManagedAccess = 1;
    return hipSuccess;
}

HIP_API(hipGetDevicePropertiesR0600, struct hip_properties_r0600 *p, int device) {
    const struct hip_device *found = get_device(device);
    struct hip_properties old;
    if (!p || !found)
        return hip_return(p ? hipErrorInvalidDevice : hipErrorInvalidValue);
    hipGetDeviceProperties(&old, device);
    memset(p, 0, sizeof *p);
    memcpy(p->name, old.name, sizeof p->name);
    memcpy(p->uuid, "pagoda-sim-", 11);
    p->uuid[11] = (char)('a' + device);
    p->totalGlobalMem = old.totalGlobalMem;
    p->sharedMemPerBlock = p->maxSharedMemoryPerMultiProcessor = p->sharedMemPerMultiprocessor =
        p->sharedMemPerBlockOptin = old.sharedMemPerBlock;
    p->regsPerBlock = p->regsPerMultiprocessor = old.regsPerBlock;
    p->warpSize = old.warpSize;
    p->memPitch = old.memPitch;
    p->maxThreadsPerBlock = old.maxThreadsPerBlock;
    memcpy(p->maxThreadsDim, old.maxThreadsDim, sizeof p->maxThreadsDim);
    memcpy(p->maxGridSize, old.maxGridSize, sizeof p->maxGridSize);
    p->clockRate = old.clockRate;
    p->totalConstMem = old.totalConstMem;
    p->major = old.major;
    p->minor = old.minor;
    p->textureAlignment = old.textureAlignment;
    p->texturePitchAlignment = old.texturePitchAlignment;
    p->multiProcessorCount = old.multiProcessorCount;
    p->canMapHostMemory = p->concurrentKernels = p->unifiedAddressing = p->streamPrioritiesSupported = 1;
    p->pciBusID = old.pciBusID;
    p->asyncEngineCount = 1;
    p->memoryClockRate = old.memoryClockRate;
    p->memoryBusWidth = old.memoryBusWidth;
    p->l2CacheSize = old.l2CacheSize;
    p->maxThreadsPerMultiProcessor = old.maxThreadsPerMultiProcessor;
    p->managedMemory = p->concurrentManagedAccess = p->directManagedMemAccessFromHost = p->cooperativeLaunch = 1;
    p->canUseHostPointerForRegisteredMem = p->hostRegisterSupported = p->memoryPoolsSupported = 1;
    p->maxBlocksPerMultiProcessor = WAVES_PER_CU;
    memcpy(p->gcnArchName, old.gcnArchName, sizeof p->gcnArchName);
    p->clockInstructionRate = old.clockInstructionRate;
    p->arch = old.arch;
    p->isLargeBar = 1;
    return hipSuccess;
}

/* hipDeviceAttribute_t, which HIP 5 and 6 number alike */
enum attribute {
    ATTRIBUTE_CAN_MAP_HOST_MEMORY = 3,
    ATTRIBUTE_CLOCK_RATE = 5,
    ATTRIBUTE_CONCURRENT_KERNELS = 8,
    ATTRIBUTE_CONCURRENT_MANAGED = 9,
    ATTRIBUTE_COOPERATIVE_LAUNCH = 10,
    ATTRIBUTE_DIRECT_MANAGED = 13,
    ATTRIBUTE_L2_BYTES = 19,
    ATTRIBUTE_MAJOR = 23,
    ATTRIBUTE_MANAGED = 24,
    ATTRIBUTE_MAX_BLOCKS_PER_CU = 25,
    ATTRIBUTE_MAX_BLOCK_X = 26,
    ATTRIBUTE_MAX_BLOCK_Z = 28,
    ATTRIBUTE_MAX_GRID_X = 29,
    ATTRIBUTE_MAX_GRID_Y = 30,
    ATTRIBUTE_MAX_GRID_Z = 31,
    ATTRIBUTE_MAX_THREADS_DIM = 55,
    ATTRIBUTE_MAX_THREADS_PER_BLOCK = 56,
    ATTRIBUTE_MAX_THREADS_PER_CU = 57,
    ATTRIBUTE_MAX_PITCH = 58,
    ATTRIBUTE_MEMORY_BUS_WIDTH = 59,
    ATTRIBUTE_MEMORY_CLOCK_RATE = 60,
    ATTRIBUTE_MINOR = 61,
    ATTRIBUTE_NUM_CUS = 63,
    ATTRIBUTE_PCI_BUS = 67,
    ATTRIBUTE_PCI_DEVICE = 68,
    ATTRIBUTE_PCI_DOMAIN = 69,
    ATTRIBUTE_REGISTERS_PER_BLOCK = 71,
    ATTRIBUTE_REGISTERS_PER_CU = 72,
    ATTRIBUTE_LDS_PER_BLOCK = 74,
    ATTRIBUTE_LDS_PER_BLOCK_OPTIN = 75,
    ATTRIBUTE_LDS_PER_CU = 76,
    ATTRIBUTE_STREAM_PRIORITIES = 78,
    ATTRIBUTE_TEXTURE_ALIGNMENT = 81,
    ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT = 82,
    ATTRIBUTE_CONSTANT_BYTES = 83,
    ATTRIBUTE_GLOBAL_BYTES = 84,
    ATTRIBUTE_UNIFIED_ADDRESSING = 85,
    ATTRIBUTE_WARP_SIZE = 87,
    ATTRIBUTE_MEMORY_POOLS = 88,
    ATTRIBUTE_HOST_REGISTER = 90,
    ATTRIBUTE_LAST_CUDA = 91,
    ATTRIBUTE_COUNTER_RATE = 10000,
    ATTRIBUTE_ARCH = 10001,
    ATTRIBUTE_MAX_LDS_PER_CU = 10002,
    ATTRIBUTE_GCN_ARCH = 10003,
    ATTRIBUTE_LARGE_BAR = 10011,
    ATTRIBUTE_PHYSICAL_CUS = 10015,
    ATTRIBUTE_FINE_GRAIN = 10016,
    ATTRIBUTE_LAST_AMD = 10018
};

HIP_API(hipDeviceGetAttribute, int *value, int attribute, int device) {
    struct hip_properties p;
    if (!value)
        return hip_return(hipErrorInvalidValue);
    if (!get_device(device))
        return hip_return(hipErrorInvalidDevice);
    hipGetDeviceProperties(&p, device);
    switch (attribute) {
    case ATTRIBUTE_CAN_MAP_HOST_MEMORY:
    case ATTRIBUTE_CONCURRENT_KERNELS:
    case ATTRIBUTE_CONCURRENT_MANAGED:
    case ATTRIBUTE_COOPERATIVE_LAUNCH:
    case ATTRIBUTE_DIRECT_MANAGED:
    case ATTRIBUTE_MANAGED:
    case ATTRIBUTE_STREAM_PRIORITIES:
    case ATTRIBUTE_UNIFIED_ADDRESSING:
    case ATTRIBUTE_MEMORY_POOLS:
    case ATTRIBUTE_HOST_REGISTER:
    case ATTRIBUTE_LARGE_BAR:
    case ATTRIBUTE_FINE_GRAIN:
        *value = 1;
        break;
    case ATTRIBUTE_CLOCK_RATE:
        *value = p.clockRate;
        break;
    case ATTRIBUTE_L2_BYTES:
        *value = p.l2CacheSize;
        break;
    case ATTRIBUTE_MAJOR:
        *value = p.major;
        break;
    case ATTRIBUTE_MINOR:
        *value = p.minor;
        break;
    case ATTRIBUTE_MAX_BLOCKS_PER_CU:
        *value = WAVES_PER_CU;
        break;
    case ATTRIBUTE_MAX_GRID_X:
    case ATTRIBUTE_MAX_GRID_Y:
    case ATTRIBUTE_MAX_GRID_Z:
        *value = p.maxGridSize[attribute - ATTRIBUTE_MAX_GRID_X];
        break;
    case ATTRIBUTE_MAX_THREADS_DIM:
    case ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = p.maxThreadsPerBlock;
        break;
    case ATTRIBUTE_MAX_THREADS_PER_CU:
        *value = p.maxThreadsPerMultiProcessor;
        break;
    case ATTRIBUTE_MAX_PITCH:
    case ATTRIBUTE_CONSTANT_BYTES:
        *value = MAX_GRID;
        break;
    case ATTRIBUTE_MEMORY_BUS_WIDTH:
        *value = p.memoryBusWidth;
        break;
    case ATTRIBUTE_MEMORY_CLOCK_RATE:
        *value = p.memoryClockRate;
        break;
    case ATTRIBUTE_NUM_CUS:
    case ATTRIBUTE_PHYSICAL_CUS:
        *value = p.multiProcessorCount;
        break;
    case ATTRIBUTE_PCI_BUS:
        *value = p.pciBusID;
        break;
    case ATTRIBUTE_REGISTERS_PER_BLOCK:
    case ATTRIBUTE_REGISTERS_PER_CU:
        *value = p.regsPerBlock;
        break;
    case ATTRIBUTE_LDS_PER_BLOCK:
    case ATTRIBUTE_LDS_PER_BLOCK_OPTIN:
    case ATTRIBUTE_LDS_PER_CU:
    case ATTRIBUTE_MAX_LDS_PER_CU:
        *value = (int)p.sharedMemPerBlock;
        break;
    case ATTRIBUTE_TEXTURE_ALIGNMENT:
    case ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT:
        *value = 256;
        break;
    case ATTRIBUTE_GLOBAL_BYTES:
        *value = p.totalGlobalMem > MAX_GRID ? MAX_GRID : (int)p.totalGlobalMem;
        break;
    case ATTRIBUTE_WARP_SIZE:
        *value = p.warpSize;
        break;
    case ATTRIBUTE_COUNTER_RATE:
        *value = p.clockInstructionRate;
        break;
    case ATTRIBUTE_ARCH:
        *value = (int)p.arch;
        break;
    case ATTRIBUTE_GCN_ARCH:
        *value = p.gcnArch;
        break;
    default:
        if (attribute >= ATTRIBUTE_MAX_BLOCK_X && attribute <= ATTRIBUTE_MAX_BLOCK_Z) {
            *value = 1024;
        } else if ((attribute >= 0 && attribute <= ATTRIBUTE_LAST_CUDA) ||
                   (attribute >= ATTRIBUTE_COUNTER_RATE && attribute <= ATTRIBUTE_LAST_AMD)) {
            *value = 0; /* textures, surfaces, ECC, multi-device cooperation: not there */
        } else {
            return hip_return(hipErrorInvalidValue);
        }
    }
    return hipSuccess;
}

HIP_API(hipChooseDeviceR0600, int *device, const struct hip_properties_r0600 *wanted) {
    if (!device || !wanted)
        return hip_return(hipErrorInvalidValue);
    *device = 0;
    return hipSuccess;
}

HIP_API(hipChooseDevice, int *device, const struct hip_properties *wanted) {
    if (!device || !wanted)
        return hip_return(hipErrorInvalidValue);
    *device = 0;
    return hipSuccess;
}

HIP_API(hipDeviceCanAccessPeer, int *can, int device, int peer) {
    if (!can || !get_device(device) || !get_device(peer))
        return hip_return(hipErrorInvalidDevice);
    *can = device != peer;
    return hipSuccess;
}

HIP_API(hipDeviceGetUuid, char *uuid, hipDevice_t device) {
    struct hip_properties_r0600 properties;
    hipError_t error = uuid ? hipGetDevicePropertiesR0600(&properties, device) : hip_return(hipErrorInvalidValue);
    if (error == hipSuccess)
        memcpy(uuid, properties.uuid, sizeof properties.uuid);
    return error;
}

/* hipDeviceP2PAttr: rank, access, native atomics, arrays. All devices share one memory. */
HIP_API(hipDeviceGetP2PAttribute, int *value, int attribute, int device, int peer) {
    if (!value || !get_device(device) || !get_device(peer) || device == peer)
        return hip_return(value ? hipErrorInvalidDevice : hipErrorInvalidValue);
    if (attribute < 0 || attribute > 3)
        return hip_return(hipErrorInvalidValue);
    *value = attribute != 0;
    return hipSuccess;
}
HIP_API(hipExtGetLinkTypeAndHopCount, int device, int peer, uint32_t *type, uint32_t *hops) {
    if (!type || !hops || !get_device(device) || !get_device(peer) || device == peer)
        return hip_return(hipErrorInvalidValue);
    *type = 4; /* XGMI */
    *hops = 1;
    return hipSuccess;
}
HIP_API(hipSetValidDevices, int *devices, int count) {
    for (int i = 0; devices && i < count; i++)
        if (!get_device(devices[i]))
            return hip_return(hipErrorInvalidDevice);
    return hip_return(count < 0 || (count && !devices) ? hipErrorInvalidValue : hipSuccess);
}

HIP_API(hipDeviceEnablePeerAccess, int peer, unsigned flags) {
    return hip_return(flags ? hipErrorInvalidValue : get_device(peer) ? hipSuccess : hipErrorInvalidDevice);
}

HIP_API(hipDeviceDisablePeerAccess, int peer) {
    return hip_return(get_device(peer) ? hipSuccess : hipErrorInvalidDevice);
}

/* Everything has already run when a call returns. */
HIP_API(hipDeviceSynchronize, void) {
    return hip_pending_fault();
}
HIP_API(hipDeviceReset, void) {
    return hipSuccess;
}
HIP_API(hipSetDeviceFlags, unsigned flags) {
    (void)flags;
    return hipSuccess;
}
HIP_API(hipGetDeviceFlags, unsigned *flags) {
    if (!flags)
        return hip_return(hipErrorInvalidValue);
    *flags = 0;
    return hipSuccess;
}
HIP_API(hipDeviceSetCacheConfig, int config) {
    (void)config;
    return hipSuccess;
}
HIP_API(hipDeviceSetSharedMemConfig, int config) {
    (void)config;
    return hipSuccess;
}
/* What is configured is not kept: 0 stands for no preference. */
static hipError_t no_preference(int *config) {
    if (!config)
        return hip_return(hipErrorInvalidValue);
    *config = 0;
    return hipSuccess;
}
HIP_API(hipDeviceGetCacheConfig, int *config) {
    return no_preference(config);
}
HIP_API(hipDeviceGetSharedMemConfig, int *config) {
    return no_preference(config);
}
HIP_API(hipCtxGetCacheConfig, int *config) {
    return no_preference(config);
}
HIP_API(hipCtxGetSharedMemConfig, int *config) {
    return no_preference(config);
}
HIP_API(hipCtxSetCacheConfig, int config) {
    return hipDeviceSetCacheConfig(config);
}
HIP_API(hipCtxSetSharedMemConfig, int config) {
    return hipDeviceSetSharedMemConfig(config);
}
HIP_API(hipCtxGetFlags, unsigned *flags) {
    return hipGetDeviceFlags(flags);
}
HIP_API(hipCtxGetApiVersion, hipCtx_t context, unsigned *version) {
    if (!context || !version)
        return hip_return(hipErrorInvalidValue);
    *version = 4; /* what HIP's runtime has always said */
    return hipSuccess;
}
HIP_API(hipDeviceGetStreamPriorityRange, int *least, int *greatest) {
    if (least)
        *least = 1;
    if (greatest)
        *greatest = -1;
    return hipSuccess;
}
HIP_API(hipDeviceGetLimit, size_t *value, int limit) {
    if (!value)
        return hip_return(hipErrorInvalidValue);
    *value = limit == 0 ? 16384 : limit == 2 ? hip_state()->memory.limit : 0; /* stack, printf, heap */
    return hipSuccess;
}
HIP_API(hipDeviceSetLimit, int limit, size_t value) {
    (void)limit, (void)value;
    return hipSuccess;
}

/* Contexts: each device has its primary one, whose handle is its ordinal plus one. */
HIP_API(hipCtxGetDevice, hipDevice_t *device) {
    return hipGetDevice(device);
}
HIP_API(hipCtxGetCurrent, hipCtx_t *context) {
    if (!context)
        return hip_return(hipErrorInvalidValue);
    *context = (hipCtx_t)(uintptr_t)(hip_current_device() + 1);
    return hipSuccess;
}
HIP_API(hipCtxSetCurrent, hipCtx_t context) {
    return hip_return(hip_set_current_device((int)(uintptr_t)context - 1));
}
HIP_API(hipCtxCreate, hipCtx_t *context, unsigned flags, hipDevice_t device) {
    (void)flags;
    if (!context)
        return hip_return(hipErrorInvalidValue);
    *context = (hipCtx_t)(uintptr_t)(device + 1);
    return hip_return(hip_set_current_device(device));
}
HIP_API(hipCtxDestroy, hipCtx_t context) {
    (void)context;
    return hipSuccess;
}
HIP_API(hipCtxPushCurrent, hipCtx_t context) {
    return hipCtxSetCurrent(context);
}
HIP_API(hipCtxPopCurrent, hipCtx_t *context) {
    return context ? hipCtxGetCurrent(context) : hipSuccess;
}
HIP_API(hipCtxSynchronize, void) {
    return hip_pending_fault();
}
HIP_API(hipDevicePrimaryCtxRetain, hipCtx_t *context, hipDevice_t device) {
    if (!context || !get_device(device))
        return hip_return(hipErrorInvalidValue);
    *context = (hipCtx_t)(uintptr_t)(device + 1);
    return hipSuccess;
}
HIP_API(hipDevicePrimaryCtxRelease, hipDevice_t device) {
    return hip_return(get_device(device) ? hipSuccess : hipErrorInvalidDevice);
}
HIP_API(hipDevicePrimaryCtxReset, hipDevice_t device) {
    return hipDevicePrimaryCtxRelease(device);
}
HIP_API(hipDevicePrimaryCtxSetFlags, hipDevice_t device, unsigned flags) {
    (void)flags;
    return hipDevicePrimaryCtxRelease(device);
}
HIP_API(hipDevicePrimaryCtxGetState, hipDevice_t device, unsigned *flags, int *active) {
    if (!get_device(device))
        return hip_return(hipErrorInvalidDevice);
    if (flags)
        *flags = 0;
    if (active)
        *active = 1;
    return hipSuccess;
}

HIP_API(hipCtxEnablePeerAccess, hipCtx_t peer, unsigned flags) {
    return hipDeviceEnablePeerAccess((int)(uintptr_t)peer - 1, flags);
}
HIP_API(hipCtxDisablePeerAccess, hipCtx_t peer) {
    return hipDeviceDisablePeerAccess((int)(uintptr_t)peer - 1);
}

/* ---- errors ---- */

static const struct {
    hipError_t code;
    const char *name, *text;
} errors[] = {
    {hipSuccess, "hipSuccess", "no error"},
    {hipErrorInvalidValue, "hipErrorInvalidValue", "invalid argument"},
    {hipErrorOutOfMemory, "hipErrorOutOfMemory", "out of memory"},
    {hipErrorNotInitialized, "hipErrorNotInitialized", "not initialized"},
    {hipErrorInvalidConfiguration, "hipErrorInvalidConfiguration", "invalid launch configuration"},
    {hipErrorInvalidPitchValue, "hipErrorInvalidPitchValue", "invalid pitch"},
    {hipErrorInvalidSymbol, "hipErrorInvalidSymbol", "invalid device symbol"},
    {hipErrorInvalidDevicePointer, "hipErrorInvalidDevicePointer", "invalid device pointer"},
    {hipErrorInvalidMemcpyDirection, "hipErrorInvalidMemcpyDirection", "invalid copy direction"},
    {hipErrorInvalidDeviceFunction, "hipErrorInvalidDeviceFunction", "invalid device function"},
    {hipErrorNoDevice, "hipErrorNoDevice", "no device"},
    {hipErrorInvalidDevice, "hipErrorInvalidDevice", "invalid device ordinal"},
    {hipErrorInvalidImage, "hipErrorInvalidImage", "the code object is not valid"},
    {hipErrorInvalidContext, "hipErrorInvalidContext", "invalid context"},
    {hipErrorNoBinaryForGpu, "hipErrorNoBinaryForGpu", "no code object for this device"},
    {hipErrorFileNotFound, "hipErrorFileNotFound", "file not found"},
    {hipErrorInvalidHandle, "hipErrorInvalidHandle", "invalid handle"},
    {hipErrorIllegalState, "hipErrorIllegalState", "illegal state"},
    {hipErrorNotFound, "hipErrorNotFound", "named symbol not found"},
    {hipErrorNotReady, "hipErrorNotReady", "not ready"},
    {hipErrorIllegalAddress, "hipErrorIllegalAddress", "illegal address"},
    {hipErrorLaunchOutOfResources, "hipErrorLaunchOutOfResources", "too many resources asked for"},
    {hipErrorPeerAccessAlreadyEnabled, "hipErrorPeerAccessAlreadyEnabled", "peer access is already on"},
    {hipErrorPeerAccessNotEnabled, "hipErrorPeerAccessNotEnabled", "peer access is off"},
    {hipErrorHostMemoryAlreadyRegistered, "hipErrorHostMemoryAlreadyRegistered", "host memory already registered"},
    {hipErrorHostMemoryNotRegistered, "hipErrorHostMemoryNotRegistered", "host memory not registered"},
    {hipErrorLaunchFailure, "hipErrorLaunchFailure", "the kernel faulted; the simulator's report says where"},
    {hipErrorCooperativeLaunchTooLarge, "hipErrorCooperativeLaunchTooLarge", "cooperative launch too large"},
    {hipErrorNotSupported, "hipErrorNotSupported", "not supported by the simulator"},
    {hipErrorStreamCaptureUnsupported, "hipErrorStreamCaptureUnsupported", "not permitted while a stream captures"},
    {hipErrorStreamCaptureUnmatched, "hipErrorStreamCaptureUnmatched", "the stream is not capturing"},
    {hipErrorStreamCaptureImplicit, "hipErrorStreamCaptureImplicit", "implicit dependency on a capturing stream"},
    {hipErrorGraphExecUpdateFailure, "hipErrorGraphExecUpdateFailure",
     "the graph's shape changed: it cannot be updated"},
    {hipErrorUnknown, "hipErrorUnknown", "unknown error"},
};

HIP_EXPORT const char *hipGetErrorName(hipError_t error);
HIP_EXPORT const char *hipGetErrorName(hipError_t error) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == error)
            return errors[i].name;
    return "hipErrorUnknown";
}

HIP_EXPORT const char *hipGetErrorString(hipError_t error);
HIP_EXPORT const char *hipGetErrorString(hipError_t error) {
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == error)
            return errors[i].text;
    return "unknown error";
}

HIP_API(hipDrvGetErrorName, hipError_t error, const char **text) {
    *text = hipGetErrorName(error);
    return hipSuccess;
}

HIP_API(hipDrvGetErrorString, hipError_t error, const char **text) {
    *text = hipGetErrorString(error);
    return hipSuccess;
}
