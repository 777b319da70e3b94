/* SPDX-License-Identifier: MIT
 *
 * A kernel whose modelled time is easy to state: workgroup g runs `base` + g / 16 * `step` iterations of two independent
 * matrix instructions, so its time grows linearly with g.
 */
typedef __bf16 bf16x8 __attribute__((ext_vector_type(8)));
typedef float f32x16 __attribute__((ext_vector_type(16)));

extern "C" __attribute__((global)) void timed(float *out, const bf16x8 *in, int base, int step) {
    unsigned lane = __builtin_amdgcn_workitem_id_x(), group = __builtin_amdgcn_workgroup_id_x();
    bf16x8 a = in[lane & 63], b = in[63 - (lane & 63)];
    f32x16 c = (f32x16)(0.0f), d = (f32x16)(1.0f);
#pragma clang loop unroll(disable)
    for (int i = 0; i < base + (int)(group >> 4) * step; i++) {
        c = __builtin_amdgcn_mfma_f32_32x32x16_bf16(a, b, c, 0, 0, 0);
        d = __builtin_amdgcn_mfma_f32_32x32x16_bf16(b, a, d, 0, 0, 0);
    }
    float sum = 0;
    for (int i = 0; i < 16; i++)
        sum += c[i] + d[i];
    out[group * 256 + lane] = sum;
}
