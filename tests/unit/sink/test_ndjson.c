/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samples.h"
#include "sink/ndjson.h"
#include "sink_account.h"

struct fixture {
    char folder[64], path[96];
    struct camwatch_event *event;
    struct cw_event_context context;
    struct cw_sink sink;
    struct camwatch_error error;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    strcpy(f->folder, "/tmp/camwatch-ndjson-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->path, sizeof(f->path), "%s/events.ndjson", f->folder);
    f->event = cw_event_new();
    f->context = sample_context(false);
    *state = f;
    return f->event ? 0 : -1;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    (void)unlink(f->path);
    (void)rmdir(f->folder);
    cw_event_free(f->event);
    free(f);
    return 0;
}

static void
emit(struct fixture *f, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct cw_record_flow flow = sample_flow();
        cw_event_from_flow(f->event, &flow, &f->context);
        cw_event_finish(f->event, &f->context);
        f->sink.ops->emit(f->sink.self, f->event);
    }
}

static unsigned
count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    unsigned n = 0;
    int last = '\n';
    for (int c; (c = getc(file)) != EOF; last = c) {
        n += c == '\n';
    }
    assert_int_equal(last, '\n');
    (void)fclose(file);
    return n;
}

static int
open_sink(struct fixture *f, const char *path, bool append)
{
    const struct camwatch_file_settings settings = {
        .size = sizeof(settings), .path = path, .append = append};
    return cw_ndjson_open(&settings, &f->sink, &f->error);
}

static void
writes_one_line_an_event(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(open_sink(f, f->path, true), CAMWATCH_OK);
    emit(f, 3);
    assert_int_equal(sink_account(&f->sink).pending, 3);
    assert_int_equal(f->sink.ops->flush(f->sink.self), CAMWATCH_OK);
    assert_int_equal(sink_account(&f->sink).delivered, 3);
    emit(f, 1000); /* more than one buffer */
    f->sink.ops->close(f->sink.self);
    assert_int_equal(count_lines(f->path), 1003);
    struct stat info;
    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(info.st_mode & 07, 0);
}

static void
appends_live_and_begins_anew_in_replay(void **state)
{
    struct fixture *f = *state;

    static const struct {
        bool append;
        unsigned lines;
    } steps[] = {{true, 2}, {true, 4}, {false, 2}};

    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        assert_int_equal(open_sink(f, f->path, steps[i].append), CAMWATCH_OK);
        emit(f, 2);
        f->sink.ops->close(f->sink.self);
        assert_int_equal(count_lines(f->path), steps[i].lines);
    }
}

static void
a_folder_that_is_not_there_is_explained(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(open_sink(f, "/nonexistent/x.ndjson", true), CAMWATCH_EIO);
    assert_non_null(strstr(f->error.text, "/nonexistent/x.ndjson"));
    assert_non_null(strstr(f->error.text, "No such file"));
}

/* A reader that went away costs the rest, counted, and neither a signal nor an endless try. */
static void
a_closed_pipe_is_counted(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    char path[32];
    assert_int_equal(pipe(ends), 0);
    (void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[1]);
    assert_int_equal(open_sink(f, path, true), CAMWATCH_OK);
    (void)close(ends[1]);
    emit(f, 5);
    assert_int_equal(f->sink.ops->flush(f->sink.self), CAMWATCH_OK);
    (void)close(ends[0]);
    emit(f, 5);
    assert_int_equal(f->sink.ops->flush(f->sink.self), CAMWATCH_EIO);
    emit(f, 5);
    assert_int_equal(f->sink.ops->flush(f->sink.self), CAMWATCH_EIO);
    struct camwatch_sink_account a = sink_account(&f->sink);
    assert_int_equal(a.delivered, 5);
    assert_int_equal(a.lost, 10);
    assert_non_null(strstr(a.last_error, "Broken pipe"));
    f->sink.ops->close(f->sink.self);
}

/* /dev/full says ENOSPC to every write: events wait until the buffer is full, then they are
   counted. */
static void
a_full_disk_keeps_then_counts(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(open_sink(f, "/dev/full", true), CAMWATCH_OK);
    emit(f, 10);
    assert_int_equal(f->sink.ops->flush(f->sink.self), CAMWATCH_EAGAIN);
    assert_int_equal(sink_account(&f->sink).pending, 10);
    assert_int_equal(sink_account(&f->sink).lost, 0);
    emit(f, 2000);
    struct camwatch_sink_account a = sink_account(&f->sink);
    assert_true(a.pending > 300);
    assert_true(a.lost > 0);
    assert_int_equal(a.delivered, 0);
    assert_non_null(strstr(a.last_error, "No space left"));
    f->sink.ops->close(f->sink.self);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(writes_one_line_an_event),
        CASE(appends_live_and_begins_anew_in_replay),
        CASE(a_folder_that_is_not_there_is_explained),
        CASE(a_closed_pipe_is_counted),
        CASE(a_full_disk_keeps_then_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
