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


class RuleTable:
    """A rule over given axes, worked out: what it refuses, point by point and as boxes.

    A box is one mask of value indices per axis; boxes may overlap. Few large ones are wanted, not the fewest.
    """

    def __init__(self, rule_, axes):
        self.rule, self.axes = rule_, axes
        by_name = {axis.name: i for i, axis in enumerate(axes)}
        for name in rule_.axes:
            if name not in by_name:
                raise CodegenError(f"rule '{rule_.name}' declares the axis '{name}', which the operation does not have")
        self._read = [by_name[name] for name in rule_.axes]
        self._sizes = [len(axes[i].values) for i in self._read]
        self._refused = {combo for combo in self._combinations() if self._predicate(combo)}
        self.boxes = sorted(self._box(cover) for cover in _cover(self._refused, self._sizes))

    def _combinations(self):
        return product(*(range(size) for size in self._sizes))

    def _point(self, combo):
        point = [0] * len(self.axes)
        for i, value in zip(self._read, combo):
            point[i] = value
        return tuple(point)

    def _predicate(self, combo):
        return self.rule.refuses_candidate(Candidate(self.axes, self._point(combo)))

    def _box(self, cover):
        masks = [(1 << len(axis.values)) - 1 for axis in self.axes]
        for i, values in zip(self._read, cover):
            masks[i] = sum(1 << v for v in values)
        return tuple(masks)

    def refuses(self, point):
        return tuple(map(point.__getitem__, self._read)) in self._refused

    def verify(self):
        """Raises unless the boxes refuse exactly what the predicate refuses, over the whole product of the axes.

        What the rule does not read is unconstrained in both, so that the product of what it reads is the whole.
        """
        unread = [i for i in range(len(self.axes)) if i not in self._read]
        for box in self.boxes:
            for i in unread:
                axis = self.axes[i]
                if box[i] != (1 << len(axis.values)) - 1:
                    name = self.rule.name
                    raise CodegenError(f"rule '{name}': a box constrains '{axis.name}', which it does not read")
        for combo in self._combinations():
            point = self._point(combo)
            by_boxes = any(box_contains(box, point) for box in self.boxes)
            if self._predicate(combo) != by_boxes:
                verb = "refuse" if by_boxes else "accept"
                names = Candidate(self.axes, point).names()
                raise CodegenError(f"rule '{self.rule.name}': its boxes {verb} {names}, its predicate disagrees")


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
