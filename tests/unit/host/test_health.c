/* SPDX-License-Identifier: Apache-2.0
 *
 * What the sensor says of itself: each state is told once when it begins, and again only after it was over.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "health.h"
#include "log.h"

#define SECOND 1000000000LL
#define DAY    (86400 * SECOND)
#define START  (1700000000 * SECOND)

static char folder[] = "/tmp/camwatch-health-XXXXXX";

struct bench {
    struct camwatch_rules *rules;
    struct camwatch_publisher *publisher;
    struct cw_recent recent;
    struct cw_health health;
    struct cw_recent_stats stats;
    int64_t now_ns;
    char geo_path[256];
    const char *files[2];
};

static const char *
path_of(const char *name, char out[256])
{
    (void)snprintf(out, 256, "%s/%s", folder, name);
    return out;
}

/* One list, verified on that day; a fresh geo file or none. */
static struct bench *
open_bench(const char *verified_on, const char *geo)
{
    char path[256];
    struct bench *b = calloc(1, sizeof(*b));
    assert_non_null(b);
    FILE *out = fopen(path_of("rules/lists/list.yaml", path), "we");
    assert_non_null(out);
    (void)fprintf(out,
                  "list: ban\ntitle: A ban\nkind: purchase-ban\nurl: https://example.org/\n"
                  "since: 2019-08-13\nverified_on: %s\nentries:\n"
                  "  - {entity: Example Digital, source: s, status: verified}\n",
                  verified_on);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(camwatch_rules_load(path_of("rules", path), NULL, NULL, &b->rules), 0);
    b->files[0] = geo ? path_of(geo, b->geo_path) : NULL;
    struct camwatch_publisher_settings settings;
    struct camwatch_error error;
    camwatch_publisher_settings_default(&settings);
    settings.rules = b->rules;
    settings.geo_files = b->files;
    assert_int_equal(camwatch_publisher_open(&settings, &b->publisher, &error), 0);
    assert_int_equal(cw_recent_attach(&b->recent, b->publisher), 0);
    b->health.rules = b->rules;
    b->now_ns = START;
    return b;
}

static void
close_bench(struct bench *b)
{
    camwatch_publisher_close(&b->publisher);
    camwatch_rules_free(b->rules);
    free(b);
}

/* The counters as they are set by then, a period later. */
static void
judge(struct bench *b, int64_t seconds)
{
    b->now_ns += seconds * SECOND;
    b->stats.time_ns = b->now_ns;
    cw_health_judge(&b->health, &b->stats, b->publisher, b->now_ns);
}

static unsigned
count_alerts(const struct bench *b, const char *rule)
{
    unsigned n = 0;
    for (uint64_t i = 0; i < b->recent.n_alerts; i++) {
        const struct cw_recent_alert *a = &b->recent.alerts[i];
        n += strcmp(a->kind, "sensor-alert") == 0 && strcmp(a->rule, rule) == 0;
    }
    return n;
}

static void
test_all_is_well(void **state)
{
    (void)state;
    struct bench *b = open_bench("2023-11-01", NULL);
    for (unsigned i = 0; i < 30; i++) {
        b->stats.packets += 1000;
        b->stats.two_way += 30;
        judge(b, 10);
    }
    assert_int_equal(b->recent.n_alerts, 0);
    close_bench(b);
}

static void
test_span_silent(void **state)
{
    (void)state;
    struct bench *b = open_bench("2023-11-01", NULL);
    b->stats.packets = 1;
    judge(b, 10);
    judge(b, 50);
    assert_int_equal(count_alerts(b, "span-silent"), 0);
    judge(b, 10);
    judge(b, 10);
    assert_int_equal(count_alerts(b, "span-silent"), 1);
    b->stats.packets++;
    judge(b, 10);
    judge(b, 60);
    assert_int_equal(count_alerts(b, "span-silent"), 2);
    close_bench(b);
}

