/* SPDX-License-Identifier: Apache-2.0
 *
 * What the bytes of an undecided flow say: wire signatures, TLS, text protocols, DNS, nDPI.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "inspect/dns.h"
#include "inspect/hidden.h"
#include "inspect/tls.h"
#include "packet_side/side.h"

enum {
    QUIET_PACKETS = 10, /* enough without a suspect when nDPI has said its last word */
    AGAIN_MAX = 160,    /* control messages of known protocols are shorter */
    TLS_PORT = 443,
    TLS_HANDSHAKE = 0x16,
    DPI_ORDINARY = 5,    /* packets of a flow that no event will tell of, as far as is known */
    MESSAGE_MOST = 1024, /* of the start of a stream that nothing is known in yet */
};

static struct cw_wire_input
wire_input(const struct camwatch_monitor *m, const struct cw_side_packet *p,
           struct cw_bytes bytes, bool at_start)
{
    const struct cw_packet *packet = p->packet;
    return (struct cw_wire_input){
        .bytes = bytes,
        .wire_len = packet->proto == CW_PROTO_TCP ? (uint32_t)bytes.len : packet->payload_wire,
        .transport = packet->proto == CW_PROTO_TCP ? CW_WIRE_TCP : CW_WIRE_UDP,
        .direction = (uint8_t)p->direction,
        .at_start = at_start,
        .to_group = cw_addr_is_group(&packet->dst) || cw_mac_is_group(&packet->dst_mac),
        .src_port = packet->src_port,
        .dst_port = packet->dst_port,
        .src_mac = packet->on_link ? packet->src_mac : (struct cw_mac){{0}},
        .dst_mac = packet->on_link ? packet->dst_mac : (struct cw_mac){{0}},
        .src = packet->src,
        .dst = packet->dst,
        .experimental = m->settings.experimental,
    };
}

enum finding { FOUND_NOTHING, FOUND_SUSPECT, FOUND_SIGNATURE };

static enum finding
look_for_signature(struct camwatch_monitor *m, const struct cw_side_packet *p,
                   struct cw_bytes bytes, bool at_start)
{
    struct cw_wire_input in = wire_input(m, p, bytes, at_start);
    struct cw_wire_result result;
    m->stats->wire_packets++;
    if (!cw_wire_inspect(cw_probe_extra(p->flow->probe), &in, &result)) {
        return FOUND_NOTHING;
    }
    cw_side_found_wire(m, p, &result);
    return result.is_confirmed ? FOUND_SIGNATURE : FOUND_SUSPECT;
}

static void
take_dns_outcome(struct cw_flow *flow, const struct cw_dns_message *dns)
{
    if (dns->rcode == CW_DNS_NXDOMAIN) {
        flow->outcome = CAMWATCH_OUTCOME_NXDOMAIN;
    } else if (dns->is_sinkholed) {
        flow->outcome = CAMWATCH_OUTCOME_SINKHOLED;
    } else if (dns->rcode == 0 && dns->n_addresses > 0) {
        flow->outcome = CAMWATCH_OUTCOME_ANSWERED;
    }
}

static void
look_at_dns_message(struct camwatch_monitor *m, const struct cw_side_packet *p,
                    struct cw_bytes message)
{
    const struct cw_packet *packet = p->packet;
    struct cw_dns_message dns;
    if (!cw_dns_parse(message, CW_DNS_UNICAST, &dns)) {
        return;
    }
    unsigned asker = dns.is_answer ? 1 - p->direction : p->direction;
    struct cw_names_client client = cw_side_client(m, p->flow, asker);
    int64_t now = packet->frame->time_ns;
    p->flow->protocol = cw_labels_intern(m->labels, "dns");
    if (!dns.is_answer) {
        cw_names_query(m->names, &client, packet->src_port, &dns, now);
        cw_side_found_question(m, p, dns.name);
    } else if (cw_names_answer(m->names, &client, packet->dst_port, &dns, now)) {
        take_dns_outcome(p->flow, &dns);
    }
}

void
cw_side_look_at_dns(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    look_at_dns_message(m, p, p->packet->payload);
}

