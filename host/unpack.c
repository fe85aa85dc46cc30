/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "stop.h"

enum { PACKED_BYTES = 256 * 1024, MAGIC_BYTES = 4, GZIP_ONLY = 15 + 16 };

enum packing { PLAIN, GZIP, ZSTANDARD };

struct cw_unpack {
    FILE *file;
    int fd;
    bool is_own_fd, may_wait, is_input_over, is_over, is_inside; /* inside a member or frame */
    bool is_later; /* a whole member or frame came before */
    enum packing packing;
    const struct cw_idle *idle;
    z_stream gzip;
    ZSTD_DStream *zstd;
    uint8_t packed[PACKED_BYTES];
    size_t start, end; /* of what waits in packed */
    uint64_t taken;
    char fault[128];
};

static void
set_fault(struct cw_unpack *u, const char *text)
{
    (void)snprintf(u->fault, sizeof(u->fault), "%s", text);
    u->is_over = true;
}

static void
tell_idle(const struct cw_unpack *u)
{
    struct pollfd wait = {.fd = u->fd, .events = POLLIN};
    if (u->may_wait && u->idle && u->idle->call && poll(&wait, 1, 0) == 0) {
        u->idle->call(u->idle->user);
    }
}

/* read(2) that ends the input at its end, at an error, and when the run is to stop. */
static size_t
take(struct cw_unpack *u, void *to, size_t size)
{
    ssize_t n;
    do {
        tell_idle(u);
        n = cw_stop_is_asked() ? 0 : read(u->fd, to, size);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        set_fault(u, strerror(errno));
    }
    u->is_input_over = n <= 0;
    u->taken += n > 0 ? (uint64_t)n : 0;
    return n > 0 ? (size_t)n : 0;
}

/* Bytes waiting in packed, refilled when there are none. */
static size_t
refill(struct cw_unpack *u)
{
    if (u->start == u->end && !u->is_input_over) {
        u->start = 0;
        u->end = take(u, u->packed, sizeof(u->packed));
    }
    return u->end - u->start;
}

static size_t
copy_plain(struct cw_unpack *u, char *to, size_t size)
{
    size_t n = u->end - u->start;
    if (n == 0) {
        return u->is_input_over ? 0 : take(u, to, size);
    }
    n = n < size ? n : size;
    memcpy(to, u->packed + u->start, n);
    u->start += n;
    return n;
}

/* Zeros behind the last member are padding (RFC 1952 leaves them to the reader; gzip(1) skips
 * them). */
static bool
is_padding(const struct cw_unpack *u)
{
    return u->is_later && !u->is_inside && u->packed[u->start] == 0;
}

static size_t
inflate_some(struct cw_unpack *u, char *to, size_t size)
{
    u->gzip.next_out = (Bytef *)to;
    u->gzip.avail_out = (uInt)size;
    while (u->gzip.avail_out == size && !u->is_over && refill(u) > 0) {
        if (is_padding(u)) {
            u->start++;
            continue;
        }
        u->gzip.next_in = u->packed + u->start;
        u->gzip.avail_in = (uInt)(u->end - u->start);
        u->is_inside = true;
        int status = inflate(&u->gzip, Z_NO_FLUSH);
        u->start = u->end - u->gzip.avail_in;
        if (status == Z_STREAM_END) {
            u->is_inside = false;
            u->is_later = true;
            (void)inflateReset(&u->gzip);
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            set_fault(u, "the gzip data is damaged");
        }
    }
    return size - u->gzip.avail_out;
}

static size_t
unzstd_some(struct cw_unpack *u, char *to, size_t size)
{
    ZSTD_outBuffer out = {.dst = to, .size = size};
    /* A frame may have output left when its input is used up: ask once more with none. */
    while (out.pos == 0 && !u->is_over && (refill(u) > 0 || u->is_inside)) {
        ZSTD_inBuffer in = {.src = u->packed + u->start, .size = u->end - u->start};
        size_t status = ZSTD_decompressStream(u->zstd, &out, &in);
        bool is_stuck = in.size == 0 && out.pos == 0;
        u->start += in.pos;
        u->is_inside = status != 0;
        if (ZSTD_isError(status)) {
            set_fault(u, "the Zstandard data is damaged");
        } else if (is_stuck) {
            break;
        }
    }
    return out.pos;
}

