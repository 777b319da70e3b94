/* SPDX-License-Identifier: MIT
 *
 * Graphs: work and the order it needs. An executable graph is a copy that launches replay.
 */
#include "hip_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hip_graph *hip_graph_create(void) {
    return calloc(1, sizeof(struct hip_graph));
}

static void destroy_node(struct hip_node *node) {
    hip_work_release(&node->work);
    free(node->after);
    free(node->params);
    free(node);
}

void hip_graph_destroy(struct hip_graph *graph) {
    if (!graph)
        return;
    for (size_t i = 0; i < graph->num_nodes; i++)
        destroy_node(graph->nodes[i]);
    free(graph->nodes);
    free(graph);
}

struct hip_node *hip_graph_add(struct hip_graph *graph, struct hip_node *const *after, size_t num_after,
                               const struct hip_work *work) {
    static _Atomic uint64_t ids;
    struct hip_node *node = calloc(1, sizeof *node);
    struct hip_node **list = malloc((num_after + 1) * sizeof *list);
    if (graph->num_nodes == graph->capacity) {
        size_t larger = graph->capacity ? 2 * graph->capacity : 16;
        struct hip_node **nodes = realloc(graph->nodes, larger * sizeof *nodes);
        if (nodes) {
            graph->nodes = nodes;
            graph->capacity = larger;
        }
    }
    if (!node || !list || graph->num_nodes == graph->capacity) {
        struct hip_work owned = *work;
        hip_work_release(&owned);
        free(node);
        free(list);
        return NULL;
    }
    if (num_after)
        memcpy(list, after, num_after * sizeof *list);
    node->work = *work;
    node->id = ++ids;
    node->graph = graph;
    node->after = list;
    node->num_after = num_after;
    graph->nodes[graph->num_nodes++] = node;
    return node;
}

/* Moves the nodes into an order that respects every dependency; false if there is a cycle. */
static bool sort_nodes(struct hip_graph *graph) {
    struct hip_node **order = malloc((graph->num_nodes + 1) * sizeof *order);
    size_t placed = 0;
    if (!order)
        return false;
    for (size_t i = 0; i < graph->num_nodes; i++)
        graph->nodes[i]->mark = 0;
    for (bool progress = true; progress;) {
        progress = false;
        for (size_t i = 0; i < graph->num_nodes; i++) {
            struct hip_node *node = graph->nodes[i];
            bool ready = !node->mark;
            for (size_t j = 0; ready && j < node->num_after; j++)
                ready = node->after[j]->mark;
            if (ready) {
                node->mark = 1;
                order[placed++] = node;
                progress = true;
            }
        }
    }
    bool complete = placed == graph->num_nodes;
    if (complete && placed)
        memcpy(graph->nodes, order, placed * sizeof *order);
    free(order);
    return complete;
}

struct hip_graph *hip_graph_copy(struct hip_graph *graph) {
    struct hip_graph *copy = hip_graph_create();
    if (!copy || !sort_nodes(graph)) {
        free(copy);
        return NULL;
    }
    for (size_t i = 0; i < graph->num_nodes; i++)
        graph->nodes[i]->mark = (unsigned)i;
    for (size_t i = 0; i < graph->num_nodes; i++) {
        const struct hip_node *node = graph->nodes[i];
        struct hip_work work;
        struct hip_node *fresh =
            hip_work_copy(&work, &node->work) ? hip_graph_add(copy, node->after, node->num_after, &work) : NULL;
        if (!fresh) {
            hip_graph_destroy(copy);
            return NULL;
        }
        fresh->id = node->id;
        fresh->disabled = node->disabled;
        for (size_t j = 0; j < fresh->num_after; j++)
            fresh->after[j] = copy->nodes[fresh->after[j]->mark];
    }
    return copy;
}

