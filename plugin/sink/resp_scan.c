/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/resp_scan.h"

#include <stdbool.h>
#include <string.h>

#define DIGITS_MAX 9

/* "-1", or a number of at most DIGITS_MAX digits: what lengths and counts may be. */
static bool
parse_length(const char *text, size_t len, int64_t *out)
{
    int64_t value = 0;
    if (len == 2 && text[0] == '-' && text[1] == '1') {
        *out = -1;
        return true;
    }
    if (len == 0 || len > DIGITS_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

/* Bytes of a line without its end; -1: the end is not there yet, -2: it never comes. */
static ptrdiff_t
find_line(const char *bytes, size_t len)
{
    size_t n = len < CW_RESP_LINE_MAX ? len : CW_RESP_LINE_MAX;
    const char *end = memchr(bytes, '\r', n);
    if (!end) {
        return n == CW_RESP_LINE_MAX ? -2 : -1;
    }
    if ((size_t)(end - bytes) + 1 == len) {
        return -1;
    }
    return end[1] == '\n' ? end - bytes : -2;
}

/* One element: a line and, of a bulk string, what it announces. */
static enum cw_resp_end
take_element(struct cw_resp_scan *scan, const char *bytes, size_t len)
{
    ptrdiff_t line = find_line(bytes, len);
    int64_t n = -1;
    if (line < 0) {
        return line == -1 ? CW_RESP_PART : CW_RESP_WRONG;
    }
    if (line == 0 || !strchr("+-:$*", bytes[0])) {
        return CW_RESP_WRONG;
    }
    size_t size = (size_t)line + 2;
    bool has_length = bytes[0] == '$' || bytes[0] == '*';
    if (has_length && !parse_length(bytes + 1, (size_t)line - 1, &n)) {
        return CW_RESP_WRONG;
    }
    if (bytes[0] == '*' && n > 0) {
        scan->elements += (uint64_t)n;
    } else if (bytes[0] == '$' && n >= 0) {
        size += (size_t)n + 2;
    }
    if (scan->elements > CW_RESP_ELEMENTS_MAX || size > CW_RESP_REPLY_MAX - scan->at) {
        return CW_RESP_WRONG;
    }
    if (size > len) {
        scan->elements -= bytes[0] == '*' && n > 0 ? (uint64_t)n : 0;
        return CW_RESP_PART;
    }
    scan->at += size;
    scan->read++;
    return CW_RESP_WHOLE;
}

enum cw_resp_end
cw_resp_scan(struct cw_resp_scan *scan, const char *bytes, size_t len)
{
    while (scan->read <= scan->elements) { /* the reply itself, and all that it nests */
        if (scan->at == len) {
            return CW_RESP_PART;
        }
        enum cw_resp_end end = take_element(scan, bytes + scan->at, len - scan->at);
        if (end != CW_RESP_WHOLE) {
            return end;
        }
    }
    return CW_RESP_WHOLE;
}
