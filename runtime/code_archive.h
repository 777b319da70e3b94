/* SPDX-License-Identifier: MIT
 *
 * Code archives: the code objects of one arch that a build holds, written by codegen/pack.py and embedded in the
 * library.
 *
 * Layout, little-endian, offsets from the start of the archive:
 *   header   8 bytes magic "PGDARCH1", uint32 number of entries, uint32 zero
 *   entries  sorted by name (bytewise); each uint32 offset of the NUL-terminated name, uint32 offset of the stored
 * bytes, uint32 number of stored bytes, uint32 bytes of the code object. When the two counts differ, the stored bytes
 * are one zstd frame; otherwise they are the code object itself then the names and the stored bytes, the latter 16-byte
 * aligned
 */
#ifndef PAGODA_CODE_ARCHIVE_H
#define PAGODA_CODE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

struct pagoda_code_archive {
    const char *arch;
    const unsigned char *data;
    size_t size;
};

/* The archives of this build, generated: one per configured arch, ended by one with a NULL arch. */
extern const struct pagoda_code_archive pagoda_code_archives[];

struct pagoda_code_entry {
    const unsigned char *stored;
    size_t stored_bytes;
    size_t code_bytes; /* of the code object, ready to load */
};

/* False when the archive has no code object of that name, or is damaged. */
bool pagoda_code_archive_find(const struct pagoda_code_archive *archive, const char *name,
                              struct pagoda_code_entry *entry);

/* The same among the archives of this build. */
bool pagoda_code_find(const char *arch, const char *name, struct pagoda_code_entry *entry);

/* Writes the code object, entry->code_bytes bytes, into `buffer`. False when it cannot be decompressed. */
bool pagoda_code_read(const struct pagoda_code_entry *entry, void *buffer);

#endif
