/* SPDX-License-Identifier: Apache-2.0
 *
 * camwatch explain: what the rules say of a name, an address or a MAC, and what follows from
 * it.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <string.h>

#include "camwatch/rules.h"
#include "command.h"
#include "exit_status.h"
#include "place.h"
#include "term.h"
#include "text.h"

enum { MAX_RULES = 32, MAX_LISTINGS = 32 };

struct settings {
    const char *rules;
    bool has_no_colour;
};

static void
on_report(void *user, bool is_error, const char *text)
{
    (void)user;
    if (is_error) {
        (void)fprintf(stderr, "camwatch: %s\n", text);
    }
}

/* Digits and ':' or '-' of a MAC prefix are told by the rule, not guessed from what was asked.
 * */
static bool
is_mac_rule(const struct camwatch_rule *rule)
{
    size_t n = strspn(rule->pattern, "0123456789abcdefABCDEF:-");
    return rule->pattern[n] == '\0' || rule->pattern[n] == '/';
}

/* A line behind an indent; what does not fit goes on below, further in. */
static void __attribute__((format(printf, 3, 4)))
say(const struct cw_term *term, enum cw_style style, const char *format, ...)
{
    char text[1024];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    const struct cw_term lines = cw_term_for_lines(term);
    (void)fputs("    ", term->out);
    cw_term_wrap_behind(&lines, 6, style, text);
}

static void
tell_what_follows(const struct cw_term *term, const struct camwatch_rule *rule, bool is_mac)
{
    if (is_mac) {
        say(term, CW_STYLE_PLAIN, "follows: %s",
            rule->is_general
                ? "a hint only (20 points): this maker makes many things"
                : "a device of this maker is likely (55 points) where the MAC is seen on-link");
        return;
    }
    say(term, CW_STYLE_PLAIN, "follows: who talks to it uses the service of %s%s%s",
        rule->vendor[0] != '\0' ? rule->vendor : rule->platform,
        rule->role != CAMWATCH_ROLE_NONE ? ", role " : "", camwatch_role_text(rule->role));
    if (rule->side == CAMWATCH_SIDE_DEVICE) {
        say(term, CW_STYLE_PLAIN,
            "follows: only devices ask for it, so the one who does is %s%s",
            rule->device_kind != CAMWATCH_KIND_UNKNOWN ? "a " : "one of its devices",
            rule->device_kind != CAMWATCH_KIND_UNKNOWN
                ? camwatch_device_kind_text(rule->device_kind)
                : "");
    }
}

static void
tell_what_does_not(const struct cw_term *term, const struct camwatch_rule *rule, bool is_mac)
{
    if (is_mac) {
        say(term, CW_STYLE_PLAIN,
            "does not follow: what kind of device it is, nor that it phones home");
        return;
    }
    if (rule->side != CAMWATCH_SIDE_DEVICE) {
        say(term, CW_STYLE_PLAIN,
            "does not follow: that who talks to it is a device; apps and browsers "
            "use it too: "
            "it names the service, not a device");
    }
    if (rule->is_shared) {
        say(term, CW_STYLE_PLAIN,
            "does not follow: the brand; many brands share this platform");
    } else if (rule->brand[0] == '\0' && rule->vendor[0] != '\0') {
        say(term, CW_STYLE_PLAIN,
            "does not follow: the brand; %s serves several, none is proven by this",
            rule->vendor);
    }
    if (strcmp(rule->confidence, "high") != 0) {
        say(term, CW_STYLE_PLAIN, "does not follow: certainty; the source is of %s confidence",
            rule->confidence);
    }
}

static void
tell_listings(const struct cw_term *term, const struct camwatch_rules *rules,
              const struct camwatch_rule *rule)
{
    struct camwatch_listing listings[MAX_LISTINGS] = {{.size = sizeof(listings[0])}};
    size_t n = rule->is_shared ? 0
                               : camwatch_rules_listings(rules, rule->maker, rule->brand,
                                                         INT64_MAX, listings, MAX_LISTINGS);
    for (size_t i = 0; i < n; i++) {
        say(term, CW_STYLE_WARN, "list: %s names %s since %s (%s, %s) %s", listings[i].list,
            listings[i].entity, listings[i].since, listings[i].kind, listings[i].status,
            listings[i].where);
    }
}

