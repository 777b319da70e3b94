/* SPDX-License-Identifier: MIT */
#include "code_archive.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define ROW_BYTES 16u /* of the header, of an entry and of a frame's description */

static uint32_t read_u32(const unsigned char *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

bool pagoda_code_archive_find(const struct pagoda_code_archive *archive, const char *name,
                              struct pagoda_code_entry *entry) {
    const unsigned char *data = archive->data;
    const size_t size = archive->size;
    if (size < ROW_BYTES || memcmp(data, "PGDARCH1", 8) != 0)
        return false;
    const size_t num_entries = read_u32(data + 8), num_frames = read_u32(data + 12);
    if (num_entries + num_frames > size / ROW_BYTES - 1)
        return false;
    const unsigned char *frames = data + (1 + num_entries) * ROW_BYTES;
    size_t low = 0, high = num_entries;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const unsigned char *at = data + (1 + middle) * ROW_BYTES;
        size_t name_at = read_u32(at);
        if (name_at >= size || !memchr(data + name_at, 0, size - name_at))
            return false;
        int order = strcmp(name, (const char *)data + name_at);
        if (order < 0) {
            high = middle;
        } else if (order > 0) {
            low = middle + 1;
        } else {
            size_t frame_index = read_u32(at + 4);
            if (frame_index >= num_frames)
                return false;
            const unsigned char *frame = frames + frame_index * ROW_BYTES;
            size_t frame_at = read_u32(frame);
            *entry = (struct pagoda_code_entry){.frame = data + frame_at,
                                                .frame_stored_bytes = read_u32(frame + 4),
                                                .frame_bytes = read_u32(frame + 8),
                                                .offset = read_u32(at + 8),
                                                .code_bytes = read_u32(at + 12)};
            return frame_at <= size && entry->frame_stored_bytes <= size - frame_at &&
                   entry->offset <= entry->frame_bytes && entry->code_bytes <= entry->frame_bytes - entry->offset;
        }
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
    unsigned char *unpacked = malloc(entry->frame_bytes);
    bool good = unpacked && ZSTD_decompress(unpacked, entry->frame_bytes, entry->frame, entry->frame_stored_bytes) ==
                                entry->frame_bytes;
    if (good)
        memcpy(buffer, unpacked + entry->offset, entry->code_bytes);
    free(unpacked);
    return good;
}