void
cw_side_overhear_dns(struct camwatch_monitor *m, const struct cw_packet *packet)
{
    struct cw_dns_message dns;
    if (!cw_dns_parse(packet->payload, CW_DNS_UNICAST, &dns)) {
        return;
    }
    struct cw_names_client client = {.addr = dns.is_answer ? packet->dst : packet->src};
    int64_t now = packet->frame->time_ns;
    if (dns.is_answer) {
        (void)cw_names_answer(m->names, &client, packet->dst_port, &dns, now);
    } else {
        cw_names_query(m->names, &client, packet->src_port, &dns, now);
    }
}

/* A wildcard speaks for its domain; an address for nothing. */
static void
look_at_certificate_name(struct camwatch_monitor *m, const struct cw_side_packet *p,
                         const char *name)
{
    struct cw_addr addr;
    name += name[0] == '*' && name[1] == '.' ? 2 : 0;
    if (!cw_addr_parse(name, &addr)) {
        cw_side_found_name(m, p, name, CAMWATCH_DOMAIN_CERT);
    }
}

/* A device, or suspected to be one. */
static bool
may_be_device(struct camwatch_monitor *m, uint32_t handle)
{
    const struct cw_host *host = cw_hosts_get(m->hosts, handle);
    return host && (host->is_device || (host->facts && host->facts->device.confidence > 0));
}

/* nDPI's JA3 and its own look at the certificates are for flows that will be told of. A name alone,
 * which is kept for any host that something is known of, does not make a flow one of them. */
static bool
is_of_interest(struct camwatch_monitor *m, const struct cw_flow *flow)
{
    const struct cw_flow_cold *cold = flow->cold;
    bool is_spoken_of = cold && (cold->n_evidence != 0 || cold->pending.signature != 0);
    return m->settings.publish_all_flows || is_spoken_of || may_be_device(m, flow->host[0]) ||
           may_be_device(m, flow->host[1]);
}

/* A name that an end gives says all that nDPI would say of an ordinary flow after five more
 * packets: on a mix of 150,000 flows this takes away more than half of what nDPI costs. */
static void
settle_by_name(struct camwatch_monitor *m, struct cw_flow *flow, const char *name,
               const char *otherwise)
{
    char application[40];
    if (name[0] == '\0' || !m->ndpi || flow->probe->is_dpi_over || is_of_interest(m, flow)) {
        return;
    }
    cw_ndpi_application_of(m->ndpi, name, application, sizeof(application));
    flow->application =
        cw_labels_intern(m->labels, application[0] != '\0' ? application : otherwise);
    cw_probe_end_dpi(flow->probe);
}

/* By the name in the client's hello, or else in the server's certificate. Port 443 alone: on others
 * nDPI tells mail and VPNs from the web. */
static void
settle_by_tls_name(struct camwatch_monitor *m, const struct cw_side_packet *p, const char *name)
{
    if (cw_flow_destination_port(p->flow) != TLS_PORT) {
        return;
    }
    settle_by_name(m, p->flow, name, "TLS");
    if (p->flow->probe->is_dpi_over && p->flow->protocol == 0) {
        p->flow->protocol = cw_labels_intern(m->labels, "tls");
    }
}

/* Resolvers that are asked in TLS or QUIC hide the names that a device asks for: said so. */
static void
note_hidden_dns(struct camwatch_monitor *m, const struct cw_side_packet *p,
                const char *server_name)
{
    const struct cw_packet *packet = p->packet;
    if (p->direction != 0 || !cw_hidden_dns(packet->dst_port, server_name, &packet->dst)) {
        return;
    }
    bool is_own_port = packet->dst_port == CW_DOT_PORT;
    p->flow->protocol =
        cw_labels_intern(m->labels, !is_own_port                    ? "dns-over-https"
                                    : packet->proto == CW_PROTO_TCP ? "dns-over-tls"
                                                                    : "dns-over-quic");
}

/* RFC 9000 17.2.2, RFC 9369 3.1: the first flight of a client, of 1,200 bytes and more; on the port
 * of RFC 9250. */
