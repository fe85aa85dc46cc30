/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/ends.h"

#include <hiredis.h>

#include "server/ask.h"
#include "server/entry.h"
#include "sink/redis_link.h"

/* The value behind a name in [name, value, ...]. */
static const redisReply *
find(const redisReply *reply, const char *name)
{
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        const redisReply *key = reply->element[i];
        if (key->str && strcmp(key->str, name) == 0) {
            return reply->element[i + 1];
        }
    }
    return NULL;
}

static void
read_entry(const redisReply *entry, struct cw_stream_id *out)
{
    if (entry) {
        (void)cw_entry_id(entry, out);
    }
}

enum cw_answer
cw_ask_ends(struct cw_source *source, const char *sensor, enum camwatch_stream stream,
            struct cw_stream_ends *out)
{
    char key[CW_REDIS_KEY_MAX];
    const char *const words[] = {"XINFO", "STREAM",
                                 cw_redis_key(sensor, camwatch_stream_text(stream), key)};
    *out = (struct cw_stream_ends){.length = 0};
    if (!cw_source_send(source, words, 3)) {
        return CW_ANSWER_AWAY;
    }
    redisReply *reply = cw_source_take(source);
    if (!reply) {
        return CW_ANSWER_AWAY;
    }
    enum cw_answer answer = CW_ANSWER_OK;
    if (reply->type == REDIS_REPLY_ERROR && strcmp(reply->str, "ERR no such key") != 0) {
        cw_source_note(source, words[0], reply);
        answer = CW_ANSWER_REFUSED;
    }
    const redisReply *length = find(reply, "length");
    const redisReply *generated = find(reply, "last-generated-id");
    out->length = length && length->integer > 0 ? (uint64_t)length->integer : 0;
    if (generated && generated->str) {
        (void)cw_stream_id_parse(cw_bytes(generated->str, generated->len), &out->generated);
    }
    read_entry(find(reply, "first-entry"), &out->first);
    read_entry(find(reply, "last-entry"), &out->last);
    cw_redis_reply_free(reply);
    return answer;
}
