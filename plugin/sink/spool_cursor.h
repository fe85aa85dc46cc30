/* SPDX-License-Identifier: Apache-2.0
 *
 * A small state that survives a crash in the middle of being written: a file of two slots, written
 * in turn, each with a generation and a checksum. The younger good one counts.
 */
#ifndef CW_SINK_SPOOL_CURSOR_H
#define CW_SINK_SPOOL_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CW_SPOOL_CURSOR_MAX (24u * 1024) /* bytes of state */

struct cw_spool_cursor {
    int fd; /* owned; -1: nothing is kept */
    uint64_t generation;
};

/** Use fd (taken; -1: memory only) and read the state there. False when there is none of exactly
 *  len bytes: state is then left alone. */
bool cw_spool_cursor_open(struct cw_spool_cursor *cursor, int fd, void *state, size_t len);

/** Write the state; with sync it is on the disk afterwards. False when it could not be written. */
bool cw_spool_cursor_save(struct cw_spool_cursor *cursor, const void *state, size_t len,
                          bool sync);

void cw_spool_cursor_close(struct cw_spool_cursor *cursor);

#endif
