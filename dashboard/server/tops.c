/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/tops.h"

#include <stdio.h>

#include <hiredis.h>

#include "base/text.h"
#include "server/ask.h"
#include "sink/redis_link.h"

enum { ROUNDS_MAX = 100, KEYS_MAX = 128 };

#define ROUND_KEYS "1000"
#define HIGHEST    "199"

struct keys {
    char names[KEYS_MAX][CW_REDIS_KEY_MAX];
    size_t n;
};

static void
add_keys(struct keys *keys, const redisReply *found)
{
    for (size_t i = 0; i < found->elements && keys->n < KEYS_MAX; i++) {
        const redisReply *key = found->element[i];
        if (key->type == REDIS_REPLY_STRING && key->len < CW_REDIS_KEY_MAX) {
            memcpy(keys->names[keys->n++], key->str, key->len + 1);
        }
    }
}

/* One round of SCAN; cursor becomes the next, or "0". */
static enum cw_answer
scan_round(struct cw_source *source, const char *pattern, char cursor[24], struct keys *keys)
{
    const char *const words[] = {"SCAN", cursor, "MATCH", pattern, "COUNT", ROUND_KEYS};
    redisReply *reply = NULL;
    enum cw_answer answer = cw_ask(source, words, 6, &reply);
    bool is_good = answer == CW_ANSWER_OK && reply->type == REDIS_REPLY_ARRAY &&
                   reply->elements == 2 && reply->element[0]->type == REDIS_REPLY_STRING;
    (void)snprintf(cursor, 24, "%s", is_good ? reply->element[0]->str : "0");
    if (is_good) {
        add_keys(keys, reply->element[1]);
    }
    cw_redis_reply_free(reply);
    return answer;
}

static void
put_members(struct cw_json *out, const redisReply *pairs)
{
    cw_json_open(out, '{');
    for (size_t i = 0; pairs->type == REDIS_REPLY_ARRAY && i + 1 < pairs->elements; i += 2) {
        const redisReply *name = pairs->element[i], *value = pairs->element[i + 1];
        if (!name->str || !value->str) {
            continue;
        }
        struct cw_bytes bytes = cw_bytes(value->str, value->len);
        bool is_number = cw_text_is_digits(bytes) && bytes.len < 16 &&
                         (bytes.ptr[0] != '0' || bytes.len == 1);
        cw_json_key_bytes(out, cw_bytes(name->str, name->len));
        if (is_number) {
            cw_json_value(out, bytes);
        } else {
            cw_json_string(out, bytes);
        }
    }
    cw_json_close(out, '}');
}

/* @param name  the key without what all keys of the sensor begin with */
static enum cw_answer
put_key(struct cw_source *source, const char *key, const char *name, struct cw_json *out)
{
    const char *const type[] = {"TYPE", key};
    const char *const highest[] = {"ZREVRANGE", key, "0", HIGHEST, "WITHSCORES"};
    const char *const all[] = {"HGETALL", key};
    redisReply *reply;
    enum cw_answer answer = cw_ask(source, type, 2, &reply);
    if (answer != CW_ANSWER_OK) {
        return answer;
    }
    bool is_set = strcmp(reply->str, "zset") == 0, is_hash = strcmp(reply->str, "hash") == 0;
    cw_redis_reply_free(reply);
    if (!is_set && !is_hash) {
        return CW_ANSWER_OK;
    }
    answer = is_set ? cw_ask(source, highest, 5, &reply) : cw_ask(source, all, 2, &reply);
    if (answer == CW_ANSWER_OK) {
        cw_json_key(out, name);
        put_members(out, reply);
        cw_redis_reply_free(reply);
    }
    return answer;
}

static enum cw_answer
find_keys(struct cw_source *source, const char *sensor, const char *suffix, struct keys *keys)
{
    char pattern[CW_REDIS_KEY_MAX], cursor[24] = "0";
    (void)cw_redis_key(sensor, suffix, pattern);
    for (unsigned i = 0; i < ROUNDS_MAX; i++) {
        enum cw_answer answer = scan_round(source, pattern, cursor, keys);
        if (answer != CW_ANSWER_OK || strcmp(cursor, "0") == 0) {
            return answer;
        }
    }
    return CW_ANSWER_OK;
}

enum cw_answer
cw_put_tops(struct cw_source *source, const char *sensor, struct cw_json *out)
{
    struct keys keys = {.n = 0};
    char start[CW_REDIS_KEY_MAX];
    enum cw_answer answer = find_keys(source, sensor, "[tm][oi][pn]*:*", &keys);
    size_t skip = strlen(cw_redis_key(sensor, "", start));
    if (answer == CW_ANSWER_AWAY) {
        return answer;
    }
    cw_json_key(out, "tops");
    cw_json_open(out, '{');
    for (size_t i = 0; i < keys.n && answer == CW_ANSWER_OK; i++) {
        answer = put_key(source, keys.names[i], keys.names[i] + skip, out);
    }
    cw_json_close(out, '}');
    return answer == CW_ANSWER_REFUSED ? CW_ANSWER_OK : answer;
}
