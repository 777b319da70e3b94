# SPDX-License-Identifier: MIT
"""Rules: what they may read and answer, and that their boxes say exactly what they say."""

import itertools
import random

import pytest

from codegen import ops
from codegen.axes import Axis, Candidate, CodegenError, Value
from codegen.catalogue import Catalogue
from codegen.rules import Rule, RuleTable, box_contains, rule


def axes(*sizes):
    return tuple(
        Axis(name, "request", tuple(Value(f"{name}{i}", i, f"{name}{i}") for i in range(size)))
        for name, size in zip("abcd", sizes)
    )


def test_a_rule_reads_only_what_it_declares():
    @rule("a", reason="r")
    def sneaky(c):
        return c.a == c.b

    with pytest.raises(CodegenError, match="rule 'sneaky' reads the axis 'b' without declaring it .declared: a"):
        RuleTable(sneaky, axes(2, 2))


def test_a_rule_answers_true_or_false():
    @rule("a", reason="r")
    def forgetful(c):
        if c.a == 1:
            return True

    with pytest.raises(CodegenError, match="rule 'forgetful' answered None for .*must answer True or False"):
        RuleTable(forgetful, axes(2))


def test_a_rule_declares_axes_that_exist():
    with pytest.raises(CodegenError, match="declares the axis 'z', which the operation does not have"):
        RuleTable(Rule("r", ("z",), "r", lambda c: True), axes(2))


@pytest.mark.parametrize(
    "predicate, boxes",
    [
        (lambda c: False, []),
        (lambda c: True, [(0b11, 0b111)]),
        (lambda c: c.a == 1, [(0b10, 0b111)]),
        (lambda c: c.a == 1 and c.b != 0, [(0b10, 0b110)]),
        (lambda c: c.a == 1 or c.b == 2, [(0b10, 0b111), (0b11, 0b100)]),  # overlapping boxes, not disjoint ones
    ],
)
def test_boxes_are_few_and_large(predicate, boxes):
    assert RuleTable(Rule("r", ("a", "b"), "r", predicate), axes(2, 3)).boxes == boxes


def test_axes_that_a_rule_does_not_read_are_unconstrained():
    assert RuleTable(Rule("r", ("b",), "r", lambda c: c.b == 0), axes(2, 3, 4)).boxes == [(0b11, 0b001, 0b1111)]


def test_boxes_equal_any_predicate():
    generator = random.Random(1)
    for _ in range(100):
        space = axes(2, 3, 4)
        refused = {p for p in itertools.product(range(2), range(3), range(4)) if generator.random() < 0.4}
        random_rule = Rule("r", ("c", "a", "b"), "r", lambda c: (c.a, c.b, c.c) in refused)
        table = RuleTable(random_rule, space)
        for point in itertools.product(range(2), range(3), range(4)):
            assert any(box_contains(box, point) for box in table.boxes) == (point in refused) == table.refuses(point)
        table.verify()
        if table.boxes:
            table.boxes.pop()
            with pytest.raises(CodegenError, match="disagrees"):
                table.verify()


def test_a_box_that_constrains_what_its_rule_does_not_read_is_noticed():
    table = RuleTable(Rule("r", ("a",), "r", lambda c: c.a == 0), axes(2, 2))
    table.boxes = [(0b01, 0b01), (0b01, 0b10)]
    with pytest.raises(CodegenError, match="a box constrains 'b', which it does not read"):
        table.verify()


@pytest.mark.parametrize("name", ops.operation_names())
def test_real_rules_equal_their_boxes_and_have_reasons(name):
    catalogue = Catalogue(ops.load(name))
    catalogue.verify_rules()
    for report in catalogue.rules:
        assert len(report.rule.reason) > 10 and not report.rule.reason.endswith(".")


def batch_prefill_rule(name):
    return next(r for r in ops.load("batch_prefill").rules if r.name == name)


def candidate(**wanted):
    operation = ops.load("batch_prefill")
    point = tuple(axis.index(wanted.get(axis.name, axis.values[0].name)) for axis in operation.axes)
    return Candidate(operation.axes, point)


@pytest.mark.parametrize(
    "name, refused, accepted",
    [
        ("quant_needs_fp8", {"dtype": "bf16", "quant": "per_tensor"}, {"dtype": "fp8", "quant": "per_tensor"}),
        ("fp8_none_is_per_tensor", {"dtype": "fp8", "quant": "none"}, {"dtype": "fp16", "quant": "none"}),
        ("page_of_one_is_linear", {"page_size": "1", "layout": "vectorized"}, {"page_size": "1", "layout": "linear"}),
        (
            "vectorized_needs_whole_x",
            {"page_size": "1", "layout": "vectorized", "dtype": "fp8"},
            {"page_size": "16", "layout": "vectorized", "dtype": "fp8"},
        ),
    ],
)
def test_batch_prefill_rules(name, refused, accepted):
    assert batch_prefill_rule(name).refuses_candidate(candidate(**refused))
    assert not batch_prefill_rule(name).refuses_candidate(candidate(**accepted))
