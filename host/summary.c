/* SPDX-License-Identifier: Apache-2.0
 *
 * The summary: one sentence, then devices with their destinations, then everything that stands
 * around them, then what the numbers rest on.
 */
#define _GNU_SOURCE
#include <string.h>

#include "report.h"
#include "summary_tables.h"

enum { MAX_GEO = 16, INDENT = 5 };

static void
write_heading(const struct cw_term *term, const char *text)
{
    (void)fprintf(term->out, "\n%s%s%s\n", cw_style_on(term, CW_STYLE_BOLD), text,
                  cw_style_off(term, CW_STYLE_BOLD));
}

static void
write_title(const struct cw_report *report)
{
    const struct camwatch_monitor_stats *stats = &report->stats;
    const struct cw_term *term = &report->term;
    char from[CW_NUMBER_MAX], span[CW_NUMBER_MAX];
    const char *path = report->paths->items[0];
    (void)fprintf(term->out, "%s%s%s", cw_style_on(term, CW_STYLE_DIM),
                  cw_mask_show(report->mask, strcmp(path, "-") == 0 ? "standard input" : path),
                  cw_style_off(term, CW_STYLE_DIM));
    if (report->paths->n > 1) {
        (void)fprintf(term->out, " and %zu more", report->paths->n - 1);
    }
    if (stats->frames > 0) {
        (void)fprintf(term->out, "%s  %s UTC, %s%s", cw_style_on(term, CW_STYLE_DIM),
                      cw_show_time(stats->first_ns, from),
                      cw_show_span(stats->last_ns - stats->first_ns, span),
                      cw_style_off(term, CW_STYLE_DIM));
    }
    (void)fputs("\n\n", term->out);
}

/* "2 surveillance devices, 1 confirmed; they talk to 5 services in 3 countries." */
static void
write_sentence(const struct cw_report *report)
{
    const struct cw_term term = cw_term_for_lines(&report->term);
    struct cw_buffer text = {.text = NULL};
    cw_summary_sentence(report, &text);
    cw_term_wrap(&term, 0, CW_STYLE_BOLD, cw_buffer_text(&text));
    cw_buffer_free(&text);
}

static void
write_ids(const struct cw_report *report, const struct camwatch_device *device,
          struct cw_buffer *line)
{
    const struct {
        const char *name, *value;
        bool is_id;
    } ids[] = {
        {"MAC ", device->mac, false},         {"serial ", device->serial, true},
        {"UID ", device->uid, true},          {"firmware ", device->firmware, false},
        {"name ", device->name, false},       {"asset ", device->asset_name, false},
        {"site ", device->asset_site, false},
    };

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (ids[i].value[0] != '\0') {
            cw_buffer_print(line, "%s%s%s", line->len > 0 ? ", " : "", ids[i].name,
                            ids[i].is_id ? cw_mask_id(report->mask, ids[i].value)
                                         : cw_mask_show(report->mask, ids[i].value));
        }
    }
    const char *gap = ", also ";
    for (size_t i = 0; i < device->n_addresses; i++) {
        if (strcmp(device->addresses[i], cw_device_address(device)) != 0) {
            cw_buffer_print(line, "%s%s", line->len > 0 ? gap : "also ", device->addresses[i]);
            gap = ", ";
        }
    }
}

/* Lists by what they do: an export control is no ban, and what is not verified accuses nobody. */
struct list_line {
    const char *kind; /* NULL: any kind, not verified */
    const char *words;
};

static const struct list_line list_lines[] = {
    {"purchase-ban", "maker named on purchase bans"},
    {"authorisation-ban", "maker named on authorisation bans"},
    {"export-control", "maker named on export controls (no ban)"},
    {"guidance", "maker named in guidance"},
    {NULL, "not verified"},
};

static bool
belongs(const struct list_line *line, const struct camwatch_listing *listing)
{
    bool is_verified = cw_listing_counts(listing);
    return line->kind ? is_verified && strcmp(listing->kind, line->kind) == 0 : !is_verified;
}

static void
write_lists(const struct cw_term *term, const struct camwatch_device *device,
            const struct list_line *line)
{
    struct cw_buffer text = {.text = NULL};
    for (size_t i = 0; i < device->n_listings; i++) {
        const struct camwatch_listing *l = &device->listings[i];
        if (belongs(line, l)) {
            cw_buffer_print(&text, "%s%s %s since %s", text.len == 0 ? line->words : "",
                            text.len == 0 ? ":" : ",", l->list, l->since);
        }
    }
    if (text.len > 0) {
        cw_term_wrap(term, INDENT, line->kind ? CW_STYLE_WARN : CW_STYLE_DIM,
                     cw_buffer_text(&text));
    }
    cw_buffer_free(&text);
}

