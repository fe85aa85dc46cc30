/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/query_state.h"

#include <stdio.h>
#include <time.h>

#include <hiredis.h>

#include "camwatch/fields.h"
#include "server/ask.h"
#include "server/ends.h"
#include "server/entry.h"
#include "server/tops.h"
#include "sink/redis_link.h"

enum { PIPELINE = 32 };

/* "2026-01-02T03:04:05.678901234Z" of an entry's @timestamp; now where there is none. */
static int64_t
time_of(const redisReply *entry)
{
    const char *name = camwatch_field_info(CAMWATCH_FIELD_TIMESTAMP)->name;
    const redisReply *fields = entry ? entry->element[1] : NULL;
    for (size_t i = 0; fields && i + 1 < fields->elements; i += 2) {
        const redisReply *field = fields->element[i], *value = fields->element[i + 1];
        struct tm t = {.tm_year = 0};
        if (field->str && value->str && strcmp(field->str, name) == 0 &&
            strptime(value->str, "%Y-%m-%dT%H:%M:%S", &t)) {
            return (int64_t)timegm(&t) * 1000;
        }
    }
    return (int64_t)time(NULL) * 1000;
}

enum cw_answer
cw_put_latest_stats(struct cw_source *source, const char *sensor, struct cw_body *out,
                    int64_t *time_ms)
{
    char key[CW_REDIS_KEY_MAX];
    const char *const words[] = {
        "XREVRANGE", cw_redis_key(sensor, "stats", key), "+", "-", "COUNT", "1"};
    struct cw_stream_id id;
    redisReply *reply;
    enum cw_answer answer = cw_ask(source, words, sizeof(words) / sizeof(*words), &reply);
    if (answer != CW_ANSWER_OK) {
        return answer;
    }
    const redisReply *entry = reply->type == REDIS_REPLY_ARRAY && reply->elements == 1 &&
                                      cw_entry_id(reply->element[0], &id)
                                  ? reply->element[0]
                                  : NULL;
    if (time_ms) {
        *time_ms = time_of(entry);
    }
    if (entry) {
        cw_entry_put(out, entry, NULL);
    } else {
        cw_body_open(out, '{');
        cw_body_close(out, '}');
    }
    cw_redis_reply_free(reply);
    return CW_ANSWER_OK;
}

static bool
send_device(struct cw_source *source, const char *sensor, const redisReply *id)
{
    char suffix[CW_REDIS_KEY_MAX / 2], key[CW_REDIS_KEY_MAX];
    (void)snprintf(suffix, sizeof(suffix), "device:%s",
                   id->type == REDIS_REPLY_STRING ? id->str : "");
    const char *const words[] = {"HGETALL", cw_redis_key(sensor, suffix, key)};
    return cw_source_send(source, words, 2);
}

/* A few devices, asked for in one go. Records that have expired are left out. */
static enum cw_answer
put_some(struct cw_source *source, const char *sensor, redisReply *const *ids, size_t n,
         struct cw_body *out)
{
    for (size_t i = 0; i < n; i++) {
        if (!send_device(source, sensor, ids[i])) {
            return CW_ANSWER_AWAY;
        }
    }
    enum cw_answer worst = CW_ANSWER_OK;
    for (size_t i = 0; i < n; i++) {
        redisReply *reply;
        enum cw_answer answer = cw_take(source, "HGETALL", &reply);
        if (answer == CW_ANSWER_AWAY) {
            return answer;
        }
        if (answer != CW_ANSWER_OK) {
            worst = answer;
            continue;
        }
        if (reply->type == REDIS_REPLY_ARRAY && reply->elements > 0) {
            cw_body_open(out, '{');
            cw_entry_put_fields(out, reply);
            cw_body_close(out, '}');
        }
        cw_redis_reply_free(reply);
    }
    return worst;
}

