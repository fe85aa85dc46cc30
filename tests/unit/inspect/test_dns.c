/* SPDX-License-Identifier: Apache-2.0 */
#include "exact.h"

#include "base/text.h"
#include "dns_build.h"

#define FLAGS_ANSWER 0x8180 /* response, recursion desired and available */
#define FLAGS_QUERY  0x0100

static bool
parse(const struct dns_build *b, struct cw_dns_message *out)
{
    struct cw_bytes copy = exact_copy(dns_bytes(b));
    bool ok = cw_dns_parse(copy, CW_DNS_UNICAST, out);
    exact_free(copy);
    return ok;
}

static void
assert_address(const struct cw_dns_message *m, size_t i, const char *text)
{
    char out[CW_ADDR_TEXT_MAX];
    assert_string_equal(cw_addr_format(&m->address[i].addr, out), text);
}

/* RFC 1035 4.1.4: names by pointer; www.example.com CNAME edge.example.net A, A. */
static void
build_chain(struct dns_build *b)
{
    dns_put_header(b, 0x1234, FLAGS_ANSWER, 1, 3);
    dns_put_question(b, "WWW.Example.com", CW_DNS_A);
    dns_put_pointer(b, 12);
    dns_put_record(b, CW_DNS_CNAME, 300, 18);
    size_t edge = b->len;
    dns_put_name(b, "edge.example.net");
    dns_put_pointer(b, edge);
    dns_put_a(b, 60, 0xc0000201);
    dns_put_pointer(b, edge);
    dns_put_a(b, 61, 0xc0000202);
}

static void
test_question(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 7, FLAGS_QUERY, 1, 0);
    dns_put_question(&b, "P2P.Example.COM", CW_DNS_AAAA);
    assert_true(parse(&b, &m));
    assert_false(m.is_answer);
    assert_int_equal(m.id, 7);
    assert_int_equal(m.qtype, CW_DNS_AAAA);
    assert_string_equal(m.name, "p2p.example.com");
    assert_int_equal(m.n_addresses, 0);
}

static void
test_answer_over_cname(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    build_chain(&b);
    assert_true(parse(&b, &m));
    assert_true(m.is_answer);
    assert_string_equal(m.name, "www.example.com");
    assert_int_equal(m.n_addresses, 2);
    assert_address(&m, 0, "192.0.2.1");
    assert_address(&m, 1, "192.0.2.2");
    assert_int_equal(m.address[1].ttl, 61);
    assert_false(m.is_cut);
    assert_false(m.is_sinkholed);
}

static void
test_answer_out_of_order(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_ANSWER, 1, 3);
    dns_put_question(&b, "a.example", CW_DNS_A);
    dns_put_name(&b, "c.example");
    dns_put_a(&b, 60, 0xc0000203);
    dns_put_name(&b, "b.example");
    dns_put_record(&b, CW_DNS_CNAME, 60, 11);
    dns_put_name(&b, "c.example");
    dns_put_name(&b, "A.example");
    dns_put_record(&b, CW_DNS_CNAME, 60, 11);
    dns_put_name(&b, "b.example");
    assert_true(parse(&b, &m));
    assert_int_equal(m.n_addresses, 1);
    assert_address(&m, 0, "192.0.2.3");
}

static void
test_other_owner_is_ignored(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_ANSWER, 1, 1);
    dns_put_question(&b, "a.example", CW_DNS_A);
    dns_put_name(&b, "planted.example");
    dns_put_a(&b, 60, 0xc0000203);
    assert_true(parse(&b, &m));
    assert_int_equal(m.n_addresses, 0);
}

static void
test_cname_loop_ends(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_ANSWER, 1, 2);
    dns_put_question(&b, "a.example", CW_DNS_A);
    dns_put_name(&b, "a.example");
    dns_put_record(&b, CW_DNS_CNAME, 60, 11);
    dns_put_name(&b, "b.example");
    dns_put_name(&b, "b.example");
    dns_put_record(&b, CW_DNS_CNAME, 60, 11);
    dns_put_name(&b, "a.example");
    assert_true(parse(&b, &m));
    assert_int_equal(m.n_addresses, 0);
}

static void
test_ipv6_answer(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_ANSWER, 1, 1);
    dns_put_question(&b, "a.example", CW_DNS_AAAA);
    dns_put_pointer(&b, 12);
    dns_put_record(&b, CW_DNS_AAAA, 0x80000000, 16); /* RFC 2181 8: counts as 0 */
    dns_put32(&b, 0x20010db8);
    dns_put32(&b, 0);
    dns_put32(&b, 0);
    dns_put32(&b, 5);
    assert_true(parse(&b, &m));
    assert_int_equal(m.n_addresses, 1);
    assert_address(&m, 0, "2001:db8::5");
    assert_int_equal(m.address[0].ttl, 0);
}

