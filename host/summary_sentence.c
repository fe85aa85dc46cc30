/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <string.h>

#include "group.h"
#include "store.h"
#include "summary_tables.h"

struct reach {
    struct cw_store *seen;
    size_t services, tried, countries;
    uint64_t streaming;
};

static bool
is_new(struct reach *reach, const char *what, const struct cw_destination *row)
{
    struct cw_buffer key = {.text = NULL};
    cw_buffer_print(&key, "%s\x1f", what);
    if (strcmp(what, "country") == 0) {
        cw_buffer_print(&key, "%s", row->country);
    } else {
        cw_row_service(row, &key);
    }
    bool is_first = cw_store_find(reach->seen, cw_buffer_text(&key)) == (size_t)-1;
    cw_store_set(reach->seen, cw_buffer_text(&key), 1);
    cw_buffer_free(&key);
    return is_first;
}

static bool
take(void *user, const struct cw_choice *choice, struct cw_buffer *key)
{
    struct reach *reach = user;
    const struct cw_destination *row = choice->row;
    (void)key;
    if (!choice->device || cw_row_is_lan(row) || !cw_row_is_explained(row)) {
        return false;
    }
    if (cw_row_is_lookup(row)) {
        return false;
    }
    if (row->established == 0) {
        reach->tried += is_new(reach, "tried", row);
        return false;
    }
    reach->services += is_new(reach, "service", row);
    reach->countries += row->country[0] != '\0' && is_new(reach, "country", row);
    reach->streaming += row->streaming;
    return false;
}

static struct reach
reach_of(const struct cw_report *report)
{
    struct reach reach = {.seen = cw_store_new()};
    struct cw_groups groups =
        cw_groups_of(report->session->tally, report->roster, take, &reach);
    cw_groups_free(&groups);
    cw_store_free(reach.seen);
    return reach;
}

static const char *
plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void
say_none(const struct cw_report *report, struct cw_buffer *out)
{
    char span[CW_NUMBER_MAX];
    if (report->stats.parsed == 0) {
        cw_buffer_print(out, "No packet that could be read.");
        return;
    }
    if (report->paths->n > 1) { /* which may lie years apart */
        cw_buffer_print(out, "No surveillance device seen in %s frames of %zu captures.",
                        cw_show_count(report->stats.frames, span), report->paths->n);
        return;
    }
    cw_buffer_print(out, "No surveillance device seen in %s of traffic.",
                    cw_show_span(report->stats.last_ns - report->stats.first_ns, span));
}

static void
say_bands(const struct camwatch_device *devices, size_t n, struct cw_buffer *out)
{
    size_t bands[CAMWATCH_N_BANDS] = {0};
    for (size_t i = 0; i < n; i++) {
        bands[devices[i].band < CAMWATCH_N_BANDS ? devices[i].band : 0]++;
    }
    for (unsigned band = CAMWATCH_N_BANDS; band-- > 1;) {
        if (bands[band] == n) {
            cw_buffer_print(out, ", %s", camwatch_band_text(band));
        } else if (bands[band] > 0) {
            cw_buffer_print(out, ", %zu %s", bands[band], camwatch_band_text(band));
        }
    }
}

static void
say_reach(const struct reach *reach, size_t n, struct cw_buffer *out)
{
    const char *who = n == 1 ? "it" : "they", *s = n == 1 ? "s" : "";
    if (reach->services > 0) {
        cw_buffer_print(out, "; %s talk%s to %zu service%s", who, s, reach->services,
                        plural(reach->services));
        if (reach->countries > 0) {
            cw_buffer_print(out, " in %zu countr%s", reach->countries,
                            reach->countries == 1 ? "y" : "ies");
        }
    } else if (reach->tried > 0) {
        cw_buffer_print(out, "; %s tr%s to reach %zu service%s, without an answer", who,
                        n == 1 ? "ies" : "y", reach->tried, plural(reach->tried));
    } else {
        cw_buffer_print(out, "; no vendor service reached in this traffic");
    }
    if (reach->streaming > 0) {
        cw_buffer_print(out, "; media goes to the outside");
    }
}

static void
say_lists(const struct camwatch_device *devices, size_t n, struct cw_buffer *out)
{
    size_t banned = 0, listed = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_banned = cw_device_is_banned(&devices[i]);
        banned += is_banned;
        listed += !is_banned && cw_device_is_listed(&devices[i]);
    }
    if (n == 1 && banned + listed > 0) {
        cw_buffer_print(out, ". Its maker is named on a list%s",
                        banned > 0 ? " of bans" : ", no ban");
        return;
    }
    if (banned > 0) {
        cw_buffer_print(out, ". The maker of %zu of them is named on a list of bans", banned);
    }
    if (listed > 0) {
        cw_buffer_print(out, "%s %zu%s on another list, no ban",
                        banned > 0 ? ", that of" : ". The maker of", listed,
                        banned > 0 ? "" : " of them is named");
    }
}

void
cw_summary_sentence(const struct cw_report *report, struct cw_buffer *out)
{
    size_t all, n = cw_roster_surveillance(report->roster);
    const struct camwatch_device *devices = cw_roster_devices(report->roster, &all);
    if (n == 0) {
        say_none(report, out);
        return;
    }
    struct reach reach = reach_of(report);
    cw_buffer_print(out, "%zu surveillance device%s", n, plural(n));
    say_bands(devices, n, out);
    say_reach(&reach, n, out);
    say_lists(devices, n, out);
    cw_buffer_print(out, ".");
}
