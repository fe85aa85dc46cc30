/* SPDX-License-Identifier: Apache-2.0
 *
 * Which shard a packet belongs to: that of the device's address, the one inside the home networks, so
 * that all flows of a device meet. Said twice: by a C function, and by a classic BPF program for
 * PACKET_FANOUT that must agree with it on every packet.
 *
 *   one end at home     its address decides
 *   both at home        the client where the other one serves DNS or DHCP, whose answers are about it; else
 *                       the one with the lower key, whichever way the packet goes
 *   none, or no IP      shard 0
 */
#ifndef HOST_DEAL_H
#define HOST_DEAL_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "camwatch/status.h"

enum { CW_DEAL_PREFIXES = 80, CW_DEAL_PROGRAM = 4096, CW_DEAL_SHARDS = 64 };

struct cw_deal_prefix {
    bool is_ip6;
    uint32_t net[4], mask[4]; /* IPv4: the first word alone */
};

struct cw_deal {
    struct cw_deal_prefix prefixes[CW_DEAL_PREFIXES];
    size_t n_prefixes;
    unsigned shards;
    uint32_t slot[CW_DEAL_SHARDS]; /* place of each shard in the fanout group, modulo its members */
};

/**
 * @param home    the operator's prefixes, NULL-ended or NULL; the private ones are always in
 * @param shards  1 to CW_DEAL_SHARDS; slots are in order
 * @return false: error->text says which prefix is wrong
 */
bool cw_deal_open(struct cw_deal *deal, const char *const *home, unsigned shards,
                  struct camwatch_error *error);

/**
 * @param protocol  EtherType behind the first VLAN tag, as the kernel takes that off
 * @param bytes     from the network header on; one more VLAN tag may stand there (its last two bytes of
 *                  control and the inner EtherType)
 */
unsigned cw_deal_shard(const struct cw_deal *deal, uint16_t protocol, const uint8_t *bytes,
                       size_t len);

enum cw_deal_server { CW_DEAL_NO_SERVER, CW_DEAL_SOURCE_SERVES, CW_DEAL_DESTINATION_SERVES };

/** Which end of a UDP packet is a name or address server. */
enum cw_deal_server cw_deal_server(uint16_t src_port, uint16_t dst_port);

/** The same for both ends. @param src,dst  4 bytes each, or 16 of IPv6 */
unsigned cw_deal_ends(const struct cw_deal *deal, bool is_ip6, const uint8_t *src,
                      const uint8_t *dst, enum cw_deal_server server);

/** The same as a program that returns the shard's slot. @return instructions, or 0: more than max */
size_t cw_deal_program(const struct cw_deal *deal, struct sock_filter *out, size_t max);

/** Is it inside the home networks? @param address  16 bytes, IPv4 as ::ffff:a.b.c.d */
bool cw_deal_is_home(const struct cw_deal *deal, const uint8_t address[16]);

/**
 * A shard's member of the group is replaced without a packet lost or misdealt. The new one joins behind the
 * others, and the shard's slot is then a number that means the new one as long as the old one is there, and
 * the old one's place, which the kernel gives to the last member, once it has left.
 */
void cw_deal_hand_over(struct cw_deal *deal, unsigned shard);

/** The old member has left. */
void cw_deal_settle(struct cw_deal *deal, unsigned shard);

#endif