hipError_t hip_graph_run(struct hip_graph *graph, hipStream_t stream) {
    for (size_t i = 0; i < graph->num_nodes; i++) {
        struct hip_work work;
        if (graph->nodes[i]->disabled)
            continue;
        if (!hip_work_copy(&work, &graph->nodes[i]->work))
            return hipErrorOutOfMemory;
        hipError_t error = hip_submit(stream, &work);
        if (error != hipSuccess)
            return error;
    }
    return hipSuccess;
}

/* ---- graphs and executable graphs ---- */

HIP_API(hipGraphCreate, hipGraph_t *graph, unsigned flags) {
    if (!graph || flags)
        return hip_return(hipErrorInvalidValue);
    *graph = hip_graph_create();
    return hip_return(*graph ? hipSuccess : hipErrorOutOfMemory);
}
HIP_API(hipGraphDestroy, hipGraph_t graph) {
    if (!graph)
        return hip_return(hipErrorInvalidValue);
    hip_graph_destroy(graph);
    return hipSuccess;
}
HIP_API(hipGraphClone, hipGraph_t *copy, hipGraph_t graph) {
    if (!copy || !graph)
        return hip_return(hipErrorInvalidValue);
    *copy = hip_graph_copy(graph);
    return hip_return(*copy ? hipSuccess : hipErrorOutOfMemory);
}

HIP_API(hipGraphInstantiateWithFlags, hipGraphExec_t *executable, hipGraph_t graph, unsigned long long flags) {
    (void)flags;
    if (!executable || !graph)
        return hip_return(hipErrorInvalidValue);
    *executable = hip_graph_copy(graph);
    return hip_return(*executable ? hipSuccess : hipErrorInvalidValue);
}
HIP_API(hipGraphInstantiate, hipGraphExec_t *executable, hipGraph_t graph, hipGraphNode_t *error_node, char *log,
        size_t log_size) {
    if (error_node)
        *error_node = NULL;
    if (log && log_size)
        log[0] = 0;
    return hipGraphInstantiateWithFlags(executable, graph, 0);
}

struct instantiate_params { /* hipGraphInstantiateParams */
    hipGraphNode_t error_node;
    unsigned long long flags;
    int result; /* 0 success, 1 error */
    hipStream_t upload;
};
HIP_API(hipGraphInstantiateWithParams, hipGraphExec_t *executable, hipGraph_t graph,
        struct instantiate_params *params) {
    if (!params)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hipGraphInstantiateWithFlags(executable, graph, params->flags);
    params->error_node = NULL;
    params->result = error != hipSuccess;
    return error;
}
HIP_API(hipGraphExecGetFlags, hipGraphExec_t executable, unsigned long long *flags) {
    if (!executable || !flags)
        return hip_return(hipErrorInvalidValue);
    *flags = 0;
    return hipSuccess;
}
HIP_API(hipGraphExecDestroy, hipGraphExec_t executable) {
    return hipGraphDestroy(executable);
}

HIP_API(hipGraphLaunch, hipGraphExec_t executable, hipStream_t stream) {
    return hip_return(executable ? hip_graph_run(executable, stream) : hipErrorInvalidValue);
}
HIP_API(hipGraphUpload, hipGraphExec_t executable, hipStream_t stream) {
    (void)stream;
    return hip_return(executable ? hipSuccess : hipErrorInvalidValue);
}

/* hipGraphExecUpdateResult */
enum { UPDATE_SUCCESS, UPDATE_ERROR, UPDATE_TOPOLOGY, UPDATE_NODE_TYPE };

