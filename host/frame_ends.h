/* SPDX-License-Identifier: Apache-2.0
 *
 * Who speaks with whom in a frame, as far as the outer headers tell: less than decoding, for every frame.
 */
#ifndef HOST_FRAME_ENDS_H
#define HOST_FRAME_ENDS_H

#include <stdbool.h>

#include "camwatch/monitor.h"
#include "deal.h"

/* All zero where there is none; without holes, so that it can be hashed and compared as bytes. */
struct cw_frame_ends {
    uint8_t src[16], dst[16];       /* IP or ARP; IPv4 as ::ffff:a.b.c.d */
    uint8_t dst_mac[6], src_mac[6]; /* of Ethernet */
    uint16_t server;                /* enum cw_deal_server */
    uint16_t is_dns;                /* UDP with port 53 on one side */
};

void cw_frame_ends(const struct camwatch_frame *frame, struct cw_frame_ends *out);

#endif
