/* SPDX-License-Identifier: Apache-2.0 */
#include "exact.h"

#include "camwatch/drops.h"
#include "inspect/probe.h"
#include "inspect/stream.h"

static uint64_t drops[CAMWATCH_N_DROPS];
static uint8_t text[8192];

static void
fill_text(void)
{
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(drops, 0, sizeof(drops));
}

/* Bytes from..to of text at their place behind the initial sequence number. */
static struct cw_bytes
add(struct cw_streams *pool, struct cw_stream *s, unsigned direction, uint32_t isn, size_t from,
    size_t to)
{
    struct cw_stream_segment segment = {.seq = isn + 1 + (uint32_t)from,
                                        .payload = cw_bytes(text + from, to - from)};
    return cw_stream_add(pool, s, direction, &segment);
}

static void
syn(struct cw_streams *pool, struct cw_stream *s, unsigned direction, uint32_t isn)
{
    struct cw_stream_segment segment = {.seq = isn, .has_syn = true};
    assert_int_equal(cw_stream_add(pool, s, direction, &segment).len, 0);
}

static void
assert_start(struct cw_bytes start, size_t len)
{
    assert_int_equal(start.len, len);
    assert_memory_equal(start.ptr, text, len);
}

static struct cw_streams *
pool_new(uint16_t buffers)
{
    fill_text();
    struct cw_streams *pool = cw_streams_new(buffers, drops);
    assert_non_null(pool);
    return pool;
}

static void
test_whole_message_takes_no_buffer(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    syn(pool, &s, 0, 1000);
    struct cw_bytes start = add(pool, &s, 0, 1000, 0, 100);
    assert_ptr_equal(start.ptr, text);
    assert_int_equal(start.len, 100);
    assert_true(cw_stream_is_whole(&s, 0));
    assert_int_equal(cw_streams_used(pool), 0);
    cw_stream_done(pool, &s, 0);
    assert_int_equal(add(pool, &s, 0, 1000, 100, 200).len, 0);
    cw_streams_free(pool);
}

static void
test_message_over_segments(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    syn(pool, &s, 1, UINT32_MAX - 50); /* numbers wrap inside the first segment */
    struct cw_bytes start = add(pool, &s, 1, UINT32_MAX - 50, 0, 100);
    cw_stream_keep(pool, &s, 1, start);
    assert_int_equal(cw_streams_used(pool), 1);
    start = add(pool, &s, 1, UINT32_MAX - 50, 100, 150);
    assert_start(start, 150);
    cw_stream_keep(pool, &s, 1, start);
    assert_start(add(pool, &s, 1, UINT32_MAX - 50, 150, 400), 400);
    cw_stream_done(pool, &s, 1);
    assert_int_equal(cw_streams_used(pool), 0);
    cw_streams_free(pool);
}

static void
test_retransmissions(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    syn(pool, &s, 0, 5);
    syn(pool, &s, 0, 5);
    cw_stream_keep(pool, &s, 0, add(pool, &s, 0, 5, 0, 100));
    assert_int_equal(add(pool, &s, 0, 5, 0, 100).len, 0); /* the same */
    assert_int_equal(add(pool, &s, 0, 5, 20, 80).len, 0); /* a part */
    assert_start(add(pool, &s, 0, 5, 50, 130), 130);      /* overlaps */
    uint8_t other[200];
    memset(other, 0xee, sizeof(other));
    struct cw_stream_segment planted = {.seq = 6, .payload = cw_bytes(other, 200)};
    struct cw_bytes start = cw_stream_add(pool, &s, 0, &planted);
    assert_int_equal(start.len, 200);
    assert_memory_equal(start.ptr, text, 130); /* the first copy counts */
    cw_stream_release(pool, &s);
    cw_streams_free(pool);
}

