/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of comma-separated values after RFC 4180: CRLF, quotes around what needs them.
 */
#ifndef HOST_CSV_LINE_H
#define HOST_CSV_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** Zeroed but for out before the first cell. */
struct cw_csv_line {
    FILE *out; /* borrowed */
    bool has_cell;
};

/** The next cell. A leading =, +, - or @ is a formula to spreadsheets: a quote mark in front makes it
 *  text again. */
void cw_csv_text(struct cw_csv_line *line, const char *text);
void cw_csv_number(struct cw_csv_line *line, uint64_t number);
/** "2021-02-26T23:37:40Z"; empty for a time that no calendar has. */
void cw_csv_time(struct cw_csv_line *line, int64_t ns);

void cw_csv_end(struct cw_csv_line *line);

#endif