static void
write_maker(const struct cw_report *report, const struct camwatch_device *device)
{
    const struct cw_term *term = &report->term;
    if (device->maker[0] == '\0') {
        return;
    }
    (void)fprintf(term->out, "     made by %s%s", cw_mask_show(report->mask, device->maker),
                  device->maker_confidence < 80 ? " (likely)" : "");
    if (device->owner[0] != '\0' && strcmp(device->owner, device->maker) != 0) {
        (void)fprintf(term->out, ", owned by %s", cw_mask_show(report->mask, device->owner));
    }
    (void)fputc('\n', term->out);
    for (size_t i = 0; i < sizeof(list_lines) / sizeof(*list_lines); i++) {
        write_lists(term, device, &list_lines[i]);
    }
}

static void
write_evidence(const struct cw_report *report, const struct camwatch_device *device)
{
    struct cw_buffer line = {.text = NULL};
    for (size_t i = 0; i < device->n_evidence; i++) {
        const char *word = cw_evidence_word(device->evidence[i].kind);
        if (!strstr(cw_buffer_text(&line), word)) {
            cw_buffer_print(&line, "%s%s", i > 0 ? ", " : "known by: ", word);
        }
    }
    if (line.len > 0) {
        cw_term_wrap(&report->term, INDENT, CW_STYLE_DIM, cw_buffer_text(&line));
    }
    cw_buffer_free(&line);
}

/* What of a recorder's list is a device that was seen itself. */
static bool
is_seen_too(const struct cw_report *report, const struct camwatch_device *listed)
{
    size_t all, n = cw_roster_surveillance(report->roster);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    for (size_t i = 0; i < n; i++) {
        if (&devices[i] != listed && devices[i].scope == CAMWATCH_SCOPE_LOCAL &&
            strcmp(devices[i].behind, listed->behind) == 0 &&
            strcmp(cw_device_address(&devices[i]), cw_device_address(listed)) == 0) {
            return true;
        }
    }
    return false;
}

static void
add_recorded(const struct cw_report *report, const struct camwatch_device *camera,
             struct cw_buffer *line)
{
    struct cw_buffer title = {.text = NULL};
    const char *at = cw_device_address(camera);
    cw_device_title(camera, &title);
    cw_buffer_print(line, "%s",
                    cw_mask_show(report->mask, camera->asset_name[0] ? camera->asset_name
                                               : camera->name[0]     ? camera->name
                                                                     : cw_buffer_text(&title)));
    if (at[0] != '\0') {
        cw_buffer_print(line, " (%s)", cw_mask_show(report->mask, at));
    }
    cw_buffer_free(&title);
}

/* "records 3 cameras: Lobby (192.168.1.64), ..." */
static void
write_recorded(const struct cw_report *report, const struct camwatch_device *recorder)
{
    enum { SHOWN = 16 };

    struct cw_buffer line = {.text = NULL}, names = {.text = NULL};
    size_t all, n = 0;
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    for (size_t i = 0; i < all && recorder->kind == CAMWATCH_KIND_RECORDER; i++) {
        const struct camwatch_device *d = &devices[i];
        bool is_behind = strcmp(d->behind, recorder->id) == 0;
        if (!is_behind || (d->scope == CAMWATCH_SCOPE_BEHIND && is_seen_too(report, d))) {
            continue;
        }
        if (n++ < SHOWN) {
            cw_buffer_print(&names, "%s", n > 1 ? ", " : "");
            add_recorded(report, d, &names);
        }
    }
    if (n > 0) {
        cw_buffer_print(&line, "records %zu camera%s: %s%s", n, n == 1 ? "" : "s",
                        cw_buffer_text(&names), n > SHOWN ? " and others" : "");
        cw_term_wrap(&report->term, INDENT, CW_STYLE_PLAIN, cw_buffer_text(&line));
    }
    cw_buffer_free(&names);
    cw_buffer_free(&line);
}

static void
write_device(const struct cw_report *report, const struct camwatch_device *device)
{
    const struct cw_term *term = &report->term;
    struct cw_buffer title = {.text = NULL}, line = {.text = NULL};
    enum cw_style style = cw_band_style(device->band);
    cw_device_title(device, &title);
    (void)fprintf(
        term->out, "\n  %s%s%s %s%s%s", cw_style_on(term, style), cw_term_sign(term, "●", "*"),
        cw_style_off(term, style), cw_style_on(term, CW_STYLE_NAME),
        cw_mask_show(report->mask, cw_buffer_text(&title)), cw_style_off(term, CW_STYLE_NAME));
    (void)fprintf(term->out, "  %s", cw_device_address(device));
    (void)fprintf(term->out, "  %s%s%s (%u)%s\n", cw_style_on(term, style),
                  camwatch_band_text(device->band), cw_style_off(term, style),
                  device->confidence,
                  device->scope == CAMWATCH_SCOPE_REMOTE   ? ", outside the watched networks"
                  : device->scope == CAMWATCH_SCOPE_BEHIND ? ", behind a recorder or hub"
                                                           : "");
    write_ids(report, device, &line);
    if (line.len > 0) {
        cw_term_wrap(term, INDENT, CW_STYLE_PLAIN, cw_buffer_text(&line));
    }
    write_recorded(report, device);
    write_maker(report, device);
    write_evidence(report, device);
    cw_summary_device_table(report, device);
    cw_buffer_free(&title);
    cw_buffer_free(&line);
}

