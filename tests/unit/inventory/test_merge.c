/* SPDX-License-Identifier: Apache-2.0
 *
 * The merge rules of corrections.md, "Rules of evidence", one test each.
 */
#include "seen.h"

static void
count_visit(void *user, const struct camwatch_device *device)
{
    (void)device;
    ++*(unsigned *)user;
}

static unsigned
count(const struct cw_inventory *inv)
{
    unsigned n = 0;
    cw_inventory_visit(inv, count_visit, &n);
    return n;
}

static void
test_id_is_mac_then_serial_then_address(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", "SERIAL-A");
    struct cw_record_device b = camera(0, "192.0.2.2", "SERIAL-B");
    struct cw_record_device c = seen(0, "192.0.2.3");
    add_piece(&c, CAMWATCH_EVIDENCE_SIGNATURE, 85, "", "Example Digital");
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_NEW);
    assert_int_equal(merge(inv, &b).what, CW_INVENTORY_NEW);
    assert_int_equal(merge(inv, &c).what, CW_INVENTORY_NEW);
    assert_int_equal(count(inv), 3);
    assert_non_null(cw_inventory_find(inv, "mac:00-00-5E-00-53-01"));
    assert_non_null(cw_inventory_find(inv, "sn:Example Digital:SERIAL-B"));
    assert_non_null(cw_inventory_find(inv, "ip:default:0:192.0.2.3"));
    cw_inventory_free(inv);
}

static void
test_new_is_told_once(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", "SERIAL-A");
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_NEW);
    assert_int_equal(merge(inv, &a).what, 0);
    cw_inventory_free(inv);
}

static void
test_host_without_evidence_is_kept_but_not_told(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device host = seen(1, "192.0.2.1");
    host.is_viewer = 1;
    assert_int_equal(merge(inv, &host).what, 0);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_true(d->is_viewer);
    assert_false(d->is_surveillance);
    struct cw_record_device a = camera(1, "192.0.2.1", "SERIAL-A");
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_NEW);
    cw_inventory_free(inv);
}

static void
test_same_serial_on_two_macs_is_one(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device wired = camera(1, "192.0.2.1", "SERIAL-A");
    struct cw_record_device wireless = camera(2, "192.0.2.2", "SERIAL-A");
    assert_int_equal(merge(inv, &wired).what, CW_INVENTORY_NEW);
    assert_false(merge(inv, &wireless).what & CW_INVENTORY_NEW);
    assert_int_equal(count(inv), 1);
    assert_ptr_equal(cw_inventory_find(inv, "mac:00-00-5E-00-53-01"),
                     cw_inventory_find(inv, "mac:00-00-5E-00-53-02"));
    struct cw_device_view view;
    assert_string_equal(view_of(inv, "mac:00-00-5E-00-53-02", &view)->id,
                        "mac:00-00-5E-00-53-01");
    cw_inventory_free(inv);
}

/* Both were told before the second said its serial. */
static void
test_two_records_join_when_the_serial_comes(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device wired = camera(1, "192.0.2.1", "SERIAL-A");
    struct cw_record_device silent = camera(2, "192.0.2.2", NULL);
    struct cw_record_device speaks = camera(2, "192.0.2.2", "SERIAL-A");
    merge(inv, &wired);
    assert_int_equal(merge_at(inv, silent, NOON + SECOND).what, CW_INVENTORY_NEW);
    struct cw_inventory_change change = merge_at(inv, speaks, NOON + 2 * SECOND);
    assert_true(change.what & CW_INVENTORY_CHANGED);
    assert_string_equal(change.former_id, "mac:00-00-5E-00-53-02");
    assert_int_equal(count(inv), 1);
    cw_inventory_free(inv);
}

static void
test_same_mac_with_a_new_serial_is_two_claims(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", "SERIAL-A");
    struct cw_record_device b = camera(1, "192.0.2.1", "SERIAL-B");
    merge(inv, &a);
    struct cw_inventory_change change = merge_at(inv, b, NOON + SECOND);
    assert_int_equal(change.what, CW_INVENTORY_CHANGED);
    assert_non_null(strstr(change.text, "second serial"));
    assert_null(strstr(change.text, "SERIAL-B")); /* never in a text */
    assert_int_equal(count(inv), 1);
    /* in turn: told once */
    assert_int_equal(merge_at(inv, a, NOON + 2 * SECOND).what, 0);
    assert_int_equal(merge_at(inv, b, NOON + 3 * SECOND).what, 0);
    /* both still name it, for who comes without a MAC */
    struct cw_record_device far = camera(0, "198.51.100.9", "SERIAL-A");
    assert_false(merge_at(inv, far, NOON + 4 * SECOND).what & CW_INVENTORY_NEW);
    assert_int_equal(count(inv), 1);
    cw_inventory_free(inv);
}

