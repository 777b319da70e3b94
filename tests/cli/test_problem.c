/* SPDX-License-Identifier: MIT
 *
 * Problems: flags, lengths, the FLOPs they define, and data that is the same attention however it is laid out.
 */
#include "problem_data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attention_reference.h"
#include "number_formats.h"

static char why[512];

/* Parses space-separated flags; 0, or -1 with `why`. */
static int parse(struct problem *problem, const char *flags) {
    static char text[1024];
    char *words[64];
    int count = 0;
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    strcpy(text, flags);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    problem_init(problem);
    for (int at = 0; at < count;) {
        if (problem_parse_flag(problem, count, words, &at, &message) != 1) {
            return -1;
        }
    }
    return problem_finish(problem, &message);
}

static void test_lists_and_defaults(void **state) {
    (void)state;
    struct problem p;
    assert_int_equal(parse(&p, "--q-len 3,4,5 --kv-len=9 --dtype fp8 --arch gfx942 --head-dim 64"), 0);
    assert_int_equal(p.batch, 3);
    assert_int_equal(p.q_lens[2], 5);
    assert_int_equal(p.kv_lens[2], 9);
    assert_int_equal(p.dtype, PAGODA_DTYPE_FP8_E4M3FNUZ);
    assert_int_equal(p.out_dtype, PAGODA_DTYPE_BF16);
    assert_true(p.softmax_scale == 0.125f);
    problem_destroy(&p);
    assert_int_equal(parse(&p, "--dtype fp8 --batch 0"), 0);
    assert_int_equal(p.dtype, PAGODA_DTYPE_FP8_E4M3FN);
    assert_int_equal(p.batch, 0);
    problem_destroy(&p);
    assert_int_equal(parse(&p, "--mask window:5,-1,2 --ragged --batch 9 --q-len 7 --kv-len 100"), 0);
    assert_int_equal(p.mask, PAGODA_MASK_SLIDING_WINDOW);
    assert_true(p.window_left == 5 && p.window_right == -1 && p.window_sink_tokens == 2);
    for (int b = 0; b < 9; ++b) {
        assert_in_range(p.q_lens[b], 0, 7);
        assert_in_range(p.kv_lens[b], 0, 100);
    }
    problem_destroy(&p);
}

static void test_wrong_flags_are_named(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"--q-len", "--q-len needs a value"},
        {"--q-heads x", "--q-heads: 'x' is not a whole number"},
        {"--q-heads 0", "from 1 to"},
        {"--q-len 1,,2", "--q-len: '1,,2' is not a comma-separated list"},
        {"--q-len 1,2 --kv-len 1,2,3", "--q-len has 2 values for a batch of 3"},
        {"--batch 2 --kv-len 1,2,3", "--kv-len has 3 values for a batch of 2"},
        {"--dtype fp32", "--dtype: 'fp32' is not one of fp16, bf16"},
        {"--mask diagonal", "--mask: 'diagonal' is not one of"},
        {"--mask window:1", "--mask: 'window:1' is not one of"},
        {"--mask window:1,2,3,4", "is not one of"},
        {"--soft-cap 3x", "--soft-cap: '3x' is not a number"},
        {"--layout blocked", "--layout: 'blocked' is not one of linear, vectorized"},
        {"--kv-len 100 --page-size 10 --pages 1,2", "--pages lists 2 pages, but the sequences use 10"},
        {"--kv-len 100 --page-size 10 --pool-pages 9", "--pool-pages 9 is too small"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        struct problem p;
        why[0] = 0;
        assert_int_equal(parse(&p, cases[i][0]), -1);
        if (!strstr(why, cases[i][1])) {
            fail_msg("'%s' says '%s', expected '%s'", cases[i][0], why, cases[i][1]);
        }
        problem_destroy(&p);
    }
}

