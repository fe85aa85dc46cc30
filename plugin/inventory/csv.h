/* SPDX-License-Identifier: Apache-2.0
 *
 * A strict reader of RFC 4180 text in memory: fields separated by commas, quoted where they hold a
 * comma, a quote or a line break, quotes doubled inside. CRLF and LF end a row; so does the end of
 * the text. A UTF-8 byte order mark in front is skipped. Errors say the line and what is wrong.
 */
#ifndef CW_INVENTORY_CSV_H
#define CW_INVENTORY_CSV_H

#include "base/bytes.h"

#define CW_CSV_FIELDS    16
#define CW_CSV_FIELD_MAX 256

struct cw_csv {
    struct cw_bytes text; /* borrowed */
    size_t at;
    unsigned line;     /* of the next byte, from 1 */
    unsigned row_line; /* where the latest row began */
    size_t n_fields;
    char fields[CW_CSV_FIELDS]
               [CW_CSV_FIELD_MAX]; /* of the latest row, blanks around taken off */
    const char *error;             /* static text, NULL while all is well */
};

void cw_csv_begin(struct cw_csv *csv, struct cw_bytes text);

/** The next row that is not empty. False at the end, or with csv->error set (at csv->line). */
bool cw_csv_next(struct cw_csv *csv);

#endif
