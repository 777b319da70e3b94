/* SPDX-License-Identifier: MIT */
#include "problem_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number_formats.h"

enum { COPY_TO_DEVICE = 1, COPY_TO_HOST = 2 }; /* hipMemcpyKind */
enum { POISON = 0xff };                        /* as a byte pattern: NaN in fp32, fp16, bf16 and e4m3fn */
enum { STREAM_Q, STREAM_K, STREAM_V, STREAM_K_DESCALE, STREAM_V_DESCALE, STREAM_SINKS, STREAM_PAGES, STREAM_PADDING };

/* Real devices do not notice a store behind an allocation; a guard that is checked afterwards does. The simulator
 * reports it at once if the allocation ends where the tensor ends. */
static size_t guard_bytes(const struct problem_data *data) {
    return data->hip && !data->hip->is_simulator ? 4096 : 0;
}

static const size_t SPARSE_FROM = (size_t)256 << 20;

static int hip_check(struct problem_data *data, int error, const char *what, struct pagoda_text *message) {
    if (error != PAGODA_HIP_SUCCESS) {
        pagoda_text_add(message, "%s failed: %s", what, data->hip->GetErrorString(error));
        return -1;
    }
    return 0;
}

static struct problem_buffer *add_buffer(struct problem_data *data, const char *name, size_t bytes,
                                         struct pagoda_text *message) {
    struct problem_buffer *buffer = &data->buffers[data->num_buffers++];
    *buffer = (struct problem_buffer){.name = name, .bytes = bytes > 0 ? bytes : 16};
    buffer->is_sparse = buffer->bytes > SPARSE_FROM;
    buffer->host = calloc(1, buffer->bytes);
    if (!buffer->host) {
        pagoda_text_add(message, "out of memory: %zu bytes for %s", buffer->bytes, name);
        return NULL;
    }
    if (!buffer->is_sparse) {
        memset(buffer->host, POISON, buffer->bytes);
    }
    if (data->hip) {
        size_t guard = guard_bytes(data);
        if (hip_check(data, data->hip->Malloc((void **)&buffer->allocation, buffer->bytes + 2 * guard), "hipMalloc",
                      message)) {
            return NULL;
        }
        buffer->device = buffer->allocation + guard;
    }
    return buffer;
}

static int upload(struct problem_data *data, const struct problem_buffer *buffer, size_t at, size_t bytes,
                  struct pagoda_text *message) {
    if (!data->hip) {
        return 0;
    }
    return hip_check(data, data->hip->Memcpy(buffer->device + at, (char *)buffer->host + at, bytes, COPY_TO_DEVICE),
                     "hipMemcpy to the device", message);
}

static double uniform(uint64_t bits) {
    return (double)(bits >> 11) * 0x1p-53;
}

/* Random values as they are stored: value / descale, encoded. There are few enough different values that each is
 * encoded once. */
struct value_codes {
    const struct problem *problem;
    double factor;
    uint32_t *codes; /* by the sum below; NOT_YET until it is first needed */
};
enum { VALUE_SUMS = 4 * 65535 + 1 };
static const uint32_t NOT_YET = UINT32_MAX;

static int value_codes_init(struct value_codes *values, const struct problem *p, double factor,
                            struct pagoda_text *message) {
    *values = (struct value_codes){.problem = p, .factor = factor, .codes = malloc(VALUE_SUMS * sizeof(uint32_t))};
    if (!values->codes) {
        pagoda_text_add(message, "out of memory");
        return -1;
    }
    memset(values->codes, 0xff, VALUE_SUMS * sizeof(uint32_t));
    return 0;
}

/* Signed: four 16-bit uniforms make one value of deviation 1 within +-3.47. Uniform: one of them. */
static uint16_t value_code(const struct value_codes *values, uint64_t stream, uint64_t index) {
    const struct problem *p = values->problem;
    uint64_t bits = problem_random(p->seed, stream, index);
    uint32_t sum = (uint32_t)(bits >> 48);
    if (p->values == PROBLEM_SIGNED) {
        sum += (uint32_t)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff));
    }
    if (values->codes[sum] == NOT_YET) {
        double value =
            p->values == PROBLEM_SIGNED ? ((double)sum / 65535 - 2) * 1.7320508075688772 : (double)sum / 65536;
        values->codes[sum] = number_format_encode(p->dtype, value * values->factor);
    }
    return (uint16_t)values->codes[sum];
}

