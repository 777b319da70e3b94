# SPDX-License-Identifier: MIT
"""Finds the compiler for the kernels: prints its path and its version, one per line, or says what to install."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

OLDEST_CLANG = 20
NEWEST_CLANG = 24  # names that are looked for, newest first
PROBE = 'extern "C" __attribute__((global)) void probe(int *p) { *p = 1; }\n'


def candidates():
    """Every compiler that may be here, in order of preference: ROCm's hipcc, then clang++ from new to old."""
    for name in ("hipcc", os.path.join(os.environ.get("ROCM_PATH", "/opt/rocm"), "bin", "hipcc")):
        if shutil.which(name):
            yield shutil.which(name)
            break
    for version in range(NEWEST_CLANG, OLDEST_CLANG - 1, -1):
        if shutil.which(f"clang++-{version}"):
            yield shutil.which(f"clang++-{version}")
    if shutil.which("clang++"):
        yield shutil.which("clang++")


def version_of(compiler):
    """(major version of its clang or None, a short text such as "clang 22.1.8")."""
    try:
        text = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout
    except OSError:
        return None, ""
    found = re.search(r"(AMD )?clang version (\d+)(\.[\d.]+)?", text)
    if not found:
        return None, ""
    vendor = "amd-clang" if found[1] else "clang"
    return int(found[2]), f"{vendor} {found[2]}{(found[3] or '').rstrip('.')}"


def unknown_archs(compiler, archs):
    """The archs that it cannot compile a kernel for, with the first line of its complaint."""
    missing = []
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "probe.hip")
        with open(source, "w") as file:
            file.write(PROBE)
        for arch in archs:
            run = subprocess.run(
                [compiler, "-x", "hip", f"--offload-arch={arch}", "--offload-device-only", "--no-gpu-bundle-output",
                 "-nogpulib", "-nogpuinc", source, "-o", os.path.join(folder, "probe.co")],
                capture_output=True, text=True,
            )
            if run.returncode:
                missing.append((arch, (run.stderr.strip().splitlines() or ["no message"])[0]))
    return missing


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archs", required=True)
    parser.add_argument("--compiler", default="", help="use this one instead of looking for one")
    options = parser.parse_args()
    archs = options.archs.split(",")
    tried = []
    for compiler in [options.compiler] if options.compiler else candidates():
        major, version = version_of(compiler)
        if major is None:
            tried.append(f"{compiler}: cannot be run, or is not clang")
            continue
        if major < OLDEST_CLANG and "hipcc" not in os.path.basename(compiler):
            tried.append(f"{compiler}: {version} is older than {OLDEST_CLANG}")
            continue
        missing = unknown_archs(compiler, archs)
        if not missing:
            print(compiler)
            print(version)
            return 0
        tried += [f"{compiler}: {version} does not compile for {arch}: {why}" for arch, why in missing]
    wanted = f"'{options.compiler}' does not do as" if options.compiler else "found no"
    print(f"{wanted} compiler for the kernels of {', '.join(archs)}.", file=sys.stderr)
    for line in tried:
        print(f"  {line}", file=sys.stderr)
    print(
        "Install ROCm's hipcc, or clang with the AMDGPU target and its linker: apt-get install clang-22 lld-22\n"
        "or name a compiler: meson configure -Ddevice_compiler=/path/to/clang++",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
