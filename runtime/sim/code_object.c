/* SPDX-License-Identifier: MIT */
#include "code_object.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define EM_AMDGPU_ 224
#define EF_MACH_MASK 0xffu
#define EF_MACH_GFX942 0x4cu
#define EF_MACH_GFX950 0x4fu
#define R_AMDGPU_ABS64_ 3
#define R_AMDGPU_RELATIVE64_ 13
#define NOTE_METADATA 32
#define BUNDLE_MAGIC "__CLANG_OFFLOAD_BUNDLE__"
#define COMPRESSED_MAGIC "CCOB"
#define MAX_FILE (1ull << 32)

/* ---- MessagePack, as far as the metadata needs it ---- */

struct reader {
    const uint8_t *at, *end;
    bool bad;
};

enum pack_type { PACK_NIL, PACK_BOOL, PACK_INT, PACK_STRING, PACK_ARRAY, PACK_MAP, PACK_OTHER };
struct pack_item {
    enum pack_type type;
    uint64_t value;   /* integer, boolean, element count, or string length */
    const char *text; /* string bytes, not terminated */
};

static uint64_t take(struct reader *reader, unsigned bytes) {
    uint64_t value = 0;
    if ((size_t)(reader->end - reader->at) < bytes) {
        reader->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | *reader->at++;
    return value;
}

static struct pack_item next_item(struct reader *reader) {
    struct pack_item item = {.type = PACK_OTHER};
    unsigned tag = (unsigned)take(reader, 1);
    uint64_t skip = 0;
    if (tag < 0x80 || tag >= 0xe0) {
        item.type = PACK_INT;
        item.value = (uint64_t)(int64_t)(int8_t)tag;
    } else if (tag < 0x90) {
        item.type = PACK_MAP;
        item.value = tag & 15;
    } else if (tag < 0xa0) {
        item.type = PACK_ARRAY;
        item.value = tag & 15;
    } else if (tag < 0xc0) {
        item.type = PACK_STRING;
        item.value = tag & 31;
    } else {
        switch (tag) {
        case 0xc0:
            item.type = PACK_NIL;
            break;
        case 0xc2:
        case 0xc3:
            item.type = PACK_BOOL;
            item.value = tag & 1;
            break;
        case 0xc4:
        case 0xc5:
        case 0xc6:
            skip = take(reader, 1u << (tag - 0xc4));
            break;
        case 0xca:
            skip = 4;
            break;
        case 0xcb:
            skip = 8;
            break;
        case 0xcc:
        case 0xcd:
        case 0xce:
        case 0xcf:
            item.type = PACK_INT;
            item.value = take(reader, 1u << (tag - 0xcc));
            break;
        case 0xd0:
        case 0xd1:
        case 0xd2:
        case 0xd3: {
            unsigned bytes = 1u << (tag - 0xd0);
            item.type = PACK_INT;
            item.value = take(reader, bytes);
            item.value = (uint64_t)((int64_t)(item.value << (64 - 8 * bytes)) >> (64 - 8 * bytes));
            break;
        }
        case 0xd9:
        case 0xda:
        case 0xdb:
            item.type = PACK_STRING;
            item.value = take(reader, 1u << (tag - 0xd9));
            break;
        case 0xdc:
        case 0xdd:
            item.type = PACK_ARRAY;
            item.value = take(reader, 2u << (tag - 0xdc));
            break;
        case 0xde:
        case 0xdf:
            item.type = PACK_MAP;
            item.value = take(reader, 2u << (tag - 0xde));
            break;
        default:
            reader->bad = true;
        }
    }
    if (item.type == PACK_STRING) {
        item.text = (const char *)reader->at;
        skip = item.value;
    }
    if ((uint64_t)(reader->end - reader->at) < skip)
        reader->bad = true;
    if (reader->bad) /* nothing of it may be used: a string may end behind the data */
        return (struct pack_item){.type = PACK_OTHER};
    reader->at += skip;
    return item;
}

static void skip_item(struct reader *reader, unsigned depth) {
    struct pack_item item = next_item(reader);
    if (depth > 32)
        reader->bad = true;
    uint64_t children = item.type == PACK_MAP ? 2 * item.value : item.type == PACK_ARRAY ? item.value : 0;
    for (uint64_t i = 0; i < children && !reader->bad; i++)
        skip_item(reader, depth + 1);
}

static bool is_text(const struct pack_item *item, const char *text) {
    return item->type == PACK_STRING && item->value == strlen(text) && memcmp(item->text, text, item->value) == 0;
}

static char *copy_text(const struct pack_item *item, size_t drop) {
    size_t length = item->value - drop;
    char *copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, item->text, length);
        copy[length] = 0;
    }
    return copy;
}

