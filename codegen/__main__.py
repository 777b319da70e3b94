# SPDX-License-Identifier: MIT
"""python3 -m codegen: look at the catalogue, render kernels, keep generated/ up to date."""

import argparse
import difflib
import json
import os
import sys
from pathlib import Path

from codegen import ops, render, resources
from codegen.axes import CodegenError
from codegen.catalogue import Catalogue
from codegen.files import write_if_changed

GENERATED = Path(__file__).resolve().parent.parent / "generated"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python3 -m codegen", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, function, selects, text):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function)
        if selects:
            sub.add_argument("--op", action="append", default=[], help="operation (repeatable; default: all)")
            sub.add_argument("--arch", action="append", default=[],
                             help="arch (repeatable, or comma-separated; default: all)")
            sub.add_argument("--profile", default="full", help="smoke, default or full (default: full)")
            sub.add_argument("--filter", action="append", default=[], metavar="GLOB",
                             help="glob of instance names (repeatable, or comma-separated); !GLOB excludes")
        return sub

    sub = command("list", list_instances, True, "The instances, one name per line.")
    sub.add_argument("--json", action="store_true", help="with axes and facts, as JSON")
    sub.add_argument("--build-list", metavar="FILE", help="print and write here each name with its arch before it")
    sub = command("explain", explain, True,
                  "What the axes cost and what each rule removes; with a name: why that candidate exists or not.")
    sub.add_argument("name", nargs="?", help="an instance or candidate name")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("render", render_kernels, True, "Write the kernel source of each instance.")
    sub.add_argument("--out", required=True, help="folder for <name>.hip")
    sub.add_argument("--build-list", metavar="FILE", help="render exactly the instances of this file")
    for name, function, text in (
        ("regenerate", regenerate, "Rewrite what generated/ holds; files that do not change are left alone."),
        ("check", check, "Fail, with the difference, when regenerate would change generated/; prove the rules' boxes."),
    ):
        sub = command(name, function, False, text)
        sub.add_argument("--build-list", metavar="FILE", help="the instances of a build, their <name>.row beside it")
        sub.add_argument("--generated", default=str(GENERATED), help="the folder (default: %(default)s)")

    command("inputs", inputs, False, "The files that decide what is generated: for the build, relative to codegen/.")

    options = parser.parse_args(arguments)
    try:
        return options.function(options) or 0
    except CodegenError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _commas(values):
    return [part for value in values for part in value.split(",") if part]


def _catalogues(options):
    return [Catalogue(ops.load(name)) for name in (_commas(getattr(options, "op", [])) or ops.operation_names())]


def _selected(options):
    """(catalogue, its selected instances) per operation."""
    catalogues, filters = _catalogues(options), _commas(options.filter)
    for glob in filters:
        if not any(c.matches(glob) for c in catalogues):
            known = ", ".join(c.operation.name for c in catalogues)
            example = catalogues[0].instances[0].name
            raise CodegenError(f"the filter '{glob}' matches no instance of {known}; names look like {example}")
    return [(c, c.select(_commas(options.arch), options.profile, filters)) for c in catalogues]


def list_instances(options):
    selected = _selected(options)
    if options.json:
        rows = [
            {"name": i.name, "op": c.operation.name, **i.axis_names(), **i.facts, "rank": i.rank}
            for c, instances in selected
            for i in instances
        ]
        print(json.dumps(rows, indent=1))
        return
    chosen = [instance for _, instances in selected for instance in instances]
    if options.build_list:
        lines = "".join(f"{i.axis_names()['arch']} {i.name}\n" for i in chosen)
        write_if_changed(options.build_list, lines)
        print(lines, end="")
        return
    for instance in chosen:
        print(instance.name)


def explain(options):
    if options.name:
        return _explain_name(options)
    reports = [_report(c, instances) for c, instances in _selected(options)]
    if options.json:
        print(json.dumps(reports, indent=1))
        return
    for report in reports:
        print("{op}: {candidates} candidates, {instances} instances, {selected} selected".format(**report))
        print("\n  axis         kind     costs  values")
        for axis in report["axes"]:
            values = ", ".join(f"{name} ({count})" for name, count in axis["instances"].items())
            print(f"  {axis['name']:<12} {axis['kind']:<8} {axis['cost']:>5}  {values}")
        print("\n  rule                        removes  alone  because")
        for rule in report["rules"]:
            print(f"  {rule['name']:<26} {rule['removed']:>8} {rule['alone']:>6}  {rule['reason']}")


