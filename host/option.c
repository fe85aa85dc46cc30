/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "option.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"

enum { HELP_COLUMN = 30, HELP_WIDTH = 98, MAX_NAMES = 128, MAX_WORD = 64 };

bool
cw_set_true(void *field, char *const *values, struct camwatch_error *error)
{
    (void)values;
    (void)error;
    *(bool *)field = true;
    return true;
}

bool
cw_set_false(void *field, char *const *values, struct camwatch_error *error)
{
    (void)values;
    (void)error;
    *(bool *)field = false;
    return true;
}

bool
cw_set_text(void *field, char *const *values, struct camwatch_error *error)
{
    (void)error;
    *(const char **)field = values[0];
    return true;
}

bool
cw_set_pair(void *field, char *const *values, struct camwatch_error *error)
{
    const char **pair = field;
    (void)error;
    pair[0] = values[0];
    pair[1] = values[1];
    return true;
}

bool
cw_add_text(void *field, char *const *values, struct camwatch_error *error)
{
    (void)error;
    cw_texts_add(field, values[0]);
    return true;
}

/* Digits only: no sign, no space, no "0x". */
static bool
read_digits(const char *text, uint64_t *out, const char **rest)
{
    char *end;
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    errno = 0;
    *out = strtoull(text, &end, 10);
    *rest = end;
    return errno == 0;
}

bool
cw_set_number(void *field, char *const *values, struct camwatch_error *error)
{
    uint64_t number;
    const char *rest;
    if (!read_digits(values[0], &number, &rest) || *rest != '\0' || number > UINT32_MAX) {
        (void)snprintf(error->text, sizeof(error->text),
                       "'%s' is no whole number from 0 to 4294967295", values[0]);
        return false;
    }
    *(uint32_t *)field = (uint32_t)number;
    return true;
}

bool
cw_set_bytes(void *field, char *const *values, struct camwatch_error *error)
{
    static const char units[] = "KMGT";
    uint64_t number;
    const char *rest = "";
    bool is_good = read_digits(values[0], &number, &rest);
    const char *unit = is_good && *rest != '\0' ? strchr(units, *rest) : NULL;
    unsigned shift = unit ? 10u * (unsigned)(unit - units + 1) : 0;
    if (!is_good || (*rest != '\0' && (!unit || rest[1] != '\0')) ||
        number > UINT64_MAX >> shift) {
        (void)snprintf(
            error->text, sizeof(error->text),
            "'%s' is no size: a whole number of bytes, or with K, M, G or T behind it",
            values[0]);
        return false;
    }
    *(uint64_t *)field = number << shift;
    return true;
}

void
cw_texts_add(struct cw_texts *texts, const char *text)
{
    const char **items = realloc(texts->items, (texts->n + 2) * sizeof(*items));
    if (!items) {
        abort();
    }
    items[texts->n] = text;
    items[texts->n + 1] = NULL;
    texts->items = items;
    texts->n++;
}

void
cw_texts_free(struct cw_texts *texts)
{
    free(texts->items);
    *texts = (struct cw_texts){.items = NULL};
}

