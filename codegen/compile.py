# SPDX-License-Identifier: MIT
"""Compiles one rendered kernel and refuses what must not ship: spills, scratch, LDS other than the rules assumed.

Beside the code object it writes a row of resources.csv as JSON. How a kernel is to be compiled stands in its source, in
the two lines that codegen/render.py puts there ("compile:" and "expect:").
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from codegen.arch import arch_named  # noqa: E402
from codegen.code_object import CodeObject, CodeObjectError  # noqa: E402
from codegen.files import write_if_changed  # noqa: E402

COMMON_FLAGS = (
    "-x", "hip", "--offload-device-only", "--no-gpu-bundle-output", "-nogpulib", "-nogpuinc", "-O3", "-Wall", "-Wextra",
)
VGPR_GRANULE = 8


def header(source):
    """The arch's name, the compile flags and the expectations that a rendered kernel states."""
    head = source[:2000]
    compile_line = re.search(r"^ \* compile: (.*)$", head, re.M)
    expect_line = re.search(r"^ \* expect: (.*)$", head, re.M)
    if not compile_line or not expect_line:
        raise ValueError("has no compile: and expect: lines; was it rendered by codegen?")
    expect = dict(item.split("=") for item in expect_line[1].split())
    return expect.pop("arch"), compile_line[1].split(), {key: int(value) for key, value in expect.items()}


def resource_row(name, code_object, arch, compiler):
    """What the compiled kernel uses, with the columns of resources.csv."""
    kernel = code_object.kernel(name)
    vgprs, lds, threads = kernel[".vgpr_count"], kernel[".group_segment_fixed_size"], kernel[".max_flat_workgroup_size"]
    waves = min(arch.max_waves, arch.vgprs // (max(1, -(-vgprs // VGPR_GRANULE)) * VGPR_GRANULE))
    if lds:
        waves = min(waves, arch.lds_bytes // lds * -(-threads // arch.wave_size) // arch.simds)
    return {
        "instance": name,
        "compiler": compiler,
        "vgprs": vgprs,
        "agprs": kernel.get(".agpr_count", 0),
        "sgprs": kernel[".sgpr_count"],
        "lds_bytes": lds,
        "vgpr_spills": kernel.get(".vgpr_spill_count", 0),
        "sgpr_spills": kernel.get(".sgpr_spill_count", 0),
        "scratch_bytes": kernel[".private_segment_fixed_size"],
        "waves_per_simd": waves,
        "code_bytes": code_object.code_bytes(name),
    }


def objections(row, expect, code_object):
    """Why this code object must not ship; empty if it may. Beside the instance it may hold kernels that help it."""
    found = []
    for kernel in code_object.kernels():
        spills, scratch = kernel.get(".vgpr_spill_count", 0), kernel[".private_segment_fixed_size"]
        if spills or scratch:
            found.append(f"{kernel['.name']} spills {spills} VGPRs and uses {scratch} bytes of scratch per lane")
    kernel = code_object.kernel(row["instance"])
    if row["lds_bytes"] != expect["lds_bytes"]:
        found.append(
            f"uses {row['lds_bytes']} bytes of LDS where its pipeline declares {expect['lds_bytes']}:"
            " correct lds_bytes in codegen/ops"
        )
    if kernel[".max_flat_workgroup_size"] != expect["threads"]:
        found.append(f"is compiled for {kernel['.max_flat_workgroup_size']} threads, not {expect['threads']}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--compiler-version", required=True, help="as it appears in resources.csv")
    parser.add_argument("--werror", action="store_true")
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--depfile")
    parser.add_argument("source")
    parser.add_argument("code_object")
    parser.add_argument("row")
    options = parser.parse_args()

    name = Path(options.source).stem
    try:
        arch_name, flags, expect = header(Path(options.source).read_text())
    except ValueError as error:
        print(f"{options.source}: {error}", file=sys.stderr)
        return 1
    command = [options.compiler, *COMMON_FLAGS, f"--offload-arch={arch_name}", *flags]
    command += ["-Werror"] if options.werror else []
    command += [f"-I{folder}" for folder in options.include]
    if options.depfile:
        # Passed to the device compilation itself: the driver's own -MF does not reach it.
        for argument in ("-dependency-file", options.depfile, "-MT", options.code_object):
            command += ["-Xclang", argument]
    status = subprocess.run(command + [options.source, "-o", options.code_object]).returncode
    if status:
        print(f"{name}: does not compile", file=sys.stderr)
        return status
    try:
        code_object = CodeObject(Path(options.code_object).read_bytes())
        row = resource_row(name, code_object, arch_named(arch_name), options.compiler_version)
        found = objections(row, expect, code_object)
    except CodeObjectError as error:
        found = [str(error)]
    if found:
        Path(options.code_object).unlink()
        for objection in found:
            print(f"{name}: {objection}", file=sys.stderr)
        return 1
    write_if_changed(options.row, json.dumps(row, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
