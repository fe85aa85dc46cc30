/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/tops.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis.h>

#include "base/hash.h"
#include "base/text.h"
#include "server/ask.h"
#include "sink/redis_link.h"

enum {
    HOURS = 25,
    MINUTES = 360,
    PIPELINE = 60,
    SLOTS = 4096, /* names of one top */
    SHOWN = 200,  /* of them, the highest */
    NAME_LEN = 80,
    NAMES_OF_MINUTE = 4,
};

#define MS_PER_MINUTE INT64_C(60000)
#define MS_PER_HOUR   (60 * MS_PER_MINUTE)

struct count {
    char name[NAME_LEN]; /* "" free */
    uint64_t n;
};

/* Names and their sums: open addressing. */
struct sums {
    struct count *counts; /* owned; SLOTS of them */
    unsigned n_used;
};

static const struct cw_hash_key KEY = {0x746f7073, 0x63616d7761746368};

static void
add(struct sums *sums, struct cw_bytes name, uint64_t n)
{
    uint64_t hash = cw_hash(KEY, name.ptr, name.len);
    for (unsigned i = 0; i < SLOTS; i++) {
        struct count *count = &sums->counts[(hash + i) % SLOTS];
        if (count->name[0] == '\0') {
            if (sums->n_used > SLOTS * 3 / 4) {
                return;
            }
            sums->n_used++;
            memcpy(count->name, name.ptr, name.len);
            count->name[name.len] = '\0';
        }
        if (cw_bytes_equal(name, cw_bytes_text(count->name))) {
            count->n += n;
            return;
        }
    }
}

/* Fields of a hash: "name|boot" and a number. */
static void
add_hash(struct sums *sums, const redisReply *reply)
{
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        const redisReply *field = reply->element[i], *value = reply->element[i + 1];
        if (field->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING) {
            continue;
        }
        struct cw_bytes name = cw_bytes(field->str, field->len);
        while (name.len > 0 && name.ptr[name.len - 1] != '|') {
            name.len--;
        }
        if (name.len < 2 || name.len > NAME_LEN || memchr(name.ptr, '\0', name.len)) {
            continue;
        }
        name.len--;
        add(sums, name, strtoull(value->str, NULL, 10));
    }
}

static bool
send_hash(struct cw_source *source, const char *sensor, const char *what, int64_t number)
{
    char suffix[64], key[CW_REDIS_KEY_MAX];
    (void)snprintf(suffix, sizeof(suffix), "%s:%" PRId64, what, number);
    const char *const words[] = {"HGETALL", cw_redis_key(sensor, suffix, key)};
    return cw_source_send(source, words, 2);
}

static int
compare(const void *a, const void *b)
{
    const struct count *x = a, *y = b;
    if (x->n != y->n) {
        return x->n > y->n ? -1 : 1;
    }
    return strcmp(y->name, x->name); /* free ones last */
}

static void
put_sums(struct cw_body *out, struct sums *sums)
{
    qsort(sums->counts, SLOTS, sizeof(*sums->counts), compare);
    for (unsigned i = 0; i < SHOWN && sums->counts[i].name[0] != '\0'; i++) {
        cw_body_key(out, sums->counts[i].name);
        cw_body_number(out, sums->counts[i].n);
    }
}

static void
clear(struct sums *sums)
{
    memset(sums->counts, 0, SLOTS * sizeof(*sums->counts));
    sums->n_used = 0;
}

static enum cw_answer
put_top(struct cw_source *source, const char *sensor, const char *name, int64_t last_hour,
        struct sums *sums, struct cw_body *out)
{
    char what[32];
    enum cw_answer worst = CW_ANSWER_OK;
    (void)snprintf(what, sizeof(what), "top:%s", name);
    clear(sums);
    for (int i = 0; i < HOURS; i++) {
        if (!send_hash(source, sensor, what, last_hour - i)) {
            return CW_ANSWER_AWAY;
        }
    }
    for (int i = 0; i < HOURS && worst != CW_ANSWER_AWAY; i++) {
        redisReply *reply;
        enum cw_answer answer = cw_take(source, "HGETALL", &reply);
        if (answer == CW_ANSWER_OK) {
            add_hash(sums, reply);
            cw_redis_reply_free(reply);
        } else {
            worst = answer;
        }
    }
    cw_body_key(out, name);
    cw_body_open(out, '{');
    put_sums(out, sums);
    cw_body_close(out, '}');
    return worst;
}

