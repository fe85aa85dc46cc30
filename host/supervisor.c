/* SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor: opens interfaces and rings, forks monitors and publisher (and a reader where packets are
 * dealt out after decoding), starts anew what dies. It parses nothing and keeps CAP_NET_RAW only, to open
 * interfaces again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "clock.h"
#include "exit_status.h"
#include "metrics_listen.h"
#include "notify.h"
#include "process.h"
#include "rules_image.h"
#include "sandbox.h"
#include "signals.h"
#include "taps.h"

#define SECOND           1000000000LL
#define BACKOFF_FIRST_NS (SECOND / 10)
#define BACKOFF_MOST_NS  (30 * SECOND)
#define STEADY_NS        (60 * SECOND) /* ran for so long: the next restart is a first one */

enum phase { RUNNING, REOPENING, STOPPING };

struct child {
    pid_t pid;   /* 0: does not run */
    int channel; /* our end; -1 */
    bool is_ready, was_ready;
    int64_t started_ns;
    int64_t again_ns; /* when to start it anew; 0: not due */
    int64_t backoff_ns;
};

struct supervisor {
    const struct cw_live_settings *settings;
    const char *user;
    int signals, rules, lock;
    struct cw_taps taps;
    struct cw_ring_file rings[CW_DEAL_SHARDS];
    struct cw_frame_ring frames[CW_DEAL_SHARDS]; /* from the reader */
    void *shared;                                /* by the monitors, of several shards */
    struct child monitors[CW_DEAL_SHARDS], publisher;
    struct child reader; /* where there is one */
    struct child metrics; /* only with --metrics */
    struct cw_metrics_page *page;
    int listener; /* of metrics; -1 */
    enum phase phase;
    int status;
    unsigned restarts;
    unsigned answers_due; /* processes that have not said yet whether they took new rules */
    bool was_told;        /* READY=1 */
    bool publisher_was_told, monitors_were_told; /* to stop */
    int64_t stop_by_ns, looked_ns, watchdog_ns;
};

/* ---- before anything runs ---- */

static const char *
user_to_be(const struct cw_live_settings *settings)
{
    if (geteuid() != 0) {
        return NULL;
    }
    if (settings->user) {
        return settings->user;
    }
    if (getpwnam("camwatch")) {
        return "camwatch";
    }
    cw_log(CW_LOG_WARNING,
           "there is no user camwatch (--user): staying root, without capabilities");
    return NULL;
}

/* The folder of rings, ours alone; its lock says so. */
static bool
open_run_dir(struct supervisor *s, struct camwatch_error *error)
{
    const char *path = s->settings->run_dir;
    const struct passwd *owner = s->user ? getpwnam(s->user) : NULL;
    bool is_new = mkdir(path, 0700) == 0;
    int dir = is_new || errno == EEXIST ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir >= 0 && owner && is_new && fchown(dir, owner->pw_uid, owner->pw_gid) != 0) {
        (void)close(dir);
        dir = -1;
    }
    if (dir < 0) {
        (void)snprintf(error->text, sizeof(error->text), "--run-dir %.300s: %s", path,
                       strerror(errno));
        return false;
    }
    s->lock = dir;
    if (flock(dir, LOCK_EX | LOCK_NB) != 0) {
        (void)snprintf(error->text, sizeof(error->text),
                       "another camwatch works in %.300s: give this one its own --run-dir",
                       path);
        return false;
    }
    return true;
}

static bool
open_rings(struct supervisor *s, struct camwatch_error *error)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        char path[512];
        (void)snprintf(path, sizeof(path), "%.400s/ring.%u", s->settings->run_dir, i);
        if (!cw_ring_file_open(&s->rings[i], path, (size_t)s->settings->ring_bytes, error)) {
            return false;
        }
    }
    return true;
}

static void
close_rings(struct supervisor *s)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        cw_ring_file_close(&s->rings[i]);
        cw_frame_ring_close(&s->frames[i]);
    }
}

static bool
open_frame_rings(struct supervisor *s, struct camwatch_error *error)
{
    for (unsigned i = 0; i < s->settings->shards && s->settings->has_reader; i++) {
        if (!cw_frame_ring_open(&s->frames[i], (size_t)s->settings->tap.buffer)) {
            (void)snprintf(error->text, sizeof(error->text), "memory for frames: %s",
                           strerror(errno));
            return false;
        }
    }
    return true;
}

