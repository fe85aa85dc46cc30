/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rules say of names, addresses and banners becomes evidence: a name speaks for the far
 * end, and for a device only where devices alone use it.
 */
#include <stdio.h>

#include "base/text.h"
#include "inspect/dns.h"
#include "packet_side/side.h"

/* Points of a rule's evidence: a rule of less confidence never makes a confident verdict. */
static uint8_t
points_of(unsigned points, unsigned confidence)
{
    unsigned cap = confidence == CW_CONFIDENCE_HIGH     ? 99
                   : confidence == CW_CONFIDENCE_MEDIUM ? 65
                                                        : 40;
    return (uint8_t)(points < cap ? points : cap);
}

static struct cw_evidence
evidence_of_rule(struct camwatch_monitor *m, const struct cw_packet *packet,
                 const struct cw_rule_hit *hit, unsigned kind, unsigned subject)
{
    struct cw_evidence e = cw_side_evidence(packet, kind, subject);
    e.points = points_of(e.points, hit->confidence);
    e.role = hit->role;
    e.side = hit->side == CAMWATCH_SIDE_BOTH ? CAMWATCH_SIDE_UNKNOWN : hit->side;
    e.is_shared = hit->is_shared & 1u;
    e.vendor = cw_labels_intern(m->labels, hit->vendor);
    e.platform = cw_labels_intern(m->labels, hit->platform);
    e.group = cw_labels_intern(m->labels, hit->group);
    e.rule = cw_labels_intern(m->labels, hit->where);
    return e;
}

static unsigned
kind_of_name(const struct cw_rule_hit *hit, enum camwatch_domain_source source)
{
    if (source == CAMWATCH_DOMAIN_DNS_OWN) {
        return CAMWATCH_EVIDENCE_NAME_DNS_OWN;
    }
    if (source == CAMWATCH_DOMAIN_DNS_OTHER) {
        return CAMWATCH_EVIDENCE_NAME_DNS_OTHER;
    }
    return hit->side == CAMWATCH_SIDE_DEVICE ? CAMWATCH_EVIDENCE_NAME
                                             : CAMWATCH_EVIDENCE_NAME_SERVICE;
}

/* A name that only devices use, called by this host itself, is a device-side fact. */
static bool
is_device_fact(const struct cw_rule_hit *hit, enum camwatch_domain_source source)
{
    return hit->side == CAMWATCH_SIDE_DEVICE && hit->confidence != CW_CONFIDENCE_LOW &&
           source != CAMWATCH_DOMAIN_DNS_OTHER &&
           (!hit->is_mixed || hit->device_kind != CAMWATCH_KIND_UNKNOWN);
}

static bool
is_better_source(unsigned now, unsigned before)
{
    static const uint8_t rank[CAMWATCH_N_DOMAIN_SOURCES] = {
        [CAMWATCH_DOMAIN_DNS_OTHER] = 1, [CAMWATCH_DOMAIN_CERT] = 2,
        [CAMWATCH_DOMAIN_DNS_OWN] = 3,   [CAMWATCH_DOMAIN_HOST] = 4,
        [CAMWATCH_DOMAIN_SNI] = 5,
    };
    return rank[now] > rank[before];
}

static void
keep_name(struct camwatch_monitor *m, struct cw_flow *flow, const char *name,
          enum camwatch_domain_source source)
{
    struct cw_flow_cold *cold = cw_side_cold(m, flow);
    if (!cold || !is_better_source(source, cold->domain_source)) {
        return;
    }
    cw_text_set(cold->domain, sizeof(cold->domain), name);
    cold->domain_source = (uint8_t)source;
    if (source == CAMWATCH_DOMAIN_SNI) {
        cw_text_set(cold->server_name, sizeof(cold->server_name), name);
    }
}

/* Whom a rule names as the maker of a device: nobody for a platform; only the group where its hosts
 * serve the brands of the whole group. */
void
cw_side_name_maker(struct camwatch_monitor *m, struct cw_evidence *e,
                   const struct cw_rule_hit *hit)
{
    bool is_host = hit->kind == CW_RULE_DOMAIN || hit->kind == CW_RULE_NETWORK;
    bool is_group_host =
        is_host && hit->group[0] && strcmp(hit->vendor, hit->group) == 0 && !hit->brand[0];
    e->vendor = cw_labels_intern(m->labels, hit->group);
    e->maker = is_group_host
                   ? 0
                   : cw_labels_intern(m->labels, hit->maker[0] ? hit->maker : hit->vendor);
    e->is_maker_likely = hit->maker_is_likely & 1u;
}

