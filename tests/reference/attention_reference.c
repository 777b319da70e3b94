/* SPDX-License-Identifier: MIT */
#include "attention_reference.h"

#include "number_formats.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two-lane doubles are what the baseline x86-64 offers; wider ones halve the time and give the same bits. */
#if defined(__x86_64__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define WIDEN __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef WIDEN
#define WIDEN
#endif

enum { SMALLEST_TILE = 64 };   /* keys; see ideal_fp8_p_out */
enum { ROWS = 16, KEYS = 32 }; /* rows that share one pass over the keys; keys dequantised at a time */

struct job {
    const pagoda_batch_prefill_args *args;
    struct attention_reference *result;
    struct item {
        int sequence, kv_head;
        int64_t first_row; /* row = query * gqa_ratio + head in group */
    } *items;
    size_t num_items;
    int64_t max_keys;
    atomic_size_t next;
    atomic_int out_of_memory;
};

static int64_t min64(int64_t a, int64_t b) {
    return a < b ? a : b;
}
static int64_t clamp64(int64_t x, int64_t low, int64_t high) {
    return x < low ? low : x > high ? high : x;
}

int64_t attention_reference_seqlen_k(const pagoda_batch_prefill_args *a, int b) {
    if (a->page_table_style == PAGODA_PAGE_TABLE_VLLM) {
        return clamp64(a->kv_lens[b], 0, (int64_t)a->page_table_stride * a->page_size);
    }
    int64_t pages = (int64_t)a->kv_indptr[b + 1] - a->kv_indptr[b];
    if (pages <= 0) {
        return 0;
    }
    return (pages - 1) * a->page_size + (a->kv_lens ? a->kv_lens[b] : a->page_size);
}

static int64_t page_of(const pagoda_batch_prefill_args *a, int b, int64_t page) {
    int64_t id = a->page_table_style == PAGODA_PAGE_TABLE_VLLM ? a->page_ids[(int64_t)b * a->page_table_stride + page]
                                                               : a->page_ids[a->kv_indptr[b] + page];
    return clamp64(id, 0, a->num_pages - 1);
}

int attention_reference_visible(const pagoda_batch_prefill_args *a, int64_t i, int64_t n, int64_t j, int64_t seqlen_k) {
    int64_t p = i + seqlen_k - n;
    if (j < 0 || j >= seqlen_k) {
        return 0;
    }
    switch (a->mask) {
    case PAGODA_MASK_NONE:
        return 1;
    case PAGODA_MASK_CAUSAL:
        return j <= p;
    case PAGODA_MASK_SLIDING_WINDOW:
        if (a->window_right >= 0 && j > p + a->window_right) {
            return 0;
        }
        return a->window_left < 0 || j >= p - a->window_left || j < a->window_sink_tokens;
    }
    return 0;
}

/* The factor of K or V for the keys of one page. */
static double descale_of(const pagoda_batch_prefill_args *a, int kv_head, int64_t page, int is_v) {
    if (a->quant == PAGODA_QUANT_PER_TENSOR) {
        const float *device = is_v ? a->v_descale_device : a->k_descale_device;
        return (double)(device ? *device : is_v ? a->v_descale : a->k_descale);
    }
    if (a->quant == PAGODA_QUANT_KV_BLOCK) {
        const float *factors = is_v ? a->v_page_descale : a->k_page_descale;
        return (double)factors[page * a->kv_descale_stride_page + kv_head * a->kv_descale_stride_head];
    }
    return 1;
}

/* Dequantises one head of `count` keys from `first` on: K transposed to [head_dim][KEYS], or V as [count][head_dim]. */
static void load_keys(const pagoda_batch_prefill_args *a, int b, int kv_head, int64_t first, int count, int is_v,
                      double *tile) {
    const double *values = number_format_values(a->kv_dtype);
    const void *cache = is_v ? a->v_cache : a->k_cache;
    int is_fp8 = number_format_size(a->kv_dtype) == 1;
    int64_t x = is_fp8 ? 16 : 8;
    int64_t page_stride = is_v ? a->v_stride_page : a->k_stride_page;
    int64_t token_stride = is_v ? a->v_stride_token : a->k_stride_token;
    int64_t head_stride = is_v ? a->v_stride_head : a->k_stride_head;
    for (int key = 0; key < count; ++key) {
        int64_t slot = (first + key) % a->page_size;
        int64_t page = page_of(a, b, (first + key) / a->page_size);
        double descale = descale_of(a, kv_head, page, is_v);
        int64_t base = page * page_stride + kv_head * head_stride;
        for (int d = 0; d < a->head_dim; ++d) {
            int64_t at = base;
            if (a->kv_layout == PAGODA_KV_LAYOUT_LINEAR) {
                at += slot * token_stride + d;
            } else if (is_v) {
                at += (slot / x * a->head_dim + d) * x + slot % x;
            } else {
                at += (d / x * a->page_size + slot) * x + d % x;
            }
            double value =
                descale * (is_fp8 ? values[((const uint8_t *)cache)[at]] : values[((const uint16_t *)cache)[at]]);
            if (is_v) {
                tile[key * a->head_dim + d] = value;
            } else {
                tile[d * KEYS + key] = value;
            }
        }
    }
}

