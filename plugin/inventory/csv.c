/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/csv.h"

#include "base/text.h"

void
cw_csv_begin(struct cw_csv *csv, struct cw_bytes text)
{
    static const uint8_t bom[] = {0xef, 0xbb, 0xbf};
    *csv = (struct cw_csv){.text = text, .line = 1};
    csv->at = cw_bytes_starts(text, bom, sizeof(bom)) ? sizeof(bom) : 0;
}

static int
peek(const struct cw_csv *csv)
{
    return csv->at < csv->text.len ? csv->text.ptr[csv->at] : -1;
}

static int
take(struct cw_csv *csv)
{
    int c = peek(csv);
    csv->at += c >= 0;
    csv->line += c == '\n';
    return c;
}

static bool
fail(struct cw_csv *csv, const char *error)
{
    csv->error = error;
    return false;
}

static bool
append(struct cw_csv *csv, uint8_t *field, size_t *len, int c)
{
    if (c == '\0') {
        return fail(csv, "NUL byte; the file must be UTF-8 text");
    }
    if (*len == CW_CSV_FIELD_MAX - 1) {
        return fail(csv, "field is longer than 255 bytes");
    }
    field[(*len)++] = (uint8_t)c;
    return true;
}

static bool
read_quoted(struct cw_csv *csv, uint8_t *field, size_t *len)
{
    (void)take(csv);
    for (;;) {
        int c = take(csv);
        if (c < 0) {
            return fail(csv, "a quoted field is not closed");
        }
        if (c == '"' && peek(csv) != '"') {
            break;
        }
        if (c == '"') {
            (void)take(csv);
        }
        if (!append(csv, field, len, c)) {
            return false;
        }
    }
    int c = peek(csv);
    bool ends = c < 0 || c == ',' || c == '\n' || c == '\r';
    return ends ||
           fail(csv,
                "text after a closing quote; only a comma or the end of the line may follow");
}

static bool
read_plain(struct cw_csv *csv, uint8_t *field, size_t *len)
{
    for (int c = peek(csv); c >= 0 && c != ',' && c != '\n' && c != '\r'; c = peek(csv)) {
        if (c == '"') {
            return fail(
                csv, "a quote inside an unquoted field; quote the whole field and double it");
        }
        if (!append(csv, field, len, take(csv))) {
            return false;
        }
    }
    return true;
}

static bool
read_field(struct cw_csv *csv)
{
    uint8_t field[CW_CSV_FIELD_MAX];
    size_t len = 0;
    if (csv->n_fields == CW_CSV_FIELDS) {
        return fail(csv, "more than 16 fields in a row");
    }
    bool ok = peek(csv) == '"' ? read_quoted(csv, field, &len) : read_plain(csv, field, &len);
    if (!ok) {
        return false;
    }
    cw_text_copy(csv->fields[csv->n_fields++], CW_CSV_FIELD_MAX, cw_bytes(field, len));
    return true;
}

/* CRLF, LF or the end of the text. */
static bool
end_row(struct cw_csv *csv)
{
    int c = take(csv);
    if (c == '\r' && take(csv) != '\n') {
        return fail(csv, "a carriage return without a line feed");
    }
    return true;
}

static bool
read_row(struct cw_csv *csv)
{
    csv->n_fields = 0;
    csv->row_line = csv->line;
    while (read_field(csv)) {
        if (peek(csv) != ',') {
            return end_row(csv);
        }
        (void)take(csv);
    }
    return false;
}

bool
cw_csv_next(struct cw_csv *csv)
{
    while (!csv->error && peek(csv) >= 0) {
        if (!read_row(csv)) {
            return false;
        }
        if (csv->n_fields > 1 || csv->fields[0][0]) {
            return true;
        }
    }
    return false;
}
