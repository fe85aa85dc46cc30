/* SPDX-License-Identifier: Apache-2.0
 *
 * inspect_captures [-v] FILE...: decode captures, give every flow to nDPI and the own parsers,
 * and say what was found; with -v one line a finding. Fails when a span points out of its packet
 * or when something is left over at the end, or when nDPI and the own parser read another SNI.
 * Every packet is a copy of its exact size.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/decode.h"
#include "flow/account.h"
#include "flow/table.h"
#include "inspect/dns.h"
#include "inspect/hidden.h"
#include "inspect/http.h"
#include "inspect/names.h"
#include "inspect/probe.h"
#include "inspect/tls.h"

enum { BUDGET = 32 };

struct run {
    bool verbose;
    bool is_good;
    struct cw_decoder *decoder;
    struct cw_flow_table *flows;
    struct cw_ndpi *ndpi;
    struct cw_streams *streams;
    struct cw_probes *probes;
    struct cw_names *names;
    uint64_t frames, messages, asked, hits, hellos, certificates, heads, known, guesses,
        compared;
    uint64_t drops[CAMWATCH_N_DROPS];
};

static const struct cw_hash_key key = {1, 2};

/* Behind a probe: what the own parser read. */
struct extra {
    char server_name[256];
};

static void
say(const struct run *run, const char *kind, const struct cw_addr *server, const char *what,
    const char *more)
{
    char text[CW_ADDR_TEXT_MAX];
    if (run->verbose) {
        printf("%s %s %s %s\n", kind, cw_addr_format(server, text), what, more);
    }
}

static void
check_span(struct run *run, struct cw_bytes span, struct cw_bytes in)
{
    bool inside =
        span.len == 0 || (span.ptr >= in.ptr && span.ptr + span.len <= in.ptr + in.len);
    run->is_good = run->is_good && inside;
}

/* nDPI keeps the last 79 characters. */
static bool
agrees(const char *own, const char *ndpi)
{
    size_t n = strlen(own), keep = CW_NDPI_HOST_MAX - 1;
    return strcmp(own + (n > keep ? n - keep : 0), ndpi) == 0;
}

static void
compare(struct run *run, struct cw_flow *flow, const struct cw_ndpi_result *r)
{
    const struct extra *extra = cw_probe_extra(flow->probe);
    if (!r->is_tls || r->is_quic || !extra->server_name[0] || !r->host[0]) {
        return;
    }
    run->compared++;
    if (!agrees(extra->server_name, r->host)) {
        printf("nDPI says %s, not %s\n", r->host, extra->server_name);
        run->is_good = false;
    }
}

static void
last_word(struct run *run, struct cw_flow *flow)
{
    struct cw_ndpi_result r;
    if (flow->probe->ndpi && cw_ndpi_giveup(run->ndpi, flow->probe->ndpi, &r)) {
        run->known += !r.is_guess;
        run->guesses += r.is_guess;
        compare(run, flow, &r);
        const char *kind = r.is_guess ? "guess" : r.is_by_address ? "network" : "ndpi";
        say(run, kind, cw_flow_destination(flow), r.application, r.host);
    }
}

static void
on_end(void *user, struct cw_flow *flow)
{
    struct run *run = user;
    if (flow->probe) {
        last_word(run, flow);
        cw_probe_free(run->probes, flow->probe);
        flow->probe = NULL;
    }
}

static void
show_dns(struct run *run, const struct cw_packet *p, struct cw_bytes message,
         enum cw_dns_kind kind)
{
    struct cw_dns_message m;
    if (!cw_dns_parse(message, kind, &m)) {
        return;
    }
    run->messages++;
    bool is_answer = m.is_answer;
    struct cw_names_client client = {.mac = is_answer ? p->dst_mac : p->src_mac,
                                     .addr = is_answer ? p->dst : p->src};
    int64_t time_ns = p->frame->time_ns;
    if (!is_answer) {
        cw_names_query(run->names, &client, p->src_port, &m, time_ns);
    } else if (cw_names_answer(run->names, &client, p->dst_port, &m, time_ns)) {
        run->asked++;
    }
}

static void
show_names(struct run *run, const struct cw_packet *p)
{
    struct cw_name_hit hits[2];
    struct cw_names_client client = {.mac = p->src_mac, .addr = p->src};
    size_t n = cw_names_find(run->names, &client, &p->dst, p->frame->time_ns, hits);
    run->hits += n > 0;
    if (n > 0) {
        say(run, hits[0].is_own ? "own" : "other", &p->dst, hits[0].name,
            n > 1 ? hits[1].name : "");
    }
}