/* scores[r][0 .. KEYS) = <q[r], k> for a transposed tile of keys. */
WIDEN static void dot_products(const double *q, const double *k, int head_dim, int rows, double *scores,
                               int64_t scores_stride) {
    for (int r = 0; r < rows; r += 2) {
        const double *q0 = q + r * head_dim, *q1 = q0 + (r + 1 < rows ? head_dim : 0);
        for (int half = 0; half < KEYS; half += 16) {
            double sum0[16] = {0}, sum1[16] = {0};
            for (int d = 0; d < head_dim; ++d) {
                const double *column = k + d * KEYS + half;
                double a0 = q0[d], a1 = q1[d];
                for (int j = 0; j < 16; ++j) {
                    sum0[j] += a0 * column[j];
                    sum1[j] += a1 * column[j];
                }
            }
            memcpy(scores + r * scores_stride + half, sum0, sizeof sum0);
            if (r + 1 < rows) {
                memcpy(scores + (r + 1) * scores_stride + half, sum1, sizeof sum1);
            }
        }
    }
}

/* out[r] += sum over count keys of p[r][j] * v[j]. head_dim is a multiple of 8. */
WIDEN static void accumulate(const double *p, int64_t p_stride, const double *v, int head_dim, int rows, int count,
                             double *out) {
    for (int r = 0; r < rows; r += 2) {
        int second = r + 1 < rows;
        const double *p0 = p + r * p_stride, *p1 = second ? p0 + p_stride : p0;
        for (int d = 0; d < head_dim; d += 8) {
            double sum0[8], sum1[8] = {0};
            memcpy(sum0, out + r * head_dim + d, sizeof sum0);
            if (second) {
                memcpy(sum1, out + (r + 1) * head_dim + d, sizeof sum1);
            }
            for (int j = 0; j < count; ++j) {
                const double *row = v + j * head_dim + d;
                for (int e = 0; e < 8; ++e) {
                    sum0[e] += p0[j] * row[e];
                    sum1[e] += p1[j] * row[e];
                }
            }
            memcpy(out + r * head_dim + d, sum0, sizeof sum0);
            if (second) {
                memcpy(out + (r + 1) * head_dim + d, sum1, sizeof sum1);
            }
        }
    }
}

/* FP8 rounding of a value in [0, max], without the generality of number_format_encode: 3 mantissa bits. */
static double round_fp8(double x, double smallest_normal) {
    double floor_power = smallest_normal;
    if (x >= smallest_normal) {
        int e;
        frexp(x, &e);
        floor_power = ldexp(1.0, e - 1);
    }
    double magic = floor_power * 0x1.8p49; /* 2^-3 of floor_power is the last bit of magic + x: ties to even */
    volatile double shifted = x + magic;
    return shifted - magic;
}

/* P as the second product's FP8 operand, from P itself: see ideal_fp8_p_out. */
static void round_p(const pagoda_batch_prefill_args *a, const struct item *item, int64_t keys, const double *p,
                    double p_max, double *rounded) {
    double smallest_normal = a->kv_dtype == PAGODA_DTYPE_FP8_E4M3FNUZ ? 0x1p-7 : 0x1p-6, largest = 1;
    int carries_v = a->quant == PAGODA_QUANT_KV_BLOCK && a->page_size < SMALLEST_TILE;
    for (int64_t j = 0; carries_v && j < keys; ++j) {
        double v = descale_of(a, item->kv_head, page_of(a, item->sequence, j / a->page_size), 1);
        rounded[j] = p[j] * v;
        largest = j == 0 || rounded[j] > largest ? rounded[j] : largest;
    }
    for (int64_t j = 0; j < keys; ++j) {
        double v = carries_v && p[j] > 0 ? rounded[j] / p[j] : 1;
        rounded[j] = p[j] > 0 ? round_fp8(p[j] * v / largest * p_max, smallest_normal) / p_max * largest / v : 0;
    }
}

