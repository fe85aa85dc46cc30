/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands whose error replies end a query.
 */
#ifndef SERVER_ASK_H
#define SERVER_ASK_H

#include "server/query.h"

/** The next reply of a pipeline; *reply is given on CW_ANSWER_OK and no error reply. A lost
 *  pipeline is left with its connection. */
enum cw_answer cw_take(struct cw_source *source, const char *command,
                       struct redisReply **reply);

/** Ask. As cw_take. */
enum cw_answer cw_ask(struct cw_source *source, const char *const *words, size_t n,
                      struct redisReply **reply);

#endif
