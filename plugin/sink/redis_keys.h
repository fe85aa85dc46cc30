/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and commands of one sensor. All keys share the hash tag {SENSOR}: one node of a cluster has
 * them.
 */
#ifndef CW_SINK_REDIS_KEYS_H
#define CW_SINK_REDIS_KEYS_H

#include "camwatch/event.h"
#include "sink/redis_id.h"
#include "sink/resp.h"

#define CW_REDIS_KEY_MAX    512
#define CW_REDIS_SENSOR_MAX 128
#define CW_REDIS_JSON_WORD  10u /* bytes of the word "json", in front of its text */

/** 1..128 letters, digits and ._- : nothing that a key or its hash tag could be confused by. */
bool cw_redis_sensor_is_good(const char *sensor);

/** "camwatch:{SENSOR}:SUFFIX" into the caller's buffer; returns it. */
const char *cw_redis_key(const char *sensor, const char *suffix, char out[CW_REDIS_KEY_MAX]);

/** The head of "XADD key MAXLEN ~ n id ...": n_words words of fields and values must follow. */
void cw_redis_put_xadd(struct cw_resp *out, const char *key, uint64_t maxlen,
                       struct cw_redis_id id, unsigned n_words);

/** Where "json" and the JSON begin in what cw_redis_put_fields encoded; len: they are not there. O(words) */
size_t cw_redis_find_json(const char *payload, size_t len, unsigned n_words);

/** Names and values of all fields of the event's stream in the order of fields.h, as words; then,
 *  where asked for, "json" and the event as a line of JSON. @return number of words */
unsigned cw_redis_put_fields(struct cw_resp *out, const struct camwatch_event *event,
                             bool with_json);

/**
 * Commands that keep the present state: of a device event HSET :device:ID and ZADD :index (score:
 * ms of the event), and where the device had another id until now DEL and ZREM of that; of sensor-stats
 * HSET :sensor and its EXPIRE.
 *
 * @return number of commands written; 0 for other events
 */
unsigned cw_redis_put_state(struct cw_resp *out, const char *sensor,
                            const struct camwatch_event *event);

#endif
