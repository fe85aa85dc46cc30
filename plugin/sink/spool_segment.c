/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/spool_segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE_DIGITS 16
#define FILE_MAX    (CW_SPOOL_NAME_MAX + BASE_DIGITS + 2)

static void
name_file(char out[FILE_MAX], const char *name, uint64_t base)
{
    (void)snprintf(out, FILE_MAX, "%s.%016" PRIx64, name, base);
}

bool
cw_spool_segment_create(struct cw_spool_segment *segment, int folder, const char *name,
                        uint64_t base)
{
    char file[FILE_MAX];
    name_file(file, name, base);
    int fd = folder < 0 ? memfd_create(file, MFD_CLOEXEC)
                        : openat(folder, file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    *segment = (struct cw_spool_segment){.base = base, .fd = fd};
    return true;
}

/* "NAME.<16 hex digits>": its base. */
static bool
parse_name(const char *file, const char *name, uint64_t *base)
{
    size_t len = strlen(name);
    if (strncmp(file, name, len) != 0 || file[len] != '.' ||
        strspn(file + len + 1, "0123456789abcdef") != BASE_DIGITS ||
        file[len + 1 + BASE_DIGITS] != '\0') {
        return false;
    }
    *base = strtoull(file + len + 1, NULL, 16);
    return true;
}

static bool
open_found(struct cw_spool_segment *segment, int folder, const char *file, uint64_t base)
{
    struct stat status;
    int fd = openat(folder, file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return false;
    }
    if (fstat(fd, &status) != 0) {
        (void)close(fd);
        return false;
    }
    *segment =
        (struct cw_spool_segment){.base = base, .size = (uint64_t)status.st_size, .fd = fd};
    return true;
}

static int
compare(const void *a, const void *b)
{
    uint64_t x = ((const struct cw_spool_segment *)a)->base;
    uint64_t y = ((const struct cw_spool_segment *)b)->base;
    return (x > y) - (x < y);
}

static bool
open_all(DIR *dir, int folder, const char *name, struct cw_spool_segment *segments, size_t max,
         size_t *n)
{
    const struct dirent *entry;
    uint64_t base;
    while ((entry = readdir(dir))) {
        if (!parse_name(entry->d_name, name, &base)) {
            continue;
        }
        if (*n == max) {
            errno = EMFILE;
            return false;
        }
        if (!open_found(&segments[*n], folder, entry->d_name, base)) {
            return false;
        }
        (*n)++;
    }
    return true;
}

bool
cw_spool_segment_find(int folder, const char *name, struct cw_spool_segment *segments,
                      size_t max, size_t *n)
{
    *n = 0;
    if (folder < 0) {
        return true;
    }
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        return false;
    }
    bool is_good = open_all(dir, folder, name, segments, max, n);
    int saved = errno;
    (void)closedir(dir);
    while (!is_good && *n > 0) {
        cw_spool_segment_close(&segments[--*n]);
    }
    errno = saved;
    qsort(segments, *n, sizeof(*segments), compare);
    return is_good;
}

void
cw_spool_segment_close(struct cw_spool_segment *segment)
{
    (void)close(segment->fd);
    segment->fd = -1;
}

void
cw_spool_segment_delete(struct cw_spool_segment *segment, int folder, const char *name)
{
    char file[FILE_MAX];
    name_file(file, name, segment->base);
    cw_spool_segment_close(segment);
    if (folder >= 0) {
        (void)unlinkat(folder, file, 0);
    }
}

size_t
cw_spool_segment_write(struct cw_spool_segment *segment, const char *bytes, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = pwrite(segment->fd, bytes + done, len - done, (off_t)segment->size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break;
        }
        done += (size_t)n;
        segment->size += (uint64_t)n;
    }
    return done;
}

size_t
cw_spool_segment_read(const struct cw_spool_segment *segment, uint64_t offset, char *out,
                      size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = pread(segment->fd, out + done, len - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break;
        }
        done += (size_t)n;
    }
    return done;
}

void
cw_spool_segment_cut(struct cw_spool_segment *segment, uint64_t size)
{
    if (ftruncate(segment->fd, (off_t)size) == 0) {
        segment->size = size;
    }
}