static void store(pagoda_dtype dtype, void *array, int64_t at, uint16_t bits) {
    if (pagoda_dtype_size(dtype) == 1) {
        ((uint8_t *)array)[at] = (uint8_t)bits;
    } else {
        ((uint16_t *)array)[at] = bits;
    }
}

/* NaN of dtype in elements [first, last). */
static void poison(pagoda_dtype dtype, void *array, int64_t first, int64_t last) {
    if (pagoda_dtype_size(dtype) == 1) {
        memset((uint8_t *)array + first, number_format_nan(dtype), (size_t)(last - first));
    } else {
        memset((uint16_t *)array + first, POISON, (size_t)(last - first) * 2);
    }
}

static double descale_for(const struct problem *p, double largest) {
    return p->quant == PAGODA_QUANT_NONE ? 1 : largest / number_format_max(p->dtype);
}

static double largest_value(const struct problem *p) {
    return p->values == PROBLEM_SIGNED ? 3.5 : 1.0;
}

static int fill_q(const struct problem *p, const pagoda_batch_prefill_args *a, void *q, struct pagoda_text *message) {
    struct value_codes usual, longer = {0};
    if (value_codes_init(&usual, p, 1 / (double)a->q_descale, message) ||
        value_codes_init(&longer, p, 8 / (double)a->q_descale, message)) {
        free(usual.codes);
        return -1;
    }
    poison(p->dtype, q, 0, (int64_t)a->total_q * a->q_stride_token);
    for (int64_t token = 0; token < a->total_q; ++token) {
        const struct value_codes *values = p->dominated && token % 5 == 0 ? &longer : &usual;
        for (int64_t head = 0; head < p->q_heads; ++head) {
            for (int64_t d = 0; d < p->head_dim; ++d) {
                uint64_t index = (uint64_t)((token * p->q_heads + head) * p->head_dim + d);
                store(p->dtype, q, token * a->q_stride_token + head * a->q_stride_head + d,
                      value_code(values, STREAM_Q, index));
            }
        }
    }
    free(usual.codes);
    free(longer.codes);
    return 0;
}

/* One page of K or V holding `keys` keys of sequence b from `first` on. The values depend on the key, not on where it
 * is stored, so that both layouts and every order of pages give the same attention. */
static void fill_page(const struct value_codes *values, const pagoda_batch_prefill_args *a, bool is_v, int b,
                      int64_t first, int64_t keys, int64_t page, void *cache) {
    int64_t page_stride = is_v ? a->v_stride_page : a->k_stride_page;
    int64_t token_stride = is_v ? a->v_stride_token : a->k_stride_token;
    int64_t head_stride = is_v ? a->v_stride_head : a->k_stride_head;
    const struct problem *p = values->problem;
    int64_t dim = p->head_dim, x = 16 / (int64_t)pagoda_dtype_size(p->dtype);
    poison(p->dtype, cache, page * page_stride, (page + 1) * page_stride);
    for (int64_t slot = 0; slot < keys; ++slot) {
        for (int64_t head = 0; head < p->kv_heads; ++head) {
            int64_t base = page * page_stride + head * head_stride;
            uint64_t index =
                ((((uint64_t)b << 32) + (uint64_t)(first + slot)) * (uint64_t)p->kv_heads + (uint64_t)head) *
                (uint64_t)dim;
            for (int64_t d = 0; d < dim; ++d) {
                int64_t at = base;
                if (p->layout == PAGODA_KV_LAYOUT_LINEAR) {
                    at += slot * token_stride + d;
                } else if (is_v) {
                    at += (slot / x * dim + d) * x + slot % x;
                } else {
                    at += (d / x * p->page_size + slot) * x + d % x;
                }
                store(p->dtype, cache, at, value_code(values, is_v ? STREAM_V : STREAM_K, index + (uint64_t)d));
            }
        }
    }
}

