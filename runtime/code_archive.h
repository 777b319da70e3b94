/* SPDX-License-Identifier: MIT
 *
 * Code archives: the code objects of one arch that a build holds, written by codegen/pack.py, embedded in the library.
 *
 * Code objects of one template resemble each other, so that neighbours are compressed together, in frames small enough
 * to be unpacked for a single kernel. Little-endian; offsets without a base are from the start of the archive:
 *
 * - header: 8 bytes magic "PGDARCH1", u32 number of entries, u32 number of frames
 *
 * - entries, sorted by name (bytewise): u32 offset of the NUL-terminated name, u32 index of the frame, u32 offset of
 *   the code object in the unpacked frame, u32 bytes of the code object
 *
 * - frames: u32 offset, u32 stored bytes (one zstd frame), u32 unpacked bytes, u32 zero
 *
 * - the names, then the bytes of the frames
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
    const unsigned char *frame;
    size_t frame_stored_bytes, frame_bytes;
    size_t offset;     /* of the code object in the unpacked frame */
    size_t code_bytes; /* of the code object, ready to load */
};

/* False when the archive has no code object of that name, or is damaged. */
bool pagoda_code_archive_find(const struct pagoda_code_archive *archive, const char *name,
                              struct pagoda_code_entry *entry);

/* The same among the archives of this build. */
bool pagoda_code_find(const char *arch, const char *name, struct pagoda_code_entry *entry);

/* Writes the code object, entry->code_bytes bytes, into `buffer`. False when the archive is damaged or memory for the
 * frame is lacking. */
bool pagoda_code_read(const struct pagoda_code_entry *entry, void *buffer);

#endif