static void
test_lost_syn(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    struct cw_bytes start = add(pool, &s, 0, 77, 0, 10);
    assert_start(start, 10);
    assert_false(cw_stream_is_whole(&s, 0));
    cw_stream_keep(pool, &s, 0, start);
    syn(pool, &s, 0, 77); /* late, and it agrees */
    assert_true(cw_stream_is_whole(&s, 0));
    assert_start(add(pool, &s, 0, 77, 10, 20), 20);
    cw_stream_release(pool, &s);
    cw_streams_free(pool);
}

static void
test_syn_with_data(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    struct cw_stream_segment segment = {
        .seq = 9, .has_syn = true, .payload = cw_bytes(text, 40)};
    struct cw_bytes start = cw_stream_add(pool, &s, 0, &segment);
    assert_start(start, 40);
    cw_stream_keep(pool, &s, 0, start);
    assert_start(add(pool, &s, 0, 9, 40, 60), 60);
    cw_stream_release(pool, &s);
    cw_streams_free(pool);
}

static void
test_keepalive_probe_is_nothing(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    syn(pool, &s, 0, 9);
    uint8_t zero = 0;
    struct cw_stream_segment probe = {.seq = 9, .payload = cw_bytes(&zero, 1)};
    assert_int_equal(cw_stream_add(pool, &s, 0, &probe).len, 0);
    assert_int_equal(cw_streams_used(pool), 0);
    assert_start(add(pool, &s, 0, 9, 0, 10), 10);
    cw_streams_free(pool);
}

/* A lost SYN, and a retransmission that begins before the first segment that was seen. */
static void
test_begins_before_the_start(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    cw_stream_keep(pool, &s, 0, add(pool, &s, 0, 9, 50, 60));
    assert_int_equal(add(pool, &s, 0, 9, 30, 50).len, 0);
    struct cw_bytes start = add(pool, &s, 0, 9, 40, 80);
    assert_int_equal(start.len, 30);
    assert_memory_equal(start.ptr, text + 50, 30);
    cw_stream_release(pool, &s);
    cw_streams_free(pool);
}

/* Five segments in each of the 120 orders give the same bytes. */
static void
permute(struct cw_streams *pool, unsigned order[5], unsigned fixed)
{
    if (fixed < 5) {
        for (unsigned i = fixed; i < 5; i++) {
            unsigned t = order[fixed];
            order[fixed] = order[i];
            order[i] = t;
            permute(pool, order, fixed + 1);
            order[i] = order[fixed];
            order[fixed] = t;
        }
        return;
    }
    struct cw_stream s = {0};
    struct cw_bytes start = {0};
    syn(pool, &s, 0, 4242);
    for (unsigned i = 0; i < 5; i++) {
        size_t from = order[i] * 100;
        struct cw_bytes grown = add(pool, &s, 0, 4242, from, from + 100 + order[i] % 2 * 30);
        if (grown.len > 0) {
            assert_memory_equal(grown.ptr, text, grown.len);
            start = grown;
            cw_stream_keep(pool, &s, 0, start);
        }
    }
    assert_start(start, 500);
    cw_stream_release(pool, &s);
    assert_int_equal(cw_streams_used(pool), 0);
}

static void
test_every_order(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    unsigned order[5] = {0, 1, 2, 3, 4};
    permute(pool, order, 0);
    assert_int_equal(drops[CAMWATCH_DROP_STREAM_BUFFER], 0);
    cw_streams_free(pool);
}

static void
test_hole_that_stays(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    syn(pool, &s, 0, 1);
    for (unsigned i = 1; i <= CW_STREAM_PATIENCE; i++) {
        assert_int_equal(add(pool, &s, 0, 1, i * 100, i * 100 + 100).len, 0);
    }
    assert_true(s.side[0].is_done);
    assert_int_equal(cw_streams_used(pool), 0);
    cw_streams_free(pool);
}

static void
test_more_holes_than_are_kept(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    syn(pool, &s, 0, 1);
    for (unsigned i = 1; i <= CW_STREAM_HOLES + 1; i++) {
        assert_int_equal(add(pool, &s, 0, 1, i * 200, i * 200 + 100).len, 0);
    }
    struct cw_bytes start = add(pool, &s, 0, 1, 0, 1100); /* fills all */
    assert_start(start, 1100);
    cw_stream_release(pool, &s);
    cw_streams_free(pool);
}

