/* SPDX-License-Identifier: Apache-2.0
 *
 * An alert as one message of syslog (RFC 5424).
 */
#ifndef CW_SINK_SYSLOG_LINE_H
#define CW_SINK_SYSLOG_LINE_H

#include <stddef.h>

#include "camwatch/event.h"

/* What every receiver should take (RFC 5425 4.3.1, RFC 5426 3.2). */
#define CW_SYSLOG_LINE_MAX 2048

/**
 * @param facility  0 to 23
 * @return bytes of the message, at most CW_SYSLOG_LINE_MAX, without a newline or a NUL. The message
 *         is cut at a whole character; structured data is complete
 *
 * Severity: critical, error, warning, notice for 4 to 1. HOSTNAME is the sensor's name, MSGID the
 * kind of event. The SD-ID has the number that RFC 5612 keeps for documentation, for this project
 * has none.
 */
size_t cw_syslog_line(const struct camwatch_event *event, unsigned facility,
                      char out[CW_SYSLOG_LINE_MAX]);

#endif
