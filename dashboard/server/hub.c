/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/hub.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "camwatch/status.h"
#include "server/frame.h"
#include "server/source.h"

enum {
    READY_BYTES = 16 * 1024,  /* looked for in the ring at a time */
    OUT_MAX = 1024 * 1024,    /* of one browser: far above what is made ready at a time */
    OUT_KEPT = 128 * 1024,    /* memory that a browser keeps */
    IDLE_MS = 60000,          /* a feed without a browser */
    TAKE_WAIT_NS = 200000000, /* waiting for work */
};

struct cw_hub {
    pthread_mutex_t lock;
    pthread_cond_t work; /* a client is to be filled up */
    cw_hub_wake_fn wake;
    unsigned max_clients, n_clients, last_number;
    struct cw_client *clients;
    struct cw_feed feeds[CW_FEEDS_MAX];
    struct cw_ring ring;
    bool is_away, is_stopping;
    struct camwatch_error why; /* while away */
};

struct cw_hub *
cw_hub_new(cw_hub_wake_fn wake, unsigned max_clients)
{
    struct cw_hub *hub = calloc(1, sizeof(*hub));
    if (!hub || !cw_ring_init(&hub->ring)) {
        free(hub);
        return NULL;
    }
    hub->wake = wake;
    hub->max_clients = max_clients;
    (void)pthread_mutex_init(&hub->lock, NULL);
    (void)pthread_cond_init(&hub->work, NULL);
    return hub;
}

void
cw_hub_free(struct cw_hub *hub)
{
    if (hub) {
        assert(!hub->clients);
        cw_ring_fini(&hub->ring);
        (void)pthread_cond_destroy(&hub->work);
        (void)pthread_mutex_destroy(&hub->lock);
        free(hub);
    }
}

static void
lock(struct cw_hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
}

static void
unlock(struct cw_hub *hub)
{
    (void)pthread_mutex_unlock(&hub->lock);
}

static struct cw_feed *
find_feed(struct cw_hub *hub, unsigned number)
{
    for (unsigned i = 0; i < CW_FEEDS_MAX; i++) {
        if (hub->feeds[i].number == number) {
            return &hub->feeds[i];
        }
    }
    return NULL;
}

size_t
cw_hub_feeds(struct cw_hub *hub, struct cw_feed out[CW_FEEDS_MAX])
{
    size_t n = 0;
    lock(hub);
    for (unsigned i = 0; i < CW_FEEDS_MAX; i++) {
        struct cw_feed *feed = &hub->feeds[i];
        if (feed->n_clients == 0 && cw_now_ms() - feed->idle_since_ms > IDLE_MS) {
            *feed = (struct cw_feed){.number = 0};
        }
        if (feed->number != 0) {
            out[n++] = *feed;
        }
    }
    unlock(hub);
    return n;
}

bool
cw_hub_get_feed(struct cw_hub *hub, unsigned number, struct cw_feed *out)
{
    lock(hub);
    const struct cw_feed *feed = find_feed(hub, number);
    if (feed) {
        *out = *feed;
    }
    unlock(hub);
    return feed;
}

void
cw_hub_start(struct cw_hub *hub, unsigned number, const struct cw_place *from)
{
    lock(hub);
    struct cw_feed *feed = find_feed(hub, number);
    if (feed) {
        feed->last = *from;
        feed->lost = *from;
        feed->is_started = true;
        (void)pthread_cond_signal(&hub->work);
    }
    unlock(hub);
}

/* What goes is no longer in the ring: who has not read it must be filled up. */
static void
drop_oldest(struct cw_hub *hub, const struct cw_message *oldest)
{
    struct cw_feed *feed = find_feed(hub, oldest->feed);
    if (feed && oldest->kind == CW_MESSAGE_ENTRY) {
        feed->lost.ids[oldest->stream] = oldest->id;
    }
    cw_ring_drop(&hub->ring);
}

