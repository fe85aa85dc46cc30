/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/digits.h"
#include "model/flow.h"
#include "publish/community_id.h"
#include "publish/event.h"
#include "publish/event_body.h"
#include "publish/pieces.h"

static const char *
file_name(const struct cw_event_context *context, uint32_t file)
{
    const char *const *names = context->capture_files;
    for (uint32_t i = 1; names && names[i - 1] && file > 0; i++) {
        if (i == file) {
            return names[i - 1];
        }
    }
    return "";
}

static const char *
interface_name(const struct cw_event_context *context, uint32_t interface)
{
    const char *const *names = context->interfaces;
    for (uint32_t i = 0; names && names[i]; i++) {
        if (i == interface) {
            return names[i];
        }
    }
    return "";
}

static void
set_flow_evidence(struct camwatch_event *event, const struct cw_record_flow *flow,
                  const struct cw_event_context *context)
{
    struct cw_piece pieces[CW_RECORD_EVIDENCE];
    for (size_t i = 0; i < flow->n_evidence; i++) {
        const struct cw_record_evidence *e = &flow->evidence[i];
        pieces[i] = (struct cw_piece){.kind = camwatch_evidence_kind_text(e->kind),
                                      .seen = e->seen,
                                      .rule = e->rule,
                                      .file = file_name(context, e->file),
                                      .points = e->points,
                                      .frame = e->frame};
    }
    cw_pieces_set(event, pieces, flow->n_evidence);
}

static bool
has_ports(uint8_t proto)
{
    return proto == CW_PROTO_TCP || proto == CW_PROTO_UDP || proto == CW_PROTO_SCTP;
}

static void
set_port(struct camwatch_event *event, enum camwatch_field field,
         const struct cw_record_flow *flow, uint16_t port)
{
    if (has_ports(flow->proto)) {
        cw_event_set_number(event, field, port);
    }
}

static void
set_ends(struct camwatch_event *event, const struct cw_record_flow *flow)
{
    cw_event_set_addr(event, CAMWATCH_FIELD_SOURCE_IP, &flow->src);
    set_port(event, CAMWATCH_FIELD_SOURCE_PORT, flow, flow->src_port);
    cw_event_set_mac(event, CAMWATCH_FIELD_SOURCE_MAC, &flow->src_mac);
    cw_event_set_number(event, CAMWATCH_FIELD_SOURCE_BYTES, flow->bytes[0]);
    cw_event_set_number(event, CAMWATCH_FIELD_SOURCE_PACKETS, flow->packets[0]);
    cw_event_set_addr(event, CAMWATCH_FIELD_DESTINATION_IP, &flow->dst);
    set_port(event, CAMWATCH_FIELD_DESTINATION_PORT, flow, flow->dst_port);
    cw_event_set_mac(event, CAMWATCH_FIELD_DESTINATION_MAC, &flow->dst_mac);
    cw_event_set_number(event, CAMWATCH_FIELD_DESTINATION_BYTES, flow->bytes[1]);
    cw_event_set_number(event, CAMWATCH_FIELD_DESTINATION_PACKETS, flow->packets[1]);
}

/* local is the device's side, whoever opened the flow; the name is the peer's. */
static void
set_local_and_peer(struct camwatch_event *event, const struct cw_record_flow *flow)
{
    bool local_is_dst = flow->local_is_destination;
    bool peer_is_source = flow->has_local && local_is_dst;
    cw_event_set_text(event,
                      peer_is_source ? CAMWATCH_FIELD_SOURCE_DOMAIN
                                     : CAMWATCH_FIELD_DESTINATION_DOMAIN,
                      flow->domain);
    cw_event_set_text(event, CAMWATCH_FIELD_DOMAIN_SOURCE,
                      camwatch_domain_source_text(flow->domain_source));
    if (!flow->has_local) {
        return;
    }
    cw_event_set_addr(event, CAMWATCH_FIELD_LOCAL_IP, local_is_dst ? &flow->dst : &flow->src);
    set_port(event, CAMWATCH_FIELD_LOCAL_PORT, flow,
             local_is_dst ? flow->dst_port : flow->src_port);
    cw_event_set_addr(event, CAMWATCH_FIELD_PEER_IP, local_is_dst ? &flow->src : &flow->dst);
    set_port(event, CAMWATCH_FIELD_PEER_PORT, flow,
             local_is_dst ? flow->src_port : flow->dst_port);
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_DOMAIN, flow->domain);
    cw_event_set_number(event, CAMWATCH_FIELD_DELTA_BYTES_OUT, flow->delta[local_is_dst]);
    cw_event_set_number(event, CAMWATCH_FIELD_DELTA_BYTES_IN, flow->delta[!local_is_dst]);
}

