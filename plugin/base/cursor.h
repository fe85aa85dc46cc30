/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded reader over borrowed bytes with a sticky error. After one read past the end every
 * later read gives 0 (or an empty span) and changes nothing, so a parser reads a whole header
 * and tests cw_cursor_ok() once. All wire bytes are read through this.
 *
 * Byte order is in the name. Never allocates; every function is O(1) but those that search.
 */
#ifndef CW_BASE_CURSOR_H
#define CW_BASE_CURSOR_H

#include "base/bytes.h"

struct cw_cursor {
    const uint8_t *pos;
    const uint8_t *end;
    bool failed;
};

static inline struct cw_cursor
cw_cursor(struct cw_bytes in)
{
    return (struct cw_cursor){.pos = in.ptr, .end = in.ptr ? in.ptr + in.len : in.ptr};
}

/** True while no read went past the end. */
static inline bool
cw_cursor_ok(const struct cw_cursor *c)
{
    return !c->failed;
}

/** Bytes not yet read; 0 after an error. */
static inline size_t
cw_cursor_left(const struct cw_cursor *c)
{
    return c->failed ? 0 : (size_t)(c->end - c->pos);
}

/** Move over n bytes and give their start, or NULL and the error. */
static inline const uint8_t *
cw_cursor_advance(struct cw_cursor *c, size_t n)
{
    if (c->failed || (size_t)(c->end - c->pos) < n) {
        c->failed = true;
        return NULL;
    }
    const uint8_t *at = c->pos;
    c->pos += n;
    return at;
}

static inline void
cw_cursor_skip(struct cw_cursor *c, size_t n)
{
    (void)cw_cursor_advance(c, n);
}

/** The next n bytes, borrowed; empty on error. */
static inline struct cw_bytes
cw_cursor_take(struct cw_cursor *c, size_t n)
{
    const uint8_t *at = cw_cursor_advance(c, n);
    return cw_bytes(at, at ? n : 0);
}

/** All that is left, borrowed; the cursor does not move. */
static inline struct cw_bytes
cw_cursor_rest(const struct cw_cursor *c)
{
    return cw_bytes(c->pos, cw_cursor_left(c));
}

static inline uint8_t
cw_cursor_u8(struct cw_cursor *c)
{
    const uint8_t *p = cw_cursor_advance(c, 1);
    return p ? p[0] : 0;
}

static inline uint16_t
cw_cursor_be16(struct cw_cursor *c)
{
    const uint8_t *p = cw_cursor_advance(c, 2);
    return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

static inline uint16_t
cw_cursor_le16(struct cw_cursor *c)
{
    const uint8_t *p = cw_cursor_advance(c, 2);
    return (uint16_t)(p ? p[1] << 8 | p[0] : 0);
}

static inline uint32_t
cw_cursor_be24(struct cw_cursor *c)
{
    const uint8_t *p = cw_cursor_advance(c, 3);
    return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t
cw_cursor_be32(struct cw_cursor *c)
{
    const uint8_t *p = cw_cursor_advance(c, 4);
    return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint32_t
cw_cursor_le32(struct cw_cursor *c)
{
    const uint8_t *p = cw_cursor_advance(c, 4);
    return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

static inline uint64_t
cw_cursor_be64(struct cw_cursor *c)
{
    uint64_t high = cw_cursor_be32(c);
    return high << 32 | cw_cursor_be32(c);
}

/* Reads at a fixed offset of a span, for formats that are tables of offsets. Out of bounds gives 0;
 * callers check the least length first. */

static inline uint8_t
cw_u8_at(struct cw_bytes in, size_t at)
{
    return at < in.len ? in.ptr[at] : 0;
}

static inline uint16_t
cw_be16_at(struct cw_bytes in, size_t at)
{
    struct cw_cursor c = cw_cursor(cw_bytes_from(in, at));
    return cw_cursor_be16(&c);
}

static inline uint16_t
cw_le16_at(struct cw_bytes in, size_t at)
{
    struct cw_cursor c = cw_cursor(cw_bytes_from(in, at));
    return cw_cursor_le16(&c);
}

static inline uint32_t
cw_be32_at(struct cw_bytes in, size_t at)
{
    struct cw_cursor c = cw_cursor(cw_bytes_from(in, at));
    return cw_cursor_be32(&c);
}

static inline uint32_t
cw_le32_at(struct cw_bytes in, size_t at)
{
    struct cw_cursor c = cw_cursor(cw_bytes_from(in, at));
    return cw_cursor_le32(&c);
}

#endif
