# SPDX-License-Identifier: MIT
"""Axes: named dimensions with a finite ordered set of values, and candidates: points of their product."""

from dataclasses import dataclass, field


class CodegenError(Exception):
    """A declaration or a command that makes no sense; the message is for a person."""


@dataclass(frozen=True)
class Value:
    """One value of an axis. `data` is what rules and templates see; `label` its part of an instance name.

    A generic value serves a request for any number from `serves_from` on, beside the value of that very number.
    """

    name: str
    data: object
    label: str
    number: int = 0  # what the value means as a number, for the runtime to compare with (0: not a number)
    serves_from: int = 0  # 0: not generic


@dataclass(frozen=True)
class Axis:
    """`kind` is "request" (the call decides) or "choice" (the library decides)."""

    name: str
    kind: str
    values: tuple

    def __post_init__(self):
        if self.kind not in ("request", "choice"):
            raise CodegenError(f"axis '{self.name}': kind '{self.kind}' is neither 'request' nor 'choice'")
        names = [v.name for v in self.values]
        for name in names:
            if names.count(name) > 1:
                raise CodegenError(f"axis '{self.name}' has the value '{name}' twice")
        if not names:
            raise CodegenError(f"axis '{self.name}' has no values")
        if len(names) > 32:
            raise CodegenError(f"axis '{self.name}' has {len(names)} values; a mask in the dispatch table holds 32")

    def meet(self, a, b):
        """Whether one request can accept both of these value indices."""
        one, other = sorted((self.values[a], self.values[b]), key=lambda v: v.serves_from)
        if a == b or (one.serves_from and other.serves_from):
            return True
        return other.serves_from > 0 and one.number >= other.serves_from

    def index(self, name):
        for i, value in enumerate(self.values):
            if value.name == name:
                return i
        have = ", ".join(v.name for v in self.values)
        raise CodegenError(f"axis '{self.name}' has no value '{name}' (it has: {have})")


@dataclass(frozen=True)
class Candidate:
    """A point of the product: one value index per axis, in the order of the op's axes."""

    axes: tuple = field(repr=False)
    point: tuple

    def value(self, axis_name):
        for axis, index in zip(self.axes, self.point):
            if axis.name == axis_name:
                return axis.values[index]
        raise CodegenError(f"no axis '{axis_name}' (there are: {', '.join(a.name for a in self.axes)})")

    def names(self):
        return {axis.name: axis.values[index].name for axis, index in zip(self.axes, self.point)}

    def view(self, allowed=None):
        return View(self, allowed)


class View:
    """A candidate as a rule or a formula reads it: `c.head_dim` is the data of that axis's value.

    With `allowed`, reading any other axis is an error, so that what a rule declares is what it reads.
    """

    def __init__(self, candidate, allowed):
        self._candidate = candidate
        self._allowed = allowed

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if self._allowed is not None and name not in self._allowed:
            raise CodegenError(f"reads the axis '{name}' without declaring it (declared: {', '.join(self._allowed)})")
        return self._candidate.value(name).data


def words(*values):
    """An axis value list from plain words: each is its own name, data and label."""
    return tuple(Value(v, v, v) for v in values)
