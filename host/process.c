/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "process.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "exit_status.h"
#include "sandbox.h"
#include "signals.h"

_Noreturn void
cw_process_fail(const char *why)
{
    cw_log(CW_LOG_ERROR, "%s", why);
    _exit(CW_EXIT_SETUP);
}

void
cw_process_confine(const struct cw_process *process, bool (*sandbox)(struct camwatch_error *))
{
    struct camwatch_error error = {""};
    if (!cw_sandbox_drop(NULL, false, &error)) {
        cw_process_fail(error.text);
    }
    (void)prctl(PR_SET_PDEATHSIG, CW_END_SIGNAL);
    if (!process->settings->has_no_sandbox && !sandbox(&error)) {
        cw_process_fail(error.text);
    }
}