static void
set_transport(struct camwatch_event *event, uint8_t proto)
{
    char number[8];
    const char *text = number;
    switch (proto) {
    case CW_PROTO_TCP:
        text = "tcp";
        break;
    case CW_PROTO_UDP:
        text = "udp";
        break;
    case CW_PROTO_SCTP:
        text = "sctp";
        break;
    case CW_PROTO_ICMP:
        text = "icmp";
        break;
    case CW_PROTO_ICMP6:
        text = "ipv6-icmp";
        break;
    default:
        (void)snprintf(number, sizeof(number), "%u", proto);
    }
    cw_event_set_text(event, CAMWATCH_FIELD_NETWORK_TRANSPORT, text);
}

static void
set_network(struct camwatch_event *event, const struct cw_record_flow *flow)
{
    char id[CW_COMMUNITY_ID_MAX];
    const struct cw_community_flow ends = {.src = &flow->src,
                                           .dst = &flow->dst,
                                           .src_port = flow->src_port,
                                           .dst_port = flow->dst_port,
                                           .proto = flow->proto,
                                           .icmp_type = flow->icmp_type,
                                           .icmp_code = flow->icmp_code};
    set_transport(event, flow->proto);
    cw_event_set_text(event, CAMWATCH_FIELD_NETWORK_PROTOCOL, flow->protocol);
    cw_event_set_text(event, CAMWATCH_FIELD_NETWORK_APPLICATION, flow->application);
    cw_event_set_text(event, CAMWATCH_FIELD_NETWORK_COMMUNITY_ID, cw_community_id(&ends, id));
    cw_event_set_text(event, CAMWATCH_FIELD_NETWORK_DIRECTION,
                      camwatch_direction_text(flow->direction));
    if (flow->vlan != 0) {
        char vlan[8];
        (void)snprintf(vlan, sizeof(vlan), "%u", flow->vlan);
        cw_event_set_text(event, CAMWATCH_FIELD_NETWORK_VLAN, vlan);
    }
    cw_event_set_text(event, CAMWATCH_FIELD_TLS_SERVER_NAME, flow->server_name);
    cw_event_set_text(event, CAMWATCH_FIELD_TLS_JA3, flow->ja3);
}

static void
set_verdict(struct camwatch_event *event, const struct cw_record_flow *flow)
{
    const struct cw_record_verdict *service = &flow->service;
    cw_event_set_text(event, CAMWATCH_FIELD_SERVICE_VENDOR, service->vendor);
    cw_event_set_text(event, CAMWATCH_FIELD_SERVICE_PLATFORM, service->platform);
    cw_event_set_text(event, CAMWATCH_FIELD_SERVICE_ROLE, camwatch_role_text(service->role));
    cw_event_set_text(event, CAMWATCH_FIELD_PATH, camwatch_path_text(flow->path));
    cw_event_set_text(event, CAMWATCH_FIELD_SIDE, camwatch_side_text(service->side));
    cw_event_set_text(event, CAMWATCH_FIELD_CLEARTEXT,
                      camwatch_cleartext_text(flow->cleartext));
    cw_event_set_text(event, CAMWATCH_FIELD_ACTIVITY, camwatch_activity_text(flow->activity));
    cw_event_set_text(event, CAMWATCH_FIELD_OUTCOME, camwatch_outcome_text(flow->outcome));
    cw_event_set_known(event, CAMWATCH_FIELD_CONFIDENCE, service->confidence);
    cw_event_set_text(event, CAMWATCH_FIELD_BAND, camwatch_band_text(service->band));
}

