/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch.evidence: the pieces of evidence of an event as texts "kind:points:seen:rule:frame".
 */
#ifndef CW_PUBLISH_PIECES_H
#define CW_PUBLISH_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "camwatch/event.h"

#define CW_PIECES_MAX 16

/* One piece of evidence, from a record or from the inventory; borrowed, never NULL. */
struct cw_piece {
    const char *kind, *seen, *rule;
    const char *file; /* capture; "" live */
    unsigned points;
    uint64_t frame; /* 0 live */
};

/** The best first; equal ones stay in their order. */
void cw_pieces_sort(struct cw_piece *pieces, size_t n);

/** Sort and set the field. A frame is of camwatch.capture.file, which must be set by then, or is
 *  written FILE#FRAME. At most CW_PIECES_MAX pieces. */
void cw_pieces_set(struct camwatch_event *event, struct cw_piece *pieces, size_t n);

#endif
