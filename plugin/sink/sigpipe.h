/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing to a pipe or socket whose other end may be gone, without SIGPIPE: the host's handler is
 * not ours to set, so the signal is held back in this thread for the time of the write.
 */
#ifndef CW_SINK_SIGPIPE_H
#define CW_SINK_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

struct cw_sigpipe {
    sigset_t before;
    bool was_pending;
};

/** Hold SIGPIPE back in this thread. */
void cw_sigpipe_hold(struct cw_sigpipe *guard);

/** Take back what the writes since then have raised; the thread's mask is as before. errno
 *  stays. */
void cw_sigpipe_release(const struct cw_sigpipe *guard);

#endif
