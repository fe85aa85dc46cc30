/* SPDX-License-Identifier: Apache-2.0
 *
 * An orderly end: first who takes frames, then who handles them, then who publishes.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "exit_status.h"
#include "notify.h"
#include "signals.h"
#include "supervisor.h"

static void
tell_monitors(struct cw_supervisor *s, int signal)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        if (s->monitors[i].pid > 0) {
            (void)kill(s->monitors[i].pid, signal);
        }
    }
}

static bool
has_monitors(const struct cw_supervisor *s)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        if (s->monitors[i].pid > 0) {
            return true;
        }
    }
    return false;
}

void
cw_supervisor_tell_takers(struct cw_supervisor *s, int signal)
{
    for (unsigned i = 0; i < cw_supervisor_takers(s); i++) {
        if (cw_supervisor_taker(s, i)->pid > 0) {
            (void)kill(cw_supervisor_taker(s, i)->pid, signal);
        }
    }
}

bool
cw_supervisor_has_takers(const struct cw_supervisor *s)
{
    return s->settings->has_reader ? s->reader.pid > 0 : has_monitors(s);
}

static void
set_limit(struct cw_supervisor *s)
{
    s->stop_by_ns = cw_clock_steady() + ((int64_t)s->settings->drain_s + 2) * CW_SECOND;
}

void
cw_supervisor_begin_stop(struct cw_supervisor *s, int status)
{
    if (s->phase != CW_SUPERVISOR_STOPPING) {
        cw_log(CW_LOG_INFO, "stopping");
        cw_notify("STOPPING=1\nSTATUS=stopping");
        s->phase = CW_SUPERVISOR_STOPPING;
        s->status = status;
        set_limit(s);
        cw_supervisor_tell_takers(s, CW_END_SIGNAL);
    }
}

/* Those that were told to end get the time that they may take, and no more. */
static void
hurry(struct cw_supervisor *s, void (*tell)(struct cw_supervisor *s, int signal))
{
    if (cw_clock_steady() > s->stop_by_ns) {
        tell(s, SIGKILL);
        s->stop_by_ns += CW_SECOND;
    }
}

/* Everything is handled: the publisher gets the last counters, and the word to end. One that had died is
 * started once more: what waits in the rings is still to be told. */
static void
begin_with_publisher(struct cw_supervisor *s)
{
    s->publisher_was_told = true;
    cw_supervisor_settle_all(s);
    set_limit(s);
    if (s->publisher.again_ns != 0) {
        cw_supervisor_start(s, &s->publisher);
    }
}

bool
cw_supervisor_go_on_stopping(struct cw_supervisor *s)
{
    if (cw_supervisor_has_takers(s)) {
        hurry(s, cw_supervisor_tell_takers);
        return false;
    }
    if (s->settings->has_reader && !s->monitors_were_told) {
        s->monitors_were_told = true;
        set_limit(s);
        tell_monitors(s, CW_END_SIGNAL);
    }
    if (has_monitors(s)) {
        hurry(s, tell_monitors);
        return false;
    }
    if (!s->publisher_was_told) {
        begin_with_publisher(s);
    }
    bool is_late = cw_clock_steady() > s->stop_by_ns;
    if (s->publisher.pid > 0) {
        (void)kill(s->publisher.pid, is_late ? SIGKILL : CW_END_SIGNAL);
    }
    return s->publisher.pid == 0;
}