static uint8_t arg_kind(const struct pack_item *item) {
    static const struct {
        const char *name;
        uint8_t kind;
    } names[] = {
        {"dynamic_shared_pointer", SIM_ARG_DYNAMIC_LDS_POINTER},
        {"hidden_block_count_x", SIM_ARG_BLOCK_COUNT_X},
        {"hidden_block_count_y", SIM_ARG_BLOCK_COUNT_Y},
        {"hidden_block_count_z", SIM_ARG_BLOCK_COUNT_Z},
        {"hidden_group_size_x", SIM_ARG_GROUP_SIZE_X},
        {"hidden_group_size_y", SIM_ARG_GROUP_SIZE_Y},
        {"hidden_group_size_z", SIM_ARG_GROUP_SIZE_Z},
        {"hidden_remainder_x", SIM_ARG_REMAINDER_X},
        {"hidden_remainder_y", SIM_ARG_REMAINDER_Y},
        {"hidden_remainder_z", SIM_ARG_REMAINDER_Z},
        {"hidden_grid_dims", SIM_ARG_GRID_DIMS},
        {"hidden_private_base", SIM_ARG_PRIVATE_BASE},
        {"hidden_shared_base", SIM_ARG_SHARED_BASE},
        {"hidden_dynamic_lds_size", SIM_ARG_DYNAMIC_LDS_SIZE},
        {"hidden_hostcall_buffer", SIM_ARG_HOSTCALL},
        {"hidden_printf_buffer", SIM_ARG_PRINTF},
        {"hidden_heap_v1", SIM_ARG_HEAP},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_text(item, names[i].name))
            return names[i].kind;
    return item->value >= 7 && memcmp(item->text, "hidden_", 7) == 0 ? SIM_ARG_ZERO : SIM_ARG_VALUE;
}

static void read_args(struct reader *reader, struct sim_kernel *kernel) {
    struct pack_item list = next_item(reader);
    if (list.type != PACK_ARRAY || list.value > 4096 || kernel->args != NULL) {
        reader->bad = true;
        return;
    }
    kernel->args = calloc(list.value + 1, sizeof *kernel->args);
    if (!kernel->args) {
        reader->bad = true;
        return;
    }
    for (uint64_t i = 0; i < list.value && !reader->bad; i++) {
        struct pack_item map = next_item(reader);
        struct sim_kernel_arg *arg = &kernel->args[kernel->num_args++];
        for (uint64_t j = 0; j < map.value && !reader->bad; j++) {
            struct pack_item key = next_item(reader);
            if (is_text(&key, ".offset"))
                arg->offset = (uint32_t)next_item(reader).value;
            else if (is_text(&key, ".size"))
                arg->size = (uint32_t)next_item(reader).value;
            else if (is_text(&key, ".value_kind")) {
                struct pack_item kind = next_item(reader);
                if (kind.type == PACK_STRING)
                    arg->kind = arg_kind(&kind);
            } else
                skip_item(reader, 0);
        }
        if (arg->kind == SIM_ARG_VALUE || arg->kind == SIM_ARG_DYNAMIC_LDS_POINTER)
            kernel->num_explicit_args++;
    }
}

