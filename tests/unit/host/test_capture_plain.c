/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_file.h"

/* pcap-savefile(5): two records of 20 and 300,000 bytes on the wire, of which 20 and 8 are there. */
enum {
    HEADER = 24,
    RECORD = 16,
    FIRST = 20,
    SECOND = 8,
    ALL = HEADER + 2 * RECORD + FIRST + SECOND
};

static void
put32(uint8_t *at, uint32_t value, bool is_swapped)
{
    value = is_swapped ? __builtin_bswap32(value) : value;
    memcpy(at, &value, sizeof(value));
}

static void
put_record(uint8_t *at, bool is_swapped, uint32_t fraction, uint32_t stored, uint32_t wire)
{
    put32(at, 1700000000, is_swapped);
    put32(at + 4, fraction, is_swapped);
    put32(at + 8, stored, is_swapped);
    put32(at + 12, wire, is_swapped);
    memset(at + RECORD, (int)stored, stored);
}

static void
make_file(uint8_t out[ALL], uint32_t magic, bool is_swapped)
{
    memset(out, 0, ALL);
    put32(out, magic, is_swapped);
    uint16_t version[] = {is_swapped ? __builtin_bswap16(2) : 2,
                          is_swapped ? __builtin_bswap16(4) : 4};
    memcpy(out + 4, version, sizeof(version));
    put32(out + 16, 262144, is_swapped);
    put32(out + 20, 1, is_swapped);
    put_record(out + HEADER, is_swapped, 250000, FIRST, FIRST);
    put_record(out + HEADER + RECORD + FIRST, is_swapped, 250001, SECOND, 300000);
}

static void
check_both(uint32_t magic, bool is_swapped, int64_t unit_ns, size_t buffer)
{
    uint8_t file[ALL];
    struct camwatch_frame frame;
    make_file(file, magic, is_swapped);
    capture_file_write(file, ALL);
    struct cw_capture *capture = capture_file_open(buffer);
    assert_int_equal(cw_capture_link_type(capture), 1);
    assert_true(cw_capture_next(capture, &frame));
    assert_int_equal(frame.time_ns, INT64_C(1700000000) * 1000000000 + 250000 * unit_ns);
    assert_int_equal(frame.captured, FIRST);
    assert_int_equal(frame.bytes[FIRST - 1], FIRST);
    assert_int_equal(frame.number, 1);
    assert_int_equal(frame.file, 3);
    assert_true(cw_capture_next(capture, &frame));
    assert_int_equal(frame.captured, SECOND);
    assert_int_equal(frame.wire_len, 300000);
    assert_int_equal(frame.bytes[0], SECOND);
    assert_int_equal(frame.number, 2);
    assert_false(cw_capture_next(capture, &frame));
    assert_string_equal(cw_capture_fault(capture), "");
    assert_int_equal(cw_capture_taken(capture), ALL);
    cw_capture_close(capture);
}

static void
test_byte_orders_and_fractions(void **state)
{
    (void)state;
    check_both(0xa1b2c3d4, false, 1000, 4096);
    check_both(0xa1b2c3d4, true, 1000, 4096);
    check_both(0xa1b23c4d, false, 1, 4096);
    check_both(0xa1b23c4d, true, 1, 4096);
    check_both(0xa1b2c3d4, false, 1000, 1); /* a record comes in many reads */
}

/* Frames before the cut are given; a cut inside a record is told. */
static void
test_every_truncation(void **state)
{
    (void)state;
    uint8_t file[ALL];
    make_file(file, 0xa1b2c3d4, false);
    for (size_t len = HEADER; len < ALL; len++) {
        struct camwatch_frame frame;
        unsigned n = 0;
        capture_file_write(file, len);
        struct cw_capture *capture = capture_file_open(4096);
        while (cw_capture_next(capture, &frame)) {
            n++;
        }
        bool has_first = len >= HEADER + RECORD + FIRST;
        bool is_whole = len == HEADER || len == HEADER + RECORD + FIRST;
        assert_int_equal(n, has_first);
        assert_int_equal(cw_capture_fault(capture)[0] == '\0', is_whole);
        assert_true(is_whole || strstr(cw_capture_fault(capture), "truncated dump file"));
        cw_capture_close(capture);
    }
}

static void
test_length_of_nonsense(void **state)
{
    (void)state;
    uint8_t file[ALL];
    struct camwatch_frame frame;
    make_file(file, 0xa1b2c3d4, false);
    put32(file + HEADER + 8, 262145, false);
    capture_file_write(file, ALL);
    struct cw_capture *capture = capture_file_open(4096);
    assert_false(cw_capture_next(capture, &frame));
    assert_non_null(strstr(cw_capture_fault(capture), "invalid packet capture length 262145"));
    cw_capture_close(capture);
}

/* More than the file's snap length is left out, as libpcap does. */
static void
test_longer_than_snap_length(void **state)
{
    (void)state;
    uint8_t file[ALL];
    struct camwatch_frame frame;
    make_file(file, 0xa1b2c3d4, false);
    put32(file + 16, 12, false);
    capture_file_write(file, ALL);
    struct cw_capture *capture = capture_file_open(4096);
    assert_true(cw_capture_next(capture, &frame));
    assert_int_equal(frame.captured, 12);
    assert_true(cw_capture_next(capture, &frame));
    assert_int_equal(frame.captured, SECOND);
    cw_capture_close(capture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_byte_orders_and_fractions),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_length_of_nonsense),
        cmocka_unit_test(test_longer_than_snap_length),
    };
    return cmocka_run_group_tests(tests, capture_file_make, capture_file_remove);
}
