/* SPDX-License-Identifier: MIT */
#include "device_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "simulator.h"

const char device_flags_help[] =
    "  --runtime auto|hip|simulator  a real device if there is one, else the simulator (auto)\n"
    "  --hip-library FILE            this HIP runtime library\n"
    "  --mode fast|check|timing      of the simulator (fast)\n"
    "  --trace FILE                  timing mode: write the modelled schedule of a workgroup, in Chrome's trace "
    "format\n"
    "  --sample                      timing mode: execute only the workgroups that are modelled (pagoda-bench: of "
    "problems\n"
    "                                too large to execute whole); nothing can be verified\n";

int device_parse_flag(struct device_choice *choice, int argc, char **argv, int *at, struct pagoda_text *message) {
    const char *text = NULL;
    if (strcmp(argv[*at], "--sample") == 0) {
        choice->sample = "1";
        ++*at;
        return 1;
    }
    int found = flag_with_value("--hip-library", argc, argv, at, &choice->hip_library, message);
    if (found == 0) {
        found = flag_with_value("--trace", argc, argv, at, &choice->trace, message);
    }
    if (found == 0 && (found = flag_with_value("--mode", argc, argv, at, &choice->mode, message)) == 1 &&
        strcmp(choice->mode, "fast") != 0 && strcmp(choice->mode, "check") != 0 &&
        strcmp(choice->mode, "timing") != 0) {
        pagoda_text_add(message, "--mode: '%s' is not one of fast, check, timing", choice->mode);
        return -1;
    }
    if (found != 0 || (found = flag_with_value("--runtime", argc, argv, at, &text, message)) != 1) {
        return found;
    }
    if (strcmp(text, "auto") == 0) {
        choice->runtime = PAGODA_RUNTIME_AUTO;
    } else if (strcmp(text, "hip") == 0) {
        choice->runtime = PAGODA_RUNTIME_HIP;
    } else if (strcmp(text, "simulator") == 0) {
        choice->runtime = PAGODA_RUNTIME_SIMULATOR;
    } else {
        pagoda_text_add(message, "--runtime: '%s' is not one of auto, hip, simulator", text);
        return -1;
    }
    return 1;
}

int device_choice_apply(const struct device_choice *choice, const struct pagoda_hip *hip, struct pagoda_text *message) {
    return simulator_set_option(hip, "mode", choice->mode, message) ||
                   simulator_set_option(hip, "trace", choice->trace, message) ||
                   simulator_set_option(hip, "sample", choice->sample, message)
               ? -1
               : 0;
}

double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int device_session_open(const struct device_choice *choice, const char *arch, struct device_session *session,
                        struct pagoda_text *message) {
    char why[1024];
    pagoda_context_options options = {
        .struct_size = sizeof options,
        .runtime = choice->runtime,
        .hip_library = choice->hip_library,
        .arch = arch,
        .message = why,
        .message_size = sizeof why,
    };
    *session = (struct device_session){.info = {.struct_size = sizeof session->info}};
    pagoda_status status = pagoda_context_create(&options, &session->context);
    if (status != PAGODA_OK) {
        pagoda_text_add(message, "no device for %s: %s: %s", arch, pagoda_status_string(status), why);
        return -1;
    }
    pagoda_context_get_info(session->context, &session->info);
    if (device_choice_apply(choice, &session->context->hip, message)) {
        device_session_close(session);
        return -1;
    }
    if (session->info.is_simulated) {
        snprintf(session->description, sizeof session->description, "simulated %s (%d compute units)",
                 session->info.arch, session->info.compute_units);
    } else {
        snprintf(session->description, sizeof session->description, "%s (%s, %d compute units)", session->info.arch,
                 session->info.device_name, session->info.compute_units);
    }
    return 0;
}

int device_session_use(struct device_session *session, struct pagoda_text *message) {
    struct pagoda_hip *hip = &session->context->hip;
    int error = hip->SetDevice(session->info.device);
    if (error != PAGODA_HIP_SUCCESS) {
        pagoda_text_add(message, "hipSetDevice(%d) failed: %s", session->info.device, hip->GetErrorString(error));
        return -1;
    }
    return 0;
}

void device_session_close(struct device_session *session) {
    pagoda_context_destroy(session->context);
    session->context = NULL;
}

pagoda_status device_session_run(struct device_session *session, struct problem_data *data, double *seconds,
                                 struct pagoda_text *message) {
    struct pagoda_hip *hip = &session->context->hip;
    char why[1024] = "";
    if (device_session_use(session, message)) {
        return PAGODA_ERROR_HIP;
    }
    data->device.message = why;
    data->device.message_size = sizeof why;
    double start = seconds_now();
    pagoda_status status = pagoda_batch_prefill(session->context, &data->device, NULL);
    int error = status == PAGODA_OK ? hip->DeviceSynchronize() : PAGODA_HIP_SUCCESS;
    if (seconds) {
        *seconds = seconds_now() - start;
    }
    data->device.message = NULL;
    if (status != PAGODA_OK) {
        pagoda_text_add(message, "%s: %s", pagoda_status_string(status), why);
    } else if (error != PAGODA_HIP_SUCCESS) {
        pagoda_text_add(message, "the kernel failed: %s", hip->GetErrorString(error));
        status = PAGODA_ERROR_HIP;
    }
    if ((status == PAGODA_OK || status == PAGODA_ERROR_HIP) && simulator_add_reports(hip, message) > 0) {
        status = PAGODA_ERROR_HIP;
    }
    if (status != PAGODA_OK) {
        return status;
    }
    return problem_data_read_outputs(data, message) ? PAGODA_ERROR_HIP : PAGODA_OK;
}