static void read_kernel(struct reader *reader, struct sim_kernel *kernel) {
    struct pack_item map = next_item(reader);
    if (map.type != PACK_MAP) {
        reader->bad = true;
        return;
    }
    for (uint64_t i = 0; i < map.value && !reader->bad; i++) {
        struct pack_item key = next_item(reader);
        if (is_text(&key, ".symbol")) {
            struct pack_item symbol = next_item(reader);
            if (kernel->name != NULL)
                reader->bad = true;
            else if (symbol.type == PACK_STRING && symbol.value > 3)
                kernel->name = copy_text(&symbol, 3); /* without .kd */
        } else if (is_text(&key, ".args"))
            read_args(reader, kernel);
        else if (is_text(&key, ".kernarg_segment_size"))
            kernel->kernarg_bytes = (uint32_t)next_item(reader).value;
        else if (is_text(&key, ".max_flat_workgroup_size"))
            kernel->max_workgroup = (uint32_t)next_item(reader).value;
        else if (is_text(&key, ".sgpr_count"))
            kernel->sgprs = (uint32_t)next_item(reader).value;
        else if (is_text(&key, ".agpr_count"))
            kernel->agprs = (uint32_t)next_item(reader).value;
        else
            skip_item(reader, 0);
    }
}

/* "0:0:HASH,FORMAT"; other forms are those of OpenCL, whose records have numbers instead. */
static void read_formats(struct reader *reader, struct sim_code_object *object) {
    struct pack_item list = next_item(reader);
    if (list.type != PACK_ARRAY || list.value > 1u << 20 || object->formats != NULL) {
        reader->bad = true;
        return;
    }
    object->formats = calloc(list.value + 1, sizeof *object->formats);
    for (uint64_t i = 0; object->formats && i < list.value && !reader->bad; i++) {
        struct pack_item item = next_item(reader);
        if (item.type != PACK_STRING || item.value < 5 || memcmp(item.text, "0:0:", 4) != 0)
            continue;
        char *text = copy_text(&item, 0), *comma = text ? strchr(text, ',') : NULL;
        struct sim_format *to = &object->formats[object->num_formats];
        if (comma) {
            to->hash = strtoull(text + 4, NULL, 16);
            to->text = strdup(comma + 1);
            object->num_formats += to->text != NULL;
        }
        free(text);
    }
}

static bool read_metadata(struct sim_code_object *object, const uint8_t *data, size_t size) {
    struct reader reader = {data, data + size, false};
    struct pack_item map = next_item(&reader);
    for (uint64_t i = 0; map.type == PACK_MAP && i < map.value && !reader.bad; i++) {
        struct pack_item key = next_item(&reader);
        if (is_text(&key, "amdhsa.printf")) {
            read_formats(&reader, object);
            continue;
        }
        if (!is_text(&key, "amdhsa.kernels")) {
            skip_item(&reader, 0);
            continue;
        }
        struct pack_item list = next_item(&reader);
        if (list.type != PACK_ARRAY || list.value > 1u << 20 || object->kernels != NULL)
            return false;
        object->kernels = calloc(list.value + 1, sizeof *object->kernels);
        if (!object->kernels)
            return false;
        for (uint64_t j = 0; j < list.value && !reader.bad; j++) {
            read_kernel(&reader, &object->kernels[j]);
            object->num_kernels++;
        }
    }
    return !reader.bad && map.type == PACK_MAP;
}

/* ---- bundles ---- */

static bool target_matches(const char *id, size_t length, enum sim_arch arch) {
    const char *name = arch == SIM_GFX942 ? "gfx942" : "gfx950";
    /* hip-amdgcn-amd-amdhsa--gfx950[:sramecc+][:xnack-], or hipv4-... */
    if (length < 4 || memcmp(id, "hip", 3) != 0)
        return false;
    for (size_t i = 0; i + 6 <= length; i++)
        if (memcmp(id + i, name, 6) == 0 && (i == 0 || id[i - 1] == '-') && (i + 6 == length || id[i + 6] == ':'))
            return true;
    return false;
}

