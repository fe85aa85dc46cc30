/* SPDX-License-Identifier: Apache-2.0
 *
 * rules/policies/NAME.yaml: when an event becomes an alert. Fields may be written short: what
 * does not exist as it stands is looked for below "camwatch." and "network.".
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"
#include "rules/check.h"

#define ALLOW(member)     offsetof(struct cw_draft_allow, member)
#define POLICY(member)    offsetof(struct cw_draft_policy, member)
#define THRESHOLD(member) offsetof(struct cw_draft_threshold, member)

#define NS_PER_DAY (86400LL * 1000000000LL)

static int
find_field(const char *prefix, const char *name)
{
    size_t len = strlen(prefix);
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const char *field = camwatch_field_info(i)->name;
        if (strncmp(field, prefix, len) == 0 && strcmp(field + len, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Number of a field by its long or short name, or -1. */
static int
find_any_field(const char *name)
{
    static const char *const prefixes[] = {"", "camwatch.", "network."};
    int field = -1;
    for (size_t i = 0; i < CW_RULES_N(prefixes) && field < 0; i++) {
        field = find_field(prefixes[i], name);
    }
    return field;
}

/* The same, with an error. */
static int
check_field(struct cw_rules_draft *draft, struct cw_rules_place at, const char *name)
{
    const char *names[CAMWATCH_N_FIELDS * 2];
    char quote[CW_RULES_QUOTE_MAX], hint[CW_RULES_HINT_MAX];
    int field = find_any_field(name);
    if (field >= 0) {
        return field;
    }
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        names[2 * i] = camwatch_field_info(i)->name;
        const char *dot = strchr(names[2 * i], '.');
        names[2 * i + 1] = dot ? dot + 1 : NULL;
    }
    cw_rules_error(&draft->log, at,
                   "field \"%s\" is not known; allowed: the fields of docs/events.md, "
                   "\"camwatch.\" and \"network.\" may be left out%s",
                   cw_rules_quote(name, quote),
                   cw_rules_hint(name, names, CW_RULES_N(names), hint));
    return -1;
}

static void
report_value(struct cw_rules_draft *draft, const struct cw_yaml *node, const char *field,
             const char *allowed)
{
    char quote[CW_RULES_QUOTE_MAX];
    cw_rules_error(&draft->log, node->at, "\"%s\" is no value of %s; allowed: %s",
                   cw_rules_quote(node->text, quote), field, allowed);
}

static void
check_number(struct cw_rules_draft *draft, const struct cw_yaml *node, const char *field,
             struct cw_draft_value *value)
{
    const char *text = node->text;
    uint32_t number;
    value->test = CW_TEST_NUMBER;
    if (strncmp(text, ">=", 2) == 0 || strncmp(text, "<=", 2) == 0) {
        value->test = text[0] == '>' ? CW_TEST_AT_LEAST : CW_TEST_AT_MOST;
        text += 2;
    }
    if (!cw_text_number(cw_bytes_text(text), UINT32_MAX, &number)) {
        report_value(draft, node, field, "a whole number, >=number or <=number");
        return;
    }
    value->number = number;
}

static void
check_address(struct cw_rules_draft *draft, const struct cw_yaml *node, const char *field,
              struct cw_draft_value *value)
{
    value->test = CW_TEST_PREFIX;
    if (!cw_prefix_parse(node->text, &value->prefix)) {
        report_value(draft, node, field, "an IP address or a prefix such as 192.0.2.0/24");
    }
}

/* MACs are compared as events write them. */
static void
normalise_mac(struct cw_rules_draft *draft, struct cw_draft_value *value)
{
    struct cw_mac mac;
    char text[CW_MAC_TEXT_MAX];
    if (cw_mac_parse(cw_bytes_text(value->text), &mac)) {
        value->text =
            cw_rules_arena_text(&draft->arena, cw_mac_format(&mac, text), CW_MAC_TEXT_MAX - 1);
    }
}

