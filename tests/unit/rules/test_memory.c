/* SPDX-License-Identifier: Apache-2.0
 *
 * Lack of memory at every single allocation of a load: it is told as such, and nothing leaks. The
 * linker puts the functions below in place of malloc and calloc (--wrap).
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t calls;
static size_t fail_at = SIZE_MAX;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *
__wrap_malloc(size_t size)
{
    return calls++ == fail_at ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return calls++ == fail_at ? NULL : __real_calloc(n, size);
}

/* Enough rows for several blocks of the arena. */
static void
write_rules(struct fixture *fixture)
{
    static char text[256 * 1024];
    size_t used = (size_t)snprintf(text, sizeof(text), "brand: Acme\nmaker: M\ndomains:\n");
    for (unsigned i = 0; i < 1500; i++) {
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "  - {suffix: a%u.example.com, role: web, side: both, "
                                 "confidence: low, source: 'source number %u'}\n",
                                 i, i);
    }
    fixture_write_bytes(fixture, "vendors/acme.yaml", text, used);
    fixture_write(fixture, "makers.yaml", "makers: [{name: M, source: s}]\n");
    fixture_write(fixture, "policies/p.yaml",
                  "policy: p\nmatch: {event: flow-end, side: device}\nseverity: low\n");
}

static void
lack_of_memory_is_told(void **state)
{
    struct camwatch_rules *rules = NULL;
    int status = CAMWATCH_ENOMEM;
    write_rules(*state);
    calls = 0;
    fail_at = SIZE_MAX;
    camwatch_rules_free(fixture_need(*state));
    if (calls == 0) {
        print_message("skipped: the linker does not wrap malloc in this build\n");
        skip();
    }
    assert_true(calls > 10);
    size_t total = calls;
    for (size_t i = 0; i < total; i++) {
        calls = 0;
        fail_at = i;
        status = fixture_load(*state, &rules);
        fail_at = SIZE_MAX;
        assert_int_equal(status, CAMWATCH_ENOMEM);
        assert_null(rules);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lack_of_memory_is_told, fixture_make, fixture_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
