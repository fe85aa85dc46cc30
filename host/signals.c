/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "signals.h"

#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

int
cw_signals_open(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigaddset(&set, CW_END_SIGNAL);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static unsigned
bit_of(uint32_t signal)
{
    switch (signal) {
    case SIGHUP:
        return CW_SIGNAL_RELOAD;
    case SIGCHLD:
        return CW_SIGNAL_CHILD;
    case CW_END_SIGNAL:
        return CW_SIGNAL_END;
    default:
        return CW_SIGNAL_STOP;
    }
}

unsigned
cw_signals_read(int fd)
{
    struct signalfd_siginfo info;
    unsigned bits = 0;
    while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        bits |= bit_of(info.ssi_signo);
    }
    return bits;
}
