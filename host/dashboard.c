/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch dashboard: the page, served until SIGTERM or SIGINT.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "exit_status.h"
#include "redis_option.h"
#include "server/server.h"

struct settings {
    struct cw_dashboard_settings dashboard;
    struct cw_texts sensors, hosts;
};

#define AT(field) offsetof(struct settings, field)

static const struct cw_option options[] = {
    CW_OPTION_HEADING("Redis:"),
    {"redis", "URL",
     "redis://[user@]host[:port][/db], unix:///path.sock[?db=N] or rediss://; default redis://127.0.0.1",
     cw_set_text, AT(dashboard.redis_url)},
    CW_REDIS_LOGIN_OPTIONS(dashboard),
    {"sensor", "NAME", "show this sensor only; may be repeated; default: all that Redis has",
     cw_add_text, AT(sensors)},
    CW_OPTION_HEADING("Browsers:"),
    {"listen", "ADDRESS",
     "127.0.0.1:PORT, [::1]:PORT, localhost:PORT or unix:/path.sock; default 127.0.0.1:8470",
     cw_set_text, AT(dashboard.listen)},
    {"host", "NAME",
     "a further name that browsers call it, as a proxy passes it on; may be repeated",
     cw_add_text, AT(hosts)},
    {"max-connections", "N", "connections at a time; default 256", cw_set_number,
     AT(dashboard.max_connections)},
    {"max-browsers", "N", "browsers that follow events at a time; default 100", cw_set_number,
     AT(dashboard.max_browsers)},
    {"user", "NAME", "become this user when started as root", cw_set_text, AT(dashboard.user)},
    CW_OPTION_END,
};

static void
wait_for_end(const sigset_t *ends)
{
    int number;
    while (sigwait(ends, &number) != 0) {
    }
}

static int
serve(struct settings *settings)
{
    struct cw_dashboard *dashboard;
    struct camwatch_error error = {""};
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ends,
                          NULL); /* before there are threads: they inherit it */
    int status = cw_dashboard_open(&settings->dashboard, &dashboard, &error);
    if (status != CAMWATCH_OK) {
        (void)fprintf(stderr, "camwatch dashboard: %s\n", error.text);
        return status == CAMWATCH_EINVAL ? CW_EXIT_USAGE : CW_EXIT_SETUP;
    }
    if (geteuid() == 0) {
        (void)fputs(
            "camwatch dashboard: runs as root, without its rights: --user NAME is better\n",
            stderr);
    }
    (void)fprintf(stderr, "camwatch dashboard: %s\n", cw_dashboard_address(dashboard));
    wait_for_end(&ends);
    cw_dashboard_close(&dashboard);
    return CW_EXIT_OK;
}

static int
run_dashboard(char *const *argv)
{
    struct settings settings = {.dashboard = {.redis_url = "redis://127.0.0.1"}};
    struct cw_texts operands = {.n = 0};
    struct camwatch_error error = {""};
    bool is_good = cw_options_read(options, argv, &settings, &operands, &error);
    if (is_good && operands.n > 0) {
        (void)snprintf(error.text, sizeof(error.text), "no operands, but '%.200s' is one",
                       operands.items[0]);
        is_good = false;
    }
    settings.dashboard.sensors = settings.sensors.items;
    settings.dashboard.n_sensors = settings.sensors.n;
    settings.dashboard.hosts = settings.hosts.items;
    settings.dashboard.n_hosts = settings.hosts.n;
    int status =
        is_good ? serve(&settings) : cw_command_usage(&cw_command_dashboard, error.text);
    cw_texts_free(&operands);
    cw_texts_free(&settings.sensors);
    cw_texts_free(&settings.hosts);
    return status;
}

const struct cw_command cw_command_dashboard = {
    .name = "dashboard",
    .operands = "",
    .summary = "serve a page that shows what the sensors write to Redis",
    .more = "It only reads: give it a Redis user that may do no more (docs/dashboard.md has "
            "the line).\n"
            "It listens on this machine only; for others put a proxy in front that signs "
            "people in.",
    .options = options,
    .run = run_dashboard,
};
