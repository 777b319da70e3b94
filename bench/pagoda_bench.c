/* SPDX-License-Identifier: MIT
 *
 * pagoda-bench: runs problems on a device, simulated or real, and compares them with the float64 reference.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "device_session.h"
#include "problem_explain.h"
#include "simulator.h"
#include "suite.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, MAX_SESSIONS = 8, MAX_RUNS = 1000 };

static const char usage[] =
    "usage: pagoda-bench [flags]\n"
    "Runs batch prefill problems and reports errors and times. Exit status: 0 done (and verified, when\n"
    "asked to), 1 a problem failed, 2 wrong usage.\n\nproblem\n";
static const char own_flags_help[] =
    "  --suite NAME|FILE             the problems of a suite; problem flags given beside it win\n"
    "  --verify                      compare with float64 attention; exit status 0 only if every problem is within "
    "tolerance\n"
    "  --repeat N                    run N times, which must give the same bits (1)\n"
    "  --compare                     run each problem with every pipeline and print them beside each other\n"
    "  --explain                     also print why each instance was chosen\n"
    "  --json FILE|-                 one JSON object per problem and line; '-' is standard output, which then holds no "
    "more\n"
    "  --capture DIR                 write every launch of the first run as a launch bundle\n"
    "  --help\n";

struct options {
    struct device_choice device;
    const char *suite, *json, *capture;
    bool verify, explain, compare;
    int repeat;
};

struct sessions {
    struct device_session open[MAX_SESSIONS];
    const char *arch[MAX_SESSIONS];
    int count;
};

static struct device_session *session_for(struct sessions *sessions, const struct options *options, const char *arch,
                                          struct pagoda_text *message) {
    for (int i = 0; i < sessions->count; ++i) {
        if (strcmp(sessions->arch[i], arch) == 0) {
            return &sessions->open[i];
        }
    }
    if (sessions->count == MAX_SESSIONS) {
        pagoda_text_add(message, "more than %d devices", MAX_SESSIONS);
        return NULL;
    }
    struct device_session *session = &sessions->open[sessions->count];
    if (device_session_open(&options->device, arch, session, message)) {
        return NULL;
    }
    sessions->arch[sessions->count++] = arch;
    return session;
}

/* ---- one problem ---- */

/* FLOPs up to which --sample executes a problem whole, which takes the simulator some ten seconds: workgroups of small
 * grids differ too much for a few of them to stand for all. */
static const double WHOLE_FLOPS = 5e11;

struct outcome {
    json_t *json;
    bool failed;
    bool has_verdict;
    struct problem_verdict verdict;
    struct attention_reference reference;
    char message[2048];
    struct pagoda_text text; /* over message */
};

static json_t *finite_or_null(double value) {
    return value <= 1e300 ? json_real(value) : json_null();
}

static uint64_t hash_outputs(const struct problem_data *data) {
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (int i = 0; i < data->num_buffers; ++i) {
        const struct problem_buffer *b = &data->buffers[i];
        for (size_t at = 0; b->is_output && at < b->bytes; ++at) {
            hash = (hash ^ ((const unsigned char *)b->host)[at]) * 0x100000001b3u;
        }
    }
    return hash;
}

static void add_verdict(struct outcome *o) {
    const struct problem_verdict *v = &o->verdict;
    json_object_set_new(o->json, "rel_frobenius_error", finite_or_null(v->out.rel_frobenius));
    json_object_set_new(o->json, "max_abs_error", finite_or_null(v->out.max_abs));
    json_object_set_new(o->json, "max_row_rel_error", finite_or_null(v->out.max_row_rel));
    if (v->has_ideal) {
        json_object_set_new(o->json, "ideal_fp8_p_error", json_real(v->ideal_fp8_p.rel_frobenius));
    }
    json_object_set_new(o->json, "tolerance", json_real(v->tolerance));
    json_object_set_new(o->json, "row_tolerance", json_real(v->row_tolerance));
    if (v->has_lse) {
        json_object_set_new(o->json, "lse_max_abs_error", finite_or_null(v->lse_max_abs));
        json_object_set_new(o->json, "lse_tolerance", json_real(v->lse_tolerance));
    }
    if (v->out.non_finite) {
        json_object_set_new(o->json, "non_finite", json_integer((json_int_t)v->out.non_finite));
    }
    json_object_set_new(o->json, "verified", json_boolean(v->verified));
}

