/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies between runs: number of policies 32, each id 32, told 8, start 64, learnt combinations 64 and
 * events 64; number of combinations 32, each a 64, b 64, alerted 8, when 64, slice 64, and its slices of
 * events 64 and bytes 64.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "model/statefile.h"
#include "publish/policies_body.h"

static const struct cw_statefile policies_file = {
    .magic = {'C', 'W', 'P', 'O', 'L', 'I', 'C', '\n'},
    .version = 1,
    .what = "memory of the policies",
    .loss = "policies learn anew",
};

enum { PROGRESS_SIZE = 29, COUNT_SIZE = 33 + 16 * CW_POLICY_SLICES };

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
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->progress[i].id == progress.id) {
            p->progress[i] = progress;
        }
    }
}

static void
get_count(struct cw_policies *p, struct cw_cursor *in)
{
    struct cw_policy_key key = {.a = cw_cursor_be64(in)};
    key.b = cw_cursor_be64(in);
    struct cw_policy_count *count = cw_policy_keys_get(p->keys, key);
    count->alerted = cw_cursor_u8(in) != 0;
    count->alerted_ns = (int64_t)cw_cursor_be64(in);
    count->slice = (int64_t)cw_cursor_be64(in);
    for (unsigned i = 0; i < CW_POLICY_SLICES; i++) {
        count->slices[i].events = cw_cursor_be64(in);
        count->slices[i].bytes = cw_cursor_be64(in);
    }
}

/* Both counts fit the length exactly: looked at before anything is taken. */
static bool
fits(struct cw_bytes rest, uint32_t *n_progress, uint32_t *n_counts)
{
    *n_progress = cw_be32_at(rest, 0);
    uint64_t second = 4 + (uint64_t)*n_progress * PROGRESS_SIZE;
    if (rest.len < 8 || second + 4 > rest.len) {
        return false;
    }
    *n_counts = cw_be32_at(rest, (size_t)second);
    return second + 4 + (uint64_t)*n_counts * COUNT_SIZE == rest.len;
}

int
cw_policies_load(struct cw_policies *p, const char *path, struct camwatch_error *error)
{
    uint8_t *block;
    struct cw_bytes rest;
    uint32_t n_progress, n_counts;
    int status = cw_statefile_read(&policies_file, path, &block, &rest, error);
    if (status != CAMWATCH_OK || !block) {
        return status;
    }
    if (!fits(rest, &n_progress, &n_counts)) {
        free(block);
        return cw_statefile_set_aside(&policies_file, path, "has a record that is wrong",
                                      error);
    }
    struct cw_cursor in = cw_cursor(cw_bytes_from(rest, 4));
    for (uint32_t i = 0; i < n_progress; i++) {
        get_progress(p, &in);
    }
    cw_cursor_skip(&in, 4);
    for (uint32_t i = 0; i < n_counts; i++) {
        get_count(p, &in);
    }
    free(block);
    return CAMWATCH_OK;
}
