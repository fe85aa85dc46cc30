/* SPDX-License-Identifier: Apache-2.0
 *
 * Evidence becomes verdicts.
 */
#include <stdlib.h>

#include "base/text.h"
#include "packet_side/side.h"

/* Flows that any stranger can make leave room for those of devices. */
static bool
has_room(const struct camwatch_monitor *m, const struct cw_flow *flow)
{
    size_t most = m->settings.memory_flows / 2 / sizeof(struct cw_flow_cold);
    return m->n_cold < (flow->value == CW_FLOW_DEVICE ? most : most / 4 * 3);
}

struct cw_flow_cold *
cw_side_cold(struct camwatch_monitor *m, struct cw_flow *flow)
{
    if (flow->cold) {
        return flow->cold;
    }
    if (!has_room(m, flow)) {
        m->stats->drops[CAMWATCH_DROP_FACTS_FULL]++;
        return NULL;
    }
    struct cw_flow_cold *cold = m->free_cold;
    if (cold) {
        m->free_cold = cold->next_free;
        memset(cold, 0, sizeof(*cold));
    } else {
        cold =
            calloc(1, sizeof(*cold)); /* one for each flow of interest at a time, then reused */
    }
    m->n_cold += cold != NULL;
    flow->cold = cold;
    return cold;
}

void
cw_side_free_cold(struct camwatch_monitor *m, struct cw_flow *flow)
{
    if (flow->cold) {
        m->n_cold--;
        flow->cold->next_free = m->free_cold;
        m->free_cold = flow->cold;
        flow->cold = NULL;
    }
}

struct cw_evidence
cw_side_evidence(const struct cw_packet *packet, enum camwatch_evidence_kind kind,
                 unsigned subject)
{
#define POINTS(s, t, p, h) p,
    static const uint8_t points[] = {CAMWATCH_EVIDENCE_KINDS(POINTS)};
#undef POINTS
    return (struct cw_evidence){
        .kind = (uint8_t)kind,
        .points = points[kind],
        .subject = (uint8_t)subject,
        .origin = CAMWATCH_ORIGIN_SELF,
        .file = packet->frame->file,
        .frame = packet->frame->number,
        .time_ns = packet->frame->time_ns,
    };
}

void
cw_side_add_service(struct camwatch_monitor *m, struct cw_flow *flow,
                    const struct cw_evidence *piece)
{
    struct cw_flow_cold *cold = cw_side_cold(m, flow);
    if (!cold || !cw_evidence_add(cold->evidence, &cold->n_evidence, CW_COLD_EVIDENCE, piece)) {
        return;
    }
    cold->service = cw_verdict_weigh(cold->evidence, cold->n_evidence, CW_SUBJECT_SERVICE);
    if (flow->value < CW_FLOW_CLASSIFIED && flow->end == CW_FLOW_END_NONE) {
        cw_flow_set_value(m->table, flow, CW_FLOW_CLASSIFIED);
    }
}

static bool
is_other_dns_name(const struct cw_evidence *e, const char *name)
{
    char seen[CW_EVIDENCE_SEEN_MAX];
    cw_text_set(seen, sizeof(seen), name);
    bool is_dns = e->kind == CAMWATCH_EVIDENCE_NAME_DNS_OWN ||
                  e->kind == CAMWATCH_EVIDENCE_NAME_DNS_OTHER;
    return is_dns && strcmp(e->seen, seen) != 0;
}

void
cw_side_drop_dns_names(struct cw_flow *flow, const char *name)
{
    struct cw_flow_cold *cold = flow->cold;
    size_t kept = 0;
    for (size_t i = 0; cold && i < cold->n_evidence; i++) {
        if (!is_other_dns_name(&cold->evidence[i], name)) {
            cold->evidence[kept++] = cold->evidence[i];
        }
    }
    if (cold && kept < cold->n_evidence) {
        cold->n_evidence = kept;
        cold->service = cw_verdict_weigh(cold->evidence, kept, CW_SUBJECT_SERVICE);
    }
}

void
cw_side_add_device(struct camwatch_monitor *m, struct cw_host *host,
                   const struct cw_packet *packet, const struct cw_evidence *piece,
                   const struct cw_identity *identity)
{
    bool changed = cw_hosts_add_evidence(host, piece);
    if (changed || identity) {
        cw_side_tell_host(m, host, packet, piece, identity);
    }
}

static bool
is_device(struct camwatch_monitor *m, uint32_t handle)
{
    const struct cw_host *host = cw_hosts_get(m->hosts, handle);
    return host && host->is_device;
}

void
cw_side_value_flow(struct camwatch_monitor *m, struct cw_flow *flow)
{
    bool is_devices = is_device(m, flow->host[0]) || is_device(m, flow->host[1]);
    if (is_devices && flow->value < CW_FLOW_DEVICE && flow->end == CW_FLOW_END_NONE) {
        cw_flow_set_value(m->table, flow, CW_FLOW_DEVICE);
    }
}

/* Of two local ends the camera is the device, also before the recorder that takes its pictures. */
static unsigned
rank_of(struct camwatch_monitor *m, uint32_t handle)
{
    const struct cw_host *host = cw_hosts_get(m->hosts, handle);
    if (!host || !host->is_device) {
        return 0;
    }
    unsigned kind = host->facts->device.device_kind;
    return kind == CAMWATCH_KIND_RECORDER || kind == CAMWATCH_KIND_VMS_CLIENT ? 1 : 2;
}

unsigned
cw_side_device_side(struct camwatch_monitor *m, const struct cw_flow *flow)
{
    if (flow->local_side < 3) {
        return flow->local_side;
    }
    if (flow->cold && flow->cold->lan_side != 0) {
        return flow->cold->lan_side - 1u;
    }
    return rank_of(m, flow->host[1]) > rank_of(m, flow->host[0]) ? 1 : 0;
}

struct cw_host *
cw_side_device(struct camwatch_monitor *m, const struct cw_flow *flow)
{
    unsigned side = cw_side_device_side(m, flow);
    return side < 2 ? cw_hosts_get(m->hosts, flow->host[side]) : NULL;
}

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

struct cw_host *
cw_side_host_of_end(struct camwatch_monitor *m, const struct cw_flow *flow, unsigned end)
{
    return flow ? cw_hosts_get(m->hosts, flow->host[end]) : NULL;
}
