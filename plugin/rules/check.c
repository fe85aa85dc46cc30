/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/check.h"

#include <stdio.h>

enum {
    ALLOWED_MAX = 640,
    MAX_TABLE = 24, /* keys of one mapping of the grammar */
};

/* "a b c" of the keys of a table. */
static const char *
list_keys(const struct cw_rules_key *keys, size_t n, char out[ALLOWED_MAX])
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n && used < ALLOWED_MAX; i++) {
        int wrote =
            snprintf(out + used, ALLOWED_MAX - used, "%s%s", i ? " " : "", keys[i].name);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    return out;
}

static void
report_key(struct cw_rules_draft *draft, const struct cw_yaml *child, const char *what,
           const struct cw_rules_key *keys, size_t n)
{
    char quote[CW_RULES_QUOTE_MAX], hint[CW_RULES_HINT_MAX], allowed[ALLOWED_MAX];
    const char *names[MAX_TABLE];
    for (size_t i = 0; i < n; i++) {
        names[i] = keys[i].name;
    }
    cw_rules_error(&draft->log, child->key_at, "key \"%s\" is not known in %s; allowed: %s%s",
                   cw_rules_quote(child->key, quote), what, list_keys(keys, n, allowed),
                   cw_rules_hint(child->key, names, n, hint));
}

static size_t
find_key(const char *name, const struct cw_rules_key *keys, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(keys[i].name, name) != 0) {
        i++;
    }
    return i;
}

void
cw_rules_check_map(struct cw_rules_draft *draft, const struct cw_yaml *node, const char *what,
                   const struct cw_rules_key *keys, size_t n_keys, void *into)
{
    bool is_given[MAX_TABLE] = {false};
    char allowed[ALLOWED_MAX];
    if (node->kind != CW_YAML_MAP) {
        cw_rules_error(&draft->log, node->at, "%s is a mapping; allowed keys: %s", what,
                       list_keys(keys, n_keys, allowed));
        return;
    }
    for (const struct cw_yaml *child = node->first; child; child = child->next) {
        size_t i = find_key(child->key, keys, n_keys);
        if (i == n_keys) {
            report_key(draft, child, what, keys, n_keys);
            continue;
        }
        is_given[i] = true;
        keys[i].parse(draft, child, (unsigned char *)into + keys[i].offset);
    }
    for (size_t i = 0; i < n_keys; i++) {
        if (keys[i].is_required && !is_given[i]) {
            cw_rules_error(&draft->log, node->at, "%s needs the key \"%s\"; allowed: %s", what,
                           keys[i].name, list_keys(keys, n_keys, allowed));
        }
    }
}

void
cw_rules_check_list(struct cw_rules_draft *draft, const struct cw_yaml *node,
                    cw_rules_parse_fn parse, void *into)
{
    if (node->kind != CW_YAML_LIST) {
        cw_rules_error(&draft->log, node->at,
                       "%s is a list; allowed: \"- item\" lines or [item, ...]",
                       node->key ? node->key : "this");
        return;
    }
    for (const struct cw_yaml *child = node->first; child; child = child->next) {
        parse(draft, child, into);
    }
}

static bool
has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

const char *
cw_rules_check_scalar(struct cw_rules_draft *draft, const struct cw_yaml *node)
{
    const char *key = node->key ? node->key : "item";
    if (node->kind != CW_YAML_SCALAR) {
        cw_rules_error(&draft->log, node->at,
                       "%s is one value; allowed: no list or mapping here", key);
        return NULL;
    }
    if (node->text[0] == '\0') {
        cw_rules_error(&draft->log, node->at, "%s is empty; give a value or leave the key out",
                       key);
        return NULL;
    }
    if (has_control(node->text)) {
        cw_rules_error(&draft->log, node->at,
                       "%s holds a line break or control character; allowed: "
                       "one line of text",
                       key);
        return NULL;
    }
    return node->text;
}

static const char *
list_terms(const struct cw_rules_term *term, char out[ALLOWED_MAX])
{
    size_t used = 0;
    out[0] = '\0';
    for (unsigned i = term->first; i < term->n && used < ALLOWED_MAX; i++) {
        int wrote =
            snprintf(out + used, ALLOWED_MAX - used, "%s%s", used ? " " : "", term->texts[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    return out;
}

int
cw_rules_check_term(struct cw_rules_draft *draft, const struct cw_yaml *node,
                    const struct cw_rules_term *term)
{
    char quote[CW_RULES_QUOTE_MAX], hint[CW_RULES_HINT_MAX], allowed[ALLOWED_MAX];
    const char *text = cw_rules_check_scalar(draft, node);
    if (text == NULL) {
        return -1;
    }
    for (unsigned i = term->first; i < term->n; i++) {
        if (strcmp(term->texts[i], text) == 0) {
            return (int)i;
        }
    }
    cw_rules_error(&draft->log, node->at, "%s \"%s\" is not known; allowed: %s%s", term->what,
                   cw_rules_quote(text, quote), list_terms(term, allowed),
                   cw_rules_hint(text, term->texts + term->first, term->n - term->first, hint));
    return -1;
}

void
cw_rules_check_span(struct cw_rules_draft *draft, struct cw_rules_place at,
                    const struct cw_rules_date *since, const struct cw_rules_date *until)
{
    if (since->text != NULL && until->text != NULL && since->day > until->day) {
        cw_rules_error(&draft->log, at,
                       "since %s is after until %s; allowed: since before until", since->text,
                       until->text);
    }
}
