/* SPDX-License-Identifier: Apache-2.0
 *
 * What crosses the ring from the packet side to the event side: values of at most CW_RECORD_MAX
 * bytes, 8-aligned, without pointers, versioned. The reader copies a record before it checks it.
 */
#ifndef CW_MODEL_RECORD_H
#define CW_MODEL_RECORD_H

#include "base/addr.h"
#include "camwatch/drops.h"
#include "camwatch/terms.h"
#include "model/evidence.h"
#include "model/identity.h"

#define CW_RECORD_MAX      4096
#define CW_RECORD_VERSION  1
#define CW_RECORD_EVIDENCE 6

enum cw_record_type {
    CW_RECORD_NONE,
    CW_RECORD_FLOW,   /* struct cw_record_flow */
    CW_RECORD_DEVICE, /* struct cw_record_device */
    CW_RECORD_STATS,  /* struct cw_record_stats */
    CW_RECORD_ALERT,  /* struct cw_record_alert */
};

struct cw_record {
    uint32_t size;    /* whole record, a multiple of 8 */
    uint16_t version; /* CW_RECORD_VERSION */
    uint8_t type;     /* enum cw_record_type */
    uint8_t shard;
    int64_t time_ns; /* when it happened; a timer's deadline for a timer's event */
};

enum cw_record_cause {
    CW_RECORD_CAUSE_NONE,
    CW_RECORD_CAUSE_PERIODIC,
    CW_RECORD_CAUSE_STREAMING_STARTED,
    CW_RECORD_CAUSE_STREAMING_ENDED,
};

/* Evidence with its names written out. */
struct cw_record_evidence {
    uint8_t kind, points, subject, side, origin, role, is_surveillance, is_shared;
    uint32_t file;
    uint8_t device_kind, path, is_maker_likely, spare;
    uint64_t frame;
    int64_t time_ns;
    char rule[CW_EVIDENCE_RULE_MAX];
    char seen[CW_EVIDENCE_SEEN_MAX];
};

/* Whom a piece of evidence names, so that the inventory can weigh the pieces of many records
 * anew. */
struct cw_record_names {
    char vendor[48];
    char platform[32];
    char brand[32];
    char maker[48];
};

struct cw_record_verdict {
    uint8_t confidence, band, role, path, side, device_kind, is_surveillance, maker_confidence;
    char vendor[48];
    char platform[32];
    char brand[32];
    char maker[48];
};

struct cw_record_flow {
    struct cw_record head;
    uint8_t kind;    /* FLOW_CLASSIFIED, FLOW_UPDATE or FLOW_END of enum camwatch_event_kind */
    uint8_t end;     /* enum cw_flow_end */
    uint8_t outcome; /* enum camwatch_outcome */
    uint8_t direction; /* enum camwatch_direction */
    uint8_t path;      /* enum camwatch_path */
    uint8_t activity;  /* enum camwatch_activity */
    uint8_t domain_source;
    uint8_t proto;
    uint8_t local_is_destination; /* the device's side is the destination */
    uint8_t has_local;            /* there is a device's side */
    uint8_t local_is_device;      /* the local end is a known surveillance device */
    uint8_t icmp_type, icmp_code;
    uint8_t n_evidence;
    uint16_t vlan;
    uint16_t src_port, dst_port;
    uint32_t interface;
    uint32_t file; /* of the first packet */
    uint64_t frame;
    uint64_t flow_id;
    int64_t first_ns, last_ns;
    uint64_t bytes[2]; /* source, destination */
    uint64_t packets[2];
    uint64_t delta[2]; /* bytes since the flow's last event: by source, by destination */
    struct cw_addr src, dst;
    struct cw_mac src_mac, dst_mac; /* on-link ones only */
    struct cw_mac local_mac;        /* of the device's side, on-link, else none */
    uint8_t cause; /* enum cw_record_cause: why an update was made */
    uint8_t local_is_behind; /* the local end is hidden behind that address (NAT) */
    uint8_t cleartext;       /* enum camwatch_cleartext */
    uint8_t spare[3];
    char domain[256];      /* of the far end (peer), lower case */
    char server_name[256]; /* SNI */
    char ja3[40];
    char protocol[24];    /* tls, http, rtsp, dns, dahua-dhip ... */
    char application[40]; /* nDPI */
    struct cw_record_verdict service;
    struct cw_record_verdict device; /* of the local end, as the shard knows it */
    uint32_t segment; /* VNI, TEID or key of the innermost tunnel, 0 none */
    uint32_t spare2;
    struct cw_record_evidence evidence[CW_RECORD_EVIDENCE]; /* last: those not there do not travel */
};

/* Something learnt of a device. Feeds the inventory; publishes nothing by itself. */
struct cw_record_device {
    struct cw_record head;
    uint8_t scope;      /* enum camwatch_scope */
    uint8_t is_viewer;  /* behaves as an app or client */
    uint8_t is_gateway; /* its MAC carried global addresses */
    uint8_t has_identity;
    uint8_t n_evidence;
    uint8_t is_behind; /* hidden behind the address of the host at MAC behind (NAT) */
    uint16_t vlan;
    uint32_t interface;
    uint32_t segment;
    struct cw_mac mac;    /* on-link, else none */
    struct cw_mac behind; /* claimed: the on-link MAC of who said so */
    uint8_t spare2[4];
    struct cw_addr addr; /* address that the fact was seen from; for claims the claimed one */
    struct cw_addr behind_addr;
    struct cw_identity identity;
    struct cw_record_verdict device;
    struct cw_record_evidence evidence[CW_RECORD_EVIDENCE];
    struct cw_record_names
        names[CW_RECORD_EVIDENCE]; /* of evidence[]; all empty: as device says */
};

struct cw_record_stats {
    struct cw_record head;
    uint64_t packets, bytes, parsed, truncated, duplicates;
    uint64_t flows, flows_new, hosts, records;
    uint64_t kernel_drops;
    uint64_t drops[CAMWATCH_N_DROPS];
    uint64_t run; /* drawn by each monitor at its start, live; 0 in replay */
    uint64_t flows_two_way, flows_one_way; /* TCP flows of some packets, by the directions seen */
};

struct cw_record_alert {
    struct cw_record head;
    uint8_t severity;
    uint8_t spare[7];
    char name[48];    /* span-silent, span-one-way, drops ... */
    char reason[256]; /* what, how much, what to do */
};

_Static_assert(sizeof(struct cw_record_flow) <= CW_RECORD_MAX, "a flow record fits the ring");
_Static_assert(sizeof(struct cw_record_device) <= CW_RECORD_MAX,
               "a device record fits the ring");
_Static_assert(sizeof(struct cw_record_stats) <= CW_RECORD_MAX, "a stats record fits the ring");
_Static_assert(sizeof(struct cw_record_flow) % 8 == 0, "records are 8-aligned");
_Static_assert(sizeof(struct cw_record_device) % 8 == 0, "records are 8-aligned");
_Static_assert(sizeof(struct cw_record_stats) % 8 == 0, "records are 8-aligned");
_Static_assert(sizeof(struct cw_record_alert) % 8 == 0, "records are 8-aligned");

#endif
