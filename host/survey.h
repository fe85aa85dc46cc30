/* SPDX-License-Identifier: Apache-2.0
 *
 * What a span shows, frame by frame, without a monitor: who can be seen, in which directions, through which
 * tags and tunnels. Memory is fixed; what has no room is counted.
 */
#ifndef HOST_SURVEY_H
#define HOST_SURVEY_H

#include "camwatch/monitor.h"
#include "deal.h"
#include "term.h"

enum { CW_SURVEY_VLANS = 4096, CW_SURVEY_ROUTERS = 8, CW_SURVEY_NATS = 8 };

/* Tunnels as camwatch_tunnel_bit() names them. */
#define CW_SURVEY_TUNNELS(X)                                                                   \
    X("mpls")                                                                                  \
    X("pppoe")                                                                                 \
    X("gre") X("erspan") X("vxlan") X("geneve") X("gtp-u") X("ip-in-ip") X("6in4") X("teredo") \
        X("capwap")

enum { CW_SURVEY_N_TUNNELS = 11 };

struct cw_survey_router {
    uint8_t mac[6];
    uint32_t outside, inside; /* addresses beyond and in the home networks that it sends for */
};

struct cw_survey_nat {
    uint8_t address[16];
    uint8_t ttl; /* that its packets leave with, one hop late */
    uint64_t frames;
};

/* A number of frames where nothing else is said. */
struct cw_survey_counts {
    uint64_t frames, bytes, parsed, ip, ip6, arp, unicast, fragments;
    uint64_t drops[CAMWATCH_N_DROPS];
    int64_t first_ns, last_ns;
    int64_t watched_ns;               /* live: how long; 0 of a capture */
    uint64_t peak_bytes, peak_frames; /* of one second */
    uint64_t truncated, giant;
    uint32_t captured_most, longest; /* bytes */
    uint64_t copies;                 /* second copies, within 2 ms */
    int64_t copies_lag_ns;           /* sum */
    uint64_t tagged, double_tagged, vlans[CW_SURVEY_VLANS];
    uint64_t home, inside; /* with one end, with both at home */
    uint64_t tunnels[CW_SURVEY_N_TUNNELS],
        encrypted; /* ESP, WireGuard, MACsec: not to be looked into */
    uint64_t dns_queries, dns_answers, dns_private;    /* private: over TLS, port 853 */
    uint64_t dhcp, discovery;                          /* discovery: mDNS, SSDP, WS-Discovery */
    uint64_t hosts, dns_clients;                       /* addresses at home */
    uint64_t conversations, one_way, tag_one_side;     /* of TCP, with an acknowledgement */
    uint64_t routers, nats;                            /* may be more than the lists hold */
    struct cw_survey_router router[CW_SURVEY_ROUTERS]; /* the most addresses first */
    struct cw_survey_nat nat[CW_SURVEY_NATS];
    uint8_t busiest[16]; /* the address in most frames */
    uint64_t busiest_frames;
    bool busiest_is_home;
    uint64_t not_kept; /* conversations and addresses beyond the tables */
    uint64_t kernel_drops;
};

struct cw_survey;

/** @param home  borrowed until free. Aborts for lack of memory. Given, cw_survey_free. */
struct cw_survey *cw_survey_new(const struct cw_deal *home);
void cw_survey_free(struct cw_survey *survey);

/** One frame, by the time of its capture. Constant time. */
void cw_survey_frame(struct cw_survey *survey, const struct camwatch_frame *frame);

/** Everything so far. Walks the tables. */
void cw_survey_count(struct cw_survey *survey, struct cw_survey_counts *out);

/* ---- survey_findings.c ---- */

enum cw_survey_state { CW_SURVEY_GOOD, CW_SURVEY_NOTE, CW_SURVEY_WARNING };

enum { CW_SURVEY_FINDINGS = 24 };

/* One line for people: what was found, and what to do about it. */
struct cw_survey_finding {
    const char *id, *title;
    enum cw_survey_state state;
    char text[240];
    const char *advice; /* NULL: nothing to do */
};

/** @return how many, in the order in which they are shown */
size_t cw_survey_judge(const struct cw_survey_counts *counts,
                       struct cw_survey_finding out[CW_SURVEY_FINDINGS]);

/* ---- survey_show.c ---- */

void cw_survey_write(const struct cw_survey_counts *counts, const char *source,
                     const struct cw_term *term);
/** @return false: it could not be written */
bool cw_survey_write_json(const struct cw_survey_counts *counts, const char *source, FILE *out);

/* Into out, which is returned: for a ::ffff: address the IPv4 form. */
enum { CW_SURVEY_ADDRESS = 48 };

const char *cw_survey_address(const uint8_t address[16], char out[CW_SURVEY_ADDRESS]);
const char *cw_survey_mac(const uint8_t mac[6], char out[CW_SURVEY_ADDRESS]);

#endif
