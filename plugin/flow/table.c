/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/table.h"

#include <assert.h>
#include <stdlib.h>

#include "flow/account.h"
#include "flow/index.h"
#include "flow/key.h"
#include "flow/pool.h"

#define SECOND_NS      INT64_C(1000000000)
#define MEMORY_DEFAULT (UINT64_C(256) << 20)
#define MEMORY_LEAST   (UINT64_C(64) << 10)
#define BUCKETS_FIRST  256

/* One time-out a class; a list for each class of each value, so that the head is the next to
 * go. */
enum age_class {
    AGE_LINGER,
    AGE_UNANSWERED,
    AGE_UDP,
    AGE_TCP,
    N_AGES,
};

struct age_list {
    struct cw_flow *oldest;
    struct cw_flow *newest;
};

struct cw_flow_table {
    struct cw_flow_table_settings settings;
    struct cw_flow_index index;
    struct cw_flow_pool pool;
    struct cw_clock clock;
    struct cw_flow
        *current;           /* of the last packet: accounted by now, but not yet in its place */
    struct cw_flow *jumper; /* its last packet says that time jumped; nobody agreed yet */
    int64_t jumper_ns;
    int64_t timeout_ns[N_AGES];
    struct age_list ages[CW_N_FLOW_VALUES][N_AGES];
    int64_t next_due_ns; /* no flow at the head of a list is idle before: a lower bound */
    uint64_t memory;     /* of the table and its slabs, without buckets */
    struct cw_flow_table_stats stats;
};

static int64_t
or_seconds(int64_t given_ns, int64_t seconds)
{
    return given_ns > 0 ? given_ns : seconds * SECOND_NS;
}

struct cw_flow_table *
cw_flow_table_new(const struct cw_flow_table_settings *settings)
{
    struct cw_flow_table *t = calloc(1, sizeof(*t));
    if (!t) {
        return NULL;
    }
    if (!cw_flow_index_init(&t->index, BUCKETS_FIRST)) {
        free(t);
        return NULL;
    }
    t->settings = *settings;
    t->settings.memory = settings->memory ? settings->memory : MEMORY_DEFAULT;
    if (t->settings.memory < MEMORY_LEAST) {
        t->settings.memory = MEMORY_LEAST;
    }
    t->memory = sizeof(*t);
    t->next_due_ns = INT64_MAX;
    t->timeout_ns[AGE_LINGER] = or_seconds(settings->linger_ns, 5);
    t->timeout_ns[AGE_UNANSWERED] = or_seconds(settings->unanswered_ns, 30);
    t->timeout_ns[AGE_UDP] = or_seconds(settings->udp_idle_ns, 120);
    t->timeout_ns[AGE_TCP] = or_seconds(settings->tcp_idle_ns, 600);
    return t;
}

void
cw_flow_table_free(struct cw_flow_table *table)
{
    if (table) {
        cw_flow_index_free(&table->index);
        cw_flow_pool_free(&table->pool);
        free(table);
    }
}

/* The bound is kept low enough wherever a list gets another head: so expiry costs a packet one
 * comparison, not a look at 16 lists. */
static void
note_due(struct cw_flow_table *t, const struct cw_flow *f)
{
    int64_t due_ns = f->seen_ns + t->timeout_ns[f->age_class];
    if (due_ns < t->next_due_ns) {
        t->next_due_ns = due_ns;
    }
}

static void
unlink_age(struct cw_flow_table *t, struct cw_flow *f)
{
    struct age_list *list = &t->ages[f->value][f->age_class];
    *(f->age_prev ? &f->age_prev->age_next : &list->oldest) = f->age_next;
    *(f->age_next ? &f->age_next->age_prev : &list->newest) = f->age_prev;
    if (!f->age_prev && list->oldest) {
        note_due(t, list->oldest);
    }
    t->stats.by_value[f->value]--;
}

