/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operator reads while camwatch runs: one line a message on standard error. Under systemd each
 * line begins with its priority, <3> to <7>, so that the journal files it right.
 */
#ifndef HOST_LOG_H
#define HOST_LOG_H

#include <stdbool.h>

/* As in syslog(3). */
enum cw_log_level {
    CW_LOG_ERROR = 3,
    CW_LOG_WARNING = 4,
    CW_LOG_NOTICE = 5,
    CW_LOG_INFO = 6,
    CW_LOG_DEBUG = 7
};

struct cw_log_settings {
    unsigned level; /* the least important that is written; default CW_LOG_INFO */
    bool is_json;   /* one object a line: time, level, process, message */
};

/** @param process  "supervisor"; copied nowhere: static storage. Once in each process. */
void cw_log_open(const struct cw_log_settings *settings, const char *process);

/** One write(2); control characters become '?'; cut at 1 KB. Safe without files and after a fork. */
void cw_log(unsigned level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
