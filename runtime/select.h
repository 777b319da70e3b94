/* SPDX-License-Identifier: MIT
 *
 * Lookups in the generated dispatch table: the instances and the candidates that a request accepts, in order of rank,
 * and the rules that refuse candidates. Knows no operation.
 */
#ifndef PAGODA_SELECT_H
#define PAGODA_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatch_table.h"

/* Bits of the axis value that means `number` and of the generic ones that serve it; 0 when there is none. */
uint32_t pagoda_axis_accept_number(const struct pagoda_axis *axis, int64_t number);
/* Index of the value called `name`; -1 when there is none. */
int pagoda_axis_find(const struct pagoda_axis *axis, const char *name);
/* Bits of all values of an axis. */
uint32_t pagoda_axis_all(const struct pagoda_axis *axis);

/* The best-ranked instance accepted, after `previous` in order of rank (NULL: the first); NULL when there is no more.
 */
const struct pagoda_instance *pagoda_next_instance(const struct pagoda_op_table *table, const uint32_t *accept,
                                                   const struct pagoda_instance *previous);
/* Whether every axis accepts the candidate's value; else *axis is the first that does not. */
bool pagoda_is_accepted(const struct pagoda_op_table *table, const uint32_t *accept, const uint8_t *value,
                        uint32_t *axis);

/* One point of the product of the axes. */
struct pagoda_candidate {
    uint8_t value[PAGODA_MAX_AXES];
    uint32_t rank;
    const struct pagoda_instance *instance; /* NULL when a rule refuses it */
};

/* Steps to the next accepted candidate in order of rank, then of values. `started` is false before the first step and
 * set by it. False when there is no more. */
bool pagoda_next_candidate(const struct pagoda_op_table *table, const uint32_t *accept, bool *started,
                           struct pagoda_candidate *candidate);
/* The rule that refuses a candidate: a structural one if there is one, else the first; NULL for an instance. */
const struct pagoda_rule *pagoda_refusing_rule(const struct pagoda_op_table *table,
                                               const struct pagoda_candidate *candidate);
/* The name that the candidate has or would have. */
void pagoda_candidate_name(const struct pagoda_op_table *table, const struct pagoda_candidate *candidate, char *name,
                           size_t size);
/* The candidate of these values. */
struct pagoda_candidate pagoda_make_candidate(const struct pagoda_op_table *table, const uint8_t *value);
/* The candidate whose name is `name`, whether an instance or not. */
bool pagoda_find_candidate(const struct pagoda_op_table *table, const char *name, struct pagoda_candidate *candidate);

#endif
