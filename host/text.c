/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

enum { BAD = -1 };

void
cw_buffer_add(struct cw_buffer *buffer, const char *text, size_t len)
{
    if (buffer->len + len + 1 > buffer->room) {
        size_t room = (buffer->len + len + 1) * 2;
        char *grown = realloc(buffer->text, room);
        if (!grown) {
            abort();
        }
        buffer->text = grown;
        buffer->room = room;
    }
    memcpy(buffer->text + buffer->len, text, len);
    buffer->len += len;
    buffer->text[buffer->len] = '\0';
}

void
cw_buffer_print(struct cw_buffer *buffer, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (len < 0) {
        abort();
    }
    cw_buffer_add(buffer, text, (size_t)len);
    free(text);
}

const char *
cw_buffer_text(const struct cw_buffer *buffer)
{
    return buffer->text ? buffer->text : "";
}

void
cw_buffer_free(struct cw_buffer *buffer)
{
    free(buffer->text);
    *buffer = (struct cw_buffer){.text = NULL};
}

/* One character of UTF-8 as RFC 3629 has it: shortest form, no surrogates, up to U+10FFFF.
 * BAD for anything else, of length 1. */
static int32_t
take_character(const char *text, size_t *len)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *b = (const unsigned char *)text;
    *len = 1;
    if (b[0] < 0x80) {
        return b[0];
    }
    size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : b[0] >= 0xc0 ? 2 : 0;
    if (n == 0 || b[0] > 0xf4) {
        return BAD;
    }
    int32_t code = b[0] & (0x7f >> n);
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80) { /* also at the terminating NUL */
            return BAD;
        }
        code = code * 64 + (b[i] & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        return BAD;
    }
    *len = n;
    return code;
}

size_t
cw_text_character(const char *text)
{
    size_t len;
    return take_character(text, &len) == BAD ? 0 : len;
}

static bool
is_within(int32_t code, int32_t first, int32_t last)
{
    return code >= first && code <= last;
}

/* Characters that move, reorder or hide what stands around them. */
static bool
is_deceptive(int32_t code)
{
    return code == 0xad || code == 0x61c || code == 0x180e || is_within(code, 0x200b, 0x200f) ||
           is_within(code, 0x2028, 0x202e) || is_within(code, 0x2060, 0x206f) ||
           code == 0xfeff || is_within(code, 0xfff9, 0xfffb) ||
           is_within(code, 0xe0000, 0xe007f);
}

void
cw_buffer_show(struct cw_buffer *buffer, const char *text, bool is_utf8)
{
    size_t len;
    for (; *text != '\0'; text += len) {
        int32_t code = take_character(text, &len);
        if (code == BAD || code < 0x20 || code == 0x7f) {
            cw_buffer_print(buffer, "\\x%02x", (unsigned)(unsigned char)*text);
        } else if (is_within(code, 0x80, 0x9f) || is_deceptive(code) ||
                   (code > 0x7f && !is_utf8)) {
            cw_buffer_print(buffer, "<U+%04" PRIX32 ">", (uint32_t)code);
        } else {
            cw_buffer_add(buffer, text, len);
        }
    }
}

static size_t
columns_of(int32_t code)
{
    if (code < 0x80) {
        return 1;
    }
    int columns = wcwidth((wchar_t)code);
    return columns < 0 ? 1 : (size_t)columns;
}

size_t
cw_text_columns(const char *text, size_t len)
{
    size_t columns = 0, one;
    for (size_t at = 0; at < len && text[at] != '\0'; at += one) {
        columns += columns_of(take_character(text + at, &one));
    }
    return columns;
}

size_t
cw_text_fit(const char *text, size_t columns)
{
    size_t at = 0, used = 0, len;
    while (text[at] != '\0') {
        used += columns_of(take_character(text + at, &len));
        if (used > columns) {
            break;
        }
        at += len;
    }
    return at;
}

const char *
cw_show_count(uint64_t count, char out[CW_NUMBER_MAX])
{
    char digits[CW_NUMBER_MAX];
    int n = snprintf(digits, sizeof(digits), "%" PRIu64, count);
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

const char *
cw_show_bytes(uint64_t bytes, char out[CW_NUMBER_MAX])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;
    if (bytes < 1000) {
        (void)snprintf(out, CW_NUMBER_MAX, "%" PRIu64 " B", bytes);
        return out;
    }
    for (value /= 1000; value >= 999.5 && unit < 5; value /= 1000) {
        unit++;
    }
    (void)snprintf(out, CW_NUMBER_MAX, value < 9.95 ? "%.1f %s" : "%.0f %s", value,
                   units[unit]);
    return out;
}

const char *
cw_show_span(int64_t ns, char out[CW_NUMBER_MAX])
{
    int64_t s = ns / 1000000000;
    if (s >= 172800) {
        (void)snprintf(out, CW_NUMBER_MAX, "%" PRId64 " days", s / 86400);
    } else if (s >= 3600) {
        (void)snprintf(out, CW_NUMBER_MAX, "%" PRId64 " h %" PRId64 " min", s / 3600,
                       s / 60 % 60);
    } else if (s >= 600) {
        (void)snprintf(out, CW_NUMBER_MAX, "%" PRId64 " min", s / 60);
    } else if (s >= 60) {
        (void)snprintf(out, CW_NUMBER_MAX, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
    } else {
        (void)snprintf(out, CW_NUMBER_MAX, s >= 10 ? "%.0f s" : "%.1f s", (double)ns / 1e9);
    }
    return out;
}

const char *
cw_show_time(int64_t ns, char out[CW_NUMBER_MAX])
{
    struct tm tm;
    time_t s = (time_t)(ns / 1000000000);
    if (!gmtime_r(&s, &tm) || strftime(out, CW_NUMBER_MAX, "%F %T", &tm) == 0) {
        out[0] = '\0';
    }
    return out;
}