/* A name that apps use too, and that proves its brand: it speaks for whoever calls it, a camera or
 * a phone, and counts once other evidence tells a camera. Behind a shared address both call. */
static void
take_called_brand(struct camwatch_monitor *m, const struct cw_side_packet *p, const char *name,
                  enum camwatch_domain_source source, const struct cw_rule_hit *hit)
{
    struct cw_host *caller = cw_side_host_of_end(m, p->flow, 0);
    bool is_own_word = source == CAMWATCH_DOMAIN_SNI || source == CAMWATCH_DOMAIN_HOST ||
                       source == CAMWATCH_DOMAIN_DNS_OWN;
    if (!caller || caller->is_shared || !is_own_word || hit->brand[0] == '\0' ||
        hit->side == CAMWATCH_SIDE_VIEWER || hit->confidence == CW_CONFIDENCE_LOW) {
        return;
    }
    struct cw_evidence e =
        evidence_of_rule(m, p->packet, hit, CAMWATCH_EVIDENCE_NAME_SERVICE, CW_SUBJECT_DEVICE);
    e.brand = cw_labels_intern(m->labels, hit->brand);
    e.vendor = cw_labels_intern(m->labels, hit->group);
    e.maker = cw_labels_intern(m->labels, hit->maker);
    e.is_maker_likely = hit->maker_is_likely & 1u;
    cw_text_set(e.seen, sizeof(e.seen), name);
    cw_side_add_device(m, caller, p->packet, &e, NULL);
}

static void
take_name(struct camwatch_monitor *m, const struct cw_side_packet *p, const char *name,
          enum camwatch_domain_source source, const struct cw_rule_hit *hit)
{
    struct cw_evidence e =
        evidence_of_rule(m, p->packet, hit, kind_of_name(hit, source), CW_SUBJECT_SERVICE);
    e.brand = cw_labels_intern(m->labels, hit->brand);
    cw_text_set(e.seen, sizeof(e.seen), name);
    cw_side_add_service(m, p->flow, &e);
    struct cw_host *host = cw_side_device(m, p->flow);
    if (host && hit->side == CAMWATCH_SIDE_VIEWER && source != CAMWATCH_DOMAIN_DNS_OTHER) {
        cw_side_found_viewer(m, host, p->packet);
    }
    if (!is_device_fact(hit, source)) {
        take_called_brand(m, p, name, source, hit);
        return;
    }
    if (!host) {
        return;
    }
    e.subject = CW_SUBJECT_DEVICE;
    e.is_surveillance = true;
    cw_side_name_maker(m, &e, hit);
    e.device_kind = hit->device_kind;
    cw_side_add_device(m, host, p->packet, &e, NULL);
}

/* Only a local end that opened the conversation calls the far end by a name. */
static bool
is_callers_name(const struct cw_flow *flow)
{
    return flow->local_side == 0 || flow->local_side == 3;
}

/* A host of which something is known may be a device; one that only calls what apps call is
 * none. */
static bool
may_be_device(const struct cw_host *host)
{
    const struct cw_host_facts *facts = host->facts;
    return host->is_device ||
           (facts && (facts->n_evidence == 0 || facts->device.confidence > 0));
}

void
cw_side_found_name(struct camwatch_monitor *m, const struct cw_side_packet *p, const char *name,
                   enum camwatch_domain_source source)
{
    struct cw_flow *flow = p->flow;
    struct cw_addr literal;
    if (name[0] == '\0' || !is_callers_name(flow) || cw_addr_parse(name, &literal)) {
        return;
    }
    if (source == CAMWATCH_DOMAIN_SNI || source == CAMWATCH_DOMAIN_HOST) {
        cw_side_drop_dns_names(flow, name);
    }
    struct cw_rule_hit hit;
    bool is_known = cw_rules_match_name(m->rules, name, &hit, 1) > 0;
    const struct cw_host *host = cw_side_device(m, flow);
    bool is_devices = host && may_be_device(host);
    if (is_known || is_devices || flow->cold || m->settings.publish_all_flows) {
        keep_name(m, flow, name, source);
    }
    if (is_known) {
        take_name(m, p, name, source, &hit);
    }
}

