/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS   1000000
#define JSON_WORD   "$4\r\njson\r\n"
#define HEARTBEAT_S "60" /* six times the default period of sensor-stats */

bool
cw_redis_sensor_is_good(const char *sensor)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t len = strlen(sensor);
    return len > 0 && len <= CW_REDIS_SENSOR_MAX && strspn(sensor, allowed) == len;
}

const char *
cw_redis_key(const char *sensor, const char *suffix, char out[CW_REDIS_KEY_MAX])
{
    (void)snprintf(out, CW_REDIS_KEY_MAX, "camwatch:{%s}:%s", sensor, suffix);
    return out;
}

_Static_assert(sizeof(JSON_WORD) - 1 == CW_REDIS_JSON_WORD, "as the header says");

static bool
is_carried(unsigned field, enum camwatch_stream stream)
{
    return camwatch_field_info(field)->streams & 1u << stream;
}

static size_t
count_fields(enum camwatch_stream stream)
{
    size_t n = 0;
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        n += is_carried(i, stream);
    }
    return n;
}

static void
put_fields(struct cw_resp *out, const struct camwatch_event *event)
{
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        if (is_carried(i, camwatch_event_get_stream(event))) {
            cw_resp_word(out, camwatch_field_info(i)->name);
            cw_resp_word(out, camwatch_event_text(event, i));
        }
    }
}

void
cw_redis_put_xadd(struct cw_resp *out, const char *key, uint64_t maxlen, struct cw_redis_id id,
                  unsigned n_words)
{
    char number[24], id_text[CW_REDIS_STREAM_ID_MAX];
    (void)snprintf(number, sizeof(number), "%" PRIu64, maxlen);
    const char *const words[] = {"XADD", key,    "MAXLEN",
                                 "~",    number, cw_redis_id_format(id, id_text)};
    size_t n = sizeof(words) / sizeof(*words);
    cw_resp_command(out, n + n_words);
    for (size_t i = 0; i < n; i++) {
        cw_resp_word(out, words[i]);
    }
}

/* Behind a word "$LEN\r\nBYTES\r\n"; len where there is none. */
static size_t
skip_word(const char *payload, size_t len, size_t at)
{
    size_t n = 0;
    for (at++; at < len && payload[at] >= '0' && payload[at] <= '9' && n <= len; at++) {
        n = 10 * n + (size_t)(payload[at] - '0');
    }
    return at >= len || n > len - at || n + 4 > len - at ? len : at + n + 4;
}

size_t
cw_redis_find_json(const char *payload, size_t len, unsigned n_words)
{
    size_t at = 0;
    for (unsigned i = 0; i + 2 < n_words && at < len; i++) {
        at = skip_word(payload, len, at);
    }
    bool is_json = n_words >= 2 && len - at > sizeof(JSON_WORD) - 1 &&
                   memcmp(payload + at, JSON_WORD, sizeof(JSON_WORD) - 1) == 0;
    return is_json ? at : len;
}

unsigned
cw_redis_put_fields(struct cw_resp *out, const struct camwatch_event *event, bool with_json)
{
    unsigned n = (unsigned)(2 * count_fields(camwatch_event_get_stream(event)));
    put_fields(out, event);
    if (with_json) {
        size_t len;
        const char *json = camwatch_event_json(event, &len);
        cw_resp_word(out, "json");
        cw_resp_bytes(out, json, len);
        n += 2;
    }
    return n;
}

static void
put_hash(struct cw_resp *out, const char *key, const struct camwatch_event *event)
{
    cw_resp_command(out, 2 + 2 * count_fields(camwatch_event_get_stream(event)));
    cw_resp_word(out, "HSET");
    cw_resp_word(out, key);
    put_fields(out, event);
}

static void
put_words(struct cw_resp *out, const char *const *words, size_t n)
{
    cw_resp_command(out, n);
    for (size_t i = 0; i < n; i++) {
        cw_resp_word(out, words[i]);
    }
}

/* The device goes on by another id: what is there by the former one would never change again. */
static unsigned
put_former(struct cw_resp *out, const char *sensor, const char *former)
{
    char key[CW_REDIS_KEY_MAX], suffix[CW_REDIS_KEY_MAX / 2], index[CW_REDIS_KEY_MAX];
    if (!*former) {
        return 0;
    }
    (void)snprintf(suffix, sizeof(suffix), "device:%s", former);
    const char *const del[] = {"DEL", cw_redis_key(sensor, suffix, key)};
    const char *const zrem[] = {"ZREM", cw_redis_key(sensor, "index", index), former};
    put_words(out, del, 2);
    put_words(out, zrem, 3);
    return 2;
}

static void
put_index(struct cw_resp *out, const char *key, const char *id, int64_t time_ns)
{
    char score[24];
    (void)snprintf(score, sizeof(score), "%" PRId64, time_ns / NS_PER_MS);
    const char *const words[] = {"ZADD", key, score, id};
    put_words(out, words, 4);
}

static void
put_expire(struct cw_resp *out, const char *key)
{
    const char *const words[] = {"EXPIRE", key, HEARTBEAT_S};
    put_words(out, words, 3);
}

unsigned
cw_redis_put_state(struct cw_resp *out, const char *sensor, const struct camwatch_event *event)
{
    char key[CW_REDIS_KEY_MAX], suffix[CW_REDIS_KEY_MAX / 2];
    enum camwatch_stream stream = camwatch_event_get_stream(event);
    const char *id = camwatch_event_text(event, CAMWATCH_FIELD_DEVICE_ID);
    if (stream == CAMWATCH_STREAM_DEVICES && *id) {
        (void)snprintf(suffix, sizeof(suffix), "device:%s", id);
        put_hash(out, cw_redis_key(sensor, suffix, key), event);
        put_index(out, cw_redis_key(sensor, "index", key), id, camwatch_event_time(event));
        return 2 + put_former(out, sensor, camwatch_event_former_id(event));
    }
    if (stream == CAMWATCH_STREAM_STATS) {
        put_hash(out, cw_redis_key(sensor, "sensor", key), event);
        put_expire(out, key);
        return 2;
    }
    return 0;
}
