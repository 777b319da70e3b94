/* SPDX-License-Identifier: MIT
 *
 * Why a plan is what it is: the candidates that rank before the chosen instance, each with what refused it.
 */
#include <string.h>

#include "code_archive.h"
#include "request.h"
#include "select.h"

const struct pagoda_op *const pagoda_ops[PAGODA_NUM_OPS] = {
    [PAGODA_OP_BATCH_PREFILL] = &pagoda_batch_prefill_op,
};

typedef int visit_fn(const pagoda_refusal *refusal, void *user);

/* Visits the forced candidate, which does not serve the request: a rule refuses it, or an axis differs. */
static void visit_forced(const struct pagoda_request *request, visit_fn *visit, void *user) {
    const struct pagoda_op_table *table = pagoda_ops[request->op]->table;
    const struct pagoda_candidate candidate = pagoda_make_candidate(table, request->forced);
    const struct pagoda_rule *rule = pagoda_refusing_rule(table, &candidate);
    char name[256], reason_data[512];
    struct pagoda_text reason = pagoda_text_over(reason_data, sizeof reason_data);
    pagoda_refusal refusal = {.instance = name, .rule = "instance_serves_request", .reason = reason_data};
    uint32_t a;
    pagoda_candidate_name(table, &candidate, name, sizeof name);
    if (rule != NULL) {
        refusal.rule = rule->name;
        pagoda_text_add(&reason, "%s", rule->reason);
    } else if (!pagoda_is_accepted(table, request->accept, request->forced, &a)) {
        const struct pagoda_axis *axis = &table->axes[a];
        pagoda_text_add(&reason, "its %s is %s, the request needs", axis->name, axis->values[request->forced[a]].name);
        const char *separator = " ";
        for (uint32_t i = 0; i < axis->num_values; i++) {
            if ((request->accept[a] >> i & 1) != 0) {
                pagoda_text_add(&reason, "%s%s", separator, axis->values[i].name);
                separator = " or ";
            }
        }
    }
    visit(&refusal, user);
}

/* Visits what stood in the way, best-ranked candidate first, up to the chosen instance. */
static void visit_refusals(const struct pagoda_request *request, visit_fn *visit, void *user) {
    const struct pagoda_op *op = pagoda_ops[request->op];
    const struct pagoda_op_table *table = op->table;
    char name[256], reason_data[512];
    pagoda_refusal refusal = {.instance = name, .reason = reason_data};
    for (uint32_t i = 0; i < op->num_obstacles; i++) {
        if ((request->obstacles >> i & 1) == 0)
            continue;
        struct pagoda_text text = pagoda_text_over(name, sizeof name);
        pagoda_text_add(&text, "%s_*", table->name);
        struct pagoda_text reason = pagoda_text_over(reason_data, sizeof reason_data);
        struct pagoda_text nowhere = pagoda_text_over(NULL, 0);
        refusal.rule = op->obstacle(request, i, &reason, &nowhere);
        if (visit(&refusal, user) != 0)
            return;
    }
    const struct pagoda_instance *chosen = request->chosen >= 0 ? &table->instances[request->chosen] : NULL;
    if (request->is_forced) {
        if (chosen == NULL && request->obstacles == 0)
            visit_forced(request, visit, user);
        return;
    }
    const bool only_built = chosen != NULL && pagoda_is_built(request, chosen);
    const struct pagoda_instance *wanted = chosen != NULL ? op->choose(request, false) : NULL;
    struct pagoda_candidate candidate;
    bool started = false;
    while (pagoda_next_candidate(table, request->accept, &started, &candidate)) {
        if (candidate.instance != NULL && candidate.instance == chosen)
            break;
        struct pagoda_text reason = pagoda_text_over(reason_data, sizeof reason_data);
        pagoda_candidate_name(table, &candidate, name, sizeof name);
        const struct pagoda_rule *rule = pagoda_refusing_rule(table, &candidate);
        if (rule != NULL && rule->is_structural)
            continue;
        if (rule != NULL) {
            refusal.rule = rule->name;
            pagoda_text_add(&reason, "%s", rule->reason);
        } else if (only_built && !pagoda_is_built(request, candidate.instance)) {
            refusal.rule = "not_built";
            pagoda_text_add(&reason, "this build of the library left it out");
        } else if (chosen == NULL ||
                   !op->passes_over(request, candidate.instance, only_built, &refusal.rule, &reason)) {
            continue; /* an obstacle refused it, and has been visited */
        }
        if (visit(&refusal, user) != 0)
            return;
    }
    /* What the plan would take if this build had it can also rank after what it takes instead. */
    if (wanted != NULL && wanted != chosen && wanted->rank > chosen->rank) {
        refusal = (pagoda_refusal){wanted->name, "not_built", "preferred, but this build of the library left it out"};
        visit(&refusal, user);
    }
}

