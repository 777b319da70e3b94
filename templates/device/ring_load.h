/* SPDX-License-Identifier: MIT
 *
 * Brings K and V tiles of 64 keys from pages into the slots of an LDS ring, by loads that write LDS directly.
 *
 * A slot holds K of a tile and behind it V of the tile before: what the loads of one tile's time fill. Eight waves share
 * the work, one load of theirs fills 8 KiB. With rows of 128 bytes that is K or V, and every wave issues one load for either;
 * with 256 bytes it is half of K or V, and a wave's share takes two loads, its parts; with 64 bytes it is both, and waves
 * 0..3 bring in K, waves 4..7 V. Per tile a wave issues exactly TILE_LOADS vector memory operations,
 * whatever the page size, so that a count of outstanding operations says which tiles have arrived: page ids of a tile that
 * comes later, then the loads. The page ids go first: they are then always the oldest, and waiting for a tile never waits
 * for more than its own ids.
 * Of a tile's keys a wave looks after one unit, x keys with consecutive rows, or half of one (FP8 at head dim 128):
 *  - pages that hold whole units, as those of the vectorized layout and kv_block do: one page id per wave. The buffer
 *    descriptor is rebased per page and ends behind the last valid key, so that rows behind it arrive as zeros and tiles
 *    behind it cost no traffic.
 *  - otherwise each lane reads the page id of its own row, and addresses are 64-bit per lane. Rows behind the last key
 *    repeat it: a valid key, whose probability of zero makes its V count for nothing.
 */
#ifndef PAGODA_DEVICE_RING_LOAD_H
#define PAGODA_DEVICE_RING_LOAD_H

#include "kv_tile.h"
#include "paging.h"

#if PAGE_SIZE * ELEMENT_BYTES < 16 && defined(LAYOUT_LINEAR) && !defined(QUANT_KV_BLOCK)
#define PAGE_PER_LANE 1
#else
#define PAGE_PER_LANE 0
#endif

CONSTANT RAW_BUFFER = 0x27000; /* word 3 of a buffer descriptor: bytes, no stride, no swizzle */
CONSTANT RING_WAVES = 8;
CONSTANT SLOT_BYTES = 2 * TILE_BYTES;
CONSTANT LOAD_BYTES = WAVE_LANES * 16;          /* that a wave's load brings in */
CONSTANT PARTS = TILE_BYTES > RING_WAVES * LOAD_BYTES ? TILE_BYTES / (RING_WAVES * LOAD_BYTES) : 1; /* loads of a share */
CONSTANT WAVE_BYTES = PARTS * LOAD_BYTES;       /* of a wave's share */
CONSTANT SHARES = SLOT_BYTES / (RING_WAVES * WAVE_BYTES);
CONSTANT TILE_WAVES = TILE_BYTES / WAVE_BYTES;  /* that share a tile: waves w and w + TILE_WAVES load the same part */
CONSTANT WAVE_ROWS = WAVE_BYTES / ROW_BYTES, PART_ROWS = LOAD_BYTES / ROW_BYTES;
CONSTANT TILE_LOADS = SHARES * PARTS + 1;
static_assert(SHARES == 1 || SHARES == 2, "a wave loads for one tile or for two");
static_assert(PARTS == 1 || PARTS == 2, "the lanes of a pair bring each other's page ids");

/* A cache as a wave's loads see it. */
struct cache_rows {
    global_bytes cache;            /* at the KV head */
    u32 page_stride, token_stride; /* bytes */
    u32 offset[PARTS];             /* of this lane's 16 bytes behind what the tile's loads start from */
};

struct ring_source {
    struct cache_rows share[SHARES]; /* what the wave loads: K and V, or one of them */
    struct page_bounds bounds;
    int wave;
    int page_table_bytes; /* of the sequence */
    int row;              /* of the tile: PAGE_PER_LANE: the lane's in the first part, else the first of the wave's unit */
    int lag;              /* keys that the wave's first share is behind the slot's K */
};

