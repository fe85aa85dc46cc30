/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis_route.h"

#include <hiredis.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sink/redis_tls.h"

#define MAX_REDIRECTS 5

/* All hosts of a URL have the same scheme. */
static int
init_tls(const struct camwatch_redis_settings *settings, const struct cw_redis_seeds *seeds,
         struct cw_redis_route *out, struct camwatch_error *error)
{
    if (seeds->list[0].use_tls) {
        return cw_redis_tls_new(settings, &out->tls, error);
    }
    if (settings->tls_ca || settings->tls_cert || settings->tls_key || settings->tls_name) {
        (void)snprintf(error->text, sizeof(error->text),
                       "Redis at %.200s: certificates are for rediss:// and sentinels:// only",
                       seeds->list[0].shown);
        return CAMWATCH_EINVAL;
    }
    return CAMWATCH_OK;
}

int
cw_redis_route_init(const struct camwatch_redis_settings *settings, struct cw_redis_route *out,
                    struct camwatch_error *error)
{
    struct cw_redis_seeds seeds;
    int status = cw_redis_url_parse_all(settings->url, &seeds, error);
    if (status == CAMWATCH_OK) {
        status = init_tls(settings, &seeds, out, error);
    }
    if (status != CAMWATCH_OK) {
        return status;
    }
    out->target.tls = out->tls;
    for (size_t i = 0; i < seeds.n && status == CAMWATCH_OK; i++) { /* none may be unsafe */
        out->target.address = seeds.list[seeds.n - 1 - i];
        status = cw_redis_target_init(settings, &out->target, error);
    }
    out->seeds = seeds;
    return status;
}

void
cw_redis_route_wipe(struct cw_redis_route *route)
{
    cw_redis_target_wipe(&route->target);
    cw_redis_tls_free(&route->tls);
}

void
cw_redis_route_copy(struct cw_redis_route *out, const struct cw_redis_route *route)
{
    *out = *route;
    out->tls = cw_redis_tls_share(route->tls);
}

/* "master", "slave" or "sentinel"; "" where ROLE is not allowed. False: the link is broken. */
static bool
ask_role(struct redisContext *link, char role[16])
{
    const char *const words[] = {"ROLE"};
    redisReply *reply = cw_redis_link_ask(link, words, 1);
    role[0] = '\0';
    if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 &&
        reply->element[0]->type == REDIS_REPLY_STRING) {
        cw_text_copy(role, 16, cw_bytes(reply->element[0]->str, reply->element[0]->len));
    }
    bool is_open = reply;
    cw_redis_reply_free(reply);
    return is_open;
}

static int
demand_master(const struct cw_redis_route *route, struct redisContext *link,
              enum cw_redis_error *refused, struct camwatch_error *error)
{
    char role[16];
    const char *shown = route->target.address.shown;
    if (!ask_role(link, role)) {
        (void)snprintf(error->text, sizeof(error->text), "Redis at %.200s: %.100s", shown,
                       cw_redis_link_error(link));
        return CAMWATCH_EIO;
    }
    bool is_cluster_likely = route->is_redirected || route->seeds.n > 1;
    if (role[0] == '\0' || strcmp(role, "master") == 0 ||
        (is_cluster_likely && !route->seeds.master[0])) {
        return CAMWATCH_OK; /* a replica of a cluster answers MOVED, any other READONLY */
    }
    (void)snprintf(error->text, sizeof(error->text), "Redis at %.200s: it is a %.15s: %s",
                   shown, role, cw_redis_error_help(CW_REDIS_ERROR_READONLY));
    if (refused) {
        *refused = CW_REDIS_ERROR_READONLY;
    }
    return CAMWATCH_EREFUSED;
}

static int
connect_here(struct cw_redis_route *route, struct redisContext **out,
             enum cw_redis_error *refused, struct camwatch_error *error)
{
    struct redisContext *link = NULL;
    int status = cw_redis_link_open(&route->target, &link, refused, error);
    if (status != CAMWATCH_OK) {
        return status;
    }
    status = demand_master(route, link, refused, error);
    if (status != CAMWATCH_OK) {
        cw_redis_link_close(&link);
        return status;
    }
    *out = link;
    return CAMWATCH_OK;
}

/* ---- Sentinel ---- */

/* [host, port] */
static bool
read_master(const redisReply *reply, struct cw_redis_address *out)
{
    uint32_t port;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
        reply->element[0]->type != REDIS_REPLY_STRING ||
        reply->element[1]->type != REDIS_REPLY_STRING) {
        return false;
    }
    const redisReply *host = reply->element[0];
    struct cw_bytes digits = cw_bytes(reply->element[1]->str, reply->element[1]->len);
    if (host->len == 0 || !cw_text_number(digits, 65535, &port)) {
        return false;
    }
    return cw_redis_address_set(out, cw_bytes(host->str, host->len), port);
}

