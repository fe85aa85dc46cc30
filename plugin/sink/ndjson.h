/* SPDX-License-Identifier: Apache-2.0
 *
 * One event a line into a file, a pipe or standard output, in writes of some hundred kilobytes.
 */
#ifndef CW_SINK_NDJSON_H
#define CW_SINK_NDJSON_H

#include <stdbool.h>

#include "sink/sink.h"

/**
 * @param path    "-" is standard output, which is not closed; a file is created with mode 0640
 * @param append  keep what the file has (live); else it begins empty (replay)
 * @param out     written only on CAMWATCH_OK
 * @retval CAMWATCH_EIO cannot be opened; error says why
 * @retval CAMWATCH_ENOMEM
 *
 * A full disk keeps what is buffered and tries again at each flush; what finds no room in the
 * buffer meanwhile is lost and counted. A reader that went away (EPIPE) loses the rest. A flush
 * that did not write everything returns CAMWATCH_EAGAIN, or CAMWATCH_EIO when it never will.
 */
int cw_ndjson_open(const char *path, bool append, struct cw_sink *out,
                   struct camwatch_error *error);

#endif
