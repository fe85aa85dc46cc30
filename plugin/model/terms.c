/* SPDX-License-Identifier: Apache-2.0
 *
 * The texts behind the public vocabularies.
 */
#include "camwatch/drops.h"
#include "camwatch/fields.h"
#include "camwatch/terms.h"

#define TEXT(s, t, h) t,
#define HELP(s, t, h) h,
#define EVIDENCE_TEXT(s, t, p, h) t,

#define DEFINE_TEXT(function, LIST, ROW)                                                             \
    const char *function(unsigned value)                                                             \
    {                                                                                                \
        static const char *const texts[] = {LIST(ROW)};                                              \
        return value < sizeof(texts) / sizeof(*texts) ? texts[value] : "";                           \
    }

DEFINE_TEXT(camwatch_event_kind_text, CAMWATCH_EVENT_KINDS, TEXT)
DEFINE_TEXT(camwatch_stream_text, CAMWATCH_STREAMS, TEXT)
DEFINE_TEXT(camwatch_alert_state_text, CAMWATCH_ALERT_STATES, TEXT)
DEFINE_TEXT(camwatch_role_text, CAMWATCH_ROLES, TEXT)
DEFINE_TEXT(camwatch_path_text, CAMWATCH_PATHS, TEXT)
DEFINE_TEXT(camwatch_side_text, CAMWATCH_SIDES, TEXT)
DEFINE_TEXT(camwatch_activity_text, CAMWATCH_ACTIVITIES, TEXT)
DEFINE_TEXT(camwatch_cleartext_text, CAMWATCH_CLEARTEXTS, TEXT)
DEFINE_TEXT(camwatch_asset_status_text, CAMWATCH_ASSET_STATUSES, TEXT)
DEFINE_TEXT(camwatch_outcome_text, CAMWATCH_OUTCOMES, TEXT)
DEFINE_TEXT(camwatch_direction_text, CAMWATCH_DIRECTIONS, TEXT)
DEFINE_TEXT(camwatch_band_text, CAMWATCH_BANDS, TEXT)
DEFINE_TEXT(camwatch_device_kind_text, CAMWATCH_DEVICE_KINDS, TEXT)
DEFINE_TEXT(camwatch_scope_text, CAMWATCH_SCOPES, TEXT)
DEFINE_TEXT(camwatch_domain_source_text, CAMWATCH_DOMAIN_SOURCES, TEXT)
DEFINE_TEXT(camwatch_evidence_kind_text, CAMWATCH_EVIDENCE_KINDS, EVIDENCE_TEXT)
DEFINE_TEXT(camwatch_origin_text, CAMWATCH_ORIGINS, TEXT)

const char *
camwatch_drop_text(unsigned value)
{
    static const char *const texts[] = {"", CAMWATCH_DROPS(TEXT)};
    return value < CAMWATCH_N_DROPS ? texts[value] : "";
}

const char *
camwatch_drop_help(unsigned value)
{
    static const char *const helps[] = {"", CAMWATCH_DROPS(HELP)};
    return value < CAMWATCH_N_DROPS ? helps[value] : "";
}

enum stream_bits {
    A = 1u << CAMWATCH_STREAM_ALERTS,
    D = 1u << CAMWATCH_STREAM_DEVICES,
    F = 1u << CAMWATCH_STREAM_FLOWS,
    S = 1u << CAMWATCH_STREAM_STATS,
    AF = A | F,
    ADF = A | D | F,
    ADFS = A | D | F | S,
};

const struct camwatch_field_info *
camwatch_field_info(unsigned field)
{
#define ROW(s, n, t, w, h) {.name = n, .type = CAMWATCH_TYPE_##t, .streams = w, .help = h},
    static const struct camwatch_field_info infos[] = {CAMWATCH_FIELDS(ROW)};
#undef ROW
    return field < CAMWATCH_N_FIELDS ? &infos[field] : (const struct camwatch_field_info *)0;
}
