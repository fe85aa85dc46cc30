/* SPDX-License-Identifier: Apache-2.0
 *
 * The questions that a browser may ask, answered from Redis as JSON. Each answer costs a few
 * commands and is bounded: pages of devices and events, a limit on keys looked at.
 */
#ifndef SERVER_QUERY_H
#define SERVER_QUERY_H

#include "server/body.h"
#include "server/source.h"
#include "server/stream_id.h"
#include "sink/redis_keys.h"

enum cw_query_kind {
    CW_QUERY_SENSORS,
    CW_QUERY_STATE,
    CW_QUERY_EVENTS,
};

struct cw_query {
    enum cw_query_kind kind;
    char sensor[CW_REDIS_SENSOR_MAX + 1];
    enum camwatch_stream stream;
    bool has_from, has_before; /* events behind from, or before before; neither: the latest */
    struct cw_stream_id from, before;
    uint32_t offset, count; /* of devices; count also of events */
};

enum cw_answer {
    CW_ANSWER_OK,
    CW_ANSWER_AWAY,    /* no connection: source->why */
    CW_ANSWER_REFUSED, /* Redis says no: source->why */
    CW_ANSWER_FULL,    /* larger than the bound of the JSON */
};

enum { CW_SENSORS_MAX = 256 };

/* The sensors that a browser may ask for. */
struct cw_sensor_names {
    char names[CW_SENSORS_MAX][CW_REDIS_SENSOR_MAX + 1];
    size_t n;
    bool is_fixed; /* given by the operator: none are looked for */
};

/** Append unless it is there already or no sensor's name. False when there is no room. */
bool cw_sensor_names_add(struct cw_sensor_names *names, struct cw_bytes name);

/**
 * Ask and write the answer.
 *
 * @param names  for CW_QUERY_SENSORS: receives what was found
 */
enum cw_answer cw_query_run(struct cw_source *source, const struct cw_query *query,
                            struct cw_sensor_names *names, struct cw_body *out);

#endif
