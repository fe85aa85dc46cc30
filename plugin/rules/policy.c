/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/policy.h"

#include "base/text.h"
#include "rules/facts.h"

enum { ADDR_ROOM = 64 };

uint32_t
cw_rules_n_policies(const struct cw_rules *rules)
{
    return cw_image_n_policies(rules);
}

void
cw_rules_policy(const struct cw_rules *rules, uint32_t index, struct cw_policy *out)
{
    const struct cw_image_policy *row = &cw_image_policies(rules)[index];
    *out = (struct cw_policy){
        .name = cw_image_text(rules, row->name),
        .title = cw_image_text(rules, row->title),
        .reference = cw_image_text(rules, row->reference),
        .where = cw_image_text(rules, row->where),
        .key = cw_image_keys(rules) + row->first_key,
        .n_key = row->n_key,
        .index = index,
        .id = row->id,
        .kinds = row->kinds,
        .threshold_events = row->threshold_events,
        .threshold_bytes = row->threshold_bytes,
        .within_ns = row->within_ns,
        .rearm_ns = row->rearm_ns,
        .learning_ns = row->learning_ns,
        .severity = (uint8_t)row->severity,
    };
}

static bool
is_below(struct cw_bytes text, struct cw_bytes suffix)
{
    if (text.len < suffix.len ||
        !cw_text_equal_nocase(cw_bytes_from(text, text.len - suffix.len), suffix)) {
        return false;
    }
    return text.len == suffix.len || text.ptr[text.len - suffix.len - 1] == '.';
}

static bool
is_in_prefix(struct cw_bytes text, const struct cw_image_value *value)
{
    struct cw_prefix prefix = {.bits = (uint8_t)value->bits};
    struct cw_addr addr;
    char copy[ADDR_ROOM];
    memcpy(prefix.addr.b, value->addr, sizeof(prefix.addr.b));
    cw_text_copy(copy, sizeof(copy), text);
    return value->bits <= 128 && cw_addr_parse(copy, &addr) && cw_prefix_has(&prefix, &addr);
}

static bool
test_number(struct cw_bytes text, const struct cw_image_value *value)
{
    uint64_t number = 0;
    if (!cw_text_is_digits(text) || text.len > 19) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        number = number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    if (value->test == CW_TEST_NUMBER) {
        return number == value->number;
    }
    return value->test == CW_TEST_AT_LEAST ? number >= value->number : number <= value->number;
}

static bool
test_value(const struct cw_rules *rules, const struct cw_image_value *value,
           struct cw_bytes text)
{
    struct cw_bytes wanted = cw_bytes_text(cw_image_text(rules, value->text));
    switch ((enum cw_policy_test)value->test) {
    case CW_TEST_EQUAL:
        return cw_text_equal_nocase(text, wanted);
    case CW_TEST_ANY:
        return text.len > 0;
    case CW_TEST_BELOW:
        return is_below(text, wanted);
    case CW_TEST_PREFIX:
        return is_in_prefix(text, value);
    case CW_TEST_NUMBER:
    case CW_TEST_AT_LEAST:
    case CW_TEST_AT_MOST:
        return test_number(text, value);
    }
    return false;
}

static bool
test_values(const struct cw_rules *rules, const struct cw_image_condition *condition,
            struct cw_bytes text)
{
    const struct cw_image_value *values = cw_image_values(rules) + condition->first_value;
    for (uint32_t i = 0; i < condition->n_values; i++) {
        if (test_value(rules, &values[i], text)) {
            return true;
        }
    }
    return false;
}

/* Length of the first item of a field: up to ',' where the field is a list. */
static size_t
item_length(struct cw_bytes text, bool is_list)
{
    const uint8_t *comma = is_list && text.len > 0 ? memchr(text.ptr, ',', text.len) : NULL;
    return comma ? (size_t)(comma - text.ptr) : text.len;
}

static bool
meets(const struct cw_rules *rules, const struct cw_image_condition *condition,
      const void *event, cw_policy_field_fn field_text)
{
    const struct camwatch_field_info *info = camwatch_field_info(condition->field);
    if (info == NULL) {
        return false;
    }
    struct cw_bytes text =
        cw_bytes_text(field_text(event, (enum camwatch_field)condition->field));
    bool is_list = info->type == CAMWATCH_TYPE_LIST, is_known = text.len > 0, is_met = false;
    do {
        size_t len = item_length(text, is_list);
        is_met = test_values(rules, condition, cw_bytes_head(text, len));
        text = cw_bytes_from(text, len + 1);
    } while (!is_met && text.len > 0);
    return condition->is_not ? is_known && !is_met : is_met;
}

static bool
meets_all(const struct cw_rules *rules, uint32_t first, uint32_t n, const void *event,
          cw_policy_field_fn text)
{
    const struct cw_image_condition *conditions = cw_image_conditions(rules) + first;
    for (uint32_t i = 0; i < n; i++) {
        if (!meets(rules, &conditions[i], event, text)) {
            return false;
        }
    }
    return true;
}

bool
cw_rules_policy_matches(const struct cw_rules *rules, uint32_t index,
                        enum camwatch_event_kind kind, const void *event,
                        cw_policy_field_fn text)
{
    const struct cw_image_policy *row = &cw_image_policies(rules)[index];
    return (row->kinds & UINT32_C(1) << kind) != 0 &&
           meets_all(rules, row->first_condition, row->n_conditions, event, text);
}

bool
cw_rules_policy_allows(const struct cw_rules *rules, uint32_t index,
                       enum camwatch_event_kind kind, int64_t time_ns, const void *event,
                       cw_policy_field_fn text, struct cw_policy_allow *out)
{
    const struct cw_image_policy *row = &cw_image_policies(rules)[index];
    const struct cw_image_allow *allows = cw_image_allows(rules) + row->first_allow;
    int32_t day = cw_rules_day(time_ns);
    for (uint32_t i = 0; i < row->n_allows; i++) {
        bool is_kind = allows[i].kinds == 0 || (allows[i].kinds & UINT32_C(1) << kind) != 0;
        if (!is_kind || day > allows[i].until ||
            !meets_all(rules, allows[i].first_condition, allows[i].n_conditions, event, text)) {
            continue;
        }
        *out = (struct cw_policy_allow){
            .reason = cw_image_text(rules, allows[i].reason),
            .author = cw_image_text(rules, allows[i].author),
            .until = cw_image_text(rules, allows[i].until_text),
            .where = cw_image_text(rules, allows[i].where),
        };
        return true;
    }
    return false;
}
