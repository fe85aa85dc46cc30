/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "summary_tables.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "group.h"
#include "table.h"

/* ---- choosers ---- */

static bool
choose_service(void *user, const struct cw_choice *choice, struct cw_buffer *key)
{
    const struct cw_destination *row = choice->row;
    if (choice->device != user || cw_row_is_lan(row) || !cw_row_is_explained(row)) {
        return false;
    }
    cw_buffer_print(key, "%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%d", row->vendor, row->platform,
                    row->role, row->country, row->path, cw_row_is_lookup(row));
    return true;
}

static bool
choose_other(void *user, const struct cw_choice *choice, struct cw_buffer *key)
{
    return !choice->device && choose_service(NULL, choice, key) && !user;
}

static bool
choose_unexplained(void *user, const struct cw_choice *choice, struct cw_buffer *key)
{
    const struct cw_destination *row = choice->row;
    (void)user;
    if (!choice->device || cw_row_is_lan(row) || cw_row_is_explained(row)) {
        return false;
    }
    cw_buffer_print(key, "%s\x1f", choice->device->id);
    cw_row_peer(row, key);
    return true;
}

static bool
choose_lan(void *user, const struct cw_choice *choice, struct cw_buffer *key)
{
    const struct cw_destination *row = choice->row;
    (void)user;
    if (!choice->device || !cw_row_is_lan(row)) {
        return false;
    }
    cw_buffer_print(key, "%s\x1f%s\x1f%s\x1f%s", choice->device->id, row->transport,
                    row->protocol[0] != '\0' ? row->protocol : row->port, row->ip);
    return true;
}

/* ---- cells ---- */

static void
add_text(struct cw_table *table, const struct cw_report *report, const char *text,
         enum cw_style style)
{
    cw_table_cell(table, cw_mask_show(report->mask, text), style);
}

static void
add_volume(struct cw_table *table, const struct cw_destination *sum)
{
    char number[CW_NUMBER_MAX];
    cw_table_cell(table, cw_show_bytes(sum->bytes_out, number), CW_STYLE_PLAIN);
    cw_table_cell(table, cw_show_bytes(sum->bytes_in, number), CW_STYLE_PLAIN);
    cw_table_cell(table, cw_show_count(sum->flows, number), CW_STYLE_PLAIN);
    uint64_t failed = sum->attempted + sum->refused + sum->blocked;
    cw_table_cell(table, failed > 0 ? cw_show_count(failed, number) : "", CW_STYLE_WARN);
}

static void
add_outcome(struct cw_table *table, const struct cw_destination *sum)
{
    struct cw_buffer text = {.text = NULL};
    cw_row_outcome(sum, &text);
    cw_table_cell(table, cw_buffer_text(&text),
                  sum->streaming > 0     ? CW_STYLE_BAD
                  : sum->established > 0 ? CW_STYLE_PLAIN
                                         : CW_STYLE_DIM);
    cw_buffer_free(&text);
}

static void
add_service(struct cw_table *table, const struct cw_report *report,
            const struct cw_destination *row)
{
    struct cw_buffer text = {.text = NULL};
    cw_row_service(row, &text);
    if (row->confidence > 0 && row->confidence < 50) {
        cw_buffer_print(&text, "?");
    }
    add_text(table, report, cw_buffer_text(&text), CW_STYLE_PLAIN);
    cw_buffer_free(&text);
}

static void
add_peer(struct cw_table *table, const struct cw_report *report, const struct cw_group *group)
{
    struct cw_buffer text = {.text = NULL};
    cw_row_peer(group->first.row, &text);
    const char *shown = cw_mask_show(report->mask, cw_buffer_text(&text));
    struct cw_buffer cell = {.text = NULL};
    cw_buffer_print(&cell, "%s", shown);
    if (group->n_rows > 1) {
        cw_buffer_print(&cell, " +%zu", group->n_rows - 1);
    }
    cw_table_cell(table, cw_buffer_text(&cell), CW_STYLE_DIM);
    cw_buffer_free(&text);
    cw_buffer_free(&cell);
}

static void
add_device(struct cw_table *table, const struct cw_report *report,
           const struct camwatch_device *device)
{
    struct cw_buffer text = {.text = NULL};
    cw_buffer_print(&text, "%s",
                    device->n_addresses > 0 ? cw_device_address(device)
                    : device->mac[0]        ? device->mac
                                            : device->id);
    add_text(table, report, cw_buffer_text(&text), CW_STYLE_PLAIN);
    cw_buffer_free(&text);
}

