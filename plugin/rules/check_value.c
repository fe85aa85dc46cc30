/* SPDX-License-Identifier: Apache-2.0
 *
 * Parsers of single values: texts, flags, dates, sizes, durations. Numbers are read strictly.
 */
#include <stdio.h>

#include "base/text.h"
#include "rules/check.h"

#define NS_PER_S 1000000000LL

static void
report(struct cw_rules_draft *draft, const struct cw_yaml *node, const char *wrong,
       const char *allowed)
{
    char quote[CW_RULES_QUOTE_MAX];
    cw_rules_error(&draft->log, node->at, "%s \"%s\" %s; allowed: %s",
                   node->key ? node->key : "value", cw_rules_quote(node->text, quote), wrong,
                   allowed);
}

void
cw_rules_parse_text(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    const char *text = cw_rules_check_scalar(draft, node);
    if (text != NULL) {
        *(const char **)into = text;
    }
}

void
cw_rules_parse_url(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    const char *text = cw_rules_check_scalar(draft, node);
    if (text == NULL) {
        return;
    }
    struct cw_bytes bytes = cw_bytes_text(text);
    if ((!CW_STARTS(bytes, "https://") && !CW_STARTS(bytes, "http://")) || strchr(text, ' ')) {
        report(draft, node, "is no web address", "https://...");
        return;
    }
    *(const char **)into = text;
}

void
cw_rules_parse_name(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    const char *text = cw_rules_check_scalar(draft, node);
    if (text == NULL) {
        return;
    }
    if (text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0' ||
        strlen(text) > 64) {
        report(draft, node, "is no name", "at most 64 of a-z 0-9 and -");
        return;
    }
    *(const char **)into = text;
}

static bool
is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

void
cw_rules_parse_country(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    const char *text = cw_rules_check_scalar(draft, node);
    if (text == NULL) {
        return;
    }
    if (strlen(text) != 2 || !is_upper(text[0]) || !is_upper(text[1])) {
        report(draft, node, "is no country code", "two capitals of ISO 3166-1, such as CN");
        return;
    }
    *(const char **)into = text;
}

void
cw_rules_parse_flag(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const char *const texts[] = {"no", "yes", "false", "true"};
    static const struct cw_rules_term flags = {.what = "flag", .texts = texts, .n = 4};
    int value = cw_rules_check_term(draft, node, &flags);
    if (value >= 0) {
        *(uint8_t *)into = value % 2 != 0;
    }
}

/* Days since 1970-01-01 of a date of the Gregorian calendar (H. Hinnant, "chrono-compatible
 * low-level date algorithms": years from March on, eras of 400 years). */
static int32_t
days_of(int32_t year, int32_t month, int32_t day)
{
    year -= month <= 2;
    int32_t era = year / 400, of_era = year - era * 400;
    int32_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int32_t
month_length(int32_t year, int32_t month)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && is_leap);
}

static bool
parse_day(const char *text, int32_t *out)
{
    uint32_t year, month, day;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
        !cw_text_number(cw_bytes(text, 4), 9999, &year) ||
        !cw_text_number(cw_bytes(text + 5, 2), 12, &month) ||
        !cw_text_number(cw_bytes(text + 8, 2), 31, &day)) {
        return false;
    }
    if (year < 1900 || month == 0 || day == 0 ||
        (int32_t)day > month_length((int32_t)year, (int32_t)month)) {
        return false;
    }
    *out = days_of((int32_t)year, (int32_t)month, (int32_t)day);
    return true;
}

void
cw_rules_parse_date(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_rules_date *date = into;
    const char *text = cw_rules_check_scalar(draft, node);
    int32_t day;
    if (text == NULL) {
        return;
    }
    if (!parse_day(text, &day)) {
        report(draft, node, "is no date", "YYYY-MM-DD from 1900 on");
        return;
    }
    *date = (struct cw_rules_date){.text = text, .day = day};
}

struct unit {
    const char *name;
    uint64_t factor;
};

/* "10MB" by a table of units; 0 where it is none, or over 2^62. */
static uint64_t
parse_amount(const char *text, const struct unit *units, size_t n)
{
    uint32_t number;
    size_t digits = strspn(text, "0123456789");
    if (!cw_text_number(cw_bytes(text, digits), UINT32_MAX, &number)) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text + digits, units[i].name) == 0) {
            bool fits = number <= (UINT64_C(1) << 62) / units[i].factor;
            return fits ? number * units[i].factor : 0;
        }
    }
    return 0;
}

void
cw_rules_parse_bytes(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const struct unit units[] = {
        {"B", 1},
        {"kB", 1000},
        {"KB", 1000},
        {"MB", 1000000},
        {"GB", 1000000000},
        {"KiB", UINT64_C(1) << 10},
        {"MiB", UINT64_C(1) << 20},
        {"GiB", UINT64_C(1) << 30},
    };
    const char *text = cw_rules_check_scalar(draft, node);
    uint64_t bytes = text ? parse_amount(text, units, CW_RULES_N(units)) : 0;
    if (bytes != 0) {
        *(uint64_t *)into = bytes;
    } else if (text != NULL) {
        report(draft, node, "is no size",
               "a whole number above 0 with B kB MB GB KiB MiB or GiB");
    }
}

void
cw_rules_parse_duration(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const struct unit units[] = {
        {"s", NS_PER_S},
        {"m", 60 * NS_PER_S},
        {"h", 3600 * NS_PER_S},
        {"d", 86400 * NS_PER_S},
    };
    const char *text = cw_rules_check_scalar(draft, node);
    uint64_t ns = text ? parse_amount(text, units, CW_RULES_N(units)) : 0;
    if (ns != 0) {
        *(int64_t *)into = (int64_t)ns;
    } else if (text != NULL) {
        report(draft, node, "is no duration", "a whole number above 0 with s m h or d");
    }
}

void
cw_rules_parse_count(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    const char *text = cw_rules_check_scalar(draft, node);
    uint32_t number = 0;
    if (text == NULL) {
        return;
    }
    if (!cw_text_number(cw_bytes_text(text), 1000000000, &number) || number == 0) {
        report(draft, node, "is no count", "a whole number from 1 to 1000000000");
        return;
    }
    *(uint32_t *)into = number;
}
