/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/names.h"

#include <assert.h>
#include <stdlib.h>

#include "camwatch/drops.h"
#include "inspect/nameboard.h"
#include "inspect/namepool.h"

#define SECOND_NS   INT64_C(1000000000)
#define QUESTION_NS (10 * SECOND_NS)
#define HOUR_S      3600
#define DAY_S       86400

enum {
    WAYS = 4, /* questions that share a place */
    MIN_PLACES = 256,
    NAMES_PER_PAIR = 4, /* names of one address for one client; the oldest goes */
    MIN_MAX = 16,
};

/* Who asked is known by a 64-bit keyed hash of client, port, id, type and name: nobody without
 * the key finds a second question of the same hash. */
struct question {
    uint64_t hash; /* 0: free */
    int64_t time_ns;
};

/* A name that a client (or, for the fall-back, anybody) got an address for; pair is a keyed hash of
 * client and address. Indices count from 1; 0 ends a list. */
struct mapping {
    uint64_t pair;
    int64_t first_ns; /* first and latest answer */
    int64_t last_ns;
    int64_t expires_ns;
    uint32_t name;
    uint32_t next; /* in its bucket, or in the free list */
    uint32_t older;
    uint32_t newer;
};

struct cw_names {
    struct cw_hash_key key;
    uint64_t *drops;
    const struct cw_nameboards *boards;
    struct cw_namepool *pool;
    struct question *questions;
    uint32_t question_mask; /* of places with WAYS questions each */
    uint32_t mask;          /* of buckets */
    uint32_t *buckets;
    struct mapping *mappings; /* [0] is not used */
    uint32_t free;
    uint32_t newest;
    uint32_t oldest;
};

static uint32_t
power_of_two_from(uint32_t n)
{
    uint32_t power = 1;
    while (power < n) {
        power *= 2;
    }
    return power;
}

static bool
allocate(struct cw_names *names, uint32_t max)
{
    uint32_t places = power_of_two_from(max / 4 > MIN_PLACES ? max / 4 : MIN_PLACES);
    uint32_t n_buckets = power_of_two_from(max);
    names->question_mask = places - 1;
    names->mask = n_buckets - 1;
    names->pool = cw_namepool_new(max, names->key);
    names->questions = calloc((size_t)places * WAYS, sizeof(*names->questions));
    names->buckets = calloc(n_buckets, sizeof(*names->buckets));
    names->mappings = calloc((size_t)max + 1, sizeof(*names->mappings));
    return names->pool && names->questions && names->buckets && names->mappings;
}

struct cw_names *
cw_names_new(const struct cw_names_settings *settings)
{
    assert(settings->max >= MIN_MAX && settings->max < UINT32_MAX / 4);
    struct cw_names *names = calloc(1, sizeof(*names));
    if (!names) {
        return NULL;
    }
    names->key = settings->key;
    names->drops = settings->drops;
    names->boards = settings->boards;
    if (!allocate(names, settings->max)) {
        cw_names_free(names);
        return NULL;
    }
    for (uint32_t i = 1; i < settings->max; i++) {
        names->mappings[i].next = i + 1;
    }
    names->free = 1;
    return names;
}

void
cw_names_free(struct cw_names *names)
{
    if (!names) {
        return;
    }
    cw_namepool_free(names->pool);
    free(names->questions);
    free(names->buckets);
    free(names->mappings);
    free(names);
}

/* ---- keys ---- */

enum { CLIENT_LEN = 17 };

/* The MAC where there is one, else the address; NULL stands for anybody. */
static size_t
put_client(uint8_t out[CLIENT_LEN], const struct cw_names_client *client)
{
    memset(out, 0, CLIENT_LEN);
    if (client && !cw_mac_is_none(&client->mac)) {
        out[0] = 'M';
        memcpy(out + 1, client->mac.b, sizeof(client->mac.b));
    } else if (client) {
        out[0] = 'A';
        memcpy(out + 1, client->addr.b, sizeof(client->addr.b));
    }
    return CLIENT_LEN;
}

static uint64_t
pair_of(const struct cw_names *names, const struct cw_names_client *client,
        const struct cw_addr *server)
{
    uint8_t text[CLIENT_LEN + sizeof(server->b)];
    size_t len = put_client(text, client);
    memcpy(text + len, server->b, sizeof(server->b));
    return cw_hash(names->key, text, sizeof(text));
}

static uint64_t
question_of(const struct cw_names *names, const struct cw_names_client *client, uint16_t port,
            const struct cw_dns_message *message)
{
    uint8_t text[CLIENT_LEN + 6 + CW_DNS_NAME_MAX];
    size_t len = put_client(text, client), name_len = strlen(message->name);
    const uint16_t numbers[3] = {port, message->id, message->qtype};
    memcpy(text + len, numbers, sizeof(numbers));
    len += sizeof(numbers);
    memcpy(text + len, message->name, name_len);
    uint64_t hash = cw_hash(names->key, text, len + name_len);
    return hash ? hash : 1;
}

