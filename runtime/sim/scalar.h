/* SPDX-License-Identifier: MIT
 *
 * Reading and writing scalar operands.
 */
#ifndef PAGODA_SIM_SCALAR_H
#define PAGODA_SIM_SCALAR_H

#include "engine.h"

#include <string.h>

static inline uint64_t sim_aperture_value(unsigned which) {
    switch (which) {
    case SIM_SHARED_BASE:
        return SIM_SHARED_APERTURE;
    case SIM_SHARED_LIMIT:
        return SIM_SHARED_APERTURE + SIM_APERTURE_SIZE - 1;
    case SIM_PRIVATE_BASE:
        return SIM_PRIVATE_APERTURE;
    case SIM_PRIVATE_LIMIT:
        return SIM_PRIVATE_APERTURE + SIM_APERTURE_SIZE - 1;
    default:
        return 0;
    }
}

static inline uint64_t sim_special_scalar(const struct sim_wave *wave, const struct sim_operand *operand) {
    switch (operand->kind) {
    case SIM_OPERAND_SCC:
        return wave->scc;
    case SIM_OPERAND_VCCZ:
        return sim_vcc(wave) == 0;
    case SIM_OPERAND_EXECZ:
        return sim_exec(wave) == 0;
    case SIM_OPERAND_APERTURE:
        return sim_aperture_value((unsigned)operand->value);
    default:
        return 0;
    }
}

static inline uint32_t sim_read_s32(const struct sim_wave *wave, const struct sim_operand *operand) {
    if (operand->kind == SIM_OPERAND_SGPR)
        return wave->sgpr[operand->reg];
    if (operand->kind == SIM_OPERAND_CONST)
        return (uint32_t)operand->value;
    uint64_t value = sim_special_scalar(wave, operand);
    return operand->kind == SIM_OPERAND_APERTURE ? (uint32_t)(value >> 32) : (uint32_t)value;
}

static inline uint64_t sim_const64(const struct sim_operand *operand) {
    if (!operand->is_float_inline)
        return operand->value;
    uint32_t pattern = (uint32_t)operand->value;
    if ((pattern & 0x7fffffffu) == 0x3e22f983u) /* 1/(2*pi), the one inline constant that is not exact in fp32 */
        return 0x3fc45f306dc9c882ull | (uint64_t)(pattern >> 31) << 63;
    float narrow;
    memcpy(&narrow, &pattern, 4);
    double wide = narrow;
    uint64_t bits;
    memcpy(&bits, &wide, 8);
    return bits;
}

static inline uint64_t sim_read_s64(const struct sim_wave *wave, const struct sim_operand *operand) {
    if (operand->kind == SIM_OPERAND_SGPR)
        return sim_sgpr64(wave, operand->reg);
    if (operand->kind == SIM_OPERAND_CONST)
        return sim_const64(operand);
    return sim_special_scalar(wave, operand);
}

static inline void sim_write_s32(struct sim_wave *wave, const struct sim_operand *operand, uint32_t value) {
    wave->sgpr[operand->reg] = value;
}

static inline void sim_write_s64(struct sim_wave *wave, const struct sim_operand *operand, uint64_t value) {
    sim_set_sgpr64(wave, operand->reg, value);
}

#endif
