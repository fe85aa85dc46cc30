/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "report_file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assets.h"
#include "place.h"
#include "privacy.h"

typedef void (*write_fn)(const struct cw_report *report, FILE *out);

/* Where the data go into the page that was built (dashboard/build/build.mjs). */
static const char marker[] = "@@CAMWATCH-DATA@@";

static bool
has_end(const char *path, const char *end)
{
    size_t len = strlen(path), n = strlen(end);
    return len > n && strcmp(path + len - n, end) == 0;
}

bool
cw_report_name_is_known(const char *path, struct camwatch_error *error)
{
    if (has_end(path, ".html") || has_end(path, ".json")) {
        return true;
    }
    (void)snprintf(error->text, sizeof(error->text),
                   "--report '%s' is neither NAME.html nor NAME.json", path);
    return false;
}

static bool
has_room(const char *path, struct camwatch_error *error)
{
    if (cw_place_takes_files(path)) {
        return true;
    }
    (void)snprintf(error->text, sizeof(error->text), "%.300s cannot be written: %s", path,
                   strerror(errno));
    return false;
}

bool
cw_report_files_have_room(const struct cw_replay_settings *settings,
                          struct camwatch_error *error)
{
    for (size_t i = 0; i < settings->reports.n; i++) {
        if (!has_room(settings->reports.items[i], error)) {
            return false;
        }
    }
    return !settings->inventory || has_room(settings->inventory, error);
}

static void
write_html(const struct cw_report *report, FILE *out)
{
    const char *page = (const char *)cw_asset_report_html;
    const char *data = memmem(page, cw_asset_report_html_size, marker, sizeof(marker) - 1);
    const char *rest = data + sizeof(marker) - 1;
    (void)fwrite(page, 1, (size_t)(data - page), out);
    cw_report_model_write(report, out);
    (void)fwrite(rest, 1, cw_asset_report_html_size - (size_t)(rest - page), out);
}

static bool
save(const struct cw_report *report, const char *path, write_fn write,
     struct camwatch_error *error)
{
    char part[PATH_MAX];
    (void)snprintf(part, sizeof(part), "%s.part", path);
    FILE *out = fopen(part, "w");
    bool is_written = false;
    int problem = errno;
    if (out) {
        errno = 0;
        write(report, out);
        is_written = fflush(out) == 0 && !ferror(out) && fsync(fileno(out)) == 0;
        is_written = fclose(out) == 0 && is_written && rename(part, path) == 0;
        problem = errno;
    }
    if (!is_written) {
        (void)snprintf(error->text, sizeof(error->text), "%s cannot be written: %s", path,
                       strerror(problem));
        (void)unlink(part);
    }
    return is_written;
}

static bool
save_one(const struct cw_report *report, const char *path, write_fn write)
{
    struct camwatch_error error = {""};
    bool is_saved = save(report, path, write, &error);
    if (!is_saved) {
        (void)fprintf(stderr, "camwatch: %s\n", error.text);
    } else if (!report->settings->is_quiet) {
        (void)fprintf(stderr, "camwatch: %s written\n", path);
    }
    return is_saved;
}

static bool
save_all(const struct cw_report *report)
{
    const struct cw_replay_settings *settings = report->settings;
    bool is_saved = true;
    for (size_t i = 0; i < settings->reports.n; i++) {
        const char *path = settings->reports.items[i];
        bool is_json = has_end(path, ".json");
        is_saved &= save_one(report, path, is_json ? cw_report_model_write : write_html);
    }
    if (settings->inventory) {
        is_saved &= save_one(report, settings->inventory, cw_inventory_write);
    }
    return is_saved;
}

bool
cw_report_files_save(const struct cw_report *report)
{
    const struct cw_replay_settings *settings = report->settings;
    struct cw_hash_key key;
    struct cw_report own = *report;
    if (settings->reports.n == 0 && !settings->inventory) {
        return true;
    }
    if (!cw_hash_key_random(&key)) {
        (void)fputs("camwatch: no random bytes for the key of a report\n", stderr);
        return false;
    }
    own.mask = cw_privacy_mask(report->roster, settings->reveals_ids, true);
    cw_mask_set_key(own.mask, &key);
    cw_privacy_hide(own.mask, report->roster, report->session->tally, settings->viewers, &key);
    bool is_saved = save_all(&own);
    cw_mask_free(own.mask);
    return is_saved;
}
