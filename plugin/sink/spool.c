/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/spool.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink/spool_segment.h"

#define MAX_SEGMENTS CW_SPOOL_SEGMENTS_MAX
#define BUFFER_BYTES (CW_SPOOL_PAYLOAD_MAX + 128u * 1024)

struct cw_spool {
    int folder; /* borrowed */
    char name[CW_SPOOL_NAME_MAX];
    uint64_t segment_bytes;
    bool is_synced;
    struct cw_spool_segment segments[MAX_SEGMENTS]; /* by base */
    size_t n_segments;
    size_t used;     /* bytes in buffer; they belong behind the last segment's */
    uint64_t number; /* of the next record */
    uint64_t written, written_number; /* whole records that the system has */
    uint64_t n_writes;                /* stamp of the last one */
    uint64_t checked_to;              /* records before this position were read once */
    uint64_t checked_number;
    uint64_t damaged, recovered;
    char buffer[BUFFER_BYTES];
};

static struct cw_spool_segment *
last_segment(struct cw_spool *spool)
{
    assert(spool->n_segments > 0);
    return &spool->segments[spool->n_segments - 1];
}

static bool
add_segment(struct cw_spool *spool, uint64_t base)
{
    if (spool->n_segments == MAX_SEGMENTS ||
        !cw_spool_segment_create(&spool->segments[spool->n_segments], spool->folder,
                                 spool->name, base)) {
        return false;
    }
    if (spool->is_synced && spool->folder >= 0) {
        (void)fsync(spool->folder); /* its name must outlive a crash too */
    }
    spool->n_segments++;
    return true;
}

uint64_t
cw_spool_end(const struct cw_spool *spool)
{
    if (spool->n_segments == 0) { /* none could be opened after a cut */
        return spool->written;
    }
    const struct cw_spool_segment *last = &spool->segments[spool->n_segments - 1];
    return last->base + last->size + spool->used;
}

uint64_t
cw_spool_begin(const struct cw_spool *spool)
{
    return spool->n_segments > 0 ? spool->segments[0].base : spool->written;
}

uint64_t
cw_spool_next_number(const struct cw_spool *spool)
{
    return spool->number;
}

uint64_t
cw_spool_recovered(const struct cw_spool *spool)
{
    return spool->recovered;
}

uint64_t
cw_spool_damaged(const struct cw_spool *spool)
{
    return spool->damaged;
}

uint64_t
cw_spool_bytes(const struct cw_spool *spool)
{
    uint64_t sum = spool->used;
    for (size_t i = 0; i < spool->n_segments; i++) {
        sum += spool->segments[i].size;
    }
    return sum;
}

/* ---- writing ---- */

bool
cw_spool_write(struct cw_spool *spool)
{
    if (spool->n_segments == 0) { /* then nothing was appended either */
        return true;
    }
    struct cw_spool_segment *last = last_segment(spool);
    size_t n = cw_spool_segment_write(last, spool->buffer, spool->used);
    if (n > 0) {
        last->written = ++spool->n_writes;
    }
    memmove(spool->buffer, spool->buffer + n, spool->used - n);
    spool->used -= n;
    if (spool->used == 0) {
        spool->written = cw_spool_end(spool);
        spool->written_number = spool->number;
    }
    return spool->used == 0;
}

bool
cw_spool_sync_begin(struct cw_spool *spool, bool sync, struct cw_spool_sync *out)
{
    bool is_good = cw_spool_write(spool);
    out->n = 0;
    out->end = spool->written;
    out->number = spool->written_number;
    for (size_t i = 0; sync && i < spool->n_segments && spool->folder >= 0; i++) {
        const struct cw_spool_segment *segment = &spool->segments[i];
        if (segment->written <= segment->synced) {
            continue;
        }
        int fd = dup(segment->fd); /* it may be deleted meanwhile */
        is_good = is_good && fd >= 0;
        if (fd >= 0) {
            out->files[out->n++] = (struct cw_spool_sync_file){
                .fd = fd, .base = segment->base, .written = segment->written};
        }
    }
    return is_good;
}

bool
cw_spool_sync_finish(struct cw_spool_sync *sync)
{
    bool is_good = true;
    for (size_t i = 0; i < sync->n; i++) {
        struct cw_spool_sync_file *file = &sync->files[i];
        file->is_synced = fdatasync(file->fd) == 0;
        is_good = file->is_synced && is_good;
        (void)close(file->fd);
        file->fd = -1;
    }
    return is_good;
}

