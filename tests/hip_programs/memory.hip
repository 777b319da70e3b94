/* SPDX-License-Identifier: MIT
 *
 * Memory beyond hipMalloc: pools, mapped addresses, arrays, three dimensions, attributes of pointers, values that
 * streams write.
 */
#include "device.h"

#include <string.h>
#include <vector>

__global__ void add(int *data, int count, int by) {
    int i = (int)(block_x() * block_size_x() + thread_x());
    if (i < count) {
        data[i] += by;
    }
}

static void pools() {
    hipMemPool_t usual, current, own;
    hipStream_t stream;
    int *data, host[256];
    HIP(hipStreamCreate(&stream));
    HIP(hipDeviceGetDefaultMemPool(&usual, 0));
    HIP(hipDeviceGetMemPool(&current, 0));
    EXPECT(usual == current);
    uint64_t used = 1, high = 0, threshold = UINT64_MAX;
    HIP(hipMemPoolSetAttribute(usual, hipMemPoolAttrReleaseThreshold, &threshold));
    HIP(hipMemPoolGetAttribute(usual, hipMemPoolAttrReleaseThreshold, &used));
    EXPECT(used == UINT64_MAX);
    HIP(hipMallocAsync((void **)&data, sizeof host, stream));
    HIP(hipMemPoolGetAttribute(usual, hipMemPoolAttrUsedMemCurrent, &used));
    EXPECT(used == sizeof host);
    HIP(hipMemsetAsync(data, 0, sizeof host, stream));
    add<<<4, 64, 0, stream>>>(data, 256, 5);
    HIP(hipMemcpyAsync(host, data, sizeof host, hipMemcpyDeviceToHost, stream));
    HIP(hipFreeAsync(data, stream));
    HIP(hipStreamSynchronize(stream));
    EXPECT(host[0] == 5 && host[255] == 5);
    HIP(hipMemPoolGetAttribute(usual, hipMemPoolAttrUsedMemCurrent, &used));
    HIP(hipMemPoolGetAttribute(usual, hipMemPoolAttrUsedMemHigh, &high));
    EXPECT(used == 0 && high == sizeof host);

    hipMemPoolProps props = {};
    props.allocType = hipMemAllocationTypePinned;
    props.location.type = hipMemLocationTypeDevice;
    HIP(hipMemPoolCreate(&own, &props));
    hipMemAccessDesc access = {props.location, hipMemAccessFlagsProtReadWrite};
    hipMemAccessFlags flags;
    HIP(hipMemPoolSetAccess(own, &access, 1));
    HIP(hipMemPoolGetAccess(&flags, own, &props.location));
    EXPECT(flags == hipMemAccessFlagsProtReadWrite);
    HIP(hipDeviceSetMemPool(0, own));
    HIP(hipMallocAsync((void **)&data, 100, stream));
    HIP(hipMemPoolGetAttribute(own, hipMemPoolAttrUsedMemCurrent, &used));
    EXPECT(used == 100);
    HIP(hipFree(data)); /* the other way of freeing */
    HIP(hipMallocFromPoolAsync((void **)&data, 50, own, stream));
    HIP(hipMemPoolGetAttribute(own, hipMemPoolAttrUsedMemCurrent, &used));
    EXPECT(used == 50);
    HIP(hipFreeAsync(data, stream));
    EXPECT(hipFreeAsync(data, stream) == hipErrorInvalidValue);
    HIP(hipMemPoolTrimTo(own, 0));
    HIP(hipMemPoolDestroy(own));
    EXPECT(hipMemPoolDestroy(own) == hipErrorInvalidValue);
    HIP(hipDeviceGetMemPool(&current, 0));
    EXPECT(usual == current);
    HIP(hipStreamDestroy(stream));
    (void)hipGetLastError();
}

