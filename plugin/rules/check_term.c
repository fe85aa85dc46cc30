/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed vocabularies of the grammar, and their parsers.
 */
#include "model/rule.h"
#include "rules/check.h"

#define TEXT(s, t, h) t,

/* A vocabulary of terms.h; first leaves "not known" out where it has no word. */
#define PUBLIC_TERM(symbol, label, LIST, from)                                                 \
    static const char *const symbol##_texts[] = {LIST(TEXT)};                                  \
    static const struct cw_rules_term symbol = {.what = label,                                 \
                                                .texts = symbol##_texts,                       \
                                                .first = from,                                 \
                                                .n = CW_RULES_N(symbol##_texts)};

PUBLIC_TERM(roles, "role", CAMWATCH_ROLES, 1)
PUBLIC_TERM(paths, "path", CAMWATCH_PATHS, 1)
PUBLIC_TERM(sides, "side", CAMWATCH_SIDES, 0)
PUBLIC_TERM(row_sides, "side", CAMWATCH_SIDES, 1)
PUBLIC_TERM(activities, "activity", CAMWATCH_ACTIVITIES, 1)
PUBLIC_TERM(outcomes, "outcome", CAMWATCH_OUTCOMES, 0)
PUBLIC_TERM(directions, "direction", CAMWATCH_DIRECTIONS, 1)
PUBLIC_TERM(bands, "band", CAMWATCH_BANDS, 1)
PUBLIC_TERM(device_kinds, "device kind", CAMWATCH_DEVICE_KINDS, 0)
PUBLIC_TERM(scopes, "scope", CAMWATCH_SCOPES, 1)
PUBLIC_TERM(domain_sources, "domain source", CAMWATCH_DOMAIN_SOURCES, 1)

static const char *const event_kinds_texts[] = {CAMWATCH_EVENT_KINDS(TEXT)};
const struct cw_rules_term cw_rules_event_kinds = {.what = "event",
                                                   .texts = event_kinds_texts,
                                                   .first = 1,
                                                   .n = CW_RULES_N(event_kinds_texts)};

#define OWN_TERM(symbol, label, from, ...)                                                     \
    static const char *const symbol##_texts[] = {__VA_ARGS__};                                 \
    static const struct cw_rules_term symbol = {.what = label,                                 \
                                                .texts = symbol##_texts,                       \
                                                .first = from,                                 \
                                                .n = CW_RULES_N(symbol##_texts)};

OWN_TERM(confidences, "confidence", 0, [CW_CONFIDENCE_LOW] = "low",
         [CW_CONFIDENCE_MEDIUM] = "medium", [CW_CONFIDENCE_HIGH] = "high")
OWN_TERM(mac_kinds, "MAC kind", 0, "camera-maker", "general")
OWN_TERM(devices, "devices", 0, "only", "mixed")
OWN_TERM(maker_confidences, "maker confidence", 0, "proven", "likely")
OWN_TERM(statuses, "status", 0, "unverified", "verified")
OWN_TERM(list_kinds, "kind", 0, "purchase-ban", "authorisation-ban", "export-control",
         "guidance")
OWN_TERM(severities, "severity",
         1, [CW_SEVERITY_NONE] = "", [CW_SEVERITY_LOW] = "low", [CW_SEVERITY_MEDIUM] = "medium",
         [CW_SEVERITY_HIGH] = "high", [CW_SEVERITY_CRITICAL] = "critical")

/* cw_rules_parse_SYMBOL: one word of a vocabulary into a uint8_t. */
#define TERM_PARSER(symbol, term)                                                              \
    void cw_rules_parse_##symbol(struct cw_rules_draft *draft, const struct cw_yaml *node,     \
                                 void *into)                                                   \
    {                                                                                          \
        int value = cw_rules_check_term(draft, node, &term);                                   \
        if (value >= 0) {                                                                      \
            *(uint8_t *)into = (uint8_t)value;                                                 \
        }                                                                                      \
    }

TERM_PARSER(role, roles)
TERM_PARSER(side, row_sides)
TERM_PARSER(device_kind, device_kinds)
TERM_PARSER(confidence, confidences)
TERM_PARSER(mac_kind, mac_kinds)
TERM_PARSER(devices, devices)
TERM_PARSER(maker_confidence, maker_confidences)
TERM_PARSER(status, statuses)
TERM_PARSER(list_kind, list_kinds)
TERM_PARSER(severity, severities)

const char *
cw_rules_list_kind_text(unsigned kind)
{
    return kind < list_kinds.n ? list_kinds_texts[kind] : "";
}

const struct cw_rules_term *
cw_rules_term_of(unsigned field)
{
    static const struct {
        enum camwatch_field field;
        const struct cw_rules_term *term;
    } closed[] = {
        {CAMWATCH_FIELD_SERVICE_ROLE, &roles},  {CAMWATCH_FIELD_PATH, &paths},
        {CAMWATCH_FIELD_SIDE, &sides},          {CAMWATCH_FIELD_ACTIVITY, &activities},
        {CAMWATCH_FIELD_OUTCOME, &outcomes},    {CAMWATCH_FIELD_NETWORK_DIRECTION, &directions},
        {CAMWATCH_FIELD_BAND, &bands},          {CAMWATCH_FIELD_DEVICE_KIND, &device_kinds},
        {CAMWATCH_FIELD_DEVICE_SCOPE, &scopes}, {CAMWATCH_FIELD_DOMAIN_SOURCE, &domain_sources},
    };

    for (size_t i = 0; i < CW_RULES_N(closed); i++) {
        if (closed[i].field == field) {
            return closed[i].term;
        }
    }
    return NULL;
}
