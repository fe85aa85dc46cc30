/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CW_FLOW_ACCOUNT_H
#define CW_FLOW_ACCOUNT_H

#include "model/flow.h"

/**
 * Count a packet and draw what follows for the flow's outcome and end.
 *
 * attempted    asked, not answered; also TCP that only showed a SYN
 * refused      a reset instead of an answer, or an ICMP error (cw_flow_refuse)
 * established  both sides spoke, or the SYN was answered
 * unknown      one direction that talks on: the other one is not on the span; or sent to a group
 *
 * FIN both ways and RST end the flow; it lingers in its table.
 * @param direction  0 from the source, as cw_flow_direction() says
 */
void cw_flow_account(struct cw_flow *flow, const struct cw_packet *packet, unsigned direction);

/** An ICMP error quotes a packet of this flow. A flow that both sides use is not refused by
 *  one. */
void cw_flow_refuse(struct cw_flow *flow);

/**
 * Who opened the conversation that this first packet shows: SYN its sender, SYN-ACK its
 * receiver, an ICMP answer its receiver; else the sender, unless it sends from a service's port
 * to none.
 */
bool cw_flow_sender_opened(const struct cw_packet *packet);

#endif
