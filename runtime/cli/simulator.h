/* SPDX-License-Identifier: MIT
 *
 * What the tools ask of the simulator beyond HIP, when it is the HIP runtime in use.
 */
#ifndef PAGODA_CLI_SIMULATOR_H
#define PAGODA_CLI_SIMULATOR_H

#include <jansson.h>

#include "../hip_loader.h"

/* Sets its mode; NULL leaves it alone. Fails when a mode is wanted of a HIP runtime that is not the simulator. */
int simulator_set_mode(const struct pagoda_hip *hip, const char *mode, struct pagoda_text *message);
void simulator_reset_statistics(const struct pagoda_hip *hip);
/* Adds to a JSON object what it counted, and in timing mode modelled, since the last reset; nothing for other runtimes.
 */
void simulator_add_statistics(const struct pagoda_hip *hip, json_t *json);
/* Adds the faults that it found in the most recent launch. Returns how many. */
unsigned simulator_add_reports(const struct pagoda_hip *hip, struct pagoda_text *message);

#endif
