/* SPDX-License-Identifier: Apache-2.0
 *
 * Conversations of the synthetic profiles, a packet at a time.
 */
#ifndef CW_BENCH_TALK_H
#define CW_BENCH_TALK_H

#include "frame.h"

/* A conversation and where its packets go. */
struct talk {
    struct capture_out *out;
    struct ends ends; /* from the opener */
    uint64_t *clock_us;
    uint32_t seq[2]; /* TCP: next byte of the opener, of the other */
    uint32_t count;  /* packets of media so far */
};

/** Opener at a local address, the other end wherever. MACs follow from the addresses. */
struct talk talk_new(struct capture_out *out, uint64_t *clock_us, uint32_t src, uint32_t dst,
                     uint16_t src_port, uint16_t dst_port);

void talk_udp(struct talk *t, bool from_opener, const void *payload, size_t len);

/** SYN, SYN-ACK, ACK. */
void talk_tcp_open(struct talk *t);
void talk_tcp(struct talk *t, bool from_opener, const void *payload, size_t len);
void talk_tcp_ack(struct talk *t, bool from_opener);
void talk_tcp_close(struct talk *t);

/** A query for an A record and its answer. */
void talk_dns(struct talk *t, const char *name, unsigned id, uint32_t address);

/** A TLS 1.2 client's hello with a server name, and two records of opaque data. */
void talk_tls(struct talk *t, const char *server_name);

/** RTSP OPTIONS, DESCRIBE, SETUP and PLAY with answers. @param is_interleaved RTP in the same stream */
void talk_rtsp(struct talk *t, bool is_interleaved);

/** A datagram of H.264 in RTP (RFC 6184, FU-A); the same inside RTSP (RFC 2326 10.12). */
void talk_rtp(struct talk *t, bool from_opener);
void talk_rtp_interleaved(struct talk *t);

/** PPPP (protocols_p2p.md 1): keep-alive with a server; session data towards the opener. */
void talk_pppp_alive(struct talk *t);
void talk_pppp_data(struct talk *t);

#endif
