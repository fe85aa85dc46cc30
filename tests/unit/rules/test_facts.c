/* SPDX-License-Identifier: Apache-2.0
 *
 * Owners by date, and what lists say of a maker, a brand, an owner and a group.
 */
#include "fixture.h"

#include <string.h>

#define DAY 86400000000000LL

/* Days since 1970-01-01, by `date -d DATE +%s` / 86400. */
enum {
    D_2018_01_31 = 17562,
    D_2018_02_01 = 17563,
    D_2019_08_12 = 18120,
    D_2019_08_13 = 18121,
    D_2022_11_30 = 19326,
    D_2022_12_01 = 19327,
};

static const char makers[] =
    "makers:\n"
    "  - name: Example Digital Technology\n"
    "    short: ExDig\n"
    "    aliases: ['Example Digital Co., Ltd.']\n"
    "    group: Example group\n"
    "    source: s\n"
    "  - name: Lorem Cameras\n"
    "    source: s\n"
    "    owners:\n"
    "      - {entity: ExDig, since: 2018-02-01, until: 2022-11-30, source: s, status: "
    "verified}\n"
    "      - {entity: Ipsum Holding, since: 2022-12-01, source: s, status: verified}\n"
    "      - {entity: Rumour Ltd, since: 2022-12-01, source: s, status: unverified}\n"
    "  - {name: Dolor, source: s}\n";

static const char lists[] =
    "list: ban\n"
    "title: A ban\n"
    "kind: purchase-ban\n"
    "url: https://example.org/ban\n"
    "since: 2019-08-13\n"
    "verified_on: 2026-11-21\n"
    "entries:\n"
    "  - {entity: 'Example Digital Technology', source: e1, status: verified}\n"
    "  - {entity: Acme, since: 2020-01-01, until: 2020-12-31, source: e2, status: unverified}\n"
    "---\n"
    "list: other\n"
    "title: Other\n"
    "kind: export-control\n"
    "url: https://example.org/other\n"
    "verified_on: 2026-11-21\n"
    "entries:\n"
    "  - {entity: Rumour Ltd, source: e3, status: verified}\n"
    "  - {entity: Example group, source: e4, status: verified}\n";

static struct camwatch_rules *rules;

static int
set_up(void **state)
{
    (void)fixture_make(state);
    fixture_write(*state, "makers.yaml", makers);
    fixture_write(*state, "lists/l.yaml", lists);
    fixture_write(*state, "vendors/acme.yaml", "brand: Acme\nmaker: Dolor\n");
    fixture_write(*state, "vendors/lorem.yaml",
                  "brand: Lorem\nmaker: Dolor\nmaker_confidence: likely\n"
                  "company: Lorem Cameras\n");
    fixture_write(*state, "vendors/oem.yaml",
                  "brand: Oem\nmaker: Lorem Cameras\nmaker_confidence: likely\n");
    fixture_write(*state, "vendors/proven.yaml", "brand: Proven\nmaker: Lorem Cameras\n");
    rules = fixture_need(*state);
    return 0;
}

static int
tear_down(void **state)
{
    camwatch_rules_free(rules);
    return fixture_remove(state);
}

static const char *
owner(const char *maker, int64_t time_ns)
{
    return camwatch_rules_owner(rules, maker, time_ns);
}

static void
owners_change_on_their_day(void **state)
{
    (void)state;
    assert_string_equal(owner("Lorem Cameras", D_2018_01_31 * DAY), "");
    assert_string_equal(owner("Lorem Cameras", D_2018_02_01 * DAY - 1), "");
    assert_string_equal(owner("Lorem Cameras", D_2018_02_01 * DAY), "ExDig");
    assert_string_equal(owner("Lorem Cameras", D_2022_11_30 * DAY + DAY - 1), "ExDig");
    assert_string_equal(owner("Lorem Cameras", D_2022_12_01 * DAY), "Ipsum Holding");
    assert_string_equal(owner("Lorem Cameras", INT64_MAX), "Ipsum Holding");
    assert_string_equal(owner("Lorem Cameras", -1), "");
    assert_string_equal(owner("Nobody", INT64_MAX), "");
    assert_string_equal(owner("", INT64_MAX), "");
}

static void
a_brand_is_owned_by_who_owns_its_company(void **state)
{
    const int64_t before = D_2018_01_31 * DAY, then = D_2018_02_01 * DAY;
    (void)state;
    assert_string_equal(camwatch_rules_brand_owner(rules, "Lorem", before), "");
    assert_string_equal(camwatch_rules_brand_owner(rules, "Lorem", then), "ExDig");
    assert_string_equal(camwatch_rules_brand_owner(rules, "Lorem", D_2022_12_01 * DAY),
                        "Ipsum Holding");
    assert_string_equal(camwatch_rules_brand_owner(rules, "Proven", then), "ExDig");
    assert_string_equal(camwatch_rules_brand_owner(rules, "Acme", then), "");
    assert_null(camwatch_rules_brand_owner(rules, "Oem", then)); /* its maker owns no brand */
    assert_null(camwatch_rules_brand_owner(rules, "Nobody", then));
    assert_null(camwatch_rules_brand_owner(rules, "", then));
}

