/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as text, without the cost of printf: an event has about 40 of them. Each function returns
 * the end of what it wrote and writes no NUL, so that calls are chained.
 */
#ifndef CW_BASE_DIGITS_H
#define CW_BASE_DIGITS_H

#include <stdint.h>

#define CW_DECIMAL_MAX 20 /* digits of the largest 64-bit number */

/** Decimal digits. @param out room for CW_DECIMAL_MAX */
char *cw_digits_decimal(char *out, uint64_t number);

/** Exactly width decimal digits: leading zeros, higher digits left out. */
char *cw_digits_padded(char *out, uint64_t number, unsigned width);

/** Exactly width hexadecimal digits, lower case. */
char *cw_digits_hex(char *out, uint64_t number, unsigned width);

#endif
