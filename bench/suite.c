/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int suite_add_default(struct suite *suite, int argc, char **argv, int *at, struct pagoda_text *message) {
    struct problem scratch;
    int first = *at;
    problem_init(&scratch);
    int found = problem_parse_flag(&scratch, argc, argv, at, message);
    problem_destroy(&scratch);
    for (int i = first; found == 1 && i < *at; ++i) {
        if (suite->num_flags == SUITE_MAX_FLAGS) {
            pagoda_text_add(message, "too many flags");
            return -1;
        }
        suite->flags[suite->num_flags++] = argv[i];
    }
    return found;
}

static int parse_flags(struct problem *problem, int count, char **flags, struct pagoda_text *message) {
    for (int at = 0; at < count;) {
        int found = problem_parse_flag(problem, count, flags, &at, message);
        if (found == 0) {
            pagoda_text_add(message, "'%s' is not a problem flag", flags[at]);
        }
        if (found != 1) {
            return -1;
        }
    }
    return 0;
}

/* Splits a line in place. Returns the number of words, or -1. */
static int split(char *line, char **words, int most) {
    int count = 0;
    for (char *c = line; *c;) {
        if (*c == ' ' || *c == '\t' || *c == '\r') {
            *c++ = 0;
        } else if (*c == '#') {
            *c = 0;
        } else {
            bool is_quoted = *c == '"';
            if (count == most) {
                return -1;
            }
            words[count++] = c += is_quoted;
            while (*c && (is_quoted ? *c != '"' : *c != ' ' && *c != '\t' && *c != '\r')) {
                ++c;
            }
            if (is_quoted && !*c) {
                return -1;
            }
            if (is_quoted) {
                *c++ = 0;
            }
        }
    }
    return count;
}

/* A file, or a suite by name: of the source tree, else installed. */
static FILE *open_suite(const char *name, struct pagoda_text *message) {
    static const char *const folders[] = {PAGODA_SUITE_DIR, PAGODA_INSTALLED_SUITE_DIR};
    char path[4096];
    FILE *file = strchr(name, '/') ? fopen(name, "rb") : NULL;
    for (size_t i = 0; !file && !strchr(name, '/') && i < sizeof folders / sizeof folders[0]; ++i) {
        snprintf(path, sizeof path, "%s/%s.suite", folders[i], name);
        file = fopen(path, "rb");
    }
    if (!file) {
        pagoda_text_add(message, "--suite: there is no %s%s", name,
                        strchr(name, '/') ? "" : ".suite in " PAGODA_SUITE_DIR " or " PAGODA_INSTALLED_SUITE_DIR);
    }
    return file;
}

static char *read_text(const char *name, struct pagoda_text *message) {
    FILE *file = open_suite(name, message);
    if (!file) {
        return NULL;
    }
    size_t capacity = 1 << 16, length = 0;
    char *text = malloc(capacity + 1);
    while (text) {
        length += fread(text + length, 1, capacity - length, file);
        if (length < capacity) {
            break;
        }
        char *larger = realloc(text, (capacity *= 2) + 1);
        if (!larger) {
            free(text);
        }
        text = larger;
    }
    fclose(file);
    if (!text) {
        pagoda_text_add(message, "out of memory");
        return NULL;
    }
    text[length] = 0;
    return text;
}

static struct problem *add_problem(struct suite *suite, struct pagoda_text *message) {
    struct problem *more = realloc(suite->problems, (size_t)(suite->count + 1) * sizeof *more);
    if (!more) {
        pagoda_text_add(message, "out of memory");
        return NULL;
    }
    suite->problems = more;
    problem_init(&more[suite->count]);
    return &more[suite->count++];
}

static int load_line(struct suite *suite, const char *name, int number, char *line, struct pagoda_text *message) {
    char *words[SUITE_MAX_FLAGS], why[512];
    int count = split(line, words, SUITE_MAX_FLAGS);
    if (count == 0) {
        return 0;
    }
    if (count > 0 && strcmp(words[0], "run") == 0) {
        for (int i = 1; i < count && suite->num_run_flags < SUITE_MAX_FLAGS; ++i) {
            suite->run_flags[suite->num_run_flags++] = words[i];
        }
        return 0;
    }
    struct problem *problem = add_problem(suite, message);
    if (!problem) {
        return -1;
    }
    struct pagoda_text reason = pagoda_text_over(why, sizeof why);
    if (count < 0) {
        pagoda_text_add(&reason, "an open quote or too many words");
    }
    if (count < 0 || parse_flags(problem, count, words, &reason) ||
        parse_flags(problem, suite->num_flags, suite->flags, &reason) || problem_finish(problem, &reason)) {
        pagoda_text_add(message, "suite %s, line %d: %s", name, number, why);
        return -1;
    }
    return 0;
}

int suite_load(struct suite *suite, const char *name, struct pagoda_text *message) {
    if (!name) {
        struct problem *problem = add_problem(suite, message);
        return problem && !parse_flags(problem, suite->num_flags, suite->flags, message) &&
                       !problem_finish(problem, message)
                   ? 0
                   : -1;
    }
    suite->text = read_text(name, message);
    if (!suite->text) {
        return -1;
    }
    int number = 1;
    for (char *line = suite->text; line; ++number) {
        char *end = strchr(line, '\n');
        if (end) {
            *end++ = 0;
        }
        if (load_line(suite, name, number, line, message)) {
            return -1;
        }
        line = end;
    }
    if (suite->count == 0) {
        pagoda_text_add(message, "suite %s has no problems", name);
        return -1;
    }
    return 0;
}

void suite_free(struct suite *suite) {
    for (int i = 0; i < suite->count; ++i) {
        problem_destroy(&suite->problems[i]);
    }
    free(suite->problems);
    free(suite->text);
}
