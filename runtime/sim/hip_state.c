/* SPDX-License-Identifier: MIT */
#include "hip_state.h"
#include "check.h"
#include "timing_launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK_MAX_INSTRUCTIONS (1ull << 32)
#define DEFAULT_CUS(arch) ((arch) == SIM_GFX942 ? 304u : 256u)

static struct hip_state state;
static bool started;
static unsigned default_cus; /* 0: the arch's own */
static uint64_t memory_limit;
static pthread_once_t once = PTHREAD_ONCE_INIT, start_once = PTHREAD_ONCE_INIT;
static _Thread_local int current_device;
static _Thread_local hipError_t last_error;

static bool parse_number(const char *text, uint64_t *number) {
    char *end;
    uint64_t value = strtoull(text, &end, 0);
    if (end == text || *end)
        return false;
    *number = value;
    return true;
}

static bool set_archs(const char *list) {
    unsigned count = 0;
    enum sim_arch archs[HIP_MAX_DEVICES];
    for (const char *at = list; *at && count < HIP_MAX_DEVICES;) {
        size_t length = strcspn(at, ",");
        if (length == 6 && strncmp(at, "gfx942", 6) == 0)
            archs[count++] = SIM_GFX942;
        else if (length == 6 && strncmp(at, "gfx950", 6) == 0)
            archs[count++] = SIM_GFX950;
        else
            return false;
        at += length + (at[length] == ',');
    }
    if (!count)
        return false;
    state.num_devices = count;
    for (unsigned i = 0; i < count; i++)
        state.devices[i].arch = archs[i];
    return true;
}

static bool set_option(const char *name, const char *value) {
    uint64_t number = 0;
    bool numeric = parse_number(value, &number);
    if (strcmp(name, "mode") == 0) {
        if (strcmp(value, "fast") == 0)
            state.mode = HIP_MODE_FAST;
        else if (strcmp(value, "check") == 0)
            state.mode = HIP_MODE_CHECK;
        else if (strcmp(value, "timing") == 0)
            state.mode = HIP_MODE_TIMING;
        else
            return false;
        state.memory.quarantine = state.mode == HIP_MODE_CHECK;
        return true;
    }
    if (strcmp(name, "lds_loads") == 0) {
        state.lds_loads_count_both = strcmp(value, "both") == 0;
        return state.lds_loads_count_both || strcmp(value, "vm") == 0;
    }
    if (strcmp(name, "arch") == 0)
        return !started && set_archs(value);
    if (sim_timing_set_option(name, value))
        return true;
    if (!numeric)
        return false;
    if (strcmp(name, "seed") == 0)
        state.seed = number;
    else if (strcmp(name, "threads") == 0 && number >= 1 && number <= 256)
        state.threads = (unsigned)number;
    else if (strcmp(name, "max_instructions") == 0)
        state.max_instructions = number;
    else if (strcmp(name, "slack") == 0)
        state.slack = number;
    else if (strcmp(name, "quiet") == 0)
        state.quiet = number != 0;
    else if (strcmp(name, "cus") == 0 && !started && number >= 1 && number <= 65536)
        default_cus = (unsigned)number;
    else if (strcmp(name, "memory") == 0 && !started && number >= 1)
        memory_limit = number << 20;
    else
        return false;
    return true;
}

static void init(void) {
    static const struct {
        const char *name, *variable;
    } options[] = {{"arch", "PAGODA_SIM_ARCH"},       {"cus", "PAGODA_SIM_CUS"},
                   {"mode", "PAGODA_SIM_MODE"},       {"seed", "PAGODA_SIM_SEED"},
                   {"threads", "PAGODA_SIM_THREADS"}, {"memory", "PAGODA_SIM_MEMORY"},
                   {"slack", "PAGODA_SIM_SLACK"},     {"lds_loads", "PAGODA_SIM_LDS_LOADS"},
                   {"quiet", "PAGODA_SIM_QUIET"},     {"max_instructions", "PAGODA_SIM_MAX_INSTRUCTIONS"}};
    long cores = sysconf(_SC_NPROCESSORS_ONLN), pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    state.threads = cores > 0 ? (unsigned)(cores > 256 ? 256 : cores) : 1;
    memory_limit = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page / 4 * 3 : 1ull << 32;
    set_archs("gfx950,gfx942");
    pthread_mutex_init(&state.launch_lock, NULL);
    pthread_mutex_init(&state.lock, NULL);
    sim_memory_init(&state.memory, memory_limit);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const char *value = getenv(options[i].variable);
        if (value && !set_option(options[i].name, value))
            fprintf(stderr, "pagoda-sim: %s=%s is not understood and ignored\n", options[i].variable, value);
    }
}

