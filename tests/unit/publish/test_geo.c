/* SPDX-License-Identifier: Apache-2.0
 *
 * MMDB files of every layout, built by tests/support/make-mmdb.pl.
 */
#define _GNU_SOURCE
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "publish/geo.h"

static char folder[] = "/tmp/camwatch-geo-XXXXXX";
static char last_message[512];
static unsigned n_messages;

static void
hear(void *user, const char *text)
{
    (void)user;
    n_messages++;
    (void)snprintf(last_message, sizeof(last_message), "%s", text);
}

static const char *
path_of(const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *out = paths[next++ % 8];
    (void)snprintf(out, 128, "%s/%s", folder, name);
    return out;
}

/* Open up to three files of the folder. */
static struct cw_geo *
open_files(const char *a, const char *b, const char *c)
{
    const char *files[] = {a ? path_of(a) : NULL, b ? path_of(b) : NULL, c ? path_of(c) : NULL,
                           NULL};
    n_messages = 0;
    last_message[0] = '\0';
    struct cw_geo *geo = cw_geo_new(files, hear, NULL);
    assert_non_null(geo);
    return geo;
}

static struct cw_place
look(struct cw_geo *geo, const char *text)
{
    struct cw_addr addr;
    struct cw_place place;
    assert_true(cw_addr_parse(text, &addr));
    (void)cw_geo_lookup(geo, &addr, &place);
    return place;
}

static void
test_nested(void **state)
{
    (void)state;
    struct cw_geo *geo = open_files("nested.mmdb", "asn.mmdb", NULL);
    assert_string_equal(last_message, "");
    struct cw_place place = look(geo, "1.1.1.1");
    assert_string_equal(place.country, "AU");
    assert_false(place.is_registered);
    assert_string_equal(place.city, "Sydney");
    assert_string_equal(place.location, "-33.8688,151.2093");
    assert_int_equal(place.asn, 13335);
    assert_string_equal(place.as_org, "Example Edge");
    place = look(geo, "8.8.8.8");
    assert_string_equal(place.country, "US");
    assert_true(place.is_registered);
    assert_string_equal(look(geo, "2001:4860:4860::8888").country, "US");
    assert_string_equal(look(geo, "4.4.4.4").country, "");
    cw_geo_free(geo);
}

static void
test_codes_that_are_no_country(void **state)
{
    (void)state;
    struct cw_geo *geo = open_files("nested.mmdb", "asn.mmdb", NULL);
    struct cw_place place = look(geo, "9.9.9.9");
    assert_string_equal(place.country, "");
    assert_string_equal(place.city, "Nowhere");
    assert_true(place.asn == 4200000001u); /* 32 bits, RFC 6793 */
    assert_string_equal(place.as_org, "");
    cw_geo_free(geo);
}

static void
test_flat_layouts(void **state)
{
    (void)state;
    struct cw_geo *geo = open_files("ipinfo.mmdb", "old-ipinfo.mmdb", NULL);
    struct cw_place place = look(geo, "1.1.1.1");
    assert_string_equal(place.country, "AU"); /* not the name under "country" */
    assert_int_equal(place.asn, 13335);
    assert_string_equal(place.as_org, "Flat Edge");
    assert_string_equal(look(geo, "8.8.4.4").country, "US"); /* the code under "country" */
    cw_geo_free(geo);
    geo = open_files("npm.mmdb", NULL, NULL);
    place = look(geo, "1.1.1.1");
    assert_string_equal(place.city, "Auckland");
    assert_string_equal(place.location, "-36.8500,174.7600");               /* floats */
    assert_string_equal(look(geo, "8.8.8.8").location, "37.7510,-97.8220"); /* text */
    cw_geo_free(geo);
}

static void
test_first_file_wins_value_by_value(void **state)
{
    (void)state;
    struct cw_geo *geo = open_files("npm.mmdb", "nested.mmdb", "asn.mmdb");
    struct cw_place place = look(geo, "1.1.1.1");
    assert_string_equal(place.country, "NZ");
    assert_string_equal(place.city, "Auckland");
    assert_int_equal(place.asn, 13335);
    cw_geo_free(geo);
    geo = open_files("asn.mmdb", "nested.mmdb", "npm.mmdb");
    assert_string_equal(look(geo, "1.1.1.1").city, "Sydney");
    cw_geo_free(geo);
}

static void
test_ipv6_in_an_ipv4_file_is_not_found(void **state)
{
    (void)state;
    struct cw_geo *geo = open_files("npm.mmdb", "nested.mmdb", NULL);
    assert_string_equal(look(geo, "2001:4860::1").country, "US");
    assert_int_equal(cw_geo_errors(geo), 0);
    cw_geo_free(geo);
}

