/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "model/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/hash.h"

enum { HEADER = 28 };

#define MAX_FILE (1024 * 1024 * 1024)

static const struct cw_hash_key checksum_key = {0x63616d7761746368, 0x696e76656e746f72};

/* ---- blocks ---- */

void
cw_out_put(struct cw_out *out, const void *bytes, size_t len)
{
    if (!out->failed && out->len + len > out->room) {
        size_t room = 2 * out->room + len + 4096;
        uint8_t *more = realloc(out->bytes, room);
        out->failed = !more;
        out->bytes = more ? more : out->bytes;
        out->room = more ? room : out->room;
    }
    if (!out->failed && len > 0) {
        memcpy(out->bytes + out->len, bytes, len);
        out->len += len;
    }
}

static void
encode(uint8_t *out, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        out[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    }
}

void
cw_out_number(struct cw_out *out, uint64_t value, unsigned size)
{
    uint8_t bytes[8];
    encode(bytes, value, size);
    cw_out_put(out, bytes, size);
}

void
cw_out_text(struct cw_out *out, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    len = len > UINT16_MAX ? UINT16_MAX : len;
    cw_out_number(out, len, 2);
    cw_out_put(out, text, len);
}

/* ---- writing ---- */

static int
fail(struct camwatch_error *error, int status, const char *path, const char *what,
     const char *why)
{
    (void)snprintf(error->text, sizeof(error->text), "%.200s: %s: %s", path, what, why);
    return status;
}

static bool
write_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool
write_file(const char *path, const uint8_t header[HEADER], const struct cw_out *block)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    bool ok = write_all(fd, header, HEADER) && write_all(fd, block->bytes, block->len) &&
              fsync(fd) == 0;
    int saved = errno;
    if (close(fd) != 0 && ok) {
        return false;
    }
    errno = saved;
    return ok;
}

static void
sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
                   slash ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

int
cw_statefile_write(const struct cw_statefile *kind, const char *path,
                   const struct cw_out *block, struct camwatch_error *error)
{
    char temporary[4096];
    uint8_t header[HEADER];
    error->text[0] = '\0';
    int n = snprintf(temporary, sizeof(temporary), "%s.new", path);
    if (block->failed) {
        return fail(error, CAMWATCH_ENOMEM, path, "cannot be saved", "out of memory");
    }
    if (n < 0 || (size_t)n >= sizeof(temporary)) {
        return fail(error, CAMWATCH_EIO, path, "cannot be saved", "the path is too long");
    }
    memcpy(header, kind->magic, sizeof(kind->magic));
    encode(header + 8, kind->version, 4);
    encode(header + 12, block->len, 8);
    encode(header + 20, cw_hash(checksum_key, block->bytes, block->len), 8);
    if (!write_file(temporary, header, block) || rename(temporary, path) != 0) {
        int why = errno;
        (void)unlink(temporary);
        return fail(error, CAMWATCH_EIO, path, "cannot be saved, the old file stays",
                    strerror(why));
    }
    sync_folder(path);
    return CAMWATCH_OK;
}

/* ---- reading ---- */

/* Something to fail with, or NULL. */
static const char *
check(const struct cw_statefile *kind, struct cw_bytes file, struct cw_bytes *rest)
{
    struct cw_cursor in = cw_cursor(file);
    struct cw_bytes start = cw_cursor_take(&in, sizeof(kind->magic));
    uint32_t version = cw_cursor_be32(&in);
    uint64_t len = cw_cursor_be64(&in);
    uint64_t sum = cw_cursor_be64(&in);
    if (!cw_cursor_ok(&in)) {
        return "is cut short";
    }
    if (!cw_bytes_equal(start, cw_bytes(kind->magic, sizeof(kind->magic)))) {
        return "is another kind of file";
    }
    if (version != kind->version) {
        return "was written by another version of camwatch";
    }
    *rest = cw_cursor_rest(&in);
    if (len != rest->len) {
        return len > rest->len ? "is cut short" : "has bytes after its end";
    }
    return sum == cw_hash(checksum_key, rest->ptr, rest->len) ? NULL : "fails its checksum";
}

static int
read_open(int fd, const char *path, uint8_t **block, size_t *len, struct camwatch_error *error)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > MAX_FILE) {
        return fail(error, CAMWATCH_EIO, path, "cannot be read", "no regular file below 1 GiB");
    }
    size_t size = (size_t)info.st_size, have = 0;
    uint8_t *bytes = malloc(size + 1);
    if (!bytes) {
        return fail(error, CAMWATCH_ENOMEM, path, "cannot be read", "out of memory");
    }
    while (have < size) {
        ssize_t n = read(fd, bytes + have, size - have);
        if (n == 0) {
            break;
        }
        if (n < 0 && errno != EINTR) {
            int why = errno;
            free(bytes);
            return fail(error, CAMWATCH_EIO, path, "cannot be read", strerror(why));
        }
        have += n > 0 ? (size_t)n : 0;
    }
    *block = bytes;
    *len = have;
    return CAMWATCH_OK;
}

int
cw_statefile_set_aside(const struct cw_statefile *kind, const char *path, const char *wrong,
                       struct camwatch_error *error)
{
    char bad[4096];
    (void)snprintf(bad, sizeof(bad), "%s.bad", path);
    bool is_moved = rename(path, bad) == 0;
    (void)snprintf(error->text, sizeof(error->text), "%.150s: the %s %s; %s; %s%.150s", path,
                   kind->what, wrong, kind->loss,
                   is_moved ? "it is kept as " : "it cannot be moved aside to ", bad);
    return CAMWATCH_ECORRUPT;
}

int
cw_statefile_read(const struct cw_statefile *kind, const char *path, uint8_t **block,
                  struct cw_bytes *rest, struct camwatch_error *error)
{
    error->text[0] = '\0';
    *block = NULL;
    *rest = cw_bytes(NULL, 0);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT
                   ? CAMWATCH_OK
                   : fail(error, CAMWATCH_EIO, path, "cannot be read", strerror(errno));
    }
    size_t len = 0;
    int status = read_open(fd, path, block, &len, error);
    (void)close(fd);
    if (status != CAMWATCH_OK) {
        return status;
    }
    const char *wrong = check(kind, cw_bytes(*block, len), rest);
    if (!wrong) {
        return CAMWATCH_OK;
    }
    free(*block);
    *block = NULL;
    return cw_statefile_set_aside(kind, path, wrong, error);
}