static void
look_for_quic_dns(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    enum { LONG_HEADER = 0xc0, LEAST = 1200 };
    struct cw_bytes in = p->packet->payload;
    uint32_t version = cw_be32_at(in, 1);
    if (p->packet->dst_port == CW_DOT_PORT && (cw_u8_at(in, 0) & LONG_HEADER) == LONG_HEADER &&
        (version == 1 || version == 0x6b3343cf) && p->packet->payload_wire >= LEAST) {
        note_hidden_dns(m, p, "");
    }
}

/* With ECH the name in the hello may be a front (draft-ietf-tls-esni 6.1): what this device asked
 * for goes before it. Clients that only pretend (GREASE) name the server itself, as asked for. */
static bool
is_front(const struct cw_flow *flow, const struct cw_tls_info *tls)
{
    const struct cw_flow_cold *cold = flow->cold;
    return tls->has_ech && cold && cold->domain_source == CAMWATCH_DOMAIN_DNS_OWN &&
           strcmp(cold->domain, tls->server_name) != 0;
}

/* A client's hello names the server; up to TLS 1.2 the server's certificate does too. */
static bool
look_for_tls(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_bytes start)
{
    struct cw_tls_info tls;
    enum cw_start state = cw_tls_inspect(start, &tls);
    if (state == CW_START_OTHER) {
        return false;
    }
    if (state == CW_START_MORE && !tls.is_client) {
        return true;
    }
    p->flow->probe->is_tls = true;
    if (tls.is_client) {
        note_hidden_dns(m, p, tls.server_name);
        if (!is_front(p->flow, &tls)) {
            cw_side_found_name(m, p, tls.server_name, CAMWATCH_DOMAIN_SNI);
        }
        settle_by_tls_name(m, p, tls.server_name);
    } else if (tls.has_certificate) {
        look_at_certificate_name(m, p, tls.certificate.common_name);
        cw_side_found_banner(m, p, CW_BANNER_TLS_SUBJECT,
                             cw_bytes_text(tls.certificate.organisation));
        settle_by_tls_name(m, p, tls.certificate.common_name);
    }
    return state == CW_START_MORE;
}

/* The fact alone, and nothing of what was said. */
static void
note_cleartext(struct camwatch_monitor *m, struct cw_flow *flow, enum camwatch_cleartext what)
{
    struct cw_flow_cold *cold = cw_side_cold(m, flow);
    if (cold) {
        cold->cleartext = (uint8_t)what;
    }
}

static void
note_login(struct camwatch_monitor *m, struct cw_flow *flow, const struct cw_http_message *http)
{
    if (http->is_request && http->has_basic && http->protocol != CW_HTTP_SIP) {
        note_cleartext(m, flow,
                       http->protocol == CW_HTTP_RTSP ? CAMWATCH_CLEARTEXT_RTSP_BASIC
                                                      : CAMWATCH_CLEARTEXT_HTTP_BASIC);
    }
}

static bool
look_for_text(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_bytes start)
{
    struct cw_http_message http;
    enum cw_start state = cw_http_parse(start, &http);
    if (state == CW_START_OTHER) {
        return false;
    }
    if (state == CW_START_FOUND) {
        if (p->flow->protocol == 0) {
            p->flow->protocol =
                cw_labels_intern(m->labels, cw_http_protocol_text(http.protocol));
        }
        if (http.is_request && http.protocol == CW_HTTP_RTSP) {
            cw_side_found_pull(m, p);
        }
        note_login(m, p->flow, &http);
        if (http.is_request) {
            cw_side_found_agent(m, p, http.user_agent);
        }
        if (http.is_request && http.protocol != CW_HTTP_SIP) {
            char host[CW_DNS_NAME_MAX];
            cw_text_copy(host, sizeof(host), http.host);
            cw_text_lower(host);
            cw_side_found_name(m, p, host, CAMWATCH_DOMAIN_HOST);
            if (http.protocol == CW_HTTP_HTTP) {
                settle_by_name(m, p->flow, host, "HTTP");
            }
        } else if (!http.is_request) {
            bool is_rtsp = http.protocol == CW_HTTP_RTSP;
            cw_side_found_banner(m, p, is_rtsp ? CW_BANNER_RTSP_SERVER : CW_BANNER_HTTP_SERVER,
                                 http.server);
            cw_side_found_banner(m, p, CW_BANNER_REALM, http.realm);
        }
    }
    return state == CW_START_MORE;
}

