/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/line_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sink/sigpipe.h"

#define STAMP     "%Y%m%dT%H%M%SZ"
#define STAMP_LEN 16 /* 20260302T090211Z */
#define SUFFIXES  99
#define NS_PER_S  INT64_C(1000000000)

static int
open_path(const char *path, bool is_new)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (is_new ? O_TRUNC : 0);
    return open(path, flags, 0640);
}

/* Who wrote before was killed, or its disk was full, in the middle of a line: what follows is none
 * of it. */
static void
end_torn_line(const char *path, int fd)
{
    char last = '\n';
    int reader = open(path, O_RDONLY | O_CLOEXEC);
    if (reader >= 0 && lseek(reader, -1, SEEK_END) >= 0 && read(reader, &last, 1) == 1 &&
        last != '\n') {
        (void)!write(fd, "\n", 1);
    }
    if (reader >= 0) {
        (void)close(reader);
    }
}

int
cw_line_file_open(struct cw_line_file *file, const struct camwatch_file_settings *settings,
                  struct camwatch_error *error)
{
    bool is_stdout = strcmp(settings->path, "-") == 0;
    struct stat status;
    char *path = strdup(settings->path);
    int fd = !path ? -1 : is_stdout ? STDOUT_FILENO : open_path(path, !settings->append);
    if (fd < 0) {
        (void)snprintf(error->text, sizeof(error->text),
                       "%.300s: cannot write events there: %s", settings->path,
                       strerror(errno));
        free(path);
        return path ? CAMWATCH_EIO : CAMWATCH_ENOMEM;
    }
    *file = (struct cw_line_file){
        .fd = fd,
        .is_regular = !is_stdout && fstat(fd, &status) == 0 && S_ISREG(status.st_mode),
        .is_limited =
            settings->rotate_bytes > 0 || settings->rotate_s > 0 || settings->disk_bytes > 0,
        .path = path,
        .rotate_bytes = settings->rotate_bytes,
        .disk_bytes = settings->disk_bytes,
        .rotate_ns = (int64_t)settings->rotate_s * NS_PER_S,
    };
    if (file->is_regular) {
        end_torn_line(path, fd);
    }
    return CAMWATCH_OK;
}

/* ---- rotated files ---- */

/* 20260302T090211Z, or that and -01 to -99: a file that somebody keeps under another name is not
 * ours. */
static bool
is_stamp(const char *text)
{
    static const char pattern[] = "ddddddddTddddddZ-dd";
    size_t len = strlen(text);
    if (len != STAMP_LEN && len != sizeof(pattern) - 1) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (pattern[i] == 'd' ? !is_digit : text[i] != pattern[i]) {
            return false;
        }
    }
    return true;
}

