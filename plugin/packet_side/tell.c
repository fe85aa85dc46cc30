/* SPDX-License-Identifier: Apache-2.0
 *
 * Records, when they are due.
 */
#include "base/text.h"
#include "event/make.h"
#include "packet_side/side.h"

#define SECOND 1000000000LL

static const int64_t WINDOW_NS =
    5 * SECOND; /* activity is judged over this much of packet time */
static const int64_t PATIENCE_NS = 3 * SECOND; /* a far end that answers, does so within */
static const uint64_t STREAMING_RATE =
    12500; /* bytes a second one way: 100 kbit/s, less than any video */
static const uint64_t IDLE_RATE = 200; /* keep-alives stay below */

bool
cw_side_push(struct camwatch_monitor *m, const struct cw_record *record)
{
    while (!cw_ring_push(m->settings.ring, record)) {
        if (!m->settings.drain) {
            m->stats->drops[CAMWATCH_DROP_RING_FULL]++;
            return false;
        }
        m->settings.drain(m->settings.drain_user);
    }
    m->stats->records++;
    return true;
}

/* Published are flows of surveillance devices, flows whose far end is known, and all if asked
 * for. */
static bool
is_worth_telling(struct camwatch_monitor *m, const struct cw_flow *flow)
{
    if (m->settings.publish_all_flows) {
        return true;
    }
    if (flow->cold && flow->cold->service.band >= CAMWATCH_BAND_LIKELY) {
        return true;
    }
    const struct cw_host *a = cw_hosts_get(m->hosts, flow->host[0]);
    const struct cw_host *b = cw_hosts_get(m->hosts, flow->host[1]);
    return (a && a->is_device && !a->is_shared) || (b && b->is_device && !b->is_shared);
}

/* The best name of the far end may have become known after the flow began. */
static void
complete_domain(struct camwatch_monitor *m, struct cw_flow *flow, struct cw_flow_cold *cold)
{
    unsigned side = cw_side_device_side(m, flow);
    struct cw_host *host = side < 2 ? cw_hosts_get(m->hosts, flow->host[side]) : NULL;
    if (cold->domain[0] != '\0' || !host) {
        return;
    }
    struct cw_names_client client = {.mac = host->mac,
                                     .addr = side == 0 ? *cw_flow_source(flow)
                                                       : *cw_flow_destination(flow)};
    const struct cw_addr *peer = side == 0 ? cw_flow_destination(flow) : cw_flow_source(flow);
    struct cw_name_hit hits[2];
    if (cw_names_find(m->names, &client, peer, flow->first_ns, hits) > 0) {
        cw_text_set(cold->domain, sizeof(cold->domain), hits[0].name);
        cold->domain_source =
            hits[0].is_own ? CAMWATCH_DOMAIN_DNS_OWN : CAMWATCH_DOMAIN_DNS_OTHER;
    }
}

/* The far end is a resolver: nobody phones home there. */
static bool
is_question(const struct cw_flow *flow)
{
    return cw_flow_destination_port(flow) == CW_DNS_PORT;
}

/* What a known device does is done by the device, where no message tells the sides. */
static unsigned
side_of(const struct cw_flow *flow, const struct cw_flow_cold *cold, const struct cw_host *host,
        unsigned by_evidence)
{
    if (cold->side != CAMWATCH_SIDE_UNKNOWN) {
        return cold->side;
    }
    bool is_device_alone = flow->local_side < 2 && host && host->is_device && !host->is_shared;
    return by_evidence == CAMWATCH_SIDE_UNKNOWN && is_device_alone ? CAMWATCH_SIDE_DEVICE
                                                                   : by_evidence;
}

static struct cw_make_end
make_end(struct camwatch_monitor *m, const struct cw_flow *flow, unsigned end)
{
    const struct cw_host *host = cw_hosts_get(m->hosts, flow->host[end]);
    struct cw_make_end out = {.is_local = flow->local_side == 3 || flow->local_side == end};
    if (host) {
        out.mac = host->mac;
        out.is_device = host->is_device;
        out.is_shared = host->is_shared;
    }
    return out;
}

static unsigned
cause_of(const struct cw_flow_cold *cold, unsigned kind)
{
    if (kind != CAMWATCH_EVENT_FLOW_UPDATE) {
        return CW_RECORD_CAUSE_NONE;
    }
    bool is_now = cold->activity == CAMWATCH_ACTIVITY_STREAMING;
    bool was = cold->told_activity == CAMWATCH_ACTIVITY_STREAMING;
    return is_now == was ? CW_RECORD_CAUSE_PERIODIC
           : is_now      ? CW_RECORD_CAUSE_STREAMING_STARTED
                         : CW_RECORD_CAUSE_STREAMING_ENDED;
}

