/* SPDX-License-Identifier: MIT
 *
 * The reference itself, against closed forms and a second, naive implementation.
 */
#include "attention_reference.h"
#include "error_metrics.h"
#include "number_formats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.17g, want %.17g", got, want);
    }
}

/* ---- number formats ---- */

static void test_known_codes(void **state) {
    (void)state;
    static const struct {
        pagoda_dtype dtype;
        uint16_t bits;
        double value;
    } known[] = {
        {PAGODA_DTYPE_FP16, 0x3c00, 1.0},
        {PAGODA_DTYPE_FP16, 0xc000, -2.0},
        {PAGODA_DTYPE_FP16, 0x7bff, 65504.0},
        {PAGODA_DTYPE_FP16, 0x0001, 0x1p-24},
        {PAGODA_DTYPE_FP16, 0x3555, 0.333251953125},
        {PAGODA_DTYPE_BF16, 0x3f80, 1.0},
        {PAGODA_DTYPE_BF16, 0x4049, 3.140625},
        {PAGODA_DTYPE_BF16, 0x0001, 0x1p-133},
        {PAGODA_DTYPE_FP8_E4M3FN, 0x38, 1.0},
        {PAGODA_DTYPE_FP8_E4M3FN, 0x7e, 448.0},
        {PAGODA_DTYPE_FP8_E4M3FN, 0x01, 0x1p-9},
        {PAGODA_DTYPE_FP8_E4M3FN, 0x08, 0x1p-6},
        {PAGODA_DTYPE_FP8_E4M3FN, 0xb9, -1.125},
        {PAGODA_DTYPE_FP8_E4M3FNUZ, 0x40, 1.0},
        {PAGODA_DTYPE_FP8_E4M3FNUZ, 0x7f, 240.0},
        {PAGODA_DTYPE_FP8_E4M3FNUZ, 0x01, 0x1p-10},
        {PAGODA_DTYPE_FP8_E4M3FNUZ, 0x08, 0x1p-7},
        {PAGODA_DTYPE_FP8_E4M3FNUZ, 0xc1, -1.125},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i) {
        assert_true(number_format_values(known[i].dtype)[known[i].bits] == known[i].value);
        assert_int_equal(number_format_encode(known[i].dtype, known[i].value), known[i].bits);
    }
    assert_true(isnan(number_format_values(PAGODA_DTYPE_FP8_E4M3FN)[0x7f]));
    assert_true(isnan(number_format_values(PAGODA_DTYPE_FP8_E4M3FN)[0xff]));
    assert_true(isnan(number_format_values(PAGODA_DTYPE_FP8_E4M3FNUZ)[0x80]));
    assert_true(number_format_values(PAGODA_DTYPE_FP8_E4M3FNUZ)[0xff] == -240.0);
    assert_true(isinf(number_format_values(PAGODA_DTYPE_FP16)[0x7c00]));
    assert_true(isinf(number_format_values(PAGODA_DTYPE_BF16)[0xff80]));
}

static void test_every_code_survives_a_round_trip(void **state) {
    (void)state;
    for (pagoda_dtype dtype = PAGODA_DTYPE_FP16; dtype <= PAGODA_DTYPE_FP8_E4M3FNUZ; ++dtype) {
        unsigned codes = number_format_size(dtype) == 1 ? 256 : 65536;
        for (unsigned bits = 0; bits < codes; ++bits) {
            double value = number_format_values(dtype)[bits];
            if (!isnan(value)) {
                assert_int_equal(number_format_encode(dtype, value), bits);
            }
        }
        assert_true(isnan(number_format_values(dtype)[number_format_nan(dtype)]));
        assert_int_equal(number_format_encode(dtype, NAN), number_format_nan(dtype));
    }
}

