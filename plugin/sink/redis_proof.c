/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_proof.h"

#include <hiredis.h>

#include <stdio.h>
#include <string.h>

#include "sink/redis_link.h"

#define NO_KEY "ERR no such key"

static bool
is_name(const redisReply *reply, const char *name)
{
    bool is_text = reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS;
    return is_text && reply->len == strlen(name) && memcmp(reply->str, name, reply->len) == 0;
}

/* XINFO STREAM: names and values in turn; newer servers add more of them. */
static bool
read_info(const redisReply *reply, struct cw_redis_proof *out)
{
    bool is_found = false;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        const redisReply *value = reply->element[i + 1];
        if (is_name(reply->element[i], "last-generated-id") && value->str) {
            is_found = cw_redis_id_parse(value->str, value->len, &out->last);
        } else if (is_name(reply->element[i], "entries-added") &&
                   value->type == REDIS_REPLY_INTEGER && value->integer >= 0) {
            out->added = (uint64_t)value->integer;
        }
    }
    return is_found;
}

static enum cw_redis_proof_end
judge_error(const redisReply *reply, struct cw_redis_proof *out)
{
    size_t len = sizeof(NO_KEY) - 1;
    if (reply->len >= len && memcmp(reply->str, NO_KEY, len) == 0) {
        return CW_REDIS_PROOF_MISSING;
    }
    out->error = cw_redis_error_class(reply->str, reply->len);
    (void)snprintf(out->text, sizeof(out->text), "%s", reply->str);
    return CW_REDIS_PROOF_ERROR;
}

static enum cw_redis_proof_end
judge_info(const redisReply *reply, struct cw_redis_proof *out)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        return judge_error(reply, out);
    }
    return read_info(reply, out) ? CW_REDIS_PROOF_FOUND : CW_REDIS_PROOF_CUT;
}

static enum cw_redis_proof_end
judge_owner(const struct cw_redis_owner *owner, const redisReply *reply,
            struct cw_redis_proof *out)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        return judge_error(reply, out);
    }
    return cw_redis_owner_is_ours(owner, reply) ? CW_REDIS_PROOF_FOUND : CW_REDIS_PROOF_FENCED;
}

static bool
send_all(struct redisContext *link, const struct cw_redis_owner *owner, const char *key)
{
    char bytes[4 * CW_REDIS_KEY_MAX];
    struct cw_resp out = {.bytes = bytes, .size = sizeof(bytes)};
    (void)cw_redis_owner_put_asking(owner, &out);
    cw_resp_command(&out, 3);
    cw_resp_word(&out, "WATCH");
    cw_resp_word(&out, key);
    cw_resp_word(&out, owner->key);
    (void)cw_redis_owner_put_asking(owner, &out);
    cw_resp_command(&out, 2);
    cw_resp_word(&out, "GET");
    cw_resp_word(&out, owner->key);
    (void)cw_redis_owner_put_asking(owner, &out);
    cw_resp_command(&out, 3);
    cw_resp_word(&out, "XINFO");
    cw_resp_word(&out, "STREAM");
    cw_resp_word(&out, key);
    return !out.is_full && cw_redis_link_send(link, bytes, out.used);
}

static redisReply *
read_next(struct redisContext *link, const struct cw_redis_owner *owner)
{
    return cw_redis_owner_read_asking(link, owner) ? cw_redis_link_reply(link) : NULL;
}

void
cw_redis_prove(struct redisContext *link, const struct cw_redis_owner *owner, const char *key,
               struct cw_redis_proof *out)
{
    *out = (struct cw_redis_proof){.end = CW_REDIS_PROOF_CUT, .added = UINT64_MAX};
    if (!send_all(link, owner, key)) {
        return;
    }
    redisReply *watch = read_next(link, owner);
    redisReply *get = watch ? read_next(link, owner) : NULL;
    redisReply *info = get ? read_next(link, owner) : NULL;
    if (info) {
        out->end = watch->type == REDIS_REPLY_ERROR ? judge_error(watch, out)
                                                    : judge_owner(owner, get, out);
        out->end = out->end == CW_REDIS_PROOF_FOUND ? judge_info(info, out) : out->end;
    }
    cw_redis_reply_free(watch);
    cw_redis_reply_free(get);
    cw_redis_reply_free(info);
}
