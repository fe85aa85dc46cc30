/* SPDX-License-Identifier: Apache-2.0
 *
 * When what was read from the rings is kept, and the rings have it back.
 */
#define _GNU_SOURCE
#include "event_side/side.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEVICES_A_TICK = 2000 /* the state of so many is worth saving at every tick */
};

int
cw_events_go_on(struct camwatch_publisher *p, const struct camwatch_sink_ops *keeper,
                void *self, struct camwatch_error *error)
{
    struct cw_checkpoint_numbers numbers;
    bool is_moved;
    bool has_numbers = cw_checkpoint_begin(&p->checkpoint, keeper, self, &numbers, &is_moved);
    if (has_numbers &&
        self != &p->note_file) { /* of the note file, events were not forgotten */
        memcpy(p->boot_id, numbers.boot_id, sizeof(p->boot_id));
        memcpy(p->context.sequence, numbers.sequence, sizeof(numbers.sequence));
    }
    if (!is_moved) {
        return CAMWATCH_OK;
    }
    cw_events_close_state(p);
    return cw_events_open_state(p, error);
}

/* The state that belongs to the note cannot be read: on with what the rings still tell. */
static void
forget_state_file(struct camwatch_publisher *p)
{
    struct camwatch_error error = {""};
    p->settings.state_file = p->checkpoint.state_file = NULL;
    cw_events_close_state(p);
    if (cw_events_open_state(p, &error) != CAMWATCH_OK) {
        abort(); /* no memory for an empty one */
    }
}

void
cw_events_begin(struct camwatch_publisher *p)
{
    struct camwatch_error error = {""};
    bool is_due = p->holds && p->settings.state_file && !p->checkpoint.keeper && !p->has_begun;
    p->has_begun = true;
    if (!is_due) {
        return;
    }
    if (!cw_note_file_open(&p->note_file, p->settings.state_file)) {
        (void)snprintf(error.text, sizeof(error.text),
                       "%.200s.note: %s: after a crash, something may be told twice",
                       p->settings.state_file, strerror(errno));
    } else if (cw_events_go_on(p, cw_note_file_ops(), &p->note_file, &error) != CAMWATCH_OK) {
        forget_state_file(p);
    }
    cw_events_log(p, error.text);
}

/* A folder that takes no state now is asked again later. */
static bool
save_next_state(struct camwatch_publisher *p)
{
    char path[CW_CHECKPOINT_PATH_MAX];
    bool is_saved =
        cw_events_save_state(p, cw_checkpoint_state_path(&p->checkpoint, path)) == CAMWATCH_OK;
    p->next_save_ns = p->now_ns + (is_saved ? 0 : CW_EVENTS_SAVE_AGAIN_NS);
    return is_saved;
}

/* State first, then events, then the note that makes both count: who is killed between the last two
 * is the only one who says something twice. */
void
cw_events_commit(struct camwatch_publisher *p, bool with_state, bool is_finished)
{
    struct cw_checkpoint_numbers numbers;
    if (!p->holds || (!p->is_uncommitted && !is_finished)) {
        return;
    }
    bool has_state =
        with_state && p->settings.state_file && p->checkpoint.keeper && save_next_state(p);
    (void)cw_events_flush(p);
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
    return p->checkpoint.keeper && p->settings.state_file && p->is_state_due &&
           p->now_ns >= p->next_save_ns;
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
