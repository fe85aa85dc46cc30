/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "camwatch/status.h"
#include "event/ring.h"

#define BLOCK_BYTES (CW_RING_BYTES_MIN + 256)

/* Offsets in the block, as ring.c lays it out: magic, version, record version, capacity; then head,
 * tail and data on cache lines of their own. */
#define AT_VERSION  8
#define AT_CAPACITY 16
#define AT_HEAD     64
#define AT_TAIL     128
#define AT_DATA     192

static struct cw_record_alert
make_alert(uint64_t number)
{
    struct cw_record_alert alert = {.severity = 1};
    alert.head.version = CW_RECORD_VERSION;
    alert.head.type = CW_RECORD_ALERT;
    alert.head.size = cw_record_size(CW_RECORD_ALERT, 0);
    alert.head.time_ns = (int64_t)number;
    memcpy(alert.name, &number, sizeof(number));
    return alert;
}

static struct cw_record_flow
make_flow(uint64_t number, uint8_t n_evidence)
{
    struct cw_record_flow flow = {.kind = CAMWATCH_EVENT_FLOW_UPDATE, .n_evidence = n_evidence};
    flow.head.version = CW_RECORD_VERSION;
    flow.head.type = CW_RECORD_FLOW;
    flow.head.size = cw_record_size(CW_RECORD_FLOW, n_evidence);
    flow.head.time_ns = (int64_t)number;
    flow.flow_id = number;
    memset(flow.evidence, (int)number & 0xff, sizeof(flow.evidence));
    for (unsigned i = 0; i < CW_RECORD_EVIDENCE; i++) {
        flow.evidence[i].time_ns = (int64_t)number;
    }
    return flow;
}

struct fixture {
    uint8_t *block;
    struct camwatch_ring ring;
    union cw_record_any out;
};

static int
setup(void **state)
{
    struct fixture *f = aligned_alloc(64, sizeof(*f) + 64 - sizeof(*f) % 64);
    assert_non_null(f);
    f->block = aligned_alloc(64, BLOCK_BYTES);
    assert_non_null(f->block);
    memset(f->block, 0x5a, BLOCK_BYTES);
    assert_int_equal(cw_ring_format(&f->ring, f->block, BLOCK_BYTES), CAMWATCH_OK);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    free(f->block);
    free(f);
    return 0;
}

static bool
push_alert(struct fixture *f, uint64_t number)
{
    struct cw_record_alert alert = make_alert(number);
    return cw_ring_push(&f->ring, &alert.head);
}

static void
put_u64(struct fixture *f, size_t at, uint64_t value)
{
    memcpy(f->block + at, &value, sizeof(value));
}

static uint64_t
get_u64(struct fixture *f, size_t at)
{
    uint64_t value;
    memcpy(&value, f->block + at, sizeof(value));
    return value;
}

static void
an_empty_ring_has_nothing(void **state)
{
    struct fixture *f = *state;
    assert_false(cw_ring_peek(&f->ring, &f->out));
    cw_ring_release(&f->ring);
    assert_int_equal(cw_ring_waiting(&f->ring), 0);
    assert_int_equal(f->ring.capacity, 16384);
}

static void
a_record_stays_until_it_is_released(void **state)
{
    struct fixture *f = *state;
    assert_true(push_alert(f, 7));
    assert_true(push_alert(f, 8));
    for (int i = 0; i < 3; i++) {
        assert_true(cw_ring_peek(&f->ring, &f->out));
        assert_int_equal(f->out.head.time_ns, 7);
    }
    struct camwatch_ring again; /* as a reader that was started anew sees it */
    assert_int_equal(cw_ring_attach(&again, f->block, BLOCK_BYTES), CAMWATCH_OK);
    assert_true(cw_ring_peek(&again, &f->out));
    assert_int_equal(f->out.head.time_ns, 7);
    cw_ring_release(&again);
    assert_true(cw_ring_peek(&again, &f->out));
    assert_int_equal(f->out.head.time_ns, 8);
    cw_ring_release(&again);
    assert_false(cw_ring_peek(&again, &f->out));
}

