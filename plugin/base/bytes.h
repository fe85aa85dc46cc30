/* SPDX-License-Identifier: Apache-2.0
 *
 * Borrowed bytes: a pointer and a length, valid until the call returns that was given them.
 * Nothing keeps one; what must live longer is copied.
 */
#ifndef CW_BASE_BYTES_H
#define CW_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cw_bytes {
    const uint8_t *ptr; /* borrowed; may be NULL only when len is 0 */
    size_t len;
};

static inline struct cw_bytes
cw_bytes(const void *ptr, size_t len)
{
    return (struct cw_bytes){.ptr = ptr, .len = len};
}

/** The bytes of a C string, without its NUL. */
static inline struct cw_bytes
cw_bytes_text(const char *text)
{
    return cw_bytes(text, strlen(text));
}

static inline bool
cw_bytes_equal(struct cw_bytes a, struct cw_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
cw_bytes_starts(struct cw_bytes in, const void *with, size_t len)
{
    return in.len >= len && memcmp(in.ptr, with, len) == 0;
}

/** Starts with a string literal; the length is known at compile time. */
#define CW_STARTS(in, literal) cw_bytes_starts((in), (literal), sizeof(literal) - 1)

/** From offset on; empty past the end. */
static inline struct cw_bytes
cw_bytes_from(struct cw_bytes in, size_t offset)
{
    return offset >= in.len ? cw_bytes(in.ptr, 0) : cw_bytes(in.ptr + offset, in.len - offset);
}

/** At most len bytes from the front. */
static inline struct cw_bytes
cw_bytes_head(struct cw_bytes in, size_t len)
{
    return cw_bytes(in.ptr, len < in.len ? len : in.len);
}

#endif
