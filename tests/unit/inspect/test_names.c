/* SPDX-License-Identifier: Apache-2.0 */
#include "exact.h"

#include <stdio.h>

#include "base/text.h"
#include "camwatch/drops.h"
#include "inspect/namepool.h"
#include "inspect/names.h"

#define SECOND INT64_C(1000000000)
#define HOUR   (3600 * SECOND)

static const struct cw_hash_key key = {1, 2};
static uint64_t drops[CAMWATCH_N_DROPS];

static struct cw_addr
addr(const char *text)
{
    struct cw_addr a;
    assert_true(cw_addr_parse(text, &a));
    return a;
}

static const struct cw_names_client camera = {.mac = {{2, 0, 0, 0, 0, 1}}};
static const struct cw_names_client phone = {.mac = {{2, 0, 0, 0, 0, 2}}};

static struct cw_names *
names_new(uint32_t max)
{
    memset(drops, 0, sizeof(drops));
    const struct cw_names_settings settings = {.max = max, .key = key, .drops = drops};
    struct cw_names *names = cw_names_new(&settings);
    assert_non_null(names);
    return names;
}

static struct cw_dns_message
message(const char *name, const char *address, uint32_t ttl)
{
    struct cw_dns_message m = {.id = 99, .qtype = CW_DNS_A, .is_answer = true};
    cw_text_set(m.name, sizeof(m.name), name);
    if (address) {
        m.n_addresses = 1;
        m.address[0] = (struct cw_dns_address){.addr = addr(address), .ttl = ttl};
    }
    return m;
}

/* Asks and is answered at one time. */
static void
learn(struct cw_names *names, const struct cw_names_client *client, const char *name,
      const char *address, uint32_t ttl, int64_t time_ns)
{
    struct cw_dns_message m = message(name, address, ttl);
    cw_names_query(names, client, 4000, &m, time_ns);
    assert_true(cw_names_answer(names, client, 4000, &m, time_ns));
}

static size_t
find(struct cw_names *names, const struct cw_names_client *client, const char *server,
     int64_t time_ns, struct cw_name_hit out[2])
{
    struct cw_addr a = addr(server);
    return cw_names_find(names, client, &a, time_ns, out);
}

static void
test_own_name(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    learn(names, &camera, "p2p.example", "192.0.2.1", 60, SECOND);
    assert_int_equal(find(names, &camera, "192.0.2.1", 2 * SECOND, hit), 1);
    assert_string_equal(hit[0].name, "p2p.example");
    assert_true(hit[0].is_own);
    assert_int_equal(hit[0].answered_ns, SECOND);
    assert_int_equal(find(names, &camera, "192.0.2.2", 2 * SECOND, hit), 0);
    cw_names_free(names);
}

/* The MAC is the client, whatever address it asks from. */
static void
test_mac_joins_addresses(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    struct cw_names_client by_v4 = camera, by_v6 = camera;
    by_v4.addr = addr("192.168.1.5");
    by_v6.addr = addr("fe80::5");
    learn(names, &by_v6, "p2p.example", "192.0.2.1", 60, SECOND);
    assert_int_equal(find(names, &by_v4, "192.0.2.1", 2 * SECOND, hit), 1);
    assert_true(hit[0].is_own);
    cw_names_free(names);
}

/* Off-link clients are told apart by their addresses. */
static void
test_address_is_the_client_off_link(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    struct cw_names_client one = {.addr = addr("10.0.0.1")}, two = {.addr = addr("10.0.0.2")};
    learn(names, &one, "p2p.example", "192.0.2.1", 60, SECOND);
    assert_int_equal(find(names, &two, "192.0.2.1", 2 * SECOND, hit), 1);
    assert_false(hit[0].is_own);
    assert_int_equal(find(names, &one, "192.0.2.1", 2 * SECOND, hit), 1);
    assert_true(hit[0].is_own);
    cw_names_free(names);
}

static void
test_only_asked_answers_count(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    struct cw_dns_message asked = message("p2p.example", "192.0.2.1", 60);
    cw_names_query(names, &camera, 4000, &asked, SECOND);
    struct cw_dns_message other_id = asked, other_name = message("x.example", "192.0.2.1", 60);
    struct cw_dns_message other_type = asked;
    other_id.id++;
    other_type.qtype = CW_DNS_AAAA;
    assert_false(cw_names_answer(names, &camera, 4000, &other_id, SECOND));
    assert_false(cw_names_answer(names, &camera, 4000, &other_name, SECOND));
    assert_false(cw_names_answer(names, &camera, 4000, &other_type, SECOND));
    assert_false(cw_names_answer(names, &camera, 4001, &asked, SECOND));
    assert_false(cw_names_answer(names, &phone, 4000, &asked, SECOND));
    assert_int_equal(find(names, &camera, "192.0.2.1", SECOND, hit), 0);
    assert_true(cw_names_answer(names, &camera, 4000, &asked, SECOND));
    assert_int_equal(find(names, &camera, "192.0.2.1", SECOND, hit), 1);
    cw_names_free(names);
}

