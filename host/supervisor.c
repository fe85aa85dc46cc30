/* SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor: opens interfaces and rings, forks monitors and publisher (and a reader where packets are
 * dealt out after decoding), starts anew what dies. It parses nothing and keeps CAP_NET_RAW only, to open
 * interfaces again.
 */
#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "exit_status.h"
#include "metrics_listen.h"
#include "notify.h"
#include "rules_image.h"
#include "sandbox.h"
#include "signals.h"

/* ---- before anything runs ---- */

static bool
fail(struct camwatch_error *error, const char *what)
{
    (void)snprintf(error->text, sizeof(error->text), "%s: %s", what, strerror(errno));
    return false;
}

static bool
is_user(const char *name)
{
    const struct passwd *entry = name ? getpwnam(name) : NULL;
    return entry && entry->pw_uid != 0;
}

/* Root never watches as root unless it is told to: who is asked for, else the packaged user, else who ran
 * sudo and can write what was asked for, else nobody. */
static bool
choose_user(struct cw_supervisor *s, struct camwatch_error *error)
{
    const char *const candidates[] = {"camwatch", getenv("SUDO_USER"), "nobody"};
    const size_t n = sizeof(candidates) / sizeof(candidates[0]);
    if (geteuid() != 0) {
        return true;
    }
    if (s->settings->user) {
        s->user = s->settings->user;
        return true;
    }
    size_t i = 0;
    while (i < n && !is_user(candidates[i])) {
        i++;
    }
    if (i == n) {
        (void)snprintf(
            error->text, sizeof(error->text),
            "there is neither a user camwatch nor nobody: --user NAME says who to be");
        return false;
    }
    s->user = candidates[i];
    if (i > 0) {
        cw_log(CW_LOG_WARNING,
               "there is no user camwatch: this runs as %s, who must be able to write what you "
               "ask for (--user NAME names another, also root)",
               s->user);
    }
    return true;
}

/* A file of events that is not there yet may stand in a folder that only root can write. What cannot be made
 * here, or was there, is the publisher's to tell of. */
static bool
make_json_file(const struct cw_supervisor *s)
{
    const char *path = s->settings->json;
    const struct passwd *owner = s->user ? getpwnam(s->user) : NULL;
    int file = owner && path && strcmp(path, "-") != 0
                   ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640)
                   : -1;
    if (file < 0) {
        return true;
    }
    if (fchown(file, owner->pw_uid, owner->pw_gid) != 0) {
        cw_log(CW_LOG_WARNING, "%s: cannot be given to %s: %s", path, s->user, strerror(errno));
    }
    return close(file) == 0;
}

/* The folder of rings, ours alone; its lock says so. */
static bool
open_run_dir(struct cw_supervisor *s, struct camwatch_error *error)
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
        const char *more = errno == EACCES && geteuid() != 0
                               ? ": run as root, or name a folder that you can write"
                               : "";
        (void)snprintf(error->text, sizeof(error->text), "--run-dir %.300s: %s%s", path,
                       strerror(errno), more);
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

/* Without --state, what is known of devices lives as long as the supervisor: a publisher that is started anew
 * announces none twice. */
static void
forget_own_state(const struct cw_supervisor *s)
{
    static const char *const suffixes[] = {
        "", ".policies", ".note", ".next1", ".next1.policies", ".next2", ".next2.policies"};
    for (size_t i = 0; s->settings->has_own_state && i < sizeof(suffixes) / sizeof(suffixes[0]);
         i++) {
        char path[512];
        (void)snprintf(path, sizeof(path), "%.400s%s", s->settings->state, suffixes[i]);
        (void)unlink(path);
    }
}

static bool
open_rings(struct cw_supervisor *s, struct camwatch_error *error)
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

static bool
open_frame_rings(struct cw_supervisor *s, struct camwatch_error *error)
{
    for (unsigned i = 0; i < s->settings->shards && s->settings->has_reader; i++) {
        if (!cw_frame_ring_open(&s->frames[i], (size_t)s->settings->tap.buffer)) {
            return fail(error, "memory for frames");
        }
    }
    return true;
}

/* What monitors share outlives each of them. */
static bool
open_shared(struct cw_supervisor *s, struct camwatch_error *error)
{
    uint32_t shards = s->settings->shards;
    if (shards == 1) {
        return true;
    }
    void *block = mmap(NULL, camwatch_shared_size(shards), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) {
        return fail(error, "memory for shards");
    }
    camwatch_shared_format(block, shards);
    s->shared = block;
    return true;
}

static bool
open_pages(struct cw_supervisor *s, struct camwatch_error *error)
{
    bool is_good =
        (s->publisher.own = cw_own_page_new()) && (s->reader.own = cw_own_page_new());
    for (unsigned i = 0; i < s->settings->shards && is_good; i++) {
        is_good = (s->monitors[i].own = cw_own_page_new());
    }
    return is_good || fail(error, "memory for counters");
}

