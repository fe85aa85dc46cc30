/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inventory/assets.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/text.h"
#include "inventory/csv.h"
#include "inventory/store.h"

#define MAX_FILE (64u * 1024 * 1024)

enum column {
    COL_MAC,
    COL_IP,
    COL_SERIAL,
    COL_NAME,
    COL_SITE,
    COL_OWNER,
    COL_SANCTIONED,
    COL_MAKER,
    N_COLUMNS
};

static const char *const column_names[N_COLUMNS] = {"mac",  "ip",    "serial",     "name",
                                                    "site", "owner", "sanctioned", "maker"};

/* A key of a row: sorted by bytes, looked up by bisection. */
struct asset_key {
    char text[96]; /* "mac:...", "ip:...", "sn:..." */
    uint32_t row;
};

struct cw_assets {
    struct cw_asset *rows;
    size_t n_rows, room;
    struct asset_key *keys;
    size_t n_keys;
};

struct reader {
    const char *path;
    struct cw_csv csv;
    int columns[CW_CSV_FIELDS]; /* enum column of each field */
    size_t n_columns;
    struct cw_assets *assets;
    struct camwatch_error *error;
};

void
cw_assets_free(struct cw_assets *assets)
{
    if (!assets) {
        return;
    }
    for (size_t i = 0; i < assets->n_rows; i++) {
        free(assets->rows[i].serial);
        free(assets->rows[i].name);
        free(assets->rows[i].site);
        free(assets->rows[i].owner);
        free(assets->rows[i].maker);
    }
    free(assets->rows);
    free(assets->keys);
    free(assets);
}

size_t
cw_assets_count(const struct cw_assets *assets)
{
    return assets->n_rows;
}

const struct cw_asset *
cw_assets_at(const struct cw_assets *assets, size_t i)
{
    return i < assets->n_rows ? &assets->rows[i] : NULL;
}

/* ---- reading ---- */

__attribute__((format(printf, 3, 4))) static int
fail(struct reader *r, unsigned line, const char *format, ...)
{
    va_list args;
    int n = snprintf(r->error->text, sizeof(r->error->text), "%s:%u: ", r->path, line);
    size_t len = n > 0 && (size_t)n < sizeof(r->error->text) ? (size_t)n : 0;
    va_start(args, format);
    (void)vsnprintf(r->error->text + len, sizeof(r->error->text) - len, format, args);
    va_end(args);
    return CAMWATCH_EINVAL;
}

static int
find_column(const char *name)
{
    for (int i = 0; i < N_COLUMNS; i++) {
        if (cw_text_equal_nocase(cw_bytes_text(name), cw_bytes_text(column_names[i]))) {
            return i;
        }
    }
    return -1;
}

static int
read_header(struct reader *r)
{
    bool seen[N_COLUMNS] = {false};
    if (!cw_csv_next(&r->csv)) {
        const char *what = r->csv.error ? r->csv.error : "no header row; it names the columns";
        return fail(r, r->csv.line, "%s", what);
    }
    for (size_t i = 0; i < r->csv.n_fields; i++) {
        int column = find_column(r->csv.fields[i]);
        if (column < 0) {
            return fail(
                r, r->csv.row_line,
                "unknown column \"%.40s\"; allowed are mac, ip, serial, name, site, owner, "
                "sanctioned, maker",
                r->csv.fields[i]);
        }
        if (seen[column]) {
            return fail(r, r->csv.row_line, "column \"%s\" stands twice", column_names[column]);
        }
        seen[column] = true;
        r->columns[i] = column;
    }
    r->n_columns = r->csv.n_fields;
    if (!seen[COL_MAC] && !seen[COL_IP] && !seen[COL_SERIAL]) {
        return fail(r, r->csv.row_line,
                    "no column mac, ip or serial; one is needed to find a device");
    }
    return CAMWATCH_OK;
}

static int
read_sanctioned(struct reader *r, struct cw_asset *row, const char *text)
{
    if (strcmp(text, "yes") == 0 || text[0] == '\0') {
        row->sanctioned = text[0] ? CW_SANCTIONED_YES : CW_SANCTIONED_NOT_SAID;
        return CAMWATCH_OK;
    }
    row->sanctioned = CW_SANCTIONED_NO;
    return strcmp(text, "no") == 0
               ? CAMWATCH_OK
               : fail(r, row->line, "sanctioned is \"%.40s\"; allowed are yes, no and nothing",
                      text);
}

