/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line as it may be shown: without passwords.
 */
#ifndef HOST_REDACT_H
#define HOST_REDACT_H

#include "text.h"

/** Append a URL without its password and without what follows ? or #; any other text as it is. */
void cw_redact_url(const char *text, struct cw_buffer *out);

/** Append a command as one line for a shell, every argument redacted. @param argv NULL-ended */
void cw_redact_command(const char *command, char *const *argv, struct cw_buffer *out);

#endif
