/* SPDX-License-Identifier: MIT
 *
 * Empty opcode tables for instruction classes that a build leaves out; a file that defines one overrides it.
 */
#include "inst.h"

#define EMPTY_TABLE(table) __attribute__((weak)) const struct sim_opcode table[] = {{.name = 0}}

EMPTY_TABLE(sim_salu_opcodes);
EMPTY_TABLE(sim_smem_opcodes);
EMPTY_TABLE(sim_vmem_opcodes);
EMPTY_TABLE(sim_lds_opcodes);
EMPTY_TABLE(sim_mfma_opcodes);
