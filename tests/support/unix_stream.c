/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "unix_stream.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
open_at(const char *path, int (*use)(int fd, const struct sockaddr *at, socklen_t size))
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && use(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

int
unix_stream_connect(const char *path)
{
    return open_at(path, connect);
}

static int
bind_and_listen(int fd, const struct sockaddr *at, socklen_t size)
{
    return bind(fd, at, size) != 0 ? -1 : listen(fd, 8);
}

int
unix_stream_listen(const char *path)
{
    return open_at(path, bind_and_listen);
}