/* A question shows an attempt even where the answer leads nowhere. It is weak evidence of a device:
 * a resolver asks for others. */
void
cw_side_found_question(struct camwatch_monitor *m, const struct cw_side_packet *p,
                       const char *name)
{
    enum { DEVICE_POINTS = 45 };
    struct cw_rule_hit hit;
    struct cw_host *host = cw_side_host_of_end(m, p->flow, p->direction);
    if (!host || cw_rules_match_name(m->rules, name, &hit, 1) == 0) {
        return;
    }
    struct cw_evidence e = evidence_of_rule(m, p->packet, &hit, CAMWATCH_EVIDENCE_NAME_DNS_OWN,
                                            CW_SUBJECT_SERVICE);
    (void)snprintf(e.seen, sizeof(e.seen), "asks for %.50s", name);
    cw_side_add_service(m, p->flow, &e);
    keep_name(m, p->flow, name, CAMWATCH_DOMAIN_DNS_OWN);
    if (is_device_fact(&hit, CAMWATCH_DOMAIN_DNS_OWN)) {
        e.subject = CW_SUBJECT_DEVICE;
        e.points = e.points < DEVICE_POINTS ? e.points : DEVICE_POINTS;
        e.device_kind = hit.device_kind;
        cw_side_name_maker(m, &e, &hit);
        cw_side_add_device(m, host, p->packet, &e, NULL);
    }
}

/* Names that the client's own DNS answers (or another's) give the far end. */
static void
find_dns_name(struct camwatch_monitor *m, const struct cw_side_packet *p,
              const struct cw_addr *peer)
{
    struct cw_names_client client = cw_side_client(m, p->flow, 0);
    struct cw_name_hit names[2];
    struct cw_rule_hit first, second;
    size_t n = cw_names_find(m->names, &client, peer, p->flow->first_ns, names);
    if (n == 0) {
        return;
    }
    bool disagree = n == 2 && cw_rules_match_name(m->rules, names[0].name, &first, 1) > 0 &&
                    cw_rules_match_name(m->rules, names[1].name, &second, 1) > 0 &&
                    strcmp(first.vendor, second.vendor) != 0;
    if (!disagree) {
        cw_side_found_name(m, p, names[0].name,
                           names[0].is_own ? CAMWATCH_DOMAIN_DNS_OWN
                                           : CAMWATCH_DOMAIN_DNS_OTHER);
    }
}

static void
find_address(struct camwatch_monitor *m, const struct cw_side_packet *p,
             const struct cw_addr *peer)
{
    struct cw_rule_hit hit;
    if (cw_rules_match_addr(m->rules, peer, &hit, 1) == 0) {
        return;
    }
    struct cw_evidence e = evidence_of_rule(
        m, p->packet, &hit, CAMWATCH_EVIDENCE_SERVER_ADDRESS, CW_SUBJECT_SERVICE);
    cw_text_set(e.seen, sizeof(e.seen), hit.pattern);
    cw_side_add_service(m, p->flow, &e);
}

static void
find_lineage(struct camwatch_monitor *m, const struct cw_side_packet *p, unsigned local,
             const struct cw_addr *peer)
{
    struct cw_flow *flow = p->flow;
    struct cw_lineage_hit hit;
    const struct cw_addr *addr = local == 0 ? cw_flow_source(flow) : cw_flow_destination(flow);
    uint16_t port = local == 0 ? cw_flow_source_port(flow) : cw_flow_destination_port(flow);
    if (flow->key.proto != CW_PROTO_UDP ||
        !cw_lineage_find(m->lineage, addr, port, peer, false, flow->first_ns, &hit)) {
        return;
    }
    struct cw_evidence e =
        cw_side_evidence(p->packet, CAMWATCH_EVIDENCE_LINEAGE, CW_SUBJECT_SERVICE);
    e.vendor = hit.vendor;
    e.platform = hit.platform;
    e.is_shared = hit.vendor == 0;
    e.rule = hit.rule;
    e.path = hit.path;
    e.role = hit.path == CAMWATCH_PATH_RELAY   ? CAMWATCH_ROLE_RELAY
             : hit.path == CAMWATCH_PATH_CLOUD ? CAMWATCH_ROLE_RENDEZVOUS
                                               : CAMWATCH_ROLE_STREAM;
    cw_text_set(e.seen, sizeof(e.seen), "introduced by a rendezvous on this socket");
    cw_side_add_service(m, flow, &e);
    if (flow->cold) {
        flow->cold->path = hit.path;
    }
}

