/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings become evidence, by the rules of corrections.md: identity belongs to the sender of a
 * message, a name speaks for the far end, and only a device-side fact makes a device.
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"
#include "packet_side/side.h"

struct cw_names_client
cw_side_client(struct camwatch_monitor *m, const struct cw_flow *flow, unsigned end)
{
    const struct cw_host *host = cw_hosts_get(m->hosts, flow->host[end]);
    struct cw_names_client client = {.addr = end == 0 ? *cw_flow_source(flow)
                                                      : *cw_flow_destination(flow)};
    if (host) {
        client.mac = host->mac;
    }
    return client;
}

static struct cw_host *
host_of_end(struct camwatch_monitor *m, const struct cw_flow *flow, unsigned end)
{
    return flow ? cw_hosts_get(m->hosts, flow->host[end]) : NULL;
}

/* ---- wire signatures ---- */

static unsigned
role_of_phase(unsigned phase)
{
    static const uint8_t roles[CW_WIRE_N_PHASES] = {
        [CW_WIRE_PHASE_LOOKUP] = CAMWATCH_ROLE_RENDEZVOUS,
        [CW_WIRE_PHASE_REGISTRATION] = CAMWATCH_ROLE_REGISTRATION,
        [CW_WIRE_PHASE_RENDEZVOUS] = CAMWATCH_ROLE_RENDEZVOUS,
        [CW_WIRE_PHASE_DIRECT] = CAMWATCH_ROLE_STREAM,
        [CW_WIRE_PHASE_RELAY] = CAMWATCH_ROLE_RELAY,
        [CW_WIRE_PHASE_LAN_SEARCH] = CAMWATCH_ROLE_DISCOVERY,
        [CW_WIRE_PHASE_LAN_CONTROL] = CAMWATCH_ROLE_CONTROL,
        [CW_WIRE_PHASE_CONTROL] = CAMWATCH_ROLE_CONTROL,
        [CW_WIRE_PHASE_MEDIA] = CAMWATCH_ROLE_STREAM,
    };
    return phase < CW_WIRE_N_PHASES ? roles[phase] : CAMWATCH_ROLE_NONE;
}

static void
describe(struct cw_evidence *e, struct camwatch_monitor *m, const struct cw_wire_result *r)
{
    const struct cw_wire_signature *s = r->signature;
    const char *vendor = r->match.vendor ? r->match.vendor : s->vendor;
    const char *platform = r->match.platform ? r->match.platform : s->platform;
    char rule[CW_EVIDENCE_RULE_MAX] = "wire/";
    cw_text_set(rule + 5, sizeof(rule) - 5, s->name);
    e->rule = cw_labels_intern(m->labels, rule);
    e->vendor = cw_labels_intern(m->labels, vendor);
    e->platform = cw_labels_intern(m->labels, platform);
    e->is_shared = vendor[0] == '\0';
    e->role = r->match.role ? r->match.role : (uint8_t)role_of_phase(r->match.phase);
    const char *detail = r->match.detail[0] ? r->match.detail : s->name;
    if (r->match.brand_hint) {
        (void)snprintf(e->seen, sizeof(e->seen), "%s; UID form of %s", detail,
                       r->match.brand_hint);
    } else {
        cw_text_set(e->seen, sizeof(e->seen), detail);
    }
}

/* Both ends are hosts of the local network; a group that is searched is no host. */
static bool
is_between_hosts(const struct cw_flow *flow)
{
    return flow->local_side == 3 && !cw_addr_is_group(cw_flow_destination(flow));
}

/* Which side the local end is on, by who sent the message from where. */
static unsigned
side_of_local(unsigned sender, bool sender_is_local, bool both_local)
{
    if (both_local && (sender == CW_WIRE_FROM_DEVICE || sender == CW_WIRE_FROM_VIEWER)) {
        return CAMWATCH_SIDE_BOTH;
    }
    if (sender == CW_WIRE_FROM_DEVICE) {
        return sender_is_local ? CAMWATCH_SIDE_DEVICE : CAMWATCH_SIDE_VIEWER;
    }
    if (sender == CW_WIRE_FROM_VIEWER) {
        return sender_is_local ? CAMWATCH_SIDE_VIEWER : CAMWATCH_SIDE_DEVICE;
    }
    return CAMWATCH_SIDE_UNKNOWN;
}