/* ---- questions ---- */

static void
count_evicted(struct cw_names *names)
{
    if (names->drops) {
        names->drops[CAMWATCH_DROP_NAMES_EVICTED]++;
    }
}

static struct question *
place_of(struct cw_names *names, uint64_t hash)
{
    return &names->questions[(size_t)(hash & names->question_mask) * WAYS];
}

static bool
is_pending(const struct question *q, int64_t time_ns)
{
    return q->hash && time_ns - q->time_ns <= QUESTION_NS;
}

void
cw_names_query(struct cw_names *names, const struct cw_names_client *client, uint16_t port,
               const struct cw_dns_message *message, int64_t time_ns)
{
    uint64_t hash = question_of(names, client, port, message);
    struct question *place = place_of(names, hash), *victim = place;
    for (unsigned i = 0; i < WAYS; i++) {
        if (place[i].hash == hash) {
            place[i].time_ns = time_ns;
            return;
        }
        bool is_better = !place[i].hash || place[i].time_ns < victim->time_ns;
        victim = victim->hash && is_better ? &place[i] : victim;
    }
    if (is_pending(victim, time_ns)) {
        count_evicted(names);
    }
    *victim = (struct question){.hash = hash, .time_ns = time_ns};
}

static bool
was_asked(struct cw_names *names, uint64_t hash, int64_t time_ns)
{
    const struct question *place = place_of(names, hash);
    for (unsigned i = 0; i < WAYS; i++) {
        if (place[i].hash == hash) {
            return is_pending(&place[i], time_ns);
        }
    }
    return false;
}

/* ---- mappings ---- */

static void
age_unlink(struct cw_names *names, uint32_t i)
{
    struct mapping *m = &names->mappings[i];
    *(m->newer ? &names->mappings[m->newer].older : &names->newest) = m->older;
    *(m->older ? &names->mappings[m->older].newer : &names->oldest) = m->newer;
}

static void
age_push(struct cw_names *names, uint32_t i)
{
    struct mapping *m = &names->mappings[i];
    m->newer = 0;
    m->older = names->newest;
    *(names->newest ? &names->mappings[names->newest].newer : &names->oldest) = i;
    names->newest = i;
}

static void
touch(struct cw_names *names, uint32_t i)
{
    age_unlink(names, i);
    age_push(names, i);
}

static void
forget(struct cw_names *names, uint32_t i)
{
    struct mapping *m = &names->mappings[i];
    uint32_t *link = &names->buckets[m->pair & names->mask];
    while (*link != i) {
        link = &names->mappings[*link].next;
    }
    *link = m->next;
    age_unlink(names, i);
    cw_namepool_drop(names->pool, m->name);
    m->next = names->free;
    names->free = i;
}

/* Makes room; false when there is nothing to forget. */
static bool
evict(struct cw_names *names, int64_t time_ns)
{
    uint32_t i = names->oldest;
    if (!i) {
        return false;
    }
    if (names->mappings[i].expires_ns >= time_ns) {
        count_evicted(names);
    }
    forget(names, i);
    return true;
}

/* The mapping of this pair and name; else, when the pair has its fill of names, its oldest one is
 * forgotten. 0: none. */
static uint32_t
find_mapping(struct cw_names *names, uint64_t pair, uint32_t name)
{
    uint32_t oldest = 0;
    unsigned count = 0;
    for (uint32_t i = names->buckets[pair & names->mask]; i; i = names->mappings[i].next) {
        const struct mapping *m = &names->mappings[i];
        if (m->pair != pair) {
            continue;
        }
        if (m->name == name) {
            return i;
        }
        count++;
        oldest = !oldest || m->last_ns < names->mappings[oldest].last_ns ? i : oldest;
    }
    if (count >= NAMES_PER_PAIR) {
        forget(names, oldest);
    }
    return 0;
}

static uint32_t
add_mapping(struct cw_names *names, uint64_t pair, uint32_t name, int64_t time_ns)
{
    if (!names->free) {
        evict(names, time_ns);
    }
    uint32_t i = names->free, *bucket = &names->buckets[pair & names->mask];
    struct mapping *m = &names->mappings[i];
    names->free = m->next;
    *m = (struct mapping){.pair = pair, .first_ns = time_ns, .name = name, .next = *bucket};
    *bucket = i;
    cw_namepool_hold(names->pool, name);
    age_push(names, i);
    return i;
}

static int64_t
lifetime_ns(uint32_t ttl)
{
    int64_t seconds = ttl < HOUR_S ? HOUR_S : ttl > DAY_S ? DAY_S : ttl;
    return seconds * SECOND_NS;
}

