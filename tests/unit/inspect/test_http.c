/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "exact.h"

#include "inspect/hidden.h"
#include "inspect/http.h"

static void
assert_span(struct cw_bytes span, const char *text)
{
    assert_int_equal(span.len, strlen(text));
    assert_memory_equal(span.ptr ? span.ptr : (const uint8_t *)"", text, span.len);
}

static struct cw_http_message
parse(const char *text)
{
    struct cw_http_message m;
    assert_int_equal(cw_http_parse(cw_bytes_text(text), &m), CW_START_FOUND);
    return m;
}

static void
test_request(void **state)
{
    (void)state;
    struct cw_http_message m =
        parse("GET /api/v1?token=abc HTTP/1.1\r\nhost: Cloud.Example:8080\r\n"
              "User-Agent: ExampleCam/2.0\r\nAuthorization: Basic c2VjcmV0\r\n"
              "Cookie: sid=1\r\n\r\n");
    assert_true(m.is_request);
    assert_int_equal(m.protocol, CW_HTTP_HTTP);
    assert_span(m.method, "GET");
    assert_span(m.path, "/api/v1");
    assert_span(m.host, "Cloud.Example");
    assert_span(m.user_agent, "ExampleCam/2.0");
    assert_span(m.server, "");
    assert_true(m.has_basic);
}

static void
test_only_a_sent_log_in_is_one(void **state)
{
    (void)state;
    assert_true(
        parse("PLAY rtsp://a/ RTSP/1.0\r\nauthorization: bAsIc QQ==\r\n\r\n").has_basic);
    assert_false(parse("GET / HTTP/1.1\r\nAuthorization: Digest a=1\r\n\r\n").has_basic);
    assert_false(parse("GET / HTTP/1.1\r\nAuthorization: Basic\r\n\r\n").has_basic);
    assert_false(parse("GET / HTTP/1.1\r\nAuthorization: Basically 1\r\n\r\n").has_basic);
    assert_false(
        parse("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"a\"\r\n\r\n").has_basic);
}

static void
test_response(void **state)
{
    (void)state;
    struct cw_http_message m = parse(
        "HTTP/1.0 401 Unauthorized\nServer: App-webs/\nContent-Type: text/html; charset=x\n"
        "WWW-Authenticate: Digest qop=\"auth\", realm=\"Example Camera\", nonce=\"n\"\n\n"
        "User-Agent: of the body\n");
    assert_false(m.is_request);
    assert_int_equal(m.status, 401);
    assert_span(m.server, "App-webs/");
    assert_span(m.content_type, "text/html");
    assert_span(m.realm, "Example Camera");
    assert_span(m.user_agent, "");
}

static void
test_rtsp(void **state)
{
    (void)state;
    struct cw_http_message m = parse(
        "DESCRIBE rtsp://admin:s3cret@192.0.2.7:554/unicast/c1/s0/live RTSP/1.0\r\nCSeq: 2\r\n"
        "\r\n");
    assert_int_equal(m.protocol, CW_HTTP_RTSP);
    assert_span(m.host, "192.0.2.7");
    assert_span(m.path, "/unicast/c1/s0/live");
    m = parse("RTSP/1.0 200 OK\r\nCSeq: 2\r\nServer: Hipcam RealServer/V1.0\r\n\r\n");
    assert_int_equal(m.protocol, CW_HTTP_RTSP);
    assert_int_equal(m.status, 200);
    assert_span(m.server, "Hipcam RealServer/V1.0");
    assert_string_equal(cw_http_protocol_text(m.protocol), "rtsp");
}

static void
test_sip(void **state)
{
    (void)state;
    struct cw_http_message m =
        parse("REGISTER sip:34020000002000000001@192.0.2.9:5060;x=y SIP/2.0\r\n"
              "User-Agent: Example\r\n\r\n");
    assert_int_equal(m.protocol, CW_HTTP_SIP);
    assert_span(m.host, "192.0.2.9");
    assert_span(m.path, "");
    assert_span(m.user_agent, "Example");
}

static void
test_ipv6_host(void **state)
{
    (void)state;
    struct cw_http_message m = parse("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n");
    assert_span(m.host, "2001:db8::1");
}

