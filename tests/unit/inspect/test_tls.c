/* SPDX-License-Identifier: Apache-2.0 */
#include "exact.h"

#include "inspect/tls.h"
#include "tls_build.h"

static const char *const alt_names[] = {"Camera.example", "*.example.net", "c.example",
                                        "d.example", "e.example"};

static enum cw_start
inspect(struct cw_bytes in, struct cw_tls_info *out)
{
    struct cw_bytes copy = exact_copy(in);
    enum cw_start result = cw_tls_inspect(copy, out);
    exact_free(copy);
    return result;
}

static void
build_client(struct tls_build *handshake)
{
    handshake->len = 0;
    struct tls_hello h = tls_begin_client(handshake);
    size_t grease = tls_open_extension(handshake, 0x0a0a);
    tls_close(handshake, grease, 2);
    tls_put_server_name(handshake, "P2P.Example.com");
    tls_put_alpn(handshake, "h2", "http/1.1");
    size_t versions = tls_open_extension(handshake, 43);
    tls_put_number(handshake, 6, 1);
    tls_put_number(handshake, 0xdada, 2); /* GREASE, RFC 8701 */
    tls_put_number(handshake, 0x0304, 2);
    tls_put_number(handshake, 0x0303, 2);
    tls_close(handshake, versions, 2);
    tls_end_hello(handshake, h);
}

static void
assert_client(const struct cw_tls_info *info)
{
    assert_true(info->is_client);
    assert_string_equal(info->server_name, "p2p.example.com");
    assert_string_equal(info->alpn, "h2");
    assert_int_equal(info->version, 0x0304);
    assert_false(info->has_ech);
}

static void
test_client_hello(void **state)
{
    (void)state;
    struct tls_build handshake = {0}, b = {0};
    struct cw_tls_info info;
    build_client(&handshake);
    tls_put_records(&b, &handshake, 16384);
    assert_int_equal(inspect(tls_bytes(&b), &info), CW_START_FOUND);
    assert_client(&info);
}

/* RFC 8446 5.1: a handshake message may be spread over records. */
static void
test_client_hello_over_records(void **state)
{
    (void)state;
    struct tls_build handshake = {0};
    build_client(&handshake);
    for (size_t part = 1; part < handshake.len; part++) {
        struct tls_build b = {0};
        struct cw_tls_info info;
        tls_put_records(&b, &handshake, part);
        assert_int_equal(inspect(tls_bytes(&b), &info), CW_START_FOUND);
        assert_client(&info);
    }
}

static void
test_every_truncation_of_client_hello(void **state)
{
    (void)state;
    struct tls_build handshake = {0}, b = {0};
    build_client(&handshake);
    tls_put_records(&b, &handshake, 100);
    bool had_name = false;
    for (size_t len = 1; len < b.len; len++) {
        struct cw_tls_info info = {0};
        assert_int_equal(inspect(cw_bytes(b.bytes, len), &info), CW_START_MORE);
        bool has_name = info.server_name[0] != '\0';
        assert_true(has_name || !had_name); /* what is known stays known */
        if (has_name) {
            assert_string_equal(info.server_name, "p2p.example.com");
        }
        had_name = has_name;
    }
    assert_true(had_name);
    struct cw_tls_info info;
    assert_int_equal(inspect(cw_bytes(b.bytes, 0), &info), CW_START_OTHER);
}

static void
test_every_byte_changed(void **state)
{
    (void)state;
    struct tls_build handshake = {0}, b = {0};
    build_client(&handshake);
    tls_put_records(&b, &handshake, 16384);
    for (size_t at = 0; at < b.len; at++) {
        uint8_t before = b.bytes[at];
        for (unsigned value = 0; value < 256; value += 15) {
            struct cw_tls_info info = {0};
            b.bytes[at] = (uint8_t)value;
            (void)inspect(tls_bytes(&b), &info);
            assert_true(memchr(info.server_name, 0, sizeof(info.server_name)) != NULL);
        }
        b.bytes[at] = before;
    }
}

static void
test_ech_is_flagged(void **state)
{
    (void)state;
    static const unsigned types[] = {0xfe0d, 0xffce};
    for (size_t i = 0; i < 2; i++) {
        struct tls_build handshake = {0}, b = {0};
        struct cw_tls_info info;
        struct tls_hello h = tls_begin_client(&handshake);
        tls_put_server_name(&handshake, "front.example");
        size_t e = tls_open_extension(&handshake, types[i]);
        tls_put_number(&handshake, 0, 4);
        tls_close(&handshake, e, 2);
        tls_end_hello(&handshake, h);
        tls_put_records(&b, &handshake, 16384);
        assert_int_equal(inspect(tls_bytes(&b), &info), CW_START_FOUND);
        assert_true(info.has_ech);
        assert_int_equal(info.version, 0x0303);
    }
}

static void
test_unprintable_name_is_no_name(void **state)
{
    (void)state;
    struct tls_build handshake = {0}, b = {0};
    struct cw_tls_info info;
    struct tls_hello h = tls_begin_client(&handshake);
    tls_put_server_name(&handshake, "evil\n.example");
    tls_end_hello(&handshake, h);
    tls_put_records(&b, &handshake, 16384);
    assert_int_equal(inspect(tls_bytes(&b), &info), CW_START_FOUND);
    assert_string_equal(info.server_name, "");
}

