/* SPDX-License-Identifier: Apache-2.0
 *
 * One bidirectional conversation. The hot part is touched by every packet; everything that only an
 * undecided or interesting flow needs hangs off cold and is released when it is decided.
 *
 * Direction 0 is from the end that opened the flow (source) to the other (destination).
 */
#ifndef CW_MODEL_FLOW_H
#define CW_MODEL_FLOW_H

#include <stddef.h>

#include "base/addr.h"
#include "base/labels.h"
#include "camwatch/terms.h"
#include "model/packet.h"

/* Canonical: (addr, port) of low is not greater than that of high. 44 bytes without holes, hashed
 * and compared as bytes. VLAN and segment are 0 unless the settings put them into the key. */
struct cw_flow_key {
    struct cw_addr low;
    struct cw_addr high;
    uint16_t low_port;
    uint16_t high_port;
    uint16_t vlan;
    uint8_t proto;
    uint8_t zero;
    uint32_t segment;
};

enum cw_flow_end { /* why a flow ended: event.reason */
                   CW_FLOW_END_NONE,
                   CW_FLOW_END_CLOSED,   /* FIN both ways */
                   CW_FLOW_END_RESET,    /* RST */
                   CW_FLOW_END_IDLE,     /* time-out */
                   CW_FLOW_END_EVICTED,  /* memory cap */
                   CW_FLOW_END_SHUTDOWN, /* end of the capture, or of the sensor */
};

/* How much a flow is worth when memory is short; the least valuable goes first. */
enum cw_flow_value {
    CW_FLOW_UNANSWERED,
    CW_FLOW_ORDINARY,
    CW_FLOW_CLASSIFIED, /* has a verdict or evidence */
    CW_FLOW_DEVICE,     /* of a surveillance device */
    CW_N_FLOW_VALUES,
};

struct
    cw_flow_cold; /* monitor.c's: evidence, verdict, names; NULL when there is nothing to keep */
struct cw_flow_probe; /* inspect/ and wire/ state of an undecided flow; NULL when decided */

struct cw_flow {
    /* two cache lines: what every packet of a decided flow touches */
    struct cw_flow *hash_next; /* the table's own */
    struct cw_flow_cold *cold;
    struct cw_flow_probe *probe;
    uint32_t hash;
    uint8_t value;         /* enum cw_flow_value */
    uint8_t age_class;     /* which age list */
    uint8_t low_is_source; /* the low end of the key opened the flow */
    uint8_t tcp_seen[2];   /* flags seen, each direction */
    uint8_t outcome;       /* enum camwatch_outcome */
    uint8_t end;           /* enum cw_flow_end once it ended, but lingers */
    uint8_t decided : 1;   /* no more inspection */
    uint8_t announced : 1; /* flow-classified was made */
    uint8_t has_syn : 1;   /* the opening was seen */
    uint8_t is_listing : 1; /* a recorder's list goes on in it */
    uint8_t spare : 4;
    uint16_t local_side; /* 0 source is local, 1 destination is local, 2 neither, 3 both */
    uint16_t inspected;  /* packets with payload that were inspected */
    struct cw_flow_key key;
    uint32_t
        queued_s; /* second of the table's clock when it last went to the end of its age list */
    int64_t last_ns;
    uint64_t bytes[2]; /* frames as on the wire */
    uint32_t packets[2];
    int64_t seen_ns; /* last packet by the table's clock; times of packets may jump */

    /* the third: now and then */
    struct cw_flow *age_next; /* in its age list, oldest first */
    struct cw_flow *age_prev;
    int64_t first_ns;
    uint64_t id; /* hash of key and first packet: stable between runs of the same input */
    uint64_t first_frame; /* replay: frame number of the first packet */
    uint32_t first_file;  /* replay: its capture file */
    uint32_t host[2]; /* local ends: handles of local/hosts.h, 0 none; source, destination */
    uint16_t first_vlan;
    uint16_t interface;
    cw_label protocol;    /* network.protocol */
    cw_label application; /* nDPI's name for it */
    uint32_t syn_seq;     /* sequence number of the opener's SYN, with has_syn */
};

_Static_assert(offsetof(struct cw_flow, age_next) == 128, "hot fields fill two cache lines");
_Static_assert(sizeof(struct cw_flow) <= 192, "three cache lines");

/** Direction of a packet in its flow: 0 source to destination. Ports tell only between two sockets
 *  of one address: the key of ICMP has its type and code in their place. */
static inline unsigned
cw_flow_direction(const struct cw_flow *f, const struct cw_packet *p)
{
    bool from_low = cw_addr_equal(&p->src, &f->key.low);
    if (from_low && cw_addr_equal(&f->key.low, &f->key.high)) {
        from_low = p->src_port == f->key.low_port || p->src_port != f->key.high_port;
    }
    return from_low == (bool)f->low_is_source ? 0 : 1;
}

static inline const struct cw_addr *
cw_flow_source(const struct cw_flow *f)
{
    return f->low_is_source ? &f->key.low : &f->key.high;
}

static inline const struct cw_addr *
cw_flow_destination(const struct cw_flow *f)
{
    return f->low_is_source ? &f->key.high : &f->key.low;
}

static inline uint16_t
cw_flow_source_port(const struct cw_flow *f)
{
    return f->low_is_source ? f->key.low_port : f->key.high_port;
}

static inline uint16_t
cw_flow_destination_port(const struct cw_flow *f)
{
    return f->low_is_source ? f->key.high_port : f->key.low_port;
}

#endif
