/* SPDX-License-Identifier: MIT */
#include "source_line.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

enum { FORM_DATA2 = 5, FORM_DATA4, FORM_DATA8, FORM_STRING, FORM_BLOCK, FORM_DATA1 = 11, FORM_STRP = 14, FORM_UDATA };
enum { FORM_DATA16 = 30, FORM_LINE_STRP };
enum { CONTENT_PATH = 1 };
enum { OP_EXTENDED, OP_COPY, OP_ADVANCE_PC, OP_ADVANCE_LINE, OP_SET_FILE, OP_CONST_ADD_PC = 8, OP_FIXED_ADVANCE_PC };
enum { EXTENDED_END_SEQUENCE = 1, EXTENDED_SET_ADDRESS };

/* Bytes not yet read; reading beyond the end gives zeros and empties it. */
struct bytes {
    const uint8_t *at, *end;
};

static uint64_t fixed(struct bytes *b, unsigned size) {
    uint64_t value = 0;
    if ((size_t)(b->end - b->at) < size) {
        b->at = b->end;
        return 0;
    }
    memcpy(&value, b->at, size < 8 ? size : 8);
    b->at += size;
    return value;
}

static uint64_t leb(struct bytes *b, bool is_signed) {
    uint64_t value = 0, byte;
    unsigned shift = 0;
    do {
        byte = fixed(b, 1);
        if (shift < 64)
            value |= (byte & 127) << shift;
        shift += 7;
    } while (byte & 128);
    return is_signed && byte & 64 && shift < 64 ? value | ~0ull << shift : value;
}

static void skip(struct bytes *b, uint64_t count) {
    b->at = count < (uint64_t)(b->end - b->at) ? b->at + count : b->end;
}

static const char *string(struct bytes *b) {
    const uint8_t *start = b->at, *zero = memchr(start, 0, (size_t)(b->end - b->at));
    b->at = zero ? zero + 1 : b->end;
    return zero ? (const char *)start : "";
}

static struct bytes section(const struct sim_code_object *object, const char *name) {
    const Elf64_Ehdr *header = (const void *)object->file;
    const Elf64_Shdr *sections = (const void *)(object->file + header->e_shoff);
    if (header->e_shstrndx < header->e_shnum && sections[header->e_shstrndx].sh_type == SHT_STRTAB) {
        const Elf64_Shdr *names = &sections[header->e_shstrndx];
        for (unsigned i = 0; i < header->e_shnum; i++) {
            struct bytes b = {object->file + names->sh_offset, object->file + names->sh_offset + names->sh_size};
            skip(&b, sections[i].sh_name);
            if (sections[i].sh_type == SHT_PROGBITS && !(sections[i].sh_flags & SHF_COMPRESSED) &&
                strcmp(string(&b), name) == 0) {
                const uint8_t *start = object->file + sections[i].sh_offset;
                return (struct bytes){start, start + sections[i].sh_size};
            }
        }
    }
    return (struct bytes){object->file, object->file};
}

/* A line table of one compilation. */
struct table {
    const struct sim_code_object *object;
    struct bytes files, program;
    unsigned version, offset_size, min_length, opcode_base, line_range;
    int line_base;
    uint8_t operands[256]; /* of the standard opcodes */
};

static const char *value_of(const struct table *t, struct bytes *b, uint64_t form) {
    struct bytes strings;
    switch (form) {
    case FORM_STRING:
        return string(b);
    case FORM_LINE_STRP:
    case FORM_STRP:
        strings = section(t->object, form == FORM_STRP ? ".debug_str" : ".debug_line_str");
        skip(&strings, fixed(b, t->offset_size));
        return string(&strings);
    case FORM_UDATA:
        leb(b, false);
        break;
    case FORM_BLOCK:
        skip(b, leb(b, false));
        break;
    case FORM_DATA1:
        skip(b, 1);
        break;
    case FORM_DATA2:
        skip(b, 2);
        break;
    case FORM_DATA4:
        skip(b, 4);
        break;
    case FORM_DATA8:
        skip(b, 8);
        break;
    case FORM_DATA16:
        skip(b, 16);
        break;
    default: /* its size is not known */
        b->at = b->end;
        break;
    }
    return NULL;
}

/* Reads a list of directories or files of version 5 up to entry `wanted`; its path, or NULL. */
static const char *entry_path(const struct table *t, struct bytes *b, uint64_t wanted) {
    struct bytes formats = *b;
    uint64_t num_formats = fixed(b, 1);
    for (uint64_t i = 0; i < 2 * num_formats; i++)
        leb(b, false);
    uint64_t count = leb(b, false);
    for (uint64_t i = 0; i < count && b->at < b->end; i++) {
        struct bytes format = formats;
        const char *path = NULL;
        skip(&format, 1);
        for (uint64_t f = 0; f < num_formats; f++) {
            uint64_t content = leb(&format, false);
            const char *value = value_of(t, b, leb(&format, false));
            path = content == CONTENT_PATH ? value : path;
        }
        if (i == wanted)
            return path;
    }
    return NULL;
}