static void test_flops_count_visible_pairs(void **state) {
    (void)state;
    static const struct {
        const char *flags;
        double pairs;
    } cases[] = {
        {"--q-len 3 --kv-len 5", 15},
        {"--q-len 3 --kv-len 5 --mask causal", 3 + 4 + 5},
        {"--q-len 5 --kv-len 3 --mask causal", 0 + 0 + 1 + 2 + 3},
        {"--q-len 3 --kv-len 9 --mask window:1,0", 6},
        {"--q-len 3 --kv-len 9 --mask window:1,1", 3 + 3 + 2},
        {"--q-len 3 --kv-len 9 --mask window:1,0,2", 12},
        {"--q-len 3 --kv-len 9 --mask window:-1,-1", 27},
        {"--q-len 3 --kv-len 3 --mask window:9,0,9", 1 + 2 + 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        struct problem p;
        assert_int_equal(parse(&p, cases[i].flags), 0);
        assert_true(problem_flops(&p) == cases[i].pairs * 8 * 128 * 4);

        /* the reference counts the same pairs */
        pagoda_batch_prefill_args a;
        problem_arguments(&p, &a);
        double seen = 0;
        for (int q = 0; q < p.q_lens[0]; ++q) {
            for (int k = 0; k < p.kv_lens[0]; ++k) {
                seen += attention_reference_visible(&a, q, p.q_lens[0], k, p.kv_lens[0]);
            }
        }
        assert_true(seen == cases[i].pairs);
        problem_destroy(&p);
    }
}

static struct attention_reference attention_of(const char *flags) {
    struct problem p;
    struct problem_data data;
    struct attention_reference reference;
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    assert_int_equal(parse(&p, flags), 0);
    assert_int_equal(problem_data_create(&p, NULL, &data, &message), 0);
    assert_int_equal(attention_reference_compute(&data.host, 1, &reference), 0);
    problem_data_destroy(&data);
    problem_destroy(&p);
    return reference;
}

/* Also shows that no poison is within reach of a correct computation. */
static void test_layout_does_not_change_attention(void **state) {
    (void)state;
    static const char *const quants[] = {"--dtype bf16", "--dtype fp8 --quant per_tensor",
                                         "--dtype fp8 --quant kv_block"};
    static const char *const layouts[] = {"--table sglang",
                                          "--table vllm",
                                          "--layout vectorized",
                                          "--strided --table vllm",
                                          "--layout vectorized --strided --table sglang",
                                          "--device-descales",
                                          "--sorted-pages",
                                          "--pool-pages 100"};
    for (size_t quant = 0; quant < 3; ++quant) {
        struct attention_reference first = {0};
        for (size_t layout = 0; layout < sizeof layouts / sizeof layouts[0]; ++layout) {
            char flags[512];
            snprintf(flags, sizeof flags,
                     "--q-len 3,0,9 --kv-len 50,4,0 --page-size 16 --q-heads 4 --kv-heads 2 --head-dim 32 --dominated "
                     "--sinks %s %s",
                     quants[quant], layouts[layout]);
            struct attention_reference reference = attention_of(flags);
            for (size_t i = 0; i < 12 * 4 * 32; ++i) {
                assert_true(isfinite(reference.out[i]));
                assert_true(layout == 0 || reference.out[i] == first.out[i]);
            }
            if (layout == 0) {
                first = reference;
            } else {
                attention_reference_free(&reference);
            }
        }
        attention_reference_free(&first);
    }
}

static void test_unused_memory_is_poisoned(void **state) {
    (void)state;
    struct problem p;
    struct problem_data data;
    struct pagoda_text message = pagoda_text_over(why, sizeof why);
    assert_int_equal(
        parse(&p, "--dtype fp8 --arch gfx942 --q-len 2 --kv-len 20 --page-size 16 --head-dim 32 --q-heads 1"), 0);
    assert_int_equal(problem_data_create(&p, NULL, &data, &message), 0);
    const pagoda_batch_prefill_args *h = &data.host;
    int finite = 0;
    for (int64_t i = 0; i < h->num_pages * h->k_stride_page; ++i) {
        finite += isfinite(number_format_load(h->kv_dtype, h->k_cache, (size_t)i)) != 0;
    }
    assert_int_equal(finite, 20 * 32);
    assert_true(h->num_pages > h->num_page_ids);
    problem_data_destroy(&data);
    problem_destroy(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_and_defaults),        cmocka_unit_test(test_wrong_flags_are_named),
        cmocka_unit_test(test_flops_count_visible_pairs), cmocka_unit_test(test_layout_does_not_change_attention),
        cmocka_unit_test(test_unused_memory_is_poisoned),
    };
    return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
