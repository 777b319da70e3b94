/* SPDX-License-Identifier: MIT
 *
 * LDS bank cycles. The lanes of a wave are served in phases; a phase takes as many cycles as its most loaded bank has
 * different words. Lanes that read the same word share it.
 */
#include "timing.h"

#include <string.h>

/* Lanes of one half wave in the order in which 16-byte reads are served, 8 at a time (CK-Tile documentation). */
static const uint8_t wide_read_order[32] = {0, 1, 2,  3,  20, 21, 22, 23, 4,  5,  6,  7,  16, 17, 18, 19,
                                            8, 9, 10, 11, 28, 29, 30, 31, 12, 13, 14, 15, 24, 25, 26, 27};
/* With 64 banks two of those groups go together: {0-3, 12-15, 20-27} and {4-11, 16-19, 28-31}. */
static const uint8_t wide_read_order_64[32] = {0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15, 24, 25, 26, 27,
                                               4, 5, 6, 7, 16, 17, 18, 19, 8,  9,  10, 11, 28, 29, 30, 31};

static unsigned phase_clk(const uint64_t *address, const uint8_t *lanes, unsigned count, unsigned bytes,
                          unsigned banks) {
    uint32_t words[64][32];
    uint8_t load[64] = {0};
    unsigned most = 1;
    for (unsigned i = 0; i < count; i++) {
        uint64_t last = (address[lanes[i]] + bytes - 1) / 4;
        for (uint64_t word = address[lanes[i]] / 4; word <= last; word++) {
            unsigned bank = (unsigned)(word % banks);
            bool seen = false;
            for (unsigned w = 0; w < load[bank] && !seen; w++) {
                seen = words[bank][w] == (uint32_t)word;
            }
            if (!seen && load[bank] < 32) {
                words[bank][load[bank]++] = (uint32_t)word;
                most = load[bank] > most ? load[bank] : most;
            }
        }
    }
    return most;
}

static unsigned access_clk(enum sim_arch arch, const uint64_t *address, uint64_t lanes, unsigned bytes, bool write) {
    bool wide = !write && (bytes == 8 || bytes == 16);
    unsigned banks = (unsigned)timing_value(wide ? TIMING_LDS_WIDE_BANKS : TIMING_LDS_BANKS, arch);
    unsigned per_phase = bytes <= 4 ? 32 : bytes == 12 ? 8 : banks * 4 / bytes; /* lanes */
    unsigned clk = 0;
    for (unsigned first = 0; first < 64; first += per_phase) {
        uint8_t chosen[32];
        unsigned count = 0;
        for (unsigned i = first; i < first + per_phase && i < 64; i++) {
            unsigned lane = i;
            if (!write && bytes == 16) {
                lane = i / 32 * 32 + (banks == 64 ? wide_read_order_64 : wide_read_order)[i % 32];
            }
            if (lanes >> lane & 1) {
                chosen[count++] = (uint8_t)lane;
            }
        }
        clk += count ? phase_clk(address, chosen, count, bytes, banks) : 0;
    }
    return clk ? clk : 1;
}

unsigned timing_lds_clk(enum sim_arch arch, const uint64_t *address, const uint64_t *second, uint64_t lanes,
                        unsigned bytes, bool write) {
    return access_clk(arch, address, lanes, bytes, write) +
           (second ? access_clk(arch, second, lanes, bytes, write) : 0);
}
