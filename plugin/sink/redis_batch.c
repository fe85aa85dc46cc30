/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis_batch.h"

#include <hiredis.h>

#include <stdio.h>
#include <string.h>

#include "camwatch/fields.h"
#include "sink/redis_link.h"

static const char MULTI[] = "*1\r\n$5\r\nMULTI\r\n";
static const char EXEC[] = "*1\r\n$4\r\nEXEC\r\n";

static enum cw_redis_error
note_error(struct cw_redis_batch *batch, const redisReply *reply)
{
    enum cw_redis_error error = cw_redis_error_class(reply->str, reply->len);
    batch->errors[error]++;
    if (!batch->has_error) { /* what follows is often only its echo: EXECABORT */
        batch->has_error = true;
        batch->error = error;
        (void)snprintf(batch->error_text, sizeof(batch->error_text), "%s", reply->str);
    }
    return error;
}

static bool
send_batch(struct redisContext *link, const char *bytes, size_t len)
{
    return cw_redis_link_send(link, MULTI, sizeof(MULTI) - 1) &&
           cw_redis_link_send(link, bytes, len) &&
           cw_redis_link_send(link, EXEC, sizeof(EXEC) - 1);
}

/* The replies to MULTI and to each XADD: OK and QUEUED, or why not. */
static bool
read_queued(struct redisContext *link, struct cw_redis_batch *batch)
{
    for (uint32_t i = 0; i < batch->n + 1; i++) {
        redisReply *reply = cw_redis_link_reply(link);
        if (!reply) {
            return false;
        }
        if (reply->type == REDIS_REPLY_ERROR) {
            (void)note_error(batch, reply);
        }
        cw_redis_reply_free(reply);
    }
    return true;
}

static void
judge_entry(struct cw_redis_batch *batch, uint32_t i, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_STRING) {
        batch->delivered++;
        batch->last_delivered = i;
        return;
    }
    enum cw_redis_error error = CW_REDIS_ERROR_OTHER;
    if (reply->type == REDIS_REPLY_ERROR) {
        error = note_error(batch, reply);
    }
    batch->keep[i] = cw_redis_error_reaction(error) != CW_REDIS_REFUSE;
    batch->kept += batch->keep[i];
    batch->refused += !batch->keep[i];
}

static void
judge_exec(struct cw_redis_batch *batch, const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == batch->n) {
        for (uint32_t i = 0; i < batch->n; i++) {
            judge_entry(batch, i, reply->element[i]);
        }
        batch->end = CW_REDIS_BATCH_DONE;
        return;
    }
    batch->end = CW_REDIS_BATCH_ABORTED;
    if (reply->type == REDIS_REPLY_ERROR) {
        (void)note_error(batch, reply);
    }
}

void
cw_redis_batch_run(struct redisContext *link, const struct cw_redis_queue *queue,
                   struct cw_redis_batch *out)
{
    const char *bytes;
    size_t len;
    *out = (struct cw_redis_batch){.end = CW_REDIS_BATCH_CUT};
    out->n =
        cw_redis_queue_batch(queue, CW_REDIS_BATCH_EVENTS, CW_REDIS_BATCH_BYTES, &bytes, &len);
    if (!send_batch(link, bytes, len) || !read_queued(link, out)) {
        return;
    }
    redisReply *reply = cw_redis_link_reply(link);
    if (reply) {
        judge_exec(out, reply);
    }
    cw_redis_reply_free(reply);
}

/* [[stream id, [field, value, ...]]]: the value of event.id. */
static void
find_id(const redisReply *reply, char id[CW_REDIS_ID_MAX])
{
    const char *wanted = camwatch_field_info(CAMWATCH_FIELD_EVENT_ID)->name;
    const redisReply *entry = reply->element[0];
    id[0] = '\0';
    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
        entry->element[1]->type != REDIS_REPLY_ARRAY) {
        return;
    }
    const redisReply *fields = entry->element[1];
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (fields->element[i]->str && strcmp(fields->element[i]->str, wanted) == 0 &&
            fields->element[i + 1]->str) {
            (void)snprintf(id, CW_REDIS_ID_MAX, "%s", fields->element[i + 1]->str);
        }
    }
}

enum cw_redis_last
cw_redis_last_id(struct redisContext *link, const char *key, char id[CW_REDIS_ID_MAX],
                 enum cw_redis_error *error)
{
    const char *const words[] = {"XREVRANGE", key, "+", "-", "COUNT", "1"};
    redisReply *reply = cw_redis_link_ask(link, words, sizeof(words) / sizeof(*words));
    enum cw_redis_last last = CW_REDIS_LAST_EMPTY;
    id[0] = '\0';
    if (!reply) {
        return CW_REDIS_LAST_CUT;
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        *error = cw_redis_error_class(reply->str, reply->len);
        last = CW_REDIS_LAST_ERROR;
    } else if (reply->type == REDIS_REPLY_ARRAY && reply->elements > 0) {
        find_id(reply, id);
        last = CW_REDIS_LAST_FOUND;
    }
    cw_redis_reply_free(reply);
    return last;
}
