/* SPDX-License-Identifier: Apache-2.0
 *
 * The packet side's table of contents: the life of one packet, as include/camwatch/monitor.h tells it.
 * Knows every stage and no protocol.
 */
#define _GNU_SOURCE
#include "camwatch/monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/time.h"
#include "flow/account.h"
#include "packet_side/side.h"
#include "rules/rules.h"

#define SECOND 1000000000LL

enum { PACKETS_TO_SHOW = 8 }; /* of a TCP flow, before it counts as seen both ways or one way */

void
camwatch_monitor_settings_default(struct camwatch_monitor_settings *settings)
{
    *settings = (struct camwatch_monitor_settings){
        .size = sizeof(*settings),
        .memory_flows = 256u << 20,
        .memory_dpi = 256u << 20,
        .max_hosts = 65536,
        .max_names = 65536,
        .udp_idle_s = 120,
        .tcp_idle_s = 600,
        .update_s = 60,
        .stats_s = 10,
        .inspect_packets = 24,
        .dpi_packets = 10,
        .use_dpi = true,
    };
}

/* A flow is over: its last word, its events, its memory. */
static void
on_flow_end(void *user, struct cw_flow *flow)
{
    struct camwatch_monitor *m = user;
    cw_side_decide(m, flow);
    cw_side_tell_end(m, flow);
    cw_side_release_ends(m, flow);
    cw_side_free_cold(m, flow);
}

static struct cw_hash_key
make_key(bool is_replay)
{
    struct cw_hash_key key = {0x63616d7761746368ULL, 0x7265706c61790000ULL};
    if (!is_replay && getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
        key.k0 ^= (uint64_t)(uintptr_t)&key;
    }
    return key;
}

static bool
open_stages(struct camwatch_monitor *m)
{
    const struct camwatch_monitor_settings *s = &m->settings;
    struct cw_hash_key key = make_key(s->is_replay);
    uint64_t *drops = m->stats->drops;
    m->duplicates.key = key;
    m->labels = cw_labels_new();
    m->decoder = cw_decoder_new(
        &(struct cw_decoder_settings){.tunnels_off = s->tunnels_off, .hash_key = key});
    m->table = cw_flow_table_new(&(struct cw_flow_table_settings){
        .memory = s->memory_flows,
        .hash_key = key,
        .key_vlan = s->key_vlan,
        .udp_idle_ns = s->udp_idle_s * SECOND,
        .tcp_idle_ns = s->tcp_idle_s * SECOND,
        .on_end = on_flow_end,
        .user = m,
    });
    m->hosts = cw_hosts_new(
        &(struct cw_hosts_settings){.max_hosts = s->max_hosts, .key = key, .home = &m->home});
    m->lineage = cw_lineage_new(16384, key);
    m->boards = (struct cw_nameboards){.block = s->shared, .n = s->n_shards, .own = s->shard};
    m->names = cw_names_new(&(struct cw_names_settings){
        .max = s->max_names, .key = key, .drops = drops, .boards = &m->boards});
    m->streams = cw_streams_new(CW_STREAM_BUFFERS, drops);
    if (s->use_dpi) {
        m->ndpi = cw_ndpi_new(
            &(struct cw_ndpi_settings){.memory_cap = s->memory_dpi, .drops = drops});
    }
    m->probes = cw_probes_new(&(struct cw_probe_settings){
        .max = CW_PROBES_DEFAULT,
        .extra_size = sizeof(struct cw_wire_state),
        .ndpi = m->ndpi,
        .streams = m->streams,
        .drops = drops,
    });
    return m->labels && m->decoder && m->table && m->hosts && m->lineage && m->names &&
           m->streams && m->probes && (m->ndpi || !s->use_dpi);
}

static void
close_stages(struct camwatch_monitor *m)
{
    cw_flow_table_free(m->table);
    while (m->free_cold) {
        struct cw_flow_cold *next = m->free_cold->next_free;
        free(m->free_cold);
        m->free_cold = next;
    }
    cw_probes_free(m->probes);
    cw_ndpi_free(m->ndpi);
    cw_streams_free(m->streams);
    cw_names_free(m->names);
    cw_lineage_free(m->lineage);
    cw_hosts_free(m->hosts);
    cw_decoder_free(m->decoder);
    cw_labels_free(m->labels);
}

