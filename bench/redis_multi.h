/* SPDX-License-Identifier: Apache-2.0
 *
 * What a server takes in MULTI at most: the same batch of XADDs encoded once and sent again and again, the next
 * one before the last is answered. No proof, no lease, no log.
 */
#ifndef CW_BENCH_REDIS_MULTI_H
#define CW_BENCH_REDIS_MULTI_H

#include "sink/redis_keys.h"

/** @param path  of the server's UNIX socket
 *  @return false: not reached, or it refused something */
bool bench_redis_multi(const char *path, const struct camwatch_event *event, uint64_t n_batches,
                       unsigned batch);

#endif
