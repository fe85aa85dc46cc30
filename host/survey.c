/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch survey: what a span port, or a capture, shows.
 */
#define _GNU_SOURCE
#include "survey.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "clock.h"
#include "command.h"
#include "exit_status.h"
#include "sandbox.h"
#include "stop.h"
#include "tap.h"
#include "text.h"

#define SECOND 1000000000LL

enum { SECONDS_LIVE = 60, WAIT_MS = 100, FRAMES_AT_ONCE = 4096, FILE_BUFFER = 1 << 16 };

struct settings {
    uint32_t seconds; /* 0: live a minute, a file as long as it is */
    struct cw_texts home;
    struct cw_tap_settings tap;
    bool is_json, has_no_colour;
};

struct run {
    const struct settings *settings;
    const char *source;
    struct cw_deal home;
    struct cw_survey *survey;
    uint64_t kernel_drops;
    int64_t watched_ns;
    bool has_terminal; /* at standard error */
    bool is_open;
    struct camwatch_error error;
};

#define AT(field) offsetof(struct settings, field)

static const struct cw_option options[] = {
    {"seconds", "N", "how long; default 60, of a capture all", cw_set_number, AT(seconds)},
    {"home", "PREFIX", "a network of your own besides the private ones; may be given again",
     cw_add_text, AT(home)},
    {"bpf", "FILTER", "only frames that pass, in the language of pcap-filter(7)", cw_set_text,
     AT(tap.filter)},
    {"snaplen", "BYTES", "bytes kept of a frame of an interface; default 262144", cw_set_number,
     AT(tap.snaplen)},
    {"no-promiscuous", NULL, "leave the interface in its mode", cw_set_false,
     AT(tap.is_promiscuous)},
    {"json", NULL, "all numbers and the advice as one JSON object", cw_set_true, AT(is_json)},
    {"no-color", NULL, "no colours; as NO_COLOR in the environment", cw_set_true,
     AT(has_no_colour)},
    CW_OPTION_END,
};

/* ---- a capture ---- */

static bool
is_over(const struct run *run, int64_t first_ns, int64_t now_ns)
{
    return run->settings->seconds != 0 &&
           now_ns - first_ns > (int64_t)run->settings->seconds * SECOND;
}

static int
read_capture(struct run *run, struct cw_filter *filter)
{
    struct camwatch_frame frame;
    int64_t first_ns = 0;
    struct cw_capture *capture =
        cw_capture_open(run->source, 1, FILE_BUFFER, NULL, &run->error);
    if (!capture) {
        return CW_EXIT_INPUT;
    }
    run->is_open = true;
    while (!cw_stop_is_asked() && cw_capture_next(capture, &frame)) {
        first_ns = first_ns == 0 ? frame.time_ns : first_ns;
        if (is_over(run, first_ns, frame.time_ns)) {
            break;
        }
        if (!filter || cw_filter_passes(filter, &frame)) {
            cw_survey_frame(run->survey, &frame);
        }
    }
    (void)snprintf(run->error.text, sizeof(run->error.text), "%s", cw_capture_fault(capture));
    cw_capture_close(capture);
    return run->error.text[0] != '\0' ? CW_EXIT_INPUT : CW_EXIT_OK;
}

static int
survey_capture(struct run *run)
{
    const char *text = run->settings->tap.filter;
    struct cw_filter *filter = text ? cw_filter_new(text, &run->error) : NULL;
    if (text && !filter) {
        return CW_EXIT_USAGE;
    }
    int status = read_capture(run, filter);
    cw_filter_free(filter);
    return status;
}

/* ---- an interface ---- */

static void
on_frame(void *user, const struct camwatch_frame *frame)
{
    cw_survey_frame(user, frame);
}

/* A line on a terminal's standard error: how long it still takes. */
static void
show_rest(const struct run *run, int64_t left_ns)
{
    if (run->has_terminal) {
        (void)fprintf(stderr, "\r%s: %" PRId64 " s to go; ctrl-c ends it early \033[K",
                      run->source, (int64_t)(left_ns / SECOND) + 1);
    }
}

static bool
watch(struct run *run, struct cw_tap *tap, int64_t end_ns)
{
    int64_t now;
    int64_t shown_ns = 0;
    while (!cw_stop_is_asked() && (now = cw_clock_steady()) < end_ns) {
        struct pollfd ready = {.fd = cw_tap_fd(tap), .events = POLLIN};
        if (now - shown_ns >= SECOND) {
            show_rest(run, end_ns - now);
            shown_ns = now;
        }
        (void)poll(&ready, 1, WAIT_MS);
        if (cw_tap_each(tap, FRAMES_AT_ONCE, on_frame, run->survey, &run->error) < 0) {
            return false;
        }
    }
    return true;
}

