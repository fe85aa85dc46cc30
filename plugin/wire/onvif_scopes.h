/* SPDX-License-Identifier: Apache-2.0
 *
 * What an ONVIF device says of itself in the scopes of WS-Discovery.
 */
#ifndef CW_WIRE_ONVIF_SCOPES_H
#define CW_WIRE_ONVIF_SCOPES_H

#include "wire/wire.h"

/** True when the text holds a scope of onvif.org. */
bool cw_onvif_has_scopes(struct cw_bytes scopes);

/** Read model, name, brand, serial, MAC and firmware out of blank-separated scopes, and the
 * kind where a scope or the model tells it. Percent codes are undone. Source: ONVIF
 * Core 7.3.2.2, protocols_seed_vendors.md 3.1 and 7. */
void cw_onvif_read_scopes(struct cw_bytes scopes, struct cw_wire_match *m);

/** MAC address and place of the device: the end of the endpoint's UUID and the first XAddrs. */
void cw_onvif_read_endpoint(struct cw_bytes xml, struct cw_wire_match *m);

#endif
