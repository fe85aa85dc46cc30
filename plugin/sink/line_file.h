/* SPDX-License-Identifier: Apache-2.0
 *
 * The file that lines go into: it is rotated by size and by age, opened again where somebody
 * renamed it (logrotate), and with its rotated ones it keeps under a bound on disk.
 */
#ifndef CW_SINK_LINE_FILE_H
#define CW_SINK_LINE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "camwatch/publisher.h"

struct cw_line_file {
    int fd;
    bool is_regular; /* a pipe, a terminal or standard output is only written to */
    bool is_mid_line;
    bool is_limited; /* something below is set */
    char *path;
    uint64_t rotate_bytes, disk_bytes; /* 0: no bound */
    int64_t rotate_ns;
    int64_t opened_ns;  /* time of the first event in it; 0: none yet */
    uint64_t n_removed; /* rotated files that gave way, not yet told */
};

/**
 * @param settings  path "-" is standard output, which is not closed; a file is created with mode
 *                  0640. One that ends in the middle of a line, by a crash, is given the end of it
 * @retval CAMWATCH_EIO cannot be opened; error says why
 * @retval CAMWATCH_ENOMEM
 */
int cw_line_file_open(struct cw_line_file *file, const struct camwatch_file_settings *settings,
                      struct camwatch_error *error);

/**
 * Before whole lines are written: another file where the path names none or another one; rotated
 * where it is due. It becomes PATH.20260302T090211Z, and -01 to -99 behind it where that is taken.
 *
 * @param next    bytes that will be written
 * @param now_ns  time of the latest event; the file's age is counted in it
 * @return false: errno says what went wrong; the file that is open stays in use. Two calls of
 *         stat() a time; a rotation reads the folder
 */
bool cw_line_file_settle(struct cw_line_file *file, size_t next, int64_t now_ns);

/** write(), without SIGPIPE. Knows afterwards whether a line is half written. */
ptrdiff_t cw_line_file_write(struct cw_line_file *file, const char *text, size_t len);

void cw_line_file_close(struct cw_line_file *file);

#endif
