/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

enum { BACKLOG = 64, SEND_BYTES = 128 * 1024 };

#define ALLOWED                                                                                \
    "allowed are 127.0.0.1:PORT, [::1]:PORT, localhost:PORT and unix:/path.sock; for others "  \
    "put a proxy in front that signs people in"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static int
fail(struct camwatch_error *error, int status, const char *where, const char *what)
{
    (void)snprintf(error->text, sizeof(error->text), "listening on %.150s: %.300s", where,
                   what);
    return status;
}

/* "HOST:PORT" with a loopback host. Returns the length of the address; 0 where it is none. */
static socklen_t
parse_tcp(const char *where, union address *out)
{
    const char *colon = strrchr(where, ':');
    uint32_t port;
    char host[32];
    if (!colon || !cw_text_number(cw_bytes_text(colon + 1), 65535, &port) ||
        (size_t)(colon - where) >= sizeof(host)) {
        return 0;
    }
    memcpy(host, where, (size_t)(colon - where));
    host[colon - where] = '\0';
    if (strcmp(host, "[::1]") == 0) {
        out->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                        .sin6_port = htons((uint16_t)port),
                                        .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        return sizeof(out->v6);
    }
    out->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
                  &out->v4.sin_addr) != 1 ||
        ntohl(out->v4.sin_addr.s_addr) >> 24 != 127) {
        return 0;
    }
    return sizeof(out->v4);
}

/* A socket that a dashboard left behind is deleted; one that answers, or another file, is not. */
static bool
clear_path(const union address *address)
{
    struct stat st;
    if (lstat(address->local.sun_path, &st) != 0) {
        return true;
    }
    int fd = S_ISSOCK(st.st_mode) ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0) {
        return false;
    }
    bool is_dead =
        connect(fd, &address->any, sizeof(address->local)) != 0 && errno == ECONNREFUSED;
    (void)close(fd);
    return is_dead && unlink(address->local.sun_path) == 0;
}

static int
open_socket(const union address *address, socklen_t len)
{
    const int on = 1, bytes = SEND_BYTES;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    /* a slow browser's backlog is kept here, where it is bounded, and not by the kernel */
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    mode_t before = umask(0117); /* a UNIX socket: owner and group */
    bool is_bound = bind(fd, &address->any, len) == 0;
    (void)umask(before);
    if (!is_bound || listen(fd, BACKLOG) != 0) {
        int why = errno;
        (void)close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static void
show_tcp(struct cw_listener *listener)
{
    union address address;
    char host[INET6_ADDRSTRLEN] = "";
    socklen_t len = sizeof(address);
    (void)getsockname(listener->fd, &address.any, &len);
    bool is_v6 = address.any.sa_family == AF_INET6;
    const void *from =
        is_v6 ? (const void *)&address.v6.sin6_addr : (const void *)&address.v4.sin_addr;
    (void)inet_ntop(address.any.sa_family, from, host, sizeof(host));
    (void)snprintf(listener->shown, sizeof(listener->shown),
                   is_v6 ? "http://[%s]:%u/" : "http://%s:%u/", host,
                   ntohs(is_v6 ? address.v6.sin6_port : address.v4.sin_port));
}

int
cw_listen(const char *where, struct cw_listener *out, struct camwatch_error *error)
{
    struct cw_listener listener = {.fd = -1};
    union address address = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t len;
    if (strncmp(where, "unix:/", 6) == 0) {
        const char *path = where + 5;
        len = sizeof(address.local);
        if (strlen(path) >= sizeof(listener.path)) {
            return fail(error, CAMWATCH_EINVAL, where, "the path is longer than 107 bytes");
        }
        address.local.sun_family = AF_UNIX;
        memcpy(address.local.sun_path, path, strlen(path) + 1);
        if (!clear_path(&address)) {
            return fail(error, CAMWATCH_EBUSY, where, "something is there already");
        }
        memcpy(listener.path, path, strlen(path) + 1);
    } else {
        len = parse_tcp(where, &address);
    }
    if (len == 0) {
        return fail(error, CAMWATCH_EINVAL, where, "no loopback address or socket; " ALLOWED);
    }
    listener.fd = open_socket(&address, len);
    if (listener.fd < 0) {
        return fail(error, errno == EADDRINUSE ? CAMWATCH_EBUSY : CAMWATCH_EIO, where,
                    strerror(errno));
    }
    if (listener.path[0]) {
        (void)snprintf(listener.shown, sizeof(listener.shown), "%s", listener.path);
    } else {
        show_tcp(&listener);
    }
    *out = listener;
    return CAMWATCH_OK;
}

void
cw_listener_close(struct cw_listener *listener)
{
    if (listener->fd >= 0) {
        (void)close(listener->fd);
        listener->fd = -1;
    }
    if (listener->path[0]) {
        (void)unlink(listener->path);
        listener->path[0] = '\0';
    }
}
