/* SPDX-License-Identifier: MIT */
#include "timing_launch.h"

#include "access.h"
#include "code_object.h"
#include "timing.h"
#include "timing_grid.h"
#include "timing_trace.h"
#include "timing_working_set.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SAMPLES TIMING_MAX_WORKGROUPS
#define MAX_EVENTS 500000      /* recorded per wave */
#define MAX_COUNTED 0x4000000u /* workgroups whose instructions are kept */
#define TILE_FLOPS 8388608.0   /* 4 * 256 * 64 * 128 */

static struct {
    pthread_mutex_t lock;
    bool environment_read;
    unsigned workgroups;
    bool sample_only;
    char *trace;
    double last_us;                  /* of the last launch; 0: not modelled */
    double most_flops;               /* of one launch since the reset */
    struct pagoda_sim_timing result; /* of the launches since the reset; launches == 0: none */
} settings = {.lock = PTHREAD_MUTEX_INITIALIZER, .workgroups = 8};

/* State of a launch. The recorded workgroups are chosen before it starts. */
struct timing_launch {
    struct timing_code code;
    atomic_uchar *described;                /* by dword of the program: 0 no, 1 being written, 2 done */
    struct timing_workgroup_trace *samples; /* by rising id */
    uint32_t *instructions;                 /* by workgroup; NULL when there are too many */
    unsigned num_samples;
    unsigned resident, full; /* workgroups that share a CU: in this grid, in a grid that fills the device */
    bool sample_only, failed, truncated;
    pthread_mutex_t lock;
    uint64_t executed;
};

/* ---- settings ---- */

static bool set_option(const char *name, const char *value) {
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    bool is_number = *value && !*end;
    if (strcmp(name, "timing_workgroups") == 0) {
        if (!is_number || number < 1 || number > MAX_SAMPLES) {
            return false;
        }
        settings.workgroups = (unsigned)number;
    } else if (strcmp(name, "sample") == 0) {
        if (!is_number || number > 1) {
            return false;
        }
        settings.sample_only = number == 1;
    } else if (strcmp(name, "trace") == 0) {
        char *copy = *value ? strdup(value) : NULL;
        if (*value && !copy) {
            return false;
        }
        free(settings.trace);
        settings.trace = copy;
    } else {
        return false;
    }
    return true;
}

static void read_environment(void) {
    static const char *const names[][2] = {{"PAGODA_SIM_TIMING_WORKGROUPS", "timing_workgroups"},
                                           {"PAGODA_SIM_SAMPLE", "sample"},
                                           {"PAGODA_SIM_TRACE", "trace"}};
    if (settings.environment_read) {
        return;
    }
    settings.environment_read = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i][0]);
        if (value && !set_option(names[i][1], value)) {
            fprintf(stderr, "pagoda-sim: %s=%s is not valid and has no effect\n", names[i][0], value);
        }
    }
}

bool sim_timing_set_option(const char *name, const char *value) {
    pthread_mutex_lock(&settings.lock);
    read_environment();
    bool known = set_option(name, value);
    pthread_mutex_unlock(&settings.lock);
    return known;
}

/* ---- recording ---- */

/* Spread over the grid, both ends included, in groups of neighbours that share a CU. */
static void choose_samples(struct timing_launch *state, uint64_t count, unsigned wanted) {
    unsigned group = state->resident, groups = (wanted + group - 1) / group;
    uint64_t last_start = UINT64_MAX;
    state->num_samples = 0;
    for (unsigned g = 0; g < groups; g++) {
        uint64_t span = count > group ? count - group : 0;
        uint64_t start = groups > 1 ? (uint64_t)((double)span * g / (groups - 1) + 0.5) : span / 2;
        if (last_start != UINT64_MAX && start < last_start + group) {
            start = last_start + group;
        }
        for (uint64_t id = start; id < start + group && id < count && state->num_samples < MAX_SAMPLES; id++) {
            state->samples[state->num_samples++].id = id;
        }
        last_start = start;
    }
}

static struct timing_workgroup_trace *find_sample(struct timing_launch *state, uint64_t id) {
    for (unsigned i = 0; i < state->num_samples; i++) {
        if (state->samples[i].id == id) {
            return &state->samples[i];
        }
    }
    return NULL;
}

static unsigned waves_per_workgroup(const struct sim_launch *launch) {
    return (launch->block[0] * launch->block[1] * launch->block[2] + SIM_LANES - 1) / SIM_LANES;
}

