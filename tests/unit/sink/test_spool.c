/* SPDX-License-Identifier: Apache-2.0
 *
 * The spool: order, restart, a tail torn at every length, and every bit of a segment flipped.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/spool.h"
#include "sink/spool_cursor.h"

#define READ_BYTES (CW_SPOOL_PAYLOAD_MAX + 4096)

struct fixture {
    char path[64];
    int folder;
    char *buffer;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    strcpy(f->path, "/tmp/camwatch-spool-XXXXXX");
    f->folder = mkdtemp(f->path) ? open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    f->buffer = malloc(READ_BYTES);
    *state = f;
    return f->folder >= 0 && f->buffer ? 0 : -1;
}

static void
empty_folder(const struct fixture *f)
{
    DIR *dir = opendir(f->path);
    assert_non_null(dir);
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        (void)unlinkat(f->folder, entry->d_name, 0);
    }
    (void)closedir(dir);
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    empty_folder(f);
    (void)close(f->folder);
    (void)rmdir(f->path);
    free(f->buffer);
    free(f);
    return 0;
}

static struct cw_spool *
open_spool(int folder, uint64_t segment_bytes, uint64_t from, uint64_t number)
{
    struct cw_spool *spool = NULL;
    struct camwatch_error error = {""};
    int status = cw_spool_open(&(struct cw_spool_settings){.folder = folder,
                                                           .name = "flows",
                                                           .segment_bytes = segment_bytes,
                                                           .from = from,
                                                           .number = number},
                               &spool, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(status, CAMWATCH_OK);
    return spool;
}

/* The payload of record i: its number and a length that varies. */
static size_t
make_payload(uint64_t i, char out[512])
{
    int n = snprintf(out, 512, "%llu ", (unsigned long long)i);
    memset(out + n, (int)('a' + i % 26), 200);
    return (size_t)n + i % 97;
}

static bool
append(struct cw_spool *spool, uint64_t i)
{
    char payload[512];
    size_t len = make_payload(i, payload);
    return cw_spool_append(spool, &(struct cw_spool_record){.n_words = (uint16_t)(i % 300),
                                                            .kind = 3,
                                                            .len = (uint32_t)len,
                                                            .payload = payload});
}

/* Read everything from a position; each record must be what was appended under its number.
   Returns how many there were; seen, where given, is marked. */
static uint64_t
read_all(const struct fixture *f, struct cw_spool *spool, uint64_t from, bool *seen)
{
    struct cw_spool_record records[7];
    char payload[512];
    uint64_t sum = 0, last = 0;
    size_t n;
    while ((n = cw_spool_read(spool, from, f->buffer, READ_BYTES, records, 7, &from)) > 0) {
        for (size_t i = 0; i < n; i++) {
            uint64_t number = records[i].number;
            size_t len = make_payload(number, payload);
            assert_int_equal(records[i].len, len);
            assert_memory_equal(records[i].payload, payload, len);
            assert_int_equal(records[i].n_words, number % 300);
            assert_int_equal(records[i].kind, 3);
            assert_true(sum == 0 || number > last);
            last = number;
            sum++;
            if (seen) {
                seen[number] = true;
            }
        }
    }
    assert_int_equal(from, cw_spool_end(spool));
    return sum;
}

static void
records_come_back_in_order(void **state)
{
    const struct fixture *f = *state;
    const int folders[] = {-1, f->folder};
    for (size_t k = 0; k < 2; k++) {
        struct cw_spool *spool = open_spool(folders[k], 64 * 1024, 0, 0);
        for (uint64_t i = 0; i < 5000; i++) {
            assert_true(append(spool, i));
        }
        assert_int_equal(read_all(f, spool, 0, NULL), 5000);
        assert_int_equal(cw_spool_damaged(spool), 0);
        cw_spool_close(&spool);
    }
}

