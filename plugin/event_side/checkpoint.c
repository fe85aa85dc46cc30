/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "event_side/checkpoint.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "event/ring.h"

#define MAGIC        UINT64_C(0x316574006f6e7763) /* "cwno\0te1" */
#define HELD_PERCENT 25

/* The note, as it lies in the sink's keeping: for the same machine and program. */
struct note {
    uint64_t magic;
    struct cw_checkpoint_numbers numbers;
    uint32_t state, is_finished, n_rings;

    struct {
        uint64_t id, position;
    } rings[CAMWATCH_MAX_SHARDS];
};

_Static_assert(sizeof(struct note) <= CAMWATCH_SINK_NOTE_MAX, "a sink keeps no longer one");

static const char *const SUFFIXES[] = {"", ".policies"};

static void
name_state(const struct cw_checkpoint *c, unsigned state, const char *suffix,
           char out[CW_CHECKPOINT_PATH_MAX])
{
    (void)snprintf(out, CW_CHECKPOINT_PATH_MAX, "%s.next%u%s", c->state_file, state, suffix);
}

static unsigned
other_state(const struct cw_checkpoint *c)
{
    return c->state == 1 ? 2 : 1;
}

const char *
cw_checkpoint_state_path(const struct cw_checkpoint *c, char out[CW_CHECKPOINT_PATH_MAX])
{
    name_state(c, other_state(c), "", out);
    return out;
}

/* The committed state becomes the state file. @return true: there was one that had not become it */
static bool
put_in_place(const struct cw_checkpoint *c, unsigned state)
{
    char from[CW_CHECKPOINT_PATH_MAX], to[CW_CHECKPOINT_PATH_MAX];
    bool was_there = false;
    for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(SUFFIXES[0]); i++) {
        name_state(c, state, SUFFIXES[i], from);
        (void)snprintf(to, sizeof(to), "%s%s", c->state_file, SUFFIXES[i]);
        was_there = rename(from, to) == 0 || was_there;
    }
    return was_there;
}

static void
forget_state(const struct cw_checkpoint *c, unsigned state)
{
    char path[CW_CHECKPOINT_PATH_MAX];
    for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(SUFFIXES[0]); i++) {
        name_state(c, state, SUFFIXES[i], path);
        (void)unlink(path);
    }
}

void
cw_checkpoint_forget_states(const struct cw_checkpoint *c)
{
    forget_state(c, 1);
    forget_state(c, 2);
}

/* ---- going on ---- */

static bool
has_same_rings(const struct cw_checkpoint *c, const struct note *note)
{
    bool is_same = note->n_rings == c->n_rings;
    for (size_t i = 0; i < c->n_rings && is_same; i++) {
        is_same = cw_ring_id(c->rings[i]) == note->rings[i].id;
    }
    return is_same;
}

/* A ring that a monitor spoilt has no such position any more: it is read from where it was
 * released. */
static void
resume_rings(const struct cw_checkpoint *c, const struct note *note)
{
    for (size_t i = 0; i < c->n_rings; i++) {
        (void)cw_ring_resume(c->rings[i], note->rings[i].position);
    }
}

static bool
take_state(struct cw_checkpoint *c, unsigned state)
{
    c->state = state <= 2 ? state : 0;
    if (!c->state_file) {
        return false;
    }
    bool is_moved = c->state > 0 && put_in_place(c, c->state);
    forget_state(c, other_state(c));
    return is_moved;
}

bool
cw_checkpoint_begin(struct cw_checkpoint *c, const struct camwatch_sink_ops *keeper, void *self,
                    struct cw_checkpoint_numbers *numbers, bool *moved)
{
    struct note note = {0};
    c->keeper = keeper;
    c->self = self;
    size_t len = keeper->recall(self, &note, sizeof(note));
    bool is_note = len == sizeof(note) && note.magic == MAGIC &&
                   memchr(note.numbers.boot_id, '\0', sizeof(note.numbers.boot_id));
    bool goes_on = is_note && has_same_rings(c, &note);
    *moved = is_note && take_state(c, note.state);
    if (goes_on) {
        resume_rings(c, &note);
    }
    keeper->begin(self, goes_on);
    if (!goes_on || note.is_finished) {
        return false;
    }
    *numbers = note.numbers;
    return true;
}

/* ---- keeping ---- */

static void
release_rings(const struct cw_checkpoint *c)
{
    for (size_t i = 0; i < c->n_rings; i++) {
        cw_ring_release_to(c->rings[i], cw_ring_position(c->rings[i]));
    }
}

bool
cw_checkpoint_commit(struct cw_checkpoint *c, const struct cw_checkpoint_numbers *numbers,
                     bool has_state, bool is_finished)
{
    unsigned state = has_state ? other_state(c) : c->state;
    struct note note = {.magic = MAGIC,
                        .numbers = *numbers,
                        .state = state,
                        .is_finished = is_finished,
                        .n_rings = (uint32_t)c->n_rings};
    for (size_t i = 0; i < c->n_rings; i++) {
        note.rings[i].id = cw_ring_id(c->rings[i]);
        note.rings[i].position = cw_ring_position(c->rings[i]);
    }
    if (c->keeper && c->keeper->commit(c->self, &note, sizeof(note)) != CAMWATCH_OK) {
        return false;
    }
    c->state = state;
    if (has_state) {
        (void)put_in_place(c, state);
    }
    release_rings(c);
    return true;
}

bool
cw_checkpoint_is_pressing(const struct cw_checkpoint *c)
{
    for (size_t i = 0; i < c->n_rings; i++) {
        if (cw_ring_held(c->rings[i]) > c->rings[i]->capacity / 100 * HELD_PERCENT) {
            return true;
        }
    }
    return false;
}
