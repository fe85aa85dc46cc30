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

#include <unistd.h>

#include "timeline.h"

enum { N_FILES = 80, FRAME_BYTES = 60 };

static char folder[] = "/tmp/test_timeline.XXXXXX";
static char names[N_FILES][64];

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* A capture with frames at these times, in the order given. */
static void
make_capture(size_t i, const int64_t *times, size_t n)
{
    static const uint8_t bytes[FRAME_BYTES] = {0};
    struct camwatch_error error = {""};
    (void)snprintf(names[i], sizeof(names[i]), "%s/%03zu.pcap", folder, i);
    struct cw_writer *writer = cw_writer_new(names[i], 1, false, &error);
    assert_non_null(writer);
    for (size_t j = 0; j < n; j++) {
        cw_writer_put(writer, &(struct camwatch_frame){.time_ns = times[j],
                                                       .bytes = bytes,
                                                       .captured = FRAME_BYTES,
                                                       .wire_len = FRAME_BYTES});
    }
    assert_true(cw_writer_close(writer));
}

static void
no_fault(void *user, const char *text)
{
    (void)user;
    fail_msg("%s", text);
}

static void
count_fault(void *user, const char *text)
{
    (void)text;
    ++*(unsigned *)user;
}

static struct cw_texts
paths_of(size_t n)
{
    struct cw_texts paths = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        cw_texts_add(&paths, names[i]);
    }
    return paths;
}

static void
remove_captures(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(unlink(names[i]), 0);
    }
}

static void
test_frames_come_by_time_then_by_file(void **state)
{
    (void)state;
    static const int64_t a[] = {1000000001, 3000000000, 3000000000},
                         b[] = {1000000000, 3000000000};

    static const struct {
        int64_t time_ns;
        uint32_t file;
        uint64_t number;
    } expected[] = {
        {1000000000, 2, 1}, {1000000001, 1, 1}, {3000000000, 1, 2},
        {3000000000, 1, 3}, {3000000000, 2, 2},
    };
    struct camwatch_frame frame;
    make_capture(0, a, 3);
    make_capture(1, b, 2);
    struct cw_texts paths = paths_of(2);
    struct cw_timeline *timeline = cw_timeline_open(&paths, NULL, no_fault, NULL);
    assert_int_equal(cw_timeline_peek(timeline), 1000000000);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        assert_true(cw_timeline_next(timeline, &frame));
        assert_int_equal(frame.time_ns, expected[i].time_ns);
        assert_int_equal(frame.file, expected[i].file);
        assert_int_equal(frame.number, expected[i].number);
        assert_int_equal(frame.captured, FRAME_BYTES);
    }
    assert_false(cw_timeline_next(timeline, &frame));
    assert_false(cw_timeline_next(timeline, &frame));
    cw_timeline_close(timeline);
    cw_texts_free(&paths);
    remove_captures(2);
}

/* More captures than are kept open; all overlap. */
static void
test_many_overlapping_captures(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FILES; i++) {
        int64_t times[3];
        for (size_t j = 0; j < 3; j++) {
            times[j] = (int64_t)(j * 1000 + (i * 37) % N_FILES + 1) * 1000000;
        }
        make_capture(i, times, 3);
    }
    struct cw_texts paths = paths_of(N_FILES);
    struct camwatch_frame frame;
    int64_t last = 0;
    size_t n = 0;
    struct cw_timeline *timeline = cw_timeline_open(&paths, NULL, no_fault, NULL);
    for (; cw_timeline_next(timeline, &frame); n++) {
        assert_true(frame.time_ns > last);
        last = frame.time_ns;
    }
    assert_int_equal(n, 3 * N_FILES);
    cw_timeline_close(timeline);
    cw_texts_free(&paths);
    remove_captures(N_FILES);
}

static void
test_what_cannot_be_read_is_told_and_left_out(void **state)
{
    (void)state;
    static const int64_t times[] = {1, 2};
    struct camwatch_frame frame;
    unsigned faults = 0;
    size_t n = 0;
    make_capture(0, times, 2);
    make_capture(1, times, 2);
    assert_int_equal(truncate(names[1], 24 + 16 + FRAME_BYTES + 20), 0);
    struct cw_texts paths = paths_of(2);
    cw_texts_add(&paths, "/nonexistent/capture");
    struct cw_timeline *timeline = cw_timeline_open(&paths, NULL, count_fault, &faults);
    while (cw_timeline_next(timeline, &frame)) {
        n++;
    }
    assert_int_equal(n, 3);
    assert_int_equal(faults, 2);
    cw_timeline_close(timeline);
    cw_texts_free(&paths);
    remove_captures(2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_come_by_time_then_by_file),
        cmocka_unit_test(test_many_overlapping_captures),
        cmocka_unit_test(test_what_cannot_be_read_is_told_and_left_out),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
