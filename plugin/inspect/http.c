/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inspect/http.h"

#include "base/text.h"

enum { HEAD_MAX = 8192, METHOD_MAX = 20 };

static const char *const versions[] = {
    [CW_HTTP_HTTP] = "HTTP/1.",
    [CW_HTTP_RTSP] = "RTSP/",
    [CW_HTTP_SIP] = "SIP/2.",
};

enum { N_PROTOCOLS = sizeof(versions) / sizeof(*versions) };

/* Starts that may become a message before the first line is whole. */
static const char *const openings[] = {
    "GET ",      "POST ",     "PUT ",      "HEAD ",          "DELETE ",        "OPTIONS ",
    "PATCH ",    "CONNECT ",  "TRACE ",    "PROPFIND ",      "M-SEARCH ",      "NOTIFY ",
    "DESCRIBE ", "ANNOUNCE ", "SETUP ",    "PLAY ",          "PAUSE ",         "RECORD ",
    "REDIRECT ", "TEARDOWN ", "REGISTER ", "GET_PARAMETER ", "SET_PARAMETER ", "INVITE ",
    "ACK ",      "BYE ",      "CANCEL ",   "MESSAGE ",       "SUBSCRIBE ",     "INFO ",
    "UPDATE ",   "PUBLISH ",  "REFER ",    "HTTP/1.",        "RTSP/",          "SIP/2.",
};

/* A path that holds one of these ends in front of the part between slashes that does: firmware puts
 * passwords there (protocols_seed_vendors.md). */
static const char *const secrets[] = {"pass", "pwd",    "user",   "token",
                                      "auth", "secret", "session"};

static bool
is_method(struct cw_bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (i > 0 && (c == '-' || c == '_')))) {
            return false;
        }
    }
    return in.len > 0 && in.len <= METHOD_MAX;
}

static bool
may_start(struct cw_bytes in)
{
    for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
        struct cw_bytes opening = cw_bytes_text(openings[i]);
        size_t both = in.len < opening.len ? in.len : opening.len;
        if (cw_bytes_equal(cw_bytes_head(in, both), cw_bytes_head(opening, both))) {
            return in.len > 0;
        }
    }
    return false;
}

/* The protocol of "HTTP/1.1" and the like; N_PROTOCOLS: none. */
static unsigned
protocol_of(struct cw_bytes version)
{
    unsigned p = 0;
    while (p < N_PROTOCOLS && !cw_bytes_starts(version, versions[p], strlen(versions[p]))) {
        p++;
    }
    return p;
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

/* In front of the first of these characters. */
static struct cw_bytes
up_to(struct cw_bytes in, const char *stops)
{
    size_t n = 0;
    while (n < in.len && !is_one_of(in.ptr[n], stops)) {
        n++;
    }
    return cw_bytes_head(in, n);
}

static struct cw_bytes
without_port(struct cw_bytes host)
{
    if (CW_STARTS(host, "[")) {
        return up_to(cw_bytes_from(host, 1), "]");
    }
    return up_to(host, ":");
}

static struct cw_bytes
without_user(struct cw_bytes authority)
{
    const uint8_t *at = authority.len ? memrchr(authority.ptr, '@', authority.len) : NULL;
    return at ? cw_bytes_from(authority, (size_t)(at - authority.ptr) + 1) : authority;
}

static struct cw_bytes
without_secrets(struct cw_bytes path)
{
    path = up_to(path, "?;#&");
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        ptrdiff_t at = cw_text_find_nocase(path, cw_bytes_text(secrets[i]));
        if (at >= 0) {
            const uint8_t *slash = memrchr(path.ptr, '/', (size_t)at);
            path.len = slash ? (size_t)(slash - path.ptr) + 1 : 0;
        }
    }
    return path;
}

/* "/path", "rtsp://user:password@host:554/path", "sip:number@host;transport=udp", "*". */
static void
read_uri(struct cw_bytes uri, struct cw_http_message *out)
{
    ptrdiff_t scheme = cw_text_find(uri, cw_bytes_text("://"));
    if (out->protocol == CW_HTTP_SIP) {
        ptrdiff_t colon = cw_text_find(uri, cw_bytes_text(":"));
        out->host =
            without_port(without_user(up_to(cw_bytes_from(uri, (size_t)(colon + 1)), ";?")));
        return;
    }
    if (scheme > 0 && uri.ptr[0] != '/') {
        uri = cw_bytes_from(uri, (size_t)scheme + 3);
        struct cw_bytes authority = up_to(uri, "/?#");
        out->host = without_port(without_user(authority));
        uri = cw_bytes_from(uri, authority.len);
    }
    out->path = without_secrets(uri);
}

