/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "settings_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { MAX_OPTIONS = CW_SETTINGS_FILE_OPTIONS };

struct reader {
    struct cw_settings_file *file;
    const char *path;
    const struct cw_option *table;
    void *settings;
    struct camwatch_error *error;
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
};

static bool
fail(struct reader *r, size_t line, const char *what, const char *detail)
{
    (void)snprintf(r->error->text, sizeof(r->error->text), "%.200s:%zu: %.240s%.60s", r->path,
                   line + 1, what, detail);
    return false;
}

static bool
fail_here(struct reader *r, const char *what)
{
    return fail(r, r->event.start_mark.line, what, "");
}

/* To the next event. */
static bool
next(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event)) {
        memset(&r->event, 0, sizeof(r->event));
        return fail(r, r->parser.problem_mark.line,
                    "no YAML: ", r->parser.problem ? r->parser.problem : "cannot be read");
    }
    return true;
}

/* The current event's scalar, kept as long as the file. NULL: it is none. */
static char *
take_scalar(struct reader *r)
{
    if (r->event.type != YAML_SCALAR_EVENT || r->event.data.scalar.anchor) {
        return NULL;
    }
    const char *text = (const char *)r->event.data.scalar.value;
    if (strlen(text) != r->event.data.scalar.length) {
        return NULL;
    }
    char *copy = strdup(text);
    if (!copy) {
        abort();
    }
    cw_texts_add(&r->file->owned, copy);
    return copy;
}

static const struct cw_option *
find(struct reader *r, const char *name)
{
    for (const struct cw_option *o = r->table; o->name || o->help; o++) {
        if (o->name && strcmp(o->name, name) == 0) {
            return o;
        }
    }
    return NULL;
}

static bool
refuse_name(struct reader *r, const char *name)
{
    const char *names[MAX_OPTIONS + 1] = {NULL};
    size_t n = 0;
    for (const struct cw_option *o = r->table; (o->name || o->help) && n < MAX_OPTIONS; o++) {
        if (o->name) {
            names[n++] = o->name;
        }
    }
    char what[200];
    const char *meant = cw_nearest(name, names);
    (void)snprintf(what, sizeof(what), "unknown setting '%.60s'%s%s%s", name,
                   meant ? ": did you mean '" : " ('camwatch help live' lists them)",
                   meant ? meant : "", meant ? "'?" : "");
    return fail_here(r, what);
}

static bool
set(struct reader *r, const struct cw_option *option, char *value)
{
    struct camwatch_error why = {""};
    char *values[] = {value, NULL};
    char what[300];
    if (option->set((char *)r->settings + option->offset, values, &why)) {
        return true;
    }
    (void)snprintf(what, sizeof(what), "%.40s: %.200s", option->name, why.text);
    return fail_here(r, what);
}

static bool
set_switch(struct reader *r, const struct cw_option *option)
{
    const char *value = take_scalar(r);
    if (value && strcmp(value, "true") == 0) {
        return set(r, option, NULL);
    }
    return (value && strcmp(value, "false") == 0) ||
           fail(r, r->event.start_mark.line, option->name, ": true or false");
}

static bool
set_list(struct reader *r, const struct cw_option *option)
{
    if (option->set != cw_add_text) {
        return fail(r, r->event.start_mark.line, option->name, ": takes one value, not a list");
    }
    while (next(r) && r->event.type != YAML_SEQUENCE_END_EVENT) {
        char *value = take_scalar(r);
        if (!value) {
            return fail(r, r->event.start_mark.line, option->name, ": a list of plain texts");
        }
        if (!set(r, option, value)) {
            return false;
        }
    }
    return r->error->text[0] == '\0';
}

static bool
set_value(struct reader *r, const struct cw_option *option)
{
    if (!option->argument) {
        return set_switch(r, option);
    }
    if (r->event.type == YAML_SEQUENCE_START_EVENT && !r->event.data.sequence_start.anchor) {
        return set_list(r, option);
    }
    char *value = take_scalar(r);
    if (!value || value[0] == '\0') {
        return fail(r, r->event.start_mark.line, option->name,
                    ": a value is missing, or no plain text");
    }
    return set(r, option, value);
}

/* "name: value", the name being the current event. */
static bool
read_pair(struct reader *r)
{
    const char *name = take_scalar(r);
    if (!name) {
        return fail_here(r, "the name of a setting is no plain text");
    }
    const struct cw_option *option = find(r, name);
    if (!option) {
        return refuse_name(r, name);
    }
    size_t *line = &r->file->lines[option - r->table];
    if (*line > 0) {
        return fail(r, r->event.start_mark.line, name, ": given twice");
    }
    *line = r->event.start_mark.line + 1;
    return next(r) && set_value(r, option);
}

static bool
read_mapping(struct reader *r)
{
    while (next(r)) {
        if (r->event.type == YAML_MAPPING_END_EVENT) {
            return true;
        }
        if (!read_pair(r)) {
            return false;
        }
    }
    return false;
}

/* An empty file (comments only) is good: it sets nothing. */
static bool
read_stream(struct reader *r)
{
    if (!next(r) || !next(r)) {
        return false;
    }
    if (r->event.type == YAML_STREAM_END_EVENT) {
        return true;
    }
    if (!next(r)) {
        return false;
    }
    if (r->event.type != YAML_MAPPING_START_EVENT || r->event.data.mapping_start.anchor) {
        return fail_here(r, "settings are lines of 'name: value'");
    }
    if (!read_mapping(r) || !next(r) || !next(r)) {
        return false;
    }
    return r->event.type == YAML_STREAM_END_EVENT || fail_here(r, "a second document");
}

bool
cw_settings_file_read(struct cw_settings_file *file, const char *path,
                      const struct cw_option *table, void *settings,
                      struct camwatch_error *error)
{
    struct reader r = {
        .file = file, .path = path, .table = table, .settings = settings, .error = error};
    error->text[0] = '\0';
    memset(file->lines, 0, sizeof(file->lines));
    FILE *in = fopen(path, "re");
    if (!in || !yaml_parser_initialize(&r.parser)) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: %s", path, strerror(errno));
        if (in) {
            (void)fclose(in);
        }
        return false;
    }
    yaml_parser_set_input_file(&r.parser, in);
    bool is_good = read_stream(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    (void)fclose(in);
    return is_good;
}

/* Is it named: "--name" and no longer name that begins with it? */
static bool
names_option(const char *problem, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = problem; (at = strstr(at, "--")); at += 2) {
        bool is_whole = strspn(at + 2, "-abcdefghijklmnopqrstuvwxyz") == len;
        if (is_whole && strncmp(at + 2, name, len) == 0) {
            return true;
        }
    }
    return false;
}

bool
cw_settings_file_blame(const struct cw_settings_file *file, const char *path,
                       const struct cw_option *table, const char *problem,
                       struct camwatch_error *where)
{
    for (const struct cw_option *o = table; o->name || o->help; o++) {
        size_t line = file->lines[o - table];
        if (o->name && line > 0 && names_option(problem, o->name)) {
            (void)snprintf(where->text, sizeof(where->text), "%.200s:%zu: %.240s", path, line,
                           problem);
            return true;
        }
    }
    return false;
}

void
cw_settings_file_free(struct cw_settings_file *file)
{
    for (size_t i = 0; i < file->owned.n; i++) {
        char *text;
        memcpy(&text, &file->owned.items[i], sizeof(text));
        free(text);
    }
    cw_texts_free(&file->owned);
}
