/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fake_redis.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "unix_stream.h"

struct fake_redis {
    const struct fake_answer *answers;
    size_t n;
    enum fake_manner manner;
    char folder[64], url[128], path[96];
    int listener;
    pthread_t thread;
    atomic_bool is_over;
    atomic_uint connections;
};

static void
pause_ms(long ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000};
    (void)nanosleep(&t, NULL);
}

static bool
put(int fd, const char *bytes, size_t len)
{
    return send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

/* False: the connection is over. */
static bool
answer(struct fake_redis *fake, int fd, const struct fake_answer *a)
{
    switch (fake->manner) {
    case FAKE_WHOLE:
        return put(fd, a->bytes, a->len);
    case FAKE_HALF:
    case FAKE_CUT:
        return put(fd, a->bytes, a->len / 2) && fake->manner == FAKE_HALF;
    case FAKE_DRIP:
        for (size_t i = 0; i < a->len && !fake->is_over; i++) {
            if (!put(fd, a->bytes + i, 1)) {
                return false;
            }
            pause_ms(20);
        }
        return true;
    case FAKE_ENDLESS:
        while (!fake->is_over) {
            struct pollfd p = {.fd = fd, .events = POLLOUT};
            (void)poll(&p, 1, 10);
            if (send(fd, a->bytes, a->len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
                (p.revents & (POLLERR | POLLHUP))) {
                return false;
            }
        }
        return false;
    case FAKE_SILENT:
        break;
    }
    return true;
}

/* Commands begin with '*' at the start of a line; that is close enough. */
static size_t
count_commands(const char *bytes, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        n += bytes[i] == '*' && (i == 0 || bytes[i - 1] == '\n');
    }
    return n;
}

static void
serve(struct fake_redis *fake, int fd)
{
    char bytes[65536];
    size_t next = 0;
    bool is_open = true;
    while (is_open && !fake->is_over) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 20) <= 0 || fake->manner == FAKE_SILENT) {
            pause_ms(fake->manner == FAKE_SILENT ? 20 : 0);
            is_open = !(p.revents & (POLLERR | POLLHUP));
            continue;
        }
        ssize_t len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        size_t n = len > 0 ? count_commands(bytes, (size_t)len) : 0;
        is_open = len > 0;
        for (size_t i = 0; i < n && is_open; i++) {
            is_open = answer(fake, fd, &fake->answers[next]);
            next += next + 1 < fake->n;
        }
    }
    (void)close(fd);
}

static void *
run(void *opaque)
{
    struct fake_redis *fake = opaque;
    while (!fake->is_over) {
        struct pollfd p = {.fd = fake->listener, .events = POLLIN};
        if (poll(&p, 1, 20) > 0) {
            int fd = accept(fake->listener, NULL, NULL);
            fake->connections++;
            serve(fake, fd);
        }
    }
    return NULL;
}

struct fake_redis *
fake_redis_start(const struct fake_answer *answers, size_t n, enum fake_manner manner)
{
    struct fake_redis *fake = calloc(1, sizeof(*fake));
    if (!fake) {
        abort();
    }
    strcpy(fake->folder, "/tmp/camwatch-fake-XXXXXX");
    if (!mkdtemp(fake->folder)) {
        abort();
    }
    (void)snprintf(fake->path, sizeof(fake->path), "%s/sock", fake->folder);
    (void)snprintf(fake->url, sizeof(fake->url), "unix://%s", fake->path);
    fake->answers = answers;
    fake->n = n;
    fake->manner = manner;
    fake->listener = unix_stream_listen(fake->path);
    if (fake->listener < 0 || pthread_create(&fake->thread, NULL, run, fake) != 0) {
        abort();
    }
    return fake;
}

const char *
fake_redis_url(const struct fake_redis *fake)
{
    return fake->url;
}

unsigned
fake_redis_connections(struct fake_redis *fake)
{
    return fake->connections;
}

void
fake_redis_stop(struct fake_redis *fake)
{
    fake->is_over = true;
    (void)pthread_join(fake->thread, NULL);
    (void)close(fake->listener);
    (void)unlink(fake->path);
    (void)rmdir(fake->folder);
    free(fake);
}
