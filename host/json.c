/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "json.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "text.h"

enum { MS = 1000000, S = 1000 };

/* A character that JSON or HTML around it would take for its own. */
static bool
is_special(unsigned char c)
{
    return c < 0x20 || c == 0x7f || strchr("\"\\<>&", c);
}

static void
put_string(struct cw_json *json, const char *text)
{
    (void)fputc('"', json->out);
    while (*text != '\0') {
        size_t len = cw_text_character(text);
        if (len == 0) {
            (void)fputs("\\ufffd", json->out);
            len = 1;
        } else if (len == 1 && is_special((unsigned char)*text)) {
            (void)fprintf(json->out, "\\u%04x", (unsigned)(unsigned char)*text);
        } else {
            (void)fwrite(text, 1, len, json->out);
        }
        text += len;
    }
    (void)fputc('"', json->out);
}

static void
begin_item(struct cw_json *json, const char *key)
{
    (void)fputs(!json->has_item ? "" : json->is_one_line ? "," : ",\n", json->out);
    json->has_item = true;
    if (key) {
        put_string(json, key);
        (void)fputs(": ", json->out);
    }
}

void
cw_json_begin(struct cw_json *json, const char *key, char bracket)
{
    begin_item(json, key);
    (void)fputc(bracket, json->out);
    json->has_item = false;
}

void
cw_json_end(struct cw_json *json, char bracket)
{
    (void)fputc(bracket, json->out);
    json->has_item = true;
}

void
cw_json_text(struct cw_json *json, const char *key, const char *text)
{
    begin_item(json, key);
    put_string(json, text);
}

void
cw_json_number(struct cw_json *json, const char *key, uint64_t number)
{
    begin_item(json, key);
    (void)fprintf(json->out, "%" PRIu64, number);
}

void
cw_json_bool(struct cw_json *json, const char *key, bool value)
{
    begin_item(json, key);
    (void)fputs(value ? "true" : "false", json->out);
}

void
cw_json_time(struct cw_json *json, const char *key, int64_t ns)
{
    int64_t ms = ns / MS;
    time_t s = (time_t)(ms / S);
    struct tm tm;
    char text[32] = "";
    if (!gmtime_r(&s, &tm)) {
        return; /* a year that no calendar has */
    }
    (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    begin_item(json, key);
    (void)fprintf(json->out, "\"%s.%03dZ\"", text, (int)(ms % S));
}

void
cw_json_text_if(struct cw_json *json, const char *key, const char *text)
{
    if (text[0] != '\0') {
        cw_json_text(json, key, text);
    }
}

void
cw_json_number_if(struct cw_json *json, const char *key, uint64_t number)
{
    if (number > 0) {
        cw_json_number(json, key, number);
    }
}
