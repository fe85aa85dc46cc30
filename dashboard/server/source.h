/* SPDX-License-Identifier: Apache-2.0
 *
 * The reading side's connection to Redis: made when needed, tried again after a pause when it
 * broke, and what went wrong in words. Used by one thread each.
 */
#ifndef SERVER_SOURCE_H
#define SERVER_SOURCE_H

#include "base/bytes.h"
#include "sink/redis_route.h"

struct redisContext;
struct redisReply;

enum { CW_SOURCE_COMMAND_MAX = 64 * 1024 };

struct cw_source {
    struct cw_redis_route route; /* with the password: wipe it at the end */
    struct redisContext *link;   /* NULL: not connected */
    int64_t next_try_ms;         /* CLOCK_MONOTONIC */
    uint32_t pause_ms;
    struct camwatch_error why; /* the last failure */
};

/** Connected, or connects now. False while it does not work, or within the pause after a
 *  failure. */
bool cw_source_ready(struct cw_source *source);

/** Send a command without waiting for its reply. False: the connection is gone. */
bool cw_source_send(struct cw_source *source, const char *const *words, size_t n);

/** The next reply: given, release with cw_redis_reply_free. NULL: the connection is gone. A
 *  server that cannot answer yet (LOADING, MASTERDOWN), or names another (MOVED), counts as
 *  gone. */
struct redisReply *cw_source_take(struct cw_source *source);

/** Note what an error reply says to command. */
void cw_source_note(struct cw_source *source, const char *command,
                    const struct redisReply *reply);

/** Close, to be tried again later. */
void cw_source_drop(struct cw_source *source);

/** Milliseconds of CLOCK_MONOTONIC. */
int64_t cw_now_ms(void);

#endif
