/* SPDX-License-Identifier: MIT */
#include "device_printf.h"

#include "code_object.h"

#include <stdlib.h>
#include <string.h>

struct arguments {
    const uint8_t *at, *end;
};

static uint64_t next_word(struct arguments *from) {
    uint64_t value = 0;
    size_t left = (size_t)(from->end - from->at), take = left < 8 ? left : 8;
    memcpy(&value, from->at, take);
    from->at += take;
    return value;
}

static const char *next_string(struct arguments *from, size_t *length) {
    const char *text = (const char *)from->at;
    size_t left = (size_t)(from->end - from->at);
    *length = strnlen(text, left);
    size_t whole = (*length + 8) & ~(size_t)7;
    from->at += whole < left ? whole : left;
    return text;
}

/* The integer as its length modifier says. */
static long long as_signed(uint64_t value, const char *modifier) {
    if (strcmp(modifier, "hh") == 0)
        return (signed char)value;
    if (strcmp(modifier, "h") == 0)
        return (short)value;
    return *modifier ? (long long)value : (int)value;
}
static unsigned long long as_unsigned(uint64_t value, const char *modifier) {
    if (strcmp(modifier, "hh") == 0)
        return (unsigned char)value;
    if (strcmp(modifier, "h") == 0)
        return (unsigned short)value;
    return *modifier ? value : (unsigned)value;
}

#define MAX_FIELD 4096 /* width and precision: a kernel's mistake must not fill the terminal */

struct conversion {
    char flags[8], modifier[4], type;
    int width, precision; /* -1: none */
};

static const char *read_count(const char *at, struct arguments *from, int *count) {
    if (*at == '*') {
        *count = (int)next_word(from);
        return at + 1;
    }
    char *end;
    long value = strtol(at, &end, 10);
    *count = end == at ? 0 : (int)value;
    return end;
}

/* `at` is behind the per cent sign; returns what follows the conversion. */
static const char *read_conversion(const char *at, struct arguments *from, struct conversion *c) {
    size_t flags = 0, modifier = 0;
    memset(c, 0, sizeof *c);
    c->width = c->precision = -1;
    for (; *at && strchr("-+ #0", *at); at++)
        if (flags + 2 < sizeof c->flags)
            c->flags[flags++] = *at;
    if (*at == '*' || (*at >= '1' && *at <= '9'))
        at = read_count(at, from, &c->width);
    if (c->width < -1) {
        c->flags[flags++] = '-';
        c->width = -c->width;
    }
    if (*at == '.')
        at = read_count(at + 1, from, &c->precision);
    for (; *at && strchr("hlLjzt", *at); at++)
        if (modifier + 1 < sizeof c->modifier)
            c->modifier[modifier++] = *at;
    c->type = *at;
    c->width = c->width > MAX_FIELD ? MAX_FIELD : c->width;
    c->precision = c->precision > MAX_FIELD ? MAX_FIELD : c->precision;
    return *at ? at + 1 : at;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void print_conversion(FILE *to, const struct conversion *c, struct arguments *from) {
    char spec[40], width[12] = "";
    size_t length;
    if (c->width >= 0)
        snprintf(width, sizeof width, "%d", c->width);
    bool integer = strchr("dixXouc", c->type) != NULL;
    snprintf(spec, sizeof spec, "%%%s%s.*%s%c", c->flags, width, integer && c->type != 'c' ? "ll" : "", c->type);
    const char *text;
    double number;
    uint64_t value;
    switch (c->type) {
    case 'd':
    case 'i':
        fprintf(to, spec, c->precision, as_signed(next_word(from), c->modifier));
        break;
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        fprintf(to, spec, c->precision, as_unsigned(next_word(from), c->modifier));
        break;
    case 'c':
        snprintf(spec, sizeof spec, "%%%s%sc", c->flags, width);
        fprintf(to, spec, (int)next_word(from));
        break;
    case 's':
        text = next_string(from, &length);
        length = c->precision >= 0 && (size_t)c->precision < length ? (size_t)c->precision : length;
        fprintf(to, spec, (int)length, text);
        break;
    case 'p':
        snprintf(spec, sizeof spec, "%%%s%sp", c->flags, width);
        fprintf(to, spec, (void *)(uintptr_t)next_word(from));
        break;
    case 'n':
        next_word(from); /* a device pointer: not written */
        break;
    default: /* a e f g, either case */
        value = next_word(from);
        memcpy(&number, &value, sizeof number);
        fprintf(to, spec, c->precision, number);
    }
}
#pragma GCC diagnostic pop

void sim_device_printf(FILE *to, const char *format, const uint8_t *arguments, size_t size) {
    struct arguments from = {arguments, arguments + size};
    while (*format) {
        const char *percent = strchrnul(format, '%');
        fwrite(format, 1, (size_t)(percent - format), to);
        if (!*percent)
            break;
        struct conversion c;
        format = read_conversion(percent + 1, &from, &c);
        if (c.type && strchr("diouxXcspnaAeEfFgG", c.type))
            print_conversion(to, &c, &from);
        else if (c.type == '%')
            fputc('%', to);
        else
            fwrite(percent, 1, (size_t)(format - percent), to);
    }
    fflush(to);
}

/* ---- buffered ---- */

enum { RECORD_STDERR = 1, RECORD_HASHED = 2 };

bool sim_print_buffer(const struct sim_code_object *object, const uint8_t *buffer) {
    uint32_t used, available, control;
    memcpy(&used, buffer, 4);
    memcpy(&available, buffer + 4, 4);
    const uint8_t *at = buffer + 8, *end = buffer + SIM_PRINTF_BUFFER_BYTES;
    if (used <= SIM_PRINTF_BUFFER_BYTES - 8)
        end = at + used;
    while (at + 4 <= end) {
        memcpy(&control, at, 4);
        size_t size = control >> 2;
        if (size < 12 || size > (size_t)(end - at))
            return false;
        struct arguments from = {at + 4, at + size};
        const char *format = NULL;
        size_t length = 0;
        if (control & RECORD_HASHED) {
            uint64_t hash = next_word(&from);
            for (uint32_t i = 0; i < object->num_formats; i++)
                format = object->formats[i].hash == hash ? object->formats[i].text : format;
        } else {
            format = next_string(&from, &length);
            format = from.at <= from.end && format + length < (const char *)at + size ? format : NULL;
        }
        if (!format)
            return false;
        sim_device_printf(control & RECORD_STDERR ? stderr : stdout, format, from.at, (size_t)(from.end - from.at));
        at += size;
    }
    return true;
}
