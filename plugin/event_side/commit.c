/* SPDX-License-Identifier: Apache-2.0
 *
 * When what was read from the rings is kept, and the rings have it back.
 */
#define _GNU_SOURCE
#include "event_side/side.h"

#include <limits.h>
#include <string.h>

enum {
    DEVICES_A_TICK = 2000 /* the state of so many is worth saving at every tick */
};

/* What was read from the rings is kept, and the rings have it back. */
void
cw_events_commit(struct camwatch_publisher *p, bool with_state, bool is_finished)
{
    struct cw_checkpoint_numbers numbers;
    char path[CW_CHECKPOINT_PATH_MAX];
    if (!p->holds || (!p->is_uncommitted && !is_finished)) {
        return;
    }
    (void)cw_events_flush(p);
    bool has_state =
        with_state && p->settings.state_file && p->checkpoint.keeper &&
        cw_events_save_state(p, cw_checkpoint_state_path(&p->checkpoint, path)) == CAMWATCH_OK;
    memcpy(numbers.boot_id, p->boot_id, sizeof(numbers.boot_id));
    memcpy(numbers.sequence, p->context.sequence, sizeof(numbers.sequence));
    if (cw_checkpoint_commit(&p->checkpoint, &numbers, has_state, is_finished)) {
        p->is_uncommitted = false;
        p->is_state_due = p->is_state_due && !has_state;
    }
}

/* A state has to go with what was read: it is saved by a tick, not for every turn. */
bool
cw_events_awaits_state(const struct camwatch_publisher *p)
{
    return p->checkpoint.keeper && p->settings.state_file && p->is_state_due;
}

void
cw_events_commit_in_tick(struct camwatch_publisher *p)
{
    if (!cw_events_awaits_state(p)) {
        cw_events_commit(p, false, false);
        return;
    }
    unsigned wait = (unsigned)(cw_inventory_count(p->inventory).surveillance / DEVICES_A_TICK);
    if (++p->ticks_due > wait) {
        p->ticks_due = 0;
        cw_events_commit(p, true, false);
    }
}
