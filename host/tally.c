/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "recent.h"
#include "store.h"
#include "text.h"

enum { MAX_ROWS = 1000000 };

struct cw_tally {
    struct cw_store *texts, *index;
    struct cw_destination *rows;
    size_t n, room;
    uint64_t events, left_out, alerts;
    struct cw_buffer key;
};

struct cw_tally *
cw_tally_new(void)
{
    struct cw_tally *tally = calloc(1, sizeof(*tally));
    if (!tally) {
        abort();
    }
    tally->texts = cw_store_new();
    tally->index = cw_store_new();
    return tally;
}

void
cw_tally_free(struct cw_tally *tally)
{
    cw_store_free(tally->texts);
    cw_store_free(tally->index);
    cw_buffer_free(&tally->key);
    free(tally->rows);
    free(tally);
}

static void
add(struct cw_buffer *key, const char *text)
{
    cw_buffer_add(key, text, strlen(text));
}

/* What makes a row. The far end is its name where there is one: a service has many addresses.
 * */
static const char *
key_of(struct cw_tally *tally, const struct camwatch_event *event)
{
    static const enum camwatch_field fields[] = {
        CAMWATCH_FIELD_DEVICE_ID,
        CAMWATCH_FIELD_LOCAL_IP,
        CAMWATCH_FIELD_SERVICE_VENDOR,
        CAMWATCH_FIELD_SERVICE_PLATFORM,
        CAMWATCH_FIELD_SERVICE_ROLE,
        CAMWATCH_FIELD_SIDE,
        CAMWATCH_FIELD_PEER_PORT,
        CAMWATCH_FIELD_NETWORK_TRANSPORT,
        CAMWATCH_FIELD_NETWORK_PROTOCOL,
        CAMWATCH_FIELD_PEER_COUNTRY,
        CAMWATCH_FIELD_PATH,
    };

    const char *domain = camwatch_event_text(event, CAMWATCH_FIELD_PEER_DOMAIN);
    tally->key.len = 0;
    add(&tally->key, domain[0] ? domain : camwatch_event_text(event, CAMWATCH_FIELD_PEER_IP));
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        cw_buffer_add(&tally->key, "\x1f", 1);
        add(&tally->key, camwatch_event_text(event, fields[i]));
    }
    return cw_buffer_text(&tally->key);
}

static struct cw_destination *
add_row(struct cw_tally *tally)
{
    if (tally->n == MAX_ROWS) {
        return NULL;
    }
    if (tally->n == tally->room) {
        tally->room = tally->room * 2 + 64;
        tally->rows = reallocarray(tally->rows, tally->room, sizeof(*tally->rows));
        if (!tally->rows) {
            abort();
        }
    }
    return &tally->rows[tally->n++];
}

/* The local end's side of the pair source and destination. */
static bool
is_source_local(const struct camwatch_event *event)
{
    return strcmp(camwatch_event_text(event, CAMWATCH_FIELD_LOCAL_IP),
                  camwatch_event_text(event, CAMWATCH_FIELD_SOURCE_IP)) == 0 &&
           strcmp(camwatch_event_text(event, CAMWATCH_FIELD_LOCAL_PORT),
                  camwatch_event_text(event, CAMWATCH_FIELD_SOURCE_PORT)) == 0;
}