static void
test_two_devices_with_serials_never_join(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", "SERIAL-A");
    struct cw_record_device b = camera(2, "192.0.2.2", "SERIAL-B");
    struct cw_record_device mixed = camera(2, "192.0.2.2", "SERIAL-A");
    merge(inv, &a);
    merge(inv, &b);
    merge_at(inv, mixed, NOON + SECOND);
    assert_int_equal(count(inv), 2);
    assert_int_equal(cw_inventory_count(inv).conflicts, 1);
    cw_inventory_free(inv);
}

static void
test_a_serial_cloned_to_many_macs_stops_joining(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    for (uint8_t i = 1; i <= 6; i++) {
        struct cw_record_device a = camera(i, NULL, "12345678");
        merge(inv, &a);
    }
    assert_int_equal(count(inv), 3); /* four MACs in one, two apart */
    cw_inventory_free(inv);
}

/* The MAC that a device says of itself is its wired one; it speaks over the air. */
static void
test_mac_that_it_says_of_itself_is_its_own(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device wireless = camera(1, "192.0.2.1", NULL);
    wireless.identity.mac = mac(2);
    struct cw_record_device wired = camera(2, "192.0.2.2", NULL);
    merge(inv, &wireless);
    assert_false(merge(inv, &wired).what & CW_INVENTORY_NEW);
    assert_int_equal(count(inv), 1);
    cw_inventory_free(inv);
}

static void
test_address_record_goes_on_under_its_mac(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device routed = camera(0, "192.0.2.1", NULL);
    struct cw_record_device on_link = camera(1, "192.0.2.1", NULL);
    assert_int_equal(merge(inv, &routed).what, CW_INVENTORY_NEW);
    struct cw_inventory_change change = merge(inv, &on_link);
    assert_int_equal(change.what, CW_INVENTORY_CHANGED);
    assert_string_equal(change.former_id, "ip:default:0:192.0.2.1");
    assert_int_equal(count(inv), 1);
    /* and the former id never becomes new again */
    assert_int_equal(merge(inv, &routed).what, 0);
    struct cw_device_view view;
    assert_string_equal(view_of(inv, "ip:default:0:192.0.2.1", &view)->id,
                        "mac:00-00-5E-00-53-01");
    cw_inventory_free(inv);
}

/* DHCP: the address names who had it last; two MACs stay two devices. */
static void
test_an_address_moves_to_another_mac(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", "SERIAL-A");
    struct cw_record_device b = camera(2, "192.0.2.1", "SERIAL-B");
    merge(inv, &a);
    assert_int_equal(merge(inv, &b).what, CW_INVENTORY_NEW);
    struct cw_device_view view;
    assert_string_equal(view_of(inv, "ip:default:0:192.0.2.1", &view)->id,
                        "mac:00-00-5E-00-53-02");
    cw_inventory_free(inv);
}

static void
test_ipv4_and_ipv6_of_one_mac_are_one(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device v4 = camera(1, "192.0.2.1", NULL);
    struct cw_record_device v6 = camera(1, "2001:db8::1", NULL);
    merge(inv, &v4);
    assert_int_equal(merge(inv, &v6).what, 0);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_int_equal(d->n_addresses, 2);
    assert_string_equal(d->addresses[0], "2001:db8::1");
    assert_string_equal(d->addresses[1], "192.0.2.1");
    cw_inventory_free(inv);
}

static void
test_a_new_ipv4_address_is_a_change(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    struct cw_record_device moved = camera(1, "192.0.2.9", NULL);
    merge(inv, &a);
    struct cw_inventory_change change = merge(inv, &moved);
    assert_int_equal(change.what, CW_INVENTORY_CHANGED);
    assert_string_equal(change.text, "address 192.0.2.1 -> 192.0.2.9");
    assert_int_equal(merge(inv, &a).what, 0); /* both are known now */
    cw_inventory_free(inv);
}

