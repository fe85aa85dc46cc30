/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_url.h"

#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"

#define DEFAULT_PORT 6379
#define MAX_DB       65535

#define ALLOWED                                                                                \
    "allowed are redis://[user@]host[:port][,host...][/db], rediss://, "                       \
    "unix:///path/to.sock[?db=N]"                                                              \
    " and sentinel://host[:port][,host...]/MASTER"

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

static void
show_host(struct cw_redis_address *a)
{
    (void)snprintf(a->shown, sizeof(a->shown), strchr(a->host, ':') ? "[%s]:%u" : "%s:%u",
                   a->host, a->port);
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
    show_host(a);
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
cw_redis_address_set(struct cw_redis_address *address, struct cw_bytes host, uint32_t port)
{
    struct cw_redis_address a = *address;
    a.path[0] = '\0';
    if (port == 0 || port > 65535 || !copy_part(a.host, sizeof(a.host), host)) {
        return false;
    }
    a.port = (uint16_t)port;
    show_host(&a);
    *address = a;
    return true;
}

/* The pieces of a URL with several hosts: SCHEME://[USER@]HOST,HOST.../REST. */
struct url_parts {
    struct cw_bytes front, hosts, rest; /* "redis://user@", "a:1,b:2", "/3" */
    bool is_sentinel, is_secret; /* sentinels:// is with TLS */
};

static struct url_parts
split_url(const char *url)
{
    struct url_parts parts = {.front = cw_bytes_text(url)};
    struct cw_bytes all = parts.front;
    parts.is_secret = CW_STARTS(all, "sentinels://");
    parts.is_sentinel = parts.is_secret || CW_STARTS(all, "sentinel://");
    ptrdiff_t scheme = cw_text_find(all, cw_bytes_text("://"));
    size_t from = scheme < 0 ? 0 : (size_t)scheme + 3;
    size_t to = from;
    for (; to < all.len && all.ptr[to] != '/'; to++) {
        from = all.ptr[to] == '@' ? to + 1 : from;
    }
    parts.front = cw_bytes_head(all, from);
    parts.hosts = cw_bytes_head(cw_bytes_from(all, from), to - from);
    parts.rest = cw_bytes_from(all, to);
    return parts;
}

/* "/MASTER[?db=N]": the name goes to out, and what remains reads like the end of a plain URL. */
static bool
take_master(struct url_parts *parts, char out[64], char rest[16])
{
    struct cw_bytes name = cw_bytes_from(parts->rest, 1);
    ptrdiff_t query = cw_text_find(name, cw_bytes_text("?db="));
    struct cw_bytes db = cw_bytes_from(name, query < 0 ? name.len : (size_t)query + 4);
    name = cw_bytes_head(name, query < 0 ? name.len : (size_t)query);
    if (!copy_part(out, 64, name) || db.len > 8) {
        return false;
    }
    (void)snprintf(rest, 16, "/%.*s", (int)db.len, (const char *)db.ptr);
    parts->rest = cw_bytes_text(rest);
    return true;
}

/* One host as a URL of its own. */
static int
parse_seed(const struct url_parts *parts, struct cw_bytes host, struct cw_redis_address *out,
           struct camwatch_error *error)
{
    char url[700];
    struct cw_bytes front = parts->front;
    const char *scheme = "", *port = "";
    if (parts->is_sentinel) {
        bool is_bare = host.len > 0 && (host.ptr[0] == '[' ? host.ptr[host.len - 1] == ']'
                                                           : !memchr(host.ptr, ':', host.len));
        scheme = parts->is_secret ? "rediss://" : "redis://";
        port = is_bare ? ":26379" : "";
        front = cw_bytes_from(front, sizeof("sentinel://") - 1 + parts->is_secret);
    }
    int n = snprintf(url, sizeof(url), "%s%.*s%.*s%s%.*s", scheme, (int)front.len,
                     (const char *)front.ptr, (int)host.len, (const char *)host.ptr, port,
                     (int)parts->rest.len, (const char *)parts->rest.ptr);
    return n < (int)sizeof(url) ? cw_redis_url_parse(url, out, error) : fail(error, "too long");
}

int
cw_redis_url_parse_all(const char *url, struct cw_redis_seeds *out,
                       struct camwatch_error *error)
{
    struct cw_redis_seeds seeds = {0};
    char rest[16];
    struct url_parts parts = split_url(url ? url : "");
    if (parts.is_sentinel && !take_master(&parts, seeds.master, rest)) {
        return fail(error, "sentinel:// needs the name of the master behind a '/'");
    }
    struct cw_bytes hosts = parts.hosts;
    do {
        ptrdiff_t comma = cw_text_find(hosts, cw_bytes_text(","));
        struct cw_bytes host = cw_bytes_head(hosts, comma < 0 ? hosts.len : (size_t)comma);
        if (seeds.n == CW_REDIS_SEEDS_MAX) {
            return fail(error, "at most 8 hosts");
        }
        int status = parse_seed(&parts, host, &seeds.list[seeds.n++], error);
        if (status != CAMWATCH_OK) {
            return status;
        }
        hosts = cw_bytes_from(hosts, comma < 0 ? hosts.len : (size_t)comma + 1);
    } while (hosts.len > 0);
    *out = seeds;
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