static bool
add_home(struct camwatch_monitor *m, struct camwatch_error *error)
{
    const char *const *prefix = m->settings.home_networks;
    for (; prefix && *prefix; prefix++) {
        if (!cw_home_add(&m->home, *prefix)) {
            (void)snprintf(
                error->text, sizeof(error->text),
                "home network \"%s\" is no prefix such as 198.51.100.0/24 or 2001:db8::/48, "
                "or more than %d are given",
                *prefix, CW_HOME_MAX);
            return false;
        }
    }
    return true;
}

/* One that was killed amidst a frame had counted it, but not what became of it. */
static void
open_stats(struct camwatch_monitor *m)
{
    struct camwatch_monitor_stats *stats = m->settings.stats;
    m->stats = stats ? stats : &m->own_stats;
    m->stats->size = sizeof(*m->stats);
    m->stats->frames = camwatch_stats_handled(m->stats);
    m->flows_evicted = m->stats->drops[CAMWATCH_DROP_FLOW_EVICTED];
    m->hosts_evicted = m->stats->drops[CAMWATCH_DROP_HOSTS_EVICTED];
    if (m->stats->run == 0 && !m->settings.is_replay) {
        m->stats->run = make_key(false).k0 | 1;
    }
}

int
camwatch_monitor_open(const struct camwatch_monitor_settings *settings,
                      struct camwatch_monitor **out, struct camwatch_error *error)
{
    error->text[0] = '\0';
    if (settings->size != sizeof(*settings) || !settings->rules || !settings->ring) {
        (void)snprintf(error->text, sizeof(error->text),
                       "monitor settings without rules or ring");
        return CAMWATCH_EINVAL;
    }
    if (settings->shared && (settings->shard >= settings->n_shards ||
                             !cw_nameboards_are_good(settings->shared, settings->shared_size,
                                                     settings->n_shards))) {
        (void)snprintf(error->text, sizeof(error->text),
                       "memory of the shards is not as camwatch_shared_format() makes it");
        return CAMWATCH_EINVAL;
    }
    struct camwatch_monitor *m = calloc(1, sizeof(*m));
    if (!m) {
        return CAMWATCH_ENOMEM;
    }
    m->settings = *settings;
    m->rules = cw_rules_of(settings->rules);
    open_stats(m);
    bool is_home_good = add_home(m, error);
    if (!is_home_good || !open_stages(m)) {
        close_stages(m);
        free(m);
        if (is_home_good) {
            (void)snprintf(
                error->text, sizeof(error->text), "out of memory for the flow tables%s",
                cw_ndpi_is_compatible() ? ""
                                        : ", or nDPI is of another version than built for");
        }
        return is_home_good ? CAMWATCH_ENOMEM : CAMWATCH_EINVAL;
    }
    *out = m;
    return CAMWATCH_OK;
}

size_t
camwatch_shared_size(uint32_t n_shards)
{
    return cw_nameboards_size(n_shards);
}

void
camwatch_shared_format(void *block, uint32_t n_shards)
{
    cw_nameboards_format(block, n_shards, make_key(false));
}

static void
drop(struct camwatch_monitor *m, unsigned reason)
{
    m->stats->drops[reason]++;
}

static void
count_frame(struct camwatch_monitor *m, const struct cw_frame *frame)
{
    m->stats->frames++;
    m->stats->bytes += frame->wire_len;
    m->stats->truncated += frame->bytes.len < frame->wire_len;
    if (m->stats->first_ns == 0) {
        m->stats->first_ns = frame->time_ns;
    }
    if (frame->time_ns > m->stats->last_ns) {
        m->stats->last_ns = frame->time_ns;
    }
}

static void
tell_stats_until(struct camwatch_monitor *m, int64_t now_ns)
{
    int64_t period = (int64_t)m->settings.stats_s * SECOND;
    if (period == 0) {
        return;
    }
    if (m->next_stats_ns == 0 || now_ns - m->next_stats_ns > 100 * period) {
        m->next_stats_ns = now_ns - now_ns % period + period;
    }
    while (m->next_stats_ns <= now_ns) {
        cw_side_tell_stats(m, m->next_stats_ns);
        m->next_stats_ns += period;
    }
}

