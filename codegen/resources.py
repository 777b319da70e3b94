# SPDX-License-Identifier: MIT
"""The CSV files of generated/: the axes of every instance, and what the compiled ones use of the machine."""

import csv
import io
import json
from pathlib import Path

from codegen.axes import CodegenError

FILE = "resources.csv"
COLUMNS = (
    "instance",
    "compiler",
    "vgprs",  # per lane, arch and accumulation together, as allocated from the SIMD's file
    "agprs",
    "sgprs",
    "lds_bytes",
    "vgpr_spills",
    "sgpr_spills",
    "scratch_bytes",
    "waves_per_simd",  # what VGPRs and LDS let a SIMD hold
    "code_bytes",
)


def _csv(columns, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def catalogue_csv(catalogues):
    """One row per instance. The axes are columns; an axis that an operation does not have stays empty."""
    axes = []
    for catalogue in catalogues:
        axes += [a.name for a in catalogue.axes if a.name not in axes]
    rows = []
    for catalogue in catalogues:
        for i in catalogue.instances:
            names = i.axis_names()
            rows.append([i.name, catalogue.operation.name] + [names.get(a, "") for a in axes]
                        + [i.facts["threads"], i.facts["lds_bytes"], i.rank])
    return _csv(["instance", "op"] + axes + ["threads", "lds_bytes", "rank"], rows)


def read_build_list(path):
    """The instances that a build compiles, as (arch, name)."""
    return [tuple(line.split()) for line in Path(path).read_text().splitlines()]


def merged_csv(committed, build_list, catalogues, new_compilers=True):
    """The committed rows, with those of instances that a build has compiled replaced: only rows of the same compiler.

    Rows of instances that the catalogue no longer has are dropped. Without `new_compilers`, what a compiler that no
    committed row names has made is left out.
    """
    known = {i.name for c in catalogues for i in c.instances}
    rows = {}
    if Path(committed).exists():
        with open(committed, newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) == COLUMNS:
                for row in reader:
                    rows[row["instance"], row["compiler"]] = [row[c] for c in COLUMNS]
    compilers = {compiler for _, compiler in rows}
    if build_list:
        for _, name in read_build_list(build_list):
            path = Path(build_list).parent / f"{name}.row"
            if not path.exists():
                raise CodegenError(f"{path} is missing; build the kernels first")
            row = json.loads(path.read_text())
            if set(row) != set(COLUMNS):
                raise CodegenError(f"{path} does not have the columns of {FILE}; rebuild the kernels")
            if new_compilers or row["compiler"] in compilers:
                rows[row["instance"], row["compiler"]] = [str(row[c]) for c in COLUMNS]
    return _csv(COLUMNS, [rows[key] for key in sorted(rows) if key[0] in known])
