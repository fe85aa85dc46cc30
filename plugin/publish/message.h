/* SPDX-License-Identifier: Apache-2.0
 *
 * The line for a person in an event, written from its own fields.
 */
#ifndef CW_PUBLISH_MESSAGE_H
#define CW_PUBLISH_MESSAGE_H

#include "camwatch/event.h"

#define CW_MESSAGE_MAX 512

/** Write the line into the caller's buffer and return it. Cut at a whole character. */
const char *cw_message_write(const struct camwatch_event *event, char out[CW_MESSAGE_MAX]);

#endif
