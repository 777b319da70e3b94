/* SPDX-License-Identifier: MIT
 *
 * What kernels print: a format and its arguments, as the device's library sends or stores them.
 */
#ifndef PAGODA_SIM_DEVICE_PRINTF_H
#define PAGODA_SIM_DEVICE_PRINTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct sim_code_object;

/* Prints `format` with arguments of 8 bytes each; a string lies among them with its terminating zero, padded to a
 * multiple of 8. Arguments that are missing read as 0 and "". */
void sim_device_printf(FILE *to, const char *format, const uint8_t *arguments, size_t size);

/* Prints the records of a buffer that kernels with buffered printf have filled: the bytes used, the bytes available,
 * then records. False when kernels wanted to store more than fits or a record is not understood. */
#define SIM_PRINTF_BUFFER_BYTES (1u << 20)
bool sim_print_buffer(const struct sim_code_object *object, const uint8_t *buffer);

#endif
