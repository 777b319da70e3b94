/* SPDX-License-Identifier: MIT */
#include "simulator.h"

#include <dlfcn.h>
#include <stdlib.h>

int simulator_set_mode(const struct pagoda_hip *hip, const char *mode, struct pagoda_text *message) {
    if (!mode) {
        return 0;
    }
    if (!hip->is_simulator) {
        pagoda_text_add(message, "--mode %s needs the simulator, but the HIP runtime is %s", mode, hip->path);
        return -1;
    }
    return setenv("PAGODA_SIM_MODE", mode, 1);
}

void simulator_reset_statistics(const struct pagoda_hip *hip) {
    (void)hip;
}

void simulator_add_statistics(const struct pagoda_hip *hip, json_t *json) {
    (void)hip;
    (void)json;
}

void simulator_add_report(const struct pagoda_hip *hip, struct pagoda_text *message) {
    (void)hip;
    (void)message;
}