/* The file has them all: none may be asked for. */
static void
test_only_global_addresses_are_looked_up(void **state)
{
    (void)state;
    static const char *const never[] = {
        "192.168.1.1", "10.1.2.3",    "100.64.0.1", "224.0.0.251", "255.255.255.255",
        "127.0.0.1",   "169.254.1.1", "0.0.0.0",    "203.0.113.1", "fc00::1",
        "fe80::1",     "ff02::1",     "::1",        "2001:db8::1"};
    struct cw_geo *geo = open_files("nested.mmdb", NULL, NULL);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        struct cw_addr addr;
        struct cw_place place;
        assert_true(cw_addr_parse(never[i], &addr));
        assert_false(cw_geo_lookup(geo, &addr, &place));
        assert_string_equal(place.country, "");
    }
    cw_geo_free(geo);
}

static void
test_cache_gives_the_same(void **state)
{
    (void)state;
    struct cw_geo *geo = open_files("nested.mmdb", "asn.mmdb", NULL);
    struct cw_place first = look(geo, "1.1.1.1");
    for (unsigned i = 0; i < 5000; i++) { /* more than it holds */
        char text[32];
        (void)snprintf(text, sizeof(text), "4.%u.%u.1", i / 250, i % 250);
        assert_string_equal(look(geo, text).country, "");
    }
    struct cw_place again = look(geo, "1.1.1.1");
    assert_memory_equal(&first, &again, sizeof(first));
    cw_geo_free(geo);
}

static void
test_sources(void **state)
{
    (void)state;
    struct camwatch_geo_source sources[4];
    struct cw_geo *geo = open_files("nested.mmdb", "asn.mmdb", "ipinfo.mmdb");
    assert_int_equal(cw_geo_sources(geo, sources, 4), 3);
    assert_string_equal(sources[0].type, "GeoLite2-City");
    assert_string_equal(sources[0].licence, "GeoLite2 EULA");
    assert_string_equal(sources[1].licence, "CC BY-SA 4.0");
    assert_true(sources[1].built_ns ==
                INT64_C(1767312000) * 1000000000); /* data of 2026-01-02 */
    assert_string_equal(sources[1].path, path_of("asn.mmdb"));
    assert_string_equal(sources[2].licence, "");
    assert_true(sources[0].built_ns > INT64_C(1700000000) * 1000000000);
    cw_geo_free(geo);
}

static void
test_missing_or_foreign_file_is_a_message(void **state)
{
    (void)state;
    struct cw_geo *geo = open_files("missing.mmdb", "nested.mmdb", NULL);
    assert_int_equal(n_messages, 1);
    assert_non_null(strstr(last_message, "missing.mmdb: No such file"));
    assert_string_equal(look(geo, "1.1.1.1").country, "AU");
    cw_geo_free(geo);
    geo = open_files("other.mmdb", NULL, NULL);
    assert_non_null(strstr(last_message, "neither countries nor cities"));
    assert_int_equal(cw_geo_sources(geo, NULL, 0), 0);
    cw_geo_free(geo);
    geo = open_files("", NULL, NULL);
    assert_non_null(strstr(last_message, "no regular file"));
    cw_geo_free(geo);
}

static void
test_file_that_others_may_write_is_a_warning(void **state)
{
    (void)state;
    assert_int_equal(chmod(path_of("asn.mmdb"), 0666), 0);
    struct cw_geo *geo = open_files("asn.mmdb", NULL, NULL);
    assert_non_null(strstr(last_message, "chmod go-w"));
    assert_int_equal(look(geo, "1.1.1.1").asn, 13335);
    cw_geo_free(geo);
    assert_int_equal(chmod(path_of("asn.mmdb"), 0644), 0);
}

static size_t
read_file(const char *name, uint8_t *out, size_t size)
{
    FILE *file = fopen(path_of(name), "rb");
    assert_non_null(file);
    size_t n = fread(out, 1, size, file);
    (void)fclose(file);
    return n;
}

static void
write_file(const char *name, const uint8_t *bytes, size_t n)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

/* Cut anywhere: a message or a partial answer, never a crash and never an invented country. */
static void
test_cut_at_every_length(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    size_t n = read_file("nested.mmdb", bytes, sizeof(bytes));
    assert_true(n > 500 && n < sizeof(bytes));
    for (size_t i = 0; i < n; i++) {
        write_file("cut.mmdb", bytes, i);
        struct cw_geo *geo = open_files("cut.mmdb", NULL, NULL);
        const char *country = look(geo, "1.1.1.1").country;
        assert_true(country[0] == '\0' || strcmp(country, "AU") == 0);
        cw_geo_free(geo);
    }
}

