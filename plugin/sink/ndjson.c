/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/ndjson.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink/sigpipe.h"

#define BUFFER_BYTES (1024 * 1024)
#define WRITE_AT     (256 * 1024) /* buffered bytes that are worth a write */
#define POLL_MS      1000         /* for a pipe that is full and does not block */

struct ndjson {
    int fd;
    bool is_gone; /* nobody reads: never again */
    char *name;   /* for messages */
    uint64_t given, delivered, lost;
    uint64_t pending;  /* events in buffer that are not written whole */
    size_t used, done; /* buffer[done..used) waits */
    char last_error[160];
    char buffer[BUFFER_BYTES];
};

static void
note_error(struct ndjson *self, int error)
{
    (void)snprintf(self->last_error, sizeof(self->last_error), "%.100s: %s", self->name,
                   strerror(error));
}

static ssize_t
write_some(struct ndjson *self)
{
    struct cw_sigpipe guard;
    cw_sigpipe_hold(&guard);
    ssize_t n = write(self->fd, self->buffer + self->done, self->used - self->done);
    cw_sigpipe_release(&guard);
    return n;
}

/* Events end with a newline, so those in what was written tell how many arrived whole. */
static void
count_written(struct ndjson *self, size_t n)
{
    const char *at = self->buffer + self->done;
    const char *end = at + n;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        at++;
        self->delivered++;
        self->pending--;
    }
    self->done += n;
}

static bool
wait_writable(const struct ndjson *self)
{
    struct pollfd p = {.fd = self->fd, .events = POLLOUT};
    return poll(&p, 1, POLL_MS) > 0;
}

/* True when the write is worth another try at once. */
static bool
handle_error(struct ndjson *self)
{
    if (errno == EINTR) {
        return true;
    }
    if (errno == EAGAIN && wait_writable(self)) {
        return true;
    }
    note_error(self, errno);
    if (errno == EPIPE) {
        self->is_gone = true;
        self->lost += self->pending;
        self->pending = 0;
        self->used = self->done = 0;
    }
    return false;
}

static void
write_all(struct ndjson *self)
{
    while (self->done < self->used) {
        ssize_t n = write_some(self);
        if (n > 0) {
            count_written(self, (size_t)n);
        } else if (n == 0 || !handle_error(self)) {
            break;
        }
    }
    memmove(self->buffer, self->buffer + self->done, self->used - self->done);
    self->used -= self->done;
    self->done = 0;
}

static void
emit(void *opaque, const struct camwatch_event *event)
{
    struct ndjson *self = opaque;
    size_t len;
    const char *json = camwatch_event_json(event, &len);
    self->given++;
    if (self->used + len + 1 > sizeof(self->buffer) && !self->is_gone) {
        write_all(self);
    }
    if (self->is_gone || self->used + len + 1 > sizeof(self->buffer)) {
        self->lost++;
        return;
    }
    memcpy(self->buffer + self->used, json, len);
    self->buffer[self->used + len] = '\n';
    self->used += len + 1;
    self->pending++;
    if (self->used >= WRITE_AT &&
        self->last_error[0] == '\0') { /* after an error flush tries again */
        write_all(self);
    }
}

static int
flush(void *opaque)
{
    struct ndjson *self = opaque;
    if (self->is_gone) {
        return CAMWATCH_EIO;
    }
    write_all(self);
    if (self->is_gone) {
        return CAMWATCH_EIO;
    }
    if (self->used > 0) {
        return CAMWATCH_EAGAIN;
    }
    self->last_error[0] = '\0';
    return CAMWATCH_OK;
}

static void
account(void *opaque, struct camwatch_sink_account *out)
{
    const struct ndjson *self = opaque;
    out->given = self->given;
    out->delivered = self->delivered;
    out->refused = 0;
    out->lost = self->lost;
    out->pending = self->pending;
    memcpy(out->last_error, self->last_error, sizeof(out->last_error));
}

static void
close_sink(void *opaque)
{
    struct ndjson *self = opaque;
    (void)flush(self);
    if (self->fd != STDOUT_FILENO) {
        (void)close(self->fd);
    }
    free(self->name);
    free(self);
}

static const struct camwatch_sink_ops OPS = {
    .size = sizeof(OPS),
    .name = "ndjson",
    .emit = emit,
    .flush = flush,
    .account = account,
    .close = close_sink,
};

static int
open_file(const char *path, bool append)
{
    if (strcmp(path, "-") == 0) {
        return STDOUT_FILENO;
    }
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0640);
}

int
cw_ndjson_open(const char *path, bool append, struct cw_sink *out, struct camwatch_error *error)
{
    assert(path && out && error);
    struct ndjson *self = calloc(1, sizeof(*self));
    char *name = strdup(strcmp(path, "-") == 0 ? "standard output" : path);
    int fd = self && name ? open_file(path, append) : -1;
    if (fd < 0) {
        int status = self && name ? CAMWATCH_EIO : CAMWATCH_ENOMEM;
        (void)snprintf(error->text, sizeof(error->text),
                       "%.300s: cannot write events there: %s", path, strerror(errno));
        free(self);
        free(name);
        return status;
    }
    self->fd = fd;
    self->name = name;
    *out = (struct cw_sink){.ops = &OPS, .self = self};
    return CAMWATCH_OK;
}
