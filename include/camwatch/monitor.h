/* SPDX-License-Identifier: Apache-2.0
 *
 * The packet side. The life of one packet:
 *
 *   pcap_dispatch(handle, n, camwatch_on_packet, source)    the hook (pcap.h)
 *   camwatch_monitor_feed()
 *     decode        link layers, tunnels, IP, transport; or a drop reason, counted
 *     flow          one look-up by the canonical 5-tuple; accounting; eviction under a cap
 *     inspect       nDPI, DNS, TLS, text protocols and wire signatures, only while undecided
 *     rules         names, addresses and MACs, only when evidence changed
 *     event         a record into the ring, only when due
 *
 * One monitor belongs to one thread. Time is the packets' own; between packets only
 * camwatch_monitor_tick() moves it.
 */
#ifndef CAMWATCH_MONITOR_H
#define CAMWATCH_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "camwatch/drops.h"
#include "camwatch/rules.h"
#include "camwatch/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct camwatch_monitor;
struct camwatch_ring;

struct camwatch_monitor_settings {
    size_t size;
    const struct camwatch_rules *rules; /* borrowed until close; required */
    struct camwatch_ring *ring;         /* borrowed until close; required */
    const char *const *home_networks;   /* "10.0.0.0/8", ...; NULL-ended; added to RFC 1918, ULA,
                                           link-local and 100.64/10 */
    uint64_t memory_flows;    /* cap in bytes; default 256 MiB */
    uint64_t memory_dpi;      /* cap in bytes for nDPI; default 256 MiB */
    uint32_t max_hosts;       /* local addresses; default 65536 */
    uint32_t max_names;       /* DNS answers; default 65536 */
    uint32_t udp_idle_s;      /* default 120 */
    uint32_t tcp_idle_s;      /* default 600 */
    uint32_t update_s;        /* flow-update; default 60 */
    uint32_t stats_s;         /* sensor-stats; default 10 */
    uint32_t inspect_packets; /* payload packets inspected a flow; default 24 */
    uint32_t tunnels_off;     /* tunnels not to be taken off: names in camwatch_tunnel_bit() */
    bool key_vlan;            /* VLAN is part of the flow's key; default false */
    bool publish_all_flows;   /* --flows all */
    bool use_dpi;             /* default true */
    bool is_replay;           /* waits for the ring, never drops; fixed hash key */
    uint8_t shard;
    /* Called when the ring is full in replay; must drain it. NULL: records are dropped and counted. */
    void (*drain)(void *user);
    void *drain_user;
    bool experimental; /* also wire signatures that no capture confirms: hints at most; default false */
    uint32_t dpi_packets; /* of the inspected ones, shown to nDPI; default 10: against 24 that saves a
                             fifth of them, and changed none of 120,000 events (performance.md) */
    void *shared;       /* camwatch_shared_size() bytes that all shards map, borrowed until close; NULL: one shard */
    size_t shared_size;
    uint32_t n_shards;  /* with shared */
    /* Live: counters in memory that outlives the monitor, borrowed until close; of zeros, or as one before left
       them: it goes on from there. NULL: its own, from zero. */
    struct camwatch_monitor_stats *stats;
};

/** Bytes of the memory in which n shards share names of DNS answers. */
size_t camwatch_shared_size(uint32_t n_shards);

/** Make it empty, before any shard uses it. @param block  64-aligned, mapped by all of them */
void camwatch_shared_format(void *block, uint32_t n_shards);

void camwatch_monitor_settings_default(struct camwatch_monitor_settings *settings);

/** Bit of a tunnel's name for tunnels_off ("mpls" "pppoe" "gre" "erspan" "vxlan" "geneve" "gtp-u"
 *  "ip-in-ip" "6in4" "teredo" "capwap"); 0 for an unknown name. */
uint32_t camwatch_tunnel_bit(const char *name);

/** @param out written only on CAMWATCH_OK: given, close with camwatch_monitor_close. */
int camwatch_monitor_open(const struct camwatch_monitor_settings *settings, struct camwatch_monitor **out,
                          struct camwatch_error *error);

/** One captured frame; bytes are borrowed until the call returns. */
struct camwatch_frame {
    int64_t time_ns;
    const uint8_t *bytes;
    uint32_t captured;  /* bytes that are there */
    uint32_t wire_len;  /* bytes that were on the wire */
    uint32_t link_type; /* as pcap_datalink() says */
    uint32_t file;      /* replay: index of the capture from 1; live 0 */
    uint32_t interface;
    uint64_t number; /* replay: frame number from 1; live 0 */
};

