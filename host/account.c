/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <inttypes.h>

#include "report.h"

static bool
is_packet_drop(unsigned reason)
{
#define CW_X(s, t, h)                                                                          \
    if (reason == CAMWATCH_DROP_##s) {                                                         \
        return true;                                                                           \
    }
    CAMWATCH_PACKET_DROPS(CW_X)
#undef CW_X
    return false;
}

static uint64_t
packet_drops(const struct cw_report *report)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < CAMWATCH_N_DROPS; i++) {
        sum += is_packet_drop(i) ? report->stats.drops[i] : 0;
    }
    return sum;
}

static bool
is_sink_whole(const struct camwatch_sink_account *sink, uint64_t events)
{
    return sink->given == events && sink->delivered == events && sink->refused == 0 &&
           sink->lost == 0 && sink->pending == 0;
}

bool
cw_account_closes(const struct cw_report *report)
{
    const struct camwatch_publisher_account *account = &report->account;
    const uint64_t lost = report->stats.drops[CAMWATCH_DROP_RING_FULL];
    bool closes = report->stats.frames == report->stats.parsed + packet_drops(report) &&
                  account->bad_records == 0 && lost == 0 &&
                  report->stats.records == account->records;
    for (size_t i = 0; i < account->n_sinks; i++) {
        closes = closes && is_sink_whole(&account->sinks[i].account, account->events);
    }
    return closes;
}

static void
write_sink(const struct cw_report *report, size_t i)
{
    FILE *out = report->term.out;
    const struct camwatch_sink_account *sink = &report->account.sinks[i].account;
    char count[CW_NUMBER_MAX];
    (void)fprintf(out, "%s %s to %s", i == 0 ? " =" : ",",
                  cw_show_count(sink->delivered, count), report->account.sinks[i].name);
    if (sink->refused + sink->lost + sink->pending > 0) {
        (void)fprintf(out, " (%" PRIu64 " refused, %" PRIu64 " lost, %" PRIu64 " pending%s%s)",
                      sink->refused, sink->lost, sink->pending,
                      sink->last_error[0] != '\0' ? ": " : "",
                      cw_mask_show(report->mask, sink->last_error));
    }
}

void
cw_account_write(const struct cw_report *report)
{
    const struct cw_term *term = &report->term;
    const struct camwatch_monitor_stats *stats = &report->stats;
    char frames[CW_NUMBER_MAX], parsed[CW_NUMBER_MAX], drops[CW_NUMBER_MAX],
        events[CW_NUMBER_MAX];
    bool closes = cw_account_closes(report);
    enum cw_style style = closes ? CW_STYLE_PLAIN : CW_STYLE_BAD;
    (void)fprintf(term->out, "%s frames = %s parsed + %s dropped; %s events",
                  cw_show_count(stats->frames, frames), cw_show_count(stats->parsed, parsed),
                  cw_show_count(packet_drops(report), drops),
                  cw_show_count(report->account.events, events));
    for (size_t i = 0; i < report->account.n_sinks; i++) {
        write_sink(report, i);
    }
    (void)fprintf(term->out, ": %s%s%s\n", cw_style_on(term, style),
                  closes ? "closes" : "DOES NOT CLOSE", cw_style_off(term, style));
}

void
cw_drops_write(const struct cw_report *report)
{
    const struct cw_term *term = &report->term;
    char count[CW_NUMBER_MAX];
    for (unsigned i = 1; i < CAMWATCH_N_DROPS; i++) {
        uint64_t n = report->stats.drops[i] + report->account.drops[i];
        if (n > 0) {
            (void)fprintf(term->out, "  %10s  %-17s %s%s%s\n", cw_show_count(n, count),
                          camwatch_drop_text(i), cw_style_on(term, CW_STYLE_DIM),
                          camwatch_drop_help(i), cw_style_off(term, CW_STYLE_DIM));
        }
    }
}