static enum cw_start
show_start(struct run *run, const struct cw_packet *p, struct cw_bytes start,
           struct extra *extra)
{
    struct cw_tls_info tls;
    struct cw_http_message http;
    enum cw_start result = cw_tls_inspect(start, &tls);
    if (result == CW_START_FOUND) {
        run->hellos++;
        run->certificates += tls.has_certificate;
        if (tls.is_client) {
            memcpy(extra->server_name, tls.server_name, sizeof(extra->server_name));
        }
        bool hides = tls.is_client && cw_hidden_dns(p->dst_port, tls.server_name, &p->dst);
        say(run, tls.is_client ? hides ? "hides" : "sni" : "cert",
            tls.is_client ? &p->dst : &p->src,
            tls.is_client ? tls.server_name : tls.certificate.common_name, tls.alpn);
    }
    if (result != CW_START_OTHER) {
        return result;
    }
    result = cw_http_parse(start, &http);
    if (result != CW_START_OTHER) {
        check_span(run, http.path, start);
        check_span(run, http.host, start);
        check_span(run, http.server, start);
        check_span(run, http.user_agent, start);
        check_span(run, http.realm, start);
    }
    run->heads += result == CW_START_FOUND;
    if (result == CW_START_FOUND && run->verbose) {
        printf("%s %.*s %.*s %.*s\n", cw_http_protocol_text(http.protocol), (int)http.host.len,
               (const char *)http.host.ptr, (int)http.path.len, (const char *)http.path.ptr,
               (int)http.server.len, (const char *)http.server.ptr);
    }
    return result;
}

static void
show_tcp(struct run *run, const struct cw_packet *p, struct cw_flow_probe *probe,
         unsigned direction)
{
    struct cw_stream_segment segment = {
        .seq = p->tcp_seq, .has_syn = p->tcp_flags & CW_TCP_SYN, .payload = p->payload};
    struct cw_bytes start = cw_stream_add(run->streams, &probe->stream, direction, &segment);
    if (start.len == 0) {
        return;
    }
    enum cw_dns_kind kind = cw_dns_kind_of_port(direction ? p->src_port : p->dst_port);
    if (kind == CW_DNS_UNICAST) {
        struct cw_bytes rest = start, message;
        while ((message = cw_dns_next_of_tcp(&rest)).len > 0) {
            show_dns(run, p, message, kind);
        }
    }
    if (show_start(run, p, start, cw_probe_extra(probe)) == CW_START_MORE) {
        cw_stream_keep(run->streams, &probe->stream, direction, start);
    } else {
        cw_stream_done(run->streams, &probe->stream, direction);
    }
}

static void
show_udp(struct run *run, const struct cw_packet *p)
{
    enum cw_dns_kind kind = cw_dns_kind_of_port(p->dst_port);
    if (kind == CW_DNS_NONE) {
        kind = cw_dns_kind_of_port(p->src_port);
    }
    if (kind != CW_DNS_NONE) {
        show_dns(run, p, p->payload, kind);
    }
    struct cw_http_message http;
    run->heads += cw_http_parse(p->payload, &http) == CW_START_FOUND;
}

static void
show_probe(struct run *run, struct cw_flow *flow, const struct cw_packet *p, unsigned direction)
{
    struct cw_flow_probe *probe = flow->probe;
    struct cw_ndpi_result r;
    bool is_over = probe->packets[0] + probe->packets[1] >= BUDGET;
    if (cw_probe_dpi(run->probes, probe)) {
        is_over |= cw_ndpi_packet(run->ndpi, probe->ndpi, p, direction, flow->has_syn, &r) &&
                   r.is_final;
    }
    probe->packets[direction]++;
    if (p->proto == CW_PROTO_TCP) {
        show_tcp(run, p, probe, direction);
    } else if (p->proto == CW_PROTO_UDP) {
        show_udp(run, p);
    }
    if (is_over && probe->ndpi) {
        last_word(run, flow);
        cw_probe_end_dpi(probe);
    }
}