static void
put_locked(struct cw_hub *hub, const struct cw_message *message)
{
    const struct cw_message *oldest;
    struct cw_feed *feed = find_feed(hub, message->feed);
    if (!feed) {
        return;
    }
    while ((oldest = cw_ring_must_go(&hub->ring, message->text.len))) {
        drop_oldest(hub, oldest);
    }
    while (message->kind == CW_MESSAGE_RESET && hub->ring.first < hub->ring.next) {
        drop_oldest(hub, cw_ring_get(&hub->ring, hub->ring.first)); /* IDs go back */
    }
    bool is_in = cw_ring_put(&hub->ring, message);
    switch (message->kind) {
    case CW_MESSAGE_ENTRY:
        feed->last.ids[message->stream] = message->id;
        if (!is_in) { /* out of memory: it is in Redis still */
            feed->lost.ids[message->stream] = message->id;
        }
        break;
    case CW_MESSAGE_GAP:
        break;
    case CW_MESSAGE_RESET:
        feed->last.ids[message->stream] = (struct cw_stream_id){.ms = 0};
        feed->lost.ids[message->stream] = (struct cw_stream_id){.ms = 0};
        break;
    }
}

void
cw_hub_put(struct cw_hub *hub, const struct cw_message *message)
{
    lock(hub);
    put_locked(hub, message);
    unlock(hub);
}

void
cw_hub_set_away(struct cw_hub *hub, const char *why)
{
    lock(hub);
    hub->is_away = why;
    (void)snprintf(hub->why.text, sizeof(hub->why.text), "%s", why ? why : "");
    unlock(hub);
}

static void
wake_client(struct cw_client *client)
{
    if (client->waiting) {
        client->hub->wake(client->waiting);
        client->waiting = NULL;
    }
}

static bool
has_something(const struct cw_client *client)
{
    const struct cw_hub *hub = client->hub;
    if (client->is_taken) {
        return false;
    }
    return client->is_ended || client->out_at < client->out.len ||
           client->knows_away != hub->is_away ||
           (!client->is_filling && (client->is_new || client->ring_at < hub->ring.next)) ||
           cw_now_ms() - client->last_given_ms >= CW_BEAT_MS;
}

void
cw_hub_wake(struct cw_hub *hub)
{
    lock(hub);
    for (struct cw_client *client = hub->clients; client; client = client->next) {
        if (client->waiting && has_something(client)) {
            wake_client(client);
        }
    }
    unlock(hub);
}

void
cw_hub_stop(struct cw_hub *hub)
{
    lock(hub);
    hub->is_stopping = true;
    for (struct cw_client *client = hub->clients; client; client = client->next) {
        client->is_ended = true;
        wake_client(client);
    }
    unlock(hub);
}

bool
cw_hub_is_stopping(struct cw_hub *hub)
{
    lock(hub);
    bool is_stopping = hub->is_stopping;
    unlock(hub);
    return is_stopping;
}

size_t
cw_hub_clients(struct cw_hub *hub)
{
    lock(hub);
    size_t n = hub->n_clients;
    unlock(hub);
    return n;
}

static struct cw_feed *
get_feed(struct cw_hub *hub, struct cw_bytes sensor)
{
    struct cw_feed *unused = NULL;
    for (unsigned i = 0; i < CW_FEEDS_MAX; i++) {
        struct cw_feed *feed = &hub->feeds[i];
        if (feed->number == 0) {
            unused = unused ? unused : feed;
        } else if (cw_bytes_equal(sensor, cw_bytes_text(feed->sensor))) {
            return feed;
        }
    }
    if (unused) {
        *unused = (struct cw_feed){.number = ++hub->last_number, .idle_since_ms = cw_now_ms()};
        memcpy(unused->sensor, sensor.ptr, sensor.len);
    }
    return unused;
}

