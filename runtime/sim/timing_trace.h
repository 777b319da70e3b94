/* SPDX-License-Identifier: MIT
 *
 * Writes a modelled schedule in Chrome's trace format (chrome://tracing, ui.perfetto.dev): one track per wave, one
 * microsecond of the viewer per clk.
 */
#ifndef PAGODA_SIM_TIMING_TRACE_H
#define PAGODA_SIM_TIMING_TRACE_H

#include "timing.h"

struct timing_trace_writer;

/* NULL and a message on standard error when the file cannot be written. */
struct timing_trace_writer *timing_trace_open(const char *path, const char *kernel, enum sim_arch arch);
struct timing_observer timing_trace_observer(struct timing_trace_writer *writer);
void timing_trace_close(struct timing_trace_writer *writer);

#endif
