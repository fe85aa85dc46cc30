/* SPDX-License-Identifier: Apache-2.0
 *
 * Each allocation in turn fails while rules, publisher, sink and monitor are opened and closed: a clean
 * error, and nothing leaks (LeakSanitizer looks on). Without nDPI: libndpi 4.2 itself crashes where an
 * allocation of its start fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "alloc_fail.h"
#include "camwatch/monitor.h"
#include "camwatch/publisher.h"

static struct camwatch_rules *rules;

static int
load(void **state)
{
    (void)state;
    return camwatch_rules_load(MEMORY_RULES, NULL, NULL, &rules);
}

static int
unload(void **state)
{
    (void)state;
    camwatch_rules_free(rules);
    return 0;
}

static int
open_publisher(struct camwatch_publisher **out)
{
    static const char *const no_files[] = {NULL};
    struct camwatch_publisher_settings settings;
    struct camwatch_error error;
    camwatch_publisher_settings_default(&settings);
    settings.rules = rules;
    settings.geo_files = no_files;
    settings.max_devices = 16;
    settings.ring_bytes = 64 * 1024;
    int status = camwatch_publisher_open(&settings, out, &error);
    if (status == CAMWATCH_OK) {
        status = camwatch_publisher_add_ndjson(*out, "/dev/null", &error);
    }
    return status;
}

static int
open_monitor(struct camwatch_ring *ring, struct camwatch_monitor **out)
{
    struct camwatch_monitor_settings settings;
    struct camwatch_error error;
    camwatch_monitor_settings_default(&settings);
    settings.rules = rules;
    settings.ring = ring;
    settings.memory_flows = 64 * 1024;
    settings.max_hosts = settings.max_names = 64;
    settings.use_dpi = false;
    return camwatch_monitor_open(&settings, out, &error);
}

static int
open_both(void)
{
    struct camwatch_publisher *publisher = NULL;
    struct camwatch_monitor *monitor = NULL;
    int status = open_publisher(&publisher);
    if (status == CAMWATCH_OK) {
        status = open_monitor(camwatch_publisher_ring(publisher), &monitor);
    }
    camwatch_monitor_close(&monitor);
    camwatch_publisher_close(&publisher);
    return status;
}

static void
each_allocation_may_fail(void **state)
{
    (void)state;
    alloc_fail_at(SIZE_MAX);
    assert_int_equal(open_both(), CAMWATCH_OK);
    size_t total = alloc_fail_count();
    if (total == 0) {
        print_message("skipped: the linker does not wrap malloc in this build\n");
        skip();
    }
    assert_true(total > 15);
    for (size_t i = 0; i < total; i++) {
        alloc_fail_at(i);
        int status = open_both();
        alloc_fail_at(SIZE_MAX);
        assert_int_equal(status, CAMWATCH_ENOMEM);
    }
    assert_int_equal(open_both(), CAMWATCH_OK);
}

static void
each_allocation_of_rules_may_fail(void **state)
{
    struct camwatch_rules *other = NULL;
    (void)state;
    for (size_t i = 0;; i++) {
        alloc_fail_at(i);
        int status = camwatch_rules_load(MEMORY_RULES, NULL, NULL, &other);
        bool is_past = alloc_fail_count() <= i;
        alloc_fail_at(SIZE_MAX);
        if (status == CAMWATCH_OK && is_past) {
            break;
        }
        assert_int_equal(status, CAMWATCH_ENOMEM);
        assert_null(other);
    }
    camwatch_rules_free(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(each_allocation_of_rules_may_fail),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