/* All that is due by now: flows that ended, counters. */
static void
advance(struct camwatch_monitor *m)
{
    cw_flow_table_expire(m->table, INT64_MIN);
    m->now_ns = cw_flow_table_now(m->table);
    cw_side_learn_waiting(m, false);
    tell_stats_until(m, m->now_ns);
}

/* An ICMP error refuses the conversation that it quotes. */
static void
apply_icmp_error(struct camwatch_monitor *m, const struct cw_packet *packet)
{
    struct cw_packet quoted;
    if (!cw_decode_quoted(packet, &quoted)) {
        return;
    }
    struct cw_flow *flow = cw_flow_table_find(m->table, &quoted);
    if (flow) {
        cw_flow_refuse(flow);
    }
}

static bool
is_dns(const struct cw_packet *packet)
{
    return packet->proto == CW_PROTO_UDP &&
           (packet->dst_port == CW_DNS_PORT || packet->src_port == CW_DNS_PORT);
}

/* RFC 2131 4.1: a client without an address sends from 0.0.0.0. */
static bool
is_newcomer(const struct cw_packet *packet)
{
    enum { DHCP_SERVER = 67, DHCP_CLIENT = 68 };

    static const uint8_t any[4];
    struct cw_addr nowhere = cw_addr_v4(any);
    return packet->proto == CW_PROTO_UDP && packet->dst_port == DHCP_SERVER &&
           packet->src_port == DHCP_CLIENT && packet->on_link &&
           cw_addr_equal(&packet->src, &nowhere);
}

static void
inspect(struct camwatch_monitor *m, const struct cw_side_packet *p)
{
    if (p->packet->payload.len == 0 || p->packet->is_later_fragment) {
        return;
    }
    if (is_newcomer(p->packet)) {
        cw_side_look_at_newcomer(m, p->packet);
    }
    if (p->flow->is_listing) {
        cw_side_list_more(m, p);
    }
    if (is_dns(p->packet)) {
        cw_side_look_at_dns(m, p);
    } else if (!p->flow->decided) {
        cw_side_look(m, p);
    } else {
        cw_side_look_again(m, p);
    }
}

static void
tell(struct camwatch_monitor *m, struct cw_flow *flow, const struct cw_packet *packet)
{
    bool is_sampled = ((flow->packets[0] + flow->packets[1]) & 15) == 0;
    if (flow->cold || flow->announced || is_sampled || m->settings.publish_all_flows) {
        cw_side_tell_packet(m, flow, packet);
    }
}

/* Does the span show both directions? A conversation of TCP that goes on without an answer says no; a scan,
 * which gets none either, does not go on. */
static void
note_directions(struct camwatch_monitor *m, const struct cw_flow *flow)
{
    if (flow->key.proto != CW_PROTO_TCP ||
        flow->packets[0] + flow->packets[1] != PACKETS_TO_SHOW) {
        return;
    }
    m->stats->flows_two_way += flow->packets[0] != 0 && flow->packets[1] != 0;
    m->stats->flows_one_way += flow->outcome == CAMWATCH_OUTCOME_UNKNOWN;
}

static void
handle_packet(struct camwatch_monitor *m, const struct cw_packet *packet)
{
    bool is_new;
    struct cw_flow *flow = cw_flow_table_get(m->table, packet, &is_new);
    if (!flow) {
        drop(m, CAMWATCH_DROP_FLOW_TABLE);
        return;
    }
    m->stats->parsed++;
    struct cw_side_packet p = {packet, flow, cw_flow_direction(flow, packet)};
    if (is_new || flow->packets[p.direction] == 0) {
        cw_side_learn_ends(m, flow, packet, p.direction);
    }
    m->stats->home_frames += flow->local_side != 2;
    cw_flow_account(flow, packet, p.direction);
    note_directions(m, flow);
    if (is_new) {
        m->stats->flows_opened++;
        cw_side_value_flow(m, flow);
        cw_side_found_flow(m, &p);
    }
    if (packet->proto == CW_PROTO_ICMP || packet->proto == CW_PROTO_ICMP6) {
        apply_icmp_error(m, packet);
        return;
    }
    inspect(m, &p);
    if (flow->end == CW_FLOW_END_CLOSED) {
        cw_side_decide_closed(m, flow);
    }
    tell(m, flow, packet);
}

