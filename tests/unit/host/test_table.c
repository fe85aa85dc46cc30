/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>

#include "table.h"

static const struct cw_column columns[] = {
    {.title = "name", .least = 6},
    {.title = "empty"},
    {.title = "n", .is_right = true},
    {.title = "last"},
    {.title = NULL},
};

static void
add(struct cw_table *table, const char *name, const char *n, const char *last)
{
    cw_table_row(table);
    cw_table_cell(table, name, CW_STYLE_PLAIN);
    cw_table_cell(table, "", CW_STYLE_PLAIN);
    cw_table_cell(table, n, CW_STYLE_BAD);
    cw_table_cell(table, last, CW_STYLE_PLAIN);
}

static void
write_to(char *text, size_t size, unsigned width, bool has_colour)
{
    FILE *out = fmemopen(text, size, "w");
    struct cw_term term = {
        .out = out, .width = width, .is_utf8 = true, .has_colour = has_colour};
    struct cw_table *table = cw_table_new(columns);
    add(table, "\xe6\x91\x84\xe5\x83\x8f\xe5\xa4\xb4 one", "1", "x");
    add(table, "two", "1,234", "");
    cw_table_write(table, &term, 2);
    cw_table_free(table);
    (void)fclose(out);
}

static void
test_columns_are_aligned_as_shown(void **state)
{
    (void)state;
    char text[512] = "";
    write_to(text, sizeof(text), 80, false);
    assert_string_equal(text, "  name            n  last\n"
                              "  \xe6\x91\x84\xe5\x83\x8f\xe5\xa4\xb4 one      1  x\n"
                              "  two         1,234\n");
}

static void
test_wide_cells_are_cut_to_fit(void **state)
{
    (void)state;
    char text[512] = "";
    write_to(text, sizeof(text), 23, false);
    assert_string_equal(text, "  name          n  last\n"
                              "  \xe6\x91\x84\xe5\x83\x8f\xe5\xa4\xb4 \xe2\x80\xa6      1  x\n"
                              "  two       1,234\n");
}

static void
test_colours_take_no_room(void **state)
{
    (void)state;
    char text[512] = "";
    write_to(text, sizeof(text), 80, true);
    assert_non_null(strstr(text, "  two         \033[1;31m1,234\033[0m\n"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_aligned_as_shown),
        cmocka_unit_test(test_wide_cells_are_cut_to_fit),
        cmocka_unit_test(test_colours_take_no_room),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
