/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/text_scan.h"

#include "base/cursor.h"
#include "base/text.h"

enum { METHOD_MAX = 20, VERSION_MAX = 12, FIRST_LINE_MAX = 4096 };

static struct cw_bytes
none(void)
{
    return cw_bytes(NULL, 0);
}

static bool
is_one_of(uint8_t c, const char *set)
{
    for (; *set; set++) { /* of one to four: strchr costs more than it saves */
        if (c == (uint8_t)*set) {
            return true;
        }
    }
    return false;
}

/* Up to the first byte of the set, or all of it. */
static struct cw_bytes
until(struct cw_bytes in, const char *set)
{
    size_t n = 0;
    while (n < in.len && !is_one_of(in.ptr[n], set)) {
        n++;
    }
    return cw_bytes_head(in, n);
}

static struct cw_bytes
skip_blanks(struct cw_bytes in)
{
    while (in.len > 0 && is_one_of(in.ptr[0], " \t\r\n")) {
        in = cw_bytes_from(in, 1);
    }
    return in;
}

bool
cw_scan_has(struct cw_bytes in, const char *text)
{
    return cw_text_find(in, cw_bytes_text(text)) >= 0;
}

/* ---- messages ---- */

static bool
is_method(struct cw_bytes word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (!(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z') && word.ptr[i] != '_') {
            return false;
        }
    }
    return word.len >= 3 && word.len <= METHOD_MAX;
}

static bool
is_version(struct cw_bytes word)
{
    return word.len >= 7 && word.len <= VERSION_MAX &&
           (CW_STARTS(word, "HTTP/") || CW_STARTS(word, "RTSP/") || CW_STARTS(word, "SIP/"));
}

static bool
parse_answer_line(struct cw_bytes line, struct cw_text_message *m)
{
    m->version = until(line, " ");
    struct cw_bytes code = until(cw_bytes_from(line, m->version.len + 1), " ");
    return is_version(m->version) && code.len == 3 && cw_text_number(code, 999, &m->status) &&
           m->status >= 100;
}

static bool
parse_request_line(struct cw_bytes line, struct cw_text_message *m)
{
    m->is_request = true;
    m->method = until(line, " ");
    struct cw_bytes rest = cw_bytes_from(line, m->method.len + 1);
    m->target = until(rest, " ");
    m->version = cw_bytes_from(rest, m->target.len + 1);
    return is_method(m->method) && m->target.len > 0 && is_version(m->version);
}

/* Split at the first empty line; without one, the whole lines are headers and there is no body.
 */
static void
split_headers(struct cw_bytes in, struct cw_text_message *m)
{
    size_t line = 0;
    const uint8_t *end;
    while (line < in.len && (end = memchr(in.ptr + line, '\n', in.len - line))) {
        size_t len = (size_t)(end - in.ptr) - line;
        bool is_empty = len == 0 || (len == 1 && in.ptr[line] == '\r');
        line += len + 1;
        if (is_empty) {
            m->body = cw_bytes_from(in, line);
            break;
        }
    }
    m->headers = cw_bytes_head(in, line);
}

bool
cw_scan_message(struct cw_bytes in, struct cw_text_message *out)
{
    struct cw_text_message m = {0};
    size_t most = in.len < FIRST_LINE_MAX ? in.len : FIRST_LINE_MAX;
    const uint8_t *end = in.len ? memchr(in.ptr, '\n', most) : NULL;
    if (!end) {
        return false;
    }
    struct cw_bytes line = cw_text_trim(cw_bytes_head(in, (size_t)(end - in.ptr)));
    if (!parse_answer_line(line, &m)) {
        m = (struct cw_text_message){0};
        if (!parse_request_line(line, &m)) {
            return false;
        }
    }
    split_headers(cw_bytes_from(in, (size_t)(end - in.ptr) + 1), &m);
    *out = m;
    return true;
}

/* ---- JSON ---- */

/* The string that starts at the quote, without its quotes; false when it does not end. */
static bool
json_string(struct cw_bytes at_quote, struct cw_bytes *text)
{
    for (size_t i = 1; i < at_quote.len; i++) {
        if (at_quote.ptr[i] == '\\') {
            i++;
        } else if (at_quote.ptr[i] == '"') {
            *text = cw_bytes(at_quote.ptr + 1, i - 1);
            return true;
        }
    }
    return false;
}

