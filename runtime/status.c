/* SPDX-License-Identifier: MIT
 *
 * Names of status codes and element types, and the library's version.
 */
#include <pagoda/pagoda.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

int pagoda_version(void) {
    return PAGODA_VERSION_MAJOR * 10000 + PAGODA_VERSION_MINOR * 100 + PAGODA_VERSION_PATCH;
}

const char *pagoda_version_string(void) {
    return TEXT(PAGODA_VERSION_MAJOR) "." TEXT(PAGODA_VERSION_MINOR) "." TEXT(PAGODA_VERSION_PATCH);
}

const char *pagoda_status_string(pagoda_status status) {
    switch (status) {
    case PAGODA_OK:
        return "ok";
    case PAGODA_ERROR_INVALID_ARGUMENT:
        return "invalid argument";
    case PAGODA_ERROR_UNSUPPORTED:
        return "unsupported request";
    case PAGODA_ERROR_NOT_BUILT:
        return "instance not built";
    case PAGODA_ERROR_NO_DEVICE:
        return "no device";
    case PAGODA_ERROR_OUT_OF_MEMORY:
        return "out of memory";
    case PAGODA_ERROR_WORKSPACE:
        return "workspace too small";
    case PAGODA_ERROR_HIP:
        return "HIP error";
    case PAGODA_ERROR_VERSION:
        return "struct version mismatch";
    case PAGODA_ERROR_TRUNCATED:
        return "text truncated";
    }
    return "unknown status";
}

const char *pagoda_dtype_string(pagoda_dtype dtype) {
    switch (dtype) {
    case PAGODA_DTYPE_FP16:
        return "fp16";
    case PAGODA_DTYPE_BF16:
        return "bf16";
    case PAGODA_DTYPE_FP8_E4M3FN:
        return "fp8_e4m3fn";
    case PAGODA_DTYPE_FP8_E4M3FNUZ:
        return "fp8_e4m3fnuz";
    }
    return "unknown dtype";
}

size_t pagoda_dtype_size(pagoda_dtype dtype) {
    switch (dtype) {
    case PAGODA_DTYPE_FP16:
    case PAGODA_DTYPE_BF16:
        return 2;
    case PAGODA_DTYPE_FP8_E4M3FN:
    case PAGODA_DTYPE_FP8_E4M3FNUZ:
        return 1;
    }
    return 0;
}
