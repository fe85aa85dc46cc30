/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/fill.h"

#include <hiredis.h>

#include "server/ask.h"
#include "server/ends.h"
#include "server/entry.h"
#include "server/frame.h"
#include "sink/redis_link.h"

enum { PAGE_ENTRIES = 100, ENTRY_MAX = 256 * 1024 };

#define PAGE "100"

/* One stream of one sensor of one browser. */
struct fill {
    struct cw_source *source;
    struct cw_client *client;
    struct cw_subscription *subscription;
    const struct cw_feed *feed; /* as it stood before Redis was asked */
    enum camwatch_stream stream;
};

static void
put_gap(const struct fill *fill, enum cw_message_kind kind, const struct cw_stream_id *before)
{
    struct cw_stream_id after = fill->subscription->at.ids[fill->stream];
    struct cw_body text = {.max = 1024};
    cw_frame_gap(&text, fill->feed->sensor, fill->stream,
                 kind == CW_MESSAGE_RESET ? "reset" : "trimmed", after, before);
    const struct cw_message message = {.kind = kind,
                                       .stream = fill->stream,
                                       .id = after,
                                       .text = cw_bytes(text.text, text.len)};
    cw_frame_put(fill->client, fill->subscription, &message);
    cw_body_free(&text);
}

/* The browser's place may be one of a stream that was deleted since: then it begins anew. */
static bool
check_place(const struct fill *fill)
{
    struct cw_stream_ends ends;
    struct cw_stream_id *at = &fill->subscription->at.ids[fill->stream];
    if (cw_ask_ends(fill->source, fill->feed->sensor, fill->stream, &ends) != CW_ANSWER_OK) {
        return false;
    }
    if (cw_stream_id_compare(*at, ends.generated) > 0) {
        put_gap(fill, CW_MESSAGE_RESET, ends.length > 0 ? &ends.first : NULL);
    }
    fill->subscription->is_checked[fill->stream] = true;
    return true;
}

static enum cw_answer
ask_page(const struct fill *fill, struct redisReply **reply)
{
    char key[CW_REDIS_KEY_MAX], from[CW_STREAM_ID_MAX];
    const struct cw_stream_id *at = &fill->subscription->at.ids[fill->stream];
    (void)cw_redis_key(fill->feed->sensor, camwatch_stream_text(fill->stream), key);
    (void)cw_stream_id_text(*at, from);
    const char *const words[] = {"XRANGE", key, from, "+", "COUNT", PAGE};
    return cw_ask(fill->source, words, sizeof(words) / sizeof(*words), reply);
}

static void
put_entry(const struct fill *fill, const struct redisReply *entry, struct cw_stream_id id)
{
    struct cw_body text = {.max = ENTRY_MAX};
    cw_entry_write(&text, entry, fill->feed->sensor);
    const struct cw_message message = {.kind = CW_MESSAGE_ENTRY,
                                       .stream = fill->stream,
                                       .id = id,
                                       .text = cw_bytes(text.text, text.len)};
    cw_frame_put(fill->client, fill->subscription, &message);
    cw_body_free(&text);
}

/* What of a page is behind the browser's place. True when the page proves that there is no gap. */
static bool
put_entries(const struct fill *fill, const struct redisReply *page)
{
    const struct cw_stream_id *at = &fill->subscription->at.ids[fill->stream];
    bool is_proven = cw_stream_id_is_zero(*at);
    for (size_t i = 0; i < page->elements; i++) {
        struct cw_stream_id id;
        if (!cw_entry_id(page->element[i], &id) || cw_stream_id_compare(id, *at) <= 0) {
            is_proven = true;
            continue;
        }
        if (!is_proven) {
            put_gap(fill, CW_MESSAGE_GAP, &id);
            is_proven = true;
        }
        put_entry(fill, page->element[i], id);
    }
    return is_proven;
}

/* A page of entries behind the browser's place; its place itself is asked for too: that it is
 * still there proves that nothing behind it was trimmed. *is_end: there is no more. */
static bool
put_page(const struct fill *fill, bool *is_end)
{
    struct cw_stream_id *at = &fill->subscription->at.ids[fill->stream];
    struct cw_stream_id end = fill->feed->last.ids[fill->stream];
    redisReply *reply;
    if (ask_page(fill, &reply) != CW_ANSWER_OK) {
        return false;
    }
    bool is_proven = put_entries(fill, reply);
    *is_end = reply->elements < PAGE_ENTRIES;
    cw_redis_reply_free(reply);
    if (*is_end && cw_stream_id_compare(*at, end) < 0) { /* the last ones are gone again */
        if (!is_proven) {
            put_gap(fill, CW_MESSAGE_GAP, NULL);
        }
        *at = end;
    }
    return true;
}

static bool
fill_stream(const struct fill *fill)
{
    const struct cw_stream_id *at = &fill->subscription->at.ids[fill->stream];
    bool is_end = false;
    if (!fill->subscription->is_checked[fill->stream] && !check_place(fill)) {
        return false;
    }
    while (!is_end && fill->client->out.len < CW_CLIENT_BYTES &&
           cw_stream_id_compare(*at, fill->feed->last.ids[fill->stream]) < 0) {
        if (!put_page(fill, &is_end)) {
            return false;
        }
    }
    return true;
}

bool
cw_fill(struct cw_source *source, struct cw_client *client)
{
    for (size_t i = 0; i < client->n_subscriptions; i++) {
        struct cw_feed feed;
        struct fill fill = {.source = source,
                            .client = client,
                            .subscription = &client->subscriptions[i],
                            .feed = &feed};
        if (!cw_hub_get_feed(client->hub, fill.subscription->feed, &feed)) {
            continue;
        }
        for (unsigned stream = 0; stream < CAMWATCH_N_STREAMS; stream++) {
            fill.stream = stream;
            if (!fill_stream(&fill)) {
                return false;
            }
        }
    }
    return true;
}
