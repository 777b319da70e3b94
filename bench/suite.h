/* SPDX-License-Identifier: MIT
 *
 * The problems of a run: one from the command line, or those of a suite file. A suite file has one problem per line,
 * written with the flags of the command line, so that there is one vocabulary and one parser, and a line can be pasted
 * behind pagoda-bench. "Quotes" hold a value together, '#' starts a comment. A line that starts with the word run holds
 * flags of the run instead, such as --mode timing. Flags on the command line win.
 */
#ifndef PAGODA_BENCH_SUITE_H
#define PAGODA_BENCH_SUITE_H

#include "problem.h"

enum { SUITE_MAX_FLAGS = 128 };

struct suite {
    struct problem *problems;
    int count;
    char *flags[SUITE_MAX_FLAGS]; /* problem flags of the command line */
    int num_flags;
    char *run_flags[SUITE_MAX_FLAGS]; /* of the file's run lines */
    int num_run_flags;
    char *text; /* of the file; the problems point into it */
};

/* Takes a problem flag of the command line; results as of problem_parse_flag. */
int suite_add_default(struct suite *suite, int argc, char **argv, int *at, struct pagoda_text *message);
/* `name`: a file, or the name of a file in bench/suites without ".suite"; NULL: the problem of the command line. */
int suite_load(struct suite *suite, const char *name, struct pagoda_text *message);
void suite_free(struct suite *suite);

#endif