static int update(struct hip_graph *executable, struct hip_graph *fresh, size_t *at) {
    if (fresh->num_nodes != executable->num_nodes)
        return UPDATE_TOPOLOGY;
    for (size_t i = 0; i < fresh->num_nodes; i++) {
        executable->nodes[i]->mark = fresh->nodes[i]->mark = (unsigned)i;
        *at = i;
        const struct hip_node *was = executable->nodes[i], *is = fresh->nodes[i];
        if (was->work.kind != is->work.kind)
            return UPDATE_NODE_TYPE;
        if (was->num_after != is->num_after)
            return UPDATE_TOPOLOGY;
        for (size_t j = 0; j < was->num_after; j++)
            if (was->after[j]->mark != is->after[j]->mark)
                return UPDATE_TOPOLOGY;
    }
    for (size_t i = 0; i < fresh->num_nodes; i++) {
        struct hip_work work = executable->nodes[i]->work;
        executable->nodes[i]->work = fresh->nodes[i]->work;
        fresh->nodes[i]->work = work;
    }
    return UPDATE_SUCCESS;
}
HIP_API(hipGraphExecUpdate, hipGraphExec_t executable, hipGraph_t graph, hipGraphNode_t *error_node, int *result) {
    if (!executable || !graph || !error_node || !result)
        return hip_return(hipErrorInvalidValue);
    struct hip_graph *fresh = hip_graph_copy(graph);
    size_t at = 0;
    *error_node = NULL;
    *result = fresh ? update(executable, fresh, &at) : UPDATE_ERROR;
    if (*result != UPDATE_SUCCESS && at < graph->num_nodes)
        *error_node = graph->nodes[at];
    hip_graph_destroy(fresh);
    return hip_return(*result == UPDATE_SUCCESS ? hipSuccess : hipErrorGraphExecUpdateFailure);
}

HIP_API(hipGraphDebugDotPrint, hipGraph_t graph, const char *path, unsigned flags) {
    static const char *const kinds[] = {"kernel", "copy", "set", "host", "empty", "graph", "record", "wait"};
    (void)flags;
    FILE *file = graph && path ? fopen(path, "w") : NULL;
    if (!file)
        return hip_return(hipErrorInvalidValue);
    fprintf(file, "digraph graph_%p {\n", (void *)graph);
    for (size_t i = 0; i < graph->num_nodes; i++) {
        const struct hip_node *node = graph->nodes[i];
        bool kernel = node->work.kind == HIP_WORK_KERNEL;
        fprintf(file, "  n%llu [label=\"%s%s%s\"];\n", (unsigned long long)node->id, kinds[node->work.kind],
                kernel ? " " : "", kernel ? node->work.kernel->name : "");
        for (size_t j = 0; j < node->num_after; j++)
            fprintf(file, "  n%llu -> n%llu;\n", (unsigned long long)node->after[j]->id, (unsigned long long)node->id);
    }
    fprintf(file, "}\n");
    return hip_return(fclose(file) ? hipErrorUnknown : hipSuccess);
}

/* Graphs allocate no memory. */
HIP_API(hipDeviceGetGraphMemAttribute, int device, int attribute, void *value) {
    (void)attribute;
    if (device < 0 || (unsigned)device >= hip_state()->num_devices || !value)
        return hip_return(hipErrorInvalidValue);
    memset(value, 0, sizeof(uint64_t));
    return hipSuccess;
}
HIP_API(hipDeviceSetGraphMemAttribute, int device, int attribute, void *value) {
    return hipDeviceGetGraphMemAttribute(device, attribute, value);
}
HIP_API(hipDeviceGraphMemTrim, int device) {
    return hip_return(device < 0 || (unsigned)device >= hip_state()->num_devices ? hipErrorInvalidDevice : hipSuccess);
}

/* ---- nodes and their order ---- */

/* How calls return lists: into an array of *count, or the count alone. */
static void give(struct hip_node *node, hipGraphNode_t *nodes, size_t *count, size_t *found) {
    if (nodes && *found < *count)
        nodes[*found] = node;
    ++*found;
}
static void given(const hipGraphNode_t *nodes, size_t *count, size_t found) {
    if (!nodes || found < *count)
        *count = found;
}