static void
test_span_one_way(void **state)
{
    (void)state;
    struct bench *b = open_bench("2023-11-01", NULL);
    b->stats.one_way = 19; /* too few to tell */
    judge(b, 10);
    assert_int_equal(count_alerts(b, "span-one-way"), 0);
    b->stats.one_way = 36;
    b->stats.two_way = 4;
    judge(b, 10);
    assert_int_equal(count_alerts(b, "span-one-way"), 1);
    judge(b, 10);
    b->stats.two_way += 40;
    b->stats.one_way += 4; /* over */
    judge(b, 10);
    assert_int_equal(count_alerts(b, "span-one-way"), 1);
    b->stats.one_way += 200; /* it turned one-way again */
    judge(b, 10);
    assert_int_equal(count_alerts(b, "span-one-way"), 2);
    close_bench(b);
}

static void
test_kernel_drops(void **state)
{
    (void)state;
    struct bench *b = open_bench("2023-11-01", NULL);
    b->stats.packets = 1000;
    b->stats.kernel_drops = 10; /* 1 % of 1010 is more */
    judge(b, 10);
    assert_int_equal(count_alerts(b, "kernel-drops"), 0);
    b->stats.packets += 989;
    b->stats.kernel_drops += 11;
    judge(b, 10);
    assert_int_equal(count_alerts(b, "kernel-drops"), 1);
    close_bench(b);
}

static void
test_interface_drops(void **state)
{
    (void)state;
    struct bench *b = open_bench("2023-11-01", NULL);
    b->stats.packets = 100000;
    b->stats.interface_drops = 9; /* few */
    judge(b, 1);
    b->stats.packets += 100000;
    b->stats.interface_drops += 500; /* under a percent */
    judge(b, 1);
    assert_int_equal(count_alerts(b, "interface-drops"), 0);
    b->stats.packets += 1000;
    b->stats.interface_drops += 500;
    judge(b, 1);
    b->stats.packets += 1000;
    b->stats.interface_drops += 500; /* goes on: said already */
    judge(b, 1);
    assert_int_equal(count_alerts(b, "interface-drops"), 1);
    b->stats.packets += 1000;
    judge(b, 1);
    b->stats.interface_drops += 500;
    judge(b, 1);
    assert_int_equal(count_alerts(b, "interface-drops"), 2);
    close_bench(b);
}

static void
test_frames_lost_with_a_process(void **state)
{
    (void)state;
    struct bench *b = open_bench("2023-11-01", NULL);
    judge(b, 1);
    b->stats.process_losses = 1;
    judge(b, 1);
    b->stats.process_losses = 40;
    judge(b, 30);
    assert_int_equal(count_alerts(b, "process-ended"), 1);
    judge(b, 61);
    b->stats.process_losses = 41;
    judge(b, 1);
    assert_int_equal(count_alerts(b, "process-ended"), 2);
    close_bench(b);
}

static void
test_events_lost(void **state)
{
    (void)state;
    struct bench *b = open_bench("2023-11-01", NULL);
    (void)strcpy(b->stats.drops, "l4-other=5,flow-evicted=7");
    judge(b, 10);
    assert_int_equal(count_alerts(b, "events-lost"), 0);
    (void)strcpy(b->stats.drops, "l4-other=5,ring-full=1,event-truncated=7");
    judge(b, 10);
    assert_int_equal(count_alerts(b, "events-lost"), 1);
    judge(b, 30);
    (void)strcpy(b->stats.drops, "ring-full=2");
    judge(b, 20);
    assert_int_equal(count_alerts(b, "events-lost"), 1); /* not over in between */
    judge(b, 60);
    (void)strcpy(b->stats.drops, "ring-full=2,spool-full=9");
    judge(b, 10);
    assert_int_equal(count_alerts(b, "events-lost"), 2);
    close_bench(b);
}

