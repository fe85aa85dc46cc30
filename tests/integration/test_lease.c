/* SPDX-License-Identifier: Apache-2.0
 *
 * Which DHCP messages (RFC 2131) prove that an address is at a MAC: acknowledged leases and clients that use what
 * they have; at every truncation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "packet_side/side.h"

enum { MESSAGE = 247, DISCOVER = 1, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM };

/* Header (RFC 2131 2), cookie, a pad, option 53, the end. type 0: BOOTP, without the option. */
static void
make(uint8_t out[MESSAGE], uint8_t op, uint8_t type)
{
    static const uint8_t addr[4] = {198, 51, 100, 9},
                         mac[6] = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x09};
    static const uint8_t cookie[4] = {0x63, 0x82, 0x53, 0x63};
    memset(out, 0, MESSAGE);
    out[0] = op;
    out[1] = 1;
    out[2] = 6;
    memcpy(out + (op == 2 ? 16 : 12), addr, 4);
    memcpy(out + 28, mac, 6);
    memcpy(out + 236, cookie, 4);
    const uint8_t options[] = {0, 53, 1, type, 255};
    memcpy(out + 240, options, sizeof(options));
    if (type == 0) {
        out[241] = 255;
    }
}

static bool
is_proof(const uint8_t *message, size_t len)
{
    static struct cw_home home;
    static struct camwatch_monitor m;
    struct cw_addr addr;
    uint8_t *bytes = malloc(len + (len == 0));
    assert_non_null(bytes);
    memcpy(bytes, message, len);
    m.hosts =
        cw_hosts_new(&(struct cw_hosts_settings){.max_hosts = 8, .key = {1, 2}, .home = &home});
    assert_non_null(m.hosts);
    struct cw_frame frame = {.time_ns = 1000};
    struct cw_packet packet = {.frame = &frame,
                               .on_link = true,
                               .proto = CW_PROTO_UDP,
                               .src_port = 67,
                               .dst_port = 68,
                               .payload = {.ptr = bytes, .len = len}};
    cw_side_learn_proof(&m, &packet);
    assert_true(cw_addr_parse("198.51.100.9", &addr));
    bool is_local = cw_hosts_is_local(m.hosts, &addr);
    cw_hosts_free(m.hosts);
    free(bytes);
    return is_local;
}

static void
only_an_acknowledged_lease_is_one(void **state)
{
    (void)state;
    uint8_t message[MESSAGE];
    for (uint8_t type = 0; type <= INFORM; type++) {
        make(message, 2, type);
        assert_int_equal(is_proof(message, MESSAGE), type == ACK);
    }
}

static void
a_client_proves_what_it_uses_not_what_it_gives_up(void **state)
{
    (void)state;
    uint8_t message[MESSAGE];
    for (uint8_t type = 0; type <= INFORM; type++) {
        make(message, 1, type);
        assert_int_equal(is_proof(message, MESSAGE), type == REQUEST || type == INFORM);
    }
}

static void
a_message_cut_before_its_type_proves_nothing(void **state)
{
    (void)state;
    uint8_t message[MESSAGE];
    make(message, 2, ACK);
    for (size_t len = 0; len <= MESSAGE; len++) {
        assert_int_equal(is_proof(message, len), len >= 244);
    }
    message[242] = 2; /* the type has one byte, RFC 2132 9.6 */
    assert_false(is_proof(message, MESSAGE));
    make(message, 2, ACK);
    message[240] = 12; /* an option that covers all that follows */
    message[241] = 255;
    assert_false(is_proof(message, MESSAGE));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_an_acknowledged_lease_is_one),
        cmocka_unit_test(a_client_proves_what_it_uses_not_what_it_gives_up),
        cmocka_unit_test(a_message_cut_before_its_type_proves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
