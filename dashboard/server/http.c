/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <microhttpd.h>

#include "base/text.h"
#include "server/live.h"
#include "server/reply.h"

enum {
    CONNECTION_BYTES = 32 * 1024,
    TIMEOUT_S = 30, /* without a byte from or to a connection that is not waiting for us */
    DEVICES_DEFAULT = 500,
    DEVICES_MAX = 1000,
    EVENTS_DEFAULT = 100,
    EVENTS_MAX = 1000,
    OFFSET_MAX = 10000000,
};

#define SEE_DOCS  "see docs/dashboard.md"
#define SEE_REDIS "see that Redis runs at the address given with --redis; it is tried again"

/* What is kept between the calls for one request. */
struct request {
    bool is_begun;
    struct cw_job job;
};

void
cw_http_wake(void *connection)
{
    MHD_resume_connection(connection);
}

/* Against DNS rebinding: another site's name that leads to this address is not ours. */
static bool
is_our_host(const struct cw_http *http, const char *host)
{
    if (!http->checks_host) {
        return true;
    }
    if (!host) {
        return false;
    }
    const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;
    const char *colon = strchr(bracket ? bracket : host, ':');
    size_t len = colon ? (size_t)(colon - host) : strlen(host);
    if (colon && !cw_text_is_digits(cw_bytes_text(colon + 1))) {
        return false;
    }
    for (size_t i = 0; i < http->n_hosts; i++) {
        if (strlen(http->hosts[i]) == len && strncasecmp(http->hosts[i], host, len) == 0) {
            return true;
        }
    }
    return false;
}