static void
test_late_answers_do_not_count(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_dns_message m = message("p2p.example", "192.0.2.1", 60);
    cw_names_query(names, &camera, 4000, &m, SECOND);
    assert_true(cw_names_answer(names, &camera, 4000, &m, 11 * SECOND));
    assert_false(cw_names_answer(names, &camera, 4000, &m, 11 * SECOND + 1));
    cw_names_free(names);
}

/* A shared address: each client has its own name for it; a third gets the latest. */
static void
test_two_clients(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    const struct cw_names_client third = {.mac = {{2, 0, 0, 0, 0, 3}}};
    learn(names, &camera, "camera.example", "192.0.2.1", 60, 1 * SECOND);
    learn(names, &phone, "phone.example", "192.0.2.1", 60, 2 * SECOND);
    assert_int_equal(find(names, &camera, "192.0.2.1", 3 * SECOND, hit), 1);
    assert_string_equal(hit[0].name, "camera.example");
    assert_int_equal(find(names, &phone, "192.0.2.1", 3 * SECOND, hit), 1);
    assert_string_equal(hit[0].name, "phone.example");
    assert_int_equal(find(names, &third, "192.0.2.1", 3 * SECOND, hit), 1);
    assert_string_equal(hit[0].name, "phone.example");
    assert_false(hit[0].is_own);
    cw_names_free(names);
}

static void
test_two_own_names(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    learn(names, &camera, "a.example", "192.0.2.1", 60, 1 * SECOND);
    learn(names, &camera, "b.example", "192.0.2.1", 60, 2 * SECOND);
    assert_int_equal(find(names, &camera, "192.0.2.1", 3 * SECOND, hit), 2);
    assert_string_equal(hit[0].name, "b.example");
    assert_string_equal(hit[1].name, "a.example");
    learn(names, &camera, "a.example", "192.0.2.1", 60, 4 * SECOND);
    assert_int_equal(find(names, &camera, "192.0.2.1", 5 * SECOND, hit), 2);
    assert_string_equal(hit[0].name, "a.example");
    cw_names_free(names);
}

/* What a flow may use is what was answered before it began. */
static void
test_only_answers_before(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    learn(names, &camera, "a.example", "192.0.2.1", 60, 1 * SECOND);
    learn(names, &camera, "b.example", "192.0.2.1", 60, 5 * SECOND);
    learn(names, &camera, "a.example", "192.0.2.1", 60, 9 * SECOND);
    assert_int_equal(find(names, &camera, "192.0.2.1", 0, hit), 0);
    assert_int_equal(find(names, &camera, "192.0.2.1", 4 * SECOND, hit), 1);
    assert_string_equal(hit[0].name, "a.example");
    assert_int_equal(find(names, &camera, "192.0.2.1", 7 * SECOND, hit), 2);
    assert_string_equal(hit[0].name, "b.example");
    cw_names_free(names);
}

static void
test_expiry(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    learn(names, &camera, "short.example", "192.0.2.1", 5, 0);
    learn(names, &camera, "long.example", "192.0.2.2", 7200, 0);
    learn(names, &camera, "huge.example", "192.0.2.3", UINT32_MAX, 0);
    assert_int_equal(find(names, &camera, "192.0.2.1", HOUR + 1, hit), 0);
    assert_int_equal(find(names, &camera, "192.0.2.2", 2 * HOUR, hit), 1);
    assert_int_equal(find(names, &camera, "192.0.2.3", 24 * HOUR + 1, hit), 0);
    cw_names_free(names);
}

static void
test_kept_while_used(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    learn(names, &camera, "p2p.example", "192.0.2.1", 5, 0);
    for (int64_t t = 0; t < 10 * HOUR; t += HOUR / 2) {
        assert_int_equal(find(names, &camera, "192.0.2.1", t, hit), 1);
    }
    cw_names_free(names);
}

/* An expired name that comes again was not known in between. */
static void
test_gap_is_remembered(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    learn(names, &camera, "p2p.example", "192.0.2.1", 5, 0);
    learn(names, &camera, "p2p.example", "192.0.2.1", 5, 5 * HOUR);
    assert_int_equal(find(names, &camera, "192.0.2.1", 3 * HOUR, hit), 0);
    assert_int_equal(find(names, &camera, "192.0.2.1", 5 * HOUR, hit), 1);
    cw_names_free(names);
}

