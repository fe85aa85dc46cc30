/* SPDX-License-Identifier: Apache-2.0
 *
 * Protocols that name nobody: STUN, TURN, KCP, RTMP and requests for port mappings.
 */
#include "wire_probe.h"

extern const struct cw_wire_signature cw_wire_stun, cw_wire_turn, cw_wire_kcp, cw_wire_rtmp,
    cw_wire_portmap, cw_wire_upnp_igd;

#define TRANSACTION "2112a442 b7e7a701bc34d686fa87dfae" /* RFC 5769 2.1 */
#define SERVER_ADDR "0008 0001a147e112a643"             /* RFC 5769 2.2: 192.0.2.1:32853 */

static struct probe_message allocate, allocated, bound, binding, other_answer;

static int
build(void **state)
{
    (void)state;
    allocate = probe_hex("0003 0008" TRANSACTION "0019 0004 11000000");
    allocated = probe_hex("0103 000c" TRANSACTION "0016" SERVER_ADDR);
    other_answer = probe_hex("0103 000c 2112a442 b7e7a701bc34d686fa87dfaf 0016" SERVER_ADDR);
    binding = probe_hex("0001 0000" TRANSACTION);
    bound = probe_hex("0101 000c" TRANSACTION "0020" SERVER_ADDR);
    return 0;
}

static void
binding_is_no_evidence(void **state)
{
    (void)state;
    struct cw_wire_match out;
    assert_true(probe_matches(&cw_wire_stun, &binding, &out));
    assert_false(out.is_evidence);
    assert_false(probe_matches(&cw_wire_turn, &binding, &out));
    assert_int_equal(probe_truncations(&cw_wire_stun, &bound), 0);
}

static void
allocation_is_a_relay_of_nobody(void **state)
{
    (void)state;
    struct cw_wire_match out;
    char text[CW_ADDR_TEXT_MAX];
    assert_true(probe_matches(&cw_wire_turn, &allocated, &out));
    assert_true(out.is_evidence);
    assert_int_equal(out.role, CAMWATCH_ROLE_RELAY);
    assert_int_equal(out.n_candidates, 1);
    assert_string_equal(cw_addr_format(&out.candidate[0].addr, text), "192.0.2.1");
    assert_int_equal(out.candidate[0].port, 32853);
    assert_string_equal(cw_wire_turn.vendor, "");
    assert_false(cw_wire_turn.proves_device || out.is_camera_fact);
    assert_int_equal(probe_truncations(&cw_wire_turn, &allocated), 0);
}

static void
allocation_needs_its_own_answer(void **state)
{
    (void)state;
    const struct probe_step good[] = {
        {&binding, 0}, {&bound, 1}, {&allocate, 0}, {&allocated, 1}};
    const struct probe_step unanswered[] = {{&binding, 0}, {&bound, 1}, {&allocate, 0}};
    const struct probe_step foreign[] = {{&allocate, 0}, {&other_answer, 1}};
    assert_true(probe_confirms(&cw_wire_turn, good, 4));
    assert_false(probe_confirms(&cw_wire_turn, unanswered, 3));
    assert_false(probe_confirms(&cw_wire_turn, foreign, 2));
}

static void
attributes_that_lie_end_the_walk(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("0103 000c" TRANSACTION "0016 ffff 0001a147e112a643");
    assert_true(probe_matches(&cw_wire_turn, &m, &out));
    assert_int_equal(out.n_candidates, 0);
    (void)probe_truncations(&cw_wire_turn, &m);
}

static void
kcp_tiles_or_is_refused(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_hex("01000000 51 00 8000 11223344 00000000 00000000 04000000 aabbccdd"
                  "01000000 52 00 8000 11223344 00000000 00000000 00000000");
    assert_true(probe_matches(&cw_wire_kcp, &m, &out));
    assert_false(out.is_evidence);
    struct probe_message bad = m;
    bad.bytes[28] = 2; /* another conversation */
    assert_false(probe_matches(&cw_wire_kcp, &bad, &out));
    bad = m;
    bad.bytes[20] = 5; /* does not tile */
    assert_false(probe_matches(&cw_wire_kcp, &bad, &out));
    assert_int_equal(probe_truncations(&cw_wire_kcp, &m), 1); /* the first segment alone */
    struct probe_message next = m, other;
    next.bytes[12] = next.bytes[28 + 12] = 9;
    other = next;
    other.bytes[0] = other.bytes[28] = 2; /* whole, of another conversation */
    const struct probe_step same[] = {{&m, 0}, {&next, 0}}, apart[] = {{&m, 0}, {&other, 0}};
    assert_true(probe_confirms(&cw_wire_kcp, same, 2));
    assert_false(probe_confirms(&cw_wire_kcp, apart, 2));
}

