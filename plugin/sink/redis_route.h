/* SPDX-License-Identifier: Apache-2.0
 *
 * Which server to talk to: the addresses of the URL in turn, where a cluster said that the slot is
 * (MOVED), or whom the Sentinels call the master, asked anew at every connect. Whoever is reached
 * must say that it is a master.
 */
#ifndef CW_SINK_REDIS_ROUTE_H
#define CW_SINK_REDIS_ROUTE_H

#include "sink/redis_link.h"

struct cw_redis_route {
    struct cw_redis_seeds seeds;
    struct cw_redis_target target; /* what the next connection is made to, with the password */
    size_t at;                     /* seed to begin with */
    bool is_redirected;            /* target.address is where MOVED pointed to */
    unsigned n_redirects;          /* since the last success */
    struct cw_redis_tls *tls;      /* owned with other routes; NULL without TLS */
};

/** Parameters and errors as of cw_redis_target_init and cw_redis_tls_new.
 *  @param out  zeroed; to be wiped also after an error */
int cw_redis_route_init(const struct camwatch_redis_settings *settings,
                        struct cw_redis_route *out, struct camwatch_error *error);
void cw_redis_route_wipe(struct cw_redis_route *route);

/** Another one for the same, to be wiped too. @param out  zeroed */
void cw_redis_route_copy(struct cw_redis_route *out, const struct cw_redis_route *route);

/** Connect to a master. Parameters and errors as of cw_redis_link_open; all ways are tried once.
 *  Blocks up to the time-out for each. */
int cw_redis_route_connect(struct cw_redis_route *route, struct redisContext **out,
                           enum cw_redis_error *refused, struct camwatch_error *error);

/** "MOVED 3999 127.0.0.1:6381": connect there next. False: it makes no sense, or there were too
 *  many in a row. */
bool cw_redis_route_move(struct cw_redis_route *route, const char *text);

/** Where MOVED or ASK pointed to is no longer the place: begin with the URL's. */
void cw_redis_route_forget(struct cw_redis_route *route);

/** The connection serves: the next one begins here. */
void cw_redis_route_settle(struct cw_redis_route *route);

#endif
