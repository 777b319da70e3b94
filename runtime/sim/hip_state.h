/* SPDX-License-Identifier: MIT
 *
 * What the simulated HIP runtime knows: options, devices, memory, the calling thread, statistics.
 */
#ifndef PAGODA_SIM_HIP_STATE_H
#define PAGODA_SIM_HIP_STATE_H

#include "code_object.h"
#include "engine.h"
#include "gws.h"
#include "hip_abi.h"
#include "memory.h"
#include "pagoda/sim.h"

#define HIP_MAX_DEVICES 16
#define HIP_MAX_REPORTS 64

enum hip_mode { HIP_MODE_FAST, HIP_MODE_CHECK, HIP_MODE_TIMING };

struct hip_device {
    enum sim_arch arch;
    unsigned num_cus;
    struct sim_gws gws;
};

struct hip_state {
    unsigned num_devices;
    struct hip_device devices[HIP_MAX_DEVICES];
    struct sim_memory memory; /* all devices share one address space; so does the host */
    enum hip_mode mode;
    unsigned threads;
    uint64_t seed, max_instructions, slack;
    bool quiet, lds_loads_count_both;
    pthread_mutex_t launch_lock; /* one launch at a time */
    pthread_mutex_t lock;        /* everything below and the lists of modules, streams and events */
    struct pagoda_sim_statistics sum, last;
    char *reports[HIP_MAX_REPORTS]; /* of the last launch */
    unsigned num_reports;
};

/* The state, initialised from the environment on first use. */
struct hip_state *hip_state(void);

int hip_current_device(void);
hipError_t hip_set_current_device(int device);

/* Remembers an error for hipGetLastError and returns it. */
hipError_t hip_return(hipError_t error);

/* What synchronising calls return: the fault of a launch, until hipGetLastError takes it. Programs that launch with
 * <<<>>> see no other error code. */
hipError_t hip_pending_fault(void);

/* The mode's hooks, NULL for fast. */
const struct sim_mode_ops *hip_mode_ops(enum hip_mode mode);

/* Check mode: these bytes were written by the host through the API. */
void hip_note_written(const void *address, size_t size);

/* Runs a kernel now; kernarg as the kernel's explicit arguments are laid out. *seconds: how long it took, modelled when
 * timing mode is on. */
hipError_t hip_run_kernel(const struct sim_kernel *kernel, int device, const uint32_t grid[3], const uint32_t block[3],
                          const uint32_t items[3], uint32_t dynamic_lds, const void *kernarg, size_t kernarg_size,
                          double *seconds);

/* ---- work on streams ---- */

enum hip_work_kind {
    HIP_WORK_KERNEL,
    HIP_WORK_COPY,
    HIP_WORK_SET,
    HIP_WORK_HOST,
    HIP_WORK_EMPTY,
    HIP_WORK_GRAPH, /* a graph inside a graph */
    HIP_WORK_RECORD,
    HIP_WORK_WAIT
};

struct hip_work {
    enum hip_work_kind kind;
    /* kernel */
    const struct sim_kernel *kernel;
    uint32_t grid[3], block[3], items[3], dynamic_lds;
    void *kernarg; /* owned */
    size_t kernarg_size;
    const void *function_handle; /* what named the kernel: for hipGraphKernelNodeGetParams */
    /* copies and sets: `depth` slices (0 counts as 1) of `height` rows of `width` bytes; the value repeats every
     * element_size bytes */
    void *to;
    const void *from;
    size_t width, height, to_pitch, from_pitch, depth, to_slice, from_slice;
    uint32_t value, element_size;
    /* host function */
    void (*function)(void *);
    void *data;
    struct hip_graph *graph; /* owned */
    hipEvent_t event;
};

/* Frees what the work owns. */
void hip_work_release(struct hip_work *work);
/* A copy that owns what it needs; false when out of memory. */
bool hip_work_copy(struct hip_work *copy, const struct hip_work *work);

/* Executes the work, or adds it to the graph that the stream is capturing. Takes ownership of what the work owns. */
hipError_t hip_submit(hipStream_t stream, struct hip_work *work);
hipError_t hip_execute(const struct hip_work *work, int device, double *seconds);
/* The work of a copy or fill; hipErrorInvalidValue and the like when the ranges are not what the kind says. */
hipError_t hip_copy_work(struct hip_work *work, void *to, size_t to_pitch, size_t to_slice, const void *from,
                         size_t from_pitch, size_t from_slice, const struct hip_extent *bytes, int kind);
hipError_t hip_set_work(struct hip_work *work, void *to, size_t pitch, size_t slice, uint32_t value, uint32_t element,
                        const struct hip_extent *elements);
hipError_t hip_copy3d_work(struct hip_work *work, const struct hip_copy3d *copy);
/* Where a device variable that the program registered lies, checked to hold `size` bytes from `offset` on. */
hipError_t hip_symbol_bytes(const void *symbol, size_t offset, size_t size, void **place);
/* The live allocation that holds the address. */
bool hip_find_allocation(const void *address, struct sim_allocation *found);
hipError_t hip_allocate(void **address, size_t size, uint8_t kind);
void hip_pool_forget(const void *address); /* the memory is free: no pool counts it any longer */
/* Says on standard error that the simulator does not offer `call`, unless it is quiet. */
hipError_t hip_not_supported(const char *call);

/* The device of a stream (NULL and the two special handles included); hipErrorInvalidHandle via *error. */
int hip_stream_device(hipStream_t stream, hipError_t *error);
bool hip_stream_is_capturing(hipStream_t stream);

/* Builds the work of a kernel launch. Exactly one of params and extra may be given. */
hipError_t hip_kernel_work(const struct sim_kernel *kernel, dim3 grid, dim3 block, uint32_t dynamic_lds, void **params,
                           void **extra, struct hip_work *work);
/* The kernel behind a host function registered by __hipRegisterFunction, loaded for `device`. */
hipError_t hip_registered_kernel(const void *host_function, int device, const struct sim_kernel **kernel);

struct hip_function {
    const struct sim_kernel *kernel;
    struct hip_module *module;
};

/* ---- graphs ---- */

struct hip_node {
    struct hip_work work;
    uint64_t id; /* of the node that this is a copy of, by way of copies too */
    bool disabled;
    struct hip_graph *graph;
    struct hip_node **after; /* nodes that must have run before */
    size_t num_after;
    void **params; /* what hipGraphKernelNodeGetParams gave out */
    unsigned mark;
};

struct hip_graph {
    struct hip_node **nodes;
    size_t num_nodes, capacity;
};

struct hip_graph *hip_graph_create(void);
struct hip_graph *hip_graph_copy(struct hip_graph *graph); /* NULL when it has a cycle or memory is short */
hipError_t hip_graph_run(struct hip_graph *graph, hipStream_t stream);
void hip_graph_destroy(struct hip_graph *graph);
/* Appends a node that follows `after`; takes ownership of what the work owns. NULL when out of memory. */
struct hip_node *hip_graph_add(struct hip_graph *graph, struct hip_node *const *after, size_t num_after,
                               const struct hip_work *work);

#endif