def _report(catalogue, selected):
    axes = []
    for i, axis in enumerate(catalogue.axes):
        counts = {v.name: 0 for v in axis.values}
        for instance in catalogue.instances:
            counts[axis.values[instance.candidate.point[i]].name] += 1
        axes.append({"name": axis.name, "kind": axis.kind, "cost": catalogue.cost_of_axis(axis), "instances": counts})
    rules = [
        {"name": r.rule.name, "reason": r.rule.reason, "axes": list(r.rule.axes), "boxes": len(r.boxes),
         "structural": r.rule.structural,
         "removed": r.removed, "alone": r.alone}
        for r in catalogue.rules
    ]
    return {
        "op": catalogue.operation.name,
        "candidates": catalogue.num_candidates,
        "instances": len(catalogue.instances),
        "selected": len(selected),
        "axes": axes,
        "rules": rules,
    }


def _explain_name(options):
    for catalogue in _catalogues(options):
        candidate = catalogue.candidate_named(options.name)
        if candidate is None:
            continue
        refusals = [r.rule for r in catalogue.rules if r.rule.refuses_candidate(candidate)]
        answer = {
            "name": options.name,
            "op": catalogue.operation.name,
            **candidate.names(),
            "instance": not refusals,
            "refused": [{"rule": r.name, "reason": r.reason} for r in refusals],
        }
        if options.json:
            print(json.dumps(answer, indent=1))
        else:
            print(f"{options.name}: {'refused' if refusals else 'an instance'}")
            for name, value in candidate.names().items():
                print(f"  {name:<12} {value}")
            for r in refusals:
                print(f"  refused by {r.name}: {r.reason}")
        return 0
    raise CodegenError(f"no candidate is named '{options.name}'; `python3 -m codegen list` prints the instances")


def render_kernels(options):
    changed = total = 0
    wanted = {i for _, i in resources.read_build_list(options.build_list)} if options.build_list else None
    for catalogue, instances in _selected(options):
        if wanted is not None:
            instances = [i for i in instances if i.name in wanted]
        total += len(instances)
        changed += render.render_kernels(catalogue.operation, instances, options.out)
    print(f"rendered {total} kernels, {changed} changed", file=sys.stderr)


def _generated(options, new_compilers):
    """File name -> text of everything that generated/ holds."""
    catalogues = _catalogues(options)
    header, table = render.dispatch_table(catalogues)
    committed = Path(options.generated) / resources.FILE
    return catalogues, {
        "catalogue.csv": resources.catalogue_csv(catalogues),
        "dispatch_table.h": header,
        "dispatch_table.c": table,
        resources.FILE: resources.merged_csv(committed, options.build_list, catalogues, new_compilers),
    }


def inputs(options):
    folder = Path(__file__).resolve().parent
    for path in sorted(folder.glob("*.py")) + sorted((folder / "ops").glob("*.py")):
        print(path.relative_to(folder).as_posix())
    for operation in (c.operation for c in _catalogues(options)):
        for template in render.kernel_templates(operation):
            print(f"../templates/{template}")


def regenerate(options):
    catalogues, texts = _generated(options, new_compilers=True)
    for catalogue in catalogues:
        catalogue.verify_rules()
    changed = [name for name, text in texts.items() if write_if_changed(Path(options.generated) / name, text)]
    print(f"{options.generated}: " + (f"rewrote {', '.join(changed)}" if changed else "nothing to change"))


def check(options):
    catalogues, texts = _generated(options, new_compilers=False)
    for catalogue in catalogues:
        catalogue.verify_rules()
    stale = 0
    for name, text in texts.items():
        path = Path(options.generated) / name
        have = path.read_text() if path.exists() else ""
        if have != text:
            stale += 1
            diff = difflib.unified_diff(have.splitlines(), text.splitlines(), f"committed {name}", f"new {name}",
                                        n=0, lineterm="")
            for line, _ in zip(diff, range(40)):
                print(line)
    if stale:
        raise CodegenError(f"{stale} file(s) of {options.generated} are stale; run `meson compile -C build regenerate`")
    print(f"{options.generated}: up to date")


if __name__ == "__main__":
    sys.exit(main())