static struct cw_bytes
json_value(struct cw_bytes in)
{
    struct cw_bytes text;
    in = skip_blanks(in);
    if (cw_u8_at(in, 0) == '"') {
        return json_string(in, &text) ? text : none();
    }
    text = until(in, ",}] \t\r\n");
    bool is_compound = is_one_of(cw_u8_at(in, 0), "{[");
    return is_compound || text.len == in.len ? none() : text;
}

struct cw_bytes
cw_scan_json_from(struct cw_bytes in, const char *key)
{
    struct cw_bytes wanted = cw_bytes_text(key), text;
    if (cw_text_find(in, wanted) < 0) { /* most often, and many times as quick */
        return none();
    }
    while (in.len > 0) {
        const uint8_t *quote = memchr(in.ptr, '"', in.len);
        if (!quote) {
            break;
        }
        in = cw_bytes_from(in, (size_t)(quote - in.ptr));
        if (!json_string(in, &text)) {
            break;
        }
        in = skip_blanks(cw_bytes_from(in, text.len + 2));
        if (cw_u8_at(in, 0) == ':' && cw_bytes_equal(text, wanted)) {
            return cw_bytes_from(in, 1);
        }
    }
    return none();
}

struct cw_bytes
cw_scan_json(struct cw_bytes in, const char *key)
{
    return json_value(cw_scan_json_from(in, key));
}

/* ---- XML ---- */

/* True when the tag at '<' opens an element of this local name; gives what follows the tag. */
static bool
opens_element(struct cw_bytes at, struct cw_bytes name, struct cw_bytes *inside)
{
    struct cw_bytes word = until(cw_bytes_from(at, 1), " \t\r\n/>");
    const uint8_t *colon = word.len ? memchr(word.ptr, ':', word.len) : NULL;
    struct cw_bytes local = colon ? cw_bytes_from(word, (size_t)(colon - word.ptr) + 1) : word;
    if (!cw_bytes_equal(local, name)) {
        return false;
    }
    const uint8_t *end = memchr(at.ptr, '>', at.len);
    if (!end || end[-1] == '/') {
        return false;
    }
    *inside = cw_bytes_from(at, (size_t)(end - at.ptr) + 1);
    return true;
}

struct cw_bytes
cw_scan_xml(struct cw_bytes in, const char *name)
{
    struct cw_bytes wanted = cw_bytes_text(name), inside;
    if (cw_text_find(in, wanted) < 0) {
        return none();
    }
    while (in.len > 0) {
        const uint8_t *open = memchr(in.ptr, '<', in.len);
        if (!open) {
            break;
        }
        in = cw_bytes_from(in, (size_t)(open - in.ptr));
        if (opens_element(in, wanted, &inside)) {
            struct cw_bytes text = until(inside, "<");
            struct cw_bytes after = cw_bytes_from(inside, text.len);
            return CW_STARTS(after, "</") ? cw_text_trim(text) : none();
        }
        in = cw_bytes_from(in, 1);
    }
    return none();
}

/* ---- key=value ---- */

static struct cw_bytes
param_value(struct cw_bytes in)
{
    if (cw_u8_at(in, 0) == '"') {
        struct cw_bytes quoted = until(cw_bytes_from(in, 1), "\"\r\n");
        return cw_u8_at(in, quoted.len + 1) == '"' ? quoted : none();
    }
    return until(in, "& \t\r\n,;");
}

struct cw_bytes
cw_scan_param(struct cw_bytes in, const char *key)
{
    struct cw_bytes wanted = cw_bytes_text(key), left = in;
    ptrdiff_t at;
    while ((at = cw_text_find(left, wanted)) >= 0) {
        struct cw_bytes here = cw_bytes_from(left, (size_t)at);
        struct cw_bytes after = cw_bytes_from(here, wanted.len);
        bool at_start = here.ptr == in.ptr || is_one_of(here.ptr[-1], "?&;, \t\r\n");
        if (at_start && cw_u8_at(after, 0) == '=') {
            return param_value(cw_bytes_from(after, 1));
        }
        left = cw_bytes_from(here, 1);
    }
    return none();
}
