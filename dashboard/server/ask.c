/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/ask.h"

#include <hiredis.h>

#include "sink/redis_link.h"

enum cw_answer
cw_take(struct cw_source *source, const char *command, struct redisReply **out)
{
    redisReply *reply = cw_source_take(source);
    if (!reply) {
        return CW_ANSWER_AWAY;
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        cw_source_note(source, command, reply);
        cw_redis_reply_free(reply);
        return CW_ANSWER_REFUSED;
    }
    *out = reply;
    return CW_ANSWER_OK;
}

enum cw_answer
cw_ask(struct cw_source *source, const char *const *words, size_t n, struct redisReply **out)
{
    return cw_source_send(source, words, n) ? cw_take(source, words[0], out) : CW_ANSWER_AWAY;
}
