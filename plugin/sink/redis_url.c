/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_url.h"

#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"

#define DEFAULT_PORT 6379
#define MAX_DB       65535

#define ALLOWED                                                                                \
    "allowed are redis://[user@]host[:port][/db], unix:///path/to.sock[?db=N] and rediss://"

static int
fail(struct camwatch_error *error, const char *what)
{
    (void)snprintf(error->text, sizeof(error->text), "Redis URL: %s; " ALLOWED, what);
    return CAMWATCH_EINVAL;
}

/* Copy a span as it is; false where it is empty, too long or has blanks or control characters. */
static bool
copy_part(char *out, size_t size, struct cw_bytes part)
{
    if (part.len == 0 || part.len >= size || !cw_text_is_printable(part) ||
        cw_text_find(part, cw_bytes_text(" ")) >= 0) {
        return false;
    }
    memcpy(out, part.ptr, part.len);
    out[part.len] = '\0';
    return true;
}

static bool
parse_db(struct cw_bytes text, struct cw_redis_address *a)
{
    return text.len == 0 || cw_text_number(text, MAX_DB, &a->db);
}

/* Take "user@" off the front. A ':' in it means a password. */
static const char *
take_user(struct cw_bytes *rest, struct cw_redis_address *a)
{
    ptrdiff_t slash = cw_text_find(*rest, cw_bytes_text("/"));
    struct cw_bytes authority = cw_bytes_head(*rest, slash < 0 ? rest->len : (size_t)slash);
    ptrdiff_t at = -1;
    for (size_t i = 0; i < rest->len; i++) { /* the last one: a password may hold more */
        at = rest->ptr[i] == '@' ? (ptrdiff_t)i : at;
    }
    if (at < 0) {
        return NULL;
    }
    struct cw_bytes user = cw_bytes_head(*rest, (size_t)at);
    if (cw_text_find(user, cw_bytes_text(":")) >= 0) {
        return "it holds a password, which others could read: put that into a file or into "
               "CAMWATCH_REDIS_PASSWORD";
    }
    if ((size_t)at >= authority.len || !copy_part(a->user, sizeof(a->user), user)) {
        return "bad user name";
    }
    *rest = cw_bytes_from(*rest, (size_t)at + 1);
    return NULL;
}

static const char *
parse_unix(struct cw_bytes rest, struct cw_redis_address *a)
{
    ptrdiff_t query = cw_text_find(rest, cw_bytes_text("?"));
    struct cw_bytes path = cw_bytes_head(rest, query < 0 ? rest.len : (size_t)query);
    if (!copy_part(a->path, sizeof(a->path), path) || a->path[0] != '/') {
        return "bad path of the socket: absolute, at most 107 bytes, without blanks";
    }
    if (query >= 0) {
        struct cw_bytes option = cw_bytes_from(rest, (size_t)query + 1);
        if (!CW_STARTS(option, "db=") || !parse_db(cw_bytes_from(option, 3), a)) {
            return "after '?' only db=NUMBER is known";
        }
    }
    (void)snprintf(a->shown, sizeof(a->shown), "%s", a->path);
    return NULL;
}

/* Split "host", "host:port" and "[v6]:port". */
static bool
split_host(struct cw_bytes authority, struct cw_bytes *host, struct cw_bytes *port)
{
    ptrdiff_t colon;
    if (authority.len > 0 && authority.ptr[0] == '[') {
        ptrdiff_t close = cw_text_find(authority, cw_bytes_text("]"));
        if (close < 0) {
            return false;
        }
        *host = cw_bytes(authority.ptr + 1, (size_t)close - 1);
        *port = cw_bytes_from(authority, (size_t)close + 1);
        if (port->len > 0 && port->ptr[0] != ':') {
            return false;
        }
        *port = cw_bytes_from(*port, 1);
        return true;
    }
    colon = cw_text_find(authority, cw_bytes_text(":"));
    *host = cw_bytes_head(authority, colon < 0 ? authority.len : (size_t)colon);
    *port = colon < 0 ? cw_bytes(NULL, 0) : cw_bytes_from(authority, (size_t)colon + 1);
    return colon < 0 || port->len > 0;
}

static const char *
parse_tcp(struct cw_bytes rest, struct cw_redis_address *a)
{
    ptrdiff_t slash = cw_text_find(rest, cw_bytes_text("/"));
    struct cw_bytes authority = cw_bytes_head(rest, slash < 0 ? rest.len : (size_t)slash);
    struct cw_bytes host, port;
    uint32_t number = DEFAULT_PORT;
    if (!split_host(authority, &host, &port) || !copy_part(a->host, sizeof(a->host), host)) {
        return "bad host; an IPv6 address stands in brackets";
    }
    if (port.len > 0 && (!cw_text_number(port, 65535, &number) || number == 0)) {
        return "bad port: 1 to 65535";
    }
    if (slash >= 0 && !parse_db(cw_bytes_from(rest, (size_t)slash + 1), a)) {
        return "bad database: a number after the last '/'";
    }
    a->port = (uint16_t)number;
    (void)snprintf(a->shown, sizeof(a->shown), strchr(a->host, ':') ? "[%s]:%u" : "%s:%u",
                   a->host, a->port);
    return NULL;
}

int
cw_redis_url_parse(const char *url, struct cw_redis_address *out, struct camwatch_error *error)
{
    struct cw_redis_address a = {0};
    struct cw_bytes rest = cw_bytes_text(url ? url : "");
    bool is_unix = CW_STARTS(rest, "unix://");
    a.use_tls = CW_STARTS(rest, "rediss://");
    if (!is_unix && !a.use_tls && !CW_STARTS(rest, "redis://")) {
        return fail(error, "unknown scheme");
    }
    ptrdiff_t scheme = cw_text_find(rest, cw_bytes_text("://"));
    rest = cw_bytes_from(rest, (size_t)scheme + 3);
    const char *wrong = take_user(&rest, &a);
    if (!wrong) {
        wrong = is_unix ? parse_unix(rest, &a) : parse_tcp(rest, &a);
    }
    if (wrong) {
        return fail(error, wrong);
    }
    *out = a;
    return CAMWATCH_OK;
}

bool
cw_redis_address_is_private(const struct cw_redis_address *address)
{
    static const uint8_t v6_loopback[16] = {[15] = 1};
    struct cw_addr addr;
    if (address->path[0] || address->use_tls || strcmp(address->host, "localhost") == 0) {
        return true;
    }
    if (!cw_addr_parse(address->host, &addr)) {
        return false;
    }
    return cw_addr_is_v4(&addr) ? addr.b[12] == 127
                                : memcmp(addr.b, v6_loopback, sizeof(v6_loopback)) == 0;
}