/* Passwords that firmware writes into paths are not handed on. */
static void
test_secrets_in_paths(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp", "/"},
        {"/live/Token=abc/1", "/live/"},
        {"/cgi-bin/a.cgi;session=1", "/cgi-bin/a.cgi"},
        {"/a&pwd=1", "/a"},
        {"/11", "/11"},
        {"*", "*"},
        {"http://u:p@cam.example/x?y", "/x"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[256];
        (void)strcat(strcat(strcpy(text, "GET "), rows[i][0]), " HTTP/1.1\r\n\r\n");
        assert_span(parse(text).path, rows[i][1]);
    }
}

static void
test_no_secret_leaves(void **state)
{
    (void)state;
    static const char text[] =
        "GET rtsp://user:SECRET@h/p/password=SECRET/x?k=SECRET RTSP/1.0\r\n"
        "Authorization: Digest username=\"u\", realm=\"r\", response=\"SECRET\"\r\n"
        "Proxy-Authorization: Basic SECRET\r\nCookie: SECRET\r\nSet-Cookie: SECRET\r\n\r\n";
    struct cw_http_message m = parse(text);
    const struct cw_bytes spans[] = {m.method, m.path,       m.host,        m.server,
                                     m.realm,  m.user_agent, m.content_type};
    for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
        assert_true(spans[i].len == 0 || !memmem(spans[i].ptr, spans[i].len, "SECRET", 6));
    }
    assert_int_equal(m.realm.len, 0);
}

static void
test_other_protocols(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x16\x03\x01",           "SSH-2.0-x\r\n",     "GETX",
        "get / HTTP/1.1\r\n\r\n", "GET / FTP/1.0\r\n", "HTTP/1.1 abc nope\r\n",
        "GET HTTP/1.1\r\n",       "\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct cw_http_message m;
        assert_int_equal(cw_http_parse(cw_bytes_text(texts[i]), &m), CW_START_OTHER);
    }
    struct cw_http_message m;
    assert_int_equal(cw_http_parse(cw_bytes(NULL, 0), &m), CW_START_OTHER);
}

static void
test_every_truncation(void **state)
{
    (void)state;
    static const char text[] = "POST rtsp://a:b@[2001:db8::1]:554/p/q?r RTSP/1.0\r\n"
                               "User-Agent: ExampleCam\r\nHost: h.example:1\r\n"
                               "WWW-Authenticate: Basic realm=\"r\"\r\n\r\n";
    size_t len = sizeof(text) - 1;
    for (size_t cut = 1; cut <= len; cut++) {
        struct cw_bytes copy = exact_copy(cw_bytes(text, cut));
        struct cw_http_message m;
        enum cw_start result = cw_http_parse(copy, &m);
        assert_int_equal(result, cut == len ? CW_START_FOUND : CW_START_MORE);
        /* a header counts when its line is whole */
        assert_true(m.user_agent.len == 0 || m.user_agent.len == strlen("ExampleCam"));
        exact_free(copy);
    }
}

static void
test_endless_line(void **state)
{
    (void)state;
    static char text[10000];
    memset(text, 'a', sizeof(text));
    memcpy(text, "GET /", 5);
    struct cw_http_message m;
    assert_int_equal(cw_http_parse(cw_bytes(text, 4000), &m), CW_START_MORE);
    assert_int_equal(cw_http_parse(cw_bytes(text, sizeof(text)), &m), CW_START_OTHER);
}

static void
test_hidden_dns(void **state)
{
    (void)state;
    struct cw_addr other, resolver;
    assert_true(cw_addr_parse("192.0.2.53", &other));
    assert_true(cw_addr_parse("9.9.9.9", &resolver));
    assert_true(cw_hidden_dns(443, "", &resolver));
    assert_false(cw_hidden_dns(443, "www.example.com", &resolver));
    assert_true(cw_hidden_dns(853, "", &other));
    assert_true(cw_hidden_dns(443, "dns.google", &other));
    assert_true(cw_hidden_dns(443, "mozilla.cloudflare-dns.com", &other));
    assert_false(cw_hidden_dns(443, "notdns.google", &other));
    assert_false(cw_hidden_dns(443, "google", &other));
    assert_false(cw_hidden_dns(443, "", &other));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_only_a_sent_log_in_is_one),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_rtsp),
        cmocka_unit_test(test_sip),
        cmocka_unit_test(test_ipv6_host),
        cmocka_unit_test(test_secrets_in_paths),
        cmocka_unit_test(test_no_secret_leaves),
        cmocka_unit_test(test_other_protocols),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_endless_line),
        cmocka_unit_test(test_hidden_dns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
