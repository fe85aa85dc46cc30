/* SPDX-License-Identifier: Apache-2.0
 *
 * --explain: why a device is called what it is called, so that it can be checked in Wireshark.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "group.h"
#include "report.h"

enum { MAX_FRAMES = 64 };

static void
write_heading(const struct cw_term *term, const char *text)
{
    (void)fprintf(term->out, "\n%s%s%s\n", cw_style_on(term, CW_STYLE_BOLD), text,
                  cw_style_off(term, CW_STYLE_BOLD));
}

static void
write_claim(const struct cw_report *report, const struct camwatch_device *device)
{
    const struct cw_term *term = &report->term;
    struct cw_buffer title = {.text = NULL};
    enum cw_style style = cw_band_style(device->band);
    cw_device_title(device, &title);
    (void)fprintf(term->out, "%s%s%s", cw_style_on(term, CW_STYLE_NAME),
                  cw_mask_show(report->mask, cw_buffer_text(&title)),
                  cw_style_off(term, CW_STYLE_NAME));
    if (device->is_surveillance) {
        (void)fprintf(term->out, ": %s%s%s, confidence %u", cw_style_on(term, style),
                      camwatch_band_text(device->band), cw_style_off(term, style),
                      device->confidence);
    } else {
        (void)fprintf(term->out, ": no surveillance device (%s)",
                      device->is_viewer    ? "a viewer"
                      : device->is_gateway ? "a gateway"
                                           : "nothing proves one");
    }
    (void)fprintf(term->out, "\n  id %s", cw_mask_show(report->mask, device->id));
    for (size_t i = 0; i < device->n_addresses; i++) {
        (void)fprintf(term->out, "%s%s", i == 0 ? ", address " : ", ", device->addresses[i]);
    }
    (void)fputc('\n', term->out);
    if (device->maker[0] != '\0') {
        (void)fprintf(term->out, "  made by %s, confidence %u\n",
                      cw_mask_show(report->mask, device->maker), device->maker_confidence);
    }
    cw_buffer_free(&title);
}

/* Indices of evidence, strongest first; equal points in the order in which it came. */
static size_t
order(const struct camwatch_device *device, size_t out[MAX_FRAMES])
{
    size_t n = 0;
    for (size_t i = 0; i < device->n_evidence && n < MAX_FRAMES; i++) {
        size_t at = n++;
        while (at > 0 && device->evidence[out[at - 1]].points < device->evidence[i].points) {
            out[at] = out[at - 1];
            at--;
        }
        out[at] = i;
    }
    return n;
}

static void
write_evidence(const struct cw_report *report, const struct camwatch_device *device,
               const size_t *indices, size_t n)
{
    const struct cw_term *term = &report->term;
    write_heading(term, "Evidence, the strongest first");
    for (size_t i = 0; i < n; i++) {
        const struct camwatch_device_evidence *e = &device->evidence[indices[i]];
        (void)fprintf(term->out, "  %2u  %s (%s)%s: %s\n", e->points, cw_evidence_word(e->kind),
                      e->kind,
                      e->origin == CAMWATCH_ORIGIN_CLAIMED ? ", said by another device" : "",
                      cw_mask_show(report->mask, e->seen));
        (void)fprintf(term->out, "      %s%s", cw_style_on(term, CW_STYLE_DIM),
                      cw_mask_show(report->mask, e->rule));
        if (e->frame > 0) {
            (void)fprintf(term->out, ", %s frame %" PRIu64, cw_mask_show(report->mask, e->file),
                          e->frame);
        }
        (void)fprintf(term->out, "%s\n", cw_style_off(term, CW_STYLE_DIM));
    }
}

/* "100 x (1 - 0.10 x 0.15) = 98": the best of each kind counts once. */
static void
write_sum(const struct cw_report *report, const struct camwatch_device *device,
          const size_t *indices, size_t n)
{
    const struct cw_term *term = &report->term;
    double left = 1;
    (void)fprintf(term->out,
                  "\n  Points of different kinds combine, the best of each kind once: "
                  "100 x (1 - ");
    for (size_t i = 0; i < n; i++) {
        const struct camwatch_device_evidence *e = &device->evidence[indices[i]];
        bool is_repeated = false;
        for (size_t j = 0; j < i; j++) {
            is_repeated =
                is_repeated || strcmp(device->evidence[indices[j]].kind, e->kind) == 0;
        }
        if (!is_repeated) {
            (void)fprintf(term->out, "%s%.2f", i > 0 ? " x " : "", 1 - e->points / 100.0);
            left *= 1 - e->points / 100.0;
        }
    }
    double sum = 100 * (1 - left);
    (void)fprintf(term->out, ") = %.1f\n", sum);
    if (sum - device->confidence >= 1.5) {
        (void)fprintf(term->out, "  The confidence is %u: %s\n", device->confidence,
                      device->confidence == 99
                          ? "99 is the most that is ever claimed."
                          : "some of this speaks of a service or of something "
                            "else, or contradicts the rest.");
    }
}

/* "29, 31}": each frame of a file once, in order. */
static void
write_numbers(FILE *out, const struct camwatch_device *device, const size_t *indices, size_t n,
              const char *file)
{
    uint64_t last = 0;
    for (;;) {
        uint64_t next = UINT64_MAX;
        for (size_t i = 0; i < n; i++) {
            const struct camwatch_device_evidence *e = &device->evidence[indices[i]];
            if (e->frame > last && e->frame < next && strcmp(e->file, file) == 0) {
                next = e->frame;
            }
        }
        if (next == UINT64_MAX) {
            break;
        }
        (void)fprintf(out, "%s%" PRIu64, last > 0 ? ", " : "", next);
        last = next;
    }
    (void)fputs("}\n", out);
}

