/* SPDX-License-Identifier: Apache-2.0
 *
 * One reader, many browsers. The reader puts what it read into one ring of messages, encoded
 * once; each browser has its own place in it and its own last ID of each stream, by which every
 * entry comes to it exactly once, also after it was away:
 *
 *   - a browser whose place lies in the ring goes on there;
 *   - one whose place lies before it is filled up from Redis first (fill.c);
 *   - one that reads too slowly falls out of the ring: its connection is ended in order, it
 *     comes back with Last-Event-ID and is filled up.
 *
 * All calls are thread-safe: one lock.
 */
#ifndef SERVER_HUB_H
#define SERVER_HUB_H

#include <pthread.h>
#include <stdbool.h>

#include "server/ring.h"
#include "sink/redis_keys.h"

enum {
    CW_FEEDS_MAX = 64,           /* sensors read at a time */
    CW_CLIENT_FEEDS = 16,        /* sensors of one browser */
    CW_CLIENT_BYTES = 64 * 1024, /* made ready for one browser ahead of its reading */
    CW_BEAT_MS = 15000,
};

/* A sensor that is read. */
struct cw_feed {
    unsigned number; /* no two feeds ever have the same; 0: unused */
    char sensor[CW_REDIS_SENSOR_MAX + 1];
    bool is_started;      /* last is known */
    struct cw_place last; /* read and put into the ring up to here */
    struct cw_place lost; /* the ring has everything behind this */
    unsigned n_clients;
    int64_t idle_since_ms; /* when the last client went */
};

/* One sensor in a browser's connection. */
struct cw_subscription {
    unsigned feed;  /* its number */
    bool is_placed; /* at is known */
    struct cw_place at;
    bool is_checked[CAMWATCH_N_STREAMS]; /* at is no ID of a stream that is gone */
};

struct cw_hub;

/* A browser's connection. Guarded by the hub's lock, but for what fill.c has taken. */
struct cw_client {
    struct cw_hub *hub;
    struct cw_client *next;
    struct cw_subscription subscriptions[CW_CLIENT_FEEDS];
    size_t n_subscriptions;
    uint64_t ring_at;      /* number of the next message to look at */
    bool is_filling;       /* not yet in the ring */
    bool is_taken;         /* fill.c works on it outside the lock */
    bool is_gone;          /* closed while taken */
    bool is_ended;         /* no more is to be given */
    bool is_new;           /* has no place yet: it is to be told the first one */
    bool is_greeted;       /* the first bytes went out */
    bool knows_away;       /* was told that Redis is away */
    int64_t next_fill_ms;  /* not before */
    int64_t last_given_ms; /* for the heartbeat */
    struct cw_body out;    /* made ready, and not yet given */
    size_t out_at;
    void *waiting; /* what wake() wakes; NULL: not waiting */
};

/** Wake a connection that waits. Called with the lock held. */
typedef void (*cw_hub_wake_fn)(void *waiting);

/** NULL for lack of memory. */
struct cw_hub *cw_hub_new(cw_hub_wake_fn wake, unsigned max_clients);

/** No client may be left. */
void cw_hub_free(struct cw_hub *hub);

/* ---- the reader's side (reader.c) ---- */

/** Copy the feeds that are wanted; returns how many. Forgets those that nobody has wanted for a
 *  minute. */
size_t cw_hub_feeds(struct cw_hub *hub, struct cw_feed out[CW_FEEDS_MAX]);

/** From where on a feed is read. */
void cw_hub_start(struct cw_hub *hub, unsigned feed, const struct cw_place *from);

/** Put a message into the ring; its text is copied. An entry becomes its stream's last, after a
 *  reset the last is 0-0. */
void cw_hub_put(struct cw_hub *hub, const struct cw_message *message);

/** Redis went (why, copied) or is there (NULL). */
void cw_hub_set_away(struct cw_hub *hub, const char *why);

/** Wake who has something to read, a heartbeat due, or was ended. */
void cw_hub_wake(struct cw_hub *hub);

/** End every connection in order and take no more. */
void cw_hub_stop(struct cw_hub *hub);
bool cw_hub_is_stopping(struct cw_hub *hub);

/* ---- a browser's side (live.c) ---- */

/**
 * A new browser.
 *
 * @param sensors  names, n of them (1..CW_CLIENT_FEEDS)
 * @param places   where it was, n of them; NULL: from now on
 * @return NULL: too many browsers or sensors, or out of memory. Given, close with cw_hub_leave.
 */
struct cw_client *cw_hub_join(struct cw_hub *hub, const struct cw_bytes *sensors, size_t n,
                              const struct cw_place *places);
void cw_hub_leave(struct cw_client *client);

enum { CW_CLIENT_WAIT = 0, CW_CLIENT_END = -1 };

/**
 * The next bytes for a browser.
 *
 * @param suspend  called with waiting and the lock held when there are none: wake() follows when
 *                 there are
 * @return bytes written, CW_CLIENT_WAIT or CW_CLIENT_END
 */
long cw_hub_read(struct cw_client *client, char *out, size_t size, cw_hub_wake_fn suspend,
                 void *waiting);

size_t cw_hub_clients(struct cw_hub *hub);

/* ---- filling up (fill.c) ---- */

/** A client that must be filled up from Redis, taken until cw_hub_give_back; waits up to 200 ms
 *  for one, then NULL. */
struct cw_client *cw_hub_take(struct cw_hub *hub);

/** @param pause_ms  not to be taken again before */
void cw_hub_give_back(struct cw_client *client, uint32_t pause_ms);

/** Where a feed stands. False: it is gone. */
bool cw_hub_get_feed(struct cw_hub *hub, unsigned feed, struct cw_feed *out);

#endif
