/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the project itself load without an error, and fast.
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
shipped_rules_load(void **state)
{
    const char *source = getenv("CAMWATCH_SOURCE");
    char folder[512];
    struct stat status;
    struct camwatch_rules *rules = NULL;
    (void)state;
    (void)snprintf(folder, sizeof(folder), "%s/rules", source ? source : ".");
    char makers[544];
    (void)snprintf(makers, sizeof(makers), "%s/makers.yaml", folder);
    if (stat(makers, &status) != 0) {
        print_message("skipped: no rules in %s yet\n", folder);
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

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shipped_rules_load)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
