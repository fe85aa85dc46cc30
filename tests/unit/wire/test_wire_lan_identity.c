/* SPDX-License-Identifier: Apache-2.0
 *
 * SSDP, UPnP descriptions, mDNS and DHCP: facts of every device, evidence only of one that calls
 * itself a camera.
 */
#include "wire/camera_words.h"
#include "wire_probe.h"

extern const struct cw_wire_signature cw_wire_ssdp, cw_wire_upnp_description, cw_wire_mdns,
    cw_wire_dhcp_identity;

static void
words_that_prove_and_words_that_do_not(void **state)
{
    (void)state;
    static const char *const yes[] = {"urn:schemas-upnp-org:device:DigitalSecurityCamera:1",
                                      "hnap:NetworkCamera", "AXIS M1065-L Network Camera",
                                      "http://192.0.2.1/IPCamDesc.xml", "dcs-935l"};
    static const char *const no[] = {
        "Camera", "Canon camera printer", "DCS-7050SX",    "DCS-93",
        "DCS-",   "Philips hue bridge",   "iPhone-camera", ""};
    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
        assert_int_equal(cw_camera_kind(cw_bytes_text(yes[i])), CAMWATCH_KIND_CAMERA);
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
        assert_int_equal(cw_camera_kind(cw_bytes_text(no[i])), CAMWATCH_KIND_UNKNOWN);
    }
    struct cw_bytes model = cw_camera_model(cw_bytes_text("D-Link DCS-935LH Utility"));
    assert_true(cw_bytes_equal(model, cw_bytes_text("DCS-935LH")));
}

static void
ssdp_of_a_camera(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m =
        probe_text("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nSERVER: Linux, UPnP/1.0 "
                   "DCS-935L/1.0\r\n"
                   "NT: upnp:rootdevice\r\nUSN: uuid:00005e005301-0::upnp:rootdevice\r\nNTS: "
                   "ssdp:alive\r\n\r\n");
    assert_true(probe_matches(&cw_wire_ssdp, &m, &out));
    assert_true(out.is_evidence && out.is_camera_fact);
    assert_int_equal(out.identity.kind, CAMWATCH_KIND_CAMERA);
    assert_string_equal(out.identity.model, "DCS-935L");
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_SELF);
    (void)probe_truncations(&cw_wire_ssdp, &m);
}

static void
ssdp_search_and_others_say_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: "
        "3\r\n"
        "ST: urn:schemas-upnp-org:device:DigitalSecurityCamera:1\r\n\r\n",
        "NOTIFY * HTTP/1.1\r\nSERVER: Hue/1.0 UPnP/1.0 IpBridge/1.42.0\r\nNT: "
        "upnp:rootdevice\r\n"
        "USN: uuid:2f402f80::upnp:rootdevice\r\n\r\n",
        "HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\nIP Camera",
    };
    struct cw_wire_match out;
    for (size_t i = 0; i < 3; i++) {
        struct probe_message m = probe_text(texts[i]);
        assert_false(probe_matches(&cw_wire_ssdp, &m, &out));
    }
}

static void
description_of_a_camera_and_of_a_bridge(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<?xml version=\"1.0\"?>"
        "<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device><deviceType>"
        "urn:schemas-upnp-org:device:DigitalSecurityCamera:1</deviceType><friendlyName>Yard"
        "</friendlyName><manufacturer>Example</manufacturer><modelName>EX-1</"
        "modelName><serialNumber>"
        "ABC123</serialNumber></device></root>");
    assert_true(probe_matches(&cw_wire_upnp_description, &m, &out));
    assert_true(out.is_camera_fact);
    assert_string_equal(out.identity.maker, "Example");
    assert_string_equal(out.identity.model, "EX-1");
    assert_string_equal(out.identity.serial, "ABC123");
    assert_string_equal(out.identity.name, "Yard");
    (void)probe_truncations(&cw_wire_upnp_description, &m);
    m = probe_text(
        "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>"
        "<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType><modelName>Philips hue "
        "bridge 2015</modelName></device></root>");
    assert_true(probe_matches(&cw_wire_upnp_description, &m, &out));
    assert_true(out.has_identity);
    assert_false(out.is_evidence || out.is_camera_fact);
}

static bool
matches_mdns(const struct probe_message *m, struct cw_wire_match *out)
{
    struct cw_wire_input in = probe_udp(m);
    in.src_port = 5353;
    return probe_test(&cw_wire_mdns, &in, out);
}

/* PTR _axis-video._tcp.local -> "AXIS M1 - 00005E._axis-video._tcp.local", compressed. */
static const char axis[] =
    "0000 8400 0000 0001 0000 0000"
    "0b5f617869732d766964656f 045f746370 056c6f63616c 00 000c 0001 00001194 0013"
    "1041584953204d31202d20303030303545 c00c";

static void
mdns_of_a_camera(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex(axis);
    assert_true(matches_mdns(&m, &out));
    assert_true(out.is_camera_fact);
    assert_string_equal(out.identity.name, "AXIS M1 - 00005E");
    struct cw_wire_input in = probe_udp(&m);
    in.src_port = 5353;
    assert_int_equal(probe_truncations_of(&cw_wire_mdns, &in), 0);
    probe_put_be16(&m, 2, 0x0000); /* a question with a known answer is no announcement */
    assert_false(matches_mdns(&m, &out));
}

