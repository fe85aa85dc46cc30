/* SPDX-License-Identifier: Apache-2.0 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "flow/account.h"
#include "flow/table.h"
#include "flow_packets.h"

#define ENDED_MAX 64

struct ended {
    uint64_t n;
    uint64_t by_reason[CW_FLOW_END_SHUTDOWN + 1];
    uint16_t port[ENDED_MAX]; /* source ports, in order */
    uint8_t reason[ENDED_MAX];
};

static void
on_end(void *user, struct cw_flow *flow)
{
    struct ended *e = user;
    if (e->n < ENDED_MAX) {
        e->port[e->n] = cw_flow_source_port(flow);
        e->reason[e->n] = flow->end;
    }
    e->n++;
    e->by_reason[flow->end]++;
}

static struct cw_flow_table *
new_table(struct ended *e, uint64_t memory)
{
    *e = (struct ended){0};
    struct cw_flow_table_settings settings = {
        .memory = memory, .hash_key = {1, 2}, .on_end = on_end, .user = e};
    struct cw_flow_table *t = cw_flow_table_new(&settings);
    assert_non_null(t);
    return t;
}

static struct cw_flow *
feed(struct cw_flow_table *t, struct sample *s, int64_t time_ns, bool *created)
{
    s->frame.time_ns = time_ns;
    struct cw_flow *f = cw_flow_table_get(t, &s->packet, created);
    if (f) {
        cw_flow_account(f, &s->packet, cw_flow_direction(f, &s->packet));
    }
    return f;
}

static void
test_both_directions_are_one(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample s;
    bool created;
    sample_make(&s, CW_PROTO_UDP, 0x0a000001, 40000, 0x01020304, 53);
    struct cw_flow *f = feed(t, &s, SECOND, &created);
    assert_true(created);
    sample_turn(&s);
    assert_ptr_equal(feed(t, &s, SECOND, &created), f);
    assert_false(created);
    assert_int_equal(f->packets[0], 1);
    assert_int_equal(f->packets[1], 1);
    assert_int_equal(cw_flow_source_port(f), 40000);
    assert_ptr_equal(cw_flow_table_find(t, &s.packet), f);
    cw_flow_table_end_all(t, CW_FLOW_END_SHUTDOWN);
    assert_int_equal(e.by_reason[CW_FLOW_END_SHUTDOWN], 1);
    cw_flow_table_free(t);
}

static void
test_time_outs(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample s;
    bool created;
    sample_make(&s, CW_PROTO_UDP, 1, 1001, 2, 53); /* never answered: 30 s */
    feed(t, &s, 0, &created);
    sample_make(&s, CW_PROTO_UDP, 1, 1002, 2, 53); /* answered: 120 s */
    feed(t, &s, 0, &created);
    sample_turn(&s);
    feed(t, &s, 0, &created);
    sample_make(&s, CW_PROTO_TCP, 1, 1003, 2, 80); /* established: 600 s */
    s.packet.tcp_flags = CW_TCP_SYN;
    feed(t, &s, 0, &created);
    sample_turn(&s);
    s.packet.tcp_flags = CW_TCP_SYN | CW_TCP_ACK;
    feed(t, &s, 0, &created);

    static const struct {
        int64_t at;
        uint64_t ended;
    } rows[] = {{29, 0}, {30, 1}, {119, 1}, {120, 2}, {599, 2}, {600, 3}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        cw_flow_table_expire(t, rows[i].at * SECOND);
        assert_int_equal(e.n, rows[i].ended);
    }
    assert_int_equal(e.port[0], 1001);
    assert_int_equal(e.port[1], 1002);
    assert_int_equal(e.port[2], 1003);
    assert_int_equal(e.by_reason[CW_FLOW_END_IDLE], 3);
    cw_flow_table_free(t);
}

static void
test_busy_flow_stays(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample s;
    bool created;
    sample_make(&s, CW_PROTO_UDP, 1, 1001, 2, 53);
    for (int64_t at = 0; at < 1000; at += 20) {
        feed(t, &s, at * SECOND, &created);
        assert_int_equal(created, at == 0);
        cw_flow_table_expire(t, at * SECOND);
    }
    assert_int_equal(e.n, 0);
    cw_flow_table_free(t);
}