static void
test_stale_rules(void **state)
{
    (void)state;
    struct bench *b = open_bench("2021-11-15", NULL); /* START is 2023-11-14: 729 days later */
    judge(b, 10);
    assert_int_equal(count_alerts(b, "rules-stale"), 0);
    judge(b, 2 * 86400);
    assert_int_equal(count_alerts(b, "rules-stale"), 1);
    assert_non_null(strstr(b->recent.alerts[0].message, "ban"));
    struct bench *fresh = open_bench("2023-11-01", NULL);
    cw_health_set_rules(&b->health, fresh->rules);
    judge(b, 10);
    assert_false(b->health.is_ill[CW_HEALTH_RULES]);
    close_bench(fresh);
    close_bench(b);
}

static void
test_stale_geo(void **state)
{
    (void)state;
    struct camwatch_geo_source source = {.size = sizeof(source)};
    struct bench *b = open_bench("2023-11-01", "nested.mmdb");
    assert_int_equal(camwatch_publisher_geo_sources(b->publisher, &source, 1), 1);
    b->now_ns = source.built_ns + 399 * DAY;
    b->health.rules = NULL;
    judge(b, 10);
    assert_int_equal(count_alerts(b, "geo-stale"), 0);
    judge(b, 2 * 86400);
    assert_int_equal(count_alerts(b, "geo-stale"), 1);
    close_bench(b);
}

/* What is replaced is picked up at the second look that finds it so; what is not good changes nothing. */
static void
test_geo_is_picked_up(void **state)
{
    (void)state;
    char from[256], to[256];
    struct camwatch_geo_source source;
    struct bench *b = open_bench("2023-11-01", "replaced.mmdb");
    assert_int_equal(camwatch_publisher_geo_sources(b->publisher, &source, 1), 0);
    assert_int_equal(camwatch_publisher_reload_geo(b->publisher, true), CAMWATCH_EAGAIN);
    assert_int_equal(rename(path_of("asn.mmdb", from), path_of("replaced.mmdb", to)), 0);
    assert_int_equal(camwatch_publisher_reload_geo(b->publisher, true), CAMWATCH_EAGAIN);
    assert_int_equal(camwatch_publisher_reload_geo(b->publisher, true), CAMWATCH_OK);
    assert_int_equal(camwatch_publisher_reload_geo(b->publisher, true), CAMWATCH_EAGAIN);
    assert_int_equal(camwatch_publisher_geo_sources(b->publisher, &source, 1), 1);
    assert_int_equal(truncate(to, 100), 0);
    assert_int_equal(camwatch_publisher_reload_geo(b->publisher, true), CAMWATCH_EAGAIN);
    assert_true(camwatch_publisher_reload_geo(b->publisher, true) < CAMWATCH_OK);
    assert_int_equal(camwatch_publisher_reload_geo(b->publisher, true), CAMWATCH_EAGAIN);
    assert_int_equal(camwatch_publisher_geo_sources(b->publisher, &source, 1), 1);
    assert_true(camwatch_publisher_reload_geo(b->publisher, false) < CAMWATCH_OK);
    close_bench(b);
}

static int
make_files(void)
{
    char command[512], path[256];
    const char *source = getenv("CAMWATCH_SOURCE");
    if (!mkdtemp(folder) || mkdir(path_of("rules", path), 0755) != 0 ||
        mkdir(path_of("rules/lists", path), 0755) != 0) {
        return 1;
    }
    (void)snprintf(
        command, sizeof(command),
        "perl '%s/tests/support/make-mmdb.pl' '%s' &&"
        " echo 'makers: [{name: Example Digital, source: s}]' >'%s/rules/makers.yaml'",
        source ? source : ".", folder, folder);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int
remove_files(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_is_well),
        cmocka_unit_test(test_span_silent),
        cmocka_unit_test(test_span_one_way),
        cmocka_unit_test(test_kernel_drops),
        cmocka_unit_test(test_interface_drops),
        cmocka_unit_test(test_frames_lost_with_a_process),
        cmocka_unit_test(test_events_lost),
        cmocka_unit_test(test_stale_rules),
        cmocka_unit_test(test_stale_geo),
        cmocka_unit_test(test_geo_is_picked_up),
    };
    cw_log_open(&(struct cw_log_settings){.level = CW_LOG_ERROR}, "test");
    int status = make_files();
    if (status != 0) {
        return status;
    }
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
