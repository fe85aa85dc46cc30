/* SPDX-License-Identifier: Apache-2.0
 *
 * The operator's list of assets against what was seen: what is not in it, what is not as it says, and
 * what of it was not seen.
 */
#define _GNU_SOURCE
#include "summary_tables.h"
#include "table.h"

struct absent {
    const struct cw_report *report;
    struct cw_table *table; /* NULL: count only */
    size_t n;
};

static void
add_text(struct cw_table *table, const struct cw_report *report, const char *text,
         enum cw_style style)
{
    cw_table_cell(table, cw_mask_show(report->mask, text), style);
}

static void
add_absent(void *user, const struct camwatch_asset *asset)
{
    struct absent *absent = user;
    const struct cw_report *report = absent->report;
    absent->n++;
    if (!absent->table || (report->settings->top > 0 && absent->n > report->settings->top)) {
        return;
    }
    cw_table_row(absent->table);
    cw_table_cell(absent->table, "never seen", CW_STYLE_DIM);
    if (asset->mac[0] != '\0' || asset->address[0] != '\0') {
        add_text(absent->table, report, asset->mac[0] != '\0' ? asset->mac : asset->address,
                 CW_STYLE_PLAIN);
    } else {
        cw_table_cell(absent->table, cw_mask_id(report->mask, asset->serial), CW_STYLE_PLAIN);
    }
    add_text(absent->table, report, asset->maker, CW_STYLE_PLAIN);
    add_text(absent->table, report, asset->name, CW_STYLE_PLAIN);
    add_text(absent->table, report, asset->site, CW_STYLE_PLAIN);
}

static const char *
words_of(unsigned status)
{
    static const char *const words[CAMWATCH_N_ASSET_STATUSES] = {
        [CAMWATCH_ASSET_NOT_LISTED] = "not listed",
        [CAMWATCH_ASSET_NOT_SANCTIONED] = "not sanctioned",
        [CAMWATCH_ASSET_OTHER_MAKER] = "another maker",
    };
    return status < CAMWATCH_N_ASSET_STATUSES ? words[status] : NULL;
}

static void
add_device(struct cw_table *table, const struct cw_report *report,
           const struct camwatch_device *device)
{
    struct cw_buffer title = {.text = NULL};
    cw_device_title(device, &title);
    if (device->asset_status == CAMWATCH_ASSET_OTHER_MAKER) {
        cw_buffer_print(&title, ", listed as %s", device->asset_maker);
    }
    const char *at = device->mac[0] != '\0' ? device->mac : cw_device_address(device);
    cw_table_row(table);
    cw_table_cell(table, words_of(device->asset_status), CW_STYLE_WARN);
    add_text(table, report, at[0] != '\0' ? at : device->id, CW_STYLE_PLAIN);
    add_text(table, report, cw_buffer_text(&title), CW_STYLE_PLAIN);
    add_text(table, report, device->asset_name, CW_STYLE_PLAIN);
    add_text(table, report, device->asset_site, CW_STYLE_PLAIN);
    cw_buffer_free(&title);
}

static size_t
count_status(const struct cw_report *report, unsigned status)
{
    size_t all, n = 0, found = cw_roster_surveillance(report->roster);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    for (size_t i = 0; i < found; i++) {
        n += devices[i].asset_status == status;
    }
    return n;
}

static size_t
count_differing(const struct cw_report *report)
{
    size_t n = 0;
    for (unsigned status = 0; status < CAMWATCH_N_ASSET_STATUSES; status++) {
        n += words_of(status) ? count_status(report, status) : 0;
    }
    return n;
}

static size_t
count_absent(const struct cw_report *report)
{
    struct absent absent = {.report = report};
    camwatch_publisher_absent_assets(report->session->publisher, add_absent, &absent);
    return absent.n;
}

size_t
cw_summary_count_assets(const struct cw_report *report)
{
    return count_differing(report) + count_absent(report);
}

void
cw_summary_assets_table(const struct cw_report *report)
{
    static const struct cw_column columns[] = {
        {.title = "list"},
        {.title = "at"},
        {.title = "device", .least = 12},
        {.title = "name", .least = 8},
        {.title = "site", .least = 6},
        {.title = NULL},
    };
    size_t all, n = cw_roster_surveillance(report->roster);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    struct absent absent = {.report = report, .table = cw_table_new(columns)};
    for (size_t i = 0; i < n; i++) {
        size_t top = report->settings->top;
        if (words_of(devices[i].asset_status) &&
            (top == 0 || cw_table_rows(absent.table) < top)) {
            add_device(absent.table, report, &devices[i]);
        }
    }
    camwatch_publisher_absent_assets(report->session->publisher, add_absent, &absent);
    size_t left = cw_summary_count_assets(report) - cw_table_rows(absent.table);
    cw_table_write(absent.table, &report->term, 2);
    cw_table_free(absent.table);
    if (left > 0) {
        (void)fprintf(report->term.out, "  %zu more: --top 0 shows all\n", left);
    }
}

void
cw_summary_assets_sentence(const struct cw_report *report, struct cw_buffer *out)
{
    if (!report->settings->assets) {
        return;
    }

    const struct {
        size_t n;
        const char *words;
    } parts[] = {
        {count_status(report, CAMWATCH_ASSET_NOT_LISTED), "not in it"},
        {count_status(report, CAMWATCH_ASSET_NOT_SANCTIONED), "not sanctioned"},
        {count_status(report, CAMWATCH_ASSET_OTHER_MAKER), "of another maker than it says"},
        {count_absent(report), "in it and never seen"},
    };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].n > 0) {
            cw_buffer_print(out, "%s %zu %s",
                            out->len > 0 ? "," : "By the list of assets:", parts[i].n,
                            parts[i].words);
        }
    }
    cw_buffer_print(
        out,
        out->len > 0 ? "." : "All devices are in the list of assets, and all of it was seen.");
}