static void
test_other_protocols(void **state)
{
    (void)state;
    struct cw_tls_info info;
    static const char *const texts[] = {"GET / HTTP/1.1\r\n", "\x16\x02\x01\x00\x05",
                                        "\x15\x03\x03\x00\x02\x02\x28",
                                        "\x16\x03\x03\x00\x04\x0b\x00\x00\x00"};
    assert_int_equal(inspect(cw_bytes_text(texts[0]), &info), CW_START_OTHER);
    assert_int_equal(inspect(cw_bytes(texts[1], 5), &info), CW_START_OTHER);
    assert_int_equal(inspect(cw_bytes(texts[2], 7), &info), CW_START_OTHER); /* an alert */
    assert_int_equal(inspect(cw_bytes(texts[3], 9), &info),
                     CW_START_OTHER); /* no hello first */
}

/* A whole ServerHello, 1.2. */
static void
put_server_hello(struct tls_build *handshake)
{
    struct tls_hello h = tls_begin_server(handshake);
    tls_put_alpn(handshake, "http/1.1", NULL);
    tls_end_hello(handshake, h);
}

static void
put_certificate(struct tls_build *handshake)
{
    tls_put_number(handshake, 11, 1);
    size_t message = tls_open(handshake, 3), list = tls_open(handshake, 3);
    for (unsigned i = 0; i < 2; i++) {
        size_t certificate = tls_open(handshake, 3);
        der_put_certificate(handshake, i ? "CA" : "IPC-1234", "Example Digital", alt_names, 5);
        tls_close(handshake, certificate, 3);
    }
    tls_close(handshake, list, 3);
    tls_close(handshake, message, 3);
}

static void
assert_certificate(const struct cw_tls_info *info)
{
    assert_false(info->is_client);
    assert_true(info->has_certificate);
    assert_string_equal(info->alpn, "http/1.1");
    assert_string_equal(info->certificate.common_name, "IPC-1234");
    assert_string_equal(info->certificate.organisation, "Example Digital");
    assert_int_equal(info->certificate.n_dns, 4);
    assert_string_equal(info->certificate.dns[0], "camera.example");
    assert_string_equal(info->certificate.dns[1], "*.example.net");
    assert_string_equal(info->certificate.dns[3], "d.example");
}

/* The first certificate is enough: the rest of the chain need not come. */
static void
test_server_certificate(void **state)
{
    (void)state;
    struct tls_build handshake = {0}, b = {0};
    put_server_hello(&handshake);
    put_certificate(&handshake);
    tls_put_records(&b, &handshake, 200);
    size_t found_at = 0;
    for (size_t len = 1; len <= b.len; len++) {
        struct cw_tls_info info = {0};
        enum cw_start result = inspect(cw_bytes(b.bytes, len), &info);
        assert_int_equal(result,
                         found_at || result != CW_START_MORE ? CW_START_FOUND : CW_START_MORE);
        if (result == CW_START_FOUND) {
            found_at = found_at ? found_at : len;
            assert_certificate(&info);
        }
    }
    assert_true(found_at > 0 && found_at < b.len);
}

static void
test_resumed_session(void **state)
{
    (void)state;
    struct tls_build handshake = {0}, b = {0};
    struct cw_tls_info info;
    put_server_hello(&handshake);
    tls_put_records(&b, &handshake, 16384);
    assert_int_equal(inspect(tls_bytes(&b), &info), CW_START_MORE);
    tls_put(&b, "\x14\x03\x03\x00\x01\x01", 6); /* ChangeCipherSpec */
    assert_int_equal(inspect(tls_bytes(&b), &info), CW_START_FOUND);
    assert_false(info.has_certificate);
}

/* From 1.3 on the certificate is enciphered: nothing to wait for. */
static void
test_server_hello_1_3(void **state)
{
    (void)state;
    struct tls_build handshake = {0}, b = {0};
    struct cw_tls_info info;
    struct tls_hello h = tls_begin_server(&handshake);
    size_t e = tls_open_extension(&handshake, 43);
    tls_put_number(&handshake, 0x0304, 2);
    tls_close(&handshake, e, 2);
    tls_end_hello(&handshake, h);
    tls_put_records(&b, &handshake, 16384);
    assert_int_equal(inspect(tls_bytes(&b), &info), CW_START_FOUND);
    assert_int_equal(info.version, 0x0304);
    assert_false(info.has_certificate);
}

static void
test_x509_truncated_and_changed(void **state)
{
    (void)state;
    struct tls_build b = {0};
    der_put_certificate(&b, "IPC-1234", "Example Digital", alt_names, 5);
    struct cw_x509_names names;
    for (size_t len = 0; len < b.len; len++) {
        struct cw_bytes copy = exact_copy(cw_bytes(b.bytes, len));
        assert_false(cw_x509_parse(copy, &names));
        exact_free(copy);
    }
    assert_true(cw_x509_parse(tls_bytes(&b), &names));
    assert_string_equal(names.common_name, "IPC-1234");
    for (size_t at = 0; at < b.len; at++) {
        uint8_t before = b.bytes[at];
        for (unsigned value = 0; value < 256; value += 15) {
            b.bytes[at] = (uint8_t)value;
            struct cw_bytes copy = exact_copy(tls_bytes(&b));
            (void)cw_x509_parse(copy, &names);
            exact_free(copy);
        }
        b.bytes[at] = before;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_hello),
        cmocka_unit_test(test_client_hello_over_records),
        cmocka_unit_test(test_every_truncation_of_client_hello),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_ech_is_flagged),
        cmocka_unit_test(test_unprintable_name_is_no_name),
        cmocka_unit_test(test_other_protocols),
        cmocka_unit_test(test_server_certificate),
        cmocka_unit_test(test_resumed_session),
        cmocka_unit_test(test_server_hello_1_3),
        cmocka_unit_test(test_x509_truncated_and_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
