/* SPDX-License-Identifier: Apache-2.0
 *
 * The traffic part of the data model: who talked to whom, and when.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "report_file.h"

enum { MAX_CONVERSATIONS = 20000 };

static void
write_far_end(const struct cw_report *report, const struct cw_destination *row,
              struct cw_json *json)
{
    struct cw_buffer service = {.text = NULL};
    cw_row_service(row, &service);

    const struct {
        const char *key, *text;
    } texts[] = {
        {"local", row->local_ip},
        {"service", cw_buffer_text(&service)},
        {"role", row->role},
        {"peer", row->domain},
        {"ip", row->ip},
        {"port", row->port},
        {"transport", row->transport},
        {"protocol", row->protocol},
        {"country", row->country},
        {"asn", row->asn},
        {"as_org", row->as_org},
        {"path", row->path},
        {"direction", row->direction},
        {"side", row->side},
        {"band", row->band},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        cw_model_text(report, json, texts[i].key, texts[i].text);
    }
    cw_model_capture(report, json, "file", row->file);
    cw_buffer_free(&service);
}

static void
write_counts(const struct cw_destination *row, struct cw_json *json)
{
    struct cw_buffer outcome = {.text = NULL};
    cw_row_outcome(row, &outcome);
    cw_json_text(json, "outcome", cw_buffer_text(&outcome));
    cw_json_number(json, "bytes_out", row->bytes_out);
    cw_json_number(json, "bytes_in", row->bytes_in);
    cw_json_number(json, "flows", row->flows);
    cw_json_number_if(json, "established", row->established);
    cw_json_number_if(json, "attempted", row->attempted);
    cw_json_number_if(json, "refused", row->refused);
    cw_json_number_if(json, "streaming", row->streaming);
    cw_json_number_if(json, "looked_up", row->looked_up);
    cw_json_number_if(json, "blocked", row->blocked);
    cw_json_number_if(json, "confidence", row->confidence);
    cw_json_number_if(json, "frame", row->frame);
    cw_json_time(json, "first_seen", row->first_ns);
    cw_json_time(json, "last_seen", row->last_ns);
    cw_buffer_free(&outcome);
}

/* Index into "devices" of the one at the local end, or -1. */
static ptrdiff_t
device_index(const struct cw_report *report, const struct cw_destination *row)
{
    size_t n;
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &n);
    const struct camwatch_device *owner = cw_roster_owner(report->roster, row);
    return owner ? owner - devices : -1;
}

static void
write_device_index(ptrdiff_t device, struct cw_json *json)
{
    if (device >= 0) {
        cw_json_number(json, "device", (uint64_t)device);
    }
}

void
cw_model_conversations(const struct cw_report *report, struct cw_json *json)
{
    size_t n, written = 0, left_out = 0;
    const struct cw_destination *rows = cw_tally_rows(report->session->tally, &n);
    cw_json_begin(json, "conversations", '[');
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t device = device_index(report, &rows[i]);
        bool is_wanted =
            device >= 0 || (cw_row_is_explained(&rows[i]) && !cw_row_is_lan(&rows[i]));
        if (!is_wanted || written == MAX_CONVERSATIONS) {
            left_out += is_wanted;
            continue;
        }
        written++;
        cw_json_begin(json, NULL, '{');
        write_device_index(device, json);
        cw_json_bool(json, "explained", cw_row_is_explained(&rows[i]));
        write_far_end(report, &rows[i], json);
        write_counts(&rows[i], json);
        cw_json_end(json, '}');
    }
    cw_json_end(json, ']');
    cw_json_number(json, "conversations_left_out",
                   left_out + cw_tally_left_out(report->session->tally));
}

static void
write_steps(struct cw_json *json, const char *key, const uint64_t *steps, size_t n)
{
    cw_json_begin(json, key, '[');
    for (size_t i = 0; i < n; i++) {
        cw_json_number(json, NULL, steps[i]);
    }
    cw_json_end(json, ']');
}

static void
write_series(const struct cw_report *report, const struct cw_series *series, size_t n_steps,
             struct cw_json *json)
{
    const struct cw_destination end = {.device_id = series->device_id,
                                       .local_ip = series->local_ip,
                                       .local_mac = series->local_mac};
    ptrdiff_t device = device_index(report, &end);
    if (device < 0) {
        return;
    }
    cw_json_begin(json, NULL, '{');
    write_device_index(device, json);
    cw_json_text_if(json, "path", series->path);
    write_steps(json, "out", series->out, n_steps);
    write_steps(json, "in", series->in, n_steps);
    cw_json_end(json, '}');
}

/* Steps up to the last frame; the others are empty. */
static size_t
count_steps(const struct cw_report *report)
{
    const struct cw_activity *activity = report->session->activity;
    int64_t span = report->stats.last_ns - cw_activity_start_ns(activity);
    if (report->stats.frames == 0 || span < 0) {
        return 0;
    }
    int64_t n = span / cw_activity_step_ns(activity) + 1;
    return n < CW_ACTIVITY_STEPS ? (size_t)n : CW_ACTIVITY_STEPS;
}

void
cw_model_timeline(const struct cw_report *report, struct cw_json *json)
{
    const struct cw_activity *activity = report->session->activity;
    size_t n, n_steps = count_steps(report);
    const struct cw_series *series = cw_activity_series(activity, &n);
    cw_json_begin(json, "timeline", '{');
    cw_json_time(json, "start", cw_activity_start_ns(activity));
    cw_json_number(json, "step_s", (uint64_t)(cw_activity_step_ns(activity) / 1000000000));
    cw_json_number(json, "steps", n_steps);
    cw_json_number(json, "left_out", cw_activity_left_out(activity));
    cw_json_begin(json, "series", '[');
    for (size_t i = 0; i < n; i++) {
        write_series(report, &series[i], n_steps, json);
    }
    cw_json_end(json, ']');
    cw_json_end(json, '}');
}
