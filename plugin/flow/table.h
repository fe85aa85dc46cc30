/* SPDX-License-Identifier: Apache-2.0
 *
 * All conversations, under a hard memory cap. One hash and one look-up a packet; flows come out
 * of slabs; the hash grows a few buckets at a time; age lists make expiry cost what expires.
 * Not thread-safe.
 */
#ifndef CW_FLOW_TABLE_H
#define CW_FLOW_TABLE_H

#include "base/hash.h"
#include "flow/clock.h"
#include "model/flow.h"

struct cw_flow_table;

struct cw_flow_table_settings {
    uint64_t
        memory; /* cap in bytes of flows and buckets; 0: 256 MiB; at least 64 KiB is used */
    struct cw_hash_key hash_key;
    bool key_vlan;
    int64_t udp_idle_ns;   /* also every other protocol but TCP; 0: 120 s */
    int64_t tcp_idle_ns;   /* 0: 600 s */
    int64_t unanswered_ns; /* a SYN or a datagram that nobody answered; 0: 30 s */
    int64_t linger_ns;     /* after FIN both ways or RST; 0: 5 s */
    /* Before a flow is released; flow->end says why. Takes cold and probe; must not call the
     * table. */
    void (*on_end)(void *user, struct cw_flow *flow);
    void *user;
};

struct cw_flow_table_stats {
    uint64_t flows;
    uint64_t by_value[CW_N_FLOW_VALUES];
    uint64_t created;
    uint64_t expired; /* time-outs */
    uint64_t evicted; /* before their time, for memory */
    uint64_t refused; /* packets for which no flow could be made */
    uint64_t memory;  /* bytes */
};

/** NULL only for lack of memory; settings are copied. Given, free with cw_flow_table_free. */
struct cw_flow_table *cw_flow_table_new(const struct cw_flow_table_settings *settings);

/** Flows that are left are forgotten without on_end: call cw_flow_table_end_all first. */
void cw_flow_table_free(struct cw_flow_table *table);

/**
 * The flow of a packet, made when there is none. Moves the table's clock. A flow that timed
 * out, or a new SYN on one that ended, ends the old flow and makes a new one.
 *
 * What the packet says is to be counted with cw_flow_account() before the next call.
 *
 * @param created  set; true: zeroed but for key, ends, times, id and first frame
 * @return borrowed until the next call; NULL: memory is full of flows of more value
 * (FLOW_TABLE)
 */
struct cw_flow *cw_flow_table_get(struct cw_flow_table *table, const struct cw_packet *packet,
                                  bool *created);

/** The flow of a packet or NULL, and nothing changes: for packets quoted in ICMP errors. */
struct cw_flow *cw_flow_table_find(struct cw_flow_table *table, const struct cw_packet *packet);

/** Time of a packet that has no flow (ARP, SADP ...): it moves time as others do. */
void cw_flow_table_note_time(struct cw_flow_table *table, int64_t packet_ns);

/** End what timed out. now_ns is right (a tick) and moves the clock; INT64_MIN: by the packets'
 *  time only. O(ended). */
void cw_flow_table_expire(struct cw_flow_table *table, int64_t now_ns);

/** End all flows, oldest first within each class. Flows that had ended keep their reason. */
void cw_flow_table_end_all(struct cw_flow_table *table, enum cw_flow_end reason);

/** The next of them in that order, at most so many. @return how many; less than max: no flow is left */
size_t cw_flow_table_end_some(struct cw_flow_table *table, enum cw_flow_end reason, size_t max);

/** Call visit for each flow, in no order that means anything but the same for the same input.
 *  visit may change values, not end flows. O(flows). */
void cw_flow_table_each(struct cw_flow_table *table,
                        void (*visit)(void *user, struct cw_flow *flow), void *user);

/** Move a flow to another class of enum cw_flow_value. */
void cw_flow_set_value(struct cw_flow_table *table, struct cw_flow *flow,
                       enum cw_flow_value value);

/** The table's clock, ns. */
int64_t cw_flow_table_now(const struct cw_flow_table *table);

void cw_flow_table_stats(const struct cw_flow_table *table, struct cw_flow_table_stats *out);

#endif
