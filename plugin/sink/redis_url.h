/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a Redis server is: redis://[user@]host[:port][/db], unix://[user@]/path.sock[?db=N] and
 * rediss:// for TLS. Never a password: a URL is seen in process lists and logs.
 */
#ifndef CW_SINK_REDIS_URL_H
#define CW_SINK_REDIS_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "camwatch/status.h"

struct cw_redis_address {
    char host[256];  /* "" for a UNIX socket */
    char path[108];  /* "" for TCP; as long as sun_path */
    char user[64];   /* ACL user; "" for the default user */
    char shown[400]; /* host:port or path, for messages */
    uint16_t port;
    uint32_t db;
    bool use_tls;
};

#define CW_REDIS_SEEDS_MAX 8

/** What a URL names: one server, nodes of a cluster, or Sentinels and the name of their master. */
struct cw_redis_seeds {
    struct cw_redis_address list[CW_REDIS_SEEDS_MAX];
    size_t n;
    char master[64]; /* "" without Sentinel */
};

/**
 * The same with several hosts: redis://[user@]host[:port],host[:port].../[db], and
 * sentinel://[user@]host[:port],.../MASTER[?db=N], whose default port is 26379.
 *
 * @retval CAMWATCH_EINVAL error says what is wrong; it never holds the URL
 */
int cw_redis_url_parse_all(const char *url, struct cw_redis_seeds *out,
                           struct camwatch_error *error);

/** Put another host and port into an address; user, database and TLS stay. False: not a host. */
bool cw_redis_address_set(struct cw_redis_address *address, struct cw_bytes host,
                          uint32_t port);

/** @retval CAMWATCH_EINVAL error says what is wrong; it never holds the URL */
int cw_redis_url_parse(const char *url, struct cw_redis_address *out,
                       struct camwatch_error *error);

/** What is sent there cannot be read on a network: a UNIX socket, TLS, or this host by its name
 *  "localhost" or a loopback address. Resolves nothing. */
bool cw_redis_address_is_private(const struct cw_redis_address *address);

#endif