/* A stamp is never given twice: one of a segment that was deleted says nothing of its successor. */
void
cw_spool_sync_settle(struct cw_spool *spool, const struct cw_spool_sync *sync)
{
    for (size_t i = 0; i < sync->n; i++) {
        const struct cw_spool_sync_file *file = &sync->files[i];
        for (size_t k = 0; k < spool->n_segments && file->is_synced; k++) {
            struct cw_spool_segment *segment = &spool->segments[k];
            if (segment->base == file->base && segment->synced < file->written) {
                segment->synced = file->written;
            }
        }
    }
}

bool
cw_spool_sync(struct cw_spool *spool)
{
    struct cw_spool_sync sync;
    bool is_written = cw_spool_sync_begin(spool, true, &sync);
    bool is_synced = cw_spool_sync_finish(&sync);
    cw_spool_sync_settle(spool, &sync);
    return is_synced && is_written;
}

/* The record goes behind what is in the last segment, or opens the next one. */
static bool
make_room(struct cw_spool *spool, size_t size)
{
    if (spool->n_segments == 0) {
        return add_segment(spool, cw_spool_end(spool));
    }
    struct cw_spool_segment *last = last_segment(spool);
    if (last->size + spool->used >= spool->segment_bytes) {
        return cw_spool_write(spool) && add_segment(spool, cw_spool_end(spool));
    }
    if (spool->used + size > sizeof(spool->buffer)) {
        return cw_spool_write(spool);
    }
    return true;
}

bool
cw_spool_append(struct cw_spool *spool, const struct cw_spool_record *record)
{
    size_t size = cw_spool_record_size(record->len);
    if (record->len > CW_SPOOL_PAYLOAD_MAX || !make_room(spool, size)) {
        return false;
    }
    struct cw_spool_record own = *record;
    own.at = cw_spool_end(spool);
    own.number = spool->number++;
    cw_spool_record_put(spool->buffer + spool->used, &own);
    spool->used += size;
    return true;
}

void
cw_spool_release(struct cw_spool *spool, uint64_t upto)
{
    size_t n = 0;
    while (n + 1 < spool->n_segments && spool->segments[n + 1].base <= upto) {
        cw_spool_segment_delete(&spool->segments[n], spool->folder, spool->name);
        n++;
    }
    spool->n_segments -= n;
    memmove(spool->segments, spool->segments + n, spool->n_segments * sizeof(*spool->segments));
}

/* ---- reading ---- */

/* A record seen for the first time: numbers left out are records lost. */
static void
note_seen(struct cw_spool *spool, const struct cw_spool_record *record, bool is_whole)
{
    if (record->at < spool->checked_to) {
        return;
    }
    if (record->number > spool->checked_number) {
        spool->damaged += record->number - spool->checked_number;
    }
    spool->damaged += !is_whole;
    spool->checked_number = record->number + 1;
    spool->checked_to = record->at + cw_spool_record_size(record->len);
}

struct reading {
    struct cw_spool_record *records;
    size_t n, max;
    uint64_t at; /* where the next record is looked for */
};

/* Take the records of a span that begins at reading->at. The end of reading is where to read on;
 * is_last: nothing of this segment follows the span. */
static void
take_records(struct cw_spool *spool, struct reading *reading, const char *bytes, size_t len,
             bool is_last)
{
    size_t offset = 0;
    while (offset < len && reading->n < reading->max) {
        struct cw_spool_record *record = &reading->records[reading->n];
        enum cw_spool_found found =
            cw_spool_record_get(bytes + offset, len - offset, reading->at + offset, record);
        bool is_cut = found == CW_SPOOL_TORN ||
                      (found == CW_SPOOL_NOTHING && len - offset < CW_SPOOL_HEAD_BYTES);
        if (is_cut && !is_last) {
            break;
        }
        if (found == CW_SPOOL_WHOLE || found == CW_SPOOL_SPOILT) {
            note_seen(spool, record, found == CW_SPOOL_WHOLE);
            reading->n += found == CW_SPOOL_WHOLE;
            offset += cw_spool_record_size(record->len);
        } else {
            offset += CW_SPOOL_RECORD_ALIGN; /* damage: the next good head is a multiple away */
        }
    }
    reading->at += offset < len ? offset : len;
}

/* The segment that has a position, or the first behind it; n_segments when there is none. */
static size_t
find_segment(const struct cw_spool *spool, uint64_t at)
{
    size_t i = 0;
    while (i < spool->n_segments && spool->segments[i].base + spool->segments[i].size <= at) {
        i++;
    }
    return i;
}