static enum cw_answer
put_devices(struct cw_source *source, const struct cw_query *query, const redisReply *ids,
            struct cw_body *out)
{
    size_t n = ids->type == REDIS_REPLY_ARRAY ? ids->elements : 0;
    enum cw_answer answer = CW_ANSWER_OK;
    cw_body_key(out, "devices");
    cw_body_open(out, '[');
    for (size_t i = 0; i < n && answer == CW_ANSWER_OK && !out->is_full; i += PIPELINE) {
        size_t some = n - i < PIPELINE ? n - i : PIPELINE;
        answer = put_some(source, query->sensor, ids->element + i, some, out);
    }
    cw_body_close(out, ']');
    return answer;
}

static enum cw_answer
put_page(struct cw_source *source, const struct cw_query *query, struct cw_body *out)
{
    char key[CW_REDIS_KEY_MAX], first[16], last[16];
    (void)cw_redis_key(query->sensor, "index", key);
    (void)snprintf(first, sizeof(first), "%u", query->offset);
    (void)snprintf(last, sizeof(last), "%u", query->offset + query->count - 1);
    const char *const count[] = {"ZCARD", key};
    const char *const range[] = {"ZREVRANGE", key, first, last};
    redisReply *reply;
    enum cw_answer answer = cw_ask(source, count, 2, &reply);
    if (answer != CW_ANSWER_OK) {
        return answer;
    }
    uint64_t total = reply->type == REDIS_REPLY_INTEGER ? (uint64_t)reply->integer : 0;
    cw_redis_reply_free(reply);
    cw_body_key(out, "total");
    cw_body_number(out, total);
    cw_body_key(out, "offset");
    cw_body_number(out, query->offset);
    cw_body_key(out, "next");
    if (query->offset + (uint64_t)query->count < total) {
        cw_body_number(out, query->offset + (uint64_t)query->count);
    } else {
        cw_body_null(out);
    }
    answer = cw_ask(source, range, 4, &reply);
    if (answer == CW_ANSWER_OK) {
        answer = put_devices(source, query, reply, out);
        cw_redis_reply_free(reply);
    }
    return answer;
}

/* Their lengths and ends, and the place from which /api/live goes on. */
static enum cw_answer
put_streams(struct cw_source *source, const char *sensor, struct cw_body *out)
{
    struct cw_place place;
    char text[CW_PLACE_MAX], id[CW_STREAM_ID_MAX];
    cw_body_key(out, "streams");
    cw_body_open(out, '{');
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_stream_ends ends;
        enum cw_answer answer = cw_ask_ends(source, sensor, i, &ends);
        if (answer != CW_ANSWER_OK) {
            return answer;
        }
        place.ids[i] = ends.generated;
        cw_body_key(out, camwatch_stream_text(i));
        cw_body_open(out, '{');
        cw_body_key(out, "length");
        cw_body_number(out, ends.length);
        cw_body_key(out, "first_id");
        cw_body_text(out, ends.length > 0 ? cw_stream_id_text(ends.first, id) : "");
        cw_body_key(out, "last_id");
        cw_body_text(out, ends.length > 0 ? cw_stream_id_text(ends.last, id) : "");
        cw_body_close(out, '}');
    }
    cw_body_close(out, '}');
    cw_body_key(out, "live");
    cw_body_text(out, cw_place_text(&place, text));
    return CW_ANSWER_OK;
}

enum cw_answer
cw_query_state(struct cw_source *source, const struct cw_query *query, struct cw_body *out)
{
    int64_t time_ms = 0;
    cw_body_open(out, '{');
    cw_body_key(out, "sensor");
    cw_body_text(out, query->sensor);
    /* the streams first: what comes in between is in the devices, and comes again live */
    enum cw_answer answer = put_streams(source, query->sensor, out);
    if (answer == CW_ANSWER_OK) {
        cw_body_key(out, "stats");
        answer = cw_put_latest_stats(source, query->sensor, out, &time_ms);
    }
    if (answer == CW_ANSWER_OK && query->offset == 0) {
        answer = cw_put_tops(source, query->sensor, time_ms, out);
    }
    if (answer == CW_ANSWER_OK) {
        answer = put_page(source, query, out);
    }
    cw_body_close(out, '}');
    return answer;
}
