/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings file: the same names and checks as the command line, and every fault by file and line.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "live.h"
#include "redis_option.h"
#include "settings_file.h"

struct fixture {
    struct cw_live_settings settings;
    struct cw_settings_file file;
    struct camwatch_error error;
    char path[32];
};

static bool
read_text(struct fixture *f, const char *text)
{
    (void)snprintf(f->path, sizeof(f->path), "/tmp/settings.XXXXXX");
    int fd = mkstemp(f->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
    f->file = (struct cw_settings_file){.owned.n = 0};
    cw_live_settings_default(&f->settings);
    bool is_good =
        cw_settings_file_read(&f->file, f->path, cw_live_options, &f->settings, &f->error);
    assert_int_equal(unlink(f->path), 0);
    return is_good;
}

static void
release(struct fixture *f)
{
    cw_live_settings_free(&f->settings);
    cw_settings_file_free(&f->file);
}

static void
test_reads_every_kind_of_value(void **state)
{
    struct fixture f;
    (void)state;
    assert_true(read_text(&f, "# a sensor\n"
                              "interface: [eth1, eth2]\n"
                              "home: 198.51.100.0/24\n"
                              "json: /var/log/events.json\n"
                              "memory-flows: 64M\n"
                              "stats: 30\n"
                              "flows: all\n"
                              "no-dpi: true\n"
                              "experimental: true\n"
                              "vlan-key: false\n"));
    assert_int_equal(f.settings.interfaces.n, 2);
    assert_string_equal(f.settings.interfaces.items[1], "eth2");
    assert_int_equal(f.settings.home.n, 1);
    assert_string_equal(f.settings.json, "/var/log/events.json");
    assert_int_equal(f.settings.monitor.memory_flows, 64u << 20);
    assert_int_equal(f.settings.monitor.stats_s, 30);
    assert_true(f.settings.monitor.publish_all_flows);
    assert_false(f.settings.monitor.use_dpi);
    assert_true(f.settings.monitor.experimental);
    assert_false(f.settings.monitor.key_vlan);
    assert_true(cw_live_settings_check(&f.settings, &f.error));
    release(&f);
}

static void
test_empty_file_sets_nothing(void **state)
{
    struct fixture f;
    (void)state;
    assert_true(read_text(&f, "# nothing\n"));
    assert_false(cw_live_settings_check(&f.settings, &f.error));
    assert_non_null(strstr(f.error.text, "no interface"));
    release(&f);
}

static void
test_faults_are_told_by_line(void **state)
{
    static const struct {
        const char *text, *line, *what;
    } rows[] = {
        {"stats: 1\nintreface: eth0\n", ":2: ", "did you mean 'interface'?"},
        {"stats: 1\n\nstats: 2\n", ":3: ", "given twice"},
        {"stats: [1, 2]\n", ":1: ", "not a list"},
        {"stats: -1\n", ":1: ", "no whole number"},
        {"stats: 1x\n", ":1: ", "no whole number"},
        {"stats: 99999999999\n", ":1: ", "no whole number"},
        {"stats:\n", ":1: ", "a value is missing"},
        {"memory-flows: 64Q\n", ":1: ", "no size"},
        {"no-dpi: yes\n", ":1: ", "true or false"},
        {"flows: some\n", ":1: ", "neither device nor all"},
        {"interface: {a: b}\n", ":1: ", "a value is missing"},
        {"interface: [a, [b]]\n", ":1: ", "a list of plain texts"},
        {"json: &x a\n", ":1: ", "a value is missing"},
        {"- interface\n", ":1: ", "name: value"},
        {"just text\n", ":1: ", "name: value"},
        {"stats: 1\n---\nstats: 2\n", ":2: ", "a second document"},
        {"stats: 1\njson: \"open\n", "", "no YAML"},
        {"? [a]\n: b\n", ":1: ", "no plain text"},
        {"json: \"a\\0b\"\n", ":1: ", "a value is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture f;
        assert_false(read_text(&f, rows[i].text));
        if (!strstr(f.error.text, rows[i].what) || !strstr(f.error.text, rows[i].line)) {
            fail_msg("'%s' gave '%s'", rows[i].text, f.error.text);
        }
        release(&f);
    }
}

static void
test_file_that_is_not_there(void **state)
{
    struct cw_settings_file file = {.owned.n = 0};
    struct cw_live_settings settings;
    struct camwatch_error error;
    (void)state;
    cw_live_settings_default(&settings);
    assert_false(cw_settings_file_read(&file, "/nowhere/camwatch.yaml", cw_live_options,
                                       &settings, &error));
    assert_non_null(strstr(error.text, "/nowhere/camwatch.yaml: "));
}

/* A value that the option takes. */
static const char *
value_of(const struct cw_option *option, char out[64])
{
    if (option->set == cw_set_number) {
        return "77";
    }
    if (option->set == cw_set_bytes) {
        return "77M";
    }
    if (option->set == cw_set_redis_maxlen || option->set == cw_set_redis_age) {
        return "flows=77,alerts=78";
    }
    (void)snprintf(out, 64, "%s", option->argument);
    out[strcspn(out, "|")] = '\0'; /* device|all */
    return out;
}

static void
assert_same_texts(const struct cw_texts *a, const struct cw_texts *b)
{
    assert_int_equal(a->n, 1);
    assert_int_equal(b->n, 1);
    assert_string_equal(a->items[0], b->items[0]);
}

/* Settings with setters of their own are compared by name. */
static void
assert_same_settings(const struct cw_option *option, const struct cw_live_settings *a,
                     const struct cw_live_settings *b)
{
    const void *x = (const char *)a + option->offset, *y = (const char *)b + option->offset;
    if (option->set == cw_set_text) {
        assert_string_equal(*(const char *const *)x, *(const char *const *)y);
    } else if (option->set == cw_add_text) {
        assert_same_texts(x, y);
    } else if (option->set == cw_set_number) {
        assert_int_equal(*(const uint32_t *)x, 77);
        assert_int_equal(*(const uint32_t *)y, 77);
    } else if (option->set == cw_set_bytes) {
        assert_int_equal(*(const uint64_t *)x, 77u << 20);
        assert_int_equal(*(const uint64_t *)y, 77u << 20);
    } else if (!option->argument) {
        assert_int_equal(*(const bool *)x, option->set == cw_set_true);
        assert_int_equal(*(const bool *)y, option->set == cw_set_true);
    }
    assert_int_equal(a->monitor.publish_all_flows, b->monitor.publish_all_flows);
    assert_int_equal(a->publisher.publish_all_flows, b->publisher.publish_all_flows);
    assert_int_equal(a->log.level, b->log.level);
    assert_memory_equal(a->redis.maxlen, b->redis.maxlen, sizeof(a->redis.maxlen));
    assert_memory_equal(a->redis.max_age_s, b->redis.max_age_s, sizeof(a->redis.max_age_s));
}

static bool
set(cw_option_set_fn setter, struct camwatch_redis_settings *settings, const char *value)
{
    struct camwatch_error error;
    char text[64], *values[] = {text, NULL};
    (void)snprintf(text, sizeof(text), "%s", value);
    return setter(settings, values, &error);
}

static void
test_bounds_are_by_stream(void **state)
{
    static const char *const bad[] = {"",        "flows",     "flows=",     "flows=-1", "=5",
                                      "flows=x", "streams=5", "flows=5;x=6", "flows=5x"};
    struct camwatch_redis_settings s;
    (void)state;
    camwatch_redis_settings_default(&s);
    assert_true(set(cw_set_redis_maxlen, &s, "flows=5000000,stats=10"));
    assert_int_equal(s.maxlen[CAMWATCH_STREAM_FLOWS], 5000000);
    assert_int_equal(s.maxlen[CAMWATCH_STREAM_STATS], 10);
    assert_int_equal(s.maxlen[CAMWATCH_STREAM_ALERTS], 100000);
    assert_false(set(cw_set_redis_maxlen, &s, "flows=0"));
    assert_false(set(cw_set_redis_maxlen, &s, "7"));
    assert_true(set(cw_set_redis_age, &s, "86400"));
    assert_true(set(cw_set_redis_age, &s, "alerts=0"));
    assert_int_equal(s.max_age_s[CAMWATCH_STREAM_ALERTS], 0);
    assert_int_equal(s.max_age_s[CAMWATCH_STREAM_DEVICES], 86400);
    assert_false(set(cw_set_redis_age, &s, "flows=4294967296"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(set(cw_set_redis_maxlen, &s, bad[i]));
        assert_false(set(cw_set_redis_age, &s, bad[i]));
    }
}

static void
test_every_option_is_a_setting(void **state)
{
    size_t n = 0;
    (void)state;
    for (const struct cw_option *o = cw_live_options; o->name || o->help; o++) {
        struct fixture f;
        struct cw_live_settings given;
        struct cw_texts operands = {.n = 0};
        char text[128], name[64], value[64];
        if (!o->name) {
            continue;
        }
        const char *wanted = o->argument ? value_of(o, value) : "true";
        (void)snprintf(name, sizeof(name), "--%s", o->name);
        const char *argv[] = {name, o->argument ? wanted : NULL, NULL};
        (void)snprintf(text, sizeof(text), "%s: '%s'\n", o->name, wanted);
        cw_live_settings_default(&given);
        if (!read_text(&f, text) ||
            !cw_options_read(cw_live_options, (char *const *)(uintptr_t)argv, &given, &operands,
                             &f.error)) {
            fail_msg("%s: %s", o->name, f.error.text);
        }
        assert_int_equal(operands.n, 0);
        assert_same_settings(o, &f.settings, &given);
        release(&f);
        cw_live_settings_free(&given);
        n++;
    }
    assert_true(n > 30);
}

/* "...; default 64M" -> 64 MiB; false where it names none, or no number */
static bool
default_of(const struct cw_option *option, uint64_t *out)
{
    char word[32] = "";
    struct camwatch_error error;
    const char *at = strstr(option->help, "default ");
    if (!at || sscanf(at, "default %31[0-9KMGT]", word) != 1) {
        return false;
    }
    char *values[] = {word, NULL};
    return cw_set_bytes(out, values, &error);
}

static void
test_defaults_are_those_that_help_names(void **state)
{
    struct cw_live_settings settings;
    size_t n = 0;
    (void)state;
    cw_live_settings_default(&settings);
    for (const struct cw_option *o = cw_live_options; o->name || o->help; o++) {
        const char *field = (const char *)&settings + o->offset;
        bool is_number = o->set == cw_set_number;
        uint64_t told = 0;
        if (!o->name || (!is_number && o->set != cw_set_bytes)) {
            continue;
        }
        uint64_t is = is_number ? *(const uint32_t *)(const void *)field
                                : *(const uint64_t *)(const void *)field;
        if (!default_of(o, &told) || told != is) {
            fail_msg("--%s: '%s', but it is %llu", o->name, o->help, (unsigned long long)is);
        }
        n++;
    }
    assert_true(n > 15);
    cw_live_settings_free(&settings);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_every_kind_of_value),
        cmocka_unit_test(test_empty_file_sets_nothing),
        cmocka_unit_test(test_faults_are_told_by_line),
        cmocka_unit_test(test_file_that_is_not_there),
        cmocka_unit_test(test_every_option_is_a_setting),
        cmocka_unit_test(test_bounds_are_by_stream),
        cmocka_unit_test(test_defaults_are_those_that_help_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
