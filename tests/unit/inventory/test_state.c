/* SPDX-License-Identifier: Apache-2.0
 *
 * Between runs: nothing is new twice, and no damaged file is believed. Also time: gone and seen again,
 * destinations.
 */
#define _GNU_SOURCE
#include "seen.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/camwatch-inventory-XXXXXX";
static char path[64], bad[64];

static int
make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/inventory", folder);
    (void)snprintf(bad, sizeof(bad), "%s/inventory.bad", folder);
    return 0;
}

static int
remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(bad);
    return rmdir(folder);
}

static struct cw_record_flow
flow_of(uint8_t mac_last, const char *local, const char *peer, uint64_t bytes)
{
    struct cw_record_flow f = {.head = {.size = sizeof(f), .time_ns = NOON},
                               .has_local = 1,
                               .local_is_device = 1,
                               .proto = 6,
                               .direction = CAMWATCH_DIRECTION_OUTBOUND,
                               .outcome = CAMWATCH_OUTCOME_ESTABLISHED,
                               .dst_port = 443,
                               .first_ns = NOON,
                               .last_ns = NOON + SECOND,
                               .src = addr(local),
                               .dst = addr(peer),
                               .delta = {bytes, 0}};
    f.local_mac = mac(mac_last);
    return f;
}

static struct cw_inventory_change
merge_flow(struct cw_inventory *inv, const struct cw_record_flow *f)
{
    struct cw_inventory_change change;
    cw_inventory_merge_flow(inv, f, &change);
    return change;
}

/* Something of every part of the file. */
static struct cw_inventory *
fill(void)
{
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(0, "192.0.2.1", NULL);
    merge(inv, &a);
    a = camera(1, "192.0.2.1", "SERIAL-A");
    cw_text_set(a.identity.firmware, sizeof(a.identity.firmware), "1.0");
    merge(inv, &a);
    cw_text_set(a.identity.firmware, sizeof(a.identity.firmware), "1.1");
    merge_at(inv, a, NOON + SECOND);
    struct cw_record_device told = camera(0, "192.0.2.50", "SERIAL-B");
    told.scope = CAMWATCH_SCOPE_BEHIND;
    told.identity.origin = CAMWATCH_ORIGIN_CLAIMED;
    told.behind = mac(1);
    merge(inv, &told);
    struct cw_record_device router = seen(9, NULL);
    router.is_gateway = 1;
    merge(inv, &router);
    struct cw_record_flow f = flow_of(1, "192.0.2.1", "203.0.113.7", 500);
    cw_text_set(f.domain, sizeof(f.domain), "cloud.example");
    merge_flow(inv, &f);
    return inv;
}

static void
save(const struct cw_inventory *inv)
{
    struct camwatch_error error;
    assert_int_equal(cw_inventory_save(inv, path, &error), CAMWATCH_OK);
    assert_string_equal(error.text, "");
}

static size_t
read_state(uint8_t **bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    *bytes = malloc(1 << 20);
    size_t n = fread(*bytes, 1, 1 << 20, file);
    assert_true(n > 28);
    (void)fclose(file);
    return n;
}

