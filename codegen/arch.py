# SPDX-License-Identifier: MIT
"""The GPU architectures, as data: what a rule, a template or the cost model may ask of one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MatrixInstruction:
    """D[m, n] += A[m, k] * B[k, n] with fp32 accumulation. templates/device/mfma.h holds their names in C."""

    dtype: str  # element type of A and B
    shape: str  # MxNxK
    passes: int  # 4 clocks each


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
    lds_direct_bytes: tuple  # widths per lane of loads that go to LDS without passing registers
    has_tr_read: bool  # ds_read_b64_tr_b8 / _b16
    matrix: tuple

    @property
    def fp8_max(self):
        return {"fn": 448, "fnuz": 240}[self.fp8_encoding]

    def multiplies(self, dtype, shape=None):
        """Whether it has a matrix instruction for this element type, of this shape if one is given."""
        return any(i.dtype == dtype and shape in (None, i.shape) for i in self.matrix)


_CDNA3_MATRIX = (
    MatrixInstruction("fp16", "32x32x8", 8),
    MatrixInstruction("fp16", "16x16x16", 4),
    MatrixInstruction("bf16", "32x32x8", 8),
    MatrixInstruction("bf16", "16x16x16", 4),
    MatrixInstruction("fp8", "32x32x16", 8),
    MatrixInstruction("fp8", "16x16x32", 4),
)

_CDNA4_MATRIX = _CDNA3_MATRIX + (
    MatrixInstruction("fp16", "32x32x16", 8),
    MatrixInstruction("fp16", "16x16x32", 4),
    MatrixInstruction("bf16", "32x32x16", 8),
    MatrixInstruction("bf16", "16x16x32", 4),
    MatrixInstruction("fp8", "32x32x64", 16),
    MatrixInstruction("fp8", "16x16x128", 8),
)

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
        lds_direct_bytes=(1, 2, 4),
        has_tr_read=False,
        matrix=_CDNA3_MATRIX,
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
        lds_direct_bytes=(1, 2, 4, 12, 16),
        has_tr_read=True,
        matrix=_CDNA4_MATRIX,
    ),
)


def arch_named(name):
    for arch in ARCHS:
        if arch.name == name:
            return arch
    raise LookupError(f"unknown arch '{name}' (known: {', '.join(a.name for a in ARCHS)})")