static const char *file_name(const struct table *t, uint64_t file) {
    struct bytes b = t->files;
    if (t->version >= 5) {
        entry_path(t, &b, UINT64_MAX); /* the directories */
        return entry_path(t, &b, file);
    }
    while (*string(&b)) {
    }
    for (uint64_t i = 1; b.at < b.end; i++) {
        const char *name = string(&b);
        if (!*name || i == file)
            return *name ? name : NULL;
        for (unsigned field = 0; field < 3; field++)
            leb(&b, false);
    }
    return NULL;
}

/* Reads a header; `rest` is left behind its table. False when it is not understood. */
static bool read_table(const struct sim_code_object *object, struct bytes *rest, struct table *t) {
    *t = (struct table){.object = object, .offset_size = 4};
    uint64_t length = fixed(rest, 4);
    if (length == 0xffffffff) {
        t->offset_size = 8;
        length = fixed(rest, 8);
    }
    struct bytes b = *rest;
    skip(rest, length);
    b.end = rest->at;
    t->version = (unsigned)fixed(&b, 2);
    if (t->version < 4 || t->version > 5)
        return false;
    if (t->version == 5)
        skip(&b, 2);
    length = fixed(&b, t->offset_size);
    t->program = b;
    skip(&t->program, length);
    t->min_length = (unsigned)fixed(&b, 1);
    skip(&b, 2);
    t->line_base = (int8_t)fixed(&b, 1);
    t->line_range = (unsigned)fixed(&b, 1);
    t->opcode_base = (unsigned)fixed(&b, 1);
    for (unsigned i = 1; i < t->opcode_base; i++)
        t->operands[i] = (uint8_t)fixed(&b, 1);
    t->files = b;
    return t->line_range != 0 && t->opcode_base != 0;
}

struct row {
    uint64_t address, file;
    int64_t line;
};

/* Runs the table's program until a row that covers `address`. */
static bool find_row(const struct table *t, uint64_t address, struct row *found) {
    struct bytes b = t->program;
    struct row row = {.file = 1, .line = 1}, last = row;
    bool in_sequence = false;
    while (b.at < b.end) {
        unsigned op = (unsigned)fixed(&b, 1);
        bool emit = false, ends = false;
        if (op >= t->opcode_base) {
            unsigned special = op - t->opcode_base;
            row.address += special / t->line_range * t->min_length;
            row.line += t->line_base + (int)(special % t->line_range);
            emit = true;
        } else if (op == OP_EXTENDED) {
            uint64_t length = leb(&b, false);
            struct bytes content = b;
            skip(&b, length);
            content.end = b.at;
            uint64_t what = fixed(&content, 1);
            if (what == EXTENDED_SET_ADDRESS)
                row.address = fixed(&content, content.end - content.at < 8 ? 4 : 8);
            emit = ends = what == EXTENDED_END_SEQUENCE;
        } else if (op == OP_COPY) {
            emit = true;
        } else if (op == OP_ADVANCE_PC) {
            row.address += leb(&b, false) * t->min_length;
        } else if (op == OP_ADVANCE_LINE) {
            row.line = (int64_t)((uint64_t)row.line + leb(&b, true));
        } else if (op == OP_SET_FILE) {
            row.file = leb(&b, false);
        } else if (op == OP_CONST_ADD_PC) {
            row.address += (255 - t->opcode_base) / t->line_range * t->min_length;
        } else if (op == OP_FIXED_ADVANCE_PC) {
            row.address += fixed(&b, 2);
        } else {
            for (unsigned i = 0; i < t->operands[op]; i++)
                leb(&b, false);
        }
        if (!emit)
            continue;
        if (in_sequence && last.address <= address && address < row.address) {
            *found = last;
            return true;
        }
        last = row;
        in_sequence = !ends;
        if (ends)
            row = (struct row){.file = 1, .line = 1};
    }
    return false;
}

bool sim_source_line(const struct sim_code_object *object, uint64_t offset, char *text, size_t size) {
    *text = 0;
    if (!object || !object->file)
        return false;
    struct bytes rest = section(object, ".debug_line");
    uint64_t address = offset + (object->code_address - object->load_bias);
    while (rest.at < rest.end) {
        struct table table;
        struct row row;
        if (!read_table(object, &rest, &table) || !find_row(&table, address, &row))
            continue;
        const char *name = file_name(&table, row.file);
        if (!name || row.line <= 0)
            return false; /* line 0: the compiler's own code */
        snprintf(text, size, "%s:%lld", name, (long long)row.line);
        return true;
    }
    return false;
}
