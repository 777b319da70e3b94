/* SPDX-License-Identifier: MIT
 *
 * Graphs: work and the order it needs. An executable graph is a copy that launches replay.
 */
#include "hip_state.h"

#include <stdlib.h>
#include <string.h>

struct hip_graph *hip_graph_create(void) {
    return calloc(1, sizeof(struct hip_graph));
}

void hip_graph_destroy(struct hip_graph *graph) {
    if (!graph)
        return;
    for (size_t i = 0; i < graph->num_nodes; i++) {
        free(graph->nodes[i]->work.kernarg);
        free(graph->nodes[i]->after);
        free(graph->nodes[i]);
    }
    free(graph->nodes);
    free(graph);
}

struct hip_node *hip_graph_add(struct hip_graph *graph, struct hip_node *const *after, size_t num_after,
                               const struct hip_work *work) {
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
        free(node);
        free(list);
        free(work->kernarg);
        return NULL;
    }
    if (num_after)
        memcpy(list, after, num_after * sizeof *list);
    node->work = *work;
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

static struct hip_graph *copy_graph(struct hip_graph *graph) {
    struct hip_graph *copy = hip_graph_create();
    if (!copy || !sort_nodes(graph)) {
        free(copy);
        return NULL;
    }
    for (size_t i = 0; i < graph->num_nodes; i++)
        graph->nodes[i]->mark = (unsigned)i;
    for (size_t i = 0; i < graph->num_nodes; i++) {
        const struct hip_node *node = graph->nodes[i];
        struct hip_work work = node->work;
        if (work.kernarg) {
            work.kernarg = malloc(work.kernarg_size + 1);
            if (work.kernarg)
                memcpy(work.kernarg, node->work.kernarg, work.kernarg_size);
        }
        struct hip_node *fresh =
            node->work.kernarg && !work.kernarg ? NULL : hip_graph_add(copy, node->after, node->num_after, &work);
        if (!fresh) {
            hip_graph_destroy(copy);
            return NULL;
        }
        for (size_t j = 0; j < fresh->num_after; j++)
            fresh->after[j] = copy->nodes[fresh->after[j]->mark];
    }
    return copy;
}

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
    *copy = copy_graph(graph);
    return hip_return(*copy ? hipSuccess : hipErrorOutOfMemory);
}

HIP_API(hipGraphInstantiateWithFlags, hipGraphExec_t *executable, hipGraph_t graph, unsigned long long flags) {
    (void)flags;
    if (!executable || !graph)
        return hip_return(hipErrorInvalidValue);
    *executable = copy_graph(graph);
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
HIP_API(hipGraphExecDestroy, hipGraphExec_t executable) {
    return hipGraphDestroy(executable);
}

HIP_API(hipGraphLaunch, hipGraphExec_t executable, hipStream_t stream) {
    if (!executable)
        return hip_return(hipErrorInvalidValue);
    for (size_t i = 0; i < executable->num_nodes; i++) {
        struct hip_work work = executable->nodes[i]->work;
        if (work.kernarg) { /* submission takes ownership */
            void *copy = malloc(work.kernarg_size + 1);
            if (!copy)
                return hip_return(hipErrorOutOfMemory);
            memcpy(copy, work.kernarg, work.kernarg_size);
            work.kernarg = copy;
        }
        hipError_t error = hip_submit(stream, &work);
        if (error != hipSuccess)
            return hip_return(error);
    }
    return hipSuccess;
}
HIP_API(hipGraphUpload, hipGraphExec_t executable, hipStream_t stream) {
    (void)stream;
    return hip_return(executable ? hipSuccess : hipErrorInvalidValue);
}

HIP_API(hipGraphGetNodes, hipGraph_t graph, hipGraphNode_t *nodes, size_t *count) {
    if (!graph || !count)
        return hip_return(hipErrorInvalidValue);
    if (nodes) {
        if (*count > graph->num_nodes)
            *count = graph->num_nodes;
        if (*count)
            memcpy(nodes, graph->nodes, *count * sizeof *nodes);
    } else {
        *count = graph->num_nodes;
    }
    return hipSuccess;
}

static hipError_t add_node(hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
                           struct hip_work *work) {
    if (!node || !graph || (num_after && !after)) {
        free(work->kernarg);
        return hipErrorInvalidValue;
    }
    *node = hip_graph_add(graph, after, num_after, work);
    return *node ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t node_kernel_work(const struct hip_kernel_node_params *params, struct hip_work *work) {
    const struct sim_kernel *kernel;
    if (!params)
        return hipErrorInvalidValue;
    hipError_t error = hip_registered_kernel(params->func, hip_current_device(), &kernel);
    if (error == hipErrorInvalidDeviceFunction && params->func) { /* or a function of a module */
        kernel = ((const struct hip_function *)params->func)->kernel;
        error = hipSuccess;
    }
    if (error != hipSuccess)
        return error;
    return hip_kernel_work(kernel, params->gridDim, params->blockDim, params->sharedMemBytes, params->kernelParams,
                           params->extra, work);
}

HIP_API(hipGraphAddKernelNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
        const struct hip_kernel_node_params *params) {
    struct hip_work work;
    hipError_t error = node_kernel_work(params, &work);
    return hip_return(error == hipSuccess ? add_node(node, graph, after, num_after, &work) : error);
}
HIP_API(hipGraphExecKernelNodeSetParams, hipGraphExec_t executable, hipGraphNode_t node,
        const struct hip_kernel_node_params *params) {
    if (!executable || !node || node->mark >= executable->num_nodes)
        return hip_return(hipErrorInvalidValue);
    struct hip_work work;
    hipError_t error = node_kernel_work(params, &work);
    if (error != hipSuccess)
        return hip_return(error);
    struct hip_node *own = executable->nodes[node->mark]; /* marks hold the position since the instantiation */
    free(own->work.kernarg);
    own->work = work;
    return hipSuccess;
}
HIP_API(hipGraphAddEmptyNode, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after) {
    struct hip_work work = {.kind = HIP_WORK_EMPTY};
    return hip_return(add_node(node, graph, after, num_after, &work));
}
HIP_API(hipGraphAddMemcpyNode1D, hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *after, size_t num_after,
        void *to, const void *from, size_t size, int kind) {
    (void)kind;
    struct hip_work work = {.kind = HIP_WORK_COPY,
                            .to = to,
                            .from = from,
                            .width = size,
                            .height = 1,
                            .to_pitch = size,
                            .from_pitch = size};
    return hip_return(!to || !from ? hipErrorInvalidValue : add_node(node, graph, after, num_after, &work));
}
