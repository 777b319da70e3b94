/* SPDX-License-Identifier: MIT */
#include "launch_bundle.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "number_formats.h"

static const char format_name[] = "pagoda-launch-1";

static const struct {
    const char *name;
    size_t element;
    pagoda_dtype dtype; /* of the small types */
} compares[] = {
    [BUNDLE_EQUAL_BYTES] = {"bytes", 1, 0},
    [BUNDLE_F16] = {"f16", 2, PAGODA_DTYPE_FP16},
    [BUNDLE_BF16] = {"bf16", 2, PAGODA_DTYPE_BF16},
    [BUNDLE_F32] = {"f32", 4, 0},
    [BUNDLE_F64] = {"f64", 8, 0},
    [BUNDLE_E4M3FN] = {"fp8_e4m3fn", 1, PAGODA_DTYPE_FP8_E4M3FN},
    [BUNDLE_E4M3FNUZ] = {"fp8_e4m3fnuz", 1, PAGODA_DTYPE_FP8_E4M3FNUZ},
};
enum { NUM_COMPARES = sizeof compares / sizeof compares[0] };

const char *bundle_compare_name(enum bundle_compare compare) {
    return compares[compare].name;
}

void launch_bundle_free(struct launch_bundle *b) {
    free(b->arch);
    free(b->kernel);
    free(b->code_object);
    free(b->kernarg);
    for (size_t i = 0; i < b->num_buffers; ++i) {
        free(b->buffers[i].name);
        free(b->buffers[i].before);
        free(b->buffers[i].after);
    }
    free(b->buffers);
    free(b->pointers);
    *b = (struct launch_bundle){0};
}

/* ---- comparing ---- */

static double element(enum bundle_compare compare, const unsigned char *bytes, size_t index) {
    bytes += index * compares[compare].element;
    if (compare == BUNDLE_F32) {
        float value;
        memcpy(&value, bytes, sizeof value);
        return (double)value;
    }
    if (compare == BUNDLE_F64) {
        double value;
        memcpy(&value, bytes, sizeof value);
        return value;
    }
    uint16_t bits = bytes[0];
    if (compares[compare].element == 2) {
        memcpy(&bits, bytes, sizeof bits);
    }
    return number_format_values(compares[compare].dtype)[bits];
}

double bundle_compare_error(const struct bundle_buffer *b, const void *got, const void *want,
                            size_t *first_difference) {
    const unsigned char *x = got, *y = want;
    size_t size = compares[b->compare].element, count = b->bytes / size;
    double error2 = 0, want2 = 0;
    *first_difference = b->bytes;
    for (size_t i = 0; i < count; ++i) {
        bool is_equal = memcmp(x + i * size, y + i * size, size) == 0;
        if (!is_equal && *first_difference == b->bytes) {
            *first_difference = i * size;
        }
        if (b->compare == BUNDLE_EQUAL_BYTES) {
            error2 = is_equal ? error2 : INFINITY;
            continue;
        }
        double value = element(b->compare, y, i);
        if (isfinite(value)) {
            want2 += value * value;
        }
        if (!is_equal) {
            double difference = element(b->compare, x, i) - value;
            error2 += isfinite(difference) ? difference * difference : INFINITY;
        }
    }
    return error2 == 0 ? 0 : want2 == 0 || isinf(error2) ? INFINITY : sqrt(error2 / want2);
}

/* ---- reading ---- */

struct reader {
    const char *folder;
    struct pagoda_text *message;
};

static int malformed(const struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int malformed(const struct reader *r, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pagoda_text_add(r->message, "%s/launch.json: %s", r->folder, text);
    return -1;
}

/* Reads a file that the bundle names: it lies in the folder and has `want` bytes (SIZE_MAX: any number but none). */
static void *read_file(const struct reader *r, const char *what, const char *name, size_t want, size_t *bytes) {
    char path[4096];
    struct stat status;
    if (name[0] == '/' || name[0] == 0 || strstr(name, "..")) {
        malformed(r, "%s: '%s' does not name a file in the bundle's folder", what, name);
        return NULL;
    }
    snprintf(path, sizeof path, "%s/%s", r->folder, name);
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        malformed(r, "%s: cannot read %s: %s", what, path, file ? "not a regular file" : strerror(errno));
        if (file) {
            fclose(file);
        }
        return NULL;
    }
    size_t size = (size_t)status.st_size;
    if (want == SIZE_MAX ? size == 0 : size != want) {
        malformed(r, "%s: %s has %zu bytes, expected %s%zu", what, path, size, want == SIZE_MAX ? "more than " : "",
                  want == SIZE_MAX ? 0 : want);
        fclose(file);
        return NULL;
    }
    void *data = malloc(size + 1);
    if (!data || fread(data, 1, size, file) != size) {
        malformed(r, "%s: cannot read %s", what, path);
        free(data);
        data = NULL;
    }
    fclose(file);
    *bytes = size;
    return data;
}