static void
a_restart_finds_what_waits(void **state)
{
    const struct fixture *f = *state;
    struct cw_spool_record one;
    uint64_t from = 0, number = 0;
    for (unsigned round = 0; round < 5; round++) {
        struct cw_spool *spool = open_spool(f->folder, 4096, from, number);
        assert_int_equal(cw_spool_next_number(spool), round * 100);
        assert_int_equal(cw_spool_recovered(spool), round * 90);
        for (uint64_t i = 0; i < 100; i++) {
            assert_true(append(spool, round * 100 + i));
        }
        for (unsigned i = 0; i < 10; i++, number++) { /* ten a round are done */
            assert_int_equal(cw_spool_read(spool, from, f->buffer, READ_BYTES, &one, 1, &from),
                             1);
        }
        cw_spool_release(spool, from);
        assert_true(cw_spool_begin(spool) <= from);
        assert_int_equal(read_all(f, spool, from, NULL), (round + 1) * 90);
        cw_spool_close(&spool);
    }
}

static void
what_is_released_is_deleted(void **state)
{
    const struct fixture *f = *state;
    struct cw_spool *spool = open_spool(f->folder, 4096, 0, 0);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_true(append(spool, i));
    }
    uint64_t before = cw_spool_bytes(spool);
    cw_spool_release(spool, cw_spool_end(spool));
    assert_true(before > 60000);
    assert_true(cw_spool_bytes(spool) <= 4096 + 512);
    assert_true(append(spool, 1000));
    assert_int_equal(read_all(f, spool, cw_spool_begin(spool), NULL) > 0, 1);
    cw_spool_close(&spool);
}

static void
a_log_without_end_is_refused_not_overrun(void **state)
{
    const struct fixture *f = *state;
    struct cw_spool *spool = open_spool(-1, 1024, 0, 0);
    uint64_t i = 0;
    while (append(spool, i)) {
        i++;
    }
    assert_true(i > 64 && i < 2000);
    assert_int_equal(read_all(f, spool, 0, NULL), i);
    cw_spool_release(spool, cw_spool_end(spool));
    assert_true(append(spool, i));
    cw_spool_close(&spool);
}

static size_t
read_file(const struct fixture *f, char *out, size_t size)
{
    int fd = openat(f->folder, "flows.0000000000000000", O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, out, size);
    assert_true(n > 0);
    (void)close(fd);
    return (size_t)n;
}

static void
write_file(const struct fixture *f, const char *bytes, size_t len)
{
    int fd = openat(f->folder, "flows.0000000000000000",
                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, bytes, len), len);
    (void)close(fd);
}

/* Ten records in one file. */
static size_t
make_file(const struct fixture *f, char *out, size_t size)
{
    struct cw_spool *spool = open_spool(f->folder, 1 << 20, 0, 0);
    for (uint64_t i = 0; i < 10; i++) {
        assert_true(append(spool, i));
    }
    cw_spool_close(&spool);
    return read_file(f, out, size);
}

/* Whatever the crash left: whole records before it stay, and appending goes on behind them. */
static void
a_tail_torn_at_every_length_is_cut_off(void **state)
{
    const struct fixture *f = *state;
    char bytes[4096];
    size_t len = make_file(f, bytes, sizeof(bytes));
    uint64_t ends[11] = {0};
    char payload[512];
    for (uint64_t i = 0; i < 10; i++) {
        ends[i + 1] = ends[i] + cw_spool_record_size(make_payload(i, payload));
    }
    assert_int_equal(ends[10], len);
    for (size_t cut = 0; cut <= len; cut++) {
        uint64_t whole = 0;
        while (whole < 10 && ends[whole + 1] <= cut) {
            whole++;
        }
        write_file(f, bytes, cut);
        struct cw_spool *spool = open_spool(f->folder, 1 << 20, 0, 0);
        assert_int_equal(cw_spool_recovered(spool), whole);
        assert_int_equal(cw_spool_end(spool), ends[whole]);
        assert_int_equal(cw_spool_damaged(spool), 0);
        assert_true(append(spool, whole));
        assert_int_equal(read_all(f, spool, 0, NULL), whole + 1);
        cw_spool_close(&spool);
    }
}

