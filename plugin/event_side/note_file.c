/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "event_side/note_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "camwatch/status.h"

bool
cw_note_file_open(struct cw_note_file *file, const char *state_file)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s.note", state_file);
    file->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return file->fd >= 0;
}

void
cw_note_file_close(struct cw_note_file *file)
{
    if (file->fd >= 0) {
        (void)close(file->fd);
        file->fd = -1;
    }
}

static size_t
recall(void *opaque, void *note, size_t size)
{
    const struct cw_note_file *file = opaque;
    ssize_t n = pread(file->fd, note, size, 0);
    return n > 0 ? (size_t)n : 0;
}

static void
begin(void *opaque, bool redo)
{
    (void)opaque;
    (void)redo;
}

/* One write within a page: a process that is killed has written all of it or nothing. */
static int
commit(void *opaque, const void *note, size_t len)
{
    const struct cw_note_file *file = opaque;
    if (pwrite(file->fd, note, len, 0) != (ssize_t)len) {
        (void)!ftruncate(file->fd, 0); /* none is better than half of one, or an old one */
    }
    return CAMWATCH_OK;
}

const struct camwatch_sink_ops *
cw_note_file_ops(void)
{
    static const struct camwatch_sink_ops ops = {.size = sizeof(ops),
                                                 .name = "note",
                                                 .recall = recall,
                                                 .begin = begin,
                                                 .commit = commit};
    return &ops;
}
