/* SPDX-License-Identifier: MIT */
#include "code_archive.h"

#include <stdint.h>
#include <string.h>
#include <zstd.h>

#define HEADER_BYTES 16u
#define ENTRY_BYTES 16u

static uint32_t read_u32(const unsigned char *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

bool pagoda_code_archive_find(const struct pagoda_code_archive *archive, const char *name,
                              struct pagoda_code_entry *entry) {
    if (archive->size < HEADER_BYTES || memcmp(archive->data, "PGDARCH1", 8) != 0)
        return false;
    size_t low = 0, high = read_u32(archive->data + 8);
    if (high > (archive->size - HEADER_BYTES) / ENTRY_BYTES)
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const unsigned char *at = archive->data + HEADER_BYTES + middle * ENTRY_BYTES;
        size_t name_at = read_u32(at);
        if (name_at >= archive->size || !memchr(archive->data + name_at, 0, archive->size - name_at))
            return false;
        int order = strcmp(name, (const char *)archive->data + name_at);
        if (order == 0) {
            size_t offset = read_u32(at + 4), stored = read_u32(at + 8);
            if (offset > archive->size || stored > archive->size - offset)
                return false;
            *entry = (struct pagoda_code_entry){archive->data + offset, stored, read_u32(at + 12)};
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool pagoda_code_find(const char *arch, const char *name, struct pagoda_code_entry *entry) {
    for (const struct pagoda_code_archive *archive = pagoda_code_archives; archive->arch; archive++)
        if (strcmp(archive->arch, arch) == 0)
            return pagoda_code_archive_find(archive, name, entry);
    return false;
}

bool pagoda_code_read(const struct pagoda_code_entry *entry, void *buffer) {
    if (entry->stored_bytes == entry->code_bytes) {
        memcpy(buffer, entry->stored, entry->code_bytes);
        return true;
    }
    return ZSTD_decompress(buffer, entry->code_bytes, entry->stored, entry->stored_bytes) == entry->code_bytes;
}
