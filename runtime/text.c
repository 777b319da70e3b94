/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdio.h>

struct pagoda_text pagoda_text_over(char *data, size_t size) {
    struct pagoda_text text = {.data = size > 0 ? data : NULL, .size = size};
    if (text.data != NULL)
        text.data[0] = '\0';
    return text;
}

void pagoda_text_add(struct pagoda_text *text, const char *format, ...) {
    if (text->data == NULL || text->truncated) {
        text->truncated = true;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    const size_t room = text->size - text->length;
    const int wanted = vsnprintf(text->data + text->length, room, format, arguments);
    va_end(arguments);
    if (wanted < 0 || (size_t)wanted >= room) {
        text->length = text->size - 1;
        text->truncated = true;
    } else {
        text->length += (size_t)wanted;
    }
}
