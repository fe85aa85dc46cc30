/* SPDX-License-Identifier: Apache-2.0 */
#include "event_side/outbox.h"

#include <assert.h>
#include <stdlib.h>

enum { ALIGN = 8, BOX_FIRST = 1 << 20 };

struct box {
    char *bytes;
    size_t used, taken, room;
};

struct cw_outbox {
    struct box in, out;
    struct camwatch_event *event; /* that was taken last */
};

struct cw_outbox *
cw_outbox_new(void)
{
    struct cw_outbox *o = calloc(1, sizeof(*o));
    if (!o) {
        return NULL;
    }
    o->event = cw_event_new();
    if (!o->event) {
        free(o);
        return NULL;
    }
    return o;
}

void
cw_outbox_free(struct cw_outbox *o)
{
    if (o) {
        cw_event_free(o->event);
        free(o->in.bytes);
        free(o->out.bytes);
        free(o);
    }
}

static bool
make_room(struct box *box, size_t size)
{
    size_t room = box->room ? box->room : BOX_FIRST;
    while (room - box->used < size) {
        room *= 2;
    }
    char *bytes = room == box->room ? box->bytes : realloc(box->bytes, room);
    if (!bytes) {
        return false;
    }
    box->bytes = bytes;
    box->room = room;
    return true;
}

static size_t
size_of(const struct camwatch_event *event)
{
    return (cw_event_packed_size(event) + ALIGN - 1) / ALIGN * ALIGN;
}

bool
cw_outbox_put(struct cw_outbox *o, const struct camwatch_event *event)
{
    size_t size = size_of(event);
    if (!make_room(&o->in, size)) {
        return false;
    }
    cw_event_pack(event, o->in.bytes + o->in.used);
    o->in.used += size;
    return true;
}

void
cw_outbox_turn(struct cw_outbox *o)
{
    assert(o->out.taken == o->out.used);
    struct box empty = o->out;
    o->out = o->in;
    empty.used = empty.taken = 0;
    o->in = empty;
}

const struct camwatch_event *
cw_outbox_take(struct cw_outbox *o)
{
    struct box *box = &o->out;
    if (box->taken == box->used) {
        return NULL;
    }
    cw_event_unpack(o->event, box->bytes + box->taken);
    box->taken += size_of(o->event);
    return o->event;
}
