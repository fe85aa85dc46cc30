/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of the data model that says what everything else rests on.
 */
#define _GNU_SOURCE
#include <string.h>

#include "report_file.h"

enum { MAX_GEO = 16 };

static void
write_captures(const struct cw_report *report, struct cw_json *json)
{
    cw_json_begin(json, "captures", '[');
    for (size_t i = 0; i < report->paths->n; i++) {
        cw_model_capture(report, json, NULL, report->paths->items[i]);
    }
    cw_json_end(json, ']');
}

static bool
is_frame_drop(unsigned reason)
{
#define CW_X(s, t, h) reason == CAMWATCH_DROP_##s ||
    return CAMWATCH_PACKET_DROPS(CW_X) false;
#undef CW_X
}

static void
write_drops(const struct cw_report *report, struct cw_json *json)
{
    cw_json_begin(json, "drops", '[');
    for (unsigned i = 1; i < CAMWATCH_N_DROPS; i++) {
        uint64_t n = report->stats.drops[i] + report->account.drops[i];
        if (n > 0) {
            cw_json_begin(json, NULL, '{');
            cw_json_text(json, "reason", camwatch_drop_text(i));
            cw_json_text(json, "help", camwatch_drop_help(i));
            cw_json_number(json, "count", n);
            cw_json_bool(json, "is_frames", is_frame_drop(i));
            cw_json_end(json, '}');
        }
    }
    cw_json_end(json, ']');
}

static void
write_outputs(const struct cw_report *report, struct cw_json *json)
{
    cw_json_begin(json, "outputs", '[');
    for (size_t i = 0; i < report->account.n_sinks; i++) {
        const struct camwatch_sink_account *sink = &report->account.sinks[i].account;
        cw_json_begin(json, NULL, '{');
        cw_model_text(report, json, "name", report->account.sinks[i].name);
        cw_json_number(json, "given", sink->given);
        cw_json_number(json, "delivered", sink->delivered);
        cw_json_number(json, "refused", sink->refused);
        cw_json_number(json, "lost", sink->lost);
        cw_json_number(json, "pending", sink->pending);
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
}

void
cw_model_coverage(const struct cw_report *report, struct cw_json *json)
{
    const struct camwatch_monitor_stats *stats = &report->stats;
    cw_json_begin(json, "coverage", '{');
    write_captures(report, json);
    if (stats->frames > 0) {
        cw_json_time(json, "first", stats->first_ns);
        cw_json_time(json, "last", stats->last_ns);
    }
    cw_json_number(json, "frames", stats->frames);
    cw_json_number(json, "parsed", stats->parsed);
    cw_json_number(json, "bytes", stats->bytes);
    cw_json_number(json, "cut", stats->truncated);
    cw_json_number(json, "home_frames", stats->home_frames);
    cw_json_number(json, "filtered", report->session->filtered);
    cw_json_number(json, "faults", report->n_faults);
    cw_json_number(json, "events", report->account.events);
    cw_json_bool(json, "closes", cw_account_closes(report));
    write_drops(report, json);
    write_outputs(report, json);
    cw_json_end(json, '}');
}

static void
write_source(const struct cw_report *report, struct cw_json *json,
             const struct camwatch_geo_source *source)
{
    cw_json_begin(json, NULL, '{');
    cw_model_text(report, json, "name", basename(source->path));
    cw_json_text(json, "use", "country and network that an address is registered in");
    cw_model_text(report, json, "type", source->type);
    cw_model_text(report, json, "licence", source->licence);
    cw_json_time(json, "date", source->built_ns);
    cw_json_end(json, '}');
}

void
cw_model_sources(const struct cw_report *report, struct cw_json *json)
{
    struct camwatch_geo_source sources[MAX_GEO] = {{.size = sizeof(sources[0])}};
    size_t n = camwatch_publisher_geo_sources(report->session->publisher, sources, MAX_GEO);
    cw_json_begin(json, "geo_sources", '[');
    for (size_t i = 0; i < n; i++) {
        write_source(report, json, &sources[i]);
    }
    cw_json_end(json, ']');
}
