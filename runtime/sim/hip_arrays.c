/* SPDX-License-Identifier: MIT
 *
 * Pitched and array memory, and copies of three dimensions. An array is plain memory, row after row: it can be copied,
 * but there are no textures and surfaces that could read it otherwise.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>

HIP_EXPORT hipError_t hipFree(void *address);

static hipError_t submit(hipError_t error, struct hip_work *work, hipStream_t stream) {
    return hip_return(error != hipSuccess || work->kind == HIP_WORK_EMPTY ? error : hip_submit(stream, work));
}

/* ---- arrays ---- */

static size_t element_bytes(const struct hip_array *array) {
    return (size_t)(array->desc.x + array->desc.y + array->desc.z + array->desc.w) / 8;
}
static size_t rows_of(const struct hip_array *array) {
    return array->height ? array->height : 1;
}

static hipError_t make_array(struct hip_array **result, const struct hip_array *shape) {
    size_t element = element_bytes(shape), slices = shape->depth ? shape->depth : 1;
    if (!result || !element || !shape->width)
        return hipErrorInvalidValue;
    struct hip_array *array = malloc(sizeof *array);
    if (!array)
        return hipErrorOutOfMemory;
    *array = *shape;
    hipError_t error = hip_allocate(&array->data, element * shape->width * rows_of(shape) * slices, SIM_MEMORY_DEVICE);
    if (error != hipSuccess) {
        free(array);
        return error;
    }
    *result = array;
    return hipSuccess;
}

/* The driver's formats: unsigned integers of 8, 16, 32 bits from 1 on, signed ones from 8 on, fp16 0x10, fp32 0x20. */
static struct hip_channel_desc channels_of(int format, unsigned channels) {
    int kind = format >= 0x10 ? 2 : format >= 8 ? 0 : 1;
    int bits = kind == 2 ? format : 8 << (format - (kind == 1 ? 1 : 8));
    return (struct hip_channel_desc){bits, channels > 1 ? bits : 0, channels > 2 ? bits : 0, channels > 3 ? bits : 0,
                                     kind};
}

static int format_of(const struct hip_channel_desc *desc) {
    int step = desc->x == 32 ? 2 : desc->x == 16 ? 1 : 0;
    return desc->kind == 2 ? (desc->x == 16 ? 0x10 : 0x20) : desc->kind == 1 ? 1 + step : 8 + step;
}

HIP_API(hipMalloc3DArray, hipArray_t *array, const struct hip_channel_desc *desc, struct hip_extent extent,
        unsigned flags) {
    (void)flags;
    if (!desc)
        return hip_return(hipErrorInvalidValue);
    struct hip_array shape = {.desc = *desc,
                              .width = (unsigned)extent.width,
                              .height = (unsigned)extent.height,
                              .depth = (unsigned)extent.depth,
                              .format = format_of(desc),
                              .channels = 1u + (desc->y != 0) + (desc->z != 0) + (desc->w != 0)};
    return hip_return(make_array(array, &shape));
}
HIP_API(hipMallocArray, hipArray_t *array, const struct hip_channel_desc *desc, size_t width, size_t height,
        unsigned flags) {
    return hipMalloc3DArray(array, desc, (struct hip_extent){width, height, 0}, flags);
}
HIP_API(hipArray3DCreate, hipArray_t *array, const struct hip_array3d_descriptor *from) {
    bool known = from && ((from->format >= 1 && from->format <= 3) || (from->format >= 8 && from->format <= 10) ||
                          from->format == 0x10 || from->format == 0x20);
    if (!known || !from->channels || from->channels > 4 || from->channels == 3)
        return hip_return(hipErrorInvalidValue);
    struct hip_array shape = {.desc = channels_of(from->format, from->channels),
                              .width = (unsigned)from->width,
                              .height = (unsigned)from->height,
                              .depth = (unsigned)from->depth,
                              .format = from->format,
                              .channels = from->channels,
                              .driver = true};
    return hip_return(make_array(array, &shape));
}
HIP_API(hipArrayCreate, hipArray_t *array, const struct hip_array_descriptor *from) {
    struct hip_array3d_descriptor whole = {0};
    if (!from)
        return hip_return(hipErrorInvalidValue);
    whole.width = from->width;
    whole.height = from->height;
    whole.format = from->format;
    whole.channels = from->channels;
    return hipArray3DCreate(array, &whole);
}
HIP_API(hipFreeArray, hipArray_t array) {
    if (!array)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hipFree(array->data);
    if (error == hipSuccess)
        free(array);
    return error;
}
HIP_API(hipArrayDestroy, hipArray_t array) {
    return hipFreeArray(array);
}

