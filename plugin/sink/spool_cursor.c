/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/spool_cursor.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

#define MAGIC UINT32_C(0x31436d63) /* "cmC1" in little-endian memory */

static const struct cw_hash_key KEY = {0x63616d7761746368, 0x637572736f72};

/* A slot on disk. */
struct slot {
    uint32_t magic;
    uint32_t len;
    uint64_t generation;
    uint64_t check; /* over generation and state */
    char state[CW_SPOOL_CURSOR_MAX];
};

static uint64_t
check_slot(const struct slot *slot)
{
    return cw_hash(KEY, slot->state, slot->len) ^
           (slot->generation * UINT64_C(0x9e3779b97f4a7c15));
}

static bool
read_slot(int fd, unsigned i, size_t len, struct slot *out)
{
    size_t size = offsetof(struct slot, state) + len;
    ssize_t n = pread(fd, out, size, (off_t)(i * sizeof(*out)));
    return n == (ssize_t)size && out->magic == MAGIC && out->len == len &&
           out->check == check_slot(out);
}

bool
cw_spool_cursor_open(struct cw_spool_cursor *cursor, int fd, void *state, size_t len)
{
    struct slot slot;
    bool is_found = false;
    assert(len <= CW_SPOOL_CURSOR_MAX);
    *cursor = (struct cw_spool_cursor){.fd = fd};
    for (unsigned i = 0; fd >= 0 && i < 2; i++) {
        if (read_slot(fd, i, len, &slot) && slot.generation >= cursor->generation) {
            cursor->generation = slot.generation;
            memcpy(state, slot.state, len);
            is_found = true;
        }
    }
    return is_found;
}

bool
cw_spool_cursor_save(struct cw_spool_cursor *cursor, const void *state, size_t len, bool sync)
{
    struct slot slot = {.magic = MAGIC, .len = (uint32_t)len};
    size_t size = offsetof(struct slot, state) + len;
    assert(len <= CW_SPOOL_CURSOR_MAX);
    if (cursor->fd < 0) {
        return true;
    }
    slot.generation = ++cursor->generation;
    memcpy(slot.state, state, len);
    slot.check = check_slot(&slot);
    off_t at = (off_t)(slot.generation % 2 * sizeof(slot));
    return pwrite(cursor->fd, &slot, size, at) == (ssize_t)size &&
           (!sync || fdatasync(cursor->fd) == 0);
}

void
cw_spool_cursor_close(struct cw_spool_cursor *cursor)
{
    if (cursor->fd >= 0) {
        (void)close(cursor->fd);
    }
    cursor->fd = -1;
}
