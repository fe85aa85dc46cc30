/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions to a running camwatch, over a UNIX socket in its run folder, which only its own user and root
 * may enter. One question a connection, a line: "status", "devices", "alerts" or "counters". The answer is
 * lines of cells between tabs, the titles first; control characters of texts are '?'. Nothing of it needs
 * Redis.
 */
#ifndef HOST_CONTROL_H
#define HOST_CONTROL_H

#include "live.h"
#include "recent.h"

#define CW_CONTROL_SOCKET "control"

struct cw_control {
    const struct cw_live_settings *settings;
    struct camwatch_publisher *publisher;
    const struct cw_recent *recent;
    int64_t started_ns;
    int fd; /* to poll; -1: not open */
};

/** Listen. @return false: error says why */
bool cw_control_open(struct cw_control *control, struct camwatch_error *error);
void cw_control_close(struct cw_control *control);

/** Answer who waits, one of them, within half a second; whoever is slower is cut off. */
void cw_control_serve(struct cw_control *control);

#endif