/* What monitors share outlives each of them. */
static bool
open_shared(struct supervisor *s, struct camwatch_error *error)
{
    uint32_t shards = s->settings->shards;
    if (shards == 1) {
        return true;
    }
    void *block = mmap(NULL, camwatch_shared_size(shards), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
        (void)snprintf(error->text, sizeof(error->text), "memory for shards: %s",
                       strerror(errno));
        return false;
    }
    camwatch_shared_format(block, shards);
    s->shared = block;
    return true;
}

static bool
open_taps(struct supervisor *s, struct camwatch_error *error)
{
    if (!cw_taps_make(&s->taps, s->settings, error)) {
        return false;
    }
    for (size_t i = 0; i < s->settings->interfaces.n; i++) {
        if (!cw_taps_open(&s->taps, i, error)) {
            return false;
        }
    }
    return true;
}

/* ---- processes ---- */

static const char *
name_of(const struct supervisor *s, const struct child *child, char out[32])
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

/* Who reads from interfaces: every monitor, or the reader alone. */
static unsigned
n_takers(const struct supervisor *s)
{
    return s->settings->has_reader ? 1 : s->settings->shards;
}

static struct child *
taker(struct supervisor *s, unsigned index)
{
    return s->settings->has_reader ? &s->reader : &s->monitors[index];
}

/* In a new process: what it is not to have is given up. */
static void
run_child(struct supervisor *s, const struct child *child, int channel)
{
    struct cw_tap *taps[CW_MAX_INTERFACES];
    bool has_reader = s->settings->has_reader;
    bool is_taker = child == &s->reader || (!has_reader && child != &s->publisher);
    unsigned shard = child == &s->reader ? 0 : (unsigned)(child - s->monitors);
    struct cw_process process = {.settings = s->settings,
                                 .channel = channel,
                                 .signals = s->signals,
                                 .rules = s->rules,
                                 .rings = s->rings,
                                 .shared = s->shared,
                                 .page = s->page,
                                 .listener = s->listener};
    (void)close(s->lock);
    for (unsigned i = 0; i < s->settings->shards; i++) {
        (void)close(s->monitors[i].channel);
    }
    (void)close(s->publisher.channel);
    (void)close(s->reader.channel);
    (void)close(s->metrics.channel);
    if (child == &s->metrics) {
        cw_taps_free(&s->taps);
        close_rings(s);
        (void)close(s->rules);
        cw_process_metrics(&process);
    }
    (void)close(s->listener);
    if (!is_taker) {
        cw_taps_free(&s->taps);
    }
    if (child == &s->publisher) {
        cw_process_publisher(&process);
    }
    cw_metrics_page_free(s->page);
    process.page = NULL;
    if (is_taker) {
        cw_taps_leave(&s->taps, shard);
        process.taps = taps;
        process.n_taps = cw_taps_of_shard(&s->taps, shard, taps);
    }
    process.shard = shard;
    process.rings = &s->rings[shard];
    process.frames = has_reader ? &s->frames[shard] : NULL;
    if (child == &s->reader) {
        cw_process_reader(&process);
    }
    cw_process_monitor(&process);
}

static void
start_child(struct supervisor *s, struct child *child)
{
    int ends[2];
    child->again_ns = 0;
    child->is_ready = false;
    child->started_ns = cw_clock_steady();
    if (!cw_channel_open(ends)) {
        child->again_ns = child->started_ns + SECOND;
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        run_child(s, child, ends[1]);
    }
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        child->again_ns = child->started_ns + SECOND;
        cw_log(CW_LOG_ERROR, "fork: %s", strerror(errno));
        return;
    }
    child->pid = pid;
    child->channel = ends[0];
}

static void
tell_monitors(struct supervisor *s, int signal)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        if (s->monitors[i].pid > 0) {
            (void)kill(s->monitors[i].pid, signal);
        }
    }
}

static bool
has_monitors(const struct supervisor *s)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        if (s->monitors[i].pid > 0) {
            return true;
        }
    }
    return false;
}