static void start(void) {
    started = true;
    state.memory.limit = memory_limit;
    for (unsigned i = 0; i < state.num_devices; i++) {
        state.devices[i].num_cus = default_cus ? default_cus : DEFAULT_CUS(state.devices[i].arch);
        sim_gws_init(&state.devices[i].gws);
    }
}

struct hip_state *hip_state(void) {
    pthread_once(&once, init);
    pthread_once(&start_once, start);
    return &state;
}

int hip_current_device(void) {
    return current_device;
}

hipError_t hip_set_current_device(int device) {
    if (device < 0 || (unsigned)device >= hip_state()->num_devices)
        return hipErrorInvalidDevice;
    current_device = device;
    return hipSuccess;
}

hipError_t hip_return(hipError_t error) {
    if (error != hipSuccess && error != hipErrorNotReady)
        last_error = error;
    return error;
}

hipError_t hip_pending_fault(void) {
    return last_error == hipErrorLaunchFailure ? last_error : hipSuccess;
}

HIP_API(hipGetLastError, void) {
    hipError_t error = last_error;
    last_error = hipSuccess;
    return error;
}

HIP_API(hipExtGetLastError, void) {
    return hipGetLastError();
}

HIP_API(hipPeekAtLastError, void) {
    return last_error;
}

const struct sim_mode_ops *hip_mode_ops(enum hip_mode mode) {
    return mode == HIP_MODE_CHECK ? &sim_check_mode : mode == HIP_MODE_TIMING ? &sim_timing_mode : NULL;
}

void hip_note_written(const void *address, size_t size) {
    struct hip_state *hip = hip_state();
    if (hip->mode == HIP_MODE_CHECK)
        sim_check_host_wrote(&hip->memory, (uint64_t)(uintptr_t)address, size);
}

/* ---- launches ---- */

static void add_statistics(struct pagoda_sim_statistics *to, const struct pagoda_sim_statistics *from) {
    to->launches += from->launches;
    to->workgroups += from->workgroups;
    to->waves += from->waves;
    to->instructions += from->instructions;
    for (unsigned i = 0; i < PAGODA_SIM_NUM_CLASSES; i++)
        to->by_class[i] += from->by_class[i];
    to->seconds += from->seconds;
    to->reports += from->reports;
}

static void finish(struct hip_state *hip, struct sim_launch *launch) {
    _Static_assert((int)PAGODA_SIM_NUM_CLASSES == (int)SIM_CLASS_FLAT + 1, "instruction classes");
    pthread_mutex_lock(&hip->lock);
    struct pagoda_sim_statistics last = {.struct_size = sizeof last,
                                         .launches = 1,
                                         .workgroups = launch->stats.workgroups,
                                         .waves = launch->stats.waves,
                                         .instructions = launch->stats.instructions,
                                         .seconds = launch->stats.seconds};
    memcpy(last.by_class, launch->stats.by_class, sizeof last.by_class);
    for (unsigned i = 0; i < hip->num_reports; i++)
        free(hip->reports[i]);
    hip->num_reports = 0;
    if (launch->report)
        hip->reports[hip->num_reports++] = launch->report;
    launch->report = NULL;
    for (unsigned i = 0; i < launch->num_findings; i++) {
        if (hip->num_reports < HIP_MAX_REPORTS)
            hip->reports[hip->num_reports++] = launch->findings[i];
        else
            free(launch->findings[i]);
    }
    free(launch->findings);
    last.reports = hip->num_reports;
    hip->last = last;
    add_statistics(&hip->sum, &last);
    if (!hip->quiet)
        for (unsigned i = 0; i < hip->num_reports; i++)
            fprintf(stderr, "pagoda-sim: %s", hip->reports[i]);
    pthread_mutex_unlock(&hip->lock);
}

