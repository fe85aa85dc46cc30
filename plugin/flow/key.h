/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CW_FLOW_KEY_H
#define CW_FLOW_KEY_H

#include "base/hash.h"
#include "model/flow.h"
#include "model/packet.h"

/**
 * The key under which both directions of a conversation meet.
 *
 * ICMP has its type in the place of the sender's port, and the type that answers it (or, for
 * one-way types, the code) in the place of the receiver's, as Community ID v1 does. Protocols
 * without ports have port 0. The segment (VNI, TEID, GRE key) stays out: the directions of a
 * tunnel have different ones.
 *
 * @param key_vlan  the outermost VLAN is part of the key
 * Pure; every byte of key is set.
 */
void cw_flow_key_make(const struct cw_packet *packet, bool key_vlan, struct cw_flow_key *key);

/**
 * Keyed, so that a stranger cannot aim at one bucket; the same for both directions, as the key is.
 * Pure; an IPv4 key costs 16 bytes of SipHash, another one all 44.
 */
uint32_t cw_flow_key_hash(const struct cw_flow_key *key, struct cw_hash_key with);

/** ICMP and ICMPv6: the packet answers another one. */
bool cw_flow_is_icmp_answer(const struct cw_packet *packet);

#endif