static void
tell_flow(struct camwatch_monitor *m, struct cw_flow *flow, unsigned kind, int64_t time_ns)
{
    struct cw_flow_cold *cold = cw_side_cold(m, flow);
    if (!cold) {
        return;
    }
    complete_domain(m, flow, cold);
    const struct cw_host *host = cw_side_device(m, flow);
    if (cold->path == CAMWATCH_PATH_NONE) {
        bool is_named = !is_question(flow) && (cold->service.vendor || cold->service.platform);
        cold->path = flow->local_side == 3 ? CAMWATCH_PATH_LAN
                     : is_named            ? CAMWATCH_PATH_CLOUD
                                           : CAMWATCH_PATH_NONE;
    }
    struct cw_make_flow in = {
        .flow = flow,
        .cold = cold,
        .device = host && host->facts ? &host->facts->device : NULL,
        .ends = {make_end(m, flow, 0), make_end(m, flow, 1)},
        .device_side = cw_side_device_side(m, flow),
        .kind = kind,
        .labels = m->labels,
        .time_ns = time_ns,
        .shard = m->settings.shard,
    };
    struct cw_record_flow record;
    cw_make_flow(&in, &record);
    record.cause = (uint8_t)cause_of(cold, kind);
    record.service.side = (uint8_t)side_of(flow, cold, host, record.service.side);
    record.head.size = cw_record_size(CW_RECORD_FLOW, record.n_evidence);
    cold->told_ns = time_ns;
    flow->announced = true;
    cold->told_activity = cold->activity;
    if (cw_side_push(m, &record.head)) { /* else the next event tells these bytes too */
        cold->told_bytes[0] = flow->bytes[0];
        cold->told_bytes[1] = flow->bytes[1];
    }
}

/* Time has passed, or since is the stamp of a packet that was wrong: later than any can be late. */
static bool
has_passed(int64_t since_ns, int64_t now_ns, int64_t span_ns)
{
    return now_ns - since_ns >= span_ns || since_ns - now_ns > CW_CLOCK_JUMP_NS;
}

/* Rate and direction over a window: what goes out of the device's side, or into a viewer. */
static void
judge_activity(struct cw_flow *flow, struct cw_flow_cold *cold, int64_t now_ns)
{
    if (is_question(flow)) {
        return;
    }
    if (cold->window_ns == 0) {
        cold->window_ns = flow->first_ns;
    }
    if (!has_passed(cold->window_ns, now_ns, WINDOW_NS)) {
        return;
    }
    int64_t span = now_ns - cold->window_ns;
    if (span < WINDOW_NS) { /* a window that a wrong stamp opened: begin anew */
        cold->window_ns = now_ns;
        memcpy(cold->window_bytes, flow->bytes, sizeof(cold->window_bytes));
        return;
    }
    uint64_t most = 0;
    for (unsigned i = 0; i < 2; i++) {
        uint64_t moved = flow->bytes[i] - cold->window_bytes[i];
        uint64_t rate = moved * 1000 / (uint64_t)(span / 1000000);
        most = rate > most ? rate : most;
        cold->window_bytes[i] = flow->bytes[i];
    }
    cold->window_ns = now_ns;
    cold->activity = most >= STREAMING_RATE ? CAMWATCH_ACTIVITY_STREAMING
                     : most <= IDLE_RATE    ? CAMWATCH_ACTIVITY_IDLE
                                            : CAMWATCH_ACTIVITY_CONTROL;
}

static bool
changed_streaming(const struct cw_flow_cold *cold)
{
    return (cold->activity == CAMWATCH_ACTIVITY_STREAMING) !=
           (cold->told_activity == CAMWATCH_ACTIVITY_STREAMING);
}

/* Whether the far end answers is part of the news: it is given a little time. */
static bool
may_be_answered(const struct cw_flow *flow, int64_t now_ns)
{
    return flow->outcome == CAMWATCH_OUTCOME_ATTEMPTED &&
           !has_passed(flow->first_ns, now_ns, PATIENCE_NS);
}