static bool
ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);
    return len >= tail && strcmp(text + len - tail, end) == 0;
}

static void
check_text(struct cw_rules_draft *draft, const struct cw_yaml *node, unsigned field,
           struct cw_draft_value *value)
{
    const char *name = camwatch_field_info(field)->name;
    const struct cw_rules_term *term = cw_rules_term_of(field);
    value->test = CW_TEST_EQUAL;
    if (term != NULL) {
        (void)cw_rules_check_term(draft, node, term);
    } else if (strncmp(value->text, "*.", 2) == 0) {
        value->test = CW_TEST_BELOW;
        value->text += 2;
    } else if (ends_with(name, "country") || ends_with(name, "country_iso_code")) {
        cw_rules_parse_country(draft, node, &value->text);
    } else if (ends_with(name, ".mac")) {
        normalise_mac(draft, value);
    }
}

static void
check_value(struct cw_rules_draft *draft, const struct cw_yaml *node, unsigned field,
            struct cw_draft_value *value)
{
    const struct camwatch_field_info *info = camwatch_field_info(field);
    if (node->kind == CW_YAML_SCALAR && node->text[0] == '\0') {
        value->test = CW_TEST_EQUAL; /* "": not known */
        value->text = "";
        return;
    }
    value->text = cw_rules_check_scalar(draft, node);
    if (value->text == NULL) {
        return;
    }
    if (strcmp(value->text, "*") == 0) {
        value->test = CW_TEST_ANY;
    } else if (info->type == CAMWATCH_TYPE_LONG) {
        check_number(draft, node, info->name, value);
    } else if (info->type == CAMWATCH_TYPE_IP || field == CAMWATCH_FIELD_DEVICE_IP) {
        check_address(draft, node, info->name, value);
    } else {
        check_text(draft, node, field, value);
    }
}

static void
add_value(struct cw_rules_draft *draft, const struct cw_yaml *node, unsigned field)
{
    struct cw_draft_value *value =
        cw_rules_vec_add(&draft->arena, &draft->values, sizeof(struct cw_draft_value));
    if (value != NULL) {
        check_value(draft, node, field, value);
    }
}

static void
add_condition(struct cw_rules_draft *draft, const struct cw_yaml *node, bool is_not)
{
    int field = check_field(draft, node->key_at, node->key);
    struct cw_draft_condition *condition =
        field < 0 ? NULL
                  : cw_rules_vec_add(&draft->arena, &draft->conditions,
                                     sizeof(struct cw_draft_condition));
    if (condition == NULL) {
        return;
    }
    condition->field = (uint16_t)field;
    condition->is_not = is_not;
    condition->first_value = draft->values.n;
    if (node->kind != CW_YAML_LIST) {
        add_value(draft, node, (unsigned)field);
    }
    for (const struct cw_yaml *child = node->first; child && node->kind == CW_YAML_LIST;
         child = child->next) {
        add_value(draft, child, (unsigned)field);
    }
    condition->n_values = draft->values.n - condition->first_value;
    if (condition->n_values == 0) {
        cw_rules_error(&draft->log, node->at,
                       "%s has no values; allowed: a value or [value, ...]", node->key);
    }
}

static void
parse_event_kind(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    uint32_t *kinds = into;
    int kind = cw_rules_check_term(draft, node, &cw_rules_event_kinds);
    if (kind == CAMWATCH_EVENT_POLICY_ALERT) {
        cw_rules_error(&draft->log, node->at,
                       "a policy cannot match policy-alert; allowed: the other "
                       "kinds of event");
    } else if (kind > 0) {
        *kinds |= UINT32_C(1) << kind;
    }
}

static void
parse_event_kinds(struct cw_rules_draft *draft, const struct cw_yaml *node, uint32_t *kinds)
{
    if (node->kind == CW_YAML_LIST) {
        cw_rules_check_list(draft, node, parse_event_kind, kinds);
    } else {
        parse_event_kind(draft, node, kinds);
    }
}