static const char *get_text(const struct reader *r, const json_t *object, const char *where, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value) || json_string_length(value) == 0) {
        malformed(r, "%s%s %s", where, key, value ? "is not a non-empty string" : "is missing");
        return NULL;
    }
    return json_string_value(value);
}

static int get_count(const struct reader *r, const json_t *value, const char *what, json_int_t low, json_int_t high,
                     size_t *count) {
    if (!json_is_integer(value) || json_integer_value(value) < low || json_integer_value(value) > high) {
        return malformed(r, "%s is not a whole number from %lld to %lld", what, (long long)low, (long long)high);
    }
    *count = (size_t)json_integer_value(value);
    return 0;
}

static int get_triple(const struct reader *r, const json_t *root, const char *key, uint32_t out[3], json_int_t high) {
    const json_t *list = json_object_get(root, key);
    if (!json_is_array(list) || json_array_size(list) != 3) {
        return malformed(r, "%s is not a list of three numbers", key);
    }
    for (size_t i = 0; i < 3; ++i) {
        size_t value;
        if (get_count(r, json_array_get(list, i), key, 1, high, &value)) {
            return -1;
        }
        out[i] = (uint32_t)value;
    }
    return 0;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static int read_kernarg(const struct reader *r, const json_t *root, struct launch_bundle *b) {
    const json_t *value = json_object_get(root, "kernarg");
    if (!json_is_string(value) || json_string_length(value) % 2 != 0) {
        return malformed(r, "kernarg is not a string of two hex digits per byte");
    }
    const char *hex = json_string_value(value);
    b->kernarg_bytes = json_string_length(value) / 2;
    b->kernarg = calloc(1, b->kernarg_bytes + 8);
    if (!b->kernarg) {
        return malformed(r, "out of memory");
    }
    for (size_t i = 0; i < b->kernarg_bytes; ++i) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return malformed(r, "kernarg: '%.2s' at byte %zu is not hex", hex + 2 * i, i);
        }
        b->kernarg[i] = (unsigned char)(high << 4 | low);
    }
    return 0;
}

static int read_compare(const struct reader *r, const json_t *compare, const char *where,
                        struct bundle_buffer *buffer) {
    if (!compare) {
        return 0;
    }
    const char *type = json_is_object(compare) ? get_text(r, compare, where, "type") : NULL;
    const json_t *bound = json_object_get(compare, "rel_frobenius");
    if (!type || !json_is_number(bound) || !(json_number_value(bound) >= 0)) {
        return type ? malformed(r, "%scompare.rel_frobenius is not a number >= 0", where)
                    : malformed(r, "%scompare is not an object with a type", where);
    }
    buffer->rel_frobenius = json_number_value(bound);
    for (int i = BUNDLE_EQUAL_BYTES + 1; i < NUM_COMPARES; ++i) {
        if (strcmp(type, compares[i].name) == 0) {
            buffer->compare = (enum bundle_compare)i;
            return buffer->bytes % compares[i].element
                       ? malformed(r, "%sbytes is not a whole number of %s elements", where, type)
                       : 0;
        }
    }
    return malformed(r, "%scompare.type '%s' is not one of f16, bf16, f32, f64, fp8_e4m3fn, fp8_e4m3fnuz", where, type);
}

static int read_contents(const struct reader *r, const json_t *object, const char *where, const char *key, size_t bytes,
                         void **data) {
    if (!json_object_get(object, key)) {
        return 0;
    }
    char what[160];
    const char *file = get_text(r, object, where, key);
    snprintf(what, sizeof what, "%s%s", where, key);
    return file && (*data = read_file(r, what, file, bytes, &bytes)) ? 0 : -1;
}