/* DNS over TCP: every whole message so far; the names are the same whichever way they came. */
static bool
look_for_tcp_dns(struct camwatch_monitor *m, const struct cw_side_packet *p,
                 struct cw_bytes start)
{
    struct cw_bytes message;
    while ((message = cw_dns_next_of_tcp(&start)).len > 0) {
        look_at_dns_message(m, p, message);
    }
    return start.len > 0;
}

/* The joined start of one direction of a TCP stream grew. True: more of it is wanted. */
static bool
look_at_start(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_bytes start)
{
    if (p->packet->src_port == CW_DNS_PORT || p->packet->dst_port == CW_DNS_PORT) {
        return look_for_tcp_dns(m, p, start);
    }
    if (start.ptr[0] == TLS_HANDSHAKE) {
        return look_for_tls(m, p, start);
    }
    return look_for_text(m, p, start);
}

/* Names and banners are read once; a start that grows afterwards is for signatures alone. */
static bool
read_start(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_bytes start)
{
    struct cw_flow_probe *probe = p->flow->probe;
    unsigned bit = 1u << p->direction;
    if (probe->start_is_read & bit) {
        return false;
    }
    bool wants_more = look_at_start(m, p, start);
    if (!wants_more) {
        probe->start_is_read = (probe->start_is_read | bit) & 3u;
    }
    return wants_more;
}

/* A log-in, or the head and the document of an answer, may come in several segments; messages that
 * confirm each other may not begin with one. */
static bool
may_say_more(struct cw_bytes start, enum finding found)
{
    switch (found) {
    case FOUND_NOTHING:
        return start.ptr[0] != TLS_HANDSHAKE && start.len < MESSAGE_MOST;
    case FOUND_SUSPECT:
        return start.len < CW_STREAM_KEEP;
    case FOUND_SIGNATURE:
        return false;
    }
    return false;
}

/* A log-in comes with any request: RTSP and browsers ask first without it. Telnet begins with the
 * server's IAC WILL, WON'T, DO or DON'T (RFC 854). */
static void
look_for_login(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    enum { TELNET_PORT = 23, IAC = 0xff, WILL = 0xfb, DONT = 0xfe };
    struct cw_bytes in = p->packet->payload;
    struct cw_http_message http;
    uint8_t first = cw_u8_at(in, 0), second = cw_u8_at(in, 1);
    if (first == IAC && second >= WILL && second <= DONT &&
        p->packet->src_port == TELNET_PORT && p->direction == 1) {
        note_cleartext(m, p->flow, CAMWATCH_CLEARTEXT_TELNET);
    }
    bool may_be_text = first >= 'A' && first <= 'Z';
    if (may_be_text && cw_http_parse(in, &http) != CW_START_OTHER) {
        note_login(m, p->flow, &http);
    }
}

static void
look_at_tcp(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    struct cw_flow_probe *probe = p->flow->probe;
    const struct cw_packet *packet = p->packet;
    struct cw_stream_segment segment = {
        .seq = packet->tcp_seq,
        .has_syn = packet->tcp_flags & CW_TCP_SYN,
        .payload = packet->payload,
    };
    look_for_login(m, p);
    struct cw_bytes start = cw_stream_add(m->streams, &probe->stream, p->direction, &segment);
    bool is_joined = start.len > 0 && start.ptr != packet->payload.ptr;
    bool at_start = start.len > 0 && p->flow->has_syn;
    enum finding found =
        look_for_signature(m, p, is_joined ? start : packet->payload, at_start);
    if (is_joined) { /* what stands at its start is one message; this may be another */
        (void)look_for_signature(m, p, packet->payload, false);
    }
    if (start.len == 0) {
        return;
    }
    if (read_start(m, p, start) || may_say_more(start, found)) {
        cw_stream_keep(m->streams, &probe->stream, p->direction, start);
    } else {
        cw_stream_done(m->streams, &probe->stream, p->direction);
    }
}

