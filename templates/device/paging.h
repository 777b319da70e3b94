/* SPDX-License-Identifier: MIT
 *
 * From a sequence and a key to an address in the paged KV cache, for both page-table styles.
 *
 * Everything read from device memory is clamped without branches before it is used: query bounds to [0, total_q],
 * lengths to what the page table holds, page-table indices to the sequence's own entries, page ids to [0, num_pages).
 * Whatever the tables contain, no address outside the tensors is formed.
 *
 * The includer defines PAGE_SIZE (0: a power of two known at run time), ELEMENT_BYTES and HEAD_DIM, and LARGE_PAGES if a page
 * whose size is not known has 16 keys or more.
 */
#ifndef PAGODA_DEVICE_PAGING_H
#define PAGODA_DEVICE_PAGING_H

#include "batch_prefill_kernargs.h"
#include "builtins.h"

/* Pages of 16 keys and more hold whole groups of 16 consecutive keys: their page id is the same for a whole wave, and
 * is read by the scalar unit. Otherwise every lane has a page id of its own. Vectorized FP8 pages are multiples of 16. */
#if PAGE_SIZE >= 16 || defined(LAYOUT_VECTORIZED) && ELEMENT_BYTES == 1 || defined(LARGE_PAGES)
#define PAGE_HOLDS_GROUP 1
#else
#define PAGE_HOLDS_GROUP 0
#endif

CONSTANT KEY_GROUP = 16;                        /* keys that a wave brings in together */
CONSTANT UNIT_ELEMENTS = 16 / ELEMENT_BYTES;    /* "x" of the vectorized layout */
CONSTANT ROW_BYTES = HEAD_DIM * ELEMENT_BYTES;  /* one key of one head */
CONSTANT MAX_KEYS = 0x7fffffff - 4096;          /* keys per sequence, so that key arithmetic fits an int */

struct sequence {
    int first_query, num_queries; /* rows of q and out */
    int num_keys;
    constant_ints page_ids; /* of this sequence; as many as num_keys needs */
};

DEVICE int page_size_log2(const struct pagoda_batch_prefill_kernargs *args) {
    return PAGE_SIZE == 0 ? args->page_size_log2 : __builtin_ctz(PAGE_SIZE | (PAGE_SIZE == 0));
}

DEVICE struct sequence find_sequence(const struct pagoda_batch_prefill_kernargs *args, int index) {
    struct sequence seq;
    constant_ints bounds = (constant_ints)args->cu_seqlens_q + index;
    seq.first_query = clamp_int(bounds[0], 0, args->total_q);
    seq.num_queries = clamp_int(bounds[1], seq.first_query, args->total_q) - seq.first_query;

    int log2 = page_size_log2(args);
    constant_ints lengths = (constant_ints)args->kv_lens;
    i64 num_keys;
    if (args->kv_indptr) { /* SGLang: a slice of one list of pages, and the length of the last page */
        constant_ints slice = (constant_ints)args->kv_indptr + index;
        int first_page = clamp_int(slice[0], 0, args->num_page_ids);
        int pages = clamp_int(slice[1], first_page, args->num_page_ids) - first_page;
        int last_page_keys = log2 ? clamp_int(lengths[index], 0, 1 << log2) : 1;
        num_keys = pages ? ((i64)(pages - 1) << log2) + last_page_keys : 0;
        seq.page_ids = (constant_ints)args->page_ids + first_page;
    } else { /* vLLM: one row of the block table, and the length of the sequence */
        i64 capacity = (i64)args->page_table_stride << log2;
        i64 keys = max_int(lengths[index], 0);
        num_keys = keys < capacity ? keys : capacity;
        seq.page_ids = (constant_ints)args->page_ids + (i64)index * args->page_table_stride;
    }
    seq.num_keys = num_keys < MAX_KEYS ? (int)num_keys : MAX_KEYS;
    return seq;
}

/* The cache of one KV head, K or V. A token is a key, or x keys in vectorized V. Sizes in bytes; offsets within a page are
 * 32 bits wide (the host refuses larger pages). */
struct page_walk {
    global_bytes cache; /* at the KV head */
    u64 page_stride;
    u32 token_stride;
    u32 token_extent; /* from the first to behind the last byte of one token */
    int token_shift;  /* log2 of keys per token */
};

