/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CW_BENCH_READDRESS_H
#define CW_BENCH_READDRESS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Give an Ethernet frame addresses of its own copy: private IPv4 addresses move within 10/8, the
 * host part of IPv6 and the last three bytes of MACs change, makers' prefixes stay. Of two global
 * IPv4 addresses the lower one becomes private, so that every flow is distinct. Groups and broadcast
 * stay. Checksums of IPv4, TCP, UDP and ICMPv6 are kept as right, or as wrong, as they were.
 *
 * Only the outermost IP header behind Ethernet and VLAN tags is changed; tunnels keep what they carry.
 */
void readdress(uint8_t *frame, size_t len, uint32_t copy);

#endif
