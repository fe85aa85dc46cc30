/* SPDX-License-Identifier: Apache-2.0
 *
 * Monitors, publisher, reader and the process of metrics: forked, watched, started anew.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "exit_status.h"
#include "supervisor.h"

#define BACKOFF_FIRST_NS (CW_SECOND / 10)
#define BACKOFF_MOST_NS  (30 * CW_SECOND)
#define STEADY_NS        (60 * CW_SECOND) /* ran for so long: the next restart is a first one */

const char *
cw_supervisor_name(const struct cw_supervisor *s, const struct cw_child *child, char out[32])
{
    if (child == &s->publisher) {
        (void)snprintf(out, 32, "publisher");
    } else if (child == &s->reader) {
        (void)snprintf(out, 32, "reader");
    } else if (child == &s->metrics) {
        (void)snprintf(out, 32, "metrics");
    } else {
        (void)snprintf(out, 32, "monitor %td", child - s->monitors);
    }
    return out;
}

unsigned
cw_supervisor_takers(const struct cw_supervisor *s)
{
    return s->settings->has_reader ? 1 : s->settings->shards;
}

struct cw_child *
cw_supervisor_taker(struct cw_supervisor *s, unsigned index)
{
    return s->settings->has_reader ? &s->reader : &s->monitors[index];
}

static bool
is_monitor(const struct cw_supervisor *s, const struct cw_child *child)
{
    return child >= s->monitors && child < s->monitors + CW_DEAL_SHARDS;
}

static bool
is_taker(const struct cw_supervisor *s, const struct cw_child *child)
{
    return s->settings->has_reader ? child == &s->reader : is_monitor(s, child);
}

/* The n-th of all, those first that always are. @return NULL: there are no more */
static struct cw_child *
nth(struct cw_supervisor *s, unsigned index)
{
    struct cw_child *const others[] = {&s->publisher, &s->reader, &s->metrics};
    if (index < 3) {
        return others[index];
    }
    return index - 3 < s->settings->shards ? &s->monitors[index - 3] : NULL;
}

/* ---- in a new process ---- */

static void
close_rings_but(struct cw_supervisor *s, const struct cw_ring_file *kept)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        if (&s->rings[i] != kept) {
            cw_ring_file_close(&s->rings[i]);
        }
    }
}

/* What it is not to have is given up. */
static void
leave_common(struct cw_supervisor *s, const struct cw_child *child)
{
    struct cw_child *other;
    (void)close(s->lock);
    for (unsigned i = 0; (other = nth(s, i)); i++) {
        (void)close(other->channel);
        if (other != child) {
            cw_own_page_free(other->own);
        }
    }
    if (!is_taker(s, child)) {
        cw_taps_free(&s->taps);
    }
    if (child != &s->metrics) {
        (void)close(s->listener);
    }
}

static void
run_monitor(struct cw_supervisor *s, const struct cw_child *child, struct cw_process *process)
{
    unsigned shard = (unsigned)(child - s->monitors);
    process->shard = shard;
    process->rings = &s->rings[shard];
    process->frames = s->settings->has_reader ? &s->frames[shard] : NULL;
    close_rings_but(s, process->rings);
    cw_process_monitor(process);
}

static void
run_child(struct cw_supervisor *s, const struct cw_child *child, int channel)
{
    struct cw_tap *taps[CW_MAX_INTERFACES];
    struct cw_process process = {.settings = s->settings,
                                 .channel = channel,
                                 .signals = s->signals,
                                 .rules = s->rules,
                                 .rings = s->rings,
                                 .shared = s->shared,
                                 .page = s->page,
                                 .own = child->own,
                                 .listener = s->listener};
    leave_common(s, child);
    if (child == &s->metrics) {
        close_rings_but(s, NULL);
        (void)close(s->rules);
        cw_process_metrics(&process);
    }
    if (child == &s->publisher) {
        cw_process_publisher(&process);
    }
    cw_metrics_page_free(s->page);
    process.page = NULL;
    if (is_taker(s, child)) {
        unsigned shard = child == &s->reader ? 0 : (unsigned)(child - s->monitors);
        cw_taps_leave(&s->taps, shard);
        process.taps = taps;
        process.n_taps = cw_taps_of_shard(&s->taps, shard, taps);
    }
    if (child == &s->reader) {
        process.frames = s->frames;
        close_rings_but(s, NULL);
        cw_process_reader(&process);
    }
    run_monitor(s, child, &process);
}

/* ---- their lives ---- */

void
cw_supervisor_start(struct cw_supervisor *s, struct cw_child *child)
{
    int ends[2];
    child->again_ns = 0;
    child->is_ready = false;
    child->started_ns = cw_clock_steady();
    if (!cw_channel_open(ends)) {
        child->again_ns = child->started_ns + CW_SECOND;
        return;
    }
    cw_own_page_beat(child->own);
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        run_child(s, child, ends[1]);
    }
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        child->again_ns = child->started_ns + CW_SECOND;
        cw_log(CW_LOG_ERROR, "fork: %s", strerror(errno));
        return;
    }
    child->pid = pid;
    child->channel = ends[0];
}

void
cw_supervisor_start_takers(struct cw_supervisor *s)
{
    s->phase = CW_SUPERVISOR_RUNNING;
    for (unsigned i = 0; i < cw_supervisor_takers(s); i++) {
        cw_supervisor_start(s, cw_supervisor_taker(s, i));
    }
}

