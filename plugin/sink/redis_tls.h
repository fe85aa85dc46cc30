/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS for connections to Redis: redis_tls.c with hiredis_ssl and OpenSSL where the build found both,
 * else redis_tls_none.c, which refuses. Files are read once, at open: a process that is confined
 * later need not reach them again.
 */
#ifndef CW_SINK_REDIS_TLS_H
#define CW_SINK_REDIS_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "camwatch/publisher.h"

struct redisContext;
struct cw_redis_tls;

/** This build has TLS. */
bool cw_redis_tls_is_built(void);

/**
 * Read certificates and key. The server's certificate is always verified, 1.2 is the least version.
 *
 * @param out  written only on CAMWATCH_OK: given, release with cw_redis_tls_free
 * @retval CAMWATCH_EUNSUPPORTED the build has none
 * @retval CAMWATCH_EINVAL a file cannot be used; error says which
 */
int cw_redis_tls_new(const struct camwatch_redis_settings *settings, struct cw_redis_tls **out,
                     struct camwatch_error *error);

/** One more owner of the same; any thread. NULL stays NULL. */
struct cw_redis_tls *cw_redis_tls_share(struct cw_redis_tls *tls);

/** Of the last owner it frees; *tls becomes NULL. */
void cw_redis_tls_free(struct cw_redis_tls **tls);

/**
 * Shake hands on a fresh connection, which has its time-outs. The name of the settings, else host, is
 * what the certificate must be of; a name, not an address, is sent as SNI too.
 *
 * @return false: why says what is wrong; the link can only be closed
 */
bool cw_redis_tls_start(const struct cw_redis_tls *tls, struct redisContext *link,
                        const char *host, char *why, size_t size);

#endif