/* False when there are too many sensors. */
static bool
subscribe(struct cw_client *client, struct cw_bytes sensor, const struct cw_place *place)
{
    struct cw_feed *feed = get_feed(client->hub, sensor);
    if (!feed) {
        return false;
    }
    struct cw_subscription *subscription = &client->subscriptions[client->n_subscriptions++];
    subscription->feed = feed->number;
    feed->n_clients++;
    if (place) {
        subscription->is_placed = true;
        subscription->at = *place;
    }
    return true;
}

static void
unsubscribe(struct cw_client *client)
{
    for (size_t i = 0; i < client->n_subscriptions; i++) {
        struct cw_feed *feed = find_feed(client->hub, client->subscriptions[i].feed);
        if (feed && --feed->n_clients == 0) {
            feed->idle_since_ms = cw_now_ms();
        }
    }
}

static struct cw_client *
join_locked(struct cw_hub *hub, const struct cw_bytes *sensors, size_t n,
            const struct cw_place *places)
{
    if (hub->is_stopping || hub->n_clients >= hub->max_clients) {
        return NULL;
    }
    struct cw_client *client = calloc(1, sizeof(*client));
    if (!client) {
        return NULL;
    }
    client->hub = hub;
    client->is_filling = true;
    client->is_new = !places;
    client->out.max = OUT_MAX;
    client->last_given_ms = cw_now_ms();
    for (size_t i = 0; i < n; i++) {
        if (!subscribe(client, sensors[i], places ? &places[i] : NULL)) {
            unsubscribe(client);
            free(client);
            return NULL;
        }
    }
    client->next = hub->clients;
    hub->clients = client;
    hub->n_clients++;
    (void)pthread_cond_signal(&hub->work);
    return client;
}

struct cw_client *
cw_hub_join(struct cw_hub *hub, const struct cw_bytes *sensors, size_t n,
            const struct cw_place *places)
{
    assert(n > 0 && n <= CW_CLIENT_FEEDS);
    lock(hub);
    struct cw_client *client = join_locked(hub, sensors, n, places);
    unlock(hub);
    return client;
}

static void
free_client(struct cw_client *client)
{
    cw_body_free(&client->out);
    free(client);
}

void
cw_hub_leave(struct cw_client *client)
{
    struct cw_hub *hub = client->hub;
    lock(hub);
    struct cw_client **at = &hub->clients;
    while (*at != client) {
        at = &(*at)->next;
    }
    *at = client->next;
    hub->n_clients--;
    unsubscribe(client);
    client->is_gone = true;
    if (!client->is_taken) {
        free_client(client);
    }
    unlock(hub);
}

/* Everything behind the client's place is in the ring. */
static bool
is_covered(struct cw_client *client, struct cw_subscription *subscription)
{
    const struct cw_feed *feed = find_feed(client->hub, subscription->feed);
    if (!feed || !feed->is_started) {
        return false;
    }
    if (!subscription->is_placed) {
        subscription->at = feed->last;
        subscription->is_placed = true;
    }
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_stream_id at = subscription->at.ids[i];
        if (cw_stream_id_compare(at, feed->lost.ids[i]) < 0 ||
            (!subscription->is_checked[i] && cw_stream_id_compare(at, feed->last.ids[i]) > 0)) {
            return false;
        }
    }
    return true;
}

static bool
enter_ring(struct cw_client *client)
{
    bool is_in = true;
    for (size_t i = 0; i < client->n_subscriptions; i++) { /* all: it places them too */
        is_in = is_covered(client, &client->subscriptions[i]) && is_in;
    }
    if (is_in) {
        client->ring_at = client->hub->ring.first;
        client->is_filling = false;
    }
    return is_in;
}

static bool
may_be_filled(const struct cw_client *client)
{
    for (size_t i = 0; i < client->n_subscriptions; i++) {
        const struct cw_feed *feed = find_feed(client->hub, client->subscriptions[i].feed);
        if (!feed || !feed->is_started) {
            return false;
        }
    }
    return !client->is_taken && !client->is_ended && client->out_at == client->out.len &&
           cw_now_ms() >= client->next_fill_ms;
}