static void
write_devices(const struct cw_report *report)
{
    size_t all, n = cw_roster_surveillance(report->roster);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    size_t shown =
        report->settings->top > 0 && n > report->settings->top ? report->settings->top : n;
    if (n == 0) {
        return;
    }
    write_heading(&report->term, "Devices");
    for (size_t i = 0; i < shown; i++) {
        write_device(report, &devices[i]);
    }
    if (shown < n) {
        (void)fprintf(report->term.out, "\n  %zu more devices: --top 0 shows all\n", n - shown);
    }
}

static void
write_section(const struct cw_report *report, const char *heading,
              size_t (*count)(const struct cw_report *),
              void (*table)(const struct cw_report *))
{
    if (count(report) > 0) {
        write_heading(&report->term, heading);
        table(report);
    }
}

static void
write_geo(const struct cw_report *report)
{
    struct camwatch_geo_source sources[MAX_GEO] = {{.size = sizeof(sources[0])}};
    FILE *out = report->term.out;
    size_t n = camwatch_publisher_geo_sources(report->session->publisher, sources, MAX_GEO);
    for (size_t i = 0; i < n; i++) {
        char built[CW_NUMBER_MAX];
        const char *name = strrchr(sources[i].path, '/');
        (void)fprintf(out, "  %-8s %s of %.10s%s%s\n", i == 0 ? "Geo" : "",
                      name ? name + 1 : sources[i].path,
                      cw_show_time(sources[i].built_ns, built),
                      sources[i].licence[0] != '\0' ? ", " : "", sources[i].licence);
    }
    (void)fputs(n > 0 ? "           a country is where an address is registered\n"
                      : "  Geo      no database: countries stay empty ('camwatch geo update' "
                        "builds one)\n",
                out);
}

static void
write_basis(const struct cw_report *report)
{
    FILE *out = report->term.out;
    const struct camwatch_monitor_stats *stats = &report->stats;
    char count[CW_NUMBER_MAX], bytes[CW_NUMBER_MAX], rate[CW_NUMBER_MAX];
    struct camwatch_rules_counts rules = {.size = sizeof(rules)};
    camwatch_rules_count(report->session->rules, &rules);
    write_heading(&report->term, "What this rests on");
    (void)fprintf(
        out, "  Read     %s frames, %s on the wire, in %.2f s: %s frames/s\n",
        cw_show_count(stats->frames, count), cw_show_bytes(stats->bytes, bytes),
        report->seconds,
        cw_show_count((uint64_t)((double)stats->frames / (report->seconds + 1e-9)), rate));
    if (report->session->filtered > 0) {
        (void)fprintf(out, "  Filter   --bpf left out %s frames\n",
                      cw_show_count(report->session->filtered, count));
    }
    if (stats->truncated > 0) {
        (void)fprintf(out, "  Cut      %s frames were captured in part (snap length)\n",
                      cw_show_count(stats->truncated, count));
    }
    if (stats->parsed > 0 && stats->home_frames * 2 < stats->parsed) {
        (void)fprintf(
            out,
            "  Home     only %.0f %% of the packets touch the home networks: name yours "
            "with --home PREFIX\n",
            100.0 * (double)stats->home_frames / (double)stats->parsed);
    }
    if (cw_tally_left_out(report->session->tally) > 0) {
        (void)fprintf(out,
                      "  Limit    %s flows are not in these tables: too many destinations\n",
                      cw_show_count(cw_tally_left_out(report->session->tally), count));
    }
    (void)fprintf(out, "  Rules    version %s, %u files\n",
                  camwatch_rules_version(report->session->rules), rules.files);
    write_geo(report);
    (void)fputs("  Account  ", out);
    cw_account_write(report);
    cw_drops_write(report);
}

void
cw_summary_write(const struct cw_report *report)
{
    write_title(report);
    write_sentence(report);
    write_devices(report);
    write_section(report, "By the list of assets", cw_summary_count_assets,
                  cw_summary_assets_table);
    write_section(report, "Services that other hosts reach", cw_summary_count_others,
                  cw_summary_others_table);
    write_section(report, "Destinations of devices that nothing explains",
                  cw_summary_count_unexplained, cw_summary_unexplained_table);
    write_section(report, "On the local network", cw_summary_count_lan, cw_summary_lan_table);
    write_basis(report);
    (void)fflush(report->term.out);
}
