# SPDX-License-Identifier: MIT
"""An installed copy is complete: a program outside the tree compiles and links with what pkg-config says, plans, and
runs on the simulator that was installed with it; the installed tools start without any help."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

NOT_RUN = 77

PLAN_ONLY = r"""
#include <pagoda/batch_prefill.h>
#include <stdio.h>
int main(void) {
    pagoda_context_options options = {.struct_size = sizeof options, .runtime = PAGODA_RUNTIME_NONE, .arch = "gfx942"};
    pagoda_context *context;
    pagoda_batch_prefill_args args = {.struct_size = sizeof args, .num_q_heads = 1, .num_kv_heads = 1, .head_dim = 128,
        .page_size = 16, .q_dtype = PAGODA_DTYPE_FP8_E4M3FNUZ, .kv_dtype = PAGODA_DTYPE_FP8_E4M3FNUZ,
        .out_dtype = PAGODA_DTYPE_FP16, .softmax_scale = 1};
    pagoda_plan plan = {.struct_size = sizeof plan};
    if (pagoda_version() != PAGODA_VERSION_MAJOR * 10000 + PAGODA_VERSION_MINOR * 100 + PAGODA_VERSION_PATCH)
        return 1;
    if (pagoda_context_create(&options, &context) != PAGODA_OK)
        return 2;
    pagoda_status status = pagoda_batch_prefill_plan(context, &args, &plan);
    if (status != PAGODA_OK && status != PAGODA_ERROR_NOT_BUILT)
        return 3;
    puts(plan.instance);
    pagoda_context_destroy(context);
    return 0;
}
"""


def run(command, **options):
    print("+", " ".join(map(str, command)), flush=True)
    return subprocess.run(command, check=True, text=True, **options)


def main(build, example):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        root = top / "root"
        run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", root])
        (package,) = root.rglob("pagoda.pc")
        libraries = package.parent.parent
        environment = {"PATH": os.environ["PATH"], "PKG_CONFIG_PATH": str(package.parent),
                       "PKG_CONFIG_SYSROOT_DIR": str(root), "LD_LIBRARY_PATH": str(libraries)}
        static = ["-static-libgcc", *libraries.glob("libpagoda.a")]
        assert len(static) == 2, "no static library installed"

        def flags(*options):
            return run(["pkg-config", *options, "pagoda"], env=environment, stdout=subprocess.PIPE).stdout.split()

        compiler = os.environ.get("CC", "cc").split()
        (top / "plan.c").write_text(PLAN_ONLY, encoding="utf-8")
        strict = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
        run([*compiler, *strict, top / "plan.c", "-o", top / "plan", *flags("--cflags", "--libs")])
        shared = run([top / "plan"], env=environment, stdout=subprocess.PIPE).stdout
        # The static library needs no more than pkg-config --static names.
        private = [flag for flag in flags("--static", "--libs") if flag != "-lpagoda"]
        run([*compiler, *strict, top / "plan.c", "-o", top / "plan-static", *flags("--cflags"), static[1], *private])
        assert run([top / "plan-static"], env=environment, stdout=subprocess.PIPE).stdout == shared

        if not list(libraries.rglob("libpagoda_sim.so")):
            print("built without the simulator: the installed copy plans, nothing was launched")
            return NOT_RUN
        shutil.copy(example, top / "example.c")
        run([*compiler, "-std=c11", "-D_GNU_SOURCE", top / "example.c", "-o", top / "example",
             *flags("--cflags", "--libs"), "-ldl"])
        result = subprocess.run([top / "example"], env=environment, check=False)
        if result.returncode not in (0, NOT_RUN):
            return result.returncode
        for tool in (root / "usr/local/bin").glob("pagoda-*"):
            run([tool, "--help"], env={"PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL)
        return result.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
