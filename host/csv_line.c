/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "csv_line.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

void
cw_csv_text(struct cw_csv_line *line, const char *text)
{
    bool is_formula = text[0] != '\0' && strchr("=+-@", text[0]);
    bool is_quoted = text[strcspn(text, ",\"\r\n")] != '\0' || text[0] == ' ';
    (void)fputs(line->has_cell ? "," : "", line->out);
    line->has_cell = true;
    (void)fputs(is_quoted ? "\"" : "", line->out);
    (void)fputs(is_formula ? "'" : "", line->out);
    for (; *text != '\0'; text++) {
        (void)fputs(*text == '"' ? "\"" : "", line->out);
        (void)fputc(*text, line->out);
    }
    (void)fputs(is_quoted ? "\"" : "", line->out);
}

void
cw_csv_number(struct cw_csv_line *line, uint64_t number)
{
    char text[CW_NUMBER_MAX];
    (void)snprintf(text, sizeof(text), "%" PRIu64, number);
    cw_csv_text(line, text);
}

void
cw_csv_time(struct cw_csv_line *line, int64_t ns)
{
    char text[CW_NUMBER_MAX];
    (void)cw_show_time(ns, text);
    if (strlen(text) == strlen("2021-02-26 23:37:40")) {
        text[strlen("2021-02-26")] = 'T';
        (void)snprintf(text + strlen("2021-02-26T23:37:40"), 8, "Z");
    }
    cw_csv_text(line, text);
}

void
cw_csv_end(struct cw_csv_line *line)
{
    (void)fputs("\r\n", line->out);
    line->has_cell = false;
}