/** Handle one frame. Never fails: what cannot be parsed is counted with its reason. */
void camwatch_monitor_feed(struct camwatch_monitor *monitor, const struct camwatch_frame *frame);

/** A frame with DNS that another monitor of the same input handles: the names that it tells are known here too. */
void camwatch_monitor_overhear(struct camwatch_monitor *monitor, const struct camwatch_frame *frame);

/** A frame that another monitor of the same input handles: its time alone moves this one's clock. */
void camwatch_monitor_pass(struct camwatch_monitor *monitor, int64_t time_ns);

/** Move time forward without a packet: expiry, updates, sensor-stats. */
void camwatch_monitor_tick(struct camwatch_monitor *monitor, int64_t now_ns);

/** End of the input: every flow ends, the last stats are made. Feeding may go on afterwards. */
void camwatch_monitor_finish(struct camwatch_monitor *monitor);

/** The same in parts, so that others can work in between: at most max flows end (at least 1).
 *  @return false: all is done. Nothing is fed before that. */
bool camwatch_monitor_finish_some(struct camwatch_monitor *monitor, size_t max);

/** frames = parsed + the packet drops of drops.h, always. */
struct camwatch_monitor_stats {
    size_t size;
    uint64_t frames, bytes, parsed, truncated;
    uint64_t flows, flows_opened, flows_decided;
    uint64_t hosts, names;
    uint64_t dpi_packets, wire_packets;
    uint64_t records;
    uint64_t memory_flows, memory_dpi;
    uint64_t drops[CAMWATCH_N_DROPS];
    int64_t first_ns, last_ns;
    uint64_t home_frames; /* frames that touch the home networks */
    uint64_t kernel_drops; /* as the host said */
    int64_t now_ns; /* the packets' clock: one frame with a wild stamp does not move it */
    uint64_t flows_two_way, flows_one_way; /* TCP flows of 8 packets, by the directions seen so far */
    uint64_t run; /* drawn with the counters: whose they are; 0 in replay */
};

void camwatch_monitor_get_stats(const struct camwatch_monitor *monitor, struct camwatch_monitor_stats *out);

/** Frames that were handled, each parsed or dropped with a reason: right also in counters of a monitor that
 *  was killed amidst one. */
uint64_t camwatch_stats_handled(const struct camwatch_monitor_stats *stats);

/**
 * sensor-stats of a monitor that died, by the counters that outlived it.
 *
 * @param ring  its own; nobody else may write to it meanwhile
 * @return false: the ring is full, or nothing was counted
 */
bool camwatch_stats_tell(const struct camwatch_monitor_stats *stats, struct camwatch_ring *ring, uint8_t shard,
                         int64_t time_ns);

/**
 * Use another set of rules from the next packet on. Flows, hosts and what was found by the old set stay:
 * evidence holds no reference to it.
 *
 * @param rules  borrowed until close or the next call; the old set may be freed afterwards
 */
void camwatch_monitor_set_rules(struct camwatch_monitor *monitor, const struct camwatch_rules *rules);

/** Frames that never came this far, since the start, for sensor-stats: the host knows. */
void camwatch_monitor_set_kernel_drops(struct camwatch_monitor *monitor, uint64_t frames);

/** What one frame is, without a monitor: for filters and surveys. */
struct camwatch_packet_view {
    size_t size;
    uint8_t src[16], dst[16]; /* IPv4 as ::ffff:a.b.c.d */
    uint8_t src_mac[6], dst_mac[6];
    uint16_t src_port, dst_port, ethertype, vlan;
    uint8_t proto;
    bool is_ip;
    uint32_t tunnels;
    uint32_t payload_offset; /* from the start of the frame; its captured length when there is none */
    uint32_t ip_offset;      /* of the innermost IP header, likewise */
    uint32_t ip_captured;    /* bytes of that packet that are there */
    uint16_t vlan_inner;
    uint8_t ttl, tcp_flags;
    bool is_fragment;
    bool is_on_link; /* the MACs belong to the addresses' own link: no tunnel of IP between */
};

/** Decode one frame. @return 0 or the drop reason. */
unsigned camwatch_frame_view(const struct camwatch_frame *frame, struct camwatch_packet_view *out);

/** *monitor becomes NULL. Flows that are open end without an event: call finish first. */
void camwatch_monitor_close(struct camwatch_monitor **monitor);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
