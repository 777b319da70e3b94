/* SPDX-License-Identifier: MIT */
#include "coverage_page.h"

#include <stdbool.h>
#include <string.h>

#include "../../generated/dispatch_table.h"
#include "problem.h"

enum { MAX_REASONS = 64, NAME_SIZE = 256 };

/* What serves one cell. */
struct cell {
    char pipeline[16]; /* "v2", "v3", or "" when nothing does */
    int why;           /* number of the reason why nothing better does, from 1; 0: the best pipeline serves it */
};

/* Reasons of one table, in the order in which they turn up. */
struct reasons {
    char text[MAX_REASONS][512];
    int count;
};

static int number_of(struct reasons *reasons, const char *text) {
    for (int i = 0; i < reasons->count; ++i) {
        if (strcmp(reasons->text[i], text) == 0) {
            return i + 1;
        }
    }
    if (reasons->count == MAX_REASONS) {
        return MAX_REASONS;
    }
    snprintf(reasons->text[reasons->count], sizeof reasons->text[0], "%s", text);
    return ++reasons->count;
}

struct visit {
    char preferred[NAME_SIZE]; /* the best instance that exists, though this build may not hold it */
    char why[512];             /* why not the best-ranked candidate */
    char why_none[512];        /* why not the last one either */
};

/* Which pipeline a candidate's name belongs to: its second word behind the operation. */
static void pipeline_in(const char *instance, char pipeline[16]) {
    pipeline[0] = 0;
    const char *word = strstr(instance, "batch_prefill_");
    if (word == instance) {
        snprintf(pipeline, 16, "%.*s", (int)strcspn(instance + strlen("batch_prefill_"), "_"),
                 instance + strlen("batch_prefill_"));
    }
}

static int visit_refusal(const pagoda_refusal *refusal, void *user) {
    struct visit *visit = user;
    if (strcmp(refusal->rule, "not_built") == 0) {
        if (visit->preferred[0] == 0) {
            snprintf(visit->preferred, sizeof visit->preferred, "%s", refusal->instance);
        }
        return 0;
    }
    snprintf(visit->why_none, sizeof visit->why_none, "%s (%s)", refusal->reason, refusal->rule);
    if (visit->preferred[0] == 0 && visit->why[0] == 0) {
        snprintf(visit->why, sizeof visit->why, "%s (%s)", refusal->reason, refusal->rule);
    }
    return 0;
}

static struct cell plan_cell(const pagoda_context *context, const struct problem *problem, const char *best,
                             struct reasons *reasons) {
    struct cell cell = {0};
    struct visit visit = {0};
    char message[512] = "";
    pagoda_batch_prefill_args args;
    pagoda_plan plan = {.struct_size = sizeof plan};
    problem_arguments(problem, &args);
    problem_placeholder_pointers(problem, &args);
    args.message = message;
    args.message_size = sizeof message;
    pagoda_status status = pagoda_batch_prefill_plan(context, &args, &plan);
    bool is_planned = status == PAGODA_OK || status == PAGODA_ERROR_UNSUPPORTED || status == PAGODA_ERROR_NOT_BUILT;
    if (is_planned) {
        pagoda_plan_visit_refusals(&plan, visit_refusal, &visit);
    }
    if (visit.preferred[0] == 0 && is_planned && plan.instance) {
        snprintf(visit.preferred, sizeof visit.preferred, "%s", plan.instance);
    }
    pipeline_in(visit.preferred, cell.pipeline);
    if (strcmp(cell.pipeline, best) != 0) {
        const char *why = cell.pipeline[0] ? visit.why : visit.why_none;
        cell.why = number_of(reasons, why[0] ? why : message);
    }
    return cell;
}

