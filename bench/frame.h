/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames for the benchmark's captures: built field by field with their checksums, and written as a
 * classic pcap file. Addresses are IPv4 in host order.
 */
#ifndef CW_BENCH_FRAME_H
#define CW_BENCH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 2048

struct frame {
    uint8_t bytes[FRAME_MAX];
    size_t len;
};

/* One direction of a conversation. */
struct ends {
    uint8_t src_mac[6];
    uint8_t dst_mac[6];
    uint32_t src;
    uint32_t dst;
    uint16_t src_port;
    uint16_t dst_port;
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_PSH = 8, TCP_ACK = 16 };

void put16(uint8_t *at, unsigned value);
void put32(uint8_t *at, uint32_t value);
unsigned get16(const uint8_t *at);
uint32_t get32(const uint8_t *at);

/** The same conversation seen from the other end. */
struct ends ends_back(const struct ends *ends);

/** Ethernet, IPv4, UDP. @param len payload, at most 1472 bytes */
void frame_udp(struct frame *out, const struct ends *ends, const void *payload, size_t len);

/** Ethernet, IPv4, TCP. @param len payload, at most 1460 bytes */
void frame_tcp(struct frame *out, const struct ends *ends, unsigned flags, uint32_t seq,
               uint32_t ack, const void *payload, size_t len);

/** RFC 1624: the checksum at sum after len bytes that it covers changed. len is even. */
void checksum_update(uint8_t *sum, const uint8_t *before, const uint8_t *after, size_t len);

/** A capture that is written; exits with a message where that fails. */
struct capture_out;
struct capture_out *capture_out_open(const char *path);
void capture_out_write(struct capture_out *out, uint64_t time_us, const uint8_t *bytes,
                       size_t captured, size_t wire_len);

/** Flushes and closes. @return packets written */
uint64_t capture_out_close(struct capture_out *out);

/** splitmix64: the next value of a deterministic sequence. */
uint64_t next_random(uint64_t *state);

#endif