HIP_API(hipArrayGetInfo, struct hip_channel_desc *desc, struct hip_extent *extent, unsigned *flags, hipArray_t array) {
    if (!array)
        return hip_return(hipErrorInvalidHandle);
    if (desc)
        *desc = array->desc;
    if (extent)
        *extent = (struct hip_extent){array->width, array->height, array->depth};
    if (flags)
        *flags = 0;
    return hipSuccess;
}
HIP_API(hipArrayGetDescriptor, struct hip_array_descriptor *to, hipArray_t array) {
    if (!to || !array)
        return hip_return(array ? hipErrorInvalidValue : hipErrorInvalidHandle);
    *to = (struct hip_array_descriptor){array->width, array->height, array->format, array->channels};
    return hipSuccess;
}
HIP_API(hipArray3DGetDescriptor, struct hip_array3d_descriptor *to, hipArray_t array) {
    if (!to || !array)
        return hip_return(array ? hipErrorInvalidValue : hipErrorInvalidHandle);
    *to = (struct hip_array3d_descriptor){array->width, array->height, array->depth, array->format, array->channels, 0};
    return hipSuccess;
}
HIP_API(hipGetChannelDesc, struct hip_channel_desc *desc, hipArray_t array) {
    return hipArrayGetInfo(desc, NULL, NULL, array);
}
HIP_EXPORT struct hip_channel_desc hipCreateChannelDesc(int x, int y, int z, int w, int kind);
HIP_EXPORT struct hip_channel_desc hipCreateChannelDesc(int x, int y, int z, int w, int kind) {
    return (struct hip_channel_desc){x, y, z, w, kind};
}

/* ---- copies ---- */

struct side { /* of a copy: where it begins, and how its rows and slices follow each other */
    char *at;
    size_t pitch, slice;
};

static struct side array_side(const struct hip_array *array, size_t x_bytes, size_t y, size_t z) {
    size_t pitch = array->width * element_bytes(array), slice = pitch * rows_of(array);
    return (struct side){(char *)array->data + z * slice + y * pitch + x_bytes, pitch, slice};
}
static struct side plain_side(void *data, size_t pitch, size_t rows, size_t x_bytes, size_t y, size_t z) {
    size_t slice = pitch * rows;
    return (struct side){data ? (char *)data + z * slice + y * pitch + x_bytes : NULL, pitch, slice};
}

static hipError_t work_of(struct hip_work *work, const struct side *to, const struct side *from,
                          const struct hip_extent *bytes, int kind) {
    return hip_copy_work(work, to->at, to->pitch, to->slice, from->at, from->pitch, from->slice, bytes, kind);
}

/* Widths and x positions count elements as soon as an array takes part, else bytes. */
hipError_t hip_copy3d_work(struct hip_work *work, const struct hip_copy3d *copy) {
    if (!copy || (copy->from_array && copy->from.data) || (copy->to_array && copy->to.data))
        return hipErrorInvalidValue;
    const struct hip_array *array = copy->from_array ? copy->from_array : copy->to_array;
    size_t element = array ? element_bytes(array) : 1;
    struct hip_extent bytes = {copy->extent.width * element, copy->extent.height, copy->extent.depth};
    const struct hip_position *a = &copy->from_at, *b = &copy->to_at;
    size_t a_x = copy->from_array ? a->x * element : a->x, b_x = copy->to_array ? b->x * element : b->x;
    struct side from = copy->from_array
                           ? array_side(copy->from_array, a_x, a->y, a->z)
                           : plain_side(copy->from.data, copy->from.pitch, copy->from.height, a_x, a->y, a->z);
    struct side to = copy->to_array ? array_side(copy->to_array, b_x, b->y, b->z)
                                    : plain_side(copy->to.data, copy->to.pitch, copy->to.height, b_x, b->y, b->z);
    return work_of(work, &to, &from, &bytes, copy->kind);
}

HIP_API(hipMemcpy3DAsync, const struct hip_copy3d *copy, hipStream_t stream) {
    struct hip_work work;
    hipError_t error = hip_copy3d_work(&work, copy);
    return submit(error, &work, stream);
}
HIP_API(hipMemcpy3D, const struct hip_copy3d *copy) {
    return hipMemcpy3DAsync(copy, NULL);
}