HIP_API(hipGraphGetNodes, hipGraph_t graph, hipGraphNode_t *nodes, size_t *count) {
    size_t found = 0;
    if (!graph || !count)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < graph->num_nodes; i++)
        give(graph->nodes[i], nodes, count, &found);
    given(nodes, count, found);
    return hipSuccess;
}
HIP_API(hipGraphGetRootNodes, hipGraph_t graph, hipGraphNode_t *nodes, size_t *count) {
    size_t found = 0;
    if (!graph || !count)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < graph->num_nodes; i++)
        if (!graph->nodes[i]->num_after)
            give(graph->nodes[i], nodes, count, &found);
    given(nodes, count, found);
    return hipSuccess;
}
HIP_API(hipGraphGetEdges, hipGraph_t graph, hipGraphNode_t *from, hipGraphNode_t *to, size_t *count) {
    size_t found = 0;
    if (!graph || !count || !from != !to)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < graph->num_nodes; i++)
        for (size_t j = 0; j < graph->nodes[i]->num_after; j++) {
            if (from && found < *count) {
                from[found] = graph->nodes[i]->after[j];
                to[found] = graph->nodes[i];
            }
            found++;
        }
    given(from, count, found);
    return hipSuccess;
}
HIP_API(hipGraphNodeGetDependencies, hipGraphNode_t node, hipGraphNode_t *nodes, size_t *count) {
    size_t found = 0;
    if (!node || !count)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < node->num_after; i++)
        give(node->after[i], nodes, count, &found);
    given(nodes, count, found);
    return hipSuccess;
}
static size_t position_in_after(const struct hip_node *node, const struct hip_node *before) {
    size_t at = 0;
    while (at < node->num_after && node->after[at] != before)
        at++;
    return at;
}
HIP_API(hipGraphNodeGetDependentNodes, hipGraphNode_t node, hipGraphNode_t *nodes, size_t *count) {
    size_t found = 0;
    if (!node || !count)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < node->graph->num_nodes; i++) {
        struct hip_node *other = node->graph->nodes[i];
        if (position_in_after(other, node) < other->num_after)
            give(other, nodes, count, &found);
    }
    given(nodes, count, found);
    return hipSuccess;
}

HIP_API(hipGraphAddDependencies, hipGraph_t graph, const hipGraphNode_t *from, const hipGraphNode_t *to, size_t count) {
    if (!graph || (count && (!from || !to)))
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < count; i++) {
        if (!from[i] || !to[i] || from[i]->graph != graph || to[i]->graph != graph || from[i] == to[i] ||
            position_in_after(to[i], from[i]) < to[i]->num_after)
            return hip_return(hipErrorInvalidValue);
        struct hip_node **list = realloc(to[i]->after, (to[i]->num_after + 1) * sizeof *list);
        if (!list)
            return hip_return(hipErrorOutOfMemory);
        to[i]->after = list;
        list[to[i]->num_after++] = from[i];
    }
    return hipSuccess;
}
static bool remove_dependency(struct hip_node *node, const struct hip_node *before) {
    size_t at = position_in_after(node, before);
    if (at == node->num_after)
        return false;
    node->num_after--;
    memmove(node->after + at, node->after + at + 1, (node->num_after - at) * sizeof *node->after);
    return true;
}
HIP_API(hipGraphRemoveDependencies, hipGraph_t graph, const hipGraphNode_t *from, const hipGraphNode_t *to,
        size_t count) {
    if (!graph || (count && (!from || !to)))
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < count; i++)
        if (!from[i] || !to[i] || to[i]->graph != graph || !remove_dependency(to[i], from[i]))
            return hip_return(hipErrorInvalidValue);
    return hipSuccess;
}
HIP_API(hipGraphDestroyNode, hipGraphNode_t node) {
    if (!node)
        return hip_return(hipErrorInvalidValue);
    struct hip_graph *graph = node->graph;
    size_t at = 0;
    for (size_t i = 0; i < graph->num_nodes; i++) {
        remove_dependency(graph->nodes[i], node);
        at = graph->nodes[i] == node ? i : at;
    }
    graph->num_nodes--;
    memmove(graph->nodes + at, graph->nodes + at + 1, (graph->num_nodes - at) * sizeof *graph->nodes);
    destroy_node(node);
    return hipSuccess;
}

