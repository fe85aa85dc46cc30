/* SPDX-License-Identifier: Apache-2.0 */
#include "server/body.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

enum { LEAST_ROOM = 512 };

static bool
make_room(struct cw_body *json, size_t len)
{
    if (json->is_full || len > json->max - json->len) {
        json->is_full = true;
        return false;
    }
    if (len <= json->room - json->len) {
        return true;
    }
    size_t room = json->room > LEAST_ROOM ? json->room : LEAST_ROOM;
    while (room - json->len < len) {
        room *= 2;
    }
    char *text = realloc(json->text, room);
    if (!text) {
        json->is_full = true;
        return false;
    }
    json->text = text;
    json->room = room;
    return true;
}

void
cw_body_raw(struct cw_body *json, const void *bytes, size_t len)
{
    if (len > 0 && make_room(json, len)) {
        memcpy(json->text + json->len, bytes, len);
        json->len += len;
    }
}

static void
put(struct cw_body *json, const char *text)
{
    cw_body_raw(json, text, strlen(text));
}

static void
put_comma(struct cw_body *json)
{
    if (json->wants_comma) {
        put(json, ",");
    }
    json->wants_comma = true;
}

static void
put_escape(struct cw_body *json, unsigned code)
{
    char text[8];
    (void)snprintf(text, sizeof(text), "\\u%04x", code & 0xffff);
    put(json, text);
}

/* One character of two bytes and more, or a byte that is none. Returns the bytes used. */
static size_t
put_wide(struct cw_body *json, struct cw_bytes in)
{
    size_t n = cw_text_utf8_length(in);
    if (n == 0) {
        put(json, "\xef\xbf\xbd"); /* U+FFFD */
        return 1;
    }
    if (n == 2 && in.ptr[0] == 0xc2 && in.ptr[1] < 0xa0) { /* U+0080..9F */
        put_escape(json, in.ptr[1]);
    } else if (n == 3 && in.ptr[0] == 0xe2 && in.ptr[1] == 0x80 && (in.ptr[2] & 0xfe) == 0xa8) {
        put_escape(json, 0x2000u + (in.ptr[2] & 0x3fu)); /* ends a line in JavaScript */
    } else {
        cw_body_raw(json, in.ptr, n);
    }
    return n;
}

static bool
is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static void
put_quoted(struct cw_body *json, struct cw_bytes in)
{
    put(json, "\"");
    while (in.len > 0) {
        size_t n = 0;
        while (n < in.len && is_plain(in.ptr[n])) {
            n++;
        }
        if (n > 0) {
            cw_body_raw(json, in.ptr, n);
        } else if (in.ptr[0] < 0x80) {
            put_escape(json, in.ptr[0]);
            n = 1;
        } else {
            n = put_wide(json, in);
        }
        in = cw_bytes_from(in, n);
    }
    put(json, "\"");
}

void
cw_body_open(struct cw_body *json, char bracket)
{
    put_comma(json);
    cw_body_raw(json, &bracket, 1);
    json->wants_comma = false;
}

void
cw_body_close(struct cw_body *json, char bracket)
{
    cw_body_raw(json, &bracket, 1);
    json->wants_comma = true;
}

void
cw_body_key_bytes(struct cw_body *json, struct cw_bytes name)
{
    put_comma(json);
    put_quoted(json, name);
    put(json, ":");
    json->wants_comma = false;
}

void
cw_body_key(struct cw_body *json, const char *name)
{
    cw_body_key_bytes(json, cw_bytes_text(name));
}

void
cw_body_string(struct cw_body *json, struct cw_bytes value)
{
    put_comma(json);
    put_quoted(json, value);
}

void
cw_body_text(struct cw_body *json, const char *value)
{
    cw_body_string(json, cw_bytes_text(value));
}

void
cw_body_value(struct cw_body *json, struct cw_bytes value)
{
    put_comma(json);
    cw_body_raw(json, value.ptr, value.len);
}

void
cw_body_number(struct cw_body *json, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%" PRIu64, value);
    cw_body_value(json, cw_bytes_text(text));
}

void
cw_body_bool(struct cw_body *json, bool value)
{
    cw_body_value(json, cw_bytes_text(value ? "true" : "false"));
}

void
cw_body_null(struct cw_body *json)
{
    cw_body_value(json, cw_bytes_text("null"));
}

void
cw_body_reset(struct cw_body *json)
{
    json->len = 0;
    json->is_full = false;
    json->wants_comma = false;
}

void
cw_body_free(struct cw_body *json)
{
    free(json->text);
    *json = (struct cw_body){.max = json->max};
}