HIP_API(hipMemcpy2DToArrayAsync, hipArray_t to, size_t x, size_t y, const void *from, size_t pitch, size_t width,
        size_t height, int kind, hipStream_t stream) {
    struct hip_work work;
    if (!to)
        return hip_return(hipErrorInvalidHandle);
    struct side target = array_side(to, x, y, 0), source = {(char *)(uintptr_t)from, pitch, 0};
    hipError_t error = work_of(&work, &target, &source, &(struct hip_extent){width, height, 1}, kind);
    return submit(error, &work, stream);
}
HIP_API(hipMemcpy2DToArray, hipArray_t to, size_t x, size_t y, const void *from, size_t pitch, size_t width,
        size_t height, int kind) {
    return hipMemcpy2DToArrayAsync(to, x, y, from, pitch, width, height, kind, NULL);
}
HIP_API(hipMemcpy2DFromArrayAsync, void *to, size_t pitch, hipArray_t from, size_t x, size_t y, size_t width,
        size_t height, int kind, hipStream_t stream) {
    struct hip_work work;
    if (!from)
        return hip_return(hipErrorInvalidHandle);
    struct side source = array_side(from, x, y, 0), target = {to, pitch, 0};
    hipError_t error = work_of(&work, &target, &source, &(struct hip_extent){width, height, 1}, kind);
    return submit(error, &work, stream);
}
HIP_API(hipMemcpy2DFromArray, void *to, size_t pitch, hipArray_t from, size_t x, size_t y, size_t width, size_t height,
        int kind) {
    return hipMemcpy2DFromArrayAsync(to, pitch, from, x, y, width, height, kind, NULL);
}
HIP_API(hipMemcpyToArray, hipArray_t to, size_t x, size_t y, const void *from, size_t size, int kind) {
    return hipMemcpy2DToArrayAsync(to, x, y, from, size, size, 1, kind, NULL);
}
HIP_API(hipMemcpyFromArray, void *to, hipArray_t from, size_t x, size_t y, size_t size, int kind) {
    return hipMemcpy2DFromArrayAsync(to, size, from, x, y, size, 1, kind, NULL);
}
HIP_API(hipMemcpyHtoA, hipArray_t to, size_t offset, const void *from, size_t size) {
    return hipMemcpyToArray(to, offset, 0, from, size, hipMemcpyHostToDevice);
}
HIP_API(hipMemcpyAtoH, void *to, hipArray_t from, size_t offset, size_t size) {
    return hipMemcpyFromArray(to, from, offset, 0, size, hipMemcpyDeviceToHost);
}

/* The kinds of memory are numbered differently by HIP 5 and later; what is given says more than the number. */
static bool takes_host(int type, const void *host, const void *device) {
    return host && (!device || type <= 1);
}
static struct side side_2d(const struct hip_copy2d_end *end) {
    if (end->array && !end->host && !end->device)
        return array_side(end->array, end->x, end->y, 0);
    void *data = takes_host(end->type, end->host, end->device) ? end->host : end->device;
    return plain_side(data, end->pitch, 0, end->x, end->y, 0);
}
static struct side side_3d(const struct hip_copy3d_end *end) {
    if (end->array && !end->host && !end->device)
        return array_side(end->array, end->x, end->y, end->z);
    void *data = takes_host(end->type, end->host, end->device) ? end->host : end->device;
    return plain_side(data, end->pitch, end->height, end->x, end->y, end->z);
}

HIP_API(hipMemcpyParam2DAsync, const struct hip_driver_copy2d *copy, hipStream_t stream) {
    struct hip_work work;
    if (!copy)
        return hip_return(hipErrorInvalidValue);
    struct side to = side_2d(&copy->to), from = side_2d(&copy->from);
    hipError_t error = work_of(&work, &to, &from, &(struct hip_extent){copy->width, copy->height, 1}, hipMemcpyDefault);
    return submit(error, &work, stream);
}
HIP_API(hipMemcpyParam2D, const struct hip_driver_copy2d *copy) {
    return hipMemcpyParam2DAsync(copy, NULL);
}
HIP_API(hipDrvMemcpy2DUnaligned, const struct hip_driver_copy2d *copy) {
    return hipMemcpyParam2DAsync(copy, NULL);
}
HIP_API(hipDrvMemcpy3DAsync, const struct hip_driver_copy3d *copy, hipStream_t stream) {
    struct hip_work work;
    if (!copy)
        return hip_return(hipErrorInvalidValue);
    struct side to = side_3d(&copy->to), from = side_3d(&copy->from);
    hipError_t error =
        work_of(&work, &to, &from, &(struct hip_extent){copy->width, copy->height, copy->depth}, hipMemcpyDefault);
    return submit(error, &work, stream);
}
HIP_API(hipDrvMemcpy3D, const struct hip_driver_copy3d *copy) {
    return hipDrvMemcpy3DAsync(copy, NULL);
}

/* ---- pitched memory of three dimensions ---- */

HIP_API(hipMalloc3D, struct hip_pitched *result, struct hip_extent extent) {
    if (!result)
        return hip_return(hipErrorInvalidValue);
    *result = (struct hip_pitched){NULL, (extent.width + 255) & ~(size_t)255, extent.width, extent.height};
    return hip_return(hip_allocate(&result->data, result->pitch * extent.height * extent.depth, SIM_MEMORY_DEVICE));
}
HIP_API(hipMemset3DAsync, struct hip_pitched to, int value, struct hip_extent extent, hipStream_t stream) {
    struct hip_work work;
    hipError_t error = hip_set_work(&work, to.data, to.pitch, to.pitch * to.height, (uint8_t)value, 1, &extent);
    return submit(error, &work, stream);
}
HIP_API(hipMemset3D, struct hip_pitched to, int value, struct hip_extent extent) {
    return hipMemset3DAsync(to, value, extent, NULL);
}

HIP_SPT(hipMemcpy3D)
HIP_SPT(hipMemcpy3DAsync)
HIP_SPT(hipMemset3D)
HIP_SPT(hipMemset3DAsync)
HIP_SPT(hipMemcpyFromArray)
HIP_SPT(hipMemcpy2DToArray)
HIP_SPT(hipMemcpy2DFromArray)
HIP_SPT(hipMemcpy2DToArrayAsync)
HIP_SPT(hipMemcpy2DFromArrayAsync)
