/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the project itself load without an error, and so do the examples of their README.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void
print(void *user, bool is_error, const char *text)
{
    (void)user;
    print_error("%s: %s\n", is_error ? "error" : "warning", text);
}

static void
source_path(char *out, size_t size, const char *name)
{
    const char *source = getenv("CAMWATCH_SOURCE");
    (void)snprintf(out, size, "%s/rules%s", source ? source : ".", name);
}

static void
shipped_rules_load(void **state)
{
    char folder[512], makers[512];
    struct stat status;
    struct camwatch_rules *rules = NULL;
    (void)state;
    source_path(folder, sizeof(folder), "");
    source_path(makers, sizeof(makers), "/makers.yaml");
    if (stat(makers, &status) != 0) {
        print_message("skipped: no rules in %s\n", folder);
        skip();
    }
    assert_int_equal(camwatch_rules_load(folder, print, NULL, &rules), CAMWATCH_OK);
    struct camwatch_rules_counts counts = {.size = sizeof(counts)};
    camwatch_rules_count(rules, &counts);
    print_message("%u domains, %u MAC prefixes, %u list entries, image of %llu bytes\n",
                  counts.domains, counts.macs, counts.list_entries,
                  (unsigned long long)counts.image_bytes);
    assert_true(counts.domains > 0);
    assert_true(counts.makers > 0);
    camwatch_rules_free(rules);
}

/* Noon of a day since 1970-01-01, by `date -d DATE +%s` / 86400. */
#define NOON(day) ((day)*INT64_C(86400000000000) + INT64_C(43200000000000))

enum { D_2017_12_01 = 17501, D_2020_01_01 = 18262, D_2023_01_01 = 19358 };

static unsigned
count_entity(const struct camwatch_rules *rules, const char *brand, int64_t time_ns,
             const char *entity)
{
    struct camwatch_listing out[16];
    unsigned n = 0;
    size_t found = camwatch_rules_listings(rules, "", brand, time_ns, out, 16);
    for (size_t i = 0; i < found; i++) {
        n += strcmp(out[i].entity, entity) == 0;
    }
    return n;
}

/* vendors.md 5: sold by FLIR to Dahua in February 2018, by Dahua to Skywatch in November 2022. */
static void
lorex_changes_hands(void **state)
{
    static const char dahua[] = "Zhejiang Dahua Technology";
    char folder[512];
    struct camwatch_rules *rules = NULL;
    (void)state;
    source_path(folder, sizeof(folder), "");
    if (camwatch_rules_load(folder, print, NULL, &rules) != CAMWATCH_OK) {
        print_message("skipped: no rules in %s\n", folder);
        skip();
    }
    assert_string_equal(camwatch_rules_brand_owner(rules, "Lorex", NOON(D_2017_12_01)),
                        "FLIR Systems");
    assert_string_equal(camwatch_rules_brand_owner(rules, "Lorex", NOON(D_2020_01_01)), dahua);
    assert_string_equal(camwatch_rules_brand_owner(rules, "Lorex", NOON(D_2023_01_01)),
                        "Skywatch");
    assert_int_equal(count_entity(rules, "Lorex", NOON(D_2017_12_01), dahua), 0);
    assert_true(count_entity(rules, "Lorex", NOON(D_2020_01_01), dahua) > 0);
    assert_int_equal(count_entity(rules, "Lorex", NOON(D_2023_01_01), dahua), 0);
    assert_string_equal(camwatch_rules_brand_owner(rules, "EZVIZ", NOON(D_2023_01_01)),
                        "Hangzhou Hikvision Digital Technology");
    assert_null(camwatch_rules_brand_owner(rules, "Amcrest", NOON(D_2023_01_01)));
    camwatch_rules_free(rules);
}

/* Write the next block of YAML to a file and give where it ends. */
static const char *
write_block(struct fixture *fixture, const char *text, const char *name)
{
    static const char open[] = "```yaml\n";
    const char *start = strstr(text, open);
    assert_non_null(start);
    start += sizeof(open) - 1;
    const char *end = strstr(start, "```");
    assert_non_null(end);
    fixture_write_bytes(fixture, name, start, (size_t)(end - start));
    return end + 3;
}

static void
examples_of_the_readme_load(void **state)
{
    static const char *const names[] = {"vendors/a.yaml", "platforms/a.yaml", "makers.yaml",
                                        "lists/a.yaml", "policies/a.yaml"};
    static char text[64 * 1024];
    char path[512];
    source_path(path, sizeof(path), "/README.md");
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    const char *at = text;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        at = write_block(*state, at, names[i]);
    }
    assert_null(strstr(at, "```yaml"));
    camwatch_rules_free(fixture_need(*state));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_rules_load),
        cmocka_unit_test(lorex_changes_hands),
        cmocka_unit_test_setup_teardown(examples_of_the_readme_load, fixture_make,
                                        fixture_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
