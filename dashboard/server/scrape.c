/* SPDX-License-Identifier: Apache-2.0 */
#include "server/scrape.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS = 16, CONNECTIONS_EACH = 8, CONNECTION_BYTES = 16 * 1024, TIMEOUT_S = 5, WAIT_MS = 1000 };

#define TYPE "text/plain; version=0.0.4; charset=utf-8"

struct cw_scrape {
    struct MHD_Daemon *daemon;
    cw_scrape_fn tell;
    void *user;
    char text[CW_SCRAPE_BYTES];
};

static enum MHD_Result
answer(struct MHD_Connection *connection, unsigned status, const char *text, size_t len)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (!response) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type", TYPE);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(response, "Allow", "GET, HEAD");
    }
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
answer_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
    return answer(connection, status, text, strlen(text));
}

static enum MHD_Result
on_request(void *opaque, struct MHD_Connection *connection, const char *path,
           const char *method, const char *version, const char *upload, size_t *upload_bytes,
           void **kept)
{
    struct cw_scrape *scrape = opaque;
    (void)version;
    (void)upload;
    if (!*kept) { /* the head alone; a body is not read */
        *kept = scrape;
        return MHD_YES;
    }
    if (*upload_bytes > 0) {
        *upload_bytes = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET /metrics\n");
    }
    if (strcmp(path, "/metrics") != 0) {
        return answer_text(connection, MHD_HTTP_NOT_FOUND, "counters are at /metrics\n");
    }
    size_t len = scrape->tell(scrape->user, scrape->text, sizeof(scrape->text));
    return len > 0 ? answer(connection, MHD_HTTP_OK, scrape->text, len)
                   : answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "no counters yet\n");
}

struct cw_scrape *
cw_scrape_open(int fd, cw_scrape_fn tell, void *user)
{
    struct cw_scrape *scrape = calloc(1, sizeof(*scrape));
    if (!scrape) {
        return NULL;
    }
    scrape->tell = tell;
    scrape->user = user;
    scrape->daemon = MHD_start_daemon(
        MHD_USE_EPOLL, 0, NULL, NULL, on_request, scrape, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_EACH, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!scrape->daemon) {
        free(scrape);
        return NULL;
    }
    return scrape;
}

int
cw_scrape_fd(const struct cw_scrape *scrape)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(scrape->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

int
cw_scrape_wait_ms(const struct cw_scrape *scrape)
{
    MHD_UNSIGNED_LONG_LONG ms;
    bool has_one = MHD_get_timeout(scrape->daemon, &ms) == MHD_YES;
    return has_one && ms < WAIT_MS ? (int)ms : WAIT_MS;
}

void
cw_scrape_run(struct cw_scrape *scrape)
{
    (void)MHD_run(scrape->daemon);
}
