/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames between two processes: whole, in order, counted where there is no room; over the end of the room; by
 * another reader where the first one died; and by a writer that lies.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "frame_ring.h"

enum { ROOM = 1 << 20, FRAME_MAX = 9000 };

/* A frame whose bytes follow from its number. */
static struct camwatch_frame
frame_of(uint64_t number, uint8_t bytes[FRAME_MAX])
{
    uint32_t len = (uint32_t)(number * 2654435761u % FRAME_MAX);
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(number + i);
    }
    return (struct camwatch_frame){.time_ns = (int64_t)number * 1000,
                                   .bytes = bytes,
                                   .captured = len,
                                   .wire_len = len + 7,
                                   .link_type = 1,
                                   .interface = (uint32_t)number % 16};
}

static void
put(struct cw_frame_ring *ring, uint64_t number)
{
    static uint8_t bytes[FRAME_MAX];
    struct camwatch_frame frame = frame_of(number, bytes);
    cw_frame_ring_put(ring, &frame);
}

static bool
is_next(struct cw_frame_ring *ring, uint64_t number)
{
    static uint8_t bytes[FRAME_MAX];
    struct camwatch_frame want = frame_of(number, bytes), got;
    return cw_frame_ring_next(ring, &got) && got.time_ns == want.time_ns &&
           got.captured == want.captured && got.wire_len == want.wire_len &&
           got.link_type == want.link_type && got.interface == want.interface &&
           memcmp(got.bytes, want.bytes, want.captured) == 0;
}

static struct cw_frame_ring
open_ring(void)
{
    struct cw_frame_ring ring;
    assert_true(cw_frame_ring_open(&ring, ROOM));
    cw_frame_ring_begin(&ring);
    return ring;
}

static void
test_order_over_the_end(void **state)
{
    (void)state;
    struct cw_frame_ring ring = open_ring();
    struct camwatch_frame none;
    uint64_t written = 0, read = 0;
    while (written < 20000) { /* 90 times the room */
        for (unsigned i = 0; i < 1 + written % 60; i++) {
            put(&ring, written++);
        }
        while (read < written) {
            assert_true(is_next(&ring, read++));
        }
        assert_false(cw_frame_ring_next(&ring, &none));
    }
    struct cw_tap_counts counts;
    cw_frame_ring_count(&ring, &counts);
    assert_int_equal(counts.received, written);
    assert_int_equal(counts.handled, written);
    assert_int_equal(counts.dropped, 0);
    cw_frame_ring_close(&ring);
}

static void
test_what_does_not_fit_is_counted(void **state)
{
    (void)state;
    struct cw_frame_ring ring = open_ring();
    struct cw_tap_counts counts;
    struct camwatch_frame frame;
    for (uint64_t i = 0; i < 1000; i++) {
        put(&ring, i);
    }
    cw_frame_ring_count(&ring, &counts);
    assert_int_equal(counts.received, 1000);
    assert_true(counts.dropped > 0 && counts.dropped < 1000);
    uint64_t n = 0;
    int64_t last = -1;
    while (cw_frame_ring_next(&ring, &frame)) {
        assert_true(frame.time_ns > last);
        last = frame.time_ns;
        n++;
    }
    assert_int_equal(n + counts.dropped, 1000);
    cw_frame_ring_count(&ring, &counts);
    assert_int_equal(counts.received, 1000);
    assert_int_equal(counts.handled, n);
    put(&ring, 7); /* there is room again */
    assert_true(is_next(&ring, 7));
    cw_frame_ring_close(&ring);
}

/* In another process, which ends while it handles frame 3. */
static void
test_another_reader_goes_on(void **state)
{
    (void)state;
    struct cw_frame_ring ring = open_ring();
    struct cw_tap_counts counts;
    int status;
    for (uint64_t i = 0; i < 6; i++) {
        put(&ring, i);
    }
    pid_t pid = fork();
    if (pid == 0) {
        bool is_good = true;
        for (uint64_t i = 0; i < 4; i++) {
            is_good = is_good && is_next(&ring, i);
        }
        _exit(is_good ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    cw_frame_ring_begin(&ring);
    assert_true(is_next(&ring, 4));
    assert_true(is_next(&ring, 5));
    cw_frame_ring_count(&ring, &counts);
    assert_int_equal(counts.received, 2);
    assert_int_equal(counts.handled, 2);
    cw_frame_ring_close(&ring);
}

static void
test_wakes_once_for_what_came(void **state)
{
    (void)state;
    struct cw_frame_ring ring = open_ring();
    struct pollfd fd = {.fd = ring.wakeup, .events = POLLIN};
    cw_frame_ring_wake(&ring);
    assert_int_equal(poll(&fd, 1, 0), 0);
    put(&ring, 1);
    cw_frame_ring_wake(&ring);
    assert_int_equal(poll(&fd, 1, 0), 1);
    cw_frame_ring_rest(&ring);
    cw_frame_ring_wake(&ring); /* nothing came since */
    assert_int_equal(poll(&fd, 1, 0), 0);
    cw_frame_ring_close(&ring);
}

/* Every word of what the writer wrote is changed in turn: nothing outside the room is read. */
static void
test_writer_that_lies(void **state)
{
    (void)state;
    static const uint32_t lies[] = {0,          1,          7,    0x7fffffff,
                                    0xfffffff8, 0xffffffff, ROOM, ROOM + 8};
    for (size_t word = 0; word < 64; word++) {
        for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
            struct cw_frame_ring ring = open_ring();
            struct camwatch_frame frame;
            volatile uint8_t sum = 0;
            for (uint64_t n = 1; n < 4; n++) {
                put(&ring, n);
            }
            memcpy((uint8_t *)ring.block + ring.size - ROOM + 4 * word, &lies[i], 4);
            for (unsigned n = 0; n < 10 && cw_frame_ring_next(&ring, &frame); n++) {
                for (uint32_t at = 0; at < frame.captured; at++) {
                    sum = (uint8_t)(sum + frame.bytes[at]);
                }
            }
            cw_frame_ring_close(&ring);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_over_the_end),
        cmocka_unit_test(test_what_does_not_fit_is_counted),
        cmocka_unit_test(test_another_reader_goes_on),
        cmocka_unit_test(test_wakes_once_for_what_came),
        cmocka_unit_test(test_writer_that_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
