# SPDX-License-Identifier: MIT
"""Batch prefill: attention of ragged query chunks over a paged KV cache. Every variant of it is declared here.

To add a tile, add a line to TILES; to add a pipeline, add its template, a line to PIPELINES and its tiles.
"""

from dataclasses import dataclass

from codegen.arch import ARCHS
from codegen.axes import Axis, CodegenError, Value, words
from codegen.ops import Operation, Pipeline, Tile
from codegen.rules import rule


@dataclass(frozen=True)
class Dtype:
    name: str
    bytes: int

    @property
    def x(self):
        """Elements in 16 bytes: what one lane loads at once, and the inner extent of the vectorized layout."""
        return 16 // self.bytes


@dataclass(frozen=True)
class PageSize:
    keys: int  # 0: a power of two that is known at run time only
    at_least: int  # known at compile time


DTYPES = (Dtype("fp16", 2), Dtype("bf16", 2), Dtype("fp8", 1))
HEAD_DIMS = (64, 128)
PAGE_SIZES = (1, 16, 64, 1024)
GENERIC_PAGES = (
    # Pages of one key have instances of their own: only those know that such pages have one layout.
    Value("pow2", PageSize(0, 2), "ppow2", serves_from=2),
    Value("pow2_64", PageSize(0, 64), "ppow2from64", serves_from=64),
)

TILES = (
    Tile("v3", 256, 64),  # not 256x128, see ARCHITECTURE.md
    Tile("v2", 128, 64),
    Tile("v2", 64, 64),
)

# How V3 places exponentials and conversions. Which is faster turns on whether they share the clock with matrix
# instructions, which no public document says; "none" is the value of pipelines without the choice.
SCHEDULES = (Value("none", "none", ""),) + words("burst", "overlap")


def v2_lds_bytes(c):
    """Per slot, K and V of one step and, where a step spans pages, the descales of each of its keys.

    gfx942 has no room for a second slot beside a second workgroup.
    """
    slots = 2 if c.arch.name == "gfx950" else 1
    descale_rows = 3 * c.tile.n * 4 if c.quant == "kv_block" and c.page_size.at_least < c.tile.n else 0
    return slots * (2 * c.tile.n * c.head_dim * c.dtype.bytes + descale_rows)


def v3_lds_bytes(c):
    """A ring of four slots of K and V; with kv_block each wave has a table of 63 entries of 16 bytes.

    gfx942 stages tiles in registers, two slots do.
    """
    if c.arch.name == "gfx942":
        return 2 * 2 * c.tile.n * c.head_dim * c.dtype.bytes
    tables = 8 * 63 * 16 if c.quant == "kv_block" else 0
    return 4 * 2 * c.tile.n * c.head_dim * c.dtype.bytes + tables


# V2's scores are finite or -infinity, never NaN: saying so spares a canonicalising instruction per maximum. V3 makes
# NaN on purpose, and takes no packed arithmetic, which does not run beside the matrix unit.
PIPELINES = (
    Pipeline(
        "v2",
        waves=4,
        lds_bytes=v2_lds_bytes,
        tiles="64 or 128 queries and a multiple of 64 keys",
        takes_tile=lambda tile: tile.m in (64, 128) and tile.n % 64 == 0,
        compile_flags=("-fno-honor-nans",),
    ),
    Pipeline(
        "v3",
        waves=8,
        lds_bytes=v3_lds_bytes,
        tiles="256 queries and 64 keys",
        takes_tile=lambda tile: tile.m == 256 and tile.n == 64,
        compile_flags=("-fno-slp-vectorize",),
        template_suffixes=("", "_16bit", "_gfx942"),
        template_suffix=lambda c: "_gfx942" if c.arch.name == "gfx942" else "_16bit" if c.dtype.bytes == 2 else "",
    ),
)


def _tile_values():
    """The tile axis: every distinct shape, largest first."""
    shapes = {}
    for tile in TILES:
        if TILES.count(tile) > 1:
            raise CodegenError(f"the tile {tile.shape} of {tile.pipeline} is declared twice")
        pipeline = next((p for p in PIPELINES if p.name == tile.pipeline), None)
        if pipeline is None or not pipeline.takes_tile(tile):
            raise CodegenError(f"the tile {tile.shape} of {tile.pipeline}: "
                               + (f"that pipeline takes {pipeline.tiles}" if pipeline else "there is no such pipeline"))
        shapes.setdefault(tile.shape, []).append(tile)
    ordered = sorted(shapes.values(), key=lambda tiles: (-tiles[0].m, -tiles[0].n))
    return tuple(Value(tiles[0].shape, tiles[0], f"t{tiles[0].shape}") for tiles in ordered)