/* A look-up says nothing more where the service itself is in the list. */
static bool
is_told_by_traffic(const struct cw_groups *groups, const struct cw_group *group)
{
    for (size_t i = 0; cw_row_is_lookup(&group->sum) && i < groups->n; i++) {
        const struct cw_destination *other = &groups->items[i].sum;
        if (!cw_row_is_lookup(other) && groups->items[i].first.device == group->first.device &&
            strcmp(other->vendor, group->sum.vendor) == 0 &&
            strcmp(other->role, group->sum.role) == 0) {
            return true;
        }
    }
    return false;
}

static void
drop_lookups(struct cw_groups *groups)
{
    size_t n = 0;
    for (size_t i = 0; i < groups->n; i++) {
        if (!is_told_by_traffic(groups, &groups->items[i])) {
            groups->items[n++] = groups->items[i];
        }
    }
    groups->n = n;
}

/* How many of the groups fit --top. */
static size_t
top_of(const struct cw_report *report, size_t n)
{
    return report->settings->top > 0 && n > report->settings->top ? report->settings->top : n;
}

static void
finish_table(struct cw_table *table, const struct cw_report *report, size_t n_all,
             unsigned indent)
{
    size_t shown = cw_table_rows(table);
    cw_table_write(table, &report->term, indent);
    if (shown < n_all) {
        (void)fprintf(report->term.out, "%*s%zu more: --top 0 shows all\n", (int)indent, "",
                      n_all - shown);
    }
    cw_table_free(table);
}

/* ---- tables ---- */

void
cw_summary_device_table(const struct cw_report *report, const struct camwatch_device *device)
{
    static const struct cw_column columns[] = {
        {.title = "service", .least = 12},
        {.title = "role"},
        {.title = "at"},
        {.title = "path"},
        {.title = "out", .is_right = true},
        {.title = "in", .is_right = true},
        {.title = "flows", .is_right = true},
        {.title = "failed", .is_right = true},
        {.title = "outcome"},
        {.title = "far end", .least = 10},
        {.title = NULL},
    };
    struct cw_groups groups = cw_groups_of(report->session->tally, report->roster,
                                           choose_service, (void *)(uintptr_t)device);
    drop_lookups(&groups);
    if (groups.n == 0) {
        (void)fprintf(report->term.out,
                      "     %sno service of its vendor or platform seen in this "
                      "traffic%s\n",
                      cw_style_on(&report->term, CW_STYLE_DIM),
                      cw_style_off(&report->term, CW_STYLE_DIM));
        return;
    }
    struct cw_table *table = cw_table_new(columns);
    for (size_t i = 0; i < top_of(report, groups.n); i++) {
        const struct cw_destination *sum = &groups.items[i].sum;
        cw_table_row(table);
        add_service(table, report, sum);
        cw_table_cell(table, sum->role, CW_STYLE_PLAIN);
        cw_table_cell(table, sum->country, CW_STYLE_PLAIN);
        cw_table_cell(table, sum->path, CW_STYLE_PLAIN);
        add_volume(table, sum);
        add_outcome(table, sum);
        add_peer(table, report, &groups.items[i]);
    }
    finish_table(table, report, groups.n, 5);
    cw_groups_free(&groups);
}

static struct cw_groups
others(const struct cw_report *report)
{
    struct cw_groups groups =
        cw_groups_of(report->session->tally, report->roster, choose_other, NULL);
    drop_lookups(&groups);
    return groups;
}

size_t
cw_summary_count_others(const struct cw_report *report)
{
    struct cw_groups groups = others(report);
    size_t n = groups.n;
    cw_groups_free(&groups);
    return n;
}