static unsigned
path_of(const struct cw_flow *flow, const struct cw_flow_cold *cold, unsigned phase)
{
    if (flow->local_side == 3) {
        return CAMWATCH_PATH_LAN;
    }
    if (phase == CW_WIRE_PHASE_RELAY || cold->path == CAMWATCH_PATH_RELAY) {
        return CAMWATCH_PATH_RELAY;
    }
    if (phase == CW_WIRE_PHASE_LOOKUP || phase == CW_WIRE_PHASE_REGISTRATION ||
        phase == CW_WIRE_PHASE_RENDEZVOUS) {
        return CAMWATCH_PATH_CLOUD; /* also where a server introduced the next server */
    }
    if (phase == CW_WIRE_PHASE_DIRECT && flow->key.proto == CW_PROTO_TCP) {
        return CAMWATCH_PATH_RELAY; /* nobody punches holes for TCP here: the far end is a server */
    }
    bool is_session = phase == CW_WIRE_PHASE_DIRECT || phase == CW_WIRE_PHASE_PUNCH;
    return is_session && !cold->was_server ? CAMWATCH_PATH_P2P_DIRECT : cold->path;
}

static uint8_t
index_of(const struct cw_wire_signature *signature)
{
    uint8_t i = 0;
    while (cw_wire_table()[i] && cw_wire_table()[i] != signature) {
        i++;
    }
    return (uint8_t)(i + 1);
}

static void
take_service(struct camwatch_monitor *m, const struct cw_side_packet *p,
             const struct cw_wire_result *r)
{
    struct cw_flow *flow = p->flow;
    struct cw_flow_cold *cold = cw_side_cold(m, flow);
    if (!cold) {
        return;
    }
    unsigned sender = r->match.sender, phase = r->match.phase;
    bool both = flow->local_side == 3, from_local = both || flow->local_side == p->direction;
    cold->was_server |= phase == CW_WIRE_PHASE_REGISTRATION || phase == CW_WIRE_PHASE_LOOKUP ||
                        sender == CW_WIRE_FROM_SERVER;
    cold->path = (uint8_t)path_of(flow, cold, phase);
    unsigned side = side_of_local(sender, from_local, is_between_hosts(flow));
    cold->side = side != CAMWATCH_SIDE_UNKNOWN ? (uint8_t)side : cold->side;
    if (both && (sender == CW_WIRE_FROM_DEVICE || sender == CW_WIRE_FROM_VIEWER)) {
        cold->lan_side =
            (uint8_t)(1 + (sender == CW_WIRE_FROM_DEVICE ? p->direction : 1 - p->direction));
    }
    cold->signature = cold->signature ? cold->signature : index_of(r->signature);
    bool is_weak = r->signature->is_experimental;
    struct cw_evidence e = cw_side_evidence(
        p->packet, is_weak ? CAMWATCH_EVIDENCE_SIGNATURE_WEAK : CAMWATCH_EVIDENCE_SIGNATURE,
        CW_SUBJECT_SERVICE);
    describe(&e, m, r);
    e.path = cold->path;
    e.side = (uint8_t)side;
    /* Who calls a server on the device from outside is not of the maker. */
    bool is_caller_unknown = flow->local_side == 1 && flow->key.proto == CW_PROTO_TCP;
    if ((e.vendor || e.platform) && !is_caller_unknown) {
        cw_side_add_service(m, flow, &e);
    }
}

/* What the sender says of itself; nothing of it is kept twice. */
static uint64_t
identity_hash(const struct cw_identity *id)
{
    static const struct cw_hash_key key = {0x6964, 0x6e74};
    return cw_hash(key, id, sizeof(*id));
}

