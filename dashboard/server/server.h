/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard: one page and its data from Redis, over HTTP on a loopback address or a UNIX
 * socket. Only reads. Four threads: HTTP, the live reader, filling up, questions; three
 * connections to Redis, however many browsers there are.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "camwatch/status.h"

struct cw_dashboard_settings {
    const char *redis_url;     /* as struct camwatch_redis_settings */
    const char *password_file; /* likewise; may be NULL */
    bool allow_plaintext_password;
    const char *tls_ca, *tls_cert, *tls_key, *tls_name; /* likewise */
    const char *listen;         /* listen.h; NULL: 127.0.0.1:8470 */
    const char *user;           /* to become when root; may be NULL */
    const char *const *sensors; /* n_sensors of them; none: all that Redis has */
    size_t n_sensors;
    const char *const *hosts; /* further names that a browser may call the dashboard */
    size_t n_hosts;
    uint32_t max_connections; /* 0: 256 */
    uint32_t max_browsers;    /* live connections; 0: 100 */
};

struct cw_dashboard;

/**
 * Listen and serve, in threads of its own. Redis need not be there yet.
 *
 * @param settings  borrowed until cw_dashboard_close
 * @param out       written only on CAMWATCH_OK: given, close with cw_dashboard_close
 * @retval CAMWATCH_EINVAL a setting is wrong; CAMWATCH_EBUSY the address is taken; CAMWATCH_EIO;
 *         CAMWATCH_ENOMEM
 */
int cw_dashboard_open(const struct cw_dashboard_settings *settings, struct cw_dashboard **out,
                      struct camwatch_error *error);

/** "http://127.0.0.1:8470/" or the path of the socket; borrowed. */
const char *cw_dashboard_address(const struct cw_dashboard *dashboard);

/** End every connection in order, within a second, and stop. *dashboard becomes NULL. */
void cw_dashboard_close(struct cw_dashboard **dashboard);

#endif
