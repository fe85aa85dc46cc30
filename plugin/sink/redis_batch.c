/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis_batch.h"

#include <hiredis.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sink/redis_keys.h"
#include "sink/redis_link.h"

#define BATCH_NS INT64_C(15000000000) /* for all replies together */

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

static void
put_command(struct cw_resp *out, const char *command, const char *argument)
{
    cw_resp_command(out, argument ? 2 : 1);
    cw_resp_word(out, command);
    if (argument) {
        cw_resp_word(out, argument);
    }
}

/* The stream too: who deletes it, or writes to it, is noticed at the next batch. */
static void
put_arming(struct cw_resp *out, const struct cw_redis_owner *owner, const char *key)
{
    (void)cw_redis_owner_put_asking(owner, out);
    cw_resp_command(out, 3);
    cw_resp_word(out, "WATCH");
    cw_resp_word(out, owner->key);
    cw_resp_word(out, key);
    (void)cw_redis_owner_put_asking(owner, out);
    put_command(out, "GET", owner->key);
}

static size_t
find_json(const struct cw_spool_record *record)
{
    return cw_redis_find_json(record->payload, record->len, record->n_words);
}

/* Returns how many XADDs there are. */
static uint32_t
put_entries(struct cw_resp *out, const struct cw_redis_load *load)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < load->n; i++) {
        const struct cw_spool_record *record = &load->records[i];
        if (!load->done[i]) {
            size_t len = load->list_key && !load->with_json ? find_json(record) : record->len;
            unsigned n_words = record->n_words - (len < record->len ? 2u : 0u);
            cw_redis_put_xadd(out, load->key, load->maxlen, cw_redis_id_add(load->first, i),
                              n_words);
            cw_resp_raw(out, record->payload, len);
            n++;
        }
    }
    return n;
}

/* One RPUSH of all, and LTRIM. Returns how many texts; 0: no command. A record of a process that had no
 * list has none. */
static uint32_t
put_list(struct cw_resp *out, const struct cw_redis_load *load)
{
    uint32_t n = 0;
    char first[24];
    for (uint32_t i = 0; i < load->n && load->list_key; i++) {
        n += !load->done[i] && find_json(&load->records[i]) < load->records[i].len;
    }
    if (n == 0) {
        return 0;
    }
    cw_resp_command(out, 2 + n);
    cw_resp_word(out, "RPUSH");
    cw_resp_word(out, load->list_key);
    for (uint32_t i = 0; i < load->n; i++) {
        const struct cw_spool_record *record = &load->records[i];
        size_t at = load->done[i] ? record->len : find_json(record);
        if (at < record->len) {
            at += CW_REDIS_JSON_WORD;
            cw_resp_raw(out, record->payload + at, record->len - at);
        }
    }
    (void)snprintf(first, sizeof(first), "-%" PRIu64, load->list_max);
    cw_resp_command(out, 4);
    cw_resp_word(out, "LTRIM");
    cw_resp_word(out, load->list_key);
    cw_resp_word(out, first);
    cw_resp_word(out, "-1");
    return n;
}

