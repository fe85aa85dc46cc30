/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rules/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "rules/compile.h"
#include "rules/files.h"

static const char *
default_folder(void)
{
    const char *folder = secure_getenv("CAMWATCH_RULES_DIR");
    return folder != NULL && folder[0] != '\0' ? folder : CW_RULES_DIR;
}

static void
add_content(struct cw_rules_draft *draft, const char *name, struct cw_bytes bytes)
{
    struct cw_hash_key key = {.k0 = draft->content, .k1 = draft->n_files++};
    key.k0 = cw_hash(key, name, strlen(name));
    draft->content = cw_hash(key, bytes.ptr, bytes.len);
}

static void
load_file(struct cw_rules_draft *draft, const struct cw_rules_file *file)
{
    struct cw_bytes bytes;
    struct cw_rules_place start = {.file = file->name, .line = 1};
    if (!cw_rules_read_file(draft, file, &bytes)) {
        return;
    }
    add_content(draft, file->name, bytes);
    uint32_t errors = draft->log.errors;
    struct cw_yaml *document = cw_rules_read(&draft->arena, &draft->log, file->name, bytes);
    if (document == NULL && draft->log.errors == errors) {
        cw_rules_error(&draft->log, start, "the file is empty; allowed: see rules/README.md");
    }
    for (const struct cw_yaml *next = document; next != NULL; next = next->next) {
        if (next != document && !file->folder->has_many) {
            cw_rules_error(&draft->log, next->at,
                           "a second document; allowed: one in this file");
            return;
        }
        file->folder->check(draft, next);
    }
}

static void
load_files(struct cw_rules_draft *draft, const struct cw_rules_vec *files)
{
    CW_VEC_EACH(struct cw_rules_file, file, files)
    {
        load_file(draft, file);
    }
    if (files->n == 0 && draft->log.errors == 0) {
        cw_rules_error(
            &draft->log, (struct cw_rules_place){.file = "rules", .line = 1},
            "no .yaml files; allowed: makers.yaml and files in vendors platforms lists "
            "policies");
    }
    cw_rules_resolve(draft);
}

static int
compile(struct cw_rules_draft *draft, struct cw_rules **out)
{
    if (draft->arena.failed) {
        return CAMWATCH_ENOMEM;
    }
    if (draft->log.errors > 0) {
        return CAMWATCH_ERULES;
    }
    struct cw_rules *rules = cw_rules_compile(draft);
    if (rules == NULL) {
        return CAMWATCH_ENOMEM;
    }
    *out = rules;
    return CAMWATCH_OK;
}

static void
report_folder(const struct cw_rules_log *log, const char *folder)
{
    char text[512];
    (void)snprintf(text, sizeof(text),
                   "%.300s:1: cannot be read: %s; allowed: a folder of rules", folder,
                   strerror(errno));
    if (log->report != NULL) {
        log->report(log->user, true, text);
    }
}

int
cw_rules_load(const char *folder, camwatch_rules_report_fn report, void *user,
              struct cw_rules **out)
{
    struct cw_rules_draft draft = {.log = {.report = report, .user = user}};
    struct cw_rules_vec files = {.items = NULL};
    const char *path = folder != NULL ? folder : default_folder();
    int status = cw_rules_find_files(&draft, path, &files);
    if (status == CAMWATCH_OK) {
        load_files(&draft, &files);
        status = compile(&draft, out);
    } else {
        report_folder(&draft.log, path);
    }
    cw_rules_arena_free(&draft.arena);
    return status;
}
