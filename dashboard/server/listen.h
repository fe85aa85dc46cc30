/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the dashboard listens: a loopback address or a UNIX socket, nothing else. Who is to read
 * it from elsewhere comes through a proxy that signs people in (docs/dashboard.md).
 */
#ifndef SERVER_LISTEN_H
#define SERVER_LISTEN_H

#include <stdbool.h>

#include "camwatch/status.h"

struct cw_listener {
    int fd;          /* owned; -1 none */
    char path[108];  /* of a UNIX socket, deleted at close; "" for TCP */
    char shown[160]; /* http://127.0.0.1:8470/, or the path */
};

/**
 * @param where  "127.0.0.1:8470", "[::1]:8470", "localhost:8470", "unix:/path.sock"; port 0: any
 * free one
 * @retval CAMWATCH_EINVAL not one of these; CAMWATCH_EBUSY somebody listens there; CAMWATCH_EIO
 */
int cw_listen(const char *where, struct cw_listener *out, struct camwatch_error *error);
void cw_listener_close(struct cw_listener *listener);

#endif
