/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/read.h"

#include <yaml.h>

struct level {
    struct cw_yaml *node;
    const char *key; /* read, its value is still to come */
    uint32_t key_line;
    bool is_repeated; /* the key stood there before: its value is dropped */
};

struct reader {
    yaml_parser_t parser;
    struct cw_rules_arena *arena;
    struct cw_rules_log *log;
    const char *file;
    struct cw_bytes bytes;
    struct level stack[CW_YAML_MAX_DEPTH];
    size_t depth;
    struct cw_yaml *first;
    struct cw_yaml *last;
    uint32_t n_nodes;
    bool failed;
};

static struct cw_rules_place
place(const struct reader *reader, size_t line)
{
    return (struct cw_rules_place){.file = reader->file, .line = (uint32_t)line + 1};
}

#define FAIL(reader, line, ...)                                                                \
    do {                                                                                       \
        cw_rules_error((reader)->log, place(reader, line), __VA_ARGS__);                       \
        (reader)->failed = true;                                                               \
    } while (0)

/* Lines (from 0) before a byte offset. */
static size_t
line_of(struct cw_bytes bytes, size_t offset)
{
    size_t line = 0;
    for (size_t i = 0; i < bytes.len && i < offset; i++) {
        line += bytes.ptr[i] == '\n';
    }
    return line;
}

static void
report_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "unreadable";
    if (parser->error == YAML_MEMORY_ERROR) {
        reader->arena->failed = true;
        reader->failed = true;
    } else if (parser->error == YAML_READER_ERROR) {
        FAIL(reader, line_of(reader->bytes, parser->problem_offset),
             "%s; allowed: UTF-8 text without control characters", problem);
    } else {
        FAIL(reader, parser->problem_mark.line, "YAML: %s%s%s", problem,
             parser->context ? ", " : "", parser->context ? parser->context : "");
    }
}

static void
append(struct cw_yaml *parent, struct cw_yaml *node)
{
    if (parent->last != NULL) {
        parent->last->next = node;
    } else {
        parent->first = node;
    }
    parent->last = node;
    parent->n++;
}

static void
append_document(struct reader *reader, struct cw_yaml *node)
{
    if (reader->last != NULL) {
        reader->last->next = node;
    } else {
        reader->first = node;
    }
    reader->last = node;
}

static void
attach(struct reader *reader, struct cw_yaml *node)
{
    if (reader->depth == 0) {
        append_document(reader, node);
        return;
    }
    struct level *level = &reader->stack[reader->depth - 1];
    if (level->node->kind == CW_YAML_MAP) {
        node->key = level->key;
        node->key_at = place(reader, level->key_line);
        level->key = NULL;
        if (level->is_repeated) {
            return;
        }
    }
    append(level->node, node);
}

static struct cw_yaml *
add_node(struct reader *reader, enum cw_yaml_kind kind, size_t line)
{
    struct cw_yaml *node = cw_rules_arena_alloc(reader->arena, sizeof(*node));
    if (node == NULL) {
        reader->failed = true;
        return NULL;
    }
    if (++reader->n_nodes > CW_YAML_MAX_NODES) {
        FAIL(reader, line, "more than %d values in one file", CW_YAML_MAX_NODES);
        return NULL;
    }
    node->kind = kind;
    node->text = "";
    node->at = place(reader, line);
    attach(reader, node);
    return node;
}

static bool
wants_key(const struct reader *reader)
{
    const struct level *level = reader->depth ? &reader->stack[reader->depth - 1] : NULL;
    return level != NULL && level->node->kind == CW_YAML_MAP && level->key == NULL;
}

static void
on_key(struct reader *reader, const char *text, size_t line)
{
    struct level *level = &reader->stack[reader->depth - 1];
    char quote[CW_RULES_QUOTE_MAX];
    level->key = text;
    level->key_line = (uint32_t)line;
    level->is_repeated = false;
    for (const struct cw_yaml *sibling = level->node->first; sibling; sibling = sibling->next) {
        if (strcmp(sibling->key, text) == 0) {
            cw_rules_error(reader->log, place(reader, line),
                           "key \"%s\" is given twice, first in line %u; allowed: once",
                           cw_rules_quote(text, quote), (unsigned)sibling->key_at.line);
            level->is_repeated = true;
            return;
        }
    }
    if (level->node->n == CW_YAML_MAX_KEYS) {
        FAIL(reader, line, "more than %d keys in one mapping", CW_YAML_MAX_KEYS);
    }
}

static void
on_scalar(struct reader *reader, const yaml_event_t *event)
{
    size_t line = event->start_mark.line, len = event->data.scalar.length;
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL) {
        FAIL(reader, line, "anchors and tags (& and !) are not allowed; write the value out");
        return;
    }
    if (len > CW_YAML_MAX_TEXT || memchr(event->data.scalar.value, '\0', len) != NULL) {
        FAIL(reader, line, "text is too long or holds a NUL; allowed: %d bytes",
             CW_YAML_MAX_TEXT);
        return;
    }
    const char *text = cw_rules_arena_text(reader->arena, event->data.scalar.value, len);
    if (wants_key(reader)) {
        on_key(reader, text, line);
        return;
    }
    struct cw_yaml *node = add_node(reader, CW_YAML_SCALAR, line);
    if (node != NULL) {
        node->text = text;
    }
}

static void
on_open(struct reader *reader, enum cw_yaml_kind kind, size_t line, bool is_decorated)
{
    if (is_decorated) {
        FAIL(reader, line, "anchors and tags (& and !) are not allowed; write the value out");
    } else if (wants_key(reader)) {
        FAIL(reader, line, "a key is a list or mapping; allowed: one word");
    } else if (reader->depth == CW_YAML_MAX_DEPTH) {
        FAIL(reader, line, "nested too deep; allowed: %d levels", CW_YAML_MAX_DEPTH);
    } else {
        struct cw_yaml *node = add_node(reader, kind, line);
        if (node != NULL) {
            reader->stack[reader->depth++] = (struct level){.node = node};
        }
    }
}

static void
on_event(struct reader *reader, const yaml_event_t *event)
{
    size_t line = event->start_mark.line;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        on_scalar(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        on_open(reader, CW_YAML_LIST, line,
                event->data.sequence_start.anchor || event->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        on_open(reader, CW_YAML_MAP, line,
                event->data.mapping_start.anchor || event->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        reader->depth--;
        break;
    case YAML_ALIAS_EVENT:
        FAIL(reader, line, "aliases (*name) are not allowed; write the value out");
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
}

static void
read_events(struct reader *reader)
{
    bool at_end = false;
    while (!at_end && !reader->failed) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event)) {
            report_syntax(reader);
            return;
        }
        on_event(reader, &event);
        at_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
}

struct cw_yaml *
cw_rules_read(struct cw_rules_arena *arena, struct cw_rules_log *log, const char *name,
              struct cw_bytes bytes)
{
    struct reader reader = {.arena = arena, .log = log, .file = name};
    reader.bytes = CW_STARTS(bytes, "\xef\xbb\xbf") ? cw_bytes_from(bytes, 3) : bytes;
    if (bytes.len > CW_YAML_MAX_FILE) {
        FAIL(&reader, 0, "file is larger than %d MiB", CW_YAML_MAX_FILE / 1024 / 1024);
        return NULL;
    }
    if (!yaml_parser_initialize(&reader.parser)) {
        arena->failed = true;
        return NULL;
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, reader.bytes.ptr, reader.bytes.len);
    read_events(&reader);
    yaml_parser_delete(&reader.parser);
    return reader.failed ? NULL : reader.first;
}