hipError_t hip_run_kernel(const struct sim_kernel *kernel, int device, const uint32_t grid[3], const uint32_t block[3],
                          const uint32_t items[3], uint32_t dynamic_lds, const void *kernarg, size_t kernarg_size,
                          double *seconds) {
    struct hip_state *hip = hip_state();
    struct sim_launch launch;
    memset(&launch, 0, sizeof launch);
    launch.arch = hip->devices[device].arch;
    launch.memory = &hip->memory;
    launch.gws = &hip->devices[device].gws;
    launch.kernel = kernel;
    memcpy(launch.grid, grid, sizeof launch.grid);
    memcpy(launch.block, block, sizeof launch.block);
    memcpy(launch.items, items, sizeof launch.items);
    launch.dynamic_lds = dynamic_lds;
    launch.kernarg = kernarg;
    launch.kernarg_size = kernarg_size;
    launch.num_cus = hip->devices[device].num_cus;
    launch.seed = hip->seed;
    launch.slack = hip->slack;
    launch.lds_loads_count_both = hip->lds_loads_count_both;
    pthread_mutex_lock(&hip->launch_lock);
    launch.mode = hip_mode_ops(hip->mode);
    launch.threads = hip->threads;
    launch.max_instructions = hip->max_instructions         ? hip->max_instructions
                              : hip->mode == HIP_MODE_CHECK ? CHECK_MAX_INSTRUCTIONS
                                                            : 0;
    bool ran = sim_launch_run(&launch);
    bool faulted = launch.report || launch.num_findings;
    *seconds = hip->mode == HIP_MODE_TIMING ? 1e-6 * sim_timing_last_us() : launch.stats.seconds;
    finish(hip, &launch);
    pthread_mutex_unlock(&hip->launch_lock);
    return !ran ? hipErrorInvalidConfiguration : faulted ? hipErrorLaunchFailure : hipSuccess;
}

/* ---- the simulator's own entry points ---- */

const char *pagoda_sim_version(void) {
    return "pagoda-sim 0.1.0";
}

int pagoda_sim_set_option(const char *name, const char *value) {
    pthread_once(&once, init);
    if (!name || !value)
        return -1;
    pthread_mutex_lock(&state.launch_lock);
    bool done = set_option(name, value);
    pthread_mutex_unlock(&state.launch_lock);
    return done ? 0 : -1;
}

int pagoda_sim_get_statistics(struct pagoda_sim_statistics *sum, struct pagoda_sim_statistics *last) {
    pthread_once(&once, init);
    if ((sum && sum->struct_size != sizeof *sum) || (last && last->struct_size != sizeof *last))
        return -1;
    pthread_mutex_lock(&state.lock);
    if (sum) {
        *sum = state.sum;
        sum->struct_size = sizeof *sum;
    }
    if (last) {
        *last = state.last;
        last->struct_size = sizeof *last;
    }
    pthread_mutex_unlock(&state.lock);
    return 0;
}

void pagoda_sim_reset_statistics(void) {
    pthread_once(&once, init);
    pthread_mutex_lock(&state.lock);
    memset(&state.sum, 0, sizeof state.sum);
    memset(&state.last, 0, sizeof state.last);
    pthread_mutex_unlock(&state.lock);
    sim_timing_reset();
}

const char *pagoda_sim_class_name(unsigned index) {
    static const char *const names[PAGODA_SIM_NUM_CLASSES] = {"salu", "branch", "waitcnt", "barrier", "sys",  "smem",
                                                              "valu", "trans",  "mfma",    "lds",     "vmem", "flat"};
    return index < PAGODA_SIM_NUM_CLASSES ? names[index] : NULL;
}

unsigned pagoda_sim_report_count(void) {
    pthread_once(&once, init);
    return state.num_reports;
}

const char *pagoda_sim_report(unsigned index) {
    return index < state.num_reports ? state.reports[index] : NULL;
}