static void
take_identity(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_host *host,
              const struct cw_wire_result *r)
{
    const struct cw_identity *id = &r->match.identity;
    if (!cw_hosts_is_news(host, identity_hash(id))) {
        return;
    }
    bool from_device = r->match.sender == CW_WIRE_FROM_DEVICE;
    bool is_fact = id->is_surveillance || r->match.is_camera_fact ||
                   (from_device && r->signature->proves_device);
    if (!is_fact) {
        cw_side_tell_host(m, host, p->packet, NULL, id);
        return;
    }
    struct cw_evidence e =
        cw_side_evidence(p->packet, CAMWATCH_EVIDENCE_IDENTITY, CW_SUBJECT_DEVICE);
    describe(&e, m, r);
    e.is_surveillance = true;
    e.side = CAMWATCH_SIDE_DEVICE;
    e.device_kind = id->kind ? id->kind : r->signature->kind;
    e.brand = cw_labels_intern_foreign(m->labels, id->brand);
    e.maker = cw_labels_intern_foreign(m->labels, id->maker[0] ? id->maker : r->signature->maker);
    cw_side_add_device(m, host, p->packet, &e, id);
}

/* A claim of another device: the inventory keeps it apart, with who said so. */
static void
take_claim(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_host *host,
           const struct cw_identity *id)
{
    if (cw_hosts_is_news(host, identity_hash(id))) {
        cw_side_tell_claim(m, host, p->packet, id);
    }
}

static void
take_signature(struct camwatch_monitor *m, const struct cw_packet *packet, struct cw_host *host,
               const struct cw_wire_result *r)
{
    bool is_weak = r->signature->is_experimental;
    struct cw_evidence e = cw_side_evidence(
        packet, is_weak ? CAMWATCH_EVIDENCE_SIGNATURE_WEAK : CAMWATCH_EVIDENCE_SIGNATURE,
        CW_SUBJECT_DEVICE);
    describe(&e, m, r);
    e.side = CAMWATCH_SIDE_DEVICE;
    e.is_surveillance = !is_weak;
    const struct cw_identity *id = &r->match.identity;
    bool is_self = r->match.has_identity && id->origin == CAMWATCH_ORIGIN_SELF;
    e.maker = cw_labels_intern_foreign(
        m->labels, is_self && id->maker[0] ? id->maker : r->signature->maker);
    e.device_kind = is_self && id->kind ? id->kind : r->signature->kind;
    cw_side_add_device(m, host, packet, &e, NULL);
}

/* The identity goes first, so that a new device is told with its name. */
static void
take_sender(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_host *host,
            const struct cw_wire_result *r)
{
    bool from_device = r->match.sender == CW_WIRE_FROM_DEVICE;
    bool is_fact = r->match.is_camera_fact || (from_device && r->signature->proves_device);
    if (r->match.sender == CW_WIRE_FROM_VIEWER) {
        cw_side_found_viewer(m, host, p->packet);
    }
    if (r->match.has_identity && r->match.identity.origin == CAMWATCH_ORIGIN_SELF) {
        take_identity(m, p, host, r);
    } else if (r->match.has_identity) {
        take_claim(m, p, host, &r->match.identity);
    }
    if (is_fact && r->match.is_evidence) {
        take_signature(m, p->packet, host, r);
    }
}

/* What a message says counts only once its signature is confirmed; until then it waits. */
static void
keep_pending(struct camwatch_monitor *m, const struct cw_side_packet *p,
             const struct cw_wire_result *r)
{
    bool says_something = r->match.has_identity || r->match.is_camera_fact ||
                          r->match.sender == CW_WIRE_FROM_DEVICE ||
                          r->match.sender == CW_WIRE_FROM_VIEWER;
    struct cw_flow_cold *cold = says_something ? cw_side_cold(m, p->flow) : NULL;
    if (!cold) {
        return;
    }
    cold->pending = (struct cw_flow_pending){
        .identity = r->match.identity,
        .signature = index_of(r->signature),
        .direction = (uint8_t)p->direction,
        .sender = r->match.sender,
        .has_identity = r->match.has_identity,
        .is_evidence = r->match.is_evidence,
        .is_camera_fact = r->match.is_camera_fact,
        .file = p->packet->frame->file,
        .frame = p->packet->frame->number,
        .time_ns = p->packet->frame->time_ns,
    };
    cw_text_set(cold->pending.detail, sizeof(cold->pending.detail), r->match.detail);
}