/* Which keys of one sequence may be touched. */
struct page_bounds {
    constant_ints page_ids;
    int last_key;  /* the largest key that may be touched, >= 0 */
    int last_page; /* num_pages - 1 */
    int log2;
};

/* A page id from the table, made safe: what is not the id of a page, be it negative, becomes the last page's. */
DEVICE int safe_page(const struct page_bounds *bounds, int id) {
    return (u32)id < (u32)bounds->last_page ? id : bounds->last_page;
}

/* Page id of a key, which is clamped to the last one; uniform when the key is. */
DEVICE int page_of_key(const struct page_bounds *bounds, int key) {
    return safe_page(bounds, bounds->page_ids[min_int(key, bounds->last_key) >> bounds->log2]);
}

/* The same for keys that differ between lanes: a vector load. */
DEVICE int page_of_lane_key(const struct page_bounds *bounds, int key) {
    u32 entry = (u32)min_int(key, bounds->last_key) >> bounds->log2;
    return safe_page(bounds, ((const GLOBAL_SPACE int *)bounds->page_ids)[entry]);
}

/* A group is KEY_GROUP consecutive keys from first_key, a multiple of KEY_GROUP. Its page: with PAGE_HOLDS_GROUP that of the
 * whole group, otherwise lane l's is the page of key l % KEY_GROUP. */
DEVICE int fetch_group_page(const struct page_bounds *bounds, int first_key) {
#if PAGE_HOLDS_GROUP
    return page_of_key(bounds, first_key);
#else
    return page_of_lane_key(bounds, first_key + lane_id() % KEY_GROUP);
#endif
}

#if PAGE_HOLDS_GROUP

typedef __amdgpu_buffer_rsrc_t buffer;

/* The group's first token, and the bytes from there to behind its last valid one. */
DEVICE u64 group_address(const struct page_walk *walk, const struct page_bounds *bounds, int first_key, int page) {
    u32 page_mask = (1u << bounds->log2) - 1u;
    u32 first_token = ((u32)first_key & page_mask) >> walk->token_shift;
    return (u64)walk->cache + (u64)(u32)page * walk->page_stride + first_token * walk->token_stride;
}

DEVICE u32 group_bytes(const struct page_walk *walk, const struct page_bounds *bounds, int first_key) {
    /* Seen together, minimum and maximum would become one vector instruction. */
    int keys = uniform_int(min_int(bounds->last_key + 1 - first_key, KEY_GROUP));
    u32 tokens = ((u32)max_int(keys, 0) + (1u << walk->token_shift) - 1u) >> walk->token_shift;
    return tokens ? (tokens - 1u) * walk->token_stride + walk->token_extent : 0u;
}

/* A buffer of these: what lies behind it reads as zeros and costs no memory traffic. A lane's offset in it depends neither
 * on the tile nor on the page. */
DEVICE buffer group_buffer(const struct page_walk *walk, const struct page_bounds *bounds, int first_key, int page) {
    u64 base = group_address(walk, bounds, first_key, page);
    u32 bytes = group_bytes(walk, bounds, first_key);
    return __builtin_amdgcn_make_buffer_rsrc((void *)base, 0, bytes, 0x27000); /* raw: no stride, no format */
}

#else

/* Address of the token of key `row` (0 .. KEY_GROUP - 1) of a group. Keys behind the last valid one stand for it: a valid
 * key, so that a probability of zero times its V is zero. */
DEVICE global_bytes token_address(const struct page_walk *walk, const struct page_bounds *bounds, int first_key, int page,
                                  int row) {
    u32 page_mask = (1u << bounds->log2) - 1u;
    int last_row = bounds->last_key - first_key;
    /* A group behind the last key: every lane's page is the last key's, and so is row 0. */
    u32 clamped_row = (u32)clamp_int(row, 0, max_int(last_row, 0));
    u32 page_of_row = (u32)__builtin_amdgcn_ds_bpermute((int)clamped_row * 4, page);
    global_bytes base = (global_bytes)mad_u64(page_of_row, (u32)walk->page_stride, (u64)walk->cache);
    if (PAGE_SIZE == 1)
        return base;
    u32 token = ((u32)(min_int(first_key, bounds->last_key) + (int)clamped_row) & page_mask) >> walk->token_shift;
    return base + token * walk->token_stride;
}

#endif

#endif
