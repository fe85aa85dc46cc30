/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/ndjson.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sink/line_file.h"

#define BUFFER_BYTES (1024 * 1024)
#define BUFFER_MOST  ((size_t)64 * 1024 * 1024) /* with awaits_flush */
#define WRITE_AT     (256 * 1024)               /* buffered bytes that are worth a write */
#define POLL_MS      1000                       /* for a pipe that is full and does not block */

struct ndjson {
    struct cw_line_file file;
    bool is_gone; /* nobody reads: never again */
    bool awaits_flush;
    bool has_told_error; /* the one that still holds */
    int64_t now_ns;      /* of the latest event */
    uint64_t given, delivered, lost;
    uint64_t pending;  /* events in buffer that are not written whole */
    size_t used, done; /* buffer[done..used) waits */
    char last_error[160];
    size_t room; /* of buffer */
    char *buffer;
};

static void
note_error(struct ndjson *self, int error)
{
    const char *path = self->file.path;
    (void)snprintf(self->last_error, sizeof(self->last_error), "%.100s: %s",
                   strcmp(path, "-") == 0 ? "standard output" : path, strerror(error));
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
    struct pollfd p = {.fd = self->file.fd, .events = POLLOUT};
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
    bool is_settled = cw_line_file_settle(&self->file, self->used, self->now_ns);
    if (!is_settled) { /* it goes on into the file that is open */
        note_error(self, errno);
    }
    while (self->done < self->used) {
        const char *at = self->buffer + self->done;
        ptrdiff_t n = cw_line_file_write(&self->file, at, self->used - self->done);
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

/* What is written before it is kept may come twice: rather more memory, as long as that helps. */
static void
grow(struct ndjson *self, size_t needed)
{
    size_t room = self->room;
    while (room < needed) {
        room *= 2;
    }
    bool may_grow = self->awaits_flush && self->last_error[0] == '\0' && room <= BUFFER_MOST;
    char *buffer = may_grow ? realloc(self->buffer, room) : NULL;
    if (buffer) {
        self->buffer = buffer;
        self->room = room;
    }
}

static void
emit(void *opaque, const struct camwatch_event *event)
{
    struct ndjson *self = opaque;
    size_t len;
    const char *json = camwatch_event_json(event, &len);
    self->given++;
    self->now_ns = camwatch_event_time(event);
    if (self->used + len + 1 > self->room) {
        grow(self, self->used + len + 1);
    }
    if (self->used + len + 1 > self->room && !self->is_gone) {
        write_all(self);
    }
    if (self->is_gone || self->used + len + 1 > self->room) {
        self->lost++;
        return;
    }
    memcpy(self->buffer + self->used, json, len);
    self->buffer[self->used + len] = '\n';
    self->used += len + 1;
    self->pending++;
    if (self->used >= WRITE_AT && !self->awaits_flush &&
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
    cw_line_file_close(&self->file);
    free(self->buffer);
    free(self);
}

static bool
notice(void *opaque, struct camwatch_sink_notice *out)
{
    struct ndjson *self = opaque;
    bool has_failed = self->file.is_regular && self->last_error[0] != '\0';
    bool is_news = has_failed && !self->has_told_error;
    self->has_told_error = has_failed;
    if (is_news) {
        out->severity = 0;
        (void)snprintf(out->name, sizeof(out->name), "file-failed");
        (void)snprintf(out->reason, sizeof(out->reason),
                       "%s: events wait, and are lost once there are too many",
                       self->last_error);
        return true;
    }
    if (self->file.n_removed == 0) {
        return false;
    }
    out->severity = 0;
    (void)snprintf(out->name, sizeof(out->name), "file-removed");
    (void)snprintf(out->reason, sizeof(out->reason),
                   "%.120s: %" PRIu64
                   " rotated file%s removed, for what is kept on disk has a bound",
                   self->file.path, self->file.n_removed, self->file.n_removed == 1 ? "" : "s");
    self->file.n_removed = 0;
    return true;
}

static const struct camwatch_sink_ops OPS = {
    .size = sizeof(OPS),
    .name = "ndjson",
    .emit = emit,
    .flush = flush,
    .account = account,
    .close = close_sink,
    .notice = notice,
};

int
cw_ndjson_open(const struct camwatch_file_settings *settings, struct cw_sink *out,
               struct camwatch_error *error)
{
    assert(settings && settings->path && out && error);
    struct ndjson *self = calloc(1, sizeof(*self));
    char *buffer = malloc(BUFFER_BYTES);
    int status =
        self && buffer ? cw_line_file_open(&self->file, settings, error) : CAMWATCH_ENOMEM;
    if (status != CAMWATCH_OK) {
        free(buffer);
        free(self);
        return status;
    }
    self->buffer = buffer;
    self->room = BUFFER_BYTES;
    self->awaits_flush = settings->awaits_flush;
    *out = (struct cw_sink){.ops = &OPS, .self = self};
    return CAMWATCH_OK;
}