static struct hip_node *same_node(const struct hip_graph *graph, const struct hip_node *node) {
    for (size_t i = 0; graph && node && i < graph->num_nodes; i++)
        if (graph->nodes[i]->id == node->id)
            return graph->nodes[i];
    return NULL;
}
HIP_API(hipGraphNodeFindInClone, hipGraphNode_t *found, hipGraphNode_t node, hipGraph_t clone) {
    if (!found)
        return hip_return(hipErrorInvalidValue);
    *found = same_node(clone, node);
    return hip_return(*found ? hipSuccess : hipErrorInvalidValue);
}
HIP_API(hipGraphNodeSetEnabled, hipGraphExec_t executable, hipGraphNode_t node, unsigned enabled) {
    struct hip_node *own = same_node(executable, node);
    if (!own)
        return hip_return(hipErrorInvalidValue);
    own->disabled = !enabled;
    return hipSuccess;
}
HIP_API(hipGraphNodeGetEnabled, hipGraphExec_t executable, hipGraphNode_t node, unsigned *enabled) {
    const struct hip_node *own = same_node(executable, node);
    if (!own || !enabled)
        return hip_return(hipErrorInvalidValue);
    *enabled = !own->disabled;
    return hipSuccess;
}
/* hipGraphNodeType as of HIP 6 */
HIP_API(hipGraphNodeGetType, hipGraphNode_t node, int *type) {
    static const int types[] = {[HIP_WORK_KERNEL] = 0, [HIP_WORK_COPY] = 1,  [HIP_WORK_SET] = 2,
                                [HIP_WORK_HOST] = 3,   [HIP_WORK_GRAPH] = 4, [HIP_WORK_EMPTY] = 5,
                                [HIP_WORK_WAIT] = 6,   [HIP_WORK_RECORD] = 7};
    if (!node || !type)
        return hip_return(hipErrorInvalidValue);
    *type = types[node->work.kind];
    return hipSuccess;
}

/* ---- what nodes do ---- */

static hipError_t add_node(hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
                           hipError_t error, struct hip_work *work) {
    if (error != hipSuccess)
        return hip_return(error);
    if (!node || !graph || (num_after && !after)) {
        hip_work_release(work);
        return hip_return(hipErrorInvalidValue);
    }
    *node = hip_graph_add(graph, after, num_after, work);
    return hip_return(*node ? hipSuccess : hipErrorOutOfMemory);
}

/* Gives a node other work of its kind. */
static hipError_t change(struct hip_node *node, hipError_t error, struct hip_work *work) {
    if (error != hipSuccess)
        return hip_return(error);
    if (!node || node->work.kind != work->kind) {
        hip_work_release(work);
        return hip_return(hipErrorInvalidValue);
    }
    hip_work_release(&node->work);
    node->work = *work;
    return hipSuccess;
}

static hipError_t kernel_work(const struct hip_kernel_node_params *params, struct hip_work *work) {
    const struct sim_kernel *kernel;
    if (!params)
        return hipErrorInvalidValue;
    hipError_t error = hip_registered_kernel(params->func, hip_current_device(), &kernel);
    if (error == hipErrorInvalidDeviceFunction && params->func) { /* or a function of a module */
        kernel = ((const struct hip_function *)params->func)->kernel;
        error = hipSuccess;
    }
    if (error == hipSuccess)
        error = hip_kernel_work(kernel, params->gridDim, params->blockDim, params->sharedMemBytes, params->kernelParams,
                                params->extra, work);
    if (error == hipSuccess)
        work->function_handle = params->func;
    return error;
}
HIP_API(hipGraphAddKernelNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
        const struct hip_kernel_node_params *params) {
    struct hip_work work;
    hipError_t error = kernel_work(params, &work);
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphKernelNodeSetParams, hipGraphNode_t node, const struct hip_kernel_node_params *params) {
    struct hip_work work;
    hipError_t error = kernel_work(params, &work);
    return change(node, error, &work);
}
HIP_API(hipGraphExecKernelNodeSetParams, hipGraphExec_t executable, hipGraphNode_t node,
        const struct hip_kernel_node_params *params) {
    return hipGraphKernelNodeSetParams(same_node(executable, node), params);
}
/* The arguments are those that the node holds: they may be changed through the pointers. */
HIP_API(hipGraphKernelNodeGetParams, hipGraphNode_t node, struct hip_kernel_node_params *params) {
    if (!node || !params || node->work.kind != HIP_WORK_KERNEL)
        return hip_return(hipErrorInvalidValue);
    const struct hip_work *work = &node->work;
    const struct sim_kernel *kernel = work->kernel;
    void **list = realloc(node->params, (kernel->num_args + 1) * sizeof *list);
    if (!list)
        return hip_return(hipErrorOutOfMemory);
    node->params = list;
    unsigned count = 0;
    for (unsigned i = 0; i < kernel->num_args; i++)
        if (kernel->args[i].kind == SIM_ARG_VALUE)
            list[count++] = (char *)work->kernarg + kernel->args[i].offset;
    *params = (struct hip_kernel_node_params){
        .blockDim = {work->block[0], work->block[1], work->block[2]},
        .func = (void *)(uintptr_t)work->function_handle,
        .gridDim = {work->grid[0], work->grid[1], work->grid[2]},
        .kernelParams = list,
        .sharedMemBytes = work->dynamic_lds,
    };
    return hipSuccess;
}

