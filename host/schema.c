/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch schema: the description of events.
 */
#define _GNU_SOURCE
#include "camwatch/schema.h"

#include <stdio.h>

#include "command.h"
#include "exit_status.h"

struct settings {
    bool is_elastic, is_markdown;
};

static const struct cw_option options[] = {
    {"elastic", NULL, "an Elastic component template", cw_set_true,
     offsetof(struct settings, is_elastic)},
    {"markdown", NULL, "a table for people", cw_set_true,
     offsetof(struct settings, is_markdown)},
    CW_OPTION_END,
};

static int
run_schema(char *const *argv)
{
    struct settings settings = {.is_elastic = false};
    struct cw_texts operands = {.n = 0};
    struct camwatch_error error = {""};
    bool is_good = cw_options_read(options, argv, &settings, &operands, &error);
    if (is_good && (operands.n > 0 || (settings.is_elastic && settings.is_markdown))) {
        (void)snprintf(error.text, sizeof(error.text), "one form at a time, and no operands");
        is_good = false;
    }
    cw_texts_free(&operands);
    if (!is_good) {
        return cw_command_usage(&cw_command_schema, error.text);
    }
    int status = camwatch_schema_write(stdout, settings.is_elastic    ? CAMWATCH_SCHEMA_ELASTIC
                                               : settings.is_markdown ? CAMWATCH_SCHEMA_MARKDOWN
                                                                      : CAMWATCH_SCHEMA_JSON);
    return status == CAMWATCH_OK ? CW_EXIT_OK : CW_EXIT_SETUP;
}

const struct cw_command cw_command_schema = {
    .name = "schema",
    .operands = "",
    .summary = "the description of events: JSON Schema, or a template for Elastic, or a table",
    .options = options,
    .run = run_schema,
};
