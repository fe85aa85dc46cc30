/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told to the operator while rules are loaded: "file:line: what is wrong, what is allowed".
 */
#ifndef CW_RULES_LOG_H
#define CW_RULES_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "camwatch/rules.h"

struct cw_rules_log {
    camwatch_rules_report_fn report; /* may be NULL: errors are counted all the same */
    void *user;
    uint32_t errors;
};

/** A line of a file: "rules/vendors/example.yaml", 12. The name is borrowed from the load's
 *  arena. */
struct cw_rules_place {
    const char *file;
    uint32_t line;
};

/** Report and count one error. */
__attribute__((format(printf, 3, 4))) void
cw_rules_error(struct cw_rules_log *log, struct cw_rules_place at, const char *format, ...);

#define CW_RULES_QUOTE_MAX 80

/** A piece of the file in a message: cut to length, control characters replaced. Returns out. */
const char *cw_rules_quote(const char *text, char out[CW_RULES_QUOTE_MAX]);

#define CW_RULES_HINT_MAX 112

/**
 * "; did you mean \"word\"?" for the candidate nearest to what was written, or "" where none is
 * near.
 *
 * @param candidates  n names; NULL ones are skipped
 */
const char *cw_rules_hint(const char *written, const char *const *candidates, size_t n,
                          char out[CW_RULES_HINT_MAX]);

#endif