static void
test_addresses_are_bounded_and_the_oldest_lets_go(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    for (unsigned i = 1; i <= 20; i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "192.0.2.%u", i);
        struct cw_record_device a = camera(1, text, NULL);
        merge(inv, &a);
    }
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_int_equal(d->n_addresses, CAMWATCH_DEVICE_ADDRESSES);
    assert_string_equal(d->addresses[0], "192.0.2.20");
    assert_null(cw_inventory_find(inv, "ip:default:0:192.0.2.1"));
    assert_non_null(cw_inventory_find(inv, "ip:default:0:192.0.2.20"));
    cw_inventory_free(inv);
}

static void
test_unspecified_and_group_addresses_name_nobody(void **state)
{
    (void)state;
    static const char *const none[] = {"0.0.0.0", "255.255.255.255", "224.0.0.251",
                                       "::", "ff02::1"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        struct cw_inventory *inv = new_inventory();
        struct cw_record_device a = camera(0, none[i], NULL);
        assert_null(merge(inv, &a).device);
        assert_int_equal(count(inv), 0);
        cw_inventory_free(inv);
    }
}

static struct cw_record_device
claim(uint8_t speaker, const char *claimed_address, const char *serial)
{
    struct cw_record_device r = camera(0, claimed_address, serial);
    r.scope = CAMWATCH_SCOPE_BEHIND;
    r.identity.origin = r.evidence[0].origin = CAMWATCH_ORIGIN_CLAIMED;
    r.behind = mac(speaker);
    return r;
}

/* 192.168.1.108 stood 156 times in one capture. */
static void
test_a_claimed_address_is_never_a_key(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device present = camera(1, "192.0.2.108", "SERIAL-P");
    struct cw_record_device recorder = camera(9, "192.0.2.9", "SERIAL-R");
    struct cw_record_device a = claim(9, "192.0.2.108", "SERIAL-A");
    struct cw_record_device b = claim(9, "192.0.2.108", "SERIAL-B");
    merge(inv, &present);
    merge(inv, &recorder);
    assert_int_equal(merge(inv, &a).what, 0); /* no alert about who is behind */
    assert_int_equal(merge(inv, &b).what, 0);
    assert_int_equal(count(inv), 4);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "sn:Example Digital:SERIAL-A", &view);
    assert_int_equal(d->scope, CAMWATCH_SCOPE_BEHIND);
    assert_string_equal(d->behind, "mac:00-00-5E-00-53-09");
    d = view_of(inv, "ip:default:0:192.0.2.108", &view);
    assert_string_equal(d->serial, "SERIAL-P");
    assert_string_equal(d->behind, "");
    cw_inventory_free(inv);
}

static void
test_a_claim_fills_gaps_only(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device present = camera(1, "192.0.2.1", "SERIAL-A");
    cw_text_set(present.identity.model, sizeof(present.identity.model), "IPC-1");
    struct cw_record_device told = claim(9, "192.0.2.50", "SERIAL-A");
    cw_text_set(told.identity.model, sizeof(told.identity.model), "IPC-OTHER");
    cw_text_set(told.identity.name, sizeof(told.identity.name), "Lobby");
    merge(inv, &present);
    assert_int_equal(merge_at(inv, told, NOON + HOUR).what, 0);
    assert_int_equal(count(inv), 1);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_string_equal(d->model,
                        "IPC-1"); /* self goes before claimed, also before a newer one */
    assert_string_equal(d->name, "Lobby");
    assert_int_equal(d->n_addresses, 1);
    assert_string_equal(d->behind, "mac:00-00-5E-00-53-09");
    cw_inventory_free(inv);
}

static void
test_what_was_claimed_is_new_when_it_comes_itself(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device told = claim(9, "192.0.2.50", "SERIAL-A");
    cw_text_set(told.identity.name, sizeof(told.identity.name), "Lobby");
    struct cw_record_device present = camera(1, "192.0.2.1", "SERIAL-A");
    merge(inv, &told);
    assert_int_equal(merge_at(inv, present, NOON + SECOND).what, CW_INVENTORY_NEW);
    assert_int_equal(count(inv), 1);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_int_equal(d->scope, CAMWATCH_SCOPE_LOCAL);
    assert_string_equal(d->name, "Lobby");
    assert_int_equal(d->n_addresses, 1); /* the claimed one is gone */
    assert_true(d->first_ns == NOON + SECOND);
    cw_inventory_free(inv);
}

