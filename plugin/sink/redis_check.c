/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch_redis_check: what an operator should know of a server before trusting events to it.
 * Writes nothing: rights are asked for with ACL DRYRUN.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis.h>

#include "base/export.h"
#include "base/text.h"
#include "sink/redis_keys.h"
#include "sink/redis_route.h"

#define OLDEST_MAJOR 5 /* streams came with 5.0 */

struct check {
    struct redisContext *link;
    const struct camwatch_redis_settings *settings;
    camwatch_rules_report_fn report;
    void *user;
    unsigned n_errors;
};

__attribute__((format(printf, 3, 4))) static void
tell(struct check *check, bool is_error, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    check->n_errors += is_error;
    if (check->report) {
        check->report(check->user, is_error, text);
    }
}

/* "name:value" of a section of INFO; "" where it is not given or not allowed. */
static void
get_info(struct check *check, const char *section, const char *name, char *out, size_t size)
{
    const char *const words[] = {"INFO", section};
    redisReply *reply = cw_redis_link_ask(check->link, words, 2);
    out[0] = '\0';
    if (reply && reply->str && reply->type != REDIS_REPLY_ERROR) {
        struct cw_bytes text = cw_bytes(reply->str, reply->len);
        ptrdiff_t line_end = cw_text_find(text, cw_bytes_text("\n")); /* "# Section" */
        text = cw_bytes_from(text, line_end < 0 ? text.len : (size_t)line_end + 1);
        cw_text_copy(out, size, cw_text_header(text, name));
    }
    cw_redis_reply_free(reply);
}

static void
check_version(struct check *check)
{
    char version[32];
    get_info(check, "server", "redis_version", version, sizeof(version));
    if (!*version) {
        tell(check, false, "version unknown: the user may not run INFO");
    } else if (atoi(version) < OLDEST_MAJOR) {
        tell(check, true, "version %s has no streams: 5.0 or later is needed", version);
    } else {
        tell(check, false, "version %s", version);
    }
}

static void
check_role(struct check *check)
{
    char role[32];
    get_info(check, "replication", "role", role, sizeof(role));
    if (*role && strcmp(role, "master") != 0) {
        tell(check, true, "the server is a %s: point camwatch at the master", role);
    }
}

/* allkeys-* may throw away a whole stream; volatile-* only keys that expire, and streams do not. */
static void
check_eviction(struct check *check)
{
    char policy[32], limit[32];
    get_info(check, "memory", "maxmemory_policy", policy, sizeof(policy));
    get_info(check, "memory", "maxmemory", limit, sizeof(limit));
    if (!*policy) {
        tell(check, false, "eviction unknown: the user may not run INFO");
    } else if (strncmp(policy, "allkeys", 7) == 0) {
        tell(check, true, "maxmemory-policy %s may delete whole streams: set noeviction",
             policy);
    } else if (strcmp(limit, "0") == 0) {
        tell(check, false,
             "maxmemory-policy %s, no maxmemory: memory grows up to the streams' bounds",
             policy);
    } else {
        tell(check, false, "maxmemory-policy %s, maxmemory %s", policy, limit);
    }
}

static bool
get_user(struct check *check, char *out, size_t size)
{
    const char *const words[] = {"ACL", "WHOAMI"};
    redisReply *reply = cw_redis_link_ask(check->link, words, 2);
    bool is_known = reply && reply->type == REDIS_REPLY_STRING;
    if (is_known) {
        cw_text_copy(out, size, cw_bytes(reply->str, reply->len));
    }
    cw_redis_reply_free(reply);
    return is_known;
}

/* Ask whether a command would be allowed. False when the server does not answer such questions. */
static bool
check_right(struct check *check, const char *user, const char *const *command, size_t n)
{
    const char *words[16] = {"ACL", "DRYRUN", user};
    memcpy(words + 3, command, n * sizeof(*command));
    redisReply *reply = cw_redis_link_ask(check->link, words, n + 3);
    bool is_answer = reply && reply->type != REDIS_REPLY_ERROR;
    if (is_answer && reply->str && strcmp(reply->str, "OK") != 0) {
        tell(check, true, "%s: %.200s", command[0], reply->str);
    }
    cw_redis_reply_free(reply);
    return is_answer;
}

