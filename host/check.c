/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch check: is everything in place? A line a finding.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "camwatch/monitor.h"
#include "camwatch/publisher.h"
#include "command.h"
#include "exit_status.h"
#include "live.h"
#include "place.h"
#include "settings_file.h"
#include "term.h"
#include "text.h"

enum { MAX_GEO = 16, OLD_DAYS = 400 };

struct check {
    const char *config, *rules_folder, *redis_url, *password_file;
    const char *tls_ca, *tls_cert, *tls_key, *tls_name;
    struct cw_live_settings live; /* of the settings file */
    struct cw_settings_file file;
    struct cw_texts geo, home;
    bool is_insecure, has_no_colour;
    struct camwatch_rules *rules;
    struct cw_term term;
    unsigned n_errors, n_warnings;
};

enum sign { GOOD, WARNING, ERROR };

static void
tell(struct check *check, enum sign sign, const char *text)
{
    static const struct {
        const char *word;
        enum cw_style style;
    } signs[] = {[GOOD] = {"ok   ", CW_STYLE_GOOD},
                 [WARNING] = {"warn ", CW_STYLE_WARN},
                 [ERROR] = {"error", CW_STYLE_BAD}};
    struct cw_buffer shown = {.text = NULL};
    cw_buffer_show(&shown, text, check->term.is_utf8);
    const struct cw_term lines = cw_term_for_lines(&check->term);
    (void)printf("%s%s%s  ", cw_style_on(&lines, signs[sign].style), signs[sign].word,
                 cw_style_off(&lines, signs[sign].style));
    cw_term_wrap_behind(&lines, 7, CW_STYLE_PLAIN, cw_buffer_text(&shown));
    cw_buffer_free(&shown);
    check->n_errors += sign == ERROR;
    check->n_warnings += sign == WARNING;
}

static void
on_report(void *user, bool is_error, const char *text)
{
    tell(user, is_error ? ERROR : WARNING, text);
}

/* What is no error here is a note: version, memory, rights. */
static void
on_redis_report(void *user, bool is_error, const char *text)
{
    struct cw_buffer line = {.text = NULL};
    cw_buffer_print(&line, "redis: %s", text);
    tell(user, is_error ? ERROR : GOOD, cw_buffer_text(&line));
    cw_buffer_free(&line);
}

static void
on_log(void *user, int level, const char *text)
{
    (void)level;
    tell(user, WARNING, text);
}

static void
check_rules(struct check *check)
{
    char place[PATH_MAX], line[256 + PATH_MAX];
    const char *folder = check->rules_folder ? check->rules_folder : cw_place_rules(place);
    int status = camwatch_rules_load(folder, on_report, check, &check->rules);
    if (status != CAMWATCH_OK) {
        (void)snprintf(line, sizeof(line), "rules in %s: %s", folder,
                       camwatch_status_text(status));
        tell(check, ERROR, line);
        return;
    }
    struct camwatch_rules_counts n = {.size = sizeof(n)};
    camwatch_rules_count(check->rules, &n);
    (void)snprintf(
        line, sizeof(line),
        "rules in %s: version %s, %u files; %u names, %u networks, %u MAC prefixes, %u "
        "brands, %u platforms, %u lists, %u policies",
        folder, camwatch_rules_version(check->rules), n.files, n.domains, n.networks, n.macs,
        n.brands, n.platforms, n.lists, n.policies);
    tell(check, GOOD, line);
}

static void
tell_geo(struct check *check, const struct camwatch_publisher *publisher)
{
    struct camwatch_geo_source sources[MAX_GEO] = {{.size = sizeof(sources[0])}};
    size_t n = camwatch_publisher_geo_sources(publisher, sources, MAX_GEO);
    for (size_t i = 0; i < n; i++) {
        char line[256 + PATH_MAX], built[CW_NUMBER_MAX];
        (void)snprintf(line, sizeof(line), "geo %s: %s of %.10s%s%s", sources[i].path,
                       sources[i].type, cw_show_time(sources[i].built_ns, built),
                       sources[i].licence[0] != '\0' ? ", " : "", sources[i].licence);
        tell(check, GOOD, line);
    }
    if (n == 0) {
        tell(check, WARNING,
             "geo: no database: countries and networks stay empty; 'camwatch geo update' "
             "builds one");
    }
}