static void
test_remote_meets_nobody_present(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device present = camera(1, "192.0.2.1", "SERIAL-A");
    struct cw_record_device remote = camera(0, "203.0.113.5", "SERIAL-A");
    remote.scope = CAMWATCH_SCOPE_REMOTE;
    merge(inv, &present);
    assert_int_equal(merge(inv, &remote).what, 0);
    assert_int_equal(count(inv), 2);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "ip:default:remote:203.0.113.5", &view);
    assert_int_equal(d->scope, CAMWATCH_SCOPE_REMOTE);
    cw_inventory_free(inv);
}

static void
test_the_side_table_is_capped(void **state)
{
    (void)state;
    struct cw_inventory_settings settings = {.hash_key = {1, 2}, .max_side = 10};
    struct cw_inventory *inv = cw_inventory_new(&settings);
    for (unsigned i = 0; i < 100; i++) {
        char serial[32];
        (void)snprintf(serial, sizeof(serial), "SERIAL-%u", i);
        struct cw_record_device told = claim(9, NULL, serial);
        merge(inv, &told);
    }
    assert_int_equal(cw_inventory_count(inv).side, 10);
    assert_int_equal(cw_inventory_count(inv).evicted, 90);
    cw_inventory_free(inv);
}

/* Who speaks may be of the side table itself, and be the one that makes room. */
static void
test_a_claim_may_push_out_who_makes_it(void **state)
{
    (void)state;
    struct cw_inventory_settings settings = {.hash_key = {1, 2}, .max_side = 1};
    struct cw_inventory *inv = cw_inventory_new(&settings);
    struct cw_record_device of_2 = claim(9, NULL, "");
    of_2.identity.mac = mac(2);
    merge(inv, &of_2);
    assert_non_null(cw_inventory_find(inv, "mac:00-00-5E-00-53-02"));
    struct cw_record_device by_2 = claim(2, NULL, "SERIAL-A");
    merge(inv, &by_2);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "sn:Example Digital:SERIAL-A", &view);
    assert_string_equal(d->behind, "mac:00-00-5E-00-53-02");
    cw_inventory_free(inv);
}

static void
test_a_gateway_is_no_device(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device router = seen(1, "192.0.2.254");
    add_piece(&router, CAMWATCH_EVIDENCE_MAC_CAMERA, 55, "", "Example Digital");
    router.is_gateway = 1;
    assert_int_equal(merge(inv, &router).what, 0);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_true(d->is_gateway);
    assert_false(d->is_surveillance);
    /* what speaks through it is not it: two cameras behind one router */
    struct cw_record_device a = camera(1, "198.51.100.1", NULL);
    struct cw_record_device b = camera(1, "198.51.100.2", NULL);
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_NEW);
    assert_int_equal(merge(inv, &b).what, CW_INVENTORY_NEW);
    assert_non_null(cw_inventory_find(inv, "ip:default:0:198.51.100.1"));
    assert_int_equal(count(inv), 3);
    cw_inventory_free(inv);
}

static void
test_a_device_that_turns_out_to_be_a_gateway(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = seen(1, "192.0.2.254");
    add_piece(&a, CAMWATCH_EVIDENCE_MAC_CAMERA, 55, "", "Example Digital");
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_NEW);
    struct cw_record_device router = seen(1, "192.0.2.254");
    router.is_gateway = 1;
    struct cw_inventory_change change = merge(inv, &router);
    assert_int_equal(change.what, CW_INVENTORY_CHANGED);
    assert_int_equal(merge(inv, &router).what, 0);
    struct cw_device_view view;
    assert_false(view_of(inv, "mac:00-00-5E-00-53-01", &view)->is_surveillance);
    assert_null(cw_inventory_find(inv, "ip:default:0:192.0.2.254"));
    cw_inventory_free(inv);
}

/* Lorex, made by another than the prefix says: no contradiction, and the brand keeps its weight. */
static void
test_oem_brand_under_another_makers_prefix(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = seen(1, "192.0.2.1");
    add_piece(&a, CAMWATCH_EVIDENCE_MAC_CAMERA, 55, "", "Other Maker");
    merge(inv, &a);
    struct cw_record_device b = seen(1, "192.0.2.1");
    add_piece(&b, CAMWATCH_EVIDENCE_IDENTITY, 90, "Example OEM", "Example Digital");
    struct cw_inventory_change change = merge(inv, &b);
    assert_true(change.what & CW_INVENTORY_IDENTIFIED);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_string_equal(d->brand, "Example OEM");
    assert_string_equal(d->maker, "Example Digital");
    assert_true(d->confidence >= 90);
    cw_inventory_free(inv);
}