static uint64_t read64(const uint8_t *at) {
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

/* Finds the entry for `arch`; `size` 0 means unknown. */
static enum sim_load_status unbundle(const uint8_t *data, size_t size, enum sim_arch arch, const uint8_t **elf,
                                     size_t *elf_size, char *message, size_t message_size) {
    uint64_t limit = size ? size : MAX_FILE;
    uint64_t entries = read64(data + 24), at = 32;
    size_t written = (size_t)snprintf(
        message, message_size, "the bundle holds no code for %s, only:", arch == SIM_GFX942 ? "gfx942" : "gfx950");
    if (entries > 1024)
        entries = 0;
    for (uint64_t i = 0; i < entries && at + 24 <= limit; i++) {
        uint64_t offset = read64(data + at), bytes = read64(data + at + 8), length = read64(data + at + 16);
        const char *id = (const char *)data + at + 24;
        if (length > 256 || at + 24 + length > limit || offset > limit || bytes > limit - offset)
            break;
        if (bytes && target_matches(id, length, arch)) {
            *elf = data + offset;
            *elf_size = bytes;
            return SIM_LOAD_OK;
        }
        if (written < message_size)
            written += (size_t)snprintf(message + written, message_size - written, " %.*s", (int)length, id);
        at += 24 + length;
    }
    return SIM_LOAD_WRONG_ARCH;
}

/* Header: magic, version (16 bits), method (16 bits), [total size], uncompressed size, hash. */
static uint8_t *decompress(const uint8_t *data, size_t size, size_t *result_size, char *message, size_t message_size) {
    uint16_t version, method;
    memcpy(&version, data + 4, 2);
    memcpy(&method, data + 6, 2);
    uint64_t total = 0, plain = 0;
    size_t header = 0;
    uint32_t word;
    if (version == 1) {
        memcpy(&word, data + 8, 4);
        plain = word;
        header = 20;
    } else if (version == 2) {
        memcpy(&word, data + 8, 4);
        total = word;
        memcpy(&word, data + 12, 4);
        plain = word;
        header = 24;
    } else if (version == 3) {
        total = read64(data + 8);
        plain = read64(data + 16);
        header = 32;
    }
    if (!total)
        total = size;
    if (!header || method != 1 || total <= header || (size && total > size) || plain == 0 || plain > MAX_FILE) {
        snprintf(message, message_size, "compressed bundle of version %u with method %u: only zstd is supported",
                 version, method);
        return NULL;
    }
    uint8_t *result = malloc(plain);
    size_t got = result ? ZSTD_decompress(result, plain, data + header, total - header) : 0;
    if (!result || ZSTD_isError(got)) {
        snprintf(message, message_size, "the compressed bundle does not decompress");
        free(result);
        return NULL;
    }
    *result_size = got;
    return result;
}

/* ---- ELF ---- */

static size_t elf_extent(const uint8_t *data) {
    const Elf64_Ehdr *header = (const void *)data;
    uint64_t extent = header->e_shoff + (uint64_t)header->e_shnum * header->e_shentsize;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        const Elf64_Phdr *segment = (const void *)(data + header->e_phoff + (size_t)i * header->e_phentsize);
        if (segment->p_offset + segment->p_filesz > extent)
            extent = segment->p_offset + segment->p_filesz;
    }
    return extent;
}

/* Whether `bytes` bytes at `offset` lie within `size` bytes; no sum can wrap. */
static bool lies_within(uint64_t offset, uint64_t bytes, uint64_t size) {
    return offset <= size && bytes <= size - offset;
}

/* Whether a table of structs that are read in place lies in the file, where they are aligned. */
static bool is_table(uint64_t offset, uint64_t bytes, size_t size) {
    return offset % 8 == 0 && lies_within(offset, bytes, size);
}

static bool add_globals(struct sim_code_object *object, const uint8_t *file, const Elf64_Shdr *section,
                        const Elf64_Shdr *strings) {
    size_t count = section->sh_size / sizeof(Elf64_Sym);
    const Elf64_Sym *symbols = (const void *)(file + section->sh_offset);
    object->globals = calloc(count + 1, sizeof *object->globals);
    if (!object->globals)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (symbols[i].st_shndx == SHN_UNDEF || symbols[i].st_name >= strings->sh_size)
            continue;
        struct sim_global *global = &object->globals[object->num_globals];
        global->name = strndup((const char *)file + strings->sh_offset + symbols[i].st_name,
                               strings->sh_size - symbols[i].st_name);
        global->address = symbols[i].st_value + object->load_bias;
        global->size = symbols[i].st_size;
        if (!global->name)
            return false;
        object->num_globals++;
    }
    return true;
}

