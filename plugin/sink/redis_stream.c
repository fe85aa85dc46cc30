/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis_stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(struct cw_redis_progress) <= CW_SPOOL_CURSOR_MAX, "fits its slot");

static int
open_cursor(const struct cw_redis_stream_settings *settings, struct camwatch_error *error)
{
    char file[64];
    (void)snprintf(file, sizeof(file), "%s.cursor", settings->name);
    int fd = settings->folder < 0
                 ? -1
                 : openat(settings->folder, file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 && settings->folder >= 0) {
        (void)snprintf(error->text, sizeof(error->text), "spool, %s: %s", file,
                       strerror(errno));
    }
    return fd;
}

int
cw_redis_stream_open(struct cw_redis_stream *stream,
                     const struct cw_redis_stream_settings *settings,
                     struct camwatch_error *error)
{
    struct cw_redis_progress *p = &stream->progress;
    (void)cw_redis_key(settings->sensor, settings->name, stream->key);
    stream->maxlen = settings->maxlen;
    stream->max_age_s = settings->max_age_s;
    stream->is_strict = settings->is_strict;
    stream->must_prove = true;
    stream->cursor.fd = -1;
    p->added = UINT64_MAX;
    int fd = open_cursor(settings, error);
    if (fd < 0 && settings->folder >= 0) {
        return CAMWATCH_EIO;
    }
    (void)cw_spool_cursor_open(&stream->cursor, fd, p, sizeof(*p));
    bool has_tail = p->n_tail > 0;
    int status = cw_spool_open(
        &(struct cw_spool_settings){
            .folder = settings->folder,
            .name = settings->name,
            .segment_bytes = settings->segment_bytes,
            .is_synced = settings->is_synced,
            .from = has_tail ? p->tail[0].at : p->head,
            .number = has_tail ? p->tail[0].number : p->head_number,
        },
        &stream->spool, error);
    if (status == CAMWATCH_OK) {
        stream->ready = cw_spool_end(stream->spool);
        stream->ready_number = cw_spool_next_number(stream->spool);
    }
    return status;
}

void
cw_redis_stream_close(struct cw_redis_stream *stream)
{
    if (stream->spool) {
        (void)cw_redis_stream_save(stream);
    }
    cw_spool_close(&stream->spool);
    cw_spool_cursor_close(&stream->cursor);
}

bool
cw_redis_stream_save(struct cw_redis_stream *stream)
{
    const struct cw_redis_progress *p = &stream->progress;
    return cw_spool_cursor_save(&stream->cursor, p, sizeof(*p), stream->is_strict);
}

void
cw_redis_stream_release(struct cw_redis_stream *stream)
{
    const struct cw_redis_progress *p = &stream->progress;
    cw_spool_release(stream->spool, p->n_tail > 0 ? p->tail[0].at : p->head);
}

static bool
has_ids(const struct cw_redis_progress *p)
{
    return p->end != p->head && (p->first.ms != 0 || p->first.seq != 0);
}

static uint64_t
count_unsettled(const struct cw_redis_progress *p)
{
    uint64_t n = p->end_number - p->head_number, sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        sum += !p->done[i];
    }
    return sum;
}

/* Unsettled records with numbers below next. */
static uint64_t
count_below(const struct cw_redis_progress *p, uint64_t next)
{
    uint64_t settled = p->end_number - p->head_number - count_unsettled(p);
    return next > p->head_number ? next - p->head_number - settled : 0;
}

uint64_t
cw_redis_stream_pending(const struct cw_redis_stream *stream)
{
    return count_below(&stream->progress, cw_spool_next_number(stream->spool));
}

uint64_t
cw_redis_stream_ready(const struct cw_redis_stream *stream)
{
    return count_below(&stream->progress, stream->ready_number);
}

uint64_t
cw_redis_stream_in_flight(const struct cw_redis_stream *stream)
{
    return has_ids(&stream->progress) ? count_unsettled(&stream->progress) : 0;
}

static bool
has_batch(const struct cw_redis_stream *stream)
{
    return stream->progress.end != stream->progress.head;
}

