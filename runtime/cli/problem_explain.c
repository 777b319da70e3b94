/* SPDX-License-Identifier: MIT */
#include "problem_explain.h"

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static int add_refusal(const pagoda_refusal *refusal, void *list) {
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "instance", refusal->instance, "rule", refusal->rule,
                                          "reason", refusal->reason));
    return 0;
}

pagoda_status problem_plan(const pagoda_context *context, pagoda_batch_prefill_args *args, pagoda_plan *plan) {
    static _Alignas(256) char place[256]; /* stands for device memory, which planning does not touch */
    pagoda_status status = pagoda_batch_prefill_plan(context, args, plan);
    if (status == PAGODA_OK && plan->wanted_workspace_bytes > args->workspace_bytes) {
        args->workspace = place;
        args->workspace_bytes = plan->wanted_workspace_bytes;
        status = pagoda_batch_prefill_plan(context, args, plan);
    }
    return status;
}

pagoda_status problem_explain(const pagoda_context *context, const struct problem *problem, struct pagoda_text *text,
                              json_t **json) {
    static char explanation[1 << 20]; /* the tools plan one problem at a time */
    char message[1024] = "";
    pagoda_batch_prefill_args args;
    problem_arguments(problem, &args);
    problem_placeholder_pointers(problem, &args);
    args.message = message;
    args.message_size = sizeof message;
    pagoda_plan plan = {.struct_size = sizeof plan};
    pagoda_status status = problem_plan(context, &args, &plan);
    if (status != PAGODA_OK) {
        pagoda_text_add(text, "%s: %s\n", pagoda_status_string(status), message);
    }
    json_t *refused = json_array();
    bool is_planned = status == PAGODA_OK || status == PAGODA_ERROR_UNSUPPORTED || status == PAGODA_ERROR_NOT_BUILT;
    if (is_planned) {
        pagoda_plan_explain(&plan, explanation, sizeof explanation);
        pagoda_text_add(text, "%s", explanation);
        pagoda_plan_visit_refusals(&plan, add_refusal, refused);
    }
    *json = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:[i,i,i], s:[i,i,i], s:i, s:I, s:o, s:o}", "op",
                      "batch_prefill", "arch", problem->arch, "status", pagoda_status_string(status), "message",
                      message, "instance", text_or_null(is_planned ? plan.instance : NULL), "pipeline",
                      text_or_null(is_planned ? plan.pipeline : NULL), "instance_is_built", plan.instance_is_built,
                      "grid", plan.grid[0], plan.grid[1], plan.grid[2], "block", plan.block[0], plan.block[1],
                      plan.block[2], "num_splits", plan.num_splits, "workspace_bytes", (json_int_t)plan.workspace_bytes,
                      "problem", problem_to_json(problem), "refused", refused);
    return status;
}
