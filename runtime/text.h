/* SPDX-License-Identifier: MIT
 *
 * Writing text into a buffer of the caller's: messages and explanations. Never allocates, always terminates.
 */
#ifndef PAGODA_TEXT_H
#define PAGODA_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct pagoda_text {
    char *data;  /* NULL: text is dropped */
    size_t size; /* bytes at data, the terminator included */
    size_t length;
    bool truncated;
};

/* A text over `data`, which it empties. */
struct pagoda_text pagoda_text_over(char *data, size_t size);
void pagoda_text_add(struct pagoda_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