/* A busy flow that was made before a silent one must not stand in front of it in the age list. */
static void
test_busy_flow_hides_none(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample busy, silent;
    bool created;
    sample_make(&busy, CW_PROTO_UDP, 1, 1001, 2, 53);
    sample_make(&silent, CW_PROTO_UDP, 1, 1002, 2, 53);
    feed(t, &busy, 0, &created);
    feed(t, &silent, 0, &created);
    for (int64_t at = 1; at <= 31; at++) {
        feed(t, &busy, at * SECOND, &created);
        cw_flow_table_expire(t, INT64_MIN);
        assert_int_equal(e.n, at >= 30);
    }
    assert_int_equal(e.port[0], 1002);
    cw_flow_table_free(t);
}

/* Of one value the oldest goes, whatever its time-out. */
static void
test_oldest_goes_first(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 1);
    struct sample s;
    bool created;
    uint16_t n = 0;
    do { /* answered TCP and UDP in turn: all ORDINARY, in two age lists */
        sample_make(&s, n % 2 ? CW_PROTO_TCP : CW_PROTO_UDP, 1, (uint16_t)(1024 + n), 2, 53);
        s.packet.tcp_flags = CW_TCP_ACK;
        feed(t, &s, n * SECOND / 10, &created);
        sample_turn(&s);
        feed(t, &s, n * SECOND / 10, &created);
        n++;
    } while (e.n < 6);
    for (uint16_t i = 0; i < 6; i++) {
        assert_int_equal(e.port[i], 1024 + i);
        assert_int_equal(e.reason[i], CW_FLOW_END_EVICTED);
    }
    cw_flow_table_free(t);
}

static void
close_tcp(struct cw_flow_table *t, struct sample *s, int64_t at)
{
    static const uint8_t flags[] = {CW_TCP_SYN, CW_TCP_SYN | CW_TCP_ACK,
                                    CW_TCP_FIN | CW_TCP_ACK, CW_TCP_FIN | CW_TCP_ACK};
    bool created;
    for (size_t i = 0; i < sizeof(flags); i++) {
        s->packet.tcp_flags = flags[i];
        feed(t, s, at, &created);
        sample_turn(s);
    }
}

static void
test_linger_and_port_reuse(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample s;
    bool created;
    sample_make(&s, CW_PROTO_TCP, 1, 40000, 2, 80);
    s.packet.tcp_seq = 1000;
    close_tcp(t, &s, SECOND);
    s.packet.tcp_flags = CW_TCP_SYN; /* the first SYN again, late */
    feed(t, &s, 2 * SECOND, &created);
    assert_false(created);
    s.packet.tcp_seq = 5000; /* a new one */
    feed(t, &s, 3 * SECOND, &created);
    assert_true(created);
    assert_int_equal(e.by_reason[CW_FLOW_END_CLOSED], 1);
    close_tcp(t, &s, 3 * SECOND);
    cw_flow_table_expire(t, 7 * SECOND);
    assert_int_equal(e.n, 1);
    cw_flow_table_expire(t, 8 * SECOND); /* 5 s after the last packet */
    assert_int_equal(e.by_reason[CW_FLOW_END_CLOSED], 2);
    cw_flow_table_free(t);
}

static void
test_wrong_stamp_ends_nothing(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample a, b;
    bool created;
    sample_make(&a, CW_PROTO_UDP, 1, 1001, 2, 53);
    sample_make(&b, CW_PROTO_UDP, 1, 1002, 2, 53);
    feed(t, &a, SECOND, &created);
    feed(t, &b, INT64_C(4294967295) * SECOND, &created);
    cw_flow_table_expire(t, INT64_MIN);
    assert_int_equal(e.n, 0);
    feed(t, &a, 2 * SECOND, &created);
    assert_false(created);
    cw_flow_table_expire(t, 40 * SECOND); /* the wrongly stamped one goes too */
    assert_int_equal(e.n, 2);
    cw_flow_table_free(t);
}