static unsigned device_cus(const struct sim_launch *launch) {
    return launch->num_cus ? launch->num_cus : (unsigned)timing_value(TIMING_CUS, launch->arch);
}

static void launch_begin(struct sim_launch *launch) {
    struct timing_launch *state = calloc(1, sizeof *state);
    launch->mode_state = state;
    if (!state) {
        return;
    }
    size_t dwords = launch->program->size / 4 + 1;
    pthread_mutex_init(&state->lock, NULL);
    pthread_mutex_lock(&settings.lock);
    read_environment();
    unsigned wanted = settings.workgroups;
    state->sample_only = settings.sample_only;
    settings.last_us = 0;
    pthread_mutex_unlock(&settings.lock);
    state->resident = timing_residency(launch->arch, launch->kernel->vgprs,
                                       launch->kernel->lds_bytes + launch->dynamic_lds, waves_per_workgroup(launch));
    state->full = state->resident;
    uint64_t needed = (launch->num_workgroups + device_cus(launch) - 1) / device_cus(launch);
    if (needed < state->resident) {
        state->resident = (unsigned)needed;
    }
    state->code = (struct timing_code){.arch = launch->arch, .count = dwords};
    state->code.statics = calloc(dwords, sizeof *state->code.statics);
    state->described = calloc(dwords, sizeof *state->described);
    state->samples = calloc(MAX_SAMPLES, sizeof *state->samples);
    if (launch->num_workgroups <= MAX_COUNTED) {
        state->instructions = calloc(launch->num_workgroups, sizeof *state->instructions);
    }
    state->failed = !state->code.statics || !state->described || !state->samples;
    if (!state->failed) {
        choose_samples(state, launch->num_workgroups, wanted);
    }
}

static bool wants_workgroup(struct sim_launch *launch, uint64_t id) {
    struct timing_launch *state = launch->mode_state;
    return !state || state->failed || !state->sample_only || find_sample(state, id);
}

static void workgroup_begin(struct sim_workgroup *wg) {
    struct timing_launch *state = wg->launch->mode_state;
    wg->timing =
        state && !state->failed && wg->num_waves <= TIMING_MAX_WAVES ? find_sample(state, wg->linear_id) : NULL;
    if (wg->timing) {
        ((struct timing_workgroup_trace *)wg->timing)->num_waves = wg->num_waves;
    }
}

static void workgroup_end(struct sim_workgroup *wg) {
    struct timing_launch *state = wg->launch->mode_state;
    uint64_t total = 0;
    if (!state) {
        return;
    }
    for (unsigned i = 0; i < wg->num_waves; i++) {
        total += wg->waves[i].instructions;
    }
    if (state->instructions) {
        state->instructions[wg->linear_id] = total < UINT32_MAX ? (uint32_t)total : UINT32_MAX;
    }
    if (wg->timing) {
        ((struct timing_workgroup_trace *)wg->timing)->instructions = total;
    }
    pthread_mutex_lock(&state->lock);
    state->executed++;
    pthread_mutex_unlock(&state->lock);
}

static bool grow(void **list, size_t *capacity, size_t count, size_t more, size_t size) {
    if (count + more <= *capacity) {
        return true;
    }
    size_t wanted = *capacity ? 2 * *capacity : 4096;
    while (wanted < count + more) {
        wanted *= 2;
    }
    void *grown = realloc(*list, wanted * size);
    if (grown) {
        *list = grown;
        *capacity = wanted;
    }
    return grown != NULL;
}

/* A number for the 128-byte line of an address that does not depend on where the host put the allocation. */
static uint32_t line_of(const struct sim_wave *wave, uint64_t address) {
    const struct sim_allocation *found = NULL;
    for (size_t i = 0; i < sizeof wave->recent / sizeof *wave->recent && wave->recent[i] && !found; i++) {
        if (address - wave->recent[i]->base < wave->recent[i]->size) {
            found = wave->recent[i];
        }
    }
    if (!found && wave->wg->launch->memory) {
        found = sim_memory_find(wave->wg->launch->memory, address);
    }
    return found ? timing_line(found, address) : (uint32_t)(address / TIMING_LINE_BYTES);
}

static void add_line(struct timing_wave_trace *trace, struct timing_event *event, uint32_t line) {
    for (unsigned i = 0; i < event->lines; i++) {
        if (trace->lines[event->first_line + i] == line) {
            return;
        }
    }
    trace->lines[event->first_line + event->lines++] = line;
}

