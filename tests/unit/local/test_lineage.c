/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local/lineage.h"

#define S 1000000000LL

static struct cw_addr
addr(const char *text)
{
    struct cw_addr a;
    assert_true(cw_addr_parse(text, &a));
    return a;
}

static void
a_session_needs_a_rendezvous_both_ways_and_an_introduction(void **state)
{
    (void)state;
    struct cw_lineage *l = cw_lineage_new(64, (struct cw_hash_key){1, 2});
    struct cw_addr local = addr("192.168.1.9"), peer = addr("198.51.100.7"),
                   other = addr("198.51.100.8");
    struct cw_lineage_hit what = {.platform = 3}, hit;
    cw_lineage_note(l, &local, 11784, 0, &what, 10 * S);
    cw_lineage_introduce(l, &local, 11784, &peer, CAMWATCH_PATH_RELAY, 10 * S);
    assert_false(cw_lineage_find(l, &local, 11784, &peer, false, 11 * S, &hit));
    cw_lineage_note(l, &local, 11784, 1, &what, 11 * S);
    assert_true(cw_lineage_find(l, &local, 11784, &peer, false, 12 * S, &hit));
    assert_int_equal(hit.platform, 3);
    assert_int_equal(hit.path, CAMWATCH_PATH_RELAY);
    assert_false(cw_lineage_find(l, &local, 11784, &other, false, 12 * S, &hit));
    assert_true(cw_lineage_find(l, &local, 11784, &other, true, 12 * S, &hit));
    assert_false(cw_lineage_find(l, &local, 11785, &peer, false, 12 * S, &hit));
    cw_lineage_free(l);
}

static void
introductions_and_sockets_age(void **state)
{
    (void)state;
    struct cw_lineage *l = cw_lineage_new(64, (struct cw_hash_key){1, 2});
    struct cw_addr local = addr("192.168.1.9"), peer = addr("198.51.100.7");
    struct cw_lineage_hit what = {.platform = 3}, hit;
    cw_lineage_note(l, &local, 5000, 0, &what, 10 * S);
    cw_lineage_note(l, &local, 5000, 1, &what, 10 * S);
    cw_lineage_introduce(l, &local, 5000, &peer, CAMWATCH_PATH_P2P_DIRECT, 10 * S);
    assert_true(cw_lineage_find(l, &local, 5000, &peer, false, 70 * S, &hit));
    assert_false(cw_lineage_find(l, &local, 5000, &peer, false, 71 * S, &hit));
    assert_true(cw_lineage_find(l, &local, 5000, &peer, true, 130 * S, &hit));
    assert_false(cw_lineage_find(l, &local, 5000, &peer, true, 131 * S, &hit));
    /* a socket that was quiet for so long is another one */
    cw_lineage_note(l, &local, 5000, 0, &what, 200 * S);
    assert_false(cw_lineage_find(l, &local, 5000, &peer, true, 201 * S, &hit));
    cw_lineage_free(l);
}

static void
a_flood_of_sockets_is_bounded(void **state)
{
    (void)state;
    struct cw_lineage *l = cw_lineage_new(64, (struct cw_hash_key){1, 2});
    struct cw_addr local = addr("192.168.1.9"), peer = addr("198.51.100.7");
    struct cw_lineage_hit what = {.platform = 3}, hit;
    for (uint16_t port = 1; port < 20000; port++) {
        cw_lineage_note(l, &local, port, 0, &what, port * S);
        cw_lineage_note(l, &local, port, 1, &what, port * S);
    }
    assert_true(cw_lineage_find(l, &local, 19999, &peer, true, 20000 * S, &hit));
    assert_false(cw_lineage_find(l, &local, 1, &peer, true, 2 * S, &hit));
    cw_lineage_free(l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_needs_a_rendezvous_both_ways_and_an_introduction),
        cmocka_unit_test(introductions_and_sockets_age),
        cmocka_unit_test(a_flood_of_sockets_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