static void
test_quiet_span_splits_nothing(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample a, b;
    bool created;
    sample_make(&a, CW_PROTO_UDP, 1, 1001, 2, 53);
    sample_make(&b, CW_PROTO_UDP, 1, 1002, 2, 53);
    feed(t, &a, SECOND, &created);
    struct cw_flow *f = feed(t, &b, 500 * SECOND, &created); /* after eight quiet minutes */
    assert_int_equal(f->first_ns, 500 * SECOND);
    cw_flow_table_expire(t, INT64_MIN);
    sample_turn(&b);
    assert_ptr_equal(feed(t, &b, 500 * SECOND + 1, &created), f);
    assert_false(created);
    cw_flow_table_expire(t, INT64_MIN);
    assert_int_equal(e.n, 1);
    assert_int_equal(e.port[0], 1001);
    cw_flow_table_free(t);
}

static uint64_t
next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static void
test_million_flows_under_a_cap(void **state)
{
    (void)state;
    struct ended e;
    const uint64_t cap = 1 << 20;
    struct cw_flow_table *t = new_table(&e, cap);
    struct cw_flow_table_stats stats;
    uint64_t x = 88172645463325252, n = 0;
    for (unsigned i = 0; i < 1000000; i++) {
        struct sample s;
        uint64_t r = next_random(&x);
        bool created;
        sample_make(&s, CW_PROTO_UDP, (uint32_t)r, (uint16_t)(r >> 32), (uint32_t)(r >> 16) | 1,
                    53);
        assert_non_null(feed(t, &s, (int64_t)i * 1000, &created));
        n += created;
    }
    cw_flow_table_stats(t, &stats);
    assert_true(stats.memory <= cap);
    assert_true(stats.memory > cap * 9 / 10);
    assert_int_equal(stats.created, n);
    assert_int_equal(stats.created, stats.flows + stats.evicted);
    assert_int_equal(e.by_reason[CW_FLOW_END_EVICTED], stats.evicted);
    cw_flow_table_end_all(t, CW_FLOW_END_SHUTDOWN);
    assert_int_equal(e.n, n);
    cw_flow_table_stats(t, &stats);
    assert_int_equal(stats.flows, 0);
    cw_flow_table_free(t);
}

/* Growing the hash must lose nobody, at any moment of it. */
static void
test_growth_keeps_all(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample s;
    bool created;
    for (uint32_t i = 0; i < 20000; i++) {
        sample_make(&s, CW_PROTO_UDP, i, 1000, 2, 53);
        feed(t, &s, SECOND, &created);
        assert_true(created);
        if (i % 64 == 0) {
            for (uint32_t k = 0; k <= i; k += 61) {
                sample_make(&s, CW_PROTO_UDP, k, 1000, 2, 53);
                assert_non_null(cw_flow_table_find(t, &s.packet));
            }
        }
    }
    cw_flow_table_end_all(t, CW_FLOW_END_SHUTDOWN);
    assert_int_equal(e.n, 20000);
    cw_flow_table_free(t);
}

/* In parts, as a host does that works on something else in between: the same flows in the same order. */
static void
test_all_end_in_parts(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample s;
    bool created;
    for (uint32_t i = 1; i <= 250; i++) {
        sample_make(&s, CW_PROTO_UDP, i, 1000, 2, 53);
        feed(t, &s, SECOND, &created);
    }
    assert_int_equal(cw_flow_table_end_some(t, CW_FLOW_END_SHUTDOWN, 100), 100);
    assert_int_equal(e.n, 100);
    sample_make(&s, CW_PROTO_UDP, 100, 1000, 2, 53);
    assert_null(cw_flow_table_find(t, &s.packet));
    sample_make(&s, CW_PROTO_UDP, 101, 1000, 2, 53);
    assert_non_null(cw_flow_table_find(t, &s.packet));
    assert_int_equal(cw_flow_table_end_some(t, CW_FLOW_END_SHUTDOWN, 100), 100);
    assert_int_equal(cw_flow_table_end_some(t, CW_FLOW_END_SHUTDOWN, 100), 50);
    assert_int_equal(cw_flow_table_end_some(t, CW_FLOW_END_SHUTDOWN, 100), 0);
    assert_int_equal(e.by_reason[CW_FLOW_END_SHUTDOWN], 250);
    cw_flow_table_free(t);
}

