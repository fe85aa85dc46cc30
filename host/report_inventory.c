/* SPDX-License-Identifier: Apache-2.0
 *
 * The compliance table: a row a device and list entry; a device that no list names has one row with
 * those columns empty. What a list says at the time of the capture and what it says now may differ.
 */
#define _GNU_SOURCE
#include <string.h>

#include "csv_line.h"
#include "report_file.h"

/* X(title): the columns, in order. They are only ever added to, at the end. */
#define COLUMNS(X)                                                                             \
    X(device)                                                                                  \
    X(brand)                                                                                   \
    X(maker)                                                                                   \
    X(band)                                                                                    \
    X(evidence) X(list) X(status_then) X(status_now) X(list_date) X(source) X(verified_on)     \
        X(first_seen) X(last_seen) X(site) X(title) X(kind) X(model) X(name) X(mac) X(ip)      \
            X(confidence) X(list_kind) X(entity) X(asset_status)

enum { MAX_LISTINGS = 64 };

/* An entry in force at the time, now, or both. */
struct entry {
    const struct camwatch_listing *listing; /* NULL: the row of a device that no list names */
    bool is_then, is_now;
};

static bool
is_same(const struct camwatch_listing *a, const struct camwatch_listing *b)
{
    return strcmp(a->list, b->list) == 0 && strcmp(a->entity, b->entity) == 0 &&
           strcmp(a->since, b->since) == 0;
}

static bool
has(const struct camwatch_listing *listings, size_t n, const struct camwatch_listing *one)
{
    for (size_t i = 0; i < n; i++) {
        if (is_same(&listings[i], one)) {
            return true;
        }
    }
    return false;
}

/* "named, verified" · "named, unverified" · "not named". */
static void
put_status(struct cw_csv_line *line, const struct entry *entry, bool is_named)
{
    char text[64] = "not named";
    if (entry->listing && is_named) {
        (void)snprintf(text, sizeof(text), "named, %s", entry->listing->status);
    }
    cw_csv_text(line, entry->listing ? text : "");
}

static void
put_evidence(const struct cw_report *report, const struct camwatch_device *device,
             struct cw_csv_line *line)
{
    struct cw_buffer text = {.text = NULL};
    for (size_t i = 0; i < device->n_evidence; i++) {
        const char *kind = device->evidence[i].kind;
        if (!strstr(cw_buffer_text(&text), cw_evidence_word(kind))) {
            cw_buffer_print(&text, "%s%s", text.len > 0 ? "; " : "", cw_evidence_word(kind));
        }
    }
    cw_csv_text(line, cw_mask_show(report->mask, cw_buffer_text(&text)));
    cw_buffer_free(&text);
}

static void
put_texts(const struct cw_report *report, struct cw_csv_line *line, const char *const *texts,
          size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cw_csv_text(line, cw_mask_show(report->mask, texts[i]));
    }
}

static void
put_listing(const struct entry *entry, struct cw_csv_line *line)
{
    const struct camwatch_listing *l = entry->listing;
    cw_csv_text(line, l ? l->list : "");
    put_status(line, entry, entry->is_then);
    put_status(line, entry, entry->is_now);
    cw_csv_text(line, l ? l->since : "");
    cw_csv_text(line, l ? l->source : "");
    cw_csv_text(line, l ? l->verified_on : "");
}

static void
put_row(const struct cw_report *report, const struct camwatch_device *device,
        const struct entry *entry, struct cw_csv_line *line)
{
    struct cw_buffer title = {.text = NULL};
    cw_device_title(device, &title);
    const char *identity[] = {device->id, device->brand, device->maker,
                              camwatch_band_text(device->band)};
    const char *details[] = {device->asset_site,
                             cw_buffer_text(&title),
                             camwatch_device_kind_text(device->kind),
                             device->model,
                             device->asset_name[0] != '\0' ? device->asset_name : device->name,
                             device->mac,
                             cw_device_address(device)};
    put_texts(report, line, identity, sizeof(identity) / sizeof(identity[0]));
    put_evidence(report, device, line);
    put_listing(entry, line);
    cw_csv_time(line, device->first_ns);
    cw_csv_time(line, device->last_ns);
    put_texts(report, line, details, sizeof(details) / sizeof(details[0]));
    cw_csv_number(line, device->confidence);
    cw_csv_text(line, entry->listing ? entry->listing->kind : "");
    cw_csv_text(line, entry->listing ? entry->listing->entity : "");
    cw_csv_text(line, camwatch_asset_status_text(device->asset_status));
    cw_csv_end(line);
    cw_buffer_free(&title);
}

static void
put_device(const struct cw_report *report, const struct camwatch_device *device,
           struct cw_csv_line *line)
{
    struct camwatch_listing now[MAX_LISTINGS] = {{.size = sizeof(now[0])}};
    const struct camwatch_listing *then = device->listings;
    size_t n_then = device->n_listings;
    size_t n_now = camwatch_rules_listings(report->session->rules, device->maker, device->brand,
                                           INT64_MAX, now, MAX_LISTINGS);
    for (size_t i = 0; i < n_then; i++) {
        struct entry entry = {&then[i], true, has(now, n_now, &then[i])};
        put_row(report, device, &entry, line);
    }
    for (size_t i = 0; i < n_now; i++) {
        struct entry entry = {&now[i], false, true};
        if (!has(then, n_then, &now[i])) {
            put_row(report, device, &entry, line);
        }
    }
    if (n_then + n_now == 0) {
        put_row(report, device, &(struct entry){.listing = NULL}, line);
    }
}

void
cw_inventory_write(const struct cw_report *report, FILE *out)
{
    static const char titles[] =
#define CW_X(title) "," #title
        COLUMNS(CW_X);
#undef CW_X
    size_t all, n = cw_roster_surveillance(report->roster);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    struct cw_csv_line line = {.out = out};
    (void)fprintf(out, "%s\r\n", titles + 1);
    for (size_t i = 0; i < n; i++) {
        put_device(report, &devices[i], &line);
    }
}
