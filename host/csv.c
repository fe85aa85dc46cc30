/* SPDX-License-Identifier: Apache-2.0
 *
 * RFC 4180: CRLF, quotes around what needs them. Devices without a destination have one row
 * with those columns empty.
 */
#define _GNU_SOURCE
#include <string.h>

#include "csv_line.h"
#include "group.h"
#include "report.h"

/* X(title): the columns, in order. They are only ever added to, at the end. */
#define COLUMNS(X)                                                                             \
    X(device_id)                                                                               \
    X(device_brand)                                                                            \
    X(device_maker)                                                                            \
    X(device_model)                                                                            \
    X(device_kind)                                                                             \
    X(device_name) X(device_mac) X(device_ip) X(device_band) X(device_confidence)              \
        X(device_lists) X(service_vendor) X(service_platform) X(service_role) X(service_band)  \
            X(service_confidence) X(peer_domain) X(peer_ip) X(peer_port) X(transport)          \
                X(protocol) X(peer_country) X(peer_asn) X(peer_as_org) X(path) X(direction)    \
                    X(outcome) X(flows) X(flows_established) X(flows_attempted)                \
                        X(flows_refused) X(flows_streaming) X(bytes_out) X(bytes_in)           \
                            X(first_seen) X(last_seen) X(capture_file) X(capture_frame)

struct line {
    const struct cw_report *report;
    struct cw_csv_line cells;
};

static void
put_shown(struct line *line, const char *text)
{
    cw_csv_text(&line->cells, cw_mask_show(line->report->mask, text));
}

static void
put_device(struct line *line, const struct camwatch_device *device)
{
    struct cw_buffer lists = {.text = NULL};
    for (size_t i = 0; i < device->n_listings; i++) {
        if (cw_listing_counts(&device->listings[i])) {
            cw_buffer_print(&lists, "%s%s", lists.len > 0 ? "," : "", device->listings[i].list);
        }
    }
    put_shown(line, device->id);
    put_shown(line, device->brand);
    put_shown(line, device->maker);
    put_shown(line, device->model);
    cw_csv_text(&line->cells, camwatch_device_kind_text(device->kind));
    put_shown(line, device->name);
    cw_csv_text(&line->cells, device->mac);
    cw_csv_text(&line->cells, cw_device_address(device));
    cw_csv_text(&line->cells, camwatch_band_text(device->band));
    cw_csv_number(&line->cells, device->confidence);
    cw_csv_text(&line->cells, cw_buffer_text(&lists));
    cw_buffer_free(&lists);
}

static const char *
outcome_of(const struct cw_destination *row)
{
    return camwatch_outcome_text(row->established > 0 ? CAMWATCH_OUTCOME_ESTABLISHED
                                 : row->refused > 0   ? CAMWATCH_OUTCOME_REFUSED
                                 : row->attempted > 0 ? CAMWATCH_OUTCOME_ATTEMPTED
                                                      : CAMWATCH_OUTCOME_UNKNOWN);
}

static void
put_destination(struct line *line, const struct cw_destination *row)
{
    const char *texts[] = {row->domain,  row->ip,  row->port,   row->transport, row->protocol,
                           row->country, row->asn, row->as_org, row->path,      row->direction};
    put_shown(line, row->vendor);
    put_shown(line, row->platform);
    cw_csv_text(&line->cells, row->role);
    cw_csv_text(&line->cells, row->band);
    cw_csv_number(&line->cells, row->confidence);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        put_shown(line, texts[i]);
    }
    cw_csv_text(&line->cells, outcome_of(row));
    uint64_t numbers[] = {row->flows,     row->established, row->attempted, row->refused,
                          row->streaming, row->bytes_out,   row->bytes_in};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        cw_csv_number(&line->cells, numbers[i]);
    }
    cw_csv_time(&line->cells, row->first_ns);
    cw_csv_time(&line->cells, row->last_ns);
    put_shown(line, row->file);
    cw_csv_number(&line->cells, row->frame);
    cw_csv_end(&line->cells);
}

static void
put_titles(FILE *out)
{
    static const char titles[] =
#define CW_X(title) "," #title
        COLUMNS(CW_X);
#undef CW_X
    (void)fprintf(out, "%s\r\n", titles + 1);
}

/* A row without destination: the same number of columns. */
static void
put_nothing(struct line *line)
{
    static const int n_device = 11;
    int n = -n_device;
#define CW_X(title) n++;
    COLUMNS(CW_X)
#undef CW_X
    for (int i = 0; i < n; i++) {
        cw_csv_text(&line->cells, "");
    }
    cw_csv_end(&line->cells);
}

void
cw_csv_write(const struct cw_report *report, FILE *out)
{
    struct line line = {.report = report, .cells.out = out};
    size_t n_rows, n_devices;
    const struct cw_destination *rows = cw_tally_rows(report->session->tally, &n_rows);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &n_devices);
    put_titles(out);
    for (size_t d = 0; d < cw_roster_surveillance(report->roster); d++) {
        bool has_row = false;
        for (size_t i = 0; i < n_rows; i++) {
            if (cw_roster_owner(report->roster, &rows[i]) == &devices[d]) {
                put_device(&line, &devices[d]);
                put_destination(&line, &rows[i]);
                has_row = true;
            }
        }
        if (!has_row) {
            put_device(&line, &devices[d]);
            put_nothing(&line);
        }
    }
    (void)fflush(out);
}
