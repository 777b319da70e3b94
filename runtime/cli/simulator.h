/* SPDX-License-Identifier: MIT
 *
 * What the tools ask of the simulator beyond HIP, when it is the HIP runtime in use.
 */
#ifndef PAGODA_CLI_SIMULATOR_H
#define PAGODA_CLI_SIMULATOR_H

#include <jansson.h>

#include "../hip_loader.h"

/* Printed beside every modelled figure; TIMING.md has the rest. */
#define SIMULATOR_MODEL_LIMITS "(a model at the peak clock: no power limit, no TLB, see runtime/sim/TIMING.md)"

/* Sets one of the options of pagoda/sim.h; a NULL value leaves it alone. Fails when an option is wanted of a HIP
 * runtime that is not the simulator. */
int simulator_set_option(const struct pagoda_hip *hip, const char *name, const char *value,
                         struct pagoda_text *message);
void simulator_reset_statistics(const struct pagoda_hip *hip);
/* Adds to a JSON object what it counted since the last reset, and in timing mode what it modelled of the last launch;
 * nothing for other runtimes. Modelled speeds are for `flops`; 0: those that the matrix instructions executed. */
void simulator_add_statistics(const struct pagoda_hip *hip, double flops, json_t *json);
/* Adds the faults that it found in the most recent launch. Returns how many. */
unsigned simulator_add_reports(const struct pagoda_hip *hip, struct pagoda_text *message);

#endif