static int run_and_compare(const struct options *options, struct device_session *session, const pagoda_plan *plan,
                           struct problem_data *data, struct outcome *o) {
    struct pagoda_hip *hip = &session->context->hip;
    double fastest = 0, total = 0;
    uint64_t first_hash = 0;
    if (plan->workspace_bytes && problem_data_set_workspace(data, plan->workspace_bytes, &o->text)) {
        return -1;
    }
    if (options->device.sample) {
        const bool is_whole = json_number_value(json_object_get(o->json, "flops")) <= WHOLE_FLOPS;
        if (simulator_set_option(hip, "sample", is_whole ? "0" : options->device.sample, &o->text)) {
            return -1;
        }
    }
    if (options->capture && capture_begin(options->capture, session, data, &o->text)) {
        return -1;
    }
    for (int i = 0; i < options->repeat; ++i) {
        double seconds;
        simulator_reset_statistics(hip);
        if (i > 0 && problem_data_reset_outputs(data, &o->text)) {
            return -1;
        }
        pagoda_status status = device_session_run(session, data, &seconds, &o->text);
        if (options->capture && i == 0 && capture_end(session, &o->text)) {
            return -1;
        }
        if (status != PAGODA_OK) {
            json_object_set_new(o->json, "status", json_string(pagoda_status_string(status)));
            return -1;
        }
        uint64_t hash = options->repeat > 1 ? hash_outputs(data) : 0;
        first_hash = i == 0 ? hash : first_hash;
        if (hash != first_hash) {
            pagoda_text_add(&o->text, "run %d gave other bits than run 1", i + 1);
            return -1;
        }
        total += seconds;
        fastest = i == 0 || seconds < fastest ? seconds : fastest;
    }
    json_object_set_new(o->json, "wall_seconds", json_real(fastest));
    json_object_set_new(o->json, "wall_seconds_mean", json_real(total / options->repeat));
    json_object_set_new(o->json, "repeat", json_integer(options->repeat));
    if (!session->info.is_simulated) {
        json_object_set_new(o->json, "tflops",
                            json_real(json_real_value(json_object_get(o->json, "flops")) / fastest * 1e-12));
    }
    simulator_add_statistics(hip, json_real_value(json_object_get(o->json, "flops")), o->json);
    if (options->verify) {
        if (attention_reference_compute(&data->host, 0, &o->reference) ||
            problem_verify(data, &o->reference, &o->verdict)) {
            pagoda_text_add(&o->text, "out of memory for the reference");
            return -1;
        }
        o->has_verdict = true;
        add_verdict(o);
        if (!o->verdict.verified) {
            pagoda_text_add(&o->text, "%s", o->verdict.why_not);
            return -1;
        }
    }
    return 0;
}

static void run_problem(const struct options *options, struct sessions *sessions, const struct problem *problem,
                        struct outcome *o) {
    *o = (struct outcome){.failed = true};
    o->text = pagoda_text_over(o->message, sizeof o->message);
    o->json = json_pack("{s:s, s:s, s:n, s:n, s:n, s:o, s:s, s:f}", "arch", problem->arch, "op", "batch_prefill",
                        "instance", "pipeline", "device", "problem", problem_to_json(problem), "status",
                        pagoda_status_string(PAGODA_OK), "flops", problem_flops(problem));
    if (options->verify) {
        json_object_set_new(o->json, "verified", json_false());
    }
    if (problem->published_v2 > 0) {
        json_object_set_new(o->json, "published_v2_tflops", json_real(problem->published_v2));
        json_object_set_new(o->json, "published_v3_tflops", json_real(problem->published_v3));
    }
    struct device_session *session = session_for(sessions, options, problem->arch, &o->text);
    if (!session) {
        json_object_set_new(o->json, "status", json_string(pagoda_status_string(PAGODA_ERROR_NO_DEVICE)));
        return;
    }
    json_object_set_new(o->json, "device", json_string(session->description));

    pagoda_batch_prefill_args args;
    pagoda_plan plan = {.struct_size = sizeof plan};
    char why[1024] = "";
    problem_arguments(problem, &args);
    problem_placeholder_pointers(problem, &args);
    args.message = why;
    args.message_size = sizeof why;
    pagoda_status status = problem_plan(session->context, &args, &plan);
    if (status != PAGODA_OK) {
        pagoda_text_add(&o->text, "%s: %s", pagoda_status_string(status), why);
        json_object_set_new(o->json, "status", json_string(pagoda_status_string(status)));
        return;
    }
    if (plan.instance) {
        json_object_set_new(o->json, "instance", json_string(plan.instance));
        json_object_set_new(o->json, "pipeline", json_string(plan.pipeline));
        json_object_set_new(o->json, "grid", json_pack("[i,i,i]", plan.grid[0], plan.grid[1], plan.grid[2]));
        json_object_set_new(o->json, "num_splits", json_integer((json_int_t)plan.num_splits));
        json_object_set_new(o->json, "workspace_bytes", json_integer((json_int_t)plan.workspace_bytes));
    }
    struct problem_data data;
    if (device_session_use(session, &o->text) ||
        problem_data_create(problem, &session->context->hip, &data, &o->text)) {
        return;
    }
    o->failed = run_and_compare(options, session, &plan, &data, o) != 0;
    problem_data_destroy(&data);
    attention_reference_free(&o->reference);
}