/* The records stay together, for some may be settled; they get new IDs. */
static void
forget_ids(struct cw_redis_progress *p)
{
    p->first = (struct cw_redis_id){0, 0};
}

static void
forget_batch(struct cw_redis_progress *p)
{
    p->end = p->head;
    p->end_number = p->head_number;
    memset(p->done, 0, sizeof(p->done));
}

/* Records with damage in between are not contiguous: a batch ends there, so that its numbers are. */
static uint32_t
count_contiguous(const struct cw_spool_record *records, size_t n, size_t max_bytes)
{
    size_t bytes = 0;
    uint32_t i = 0;
    for (; i < n; i++) {
        bytes += records[i].len;
        if (i > 0 && (bytes > max_bytes || records[i].number != records[i - 1].number + 1)) {
            break;
        }
    }
    return i;
}

/* The next n IDs; false: there are not so many. */
static bool
find_ids(const struct cw_redis_progress *p, uint64_t now_ms, uint32_t n,
         struct cw_redis_id *out)
{
    struct cw_redis_id above = cw_redis_id_compare(p->last, p->floor) > 0 ? p->last : p->floor;
    return cw_redis_id_next(above, now_ms, n, out);
}

static void
give_ids(struct cw_redis_stream *stream, struct cw_redis_id first,
         const struct cw_spool_record *records, uint32_t n)
{
    struct cw_redis_progress *p = &stream->progress;
    const struct cw_spool_record *last = &records[n - 1];
    stream->damaged += records[0].number - p->head_number; /* passed over */
    p->head = records[0].at;
    p->head_number = records[0].number;
    p->end = last->at + cw_spool_record_size(last->len);
    p->end_number = last->number + 1;
    p->first = first;
    p->floor = cw_redis_id_add(p->first, n - 1);
}

/* Nothing can be read of what is ready: what the numbers still promise is damaged. */
static void
pass_damage(struct cw_redis_stream *stream)
{
    struct cw_redis_progress *p = &stream->progress;
    stream->damaged += stream->ready_number - p->head_number;
    p->head = stream->ready;
    p->head_number = stream->ready_number;
    forget_batch(p);
}

static size_t
count_ready(const struct cw_redis_stream *stream, const struct cw_spool_record *records,
            size_t n)
{
    while (n > 0 && records[n - 1].number >= stream->ready_number) {
        n--;
    }
    return n;
}

static void
fill_load(const struct cw_redis_stream *stream, struct cw_redis_id first,
          const struct cw_spool_record *records, uint32_t n, struct cw_redis_load *load)
{
    load->key = stream->key;
    load->maxlen = stream->maxlen;
    load->first = first;
    load->records = records;
    load->n = n;
}

uint32_t
cw_redis_stream_load(struct cw_redis_stream *stream, uint64_t now_ms, char *buffer, size_t size,
                     struct cw_spool_record *records, struct cw_redis_load *load,
                     bool *is_exhausted)
{
    struct cw_redis_progress *p = &stream->progress;
    uint64_t next;
    *is_exhausted = false;
    if (p->head >= stream->ready) {
        return 0;
    }
    size_t max =
        has_batch(stream) ? (size_t)(p->end_number - p->head_number) : CW_REDIS_BATCH_EVENTS;
    size_t n = cw_spool_read(stream->spool, p->head, buffer, size, records, max, &next);
    n = count_contiguous(records, count_ready(stream, records, n), CW_REDIS_BATCH_BYTES);
    if (n == 0) {
        pass_damage(stream);
        return 0;
    }
    bool is_whole = has_batch(stream) && n == max && records[0].at == p->head;
    if (!is_whole) {
        forget_batch(p);
    }
    struct cw_redis_id first;
    if (!has_ids(p)) {
        if (!find_ids(p, now_ms, (uint32_t)n, &first)) {
            *is_exhausted = true;
            return 0;
        }
        give_ids(stream, first, records, (uint32_t)n);
    }
    fill_load(stream, p->first, records, (uint32_t)n, load);
    memcpy(load->done, p->done, sizeof(load->done));
    return (uint32_t)n;
}

