# SPDX-License-Identifier: MIT
"""A small operation whose answers can be worked out by hand."""

from types import SimpleNamespace

import pytest

from codegen.arch import ARCHS
from codegen.axes import Axis, Value
from codegen.catalogue import Catalogue
from codegen.ops import Operation, Pipeline, Tile


def tile_values(*shapes):
    tiles = [Tile("v2", m, n) for m, n in shapes]
    return tuple(Value(t.shape, t, f"t{t.shape}") for t in tiles)


@pytest.fixture
def small():
    """Builds a catalogue of a small operation; keyword arguments replace parts of it."""

    def make(**changes):
        parts = SimpleNamespace(
            tiles=tile_values((128, 64), (64, 64)),
            pages=(Value("16", 16, "p16", 16), Value("pow2", 0, "ppow2", serves_from=1)),
            masks=(Value("none", "none", "nomask"), Value("causal", "causal", "causal")),
            rules=(),
            ranking=(
                ("page_size", lambda page: page == 0),
                ("tile", lambda tile: (-tile.m, -tile.n)),
            ),
            name_order=("pipeline", "arch", "tile", "page_size", "mask"),
        )
        vars(parts).update(changes)
        axes = (
            Axis("arch", "request", tuple(Value(a.name, a, a.name) for a in ARCHS)),
            Axis("page_size", "request", parts.pages),
            Axis("mask", "request", parts.masks),
            Axis("pipeline", "choice", (Value("v2", "v2", ""),)),
            Axis("tile", "choice", parts.tiles),
        )
        return Catalogue(
            Operation(
                name="toy",
                axes=axes,
                rules=parts.rules,
                template_variables=lambda c: {},
                pipelines=(Pipeline("v2", waves=4, lds_bytes=lambda c: c.tile.n * 256),),
                ranking=parts.ranking,
                profiles={"full": ("*",), "smoke": ("*_p16_causal",)},
                name_order=parts.name_order,
            )
        )

    return make