static void write_escaped(FILE *file, const char *text) {
    for (; *text; ++text) {
        switch (*text) {
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '&':
            fputs("&amp;", file);
            break;
        default:
            fputc(*text, file);
        }
    }
}

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Pagoda: "
    "coverage</title>\n<style>\n"
    "body { font: 16px/1.4 system-ui, sans-serif; margin: 1rem auto; max-width: 46rem; padding: 0 .6rem; color: "
    "#1a1a1a; "
    "background: #fff }\n"
    "table { border-collapse: collapse; width: 100%; margin: .5rem 0 }\n"
    "th, td { border: 1px solid #ccc; padding: .15rem .25rem; text-align: center; font-size: .85rem }\n"
    "th { background: #f3f3f3; font-weight: 600 }\n"
    ".v3 { background: #bfe8c5 } .v2 { background: #fdeab4 } .none { background: #f6c9c6 }\n"
    "summary { font-size: 1.1rem; padding: .4rem 0; cursor: pointer }\n"
    "@media (max-width: 30rem) { body { font-size: 14px } th, td { padding: .1rem 0; font-size: .7rem } "
    "th { font-weight: 400 } .wide { display: none } }\n"
    "ol { font-size: .85rem; padding-left: 1.6rem; overflow-wrap: anywhere } sup { font-size: .7em }\n"
    "</style>\n</head>\n<body>\n";

struct format {
    const char *name;
    const char *dtype;
    pagoda_quant_mode quant;
};

static const pagoda_mask masks[] = {PAGODA_MASK_NONE, PAGODA_MASK_CAUSAL, PAGODA_MASK_SLIDING_WINDOW};
static const int page_sizes[] = {1, 16, 32, 64, 256, 1024};
enum { NUM_MASKS = 3, NUM_PAGE_SIZES = sizeof page_sizes / sizeof page_sizes[0], MAX_PIPELINES = 4 };

struct totals {
    char pipeline[MAX_PIPELINES][16];
    int cells[MAX_PIPELINES];
    int unserved;
};

static void count(struct totals *totals, const char *pipeline) {
    if (pipeline[0] == 0) {
        ++totals->unserved;
        return;
    }
    for (int i = 0; i < MAX_PIPELINES; ++i) {
        if (totals->cells[i] == 0) {
            snprintf(totals->pipeline[i], sizeof totals->pipeline[i], "%s", pipeline);
        }
        if (strcmp(totals->pipeline[i], pipeline) == 0) {
            ++totals->cells[i];
            return;
        }
    }
}

static void write_cell(FILE *file, const struct cell *cell) {
    fprintf(file, "<td class=\"%s\">", cell->pipeline[0] ? cell->pipeline : "none");
    for (const char *c = cell->pipeline; *c; ++c) {
        fputc(*c == 'v' ? 'V' : *c, file);
    }
    fprintf(file, "%s", cell->pipeline[0] ? "" : "&ndash;");
    if (cell->why) {
        fprintf(file, "<sup>%d</sup>", cell->why);
    }
    fprintf(file, "</td>");
}

/* One table: an arch, a format and a head dim. */
static int write_table(FILE *file, const pagoda_context *context, const char *arch, const struct format *format,
                       int head_dim, const char *best, struct totals *totals, struct pagoda_text *message) {
    struct reasons reasons = {.count = 0};
    fprintf(file, "<h4>head dim %d</h4>\n<table><tr><th rowspan=2>page</th><th rowspan=2>layout</th>", head_dim);
    fprintf(file, "<th colspan=3>no soft cap</th><th colspan=3>soft cap</th></tr>\n<tr>");
    for (int i = 0; i < 2 * NUM_MASKS; ++i) {
        fprintf(file, "<th>%s</th>",
                masks[i % NUM_MASKS] == PAGODA_MASK_NONE ? "no mask" : problem_mask_name(masks[i % NUM_MASKS]));
    }
    fprintf(file, "</tr>\n");
    for (int page = 0; page < NUM_PAGE_SIZES; ++page) {
        for (int layout = 0; layout < 2; ++layout) {
            fprintf(file, "<tr><th>%d</th><th>%s</th>", page_sizes[page],
                    layout ? "vec<span class=\"wide\">torized</span>" : "linear");
            for (int i = 0; i < 2 * NUM_MASKS; ++i) {
                struct problem problem;
                problem_init(&problem);
                problem.arch = arch;
                problem.dtype_text = format->dtype;
                problem.quant = format->quant;
                problem.head_dim = head_dim;
                problem.page_size = page_sizes[page];
                problem.layout = layout ? PAGODA_KV_LAYOUT_VECTORIZED : PAGODA_KV_LAYOUT_LINEAR;
                problem.mask = masks[i % NUM_MASKS];
                problem.window_left = problem.mask == PAGODA_MASK_SLIDING_WINDOW ? 1024 : -1;
                problem.soft_cap = i / NUM_MASKS ? 30 : 0;
                /* Several rounds of workgroups: the size does not favour the simpler pipeline. */
                problem.q_len_text = problem.kv_len_text = "8192";
                problem.q_heads = 64;
                problem.kv_heads = 8;
                if (problem_finish(&problem, message)) {
                    problem_destroy(&problem);
                    return -1;
                }
                struct cell cell = plan_cell(context, &problem, best, &reasons);
                problem_destroy(&problem);
                count(totals, cell.pipeline);
                write_cell(file, &cell);
            }
            fprintf(file, "</tr>\n");
        }
    }
    fprintf(file, "</table>\n");
    if (reasons.count > 0) {
        fprintf(file, "<ol>\n");
        for (int i = 0; i < reasons.count; ++i) {
            fprintf(file, "<li>");
            write_escaped(file, reasons.text[i]);
            fprintf(file, "</li>\n");
        }
        fprintf(file, "</ol>\n");
    }
    return 0;
}