uint64_t
cw_redis_stream_ready_next(const struct cw_redis_stream *stream, bool is_under_way)
{
    const struct cw_redis_progress *p = &stream->progress;
    if (!is_under_way && has_batch(stream)) {
        return 0;
    }
    return stream->ready_number > p->end_number ? stream->ready_number - p->end_number : 0;
}

uint32_t
cw_redis_stream_look_ahead(const struct cw_redis_stream *stream, uint64_t now_ms, char *buffer,
                           size_t size, struct cw_spool_record *records,
                           struct cw_redis_load *load)
{
    const struct cw_redis_progress *p = &stream->progress;
    struct cw_redis_id first;
    uint64_t next;
    if (p->end >= stream->ready) {
        return 0;
    }
    size_t n = cw_spool_read(stream->spool, p->end, buffer, size, records,
                             CW_REDIS_BATCH_EVENTS, &next);
    n = count_contiguous(records, count_ready(stream, records, n), CW_REDIS_BATCH_BYTES);
    /* Behind damage or without IDs: that is for who may change the progress. */
    if (n == 0 || records[0].at != p->end || records[0].number != p->end_number ||
        !find_ids(p, now_ms, (uint32_t)n, &first)) {
        return 0;
    }
    fill_load(stream, first, records, (uint32_t)n, load);
    memset(load->done, 0, sizeof(load->done));
    return (uint32_t)n;
}

void
cw_redis_stream_begin(struct cw_redis_stream *stream, const struct cw_redis_load *load)
{
    assert(!has_batch(stream) && load->records[0].at == stream->progress.head);
    give_ids(stream, load->first, load->records, load->n);
}

/* ---- the acknowledged tail ---- */

static void
drop_tail(struct cw_redis_stream *stream, uint32_t n)
{
    struct cw_redis_progress *p = &stream->progress;
    p->n_tail -= n;
    memmove(p->tail, p->tail + n, p->n_tail * sizeof(p->tail[0]));
    memmove(stream->tail_ns, stream->tail_ns + n, p->n_tail * sizeof(stream->tail_ns[0]));
}

static void
add_tail(struct cw_redis_stream *stream, struct cw_redis_id last, int64_t now_ns)
{
    struct cw_redis_progress *p = &stream->progress;
    if (p->n_tail == CW_REDIS_TAIL) {
        drop_tail(stream, 1);
    }
    stream->tail_ns[p->n_tail] = now_ns;
    p->tail[p->n_tail++] = (struct cw_redis_tail){.at = p->head,
                                                  .number = p->head_number,
                                                  .before = p->last,
                                                  .last = last,
                                                  .n = p->end_number - p->head_number};
}

void
cw_redis_stream_confirm(struct cw_redis_stream *stream, int64_t older_than_ns)
{
    uint32_t n = 0;
    while (n < stream->progress.n_tail && stream->tail_ns[n] < older_than_ns) {
        n++;
    }
    drop_tail(stream, n);
}

/* ---- what was heard ---- */

/* The whole batch is settled: the next one begins behind it. */
static void
advance(struct cw_redis_stream *stream)
{
    struct cw_redis_progress *p = &stream->progress;
    p->head = p->end;
    p->head_number = p->end_number;
    memset(p->done, 0, sizeof(p->done));
}

void
cw_redis_stream_settle(struct cw_redis_stream *stream, const struct cw_redis_load *load,
                       const struct cw_redis_batch *batch, int64_t now_ns)
{
    struct cw_redis_progress *p = &stream->progress;
    memcpy(p->done, load->done, sizeof(p->done));
    if (batch->delivered == load->n) {
        add_tail(stream, batch->last, now_ns);
    } else if (batch->delivered >
               0) { /* in parts: nothing before it can be sent again in order */
        p->n_tail = 0;
    }
    if (batch->delivered > 0) {
        p->last = batch->last;
        p->added += p->added == UINT64_MAX ? 0 : batch->delivered;
    }
    if (batch->kept == 0) {
        advance(stream);
    } else if (batch->must_prove) { /* others wrote above: their rest needs new IDs */
        forget_ids(p);
    }
}