static void
tell_takers(struct supervisor *s, int signal)
{
    for (unsigned i = 0; i < n_takers(s); i++) {
        if (taker(s, i)->pid > 0) {
            (void)kill(taker(s, i)->pid, signal);
        }
    }
}

static bool
has_takers(const struct supervisor *s)
{
    return s->settings->has_reader ? s->reader.pid > 0 : has_monitors(s);
}

static void
set_stop_limit(struct supervisor *s)
{
    s->stop_by_ns = cw_clock_steady() + ((int64_t)s->settings->drain_s + 2) * SECOND;
}

static void
begin_stop(struct supervisor *s, int status)
{
    if (s->phase != STOPPING) {
        cw_log(CW_LOG_INFO, "stopping");
        cw_notify("STOPPING=1");
        s->phase = STOPPING;
        s->status = status;
        set_stop_limit(s);
        tell_takers(s, SIGTERM);
    }
}

/* Interfaces are opened anew once nobody holds them any more. */
static void
begin_reopen(struct supervisor *s)
{
    if (s->phase == RUNNING) {
        s->phase = REOPENING;
        tell_takers(s, SIGTERM);
    }
}

static void
schedule(struct supervisor *s, struct child *child, const char *how)
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
           name_of(s, child, name), how, (double)child->backoff_ns / 1e9, s->restarts);
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

static void
handle_end(struct supervisor *s, struct child *child, int status)
{
    char how[64], name[32];
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    describe(status, how);
    (void)close(child->channel);
    child->pid = 0;
    child->channel = -1;
    if (s->phase == STOPPING) {
        if (code != CW_EXIT_OK && code != CW_PROCESS_CUT) {
            cw_log(CW_LOG_ERROR, "%s ended: %s", name_of(s, child, name), how);
            s->status = s->status == CW_EXIT_OK ? CW_EXIT_ACCOUNT : s->status;
        }
        return;
    }
    if (!child->was_ready) {
        cw_log(CW_LOG_ERROR, "%s could not start: %s", name_of(s, child, name), how);
        begin_stop(s, CW_EXIT_SETUP);
        return;
    }
    bool is_monitor = child != &s->publisher && child != &s->metrics;
    bool is_taker = child == &s->reader || (is_monitor && !s->settings->has_reader);
    if (is_taker && code == CW_PROCESS_CUT) {
        begin_reopen(s);
    } else if (!is_taker || s->phase == RUNNING) {
        schedule(s, child, how);
    }
}

static struct child *
find(struct supervisor *s, pid_t pid)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        if (s->monitors[i].pid == pid) {
            return &s->monitors[i];
        }
    }
    if (s->settings->has_reader && s->reader.pid == pid) {
        return &s->reader;
    }
    if (s->metrics.pid == pid) {
        return &s->metrics;
    }
    return s->publisher.pid == pid ? &s->publisher : NULL;
}

static void
reap(struct supervisor *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct child *child = find(s, pid);
        if (child) {
            handle_end(s, child, status);
        }
    }
}

static bool
is_due(const struct child *child, int64_t now)
{
    return child->again_ns != 0 && now >= child->again_ns;
}

static void
start_due(struct supervisor *s)
{
    int64_t now = cw_clock_steady();
    if (is_due(&s->publisher, now)) {
        start_child(s, &s->publisher);
    }
    if (is_due(&s->metrics, now)) {
        start_child(s, &s->metrics);
    }
    for (unsigned i = 0; i < s->settings->shards && s->settings->has_reader; i++) {
        if (is_due(&s->monitors[i], now)) { /* goes on where the frames of its ring begin */
            start_child(s, &s->monitors[i]);
        }
    }
    for (unsigned i = 0; i < n_takers(s) && s->phase == RUNNING; i++) {
        struct child *child = taker(s, i);
        struct camwatch_error error;
        if (!is_due(child, now)) {
            continue;
        }
        if (cw_taps_renew(&s->taps, i, &error)) {
            start_child(s, child);
        } else {
            cw_log(CW_LOG_WARNING, "%s", error.text);
            begin_reopen(s);
        }
    }
}

/* ---- interfaces that vanished ---- */

static void
start_takers(struct supervisor *s)
{
    s->phase = RUNNING;
    for (unsigned i = 0; i < n_takers(s); i++) {
        start_child(s, taker(s, i));
    }
}