/* The page of this wave's part of a tile, once its id has arrived. */
struct tile_page {
    int id, second_id; /* of the lane's row in either part, where lanes have pages of their own */
    int first_key;
};

DEVICE void ring_source_init(struct ring_source *source, const struct pagoda_batch_prefill_kernargs *args,
                             const struct sequence *seq, int num_keys, int kv_head) {
    int lane = lane_id(), wave = wave_id();
    source->wave = wave;
    source->bounds.page_ids = seq->page_ids;
    source->bounds.last_key = num_keys - 1;
    source->bounds.last_page = args->num_pages - 1;
    source->bounds.log2 = page_size_log2(args);
    source->page_table_bytes = (((num_keys - 1) >> source->bounds.log2) + 1) * 4;
    struct cache_rows k, v;
    k.cache = (global_bytes)args->k_cache + kv_head * args->k_stride_head * ELEMENT_BYTES;
    v.cache = (global_bytes)args->v_cache + kv_head * args->v_stride_head * ELEMENT_BYTES;
    k.page_stride = (u32)args->k_stride_page * ELEMENT_BYTES;
    v.page_stride = (u32)args->v_stride_page * ELEMENT_BYTES;
#if defined(LAYOUT_LINEAR)
    k.token_stride = (u32)args->k_stride_token * ELEMENT_BYTES;
    v.token_stride = (u32)args->v_stride_token * ELEMENT_BYTES;
#else
    k.token_stride = 16;
    v.token_stride = ROW_BYTES; /* a unit of x keys is x rows */
#endif
    int first_row = wave % TILE_WAVES * WAVE_ROWS;
    source->row = PAGE_PER_LANE ? first_row + lane / ROW_CHUNKS : first_row / UNIT_ELEMENTS * UNIT_ELEMENTS;
    UNROLL for (int part = 0; part < PARTS; ++part) {
        int row = first_row + part * PART_ROWS + lane / ROW_CHUNKS;
        u32 chunk = (u32)(lane % ROW_CHUNKS ^ row_swizzle(row)), row_of_unit = (u32)row % UNIT_ELEMENTS;
#if defined(LAYOUT_VECTORIZED)
        k.offset[part] = row_of_unit * 16 + (chunk << source->bounds.log2) * 16;
        v.offset[part] = (u32)(wave * WAVE_BYTES + part * LOAD_BYTES) % (UNIT_ELEMENTS * ROW_BYTES) + (u32)lane * 16;
#else
        k.offset[part] = chunk * 16 + (PAGE_PER_LANE ? 0 : row_of_unit * k.token_stride);
        v.offset[part] = chunk * 16 + (PAGE_PER_LANE ? 0 : row_of_unit * v.token_stride);
#endif
    }
    source->lag = 0;
    if (SHARES == 2) {
        source->share[0] = k;
        source->share[SHARES - 1] = v;
    } else {
        source->share[0] = wave < TILE_WAVES ? k : v;
        source->lag = wave < TILE_WAVES ? 0 : TILE_N;
        source->row -= source->lag;
    }
}

DEVICE __amdgpu_buffer_rsrc_t page_table(const struct ring_source *source) {
    return __builtin_amdgcn_make_buffer_rsrc((void *)(u64)source->bounds.page_ids, 0, source->page_table_bytes, RAW_BUFFER);
}

/* Starts the load of the page id that this wave, or this lane, needs for the tile at `key`. A vector load even where the id is
 * uniform: those arrive in order and are counted with the tiles, scalar loads would disturb the waits for LDS reads. */
DEVICE int load_page_id(const struct ring_source *source, int key) {
    int row = source->row;
#if PAGE_PER_LANE
    if (PARTS == 2) /* lanes 2 n and 2 n + 1, which load from the same rows, read an id each: that of the one part's row */
        row += lane_id() % 2 * PART_ROWS;
#endif
    int offset = min_int(key + row, source->bounds.last_key) >> source->bounds.log2 << 2;
#if PAGE_PER_LANE
    return __builtin_amdgcn_raw_buffer_load_b32(page_table(source), offset, 0, 0);
#else
    return __builtin_amdgcn_raw_buffer_load_b32(page_table(source), 0, offset, 0);
#endif
}

