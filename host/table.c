/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { GAP = 2 };

struct cell {
    char *text;
    enum cw_style style;
};

struct cw_table {
    const struct cw_column *columns;
    size_t n_columns;
    struct cell *cells; /* n_rows * n_columns */
    size_t n_rows, room, at;
};

struct cw_table *
cw_table_new(const struct cw_column *columns)
{
    struct cw_table *table = calloc(1, sizeof(*table));
    if (!table) {
        abort();
    }
    table->columns = columns;
    while (columns[table->n_columns].title) {
        table->n_columns++;
    }
    return table;
}

void
cw_table_free(struct cw_table *table)
{
    for (size_t i = 0; i < table->n_rows * table->n_columns; i++) {
        free(table->cells[i].text);
    }
    free(table->cells);
    free(table);
}

void
cw_table_row(struct cw_table *table)
{
    if (table->n_rows == table->room) {
        table->room = table->room * 2 + 8;
        table->cells =
            reallocarray(table->cells, table->room * table->n_columns, sizeof(struct cell));
        if (!table->cells) {
            abort();
        }
    }
    memset(table->cells + table->n_rows * table->n_columns, 0,
           table->n_columns * sizeof(struct cell));
    table->n_rows++;
    table->at = 0;
}

void
cw_table_cell(struct cw_table *table, const char *text, enum cw_style style)
{
    struct cell *cell = table->cells + (table->n_rows - 1) * table->n_columns + table->at++;
    cell->style = style;
    cell->text = strdup(text);
    if (!cell->text) {
        abort();
    }
}

size_t
cw_table_rows(const struct cw_table *table)
{
    return table->n_rows;
}

static const char *
text_of(const struct cell *cell)
{
    return cell->text ? cell->text : "";
}

/* Natural widths; 0 for a column without contents. */
static void
measure(const struct cw_table *table, size_t width[CW_TABLE_COLUMNS])
{
    for (size_t c = 0; c < table->n_columns; c++) {
        width[c] = 0;
        for (size_t r = 0; r < table->n_rows; r++) {
            size_t columns =
                cw_text_columns(text_of(&table->cells[r * table->n_columns + c]), SIZE_MAX);
            width[c] = columns > width[c] ? columns : width[c];
        }
        size_t title = cw_text_columns(table->columns[c].title, SIZE_MAX);
        if (width[c] > 0 && width[c] < title) {
            width[c] = title;
        }
    }
}

static size_t
total(const size_t *width, size_t n)
{
    size_t sum = 0;
    for (size_t c = 0; c < n; c++) {
        sum += width[c] > 0 ? width[c] + GAP : 0;
    }
    return sum > 0 ? sum - GAP : 0;
}

/* Take from the widest column that may be cut until all fit, or nothing more can be cut. */
static void
shrink(const struct cw_table *table, size_t width[CW_TABLE_COLUMNS], size_t limit)
{
    while (total(width, table->n_columns) > limit) {
        size_t widest = CW_TABLE_COLUMNS;
        for (size_t c = 0; c < table->n_columns; c++) {
            unsigned least = table->columns[c].least;
            bool may = least > 0 && width[c] > least;
            if (may && (widest == CW_TABLE_COLUMNS || width[c] > width[widest])) {
                widest = c;
            }
        }
        if (widest == CW_TABLE_COLUMNS) {
            return;
        }
        width[widest]--;
    }
}

static void
write_cell(const struct cw_term *term, const char *text, enum cw_style style, bool is_right,
           size_t width, bool is_last)
{
    size_t columns = cw_text_columns(text, SIZE_MAX);
    const char *dots = "";
    size_t len = strlen(text);
    if (columns > width) {
        dots = cw_term_sign(term, "…", "~");
        len = cw_text_fit(text, width - 1);
        columns = cw_text_columns(text, len) + 1;
    }
    size_t pad = width > columns ? width - columns : 0;
    if (is_right) {
        (void)fprintf(term->out, "%*s", (int)pad, "");
    }
    (void)fprintf(term->out, "%s%.*s%s%s", cw_style_on(term, style), (int)len, text, dots,
                  cw_style_off(term, style));
    if (!is_last) {
        (void)fprintf(term->out, "%*s", (int)(is_right ? GAP : pad + GAP), "");
    }
}

static void
write_row(const struct cw_table *table, const struct cw_term *term, unsigned indent,
          const size_t *width, const struct cell *cells)
{
    size_t last = 0;
    for (size_t c = 0; c < table->n_columns; c++) {
        if (width[c] > 0 && (!cells || text_of(&cells[c])[0] != '\0')) {
            last = c;
        }
    }
    (void)fprintf(term->out, "%*s", (int)indent, "");
    for (size_t c = 0; c <= last; c++) {
        if (width[c] > 0) {
            write_cell(term, cells ? text_of(&cells[c]) : table->columns[c].title,
                       cells ? cells[c].style : CW_STYLE_DIM, table->columns[c].is_right,
                       width[c], c == last);
        }
    }
    (void)fputc('\n', term->out);
}

void
cw_table_write(const struct cw_table *table, const struct cw_term *term, unsigned indent)
{
    size_t width[CW_TABLE_COLUMNS];
    measure(table, width);
    shrink(table, width, term->width - indent);
    write_row(table, term, indent, width, NULL);
    for (size_t r = 0; r < table->n_rows; r++) {
        write_row(table, term, indent, width, table->cells + r * table->n_columns);
    }
}