static void
schedule(struct cw_supervisor *s, struct cw_child *child, const char *how)
{
    char name[32];
    int64_t now = cw_clock_steady();
    bool is_steady = now - child->started_ns >= STEADY_NS;
    child->backoff_ns =
        is_steady || child->backoff_ns == 0 ? BACKOFF_FIRST_NS : child->backoff_ns * 2;
    child->backoff_ns =
        child->backoff_ns < BACKOFF_MOST_NS ? child->backoff_ns : BACKOFF_MOST_NS;
    child->again_ns = now + child->backoff_ns;
    cw_metrics_page_set_restarts(s->page, ++s->restarts);
    cw_log(CW_LOG_ERROR, "%s ended: %s; it starts again in %.1f s (restart %u)",
           cw_supervisor_name(s, child, name), how, (double)child->backoff_ns / 1e9,
           s->restarts);
}

static void
describe(int status, char out[64])
{
    if (WIFSIGNALED(status)) {
        (void)snprintf(out, 64, "signal %d (%s)", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
    } else {
        (void)snprintf(out, 64, "exit status %d", WEXITSTATUS(status));
    }
}

/* Its successor's taps take what comes from now on, while it waits to be started. @return they are there */
static bool
succeed(struct cw_supervisor *s, struct cw_child *child)
{
    struct camwatch_error error;
    if (is_monitor(s, child)) {
        cw_supervisor_tell_counts(s, child);
    }
    if (is_taker(s, child)) {
        unsigned index = child == &s->reader ? 0 : (unsigned)(child - s->monitors);
        if (!cw_taps_renew(&s->taps, index, &error)) {
            cw_log(CW_LOG_WARNING, "%s", error.text);
            cw_supervisor_begin_reopen(s);
            return false;
        }
    }
    return is_taker(s, child) || is_monitor(s, child);
}

static void
end_in_stop(struct cw_supervisor *s, const struct cw_child *child, int code, const char *how)
{
    char name[32];
    if (code != CW_EXIT_OK && code != CW_PROCESS_CUT) {
        cw_log(CW_LOG_ERROR, "%s ended: %s", cw_supervisor_name(s, child, name), how);
        s->status = s->status == CW_EXIT_OK ? CW_EXIT_ACCOUNT : s->status;
    }
    if (is_monitor(s, child) && code != CW_EXIT_OK) { /* it has not told its last counts */
        cw_supervisor_tell_counts(s, child);
    }
}

static void
handle_end(struct cw_supervisor *s, struct cw_child *child, int status)
{
    char how[64], name[32];
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    describe(status, how);
    (void)close(child->channel);
    child->pid = 0;
    child->channel = -1;
    cw_supervisor_answered(s, child);
    if (s->phase == CW_SUPERVISOR_STOPPING) {
        end_in_stop(s, child, code, how);
        return;
    }
    if (!child->was_ready) {
        cw_log(CW_LOG_ERROR, "%s could not start: %s", cw_supervisor_name(s, child, name), how);
        cw_supervisor_begin_stop(s, CW_EXIT_SETUP);
        return;
    }
    if (is_taker(s, child) && code == CW_PROCESS_CUT) {
        cw_supervisor_begin_reopen(s);
    } else if (!is_taker(s, child) || s->phase == CW_SUPERVISOR_RUNNING) {
        /* the log tells of an end once nothing more is lost by it */
        bool has_successor = succeed(s, child);
        schedule(s, child, how);
        if (has_successor) {
            cw_supervisor_settle(s, child); /* what the dead one left in its own is counted */
        }
    }
}

void
cw_supervisor_reap(struct cw_supervisor *s)
{
    struct cw_child *child;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (unsigned i = 0; (child = nth(s, i)); i++) {
            if (child->pid == pid) {
                handle_end(s, child, status);
                break;
            }
        }
    }
}

void
cw_supervisor_start_due(struct cw_supervisor *s)
{
    int64_t now = cw_clock_steady();
    struct cw_child *child;
    for (unsigned i = 0; (child = nth(s, i)); i++) {
        bool is_due = child->again_ns != 0 && now >= child->again_ns;
        if (is_due && (!is_taker(s, child) || s->phase == CW_SUPERVISOR_RUNNING)) {
            cw_supervisor_start(s, child);
        }
    }
}

/* Was the supervisor itself kept from running, and so perhaps all of them: Ctrl-Z, a freezer, a debugger? */
static bool
was_away(struct cw_supervisor *s, int64_t now, int64_t limit)
{
    int64_t before = s->judged_ns;
    s->judged_ns = now;
    return before != 0 && now - before > limit / 2;
}

void
cw_supervisor_end_hanging(struct cw_supervisor *s)
{
    int64_t limit = (int64_t)s->settings->hang_s * CW_SECOND;
    int64_t now = cw_clock_steady();
    bool begins_anew = was_away(s, now, limit);
    struct cw_child *child;
    for (unsigned i = 0; limit > 0 && s->phase == CW_SUPERVISOR_RUNNING && (child = nth(s, i));
         i++) {
        char name[32];
        if (begins_anew) {
            cw_own_page_beat(child->own);
        }
        if (child == &s->metrics || child->pid <= 0 || !child->is_ready ||
            now - cw_own_page_beaten(child->own) < limit) {
            continue;
        }
        cw_log(CW_LOG_ERROR, "%s has not been at work for %" PRIu32 " s: it is killed",
               cw_supervisor_name(s, child, name), s->settings->hang_s);
        cw_own_page_beat(child->own); /* once is enough */
        (void)kill(child->pid, SIGKILL);
    }
}
