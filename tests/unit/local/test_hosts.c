/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local/hosts.h"

static struct cw_home home;
static struct cw_hosts *hosts;

static int
setup(void **state)
{
    (void)state;
    hosts =
        cw_hosts_new(&(struct cw_hosts_settings){.max_hosts = 8, .key = {1, 2}, .home = &home});
    return hosts ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    cw_hosts_free(hosts);
    return 0;
}

static struct cw_addr
addr(const char *text)
{
    struct cw_addr a;
    assert_true(cw_addr_parse(text, &a));
    return a;
}

static struct cw_mac
mac(const char *text)
{
    struct cw_mac m;
    assert_true(cw_mac_parse(cw_bytes_text(text), &m));
    return m;
}

static struct cw_host *
seen(const char *ip, const char *from)
{
    struct cw_addr a = addr(ip);
    struct cw_mac m = from ? mac(from) : (struct cw_mac){{0}};
    return cw_hosts_of_address(hosts, &a, from ? &m : NULL, 1000);
}

static void
give_evidence(struct cw_host *host, unsigned kind)
{
    struct cw_evidence e = {.kind = (uint8_t)kind,
                            .points = 85,
                            .subject = CW_SUBJECT_DEVICE,
                            .is_surveillance = 1,
                            .maker = 1};
    assert_true(cw_hosts_add_evidence(host, &e));
}

static void
v4_and_v6_of_one_mac_are_one_host(void **state)
{
    (void)state;
    struct cw_host *host = seen("192.168.1.9", "00:00:5e:00:53:01");
    assert_ptr_equal(seen("fe80::1", "00:00:5e:00:53:01"), host);
    assert_ptr_equal(seen("192.168.1.9", NULL), host);
    assert_int_equal(cw_hosts_count(hosts), 1);
    assert_int_equal(host->n_addresses, 2);
}

static void
a_mac_with_global_sources_is_a_gateway(void **state)
{
    (void)state;
    struct cw_host *host = seen("192.168.1.1", "00:00:5e:00:53:02");
    assert_false(cw_mac_is_none(&host->mac));
    struct cw_addr far = addr("8.8.8.8");
    struct cw_mac m = mac("00:00:5e:00:53:02");
    assert_false(cw_hosts_learn(hosts, &m, &far));
    host = seen("192.168.7.5", "00:00:5e:00:53:02");
    assert_true(cw_mac_is_none(&host->mac));
    struct cw_host *other = seen("192.168.7.6", "00:00:5e:00:53:02");
    assert_ptr_not_equal(other, host);
}

static void
evidence_of_a_lone_address_survives_its_gateway(void **state)
{
    (void)state;
    struct cw_host *host = seen("192.168.1.1", "00:00:5e:00:53:02");
    give_evidence(host, CAMWATCH_EVIDENCE_SIGNATURE);
    give_evidence(host, CAMWATCH_EVIDENCE_MAC_CAMERA);
    struct cw_addr far = addr("8.8.8.8");
    struct cw_mac m = mac("00:00:5e:00:53:02");
    assert_false(cw_hosts_learn(hosts, &m, &far));
    host = seen("192.168.1.1", NULL);
    assert_non_null(host->facts);
    assert_int_equal(host->facts->n_evidence, 1);
    assert_int_equal(host->facts->evidence[0].kind, CAMWATCH_EVIDENCE_SIGNATURE);
    assert_true(cw_mac_is_none(&host->mac));
}

static void
many_local_addresses_behind_one_mac_are_routed(void **state)
{
    (void)state;
    char ip[] = "10.0.0.1";
    for (char c = '1'; c <= '4'; c++) {
        ip[7] = c;
        assert_false(cw_mac_is_none(&seen(ip, "00:00:5e:00:53:03")->mac));
    }
    assert_true(cw_mac_is_none(&seen("10.0.0.5", "00:00:5e:00:53:03")->mac));
    assert_true(cw_mac_is_none(&seen("10.0.0.1", "00:00:5e:00:53:03")->mac));
}

static void
who_forwards_an_address_is_a_gateway(void **state)
{
    (void)state;
    struct cw_addr far = addr("10.9.0.5");
    struct cw_mac m = mac("00:00:5e:00:53:06"), told;
    struct cw_host *host = seen("10.0.0.1", "00:00:5e:00:53:06");
    host->is_announced = true;
    assert_false(cw_hosts_take_gateway(hosts, &told));
    cw_hosts_note_forwarded(hosts, &m, &far);
    assert_true(cw_mac_is_none(&seen("10.9.0.5", "00:00:5e:00:53:06")->mac));
    assert_true(cw_hosts_take_gateway(hosts, &told));
    assert_true(cw_mac_equal(&told, &m));
    assert_false(cw_hosts_take_gateway(hosts, &told));
}

static void
who_forwards_its_own_address_hides_others(void **state)
{
    (void)state;
    struct cw_addr own = addr("192.168.1.50");
    struct cw_mac m = mac("00:00:5e:00:53:07");
    cw_hosts_prove(hosts, &m, &own, 1000);
    struct cw_host *host = seen("192.168.1.50", "00:00:5e:00:53:07");
    assert_false(host->is_shared);
    cw_hosts_note_forwarded(hosts, &m, &own);
    assert_ptr_equal(seen("192.168.1.50", "00:00:5e:00:53:07"), host);
    assert_true(host->is_shared);
    assert_true(cw_mac_equal(&host->mac, &m));
    assert_false(host->is_gateway);
}