struct scratch {
    double *q, *scores, *rounded, *k_tile, *v_tile, *out, *ideal;
};

static void compute_rows(const struct job *job, const struct item *item, struct scratch *s) {
    const pagoda_batch_prefill_args *a = job->args;
    int head_dim = a->head_dim, ratio = a->num_q_heads / a->num_kv_heads, b = item->sequence;
    int64_t first_q = a->cu_seqlens_q[b], n = a->cu_seqlens_q[b + 1] - first_q;
    int64_t keys = attention_reference_seqlen_k(a, b), stride = job->max_keys;
    int rows = (int)min64(ROWS, n * ratio - item->first_row);
    double q_descale = a->quant == PAGODA_QUANT_NONE ? 1 : a->q_descale_device ? *a->q_descale_device : a->q_descale;

    for (int r = 0; r < rows; ++r) {
        int64_t row = item->first_row + r, token = first_q + row / ratio;
        int64_t head = (int64_t)item->kv_head * ratio + row % ratio;
        for (int d = 0; d < head_dim; ++d) {
            s->q[r * head_dim + d] =
                (double)a->softmax_scale * q_descale *
                number_format_load(a->q_dtype, a->q, (size_t)(token * a->q_stride_token + head * a->q_stride_head + d));
        }
    }
    for (int64_t j = 0; j < keys; j += KEYS) {
        load_keys(a, b, item->kv_head, j, (int)min64(KEYS, keys - j), 0, s->k_tile);
        dot_products(s->q, s->k_tile, head_dim, rows, s->scores + j, stride);
    }

    double p_max = job->result->ideal_fp8_p_out ? number_format_max(a->kv_dtype) : 0;
    double sums[ROWS];
    for (int r = 0; r < rows; ++r) {
        int64_t row = item->first_row + r, i = row / ratio;
        int64_t head = (int64_t)item->kv_head * ratio + row % ratio;
        double *scores = s->scores + r * stride, max = -INFINITY, sum = 0;
        for (int64_t j = 0; j < keys; ++j) {
            if (!attention_reference_visible(a, i, n, j, keys)) {
                scores[j] = -INFINITY;
                continue;
            }
            if (a->logits_soft_cap > 0) {
                scores[j] = (double)a->logits_soft_cap * tanh(scores[j] / (double)a->logits_soft_cap);
            }
            max = fmax(max, scores[j]);
        }
        /* The sink takes part in the sum only. The largest real key stays the reference point of P. */
        double base = isinf(max) ? 0 : max;
        for (int64_t j = 0; j < keys; ++j) {
            double p = isinf(scores[j]) ? 0 : exp(scores[j] - base);
            sum += p;
            scores[j] = p;
        }
        if (p_max > 0) {
            round_p(a, item, keys, scores, p_max, s->rounded + r * stride);
        }
        double lse = sum > 0 ? base + log(sum) : -INFINITY;
        if (a->sink_logits) {
            double sink = a->sink_logits[head], larger = fmax(lse, sink);
            lse = larger + log(exp(lse - larger) + exp(sink - larger));
        }
        sums[r] = isinf(lse) ? INFINITY : exp(lse - base); /* infinite: nothing visible, out = 0 */
        if (isinf(max)) {
            sums[r] = INFINITY;
        }
        job->result->lse[head * a->total_q + first_q + i] = lse;
    }

    memset(s->out, 0, (size_t)rows * (size_t)head_dim * sizeof(double));
    memset(s->ideal, 0, (size_t)rows * (size_t)head_dim * sizeof(double));
    for (int64_t j = 0; j < keys; j += KEYS) {
        int count = (int)min64(KEYS, keys - j);
        load_keys(a, b, item->kv_head, j, count, 1, s->v_tile);
        accumulate(s->scores + j, stride, s->v_tile, head_dim, rows, count, s->out);
        if (p_max > 0) {
            accumulate(s->rounded + j, stride, s->v_tile, head_dim, rows, count, s->ideal);
        }
    }
    for (int r = 0; r < rows; ++r) {
        int64_t row = item->first_row + r, token = first_q + row / ratio;
        int64_t head = (int64_t)item->kv_head * ratio + row % ratio;
        for (int d = 0; d < head_dim; ++d) {
            int64_t at = (token * a->num_q_heads + head) * head_dim + d;
            job->result->out[at] = s->out[r * head_dim + d] / sums[r];
            if (p_max > 0) {
                job->result->ideal_fp8_p_out[at] = s->ideal[r * head_dim + d] / sums[r];
            }
        }
    }
}