HIP_API(hipGraphAddEmptyNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after) {
    struct hip_work work = {.kind = HIP_WORK_EMPTY};
    return add_node(node, graph, after, num_after, hipSuccess, &work);
}

static hipError_t copy_work(struct hip_work *work, void *to, const void *from, size_t size, int kind) {
    hipError_t error = hip_copy_work(work, to, size, 0, from, size, 0, &(struct hip_extent){size, 1, 1}, kind);
    work->kind = HIP_WORK_COPY; /* of nothing, perhaps */
    return error;
}
HIP_API(hipGraphAddMemcpyNode1D, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
        void *to, const void *from, size_t size, int kind) {
    struct hip_work work;
    hipError_t error = copy_work(&work, to, from, size, kind);
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphMemcpyNodeSetParams1D, hipGraphNode_t node, void *to, const void *from, size_t size, int kind) {
    struct hip_work work;
    hipError_t error = copy_work(&work, to, from, size, kind);
    return change(node, error, &work);
}
HIP_API(hipGraphExecMemcpyNodeSetParams1D, hipGraphExec_t executable, hipGraphNode_t node, void *to, const void *from,
        size_t size, int kind) {
    return hipGraphMemcpyNodeSetParams1D(same_node(executable, node), to, from, size, kind);
}
HIP_API(hipGraphAddMemcpyNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
        const struct hip_copy3d *params) {
    struct hip_work work;
    hipError_t error = hip_copy3d_work(&work, params);
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphMemcpyNodeSetParams, hipGraphNode_t node, const struct hip_copy3d *params) {
    struct hip_work work;
    hipError_t error = hip_copy3d_work(&work, params);
    return change(node, error, &work);
}
HIP_API(hipGraphExecMemcpyNodeSetParams, hipGraphExec_t executable, hipGraphNode_t node,
        const struct hip_copy3d *params) {
    return hipGraphMemcpyNodeSetParams(same_node(executable, node), params);
}
HIP_API(hipGraphMemcpyNodeGetParams, hipGraphNode_t node, struct hip_copy3d *params) {
    if (!node || !params || node->work.kind != HIP_WORK_COPY)
        return hip_return(hipErrorInvalidValue);
    const struct hip_work *work = &node->work;
    *params = (struct hip_copy3d){
        .from = {(void *)(uintptr_t)work->from, work->from_pitch, work->width, work->height},
        .to = {work->to, work->to_pitch, work->width, work->height},
        .extent = {work->width, work->height, work->depth ? work->depth : 1},
        .kind = hipMemcpyDefault,
    };
    if (work->from_pitch && work->from_slice)
        params->from.height = work->from_slice / work->from_pitch;
    if (work->to_pitch && work->to_slice)
        params->to.height = work->to_slice / work->to_pitch;
    return hipSuccess;
}

