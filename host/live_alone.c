/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch live in one process: packet side and event side in turn.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "event_side.h"
#include "exit_status.h"
#include "packet_side.h"
#include "rules_set.h"
#include "signals.h"

#define TICK_NS (100 * 1000000LL)

struct alone {
    const struct cw_live_settings *settings;
    struct camwatch_rules *rules;
    struct cw_tap *taps[CW_MAX_INTERFACES];
    size_t n_taps;
    struct cw_packet_side packets;
    struct cw_event_side events;
    int signals;
    int64_t ticked_ns;
};

static void
drain(void *user)
{
    struct alone *a = user;
    (void)cw_event_side_run(&a->events);
}

static bool
open_taps(struct alone *a, struct camwatch_error *error)
{
    for (size_t i = 0; i < a->settings->interfaces.n; i++) {
        struct cw_tap *tap =
            cw_tap_new(a->settings->interfaces.items[i], (uint32_t)i, &a->settings->tap);
        a->taps[a->n_taps++] = tap;
        if (!cw_tap_open(tap, error)) {
            return false;
        }
    }
    return true;
}

static bool
open_sides(struct alone *a, struct camwatch_error *error)
{
    if (!cw_event_side_open(&a->events, a->settings, a->rules, NULL, 0, error)) {
        return false;
    }
    struct camwatch_monitor_settings settings = a->settings->monitor;
    settings.rules = a->rules;
    settings.ring = camwatch_publisher_ring(a->events.publisher);
    settings.home_networks = a->settings->home.items;
    settings.drain = drain;
    settings.drain_user = a;
    if (!cw_packet_side_open(&a->packets, &settings, a->taps, a->n_taps, error)) {
        return false;
    }
    a->packets.is_alone = true;
    return true;
}

static void
close_all(struct alone *a)
{
    cw_packet_side_close(&a->packets);
    cw_event_side_close(&a->events);
    for (size_t i = 0; i < a->n_taps; i++) {
        cw_tap_free(a->taps[i]);
    }
    camwatch_rules_free(a->rules);
    if (a->signals >= 0) {
        (void)close(a->signals);
    }
}

/* Both sides change over between two packets, or neither does. */
static void
reload(struct alone *a)
{
    cw_event_side_reload(&a->events);
    struct camwatch_rules *fresh = cw_rules_set_load(a->settings->rules);
    if (!fresh) {
        cw_log(CW_LOG_ERROR, "the rules have errors: the old set %s stays in use",
               camwatch_rules_version(a->rules));
        return;
    }
    drain(a);
    if (!cw_event_side_set_rules(&a->events, fresh)) {
        cw_log(CW_LOG_ERROR, "no memory for new rules: the old set stays in use");
        camwatch_rules_free(fresh);
        return;
    }
    camwatch_monitor_set_rules(a->packets.monitor, fresh);
    camwatch_rules_free(a->rules);
    a->rules = fresh;
    cw_log(CW_LOG_NOTICE, "rules %s are in use", camwatch_rules_version(fresh));
}

static void
work(struct alone *a, int timeout_ms, size_t *frames)
{
    struct pollfd fds[CW_MAX_INTERFACES + 2];
    size_t n = cw_packet_side_poll(&a->packets, fds);
    fds[n] = (struct pollfd){.fd = a->signals, .events = POLLIN};
    (void)poll(fds, n + 1, timeout_ms);
    *frames = cw_packet_side_read(&a->packets);
    drain(a);
    int64_t now = cw_clock_steady();
    if (now - a->ticked_ns >= TICK_NS) {
        a->ticked_ns = now;
        cw_packet_side_tick(&a->packets);
        drain(a);
        cw_event_side_tick(&a->events);
    }
}

static void
loop(struct alone *a)
{
    size_t frames = 0;
    for (;;) {
        work(a, frames > 0 ? 0 : (int)(TICK_NS / 1000000), &frames);
        unsigned signals = cw_signals_read(a->signals);
        if (signals & CW_SIGNAL_STOP) {
            return;
        }
        if (signals & CW_SIGNAL_RELOAD) {
            reload(a);
        }
    }
}

static int
run(struct alone *a)
{
    cw_log(CW_LOG_NOTICE, "watching %zu interface%s with rules %s", a->n_taps,
           a->n_taps == 1 ? "" : "s", camwatch_rules_version(a->rules));
    loop(a);
    cw_log(CW_LOG_INFO, "stopping");
    cw_packet_side_finish(&a->packets, (int64_t)a->settings->drain_s * 1000000000);
    bool is_closed = cw_packet_side_closes(&a->packets);
    bool is_whole = cw_event_side_finish(&a->events);
    return is_closed && is_whole ? CW_EXIT_OK : CW_EXIT_ACCOUNT;
}

int
cw_live_alone(const struct cw_live_settings *settings)
{
    struct camwatch_error error = {""};
    struct alone a = {.settings = settings, .signals = cw_signals_open()};
    int status = CW_EXIT_SETUP;
    a.rules = cw_rules_set_load(settings->rules);
    if (a.rules && open_taps(&a, &error) && open_sides(&a, &error)) {
        status = run(&a);
    } else if (error.text[0] != '\0') {
        cw_log(CW_LOG_ERROR, "%s", error.text);
    }
    close_all(&a);
    return status;
}
