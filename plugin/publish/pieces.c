/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "publish/pieces.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/digits.h"
#include "publish/event.h"

enum {
    KIND_MAX = 32,
    SEEN_MAX = 64,
    RULE_MAX = 80,
    FILE_MAX = 255,
    ITEM_MAX = KIND_MAX + SEEN_MAX + RULE_MAX + FILE_MAX + 2 * CW_DECIMAL_MAX + 6,
};

/* At most max bytes of a text, and a colon. */
static char *
put_part(char *out, const char *text, size_t max)
{
    size_t len = strnlen(text, max);
    memcpy(out, text, len);
    out[len] = ':';
    return out + len + 1;
}

/* "kind:points:seen:rule:frame"; the frame is of camwatch.capture.file, or says of which. */
static void
format_piece(const struct camwatch_event *event, const struct cw_piece *piece,
             char out[ITEM_MAX])
{
    const char *own = camwatch_event_text(event, CAMWATCH_FIELD_CAPTURE_FILE);
    out = put_part(out, piece->kind, KIND_MAX);
    out = cw_digits_decimal(out, piece->points);
    *out++ = ':';
    out = put_part(out, piece->seen, SEEN_MAX);
    out = put_part(out, piece->rule, RULE_MAX);
    if (piece->frame > 0 && *piece->file && strcmp(piece->file, own) != 0) {
        out = put_part(out, piece->file, FILE_MAX);
        out[-1] = '#';
    }
    if (piece->frame > 0) {
        out = cw_digits_decimal(out, piece->frame);
    }
    *out = '\0';
}

void
cw_pieces_sort(struct cw_piece *pieces, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct cw_piece piece = pieces[i];
        size_t at = i;
        for (; at > 0 && pieces[at - 1].points < piece.points; at--) {
            pieces[at] = pieces[at - 1];
        }
        pieces[at] = piece;
    }
}

void
cw_pieces_set(struct camwatch_event *event, struct cw_piece *pieces, size_t n)
{
    char texts[CW_PIECES_MAX][ITEM_MAX];
    const char *items[CW_PIECES_MAX];
    assert(n <= CW_PIECES_MAX);
    cw_pieces_sort(pieces, n);
    for (size_t i = 0; i < n; i++) {
        format_piece(event, &pieces[i], texts[i]);
        items[i] = texts[i];
    }
    cw_event_set_list(event, CAMWATCH_FIELD_EVIDENCE, items, n);
}
