/* SPDX-License-Identifier: MIT
 *
 * Graphs that programs build node by node, change and update; and calls that are looked up by name.
 */
#include "device.h"

#include <string.h>
#include <vector>

__device__ int device_word = 40;

__global__ void add(int *data, int by) {
    data[thread_x()] += by;
}
__global__ void multiply(int *data, int by) {
    data[thread_x()] *= by;
}

static const int count = 64;
static int *data;
static hipStream_t stream;

static void reset(int value) {
    HIP(hipMemsetD32((hipDeviceptr_t)data, value, count));
}
static void expect(int value) {
    int host[count];
    HIP(hipStreamSynchronize(stream));
    HIP(hipMemcpy(host, data, sizeof host, hipMemcpyDeviceToHost));
    for (int i = 0; i < count; i++) {
        EXPECT(host[i] == value);
    }
}

static hipKernelNodeParams node_params(const void *function, void **args) {
    hipKernelNodeParams params = {};
    params.func = (void *)function;
    params.gridDim = dim3(1);
    params.blockDim = dim3(count);
    params.kernelParams = args;
    return params;
}

static int host_calls;
static void host_call(void *by) {
    host_calls += *(int *)by;
}

/* set -> add -> multiply -> copy, added in another order */
static void built_by_hand() {
    hipGraph_t graph, clone;
    hipGraphExec_t executable;
    hipGraphNode_t set, add_node, multiply_node, copy, host, found, list[8];
    int three = 3, five = 5, to[count] = {0}, calls = 1;
    void *add_args[] = {&data, &three}, *multiply_args[] = {&data, &five};
    HIP(hipGraphCreate(&graph, 0));
    hipKernelNodeParams multiply_params = node_params((const void *)multiply, multiply_args);
    HIP(hipGraphAddKernelNode(&multiply_node, graph, nullptr, 0, &multiply_params));
    hipKernelNodeParams add_params = node_params((const void *)add, add_args);
    HIP(hipGraphAddKernelNode(&add_node, graph, nullptr, 0, &add_params));
    hipMemsetParams set_params = {};
    set_params.dst = data;
    set_params.elementSize = 4;
    set_params.value = 7;
    set_params.width = count;
    set_params.height = 1;
    HIP(hipGraphAddMemsetNode(&set, graph, nullptr, 0, &set_params));
    HIP(hipGraphAddMemcpyNode1D(&copy, graph, &multiply_node, 1, to, data, sizeof to, hipMemcpyDeviceToHost));
    hipHostNodeParams host_params = {host_call, &calls};
    HIP(hipGraphAddHostNode(&host, graph, &copy, 1, &host_params));
    hipGraphNode_t from[] = {set, add_node}, behind[] = {add_node, multiply_node};
    HIP(hipGraphAddDependencies(graph, from, behind, 2));
    EXPECT(hipGraphAddDependencies(graph, from, behind, 1) == hipErrorInvalidValue); /* twice */
    size_t number = 8;
    HIP(hipGraphGetRootNodes(graph, list, &number));
    EXPECT(number == 1 && list[0] == set);
    HIP(hipGraphGetEdges(graph, nullptr, nullptr, &number));
    EXPECT(number == 4);
    number = 8;
    HIP(hipGraphNodeGetDependentNodes(add_node, list, &number));
    EXPECT(number == 1 && list[0] == multiply_node);
    HIP(hipGraphNodeGetDependencies(copy, list, &number));
    EXPECT(number == 1 && list[0] == multiply_node);
    hipGraphNodeType type;
    HIP(hipGraphNodeGetType(set, &type));
    EXPECT((int)type == 2); /* as HIP 6 numbers them */

    HIP(hipGraphInstantiate(&executable, graph, nullptr, nullptr, 0));
    HIP(hipGraphLaunch(executable, stream));
    expect((7 + 3) * 5);
    EXPECT(to[9] == 50 && host_calls == 1);

    /* other arguments for the executable graph only */
    hipKernelNodeParams given;
    HIP(hipGraphKernelNodeGetParams(add_node, &given));
    EXPECT(given.func == (void *)add && given.blockDim.x == count && *(int *)given.kernelParams[1] == 3);
    int ten = 10;
    void *other_args[] = {&data, &ten};
    add_params.kernelParams = other_args;
    HIP(hipGraphExecKernelNodeSetParams(executable, add_node, &add_params));
    set_params.value = 1;
    HIP(hipGraphExecMemsetNodeSetParams(executable, set, &set_params));
    EXPECT(hipGraphExecMemsetNodeSetParams(executable, copy, &set_params) == hipErrorInvalidValue);
    HIP(hipGraphLaunch(executable, stream));
    expect((1 + 10) * 5);
    HIP(hipGraphKernelNodeGetParams(add_node, &given));
    EXPECT(*(int *)given.kernelParams[1] == 3);

    /* the graph changes, and the executable graph follows */
    HIP(hipGraphKernelNodeSetParams(add_node, &add_params));
    set_params.value = 2;
    HIP(hipGraphMemsetNodeSetParams(set, &set_params));
    hipGraphExecUpdateResult result;
    HIP(hipGraphExecUpdate(executable, graph, &found, &result));
    EXPECT(result == hipGraphExecUpdateSuccess);
    HIP(hipGraphLaunch(executable, stream));
    expect((2 + 10) * 5);

    HIP(hipGraphClone(&clone, graph));
    HIP(hipGraphNodeFindInClone(&found, host, clone));
    HIP(hipGraphDestroyNode(found));
    EXPECT(hipGraphExecUpdate(executable, clone, &found, &result) != hipSuccess);
    EXPECT(result == hipGraphExecUpdateErrorTopologyChanged);
    HIP(hipGraphRemoveDependencies(graph, from, behind, 1));
    number = 8;
    HIP(hipGraphGetRootNodes(graph, list, &number));
    EXPECT(number == 2);
    HIP(hipGraphAddDependencies(graph, behind, from, 1));
    HIP(hipGraphAddDependencies(graph, from, behind, 1));
    hipGraphExec_t none;
    EXPECT(hipGraphInstantiate(&none, graph, nullptr, nullptr, 0) != hipSuccess); /* a cycle */
    HIP(hipGraphExecDestroy(executable));
    HIP(hipGraphDestroy(clone));
    HIP(hipGraphDestroy(graph));
    EXPECT(host_calls == 3);
    (void)hipGetLastError();
}

