/* SPDX-License-Identifier: MIT
 *
 * From an instruction to the line of source that it was compiled from, for code objects with debug information.
 */
#ifndef PAGODA_SIM_SOURCE_LINE_H
#define PAGODA_SIM_SOURCE_LINE_H

#include "code_object.h"

/* Writes "file:line" of the instruction at `offset` of the program. False, and an empty text, when the code object has
 * no line table (DWARF 4 or 5) or it does not cover the instruction. */
bool sim_source_line(const struct sim_code_object *object, uint64_t offset, char *text, size_t size);

#endif
