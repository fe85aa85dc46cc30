/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/text.h"

#include <string.h>

static uint8_t
lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

ptrdiff_t
cw_text_find(struct cw_bytes hay, struct cw_bytes needle)
{
    if (hay.len < needle.len || hay.len == 0) {
        return needle.len == 0 ? 0 : -1;
    }
    const uint8_t *at = memmem(hay.ptr, hay.len, needle.ptr, needle.len);
    return at ? at - hay.ptr : -1;
}

bool
cw_text_equal_nocase(struct cw_bytes a, struct cw_bytes b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

ptrdiff_t
cw_text_find_nocase(struct cw_bytes hay, struct cw_bytes needle)
{
    if (needle.len == 0 || needle.len > hay.len) {
        return needle.len == 0 ? 0 : -1;
    }
    uint8_t first = lower(needle.ptr[0]);
    for (size_t i = 0; i + needle.len <= hay.len; i++) {
        if (lower(hay.ptr[i]) == first &&
            cw_text_equal_nocase(cw_bytes(hay.ptr + i, needle.len), needle)) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

struct cw_bytes
cw_text_between(struct cw_bytes in, const char *open, const char *close)
{
    ptrdiff_t start = cw_text_find(in, cw_bytes_text(open));
    if (start < 0) {
        return cw_bytes(NULL, 0);
    }
    struct cw_bytes rest = cw_bytes_from(in, (size_t)start + strlen(open));
    ptrdiff_t end = cw_text_find(rest, cw_bytes_text(close));
    return end < 0 ? cw_bytes(NULL, 0) : cw_bytes_head(rest, (size_t)end);
}

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

struct cw_bytes
cw_text_trim(struct cw_bytes in)
{
    while (in.len > 0 && is_blank(in.ptr[0])) {
        in = cw_bytes_from(in, 1);
    }
    while (in.len > 0 && is_blank(in.ptr[in.len - 1])) {
        in.len--;
    }
    return in;
}

/* Few lines begin with a blank: the first byte tells most of them. */
static bool
is_empty(struct cw_bytes line)
{
    return line.len == 0 || (is_blank(line.ptr[0]) && cw_text_trim(line).len == 0);
}

struct cw_bytes
cw_text_header(struct cw_bytes lines, const char *name)
{
    struct cw_bytes key = cw_bytes_text(name);
    while (lines.len > 0) {
        const uint8_t *end = memchr(lines.ptr, '\n', lines.len);
        struct cw_bytes line = cw_bytes_head(lines, end ? (size_t)(end - lines.ptr) : lines.len);
        if (is_empty(line)) {
            break;
        }
        if (line.len > key.len && line.ptr[key.len] == ':' &&
            cw_text_equal_nocase(cw_bytes_head(line, key.len), key)) {
            return cw_text_trim(cw_bytes_from(line, key.len + 1));
        }
        lines = cw_bytes_from(lines, line.len + 1);
    }
    return cw_bytes(NULL, 0);
}

bool
cw_text_is_printable(struct cw_bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] < 0x20 || in.ptr[i] > 0x7e) {
            return false;
        }
    }
    return in.len > 0;
}

bool
cw_text_is_alnum(struct cw_bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = lower(in.ptr[i]);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) {
            return false;
        }
    }
    return in.len > 0;
}

bool
cw_text_is_digits(struct cw_bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] < '0' || in.ptr[i] > '9') {
            return false;
        }
    }
    return in.len > 0;
}

bool
cw_text_number(struct cw_bytes in, uint32_t max, uint32_t *out)
{
    uint64_t value = 0;
    if (!cw_text_is_digits(in) || in.len > 10) {
        return false;
    }
    for (size_t i = 0; i < in.len; i++) {
        value = value * 10 + (uint64_t)(in.ptr[i] - '0');
    }
    if (value > max) {
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* Bytes of a character by its first one, RFC 3629 4; 0: none begins so. */
static size_t
utf8_length_by_first(uint8_t c)
{
    if (c < 0x80) {
        return 1;
    }
    return c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

size_t
cw_text_utf8_length(struct cw_bytes in)
{
    if (in.len == 0) {
        return 0;
    }
    uint8_t c = in.ptr[0];
    size_t n = utf8_length_by_first(c);
    if (n == 0 || in.len < n) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((in.ptr[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (c == 0xe0 && in.ptr[1] < 0xa0) || (c == 0xf0 && in.ptr[1] < 0x90);
    bool surrogate = c == 0xed && in.ptr[1] > 0x9f;
    bool too_high = c == 0xf4 && in.ptr[1] > 0x8f;
    return overlong || surrogate || too_high ? 0 : n;
}

/* Bytes at the start that are copied as they are; most text is nothing else. */
static size_t
plain_length(struct cw_bytes in)
{
    size_t n = 0;
    while (n < in.len && in.ptr[n] >= 0x20 && in.ptr[n] < 0x7f) {
        n++;
    }
    return n;
}

void
cw_text_copy(char *out, size_t size, struct cw_bytes in)
{
    size_t used = 0;
    in = cw_text_trim(in);
    if (size > 0 && in.len > 0) {
        used = plain_length(cw_bytes_head(in, size - 1));
        memcpy(out, in.ptr, used);
        in = cw_bytes_from(in, used);
    }
    while (in.len > 0 && size > 0) {
        size_t n = cw_text_utf8_length(in);
        bool control = n == 1 && (in.ptr[0] < 0x20 || in.ptr[0] == 0x7f);
        size_t take = n == 0 ? 1 : n;
        if (used + take >= size) {
            break;
        }
        if (n == 0 || control) {
            out[used] = '?';
        } else {
            memcpy(out + used, in.ptr, take);
        }
        used += take;
        in = cw_bytes_from(in, take);
    }
    if (size > 0) {
        out[used] = '\0';
    }
}

void
cw_text_set(char *out, size_t size, const char *in)
{
    cw_text_copy(out, size, in ? cw_bytes_text(in) : cw_bytes(NULL, 0));
}

void
cw_text_lower(char *text)
{
    for (; *text; text++) {
        *text = (char)lower((uint8_t)*text);
    }
}
