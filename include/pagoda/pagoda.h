/* SPDX-License-Identifier: MIT
 *
 * Pagoda: paged attention, dispatched by architecture.
 *
 * Core of the public C API: status codes, version, the device context and the plan. Each operation has a header
 * of its own (pagoda/batch_prefill.h, ...) that includes this one.
 *
 * Conventions that hold for every function here:
 *  - Pointers named *device* are addresses that kernels on the context's device can read or write; the library never
 *    dereferences them on the host. Everything else is host memory.
 *  - Argument structs start with `struct_size`, set by the caller to sizeof(the struct); a library that does not know
 *    that size answers PAGODA_ERROR_VERSION. Zero-initialise, then fill in what you need.
 *  - The caller owns every pointer that it passes in; the library keeps none after the call returns, except that a
 *    launched kernel reads and writes the device memory it was given until the stream reaches it.
 *  - Calls on one context may be made from several threads at once, except pagoda_context_destroy.
 */
#ifndef PAGODA_PAGODA_H
#define PAGODA_PAGODA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PAGODA_API __attribute__((visibility("default")))
#else
#define PAGODA_API
#endif

#define PAGODA_VERSION_MAJOR 0
#define PAGODA_VERSION_MINOR 1
#define PAGODA_VERSION_PATCH 0

/* Version of the library that is linked, as major * 10000 + minor * 100 + patch. */
PAGODA_API int pagoda_version(void);
/* The same as text, e.g. "0.1.0". Static storage. */
PAGODA_API const char *pagoda_version_string(void);

typedef enum pagoda_status {
    PAGODA_OK = 0,
    /* An argument is malformed or inconsistent. The message names it, its value and what was expected. */
    PAGODA_ERROR_INVALID_ARGUMENT = 1,
    /* A well-formed request that no instance in the catalogue serves. The message names the refusing rules. */
    PAGODA_ERROR_UNSUPPORTED = 2,
    /* The catalogue has an instance for the request, but this build left it out. The message says how to build it. */
    PAGODA_ERROR_NOT_BUILT = 3,
    /* No HIP runtime library, no device, or no device of the requested arch. */
    PAGODA_ERROR_NO_DEVICE = 4,
    /* Host memory ran out. */
    PAGODA_ERROR_OUT_OF_MEMORY = 5,
    /* The workspace passed in is smaller than the plan's workspace_bytes. */
    PAGODA_ERROR_WORKSPACE = 6,
    /* A HIP call failed. The message names the call and HIP's own error string. */
    PAGODA_ERROR_HIP = 7,
    /* struct_size is not one that this library version knows. */
    PAGODA_ERROR_VERSION = 8,
    /* The text buffer passed in was too small; what fits was written and terminated. */
    PAGODA_ERROR_TRUNCATED = 9
} pagoda_status;

/* A short name for a status ("invalid argument"). Static storage; never NULL, also for unknown values. */
PAGODA_API const char *pagoda_status_string(pagoda_status status);

/* Element types. An FP8 encoding is a property of the cache it was written with, not of a GPU; it is never
 * reinterpreted: a mismatch with what the arch's matrix unit reads is refused. */
typedef enum pagoda_dtype {
    PAGODA_DTYPE_FP16 = 1,        /* IEEE binary16 */
    PAGODA_DTYPE_BF16 = 2,        /* bfloat16 */
    PAGODA_DTYPE_FP8_E4M3FN = 3,  /* OCP e4m3: max 448, NaN 0x7F and 0xFF, has -0. Native on gfx950. */
    PAGODA_DTYPE_FP8_E4M3FNUZ = 4 /* max 240, NaN 0x80, no -0. Native on gfx942. */
} pagoda_dtype;

/* "fp16", "bf16", "fp8_e4m3fn", "fp8_e4m3fnuz", or "unknown dtype". Static storage. */
PAGODA_API const char *pagoda_dtype_string(pagoda_dtype dtype);
/* Bytes per element, or 0 for an unknown dtype. */
PAGODA_API size_t pagoda_dtype_size(pagoda_dtype dtype);

/* A context binds the library to one device of one HIP runtime library. It holds the code objects loaded so far. */
typedef struct pagoda_context pagoda_context;

typedef enum pagoda_runtime_choice {
    /* The HIP runtime that the process has loaded, else the system's libamdhip64.so, if it has a matching device; else
     * the simulator. */
    PAGODA_RUNTIME_AUTO = 0,
    PAGODA_RUNTIME_HIP = 1,       /* as above without the simulator */
    PAGODA_RUNTIME_SIMULATOR = 2, /* Pagoda's simulator only; results and times are simulated */
    PAGODA_RUNTIME_NONE = 3       /* plan and explain only: no library is opened; `arch` must be given */
} pagoda_runtime_choice;

