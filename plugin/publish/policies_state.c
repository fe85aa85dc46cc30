/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies between runs: number of policies 32, each id 32, told 8, start 64, learnt combinations
 * 64 and events 64; number of combinations 32, each a 64, b 64, alerted 8, when 64, slice 64, its
 * slices of events 64 and bytes 64, and has an alert 8: id 64, opened 64, last 64, told 64, events
 * 64, policy 32, updates 32, open 8, device as text.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "base/text.h"
#include "model/statefile.h"
#include "publish/alerts.h"

static const struct cw_statefile policies_file = {
    .magic = {'C', 'W', 'P', 'O', 'L', 'I', 'C', '\n'},
    .version = 2,
    .what = "memory of the policies",
    .loss = "policies learn anew",
};

static void
put_progress(struct cw_out *out, const struct cw_policy_progress *progress)
{
    cw_out_number(out, progress->id, 4);
    cw_out_number(out, progress->is_told, 1);
    cw_out_number(out, (uint64_t)progress->started_ns, 8);
    cw_out_number(out, progress->learnt_keys, 8);
    cw_out_number(out, progress->learnt_events, 8);
}

static void
put_alert(struct cw_out *out, const struct cw_policy_alert *alert)
{
    cw_out_number(out, alert != NULL, 1);
    if (!alert) {
        return;
    }
    cw_out_number(out, alert->id, 8);
    cw_out_number(out, (uint64_t)alert->opened_ns, 8);
    cw_out_number(out, (uint64_t)alert->last_ns, 8);
    cw_out_number(out, (uint64_t)alert->told_ns, 8);
    cw_out_number(out, alert->events, 8);
    cw_out_number(out, alert->policy, 4);
    cw_out_number(out, alert->n_told, 4);
    cw_out_number(out, alert->is_open, 1);
    cw_out_text(out, alert->device);
}

static void
put_count(void *user, const struct cw_policy_key *key, const struct cw_policy_count *count)
{
    struct cw_out *out = user;
    cw_out_number(out, key->a, 8);
    cw_out_number(out, key->b, 8);
    cw_out_number(out, count->alerted, 1);
    cw_out_number(out, (uint64_t)count->alerted_ns, 8);
    cw_out_number(out, (uint64_t)count->slice, 8);
    for (unsigned i = 0; i < CW_POLICY_SLICES; i++) {
        cw_out_number(out, count->slices[i].events, 8);
        cw_out_number(out, count->slices[i].bytes, 8);
    }
    put_alert(out, count->alert);
}

int
cw_policies_save(const struct cw_policies *p, const char *path, struct camwatch_error *error)
{
    struct cw_out out = {0};
    cw_out_number(&out, p->n, 4);
    for (uint32_t i = 0; i < p->n; i++) {
        put_progress(&out, &p->progress[i]);
    }
    cw_out_number(&out, cw_policy_keys_used(p->keys), 4);
    cw_policy_keys_visit(p->keys, put_count, &out);
    int status = cw_statefile_write(&policies_file, path, &out, error);
    free(out.bytes);
    return status;
}

static void
get_progress(struct cw_policies *p, struct cw_cursor *in)
{
    struct cw_policy_progress progress = {.id = cw_cursor_be32(in)};
    progress.is_told = cw_cursor_u8(in) != 0;
    progress.started_ns = (int64_t)cw_cursor_be64(in);
    progress.learnt_keys = cw_cursor_be64(in);
    progress.learnt_events = cw_cursor_be64(in);
    for (uint32_t i = 0; p && i < p->n; i++) {
        if (p->progress[i].id == progress.id) {
            p->progress[i] = progress;
        }
    }
}

static struct cw_policy_alert
get_alert(struct cw_cursor *in)
{
    struct cw_policy_alert alert = {.id = cw_cursor_be64(in)};
    alert.opened_ns = (int64_t)cw_cursor_be64(in);
    alert.last_ns = (int64_t)cw_cursor_be64(in);
    alert.told_ns = (int64_t)cw_cursor_be64(in);
    alert.events = cw_cursor_be64(in);
    alert.policy = cw_cursor_be32(in);
    alert.n_told = cw_cursor_be32(in);
    alert.is_open = cw_cursor_u8(in) != 0;
    cw_text_copy(alert.device, sizeof(alert.device), cw_cursor_take(in, cw_cursor_be16(in)));
    return alert;
}

static void
keep_alert(struct cw_policy_count *count, const struct cw_policy_alert *alert)
{
    count->alert = count->alert ? count->alert : malloc(sizeof(*alert));
    if (count->alert) {
        *count->alert = *alert;
    }
}

static void
get_count(struct cw_policies *p, struct cw_cursor *in)
{
    struct cw_policy_key key = {.a = cw_cursor_be64(in)};
    key.b = cw_cursor_be64(in);
    struct cw_policy_count count = {.alerted = cw_cursor_u8(in) != 0};
    count.alerted_ns = (int64_t)cw_cursor_be64(in);
    count.slice = (int64_t)cw_cursor_be64(in);
    for (unsigned i = 0; i < CW_POLICY_SLICES; i++) {
        count.slices[i].events = cw_cursor_be64(in);
        count.slices[i].bytes = cw_cursor_be64(in);
    }
    bool has_alert = cw_cursor_u8(in) != 0;
    struct cw_policy_alert alert = has_alert ? get_alert(in) : (struct cw_policy_alert){0};
    if (p) {
        struct cw_policy_count *into = cw_policy_keys_get(p->keys, key);
        count.alert = into->alert;
        *into = count;
        if (has_alert) {
            keep_alert(into, &alert);
        }
    }
}

/* Read all. p NULL: only look whether it is whole. */
static bool
get_all(struct cw_policies *p, struct cw_bytes rest)
{
    struct cw_cursor in = cw_cursor(rest);
    uint32_t n_progress = cw_cursor_be32(&in);
    for (uint32_t i = 0; i < n_progress && !in.failed; i++) {
        get_progress(p, &in);
    }
    uint32_t n_counts = cw_cursor_be32(&in);
    for (uint32_t i = 0; i < n_counts && !in.failed; i++) {
        get_count(p, &in);
    }
    return !in.failed && cw_cursor_left(&in) == 0;
}

int
cw_policies_load(struct cw_policies *p, const char *path, struct camwatch_error *error)
{
    uint8_t *block;
    struct cw_bytes rest;
    int status = cw_statefile_read(&policies_file, path, &block, &rest, error);
    if (status != CAMWATCH_OK || !block) {
        return status;
    }
    if (!get_all(NULL, rest)) {
        free(block);
        return cw_statefile_set_aside(&policies_file, path, "has a record that is wrong",
                                      error);
    }
    (void)get_all(p, rest);
    free(block);
    return CAMWATCH_OK;
}
