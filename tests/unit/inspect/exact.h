/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of exactly the size given, so that AddressSanitizer sees a read of one byte too many.
 */
#ifndef CW_TEST_EXACT_H
#define CW_TEST_EXACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

static inline struct cw_bytes
exact_copy(struct cw_bytes in)
{
    uint8_t *copy = malloc(in.len ? in.len : 1);
    assert_non_null(copy);
    if (in.len) {
        memcpy(copy, in.ptr, in.len);
        return cw_bytes(copy, in.len);
    }
    return cw_bytes(copy + 1, 0); /* one past the end: not one byte may be read */
}

static inline void
exact_free(struct cw_bytes copy)
{
    uint8_t *start = (uint8_t *)(uintptr_t)copy.ptr;
    free(copy.len ? start : start - 1);
}

#endif
