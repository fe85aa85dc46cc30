/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct cw_crew {
    pthread_mutex_t lock;
    pthread_cond_t begun, done;
    void (*task)(void *user, size_t index);
    void *user;
    size_t n, next, left; /* tasks of this round; to begin with; not done yet */
    bool is_over;
    unsigned n_threads;
    pthread_t threads[];
};

/* With the lock held; it is given back while the task runs. */
static void
do_next(struct cw_crew *crew)
{
    size_t index = crew->next++;
    void (*task)(void *, size_t) = crew->task;
    void *user = crew->user;
    pthread_mutex_unlock(&crew->lock);
    task(user, index);
    pthread_mutex_lock(&crew->lock);
    if (--crew->left == 0) {
        pthread_cond_signal(&crew->done);
    }
}

static void *
work(void *argument)
{
    struct cw_crew *crew = argument;
    pthread_mutex_lock(&crew->lock);
    while (!crew->is_over) {
        if (crew->next < crew->n) {
            do_next(crew);
        } else {
            pthread_cond_wait(&crew->begun, &crew->lock);
        }
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* Signals are for the caller's thread, whose reads they interrupt. */
static void
start(struct cw_crew *crew, unsigned threads)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (crew->n_threads < threads &&
           pthread_create(&crew->threads[crew->n_threads], NULL, work, crew) == 0) {
        crew->n_threads++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct cw_crew *
cw_crew_new(unsigned threads)
{
    struct cw_crew *crew = calloc(1, sizeof(*crew) + threads * sizeof(pthread_t));
    if (!crew) {
        abort();
    }
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->begun, NULL);
    pthread_cond_init(&crew->done, NULL);
    start(crew, threads > 0 ? threads - 1 : 0);
    return crew;
}

void
cw_crew_free(struct cw_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->is_over = true;
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->n_threads; i++) {
        (void)pthread_join(crew->threads[i], NULL);
    }
    pthread_cond_destroy(&crew->done);
    pthread_cond_destroy(&crew->begun);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}

void
cw_crew_run(struct cw_crew *crew, size_t n, void (*task)(void *user, size_t index), void *user)
{
    pthread_mutex_lock(&crew->lock);
    crew->task = task;
    crew->user = user;
    crew->n = crew->left = n;
    crew->next = 0;
    pthread_cond_broadcast(&crew->begun);
    while (crew->next < crew->n) {
        do_next(crew);
    }
    while (crew->left > 0) {
        pthread_cond_wait(&crew->done, &crew->lock);
    }
    crew->n = crew->next = 0;
    pthread_mutex_unlock(&crew->lock);
}
