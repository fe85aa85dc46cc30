/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP side: who may ask, what is asked, and limits.
 */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include "server/asker.h"
#include "server/hub.h"
#include "server/page.h"

struct MHD_Daemon;

struct cw_http {
    struct cw_hub *hub; /* borrowed, as all here */
    struct cw_asker *asker;
    const struct cw_pages *pages;
    const char *const *hosts; /* names that the dashboard may be called, without ports */
    size_t n_hosts;
    bool checks_host; /* off on a UNIX socket without names: no browser comes there by itself */
    uint32_t max_connections;
};

/** Serve on a listening socket, which is the daemon's from now on. NULL: could not be started. */
struct MHD_Daemon *cw_http_start(struct cw_http *http, int fd);

/** Of the asker: go on with a connection. */
void cw_http_wake(void *connection);

#endif