/* Frames of strangers are looked at without any privilege. */
static int
survey_interface(struct run *run)
{
    uint32_t seconds = run->settings->seconds ? run->settings->seconds : SECONDS_LIVE;
    struct cw_tap *tap = cw_tap_new(run->source, 0, &run->settings->tap);
    struct cw_tap_counts counts;
    int status = CW_EXIT_SETUP;
    if (cw_tap_open(tap, &run->error) && cw_sandbox_drop(NULL, false, &run->error) &&
        cw_sandbox_monitor(&run->error)) {
        run->is_open = true;
        int64_t start_ns = cw_clock_steady();
        bool is_whole = watch(run, tap, start_ns + (int64_t)seconds * SECOND);
        run->watched_ns = cw_clock_steady() - start_ns;
        (void)fputs(run->has_terminal ? "\r\033[K" : "", stderr);
        cw_tap_count(tap, &counts);
        run->kernel_drops = counts.dropped;
        status = is_whole ? CW_EXIT_OK : CW_EXIT_INPUT;
    }
    cw_tap_free(tap);
    return status;
}

/* ---- both ---- */

static bool
is_capture(const char *source)
{
    return strcmp(source, "-") == 0 || strchr(source, '/') || strstr(source, ".pcap") ||
           access(source, F_OK) == 0;
}

static void
show(struct run *run, const struct cw_term *term)
{
    struct cw_survey_counts *counts = malloc(sizeof(*counts));
    if (!counts) {
        abort();
    }
    cw_survey_count(run->survey, counts);
    counts->kernel_drops = run->kernel_drops;
    counts->watched_ns = run->watched_ns;
    if (run->settings->is_json) {
        (void)cw_survey_write_json(counts, run->source, stdout);
    } else {
        cw_survey_write(counts, run->source, term);
    }
    free(counts);
}

/* What was read before a fault is shown too. */
static int
survey(struct run *run)
{
    struct cw_term term = cw_term_of(stdout, run->settings->has_no_colour);
    bool has_file = is_capture(run->source);
    run->has_terminal = isatty(STDERR_FILENO) == 1;
    cw_stop_catch();
    int status = has_file ? survey_capture(run) : survey_interface(run);
    if (run->error.text[0] != '\0') {
        (void)fprintf(stderr, "camwatch survey: %s\n", run->error.text);
    }
    if (status == CW_EXIT_OK || (status == CW_EXIT_INPUT && run->is_open)) {
        show(run, &term);
    }
    if (!has_file) { /* the filter of system calls allows no more than this */
        _exit(fflush(stdout) == 0 ? status : CW_EXIT_SETUP);
    }
    return status;
}

static bool
check(const struct settings *settings, const struct cw_texts *operands,
      struct camwatch_error *error)
{
    const char *problem = operands->n != 1 ? "one interface, or one capture" : NULL;
    if (settings->tap.snaplen < 64 || settings->tap.snaplen > 262144) {
        problem = "--snaplen: 64 to 262144 bytes";
    }
    (void)snprintf(error->text, sizeof(error->text), "%s", problem ? problem : "");
    return !problem;
}

static int
run_survey(char *const *argv)
{
    static char
        buffer[BUFSIZ]; /* given here, or the library asks the terminal when it may no more */
    struct settings settings = {.seconds = 0};
    struct run run = {.settings = &settings};
    struct cw_texts operands = {.n = 0};
    struct camwatch_error error = {""};
    int status;
    cw_tap_settings_default(&settings.tap);
    if (!cw_options_read(options, argv, &settings, &operands, &error) ||
        !check(&settings, &operands, &error) ||
        !cw_deal_open(&run.home, settings.home.items, 1, &error)) {
        status = cw_command_usage(&cw_command_survey, error.text);
    } else {
        (void)setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
        run.source = operands.items[0];
        run.survey = cw_survey_new(&run.home);
        status = survey(&run);
        cw_survey_free(run.survey);
    }
    cw_texts_free(&operands);
    cw_texts_free(&settings.home);
    return status;
}

const struct cw_command cw_command_survey = {
    .name = "survey",
    .operands = "INTERFACE|FILE|-",
    .summary = "what a span port shows in a minute, and what camwatch cannot see on it",
    .more =
        "Nothing is kept and nobody is named but routers. A name with a slash or .pcap, or of "
        "a file that is there, is a capture. SIGINT ends it early; what was seen is shown.",
    .options = options,
    .run = run_survey,
};
