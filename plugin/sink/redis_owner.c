/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis_owner.h"

#include <hiredis.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sink/redis_link.h"

#define NS_PER_MS INT64_C(1000000)

struct claim {
    struct redisContext *link;
    struct cw_redis_owner *owner;
    enum cw_redis_error *error;
    char *text;
    enum cw_redis_claim end; /* what went wrong, once something did */
};

unsigned
cw_redis_owner_put_asking(const struct cw_redis_owner *owner, struct cw_resp *out)
{
    if (owner->asks) {
        cw_resp_command(out, 1);
        cw_resp_word(out, "ASKING");
    }
    return owner->asks;
}

bool
cw_redis_owner_read_asking(struct redisContext *link, const struct cw_redis_owner *owner)
{
    if (!owner->asks) {
        return true;
    }
    redisReply *reply = cw_redis_link_reply(link);
    cw_redis_reply_free(reply);
    return reply;
}

/* Within a transaction the ASKING before its MULTI holds. */
static bool
say_asking(struct claim *claim, const char *command)
{
    char bytes[32];
    struct cw_resp out = {.bytes = bytes, .size = sizeof(bytes)};
    if (strcmp(command, "SET") == 0 || strcmp(command, "EXEC") == 0 ||
        strcmp(command, "DEL") == 0 || cw_redis_owner_put_asking(claim->owner, &out) == 0) {
        return true;
    }
    return cw_redis_link_send(claim->link, bytes, out.used) &&
           cw_redis_owner_read_asking(claim->link, claim->owner);
}

/* One command; NULL: it went wrong, and claim->end says how. */
static redisReply *
ask(struct claim *claim, const char *const *words, size_t n)
{
    redisReply *reply =
        say_asking(claim, words[0]) ? cw_redis_link_ask(claim->link, words, n) : NULL;
    if (!reply) {
        claim->end = CW_REDIS_CLAIM_CUT;
        return NULL;
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        *claim->error = cw_redis_error_class(reply->str, reply->len);
        (void)snprintf(claim->text, 120, "%s", reply->str);
        claim->end = CW_REDIS_CLAIM_ERROR;
        cw_redis_reply_free(reply);
        return NULL;
    }
    return reply;
}

static bool
is_token(const redisReply *reply, const char *token)
{
    size_t len = strlen(token);
    return len > 0 && reply->type == REDIS_REPLY_STRING && reply->len == len &&
           memcmp(reply->str, token, len) == 0;
}

bool
cw_redis_owner_is_ours(const struct cw_redis_owner *owner, const struct redisReply *reply)
{
    return is_token(reply, owner->token);
}

static bool
do_simple(struct claim *claim, const char *const *words, size_t n)
{
    redisReply *reply = ask(claim, words, n);
    bool is_good = reply && reply->type != REDIS_REPLY_NIL;
    cw_redis_reply_free(reply);
    return is_good;
}

/* The lease is free or ours: write our token, unless somebody else is faster (WATCH). */
static bool
take(struct claim *claim)
{
    struct cw_redis_owner *owner = claim->owner;
    char ms[16];
    (void)snprintf(ms, sizeof(ms), "%u", (unsigned)owner->lease_ms);
    const char *const multi[] = {"MULTI"};
    const char *const set[] = {"SET", owner->key, owner->token, "PX", ms};
    const char *const exec[] = {"EXEC"};
    return do_simple(claim, multi, 1) && do_simple(claim, set, 5) && do_simple(claim, exec, 1);
}

static void
read_ttl(struct claim *claim, int64_t *ttl_ms)
{
    const char *const words[] = {"PTTL", claim->owner->key};
    redisReply *reply = ask(claim, words, 2);
    if (reply && reply->type == REDIS_REPLY_INTEGER && ttl_ms) {
        *ttl_ms = reply->integer;
    }
    cw_redis_reply_free(reply);
}

enum cw_redis_claim
cw_redis_owner_claim(struct redisContext *link, struct cw_redis_owner *owner, int64_t now_ns,
                     int64_t *ttl_ms, enum cw_redis_error *error, char text[120])
{
    struct claim claim = {.link = link,
                          .owner = owner,
                          .error = error,
                          .text = text,
                          .end = CW_REDIS_CLAIM_THEIRS};
    /* With the other key a node that has only one of them says TRYAGAIN: a lease that was not moved yet
     * must not look free. */
    const char *const watch[] = {"WATCH", owner->key, owner->asked};
    const char *const get[] = {"GET", owner->key};
    if (!do_simple(&claim, watch, owner->asks ? 3 : 2)) {
        return claim.end;
    }
    redisReply *reply = ask(&claim, get, 2);
    if (!reply) {
        return claim.end;
    }
    bool is_free = reply->type == REDIS_REPLY_NIL || is_token(reply, owner->token) ||
                   is_token(reply, owner->before);
    if (!is_free && reply->str) {
        cw_text_copy(owner->other, sizeof(owner->other), cw_bytes(reply->str, reply->len));
    }
    cw_redis_reply_free(reply);
    if (!is_free) {
        read_ttl(&claim, ttl_ms);
        return claim.end;
    }
    if (take(&claim)) {
        owner->renew_at_ns = now_ns + owner->lease_ms * NS_PER_MS / 3;
        return CW_REDIS_CLAIM_OURS;
    }
    return claim.end;
}

void
cw_redis_owner_put_renewal(struct cw_redis_owner *owner, struct cw_resp *out, int64_t now_ns)
{
    char ms[16];
    (void)snprintf(ms, sizeof(ms), "%u", (unsigned)owner->lease_ms);
    cw_resp_command(out, 3);
    cw_resp_word(out, "PEXPIRE");
    cw_resp_word(out, owner->key);
    cw_resp_word(out, ms);
    owner->renew_at_ns = now_ns + owner->lease_ms * NS_PER_MS / 3;
}

void
cw_redis_owner_release(struct redisContext *link, const struct cw_redis_owner *owner)
{
    struct cw_redis_owner copy = *owner;
    enum cw_redis_error error;
    char text[120];
    struct claim claim = {.link = link, .owner = &copy, .error = &error, .text = text};
    const char *const watch[] = {"WATCH", owner->key};
    const char *const get[] = {"GET", owner->key};
    const char *const multi[] = {"MULTI"};
    const char *const del[] = {"DEL", owner->key};
    const char *const exec[] = {"EXEC"};
    if (!do_simple(&claim, watch, 2)) {
        return;
    }
    redisReply *reply = ask(&claim, get, 2);
    bool is_ours = reply && is_token(reply, owner->token);
    cw_redis_reply_free(reply);
    (void)(is_ours && do_simple(&claim, multi, 1) && do_simple(&claim, del, 2) &&
           do_simple(&claim, exec, 1));
}
