/* SPDX-License-Identifier: MIT */
#include "select.h"

#include <string.h>

#include "text.h"

uint32_t pagoda_axis_all(const struct pagoda_axis *axis) {
    return axis->num_values >= 32 ? UINT32_MAX : (UINT32_C(1) << axis->num_values) - 1;
}

uint32_t pagoda_axis_accept_number(const struct pagoda_axis *axis, int64_t number) {
    uint32_t accept = 0;
    for (uint32_t i = 0; i < axis->num_values; i++) {
        const struct pagoda_axis_value *value = &axis->values[i];
        if (value->serves_from > 0 ? number >= value->serves_from : value->number == number)
            accept |= UINT32_C(1) << i;
    }
    return accept;
}

int pagoda_axis_find(const struct pagoda_axis *axis, const char *name) {
    for (int i = 0; i < axis->num_values; i++) {
        if (strcmp(axis->values[i].name, name) == 0)
            return i;
    }
    return -1;
}

/* First instance whose key is not below `key`. */
static uint32_t lower_bound(const struct pagoda_op_table *table, uint64_t key) {
    uint32_t low = 0, high = table->num_instances;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (table->instances[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sets value[] to the accepted point after it, counting the axes for which is_request == `requests` (2: all axes) like
 * digits, the last one fastest. False when there is none. */
enum { CHOICE_AXES = 0, REQUEST_AXES = 1, ALL_AXES = 2 };

static bool counts(const struct pagoda_axis *axis, int which) {
    return which == ALL_AXES || axis->is_request == which;
}

static bool first_point(const struct pagoda_op_table *table, const uint32_t *accept, int which, uint8_t *value) {
    for (uint32_t a = 0; a < table->num_axes; a++) {
        if (!counts(&table->axes[a], which))
            continue;
        if (accept[a] == 0)
            return false;
        value[a] = (uint8_t)__builtin_ctz(accept[a]);
    }
    return true;
}

static bool next_point(const struct pagoda_op_table *table, const uint32_t *accept, int which, uint8_t *value) {
    for (uint32_t a = table->num_axes; a-- > 0;) {
        if (!counts(&table->axes[a], which))
            continue;
        const uint32_t above = value[a] >= 31 ? 0 : accept[a] & ~((UINT32_C(2) << value[a]) - 1);
        if (above != 0) {
            value[a] = (uint8_t)__builtin_ctz(above);
            return true;
        }
        value[a] = (uint8_t)__builtin_ctz(accept[a]);
    }
    return false;
}

static uint64_t key_of(const struct pagoda_op_table *table, const uint8_t *value) {
    uint64_t key = 0;
    for (uint32_t a = 0; a < table->num_axes; a++) {
        if (table->axes[a].is_request)
            key |= (uint64_t)value[a] << table->axes[a].key_shift;
    }
    return key;
}

const struct pagoda_instance *pagoda_next_instance(const struct pagoda_op_table *table, const uint32_t *accept,
                                                   const struct pagoda_instance *previous) {
    const struct pagoda_instance *best = NULL;
    uint8_t value[PAGODA_MAX_AXES] = {0};
    bool more = first_point(table, accept, REQUEST_AXES, value);
    for (; more; more = next_point(table, accept, REQUEST_AXES, value)) {
        const uint64_t key = key_of(table, value);
        for (uint32_t i = lower_bound(table, key); i < table->num_instances && table->instances[i].key == key; i++) {
            const struct pagoda_instance *instance = &table->instances[i];
            uint32_t axis;
            if ((previous == NULL || instance->rank > previous->rank) &&
                (best == NULL || instance->rank < best->rank) &&
                pagoda_is_accepted(table, accept, instance->value, &axis))
                best = instance;
        }
    }
    return best;
}

bool pagoda_is_accepted(const struct pagoda_op_table *table, const uint32_t *accept, const uint8_t *value,
                        uint32_t *axis) {
    for (uint32_t a = 0; a < table->num_axes; a++) {
        if ((accept[a] >> value[a] & 1) == 0) {
            *axis = a;
            return false;
        }
    }
    return true;
}

static uint32_t rank_of(const struct pagoda_op_table *table, const uint8_t *value) {
    uint32_t rank = 0;
    for (uint32_t a = 0; a < table->num_axes; a++)
        rank += table->axes[a].values[value[a]].rank;
    return rank;
}

static const struct pagoda_instance *instance_of(const struct pagoda_op_table *table, const uint8_t *value) {
    const uint64_t key = key_of(table, value);
    for (uint32_t i = lower_bound(table, key); i < table->num_instances && table->instances[i].key == key; i++) {
        if (memcmp(table->instances[i].value, value, table->num_axes) == 0)
            return &table->instances[i];
    }
    return NULL;
}

/* Order of rank, then of values. */
static int compare(const struct pagoda_op_table *table, const struct pagoda_candidate *a,
                   const struct pagoda_candidate *b) {
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return memcmp(a->value, b->value, table->num_axes);
}

bool pagoda_next_candidate(const struct pagoda_op_table *table, const uint32_t *accept, bool *started,
                           struct pagoda_candidate *candidate) {
    /* The product of the choices is small, and this needs no memory: look for the smallest one above the last. */
    const struct pagoda_candidate last = *candidate;
    struct pagoda_candidate point = {.rank = 0};
    bool found = false;
    bool more = first_point(table, accept, ALL_AXES, point.value);
    for (; more; more = next_point(table, accept, ALL_AXES, point.value)) {
        point.rank = rank_of(table, point.value);
        if ((!*started || compare(table, &point, &last) > 0) && (!found || compare(table, &point, candidate) < 0)) {
            *candidate = point;
            found = true;
        }
    }
    *started = true;
    if (found)
        candidate->instance = instance_of(table, candidate->value);
    return found;
}

static bool refuses(const struct pagoda_op_table *table, const struct pagoda_rule *rule, const uint8_t *value) {
    for (uint32_t b = 0; b < rule->num_boxes; b++) {
        uint32_t a = 0;
        while (a < table->num_axes && (rule->boxes[b][a] >> value[a] & 1) != 0)
            a++;
        if (a == table->num_axes)
            return true;
    }
    return false;
}

const struct pagoda_rule *pagoda_refusing_rule(const struct pagoda_op_table *table,
                                               const struct pagoda_candidate *candidate) {
    const struct pagoda_rule *first = NULL;
    for (uint32_t r = 0; r < table->num_rules; r++) {
        const struct pagoda_rule *rule = &table->rules[r];
        if ((first == NULL || rule->is_structural) && refuses(table, rule, candidate->value)) {
            first = rule;
            if (rule->is_structural)
                break;
        }
    }
    return first;
}

void pagoda_candidate_name(const struct pagoda_op_table *table, const struct pagoda_candidate *candidate, char *name,
                           size_t size) {
    struct pagoda_text text = pagoda_text_over(name, size);
    pagoda_text_add(&text, "%s", table->name);
    for (uint32_t i = 0; i < table->num_axes; i++) {
        const uint32_t a = table->name_order[i];
        const char *label = table->axes[a].values[candidate->value[a]].label;
        if (label[0] != '\0')
            pagoda_text_add(&text, "_%s", label);
    }
}

struct pagoda_candidate pagoda_make_candidate(const struct pagoda_op_table *table, const uint8_t *value) {
    struct pagoda_candidate candidate = {.rank = rank_of(table, value), .instance = instance_of(table, value)};
    memcpy(candidate.value, value, sizeof candidate.value);
    return candidate;
}

/* Reads the labels from axis name_order[index] on. A label may be empty, or a prefix of another one. */
static bool read_labels(const struct pagoda_op_table *table, uint32_t index, const char *rest, uint8_t *value) {
    if (index == table->num_axes)
        return rest[0] == '\0';
    const uint32_t a = table->name_order[index];
    for (uint32_t i = 0; i < table->axes[a].num_values; i++) {
        const char *label = table->axes[a].values[i].label;
        const size_t length = strlen(label);
        const char *after = rest;
        if (length > 0) {
            if (rest[0] != '_' || strncmp(rest + 1, label, length) != 0)
                continue;
            after += 1 + length;
        }
        value[a] = (uint8_t)i;
        if ((after[0] == '_' || after[0] == '\0') && read_labels(table, index + 1, after, value))
            return true;
    }
    return false;
}

bool pagoda_find_candidate(const struct pagoda_op_table *table, const char *name, struct pagoda_candidate *candidate) {
    const size_t length = strlen(table->name);
    uint8_t value[PAGODA_MAX_AXES] = {0};
    if (strncmp(name, table->name, length) != 0 || !read_labels(table, 0, name + length, value))
        return false;
    *candidate = pagoda_make_candidate(table, value);
    return true;
}
