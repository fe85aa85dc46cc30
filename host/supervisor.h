/* SPDX-License-Identifier: Apache-2.0
 *
 * The supervisor's own parts: what it knows, and what its files do for each other. It is one thread.
 */
#ifndef HOST_SUPERVISOR_H
#define HOST_SUPERVISOR_H

#include <sys/types.h>

#include "channel.h"
#include "link_watch.h"
#include "process.h"
#include "taps.h"

#define CW_SECOND INT64_C(1000000000)

enum cw_supervisor_phase {
    CW_SUPERVISOR_RUNNING,
    CW_SUPERVISOR_REOPENING,
    CW_SUPERVISOR_STOPPING
};

struct cw_child {
    pid_t pid;   /* 0: does not run */
    int channel; /* our end; -1 */
    bool is_ready, was_ready;
    bool owes_answer; /* whether it took new rules */
    int64_t started_ns;
    int64_t again_ns; /* when to start it anew; 0: not due */
    int64_t backoff_ns;
    struct cw_own_page *own; /* outlives it */
    uint64_t lost; /* frames that were captured and that it did not handle before it ended */
};

struct cw_supervisor {
    const struct cw_live_settings *settings;
    const char *user;
    int signals, rules, lock;
    struct cw_taps taps;
    struct cw_link_watch links;
    struct cw_ring_file rings[CW_DEAL_SHARDS];
    struct cw_frame_ring frames[CW_DEAL_SHARDS]; /* from the reader */
    void *shared;                                /* by the monitors, of several shards */
    struct cw_child monitors[CW_DEAL_SHARDS], publisher;
    struct cw_child reader;  /* where there is one */
    struct cw_child metrics; /* only with --metrics */
    struct cw_metrics_page *page;
    int listener; /* of metrics; -1 */
    enum cw_supervisor_phase phase;
    int status;
    unsigned restarts;
    unsigned answers_due;                        /* of how many processes */
    bool was_told;                               /* READY=1 */
    bool is_reloading;                           /* systemd was told so */
    bool publisher_was_told, monitors_were_told; /* to stop */
    int64_t stop_by_ns, looked_ns, watchdog_ns, counted_ns, linked_ns, judged_ns;
};

/* ---- supervisor_children.c: processes ---- */

/** Who reads from interfaces: every monitor, or the reader alone. */
unsigned cw_supervisor_takers(const struct cw_supervisor *s);
struct cw_child *cw_supervisor_taker(struct cw_supervisor *s, unsigned index);

const char *cw_supervisor_name(const struct cw_supervisor *s, const struct cw_child *child,
                               char out[32]);

void cw_supervisor_start(struct cw_supervisor *s, struct cw_child *child);
void cw_supervisor_start_takers(struct cw_supervisor *s);
/** Those whose back-off is over. */
void cw_supervisor_start_due(struct cw_supervisor *s);

/** Processes that ended: their account, and when to start them anew. */
void cw_supervisor_reap(struct cw_supervisor *s);

/** Who has not been at work for --hang seconds is killed: what follows is a restart. */
void cw_supervisor_end_hanging(struct cw_supervisor *s);

/* ---- supervisor_stop.c ---- */

void cw_supervisor_begin_stop(struct cw_supervisor *s, int status);
/** @return true: all have ended */
bool cw_supervisor_go_on_stopping(struct cw_supervisor *s);
void cw_supervisor_tell_takers(struct cw_supervisor *s, int signal);
bool cw_supervisor_has_takers(const struct cw_supervisor *s);

/* ---- supervisor_taps.c: interfaces that vanish and come back ---- */

/** Interfaces are opened anew once nobody holds them any more. */
void cw_supervisor_begin_reopen(struct cw_supervisor *s);
/** Once a second: is an interface there again that was not? */
void cw_supervisor_look_for_interfaces(struct cw_supervisor *s);

/* ---- supervisor_messages.c: rules, and what processes say ---- */

void cw_supervisor_reload(struct cw_supervisor *s);
void cw_supervisor_listen(struct cw_supervisor *s);
/** It took or refused new rules, or died: its successor begins with them. */
void cw_supervisor_answered(struct cw_supervisor *s, struct cw_child *child);

/* ---- supervisor_account.c: what the kernel received, and what became of it ---- */

/** Ten times a second: the kernel's and the interfaces' drops, for the publisher. */
void cw_supervisor_count(struct cw_supervisor *s);

/** A process that took frames has ended, and its taps get nothing more: what it left is lost with it. */
void cw_supervisor_settle(struct cw_supervisor *s, struct cw_child *child);

/** A monitor died: what it had counted and not told becomes a record. */
void cw_supervisor_tell_counts(struct cw_supervisor *s, const struct cw_child *child);

/** At the end, when no packet comes any more: settle with everybody, and log the whole account. */
void cw_supervisor_settle_all(struct cw_supervisor *s);

#endif