/* ---- the human report ---- */

static double number(const struct outcome *o, const char *name) {
    return json_number_value(json_object_get(o->json, name));
}
static const char *string(const struct outcome *o, const char *name) {
    const char *text = json_string_value(json_object_get(o->json, name));
    return text ? text : "-";
}

static void print_report(FILE *to, const struct options *options, struct sessions *sessions,
                         const struct problem *problem, const struct outcome *o) {
    char description[1024];
    struct pagoda_text text = pagoda_text_over(description, sizeof description);
    problem_describe(problem, &text);
    if (problem->label) {
        fprintf(to, "%s\n", problem->label);
    }
    fprintf(to, "problem   %s\ndevice    %s\ninstance  %s\n", description, string(o, "device"), string(o, "instance"));
    if (o->has_verdict) {
        const struct problem_verdict *v = &o->verdict;
        fprintf(to, "error     %.3e of %.3e allowed (relative Frobenius)", v->out.rel_frobenius, v->tolerance);
        if (v->has_ideal) {
            fprintf(to, "; ideal FP8 P %.3e", v->ideal_fp8_p.rel_frobenius);
        }
        fprintf(to, "\n          largest %.3e, worst row %.3e of %.3e allowed", v->out.max_abs, v->out.max_row_rel,
                v->row_tolerance);
        if (v->has_lse) {
            fprintf(to, ", lse %.3e of %.3e allowed", v->lse_max_abs, v->lse_tolerance);
        }
        fprintf(to, "\n");
    }
    if (json_object_get(o->json, "wall_seconds")) {
        fprintf(to, "time      %.3f s", number(o, "wall_seconds"));
        if (json_object_get(o->json, "instructions")) {
            fprintf(to, " on the host, %.1f million wave instructions", number(o, "instructions") * 1e-6);
        }
        fprintf(to, "\n");
    }
    static const char *const models[][2] = {{"", "strict: exp, cvt and packed fp32 never overlap a matrix instruction"},
                                            {"_traced", "traced: exp and cvt do, packed fp32 does not"},
                                            {"_lenient", "lenient: all do"}};
    for (size_t i = 0; json_object_get(o->json, "modelled_clk") && i < sizeof models / sizeof models[0]; ++i) {
        char clk[64], per_tile[64], tflops[64];
        snprintf(clk, sizeof clk, "modelled_clk%s", models[i][0]);
        snprintf(per_tile, sizeof per_tile, "modelled_clk_per_tile%s", models[i][0]);
        snprintf(tflops, sizeof tflops, "modelled_tflops%s", models[i][0]);
        fprintf(to, "%-10s%.0f clk, %.1f TFLOP/s, ", i == 0 ? "modelled" : "", number(o, clk), number(o, tflops));
        if (json_is_real(json_object_get(o->json, per_tile))) {
            fprintf(to, "%.0f clk per 256x64 tile ", number(o, per_tile));
        }
        fprintf(to, "(%s)\n", models[i][1]);
    }
    if (json_object_get(o->json, "modelled_clk")) {
        fprintf(to, "          %s\n", SIMULATOR_MODEL_LIMITS);
    }
    if (options->explain) {
        static char explanation[1 << 16];
        char message[512];
        struct pagoda_text why = pagoda_text_over(message, sizeof message);
        struct device_session *session = session_for(sessions, options, problem->arch, &why);
        if (session) {
            json_t *json;
            why = pagoda_text_over(explanation, sizeof explanation);
            problem_explain(session->context, problem, &why, &json);
            json_decref(json);
            fprintf(to, "reason    ");
            for (const char *c = explanation; *c; ++c) {
                fputc(*c, to);
                if (*c == '\n' && c[1]) {
                    fprintf(to, "          ");
                }
            }
            fprintf(to, "%s", explanation[0] && explanation[strlen(explanation) - 1] == '\n' ? "" : "\n");
        }
    }
    fprintf(to, "result    %s%s%s\n\n",
            o->failed        ? "FAILED"
            : o->has_verdict ? "verified"
                             : "ran, not compared",
            o->message[0] ? ": " : "", o->message);
    fflush(to);
}