/* One wild stamp does not move the table's clock, nor anything here. */
static int64_t
time_of(const struct camwatch_monitor *m, const struct cw_packet *packet)
{
    int64_t latest = cw_flow_table_now(m->table);
    return packet->frame->time_ns < latest ? packet->frame->time_ns : latest;
}

void
cw_side_tell_packet(struct camwatch_monitor *m, struct cw_flow *flow,
                    const struct cw_packet *packet)
{
    struct cw_flow_cold *cold = flow->cold;
    int64_t now = time_of(m, packet);
    if (cold) {
        judge_activity(flow, cold, now);
    }
    if (!flow->announced) {
        bool is_known = flow->decided || (cold && cold->service.band >= CAMWATCH_BAND_LIKELY);
        if (is_known && is_worth_telling(m, flow) && !may_be_answered(flow, now)) {
            cw_side_value_flow(m, flow);
            tell_flow(m, flow, CAMWATCH_EVENT_FLOW_CLASSIFIED, now);
        }
        return;
    }
    if (changed_streaming(cold)) {
        if (cold->activity == CAMWATCH_ACTIVITY_STREAMING) {
            cw_side_found_media(m, flow, packet);
        }
        tell_flow(m, flow, CAMWATCH_EVENT_FLOW_UPDATE, now);
        return;
    }
    if (has_passed(cold->told_ns, now, (int64_t)m->settings.update_s * SECOND)) {
        tell_flow(m, flow, CAMWATCH_EVENT_FLOW_UPDATE, now);
    }
}

void
cw_side_tell_end(struct camwatch_monitor *m, struct cw_flow *flow)
{
    if (!is_worth_telling(m, flow)) {
        return;
    }
    struct cw_flow_cold *cold = cw_side_cold(m, flow);
    if (cold && cold->activity == CAMWATCH_ACTIVITY_NONE &&
        flow->last_ns - flow->first_ns >= SECOND) {
        cold->window_ns = flow->first_ns - WINDOW_NS;
        judge_activity(flow, cold, flow->last_ns);
    }
    if (!flow->announced) {
        tell_flow(m, flow, CAMWATCH_EVENT_FLOW_CLASSIFIED, flow->last_ns);
    }
    tell_flow(m, flow, CAMWATCH_EVENT_FLOW_END, m->now_ns);
}

static struct cw_record_device
start_device(const struct camwatch_monitor *m, const struct cw_host *host,
             const struct cw_packet *packet)
{
    struct cw_record_device r;
    memset(&r, 0, sizeof(r));
    r.head = (struct cw_record){
        .size = sizeof(r),
        .version = CW_RECORD_VERSION,
        .type = CW_RECORD_DEVICE,
        .shard = m->settings.shard,
        .time_ns = packet->frame->time_ns,
    };
    r.vlan = host->vlan;
    r.interface = host->interface;
    return r;
}

/* Said by the host itself, not by one that is hidden behind its address. */
static bool
is_own_word(const struct cw_host *host, const struct cw_packet *p)
{
    return p->on_link && cw_mac_equal(&p->src_mac, &host->mac) && !cw_side_is_forwarded(p);
}

void
cw_side_tell_gateway(struct camwatch_monitor *m, const struct cw_mac *mac,
                     const struct cw_packet *packet)
{
    struct cw_host nobody = {.mac = *mac, .vlan = packet->vlan};
    struct cw_record_device r = start_device(m, &nobody, packet);
    r.scope = CAMWATCH_SCOPE_LOCAL;
    r.is_gateway = true;
    r.mac = *mac;
    r.head.size = cw_record_size(CW_RECORD_DEVICE, 0);
    (void)cw_side_push(m, &r.head);
}

void
cw_side_tell_host(struct camwatch_monitor *m, struct cw_host *host,
                  const struct cw_packet *packet, const struct cw_evidence *piece,
                  const struct cw_identity *identity)
{
    struct cw_record_device r = start_device(m, host, packet);
    r.scope = CAMWATCH_SCOPE_LOCAL;
    r.is_viewer = host->is_viewer;
    r.is_gateway = host->is_gateway;
    r.is_behind = host->is_shared && !is_own_word(host, packet);
    *(r.is_behind ? &r.behind : &r.mac) = host->mac;
    if (host->n_addresses > 0) {
        r.addr = host->addresses[0];
    }
    if (identity) {
        r.has_identity = true;
        r.identity = *identity;
    }
    if (piece) {
        cw_make_evidence(piece, m->labels, &r.evidence[0]);
        cw_make_names(piece, m->labels, &r.names[0]);
        r.n_evidence = 1;
    }
    r.head.size = cw_record_size(CW_RECORD_DEVICE, r.n_evidence);
    if (host->facts) {
        cw_make_verdict(&host->facts->device, m->labels, &r.device);
        if (piece) { /* each piece names whom it names, and no other's names */
            r.device.vendor[0] = r.device.platform[0] = '\0';
            r.device.brand[0] = r.device.maker[0] = '\0';
        }
    }
    host->is_announced = true;
    (void)cw_side_push(m, &r.head);
}

