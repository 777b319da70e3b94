/* SPDX-License-Identifier: MIT */
#include "simulator.h"

#include <dlfcn.h>
#include <stdio.h>

#include <pagoda/sim.h>

/* An entry point of the simulator; its absence is an error only where the simulator is what was opened. */
static void *entry(const struct pagoda_hip *hip, const char *name) {
    return hip->is_simulator ? dlsym(hip->library, name) : NULL;
}

int simulator_set_option(const struct pagoda_hip *hip, const char *name, const char *value,
                         struct pagoda_text *message) {
    if (!value) {
        return 0;
    }
    int (*set_option)(const char *, const char *) = NULL;
    *(void **)&set_option = entry(hip, "pagoda_sim_set_option");
    if (!set_option) {
        pagoda_text_add(message, "%s %s needs the simulator, but the HIP runtime is %s", name, value, hip->path);
        return -1;
    }
    if (set_option(name, value) != 0) {
        pagoda_text_add(message, "the simulator does not take %s %s", name, value);
        return -1;
    }
    return 0;
}

void simulator_reset_statistics(const struct pagoda_hip *hip) {
    void (*reset)(void) = NULL;
    *(void **)&reset = entry(hip, "pagoda_sim_reset_statistics");
    if (reset) {
        reset();
    }
}

static void add_breakdown(const struct pagoda_hip *hip, const struct pagoda_sim_modelled *modelled, json_t *json) {
    const char *(*time_name)(unsigned) = NULL;
    *(void **)&time_name = entry(hip, "pagoda_sim_time_name");
    json_t *parts = json_object();
    for (unsigned i = 0; time_name && modelled->wave_clk > 0 && i < PAGODA_SIM_NUM_TIMES; ++i) {
        json_object_set_new(parts, time_name(i), json_real(modelled->times[i] / modelled->wave_clk));
    }
    json_object_set_new(json, "modelled_wave_time", parts);
    json_object_set_new(json, "modelled_matrix_busy", json_real(modelled->matrix_busy));
    json_object_set_new(json, "modelled_valu_busy", json_real(modelled->valu_busy));
    json_object_set_new(json, "modelled_lds_busy", json_real(modelled->lds_busy));
}

/* Where each wave of the longest of the modelled workgroups spent its time, in clk. */
static json_t *wave_times(const struct pagoda_hip *hip, const struct pagoda_sim_modelled *modelled) {
    const char *(*time_name)(unsigned) = NULL;
    *(void **)&time_name = entry(hip, "pagoda_sim_time_name");
    json_t *waves = json_array();
    for (unsigned w = 0; time_name && w < modelled->num_waves; ++w) {
        json_t *wave = json_object();
        json_object_set_new(wave, "workgroup", json_integer((json_int_t)modelled->longest_workgroup));
        json_object_set_new(wave, "wave", json_integer((json_int_t)w));
        json_object_set_new(wave, "clk", json_real(modelled->waves[w].clk));
        for (unsigned i = 0; i < PAGODA_SIM_NUM_TIMES; ++i) {
            json_object_set_new(wave, time_name(i), json_real(modelled->waves[w].times[i]));
        }
        json_array_append_new(waves, wave);
    }
    return waves;
}

/* The model's figures under each of its assumptions about what overlaps a busy matrix pipe. */
static void add_timing(const struct pagoda_hip *hip, double flops, json_t *json) {
    int (*get)(struct pagoda_sim_timing *) = NULL;
    double (*clk_per_tile)(const struct pagoda_sim_timing *, const struct pagoda_sim_modelled *, double) = NULL;
    *(void **)&get = entry(hip, "pagoda_sim_get_timing");
    *(void **)&clk_per_tile = entry(hip, "pagoda_sim_clk_per_tile");
    struct pagoda_sim_timing timing = {.struct_size = sizeof timing};
    if (!get || !clk_per_tile || get(&timing) != 0) {
        return;
    }
    const struct {
        const char *suffix;
        const struct pagoda_sim_modelled *modelled;
    } models[] = {{"", &timing.strict}, {"_lenient", &timing.lenient}, {"_traced", &timing.traced}};
    double counted = flops > 0 ? flops : timing.matrix_flops;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; ++i) {
        const struct pagoda_sim_modelled *m = models[i].modelled;
        char name[64];
        double per_tile = clk_per_tile(&timing, m, counted);
        snprintf(name, sizeof name, "modelled_clk%s", models[i].suffix);
        json_object_set_new(json, name, json_real(m->clk));
        snprintf(name, sizeof name, "modelled_us%s", models[i].suffix);
        json_object_set_new(json, name, json_real(m->us));
        snprintf(name, sizeof name, "modelled_clk_per_tile%s", models[i].suffix);
        json_object_set_new(json, name, per_tile > 0 ? json_real(per_tile) : json_null());
        snprintf(name, sizeof name, "modelled_tflops%s", models[i].suffix);
        json_object_set_new(json, name, json_real(m->us > 0 ? counted / m->us * 1e-6 : 0));
        snprintf(name, sizeof name, "modelled_waves%s", models[i].suffix);
        json_object_set_new(json, name, wave_times(hip, m));
    }
    json_object_set_new(json, "modelled_working_set_bytes", json_real(timing.working_set_bytes));
    json_object_set_new(json, "modelled_flops", json_real(counted));
    json_object_set_new(json, "modelled_flops_are",
                        json_string(flops > 0 ? "defined by the problem" : "executed by matrix instructions"));
    json_object_set_new(json, "modelled_workgroups", json_integer((json_int_t)timing.modelled_workgroups));
    json_object_set_new(json, "executed_workgroups", json_integer((json_int_t)timing.executed_workgroups));
    add_breakdown(hip, &timing.strict, json);
}

void simulator_add_statistics(const struct pagoda_hip *hip, double flops, json_t *json) {
    int (*get)(struct pagoda_sim_statistics *, struct pagoda_sim_statistics *) = NULL;
    const char *(*class_name)(unsigned) = NULL;
    *(void **)&get = entry(hip, "pagoda_sim_get_statistics");
    *(void **)&class_name = entry(hip, "pagoda_sim_class_name");
    struct pagoda_sim_statistics sum = {.struct_size = sizeof sum};
    if (!get || !class_name || get(&sum, NULL) != 0) {
        return;
    }
    json_t *classes = json_object();
    for (unsigned i = 0; i < PAGODA_SIM_NUM_CLASSES; ++i) {
        if (sum.by_class[i] > 0) {
            json_object_set_new(classes, class_name(i), json_integer((json_int_t)sum.by_class[i]));
        }
    }
    json_object_set_new(json, "instructions", json_integer((json_int_t)sum.instructions));
    json_object_set_new(json, "instructions_by_class", classes);
    json_object_set_new(json, "workgroups", json_integer((json_int_t)sum.workgroups));
    json_object_set_new(json, "reports", json_integer((json_int_t)sum.reports));
    add_timing(hip, flops, json);
}

unsigned simulator_add_reports(const struct pagoda_hip *hip, struct pagoda_text *message) {
    unsigned (*count)(void) = NULL;
    const char *(*report)(unsigned) = NULL;
    *(void **)&count = entry(hip, "pagoda_sim_report_count");
    *(void **)&report = entry(hip, "pagoda_sim_report");
    unsigned reports = count && report ? count() : 0;
    for (unsigned i = 0; i < reports; ++i) {
        pagoda_text_add(message, "%s%s", message->length > 0 ? "\n" : "", report(i));
    }
    return reports;
}