static void
take_dpi(struct camwatch_monitor *m, const struct cw_side_packet *p,
         const struct cw_ndpi_result *dpi)
{
    struct cw_flow *flow = p->flow;
    if (dpi->application[0] != '\0' && !dpi->is_guess) {
        bool is_known = !dpi->is_by_address;
        flow->application =
            cw_labels_intern(m->labels, is_known ? dpi->application : dpi->master);
        if (flow->protocol == 0) {
            char protocol[24];
            cw_text_set(protocol, sizeof(protocol),
                        dpi->master[0] ? dpi->master : dpi->application);
            cw_text_lower(protocol);
            flow->protocol = cw_labels_intern(m->labels, protocol);
        }
    }
    if (dpi->is_quic && dpi->host[0] != '\0' && p->packet) {
        note_hidden_dns(m, p, dpi->host);
        cw_side_found_name(m, p, dpi->host, CAMWATCH_DOMAIN_SNI);
    }
    if (dpi->ja3[0] != '\0' && flow->cold) {
        cw_text_set(flow->cold->ja3, sizeof(flow->cold->ja3), dpi->ja3);
    }
}

/* nDPI's last word, once a flow. */
static void
give_up_dpi(struct camwatch_monitor *m, struct cw_flow *flow)
{
    struct cw_flow_probe *probe = flow->probe;
    struct cw_side_packet end = {.flow = flow};
    struct cw_ndpi_result dpi;
    if (probe->ndpi && cw_ndpi_giveup(m->ndpi, probe->ndpi, &dpi)) {
        take_dpi(m, &end, &dpi);
    }
    cw_probe_end_dpi(probe);
}

/* Neither end is ours and nothing speaks of it so far: no event will tell of it. */
static bool
is_of_strangers(const struct camwatch_monitor *m, const struct cw_flow *flow)
{
    return flow->local_side == 2 && !flow->cold && !m->settings.publish_all_flows;
}

/* What nDPI does not know after so many packets, it seldom knows later: of 3,800 flows of a mix
 * that it knew, 18 by their sixth packet or a later one. An ordinary flow is given up before
 * those. */
static uint32_t
dpi_budget(struct camwatch_monitor *m, const struct cw_flow *flow)
{
    uint32_t most = m->settings.dpi_packets;
    bool is_ordinary = flow->application == 0 && !is_of_interest(m, flow);
    return is_ordinary && most > DPI_ORDINARY ? DPI_ORDINARY : most;
}

static void
look_with_dpi(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    struct cw_flow_probe *probe = p->flow->probe;
    struct cw_ndpi_flow *state =
        is_of_strangers(m, p->flow) ? NULL : cw_probe_dpi(m->probes, probe);
    struct cw_ndpi_result dpi;
    if (!state) {
        return;
    }
    m->stats->dpi_packets++;
    probe->dpi_packets++;
    if (cw_ndpi_packet(m->ndpi, state, p->packet, p->direction, p->flow->has_syn, &dpi)) {
        take_dpi(m, p, &dpi);
        if (dpi.is_final) {
            cw_probe_end_dpi(probe);
            return;
        }
    }
    if (probe->dpi_packets >= dpi_budget(m, p->flow)) {
        give_up_dpi(m, p->flow);
        probe->is_dpi_spent = 1;
    }
}

static bool
has_suspect(struct cw_flow_probe *probe)
{
    const struct cw_wire_state *state = cw_probe_extra(probe);
    return state->suspects[0].signature != 0;
}

static bool
is_enough(const struct camwatch_monitor *m, struct cw_flow *flow)
{
    struct cw_flow_probe *probe = flow->probe;
    if (flow->inspected >= m->settings.inspect_packets) {
        return true;
    }
    bool is_dpi_over = probe->is_dpi_over || is_of_strangers(m, flow);
    return is_dpi_over && !probe->is_dpi_spent && flow->inspected >= QUIET_PACKETS &&
           !has_suspect(probe);
}

void
cw_side_look(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    struct cw_flow *flow = p->flow;
    if (!flow->probe) {
        flow->probe = cw_probe_new(m->probes);
        if (!flow->probe) {
            flow->decided = true;
            return;
        }
    }
    flow->inspected++;
    if (p->packet->proto == CW_PROTO_TCP) {
        look_at_tcp(m, p);
    } else {
        (void)look_for_signature(m, p, p->packet->payload, true);
        look_for_quic_dns(m, p);
    }
    look_with_dpi(m, p);
    if (is_enough(m, flow)) {
        cw_side_decide(m, flow);
    }
}

