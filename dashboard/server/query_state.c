/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/query_state.h"

#include <stdio.h>

#include <hiredis.h>

#include "server/ask.h"
#include "server/ends.h"
#include "server/entry.h"
#include "server/tops.h"
#include "sink/redis_link.h"

enum { PIPELINE = 32 };

enum cw_answer
cw_put_latest_stats(struct cw_source *source, const char *sensor, struct cw_json *out)
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
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 1 &&
        cw_entry_id(reply->element[0], &id)) {
        cw_entry_put(out, reply->element[0], NULL);
    } else {
        cw_json_open(out, '{');
        cw_json_close(out, '}');
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
         struct cw_json *out)
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
            cw_json_open(out, '{');
            cw_entry_put_fields(out, reply);
            cw_json_close(out, '}');
        }
        cw_redis_reply_free(reply);
    }
    return worst;
}

static enum cw_answer
put_devices(struct cw_source *source, const struct cw_query *query, const redisReply *ids,
            struct cw_json *out)
{
    size_t n = ids->type == REDIS_REPLY_ARRAY ? ids->elements : 0;
    enum cw_answer answer = CW_ANSWER_OK;
    cw_json_key(out, "devices");
    cw_json_open(out, '[');
    for (size_t i = 0; i < n && answer == CW_ANSWER_OK && !out->is_full; i += PIPELINE) {
        size_t some = n - i < PIPELINE ? n - i : PIPELINE;
        answer = put_some(source, query->sensor, ids->element + i, some, out);
    }
    cw_json_close(out, ']');
    return answer;
}

static enum cw_answer
put_page(struct cw_source *source, const struct cw_query *query, struct cw_json *out)
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
    cw_json_key(out, "total");
    cw_json_number(out, total);
    cw_json_key(out, "offset");
    cw_json_number(out, query->offset);
    cw_json_key(out, "next");
    if (query->offset + (uint64_t)query->count < total) {
        cw_json_number(out, query->offset + (uint64_t)query->count);
    } else {
        cw_json_null(out);
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
put_streams(struct cw_source *source, const char *sensor, struct cw_json *out)
{
    struct cw_place place;
    char text[CW_PLACE_MAX], id[CW_STREAM_ID_MAX];
    cw_json_key(out, "streams");
    cw_json_open(out, '{');
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_stream_ends ends;
        enum cw_answer answer = cw_ask_ends(source, sensor, i, &ends);
        if (answer != CW_ANSWER_OK) {
            return answer;
        }
        place.ids[i] = ends.generated;
        cw_json_key(out, camwatch_stream_text(i));
        cw_json_open(out, '{');
        cw_json_key(out, "length");
        cw_json_number(out, ends.length);
        cw_json_key(out, "first_id");
        cw_json_text(out, ends.length > 0 ? cw_stream_id_text(ends.first, id) : "");
        cw_json_key(out, "last_id");
        cw_json_text(out, ends.length > 0 ? cw_stream_id_text(ends.last, id) : "");
        cw_json_close(out, '}');
    }
    cw_json_close(out, '}');
    cw_json_key(out, "live");
    cw_json_text(out, cw_place_text(&place, text));
    return CW_ANSWER_OK;
}

enum cw_answer
cw_query_state(struct cw_source *source, const struct cw_query *query, struct cw_json *out)
{
    cw_json_open(out, '{');
    cw_json_key(out, "sensor");
    cw_json_text(out, query->sensor);
    /* the streams first: what comes in between is in the devices, and comes again live */
    enum cw_answer answer = put_streams(source, query->sensor, out);
    if (answer == CW_ANSWER_OK) {
        cw_json_key(out, "stats");
        answer = cw_put_latest_stats(source, query->sensor, out);
    }
    if (answer == CW_ANSWER_OK && query->offset == 0) {
        answer = cw_put_tops(source, query->sensor, out);
    }
    if (answer == CW_ANSWER_OK) {
        answer = put_page(source, query, out);
    }
    cw_json_close(out, '}');
    return answer;
}