static bool
has_age(const struct camwatch_redis_settings *settings)
{
    bool has_one = false;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        has_one = has_one || settings->max_age_s[i] > 0;
    }
    return has_one;
}

static void
check_rights(struct check *check)
{
    char user[128], flows[CW_REDIS_KEY_MAX], device[CW_REDIS_KEY_MAX], owner[CW_REDIS_KEY_MAX],
        list[CW_REDIS_KEY_MAX];
    const char *sensor = check->settings->sensor;
    (void)cw_redis_key(sensor, "flows", flows);
    (void)cw_redis_key(sensor, "device:x", device);
    (void)cw_redis_key(sensor, "owner", owner);
    (void)cw_redis_key(sensor, check->settings->list ? check->settings->list : "list", list);
    const char *const commands[][8] = {
        {"MULTI"},
        {"EXEC"},
        {"XADD", flows, "MAXLEN", "~", "1000", "*", "f", "v"},
        {"XINFO", "STREAM", flows},
        {"WATCH", flows},
        {"GET", owner},
        {"SET", owner, "x", "PX", "1000"},
        {"PEXPIRE", owner, "1000"},
        {"PTTL", owner},
        {"DEL", owner},
        {"HSET", device, "f", "v"},
        {"ZADD", device, "1", "m"},
        {"EXPIRE", device, "60"},
        {"XTRIM", flows, "MINID", "1"},
        {"RPUSH", list, "x"},
        {"LTRIM", list, "-1", "-1"},
    };
    bool is_wanted[] = {has_age(check->settings), check->settings->list, check->settings->list};
    size_t n_commands = sizeof(commands) / sizeof(*commands);
    size_t n_always = n_commands - sizeof(is_wanted) / sizeof(*is_wanted);
    bool can_ask = get_user(check, user, sizeof(user));
    unsigned before = check->n_errors;
    for (size_t i = 0; can_ask && i < n_commands; i++) {
        if (i >= n_always && !is_wanted[i - n_always]) {
            continue;
        }
        size_t n = 0;
        while (n < 8 && commands[i][n]) {
            n++;
        }
        can_ask = check_right(check, user, commands[i], n);
    }
    if (!can_ask) {
        tell(check, false, "rights not checked: the user may not ask (ACL WHOAMI, ACL DRYRUN)");
    } else if (check->n_errors == before) {
        tell(check, false, "user %s has all rights that camwatch needs", user);
    }
}

static void
check_types(struct check *check)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        char key[CW_REDIS_KEY_MAX];
        const char *const words[] = {
            "TYPE", cw_redis_key(check->settings->sensor, camwatch_stream_text(i), key)};
        redisReply *reply = cw_redis_link_ask(check->link, words, 2);
        if (reply && reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "none") != 0 &&
            strcmp(reply->str, "stream") != 0) {
            tell(check, true, "%s holds a %s, not a stream: rename or delete it", key,
                 reply->str);
        }
        cw_redis_reply_free(reply);
    }
}

CW_EXPORT int
camwatch_redis_check(const struct camwatch_redis_settings *settings,
                     camwatch_rules_report_fn report, void *user, struct camwatch_error *error)
{
    struct camwatch_redis_settings copy = *settings;
    copy.sensor = settings->sensor ? settings->sensor : "sensor";
    struct check check = {.settings = &copy, .report = report, .user = user};
    struct cw_redis_route route = {0};
    int status = cw_redis_route_init(&copy, &route, error);
    if (status == CAMWATCH_OK) {
        status = cw_redis_route_connect(&route, &check.link, NULL, error);
    }
    cw_redis_route_wipe(&route);
    if (status != CAMWATCH_OK) {
        return status;
    }
    check_version(&check);
    check_role(&check);
    check_eviction(&check);
    check_rights(&check);
    check_types(&check);
    cw_redis_link_close(&check.link);
    if (check.n_errors > 0) {
        (void)snprintf(error->text, sizeof(error->text),
                       "Redis at %.200s: %u finding%s to mend", route.target.address.shown,
                       check.n_errors, check.n_errors == 1 ? "" : "s");
        return CAMWATCH_EREFUSED;
    }
    return CAMWATCH_OK;
}