static hipError_t symbol_work(struct hip_work *work, const void *symbol, void *to, const void *from, size_t size,
                              size_t offset, int kind) {
    void *place = NULL;
    hipError_t error = hip_symbol_bytes(symbol, offset, size, &place);
    return error != hipSuccess ? error : copy_work(work, to ? to : place, to ? place : from, size, kind);
}
HIP_API(hipGraphAddMemcpyNodeToSymbol, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after,
        size_t num_after, const void *symbol, const void *from, size_t size, size_t offset, int kind) {
    struct hip_work work;
    hipError_t error = from ? symbol_work(&work, symbol, NULL, from, size, offset, kind) : hipErrorInvalidValue;
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphMemcpyNodeSetParamsToSymbol, hipGraphNode_t node, const void *symbol, const void *from, size_t size,
        size_t offset, int kind) {
    struct hip_work work;
    hipError_t error = from ? symbol_work(&work, symbol, NULL, from, size, offset, kind) : hipErrorInvalidValue;
    return change(node, error, &work);
}
HIP_API(hipGraphExecMemcpyNodeSetParamsToSymbol, hipGraphExec_t executable, hipGraphNode_t node, const void *symbol,
        const void *from, size_t size, size_t offset, int kind) {
    return hipGraphMemcpyNodeSetParamsToSymbol(same_node(executable, node), symbol, from, size, offset, kind);
}
HIP_API(hipGraphAddMemcpyNodeFromSymbol, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after,
        size_t num_after, void *to, const void *symbol, size_t size, size_t offset, int kind) {
    struct hip_work work;
    hipError_t error = to ? symbol_work(&work, symbol, to, NULL, size, offset, kind) : hipErrorInvalidValue;
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphMemcpyNodeSetParamsFromSymbol, hipGraphNode_t node, void *to, const void *symbol, size_t size,
        size_t offset, int kind) {
    struct hip_work work;
    hipError_t error = to ? symbol_work(&work, symbol, to, NULL, size, offset, kind) : hipErrorInvalidValue;
    return change(node, error, &work);
}
HIP_API(hipGraphExecMemcpyNodeSetParamsFromSymbol, hipGraphExec_t executable, hipGraphNode_t node, void *to,
        const void *symbol, size_t size, size_t offset, int kind) {
    return hipGraphMemcpyNodeSetParamsFromSymbol(same_node(executable, node), to, symbol, size, offset, kind);
}

static hipError_t set_work(struct hip_work *work, const struct hip_memset_params *params) {
    if (!params || (params->element != 1 && params->element != 2 && params->element != 4))
        return hipErrorInvalidValue;
    hipError_t error = hip_set_work(work, params->to, params->pitch, 0, params->value, params->element,
                                    &(struct hip_extent){params->width, params->height ? params->height : 1, 1});
    work->kind = HIP_WORK_SET;
    return error;
}
HIP_API(hipGraphAddMemsetNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
        const struct hip_memset_params *params) {
    struct hip_work work;
    hipError_t error = set_work(&work, params);
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphMemsetNodeSetParams, hipGraphNode_t node, const struct hip_memset_params *params) {
    struct hip_work work;
    hipError_t error = set_work(&work, params);
    return change(node, error, &work);
}
HIP_API(hipGraphExecMemsetNodeSetParams, hipGraphExec_t executable, hipGraphNode_t node,
        const struct hip_memset_params *params) {
    return hipGraphMemsetNodeSetParams(same_node(executable, node), params);
}
HIP_API(hipGraphMemsetNodeGetParams, hipGraphNode_t node, struct hip_memset_params *params) {
    if (!node || !params || node->work.kind != HIP_WORK_SET)
        return hip_return(hipErrorInvalidValue);
    const struct hip_work *work = &node->work;
    *params = (struct hip_memset_params){work->to,       work->element_size, work->height,
                                         work->to_pitch, work->value,        work->width / work->element_size};
    return hipSuccess;
}

