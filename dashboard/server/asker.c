/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/asker.h"

#include <stdio.h>

void
cw_asker_init(struct cw_asker *asker, void (*wake)(void *waiting))
{
    asker->wake = wake;
    (void)pthread_mutex_init(&asker->lock, NULL);
    (void)pthread_cond_init(&asker->work, NULL);
}

void
cw_asker_fini(struct cw_asker *asker)
{
    cw_source_drop(&asker->source);
    (void)pthread_cond_destroy(&asker->work);
    (void)pthread_mutex_destroy(&asker->lock);
}

bool
cw_asker_put(struct cw_asker *asker, struct cw_job *job)
{
    (void)pthread_mutex_lock(&asker->lock);
    bool is_taken = !asker->is_stopping;
    if (is_taken) {
        if (asker->last) {
            asker->last->next = job;
        } else {
            asker->first = job;
        }
        asker->last = job;
        (void)pthread_cond_signal(&asker->work);
    }
    (void)pthread_mutex_unlock(&asker->lock);
    return is_taken;
}

/* NULL: stop, and nothing is left. */
static struct cw_job *
next_job(struct cw_asker *asker, bool *is_stopping)
{
    (void)pthread_mutex_lock(&asker->lock);
    while (!asker->first && !asker->is_stopping) {
        (void)pthread_cond_wait(&asker->work, &asker->lock);
    }
    struct cw_job *job = asker->first;
    if (job) {
        asker->first = job->next;
        asker->last = asker->first ? asker->last : NULL;
    }
    *is_stopping = asker->is_stopping;
    (void)pthread_mutex_unlock(&asker->lock);
    return job;
}

static void
answer_job(struct cw_asker *asker, struct cw_job *job)
{
    job->body.max = CW_ANSWER_BYTES;
    if (asker->bytes > CW_ANSWERS_BYTES) {
        job->is_busy = true;
        return;
    }
    job->answer = cw_query_run(&asker->source, &job->query, &asker->names, &job->body);
    if (job->answer == CW_ANSWER_REFUSED || job->answer == CW_ANSWER_AWAY) {
        job->why = asker->source.why;
    }
    if (job->answer != CW_ANSWER_OK) {
        cw_body_free(&job->body);
    }
    asker->bytes += job->body.room;
}

void *
cw_asker_run(void *opaque)
{
    struct cw_asker *asker = opaque;
    struct cw_job *job;
    bool is_stopping;
    while ((job = next_job(asker, &is_stopping))) {
        if (is_stopping) {
            job->answer = CW_ANSWER_AWAY;
            (void)snprintf(job->why.text, sizeof(job->why.text), "the dashboard stops");
        } else {
            answer_job(asker, job);
        }
        job->is_answered = true;
        asker->wake(job->waiting);
    }
    return NULL;
}

void
cw_asker_stop(struct cw_asker *asker)
{
    (void)pthread_mutex_lock(&asker->lock);
    asker->is_stopping = true;
    (void)pthread_cond_signal(&asker->work);
    (void)pthread_mutex_unlock(&asker->lock);
}