static void
test_oldest_goes_first_and_is_counted(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64); /* 32 answers: own and anybody's */
    struct cw_name_hit hit[2];
    char name[32], address[32];
    for (unsigned i = 0; i < 32; i++) {
        (void)snprintf(name, sizeof(name), "n%u.example", i);
        (void)snprintf(address, sizeof(address), "192.0.2.%u", i);
        learn(names, &camera, name, address, 60, (int64_t)i * SECOND);
    }
    assert_int_equal(drops[CAMWATCH_DROP_NAMES_EVICTED], 0);
    assert_int_equal(find(names, &camera, "192.0.2.0", 32 * SECOND, hit), 1);
    learn(names, &camera, "new.example", "198.51.100.1", 60, 33 * SECOND);
    assert_int_equal(drops[CAMWATCH_DROP_NAMES_EVICTED], 2);
    learn(names, &camera, "newer.example", "198.51.100.2", 60, 33 * SECOND);
    assert_int_equal(drops[CAMWATCH_DROP_NAMES_EVICTED], 4);
    assert_int_equal(find(names, &camera, "192.0.2.0", 34 * SECOND, hit), 1); /* used lately */
    assert_int_equal(find(names, &camera, "192.0.2.1", 34 * SECOND, hit), 0);
    assert_int_equal(find(names, &camera, "198.51.100.1", 34 * SECOND, hit), 1);
    assert_string_equal(hit[0].name, "new.example");
    cw_names_free(names);
}

/* Long names fill the memory of names before that of pairs: still nothing breaks. */
static void
test_flood_of_long_names(void **state)
{
    (void)state;
    struct cw_names *names = names_new(256);
    struct cw_name_hit hit[2];
    char name[256], address[32];
    for (unsigned i = 0; i < 5000; i++) {
        (void)snprintf(name, sizeof(name), "%0250u", i);
        (void)snprintf(address, sizeof(address), "10.0.%u.%u", i / 256, i % 256);
        learn(names, &camera, name, address, 60, (int64_t)i);
        assert_int_equal(find(names, &camera, address, (int64_t)i, hit), 1);
        assert_string_equal(hit[0].name, name);
    }
    assert_true(drops[CAMWATCH_DROP_NAMES_EVICTED] > 0);
    cw_names_free(names);
}

/* One address under ever new names cannot make look-ups slow or fill the table. */
static void
test_many_names_of_one_address(void **state)
{
    (void)state;
    struct cw_names *names = names_new(64);
    struct cw_name_hit hit[2];
    char name[32];
    learn(names, &phone, "phone.example", "198.51.100.1", 60, 0);
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof(name), "n%u.example", i);
        learn(names, &camera, name, "192.0.2.1", 60, (int64_t)i * SECOND);
    }
    assert_int_equal(drops[CAMWATCH_DROP_NAMES_EVICTED], 0);
    assert_int_equal(find(names, &camera, "192.0.2.1", 1000 * SECOND, hit), 2);
    assert_string_equal(hit[0].name, "n999.example");
    assert_string_equal(hit[1].name, "n998.example");
    assert_int_equal(find(names, &phone, "198.51.100.1", 1000 * SECOND, hit), 1);
    cw_names_free(names);
}

static void
test_pool_counts_holders(void **state)
{
    (void)state;
    struct cw_namepool *pool = cw_namepool_new(2, key);
    char text[CW_NAMEPOOL_TEXT_MAX];
    uint32_t a = cw_namepool_take(pool, "a.example"), b = cw_namepool_take(pool, "b.example");
    assert_true(a && b && a != b);
    assert_int_equal(cw_namepool_take(pool, "a.example"), a);
    assert_int_equal(cw_namepool_take(pool, "c.example"), 0); /* full */
    cw_namepool_drop(pool, a);
    assert_int_equal(cw_namepool_take(pool, "c.example"), 0); /* a is still held */
    cw_namepool_drop(pool, a);
    uint32_t c = cw_namepool_take(pool, "a name of more than one cell, so that it is chained");
    assert_true(c);
    cw_namepool_text(pool, c, text);
    assert_string_equal(text, "a name of more than one cell, so that it is chained");
    cw_namepool_text(pool, b, text);
    assert_string_equal(text, "b.example");
    cw_namepool_free(pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_name),
        cmocka_unit_test(test_mac_joins_addresses),
        cmocka_unit_test(test_address_is_the_client_off_link),
        cmocka_unit_test(test_only_asked_answers_count),
        cmocka_unit_test(test_late_answers_do_not_count),
        cmocka_unit_test(test_two_clients),
        cmocka_unit_test(test_two_own_names),
        cmocka_unit_test(test_only_answers_before),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_kept_while_used),
        cmocka_unit_test(test_gap_is_remembered),
        cmocka_unit_test(test_oldest_goes_first_and_is_counted),
        cmocka_unit_test(test_flood_of_long_names),
        cmocka_unit_test(test_many_names_of_one_address),
        cmocka_unit_test(test_pool_counts_holders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