static void
write_state(const uint8_t *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void
test_nothing_is_new_twice(void **state)
{
    (void)state;
    struct camwatch_error error;
    struct cw_inventory *inv = fill();
    save(inv);
    cw_inventory_free(inv);

    inv = new_inventory();
    assert_int_equal(cw_inventory_load(inv, path, &error), CAMWATCH_OK);
    assert_string_equal(error.text, "");
    struct cw_record_device a = camera(1, "192.0.2.1", "SERIAL-A");
    cw_text_set(a.identity.firmware, sizeof(a.identity.firmware), "1.1");
    assert_int_equal(merge_at(inv, a, NOON + HOUR).what, 0);
    struct cw_record_device routed = camera(0, "192.0.2.1", NULL);
    assert_int_equal(merge_at(inv, routed, NOON + HOUR).what, 0);
    struct cw_record_flow f = flow_of(1, "192.0.2.1", "203.0.113.7", 500);
    assert_int_equal(merge_flow(inv, &f).what, 0);
    cw_inventory_free(inv);
}

/* Records that join bring their keys along: more than a file holds of one device costs the oldest of its
 * keys, not the file. */
static void
test_a_device_of_many_keys_is_kept(void **state)
{
    (void)state;

    enum { RECORDS = 3, UIDS = 30 };
    struct camwatch_error error;
    struct cw_inventory *inv = new_inventory();
    for (unsigned i = 0; i < RECORDS * UIDS; i++) {
        struct cw_record_device a = camera((uint8_t)(1 + i / UIDS), NULL, NULL);
        (void)snprintf(a.identity.uid, sizeof(a.identity.uid), "EXAMPLE-%06u-UIDXX", i);
        merge(inv, &a);
    }
    for (unsigned i = 1; i <= RECORDS; i++) {
        struct cw_record_device a = camera((uint8_t)i, NULL, "SERIAL-A");
        merge(inv, &a);
    }
    assert_int_equal(cw_inventory_count(inv).surveillance, 1);
    save(inv);
    cw_inventory_free(inv);
    inv = new_inventory();
    assert_int_equal(cw_inventory_load(inv, path, &error), CAMWATCH_OK);
    assert_string_equal(error.text, "");
    assert_int_equal(cw_inventory_count(inv).surveillance, 1);
    assert_non_null(cw_inventory_find(inv, "mac:00-00-5E-00-53-01"));
    cw_inventory_free(inv);
}

static void
test_all_facts_come_back(void **state)
{
    (void)state;
    struct camwatch_error error;
    struct cw_inventory *inv = fill();
    save(inv);
    struct cw_inventory *again = new_inventory();
    assert_int_equal(cw_inventory_load(again, path, &error), CAMWATCH_OK);
    struct cw_device_view before, after;
    const struct camwatch_device *was = view_of(inv, "mac:00-00-5E-00-53-01", &before);
    const struct camwatch_device *is = view_of(again, "mac:00-00-5E-00-53-01", &after);
    assert_string_equal(is->firmware, "1.1");
    assert_string_equal(is->serial, was->serial);
    assert_string_equal(is->brand, "Example Vision");
    assert_string_equal(is->maker, "Example Digital");
    assert_int_equal(is->confidence, was->confidence);
    assert_int_equal(is->kind, CAMWATCH_KIND_CAMERA);
    assert_true(is->is_surveillance);
    assert_int_equal(is->n_evidence, was->n_evidence);
    assert_string_equal(is->evidence[0].seen, "an answer");
    assert_true(is->first_ns == was->first_ns && is->last_ns == was->last_ns);
    assert_string_equal(is->addresses[0], "192.0.2.1");
    assert_string_equal(view_of(again, "sn:Example Digital:SERIAL-B", &after)->behind,
                        "mac:00-00-5E-00-53-01");
    assert_true(view_of(again, "mac:00-00-5E-00-53-09", &after)->is_gateway);
    struct cw_destination_view at;
    struct cw_destination_totals totals;
    const struct cw_inv_device *device = cw_inventory_find(again, "mac:00-00-5E-00-53-01");
    assert_int_equal(cw_inventory_destinations(device, &at, 1, &totals), 1);
    assert_string_equal(at.address, "203.0.113.7");
    assert_string_equal(at.name, "cloud.example");
    assert_int_equal(at.bytes, 500);
    cw_inventory_free(inv);
    cw_inventory_free(again);
}

static void
test_saved_twice_is_the_same_file(void **state)
{
    (void)state;
    struct camwatch_error error;
    struct cw_inventory *inv = fill();
    save(inv);
    uint8_t *first, *second;
    size_t n = read_state(&first);
    struct cw_inventory *again = new_inventory();
    assert_int_equal(cw_inventory_load(again, path, &error), CAMWATCH_OK);
    save(again);
    assert_int_equal(read_state(&second), n);
    assert_memory_equal(first, second, n);
    free(first);
    free(second);
    cw_inventory_free(inv);
    cw_inventory_free(again);
}

static void
test_file_is_private(void **state)
{
    (void)state;
    struct cw_inventory *inv = fill();
    save(inv);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    cw_inventory_free(inv);
}

/* Damaged: said, kept aside, and the inventory empty and usable. */
static void
assert_refused(const uint8_t *bytes, size_t n, const char *why)
{
    struct camwatch_error error;
    (void)unlink(bad);
    write_state(bytes, n);
    struct cw_inventory *inv = new_inventory();
    assert_int_equal(cw_inventory_load(inv, path, &error), CAMWATCH_ECORRUPT);
    assert_non_null(strstr(error.text, why));
    assert_non_null(strstr(error.text, bad));
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(bad, F_OK), 0);
    struct cw_inventory_counts counts = cw_inventory_count(inv);
    assert_int_equal(counts.surveillance + counts.ordinary + counts.side + counts.gone, 0);
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    assert_int_equal(merge(inv, &a).what, CW_INVENTORY_NEW);
    cw_inventory_free(inv);
}