static bool
open_taps(struct cw_supervisor *s, struct camwatch_error *error)
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

static bool
open_metrics(struct cw_supervisor *s, struct camwatch_error *error)
{
    s->page = cw_metrics_page_new();
    if (!s->page) {
        return fail(error, "memory for metrics");
    }
    s->listener = s->settings->metrics ? cw_metrics_listen(s->settings->metrics, error) : -1;
    return !s->settings->metrics || s->listener >= 0;
}

static bool
open_all(struct cw_supervisor *s, struct camwatch_error *error)
{
    return choose_user(s, error) && open_run_dir(s, error) && open_taps(s, error) &&
           open_metrics(s, error) && make_json_file(s) && cw_sandbox_drop(s->user, true, error) &&
           open_rings(s, error) && open_frame_rings(s, error) && open_shared(s, error) &&
           open_pages(s, error) &&
           (s->settings->has_no_sandbox || cw_sandbox_supervisor(error));
}

/* ---- the loop ---- */

static bool
all_are_ready(const struct cw_supervisor *s)
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
tell_ready(struct cw_supervisor *s)
{
    if (!s->was_told && all_are_ready(s)) {
        char what[96], state[128];
        s->was_told = true;
        (void)snprintf(what, sizeof(what), "watching %zu interface%s in %u shard%s",
                       s->settings->interfaces.n, s->settings->interfaces.n == 1 ? "" : "s",
                       s->settings->shards, s->settings->shards == 1 ? "" : "s");
        cw_log(CW_LOG_NOTICE, "%s", what);
        (void)snprintf(state, sizeof(state), "READY=1\nSTATUS=%s", what);
        cw_notify(state);
    }
    int64_t period = cw_notify_period();
    int64_t now = cw_clock_steady();
    if (period > 0 && now - s->watchdog_ns >= period) {
        s->watchdog_ns = now;
        cw_notify("WATCHDOG=1");
    }
}

static void
loop(struct cw_supervisor *s)
{
    for (;;) {
        cw_supervisor_listen(s);
        unsigned signals = cw_signals_read(s->signals);
        cw_supervisor_reap(s);
        if (signals & CW_SIGNAL_STOP) {
            cw_supervisor_begin_stop(s, CW_EXIT_OK);
        }
        if (s->phase == CW_SUPERVISOR_STOPPING) {
            if (cw_supervisor_go_on_stopping(s)) {
                return;
            }
            continue;
        }
        if (signals & CW_SIGNAL_RELOAD) {
            cw_supervisor_reload(s);
        }
        cw_supervisor_start_due(s);
        cw_supervisor_look_for_interfaces(s);
        cw_supervisor_count(s);
        cw_supervisor_end_hanging(s);
        tell_ready(s);
    }
}

static void
start_all(struct cw_supervisor *s)
{
    cw_supervisor_start(s, &s->publisher);
    if (s->listener >= 0) {
        cw_supervisor_start(s, &s->metrics);
    }
    cw_supervisor_start_takers(s);
    for (unsigned i = 0; i < s->settings->shards && s->settings->has_reader; i++) {
        cw_supervisor_start(s, &s->monitors[i]);
    }
}

/* It has nothing to finish. */
static void
end_metrics(struct cw_supervisor *s)
{
    if (s->metrics.pid > 0) {
        (void)kill(s->metrics.pid, SIGKILL);
        (void)waitpid(s->metrics.pid, NULL, 0);
    }
    (void)close(s->listener);
    cw_metrics_page_free(s->page);
}

static void
close_all(struct cw_supervisor *s)
{
    end_metrics(s);
    cw_taps_free(&s->taps);
    for (unsigned i = 0; i < s->settings->shards; i++) {
        cw_ring_file_close(&s->rings[i]);
        cw_frame_ring_close(&s->frames[i]);
        cw_own_page_free(s->monitors[i].own);
    }
    cw_own_page_free(s->publisher.own);
    cw_own_page_free(s->reader.own);
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
    struct cw_supervisor s = {
        .settings = settings, .rules = -1, .lock = -1, .listener = -1, .status = CW_EXIT_SETUP};
    cw_log_open(&settings->log, "camwatch");
    s.signals = cw_signals_open();
    s.publisher.channel = s.reader.channel = s.metrics.channel = -1;
    for (unsigned i = 0; i < CW_DEAL_SHARDS; i++) {
        s.monitors[i].channel = -1;
    }
    if (open_all(&s, &error)) {
        forget_own_state(&s);
        s.rules = cw_rules_image_make(settings->rules);
    } else {
        bool is_users = s.user && strstr(error.text, strerror(EACCES));
        cw_log(CW_LOG_ERROR, "%s%s%s", error.text, is_users ? ", as user " : "",
               is_users ? s.user : "");
    }
    if (s.rules >= 0) {
        start_all(&s);
        loop(&s);
    }
    close_all(&s);
    return s.status;
}
