/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digits.h"

char *
cw_digits_padded(char *out, uint64_t number, unsigned width)
{
    for (unsigned i = width; i-- > 0; number /= 10) {
        out[i] = (char)('0' + number % 10);
    }
    return out + width;
}

char *
cw_digits_decimal(char *out, uint64_t number)
{
    unsigned width = 1;
    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        width++;
    }
    return cw_digits_padded(out, number, width);
}

char *
cw_digits_hex(char *out, uint64_t number, unsigned width)
{
    for (unsigned i = width; i-- > 0; number >>= 4) {
        out[i] = "0123456789abcdef"[number & 15];
    }
    return out + width;
}
