/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of the program, as one table: help, manual pages and completion come from its rows.
 */
#ifndef HOST_COMMAND_H
#define HOST_COMMAND_H

#include "option.h"

struct cw_command {
    const char *name;
    const char *operands; /* "FILE|FOLDER|- ..." */
    const char *summary;
    const char *more;                /* paragraphs behind the options, or NULL */
    const struct cw_option *options; /* NULL: none */
    /** @param argv behind the command's name, NULL-ended. @return an exit status. NULL: help itself */
    int (*run)(char *const *argv);
    bool wants_large_pages; /* it looks up much in much memory, and soon */
};

extern const struct cw_command cw_command_check, cw_command_dashboard, cw_command_explain, cw_command_geo,
    cw_command_live, cw_command_status, cw_command_devices,
    cw_command_alerts, cw_command_counters, cw_command_survey, cw_command_replay, cw_command_schema;

extern const struct cw_command *const cw_commands[]; /* NULL-ended, as help lists them */

/** Complain on standard error with a line on how to get help; returns CW_EXIT_USAGE. */
int cw_command_usage(const struct cw_command *command, const char *problem);

#endif