size_t
cw_spool_read(struct cw_spool *spool, uint64_t at, char *buffer, size_t size,
              struct cw_spool_record *records, size_t max, uint64_t *next)
{
    struct reading reading = {.records = records, .max = max, .at = at};
    assert(size >= cw_spool_record_size(CW_SPOOL_PAYLOAD_MAX));
    if (spool->used > 0) {
        (void)cw_spool_write(spool);
    }
    size_t i;
    while (reading.n == 0 && (i = find_segment(spool, reading.at)) < spool->n_segments) {
        const struct cw_spool_segment *segment = &spool->segments[i];
        if (reading.at < segment->base) {
            reading.at = segment->base;
        }
        uint64_t offset = reading.at - segment->base;
        size_t len = cw_spool_segment_read(segment, offset, buffer, size);
        if (len == 0) { /* unreadable: the numbers will tell what is missing */
            reading.at = segment->base + segment->size;
            continue;
        }
        take_records(spool, &reading, buffer, len, offset + len >= segment->size);
    }
    *next = reading.at;
    return reading.n;
}

/* ---- open ---- */

/* Read what is there; the end is behind the last record that can be told. */
static bool
scan(struct cw_spool *spool, uint64_t from)
{
    struct cw_spool_record records[256];
    size_t size = cw_spool_record_size(CW_SPOOL_PAYLOAD_MAX);
    char *buffer = malloc(size);
    uint64_t next = from;
    size_t n;
    while (buffer && (n = cw_spool_read(spool, next, buffer, size, records,
                                        sizeof(records) / sizeof(*records), &next)) > 0) {
        spool->recovered += n;
    }
    free(buffer);
    return buffer;
}

/* Cut off what is behind a position, or begin anew there where nothing is left. */
static bool
end_at(struct cw_spool *spool, uint64_t end)
{
    while (spool->n_segments > 0 && last_segment(spool)->base > end) {
        cw_spool_segment_delete(last_segment(spool), spool->folder, spool->name);
        spool->n_segments--;
    }
    if (spool->n_segments > 0 && end <= last_segment(spool)->base + last_segment(spool)->size) {
        cw_spool_segment_cut(last_segment(spool), end - last_segment(spool)->base);
        return true;
    }
    while (spool->n_segments >
           0) { /* all of it is done, or lost with the disk's last moments */
        cw_spool_segment_delete(&spool->segments[--spool->n_segments], spool->folder,
                                spool->name);
    }
    return add_segment(spool, end);
}

void
cw_spool_cut(struct cw_spool *spool, uint64_t at, uint64_t number)
{
    if (at > cw_spool_end(spool)) {
        return;
    }
    (void)cw_spool_write(spool);
    spool->used = 0;
    (void)end_at(spool, at); /* without a segment the log is empty, and ends there too */
    spool->number = number;
    spool->written = at;
    spool->written_number = number;
    if (spool->checked_to > at) {
        spool->checked_to = at;
        spool->checked_number = number;
    }
}

static bool
load(struct cw_spool *spool, const struct cw_spool_settings *settings)
{
    if (!cw_spool_segment_find(spool->folder, spool->name, spool->segments, MAX_SEGMENTS,
                               &spool->n_segments)) {
        return false;
    }
    spool->checked_to = settings->from;
    spool->checked_number = settings->number;
    if (!scan(spool, settings->from)) {
        return false;
    }
    uint64_t end = spool->checked_to > settings->from ? spool->checked_to : settings->from;
    if (!end_at(spool, end)) { /* the torn tail */
        return false;
    }
    spool->number = spool->checked_number;
    spool->written = end;
    spool->written_number = spool->number;
    cw_spool_release(spool, settings->from);
    return true;
}

int
cw_spool_open(const struct cw_spool_settings *settings, struct cw_spool **out,
              struct camwatch_error *error)
{
    struct cw_spool *spool = malloc(sizeof(*spool)); /* the buffer need not be zeroed */
    if (!spool) {
        return CAMWATCH_ENOMEM;
    }
    memset(spool, 0, offsetof(struct cw_spool, buffer));
    spool->folder = settings->folder;
    spool->segment_bytes = settings->segment_bytes;
    spool->is_synced = settings->is_synced;
    (void)snprintf(spool->name, sizeof(spool->name), "%s", settings->name);
    if (!load(spool, settings)) {
        (void)snprintf(error->text, sizeof(error->text), "spool, %s: %s", spool->name,
                       strerror(errno));
        for (size_t i = 0; i < spool->n_segments; i++) {
            cw_spool_segment_close(&spool->segments[i]);
        }
        free(spool);
        return CAMWATCH_EIO;
    }
    *out = spool;
    return CAMWATCH_OK;
}

void
cw_spool_close(struct cw_spool **opaque)
{
    struct cw_spool *spool = *opaque;
    if (!spool) {
        return;
    }
    (void)cw_spool_write(spool);
    for (size_t i = 0; i < spool->n_segments; i++) {
        cw_spool_segment_close(&spool->segments[i]);
    }
    free(spool);
    *opaque = NULL;
}