static bool
read_status_line(struct cw_bytes line, struct cw_http_message *out)
{
    uint32_t status;
    struct cw_bytes version = up_to(line, " ");
    out->protocol = (uint8_t)protocol_of(version);
    struct cw_bytes number = cw_bytes_head(cw_bytes_from(line, version.len + 1), 3);
    if (out->protocol == N_PROTOCOLS || number.len != 3 ||
        !cw_text_number(number, 999, &status)) {
        return false;
    }
    out->status = (uint16_t)status;
    return true;
}

static bool
read_request_line(struct cw_bytes line, struct cw_http_message *out)
{
    struct cw_bytes method = up_to(line, " ");
    const uint8_t *last = line.len ? memrchr(line.ptr, ' ', line.len) : NULL;
    if (!is_method(method) || !last || (size_t)(last - line.ptr) <= method.len) {
        return false;
    }
    size_t version_at = (size_t)(last - line.ptr) + 1;
    out->protocol = (uint8_t)protocol_of(cw_bytes_from(line, version_at));
    if (out->protocol == N_PROTOCOLS) {
        return false;
    }
    out->is_request = true;
    out->method = method;
    size_t uri_at = method.len + 1;
    read_uri(cw_text_trim(cw_bytes(line.ptr + uri_at, version_at - 1 - uri_at)), out);
    return true;
}

/* The challenge's realm, not what a client answers. */
static struct cw_bytes
realm_of(struct cw_bytes challenge)
{
    static const char key[] = "realm=\"";
    ptrdiff_t at = cw_text_find_nocase(challenge, cw_bytes_text(key));
    return at < 0 ? cw_bytes(NULL, 0)
                  : up_to(cw_bytes_from(challenge, (size_t)at + sizeof(key) - 1), "\"");
}

/* RFC 7617 2: the scheme, in any case, and something after it. */
static bool
is_basic(struct cw_bytes authorization)
{
    static const char scheme[] = "basic ";
    size_t n = sizeof(scheme) - 1;
    return authorization.len > n &&
           cw_text_equal_nocase(cw_bytes_head(authorization, n), cw_bytes_text(scheme));
}

static void
read_headers(struct cw_bytes lines, struct cw_http_message *out)
{
    struct cw_bytes host = cw_text_header(lines, "Host");
    if (host.len > 0) {
        out->host = without_port(host);
    }
    out->server = cw_text_header(lines, "Server");
    out->user_agent = cw_text_header(lines, "User-Agent");
    out->content_type = up_to(cw_text_header(lines, "Content-Type"), "; ");
    out->has_basic = is_basic(cw_text_header(lines, "Authorization"));
    out->realm = realm_of(cw_text_header(lines, "WWW-Authenticate"));
}

/* Line by line, which ends with the head: memmem would go through the whole document. */
static bool
has_empty_line(struct cw_bytes from_newline)
{
    struct cw_bytes rest = cw_bytes_from(from_newline, 1);
    const uint8_t *end;
    while (rest.len > 0 && (end = memchr(rest.ptr, '\n', rest.len))) {
        size_t len = (size_t)(end - rest.ptr);
        if (len == 0 || (len == 1 && rest.ptr[0] == '\r')) {
            return true;
        }
        rest = cw_bytes_from(rest, len + 1);
    }
    return false;
}

/* Methods and versions are written in capitals; blanks in front of them are forgiven. */
static bool
may_begin(struct cw_bytes in)
{
    return in.len > 0 && ((in.ptr[0] >= 'A' && in.ptr[0] <= 'Z') || in.ptr[0] <= ' ');
}

enum cw_start
cw_http_parse(struct cw_bytes in, struct cw_http_message *out)
{
    in = cw_bytes_head(in, HEAD_MAX);
    if (!may_begin(in)) {
        return CW_START_OTHER;
    }
    const uint8_t *newline = memchr(in.ptr, '\n', in.len);
    struct cw_bytes line = cw_bytes_head(in, newline ? (size_t)(newline - in.ptr) : in.len);
    struct cw_http_message m = {0};
    if (line.len == in.len) {
        if (!may_start(in) || in.len == HEAD_MAX) {
            return CW_START_OTHER;
        }
        *out = m;
        return CW_START_MORE;
    }
    struct cw_bytes rest = cw_bytes_from(in, line.len);
    line = cw_text_trim(line);
    if (!read_status_line(line, &m)) {
        m = (struct cw_http_message){0};
        if (!read_request_line(line, &m)) {
            return CW_START_OTHER;
        }
    }
    const uint8_t *last = memrchr(rest.ptr, '\n', rest.len);
    read_headers(cw_bytes(rest.ptr + 1, (size_t)(last - rest.ptr)), &m);
    *out = m;
    return has_empty_line(rest) ? CW_START_FOUND : CW_START_MORE;
}

const char *
cw_http_protocol_text(unsigned protocol)
{
    static const char *const texts[] = {"http", "rtsp", "sip"};
    return protocol < N_PROTOCOLS ? texts[protocol] : "";
}
