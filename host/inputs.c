/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inputs.h"

#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture.h"

static void
add(struct cw_texts *paths, const char *path)
{
    char *copy = strdup(path);
    if (!copy) {
        abort();
    }
    cw_texts_add(paths, copy);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool
add_folder(const char *folder, struct cw_texts *paths, struct camwatch_error *error)
{
    char *copy = strdup(folder);
    char *const roots[] = {copy, NULL};
    FTS *walk = copy ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name) : NULL;
    if (!walk) {
        abort();
    }
    size_t before = paths->n;
    for (FTSENT *entry = fts_read(walk); entry; entry = fts_read(walk)) {
        if (entry->fts_info == FTS_F && cw_capture_is_one(entry->fts_path)) {
            add(paths, entry->fts_path);
        }
    }
    (void)fts_close(walk);
    free(copy);
    if (paths->n == before) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: no capture in this folder",
                       folder);
        return false;
    }
    return true;
}

static bool
add_operand(const char *operand, struct cw_texts *paths, struct camwatch_error *error)
{
    struct stat info;
    if (strcmp(operand, "-") == 0) {
        for (size_t i = 0; i < paths->n; i++) {
            if (strcmp(paths->items[i], "-") == 0) {
                (void)snprintf(error->text, sizeof(error->text),
                               "standard input can be read once");
                return false;
            }
        }
    } else if (stat(operand, &info) != 0) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: %s", operand,
                       strerror(errno));
        return false;
    } else if (S_ISDIR(info.st_mode)) {
        return add_folder(operand, paths, error);
    }
    add(paths, operand);
    return true;
}

bool
cw_inputs_find(const struct cw_texts *operands, struct cw_texts *paths,
               struct camwatch_error *error)
{
    for (size_t i = 0; i < operands->n; i++) {
        if (!add_operand(operands->items[i], paths, error)) {
            return false;
        }
    }
    return true;
}

void
cw_inputs_free(struct cw_texts *paths)
{
    for (size_t i = 0; i < paths->n; i++) {
        free((void *)(uintptr_t)paths->items[i]);
    }
    cw_texts_free(paths);
}

uint64_t
cw_inputs_bytes(const struct cw_texts *paths)
{
    uint64_t sum = 0;
    struct stat info;
    for (size_t i = 0; i < paths->n; i++) {
        if (stat(paths->items[i], &info) == 0 && S_ISREG(info.st_mode)) {
            sum += (uint64_t)info.st_size;
        }
    }
    return sum;
}