typedef struct pagoda_context_options {
    size_t struct_size;            /* sizeof(pagoda_context_options) */
    pagoda_runtime_choice runtime; /* which HIP runtime to open */
    const char *hip_library;       /* path of a HIP runtime library to open instead; NULL: chosen by `runtime` */
    const char *arch;              /* "gfx950", "gfx942"; NULL: any arch that the library has kernels for */
    int has_device;                /* 1: exactly the HIP device ordinal `device`; 0: the first one whose arch matches */
    int device;                    /* HIP device ordinal; 0 when has_device is 0 */
    char *message;                 /* optional: receives a NUL-terminated message on failure, "" on success */
    size_t message_size;           /* bytes at `message` */
} pagoda_context_options;

/* Opens the HIP runtime, picks the device and reads its properties once; the calling thread's current HIP device is
 * left as it was. `options` may be NULL, which is the same as zeroes: AUTO, any arch, any device. A plan-only context
 * (RUNTIME_NONE) plans with the arch's nominal number of compute units. On failure *context is NULL.
 * Errors: INVALID_ARGUMENT (context NULL, unknown enum or arch), VERSION, NO_DEVICE, HIP, OUT_OF_MEMORY. */
PAGODA_API pagoda_status pagoda_context_create(const pagoda_context_options *options, pagoda_context **context);

/* Unloads every code object and frees the context. The caller first makes sure that no launched kernel still runs.
 * NULL is allowed. */
PAGODA_API void pagoda_context_destroy(pagoda_context *context);

typedef struct pagoda_context_info {
    size_t struct_size;      /* in: sizeof(pagoda_context_info) */
    const char *arch;        /* "gfx950" */
    const char *device_name; /* HIP's name of the device; "none" for a plan-only context */
    const char *hip_library; /* path of the HIP runtime library in use; "none" for a plan-only context */
    int device;              /* HIP device ordinal; -1 for a plan-only context */
    int compute_units;       /* of the device, or the arch's nominal count for a plan-only context */
    int is_simulated;        /* 1 when the HIP runtime is Pagoda's simulator */
    int is_plan_only;        /* 1 when nothing can be launched */
} pagoda_context_info;

/* Strings live as long as the context. Errors: INVALID_ARGUMENT, VERSION. */
PAGODA_API pagoda_status pagoda_context_get_info(const pagoda_context *context, pagoda_context_info *info);

/* What a request will run. Plain data owned by the caller; valid for the library version that filled it in. */
typedef struct pagoda_plan {
    size_t struct_size;    /* in: sizeof(pagoda_plan) */
    const char *op;        /* "batch_prefill" */
    const char *arch;      /* "gfx950" */
    const char *instance;  /* the catalogue's name of the chosen instance; NULL when none serves the request */
    const char *pipeline;  /* "v2" or "v3"; NULL when none */
    int instance_is_built; /* 1 when this build holds the instance's code object */
    uint32_t grid[3];      /* workgroups; grid[0] is 0 when there is nothing to compute */
    uint32_t block[3];     /* work-items per workgroup */
    uint32_t dynamic_lds;  /* bytes of LDS beyond the code object's static allocation */
    uint32_t num_splits;   /* parts that the keys of a query tile are split into; 1: not split */
    /* Device memory that the call uses, and how much more of it would make the call faster by splitting keys: plan
     * again with args.workspace_bytes = wanted_workspace_bytes. 0 for none. */
    size_t workspace_bytes;
    size_t wanted_workspace_bytes;
    uint64_t request[32]; /* opaque: the normalised request, read by pagoda_plan_explain */
} pagoda_plan;

/* Writes, NUL-terminated, which instance was chosen and why, and every better-ranked candidate that was not, each with
 * the name and the reason of the rule that refused it; for a request that nothing serves, also the nearest supported
 * one. Errors: INVALID_ARGUMENT, VERSION, TRUNCATED. */
PAGODA_API pagoda_status pagoda_plan_explain(const pagoda_plan *plan, char *text, size_t size);

/* One refused instance of a plan. */
typedef struct pagoda_refusal {
    const char *instance; /* name of the candidate that was refused; "<op>_*" when every candidate was */
    const char *rule;     /* name of the rule */
    const char *reason;   /* why */
} pagoda_refusal;

/* Calls `visit` once for each refused better-ranked candidate, in ranking order, until it returns non-zero.
 * The strings of `refusal` are valid during the visit only. Errors: INVALID_ARGUMENT, VERSION. */
PAGODA_API pagoda_status pagoda_plan_visit_refusals(const pagoda_plan *plan,
                                                    int (*visit)(const pagoda_refusal *refusal, void *user),
                                                    void *user);

#ifdef __cplusplus
}
#endif
#endif