static void
check_geo(struct check *check)
{
    struct camwatch_publisher_settings settings;
    struct camwatch_publisher *publisher;
    struct camwatch_error error = {""};
    camwatch_publisher_settings_default(&settings);
    settings.rules = check->rules;
    settings.geo_files = check->geo.items;
    settings.is_replay = true;
    settings.log = on_log;
    settings.log_user = check;
    if (camwatch_publisher_open(&settings, &publisher, &error) != CAMWATCH_OK) {
        tell(check, ERROR, error.text);
        return;
    }
    tell_geo(check, publisher);
    camwatch_publisher_close(&publisher);
}

/* Home networks are read by the monitor. */
static void
check_settings(struct check *check)
{
    struct camwatch_publisher_settings publisher_settings;
    struct camwatch_monitor_settings settings;
    struct camwatch_publisher *publisher;
    struct camwatch_monitor *monitor;
    struct camwatch_error error = {""};
    camwatch_publisher_settings_default(&publisher_settings);
    camwatch_monitor_settings_default(&settings);
    publisher_settings.rules = settings.rules = check->rules;
    if (camwatch_publisher_open(&publisher_settings, &publisher, &error) != CAMWATCH_OK) {
        tell(check, ERROR, error.text);
        return;
    }
    settings.ring = camwatch_publisher_ring(publisher);
    settings.home_networks = check->home.items;
    if (camwatch_monitor_open(&settings, &monitor, &error) != CAMWATCH_OK) {
        tell(check, ERROR, error.text);
    } else {
        tell(check, GOOD, "settings: a monitor starts with them");
        camwatch_monitor_close(&monitor);
    }
    camwatch_publisher_close(&publisher);
}

static void
check_redis(struct check *check)
{
    struct camwatch_redis_settings settings;
    struct camwatch_error error = {""};
    unsigned before = check->n_errors;
    camwatch_redis_settings_default(&settings);
    settings.url = check->redis_url;
    settings.password_file = check->password_file;
    settings.allow_plaintext_password = check->is_insecure;
    settings.tls_ca = check->tls_ca;
    settings.tls_cert = check->tls_cert;
    settings.tls_key = check->tls_key;
    settings.tls_name = check->tls_name;
    settings.list = check->live.redis.list;
    memcpy(settings.max_age_s, check->live.redis.max_age_s, sizeof(settings.max_age_s));
    settings.sensor = "check";
    int status = camwatch_redis_check(&settings, on_redis_report, check, &error);
    if (status != CAMWATCH_OK && check->n_errors == before) {
        tell(check, ERROR, error.text[0] != '\0' ? error.text : camwatch_status_text(status));
    } else if (status == CAMWATCH_OK) {
        tell(check, GOOD, "redis: reachable, and allowed to write");
    }
}

static void
add_texts(struct cw_texts *to, const struct cw_texts *from)
{
    for (size_t i = 0; i < from->n; i++) {
        cw_texts_add(to, from->items[i]);
    }
}

/* What the settings file says counts where the command line is silent. */
static void
take_settings(struct check *check)
{
    const struct cw_live_settings *s = &check->live;
    check->rules_folder = check->rules_folder ? check->rules_folder : s->rules;
    check->redis_url = check->redis_url ? check->redis_url : s->redis.url;
    check->password_file = check->password_file ? check->password_file : s->redis.password_file;
    check->tls_ca = check->tls_ca ? check->tls_ca : s->redis.tls_ca;
    check->tls_cert = check->tls_cert ? check->tls_cert : s->redis.tls_cert;
    check->tls_key = check->tls_key ? check->tls_key : s->redis.tls_key;
    check->tls_name = check->tls_name ? check->tls_name : s->redis.tls_name;
    check->is_insecure = check->is_insecure || s->redis.allow_plaintext_password;
    add_texts(&check->geo, &s->geo);
    add_texts(&check->home, &s->home);
}

