# SPDX-License-Identifier: MIT
"""Rendering, compiling, packing, and the committed files: through the commands that the build runs."""

import json
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from codegen import compile as kernel_compile
from codegen import pack, resources
from codegen.arch import arch_named
from codegen.code_object import CodeObject, CodeObjectError
from codegen.files import write_if_changed

ROOT = Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("PAGODA_DEVICE_COMPILER", "clang++-22")


def codegen(*arguments, root=ROOT, check=True):
    run = subprocess.run([sys.executable, "-B", "-m", "codegen", *arguments], cwd=root, capture_output=True, text=True)
    if check:
        assert run.returncode == 0, run.stderr
    return run


@pytest.fixture
def tree(tmp_path):
    """A copy of what the generator reads and writes."""
    for folder in ("codegen", "templates", "generated"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_adding_a_tile_is_one_line(tree):
    declarations = tree / "codegen/ops/batch_prefill.py"
    text = declarations.read_text()
    line = '    Tile("v2", 128, 64),\n'
    assert text.count(line) == 1
    declarations.write_text(text.replace(line, line + '    Tile("v2", 64, 128),\n'))

    before = set(codegen("list").stdout.split())
    after = set(codegen("list", root=tree).stdout.split())
    new = after - before
    assert before < after and all("_t64x128_" in name for name in new)
    # As the smaller tile has, but for descales of pages that do not hold it, and where LDS has no room for two of it.
    assert len(new) == sum("_t64x64_" in n and not ("_kv_block_" in n and "_p1024_" not in n)
                           and not ("_fp8_" not in n and "_d128_" in n) for n in before)

    stale = codegen("check", root=tree, check=False)
    assert stale.returncode == 1 and "catalogue.csv" in stale.stderr + stale.stdout
    assert "stale; run `meson compile -C build regenerate`" in stale.stderr
    assert "catalogue.csv, dispatch_table.h, dispatch_table.c" in codegen("regenerate", root=tree).stdout
    catalogue = (tree / "generated/catalogue.csv").read_text()
    table = (tree / "generated/dispatch_table.c").read_text()
    for name in new:
        assert f"\n{name}," in catalogue and f'"{name}"' in table
    codegen("check", root=tree)
    assert "nothing to change" in codegen("regenerate", root=tree).stdout


@pytest.mark.parametrize("tile, why", (
    ('"v2", 32, 64', "that pipeline takes 64 or 128 queries and a multiple of 64 keys"),
    ('"v3", 256, 128', "that pipeline takes 256 queries and 64 keys"),
    ('"v4", 64, 64', "there is no such pipeline"),
))
def test_a_tile_that_no_template_takes_is_an_error(tree, tile, why):
    declarations = tree / "codegen/ops/batch_prefill.py"
    line = '    Tile("v2", 128, 64),\n'
    declarations.write_text(declarations.read_text().replace(line, line + f"    Tile({tile}),\n"))
    run = codegen("list", root=tree, check=False)
    assert run.returncode == 1 and why in run.stderr


def test_the_same_tile_twice_is_an_error(tree):
    declarations = tree / "codegen/ops/batch_prefill.py"
    line = '    Tile("v2", 128, 64),\n'
    declarations.write_text(declarations.read_text().replace(line, line + line))
    run = codegen("list", root=tree, check=False)
    assert run.returncode == 1 and "the tile 128x64 of v2 is declared twice" in run.stderr


def test_output_does_not_depend_on_the_hash_seed(tree):
    texts = set()
    for seed in ("0", "1", "2"):
        run = subprocess.run(
            [sys.executable, "-B", "-m", "codegen", "regenerate", "--generated", tree / seed],
            cwd=tree, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
        )
        assert run.returncode == 0, run.stderr
        texts.add(tuple(path.read_text() for path in sorted((tree / seed).iterdir())))
    assert len(texts) == 1


def test_list_and_explain_speak_json():
    listed = json.loads(codegen("list", "--arch", "gfx950", "--filter", "*_fp8_*", "--json").stdout)
    assert listed and all(row["arch"] == "gfx950" and row["dtype"] == "fp8" and row["threads"] for row in listed)
    report, = json.loads(codegen("explain", "--op", "batch_prefill", "--json").stdout)
    assert report["instances"] == len(codegen("list").stdout.split())
    assert {"name", "reason", "removed", "alone"} <= set(report["rules"][0])
    # More than one rule may refuse a candidate, but each refused candidate is refused by at least one.
    assert sum(r["removed"] for r in report["rules"]) >= report["candidates"] - report["instances"]


def test_explain_names_the_rules_that_refuse_a_candidate():
    name = "batch_prefill_v2_gfx950_bf16_d128_t128x64_p16_causal_per_tensor_linear"
    answer = json.loads(codegen("explain", name, "--json").stdout)
    assert not answer["instance"]
    assert [r["rule"] for r in answer["refused"]] == ["quant_needs_fp8"]
    run = codegen("explain", name + "x", check=False)
    assert run.returncode == 1 and "no candidate is named" in run.stderr


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("list", "--arch", "gfx90a"), "unknown arch 'gfx90a' (known: gfx942, gfx950)"),
        (("list", "--op", "batch_profile"), "unknown operation 'batch_profile' (known: batch_prefill"),
        (("list", "--profile", "tiny"), "unknown profile 'tiny'"),
        (("list", "--filter", "*fp9*"), "the filter '*fp9*' matches no instance"),
    ],
)
def test_errors_say_what_is_known(arguments, message):
    run = codegen(*arguments, check=False)
    assert run.returncode == 1 and message in run.stderr and "Traceback" not in run.stderr


