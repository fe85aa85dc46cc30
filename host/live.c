/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch live: watch interfaces until told to stop.
 */
#define _GNU_SOURCE
#include "live.h"

#include <string.h>
#include <unistd.h>

#include "command.h"
#include "exit_status.h"
#include "settings_file.h"

static int run_live(char *const *argv);

const struct cw_command cw_command_live = {
    .name = "live",
    .operands = "INTERFACE...",
    .summary = "watch interfaces, for months",
    .more = "Every setting may stand in " CW_SETTINGS_FILE_DEFAULT
            " (or the file of --config), under the same name;\nthe command line has the last "
            "word. SIGTERM drains what is on its way and ends with 0; SIGHUP reads "
            "rules, lists,\npolicies, assets and geo files again: what has errors stays as it "
            "was. Geo files that are replaced\nare noticed without.",
    .options = cw_live_options,
    .run = run_live,
};

static int
start(struct cw_live_settings *settings)
{
    char host[64] = "sensor";
    if (!settings->sensor && gethostname(host, sizeof(host) - 1) == 0) {
        host[sizeof(host) - 1] = '\0';
        settings->sensor = host;
    }
    cw_log_open(&settings->log, "camwatch");
    return settings->is_alone ? cw_live_alone(settings) : cw_live_supervise(settings);
}

/* The settings file comes first, so that the command line has the last word; where it names interfaces,
 * they are the ones. */
static bool
read_settings(struct cw_live_settings *settings, struct cw_settings_file *file,
              char *const *argv, struct camwatch_error *error)
{
    struct cw_live_settings first;
    struct cw_texts operands = {.items = NULL};
    cw_live_settings_default(&first);
    bool is_good = cw_options_read(cw_live_options, argv, &first, &operands, error);
    const char *path = first.config;
    bool has_interfaces = first.interfaces.n + operands.n > 0;
    cw_live_settings_free(&first);
    cw_texts_free(&operands);
    if (!path && access(CW_SETTINGS_FILE_DEFAULT, F_OK) == 0) {
        path = CW_SETTINGS_FILE_DEFAULT;
    }
    if (!is_good ||
        (path && !cw_settings_file_read(file, path, cw_live_options, settings, error))) {
        return false;
    }
    if (has_interfaces) {
        cw_texts_free(&settings->interfaces);
    }
    return cw_options_read(cw_live_options, argv, settings, &settings->interfaces, error) &&
           cw_live_settings_check(settings, error);
}

static int
run_live(char *const *argv)
{
    struct cw_live_settings settings;
    struct cw_settings_file file = {.owned.n = 0};
    struct camwatch_error error = {""};
    cw_live_settings_default(&settings);
    bool is_good = read_settings(&settings, &file, argv, &error);
    int status = is_good ? start(&settings) : cw_command_usage(&cw_command_live, error.text);
    cw_live_settings_free(&settings);
    cw_settings_file_free(&file);
    return status;
}
