/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/line_file.h"

#define NS_PER_S INT64_C(1000000000)
#define START    (INT64_C(1772442131) * NS_PER_S) /* 2026-03-02T09:02:11Z */

struct fixture {
    char folder[64], path[96];
    struct cw_line_file file;
    struct camwatch_error error;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    strcpy(f->folder, "/tmp/camwatch-file-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->path, sizeof(f->path), "%s/events.ndjson", f->folder);
    *state = f;
    return 0;
}

/* Calls visit with each file of the folder; returns how many there are. */
static unsigned
each_file(const struct fixture *f, void (*visit)(void *user, const char *path), void *user)
{
    DIR *folder = opendir(f->folder);
    assert_non_null(folder);
    unsigned n = 0;
    for (const struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        char path[400];
        (void)snprintf(path, sizeof(path), "%s/%s", f->folder, e->d_name);
        if (e->d_name[0] != '.') {
            visit(user, path);
            n++;
        }
    }
    (void)closedir(folder);
    return n;
}

static void
drop_file(void *user, const char *path)
{
    (void)user;
    assert_int_equal(unlink(path), 0);
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    cw_line_file_close(&f->file);
    each_file(f, drop_file, NULL);
    assert_int_equal(rmdir(f->folder), 0);
    free(f);
    return 0;
}

static void
open_file(struct fixture *f, struct camwatch_file_settings settings)
{
    settings.size = sizeof(settings);
    settings.path = f->path;
    settings.append = true;
    assert_int_equal(cw_line_file_open(&f->file, &settings, &f->error), CAMWATCH_OK);
}

/* One line of ten bytes. */
static void
put_line(struct fixture *f, unsigned number, int64_t now_ns)
{
    char line[16];
    int len = snprintf(line, sizeof(line), "%09u\n", number);
    assert_true(cw_line_file_settle(&f->file, (size_t)len, now_ns));
    assert_int_equal(cw_line_file_write(&f->file, line, (size_t)len), len);
}

static off_t
size_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

struct sums {
    off_t total, largest;
};

static void
add_size(void *user, const char *path)
{
    struct sums *sums = user;
    off_t size = size_of(path);
    sums->total += size;
    sums->largest = size > sums->largest ? size : sums->largest;
}

static void
is_rotated_by_size_and_loses_no_line(void **state)
{
    struct fixture *f = *state;
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 35});
    for (unsigned i = 0; i < 10; i++) {
        put_line(f, i, START + i * NS_PER_S);
    }
    struct sums sums = {0};
    assert_int_equal(each_file(f, add_size, &sums), 4); /* 3 + 3 + 3 + 1 lines */
    assert_int_equal(sums.total, 100);
    assert_int_equal(sums.largest, 30);
    char rotated[160];
    (void)snprintf(rotated, sizeof(rotated), "%s.20260302T090214Z",
                   f->path); /* the 4th line's */
    assert_int_equal(size_of(rotated), 30);
}

static void
two_rotations_in_a_second_have_names_of_their_own(void **state)
{
    struct fixture *f = *state;
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 10});
    for (unsigned i = 0; i < 5; i++) {
        put_line(f, i, START);
    }
    struct sums sums = {0};
    assert_int_equal(each_file(f, add_size, &sums), 5);
    assert_int_equal(sums.total, 50);
}

static void
is_rotated_by_the_age_of_events(void **state)
{
    struct fixture *f = *state;
    open_file(f, (struct camwatch_file_settings){.rotate_s = 60});
    put_line(f, 1, START);
    put_line(f, 2, START + 59 * NS_PER_S);
    put_line(f, 3, START + 60 * NS_PER_S);
    assert_int_equal(size_of(f->path), 10);
    put_line(f, 4, START - 3600 * NS_PER_S); /* a clock that was set back */
    assert_int_equal(size_of(f->path), 10);
    put_line(f, 5, START - 3590 * NS_PER_S);
    assert_int_equal(size_of(f->path), 20);
}