static void
test_torn_at_every_length(void **state)
{
    (void)state;
    struct cw_inventory *inv = fill();
    save(inv);
    cw_inventory_free(inv);
    uint8_t *bytes;
    size_t n = read_state(&bytes);
    for (size_t i = 0; i < n; i++) {
        assert_refused(bytes, i, "cut short");
    }
    free(bytes);
}

static void
test_every_byte_counts(void **state)
{
    (void)state;
    struct cw_inventory *inv = fill();
    save(inv);
    cw_inventory_free(inv);
    uint8_t *bytes;
    size_t n = read_state(&bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= 0x10;
        assert_refused(bytes, n, "starting with an empty inventory");
        bytes[i] ^= 0x10;
    }
    bytes[n] = 0;
    assert_refused(bytes, n + 1, "after its end");
    bytes[11] = 2;
    assert_refused(bytes, n, "another version");
    assert_refused((const uint8_t *)"id,name,address of a spreadsheet", 32,
                   "another kind of file");
    free(bytes);
}

/* Right checksum over records that make no sense: counts must hold on their own. */
static void
test_wrong_records_under_a_right_checksum(void **state)
{
    (void)state;
    static const struct cw_hash_key key = {0x63616d7761746368, 0x696e76656e746f72};
    struct cw_inventory *inv = fill();
    save(inv);
    cw_inventory_free(inv);
    uint8_t *bytes;
    size_t n = read_state(&bytes);
    struct camwatch_error error;
    for (size_t i = 28; i < n; i++) {
        uint8_t was = bytes[i];
        bytes[i] = 0xff;
        uint64_t sum = cw_hash(key, bytes + 28, n - 28);
        for (unsigned k = 0; k < 8; k++) {
            bytes[20 + k] = (uint8_t)(sum >> (56 - 8 * k));
        }
        write_state(bytes, n);
        inv = new_inventory();
        int status = cw_inventory_load(inv, path,
                                       &error); /* may pass: a text or time of another value */
        assert_true(status == CAMWATCH_OK || status == CAMWATCH_ECORRUPT);
        struct cw_record_device a = camera(1, "192.0.2.1", NULL);
        merge(inv, &a);
        cw_inventory_free(inv);
        bytes[i] = was;
    }
    free(bytes);
}

static void
test_no_file_is_no_error(void **state)
{
    (void)state;
    struct camwatch_error error;
    struct cw_inventory *inv = new_inventory();
    (void)unlink(path);
    assert_int_equal(cw_inventory_load(inv, path, &error), CAMWATCH_OK);
    assert_string_equal(error.text, "");
    cw_inventory_free(inv);
}

static void
test_unwritable_folder_keeps_the_old_and_says_so(void **state)
{
    (void)state;
    struct camwatch_error error;
    struct cw_inventory *inv = fill();
    assert_int_equal(cw_inventory_save(inv, "/nonexistent/inventory", &error), CAMWATCH_EIO);
    assert_non_null(strstr(error.text, "/nonexistent/inventory"));
    assert_non_null(strstr(error.text, "No such file"));
    cw_inventory_free(inv);
}