static void
put_minute(struct cw_body *out, int64_t minute, const redisReply *reply)
{
    struct count counts[NAMES_OF_MINUTE] = {
        {.name = "events"}, {.name = "alerts"}, {.name = "bytes_out"}, {.name = "bytes_in"}};
    cw_body_open(out, '{');
    cw_body_key(out, "minute");
    cw_body_number(out, (uint64_t)minute);
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const redisReply *field = reply->element[i], *value = reply->element[i + 1];
        const char *bar = field->str ? strchr(field->str, '|') : NULL;
        for (unsigned j = 0; bar && value->str && j < NAMES_OF_MINUTE; j++) {
            size_t len = (size_t)(bar - field->str);
            if (strlen(counts[j].name) == len && memcmp(counts[j].name, field->str, len) == 0) {
                counts[j].n += strtoull(value->str, NULL, 10);
            }
        }
    }
    for (unsigned j = 0; j < NAMES_OF_MINUTE; j++) {
        cw_body_key(out, counts[j].name);
        cw_body_number(out, counts[j].n);
    }
    cw_body_close(out, '}');
}

/* Some minutes in one go; those in which nothing was are left out. */
static enum cw_answer
put_some(struct cw_source *source, const char *sensor, int64_t first, struct cw_body *out)
{
    enum cw_answer worst = CW_ANSWER_OK;
    for (int i = 0; i < PIPELINE; i++) {
        if (!send_hash(source, sensor, "minute", first + i)) {
            return CW_ANSWER_AWAY;
        }
    }
    for (int i = 0; i < PIPELINE && worst != CW_ANSWER_AWAY; i++) {
        redisReply *reply;
        enum cw_answer answer = cw_take(source, "HGETALL", &reply);
        if (answer != CW_ANSWER_OK) {
            worst = answer;
            continue;
        }
        if (reply->type == REDIS_REPLY_ARRAY && reply->elements > 0) {
            put_minute(out, first + i, reply);
        }
        cw_redis_reply_free(reply);
    }
    return worst;
}

static enum cw_answer
put_minutes(struct cw_source *source, const char *sensor, int64_t last, struct cw_body *out)
{
    enum cw_answer answer = CW_ANSWER_OK;
    cw_body_key(out, "minutes");
    cw_body_open(out, '[');
    for (int i = 0; i < MINUTES && answer == CW_ANSWER_OK; i += PIPELINE) {
        answer = put_some(source, sensor, last - MINUTES + 1 + i, out);
    }
    cw_body_close(out, ']');
    return answer;
}

enum cw_answer
cw_put_tops(struct cw_source *source, const char *sensor, int64_t last_ms, struct cw_body *out)
{
    static const char *const names[] = {"countries", "services", "devices"};
    struct sums sums = {.counts = calloc(SLOTS, sizeof(*sums.counts))};
    enum cw_answer answer = CW_ANSWER_OK;
    if (!sums.counts) {
        return CW_ANSWER_FULL;
    }
    cw_body_key(out, "tops");
    cw_body_open(out, '{');
    for (size_t i = 0; i < 3 && answer == CW_ANSWER_OK; i++) {
        answer = put_top(source, sensor, names[i], last_ms / MS_PER_HOUR, &sums, out);
    }
    cw_body_close(out, '}');
    free(sums.counts);
    return answer == CW_ANSWER_OK ? put_minutes(source, sensor, last_ms / MS_PER_MINUTE, out)
                                  : answer;
}
