/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "mask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEPT = 4, SHORTEST = 6, RING = 8 };

struct cw_mask {
    const char **ids; /* borrowed from the roster, the longest first */
    size_t n, at;
    bool reveals, is_utf8;
    struct cw_buffer ring[RING], cut;
};

static int
longest_first(const void *a, const void *b)
{
    size_t left = strlen(*(const char *const *)a), right = strlen(*(const char *const *)b);
    return (left < right) - (left > right);
}

struct cw_mask *
cw_mask_new(const struct cw_roster *roster, bool reveals, bool is_utf8)
{
    size_t n;
    const struct camwatch_device *devices = cw_roster_devices(roster, &n);
    struct cw_mask *mask = calloc(1, sizeof(*mask));
    if (!mask || !(mask->ids = calloc(2 * n + 1, sizeof(*mask->ids)))) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        const char *ids[] = {devices[i].serial, devices[i].uid};
        for (size_t j = 0; j < 2; j++) {
            if (strlen(ids[j]) >= SHORTEST) {
                mask->ids[mask->n++] = ids[j];
            }
        }
    }
    qsort(mask->ids, mask->n, sizeof(*mask->ids), longest_first);
    mask->reveals = reveals;
    mask->is_utf8 = is_utf8;
    return mask;
}

void
cw_mask_free(struct cw_mask *mask)
{
    for (size_t i = 0; i < RING; i++) {
        cw_buffer_free(&mask->ring[i]);
    }
    cw_buffer_free(&mask->cut);
    free(mask->ids);
    free(mask);
}

static const char *
dots(const struct cw_mask *mask)
{
    return mask->is_utf8 ? "…" : "...";
}

/* Length of the id that begins here, whatever its case; 0 for none. */
static size_t
id_at(const struct cw_mask *mask, const char *text)
{
    for (size_t i = 0; i < mask->n; i++) {
        size_t len = strlen(mask->ids[i]);
        if (strncasecmp(text, mask->ids[i], len) == 0) {
            return len;
        }
    }
    return 0;
}

/* Show in pieces: what the dots are written with must not be taken for text from the wire. */
static void
show_part(struct cw_mask *mask, struct cw_buffer *out, const char *text, size_t len)
{
    mask->cut.len = 0;
    cw_buffer_add(&mask->cut, text, len);
    cw_buffer_show(out, mask->cut.text, mask->is_utf8);
}

static struct cw_buffer *
next_buffer(struct cw_mask *mask)
{
    struct cw_buffer *out = &mask->ring[mask->at++ % RING];
    out->len = 0;
    cw_buffer_add(out, "", 0);
    return out;
}

const char *
cw_mask_show(struct cw_mask *mask, const char *text)
{
    struct cw_buffer *out = next_buffer(mask);
    size_t from = 0, at = 0;
    while (text[at] != '\0') {
        size_t len = mask->reveals ? 0 : id_at(mask, text + at);
        if (len == 0) {
            at++;
            continue;
        }
        show_part(mask, out, text + from, at + KEPT - from);
        cw_buffer_add(out, dots(mask), strlen(dots(mask)));
        at += len;
        from = at;
    }
    show_part(mask, out, text + from, at - from);
    return cw_buffer_text(out);
}

const char *
cw_mask_id(struct cw_mask *mask, const char *id)
{
    if (mask->reveals || strlen(id) <= KEPT) {
        return cw_mask_show(mask, id);
    }
    struct cw_buffer *out = next_buffer(mask);
    show_part(mask, out, id, KEPT);
    cw_buffer_add(out, dots(mask), strlen(dots(mask)));
    return cw_buffer_text(out);
}
