/* SPDX-License-Identifier: Apache-2.0 */
#include "proof.h"

#include <stdio.h>
#include <string.h>

#include "wire/wire.h"

static bool
complain(const char *path, unsigned line, const char *what, const char *about)
{
    (void)fprintf(stderr, "%s:%u: %s: %s\n", path, line, what, about);
    return false;
}

static bool
parse(char *text, struct proof *out)
{
    static const char *const kinds[PROOF_N] = {"real", "published", "constructed"};
    char kind[16];
    if (sscanf(text, "%31[^\t]\t%15[^\t]\t%159[^\n]", out->signature, kind, out->where) != 3) {
        return false;
    }
    for (unsigned i = 0; i < PROOF_N; i++) {
        if (strcmp(kind, kinds[i]) == 0) {
            out->kind = (enum proof_kind)i;
            return true;
        }
    }
    return false;
}

static int
find_signature(const char *name)
{
    const struct cw_wire_signature *const *table = cw_wire_table();
    for (int i = 0; table[i]; i++) {
        if (strcmp(table[i]->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static bool
take_line(const char *path, unsigned number, char *line, struct proof *out)
{
    struct proof row = {0};
    if (line[0] == '#') {
        return true;
    }
    if (!parse(line, &row)) {
        return complain(path, number, "not SIGNATURE, real|published|constructed, WHERE", line);
    }
    int i = find_signature(row.signature);
    if (i < 0 || out[i].signature[0]) {
        return complain(path, number, i < 0 ? "no such signature" : "twice", row.signature);
    }
    out[i] = row;
    return true;
}

static bool
has_all(const char *path, const struct proof *out)
{
    for (unsigned i = 0; cw_wire_table()[i]; i++) {
        if (!out[i].signature[0]) {
            return complain(path, 0, "no row for", cw_wire_table()[i]->name);
        }
    }
    return true;
}

bool
proof_read(const char *path, struct proof *out)
{
    char line[320];
    unsigned number = 0;
    FILE *file = fopen(path, "r");
    if (!file) {
        return complain(path, 0, "cannot be read", "");
    }
    bool is_right = true;
    for (unsigned i = 0; cw_wire_table()[i]; i++) {
        out[i] = (struct proof){0};
    }
    while (is_right && fgets(line, sizeof(line), file)) {
        is_right = take_line(path, ++number, line, out);
    }
    (void)fclose(file);
    return is_right && has_all(path, out);
}
