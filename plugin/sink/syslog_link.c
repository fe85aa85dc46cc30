/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/syslog_link.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS      INT64_C(1000000)
#define BACKOFF_MIN_MS 250u
#define BACKOFF_MAX_MS 30000u

static int64_t
now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 * NS_PER_MS + t.tv_nsec;
}

/* ---- where ---- */

static int
explain(struct camwatch_error *error, const char *url, const char *why)
{
    (void)snprintf(
        error->text, sizeof(error->text),
        "syslog '%.200s': %s; it is unix:///dev/log, udp://HOST[:514] or tcp://HOST[:601]", url,
        why);
    return CAMWATCH_EINVAL;
}

static bool
set_path(struct cw_syslog_link *link, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path[0] != '/' || strlen(path) >= sizeof(address.sun_path)) {
        return false;
    }
    strcpy(address.sun_path, path);
    memcpy(&link->address, &address, sizeof(address));
    link->address_len = sizeof(address);
    return true;
}

/* "host", "host:514", "[2001:db8::1]:514" into two texts. */
static bool
split_host(const char *text, char host[256], char port[8])
{
    bool is_bracketed = text[0] == '[';
    const char *end = is_bracketed ? strchr(text, ']') : strchr(text, ':');
    const char *from = text + is_bracketed;
    size_t len = end ? (size_t)(end - from) : strlen(from);
    if ((is_bracketed && !end) || len == 0 || len > 255) {
        return false;
    }
    memcpy(host, from, len);
    host[len] = '\0';
    end = end ? end + is_bracketed : "";
    return end[0] == '\0' || (end[0] == ':' && end[1] != '\0' && strlen(end + 1) < 6 &&
                              snprintf(port, 8, "%s", end + 1) > 0);
}

static const char *
set_host(struct cw_syslog_link *link, const char *text, const char *default_port)
{
    struct addrinfo hints = {.ai_socktype = link->is_stream ? SOCK_STREAM : SOCK_DGRAM,
                             .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found;
    char host[256], port[8];
    (void)snprintf(port, sizeof(port), "%s", default_port);
    if (!split_host(text, host, port)) {
        return "is no host and port";
    }
    int status = getaddrinfo(host, port, &hints, &found);
    if (status != 0) {
        return gai_strerror(status);
    }
    memcpy(&link->address, found->ai_addr, found->ai_addrlen);
    link->address_len = found->ai_addrlen;
    freeaddrinfo(found);
    return NULL;
}

int
cw_syslog_link_open(struct cw_syslog_link *link, const char *url, struct camwatch_error *error)
{
    *link = (struct cw_syslog_link){.fd = -1, .backoff_ms = BACKOFF_MIN_MS};
    const char *why = NULL;
    if (strncmp(url, "unix://", 7) == 0) {
        why = set_path(link, url + 7) ? NULL : "is no path of a socket";
    } else if (strncmp(url, "udp://", 6) == 0) {
        why = set_host(link, url + 6, "514");
    } else if (strncmp(url, "tcp://", 6) == 0) {
        link->is_stream = true;
        why = set_host(link, url + 6, "601");
    } else {
        why = "is not known";
    }
    return why ? explain(error, url, why) : CAMWATCH_OK;
}

/* ---- the socket ---- */

/* It is tried again later, and each time in vain later still. */
static ptrdiff_t
give_up(struct cw_syslog_link *link)
{
    int saved = errno;
    cw_syslog_link_close(link);
    link->retry_ns = now_ns() + link->backoff_ms * NS_PER_MS;
    link->backoff_ms *= 2;
    link->backoff_ms = link->backoff_ms < BACKOFF_MAX_MS ? link->backoff_ms : BACKOFF_MAX_MS;
    errno = saved;
    return -1;
}

static bool
start(struct cw_syslog_link *link)
{
    int type = (link->is_stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    if (now_ns() < link->retry_ns) {
        errno = EAGAIN;
        return false;
    }
    link->fd = socket(link->address.ss_family, type, 0);
    if (link->fd < 0 ||
        (connect(link->fd, (const struct sockaddr *)&link->address, link->address_len) != 0 &&
         errno != EINPROGRESS)) {
        (void)give_up(link);
        return false;
    }
    return true;
}

/* A server that closed takes one more message into nowhere: looked for before. It never sends. */
static bool
is_closed(const struct cw_syslog_link *link)
{
    char byte;
    if (!link->is_stream || recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0) {
        return false;
    }
    errno = EPIPE;
    return true;
}

ptrdiff_t
cw_syslog_link_send(struct cw_syslog_link *link, const char *text, size_t len)
{
    if (link->fd < 0 && !start(link)) {
        return errno == EAGAIN ? 0 : -1;
    }
    if (is_closed(link)) {
        return give_up(link);
    }
    ssize_t n = send(link->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
        link->backoff_ms = BACKOFF_MIN_MS;
        return n;
    }
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == EINPROGRESS ||
        (errno == ENOTCONN && link->is_stream)) { /* it is still connecting */
        return 0;
    }
    return give_up(link);
}

void
cw_syslog_link_close(struct cw_syslog_link *link)
{
    if (link->fd >= 0) {
        (void)close(link->fd);
    }
    link->fd = -1;
}
