/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/syslog.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sink/syslog_line.h"
#include "sink/syslog_link.h"

#define QUEUE      256
#define PREFIX_MAX 8 /* "2048 " */

struct message {
    size_t len;
    char text[PREFIX_MAX + CW_SYSLOG_LINE_MAX];
};

struct syslog {
    struct cw_syslog_link link;
    unsigned facility;
    uint64_t given, delivered, lost;
    size_t first, n; /* queue[first .. first + n), modulo QUEUE */
    size_t sent;     /* of the first */
    char shown[96], last_error[160];
    struct message queue[QUEUE];
};

void
camwatch_syslog_settings_default(struct camwatch_syslog_settings *settings)
{
    *settings = (struct camwatch_syslog_settings){.size = sizeof(*settings), .facility = 16};
}

static void
note_error(struct syslog *self, const char *what)
{
    (void)snprintf(self->last_error, sizeof(self->last_error), "%s: %s", self->shown, what);
}

static void
take_first(struct syslog *self)
{
    self->first = (self->first + 1) % QUEUE;
    self->n--;
    self->sent = 0;
    self->delivered++;
}

/* True when the first message went, whole or in part. */
static bool
send_first(struct syslog *self)
{
    const struct message *message = &self->queue[self->first];
    ptrdiff_t n =
        cw_syslog_link_send(&self->link, message->text + self->sent, message->len - self->sent);
    if (n <= 0) {
        if (n < 0) {
            note_error(self, strerror(errno));
            self->sent = 0;
        }
        return false;
    }
    self->sent += (size_t)n;
    if (self->sent == message->len) {
        take_first(self);
    }
    return true;
}

static void
send_all(struct syslog *self)
{
    while (self->n > 0 && send_first(self)) {
    }
    if (self->n == 0) {
        self->last_error[0] = '\0';
    }
}

static void
emit(void *opaque, const struct camwatch_event *event)
{
    struct syslog *self = opaque;
    char line[CW_SYSLOG_LINE_MAX];
    if (camwatch_event_get_stream(event) != CAMWATCH_STREAM_ALERTS) {
        return;
    }
    self->given++;
    if (self->n == QUEUE) {
        self->lost++;
        note_error(self, "the server is away and the queue is full");
        return;
    }
    struct message *message = &self->queue[(self->first + self->n++) % QUEUE];
    size_t len = cw_syslog_line(event, self->facility, line);
    int prefix =
        self->link.is_stream ? snprintf(message->text, sizeof(message->text), "%zu ", len) : 0;
    memcpy(message->text + prefix, line, len);
    message->len = (size_t)prefix + len;
    send_all(self);
}

static int
flush(void *opaque)
{
    struct syslog *self = opaque;
    send_all(self);
    return self->n > 0 ? CAMWATCH_EAGAIN : CAMWATCH_OK;
}

static void
account(void *opaque, struct camwatch_sink_account *out)
{
    const struct syslog *self = opaque;
    out->given = self->given;
    out->delivered = self->delivered;
    out->refused = 0;
    out->lost = self->lost;
    out->pending = self->n;
    memcpy(out->last_error, self->last_error, sizeof(out->last_error));
}

static void
close_sink(void *opaque)
{
    struct syslog *self = opaque;
    send_all(self);
    cw_syslog_link_close(&self->link);
    free(self);
}

static const struct camwatch_sink_ops OPS = {
    .size = sizeof(OPS),
    .name = "syslog",
    .emit = emit,
    .flush = flush,
    .account = account,
    .close = close_sink,
};

int
cw_syslog_open(const struct camwatch_syslog_settings *settings, struct cw_sink *out,
               struct camwatch_error *error)
{
    assert(out && error);
    if (settings->size != sizeof(*settings) || !settings->url || settings->facility > 23) {
        (void)snprintf(error->text, sizeof(error->text),
                       "syslog settings without a URL, or with a facility above 23");
        return CAMWATCH_EINVAL;
    }
    struct syslog *self = calloc(1, sizeof(*self));
    if (!self) {
        return CAMWATCH_ENOMEM;
    }
    int status = cw_syslog_link_open(&self->link, settings->url, error);
    if (status != CAMWATCH_OK) {
        free(self);
        return status;
    }
    self->facility = settings->facility;
    (void)snprintf(self->shown, sizeof(self->shown), "%.90s", settings->url);
    *out = (struct cw_sink){.ops = &OPS, .self = self};
    return CAMWATCH_OK;
}