bool pagoda_is_built(const struct pagoda_request *request, const struct pagoda_instance *instance) {
    struct pagoda_code_entry entry;
    return pagoda_code_find(pagoda_arch_facts[request->arch].name, instance->name, &entry);
}

bool pagoda_read_request(const pagoda_plan *plan, struct pagoda_request *request) {
    memcpy(request, plan->request, sizeof *request);
    if (plan->op == NULL || request->op >= PAGODA_NUM_OPS || request->arch >= PAGODA_NUM_ARCHS)
        return false;
    const struct pagoda_op_table *table = pagoda_ops[request->op]->table;
    const int32_t count = (int32_t)table->num_instances;
    for (uint32_t a = 0; a < table->num_axes; a++) {
        if (request->forced[a] >= table->axes[a].num_values ||
            (request->accept[a] & ~pagoda_axis_all(&table->axes[a])) != 0)
            return false;
    }
    return strcmp(plan->op, table->name) == 0 && request->chosen >= -1 && request->chosen < count;
}

pagoda_status pagoda_plan_visit_refusals(const pagoda_plan *plan, visit_fn *visit, void *user) {
    if (plan == NULL || visit == NULL)
        return PAGODA_ERROR_INVALID_ARGUMENT;
    if (plan->struct_size != sizeof *plan)
        return PAGODA_ERROR_VERSION;
    struct pagoda_request request;
    if (!pagoda_read_request(plan, &request))
        return PAGODA_ERROR_INVALID_ARGUMENT;
    visit_refusals(&request, visit, user);
    return PAGODA_OK;
}

static int add_refusal(const pagoda_refusal *refusal, void *user) {
    pagoda_text_add(user, "  not %s: %s (%s)\n", refusal->instance, refusal->reason, refusal->rule);
    return 0;
}

/* How far an instance is from serving the request: one for each request axis that must change, and less than one for
 * how far a number is off, as a ratio. */
static double distance(const struct pagoda_request *request, const struct pagoda_op_table *table,
                       const struct pagoda_instance *instance) {
    double sum = 0;
    for (uint32_t a = 0; a < table->num_axes; a++) {
        const struct pagoda_axis *axis = &table->axes[a];
        if ((request->accept[a] >> instance->value[a] & 1) != 0)
            continue;
        sum += 1;
        const int64_t number = axis->values[instance->value[a]].number;
        if (number > 0 && request->number[a] > 0)
            sum += 0.5 - 0.5 * (double)(number < request->number[a] ? number : request->number[a]) /
                             (double)(number > request->number[a] ? number : request->number[a]);
    }
    return sum;
}

static void add_nearest(const struct pagoda_request *request, struct pagoda_text *text) {
    const struct pagoda_op_table *table = pagoda_ops[request->op]->table;
    const struct pagoda_instance *nearest = NULL;
    double least = 0;
    for (uint32_t i = 0; i < table->num_instances; i++) {
        const struct pagoda_instance *instance = &table->instances[i];
        /* Another arch is no help to a caller with this device. */
        if (strcmp(table->axes[0].name, "arch") == 0 && (request->accept[0] >> instance->value[0] & 1) == 0)
            continue;
        const double d = distance(request, table, instance);
        if (nearest == NULL || d < least || (d == least && instance->rank < nearest->rank)) {
            least = d;
            nearest = instance;
        }
    }
    if (nearest == NULL)
        return;
    const char *separator = "; nearest supported request: the same with ";
    for (uint32_t i = 0; i < pagoda_ops[request->op]->num_obstacles; i++) {
        char instead_data[128];
        struct pagoda_text instead = pagoda_text_over(instead_data, sizeof instead_data);
        struct pagoda_text nowhere = pagoda_text_over(NULL, 0);
        if ((request->obstacles >> i & 1) != 0)
            pagoda_ops[request->op]->obstacle(request, i, &nowhere, &instead);
        if (instead.length > 0) {
            pagoda_text_add(text, "%s%s", separator, instead_data);
            separator = ", ";
        }
    }
    for (uint32_t a = 0; a < table->num_axes; a++) {
        if ((request->accept[a] >> nearest->value[a] & 1) != 0)
            continue;
        pagoda_text_add(text, "%s%s %s", separator, table->axes[a].name, table->axes[a].values[nearest->value[a]].name);
        separator = ", ";
    }
}