static void
append_age(struct cw_flow_table *t, struct cw_flow *f)
{
    struct age_list *list = &t->ages[f->value][f->age_class];
    f->age_prev = list->newest;
    f->age_next = NULL;
    *(list->newest ? &list->newest->age_next : &list->oldest) = f;
    list->newest = f;
    note_due(t, f);
    f->queued_s = (uint32_t)(t->clock.now_ns / SECOND_NS);
    t->stats.by_value[f->value]++;
}

static enum age_class
class_of(const struct cw_flow *f)
{
    bool is_tcp = f->key.proto == CW_PROTO_TCP;
    bool is_answered = f->outcome == CAMWATCH_OUTCOME_ESTABLISHED ||
                       (is_tcp && f->outcome == CAMWATCH_OUTCOME_UNKNOWN);
    if (f->end != CW_FLOW_END_NONE) {
        return AGE_LINGER;
    }
    if (!is_answered) {
        return AGE_UNANSWERED;
    }
    return is_tcp ? AGE_TCP : AGE_UDP;
}

/* Lists are kept to the second only: a busy flow touches its neighbours once a second, not each
 * packet. */
static void
settle(struct cw_flow_table *t)
{
    struct cw_flow *f = t->current;
    t->current = NULL;
    if (!f) {
        return;
    }
    enum age_class class = class_of(f);
    uint8_t value = f->value;
    if (value == CW_FLOW_UNANSWERED && class >= AGE_UDP) {
        value = CW_FLOW_ORDINARY;
    }
    bool is_fresh = f->queued_s == (uint32_t)(t->clock.now_ns / SECOND_NS);
    if (is_fresh && class == f->age_class && value == f->value) {
        return;
    }
    unlink_age(t, f);
    f->value = value;
    f->age_class = (uint8_t) class;
    append_age(t, f);
}

static void
end_flow(struct cw_flow_table *t, struct cw_flow *f, enum cw_flow_end reason)
{
    if (t->current == f) {
        t->current = NULL;
    }
    if (t->jumper == f) {
        t->jumper = NULL;
    }
    if (f->end == CW_FLOW_END_NONE) {
        f->end = (uint8_t)reason;
        t->stats.evicted += reason == CW_FLOW_END_EVICTED;
        t->stats.expired += reason == CW_FLOW_END_IDLE;
    }
    t->stats.flows--;
    unlink_age(t, f);
    cw_flow_index_remove(&t->index, f);
    if (t->settings.on_end) {
        t->settings.on_end(t->settings.user, f);
    }
    cw_flow_pool_give(&t->pool, f);
}

static struct cw_flow *
older(struct cw_flow *a, struct cw_flow *b)
{
    if (!a || !b) {
        return a ? a : b;
    }
    return b->seen_ns < a->seen_ns ? b : a;
}

/* Flows with evidence go only when they are over anyway: a flood of new ones is worth less. */
static struct cw_flow *
least_valuable(struct cw_flow_table *t)
{
    for (unsigned value = 0; value < CW_N_FLOW_VALUES; value++) {
        struct cw_flow *f = t->ages[value][AGE_LINGER].oldest;
        if (!f && value <= CW_FLOW_ORDINARY) {
            for (unsigned age = AGE_UNANSWERED; age < N_AGES; age++) {
                f = older(f, t->ages[value][age].oldest);
            }
        }
        if (f) {
            return f;
        }
    }
    return NULL;
}

static uint64_t
memory_of(const struct cw_flow_table *t)
{
    return t->memory + cw_flow_index_memory(&t->index);
}

static bool
grow_pool(struct cw_flow_table *t)
{
    uint64_t slab = sizeof(struct cw_flow_slab);
    if (memory_of(t) + slab > t->settings.memory || !cw_flow_pool_grow(&t->pool)) {
        return false;
    }
    t->memory += slab;
    return true;
}

