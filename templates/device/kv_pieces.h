/* SPDX-License-Identifier: MIT
 *
 * Who brings in what of a K and V tile, and where from.
 *
 * Four waves share the work: of every 64 keys, wave w brings in the group 16 w .. 16 w + 15, so that with pages of 16 keys
 * or more each wave reads one page. Per group a lane moves GROUP_LOADS pieces of 16 bytes of K, and as much of V. Piece i of
 * the lanes of a wave fills 1024 bytes of LDS, lane after lane, so the permutations of kv_tile.h are done by what is loaded.
 */
#ifndef PAGODA_DEVICE_KV_PIECES_H
#define PAGODA_DEVICE_KV_PIECES_H

#include "builtins.h"
#include "kv_tile.h"
#include "paging.h"
#if defined(QUANT_KV_BLOCK)
#include "kv_descale.h"
#endif
#if defined(LAYOUT_LINEAR) && !V_IN_ROWS
#include "v_transpose.h"
#define V_IN_QUADS 1
#else
#define V_IN_QUADS 0
#endif

#if defined(ARCH_GFX950)
#define LOADS_TO_LDS 1 /* of 16 bytes per lane */
#else
#define LOADS_TO_LDS 0
#endif

CONSTANT TILE_GROUPS = TILE_N / (4 * KEY_GROUP); /* groups per wave and tile */
CONSTANT GROUP_LOADS = KEY_GROUP * ROW_BYTES / 1024;

struct kv_source {
    struct page_walk k, v;
    struct page_bounds bounds;
#if defined(QUANT_KV_BLOCK)
    struct page_descales descales;
#endif
    int wave, lane;
};

/* Page ids of this wave's groups of one tile: fetched a tile ahead of the tile's own loads. */
struct tile_pages {
    int group[TILE_GROUPS];
};

/* First row in the tile of a wave's group. */
DEVICE int group_first_row(const struct kv_source *source, int group) { return (group * 4 + source->wave) * KEY_GROUP; }

DEVICE struct tile_pages fetch_tile_pages(const struct kv_source *source, int tile) {
    struct tile_pages pages;
    UNROLL for (int g = 0; g < TILE_GROUPS; ++g)
        pages.group[g] = fetch_group_page(&source->bounds, tile * TILE_N + group_first_row(source, g));
    return pages;
}

/* Key of the group, and byte offset behind the start of its token. */
struct piece {
    int row;
    u32 offset;
};

DEVICE struct piece k_piece(const struct kv_source *source, int group, int load) {
    struct piece piece;
#if defined(LAYOUT_LINEAR)
    piece.row = load * (WAVE_LANES / ROW_CHUNKS) + source->lane / ROW_CHUNKS;
    piece.offset = (u32)(source->lane % ROW_CHUNKS ^ row_swizzle(group_first_row(source, group) + piece.row)) * 16;
#else
    /* Four chunks of the head dimension times 16 keys. A chunk is page_size * 16 bytes behind the one before. */
    piece.row = chunk_row_slot(group_first_row(source, group) + source->lane % KEY_GROUP);
    piece.offset = (u32)(load * 4 + source->lane / KEY_GROUP) << (source->bounds.log2 + 4);
#endif
    return piece;
}

/* V_IN_QUADS: row `load` of the lane's quad, QUAD_BYTES of it. */
DEVICE struct piece v_piece(const struct kv_source *source, int group, int load) {
    (void)group;
#if V_IN_ROWS
    return k_piece(source, group, load);
#elif V_IN_QUADS
    return (struct piece){quad_row(source->lane) + load, (u32)(quad_part(source->lane) * QUAD_BYTES)};
#else
    int unit = load * WAVE_LANES + source->lane; /* as they are stored */
    return (struct piece){unit / HEAD_DIM * UNIT_ELEMENTS, (u32)unit_slot(unit % HEAD_DIM) * 16};
#endif
}

/* ---- Reading pieces: from a buffer that all lanes share, or from an address of the lane's own ---- */

#if PAGE_HOLDS_GROUP

typedef buffer group_origin;
struct piece_source {
    buffer from;
    int offset;
};

DEVICE group_origin find_group(const struct kv_source *source, const struct page_walk *walk, int first_key, int page) {
    return group_buffer(walk, &source->bounds, first_key, page);
}

DEVICE struct piece_source find_piece(const struct kv_source *source, const struct page_walk *walk, group_origin origin,
                                      struct piece piece) {
    (void)source;
    u32 offset = ((u32)piece.row >> walk->token_shift) * walk->token_stride + piece.offset;
    return (struct piece_source){origin, (int)offset};
}

#if LOADS_TO_LDS
DEVICE void load_16_to_lds(struct piece_source piece, lds_bytes to) {
    __builtin_amdgcn_raw_ptr_buffer_load_lds(piece.from, (LDS_SPACE void *)to, 16, piece.offset, 0, 0, 0);
}
#endif

#define LOAD_PIECE(type, width) __builtin_bit_cast(type, __builtin_amdgcn_raw_buffer_load_b##width(piece.from, piece.offset, 0, 0))

#else

typedef struct {
    int first_key, page;
} group_origin;
struct piece_source {
    global_bytes from;
};

DEVICE group_origin find_group(const struct kv_source *source, const struct page_walk *walk, int first_key, int page) {
    (void)source;
    (void)walk;
    return (group_origin){first_key, page};
}

DEVICE struct piece_source find_piece(const struct kv_source *source, const struct page_walk *walk, group_origin origin,
                                      struct piece piece) {
    global_bytes token = token_address(walk, &source->bounds, origin.first_key, origin.page, piece.row);
    return (struct piece_source){token + piece.offset};
}

#if LOADS_TO_LDS
DEVICE void load_16_to_lds(struct piece_source piece, lds_bytes to) {
    __builtin_amdgcn_global_load_lds((GLOBAL_SPACE void *)piece.from, (LDS_SPACE void *)to, 16, 0, 0);
}
#endif

#define LOAD_PIECE(type, width) *(const GLOBAL_SPACE type *)piece.from

#endif

DEVICE i32x4 load_16(struct piece_source piece) { return LOAD_PIECE(i32x4, 128); }

/* 1, 2 or 4 words. */
DEVICE void load_words(struct piece_source piece, u32 *words, int count) {
    if (count == 4) {
        i32x4 four = LOAD_PIECE(i32x4, 128);
        UNROLL for (int w = 0; w < 4; ++w)
            words[w] = (u32)four[w];
    } else if (count == 2) {
        i32x2 two = LOAD_PIECE(i32x2, 64);
        words[0] = (u32)two.x;
        words[1] = (u32)two.y;
    } else {
        words[0] = LOAD_PIECE(u32, 32);
    }
}

#endif
