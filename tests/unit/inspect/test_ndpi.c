/* SPDX-License-Identifier: Apache-2.0 */
#include "exact.h"

#include <pthread.h>

#include "camwatch/drops.h"
#include "dns_build.h"
#include "inspect/ndpi.h"
#include "inspect/probe.h"
#include "tls_build.h"

#define SECOND INT64_C(1000000000)

static uint64_t drops[CAMWATCH_N_DROPS];

static struct cw_ndpi *
ndpi_new(size_t memory_cap)
{
    memset(drops, 0, sizeof(drops));
    const struct cw_ndpi_settings settings = {.memory_cap = memory_cap, .drops = drops};
    struct cw_ndpi *ndpi = cw_ndpi_new(&settings);
    assert_non_null(ndpi);
    return ndpi;
}

/* An IPv4 packet (RFC 791) with its frame, in one value. */
struct sample {
    struct cw_frame frame;
    struct cw_packet packet;
    struct tls_build bytes;
};

static void
build_ip(struct sample *s, unsigned proto, unsigned direction, size_t l4_len)
{
    static const uint8_t hosts[2][4] = {{192, 168, 1, 5}, {198, 51, 100, 7}};
    memset(s, 0, sizeof(*s));
    tls_put_number(&s->bytes, 0x4500, 2);
    tls_put_number(&s->bytes, 20 + l4_len, 2);
    tls_put_number(&s->bytes, 0x00014000, 4);
    tls_put_number(&s->bytes, 64 << 8 | proto, 2);
    tls_put_number(&s->bytes, 0, 2);
    tls_put(&s->bytes, hosts[direction], 4);
    tls_put(&s->bytes, hosts[!direction], 4);
    s->frame.time_ns = 1700000000 * SECOND;
    s->packet.frame = &s->frame;
    s->packet.is_ip = true;
    s->packet.proto = (uint8_t)proto;
}

static void
close_ip(struct sample *s)
{
    s->packet.ip = tls_bytes(&s->bytes);
}

static void
build_udp(struct sample *s, unsigned direction, unsigned port, unsigned server_port,
          struct cw_bytes payload)
{
    build_ip(s, CW_PROTO_UDP, direction, 8 + payload.len);
    tls_put_number(&s->bytes, direction ? server_port : port, 2);
    tls_put_number(&s->bytes, direction ? port : server_port, 2);
    tls_put_number(&s->bytes, 8 + payload.len, 2);
    tls_put_number(&s->bytes, 0, 2);
    tls_put(&s->bytes, payload.ptr, payload.len);
    close_ip(s);
}

static void
build_tcp(struct sample *s, unsigned direction, uint32_t seq, uint32_t ack, unsigned flags,
          struct cw_bytes payload)
{
    build_ip(s, CW_PROTO_TCP, direction, 20 + payload.len);
    tls_put_number(&s->bytes, direction ? 443 : 40001, 2);
    tls_put_number(&s->bytes, direction ? 40001 : 443, 2);
    tls_put_number(&s->bytes, seq, 4);
    tls_put_number(&s->bytes, ack, 4);
    tls_put_number(&s->bytes, 0x5000 | flags, 2);
    tls_put_number(&s->bytes, 0xffff0000, 4);
    tls_put_number(&s->bytes, 0, 2);
    tls_put(&s->bytes, payload.ptr, payload.len);
    close_ip(s);
}

static void
test_version(void **state)
{
    (void)state;
    assert_true(cw_ndpi_is_compatible());
    assert_true(cw_ndpi_version()[0] >= '4' && cw_ndpi_version()[0] <= '9');
}

static void
test_dns_flow(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    struct dns_build query;
    struct sample s;
    struct cw_ndpi_result r;
    dns_put_header(&query, 7, 0x0100, 1, 0);
    dns_put_question(&query, "P2P.Camera.example", CW_DNS_A);
    build_udp(&s, 0, 40000, 53, dns_bytes(&query));
    assert_true(cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, &r));
    assert_string_equal(r.application, "DNS");
    assert_string_equal(r.master, "");
    assert_string_equal(r.host, "p2p.camera.example");
    assert_false(r.is_guess);
    assert_false(r.is_tls);
    cw_ndpi_flow_free(flow);
    cw_ndpi_free(ndpi);
}

