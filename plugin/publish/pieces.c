/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/pieces.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "publish/event.h"

#define ITEM_MAX 512

/* "kind:points:seen:rule:frame"; the frame is of camwatch.capture.file, or says of which. */
static void
format_piece(const struct camwatch_event *event, const struct cw_piece *piece,
             char out[ITEM_MAX])
{
    char frame[280] = "";
    const char *own = camwatch_event_text(event, CAMWATCH_FIELD_CAPTURE_FILE);
    bool is_other = *piece->file && strcmp(piece->file, own) != 0;
    if (piece->frame > 0) {
        (void)snprintf(frame, sizeof(frame), "%.255s%s%" PRIu64, is_other ? piece->file : "",
                       is_other ? "#" : "", piece->frame);
    }
    (void)snprintf(out, ITEM_MAX, "%s:%u:%.64s:%.80s:%s", piece->kind, piece->points,
                   piece->seen, piece->rule, frame);
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