static void test_rounding_is_to_nearest_even(void **state) {
    (void)state;
    for (pagoda_dtype dtype = PAGODA_DTYPE_FP16; dtype <= PAGODA_DTYPE_FP8_E4M3FNUZ; ++dtype) {
        const double *values = number_format_values(dtype);
        for (unsigned bits = 0; isfinite(values[bits + 1]); ++bits) {
            double low = values[bits], high = values[bits + 1], middle = (low + high) / 2;
            if (!(high > low)) {
                break; /* past the largest finite code */
            }
            assert_int_equal(number_format_encode(dtype, middle), bits % 2 ? bits + 1 : bits);
            assert_int_equal(number_format_encode(dtype, nextafter(middle, INFINITY)), bits + 1);
            assert_int_equal(number_format_encode(dtype, nextafter(middle, -INFINITY)), bits);
        }
    }
    assert_int_equal(number_format_encode(PAGODA_DTYPE_FP8_E4M3FN, 1e9), 0x7e);
    assert_int_equal(number_format_encode(PAGODA_DTYPE_FP8_E4M3FN, -1e9), 0xfe);
    assert_int_equal(number_format_encode(PAGODA_DTYPE_FP8_E4M3FNUZ, -1e-9), 0);
    assert_int_equal(number_format_encode(PAGODA_DTYPE_FP16, 65520.0), 0x7c00);
    assert_int_equal(number_format_encode(PAGODA_DTYPE_FP16, 65519.0), 0x7bff);
}

/* ---- attention ---- */

enum { MAX_TOKENS = 32, MAX_KEYS = 64, MAX_DIM = 16, MAX_HEADS = 4, MAX_SEQUENCES = 4 };

/* A small problem in host memory: keys and values as bf16 in pages given by an identity or reversed table. */
struct small {
    pagoda_batch_prefill_args args;
    uint16_t q[MAX_TOKENS * MAX_HEADS * MAX_DIM], k[MAX_KEYS * MAX_HEADS * MAX_DIM], v[MAX_KEYS * MAX_HEADS * MAX_DIM];
    int32_t cu_seqlens_q[MAX_SEQUENCES + 1], kv_indptr[MAX_SEQUENCES + 1], page_ids[MAX_KEYS], kv_lens[MAX_SEQUENCES];
    float sinks[MAX_HEADS], k_page_descale[MAX_KEYS * MAX_HEADS], v_page_descale[MAX_KEYS * MAX_HEADS];
};

static uint32_t random_state;
static double random_value(void) {
    random_state = random_state * 1664525u + 1013904223u;
    return (double)(random_state >> 8) / (1 << 23) - 1.0;
}

/* One sequence of n queries and keys keys, one head, every input 0, SGLang table. */
static void small_init(struct small *s, int n, int keys, int dim, int page_size) {
    memset(s, 0, sizeof *s);
    int pages = (keys + page_size - 1) / page_size;
    s->cu_seqlens_q[1] = n;
    s->kv_indptr[1] = pages;
    s->kv_lens[0] = keys - (pages - 1) * page_size;
    for (int i = 0; i < pages; ++i) {
        s->page_ids[i] = pages - 1 - i;
    }
    s->args = (pagoda_batch_prefill_args){
        .struct_size = sizeof s->args,
        .batch = 1,
        .total_q = n,
        .max_seqlen_q = n,
        .num_q_heads = 1,
        .num_kv_heads = 1,
        .head_dim = dim,
        .page_size = page_size,
        .num_pages = MAX_KEYS / page_size,
        .q_dtype = PAGODA_DTYPE_BF16,
        .kv_dtype = PAGODA_DTYPE_BF16,
        .out_dtype = PAGODA_DTYPE_BF16,
        .q = s->q,
        .q_stride_token = dim,
        .q_stride_head = dim,
        .k_cache = s->k,
        .v_cache = s->v,
        .k_stride_page = dim * page_size,
        .k_stride_token = dim,
        .k_stride_head = dim,
        .v_stride_page = dim * page_size,
        .v_stride_token = dim,
        .v_stride_head = dim,
        .cu_seqlens_q = s->cu_seqlens_q,
        .page_table_style = PAGODA_PAGE_TABLE_SGLANG,
        .kv_indptr = s->kv_indptr,
        .page_ids = s->page_ids,
        .num_page_ids = pages,
        .kv_lens = s->kv_lens,
        .softmax_scale = 1,
        .mask = PAGODA_MASK_NONE,
        .window_left = -1,
        .window_right = -1,
        .q_descale = 1,
        .k_descale = 1,
        .v_descale = 1,
    };
}

