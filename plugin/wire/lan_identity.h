/* SPDX-License-Identifier: Apache-2.0
 *
 * How SSDP, mDNS and DHCP put what a device says of itself into a match: facts always, evidence
 * only where the device calls itself a camera.
 */
#ifndef CW_WIRE_LAN_IDENTITY_H
#define CW_WIRE_LAN_IDENTITY_H

#include "wire/wire.h"

/** Begin: phase LAN search, said by the device itself, no evidence yet. */
void cw_lan_identity_begin(struct cw_wire_match *out, const char *detail);

/** A text of the device: when it speaks of a camera the match becomes evidence of one. */
void cw_lan_identity_weigh(struct cw_wire_match *out, struct cw_bytes text);

/** End: true when anything was said that is worth keeping. */
bool cw_lan_identity_end(struct cw_wire_match *out);

#endif