static int read_buffers(const struct reader *r, const json_t *root, struct launch_bundle *b) {
    const json_t *list = json_object_get(root, "buffers");
    if (list && !json_is_array(list)) {
        return malformed(r, "buffers is not a list");
    }
    size_t count = json_array_size(list);
    b->buffers = calloc(count + 1, sizeof *b->buffers);
    if (!b->buffers) {
        return malformed(r, "out of memory");
    }
    for (; b->num_buffers < count; ++b->num_buffers) {
        const json_t *item = json_array_get(list, b->num_buffers);
        char where[128], what[160];
        snprintf(where, sizeof where, "buffers[%zu].", b->num_buffers);
        struct bundle_buffer buffer = {0};
        const char *name = json_is_object(item) ? get_text(r, item, where, "name") : NULL;
        if (!name) {
            return json_is_object(item) ? -1 : malformed(r, "buffers[%zu] is not an object", b->num_buffers);
        }
        for (size_t i = 0; i < b->num_buffers; ++i) {
            if (strcmp(b->buffers[i].name, name) == 0) {
                return malformed(r, "two buffers are called '%s'", name);
            }
        }
        snprintf(where, sizeof where, "buffer '%.60s': ", name);
        snprintf(what, sizeof what, "%sbytes", where);
        if (get_count(r, json_object_get(item, "bytes"), what, 1, (json_int_t)1 << 44, &buffer.bytes) ||
            read_compare(r, json_object_get(item, "compare"), where, &buffer) ||
            read_contents(r, item, where, "before", buffer.bytes, &buffer.before) ||
            read_contents(r, item, where, "after", buffer.bytes, &buffer.after) || !(buffer.name = strdup(name))) {
            free(buffer.before);
            free(buffer.after);
            return -1;
        }
        b->buffers[b->num_buffers] = buffer;
    }
    return 0;
}

static int read_pointers(const struct reader *r, const json_t *root, struct launch_bundle *b) {
    const json_t *list = json_object_get(root, "pointers");
    if (list && !json_is_array(list)) {
        return malformed(r, "pointers is not a list");
    }
    size_t count = json_array_size(list);
    b->pointers = calloc(count + 1, sizeof *b->pointers);
    if (!b->pointers) {
        return malformed(r, "out of memory");
    }
    for (; b->num_pointers < count; ++b->num_pointers) {
        const json_t *item = json_array_get(list, b->num_pointers), *offset = json_object_get(item, "offset");
        char where[64], what[96];
        struct bundle_pointer pointer = {.buffer = SIZE_MAX};
        snprintf(where, sizeof where, "pointers[%zu].", b->num_pointers);
        snprintf(what, sizeof what, "%skernarg_offset", where);
        if (!json_is_object(item)) {
            return malformed(r, "pointers[%zu] is not an object", b->num_pointers);
        }
        if (b->kernarg_bytes < 8) {
            return malformed(r, "there are pointers, but kernarg has %zu bytes", b->kernarg_bytes);
        }
        const char *name = get_text(r, item, where, "buffer");
        if (!name || get_count(r, json_object_get(item, "kernarg_offset"), what, 0, (json_int_t)b->kernarg_bytes - 8,
                               &pointer.kernarg_offset)) {
            return -1;
        }
        for (size_t i = 0; i < b->num_buffers; ++i) {
            pointer.buffer = strcmp(b->buffers[i].name, name) == 0 ? i : pointer.buffer;
        }
        if (pointer.buffer == SIZE_MAX) {
            return malformed(r, "%sbuffer: there is no buffer '%s'", where, name);
        }
        snprintf(what, sizeof what, "%soffset", where);
        if (offset && get_count(r, offset, what, 0, (json_int_t)b->buffers[pointer.buffer].bytes, &pointer.offset)) {
            return -1;
        }
        b->pointers[b->num_pointers] = pointer;
    }
    return 0;
}

static int read_root(const struct reader *r, const json_t *root, struct launch_bundle *b) {
    if (!json_is_object(root)) {
        return malformed(r, "not an object");
    }
    const char *format = get_text(r, root, "", "format");
    if (!format || strcmp(format, format_name) != 0) {
        return format ? malformed(r, "format '%s' is not '%s'", format, format_name) : -1;
    }
    const char *arch = get_text(r, root, "", "arch"), *kernel = arch ? get_text(r, root, "", "kernel") : NULL;
    const char *file = kernel ? get_text(r, root, "", "code_object") : NULL;
    if (!file) {
        return -1;
    }
    b->arch = strndup(arch, strcspn(arch, ":")); /* without features such as :sramecc+ */
    b->kernel = strdup(kernel);
    b->code_object = read_file(r, "code_object", file, SIZE_MAX, &b->code_object_bytes);
    if (!b->arch || !b->kernel || !b->code_object) {
        return -1;
    }
    if (get_triple(r, root, "grid", b->grid, UINT32_MAX) || get_triple(r, root, "block", b->block, 1024)) {
        return -1;
    }
    if ((uint64_t)b->block[0] * b->block[1] * b->block[2] > 1024) {
        return malformed(r, "block has more than 1024 work-items");
    }
    const json_t *lds = json_object_get(root, "dynamic_lds");
    size_t lds_bytes = 0;
    if (lds && get_count(r, lds, "dynamic_lds", 0, 1 << 20, &lds_bytes)) {
        return -1;
    }
    b->dynamic_lds = (uint32_t)lds_bytes;
    return read_kernarg(r, root, b) || read_buffers(r, root, b) || read_pointers(r, root, b) ? -1 : 0;
}

