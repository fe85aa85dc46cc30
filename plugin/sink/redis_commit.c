/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis_commit.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "commit"

_Static_assert(sizeof(struct cw_redis_commit_point) <= CW_SPOOL_CURSOR_MAX, "fits its slot");

/* What was sent stays ready, and a log that lost its end to a crash of the machine has no more. */
static void
make_ready(struct cw_redis_stream *stream, uint64_t at, uint64_t number)
{
    const struct cw_redis_progress *p = &stream->progress;
    if (number >= cw_spool_next_number(stream->spool)) {
        return;
    }
    stream->ready = at > p->end ? at : p->end;
    stream->ready_number = number > p->end_number ? number : p->end_number;
}

bool
cw_redis_commit_open(struct cw_redis_commit *commit, int folder,
                     struct cw_redis_stream *streams)
{
    struct cw_redis_commit_point *point = &commit->point;
    *point = (struct cw_redis_commit_point){0};
    int fd = folder < 0 ? -1 : openat(folder, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (folder >= 0 && fd < 0) {
        return false;
    }
    (void)cw_spool_cursor_open(&commit->cursor, fd, point, sizeof(*point));
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && point->is_there; i++) {
        make_ready(&streams[i], point->ends[i].at, point->ends[i].number);
    }
    return true;
}

void
cw_redis_commit_close(struct cw_redis_commit *commit)
{
    cw_spool_cursor_close(&commit->cursor);
}

void
cw_redis_commit_forget(int folder)
{
    if (folder >= 0) {
        (void)unlinkat(folder, FILE_NAME, 0);
    }
}

uint64_t
cw_redis_commit_undo(struct cw_redis_stream *streams)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_redis_stream *stream = &streams[i];
        n += cw_spool_next_number(stream->spool) - stream->ready_number;
        cw_spool_cut(stream->spool, stream->ready, stream->ready_number);
    }
    return n;
}

void
cw_redis_commit_keep(struct cw_redis_stream *streams)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        streams[i].ready = cw_spool_end(streams[i].spool);
        streams[i].ready_number = cw_spool_next_number(streams[i].spool);
    }
}

bool
cw_redis_commit_save(struct cw_redis_commit *commit, const struct cw_spool_sync *syncs,
                     const void *note, size_t len, bool sync)
{
    struct cw_redis_commit_point *point = &commit->point;
    assert(len <= sizeof(point->note));
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        point->ends[i].at = syncs[i].end;
        point->ends[i].number = syncs[i].number;
    }
    point->is_there = 1;
    point->len = (uint32_t)len;
    memcpy(point->note, note, len);
    return cw_spool_cursor_save(&commit->cursor, point, sizeof(*point), sync);
}