/* A box that is first one brand and later another: told with both names, and once where they disagree in
 * turn. */
static void
test_second_brand_is_told_once(void **state)
{
    (void)state;

    static const struct {
        const char *brand, *text;
        unsigned what;
    } steps[] = {
        {"Example Vision", "", CW_INVENTORY_NEW},
        {"Example Vision", "", 0},
        {"Example OEM", "brand Example Vision -> Example OEM",
         CW_INVENTORY_IDENTIFIED | CW_INVENTORY_CHANGED},
        {"Example Vision", "", 0},
        {"Example OEM", "", 0},
        {"Third", "brand Example OEM -> Third", CW_INVENTORY_IDENTIFIED | CW_INVENTORY_CHANGED},
    };
    struct cw_inventory *inv = new_inventory();
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct cw_record_device r = seen(1, "192.0.2.1");
        r.head.time_ns = NOON + (int64_t)i * SECOND;
        add_piece(&r, CAMWATCH_EVIDENCE_IDENTITY, 90, steps[i].brand, "Example Digital");
        struct cw_inventory_change change = merge(inv, &r);
        assert_int_equal(change.what, steps[i].what);
        assert_string_equal(change.text, steps[i].text);
        struct cw_device_view view;
        assert_string_equal(view_of(inv, "mac:00-00-5E-00-53-01", &view)->brand,
                            steps[i].brand);
    }
    cw_inventory_free(inv);
}

/* The same where the brand is only what the device calls itself, and no rule knows it. */
static void
test_second_brand_by_its_own_word(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device r = seen(1, "192.0.2.1");
    add_piece(&r, CAMWATCH_EVIDENCE_IDENTITY, 90, "", "Example Digital");
    r.has_identity = 1;
    r.identity.origin = CAMWATCH_ORIGIN_SELF;
    cw_text_set(r.identity.brand, sizeof(r.identity.brand), "One");
    merge(inv, &r);
    cw_text_set(r.identity.brand, sizeof(r.identity.brand), "Two");
    r.head.time_ns += SECOND;
    struct cw_inventory_change change = merge(inv, &r);
    assert_true(change.what & CW_INVENTORY_CHANGED);
    assert_string_equal(change.text, "brand One -> Two");
    cw_inventory_free(inv);
}

/* The brand is proven, its maker is not: the prefix says who made it, as surely as a prefix can. */
static void
test_prefix_gives_the_maker_of_an_oem_brand(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = seen(1, "192.0.2.1");
    add_piece(&a, CAMWATCH_EVIDENCE_IDENTITY, 90, "Example OEM", "");
    add_piece(&a, CAMWATCH_EVIDENCE_MAC_CAMERA, 55, "", "Other Maker");
    merge(inv, &a);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_string_equal(d->brand, "Example OEM");
    assert_string_equal(d->maker, "Other Maker");
    assert_int_equal(d->maker_confidence, 55);
    cw_inventory_free(inv);
}

static void
test_evidence_of_many_records_adds_up(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = seen(1, "192.0.2.1");
    add_piece(&a, CAMWATCH_EVIDENCE_MAC_CAMERA, 55, "", "Example Digital");
    merge(inv, &a);
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_int_equal(d->confidence, 55);
    assert_int_equal(d->band, CAMWATCH_BAND_LIKELY);
    struct cw_record_device b = seen(1, "192.0.2.1");
    add_piece(&b, CAMWATCH_EVIDENCE_NAME_DNS_OWN, 70, "", "Example Digital");
    assert_int_equal(merge(inv, &b).what, CW_INVENTORY_IDENTIFIED);
    d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_int_equal(d->confidence, 87); /* 100 (1 - 0.45 * 0.30) = 86.5 */
    assert_int_equal(d->band, CAMWATCH_BAND_CONFIRMED);
    assert_int_equal(d->n_evidence, 2);
    assert_string_equal(d->evidence[0].kind, "name-dns-own"); /* the best first */
    assert_int_equal(d->evidence[0].frame, 7);
    assert_string_equal(d->evidence[0].rule, "wire/example");
    cw_inventory_free(inv);
}

