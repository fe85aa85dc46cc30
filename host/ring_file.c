/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ring_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"

static void *
map(const char *path, size_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return MAP_FAILED;
    }
    void *block = MAP_FAILED;
    int status = ftruncate(fd, (off_t)size) == 0 ? posix_fallocate(fd, 0, (off_t)size) : errno;
    if (status == 0) {
        block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        status = errno;
    }
    (void)close(fd);
    errno = status;
    return block;
}

bool
cw_ring_file_open(struct cw_ring_file *file, const char *path, size_t size,
                  struct camwatch_error *error)
{
    struct camwatch_ring *ring;
    void *block = map(path, size);
    if (block == MAP_FAILED) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: %s", path, strerror(errno));
        return false;
    }
    int status = camwatch_ring_attach(block, size, &ring);
    if (status == CAMWATCH_ECORRUPT) {
        status = camwatch_ring_format(block, size, &ring);
    }
    if (status != CAMWATCH_OK) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: %s", path,
                       camwatch_status_text(status));
        (void)munmap(block, size);
        return false;
    }
    camwatch_ring_close(&ring);
    *file = (struct cw_ring_file){.block = block, .size = size};
    return true;
}

void
cw_ring_file_close(struct cw_ring_file *file)
{
    if (file->block) {
        (void)munmap(file->block, file->size);
        file->block = NULL;
    }
}
