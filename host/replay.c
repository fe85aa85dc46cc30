/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch replay: captures in, events and a summary out.
 */
#define _GNU_SOURCE
#include "replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "command.h"
#include "extract.h"
#include "inputs.h"
#include "place.h"
#include "progress.h"
#include "report_file.h"
#include "rounds.h"
#include "stop.h"
#include "timeline.h"

enum { LOOK_EVERY = 1024 };

struct replay {
    struct cw_replay_settings settings;
    struct camwatch_rules *rules;
    struct cw_filter *filter;
    struct cw_texts paths;
    struct cw_progress progress;
    unsigned n_faults;
    int status; /* the gravest so far */
};

static void
worsen(struct replay *replay, int status)
{
    replay->status = status > replay->status ? status : replay->status;
}

static void
on_fault(void *user, const char *text)
{
    struct replay *replay = user;
    cw_progress_clear(&replay->progress);
    (void)fprintf(stderr, "camwatch: %s\n", text);
    replay->n_faults++;
    worsen(replay, CW_EXIT_INPUT);
}

static void
on_rules_report(void *user, bool is_error, const char *text)
{
    (void)user;
    if (is_error) {
        (void)fprintf(stderr, "camwatch: %s\n", text);
    }
}

static bool
load_rules(struct replay *replay)
{
    char place[PATH_MAX];
    const char *folder =
        replay->settings.rules ? replay->settings.rules : cw_place_rules(place);
    int status = camwatch_rules_load(folder, on_rules_report, NULL, &replay->rules);
    if (status != CAMWATCH_OK) {
        (void)fprintf(stderr, "camwatch: rules in %s: %s\n", folder,
                      camwatch_status_text(status));
    }
    return status == CAMWATCH_OK;
}

/* Feed everything; the session is told when the input waits. */
static void
feed(struct replay *replay, struct cw_session *session, struct cw_timeline *timeline)
{
    struct camwatch_frame frame;
    uint64_t n = 0;
    while (!cw_stop_is_asked() && cw_timeline_next(timeline, &frame)) {
        if (replay->filter && !cw_filter_passes(replay->filter, &frame)) {
            session->filtered++;
            continue;
        }
        cw_session_feed(session, &frame);
        if (++n % LOOK_EVERY == 0) {
            cw_progress_show(&replay->progress, cw_timeline_taken(timeline), n);
            if (cw_session_is_lost(session)) {
                cw_stop_ask(); /* nobody listens any more */
            }
        }
    }
}

static void
judge(struct replay *replay, const struct cw_report *report)
{
    size_t n = cw_roster_surveillance(report->roster), all;
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    unsigned least = replay->settings.fail_on == CW_FAIL_HINT     ? CAMWATCH_BAND_HINT
                     : replay->settings.fail_on == CW_FAIL_LIKELY ? CAMWATCH_BAND_LIKELY
                                                                  : CAMWATCH_BAND_CONFIRMED;
    for (size_t i = 0; i < n; i++) {
        bool is_finding = replay->settings.fail_on == CW_FAIL_LISTED
                              ? cw_device_is_listed(&devices[i])
                              : devices[i].band >= least;
        if (is_finding && replay->settings.fail_on != CW_FAIL_NEVER) {
            worsen(replay, CW_EXIT_FINDINGS);
        }
    }
    if (!cw_account_closes(report)) {
        worsen(replay, CW_EXIT_ACCOUNT);
        if (replay->settings.is_quiet || replay->settings.explain || replay->settings.is_csv) {
            (void)fputs("camwatch: account: ", stderr);
            struct cw_report to_stderr = *report;
            to_stderr.term = cw_term_of(stderr, replay->settings.has_no_colour);
            cw_account_write(&to_stderr);
        }
    }
}

/* The one device that is meant, or NULL with a complaint. */
static const struct camwatch_device *
find_device(struct replay *replay, const struct cw_report *report, const char *what)
{
    const struct camwatch_device *device;
    size_t n = cw_roster_match(report->roster, what, &device);
    if (n == 1) {
        return device;
    }
    (void)fprintf(stderr,
                  n == 0 ? "camwatch: no device '%s' was seen\n"
                         : "camwatch: '%s' may mean %zu devices: give more of it\n",
                  what, n);
    worsen(replay, CW_EXIT_USAGE);
    return NULL;
}