/* Where the tile of a page id from the table lies. */
DEVICE struct tile_page page_of_tile(const struct ring_source *source, int loaded_id, int key) {
    struct tile_page page;
#if !PAGE_PER_LANE
    loaded_id = __builtin_amdgcn_readfirstlane(loaded_id);
#endif
    int id = safe_page(&source->bounds, loaded_id);
    page.id = page.second_id = id;
    if (PAGE_PER_LANE && PARTS == 2) {
        page.id = __builtin_amdgcn_mov_dpp(id, 0xa0, 0xf, 0xf, true);        /* from the lower lane of each pair */
        page.second_id = __builtin_amdgcn_mov_dpp(id, 0xf5, 0xf, 0xf, true); /* from the upper */
    }
    page.first_key = key + source->row;
    return page;
}

/* Where a wave's share of one tile starts. Worked out in another phase than the load is issued in. */
struct tile_origin {
#if PAGE_PER_LANE
    u64 address[PARTS];
#else
    u64 address;
    int bytes; /* that may be read from there on */
#endif
};

DEVICE struct tile_origin locate_share(const struct ring_source *source, const struct tile_page *page, int share) {
    const struct cache_rows *rows = &source->share[share];
    struct tile_origin origin;
#if PAGE_PER_LANE
    UNROLL for (int part = 0; part < PARTS; ++part) {
        u32 id = (u32)(part == 0 ? page->id : page->second_id);
        origin.address[part] = mad_u64(id, rows->page_stride, (u64)rows->cache + rows->offset[part]);
        if (PAGE_SIZE != 1) {
            u32 key = (u32)min_int(page->first_key + part * PART_ROWS, source->bounds.last_key);
            u32 token = key & ((1u << source->bounds.log2) - 1u);
            origin.address[part] = mad_u64(token, rows->token_stride, origin.address[part]);
        }
        PIN(origin.address[part]);
    }
#else
    u32 token = (u32)page->first_key & ((1u << source->bounds.log2) - 1u);
    /* An offset within a page has 32 bits: the host refuses larger pages. */
    origin.address = (u64)rows->cache + (u64)(u32)page->id * rows->page_stride + token * rows->token_stride;
    int valid = min_int(source->bounds.last_key + 1 - page->first_key, UNIT_ELEMENTS);
    asm("" : "+s"(valid)); /* seen together, min and max would become one vector instruction */
    valid = max_int(valid, 0);
#if defined(LAYOUT_LINEAR)
    origin.bytes = valid * (int)rows->token_stride;
#else
    origin.bytes = valid ? 0x7fffffff : 0;
#endif
    PIN_SCALAR(origin.address);
    PIN_SCALAR(origin.bytes);
#endif
    return origin;
}

DEVICE void ring_load(const struct ring_source *source, const struct tile_origin *origin, int share, lds_bytes slot) {
    UNROLL for (int part = 0; part < PARTS; ++part) {
        LDS_SPACE void *to = (LDS_SPACE void *)(slot + (share * RING_WAVES + source->wave) * WAVE_BYTES + part * LOAD_BYTES);
#if PAGE_PER_LANE
        __builtin_amdgcn_global_load_lds((GLOBAL_SPACE void *)origin->address[part], to, 16, 0, 0);
#else
        __amdgpu_buffer_rsrc_t buffer = __builtin_amdgcn_make_buffer_rsrc((void *)origin->address, 0, origin->bytes, RAW_BUFFER);
        __builtin_amdgcn_raw_ptr_buffer_load_lds(buffer, to, 16, (int)source->share[share].offset[part], 0, 0, 0);
#endif
        schedule_fence(); /* loads are counted: their order matters */
    }
}

#endif