/* A reader that dies between reading and keeping: its follower goes on where it says. */
static void
what_was_passed_stays_until_it_is_given_back(void **state)
{
    struct fixture *f = *state;
    uint64_t kept = 0;
    for (uint64_t i = 0; i < 4; i++) {
        struct cw_record_alert alert = make_alert(i);
        assert_true(cw_ring_push(&f->ring, &alert.head));
    }
    for (int64_t i = 0; i < 3; i++) {
        assert_true(cw_ring_peek(&f->ring, &f->out));
        assert_int_equal(f->out.head.time_ns, i);
        cw_ring_pass(&f->ring);
        kept = i == 1 ? cw_ring_position(&f->ring) : kept;
    }
    assert_int_equal(cw_ring_held(&f->ring), cw_ring_position(&f->ring));
    struct camwatch_ring again;
    assert_int_equal(cw_ring_attach(&again, f->block, BLOCK_BYTES), CAMWATCH_OK);
    assert_int_equal(cw_ring_id(&again), cw_ring_id(&f->ring));
    assert_true(cw_ring_peek(&again, &f->out));
    assert_int_equal(f->out.head.time_ns, 0);
    assert_false(cw_ring_resume(&again, kept + 4));
    assert_false(cw_ring_resume(&again, BLOCK_BYTES));
    assert_true(cw_ring_resume(&again, kept));
    assert_true(cw_ring_peek(&again, &f->out));
    assert_int_equal(f->out.head.time_ns, 2);
    assert_int_equal(cw_ring_held(&again), 0);
    assert_false(cw_ring_resume(&again, kept - 8)); /* given back */
}

/* What is held counts as full; a bad record among it gives nothing of it back. */
static void
what_is_held_is_not_written_over(void **state)
{
    struct fixture *f = *state;
    uint64_t n = 0;
    struct cw_record_alert alert = make_alert(0);
    while (cw_ring_push(&f->ring, &alert.head)) {
        alert = make_alert(++n);
    }
    uint64_t bad = n / 2;
    put_u64(f, AT_DATA + bad * alert.head.size + offsetof(struct cw_record, time_ns), 1);
    f->block[AT_DATA + bad * alert.head.size + offsetof(struct cw_record, type)] = 0xff;
    for (uint64_t i = 0; cw_ring_peek(&f->ring, &f->out); i++) {
        assert_int_equal(f->out.head.time_ns, i < bad ? i : i + 1);
        cw_ring_pass(&f->ring);
        assert_false(cw_ring_push(&f->ring, &alert.head));
    }
    assert_int_equal(f->ring.bad_records, 1);
    assert_int_equal(cw_ring_held(&f->ring), n * alert.head.size);
    cw_ring_release_to(&f->ring, cw_ring_position(&f->ring) + 8); /* beyond what was read */
    assert_false(cw_ring_push(&f->ring, &alert.head));
    cw_ring_release_to(&f->ring, cw_ring_position(&f->ring));
    assert_int_equal(cw_ring_held(&f->ring), 0);
    assert_true(cw_ring_push(&f->ring, &alert.head));
}

/* Every size and every place of the wrap: three full turns with records of changing length. */
static void
records_come_out_as_they_went_in(void **state)
{
    struct fixture *f = *state;
    for (uint64_t i = 0; i < 200; i++) {
        struct cw_record_flow flow = make_flow(i, (uint8_t)(i % (CW_RECORD_EVIDENCE + 1)));
        assert_true(cw_ring_push(&f->ring, &flow.head));
        assert_true(cw_ring_peek(&f->ring, &f->out));
        for (size_t k = 0; k < flow.n_evidence; k++) { /* accept ends texts */
            flow.evidence[k].rule[CW_EVIDENCE_RULE_MAX - 1] = '\0';
            flow.evidence[k].seen[CW_EVIDENCE_SEEN_MAX - 1] = '\0';
        }
        assert_memory_equal(&f->out, &flow, flow.head.size);
        cw_ring_release(&f->ring);
    }
    assert_true(f->ring.written > 3 * f->ring.capacity);
}

static void
evidence_that_did_not_travel_is_zero(void **state)
{
    struct fixture *f = *state;
    struct cw_record_flow flow = make_flow(9, 1);
    assert_true(cw_ring_push(&f->ring, &flow.head));
    memset(&f->out, 0xff, sizeof(f->out));
    assert_true(cw_ring_peek(&f->ring, &f->out));
    assert_int_equal(f->out.flow.evidence[0].kind, 9);
    for (size_t i = flow.head.size; i < sizeof(f->out); i++) {
        assert_int_equal(f->out.bytes[i], 0);
    }
}