/* Ask one Sentinel. Its password is another one than the master's. */
static bool
ask_sentinel(const struct cw_redis_route *route, const struct cw_redis_address *sentinel,
             struct cw_redis_address *out, struct camwatch_error *error)
{
    struct cw_redis_target target = {.address = *sentinel,
                                     .timeout_ms = route->target.timeout_ms,
                                     .tls = route->tls};
    struct redisContext *link = NULL;
    target.address.user[0] = '\0';
    target.address.db = 0;
    bool may_ask = cw_redis_sentinel_password(target.password, error) == CAMWATCH_OK;
    if (may_ask && target.password[0] && !route->target.allows_plaintext &&
        !cw_redis_address_is_private(sentinel)) {
        (void)snprintf(error->text, sizeof(error->text),
                       "Sentinel at %.200s: its password would cross the network in clear",
                       sentinel->shown);
        may_ask = false;
    }
    may_ask = may_ask && cw_redis_link_open(&target, &link, NULL, error) == CAMWATCH_OK;
    cw_redis_target_wipe(&target);
    if (!may_ask) {
        return false;
    }
    const char *const words[] = {"SENTINEL", "get-master-addr-by-name", route->seeds.master};
    redisReply *reply = cw_redis_link_ask(link, words, 3);
    bool is_found = reply && read_master(reply, out);
    if (!is_found) {
        (void)snprintf(error->text, sizeof(error->text),
                       "Sentinel at %.200s: knows no master of the name %.60s", sentinel->shown,
                       route->seeds.master);
    }
    cw_redis_reply_free(reply);
    cw_redis_link_close(&link);
    return is_found;
}

static int
connect_by_sentinel(struct cw_redis_route *route, struct redisContext **out,
                    enum cw_redis_error *refused, struct camwatch_error *error)
{
    int status = CAMWATCH_EIO;
    for (size_t i = 0; i < route->seeds.n && status != CAMWATCH_OK; i++) {
        size_t at = (route->at + i) % route->seeds.n;
        struct cw_redis_address master = route->seeds.list[at]; /* user, database */
        if (!ask_sentinel(route, &route->seeds.list[at], &master, error)) {
            continue;
        }
        if (route->target.password[0] && !route->target.allows_plaintext &&
            !cw_redis_address_is_private(&master)) {
            (void)snprintf(error->text, sizeof(error->text),
                           "Redis at %.200s: a password would cross the network in clear",
                           master.shown);
            return CAMWATCH_EREFUSED;
        }
        route->target.address = master;
        status = connect_here(route, out, refused, error);
        route->at = status == CAMWATCH_OK ? at : (at + 1) % route->seeds.n;
    }
    return status;
}

/* ---- plain and cluster ---- */

int
cw_redis_route_connect(struct cw_redis_route *route, struct redisContext **out,
                       enum cw_redis_error *refused, struct camwatch_error *error)
{
    if (route->seeds.master[0]) {
        return connect_by_sentinel(route, out, refused, error);
    }
    if (route->is_redirected) {
        int status = connect_here(route, out, refused, error);
        if (status == CAMWATCH_OK) {
            return status;
        }
        route->is_redirected = false; /* the others may know better by now */
    }
    int status = CAMWATCH_EIO;
    for (size_t i = 0; i < route->seeds.n && status != CAMWATCH_OK; i++) {
        size_t at = (route->at + i) % route->seeds.n;
        route->target.address = route->seeds.list[at];
        status = connect_here(route, out, refused, error);
        route->at = status == CAMWATCH_OK ? at : route->at;
    }
    return status;
}

bool
cw_redis_route_move(struct cw_redis_route *route, const char *text)
{
    struct cw_redis_address address = route->target.address;
    struct cw_bytes rest = cw_bytes_text(text);
    uint32_t port;
    ptrdiff_t blank = cw_text_find(rest, cw_bytes_text(" "));
    rest = cw_bytes_from(rest, blank < 0 ? rest.len : (size_t)blank + 1);
    blank = cw_text_find(rest, cw_bytes_text(" "));
    rest = cw_bytes_from(rest, blank < 0 ? rest.len : (size_t)blank + 1);
    size_t colon = rest.len;
    while (colon > 0 && rest.ptr[colon - 1] != ':') {
        colon--;
    }
    if (colon == 0 || route->n_redirects == MAX_REDIRECTS ||
        !cw_text_number(cw_bytes_from(rest, colon), 65535, &port)) {
        route->is_redirected = false;
        route->n_redirects = 0;
        return false;
    }
    struct cw_bytes host = cw_bytes_head(rest, colon - 1);
    if (host.len == 0) { /* "the same host" */
        host = cw_bytes_text(address.host);
    }
    if (!cw_redis_address_set(&address, host, port)) {
        return false;
    }
    if (route->target.password[0] && !route->target.allows_plaintext &&
        !cw_redis_address_is_private(&address)) {
        return false;
    }
    route->target.address = address;
    route->is_redirected = true;
    route->n_redirects++;
    return true;
}

void
cw_redis_route_settle(struct cw_redis_route *route)
{
    route->n_redirects = 0;
}

void
cw_redis_route_forget(struct cw_redis_route *route)
{
    route->is_redirected = false;
}
