/* SPDX-License-Identifier: Apache-2.0
 *
 * What Redis holds of an event, as JSON: empty fields left out, numbers as numbers, lists as
 * arrays, as NDJSON has them. Fields that camwatch does not know are left out.
 */
#ifndef SERVER_ENTRY_H
#define SERVER_ENTRY_H

#include "server/body.h"
#include "server/stream_id.h"

struct redisReply;

/** The fields of a hash or entry, [name, value, ...], as members of an open object. */
void cw_entry_put_fields(struct cw_body *json, const struct redisReply *fields);

/** The ID and fields of an entry, [id, [name, value, ...]]. False where the reply is none. */
bool cw_entry_id(const struct redisReply *entry, struct cw_stream_id *id);

/** An entry as an object: {"id": ..., "sensor": ..., fields}. @param sensor  NULL: left out */
void cw_entry_put(struct cw_body *json, const struct redisReply *entry, const char *sensor);

/** The same as a text of its own: {"id", "sensor", "too_large": true} where it is larger than
 *  the bound. */
void cw_entry_write(struct cw_body *json, const struct redisReply *entry, const char *sensor);

#endif
