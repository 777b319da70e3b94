/* SPDX-License-Identifier: MIT
 *
 * Calls of HIP that programs link against and that the simulator does not offer: each says so and returns
 * hipErrorNotSupported. And looking calls up by name.
 */
#include "hip_state.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

hipError_t hip_not_supported(const char *call) {
    if (!hip_state()->quiet)
        fprintf(stderr, "pagoda-sim: %s is not supported\n", call);
    return hipErrorNotSupported;
}

/* The arguments do not matter: the caller passes them and takes them back. */
#define REFUSE(name)                                 \
    HIP_API(name, void) {                            \
        return hip_return(hip_not_supported(#name)); \
    }

/* Textures, surfaces and mipmapped arrays: gfx942 and gfx950 have no instructions for them. */
REFUSE(hipBindTexture)
REFUSE(hipBindTexture2D)
REFUSE(hipBindTextureToArray)
REFUSE(hipBindTextureToMipmappedArray)
REFUSE(hipUnbindTexture)
REFUSE(hipCreateTextureObject)
REFUSE(hipDestroyTextureObject)
REFUSE(hipCreateSurfaceObject)
REFUSE(hipDestroySurfaceObject)
REFUSE(hipGetTextureAlignmentOffset)
REFUSE(hipGetTextureObjectResourceDesc)
REFUSE(hipGetTextureObjectResourceViewDesc)
REFUSE(hipGetTextureObjectTextureDesc)
REFUSE(hipGetTextureReference)
REFUSE(hipModuleGetTexRef)
REFUSE(hipTexObjectCreate)
REFUSE(hipTexObjectDestroy)
REFUSE(hipTexObjectGetResourceDesc)
REFUSE(hipTexObjectGetResourceViewDesc)
REFUSE(hipTexObjectGetTextureDesc)
REFUSE(hipTexRefGetAddress)
REFUSE(hipTexRefGetAddressMode)
REFUSE(hipTexRefGetArray)
REFUSE(hipTexRefGetBorderColor)
REFUSE(hipTexRefGetFilterMode)
REFUSE(hipTexRefGetFlags)
REFUSE(hipTexRefGetFormat)
REFUSE(hipTexRefGetMaxAnisotropy)
REFUSE(hipTexRefGetMipMappedArray)
REFUSE(hipTexRefGetMipmapFilterMode)
REFUSE(hipTexRefGetMipmapLevelBias)
REFUSE(hipTexRefGetMipmapLevelClamp)
REFUSE(hipTexRefSetAddress)
REFUSE(hipTexRefSetAddress2D)
REFUSE(hipTexRefSetAddressMode)
REFUSE(hipTexRefSetArray)
REFUSE(hipTexRefSetBorderColor)
REFUSE(hipTexRefSetFilterMode)
REFUSE(hipTexRefSetFlags)
REFUSE(hipTexRefSetFormat)
REFUSE(hipTexRefSetMaxAnisotropy)
REFUSE(hipTexRefSetMipmapFilterMode)
REFUSE(hipTexRefSetMipmapLevelBias)
REFUSE(hipTexRefSetMipmapLevelClamp)
REFUSE(hipTexRefSetMipmappedArray)
REFUSE(hipMallocMipmappedArray)
REFUSE(hipFreeMipmappedArray)
REFUSE(hipGetMipmappedArrayLevel)
REFUSE(hipMipmappedArrayCreate)
REFUSE(hipMipmappedArrayDestroy)
REFUSE(hipMipmappedArrayGetLevel)
REFUSE(hipMemMapArrayAsync)

/* Graphics and memory of other processes and drivers. */
REFUSE(hipGLGetDevices)
REFUSE(hipGraphicsGLRegisterBuffer)
REFUSE(hipGraphicsGLRegisterImage)
REFUSE(hipGraphicsMapResources)
REFUSE(hipGraphicsResourceGetMappedPointer)
REFUSE(hipGraphicsSubResourceGetMappedArray)
REFUSE(hipGraphicsUnmapResources)
REFUSE(hipGraphicsUnregisterResource)
REFUSE(hipImportExternalMemory)
REFUSE(hipDestroyExternalMemory)
REFUSE(hipExternalMemoryGetMappedBuffer)
REFUSE(hipExternalMemoryGetMappedMipmappedArray)
REFUSE(hipImportExternalSemaphore)
REFUSE(hipDestroyExternalSemaphore)
REFUSE(hipSignalExternalSemaphoresAsync)
REFUSE(hipWaitExternalSemaphoresAsync)
REFUSE(hipIpcGetMemHandle)
REFUSE(hipIpcOpenMemHandle)
REFUSE(hipIpcCloseMemHandle)
REFUSE(hipIpcGetEventHandle)
REFUSE(hipIpcOpenEventHandle)
REFUSE(hipMemExportToShareableHandle)
REFUSE(hipMemImportFromShareableHandle)
REFUSE(hipMemGetHandleForAddressRange)
REFUSE(hipMemPoolExportPointer)
REFUSE(hipMemPoolExportToShareableHandle)
REFUSE(hipMemPoolImportFromShareableHandle)
REFUSE(hipMemPoolImportPointer)

/* Memory that graphs allocate, objects that they own, attributes of their nodes. */
REFUSE(hipGraphAddMemAllocNode)
REFUSE(hipGraphAddMemFreeNode)
REFUSE(hipGraphMemAllocNodeGetParams)
REFUSE(hipGraphMemFreeNodeGetParams)
REFUSE(hipGraphAddNode)
REFUSE(hipGraphNodeSetParams)
REFUSE(hipGraphExecNodeSetParams)
REFUSE(hipGraphKernelNodeCopyAttributes)
REFUSE(hipGraphKernelNodeGetAttribute)
REFUSE(hipGraphKernelNodeSetAttribute)
REFUSE(hipGraphAddExternalSemaphoresSignalNode)
REFUSE(hipGraphAddExternalSemaphoresWaitNode)
REFUSE(hipUserObjectCreate)
REFUSE(hipUserObjectRelease)
REFUSE(hipUserObjectRetain)
REFUSE(hipGraphRetainUserObject)
REFUSE(hipGraphReleaseUserObject)
REFUSE(hipDrvGraphAddMemcpyNode)
REFUSE(hipDrvGraphAddMemsetNode)
REFUSE(hipDrvGraphAddMemFreeNode)
REFUSE(hipDrvGraphMemcpyNodeGetParams)
REFUSE(hipDrvGraphMemcpyNodeSetParams)
REFUSE(hipDrvGraphExecMemcpyNodeSetParams)
REFUSE(hipDrvGraphExecMemsetNodeSetParams)

/* Linking and profiling. */
REFUSE(hipLinkCreate)
REFUSE(hipLinkAddData)
REFUSE(hipLinkAddFile)
REFUSE(hipLinkComplete)
REFUSE(hipLinkDestroy)
REFUSE(hipProfilerStart)
REFUSE(hipProfilerStop)
REFUSE(hipRegisterApiCallback)
REFUSE(hipRemoveApiCallback)
REFUSE(hipRegisterActivityCallback)
REFUSE(hipRemoveActivityCallback)
REFUSE(hipStreamBatchMemOp)
REFUSE(hipStreamGetAttribute)
REFUSE(hipStreamSetAttribute)
REFUSE(hipMemcpy3DPeer)
REFUSE(hipMemcpy3DPeerAsync)
REFUSE(hipMemcpyBatchAsync)
REFUSE(hipMemcpy3DBatchAsync)

/* ---- by name ---- */

/* hipDriverProcAddressQueryResult */
enum { QUERY_SUCCESS, QUERY_NOT_FOUND };
#define PER_THREAD_STREAM 2u

HIP_API(hipGetProcAddress, const char *name, void **function, int version, uint64_t flags, int *status) {
    if (!name || !function)
        return hip_return(hipErrorInvalidValue);
    /* two calls were replaced by others of a different layout, which sources know by the old names */
    bool renamed =
        version >= 600 && (strcmp(name, "hipGetDeviceProperties") == 0 || strcmp(name, "hipChooseDevice") == 0);
    char full[128];
    Dl_info here;
    void *library = dladdr((const void *)(uintptr_t)hip_not_supported, &here)
                        ? dlopen(here.dli_fname, RTLD_LAZY | RTLD_NOLOAD)
                        : NULL;
    *function = NULL;
    if (flags & PER_THREAD_STREAM && library) {
        snprintf(full, sizeof full, "%s_spt", name);
        *function = dlsym(library, full);
    }
    snprintf(full, sizeof full, "%s%s", name, renamed ? "R0600" : "");
    if (!*function && library && strncmp(full, "hip", 3) == 0)
        *function = dlsym(library, full);
    if (library)
        dlclose(library);
    if (status)
        *status = *function ? QUERY_SUCCESS : QUERY_NOT_FOUND;
    return hip_return(*function ? hipSuccess : hipErrorNotFound);
}
HIP_API(hipGetDriverEntryPoint, const char *name, void **function, unsigned long long flags, int *status) {
    return hipGetProcAddress(name, function, 600, flags, status);
}
