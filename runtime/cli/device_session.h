/* SPDX-License-Identifier: MIT
 *
 * A device that a tool runs problems on: the library's context and what can be asked of the HIP runtime behind it.
 */
#ifndef PAGODA_DEVICE_SESSION_H
#define PAGODA_DEVICE_SESSION_H

#include "../context.h"

#include "problem_data.h"
#include "problem_verify.h"

/* Where to run; shared by the tools that run something. */
struct device_choice {
    pagoda_runtime_choice runtime;
    const char *hip_library;
    /* of the simulator; NULL: its default */
    const char *mode;   /* "fast", "check", "timing" */
    const char *trace;  /* timing mode: file for the modelled schedule */
    const char *sample; /* timing mode, "1": execute only the workgroups that are modelled; results are incomplete */
};

extern const char device_flags_help[];
/* As problem_parse_flag. */
int device_parse_flag(struct device_choice *choice, int argc, char **argv, int *at, struct pagoda_text *message);

/* Passes the choices about the simulator on. */
int device_choice_apply(const struct device_choice *choice, const struct pagoda_hip *hip, struct pagoda_text *message);

struct device_session {
    pagoda_context *context;
    pagoda_context_info info;
    char description[384]; /* "simulated gfx950 (256 compute units)" */
};

int device_session_open(const struct device_choice *choice, const char *arch, struct device_session *session,
                        struct pagoda_text *message);
void device_session_close(struct device_session *session);

/* Makes the session's device the calling thread's current one; memory for it is allocated after this. */
int device_session_use(struct device_session *session, struct pagoda_text *message);

/* Runs the problem once and reads its outputs; `seconds` is what launch and completion took, or NULL. */
pagoda_status device_session_run(struct device_session *session, struct problem_data *data, double *seconds,
                                 struct pagoda_text *message);

double seconds_now(void);

#endif