/* Page ids in the order of use: given, ascending, or the head of a seeded permutation of the pool. */
static int32_t *order_pages(const struct problem *p, int64_t used) {
    int32_t *ids = calloc((size_t)used + 1, sizeof *ids);
    if (!ids) {
        return NULL;
    }
    if (p->pages || p->sorted_pages) {
        for (int64_t i = 0; i < used; ++i) {
            ids[i] = p->pages ? p->pages[i] : (int32_t)i;
        }
        return ids;
    }
    int32_t *pool = malloc((size_t)p->pool_pages * sizeof *pool);
    if (!pool) {
        free(ids);
        return NULL;
    }
    for (int32_t i = 0; i < p->pool_pages; ++i) {
        pool[i] = i;
    }
    for (int64_t i = 0; i < used; ++i) {
        uint64_t left = (uint64_t)(p->pool_pages - i);
        int64_t other = i + (int64_t)(problem_random(p->seed, STREAM_PAGES, (uint64_t)i) % left);
        ids[i] = pool[other];
        pool[other] = pool[i];
    }
    free(pool);
    return ids;
}

/* Fills a cache and copies it to the device. */
static int fill_cache(struct problem_data *data, const struct problem *p, const struct problem_buffer *buffer,
                      bool is_v, const int32_t *ids, struct pagoda_text *message) {
    const pagoda_batch_prefill_args *a = &data->host;
    int64_t stride = is_v ? a->v_stride_page : a->k_stride_page;
    size_t page_bytes = (size_t)stride * pagoda_dtype_size(p->dtype);
    int64_t used = 0;
    if (!buffer->is_sparse) {
        poison(p->dtype, buffer->host, 0, stride * p->pool_pages);
    } else {
        for (int64_t i = 0; i < a->num_page_ids; ++i) { /* a window around each page in use, before any is filled */
            for (int64_t page = ids[i] - 1; page <= ids[i] + 1; ++page) {
                if (page >= 0 && page < p->pool_pages) {
                    poison(p->dtype, buffer->host, page * stride, (page + 1) * stride);
                }
            }
        }
    }
    struct value_codes values; /* of a kv_block page: the page's factor comes on top of this descale */
    if (value_codes_init(&values, p, 1 / descale_for(p, largest_value(p)), message)) {
        return -1;
    }
    for (int b = 0; b < p->batch; ++b) {
        for (int64_t first = 0; first < p->kv_lens[b]; first += p->page_size) {
            int64_t keys = p->kv_lens[b] - first < p->page_size ? p->kv_lens[b] - first : p->page_size;
            fill_page(&values, a, is_v, b, first, keys, ids[used++], buffer->host);
        }
    }
    free(values.codes);
    if (!buffer->is_sparse) {
        return upload(data, buffer, 0, buffer->bytes, message);
    }
    for (int64_t i = 0; i < used; ++i) {
        for (int64_t page = ids[i] - 1; page <= ids[i] + 1; ++page) {
            if (page >= 0 && page < p->pool_pages &&
                upload(data, buffer, (size_t)page * page_bytes, page_bytes, message)) {
                return -1;
            }
        }
    }
    return 0;
}

static void fill_tables(struct problem_data *data, const struct problem *p, const int32_t *ids, int32_t *cu_seqlens_q,
                        int32_t *kv_indptr, int32_t *page_ids, int32_t *kv_lens) {
    static const int32_t padding[] = {-1, INT32_MAX, INT32_MIN};
    int64_t used = 0;
    cu_seqlens_q[0] = 0;
    if (kv_indptr) {
        kv_indptr[0] = 0;
    }
    for (int b = 0; b < p->batch; ++b) {
        int32_t pages = (int32_t)(((int64_t)p->kv_lens[b] + p->page_size - 1) / p->page_size);
        cu_seqlens_q[b + 1] = cu_seqlens_q[b] + p->q_lens[b];
        if (kv_indptr) {
            kv_indptr[b + 1] = kv_indptr[b] + pages;
            /* an empty sequence has no last page, and so no sensible length of it */
            kv_lens[b] = pages > 0 ? p->kv_lens[b] - (pages - 1) * p->page_size : padding[b % 3];
            memcpy(page_ids + used, ids + used, (size_t)pages * sizeof *ids);
        } else {
            int32_t *row = page_ids + (int64_t)b * data->host.page_table_stride;
            kv_lens[b] = p->kv_lens[b];
            memcpy(row, ids + used, (size_t)pages * sizeof *ids);
            for (int32_t i = pages; i < data->host.page_table_stride; ++i) {
                row[i] = padding[problem_random(p->seed, STREAM_PADDING, (uint64_t)i) % 3];
            }
        }
        used += pages;
    }
}

