/* SPDX-License-Identifier: MIT
 *
 * pagoda-explain: which instance serves a problem, and which rule refused each better-ranked one. Runs nothing and
 * needs no device.
 */
#include <stdio.h>
#include <string.h>

#include "coverage_page.h"
#include "problem_explain.h"

static const char usage[] =
    "usage: pagoda-explain [flags]\n"
    "Plans a batch prefill problem. Exit status: 0 an instance serves it, 1 none does, 2 wrong usage.\n\nproblem\n";
static const char own_flags_help[] =
    "\noutput\n"
    "  --json -|FILE               the plan as JSON; '-' is standard output, which then holds no more\n"
    "  --matrix html               the coverage page instead: what serves each kind of request, and why nothing "
    "better\n"
    "  --help\n";

static int fail_usage(const struct pagoda_text *message) {
    fprintf(stderr, "pagoda-explain: %s\n", message->data);
    return 2;
}

static int explain(const struct problem *problem, const char *json_path, struct pagoda_text *message) {
    static char text_data[1 << 20];
    struct pagoda_text text = pagoda_text_over(text_data, sizeof text_data);
    char why[1024];
    pagoda_context *context;
    pagoda_context_options options = {
        .struct_size = sizeof options,
        .runtime = PAGODA_RUNTIME_NONE,
        .arch = problem->arch,
        .message = why,
        .message_size = sizeof why,
    };
    if (pagoda_context_create(&options, &context) != PAGODA_OK) {
        pagoda_text_add(message, "%s", why);
        return fail_usage(message);
    }
    json_t *json;
    pagoda_status status = problem_explain(context, problem, &text, &json);
    pagoda_context_destroy(context);

    bool is_stdout = json_path && strcmp(json_path, "-") == 0;
    FILE *human = is_stdout ? stderr : stdout;
    char description[1024];
    struct pagoda_text line = pagoda_text_over(description, sizeof description);
    problem_describe(problem, &line);
    fprintf(human, "%s\n%s", description, text_data);
    if (text.length > 0 && text_data[text.length - 1] != '\n') {
        fputc('\n', human);
    }
    int written = 0;
    if (json_path) {
        FILE *file = is_stdout ? stdout : fopen(json_path, "w");
        written = file && json_dumpf(json, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF ? 0 : -1;
        if (file && file != stdout && fclose(file) != 0) {
            written = -1;
        }
    }
    json_decref(json);
    if (written != 0) {
        pagoda_text_add(message, "cannot write %s", json_path);
        return fail_usage(message);
    }
    return status == PAGODA_OK ? 0 : 1;
}

int main(int argc, char **argv) {
    char reason[1024];
    struct pagoda_text message = pagoda_text_over(reason, sizeof reason);
    struct problem problem;
    const char *json_path = NULL, *matrix = NULL;
    problem_init(&problem);
    for (int at = 1; at < argc;) {
        if (strcmp(argv[at], "--help") == 0) {
            printf("%s%s%s", usage, problem_flags_help, own_flags_help);
            return 0;
        }
        int found = flag_with_value("--json", argc, argv, &at, &json_path, &message);
        if (found == 0 && (found = flag_with_value("--matrix", argc, argv, &at, &matrix, &message)) == 1 &&
            strcmp(matrix, "html") != 0) {
            pagoda_text_add(&message, "--matrix: '%s' is not html", matrix);
            found = -1;
        }
        if (found == 0) {
            found = problem_parse_flag(&problem, argc, argv, &at, &message);
        }
        if (found == 0) {
            pagoda_text_add(&message, "unknown flag '%s'; --help lists them", argv[at]);
        }
        if (found != 1) {
            return fail_usage(&message);
        }
    }
    if (matrix) {
        return coverage_page_write(stdout, &message) ? fail_usage(&message) : 0;
    }
    if (problem_finish(&problem, &message)) {
        return fail_usage(&message);
    }
    int status = explain(&problem, json_path, &message);
    problem_destroy(&problem);
    return status;
}