static void relocate(struct sim_code_object *object, const uint8_t *file, const Elf64_Shdr *section,
                     const Elf64_Shdr *symbol_section) {
    const Elf64_Rela *entries = (const void *)(file + section->sh_offset);
    const Elf64_Sym *symbols = symbol_section ? (const void *)(file + symbol_section->sh_offset) : NULL;
    for (size_t i = 0; i < section->sh_size / sizeof *entries; i++) {
        uint64_t where = entries[i].r_offset + object->load_bias, value = (uint64_t)entries[i].r_addend;
        unsigned type = ELF64_R_TYPE(entries[i].r_info);
        if (type == R_AMDGPU_RELATIVE64_)
            value += object->load_bias;
        else if (type == R_AMDGPU_ABS64_ && symbols &&
                 ELF64_R_SYM(entries[i].r_info) < symbol_section->sh_size / sizeof *symbols)
            value += symbols[ELF64_R_SYM(entries[i].r_info)].st_value + object->load_bias;
        else
            continue;
        if (lies_within(where - object->image->base, 8, object->image->size))
            memcpy((void *)(uintptr_t)where, &value, 8);
    }
}

static bool read_descriptor(struct sim_code_object *object, struct sim_kernel *kernel) {
    char symbol[1024];
    snprintf(symbol, sizeof symbol, "%s.kd", kernel->name ? kernel->name : "");
    const struct sim_global *found = sim_code_object_global(object, symbol);
    if (!found || !lies_within(found->address - object->image->base, 64, object->image->size))
        return false;
    const uint8_t *bytes = (const uint8_t *)(uintptr_t)found->address;
    int64_t entry;
    uint16_t half;
    kernel->object = object;
    kernel->descriptor = found->address;
    memcpy(&kernel->lds_bytes, bytes, 4);
    memcpy(&kernel->scratch_bytes, bytes + 4, 4);
    memcpy(&entry, bytes + 16, 8);
    memcpy(&kernel->rsrc3, bytes + 44, 4);
    memcpy(&kernel->rsrc1, bytes + 48, 4);
    memcpy(&kernel->rsrc2, bytes + 52, 4);
    memcpy(&half, bytes + 56, 2);
    kernel->properties = half;
    memcpy(&half, bytes + 58, 2);
    kernel->preload = half;
    kernel->vgprs = 8 * ((kernel->rsrc1 & 63) + 1);
    kernel->arch_vgprs = 4 * ((kernel->rsrc3 & 63) + 1);
    if (kernel->arch_vgprs > kernel->vgprs)
        kernel->arch_vgprs = kernel->vgprs;
    kernel->dynamic_stack = kernel->properties >> 11 & 1;
    kernel->entry = found->address + (uint64_t)entry - object->code_address;
    if (kernel->preload & 0x7f) /* behind the code that loads preloaded arguments for firmware that does not */
        kernel->entry += 256;
    return kernel->entry < object->program->size;
}

