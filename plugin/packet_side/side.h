/* SPDX-License-Identifier: Apache-2.0
 *
 * The packet side's own parts: what ties the stages together below monitor.c. Like monitor.c these
 * files see all stages of the packet side; no stage sees them.
 */
#ifndef CW_PACKET_SIDE_SIDE_H
#define CW_PACKET_SIDE_SIDE_H

#include "base/labels.h"
#include "camwatch/monitor.h"
#include "decode/decode.h"
#include "event/ring.h"
#include "flow/duplicate.h"
#include "flow/table.h"
#include "inspect/http.h"
#include "inspect/nameboard.h"
#include "inspect/names.h"
#include "inspect/ndpi.h"
#include "inspect/probe.h"
#include "local/hosts.h"
#include "local/lineage.h"
#include "model/cold.h"
#include "rules/match.h"
#include "wire/wire.h"

/* A MAC prefix speaks for its host once it is no gateway's: until then what the rules say waits. */
struct cw_side_waiting {
    struct cw_mac mac;
    uint32_t host; /* handle */
    struct cw_evidence evidence;
};

enum { CW_SIDE_WAITING = 256, CW_SIDE_LISTS = 16, CW_SIDE_LIST_ROOM = 4096 };

/* A recorder's list that goes on in the segments of a direction. */
struct cw_side_list {
    bool (*next)(struct cw_bytes *rest, struct cw_identity *out); /* NULL: free */
    uint64_t flow;                                                /* id */
    uint32_t seq;    /* of the byte that comes next */
    uint32_t budget; /* bytes that are still read */
    uint16_t have;   /* of an entry that is not whole */
    uint8_t direction;
    uint8_t bytes[CW_SIDE_LIST_ROOM];
};

struct camwatch_monitor {
    struct camwatch_monitor_settings settings;
    const struct cw_rules *rules; /* borrowed */
    struct cw_home home;
    struct cw_labels *labels;
    struct cw_decoder *decoder;
    struct cw_duplicates duplicates;
    struct cw_flow_table *table;
    struct cw_hosts *hosts;
    struct cw_lineage *lineage;
    struct cw_nameboards boards; /* of all shards */
    struct cw_names *names;
    struct cw_ndpi *ndpi; /* NULL: settings.use_dpi is false */
    struct cw_streams *streams;
    struct cw_probes *probes;
    struct cw_flow_cold *free_cold;
    size_t n_cold; /* in use */
    struct camwatch_monitor_stats *stats; /* own_stats, or the host's */
    struct camwatch_monitor_stats own_stats;
    uint64_t flows_evicted, hosts_evicted; /* by monitors before, with the same counters */
    struct cw_side_waiting waiting[CW_SIDE_WAITING]; /* a ring, the oldest at first_waiting */
    uint32_t first_waiting, n_waiting;
    struct cw_side_list lists[CW_SIDE_LISTS];
    uint32_t next_list;
    int64_t next_stats_ns;
    int64_t now_ns;
};

/* One packet with its flow, as the parts hand it on. */
struct cw_side_packet {
    const struct cw_packet *packet;
    struct cw_flow *flow; /* NULL: a frame without IP */
    unsigned direction;   /* 0 from the flow's source */
};

/* ---- learn.c: who is local ---- */

/** First packet of a flow, or of its other direction: find the hosts of its local ends. */
void cw_side_learn_ends(struct camwatch_monitor *m, struct cw_flow *flow,
                        const struct cw_packet *packet, unsigned direction);

/** A frame without IP: ARP proves where addresses are. */
void cw_side_learn_frame(struct camwatch_monitor *m, const struct cw_packet *packet);

/** Neighbour discovery and DHCP prove where addresses are. */
void cw_side_learn_proof(struct camwatch_monitor *m, const struct cw_packet *packet);

/** MAC prefixes that waited long enough speak; all of them: whether they did or not. */
void cw_side_learn_waiting(struct camwatch_monitor *m, bool all);

