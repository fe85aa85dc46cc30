/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/nameboard.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#define MAGIC 0x6e616d65626f6172ULL

enum {
    LINE = 64,
    PLACES = 4096, /* of a board */
    WAYS = 4,      /* names that share a place */
    TRIES = 8,     /* while a writer is at work */
};

/* What a slot says. */
struct entry {
    uint64_t pair; /* keyed hash of client and server; 0: free */
    int64_t first_ns, last_ns, expires_ns;
    char name[CW_DNS_NAME_MAX];
};

enum { WORDS = (sizeof(struct entry) + 7) / 8 };

struct slot {
    _Atomic uint64_t version; /* odd: being written */
    _Atomic uint64_t words[WORDS];
};

struct board {
    alignas(LINE) struct slot slots[PLACES][WAYS];
};

struct head {
    uint64_t magic, n;
    struct cw_hash_key key;
};

struct boards {
    alignas(LINE) struct head head;
    struct board board[];
};

size_t
cw_nameboards_size(unsigned n)
{
    return sizeof(struct boards) + n * sizeof(struct board);
}

void
cw_nameboards_format(void *block, unsigned n, struct cw_hash_key key)
{
    struct boards *boards = block;
    memset(block, 0, cw_nameboards_size(n));
    boards->head = (struct head){.magic = MAGIC, .n = n, .key = key};
}

bool
cw_nameboards_are_good(const void *block, size_t size, unsigned n)
{
    const struct boards *boards = block;
    return (uintptr_t)block % LINE == 0 && size >= cw_nameboards_size(n) &&
           boards->head.magic == MAGIC && boards->head.n == n;
}

static uint64_t
pair_of(const struct boards *boards, const struct cw_names_client *client,
        const struct cw_addr *server)
{
    uint8_t text[17 + sizeof(server->b)] = {0};
    if (client && !cw_mac_is_none(&client->mac)) {
        text[0] = 'M';
        memcpy(text + 1, client->mac.b, sizeof(client->mac.b));
    } else if (client) {
        text[0] = 'A';
        memcpy(text + 1, client->addr.b, sizeof(client->addr.b));
    }
    memcpy(text + 17, server->b, sizeof(server->b));
    uint64_t pair = cw_hash(boards->head.key, text, sizeof(text));
    return pair ? pair : 1;
}

/* ---- one slot ---- */

static void
write_slot(struct slot *slot, const struct entry *entry)
{
    uint64_t words[WORDS] = {0};
    uint64_t version = atomic_load_explicit(&slot->version, memory_order_relaxed) | 1;
    memcpy(words, entry, sizeof(*entry));
    atomic_store_explicit(&slot->version, version, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    for (size_t i = 0; i < WORDS; i++) {
        atomic_store_explicit(&slot->words[i], words[i], memory_order_relaxed);
    }
    atomic_store_explicit(&slot->version, version + 1, memory_order_release);
}

/* @return false: free, of another pair, or a writer is at it for too long */
static bool
read_slot(struct slot *slot, uint64_t pair, struct entry *out)
{
    uint64_t words[WORDS];
    for (unsigned try = 0; try < TRIES; try++) {
        uint64_t before = atomic_load_explicit(&slot->version, memory_order_acquire);
        words[0] = atomic_load_explicit(&slot->words[0], memory_order_relaxed);
        if (before == 0 || (words[0] != pair && !(before & 1))) {
            return false;
        }
        for (size_t i = 1; i < WORDS; i++) {
            words[i] = atomic_load_explicit(&slot->words[i], memory_order_relaxed);
        }
        atomic_thread_fence(memory_order_acquire);
        uint64_t after = atomic_load_explicit(&slot->version, memory_order_relaxed);
        if (before == after && !(before & 1)) {
            memcpy(out, words, sizeof(*out));
            out->name[sizeof(out->name) - 1] = '\0';
            return out->pair == pair;
        }
    }
    return false;
}

/* ---- boards ---- */

static struct slot *
place_of(const struct cw_nameboards *boards, unsigned board, uint64_t pair)
{
    struct boards *all = boards->block;
    return all->board[board].slots[pair % PLACES];
}

/* The slot that has this name, else a free one, else the one that expires first. */
static struct slot *
choose(struct slot *place, uint64_t pair, const char *name, struct entry *now)
{
    struct slot *chosen = NULL;
    int64_t earliest = INT64_MAX;
    for (unsigned i = 0; i < WAYS; i++) {
        struct entry entry = {.pair = 0};
        uint64_t there = atomic_load_explicit(&place[i].words[0], memory_order_relaxed);
        bool is_read = there != 0 && read_slot(&place[i], there, &entry);
        if (is_read && there == pair && strcmp(entry.name, name) == 0) {
            *now = entry;
            return &place[i];
        }
        int64_t expires = is_read ? entry.expires_ns : INT64_MIN;
        if (!chosen || expires < earliest) {
            chosen = &place[i];
            earliest = expires;
        }
    }
    return chosen;
}

void
cw_nameboards_put(const struct cw_nameboards *boards, const struct cw_names_client *client,
                  const struct cw_addr *server, const char *name, int64_t time_ns,
                  int64_t expires_ns)
{
    if (!boards->block) {
        return;
    }
    uint64_t pair = pair_of(boards->block, client, server);
    struct entry entry = {.pair = pair, .first_ns = time_ns};
    struct entry now = {.pair = 0};
    struct slot *slot = choose(place_of(boards, boards->own, pair), pair, name, &now);
    if (now.pair == pair && now.expires_ns >= time_ns) {
        entry.first_ns = now.first_ns;
    }
    entry.last_ns = time_ns;
    entry.expires_ns = expires_ns;
    strncpy(entry.name, name, sizeof(entry.name) - 1);
    write_slot(slot, &entry);
}

/* Into the latest two. */
static size_t
keep_latest(struct cw_name_hit out[2], size_t n, const struct cw_name_hit *hit)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(out[i].name, hit->name) == 0) {
            out[i].answered_ns =
                hit->answered_ns > out[i].answered_ns ? hit->answered_ns : out[i].answered_ns;
            return n;
        }
    }
    if (n < 2) {
        out[n++] = *hit;
    } else if (hit->answered_ns > out[1].answered_ns) {
        out[1] = *hit;
    }
    if (n == 2 && out[1].answered_ns > out[0].answered_ns) {
        struct cw_name_hit first = out[0];
        out[0] = out[1];
        out[1] = first;
    }
    return n;
}

size_t
cw_nameboards_find(const struct cw_nameboards *boards, const struct cw_names_client *client,
                   const struct cw_addr *server, int64_t time_ns, struct cw_name_hit out[2])
{
    size_t n = 0;
    uint64_t pair = boards->block ? pair_of(boards->block, client, server) : 0;
    for (unsigned board = 0; boards->block && board < boards->n; board++) {
        struct slot *place = place_of(boards, board, pair);
        for (unsigned i = 0; i < WAYS; i++) {
            struct entry entry;
            struct cw_name_hit hit = {.is_own = client != NULL};
            if (!read_slot(&place[i], pair, &entry)) {
                continue;
            }
            hit.answered_ns = entry.last_ns <= time_ns ? entry.last_ns : entry.first_ns;
            if (hit.answered_ns <= time_ns && time_ns <= entry.expires_ns) {
                memcpy(hit.name, entry.name, sizeof(hit.name));
                n = keep_latest(out, n, &hit);
            }
        }
    }
    return n;
}