/* One flipped bit costs at most the record it hits, and that one is counted unless it was the
   last. No record with other contents ever comes out (read_all checks each). */
static void
a_flipped_bit_costs_one_record(void **state)
{
    const struct fixture *f = *state;
    char bytes[4096];
    size_t len = make_file(f, bytes, sizeof(bytes));
    for (size_t bit = 0; bit < len * 8; bit += 7) { /* in each byte, and each bit of some */
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        write_file(f, bytes, len);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        struct cw_spool *spool = open_spool(f->folder, 1 << 20, 0, 0);
        bool seen[10] = {false};
        uint64_t n = read_all(f, spool, 0, seen);
        assert_true(n >= 9);
        assert_true(n + cw_spool_damaged(spool) == 10 || (n == 9 && !seen[9]));
        cw_spool_close(&spool);
    }
}

static void
a_missing_segment_is_counted(void **state)
{
    const struct fixture *f = *state;
    struct cw_spool *spool = open_spool(f->folder, 4096, 0, 0);
    for (uint64_t i = 0; i < 500; i++) {
        assert_true(append(spool, i));
    }
    cw_spool_close(&spool);
    assert_int_equal(unlinkat(f->folder, "flows.0000000000000000", 0), 0);
    spool = open_spool(f->folder, 4096, 0, 0);
    uint64_t n = read_all(f, spool, 0, NULL);
    assert_true(n < 500 && n > 400);
    assert_int_equal(n + cw_spool_damaged(spool), 500);
    cw_spool_close(&spool);
}

/* The cursor is younger than what the disk kept of the log. */
static void
a_log_that_lost_its_end_goes_on_behind_the_cursor(void **state)
{
    const struct fixture *f = *state;
    char bytes[4096];
    size_t len = make_file(f, bytes, sizeof(bytes));
    write_file(f, bytes, len / 2);
    struct cw_spool *spool = open_spool(f->folder, 1 << 20, len, 10);
    assert_int_equal(cw_spool_recovered(spool), 0);
    assert_int_equal(cw_spool_end(spool), len);
    assert_true(append(spool, 10));
    assert_int_equal(read_all(f, spool, len, NULL), 1);
    cw_spool_close(&spool);
    spool = open_spool(f->folder, 1 << 20, len, 10);
    assert_int_equal(cw_spool_recovered(spool), 1);
    cw_spool_close(&spool);
}

/* ---- the cursor ---- */

/* fdatasync of a pipe fails: the disk refuses. */
static void
refuse(struct cw_spool_sync *sync)
{
    int pipes[2];
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    for (size_t i = 0; i < sync->n; i++) {
        assert_int_equal(dup2(pipes[1], sync->files[i].fd), sync->files[i].fd);
    }
    (void)close(pipes[0]);
    (void)close(pipes[1]);
}

static void
what_the_disk_refused_is_synced_again(void **state)
{
    const struct fixture *f = *state;
    static struct cw_spool_sync sync;
    struct cw_spool *spool = open_spool(f->folder, 4096, 0, 0);
    for (uint64_t i = 0; i < 200; i++) {
        assert_true(append(spool, i));
    }
    assert_true(cw_spool_sync_begin(spool, true, &sync));
    size_t n = sync.n;
    assert_true(n > 1); /* several segments */
    refuse(&sync);
    assert_false(cw_spool_sync_finish(&sync));
    cw_spool_sync_settle(spool, &sync);
    assert_true(cw_spool_sync_begin(spool, true, &sync));
    assert_int_equal(sync.n, n); /* none of them is on the disk */
    assert_true(append(spool, 200));
    assert_true(cw_spool_sync_finish(&sync));
    cw_spool_sync_settle(spool, &sync);
    assert_true(cw_spool_sync_begin(spool, true, &sync));
    assert_int_equal(sync.n, 1); /* written meanwhile */
    assert_true(cw_spool_sync_finish(&sync));
    cw_spool_sync_settle(spool, &sync);
    assert_true(cw_spool_sync_begin(spool, true, &sync));
    assert_int_equal(sync.n, 0);
    cw_spool_close(&spool);
}

