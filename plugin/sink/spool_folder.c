/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/spool_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int
fail(struct camwatch_error *error, int status, const char *path, const char *name,
     const char *why)
{
    (void)snprintf(error->text, sizeof(error->text), "spool %.200s/%.130s: %.100s", path, name,
                   why);
    return status;
}

static void
read_token(int lock, char *out, size_t size)
{
    ssize_t n = pread(lock, out, size - 1, 0);
    out[n > 0 ? n : 0] = '\0';
}

int
cw_spool_folder_open(struct cw_spool_folder *folder, const char *path, const char *name,
                     char *before, size_t size, struct camwatch_error *error)
{
    char whole[4096];
    *folder = (struct cw_spool_folder){.fd = -1, .lock = -1};
    before[0] = '\0';
    if (!path) {
        return CAMWATCH_OK;
    }
    int n = snprintf(whole, sizeof(whole), "%s/%s", path, name);
    if (n >= (int)sizeof(whole)) {
        return fail(error, CAMWATCH_EINVAL, path, name, "the path is too long");
    }
    (void)mkdir(path, 0700);
    (void)mkdir(whole, 0700);
    folder->fd = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd >= 0) {
        folder->lock = openat(folder->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    }
    if (folder->lock < 0) {
        int status = fail(error, CAMWATCH_EIO, path, name, strerror(errno));
        cw_spool_folder_close(folder);
        return status;
    }
    if (flock(folder->lock, LOCK_EX | LOCK_NB) != 0) {
        cw_spool_folder_close(folder);
        return fail(error, CAMWATCH_EBUSY, path, name, "another process uses it");
    }
    read_token(folder->lock, before, size);
    return CAMWATCH_OK;
}

void
cw_spool_folder_sign(const struct cw_spool_folder *folder, const char *token)
{
    if (folder->lock >= 0 && ftruncate(folder->lock, 0) == 0) {
        (void)!pwrite(folder->lock, token, strlen(token), 0);
    }
}

void
cw_spool_folder_close(struct cw_spool_folder *folder)
{
    if (folder->lock >= 0) {
        (void)close(folder->lock);
    }
    if (folder->fd >= 0) {
        (void)close(folder->fd);
    }
    *folder = (struct cw_spool_folder){.fd = -1, .lock = -1};
}