/* Levenshtein distance of two short words; long ones are far from everything. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned row[MAX_WORD + 1];
    size_t n = strlen(b);
    if (n > MAX_WORD || strlen(a) > MAX_WORD) {
        return UINT32_MAX;
    }
    for (unsigned j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; a[i - 1] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            unsigned replace = diagonal + (a[i - 1] != b[j - 1]);
            unsigned shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replace < shorter ? replace : shorter;
        }
    }
    return row[n];
}

const char *
cw_nearest(const char *text, const char *const *names)
{
    const char *best = NULL;
    unsigned limit = (unsigned)strlen(text) / 3 + 1;
    for (; *names; names++) {
        bool is_start = strlen(text) > 1 && strncmp(text, *names, strlen(text)) == 0;
        unsigned far = is_start ? 0 : distance(text, *names);
        if (far <= limit) {
            limit = far;
            best = *names;
            if (far == 0) {
                break;
            }
            limit--;
        }
    }
    return best;
}

static const struct cw_option *
find(const struct cw_option *table, const char *name, size_t len)
{
    for (; table->name || table->help; table++) {
        if (table->name && strlen(table->name) == len && memcmp(table->name, name, len) == 0) {
            return table;
        }
    }
    return NULL;
}

static void
tell_unknown(const struct cw_option *table, const char *name, size_t len,
             struct camwatch_error *error)
{
    const char *names[MAX_NAMES + 1] = {NULL};
    char given[MAX_WORD + 1];
    size_t n = 0;
    (void)snprintf(given, sizeof(given), "%.*s", (int)(len < MAX_WORD ? len : MAX_WORD), name);
    for (; (table->name || table->help) && n < MAX_NAMES; table++) {
        if (table->name) {
            names[n++] = table->name;
        }
    }
    const char *meant = cw_nearest(given, names);
    (void)snprintf(error->text, sizeof(error->text), "unknown option --%s%s%s%s", given,
                   meant ? ": did you mean --" : "", meant ? meant : "", meant ? "?" : "");
}

static size_t
count_arguments(const struct cw_option *option)
{
    if (!option->argument) {
        return 0;
    }
    return strchr(option->argument, ' ') ? 2 : 1;
}

/* One option at argv[0]. @return the number of words taken, 0 on error */
static size_t
read_one(const struct cw_option *table, char *const *argv, void *settings,
         struct camwatch_error *error)
{
    const char *name = argv[0] + 2;
    size_t len = strcspn(name, "=");
    const struct cw_option *option = argv[0][1] == '-' ? find(table, name, len) : NULL;
    if (!option) {
        tell_unknown(table, argv[0][1] == '-' ? name : name - 1,
                     argv[0][1] == '-' ? len : strlen(name - 1), error);
        return 0;
    }
    size_t n = count_arguments(option);
    char *joined[] = {name[len] == '=' ? argv[0] + 2 + len + 1 : NULL, NULL};
    if (joined[0] && n != 1) {
        (void)snprintf(error->text, sizeof(error->text), "--%s takes %s", option->name,
                       n == 0 ? "no argument" : "two arguments, as words of their own");
        return 0;
    }
    char *const *values = joined[0] ? joined : argv + 1;
    for (size_t i = 0; i < n; i++) {
        if (!values[i]) {
            (void)snprintf(error->text, sizeof(error->text), "--%s needs %s", option->name,
                           option->argument);
            return 0;
        }
    }
    struct camwatch_error why = {""};
    if (!option->set((char *)settings + option->offset, values, &why)) {
        (void)snprintf(error->text, sizeof(error->text), "--%s: %.400s", option->name,
                       why.text);
        return 0;
    }
    return joined[0] ? 1 : n + 1;
}

bool
cw_options_read(const struct cw_option *table, char *const *argv, void *settings,
                struct cw_texts *operands, struct camwatch_error *error)
{
    bool is_open = true;
    while (*argv) {
        if (is_open && strcmp(*argv, "--") == 0) {
            is_open = false;
            argv++;
        } else if (is_open && argv[0][0] == '-' && argv[0][1] != '\0') {
            size_t n = read_one(table, argv, settings, error);
            if (n == 0) {
                return false;
            }
            argv += n;
        } else {
            cw_texts_add(operands, *argv++);
        }
    }
    return true;
}

/* As wide as the terminal, but no wider than can be read. */
static struct cw_term
help_term(FILE *out)
{
    struct cw_term term = cw_term_of(out, true);
    bool is_narrow = term.is_terminal && term.width < HELP_WIDTH;
    term.width = is_narrow ? term.width : HELP_WIDTH;
    return term;
}

void
cw_options_help(const struct cw_option *table, FILE *out)
{
    const struct cw_term term = help_term(out);
    for (const struct cw_option *row = table; row->name || row->help; row++) {
        if (!row->name) {
            (void)fprintf(out, "%s%s\n", row == table ? "" : "\n", row->help);
            continue;
        }
        int at = fprintf(out, "  --%s%s%s", row->name, row->argument ? " " : "",
                         row->argument ? row->argument : "");
        if (at > HELP_COLUMN - 2) {
            (void)fputc('\n', out);
            at = 0;
        }
        (void)fprintf(out, "%*s", HELP_COLUMN - at, "");
        cw_term_wrap_behind(&term, HELP_COLUMN, CW_STYLE_PLAIN, row->help);
    }
}

void
cw_help_more(const char *text, FILE *out)
{
    const struct cw_term term = help_term(out);
    while (*text != '\0') {
        char paragraph[1024];
        size_t len = strcspn(text, "\n");
        (void)snprintf(paragraph, sizeof(paragraph), "%.*s", (int)len, text);
        cw_term_wrap(&term, 0, CW_STYLE_PLAIN, paragraph);
        text += len + (text[len] == '\n');
    }
}