static size_t
listings(const char *maker, const char *brand, int64_t time_ns, struct camwatch_listing out[4])
{
    return camwatch_rules_listings(rules, maker, brand, time_ns, out, 4);
}

static void
a_maker_is_listed_by_any_of_its_names(void **state)
{
    static const char *const names[] = {"Example Digital Technology", "ExDig",
                                        "Example Digital Co., Ltd."};
    struct camwatch_listing out[4];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(listings(names[i], "", D_2019_08_13 * DAY, out), 2);
        assert_string_equal(out[0].list, "ban");
        assert_string_equal(out[0].title, "A ban");
        assert_string_equal(out[0].kind, "purchase-ban");
        assert_string_equal(out[0].url, "https://example.org/ban");
        assert_string_equal(out[0].entity, "Example Digital Technology");
        assert_string_equal(out[0].since, "2019-08-13");
        assert_string_equal(out[0].until, "");
        assert_string_equal(out[0].source, "e1");
        assert_string_equal(out[0].status, "verified");
        assert_string_equal(out[0].verified_on, "2026-11-21");
        assert_string_equal(out[0].where, "rules/lists/l.yaml:8");
        assert_string_equal(out[1].entity, "Example group");
    }
}

static void
a_list_counts_from_its_day(void **state)
{
    struct camwatch_listing out[4];
    (void)state;
    assert_int_equal(listings("ExDig", "", D_2019_08_12 * DAY + DAY - 1, out), 1);
    assert_string_equal(out[0].list, "other"); /* without a date */
    assert_int_equal(listings("ExDig", "", D_2019_08_13 * DAY, out), 2);
}

static void
an_owner_is_listed_while_it_owns(void **state)
{
    struct camwatch_listing out[4];
    (void)state;
    assert_int_equal(listings("Lorem Cameras", "", D_2019_08_13 * DAY, out), 1);
    assert_string_equal(out[0].entity, "Example Digital Technology");
    assert_string_equal(out[0].status, "verified");
    assert_int_equal(listings("Lorem Cameras", "", D_2022_12_01 * DAY, out), 1);
    assert_string_equal(out[0].entity, "Rumour Ltd");
    assert_string_equal(out[0].status,
                        "unverified"); /* the entry is sure, the ownership is not */
}

static void
the_company_behind_a_brand_is_listed_while_it_is_owned(void **state)
{
    struct camwatch_listing out[4];
    (void)state;
    assert_int_equal(listings("Dolor", "Lorem", D_2019_08_12 * DAY, out), 0);
    assert_int_equal(listings("Dolor", "Lorem", D_2019_08_13 * DAY, out), 1);
    assert_string_equal(out[0].entity, "Example Digital Technology");
    assert_string_equal(out[0].status, "verified");
    assert_int_equal(listings("", "Lorem", D_2022_12_01 * DAY, out), 1);
    assert_string_equal(out[0].entity, "Rumour Ltd");
}

static void
a_brand_is_listed_by_itself(void **state)
{
    struct camwatch_listing out[4];
    (void)state;
    assert_int_equal(listings("", "Acme", 18300 * DAY, out), 1); /* 2020-02-08 */
    assert_string_equal(out[0].status, "unverified");
    assert_int_equal(listings("Dolor", "Acme", 18300 * DAY, out), 1);
    assert_int_equal(listings("Dolor", "", 18300 * DAY, out), 0);
    assert_int_equal(listings("", "Acme", INT64_MAX, out), 0);
    assert_int_equal(listings("", "", 18300 * DAY, out), 0);
    assert_int_equal(camwatch_rules_listings(rules, "ExDig", "", INT64_MAX, out, 1), 1);
    assert_int_equal(camwatch_rules_listings(rules, "ExDig", "", INT64_MAX, NULL, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owners_change_on_their_day),
        cmocka_unit_test(a_maker_is_listed_by_any_of_its_names),
        cmocka_unit_test(a_list_counts_from_its_day),
        cmocka_unit_test(an_owner_is_listed_while_it_owns),
        cmocka_unit_test(a_brand_is_listed_by_itself),
        cmocka_unit_test(a_brand_is_owned_by_who_owns_its_company),
        cmocka_unit_test(the_company_behind_a_brand_is_listed_while_it_is_owned),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
