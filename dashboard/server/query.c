/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/query.h"

#include <stdio.h>

#include <hiredis.h>

#include "server/ask.h"
#include "server/entry.h"
#include "server/query_state.h"
#include "server/scan.h"
#include "sink/redis_link.h"

static enum cw_answer
put_heartbeat(struct cw_source *source, const char *sensor, struct cw_body *out)
{
    char key[CW_REDIS_KEY_MAX];
    const char *const words[] = {"HGETALL", cw_redis_key(sensor, "sensor", key)};
    redisReply *reply;
    enum cw_answer answer = cw_ask(source, words, 2, &reply);
    if (answer != CW_ANSWER_OK) {
        return answer;
    }
    bool is_stale = reply->type != REDIS_REPLY_ARRAY || reply->elements == 0;
    cw_body_open(out, '{');
    cw_body_key(out, "name");
    cw_body_text(out, sensor);
    cw_body_key(out, "stale");
    cw_body_bool(out, is_stale);
    cw_body_key(out, "heartbeat");
    if (is_stale) { /* the key has expired: what it said last */
        answer = cw_put_latest_stats(source, sensor, out, NULL);
    } else {
        cw_body_open(out, '{');
        cw_entry_put_fields(out, reply);
        cw_body_close(out, '}');
    }
    cw_body_close(out, '}');
    cw_redis_reply_free(reply);
    return answer;
}

static enum cw_answer
run_sensors(struct cw_source *source, struct cw_sensor_names *names, struct cw_body *out)
{
    bool is_whole = true;
    enum cw_answer answer = CW_ANSWER_OK;
    if (!names->is_fixed) {
        answer = cw_scan_sensors(source, names, &is_whole);
    }
    cw_body_open(out, '{');
    cw_body_key(out, "sensors");
    cw_body_open(out, '[');
    for (size_t i = 0; i < names->n && answer == CW_ANSWER_OK; i++) {
        answer = put_heartbeat(source, names->names[i], out);
    }
    cw_body_close(out, ']');
    cw_body_key(out, "complete");
    cw_body_bool(out, is_whole);
    cw_body_close(out, '}');
    return answer;
}

/* The entries of a reply, oldest first; returns the last ID in *next, if there is one. */
static void
put_events(struct cw_body *out, const redisReply *reply, bool is_reversed,
           char next[CW_STREAM_ID_MAX])
{
    size_t n = reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
    cw_body_key(out, "events");
    cw_body_open(out, '[');
    for (size_t i = 0; i < n; i++) {
        struct cw_stream_id id;
        const redisReply *entry = reply->element[is_reversed ? n - 1 - i : i];
        if (cw_entry_id(entry, &id)) {
            cw_entry_put(out, entry, NULL);
            (void)cw_stream_id_text(id, next);
        }
    }
    cw_body_close(out, ']');
}

static enum cw_answer
run_events(struct cw_source *source, const struct cw_query *query, struct cw_body *out)
{
    char key[CW_REDIS_KEY_MAX], edge[CW_STREAM_ID_MAX], count[16], next[CW_STREAM_ID_MAX] = "";
    const char *stream = camwatch_stream_text(query->stream);
    (void)cw_redis_key(query->sensor, stream, key);
    (void)snprintf(count, sizeof(count), "%u", query->count);
    struct cw_stream_id at =
        query->has_from ? cw_stream_id_next(query->from) : cw_stream_id_previous(query->before);
    (void)cw_stream_id_text(at, edge);
    const char *const forward[] = {"XRANGE", key, edge, "+", "COUNT", count};
    const char *const back[] = {"XREVRANGE", key,     query->has_before ? edge : "+",
                                "-",         "COUNT", count};
    redisReply *reply;
    enum cw_answer answer = cw_ask(source, query->has_from ? forward : back, 6, &reply);
    if (answer != CW_ANSWER_OK) {
        return answer;
    }
    cw_body_open(out, '{');
    cw_body_key(out, "sensor");
    cw_body_text(out, query->sensor);
    cw_body_key(out, "stream");
    cw_body_text(out, stream);
    put_events(out, reply, !query->has_from, next);
    cw_body_key(out, "next");
    if (*next) {
        cw_body_text(out, next);
    } else {
        cw_body_null(out);
    }
    cw_body_close(out, '}');
    cw_redis_reply_free(reply);
    return CW_ANSWER_OK;
}

enum cw_answer
cw_query_run(struct cw_source *source, const struct cw_query *query,
             struct cw_sensor_names *names, struct cw_body *out)
{
    enum cw_answer answer = CW_ANSWER_AWAY;
    if (!cw_source_ready(source)) {
        return answer;
    }
    switch (query->kind) {
    case CW_QUERY_SENSORS:
        answer = run_sensors(source, names, out);
        break;
    case CW_QUERY_STATE:
        answer = cw_query_state(source, query, out);
        break;
    case CW_QUERY_EVENTS:
        answer = run_events(source, query, out);
        break;
    }
    return answer == CW_ANSWER_OK && out->is_full ? CW_ANSWER_FULL : answer;
}