static bool
is_sinkholed(const char *name, uint32_t first, uint32_t second)
{
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_ANSWER, 1, 2);
    dns_put_question(&b, name, CW_DNS_A);
    dns_put_pointer(&b, 12);
    dns_put_a(&b, 60, first);
    dns_put_pointer(&b, 12);
    dns_put_a(&b, 60, second);
    assert_true(parse(&b, &m));
    assert_int_equal(m.n_addresses, 2);
    return m.is_sinkholed;
}

static void
test_sinkholes(void **state)
{
    (void)state;
    assert_true(is_sinkholed("p2p.example", 0, 0));
    assert_true(is_sinkholed("p2p.example", 0x7f000001, 0));
    assert_false(is_sinkholed("p2p.example", 0x7f000001, 0xc0000201));
    assert_false(is_sinkholed("p2p.example", 0x0a000001, 0x0a000001));
    assert_false(is_sinkholed("localhost", 0x7f000001, 0x7f000001));
    assert_false(is_sinkholed("a.localhost", 0x7f000001, 0x7f000001));
    assert_true(is_sinkholed("notlocalhost", 0x7f000001, 0x7f000001));
}

static void
test_nxdomain(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_ANSWER | CW_DNS_NXDOMAIN, 1, 0);
    dns_put_question(&b, "gone.example", CW_DNS_A);
    assert_true(parse(&b, &m));
    assert_int_equal(m.rcode, CW_DNS_NXDOMAIN);
    assert_false(m.is_sinkholed);
}

static void
test_odd_bytes_are_printable(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_QUERY, 1, 0);
    static const uint8_t labels[] = "\005a.\n\xffz\003com"; /* ends with the root */
    memcpy(b.bytes + b.len, labels, sizeof(labels));
    b.len += sizeof(labels);
    dns_put32(&b, 1 << 16 | 1);
    assert_true(parse(&b, &m));
    assert_string_equal(m.name, "a???z.com");
}

static void
test_pointer_loops_are_refused(void **state)
{
    (void)state;
    for (unsigned to = 12; to < 24; to++) { /* to itself, forwards, and past the end */
        struct dns_build b;
        struct cw_dns_message m;
        dns_put_header(&b, 1, FLAGS_QUERY, 1, 0);
        dns_put_pointer(&b, to);
        dns_put32(&b, 1 << 16 | 1);
        assert_false(parse(&b, &m));
    }
    struct dns_build b; /* a label and a pointer back to it */
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_QUERY, 1, 0);
    memcpy(b.bytes + b.len, "\003abc", 4);
    b.len += 4;
    dns_put_pointer(&b, 12);
    dns_put32(&b, 1 << 16 | 1);
    assert_false(parse(&b, &m));
}

static void
test_reserved_labels_are_refused(void **state)
{
    (void)state;
    for (unsigned first = 0x40; first < 0xc0; first++) {
        struct dns_build b;
        struct cw_dns_message m;
        dns_put_header(&b, 1, FLAGS_QUERY, 1, 0);
        b.bytes[b.len++] = (uint8_t)first;
        b.len += 200;
        assert_false(parse(&b, &m));
    }
}

static void
test_long_names(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    char name[512] = "";
    for (unsigned i = 0; i < 4; i++) { /* 63 + 1 + 63 + 1 + 63 + 1 + 63 = 255 characters */
        memset(name + strlen(name), 'a' + (int)i, 63);
        strcat(name, i < 3 ? "." : "");
    }
    dns_put_header(&b, 1, FLAGS_QUERY, 1, 0);
    dns_put_question(&b, name, CW_DNS_A);
    assert_true(parse(&b, &m));
    assert_string_equal(m.name, name);
    strcat(name, ".x");
    dns_put_header(&b, 1, FLAGS_QUERY, 1, 0);
    dns_put_question(&b, name, CW_DNS_A);
    assert_false(parse(&b, &m));
}

static void
test_too_many_addresses(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, FLAGS_ANSWER, 1, CW_DNS_ADDRESSES + 1);
    dns_put_question(&b, "a.example", CW_DNS_A);
    for (unsigned i = 0; i <= CW_DNS_ADDRESSES; i++) {
        dns_put_pointer(&b, 12);
        dns_put_a(&b, 60, 0xc0000200 + i);
    }
    assert_true(parse(&b, &m));
    assert_int_equal(m.n_addresses, CW_DNS_ADDRESSES);
    assert_true(m.is_cut);
}

