/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sink/redis_sender.h"

#define TELL_NS (60 * NS_PER_S)

void
cw_redis_notice(struct cw_redis *self, unsigned severity, const char *name, const char *reason)
{
    if (self->n_notices == CW_REDIS_NOTICES) {
        memmove(self->notices, self->notices + 1,
                (CW_REDIS_NOTICES - 1) * sizeof(self->notices[0]));
        self->n_notices--;
    }
    struct camwatch_sink_notice *notice = &self->notices[self->n_notices++];
    *notice = (struct camwatch_sink_notice){.size = sizeof(*notice), .severity = severity};
    cw_text_set(notice->name, sizeof(notice->name), name);
    cw_text_set(notice->reason, sizeof(notice->reason), reason);
}

void
cw_redis_note(struct cw_redis *self, const char *text)
{
    cw_redis_lock(self);
    cw_text_set(self->account.last_error, sizeof(self->account.last_error), text);
    cw_redis_unlock(self);
}

void
cw_redis_note_alert(struct cw_redis *self, unsigned severity, const char *name,
                    const char *text)
{
    cw_redis_lock(self);
    cw_text_set(self->account.last_error, sizeof(self->account.last_error), text);
    cw_redis_notice(self, severity, name, text);
    cw_redis_unlock(self);
}

void
cw_redis_note_error(struct cw_redis *self, const char *key, enum cw_redis_error error,
                    const char *said)
{
    char text[400];
    int64_t now = cw_redis_now();
    (void)snprintf(text, sizeof(text), "%.60s: %.60s: %s", key, said,
                   cw_redis_error_help(error));
    cw_redis_note(self, text);
    if (self->told_ns[error] == 0 || now - self->told_ns[error] > TELL_NS) {
        self->told_ns[error] = now;
        cw_redis_lock(self);
        cw_redis_notice(self, 0, cw_redis_error_name(error), text);
        cw_redis_unlock(self);
    }
}

void
cw_redis_count_error(struct cw_redis *self, enum cw_redis_error error)
{
    cw_redis_lock(self);
    self->stats.errors[error]++;
    cw_redis_unlock(self);
}