/* Where element d of key j is, for the one-sequence problems. */
static size_t key_at(const struct small *s, int j, int d) {
    int page = s->page_ids[j / s->args.page_size];
    return (size_t)((page * s->args.page_size + j % s->args.page_size) * s->args.head_dim + d);
}

static uint16_t bf16(double x) {
    return number_format_encode(PAGODA_DTYPE_BF16, x);
}

static void test_one_key_returns_its_value(void **state) {
    (void)state;
    struct small s;
    small_init(&s, 1, 1, 8, 4);
    for (int d = 0; d < 8; ++d) {
        s.q[d] = bf16(0.5);
        s.k[key_at(&s, 0, d)] = bf16(d);
        s.v[key_at(&s, 0, d)] = bf16(d * d);
    }
    s.args.softmax_scale = 0.25f;
    struct attention_reference r;
    assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
    for (int d = 0; d < 8; ++d) {
        assert_near(r.out[d], d * d, 0);
    }
    assert_near(r.lse[0], 0.25 * 0.5 * 28, 0);
    assert_null(r.ideal_fp8_p_out);
    attention_reference_free(&r);
}

static void test_equal_scores_average_what_the_mask_shows(void **state) {
    (void)state;
    struct small s;
    small_init(&s, 3, 5, 8, 2);
    for (int j = 0; j < 5; ++j) {
        s.v[key_at(&s, j, 0)] = bf16(1 << j);
    }
    struct {
        pagoda_mask mask;
        int left, right, sinks;
        double mean[3], count[3];
    } cases[] = {
        {PAGODA_MASK_NONE, -1, -1, 0, {6.2, 6.2, 6.2}, {5, 5, 5}},
        /* three queries against five keys: they see 3, 4 and 5 keys */
        {PAGODA_MASK_CAUSAL, -1, -1, 0, {7 / 3.0, 15 / 4.0, 31 / 5.0}, {3, 4, 5}},
        {PAGODA_MASK_SLIDING_WINDOW, 1, 0, 0, {6 / 2.0, 12 / 2.0, 24 / 2.0}, {2, 2, 2}},
        {PAGODA_MASK_SLIDING_WINDOW, 0, 1, 0, {12 / 2.0, 24 / 2.0, 16}, {2, 2, 1}},
        {PAGODA_MASK_SLIDING_WINDOW, 1, 0, 1, {7 / 3.0, 13 / 3.0, 25 / 3.0}, {3, 3, 3}},
        {PAGODA_MASK_SLIDING_WINDOW, -1, -1, 0, {6.2, 6.2, 6.2}, {5, 5, 5}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; ++c) {
        s.args.mask = cases[c].mask;
        s.args.window_left = cases[c].left;
        s.args.window_right = cases[c].right;
        s.args.window_sink_tokens = cases[c].sinks;
        struct attention_reference r;
        assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
        for (int i = 0; i < 3; ++i) {
            assert_near(r.out[i * 8], cases[c].mean[i], 1e-14);
            assert_near(r.lse[i], log(cases[c].count[i]), 1e-14);
        }
        attention_reference_free(&r);
    }
}

static void test_rows_without_keys(void **state) {
    (void)state;
    struct small s;
    small_init(&s, 4, 2, 8, 2); /* causal: the first two queries see nothing */
    s.args.mask = PAGODA_MASK_CAUSAL;
    for (int j = 0; j < 2; ++j) {
        s.v[key_at(&s, j, 0)] = bf16(3);
    }
    struct attention_reference r;
    assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
    assert_true(r.out[0] == 0 && r.out[8] == 0 && r.out[16] == 3 && r.out[24] == 3);
    assert_true(r.lse[0] == -INFINITY && r.lse[1] == -INFINITY);
    attention_reference_free(&r);

    s.sinks[0] = 2;
    s.args.sink_logits = s.sinks;
    assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
    assert_true(r.out[0] == 0);
    assert_near(r.lse[0], 2, 0);
    assert_near(r.out[16], 3 / (1 + exp(2.0)), 1e-15); /* one visible key with score 0 */
    assert_near(r.lse[2], log(1 + exp(2.0)), 1e-15);
    attention_reference_free(&r);
}

static void test_soft_cap(void **state) {
    (void)state;
    struct small s;
    small_init(&s, 1, 2, 8, 1);
    s.q[0] = bf16(4);
    s.k[key_at(&s, 0, 0)] = bf16(10);
    s.v[key_at(&s, 0, 0)] = bf16(1);
    s.args.logits_soft_cap = 30;
    struct attention_reference r;
    assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
    double score = 30 * tanh(40.0 / 30);
    assert_near(r.lse[0], log(1 + exp(score)), 1e-13);
    assert_near(r.out[0], exp(score) / (1 + exp(score)), 1e-15);
    attention_reference_free(&r);
}

static void test_ideal_fp8_p_rounds_against_the_row_maximum(void **state) {
    (void)state;
    struct small s;
    small_init(&s, 1, 2, 16, 16);
    s.args.q_dtype = s.args.kv_dtype = PAGODA_DTYPE_FP8_E4M3FN;
    uint8_t q[16] = {0x38}, k[MAX_KEYS * 16] = {0}, v[MAX_KEYS * 16] = {0}; /* q = 1 */
    s.args.q = q;
    s.args.k_cache = k;
    s.args.v_cache = v;
    k[0] = 0x38;  /* score 1 */
    k[16] = 0x30; /* score 0.5 */
    v[16] = 0x38; /* only the second key has a value */
    struct attention_reference r;
    assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
    double p = exp(-0.5);
    assert_near(r.out[0], p / (1 + p), 1e-15);
    assert_near(r.ideal_fp8_p_out[0], 256.0 / 448.0 / (1 + p), 1e-15); /* 448 p = 271.7: between 256 and 288 */
    attention_reference_free(&r);

    s.args.q_dtype = s.args.kv_dtype = PAGODA_DTYPE_FP8_E4M3FNUZ;
    q[0] = k[0] = v[16] = 0x40;
    k[16] = 0x38;
    assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
    assert_near(r.ideal_fp8_p_out[0], 144.0 / 240.0 / (1 + p), 1e-15); /* 240 p = 145.6, codes are 16 apart */
    attention_reference_free(&r);
}

static void test_ideal_fp8_p_carries_the_factors_of_small_pages(void **state) {
    (void)state;
    struct small s;
    small_init(&s, 1, 2, 16, 1);
    uint8_t q[16] = {0x38}, k[MAX_KEYS * 16] = {0}, v[MAX_KEYS * 16] = {0};
    s.args.q_dtype = s.args.kv_dtype = PAGODA_DTYPE_FP8_E4M3FN;
    s.args.q = q;
    s.args.k_cache = k;
    s.args.v_cache = v;
    s.args.quant = PAGODA_QUANT_KV_BLOCK;
    s.args.k_page_descale = s.k_page_descale;
    s.args.v_page_descale = s.v_page_descale;
    s.args.kv_descale_stride_page = 1;
    size_t first = key_at(&s, 0, 0), second = key_at(&s, 1, 0);
    s.k_page_descale[first / 16] = s.k_page_descale[second / 16] = 1;
    s.v_page_descale[first / 16] = 1;
    s.v_page_descale[second / 16] = 3;
    k[first] = 0x38;  /* score 1 */
    k[second] = 0x30; /* score 0.5 */
    v[first] = v[second + 1] = 0x38;
    struct attention_reference r;
    assert_int_equal(attention_reference_compute(&s.args, 1, &r), 0);
    double p = exp(-0.5), largest = 3 * p; /* 1 / largest * 448 = 246.2: between 240 and 256 */
    assert_near(r.out[0], 1 / (1 + p), 1e-15);
    assert_near(r.out[1], 3 * p / (1 + p), 1e-15);
    assert_near(r.ideal_fp8_p_out[0], 240.0 / 448.0 * largest / (1 + p), 1e-15);
    assert_near(r.ideal_fp8_p_out[1], 3 * p / (1 + p), 1e-15);
    attention_reference_free(&r);
}

/* A second opinion without tiles, threads or tables: every formula of the API header as it stands there. */
static double naive_score(const pagoda_batch_prefill_args *a, const double *q, const double *k) {
    double score = 0;
    for (int d = 0; d < a->head_dim; ++d) {
        score += q[d] * k[d];
    }
    score *= (double)a->softmax_scale;
    return a->logits_soft_cap > 0 ? (double)a->logits_soft_cap * tanh(score / (double)a->logits_soft_cap) : score;
}

enum { SEQUENCES = 3, Q_HEADS = 4, KV_HEADS = 2, DIM = 16 };
static const int q_lens[SEQUENCES] = {9, 0, 20}, kv_lens[SEQUENCES] = {7, 5, 26};

static void check_ragged(pagoda_page_table_style style, pagoda_kv_layout layout, pagoda_quant_mode quant,
                         pagoda_mask mask, int threads) {
    static struct small s; /* zero, reused: every field read is set below */
    const int page_size = 16, pages_of[SEQUENCES] = {1, 1, 2}, ids[SEQUENCES][2] = {{2, -1}, {0, -1}, {3, 1}};
    bool is_fp8 = quant != PAGODA_QUANT_NONE;
    pagoda_dtype dtype = is_fp8 ? PAGODA_DTYPE_FP8_E4M3FN : PAGODA_DTYPE_BF16;
    int x = is_fp8 ? 16 : 8;
    small_init(&s, 29, 26, DIM, page_size);
    s.args.batch = SEQUENCES;
    s.args.num_q_heads = Q_HEADS;
    s.args.num_kv_heads = KV_HEADS;
    s.args.q_dtype = s.args.kv_dtype = dtype;
    s.args.kv_layout = layout;
    s.args.mask = mask;
    s.args.window_left = 3;
    s.args.window_right = 1;
    s.args.window_sink_tokens = 2;
    s.args.softmax_scale = 0.7f;
    s.args.logits_soft_cap = 5;
    s.args.sink_logits = s.sinks;
    s.args.quant = quant;
    s.args.q_descale = 0.5f;
    s.args.k_descale = 1.5f;
    s.args.v_descale = 3;
    s.args.q_stride_token = Q_HEADS * DIM + 16;
    s.args.k_stride_token = s.args.v_stride_token = KV_HEADS * DIM;
    s.args.k_stride_page = s.args.v_stride_page = page_size * KV_HEADS * DIM;
    s.args.k_stride_head = s.args.v_stride_head = layout == PAGODA_KV_LAYOUT_LINEAR ? DIM : page_size * DIM;
    s.args.k_page_descale = s.k_page_descale;
    s.args.v_page_descale = s.v_page_descale;
    s.args.kv_descale_stride_page = KV_HEADS;
    s.args.kv_descale_stride_head = 1;
    s.args.page_table_style = style;
    s.args.page_table_stride = 3;
    s.args.num_pages = 4;

    random_state = 12345;
    for (int i = 0; i < 4 * KV_HEADS; ++i) {
        s.k_page_descale[i] = (float)(1 + i % 3);
        s.v_page_descale[i] = (float)(2 + i % 5);
    }
    static uint16_t q[29 * (Q_HEADS * DIM + 16)], k[4 * 16 * KV_HEADS * DIM], v[4 * 16 * KV_HEADS * DIM];
    s.args.q = q;
    s.args.k_cache = k;
    s.args.v_cache = v;
    static double q_real[29][Q_HEADS][DIM], k_real[SEQUENCES][32][KV_HEADS][DIM], v_real[SEQUENCES][32][KV_HEADS][DIM];
    for (int b = 0, page_slot = 0; b < SEQUENCES; ++b) {
        s.cu_seqlens_q[b + 1] = s.cu_seqlens_q[b] + q_lens[b];
        s.kv_indptr[b + 1] = s.kv_indptr[b] + pages_of[b];
        for (int i = 0; i < pages_of[b]; ++i) {
            s.page_ids[style == PAGODA_PAGE_TABLE_VLLM ? b * 3 + i : page_slot] = ids[b][i];
            ++page_slot;
        }
        s.kv_lens[b] = style == PAGODA_PAGE_TABLE_VLLM ? kv_lens[b] : kv_lens[b] - (pages_of[b] - 1) * page_size;
        for (int j = 0; j < kv_lens[b]; ++j) {
            for (int head = 0; head < KV_HEADS; ++head) {
                for (int d = 0; d < DIM; ++d) {
                    int page = ids[b][j / page_size], slot = j % page_size;
                    int k_at = ((page * page_size + slot) * KV_HEADS + head) * DIM + d, v_at = k_at;
                    if (layout == PAGODA_KV_LAYOUT_VECTORIZED) {
                        k_at = (((page * KV_HEADS + head) * (DIM / x) + d / x) * page_size + slot) * x + d % x;
                        v_at = (((page * KV_HEADS + head) * (page_size / x) + slot / x) * DIM + d) * x + slot % x;
                    }
                    uint16_t k_bits = number_format_encode(dtype, random_value());
                    uint16_t v_bits = number_format_encode(dtype, random_value());
                    double k_factor = 1, v_factor = 1;
                    if (quant == PAGODA_QUANT_PER_TENSOR) {
                        k_factor = 1.5;
                        v_factor = 3;
                    } else if (quant == PAGODA_QUANT_KV_BLOCK) {
                        k_factor = 1 + (page * KV_HEADS + head) % 3;
                        v_factor = 2 + (page * KV_HEADS + head) % 5;
                    }
                    if (is_fp8) {
                        ((uint8_t *)k)[k_at] = (uint8_t)k_bits;
                        ((uint8_t *)v)[v_at] = (uint8_t)v_bits;
                    } else {
                        k[k_at] = k_bits;
                        v[v_at] = v_bits;
                    }
                    k_real[b][j][head][d] = k_factor * number_format_values(dtype)[k_bits];
                    v_real[b][j][head][d] = v_factor * number_format_values(dtype)[v_bits];
                }
            }
        }
    }
    for (int i = 0; i < 29; ++i) {
        for (int head = 0; head < Q_HEADS; ++head) {
            for (int d = 0; d < DIM; ++d) {
                uint16_t bits = number_format_encode(dtype, 2 * random_value());
                int at = i * (Q_HEADS * DIM + 16) + head * DIM + d;
                if (is_fp8) {
                    ((uint8_t *)q)[at] = (uint8_t)bits;
                } else {
                    q[at] = bits;
                }
                q_real[i][head][d] = (is_fp8 ? 0.5 : 1) * number_format_values(dtype)[bits];
            }
        }
    }
    for (int head = 0; head < Q_HEADS; ++head) {
        s.sinks[head] = (float)head - 1;
    }

    struct attention_reference r;
    assert_int_equal(attention_reference_compute(&s.args, threads, &r), 0);
    for (int b = 0; b < SEQUENCES; ++b) {
        for (int i = 0; i < q_lens[b]; ++i) {
            for (int head = 0; head < Q_HEADS; ++head) {
                int token = s.cu_seqlens_q[b] + i, kv_head = head / 2, p = i + kv_lens[b] - q_lens[b], seen = 0;
                double sum = exp((double)s.sinks[head]), out[DIM] = {0};
                for (int j = 0; j < kv_lens[b]; ++j) {
                    bool visible = mask == PAGODA_MASK_NONE || (mask == PAGODA_MASK_CAUSAL && j <= p) ||
                                   (mask == PAGODA_MASK_SLIDING_WINDOW && j <= p + 1 && (j >= p - 3 || j < 2));
                    if (visible) {
                        double e = exp(naive_score(&s.args, q_real[token][head], k_real[b][j][kv_head]));
                        sum += e;
                        ++seen;
                        for (int d = 0; d < DIM; ++d) {
                            out[d] += e * v_real[b][j][kv_head][d];
                        }
                    }
                }
                assert_near(r.lse[head * 29 + token], log(sum), 1e-12);
                for (int d = 0; d < DIM; ++d) {
                    assert_near(r.out[(token * Q_HEADS + head) * DIM + d], out[d] / sum, 1e-12);
                }
                if (is_fp8 && seen > 1) {
                    struct error_metrics m = error_metrics_of(r.ideal_fp8_p_out + (token * Q_HEADS + head) * DIM,
                                                              r.out + (token * Q_HEADS + head) * DIM, 1, DIM);
                    assert_true(m.rel_frobenius < 0.15);
                }
            }
        }
    }
    attention_reference_free(&r);
}

static void test_against_the_naive_form(void **state) {
    (void)state;
    for (int style = 0; style < 2; ++style) {
        for (int layout = 0; layout < 2; ++layout) {
            for (int quant = 0; quant < 3; ++quant) {
                for (int mask = 0; mask < 3; ++mask) {
                    check_ragged((pagoda_page_table_style)style, (pagoda_kv_layout)layout, (pagoda_quant_mode)quant,
                                 (pagoda_mask)mask, 1 + (quant + mask) % 3);
                }
            }
        }
    }
}

/* ---- metrics ---- */

static void test_metrics(void **state) {
    (void)state;
    const double ref[4] = {3, 4, 0, 5}, x[4] = {3, 4.5, 0, 4};
    struct error_metrics m = error_metrics_of(x, ref, 2, 2);
    assert_near(m.rel_frobenius, sqrt(1.25 / 50), 1e-15);
    assert_near(m.max_abs, 1, 0);
    assert_near(m.max_row_rel, 0.2, 1e-15);
    assert_int_equal(m.worst_row, 1);
    assert_int_equal(m.non_finite, 0);

    const double bad[4] = {3, NAN, 0, 5};
    m = error_metrics_of(bad, ref, 2, 2);
    assert_true(isinf(m.rel_frobenius) && isinf(m.max_abs) && isinf(m.max_row_rel));
    assert_int_equal(m.non_finite, 1);

    const double zero[2] = {0, 0}, small[2] = {0, 1e-30};
    assert_true(error_metrics_of(zero, zero, 1, 2).rel_frobenius == 0);
    assert_true(isinf(error_metrics_of(small, zero, 1, 2).max_row_rel));

    const double lse[2] = {-INFINITY, 1}, same[2] = {-INFINITY, 1.5}, other[2] = {0, 1};
    assert_near(max_abs_difference(same, lse, 2), 0.5, 0);
    assert_true(isinf(max_abs_difference(other, lse, 2)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_codes),
        cmocka_unit_test(test_every_code_survives_a_round_trip),
        cmocka_unit_test(test_rounding_is_to_nearest_even),
        cmocka_unit_test(test_one_key_returns_its_value),
        cmocka_unit_test(test_equal_scores_average_what_the_mask_shows),
        cmocka_unit_test(test_rows_without_keys),
        cmocka_unit_test(test_soft_cap),
        cmocka_unit_test(test_ideal_fp8_p_rounds_against_the_row_maximum),
        cmocka_unit_test(test_ideal_fp8_p_carries_the_factors_of_small_pages),
        cmocka_unit_test(test_against_the_naive_form),
        cmocka_unit_test(test_metrics),
    };
    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
