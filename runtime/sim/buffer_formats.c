/* SPDX-License-Identifier: MIT */
#include "buffer_formats.h"

#include "float_formats.h"

#include <math.h>

/* Component widths from the lowest bit up, which is X. The formats' names list them from the highest. */
static const uint8_t widths[16][4] = {[1] = {8},
                                      [2] = {16},
                                      [3] = {8, 8},
                                      [4] = {32},
                                      [5] = {16, 16},
                                      [6] = {11, 11, 10},
                                      [7] = {10, 11, 11},
                                      [8] = {2, 10, 10, 10},
                                      [9] = {10, 10, 10, 2},
                                      [10] = {8, 8, 8, 8},
                                      [11] = {32, 32},
                                      [12] = {16, 16, 16, 16},
                                      [13] = {32, 32, 32},
                                      [14] = {32, 32, 32, 32}};

bool sim_buffer_format(unsigned data, unsigned number, struct sim_buffer_format *format) {
    *format = (struct sim_buffer_format){.number = (uint8_t)number};
    if (data == 0)
        return true;
    unsigned at = 0;
    for (unsigned i = 0; i < 4 && widths[data][i]; i++) {
        format->bits[i] = widths[data][i];
        format->shift[i] = (uint8_t)at;
        format->components++;
        at += widths[data][i];
    }
    format->bytes = (uint8_t)(at / 8);
    bool has_floats = format->bits[0] >= 10 && data != 9;
    bool has_normalised = format->bits[0] != 32;
    if (number == SIM_NUMBER_FLOAT)
        return has_floats;
    if (number == SIM_NUMBER_RESERVED || number > SIM_NUMBER_FLOAT)
        return false;
    return at != 0 && (sim_number_is_integer(number) || has_normalised);
}

static uint32_t mask_of(unsigned bits) {
    return bits == 32 ? ~0u : (1u << bits) - 1;
}

/* The unsigned floats of 11 and 10 bits are fp16 without sign and with a shorter mantissa. */
static uint32_t load_float(unsigned bits, uint32_t raw) {
    if (bits == 32)
        return raw;
    return sim_float_to_bits(sim_f16_to_f32(bits == 16 ? raw : raw << (15 - bits)));
}

static uint32_t store_float(unsigned bits, uint32_t value) {
    if (bits == 32)
        return value;
    float number = sim_float_from_bits(value);
    if (bits == 16)
        return sim_f32_to_f16(number);
    if (isnan(number))
        return mask_of(bits);
    if (number <= 0)
        return 0;
    uint32_t half = sim_f16_encode(number, SIM_ROUND_ZERO) >> (15 - bits);
    uint32_t infinity = 0x7c00u >> (15 - bits);
    return isinf(number) ? infinity : half >= infinity ? infinity - 1 : half;
}

uint32_t sim_component_load(const struct sim_buffer_format *format, const uint8_t *element, unsigned index) {
    unsigned bits = format->bits[index], shift = format->shift[index];
    uint64_t word = 0;
    for (unsigned i = 0; i < 5 && shift / 8 + i < format->bytes; i++)
        word |= (uint64_t)element[shift / 8 + i] << 8 * i;
    uint32_t raw = (uint32_t)(word >> shift % 8) & mask_of(bits);
    int32_t integer = (int32_t)(raw << (32 - bits)) >> (32 - bits);
    switch (format->number) {
    case SIM_NUMBER_UNORM:
        return sim_float_to_bits((float)((double)raw / mask_of(bits)));
    case SIM_NUMBER_SNORM:
        return sim_float_to_bits((float)fmax((double)integer / mask_of(bits - 1), -1));
    case SIM_NUMBER_USCALED:
        return sim_float_to_bits((float)raw);
    case SIM_NUMBER_SSCALED:
        return sim_float_to_bits((float)integer);
    case SIM_NUMBER_SINT:
        return (uint32_t)integer;
    case SIM_NUMBER_FLOAT:
        return load_float(bits, raw);
    default:
        return raw;
    }
}

static double clamped(uint32_t value, double low, double high) {
    float number = sim_float_from_bits(value);
    return isnan(number) ? 0 : number < low ? low : number > high ? high : (double)number;
}

void sim_component_store(const struct sim_buffer_format *format, uint8_t *element, unsigned index, uint32_t value) {
    unsigned bits = format->bits[index], shift = format->shift[index];
    double largest = mask_of(bits), positive = mask_of(bits - 1);
    int64_t integer = (int32_t)value;
    uint32_t raw;
    switch (format->number) {
    case SIM_NUMBER_UNORM:
        raw = (uint32_t)rint(clamped(value, 0, 1) * largest);
        break;
    case SIM_NUMBER_SNORM:
        raw = (uint32_t)(int32_t)rint(clamped(value, -1, 1) * positive);
        break;
    case SIM_NUMBER_USCALED:
        raw = (uint32_t)clamped(value, 0, largest);
        break;
    case SIM_NUMBER_SSCALED:
        raw = (uint32_t)(int32_t)clamped(value, -positive - 1, positive);
        break;
    case SIM_NUMBER_SINT:
        raw = (uint32_t)(int32_t)(integer < -positive - 1 ? -positive - 1 : integer > positive ? positive : integer);
        break;
    case SIM_NUMBER_FLOAT:
        raw = store_float(bits, value);
        break;
    default:
        raw = value > mask_of(bits) ? mask_of(bits) : value;
    }
    uint64_t word = (uint64_t)(raw & mask_of(bits)) << shift % 8;
    for (unsigned i = 0; i < 5 && shift / 8 + i < format->bytes; i++)
        element[shift / 8 + i] |= (uint8_t)(word >> 8 * i);
}