static void
take_pending(struct camwatch_monitor *m, const struct cw_side_packet *p,
             const struct cw_wire_signature *signature)
{
    struct cw_flow_cold *cold = p->flow->cold;
    if (!cold || cold->pending.signature != index_of(signature)) {
        return;
    }
    struct cw_flow_pending was = cold->pending;
    cold->pending.signature = 0;
    struct cw_host *host = host_of_end(m, p->flow, was.direction);
    if (!host) {
        return;
    }
    struct cw_frame frame = *p->packet->frame;
    frame.file = was.file;
    frame.number = was.frame;
    frame.time_ns = was.time_ns;
    struct cw_packet packet = *p->packet;
    packet.frame = &frame;
    struct cw_side_packet then = {
        .packet = &packet, .flow = p->flow, .direction = was.direction};
    struct cw_wire_result r = {.signature = signature, .is_confirmed = true};
    r.match.identity = was.identity;
    r.match.has_identity = was.has_identity;
    r.match.sender = was.sender;
    r.match.is_evidence = was.is_evidence;
    r.match.is_camera_fact = was.is_camera_fact;
    cw_text_set(r.match.detail, sizeof(r.match.detail), was.detail);
    take_sender(m, &then, host, &r);
}

void
cw_side_found_viewer(struct camwatch_monitor *m, struct cw_host *host,
                     const struct cw_packet *packet)
{
    if (!host->is_viewer) {
        host->is_viewer = true;
        cw_side_tell_host(m, host, packet, NULL, NULL);
    }
}

static uint64_t
uid_hash(const struct cw_identity *id)
{
    static const struct cw_hash_key key = {0x756964, 0x68617368};
    return id->uid[0] ? cw_hash(key, id->uid, strlen(id->uid)) | 1 : 0;
}

/* A session names the UID that this host registered with, from whichever port: it came out of that
 * rendezvous (corrections.md: Yi's session leaves from another port). */
static void
take_uid(struct camwatch_monitor *m, const struct cw_side_packet *p, struct cw_host *host,
         const struct cw_wire_result *r)
{
    uint64_t uid = r->match.has_identity ? uid_hash(&r->match.identity) : 0;
    if (uid == 0 || p->flow->local_side > 1) {
        return;
    }
    if (r->match.phase == CW_WIRE_PHASE_REGISTRATION) {
        cw_hosts_note_uid(host, uid);
    } else if (host->facts && host->facts->uid == uid &&
               r->match.phase == CW_WIRE_PHASE_PUNCH) {
        struct cw_evidence e =
            cw_side_evidence(p->packet, CAMWATCH_EVIDENCE_LINEAGE, CW_SUBJECT_SERVICE);
        describe(&e, m, r);
        cw_text_set(e.seen, sizeof(e.seen), "names the UID that this device registered with");
        cw_side_add_service(m, p->flow, &e);
    }
}

