/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/vocabulary.h"

#include <stddef.h>

#include "publish/event_body.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *
ecs_kind_text(unsigned value)
{
    static const char *const texts[] = {"alert", "asset", "event", "metric"};
    return value < COUNT(texts) ? texts[value] : "";
}

static const char *
ecs_outcome_text(unsigned value)
{
    static const char *const texts[] = {"failure", "success", "unknown"};
    return value < COUNT(texts) ? texts[value] : "";
}

static const char *
dataset_text(unsigned value)
{
#define ROW(s, t, h) "camwatch." t,
    static const char *const texts[] = {CAMWATCH_STREAMS(ROW)};
#undef ROW
    return value < COUNT(texts) ? texts[value] : "";
}

static const char *
observer_type_text(unsigned value)
{
    return value == 0 ? "sensor" : "";
}

static const char *
observer_vendor_text(unsigned value)
{
    return value == 0 ? "camwatch" : "";
}

static const struct {
    enum camwatch_field field;
    struct cw_vocabulary vocabulary;
} VOCABULARIES[] = {
    {CAMWATCH_FIELD_EVENT_KIND, {ecs_kind_text, 4}},
    {CAMWATCH_FIELD_EVENT_OUTCOME, {ecs_outcome_text, 3}},
    {CAMWATCH_FIELD_EVENT_DATASET, {dataset_text, CAMWATCH_N_STREAMS}},
    {CAMWATCH_FIELD_EVENT_ACTION, {camwatch_event_kind_text, CAMWATCH_N_EVENT_KINDS}},
    {CAMWATCH_FIELD_OBSERVER_TYPE, {observer_type_text, 1}},
    {CAMWATCH_FIELD_OBSERVER_VENDOR, {observer_vendor_text, 1}},
    {CAMWATCH_FIELD_ALERT_STATE, {camwatch_alert_state_text, CAMWATCH_N_ALERT_STATES}},
    {CAMWATCH_FIELD_NETWORK_DIRECTION, {camwatch_direction_text, CAMWATCH_N_DIRECTIONS}},
    {CAMWATCH_FIELD_DOMAIN_SOURCE, {camwatch_domain_source_text, CAMWATCH_N_DOMAIN_SOURCES}},
    {CAMWATCH_FIELD_SERVICE_ROLE, {camwatch_role_text, CAMWATCH_N_ROLES}},
    {CAMWATCH_FIELD_PATH, {camwatch_path_text, CAMWATCH_N_PATHS}},
    {CAMWATCH_FIELD_SIDE, {camwatch_side_text, CAMWATCH_N_SIDES}},
    {CAMWATCH_FIELD_ACTIVITY, {camwatch_activity_text, CAMWATCH_N_ACTIVITIES}},
    {CAMWATCH_FIELD_CLEARTEXT, {camwatch_cleartext_text, CAMWATCH_N_CLEARTEXTS}},
    {CAMWATCH_FIELD_ASSET_STATUS, {camwatch_asset_status_text, CAMWATCH_N_ASSET_STATUSES}},
    {CAMWATCH_FIELD_OUTCOME, {camwatch_outcome_text, CAMWATCH_N_OUTCOMES}},
    {CAMWATCH_FIELD_BAND, {camwatch_band_text, CAMWATCH_N_BANDS}},
    {CAMWATCH_FIELD_DEVICE_KIND, {camwatch_device_kind_text, CAMWATCH_N_DEVICE_KINDS}},
    {CAMWATCH_FIELD_DEVICE_SCOPE, {camwatch_scope_text, CAMWATCH_N_SCOPES}},
};

struct cw_vocabulary
cw_vocabulary_of(enum camwatch_field field)
{
    for (size_t i = 0; i < COUNT(VOCABULARIES); i++) {
        if (VOCABULARIES[i].field == field) {
            return VOCABULARIES[i].vocabulary;
        }
    }
    return (struct cw_vocabulary){0};
}

#define MAC "^([0-9A-F]{2}-){5}[0-9A-F]{2}$"
#define ISO "^[A-Z]{2}$"

static const struct {
    enum camwatch_field field;
    const char *pattern;
} PATTERNS[] = {
    {CAMWATCH_FIELD_EVENT_ID, "^([0-9a-f]{32}|.+-[ADFS][0-9]{6,19})$"},
    {CAMWATCH_FIELD_SOURCE_MAC, MAC},
    {CAMWATCH_FIELD_DESTINATION_MAC, MAC},
    {CAMWATCH_FIELD_DEVICE_MAC, MAC},
    {CAMWATCH_FIELD_SOURCE_COUNTRY, ISO},
    {CAMWATCH_FIELD_DESTINATION_COUNTRY, ISO},
    {CAMWATCH_FIELD_PEER_COUNTRY, ISO},
    {CAMWATCH_FIELD_NETWORK_COMMUNITY_ID, "^1:[A-Za-z0-9+/]{27}=$"},
    {CAMWATCH_FIELD_NETWORK_VLAN, "^[1-9][0-9]{0,3}$"},
    {CAMWATCH_FIELD_TLS_JA3, "^[0-9a-f]{32}$"},
    {CAMWATCH_FIELD_FLOW_ID, "^[0-9a-f]{16}$"},
    {CAMWATCH_FIELD_ALERT_ID, "^[0-9a-f]{16}$"},
    {CAMWATCH_FIELD_EVIDENCE, "^[a-z-]+:[0-9]{1,2}:.*:.*:(.+#)?[0-9]*$"},
    {CAMWATCH_FIELD_DEVICE_ID, "^(mac|sn|ip):.+$"},
    {CAMWATCH_FIELD_STATS_DROPS, "^[a-z0-9-]+=[1-9][0-9]*$"},
};

