# SPDX-License-Identifier: MIT
"""Rules: named predicates that refuse candidates and say why, and their form for C, a union of boxes."""

from dataclasses import dataclass
from itertools import product

from codegen.axes import Candidate, CodegenError


@dataclass(frozen=True)
class Rule:
    """`refuses(c)` is true for the candidates that cannot exist; `reason` completes "refused because ...".

    A structural rule only says which values of choice axes go together: no caller wonders why others are absent.
    """

    name: str
    axes: tuple  # names of the axes that `refuses` reads
    reason: str
    refuses: object
    structural: bool = False

    def refuses_candidate(self, candidate):
        try:
            verdict = self.refuses(candidate.view(self.axes))
        except CodegenError as error:
            raise CodegenError(f"rule '{self.name}' {error}") from None
        if not isinstance(verdict, bool):
            raise CodegenError(
                f"rule '{self.name}' answered {verdict!r} for {candidate.names()}; it must answer True or False"
            )
        return verdict


def rule(*axes, reason, structural=False):
    """Makes a rule of the decorated predicate; its name is the function's."""

    def decorate(function):
        return Rule(function.__name__, axes, reason, function, structural)

    return decorate


def boxes_of(rule_, axes):
    """The candidates that a rule refuses, as a small list of boxes: one mask of value indices per axis.

    Boxes may overlap. They are checked against the predicate over the whole product by `verify_boxes`.
    """
    by_name = {axis.name: i for i, axis in enumerate(axes)}
    for name in rule_.axes:
        if name not in by_name:
            raise CodegenError(f"rule '{rule_.name}' declares the axis '{name}', which the operation does not have")
    read = [by_name[name] for name in rule_.axes]
    sizes = [len(axes[i].values) for i in read]
    point = [0] * len(axes)
    refused = set()
    for combo in product(*(range(size) for size in sizes)):
        for i, value in zip(read, combo):
            point[i] = value
        if rule_.refuses_candidate(Candidate(axes, tuple(point))):
            refused.add(combo)

    boxes = []
    for small in _cover(refused, sizes):
        masks = [(1 << len(axis.values)) - 1 for axis in axes]
        for i, values in zip(read, small):
            masks[i] = sum(1 << v for v in values)
        boxes.append(tuple(masks))
    return sorted(boxes)


def _cover(points, sizes):
    """A small list of boxes (value tuples per dimension) whose union is exactly `points`: greedy over maximal boxes."""
    maximal = set()
    axes = list(range(len(sizes)))
    orders = [axes[i:] + axes[:i] for i in axes] + [axes[i::-1] + axes[:i:-1] for i in axes]
    for point in sorted(points):
        for order in orders:
            box = [{v} for v in point]
            for axis in order:
                for value in range(sizes[axis]):
                    slab = [{value} if i == axis else side for i, side in enumerate(box)]
                    if all(p in points for p in product(*slab)):
                        box[axis].add(value)
            maximal.add(tuple(tuple(sorted(side)) for side in box))
    boxes = sorted(maximal)
    contents = {box: set(product(*box)) for box in boxes}
    chosen, left = [], set(points)
    while left:
        best = max(boxes, key=lambda box: len(contents[box] & left))
        chosen.append(best)
        left -= contents[best]
    # Greedy may pick a box that later ones make superfluous.
    for box in list(chosen):
        rest = set().union(*(contents[b] for b in chosen if b != box)) if len(chosen) > 1 else set()
        if contents[box] <= rest:
            chosen.remove(box)
    return chosen


def box_contains(box, point):
    return all(mask >> value & 1 for mask, value in zip(box, point))


def verify_boxes(rule_, boxes, axes):
    """Raises unless the boxes refuse exactly what the predicate refuses, over the whole product."""
    for point in product(*(range(len(axis.values)) for axis in axes)):
        candidate = Candidate(axes, point)
        by_predicate = rule_.refuses_candidate(candidate)
        by_boxes = any(box_contains(box, point) for box in boxes)
        if by_predicate != by_boxes:
            verb = "refuse" if by_boxes else "accept"
            raise CodegenError(f"rule '{rule_.name}': its boxes {verb} {candidate.names()}, its predicate disagrees")