static int
read_mac(struct reader *r, struct cw_asset *row, const char *text)
{
    if (text[0] == '\0') {
        return CAMWATCH_OK;
    }
    if (!cw_mac_parse(cw_bytes_text(text), &row->mac)) {
        return fail(r, row->line, "\"%.40s\" is no MAC; write it like 00-00-5E-00-53-01", text);
    }
    if (cw_mac_is_none(&row->mac) || cw_mac_is_group(&row->mac)) {
        return fail(r, row->line, "\"%.40s\" is no MAC of one device", text);
    }
    return CAMWATCH_OK;
}

static int
read_addr(struct reader *r, struct cw_asset *row, const char *text)
{
    if (text[0] == '\0') {
        return CAMWATCH_OK;
    }
    if (!cw_addr_parse(text, &row->addr) || cw_addr_is_none(&row->addr) ||
        cw_addr_is_group(&row->addr)) {
        return fail(r, row->line,
                    "\"%.40s\" is no address of one device; write it like 192.0.2.7 or "
                    "2001:db8::7",
                    text);
    }
    return CAMWATCH_OK;
}

static int
read_text(struct reader *r, struct cw_asset *row, char **out, const char *text)
{
    *out = strdup(text);
    return *out ? CAMWATCH_OK : fail(r, row->line, "out of memory");
}

static int
read_field(struct reader *r, struct cw_asset *row, enum column column, const char *text)
{
    switch (column) {
    case COL_MAC:
        return read_mac(r, row, text);
    case COL_IP:
        return read_addr(r, row, text);
    case COL_SERIAL:
        return read_text(r, row, &row->serial, text);
    case COL_NAME:
        return read_text(r, row, &row->name, text);
    case COL_SITE:
        return read_text(r, row, &row->site, text);
    case COL_OWNER:
        return read_text(r, row, &row->owner, text);
    case COL_MAKER:
        return read_text(r, row, &row->maker, text);
    case COL_SANCTIONED:
        return read_sanctioned(r, row, text);
    case N_COLUMNS:
        break;
    }
    return CAMWATCH_EINVAL;
}

static struct cw_asset *
append_row(struct cw_assets *assets)
{
    if (assets->n_rows == assets->room) {
        size_t room = assets->room ? 2 * assets->room : 64;
        struct cw_asset *rows = realloc(assets->rows, room * sizeof(*rows));
        if (!rows) {
            return NULL;
        }
        assets->rows = rows;
        assets->room = room;
    }
    struct cw_asset *row = &assets->rows[assets->n_rows++];
    *row = (struct cw_asset){0};
    return row;
}

/* Columns that the file does not have. */
static int
fill_texts(struct reader *r, struct cw_asset *row)
{
    char **texts[] = {&row->serial, &row->name, &row->site, &row->owner, &row->maker};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!*texts[i] && read_text(r, row, texts[i], "") != CAMWATCH_OK) {
            return CAMWATCH_EINVAL;
        }
    }
    return CAMWATCH_OK;
}

static int
read_row(struct reader *r)
{
    unsigned line = r->csv.row_line;
    if (r->csv.n_fields != r->n_columns) {
        return fail(r, line, "%zu fields, but the header names %zu columns", r->csv.n_fields,
                    r->n_columns);
    }
    struct cw_asset *row = append_row(r->assets);
    if (!row) {
        return fail(r, line, "out of memory");
    }
    row->line = line;
    for (size_t i = 0; i < r->n_columns; i++) {
        int status = read_field(r, row, (enum column)r->columns[i], r->csv.fields[i]);
        if (status != CAMWATCH_OK) {
            return status;
        }
    }
    if (fill_texts(r, row) != CAMWATCH_OK) {
        return CAMWATCH_EINVAL;
    }
    bool has_key = !cw_mac_is_none(&row->mac) || !cw_addr_is_none(&row->addr) || row->serial[0];
    return has_key ? CAMWATCH_OK
                   : fail(r, line, "neither mac nor ip nor serial; one is needed");
}