/* ---- time ---- */

static void
count_gone(void *user, const struct cw_inventory_change *change)
{
    assert_int_equal(change->what, CW_INVENTORY_GONE);
    ++*(unsigned *)user;
}

static void
test_gone_after_a_day_and_seen_again(void **state)
{
    (void)state;
    unsigned gone = 0;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    merge(inv, &a);
    cw_inventory_tick(inv, NOON, false, count_gone, &gone);
    cw_inventory_tick(inv, NOON + 24 * HOUR, false, count_gone, &gone);
    assert_int_equal(gone, 0);
    cw_inventory_tick(inv, NOON + 24 * HOUR + 1, false, count_gone, &gone);
    cw_inventory_tick(inv, NOON + 25 * HOUR, false, count_gone, &gone);
    assert_int_equal(gone, 1); /* once */
    struct cw_inventory_change change = merge_at(inv, a, NOON + 30 * HOUR);
    assert_int_equal(change.what, CW_INVENTORY_CHANGED);
    assert_string_equal(change.text, "seen again");
    cw_inventory_free(inv);
}

static void
test_nobody_goes_while_the_sensor_is_blind(void **state)
{
    (void)state;
    unsigned gone = 0;
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    merge(inv, &a);
    cw_inventory_tick(inv, NOON, false, count_gone, &gone);
    cw_inventory_tick(inv, NOON + 30 * HOUR, true, count_gone, &gone);
    cw_inventory_tick(inv, NOON + 31 * HOUR, false, count_gone, &gone);
    assert_int_equal(gone, 0); /* a day of sight has not passed since */
    cw_inventory_tick(inv, NOON + 54 * HOUR + 1, false, count_gone, &gone);
    assert_int_equal(gone, 1);
    cw_inventory_free(inv);
}

static void
test_retention_forgets(void **state)
{
    (void)state;
    unsigned gone = 0;
    struct cw_inventory_settings settings = {.hash_key = {1, 2}, .retention_ns = 48 * HOUR};
    struct cw_inventory *inv = cw_inventory_new(&settings);
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    struct cw_record_device host = seen(2, "192.0.2.2");
    merge(inv, &a);
    merge(inv, &host);
    cw_inventory_tick(inv, NOON, false, count_gone, &gone);
    cw_inventory_tick(inv, NOON + 49 * HOUR, false, count_gone, &gone);
    assert_int_equal(gone, 1);
    assert_null(cw_inventory_find(inv, "mac:00-00-5E-00-53-01"));
    assert_null(cw_inventory_find(inv, "mac:00-00-5E-00-53-02"));
    cw_inventory_free(inv);
}

/* ---- destinations ---- */

static struct cw_inventory *
with_camera(void)
{
    struct cw_inventory *inv = new_inventory();
    struct cw_record_device a = camera(1, "192.0.2.1", NULL);
    merge(inv, &a);
    return inv;
}

static struct cw_destination_totals
totals_of(const struct cw_inventory *inv, size_t *n)
{
    struct cw_destination_view list[64];
    struct cw_destination_totals totals;
    *n = cw_inventory_destinations(cw_inventory_find(inv, "mac:00-00-5E-00-53-01"), list, 64,
                                   &totals);
    return totals;
}

static void
test_share_of_bytes_explained(void **state)
{
    (void)state;
    struct cw_inventory *inv = with_camera();
    struct cw_record_flow known = flow_of(1, "192.0.2.1", "203.0.113.1", 300);
    cw_text_set(known.service.vendor, sizeof(known.service.vendor), "Example group");
    struct cw_record_flow unknown = flow_of(1, "192.0.2.1", "203.0.113.2", 100);
    struct cw_record_flow inside = flow_of(1, "192.0.2.1", "192.0.2.77", 50);
    inside.direction = CAMWATCH_DIRECTION_LAN;
    assert_int_equal(merge_flow(inv, &known).what, 0);
    assert_int_equal(merge_flow(inv, &unknown).what, CW_INVENTORY_DESTINATION);
    assert_int_equal(merge_flow(inv, &unknown).what, 0);
    assert_int_equal(merge_flow(inv, &inside).what, 0);
    size_t n;
    struct cw_destination_totals totals = totals_of(inv, &n);
    assert_int_equal(n, 1);
    assert_int_equal(totals.bytes, 550);
    assert_int_equal(totals.bytes_explained, 350);
    /* what is explained later was the same before */
    cw_text_set(unknown.service.platform, sizeof(unknown.service.platform), "Example platform");
    merge_flow(inv, &unknown);
    totals = totals_of(inv, &n);
    assert_int_equal(n, 0);
    assert_int_equal(totals.bytes_explained, 650);
    assert_int_equal(totals.bytes, 650);
    cw_inventory_free(inv);
}

