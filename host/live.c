/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch live: watch interfaces until told to stop.
 */
#define _GNU_SOURCE
#include "live.h"

#include <stdio.h>
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
            " (or the file of --config), under the same name; the command line has the last "
            "word. SIGTERM drains what is on its way and ends with 0; SIGHUP reads "
            "rules, lists, policies, assets and geo files again: what has errors stays as it "
            "was. Geo files that are replaced are noticed without.",
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
    char own_state[512];
    if (!settings->state && !settings->is_alone) {
        (void)snprintf(own_state, sizeof(own_state), "%.400s/state", settings->run_dir);
        settings->state = own_state;
        settings->has_own_state = true;
    }
    cw_log_open(&settings->log, "camwatch");
    return settings->is_alone ? cw_live_alone(settings) : cw_live_supervise(settings);
}

/* Complain about the settings file: the command line may be as it should be, so without its usage. */
static int
refuse_file(const char *text)
{
    (void)fprintf(stderr, "camwatch live: %s\n", text);
    return CW_EXIT_SETUP;
}

/* What the command line says on its own. */
struct words {
    const char *path; /* of the settings file; NULL: none */
    bool has_interfaces;
    struct camwatch_error error; /* what is wrong with it */
};

static bool
look_ahead(char *const *argv, struct words *out)
{
    struct cw_live_settings alone;
    cw_live_settings_default(&alone);
    bool is_good =
        cw_options_read(cw_live_options, argv, &alone, &alone.interfaces, &out->error);
    out->path = alone.config;
    out->has_interfaces = alone.interfaces.n > 0;
    if (is_good) {
        (void)cw_live_settings_check(&alone, &out->error);
    }
    cw_live_settings_free(&alone);
    if (!out->path && access(CW_SETTINGS_FILE_DEFAULT, F_OK) == 0) {
        out->path = CW_SETTINGS_FILE_DEFAULT;
    }
    return is_good;
}

/* The settings file comes first, so that the command line has the last word; where it names interfaces,
 * they are the ones. What is wrong with both together is told by the file's line, unless it is wrong
 * without the file. */
static int
read_settings(struct cw_live_settings *settings, struct cw_settings_file *file,
              char *const *argv)
{
    struct words words = {.path = NULL};
    struct camwatch_error error = {""}, where = {""};
    if (!look_ahead(argv, &words)) {
        return cw_command_usage(&cw_command_live, words.error.text);
    }
    if (words.path &&
        !cw_settings_file_read(file, words.path, cw_live_options, settings, &error)) {
        return refuse_file(error.text);
    }
    if (words.has_interfaces) {
        cw_texts_free(&settings->interfaces);
    }
    if (cw_options_read(cw_live_options, argv, settings, &settings->interfaces, &error) &&
        cw_live_settings_check(settings, &error)) {
        return CW_EXIT_OK;
    }
    bool is_files =
        words.path && strcmp(words.error.text, error.text) != 0 &&
        cw_settings_file_blame(file, words.path, cw_live_options, error.text, &where);
    return is_files ? refuse_file(where.text) : cw_command_usage(&cw_command_live, error.text);
}

static int
run_live(char *const *argv)
{
    struct cw_live_settings settings;
    struct cw_settings_file file = {.owned.n = 0};
    cw_live_settings_default(&settings);
    int status = read_settings(&settings, &file, argv);
    if (status == CW_EXIT_OK) {
        status = start(&settings);
    }
    cw_live_settings_free(&settings);
    cw_settings_file_free(&file);
    return status;
}