static void
store(struct cw_names *names, uint64_t pair, uint32_t name, uint32_t ttl, int64_t time_ns)
{
    uint32_t i = find_mapping(names, pair, name);
    if (i) {
        touch(names, i);
    } else {
        i = add_mapping(names, pair, name, time_ns);
    }
    struct mapping *m = &names->mappings[i];
    if (m->expires_ns && m->expires_ns < time_ns) {
        m->first_ns = time_ns; /* not known in between */
    }
    m->last_ns = time_ns;
    m->expires_ns = time_ns + lifetime_ns(ttl);
}

/* Holds the name for the caller; makes room by forgetting the oldest. */
static uint32_t
take_name(struct cw_names *names, const char *text, int64_t time_ns)
{
    uint32_t name = cw_namepool_take(names->pool, text);
    while (!name && evict(names, time_ns)) {
        name = cw_namepool_take(names->pool, text);
    }
    return name;
}

/* For the other shards. */
static void
post(const struct cw_names *names, const struct cw_names_client *client,
     const struct cw_dns_message *message, const struct cw_dns_address *a, int64_t time_ns)
{
    if (names->boards) {
        int64_t expires_ns = time_ns + lifetime_ns(a->ttl);
        cw_nameboards_put(names->boards, client, &a->addr, message->name, time_ns, expires_ns);
        cw_nameboards_put(names->boards, NULL, &a->addr, message->name, time_ns, expires_ns);
    }
}

bool
cw_names_answer(struct cw_names *names, const struct cw_names_client *client, uint16_t port,
                const struct cw_dns_message *message, int64_t time_ns)
{
    if (!was_asked(names, question_of(names, client, port, message), time_ns)) {
        return false;
    }
    uint32_t name = message->n_addresses ? take_name(names, message->name, time_ns) : 0;
    for (size_t i = 0; name && i < message->n_addresses; i++) {
        const struct cw_dns_address *a = &message->address[i];
        store(names, pair_of(names, client, &a->addr), name, a->ttl, time_ns);
        store(names, pair_of(names, NULL, &a->addr), name, a->ttl, time_ns);
        post(names, client, message, a, time_ns);
    }
    if (name) {
        cw_namepool_drop(names->pool, name);
    }
    return true;
}

/* ---- finding ---- */

struct candidate {
    uint32_t mapping; /* 0 none */
    int64_t answered_ns;
};

/* The latest answer at or before time, as far as it is remembered; false: none then. */
static bool
known_at(const struct mapping *m, int64_t time_ns, int64_t *answered_ns)
{
    *answered_ns = m->last_ns <= time_ns ? m->last_ns : m->first_ns;
    return *answered_ns <= time_ns && time_ns <= m->expires_ns;
}

/* The latest two names of a pair. */
static void
find_latest(const struct cw_names *names, uint64_t pair, int64_t time_ns,
            struct candidate best[2])
{
    for (uint32_t i = names->buckets[pair & names->mask]; i; i = names->mappings[i].next) {
        struct candidate c = {.mapping = i};
        if (names->mappings[i].pair != pair ||
            !known_at(&names->mappings[i], time_ns, &c.answered_ns)) {
            continue;
        }
        if (!best[0].mapping || c.answered_ns > best[0].answered_ns) {
            best[1] = best[0];
            best[0] = c;
        } else if (!best[1].mapping || c.answered_ns > best[1].answered_ns) {
            best[1] = c;
        }
    }
}

static void
use(struct cw_names *names, const struct candidate *c, bool is_own, int64_t time_ns,
    struct cw_name_hit *out)
{
    struct mapping *m = &names->mappings[c->mapping];
    int64_t expires_ns = time_ns + HOUR_S * SECOND_NS;
    m->expires_ns = expires_ns > m->expires_ns ? expires_ns : m->expires_ns;
    touch(names, c->mapping);
    out->answered_ns = c->answered_ns;
    out->is_own = is_own;
    cw_namepool_text(names->pool, m->name, out->name);
}

size_t
cw_names_find(struct cw_names *names, const struct cw_names_client *client,
              const struct cw_addr *server, int64_t time_ns, struct cw_name_hit out[2])
{
    struct candidate own[2] = {{0}}, other[2] = {{0}};
    find_latest(names, pair_of(names, client, server), time_ns, own);
    size_t n = 0;
    for (size_t i = 0; i < 2 && own[i].mapping; i++) {
        use(names, &own[i], true, time_ns, &out[n++]);
    }
    if (n == 0 && names->boards) {
        n = cw_nameboards_find(names->boards, client, server, time_ns, out);
    }
    if (n > 0) {
        return n;
    }
    find_latest(names, pair_of(names, NULL, server), time_ns, other);
    if (other[0].mapping) {
        use(names, &other[0], false, time_ns, &out[n++]);
    } else if (names->boards) {
        n = cw_nameboards_find(names->boards, NULL, server, time_ns, out) > 0;
    }
    return n;
}
