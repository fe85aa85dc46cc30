/* SPDX-License-Identifier: Apache-2.0
 *
 * A Redis server of the test's own on a UNIX socket in a folder of its own, and a proxy in front
 * of it that breaks connections where a test wants it.
 */
#ifndef SINK_REDIS_SERVER_H
#define SINK_REDIS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct redisContext;
struct redisReply;

struct redis_server {
    char folder[64];
    char socket[96];
    char url[128]; /* unix://... */
    pid_t pid;
};

/** False when there is no redis-server on this machine. */
bool redis_server_exists(void);

/** Start, with every write on disk before it is answered, and wait until it answers. */
void redis_server_start(struct redis_server *server);

/** Kill it (SIGKILL); what it acknowledged is in its folder for the next start. */
void redis_server_kill(struct redis_server *server);

/** Kill and delete. */
void redis_server_remove(struct redis_server *server);

/** One command, printf-style as hiredis has it; the reply is the caller's (freeReplyObject). */
struct redisReply *redis_server_ask(const struct redis_server *server, const char *format, ...);

/** The same for commands whose reply is a number or does not matter. */
long long redis_server_tell(const struct redis_server *server, const char *format, ...);

enum redis_proxy_cut {
    REDIS_PROXY_PASS,         /* forward everything */
    REDIS_PROXY_LOSE_REQUEST, /* once: drop the connection instead of handing EXEC on */
    REDIS_PROXY_STALL,  /* once: hand EXEC on, say nothing for a second, drop the connection */
    REDIS_PROXY_GARBLE, /* once: hand EXEC on, spoil what the server says */
    REDIS_PROXY_FORGET, /* once: hand EXEC on, delete everything, drop the connection */
    REDIS_PROXY_LOSE_REPLY, /* once: hand EXEC on, wait for its reply, then drop the connection */
};

struct redis_proxy;

/** Listen on FOLDER/proxy.sock and forward to the server. */
struct redis_proxy *redis_proxy_start(const struct redis_server *server);
const char *redis_proxy_url(const struct redis_proxy *proxy);
void redis_proxy_cut(struct redis_proxy *proxy, enum redis_proxy_cut cut);
void redis_proxy_stop(struct redis_proxy *proxy);

#endif