def test_rendering_writes_only_what_changes(tree, tmp_path):
    arguments = ("render", "--profile", "smoke", "--out", str(tmp_path / "out"))
    first = codegen(*arguments, root=tree)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert times and f"{len(times)} changed" in first.stderr
    assert ", 0 changed" in codegen(*arguments, root=tree).stderr
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    for path in times:
        assert path.stem in path.read_text()


def test_a_broken_template_is_named(tree, tmp_path):
    template = tree / "templates/batch_prefill_v2.hip.j2"
    text = template.read_text()
    template.write_text("{{ no_such_variable }}\n" + text)
    run = codegen("render", "--profile", "smoke", "--out", str(tmp_path / "out"), root=tree, check=False)
    assert run.returncode == 1 and "templates/batch_prefill_v2.hip.j2: 'no_such_variable' is undefined" in run.stderr
    template.write_text("\n{% if %}\n" + text)
    run = codegen("render", "--profile", "smoke", "--out", str(tmp_path / "out"), root=tree, check=False)
    assert run.returncode == 1 and "batch_prefill_v2.hip.j2:2: " in run.stderr


def test_write_if_changed(tmp_path):
    path = tmp_path / "folder" / "file"
    assert write_if_changed(path, "a") and not write_if_changed(path, "a") and write_if_changed(path, b"b")
    assert path.read_bytes() == b"b" and [p.name for p in path.parent.iterdir()] == ["file"]


KERNEL = """/* {name}
 * compile: -fno-honor-nans
 * expect: arch={arch} lds_bytes={lds} threads=256
 */
extern "C" __attribute__((global, amdgpu_flat_work_group_size(256, 256))) void {name}(float *out) {{
    {body}
}}
"""
USES_LDS = """static __attribute__((shared)) volatile float lds[256];
    lds[__builtin_amdgcn_workitem_id_x()] = 1.0f;
    __builtin_amdgcn_s_barrier();
    out[__builtin_amdgcn_workitem_id_x()] = lds[0];"""
# An array that is indexed at run time and too large for registers lies in scratch.
USES_SCRATCH = """volatile float big[1024];
    for (int i = 0; i < 1024; i++) big[i] = out[i];
    out[__builtin_amdgcn_workitem_id_x()] = big[(int)out[0] & 1023];"""
HELPER_USES_SCRATCH = """*out = 1; }
extern "C" __attribute__((global, amdgpu_flat_work_group_size(256, 256))) void toy_helper(float *out) {
""" + USES_SCRATCH


def compile_kernel(folder, body, lds, arch="gfx950", name="toy"):
    source = folder / f"{name}.hip"
    source.write_text(KERNEL.format(name=name, arch=arch, lds=lds, body=body))
    return subprocess.run(
        [sys.executable, "-B", ROOT / "codegen/compile.py", "--compiler", COMPILER, "--compiler-version", "clang 0",
         "--depfile", folder / f"{name}.d", source, folder / f"{name}.co", folder / f"{name}.row"],
        capture_output=True, text=True,
    )


@pytest.mark.parametrize("arch", ["gfx942", "gfx950"])
def test_compiling_writes_a_code_object_and_its_row(tmp_path, arch):
    run = compile_kernel(tmp_path, USES_LDS, lds=1024, arch=arch)
    assert run.returncode == 0, run.stderr
    row = json.loads((tmp_path / "toy.row").read_text())
    assert row["instance"] == "toy" and row["compiler"] == "clang 0" and row["lds_bytes"] == 1024
    assert row["scratch_bytes"] == row["vgpr_spills"] == 0 and row["vgprs"] > 0 and row["waves_per_simd"] == 8
    code_object = CodeObject((tmp_path / "toy.co").read_bytes())
    assert 0 < code_object.code_bytes("toy") == row["code_bytes"]
    with pytest.raises(CodeObjectError, match="holds no kernel 'other'"):
        code_object.kernel("other")
    assert str(tmp_path / "toy.hip") in (tmp_path / "toy.d").read_text()


@pytest.mark.parametrize(
    "body, lds, message",
    [
        (HELPER_USES_SCRATCH, 0, "toy: toy_helper spills 0 VGPRs and uses 4"),
        (USES_SCRATCH, 0, "toy: toy spills 0 VGPRs and uses 4"),
        (USES_LDS, 2048, "toy: uses 1024 bytes of LDS where its pipeline declares 2048"),
        ("syntax error", 0, "toy: does not compile"),
    ],
)
def test_what_must_not_ship_does_not(tmp_path, body, lds, message):
    run = compile_kernel(tmp_path, body, lds)
    assert run.returncode != 0 and message in run.stderr
    assert not (tmp_path / "toy.co").exists() and not (tmp_path / "toy.row").exists()


