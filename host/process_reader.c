/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader: where tunnels carry the traffic, the kernel cannot tell whose packet it is. One process
 * captures, decodes as far as the innermost addresses, and hands each frame to the shard of its device.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "channel.h"
#include "clock.h"
#include "exit_status.h"
#include "process.h"
#include "sandbox.h"
#include "signals.h"

#define TICK_NS      (100 * 1000000LL)
#define LAST_LOOK_NS (250 * 1000000LL)

enum { FRAMES_IN_TURN = 2048 };

struct reader {
    const struct cw_process *process;
    struct cw_deal deal;
    bool is_cut; /* an interface is gone */
};

static unsigned
shard_of(const struct reader *r, const struct camwatch_frame *frame)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct camwatch_packet_view view = {.size = sizeof(view)};
    if (camwatch_frame_view(frame, &view) != CAMWATCH_DROP_NONE || !view.is_ip) {
        return 0;
    }
    bool is_ip6 = memcmp(view.src, mapped, sizeof(mapped)) != 0;
    size_t skipped = is_ip6 ? 0 : sizeof(mapped);
    enum cw_deal_server server = CW_DEAL_NO_SERVER;
    if (view.proto == IPPROTO_UDP) {
        server = cw_deal_server(view.src_port, view.dst_port);
    }
    return cw_deal_ends(&r->deal, is_ip6, view.src + skipped, view.dst + skipped, server);
}

static void
on_frame(void *user, const struct camwatch_frame *frame)
{
    struct reader *r = user;
    cw_frame_ring_put(&r->process->frames[shard_of(r, frame)], frame);
}

static size_t
read_taps(struct reader *r)
{
    size_t frames = 0;
    for (size_t i = 0; i < r->process->n_taps; i++) {
        struct camwatch_error error = {""};
        int n = cw_tap_each(r->process->taps[i], FRAMES_IN_TURN, on_frame, r, &error);
        if (n < 0) {
            cw_log(CW_LOG_WARNING, "%s; waiting for it to come back", error.text);
            r->is_cut = true;
        } else {
            frames += (size_t)n;
        }
    }
    for (unsigned i = 0; i < r->process->settings->shards; i++) {
        cw_frame_ring_wake(&r->process->frames[i]);
    }
    return frames;
}

static size_t
work(struct reader *r, int timeout_ms)
{
    struct pollfd fds[CW_MAX_INTERFACES + 2];
    size_t n = 0;
    for (size_t i = 0; i < r->process->n_taps; i++) {
        fds[n++] = (struct pollfd){.fd = cw_tap_fd(r->process->taps[i]), .events = POLLIN};
    }
    fds[n++] = (struct pollfd){.fd = r->process->signals, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = r->process->channel, .events = POLLIN};
    (void)poll(fds, n, timeout_ms);
    cw_own_page_beat(r->process->own);
    return read_taps(r);
}

/* Nothing new comes in; what waits in the kernel is still dealt out. */
static void
finish(struct reader *r)
{
    int64_t begin = cw_clock_steady();
    int64_t now = begin, last = begin;
    int64_t limit = (int64_t)r->process->settings->drain_s * 1000000000;
    for (size_t i = 0; i < r->process->n_taps; i++) {
        cw_tap_stop(r->process->taps[i]);
    }
    do { /* who was kept from running looks once more, however late it is */
        size_t frames = work(r, 20);
        now = cw_clock_steady();
        last = frames > 0 ? now : last;
    } while (now - last < LAST_LOOK_NS && now - begin < limit);
}

/* @return false: the supervisor is gone */
static bool
obey(const struct reader *r)
{
    int fd;
    enum cw_message message = cw_channel_receive(r->process->channel, &fd);
    if (fd >= 0) {
        (void)close(fd);
    }
    return message != CW_MESSAGE_CLOSED;
}

static int
run(struct reader *r)
{
    size_t frames = 0;
    while (!r->is_cut && obey(r) && !(cw_signals_read(r->process->signals) & CW_SIGNAL_END)) {
        frames = work(r, frames > 0 ? 0 : (int)(TICK_NS / 1000000));
    }
    finish(r);
    return r->is_cut ? CW_PROCESS_CUT : CW_EXIT_OK;
}

_Noreturn void
cw_process_reader(const struct cw_process *process)
{
    struct reader r = {.process = process};
    struct camwatch_error error = {""};
    cw_log_open(&process->settings->log, "reader");
    (void)prctl(PR_SET_NAME, "reader"); /* as ps shows it */
    if (!cw_deal_open(&r.deal, process->settings->home.items, process->settings->shards,
                      &error)) {
        cw_process_fail(error.text);
    }
    cw_process_confine(process, cw_sandbox_monitor);
    (void)cw_channel_send(process->channel, CW_MESSAGE_READY, -1);
    _exit(run(&r));
}
