/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "server/entry.h"

#include <hiredis.h>

#include "base/text.h"
#include "camwatch/fields.h"

enum { VALUE_MAX = 16 * 1024, DIGITS_MAX = 19 };

/* Fields stand in the order of the list: the one behind the last is tried first. */
static const struct camwatch_field_info *
find_field(struct cw_bytes name, unsigned *from)
{
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        unsigned at = (*from + i) % CAMWATCH_N_FIELDS;
        const struct camwatch_field_info *info = camwatch_field_info(at);
        if (cw_bytes_equal(name, cw_bytes_text(info->name))) {
            *from = at + 1;
            return info;
        }
    }
    return NULL;
}

static void
put_list(struct cw_body *json, struct cw_bytes value)
{
    cw_body_open(json, '[');
    for (;;) {
        ptrdiff_t comma = cw_text_find(value, cw_bytes_text(","));
        cw_body_string(json, cw_bytes_head(value, comma < 0 ? value.len : (size_t)comma));
        if (comma < 0) {
            break;
        }
        value = cw_bytes_from(value, (size_t)comma + 1);
    }
    cw_body_close(json, ']');
}

/* JSON knows no leading zeros. */
static bool
is_number(struct cw_bytes value)
{
    return cw_text_is_digits(value) && value.len <= DIGITS_MAX &&
           (value.ptr[0] != '0' || value.len == 1);
}

static void
put_value(struct cw_body *json, enum camwatch_field_type type, struct cw_bytes value)
{
    if (type == CAMWATCH_TYPE_LONG && is_number(value)) {
        cw_body_value(json, value);
    } else if (type == CAMWATCH_TYPE_LIST) {
        put_list(json, value);
    } else {
        cw_body_string(json, value);
    }
}

static struct cw_bytes
bytes_of(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING ? cw_bytes(reply->str, reply->len)
                                             : cw_bytes(NULL, 0);
}

void
cw_entry_put_fields(struct cw_body *json, const struct redisReply *fields)
{
    unsigned from = 0;
    if (fields->type != REDIS_REPLY_ARRAY) {
        return;
    }
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        struct cw_bytes value = bytes_of(fields->element[i + 1]);
        const struct camwatch_field_info *info =
            value.len > 0 ? find_field(bytes_of(fields->element[i]), &from) : NULL;
        if (info) {
            cw_body_key(json, info->name);
            put_value(json, info->type, cw_bytes_head(value, VALUE_MAX));
        }
    }
}

bool
cw_entry_id(const struct redisReply *entry, struct cw_stream_id *id)
{
    return entry->type == REDIS_REPLY_ARRAY && entry->elements == 2 &&
           entry->element[1]->type == REDIS_REPLY_ARRAY &&
           cw_stream_id_parse(bytes_of(entry->element[0]), id);
}

void
cw_entry_put(struct cw_body *json, const struct redisReply *entry, const char *sensor)
{
    cw_body_open(json, '{');
    cw_body_key(json, "id");
    cw_body_string(json, bytes_of(entry->element[0]));
    if (sensor) {
        cw_body_key(json, "sensor");
        cw_body_text(json, sensor);
    }
    cw_entry_put_fields(json, entry->element[1]);
    cw_body_close(json, '}');
}

void
cw_entry_write(struct cw_body *json, const struct redisReply *entry, const char *sensor)
{
    cw_body_reset(json);
    cw_entry_put(json, entry, sensor);
    if (!json->is_full) {
        return;
    }
    cw_body_reset(json);
    cw_body_open(json, '{');
    cw_body_key(json, "id");
    cw_body_string(json, bytes_of(entry->element[0]));
    cw_body_key(json, "sensor");
    cw_body_text(json, sensor);
    cw_body_key(json, "too_large");
    cw_body_bool(json, true);
    cw_body_close(json, '}');
}