static void
test_least_valuable_goes_first(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 1); /* the least: 64 KiB */
    struct sample s;
    bool created;
    uint32_t n = 0;
    do { /* a full table, of which the first 128 are a device's and the next 64 are answered */
        sample_make(&s, CW_PROTO_UDP, 1, (uint16_t)(1024 + n), 2, 53);
        struct cw_flow *f = feed(t, &s, SECOND, &created);
        if (n < 128) {
            cw_flow_set_value(t, f, CW_FLOW_DEVICE);
        } else if (n < 192) {
            sample_turn(&s);
            feed(t, &s, SECOND, &created);
        }
        n++;
    } while (e.n == 0);
    assert_true(n > 193);
    assert_int_equal(e.port[0], 1024 + 192); /* the oldest of the unanswered */
    cw_flow_set_value(t, cw_flow_table_find(t, &s.packet), CW_FLOW_DEVICE);
    unsigned left = n - 1 - 193; /* unanswered ones */
    for (unsigned i = 0; i < left + 64; i++) {
        sample_make(&s, CW_PROTO_UDP, 1, (uint16_t)(20000 + i), 2, 53);
        struct cw_flow *f = feed(t, &s, 2 * SECOND, &created);
        assert_non_null(f);
        cw_flow_set_value(t, f, CW_FLOW_DEVICE);
    }
    assert_int_equal(e.n, 1 + left + 64);
    sample_make(&s, CW_PROTO_UDP, 1, 30000, 2, 53); /* nothing but a device's flows is left */
    assert_null(feed(t, &s, 2 * SECOND, &created));
    struct cw_flow_table_stats stats;
    cw_flow_table_stats(t, &stats);
    assert_int_equal(stats.refused, 1);
    assert_int_equal(stats.by_value[CW_FLOW_DEVICE], stats.flows);
    assert_true(stats.memory <= 64 << 10);
    cw_flow_table_end_all(t, CW_FLOW_END_SHUTDOWN);
    cw_flow_table_free(t);
}

static void
test_id_is_stable(void **state)
{
    (void)state;
    struct ended e;
    uint64_t id[2];
    for (size_t i = 0; i < 2; i++) {
        struct cw_flow_table_settings settings = {
            .hash_key = {i, 7 * i}, .on_end = on_end, .user = &e};
        struct cw_flow_table *t = cw_flow_table_new(&settings);
        struct sample s;
        bool created;
        sample_make(&s, CW_PROTO_UDP, 1, 1000, 2, 53);
        s.frame.number = 7;
        id[i] = feed(t, &s, SECOND, &created)->id;
        cw_flow_table_free(t);
    }
    assert_true(id[0] == id[1]);
    assert_true(id[0] != 0);
}

static void
count(void *user, struct cw_flow *flow)
{
    *(uint64_t *)user += flow->packets[0];
}

static void
test_each(void **state)
{
    (void)state;
    struct ended e;
    struct cw_flow_table *t = new_table(&e, 0);
    struct sample s;
    bool created;
    uint64_t n = 0;
    for (uint16_t i = 0; i < 200; i++) {
        sample_make(&s, CW_PROTO_UDP, 1, (uint16_t)(1024 + i), 2, 53);
        feed(t, &s, (int64_t)i * SECOND, &created);
    }
    cw_flow_table_expire(t, 199 * SECOND);
    cw_flow_table_each(t, count, &n);
    assert_int_equal(n, 30);
    cw_flow_table_free(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_directions_are_one),
        cmocka_unit_test(test_time_outs),
        cmocka_unit_test(test_busy_flow_stays),
        cmocka_unit_test(test_busy_flow_hides_none),
        cmocka_unit_test(test_oldest_goes_first),
        cmocka_unit_test(test_linger_and_port_reuse),
        cmocka_unit_test(test_wrong_stamp_ends_nothing),
        cmocka_unit_test(test_quiet_span_splits_nothing),
        cmocka_unit_test(test_million_flows_under_a_cap),
        cmocka_unit_test(test_growth_keeps_all),
        cmocka_unit_test(test_all_end_in_parts),
        cmocka_unit_test(test_least_valuable_goes_first),
        cmocka_unit_test(test_id_is_stable),
        cmocka_unit_test(test_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