static struct cw_client *
take_locked(struct cw_hub *hub)
{
    for (struct cw_client *client = hub->clients; client; client = client->next) {
        if (!client->is_filling || !may_be_filled(client)) {
            continue;
        }
        if (enter_ring(client)) {
            wake_client(client);
            continue;
        }
        client->is_taken = true;
        cw_body_reset(&client->out);
        client->out_at = 0;
        return client;
    }
    return NULL;
}

struct cw_client *
cw_hub_take(struct cw_hub *hub)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TAKE_WAIT_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    lock(hub);
    struct cw_client *client = take_locked(hub);
    if (!client) {
        (void)pthread_cond_timedwait(&hub->work, &hub->lock, &until);
        client = take_locked(hub);
    }
    unlock(hub);
    return client;
}

void
cw_hub_give_back(struct cw_client *client, uint32_t pause_ms)
{
    struct cw_hub *hub = client->hub;
    lock(hub);
    client->is_taken = false;
    client->next_fill_ms = cw_now_ms() + pause_ms;
    if (client->is_gone) {
        free_client(client);
    } else {
        wake_client(client);
    }
    unlock(hub);
}

static struct cw_subscription *
find_subscription(struct cw_client *client, unsigned feed)
{
    for (size_t i = 0; i < client->n_subscriptions; i++) {
        if (client->subscriptions[i].feed == feed) {
            return &client->subscriptions[i];
        }
    }
    return NULL;
}

static void
read_ring(struct cw_client *client)
{
    const struct cw_ring *ring = &client->hub->ring;
    if (client->ring_at < ring->first) { /* too slow: it comes back with its place */
        client->is_ended = true;
        return;
    }
    while (client->ring_at < ring->next && client->out.len < READY_BYTES) {
        const struct cw_message *message = cw_ring_get(ring, client->ring_at++);
        struct cw_subscription *subscription = find_subscription(client, message->feed);
        if (subscription) {
            cw_frame_put(client, subscription, message);
        }
    }
}

static void
make_ready(struct cw_client *client)
{
    const struct cw_hub *hub = client->hub;
    if (client->out.room > OUT_KEPT) {
        cw_body_free(&client->out);
    }
    cw_body_reset(&client->out);
    client->out_at = 0;
    if (!client->is_greeted) {
        client->is_greeted = true;
        cw_frame_greet(client);
    }
    if (client->knows_away != hub->is_away) {
        client->knows_away = hub->is_away;
        cw_frame_put_away(client, hub->is_away ? hub->why.text : NULL);
    }
    if (!client->is_filling || enter_ring(client)) {
        if (client->is_new) {
            client->is_new = false;
            cw_frame_place(client);
        }
        read_ring(client);
    }
    if (client->out.len == 0 && cw_now_ms() - client->last_given_ms >= CW_BEAT_MS) {
        cw_frame_beat(client);
    }
}

static long
read_locked(struct cw_client *client, char *out, size_t size)
{
    if (client->is_taken) {
        return client->is_ended ? CW_CLIENT_END : CW_CLIENT_WAIT;
    }
    if (client->out_at == client->out.len && !client->is_ended) {
        make_ready(client);
    }
    size_t n = client->out.len - client->out_at;
    if (client->out.is_full || (n == 0 && client->is_ended)) {
        return CW_CLIENT_END;
    }
    n = n < size ? n : size;
    if (n > 0) {
        memcpy(out, client->out.text + client->out_at, n);
        client->out_at += n;
        client->last_given_ms = cw_now_ms();
    }
    return (long)n;
}

long
cw_hub_read(struct cw_client *client, char *out, size_t size, cw_hub_wake_fn suspend,
            void *waiting)
{
    struct cw_hub *hub = client->hub;
    lock(hub);
    long n = read_locked(client, out, size);
    if (n == CW_CLIENT_WAIT) {
        suspend(waiting);
        client->waiting = waiting;
        if (client->is_filling) {
            (void)pthread_cond_signal(&hub->work);
        }
    }
    unlock(hub);
    return n;
}
