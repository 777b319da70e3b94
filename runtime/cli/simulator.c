/* SPDX-License-Identifier: MIT */
#include "simulator.h"

#include <dlfcn.h>

#include <pagoda/sim.h>

/* An entry point of the simulator; its absence is an error only where the simulator is what was opened. */
static void *entry(const struct pagoda_hip *hip, const char *name) {
    return hip->is_simulator ? dlsym(hip->library, name) : NULL;
}

int simulator_set_mode(const struct pagoda_hip *hip, const char *mode, struct pagoda_text *message) {
    if (!mode) {
        return 0;
    }
    int (*set_option)(const char *, const char *) = NULL;
    *(void **)&set_option = entry(hip, "pagoda_sim_set_option");
    if (!set_option) {
        pagoda_text_add(message, "--mode %s needs the simulator, but the HIP runtime is %s", mode, hip->path);
        return -1;
    }
    if (set_option("mode", mode) != 0) {
        pagoda_text_add(message, "this simulator has no mode %s", mode);
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

void simulator_add_statistics(const struct pagoda_hip *hip, json_t *json) {
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