static void
extract(struct replay *replay, const struct cw_report *report)
{
    const struct cw_replay_settings *s = &replay->settings;
    const struct camwatch_device *device = find_device(replay, report, s->extract[0]);
    struct camwatch_error error = {""};
    struct cw_extract_result result = {0};
    if (!device) {
        return;
    }
    bool is_done = cw_extract(device, &replay->paths, s->extract[1], s->has_payload,
                              s->may_replace, &result, &error);
    if (!is_done) {
        (void)fprintf(stderr, "camwatch: --extract: %s\n", error.text);
        worsen(replay, CW_EXIT_SETUP);
    } else if (!s->is_quiet) {
        (void)fprintf(stderr, "camwatch: %llu frames of %s in %s%s\n",
                      (unsigned long long)result.frames, s->extract[0], s->extract[1],
                      s->has_payload ? "" : ", headers only");
    }
}

static void
tell(struct replay *replay, const struct cw_report *report)
{
    const struct cw_replay_settings *s = &replay->settings;
    if (s->is_csv) {
        cw_csv_write(report, stdout);
    }
    if (s->explain) {
        const struct camwatch_device *device = find_device(replay, report, s->explain);
        if (device) {
            cw_chain_write(report, device);
        }
    } else if (!s->is_quiet && !s->is_csv) {
        cw_summary_write(report);
    }
    if (s->extract[0]) {
        extract(replay, report);
    }
    if (!cw_report_files_save(report)) {
        worsen(replay, CW_EXIT_SETUP);
    }
}

static void
report_session(struct replay *replay, const struct cw_session *session,
               const struct cw_texts *paths)
{
    const struct cw_replay_settings *s = &replay->settings;
    bool is_stdout_taken = s->is_csv || (s->json && strcmp(s->json, "-") == 0);
    struct cw_report report = {
        .term = cw_term_of(is_stdout_taken ? stderr : stdout, s->has_no_colour),
        .settings = s,
        .session = session,
        .paths = paths,
        .stats.size = sizeof(report.stats),
        .account.size = sizeof(report.account),
        .seconds = cw_progress_seconds(&replay->progress),
        .bytes = cw_inputs_bytes(paths),
        .n_faults = replay->n_faults,
    };
    report.roster = cw_roster_new(session->publisher);
    report.mask = cw_privacy_mask(report.roster, s->reveals_ids, report.term.is_utf8);
    cw_session_stats(session, &report.stats);
    camwatch_publisher_get_account(session->publisher, &report.account);
    tell(replay, &report);
    judge(replay, &report);
    cw_mask_free(report.mask);
    cw_roster_free(report.roster);
}

/* One timeline, from opening to report. */
static void
run_paths(struct replay *replay, const struct cw_texts *paths, const char *json)
{
    struct cw_session session;
    struct camwatch_error error = {""};
    struct cw_idle idle = {.call = NULL};
    unsigned faults_before = replay->n_faults;
    replay->progress = cw_progress_start(!replay->settings.is_quiet, cw_inputs_bytes(paths));
    struct cw_timeline *timeline = cw_timeline_open(paths, &idle, on_fault, replay);
    if (cw_timeline_is_over(timeline) && replay->n_faults > faults_before) {
        cw_progress_clear(&replay->progress);
        cw_timeline_close(timeline); /* nothing was read, and why was told: nothing to report */
        return;
    }
    if (!cw_session_open(&session, &replay->settings, replay->rules, paths, json,
                         cw_timeline_peek(timeline), &error)) {
        (void)fprintf(stderr, "camwatch: %s\n", error.text);
        worsen(replay, CW_EXIT_SETUP);
        cw_timeline_close(timeline);
        return;
    }
    if (session.n_monitors > 1) {
        cw_rounds_run(
            &(struct cw_rounds_input){&session, timeline, replay->filter, &replay->progress});
    } else {
        idle = (struct cw_idle){.call = cw_session_idle, .user = &session};
        feed(replay, &session, timeline);
    }
    cw_timeline_close(timeline);
    if (!cw_session_finish(&session)) {
        /* told by the log; an output's fault the account tells too */
        worsen(replay, CW_EXIT_SETUP);
    }
    cw_progress_clear(&replay->progress);
    report_session(replay, &session, paths);
    cw_session_close(&session);
}

/* FOLDER/NAME.ndjson for a capture; the number keeps equal names apart. */
static const char *
json_in_folder(const struct cw_replay_settings *settings, const char *path, size_t number,
               char out[PATH_MAX])
{
    if (!settings->json || strcmp(settings->json, "-") == 0) {
        return settings->json;
    }
    const char *name = strcmp(path, "-") == 0 ? "stdin" : basename(path);
    (void)snprintf(out, PATH_MAX, "%s/%03zu-%s.ndjson", settings->json, number, name);
    return out;
}

