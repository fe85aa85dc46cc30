/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of rules: the same wherever a rule stands, and never the same for two.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rule.h"
#include "rules/number.h"

enum { NAMES = 300000 }; /* about 10 pairs meet in 32 bits */

struct found {
    uint32_t number, name;
};

static const char *
name_of(uint32_t i, char out[32])
{
    (void)snprintf(out, 32, "n%u.example.com", (unsigned)i);
    return out;
}

static int
compare(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    return a->number != b->number ? (a->number < b->number ? -1 : 1)
                                  : (a->name > b->name) - (a->name < b->name);
}

/* Two names whose rules of the brand Acme get one number. */
static void
find_pair(char one[32], char other[32])
{
    struct found *all = malloc(NAMES * sizeof(*all));
    assert_non_null(all);
    for (uint32_t i = 0; i < NAMES; i++) {
        struct cw_draft_row row = {.kind = CW_RULE_DOMAIN, .pattern = name_of(i, one)};
        all[i] = (struct found){cw_rules_number_with(&row, "Acme", 0), i};
    }
    qsort(all, NAMES, sizeof(*all), compare);
    uint32_t i = 1;
    while (i < NAMES && all[i].number != all[i - 1].number) {
        i++;
    }
    assert_true(i < NAMES);
    (void)name_of(all[i - 1].name, one);
    (void)name_of(all[i].name, other);
    free(all);
}

#define ROW "  - {suffix: %s, role: web, side: both, confidence: low, source: s}\n"

static void
write_two(struct fixture *fixture, const char *first, const char *second)
{
    char text[512];
    (void)snprintf(text, sizeof(text), "domains:\n" ROW ROW, first, second);
    fixture_vendor(fixture, text);
}

static void
load_numbers(struct fixture *fixture, const char *const names[2], uint32_t out[2])
{
    struct camwatch_rules *rules = fixture_need(fixture);
    for (unsigned i = 0; i < 2; i++) {
        struct camwatch_rule rule;
        assert_int_equal(camwatch_rules_explain(rules, names[i], &rule, 1), 1);
        assert_string_equal(rule.pattern, names[i]);
        out[i] = rule.id;
    }
    camwatch_rules_free(rules);
}

static void
two_rules_that_meet_are_told_apart(void **state)
{
    char one[32], other[32];
    find_pair(one, other);
    const char *const names[2] = {one, other};
    uint32_t numbers[2], again[2];
    struct cw_draft_row row = {.kind = CW_RULE_DOMAIN, .pattern = one};
    write_two(*state, one, other);
    load_numbers(*state, names, numbers);
    assert_int_not_equal(numbers[0], numbers[1]);
    uint32_t shared = cw_rules_number_with(&row, "Acme", 0);
    assert_true((numbers[0] == shared) != (numbers[1] == shared));
    write_two(*state, other, one); /* the order in the file changes nothing */
    load_numbers(*state, names, again);
    assert_memory_equal(numbers, again, sizeof(numbers));
}

static void
one_rule_in_two_files_has_one_number(void **state)
{
    const char *const names[2] = {"a.example.com", "b.example.com"};
    uint32_t numbers[2], again[2];
    write_two(*state, names[0], names[1]);
    load_numbers(*state, names, numbers);
    fixture_write(*state, "vendors/second.yaml",
                  "brand: Acme\ndomains:\n  - {suffix: a.example.com, role: web, side: both, "
                  "confidence: low, source: s}\n");
    load_numbers(*state, names, again);
    assert_memory_equal(numbers, again, sizeof(numbers));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_rules_that_meet_are_told_apart, fixture_make,
                                        fixture_remove),
        cmocka_unit_test_setup_teardown(one_rule_in_two_files_has_one_number, fixture_make,
                                        fixture_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
