/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/text.h"
#include "publish/event.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digits.h"
#include "base/hash.h"
#include "camwatch/version.h"
#include "publish/event_body.h"
#include "publish/message.h"

#define NS_PER_S INT64_C(1000000000)

static const struct {
    enum camwatch_stream stream;
    const char *kind, *category, *type;
} ROWS[CAMWATCH_N_EVENT_KINDS] = {

#define ROW(s, stream, kind, category, type)                                                   \
    [CAMWATCH_EVENT_##s] = {CAMWATCH_STREAM_##stream, kind, category, type},
    CW_EVENT_ROWS(ROW)
#undef ROW
};

struct camwatch_event *
cw_event_new(void)
{
    struct camwatch_event *event = calloc(1, sizeof(*event));
    struct cw_event_json *json = calloc(1, sizeof(*json));
    if (!event || !json) {
        free(event);
        free(json);
        return NULL;
    }
    event->json = json;
    event->used = 1;
    return event;
}

void
cw_event_free(struct camwatch_event *event)
{
    if (event) {
        free(event->json);
        free(event);
    }
}

__attribute__((unused)) static bool /* in assertions alone */
has_type(enum camwatch_field field, enum camwatch_field_type type)
{
    const struct camwatch_field_info *info = camwatch_field_info(field);
    return info && info->type == type;
}

/* Room for len bytes and a NUL as the field's text; NULL where there is none left, or len is 0. */
static char *
reserve(struct camwatch_event *event, enum camwatch_field field, size_t len)
{
    event->texts[field] = 0;
    event->json->len = 0;
    if (len == 0) {
        return NULL;
    }
    if (len >= sizeof(event->buffer) - event->used) {
        event->is_cut = true;
        return NULL;
    }
    char *at = event->buffer + event->used;
    event->texts[field] = (uint16_t)event->used;
    event->used += len + 1;
    at[len] = '\0';
    return at;
}

void
cw_event_put(struct camwatch_event *event, enum camwatch_field field, const char *text)
{
    size_t len = strlen(text);
    char *at = reserve(event, field, len);
    if (at) {
        memcpy(at, text, len);
    }
}

void
cw_event_set_text(struct camwatch_event *event, enum camwatch_field field, const char *text)
{
    assert(has_type(field, CAMWATCH_TYPE_KEYWORD) || has_type(field, CAMWATCH_TYPE_IP) ||
           has_type(field, CAMWATCH_TYPE_GEO));
    cw_event_put(event, field, text ? text : "");
}

void
cw_event_set_number(struct camwatch_event *event, enum camwatch_field field, uint64_t number)
{
    assert(has_type(field, CAMWATCH_TYPE_LONG));
    char text[24];
    event->numbers[field] = number <= INT64_MAX ? number : INT64_MAX;
    *cw_digits_decimal(text, event->numbers[field]) = '\0';
    cw_event_put(event, field, text);
}

void
cw_event_set_known(struct camwatch_event *event, enum camwatch_field field, uint64_t number)
{
    if (number > 0) {
        cw_event_set_number(event, field, number);
    }
}

/* RFC 3339 in UTC with nanoseconds. Years beyond 9999 are no packet's. */
static void
put_date(char *out, const struct tm *date, int64_t fraction_ns)
{
    const struct {
        unsigned width;
        int number;
        char after;
    } parts[] = {
        {4, date->tm_year + 1900, '-'}, {2, date->tm_mon + 1, '-'}, {2, date->tm_mday, 'T'},
        {2, date->tm_hour, ':'},        {2, date->tm_min, ':'},     {2, date->tm_sec, '.'},
    };

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        out = cw_digits_padded(out, (uint64_t)parts[i].number, parts[i].width);
        *out++ = parts[i].after;
    }
    out = cw_digits_padded(out, (uint64_t)fraction_ns, 9);
    memcpy(out, "Z", 2);
}

void
cw_event_set_time(struct camwatch_event *event, enum camwatch_field field, int64_t time_ns)
{
    assert(has_type(field, CAMWATCH_TYPE_DATE));
    time_t seconds = (time_t)(time_ns / NS_PER_S);
    struct tm date;
    char text[64] = "";
    if (time_ns > 0 && gmtime_r(&seconds, &date)) {
        put_date(text, &date, time_ns % NS_PER_S);
    }
    cw_event_put(event, field, text);
}

void
cw_event_set_addr(struct camwatch_event *event, enum camwatch_field field,
                  const struct cw_addr *addr)
{
    assert(has_type(field, CAMWATCH_TYPE_IP));
    char text[CW_ADDR_TEXT_MAX];
    cw_event_put(event, field, cw_addr_format(addr, text));
}

void
cw_event_set_mac(struct camwatch_event *event, enum camwatch_field field,
                 const struct cw_mac *mac)
{
    assert(has_type(field, CAMWATCH_TYPE_KEYWORD));
    char text[CW_MAC_TEXT_MAX];
    cw_event_put(event, field, cw_mac_format(mac, text));
}

static size_t
joined_length(const char *const *items, size_t n)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        size_t item = items[i] ? strlen(items[i]) : 0;
        len += item + (item > 0 && len > 0);
    }
    return len;
}