static void print_row(FILE *to, const struct problem *problem, const struct outcome *o, bool is_first) {
    if (is_first) {
        fprintf(to, "%-9s %-10s %-10s %-10s %9s %10s %11s  %-s\n", "result", "error", "allowed", "worst row", "seconds",
                "modelled", "clk/tile", "instance and problem");
    }
    char error[32] = "-", allowed[32] = "-", row[32] = "-", modelled[32] = "-", per_tile[32] = "-";
    if (o->has_verdict) {
        snprintf(error, sizeof error, "%.3e", o->verdict.out.rel_frobenius);
        snprintf(allowed, sizeof allowed, "%.3e", o->verdict.tolerance);
        snprintf(row, sizeof row, "%.3e", o->verdict.out.max_row_rel);
    }
    if (json_object_get(o->json, "modelled_tflops")) {
        snprintf(modelled, sizeof modelled, "%.1f TF", number(o, "modelled_tflops"));
    }
    if (number(o, "modelled_clk_per_tile") > 0) { /* strict and lenient */
        snprintf(per_tile, sizeof per_tile, "%.0f, %.0f", number(o, "modelled_clk_per_tile"),
                 number(o, "modelled_clk_per_tile_lenient"));
    }
    char description[1024];
    struct pagoda_text text = pagoda_text_over(description, sizeof description);
    problem_describe(problem, &text);
    fprintf(to, "%-9s %-10s %-10s %-10s %9.3f %10s %11s  %s\n%78s%s%s%s\n",
            o->failed        ? "FAILED"
            : o->has_verdict ? "verified"
                             : "ran",
            error, allowed, row, number(o, "wall_seconds"), modelled, per_tile, string(o, "instance"), "",
            problem->label ? problem->label : "", problem->label ? ": " : "", description);
    if (o->message[0]) {
        fprintf(to, "%78s%s\n", "", o->message);
    }
    fflush(to);
}

/* ---- pipelines beside each other ---- */

enum { NUM_COMPARED = 2 };
static const char *const compared_pipelines[NUM_COMPARED] = {"v2", "v3"};

/* clk that one CU needs for 256 queries, 64 keys and head dim 128 in FP8 on gfx950, whatever the recipe: matrix
 * instructions for 1024 clk, and exponentials and conversions that do not fit beside them. */
static const double FLOOR_CLK_PER_TILE = 1120;

struct comparison {
    const struct problem *problem;
    int served;
    double seconds[NUM_COMPARED], tflops[NUM_COMPARED], traced[NUM_COMPARED], clk_per_tile[NUM_COMPARED];
};

static void add_to_comparison(struct comparison *comparison, int pipeline, const struct outcome *o) {
    comparison->seconds[pipeline] = number(o, "wall_seconds");
    comparison->tflops[pipeline] =
        number(o, json_object_get(o->json, "modelled_tflops") ? "modelled_tflops" : "tflops");
    comparison->traced[pipeline] = number(o, "modelled_tflops_traced");
    comparison->clk_per_tile[pipeline] = number(o, "modelled_clk_per_tile");
}

static void print_figure(FILE *to, const char *format, double value) {
    char text[32] = "-";
    if (value > 0) {
        snprintf(text, sizeof text, format, value);
    }
    fprintf(to, " %9s", text);
}

static double ratio(double of, double to) {
    return of > 0 && to > 0 ? of / to : 0;
}

