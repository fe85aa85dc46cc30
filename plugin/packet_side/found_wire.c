/* SPDX-License-Identifier: Apache-2.0
 *
 * What wire signatures find becomes evidence, by the rules of corrections.md: identity belongs to the
 * sender of a message, and only a device-side fact makes a device.
 */
#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"
#include "packet_side/side.h"

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

/* Gives what this message tells of the sides; the flow keeps what an earlier one told. */
static unsigned
note_side(const struct cw_flow *flow, struct cw_flow_cold *cold, unsigned sender,
          unsigned direction)
{
    bool both = flow->local_side == 3, from_local = both || flow->local_side == direction;
    unsigned side = side_of_local(sender, from_local, is_between_hosts(flow));
    cold->side = side != CAMWATCH_SIDE_UNKNOWN ? (uint8_t)side : cold->side;
    if (both && (sender == CW_WIRE_FROM_DEVICE || sender == CW_WIRE_FROM_VIEWER)) {
        cold->lan_side =
            (uint8_t)(1 + (sender == CW_WIRE_FROM_DEVICE ? direction : 1 - direction));
    }
    return side;
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
    cold->was_server |= phase == CW_WIRE_PHASE_REGISTRATION || phase == CW_WIRE_PHASE_LOOKUP ||
                        sender == CW_WIRE_FROM_SERVER;
    bool was_relay =
        cold->pending.is_relay && cold->pending.signature == index_of(r->signature);
    cold->path = (uint8_t)path_of(flow, cold, was_relay ? CW_WIRE_PHASE_RELAY : phase);
    unsigned side = note_side(flow, cold, sender, p->direction);
    cold->signature = cold->signature ? cold->signature : index_of(r->signature);
    bool is_weak = r->signature->is_experimental;
    struct cw_evidence e = cw_side_evidence(
        p->packet, is_weak ? CAMWATCH_EVIDENCE_SIGNATURE_WEAK : CAMWATCH_EVIDENCE_SIGNATURE,
        CW_SUBJECT_SERVICE);
    describe(&e, m, r);
    if (r->match.is_vendor_senders) {
        e.vendor = cw_labels_intern(m->labels, r->signature->vendor);
        e.is_shared = e.vendor == 0;
    }
    bool is_session = phase == CW_WIRE_PHASE_DIRECT || phase == CW_WIRE_PHASE_MEDIA;
    if (is_session && cold->path == CAMWATCH_PATH_RELAY) {
        e.role = CAMWATCH_ROLE_RELAY; /* the session goes on through it */
    }
    e.path = cold->path;
    e.side = (uint8_t)side;
    /* Who calls a server on the device from outside is not of the maker, unless a server's own
     * message says that the connection is the device's and only its start is missing. */
    bool is_caller_unknown = flow->local_side == 1 && flow->key.proto == CW_PROTO_TCP &&
                             (sender != CW_WIRE_FROM_SERVER || flow->has_syn);
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
    bool is_named = id->maker[0] || r->signature->maker[0];
    /* The model may name whom the message does not: a device is told with its maker. */
    if (!is_named) {
        cw_side_found_model(m, host, p->packet, id);
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
    e.brand = id->brand[0] ? cw_labels_intern_foreign(m->labels, id->brand)
                           : cw_labels_intern(m->labels, r->signature->brand);
    e.maker =
        cw_labels_intern_foreign(m->labels, id->maker[0] ? id->maker : r->signature->maker);
    e.is_maker_likely = e.maker == 0; /* a brand of the group, perhaps made by others */
    cw_side_add_device(m, host, p->packet, &e, id);
    if (is_named) {
        cw_side_found_model(m, host, p->packet, id);
    }
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
    e.is_maker_likely = e.maker == 0;
    e.brand = cw_labels_intern(m->labels, r->signature->brand);
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
    if (r->match.list.next) {
        cw_side_list_begin(m, p, host, &r->match.list);
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
        .is_relay = r->match.phase == CW_WIRE_PHASE_RELAY,
        .file = p->packet->frame->file,
        .frame = p->packet->frame->number,
        .time_ns = p->packet->frame->time_ns,
        .vendor = r->match.vendor,
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
    if (cold->side == CAMWATCH_SIDE_UNKNOWN && was.is_evidence) {
        (void)note_side(p->flow, cold, was.sender, was.direction);
    }
    struct cw_host *host = cw_side_host_of_end(m, p->flow, was.direction);
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
    r.match.vendor = was.vendor;
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
        const struct cw_wire_endpoint *to = &r->match.candidate[i];
        unsigned path = to->path ? to->path : CAMWATCH_PATH_P2P_DIRECT;
        cw_lineage_introduce(m->lineage, addr, port, &to->addr, path, now);
    }
}

static bool
names_somebody(const struct cw_wire_signature *s)
{
    return s->vendor[0] || s->platform[0] || s->maker[0];
}

/* What names nobody, media in a known conversation, does not give the conversation its name. */
static bool
is_lesser_name(const struct cw_flow_cold *cold, const struct cw_wire_signature *signature)
{
    return cold && cold->signature != 0 && !names_somebody(signature) &&
           names_somebody(cw_wire_table()[cold->signature - 1]);
}

void
cw_side_found_wire(struct camwatch_monitor *m, const struct cw_side_packet *p,
                   const struct cw_wire_result *r)
{
    struct cw_host *sender =
        p->flow ? cw_side_host_of_end(m, p->flow, p->direction)
                : cw_hosts_of_mac(m->hosts, &p->packet->src_mac, p->packet->frame->time_ns);
    if (p->flow) {
        const char *name = r->match.protocol ? r->match.protocol : r->signature->name;
        if (r->is_confirmed && !is_lesser_name(p->flow->cold, r->signature)) {
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
    struct cw_host *puller = cw_side_host_of_end(m, p->flow, p->direction);
    const struct cw_host *camera = cw_side_host_of_end(m, p->flow, 1 - p->direction);
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
    e.brand = cw_labels_intern(m->labels, s->brand);
    e.device_kind = s->kind;
    cw_side_add_device(m, host, packet, &e, NULL);
}
