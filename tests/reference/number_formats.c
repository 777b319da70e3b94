/* SPDX-License-Identifier: MIT */
#include "number_formats.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct number_format {
    int exponent_bits, mantissa_bits, bias;
    bool has_infinity; /* the top exponent means infinity and NaN, as in IEEE 754 */
    bool is_fnuz;      /* the only NaN is the code of -0 */
    double max;
};

static const struct number_format formats[] = {
    [PAGODA_DTYPE_FP16] = {5, 10, 15, true, false, 65504.0},
    [PAGODA_DTYPE_BF16] = {8, 7, 127, true, false, 0x1.fep127},
    [PAGODA_DTYPE_FP8_E4M3FN] = {4, 3, 7, false, false, 448.0},
    [PAGODA_DTYPE_FP8_E4M3FNUZ] = {4, 3, 8, false, true, 240.0},
};
enum { NUM_FORMATS = sizeof(formats) / sizeof(formats[0]) };

static const struct number_format *format_of(pagoda_dtype dtype) {
    if ((int)dtype < PAGODA_DTYPE_FP16 || (int)dtype >= NUM_FORMATS) {
        abort();
    }
    return &formats[dtype];
}

static double decode(const struct number_format *f, unsigned bits) {
    int width = 1 + f->exponent_bits + f->mantissa_bits;
    unsigned sign = bits >> (width - 1);
    unsigned top = (1u << f->exponent_bits) - 1;
    unsigned exponent = bits >> f->mantissa_bits & top;
    unsigned mantissa = bits & ((1u << f->mantissa_bits) - 1);
    if (f->has_infinity && exponent == top) {
        return mantissa ? NAN : sign ? -INFINITY : INFINITY;
    }
    if (f->is_fnuz && bits == 1u << (width - 1)) {
        return NAN;
    }
    if (!f->has_infinity && !f->is_fnuz && exponent == top && mantissa == (1u << f->mantissa_bits) - 1) {
        return NAN;
    }
    double value = exponent ? ldexp(1.0 + ldexp(mantissa, -f->mantissa_bits), (int)exponent - f->bias)
                            : ldexp(mantissa, 1 - f->bias - f->mantissa_bits);
    return sign ? -value : value;
}

static double *value_tables[NUM_FORMATS];

static void build_tables(void) {
    for (int i = PAGODA_DTYPE_FP16; i < NUM_FORMATS; ++i) {
        unsigned codes = 1u << (1 + formats[i].exponent_bits + formats[i].mantissa_bits);
        value_tables[i] = malloc(codes * sizeof(double));
        if (!value_tables[i]) {
            abort();
        }
        for (unsigned bits = 0; bits < codes; ++bits) {
            value_tables[i][bits] = decode(&formats[i], bits);
        }
    }
}

const double *number_format_values(pagoda_dtype dtype) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    format_of(dtype);
    pthread_once(&once, build_tables);
    return value_tables[dtype];
}

uint16_t number_format_nan(pagoda_dtype dtype) {
    switch (dtype) {
    case PAGODA_DTYPE_FP8_E4M3FN:
        return 0x7f;
    case PAGODA_DTYPE_FP8_E4M3FNUZ:
        return 0x80;
    case PAGODA_DTYPE_FP16:
        return 0x7e00;
    case PAGODA_DTYPE_BF16:
        return 0x7fc0;
    }
    abort();
}

double number_format_max(pagoda_dtype dtype) {
    return format_of(dtype)->max;
}

uint16_t number_format_encode(pagoda_dtype dtype, double x) {
    const struct number_format *f = format_of(dtype);
    if (isnan(x)) {
        return number_format_nan(dtype);
    }
    unsigned sign = (signbit(x) ? 1u : 0u) << (f->exponent_bits + f->mantissa_bits);
    double magnitude = fabs(x);
    int exponent = 1 - f->bias; /* of the smallest normal: subnormals share its spacing */
    if (magnitude > 0 && isfinite(magnitude)) {
        int e;
        frexp(magnitude, &e); /* magnitude = m * 2^e with m in [0.5, 1) */
        exponent = e - 1 > exponent ? e - 1 : exponent;
    }
    double rounded = isfinite(magnitude)
                         ? ldexp(nearbyint(ldexp(magnitude, f->mantissa_bits - exponent)), exponent - f->mantissa_bits)
                         : INFINITY;
    if (rounded > f->max) {
        if (f->has_infinity) {
            return (uint16_t)(sign | ((1u << f->exponent_bits) - 1) << f->mantissa_bits);
        }
        rounded = f->max;
    }
    if (rounded == 0) {
        return f->is_fnuz ? 0 : (uint16_t)sign;
    }
    int e;
    frexp(rounded, &e);
    e -= 1;
    unsigned bits;
    if (e < 1 - f->bias) {
        bits = (unsigned)ldexp(rounded, f->bias - 1 + f->mantissa_bits);
    } else {
        bits = (unsigned)(e + f->bias) << f->mantissa_bits;
        bits += (unsigned)ldexp(ldexp(rounded, -e) - 1.0, f->mantissa_bits);
    }
    return (uint16_t)(sign | bits);
}

double number_format_round(pagoda_dtype dtype, double x) {
    return number_format_values(dtype)[number_format_encode(dtype, x)];
}