static void
start_all(struct supervisor *s)
{
    start_takers(s);
    for (unsigned i = 0; i < s->settings->shards && s->settings->has_reader; i++) {
        start_child(s, &s->monitors[i]);
    }
}

/* Nobody holds an interface any more: open what can be opened, and go on with that. */
static void
reopen(struct supervisor *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->settings->interfaces.n; i++) {
        struct camwatch_error error;
        cw_taps_close(&s->taps, i);
        if (cw_taps_open(&s->taps, i, &error)) {
            cw_log(CW_LOG_NOTICE, "%s is back", s->settings->interfaces.items[i]);
            n++;
        }
    }
    if (n > 0) {
        start_takers(s);
    }
}

/* Once a second: is an interface there again that was not? */
static void
look_for_interfaces(struct supervisor *s)
{
    int64_t now = cw_clock_steady();
    if (now - s->looked_ns < SECOND) {
        return;
    }
    s->looked_ns = now;
    if (s->phase == REOPENING && !has_takers(s)) {
        reopen(s);
    }
    for (size_t i = 0; i < s->settings->interfaces.n && s->phase == RUNNING; i++) {
        if (!cw_taps_is_open(&s->taps, i) &&
            if_nametoindex(s->settings->interfaces.items[i]) != 0) {
            begin_reopen(s);
        }
    }
}

/* ---- rules ---- */

/* Each part by itself: what has errors stays as it was. */
static void
reload(struct supervisor *s)
{
    if (s->publisher.pid > 0) {
        (void)cw_channel_send(s->publisher.channel, CW_MESSAGE_DATA, -1);
    }
    int fresh = cw_rules_image_make(s->settings->rules);
    if (fresh < 0) {
        cw_log(CW_LOG_ERROR, "the new rules have errors: the old set stays in use");
        return;
    }
    (void)close(s->rules);
    s->rules = fresh;
    s->answers_due = 0;
    for (unsigned i = 0; i < s->settings->shards; i++) {
        struct child *child = &s->monitors[i];
        s->answers_due +=
            child->pid > 0 && cw_channel_send(child->channel, CW_MESSAGE_RULES, fresh);
    }
    s->answers_due +=
        s->publisher.pid > 0 && cw_channel_send(s->publisher.channel, CW_MESSAGE_RULES, fresh);
}

static void
count_answer(struct supervisor *s, const struct child *child, enum cw_message message)
{
    char name[32];
    if (message == CW_MESSAGE_REFUSED) {
        cw_log(CW_LOG_ERROR, "%s refuses the new rules: the old set stays in use there",
               name_of(s, child, name));
    }
    if (s->answers_due > 0 && --s->answers_due == 0) {
        cw_log(CW_LOG_NOTICE, "the new rules are in use");
    }
}

static void
listen_to(struct supervisor *s, struct child *child)
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
            count_answer(s, child, message);
        }
    }
}

/* ---- the loop ---- */

static bool
all_are_ready(const struct supervisor *s)
{
    for (unsigned i = 0; i < s->settings->shards; i++) {
        if (!s->monitors[i].is_ready) {
            return false;
        }
    }
    return s->publisher.is_ready && (!s->settings->has_reader || s->reader.is_ready) &&
           (s->listener < 0 || s->metrics.is_ready);
}

static void
tell_ready(struct supervisor *s)
{
    if (!s->was_told && all_are_ready(s)) {
        s->was_told = true;
        cw_log(CW_LOG_NOTICE, "watching %zu interface%s in %u shard%s",
               s->settings->interfaces.n, s->settings->interfaces.n == 1 ? "" : "s",
               s->settings->shards, s->settings->shards == 1 ? "" : "s");
        cw_notify("READY=1");
    }
    int64_t period = cw_notify_period();
    int64_t now = cw_clock_steady();
    if (period > 0 && now - s->watchdog_ns >= period) {
        s->watchdog_ns = now;
        cw_notify("WATCHDOG=1");
    }
}

static void
wait_for_something(struct supervisor *s)
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

/* Those that were told to end get the time that they may take, and no more. */
static void
hurry(struct supervisor *s, void (*tell)(struct supervisor *s, int signal))
{
    if (cw_clock_steady() > s->stop_by_ns) {
        tell(s, SIGKILL);
        s->stop_by_ns += SECOND;
    }
}