static bool
check_is_map(struct cw_rules_draft *draft, const struct cw_yaml *node)
{
    if (node->kind != CW_YAML_MAP || node->n == 0) {
        cw_rules_error(&draft->log, node->at, "%s is a mapping; allowed: {field: value, ...}",
                       node->key);
        return false;
    }
    return true;
}

static void
parse_not(struct cw_rules_draft *draft, const struct cw_yaml *node)
{
    if (!check_is_map(draft, node)) {
        return;
    }
    for (const struct cw_yaml *child = node->first; child; child = child->next) {
        add_condition(draft, child, true);
    }
}

static void
parse_match(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_match *match = into;
    if (!check_is_map(draft, node)) {
        return;
    }
    match->first = draft->conditions.n;
    for (const struct cw_yaml *child = node->first; child; child = child->next) {
        if (strcmp(child->key, "event") == 0) {
            parse_event_kinds(draft, child, &match->kinds);
        } else if (strcmp(child->key, "not") == 0) {
            parse_not(draft, child);
        } else {
            add_condition(draft, child, false);
        }
    }
    match->n = draft->conditions.n - match->first;
}

/* Threshold: bytes or events, and a time. */
static void
parse_threshold(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const struct cw_rules_key keys[] = {
        {"bytes", cw_rules_parse_bytes, THRESHOLD(bytes), false},
        {"events", cw_rules_parse_count, THRESHOLD(events), false},
        {"within", cw_rules_parse_duration, THRESHOLD(within_ns), true},
    };
    struct cw_draft_threshold *threshold = into;
    uint32_t errors = draft->log.errors;
    cw_rules_check_map(draft, node, "a threshold", keys, CW_RULES_N(keys), threshold);
    if (draft->log.errors == errors && (threshold->bytes != 0) == (threshold->events != 0)) {
        cw_rules_error(&draft->log, node->at,
                       "a threshold counts bytes or events; allowed: one of them");
    }
}

static void
parse_key_field(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_policy *policy = into;
    const char *text = cw_rules_check_scalar(draft, node);
    int field = text ? check_field(draft, node->at, text) : -1;
    uint16_t *added =
        field >= 0 ? cw_rules_vec_add(&draft->arena, &policy->key, sizeof(uint16_t)) : NULL;
    if (added != NULL) {
        *added = (uint16_t)field;
    }
}

static void
parse_key(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_key_field, into);
}

static void
parse_allow(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const struct cw_rules_key keys[] = {
        {"match", parse_match, ALLOW(match), true},
        {"reason", cw_rules_parse_text, ALLOW(reason), true},
        {"author", cw_rules_parse_text, ALLOW(author), true},
        {"until", cw_rules_parse_date, ALLOW(until), false},
    };
    struct cw_draft_policy *policy = into;
    struct cw_draft_allow allow = {.reason = "", .author = "", .at = node->at};
    cw_rules_check_map(draft, node, "an allow row", keys, CW_RULES_N(keys), &allow);
    struct cw_draft_allow *added =
        cw_rules_vec_add(&draft->arena, &policy->allows, sizeof(struct cw_draft_allow));
    if (added != NULL) {
        *added = allow;
    }
}

static void
parse_allows(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_allow, into);
}

/* Streams of kinds of event, as the bits of struct camwatch_field_info. */
static unsigned
streams_of(uint32_t kinds)
{
    static const struct {
        enum camwatch_event_kind first, last;
        enum camwatch_stream stream;
    } rows[] = {
        {CAMWATCH_EVENT_POLICY_ALERT, CAMWATCH_EVENT_SENSOR_ALERT, CAMWATCH_STREAM_ALERTS},
        {CAMWATCH_EVENT_DEVICE_NEW, CAMWATCH_EVENT_DEVICE_DESTINATION, CAMWATCH_STREAM_DEVICES},
        {CAMWATCH_EVENT_FLOW_CLASSIFIED, CAMWATCH_EVENT_FLOW_END, CAMWATCH_STREAM_FLOWS},
        {CAMWATCH_EVENT_SENSOR_STATS, CAMWATCH_EVENT_SENSOR_STATS, CAMWATCH_STREAM_STATS},
    };

    unsigned streams = 0;
    for (size_t i = 0; i < CW_RULES_N(rows); i++) {
        for (unsigned kind = rows[i].first; kind <= rows[i].last; kind++) {
            streams |= kinds & UINT32_C(1) << kind ? 1u << rows[i].stream : 0;
        }
    }
    return streams;
}