/** The packet came through a router on its way to the span port: hop counts start at 64, 128 and
 *  255. */
bool cw_side_is_forwarded(const struct cw_packet *packet);

/** The flow is over: its hosts may be forgotten. */
void cw_side_release_ends(struct camwatch_monitor *m, struct cw_flow *flow);

/* ---- look.c: what the bytes say ---- */

/** Inspect one packet with payload of an undecided flow. */
void cw_side_look(struct camwatch_monitor *m, const struct cw_side_packet *p);

/** A DNS, mDNS or LLMNR datagram: names and outcome; every one is read, also of decided flows. */
void cw_side_look_at_dns(struct camwatch_monitor *m, const struct cw_side_packet *p);

/** A DNS datagram of another shard: the names that it tells. Nothing else of it is noted. */
void cw_side_overhear_dns(struct camwatch_monitor *m, const struct cw_packet *packet);

/** A small datagram of a decided flow with a confirmed signature: its phase may change. */
void cw_side_look_again(struct camwatch_monitor *m, const struct cw_side_packet *p);

/** A frame without IP: signatures by EtherType. */
void cw_side_look_at_frame(struct camwatch_monitor *m, const struct cw_packet *packet);

/** A DHCP client that has no address yet: all such share one 5-tuple, and each speaks for its
 *  MAC. */
void cw_side_look_at_newcomer(struct camwatch_monitor *m, const struct cw_packet *packet);

/** Inspection of this flow is over: ask nDPI for its last word, release the probe. */
void cw_side_decide(struct camwatch_monitor *m, struct cw_flow *flow);

/** Both sides said FIN: a flow that lingers keeps no probe. One whose bytes wait for a lost or late
 *  segment is inspected on. */
void cw_side_decide_closed(struct camwatch_monitor *m, struct cw_flow *flow);

/* ---- list.c: what recorders list ---- */

/** A list began in this packet: claims of its whole entries; of TCP the rest is followed. */
void cw_side_list_begin(struct camwatch_monitor *m, const struct cw_side_packet *p,
                        struct cw_host *host, const struct cw_wire_list *found);

/** A packet with payload of a flow in which a list began. */
void cw_side_list_more(struct camwatch_monitor *m, const struct cw_side_packet *p);

/* ---- found_wire.c, found_name.c: findings become evidence ---- */

/** A wire signature matched. flow may be NULL (frames without IP). */
void cw_side_found_wire(struct camwatch_monitor *m, const struct cw_side_packet *p,
                        const struct cw_wire_result *result);

/** A local host behaves as an app or client. */
void cw_side_found_viewer(struct camwatch_monitor *m, struct cw_host *host,
                          const struct cw_packet *packet);

/** An RTSP client asks a server for media. */
void cw_side_found_pull(struct camwatch_monitor *m, const struct cw_side_packet *p);

/** Media began to flow. */
void cw_side_found_media(struct camwatch_monitor *m, struct cw_flow *flow,
                         const struct cw_packet *packet);

/** A name of the far end became known; asks the rules. */
void cw_side_found_name(struct camwatch_monitor *m, const struct cw_side_packet *p,
                        const char *name, enum camwatch_domain_source source);

/** A local host asks for a name; asks the rules. */
void cw_side_found_question(struct camwatch_monitor *m, const struct cw_side_packet *p,
                            const char *name);

/** A new flow: names of the far end in DNS answers, rules on its address, lineage. */
void cw_side_found_flow(struct camwatch_monitor *m, const struct cw_side_packet *p);

/** What a server says of itself (Server header, certificate subject ...); asks the rules. */
void cw_side_found_banner(struct camwatch_monitor *m, const struct cw_side_packet *p,
                          enum cw_banner field, struct cw_bytes text);

/** What a client says of itself in a request; asks the rules. Viewers' agents make no device. */
void cw_side_found_agent(struct camwatch_monitor *m, const struct cw_side_packet *p,
                         struct cw_bytes agent);

