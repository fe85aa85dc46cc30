/* SPDX-License-Identifier: Apache-2.0
 *
 * A socket to a syslog server that never blocks: datagrams to a UNIX socket or over UDP (RFC 5426),
 * or TCP with a length before each message (RFC 6587 3.4.1).
 */
#ifndef CW_SINK_SYSLOG_LINK_H
#define CW_SINK_SYSLOG_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "camwatch/status.h"

struct cw_syslog_link {
    int fd; /* -1: none */
    bool is_stream;
    int64_t retry_ns; /* CLOCK_MONOTONIC: not before */
    uint32_t backoff_ms;
    struct sockaddr_storage address;
    socklen_t address_len;
};

/** Names are looked up here, once. @retval CAMWATCH_EINVAL error says what is allowed */
int cw_syslog_link_open(struct cw_syslog_link *link, const char *url,
                        struct camwatch_error *error);

/**
 * Send some of a message; connects where it is not.
 *
 * @return bytes taken: for datagrams all; 0: not now; -1: the connection broke, and a message that
 *         was sent in part has to be sent from its beginning. errno says why for both
 */
ptrdiff_t cw_syslog_link_send(struct cw_syslog_link *link, const char *text, size_t len);

void cw_syslog_link_close(struct cw_syslog_link *link);

#endif