/* TXT of cam._http._tcp.local: "path=/" and "IC-3115W Network Camera", as in edimax-ic3115w-setup. */
static const char edimax[] =
    "0000 8400 0000 0001 0000 0000"
    "0363616d 055f68747470 045f746370 056c6f63616c 00 0010 8001 00000078 001f"
    "06706174683d2f 1749432d3331313557204e6574776f726b2043616d657261";

static void
mdns_text_of_a_camera(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = probe_hex(edimax);
    assert_true(matches_mdns(&m, &out));
    assert_true(out.is_camera_fact);
    assert_string_equal(out.identity.model, "IC-3115W");
    struct cw_wire_input in = probe_udp(&m);
    in.src_port = 5353;
    assert_int_equal(probe_truncations_of(&cw_wire_mdns, &in), 0);
    m.bytes[m.len - 7] = 'G'; /* "Gamera" is none */
    m.bytes[m.len - 6] = 'G';
    (void)matches_mdns(&m, &out);
    assert_false(out.is_camera_fact);
    assert_string_equal(out.identity.model, "");
    m = probe_hex(edimax);
    m.bytes[m.len - 24] = 0xff; /* a text longer than its record */
    (void)matches_mdns(&m, &out);
    assert_false(out.is_camera_fact);
}

static void
mdns_pointers_do_not_loop(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "0000 8400 0000 0001 0000 0000 c00c 000c 0001 00000000 0002 c00c",
        "0000 8400 0000 0001 0000 0000 c0ff 000c 0001 00000000 0002 c00c",
        "0000 8400 0000 ffff 0000 0000 3f 000c 0001 00000000 0002 c00c",
        "0000 8400 0000 0001 0000 0000 00 000c 0001 00000000 ffff c00c",
    };
    struct cw_wire_match out;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
        struct probe_message m = probe_hex(hostile[i]);
        assert_false(matches_mdns(&m, &out));
    }
    uint32_t seed = 61;
    for (unsigned i = 0; i < 100000; i++) {
        struct probe_message m = {.len = 30 + probe_random(&seed) % 60};
        probe_noise(m.bytes, m.len, &seed);
        memcpy(m.bytes, "\0\0\x84\0\0\0\0\1\0\0\0\0", 12);
        (void)matches_mdns(&m, &out);
        assert_false(out.is_camera_fact);
    }
}

static struct probe_message
dhcp_discover(const char *host)
{
    struct probe_message m = probe_hex("01010600 00000001");
    probe_add_zeros(&m, 236 - m.len);
    memcpy(m.bytes + 28, "\x02\x00\x5e\x00\x53\x01", 6);
    struct probe_message options = probe_hex("63825363 350101 0c");
    probe_add(&m, options.bytes, options.len);
    uint8_t n = (uint8_t)strlen(host);
    probe_add(&m, &n, 1);
    probe_add(&m, host, n);
    probe_add(&m, "\xff", 1);
    return m;
}

static void
dhcp_client_names_itself(void **state)
{
    (void)state;
    struct cw_wire_match out;
    struct probe_message m = dhcp_discover("DCS-935L");
    struct cw_wire_input in = probe_udp(&m);
    in.dst_port = 67;
    assert_true(probe_test(&cw_wire_dhcp_identity, &in, &out));
    assert_true(out.is_camera_fact);
    assert_string_equal(out.identity.name, "DCS-935L");
    assert_string_equal(out.identity.model, "DCS-935L");
    char mac[CW_MAC_TEXT_MAX];
    assert_string_equal(cw_mac_format(&out.identity.mac, mac), "02-00-5E-00-53-01");
    (void)probe_truncations_of(&cw_wire_dhcp_identity, &in);
    m.bytes[24] = 10; /* a relay sends it on */
    assert_true(probe_test(&cw_wire_dhcp_identity, &in, &out));
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_false(out.is_evidence || out.is_camera_fact); /* of the relay */
    m = dhcp_discover("DCS-935L");
    in = probe_udp(&m);
    in.dst_port = 67;
    in.src_mac = (struct cw_mac){{2, 0, 0x5e, 0, 0x53, 9}}; /* an access point sends it on */
    assert_true(probe_test(&cw_wire_dhcp_identity, &in, &out));
    assert_int_equal(out.identity.origin, CAMWATCH_ORIGIN_CLAIMED);
    assert_false(out.is_evidence || out.is_camera_fact);
    m = dhcp_discover("kitchen-laptop");
    in = probe_udp(&m);
    in.dst_port = 67;
    assert_true(probe_test(&cw_wire_dhcp_identity, &in, &out));
    assert_false(out.is_evidence || out.is_camera_fact);
    in.bytes.len -= 8; /* the option says more than is there */
    assert_false(probe_test(&cw_wire_dhcp_identity, &in, &out));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_prove_and_words_that_do_not),
        cmocka_unit_test(ssdp_of_a_camera),
        cmocka_unit_test(ssdp_search_and_others_say_nothing),
        cmocka_unit_test(description_of_a_camera_and_of_a_bridge),
        cmocka_unit_test(mdns_of_a_camera),
        cmocka_unit_test(mdns_text_of_a_camera),
        cmocka_unit_test(mdns_pointers_do_not_loop),
        cmocka_unit_test(dhcp_client_names_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
