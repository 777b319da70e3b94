# SPDX-License-Identifier: MIT
"""Enumeration, names, ranks, keys, selection, and the errors of a declaration that makes no sense."""

import itertools

import pytest

from codegen import ops
from codegen.axes import Axis, CodegenError, Value
from codegen.catalogue import Catalogue
from codegen.rules import rule
from conftest import tile_values


@rule("mask", "page_size", reason="a test says so")
def no_causal_pow2(c):
    return c.mask == "causal" and c.page_size == 0


@rule("mask", reason="a test says so")
def no_causal(c):
    return c.mask == "causal"


def test_without_rules_every_candidate_is_an_instance(small):
    catalogue = small()
    assert catalogue.num_candidates == 2 * 2 * 2 * 1 * 2 == len(catalogue.instances)


def test_rules_remove_and_are_counted(small):
    catalogue = small(rules=(no_causal_pow2, no_causal))
    assert {i.axis_names()["mask"] for i in catalogue.instances} == {"none"}
    counts = [(r.rule.name, r.removed, r.alone) for r in catalogue.rules]
    assert counts == [("no_causal_pow2", 4, 0), ("no_causal", 8, 4)]


def test_names_spell_the_axes_and_leave_empty_labels_out(small):
    names = [i.name for i in small(masks=(Value("none", "none", ""), Value("causal", "causal", "causal"))).instances]
    assert names == sorted(names) and len(set(names)) == len(names)
    assert "toy_gfx950_t64x64_p16" in names and "toy_gfx950_t64x64_p16_causal" in names


def test_every_name_can_be_read_back(small):
    catalogue = small(rules=(no_causal_pow2,))
    for instance in catalogue.instances:
        assert catalogue.candidate_named(instance.name) == instance.candidate
    refused = catalogue.candidate_named("toy_gfx950_t64x64_ppow2_causal")
    assert refused.names()["mask"] == "causal"
    for name in ("toy", "toy_gfx950", "toy_gfx950_t64x64_p16_causal_more", "other"):
        assert catalogue.candidate_named(name) is None


def test_the_cost_of_an_axis(small):
    catalogue = small()
    assert catalogue.cost_of_axis(catalogue.operation.axis("tile")) == 8
    assert catalogue.cost_of_axis(catalogue.operation.axis("pipeline")) == 0


def test_duplicate_names_are_an_error(small):
    pages = (Value("16", 16, "", 16), Value("pow2", 0, "", serves_from=1))
    with pytest.raises(CodegenError, match="two instances are named toy_gfx942_t128x64_causal"):
        small(pages=pages)


def test_an_axis_without_a_place_in_the_name_is_an_error(small):
    with pytest.raises(CodegenError, match="'toy': name_order does not list every axis once"):
        small(name_order=("arch", "tile", "mask"))


def test_two_instances_of_one_rank_for_one_request_are_an_error(small):
    with pytest.raises(CodegenError, match="ambiguous: .*t64x64.*rank the axis in which they differ"):
        small(ranking=(("page_size", lambda page: page == 0),))


def test_an_exact_and_the_generic_page_of_one_rank_are_ambiguous(small):
    with pytest.raises(CodegenError, match="ambiguous: .*p16.* and .*ppow2"):
        small(ranking=(("tile", lambda tile: -tile.m),))


def test_two_exact_pages_never_serve_one_request(small):
    pages = (Value("1", 1, "p1", 1), Value("16", 16, "p16", 16), Value("pow2", 0, "ppow2", serves_from=1))
    assert len(small(pages=pages).instances) == 2 * 3 * 2 * 2


def test_which_values_one_request_accepts():
    axis = Axis(
        "page_size",
        "request",
        (Value("1", 1, "", 1), Value("64", 64, "", 64), Value("any", 0, "", serves_from=1),
         Value("big", 0, "", serves_from=64)),
    )
    meeting = {(a.name, b.name) for a in axis.values for b in axis.values
               if axis.meet(axis.index(a.name), axis.index(b.name)) and a.name < b.name}
    assert meeting == {("1", "any"), ("64", "any"), ("64", "big"), ("any", "big")}