static void
the_oldest_give_way_to_the_bound_on_disk(void **state)
{
    struct fixture *f = *state;
    char other[160];
    (void)snprintf(other, sizeof(other), "%s.bak", f->path); /* not ours */
    FILE *bak = fopen(other, "w");
    assert_non_null(bak);
    (void)fclose(bak);
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 20, .disk_bytes = 60});
    for (unsigned i = 0; i < 101; i++) {
        put_line(f, i, START + i * NS_PER_S);
        struct sums sums = {0};
        each_file(f, add_size, &sums);
        assert_true(sums.total <= 60);
    }
    assert_int_equal(size_of(other), 0);
    assert_int_equal(f->file.n_removed, 48); /* 50 rotated, room for two */
    char newest[160];
    (void)snprintf(newest, sizeof(newest), "%s.20260302T090351Z", f->path);
    assert_int_equal(size_of(newest), 20);
}

static void
a_renamed_file_is_opened_anew(void **state)
{
    struct fixture *f = *state;
    char moved[160];
    (void)snprintf(moved, sizeof(moved), "%s.1", f->path);
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 0});
    put_line(f, 1, START);
    assert_int_equal(rename(f->path, moved), 0);
    put_line(f, 2, START);
    assert_int_equal(size_of(moved), 10);
    assert_int_equal(size_of(f->path), 10);
    assert_int_equal(unlink(f->path), 0);
    put_line(f, 3, START);
    assert_int_equal(size_of(f->path), 10);
}

static void
a_line_is_never_cut_in_two(void **state)
{
    struct fixture *f = *state;
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 10});
    assert_int_equal(cw_line_file_write(&f->file, "half", 4), 4);
    assert_true(cw_line_file_settle(&f->file, 100, START));
    assert_int_equal(cw_line_file_write(&f->file, " and half\n", 10), 10);
    assert_int_equal(size_of(f->path), 14);
    put_line(f, 1, START);
    assert_int_equal(size_of(f->path), 10);
}

static void
a_folder_that_went_away_leaves_the_open_file_in_use(void **state)
{
    struct fixture *f = *state;
    char moved[160];
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 0});
    put_line(f, 1, START);
    (void)snprintf(moved, sizeof(moved), "%s-moved", f->folder);
    assert_int_equal(rename(f->folder, moved), 0);
    assert_false(cw_line_file_settle(&f->file, 10, START));
    assert_int_equal(cw_line_file_write(&f->file, "000000002\n", 10), 10);
    assert_int_equal(rename(moved, f->folder), 0);
    put_line(f, 3, START);
    assert_int_equal(size_of(f->path), 30);
}

/* A process that was killed, or a disk that was full, left half a line. */
static void
what_follows_a_torn_line_is_a_line_of_its_own(void **state)
{
    struct fixture *f = *state;
    FILE *torn = fopen(f->path, "w");
    assert_non_null(torn);
    assert_true(fputs("000000001\n0000", torn) >= 0);
    assert_int_equal(fclose(torn), 0);
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 0});
    put_line(f, 2, START);
    char text[64] = "";
    FILE *file = fopen(f->path, "r");
    assert_non_null(file);
    (void)fread(text, 1, sizeof(text) - 1, file);
    (void)fclose(file);
    assert_string_equal(text, "000000001\n0000\n000000002\n");
}

/* The bound on disk is no reason to delete what an operator put beside the files. */
static void
files_of_others_are_left_alone(void **state)
{
    struct fixture *f = *state;
    char kept[160];
    (void)snprintf(kept, sizeof(kept), "%s.20200101T000000Z-case-17", f->path);
    FILE *file = fopen(kept, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    open_file(f, (struct camwatch_file_settings){.rotate_bytes = 10, .disk_bytes = 20});
    for (unsigned i = 0; i < 5; i++) {
        put_line(f, i, START + i * NS_PER_S);
    }
    assert_int_equal(size_of(kept), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(is_rotated_by_size_and_loses_no_line),
        CASE(two_rotations_in_a_second_have_names_of_their_own),
        CASE(is_rotated_by_the_age_of_events),
        CASE(the_oldest_give_way_to_the_bound_on_disk),
        CASE(a_renamed_file_is_opened_anew),
        CASE(a_line_is_never_cut_in_two),
        CASE(what_follows_a_torn_line_is_a_line_of_its_own),
        CASE(files_of_others_are_left_alone),
        CASE(a_folder_that_went_away_leaves_the_open_file_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
