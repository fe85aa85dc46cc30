/* SPDX-License-Identifier: Apache-2.0
 *
 * What Redis says when it does not do what it was told, and what the sink does then. One table:
 * X(symbol, prefix, reaction, help). The first prefix that a reply starts with counts; the last row
 * takes the rest. Texts were seen on 7.0.15 (ecosystem.md 1.6).
 *
 * Reactions: RETRY keep and wait · RECONNECT keep, drop the connection and wait · HOLD keep, this
 * stream waits for the operator, the others go on · REFUSE give the events up: they can never go
 * in.
 */
#ifndef CW_SINK_REDIS_ERROR_H
#define CW_SINK_REDIS_ERROR_H

#include <stddef.h>

#define CW_REDIS_ERRORS(X)                                                                     \
    X(OOM, "OOM", RETRY, "raise maxmemory, or lower the streams' bounds")                      \
    X(READONLY, "READONLY", RECONNECT,                                                         \
      "the server is a replica: point camwatch at the master")                                 \
    X(LOADING, "LOADING", RETRY, "the server is loading its data")                             \
    X(NOAUTH, "NOAUTH", RECONNECT, "the server wants a password")                              \
    X(WRONGPASS, "WRONGPASS", RECONNECT, "user or password is wrong, or the user is off")      \
    X(NOPERM, "NOPERM", HOLD, "the ACL user lacks a right: camwatch check names it")           \
    X(WRONGTYPE, "WRONGTYPE", HOLD, "the key holds something else than a stream: rename it")   \
    X(MISCONF, "MISCONF", RETRY, "the server cannot save to disk")                             \
    X(NOREPLICAS, "NOREPLICAS", RETRY, "the server has too few replicas in step")              \
    X(MOVED, "MOVED", RECONNECT, "the slot is on another node of the cluster")                 \
    X(ASK, "ASK", RECONNECT, "a cluster moves the slot just now")                                  \
    X(TRYAGAIN, "TRYAGAIN", RETRY, "a cluster moves the slot just now")                        \
    X(CLUSTERDOWN, "CLUSTERDOWN", RETRY, "the cluster is down")                                \
    X(MASTERDOWN, "MASTERDOWN", RETRY, "the replica has lost its master")                      \
    X(BUSY, "BUSY", RETRY, "the server runs a script")                                         \
    X(EXECABORT, "EXECABORT", RETRY, "the transaction was not run")                            \
    X(MAX_CLIENTS, "ERR max number of clients", RECONNECT, "raise maxclients")                 \
    X(ID_EXHAUSTED, "ERR The stream has exhausted", HOLD,                                      \
      "delete the stream: it has no IDs left")                                                 \
    X(ID_SMALL, "ERR The ID specified in XADD", RETRY,                                         \
      "somebody else writes to the stream, or wrote with a clock ahead")                       \
    X(OTHER, "", REFUSE, "an answer that camwatch does not know")

enum cw_redis_reaction {
    CW_REDIS_RETRY,
    CW_REDIS_RECONNECT,
    CW_REDIS_HOLD,
    CW_REDIS_REFUSE,
};

/* clang-format off */
#define CW_X(s, p, r, h) CW_REDIS_ERROR_##s,
enum cw_redis_error { CW_REDIS_ERRORS(CW_X) CW_N_REDIS_ERRORS };
#undef CW_X
/* clang-format on */

/** Class of an error reply's text, which need not end with NUL. */
enum cw_redis_error cw_redis_error_class(const char *text, size_t len);

enum cw_redis_reaction cw_redis_error_reaction(enum cw_redis_error error);

/** "OOM", "WRONGTYPE"; "other" for the rest. Static storage. */
const char *cw_redis_error_name(enum cw_redis_error error);

/** What an operator can do. Static storage. */
const char *cw_redis_error_help(enum cw_redis_error error);

#endif