def test_the_order_of_declaration_does_not_decide(small):
    one, other = small(), small(tiles=tile_values((64, 64), (128, 64)))
    assert {i.name: i.rank for i in one.instances} == {i.name: i.rank for i in other.instances}


def test_axes_refuse_nonsense():
    value = Value("a", "a", "a")
    for arguments, message in (
        (("x", "request", (value, value)), "has the value 'a' twice"),
        (("x", "request", ()), "has no values"),
        (("x", "other", (value,)), "neither 'request' nor 'choice'"),
    ):
        with pytest.raises(CodegenError, match=message):
            Axis(*arguments)


def test_two_rules_of_one_name_are_an_error(small):
    with pytest.raises(CodegenError, match="two rules are named 'no_causal'"):
        small(rules=(no_causal, no_causal))


@pytest.fixture(scope="module", params=ops.operation_names())
def real(request):
    return Catalogue(ops.load(request.param))


def test_keys_and_ranks_identify_the_instances(real):
    for (key, rank), group in itertools.groupby(
        sorted(real.instances, key=lambda i: (i.key, i.rank)), key=lambda i: (i.key, i.rank)
    ):
        assert len(list(group)) == 1, (key, rank)
    for instance in real.instances:
        for axis, shift, value in zip(real.axes, real.shifts, instance.candidate.point):
            if axis.kind == "request":
                bits = max(1, (len(axis.values) - 1).bit_length())
                assert instance.key >> shift & ((1 << bits) - 1) == value


def test_the_ranking_orders_as_its_keys_do(real):
    keys = [(real.operation.axis(name), key) for name, key in real.operation.ranking]

    def preference(point):
        return [key(axis.values[point[real.axes.index(axis)]].data) for axis, key in keys]

    points = [i.candidate.point for i in real.instances]
    for a, b in itertools.islice(itertools.combinations(points[::7], 2), 20000):
        assert (real.rank(a) < real.rank(b)) == (preference(a) < preference(b))


def test_selection_by_arch_profile_and_filter(real):
    everything = real.select()
    assert everything == real.instances
    gfx950 = real.select(archs=["gfx950"])
    assert gfx950 and all("_gfx950_" in i.name for i in gfx950)
    smoke = real.select(profile="smoke")
    assert 0 < len(smoke) < len(everything)
    assert {i.axis_names()["arch"] for i in smoke} == {"gfx942", "gfx950"}
    fp8 = real.select(filters=["*_fp8_*", "*_bf16_*", "!*_bf16_*"])
    assert fp8 and all("_fp8_" in i.name for i in fp8)
    assert len(real.select(filters=["!*_fp8_*"])) == len(everything) - len(fp8)
    for arguments, message in (
        ({"archs": ["gfx90a"]}, "unknown arch 'gfx90a'.*known: gfx942, gfx950"),
        ({"profile": "small"}, "unknown profile 'small'.*known: smoke"),
    ):
        with pytest.raises(CodegenError, match=message):
            real.select(**arguments)


def test_batch_prefill_serves_what_it_promises():
    catalogue = Catalogue(ops.load("batch_prefill"))
    axes = ("arch", "dtype", "quant", "head_dim", "page_size", "mask", "layout", "soft_cap")
    served = {tuple(i.axis_names()[a] for a in axes) for i in catalogue.instances}
    for arch, (dtype, quant), head_dim, page, mask in itertools.product(
        ("gfx942", "gfx950"),
        (("fp16", "none"), ("bf16", "none"), ("fp8", "per_tensor")),
        ("64", "128"),
        ("1", "16", "1024", "pow2"),
        ("none", "causal"),
    ):
        assert (arch, dtype, quant, head_dim, page, mask, "linear", "off") in served


def test_no_instance_takes_pages_of_one_key_as_vectorized():
    catalogue = Catalogue(ops.load("batch_prefill"))
    pages = catalogue.operation.axis("page_size")
    for instance in catalogue.instances:
        names = instance.axis_names()
        assert names["layout"] == "linear" or not pages.meet(pages.index("1"), pages.index(names["page_size"]))
