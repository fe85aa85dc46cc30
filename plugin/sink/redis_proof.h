/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a stream ends, asked for under WATCH of the stream and of the lease: until the next EXEC
 * nobody can write to the one or take the other without that EXEC failing.
 */
#ifndef CW_SINK_REDIS_PROOF_H
#define CW_SINK_REDIS_PROOF_H

#include "sink/redis_id.h"
#include "sink/redis_owner.h"

enum cw_redis_proof_end {
    CW_REDIS_PROOF_FOUND,   /* last and added are filled */
    CW_REDIS_PROOF_MISSING, /* there is no such stream */
    CW_REDIS_PROOF_FENCED,  /* the lease is not ours */
    CW_REDIS_PROOF_ERROR,   /* the server refused: error and text */
    CW_REDIS_PROOF_CUT,
};

struct cw_redis_proof {
    enum cw_redis_proof_end end;
    struct cw_redis_id last;
    uint64_t added; /* entries ever added; UINT64_MAX: the server does not count (before 7.0) */
    enum cw_redis_error error;
    char text[120];
};

void cw_redis_prove(struct redisContext *link, const struct cw_redis_owner *owner,
                    const char *key, struct cw_redis_proof *out);

#endif