/* The newest pipeline of the catalogue. */
static const char *best_pipeline(void) {
    const struct pagoda_axis *axis = &pagoda_batch_prefill_table.axes[PAGODA_BATCH_PREFILL_AXIS_PIPELINE];
    const char *best = axis->values[0].name;
    for (int i = 1; i < axis->num_values; ++i) {
        best = strcmp(axis->values[i].name, best) > 0 ? axis->values[i].name : best;
    }
    return best;
}

int coverage_page_write(FILE *file, struct pagoda_text *message) {
    static const struct format formats[] = {{"FP8, one descale per tensor", "fp8", PAGODA_QUANT_PER_TENSOR},
                                            {"FP8, descales per page and head", "fp8", PAGODA_QUANT_KV_BLOCK},
                                            {"bf16", "bf16", PAGODA_QUANT_NONE},
                                            {"fp16", "fp16", PAGODA_QUANT_NONE}};
    static const int head_dims[] = {64, 128, 256};
    const char *best = best_pipeline();
    fprintf(
        file,
        "%s<h1>Pagoda: coverage</h1>\n<p>Which pipeline serves a batch prefill request, for long sequences of many "
        "heads: <span "
        "class=\"v3\">&nbsp;V3&nbsp;</span> the fast one, <span class=\"v2\">&nbsp;V2&nbsp;</span> the general one, "
        "<span "
        "class=\"none\">&nbsp;&ndash;&nbsp;</span> none. A number refers to the rule below the table that keeps a "
        "better "
        "pipeline from serving the cell. Page sizes stand for those like them; log-sum-exp, attention sinks, strides, "
        "both page-table styles and every ratio of query to KV heads are arguments that each served cell takes.</p>\n",
        head);
    struct totals all = {0};
    for (int arch = PAGODA_NUM_ARCHS - 1; arch >= 0; --arch) {
        pagoda_context *context;
        char why[512];
        pagoda_context_options options = {.struct_size = sizeof options,
                                          .runtime = PAGODA_RUNTIME_NONE,
                                          .arch = pagoda_arch_facts[arch].name,
                                          .message = why,
                                          .message_size = sizeof why};
        if (pagoda_context_create(&options, &context) != PAGODA_OK) {
            pagoda_text_add(message, "%s", why);
            return -1;
        }
        fprintf(file, "<h2>%s (%s)</h2>\n", pagoda_arch_facts[arch].name, pagoda_arch_facts[arch].product);
        for (size_t f = 0; f < sizeof formats / sizeof formats[0]; ++f) {
            fprintf(file, "<details%s><summary>%s</summary>\n", f == 0 ? " open" : "", formats[f].name);
            for (size_t d = 0; d < sizeof head_dims / sizeof head_dims[0]; ++d) {
                if (write_table(file, context, pagoda_arch_facts[arch].name, &formats[f], head_dims[d], best, &all,
                                message)) {
                    pagoda_context_destroy(context);
                    return -1;
                }
            }
            fprintf(file, "</details>\n");
        }
        pagoda_context_destroy(context);
    }
    fprintf(file, "<p>");
    for (int i = 0; i < MAX_PIPELINES && all.cells[i] > 0; ++i) {
        fprintf(file, "%s serves %d cells, ", all.pipeline[i], all.cells[i]);
    }
    fprintf(file, "%d are not served.</p>\n</body>\n</html>\n", all.unserved);
    return 0;
}
