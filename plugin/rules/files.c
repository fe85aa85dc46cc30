/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rules/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cw_rules_folder top = {"", cw_rules_check_makers, false};
static const struct cw_rules_folder folders[] = {
    {"vendors", cw_rules_check_vendor, false},
    {"platforms", cw_rules_check_platform, false},
    {"lists", cw_rules_check_listing, true},
    {"policies", cw_rules_check_policy, true},
};

static bool
ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);
    return len > tail && strcmp(text + len - tail, end) == 0;
}

static const char *
join(struct cw_rules_draft *draft, const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = cw_rules_arena_alloc(&draft->arena, size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", folder, name);
    }
    return path ? path : "";
}

static void
report(struct cw_rules_draft *draft, const char *name, const char *text)
{
    cw_rules_error(&draft->log, (struct cw_rules_place){.file = name, .line = 1}, "%s", text);
}

static bool
is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool
is_known_folder(const char *name)
{
    for (size_t i = 0; i < CW_RULES_N(folders); i++) {
        if (strcmp(folders[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void
add_file(struct cw_rules_draft *draft, const struct cw_rules_folder *folder, const char *path,
         const char *name, struct cw_rules_vec *files)
{
    struct cw_rules_file *file = cw_rules_vec_add(&draft->arena, files, sizeof(*file));
    if (file != NULL) {
        *file = (struct cw_rules_file){.folder = folder, .path = path, .name = name};
    }
}

/* Take an entry of a folder in, pass over it, or say what is wrong with it. */
static void
add_entry(struct cw_rules_draft *draft, const struct cw_rules_folder *folder, const char *path,
          const char *entry, const char *name, struct cw_rules_vec *files)
{
    bool is_top = folder == &top;
    if (is_folder(path)) {
        if (!is_top || !is_known_folder(entry)) {
            report(draft, name,
                   "a folder that is not read; allowed: vendors platforms lists policies, "
                   "without folders in them");
        }
    } else if (ends_with(entry, ".yml")) {
        report(draft, name, "the name of a file of rules ends in .yaml");
    } else if (ends_with(entry, ".yaml") && is_top && strcmp(entry, "makers.yaml") != 0) {
        report(draft, name,
               "a file that is not read; allowed: makers.yaml, and files in vendors "
               "platforms lists policies");
    } else if (ends_with(entry, ".yaml")) {
        add_file(draft, folder, path, name, files);
    }
}

/* scandir sorts in the order of strcmp, not of the locale: versionsort and alphasort would not. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* label is "rules" or "rules/vendors". */
static int
scan(struct cw_rules_draft *draft, const struct cw_rules_folder *folder, const char *path,
     const char *label, struct cw_rules_vec *files)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_visible, by_name);
    if (n < 0) {
        return CAMWATCH_EIO;
    }
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        const char *own = cw_rules_arena_text(&draft->arena, name, strlen(name));
        add_entry(draft, folder, join(draft, path, own), own, join(draft, label, own), files);
        free(entries[i]);
    }
    free(entries);
    return CAMWATCH_OK;
}

int
cw_rules_find_files(struct cw_rules_draft *draft, const char *path, struct cw_rules_vec *files)
{
    int status = scan(draft, &top, path, "rules", files);
    for (size_t i = 0; i < CW_RULES_N(folders) && status == CAMWATCH_OK; i++) {
        const char *folder = join(draft, path, folders[i].name);
        const char *label = join(draft, "rules", folders[i].name);
        if (scan(draft, &folders[i], folder, label, files) != CAMWATCH_OK && errno != ENOENT) {
            report(draft, label, strerror(errno));
        }
    }
    return status;
}

static void
report_errno(struct cw_rules_draft *draft, const char *name)
{
    char text[128];
    (void)snprintf(text, sizeof(text), "cannot be read: %s", strerror(errno));
    report(draft, name, text);
}

/* One byte more than the limit is read, so that a file that grows is noticed by the reader of
 * YAML. */
static bool
read_all(struct cw_rules_draft *draft, int fd, size_t size, struct cw_bytes *out)
{
    size_t room = size < CW_YAML_MAX_FILE ? size + 1 : CW_YAML_MAX_FILE + 1, used = 0;
    uint8_t *bytes = cw_rules_arena_alloc(&draft->arena, room);
    ssize_t n = 1;
    while (bytes != NULL && used < room && n > 0) {
        n = read(fd, bytes + used, room - used);
        used += n > 0 ? (size_t)n : 0;
    }
    *out = cw_bytes(bytes, used);
    return bytes != NULL && n >= 0;
}

bool
cw_rules_read_file(struct cw_rules_draft *draft, const struct cw_rules_file *file,
                   struct cw_bytes *out)
{
    struct stat status;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0) {
        report_errno(draft, file->name);
    } else if (!S_ISREG(status.st_mode)) {
        report(draft, file->name, "is no regular file");
    } else if (read_all(draft, fd, (size_t)status.st_size, out)) {
        (void)close(fd);
        return true;
    } else if (!draft->arena.failed) {
        report_errno(draft, file->name);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return false;
}
