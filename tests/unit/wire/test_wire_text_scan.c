/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_message.h"

#include "wire/said.h"
#include "wire/text_scan.h"

static void
assert_text(struct cw_bytes in, const char *text)
{
    assert_int_equal(in.len, strlen(text));
    assert_true(cw_bytes_equal(in, cw_bytes_text(text)));
}

static void
assert_json(const char *json, const char *key, const char *value)
{
    assert_text(cw_scan_json(cw_bytes_text(json), key), value);
}

static void
test_json(void **unused)
{
    (void)unused;
    assert_json("{\"a\":\"b\"}", "a", "b");
    assert_json("{\"x\":{\"a\" : \"b\"}}", "a", "b");
    assert_json("{\"a\":12,\"b\":true}", "a", "12");
    assert_json("{\"a\":12}", "a", "12");
    assert_json("{\"a\":12", "a", "");  /* might go on */
    assert_json("{\"a\":\"b", "a", ""); /* cut */
    assert_json("{\"a\":\"b\\\"c\"}", "a", "b\\\"c");
    assert_json("{\"a\":{\"b\":1}}", "a", ""); /* an object */
    assert_json("{\"a\":[1]}", "a", "");
    assert_json("{\"x\":\"\\\"a\\\":1\"}", "a", "");
    assert_json("{\"x\":\"a\",\"a\":\"y\"}", "a", "y"); /* a value, then the key */
    assert_json("{\"ab\":\"c\"}", "a", "");
    assert_json("", "a", "");
    assert_json("\"", "a", "");
    assert_json("\"a\"", "a", "");
    assert_json("\"a\":\\", "a", "");
}

static void
assert_xml(const char *xml, const char *name, const char *value)
{
    assert_text(cw_scan_xml(cw_bytes_text(xml), name), value);
}

static void
test_xml(void **unused)
{
    (void)unused;
    assert_xml("<a>b</a>", "a", "b");
    assert_xml("<x:a y=\"1\"> b </x:a>", "a", "b");
    assert_xml("<ab>c</ab><a>b</a>", "a", "b");
    assert_xml("<a/>b</a>", "a", "");
    assert_xml("<a><b>c</b></a>", "a", "");
    assert_xml("<a>b", "a", "");
    assert_xml("<a>b<", "a", "");
    assert_xml("<a", "a", "");
    assert_xml("<", "a", "");
    assert_xml("</a>b</a>", "a", "");
}

static void
assert_param(const char *text, const char *key, const char *value)
{
    assert_text(cw_scan_param(cw_bytes_text(text), key), value);
}

static void
test_params(void **unused)
{
    (void)unused;
    assert_param("/x?a=1&b=2", "b", "2");
    assert_param("/x?ab=1", "b", "");
    assert_param("Digest realm=\"Login to 1\", nonce=\"n\"", "realm", "Login to 1");
    assert_param("realm=\"cut", "realm", "");
    assert_param("a=1\r\nb=2\r\n", "b", "2");
    assert_param("b=", "b", "");
}

static void
test_messages(void **unused)
{
    (void)unused;
    struct cw_text_message m;
    assert_true(cw_scan_message(cw_bytes_text("GET /a HTTP/1.1\r\nB: c\r\n\r\nbody"), &m));
    assert_text(m.method, "GET");
    assert_text(m.target, "/a");
    assert_text(m.headers, "B: c\r\n\r\n");
    assert_text(m.body, "body");
    assert_true(cw_scan_message(cw_bytes_text("SIP/2.0 401 No\nA: b\nC: cu"), &m));
    assert_int_equal(m.status, 401);
    assert_text(m.headers, "A: b\n"); /* a cut line is none */
    assert_text(m.body, "");
    assert_false(cw_scan_message(cw_bytes_text("GET /a HTTP/1.1"), &m));
    assert_false(cw_scan_message(cw_bytes_text("get /a HTTP/1.1\r\n"), &m));
    assert_false(cw_scan_message(cw_bytes_text("HTTP/1.1 2000 OK\r\n"), &m));
    assert_false(cw_scan_message(cw_bytes_text("\n"), &m));
    assert_false(cw_scan_message(cw_bytes_text(""), &m));
}

static void
test_fillers(void **unused)
{
    (void)unused;
    static const char *const fillers[] = {"",         "0",        "000000", "N/A",
                                          "FFFFFFFF", "ff:ff:ff", "NULL",   " "};
    for (size_t i = 0; i < sizeof(fillers) / sizeof(*fillers); i++) {
        assert_true(cw_said_is_filler(cw_bytes_text(fillers[i])));
    }
    assert_false(cw_said_is_filler(cw_bytes_text("0F")));
    assert_false(cw_said_is_filler(cw_bytes_text("7J00")));
}

static void
test_facts(void **unused)
{
    (void)unused;
    struct cw_mac mac = {0};
    struct cw_addr addr = {0};
    struct cw_wire_match m = {0};
    cw_said_mac(&mac, cw_bytes_text("ff:ff:ff:ff:ff:ff"));
    cw_said_mac(&mac, cw_bytes_text("01:00:5e:00:00:fb"));
    cw_said_mac(&mac, cw_bytes_text("00:00:00:00:00:00"));
    assert_true(cw_mac_is_none(&mac));
    cw_said_addr(&addr, cw_bytes_text("0.0.0.0"));
    cw_said_addr(&addr, cw_bytes_text("192.0.2.300"));
    assert_true(cw_addr_is_none(&addr));
    cw_said_candidate(&m, cw_bytes_text("192.0.2.1"));
    cw_said_candidate(&m, cw_bytes_text(":8802"));
    cw_said_candidate(&m, cw_bytes_text("192.0.2.1:0"));
    cw_said_candidate(&m, cw_bytes_text("192.0.2.1:70000"));
    assert_int_equal(m.n_candidates, 0);
    for (unsigned i = 0; i < CW_WIRE_CANDIDATES + 2; i++) {
        cw_said_candidate(&m, cw_bytes_text("192.0.2.1:8802"));
    }
    assert_int_equal(m.n_candidates, CW_WIRE_CANDIDATES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),    cmocka_unit_test(test_xml),
        cmocka_unit_test(test_params),  cmocka_unit_test(test_messages),
        cmocka_unit_test(test_fillers), cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