void
cw_summary_others_table(const struct cw_report *report)
{
    static const struct cw_column columns[] = {
        {.title = "host"},
        {.title = "service", .least = 12},
        {.title = "role"},
        {.title = "at"},
        {.title = "path"},
        {.title = "out", .is_right = true},
        {.title = "in", .is_right = true},
        {.title = "flows", .is_right = true},
        {.title = "failed", .is_right = true},
        {.title = "outcome"},
        {.title = "far end", .least = 10},
        {.title = NULL},
    };
    struct cw_groups groups = others(report);
    struct cw_table *table = cw_table_new(columns);
    for (size_t i = 0; i < top_of(report, groups.n); i++) {
        const struct cw_group *group = &groups.items[i];
        struct cw_buffer host = {.text = NULL};
        cw_buffer_print(&host, "%s", group->first.row->local_ip);
        if (group->n_hosts > 1) {
            cw_buffer_print(&host, " +%zu", group->n_hosts - 1);
        }
        cw_table_row(table);
        add_text(table, report, cw_buffer_text(&host), CW_STYLE_PLAIN);
        add_service(table, report, &group->sum);
        cw_table_cell(table, group->sum.role, CW_STYLE_PLAIN);
        cw_table_cell(table, group->sum.country, CW_STYLE_PLAIN);
        cw_table_cell(table, group->sum.path, CW_STYLE_PLAIN);
        add_volume(table, &group->sum);
        add_outcome(table, &group->sum);
        add_peer(table, report, group);
        cw_buffer_free(&host);
    }
    finish_table(table, report, groups.n, 2);
    cw_groups_free(&groups);
}

static struct cw_groups
unexplained(const struct cw_report *report)
{
    return cw_groups_of(report->session->tally, report->roster, choose_unexplained, NULL);
}

size_t
cw_summary_count_unexplained(const struct cw_report *report)
{
    struct cw_groups groups = unexplained(report);
    size_t n = groups.n;
    cw_groups_free(&groups);
    return n;
}

void
cw_summary_unexplained_table(const struct cw_report *report)
{
    static const struct cw_column columns[] = {
        {.title = "device"},
        {.title = "far end", .least = 15},
        {.title = "protocol"},
        {.title = "at"},
        {.title = "network", .least = 8},
        {.title = "out", .is_right = true},
        {.title = "in", .is_right = true},
        {.title = "flows", .is_right = true},
        {.title = "failed", .is_right = true},
        {.title = "outcome"},
        {.title = NULL},
    };
    struct cw_groups groups = unexplained(report);
    struct cw_table *table = cw_table_new(columns);
    for (size_t i = 0; i < top_of(report, groups.n); i++) {
        const struct cw_destination *sum = &groups.items[i].sum;
        struct cw_buffer peer = {.text = NULL};
        cw_row_peer(sum, &peer);
        cw_table_row(table);
        add_device(table, report, groups.items[i].first.device);
        add_text(table, report, cw_buffer_text(&peer), CW_STYLE_PLAIN);
        add_text(table, report, sum->protocol[0] != '\0' ? sum->protocol : sum->transport,
                 CW_STYLE_PLAIN);
        cw_table_cell(table, sum->country, CW_STYLE_PLAIN);
        add_text(table, report, sum->as_org, CW_STYLE_DIM);
        add_volume(table, sum);
        add_outcome(table, sum);
        cw_buffer_free(&peer);
    }
    finish_table(table, report, groups.n, 2);
    cw_groups_free(&groups);
}

static struct cw_groups
lan(const struct cw_report *report)
{
    return cw_groups_of(report->session->tally, report->roster, choose_lan, NULL);
}

size_t
cw_summary_count_lan(const struct cw_report *report)
{
    struct cw_groups groups = lan(report);
    size_t n = groups.n;
    cw_groups_free(&groups);
    return n;
}

void
cw_summary_lan_table(const struct cw_report *report)
{
    static const struct cw_column columns[] = {
        {.title = "device"},
        {.title = "protocol"},
        {.title = "with", .least = 15},
        {.title = "port"},
        {.title = "out", .is_right = true},
        {.title = "in", .is_right = true},
        {.title = "flows", .is_right = true},
        {.title = "failed", .is_right = true},
        {.title = "outcome"},
        {.title = NULL},
    };
    struct cw_groups groups = lan(report);
    struct cw_table *table = cw_table_new(columns);
    for (size_t i = 0; i < top_of(report, groups.n); i++) {
        const struct cw_destination *sum = &groups.items[i].sum;
        cw_table_row(table);
        add_device(table, report, groups.items[i].first.device);
        add_text(table, report, sum->protocol[0] != '\0' ? sum->protocol : sum->transport,
                 CW_STYLE_PLAIN);
        add_text(table, report, sum->ip, CW_STYLE_PLAIN);
        cw_table_cell(table, sum->port, CW_STYLE_PLAIN);
        add_volume(table, sum);
        add_outcome(table, sum);
    }
    finish_table(table, report, groups.n, 2);
    cw_groups_free(&groups);
}
