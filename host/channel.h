/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the supervisor and each of its processes: one byte a message, with a descriptor where one is due.
 */
#ifndef HOST_CHANNEL_H
#define HOST_CHANNEL_H

#include <stdbool.h>

enum cw_message {
    CW_MESSAGE_NONE = 0,      /* nothing waits */
    CW_MESSAGE_READY = 'R',   /* from a process: it works, confined */
    CW_MESSAGE_RULES = 'L',   /* to a process: use this image; with a descriptor */
    CW_MESSAGE_DATA = 'D',    /* to the publisher: read assets and geo files again */
    CW_MESSAGE_TAKEN = 'T',   /* from a process: the image is in use */
    CW_MESSAGE_REFUSED = 'X', /* from a process: the image is not good, the old one stays */
    CW_MESSAGE_CLOSED = 'C',  /* the other side is gone */
};

/** A pair of ends, not blocking. @return false with errno set */
bool cw_channel_open(int ends[2]);

/** @param fd  -1: none; stays the caller's. @return false: the other side is gone or does not read */
bool cw_channel_send(int end, enum cw_message message, int fd);

/** The next message; never blocks. @param fd  receives a descriptor, given, or -1 */
enum cw_message cw_channel_receive(int end, int *fd);

#endif
