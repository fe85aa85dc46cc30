/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/schema.h"

#include <assert.h>

#include "base/export.h"
#include "publish/vocabulary.h"

void
cw_schema_put_string(FILE *out, const char *text)
{
    (void)fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            (void)fputc('\\', out);
        }
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

static void
put_enum(FILE *out, struct cw_vocabulary vocabulary)
{
    const char *before = "";
    (void)fputs(", \"enum\": [", out);
    for (unsigned i = 0; i < vocabulary.n; i++) {
        const char *text = vocabulary.text(i);
        if (*text) {
            (void)fputs(before, out);
            cw_schema_put_string(out, text);
            before = ", ";
        }
    }
    (void)fputc(']', out);
}

static void
put_text_type(FILE *out, enum camwatch_field field)
{
    const char *pattern = cw_field_pattern(field);
    struct cw_vocabulary vocabulary = cw_vocabulary_of(field);
    (void)fputs("\"type\": \"string\", \"minLength\": 1", out);
    if (pattern) {
        (void)fputs(", \"pattern\": ", out);
        cw_schema_put_string(out, pattern);
    }
    if (vocabulary.n > 0) {
        put_enum(out, vocabulary);
    }
    if (camwatch_field_info(field)->type == CAMWATCH_TYPE_IP ||
        field == CAMWATCH_FIELD_DEVICE_IP) {
        (void)fputs(", \"anyOf\": [{\"format\": \"ipv4\"}, {\"format\": \"ipv6\"}]", out);
    }
}

static void
put_property(FILE *out, enum camwatch_field field)
{
    const struct camwatch_field_info *info = camwatch_field_info(field);
    (void)fputs("    ", out);
    cw_schema_put_string(out, info->name);
    (void)fputs(": {", out);
    if (info->type == CAMWATCH_TYPE_LONG) {
        (void)fputs("\"type\": \"integer\", \"minimum\": 0, \"maximum\": 9223372036854775807",
                    out);
    } else if (info->type == CAMWATCH_TYPE_LIST) {
        (void)fputs("\"type\": \"array\", \"minItems\": 1, \"items\": {", out);
        put_text_type(out, field);
        (void)fputc('}', out);
    } else {
        put_text_type(out, field);
    }
    (void)fputs(", \"description\": ", out);
    cw_schema_put_string(out, info->help);
    (void)fprintf(out, "}%s\n", field + 1 < CAMWATCH_N_FIELDS ? "," : "");
}

static void
put_kinds(FILE *out, enum camwatch_stream stream)
{
    const char *before = "";
    for (unsigned kind = 1; kind < CAMWATCH_N_EVENT_KINDS; kind++) {
        if (cw_event_kind_stream(kind) == stream) {
            (void)fputs(before, out);
            cw_schema_put_string(out, camwatch_event_kind_text(kind));
            before = ", ";
        }
    }
}

static void
put_required(FILE *out, enum camwatch_stream stream)
{
    const char *before = "";
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        if (cw_field_is_required(i, stream)) {
            (void)fputs(before, out);
            cw_schema_put_string(out, camwatch_field_info(i)->name);
            before = ", ";
        }
    }
}

/* What a stream does not carry must not be there. */
static void
put_forbidden(FILE *out, enum camwatch_stream stream)
{
    const char *before = "";
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const struct camwatch_field_info *info = camwatch_field_info(i);
        if (!(info->streams & 1u << stream)) {
            (void)fputs(before, out);
            cw_schema_put_string(out, info->name);
            (void)fputs(": false", out);
            before = ", ";
        }
    }
}

static void
put_stream(FILE *out, enum camwatch_stream stream)
{
    (void)fputs("    {\n      \"if\": {\"properties\": {\"event.action\": {\"enum\": [", out);
    put_kinds(out, stream);
    (void)fprintf(out, "]}}},\n      \"then\": {\n        \"properties\": {");
    (void)fprintf(out, "\"event.dataset\": {\"const\": \"camwatch.%s\"}, ",
                  camwatch_stream_text(stream));
    put_forbidden(out, stream);
    (void)fputs("},\n        \"required\": [", out);
    put_required(out, stream);
    (void)fprintf(out, "]\n      }\n    }%s\n", stream + 1 < CAMWATCH_N_STREAMS ? "," : "");
}

void
cw_schema_write(FILE *out)
{
    (void)fputs(
        "{\n"
        "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
        "  \"title\": \"camwatch event\",\n"
        "  \"description\": \"One line of camwatch NDJSON. Unknown fields are absent.\",\n"
        "  \"type\": \"object\",\n"
        "  \"additionalProperties\": false,\n"
        "  \"required\": [\"event.action\"],\n"
        "  \"properties\": {\n",
        out);
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        put_property(out, i);
    }
    (void)fputs("  },\n  \"allOf\": [\n", out);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        put_stream(out, i);
    }
    (void)fputs("  ]\n}\n", out);
}

CW_EXPORT int
camwatch_schema_write(FILE *out, enum camwatch_schema_kind kind)
{
    assert(out);
    switch (kind) {
    case CAMWATCH_SCHEMA_JSON:
        cw_schema_write(out);
        break;
    case CAMWATCH_SCHEMA_ELASTIC:
        cw_schema_write_elastic(out);
        break;
    case CAMWATCH_SCHEMA_MARKDOWN:
        cw_schema_write_markdown(out);
        break;
    default:
        return CAMWATCH_EINVAL;
    }
    return fflush(out) == 0 && !ferror(out) ? CAMWATCH_OK : CAMWATCH_EIO;
}
