/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <hiredis.h>

#include "server/ask.h"
#include "server/ends.h"
#include "server/entry.h"
#include "server/frame.h"
#include "sink/redis_link.h"

enum {
    PACE_MS = 40,       /* least time between two reads: many entries go in one */
    IDLE_MS = 100,      /* without work or connection */
    CHECK_MS = 5000,    /* are the streams still the same ones? */
    READ_ENTRIES = 512, /* in one reply, over all streams: some 10 MB at most */
    ENTRY_MAX = 256 * 1024,
    MAX_STREAMS = CW_FEEDS_MAX * CAMWATCH_N_STREAMS,
    MAX_WORDS = 6 + 2 * MAX_STREAMS,
};

#define BLOCK_MS "250"

/* One round's XREAD. */
struct batch {
    struct cw_feed feeds[CW_FEEDS_MAX];
    size_t n;
    char keys[MAX_STREAMS][CW_REDIS_KEY_MAX / 2];
    char ids[MAX_STREAMS][CW_STREAM_ID_MAX];
};

static void
sleep_ms(int64_t ms)
{
    if (ms > 0) {
        const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
        (void)nanosleep(&t, NULL);
    }
}

static void
put_gap(struct cw_reader *reader, const struct cw_feed *feed, enum camwatch_stream stream,
        enum cw_message_kind kind, const struct cw_stream_id *before)
{
    struct cw_stream_id after = feed->last.ids[stream];
    struct cw_body text = {.max = 1024};
    cw_frame_gap(&text, feed->sensor, stream, kind == CW_MESSAGE_RESET ? "reset" : "trimmed",
                 after, before);
    const struct cw_message message = {.kind = kind,
                                       .feed = feed->number,
                                       .stream = stream,
                                       .id = after,
                                       .text = cw_bytes(text.text, text.len)};
    cw_hub_put(reader->hub, &message);
    cw_body_free(&text);
}

/* From now on. */
static bool
start_feed(struct cw_reader *reader, const struct cw_feed *feed)
{
    struct cw_place place;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_stream_ends ends;
        if (cw_ask_ends(&reader->source, feed->sensor, i, &ends) != CW_ANSWER_OK) {
            return false;
        }
        place.ids[i] = ends.generated;
    }
    cw_hub_start(reader->hub, feed->number, &place);
    return true;
}

/* A stream whose last ID went back is another one: XREAD would wait for ever. */
static bool
check_feed(struct cw_reader *reader, const struct cw_feed *feed)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_stream_ends ends;
        if (cw_ask_ends(&reader->source, feed->sensor, i, &ends) != CW_ANSWER_OK) {
            return false;
        }
        if (cw_stream_id_compare(ends.generated, feed->last.ids[i]) < 0) {
            put_gap(reader, feed, i, CW_MESSAGE_RESET, ends.length > 0 ? &ends.first : NULL);
        }
    }
    return true;
}

static bool
prepare(struct cw_reader *reader, struct batch *batch)
{
    bool is_due = !reader->was_connected || cw_now_ms() - reader->checked_ms >= CHECK_MS;
    batch->n = cw_hub_feeds(reader->hub, batch->feeds);
    for (size_t i = 0; i < batch->n; i++) {
        const struct cw_feed *feed = &batch->feeds[i];
        if (feed->is_started ? is_due && !check_feed(reader, feed)
                             : !start_feed(reader, feed)) {
            return false;
        }
    }
    if (is_due) {
        reader->checked_ms = cw_now_ms();
    }
    reader->was_connected = true;
    batch->n = cw_hub_feeds(reader->hub, batch->feeds); /* as they are now */
    return true;
}

static bool
send_read(struct cw_reader *reader, struct batch *batch)
{
    const char *words[MAX_WORDS];
    char count[16];
    size_t n_streams = 0;
    assert(batch->n > 0); /* without a feed nothing is read */
    for (size_t i = 0; i < batch->n; i++) {
        for (unsigned stream = 0; stream < CAMWATCH_N_STREAMS; stream++) {
            char key[CW_REDIS_KEY_MAX];
            (void)cw_redis_key(batch->feeds[i].sensor, camwatch_stream_text(stream), key);
            (void)snprintf(batch->keys[n_streams], sizeof(batch->keys[0]), "%.255s", key);
            (void)cw_stream_id_text(batch->feeds[i].last.ids[stream], batch->ids[n_streams]);
            n_streams++;
        }
    }
    (void)snprintf(count, sizeof(count), "%zu", 1 + READ_ENTRIES / n_streams);
    const char *const head[] = {"XREAD", "COUNT", count, "BLOCK", BLOCK_MS, "STREAMS"};
    memcpy(words, head, sizeof(head));
    for (size_t i = 0; i < n_streams; i++) {
        words[6 + i] = batch->keys[i];
        words[6 + n_streams + i] = batch->ids[i];
    }
    return cw_source_send(&reader->source, words, 6 + 2 * n_streams);
}

