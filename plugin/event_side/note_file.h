/* SPDX-License-Identifier: Apache-2.0
 *
 * Where no sink keeps the checkpoint's note: a file beside the state does. It outlives a process
 * that is killed, and makes no promise about a machine that loses power; the rings on tmpfs do not
 * outlive that either.
 */
#ifndef CW_EVENT_SIDE_NOTE_FILE_H
#define CW_EVENT_SIDE_NOTE_FILE_H

#include "camwatch/sink.h"

struct cw_note_file {
    int fd; /* -1: not open */
};

/** @param state_file  the note is beside it, STATE.note. @return false with errno set */
bool cw_note_file_open(struct cw_note_file *file, const char *state_file);
void cw_note_file_close(struct cw_note_file *file);

/** recall, begin and commit of a keeper (camwatch/sink.h), with a struct cw_note_file as self. A
 *  note that cannot be written is left out: events do not wait for it. */
const struct camwatch_sink_ops *cw_note_file_ops(void);

#endif
