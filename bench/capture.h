/* SPDX-License-Identifier: MIT
 *
 * Writes kernel launches as launch bundles while they happen: stands between the library and the HIP runtime's
 * hipModuleLaunchKernel. One capture at a time.
 */
#ifndef PAGODA_BENCH_CAPTURE_H
#define PAGODA_BENCH_CAPTURE_H

#include "device_session.h"

/* Every launch of the session's context from here to capture_end becomes a bundle: the first one of the process in
 * `folder`, later ones in folder/launch-1, folder/launch-2, ... Their buffers are those of `data`. */
int capture_begin(const char *folder, struct device_session *session, struct problem_data *data,
                  struct pagoda_text *message);
/* Fails when a launch could not be written, or there was none. */
int capture_end(struct device_session *session, struct pagoda_text *message);

#endif
