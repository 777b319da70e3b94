# SPDX-License-Identifier: MIT
"""The GPU architectures, as data: what a rule, a template or the cost model may ask of one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MatrixInstruction:
    """One matrix instruction: D[m, n] += A[m, k] * B[k, n], fp32 accumulation."""

    dtype: str  # element type of A and B
    m: int
    n: int
    k: int
    builtin: str  # the compiler's name for it
    passes: int  # 4 clocks each

    @property
    def shape(self):
        return f"{self.m}x{self.n}x{self.k}"

    def a_bytes(self, element_bytes):
        """Bytes of A (and of B) that each of 64 lanes holds."""
        return self.m * self.k * element_bytes // 64


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

    def instruction(self, dtype, shape):
        """The matrix instruction for an element type and an "MxNxK" shape."""
        for inst in self.matrix:
            if inst.dtype == dtype and inst.shape == shape:
                return inst
        have = ", ".join(i.shape for i in self.matrix if i.dtype == dtype) or "none"
        raise LookupError(f"{self.name} has no {dtype} matrix instruction of shape {shape} (it has: {have})")


def _mfma(dtype, shape, passes, suffix):
    m, n, k = (int(x) for x in shape.split("x"))
    return MatrixInstruction(dtype, m, n, k, f"__builtin_amdgcn_mfma_{suffix}", passes)


_CDNA3_MATRIX = (
    _mfma("fp16", "32x32x8", 8, "f32_32x32x8f16"),
    _mfma("fp16", "16x16x16", 4, "f32_16x16x16f16"),
    _mfma("bf16", "32x32x8", 8, "f32_32x32x8bf16_1k"),
    _mfma("bf16", "16x16x16", 4, "f32_16x16x16bf16_1k"),
    _mfma("fp8", "32x32x16", 8, "f32_32x32x16_fp8_fp8"),
    _mfma("fp8", "16x16x32", 4, "f32_16x16x32_fp8_fp8"),
)

_CDNA4_MATRIX = _CDNA3_MATRIX + (
    _mfma("fp16", "32x32x16", 8, "f32_32x32x16_f16"),
    _mfma("fp16", "16x16x32", 4, "f32_16x16x32_f16"),
    _mfma("bf16", "32x32x16", 8, "f32_32x32x16_bf16"),
    _mfma("bf16", "16x16x32", 4, "f32_16x16x32_bf16"),
    _mfma("fp8", "32x32x64", 16, "scale_f32_32x32x64_f8f6f4"),
    _mfma("fp8", "16x16x128", 8, "scale_f32_16x16x128_f8f6f4"),
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
