/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_tls.h"

#include <stdio.h>

bool
cw_redis_tls_is_built(void)
{
    return false;
}

int
cw_redis_tls_new(const struct camwatch_redis_settings *settings, struct cw_redis_tls **out,
                 struct camwatch_error *error)
{
    (void)settings;
    (void)out;
    (void)snprintf(
        error->text, sizeof(error->text),
        "this build has no TLS for Redis: use a UNIX socket or a tunnel to localhost, or "
        "build with hiredis_ssl and OpenSSL");
    return CAMWATCH_EUNSUPPORTED;
}

struct cw_redis_tls *
cw_redis_tls_share(struct cw_redis_tls *tls)
{
    return tls;
}

void
cw_redis_tls_free(struct cw_redis_tls **tls)
{
    *tls = NULL;
}

bool
cw_redis_tls_start(const struct cw_redis_tls *tls, struct redisContext *link, const char *host,
                   char *why, size_t size)
{
    (void)tls;
    (void)link;
    (void)host;
    (void)snprintf(why, size, "this build has no TLS for Redis");
    return false;
}
