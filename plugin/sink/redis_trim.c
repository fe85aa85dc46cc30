/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_trim.h"

#include <hiredis.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sink/redis_keys.h"
#include "sink/redis_link.h"

#define UNKNOWN "ERR syntax error"

static void
put_words(struct cw_resp *out, const char *const *words, size_t n)
{
    cw_resp_command(out, n);
    for (size_t i = 0; i < n; i++) {
        cw_resp_word(out, words[i]);
    }
}

static void
note_error(struct cw_redis_trimmed *out, const redisReply *reply)
{
    if (out->has_error) {
        return; /* the first tells most: EXECABORT follows */
    }
    out->has_error = true;
    out->error = cw_redis_error_class(reply->str, reply->len);
    out->is_unknown = strncmp(reply->str, UNKNOWN, sizeof(UNKNOWN) - 1) == 0;
    (void)snprintf(out->text, sizeof(out->text), "%s", reply->str);
}

static void
judge(struct cw_redis_trimmed *out, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        note_error(out, reply);
    } else if (reply->type == REDIS_REPLY_INTEGER && reply->integer > 0) {
        out->n += (uint64_t)reply->integer;
    }
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        judge(out, reply->element[i]);
    }
}

bool
cw_redis_trim_run(struct redisContext *link, const struct cw_redis_trim *trim,
                  struct cw_redis_trimmed *out)
{
    char bytes[CAMWATCH_N_STREAMS * (CW_REDIS_KEY_MAX + 128)], id[24];
    struct cw_resp commands = {.bytes = bytes, .size = sizeof(bytes)};
    *out = (struct cw_redis_trimmed){0};
    put_words(&commands, (const char *const[]){"MULTI"}, 1);
    for (unsigned i = 0; i < trim->n; i++) {
        (void)snprintf(id, sizeof(id), "%" PRIu64, trim->before_ms[i]);
        put_words(&commands, (const char *const[]){"XTRIM", trim->keys[i], "MINID", id}, 4);
    }
    put_words(&commands, (const char *const[]){"EXEC"}, 1);
    bool is_open = !commands.is_full && cw_redis_link_send(link, bytes, commands.used);
    for (unsigned i = 0; i < trim->n + 2 && is_open; i++) {
        redisReply *reply = cw_redis_link_reply(link);
        is_open = reply;
        if (reply) {
            judge(out, reply);
        }
        cw_redis_reply_free(reply);
    }
    return is_open;
}
