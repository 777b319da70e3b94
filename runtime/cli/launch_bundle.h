/* SPDX-License-Identifier: MIT
 *
 * Launch bundles: one kernel launch made portable. A folder with launch.json ("format": "pagoda-launch-1") and the raw
 * little-endian files that it names:
 *
 *   arch, code_object (file), kernel, grid [workgroups], block [work-items], dynamic_lds, kernarg (hex bytes),
 *   buffers  [{name, bytes, before (file; absent: poison), after (file; absent: not compared),
 *              compare {type, rel_frobenius} (absent: every byte equal)}],
 *   pointers [{kernarg_offset, buffer, offset}]: where the kernarg holds addresses inside buffers
 */
#ifndef PAGODA_LAUNCH_BUNDLE_H
#define PAGODA_LAUNCH_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../text.h"

enum { BUNDLE_POISON = 0xff };

enum bundle_compare {
    BUNDLE_EQUAL_BYTES,
    BUNDLE_F16,
    BUNDLE_BF16,
    BUNDLE_F32,
    BUNDLE_F64,
    BUNDLE_E4M3FN,
    BUNDLE_E4M3FNUZ
};

struct bundle_buffer {
    char *name;
    size_t bytes;
    void *before, *after; /* [bytes] or NULL */
    enum bundle_compare compare;
    double rel_frobenius;
};

struct bundle_pointer {
    size_t kernarg_offset, buffer, offset; /* buffer: index */
};

struct launch_bundle {
    char *arch, *kernel;
    void *code_object;
    size_t code_object_bytes;
    uint32_t grid[3], block[3], dynamic_lds;
    unsigned char *kernarg;
    size_t kernarg_bytes;
    struct bundle_buffer *buffers;
    size_t num_buffers;
    struct bundle_pointer *pointers;
    size_t num_pointers;
};

/* Reads a folder. Returns 0, or -1 with a message that says what is malformed and nothing to free. */
int launch_bundle_read(const char *folder, struct launch_bundle *bundle, struct pagoda_text *message);
/* Writes a folder, which is made if it is not there. */
int launch_bundle_write(const char *folder, const struct launch_bundle *bundle, struct pagoda_text *message);
void launch_bundle_free(struct launch_bundle *bundle);

const char *bundle_compare_name(enum bundle_compare compare);

/* Relative Frobenius error of `got` against `want`; elements with the same bits have none. Infinite when an element is
 * not finite in one of them only, or bytes differ where every byte must be equal. *first_difference: byte offset, or
 * `bytes` when all are equal. */
double bundle_compare_error(const struct bundle_buffer *buffer, const void *got, const void *want,
                            size_t *first_difference);

#endif
