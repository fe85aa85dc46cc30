/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_series.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "sink/redis_keys.h"

#define NS_PER_MINUTE INT64_C(60000000000)
#define NS_PER_HOUR   (60 * NS_PER_MINUTE)
#define KEEP_S        (25 * 3600) /* a day of minutes and hours, and the one that runs */

static const struct cw_hash_key KEY = {0x736572696573, 0x63616d7761746368};

bool
cw_redis_series_init(struct cw_redis_series *series)
{
    series->n_used = 0;
    series->counts = calloc(CW_REDIS_SERIES_SLOTS, sizeof(*series->counts));
    return series->counts;
}

void
cw_redis_series_fini(struct cw_redis_series *series)
{
    free(series->counts);
    series->counts = NULL;
}

static bool
add(struct cw_redis_series *series, const char *suffix, const char *field, uint64_t n)
{
    uint64_t hash = cw_hash(KEY, suffix, strlen(suffix)) ^ cw_hash(KEY, field, strlen(field));
    if (n == 0 || *field == '\0') {
        return true;
    }
    for (unsigned i = 0; i < CW_REDIS_SERIES_SLOTS; i++) {
        struct cw_redis_count *count = &series->counts[(hash + i) % CW_REDIS_SERIES_SLOTS];
        if (count->suffix[0] == '\0') {
            if (series->n_used > CW_REDIS_SERIES_SLOTS * 3 / 4) {
                return false;
            }
            series->n_used++;
            (void)snprintf(count->suffix, sizeof(count->suffix), "%s", suffix);
            (void)snprintf(count->field, sizeof(count->field), "%s", field);
            count->n = 0;
        }
        if (strcmp(count->suffix, suffix) == 0 &&
            strncmp(count->field, field, sizeof(count->field) - 1) == 0) {
            count->n += n;
            return true;
        }
    }
    return false;
}

static bool
add_top(struct cw_redis_series *series, const struct camwatch_event *event, const char *name,
        enum camwatch_field field, uint64_t bytes)
{
    char suffix[48];
    (void)snprintf(suffix, sizeof(suffix), "top:%s:%" PRId64, name,
                   camwatch_event_time(event) / NS_PER_HOUR);
    return add(series, suffix, camwatch_event_text(event, field), bytes);
}

bool
cw_redis_series_add(struct cw_redis_series *series, const struct camwatch_event *event)
{
    char minute[48];
    enum camwatch_stream stream = camwatch_event_get_stream(event);
    uint64_t out = camwatch_event_number(event, CAMWATCH_FIELD_DELTA_BYTES_OUT);
    uint64_t in = camwatch_event_number(event, CAMWATCH_FIELD_DELTA_BYTES_IN);
    (void)snprintf(minute, sizeof(minute), "minute:%" PRId64,
                   camwatch_event_time(event) / NS_PER_MINUTE);
    bool is_all = add(series, minute, "events", 1) &&
                  add(series, minute, "alerts", stream == CAMWATCH_STREAM_ALERTS) &&
                  add(series, minute, "bytes_out", out) && add(series, minute, "bytes_in", in);
    if (stream != CAMWATCH_STREAM_FLOWS) {
        return is_all;
    }
    return add_top(series, event, "countries", CAMWATCH_FIELD_PEER_COUNTRY, out + in) &&
           add_top(series, event, "services", CAMWATCH_FIELD_SERVICE_VENDOR, out + in) &&
           add_top(series, event, "devices", CAMWATCH_FIELD_DEVICE_ID, out + in) && is_all;
}

static void
put_count(struct cw_resp *out, const char *key, const char *boot_id,
          const struct cw_redis_count *count)
{
    char field[200], n[24];
    (void)snprintf(field, sizeof(field), "%s|%.64s", count->field, boot_id);
    (void)snprintf(n, sizeof(n), "%" PRIu64, count->n);
    const char *const words[] = {"HINCRBY", key, field, n};
    cw_resp_command(out, 4);
    for (size_t i = 0; i < 4; i++) {
        cw_resp_word(out, words[i]);
    }
}

static void
put_expiry(struct cw_resp *out, const char *key, int64_t now_ms)
{
    char number[24];
    int64_t at = now_ms > 0 ? now_ms / 1000 + KEEP_S : KEEP_S;
    (void)snprintf(number, sizeof(number), "%" PRId64, at);
    cw_resp_command(out, 3);
    cw_resp_word(out, now_ms > 0 ? "EXPIREAT" : "EXPIRE");
    cw_resp_word(out, key);
    cw_resp_word(out, number);
}

static int
compare(const void *a, const void *b)
{
    const struct cw_redis_count *x = a, *y = b;
    int order = strcmp(y->suffix, x->suffix); /* free ones last */
    return order != 0 ? order : strcmp(x->field, y->field);
}

unsigned
cw_redis_series_put(struct cw_redis_series *series, struct cw_resp *out, const char *sensor,
                    const char *boot_id, int64_t now_ms)
{
    unsigned n = 0;
    if (series->n_used == 0) {
        return 0;
    }
    qsort(series->counts, CW_REDIS_SERIES_SLOTS, sizeof(*series->counts), compare);
    for (unsigned i = 0; i < series->n_used; i++) {
        char key[CW_REDIS_KEY_MAX];
        const struct cw_redis_count *count = &series->counts[i];
        (void)cw_redis_key(sensor, count->suffix, key);
        put_count(out, key, boot_id, count);
        n++;
        bool is_last =
            i + 1 == series->n_used || strcmp(count->suffix, series->counts[i + 1].suffix) != 0;
        if (is_last) {
            put_expiry(out, key, now_ms);
            n++;
        }
    }
    memset(series->counts, 0, CW_REDIS_SERIES_SLOTS * sizeof(*series->counts));
    series->n_used = 0;
    return n;
}
