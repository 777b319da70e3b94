/* SPDX-License-Identifier: MIT
 *
 * A damaged code archive yields no code object or some bytes, never a fault. The input is an archive; the names looked
 * up are those that it holds and one that it does not.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "code_archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST_CODE = 1 << 24 }; /* what a damaged size may make us allocate */

static void look_up(const struct pagoda_code_archive *archive, const char *name) {
    struct pagoda_code_entry entry;
    if (!pagoda_code_archive_find(archive, name, &entry) || entry.code_bytes > LARGEST_CODE ||
        entry.frame_bytes > LARGEST_CODE)
        return;
    unsigned char *code = malloc(entry.code_bytes + 1);
    if (code == NULL)
        return;
    code[entry.code_bytes] = 0x5a;
    (void)pagoda_code_read(&entry, code);
    if (code[entry.code_bytes] != 0x5a)
        abort();
    free(code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    /* A copy of the exact size, so that reading past its end is seen. */
    unsigned char *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        return 0;
    if (size > 0)
        memcpy(copy, data, size);
    const struct pagoda_code_archive archive = {"gfx950", copy, size};
    look_up(&archive, "no such instance");
    /* Any text in the archive may be a name in it. */
    for (size_t i = 0, names = 0; i < size && names < 16; i++) {
        const size_t rest = size - i, length = strnlen((const char *)data + i, rest);
        if (length > 0 && length < rest && length < 64) {
            look_up(&archive, (const char *)data + i);
            names++;
        }
        i += length;
    }
    free(copy);
    return 0;
}