static ssize_t
read_some(void *cookie, char *to, size_t size)
{
    struct cw_unpack *u = cookie;
    size_t n = 0;
    if (u->is_over) {
        return 0;
    }
    if (u->packing == PLAIN) {
        n = copy_plain(u, to, size);
    } else {
        n = u->packing == GZIP ? inflate_some(u, to, size) : unzstd_some(u, to, size);
    }
    if (n == 0 && u->is_inside && !u->is_over && !cw_stop_is_asked()) {
        set_fault(u, u->packing == GZIP ? "the gzip data ends in the middle"
                                        : "the Zstandard data ends in the middle");
    }
    u->is_over = u->is_over || n == 0;
    return (ssize_t)n;
}

static int
close_file(void *cookie)
{
    struct cw_unpack *u = cookie;
    return u->is_own_fd ? close(u->fd) : 0;
}

/* The first bytes tell the packing; a pipe may give them one by one. */
static void
look(struct cw_unpack *u)
{
    static const uint8_t gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    while (u->end < MAGIC_BYTES && !u->is_input_over) {
        u->end += take(u, u->packed + u->end, sizeof(u->packed) - u->end);
    }
    if (u->end >= sizeof(gzip) && memcmp(u->packed, gzip, sizeof(gzip)) == 0) {
        u->packing = GZIP;
    } else if (u->end >= sizeof(zstd) && memcmp(u->packed, zstd, sizeof(zstd)) == 0) {
        u->packing = ZSTANDARD;
    }
}

static bool
prepare(struct cw_unpack *u, size_t buffer)
{
    static const cookie_io_functions_t calls = {.read = read_some, .close = close_file};
    look(u);
    if (u->packing == GZIP && inflateInit2(&u->gzip, GZIP_ONLY) != Z_OK) {
        return false;
    }
    if (u->packing == ZSTANDARD && !(u->zstd = ZSTD_createDStream())) {
        return false;
    }
    u->file = fopencookie(u, "r", calls);
    if (!u->file) {
        return false;
    }
    (void)setvbuf(u->file, NULL, _IOFBF, buffer);
    (void)__fsetlocking(u->file, FSETLOCKING_BYCALLER); /* one thread; a lock a read costs */
    return true;
}

struct cw_unpack *
cw_unpack_open(const char *path, size_t buffer, const struct cw_idle *idle,
               struct camwatch_error *error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct cw_unpack *u = calloc(1, sizeof(*u));
    if (!u) {
        abort();
    }
    u->idle = idle;
    u->is_own_fd = u->may_wait = false;
    u->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (u->fd < 0) {
        (void)snprintf(error->text, sizeof(error->text), "cannot be opened: %s",
                       strerror(errno));
        free(u);
        return NULL;
    }
    u->is_own_fd = !is_stdin;
    u->may_wait = lseek(u->fd, 0, SEEK_CUR) < 0; /* a pipe, a socket or a terminal */
    if (!prepare(u, buffer)) {
        (void)snprintf(error->text, sizeof(error->text), "out of memory");
        (void)close_file(u);
        cw_unpack_free(u);
        return NULL;
    }
    return u;
}

FILE *
cw_unpack_file(struct cw_unpack *u)
{
    return u->file;
}

bool
cw_unpack_peek(const struct cw_unpack *u, void *to, size_t size)
{
    if (u->packing != PLAIN || u->end - u->start < size) {
        return false;
    }
    memcpy(to, u->packed + u->start, size);
    return true;
}

size_t
cw_unpack_read(struct cw_unpack *u, void *to, size_t size)
{
    return (size_t)read_some(u, to, size);
}

const char *
cw_unpack_fault(const struct cw_unpack *u)
{
    return u->fault;
}

uint64_t
cw_unpack_taken(const struct cw_unpack *u)
{
    return u->taken;
}

void
cw_unpack_free(struct cw_unpack *u)
{
    if (u->packing == GZIP) {
        (void)inflateEnd(&u->gzip);
    }
    (void)ZSTD_freeDStream(u->zstd);
    free(u);
}
