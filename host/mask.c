/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "mask.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEPT = 4, SHORTEST = 6, RING = 8 };

struct cw_mask {
    const char **ids; /* borrowed, the longest first */
    size_t n, at;
    bool reveals, is_utf8;
    bool begins[UCHAR_MAX + 1]; /* first characters of ids, in lower case */
    struct cw_buffer ring[RING], cut;
};

struct cw_mask *
cw_mask_new(bool reveals, bool is_utf8)
{
    struct cw_mask *mask = calloc(1, sizeof(*mask));
    if (!mask) {
        abort();
    }
    mask->reveals = reveals;
    mask->is_utf8 = is_utf8;
    return mask;
}

void
cw_mask_add(struct cw_mask *mask, const char *id)
{
    size_t at = mask->n;
    if (strlen(id) < SHORTEST) {
        return;
    }
    mask->ids = reallocarray(mask->ids, mask->n + 1, sizeof(*mask->ids));
    if (!mask->ids) {
        abort();
    }
    for (; at > 0 && strlen(mask->ids[at - 1]) < strlen(id); at--) {
        mask->ids[at] = mask->ids[at - 1]; /* the longest first: one may begin another */
    }
    mask->ids[at] = id;
    mask->n++;
    mask->begins[tolower((unsigned char)id[0])] = true;
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
    bool may = mask->begins[tolower((unsigned char)text[0])];
    for (size_t i = 0; may && i < mask->n; i++) {
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
