/* SPDX-License-Identifier: Apache-2.0
 *
 * Interfaces that vanish and come back: they are opened together, once nobody holds them any more.
 */
#define _GNU_SOURCE
#include <net/if.h>

#include "clock.h"
#include "signals.h"
#include "supervisor.h"

void
cw_supervisor_begin_reopen(struct cw_supervisor *s)
{
    if (s->phase == CW_SUPERVISOR_RUNNING) {
        s->phase = CW_SUPERVISOR_REOPENING;
        cw_supervisor_tell_takers(s, CW_END_SIGNAL);
    }
}

/* Open what can be opened, and go on with that. */
static void
reopen(struct cw_supervisor *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->settings->interfaces.n; i++) {
        cw_taps_close(&s->taps, i);
    }
    for (unsigned i = 0; i < cw_supervisor_takers(s); i++) {
        cw_supervisor_settle(s, cw_supervisor_taker(s, i));
    }
    for (size_t i = 0; i < s->settings->interfaces.n; i++) {
        struct camwatch_error error;
        if (cw_taps_open(&s->taps, i, &error)) {
            cw_log(CW_LOG_NOTICE, "%s is back", s->settings->interfaces.items[i]);
            n++;
        }
    }
    if (n > 0) {
        cw_supervisor_start_takers(s);
    }
}

void
cw_supervisor_look_for_interfaces(struct cw_supervisor *s)
{
    int64_t now = cw_clock_steady();
    if (now - s->looked_ns < CW_SECOND) {
        return;
    }
    s->looked_ns = now;
    if (s->phase == CW_SUPERVISOR_REOPENING && !cw_supervisor_has_takers(s)) {
        reopen(s);
    }
    for (size_t i = 0; i < s->settings->interfaces.n && s->phase == CW_SUPERVISOR_RUNNING;
         i++) {
        if (!cw_taps_is_open(&s->taps, i) &&
            if_nametoindex(s->settings->interfaces.items[i]) != 0) {
            cw_supervisor_begin_reopen(s);
        }
    }
}
