/* SPDX-License-Identifier: Apache-2.0
 *
 * A monitor: one shard's packets in, records into its ring. Opens everything, gives up everything, works.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "channel.h"
#include "clock.h"
#include "exit_status.h"
#include "packet_side.h"
#include "process.h"
#include "rules_image.h"
#include "sandbox.h"
#include "signals.h"

#define TICK_NS (100 * 1000000LL)

struct monitor {
    const struct cw_process *process;
    struct cw_packet_side packets;
    struct cw_rules_image rules;
    struct camwatch_ring *ring;
    int64_t ticked_ns;
};

static void
open_all(struct monitor *m)
{
    const struct cw_process *p = m->process;
    struct camwatch_error error = {""};
    struct camwatch_monitor_settings settings = p->settings->monitor;
    if (!cw_rules_image_open(&m->rules, p->rules) ||
        camwatch_ring_attach(p->rings->block, p->rings->size, &m->ring) != CAMWATCH_OK) {
        cw_process_fail("rules or ring cannot be used");
    }
    settings.rules = m->rules.rules;
    settings.ring = m->ring;
    settings.home_networks = p->settings->home.items;
    settings.shard = (uint8_t)p->shard;
    settings.stats = &p->own->stats;
    settings.shared = p->shared;
    settings.n_shards = p->settings->shards;
    settings.shared_size = p->shared ? camwatch_shared_size(settings.n_shards) : 0;
    if (!cw_packet_side_open(&m->packets, &settings, p->taps, p->n_taps, &error)) {
        cw_process_fail(error.text);
    }
    if (p->frames) {
        cw_frame_ring_begin(p->frames);
        m->packets.frames = p->frames;
    }
}

static void
take_rules(struct monitor *m, int fd)
{
    struct cw_rules_image fresh;
    if (!cw_rules_image_open(&fresh, fd)) {
        (void)cw_channel_send(m->process->channel, CW_MESSAGE_REFUSED, -1);
        return;
    }
    camwatch_monitor_set_rules(m->packets.monitor, fresh.rules);
    cw_rules_image_close(&m->rules);
    m->rules = fresh;
    (void)cw_channel_send(m->process->channel, CW_MESSAGE_TAKEN, -1);
}

/* @return false: the supervisor is gone */
static bool
obey(struct monitor *m)
{
    int fd;
    enum cw_message message = cw_channel_receive(m->process->channel, &fd);
    if (message == CW_MESSAGE_RULES && fd >= 0) {
        take_rules(m, fd);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return message != CW_MESSAGE_CLOSED;
}

static void
work(struct monitor *m, int timeout_ms, size_t *frames)
{
    struct pollfd fds[CW_MAX_INTERFACES + 3];
    size_t n = cw_packet_side_poll(&m->packets, fds);
    cw_own_page_beat(m->process->own);
    fds[n++] = (struct pollfd){.fd = m->process->signals, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = m->process->channel, .events = POLLIN};
    (void)poll(fds, n, timeout_ms);
    *frames = cw_packet_side_read(&m->packets);
    int64_t now = cw_clock_steady();
    if (now - m->ticked_ns >= TICK_NS) {
        m->ticked_ns = now;
        cw_packet_side_tick(&m->packets);
    }
}

static int
run(struct monitor *m)
{
    size_t frames = 0;
    bool is_stopped = false;
    while (!is_stopped && obey(m) && !cw_packet_side_is_cut(&m->packets)) {
        work(m, frames > 0 ? 0 : (int)(TICK_NS / 1000000), &frames);
        is_stopped = cw_signals_read(m->process->signals) & CW_SIGNAL_END;
    }
    bool is_cut = cw_packet_side_is_cut(&m->packets);
    cw_packet_side_finish(&m->packets, (int64_t)m->process->settings->drain_s * 1000000000);
    bool is_closed = cw_packet_side_closes(&m->packets);
    return is_cut ? CW_PROCESS_CUT : is_closed ? CW_EXIT_OK : CW_EXIT_ACCOUNT;
}

_Noreturn void
cw_process_monitor(const struct cw_process *process)
{
    static char name[32];
    struct monitor m = {.process = process};
    (void)snprintf(name, sizeof(name), "monitor %u", process->shard);
    cw_log_open(&process->settings->log, name);
    (void)prctl(PR_SET_NAME, name); /* as ps shows it */
    open_all(&m);
    cw_process_confine(process, cw_sandbox_monitor);
    (void)cw_channel_send(process->channel, CW_MESSAGE_READY, -1);
    _exit(run(&m));
}