static void record_vector(const struct sim_wave *wave, const struct sim_inst *inst, struct timing_wave_trace *trace,
                          struct timing_event *event) {
    struct sim_footprint f;
    sim_vector_footprint(wave, inst, &f);
    uint64_t lds_lanes = 0;
    for (uint64_t left = f.lanes; left; left &= left - 1) {
        unsigned lane = (unsigned)__builtin_ctzll(left);
        unsigned space = f.mixed ? f.lane_space[lane] : f.space;
        unsigned bytes = f.partial ? f.valid[lane] : f.bytes;
        if (space == SIM_SPACE_LDS) {
            lds_lanes |= 1ull << lane;
        } else if (bytes && space == SIM_SPACE_SCRATCH) {
            /* scratch is swizzled: the same dword of all lanes lies in neighbouring lines */
            add_line(trace, event,
                     (uint32_t)(f.address[lane] >> 2) * 2 + lane / 32 + (uint32_t)wave->index * 0x10000000u);
        } else if (bytes) {
            add_line(trace, event, line_of(wave, f.address[lane]));
            uint32_t last = line_of(wave, f.address[lane] + bytes - 1);
            add_line(trace, event, last);
        }
    }
    if (lds_lanes) {
        event->clk = (uint16_t)timing_lds_clk(wave->wg->launch->arch, f.address, NULL, lds_lanes, f.bytes,
                                              (inst->op->flags & SIM_OP_STORE) != 0);
    } else if ((inst->op->flags & SIM_OP_TO_LDS) || inst->lds) {
        unsigned width = (unsigned)timing_value(TIMING_LDS_WRITE_BYTES, wave->wg->launch->arch);
        event->clk = (uint16_t)(((unsigned)__builtin_popcountll(f.lanes) * f.bytes + width - 1) / width);
    }
}

static void record_lds(const struct sim_wave *wave, const struct sim_inst *inst, struct timing_event *event) {
    struct sim_footprint f;
    sim_lds_footprint(wave, inst, &f);
    if (f.lanes) {
        event->clk = (uint16_t)timing_lds_clk(wave->wg->launch->arch, f.address, f.two ? f.second : NULL, f.lanes,
                                              f.bytes, (inst->op->flags & (SIM_OP_STORE | SIM_OP_ATOMIC)) != 0);
    } else {
        event->clk = 2; /* permutes cross the LDS without touching its memory: 64 dwords at 128 bytes/clk */
    }
}

static void record_scalar(const struct sim_wave *wave, const struct sim_inst *inst, struct timing_wave_trace *trace,
                          struct timing_event *event) {
    uint64_t address;
    unsigned bytes = sim_scalar_footprint(wave, inst, &address);
    if (bytes) {
        add_line(trace, event, line_of(wave, address));
        add_line(trace, event, line_of(wave, address + bytes - 1));
    }
}

/* Describes an instruction once, whichever thread meets it first. */
static bool describe(struct timing_launch *state, const struct sim_inst *inst) {
    size_t index = inst->offset / 4;
    if (index >= state->code.count) {
        return false;
    }
    if (atomic_load_explicit(&state->described[index], memory_order_acquire) != 2) {
        pthread_mutex_lock(&state->lock);
        if (atomic_load_explicit(&state->described[index], memory_order_relaxed) != 2) {
            timing_describe(&state->code.statics[index], inst, state->code.arch);
            atomic_store_explicit(&state->described[index], 2, memory_order_release);
        }
        pthread_mutex_unlock(&state->lock);
    }
    return true;
}

static bool before(struct sim_wave *wave, const struct sim_inst *inst) {
    struct timing_workgroup_trace *workgroup = wave->wg->timing;
    if (!workgroup) {
        return true;
    }
    struct timing_launch *state = wave->wg->launch->mode_state;
    struct timing_wave_trace *trace = &workgroup->waves[wave->index];
    if (trace->num_events >= MAX_EVENTS) {
        workgroup->truncated = true;
        return true;
    }
    if (!describe(state, inst) ||
        !grow((void **)&trace->events, &trace->event_capacity, trace->num_events, 1, sizeof *trace->events) ||
        !grow((void **)&trace->lines, &trace->line_capacity, trace->num_lines, 2 * SIM_LANES, sizeof *trace->lines)) {
        workgroup->truncated = true;
        return true;
    }
    struct timing_event *event = &trace->events[trace->num_events++];
    *event = (struct timing_event){.code = inst->offset / 4, .first_line = (uint32_t)trace->num_lines};
    switch (inst->op->cls) {
    case SIM_CLASS_VMEM:
    case SIM_CLASS_FLAT:
        record_vector(wave, inst, trace, event);
        break;
    case SIM_CLASS_LDS:
        record_lds(wave, inst, event);
        break;
    case SIM_CLASS_SMEM:
        record_scalar(wave, inst, trace, event);
        break;
    default:
        break;
    }
    trace->num_lines += event->lines;
    return true;
}