AXES = (
    Axis("arch", "request", tuple(Value(a.name, a, a.name) for a in ARCHS)),
    Axis("dtype", "request", tuple(Value(d.name, d, d.name) for d in DTYPES)),
    Axis("head_dim", "request", tuple(Value(str(d), d, f"d{d}", d) for d in HEAD_DIMS)),
    Axis("page_size", "request", tuple(Value(str(p), PageSize(p, p), f"p{p}", p) for p in PAGE_SIZES) + GENERIC_PAGES),
    Axis("mask", "request", (Value("none", "none", "nomask"),) + words("causal", "sliding_window")),
    Axis("quant", "request", (Value("none", "none", ""),) + words("per_tensor", "kv_block")),
    Axis("layout", "request", words("linear", "vectorized")),
    Axis("soft_cap", "request", (Value("off", False, ""), Value("on", True, "softcap"))),
    Axis("pipeline", "choice", tuple(Value(p.name, p.name, p.name) for p in PIPELINES)),
    Axis("tile", "choice", _tile_values()),
    Axis("schedule", "choice", SCHEDULES),
)

RANKING = (
    ("pipeline", lambda name: -int(name[1:])),  # the newer is the faster
    # A compile-time page size beats a generic one; the less general of these beats the other.
    ("page_size", lambda page: (page.keys == 0, -page.at_least if page.keys == 0 else 0)),
    ("tile", lambda tile: (-tile.m, -tile.n)),  # larger tiles reuse K and V more; runtime/plan.c weighs that
    ("schedule", lambda name: ("burst", "overlap", "none").index(name)),  # by the stricter timing model
)


@rule("pipeline", "tile", reason="the pipeline has no instance of this tile", structural=True)
def tile_of_pipeline(c):
    return not any(t.pipeline == c.pipeline and t.shape == c.tile.shape for t in TILES)


@rule("arch", "pipeline", "dtype", "tile", "head_dim", "page_size", "quant",
      reason="K and V of this tile do not fit the LDS of the arch")
def lds_capacity(c):
    return _pipeline(c).lds_bytes(c) > c.arch.lds_bytes


@rule("arch", "pipeline", "dtype", "tile", "head_dim", "page_size", "quant",
      reason="K and V of this tile leave no room in LDS for the second V2 workgroup of a compute unit")
def v2_lds_of_two(c):
    return c.pipeline == "v2" and 2 * _pipeline(c).lds_bytes(c) > c.arch.lds_bytes


@rule("pipeline", "tile", "page_size", "quant",
      reason="the V2 pipeline takes descales of pages smaller than the tile in tiles of 64 keys only")
def v2_kv_block_tile(c):
    return c.pipeline == "v2" and c.quant == "kv_block" and c.tile.n > 64 and c.page_size.at_least < c.tile.n


@rule("dtype", "quant", reason="descales belong to FP8 caches; 16-bit caches hold the values themselves")
def quant_needs_fp8(c):
    return c.quant != "none" and c.dtype.name != "fp8"


@rule("dtype", "quant", reason="FP8 without quantisation is served by per_tensor with unit descales")
def fp8_none_is_per_tensor(c):
    return c.quant == "none" and c.dtype.name == "fp8"


@rule("pipeline", "mask", reason="the V2 pipeline masks by none or causal")
def v2_masks(c):
    return c.pipeline == "v2" and c.mask == "sliding_window"


@rule("pipeline", "schedule", structural=True,
      reason="burst and overlap are schedules of the V3 pipeline, which needs one of them")
def schedule_of_pipeline(c):
    return (c.pipeline == "v3") != (c.schedule != "none")


@rule("pipeline", "page_size", "layout", "quant", "soft_cap",
      reason="the V2 pipeline serves this page size through the generic one")
def v2_generic_page(c):
    rare = c.layout == "vectorized" or c.soft_cap or (c.quant == "kv_block" and c.page_size.keys == 16)
    return c.pipeline == "v2" and c.page_size.keys > 1 and (rare or c.page_size.keys == 64)


@rule("pipeline", "tile", "soft_cap", reason="the V2 pipeline caps logits in the 128x64 tile only")
def v2_soft_cap_tile(c):
    return c.pipeline == "v2" and c.soft_cap and c.tile.shape != "128x64"


@rule("pipeline", "dtype", "schedule", structural=True,
      reason="the V3 pipeline has one schedule for 16-bit caches: their matrix work hides what the schedules place")
def v3_16bit_schedule(c):
    return _is_v3_16bit(c) and c.schedule == "burst"


@rule("pipeline", "dtype", "head_dim", reason="the V3 pipeline has head dimension 128 where the cache is 16-bit")
def v3_16bit_head_dim(c):
    return _is_v3_16bit(c) and c.head_dim != 128


@rule("pipeline", "dtype", "page_size", "layout", "soft_cap",
      reason="the V3 pipeline serves this page size through the generic one where the cache is 16-bit")
def v3_16bit_generic_page(c):
    return _is_v3_16bit(c) and c.page_size.keys > 1 and (c.layout == "vectorized" or c.soft_cap)


@rule("pipeline", "mask", reason="the V3 pipeline masks by none or causal")
def v3_masks(c):
    return c.pipeline == "v3" and c.mask == "sliding_window"


@rule("pipeline", "tile", "page_size", "quant",
      reason="the V3 pipeline takes one descale per tile of keys: pages must hold whole tiles")
def v3_kv_block_page(c):
    return c.pipeline == "v3" and c.quant == "kv_block" and c.page_size.at_least < c.tile.n


