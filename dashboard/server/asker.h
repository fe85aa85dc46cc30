/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions of browsers, asked one after the other over one connection in a thread of their own,
 * so that a slow Redis holds nobody else up.
 */
#ifndef SERVER_ASKER_H
#define SERVER_ASKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "server/query.h"

enum {
    CW_ANSWER_BYTES = 8 * 1024 * 1024,   /* the largest answer */
    CW_ANSWERS_BYTES = 16 * 1024 * 1024, /* of answers on their way: above, none is begun */
};

/* Owned by the connection that asks. */
struct cw_job {
    struct cw_query query;
    void *waiting;
    struct cw_job *next;
    bool is_answered, is_busy; /* busy: too many answers on their way */
    enum cw_answer answer;
    struct camwatch_error why;
    struct cw_body body;
};

struct cw_asker {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct cw_job *first, *last;
    bool is_stopping;
    struct cw_source source;
    struct cw_sensor_names names;
    atomic_size_t bytes; /* of bodies on their way */
    void (*wake)(void *waiting);
};

/** @param wake  called from the asker's thread when a job is answered */
void cw_asker_init(struct cw_asker *asker, void (*wake)(void *waiting));
void cw_asker_fini(struct cw_asker *asker);

/** Queue a job; it may be answered before this returns. False when stopping: it is not taken. */
bool cw_asker_put(struct cw_asker *asker, struct cw_job *job);

/** The thread: answers until cw_asker_stop; what is left then is answered as away. @param asker */
void *cw_asker_run(void *asker);
void cw_asker_stop(struct cw_asker *asker);

#endif
