/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>

#include "command.h"
#include "exit_status.h"

/* Run by main(): it needs the table that it stands in. */
static const struct cw_command command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "this list, or all about one command",
};

const struct cw_command *const cw_commands[] = {
    &cw_command_live,      &cw_command_survey,
    &cw_command_status,    &cw_command_devices,
    &cw_command_alerts,    &cw_command_counters,
    &cw_command_replay,    &cw_command_check,
    &cw_command_explain,   &cw_command_schema,
    &cw_command_dashboard, &cw_command_geo,
    &command_help,         NULL,
};

int
cw_command_usage(const struct cw_command *command, const char *problem)
{
    (void)fprintf(stderr,
                  "camwatch %s: %s\nusage: camwatch %s%s%s\n'camwatch help %s' tells more\n",
                  command->name, problem, command->name,
                  command->operands[0] != '\0' ? " " : "", command->operands, command->name);
    return CW_EXIT_USAGE;
}