/* A rendezvous on a local socket, and whom it introduced. */
static void
take_lineage(struct camwatch_monitor *m, const struct cw_side_packet *p,
             const struct cw_wire_result *r)
{
    struct cw_flow *flow = p->flow;
    unsigned phase = r->match.phase;
    bool is_rendezvous = phase == CW_WIRE_PHASE_LOOKUP || phase == CW_WIRE_PHASE_REGISTRATION ||
                         phase == CW_WIRE_PHASE_RENDEZVOUS || phase == CW_WIRE_PHASE_PUNCH;
    if (!is_rendezvous || flow->local_side > 1 || flow->key.proto != CW_PROTO_UDP ||
        !r->signature->proves_device) {
        return;
    }
    unsigned local = flow->local_side;
    const struct cw_addr *addr = local == 0 ? cw_flow_source(flow) : cw_flow_destination(flow);
    uint16_t port = local == 0 ? cw_flow_source_port(flow) : cw_flow_destination_port(flow);
    struct cw_evidence e =
        cw_side_evidence(p->packet, CAMWATCH_EVIDENCE_LINEAGE, CW_SUBJECT_SERVICE);
    describe(&e, m, r);
    struct cw_lineage_hit what = {.vendor = e.vendor,
                                  .platform = e.platform,
                                  .rule = e.rule,
                                  .frame = e.frame,
                                  .file = e.file};
    int64_t now = p->packet->frame->time_ns;
    cw_lineage_note(m->lineage, addr, port, p->direction == local ? 0 : 1, &what, now);
    for (unsigned i = 0; i < r->match.n_candidates && i < CW_WIRE_CANDIDATES; i++) {
        cw_lineage_introduce(m->lineage, addr, port, &r->match.candidate[i].addr, now);
    }
}

void
cw_side_found_wire(struct camwatch_monitor *m, const struct cw_side_packet *p,
                   const struct cw_wire_result *r)
{
    struct cw_host *sender =
        p->flow ? host_of_end(m, p->flow, p->direction)
                : cw_hosts_of_mac(m->hosts, &p->packet->src_mac, p->packet->frame->time_ns);
    if (p->flow) {
        const char *name = r->match.protocol ? r->match.protocol : r->signature->name;
        if (r->is_confirmed) {
            p->flow->protocol = cw_labels_intern(m->labels, name);
        }
        take_lineage(m, p, r);
        struct cw_host *local = cw_side_device(m, p->flow);
        if (local && r->is_confirmed) {
            take_uid(m, p, local, r);
        }
        if (r->is_confirmed && r->match.is_evidence) {
            take_service(m, p, r);
        }
    }
    if (p->flow && !r->is_confirmed) {
        keep_pending(m, p, r);
        return;
    }
    if (p->flow) {
        take_pending(m, p, r->signature);
    }
    if (sender) {
        take_sender(m, p, sender, r);
    }
}

/* Only a recorder (or a server of a VMS) takes media from two surveillance devices and more. */
void
cw_side_found_pull(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    struct cw_host *puller = host_of_end(m, p->flow, p->direction);
    const struct cw_host *camera = host_of_end(m, p->flow, 1 - p->direction);
    if (!puller || !camera || !camera->is_device ||
        !cw_hosts_note_pull(puller, &p->packet->dst)) {
        return;
    }
    struct cw_evidence e =
        cw_side_evidence(p->packet, CAMWATCH_EVIDENCE_SIGNATURE, CW_SUBJECT_DEVICE);
    e.points = 60;
    e.side = CAMWATCH_SIDE_DEVICE;
    e.is_surveillance = true;
    e.device_kind = CAMWATCH_KIND_RECORDER;
    e.rule = cw_labels_intern(m->labels, "wire/rtsp");
    cw_text_set(e.seen, sizeof(e.seen), "takes media from two surveillance devices");
    cw_side_add_device(m, puller, p->packet, &e, NULL);
}

/* Whoever sends media over a protocol of such devices, and gets little back, is the camera. */
void
cw_side_found_media(struct camwatch_monitor *m, struct cw_flow *flow,
                    const struct cw_packet *packet)
{
    enum { TIMES = 4 };
    const struct cw_flow_cold *cold = flow->cold;
    unsigned local = flow->local_side;
    if (cold->signature == 0 || local > 1 || cold->service.band < CAMWATCH_BAND_CONFIRMED) {
        return;
    }
    const struct cw_wire_signature *s = cw_wire_table()[cold->signature - 1];
    struct cw_host *host = cw_hosts_get(m->hosts, flow->host[local]);
    if (!host || !s->proves_device || flow->bytes[local] / TIMES < flow->bytes[1 - local]) {
        return;
    }
    struct cw_wire_result r = {.signature = s, .is_confirmed = true};
    cw_text_set(r.match.detail, sizeof(r.match.detail), "sends the media of a session");
    struct cw_evidence e =
        cw_side_evidence(packet, CAMWATCH_EVIDENCE_SIGNATURE, CW_SUBJECT_DEVICE);
    describe(&e, m, &r);
    e.side = CAMWATCH_SIDE_DEVICE;
    e.is_surveillance = true;
    e.maker = cw_labels_intern(m->labels, s->maker);
    e.device_kind = s->kind;
    cw_side_add_device(m, host, packet, &e, NULL);
}

