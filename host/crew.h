/* SPDX-License-Identifier: Apache-2.0
 *
 * A few threads that do the tasks of one round together. Between rounds nothing runs but the caller, so
 * what a round's tasks leave behind needs no lock.
 */
#ifndef HOST_CREW_H
#define HOST_CREW_H

#include <stddef.h>

struct cw_crew;

/** @param threads  the caller's is one of them; fewer where the system gives no more. Given, free with
 *  cw_crew_free. */
struct cw_crew *cw_crew_new(unsigned threads);
void cw_crew_free(struct cw_crew *crew);

/** Call task(user, 0) ... task(user, n - 1), each once, begun in this order, some at the same time.
 *  Returns when all are done. */
void cw_crew_run(struct cw_crew *crew, size_t n, void (*task)(void *user, size_t index),
                 void *user);

#endif
