/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/source.h"

#include <stdio.h>
#include <time.h>

#include <hiredis.h>

#include "sink/redis_link.h"
#include "sink/resp.h"

enum { PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 2000 };

int64_t
cw_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
pause_tries(struct cw_source *source)
{
    source->pause_ms = source->pause_ms ? source->pause_ms * 2 : PAUSE_MIN_MS;
    if (source->pause_ms > PAUSE_MAX_MS) {
        source->pause_ms = PAUSE_MAX_MS;
    }
    source->next_try_ms = cw_now_ms() + source->pause_ms;
}

bool
cw_source_ready(struct cw_source *source)
{
    if (source->link) {
        return true;
    }
    if (cw_now_ms() < source->next_try_ms) {
        return false;
    }
    if (cw_redis_route_connect(&source->route, &source->link, NULL, &source->why) !=
        CAMWATCH_OK) {
        pause_tries(source);
        return false;
    }
    source->pause_ms = 0;
    return true;
}

void
cw_source_drop(struct cw_source *source)
{
    if (source->link) {
        (void)snprintf(source->why.text, sizeof(source->why.text), "Redis at %.200s: %.200s",
                       source->route.target.address.shown, cw_redis_link_error(source->link));
        cw_redis_link_close(&source->link);
        pause_tries(source);
    }
}

bool
cw_source_send(struct cw_source *source, const char *const *words, size_t n)
{
    char bytes[CW_SOURCE_COMMAND_MAX];
    struct cw_resp command = {.bytes = bytes, .size = sizeof(bytes)};
    if (!source->link) {
        return false;
    }
    cw_resp_command(&command, n);
    for (size_t i = 0; i < n; i++) {
        cw_resp_word(&command, words[i]);
    }
    if (command.is_full || !cw_redis_link_send(source->link, bytes, command.used)) {
        cw_source_drop(source);
        return false;
    }
    return true;
}

void
cw_source_note(struct cw_source *source, const char *command, const struct redisReply *reply)
{
    enum cw_redis_error class = cw_redis_error_class(reply->str, reply->len);
    (void)snprintf(source->why.text, sizeof(source->why.text),
                   "Redis at %.200s: %.40s refused (%.120s): %.100s",
                   source->route.target.address.shown, command, cw_redis_error_name(class),
                   cw_redis_error_help(class));
}

/* It cannot answer, or not yet: to wait for that is what a lost connection does. */
static bool
is_elsewhere(struct cw_source *source, const struct redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ERROR) {
        return false;
    }
    enum cw_redis_error class = cw_redis_error_class(reply->str, reply->len);
    if (class == CW_REDIS_ERROR_MOVED) {
        return cw_redis_route_move(&source->route, reply->str);
    }
    return class == CW_REDIS_ERROR_LOADING || class == CW_REDIS_ERROR_MASTERDOWN;
}

struct redisReply *
cw_source_take(struct cw_source *source)
{
    struct redisReply *reply = source->link ? cw_redis_link_reply(source->link) : NULL;
    if (!reply) {
        cw_source_drop(source);
        return NULL;
    }
    if (is_elsewhere(source, reply)) {
        cw_source_drop(source);
        cw_source_note(source, "reading", reply);
        cw_redis_reply_free(reply);
        return NULL;
    }
    cw_redis_route_settle(&source->route);
    return reply;
}
