# SPDX-License-Identifier: MIT
"""The catalogue: an operation's candidates, less those that a rule refuses, named, ranked and sorted."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product

from codegen.axes import Candidate, CodegenError
from codegen.rules import RuleTable

MAX_AXES = 16  # runtime/ holds a candidate in an array of this length


@dataclass(frozen=True)
class Instance:
    name: str
    candidate: Candidate
    key: int
    rank: int
    facts: dict  # threads, tile_m, tile_n, lds_bytes

    def axis_names(self):
        return self.candidate.names()


@dataclass(frozen=True)
class RuleReport:
    table: object
    removed: int  # candidates that it refuses
    alone: int  # of these, the ones that no other rule refuses

    @property
    def rule(self):
        return self.table.rule

    @property
    def boxes(self):
        return self.table.boxes


class Catalogue:
    """`instances` are sorted by name; `ranks[axis]` holds the rank that each of its values contributes."""

    def __init__(self, operation):
        self.operation = operation
        self.axes = operation.axes
        if len(self.axes) > MAX_AXES:
            raise CodegenError(f"'{operation.name}' has {len(self.axes)} axes; the dispatch table holds {MAX_AXES}")
        if sorted(operation.name_order) != sorted(axis.name for axis in self.axes):
            raise CodegenError(f"'{operation.name}': name_order does not list every axis once")
        self._has_tiles = any(axis.name == "tile" for axis in self.axes)
        self.ranks = _ranks(operation)
        self.shifts = _shifts(self.axes)
        self._enumerate()
        _refuse_duplicate_names(self.instances)
        _refuse_ambiguity(self.axes, self.instances)

    def _enumerate(self):
        rules = self.operation.rules
        names = [r.name for r in rules]
        for name in names:
            if names.count(name) > 1:
                raise CodegenError(f"two rules are named '{name}'")
        tables = [RuleTable(r, self.axes) for r in rules]
        removed, alone = [0] * len(rules), [0] * len(rules)
        instances, self.num_candidates = [], 0
        for point in product(*(range(len(axis.values)) for axis in self.axes)):
            self.num_candidates += 1
            refusing = [i for i, table in enumerate(tables) if table.refuses(point)]
            for i in refusing:
                removed[i] += 1
            if len(refusing) == 1:
                alone[refusing[0]] += 1
            if not refusing:
                instances.append(self._instance(Candidate(self.axes, point)))
        self.instances = sorted(instances, key=lambda i: i.name)
        self.rules = [RuleReport(*row) for row in zip(tables, removed, alone)]

    def _instance(self, candidate):
        operation, view = self.operation, candidate.view()
        pipeline = operation.pipeline(view.pipeline)
        labels = [candidate.value(axis).label for axis in operation.name_order]
        key = sum(v << shift for v, shift in zip(candidate.point, self.shifts) if shift is not None)
        facts = {
            "threads": pipeline.waves * view.arch.wave_size,
            "tile_m": view.tile.m if self._has_tiles else 0,
            "tile_n": view.tile.n if self._has_tiles else 0,
            "lds_bytes": pipeline.lds_bytes(view),
        }
        name = "_".join([operation.name] + [label for label in labels if label])
        return Instance(name, candidate, key, self.rank(candidate.point), facts)

    def rank(self, point):
        return sum(ranks[v] for ranks, v in zip(self.ranks, point))

    def verify_rules(self):
        """Proves, over the whole product, that the boxes say what the predicates say."""
        for report in self.rules:
            report.table.verify()

    def cost_of_axis(self, axis):
        """Instances more than there would be if this axis did not multiply them."""
        i = self.axes.index(axis)
        return len(self.instances) - len({n.candidate.point[:i] + n.candidate.point[i + 1:] for n in self.instances})

    def select(self, archs=None, profile="full", filters=()):
        """The instances of these archs that the profile and the globs let through; !GLOB excludes."""
        profiles = self.operation.profiles
        if profile not in profiles:
            raise CodegenError(f"unknown profile '{profile}' (known: {', '.join(profiles)})")
        known = [v.name for v in self.operation.axis("arch").values]
        for arch in archs or ():
            if arch not in known:
                raise CodegenError(f"unknown arch '{arch}' (known: {', '.join(known)})")
        chosen = [n for n in self.instances if not archs or n.axis_names()["arch"] in archs]
        chosen = [n for n in chosen if _in_profile(n.name, profiles[profile])]
        include = [f for f in filters if not f.startswith("!")]
        exclude = [f[1:] for f in filters if f.startswith("!")]
        if include:
            chosen = [n for n in chosen if any(fnmatchcase(n.name, glob) for glob in include)]
        return [n for n in chosen if not any(fnmatchcase(n.name, glob) for glob in exclude)]

    def matches(self, glob):
        return any(fnmatchcase(n.name, glob.removeprefix("!")) for n in self.instances)

    def candidate_named(self, name):
        """The candidate, refused or not, that this name spells; None if it spells none."""
        operation = self.operation
        prefixes = {operation.name: ()}
        for axis_name in operation.name_order:
            longer = {}
            for prefix, chosen in prefixes.items():
                for i, value in enumerate(operation.axis(axis_name).values):
                    text = f"{prefix}_{value.label}" if value.label else prefix
                    if f"{name}_".startswith(f"{text}_"):
                        longer[text] = chosen + ((axis_name, i),)
            prefixes = longer
        if name not in prefixes:
            return None
        values = dict(prefixes[name])
        return Candidate(self.axes, tuple(values[axis.name] for axis in self.axes))


def _in_profile(name, globs):
    """The last glob that matches decides; one that starts with ! excludes."""
    verdict = False
    for glob in globs:
        if fnmatchcase(name, glob.removeprefix("!")):
            verdict = not glob.startswith("!")
    return verdict


def _ranks(operation):
    """Per axis and value, its contribution to a candidate's rank: the ranking as digits of a mixed-radix number."""
    for name, _ in operation.ranking:
        operation.axis(name)
    ranks = {axis.name: [0] * len(axis.values) for axis in operation.axes}
    weight = 1
    for name, key in reversed(operation.ranking):
        values = operation.axis(name).values
        order = sorted({key(v.data) for v in values})
        ranks[name] = [order.index(key(v.data)) * weight for v in values]
        weight *= len(order)
    return [ranks[axis.name] for axis in operation.axes]


