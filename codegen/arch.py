# SPDX-License-Identifier: MIT
"""The GPU architectures, as data: what a rule, a template or the cost model may ask of one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Arch:
    name: str
    product: str
    wave_size: int
    lds_bytes: int  # per workgroup, and per CU
    vgprs: int  # per lane and SIMD, arch and accumulation together
    simds: int  # per CU
    max_waves: int  # per SIMD
    num_cus: int
    clock_mhz: int
    fp8_encoding: str  # what the matrix unit reads: "fn" (OCP e4m3fn) or "fnuz"


ARCHS = (
    Arch(
        name="gfx942",
        product="MI300X",
        wave_size=64,
        lds_bytes=64 * 1024,
        vgprs=512,
        simds=4,
        max_waves=8,
        num_cus=304,
        clock_mhz=2100,
        fp8_encoding="fnuz",
    ),
    Arch(
        name="gfx950",
        product="MI355X",
        wave_size=64,
        lds_bytes=160 * 1024,
        vgprs=512,
        simds=4,
        max_waves=8,
        num_cus=256,
        clock_mhz=2400,
        fp8_encoding="fn",
    ),
)


def arch_named(name):
    for arch in ARCHS:
        if arch.name == name:
            return arch
    raise LookupError(f"unknown arch '{name}' (known: {', '.join(a.name for a in ARCHS)})")