static struct cw_flow *
take_flow(struct cw_flow_table *t)
{
    struct cw_flow *f = cw_flow_pool_take(&t->pool);
    if (!f && !grow_pool(t)) {
        struct cw_flow *victim = least_valuable(t);
        if (!victim) {
            t->stats.refused++;
            return NULL;
        }
        end_flow(t, victim, CW_FLOW_END_EVICTED);
    }
    return f ? f : cw_flow_pool_take(&t->pool);
}

/* The same input gives the same id, whatever the table's hash key. */
static uint64_t
make_id(const struct cw_flow *f)
{
    struct {
        struct cw_flow_key key;
        uint32_t file;
        int64_t first_ns;
        uint64_t frame;
    } seed = {f->key, f->first_file, f->first_ns, f->first_frame};

    _Static_assert(sizeof(seed) == 64, "hashed as bytes: no holes");
    return cw_hash((struct cw_hash_key){0x63616d7761746368, 0x666c6f772d696431}, &seed,
                   sizeof(seed));
}

static void
fill_flow(struct cw_flow *f, const struct cw_packet *p)
{
    bool src_is_low = cw_addr_equal(&p->src, &f->key.low);
    if (src_is_low && cw_addr_equal(&f->key.low, &f->key.high)) {
        src_is_low = p->src_port == f->key.low_port || p->src_port != f->key.high_port;
    }
    f->low_is_source = src_is_low == cw_flow_sender_opened(p);
    f->first_ns = p->frame->time_ns;
    f->last_ns = f->first_ns;
    f->first_frame = p->frame->number;
    f->first_file = p->frame->file;
    f->first_vlan = p->vlan;
    f->interface = (uint16_t)p->frame->interface;
    f->id = make_id(f);
}

static struct cw_flow *
make_flow(struct cw_flow_table *t, const struct cw_packet *p, const struct cw_flow_key *key,
          uint32_t hash)
{
    struct cw_flow *f = take_flow(t);
    if (!f) {
        return NULL;
    }
    f->key = *key;
    f->hash = hash;
    f->value = CW_FLOW_UNANSWERED;
    f->age_class = AGE_UNANSWERED;
    f->seen_ns = t->clock.now_ns;
    fill_flow(f, p);
    uint64_t doubled = memory_of(t) + t->index.n * 2 * sizeof(struct cw_flow *);
    if (t->stats.flows >= t->index.n && doubled <= t->settings.memory) {
        cw_flow_index_grow(&t->index);
    }
    cw_flow_index_add(&t->index, f);
    append_age(t, f);
    t->stats.flows++;
    t->stats.created++;
    return f;
}

static bool
is_timed_out(const struct cw_flow_table *t, const struct cw_flow *f)
{
    return t->clock.now_ns - f->seen_ns >= t->timeout_ns[f->age_class];
}

/* A port used again: the SYN of a conversation that is over, and not that one repeated. */
static bool
is_reopened(const struct cw_flow *f, const struct cw_packet *p)
{
    bool is_syn =
        p->proto == CW_PROTO_TCP && (p->tcp_flags & (CW_TCP_SYN | CW_TCP_ACK)) == CW_TCP_SYN;
    return is_syn && f->end != CW_FLOW_END_NONE && !(f->has_syn && f->syn_seq == p->tcp_seq);
}

static uint32_t
hash_of(const struct cw_flow_table *t, const struct cw_flow_key *key)
{
    return cw_flow_key_hash(key, t->settings.hash_key);
}

/* When a jump of time is agreed on, the flow of the packet that said so first was not idle. */
static void
move_clock(struct cw_flow_table *t, int64_t packet_ns)
{
    int64_t before = t->clock.now_ns;
    int64_t now = cw_clock_advance(&t->clock, packet_ns);
    if (t->jumper && now != before) {
        t->jumper->seen_ns = t->jumper_ns < now ? t->jumper_ns : now;
        note_due(t, t->jumper);
    }
    t->jumper = NULL;
}

static void
touch(struct cw_flow_table *t, struct cw_flow *f, int64_t packet_ns)
{
    f->seen_ns = t->clock.now_ns;
    t->current = f;
    if (t->clock.has_candidate) {
        t->jumper = f;
        t->jumper_ns = packet_ns;
    }
}