static void
test_claimed_evidence_is_none(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = seen(1, "192.0.2.1");
    add_piece(&a, CAMWATCH_EVIDENCE_IDENTITY, 90, "Example Vision", "Example Digital");
    a.evidence[0].origin = CAMWATCH_ORIGIN_CLAIMED;
    assert_int_equal(merge(inv, &a).what, 0);
    cw_inventory_free(inv);
}

static void
test_evidence_is_bounded_and_the_best_stay(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    for (unsigned i = 0; i < 40; i++) {
        struct cw_record_device a = seen(1, "192.0.2.1");
        add_piece(&a, CAMWATCH_EVIDENCE_SIGNATURE, 20 + i, "", "Example Digital");
        (void)snprintf(a.evidence[0].rule, sizeof(a.evidence[0].rule), "wire/example-%u", i);
        merge(inv, &a);
    }
    struct cw_device_view view;
    const struct camwatch_device *d = view_of(inv, "mac:00-00-5E-00-53-01", &view);
    assert_int_equal(d->n_evidence, 16);
    assert_int_equal(d->evidence[0].points, 59);
    assert_int_equal(d->evidence[15].points, 44);
    cw_inventory_free(inv);
}

static void
test_facts_newer_before_older_and_empty_changes_nothing(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    cw_text_set(a.identity.firmware, sizeof(a.identity.firmware), "2.0");
    merge(inv, &a);
    struct cw_record_device old = a;
    cw_text_set(old.identity.firmware, sizeof(old.identity.firmware), "1.0");
    assert_int_equal(merge_at(inv, old, NOON - HOUR).what, 0);
    struct cw_record_device empty = camera(1, "192.0.2.1", NULL);
    assert_int_equal(merge_at(inv, empty, NOON + HOUR).what, 0);
    struct cw_device_view view;
    assert_string_equal(view_of(inv, "mac:00-00-5E-00-53-01", &view)->firmware, "2.0");
    struct cw_record_device newer = a;
    cw_text_set(newer.identity.firmware, sizeof(newer.identity.firmware), "3.0");
    struct cw_inventory_change change = merge_at(inv, newer, NOON + 2 * HOUR);
    assert_int_equal(change.what, CW_INVENTORY_CHANGED);
    assert_string_equal(change.text, "firmware 2.0 -> 3.0");
    cw_inventory_free(inv);
}

/* mDNS and HTTP write one model in capitals and without. */
static void
test_a_model_in_other_case_is_the_same(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    cw_text_set(a.identity.model, sizeof(a.identity.model), "DCS-935L");
    merge(inv, &a);
    cw_text_set(a.identity.model, sizeof(a.identity.model), "dcs-935l");
    assert_int_equal(merge_at(inv, a, NOON + HOUR).what, 0);
    cw_text_set(a.identity.model, sizeof(a.identity.model), "DCS-936L");
    assert_string_equal(merge_at(inv, a, NOON + 2 * HOUR).text, "model DCS-935L -> DCS-936L");
    cw_inventory_free(inv);
}

static void
test_a_recorder_that_says_so_stays_one(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    a.identity.kind = CAMWATCH_KIND_RECORDER;
    struct cw_record_device b = camera(1, "192.0.2.1", NULL);
    merge(inv, &b);
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_IDENTIFIED);
    assert_int_equal(merge(inv, &b).what, 0);
    struct cw_device_view view;
    assert_int_equal(view_of(inv, "mac:00-00-5E-00-53-01", &view)->kind,
                     CAMWATCH_KIND_RECORDER);
    cw_inventory_free(inv);
}

static void
test_segments_tell_equal_addresses_apart(void **state)
{
    (void)state;
    struct cw_inventory_settings settings = {
        .hash_key = {1, 2}, .site = "north", .segment_by = CW_SEGMENT_BY_VLAN};
    struct cw_inventory *inv = cw_inventory_new(&settings);
    struct cw_record_device a = camera(0, "192.0.2.1", NULL), b = a;
    a.vlan = 10;
    b.vlan = 20;
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_NEW);
    assert_int_equal(merge(inv, &b).what, CW_INVENTORY_NEW);
    assert_non_null(cw_inventory_find(inv, "ip:north:10:192.0.2.1"));
    assert_non_null(cw_inventory_find(inv, "ip:north:20:192.0.2.1"));
    cw_inventory_free(inv);
}