static void
check_settings_file(struct check *check)
{
    struct camwatch_error error = {""};
    char line[PATH_MAX + 64];
    if (!check->config) {
        return;
    }
    if (!cw_settings_file_read(&check->file, check->config, cw_live_options, &check->live,
                               &error)) {
        tell(check, ERROR, error.text);
        return;
    }
    take_settings(check);
    if (check->live.interfaces.n > 0 && !cw_live_settings_check(&check->live, &error)) {
        struct camwatch_error where = {""};
        (void)snprintf(line, sizeof(line), "%.300s: %.500s", check->config, error.text);
        bool has_line = cw_settings_file_blame(&check->file, check->config, cw_live_options,
                                               error.text, &where);
        tell(check, ERROR, has_line ? where.text : line);
        return;
    }
    (void)snprintf(line, sizeof(line), "settings file %.300s", check->config);
    tell(check, GOOD, line);
}

static const struct cw_option options[] = {
    {"config", "FILE",
     "settings of camwatch live; default " CW_SETTINGS_FILE_DEFAULT ", if it is there",
     cw_set_text, offsetof(struct check, config)},
    {"rules", "FOLDER", "rules; default: the installed ones", cw_set_text,
     offsetof(struct check, rules_folder)},
    {"geo", "FILE", "MMDB; may be given again; default: the usual places", cw_add_text,
     offsetof(struct check, geo)},
    {"home", "PREFIX", "home network; may be given again", cw_add_text,
     offsetof(struct check, home)},
    {"redis", "URL", "is this server reachable, and may events be written? Writes nothing",
     cw_set_text, offsetof(struct check, redis_url)},
    {"redis-password-file", "FILE", "its password", cw_set_text,
     offsetof(struct check, password_file)},
    {"redis-ca", "FILE", "certificates that rediss:// trusts, PEM; default: the system's",
     cw_set_text, offsetof(struct check, tls_ca)},
    {"redis-cert", "FILE", "certificate of ours, PEM, where the server wants one", cw_set_text,
     offsetof(struct check, tls_cert)},
    {"redis-key", "FILE", "key of --redis-cert, PEM", cw_set_text,
     offsetof(struct check, tls_key)},
    {"redis-name", "NAME", "whom the server's certificate must be of; default: the URL's host",
     cw_set_text, offsetof(struct check, tls_name)},
    {"insecure-redis", NULL, "send a password in clear over a network", cw_set_true,
     offsetof(struct check, is_insecure)},
    {"no-color", NULL, "no colours", cw_set_true, offsetof(struct check, has_no_colour)},
    CW_OPTION_END,
};

static void
run_checks(struct check *check)
{
    check->term = cw_term_of(stdout, check->has_no_colour);
    if (!check->config && access(CW_SETTINGS_FILE_DEFAULT, F_OK) == 0) {
        check->config = CW_SETTINGS_FILE_DEFAULT;
    }
    check_settings_file(check);
    check_rules(check);
    if (check->rules) {
        check_geo(check);
        check_settings(check);
    }
    if (check->redis_url) {
        check_redis(check);
    }
    camwatch_rules_free(check->rules);
}

static int
run_check(char *const *argv)
{
    struct check check = {.rules_folder = NULL};
    struct cw_texts operands = {.n = 0};
    struct camwatch_error error = {""};
    cw_live_settings_default(&check.live);
    bool is_good = cw_options_read(options, argv, &check, &operands, &error);
    if (is_good && operands.n > 0) {
        (void)snprintf(error.text, sizeof(error.text), "no operands, but '%.200s' is one",
                       operands.items[0]);
        is_good = false;
    }
    if (is_good) {
        run_checks(&check);
    }
    cw_texts_free(&operands);
    cw_live_settings_free(&check.live);
    cw_settings_file_free(&check.file);
    cw_texts_free(&check.geo);
    cw_texts_free(&check.home);
    if (!is_good) {
        return cw_command_usage(&cw_command_check, error.text);
    }
    return check.n_errors > 0 ? CW_EXIT_SETUP : CW_EXIT_OK;
}

const struct cw_command cw_command_check = {
    .name = "check",
    .operands = "",
    .summary = "are rules, settings, geo databases and Redis as they should be?",
    .options = options,
    .run = run_check,
};
