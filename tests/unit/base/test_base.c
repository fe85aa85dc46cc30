/* SPDX-License-Identifier: Apache-2.0
 *
 * The pieces that everything stands on: cursor, addresses, text, hash, labels.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/addr.h"
#include "base/cursor.h"
#include "base/hash.h"
#include "base/labels.h"
#include "base/text.h"

static struct cw_addr
addr(const char *text)
{
    struct cw_addr a;
    assert_true(cw_addr_parse(text, &a));
    return a;
}

static void
a_cursor_reads_both_byte_orders(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a};
    struct cw_cursor c = cw_cursor(cw_bytes(bytes, sizeof(bytes)));
    assert_int_equal(cw_cursor_be16(&c), 0x0102);
    assert_int_equal(cw_cursor_le16(&c), 0x0403);
    assert_int_equal(cw_cursor_be24(&c), 0x050607);
    assert_int_equal(cw_cursor_left(&c), 3);
    assert_int_equal(cw_cursor_u8(&c), 8);
    assert_true(cw_cursor_ok(&c));
}

/* Every prefix: what fits is read, what does not is 0 and stays an error. */
static void
a_cursor_error_sticks(void **state)
{
    (void)state;
    for (size_t len = 0; len < 12; len++) {
        uint8_t *bytes = malloc(len ? len : 1);
        memset(bytes, 0xff, len);
        struct cw_cursor c = cw_cursor(cw_bytes(bytes, len));
        uint32_t first = cw_cursor_be32(&c), second = cw_cursor_le32(&c);
        (void)cw_cursor_take(&c, 4);
        assert_int_equal(first, len >= 4 ? 0xffffffff : 0);
        assert_int_equal(second, len >= 8 ? 0xffffffff : 0);
        assert_false(cw_cursor_ok(&c));
        assert_int_equal(cw_cursor_left(&c), 0);
        assert_int_equal(cw_cursor_u8(&c), 0);
        assert_int_equal(cw_cursor_rest(&c).len, 0);
        free(bytes);
    }
}

static void
fixed_offsets_are_bounded(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3};
    struct cw_bytes in = cw_bytes(bytes, sizeof(bytes));
    assert_int_equal(cw_be16_at(in, 1), 0x0203);
    assert_int_equal(cw_be16_at(in, 2), 0);
    assert_int_equal(cw_u8_at(in, 3), 0);
    assert_int_equal(cw_be32_at(in, SIZE_MAX), 0);
    assert_int_equal(cw_bytes_from(in, 9).len, 0);
    assert_int_equal(cw_bytes_head(in, 9).len, 3);
}

static void
addresses_have_one_form(void **state)
{
    (void)state;
    char text[CW_ADDR_TEXT_MAX];
    struct cw_addr v4 = addr("192.0.2.7"), mapped = addr("::ffff:192.0.2.7"),
                   v6 = addr("2001:db8::1");
    assert_true(cw_addr_is_v4(&v4));
    assert_true(cw_addr_equal(&v4, &mapped));
    assert_string_equal(cw_addr_format(&v4, text), "192.0.2.7");
    assert_string_equal(cw_addr_format(&v6, text), "2001:db8::1");
    struct cw_addr out;
    assert_false(cw_addr_parse("192.0.2", &out));
    assert_false(cw_addr_parse("192.0.2.256", &out));
    assert_false(cw_addr_parse("", &out));
}

/* Rows of the IANA special-purpose registries and their neighbours. */
static void
only_global_addresses_are_global(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        bool is_global;
    } rows[] = {
        {"8.8.8.8", true},
        {"0.1.2.3", false},
        {"10.255.255.255", false},
        {"11.0.0.0", true},
        {"100.63.255.255", true},
        {"100.64.0.0", false},
        {"100.127.255.255", false},
        {"100.128.0.0", true},
        {"127.0.0.1", false},
        {"169.254.1.1", false},
        {"172.15.255.255", true},
        {"172.16.0.0", false},
        {"172.31.255.255", false},
        {"172.32.0.0", true},
        {"192.0.0.8", false},
        {"192.0.2.1", false},
        {"192.168.0.1", false},
        {"198.17.255.255", true},
        {"198.18.0.0", false},
        {"198.19.255.255", false},
        {"198.20.0.0", true},
        {"198.51.100.1", false},
        {"203.0.113.1", false},
        {"223.255.255.255", true},
        {"224.0.0.1", false},
        {"255.255.255.255", false},
        {"2a00::1", true},
        {"2001:db8::1", false},
        {"fe80::1", false},
        {"fd00::1", false},
        {"ff02::1", false},
        {"::1", false},
        {"::", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct cw_addr a = addr(rows[i].text);
        if (cw_addr_is_global(&a) != rows[i].is_global) {
            fail_msg("%s", rows[i].text);
        }
    }
}

static void
prefixes_hold_what_they_say(void **state)
{
    (void)state;
    struct cw_prefix p;
    struct cw_addr in = addr("192.0.2.127"), out = addr("192.0.2.128"),
                   v6 = addr("2001:db8::9");
    assert_true(cw_prefix_parse("192.0.2.0/25", &p));
    assert_true(cw_prefix_has(&p, &in));
    assert_false(cw_prefix_has(&p, &out));
    assert_false(cw_prefix_has(&p, &v6));
    assert_true(cw_prefix_parse("0.0.0.0/0", &p));
    assert_true(cw_prefix_has(&p, &out));
    assert_false(cw_prefix_has(&p, &v6));
    assert_true(cw_prefix_parse("2001:db8::9", &p));
    assert_true(cw_prefix_has(&p, &v6));
    assert_false(cw_prefix_parse("192.0.2.0/33", &p));
    assert_false(cw_prefix_parse("192.0.2.0/", &p));
    assert_false(cw_prefix_parse("192.0.2.0/+1", &p));
}