static void *work(void *argument) {
    struct job *job = argument;
    size_t head_dim = (size_t)job->args->head_dim, keys = (size_t)job->max_keys;
    struct scratch s = {
        .q = calloc(ROWS * head_dim, sizeof(double)),
        .scores = calloc(ROWS * keys, sizeof(double)),
        .rounded = calloc(ROWS * keys, sizeof(double)),
        .k_tile = calloc(KEYS * head_dim, sizeof(double)),
        .v_tile = calloc(KEYS * head_dim, sizeof(double)),
        .out = calloc(ROWS * head_dim, sizeof(double)),
        .ideal = calloc(ROWS * head_dim, sizeof(double)),
    };
    if (s.q && s.scores && s.rounded && s.k_tile && s.v_tile && s.out && s.ideal) {
        for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < job->num_items;) {
            compute_rows(job, &job->items[i], &s);
        }
    } else {
        atomic_store(&job->out_of_memory, 1);
    }
    free(s.q);
    free(s.scores);
    free(s.rounded);
    free(s.k_tile);
    free(s.v_tile);
    free(s.out);
    free(s.ideal);
    return NULL;
}

static size_t add_items(const pagoda_batch_prefill_args *a, struct item *items) {
    size_t count = 0;
    for (int b = 0; b < a->batch; ++b) {
        int64_t rows = ((int64_t)a->cu_seqlens_q[b + 1] - a->cu_seqlens_q[b]) * (a->num_q_heads / a->num_kv_heads);
        for (int head = 0; head < a->num_kv_heads; ++head) {
            for (int64_t row = 0; row < rows; row += ROWS) {
                if (items) {
                    items[count] = (struct item){b, head, row};
                }
                ++count;
            }
        }
    }
    return count;
}

int attention_reference_compute(const pagoda_batch_prefill_args *a, int threads, struct attention_reference *result) {
    size_t rows = (size_t)a->total_q * (size_t)a->num_q_heads, elements = rows * (size_t)a->head_dim;
    *result = (struct attention_reference){0};
    struct job job = {.args = a, .result = result, .num_items = add_items(a, NULL)};
    job.items = calloc(job.num_items + 1, sizeof *job.items);
    result->out = calloc(elements + 1, sizeof(double));
    result->lse = calloc(rows + 1, sizeof(double));
    int is_fp8 = number_format_size(a->kv_dtype) == 1;
    if (is_fp8) {
        result->ideal_fp8_p_out = calloc(elements + 1, sizeof(double));
    }
    if (!job.items || !result->out || !result->lse || (is_fp8 && !result->ideal_fp8_p_out)) {
        free(job.items);
        attention_reference_free(result);
        return -1;
    }
    add_items(a, job.items);
    for (int b = 0; b < a->batch; ++b) {
        int64_t keys = attention_reference_seqlen_k(a, b);
        job.max_keys = keys > job.max_keys ? keys : job.max_keys;
    }
    job.max_keys = (job.max_keys / KEYS + 1) * KEYS; /* whole tiles are written */

    enum { MAX_THREADS = 64 };
    pthread_t handles[MAX_THREADS];
    long wanted = threads > 0 ? threads : sysconf(_SC_NPROCESSORS_ONLN);
    int started = 0;
    while (started + 1 < wanted && started < MAX_THREADS && (size_t)started + 1 < job.num_items &&
           !pthread_create(&handles[started], NULL, work, &job)) {
        ++started;
    }
    work(&job);
    for (int i = 0; i < started; ++i) {
        pthread_join(handles[i], NULL);
    }
    free(job.items);
    if (atomic_load(&job.out_of_memory)) {
        attention_reference_free(result);
        return -1;
    }
    return 0;
}

void attention_reference_free(struct attention_reference *result) {
    free(result->out);
    free(result->lse);
    free(result->ideal_fp8_p_out);
    *result = (struct attention_reference){0};
}