int launch_bundle_read(const char *folder, struct launch_bundle *bundle, struct pagoda_text *message) {
    struct reader reader = {folder, message};
    char path[4096];
    json_error_t error;
    *bundle = (struct launch_bundle){0};
    snprintf(path, sizeof path, "%s/launch.json", folder);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        pagoda_text_add(message, "%s: %s", path, error.text);
        if (error.line > 0) {
            pagoda_text_add(message, " (line %d)", error.line);
        }
        return -1;
    }
    int status = read_root(&reader, root, bundle);
    json_decref(root);
    if (status != 0) {
        launch_bundle_free(bundle);
    }
    return status;
}

/* ---- writing ---- */

static int write_file(const char *folder, const char *name, const void *data, size_t bytes,
                      struct pagoda_text *message) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    bool is_written = file && fwrite(data, 1, bytes, file) == bytes;
    if (file && fclose(file) != 0) {
        is_written = false;
    }
    if (!is_written) {
        pagoda_text_add(message, "cannot write %s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

static int write_contents(const char *folder, json_t *item, const struct bundle_buffer *buffer, const char *key,
                          const void *data, struct pagoda_text *message) {
    char file[256];
    if (!data) {
        return 0;
    }
    snprintf(file, sizeof file, "%s.%s.bin", buffer->name, key);
    json_object_set_new(item, key, json_string(file));
    return write_file(folder, file, data, buffer->bytes, message);
}

static json_t *triple(const uint32_t values[3]) {
    return json_pack("[I,I,I]", (json_int_t)values[0], (json_int_t)values[1], (json_int_t)values[2]);
}

int launch_bundle_write(const char *folder, const struct launch_bundle *b, struct pagoda_text *message) {
    static const char digits[] = "0123456789abcdef";
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        pagoda_text_add(message, "cannot make %s: %s", folder, strerror(errno));
        return -1;
    }
    char *hex = calloc(2, b->kernarg_bytes + 1);
    if (!hex) {
        pagoda_text_add(message, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < b->kernarg_bytes; ++i) {
        hex[2 * i] = digits[b->kernarg[i] >> 4];
        hex[2 * i + 1] = digits[b->kernarg[i] & 15];
    }
    json_t *buffers = json_array(), *pointers = json_array();
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:s, s:o, s:o}", "format", format_name, "arch", b->arch,
                  "code_object", "kernel.co", "kernel", b->kernel, "grid", triple(b->grid), "block", triple(b->block),
                  "dynamic_lds", (json_int_t)b->dynamic_lds, "kernarg", hex, "buffers", buffers, "pointers", pointers);
    free(hex);
    int status = write_file(folder, "kernel.co", b->code_object, b->code_object_bytes, message);
    for (size_t i = 0; status == 0 && i < b->num_buffers; ++i) {
        const struct bundle_buffer *buffer = &b->buffers[i];
        json_t *item = json_pack("{s:s, s:I}", "name", buffer->name, "bytes", (json_int_t)buffer->bytes);
        json_array_append_new(buffers, item);
        if (write_contents(folder, item, buffer, "before", buffer->before, message) ||
            write_contents(folder, item, buffer, "after", buffer->after, message)) {
            status = -1;
        }
        if (buffer->compare != BUNDLE_EQUAL_BYTES) {
            json_object_set_new(item, "compare",
                                json_pack("{s:s, s:f}", "type", compares[buffer->compare].name, "rel_frobenius",
                                          buffer->rel_frobenius));
        }
    }
    for (size_t i = 0; i < b->num_pointers; ++i) {
        json_array_append_new(pointers,
                              json_pack("{s:I, s:s, s:I}", "kernarg_offset", (json_int_t)b->pointers[i].kernarg_offset,
                                        "buffer", b->buffers[b->pointers[i].buffer].name, "offset",
                                        (json_int_t)b->pointers[i].offset));
    }
    char *text = status == 0 ? json_dumps(root, JSON_INDENT(2)) : NULL;
    if (status == 0) {
        status = text ? write_file(folder, "launch.json", text, strlen(text), message) : -1;
    }
    free(text);
    json_decref(root);
    return status;
}