/* ID of the last record of the batch that was sent. */
static struct cw_redis_id
last_sent(const struct cw_redis_progress *p)
{
    uint64_t n = p->end_number - p->head_number;
    while (n > 1 && p->done[n - 1]) {
        n--;
    }
    return cw_redis_id_add(p->first, n - 1);
}

static struct cw_redis_judgement
arrive(struct cw_redis_stream *stream, const struct cw_redis_proof *proof, int64_t now_ns)
{
    struct cw_redis_progress *p = &stream->progress;
    struct cw_redis_judgement j = {.finding = CW_REDIS_ARRIVED, .n = count_unsettled(p)};
    if (j.n == p->end_number - p->head_number) {
        add_tail(stream, proof->last, now_ns);
    }
    p->last = proof->last;
    p->added = proof->added;
    advance(stream);
    return j;
}

/* Go back to the first acknowledged batch that is not all there. */
static uint64_t
rewind_tail(struct cw_redis_stream *stream, struct cw_redis_id last)
{
    struct cw_redis_progress *p = &stream->progress;
    uint64_t n = 0;
    while (p->n_tail > 0 && cw_redis_id_compare(p->tail[p->n_tail - 1].last, last) > 0 &&
           cw_redis_id_compare(p->tail[p->n_tail - 1].before, last) >= 0) {
        const struct cw_redis_tail *tail = &p->tail[--p->n_tail];
        p->head = tail->at;
        p->head_number = tail->number;
        n += tail->n;
    }
    return n;
}

static struct cw_redis_judgement
roll_back(struct cw_redis_stream *stream, const struct cw_redis_proof *proof,
          struct cw_redis_id last)
{
    struct cw_redis_progress *p = &stream->progress;
    bool is_gone = proof->end == CW_REDIS_PROOF_MISSING;
    struct cw_redis_judgement j = {.finding = is_gone ? CW_REDIS_GONE : CW_REDIS_ROLLED_BACK};
    struct cw_redis_id reached = p->n_tail > 0 ? p->tail[0].before : p->last;
    bool is_short = cw_redis_id_compare(reached, last) > 0;
    j.n = rewind_tail(stream, last);
    if (!is_gone && proof->added != UINT64_MAX && p->added != UINT64_MAX) {
        uint64_t missing = p->added > proof->added ? p->added - proof->added : 0;
        j.lost = missing > j.n ? missing - j.n : 0;
    } else if (!is_gone && is_short) {
        j.lost = 1; /* at least */
    }
    p->last = last;
    p->added = proof->added;
    forget_batch(p);
    return j;
}

struct cw_redis_judgement
cw_redis_stream_judge(struct cw_redis_stream *stream, const struct cw_redis_proof *proof,
                      int64_t now_ns)
{
    struct cw_redis_progress *p = &stream->progress;
    bool is_there = proof->end == CW_REDIS_PROOF_FOUND;
    struct cw_redis_id last = is_there ? proof->last : (struct cw_redis_id){0, 0};
    struct cw_redis_judgement same = {.finding = CW_REDIS_SAME};
    stream->must_prove = false;
    int order = cw_redis_id_compare(last, p->last);
    if (has_ids(p) && is_there && cw_redis_id_compare(last, last_sent(p)) == 0 && order != 0) {
        return arrive(stream, proof, now_ns);
    }
    if (p->is_known && order < 0) {
        return roll_back(stream, proof, last);
    }
    bool is_foreign = p->is_known && order > 0;
    p->is_known = true;
    p->last = last;
    p->added = is_there ? proof->added : 0;
    if (is_foreign) {
        forget_ids(p);
        p->n_tail = 0; /* whose entries a roll-back would take could no longer be told */
        return (struct cw_redis_judgement){.finding = CW_REDIS_FOREIGN};
    }
    return same;
}