/* A field that none of the events has would make a policy that never alerts. */
static void
check_carried(struct cw_rules_draft *draft, struct cw_rules_place at, const char *name,
              unsigned streams)
{
    int field = find_any_field(name);
    if (field >= 0 && (camwatch_field_info((unsigned)field)->streams & streams) == 0) {
        cw_rules_error(&draft->log, at,
                       "none of these kinds of event has the field \"%s\"; allowed: the fields "
                       "that docs/events.md gives for them",
                       name);
    }
}

static void
check_all_carried(struct cw_rules_draft *draft, const struct cw_yaml *match, unsigned streams)
{
    for (const struct cw_yaml *child = match->first; child; child = child->next) {
        if (strcmp(child->key, "not") == 0) {
            check_all_carried(draft, child, streams);
        } else if (strcmp(child->key, "event") != 0) {
            check_carried(draft, child->key_at, child->key, streams);
        }
    }
}

static void
parse_whole(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_policy *policy = into;
    uint32_t errors = draft->log.errors;
    parse_match(draft, node, &policy->match);
    if (draft->log.errors == errors && policy->match.kinds == 0) {
        cw_rules_error(&draft->log, node->at,
                       "match needs the key \"event\"; allowed: event: "
                       "[flow-update, flow-end]");
    }
    if (draft->log.errors == errors) {
        check_all_carried(draft, node, streams_of(policy->match.kinds));
    }
}

/* The key is held against the kinds of event when both are read, in whatever order. */
static void
check_key_carried(struct cw_rules_draft *draft, const struct cw_yaml *document, uint32_t kinds)
{
    const struct cw_yaml *key = document->first;
    while (key != NULL && strcmp(key->key, "key") != 0) {
        key = key->next;
    }
    for (const struct cw_yaml *field = key ? key->first : NULL; field; field = field->next) {
        check_carried(draft, field->at, field->text, streams_of(kinds));
    }
}

void
cw_rules_check_policy(struct cw_rules_draft *draft, const struct cw_yaml *document)
{
    static const struct cw_rules_key keys[] = {
        {"policy", cw_rules_parse_name, POLICY(name), true},
        {"match", parse_whole, 0, true},
        {"severity", cw_rules_parse_severity, POLICY(severity), true},
        {"title", cw_rules_parse_text, POLICY(title), false},
        {"reference", cw_rules_parse_url, POLICY(reference), false},
        {"threshold", parse_threshold, POLICY(threshold), false},
        {"key", parse_key, 0, false},
        {"rearm", cw_rules_parse_duration, POLICY(rearm_ns), false},
        {"learning", cw_rules_parse_duration, POLICY(learning_ns), false},
        {"allow", parse_allows, 0, false},
    };
    struct cw_draft_policy policy = {.name = "", .at = document->at, .rearm_ns = NS_PER_DAY};
    cw_rules_check_map(draft, document, "a policy", keys, CW_RULES_N(keys), &policy);
    if (document->kind == CW_YAML_MAP && policy.match.kinds != 0) {
        check_key_carried(draft, document, policy.match.kinds);
    }
    struct cw_draft_policy *added =
        cw_rules_vec_add(&draft->arena, &draft->policies, sizeof(struct cw_draft_policy));
    if (added != NULL) {
        *added = policy;
    }
}