static enum sim_load_status load_elf(struct sim_code_object *object, const uint8_t *file, size_t size, char *message,
                                     size_t message_size) {
    const Elf64_Ehdr *header = (const void *)file;
    if (size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_AMDGPU_) {
        snprintf(message, message_size, "not an AMDGPU ELF file");
        return SIM_LOAD_INVALID;
    }
    unsigned machine = header->e_flags & EF_MACH_MASK;
    unsigned wanted = object->arch == SIM_GFX942 ? EF_MACH_GFX942 : EF_MACH_GFX950;
    if (machine != wanted) {
        snprintf(message, message_size, "the code object is for machine 0x%x, the simulated device is %s (0x%x)",
                 machine, object->arch == SIM_GFX942 ? "gfx942" : "gfx950", wanted);
        return SIM_LOAD_WRONG_ARCH;
    }
    unsigned version = header->e_ident[EI_ABIVERSION];
    if (version < 2 || version > 4) {
        snprintf(message, message_size, "code object ABI version %u: only versions 4 to 6 are supported", version + 2);
        return SIM_LOAD_INVALID;
    }
    if (!is_table(header->e_phoff, header->e_phnum * sizeof(Elf64_Phdr), size) ||
        !is_table(header->e_shoff, header->e_shnum * sizeof(Elf64_Shdr), size)) {
        snprintf(message, message_size, "the ELF file is truncated or its headers are misaligned");
        return SIM_LOAD_INVALID;
    }
    const Elf64_Phdr *segments = (const void *)(file + header->e_phoff);
    const Elf64_Shdr *sections = (const void *)(file + header->e_shoff);
    uint64_t span = 0;
    const Elf64_Phdr *code = NULL;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type != PT_LOAD && segments[i].p_type != PT_NOTE)
            continue;
        if (!lies_within(segments[i].p_offset, segments[i].p_filesz, size) ||
            (segments[i].p_type == PT_NOTE && segments[i].p_offset % 4 != 0) ||
            !lies_within(segments[i].p_vaddr, segments[i].p_memsz, MAX_FILE) ||
            segments[i].p_filesz > segments[i].p_memsz) {
            snprintf(message, message_size, "segment %u lies outside the file", i);
            return SIM_LOAD_INVALID;
        }
        if (segments[i].p_type != PT_LOAD)
            continue;
        if (segments[i].p_vaddr + segments[i].p_memsz > span)
            span = segments[i].p_vaddr + segments[i].p_memsz;
        if (segments[i].p_flags & PF_X && !code)
            code = &segments[i];
    }
    for (unsigned i = 0; i < header->e_shnum; i++)
        if (sections[i].sh_type == SHT_DYNSYM || sections[i].sh_type == SHT_RELA
                ? !is_table(sections[i].sh_offset, sections[i].sh_size, size)
                : sections[i].sh_type != SHT_NOBITS && !lies_within(sections[i].sh_offset, sections[i].sh_size, size)) {
            snprintf(message, message_size, "section %u lies outside the file", i);
            return SIM_LOAD_INVALID;
        }
    if (!code || span > MAX_FILE) {
        snprintf(message, message_size, "the ELF file has no code to load");
        return SIM_LOAD_INVALID;
    }
    object->image = sim_memory_allocate(object->memory, span, SIM_MEMORY_CODE, -1);
    if (!object->image) {
        snprintf(message, message_size, "no memory for %llu bytes of code object", (unsigned long long)span);
        return SIM_LOAD_NO_MEMORY;
    }
    object->load_bias = object->image->base;
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD)
            memcpy((char *)(uintptr_t)object->load_bias + segments[i].p_vaddr, file + segments[i].p_offset,
                   segments[i].p_filesz);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *link = sections[i].sh_link < header->e_shnum ? &sections[sections[i].sh_link] : NULL;
        if (sections[i].sh_type == SHT_DYNSYM && link && link->sh_type == SHT_STRTAB && !object->globals &&
            !add_globals(object, file, &sections[i], link))
            return SIM_LOAD_NO_MEMORY;
        if (sections[i].sh_type == SHT_RELA && sections[i].sh_flags & SHF_ALLOC)
            relocate(object, file, &sections[i], link && link->sh_type == SHT_DYNSYM ? link : NULL);
    }
    object->code_address = object->load_bias + code->p_vaddr;
    object->program = sim_program_acquire(object->arch, file + code->p_offset, code->p_filesz);
    if (!object->program) {
        snprintf(message, message_size, "this LLVM cannot disassemble %s",
                 object->arch == SIM_GFX942 ? "gfx942" : "gfx950");
        return SIM_LOAD_INVALID;
    }
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type != PT_NOTE)
            continue;
        const uint8_t *at = file + segments[i].p_offset, *end = at + segments[i].p_filesz;
        while (end - at >= (ptrdiff_t)sizeof(Elf64_Nhdr)) {
            const Elf64_Nhdr *note = (const void *)at;
            const uint8_t *data = at + sizeof *note + ((note->n_namesz + 3u) & ~3u);
            if (data > end || note->n_descsz > (size_t)(end - data))
                break;
            if (note->n_type == NOTE_METADATA && note->n_namesz == 7 && !object->kernels &&
                !read_metadata(object, data, note->n_descsz)) {
                snprintf(message, message_size, "the kernel metadata cannot be read");
                return SIM_LOAD_INVALID;
            }
            at = data + ((note->n_descsz + 3u) & ~3u);
        }
    }
    for (unsigned i = 0; i < object->num_kernels; i++)
        if (!read_descriptor(object, &object->kernels[i])) {
            snprintf(message, message_size, "kernel %s has no usable descriptor",
                     object->kernels[i].name ? object->kernels[i].name : "(unnamed)");
            return SIM_LOAD_INVALID;
        }
    return SIM_LOAD_OK;
}