/* Rules of one maker are on the same lists: told once, at the last of them. */
static bool
is_last_of_maker(const struct camwatch_rule *rules, size_t at, size_t n)
{
    for (size_t i = at + 1; i < n; i++) {
        if (strcmp(rules[i].maker, rules[at].maker) == 0 &&
            strcmp(rules[i].brand, rules[at].brand) == 0) {
            return false;
        }
    }
    return true;
}

static void
tell_rule(const struct cw_term *term, const struct camwatch_rule *rule)
{
    const struct {
        const char *name, *value;
    } facts[] = {
        {"vendor", rule->vendor}, {"brand", rule->brand},
        {"maker", rule->maker},   {"platform", rule->platform},
        {"region", rule->region}, {"role", camwatch_role_text(rule->role)},
        {"source", rule->source}, {"confidence", rule->confidence},
    };

    bool is_mac = is_mac_rule(rule);
    (void)printf("  %s%s%s  %s%s%s\n", cw_style_on(term, CW_STYLE_NAME), rule->pattern,
                 cw_style_off(term, CW_STYLE_NAME), cw_style_on(term, CW_STYLE_DIM),
                 rule->where, cw_style_off(term, CW_STYLE_DIM));
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        if (facts[i].value[0] != '\0') {
            say(term, CW_STYLE_PLAIN, "%s: %s", facts[i].name, facts[i].value);
        }
    }
    tell_what_follows(term, rule, is_mac);
    tell_what_does_not(term, rule, is_mac);
}

static int
explain(const struct settings *settings, const char *what)
{
    char place[PATH_MAX];
    struct camwatch_rules *rules = NULL;
    struct camwatch_rule found[MAX_RULES] = {{.size = sizeof(found[0])}};
    const char *folder = settings->rules ? settings->rules : cw_place_rules(place);
    int status = camwatch_rules_load(folder, on_report, NULL, &rules);
    if (status != CAMWATCH_OK) {
        (void)fprintf(stderr, "camwatch: rules in %s: %s\n", folder,
                      camwatch_status_text(status));
        return CW_EXIT_SETUP;
    }
    struct cw_term term = cw_term_of(stdout, settings->has_no_colour);
    struct cw_buffer shown = {.text = NULL};
    size_t n = camwatch_rules_explain(rules, what, found, MAX_RULES);
    cw_buffer_show(&shown, what, term.is_utf8);
    (void)printf("%s: %s\n", cw_buffer_text(&shown),
                 n == 0 ? "no rule speaks of it. That proves nothing: rules list what is known."
                        : "the most specific rule first");
    for (size_t i = 0; i < n; i++) {
        tell_rule(&term, &found[i]);
        if (is_last_of_maker(found, i, n)) {
            tell_listings(&term, rules, &found[i]);
        }
    }
    cw_buffer_free(&shown);
    camwatch_rules_free(rules);
    return CW_EXIT_OK;
}

static const struct cw_option options[] = {
    {"rules", "FOLDER", "rules; default: the installed ones", cw_set_text,
     offsetof(struct settings, rules)},
    {"no-color", NULL, "no colours", cw_set_true, offsetof(struct settings, has_no_colour)},
    CW_OPTION_END,
};

static int
run_explain(char *const *argv)
{
    struct settings settings = {.rules = NULL};
    struct cw_texts operands = {.n = 0};
    struct camwatch_error error = {""};
    bool is_good = cw_options_read(options, argv, &settings, &operands, &error);
    if (is_good && operands.n != 1) {
        (void)snprintf(error.text, sizeof(error.text), "one name, address or MAC");
        is_good = false;
    }
    int status = is_good ? explain(&settings, operands.items[0])
                         : cw_command_usage(&cw_command_explain, error.text);
    cw_texts_free(&operands);
    return status;
}

const struct cw_command cw_command_explain = {
    .name = "explain",
    .operands = "NAME|ADDRESS|MAC",
    .summary = "what the rules say of it, what follows from that, and what does not",
    .options = options,
    .run = run_explain,
};