def _shifts(axes):
    """Where each request axis lies in the packed key; None for choice axes."""
    shifts, at = [], 0
    for axis in axes:
        if axis.kind != "request":
            shifts.append(None)
            continue
        shifts.append(at)
        at += max(1, (len(axis.values) - 1).bit_length())
    if at > 64:
        raise CodegenError(f"the request axes need {at} bits; the packed key has 64")
    return shifts


def _refuse_duplicate_names(instances):
    for a, b in zip(instances, instances[1:]):
        if a.name == b.name:
            raise CodegenError(f"two instances are named {a.name}: {a.axis_names()} and {b.axis_names()}")


def _refuse_ambiguity(axes, instances):
    """Two instances that serve one request with one rank leave the choice to chance: an error."""
    seen = {}
    for instance in instances:
        point = instance.candidate.point
        requests = [axis for axis in axes if axis.kind == "request"]
        rigid = tuple(
            v for v, axis in zip(point, axes) if axis in requests and not any(w.serves_from for w in axis.values)
        )
        for other in seen.setdefault((rigid, instance.rank), []):
            if all(axis.meet(a, b) for a, b, axis in zip(point, other.candidate.point, axes) if axis in requests):
                raise CodegenError(
                    f"ambiguous: {other.name} and {instance.name} serve the same request with the same rank;"
                    f" rank the axis in which they differ"
                )
        seen[(rigid, instance.rank)].append(instance)