static void
build_hello(struct tls_build *b)
{
    static struct tls_build handshake;
    handshake.len = b->len = 0;
    struct tls_hello h = tls_begin_client(&handshake);
    tls_put_server_name(&handshake, "P2P.Camera.example");
    tls_end_hello(&handshake, h);
    tls_put_records(b, &handshake, 16384);
}

/* Shake hands and say hello. */
static bool
show_tls(struct cw_ndpi *ndpi, struct cw_ndpi_flow *flow, struct cw_ndpi_result *r)
{
    static struct tls_build hello;
    static struct sample s;
    bool known = false;
    struct cw_bytes nothing = cw_bytes("", 0);
    build_hello(&hello);
    build_tcp(&s, 0, 100, 0, CW_TCP_SYN, nothing);
    known |= cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, r);
    build_tcp(&s, 1, 500, 101, CW_TCP_SYN | CW_TCP_ACK, nothing);
    known |= cw_ndpi_packet(ndpi, flow, &s.packet, 1, true, r);
    build_tcp(&s, 0, 101, 501, CW_TCP_ACK, nothing);
    known |= cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, r);
    build_tcp(&s, 0, 101, 501, CW_TCP_ACK | CW_TCP_PSH, tls_bytes(&hello));
    known |= cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, r);
    return known;
}

static void
test_tls_flow(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    struct cw_ndpi_result r = {0};
    assert_true(show_tls(ndpi, flow, &r));
    assert_string_equal(r.application, "TLS");
    assert_string_equal(r.host, "p2p.camera.example");
    assert_true(r.is_tls);
    assert_false(r.is_quic);
    assert_true(r.ja3[0] == '\0' || strlen(r.ja3) == 32);
    cw_ndpi_flow_free(flow);
    cw_ndpi_free(ndpi);
}

/* By its port alone: a guess, which only the last word tells. */
static void
test_guess_is_no_dpi(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    struct sample s;
    struct cw_ndpi_result r;
    build_tcp(&s, 0, 100, 0, CW_TCP_SYN, cw_bytes("", 0));
    if (cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, &r)) {
        assert_true(r.is_guess);
        assert_false(r.is_final);
    }
    assert_true(cw_ndpi_giveup(ndpi, flow, &r));
    assert_string_equal(r.application, "TLS");
    assert_true(r.is_guess);
    assert_true(r.is_final);
    assert_false(r.is_tls);
    cw_ndpi_flow_free(flow);
    cw_ndpi_free(ndpi);
}

static void
test_giveup_once(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    struct cw_ndpi_result r;
    assert_true(show_tls(ndpi, flow, &r));
    assert_true(cw_ndpi_giveup(ndpi, flow, &r));
    assert_string_equal(r.application, "TLS");
    assert_false(r.is_guess);
    assert_string_equal(r.host, "p2p.camera.example");
    assert_false(cw_ndpi_giveup(ndpi, flow, &r));
    assert_false(show_tls(ndpi, flow, &r));
    cw_ndpi_flow_free(flow);
    cw_ndpi_free(ndpi);
}

static void
test_what_is_not_shown(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    struct dns_build query;
    struct sample s;
    struct cw_ndpi_result r;
    dns_put_header(&query, 7, 0x0100, 1, 0);
    dns_put_question(&query, "p2p.example", CW_DNS_A);
    build_udp(&s, 0, 40000, 53, dns_bytes(&query));
    s.packet.is_later_fragment = true;
    assert_false(cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, &r));
    s.packet.is_later_fragment = false;
    s.packet.is_ip = false;
    assert_false(cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, &r));
    s.packet.is_ip = true;
    assert_true(cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, &r));
    cw_ndpi_flow_free(flow);
    cw_ndpi_free(ndpi);
}

/* A frame of more than 65,535 bytes has a length that nDPI's argument cannot hold. */
static void
test_giant_packet(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    static uint8_t giant[65536 + 40];
    struct sample s;
    struct cw_ndpi_result r;
    build_udp(&s, 0, 40000, 9, cw_bytes("x", 1));
    memcpy(giant, s.bytes.bytes, s.bytes.len);
    s.packet.ip = cw_bytes(giant, sizeof(giant));
    (void)cw_ndpi_packet(ndpi, flow, &s.packet, 0, true, &r);
    cw_ndpi_flow_free(flow);
    cw_ndpi_free(ndpi);
}

