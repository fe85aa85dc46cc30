/* SPDX-License-Identifier: Apache-2.0
 *
 * One event a line into a file, a pipe or standard output, in writes of some hundred kilobytes.
 */
#ifndef CW_SINK_NDJSON_H
#define CW_SINK_NDJSON_H

#include "camwatch/publisher.h"
#include "sink/sink.h"

/**
 * @param settings  what goes where, and when a file is rotated (line_file.h)
 * @param out       written only on CAMWATCH_OK
 * @retval CAMWATCH_EIO cannot be opened; error says why
 * @retval CAMWATCH_ENOMEM
 *
 * A full disk keeps what is buffered and tries again at each flush; what finds no room in the
 * buffer meanwhile is lost and counted. With awaits_flush the buffer grows, to 64 MB, where nothing
 * is wrong. A reader that went away (EPIPE) loses the rest. A flush that did not write everything
 * returns CAMWATCH_EAGAIN, or CAMWATCH_EIO when it never will. A file that was renamed is opened
 * anew at the next write, at most one flush later.
 */
int cw_ndjson_open(const struct camwatch_file_settings *settings, struct cw_sink *out,
                   struct camwatch_error *error);

#endif