/* ---- modelling ---- */

static uint64_t recorded_instructions(const struct timing_workgroup_trace *workgroup) {
    uint64_t total = 0;
    for (unsigned i = 0; i < workgroup->num_waves; i++) {
        total += workgroup->waves[i].num_events;
    }
    return total;
}

static void add_loop(const struct timing_loop *loop, struct pagoda_sim_modelled *out,
                     struct pagoda_sim_timing *timing) {
    /* long loops say more about the steady state */
    out->loop_clk += loop->clk * loop->iterations;
    timing->loop_matrix_flops += loop->mfma_flops * loop->iterations;
    timing->loop_iterations += loop->iterations;
}

/* The steady state of a full CU, when the grid is too small to fill one: the recorded workgroups, repeated. */
static bool model_full_cu(const struct timing_launch *state, struct timing_caches *caches, unsigned coissue,
                          struct pagoda_sim_modelled *out, struct pagoda_sim_timing *timing) {
    const struct timing_workgroup_trace *batch[MAX_SAMPLES];
    struct timing_result result;
    unsigned count = 0;
    for (unsigned i = 0; count < state->full && count < MAX_SAMPLES; i++) {
        batch[count++] = &state->samples[i % state->num_samples];
    }
    if (!timing_replay(&state->code, caches, coissue, batch, count, count, NULL, &result)) {
        return false;
    }
    add_loop(&result.loop, out, timing);
    return true;
}

struct model_sums {
    struct timing_sample samples[MAX_SAMPLES];
    unsigned num_samples, with_loop;
    double clk, flops, recorded, waves, longest_clk;
};

/* The breakdown of each wave of a workgroup; `scale`: executed per recorded instruction. */
static void add_waves(const struct timing_result *result, const struct timing_workgroup_trace *workgroup, double scale,
                      struct pagoda_sim_modelled *out) {
    out->longest_workgroup = workgroup->id;
    out->num_waves = workgroup->num_waves;
    for (unsigned i = 0; i < workgroup->num_waves; i++) {
        out->waves[i].clk = (double)result->waves[i].clk * scale;
        for (unsigned s = 0; s < TIMING_STALL_COUNT; s++) {
            out->waves[i].times[s] = (double)result->waves[i].stall[s] * scale;
        }
    }
}

/* Adds what one replay of `count` recorded workgroups gave. */
static void add_result(const struct timing_result *result, const struct timing_workgroup_trace *const *workgroups,
                       unsigned count, struct model_sums *sums, struct pagoda_sim_modelled *out) {
    double waves = 0;
    for (unsigned i = 0; i < count; i++) {
        double share = (double)recorded_instructions(workgroups[i]);
        double total = workgroups[i]->instructions ? (double)workgroups[i]->instructions : share;
        double scale = share > 0 ? total / share : 1, clk = (double)result->workgroup_clk[i] * scale;
        if (i == result->longest && clk > sums->longest_clk) {
            sums->longest_clk = clk;
            add_waves(result, workgroups[i], scale, out);
        }
        sums->samples[sums->num_samples++] =
            (struct timing_sample){.id = workgroups[i]->id, .clk = clk, .instructions = total};
        waves += workgroups[i]->num_waves;
    }
    sums->waves += waves;
    sums->recorded += (double)result->instructions;
    sums->flops += (double)result->mfma_flops;
    sums->clk += (double)result->clk;
    out->wave_clk += result->wave_clk * waves;
    for (unsigned i = 0; i < TIMING_STALL_COUNT; i++) {
        out->times[i] += result->stall[i] * waves;
    }
    out->matrix_busy += result->mfma_busy;
    out->valu_busy += result->valu_busy;
    out->lds_busy += result->lds_busy;
}