static void
test_other_messages_are_refused(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 1, 0x2800, 1, 0); /* opcode UPDATE */
    dns_put_question(&b, "a.example", CW_DNS_A);
    assert_false(parse(&b, &m));
    dns_put_header(&b, 1, FLAGS_QUERY, 0, 0);
    assert_false(parse(&b, &m));
    dns_put_header(&b, 1, FLAGS_QUERY, 2, 0);
    dns_put_question(&b, "a.example", CW_DNS_A);
    dns_put_question(&b, "b.example", CW_DNS_A);
    assert_false(parse(&b, &m));
    dns_put_header(&b, 1, FLAGS_QUERY, 1, 0);
    dns_put_name(&b, "version.bind");
    dns_put32(&b, 16 << 16 | 3); /* TXT, CHAOS */
    assert_false(parse(&b, &m));
}

static void
test_mdns_answer_names_its_owner(void **state)
{
    (void)state;
    struct dns_build b;
    struct cw_dns_message m;
    dns_put_header(&b, 0, 0x8400, 0, 1);
    dns_put_name(&b, "Camera-1.local");
    dns_put16(&b, CW_DNS_A);
    dns_put16(&b, 0x8001); /* cache-flush, RFC 6762 10.2 */
    dns_put32(&b, 120);
    dns_put16(&b, 4);
    dns_put32(&b, 0xc0a80105);
    assert_true(cw_dns_parse(dns_bytes(&b), CW_DNS_MDNS, &m));
    assert_string_equal(m.name, "camera-1.local");
    assert_int_equal(m.n_addresses, 1);
    assert_address(&m, 0, "192.168.1.5");
    assert_false(cw_dns_parse(dns_bytes(&b), CW_DNS_UNICAST, &m));
}

/* What a cut message gives is a part of what the whole one gives. */
static void
test_every_truncation(void **state)
{
    (void)state;
    struct dns_build b;
    build_chain(&b);
    struct cw_dns_message whole;
    assert_true(parse(&b, &whole));
    size_t len = b.len, question_end = 12 + 17 + 4;
    for (size_t cut = 0; cut < len; cut++) {
        struct cw_dns_message m;
        b.len = cut;
        bool ok = parse(&b, &m);
        assert_int_equal(ok, cut >= question_end);
        if (ok) {
            assert_true(m.is_cut);
            assert_string_equal(m.name, whole.name);
            assert_true(m.n_addresses < whole.n_addresses);
        }
    }
}

/* Nothing to expect but that no byte beyond is read and that it ends. */
static void
test_every_byte_changed(void **state)
{
    (void)state;
    struct dns_build b;
    build_chain(&b);
    static const uint8_t values[] = {0x00, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff};
    for (size_t at = 0; at < b.len; at++) {
        uint8_t before = b.bytes[at];
        for (size_t i = 0; i < sizeof(values); i++) {
            struct cw_dns_message m = {0};
            b.bytes[at] = values[i];
            if (parse(&b, &m)) {
                assert_true(strlen(m.name) < CW_DNS_NAME_MAX);
                assert_true(m.n_addresses <= 2);
            }
        }
        b.bytes[at] = before;
    }
}

static void
test_tcp_framing(void **state)
{
    (void)state;
    static const uint8_t stream[] = {0, 2, 'a', 'b', 0, 0, 0, 3, 'c', 'd'};
    struct cw_bytes rest = cw_bytes(stream, sizeof(stream));
    struct cw_bytes first = cw_dns_next_of_tcp(&rest);
    assert_int_equal(first.len, 2);
    assert_memory_equal(first.ptr, "ab", 2);
    assert_int_equal(cw_dns_next_of_tcp(&rest).len, 0); /* an empty message is passed over */
    assert_int_equal(rest.len, 4);
    assert_int_equal(cw_dns_next_of_tcp(&rest).len, 0); /* not whole: the stream stays */
    assert_int_equal(rest.len, 4);
}

static void
test_kinds(void **state)
{
    (void)state;
    assert_int_equal(cw_dns_kind_of_port(53), CW_DNS_UNICAST);
    assert_int_equal(cw_dns_kind_of_port(5353), CW_DNS_MDNS);
    assert_int_equal(cw_dns_kind_of_port(5355), CW_DNS_LLMNR);
    assert_int_equal(cw_dns_kind_of_port(443), CW_DNS_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_question),
        cmocka_unit_test(test_answer_over_cname),
        cmocka_unit_test(test_answer_out_of_order),
        cmocka_unit_test(test_other_owner_is_ignored),
        cmocka_unit_test(test_cname_loop_ends),
        cmocka_unit_test(test_ipv6_answer),
        cmocka_unit_test(test_sinkholes),
        cmocka_unit_test(test_nxdomain),
        cmocka_unit_test(test_odd_bytes_are_printable),
        cmocka_unit_test(test_pointer_loops_are_refused),
        cmocka_unit_test(test_reserved_labels_are_refused),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_too_many_addresses),
        cmocka_unit_test(test_other_messages_are_refused),
        cmocka_unit_test(test_mdns_answer_names_its_owner),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_byte_changed),
        cmocka_unit_test(test_tcp_framing),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