/* The device as the shard knows it; the inventory's record, set later, goes over it. */
static void
set_shard_device(struct camwatch_event *event, const struct cw_record_flow *flow)
{
    const struct cw_record_verdict *device = &flow->device;
    if (!flow->has_local || (!flow->local_is_device && !device->is_surveillance)) {
        return;
    }
    char address[CW_ADDR_TEXT_MAX];
    const char *item =
        cw_addr_format(flow->local_is_destination ? &flow->dst : &flow->src, address);
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_KIND,
                      camwatch_device_kind_text(device->device_kind));
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_BRAND, device->brand);
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_MAKER, device->maker);
    cw_event_set_known(event, CAMWATCH_FIELD_DEVICE_MAKER_CONFIDENCE, device->maker_confidence);
    cw_event_set_mac(event, CAMWATCH_FIELD_DEVICE_MAC, &flow->local_mac);
    cw_event_set_list(event, CAMWATCH_FIELD_DEVICE_IP, &item, 1);
}

/* ECS event.outcome of what became of the conversation. */
static const char *
ecs_outcome(uint8_t outcome)
{
    switch (outcome) {
    case CAMWATCH_OUTCOME_ESTABLISHED:
    case CAMWATCH_OUTCOME_ANSWERED:
        return "success";
    case CAMWATCH_OUTCOME_ATTEMPTED:
    case CAMWATCH_OUTCOME_REFUSED:
    case CAMWATCH_OUTCOME_NXDOMAIN:
    case CAMWATCH_OUTCOME_SINKHOLED:
        return "failure";
    default:
        return "unknown";
    }
}

static const char *
reason_of(const struct cw_record_flow *flow)
{
    static const char *const reasons[] = {
        [CW_FLOW_END_CLOSED] = "closed",     [CW_FLOW_END_RESET] = "reset",
        [CW_FLOW_END_IDLE] = "idle",         [CW_FLOW_END_EVICTED] = "evicted",
        [CW_FLOW_END_SHUTDOWN] = "shutdown",
    };
    static const char *const causes[] = {
        [CW_RECORD_CAUSE_PERIODIC] = "periodic",
        [CW_RECORD_CAUSE_STREAMING_STARTED] = "streaming started",
        [CW_RECORD_CAUSE_STREAMING_ENDED] = "streaming ended",
    };
    if (flow->kind == CAMWATCH_EVENT_FLOW_UPDATE) {
        bool has_cause = flow->cause < sizeof(causes) / sizeof(*causes) && causes[flow->cause];
        return has_cause ? causes[flow->cause] : "";
    }
    bool has_reason = flow->end < sizeof(reasons) / sizeof(*reasons) && reasons[flow->end];
    return has_reason ? reasons[flow->end] : "";
}

void
cw_event_from_flow(struct camwatch_event *event, const struct cw_record_flow *flow,
                   const struct cw_event_context *context)
{
    char id[24];
    *cw_digits_hex(id, flow->flow_id, 16) = '\0';
    cw_event_begin(event, flow->kind, flow->head.time_ns, context);
    cw_event_set_text(event, CAMWATCH_FIELD_FLOW_ID, id);
    cw_event_set_text(event, CAMWATCH_FIELD_EVENT_OUTCOME, ecs_outcome(flow->outcome));
    cw_event_set_text(event, CAMWATCH_FIELD_EVENT_REASON, reason_of(flow));
    cw_event_set_time(event, CAMWATCH_FIELD_EVENT_START, flow->first_ns);
    cw_event_set_time(event, CAMWATCH_FIELD_EVENT_END, flow->last_ns);
    cw_event_set_number(
        event, CAMWATCH_FIELD_EVENT_DURATION,
        flow->last_ns > flow->first_ns ? (uint64_t)(flow->last_ns - flow->first_ns) : 0);
    if (flow->file == 0) {
        cw_event_set_text(event, CAMWATCH_FIELD_OBSERVER_INTERFACE,
                          interface_name(context, flow->interface));
    }
    cw_event_set_text(event, CAMWATCH_FIELD_CAPTURE_FILE, file_name(context, flow->file));
    cw_event_set_known(event, CAMWATCH_FIELD_CAPTURE_FRAME, flow->frame);
    set_ends(event, flow);
    set_local_and_peer(event, flow);
    set_network(event, flow);
    set_verdict(event, flow);
    set_shard_device(event, flow);
    set_flow_evidence(event, flow, context);
}