/* ---- keys ---- */

static int
by_text(const void *left, const void *right)
{
    const struct asset_key *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static void
format_mac(char out[96], const struct cw_mac *mac)
{
    char text[CW_MAC_TEXT_MAX];
    (void)snprintf(out, 96, "mac:%s", cw_mac_format(mac, text));
}

static void
format_addr(char out[96], const struct cw_addr *addr)
{
    char text[CW_ADDR_TEXT_MAX];
    (void)snprintf(out, 96, "ip:%s", cw_addr_format(addr, text));
}

static void
format_serial(char out[96], const char *serial)
{
    (void)snprintf(out, 96, "sn:%.90s", serial);
}

static size_t
keys_of(const struct cw_asset *row, uint32_t number, struct asset_key out[3])
{
    size_t n = 0;
    if (!cw_mac_is_none(&row->mac)) {
        format_mac(out[n++].text, &row->mac);
    }
    if (!cw_addr_is_none(&row->addr)) {
        format_addr(out[n++].text, &row->addr);
    }
    if (row->serial[0]) {
        format_serial(out[n++].text, row->serial);
    }
    for (size_t i = 0; i < n; i++) {
        out[i].row = number;
    }
    return n;
}

static int
check_twice(struct reader *r)
{
    const struct cw_assets *assets = r->assets;
    for (size_t i = 1; i < assets->n_keys; i++) {
        const struct asset_key *key = &assets->keys[i];
        if (strcmp(key->text, key[-1].text) == 0) {
            return fail(r, assets->rows[key->row].line, "%s stands already in line %u",
                        key->text, assets->rows[key[-1].row].line);
        }
    }
    return CAMWATCH_OK;
}

static int
make_keys(struct reader *r)
{
    struct cw_assets *assets = r->assets;
    assets->keys = calloc(3 * assets->n_rows + 1, sizeof(*assets->keys));
    if (!assets->keys) {
        return fail(r, 1, "out of memory");
    }
    for (size_t i = 0; i < assets->n_rows; i++) {
        assets->n_keys += keys_of(&assets->rows[i], (uint32_t)i, &assets->keys[assets->n_keys]);
    }
    qsort(assets->keys, assets->n_keys, sizeof(*assets->keys), by_text);
    return check_twice(r);
}

/* ---- the file ---- */

static int
read_failed(const char *path, const char *why, struct camwatch_error *error)
{
    (void)snprintf(error->text, sizeof(error->text), "%s: cannot be read: %s", path, why);
    return CAMWATCH_EIO;
}

static int
slurp_open(FILE *file, const char *path, uint8_t **out, size_t *len,
           struct camwatch_error *error)
{
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)) {
        return read_failed(path, "no regular file", error);
    }
    if (info.st_size > MAX_FILE) {
        return read_failed(path, "larger than 64 MiB", error);
    }
    uint8_t *text = malloc((size_t)info.st_size + 1);
    if (!text) {
        return read_failed(path, "out of memory", error);
    }
    *len = fread(text, 1, (size_t)info.st_size, file);
    if (ferror(file)) {
        free(text);
        return read_failed(path, strerror(errno), error);
    }
    *out = text;
    return CAMWATCH_OK;
}

static int
slurp(const char *path, uint8_t **out, size_t *len, struct camwatch_error *error)
{
    FILE *file = fopen(path, "rbe");
    if (!file) {
        return read_failed(path, strerror(errno), error);
    }
    int status = slurp_open(file, path, out, len, error);
    (void)fclose(file);
    return status;
}

static int
read_all(struct reader *r)
{
    int status = read_header(r);
    while (status == CAMWATCH_OK && cw_csv_next(&r->csv)) {
        status = read_row(r);
    }
    if (status == CAMWATCH_OK && r->csv.error) {
        status = fail(r, r->csv.line, "%s", r->csv.error);
    }
    return status == CAMWATCH_OK ? make_keys(r) : status;
}

