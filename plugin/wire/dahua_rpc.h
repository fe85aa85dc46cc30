/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON of Dahua devices, which DHIP and DVRIP both carry.
 */
#ifndef CW_WIRE_DAHUA_RPC_H
#define CW_WIRE_DAHUA_RPC_H

#include "wire/wire.h"

/** Read one JSON message into a match: phase, sender, and what an answering device says of
 * itself. User names and passwords are never read. Source: protocols_seed_vendors.md 1.3, 1.7.
 */
void cw_dahua_rpc_read(struct cw_bytes json, struct cw_wire_match *m);

#endif