static void
tell_other(struct camwatch_monitor *m, const struct cw_host *host,
           const struct cw_packet *packet, const struct cw_identity *identity, unsigned scope)
{
    struct cw_record_device r = start_device(m, host, packet);
    r.scope = (uint8_t)scope;
    r.addr = identity->addr;
    r.behind = host->mac;
    if (host->n_addresses > 0) {
        r.behind_addr = host->addresses[0];
    }
    r.has_identity = true;
    r.identity = *identity;
    r.head.size = cw_record_size(CW_RECORD_DEVICE, 0);
    (void)cw_side_push(m, &r.head);
}

static struct cw_record_stats
make_stats(const struct camwatch_monitor_stats *now, uint8_t shard, int64_t time_ns)
{
    struct cw_record_stats r;
    memset(&r, 0, sizeof(r));
    r.head = (struct cw_record){
        .size = sizeof(r),
        .version = CW_RECORD_VERSION,
        .type = CW_RECORD_STATS,
        .shard = shard,
        .time_ns = time_ns,
    };
    r.packets = now->frames;
    r.bytes = now->bytes;
    r.parsed = now->parsed;
    r.truncated = now->truncated;
    r.flows = now->flows;
    r.flows_new = now->flows_opened;
    r.hosts = now->hosts;
    r.records = now->records;
    r.kernel_drops = now->kernel_drops;
    r.flows_two_way = now->flows_two_way;
    r.flows_one_way = now->flows_one_way;
    r.run = now->run;
    memcpy(r.drops, now->drops, sizeof(r.drops));
    return r;
}

/* Whatever its address: it may be one of the recorder's own network. */
void
cw_side_tell_listed(struct camwatch_monitor *m, struct cw_host *host,
                    const struct cw_packet *packet, const struct cw_identity *identity)
{
    tell_other(m, host, packet, identity, CAMWATCH_SCOPE_BEHIND);
}

void
cw_side_tell_claim(struct camwatch_monitor *m, struct cw_host *host,
                   const struct cw_packet *packet, const struct cw_identity *identity)
{
    bool is_here = cw_hosts_is_local(m->hosts, &identity->addr);
    tell_other(m, host, packet, identity,
               is_here ? CAMWATCH_SCOPE_BEHIND : CAMWATCH_SCOPE_REMOTE);
}

void
cw_side_tell_stats(struct camwatch_monitor *m, int64_t deadline_ns)
{
    struct camwatch_monitor_stats now = {.size = sizeof(now)};
    camwatch_monitor_get_stats(m, &now);
    m->stats->drops[CAMWATCH_DROP_FLOW_EVICTED] = now.drops[CAMWATCH_DROP_FLOW_EVICTED];
    m->stats->drops[CAMWATCH_DROP_HOSTS_EVICTED] = now.drops[CAMWATCH_DROP_HOSTS_EVICTED];
    struct cw_record_stats record = make_stats(&now, m->settings.shard, deadline_ns);
    (void)cw_side_push(m, &record.head);
}

uint64_t
camwatch_stats_handled(const struct camwatch_monitor_stats *stats)
{
    uint64_t handled = stats->parsed;
#define CW_X(s, t, h) handled += stats->drops[CAMWATCH_DROP_##s];
    CAMWATCH_PACKET_DROPS(CW_X)
#undef CW_X
    return handled;
}

bool
camwatch_stats_tell(const struct camwatch_monitor_stats *stats, struct camwatch_ring *ring,
                    uint8_t shard, int64_t time_ns)
{
    struct camwatch_monitor_stats last = *stats;
    if (last.run == 0) {
        return false;
    }
    last.frames = camwatch_stats_handled(stats);
    last.flows = last.hosts = 0; /* gone with it */
    struct cw_record_stats record = make_stats(&last, shard, time_ns);
    return cw_ring_push(ring, &record.head);
}