int
cw_assets_load(const char *path, struct cw_assets **out, struct camwatch_error *error)
{
    uint8_t *text;
    size_t len;
    error->text[0] = '\0';
    int status = slurp(path, &text, &len, error);
    if (status != CAMWATCH_OK) {
        return status;
    }
    struct reader *r = calloc(1, sizeof(*r));
    struct cw_assets *assets = calloc(1, sizeof(*assets));
    status = CAMWATCH_ENOMEM;
    if (r && assets) {
        r->path = path;
        r->assets = assets;
        r->error = error;
        cw_csv_begin(&r->csv, cw_bytes(text, len));
        status = read_all(r);
    }
    free(r);
    free(text);
    if (status == CAMWATCH_OK) {
        *out = assets;
        return status;
    }
    cw_assets_free(assets);
    return status;
}

/* ---- asking ---- */

static const struct cw_asset *
find(const struct cw_assets *assets, const char *text)
{
    size_t low = 0, high = assets->n_keys;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(text, assets->keys[middle].text);
        if (order == 0) {
            return &assets->rows[assets->keys[middle].row];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const struct cw_asset *
cw_assets_of(const struct cw_assets *assets, const struct cw_inv_device *device)
{
    char text[96];
    const struct cw_asset *row = NULL;
    for (unsigned i = 0; !row && i < device->n_macs; i++) {
        format_mac(text, &device->macs[i]);
        row = find(assets, text);
    }
    if (!row && device->facts[CW_FACT_SERIAL].value) {
        format_serial(text, device->facts[CW_FACT_SERIAL].value);
        row = find(assets, text);
    }
    bool is_present = device->class != CW_CLASS_SIDE;
    for (unsigned i = 0; !row && is_present && i < device->n_addrs; i++) {
        format_addr(text, &device->addrs[i]);
        row = find(assets, text);
    }
    return row;
}

/* "Hikvision" is who "Hangzhou Hikvision Digital Technology" is to its operator. */
static bool
is_called(const char *name, const char *what)
{
    return name[0] && (strcasestr(name, what) || strcasestr(what, name));
}

enum camwatch_asset_status
cw_assets_status(const struct cw_asset *row, const struct cw_inv_device *device,
                 const char *brand, const char *maker)
{
    if (!device->is_surveillance || device->class == CW_CLASS_SIDE) {
        return CAMWATCH_ASSET_NONE;
    }
    if (!row) {
        return CAMWATCH_ASSET_NOT_LISTED;
    }
    if (row->sanctioned == CW_SANCTIONED_NO) {
        return CAMWATCH_ASSET_NOT_SANCTIONED;
    }
    bool is_known = brand[0] || maker[0];
    bool is_other = row->maker[0] && is_known && !is_called(brand, row->maker) &&
                    !is_called(maker, row->maker);
    return is_other ? CAMWATCH_ASSET_OTHER_MAKER : CAMWATCH_ASSET_LISTED;
}

struct audit {
    const struct cw_assets *assets;
    const struct cw_inventory *inventory;
    bool *seen; /* a row each */
    cw_assets_audit_fn tell;
    void *user;
};

static void
audit_device(void *user, const struct camwatch_device *device)
{
    struct audit *audit = user;
    const struct cw_inv_device *kept = cw_inventory_find(audit->inventory, device->id);
    const struct cw_asset *row = cw_assets_of(audit->assets, kept);
    if (row && kept->class != CW_CLASS_SIDE) {
        audit->seen[row - audit->assets->rows] = true;
    }
    if (!row && device->is_surveillance && kept->class != CW_CLASS_SIDE) {
        audit->tell(audit->user, device, NULL);
    }
}

void
cw_assets_audit(const struct cw_assets *assets, const struct cw_inventory *inventory,
                cw_assets_audit_fn tell, void *user)
{
    struct audit audit = {.assets = assets, .inventory = inventory, .tell = tell, .user = user};
    audit.seen = calloc(assets->n_rows + 1, sizeof(*audit.seen));
    if (!audit.seen) {
        return;
    }
    cw_inventory_visit(inventory, audit_device, &audit);
    for (size_t i = 0; i < assets->n_rows; i++) {
        if (!audit.seen[i]) {
            tell(user, NULL, &assets->rows[i]);
        }
    }
    free(audit.seen);
}