static void
a_full_ring_refuses_and_goes_on(void **state)
{
    struct fixture *f = *state;
    uint64_t kept = 0;
    while (push_alert(f, kept)) {
        kept++;
    }
    assert_int_equal(kept, f->ring.capacity / sizeof(struct cw_record_alert));
    assert_int_equal(f->ring.refused, 1);
    for (uint64_t i = 0; i < kept; i++) {
        assert_true(cw_ring_peek(&f->ring, &f->out));
        assert_int_equal(f->out.head.time_ns, i);
        cw_ring_release(&f->ring);
    }
    assert_false(cw_ring_peek(&f->ring, &f->out));
    assert_true(push_alert(f, 99));
}

static void
flows_leave_room_for_what_is_said_once(void **state)
{
    struct fixture *f = *state;
    struct cw_record_flow flow = make_flow(0, 1);
    uint64_t flows = 0, alerts = 0;
    while (cw_ring_push(&f->ring, &flow.head)) {
        flows++;
    }
    assert_true(flows > 0);
    while (push_alert(f, alerts)) {
        alerts++;
    }
    uint64_t reserve = f->ring.capacity / CW_RING_RESERVE;
    assert_true(alerts >= reserve / sizeof(struct cw_record_alert));
    assert_true(flows * flow.head.size + reserve <= f->ring.capacity);
    assert_int_equal(f->ring.refused, 2);
}

static void
a_bad_record_is_left_behind_alone(void **state)
{
    struct fixture *f = *state;
    for (uint64_t i = 0; i < 4; i++) {
        assert_true(push_alert(f, i));
    }
    struct cw_record *second = (void *)(f->block + AT_DATA + sizeof(struct cw_record_alert));
    struct cw_record *third = (void *)(f->block + AT_DATA + 2 * sizeof(struct cw_record_alert));
    second->version = CW_RECORD_VERSION + 1;
    third->type = CW_RECORD_FLOW; /* whose size is another */
    assert_true(cw_ring_peek(&f->ring, &f->out));
    cw_ring_release(&f->ring);
    assert_true(cw_ring_peek(&f->ring, &f->out));
    assert_int_equal(f->out.head.time_ns, 3);
    assert_int_equal(f->ring.bad_records, 2);
    assert_int_equal(f->ring.resyncs, 0);
}

static void
a_size_that_cannot_be_makes_it_jump(void **state)
{
    static const uint32_t sizes[] = {0, 8, 15, 17, 332, 4097, 4104, 1u << 20, UINT32_MAX, 4096};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct fixture *f = *state;
        assert_int_equal(cw_ring_format(&f->ring, f->block, BLOCK_BYTES), CAMWATCH_OK);
        assert_true(push_alert(f, 1));
        assert_true(push_alert(f, 2));
        memcpy(f->block + AT_DATA, &sizes[i], sizeof(sizes[i]));
        assert_false(cw_ring_peek(&f->ring, &f->out));
        assert_int_equal(f->ring.bad_records, 1);
        assert_int_equal(f->ring.resyncs, 1);
        assert_int_equal(f->ring.lost_bytes, 2 * sizeof(struct cw_record_alert));
        assert_true(push_alert(f, 3));
        assert_true(cw_ring_peek(&f->ring, &f->out));
        assert_int_equal(f->out.head.time_ns, 3);
    }
}

static void
an_impossible_head_is_counted_once_and_survived(void **state)
{
    struct fixture *f = *state;
    static const uint64_t heads[] = {UINT64_MAX,        1,          16385, 16392,
                                     UINT64_C(1) << 63, 328 * 2 + 4};
    for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
        assert_int_equal(cw_ring_format(&f->ring, f->block, BLOCK_BYTES), CAMWATCH_OK);
        assert_true(push_alert(f, 1));
        put_u64(f, AT_HEAD, heads[i]);
        for (int n = 0; n < 3; n++) {
            assert_false(cw_ring_peek(&f->ring, &f->out));
        }
        assert_int_equal(f->ring.resyncs, 1);
        assert_int_equal(f->ring.bad_records, 1); /* the account tells of it */
        bool came_through =
            false; /* the writer, which knows its own head, gets the two together */
        for (uint64_t n = 0; n < 4 && !came_through; n++) {
            (void)push_alert(f, 100);
            while (cw_ring_peek(&f->ring, &f->out)) {
                came_through = f->out.head.time_ns == 100;
                cw_ring_release(&f->ring);
            }
        }
        assert_true(came_through);
    }
}