static void
rtmp_needs_both_handshakes(void **state)
{
    (void)state;
    struct probe_message c1 = probe_hex("03 00000000 00000000"),
                         s1 = probe_hex("03 00001234 03050101");
    uint32_t seed = 51;
    c1.len = s1.len = 1400;
    probe_noise(c1.bytes + 9, 1391, &seed);
    probe_noise(s1.bytes + 9, 1391, &seed);
    const struct probe_step both[] = {{&c1, 0}, {&s1, 1}}, one_way[] = {{&c1, 0}, {&s1, 0}};
    assert_true(probe_confirms(&cw_wire_rtmp, both, 2));
    assert_false(probe_confirms(&cw_wire_rtmp, one_way, 2));
    const uint8_t flash[] = {9, 0, 124, 2}, nobody[] = {9, 0x44, 124, 2};
    memcpy(c1.bytes + 5, flash, 4);
    assert_true(probe_confirms(&cw_wire_rtmp, both, 2));
    memcpy(c1.bytes + 5, nobody, 4);
    assert_false(probe_confirms(&cw_wire_rtmp, both, 2));
    memset(c1.bytes + 5, 0, 4);
    struct cw_wire_input in = probe_tcp(&c1);
    struct cw_wire_match out;
    in.at_start = false;
    assert_false(probe_test(&cw_wire_rtmp, &in, &out));
}

static bool
matches_at_router(const struct probe_message *m, struct cw_wire_match *out)
{
    struct cw_wire_input in = probe_udp(m);
    in.dst_port = 5351;
    return probe_test(&cw_wire_portmap, &in, out);
}

static void
nat_pmp_and_pcp_say_what_is_wanted(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex("00020000 1f900000 00000e10");
    assert_true(matches_at_router(&m, &out));
    assert_string_equal(out.detail, "NAT-PMP: wants TCP port 8080 opened");
    assert_false(out.is_camera_fact);
    m = probe_hex("00020000 1f900000 00000000"); /* takes it away */
    assert_false(matches_at_router(&m, &out));
    m = probe_hex("0000"); /* asks for the public address */
    assert_false(matches_at_router(&m, &out));
    m = probe_hex(
        "02010000 00000e10 00000000 00000000 0000ffff c0a8000a"
        "010203040506070809101112 11000000 022a 022a 00000000 00000000 00000000 00000000");
    assert_int_equal(m.len, 60);
    assert_true(matches_at_router(&m, &out));
    assert_string_equal(out.detail, "PCP: wants UDP port 554 opened");
    struct probe_message reserved = m;
    reserved.bytes[38] = 1; /* zero "on transmission" (RFC 6887 11.1) */
    assert_false(matches_at_router(&reserved, &out));
    struct cw_wire_input in = probe_udp(&m);
    in.dst_port = 5351;
    assert_int_equal(probe_truncations_of(&cw_wire_portmap, &in), 0);
}

static void
upnp_igd_says_what_is_wanted(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_text("POST /ctl/IPConn HTTP/1.1\r\nHost: 192.168.0.1:5000\r\nSOAPAction: "
                   "\"urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\"\r\n\r\n<?"
                   "xml version=\"1.0\"?>"
                   "<s:Envelope><s:Body><u:AddPortMapping><NewProtocol>TCP</"
                   "NewProtocol><NewInternalPort>554"
                   "</NewInternalPort></u:AddPortMapping></s:Body></s:Envelope>");
    assert_true(probe_matches(&cw_wire_upnp_igd, &m, &out));
    assert_string_equal(out.detail, "UPnP IGD: wants TCP port 554 opened");
    (void)probe_truncations(&cw_wire_upnp_igd, &m);
    m = probe_text(
        "POST /ctl/IPConn HTTP/1.1\r\nSOAPAction: \"#GetExternalIPAddress\"\r\n\r\n");
    assert_false(probe_matches(&cw_wire_upnp_igd, &m, &out));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binding_is_no_evidence),
        cmocka_unit_test(allocation_is_a_relay_of_nobody),
        cmocka_unit_test(allocation_needs_its_own_answer),
        cmocka_unit_test(attributes_that_lie_end_the_walk),
        cmocka_unit_test(kcp_tiles_or_is_refused),
        cmocka_unit_test(rtmp_needs_both_handshakes),
        cmocka_unit_test(nat_pmp_and_pcp_say_what_is_wanted),
        cmocka_unit_test(upnp_igd_says_what_is_wanted),
    };
    return cmocka_run_group_tests(tests, build, NULL);
}
