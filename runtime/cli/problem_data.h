/* SPDX-License-Identifier: MIT
 *
 * The tensors of a problem: seeded values in host memory, copied to the device. Built to catch what real data hides:
 * pages in random order, tables exactly as long as needed, NaN in every byte that no correct kernel lets through
 * (unused pages, slots behind the last key, gaps between rows, page-table padding, outputs before the launch).
 */
#ifndef PAGODA_PROBLEM_DATA_H
#define PAGODA_PROBLEM_DATA_H

#include "../hip_loader.h"
#include "problem.h"

enum { PROBLEM_MAX_BUFFERS = 20 };

struct problem_buffer {
    const char *name;
    size_t bytes;
    void *host;
    char *device;
    char *allocation; /* the device allocation around it */
    bool is_output;
    bool is_sparse; /* too large to copy whole: only the pages near those in use hold data */
};

struct problem_data {
    struct pagoda_hip *hip; /* NULL: host only */
    pagoda_batch_prefill_args host, device;
    struct problem_buffer buffers[PROBLEM_MAX_BUFFERS];
    int num_buffers;
};

/* `hip` may be NULL: then only `host` is filled in. Returns 0, or -1 with a message and nothing allocated. */
int problem_data_create(const struct problem *problem, struct pagoda_hip *hip, struct problem_data *data,
                        struct pagoda_text *message);
void problem_data_destroy(struct problem_data *data);

/* Gives the call the workspace that its plan asks for. */
int problem_data_set_workspace(struct problem_data *data, size_t bytes, struct pagoda_text *message);

/* NaN in every output byte on the device. */
int problem_data_reset_outputs(struct problem_data *data, struct pagoda_text *message);

/* Copies the outputs to host.out and host.lse. Fails when a byte was written that is not the call's to write: an input,
 * a gap between rows, or (on real devices) a guard around an output. */
int problem_data_read_outputs(struct problem_data *data, struct pagoda_text *message);

/* The buffer that holds a device address, or NULL. */
const struct problem_buffer *problem_data_find(const struct problem_data *data, const void *device_address);

#endif