static void
a_cut_without_a_descriptor_left_goes_on_later(void **state)
{
    const struct fixture *f = *state;
    struct rlimit all, none;
    struct cw_spool *spool = open_spool(f->folder, 4096, 8192, 100); /* begins behind 0 */
    assert_true(append(spool, 100));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = all.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    cw_spool_cut(spool, 4096, 50);
    bool was_appended = append(spool, 50);
    bool is_synced = cw_spool_sync(spool);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
    assert_false(was_appended);
    assert_true(is_synced); /* of nothing */
    assert_int_equal(cw_spool_begin(spool), 4096);
    assert_int_equal(cw_spool_end(spool), 4096);
    assert_int_equal(cw_spool_bytes(spool), 0);
    assert_int_equal(read_all(f, spool, 4096, NULL), 0);
    cw_spool_release(spool, 4096);
    assert_true(append(spool, 50));
    assert_true(append(spool, 51));
    assert_int_equal(read_all(f, spool, 4096, NULL), 2);
    cw_spool_close(&spool);
}

static int
open_cursor_file(const struct fixture *f)
{
    return openat(f->folder, "flows.cursor", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static void
a_cursor_spoilt_anywhere_is_the_one_before(void **state)
{
    const struct fixture *f = *state;
    struct cw_spool_cursor cursor;
    uint64_t value[16] = {1}, found[16];
    static char bytes[64 * 1024];
    assert_false(cw_spool_cursor_open(&cursor, open_cursor_file(f), found, sizeof(found)));
    for (value[0] = 1; value[0] <= 3; value[0]++) {
        assert_true(cw_spool_cursor_save(&cursor, value, sizeof(value), true));
    }
    cw_spool_cursor_close(&cursor);
    int fd = open_cursor_file(f);
    ssize_t len = read(fd, bytes, sizeof(bytes));
    assert_true(len > 0);
    unsigned n_older = 0;
    for (ssize_t at = 0; at < len; at++) {
        char wrong = (char)(bytes[at] ^ 0x10);
        assert_int_equal(pwrite(fd, &wrong, 1, at), 1);
        assert_true(cw_spool_cursor_open(&cursor, dup(fd), found, sizeof(found)));
        assert_true(found[0] == 3 || found[0] == 2);
        n_older += found[0] == 2;
        cw_spool_cursor_close(&cursor);
        assert_int_equal(pwrite(fd, &bytes[at], 1, at), 1);
    }
    assert_int_equal(n_older, 24 + sizeof(value));
    for (off_t cut = len; cut > 0; cut -= 7) { /* torn: never anything but 3, 2 or none */
        assert_int_equal(ftruncate(fd, cut), 0);
        found[0] = 0;
        bool is_found = cw_spool_cursor_open(&cursor, dup(fd), found, sizeof(found));
        assert_true(is_found ? found[0] == 3 || found[0] == 2 : found[0] == 0);
        cw_spool_cursor_close(&cursor);
    }
    (void)close(fd);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(records_come_back_in_order),
        CASE(a_restart_finds_what_waits),
        CASE(what_is_released_is_deleted),
        CASE(a_log_without_end_is_refused_not_overrun),
        CASE(a_tail_torn_at_every_length_is_cut_off),
        CASE(a_flipped_bit_costs_one_record),
        CASE(a_missing_segment_is_counted),
        CASE(a_log_that_lost_its_end_goes_on_behind_the_cursor),
        CASE(what_the_disk_refused_is_synced_again),
        CASE(a_cut_without_a_descriptor_left_goes_on_later),
        CASE(a_cursor_spoilt_anywhere_is_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