static void
test_window_is_bounded(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream s = {0};
    syn(pool, &s, 0, 1);
    struct cw_bytes start = add(pool, &s, 0, 1, 0, CW_STREAM_KEEP - 10);
    cw_stream_keep(pool, &s, 0, start);
    assert_int_equal(add(pool, &s, 0, 1, CW_STREAM_KEEP, CW_STREAM_KEEP + 50).len, 0);
    start = add(pool, &s, 0, 1, CW_STREAM_KEEP - 10, CW_STREAM_KEEP + 50);
    assert_start(start, CW_STREAM_KEEP);
    cw_stream_keep(pool, &s, 0, start); /* no room for more: done */
    assert_int_equal(cw_streams_used(pool), 0);

    struct cw_stream big = {0}; /* a giant first segment is handed on whole, but not kept */
    start = add(pool, &big, 0, 1, 0, 8000);
    assert_start(start, 8000);
    cw_stream_keep(pool, &big, 0, start);
    assert_int_equal(cw_streams_used(pool), 0);
    cw_streams_free(pool);
}

static void
test_no_buffer_is_counted(void **state)
{
    (void)state;
    struct cw_streams *pool = pool_new(1);
    struct cw_stream one = {0}, two = {0};
    cw_stream_keep(pool, &one, 0, add(pool, &one, 0, 1, 0, 10));
    cw_stream_keep(pool, &two, 0, add(pool, &two, 0, 1, 0, 10));
    assert_int_equal(drops[CAMWATCH_DROP_STREAM_BUFFER], 1);
    assert_true(two.side[0].is_done);
    cw_stream_release(pool, &one);
    struct cw_stream three = {0};
    cw_stream_keep(pool, &three, 0, add(pool, &three, 0, 1, 0, 10));
    assert_int_equal(cw_streams_used(pool), 1);
    cw_stream_release(pool, &three);
    cw_streams_free(pool);
}

static void
test_probes(void **state)
{
    (void)state;
    struct cw_streams *streams = pool_new(4);
    const struct cw_probe_settings settings = {
        .max = 2, .extra_size = 33, .streams = streams, .drops = drops};
    struct cw_probes *pool = cw_probes_new(&settings);
    struct cw_flow_probe *a = cw_probe_new(pool), *b = cw_probe_new(pool);
    assert_non_null(a);
    assert_non_null(b);
    assert_null(cw_probe_new(pool));
    assert_int_equal(drops[CAMWATCH_DROP_DPI_MEMORY], 1);
    memset(cw_probe_extra(a), 0xff, 33);
    cw_stream_keep(streams, &a->stream, 0, add(streams, &a->stream, 0, 1, 0, 10));
    cw_probe_free(pool, a);
    assert_int_equal(cw_streams_used(streams), 0);
    a = cw_probe_new(pool);
    static const uint8_t zeros[33];
    assert_memory_equal(cw_probe_extra(a), zeros, 33);
    assert_false(a->stream.side[0].is_done);
    cw_probe_free(pool, a);
    cw_probe_free(pool, b);
    assert_int_equal(cw_probes_used(pool), 0);
    cw_probes_free(pool);
    cw_streams_free(streams);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_message_takes_no_buffer),
        cmocka_unit_test(test_message_over_segments),
        cmocka_unit_test(test_retransmissions),
        cmocka_unit_test(test_lost_syn),
        cmocka_unit_test(test_syn_with_data),
        cmocka_unit_test(test_keepalive_probe_is_nothing),
        cmocka_unit_test(test_begins_before_the_start),
        cmocka_unit_test(test_every_order),
        cmocka_unit_test(test_hole_that_stays),
        cmocka_unit_test(test_more_holes_than_are_kept),
        cmocka_unit_test(test_window_is_bounded),
        cmocka_unit_test(test_no_buffer_is_counted),
        cmocka_unit_test(test_probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
