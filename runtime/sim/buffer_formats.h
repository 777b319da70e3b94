/* SPDX-License-Identifier: MIT
 *
 * The data and number formats of typed buffer access: how the components of an element lie in memory, and what they are
 * in registers.
 */
#ifndef PAGODA_SIM_BUFFER_FORMATS_H
#define PAGODA_SIM_BUFFER_FORMATS_H

#include <stdbool.h>
#include <stdint.h>

enum sim_number_format {
    SIM_NUMBER_UNORM,
    SIM_NUMBER_SNORM,
    SIM_NUMBER_USCALED,
    SIM_NUMBER_SSCALED,
    SIM_NUMBER_UINT,
    SIM_NUMBER_SINT,
    SIM_NUMBER_RESERVED,
    SIM_NUMBER_FLOAT
};

struct sim_buffer_format {
    uint8_t bytes;      /* of an element; 0: the format that stands for "no buffer" */
    uint8_t components; /* X first */
    uint8_t bits[4], shift[4];
    uint8_t number; /* enum sim_number_format */
};

/* False when the two fields name no format. */
bool sim_buffer_format(unsigned data, unsigned number, struct sim_buffer_format *format);

static inline bool sim_number_is_integer(unsigned number) {
    return number == SIM_NUMBER_UINT || number == SIM_NUMBER_SINT;
}

/* Component `index` of the element: an fp32 pattern, or an integer in integer formats. */
uint32_t sim_component_load(const struct sim_buffer_format *format, const uint8_t *element, unsigned index);

/* Puts a component into the element, whose bits for it are 0. What does not fit becomes the nearest value that does. */
void sim_component_store(const struct sim_buffer_format *format, uint8_t *element, unsigned index, uint32_t value);

#endif
