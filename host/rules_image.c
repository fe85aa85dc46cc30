/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rules_image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "rules_set.h"
#include "sandbox.h"

static bool
write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n <= 0) {
            return false;
        }
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/* The process that compiles: never returns. */
static void
compile(const char *folder, int fd)
{
    size_t size;
    struct camwatch_error error = {""};
    if (!cw_sandbox_drop(NULL, false, &error)) {
        cw_log(CW_LOG_ERROR, "%s", error.text);
        _exit(1);
    }
    struct camwatch_rules *rules = cw_rules_set_load(folder);
    const char *bytes = rules ? camwatch_rules_image(rules, &size) : NULL;
    _exit(bytes && write_all(fd, bytes, size) ? 0 : 1);
}

static bool
wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int
cw_rules_image_make(const char *folder)
{
    int fd = memfd_create("camwatch-rules", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    pid_t pid = fd >= 0 ? fork() : -1;
    if (pid == 0) {
        compile(folder, fd);
    }
    bool is_good =
        pid > 0 && wait_for(pid) &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
    if (!is_good && fd >= 0) {
        (void)close(fd);
    }
    return is_good ? fd : -1;
}

bool
cw_rules_image_open(struct cw_rules_image *image, int fd)
{
    struct stat info;
    *image = (struct cw_rules_image){.rules = NULL};
    if (fstat(fd, &info) != 0 || info.st_size <= 0) {
        return false;
    }
    size_t size = (size_t)info.st_size;
    void *block = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (block == MAP_FAILED) {
        return false;
    }
    if (camwatch_rules_attach(block, size, &image->rules) != CAMWATCH_OK) {
        (void)munmap(block, size);
        return false;
    }
    image->block = block;
    image->size = size;
    return true;
}

void
cw_rules_image_close(struct cw_rules_image *image)
{
    if (image->rules) {
        camwatch_rules_free(image->rules);
        (void)munmap(image->block, image->size);
        image->rules = NULL;
    }
}