static const char *
name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The folder of the path, "." where it names none. */
static DIR *
open_folder(const char *path)
{
    char folder[PATH_MAX];
    size_t len = (size_t)(name_of(path) - path);
    if (len >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    memcpy(folder, path, len);
    memcpy(folder + len, ".", 2); /* "/var/log/." */
    return opendir(folder);
}

static bool
is_rotated(const char *entry, const char *name)
{
    size_t len = strlen(name);
    return strncmp(entry, name, len) == 0 && entry[len] == '.' && is_stamp(entry + len + 1);
}

/* Bytes of all rotated files; oldest receives the name of the first, "" none. Names sort by
 * time. */
static uint64_t
sum_rotated(DIR *folder, const char *name, char oldest[NAME_MAX + 1])
{
    uint64_t sum = 0;
    struct stat status;
    oldest[0] = '\0';
    rewinddir(folder);
    for (const struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        if (!is_rotated(e->d_name, name) ||
            fstatat(dirfd(folder), e->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;
        }
        sum += (uint64_t)status.st_size;
        if (oldest[0] == '\0' || strcmp(e->d_name, oldest) < 0) {
            (void)snprintf(oldest, NAME_MAX + 1, "%s", e->d_name);
        }
    }
    return sum;
}

/* The oldest give way until what is left has room for the next file too. */
static bool
make_room(struct cw_line_file *file)
{
    char oldest[NAME_MAX + 1];
    DIR *folder = open_folder(file->path);
    bool is_good = folder != NULL;
    while (is_good &&
           sum_rotated(folder, name_of(file->path), oldest) + file->rotate_bytes >
               file->disk_bytes &&
           oldest[0] != '\0') {
        is_good = unlinkat(dirfd(folder), oldest, 0) == 0;
        file->n_removed += is_good;
    }
    if (folder) {
        (void)closedir(folder);
    }
    return is_good;
}

/* A name that is not taken; only this process writes here. */
static bool
rotated_name(const char *path, int64_t now_ns, char out[PATH_MAX])
{
    char stamp[STAMP_LEN + 1];
    time_t now = (time_t)(now_ns / NS_PER_S);
    struct tm tm;
    if (!gmtime_r(&now, &tm) || strftime(stamp, sizeof(stamp), STAMP, &tm) != STAMP_LEN) {
        (void)snprintf(stamp, sizeof(stamp), "99991231T235959Z");
    }
    int len = snprintf(out, PATH_MAX, "%s.%s", path, stamp);
    for (unsigned i = 1; len > 0 && len < PATH_MAX - 4 && i <= SUFFIXES + 1; i++) {
        if (faccessat(AT_FDCWD, out, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
            return errno == ENOENT;
        }
        (void)snprintf(out + len, (size_t)(PATH_MAX - len), "-%02u", i);
    }
    errno = EEXIST;
    return false;
}

/* ---- the file of now ---- */

static bool
reopen(struct cw_line_file *file)
{
    int fd = open_path(file->path, false);
    if (fd < 0) {
        return false;
    }
    (void)close(file->fd);
    file->fd = fd;
    file->opened_ns = 0;
    return true;
}

static bool
rotate(struct cw_line_file *file, int64_t now_ns)
{
    char name[PATH_MAX];
    return rotated_name(file->path, now_ns, name) && rename(file->path, name) == 0 &&
           reopen(file) && (file->disk_bytes == 0 || make_room(file));
}

/* A clock that was set back is an age of its own. */
static bool
is_old(const struct cw_line_file *file, int64_t now_ns)
{
    int64_t opened = file->opened_ns;
    return file->rotate_ns > 0 && opened != 0 &&
           (now_ns - opened >= file->rotate_ns || opened - now_ns >= file->rotate_ns);
}

static bool
is_due(const struct cw_line_file *file, uint64_t size, size_t next, int64_t now_ns)
{
    bool is_full = file->rotate_bytes > 0 && size + next > file->rotate_bytes;
    return size > 0 && (is_full || is_old(file, now_ns));
}

bool
cw_line_file_settle(struct cw_line_file *file, size_t next, int64_t now_ns)
{
    struct stat open_one, named;
    if (!file->is_regular || file->is_mid_line) {
        return true;
    }
    if (fstat(file->fd, &open_one) != 0) {
        return false;
    }
    bool is_there = stat(file->path, &named) == 0;
    bool is_same =
        is_there && named.st_ino == open_one.st_ino && named.st_dev == open_one.st_dev;
    bool is_good = true;
    if (!is_same) {
        is_good = reopen(file);
    } else if (file->is_limited && is_due(file, (uint64_t)open_one.st_size, next, now_ns)) {
        is_good = rotate(file, now_ns);
    }
    if (file->opened_ns == 0) {
        file->opened_ns = now_ns;
    }
    return is_good;
}

ptrdiff_t
cw_line_file_write(struct cw_line_file *file, const char *text, size_t len)
{
    struct cw_sigpipe guard;
    cw_sigpipe_hold(&guard);
    ssize_t n = write(file->fd, text, len);
    cw_sigpipe_release(&guard);
    if (n > 0) {
        file->is_mid_line = text[n - 1] != '\n';
    }
    return n;
}

void
cw_line_file_close(struct cw_line_file *file)
{
    if (file->fd != STDOUT_FILENO) {
        (void)close(file->fd);
    }
    free(file->path);
}
