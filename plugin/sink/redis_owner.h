/* SPDX-License-Identifier: Apache-2.0
 *
 * The lease on a sensor's name: the key :owner holds the token of the one publisher that may write,
 * and expires unless that one renews it. Every batch is run under WATCH of this key, so that one
 * who lost the lease cannot write any more.
 */
#ifndef CW_SINK_REDIS_OWNER_H
#define CW_SINK_REDIS_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "sink/redis_error.h"
#include "sink/redis_keys.h"
#include "sink/resp.h"

#define CW_REDIS_TOKEN_MAX 160

struct redisContext;
struct redisReply;

struct cw_redis_owner {
    char key[CW_REDIS_KEY_MAX];
    char token[CW_REDIS_TOKEN_MAX]; /* boot-id@host:pid */
    char before
        [CW_REDIS_TOKEN_MAX]; /* of the process that used the same spool, surely gone; "" */
    char other[CW_REDIS_TOKEN_MAX]; /* who had the lease when it was refused */
    uint32_t lease_ms;
    bool asks; /* the node gets the slot just now: ASKING goes before everything */
    char asked[CW_REDIS_KEY_MAX]; /* asks: the key that was no longer where the slot still is */
    int64_t renew_at_ns;          /* monotonic */
};

enum cw_redis_claim {
    CW_REDIS_CLAIM_OURS,
    CW_REDIS_CLAIM_THEIRS, /* owner->other says whose */
    CW_REDIS_CLAIM_ERROR,  /* the server refused: error, and its words in text */
    CW_REDIS_CLAIM_CUT,
};

/** Take the lease, or find it ours. @param ttl_ms  THEIRS: what is left of it; may be NULL */
enum cw_redis_claim cw_redis_owner_claim(struct redisContext *link,
                                         struct cw_redis_owner *owner, int64_t now_ns,
                                         int64_t *ttl_ms, enum cw_redis_error *error,
                                         char text[120]);

/** ASKING, where it is due before the next command or transaction. @return number of commands: 0 or 1 */
unsigned cw_redis_owner_put_asking(const struct cw_redis_owner *owner, struct cw_resp *out);

/** Take the reply to it. False: the connection broke. */
bool cw_redis_owner_read_asking(struct redisContext *link, const struct cw_redis_owner *owner);

/** True when the reply to GET :owner is our token. */
bool cw_redis_owner_is_ours(const struct cw_redis_owner *owner, const struct redisReply *reply);

/** PEXPIRE of the lease, for the transaction of a batch. */
void cw_redis_owner_put_renewal(struct cw_redis_owner *owner, struct cw_resp *out,
                                int64_t now_ns);

/** Give the lease back, if it is ours. */
void cw_redis_owner_release(struct redisContext *link, const struct cw_redis_owner *owner);

#endif