struct rules_seen {
    struct pagoda_text *text;
    const char *names[64];
    uint32_t count;
};

static int add_rule_once(const pagoda_refusal *refusal, void *user) {
    struct rules_seen *seen = user;
    for (uint32_t i = 0; i < seen->count; i++) {
        if (strcmp(seen->names[i], refusal->rule) == 0)
            return 0;
    }
    if (seen->count == sizeof seen->names / sizeof seen->names[0])
        return 1;
    pagoda_text_add(seen->text, "%s%s (%s)", seen->count > 0 ? "; " : "", refusal->reason, refusal->rule);
    seen->names[seen->count++] = refusal->rule;
    return 0;
}

void pagoda_explain_unsupported(const struct pagoda_request *request, struct pagoda_text *text) {
    struct rules_seen seen = {.text = text};
    const struct pagoda_op_table *table = pagoda_ops[request->op]->table;
    if (request->is_forced) {
        const struct pagoda_candidate candidate = pagoda_make_candidate(table, request->forced);
        char name[256];
        pagoda_candidate_name(table, &candidate, name, sizeof name);
        pagoda_text_add(text, "the forced %s does not serve this request: ", name);
        visit_refusals(request, add_rule_once, &seen);
        return;
    }
    pagoda_text_add(text, "no %s instance for %s serves this request: ", table->name,
                    pagoda_arch_facts[request->arch].name);
    visit_refusals(request, add_rule_once, &seen);
    add_nearest(request, text);
}

void pagoda_explain_not_built(const struct pagoda_request *request, const struct pagoda_instance *instance,
                              struct pagoda_text *text) {
    const char *arch = pagoda_arch_facts[request->arch].name;
    pagoda_text_add(text,
                    "%s serves this request but this build of the library left it out; configure with -Darchs=%s "
                    "-Dprofile=full -Dfilter='%s'",
                    instance->name, arch, instance->name);
}

pagoda_status pagoda_plan_explain(const pagoda_plan *plan, char *data, size_t size) {
    if (plan == NULL || data == NULL || size == 0)
        return PAGODA_ERROR_INVALID_ARGUMENT;
    if (plan->struct_size != sizeof *plan)
        return PAGODA_ERROR_VERSION;
    struct pagoda_request request;
    if (!pagoda_read_request(plan, &request))
        return PAGODA_ERROR_INVALID_ARGUMENT;
    struct pagoda_text text = pagoda_text_over(data, size);
    const struct pagoda_op_table *table = pagoda_ops[request.op]->table;
    const struct pagoda_instance *chosen = request.chosen >= 0 ? &table->instances[request.chosen] : NULL;
    if (chosen != NULL) {
        pagoda_text_add(&text, "%s: %s\n", table->name, chosen->name);
        if (!plan->instance_is_built) {
            pagoda_text_add(&text, "  ");
            pagoda_explain_not_built(&request, chosen, &text);
            pagoda_text_add(&text, "\n");
        }
        pagoda_text_add(&text, "  grid %u workgroups of %u work-items on %d compute units, workspace %zu bytes\n",
                        plan->grid[0], plan->block[0], request.compute_units, plan->workspace_bytes);
        if (plan->num_splits > 1)
            pagoda_text_add(&text, "  keys in %u parts, combined by a second launch\n", plan->num_splits);
        if (request.is_forced)
            pagoda_text_add(&text, "  forced by the call\n");
    } else {
        pagoda_explain_unsupported(&request, &text);
        pagoda_text_add(&text, "\n");
    }
    visit_refusals(&request, add_refusal, &text);
    return text.truncated ? PAGODA_ERROR_TRUNCATED : PAGODA_OK;
}