static void
a_spoilt_tail_never_lets_the_writer_overrun(void **state)
{
    struct fixture *f = *state;
    static const uint64_t tails[] = {UINT64_MAX, 1u << 30, UINT64_C(1) << 63};
    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
        assert_int_equal(cw_ring_format(&f->ring, f->block, BLOCK_BYTES), CAMWATCH_OK);
        put_u64(f, AT_TAIL, tails[i]);
        uint64_t kept = 0;
        while (push_alert(f, kept)) {
            kept++;
        }
        assert_true(kept <= f->ring.capacity / sizeof(struct cw_record_alert));
        assert_true(cw_ring_peek(&f->ring, &f->out)); /* the reader's own position holds */
        assert_int_equal(f->out.head.time_ns, 0);
        cw_ring_release(&f->ring);
        assert_int_equal(get_u64(f, AT_TAIL), sizeof(struct cw_record_alert));
    }
}

static void
attach_refuses_a_hostile_header(void **state)
{
    struct fixture *f = *state;

    static const struct {
        size_t at;
        uint64_t value;
    } cases[] = {
        {0, 0},
        {0, UINT64_MAX},
        {AT_VERSION, UINT64_MAX},
        {AT_VERSION, 0},
        {AT_CAPACITY, 0},
        {AT_CAPACITY, 32768},
        {AT_CAPACITY, UINT64_MAX},
        {AT_HEAD, 16392},
        {AT_HEAD, 4},
        {AT_HEAD, UINT64_MAX},
        {AT_TAIL, 8},
        {AT_TAIL, 3},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_int_equal(cw_ring_format(&f->ring, f->block, BLOCK_BYTES), CAMWATCH_OK);
        put_u64(f, cases[i].at, cases[i].value);
        struct camwatch_ring other;
        memset(&other, 0x77, sizeof(other));
        struct camwatch_ring before;
        memcpy(&before, &other, sizeof(other));
        assert_int_equal(cw_ring_attach(&other, f->block, BLOCK_BYTES), CAMWATCH_ECORRUPT);
        assert_memory_equal(&other, &before, sizeof(other));
    }
}

static void
too_small_or_crooked_blocks_are_refused(void **state)
{
    struct fixture *f = *state;
    struct camwatch_ring other;
    assert_int_equal(cw_ring_format(&other, f->block, CW_RING_BYTES_MIN - 1), CAMWATCH_EINVAL);
    assert_int_equal(cw_ring_format(&other, f->block + 8, CW_RING_BYTES_MIN), CAMWATCH_EINVAL);
    assert_int_equal(cw_ring_attach(&other, f->block + 8, CW_RING_BYTES_MIN), CAMWATCH_EINVAL);
    assert_null(cw_ring_new(100));
}

static void
accept_ends_texts_and_refuses_nonsense(void **state)
{
    struct fixture *f = *state;
    memset(&f->out, 'x', sizeof(f->out));
    f->out.flow = make_flow(0, 2);
    memset(f->out.flow.domain, 'x', sizeof(f->out.flow.domain));
    memset(f->out.flow.service.vendor, 'x', sizeof(f->out.flow.service.vendor));
    memset(f->out.flow.evidence[1].seen, 'x', CW_EVIDENCE_SEEN_MAX);
    assert_true(cw_record_accept(&f->out));
    assert_int_equal(strlen(f->out.flow.domain), sizeof(f->out.flow.domain) - 1);
    assert_int_equal(strlen(f->out.flow.service.vendor),
                     sizeof(f->out.flow.service.vendor) - 1);
    assert_int_equal(strlen(f->out.flow.evidence[1].seen), CW_EVIDENCE_SEEN_MAX - 1);

    f->out.flow.n_evidence = 3; /* more than travelled */
    assert_false(cw_record_accept(&f->out));
    f->out.flow.n_evidence = CW_RECORD_EVIDENCE + 1;
    assert_false(cw_record_accept(&f->out));
    f->out.flow = make_flow(0, 0);
    f->out.flow.kind = CAMWATCH_EVENT_DEVICE_NEW;
    assert_false(cw_record_accept(&f->out));
    memset(&f->out, 0, sizeof(f->out));
    assert_false(cw_record_accept(&f->out));
}