/* What was read last is still there: so nothing behind it can have been trimmed unread. */
static bool
is_still_there(struct cw_reader *reader, const char *key, struct cw_stream_id id,
               bool *is_there)
{
    char text[CW_STREAM_ID_MAX];
    (void)cw_stream_id_text(id, text);
    const char *const words[] = {"XRANGE", key, text, text, "COUNT", "1"};
    redisReply *reply;
    if (cw_ask(&reader->source, words, 6, &reply) != CW_ANSWER_OK) {
        return false;
    }
    *is_there = reply->type == REDIS_REPLY_ARRAY && reply->elements > 0;
    cw_redis_reply_free(reply);
    return true;
}

static void
put_entries(struct cw_reader *reader, const struct cw_feed *feed, enum camwatch_stream stream,
            const redisReply *entries)
{
    struct cw_body text = {.max = ENTRY_MAX};
    for (size_t i = 0; i < entries->elements; i++) {
        struct cw_message message = {
            .kind = CW_MESSAGE_ENTRY, .feed = feed->number, .stream = stream};
        if (cw_entry_id(entries->element[i], &message.id)) {
            cw_entry_write(&text, entries->element[i], feed->sensor);
            message.text = cw_bytes(text.text, text.len);
            cw_hub_put(reader->hub, &message);
        }
    }
    cw_body_free(&text);
}

/* One stream of the reply, [key, entries]. */
static bool
take_stream(struct cw_reader *reader, const struct batch *batch, const redisReply *row)
{
    size_t at = 0;
    bool is_there = true;
    struct cw_stream_id first;
    if (row->type != REDIS_REPLY_ARRAY || row->elements != 2 || !row->element[0]->str) {
        return true;
    }
    while (at < batch->n * CAMWATCH_N_STREAMS &&
           strcmp(batch->keys[at], row->element[0]->str) != 0) {
        at++;
    }
    const redisReply *entries = row->element[1];
    if (at == batch->n * CAMWATCH_N_STREAMS || entries->type != REDIS_REPLY_ARRAY ||
        entries->elements == 0 || !cw_entry_id(entries->element[0], &first)) {
        return true;
    }
    const struct cw_feed *feed = &batch->feeds[at / CAMWATCH_N_STREAMS];
    unsigned stream = at % CAMWATCH_N_STREAMS;
    struct cw_stream_id last = feed->last.ids[stream];
    if (!cw_stream_id_is_zero(last) &&
        !is_still_there(reader, batch->keys[at], last, &is_there)) {
        return false;
    }
    if (!is_there) {
        put_gap(reader, feed, stream, CW_MESSAGE_GAP, &first);
    }
    put_entries(reader, feed, stream, entries);
    return true;
}

static bool
read_batch(struct cw_reader *reader, struct batch *batch)
{
    if (!send_read(reader, batch)) {
        return false;
    }
    redisReply *reply;
    if (cw_take(&reader->source, "XREAD", &reply) != CW_ANSWER_OK) {
        return false;
    }
    bool is_good = true;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements && is_good;
         i++) {
        is_good = take_stream(reader, batch, reply->element[i]);
    }
    cw_redis_reply_free(reply);
    return is_good;
}

/* A refusal (a lacking right, a key that is no stream) is not of the connection, but nothing can
 * be read all the same. */
static void
tell_away(struct cw_reader *reader)
{
    reader->was_connected = false;
    cw_hub_set_away(reader->hub, reader->source.why.text);
}

void
cw_reader_run(struct cw_reader *reader)
{
    struct batch batch;
    int64_t start = cw_now_ms();
    int64_t pause = PACE_MS;
    if (!cw_source_ready(&reader->source) || !prepare(reader, &batch)) {
        tell_away(reader);
        pause = IDLE_MS;
    } else {
        cw_hub_set_away(reader->hub, NULL);
        cw_hub_wake(reader->hub);
        if (batch.n == 0) {
            pause = IDLE_MS;
        } else if (!read_batch(reader, &batch)) {
            tell_away(reader);
            pause = IDLE_MS;
        }
    }
    cw_hub_wake(reader->hub);
    sleep_ms(start + pause - cw_now_ms());
}