/* Unanswered port-guess punches are no new destination (corrections.md, rules of evidence). */
static void
test_unanswered_guesses_are_no_destination(void **state)
{
    (void)state;
    struct cw_inventory *inv = with_camera();
    struct cw_record_flow guess = flow_of(1, "192.0.2.1", "203.0.113.2", 100);
    guess.outcome = CAMWATCH_OUTCOME_ATTEMPTED;
    assert_int_equal(merge_flow(inv, &guess).what, 0);
    size_t n;
    totals_of(inv, &n);
    assert_int_equal(n, 0);
    cw_text_set(guess.domain, sizeof(guess.domain),
                "blocked.example"); /* it asked for this one */
    assert_int_equal(merge_flow(inv, &guess).what, CW_INVENTORY_DESTINATION);
    cw_inventory_free(inv);
}

static void
test_destinations_are_capped(void **state)
{
    (void)state;
    struct cw_inventory *inv = with_camera();
    unsigned told = 0;
    for (unsigned i = 1; i <= 200; i++) {
        char peer[32];
        (void)snprintf(peer, sizeof(peer), "203.0.113.%u", i);
        struct cw_record_flow f = flow_of(1, "192.0.2.1", peer, i);
        told += merge_flow(inv, &f).what == CW_INVENTORY_DESTINATION;
    }
    size_t n;
    struct cw_destination_totals totals = totals_of(inv, &n);
    assert_int_equal(n, 64);
    assert_int_equal(told, 64);
    assert_int_equal(totals.unlisted, 136);
    struct cw_destination_view most;
    cw_inventory_destinations(cw_inventory_find(inv, "mac:00-00-5E-00-53-01"), &most, 1,
                              &totals);
    assert_string_equal(most.address, "203.0.113.200");
    cw_inventory_free(inv);
}

static void
test_flow_of_an_unknown_host_is_nobodys(void **state)
{
    (void)state;
    struct cw_inventory *inv = with_camera();
    struct cw_record_flow f = flow_of(2, "192.0.2.2", "203.0.113.2", 100);
    assert_null(merge_flow(inv, &f).device);
    f = flow_of(1, "192.0.2.99", "203.0.113.2", 100); /* its MAC, whatever its address */
    assert_non_null(merge_flow(inv, &f).device);
    cw_inventory_free(inv);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_new_twice),
        cmocka_unit_test(test_a_device_of_many_keys_is_kept),
        cmocka_unit_test(test_all_facts_come_back),
        cmocka_unit_test(test_saved_twice_is_the_same_file),
        cmocka_unit_test(test_file_is_private),
        cmocka_unit_test(test_torn_at_every_length),
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_wrong_records_under_a_right_checksum),
        cmocka_unit_test(test_no_file_is_no_error),
        cmocka_unit_test(test_unwritable_folder_keeps_the_old_and_says_so),
        cmocka_unit_test(test_gone_after_a_day_and_seen_again),
        cmocka_unit_test(test_nobody_goes_while_the_sensor_is_blind),
        cmocka_unit_test(test_retention_forgets),
        cmocka_unit_test(test_share_of_bytes_explained),
        cmocka_unit_test(test_unanswered_guesses_are_no_destination),
        cmocka_unit_test(test_destinations_are_capped),
        cmocka_unit_test(test_flow_of_an_unknown_host_is_nobodys),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
