/* SPDX-License-Identifier: Apache-2.0
 *
 * Aligned columns that fit a width: collected row by row, then written.
 */
#ifndef HOST_TABLE_H
#define HOST_TABLE_H

#include <stddef.h>

#include "term.h"

enum { CW_TABLE_COLUMNS = 12 };

struct cw_column {
    const char *title; /* NULL ends the columns */
    bool is_right;     /* numbers */
    unsigned least;    /* may be cut down to this many columns; 0: never cut */
};

struct cw_table;

/** @param columns borrowed. Given, free with cw_table_free. Aborts for lack of memory. */
struct cw_table *cw_table_new(const struct cw_column *columns);
void cw_table_free(struct cw_table *table);

/** One more row; its cells follow. */
void cw_table_row(struct cw_table *table);

/** The next cell of the row, copied. The text is shown already (cw_buffer_show). */
void cw_table_cell(struct cw_table *table, const char *text, enum cw_style style);

size_t cw_table_rows(const struct cw_table *table);

/** Write titles and rows behind an indent. Columns that are empty in every row are left out. */
void cw_table_write(const struct cw_table *table, const struct cw_term *term, unsigned indent);

#endif
