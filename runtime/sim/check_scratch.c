/* SPDX-License-Identifier: MIT
 *
 * Shadow of scratch: which bytes of each lane hold a defined value. Scratch is private to its lane, so that neither
 * races nor reads by others concern it.
 */
#include "check_state.h"

/* The bit of a lane's byte 0, or false when the access is out of range, which the executor reports. */
static bool locate(const struct sim_wave *wave, unsigned lane, uint64_t address, unsigned bytes, uint64_t *bit) {
    uint64_t size = wave->wg->scratch_bytes;
    *bit = (uint64_t)(wave->index * SIM_LANES + lane) * size + address;
    return address + bytes <= size;
}

void check_scratch_store(struct sim_wave *wave, unsigned lane, uint64_t address, unsigned bytes, unsigned row) {
    const struct check_wave *check = check_of(wave);
    uint8_t *defined = check_group(wave)->scratch_defined;
    uint64_t bit;
    if (!locate(wave, lane, address, bytes, &bit))
        return;
    for (unsigned i = 0; i < bytes; i++, bit++) {
        if (row < CHECK_ROWS && check->undefined[row + i / 4] >> lane & 1) /* a spill: it travels on from here */
            defined[bit / 8] &= (uint8_t)~(1u << bit % 8);
        else
            defined[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

unsigned check_scratch_load(struct sim_wave *wave, const struct sim_inst *inst, unsigned lane, uint64_t address,
                            unsigned bytes) {
    struct check_wave *check = check_of(wave);
    const uint8_t *defined = check_group(wave)->scratch_defined;
    unsigned some = 0, dwords = (bytes + 3) / 4;
    uint64_t bit;
    if (!locate(wave, lane, address, bytes, &bit))
        return 0;
    for (unsigned i = 0; i < bytes; i++, bit++)
        some |= (unsigned)(defined[bit / 8] >> bit % 8 & 1) << i / 4;
    unsigned undefined = ~some & ((1u << dwords) - 1);
    if (undefined)
        check->load_origin =
            (uint16_t)(check_new_origin(check, inst, 3, address + 4u * (unsigned)__builtin_ctz(undefined), 0) + 1);
    return undefined;
}
