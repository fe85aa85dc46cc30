/* SPDX-License-Identifier: Apache-2.0
 *
 * What the processes of camwatch may still do once they are open. Seccomp filters are lists of what is
 * allowed; any other call ends the process at once, with SIGSYS.
 */
#ifndef HOST_SANDBOX_H
#define HOST_SANDBOX_H

#include <stdbool.h>

#include "camwatch/status.h"

/**
 * Give up the user root and every capability; no program that is run later gains any.
 *
 * @param user         become this user where we are root; NULL: stay who we are
 * @param keeps_raw    keep CAP_NET_RAW, to open packet sockets
 * @return false: error->text says why, and the process must not go on
 */
bool cw_sandbox_drop(const char *user, bool keeps_raw, struct camwatch_error *error);

/** The supervisor: what both others need, for they are forked from it and a filter is never taken back;
 *  besides, processes, packet sockets, and code of libraries that is not writable. No program, no other
 *  user, no memory that is both written and run. */
bool cw_sandbox_supervisor(struct camwatch_error *error);

/** A monitor: its open descriptors, memory, time. No file, no socket, no process. */
bool cw_sandbox_monitor(struct camwatch_error *error);

/** What serves counters: its open descriptors, connections to a socket that listens already. No file, no
 *  socket of its own. */
bool cw_sandbox_metrics(struct camwatch_error *error);

/** A publisher: files, and sockets of the families UNIX, IPv4 and IPv6. No process, no packet socket, no
 *  memory that is executable. */
bool cw_sandbox_publisher(struct camwatch_error *error);

#endif