struct cw_flow *
cw_flow_table_get(struct cw_flow_table *table, const struct cw_packet *packet, bool *created)
{
    assert(packet->is_ip);
    struct cw_flow_key key;
    cw_flow_key_make(packet, table->settings.key_vlan, &key);
    uint32_t hash = hash_of(table, &key);
    cw_flow_index_prefetch(&table->index, hash);
    settle(table);
    move_clock(table, packet->frame->time_ns);
    struct cw_flow *f = cw_flow_index_find(&table->index, hash, &key);
    if (f && (is_timed_out(table, f) || is_reopened(f, packet))) {
        end_flow(table, f, CW_FLOW_END_IDLE);
        f = NULL;
    }
    *created = !f;
    if (!f) {
        f = make_flow(table, packet, &key, hash);
    }
    if (f) {
        touch(table, f, packet->frame->time_ns);
    }
    return f;
}

struct cw_flow *
cw_flow_table_find(struct cw_flow_table *table, const struct cw_packet *packet)
{
    struct cw_flow_key key;
    cw_flow_key_make(packet, table->settings.key_vlan, &key);
    return cw_flow_index_find(&table->index, hash_of(table, &key), &key);
}

void
cw_flow_table_note_time(struct cw_flow_table *table, int64_t packet_ns)
{
    settle(table);
    move_clock(table, packet_ns);
}

void
cw_flow_table_expire(struct cw_flow_table *table, int64_t now_ns)
{
    settle(table);
    if (now_ns != INT64_MIN) {
        (void)cw_clock_set(&table->clock, now_ns);
    }
    if (table->clock.now_ns < table->next_due_ns) {
        return;
    }
    table->next_due_ns = INT64_MAX;
    for (unsigned value = 0; value < CW_N_FLOW_VALUES; value++) {
        for (unsigned age = 0; age < N_AGES; age++) {
            struct age_list *list = &table->ages[value][age];
            while (list->oldest && is_timed_out(table, list->oldest)) {
                end_flow(table, list->oldest, CW_FLOW_END_IDLE);
            }
            if (list->oldest) {
                note_due(table, list->oldest);
            }
        }
    }
}

size_t
cw_flow_table_end_some(struct cw_flow_table *table, enum cw_flow_end reason, size_t max)
{
    size_t n = 0;
    settle(table);
    for (unsigned value = 0; value < CW_N_FLOW_VALUES; value++) {
        for (unsigned age = 0; age < N_AGES; age++) {
            struct age_list *list = &table->ages[value][age];
            for (; list->oldest && n < max; n++) {
                end_flow(table, list->oldest, reason);
            }
        }
    }
    return n;
}

void
cw_flow_table_end_all(struct cw_flow_table *table, enum cw_flow_end reason)
{
    (void)cw_flow_table_end_some(table, reason, SIZE_MAX);
}

void
cw_flow_table_each(struct cw_flow_table *table, void (*visit)(void *user, struct cw_flow *flow),
                   void *user)
{
    settle(table);
    for (struct cw_flow_slab *slab = table->pool.slabs; slab; slab = slab->next) {
        for (size_t i = 0; i < CW_FLOW_SLAB; i++) {
            if (cw_flow_pool_is_used(&slab->flows[i])) {
                visit(user, &slab->flows[i]);
            }
        }
    }
}

void
cw_flow_set_value(struct cw_flow_table *table, struct cw_flow *flow, enum cw_flow_value value)
{
    if (flow->value != value) {
        unlink_age(table, flow);
        flow->value = (uint8_t)value;
        append_age(table, flow);
    }
}

int64_t
cw_flow_table_now(const struct cw_flow_table *table)
{
    return table->clock.now_ns;
}

void
cw_flow_table_stats(const struct cw_flow_table *table, struct cw_flow_table_stats *out)
{
    *out = table->stats;
    out->memory = memory_of(table);
}