/* The replies to MULTI and to each queued command: OK and QUEUED, or why not. */
static bool
read_queued(struct redisContext *link, uint32_t n, int64_t until_ns,
            struct cw_redis_batch *batch)
{
    for (uint32_t i = 0; i < n; i++) {
        redisReply *reply = cw_redis_link_reply_until(link, until_ns);
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

/* The stream has the events all the same: what the list did not take is counted only. */
static void
judge_list(struct cw_redis_batch *batch, uint32_t n_texts, const redisReply *push,
           const redisReply *trim)
{
    bool had_error = batch->has_error;
    if (push->type == REDIS_REPLY_ERROR) {
        batch->list_failed = n_texts;
        (void)note_error(batch, push);
    } else if (trim->type == REDIS_REPLY_ERROR) {
        (void)note_error(batch, trim);
    }
    batch->is_of_list = batch->has_error && !had_error;
}

static void
judge_entry(struct cw_redis_batch *batch, struct cw_redis_load *load, uint32_t i,
            const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_STRING) {
        load->done[i] = true;
        batch->delivered++;
        batch->last = cw_redis_id_add(load->first, i);
        return;
    }
    enum cw_redis_error error = CW_REDIS_ERROR_OTHER;
    if (reply->type == REDIS_REPLY_ERROR) {
        error = note_error(batch, reply);
    }
    batch->must_prove = batch->must_prove || error == CW_REDIS_ERROR_ID_SMALL;
    load->done[i] = cw_redis_error_reaction(error) == CW_REDIS_REFUSE;
    batch->refused += load->done[i];
    batch->kept += !load->done[i];
}

static void
judge_exec(struct cw_redis_batch *batch, struct cw_redis_load *load, uint32_t n,
           uint32_t n_texts, const redisReply *reply)
{
    batch->end = CW_REDIS_BATCH_ABORTED;
    if (reply->type == REDIS_REPLY_ERROR) {
        (void)note_error(batch, reply);
    } else if (reply->type == REDIS_REPLY_NIL) { /* WATCH: somebody was there */
        batch->must_prove = true;
    } else if (reply->type == REDIS_REPLY_ARRAY && reply->elements == n) {
        batch->end = CW_REDIS_BATCH_DONE;
        size_t at = 0;
        for (uint32_t i = 0; i < load->n; i++) {
            if (!load->done[i]) {
                judge_entry(batch, load, i, reply->element[at++]);
            }
        }
        if (n_texts > 0) {
            judge_list(batch, n_texts, reply->element[at], reply->element[at + 1]);
        }
    } else {
        batch->end = CW_REDIS_BATCH_CUT; /* no server says that: believe nothing of it */
    }
}

/* WATCH of stream and lease, and GET of the lease, for the next batch. False when the connection broke. */
static bool
read_arming(struct redisContext *link, const struct cw_redis_owner *owner,
            struct cw_redis_batch *batch)
{
    bool has_watch = cw_redis_owner_read_asking(link, owner);
    redisReply *watch = has_watch ? cw_redis_link_reply(link) : NULL;
    bool has_get = watch && cw_redis_owner_read_asking(link, owner);
    redisReply *get = has_get ? cw_redis_link_reply(link) : NULL;
    if (get) {
        batch->is_armed =
            watch->type == REDIS_REPLY_STATUS && cw_redis_owner_is_ours(owner, get);
        batch->must_prove = batch->must_prove || !batch->is_armed;
    }
    cw_redis_reply_free(watch);
    cw_redis_reply_free(get);
    return get;
}

bool
cw_redis_batch_queue(struct redisContext *link, const struct cw_redis_load *load,
                     struct cw_redis_owner *owner, bool renew, int64_t now_ns, char *buffer,
                     struct cw_redis_queued *out)
{
    struct cw_resp bytes = {.bytes = buffer, .size = CW_REDIS_BATCH_ROOM};
    *out = (struct cw_redis_queued){0};
    (void)cw_redis_owner_put_asking(owner, &bytes);
    put_command(&bytes, "MULTI", NULL);
    out->n = put_entries(&bytes, load);
    out->n_texts = put_list(&bytes, load);
    out->n += out->n_texts > 0 ? 2 : 0;
    if (renew) {
        cw_redis_owner_put_renewal(owner, &bytes, now_ns);
        out->n++;
    }
    assert(!bytes.is_full);
    return cw_redis_link_send(link, bytes.bytes, bytes.used);
}

bool
cw_redis_batch_exec(struct redisContext *link, const struct cw_redis_owner *owner,
                    const char *watch)
{
    char room[4 * CW_REDIS_KEY_MAX];
    struct cw_resp bytes = {.bytes = room, .size = sizeof(room)};
    put_command(&bytes, "EXEC", NULL);
    put_arming(&bytes, owner, watch);
    assert(!bytes.is_full);
    return cw_redis_link_send(link, bytes.bytes, bytes.used);
}

bool
cw_redis_batch_discard(struct redisContext *link, const struct cw_redis_queued *queued)
{
    char room[32];
    struct cw_resp bytes = {.bytes = room, .size = sizeof(room)};
    int64_t until_ns = cw_redis_link_now() + BATCH_NS;
    put_command(&bytes, "DISCARD", NULL);
    bool is_there = cw_redis_link_send(link, bytes.bytes, bytes.used), is_closed = false;
    for (uint32_t i = 0; i < queued->n + 2 && is_there; i++) { /* MULTI's and DISCARD's too */
        redisReply *reply = cw_redis_link_reply_until(link, until_ns);
        is_there = reply;
        is_closed = reply && reply->type == REDIS_REPLY_STATUS; /* the last one: DISCARD's */
        cw_redis_reply_free(reply);
    }
    return is_there && is_closed;
}

static bool
read_replies(struct redisContext *link, struct cw_redis_load *load,
             const struct cw_redis_queued *queued, const struct cw_redis_owner *owner,
             struct cw_redis_batch *out)
{
    int64_t until_ns = cw_redis_link_now() + BATCH_NS;
    if (!cw_redis_owner_read_asking(link, owner) ||
        !read_queued(link, queued->n + 1, until_ns, out)) {
        return false;
    }
    redisReply *exec = cw_redis_link_reply_until(link, until_ns);
    if (!exec) {
        return false;
    }
    judge_exec(out, load, queued->n, queued->n_texts, exec);
    cw_redis_reply_free(exec);
    /* What EXEC said stands, whatever becomes of the connection behind it. */
    (void)(out->end != CW_REDIS_BATCH_CUT && read_arming(link, owner, out));
    return out->end != CW_REDIS_BATCH_CUT;
}

void
cw_redis_batch_read(struct redisContext *link, struct cw_redis_load *load,
                    const struct cw_redis_queued *queued, const struct cw_redis_owner *owner,
                    struct cw_redis_batch *out)
{
    *out = (struct cw_redis_batch){.end = CW_REDIS_BATCH_CUT};
    if (!read_replies(link, load, queued, owner, out)) {
        out->end = CW_REDIS_BATCH_CUT;
    }
}

void
cw_redis_batch_run(struct redisContext *link, struct cw_redis_load *load,
                   struct cw_redis_owner *owner, bool renew, int64_t now_ns, char *buffer,
                   struct cw_redis_batch *out)
{
    struct cw_redis_queued queued;
    *out = (struct cw_redis_batch){.end = CW_REDIS_BATCH_CUT};
    if (cw_redis_batch_queue(link, load, owner, renew, now_ns, buffer, &queued) &&
        cw_redis_batch_exec(link, owner, load->key)) {
        cw_redis_batch_read(link, load, &queued, owner, out);
    }
}
