/* SPDX-License-Identifier: Apache-2.0 */
#include "server/frame.h"

#include <string.h>

static void
put(struct cw_body *out, const char *text)
{
    cw_body_raw(out, text, strlen(text));
}

/* The browser's places, one a sensor. */
static void
put_places(struct cw_client *client)
{
    char text[CW_PLACE_MAX];
    put(&client->out, "id: ");
    for (size_t i = 0; i < client->n_subscriptions; i++) {
        put(&client->out, i > 0 ? "~" : "");
        put(&client->out, cw_place_text(&client->subscriptions[i].at, text));
    }
    put(&client->out, "\n");
}

static void
put_event(struct cw_client *client, const char *name, struct cw_bytes data, bool has_id)
{
    put(&client->out, "event: ");
    put(&client->out, name);
    put(&client->out, "\n");
    if (has_id) {
        put_places(client);
    }
    put(&client->out, "data: ");
    cw_body_raw(&client->out, data.ptr, data.len);
    put(&client->out, "\n\n");
}

void
cw_frame_put(struct cw_client *client, struct cw_subscription *subscription,
             const struct cw_message *message)
{
    struct cw_stream_id *at = &subscription->at.ids[message->stream];
    int order = cw_stream_id_compare(message->id, *at);
    switch (message->kind) {
    case CW_MESSAGE_ENTRY:
        if (order > 0) {
            *at = message->id;
            put_event(client, camwatch_stream_text(message->stream), message->text, true);
        }
        break;
    case CW_MESSAGE_GAP:
        if (order >= 0) {
            put_event(client, "gap", message->text, false);
        }
        break;
    case CW_MESSAGE_RESET:
        if (order <= 0) {
            *at = (struct cw_stream_id){.ms = 0};
            put_event(client, "gap", message->text, true);
        }
        break;
    }
}

void
cw_frame_place(struct cw_client *client)
{
    put_places(client);
    put(&client->out, "\n");
}

void
cw_frame_greet(struct cw_client *client)
{
    put(&client->out, "retry: 2000\n\n");
}

void
cw_frame_put_away(struct cw_client *client, const char *why)
{
    struct cw_body data = {.max = 4096};
    cw_body_open(&data, '{');
    if (why) {
        cw_body_key(&data, "error");
        cw_body_text(&data, why);
        cw_body_key(&data, "what_to_do");
        cw_body_text(&data, "see that the server runs; the page goes on by itself");
    }
    cw_body_close(&data, '}');
    put_event(client, why ? "redis-away" : "redis-back", cw_bytes(data.text, data.len), false);
    cw_body_free(&data);
}

void
cw_frame_beat(struct cw_client *client)
{
    put(&client->out, ":\n\n");
}

void
cw_frame_gap(struct cw_body *out, const char *sensor, enum camwatch_stream stream,
             const char *reason, struct cw_stream_id after, const struct cw_stream_id *before)
{
    char text[CW_STREAM_ID_MAX];
    cw_body_open(out, '{');
    cw_body_key(out, "sensor");
    cw_body_text(out, sensor);
    cw_body_key(out, "stream");
    cw_body_text(out, camwatch_stream_text(stream));
    cw_body_key(out, "reason");
    cw_body_text(out, reason);
    cw_body_key(out, "after");
    cw_body_text(out, cw_stream_id_text(after, text));
    cw_body_key(out, "before");
    if (before) {
        cw_body_text(out, cw_stream_id_text(*before, text));
    } else {
        cw_body_null(out);
    }
    cw_body_close(out, '}');
}
