/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/scan.h"

#include <stdio.h>

#include <hiredis.h>

#include "base/text.h"
#include "server/ask.h"
#include "sink/redis_link.h"

enum { ROUNDS_MAX = 1000, NAME_MAX_BYTES = CW_REDIS_SENSOR_MAX };

#define ROUND_KEYS "1000"
#define PREFIX     "camwatch:{"

bool
cw_sensor_names_add(struct cw_sensor_names *names, struct cw_bytes name)
{
    char text[NAME_MAX_BYTES + 1];
    if (name.len > NAME_MAX_BYTES || memchr(name.ptr, '\0', name.len)) {
        return true;
    }
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    if (!cw_redis_sensor_is_good(text)) {
        return true;
    }
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->names[i], text) == 0) {
            return true;
        }
    }
    if (names->n == CW_SENSORS_MAX) {
        return false;
    }
    memcpy(names->names[names->n++], text, sizeof(text));
    return true;
}

/* Keys that every sensor has one of; the devices' keys are many and say nothing more. */
static bool
names_a_sensor(struct cw_bytes suffix)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        if (cw_bytes_equal(suffix, cw_bytes_text(camwatch_stream_text(i)))) {
            return true;
        }
    }
    return cw_bytes_equal(suffix, cw_bytes_text("sensor")) ||
           cw_bytes_equal(suffix, cw_bytes_text("index"));
}

static bool
add_key(struct cw_sensor_names *names, const redisReply *key)
{
    if (key->type != REDIS_REPLY_STRING) {
        return true;
    }
    struct cw_bytes text = cw_bytes(key->str, key->len);
    ptrdiff_t end = cw_text_find(text, cw_bytes_text("}:"));
    if (end < 0 || !CW_STARTS(text, PREFIX) ||
        !names_a_sensor(cw_bytes_from(text, (size_t)end + 2))) {
        return true;
    }
    struct cw_bytes name = cw_bytes_from(cw_bytes_head(text, (size_t)end), sizeof(PREFIX) - 1);
    return cw_sensor_names_add(names, name);
}

/* One round of SCAN; cursor becomes the next. */
static enum cw_answer
scan_round(struct cw_source *source, struct cw_sensor_names *names, char cursor[24],
           bool *has_room)
{
    const char *const words[] = {"SCAN", cursor, "MATCH", PREFIX "*", "COUNT", ROUND_KEYS};
    redisReply *reply;
    enum cw_answer answer = cw_ask(source, words, sizeof(words) / sizeof(*words), &reply);
    if (answer != CW_ANSWER_OK) {
        return answer;
    }
    bool is_good = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                   reply->element[0]->type == REDIS_REPLY_STRING &&
                   reply->element[1]->type == REDIS_REPLY_ARRAY;
    (void)snprintf(cursor, 24, "%s", is_good ? reply->element[0]->str : "0");
    for (size_t i = 0; is_good && i < reply->element[1]->elements; i++) {
        *has_room = add_key(names, reply->element[1]->element[i]) && *has_room;
    }
    cw_redis_reply_free(reply);
    return CW_ANSWER_OK;
}

enum cw_answer
cw_scan_sensors(struct cw_source *source, struct cw_sensor_names *names, bool *is_whole)
{
    char cursor[24] = "0";
    bool is_done = false;
    *is_whole = true;
    for (unsigned i = 0; i < ROUNDS_MAX && !is_done; i++) {
        enum cw_answer answer = scan_round(source, names, cursor, is_whole);
        if (answer != CW_ANSWER_OK) {
            return answer;
        }
        is_done = strcmp(cursor, "0") == 0;
    }
    *is_whole = *is_whole && is_done;
    return CW_ANSWER_OK;
}
