/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is local, and at which MAC.
 */
#include "packet_side/side.h"

#include "base/cursor.h"
#include "base/text.h"

enum { ETHERTYPE_ARP = 0x0806, DHCP_SERVER = 67 };

enum { DHCP_REQUEST = 3, DHCP_ACK = 5, DHCP_INFORM = 8 }; /* RFC 2132 9.6 */

static const int64_t WAITING_NS = 30 * INT64_C(1000000000);

bool
cw_side_is_forwarded(const struct cw_packet *p)
{
    enum { MOST_HOPS = 3 };

    static const unsigned starts[] = {64, 128, 255};
    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
        if (p->ttl < starts[i] && p->ttl >= starts[i] - MOST_HOPS) {
            return true;
        }
    }
    return false;
}

/* ---- MAC prefixes ---- */

static void
add_mac(struct camwatch_monitor *m, const struct cw_side_waiting *w)
{
    struct cw_host *host = cw_hosts_get(m->hosts, w->host);
    if (!host || host->is_gateway || host->is_shared || !cw_mac_equal(&host->mac, &w->mac)) {
        return;
    }
    struct cw_frame frame = {.time_ns = m->now_ns > w->evidence.time_ns ? m->now_ns
                                                                        : w->evidence.time_ns,
                             .file = w->evidence.file,
                             .number = w->evidence.frame};
    struct cw_packet packet = {.frame = &frame, .on_link = true, .src_mac = w->mac, .ttl = 64};
    cw_side_add_device(m, host, &packet, &w->evidence, NULL);
}

static void
add_oldest(struct camwatch_monitor *m)
{
    struct cw_side_waiting oldest = m->waiting[m->first_waiting];
    m->first_waiting = (m->first_waiting + 1) % CW_SIDE_WAITING;
    m->n_waiting--;
    add_mac(m, &oldest);
}

void
cw_side_learn_waiting(struct camwatch_monitor *m, bool all)
{
    while (m->n_waiting > 0 &&
           (all || m->now_ns - m->waiting[m->first_waiting].evidence.time_ns >= WAITING_NS)) {
        add_oldest(m);
    }
}

/* A host that sends through a router is not that router: its prefix speaks at once. */
static void
add_waiting_of(struct camwatch_monitor *m, struct cw_host *host)
{
    for (uint32_t i = 0; i < m->n_waiting; i++) {
        struct cw_side_waiting *w = &m->waiting[(m->first_waiting + i) % CW_SIDE_WAITING];
        if (w->host == host->handle) {
            add_mac(m, w);
            w->host = 0;
        }
    }
}

/* ARP of a router comes before what it forwards. */
static void
wait_with(struct camwatch_monitor *m, const struct cw_host *host, const struct cw_evidence *e)
{
    if (m->n_waiting == CW_SIDE_WAITING) {
        add_oldest(m);
    }
    m->waiting[(m->first_waiting + m->n_waiting++) % CW_SIDE_WAITING] =
        (struct cw_side_waiting){.mac = host->mac, .host = host->handle, .evidence = *e};
}

/* MAC prefixes speak for on-link hosts only, once a host. */
static void
match_mac(struct camwatch_monitor *m, struct cw_host *host, const struct cw_packet *packet)
{
    if (host->mac_was_matched || cw_mac_is_none(&host->mac) || cw_mac_is_local(&host->mac)) {
        return;
    }
    host->mac_was_matched = true;
    struct cw_rule_hit hit;
    if (cw_rules_match_mac(m->rules, &host->mac, &hit, 1) == 0) {
        return;
    }
    struct cw_evidence e = cw_side_evidence(
        packet, hit.is_general ? CAMWATCH_EVIDENCE_MAC_GENERAL : CAMWATCH_EVIDENCE_MAC_CAMERA,
        CW_SUBJECT_DEVICE);
    e.points = hit.is_general ? 20 : hit.confidence == CW_CONFIDENCE_HIGH ? 55 : 40;
    e.is_surveillance = !hit.is_general && !hit.is_mixed;
    e.brand = cw_labels_intern(m->labels, hit.brand);
    cw_side_name_maker(m, &e, &hit);
    e.device_kind = hit.device_kind;
    e.rule = cw_labels_intern(m->labels, hit.where);
    char mac[CW_MAC_TEXT_MAX];
    cw_text_set(e.seen, sizeof(e.seen), cw_mac_format(&host->mac, mac));
    wait_with(m, host, &e);
}

