/* SPDX-License-Identifier: Apache-2.0
 *
 * Parsers of what a row matches: a name suffix, an address prefix, a MAC prefix.
 */
#include <stdio.h>

#include "base/text.h"
#include "rules/check.h"
#include "rules/index.h"

static void
report(struct cw_rules_draft *draft, const struct cw_yaml *node, const char *wrong,
       const char *allowed)
{
    char quote[CW_RULES_QUOTE_MAX];
    cw_rules_error(&draft->log, node->at, "%s \"%s\" %s; allowed: %s", node->key,
                   cw_rules_quote(node->text, quote), wrong, allowed);
}

static bool
is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Number of labels of a lower-case name, 0 where it is none (RFC 1035 2.3.4; '_' occurs). */
static unsigned
count_labels(const char *name)
{
    unsigned labels = 1;
    size_t len = 0;
    for (; *name != '\0'; name++) {
        if (*name == '.') {
            labels++;
            len = 0;
        } else if (!is_name_char(*name) || ++len > 63) {
            return 0;
        }
        if (*name == '.' && (name[1] == '.' || name[1] == '\0')) {
            return 0;
        }
    }
    return labels;
}

void
cw_rules_parse_suffix(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_row *row = into;
    char lower[256];
    const char *text = cw_rules_check_scalar(draft, node);
    if (text == NULL) {
        return;
    }
    (void)snprintf(lower, sizeof(lower), "%s", text);
    cw_text_lower(lower);
    unsigned labels = text[0] == '.' || strlen(text) > 253 ? 0 : count_labels(lower);
    if (labels == 0 || labels > CW_SUFFIX_MAX_LABELS) {
        report(draft, node, "is no domain name",
               "labels of a-z 0-9 - _ with dots between, such as p2p.example.com");
    } else if (labels == 1) {
        report(draft, node, "is a whole top-level domain", "at least two labels");
    } else {
        row->pattern = cw_rules_arena_text(&draft->arena, lower, strlen(lower));
    }
}

static bool
has_host_bits(const struct cw_prefix *prefix)
{
    for (unsigned bit = prefix->bits; bit < 128; bit++) {
        if (prefix->addr.b[bit / 8] & (0x80 >> bit % 8)) {
            return true;
        }
    }
    return false;
}

void
cw_rules_parse_network(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_row *row = into;
    struct cw_prefix prefix;
    const char *text = cw_rules_check_scalar(draft, node);
    if (text == NULL) {
        return;
    }
    if (!cw_prefix_parse(text, &prefix)) {
        report(draft, node, "is no address prefix", "192.0.2.0/24 or 2001:db8::/32");
    } else if (prefix.bits < (cw_addr_is_v4(&prefix.addr) ? 96 + 8 : 16)) {
        report(draft, node, "is too wide", "/8 and longer, in IPv6 /16 and longer");
    } else if (has_host_bits(&prefix)) {
        report(draft, node, "has bits after the prefix", "zeros there, as in 192.0.2.0/24");
    } else {
        row->pattern = text;
        row->prefix = prefix;
    }
}

static int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    char lower = c >= 'A' && c <= 'F' ? (char)(c | 0x20) : c;
    const char *at = lower != '\0' ? strchr(digits, lower) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* 6, 7 or 9 hex digits in pairs with ':' or '-' between: 24, 28 or 36 bits. */
static bool
parse_mac_prefix(const char *text, struct cw_prefix *out)
{
    struct cw_prefix prefix = {.bits = 0};
    unsigned digits = 0;
    for (; *text != '\0'; text++) {
        bool is_separator = *text == ':' || *text == '-';
        int value = hex_digit(*text);
        bool wants_separator =
            digits > 0 && digits % 2 == 0 && text[-1] != ':' && text[-1] != '-';
        if (is_separator != wants_separator || (!is_separator && (value < 0 || digits == 9))) {
            return false;
        }
        if (!is_separator) {
            prefix.addr.b[digits / 2] |= (uint8_t)(value << (digits % 2 ? 0 : 4));
            digits++;
        }
    }
    prefix.bits = (uint8_t)(digits * 4);
    *out = prefix;
    return (digits == 6 || digits == 7 || digits == 9) && text[-1] != ':' && text[-1] != '-';
}

void
cw_rules_parse_mac(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_row *row = into;
    struct cw_prefix prefix;
    const char *text = cw_rules_check_scalar(draft, node);
    if (text == NULL) {
        return;
    }
    if (!parse_mac_prefix(text, &prefix)) {
        report(draft, node, "is no MAC prefix", "AA:BB:CC, AA:BB:CC:D or AA:BB:CC:DD:E");
    } else if (prefix.addr.b[0] & 0x03) {
        report(draft, node, "is of a group or locally administered address",
               "prefixes that a registry assigned");
    } else {
        row->pattern = text;
        row->prefix = prefix;
    }
}
