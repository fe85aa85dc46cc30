/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/sigpipe.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

static bool
is_pending(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void
cw_sigpipe_hold(struct cw_sigpipe *guard)
{
    sigset_t pipe_only;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    guard->was_pending = is_pending();
    (void)pthread_sigmask(SIG_BLOCK, &pipe_only, &guard->before);
}

void
cw_sigpipe_release(const struct cw_sigpipe *guard)
{
    int saved = errno;
    if (!guard->was_pending && is_pending()) {
        sigset_t pipe_only;
        const struct timespec now = {0};
        sigemptyset(&pipe_only);
        sigaddset(&pipe_only, SIGPIPE);
        (void)sigtimedwait(&pipe_only, NULL, &now);
    }
    (void)pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
    errno = saved;
}