/* A page of another site asks; browsers say so. */
static bool
is_foreign(struct MHD_Connection *connection)
{
    const char *site = cw_request_header(connection, "Sec-Fetch-Site");
    return site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

static const char *
argument(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

static bool
read_number(struct MHD_Connection *connection, const char *name, uint32_t usual, uint32_t max,
            uint32_t *out)
{
    const char *text = argument(connection, name);
    *out = usual;
    return !text || cw_text_number(cw_bytes_text(text), max, out);
}

static bool
read_id(struct MHD_Connection *connection, const char *name, bool *has,
        struct cw_stream_id *out)
{
    const char *text = argument(connection, name);
    *has = text;
    return !text || cw_stream_id_parse(cw_bytes_text(text), out);
}

static bool
read_stream(struct MHD_Connection *connection, enum camwatch_stream *out)
{
    const char *text = argument(connection, "stream");
    for (unsigned i = 0; text && i < CAMWATCH_N_STREAMS; i++) {
        if (strcmp(text, camwatch_stream_text(i)) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool
read_sensor(struct MHD_Connection *connection, struct cw_query *query)
{
    const char *text = argument(connection, "sensor");
    if (!text || !cw_redis_sensor_is_good(text)) {
        return false;
    }
    memcpy(query->sensor, text, strlen(text) + 1);
    return true;
}

/* NULL, or what is wrong. */
static const char *
read_query(struct MHD_Connection *connection, const char *path, struct cw_query *query)
{
    if (strcmp(path, "/api/sensors") == 0) {
        query->kind = CW_QUERY_SENSORS;
        return NULL;
    }
    if (!read_sensor(connection, query)) {
        return "sensor: a name of letters, digits and ._- is needed";
    }
    if (strcmp(path, "/api/state") == 0) {
        query->kind = CW_QUERY_STATE;
        return read_number(connection, "count", DEVICES_DEFAULT, DEVICES_MAX, &query->count) &&
                       query->count > 0 &&
                       read_number(connection, "offset", 0, OFFSET_MAX, &query->offset)
                   ? NULL
                   : "count is 1 to 1000, offset a whole number";
    }
    query->kind = CW_QUERY_EVENTS;
    if (!read_stream(connection, &query->stream)) {
        return "stream is alerts, devices, flows or stats";
    }
    return read_id(connection, "from", &query->has_from, &query->from) &&
                   read_id(connection, "before", &query->has_before, &query->before) &&
                   read_number(connection, "count", EVENTS_DEFAULT, EVENTS_MAX,
                               &query->count) &&
                   query->count > 0
               ? NULL
               : "from and before are IDs like 1700000000000-0, count is 1 to 1000";
}

static bool
answer_job(struct MHD_Connection *connection, struct cw_job *job)
{
    if (job->is_busy) {
        return cw_reply_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                              "too many answers are on their way", "ask again in a moment");
    }
    switch (job->answer) {
    case CW_ANSWER_AWAY:
        return cw_reply_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE, job->why.text,
                              SEE_REDIS);
    case CW_ANSWER_REFUSED:
        return cw_reply_error(connection, MHD_HTTP_BAD_GATEWAY, job->why.text,
                              "give the Redis user the rights that docs/dashboard.md lists");
    case CW_ANSWER_FULL:
        return cw_reply_error(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
                              "the answer is larger than 8 MB", "ask for fewer with count");
    case CW_ANSWER_OK:
        break;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(
        job->body.len, job->body.text, MHD_RESPMEM_PERSISTENT); /* the request keeps it */
    if (response) {
        cw_reply_headers(response, CW_TYPE_JSON, "no-store");
    }
    return cw_reply_queue(connection, MHD_HTTP_OK, response);
}

static bool
ask(struct cw_http *http, struct MHD_Connection *connection, const char *path,
    struct request *request)
{
    const char *wrong = read_query(connection, path, &request->job.query);
    if (wrong) {
        return cw_reply_error(connection, MHD_HTTP_BAD_REQUEST, wrong, SEE_DOCS);
    }
    request->job.waiting = connection;
    MHD_suspend_connection(connection); /* before it can be woken */
    if (!cw_asker_put(http->asker, &request->job)) {
        MHD_resume_connection(connection);
        request->job.is_answered = true;
        request->job.answer = CW_ANSWER_AWAY;
    }
    return true;
}

static bool
is_question(const char *path)
{
    return strcmp(path, "/api/sensors") == 0 || strcmp(path, "/api/state") == 0 ||
           strcmp(path, "/api/events") == 0;
}

static bool
answer(struct cw_http *http, struct MHD_Connection *connection, const char *path,
       const char *method, struct request *request)
{
    bool is_head = strcmp(method, "HEAD") == 0;
    bool is_api = strncmp(path, "/api/", 5) == 0;
    if (!is_head && strcmp(method, "GET") != 0) {
        return cw_reply_error(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                              "the dashboard only reads", "use GET or HEAD");
    }
    if (!is_our_host(http, cw_request_header(connection, "Host"))) {
        return cw_reply_error(connection, MHD_HTTP_MISDIRECTED_REQUEST,
                              "the dashboard is not known by this name",
                              "open it by its address, or name it with --host");
    }
    if (is_api && is_foreign(connection)) {
        return cw_reply_error(connection, MHD_HTTP_FORBIDDEN, "another site asks",
                              "open the dashboard itself");
    }
    if (is_question(path)) {
        return ask(http, connection, path, request);
    }
    if (strcmp(path, "/api/live") == 0) {
        return cw_live_answer(http->hub, connection, is_head);
    }
    if (!is_api && cw_pages_answer(http->pages, connection, path)) {
        return true;
    }
    return cw_reply_error(connection, MHD_HTTP_NOT_FOUND, "there is nothing here", SEE_DOCS);
}

static enum MHD_Result
on_request(void *opaque, struct MHD_Connection *connection, const char *path,
           const char *method, const char *version, const char *body, size_t *body_len,
           void **kept)
{
    struct request *request = *kept;
    (void)version;
    (void)body;
    if (!request) {
        *kept = calloc(1, sizeof(*request));
        return *kept ? MHD_YES : MHD_NO;
    }
    if (*body_len > 0) { /* nobody reads it */
        *body_len = 0;
        return MHD_YES;
    }
    bool is_kept = request->job.is_answered ? answer_job(connection, &request->job)
                                            : answer(opaque, connection, path, method, request);
    return is_kept ? MHD_YES : MHD_NO;
}

static void
on_done(void *opaque, struct MHD_Connection *connection, void **kept,
        enum MHD_RequestTerminationCode code)
{
    struct cw_http *http = opaque;
    struct request *request = *kept;
    (void)connection;
    (void)code;
    if (request) {
        http->asker->bytes -= request->job.body.room;
        cw_body_free(&request->job.body);
        free(request);
        *kept = NULL;
    }
}

struct MHD_Daemon *
cw_http_start(struct cw_http *http, int fd)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET,
                            fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)http->max_connections,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
                            on_done, http, MHD_OPTION_END);
}
