/* SPDX-License-Identifier: MIT */
#include "kernel_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulator.h"

void kernel_cases_add(struct kernel_cases *cases, const char *instance, const char *name, const char *flags, ...) {
    struct kernel_case *items = realloc(cases->items, (cases->count + 1) * sizeof *items);
    if (!items) {
        abort();
    }
    struct kernel_case *item = &items[cases->count];
    cases->items = items;
    ++cases->count;
    item->instance = instance;
    snprintf(item->name, sizeof item->name, "%s", name);
    va_list arguments;
    va_start(arguments, flags);
    int length = vsnprintf(item->flags, sizeof item->flags, flags, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof item->flags) {
        abort();
    }
}

/* One device session per arch for the whole program. */
static struct device_session *session_for(const char *arch) {
    static struct device_session sessions[PAGODA_NUM_ARCHS];
    for (int i = 0; i < PAGODA_NUM_ARCHS; ++i) {
        if (strcmp(pagoda_arch_facts[i].name, arch) != 0) {
            continue;
        }
        if (!sessions[i].context) {
            char why[1024];
            struct pagoda_text message = pagoda_text_over(why, sizeof why);
            struct device_choice choice = {.runtime = PAGODA_RUNTIME_SIMULATOR};
            if (device_session_open(&choice, arch, &sessions[i], &message)) {
                fail_msg("%s", why);
            }
        }
        return &sessions[i];
    }
    fail_msg("there is no arch %s", arch);
    return NULL;
}

struct outputs {
    void *out, *lse;
    size_t out_bytes, lse_bytes;
};

static void *copy_of(const void *bytes, size_t count) {
    void *copy = bytes ? malloc(count + 1) : NULL;
    if (copy) {
        memcpy(copy, bytes, count);
    }
    return copy;
}

static struct outputs keep_outputs(const struct problem_data *data) {
    const pagoda_batch_prefill_args *h = &data->host;
    struct outputs kept = {
        .out_bytes = (size_t)h->total_q * (size_t)h->out_stride_token * pagoda_dtype_size(h->out_dtype),
        .lse_bytes = h->lse ? (size_t)h->num_q_heads * (size_t)h->lse_stride_head * sizeof(float) : 0,
    };
    kept.out = copy_of(h->out, kept.out_bytes);
    kept.lse = copy_of(h->lse, kept.lse_bytes);
    return kept;
}

static void assert_same_outputs(const struct problem_data *data, const struct outputs *kept, const char *what) {
    if (memcmp(data->host.out, kept->out, kept->out_bytes) != 0 ||
        (kept->lse && memcmp(data->host.lse, kept->lse, kept->lse_bytes) != 0)) {
        fail_msg("%s gives other bits", what);
    }
}

static void parse(const struct kernel_case *item, char *storage, struct problem *problem) {
    char why[512];
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    char *words[96];
    int count = 0;
    strcpy(storage, item->flags);
    for (char *word = strtok(storage, " "); word && count < 96; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    problem_init(problem);
    for (int at = 0; at < count;) {
        if (problem_parse_flag(problem, count, words, &at, &message) != 1) {
            fail_msg("%s: bad flag %s %s", item->flags, words[at < count ? at : count - 1], why);
        }
    }
    problem->instance = item->instance;
    if (problem_finish(problem, &message)) {
        fail_msg("%s: %s", item->flags, why);
    }
}

/* Skips the test when this build has no code object for it, fails it when nothing serves it. */
static void plan_or_skip(const struct device_session *session, const struct problem *problem, pagoda_plan *plan) {
    char why[1024] = "";
    pagoda_batch_prefill_args args;
    problem_arguments(problem, &args);
    problem_placeholder_pointers(problem, &args);
    args.message = why;
    args.message_size = sizeof why;
    *plan = (pagoda_plan){.struct_size = sizeof *plan};
    pagoda_status status = pagoda_batch_prefill_plan(session->context, &args, plan);
    if (status == PAGODA_ERROR_NOT_BUILT) {
        skip();
    }
    if (status != PAGODA_OK) {
        fail_msg("%s: %s", pagoda_status_string(status), why);
    }
}

/* What the running test holds; cmocka leaves a failed or skipped test by a jump, so its teardown frees. */
static struct {
    struct problem problem;
    struct problem_data data;
    struct outputs first;
} held;

static int release(void **state) {
    (void)state;
    problem_data_destroy(&held.data);
    problem_destroy(&held.problem);
    free(held.first.out);
    free(held.first.lse);
    memset(&held, 0, sizeof held);
    return 0;
}

static void run(struct device_session *session, struct problem_data *data) {
    char why[4096], seed[32];
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    /* In check mode the seed decides how waves interleave and when loads land. */
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)held.problem.seed);
    if (simulator_set_option(&session->context->hip, "seed", seed, &message)) {
        fail_msg("%s", why);
    }
    if (device_session_run(session, data, NULL, &message) != PAGODA_OK) {
        fail_msg("%s", why);
    }
}

static void create(struct device_session *session, const struct problem *problem, struct problem_data *data,
                   pagoda_plan *plan) {
    char why[1024];
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    plan_or_skip(session, problem, plan);
    if (device_session_use(session, &message) || problem_data_create(problem, &session->context->hip, data, &message)) {
        fail_msg("%s", why);
    }
    if (problem_data_set_workspace(data, plan->workspace_bytes, &message)) {
        fail_msg("%s", why);
    }
}

static void check_against_reference(const struct problem_data *data, const pagoda_plan *plan) {
    struct attention_reference reference;
    struct problem_verdict verdict;
    assert_int_equal(attention_reference_compute(&data->host, 0, &reference), 0);
    assert_int_equal(problem_verify(data, &reference, &verdict), 0);
    attention_reference_free(&reference);
    if (!verdict.verified) {
        fail_msg("%s: %s", plan->instance, verdict.why_not);
    }
}

static void check_case(void **state) {
    const struct kernel_case *item = *state;
    char storage[sizeof item->flags], why[512];
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    pagoda_plan plan;
    parse(item, storage, &held.problem);
    struct device_session *session = session_for(held.problem.arch);
    create(session, &held.problem, &held.data, &plan);
    if (item->instance && plan.instance) {
        assert_string_equal(plan.instance, item->instance);
    }
    run(session, &held.data);
    check_against_reference(&held.data, &plan);

    held.first = keep_outputs(&held.data);
    assert_int_equal(problem_data_reset_outputs(&held.data, &message), 0);
    run(session, &held.data);
    assert_same_outputs(&held.data, &held.first, "a second run");
    problem_data_destroy(&held.data);

    held.problem.table =
        held.problem.table == PAGODA_PAGE_TABLE_VLLM ? PAGODA_PAGE_TABLE_SGLANG : PAGODA_PAGE_TABLE_VLLM;
    create(session, &held.problem, &held.data, &plan);
    run(session, &held.data);
    assert_same_outputs(&held.data, &held.first, "the other page-table style");
}

int kernel_cases_run(const char *group, struct kernel_cases *cases) {
    struct CMUnitTest *tests = calloc(cases->count + 1, sizeof *tests);
    if (!tests) {
        abort();
    }
    for (size_t i = 0; i < cases->count; ++i) {
        tests[i] = (struct CMUnitTest){.name = cases->items[i].name,
                                       .test_func = check_case,
                                       .teardown_func = release,
                                       .initial_state = &cases->items[i]};
    }
    int failures = _cmocka_run_group_tests(group, tests, cases->count, NULL, NULL);
    free(tests);
    free(cases->items);
    return failures;
}