/* One filter a capture file: frame numbers mean nothing without it. */
static void
write_frames(const struct cw_report *report, const struct camwatch_device *device,
             const size_t *indices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *file = device->evidence[indices[i]].file;
        bool is_done = device->evidence[indices[i]].frame == 0;
        for (size_t j = 0; j < i; j++) {
            is_done = is_done || strcmp(device->evidence[indices[j]].file, file) == 0;
        }
        if (is_done) {
            continue;
        }
        (void)fprintf(report->term.out, "  evidence in %s:\n    frame.number in {",
                      cw_mask_show(report->mask, file));
        write_numbers(report->term.out, device, indices, n, file);
    }
}

static void
write_filters(const struct cw_report *report, const struct camwatch_device *device,
              const size_t *indices, size_t n)
{
    FILE *out = report->term.out;
    const char *gap = "";
    write_heading(&report->term, "Wireshark display filters");
    write_frames(report, device, indices, n);
    (void)fputs("  all of its traffic:\n    ", out);
    if (device->mac[0] != '\0') {
        (void)fputs("eth.addr == ", out);
        for (const char *at = device->mac; *at != '\0'; at++) {
            (void)fputc(*at == '-' ? ':' : tolower((unsigned char)*at), out);
        }
        gap = " || ";
    }
    for (size_t i = 0; i < device->n_addresses; i++) {
        (void)fprintf(out, "%s%s == %s", gap,
                      strchr(device->addresses[i], ':') ? "ipv6.addr" : "ip.addr",
                      device->addresses[i]);
        gap = " || ";
    }
    (void)fputc('\n', out);
}

static bool
choose(void *user, const struct cw_choice *choice, struct cw_buffer *key)
{
    const struct cw_destination *row = choice->row;
    if (choice->device != user || !cw_row_is_explained(row)) {
        return false;
    }
    cw_buffer_print(key, "%s\x1f%s\x1f%s", row->vendor, row->platform, row->role);
    return true;
}

/* Evidence of an event is "kind:points:seen:rule:frame", joined by ','. */
static void
write_service_evidence(const struct cw_report *report, const struct cw_destination *row)
{
    const char *at = row->evidence;
    while (*at != '\0') {
        struct cw_buffer one = {.text = NULL};
        size_t len = strcspn(at, ",");
        cw_buffer_add(&one, at, len);
        (void)fprintf(report->term.out, "      %s%s%s\n",
                      cw_style_on(&report->term, CW_STYLE_DIM),
                      cw_mask_show(report->mask, cw_buffer_text(&one)),
                      cw_style_off(&report->term, CW_STYLE_DIM));
        cw_buffer_free(&one);
        at += len + (at[len] == ',');
    }
}

static void
write_services(const struct cw_report *report, const struct camwatch_device *device)
{
    struct cw_groups groups =
        cw_groups_of(report->session->tally, report->roster, choose, (void *)(uintptr_t)device);
    if (groups.n > 0) {
        write_heading(&report->term, "Services that it reaches (kind:points:seen:rule:frame)");
    }
    for (size_t i = 0; i < groups.n; i++) {
        const struct cw_destination *row = groups.items[i].first.row;
        struct cw_buffer service = {.text = NULL}, peer = {.text = NULL};
        cw_row_service(row, &service);
        cw_row_peer(row, &peer);
        (void)fprintf(report->term.out, "  %2u  %s %s: ", row->confidence,
                      cw_mask_show(report->mask, cw_buffer_text(&service)), row->role);
        (void)fprintf(report->term.out, "%s, %s frame %" PRIu64 "\n",
                      cw_mask_show(report->mask, cw_buffer_text(&peer)),
                      cw_mask_show(report->mask, row->file), row->frame);
        write_service_evidence(report, row);
        cw_buffer_free(&service);
        cw_buffer_free(&peer);
    }
    cw_groups_free(&groups);
}

static void
write_unknown(const struct cw_report *report, const struct camwatch_device *device)
{
    const struct {
        bool is_missing;
        const char *text;
    } gaps[] = {
        {device->brand[0] == '\0', "the brand: nothing seen proves one"},
        {device->maker[0] == '\0', "the maker"},
        {device->kind == CAMWATCH_KIND_UNKNOWN, "what kind of device it is"},
        {device->model[0] == '\0', "the model: it did not say it in clear"},
        {device->serial[0] == '\0' && device->uid[0] == '\0', "serial number or UID"},
        {device->firmware[0] == '\0', "the firmware"},
        {device->mac[0] == '\0', "its MAC: it was not seen on its own network"},
        {device->maker[0] != '\0' && device->maker_confidence < 80,
         "whether the maker is right: it is likely, not proven"},
        {true,
         "what is inside encrypted sessions, and what it does when this capture does not look"},
    };

    write_heading(&report->term, "Not known");
    for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
        if (gaps[i].is_missing) {
            (void)fprintf(report->term.out, "  %s\n", gaps[i].text);
        }
    }
}

void
cw_chain_write(const struct cw_report *report, const struct camwatch_device *device)
{
    size_t indices[MAX_FRAMES];
    size_t n = order(device, indices);
    write_claim(report, device);
    if (n > 0) {
        write_evidence(report, device, indices, n);
        write_sum(report, device, indices, n);
    }
    write_services(report, device);
    write_filters(report, device, indices, n);
    write_unknown(report, device);
    (void)fflush(report->term.out);
}