/* A graph inside a graph, device variables and events. */
static void nested() {
    hipGraph_t child, parent;
    hipGraphExec_t executable;
    hipGraphNode_t node, first, event_node;
    hipEvent_t begin, end;
    int two = 2, word = 0, sixty = 60;
    void *args[] = {&data, &two};
    HIP(hipEventCreate(&begin));
    HIP(hipEventCreate(&end));
    HIP(hipGraphCreate(&child, 0));
    hipKernelNodeParams params = node_params((const void *)multiply, args);
    HIP(hipGraphAddKernelNode(&node, child, nullptr, 0, &params));
    HIP(hipGraphAddKernelNode(&node, child, &node, 1, &params));
    HIP(hipGraphCreate(&parent, 0));
    HIP(hipGraphAddEventRecordNode(&event_node, parent, nullptr, 0, begin));
    HIP(hipGraphAddChildGraphNode(&first, parent, &event_node, 1, child));
    HIP(hipGraphAddChildGraphNode(&node, parent, &first, 1, child));
    HIP(hipGraphAddEventRecordNode(&event_node, parent, &node, 1, end));
    HIP(hipGraphAddMemcpyNodeFromSymbol(&first, parent, &event_node, 1, &word, &device_word, sizeof word, 0,
                                        hipMemcpyDeviceToHost));
    HIP(hipGraphAddMemcpyNodeToSymbol(&node, parent, &first, 1, &device_word, &sixty, sizeof sixty, 0,
                                      hipMemcpyHostToDevice));
    HIP(hipGraphDestroy(child)); /* the nodes hold copies */
    HIP(hipGraphInstantiate(&executable, parent, nullptr, nullptr, 0));
    reset(3);
    HIP(hipGraphLaunch(executable, stream));
    expect(3 * 16);
    EXPECT(word == 40);
    HIP(hipMemcpyFromSymbol(&word, device_word, sizeof word, 0, hipMemcpyDeviceToHost));
    EXPECT(word == 60);
    float time = -1;
    HIP(hipEventElapsedTime(&time, begin, end));
    EXPECT(time > 0);
    HIP(hipGraphExecDestroy(executable));
    HIP(hipGraphDestroy(parent));
    HIP(hipEventDestroy(begin));
    HIP(hipEventDestroy(end));
}

struct launch_config { /* hipLaunchConfig_t of HIP 6.5 */
    dim3 grid, block;
    size_t lds;
    hipStream_t stream;
    void *attributes;
    unsigned num_attributes;
};
extern "C" hipError_t hipLaunchKernelExC(const launch_config *config, const void *function, void **args);
extern "C" hipError_t hipGetProcAddress(const char *name, void **function, int version, uint64_t flags, int *status);
extern "C" hipError_t hipMemcpy_spt(void *to, const void *from, size_t size, hipMemcpyKind kind);

static void by_name() {
    int three = 3, status = -1, host = 0;
    void *args[] = {&data, &three};
    launch_config config = {dim3(1), dim3(count), 0, stream, nullptr, 0};
    reset(1);
    HIP(hipLaunchKernelExC(&config, (const void *)add, args));
    expect(4);
    hipError_t (*launch)(const launch_config *, const void *, void **) = nullptr;
    HIP(hipGetProcAddress("hipLaunchKernelExC", (void **)&launch, 605, 0, &status));
    EXPECT(status == 0);
    HIP(launch(&config, (const void *)add, args));
    expect(7);
    void *old = nullptr, *current = nullptr;
    HIP(hipGetProcAddress("hipGetDeviceProperties", &old, 502, 0, nullptr));
    HIP(hipGetProcAddress("hipGetDeviceProperties", &current, 600, 0, nullptr));
    EXPECT(old && current && old != current);
    EXPECT(hipGetProcAddress("hipNoSuchCall", &old, 600, 0, &status) == hipErrorNotFound && !old && status == 1);
    HIP(hipMemcpy_spt(&host, data, sizeof host, hipMemcpyDeviceToHost));
    EXPECT(host == 7);
    void *handle;
    EXPECT(hipGraphicsMapResources(1, (hipGraphicsResource_t *)&handle, stream) == hipErrorNotSupported);
    (void)hipGetLastError();
}

int main() {
    HIP(hipMalloc((void **)&data, count * sizeof(int)));
    HIP(hipStreamCreate(&stream));
    built_by_hand();
    nested();
    by_name();
    HIP(hipStreamDestroy(stream));
    HIP(hipFree(data));
    puts("graphs: ok");
    return 0;
}
