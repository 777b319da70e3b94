/* SPDX-License-Identifier: MIT */
#include "timing_trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MATRIX_TRACK 10000
#define VALU_TRACK 20000
#define MAX_RECORDS 400000 /* what viewers still open quickly */

struct timing_trace_writer {
    FILE *file;
    unsigned long records;
};

struct timing_trace_writer *timing_trace_open(const char *path, const char *kernel, enum sim_arch arch) {
    struct timing_trace_writer *writer = malloc(sizeof *writer);
    FILE *file = writer ? fopen(path, "w") : NULL;
    if (!file) {
        fprintf(stderr, "pagoda-sim: cannot write the trace %s: %s\n", path, strerror(errno));
        free(writer);
        return NULL;
    }
    *writer = (struct timing_trace_writer){.file = file};
    fprintf(file,
            "{\"displayTimeUnit\": \"ns\", \"otherData\": {\"what\": \"modelled schedule, 1 us = 1 clk\", "
            "\"kernel\": \"%s\", \"arch\": \"%s\"},\n\"traceEvents\": [\n",
            kernel ? kernel : "", arch == SIM_GFX942 ? "gfx942" : "gfx950");
    fprintf(file, "{\"ph\": \"M\", \"pid\": 0, \"name\": \"process_name\", \"args\": {\"name\": \"CU\"}}");
    return writer;
}

static void slice(FILE *file, unsigned track, const char *name, const char *category, int64_t start, int64_t clk,
                  uint32_t offset) {
    fprintf(
        file,
        ",\n{\"ph\": \"X\", \"pid\": 0, \"tid\": %u, \"name\": \"%s\", \"cat\": \"%s\", \"ts\": %lld, \"dur\": %lld, "
        "\"args\": {\"offset\": \"+0x%x\"}}",
        track, name, category, (long long)start, (long long)clk, offset);
}

static void issued(void *context, unsigned workgroup, unsigned wave, unsigned simd, const struct timing_static *code,
                   int64_t issue, unsigned clk, const int64_t stall_clk[TIMING_STALL_COUNT]) {
    struct timing_trace_writer *writer = context;
    unsigned track = workgroup * 16 + wave;
    if (writer->records >= MAX_RECORDS) {
        return;
    }
    int64_t end = issue;
    for (unsigned i = TIMING_STALL_COUNT; i-- > 0;) {
        if (i != TIMING_STALL_ISSUE && stall_clk[i] > 0) {
            slice(writer->file, track, timing_stall_names[i], "wait", end - stall_clk[i], stall_clk[i], code->offset);
            end -= stall_clk[i];
            writer->records++;
        }
    }
    /* The wave goes on after its slot; what holds a unit longer is shown on the unit's track. */
    slice(writer->file, track, code->inst->op->name, "issue", issue, 4, code->offset);
    writer->records++;
    if (code->port == TIMING_PORT_MFMA || code->port == TIMING_PORT_VALU) {
        bool matrix = code->port == TIMING_PORT_MFMA;
        slice(writer->file, (matrix ? MATRIX_TRACK : VALU_TRACK) + simd, code->inst->op->name,
              matrix ? "matrix" : "valu", issue, clk, code->offset);
        writer->records++;
    }
}

struct timing_observer timing_trace_observer(struct timing_trace_writer *writer) {
    return (struct timing_observer){.issued = issued, .context = writer};
}

static void name_track(FILE *file, unsigned track, const char *name, unsigned number) {
    fprintf(file,
            ",\n{\"ph\": \"M\", \"pid\": 0, \"tid\": %u, \"name\": \"thread_name\", \"args\": {\"name\": \"%s %u\"}}",
            track, name, number);
}

void timing_trace_close(struct timing_trace_writer *writer) {
    if (!writer) {
        return;
    }
    for (unsigned simd = 0; simd < 4; simd++) {
        name_track(writer->file, MATRIX_TRACK + simd, "matrix pipe of SIMD", simd);
        name_track(writer->file, VALU_TRACK + simd, "VALU of SIMD", simd);
    }
    fprintf(writer->file, "\n]}\n");
    if (fclose(writer->file)) {
        fprintf(stderr, "pagoda-sim: writing the trace failed: %s\n", strerror(errno));
    }
    free(writer);
}