/* Seen, but never confirmed as its class asks: on a one-way span that is a hint. */
static void
keep_suspicion(struct camwatch_monitor *m, struct cw_flow *flow)
{
    const struct cw_wire_state *state = cw_probe_extra(flow->probe);
    const struct cw_wire_suspect *suspect = &state->suspects[0];
    bool is_one_way = flow->packets[0] == 0 || flow->packets[1] == 0;
    if (suspect->signature == 0 || suspect->confirmed || !is_one_way) {
        return;
    }
    const struct cw_wire_signature *s = cw_wire_table()[suspect->signature - 1];
    if (!s->proves_device) {
        return;
    }
    struct cw_frame frame = {
        .time_ns = flow->first_ns, .file = flow->first_file, .number = flow->first_frame};
    struct cw_packet packet = {.frame = &frame};
    struct cw_evidence e =
        cw_side_evidence(&packet, CAMWATCH_EVIDENCE_SIGNATURE_WEAK, CW_SUBJECT_SERVICE);
    char rule[CW_EVIDENCE_RULE_MAX] = "wire/";
    cw_text_set(rule + 5, sizeof(rule) - 5, s->name);
    e.rule = cw_labels_intern(m->labels, rule);
    e.vendor = cw_labels_intern(m->labels, s->vendor);
    e.platform = cw_labels_intern(m->labels, s->platform);
    cw_text_set(e.seen, sizeof(e.seen), "one direction only");
    cw_side_add_service(m, flow, &e);
}

void
cw_side_decide(struct camwatch_monitor *m, struct cw_flow *flow)
{
    flow->decided = true;
    struct cw_flow_probe *probe = flow->probe;
    if (!probe) {
        return;
    }
    give_up_dpi(m, flow);
    keep_suspicion(m, flow);
    cw_stream_release(m->streams, &probe->stream);
    cw_probe_free(m->probes, probe);
    flow->probe = NULL;
    m->stats->flows_decided++;
}

void
cw_side_decide_closed(struct camwatch_monitor *m, struct cw_flow *flow)
{
    if (flow->probe && !cw_stream_waits(&flow->probe->stream)) {
        cw_side_decide(m, flow);
    }
}

void
cw_side_look_again(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    const struct cw_flow_cold *cold = p->flow->cold;
    if (!cold || cold->signature == 0 || p->packet->payload_wire > AGAIN_MAX) {
        return;
    }
    struct cw_wire_input in = wire_input(m, p, p->packet->payload, false);
    struct cw_wire_result result = {.signature = cw_wire_table()[cold->signature - 1],
                                    .is_confirmed = true};
    result.match.is_evidence = true;
    if (in.wire_len >= result.signature->least && result.signature->test(&in, &result.match)) {
        cw_side_found_wire(m, p, &result);
    }
}

void
cw_side_look_at_frame(struct camwatch_monitor *m, const struct cw_packet *packet)
{
    struct cw_wire_input in = {
        .bytes = packet->payload,
        .wire_len = packet->payload_wire,
        .transport = CW_WIRE_ETHER,
        .ethertype = packet->ethertype,
        .to_group = cw_mac_is_group(&packet->dst_mac),
        .src_mac = packet->src_mac,
        .dst_mac = packet->dst_mac,
        .experimental = m->settings.experimental,
    };
    struct cw_wire_result result;
    if (cw_wire_inspect(NULL, &in, &result)) {
        struct cw_side_packet p = {.packet = packet};
        cw_side_found_wire(m, &p, &result);
    }
}

void
cw_side_look_at_newcomer(struct camwatch_monitor *m, const struct cw_packet *packet)
{
    struct cw_side_packet p = {.packet = packet};
    struct cw_wire_input in = wire_input(m, &p, packet->payload, true);
    struct cw_wire_result result;
    if (cw_wire_inspect(NULL, &in, &result)) {
        cw_side_found_wire(m, &p, &result);
    }
}