/* Damage in the search tree and the data; the metadata at the end stays. */
static void
test_damage_is_survived(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    size_t n = read_file("nested.mmdb", bytes, sizeof(bytes));
    for (size_t i = 0; i + 200 < n; i += 3) {
        uint8_t was = bytes[i];
        bytes[i] = 0xff;
        write_file("damaged.mmdb", bytes, n);
        struct cw_geo *geo = open_files("damaged.mmdb", NULL, NULL);
        (void)look(geo, "1.1.1.1");
        (void)look(geo, "8.8.8.8");
        (void)look(geo, "2001:4860::1");
        cw_geo_free(geo);
        bytes[i] = was;
    }
}

/* cp, wget -O: the mapping must not follow. */
static void
test_overwritten_in_place_while_open(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    size_t n = read_file("nested.mmdb", bytes, sizeof(bytes));
    write_file("live.mmdb", bytes, n);
    struct cw_geo *geo = open_files("live.mmdb", NULL, NULL);
    write_file("live.mmdb", bytes, 0);
    assert_string_equal(look(geo, "1.1.1.1").country, "AU");
    assert_string_equal(look(geo, "2001:4860::1").country, "US");
    cw_geo_free(geo);
}

static void
test_fingerprint_tells_files_apart(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    size_t n = read_file("nested.mmdb", bytes, sizeof(bytes));
    write_file("print.mmdb", bytes, n);
    const char *const files[] = {path_of("print.mmdb"), path_of("never.mmdb"), NULL};
    uint64_t first = cw_geo_fingerprint(files);
    assert_true(first == cw_geo_fingerprint(files));
    write_file("other.mmdb", bytes, n);
    assert_int_equal(rename(path_of("other.mmdb"), files[0]), 0);
    uint64_t replaced = cw_geo_fingerprint(files);
    assert_true(first != replaced);
    write_file("never.mmdb", bytes, n);
    uint64_t both = cw_geo_fingerprint(files);
    assert_true(both != replaced);
    write_file("print.mmdb", bytes, n - 1);
    assert_true(both != cw_geo_fingerprint(files));
    assert_int_equal(unlink(files[0]) | unlink(files[1]), 0);
}

static void
test_refused_files_are_counted(void **state)
{
    (void)state;
    write_file("empty.mmdb", (const uint8_t *)"", 0);
    struct cw_geo *geo = open_files("nested.mmdb", "empty.mmdb", "not-there.mmdb");
    assert_int_equal(cw_geo_refused(geo), 2);
    assert_string_equal(look(geo, "1.1.1.1").country, "AU");
    cw_geo_free(geo);
}

static void
test_folder_of_the_environment(void **state)
{
    (void)state;
    struct camwatch_geo_source sources[16];
    assert_int_equal(mkdir(path_of("own"), 0755), 0);
    assert_int_equal(rename(path_of("ipinfo.mmdb"), path_of("own/a.mmdb")), 0);
    assert_int_equal(rename(path_of("npm.mmdb"), path_of("own/b.mmdb")), 0);
    assert_int_equal(setenv("CAMWATCH_GEO_DIR", path_of("own"), 1), 0);
    struct cw_geo *geo = cw_geo_new(NULL, hear, NULL);
    assert_int_equal(cw_geo_sources(geo, sources, 16), 2);
    assert_string_equal(sources[0].path, path_of("own/a.mmdb"));
    assert_string_equal(look(geo, "1.1.1.1").country, "AU");
    cw_geo_free(geo);
}

static int
make_files(void)
{
    char command[512];
    const char *source = getenv("CAMWATCH_SOURCE");
    if (!mkdtemp(folder)) {
        return 1;
    }
    (void)snprintf(command, sizeof(command), "perl '%s/tests/support/make-mmdb.pl' '%s'",
                   source ? source : ".", folder);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_codes_that_are_no_country),
        cmocka_unit_test(test_flat_layouts),
        cmocka_unit_test(test_first_file_wins_value_by_value),
        cmocka_unit_test(test_ipv6_in_an_ipv4_file_is_not_found),
        cmocka_unit_test(test_only_global_addresses_are_looked_up),
        cmocka_unit_test(test_cache_gives_the_same),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_missing_or_foreign_file_is_a_message),
        cmocka_unit_test(test_file_that_others_may_write_is_a_warning),
        cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_damage_is_survived),
        cmocka_unit_test(test_overwritten_in_place_while_open),
        cmocka_unit_test(test_fingerprint_tells_files_apart),
        cmocka_unit_test(test_refused_files_are_counted),
        cmocka_unit_test(test_folder_of_the_environment),
    };
    int made = make_files();
    int failed = made == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : made;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    (void)!system(command);
    return failed;
}
