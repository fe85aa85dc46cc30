/* SPDX-License-Identifier: Apache-2.0
 *
 * The publisher: records out of every shard's ring, events to the outputs.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "channel.h"
#include "clock.h"
#include "event_side.h"
#include "exit_status.h"
#include "process.h"
#include "rules_image.h"
#include "sandbox.h"
#include "signals.h"

enum { WAIT_MS = 20 }; /* rings make no descriptor ready: they are looked at this often */

#define TICK_NS (100 * 1000000LL)

struct publisher {
    const struct cw_process *process;
    struct cw_event_side events;
    struct cw_rules_image rules;
    struct camwatch_ring *rings[CAMWATCH_MAX_SHARDS];
    int64_t ticked_ns;
};

static void
open_all(struct publisher *p)
{
    const struct cw_process *process = p->process;
    uint32_t n = process->settings->shards;
    struct camwatch_error error = {""};
    bool is_good = cw_rules_image_open(&p->rules, process->rules);
    for (uint32_t i = 0; i < n && is_good; i++) {
        is_good = camwatch_ring_attach(process->rings[i].block, process->rings[i].size,
                                       &p->rings[i]) == CAMWATCH_OK;
    }
    if (!is_good) {
        cw_process_fail("rules or rings cannot be used");
    }
    if (!cw_event_side_open(&p->events, process->settings, p->rules.rules, p->rings, n,
                            &error)) {
        cw_process_fail(error.text);
    }
    p->events.page = process->page;
}

static void
take_rules(struct publisher *p, int fd)
{
    struct cw_rules_image fresh;
    enum cw_message answer = CW_MESSAGE_REFUSED;
    if (cw_rules_image_open(&fresh, fd)) {
        if (cw_event_side_set_rules(&p->events, fresh.rules)) {
            cw_rules_image_close(&p->rules);
            p->rules = fresh;
            answer = CW_MESSAGE_TAKEN;
        } else {
            cw_rules_image_close(&fresh);
        }
    }
    (void)cw_channel_send(p->process->channel, answer, -1);
}

/* @return false: the supervisor is gone */
static bool
obey(struct publisher *p)
{
    int fd;
    enum cw_message message = cw_channel_receive(p->process->channel, &fd);
    if (message == CW_MESSAGE_RULES && fd >= 0) {
        take_rules(p, fd);
    } else if (message == CW_MESSAGE_DATA) {
        cw_event_side_reload(&p->events);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return message != CW_MESSAGE_CLOSED;
}

static void
work(struct publisher *p)
{
    struct pollfd fds[] = {{.fd = p->process->signals, .events = POLLIN},
                           {.fd = p->process->channel, .events = POLLIN}};
    cw_own_page_beat(p->process->own);
    if (cw_event_side_run(&p->events) == 0) {
        (void)poll(fds, sizeof(fds) / sizeof(fds[0]), WAIT_MS);
    }
    int64_t now = cw_clock_steady();
    if (now - p->ticked_ns >= TICK_NS) {
        p->ticked_ns = now;
        cw_event_side_tick(&p->events);
    }
}

_Noreturn void
cw_process_publisher(const struct cw_process *process)
{
    struct publisher p = {.process = process};
    cw_log_open(&process->settings->log, "publisher");
    (void)prctl(PR_SET_NAME, "publisher"); /* as ps shows it */
    open_all(&p);
    cw_process_confine(process, cw_sandbox_publisher);
    (void)cw_channel_send(process->channel, CW_MESSAGE_READY, -1);
    while (!(cw_signals_read(process->signals) & CW_SIGNAL_END) && obey(&p)) {
        work(&p);
    }
    bool is_whole = cw_event_side_finish(&p.events);
    cw_event_side_close(&p.events);
    _exit(is_whole ? CW_EXIT_OK : CW_EXIT_ACCOUNT);
}
