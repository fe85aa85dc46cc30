/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML that is broken, hostile or more than rules need: each with its line, none with a crash.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "rules/read.h"

static void
syntax_errors_have_a_line(void **state)
{
    fixture_write(*state, "vendors/a.yaml", "brand: A\ndomains: [\n  {suffix: a.example,,\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:3: YAML: ");
}

static void
repeated_keys_are_errors(void **state)
{
    fixture_write(*state, "vendors/a.yaml", "brand: A\nvendor: B\nbrand: C\nvendor: D\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:3: key \"brand\" is given twice, first in "
                               "line 1; allowed: once");
    fixture_fails_like(*state, "rules/vendors/a.yaml:4: key \"vendor\" is given twice");
}

static void
anchors_aliases_and_tags_are_refused(void **state)
{
    fixture_write(*state, "vendors/a.yaml", "brand: &a A\n");
    fixture_fails(*state, "rules/vendors/a.yaml:1: anchors and tags (& and !) are not allowed; "
                          "write the value out");
    fixture_write(*state, "vendors/a.yaml", "brand: A\nvendor: *a\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:2: ");
    fixture_write(*state, "vendors/a.yaml", "brand: A\nmac: !!seq []\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:2: anchors and tags");
}

/* Billion laughs: nine lists of nine aliases each. */
static void
alias_bombs_cost_nothing(void **state)
{
    fixture_write(*state, "vendors/a.yaml",
                  "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                  "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:1: anchors and tags");
}

static void
deep_nesting_is_refused(void **state)
{
    static char text[200000];
    memset(text, '[', sizeof(text) - 1);
    fixture_write(*state, "vendors/a.yaml", text);
    fixture_fails(*state, "rules/vendors/a.yaml:1: nested too deep; allowed: 16 levels");
}

static void
large_files_are_refused(void **state)
{
    static char text[10 * 1024 * 1024];
    memset(text, '#', sizeof(text));
    fixture_write_bytes(*state, "vendors/a.yaml", text, sizeof(text));
    fixture_fails(*state, "rules/vendors/a.yaml:1: file is larger than 4 MiB");
}

static void
many_values_are_refused(void **state)
{
    static char text[CW_YAML_MAX_NODES * 4 + 64];
    size_t used = (size_t)snprintf(text, sizeof(text), "brand: A\nmac: [");
    for (size_t i = 0; i < CW_YAML_MAX_NODES; i++) {
        memcpy(text + used, "x,\n", 3);
        used += 3;
    }
    fixture_write_bytes(*state, "vendors/a.yaml", text, used);
    fixture_fails_like(*state,
                       "rules/vendors/a.yaml:199999: more than 200000 values in one file");
}

static void
nul_bytes_have_a_line(void **state)
{
    fixture_write_bytes(*state, "vendors/a.yaml", "brand: A\n# \n#\0\n", 15);
    fixture_fails_like(*state, "rules/vendors/a.yaml:3: control characters are not allowed");
    fixture_write_bytes(*state, "vendors/a.yaml", "brand: \"A\\0\"\n", 13);
    fixture_fails_like(*state, "rules/vendors/a.yaml:1: text is too long or holds a NUL");
}

static void
only_utf8_is_read(void **state)
{
    fixture_write(*state, "vendors/a.yaml", "brand: A\n\n# caf\xe9\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:3: ");
    fixture_write_bytes(*state, "vendors/a.yaml",
                        "\xff\xfe"
                        "b\0r\0",
                        6);
    fixture_fails_like(*state, "rules/vendors/a.yaml:1: ");
}

static void
a_byte_order_mark_is_skipped(void **state)
{
    fixture_write(*state, "vendors/a.yaml",
                  "\xef\xbb\xbf"
                  "brand: A\n");
    camwatch_rules_free(fixture_need(*state));
}

static void
keys_are_words(void **state)
{
    fixture_write(*state, "vendors/a.yaml", "brand: A\n? [a, b]\n: c\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:2: a key is a list or mapping");
}

static void
empty_files_and_folders_are_errors(void **state)
{
    fixture_fails(*state, "rules:1: no .yaml files; allowed: makers.yaml and files in vendors "
                          "platforms lists policies");
    fixture_write(*state, "vendors/a.yaml", "# nothing\n");
    fixture_fails_like(*state, "rules/vendors/a.yaml:1: the file is empty");
}

static void
a_second_document_is_refused_in_vendors(void **state)
{
    fixture_write(*state, "vendors/a.yaml", "brand: A\n---\nbrand: B\n");
    fixture_fails(*state,
                  "rules/vendors/a.yaml:3: a second document; allowed: one in this file");
}

static void
misplaced_files_are_errors(void **state)
{
    fixture_write(*state, "vendors/a.yaml", "brand: A\n");
    fixture_write(*state, "vendors/README.md", "not read\n");
    camwatch_rules_free(fixture_need(*state));
    fixture_write(*state, "vendors/b.yml", "brand: B\n");
    fixture_write(*state, "vendor.yaml", "brand: B\n");
    fixture_fails_like(*state,
                       "rules/vendors/b.yml:1: the name of a file of rules ends in .yaml");
    fixture_fails_like(*state,
                       "rules/vendor.yaml:1: a file that is not read; allowed: makers.yaml");
}

static void
a_missing_folder_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct camwatch_rules *rules = NULL;
    assert_int_equal(camwatch_rules_load("/nonexistent/rules", NULL, NULL, &rules),
                     CAMWATCH_EIO);
    assert_null(rules);
    assert_int_equal(camwatch_rules_load(fixture->folder, NULL, NULL, NULL), CAMWATCH_EINVAL);
}

/* Every start of a good file either loads or is an error; ASan and UBSan watch. */
static void
every_truncation_is_safe(void **state)
{
    static const char text[] =
        "brand: A\nvendor: \"B \\u00e9\"\nmac:\n  - {prefix: '00:00:5E', kind: general, "
        "source: s}\n"
        "domains: [{suffix: a.example, role: web, side: both, confidence: low, source: 'x "
        "y'}]\n"
        "banners: {realm: [{text: >-\n  folded\n  text, confidence: low, source: s}]}\n";
    struct fixture *fixture = *state;
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        struct camwatch_rules *rules = NULL;
        fixture_write_bytes(fixture, "vendors/a.yaml", text, len);
        int status = fixture_load(fixture, &rules);
        assert_true(status == CAMWATCH_OK || status == CAMWATCH_ERULES);
        assert_int_equal(status == CAMWATCH_ERULES, fixture->n_messages > 0);
        camwatch_rules_free(rules);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_remove)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(syntax_errors_have_a_line),
        CASE(repeated_keys_are_errors),
        CASE(anchors_aliases_and_tags_are_refused),
        CASE(alias_bombs_cost_nothing),
        CASE(deep_nesting_is_refused),
        CASE(large_files_are_refused),
        CASE(many_values_are_refused),
        CASE(nul_bytes_have_a_line),
        CASE(only_utf8_is_read),
        CASE(a_byte_order_mark_is_skipped),
        CASE(keys_are_words),
        CASE(empty_files_and_folders_are_errors),
        CASE(a_second_document_is_refused_in_vendors),
        CASE(misplaced_files_are_errors),
        CASE(a_missing_folder_is_told),
        CASE(every_truncation_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