void
cw_event_set_list(struct camwatch_event *event, enum camwatch_field field,
                  const char *const *items, size_t n)
{
    assert(has_type(field, CAMWATCH_TYPE_LIST));
    char *at = reserve(event, field, joined_length(items, n));
    for (size_t i = 0, used = 0; at && i < n; i++) {
        const char *item = items[i] ? items[i] : "";
        if (*item && used > 0) {
            at[used++] = ',';
        }
        for (; *item; item++) {
            at[used++] = *item == ',' ? ';' : *item;
        }
    }
}

size_t
cw_event_packed_size(const struct camwatch_event *event)
{
    return offsetof(struct camwatch_event, buffer) + event->used;
}

void
cw_event_pack(const struct camwatch_event *event, void *out)
{
    memcpy(out, event, cw_event_packed_size(event));
}

void
cw_event_unpack(struct camwatch_event *event, const void *packed)
{
    struct cw_event_json *json = event->json;
    size_t head = offsetof(struct camwatch_event, buffer);
    memcpy(event, packed, head);
    memcpy(event->buffer, (const char *)packed + head, event->used);
    event->json = json;
    json->len = 0;
}

bool
cw_event_is_cut(const struct camwatch_event *event)
{
    return event->is_cut;
}

static void
put_dataset(struct camwatch_event *event)
{
    char dataset[32];
    (void)snprintf(dataset, sizeof(dataset), "camwatch.%s",
                   camwatch_stream_text(event->stream));
    cw_event_put(event, CAMWATCH_FIELD_EVENT_DATASET, dataset);
}

static void
put_observer(struct camwatch_event *event, const struct cw_event_context *context)
{
    cw_event_put(event, CAMWATCH_FIELD_OBSERVER_NAME, context->sensor);
    cw_event_put(event, CAMWATCH_FIELD_OBSERVER_TYPE, "sensor");
    cw_event_put(event, CAMWATCH_FIELD_OBSERVER_VENDOR, "camwatch");
    cw_event_put(event, CAMWATCH_FIELD_OBSERVER_VERSION, CAMWATCH_VERSION);
    const char *const *interfaces = context->interfaces;
    if (interfaces && interfaces[0] &&
        !interfaces[1]) { /* one alone: everything came from there */
        cw_event_put(event, CAMWATCH_FIELD_OBSERVER_INTERFACE, interfaces[0]);
    }
}

void
cw_event_begin(struct camwatch_event *event, enum camwatch_event_kind kind, int64_t time_ns,
               const struct cw_event_context *context)
{
    assert(kind > CAMWATCH_EVENT_NONE && kind < CAMWATCH_N_EVENT_KINDS);
    event->kind = kind;
    event->stream = ROWS[kind].stream;
    event->time_ns = time_ns;
    event->is_cut = false;
    event->former_id[0] = '\0';
    event->used = 1;
    event->json->len = 0;
    memset(event->texts, 0, sizeof(event->texts));
    memset(event->numbers, 0, sizeof(event->numbers));
    cw_event_set_time(event, CAMWATCH_FIELD_TIMESTAMP, time_ns);
    cw_event_put(event, CAMWATCH_FIELD_ECS_VERSION, CAMWATCH_ECS_VERSION);
    cw_event_put(event, CAMWATCH_FIELD_EVENT_KIND, ROWS[kind].kind);
    cw_event_put(event, CAMWATCH_FIELD_EVENT_CATEGORY, ROWS[kind].category);
    cw_event_put(event, CAMWATCH_FIELD_EVENT_TYPE, ROWS[kind].type);
    put_dataset(event);
    cw_event_put(event, CAMWATCH_FIELD_EVENT_ACTION, camwatch_event_kind_text(kind));
    put_observer(event, context);
}

void
cw_event_set_former_id(struct camwatch_event *event, const char *id)
{
    cw_text_set(event->former_id, sizeof(event->former_id), id);
}

/* One number over all fields: their texts as they lie in the buffer, and where each one lies. */
static uint64_t
hash_fields(const struct camwatch_event *event, uint64_t key)
{
    uint64_t texts = cw_hash((struct cw_hash_key){.k0 = key}, event->buffer, event->used);
    return cw_hash((struct cw_hash_key){.k0 = texts, .k1 = key}, event->texts,
                   sizeof(event->texts));
}

/* Live: the letter of the stream and a number without gaps, so that a reader of one stream sees a
 * loss. Replay: the same input gives the same ids. */
static void
put_id(struct camwatch_event *event, struct cw_event_context *context)
{
    char id[96];
    if (context->is_replay) {
        char *half = cw_digits_hex(id, hash_fields(event, 1), 16);
        *cw_digits_hex(half, hash_fields(event, 2), 16) = '\0';
    } else {
        uint64_t number = ++context->sequence[event->stream];
        (void)snprintf(id, sizeof(id), "%s-%c%06" PRIu64, context->boot_id,
                       "ADFS"[event->stream], number);
    }
    cw_event_put(event, CAMWATCH_FIELD_EVENT_ID, id);
}

void
cw_event_finish(struct camwatch_event *event, struct cw_event_context *context)
{
    char message[CW_MESSAGE_MAX];
    cw_event_put(event, CAMWATCH_FIELD_MESSAGE, cw_message_write(event, message));
    put_id(event, context);
}
