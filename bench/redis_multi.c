/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "redis_multi.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sink/redis_keys.h"
#include "unix_stream.h"

#define SENSOR     "multi"
#define AHEAD      2 /* batches sent and not answered: the server never waits */
#define ROOM       (4u * 1024 * 1024)
#define MULTI      "*1\r\n$5\r\nMULTI\r\n"
#define EXEC       "*1\r\n$4\r\nEXEC\r\n"
#define ID         "*" /* the server gives it: the bytes of every batch are the same */
#define WAIT_MS    10000
#define REPLY_ROOM (256u * 1024)

static void
put_batch(struct cw_resp *out, const struct camwatch_event *event, unsigned batch)
{
    char key[CW_REDIS_KEY_MAX], fields[ROOM / 64];
    struct cw_resp words = {.bytes = fields, .size = sizeof(fields)};
    unsigned n = cw_redis_put_fields(&words, event, false);
    const char *const head[] = {
        "XADD", cw_redis_key(SENSOR, "flows", key), "MAXLEN", "~", "1000000", ID};
    cw_resp_raw(out, MULTI, sizeof(MULTI) - 1);
    for (unsigned i = 0; i < batch; i++) {
        cw_resp_command(out, n + sizeof(head) / sizeof(*head));
        for (size_t j = 0; j < sizeof(head) / sizeof(*head); j++) {
            cw_resp_word(out, head[j]);
        }
        cw_resp_raw(out, words.bytes, words.used);
    }
    cw_resp_raw(out, EXEC, sizeof(EXEC) - 1);
    out->is_full = out->is_full || words.is_full;
}

/* Lines in what the server says now; 0: it went away, or refused something. */
static uint64_t
read_lines(int fd)
{
    static char bytes[REPLY_ROOM];
    ssize_t len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    uint64_t n = 0;
    for (ssize_t i = 0; i < len; i++) {
        if (bytes[i] == '-' && (i == 0 || bytes[i - 1] == '\n')) {
            return 0;
        }
        n += bytes[i] == '\n';
    }
    return n;
}

/* MULTI: +OK, a +QUEUED each; EXEC: their number, and two lines for each ID. */
static bool
send_batches(int fd, const struct cw_resp *bytes, uint64_t n_batches, unsigned batch)
{
    uint64_t lines = 0, sent = 0, per_batch = 1 + batch + 1 + 2 * (uint64_t)batch;
    size_t at = 0;
    while (lines < n_batches * per_batch) {
        bool may_send = sent < n_batches && (at > 0 || sent - lines / per_batch < AHEAD);
        struct pollfd p = {.fd = fd, .events = POLLIN};
        p.events = (short)(p.events | (may_send ? POLLOUT : 0));
        if (poll(&p, 1, WAIT_MS) <= 0) {
            return false;
        }
        if (p.revents & POLLOUT) {
            ssize_t n =
                send(fd, bytes->bytes + at, bytes->used - at, MSG_DONTWAIT | MSG_NOSIGNAL);
            at += n > 0 ? (size_t)n : 0;
            sent += at == bytes->used;
            at = at == bytes->used ? 0 : at;
        }
        uint64_t n = p.revents & ~POLLOUT ? read_lines(fd) : 0;
        if (n == 0 && (p.revents & ~POLLOUT)) {
            return false;
        }
        lines += n;
    }
    return true;
}

bool
bench_redis_multi(const char *path, const struct camwatch_event *event, uint64_t n_batches,
                  unsigned batch)
{
    struct cw_resp bytes = {.bytes = malloc(ROOM), .size = ROOM};
    int fd = bytes.bytes ? unix_stream_connect(path) : -1;
    bool is_done = false;
    if (fd >= 0) {
        put_batch(&bytes, event, batch);
        is_done = !bytes.is_full && send_batches(fd, &bytes, n_batches, batch);
        (void)close(fd);
    }
    free(bytes.bytes);
    return is_done;
}