static void
macs_in_every_usual_form(void **state)
{
    (void)state;
    static const char *const good[] = {"00:00:5e:00:53:Af", "00-00-5E-00-53-AF",
                                       "00005e0053af"};
    static const char *const bad[] = {"",
                                      "00:00:5e:00:53",
                                      "00:00:5e:00:53:ag",
                                      "00.00.5e.00.53.af",
                                      "00005e0053a",
                                      "00:00:5e:00:53:af:"};
    struct cw_mac m;
    char text[CW_MAC_TEXT_MAX];
    for (size_t i = 0; i < 3; i++) {
        assert_true(cw_mac_parse(cw_bytes_text(good[i]), &m));
        assert_string_equal(cw_mac_format(&m, text), "00-00-5E-00-53-AF");
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(cw_mac_parse(cw_bytes_text(bad[i]), &m));
    }
}

static void
headers_are_found_by_name_only(void **state)
{
    (void)state;
    struct cw_bytes head =
        cw_bytes_text("Host: a\r\nX-Server: no\r\nserver:  Example/1 \r\n\r\nServer: body");
    struct cw_bytes value = cw_text_header(head, "Server");
    assert_int_equal(value.len, 9);
    assert_memory_equal(value.ptr, "Example/1", 9);
    assert_int_equal(cw_text_header(head, "Missing").len, 0);
    assert_int_equal(cw_text_header(cw_bytes(NULL, 0), "Server").len, 0);
}

static void
copies_are_cut_on_whole_characters(void **state)
{
    (void)state;
    char out[6];
    cw_text_copy(out, sizeof(out),
                 cw_bytes_text("  K\xc3\xbc"
                               "che\n"));
    assert_string_equal(out, "K\xc3\xbc"
                             "ch");
    cw_text_copy(out, sizeof(out),
                 cw_bytes("a\x01\xff"
                          "b\0c",
                          6));
    assert_string_equal(out, "a??b?");
    cw_text_copy(out, sizeof(out), cw_bytes_text("abcd\xc3\xbc"));
    assert_string_equal(out, "abcd");
    cw_text_copy(out, sizeof(out), cw_bytes_text("\xed\xa0\x80"));
    assert_string_equal(out, "???");
    cw_text_set(out, sizeof(out), NULL);
    assert_string_equal(out, "");
}

static void
numbers_are_strict(void **state)
{
    (void)state;
    uint32_t n = 7;
    assert_true(cw_text_number(cw_bytes_text("65535"), 65535, &n));
    assert_int_equal(n, 65535);
    static const char *const bad[] = {"",   "65536", "+1",  "-1",
                                      " 1", "1 ",    "0x1", "99999999999"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(cw_text_number(cw_bytes_text(bad[i]), 65535, &n));
    }
    assert_int_equal(n, 65535);
}

/* Every byte and the length count, and so does the key. */
static void
a_hash_depends_on_all_it_is_given(void **state)
{
    (void)state;
    struct cw_hash_key key = {1, 2}, other = {1, 3};
    uint8_t bytes[24] = {0};
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        uint64_t base = cw_hash(key, bytes, len);
        assert_true(base != cw_hash(other, bytes, len));
        for (size_t i = 0; i < len; i++) {
            bytes[i] ^= 0x80;
            assert_true(base != cw_hash(key, bytes, len));
            bytes[i] ^= 0x80;
        }
        assert_true(len == sizeof(bytes) || base != cw_hash(key, bytes, len + 1));
    }
}

static void
labels_keep_their_numbers(void **state)
{
    (void)state;
    struct cw_labels *labels = cw_labels_new();
    char name[16];
    assert_int_equal(cw_labels_intern(labels, NULL), 0);
    assert_int_equal(cw_labels_intern(labels, ""), 0);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(name, sizeof(name), "n%d", i);
        assert_int_equal(cw_labels_intern(labels, name), i + 1);
    }
    assert_int_equal(cw_labels_intern(labels, "n0"), 1);
    assert_string_equal(cw_labels_text(labels, 4321), "n4320");
    assert_string_equal(cw_labels_text(labels, 5001), "");
    cw_labels_free(labels);
}

static void
strangers_cannot_fill_the_labels(void **state)
{
    (void)state;
    struct cw_labels *labels = cw_labels_new();
    char name[16];
    unsigned taken = 0;
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(name, sizeof(name), "x%d", i);
        taken += cw_labels_intern_foreign(labels, name) != 0;
    }
    assert_int_equal(taken, 4096);
    cw_label own = cw_labels_intern(labels, "Dahua group");
    assert_int_equal(own, 4097);
    assert_int_equal(cw_labels_intern_foreign(labels, "Dahua group"), own);
    assert_int_equal(cw_labels_intern_foreign(labels, "x7"), 8);
    cw_labels_free(labels);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_reads_both_byte_orders),
        cmocka_unit_test(a_cursor_error_sticks),
        cmocka_unit_test(fixed_offsets_are_bounded),
        cmocka_unit_test(addresses_have_one_form),
        cmocka_unit_test(only_global_addresses_are_global),
        cmocka_unit_test(prefixes_hold_what_they_say),
        cmocka_unit_test(macs_in_every_usual_form),
        cmocka_unit_test(headers_are_found_by_name_only),
        cmocka_unit_test(copies_are_cut_on_whole_characters),
        cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(a_hash_depends_on_all_it_is_given),
        cmocka_unit_test(labels_keep_their_numbers),
        cmocka_unit_test(strangers_cannot_fill_the_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
