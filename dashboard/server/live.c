/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/live.h"

#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "base/text.h"
#include "server/reply.h"

enum { BLOCK_BYTES = 16 * 1024 };

#define WHAT_TO_DO                                                                             \
    "ask for /api/live?sensor=NAME, at most 16 sensors, with the Last-Event-ID of an earlier " \
    "answer, or none"

struct live {
    struct cw_client *client;
    struct MHD_Connection *connection;
};

struct wanted {
    struct cw_bytes sensors[CW_CLIENT_FEEDS];
    struct cw_place places[CW_CLIENT_FEEDS];
    size_t n;
    bool is_bad;
};

void
cw_live_wake(void *connection)
{
    MHD_resume_connection(connection);
}

static void
suspend(void *connection)
{
    MHD_suspend_connection(connection);
}

static ssize_t
on_read(void *opaque, uint64_t pos, char *out, size_t size)
{
    struct live *live = opaque;
    (void)pos;
    long n = cw_hub_read(live->client, out, size, suspend, live->connection);
    return n == CW_CLIENT_END ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

static void
on_free(void *opaque)
{
    struct live *live = opaque;
    cw_hub_leave(live->client);
    free(live);
}

static enum MHD_Result
on_argument(void *opaque, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct wanted *wanted = opaque;
    (void)kind;
    if (strcmp(name, "sensor") != 0) {
        return MHD_YES;
    }
    if (!value || !cw_redis_sensor_is_good(value) || wanted->n == CW_CLIENT_FEEDS) {
        wanted->is_bad = true;
        return MHD_NO;
    }
    struct cw_bytes sensor = cw_bytes_text(value);
    for (size_t i = 0; i < wanted->n; i++) {
        if (cw_bytes_equal(wanted->sensors[i], sensor)) {
            return MHD_YES;
        }
    }
    wanted->sensors[wanted->n++] = sensor;
    return MHD_YES;
}

/* One place a sensor, joined by '~'. */
static bool
parse_places(struct wanted *wanted, struct cw_bytes text)
{
    for (size_t i = 0; i < wanted->n; i++) {
        ptrdiff_t end = cw_text_find(text, cw_bytes_text("~"));
        bool is_last = i + 1 == wanted->n;
        size_t len = end < 0 ? text.len : (size_t)end;
        if (is_last != (end < 0) ||
            !cw_place_parse(cw_bytes_head(text, len), &wanted->places[i])) {
            return false;
        }
        text = cw_bytes_from(text, len + 1);
    }
    return true;
}

static struct MHD_Response *
make_response(struct MHD_Connection *connection, struct cw_client *client)
{
    struct live *live = malloc(sizeof(*live));
    struct MHD_Response *response = NULL;
    if (live) {
        *live = (struct live){.client = client, .connection = connection};
        response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_read,
                                                     live, on_free);
    }
    if (!response) {
        free(live);
        cw_hub_leave(client);
    }
    return response;
}

static bool
answer_head(struct MHD_Connection *connection)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    if (response) {
        cw_reply_headers(response, "text/event-stream", "no-store");
    }
    return cw_reply_queue(connection, MHD_HTTP_OK, response);
}

bool
cw_live_answer(struct cw_hub *hub, struct MHD_Connection *connection, bool is_head)
{
    struct wanted wanted = {.n = 0};
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, on_argument, &wanted);
    const char *place = cw_request_header(connection, "Last-Event-ID");
    place =
        place ? place : MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "from");
    if (wanted.is_bad || wanted.n == 0 ||
        (place && !parse_places(&wanted, cw_bytes_text(place)))) {
        return cw_reply_error(connection, MHD_HTTP_BAD_REQUEST,
                              "no such sensor name or Last-Event-ID", WHAT_TO_DO);
    }
    if (is_head) {
        return answer_head(connection);
    }
    struct cw_client *client =
        cw_hub_join(hub, wanted.sensors, wanted.n, place ? wanted.places : NULL);
    if (!client) {
        return cw_reply_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                              "too many browsers or sensors are being followed",
                              "close some, or raise --max-browsers");
    }
    struct MHD_Response *response = make_response(connection, client);
    if (!response) {
        return false;
    }
    cw_reply_headers(response, "text/event-stream", "no-store");
    (void)MHD_add_response_header(response, "X-Accel-Buffering", "no"); /* nginx */
    return cw_reply_queue(connection, MHD_HTTP_OK, response);
}