static hipError_t host_work(struct hip_work *work, const struct hip_host_node_params *params) {
    if (!params || !params->function)
        return hipErrorInvalidValue;
    *work = (struct hip_work){.kind = HIP_WORK_HOST, .function = params->function, .data = params->data};
    return hipSuccess;
}
HIP_API(hipGraphAddHostNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
        const struct hip_host_node_params *params) {
    struct hip_work work;
    hipError_t error = host_work(&work, params);
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphHostNodeSetParams, hipGraphNode_t node, const struct hip_host_node_params *params) {
    struct hip_work work;
    hipError_t error = host_work(&work, params);
    return change(node, error, &work);
}
HIP_API(hipGraphExecHostNodeSetParams, hipGraphExec_t executable, hipGraphNode_t node,
        const struct hip_host_node_params *params) {
    return hipGraphHostNodeSetParams(same_node(executable, node), params);
}
HIP_API(hipGraphHostNodeGetParams, hipGraphNode_t node, struct hip_host_node_params *params) {
    if (!node || !params || node->work.kind != HIP_WORK_HOST)
        return hip_return(hipErrorInvalidValue);
    *params = (struct hip_host_node_params){node->work.function, node->work.data};
    return hipSuccess;
}

static hipError_t graph_work(struct hip_work *work, struct hip_graph *graph) {
    *work = (struct hip_work){.kind = HIP_WORK_GRAPH, .graph = graph ? hip_graph_copy(graph) : NULL};
    return work->graph ? hipSuccess : hipErrorInvalidValue;
}
HIP_API(hipGraphAddChildGraphNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after,
        size_t num_after, hipGraph_t child) {
    struct hip_work work;
    hipError_t error = child == graph ? hipErrorInvalidValue : graph_work(&work, child);
    return add_node(node, graph, after, num_after, error, &work);
}
HIP_API(hipGraphChildGraphNodeGetGraph, hipGraphNode_t node, hipGraph_t *child) {
    if (!node || !child || node->work.kind != HIP_WORK_GRAPH)
        return hip_return(hipErrorInvalidValue);
    *child = node->work.graph;
    return hipSuccess;
}
HIP_API(hipGraphExecChildGraphNodeSetParams, hipGraphExec_t executable, hipGraphNode_t node, hipGraph_t child) {
    struct hip_work work;
    hipError_t error = graph_work(&work, child);
    return change(same_node(executable, node), error, &work);
}

#define EVENT_NODE(Name, work_kind)                                                                                   \
    HIP_API(hipGraphAdd##Name, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after, \
            hipEvent_t event) {                                                                                       \
        struct hip_work work = {.kind = work_kind, .event = event};                                                   \
        return add_node(node, graph, after, num_after, event ? hipSuccess : hipErrorInvalidValue, &work);             \
    }                                                                                                                 \
    HIP_API(hipGraph##Name##GetEvent, hipGraphNode_t node, hipEvent_t *event) {                                       \
        if (!node || !event || node->work.kind != work_kind)                                                          \
            return hip_return(hipErrorInvalidValue);                                                                  \
        *event = node->work.event;                                                                                    \
        return hipSuccess;                                                                                            \
    }                                                                                                                 \
    HIP_API(hipGraph##Name##SetEvent, hipGraphNode_t node, hipEvent_t event) {                                        \
        struct hip_work work = {.kind = work_kind, .event = event};                                                   \
        return change(node, event ? hipSuccess : hipErrorInvalidValue, &work);                                        \
    }                                                                                                                 \
    HIP_API(hipGraphExec##Name##SetEvent, hipGraphExec_t executable, hipGraphNode_t node, hipEvent_t event) {         \
        return hipGraph##Name##SetEvent(same_node(executable, node), event);                                          \
    }
EVENT_NODE(EventRecordNode, HIP_WORK_RECORD)
EVENT_NODE(EventWaitNode, HIP_WORK_WAIT)

HIP_SPT(hipGraphLaunch)