/* Two pieces of memory behind each other, as allocators do that grow in place. */
static void mapped_memory() {
    hipMemAllocationProp props = {};
    size_t piece = 0, left, before;
    void *base;
    hipMemGenericAllocationHandle_t first, second, again;
    HIP(hipMemGetAllocationGranularity(&piece, &props, hipMemAllocationGranularityMinimum));
    EXPECT(piece >= 4096);
    HIP(hipMemGetInfo(&before, nullptr));
    HIP(hipMemAddressReserve(&base, 4 * piece, 0, nullptr, 0));
    HIP(hipMemCreate(&first, piece, &props, 0));
    HIP(hipMemCreate(&second, piece, &props, 0));
    HIP(hipMemGetInfo(&left, nullptr));
    EXPECT(before - left == 2 * piece);
    HIP(hipMemMap(base, piece, 0, first, 0));
    HIP(hipMemMap((char *)base + piece, piece, 0, second, 0));
    EXPECT(hipMemMap((char *)base + piece, piece, 0, first, 0) == hipErrorInvalidValue);
    hipMemAccessDesc access = {{hipMemLocationTypeDevice, 0}, hipMemAccessFlagsProtReadWrite};
    HIP(hipMemSetAccess(base, 2 * piece, &access, 1));
    const int count = 4096;
    std::vector<int> host(count);
    for (int i = 0; i < count; i++) {
        host[i] = i;
    }
    int *data = (int *)((char *)base + piece) - count / 2; /* across the seam */
    HIP(hipMemcpy(data, host.data(), count * sizeof(int), hipMemcpyHostToDevice));
    add<<<count / 64, 64>>>(data, count, 1000);
    HIP(hipMemcpy(host.data(), data, count * sizeof(int), hipMemcpyDeviceToHost));
    for (int i = 0; i < count; i++) {
        EXPECT(host[i] == i + 1000);
    }
    EXPECT(hipMemset((char *)base + 2 * piece - 4, 0, 8) == hipErrorInvalidValue); /* the third piece is not mapped */
    HIP(hipMemRetainAllocationHandle(&again, base));
    EXPECT(again == first);
    HIP(hipMemRelease(again));
    HIP(hipMemRelease(first));
    HIP(hipMemRelease(second)); /* the mappings keep the memory */
    EXPECT(hipMemAddressFree(base, 4 * piece) == hipErrorInvalidValue);
    HIP(hipMemUnmap(base, 2 * piece));
    EXPECT(hipMemset(base, 0, 4) == hipErrorInvalidValue);
    HIP(hipMemAddressFree(base, 4 * piece));
    HIP(hipMemGetInfo(&left, nullptr));
    EXPECT(left == before);
    (void)hipGetLastError();
}

static void three_dimensions() {
    const size_t w = 20, h = 5, d = 3;
    std::vector<uint8_t> from(w * h * d), to(w * h * d, 0xee);
    for (size_t i = 0; i < from.size(); i++) {
        from[i] = (uint8_t)(i * 7);
    }
    hipPitchedPtr box;
    hipExtent extent = {w, h, d};
    HIP(hipMalloc3D(&box, extent));
    EXPECT(box.pitch >= w && box.xsize == w && box.ysize == h);
    HIP(hipMemset3D(box, 0x55, extent));
    hipMemcpy3DParms copy = {};
    copy.srcPtr = {from.data(), w, w, h};
    copy.dstPtr = box;
    copy.extent = {w, h, d - 1};
    copy.dstPos = {0, 0, 1};
    copy.kind = hipMemcpyHostToDevice;
    HIP(hipMemcpy3D(&copy));
    copy.srcPtr = box;
    copy.dstPtr = {to.data(), w, w, h};
    copy.extent = {w - 2, h, d};
    copy.srcPos = {1, 0, 0};
    copy.dstPos = {2, 0, 0};
    copy.kind = hipMemcpyDeviceToHost;
    HIP(hipMemcpy3DAsync(&copy, nullptr));
    for (size_t z = 0; z < d; z++) {
        for (size_t y = 0; y < h; y++) {
            for (size_t x = 0; x < w; x++) {
                uint8_t want = x < 2 ? 0xee : z == 0 ? 0x55 : from[((z - 1) * h + y) * w + x - 1];
                EXPECT(to[(z * h + y) * w + x] == want);
            }
        }
    }
    HIP(hipFree(box.ptr));
}