/* Everything that the grid's time needs, from sums to means. */
static void finish_model(const struct sim_launch *launch, const struct timing_launch *state,
                         const struct model_sums *sums, struct pagoda_sim_modelled *out,
                         struct pagoda_sim_timing *timing) {
    uint64_t slots = (uint64_t)device_cus(launch) * state->resident;
    out->matrix_busy /= sums->clk;
    out->valu_busy /= sums->clk;
    out->lds_busy /= sums->clk;
    out->wave_clk /= sums->waves;
    for (unsigned i = 0; i < TIMING_STALL_COUNT; i++) {
        out->times[i] /= sums->waves;
    }
    if (timing->loop_iterations > 0) {
        out->loop_clk /= timing->loop_iterations;
        timing->loop_matrix_flops /= timing->loop_iterations;
        timing->loop_iterations /= sums->with_loop;
    }
    out->clk = timing_makespan(launch->arch, sums->samples, sums->num_samples, state->instructions,
                               launch->num_workgroups, slots);
    out->us = timing_value(TIMING_LAUNCH_US, launch->arch) + out->clk / timing_value(TIMING_CLOCK_MHZ, launch->arch);
    timing->modelled_workgroups = sums->num_samples;
    double all = 0; /* instructions of the grid */
    for (uint64_t i = 0; state->instructions && i < launch->num_workgroups; i++) {
        all += state->instructions[i];
    }
    if (state->executed < launch->num_workgroups || !state->instructions) {
        all = sums->recorded * (double)launch->num_workgroups / sums->num_samples;
    }
    timing->matrix_flops = sums->recorded > 0 ? sums->flops * all / sums->recorded : 0;
}

static bool model(const struct sim_launch *launch, const struct timing_launch *state, unsigned coissue,
                  const char *trace, struct pagoda_sim_modelled *out, struct pagoda_sim_timing *timing) {
    struct timing_caches *caches = timing_caches_create(launch->arch);
    struct timing_trace_writer *writer = trace ? timing_trace_open(trace, launch->kernel_name, launch->arch) : NULL;
    struct timing_observer observer = timing_trace_observer(writer);
    struct model_sums sums;
    bool ok = caches != NULL;
    if (ok) {
        timing_caches_set_working_set(caches, timing->working_set_bytes);
    }
    memset(out, 0, sizeof *out);
    memset(&sums, 0, sizeof sums);
    timing->loop_matrix_flops = timing->loop_iterations = 0;
    /* In a grid of several rounds a CU always holds `resident` workgroups, each at another point; in a grid of one
     * round they start together. */
    bool rounds = state->resident > 1 && launch->num_workgroups > (uint64_t)device_cus(launch) * state->resident;
    unsigned at_once = rounds ? state->num_samples : state->resident;
    for (unsigned first = 0; ok && first < state->num_samples; first += at_once) {
        const struct timing_workgroup_trace *batch[MAX_SAMPLES];
        struct timing_result result;
        unsigned count = 0;
        for (unsigned i = first; i < first + at_once && i < state->num_samples; i++) {
            if (state->samples[i].num_waves) {
                batch[count++] = &state->samples[i];
            }
        }
        if (!count) {
            continue;
        }
        ok = timing_replay(&state->code, caches, coissue, batch, count, state->resident,
                           writer && first == 0 ? &observer : NULL, &result);
        add_result(&result, batch, count, &sums, out);
        if (result.loop.clk > 0 && state->full == state->resident) {
            add_loop(&result.loop, out, timing);
            sums.with_loop++;
        }
    }
    if (ok && sums.num_samples && state->full > state->resident) {
        ok = model_full_cu(state, caches, coissue, out, timing);
        sums.with_loop = timing->loop_iterations > 0;
    }
    ok = ok && sums.num_samples && sums.clk > 0;
    if (ok) {
        finish_model(launch, state, &sums, out, timing);
    }
    timing_trace_close(writer);
    timing_caches_destroy(caches);
    return ok;
}

/* Times add up over launches; the rest is what the one with the most matrix work says. */
static void add_launch(const struct pagoda_sim_timing *timing) {
    struct pagoda_sim_timing sum = settings.result;
    if (!sum.launches || timing->matrix_flops > settings.most_flops) {
        settings.most_flops = timing->matrix_flops;
        settings.result = *timing;
    }
    struct pagoda_sim_modelled *to[] = {&settings.result.strict, &settings.result.lenient, &settings.result.traced};
    const struct pagoda_sim_modelled *before[] = {&sum.strict, &sum.lenient, &sum.traced};
    const struct pagoda_sim_modelled *now[] = {&timing->strict, &timing->lenient, &timing->traced};
    for (unsigned i = 0; i < 3; i++) {
        to[i]->clk = before[i]->clk + now[i]->clk;
        to[i]->us = before[i]->us + now[i]->us;
    }
    settings.result.matrix_flops = sum.matrix_flops + timing->matrix_flops;
    settings.result.truncated = sum.truncated | timing->truncated;
    settings.result.launches = sum.launches + 1;
}