static bool
is_unicast(const struct cw_addr *a)
{
    static const struct cw_addr any4 = {.b = {[10] = 0xff, [11] = 0xff}};
    return !cw_addr_is_none(a) && !cw_addr_is_group(a) && !cw_addr_equal(a, &any4);
}

static bool
is_local(const struct camwatch_monitor *m, const struct cw_addr *a)
{
    return is_unicast(a) && cw_hosts_is_local(m->hosts, a);
}

static void
set_host(struct camwatch_monitor *m, struct cw_flow *flow, unsigned end, struct cw_host *host)
{
    if (!host || flow->host[end] == host->handle) {
        return;
    }
    struct cw_host *old = cw_hosts_get(m->hosts, flow->host[end]);
    if (old && old->flows > 0) {
        old->flows--;
    }
    host->flows++;
    flow->host[end] = host->handle;
}

/* What the two MACs of a frame tell: who forwards is a gateway, and who sends through one is
 * none. */
static void
learn_next_hop(struct camwatch_monitor *m, const struct cw_packet *p, struct cw_host *host,
               bool is_out)
{
    bool has_next_hop = is_out && !cw_mac_is_group(&p->dst_mac) && !cw_mac_is_none(&p->dst_mac);
    if (!has_next_hop || !cw_addr_is_global(&p->dst)) {
        return;
    }
    (void)cw_hosts_learn(m->hosts, &p->dst_mac, &p->dst);
    if (host && m->n_waiting > 0 && !cw_side_is_forwarded(p)) {
        add_waiting_of(m, host);
    }
}

static void
tell_new_gateway(struct camwatch_monitor *m, const struct cw_packet *p)
{
    struct cw_mac mac;
    if (cw_hosts_take_gateway(m->hosts, &mac)) {
        cw_side_tell_gateway(m, &mac, p);
    }
}

void
cw_side_learn_ends(struct camwatch_monitor *m, struct cw_flow *flow, const struct cw_packet *p,
                   unsigned direction)
{
    const struct cw_mac *mac = p->on_link ? &p->src_mac : NULL;
    int64_t now = p->frame->time_ns;
    bool src_local = is_local(m, &p->src), dst_local = is_local(m, &p->dst);
    if (!src_local && mac && is_unicast(&p->src)) {
        (void)cw_hosts_learn(m->hosts, mac, &p->src);
    }
    if (src_local && mac && cw_side_is_forwarded(p)) {
        cw_hosts_note_forwarded(m->hosts, mac, &p->src);
    }
    if (src_local) {
        struct cw_host *host = cw_hosts_of_address(m->hosts, &p->src, mac, now);
        set_host(m, flow, direction, host);
        if (host) {
            host->vlan = p->vlan;
            host->interface = p->frame->interface;
            match_mac(m, host, p);
        }
        if (mac) {
            learn_next_hop(m, p, host, !dst_local && is_unicast(&p->dst));
        }
    }
    tell_new_gateway(m, p);
    if (dst_local && flow->host[1 - direction] == 0) {
        set_host(m, flow, 1 - direction, cw_hosts_of_address(m->hosts, &p->dst, NULL, now));
    }
    bool ends[2];
    ends[direction] = src_local;
    ends[1 - direction] = dst_local || cw_addr_is_group(&p->dst);
    flow->local_side = ends[0] && ends[1] ? 3 : ends[0] ? 0 : ends[1] ? 1 : 2;
}

/* ARP for IPv4 over Ethernet, RFC 826: sender's MAC and address prove each other. */
void
cw_side_learn_frame(struct camwatch_monitor *m, const struct cw_packet *p)
{
    struct cw_bytes arp = p->payload;
    bool is_ipv4 = p->ethertype == ETHERTYPE_ARP && arp.len >= 28 &&
                   cw_be32_at(arp, 0) == 0x00010800 && cw_be16_at(arp, 4) == 0x0604;
    if (!is_ipv4) {
        return;
    }
    struct cw_mac mac;
    memcpy(mac.b, arp.ptr + 8, sizeof(mac.b));
    struct cw_addr addr = cw_addr_v4(arp.ptr + 14);
    if (!is_unicast(&addr) || !cw_mac_equal(&mac, &p->src_mac)) {
        return;
    }
    cw_hosts_prove(m->hosts, &mac, &addr, p->frame->time_ns);
    struct cw_host *host = cw_hosts_of_mac(m->hosts, &mac, p->frame->time_ns);
    if (host) {
        host->vlan = p->vlan;
        match_mac(m, host, p);
    }
}

