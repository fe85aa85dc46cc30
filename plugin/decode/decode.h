/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames into packets: link layers, VLANs, tunnels, IP and transport headers. The innermost IP
 * packet counts. Every frame gives a packet or one drop reason, never both.
 */
#ifndef CW_DECODE_DECODE_H
#define CW_DECODE_DECODE_H

#include "base/hash.h"
#include "camwatch/drops.h"
#include "model/frame.h"
#include "model/packet.h"

struct cw_decoder;

struct cw_decoder_settings {
    uint32_t tunnels_off; /* enum cw_tunnel bits that are not taken off */
    uint32_t max_depth;   /* nested tunnels; 0: 8 */
    uint32_t
        max_fragments; /* fragmented packets remembered at a time; 0: 4096; about 120 bytes each */
    struct cw_hash_key hash_key;
};

/** NULL only for lack of memory; given, free with cw_decoder_free. settings are copied. */
struct cw_decoder *cw_decoder_new(const struct cw_decoder_settings *settings);
void cw_decoder_free(struct cw_decoder *decoder);

/**
 * Decode one frame.
 *
 * A later fragment gets the addresses and ports of its first one when that was seen within 30 s
 * of packet time. What a tunnel carries must look right before the tunnel is taken off by its
 * UDP port; otherwise it stays a UDP packet. A tunnel that is switched off stays a packet of
 * the outer flow (UDP), a packet without ports (GRE, IP-in-IP, 6in4), or is dropped as
 * ETHERTYPE_OTHER (MPLS, PPPoE).
 *
 * @param out  borrows from frame. After a drop it holds what was reached, for displays only.
 * @return 0, or the packet's drop reason (enum camwatch_drop)
 * Never allocates. One decoder belongs to one thread.
 */
unsigned cw_decode(struct cw_decoder *decoder, const struct cw_frame *frame,
                   struct cw_packet *out);

/**
 * The packet that an ICMP or ICMPv6 error quotes (RFC 792, RFC 4443 3): addresses, protocol,
 * ports, and for TCP the sequence number, which the least quote of 8 bytes holds.
 *
 * @param icmp    a decoded packet of proto ICMP or ICMP6
 * @param quoted  written only on true; borrows from icmp's frame; has no payload
 * @return false when icmp is no error, or quotes no whole header and ports
 */
bool cw_decode_quoted(const struct cw_packet *icmp, struct cw_packet *quoted);

#endif
