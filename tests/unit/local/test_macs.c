/* SPDX-License-Identifier: Apache-2.0
 *
 * More MACs than the table holds: it recovers, keeps gateways, and trusts none that it cannot keep.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local/hosts.h"
#include "local/macs.h"

static struct cw_macs macs;

static int
setup(void **state)
{
    (void)state;
    macs = (struct cw_macs){0};
    return cw_macs_init(&macs, (struct cw_hash_key){1, 2}) ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    cw_macs_fini(&macs);
    return 0;
}

static struct cw_mac
mac_number(uint32_t i)
{
    return (struct cw_mac){
        {0x00, 0x00, (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}};
}

static enum cw_mac_verdict
ask(uint32_t i)
{
    struct cw_mac mac = mac_number(i);
    return cw_macs_ask(&macs, &mac);
}

static void
a_full_table_takes_new_macs(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CW_MACS_MAX; i++) {
        assert_int_equal(ask(i), CW_MAC_HOST);
    }
    assert_int_equal(macs.forgotten, 0);
    uint32_t n_untrusted = 0;
    for (uint32_t i = CW_MACS_MAX; i < 2 * CW_MACS_MAX; i++) {
        n_untrusted += ask(i) != CW_MAC_HOST;
    }
    assert_int_equal(macs.forgotten, CW_MACS_MAX); /* each one given up or not taken */
    /* Not taken are those met while the hand goes its first round: 64 MACs a step. */
    assert_in_range(n_untrusted, 0, CW_MACS_MAX / 64);
    assert_int_equal(ask(2 * CW_MACS_MAX - 1), CW_MAC_HOST); /* the newest is known */
    assert_int_equal(macs.forgotten, CW_MACS_MAX);
}

static void
a_mac_that_cannot_be_kept_is_not_trusted_and_counted(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CW_MACS_MAX; i++) {
        (void)ask(i);
    }
    assert_int_equal(ask(CW_MACS_MAX), CW_MAC_GATEWAY); /* all others were met of late */
    assert_int_equal(macs.forgotten, 1);
}

static void
a_gateway_outlives_a_flood_of_macs(void **state)
{
    (void)state;
    struct cw_mac gateway = mac_number(7);
    assert_int_equal(cw_macs_forwards(&macs, &gateway), CW_MAC_NEW_GATEWAY);
    for (uint32_t i = 1000; i < 1000 + 4 * CW_MACS_MAX; i++) {
        (void)ask(i);
    }
    assert_int_equal(ask(7), CW_MAC_GATEWAY);
    assert_true(macs.forgotten > 2 * (uint64_t)CW_MACS_MAX);
}

static void
a_table_of_gateways_recovers_and_keeps_those_in_use(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CW_MACS_MAX; i++) {
        struct cw_mac mac = mac_number(i);
        assert_int_equal(cw_macs_forwards(&macs, &mac), CW_MAC_NEW_GATEWAY);
    }
    uint32_t n_hosts = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        n_hosts += ask(CW_MACS_MAX + i) == CW_MAC_HOST;
        assert_int_equal(ask(7), CW_MAC_GATEWAY);
    }
    assert_in_range(n_hosts, 1000,
                    4000); /* all but those of the first round, and of some scans */
}

/* The counter that is published. */
static void
forgotten_macs_are_counted_as_local_addresses(void **state)
{
    (void)state;
    static struct cw_home home;
    struct cw_hosts *hosts =
        cw_hosts_new(&(struct cw_hosts_settings){.max_hosts = 8, .key = {1, 2}, .home = &home});
    assert_non_null(hosts);
    struct cw_addr addr;
    assert_true(cw_addr_parse("192.168.1.9", &addr));
    for (uint32_t i = 1; i <= CW_MACS_MAX; i++) {
        struct cw_mac mac = mac_number(i);
        (void)cw_hosts_learn(hosts, &mac, &addr);
    }
    assert_int_equal(cw_hosts_evicted(hosts), 0);
    struct cw_mac mac = mac_number(CW_MACS_MAX + 1);
    assert_false(cw_hosts_learn(hosts, &mac, &addr));
    assert_int_equal(cw_hosts_evicted(hosts), 1);
    cw_hosts_free(hosts);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_full_table_takes_new_macs),
        CASE(a_mac_that_cannot_be_kept_is_not_trusted_and_counted),
        CASE(a_gateway_outlives_a_flood_of_macs),
        CASE(a_table_of_gateways_recovers_and_keeps_those_in_use),
        CASE(forgotten_macs_are_counted_as_local_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