static void print_comparison(FILE *to, const struct comparison *c, bool is_first) {
    if (is_first) {
        fprintf(to,
                "modelled TFLOP/s under the strict model, then V3's under the traced one, its clk per 256x64 tile and "
                "the\n"
                "share of the floor (%.0f clk, FP8 on gfx950) that it reaches; beside them what others published for "
                "hardware\n"
                "%-36s %9s %9s %9s %9s %9s %9s | %9s %9s %9s\n",
                FLOOR_CLK_PER_TILE, "problem", "V2", "V3", "V3/V2", "traced", "clk/tile", "of floor", "V2", "V3",
                "V3/V2");
    }
    char description[1024];
    struct pagoda_text text = pagoda_text_over(description, sizeof description);
    problem_describe(c->problem, &text);
    fprintf(to, "%-36s", c->problem->label ? c->problem->label : description);
    print_figure(to, "%.1f", c->tflops[0]);
    print_figure(to, "%.1f", c->tflops[1]);
    print_figure(to, "%.2f", ratio(c->tflops[1], c->tflops[0]));
    print_figure(to, "%.1f", c->traced[1]);
    print_figure(to, "%.0f", c->clk_per_tile[1]);
    const struct problem *p = c->problem;
    const bool has_floor = strcmp(p->arch, "gfx950") == 0 && pagoda_dtype_size(p->dtype) == 1 && p->head_dim == 128;
    print_figure(to, "%.0f %%", has_floor ? 100 * ratio(FLOOR_CLK_PER_TILE, c->clk_per_tile[1]) : 0);
    fprintf(to, " |");
    print_figure(to, "%.1f", c->problem->published_v2);
    print_figure(to, "%.1f", c->problem->published_v3);
    print_figure(to, "%.2f", ratio(c->problem->published_v3, c->problem->published_v2));
    fputc('\n', to);
    fflush(to);
}

static void print_progress(int done, int total) {
    if (total < 2 || !isatty(STDERR_FILENO)) {
        return;
    }
    enum { WIDTH = 40 };
    char bar[WIDTH + 1];
    for (int i = 0; i < WIDTH; ++i) {
        bar[i] = i * total < done * WIDTH ? '#' : '.';
    }
    bar[WIDTH] = 0;
    fprintf(stderr, done < total ? "\r[%s] %d of %d" : "\r\033[K", bar, done, total);
    fflush(stderr);
}

/* ---- main ---- */

static int parse_own_flag(struct options *options, int argc, char **argv, int *at, struct pagoda_text *message) {
    const char *text = NULL;
    const struct {
        const char *name;
        bool *value;
    } switches[] = {{"--verify", &options->verify}, {"--explain", &options->explain}, {"--compare", &options->compare}};
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; ++i) {
        if (strcmp(argv[*at], switches[i].name) == 0) {
            *switches[i].value = true;
            ++*at;
            return 1;
        }
    }
    int found = flag_with_value("--suite", argc, argv, at, &options->suite, message);
    if (found == 0) {
        found = flag_with_value("--json", argc, argv, at, &options->json, message);
    }
    if (found == 0) {
        found = flag_with_value("--capture", argc, argv, at, &options->capture, message);
    }
    if (found == 0 && (found = flag_with_value("--repeat", argc, argv, at, &text, message)) == 1) {
        long long repeat;
        if (parse_integer("--repeat", text, 1, MAX_RUNS, &repeat, message)) {
            return -1;
        }
        options->repeat = (int)repeat;
    }
    return found;
}

static int fail_usage(const struct pagoda_text *message) {
    fprintf(stderr, "pagoda-bench: %s\n", message->data);
    return EXIT_USAGE;
}

/* Reads flags of the run; those of the problem go to the suite, or are passed over without one. */
static int parse_flags(struct options *options, struct suite *suite, int argc, char **argv,
                       struct pagoda_text *message) {
    for (int at = 0; at < argc;) {
        int found = parse_own_flag(options, argc, argv, &at, message);
        if (found == 0) {
            found = device_parse_flag(&options->device, argc, argv, &at, message);
        }
        if (found == 0) {
            struct suite scratch = {0};
            found = suite_add_default(suite ? suite : &scratch, argc, argv, &at, message);
        }
        if (found == 0) {
            pagoda_text_add(message, "unknown flag '%s'; --help lists them", argv[at]);
        }
        if (found != 1) {
            return -1;
        }
    }
    return 0;
}

/* Command line, then suite; a run line of the suite yields to the command line. */
static int read_options(struct options *options, struct suite *suite, int argc, char **argv,
                        struct pagoda_text *message) {
    *options = (struct options){.repeat = 1};
    if (parse_flags(options, suite, argc, argv, message) || suite_load(suite, options->suite, message)) {
        return -1;
    }
    *options = (struct options){.repeat = 1};
    if (parse_flags(options, NULL, suite->num_run_flags, suite->run_flags, message) ||
        parse_flags(options, NULL, argc, argv, message)) {
        return -1;
    }
    if (options->verify && options->device.sample) {
        pagoda_text_add(message, "--sample leaves results incomplete: it cannot go with --verify");
        return -1;
    }
    return 0;
}

