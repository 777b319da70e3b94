/* SPDX-License-Identifier: MIT
 *
 * The coverage page: for each cell of the product of request axes, which pipeline serves it, and the rules that keep a
 * better one from doing so. One HTML file without scripts, readable on a phone.
 */
#ifndef PAGODA_COVERAGE_PAGE_H
#define PAGODA_COVERAGE_PAGE_H

#include <stdio.h>

#include "../text.h"

/* Covers the whole catalogue, whatever this build holds of it. Returns 0, or -1 with a message. */
int coverage_page_write(FILE *file, struct pagoda_text *message);

#endif