static void launch_end(struct sim_launch *launch) {
    struct timing_launch *state = launch->mode_state;
    if (!state) {
        return;
    }
    struct pagoda_sim_timing timing = {.struct_size = sizeof timing};
    pthread_mutex_lock(&settings.lock);
    char *trace = settings.trace ? strdup(settings.trace) : NULL;
    pthread_mutex_unlock(&settings.lock);
    bool ok = !state->failed && atomic_load(&launch->faulted_at) == UINT64_MAX;
    timing.clock_mhz = timing_value(TIMING_CLOCK_MHZ, launch->arch);
    timing.launch_us = timing_value(TIMING_LAUNCH_US, launch->arch);
    timing.workgroups = launch->num_workgroups;
    timing.executed_workgroups = state->executed;
    timing.resident_workgroups = state->resident;
    timing.cus = device_cus(launch);
    for (unsigned i = 0; ok && i < state->num_samples; i++) {
        timing.truncated |= state->samples[i].truncated;
    }
    if (ok) {
        timing.working_set_bytes =
            timing_working_set(launch->memory, state->samples, state->num_samples, launch->num_workgroups);
        ok = timing.working_set_bytes >= 0;
    }
    ok = ok && model(launch, state, TIMING_LENIENT, NULL, &timing.lenient, &timing) &&
         model(launch, state, TIMING_TRACED, NULL, &timing.traced, &timing) &&
         model(launch, state, TIMING_STRICT, trace, &timing.strict, &timing);
    free(trace);
    pthread_mutex_lock(&settings.lock);
    if (ok) {
        settings.last_us = timing.strict.us;
        add_launch(&timing);
    } else {
        memset(&settings.result, 0, sizeof settings.result); /* a sum that lacks one would mislead */
    }
    pthread_mutex_unlock(&settings.lock);
    for (unsigned i = 0; state->samples && i < state->num_samples; i++) {
        for (unsigned w = 0; w < TIMING_MAX_WAVES; w++) {
            free(state->samples[i].waves[w].events);
            free(state->samples[i].waves[w].lines);
        }
    }
    free(state->samples);
    free(state->code.statics);
    free(state->described);
    free(state->instructions);
    pthread_mutex_destroy(&state->lock);
    free(state);
    launch->mode_state = NULL;
}

const struct sim_mode_ops sim_timing_mode = {
    .launch_begin = launch_begin,
    .launch_end = launch_end,
    .wants_workgroup = wants_workgroup,
    .workgroup_begin = workgroup_begin,
    .workgroup_end = workgroup_end,
    .before = before,
};

/* ---- results ---- */

int pagoda_sim_get_timing(struct pagoda_sim_timing *timing) {
    if (!timing || timing->struct_size != sizeof *timing) {
        return -1;
    }
    pthread_mutex_lock(&settings.lock);
    bool have = settings.result.launches > 0;
    if (have) {
        *timing = settings.result;
    }
    pthread_mutex_unlock(&settings.lock);
    return have ? 0 : -1;
}

void sim_timing_reset(void) {
    pthread_mutex_lock(&settings.lock);
    memset(&settings.result, 0, sizeof settings.result);
    pthread_mutex_unlock(&settings.lock);
}

double sim_timing_last_us(void) {
    pthread_mutex_lock(&settings.lock);
    double us = settings.last_us;
    pthread_mutex_unlock(&settings.lock);
    return us;
}

double pagoda_sim_clk_per_tile(const struct pagoda_sim_timing *timing, const struct pagoda_sim_modelled *modelled,
                               double problem_flops) {
    if (modelled->loop_clk <= 0 || timing->loop_matrix_flops <= 0 || timing->matrix_flops <= 0) {
        return 0;
    }
    double useful = problem_flops / timing->matrix_flops;
    return modelled->loop_clk * TILE_FLOPS / (timing->loop_matrix_flops * useful);
}

const char *pagoda_sim_time_name(unsigned index) {
    return index < TIMING_STALL_COUNT ? timing_stall_names[index] : NULL;
}
