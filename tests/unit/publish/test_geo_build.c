/* SPDX-License-Identifier: Apache-2.0
 *
 * tools/geo-build: from the text that the packages hold to what camwatch reads.
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
#include <sys/wait.h>
#include <unistd.h>

#include "publish/geo.h"

/* The form of tor-geoipdb's files and of `location dump`; networks are real, the rest is invented. */
static const char geoip[] = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n"
                            "# Vendor:    IPFire Project\n"
                            "# License:   CC BY-SA 4.0\n"
                            "16777216,16777471,AU\n"
                            "16777472,16778239,CN\n"
                            "134744064,134744319,??\n"
                            "3221225984,3221226239,AU\n"; /* 192.0.2.0/24 */
static const char geoip6[] = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n"
                             "2001::,2001:0:ffff:ffff:ffff:ffff:ffff:ffff,DE\n"
                             "2001:4860::,2001:4860:ffff:ffff:ffff:ffff:ffff:ffff,US\n"
                             "2002::,2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff,DE\n";
static const char dump[] = "# Generated: Sat, 29 Oct 2022 05:59:54 GMT\n"
                           "\n"
                           "aut-num:                 AS13335\n"
                           "name:                    EXAMPLE-EDGE\n"
                           "\n"
                           "aut-num:                 AS64500\n"
                           "name:                    EXAMPLE-WIDE\n"
                           "\n"
                           "net:                     1.0.0.0/24\n"
                           "country:                 AU\n"
                           "aut-num:                 13335\n"
                           "\n"
                           "net:                     1.0.0.0/8\n"
                           "aut-num:                 64500\n"
                           "\n"
                           "net:                     2001:4860::/32\n"
                           "aut-num:                 15169\n"
                           "\n"
                           "net:                     9.9.9.0/24\n"
                           "country:                 US\n";

static char folder[] = "/tmp/camwatch-geo-build-XXXXXX";

static void
put(const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* geo-build ARGUMENTS, in the folder; what it says goes to the file said. */
static int
build(const char *arguments)
{
    char command[512];
    const char *source = getenv("CAMWATCH_SOURCE");
    (void)snprintf(command, sizeof(command), "cd '%s' && perl '%s/tools/geo-build' %s 2>said",
                   folder, source ? source : ".", arguments);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct cw_geo *
open_all(void)
{
    assert_int_equal(setenv("CAMWATCH_GEO_DIR", folder, 1), 0);
    struct cw_geo *geo = cw_geo_new(NULL, NULL, NULL);
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
test_country_and_as(void **state)
{
    (void)state;
    assert_int_equal(build("country country.mmdb geoip geoip6"), 0);
    assert_int_equal(build("as asn.mmdb dump"), 0);
    struct cw_geo *geo = open_all();
    assert_string_equal(look(geo, "1.0.0.1").country, "AU");
    assert_string_equal(look(geo, "1.0.1.0").country, "CN");
    assert_string_equal(look(geo, "1.0.3.255").country, "CN");
    assert_string_equal(look(geo, "1.0.4.0").country, "");
    assert_string_equal(look(geo, "8.8.8.8").country, ""); /* "??" */
    assert_string_equal(look(geo, "2001:4860::1").country, "US");
    assert_string_equal(look(geo, "2002:102:304::1").country, ""); /* 6to4 */
    assert_string_equal(look(geo, "2001::1").country, "");         /* Teredo */
    assert_int_equal(look(geo, "1.0.0.1").asn, 13335); /* the narrow one, first in the file */
    assert_string_equal(look(geo, "1.0.0.1").as_org, "EXAMPLE-EDGE");
    assert_int_equal(look(geo, "1.2.3.4").asn, 64500);
    assert_int_equal(look(geo, "2001:4860::1").asn, 15169);
    assert_string_equal(look(geo, "2001:4860::1").as_org, "");
    assert_int_equal(look(geo, "9.9.9.9").asn, 0);
    struct camwatch_geo_source sources[2];
    assert_int_equal(cw_geo_sources(geo, sources, 2), 2);
    assert_string_equal(sources[0].type, "camwatch-ASN");
    assert_string_equal(sources[1].licence, "CC BY-SA 4.0");
    assert_true(sources[1].built_ns == INT64_C(1782345600) * 1000000000); /* 2026-06-25 */
    assert_true(sources[0].built_ns == INT64_C(1667001600) * 1000000000); /* 2022-10-29 */
    cw_geo_free(geo);
}

static void
test_wrong_input_leaves_the_old_file(void **state)
{
    (void)state;
    put("wrong", "16777216;16777471;AU\n");
    assert_int_equal(build("country country.mmdb wrong geoip6"), 1);
    assert_int_equal(build("country country.mmdb missing geoip6"), 1);
    assert_int_equal(build("as asn.mmdb geoip"), 1);
    struct cw_geo *geo = open_all();
    assert_string_equal(look(geo, "1.0.0.1").country, "AU");
    assert_int_equal(look(geo, "1.0.0.1").asn, 13335);
    cw_geo_free(geo);
}

static void
test_show(void **state)
{
    (void)state;
    assert_int_equal(build("show country.mmdb asn.mmdb > shown"), 0);
    assert_int_equal(build("show geoip > shown"), 1);
    assert_int_equal(build("show missing.mmdb > shown"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_country_and_as),
        cmocka_unit_test(test_wrong_input_leaves_the_old_file),
        cmocka_unit_test(test_show),
    };
    if (system("perl -MMaxMind::DB::Writer::Tree -e 1 2>/dev/null") != 0) {
        (void)fprintf(stderr, "skipped: libmaxmind-db-writer-perl is not installed\n");
        return 77;
    }
    if (!mkdtemp(folder)) {
        return 1;
    }
    put("geoip", geoip);
    put("geoip6", geoip6);
    put("dump", dump);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    (void)!system(command);
    return failed;
}