static void arrays() {
    const size_t w = 9, h = 4;
    hipArray_t array;
    hipChannelFormatDesc desc = hipCreateChannelDesc(32, 0, 0, 0, hipChannelFormatKindFloat), back;
    float from[w * h], to[w * h] = {0}, line[w];
    for (size_t i = 0; i < w * h; i++) {
        from[i] = (float)i;
    }
    HIP(hipMallocArray(&array, &desc, w, h, hipArrayDefault));
    HIP(hipGetChannelDesc(&back, array));
    EXPECT(back.x == 32 && back.y == 0 && back.f == hipChannelFormatKindFloat);
    HIP(hipMemcpy2DToArray(array, 0, 0, from, w * 4, w * 4, h, hipMemcpyHostToDevice));
    HIP(hipMemcpy2DFromArray(to, w * 4, array, 8, 1, (w - 2) * 4, h - 1, hipMemcpyDeviceToHost));
    for (size_t y = 0; y + 1 < h; y++) {
        for (size_t x = 0; x + 2 < w; x++) {
            EXPECT(to[y * w + x] == from[(y + 1) * w + x + 2]);
        }
    }
    HIP(hipMemcpyAtoH(line, array, w * 4, w * 4));
    EXPECT(line[0] == from[w] && line[w - 1] == from[2 * w - 1]);
    hipMemcpy3DParms copy = {};
    copy.srcArray = array;
    copy.srcPos = {1, 2, 0}; /* elements, because an array takes part */
    copy.dstPtr = {to, w * 4, w, h};
    copy.extent = {3, 2, 1};
    copy.kind = hipMemcpyDeviceToHost;
    HIP(hipMemcpy3D(&copy));
    EXPECT(to[0] == from[2 * w + 1] && to[w + 2] == from[3 * w + 3]);
    hip_Memcpy2D param = {};
    param.srcMemoryType = hipMemoryTypeHost;
    param.srcHost = from;
    param.srcPitch = w * 4;
    param.dstMemoryType = hipMemoryTypeArray;
    param.dstArray = array;
    param.dstXInBytes = 4;
    param.WidthInBytes = 8;
    param.Height = 1;
    HIP(hipMemcpyParam2D(&param));
    HIP(hipMemcpyFromArray(line, array, 0, 0, w * 4, hipMemcpyDeviceToHost));
    EXPECT(line[0] == 0 && line[1] == 0 && line[2] == 1 && line[3] == 3);
    EXPECT(hipMemcpy2DToArray(array, 0, 1, from, w * 4, w * 4, h, hipMemcpyHostToDevice) == hipErrorInvalidValue);
    HIP(hipFreeArray(array));
    HIP_ARRAY_DESCRIPTOR shape = {};
    shape.Width = 16;
    shape.Height = 2;
    shape.Format = HIP_AD_FORMAT_SIGNED_INT16;
    shape.NumChannels = 2;
    HIP(hipArrayCreate(&array, &shape));
    HIP(hipGetChannelDesc(&back, array));
    EXPECT(back.x == 16 && back.y == 16 && back.z == 0 && back.f == hipChannelFormatKindSigned);
    HIP(hipArrayDestroy(array));
    (void)hipGetLastError();
}

static void attributes_and_values() {
    uint64_t *data;
    void *start = nullptr;
    size_t size = 0;
    unsigned id = 0;
    int ordinal = -1;
    HIP(hipMalloc((void **)&data, 4096));
    HIP(hipPointerGetAttribute(&start, HIP_POINTER_ATTRIBUTE_RANGE_START_ADDR, data + 10));
    HIP(hipPointerGetAttribute(&size, HIP_POINTER_ATTRIBUTE_RANGE_SIZE, data + 10));
    EXPECT(start == data && size == 4096);
    hipPointer_attribute list[] = {HIP_POINTER_ATTRIBUTE_DEVICE_ORDINAL, HIP_POINTER_ATTRIBUTE_RANGE_SIZE};
    void *results[] = {&ordinal, &size};
    size = 0;
    HIP(hipDrvPointerGetAttributes(2, list, results, data + 3));
    EXPECT(ordinal == 0 && size == 4096);
    EXPECT(hipPointerGetAttribute(&id, HIP_POINTER_ATTRIBUTE_BUFFER_ID, &id) == hipErrorInvalidValue);
    int location = -5;
    HIP(hipMemRangeGetAttribute(&location, 4, hipMemRangeAttributePreferredLocation, data, 64));
    EXPECT(location == 0);

    uint64_t host[3];
    HIP(hipMemset(data, 0, 4096));
    HIP(hipStreamWriteValue64(nullptr, data + 1, 0x123456789abcdef0ull, 0));
    HIP(hipStreamWriteValue32(nullptr, data + 2, 77, 0));
    HIP(hipMemcpy(host, data, sizeof host, hipMemcpyDeviceToHost));
    EXPECT(host[0] == 0 && host[1] == 0x123456789abcdef0ull && host[2] == 77);
    HIP(hipStreamWaitValue32(nullptr, data + 2, 77, hipStreamWaitValueEq, 0xffffffff));
    HIP(hipStreamWaitValue32(nullptr, data + 2, 70, hipStreamWaitValueGte, 0xffffffff));
    HIP(hipStreamWaitValue64(nullptr, data + 1, 0xf0, hipStreamWaitValueAnd, 0xff));
    EXPECT(hipStreamWaitValue32(nullptr, data + 2, 78, hipStreamWaitValueGte, 0xffffffff) == hipErrorNotSupported);
    HIP(hipFree(data));

    hipUUID first, second;
    HIP(hipDeviceGetUuid(&first, 0));
    HIP(hipDeviceGetUuid(&second, 1));
    EXPECT(memcmp(&first, &second, sizeof first) != 0);
    int value = 0;
    HIP(hipDeviceGetP2PAttribute(&value, hipDevP2PAttrAccessSupported, 0, 1));
    EXPECT(value == 1);
    (void)hipGetLastError();
}

int main() {
    pools();
    mapped_memory();
    three_dimensions();
    arrays();
    attributes_and_values();
    puts("memory: ok");
    return 0;
}
