/* SPDX-License-Identifier: Apache-2.0
 *
 * Packets for the tests of flow/.
 */
#ifndef CW_TESTS_FLOW_PACKETS_H
#define CW_TESTS_FLOW_PACKETS_H

#include "model/packet.h"

#define SECOND INT64_C(1000000000)

struct sample {
    struct cw_frame frame;
    struct cw_packet packet;
};

static inline void
sample_make(struct sample *s, uint8_t proto, uint32_t src, uint16_t src_port, uint32_t dst,
            uint16_t dst_port)
{
    uint8_t a[4] = {(uint8_t)(src >> 24), (uint8_t)(src >> 16), (uint8_t)(src >> 8),
                    (uint8_t)src};
    uint8_t b[4] = {(uint8_t)(dst >> 24), (uint8_t)(dst >> 16), (uint8_t)(dst >> 8),
                    (uint8_t)dst};
    *s = (struct sample){.packet = {.is_ip = true,
                                    .proto = proto,
                                    .src = cw_addr_v4(a),
                                    .dst = cw_addr_v4(b),
                                    .src_port = src_port,
                                    .dst_port = dst_port,
                                    .wire_len = 100}};
    s->packet.frame = &s->frame;
}

/* The other direction of the same conversation. */
static inline void
sample_turn(struct sample *s)
{
    struct cw_addr addr = s->packet.src;
    uint16_t port = s->packet.src_port;
    s->packet.src = s->packet.dst;
    s->packet.src_port = s->packet.dst_port;
    s->packet.dst = addr;
    s->packet.dst_port = port;
}

#endif
