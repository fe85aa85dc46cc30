/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a device goes that no rule explains, and the share of its bytes that is explained. Private
 * to this folder.
 */
#ifndef CW_INVENTORY_DESTINATIONS_H
#define CW_INVENTORY_DESTINATIONS_H

#include "inventory/device.h"

/**
 * Account one flow event of the device.
 *
 * A service that a rule or signature names is explained, and so is all that stays on the local
 * network. Attempts that nobody answered and that have no name are no destination: a rendezvous
 * guesses ports.
 *
 * @return true when a destination that was not in the list before is still not explained after its
 *         first minute, or at its end; not where the list is full, and not for who calls from
 *         outside
 */
bool cw_destinations_merge(struct cw_inv_device *device, const struct cw_record_flow *flow);

/** Take over another record's; the other's are empty then. */
void cw_destinations_absorb(struct cw_inv_device *into, struct cw_inv_device *from);

void cw_destinations_clear(struct cw_inv_device *device);

#endif
