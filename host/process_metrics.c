/* SPDX-License-Identifier: Apache-2.0
 *
 * The process behind --metrics. It speaks with strangers, so it is the one with the least to lose: it has
 * a listening socket and a page of counters that it can only read; no packet, no event, no password of
 * Redis, no file, no capability. What breaks in it is started again and takes nothing along.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "channel.h"
#include "exit_status.h"
#include "process.h"
#include "sandbox.h"
#include "server/scrape.h"
#include "signals.h"

static size_t
tell(void *user, char *out, size_t room)
{
    return cw_metrics_page_get(user, out, room);
}

/* @return false: the supervisor is gone, or wants an end */
static bool
goes_on(const struct cw_process *process)
{
    int fd;
    enum cw_message message = cw_channel_receive(process->channel, &fd);
    if (fd >= 0) {
        (void)close(fd);
    }
    return message != CW_MESSAGE_CLOSED &&
           !(cw_signals_read(process->signals) & CW_SIGNAL_END);
}

_Noreturn void
cw_process_metrics(const struct cw_process *process)
{
    cw_log_open(&process->settings->log, "metrics");
    (void)prctl(PR_SET_NAME, "metrics"); /* as ps shows it */
    struct cw_scrape *scrape = cw_scrape_open(process->listener, tell, process->page);
    if (!scrape || !cw_metrics_page_protect(process->page)) {
        cw_process_fail("the counters cannot be served");
    }
    cw_process_confine(process, cw_sandbox_metrics);
    (void)cw_channel_send(process->channel, CW_MESSAGE_READY, -1);
    while (goes_on(process)) {
        struct pollfd fds[] = {{.fd = process->signals, .events = POLLIN},
                               {.fd = process->channel, .events = POLLIN},
                               {.fd = cw_scrape_fd(scrape), .events = POLLIN}};
        (void)poll(fds, sizeof(fds) / sizeof(fds[0]), cw_scrape_wait_ms(scrape));
        cw_scrape_run(scrape);
    }
    _exit(CW_EXIT_OK);
}