/** The identity that a host says has a model; asks the rules for its start. */
void cw_side_found_model(struct camwatch_monitor *m, struct cw_host *host,
                         const struct cw_packet *packet, const struct cw_identity *identity);

/** Maker and group of a rule, for evidence on a device. */
void cw_side_name_maker(struct camwatch_monitor *m, struct cw_evidence *e,
                        const struct cw_rule_hit *hit);

/* ---- weigh.c: evidence becomes verdicts ---- */

/** The cold part of a flow; made when it is missing. NULL for lack of memory. */
struct cw_flow_cold *cw_side_cold(struct camwatch_monitor *m, struct cw_flow *flow);
void cw_side_free_cold(struct camwatch_monitor *m, struct cw_flow *flow);

/** Where and when a packet shows something: fills file, frame and time. */
struct cw_evidence cw_side_evidence(const struct cw_packet *packet,
                                    enum camwatch_evidence_kind kind, unsigned subject);

/** Flows of surveillance devices go last when memory is short. */
void cw_side_value_flow(struct camwatch_monitor *m, struct cw_flow *flow);

/** Add to the far end's case. */
void cw_side_add_service(struct camwatch_monitor *m, struct cw_flow *flow,
                         const struct cw_evidence *piece);

/** Add to a local host's case, and tell the inventory; identity may be NULL. */
void cw_side_add_device(struct camwatch_monitor *m, struct cw_host *host,
                        const struct cw_packet *packet, const struct cw_evidence *piece,
                        const struct cw_identity *identity);

/** What the client itself calls the far end goes before what DNS told of the address: names of DNS
 *  answers other than this one no longer count. */
void cw_side_drop_dns_names(struct cw_flow *flow, const char *name);

/** Which end is the device's side: 0 source, 1 destination, 2 neither is local. */
unsigned cw_side_device_side(struct camwatch_monitor *m, const struct cw_flow *flow);

/** Host of the device's side, or NULL. */
struct cw_host *cw_side_device(struct camwatch_monitor *m, const struct cw_flow *flow);

/** Host of an end of a flow, or NULL: not local, or no flow. */
struct cw_host *cw_side_host_of_end(struct camwatch_monitor *m, const struct cw_flow *flow,
                                    unsigned end);

/** Client of the names table for a local end: its MAC where on-link, else its address. */
struct cw_names_client cw_side_client(struct camwatch_monitor *m, const struct cw_flow *flow,
                                      unsigned end);

/* ---- tell.c: records, when they are due ---- */

/** After a packet of a flow that is worth an event: classified, update, streaming started or
 *  ended. */
void cw_side_tell_packet(struct camwatch_monitor *m, struct cw_flow *flow,
                         const struct cw_packet *packet);

/** The flow ended. */
void cw_side_tell_end(struct camwatch_monitor *m, struct cw_flow *flow);

/** Something new of a host, for the inventory. piece and identity may be NULL. */
void cw_side_tell_host(struct camwatch_monitor *m, struct cw_host *host,
                       const struct cw_packet *packet, const struct cw_evidence *piece,
                       const struct cw_identity *identity);

/** A MAC that the inventory knows is a gateway's. */
void cw_side_tell_gateway(struct camwatch_monitor *m, const struct cw_mac *mac,
                          const struct cw_packet *packet);

/** A host claims something of another device. */
void cw_side_tell_claim(struct camwatch_monitor *m, struct cw_host *host,
                        const struct cw_packet *packet, const struct cw_identity *identity);

/** A recorder lists a device that is behind it. */
void cw_side_tell_listed(struct camwatch_monitor *m, struct cw_host *host,
                         const struct cw_packet *packet, const struct cw_identity *identity);

/** Counters, at their deadline. */
void cw_side_tell_stats(struct camwatch_monitor *m, int64_t deadline_ns);

/** Push one record; live a full ring drops and counts, replay drains. False: dropped. */
bool cw_side_push(struct camwatch_monitor *m, const struct cw_record *record);

#endif
