/* SPDX-License-Identifier: Apache-2.0
 *
 * What was found, in sentences: the paragraph that a report begins with.
 */
#define _GNU_SOURCE
#include <string.h>

#include "group.h"
#include "report_file.h"
#include "summary_tables.h"

static bool
choose_service(void *user, const struct cw_choice *choice, struct cw_buffer *key)
{
    const struct cw_destination *row = choice->row;
    (void)user;
    if (!choice->device || cw_row_is_lan(row) || !cw_row_is_explained(row) ||
        row->established == 0) {
        return false;
    }
    cw_row_service(row, key);
    cw_buffer_print(key, "\x1f%s", row->country);
    return true;
}

static const char *
plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void
say(const struct cw_report *report, struct cw_json *json, struct cw_buffer *text)
{
    cw_model_text(report, json, NULL, cw_buffer_text(text));
    cw_buffer_free(text);
}

/* "Most was sent to Dahua group (CN): 231 kB, 1.2 kB came back." */
static void
say_most(const struct cw_report *report, struct cw_json *json)
{
    struct cw_groups groups =
        cw_groups_of(report->session->tally, report->roster, choose_service, NULL);
    struct cw_buffer text = {.text = NULL};
    char out[CW_NUMBER_MAX], in[CW_NUMBER_MAX];
    if (groups.n > 0) {
        const struct cw_destination *sum = &groups.items[0].sum;
        cw_buffer_print(&text, "Most of it was with ");
        cw_row_service(sum, &text);
        if (sum->country[0] != '\0') {
            cw_buffer_print(&text, ", at addresses registered in %s", sum->country);
        }
        cw_buffer_print(&text, ": %s sent and %s received.", cw_show_bytes(sum->bytes_out, out),
                        cw_show_bytes(sum->bytes_in, in));
    }
    say(report, json, &text);
    cw_groups_free(&groups);
}

static void
say_unexplained(const struct cw_report *report, struct cw_json *json)
{
    size_t n = cw_summary_count_unexplained(report);
    struct cw_buffer text = {.text = NULL};
    if (n > 0) {
        cw_buffer_print(&text, "No rule explains %zu destination%s of these devices.", n,
                        plural(n));
    }
    say(report, json, &text);
}

static void
say_alerts(const struct cw_report *report, struct cw_json *json)
{
    uint64_t n = cw_tally_alerts(report->session->tally);
    char count[CW_NUMBER_MAX];
    struct cw_buffer text = {.text = NULL};
    if (n > 0) {
        cw_buffer_print(&text, "%s alert%s.", cw_show_count(n, count), plural(n));
    }
    say(report, json, &text);
}

/* What was seen of the network; for nothing found, that this proves little. */
static void
say_coverage(const struct cw_report *report, struct cw_json *json)
{
    const struct camwatch_monitor_stats *stats = &report->stats;
    char frames[CW_NUMBER_MAX], span[CW_NUMBER_MAX], lost[CW_NUMBER_MAX];
    struct cw_buffer text = {.text = NULL};
    bool is_none = cw_roster_surveillance(report->roster) == 0;
    cw_buffer_print(&text, "This rests on %s frames over %s",
                    cw_show_count(stats->frames, frames),
                    cw_show_span(stats->last_ns - stats->first_ns, span));
    if (stats->frames > stats->parsed) {
        cw_buffer_print(&text, ", of which %s could not be followed",
                        cw_show_count(stats->frames - stats->parsed, lost));
    }
    cw_buffer_print(&text, is_none
                               ? ": none was seen in this time in these captures, which does "
                                 "not say that none is present."
                               : "; a device that was silent or elsewhere is not in it.");
    say(report, json, &text);
}

static void
say_geo(const struct cw_report *report, struct cw_json *json)
{
    struct camwatch_geo_source source = {.size = sizeof(source)};
    struct cw_buffer text = {.text = NULL};
    if (camwatch_publisher_geo_sources(report->session->publisher, &source, 1) == 0) {
        cw_buffer_print(&text, "No country is named, because there was no geo database.");
    }
    say(report, json, &text);
}

void
cw_model_findings(const struct cw_report *report, struct cw_json *json)
{
    struct cw_buffer text = {.text = NULL};
    cw_json_begin(json, "findings", '[');
    cw_summary_sentence(report, &text);
    say(report, json, &text);
    say_most(report, json);
    say_unexplained(report, json);
    say_alerts(report, json);
    cw_summary_assets_sentence(report, &text);
    say(report, json, &text);
    if (report->stats.frames > 0) {
        say_coverage(report, json);
    }
    say_geo(report, json);
    cw_json_end(json, ']');
}