/* kv_block factors [pool_pages, kv_heads, 2]; NaN for pages that are not in use. */
static void fill_page_descales(const struct problem *p, const int32_t *ids, float *factors) {
    double base = descale_for(p, largest_value(p));
    for (int64_t i = 0; i < 2 * (int64_t)p->kv_heads * p->pool_pages; ++i) {
        factors[i] = NAN;
    }
    int64_t used = 0;
    for (int b = 0; b < p->batch; ++b) {
        for (int64_t first = 0; first < p->kv_lens[b]; first += p->page_size, ++used) {
            for (int64_t head = 0; head < p->kv_heads; ++head) {
                float *pair = factors + 2 * (ids[used] * (int64_t)p->kv_heads + head);
                uint64_t index = (uint64_t)(used * p->kv_heads + head);
                pair[0] = (float)(base * 0.25 * pow(8, uniform(problem_random(p->seed, STREAM_K_DESCALE, index))));
                pair[1] = (float)(base * 0.25 * pow(8, uniform(problem_random(p->seed, STREAM_V_DESCALE, index))));
            }
        }
    }
}

static int create(const struct problem *p, struct problem_data *data, const int32_t *ids, struct pagoda_text *message) {
    pagoda_batch_prefill_args *h = &data->host, *d = &data->device;
    size_t element = pagoda_dtype_size(p->dtype), out_element = pagoda_dtype_size(p->out_dtype);
    bool is_csr = p->table == PAGODA_PAGE_TABLE_SGLANG;
    if (p->quant != PAGODA_QUANT_NONE) {
        h->q_descale = (float)descale_for(p, largest_value(p) * (p->dominated ? 8 : 1));
    }
    if (p->quant == PAGODA_QUANT_PER_TENSOR) {
        h->k_descale = (float)descale_for(p, largest_value(p));
        h->v_descale = h->k_descale;
    }

/* Allocates `bytes` for a member of the arguments, sets it on both sides and leaves the buffer in `b`. */
#define ADD(member, bytes)                             \
    do {                                               \
        b = add_buffer(data, #member, bytes, message); \
        if (!b) {                                      \
            return -1;                                 \
        }                                              \
        h->member = b->host;                           \
        d->member = (void *)b->device;                 \
    } while (0)
#define UPLOAD()                                 \
    if (upload(data, b, 0, b->bytes, message)) { \
        return -1;                               \
    }

    struct problem_buffer *b;
    *d = *h;
    ADD(q, (size_t)h->total_q * (size_t)h->q_stride_token * element);
    if (fill_q(p, h, b->host, message)) {
        return -1;
    }
    UPLOAD();
    ADD(k_cache, (size_t)p->pool_pages * (size_t)h->k_stride_page * element);
    if (fill_cache(data, p, b, false, ids, message)) {
        return -1;
    }
    ADD(v_cache, (size_t)p->pool_pages * (size_t)h->v_stride_page * element);
    if (fill_cache(data, p, b, true, ids, message)) {
        return -1;
    }
    ADD(out, (size_t)h->total_q * (size_t)h->out_stride_token * out_element);
    b->is_output = true;
    if (p->lse) {
        ADD(lse, (size_t)p->q_heads * (size_t)h->lse_stride_head * sizeof(float));
        b->is_output = true;
    }

    size_t rows = (size_t)p->batch;
    ADD(cu_seqlens_q, (rows + 1) * sizeof(int32_t));
    struct problem_buffer *cu_seqlens = b, *indptr = NULL;
    if (is_csr) {
        ADD(kv_indptr, (rows + 1) * sizeof(int32_t));
        indptr = b;
    }
    ADD(page_ids, sizeof(int32_t) * (is_csr ? (size_t)h->num_page_ids : rows * (size_t)h->page_table_stride));
    struct problem_buffer *page_ids = b;
    ADD(kv_lens, rows * sizeof(int32_t));
    fill_tables(data, p, ids, cu_seqlens->host, indptr ? indptr->host : NULL, page_ids->host, b->host);
    UPLOAD();
    if (upload(data, cu_seqlens, 0, cu_seqlens->bytes, message) ||
        upload(data, page_ids, 0, page_ids->bytes, message) ||
        (indptr && upload(data, indptr, 0, indptr->bytes, message))) {
        return -1;
    }
    if (p->sinks) {
        ADD(sink_logits, (size_t)p->q_heads * sizeof(float));
        for (int i = 0; i < p->q_heads; ++i) {
            ((float *)b->host)[i] = (float)(4 * uniform(problem_random(p->seed, STREAM_SINKS, (uint64_t)i)) - 2);
        }
        UPLOAD();
    }
    if (p->quant == PAGODA_QUANT_KV_BLOCK) {
        ADD(k_page_descale, 2 * (size_t)p->kv_heads * (size_t)p->pool_pages * sizeof(float));
        fill_page_descales(p, ids, b->host);
        UPLOAD();
        h->v_page_descale = h->k_page_descale + 1;
        d->v_page_descale = d->k_page_descale ? d->k_page_descale + 1 : NULL;
    }
    if (p->device_descales && p->quant != PAGODA_QUANT_NONE) {
        ADD(q_descale_device, sizeof(float));
        *(float *)b->host = h->q_descale;
        UPLOAD();
        if (p->quant == PAGODA_QUANT_PER_TENSOR) {
            ADD(k_descale_device, sizeof(float));
            *(float *)b->host = h->k_descale;
            UPLOAD();
            ADD(v_descale_device, sizeof(float));
            *(float *)b->host = h->v_descale;
            UPLOAD();
        }
        d->q_descale = d->k_descale = d->v_descale = 1e6f; /* must not be read */
    }
#undef ADD
#undef UPLOAD
    return problem_data_reset_outputs(data, message);
}

int problem_data_create(const struct problem *p, struct pagoda_hip *hip, struct problem_data *data,
                        struct pagoda_text *message) {
    *data = (struct problem_data){.hip = hip};
    problem_arguments(p, &data->host);
    int32_t *ids = order_pages(p, data->host.num_page_ids);
    if (!ids) {
        pagoda_text_add(message, "out of memory for %d page ids", p->pool_pages);
        return -1;
    }
    int status = create(p, data, ids, message);
    free(ids);
    if (status != 0) {
        problem_data_destroy(data);
    }
    return status;
}

void problem_data_destroy(struct problem_data *data) {
    for (int i = 0; i < data->num_buffers; ++i) {
        free(data->buffers[i].host);
        if (data->buffers[i].allocation) {
            data->hip->Free(data->buffers[i].allocation);
        }
    }
    *data = (struct problem_data){0};
}

int problem_data_set_workspace(struct problem_data *data, size_t bytes, struct pagoda_text *message) {
    if (bytes == 0) {
        return 0;
    }
    struct problem_buffer *b = add_buffer(data, "workspace", bytes, message);
    if (!b) {
        return -1;
    }
    b->is_output = true;
    data->host.workspace = b->host;
    data->device.workspace = b->device;
    data->host.workspace_bytes = data->device.workspace_bytes = bytes;
    return problem_data_reset_outputs(data, message);
}

int problem_data_reset_outputs(struct problem_data *data, struct pagoda_text *message) {
    for (int i = 0; data->hip && i < data->num_buffers; ++i) {
        struct problem_buffer *b = &data->buffers[i];
        if (b->is_output && hip_check(data, data->hip->Memset(b->allocation, POISON, b->bytes + 2 * guard_bytes(data)),
                                      "hipMemset", message)) {
            return -1;
        }
    }
    return 0;
}

static bool is_poison(const void *bytes, size_t count) {
    const unsigned char *c = bytes;
    while (count > 0 && *c == POISON) {
        ++c;
        --count;
    }
    return count == 0;
}

/* Bytes that belong to no row must still hold what reset_outputs wrote. */
static int check_gaps(const struct problem_data *data, struct pagoda_text *message) {
    const pagoda_batch_prefill_args *h = &data->host;
    size_t element = pagoda_dtype_size(h->out_dtype), row = (size_t)h->head_dim * element;
    size_t head_bytes = (size_t)h->out_stride_head * element, token_bytes = (size_t)h->out_stride_token * element;
    for (int64_t token = 0; token < h->total_q; ++token) {
        const char *at = (const char *)h->out + (size_t)token * token_bytes;
        for (int64_t head = 0; head < h->num_q_heads; ++head) {
            const char *gap = at + (size_t)head * head_bytes + row;
            const char *end = head + 1 < h->num_q_heads ? at + (size_t)(head + 1) * head_bytes : at + token_bytes;
            if (!is_poison(gap, (size_t)(end - gap))) {
                pagoda_text_add(message, "out was written behind query %lld, head %lld", (long long)token,
                                (long long)head);
                return -1;
            }
        }
    }
    for (int64_t head = 0; h->lse && head < h->num_q_heads; ++head) {
        const float *gap = h->lse + head * h->lse_stride_head + h->total_q;
        if (!is_poison(gap, (size_t)(h->lse_stride_head - h->total_q) * sizeof(float))) {
            pagoda_text_add(message, "lse was written behind the row of head %lld", (long long)head);
            return -1;
        }
    }
    return 0;
}

static int check_guards(struct problem_data *data, const struct problem_buffer *b, struct pagoda_text *message) {
    size_t guard = guard_bytes(data);
    char bytes[4096];
    for (int side = 0; guard > 0 && side < 2; ++side) {
        if (hip_check(data, data->hip->Memcpy(bytes, side ? b->device + b->bytes : b->allocation, guard, COPY_TO_HOST),
                      "hipMemcpy from the device", message)) {
            return -1;
        }
        if (!is_poison(bytes, guard)) {
            pagoda_text_add(message, "memory %s %s was written", side ? "behind" : "before", b->name);
            return -1;
        }
    }
    return 0;
}

static int check_input(struct problem_data *data, const struct problem_buffer *b, struct pagoda_text *message) {
    char *now = malloc(b->bytes);
    if (!now) {
        pagoda_text_add(message, "out of memory: %zu bytes", b->bytes);
        return -1;
    }
    int status = hip_check(data, data->hip->Memcpy(now, b->device, b->bytes, COPY_TO_HOST), "hipMemcpy from the device",
                           message);
    if (status == 0 && memcmp(now, b->host, b->bytes) != 0) {
        pagoda_text_add(message, "the input %s was written", b->name);
        status = -1;
    }
    free(now);
    return status;
}

int problem_data_read_outputs(struct problem_data *data, struct pagoda_text *message) {
    for (int i = 0; i < data->num_buffers; ++i) {
        struct problem_buffer *b = &data->buffers[i];
        if (b->is_output) {
            if (hip_check(data, data->hip->Memcpy(b->host, b->device, b->bytes, COPY_TO_HOST),
                          "hipMemcpy from the device", message) ||
                check_guards(data, b, message)) {
                return -1;
            }
        } else if (!b->is_sparse && check_input(data, b, message)) {
            return -1;
        }
    }
    return check_gaps(data, message);
}

const struct problem_buffer *problem_data_find(const struct problem_data *data, const void *device_address) {
    const char *address = device_address;
    for (int i = 0; i < data->num_buffers; ++i) {
        const struct problem_buffer *b = &data->buffers[i];
        if (address >= b->device && address < b->device + b->bytes) {
            return b;
        }
    }
    return NULL;
}