/* ---- names and addresses ---- */

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

/* Whom a rule names as the maker of a device: nobody for a platform; only the group where its hosts serve
 * the brands of the whole group. */
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
    if (!host || !is_device_fact(hit, source)) {
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

void
cw_side_found_name(struct camwatch_monitor *m, const struct cw_side_packet *p, const char *name,
                   enum camwatch_domain_source source)
{
    struct cw_flow *flow = p->flow;
    struct cw_addr literal;
    if (name[0] == '\0' || !is_callers_name(flow) || cw_addr_parse(name, &literal)) {
        return;
    }
    struct cw_rule_hit hit;
    bool is_known = cw_rules_match_name(m->rules, name, &hit, 1) > 0;
    const struct cw_host *host = cw_side_device(m, flow);
    bool is_devices = host && (host->is_device || host->facts);
    if (is_known || is_devices || flow->cold || m->settings.publish_all_flows) {
        keep_name(m, flow, name, source);
    }
    if (is_known) {
        take_name(m, p, name, source, &hit);
    }
}

/* A question shows an attempt even where the answer leads nowhere. It is weak evidence of a device: a
 * resolver asks for others. */
void
cw_side_found_question(struct camwatch_monitor *m, const struct cw_side_packet *p,
                       const char *name)
{
    enum { DEVICE_POINTS = 45 };
    struct cw_rule_hit hit;
    struct cw_host *host = host_of_end(m, p->flow, p->direction);
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
        e.is_surveillance = true;
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
    e.path = CAMWATCH_PATH_P2P_DIRECT;
    e.role = CAMWATCH_ROLE_STREAM;
    cw_text_set(e.seen, sizeof(e.seen), "introduced by a rendezvous on this socket");
    cw_side_add_service(m, flow, &e);
    if (flow->cold) {
        flow->cold->path = CAMWATCH_PATH_P2P_DIRECT;
    }
}

void
cw_side_found_flow(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    struct cw_flow *flow = p->flow;
    unsigned local = flow->local_side;
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

/* What a local server says of itself is identity; a remote one's is no business of this host. */
void
cw_side_found_banner(struct camwatch_monitor *m, const struct cw_side_packet *p,
                     enum cw_banner field, struct cw_bytes text)
{
    struct cw_host *host = host_of_end(m, p->flow, p->direction);
    struct cw_rule_hit hit;
    if (!host || text.len == 0 || cw_rules_match_banner(m->rules, field, text, &hit, 1) == 0) {
        return;
    }
    struct cw_evidence e =
        evidence_of_rule(m, p->packet, &hit, CAMWATCH_EVIDENCE_IDENTITY, CW_SUBJECT_DEVICE);
    e.side = CAMWATCH_SIDE_DEVICE;
    bool is_camera_kind =
        hit.device_kind != CAMWATCH_KIND_UNKNOWN && hit.device_kind != CAMWATCH_KIND_VMS_CLIENT;
    e.is_surveillance =
        (!hit.is_mixed || is_camera_kind) && hit.confidence != CW_CONFIDENCE_LOW;
    e.brand = cw_labels_intern(m->labels, hit.brand);
    cw_side_name_maker(m, &e, &hit);
    e.device_kind = hit.device_kind;
    cw_text_copy(e.seen, sizeof(e.seen), text);
    cw_side_add_device(m, host, p->packet, &e, NULL);
}
