/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection to Redis: made, authenticated, and what is said over it. SIGPIPE is held back. The
 * password is wiped with cw_redis_target_wipe and stands in no message; of a refused AUTH the
 * server's own words are not shown either, for some servers repeat what they were given.
 */
#ifndef CW_SINK_REDIS_LINK_H
#define CW_SINK_REDIS_LINK_H

#include "camwatch/publisher.h"
#include "sink/redis_error.h"
#include "sink/redis_url.h"

#define CW_REDIS_PASSWORD_MAX 512

struct redisContext;
struct redisReply;
struct cw_redis_tls;

struct cw_redis_target {
    struct cw_redis_address address;
    char password[CW_REDIS_PASSWORD_MAX]; /* "" none */
    uint32_t timeout_ms;                  /* to connect, and for each reply */
    bool allows_plaintext;                /* the password may cross a network in clear */
    struct cw_redis_tls *tls;             /* borrowed; there where the address says TLS */
};

/**
 * Read the password from its file or CAMWATCH_REDIS_PASSWORD and check that it may go to the
 * address: not over a network in clear unless the settings allow it.
 *
 * @param out  address and tls must be set; the rest is written only on CAMWATCH_OK
 */
int cw_redis_target_init(const struct camwatch_redis_settings *settings,
                         struct cw_redis_target *out, struct camwatch_error *error);
void cw_redis_target_wipe(struct cw_redis_target *target);

/** The password that Sentinels want: CAMWATCH_SENTINEL_PASSWORD, "" where it is not set.
 *  @retval CAMWATCH_EINVAL too long */
int cw_redis_sentinel_password(char out[CW_REDIS_PASSWORD_MAX], struct camwatch_error *error);

/**
 * Connect, AUTH, SELECT and see that the server answers.
 *
 * @param out  written only on CAMWATCH_OK: given, release with cw_redis_link_close
 * @retval CAMWATCH_EIO not reachable; CAMWATCH_EREFUSED the server says no
 * @param refused  class of the refusal; may be NULL
 */
int cw_redis_link_open(const struct cw_redis_target *target, struct redisContext **out,
                       enum cw_redis_error *refused, struct camwatch_error *error);

/** *link becomes NULL. */
void cw_redis_link_close(struct redisContext **link);

/** Put encoded commands into the output buffer. False for lack of memory. */
bool cw_redis_link_send(struct redisContext *link, const char *bytes, size_t len);

/** Send what is buffered. False when the connection broke. */
bool cw_redis_link_flush(struct redisContext *link);

/** Send what is buffered and wait for the next reply: given, release with cw_redis_reply_free. NULL
 *  when the connection broke, the time-out ran out or what came is no reply of a server (resp_scan.h): the
 *  link can then only be closed. Takes ten seconds at most. */
struct redisReply *cw_redis_link_reply(struct redisContext *link);
void cw_redis_reply_free(struct redisReply *reply);

/** The same, and at a time (cw_redis_link_now) it is over, also where a byte comes now and then. */
struct redisReply *cw_redis_link_reply_until(struct redisContext *link, int64_t until_ns);

/** ns of CLOCK_MONOTONIC. */
int64_t cw_redis_link_now(void);

/** One command of words and its reply. */
struct redisReply *cw_redis_link_ask(struct redisContext *link, const char *const *words,
                                     size_t n);

/** Why the link broke; borrowed. */
const char *cw_redis_link_error(const struct redisContext *link);

#endif
