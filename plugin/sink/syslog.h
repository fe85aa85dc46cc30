/* SPDX-License-Identifier: Apache-2.0
 *
 * Alerts to a syslog server, each once, in order. A short queue stands before the socket.
 */
#ifndef CW_SINK_SYSLOG_H
#define CW_SINK_SYSLOG_H

#include "camwatch/publisher.h"
#include "sink/sink.h"

/**
 * @param out written only on CAMWATCH_OK
 * @retval CAMWATCH_EINVAL the URL is none, or its host is not known; error says so
 * @retval CAMWATCH_ENOMEM
 *
 * A server that is away now is no error: it is tried again. Only alerts are given; other events are
 * not counted. A message broken off by a lost connection is sent again whole.
 */
int cw_syslog_open(const struct camwatch_syslog_settings *settings, struct cw_sink *out,
                   struct camwatch_error *error);

#endif
