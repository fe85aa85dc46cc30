/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN_AT_ONCE = 64, BUFFER_ONE = 256 << 10, BUFFER_MANY = 128 << 10, FEW = 8 };

struct reader {
    const char *path;
    uint32_t file;
    struct cw_capture *capture;  /* NULL: not open yet, or over */
    struct camwatch_frame frame; /* the next one; while not open only its time is good */
};

struct cw_timeline {
    struct reader *readers;
    struct reader **heap; /* the smallest first */
    size_t n_readers, n_heap, buffer;
    bool is_given; /* the top's frame was handed out */
    uint64_t taken;
    const struct cw_idle *idle;
    cw_fault_fn fault;
    void *user;
};

static bool
is_before(const struct reader *a, const struct reader *b)
{
    return a->frame.time_ns != b->frame.time_ns ? a->frame.time_ns < b->frame.time_ns
                                                : a->file < b->file;
}

static void
sink(struct cw_timeline *t, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < t->n_heap; child++) {
            least = is_before(t->heap[child], t->heap[least]) ? child : least;
        }
        if (least == at) {
            return;
        }
        struct reader *reader = t->heap[at];
        t->heap[at] = t->heap[least];
        t->heap[least] = reader;
        at = least;
    }
}

static void
drop_top(struct cw_timeline *t)
{
    t->heap[0] = t->heap[--t->n_heap];
    sink(t, 0);
}

static void
end_reader(struct cw_timeline *t, struct reader *reader)
{
    const char *fault = cw_capture_fault(reader->capture);
    if (fault[0] != '\0') {
        t->fault(t->user, fault);
    }
    t->taken += cw_capture_taken(reader->capture);
    cw_capture_close(reader->capture);
    reader->capture = NULL;
}

static bool
open_reader(struct cw_timeline *t, struct reader *reader)
{
    struct camwatch_error error = {""};
    reader->capture = cw_capture_open(reader->path, reader->file, t->buffer, t->idle, &error);
    if (!reader->capture) {
        t->fault(t->user, error.text);
    }
    return reader->capture != NULL;
}

/* @return false: the capture has no frame (more), or cannot be read */
static bool
advance(struct cw_timeline *t, struct reader *reader)
{
    if (!reader->capture && !open_reader(t, reader)) {
        return false;
    }
    if (cw_capture_next(reader->capture, &reader->frame)) {
        return true;
    }
    end_reader(t, reader);
    return false;
}

static void
put_aside(struct reader *reader)
{
    cw_capture_close(reader->capture);
    reader->capture = NULL;
}

struct cw_timeline *
cw_timeline_open(const struct cw_texts *paths, const struct cw_idle *idle, cw_fault_fn fault,
                 void *user)
{
    struct cw_timeline *t = calloc(1, sizeof(*t));
    if (!t) {
        abort();
    }
    t->readers = calloc(paths->n + 1, sizeof(*t->readers));
    t->heap = calloc(paths->n + 1, sizeof(struct reader *));
    if (!t->readers || !t->heap) {
        abort();
    }
    t->n_readers = paths->n;
    t->buffer = paths->n <= FEW ? BUFFER_ONE : BUFFER_MANY;
    t->idle = idle;
    t->fault = fault;
    t->user = user;
    for (size_t i = 0; i < paths->n; i++) {
        struct reader *reader = &t->readers[i];
        *reader = (struct reader){.path = paths->items[i], .file = (uint32_t)i + 1};
        if (!advance(t, reader)) {
            continue;
        }
        if (t->n_heap >= OPEN_AT_ONCE && strcmp(reader->path, "-") != 0) {
            put_aside(reader);
        }
        t->heap[t->n_heap++] = reader;
    }
    for (size_t i = t->n_heap; i-- > 0;) {
        sink(t, i);
    }
    return t;
}

/* The top moves on to its next frame. */
static void
step(struct cw_timeline *t)
{
    if (advance(t, t->heap[0])) {
        sink(t, 0);
    } else {
        drop_top(t);
    }
}

bool
cw_timeline_next(struct cw_timeline *t, struct camwatch_frame *out)
{
    if (t->is_given) {
        step(t);
        t->is_given = false;
    }
    while (t->n_heap > 0 &&
           !t->heap[0]->capture) { /* put aside: opened when its time has come */
        if (!advance(t, t->heap[0])) {
            drop_top(t);
        }
    }
    if (t->n_heap == 0) {
        return false;
    }
    *out = t->heap[0]->frame;
    t->is_given = true;
    return true;
}

int64_t
cw_timeline_peek(const struct cw_timeline *t)
{
    return t->n_heap > 0 ? t->heap[0]->frame.time_ns : 0;
}

bool
cw_timeline_is_over(const struct cw_timeline *t)
{
    return t->n_heap == 0;
}

uint64_t
cw_timeline_taken(const struct cw_timeline *t)
{
    uint64_t sum = t->taken;
    for (size_t i = 0; i < t->n_heap; i++) {
        sum += t->heap[i]->capture ? cw_capture_taken(t->heap[i]->capture) : 0;
    }
    return sum;
}

void
cw_timeline_close(struct cw_timeline *t)
{
    for (size_t i = 0; i < t->n_readers; i++) {
        if (t->readers[i].capture) {
            cw_capture_close(t->readers[i].capture);
        }
    }
    free(t->heap);
    free(t->readers);
    free(t);
}
