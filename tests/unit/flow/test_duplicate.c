/* SPDX-License-Identifier: Apache-2.0
 *
 * Second copies of packets: corrections.md, rules of evidence ("drop only where most packets repeat at
 * a constant lag of at most 2 ms").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "flow/duplicate.h"

enum { LENGTH = 60, MS = 1000000 };

/* One IPv4 packet; equal numbers are equal packets. */
static bool
note(struct cw_duplicates *d, unsigned number, uint8_t ttl, int64_t time_ns)
{
    uint8_t bytes[LENGTH] = {0x45, 0, 0, LENGTH};
    bytes[8] = ttl;
    bytes[10] = ttl; /* stands for the header checksum, which follows the TTL */
    memcpy(bytes + 24, &number, sizeof(number));
    struct cw_frame frame = {.time_ns = time_ns};
    struct cw_packet packet = {.frame = &frame, .is_ip = true, .ip = cw_bytes(bytes, LENGTH)};
    return cw_duplicates_note(d, &packet);
}

/* Pairs of packets lag apart; how many of the second ones were dropped. */
static unsigned
send_pairs(struct cw_duplicates *d, unsigned from, unsigned n, int64_t lag_ns, uint8_t ttl)
{
    unsigned dropped = 0;
    for (unsigned i = from; i < from + n; i++) {
        int64_t now = (int64_t)(i + 1) * 10 * MS;
        assert_false(note(d, i, 64, now));
        dropped += note(d, i, ttl, now + lag_ns);
    }
    return dropped;
}

static void
a_doubling_span_counts_once(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    assert_int_equal(send_pairs(&d, 0, CW_DUPLICATE_WINDOW / 2, MS / 2, 64), 0);
    assert_int_equal(send_pairs(&d, 1000, 100, MS / 2, 64), 100);
}

static void
a_hop_between_the_copies_does_not_matter(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    (void)send_pairs(&d, 0, CW_DUPLICATE_WINDOW / 2, MS / 2, 63);
    assert_int_equal(send_pairs(&d, 1000, 100, MS / 2, 63), 100);
}

static void
late_copies_are_retransmissions(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    assert_int_equal(send_pairs(&d, 0, 500, 3 * MS, 64), 0);
}

static void
lags_that_change_are_retransmissions(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    unsigned dropped = 0;
    for (unsigned i = 0; i < 500; i++) {
        dropped += send_pairs(&d, i, 1, (i % 3 + 1) * (MS / 2), 64);
    }
    assert_int_equal(dropped, 0);
}

static void
some_copies_are_retransmissions(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    unsigned dropped = 0;
    for (unsigned i = 0; i < 1000; i++) {
        int64_t now = (int64_t)(i + 1) * 10 * MS;
        (void)note(&d, i, 64, now);
        dropped += i % 3 == 0 && note(&d, i, 64, now + MS / 2);
    }
    assert_int_equal(dropped, 0);
}

static void
a_span_that_stops_doubling_is_believed_again(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    (void)send_pairs(&d, 0, 100, MS / 2, 64);
    for (unsigned i = 5000; i < 5200; i++) {
        assert_false(note(&d, i, 64, (int64_t)i * 10 * MS));
    }
    assert_false(note(&d, 5199, 64, (int64_t)5199 * 10 * MS + MS / 2));
}

static void
a_third_copy_is_no_second(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    (void)send_pairs(&d, 0, 100, MS / 2, 64);
    assert_false(note(&d, 9000, 64, 9000LL * 10 * MS));
    assert_true(note(&d, 9000, 64, 9000LL * 10 * MS + MS / 2));
    assert_false(note(&d, 9000, 64, 9000LL * 10 * MS + MS));
}

static void
short_packets_are_left_alone(void **state)
{
    (void)state;
    struct cw_duplicates d = {.key = {1, 2}};
    struct cw_frame frame = {.time_ns = MS};
    uint8_t bytes[19] = {0x45};
    struct cw_packet packet = {.frame = &frame, .is_ip = true};
    for (size_t n = 0; n <= sizeof(bytes); n++) {
        packet.ip = cw_bytes(bytes, n);
        assert_false(cw_duplicates_note(&d, &packet));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_doubling_span_counts_once),
        cmocka_unit_test(a_hop_between_the_copies_does_not_matter),
        cmocka_unit_test(late_copies_are_retransmissions),
        cmocka_unit_test(lags_that_change_are_retransmissions),
        cmocka_unit_test(some_copies_are_retransmissions),
        cmocka_unit_test(a_span_that_stops_doubling_is_believed_again),
        cmocka_unit_test(a_third_copy_is_no_second),
        cmocka_unit_test(short_packets_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