const char *
cw_field_pattern(enum camwatch_field field)
{
    enum camwatch_field_type type = camwatch_field_info(field)->type;
    if (type == CAMWATCH_TYPE_DATE) {
        return "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$";
    }
    if (type == CAMWATCH_TYPE_GEO) {
        return "^-?[0-9]+(\\.[0-9]+)?,-?[0-9]+(\\.[0-9]+)?$";
    }
    for (size_t i = 0; i < COUNT(PATTERNS); i++) {
        if (PATTERNS[i].field == field) {
            return PATTERNS[i].pattern;
        }
    }
    return NULL;
}

enum {
    A = 1u << CAMWATCH_STREAM_ALERTS,
    D = 1u << CAMWATCH_STREAM_DEVICES,
    F = 1u << CAMWATCH_STREAM_FLOWS,
    S = 1u << CAMWATCH_STREAM_STATS,
};

static const struct {
    enum camwatch_field field;
    unsigned streams;
} REQUIRED[] = {
    {CAMWATCH_FIELD_TIMESTAMP, A | D | F | S},
    {CAMWATCH_FIELD_ECS_VERSION, A | D | F | S},
    {CAMWATCH_FIELD_MESSAGE, A | D | F | S},
    {CAMWATCH_FIELD_EVENT_ID, A | D | F | S},
    {CAMWATCH_FIELD_EVENT_KIND, A | D | F | S},
    {CAMWATCH_FIELD_EVENT_CATEGORY, A | D | F | S},
    {CAMWATCH_FIELD_EVENT_TYPE, A | D | F | S},
    {CAMWATCH_FIELD_EVENT_DATASET, A | D | F | S},
    {CAMWATCH_FIELD_EVENT_ACTION, A | D | F | S},
    {CAMWATCH_FIELD_OBSERVER_NAME, A | D | F | S},
    {CAMWATCH_FIELD_OBSERVER_TYPE, A | D | F | S},
    {CAMWATCH_FIELD_OBSERVER_VENDOR, A | D | F | S},
    {CAMWATCH_FIELD_OBSERVER_VERSION, A | D | F | S},
    {CAMWATCH_FIELD_EVENT_OUTCOME, F},
    {CAMWATCH_FIELD_EVENT_START, D | F},
    {CAMWATCH_FIELD_EVENT_END, D | F},
    {CAMWATCH_FIELD_EVENT_DURATION, F},
    {CAMWATCH_FIELD_EVENT_SEVERITY, A},
    {CAMWATCH_FIELD_EVENT_REASON, A},
    {CAMWATCH_FIELD_RULE_ID, A},
    {CAMWATCH_FIELD_SOURCE_IP, F},
    {CAMWATCH_FIELD_SOURCE_BYTES, F},
    {CAMWATCH_FIELD_SOURCE_PACKETS, F},
    {CAMWATCH_FIELD_DESTINATION_IP, F},
    {CAMWATCH_FIELD_DESTINATION_BYTES, F},
    {CAMWATCH_FIELD_DESTINATION_PACKETS, F},
    {CAMWATCH_FIELD_NETWORK_TRANSPORT, F},
    {CAMWATCH_FIELD_NETWORK_COMMUNITY_ID, F},
    {CAMWATCH_FIELD_FLOW_ID, F},
    {CAMWATCH_FIELD_SIDE, F},
    {CAMWATCH_FIELD_OUTCOME, F},
    {CAMWATCH_FIELD_DEVICE_ID, D},
    {CAMWATCH_FIELD_DEVICE_KIND, D},
    {CAMWATCH_FIELD_STATS_PACKETS, S},
    {CAMWATCH_FIELD_STATS_PARSED, S},
    {CAMWATCH_FIELD_STATS_BYTES, S},
    {CAMWATCH_FIELD_STATS_FLOWS, S},
    {CAMWATCH_FIELD_STATS_FLOWS_NEW, S},
    {CAMWATCH_FIELD_STATS_TRUNCATED, S},
    {CAMWATCH_FIELD_STATS_KERNEL_DROPS, S},
    {CAMWATCH_FIELD_STATS_TWO_WAY, S},
    {CAMWATCH_FIELD_STATS_ONE_WAY, S},
};

bool
cw_field_is_required(enum camwatch_field field, enum camwatch_stream stream)
{
    for (size_t i = 0; i < COUNT(REQUIRED); i++) {
        if (REQUIRED[i].field == field) {
            return REQUIRED[i].streams & 1u << stream;
        }
    }
    return false;
}

enum camwatch_stream
cw_event_kind_stream(enum camwatch_event_kind kind)
{
#define ROW(s, stream, k, c, t) [CAMWATCH_EVENT_##s] = CAMWATCH_STREAM_##stream,

    static const enum camwatch_stream streams[CAMWATCH_N_EVENT_KINDS] = {CW_EVENT_ROWS(ROW)};

#undef ROW
    return streams[kind];
}