class FakeCodeObject:
    """A kernel with 256 threads; 4 waves of it fill the four SIMDs of a CU once."""

    def __init__(self, vgprs, lds):
        self._kernel = {".vgpr_count": vgprs, ".sgpr_count": 10, ".group_segment_fixed_size": lds,
                        ".max_flat_workgroup_size": 256, ".private_segment_fixed_size": 0}

    def kernel(self, name):
        return self._kernel

    def code_bytes(self, name):
        return 4


@pytest.mark.parametrize(
    "vgprs, lds, waves",
    [(64, 0, 8), (65, 0, 7), (128, 0, 4), (129, 0, 3), (256, 0, 2), (257, 0, 1), (512, 0, 1),
     (64, 32768, 2), (64, 65536, 1)],
)
def test_waves_per_simd_by_registers_and_lds(vgprs, lds, waves):
    row = kernel_compile.resource_row("toy", FakeCodeObject(vgprs, lds), arch_named("gfx942"), "clang 0")
    assert row["waves_per_simd"] == waves


def test_code_objects_of_other_kinds_are_refused():
    with pytest.raises(CodeObjectError, match="not a 64-bit little-endian ELF"):
        CodeObject(b"MZ")
    with open(sys.executable, "rb") as file, pytest.raises(CodeObjectError, match="no AMDGPU metadata"):
        CodeObject(file.read()).kernel("x")


def test_an_archive_holds_every_object_once_sorted_by_name():
    objects = {f"kernel{i}": os.urandom(10) + bytes(i) for i in range(2 * pack.OBJECTS_PER_FRAME + 1)}
    archive = pack.archive_of(objects)
    assert archive[:8] == b"PGDARCH1"
    num_entries, num_frames = struct.unpack_from("<2I", archive, 8)
    assert (num_entries, num_frames) == (len(objects), 3)
    rows = [struct.unpack_from("<4I", archive, 16 * (1 + i)) for i in range(num_entries + num_frames)]
    frames = []
    for at, stored, size, zero in rows[num_entries:]:
        data = archive[at:at + stored]
        frames.append(subprocess.run(["zstd", "-dc"], input=data, stdout=subprocess.PIPE, check=True).stdout)
        assert len(frames[-1]) == size and zero == 0
    found = []
    for name_at, frame, offset, size in rows[:num_entries]:
        name = archive[name_at:archive.index(b"\0", name_at)].decode()
        found.append(name)
        assert frames[frame][offset:offset + size] == objects[name]
    assert found == sorted(objects)
    assert archive == pack.archive_of(dict(reversed(objects.items())))


def test_finding_a_compiler():
    find = [sys.executable, "-B", ROOT / "codegen/find_compiler.py"]
    run = subprocess.run([*find, "--archs", "gfx942,gfx950"], capture_output=True, text=True)
    assert run.returncode == 0 and "clang" in run.stdout.splitlines()[1]
    for arguments, named in (
        (["--archs", "gfx950,gfx9999"], "does not compile for gfx9999"),
        (["--archs", "gfx950", "--compiler", "/bin/true"], "/bin/true: cannot be run, or is not clang"),
    ):
        run = subprocess.run([*find, *arguments], capture_output=True, text=True)
        assert run.returncode == 1 and "apt-get install clang-22" in run.stderr and named in run.stderr


def test_resource_rows_of_other_compilers_stay(tree, tmp_path):
    name = codegen("list", "--profile", "smoke").stdout.split()[0]
    row = {column: 1 for column in resources.COLUMNS} | {"instance": name, "compiler": "clang 1"}
    build_list = tmp_path / "instances.txt"
    build_list.write_text(f"gfx950 {name}\n")
    run = codegen("regenerate", "--build-list", str(build_list), root=tree, check=False)
    assert run.returncode == 1 and f"{name}.row is missing; build the kernels first" in run.stderr
    committed = tree / "generated/resources.csv"
    before = committed.read_text().splitlines()
    for compiler in ("clang 1", "clang 2"):
        (tmp_path / f"{name}.row").write_text(json.dumps({**row, "compiler": compiler}))
        codegen("regenerate", "--build-list", str(build_list), root=tree)
    after = committed.read_text().splitlines()
    assert len(after) == len(before) + 2 and set(before) < set(after)
    codegen("check", "--build-list", str(build_list), root=tree)
    (tmp_path / f"{name}.row").write_text(json.dumps({**row, "vgprs": 2}))
    run = codegen("check", "--build-list", str(build_list), root=tree, check=False)
    assert run.returncode == 1 and f"+{name},clang 1,2," in run.stdout
    (tmp_path / f"{name}.row").write_text(json.dumps({**row, "compiler": "clang 3"}))
    codegen("check", "--build-list", str(build_list), root=tree)
