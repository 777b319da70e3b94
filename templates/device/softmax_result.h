/* SPDX-License-Identifier: MIT
 *
 * What a row's softmax has come to after its last tile, whichever way it was computed.
 */
#ifndef PAGODA_DEVICE_SOFTMAX_RESULT_H
#define PAGODA_DEVICE_SOFTMAX_RESULT_H

#define LOG2_E 1.44269504088896340736f
#define LN_2 0.69314718055994530942f

struct softmax_result {
    float out_factor; /* output = accumulated output * out_factor */
    float lse;        /* natural logarithm of the sum of exponentials; of a row that saw no key, -infinity */
};

#endif
