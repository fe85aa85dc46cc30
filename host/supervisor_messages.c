/* SPDX-License-Identifier: Apache-2.0
 *
 * What the supervisor and its processes say to each other: ready, new rules, taken or refused.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "notify.h"
#include "rules_image.h"
#include "supervisor.h"

/* sd_notify(3): systemd wants to know when it began, by the steady clock, and when it is over. */
static void
tell_reloading(struct cw_supervisor *s)
{
    char state[96];
    (void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   cw_clock_steady() / 1000);
    cw_notify(state);
    s->is_reloading = true;
}

static void
tell_reloaded(struct cw_supervisor *s)
{
    if (s->is_reloading) {
        s->is_reloading = false;
        cw_notify("READY=1");
    }
}

static void
hand_rules(struct cw_supervisor *s, struct cw_child *child)
{
    child->owes_answer =
        child->pid > 0 && cw_channel_send(child->channel, CW_MESSAGE_RULES, s->rules);
    s->answers_due += child->owes_answer;
}

/* Each part by itself: what has errors stays as it was. */
void
cw_supervisor_reload(struct cw_supervisor *s)
{
    tell_reloading(s);
    if (s->publisher.pid > 0) {
        (void)cw_channel_send(s->publisher.channel, CW_MESSAGE_DATA, -1);
    }
    int fresh = cw_rules_image_make(s->settings->rules);
    if (fresh < 0) {
        cw_log(CW_LOG_ERROR, "the new rules have errors: the old set stays in use");
        tell_reloaded(s);
        return;
    }
    (void)close(s->rules);
    s->rules = fresh;
    s->answers_due = 0;
    for (unsigned i = 0; i < s->settings->shards; i++) {
        hand_rules(s, &s->monitors[i]);
    }
    hand_rules(s, &s->publisher);
    if (s->answers_due == 0) { /* whoever starts next begins with them */
        tell_reloaded(s);
    }
}

void
cw_supervisor_answered(struct cw_supervisor *s, struct cw_child *child)
{
    bool is_due = child->owes_answer;
    child->owes_answer = false;
    if (is_due && --s->answers_due == 0) {
        cw_log(CW_LOG_NOTICE, "the new rules are in use");
        tell_reloaded(s);
    }
}

static void
take_answer(struct cw_supervisor *s, struct cw_child *child, enum cw_message message)
{
    char name[32];
    if (message == CW_MESSAGE_REFUSED) {
        cw_log(CW_LOG_ERROR, "%s refuses the new rules: the old set stays in use there",
               cw_supervisor_name(s, child, name));
    }
    cw_supervisor_answered(s, child);
}

static void
listen_to(struct cw_supervisor *s, struct cw_child *child)
{
    enum cw_message message = CW_MESSAGE_NONE;
    int fd = -1;
    while (child->pid > 0 &&
           (message = cw_channel_receive(child->channel, &fd)) != CW_MESSAGE_NONE &&
           message != CW_MESSAGE_CLOSED) {
        if (fd >= 0) {
            (void)close(fd);
        }
        if (message == CW_MESSAGE_READY) {
            child->is_ready = child->was_ready = true;
        } else {
            take_answer(s, child, message);
        }
    }
}

void
cw_supervisor_listen(struct cw_supervisor *s)
{
    struct pollfd fds[CW_DEAL_SHARDS + 4];
    size_t n = 0;
    fds[n++] = (struct pollfd){.fd = s->signals, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = s->publisher.channel, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = s->reader.channel, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = s->metrics.channel, .events = POLLIN};
    for (unsigned i = 0; i < s->settings->shards; i++) {
        fds[n++] = (struct pollfd){.fd = s->monitors[i].channel, .events = POLLIN};
    }
    (void)poll(fds, n, 100);
    for (unsigned i = 0; i < s->settings->shards; i++) {
        listen_to(s, &s->monitors[i]);
    }
    listen_to(s, &s->publisher);
    listen_to(s, &s->reader);
    listen_to(s, &s->metrics);
}