static struct cw_frame
take_frame(const struct camwatch_frame *in)
{
    return (struct cw_frame){
        .time_ns = cw_time_bounded(in->time_ns),
        .bytes = cw_bytes(in->bytes, in->captured),
        .wire_len = in->wire_len > in->captured ? in->wire_len : in->captured,
        .link_type = in->link_type,
        .file = in->file,
        .interface = in->interface,
        .number = in->number,
    };
}

void
camwatch_monitor_feed(struct camwatch_monitor *m, const struct camwatch_frame *in)
{
    struct cw_frame frame = take_frame(in);
    count_frame(m, &frame);
    advance(m);
    struct cw_packet packet;
    unsigned reason = cw_decode(m->decoder, &frame, &packet);
    if (reason != 0) {
        drop(m, reason);
        cw_flow_table_note_time(m->table, frame.time_ns);
        return;
    }
    if (!packet.is_ip) {
        m->stats->parsed++;
        cw_flow_table_note_time(m->table, frame.time_ns);
        cw_side_learn_frame(m, &packet);
        cw_side_look_at_frame(m, &packet);
        return;
    }
    if (cw_duplicates_note(&m->duplicates, &packet)) {
        drop(m, CAMWATCH_DROP_DUPLICATE);
        cw_flow_table_note_time(m->table, frame.time_ns);
        return;
    }
    cw_side_learn_proof(m, &packet);
    handle_packet(m, &packet);
}

void
camwatch_monitor_overhear(struct camwatch_monitor *m, const struct camwatch_frame *in)
{
    struct cw_frame frame = take_frame(in);
    struct cw_packet packet;
    camwatch_monitor_pass(m, in->time_ns);
    if (cw_decode(m->decoder, &frame, &packet) == 0 && packet.is_ip && is_dns(&packet) &&
        !packet.is_fragment) {
        cw_side_overhear_dns(m, &packet);
    }
}

void
camwatch_monitor_pass(struct camwatch_monitor *m, int64_t time_ns)
{
    advance(m);
    cw_flow_table_note_time(m->table, cw_time_bounded(time_ns));
}

void
camwatch_monitor_tick(struct camwatch_monitor *m, int64_t now_ns)
{
    cw_flow_table_expire(m->table, now_ns);
    advance(m);
}

bool
camwatch_monitor_finish_some(struct camwatch_monitor *m, size_t max)
{
    cw_side_learn_waiting(m, true);
    if (cw_flow_table_end_some(m->table, CW_FLOW_END_SHUTDOWN, max) == max) {
        return true;
    }
    if (m->settings.stats_s != 0 && m->stats->frames != 0) {
        int64_t now = cw_flow_table_now(m->table);
        cw_side_tell_stats(m, now != 0 ? now : m->stats->last_ns);
    }
    return false;
}

void
camwatch_monitor_finish(struct camwatch_monitor *m)
{
    (void)camwatch_monitor_finish_some(m, SIZE_MAX);
}

void
camwatch_monitor_set_rules(struct camwatch_monitor *m, const struct camwatch_rules *rules)
{
    m->settings.rules = rules;
    m->rules = cw_rules_of(rules);
}

void
camwatch_monitor_set_kernel_drops(struct camwatch_monitor *m, uint64_t frames)
{
    m->stats->kernel_drops = frames;
}

void
camwatch_monitor_get_stats(const struct camwatch_monitor *m, struct camwatch_monitor_stats *out)
{
    struct cw_flow_table_stats table;
    cw_flow_table_stats(m->table, &table);
    *out = *m->stats;
    out->size = sizeof(*out);
    out->flows = table.flows;
    out->now_ns = cw_flow_table_now(m->table);
    out->memory_flows = table.memory;
    out->memory_dpi = cw_ndpi_memory();
    out->hosts = cw_hosts_count(m->hosts);
    out->drops[CAMWATCH_DROP_FLOW_EVICTED] = m->flows_evicted + table.evicted;
    out->drops[CAMWATCH_DROP_HOSTS_EVICTED] = m->hosts_evicted + cw_hosts_evicted(m->hosts);
}

void
camwatch_monitor_close(struct camwatch_monitor **monitor)
{
    if (*monitor) {
        close_stages(*monitor);
        free(*monitor);
        *monitor = NULL;
    }
}