static void
test_ordinary_hosts_give_way_and_cameras_stay(void **state)
{
    (void)state;
    struct cw_inventory_settings settings = {.hash_key = {1, 2}, .max_devices = 4};
    struct cw_inventory *inv = cw_inventory_new(&settings);
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    merge(inv, &a);
    for (uint8_t i = 2; i < 50; i++) {
        struct cw_record_device host = seen(i, NULL);
        merge(inv, &host);
    }
    assert_non_null(cw_inventory_find(inv, "mac:00-00-5E-00-53-01"));
    assert_int_equal(count(inv), 4);
    for (uint8_t i = 60; i < 63; i++) {
        a.mac = mac(i);
        merge(inv, &a);
    }
    a.mac = mac(70);
    assert_null(
        merge(inv, &a).device); /* four cameras: no room for a fifth, and it is counted */
    assert_true(cw_inventory_count(inv).refused > 0);
    cw_inventory_free(inv);
}

static void
take_id(void *user, const struct camwatch_device *device)
{
    char *last = user;
    assert_true(strcmp(last, device->id) < 0);
    cw_text_set(last, 192, device->id);
}

static void
test_visit_is_ordered_by_id(void **state)
{
    (void)state;
    struct cw_inventory *inv = new_inventory();
    static const uint8_t macs[] = {9, 3, 7, 1};
    for (size_t i = 0; i < sizeof(macs); i++) {
        struct cw_record_device a = camera(macs[i], NULL, NULL);
        merge(inv, &a);
    }
    char last[192] = "";
    cw_inventory_visit(inv, take_id, last);
    assert_string_equal(last, "mac:00-00-5E-00-53-09");
    cw_inventory_free(inv);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_is_mac_then_serial_then_address),
        cmocka_unit_test(test_new_is_told_once),
        cmocka_unit_test(test_host_without_evidence_is_kept_but_not_told),
        cmocka_unit_test(test_same_serial_on_two_macs_is_one),
        cmocka_unit_test(test_two_records_join_when_the_serial_comes),
        cmocka_unit_test(test_same_mac_with_a_new_serial_is_two_claims),
        cmocka_unit_test(test_two_devices_with_serials_never_join),
        cmocka_unit_test(test_a_serial_cloned_to_many_macs_stops_joining),
        cmocka_unit_test(test_mac_that_it_says_of_itself_is_its_own),
        cmocka_unit_test(test_address_record_goes_on_under_its_mac),
        cmocka_unit_test(test_an_address_moves_to_another_mac),
        cmocka_unit_test(test_ipv4_and_ipv6_of_one_mac_are_one),
        cmocka_unit_test(test_a_new_ipv4_address_is_a_change),
        cmocka_unit_test(test_addresses_are_bounded_and_the_oldest_lets_go),
        cmocka_unit_test(test_unspecified_and_group_addresses_name_nobody),
        cmocka_unit_test(test_a_claimed_address_is_never_a_key),
        cmocka_unit_test(test_a_claim_fills_gaps_only),
        cmocka_unit_test(test_what_was_claimed_is_new_when_it_comes_itself),
        cmocka_unit_test(test_remote_meets_nobody_present),
        cmocka_unit_test(test_the_side_table_is_capped),
        cmocka_unit_test(test_a_claim_may_push_out_who_makes_it),
        cmocka_unit_test(test_a_gateway_is_no_device),
        cmocka_unit_test(test_a_device_that_turns_out_to_be_a_gateway),
        cmocka_unit_test(test_oem_brand_under_another_makers_prefix),
        cmocka_unit_test(test_prefix_gives_the_maker_of_an_oem_brand),
        cmocka_unit_test(test_second_brand_is_told_once),
        cmocka_unit_test(test_second_brand_by_its_own_word),
        cmocka_unit_test(test_evidence_of_many_records_adds_up),
        cmocka_unit_test(test_claimed_evidence_is_none),
        cmocka_unit_test(test_evidence_is_bounded_and_the_best_stay),
        cmocka_unit_test(test_facts_newer_before_older_and_empty_changes_nothing),
        cmocka_unit_test(test_a_model_in_other_case_is_the_same),
        cmocka_unit_test(test_a_recorder_that_says_so_stays_one),
        cmocka_unit_test(test_segments_tell_equal_addresses_apart),
        cmocka_unit_test(test_ordinary_hosts_give_way_and_cameras_stay),
        cmocka_unit_test(test_visit_is_ordered_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