static void
arp_proves_an_address_outside_the_home_networks(void **state)
{
    (void)state;
    struct cw_addr campus = addr("131.107.1.9");
    struct cw_mac m = mac("00:00:5e:00:53:04");
    assert_false(cw_hosts_is_local(hosts, &campus));
    cw_hosts_prove(hosts, &m, &campus, 1000);
    assert_true(cw_hosts_is_local(hosts, &campus));
    assert_true(cw_hosts_learn(hosts, &m, &campus));
    struct cw_host *host = seen("131.107.1.9", "00:00:5e:00:53:04");
    assert_true(cw_mac_equal(&host->mac, &m));
}

static void
an_address_only_host_joins_its_mac(void **state)
{
    (void)state;
    struct cw_host *host = seen("192.168.1.20", NULL);
    give_evidence(host, CAMWATCH_EVIDENCE_SIGNATURE);
    struct cw_host *known = seen("fe80::20", "00:00:5e:00:53:05");
    struct cw_host *joined = seen("192.168.1.20", "00:00:5e:00:53:05");
    assert_ptr_equal(joined, known);
    assert_int_equal(joined->facts->n_evidence, 1);
    assert_true(joined->is_device);
    assert_int_equal(cw_hosts_count(hosts), 1);
}

static void
an_address_can_move_to_another_device(void **state)
{
    (void)state;
    struct cw_host *first = seen("192.168.1.30", "00:00:5e:00:53:06");
    struct cw_host *second = seen("192.168.1.30", "00:00:5e:00:53:07");
    assert_ptr_not_equal(first, second);
    assert_ptr_equal(seen("192.168.1.30", NULL), second);
}

static void
hosts_with_facts_or_flows_stay(void **state)
{
    (void)state;
    struct cw_host *camera = seen("10.1.0.1", NULL), *busy = seen("10.1.0.2", NULL);
    uint32_t camera_handle = camera->handle, busy_handle = busy->handle;
    give_evidence(camera, CAMWATCH_EVIDENCE_SIGNATURE);
    busy->flows = 1;
    char ip[] = "10.2.0.0";
    for (unsigned i = 0; i < 64; i++) {
        ip[5] = (char)('0' + i / 10);
        ip[7] = (char)('0' + i % 10);
        assert_non_null(seen(ip, NULL));
    }
    assert_non_null(cw_hosts_get(hosts, camera_handle));
    assert_non_null(cw_hosts_get(hosts, busy_handle));
    assert_ptr_equal(seen("10.1.0.1", NULL), cw_hosts_get(hosts, camera_handle));
    assert_int_equal(cw_hosts_count(hosts), 8);
    assert_int_equal(cw_hosts_evicted(hosts), 64 + 2 - 8);
}

/* Anybody can make hosts of which a hint is known: they never keep a new one out. */
static void
hosts_that_are_no_devices_give_way(void **state)
{
    (void)state;
    struct cw_host *camera = seen("10.1.0.1", NULL);
    uint32_t camera_handle = camera->handle;
    give_evidence(camera, CAMWATCH_EVIDENCE_SIGNATURE);
    char ip[] = "10.2.0.0";
    for (unsigned i = 0; i < 64; i++) {
        ip[5] = (char)('0' + i / 10);
        ip[7] = (char)('0' + i % 10);
        struct cw_host *hinted = seen(ip, NULL);
        assert_non_null(hinted);
        struct cw_evidence hint = {
            .kind = CAMWATCH_EVIDENCE_NAME_DNS_OWN, .points = 45, .subject = CW_SUBJECT_DEVICE};
        (void)cw_hosts_add_evidence(hinted, &hint);
        assert_false(hinted->is_device);
    }
    assert_ptr_equal(seen("10.1.0.1", NULL), cw_hosts_get(hosts, camera_handle));
    assert_int_equal(cw_hosts_count(hosts), 8);
}

static void
router_macs_are_gateways_at_once(void **state)
{
    (void)state;
    assert_true(cw_mac_is_none(&seen("192.168.1.1", "00:00:5e:00:01:0a")->mac));
}

static void
the_operators_prefixes_are_home(void **state)
{
    (void)state;
    struct cw_home own = {.n_more = 0};
    struct cw_addr inside = addr("203.0.113.9"), v6 = addr("2001:db8:1::9"),
                   outside = addr("203.0.114.1");
    assert_false(cw_home_has(&own, &inside));
    assert_true(cw_home_add(&own, "203.0.113.0/24"));
    assert_true(cw_home_add(&own, "2001:db8::/32"));
    assert_false(cw_home_add(&own, "203.0.113.0/33"));
    assert_false(cw_home_add(&own, "office"));
    assert_true(cw_home_has(&own, &inside));
    assert_true(cw_home_has(&own, &v6));
    assert_false(cw_home_has(&own, &outside));
    struct cw_addr edge_in = addr("172.31.255.255"), edge_out = addr("172.32.0.0");
    assert_true(cw_home_has(&own, &edge_in));
    assert_false(cw_home_has(&own, &edge_out));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(v4_and_v6_of_one_mac_are_one_host),
        T(a_mac_with_global_sources_is_a_gateway),
        T(evidence_of_a_lone_address_survives_its_gateway),
        T(many_local_addresses_behind_one_mac_are_routed),
        T(who_forwards_an_address_is_a_gateway),
        T(who_forwards_its_own_address_hides_others),
        T(arp_proves_an_address_outside_the_home_networks),
        T(an_address_only_host_joins_its_mac),
        T(an_address_can_move_to_another_device),
        T(hosts_with_facts_or_flows_stay),
        T(hosts_that_are_no_devices_give_way),
        T(router_macs_are_gateways_at_once),
        T(the_operators_prefixes_are_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
