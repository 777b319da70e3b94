# SPDX-License-Identifier: MIT
"""Text out of templates/: kernels and the dispatch table. A file is written only when its text changes."""

from pathlib import Path

import jinja2

from codegen.arch import ARCHS
from codegen.axes import CodegenError
from codegen.catalogue import MAX_AXES
from codegen.files import write_if_changed

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def _environment():
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def kernel_templates(operation):
    """Every kernel template of the operation."""
    return [f"{operation.name}_{p.name}{suffix}.hip.j2" for p in operation.pipelines for suffix in p.template_suffixes]


def kernel_template(operation, c):
    """The one that renders a candidate."""
    return f"{operation.name}_{c.pipeline}{operation.pipeline(c.pipeline).template_suffix(c)}.hip.j2"


def kernel_context(operation, instance):
    """Everything that a kernel template may name."""
    c = instance.candidate.view()
    pipeline = operation.pipeline(c.pipeline)
    return {
        "name": instance.name,
        "arch": c.arch,
        "pipeline": c.pipeline,
        "threads": instance.facts["threads"],
        "waves": pipeline.waves,
        "lds_bytes": instance.facts["lds_bytes"],
        **operation.template_variables(c),
    }


def render_kernels(operation, instances, folder):
    """Writes <name>.hip for each instance; returns how many files changed."""
    environment = _environment()
    changed = 0
    for instance in instances:
        template = kernel_template(operation, instance.candidate.view())
        try:
            text = environment.get_template(template).render(kernel_context(operation, instance))
        except jinja2.TemplateNotFound as error:
            raise CodegenError(f"{instance.name}: there is no template templates/{error.name}") from None
        except jinja2.TemplateError as error:
            where = f"templates/{template}"
            if isinstance(error, jinja2.TemplateSyntaxError):
                where = f"{error.filename or where}:{error.lineno}"
            raise CodegenError(f"{instance.name}: {where}: {error.message}") from None
        changed += write_if_changed(Path(folder) / f"{instance.name}.hip", _header(operation, instance) + text)
    return changed


def _header(operation, instance):
    """What stands above every kernel: its origin, and for codegen/compile.py how to compile it and what to expect."""
    c = instance.candidate.view()
    flags = " ".join(operation.pipeline(c.pipeline).compile_flags)
    facts = instance.facts
    return (
        f"/* {instance.name}, rendered from templates/{kernel_template(operation, c)}.\n"
        f" * compile: {flags}\n"
        f" * expect: arch={c.arch.name} lds_bytes={facts['lds_bytes']} threads={facts['threads']}\n"
        " */\n"
    )


def dispatch_table(catalogues):
    """The texts of generated/dispatch_table.h and .c."""
    operations = [_table_view(c) for c in catalogues]
    for op in operations:
        for report in op["rules"]:
            if any(ch in report.rule.reason for ch in '"\\\n'):
                raise CodegenError(f"the reason of rule '{report.rule.name}' needs escaping in C; word it otherwise")
    environment = _environment()
    return tuple(
        environment.get_template(f"dispatch_table.{suffix}.j2").render(
            operations=operations, archs=ARCHS, max_axes=MAX_AXES
        )
        for suffix in ("h", "c")
    )


def _table_view(catalogue):
    axes = []
    for axis, shift, ranks in zip(catalogue.axes, catalogue.shifts, catalogue.ranks):
        axes.append(
            {
                "name": axis.name,
                "is_request": axis.kind == "request",
                "shift": shift or 0,
                "values_": [
                    {"name": v.name, "label": v.label, "number": v.number, "serves_from": v.serves_from, "rank": rank}
                    for v, rank in zip(axis.values, ranks)
                ],
            }
        )
    return {
        "name": catalogue.operation.name,
        "num_candidates": catalogue.num_candidates,
        "axes": axes,
        "name_order": [catalogue.axes.index(catalogue.operation.axis(n)) for n in catalogue.operation.name_order],
        "instances": sorted(catalogue.instances, key=lambda i: (i.key, i.rank)),
        "rules": catalogue.rules,
    }
