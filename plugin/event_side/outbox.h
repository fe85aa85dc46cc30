/* SPDX-License-Identifier: Apache-2.0
 *
 * Finished events on their way to the sinks, where another thread gives them on: two boxes, of
 * which one is filled while the other is emptied.
 */
#ifndef CW_EVENT_SIDE_OUTBOX_H
#define CW_EVENT_SIDE_OUTBOX_H

#include "publish/event.h"

struct cw_outbox;

/** NULL for lack of memory; given, free with cw_outbox_free. */
struct cw_outbox *cw_outbox_new(void);
void cw_outbox_free(struct cw_outbox *outbox);

/** Copy a finished event in. O(size); allocates when a box grows. @return false: no memory */
bool cw_outbox_put(struct cw_outbox *outbox, const struct camwatch_event *event);

/** What was put in by now is next; what was before has been taken. Nobody puts or takes
 *  meanwhile. */
void cw_outbox_turn(struct cw_outbox *outbox);

/** The next event, in the order of put. One thread may take while another one puts.
 *  @return borrowed until the next call; NULL: none is left */
const struct camwatch_event *cw_outbox_take(struct cw_outbox *outbox);

#endif