/* Neighbour solicitation and advertisement, RFC 4861 4.3 and 4.4, with the hop limit of 255 that
 * proves that they were not routed. */
static void
learn_neighbour(struct camwatch_monitor *m, const struct cw_packet *p)
{
    enum { SOLICITATION = 135, ADVERTISEMENT = 136 };

    if (p->ttl != 255 || (p->icmp_type != SOLICITATION && p->icmp_type != ADVERTISEMENT)) {
        return;
    }
    struct cw_addr addr = p->src;
    if (p->icmp_type == ADVERTISEMENT) {
        struct cw_bytes target = cw_bytes_head(cw_bytes_from(p->ip, 40 + 8), 16);
        if (target.len == 16) {
            addr = cw_addr_v6(target.ptr);
        }
    }
    if (is_unicast(&addr)) {
        cw_hosts_prove(m->hosts, &p->src_mac, &addr, p->frame->time_ns);
    }
}

/* DHCP message type, option 53 (RFC 2132 9.6); 0: none. Options begin behind the cookie; a pad has
 * no length, the end has nothing behind it (3.1, 3.2). */
static unsigned
dhcp_type(struct cw_bytes dhcp)
{
    enum { OPTIONS = 240, PAD = 0, TYPE = 53, END = 255 };

    size_t at = OPTIONS;
    while (at + 2 < dhcp.len && cw_u8_at(dhcp, at) != END) {
        unsigned option = cw_u8_at(dhcp, at), len = cw_u8_at(dhcp, at + 1);
        if (option == TYPE) {
            return len == 1 ? cw_u8_at(dhcp, at + 2) : 0;
        }
        at += option == PAD ? 1 : 2 + len;
    }
    return 0;
}

/* An acknowledged lease, RFC 2131: chaddr gets yiaddr; or a client that renews what it has, or asks
 * for more than its address (4.3.2, 4.4.3: only then ciaddr is set). An offer may be refused, and a
 * release is of what is no longer there. Every DHCP message has a type (3); plain BOOTP, which has
 * none, proves nothing here: who has an address by it says so by ARP too. */
static void
learn_lease(struct camwatch_monitor *m, const struct cw_packet *p)
{
    struct cw_bytes dhcp = p->payload;
    bool is_dhcp =
        dhcp.len >= 240 && cw_be32_at(dhcp, 236) == 0x63825363 && cw_u8_at(dhcp, 2) == 6;
    if (!is_dhcp) {
        return;
    }
    struct cw_mac mac;
    memcpy(mac.b, dhcp.ptr + 28, sizeof(mac.b));
    bool is_reply = cw_u8_at(dhcp, 0) == 2;
    unsigned type = dhcp_type(dhcp);
    if (is_reply ? type != DHCP_ACK : type != DHCP_REQUEST && type != DHCP_INFORM) {
        return;
    }
    struct cw_addr addr = cw_addr_v4(dhcp.ptr + (is_reply ? 16 : 12));
    bool is_relayed = cw_be32_at(dhcp, 24) != 0;
    if (is_unicast(&addr) && !is_relayed) {
        cw_hosts_prove(m->hosts, &mac, &addr, p->frame->time_ns);
    }
}

void
cw_side_learn_proof(struct camwatch_monitor *m, const struct cw_packet *p)
{
    if (!p->on_link) {
        return;
    }
    if (p->proto == CW_PROTO_ICMP6) {
        learn_neighbour(m, p);
    } else if (p->proto == CW_PROTO_UDP &&
               (p->src_port == DHCP_SERVER || p->dst_port == DHCP_SERVER)) {
        learn_lease(m, p);
    }
}

void
cw_side_release_ends(struct camwatch_monitor *m, struct cw_flow *flow)
{
    for (unsigned end = 0; end < 2; end++) {
        struct cw_host *host = cw_hosts_get(m->hosts, flow->host[end]);
        if (host && host->flows > 0) {
            host->flows--;
        }
        flow->host[end] = 0;
    }
}