/* A cloud's name that leads to a server on the LAN: redirected, or served there. Such a server is
 * often the resolver or router too, so only connections count, and those of names themselves do
 * not. */
static void
find_lan_name(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    const struct cw_flow *flow = p->flow;
    if (flow->key.proto == CW_PROTO_TCP && cw_flow_destination_port(flow) != CW_DNS_PORT) {
        find_dns_name(m, p, cw_flow_destination(flow));
    }
}

void
cw_side_found_flow(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    struct cw_flow *flow = p->flow;
    unsigned local = flow->local_side;
    if (local == 3) {
        find_lan_name(m, p);
    }
    if (local > 1) {
        return;
    }
    const struct cw_addr *peer = local == 0 ? cw_flow_destination(flow) : cw_flow_source(flow);
    if (local == 0) {
        find_dns_name(m, p, peer);
    }
    find_address(m, p, peer);
    find_lineage(m, p, local, peer);
}

/* What a host says of itself, and a rule knows. */
static void
take_banner(struct camwatch_monitor *m, struct cw_host *host, const struct cw_packet *packet,
            const struct cw_rule_hit *hit, struct cw_bytes text,
            const struct cw_identity *identity)
{
    struct cw_evidence e =
        evidence_of_rule(m, packet, hit, CAMWATCH_EVIDENCE_IDENTITY, CW_SUBJECT_DEVICE);
    e.side = CAMWATCH_SIDE_DEVICE;
    bool is_camera_kind = hit->device_kind != CAMWATCH_KIND_UNKNOWN &&
                          hit->device_kind != CAMWATCH_KIND_VMS_CLIENT;
    e.is_surveillance =
        (!hit->is_mixed || is_camera_kind) && hit->confidence != CW_CONFIDENCE_LOW;
    e.brand = cw_labels_intern(m->labels, hit->brand);
    cw_side_name_maker(m, &e, hit);
    e.device_kind = hit->device_kind;
    cw_text_copy(e.seen, sizeof(e.seen), text);
    cw_side_add_device(m, host, packet, &e, identity);
}

/* What a local server says of itself is identity; a remote one's is no business of this host. */
void
cw_side_found_banner(struct camwatch_monitor *m, const struct cw_side_packet *p,
                     enum cw_banner field, struct cw_bytes text)
{
    struct cw_host *host = cw_side_host_of_end(m, p->flow, p->direction);
    struct cw_rule_hit hit;
    if (host && text.len > 0 && cw_rules_match_banner(m->rules, field, text, &hit, 1) > 0) {
        take_banner(m, host, p->packet, &hit, text, NULL);
    }
}

/* The software of a viewer names itself as a device's does: the rule says which it is. */
void
cw_side_found_agent(struct camwatch_monitor *m, const struct cw_side_packet *p,
                    struct cw_bytes agent)
{
    struct cw_host *host = cw_side_host_of_end(m, p->flow, p->direction);
    struct cw_rule_hit hit;
    if (!host || agent.len == 0 ||
        cw_rules_match_banner(m->rules, CW_BANNER_USER_AGENT, agent, &hit, 1) == 0) {
        return;
    }
    if (hit.device_kind == CAMWATCH_KIND_VMS_CLIENT) {
        cw_side_found_viewer(m, host, p->packet);
    } else if (hit.device_kind != CAMWATCH_KIND_UNKNOWN) {
        take_banner(m, host, p->packet, &hit, agent, NULL);
    }
}

void
cw_side_found_model(struct camwatch_monitor *m, struct cw_host *host,
                    const struct cw_packet *packet, const struct cw_identity *identity)
{
    struct cw_bytes text = cw_bytes_text(identity->model);
    struct cw_rule_hit hit;
    if (text.len > 0 &&
        cw_rules_match_banner(m->rules, CW_BANNER_MODEL_PREFIX, text, &hit, 1) > 0) {
        take_banner(m, host, packet, &hit, text, identity);
    }
}