static void
fill_row(struct cw_tally *tally, struct cw_destination *row, const struct camwatch_event *event)
{
    bool is_source = is_source_local(event);
#define TEXT(field)                                                                            \
    cw_store_text(tally->texts, camwatch_event_text(event, CAMWATCH_FIELD_##field))
    *row = (struct cw_destination){
        .device_id = TEXT(DEVICE_ID),
        .local_ip = TEXT(LOCAL_IP),
        .local_mac = is_source ? TEXT(SOURCE_MAC) : TEXT(DESTINATION_MAC),
        .vendor = TEXT(SERVICE_VENDOR),
        .platform = TEXT(SERVICE_PLATFORM),
        .role = TEXT(SERVICE_ROLE),
        .side = TEXT(SIDE),
        .domain = TEXT(PEER_DOMAIN),
        .ip = TEXT(PEER_IP),
        .port = TEXT(PEER_PORT),
        .transport = TEXT(NETWORK_TRANSPORT),
        .protocol = TEXT(NETWORK_PROTOCOL),
        .country = TEXT(PEER_COUNTRY),
        .asn = TEXT(PEER_ASN),
        .as_org = is_source ? TEXT(DESTINATION_AS_ORG) : TEXT(SOURCE_AS_ORG),
        .path = TEXT(PATH),
        .direction = TEXT(NETWORK_DIRECTION),
        .band = "",
        .evidence = "",
        .file = TEXT(CAPTURE_FILE),
        .frame = camwatch_event_number(event, CAMWATCH_FIELD_CAPTURE_FRAME),
        .first_ns = INT64_MAX,
    };
#undef TEXT
}

static enum camwatch_outcome
outcome_of(const struct camwatch_event *event)
{
    const char *text = camwatch_event_text(event, CAMWATCH_FIELD_OUTCOME);
    for (unsigned i = 0; i < CAMWATCH_N_OUTCOMES; i++) {
        if (strcmp(text, camwatch_outcome_text(i)) == 0) {
            return (enum camwatch_outcome)i;
        }
    }
    return CAMWATCH_OUTCOME_UNKNOWN;
}

static void
count_outcome(struct cw_destination *row, const struct camwatch_event *event)
{
    enum camwatch_outcome outcome = outcome_of(event);
    bool is_blocked =
        outcome == CAMWATCH_OUTCOME_NXDOMAIN || outcome == CAMWATCH_OUTCOME_SINKHOLED;
    row->flows++;
    row->established += outcome == CAMWATCH_OUTCOME_ESTABLISHED;
    row->attempted += outcome == CAMWATCH_OUTCOME_ATTEMPTED;
    row->refused += outcome == CAMWATCH_OUTCOME_REFUSED;
    row->looked_up += is_blocked || outcome == CAMWATCH_OUTCOME_ANSWERED;
    row->blocked += is_blocked;
    row->streaming += strcmp(camwatch_event_text(event, CAMWATCH_FIELD_ACTIVITY),
                             camwatch_activity_text(CAMWATCH_ACTIVITY_STREAMING)) == 0;
}

static void
keep_best(struct cw_tally *tally, struct cw_destination *row,
          const struct camwatch_event *event)
{
    unsigned confidence = (unsigned)camwatch_event_number(event, CAMWATCH_FIELD_CONFIDENCE);
    if (confidence > row->confidence) {
        row->confidence = confidence;
        row->band =
            cw_store_text(tally->texts, camwatch_event_text(event, CAMWATCH_FIELD_BAND));
        row->evidence =
            cw_store_text(tally->texts, camwatch_event_text(event, CAMWATCH_FIELD_EVIDENCE));
        row->file = cw_store_text(tally->texts,
                                  camwatch_event_text(event, CAMWATCH_FIELD_CAPTURE_FILE));
        row->frame = camwatch_event_number(event, CAMWATCH_FIELD_CAPTURE_FRAME);
    }
}

static void
add_flow(struct cw_tally *tally, const struct camwatch_event *event)
{
    const char *key = key_of(tally, event);
    size_t at = cw_store_find(tally->index, key);
    struct cw_destination *row = at != (size_t)-1 ? &tally->rows[at] : add_row(tally);
    if (!row) {
        tally->left_out++;
        return;
    }
    if (at == (size_t)-1) {
        cw_store_set(tally->index, key, tally->n - 1);
        fill_row(tally, row, event);
    }
    uint64_t source = camwatch_event_number(event, CAMWATCH_FIELD_SOURCE_BYTES);
    uint64_t destination = camwatch_event_number(event, CAMWATCH_FIELD_DESTINATION_BYTES);
    bool is_source = is_source_local(event);
    row->bytes_out += is_source ? source : destination;
    row->bytes_in += is_source ? destination : source;
    int64_t time = camwatch_event_time(event);
    int64_t start = time - (int64_t)camwatch_event_number(event, CAMWATCH_FIELD_EVENT_DURATION);
    row->first_ns = start < row->first_ns ? start : row->first_ns;
    row->last_ns = time > row->last_ns ? time : row->last_ns;
    count_outcome(row, event);
    keep_best(tally, row, event);
}

static void
emit(void *self, const struct camwatch_event *event)
{
    struct cw_tally *tally = self;
    enum camwatch_event_kind kind = camwatch_event_get_kind(event);
    tally->events++;
    if (kind == CAMWATCH_EVENT_FLOW_END) {
        add_flow(tally, event);
    } else if (kind == CAMWATCH_EVENT_POLICY_ALERT || kind == CAMWATCH_EVENT_SENSOR_ALERT) {
        tally->alerts += cw_alert_is_new(event);
    }
}

static void
account(void *self, struct camwatch_sink_account *out)
{
    const struct cw_tally *tally = self;
    *out = (struct camwatch_sink_account){
        .size = sizeof(*out), .given = tally->events, .delivered = tally->events};
}

const struct camwatch_sink_ops *
cw_tally_ops(void)
{
    static const struct camwatch_sink_ops ops = {
        .size = sizeof(ops), .name = "summary", .emit = emit, .account = account};
    return &ops;
}

const struct cw_destination *
cw_tally_rows(const struct cw_tally *tally, size_t *n)
{
    *n = tally->n;
    return tally->rows;
}

uint64_t
cw_tally_left_out(const struct cw_tally *tally)
{
    return tally->left_out;
}

uint64_t
cw_tally_alerts(const struct cw_tally *tally)
{
    return tally->alerts;
}
