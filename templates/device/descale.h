/* SPDX-License-Identifier: MIT
 *
 * FP8 tensors with one descale: value = stored * descale.
 */
#ifndef PAGODA_DEVICE_DESCALE_H
#define PAGODA_DEVICE_DESCALE_H

#include "builtins.h"

/* A descale that device memory may hold instead of the kernel argument. */
DEVICE float descale(const float *device, float host) { return device ? *(constant_floats)device : host; }

/* For factors of scores: 0 times a masked score would be NaN, so a descale of 0 counts as something next to it. */
DEVICE float nonzero_descale(float descale) { return descale == 0.0f ? 1e-30f : descale; }

#endif