static void
show_packet(struct run *run, const struct cw_packet *p)
{
    bool created;
    struct cw_flow *flow = p->is_ip ? cw_flow_table_get(run->flows, p, &created) : NULL;
    if (!flow) {
        return;
    }
    unsigned direction = cw_flow_direction(flow, p);
    cw_flow_account(flow, p, direction);
    if (created) {
        flow->probe = cw_probe_new(run->probes);
        show_names(run, p);
    }
    if (flow->probe && !p->is_later_fragment) {
        show_probe(run, flow, p, direction);
    }
}

static void
show_frame(struct run *run, const struct cw_frame *frame)
{
    uint8_t *copy = malloc(frame->bytes.len + 1);
    if (!copy) {
        abort();
    }
    /* ends where the allocation ends */
    memcpy(copy + 1, frame->bytes.ptr, frame->bytes.len);
    struct cw_frame own = *frame;
    own.bytes.ptr = copy + 1;
    struct cw_packet p;
    if (cw_decode(run->decoder, &own, &p) == 0) {
        show_packet(run, &p);
    }
    run->frames++;
    free(copy);
}

static void
begin(struct run *run)
{
    const struct cw_decoder_settings decoder = {.hash_key = key};
    const struct cw_flow_table_settings flows = {
        .hash_key = key, .on_end = on_end, .user = run};
    const struct cw_names_settings names = {.max = 4096, .key = key, .drops = run->drops};
    run->is_good = true;
    run->streams = cw_streams_new(256, run->drops);
    const struct cw_probe_settings probes = {.max = 65536,
                                             .extra_size = sizeof(struct extra),
                                             .ndpi = run->ndpi,
                                             .streams = run->streams,
                                             .drops = run->drops};
    run->probes = cw_probes_new(&probes);
    run->decoder = cw_decoder_new(&decoder);
    run->flows = cw_flow_table_new(&flows);
    run->names = cw_names_new(&names);
    if (!run->streams || !run->probes || !run->decoder || !run->flows || !run->names) {
        abort();
    }
}

static void
end(struct run *run)
{
    cw_flow_table_end_all(run->flows, CW_FLOW_END_SHUTDOWN);
    run->is_good =
        run->is_good && cw_probes_used(run->probes) == 0 && cw_streams_used(run->streams) == 0;
    cw_flow_table_free(run->flows);
    cw_decoder_free(run->decoder);
    cw_names_free(run->names);
    cw_probes_free(run->probes);
    cw_streams_free(run->streams);
}

static void
read_file(struct run *run, pcap_t *pcap)
{
    struct pcap_pkthdr *h;
    const u_char *bytes;
    while (pcap_next_ex(pcap, &h, &bytes) == 1) {
        struct cw_frame frame = {
            .time_ns = (int64_t)h->ts.tv_sec * 1000000000 + h->ts.tv_usec,
            .bytes = cw_bytes(bytes, h->caplen),
            .wire_len = h->len,
            .link_type = (uint32_t)pcap_datalink(pcap),
            .file = 1,
            .number = run->frames + 1,
        };
        show_frame(run, &frame);
    }
}

static bool
run_file(const char *path, struct cw_ndpi *ndpi, bool verbose)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap =
        pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
    if (!pcap) {
        printf("%s: not read: %s\n", path, error);
        return true; /* broken as a file: not this test's business */
    }
    struct run run = {.verbose = verbose, .ndpi = ndpi};
    begin(&run);
    read_file(&run, pcap);
    end(&run);
    pcap_close(pcap);
    printf("%s: %" PRIu64 " frames, dns %" PRIu64 " (%" PRIu64 " asked), names %" PRIu64
           ", tls %" PRIu64 " (%" PRIu64 " certificates), http %" PRIu64 ", ndpi %" PRIu64
           " (%" PRIu64 " guesses), same name "
           "%" PRIu64 "\n",
           path, run.frames, run.messages, run.asked, run.hits, run.hellos, run.certificates,
           run.heads, run.known, run.guesses, run.compared);
    return run.is_good;
}

int
main(int argc, char **argv)
{
    bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    const struct cw_ndpi_settings settings = {0};
    struct cw_ndpi *ndpi = cw_ndpi_new(&settings); /* one for all: it takes a while to make */
    int failed = ndpi == NULL;
    for (int i = verbose ? 2 : 1; ndpi && i < argc; i++) {
        if (!run_file(argv[i], ndpi, verbose)) {
            printf("%s: FAILED\n", argv[i]);
            failed++;
        }
    }
    cw_ndpi_free(ndpi);
    return failed ? 1 : 0;
}
