# SPDX-License-Identifier: MIT
"""Operations. Each is one module of this package that declares OPERATION; nothing else lists them."""

import importlib
import pkgutil
from dataclasses import dataclass

from codegen.axes import CodegenError


@dataclass(frozen=True)
class Pipeline:
    """A kernel algorithm: templates/<op>_<pipeline><suffix>.hip.j2. Formulas take a candidate's view."""

    name: str
    waves: int
    lds_bytes: object  # static LDS of the kernel; the build fails if the compiled kernel disagrees
    tiles: str = "any tile"  # that its template takes, in words
    takes_tile: object = lambda tile: True  # and as a formula of a Tile
    compile_flags: tuple = ()
    template_suffixes: tuple = ("",)  # of its templates
    template_suffix: object = lambda c: ""  # which of them renders a candidate


@dataclass(frozen=True)
class Tile:
    """One tile of one pipeline: query rows x keys per step of a workgroup."""

    pipeline: str
    m: int
    n: int

    @property
    def shape(self):
        return f"{self.m}x{self.n}"


@dataclass(frozen=True)
class Operation:
    name: str
    axes: tuple
    rules: tuple
    template_variables: object  # what its templates may name beside name, arch, pipeline, threads, waves and lds_bytes
    pipelines: tuple
    # Preference, most significant first: (axis name, key of a value's data). The smaller key is preferred; two values
    # with the same key are equally good, and two instances that differ in nothing else are an error.
    ranking: tuple
    profiles: dict  # name -> globs of instance names, of which the last that matches decides; !GLOB excludes
    name_order: tuple  # axes in the order in which an instance's name spells them

    def axis(self, name):
        for axis in self.axes:
            if axis.name == name:
                return axis
        raise CodegenError(f"operation '{self.name}' has no axis '{name}'")

    def pipeline(self, name):
        for pipeline in self.pipelines:
            if pipeline.name == name:
                return pipeline
        raise CodegenError(f"operation '{self.name}' has no pipeline '{name}'")


def operation_names():
    return sorted(m.name for m in pkgutil.iter_modules(__path__))


def load(name):
    if name not in operation_names():
        raise CodegenError(f"unknown operation '{name}' (known: {', '.join(operation_names())})")
    return importlib.import_module(f"codegen.ops.{name}").OPERATION