@rule("pipeline", "quant", "page_size", structural=True,
      reason="only V3 with descales per page profits from pages known to hold a tile")
def pow2_64_is_for_descales(c):
    return c.page_size == PageSize(0, 64) and not (c.pipeline == "v3" and c.quant == "kv_block")


@rule("pipeline", "dtype", "schedule", "soft_cap",
      reason="under a soft cap burst is modelled 1 to 2 % slower than overlap on either assumption")
def v3_soft_cap_schedule(c):
    return _is_v3_fp8(c) and c.soft_cap and c.schedule == "burst"


@rule("pipeline", "dtype", "head_dim", "schedule",
      reason="at head dimension 64 burst is modelled 4 % faster than overlap at best and 18 % slower at worst")
def v3_head_dim_64_schedule(c):
    return _is_v3_fp8(c) and c.head_dim == 64 and c.schedule == "burst"


@rule("page_size", "layout", reason="with one key per page the layouts are the same: pass it as linear")
def page_of_one_is_linear(c):
    return c.page_size.keys == 1 and c.layout == "vectorized"


@rule("dtype", "page_size", "layout", reason="the vectorized layout packs 16 bytes of keys: its pages hold whole packs")
def vectorized_needs_whole_x(c):
    return c.layout == "vectorized" and c.page_size.keys % c.dtype.x != 0


@rule("arch", "pipeline", "dtype", reason="the V3 pipeline of gfx942 is built for FP8")
def v3_gfx942_dtype(c):
    return _is_v3_gfx942(c) and c.dtype.bytes == 2


@rule("arch", "pipeline", "soft_cap", reason="the V3 pipeline of gfx942 caps no logits")
def v3_gfx942_soft_cap(c):
    return _is_v3_gfx942(c) and c.soft_cap


@rule("arch", "pipeline", "head_dim", reason="the V3 pipeline of gfx942 has head dimension 128")
def v3_gfx942_head_dim(c):
    return _is_v3_gfx942(c) and c.head_dim != 128


@rule("arch", "pipeline", "schedule", structural=True,
      reason="the V3 pipeline of gfx942 has the overlap schedule only")
def v3_gfx942_schedule(c):
    return _is_v3_gfx942(c) and c.schedule == "burst"


@rule("arch", "pipeline", "page_size", "layout",
      reason="the V3 pipeline of gfx942 has one page id per wave: pages hold 16 keys")
def v3_gfx942_pages(c):
    return _is_v3_gfx942(c) and c.layout == "linear" and c.page_size.at_least < 16


def _is_v3_fp8(c):
    return c.pipeline == "v3" and c.dtype.bytes == 1


def _is_v3_16bit(c):
    return c.pipeline == "v3" and c.dtype.bytes == 2


def _is_v3_gfx942(c):
    return c.pipeline == "v3" and c.arch.name == "gfx942"


def _pipeline(c):
    return OPERATION.pipeline(c.pipeline)


def template_variables(c):
    return {
        "dtype": c.dtype.name,
        "element_bytes": c.dtype.bytes,
        "x": c.dtype.x,
        "tile_m": c.tile.m,
        "tile_n": c.tile.n,
        "head_dim": c.head_dim,
        "page_size": c.page_size.keys,
        "mask": c.mask,
        "quant": c.quant,
        "layout": c.layout,
        "soft_cap": c.soft_cap,
        "schedule": c.schedule,
    }


OPERATION = Operation(
    name="batch_prefill",
    axes=AXES,
    # In the order in which a refused caller wants to hear of them.
    rules=(
        tile_of_pipeline,
        schedule_of_pipeline,
        pow2_64_is_for_descales,
        quant_needs_fp8,
        fp8_none_is_per_tensor,
        page_of_one_is_linear,
        vectorized_needs_whole_x,
        v2_masks,
        v2_generic_page,
        v2_soft_cap_tile,
        v2_lds_of_two,
        v2_kv_block_tile,
        v3_16bit_schedule,
        v3_16bit_head_dim,
        v3_16bit_generic_page,
        v3_masks,
        v3_kv_block_page,
        v3_soft_cap_schedule,
        v3_head_dim_64_schedule,
        v3_gfx942_dtype,
        v3_gfx942_schedule,
        v3_gfx942_head_dim,
        v3_gfx942_soft_cap,
        v3_gfx942_pages,
        lds_capacity,
    ),
    template_variables=template_variables,
    pipelines=PIPELINES,
    ranking=RANKING,
    name_order=("pipeline", "arch", "dtype", "head_dim", "tile", "page_size", "mask", "quant", "layout", "soft_cap",
                "schedule"),
    profiles={
        "smoke": (
            "*_fp8_d128_t128x64_p16_causal_per_tensor_linear",
            "*_fp8_d128_t256x64_p16_causal_per_tensor_linear_burst",
            "*_bf16_d128_t128x64_p16_causal_linear",
            "*_fp16_d64_t64x64_ppow2_nomask_linear",
        ),
        "default": ("*",),
        "full": ("*",),
    },
)