static void write_json(FILE *to, const struct outcome *o) {
    json_object_set_new(o->json, "message", json_string(o->message));
    if (to) {
        json_dumpf(o->json, to, JSON_COMPACT | JSON_REAL_PRECISION(9));
        fputc('\n', to);
        fflush(to);
    }
}

/* Runs every problem. Returns how many failed. */
static int run_all(const struct options *options, const struct suite *suite, struct sessions *sessions, FILE *json,
                   FILE *human) {
    int failed = 0;
    for (int i = 0; i < suite->count; ++i) {
        const struct problem *problem = &suite->problems[i];
        struct outcome outcome;
        print_progress(i, suite->count);
        run_problem(options, sessions, problem, &outcome);
        print_progress(suite->count, suite->count);
        failed += outcome.failed;
        if (suite->count == 1 || options->explain) {
            print_report(human, options, sessions, problem, &outcome);
        } else {
            print_row(human, problem, &outcome, i == 0);
        }
        write_json(json, &outcome);
        json_decref(outcome.json);
    }
    if (suite->count > 1) {
        fprintf(human, "%d problems, %d failed\n", suite->count, failed);
    }
    return failed;
}

/* Runs every problem with each pipeline. A pipeline that does not serve a problem is no failure; if none does, it is.
 */
static int compare_all(const struct options *options, const struct suite *suite, struct sessions *sessions, FILE *json,
                       FILE *human) {
    int failed = 0;
    for (int i = 0; i < suite->count; ++i) {
        struct comparison comparison = {.problem = &suite->problems[i]};
        for (int p = 0; p < NUM_COMPARED; ++p) {
            struct problem problem = suite->problems[i];
            struct outcome outcome;
            problem.pipeline = compared_pipelines[p];
            print_progress(i * NUM_COMPARED + p, suite->count * NUM_COMPARED);
            run_problem(options, sessions, &problem, &outcome);
            print_progress(1, 1);
            bool is_unserved = strcmp(string(&outcome, "status"), pagoda_status_string(PAGODA_ERROR_UNSUPPORTED)) == 0;
            comparison.served += !is_unserved;
            failed += outcome.failed && !is_unserved;
            if (outcome.failed && !is_unserved) {
                fprintf(human, "%s, %s: FAILED: %s\n", problem.label ? problem.label : "-", problem.pipeline,
                        outcome.message);
            }
            add_to_comparison(&comparison, p, &outcome);
            write_json(json, &outcome);
            json_decref(outcome.json);
        }
        failed += comparison.served == 0;
        print_comparison(human, &comparison, i == 0);
    }
    fprintf(human, "%d problems, %d failed\n", suite->count, failed);
    return failed;
}

int main(int argc, char **argv) {
    struct options options;
    struct suite suite = {0};
    char reason[1024];
    struct pagoda_text message = pagoda_text_over(reason, sizeof reason);
    for (int at = 1; at < argc; ++at) {
        if (strcmp(argv[at], "--help") == 0) {
            printf("%s%s\ndevice\n%s\nrun\n%s", usage, problem_flags_help, device_flags_help, own_flags_help);
            return 0;
        }
    }
    if (read_options(&options, &suite, argc - 1, argv + 1, &message)) {
        return fail_usage(&message);
    }
    bool json_on_stdout = options.json && strcmp(options.json, "-") == 0;
    FILE *json = json_on_stdout ? stdout : options.json ? fopen(options.json, "w") : NULL;
    if (options.json && !json) {
        pagoda_text_add(&message, "cannot write %s", options.json);
        return fail_usage(&message);
    }
    FILE *human = json_on_stdout ? stderr : stdout;
    struct sessions sessions = {0};
    int failed = options.compare ? compare_all(&options, &suite, &sessions, json, human)
                                 : run_all(&options, &suite, &sessions, json, human);
    for (int i = 0; i < sessions.count; ++i) {
        device_session_close(&sessions.open[i]);
    }
    suite_free(&suite);
    if (json && json != stdout && fclose(json) != 0) {
        fprintf(stderr, "pagoda-bench: cannot write %s\n", options.json);
        return EXIT_FAILED;
    }
    return failed ? EXIT_FAILED : 0;
}
