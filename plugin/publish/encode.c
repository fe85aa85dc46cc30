/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/encode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/export.h"
#include "base/text.h"
#include "publish/event_body.h"

struct writer {
    char *pos;
    char *end;
};

static void
put_bytes(struct writer *w, const void *bytes, size_t len)
{
    assert(len < (size_t)(w->end - w->pos));
    memcpy(w->pos, bytes, len);
    w->pos += len;
}

static void
put_text(struct writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

static void
put_char(struct writer *w, char c)
{
    put_bytes(w, &c, 1);
}

static void
put_escape(struct writer *w, unsigned code)
{
    char text[8];
    (void)snprintf(text, sizeof(text), "\\u%04x", code);
    put_text(w, text);
}

/* '"' '\' and controls below 0x80. */
static void
put_special(struct writer *w, uint8_t c)
{
    static const char named[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *at = c ? strchr(named, c) : NULL;
    if (!at) {
        put_escape(w, c);
        return;
    }
    put_char(w, '\\');
    put_char(w, letters[at - named]);
}

/* One character of two bytes and more, or a byte that is none. Returns the bytes used. */
static size_t
put_wide(struct writer *w, struct cw_bytes in)
{
    size_t n = cw_text_utf8_length(in);
    if (n == 0) {
        put_text(w, "\xef\xbf\xbd"); /* U+FFFD */
        return 1;
    }
    if (n == 2 && in.ptr[0] == 0xc2 && in.ptr[1] < 0xa0) { /* U+0080..9F */
        put_escape(w, in.ptr[1]);
    } else if (n == 3 && in.ptr[0] == 0xe2 && in.ptr[1] == 0x80 && (in.ptr[2] & 0xfe) == 0xa8) {
        put_escape(w, 0x2000u + (in.ptr[2] & 0x3fu)); /* ends a line in JavaScript */
    } else {
        put_bytes(w, in.ptr, n);
    }
    return n;
}

static bool
is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void
put_string(struct writer *w, struct cw_bytes in)
{
    put_char(w, '"');
    while (in.len > 0) {
        size_t n = 0;
        while (n < in.len && is_plain(in.ptr[n])) {
            n++;
        }
        if (n > 0) {
            put_bytes(w, in.ptr, n);
        } else if (in.ptr[0] < 0x80) {
            put_special(w, in.ptr[0]);
            n = 1;
        } else {
            n = put_wide(w, in);
        }
        in = cw_bytes_from(in, n);
    }
    put_char(w, '"');
}

static void
put_list(struct writer *w, const char *text)
{
    put_char(w, '[');
    for (;;) {
        size_t len = strcspn(text, ",");
        put_string(w, cw_bytes(text, len));
        if (text[len] == '\0') {
            break;
        }
        put_char(w, ',');
        text += len + 1;
    }
    put_char(w, ']');
}

static void
put_value(struct writer *w, enum camwatch_field_type type, const char *text)
{
    switch (type) {
    case CAMWATCH_TYPE_LONG:
        put_text(w, text);
        break;
    case CAMWATCH_TYPE_LIST:
        put_list(w, text);
        break;
    case CAMWATCH_TYPE_KEYWORD:
    case CAMWATCH_TYPE_IP:
    case CAMWATCH_TYPE_DATE:
    case CAMWATCH_TYPE_GEO:
        put_string(w, cw_bytes_text(text));
        break;
    }
}

size_t
cw_encode_json(const struct camwatch_event *event, char *out, size_t size)
{
    struct writer w = {.pos = out, .end = out + size};
    put_char(&w, '{');
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const struct camwatch_field_info *info = camwatch_field_info(i);
        const char *text = event->buffer + event->texts[i];
        if (*text == '\0') {
            continue;
        }
        put_text(&w, w.pos == out + 1 ? "\"" : ",\"");
        put_text(&w, info->name);
        put_text(&w, "\":");
        put_value(&w, info->type, text);
    }
    put_char(&w, '}');
    *w.pos = '\0';
    return (size_t)(w.pos - out);
}

CW_EXPORT enum camwatch_event_kind
camwatch_event_get_kind(const struct camwatch_event *event)
{
    return event->kind;
}

CW_EXPORT enum camwatch_stream
camwatch_event_get_stream(const struct camwatch_event *event)
{
    return event->stream;
}

CW_EXPORT int64_t
camwatch_event_time(const struct camwatch_event *event)
{
    return event->time_ns;
}

CW_EXPORT const char *
camwatch_event_former_id(const struct camwatch_event *event)
{
    return event->former_id;
}

CW_EXPORT const char *
camwatch_event_text(const struct camwatch_event *event, enum camwatch_field field)
{
    return (unsigned)field < CAMWATCH_N_FIELDS ? event->buffer + event->texts[field] : "";
}

CW_EXPORT uint64_t
camwatch_event_number(const struct camwatch_event *event, enum camwatch_field field)
{
    return (unsigned)field < CAMWATCH_N_FIELDS && event->texts[field] ? event->numbers[field]
                                                                      : 0;
}

CW_EXPORT const char *
camwatch_event_json(const struct camwatch_event *event, size_t *len)
{
    struct cw_event_json *json = event->json;
    if (json->len == 0) {
        json->len = cw_encode_json(event, json->text, sizeof(json->text));
    }
    if (len) {
        *len = json->len;
    }
    return json->text;
}