static void
accept_refuses_a_bool_that_is_none(void **state)
{
    struct fixture *f = *state;
    memset(&f->out, 0, sizeof(f->out));
    f->out.head.version = CW_RECORD_VERSION;
    f->out.head.type = CW_RECORD_DEVICE;
    f->out.head.size = cw_record_size(CW_RECORD_DEVICE, 0);
    assert_true(cw_record_accept(&f->out));
    f->out.bytes[offsetof(struct cw_record_device, identity.is_surveillance)] = 2;
    assert_false(cw_record_accept(&f->out));
}

#define THREAD_RECORDS 20000

static void *
write_records(void *arg)
{
    struct camwatch_ring *ring = arg;
    for (uint64_t i = 0; i < THREAD_RECORDS; i++) {
        struct cw_record_flow flow = make_flow(i, (uint8_t)(i % (CW_RECORD_EVIDENCE + 1)));
        while (!cw_ring_push(ring, &flow.head)) {
            sched_yield();
        }
    }
    return NULL;
}

static void
two_threads_share_it(void **state)
{
    (void)state;
    struct camwatch_ring *ring = cw_ring_new(64 * 1024);
    assert_non_null(ring);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_records, ring), 0);
    uint64_t n_wrong = 0;
    static union cw_record_any out;
    for (uint64_t i = 0; i < THREAD_RECORDS;) {
        if (!cw_ring_peek(ring, &out)) {
            sched_yield();
            continue;
        }
        n_wrong += out.flow.flow_id != i || out.flow.n_evidence != i % (CW_RECORD_EVIDENCE + 1);
        n_wrong += out.flow.n_evidence > 0 && out.flow.evidence[0].kind != (i & 0xff);
        cw_ring_release(ring);
        i++;
    }
    assert_int_equal(pthread_join(writer, NULL), 0);
    assert_int_equal(n_wrong, 0);
    assert_int_equal(ring->bad_records + ring->resyncs, 0);
    assert_int_equal(ring->pushed, THREAD_RECORDS);
    cw_ring_free(ring);
}

static void
accept_bounds_times(void **state)
{
    struct fixture *f = *state;
    f->out.flow = make_flow(0, 1);
    f->out.flow.head.time_ns = INT64_MAX;
    f->out.flow.first_ns = INT64_MIN;
    f->out.flow.last_ns = INT64_MAX;
    f->out.flow.evidence[0].time_ns = -1;
    assert_true(cw_record_accept(&f->out));
    assert_true(f->out.head.time_ns == CW_TIME_MAX);
    assert_true(f->out.flow.first_ns == 0 && f->out.flow.last_ns == CW_TIME_MAX);
    assert_true(f->out.flow.evidence[0].time_ns == 0);
}

static void
all_but_evidence_travels_without_evidence(void **state)
{
    struct fixture *f = *state;
    struct cw_record_flow flow = make_flow(1, 0);
    flow.segment = 4096;
    assert_true(cw_ring_push(&f->ring, &flow.head));
    assert_true(cw_ring_peek(&f->ring, &f->out));
    assert_int_equal(f->out.flow.segment, 4096);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_empty_ring_has_nothing),
        CASE(a_record_stays_until_it_is_released),
        CASE(what_was_passed_stays_until_it_is_given_back),
        CASE(what_is_held_is_not_written_over),
        CASE(records_come_out_as_they_went_in),
        CASE(evidence_that_did_not_travel_is_zero),
        CASE(a_full_ring_refuses_and_goes_on),
        CASE(flows_leave_room_for_what_is_said_once),
        CASE(a_bad_record_is_left_behind_alone),
        CASE(a_size_that_cannot_be_makes_it_jump),
        CASE(an_impossible_head_is_counted_once_and_survived),
        CASE(a_spoilt_tail_never_lets_the_writer_overrun),
        CASE(attach_refuses_a_hostile_header),
        CASE(too_small_or_crooked_blocks_are_refused),
        CASE(accept_ends_texts_and_refuses_nonsense),
        CASE(accept_refuses_a_bool_that_is_none),
        CASE(accept_bounds_times),
        CASE(all_but_evidence_travels_without_evidence),
        cmocka_unit_test(two_threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
