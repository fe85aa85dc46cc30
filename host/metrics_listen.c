/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "metrics_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 16, HOST_MAX = 64 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Digits only, 1 to 65535. */
static bool
read_port(const char *text, uint16_t *out)
{
    char *end;
    unsigned long port = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
    if (port == 0 || port > 65535 || *end != '\0') {
        return false;
    }
    *out = (uint16_t)port;
    return true;
}

/* @return the length of the address; 0: it is none */
static socklen_t
parse(const char *where, union address *out)
{
    char host[HOST_MAX] = "127.0.0.1";
    const char *colon = strrchr(where, ':');
    uint16_t port;
    size_t len = colon ? (size_t)(colon - where) : 0;
    if (len >= sizeof(host) || !read_port(colon ? colon + 1 : where, &port)) {
        return 0;
    }
    if (colon) {
        memcpy(host, where, len);
        host[len] = '\0';
    }
    if (host[0] == '[' && len > 2 && host[len - 1] == ']') {
        host[len - 1] = '\0';
        out->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
        return inet_pton(AF_INET6, host + 1, &out->v6.sin6_addr) == 1 ? sizeof(out->v6) : 0;
    }
    const char *name = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    out->v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    return inet_pton(AF_INET, name, &out->v4.sin_addr) == 1 ? sizeof(out->v4) : 0;
}

bool
cw_metrics_listen_check(const char *where, struct camwatch_error *error)
{
    union address address;
    if (parse(where, &address) > 0) {
        return true;
    }
    (void)snprintf(error->text, sizeof(error->text),
                   "--metrics: '%.64s' is none of PORT (of 127.0.0.1), ADDRESS:PORT and "
                   "[ADDRESS6]:PORT",
                   where);
    return false;
}

int
cw_metrics_listen(const char *where, struct camwatch_error *error)
{
    const int on = 1;
    union address address;
    socklen_t len = parse(where, &address);
    int fd = len > 0
                 ? socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
                 : -1;
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    }
    if (fd < 0 || bind(fd, &address.any, len) != 0 || listen(fd, BACKLOG) != 0) {
        (void)snprintf(error->text, sizeof(error->text), "--metrics %.64s: %s", where,
                       strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return -1;
    }
    return fd;
}