static void
run_separate(struct replay *replay)
{
    char json[PATH_MAX];
    for (size_t i = 0; i < replay->paths.n && !cw_stop_is_asked(); i++) {
        struct cw_texts one = {.n = 0};
        cw_texts_add(&one, replay->paths.items[i]);
        run_paths(replay, &one, json_in_folder(&replay->settings, one.items[0], i + 1, json));
        cw_texts_free(&one);
    }
}

/* Many captures may overlap in time. */
static void
allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Standard input may wait for its writer at any frame, and a round would wait with it. */
static void
limit_threads(struct replay *replay)
{
    for (size_t i = 0; i < replay->paths.n; i++) {
        if (strcmp(replay->paths.items[i], "-") == 0) {
            replay->settings.threads = 1;
        }
    }
}

/* What is asked for at the end is looked after at the beginning. */
static bool
has_room(const struct replay *replay)
{
    const struct cw_replay_settings *s = &replay->settings;
    struct camwatch_error error = {""};
    if (s->state && !cw_place_takes_files(s->state)) {
        (void)fprintf(stderr, "camwatch: --state %s: its folder cannot be written: %s\n",
                      s->state, strerror(errno));
        return false;
    }
    if (!cw_report_files_have_room(s, &error)) {
        (void)fprintf(stderr, "camwatch: %s\n", error.text);
        return false;
    }
    if (s->extract[0] &&
        !cw_extract_can_begin(&replay->paths, s->extract[1], s->may_replace, &error)) {
        (void)fprintf(stderr, "camwatch: --extract: %s\n", error.text);
        return false;
    }
    return true;
}

static bool
prepare(struct replay *replay, const struct cw_texts *operands)
{
    struct camwatch_error error = {""};
    if (!cw_inputs_find(operands, &replay->paths, &error)) {
        (void)fprintf(stderr, "camwatch: %s\n", error.text);
        worsen(replay, CW_EXIT_INPUT);
        return false;
    }
    limit_threads(replay);
    if (replay->settings.bpf &&
        !(replay->filter = cw_filter_new(replay->settings.bpf, &error))) {
        (void)fprintf(stderr, "camwatch: --bpf: %s\n", error.text);
        worsen(replay, CW_EXIT_USAGE);
        return false;
    }
    if (!has_room(replay) || !load_rules(replay)) {
        worsen(replay, CW_EXIT_SETUP);
        return false;
    }
    return true;
}

static int
run_with(struct replay *replay, const struct cw_texts *operands)
{
    cw_stop_catch();
    allow_many_files();
    if (prepare(replay, operands)) {
        if (replay->settings.is_separate) {
            run_separate(replay);
        } else {
            run_paths(replay, &replay->paths, replay->settings.json);
        }
    }
    cw_filter_free(replay->filter);
    camwatch_rules_free(replay->rules);
    cw_inputs_free(&replay->paths);
    return replay->status;
}

static int
run_replay(char *const *argv)
{
    struct replay replay = {.status = CW_EXIT_OK};
    struct cw_texts operands = {.n = 0};
    struct camwatch_error error = {""};
    int status;
    cw_replay_settings_default(&replay.settings);
    replay.settings.argv = argv;
    if (!cw_options_read(cw_replay_options, argv, &replay.settings, &operands, &error) ||
        !cw_replay_settings_check(&replay.settings, &error)) {
        status = cw_command_usage(&cw_command_replay, error.text);
    } else if (operands.n == 0) {
        status = cw_command_usage(&cw_command_replay, "which capture? FILE, FOLDER or -");
    } else {
        status = run_with(&replay, &operands);
    }
    cw_texts_free(&operands);
    cw_replay_settings_free(&replay.settings);
    return status;
}

const struct cw_command cw_command_replay = {
    .name = "replay",
    .operands = "FILE|FOLDER|- ...",
    .summary =
        "captures in, answers out: which surveillance devices, and where they phone home",
    .options = cw_replay_options,
    .more =
        "FILE is pcap or pcapng, also in gzip or Zstandard; - is standard input and works "
        "while it runs: tcpdump -U -w - | camwatch replay -\n"
        "Several captures are one timeline. With --json - or --csv the summary goes to "
        "standard error or is left out. SIGINT ends the reading; what was read is reported.",
    .run = run_replay,
    .wants_large_pages = true,
};