/* First the reader, then the monitors, then the publisher: each gets all that was made for it.
 * @return true: all have ended */
static bool
go_on_stopping(struct supervisor *s)
{
    if (has_takers(s)) {
        hurry(s, tell_takers);
        return false;
    }
    if (s->settings->has_reader && !s->monitors_were_told) {
        s->monitors_were_told = true;
        set_stop_limit(s);
        tell_monitors(s, SIGTERM);
    }
    if (has_monitors(s)) {
        hurry(s, tell_monitors);
        return false;
    }
    bool is_late = cw_clock_steady() > s->stop_by_ns;
    if (!s->publisher_was_told) {
        s->publisher_was_told = true;
        set_stop_limit(s);
        is_late = false;
        if (s->publisher.again_ns !=
            0) { /* it had died: what waits in the rings is still to be told */
            start_child(s, &s->publisher);
        }
    }
    if (s->publisher.pid > 0) {
        (void)kill(s->publisher.pid, is_late ? SIGKILL : SIGTERM);
    }
    return s->publisher.pid == 0;
}

static void
loop(struct supervisor *s)
{
    for (;;) {
        wait_for_something(s);
        unsigned signals = cw_signals_read(s->signals);
        reap(s);
        if (signals & CW_SIGNAL_STOP) {
            begin_stop(s, CW_EXIT_OK);
        }
        if (s->phase == STOPPING) {
            if (go_on_stopping(s)) {
                return;
            }
            continue;
        }
        if (signals & CW_SIGNAL_RELOAD) {
            reload(s);
        }
        start_due(s);
        look_for_interfaces(s);
        tell_ready(s);
    }
}

/* It has nothing to finish. */
static void
end_metrics(struct supervisor *s)
{
    if (s->metrics.pid > 0) {
        (void)kill(s->metrics.pid, SIGKILL);
        (void)waitpid(s->metrics.pid, NULL, 0);
    }
    (void)close(s->listener);
    cw_metrics_page_free(s->page);
}

static bool
open_metrics(struct supervisor *s, struct camwatch_error *error)
{
    s->page = cw_metrics_page_new();
    if (!s->page) {
        (void)snprintf(error->text, sizeof(error->text), "a page of memory: %s", strerror(errno));
        return false;
    }
    s->listener = s->settings->metrics ? cw_metrics_listen(s->settings->metrics, error) : -1;
    return !s->settings->metrics || s->listener >= 0;
}

static void
close_all(struct supervisor *s)
{
    end_metrics(s);
    cw_taps_free(&s->taps);
    close_rings(s);
    if (s->shared) {
        (void)munmap(s->shared, camwatch_shared_size(s->settings->shards));
    }
    (void)close(s->rules);
    (void)close(s->lock);
    (void)close(s->signals);
}

int
cw_live_supervise(const struct cw_live_settings *settings)
{
    struct camwatch_error error = {""};
    struct supervisor s = {
        .settings = settings, .rules = -1, .lock = -1, .listener = -1, .status = CW_EXIT_SETUP};
    cw_log_open(&settings->log, "camwatch");
    s.signals = cw_signals_open();
    s.publisher.channel = s.reader.channel = s.metrics.channel = -1;
    for (unsigned i = 0; i < CW_DEAL_SHARDS; i++) {
        s.monitors[i].channel = -1;
    }
    s.user = user_to_be(settings);
    if (open_run_dir(&s, &error) && open_taps(&s, &error) &&
        open_metrics(&s, &error) && cw_sandbox_drop(s.user, true, &error) &&
        open_rings(&s, &error) && open_frame_rings(&s, &error) && open_shared(&s, &error) &&
        (settings->has_no_sandbox || cw_sandbox_supervisor(&error))) {
        s.rules = cw_rules_image_make(settings->rules);
    } else {
        cw_log(CW_LOG_ERROR, "%s", error.text);
    }
    if (s.rules >= 0) {
        start_child(&s, &s.publisher);
        if (s.listener >= 0) {
            start_child(&s, &s.metrics);
        }
        start_all(&s);
        loop(&s);
    }
    close_all(&s);
    return s.status;
}