static void
test_every_truncation(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct tls_build hello;
    static struct sample s;
    build_hello(&hello);
    build_tcp(&s, 0, 101, 501, CW_TCP_ACK | CW_TCP_PSH, tls_bytes(&hello));
    struct cw_bytes whole = s.packet.ip;
    for (size_t len = 0; len <= whole.len; len++) {
        struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
        struct cw_ndpi_result r;
        s.packet.ip = exact_copy(cw_bytes(whole.ptr, len));
        (void)cw_ndpi_packet(ndpi, flow, &s.packet, 0, false, &r);
        (void)cw_ndpi_giveup(ndpi, flow, &r);
        exact_free(s.packet.ip);
        cw_ndpi_flow_free(flow);
    }
    cw_ndpi_free(ndpi);
}

static void
test_memory_cap(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(20000);
    struct cw_ndpi_flow *flows[64];
    size_t n = 0, before = cw_ndpi_memory();
    while (n < 64 && (flows[n] = cw_ndpi_flow_new(ndpi))) {
        n++;
    }
    assert_true(n > 5 && n < 64);
    assert_int_equal(drops[CAMWATCH_DROP_DPI_MEMORY], 1);
    assert_true(cw_ndpi_memory() <= 20000);
    cw_ndpi_flow_free(flows[--n]);
    flows[n] = cw_ndpi_flow_new(ndpi);
    assert_non_null(flows[n++]);
    while (n > 0) {
        cw_ndpi_flow_free(flows[--n]);
    }
    assert_int_equal(cw_ndpi_memory(), before);
    cw_ndpi_free(ndpi);
}

/* What dissectors add to a flow is counted, and all of it comes back. */
static void
test_memory_is_counted_and_returned(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_result r;
    struct cw_ndpi_flow *warm = cw_ndpi_flow_new(ndpi); /* caches of the module fill */
    assert_true(show_tls(ndpi, warm, &r));
    (void)cw_ndpi_giveup(ndpi, warm, &r);
    cw_ndpi_flow_free(warm);
    size_t before = cw_ndpi_memory();
    for (unsigned i = 0; i < 100; i++) {
        struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
        size_t empty = cw_ndpi_memory();
        assert_true(show_tls(ndpi, flow, &r));
        assert_true(cw_ndpi_memory() > empty);
        (void)cw_ndpi_giveup(ndpi, flow, &r);
        cw_ndpi_flow_free(flow);
    }
    assert_int_equal(cw_ndpi_memory(), before);
    cw_ndpi_free(ndpi);
}

static void *
make_module(void *arg)
{
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_ndpi_flow *flow = cw_ndpi_flow_new(ndpi);
    *(bool *)arg = flow != NULL;
    cw_ndpi_flow_free(flow);
    cw_ndpi_free(ndpi);
    return NULL;
}

static void
test_modules_from_threads(void **state)
{
    (void)state;

    enum { N = 3 };

    pthread_t threads[N];
    bool ok[N] = {false};
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, make_module, &ok[i]), 0);
    }
    for (unsigned i = 0; i < N; i++) {
        pthread_join(threads[i], NULL);
        assert_true(ok[i]);
    }
}

static void
test_probe_owns_its_flow(void **state)
{
    (void)state;
    struct cw_ndpi *ndpi = ndpi_new(0);
    struct cw_streams *streams = cw_streams_new(1, drops);
    const struct cw_probe_settings settings = {.max = 1, .ndpi = ndpi, .streams = streams};
    struct cw_probes *pool = cw_probes_new(&settings);
    size_t before = cw_ndpi_memory();
    struct cw_flow_probe *probe = cw_probe_new(pool);
    assert_null(probe->ndpi);
    assert_non_null(cw_probe_dpi(pool, probe));
    assert_ptr_equal(cw_probe_dpi(pool, probe), probe->ndpi);
    cw_probe_free(pool, probe);
    assert_int_equal(cw_ndpi_memory(), before);
    cw_probes_free(pool);
    cw_streams_free(streams);
    cw_ndpi_free(ndpi);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_dns_flow),
        cmocka_unit_test(test_tls_flow),
        cmocka_unit_test(test_guess_is_no_dpi),
        cmocka_unit_test(test_giveup_once),
        cmocka_unit_test(test_what_is_not_shown),
        cmocka_unit_test(test_giant_packet),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_memory_cap),
        cmocka_unit_test(test_memory_is_counted_and_returned),
        cmocka_unit_test(test_modules_from_threads),
        cmocka_unit_test(test_probe_owns_its_flow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
