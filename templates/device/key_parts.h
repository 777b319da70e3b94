/* SPDX-License-Identifier: MIT
 *
 * Which query tile a workgroup works on, and which of its keys: what the kernels and the one that combines parts agree on.
 *
 *   workgroup id = (sequence * num_q_tiles + num_q_tiles - 1 - q_tile) * num_q_heads + q_head
 *
 * so that heads that share a KV head run side by side, and of a sequence the causally longest tile starts first.
 *
 * Split keys: the keys of a sequence are cut at the same places for all its queries, every tiles_of_part() tiles, and a query
 * tile has the parts that it sees keys of, the first in any case. So no workgroup is longer than a part, however much
 * longer the last query tile is than the first under the causal mask. Then
 *
 *   workgroup id = (rank * batch + sequence) * num_q_heads + q_head
 *
 * where rank numbers the parts of all query tiles of a sequence, the longer ones first; ranks behind the last part, which the
 * host cannot know, have nothing to do.
 *
 * The includer defines TILE_M and what mask.h needs.
 */
#ifndef PAGODA_DEVICE_KEY_PARTS_H
#define PAGODA_DEVICE_KEY_PARTS_H

#include "mask.h"

struct work {
    struct sequence seq;
    int head;
    int first_query;          /* of the query tile, in its sequence */
    int num_keys;             /* that some query of the tile sees */
    int first_tile, end_tile; /* of keys: the part */
    int part;
    int is_only_part;
};

DEVICE int keys_of_query_tile(const struct sequence *seq, int first_query) {
    return visible_keys(seq, min_int(first_query + TILE_M, seq->num_queries) - 1);
}

/* The host bounds the number of parts, for which there is workspace, and knows the number of keys perhaps. */
DEVICE int tiles_of_part(const struct pagoda_batch_prefill_kernargs *args, const struct sequence *seq) {
    int tiles = (seq->num_keys + TILE_N - 1) / TILE_N, planned = max_int(args->part_keys / TILE_N, 1);
    if ((u32)tiles <= (u32)planned * (u32)args->num_splits)
        return planned;
    return uniform_quotient(tiles + args->num_splits - 1, args->num_splits);
}

DEVICE int parts_of_query_tile(int num_keys, int part_tiles) {
    return max_int(uniform_quotient((num_keys + TILE_N - 1) / TILE_N + part_tiles - 1, part_tiles), 1);
}

/* How many query tiles, the last ones, see `key`. */
DEVICE int query_tiles_that_see(const struct sequence *seq, int num_q_tiles, u32 key) {
    if (key >= (u32)seq->num_keys)
        return 0;
#if defined(MASK_CAUSAL)
    return num_q_tiles - max_int((int)key + seq->num_queries - seq->num_keys, 0) / TILE_M;
#else
    return num_q_tiles;
#endif
}

/* The `rank`-th of the query tiles by the length of their last parts, longest first, counted from the last tile. Under the
 * causal mask this length falls by TILE_M keys from tile to tile, and begins anew after each part: in `period` tiles. */
DEVICE int by_length_of_last_part(const struct sequence *seq, int num_q_tiles, int num_parts, int part_keys, int rank) {
#if defined(MASK_CAUSAL)
    int period = max_int(part_keys / TILE_M, 1);
    /* Tiles that are missing before the first for whole periods. */
    int missing = min_int((int)((u32)num_parts * (u32)part_keys - (u32)seq->num_keys) / TILE_M, period - 1);
    int periods = uniform_quotient(missing + num_q_tiles, period), rest = missing + num_q_tiles - periods * period;
    /* Tile `step` of a period occurs `periods` times; between these two, once more or once less. */
    int low = min_int(rest, missing), high = max_int(rest, missing), between = periods + (rest > missing ? 1 : -1);
    int step = 0, times = periods;
    if (rank >= low * periods) {
        rank -= low * periods;
        step = low;
        times = between;
        if (rank >= (high - low) * between) {
            rank -= (high - low) * between;
            step = high;
            times = periods;
        }
    }
    int more_steps = uniform_quotient(rank, times);
    rank -= more_steps * times;
    step += more_steps;
    return (rank + (step < missing)) * period + step - missing;
#else
    (void)seq, (void)num_q_tiles, (void)num_parts, (void)part_keys;
    return rank;
#endif
}

/* First the parts that are not the last of their query tile, all of full length, then the last ones. */
DEVICE int find_part(const struct pagoda_batch_prefill_kernargs *args, struct work *work, int rank) {
    const struct sequence *seq = &work->seq;
    int num_q_tiles = (seq->num_queries + TILE_M - 1) / TILE_M;
    int part_tiles = tiles_of_part(args, seq), part = 0, count;
    u32 part_keys = (u32)part_tiles * TILE_N, end = part_keys;
    while ((count = query_tiles_that_see(seq, num_q_tiles, end)) > 0 && rank >= count) {
        rank -= count;
        end += part_keys;
        ++part;
    }
    int is_last = count == 0;
    if (is_last && rank >= num_q_tiles)
        return 0;
    if (is_last)
        rank = by_length_of_last_part(seq, num_q_tiles, part + 1, (int)part_keys, rank);
    work->first_query = (num_q_tiles - 1 - rank) * TILE_M;
    work->num_keys = keys_of_query_tile(seq, work->first_query);
    if (is_last)
        part = parts_of_query_tile(work->num_keys, part_tiles) - 1;
    work->part = part;
    work->first_tile = part * part_tiles;
    work->end_tile = is_last ? (work->num_keys + TILE_N - 1) / TILE_N : work->first_tile + part_tiles;
    work->is_only_part = is_last && part == 0;
    return 1;
}

/* What this workgroup is to do; 0: nothing. */
DEVICE int find_work(const struct pagoda_batch_prefill_kernargs *args, struct work *work) {
    int id = (int)__builtin_amdgcn_workgroup_id_x();
    int row = uniform_quotient(id, args->num_q_heads);
    work->head = id - row * args->num_q_heads;
    if (args->num_splits > 1) {
        int rank = uniform_quotient(row, args->batch);
        work->seq = find_sequence(args, row - rank * args->batch);
        return find_part(args, work, rank);
    }
    int sequence_index = uniform_quotient(row, args->num_q_tiles);
    if (sequence_index >= args->batch)
        return 0;
    work->seq = find_sequence(args, sequence_index);
    work->first_query = (args->num_q_tiles - 1 - (row - sequence_index * args->num_q_tiles)) * TILE_M;
    if (work->first_query >= work->seq.num_queries)
        return 0;
    work->num_keys = keys_of_query_tile(&work->seq, work->first_query);
    work->first_tile = work->part = 0;
    work->end_tile = (work->num_keys + TILE_N - 1) / TILE_N;
    work->is_only_part = 1;
    return 1;
}

#endif