/* Whether `size` bytes, 0 for an unknown number, hold the header of a file of any kind. */
static bool holds_header(size_t size, char *message, size_t message_size) {
    if (size == 0 || size >= sizeof(Elf64_Ehdr))
        return true;
    snprintf(message, message_size, "%zu bytes are no code object", size);
    return false;
}

enum sim_load_status sim_code_object_load(struct sim_memory *memory, enum sim_arch arch, const void *data, size_t size,
                                          struct sim_code_object **result, char *message, size_t message_size) {
    const uint8_t *file = data;
    uint8_t *plain = NULL;
    enum sim_load_status status = SIM_LOAD_OK;
    *result = NULL;
    if (!holds_header(size, message, message_size))
        return SIM_LOAD_INVALID;
    if (memcmp(file, COMPRESSED_MAGIC, 4) == 0) {
        file = plain = decompress(file, size, &size, message, message_size);
        if (!plain || !holds_header(size, message, message_size)) {
            free(plain);
            return SIM_LOAD_INVALID;
        }
    }
    if (memcmp(file, BUNDLE_MAGIC, sizeof BUNDLE_MAGIC - 1) == 0)
        status = unbundle(file, size, arch, &file, &size, message, message_size);
    else if (memcmp(file, ELFMAG, SELFMAG) == 0 && size == 0)
        size = elf_extent(file);
    struct sim_code_object *object = status == SIM_LOAD_OK ? calloc(1, sizeof *object) : NULL;
    if (status == SIM_LOAD_OK && !object)
        status = SIM_LOAD_NO_MEMORY;
    if (object) {
        object->arch = arch;
        object->memory = memory;
        object->file = malloc(size);
        if (object->file) {
            memcpy(object->file, file, size);
            object->file_size = size;
        }
        status = object->file ? load_elf(object, object->file, size, message, message_size) : SIM_LOAD_NO_MEMORY;
    }
    free(plain);
    if (status == SIM_LOAD_OK && object)
        *result = object;
    else
        sim_code_object_unload(object);
    return status;
}

void sim_code_object_unload(struct sim_code_object *object) {
    if (!object)
        return;
    for (unsigned i = 0; i < object->num_kernels; i++) {
        free(object->kernels[i].name);
        free(object->kernels[i].args);
    }
    for (unsigned i = 0; i < object->num_globals; i++)
        free(object->globals[i].name);
    free(object->kernels);
    free(object->globals);
    for (uint32_t i = 0; i < object->num_formats; i++)
        free(object->formats[i].text);
    free(object->formats);
    sim_program_release(object->program);
    if (object->image)
        sim_memory_free(object->memory, (void *)(uintptr_t)object->image->base);
    free(object->file);
    free(object);
}

const struct sim_kernel *sim_code_object_kernel(const struct sim_code_object *object, const char *name) {
    for (unsigned i = 0; i < object->num_kernels; i++)
        if (strcmp(object->kernels[i].name, name) == 0)
            return &object->kernels[i];
    return NULL;
}

const struct sim_global *sim_code_object_global(const struct sim_code_object *object, const char *name) {
    for (unsigned i = 0; i < object->num_globals; i++)
        if (strcmp(object->globals[i].name, name) == 0)
            return &object->globals[i];
    return NULL;
}
